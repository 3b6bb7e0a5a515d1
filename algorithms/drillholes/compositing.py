"""Composites of equal length, which honour breaks and weight by length and density."""
from dataclasses import dataclass
from typing import Optional

import numpy as np

from ..errors import InputError
from .quality import deepest_before

RESIDUALS = ("merge", "keep", "discard", "equal")
MOST = 20_000_000
# Parts of a composite length that count as nothing.
TINY = 1e-6


@dataclass(frozen=True)
class Composites:
    """Composites, and which parts of which intervals are in them.

    Attributes
    ----------
    hole : array of int, shape (m,)
    start, end : arrays, shape (m,)
    composite, piece : arrays of int, shape (p,)
        Pairs of a composite and a piece of the input.
    weight : array, shape (p,)
        Common length of each pair.
    apart : bool
        Whether no pieces overlap.
    starts, ends, groups : arrays, shape (pieces,)
        Depths of the pieces and the run each one belongs to.
    """

    hole: np.ndarray
    start: np.ndarray
    end: np.ndarray
    composite: np.ndarray
    piece: np.ndarray
    weight: np.ndarray
    apart: bool
    starts: np.ndarray
    ends: np.ndarray
    groups: np.ndarray

    def __len__(self):
        return len(self.hole)

    @property
    def length(self):
        """Lengths, shape (m,)."""
        return self.end - self.start

    def covered(self, valid=None):
        """Length of each composite that is covered by pieces; what overlaps counts once.

        Parameters
        ----------
        valid : array of bool, shape (pieces,), optional
            Pieces to count.
        """
        if self.apart:
            weight = self.weight if valid is None else self.weight * valid[self.piece]
            return np.bincount(self.composite, weight, len(self))
        rows = np.arange(len(self.starts)) if valid is None else np.flatnonzero(valid)
        fresh = np.full(len(self.starts), np.inf)
        fresh[rows] = np.maximum(
            self.starts[rows], deepest_before(self.groups[rows], self.starts[rows], self.ends[rows]))
        low = np.maximum(self.start[self.composite], fresh[self.piece])
        high = np.minimum(self.end[self.composite], self.ends[self.piece])
        return np.bincount(self.composite, np.maximum(high - low, 0.0), len(self))

    def mean(self, values, density: Optional[np.ndarray] = None):
        """Weighted mean of a value in each composite, over the length that has one.

        Parameters
        ----------
        values : array, shape (pieces,)
            NaN where there is none.
        density : array, shape (pieces,), optional
            Weights beside the length.

        Returns
        -------
        mean : array, shape (m,)
            NaN without any value.
        coverage : array, shape (m,)
            Share of the composite's length that has a value.
        """
        valid = np.isfinite(values)
        weight = self.weight * valid[self.piece]
        if density is not None:
            weight = weight * density[self.piece]
        total = np.bincount(self.composite, weight, len(self))
        filled = np.where(valid, values, 0.0)
        summed = np.bincount(self.composite, weight * filled[self.piece], len(self))
        with np.errstate(invalid="ignore", divide="ignore"):
            mean = np.where(total > 0.0, summed / total, np.nan)
        return mean, np.minimum(self.covered(valid) / self.length, 1.0)

    def majority(self, codes):
        """The code with the greatest length in each composite; the upper one of two alike, -1 without any.

        Parameters
        ----------
        codes : array of int, shape (pieces,)
            -1 where there is none.
        """
        found = np.full(len(self), -1, np.int64)
        given = codes[self.piece]
        rows = np.flatnonzero(given >= 0)
        if not len(rows):
            return found
        key = self.composite[rows] * (int(codes.max()) + 1) + given[rows]
        keys, first, inverse = np.unique(key, return_index=True, return_inverse=True)
        lengths = np.bincount(inverse.reshape(-1), self.weight[rows])
        composite, code = np.divmod(keys, int(codes.max()) + 1)
        order = np.lexsort((first, -np.round(lengths, 9), composite))
        chosen, where = np.unique(composite[order], return_index=True)
        found[chosen] = code[order][where]
        return found

    def take(self, keep):
        """The composites that a mask selects."""
        new = np.cumsum(keep) - 1
        pairs = keep[self.composite]
        return Composites(
            self.hole[keep], self.start[keep], self.end[keep], new[self.composite[pairs]], self.piece[pairs],
            self.weight[pairs], self.apart, self.starts, self.ends, self.groups)


