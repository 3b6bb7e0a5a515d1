"""Gaps filled from the nearest samples of other holes, near in space and in chemistry alike.

References
----------
Troyanskaya, O. et al. (2001). Missing value estimation methods for DNA
microarrays. Bioinformatics 17, 520-525.
https://doi.org/10.1093/bioinformatics/17.6.520
"""
import numpy as np

MOST_SAMPLES = 2000  # that gaps are filled from
CHUNK = 500
FAR = 1e12


class Imputer:
    """Weighted mean of the nearest samples that know the column.

    The squared distance is the mean over the columns that both know, of
    scaled differences, plus ``space`` times that of the coordinates.

    Attributes
    ----------
    coordinates : numpy.ndarray, shape (n, d)
        Of the samples, scaled.
    values : numpy.ndarray, shape (n, m)
        Scaled, with gaps.
    groups : numpy.ndarray of int, shape (n,)
    centre, spread : numpy.ndarray, shape (d,)
        Of the coordinates.
    neighbours : int
        0 takes 0, the mean of every column.
    space : float
    """

    def __init__(self, coordinates, values, groups, centre, spread, neighbours, space=1.0):
        self.coordinates, self.values, self.groups = coordinates, values, groups
        self.centre, self.spread, self.neighbours, self.space = centre, spread, int(neighbours), float(space)

    @classmethod
    def fit(cls, coordinates, values, groups, neighbours, space, rng):
        """Keep samples to fill gaps from.

        Parameters
        ----------
        coordinates : numpy.ndarray, shape (n, d)
            Metres.
        values : numpy.ndarray, shape (n, m)
            Scaled columns with gaps.
        groups : numpy.ndarray of int, shape (n,)
        neighbours : int
        space : float
            Weight of the coordinates over that of the columns.
        rng : numpy.random.Generator
        """
        centre, spread = coordinates.mean(axis=0), coordinates.std(axis=0)
        spread = np.full_like(spread, spread.max() or 1.0)  # distances keep their shape
        useful = np.flatnonzero(np.isfinite(values).any(axis=1))
        if neighbours == 0:
            useful = useful[:0]
        elif useful.size > MOST_SAMPLES:
            useful = np.sort(rng.choice(useful, MOST_SAMPLES, replace=False))
        return cls((coordinates[useful] - centre) / spread, values[useful], groups[useful], centre, spread, neighbours,
                   space)

    def apply(self, coordinates, values, groups=None, check=None):
        """Fill the gaps of scaled columns in place.

        Parameters
        ----------
        coordinates : numpy.ndarray, shape (p, d)
        values : numpy.ndarray, shape (p, m)
        groups : numpy.ndarray of int, shape (p,), optional
            Drill hole of each place, whose samples are then not used, nor
            those at the very place.
        check : callable, optional
        """
        gaps = np.flatnonzero(np.isnan(values).any(axis=1))
        if self.neighbours and len(self.values):
            for start in range(0, gaps.size, CHUNK):
                if check:
                    check()
                self._fill(coordinates, values, groups, gaps[start:start + CHUNK])
        values[np.isnan(values)] = 0.0
        return values

    def only(self, columns):
        """The same for some of the columns, chosen by a mask (m,)."""
        return Imputer(self.coordinates, self.values[:, columns], self.groups, self.centre, self.spread,
                       self.neighbours, self.space)

    def _fill(self, coordinates, values, groups, rows):
        """Fill some rows."""
        part = values[rows]
        places = (coordinates[rows] - self.centre) / self.spread
        squares = self._squares(places, part)
        if groups is not None:
            own = (groups[rows][:, None] == self.groups) & (groups[rows] >= 0)[:, None]
            squares[own | (_squared(places, self.coordinates) < 1e-18)] = FAR
        order = np.argsort(squares, axis=1, kind="stable")
        for column in np.flatnonzero(np.isnan(part).any(axis=0)):
            wanted = np.flatnonzero(np.isnan(part[:, column]))
            values[rows[wanted], column] = self._mean(squares[wanted], order[wanted], column)

    def _squares(self, places, values):
        """Squared distances (p, n) of places with gaps to the samples."""
        known, theirs = np.isfinite(values), np.isfinite(self.values)
        a, b = np.where(known, values, 0.0), np.where(theirs, self.values, 0.0)
        shared = known.astype(float) @ theirs.T.astype(float)
        total = np.square(a) @ theirs.T + known @ np.square(b).T - 2.0 * a @ b.T
        chemistry = np.where(shared > 0.0, np.maximum(total, 0.0) / np.maximum(shared, 1.0), 2.0)
        return chemistry + self.space * _squared(places, self.coordinates)

    def _mean(self, squares, order, column):
        """Weighted means of one column for rows of squared distances."""
        known = np.isfinite(self.values[:, column])
        ranked = known[order] & (np.take_along_axis(squares, order, axis=1) < FAR)
        taken = ranked & (np.cumsum(ranked, axis=1) <= self.neighbours)
        weight = np.zeros(squares.shape)
        np.put_along_axis(weight, order, taken.astype(float), axis=1)
        weight /= np.sqrt(squares) + 1e-6
        total = weight.sum(axis=1)
        filled = weight @ np.where(known, self.values[:, column], 0.0)
        return np.where(total > 0.0, filled / np.where(total > 0.0, total, 1.0), 0.0)

    def state(self):
        """Arrays and JSON values from which `restore` makes the same."""
        arrays = {"coordinates": self.coordinates, "values": self.values, "groups": self.groups,
                  "centre": self.centre, "spread": self.spread}
        return arrays, {"neighbours": self.neighbours, "space": self.space}

    @classmethod
    def restore(cls, arrays, info):
        """The same from what `state` gave."""
        return cls(*(arrays[name] for name in ("coordinates", "values", "groups", "centre", "spread")),
                   info["neighbours"], info["space"])


def _squared(a, b):
    """Squared distances (p, n), per dimension."""
    total = np.zeros((len(a), len(b)))
    for axis in range(a.shape[1]):
        total += np.square(a[:, axis, None] - b[None, :, axis])
    return total / a.shape[1]
