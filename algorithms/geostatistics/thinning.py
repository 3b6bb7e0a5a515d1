"""Nested thinning of samples, and neighbourhoods that see near and far.

The nearest samples of a place in a drilled deposit all belong to one or two
holes. Thinning with voxels that double in size from level to level gives every
distance its own set of evenly spread samples; the nearest few of each level
together describe a place as well as many times more of its nearest samples.
Thinned levels keep samples as they are, no averages, so the kriging system of
a neighbourhood is exact for the samples it holds.
"""
from dataclasses import dataclass

import numpy as np
from scipy.spatial import cKDTree

SHRINK = 0.7  # a level must be thinned to this share of the one below it to be worth a search
FIRST = 1.5  # size of the first voxel over the median distance between neighbouring samples
REACH = 1.0  # size of the last voxel over the longest range
CROWD = 144  # samples; the nearest few dozen may be those of one hole
REACH_PROBES = 200  # samples that measure how far a neighbourhood reaches
PROBES = 2000  # samples that measure the distance between neighbours
LARGE_GROUP = 4096  # a group above this many samples is left out with a tree of its own


def reduced_metric(variogram, dimensions):
    """Matrix that makes the samples' neighbourhoods as round as the correlogram.

    The mean, weighted by sill, of the structures' shapes; distances measured
    with it are in units of the longest structure's mean range.

    Parameters
    ----------
    variogram : Variogram
    dimensions : int

    Returns
    -------
    numpy.ndarray, shape (dimensions, dimensions)
    """
    shape = np.zeros((dimensions, dimensions))
    reach = 0.0
    for structure in variogram.structures:
        matrix = structure.matrix(dimensions)
        mean_range = abs(np.linalg.det(matrix)) ** (-1.0 / dimensions)
        shape += structure.sill * mean_range**2 * (matrix.T @ matrix)
        reach = max(reach, mean_range)
    shape /= abs(np.linalg.det(shape)) ** (1.0 / dimensions)
    return np.linalg.cholesky(shape).T / reach


def thin(points, size):
    """One point per occupied voxel, the one nearest to the voxel's middle.

    Parameters
    ----------
    points : numpy.ndarray, shape (n, d)
    size : float
        Side of the voxels, in units of the points.

    Returns
    -------
    numpy.ndarray of int, ascending
        Rows of the points kept.
    """
    scaled = (points - points.min(axis=0)) / size
    voxels = np.floor(scaled)
    off = np.square(scaled - voxels - 0.5).sum(axis=1)
    order = np.lexsort((off,) + tuple(voxels.T))
    return np.sort(order[_starts(voxels[order])])


def clusters(points, size, labels=None):
    """Points put together by voxel, and by label where labels are given.

    Parameters
    ----------
    points : numpy.ndarray, shape (p, d)
    size : float
        Side of the voxels, in units of the points.
    labels : numpy.ndarray of int, shape (p,), optional

    Returns
    -------
    list of arrays of int
        Rows of the points of each cluster; those of one label in sequence.
    """
    keys = np.floor((points - points.min(axis=0)) / size)
    if labels is not None:
        keys = np.column_stack([keys, labels])
    order = np.lexsort(tuple(keys.T))
    return np.split(order, np.flatnonzero(_starts(keys[order]))[1:])


def _starts(keys):
    """Which rows of sorted keys differ from the row before them."""
    first = np.ones(len(keys), dtype=bool)
    first[1:] = np.any(keys[1:] != keys[:-1], axis=1)
    return first


