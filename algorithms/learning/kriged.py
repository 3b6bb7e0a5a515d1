"""Ordinary kriging of held-out samples: what a grade model has to beat."""
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr

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
MOST_TRIED = 2500  # training samples that the transform is chosen by
TRANSFORMS = ("none", "log", "normalscore")


@dataclass(frozen=True)
class KrigedFolds:
    """Kriged grades at the test samples of each fold.

    Attributes
    ----------
    transform : str
        Of the folds; several, in the order of the folds, where they chose differently.
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
        return self._gathered(lambda transform, estimate, variance: transform.quantile(estimate, variance, p))

    def sd(self):
        """Standard deviation of the grade, shape (n,)."""
        return self._gathered(lambda transform, estimate, variance: np.sqrt(transform.variance(estimate, variance)))

    def exceedance(self, cutoff):
        """Probability of a grade above a cut-off, shape (n,)."""
        def above(transform, estimate, variance):
            if cutoff <= -getattr(transform, "shift", np.inf):
                return np.ones(estimate.size)
            place = float(transform.forward(np.array([float(cutoff)]))[0])
            return ndtr((estimate - place) / np.sqrt(np.maximum(variance, np.finfo(float).tiny)))

        return self._gathered(above)

    def _gathered(self, function):
        out = np.full(self.mean.size, np.nan)
        for rows, transform, estimate, variance in self.parts:
            out[rows] = function(transform, estimate, variance)
        return out


class FoldKriging:
    """Kriging from the training samples of one fold, with a variogram fitted to them.

    Parameters
    ----------
    coordinates : numpy.ndarray, shape (n, d)
    groups : numpy.ndarray of int, shape (n,)
    values : numpy.ndarray, shape (n,)
        All known.
    name : str
        Of the transform, see `geostatistics.transforms.fit_transform`.
    rng : numpy.random.Generator
    progress : Progress
    """

    def __init__(self, coordinates, groups, values, name, rng, progress):
        self.coordinates, self.name, self.transform = coordinates, name, fit_transform(name, values)
        self.scaled = self.transform.forward(values)
        self.variogram = fit_sampled_variogram(coordinates, groups, self.scaled, rng, progress)
        self.nearest = NearestSamples(coordinates, groups, metric_of(self.variogram, coordinates.shape[1]), PER_HOLE)

    def at(self, points, groups=None, check=None):
        """Estimate and variance, on the scale of the transform, at points (p, d), shape (p,).

        With the drill holes of the points (p,), samples of their own holes and
        at their very places are left out.
        """
        near = self.nearest.find(points, min(NEIGHBOURS, len(self.scaled)), groups, check)
        return krige_locally(self.variogram, self.coordinates, self.scaled, points, near, check)[:2]

    def error(self, groups, values, rows, check=None):
        """Root mean square error of the grade at some of the own samples, each without its own hole."""
        estimate, variance = self.at(self.coordinates[rows], groups[rows], check)
        wrong = np.square(self.transform.mean(estimate, variance) - values[rows])
        return float(np.sqrt(np.nanmean(wrong))) if np.isfinite(wrong).any() else np.inf


def best_kriging(coordinates, groups, values, folds, rng, progress, transforms=TRANSFORMS, apart=True):
    """Krige the test samples of each fold from its training samples.

    Each fold takes the transform that kriges its own training samples best,
    each of them without its hole.

    Parameters
    ----------
    coordinates : numpy.ndarray, shape (n, d)
    groups : numpy.ndarray of int, shape (n,)
    values : numpy.ndarray, shape (n,)
        NaN where not known.
    folds : list of (numpy.ndarray, numpy.ndarray)
    rng : numpy.random.Generator
        Drawn from once; each fold and transform has a generator of its own.
    progress : Progress
    transforms : sequence of str
    apart : bool
        False where the folds part the samples of a hole: then a training
        sample is tried without itself only.

    Returns
    -------
    KrigedFolds or None
        None where a fold has nothing to krige from.
    """
    seed = int(rng.integers(2**62))
    parts, names = [], []
    for number, (train, test) in enumerate(folds):
        part = progress.span(number / len(folds), (number + 1) / len(folds))
        found = krige_fold(coordinates, groups, values, train, test, [seed, number], part, transforms, apart)
        if found is None:
            return None
        names.append(found[0])
        parts.append(found[1:])
    return gathered_folds(names, parts, len(values))


def gathered_folds(names, parts, size):
    """`KrigedFolds` of what `krige_fold` gave for each fold."""
    mean = np.full(size, np.nan)
    for rows, transform, estimate, variance in parts:
        mean[rows] = transform.mean(estimate, variance)
    return KrigedFolds(", ".join(dict.fromkeys(names)), mean, parts) if np.isfinite(mean).any() else None


def krige_fold(coordinates, groups, values, train, test, seed, progress, transforms=TRANSFORMS, apart=True):
    """Krige the test samples of one fold; arguments as for `best_kriging`, ``seed`` a list of int.

    Returns
    -------
    name : str
        Of the transform.
    rows, transform, estimate, variance
        As in `KrigedFolds`. None in place of all of them where there is nothing to krige from.
    """
    train = train[np.isfinite(values[train])]
    if train.size < 3 or np.ptp(values[train]) == 0.0:
        return None
    places, owners, known = coordinates[train], groups[train], values[train]
    names = [name for name in transforms if name != "log" or known.max() > 0.0]
    rows = np.arange(train.size)
    if rows.size > MOST_TRIED:
        rows = np.sort(np.random.default_rng(seed).choice(rows.size, MOST_TRIED, replace=False))
    tried = []
    for number, name in enumerate(names):
        part = progress.span(0.9 * number / len(names), 0.9 * (number + 1) / len(names))
        kriging = FoldKriging(places, owners, known, name, np.random.default_rng([*seed, number]), part.span(0.0, 0.6))
        error = kriging.error(owners if apart else np.full(train.size, -1), known, rows, part.check) \
            if len(names) > 1 else 0.0
        tried.append((error, number, kriging))
        part(1.0)
    chosen = min(tried)[2]
    estimate, variance = chosen.at(coordinates[test], None, progress.check)
    progress(1.0)
    return chosen.name, test, chosen.transform, estimate, variance


def fit_sampled_variogram(coordinates, groups, values, rng, progress):
    """Variogram of at most `MOST_FITTED` of the samples."""
    rows = np.arange(values.size)
    if rows.size > MOST_FITTED:
        rows = np.sort(rng.choice(rows.size, MOST_FITTED, replace=False))
    places = find_places(coordinates, rows, groups)
    return fit_variogram(places.coordinates, places.mean(values[rows]), models=MODELS, structures=STRUCTURES,
                         counts=places.counts, groups=places.groups, rng=rng, progress=progress).variogram
