"""Targets: connected cells above a cut, what is in them, and their rank."""
from dataclasses import dataclass

import numpy as np
from scipy import ndimage

from ..errors import InputError

MOST_TARGETS = 20_000
STRIP = 512  # rows
REACH = 10  # cells around a target that count as its surroundings
STRUCTURES = {4: ndimage.generate_binary_structure(2, 1), 8: ndimage.generate_binary_structure(2, 2)}
RANKS = ("expected", "mean", "maximum", "area")


@dataclass(frozen=True)
class Target:
    """One target.

    Attributes
    ----------
    cells : int
    area : float
        Square metres.
    mean, maximum, p10, p90 : float
        Of the values of its cells, by area.
    uncertainty, low, high : float
        Mean standard deviation, and mean lower and upper ends of the intervals; NaN when not known.
    expected, discounted : float
        Sum of value times area, and the same of the value less some standard deviations.
    best : tuple of int
        Row and column of the highest cell.
    label : int
        In the array of labels.
    """

    cells: int
    area: float
    mean: float
    maximum: float
    p10: float
    p90: float
    uncertainty: float
    low: float
    high: float
    expected: float
    discounted: float
    best: tuple
    label: int


def connected(values, areas, cut, connectivity, minimum, progress):
    """Label the connected cells at or above a cut.

    Parameters
    ----------
    values : numpy.ndarray, shape (rows, columns)
        NaN where there is none.
    areas : numpy.ndarray, shape (rows,)
        Square metres of a cell of each row.
    cut : float
    connectivity : int
        4, cells that share a side; or 8, those that share a corner too.
    minimum : float
        Smallest area of a target in square metres.
    progress : Progress

    Returns
    -------
    labels : numpy.ndarray of int32, shape (rows, columns)
        1, 2, 3 ... in the targets, 0 elsewhere.
    dropped : int
        Connected pieces that are too small.

    Raises
    ------
    InputError
        No cell reaches the cut, no piece is large enough, or there are too many.
    """
    mask = np.empty(values.shape, bool)
    highest = -np.inf
    for top in range(0, len(values), STRIP):
        strip = np.asarray(values[top:top + STRIP])
        with np.errstate(invalid="ignore"):
            mask[top:top + STRIP] = strip >= np.float32(cut)
        highest = max(highest, np.nanmax(strip, initial=-np.inf))
        progress(0.4 * min(1.0, (top + STRIP) / len(values)))
    if highest == -np.inf:
        raise InputError("No cell of the raster has a value inside the study area: choose another band, raster or "
                         "mask.")
    if not mask.any():
        raise InputError(f"No cell reaches the cut {cut:.6g}: the highest value of the map is {highest:.6g}; choose a "
                         "lower threshold or another cut.")
    labels, count = ndimage.label(mask, STRUCTURES[connectivity])
    progress(0.7)
    sizes = label_areas(labels, count, areas)
    large = sizes >= minimum * (1.0 - 1e-9)
    if not large[1:].any():
        raise InputError(f"None of the {count:,} connected pieces at or above {cut:.6g} is as large as {minimum:,.6g} "
                         f"square metres: the largest has {sizes[1:].max():,.6g}; choose a smaller minimum area or a "
                         "lower threshold.")
    kept = int(large[1:].sum())
    if kept > MOST_TARGETS:
        raise InputError(f"{kept:,} targets are more than anyone can visit, and at most {MOST_TARGETS:,} are drawn: "
                         "raise the threshold or the minimum area.")
    numbers = np.zeros(count + 1, np.int32)
    numbers[1:][large[1:]] = np.arange(1, kept + 1)
    for top in range(0, len(labels), STRIP):
        labels[top:top + STRIP] = numbers[labels[top:top + STRIP]]
        progress(0.7 + 0.3 * min(1.0, (top + STRIP) / len(labels)))
    return labels, count - kept


def label_areas(labels, count, areas):
    """Square metres of each label from 0 on, shape (count + 1,)."""
    total = np.zeros(count + 1)
    for top in range(0, len(labels), STRIP):
        strip = labels[top:top + STRIP]
        weights = np.broadcast_to(areas[top:top + STRIP, None], strip.shape)
        total += np.bincount(strip.ravel(), weights.ravel(), count + 1)
    return total


