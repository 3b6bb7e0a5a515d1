"""The nearest samples of other holes, not too many of one hole."""
import numpy as np
from scipy.spatial import cKDTree

try:
    from .nearest_numba import BLOCK
    from .nearest_numba import nearest_of_holes as compiled
except ImportError:
    compiled = None

SAME_PLACE = 1e-6  # metres
CHUNK, COMPILED_CHUNK = 1000, 5000
MOST_HOLES = 10_000  # whose boxes are looked at for each point
LARGEST = 2_000_000  # candidates looked at in one go
AROUND = 5  # holes that are looked into first
FEW_HOLES = 48  # up to so many, each hole is searched by itself
NOWHERE = -1


class NearestSamples:
    """Looks up the nearest samples in the metric of a variogram.

    Parameters
    ----------
    coordinates : numpy.ndarray, shape (n, d)
        Metres.
    groups : numpy.ndarray of int, shape (n,)
        Drill hole of each sample, negative for none.
    metric : numpy.ndarray, shape (d, d)
        Turns metres into ranges.
    per_hole : int
        Most samples taken from one hole, so that a close hole does not hide
        the ones behind it.
    """

    def __init__(self, coordinates, groups, metric, per_hole=4):
        self.coordinates, self.metric, self.per_hole = np.asarray(coordinates, dtype=float), metric, per_hole
        self.groups = np.asarray(groups, dtype=np.int64)
        # Samples without a hole are holes of their own, so that at most one of each is met.
        alone = self.groups < 0
        self.owners = self.groups.copy()
        self.owners[alone] = self.groups.max(initial=-1) + 1 + np.arange(alone.sum())
        reduced = self._reduced(self.coordinates)
        holes = np.unique(self.owners)
        self.holes = _Holes(reduced, self.groups, self.owners) if compiled and 0 < len(holes) <= MOST_HOLES else None
        if self.holes is None:
            self.tree = cKDTree(reduced)
            self.members = [np.flatnonzero(self.owners == hole) for hole in holes] if len(holes) <= FEW_HOLES else []
            self.trees = [cKDTree(reduced[rows]) for rows in self.members]

    def _reduced(self, points):
        """Points (p, d) in ranges; unlike that of a matrix product, its rounding is the same for one and for many."""
        return np.einsum("pd,ed->pe", points, self.metric)

    def find(self, points, count, groups=None, check=None):
        """Nearest samples of each point, the nearest first.

        Parameters
        ----------
        points : numpy.ndarray, shape (p, d)
        count : int
        groups : numpy.ndarray of int, shape (p,), optional
            Drill hole of each point. Its samples, and samples at the very
            place of the point, are not taken then.
        check : callable, optional

        Returns
        -------
        samples : numpy.ndarray of int, shape (p, count)
            -1 where there are no more.
        """
        points = np.asarray(points, dtype=float)
        out = np.full((len(points), count), NOWHERE)
        step = CHUNK if self.holes is None else COMPILED_CHUNK
        for start in range(0, len(points), step):
            rows = np.arange(start, min(start + step, len(points)))
            if self.holes is None:
                self._find(points, rows, count, groups, out, check)
            elif count:
                if check:
                    check()
                self._look_into_holes(points, rows, groups, out)
        return out

    def _look_into_holes(self, points, rows, groups, out):
        """Fill some rows of the result, hole by hole."""
        own = np.full(rows.size, NOWHERE) if groups is None else np.asarray(groups, dtype=np.int64)[rows]
        same = -1.0 if groups is None else (SAME_PLACE * np.linalg.norm(self.metric, 2))**2
        self.holes.find(self._reduced(points[rows]), own, same, self.per_hole, out[rows[0]:rows[-1] + 1])

    def _find(self, points, rows, count, groups, out, check):
        """Fill some rows of the result, looking farther where the nearest samples are not enough."""
        looked = 4 * count
        while len(rows):
            if check:
                check()
            looked = min(looked, len(self.coordinates))
            step, unsure = max(1, LARGEST // looked), []
            for part in np.split(rows, range(step, len(rows), step)):
                found, complete = self._search(points[part], count, None if groups is None else groups[part], looked)
                out[part] = found
                unsure.append(part[(found[:, -1] < 0) & ~complete])
            rows = np.concatenate(unsure)
            looked *= 4

    def _search(self, points, count, groups, looked):
        """As `find`, among the ``looked`` nearest samples; and whether there were no more."""
        near, complete = self._candidates(self._reduced(points), looked)
        owners = self.owners[near]
        allowed = _rank(owners) < self.per_hole
        if groups is not None:
            away = np.abs(self.coordinates[near] - points[:, None, :]).max(axis=2)
            own = (self.groups[near] == groups[:, None]) & (groups >= 0)[:, None]
            allowed &= ~own & (away > SAME_PLACE)
        order = np.argsort(~allowed, axis=1, kind="stable")[:, :count]
        found = np.take_along_axis(near, order, axis=1)
        found = np.where(np.take_along_axis(allowed, order, axis=1), found, NOWHERE)
        return np.pad(found, ((0, 0), (0, count - found.shape[1])), constant_values=NOWHERE), complete

    def _candidates(self, reduced, looked):
        """Samples near points in reduced coordinates, the nearest first, and whether there are no others to look at."""
        if not self.trees:
            near = self.tree.query(reduced, k=looked)[1].reshape(len(reduced), looked)
            return near, np.full(len(reduced), looked == len(self.coordinates))
        distances, samples = [], []
        for rows, tree in zip(self.members, self.trees):
            away, found = tree.query(reduced, k=min(self.per_hole, len(rows)))
            distances.append(away.reshape(len(reduced), -1))
            samples.append(rows[found.reshape(len(reduced), -1)])
        distances, samples = np.hstack(distances), np.hstack(samples)
        order = np.argsort(distances, axis=1, kind="stable")
        return np.take_along_axis(samples, order, axis=1), np.ones(len(reduced), dtype=bool)


class _Holes:
    """Samples in reduced coordinates (n, d), hole by hole, for the compiled search."""

    def __init__(self, reduced, groups, owners):
        self.rows = np.argsort(owners, kind="stable")
        self.places, ordered = np.ascontiguousarray(reduced[self.rows]), owners[self.rows]
        firsts = np.r_[0, np.flatnonzero(np.diff(ordered)) + 1]
        self.starts, self.groups = np.r_[firsts, len(ordered)], groups[self.rows[firsts]]
        low, high = (extreme.reduceat(self.places, firsts, axis=0) for extreme in (np.minimum, np.maximum))
        middles, beyond = 0.5 * (low + high), ((0, -len(low) % BLOCK), (0, 0))
        self.low, self.high = (np.ascontiguousarray(np.pad(ends, beyond, constant_values=np.inf).T)
                               for ends in (low, high))
        count = min(AROUND, len(middles))
        self.around = cKDTree(middles).query(middles, k=count)[1].reshape(-1, count)

    def find(self, points, own, same, per_hole, out):
        """Fill the result for points (p, d) in reduced coordinates, see `nearest_numba.nearest_of_holes`."""
        compiled(np.ascontiguousarray(points), own, same, self.places, self.rows, self.starts, self.groups, self.low,
                 self.high, self.around, per_hole, out)


def _rank(owners):
    """How many earlier entries of its row have the same owner, shape of ``owners``."""
    order = np.argsort(owners, axis=1, kind="stable")
    ordered = np.take_along_axis(owners, order, axis=1)
    place = np.broadcast_to(np.arange(owners.shape[1]), owners.shape)
    first = np.ones(owners.shape, dtype=bool)
    first[:, 1:] = ordered[:, 1:] != ordered[:, :-1]
    start = np.maximum.accumulate(np.where(first, place, 0), axis=1)
    ranks = np.empty(owners.shape, dtype=np.int64)
    np.put_along_axis(ranks, order, place - start, axis=1)
    return ranks
