"""Kriging of single points from a few samples each: ordinary with the gradient, and simple.

Each point has a system of its own, so that what comes out does not depend on
which other points are asked for.

References
----------
Chiles, J.-P. & Delfiner, P. (2012). Geostatistics: Modeling Spatial
Uncertainty, 2nd ed., chapter 3. https://doi.org/10.1002/9781118136188
"""
import numpy as np

from ..geostatistics.covariance import slope
from ..geostatistics.vecchia import Correlogram, conditionals

CHUNK, SIMPLE_CHUNK = 500, 20_000
JITTER = 1e-9  # of the sill, for samples at one place without a nugget


def krige_locally(variogram, coordinates, values, points, near, check=None):
    """Krige each point from its own samples.

    Parameters
    ----------
    variogram : Variogram
    coordinates : numpy.ndarray, shape (n, d)
        Of the samples, metres.
    values : numpy.ndarray, shape (n,)
    points : numpy.ndarray, shape (p, d)
    near : numpy.ndarray of int, shape (p, k)
        Samples of each point, -1 for none.
    check : callable, optional

    Returns
    -------
    estimate, variance : numpy.ndarray, shape (p,)
        The variance has the nugget; both are NaN where a point has no sample.
    gradient : numpy.ndarray, shape (p, d)
        Per metre, of the field without its nugget.
    """
    size, dimensions = points.shape
    estimate, variance, gradient = np.empty(size), np.empty(size), np.empty((size, dimensions))
    for start in range(0, size, CHUNK):
        if check:
            check()
        rows = slice(start, start + CHUNK)
        found = _chunk(variogram, coordinates, values, points[rows], near[rows])
        estimate[rows], variance[rows], gradient[rows] = found
    return estimate, variance, gradient


def krige_simply(variogram, coordinates, values, points, near, check=None):
    """Krige each point from its own samples, with the known mean 0.

    Parameters
    ----------
    variogram, coordinates, values, points, near, check
        As for `krige_locally`.

    Returns
    -------
    estimate, told : numpy.ndarray, shape (p,)
        And the part of the sill, nugget included, that the samples tell; 0
        both where a point has no sample.
    """
    sill, dimensions = variogram.sill, points.shape[1]
    shares = np.array([structure.sill for structure in variogram.structures]) / sill * (1.0 - JITTER)
    correlogram = Correlogram(1.0 - shares.sum(), [structure.model for structure in variogram.structures], shares,
                              [structure.matrix(dimensions) for structure in variogram.structures])
    middle, known = coordinates.mean(axis=0), len(coordinates)
    estimate, told = np.empty(len(points)), np.empty(len(points))
    for start in range(0, len(points), SIMPLE_CHUNK):
        if check:
            check()
        rows = slice(start, start + SIMPLE_CHUNK)
        places = np.concatenate([coordinates, points[rows]]) - middle
        data = np.concatenate([values, np.zeros(len(places) - known)])[:, None]
        # The error of a value of 0, with its sign turned, is what was predicted.
        errors, log_variances = conditionals(correlogram, places, np.ones(len(places)), data,
                                             np.arange(known, len(places)), near[rows])
        estimate[rows] = -errors[:, 0] * np.exp(0.5 * log_variances)
        told[rows] = np.clip(-np.expm1(log_variances), 0.0, 1.0)
    return estimate, told


def _chunk(variogram, coordinates, values, points, near):
    known = near >= 0
    places = coordinates[near]
    lags = points[:, None, :] - places
    between = variogram.at(places[:, :, None, :] - places[:, None, :, :])
    between *= known[:, :, None] & known[:, None, :]
    each = np.arange(near.shape[1])
    between[:, each, each] = variogram.sill * (1.0 + JITTER)
    right = np.stack([values[near] * known, known.astype(float), variogram.at(lags) * known], axis=2)
    of_values, of_ones, of_point = np.moveaxis(np.linalg.solve(between, right), 2, 0)
    ones, covariance = right[..., 1], right[..., 2]
    weight = np.einsum("pk,pk->p", ones, of_ones)
    weight = np.where(weight > 0.0, weight, np.nan)
    mean = np.einsum("pk,pk->p", ones, of_values) / weight
    dual = of_values - mean[:, None] * of_ones
    estimate = mean + np.einsum("pk,pk->p", covariance, dual)
    left = 1.0 - np.einsum("pk,pk->p", ones, of_point)
    variance = variogram.sill - np.einsum("pk,pk->p", covariance, of_point) + left**2 / weight
    return estimate, np.maximum(variance, 0.0), _gradient(variogram, lags, dual)


def _gradient(variogram, lags, dual):
    """Gradient at each point, shape (p, d), of covariances with dual weights (p, k)."""
    total = np.zeros((len(lags), lags.shape[2]))
    for structure in variogram.structures:
        matrix = structure.matrix(lags.shape[2])
        reduced = lags @ matrix.T
        steep = slope(structure.model, np.sqrt(np.square(reduced).sum(axis=2)))
        total += structure.sill * np.einsum("pk,pk,pkd->pd", dual, steep, reduced @ matrix)
    return total
