"""Where a model must not be trusted: places whose features are unlike those of all training samples.

References
----------
Meyer, H. & Pebesma, E. (2021). Predicting into unknown space? Estimating the
area of applicability of spatial prediction models. Methods in Ecology and
Evolution 12. https://doi.org/10.1111/2041-210X.13650
"""
import numpy as np

from .features import BEYOND

CENTRES = 64
ROUNDS = 8
SHARE = 0.99  # of the training samples lie within
PER_CENTRE = 8
HOLD = 5


class Domain:
    """Distance of scaled features to the nearest of some centres of the training features, and to their ranges.

    Attributes
    ----------
    centres : numpy.ndarray of float32, shape (k, m)
    limit : float
        Distance within which 99 % of training samples lie when their own
        drill holes have no part in the centres.
    reach : float
        How far beyond the ranges of the features, in standard deviations and
        all features together, 99 % of training samples lie at most when their
        own drill holes have no part in the ranges. With many features some
        are beyond their ranges in most holes.
    """

    def __init__(self, centres, limit, reach=0.0):
        self.centres, self.limit, self.reach = np.asarray(centres, dtype=np.float32), float(limit), float(reach)
        self._squares = np.square(self.centres).sum(axis=1)

    @classmethod
    def fit(cls, values, groups, rng):
        """Fit to scaled features.

        Parameters
        ----------
        values : numpy.ndarray of float32, shape (n, m)
        groups : numpy.ndarray of int, shape (n,)
            From 0, one for each drill hole.
        rng : numpy.random.Generator
        """
        count = int(np.clip(len(values) // PER_CENTRE, 1, CENTRES))
        centres = cluster(values, count, rng)
        fold = rng.permutation(groups.max() + 1)[groups] % HOLD
        distances, excess = np.zeros((2, len(values)))
        for number in range(HOLD):
            own, others = fold == number, fold != number
            if own.any() and others.any():
                part = cls(cluster(values[others], min(count, int(others.sum())), rng), np.inf)
                distances[own] = part.distance(values[own])
                excess[own] = _excess(values[own], values[others])
        if not distances.any():
            distances = cls(centres, np.inf).distance(values)
        return cls(centres, np.quantile(distances, SHARE), np.quantile(excess, SHARE))

    def distance(self, values):
        """Distance to the nearest centre, shape (n,), in root mean square standard deviations per feature."""
        values = np.asarray(values, dtype=np.float32)
        inner = (-2.0 * self.centres) @ values.T
        inner += self._squares[:, None]
        squares = inner.min(axis=0) + np.einsum("ij,ij->i", values, values)
        return np.sqrt(np.maximum(squares, 0.0) / self.centres.shape[1])

    def outside(self, values, beyond):
        """Which places are unlike the training samples, shape (n,).

        Parameters
        ----------
        values : numpy.ndarray of float32, shape (n, m)
        beyond : numpy.ndarray, shape (n, m)
            How far a feature is beyond its training range, see `features.InputPreparation.scaled`.
        """
        squares = np.einsum("ij,ij->i", beyond, beyond)
        return (squares > self.reach**2) | (self.distance(values) > self.limit)

    def state(self):
        """Arrays and JSON values from which `restore` makes the same."""
        return {"centres": self.centres}, {"limit": self.limit, "reach": self.reach, "share": SHARE}

    @classmethod
    def restore(cls, arrays, info):
        """The same from what `state` gave."""
        return cls(arrays["centres"], info["limit"], info["reach"])


def _excess(values, others):
    """How far values (n, m) are beyond the ranges of others and a margin, all features together, shape (n,)."""
    low, high = others.min(axis=0), others.max(axis=0)
    margin = BEYOND * (high - low)
    return np.linalg.norm(values - np.clip(values, low - margin, high + margin), axis=1)


def cluster(values, count, rng):
    """Centres (count, m) of clusters by Lloyd's algorithm, from randomly chosen samples."""
    values = np.asarray(values, dtype=np.float32)
    centres = values[np.sort(rng.choice(len(values), count, replace=False))].copy()
    for _ in range(ROUNDS):
        inner = values @ centres.T
        nearest = (np.square(centres).sum(axis=1) - 2.0 * inner).argmin(axis=1)
        sizes = np.bincount(nearest, minlength=count)
        order = np.argsort(nearest, kind="stable")
        starts = np.concatenate([[0], np.cumsum(sizes)[:-1]])
        filled = sizes > 0
        sums = np.add.reduceat(values[order], starts[filled], axis=0)
        centres[filled] = sums / sizes[filled, None]
    return centres
