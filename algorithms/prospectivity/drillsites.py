"""Where the next drill holes would teach most: expected improvement, and variance removed.

The uncertainty of a map is taken as a random field whose covariance between two places is the
product of their standard deviations and of the correlation of a variogram. A hole removes from it
what is known once its value is: the covariance given the hole does not depend on the value, so sites
are chosen one after the other, each given the ones before (greedy).

References
----------
Jones, D. R., Schonlau, M. & Welch, W. J. (1998). Efficient global optimization of expensive black-box
functions. Journal of Global Optimization 13, 455-492. https://doi.org/10.1023/A:1008306431147
Ginsbourger, D., Le Riche, R. & Carraro, L. (2010). Kriging is well-suited to parallelize optimization.
In: Computational Intelligence in Expensive Optimization Problems, 131-162.
https://doi.org/10.1007/978-3-642-10701-6_6 (kriging believer)
Krause, A., Singh, A. & Guestrin, C. (2008). Near-optimal sensor placements in Gaussian processes.
Journal of Machine Learning Research 9, 235-284.
"""
from dataclasses import dataclass

import numpy as np
from scipy.linalg import cho_factor, solve_triangular
from scipy.spatial import cKDTree
from scipy.special import ndtr

CHUNK = 500
CORNER = 1e-12


@dataclass(frozen=True)
class Places:
    """Places with what is predicted there.

    Attributes
    ----------
    coordinates : numpy.ndarray, shape (n, 2)
    mean, sd : numpy.ndarray, shape (n,)
    weight : numpy.ndarray, shape (n,)
        Area that a place stands for.
    """

    coordinates: np.ndarray
    mean: np.ndarray
    sd: np.ndarray
    weight: np.ndarray

    def __len__(self):
        return len(self.coordinates)

    def take(self, keep):
        """The places that a mask or an index array selects."""
        return Places(self.coordinates[keep], self.mean[keep], self.sd[keep], self.weight[keep])


def expected_improvement(mean, sd, best, limit=None):
    """Mean of what a normal value lies above the best so far, 0 where it does not.

    Parameters
    ----------
    mean, sd : numpy.ndarray, shape (n,)
    best : float
    limit : float, optional
        The value cannot be higher; what lies above counts as this.

    Returns
    -------
    improvement, chance : numpy.ndarray, shape (n,)
        ``(mean - best) Phi(z) + sd phi(z)`` with ``z = (mean - best) / sd``,
        less the same above the limit; and the chance ``Phi(z)`` to be better.
    """
    if limit is not None:
        whole, chance = expected_improvement(mean, sd, best)
        return np.maximum(whole - expected_improvement(mean, sd, max(limit, best))[0], 0.0), chance
    mean, sd = np.asarray(mean, dtype=float), np.asarray(sd, dtype=float)
    above = mean - best
    with np.errstate(divide="ignore", invalid="ignore"):
        z = np.where(sd > 0.0, above / np.where(sd > 0.0, sd, 1.0), np.where(above > 0.0, np.inf, -np.inf))
    density = np.where(np.isfinite(z), np.exp(-0.5 * np.minimum(np.abs(z), 40.0) ** 2) / np.sqrt(2.0 * np.pi), 0.0)
    chance = ndtr(z)
    return np.maximum(above * chance + sd * density, 0.0), chance


