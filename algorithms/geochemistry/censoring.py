"""Values in place of those below a detection limit.

References
----------
Helsel, D. R. (2012). Statistics for Censored Environmental Data, 2nd edition, Wiley,
https://doi.org/10.1002/9781118162729 (half the limit, limit / sqrt 2, regression on order statistics).
Helsel, D. R. & Cohn, T. A. (1988). Estimation of descriptive statistics for multiply censored water quality data.
Water Resources Research 24. https://doi.org/10.1029/WR024i012p01997
Martin-Fernandez, J. A., Barcelo-Vidal, C. & Pawlowsky-Glahn, V. (2003). Dealing with zeros and missing values in
compositional data sets. Mathematical Geology 35. https://doi.org/10.1023/A:1023866030544
Palarea-Albaladejo, J. & Martin-Fernandez, J. A. (2013). Values below detection limit in compositional chemical data.
Analytica Chimica Acta 764. https://doi.org/10.1016/j.aca.2012.12.029
"""
import numpy as np
from scipy.special import log_ndtr, ndtr, ndtri

POLICIES = ("half", "sqrt2", "ros", "logratio", "missing")
FACTORS = {"half": 0.5, "sqrt2": 0.5**0.5}
# Without enough measured values to fit a distribution, this share of the limit loses least (Martin-Fernandez 2003).
SHARE = 0.65
LEAST_MEASURED, MOST_CENSORED = 5, 0.8
STEPS, TOLERANCE = 500, 1e-10


def fit_policy(policy, values, below):
    """What a policy needs to know of a field to replace its values below detection.

    Parameters
    ----------
    policy : str
        One of `POLICIES`.
    values : array of float64, shape (n,)
        Measured values, the limit where ``below``; NaN is left out.
    below : array of bool, shape (n,)

    Returns
    -------
    dict
        JSON values with the key ``"policy"``; ``"factor"`` where a share of
        the limit is taken, because the policy says so or because there is too
        little to fit (then ``"reason"`` says why).
    """
    if policy in FACTORS:
        return {"policy": policy, "factor": FACTORS[policy]}
    if policy == "missing":
        return {"policy": policy}
    known = np.isfinite(values) & (values > 0.0)
    values, below = values[known], below[known]
    reason = _too_little(values, below)
    if reason:
        return {"policy": policy, "factor": 0.5 if policy == "ros" else SHARE, "reason": reason}
    if policy == "ros":
        return {"policy": policy, **fit_ros(values, below)}
    mean, deviation = fit_censored_lognormal(values, below)
    return {"policy": policy, "mean": mean, "deviation": deviation}


def replace_below(values, below, fitted, rng):
    """Values with those below detection replaced.

    Parameters
    ----------
    values : array of float64, shape (n,)
        The limit where ``below``.
    below : array of bool, shape (n,)
    fitted : dict
        From `fit_policy`.
    rng : numpy.random.Generator
        Deals the values of regression on order statistics, which belong to a group and not to single samples.

    Returns
    -------
    array of float64, shape (n,)
    """
    values = np.array(values, np.float64)
    if not below.any():
        return values
    limits = values[below]
    if fitted["policy"] == "missing":
        values[below] = np.nan
    elif "factor" in fitted:
        values[below] = fitted["factor"] * limits
    elif fitted["policy"] == "ros":
        values[below] = _ros_values(limits, fitted, rng)
    else:
        values[below] = expected_below(limits, fitted["mean"], fitted["deviation"])
    return values


def fit_ros(values, below):
    """Regression on order statistics of logarithms, for one or several limits.

    Parameters
    ----------
    values : array of float64, shape (n,)
        Above zero; the limit where ``below``.
    below : array of bool, shape (n,)

    Returns
    -------
    dict
        ``mean`` and ``deviation`` of the fitted line (natural logarithms),
        ``limits`` and ``shares`` (probability of a value below each limit).
    """
    limits, positions = plotting_positions(values, below)[:2]
    measured = np.sort(values[~below])
    deviation, mean = np.polyfit(ndtri(positions), np.log(measured), 1)
    shares = 1.0 - _exceedance(values, below, limits)
    return {"mean": float(mean), "deviation": float(deviation), "limits": limits.tolist(), "shares": shares.tolist()}


