"""Overlapping blocks of a grid and the smooth weights that blend them.

Along each axis the weights of neighbouring blocks rise and fall as cubic
smooth steps about their common edge and add up to one everywhere, so a map
that is blended with them has a continuous gradient, and that gradient is known
exactly from the weights' derivatives (a partition of unity).

References
----------
Babuska, I. & Melenk, J. M. (1997). The partition of unity method. Int. J.
Numer. Methods Eng. 40, 727-758.
https://doi.org/10.1002/(SICI)1097-0207(19970228)40:4<727::AID-NME86>3.0.CO;2-N
"""
from dataclasses import dataclass
from functools import reduce

import numpy as np

from ..errors import InputError


@dataclass(frozen=True)
class Piece:
    """One block along one axis.

    Attributes
    ----------
    start, stop : int
        Cells of the block itself.
    first, last : int
        Cells it contributes to, halo included; ``last`` is one past the end.
    middle : float
        Of the block without its halo, metres.
    """

    start: int
    stop: int
    first: int
    last: int
    middle: float


class Axis:
    """Blocks along one axis of cell centres.

    Parameters
    ----------
    centres : numpy.ndarray, shape (n,)
        Strictly rising or falling, metres.
    size : int
        Cells of a block, about.
    halo : float
        Cells that a block reaches into its neighbours.

    Raises
    ------
    InputError
        The centres neither rise nor fall throughout.
    """

    def __init__(self, centres, size, halo):
        self.centres = np.asarray(centres, dtype=float)
        steps = np.diff(self.centres)
        if not ((steps > 0.0).all() or (steps < 0.0).all()):
            raise InputError("The levels of the grid must rise or fall from one to the next: sort them, each once.")
        count = max(1, round(self.centres.size / size))
        cuts = np.round(np.linspace(0, self.centres.size, count + 1)).astype(int)
        inner = cuts[1:-1]
        self.edges = 0.5 * (self.centres[inner - 1] + self.centres[inner])
        self.sign = 1.0 if self.centres[-1] >= self.centres[0] else -1.0
        self.half_widths = self._half_widths(inner, halo)
        self.pieces = [self._piece(number, cuts) for number in range(count)]

    def _half_widths(self, inner, halo):
        """Reach of the blend about each edge, at most half of the blocks beside it, metres."""
        widths = halo * np.abs(self.centres[inner] - self.centres[inner - 1])
        if widths.size > 1:
            half = 0.5 * np.abs(np.diff(self.edges))
            widths[:-1] = np.minimum(widths[:-1], half)
            widths[1:] = np.minimum(widths[1:], half)
        return widths

    def _piece(self, number, cuts):
        """Block ``number`` with the cells where its weight is above zero."""
        start, stop = int(cuts[number]), int(cuts[number + 1])
        inside = np.flatnonzero(self.weights(number, self.centres)[0] > 0.0)
        middle = 0.5 * (self.centres[start] + self.centres[stop - 1])
        return Piece(start, stop, int(min(inside[0], start)), int(max(inside[-1] + 1, stop)), float(middle))

    def weights(self, number, x):
        """Weight of a block at positions ``x`` (metres), and its derivative."""
        rise, rise_slope = np.ones_like(x), np.zeros_like(x)
        if number > 0:
            rise, rise_slope = self._step(number - 1, x)
        if number == self.edges.size:
            return rise, rise_slope
        fall, fall_slope = self._step(number, x)
        return rise * (1.0 - fall), rise_slope * (1.0 - fall) - rise * fall_slope

    def _step(self, edge, x):
        """Smooth step from 0 to 1 in the direction of the axis about an edge, and its derivative."""
        distance, width = self.sign * (x - self.edges[edge]), 2.0 * self.half_widths[edge]
        if width == 0.0:
            return (distance > 0.0).astype(float), np.zeros_like(x)
        t = np.clip(distance / width + 0.5, 0.0, 1.0)
        return t * t * (3.0 - 2.0 * t), self.sign * 6.0 * t * (1.0 - t) / width


def overlapping(axis, start, stop):
    """Numbers of the blocks that contribute to the cells ``start`` to ``stop``."""
    return [b for b, piece in enumerate(axis.pieces) if piece.first < stop and piece.last > start]


def outer(factors):
    """Product of one array per axis, one dimension for each."""
    return reduce(np.multiply, np.ix_(*factors))
