"""Scores of grade models, on top of those of kriging."""
import numpy as np
from scipy.stats import rankdata

from ..geostatistics.scores import LEVELS, calibration, scores

__all__ = ["accuracy_at", "auc", "calibration", "class_accuracy", "coverage_table", "interval_width", "measure",
           "success_share"]
BEST = 0.1  # of the holes, for the success of drilling


def measure(observed, mean, quantile=None, sd=None, cutoffs=(), exceedance=None):
    """All scores of one target.

    Parameters
    ----------
    observed, mean : numpy.ndarray, shape (n,)
        Rows without either are left out.
    quantile : callable, optional
        ``quantile(p)`` gives quantiles, shape (n,).
    sd : numpy.ndarray, shape (n,), optional
    cutoffs : iterable of float
    exceedance : callable, optional
        ``exceedance(cutoff)`` gives probabilities (n,); the mean ranks the samples without it.

    Returns
    -------
    dict
        As `geostatistics.scores.scores`, and ``width_50`` to ``width_95``
        (mean width of the intervals), and for each cut-off c ``auc_c`` and
        ``accuracy_c``; None where there is no score.
    """
    observed, mean = np.asarray(observed, dtype=float), np.asarray(mean, dtype=float)
    rows = np.flatnonzero(np.isfinite(observed) & np.isfinite(mean))
    kept = _Kept(quantile, rows) if quantile is not None else None
    found = scores(observed[rows], mean[rows], None if sd is None else np.asarray(sd)[rows], kept)
    for level in LEVELS if kept is not None and rows.size else ():
        found[f"width_{level}"] = interval_width(kept, level / 100.0)
    for cutoff in cutoffs:
        rank = np.asarray(exceedance(cutoff))[rows] if exceedance is not None else mean[rows]
        found[f"auc_{cutoff:g}"] = auc(observed[rows] > cutoff, rank)
        found[f"accuracy_{cutoff:g}"] = accuracy_at(observed[rows], mean[rows], cutoff) if rows.size else None
    return found


class _Kept:
    """A quantile function of some rows that computes each quantile once."""

    def __init__(self, quantile, rows):
        self._quantile, self._rows, self._known = quantile, rows, {}

    def __call__(self, p):
        key = round(float(p), 9)
        if key not in self._known:
            self._known[key] = np.asarray(self._quantile(float(p)))[self._rows]
        return self._known[key]


def interval_width(quantile, level):
    """Mean width of the central intervals of this level (0 to 1)."""
    return float(np.mean(quantile(0.5 + 0.5 * level) - quantile(0.5 - 0.5 * level)))


def coverage_table(observed, quantile, levels=LEVELS):
    """Levels in per cent to the share of observations inside their interval; rows without either are left out."""
    out, observed = {}, np.asarray(observed, dtype=float)
    for level in levels:
        lower, upper = quantile(0.5 - level / 200.0), quantile(0.5 + level / 200.0)
        rows = np.isfinite(observed) & np.isfinite(lower) & np.isfinite(upper)
        inside = (observed[rows] >= lower[rows]) & (observed[rows] <= upper[rows])
        out[level] = float(inside.mean()) if rows.any() else None
    return out


def auc(truth, score):
    """Area under the ROC curve: the chance that a true case ranks above a false one; None with one kind only."""
    truth, ranks = np.asarray(truth, dtype=bool), rankdata(score)
    positive, negative = int(truth.sum()), int((~truth).sum())
    if not positive or not negative:
        return None
    return float((ranks[truth].sum() - positive * (positive + 1) / 2.0) / (positive * negative))


def accuracy_at(observed, predicted, cutoff):
    """Share of samples on the right side of a cut-off."""
    return float(np.mean((np.asarray(observed) > cutoff) == (np.asarray(predicted) > cutoff)))


def class_accuracy(observed, predicted, edges):
    """Share of samples in the right class of grade, the classes being parted at ascending ``edges``."""
    return float(np.mean(np.searchsorted(edges, observed, side="right") == np.searchsorted(edges, predicted,
                                                                                            side="right")))


def success_share(observed, predicted, groups, cutoff, best=BEST):
    """Share of intervals above a cut-off in the holes with the best mean prediction, and in all holes.

    Returns
    -------
    chosen, overall : float
    """
    holes, index = np.unique(groups, return_inverse=True)
    index = index.reshape(-1)
    means = np.bincount(index, predicted) / np.bincount(index)
    count = max(1, round(best * holes.size))
    top = np.isin(index, np.argsort(-means, kind="stable")[:count])
    above = np.asarray(observed) > cutoff
    return float(above[top].mean()), float(above.mean())
