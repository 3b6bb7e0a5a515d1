"""Scores of a prospectivity map: how far deposits stand above the background, and how sure that is.

References
----------
DeLong, E. R., DeLong, D. M. & Clarke-Pearson, D. L. (1988). Comparing the areas under two or more
correlated receiver operating characteristic curves. Biometrics 44, 837-845.
https://doi.org/10.2307/2531595
Brown, L. D., Cai, T. T. & DasGupta, A. (2001). Interval estimation for a binomial proportion.
Statistical Science 16, 101-133. https://doi.org/10.1214/ss/1009213286
"""
from dataclasses import dataclass

import numpy as np
from scipy.special import expit, logit
from scipy.stats import beta, norm

NORMAL = float(norm.ppf(0.975))
LEAST_CHANCE = 1e-7  # a chance of exactly 0 or 1 that is wrong would cost an infinite log-loss
DRAWS = 999
SHARES = (0.05, 0.10, 0.20)


@dataclass(frozen=True)
class Background:
    """What deposits are compared with: the area without deposits, or known-barren points.

    Attributes
    ----------
    below, tied : callable
        ``below(values)`` and ``tied(values)`` give the weight of the background below and at values (k,).
    total : float
        Weight of all of it, in cells or points.
    """

    below: object
    tied: object
    total: float


def area_background(area, cells, weights):
    """Background of the whole area but the cells that hold a deposit, in cells.

    Parameters
    ----------
    area : RankedArea
    cells : numpy.ndarray, shape (k,)
        Values of the cells that hold deposits, each cell once.
    weights : numpy.ndarray, shape (k,)
        Areas of these cells, in the unit of ``area``.
    """
    order = np.argsort(cells)
    cells, sums = np.asarray(cells, np.float32)[order], np.concatenate([[0.0], np.cumsum(weights[order])])
    unit = area.total / area.values.size

    def below(values):
        own = sums[np.searchsorted(cells, np.asarray(values, np.float32), "left")]
        return np.maximum(area.below(values) - own, 0.0) / unit

    def tied(values):
        own = sums[np.searchsorted(cells, np.asarray(values, np.float32), "right")]
        return np.maximum(area.total * (1.0 - area.share_above(values)) - own, 0.0) / unit - below(values)

    return Background(below, tied, (area.total - sums[-1]) / unit)


def point_background(values):
    """Background of known-barren points with these values (m,)."""
    values = np.sort(np.asarray(values, np.float32))

    def below(thresholds):
        return np.searchsorted(values, np.asarray(thresholds, np.float32), "left").astype(float)

    def tied(thresholds):
        return np.searchsorted(values, np.asarray(thresholds, np.float32), "right") - below(thresholds)

    return Background(below, tied, float(values.size))


@dataclass(frozen=True)
class Roc:
    """The receiver operating characteristic of deposits against a background.

    Attributes
    ----------
    false, true : numpy.ndarray, shape (k,)
        Corners: shares of the background and of the deposits, from 0 to 1.
    precision : numpy.ndarray, shape (k,)
        Share of deposits among all that stands as high; NaN at the first corner.
    auc : float
        Chance that a deposit stands above a random piece of the background, ties counting half.
    low, high : float or None
        95 % interval of the area; None when there are too few deposits for one.
    average_precision, chance_precision : float
        Area under precision over recall by steps, and what chance gives.
    """

    false: np.ndarray
    true: np.ndarray
    precision: np.ndarray
    auc: float
    low: float
    high: float
    average_precision: float
    chance_precision: float


def roc(curves, background):
    """ROC, its area with an interval, and average precision.

    Parameters
    ----------
    curves : Curves
    background : Background

    Returns
    -------
    Roc
    """
    levels, count = curves.levels, curves.deposits.size
    true = curves.deposits_from(levels)
    below, tied = background.below(levels), background.tied(levels)
    false_from, false_above = 1.0 - below / background.total, 1.0 - (below + tied) / background.total
    precision = count * true / (count * true + background.total * false_from)
    before = np.concatenate([[0.0], true[:-1]])
    false = np.concatenate([[0.0], np.column_stack([false_above, false_from]).ravel(), [1.0]])
    corners = np.concatenate([[0.0], np.column_stack([before, true]).ravel(), [1.0]])
    with np.errstate(invalid="ignore"):
        along = count * corners / (count * corners + background.total * false)
    placements = (background.below(curves.deposits) + 0.5 * background.tied(curves.deposits)) / background.total
    low, high = auc_interval(placements, _spread_below(true, before, background, levels), background.total)
    return Roc(false, corners, along, float(placements.mean()), low, high,
               float(np.sum((true - before) * precision)), count / (count + background.total))


