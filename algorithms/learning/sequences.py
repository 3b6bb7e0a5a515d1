"""Samples in the order in which a recurrent network reads them.

On drill holes a sequence is a hole, read from its top. On a map, where samples
have no hole, it is the nearest samples of a place, read from far to near, with
the place itself at the end.
"""
from dataclasses import dataclass

import numpy as np
from scipy.spatial import cKDTree

LONGEST = 256  # intervals; a longer hole is learned from in pieces
NEAREST = 12  # samples before the place itself
FLAT = 1e-6  # part of the length of a hole; a hole with less relief has no top
NOTHING = -1
GAP_LIMIT = 4.0  # of the log of a step
HOLE_STEPS = 2  # numbers that tell a network how far the intervals before and after are


@dataclass(frozen=True)
class Sequences:
    """Rows of samples in order, sequence after sequence.

    Attributes
    ----------
    lengths : numpy.ndarray of int, shape (k,)
        Steps of each sequence.
    rows : numpy.ndarray of int, shape (n,)
        The sample whose features are read at each step.
    steps : numpy.ndarray of float32, shape (n, c)
        What is told at each step besides features, such as the distance to the step before.
    answers : numpy.ndarray of int, shape (n,)
        The sample that is predicted at each step, -1 for none.
    """

    lengths: np.ndarray
    rows: np.ndarray
    steps: np.ndarray
    answers: np.ndarray

    def __len__(self):
        return self.lengths.size

    @property
    def ends(self):
        """Step after the last one of each sequence, shape (k,)."""
        return np.cumsum(self.lengths)

    def padded(self, numbers):
        """Some sequences as arrays of one length, those that are shorter filled up at their ends.

        Parameters
        ----------
        numbers : array-like of int, shape (m,)

        Returns
        -------
        rows : numpy.ndarray of int, shape (m, longest)
            0 beyond the end.
        steps : numpy.ndarray of float32, shape (m, longest, c)
        answers : numpy.ndarray of int, shape (m, longest)
            -1 beyond the end.
        lengths : numpy.ndarray of int, shape (m,)
        """
        numbers = np.asarray(numbers, dtype=np.int64)
        lengths = self.lengths[numbers]
        places = np.arange(lengths.max(initial=1))
        inside = places < lengths[:, None]
        at = ((self.ends - self.lengths)[numbers][:, None] + places)[inside]
        rows = np.zeros(inside.shape, dtype=np.int64)
        steps = np.zeros((*inside.shape, self.steps.shape[1]), dtype=np.float32)
        answers = np.full(inside.shape, NOTHING, dtype=np.int64)
        rows[inside], steps[inside], answers[inside] = self.rows[at], self.steps[at], self.answers[at]
        return rows, steps, answers, lengths

    def answered(self, numbers):
        """The samples that some sequences answer for, sequence after sequence."""
        answers = self.padded(numbers)[2]
        return answers[answers != NOTHING]

    def counts(self, marked):
        """How many of some marked samples (a mask) each sequence answers for, shape (k,)."""
        asked = (self.answers != NOTHING) & marked[self.answers]
        return np.bincount(np.repeat(np.arange(len(self)), self.lengths)[asked], minlength=len(self))


@dataclass(frozen=True)
class HoleReader:
    """Reads drill holes from their tops.

    Attributes
    ----------
    typical : float
        Median distance between intervals that follow each other, metres.
    """

    typical: float
    channels: int = HOLE_STEPS

    @classmethod
    def fit(cls, groups, positions):
        """Fit to the positions (n,) of samples along their holes (n,)."""
        gaps = np.concatenate([np.diff(np.sort(positions[rows])) for rows in rows_of(groups)])
        gaps = gaps[gaps > 0.0]
        return cls(float(np.median(gaps)) if gaps.size else 1.0)

    def read(self, groups, positions, longest=None):
        """`Sequences` of holes.

        Parameters
        ----------
        groups : numpy.ndarray of int, shape (n,)
            From 0, one for each hole.
        positions : numpy.ndarray, shape (n,)
            Along the hole, metres.
        longest : int, optional
            Holes with more intervals are cut into pieces of about equal length.
        """
        order = np.lexsort((positions, groups))
        lengths = np.unique(groups, return_counts=True)[1]
        steps = self.steps(positions[order], lengths)
        return Sequences(lengths if longest is None else _pieces(lengths, longest), order, steps, order)

    def steps(self, positions, lengths):
        """How far the intervals before and after are, shape (n, 2), 0 at the ends of holes with so many intervals."""
        gaps = np.zeros(len(positions) + 1)
        gaps[1:-1] = np.minimum(np.log1p(np.abs(np.diff(positions)) / self.typical), GAP_LIMIT)
        gaps[np.cumsum(lengths)] = 0.0
        return np.column_stack([gaps[:-1], gaps[1:]]).astype(np.float32)

    def state(self):
        """Arrays and JSON values from which `reader_from` makes the same."""
        return {}, {"kind": "hole", "typical": self.typical}


