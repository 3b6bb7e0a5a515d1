"""Restricted likelihood of a correlogram by Vecchia's approximation.

The samples are put in random order and each is predicted from at most
`NEIGHBOURS` earlier ones, so the cost grows with the number of samples
instead of its cube. Some of the neighbours are taken from thinned sets:
the nearest samples of a drill hole are all in that hole and tell nothing
about the continuity between holes.

References
----------
Vecchia, A. V. (1988). Estimation and model identification for continuous
spatial processes. Journal of the Royal Statistical Society B 50.
https://doi.org/10.1111/j.2517-6161.1988.tb01729.x
Stein, M. L., Chi, Z. & Welty, L. J. (2004). Approximating likelihoods for
large spatial data sets. Journal of the Royal Statistical Society B 66.
https://doi.org/10.1046/j.1369-7412.2003.05512.x
Guinness, J. (2021). Gaussian process learning via Fisher scoring of Vecchia's
approximation. Statistics and Computing 31. https://doi.org/10.1007/s11222-021-09999-1
"""
import math

import numpy as np
from scipy.spatial import cKDTree

from .covariance import FACTOR, MODELS, correlation

try:
    from .vecchia_numba import conditionals as compiled
except ImportError:
    compiled = None

# Neighbours taken among all earlier samples, and among the first 1/8 and 1/64 of them.
LEVELS = ((1, 14), (8, 6), (64, 6))
NEIGHBOURS = sum(count for _, count in LEVELS)
# Conditional variances below this share of the sill are rounding.
SMALLEST = 1e-12
CHUNK = 512
# Terms that share the first tree; also how many neighbours are asked for, as some come later than the term.
FIRST_BLOCK = 64


class Correlogram:
    """Nugget share and scaled structures that sum to one.

    Parameters
    ----------
    nugget : float
        Share of the sill, 0 to 1.
    models : sequence of str
        One model per structure.
    shares : array_like, shape (s,)
        Shares of the structures; with the nugget they sum to 1.
    matrices : array_like, shape (s, d, d)
        ``A`` of each structure: the reduced distance is ``|A h|``.
    """

    def __init__(self, nugget, models, shares, matrices):
        self.nugget, self.models = float(nugget), tuple(models)
        self.shares, self.matrices = np.asarray(shares, dtype=float), np.asarray(matrices, dtype=float)

    def scaled(self, coordinates):
        """Coordinates in which each structure is isotropic with range 1, shape (s, n, d)."""
        return np.einsum("nd,sed->sne", coordinates, self.matrices)


class Vecchia:
    """Conditional distributions of samples given their earlier neighbours.

    Parameters
    ----------
    coordinates : numpy.ndarray, shape (n, d)
        Metres.
    values : numpy.ndarray, shape (n, m)
        Columns share one correlogram; each has its own sill.
    drift : numpy.ndarray, shape (n, p)
        Columns of the drift; p may be 0.
    rng : numpy.random.Generator
        Orders the samples.
    noise : numpy.ndarray, shape (n,), optional
        Factor on the nugget of each sample: 1/count of a mean of ``count``
        samples.
    terms : int, optional
        Use this many conditional distributions instead of n: half from the
        thinned early samples, half from the dense late ones.
    scale : array_like, shape (d,), optional
        Divides the coordinates where neighbours are looked for.
    weight : float
        Weight of each column's likelihood, below 1 where columns repeat each
        other.
    """

    def __init__(self, coordinates, values, drift, rng, noise=None, terms=None, scale=None, weight=1.0):
        order = rng.permutation(len(coordinates))
        self.coordinates = np.ascontiguousarray(coordinates[order] - coordinates.mean(axis=0))
        self.data = np.ascontiguousarray(np.column_stack([values, drift])[order])
        self.noise = np.ones(len(order)) if noise is None else np.ascontiguousarray(noise[order], dtype=float)
        self.columns, self.weight = values.shape[1], weight
        self.terms = _choose_terms(len(order), terms, rng)
        reduced = self.coordinates if scale is None else self.coordinates / np.asarray(scale, dtype=float)
        self.neighbours = find_neighbours(reduced, self.terms)

    def subset(self, count, rng):
        """The same samples with fewer conditional distributions."""
        if count >= len(self.terms):
            return self
        other = object.__new__(type(self))
        other.__dict__.update(self.__dict__)
        keep = _choose_terms(len(self.terms), count, rng)
        other.terms, other.neighbours = self.terms[keep], self.neighbours[keep]
        return other

    def whiten(self, correlogram, compiled_kernel=True):
        """Standardised prediction errors of values and drift, and log conditional variances.

        Returns
        -------
        errors : numpy.ndarray, shape (t, m + p)
        log_variances : numpy.ndarray, shape (t,)
            Relative to the sill.
        """
        return conditionals(correlogram, self.coordinates, self.noise, self.data, self.terms, self.neighbours,
                            compiled_kernel)

    def evaluate(self, correlogram):
        """Restricted likelihood at a correlogram, the sills profiled out."""
        return Evaluation(*self.whiten(correlogram), self.columns, self.weight)


