"""Kriging in its dual form: one factorisation for all fields, exact gradients.

The covariance matrix of the samples is factored once; each field then needs
one vector of dual weights, and an estimate is a weighted sum of covariances.
The gradient of the estimate is the same sum over the slopes of the
covariance.

References
----------
Chiles, J.-P. & Delfiner, P. (2012). Geostatistics: Modeling Spatial
Uncertainty, 2nd ed., sections 3.3 to 3.5. https://doi.org/10.1002/9781118136188
Rasmussen, C. E. & Williams, C. K. I. (2006). Gaussian Processes for Machine
Learning, sections 2.7 and 9.4. https://doi.org/10.7551/mitpress/3206.001.0001
"""
from dataclasses import dataclass
from typing import Optional

import numpy as np
from scipy.linalg import cho_factor, cho_solve
from scipy.spatial import cKDTree

from .drift import Drift
from .kernels import Kernel, single_blas
from .system import check_drift, check_samples, factorised, sample_noise

COINCIDENT = 1e-6
CELLS = 4096
SINGLE_ERROR = 2e-6


@dataclass
class Prediction:
    """What kriging says at p points about m fields in d dimensions.

    Attributes
    ----------
    estimate : numpy.ndarray, shape (p, m)
    variance : numpy.ndarray, shape (p,), or None
        For the given variogram; every field shares it.
    gradient : numpy.ndarray, shape (p, m, d), or None
        Per metre, of the field without its nugget.
    gradient_variance : numpy.ndarray, shape (p, d), or None
        Of each component; infinite where the field has no derivative.
    """

    estimate: np.ndarray
    variance: Optional[np.ndarray] = None
    gradient: Optional[np.ndarray] = None
    gradient_variance: Optional[np.ndarray] = None


