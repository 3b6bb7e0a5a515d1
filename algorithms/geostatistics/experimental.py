"""Experimental variograms: all directions, one direction, down the hole.

References
----------
Cressie, N. & Hawkins, D. M. (1980). Robust estimation of the variogram: I.
Mathematical Geology 12. https://doi.org/10.1007/BF01035243
Dowd, P. A. (1984). The variogram and kriging: robust and resistant
estimators. https://doi.org/10.1007/978-94-009-3699-7_6
"""
import math
from dataclasses import dataclass
from typing import Optional

import numpy as np
from scipy.spatial import cKDTree

from ..errors import InputError

ESTIMATORS = ("matheron", "cressie", "dowd")
DOWN_THE_HOLE = "Down the hole"
MAXIMUM_PAIRS = 1_000_000
NEAR = 16
BINS = 18
# With more lags of one spacing than this, lags grow geometrically instead.
EVEN_BINS = 40


@dataclass(frozen=True)
class ExperimentalVariogram:
    """Mean semivariance of sample pairs by lag.

    Parameters
    ----------
    label : str
        What the direction is called.
    lags : numpy.ndarray, shape (k,)
        Mean distance of the pairs of each bin, metres.
    semivariance : numpy.ndarray, shape (k,)
        Squared units of the values; in shares of the variance, averaged over
        columns, when there are several.
    pairs : numpy.ndarray, shape (k,)
        Number of pairs.
    azimuth, dip : float or None
        Degrees; None when all directions count.
    estimator : str
        One of `ESTIMATORS`.
    """

    label: str
    lags: np.ndarray
    semivariance: np.ndarray
    pairs: np.ndarray
    azimuth: Optional[float] = None
    dip: Optional[float] = None
    estimator: str = "matheron"

    @property
    def direction(self):
        """Unit vector (x, y, z), or None when all directions count."""
        return None if self.azimuth is None else unit_vector(self.azimuth, self.dip or 0.0)

    def scaled(self, factor):
        """The same variogram with its semivariance multiplied."""
        return ExperimentalVariogram(self.label, self.lags, self.semivariance * factor, self.pairs,
                                     self.azimuth, self.dip, self.estimator)

    def to_dict(self):
        """JSON content."""
        return {"label": self.label, "azimuth": self.azimuth, "dip": self.dip, "estimator": self.estimator,
                "lags": self.lags.tolist(), "semivariance": self.semivariance.tolist(), "pairs": self.pairs.tolist()}


class Pairs:
    """Pairs of samples with their lags.

    All pairs while they are few; otherwise random pairs together with the
    nearest neighbours in ever thinner random subsets, so that every scale
    from the spacing down the hole to the extent keeps enough of them. Which
    pairs are taken depends on positions alone, so the mean per lag has no bias.

    Parameters
    ----------
    coordinates : numpy.ndarray, shape (n, d)
        Metres.
    rng : numpy.random.Generator
        Chooses pairs.
    maximum : int
        Bound on their number.
    """

    def __init__(self, coordinates, rng, maximum=MAXIMUM_PAIRS):
        coordinates = np.asarray(coordinates, dtype=float)
        n = len(coordinates)
        if n * (n - 1) // 2 <= maximum:
            self.first, self.second = np.triu_indices(n, 1)
        else:
            self.first, self.second = _sampled_pairs(coordinates, rng, maximum)
        self.lags = coordinates[self.first] - coordinates[self.second]
        self.distances = np.sqrt(np.square(self.lags).sum(axis=1))

    def towards(self, azimuth, dip, tolerance, bandwidth=None):
        """Mask of the pairs within ``tolerance`` degrees and ``bandwidth`` metres of a direction."""
        direction = unit_vector(azimuth, dip)[: self.lags.shape[1]]
        along = np.abs(self.lags @ direction)
        mask = along >= self.distances * math.cos(math.radians(tolerance)) - 1e-9
        if bandwidth is not None:
            mask &= np.square(self.distances) - along * along <= bandwidth * bandwidth
        return mask


