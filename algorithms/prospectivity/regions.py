"""Parts of the study area of which each is held out once, with the deposits in it.

Deposits closer than a window belong together. Each cell of the area goes with
its nearest deposit, so regions are whole pieces of the map; strips along
their borders are used neither for learning nor for testing where a window of
the one would reach over a window of the other.

References
----------
Roberts, D. R. et al. (2017). Cross-validation strategies for data with
temporal, spatial, hierarchical, or phylogenetic structure. Ecography 40.
https://doi.org/10.1111/ecog.02881
"""
from dataclasses import dataclass

import numpy as np
from scipy.ndimage import minimum_filter

from ..errors import InputError
from ..geostatistics.crossvalidation import spatial_blocks
from ..validation.folds import balanced
from .labels import chessboard_distance, clusters, distance_to

KINDS = ("block", "deposit", "random")
BLOCK_SHARE = 0.2  # of the longer side of the area


@dataclass(frozen=True)
class Fold:
    """One part that is held out.

    Attributes
    ----------
    train, test : numpy.ndarray of int
        Numbers of deposits.
    learn, judge : numpy.ndarray of bool, shape (rows, columns)
        Cells whose windows may be learned from, and those that are tested.
    """

    train: np.ndarray
    test: np.ndarray
    learn: np.ndarray
    judge: np.ndarray


@dataclass(frozen=True)
class Regions:
    """All folds of an area.

    Attributes
    ----------
    kind : str
    groups : numpy.ndarray of int, shape (deposits,)
        Deposits that belong together.
    fold_of : numpy.ndarray of int, shape (deposits,)
    cells : numpy.ndarray of int, shape (rows, columns)
        Fold of each cell.
    deposits : Sites
    size : int
        Cells across a window with its shifts.
    """

    kind: str
    groups: np.ndarray
    fold_of: np.ndarray
    cells: np.ndarray
    deposits: object
    size: int

    @property
    def count(self):
        """Number of folds."""
        return int(self.fold_of.max()) + 1

    def fold(self, number):
        """One `Fold`."""
        own = self.cells == number
        train, test = np.flatnonzero(self.fold_of != number), np.flatnonzero(self.fold_of == number)
        if self.kind == "random":
            return Fold(train, test, ~own, own)
        judge, learn = (minimum_filter(part, self.size, mode="nearest") & self._away(other)
                        for part, other in ((own, train), (~own, test)))
        return Fold(train, test, learn, judge)

    def _away(self, deposits):
        """Cells whose windows do not overlap those of some deposits."""
        return chessboard_distance(self.cells.shape, self.deposits.rows[deposits],
                                   self.deposits.columns[deposits]) >= self.size


def make_regions(kind, count, deposits, shape, cell, size, rng, block=None):
    """Divide deposits and area into folds.

    Parameters
    ----------
    kind : str
        "block": groups of deposits in one square of the map stay together; "deposit": each group of deposits is left
        out on its own; "random": single deposits and single cells, which flatters.
    count : int
        Number of folds, except for "deposit".
    deposits : Sites
    shape : tuple of int
        Rows and columns.
    cell : float
        Metres.
    size : int
        Cells across a window with its shifts.
    rng : numpy.random.Generator
    block : float, optional
        Side of a square, metres.

    Raises
    ------
    InputError
        All deposits belong together.
    """
    groups = clusters(deposits.rows, deposits.columns, size)
    if kind == "random":
        folds = min(count, len(deposits))
        fold_of = rng.permutation(np.arange(len(deposits)) % folds)
        return Regions(kind, groups, fold_of, rng.integers(0, folds, shape), deposits, size)
    if groups.max() == 0:
        raise InputError(f"All {len(deposits)} deposits lie within a window ({size * cell:,.0f} m with its shifts) of "
                         "one another, so none can be held out; choose a smaller window.")
    fold_of = groups if kind == "deposit" else balanced(_blocks(groups, deposits, shape, cell, block), count, rng)
    _, nearest = distance_to(shape, deposits.rows, deposits.columns)
    return Regions(kind, groups, fold_of, fold_of[nearest], deposits, size)


def _blocks(groups, deposits, shape, cell, block):
    """Square of the map of each deposit, by the middle of its group; each group a block of its own if all share one."""
    places = np.column_stack([deposits.columns, -deposits.rows]).astype(float)
    counts = np.bincount(groups)
    middles = np.column_stack([np.bincount(groups, axis) / counts for axis in places.T])
    labels = spatial_blocks(middles, (block or BLOCK_SHARE * max(shape) * cell) / cell)[groups]
    return groups if labels.max() == 0 else labels
