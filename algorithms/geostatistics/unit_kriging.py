"""Kriging of each geological unit from its own samples."""
import copy

import numpy as np

NO_UNIT = -1


class UnitKriging:
    """Kriging with hard boundaries between units.

    Units with too few samples, and places without a unit, are kriged from all
    samples.

    Parameters
    ----------
    factory : callable
        ``factory()`` gives an unfitted model with ``fit`` and ``predict``,
        see `dual.DualKriging`.
    minimum : int
        Least number of samples for a unit to stand alone.

    Attributes
    ----------
    models : dict
        Fitted model by unit; the pooled model stands under None, if it was needed.
    members : dict
        Indices of the samples by unit, of the units that stand alone.
    pooled : list
        Units that fell back to all samples, so far.
    """

    def __init__(self, factory, minimum=3):
        self.factory, self.minimum = factory, minimum

    def fit(self, coordinates, values, units, counts=None):
        """Fit a model per unit.

        Parameters
        ----------
        coordinates : numpy.ndarray, shape (n, d)
        values : numpy.ndarray, shape (n, m)
        units : array_like of int, shape (n,)
            -1 = none.
        counts : numpy.ndarray, shape (n,), optional
            Merged duplicates per sample.

        Returns
        -------
        UnitKriging
        """
        units = np.asarray(units)
        self._samples = (np.asarray(coordinates, dtype=float), np.asarray(values, dtype=float), counts)
        self.models, self.members, self.pooled = {}, {}, []
        for unit in np.unique(units[units != NO_UNIT]):
            rows = np.flatnonzero(units == unit)
            if len(rows) < self.minimum:
                self.pooled.append(unit.item())
                continue
            self.members[unit.item()] = rows
            self.models[unit.item()] = self._fitted(rows)
        return self

    def _fitted(self, rows):
        coordinates, values, counts = self._samples
        return self.factory().fit(coordinates[rows], values[rows], None if counts is None else counts[rows])

    def model(self, unit):
        """The model that serves a unit; the pooled one is fitted when first asked for."""
        if unit in self.models:
            return self.models[unit]
        if unit != NO_UNIT and unit not in self.pooled:
            self.pooled.append(unit)
        if None not in self.models:
            self.models[None] = self._fitted(np.arange(len(self._samples[0])))
        return self.models[None]

    def predict(self, points, units, **options):
        """Prediction at points from the samples of their unit.

        Parameters
        ----------
        points : numpy.ndarray, shape (p, d)
        units : array_like of int, shape (p,)
        **options
            Passed to the model's ``predict``.

        Returns
        -------
        Prediction
            Of the models' own kind.
        """
        points, units = np.asarray(points, dtype=float), np.asarray(units)
        merged = None
        for unit in np.unique(units):
            rows = np.flatnonzero(units == unit)
            part = self.model(unit.item()).predict(points[rows], **options)
            merged = _blank(part, len(points)) if merged is None else merged
            for name, array in vars(part).items():
                if array is not None:
                    getattr(merged, name)[rows] = array
        return merged

    def warning(self):
        """A sentence that lists the pooled units, or an empty string."""
        if not self.pooled:
            return ""
        names = ", ".join(str(unit) for unit in sorted(self.pooled))
        return f"Units with fewer than {self.minimum} samples were kriged from all samples: {names}."


def _blank(part, count):
    """A prediction like ``part`` for ``count`` points."""
    blank = copy.copy(part)
    for name, array in vars(part).items():
        if array is not None:
            setattr(blank, name, np.full((count, *array.shape[1:]), np.nan))
    return blank