class Uncertainty:
    """Covariance of the map at nodes and candidates, given the holes taken so far.

    Parameters
    ----------
    variogram : Variogram
        Gives correlations, and the part of the variance that no neighbour shares (nugget).
    nodes : Places
        Where variance counts, by their weights.
    candidates : Places
        Where holes may go.
    with_matrix : bool
        Whether to keep the covariance of all nodes and candidates, which
        `gains` needs.
    progress : Progress, optional

    Attributes
    ----------
    node_variance, variance : numpy.ndarray, shape (nodes,) and (candidates,)
        What is left, nugget not counted.
    """

    def __init__(self, variogram, nodes, candidates, with_matrix=False, progress=None):
        self.variogram, self.nodes, self.candidates = variogram, nodes, candidates
        self.shared = variogram.partial_sill / variogram.sill
        self.node_variance = self.shared * nodes.sd ** 2
        self.variance = self.shared * candidates.sd ** 2
        self.noise = (1.0 - self.shared) * candidates.sd ** 2
        self._node_factors, self._factors = [], []
        self.matrix = self._whole(progress) if with_matrix else None

    def prior(self, a, b):
        """Covariance of the map between two sets of places before any hole, shape (len(a), len(b))."""
        correlation = self.variogram.covariance(a.coordinates, b.coordinates) / self.variogram.partial_sill
        return self.shared * correlation * a.sd[:, None] * b.sd

    def _whole(self, progress):
        """Covariance of all nodes and candidates, made in chunks."""
        out = np.empty((len(self.nodes), len(self.candidates)))
        for start in range(0, len(self.nodes), CHUNK):
            chunk = slice(start, start + CHUNK)
            out[chunk] = self.prior(self.nodes.take(chunk), self.candidates)
            if progress is not None:
                progress(min(1.0, (start + CHUNK) / len(self.nodes)))
        return out

    def condition(self, holes, progress=None):
        """Take holes as known that the map does not know yet.

        Parameters
        ----------
        holes : Places
            At different places.
        progress : Progress, optional
        """
        own = self.prior(holes, holes)
        own[np.diag_indices_from(own)] += (1.0 - self.shared) * holes.sd ** 2 + CORNER * own.max()
        lower, _ = cho_factor(own, lower=True)
        sides = []
        for places in (self.nodes, self.candidates):
            parts = []
            for start in range(0, len(places), CHUNK):
                cross = self.prior(holes, places.take(slice(start, start + CHUNK)))
                parts.append(solve_triangular(lower, cross, lower=True))
                if progress is not None:
                    progress.check()
            sides.append(np.concatenate(parts, axis=1))
        self._subtract(*sides)

    def _subtract(self, node_factors, factors):
        """Remove what holes explain: arrays (holes, nodes) and (holes, candidates)."""
        self._node_factors.extend(node_factors)
        self._factors.extend(factors)
        self.node_variance = np.maximum(self.node_variance - np.sum(node_factors ** 2, axis=0), 0.0)
        self.variance = np.maximum(self.variance - np.sum(factors ** 2, axis=0), 0.0)
        if self.matrix is not None:
            for start in range(0, len(self.matrix), CHUNK):
                chunk = slice(start, start + CHUNK)
                self.matrix[chunk] -= node_factors[:, chunk].T @ factors

    def _left(self, places, factors, one, number):
        """Covariance left between places and a candidate."""
        out = self.prior(places, one)[:, 0]
        for along in range(len(factors)):
            out -= factors[along] * self._factors[along][number]
        return out

    def with_nodes(self, number):
        """Covariance left between all nodes and a candidate, shape (nodes,)."""
        if self.matrix is not None:
            return self.matrix[:, number].copy()
        return self._left(self.nodes, self._node_factors, self.candidates.take([number]), number)

    def removed_by(self, number):
        """Variance that a hole at a candidate would remove at each node, shape (nodes,)."""
        spread = self.variance[number] + self.noise[number]
        if spread <= 0.0:
            return np.zeros(len(self.nodes))
        return np.minimum(self.with_nodes(number) ** 2 / spread, self.node_variance)

    def gains(self, progress=None):
        """Weighted variance that a hole at each candidate would remove over all nodes, shape (candidates,)."""
        total = np.zeros(len(self.candidates))
        for start in range(0, len(self.nodes), CHUNK):
            chunk = slice(start, start + CHUNK)
            total += self.nodes.weight[chunk] @ self.matrix[chunk] ** 2
            if progress is not None:
                progress.check()
        spread = self.variance + self.noise
        return np.where(spread > 0.0, total / np.where(spread > 0.0, spread, 1.0), 0.0)

    def take(self, number):
        """Drill a candidate: its value counts as known from now on."""
        spread = self.variance[number] + self.noise[number]
        if spread <= 0.0:
            return
        own = self._left(self.candidates, self._factors, self.candidates.take([number]), number)
        node_factor = self.with_nodes(number) / np.sqrt(spread)
        self._subtract(node_factor[None], own[None] / np.sqrt(spread))


def far_enough(candidates, holes, least):
    """Which candidates (n, 2) are at least so far from all holes (m, 2)."""
    if not len(holes) or least <= 0.0:
        return np.ones(len(candidates), bool)
    return cKDTree(holes).query(candidates)[0] >= least * (1.0 - 1e-9)


def distance_to(points, others):
    """Distance from each point (n, 2) to the nearest of others (m, 2); NaN without any."""
    if not len(others):
        return np.full(len(points), np.nan)
    return cKDTree(others).query(points)[0]
