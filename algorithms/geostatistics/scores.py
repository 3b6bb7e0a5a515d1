"""Scores of predictions and of their stated uncertainty.

References
----------
Gneiting, T. & Raftery, A. E. (2007). Strictly proper scoring rules,
prediction, and estimation. Journal of the American Statistical Association
102. https://doi.org/10.1198/016214506000001437
"""
import math

import numpy as np
from scipy.special import ndtr, ndtri

LEVELS = (50, 80, 90, 95)
KEYS = ("count", "rmse", "mae", "r2", "bias", "correlation", "crps", "log_rmse", "standardised_variance",
        *(f"coverage_{level}" for level in LEVELS))
LABELS = {
    "count": "Samples", "rmse": "Root mean square error", "mae": "Mean absolute error", "r2": "R²",
    "bias": "Bias (predicted - observed)", "correlation": "Correlation", "crps": "CRPS",
    "log_rmse": "RMSE of log10 values", "standardised_variance": "Mean squared error / predicted variance",
    **{f"coverage_{level}": f"Inside the {level} % interval" for level in LEVELS},
}
# Probabilities at which a distribution given by its quantiles is integrated.
PROBABILITIES = (np.arange(100) + 0.5) / 100.0


def scores(observed, mean, sd=None, quantile_function=None):
    """Scores of predictions against what was measured.

    Parameters
    ----------
    observed, mean : array_like, shape (n,)
        Measured and predicted values, same units.
    sd : array_like, shape (n,), optional
        Predicted standard deviations.
    quantile_function : callable, optional
        ``quantile_function(p)`` gives the predicted quantiles, shape (n,), at
        the probability p. Without it the distribution is normal.

    Returns
    -------
    dict
        The keys of `KEYS`; a score that cannot be computed is None. R2 is
        against the mean of the observations; coverages are fractions.
    """
    observed, mean = np.asarray(observed, dtype=float), np.asarray(mean, dtype=float)
    result = dict.fromkeys(KEYS)
    result["count"] = int(observed.size)
    if observed.size == 0:
        return result
    result.update(_accuracy(observed, mean))
    if sd is not None:
        sd = np.maximum(np.asarray(sd, dtype=float), 1e-300)
        result["standardised_variance"] = _finite(np.mean(np.square((observed - mean) / sd)))
    if quantile_function is None and sd is not None:
        quantile_function = normal_quantiles(mean, sd)
        result["crps"] = _finite(crps_normal(observed, mean, sd).mean())
    elif quantile_function is not None:
        result["crps"] = _finite(crps_quantiles(observed, quantile_function).mean())
    if quantile_function is not None:
        for level in LEVELS:
            result[f"coverage_{level}"] = coverage(observed, quantile_function, level / 100.0)
    return result


def normal_quantiles(mean, sd):
    """Quantile function of normal predictions."""
    return lambda p: mean + sd * ndtri(p)


def coverage(observed, quantile_function, level):
    """Fraction of the observations inside the central interval of this level (0 to 1)."""
    lower, upper = quantile_function(0.5 - 0.5 * level), quantile_function(0.5 + 0.5 * level)
    return float(np.mean((observed >= lower) & (observed <= upper)))


def calibration(observed, quantile_function, levels=None):
    """Nominal and actual coverage of central intervals.

    Returns
    -------
    levels, actual : numpy.ndarray, shape (k,)
        Fractions from 0.05 to 0.99 unless ``levels`` says otherwise.
    """
    levels = np.r_[np.linspace(0.05, 0.95, 19), 0.99] if levels is None else np.asarray(levels, dtype=float)
    return levels, np.array([coverage(observed, quantile_function, level) for level in levels])


def crps_normal(observed, mean, sd):
    """Continuous ranked probability score of normal predictions, shape (n,), in units of the field."""
    z = (observed - mean) / sd
    density = np.exp(-0.5 * z * z) / math.sqrt(2.0 * math.pi)
    return sd * (z * (2.0 * ndtr(z) - 1.0) + 2.0 * density - 1.0 / math.sqrt(math.pi))


def crps_quantiles(observed, quantile_function, probabilities=PROBABILITIES):
    """Continuous ranked probability score as the mean of twice the quantile loss, shape (n,)."""
    total = np.zeros(np.shape(observed))
    for p in probabilities:
        miss = observed - quantile_function(p)
        total += np.maximum(p * miss, (p - 1.0) * miss)
    return 2.0 * total / len(probabilities)


def score_rows(result, unit=""):
    """Rows ``(label, text)`` of the scores that are known, for a report."""
    rows = []
    for key in KEYS:
        value = result.get(key)
        if value is None:
            continue
        if key == "count":
            text = f"{value:,}"
        elif key.startswith("coverage"):
            text = f"{100.0 * value:.1f} %"
        else:
            text = f"{value:.4g}" + (f" {unit}" if unit and key in ("rmse", "mae", "bias", "crps") else "")
        rows.append((LABELS[key], text))
    return rows


def _accuracy(observed, mean):
    """Scores of the point predictions."""
    error = mean - observed
    spread = np.sum(np.square(observed - observed.mean()))
    result = {
        "rmse": _finite(math.sqrt(np.mean(error * error))), "mae": _finite(np.mean(np.abs(error))),
        "bias": _finite(error.mean()), "r2": _finite(1.0 - np.sum(error * error) / spread) if spread > 0.0 else None,
    }
    if spread > 0.0 and np.ptp(mean) > 0.0 and np.isfinite(mean).all():
        result["correlation"] = _finite(np.corrcoef(observed, mean)[0, 1])
    if observed.min() > 0.0 and mean.min() > 0.0:
        result["log_rmse"] = _finite(math.sqrt(np.mean(np.square(np.log10(mean / observed)))))
    return result


def _finite(value):
    """The number, or None where it is none (JSON has no infinity)."""
    return float(value) if math.isfinite(value) else None
