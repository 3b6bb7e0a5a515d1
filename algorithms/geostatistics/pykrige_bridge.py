"""PyKrige as a kriging engine, for comparison.

PyKrige solves the same systems by a full inverse and knows neither gradients
nor several fields at once. It is given coordinates already reduced by the
anisotropy, so that nested structures and models it does not have work through
its custom variogram function.

References
----------
Murphy, B. S. (2014). PyKrige: development of a kriging toolkit for Python.
AGU Fall Meeting, H51K-0753. https://github.com/GeoStat-Framework/PyKrige
"""
from contextlib import contextmanager
from threading import Lock

import numpy as np
from pykrige import ok, ok3d, uk, uk3d

from ..errors import InputError
from .covariance import correlation
from .drift import Drift
from .dual import Prediction
from .kernels import single_blas
from .system import least_noise

OWN_MODELS = ("spherical", "exponential", "gaussian")
CLASSES = {
    ("constant", 2): (ok, ok.OrdinaryKriging, "Z"), ("constant", 3): (ok3d, ok3d.OrdinaryKriging3D, "VALUES"),
    ("linear", 2): (uk, uk.UniversalKriging, "Z"), ("linear", 3): (uk3d, uk3d.UniversalKriging3D, "VALUES"),
}
# PyKrige holds about this many numbers per sample and target at once.
COPIES = 5.5
CHUNK_BYTES = 512 * 2 ** 20
_PATCHING = Lock()


class PyKrigeKriging:
    """Ordinary or universal kriging by PyKrige, with the interface of `DualKriging`.

    Parameters
    ----------
    variogram : Variogram
        Nested structures must share their directions and the proportions of
        their ranges.
    drift : str
        "constant" or "linear".
    exact : bool
        PyKrige's ``exact_values``.
    """

    def __init__(self, variogram, drift="constant", exact=True):
        if drift not in ("constant", "linear"):
            raise InputError("PyKrige has no simple kriging: choose another engine or ordinary kriging.")
        self.variogram, self.drift, self.exact, self.mean = variogram, drift, exact, None

    def fit(self, coordinates, values, counts=None):
        """Set up PyKrige's object, see `DualKriging.fit`.

        Counts of merged samples are not used: PyKrige has one nugget for all.

        Raises
        ------
        InputError
            Fewer than two samples, samples that do not determine the trend,
            or a variogram that PyKrige cannot take.
        """
        self.coordinates = np.array(coordinates, dtype=float, ndmin=2)
        values = np.array(values, dtype=float)
        self.values = values[:, None] if values.ndim == 1 else values
        self.note = ""
        if counts is not None and np.max(counts) > 1:
            self.note = "PyKrige gives merged samples the same nugget as single ones."
        if len(self.coordinates) < 2:
            raise InputError("PyKrige needs at least two samples: choose another engine.")
        dimensions = self.coordinates.shape[1]
        if Drift(self.drift, self.coordinates).note:
            raise InputError("PyKrige cannot take a linear trend from samples on one line or plane: "
                             "choose another engine.")
        self.centre = self.coordinates.mean(axis=0)
        self.matrix = self.variogram.structures[0].matrix(dimensions)
        module, kind, self._attribute = CLASSES[self.drift, dimensions]
        settings = dict(self._model(dimensions), exact_values=self.exact)
        if self.drift == "linear":
            settings["drift_terms"] = ["regional_linear"]
        with _without_statistics(module):
            self.kriging = kind(*self._reduced(self.coordinates).T, self.values[:, 0], **settings)
        return self

    def _reduced(self, points):
        return (points - self.centre) @ self.matrix.T

    def _model(self, dimensions):
        """Variogram arguments for reduced coordinates, in which the first structure's range is 1."""
        structures = self.variogram.structures
        nugget = max(self.variogram.nugget, least_noise(self.variogram))
        first = structures[0]
        if len(structures) == 1 and first.model in OWN_MODELS:
            return {"variogram_model": first.model, "variogram_parameters": [first.sill + nugget, 1.0, nugget]}
        stretches = [_stretch(self.matrix, s.matrix(dimensions)) for s in structures]

        def nested(parameters, distance):
            return nugget + sum(s.sill * (1.0 - correlation(s.model, stretch * distance))
                                for s, stretch in zip(structures, stretches))

        return {"variogram_model": "custom", "variogram_parameters": [], "variogram_function": nested}

    def predict(self, points, variance=False, gradient=False, gradient_variance=False, block=None, select=None,
                check=None):
        """Estimates at points, see `DualKriging.predict`; ``select`` is not used.

        Raises
        ------
        InputError
            Gradients or blocks are asked for, or the system is singular.
        """
        if gradient or gradient_variance or block is not None:
            raise InputError("PyKrige has no gradients and no blocks: choose another engine.")
        points = np.array(points, dtype=float, ndmin=2)
        result = Prediction(np.empty((len(points), self.values.shape[1])), np.empty(len(points)))
        step = max(int(CHUNK_BYTES / (8 * COPIES * len(self.values))), 1)
        for start in range(0, len(points), step):
            rows = slice(start, start + step)
            for column in range(self.values.shape[1]):
                if check:
                    check()
                setattr(self.kriging, self._attribute, self.values[:, column])
                result.estimate[rows, column], result.variance[rows] = self._execute(points[rows])
        if not variance:
            result.variance = None
        return result

    def _execute(self, points):
        try:
            with single_blas():
                estimate, variance = self.kriging.execute("points", *self._reduced(points).T)
        except np.linalg.LinAlgError as error:
            raise InputError("PyKrige cannot solve the kriging system, because samples coincide: choose the exact "
                             "engine.") from error
        return np.asarray(estimate).reshape(-1), np.asarray(variance).reshape(-1)


def _stretch(first, other):
    """Factor from reduced distances of one structure to those of another."""
    metric, target = first.T @ first, other.T @ other
    squared = np.trace(target) / np.trace(metric)
    if not np.allclose(target, squared * metric, rtol=0.0, atol=1e-9 * np.trace(target)):
        raise InputError("PyKrige cannot nest structures whose anisotropy differs: choose another engine.")
    return np.sqrt(squared)


@contextmanager
def _without_statistics(module):
    """Keep PyKrige's constructors from computing pair statistics that kriging does not use.

    They take n^2 memory and, for one of them, n^4 operations.
    """
    with _PATCHING:
        kept = module._find_statistics, module._initialize_variogram_model
        module._find_statistics = lambda *arguments: (np.ones(2), np.ones(2), np.ones(2))
        module._initialize_variogram_model = lambda x, y, model, parameters, *rest: (None, None, parameters)
        try:
            yield
        finally:
            module._find_statistics, module._initialize_variogram_model = kept
