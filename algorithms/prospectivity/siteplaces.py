"""Cells of a map as places: all of them, or one for each block of cells where there are many."""
import math
from dataclasses import dataclass

import numpy as np

from ..errors import InputError
from .drillsites import Places

STRIP = 512  # rows
MOST_HOLES = 2_500


@dataclass(frozen=True)
class Coarse:
    """Blocks of cells of a map.

    Attributes
    ----------
    places : Places
        Mean place, mean, root mean square deviation and area of each block with data.
    best : Places
        The cell of each block in which a hole may go and that promises most.
    cells : numpy.ndarray, shape (n, 2)
        Row and column of these.
    blocks : int
        Cells along a side of a block.
    """

    places: Places
    best: Places
    cells: np.ndarray
    blocks: int


def coarsen(search, most, progress, score=None):
    """Blocks of cells, at most so many.

    Parameters
    ----------
    search : jobs_suggest.Search
        With ``mean``, ``sd``, ``allowed`` and ``grid``.
    most : int
    progress : Progress
    score : callable, optional
        ``score(mean, sd)`` says what a cell promises; by default that nearest
        to the middle of its block stands for it.

    Returns
    -------
    Coarse

    Raises
    ------
    InputError
        No cell has a value, or no hole may go anywhere.
    """
    known, free = _count(search, progress.span(0.0, 0.3))
    if not known:
        raise InputError("No cell of the raster has a value and an uncertainty: choose another band or raster.")
    if not free:
        raise InputError("No cell with a value lies in the area that may be drilled: change the excluded areas or the "
                         "study area.")
    blocks = max(1, math.ceil(math.sqrt(known / most)))
    parts = []
    rows = search.mean.shape[0]
    height = blocks * max(1, STRIP // blocks)
    for top in range(0, rows, height):
        parts.append(_strip(search, top, min(top + height, rows), blocks, score))
        progress(0.3 + 0.7 * min(1.0, (top + height) / rows))
    every, best, cells = ([part[k] for part in parts] for k in range(3))
    return Coarse(_joined(every), _joined(best), np.concatenate(cells), blocks)


def _count(search, progress):
    """Cells with data, and those of them in which a hole may go."""
    known = free = 0
    for top in range(0, len(search.mean), STRIP):
        mean, _, allowed = _cells(search, top, top + STRIP)
        known += int(np.isfinite(mean).sum())
        free += int((np.isfinite(mean) & allowed).sum())
        progress(min(1.0, (top + STRIP) / len(search.mean)))
    return known, free


def _cells(search, top, bottom):
    """Mean, deviation and permission of some rows; the mean is NaN where the deviation is not known."""
    mean = np.asarray(search.mean[top:bottom], dtype=float)
    if search.sd is None:
        sd = np.full(mean.shape, search.level or 1.0)
    else:
        sd = np.asarray(search.sd[top:bottom], dtype=float)
        mean = np.where(np.isfinite(sd), mean, np.nan)
    return mean, sd, np.asarray(search.allowed[top:bottom]) > 0


def _strip(search, top, bottom, blocks, score):
    """Blocks of some rows: all places, best places, and the cells of these."""
    grid = search.grid
    mean, sd, allowed = _cells(search, top, bottom)
    rows, columns = np.indices(mean.shape)
    folded = [_fold(part, blocks, fill) for part, fill in
              ((mean, np.nan), (sd, np.nan), (allowed, False), (rows + top, -1), (columns, -1))]
    mean, sd, allowed, rows, columns = folded
    known = np.isfinite(mean)
    some = known.any(axis=1)
    mean, sd, allowed, rows, columns, known = (part[some] for part in (mean, sd, allowed, rows, columns, known))
    count = known.sum(axis=1)
    x, y = grid["west"] + (columns + 0.5) * grid["wide"], grid["north"] - (rows + 0.5) * grid["high"]
    middle = [np.sum(np.where(known, axis, 0.0), axis=1) / count for axis in (x, y)]
    area = grid["wide"] * grid["high"]
    places = Places(np.column_stack(middle), np.nansum(np.where(known, mean, 0.0), axis=1) / count,
                    np.sqrt(np.sum(np.where(known, sd, 0.0) ** 2, axis=1) / count), count * area)
    if score is None:
        worth = -np.hypot(x - middle[0][:, None], y - middle[1][:, None])
    else:
        worth = score(np.where(known, mean, 0.0), np.where(known, sd, 0.0))
    worth = np.where(known & allowed, worth, -np.inf)
    chosen = np.argmax(worth, axis=1)
    free = np.isfinite(worth.max(axis=1))
    at = np.flatnonzero(free), chosen[free]
    best = Places(np.column_stack([x[at], y[at]]), mean[at], sd[at], count[free] * area)
    return places, best, np.column_stack([rows[at], columns[at]])


def _fold(part, blocks, fill):
    """Cells of blocks side by side: (rows, columns) as (blocks, cells of a block)."""
    high, wide = (-(-length // blocks) * blocks for length in part.shape)
    part = np.pad(part, ((0, high - part.shape[0]), (0, wide - part.shape[1])), constant_values=fill)
    part = part.reshape(high // blocks, blocks, wide // blocks, blocks).transpose(0, 2, 1, 3)
    return part.reshape(-1, blocks * blocks)


def _joined(places):
    """Places of several strips as one."""
    return Places(*(np.concatenate([getattr(part, name) for part in places])
                    for name in ("coordinates", "mean", "sd", "weight")))


def hole_places(search, holes):
    """Holes (h, 2) that lie on cells with data, one for each cell, or block of cells where there are very many.

    Returns
    -------
    Places
    """
    grid = search.grid
    columns = np.floor((holes[:, 0] - grid["west"]) / grid["wide"]).astype(int)
    rows = np.floor((grid["north"] - holes[:, 1]) / grid["high"]).astype(int)
    inside = (rows >= 0) & (rows < search.mean.shape[0]) & (columns >= 0) & (columns < search.mean.shape[1])
    cells, first, blocks = np.column_stack([rows, columns])[inside], np.arange(int(inside.sum())), 1
    while blocks == 1 or len(first) > MOST_HOLES:
        _, first = np.unique(cells // blocks, axis=0, return_index=True)
        blocks *= 2
    cells = cells[first]
    mean = np.array([search.mean[row, column] for row, column in cells], dtype=float)
    sd = np.array([search.level or 1.0 if search.sd is None else search.sd[row, column] for row, column in cells],
                  dtype=float)
    known = np.isfinite(mean) & np.isfinite(sd) & (sd > 0.0)
    return Places(holes[inside][first][known], mean[known], sd[known], np.ones(int(known.sum())))