def spacing(points):
    """Median distance between neighbouring points that do not coincide; 0 when all of them do."""
    probes = points[:: max(1, points.shape[0] // PROBES)]
    k = min(8, points.shape[0])
    distances = cKDTree(points).query(probes, k=k)[0].reshape(probes.shape[0], -1)
    scale = np.ptp(points, axis=0).max()
    distances[distances <= 1e-9 * scale] = np.inf
    nearest = distances.min(axis=1)
    nearest = nearest[np.isfinite(nearest)]
    return float(np.median(nearest)) if nearest.size else 0.0


@dataclass
class Level:
    """Samples of one level: their rows, ascending, and a tree of their reduced coordinates."""

    rows: np.ndarray
    tree: cKDTree


class ThinnedLevels:
    """Nested levels of samples and the neighbourhoods they give.

    Parameters
    ----------
    coordinates : numpy.ndarray, shape (n, d)
        Places of the samples, metres.
    metric : numpy.ndarray, shape (d, d)
        Matrix of the reduced metric, see `reduced_metric`.
    neighbours : int
        Samples that a neighbourhood takes from each level.
    depth : int, optional
        Most levels to make; 1 gives the plain nearest samples.
    """

    def __init__(self, coordinates, metric, neighbours, depth=None):
        self.metric = metric
        self.neighbours = int(neighbours)
        self.origin = coordinates.mean(axis=0)
        points = self.reduce(coordinates)
        self.levels = [_level(points, np.arange(points.shape[0]))]
        self._thin(points, depth)

    def reduce(self, coordinates):
        """Coordinates in the reduced metric."""
        return (coordinates - self.origin) @ self.metric.T

    @property
    def reach(self):
        """Reduced distance within which a sample has `CROWD` others (the median sample's).

        Fewer where neighbourhoods are small; more neighbours than usual do
        not widen it, so that they make the blocks better and not larger.
        """
        tree = self.levels[0].tree
        probes = tree.data[:: max(1, tree.n // REACH_PROBES)]
        crowd = min(CROWD, 3 * self.neighbours, tree.n)
        return float(np.median(tree.query(probes, k=[crowd])[0]))

    def _thin(self, points, depth):
        """Add levels until one has no more samples than a neighbourhood takes."""
        size = FIRST * spacing(points)
        rows = self.levels[0].rows
        while size and rows.size > self.neighbours and size <= REACH and (depth is None or len(self.levels) < depth):
            rows = rows[thin(points[rows], size)]
            if rows.size <= SHRINK * self.levels[-1].rows.size:
                self.levels.append(_level(points, rows))
            size *= 2.0

    def neighbourhoods(self, centres):
        """Rows of the samples near each centre, nearest of every level.

        Parameters
        ----------
        centres : numpy.ndarray, shape (b, d)
            Metres.

        Returns
        -------
        list of b arrays of int, ascending
        """
        reduced = self.reduce(np.atleast_2d(centres))
        found = [level.rows[_nearest(level.tree, reduced, self.neighbours)] for level in self.levels]
        return [np.unique(row) for row in np.concatenate(found, axis=1)]

    def neighbourhoods_without(self, centres, groups, group):
        """`neighbourhoods` among the samples that are not of one group.

        Parameters
        ----------
        centres : numpy.ndarray, shape (b, d)
        groups : numpy.ndarray of int, shape (n,)
            Group of each sample.
        group : int
            The group left out.
        """
        reduced = self.reduce(np.atleast_2d(centres))
        found = [[] for _ in reduced]
        for level in self.levels:
            for near, rows in zip(found, self._search_without(level, reduced, groups, group)):
                near.append(rows)
        return [np.unique(np.concatenate(near)) for near in found]

    def _search_without(self, level, reduced, groups, group):
        """Nearest rows of one level outside the group, an array per centre."""
        outside = groups[level.rows] != group
        inside = outside.size - int(outside.sum())
        if LARGE_GROUP < inside < outside.size:
            tree = cKDTree(level.tree.data[outside], balanced_tree=False)
            return level.rows[outside][_nearest(tree, reduced, self.neighbours)]
        near = _nearest(level.tree, reduced, self.neighbours + inside)
        return [level.rows[row[outside[row]][: self.neighbours]] for row in near]


def _level(points, rows):
    """Level of the given rows of all reduced points."""
    return Level(rows, cKDTree(points[rows] if rows.size < points.shape[0] else points, balanced_tree=False))


def _nearest(tree, points, k):
    """Positions of the k nearest, nearest first, shape (p, min(k, size))."""
    k = min(k, tree.n)
    return tree.query(points, k=k)[1].reshape(points.shape[0], k)