class Evaluation:
    """Profiled restricted likelihood and the residuals it rests on."""

    def __init__(self, errors, log_variances, columns, weight):
        values, drift = errors[:, :columns], errors[:, columns:]
        self.log_variances, self.weight = log_variances, weight
        freedom = max(len(errors) - drift.shape[1], 1)
        log_determinant = 0.0
        self.coefficients = np.zeros((drift.shape[1], columns))
        if drift.shape[1]:
            q, r = np.linalg.qr(drift)
            log_determinant = 2.0 * np.log(np.maximum(np.abs(np.diag(r)), 1e-150)).sum()
            self.coefficients = np.linalg.lstsq(r, q.T @ values, rcond=1e-12)[0]
        residuals = values - drift @ self.coefficients
        self.sills = np.maximum(np.square(residuals).sum(axis=0) / freedom, 1e-300)
        self.residuals = residuals / np.sqrt(self.sills)
        deviance = freedom * (np.log(2.0 * math.pi * self.sills) + 1.0) + log_variances.sum() + log_determinant
        self.log_likelihood = -0.5 * weight * deviance.sum()

    def standardised(self, errors):
        """Errors of another correlogram, standardised with the drift and sills of this one."""
        columns = len(self.sills)
        return (errors[:, :columns] - errors[:, columns:] @ self.coefficients) / np.sqrt(self.sills)


def conditionals(correlogram, coordinates, noise, data, terms, neighbours, compiled_kernel=True):
    """Standardised errors of values predicted from their neighbours, and log conditional variances.

    Parameters
    ----------
    correlogram : Correlogram
    coordinates : numpy.ndarray, shape (n, d)
        Metres, centred.
    noise : numpy.ndarray, shape (n,)
        Factor on the nugget of each value.
    data : numpy.ndarray, shape (n, q)
        Of mean 0.
    terms : numpy.ndarray of int, shape (t,)
        Which values are predicted.
    neighbours : numpy.ndarray of int, shape (t, k)
        From which ones, -1 for none.
    compiled_kernel : bool

    Returns
    -------
    errors : numpy.ndarray, shape (t, q)
    log_variances : numpy.ndarray, shape (t,)
        Relative to the sill.
    """
    scaled = correlogram.scaled(coordinates)
    if compiled is None or not compiled_kernel:
        return _conditionals(scaled, correlogram, noise, data, terms, neighbours)
    models = np.array([MODELS.index(name) for name in correlogram.models])
    factors = np.array([FACTOR[name] for name in correlogram.models])
    return compiled(scaled, models, factors, correlogram.shares, correlogram.nugget, noise, data, terms, neighbours,
                    SMALLEST)


def _choose_terms(n, count, rng):
    """Sorted positions of the conditional distributions used."""
    if count is None or count >= n:
        return np.arange(n)
    early = count // 2
    return np.r_[np.arange(early), np.sort(early + rng.choice(n - early, count - early, replace=False))]


def find_neighbours(coordinates, terms):
    """Earlier neighbours of each term, near ones and ones from thinned sets.

    Parameters
    ----------
    coordinates : numpy.ndarray, shape (n, d)
        In random order.
    terms : numpy.ndarray, shape (t,)
        Increasing positions.

    Returns
    -------
    numpy.ndarray, shape (t, NEIGHBOURS)
        Positions below that of the term, -1 where there are no more.
    """
    result = np.full((len(terms), NEIGHBOURS), -1, dtype=np.int64)
    start = 0
    while start < len(terms):
        # Trees over growing sets, so that most of a tree precedes each term that asks it.
        stop = int(np.searchsorted(terms, max(1.5 * terms[start], terms[start] + FIRST_BLOCK)))
        result[start:stop] = _block_neighbours(coordinates, terms[start:stop])
        start = stop
    return result


