"""Rough variogram by weighted least squares: the start of the likelihood search.

References
----------
Cressie, N. (1985). Fitting variogram models by weighted least squares.
Mathematical Geology 17. https://doi.org/10.1007/BF01032109
"""
import numpy as np
from scipy.optimize import least_squares

from .covariance import correlation
from .experimental import experimental_variogram, lag_edges

# Bins with fewer pairs than this are noise.
FEWEST_PAIRS = 20
EVALUATIONS = 60


def rough_fit(coordinates, values, pairs, parametrisation, centre):
    """Parameters that follow the robust experimental variograms of the main directions.

    Parameters
    ----------
    coordinates, values : numpy.ndarray, shape (n, d) and (n, m)
        Values in units of their standard deviation.
    pairs : Pairs
    parametrisation : Parametrisation
        Of one model.
    centre : float
        Typical range to start from, metres.

    Returns
    -------
    numpy.ndarray, shape (p,)
    """
    start = parametrisation.vector(np.log(centre) * np.eye(parametrisation.dimensions), 0.3)
    lags, semivariance, counts = _bins(coordinates, values, pairs)
    if len(lags) < parametrisation.size + 1:
        return start
    weight = np.sqrt(counts / counts.max())
    floor = 0.02 * max(semivariance.max(), 1e-12)

    def residuals(vector):
        theta = parametrisation.clipped(vector[:-1])
        correlogram = parametrisation.correlogram(theta)
        reduced = np.linalg.norm(lags @ correlogram.matrices[0].T, axis=1)
        model = 1.0 - (1.0 - correlogram.nugget) * correlation(parametrisation.models[0], reduced)
        model = np.exp(np.clip(vector[-1], -20.0, 20.0)) * model
        return weight * (semivariance - model) / np.maximum(model, floor)

    first = np.r_[start, np.log(np.median(semivariance) + floor)]
    found = least_squares(residuals, first, loss="soft_l1", max_nfev=EVALUATIONS)
    return parametrisation.clipped(found.x[:-1])


def _bins(coordinates, values, pairs):
    """Mean lag vectors, semivariances and pair counts of the main directions."""
    dimensions = coordinates.shape[1]
    edges = lag_edges(coordinates)
    directions = [(azimuth, 0.0) for azimuth in (0.0, 45.0, 90.0, 135.0)] + [(0.0, -90.0)] * (dimensions == 3)
    lags, semivariance, counts = [np.empty((0, dimensions))], [], []
    for azimuth, dip in directions:
        found = experimental_variogram(coordinates, values, edges, azimuth, dip, tolerance=30.0, pairs=pairs)
        keep = found.pairs >= FEWEST_PAIRS
        lags.append(found.lags[keep, None] * found.direction[:dimensions])
        semivariance.append(found.semivariance[keep])
        counts.append(found.pairs[keep])
    return np.concatenate(lags), np.concatenate(semivariance), np.concatenate(counts)
