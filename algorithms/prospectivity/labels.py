"""Deposits and what counts as their contrary: places on the grid, clusters, and draws of background."""
from dataclasses import dataclass

import numpy as np
from scipy.ndimage import distance_transform_cdt, distance_transform_edt
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from ..errors import InputError

NEGATIVES = ("unlabelled", "random", "stratified")
LEAST_DEPOSITS = 3
PER_DEPOSIT, LEAST_NEGATIVES, MOST_NEGATIVES = 10, 300, 4000


@dataclass(frozen=True)
class Sites:
    """Points on the cells of a grid.

    Attributes
    ----------
    rows, columns : numpy.ndarray of int, shape (n,)
    weights : numpy.ndarray, shape (n,)
    types : numpy.ndarray of int, shape (n,)
        Type of each, -1 for none.
    index : numpy.ndarray of int, shape (n,)
        Row of the point that was read.
    """

    rows: np.ndarray
    columns: np.ndarray
    weights: np.ndarray
    types: np.ndarray
    index: np.ndarray

    def __len__(self):
        return self.rows.size

    def take(self, keep):
        """The sites that a mask or index array selects."""
        return Sites(self.rows[keep], self.columns[keep], self.weights[keep], self.types[keep], self.index[keep])


def place(coordinates, grid, usable, weights=None, types=None):
    """Points as sites on usable cells, one for each cell, and what happened to the others.

    Parameters
    ----------
    coordinates : numpy.ndarray, shape (n, 2)
        Easting and northing; NaN for no place.
    grid : dict
        ``west``, ``north``, ``cell``, ``columns``, ``rows``.
    usable : numpy.ndarray of bool, shape (rows, columns)
    weights, types : numpy.ndarray, shape (n,), optional
        A point of no weight, or of weight 0, is left out.

    Returns
    -------
    sites : Sites
        Of several points in a cell the heaviest stays.
    counts : dict
        ``outside``, ``nodata``, ``weightless`` and ``same_cell`` to numbers of points.
    """
    count = len(coordinates)
    weights = np.ones(count) if weights is None else np.asarray(weights, float)
    types = np.full(count, -1) if types is None else np.asarray(types)
    with np.errstate(invalid="ignore"):
        columns = np.floor((coordinates[:, 0] - grid["west"]) / grid["cell"])
        rows = np.floor((grid["north"] - coordinates[:, 1]) / grid["cell"])
        inside = (rows >= 0) & (rows < grid["rows"]) & (columns >= 0) & (columns < grid["columns"])
    rows, columns = (np.where(inside, part, 0).astype(np.int64) for part in (rows, columns))
    known = inside & usable[rows, columns]
    weighty = known & (np.nan_to_num(weights) > 0.0)
    chosen = np.flatnonzero(weighty)
    chosen = chosen[np.argsort(-weights[chosen], kind="stable")]
    _, first = np.unique(rows[chosen] * grid["columns"] + columns[chosen], return_index=True)
    kept = np.sort(chosen[first])
    counts = {"outside": int((~inside).sum()), "nodata": int((inside & ~known).sum()),
              "weightless": int((known & ~weighty).sum()), "same_cell": int(chosen.size - kept.size)}
    return Sites(rows[kept], columns[kept], weights[kept], types[kept], kept), counts


def check_deposits(sites, counts, total, progress):
    """Tell what was left out, and refuse deposits that nothing can be learned from.

    Raises
    ------
    InputError
        There are fewer than three deposits on the evidence.
    """
    lost = {"outside": "lie outside the evidence", "nodata": "lie where the evidence has no data or outside the mask",
            "weightless": "have no weight above zero"}
    told = [f"{counts[key]:,} {text}" for key, text in lost.items() if counts[key]]
    if total == 0:
        raise InputError("Deposits: the layer has no point with a place; choose the layer of known deposits.")
    if len(sites) < LEAST_DEPOSITS:
        why = f" ({'; '.join(told)})" if told else ""
        merged = f", in {len(sites)} cells" if counts["same_cell"] else ""
        raise InputError(
            f"Deposits: {len(sites) + counts['same_cell']} of {total:,} can be used{merged}{why}; at least "
            f"{LEAST_DEPOSITS} in different places are needed, so choose another layer or rasters that cover them.")
    if told:
        progress.warn(f"Deposits left out: {'; '.join(told)}.")
    if counts["same_cell"]:
        progress.log(f"{counts['same_cell']:,} deposits share a cell with another one; each such cell counts once.")