class DualKriging:
    """Simple, ordinary or universal kriging of fields that share a variogram.

    Parameters
    ----------
    variogram : Variogram
    drift : str
        "constant" (ordinary kriging), "linear" (universal) or "none" (simple).
    mean : float or numpy.ndarray, shape (m,), optional
        The known mean of simple kriging.
    exact : bool
        Whether a target on a sample gets the sample's value and no variance;
        otherwise the nugget is filtered out there as elsewhere.
    single : bool
        Compute variances in single precision where their error stays below
        2e-6 of the sill.
    use_compiled : bool, optional
        See `kernels.Kernel`.
    """

    def __init__(self, variogram, drift="constant", mean=None, exact=True, single=False, use_compiled=None):
        check_drift(drift, mean)
        self.variogram, self.drift, self.mean = variogram, drift, mean
        self.exact, self.single, self.use_compiled = exact, single, use_compiled

    def fit(self, coordinates, values, counts=None):
        """Factor the covariances and solve for the dual weights.

        Parameters
        ----------
        coordinates : numpy.ndarray, shape (n, d)
            Metres.
        values : numpy.ndarray, shape (n, m) or (n,)
        counts : numpy.ndarray, shape (n,), optional
            How many coincident samples each one is the mean of; the nugget is
            divided by it.

        Returns
        -------
        DualKriging

        Raises
        ------
        InputError
            No samples, values that are not numbers, coincident samples
            without a nugget, or covariances that cannot be factored.
        """
        self.coordinates = np.array(coordinates, dtype=float, ndmin=2)
        values = np.array(values, dtype=float)
        self.values = values[:, None] if values.ndim == 1 else values
        self.counts = np.ones(len(self.coordinates)) if counts is None else np.asarray(counts, dtype=float)
        check_samples(self.coordinates, self.values, self.variogram)
        self.kernel = Kernel(self.variogram, self.coordinates, self.use_compiled)
        self.trend = Drift(self.drift, self.coordinates)
        self.note = self.trend.note
        self.noise = sample_noise(self.variogram, self.counts)
        with single_blas():
            self._factorise()
            self._solve()
        self._sample_order = np.argsort(self.coordinates[:, 0])
        self._single_factor = None
        return self

    def _factorise(self):
        matrix = self.kernel.matrix()
        matrix[np.diag_indices_from(matrix)] += self.noise
        self.factor = factorised(matrix)

    def _solve(self):
        """Trend by generalised least squares, then the dual weights of what it leaves."""
        offset = self.mean if self.drift == "none" else self.values.mean(axis=0)
        self.offset = np.broadcast_to(np.asarray(offset, dtype=float), (self.values.shape[1],))
        columns = self.trend.columns(self.coordinates)
        self.whitened = self.factor.solve(columns.copy())
        self.residual = self.values - self.offset
        self.beta = np.zeros((self.trend.size, self.values.shape[1]))
        if self.trend.size:
            self.normal = cho_factor(self.whitened.T @ self.whitened, lower=True)
            # The second turn takes out what rounding left of a trend much larger than the residuals.
            for _ in range(2):
                step = cho_solve(self.normal, self.whitened.T @ self.factor.solve(self.residual.copy()))
                self.beta += step
                self.residual -= columns @ step
        self.weights = self.factor.solve_transposed(self.factor.solve(self.residual.copy()))

    def log_likelihood_scale(self):
        """Factors by which the variogram's sills fit each field best, shape (m,).

        The restricted maximum likelihood estimate ``y' P y / (n - p)`` of the
        scale of the covariance, for a variogram whose shape is kept.
        """
        freedom = max(len(self.values) - self.trend.size, 1)
        return np.einsum("nm,nm->m", self.residual, self.weights) / freedom

    def predict(self, points, variance=False, gradient=False, gradient_variance=False, block=None, select=None,
                check=None):
        """Estimates at points, or over blocks around them.

        Parameters
        ----------
        points : numpy.ndarray, shape (p, d)
            Metres.
        variance, gradient, gradient_variance : bool
            What to compute beside the estimate.
        block : numpy.ndarray, shape (q, d), optional
            Offsets in metres of the points whose mean stands for a block. The
            nugget averages out over a block, so its variance is left out.
        select : numpy.ndarray of int, optional
            The samples within range of all the points, see `Kernel.near`.
        check : callable, optional
            Called now and then; may raise to stop.

        Returns
        -------
        Prediction
        """
        points = np.array(points, dtype=float, ndmin=2)
        offsets = np.zeros((1, points.shape[1])) if block is None else np.asarray(block, dtype=float)
        result = Prediction(np.empty((len(points), self.values.shape[1])))
        if gradient:
            result.gradient = np.empty((*result.estimate.shape, points.shape[1]))
        step = max(CELLS // len(offsets), 1)
        for start in range(0, len(points), step):
            if check:
                check()
            self._estimate(points, slice(start, start + step), offsets, select, result)
        if variance:
            result.variance = self._variances(points, offsets, block is not None, check)
        if gradient_variance:
            result.gradient_variance = self._gradient_variances(points, offsets, check)
        if self.exact and block is None:
            self._reproduce(points, result)
        return result

    def _estimate(self, points, rows, offsets, select, result):
        cells = points[rows]
        every = (cells[:, None, :] + offsets).reshape(-1, cells.shape[1])
        sums, pulls = self.kernel.sums(every, self.weights, result.gradient is not None, select)
        trend = self.trend.columns(cells + offsets.mean(axis=0)) @ self.beta
        result.estimate[rows] = self.offset + trend + _block_mean(sums, len(offsets))
        if pulls is not None:
            slope = self.trend.slopes() @ self.beta
            result.gradient[rows] = _block_mean(pulls, len(offsets)) + slope.T

    def _reproduce(self, points, result):
        """Give targets that coincide with a sample its value, and no variance."""
        target, sample = self.coincidences(points)
        result.estimate[target] = self.values[sample]
        if result.variance is not None:
            result.variance[target] = 0.0

    def coincidences(self, points):
        """Indices of the points that lie on a sample, and of those samples."""
        order = self.coordinates[self._sample_order, 0]
        first = np.searchsorted(order, points[:, 0] - COINCIDENT)
        near = np.flatnonzero(order[np.minimum(first, len(order) - 1)] <= points[:, 0] + COINCIDENT)
        near = near[first[near] < len(order)]
        if not len(near):
            return near, near
        distance, sample = cKDTree(self.coordinates).query(points[near], distance_upper_bound=COINCIDENT)
        hit = np.isfinite(distance)
        return near[hit], sample[hit]

    def batch(self):
        """How many targets at once keep one step of the variance below half a second."""
        return int(np.clip(2e10 / len(self.values) ** 2, 16, 512))

    def _variances(self, points, offsets, is_block, check):
        """Kriging variance; of the mean of the filtered field for a block."""
        between = self.variogram.at(offsets[:, None, :] - offsets[None, :, :]).mean()
        prior = between if is_block else self.variogram.sill
        factor, whitened = self._precision()
        result = np.empty(len(points))
        for start in range(0, len(points), self.batch()):
            if check:
                check()
            rows = slice(start, start + self.batch())
            right = self._mean_over(self.kernel.covariance, points[rows], offsets)
            drift = self.trend.columns(points[rows] + offsets.mean(axis=0))
            result[rows] = self._posterior(prior, right, drift, factor, whitened)
        return np.maximum(result, 0.0)

    def _mean_over(self, function, points, offsets):
        total = function(points + offsets[0])
        for offset in offsets[1:]:
            total += function(points + offset)
        return total if len(offsets) == 1 else total / len(offsets)

    def _posterior(self, prior, right, drift, factor, whitened):
        """Variance of a linear functional with covariances ``right`` (n, b) and trend values ``drift`` (b, size)."""
        solved = factor.solve(right.astype(factor.lower.dtype, copy=False))
        known = factor.squared_norms(solved)
        if not self.trend.size:
            return prior - known
        left = drift.T - whitened.T @ solved
        return prior - known + np.einsum("kb,kb->b", left, cho_solve(self.normal, left))

    def _gradient_variances(self, points, offsets, check):
        """Variance of each component of the gradient."""
        dimensions = points.shape[1]
        result = np.full(points.shape, np.inf)
        if not self.variogram.differentiable:
            return result
        lags = offsets[:, None, :] - offsets[None, :, :]
        prior = np.diag(self.variogram.gradient_covariance_at(lags).mean(axis=(0, 1)))
        slopes = self.trend.slopes()
        factor, whitened = self._precision()
        step = max(self.batch() // dimensions, 1)
        for start in range(0, len(points), step):
            if check:
                check()
            rows = slice(start, start + step)
            right = self._mean_over(self.kernel.derivatives, points[rows], offsets)
            for axis in range(dimensions):
                drift = np.broadcast_to(slopes[axis], (right.shape[2], self.trend.size))
                result[rows, axis] = self._posterior(prior[axis], right[axis], drift, factor, whitened)
        return np.maximum(result, 0.0)

    def _precision(self):
        """The factor for variances and the whitened trend in its precision."""
        if self.single and self._single_factor is None:
            self._single_factor = self._try_single()
        factor = self._single_factor if self.single else self.factor
        return factor, self.whitened.astype(factor.lower.dtype, copy=False)

    def _try_single(self):
        """The factor in single precision if it keeps the variances, the double one otherwise."""
        single = self.factor.single()
        chosen = np.linspace(0, len(self.values) - 1, min(64, len(self.values))).astype(int)
        between = 0.5 * (self.coordinates[chosen] + self.coordinates[np.roll(chosen, 1)])
        points = np.vstack([between, self.coordinates[chosen] + 0.5 * COINCIDENT])
        right, drift = self.kernel.covariance(points), self.trend.columns(points)
        exact = self._posterior(0.0, right.copy(), drift, self.factor, self.whitened)
        quick = self._posterior(0.0, right, drift, single, self.whitened.astype(np.float32))
        good = np.abs(quick - exact).max() <= SINGLE_ERROR * self.variogram.sill
        return single if good else self.factor


def _block_mean(values, count):
    """Mean over each run of ``count`` rows."""
    return values if count == 1 else values.reshape((-1, count, *values.shape[1:])).mean(axis=1)