def unit_vector(azimuth, dip=0.0):
    """Unit vector (east, north, up) of an azimuth and a dip, degrees, negative downwards."""
    azimuth, dip = math.radians(azimuth), math.radians(dip)
    return np.array([math.sin(azimuth) * math.cos(dip), math.cos(azimuth) * math.cos(dip), math.sin(dip)])


def experimental_variogram(coordinates, values, edges=None, azimuth=None, dip=0.0, tolerance=22.5, bandwidth=None,
                           estimator="cressie", groups=None, rng=None, pairs=None, label=None):
    """Experimental variogram in all directions, or in one.

    Parameters
    ----------
    coordinates : array_like, shape (n, d)
        Two or three dimensions, metres.
    values : array_like, shape (n,) or (n, m)
        Several columns are each divided by their standard deviation and averaged.
    edges : array_like, shape (k + 1,), optional
        Limits of the lag bins in metres; chosen by `lag_edges` when absent.
    azimuth, dip : float, optional
        Direction in degrees; all directions when the azimuth is absent.
    tolerance, bandwidth : float
        Angle in degrees, and distance off the direction in metres (unlimited when absent).
    estimator : str
        "matheron" (mean square), "cressie" (robust) or "dowd" (median).
    groups : array_like of int, shape (n,), optional
        Only pairs within one group count, which makes it a down-hole
        variogram; -1 belongs to none.
    rng : numpy.random.Generator, optional
        Needed when the pairs are too many to be used all.
    pairs : Pairs, optional
        Of the same coordinates, when several variograms share them.
    label : str, optional
        What to call it.

    Returns
    -------
    ExperimentalVariogram
        Bins without pairs are left out.

    Raises
    ------
    InputError
        The estimator is unknown or there is only one sample.
    """
    coordinates, values = np.asarray(coordinates, dtype=float), _columns(values)
    if estimator not in ESTIMATORS:
        raise InputError(f"There is no variogram estimator '{estimator}': use one of {', '.join(ESTIMATORS)}.")
    if len(coordinates) < 2:
        raise InputError("The sample layer holds only one usable sample: a variogram needs two or more.")
    pairs = pairs or Pairs(coordinates, rng or np.random.default_rng(0))
    edges = lag_edges(coordinates) if edges is None else np.asarray(edges, dtype=float)
    mask = np.ones(len(pairs.distances), dtype=bool)
    if azimuth is not None:
        mask = pairs.towards(azimuth, dip, tolerance, bandwidth)
    if groups is not None:
        groups = np.asarray(groups)
        mask &= (groups[pairs.first] == groups[pairs.second]) & (groups[pairs.first] >= 0)
    lags, semivariance, counts = _binned(pairs, values, np.flatnonzero(mask), edges, estimator)
    label, dip = label or _label(azimuth, dip, groups), None if azimuth is None else dip
    return ExperimentalVariogram(label, lags, semivariance, counts, azimuth, dip, estimator)


def lag_edges(coordinates, maximum=None, bins=BINS):
    """Limits of lag bins that suit the samples.

    Samples about equally spaced get lags of one spacing. Drill holes, whose
    samples are far closer down the hole than between holes, get lags that
    grow by a constant factor and so cover both.

    Parameters
    ----------
    coordinates : array_like, shape (n, d)
        Metres.
    maximum : float, optional
        Longest lag; half the diagonal of the extent when absent.
    bins : int
        About how many.

    Returns
    -------
    numpy.ndarray, shape (k + 1,)
        Increasing, metres.
    """
    coordinates = np.asarray(coordinates, dtype=float)
    maximum = maximum or 0.5 * extent(coordinates)
    spacing = sample_spacing(coordinates)
    if maximum <= 0.0:
        return np.array([0.0, 1.0])
    if maximum <= 2.0 * spacing:
        return np.linspace(0.0, 2.0 * maximum, 6)
    if maximum <= EVEN_BINS * spacing:
        width = spacing * max(1.0, round(maximum / (bins * spacing)))
        return np.r_[0.0, (np.arange(math.ceil(maximum / width)) + 1.0) * width + 0.5 * spacing]
    return np.r_[0.0, np.geomspace(1.5 * spacing, maximum, bins)]