def describe(labels, values, areas, extras, risk, progress):
    """What is in each target.

    Parameters
    ----------
    labels : numpy.ndarray of int, shape (rows, columns)
    values : numpy.ndarray, shape (rows, columns)
    areas : numpy.ndarray, shape (rows,)
    extras : dict
        ``"sd"``, ``"p10"`` and ``"p90"`` to arrays (rows, columns), where there are any.
    risk : float
        Standard deviations by which values are lowered before they are summed for the rank.
    progress : Progress

    Returns
    -------
    list of Target
        In the order of the labels.
    """
    found = []
    boxes = ndimage.find_objects(labels)
    for number, box in enumerate(boxes, start=1):
        found.append(_describe(number, box, labels, values, areas, extras, risk))
        if number % 100 == 0:
            progress(number / len(boxes))
    return found


def _describe(number, box, labels, values, areas, extras, risk):
    """One target."""
    inside = labels[box] == number
    rows, columns = np.nonzero(inside)
    held = np.asarray(values[box])[inside].astype(float)
    weights = areas[rows + box[0].start]
    share = weights / weights.sum()
    means = {name: np.asarray(array[box])[inside].astype(float) for name, array in extras.items()}
    spread = np.nan_to_num(means["sd"]) if "sd" in means else 0.0
    top = int(np.argmax(held))
    return Target(
        cells=held.size, area=float(weights.sum()), mean=float(held @ share), maximum=float(held[top]),
        p10=weighted_quantile(held, weights, 0.1), p90=weighted_quantile(held, weights, 0.9),
        uncertainty=_mean(means.get("sd"), weights), low=_mean(means.get("p10"), weights),
        high=_mean(means.get("p90"), weights), expected=float(held @ weights),
        discounted=float(np.maximum(held - risk * spread, 0.0) @ weights),
        best=(int(rows[top]) + box[0].start, int(columns[top]) + box[1].start), label=number)


def _mean(values, weights):
    """Weighted mean of the known values; NaN when there are none."""
    if values is None:
        return float("nan")
    known = np.isfinite(values)
    return float(values[known] @ weights[known] / weights[known].sum()) if known.any() else float("nan")


def weighted_quantile(values, weights, share):
    """Quantile of values (n,) that stand for weights (n,): linear between the middles of their weights."""
    order = np.argsort(values, kind="stable")
    sums = np.cumsum(weights[order])
    return float(np.interp(share, (sums - 0.5 * weights[order]) / sums[-1], values[order]))


def ranked(targets, by, most=None):
    """Targets in the order of their rank, at most so many.

    ``by`` is one of `RANKS`; equal ones are ordered by expected value and by label.
    """
    key = {"expected": "discounted"}.get(by, by)
    ordered = sorted(targets, key=lambda target: (-getattr(target, key), -target.expected, target.label))
    return ordered[:most] if most else ordered


def renumber(labels, targets, count):
    """Labels by rank from 1 on, in place; those of targets that are left out become 0."""
    numbers = np.zeros(count + 1, np.int32)
    for rank, target in enumerate(targets, start=1):
        numbers[target.label] = rank
    for top in range(0, len(labels), STRIP):
        labels[top:top + STRIP] = numbers[labels[top:top + STRIP]]
    return labels


def add_surroundings(labels, values, count, progress, reach=REACH):
    """Mark the cells with data around targets, each for the target it is reached from first.

    Parameters
    ----------
    labels : numpy.ndarray of int32, shape (rows, columns)
        Ranks from 1 to ``count``; surroundings of target k become ``count`` + k, in place.
    values : numpy.ndarray, shape (rows, columns)
    count : int
    progress : Progress
    reach : int
        Cells.
    """
    for step in range(reach):
        _grow(labels, count, progress)
        progress((step + 1) / reach)
    for top in range(0, len(labels), STRIP):
        strip = labels[top:top + STRIP]
        strip[(strip > count) & ~np.isfinite(values[top:top + STRIP])] = 0
    return labels


def _grow(labels, count, progress):
    """One cell of surroundings more, strip by strip."""
    before = labels[:1].copy()
    for top in range(0, len(labels), STRIP):
        progress.check()
        bottom = min(top + STRIP, len(labels))
        old = labels[top:bottom].copy()
        above = np.concatenate([before[-1:], old[:-1]])
        below = np.concatenate([old[1:], labels[bottom:bottom + 1] if bottom < len(labels) else old[-1:]])
        grown = old.copy()
        sides = (above, below, np.pad(old, ((0, 0), (1, 0)))[:, :-1], np.pad(old, ((0, 0), (0, 1)))[:, 1:])
        for side in sides:
            free = (grown == 0) & (side > 0)
            grown[free] = np.where(side[free] > count, side[free], side[free] + count)
        labels[top:bottom] = grown
        before = old