def _block_neighbours(coordinates, block):
    """Neighbours of consecutive terms, filled up with near ones where a thinned set has too few."""
    found = [_earlier(coordinates, block, thinning) for thinning, _ in LEVELS]
    taken = np.empty((len(block), 0), dtype=np.int64)
    for candidates, (_, count) in zip(found, LEVELS):
        taken = _with_new(taken, candidates, np.full(len(block), count))
    taken = _with_new(taken, found[0], NEIGHBOURS - np.count_nonzero(taken >= 0, axis=1))
    return _compressed(taken, taken >= 0, NEIGHBOURS)


def _earlier(coordinates, block, thinning):
    """Nearest samples before each term among the first 1/thinning of them; -1 for none."""
    size = block[-1] if thinning == 1 else block[0] // thinning
    if size == 0:
        return np.full((len(block), 1), -1)
    asked = min(size, NEIGHBOURS if thinning > 1 else FIRST_BLOCK)
    _, found = cKDTree(coordinates[:size]).query(coordinates[block], k=np.arange(1, asked + 1))
    return _compressed(found, found < block[:, None], asked)


def _with_new(taken, candidates, counts):
    """``taken`` and, to its right, the first ``counts`` candidates of each row that it lacks."""
    new = (candidates >= 0) & ~(candidates[:, :, None] == taken[:, None, :]).any(axis=2)
    new &= np.cumsum(new, axis=1) <= counts[:, None]
    return np.concatenate([taken, _compressed(candidates, new, int(counts.max(initial=0)))], axis=1)


def _compressed(table, keep, width):
    """The kept entries of each row moved to the left, -1 behind them."""
    order = np.argsort(~keep, axis=1, kind="stable")
    table = np.take_along_axis(np.where(keep, table, -1), order, axis=1)[:, :width]
    return np.pad(table, ((0, 0), (0, width - table.shape[1])), constant_values=-1)


def _conditionals(scaled, correlogram, noise, data, terms, neighbours):
    """`Vecchia.whiten` in numpy, a bounded number of terms at a time."""
    errors, log_variances = np.empty((len(terms), data.shape[1])), np.empty(len(terms))
    for start in range(0, len(terms), CHUNK):
        part = slice(start, start + CHUNK)
        members = np.column_stack([neighbours[part], terms[part]])
        matrices = _correlations(scaled, correlogram, noise, members)
        # The last row of the factor holds the prediction of the term from its neighbours.
        factors = np.linalg.cholesky(matrices)
        rows = np.where(members[:, :, None] >= 0, data[members], 0.0)
        for k in range(members.shape[1]):
            rows[:, k] -= np.matmul(factors[:, k, None, :k], rows[:, :k])[:, 0]
            rows[:, k] /= factors[:, k, k, None]
        errors[part] = rows[:, -1]
        log_variances[part] = 2.0 * np.log(factors[:, -1, -1])
    return errors, log_variances


def _correlations(scaled, correlogram, noise, members):
    """Lower triangles of the correlation matrices of the members of each row, (t, k, k); absent ones stand alone."""
    missing, width = members < 0, members.shape[1]
    first, second = np.tril_indices(width, -1)
    pairs = np.zeros((len(members), first.size))
    for model, share, points in zip(correlogram.models, correlogram.shares, scaled):
        lags = points[members[:, first]] - points[members[:, second]]
        pairs += share * correlation(model, np.sqrt(np.einsum("tpd,tpd->tp", lags, lags)))
    total = np.zeros((len(members), width, width))
    # The factorisation reads the lower triangle alone.
    total[:, first, second] = np.where(missing[:, first] | missing[:, second], 0.0, pairs)
    diagonal = 1.0 - correlogram.nugget + correlogram.nugget * noise[members]
    index = np.arange(width)
    total[:, index, index] = np.where(missing, 1.0, diagonal) + SMALLEST
    return total
