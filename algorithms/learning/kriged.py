"""Ordinary kriging of held-out samples: what a grade model has to beat."""
from dataclasses import dataclass

import numpy as np

from ..fusion.localkriging import krige_locally
from ..fusion.nearest import NearestSamples
from ..fusion.neighbours import metric_of
from ..geostatistics.data import find_places
from ..geostatistics.fitting import fit_variogram
from ..geostatistics.transforms import fit_transform

MODELS = ("spherical", "exponential", "matern15")
STRUCTURES = 2
NEIGHBOURS, PER_HOLE = 48, 8
MOST_FITTED = 2500
TRANSFORMS = ("none", "log", "normalscore")


@dataclass(frozen=True)
class KrigedFolds:
    """Kriged grades at the test samples of each fold.

    Attributes
    ----------
    transform : str
    mean : numpy.ndarray, shape (n,)
        NaN where nothing was predicted.
    parts : list of tuple
        Rows, transform, estimate and variance of each fold.
    """

    transform: str
    mean: np.ndarray
    parts: list

    def quantile(self, p):
        """Quantile of the grade, shape (n,)."""
        out = np.full(self.mean.size, np.nan)
        for rows, transform, estimate, variance in self.parts:
            out[rows] = transform.quantile(estimate, variance, p)
        return out


def krige_folds(coordinates, groups, values, folds, name, rng, progress):
    """Krige the test samples of each fold from its training samples.

    Parameters
    ----------
    coordinates : numpy.ndarray, shape (n, d)
    groups : numpy.ndarray of int, shape (n,)
    values : numpy.ndarray, shape (n,)
        NaN where not known.
    folds : list of (numpy.ndarray, numpy.ndarray)
    name : str
        Of the transform, see `geostatistics.transforms.fit_transform`.
    rng : numpy.random.Generator
    progress : Progress

    Returns
    -------
    KrigedFolds or None
        None where a fold has nothing to krige from.
    """
    mean, parts = np.full(values.size, np.nan), []
    for number, (train, test) in enumerate(folds):
        part = progress.span(number / len(folds), (number + 1) / len(folds))
        train = train[np.isfinite(values[train])]
        if train.size < 3 or np.ptp(values[train]) == 0.0 or (name == "log" and values[train].max() <= 0.0):
            return None
        transform = fit_transform(name, values[train])
        scaled = transform.forward(values[train])
        variogram = _variogram(coordinates[train], groups[train], scaled, rng, part.span(0.0, 0.7))
        nearest = NearestSamples(coordinates[train], groups[train], metric_of(variogram, coordinates.shape[1]),
                                 PER_HOLE)
        near = nearest.find(coordinates[test], min(NEIGHBOURS, train.size), None, part.check)
        estimate, variance, _ = krige_locally(variogram, coordinates[train], scaled, coordinates[test], near,
                                              part.check)
        mean[test] = transform.mean(estimate, variance)
        parts.append((test, transform, estimate, variance))
        part(1.0)
    return KrigedFolds(name, mean, parts)


def best_kriging(coordinates, groups, values, folds, rng, progress, transforms=TRANSFORMS):
    """The kriging with the least root mean square error among transforms; None when none is possible."""
    found = []
    for number, name in enumerate(transforms):
        part = progress.span(number / len(transforms), (number + 1) / len(transforms))
        kriged = krige_folds(coordinates, groups, values, folds, name, rng, part)
        if kriged is not None and np.isfinite(kriged.mean).any():
            found.append((float(np.nanmean(np.square(kriged.mean - values))), number, kriged))
    return min(found)[2] if found else None


def _variogram(coordinates, groups, values, rng, progress):
    """Variogram of a part of the training samples."""
    rows = np.arange(values.size)
    if rows.size > MOST_FITTED:
        rows = np.sort(rng.choice(rows.size, MOST_FITTED, replace=False))
    places = find_places(coordinates, rows, groups)
    return fit_variogram(places.coordinates, places.mean(values[rows]), models=MODELS, structures=STRUCTURES,
                         counts=places.counts, groups=places.groups, rng=rng, progress=progress).variogram