def _spread_below(true, before, background, levels):
    """Variance, over the background, of the share of deposits that stand above a piece of it (ties half)."""
    tied = background.tied(levels)
    below = background.below(levels)
    above = background.total - below - tied
    between = np.diff(np.concatenate([[0.0], above, [background.total]])) - np.concatenate([[0.0], tied])
    weights = np.concatenate([between, tied])
    shares = np.concatenate([np.concatenate([[0.0], true]), 0.5 * (true + before)])
    mean = np.sum(weights * shares) / background.total
    return float(np.sum(weights * (shares - mean) ** 2) / background.total)


def auc_interval(placements, spread, weight):
    """95 % interval of an AUC after DeLong et al., on the logit scale so that it stays between 0 and 1.

    Parameters
    ----------
    placements : numpy.ndarray, shape (n,)
        Share of the background below each deposit, ties counting half.
    spread : float
        Variance over the background of the share of deposits above a piece of it.
    weight : float
        Pieces of background.

    Returns
    -------
    low, high : float or None
        Without a spread, the exact binomial ones; None for fewer than two deposits.
    """
    count, area = placements.size, float(placements.mean())
    if count < 2:
        return None, None
    error = np.sqrt(placements.var(ddof=1) / count + spread / weight)
    if not 0.0 < area < 1.0 or error < 1e-12:
        return binomial_interval(area * count, count)
    half = NORMAL * error / (area * (1.0 - area))
    return float(expit(logit(area) - half)), float(expit(logit(area) + half))


def binomial_interval(successes, count):
    """Exact (Clopper and Pearson) 95 % interval of a share; successes may be a part of a whole number."""
    low = beta.ppf(0.025, successes, count - successes + 1.0) if successes > 0.0 else 0.0
    high = beta.ppf(0.975, successes + 1.0, count - successes) if successes < count else 1.0
    return float(low), float(high)


def share_interval(share, count):
    """Wilson's 95 % interval of a share of ``count`` deposits."""
    square = NORMAL ** 2 / count
    middle = (share + square / 2.0) / (1.0 + square)
    half = NORMAL / (1.0 + square) * np.sqrt(share * (1.0 - share) / count + square / (4.0 * count))
    return max(0.0, float(middle - half)), min(1.0, float(middle + half))


def log_loss(values, truth_is_deposit):
    """Sum of -ln of the chances (n,) given to what is true."""
    chances = np.clip(np.asarray(values, dtype=float), LEAST_CHANCE, 1.0 - LEAST_CHANCE)
    return float(-np.sum(np.log(chances if truth_is_deposit else 1.0 - chances)))


def are_chances(low, high):
    """Whether values between these ends can be probabilities."""
    return low >= 0.0 and high <= 1.0


@dataclass(frozen=True)
class NullModel:
    """Curves of random points in place of the deposits.

    Attributes
    ----------
    auc : numpy.ndarray, shape (2,)
        Ends that hold 95 % of the draws.
    chance : float
        Share of the draws, the observed one counted in, that are as good as the deposits.
    area, low, high : numpy.ndarray, shape (k,)
        Shares of the area, and the ends that hold 95 % of the success-rate curves there.
    """

    auc: np.ndarray
    chance: float
    area: np.ndarray
    low: np.ndarray
    high: np.ndarray


def null_model(curves, rng, progress, draws=DRAWS):
    """What as many random points as there are deposits would score.

    Parameters
    ----------
    curves : Curves
    rng : numpy.random.Generator
    progress : Progress
    draws : int

    Returns
    -------
    NullModel
    """
    shares = np.linspace(0.0, 1.0, 101)
    count, areas, found = curves.deposits.size, [], []
    for draw in range(draws):
        values = curves.area.value_at(1.0 - rng.random(count))
        middle = 0.5 * (curves.area.share_above(values) + curves.area.share_from(values))
        areas.append(1.0 - middle.mean())
        # A point stands anywhere within the cells that are tied with its own.
        low, high = curves.area.share_above(values), curves.area.share_from(values)
        places = np.sort(low + (high - low) * rng.random(count))
        found.append(np.searchsorted(places, shares, "right") / count)
        if draw % 100 == 0:
            progress(draw / draws)
    areas = np.array(areas)
    as_good = int((areas >= curves.success_area() - 1e-12).sum())
    low, high = np.quantile(found, [0.025, 0.975], axis=0)
    return NullModel(np.quantile(areas, [0.025, 0.975]), (1 + as_good) / (1 + draws), shares, low, high)