def make_composites(hole, start, end, length, breaks=None, residuals="merge"):
    """Cut the intervals of every hole into composites.

    Composites begin anew at a hole's first interval, wherever the code of the
    intervals changes, and behind a gap of a composite length or more. What is
    left at the end of such a run and shorter than half a composite is merged
    with the composite above it, kept, or discarded; with ``"equal"`` the run
    is cut into equal parts as long as the composite length as nearly as
    possible.

    Parameters
    ----------
    hole : array of int, shape (n,)
        Sorted, and by ``start`` within a hole.
    start, end : arrays, shape (n,)
        Depths.
    length : float
        Of a composite, in the unit of the depths.
    breaks : array of int, shape (n,), optional
        Codes, such as of the lithology.
    residuals : str
        One of `RESIDUALS`.

    Returns
    -------
    Composites

    Raises
    ------
    InputError
        There would be more than 20 million composites.
    """
    run = _runs(hole, start, end, length, breaks)
    firsts = np.flatnonzero(np.r_[True, run[1:] != run[:-1]]) if len(run) else np.zeros(0, int)
    top = start[firsts]
    bottom = np.maximum.reduceat(end, firsts) if len(firsts) else np.zeros(0)
    count, step = _counts(bottom - top, length, residuals)
    if count.sum() > MOST:
        raise InputError(
            f"Composites of length {length:g} would be {int(count.sum()):,} in number, and {MOST:,} are the most; "
            "choose a greater composite length.")
    owner = np.repeat(np.arange(len(count)), count)
    offset = np.cumsum(count) - count
    number = np.arange(len(owner)) - offset[owner]
    lower, upper = top[owner] + number * step[owner], top[owner] + (number + 1) * step[owner]
    if residuals != "discard":
        upper = np.where(number == count[owner] - 1, bottom[owner], upper)
    upper = np.minimum(upper, bottom[owner])
    composite, piece = _pairs(run, start, end, top, step, count, offset)
    weight = np.minimum(upper[composite], end[piece]) - np.maximum(lower[composite], start[piece])
    real = weight > TINY * length
    apart = not (start < deepest_before(run, start, end) - TINY * length).any()
    return Composites(hole[firsts][owner], lower, upper, composite[real], piece[real], weight[real], apart,
                      start, end, run)


def _runs(hole, start, end, length, breaks):
    """Number of the run of each interval."""
    if not len(hole):
        return np.zeros(0, int)
    new = np.r_[True, hole[1:] != hole[:-1]]
    if breaks is not None:
        new |= np.r_[True, breaks[1:] != breaks[:-1]]
    new |= start - deepest_before(hole, start, end) >= length * (1.0 - TINY)
    return np.cumsum(new) - 1


def _counts(total, length, residuals):
    """Number of composites in runs, and their length."""
    if residuals == "equal":
        count = np.maximum(np.rint(total / length), 1.0).astype(np.int64)
        return count, total / count
    full = np.floor(total / length + TINY).astype(np.int64)
    rest = total - full * length
    count = full + (rest > (TINY if residuals == "keep" else 0.5 - TINY) * length)
    if residuals == "merge":
        count = np.maximum(count, 1)
    return count, np.full(len(total), float(length))


def _pairs(run, start, end, top, step, count, offset):
    """Pairs of composites and intervals that may have a common part."""
    low = np.floor((start - top[run]) / step[run] + TINY).astype(np.int64)
    high = np.ceil((end - top[run]) / step[run] - TINY).astype(np.int64) - 1
    most = count[run] - 1
    low = np.clip(low, 0, np.maximum(most, 0))
    high = np.clip(high, low, np.maximum(most, 0))
    number = np.where(most >= 0, high - low + 1, 0)
    piece = np.repeat(np.arange(len(run)), number)
    within = np.arange(len(piece)) - np.repeat(np.cumsum(number) - number, number)
    return (offset[run] + low)[piece] + within, piece


def fill_density(density, hole, length):
    """Densities without gaps: a missing one is the mean of the hole by length, or that of all holes.

    Parameters
    ----------
    density : array, shape (n,)
        NaN or not above zero where missing.
    hole : array of int, shape (n,)
    length : array, shape (n,)

    Returns
    -------
    density : array, shape (n,)
    missing : int

    Raises
    ------
    InputError
        No interval has one.
    """
    known = np.isfinite(density) & (density > 0.0)
    if not known.any():
        raise InputError("Intervals: the density field has no value above zero; choose another one or leave it empty.")
    weight = np.where(known, length, 0.0)
    value = np.where(known, density, 0.0)
    holes = int(hole.max()) + 1
    total = np.bincount(hole, weight, holes)
    summed = np.bincount(hole, weight * value, holes)
    means = np.where(total > 0.0, summed / np.maximum(total, 1e-300), summed.sum() / total.sum())
    return np.where(known, density, means[hole]), int((~known).sum())
