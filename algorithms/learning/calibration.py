"""Intervals that cover what they say: one variance factor per target, fitted on held-out holes."""
import numpy as np

LEVELS = (0.8, 0.9)
LIMITS = (0.05, 20.0)  # of the factor
ROUNDS = 30
FEWEST = 30


def variance_factor(parts, observed, levels=LEVELS):
    """Factor by which variances are multiplied so that intervals cover what they say.

    Parameters
    ----------
    parts : list of (numpy.ndarray, Predictive)
        Held-out rows and predictions of one target.
    observed : numpy.ndarray, shape (n,)
    levels : tuple of float
        Their mean coverage is brought to their mean.

    Returns
    -------
    float
        1 with too few observations.
    """
    pairs = [(part, _reach(part, observed[rows])) for rows, part in parts]
    pairs = [(part, known) for part, known in pairs if known[0].size]
    if sum(known[0].size for _, known in pairs) < FEWEST:
        return 1.0
    low, high = (np.log(limit) for limit in LIMITS)
    for _ in range(ROUNDS):
        middle = 0.5 * (low + high)
        if _covered(pairs, np.exp(middle), levels) < np.mean(levels):
            low = middle
        else:
            high = middle
    return float(np.exp(0.5 * (low + high)))


def _reach(part, observed):
    """Rows with an observation, and the observations on the scale of the target."""
    rows = np.flatnonzero(np.isfinite(observed))
    return rows, part.scales[0].forward(observed[rows])


def _covered(pairs, factor, levels):
    """Mean coverage over levels with this factor, from probabilities that need no quantiles."""
    probability = np.concatenate([part.take(rows).widened([factor]).distribution(scaled, 0)
                                  for part, (rows, scaled) in pairs])
    return np.mean([np.mean(np.abs(2.0 * probability - 1.0) <= level) for level in levels])


def cross_fitted_factors(parts, observed):
    """For each part, the factor fitted to the other parts, shape (parts,); what the last factor honestly reaches."""
    if len(parts) < 2:
        return np.ones(len(parts))
    return np.array([variance_factor(parts[:k] + parts[k + 1:], observed) for k in range(len(parts))])
