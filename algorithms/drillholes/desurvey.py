"""Paths of drill holes by minimum curvature.

Between two survey stations a hole is the circular arc that leaves the first
in its direction and arrives at the second in its direction: Taylor and Mason
(1972), doi:10.2118/3362-PA; Sawaryn and Thorogood (2005), doi:10.2118/84246-PA.
Positions between stations are on the arc itself.
"""
import numpy as np

CHUNK = 100_000
# Half turns have no plane; just below them the formulas stay finite.
LARGEST_TURN = np.pi - 1e-6
# The chords of a drawn trace turn by no more than this.
CHORD_TURN = np.radians(3.0)


def directions(azimuth, dip):
    """Unit vectors (east, north, up) of angles in degrees.

    Parameters
    ----------
    azimuth, dip : array_like, shape (n,)
        Clockwise from grid north; negative downwards.

    Returns
    -------
    array, shape (n, 3)
    """
    azimuth, dip = np.radians(azimuth), np.radians(dip)
    flat = np.cos(dip)
    return np.column_stack([flat * np.sin(azimuth), flat * np.cos(azimuth), np.sin(dip)])


def angles(direction):
    """Azimuth (0 to 360) and dip (negative downwards) of unit vectors, in degrees; a vertical one has azimuth 0.

    Parameters
    ----------
    direction : array, shape (n, 3)

    Returns
    -------
    azimuth, dip : arrays, shape (n,)
    """
    east, north, up = np.asarray(direction, float).T
    flat = np.hypot(east, north)
    azimuth = np.where(flat > 1e-9, np.degrees(np.arctan2(east, north)) % 360.0, 0.0)
    azimuth[azimuth >= 360.0] = 0.0
    return azimuth, np.degrees(np.arctan2(up, flat))


def turn_between(first, second):
    """Angles between unit vectors in radians, exact for the smallest ones too.

    Parameters
    ----------
    first, second : arrays, shape (n, 3)
    """
    across = np.linalg.norm(np.cross(first, second), axis=1)
    return np.arctan2(across, np.einsum("ij,ij->i", first, second))


def arc_way(first, second, turn, length, share):
    """Way along the first ``share`` of arcs, and the direction there.

    The direction turns evenly on the great circle between both ends; the way
    is its integral. Written with ``sin(x) / x`` nothing has to be divided by
    the turn, so a straight hole needs no case of its own. At the end of the
    arc this is the ratio factor ``2 / turn * tan(turn / 2)``.

    Parameters
    ----------
    first, second : arrays, shape (n, 3)
        Directions at the ends.
    turn, length, share : arrays, shape (n,)
        Angle between them in radians, length of the arc, and part of it.

    Returns
    -------
    way, direction : arrays, shape (n, 3)
    """
    whole = _sinc(turn)
    half = share * _sinc(0.5 * share * turn)
    toward_first = (1.0 - 0.5 * share) * _sinc((1.0 - 0.5 * share) * turn)
    way = (length * half / whole)[:, None] * (toward_first[:, None] * first + (0.5 * half)[:, None] * second)
    left = (1.0 - share) * _sinc((1.0 - share) * turn) / whole
    gone = share * _sinc(share * turn) / whole
    return way, left[:, None] * first + gone[:, None] * second


def _sinc(x):
    """``sin(x) / x``."""
    return np.sinc(x / np.pi)


class Paths:
    """The paths of all holes.

    Parameters
    ----------
    collars : array, shape (h, 3)
        Easting, northing and elevation of the collars, all in one unit.
    hole : array of int, shape (k,)
        Hole of each station. Stations are sorted by hole and depth, every
        hole has one at depth 0, and no depth is there twice.
    depth : array, shape (k,)
    direction : array, shape (k, 3)
        Unit vectors.
    scale : float
        Units of the collars in one unit of depth.

    Attributes
    ----------
    first : array of int, shape (h + 1,)
        Where the stations of each hole begin.
    position : array, shape (k, 3)
        Of the stations.
    turn, length : arrays, shape (k,)
        Angle (radians) and depth to the next station; 0 and 1 at the last one of a hole.
    """

    def __init__(self, collars, hole, depth, direction, scale=1.0):
        self.collars, self.hole, self.depth = np.asarray(collars, float), hole, np.asarray(depth, float)
        self.direction, self.scale = np.asarray(direction, float), float(scale)
        self.first = np.searchsorted(hole, np.arange(len(self.collars) + 1))
        self.is_last = np.r_[hole[1:] != hole[:-1], True]
        follower = np.where(self.is_last, np.arange(len(hole)), np.arange(len(hole)) + 1)
        self._arriving = self.direction[follower]
        self.turn = np.minimum(turn_between(self.direction, self._arriving), LARGEST_TURN)
        self.turn[self.is_last] = 0.0
        self.length = np.where(self.is_last, 1.0, self.depth[follower] - self.depth)
        self.position = self._positions()

    def _positions(self):
        """Stations one after the other."""
        way, _ = arc_way(self.direction, self._arriving, self.turn, self.length, np.ones(len(self.hole)))
        way[self.is_last] = 0.0
        reached = np.vstack([np.zeros((1, 3)), np.cumsum(way, axis=0)[:-1]])
        return self.collars[self.hole] + self.scale * (reached - reached[self.first[self.hole]])

    def at(self, hole, depth, progress=None):
        """Position and direction at depths.

        Below its last station a hole goes straight on.

        Parameters
        ----------
        hole : array of int, shape (n,)
        depth : array, shape (n,)
            Not negative.
        progress : Progress, optional

        Returns
        -------
        position, direction : arrays, shape (n, 3)
        """
        position, direction = np.empty((len(hole), 3)), np.empty((len(hole), 3))
        span = self.depth.max(initial=0.0) + 1.0
        keys = self.hole * span + self.depth
        for start in range(0, len(hole), CHUNK):
            part = slice(start, start + CHUNK)
            position[part], direction[part] = self._at(keys, span, np.asarray(hole[part]), np.asarray(depth[part]))
            if progress is not None:
                progress(start / len(hole))
        return position, direction

    def _at(self, keys, span, hole, depth):
        """Position and direction at some depths."""
        wanted = hole * span + np.minimum(depth, span - 1.0)
        station = np.maximum(np.searchsorted(keys, wanted, side="right") - 1, self.first[hole])
        share = (depth - self.depth[station]) / self.length[station]
        way, direction = arc_way(
            self.direction[station], self._arriving[station], self.turn[station], self.length[station], share)
        return self.position[station] + self.scale * way, direction

    def severity(self):
        """Turn to the next station in radians per unit of depth, shape (k,); 0 at the last ones."""
        return np.where(self.is_last, 0.0, self.turn / self.length)

    def trace(self, end):
        """Vertices of all holes, close enough to draw the arcs.

        Parameters
        ----------
        end : array, shape (h,)
            Depth of the end of each hole; holes that end above their last station are drawn down to it.

        Returns
        -------
        hole : array of int, shape (n,)
        depth : array, shape (n,)
            Sorted by hole and depth.
        """
        parts = np.where(self.is_last, 1, np.maximum(np.ceil(self.turn / CHORD_TURN), 1)).astype(int)
        station = np.repeat(np.arange(len(parts)), parts)
        number = np.arange(len(station)) - np.repeat(np.cumsum(parts) - parts, parts)
        depth = self.depth[station] + self.length[station] * number / parts[station]
        longer = np.flatnonzero(end > self.depth[self.first[1:] - 1] + 1e-9)
        hole = np.r_[self.hole[station], longer]
        depth = np.r_[depth, end[longer]]
        order = np.lexsort((depth, hole))
        return hole[order], depth[order]
