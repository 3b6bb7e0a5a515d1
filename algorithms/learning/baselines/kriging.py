"""Ordinary kriging, with this program's engine and with PyKrige's."""
import numpy as np

from ...errors import InputError
from ...geostatistics.scores import normal_quantiles
from ...validation.forecast import Forecast
from ..kriged import TRANSFORMS, krige_fold
from .contract import Fitted

MOST_PYKRIGE = 2500  # training samples; its constructor keeps all their pairs
NEAREST = 32
FEWEST = 5


def krige(case):
    """Ordinary kriging on the scale (raw, log or normal score) that predicts the training samples best.

    Each training sample is predicted without its own hole for that choice.
    """
    samples = case.samples
    found = krige_fold(samples.coordinates, samples.groups, case.target, case.train, case.test, [case.seed],
                       case.progress, TRANSFORMS, case.apart)
    if found is None:
        raise InputError("There are too few different grades in the training samples of a fold to krige from; choose "
                         "fewer folds or leave kriging out.")
    name, _, transform, estimate, variance = found
    forecast = Forecast.of(transform.mean(estimate, variance), np.sqrt(transform.variance(estimate, variance)),
                           lambda p: transform.quantile(estimate, variance, p))
    return Fitted(forecast, note=name)


def krige_by_pykrige(case):
    """Ordinary kriging of raw grades by PyKrige, with the model it fits by itself (spherical).

    From at most `MOST_PYKRIGE` training samples, each test sample from the
    `NEAREST` of them.
    """
    from pykrige.ok import OrdinaryKriging
    from pykrige.ok3d import OrdinaryKriging3D

    rows = case.known
    if rows.size < FEWEST:
        raise InputError("There are too few training samples in a fold to krige from; choose fewer folds.")
    if rows.size > MOST_PYKRIGE:
        rows = np.sort(case.rng.choice(rows.size, MOST_PYKRIGE, replace=False))
        rows = case.known[rows]
    places, values = _distinct(case.samples.coordinates[rows], case.target[rows])
    engine = OrdinaryKriging if places.shape[1] == 2 else OrdinaryKriging3D
    model = engine(*places.T, values, variogram_model="spherical", nlags=12)
    points, parts = case.samples.coordinates[case.test], []
    for start in range(0, len(points), 200):
        case.progress(start / max(len(points), 1))
        part = points[start:start + 200]
        parts.append(model.execute("points", *part.T, backend="loop", n_closest_points=min(NEAREST, len(values))))
    estimate, variance = (np.concatenate([np.ravel(part[k]) for part in parts]) for k in (0, 1))
    sd = np.sqrt(np.maximum(variance, 0.0))
    return Fitted(Forecast.of(estimate, sd, normal_quantiles(estimate, sd)), note="PyKrige, spherical")


def _distinct(coordinates, values):
    """Places without duplicates and their mean values."""
    places, index, counts = np.unique(coordinates, axis=0, return_inverse=True, return_counts=True)
    return places, np.bincount(index.reshape(-1), values) / counts
