"""Compiled search for near samples, hole by hole; importing it needs numba.

A hole is looked into only where its bounding box is not farther than the
samples that are already there, and the nearest hole and those around it come
first. Equal distances are told apart by the number of the sample, so that the
order of the holes does not matter.
"""
import numpy as np
from numba import njit

# Without reassociation: a box must never seem farther than a sample within it.
OPTIONS = {"nogil": True, "cache": True, "error_model": "numpy", "fastmath": {"nnan", "nsz"}}
BLOCK = 16  # holes whose boxes are looked at together; there are whole blocks of boxes, the last ones nowhere
FAR = 1e300  # squared distance of such a box, and of one that has been looked into


@njit(**OPTIONS)
def _gaps(point, low, high, gaps, least):
    """Squared distances from a point (d,) to boxes (d, holes), and the least one of each block."""
    gaps[:] = 0.0
    for a in range(point.size):
        for hole in range(gaps.size):
            gap = max(low[a, hole] - point[a], point[a] - high[a, hole], 0.0)
            gaps[hole] += gap * gap
    for block in range(least.size):
        found = FAR
        for k in range(BLOCK):
            found = min(found, gaps[block * BLOCK + k])
        least[block] = found


@njit(**OPTIONS)
def _insert(square, sample, size, squares, samples):
    """Put a sample into ascending lists, of which ``size`` entries count; how many count then."""
    last = squares.size - 1
    if size > last and (square > squares[last] or (square == squares[last] and sample > samples[last])):
        return size
    at = min(size, last)
    while at > 0 and (squares[at - 1] > square or (squares[at - 1] == square and samples[at - 1] > sample)):
        squares[at], samples[at] = squares[at - 1], samples[at - 1]
        at -= 1
    squares[at], samples[at] = square, sample
    return min(size + 1, last + 1)


@njit(**OPTIONS)
def _of_hole(point, places, rows, first, last, worst, squares, samples):
    """Fill lists with the nearest of some samples that are not beyond ``worst``; how many they are."""
    size = 0
    for at in range(first, last):
        square = 0.0
        for a in range(point.size):
            lag = places[at, a] - point[a]
            square += lag * lag
        if square <= worst:
            size = _insert(square, rows[at], size, squares, samples)
            if size == squares.size:
                worst = min(worst, squares[size - 1])
    return size


@njit(**OPTIONS)
def nearest_of_holes(points, own, same, places, rows, starts, groups, low, high, around, per_hole, found):
    """Fill ``found`` (p, count) with the nearest samples of points, -1 where there are no more.

    Parameters
    ----------
    points : numpy.ndarray, shape (p, d)
    own : numpy.ndarray of int, shape (p,)
        Group whose samples are not taken, negative for none.
    same : float
        Samples within this squared distance are not taken; negative to take all.
    places : numpy.ndarray, shape (n, d)
        Of the samples, hole by hole.
    rows : numpy.ndarray of int, shape (n,)
        Their numbers.
    starts : numpy.ndarray of int, shape (holes + 1,)
    groups : numpy.ndarray of int, shape (holes,)
    low, high : numpy.ndarray, shape (d, holes and some more)
        Bounding boxes; see `BLOCK`.
    around : numpy.ndarray of int, shape (holes, k)
        Holes that each is looked into with, itself first.
    per_hole : int
    found : numpy.ndarray of int, shape (p, count)
    """
    count, gaps, least = found.shape[1], np.empty(low.shape[1]), np.empty(low.shape[1] // BLOCK)
    squares, samples = np.empty(count), np.empty(count, np.int64)
    of_hole, its_samples = np.empty(per_hole), np.empty(per_hole, np.int64)
    for p in range(len(points)):
        point, size, worst = points[p], 0, 0.5 * FAR
        _gaps(point, low, high, gaps, least)
        block = np.argmin(least) * BLOCK
        nearest = block + np.argmin(gaps[block:block + BLOCK])
        for turn in range(-1, least.size):  # first the holes around the nearest one, then all blocks
            if turn >= 0 and least[turn] > worst:
                continue
            for k in range(around.shape[1] if turn < 0 else BLOCK):
                hole = around[nearest, k] if turn < 0 else turn * BLOCK + k
                if gaps[hole] > worst or (own[p] >= 0 and groups[hole] == own[p]):
                    continue
                gaps[hole] = FAR
                near = _of_hole(point, places, rows, starts[hole], starts[hole + 1], worst, of_hole, its_samples)
                for number in range(near):
                    if of_hole[number] > same:
                        size = _insert(of_hole[number], its_samples[number], size, squares, samples)
                worst = squares[count - 1] if size == count else worst
        found[p, :size] = samples[:size]
        found[p, size:] = -1