def plotting_positions(values, below):
    """Plotting positions of multiply censored data (Helsel & Cohn 1988).

    Returns
    -------
    limits : array, shape (k,)
        Different detection limits, increasing.
    measured, censored : array
        Probabilities of the measured values in increasing order, and of those
        below each limit in turn.
    """
    limits = np.unique(values[below])
    edges = np.concatenate([[0.0], limits])
    exceedance = np.concatenate([[1.0], _exceedance(values, below, limits), [0.0]])
    measured = np.sort(values[~below])
    group = np.searchsorted(edges, measured, side="right") - 1
    first = np.searchsorted(group, np.arange(len(edges)))
    counts = np.bincount(group, minlength=len(edges))
    rank = np.arange(len(measured)) - first[group] + 1
    width = exceedance[group] - exceedance[group + 1]
    positions = 1.0 - exceedance[group] + rank / (counts[group] + 1.0) * width
    censored = [(1.0 - exceedance[k + 1]) * np.arange(1, count + 1) / (count + 1.0)
                for k, count in enumerate(np.unique(values[below], return_counts=True)[1])]
    return limits, positions, np.concatenate(censored or [np.zeros(0)])


def _exceedance(values, below, limits):
    """Probability of exceeding each limit, from the highest down."""
    measured, censored = np.sort(values[~below]), np.sort(values[below])
    exceedance, above = np.zeros(len(limits)), 0.0
    for k in range(len(limits) - 1, -1, -1):
        least = np.searchsorted(measured, limits[k])
        most = np.searchsorted(measured, limits[k + 1]) if k + 1 < len(limits) else len(measured)
        inside = most - least
        lower = least + np.searchsorted(censored, limits[k], side="right")
        above += inside / max(inside + lower, 1) * (1.0 - above)
        exceedance[k] = above
    return exceedance


def _ros_values(limits, fitted, rng):
    """Values of the fitted line at the plotting positions of the censored, none above its limit."""
    known = np.asarray(fitted["limits"])
    values = np.empty(len(limits))
    for limit in np.unique(limits):
        rows = np.flatnonzero(limits == limit)
        match = np.flatnonzero(known == limit)
        share = fitted["shares"][match[0]] if match.size else ndtr(
            (np.log(limit) - fitted["mean"]) / fitted["deviation"])
        positions = share * np.arange(1, len(rows) + 1) / (len(rows) + 1.0)
        line = np.exp(fitted["mean"] + fitted["deviation"] * ndtri(np.clip(positions, 1e-12, 1.0 - 1e-12)))
        values[rows] = rng.permutation(np.minimum(line, limit))
    return values


def fit_censored_lognormal(values, below):
    """Mean and standard deviation of logarithms by maximum likelihood, limits taken into account.

    Expectation and maximisation in turn; values as for `fit_ros`.
    """
    logs = np.log(values)
    measured, (limits, counts) = logs[~below], np.unique(logs[below], return_counts=True)
    mean, deviation = logs.mean(), max(logs.std(), 1e-6)
    for _ in range(STEPS):
        score = (limits - mean) / deviation
        ratio = _mills(score)
        first = mean - deviation * ratio
        second = np.square(deviation) * np.maximum(1.0 - score * ratio - np.square(ratio), 0.0)
        new = (measured.sum() + counts @ first) / len(logs)
        variance = (np.square(measured - new).sum() + counts @ (second + np.square(first - new))) / len(logs)
        moved = abs(new - mean) + abs(variance**0.5 - deviation)
        mean, deviation = new, max(variance**0.5, 1e-6)
        if moved < TOLERANCE * deviation:
            break
    return float(mean), float(deviation)


def expected_below(limits, mean, deviation):
    """Geometric mean of a lognormal below each limit, in the unit of the limits.

    Parameters
    ----------
    limits : array of float64
    mean, deviation : float
        Of natural logarithms.
    """
    score = (np.log(limits) - mean) / deviation
    return np.minimum(np.exp(mean - deviation * _mills(score)), limits)


def _mills(score):
    """Density over probability of a standard normal below a score, also far out in the tail."""
    return np.exp(-0.5 * np.square(score) - 0.5 * np.log(2.0 * np.pi) - log_ndtr(score))


def _too_little(values, below):
    """Why no distribution can be fitted, or an empty string."""
    measured = np.unique(values[~below])
    if len(measured) < LEAST_MEASURED:
        return f"only {len(measured)} different measured values"
    if below.mean() > MOST_CENSORED:
        return f"{100.0 * below.mean():.0f} % of the values are below detection"
    return ""