def clusters(rows, columns, reach):
    """Groups of sites that are less than ``reach`` cells apart along rows and columns, directly or by way of others.

    Returns
    -------
    numpy.ndarray of int, shape (n,)
        From 0.
    """
    near = ((np.abs(rows[:, None] - rows) < reach) & (np.abs(columns[:, None] - columns) < reach))
    first, second = np.nonzero(near)
    links = coo_matrix((np.ones(first.size), (first, second)), shape=(rows.size, rows.size))
    return connected_components(links, directed=False)[1]


def distance_to(shape, rows, columns):
    """Distance of each cell to the nearest site, in cells; and which site that is."""
    free = np.ones(shape, bool)
    free[rows, columns] = False
    number = np.zeros(shape, np.int64)
    number[rows, columns] = np.arange(rows.size)
    distance, nearest = distance_transform_edt(free, return_indices=True)
    return distance.astype(np.float32), number[tuple(nearest)]


def chessboard_distance(shape, rows, columns):
    """Rows or columns, whichever are more, from each cell to the nearest site."""
    free = np.ones(shape, bool)
    free[rows, columns] = False
    return distance_transform_cdt(free, metric="chessboard")


def candidates(usable, deposits, kind, buffer, shift):
    """Cells from which background may be drawn.

    Parameters
    ----------
    usable : numpy.ndarray of bool, shape (rows, columns)
    deposits : Sites
    kind : str
        One of `NEGATIVES`.
    buffer : float
        Cells around deposits that are kept free, except for "unlabelled".
    shift : int
        Cells by which windows of deposits are shifted; these are always kept free.
    """
    distance, _ = distance_to(usable.shape, deposits.rows, deposits.columns)
    return usable & (distance > max(shift, buffer if kind != "unlabelled" else 0.0, 0.5))


def draw(allowed, count, rng, strata=None):
    """Cells drawn from those allowed: at random, or equally many from each stratum that has enough.

    Parameters
    ----------
    allowed : numpy.ndarray of bool, shape (rows, columns)
    count : int
    rng : numpy.random.Generator
    strata : numpy.ndarray of int, shape (rows, columns), optional
        Geological units; negative for none.

    Returns
    -------
    rows, columns : numpy.ndarray of int
    """
    cells = np.flatnonzero(allowed)
    if not cells.size:
        raise InputError("No cell is left to draw background from; choose a smaller buffer around deposits, a larger "
                         "study area or larger blocks.")
    if strata is None:
        chosen = rng.choice(cells, min(count, cells.size), replace=False)
    else:
        chosen = _stratified(cells, np.asarray(strata).reshape(-1)[cells], count, rng)
    return np.unravel_index(np.sort(chosen), allowed.shape)


def _stratified(cells, units, count, rng):
    """Equally many cells of each unit, as far as they have them; what small units lack the others give."""
    parts = [rng.permutation(cells[units == unit]) for unit in np.unique(units)]
    parts.sort(key=len)
    chosen, left = [], count
    for number, part in enumerate(parts):
        share = min(part.size, round(left / (len(parts) - number)))
        chosen.append(part[:share])
        left -= share
    return np.concatenate(chosen)


def background_count(deposits):
    """How many cells of background go with so many deposits."""
    return int(np.clip(PER_DEPOSIT * deposits, LEAST_NEGATIVES, MOST_NEGATIVES))