class NearReader:
    """Reads the nearest samples of a place from far to near, each with its distance and what is known of its grades.

    Parameters
    ----------
    coordinates : numpy.ndarray, shape (n, d)
        Of the samples to be read, metres.
    grades : numpy.ndarray of float32, shape (n, t)
        What the networks learn: scaled grades, or the errors of a base; NaN where not known.
    typical : float
        Median distance of samples to their nearest neighbour.
    """

    def __init__(self, coordinates, grades, typical):
        self.coordinates, self.grades = np.asarray(coordinates, dtype=float), np.asarray(grades, dtype=np.float32)
        self.typical, self._tree = float(typical), cKDTree(self.coordinates)
        self.channels = 2 + 2 * self.grades.shape[1]
        known = np.isfinite(self.grades)
        self._told = np.hstack([np.where(known, self.grades, 0.0), known]).astype(np.float32)

    @classmethod
    def fit(cls, coordinates, grades):
        """Fit to samples."""
        places = np.unique(coordinates, axis=0)
        near = cKDTree(places).query(places, k=2)[0][:, 1] if len(places) > 1 else np.ones(1)
        return cls(coordinates, grades, float(np.median(near)))

    def read(self, points, own=None):
        """`Sequences` of places; their own rows follow those of the samples to be read.

        Parameters
        ----------
        points : numpy.ndarray, shape (p, d)
        own : numpy.ndarray of int, shape (p,), optional
            Rows of the samples that stand at the points; then no sample is
            read at its own place, and their rows are those of the samples.
        """
        size = len(self.coordinates)
        count = min(size, NEAREST + (NEAREST if own is not None else 0))
        away, near = (np.reshape(part, (len(points), count)) for part in self._tree.query(points, k=count))
        last = np.arange(len(points)) + size if own is None else np.asarray(own)
        others = np.ones(away.shape, dtype=bool) if own is None else away > 0.0
        others &= np.cumsum(others, axis=1) <= NEAREST
        taken = np.pad(others[:, ::-1], ((0, 0), (0, 1)), constant_values=True)  # from far to near, and the place
        rows = np.column_stack([near[:, ::-1], last])[taken]
        answers = np.full(taken.shape, NOTHING)
        answers[:, -1] = np.arange(len(points)) if own is None else last
        steps = self.steps(near[:, ::-1], away[:, ::-1])[taken]
        return Sequences(taken.sum(axis=1), rows, steps, answers[taken])

    def steps(self, near, away):
        """Distance, end mark, and grades of samples (p, m) that are read, with zeros for the place itself."""
        out = np.zeros((len(near), near.shape[1] + 1, self.channels), dtype=np.float32)
        out[:, :-1, 0] = np.minimum(np.log1p(away / self.typical), GAP_LIMIT)
        out[:, -1, 1] = 1.0
        out[:, :-1, 2:] = self._told[near]
        return out

    def state(self):
        """Arrays and JSON values from which `reader_from` makes the same."""
        return {"coordinates": self.coordinates, "grades": self.grades}, {"kind": "near", "typical": self.typical}


def reader_from(arrays, info):
    """The reader from what its ``state`` gave."""
    if info["kind"] == "hole":
        return HoleReader(float(info["typical"]))
    return NearReader(arrays["coordinates"], arrays["grades"], info["typical"])


def _pieces(lengths, longest):
    """Lengths of the pieces, about equal, of sequences with more than so many steps."""
    pieces = -(-lengths // longest)
    number = np.arange(pieces.sum()) - np.repeat(np.cumsum(pieces) - pieces, pieces)
    return np.repeat(lengths // pieces, pieces) + (number < np.repeat(lengths % pieces, pieces))


def rows_of(groups):
    """Rows of each group, group by group."""
    order = np.argsort(groups, kind="stable")
    return np.split(order, np.flatnonzero(np.diff(np.asarray(groups)[order])) + 1) if order.size else []


def positions_along(groups, coordinates, depths=None):
    """Place of each sample along its hole, and the holes whose order nothing tells.

    Parameters
    ----------
    groups : numpy.ndarray of int, shape (n,)
    coordinates : numpy.ndarray, shape (n, d)
        Metres; with three columns the last is the elevation.
    depths : numpy.ndarray, shape (n,), optional
        Used in holes where all samples have one; otherwise the distance from
        the top of the hole counts.

    Returns
    -------
    positions : numpy.ndarray, shape (n,)
        Metres, or the unit of the depths.
    unknown : int
        Holes of several samples that all lie at one position; they keep the order of the rows.
    """
    positions, unknown = np.zeros(len(coordinates)), 0
    for rows in rows_of(groups):
        known = depths is not None and np.isfinite(depths[rows]).all()
        positions[rows] = depths[rows] if known else from_top(coordinates[rows])
        unknown += rows.size > 1 and np.ptp(positions[rows]) == 0.0
    return positions, int(unknown)


def from_top(coordinates):
    """Distance of each sample of a hole from its top, or from one end where the hole is level, shape (n,)."""
    coordinates = np.asarray(coordinates, dtype=float)
    extent = np.ptp(coordinates, axis=0)
    if coordinates.shape[1] > 2 and extent[2] > FLAT * np.linalg.norm(extent):
        ends = np.flatnonzero(coordinates[:, 2] == coordinates[:, 2].max())
    else:
        away = np.linalg.norm(coordinates - coordinates.mean(axis=0), axis=1)
        ends = np.flatnonzero(away >= (1.0 - 1e-9) * away.max())
    top = ends[np.lexsort(coordinates[ends].T[::-1])[0]]
    return np.linalg.norm(coordinates - coordinates[top], axis=1)