def extent(coordinates):
    """Diagonal of the bounding box, metres."""
    return float(np.linalg.norm(np.ptp(coordinates, axis=0)))


def sample_spacing(coordinates):
    """Median distance to the nearest sample that is not at the same place, metres; 0 when all coincide."""
    places = np.unique(coordinates, axis=0)
    if len(places) < 2:
        return 0.0
    step = max(1, len(places) // 5000)
    distances, _ = cKDTree(places).query(places[::step], k=2)
    return float(np.median(distances[:, 1]))


def _columns(values):
    """Values as (n, m), each column in units of its standard deviation when there are several."""
    values = np.asarray(values, dtype=float)
    if values.ndim == 1:
        return values[:, None]
    if values.shape[1] > 1:
        spread = values.std(axis=0)
        values = (values - values.mean(axis=0)) / np.where(spread > 0.0, spread, 1.0)
    return values


def _sampled_pairs(coordinates, rng, maximum):
    """Random pairs and near pairs at several scales, each pair once."""
    n = len(coordinates)
    first, second = rng.integers(0, n, (2, maximum // 2))
    levels = max(1, math.ceil(math.log(n / 500.0, 8)))
    found = [np.stack([first, second])]
    for level in range(levels):
        subset = rng.permutation(n)[: n // 8**level]
        asked = subset[: maximum // (2 * levels * NEAR)]
        near = cKDTree(coordinates[subset]).query(coordinates[asked], k=np.arange(2, NEAR + 2))[1]
        found.append(np.stack([np.repeat(asked, NEAR), subset[near].ravel()]))
    found = np.sort(np.concatenate(found, axis=1), axis=0)
    codes = np.sort((found[0] * np.int64(n) + found[1])[found[0] < found[1]])
    codes = codes[np.r_[True, np.diff(codes) > 0]]
    return codes // n, codes % n


def _binned(pairs, values, chosen, edges, estimator):
    """Mean distance, semivariance and number of pairs of the bins that hold any."""
    distances = pairs.distances[chosen]
    bins = np.searchsorted(edges, distances, side="left") - 1
    inside = (bins >= 0) & (bins < len(edges) - 1)
    bins, chosen, distances = bins[inside], chosen[inside], distances[inside]
    counts = np.bincount(bins, minlength=len(edges) - 1)
    keep = counts > 0
    lags = np.bincount(bins, distances, len(counts))[keep] / counts[keep]
    total = np.zeros(np.count_nonzero(keep))
    for column in values.T:
        differences = np.abs(column[pairs.first[chosen]] - column[pairs.second[chosen]])
        total += _semivariance(differences, bins, counts, estimator)[keep]
    return lags, total / values.shape[1], counts[keep]


def _semivariance(differences, bins, counts, estimator):
    """Semivariance per bin, 0 where it holds no pair."""
    safe = np.maximum(counts, 1)
    if estimator == "matheron":
        return 0.5 * np.bincount(bins, np.square(differences), len(counts)) / safe
    if estimator == "cressie":
        root = np.bincount(bins, np.sqrt(differences), len(counts)) / safe
        return 0.5 * root**4 / (0.457 + 0.494 / safe)
    order = np.lexsort((differences, bins))
    ends = np.cumsum(counts)
    lower = np.minimum(ends - counts + (safe - 1) // 2, len(differences) - 1)
    upper = np.minimum(ends - counts + safe // 2, len(differences) - 1)
    median = 0.5 * (differences[order][lower] + differences[order][upper])
    return np.where(counts > 0, 0.5 * 2.198 * np.square(median), 0.0)


def _label(azimuth, dip, groups):
    """What a direction is called in plots."""
    if groups is not None:
        return DOWN_THE_HOLE
    if azimuth is None:
        return "All directions"
    if abs(dip) > 89.0:
        return "Vertical"
    return f"Azimuth {azimuth:.0f}°" + (f", dip {dip:.0f}°" if dip else "")
