"""Kriging system of the samples around one block of cells.

One factorisation serves all the cells of the block and all the fields. The
covariances of a few hundred cells at a time are computed once and used for
the estimate, its gradient and both variances.
"""
from dataclasses import dataclass
from functools import cached_property
from typing import Optional

import numpy as np

from . import kernels
from .drift import Drift
from .kernels import Reduced
from .system import factorised

IDENTIFIED = 1e-14  # drift directions that carry a smaller share of the information are left out
CHUNK = 512  # points whose covariances are held at once
SINGLE_NUGGET = 1e-3  # of the sill: with this much, variances in single precision err by less than 2e-6 of the sill


@dataclass(frozen=True)
class Setting:
    """What all neighbourhoods of one model share.

    Attributes
    ----------
    variogram : Variogram
    drift : str
        "constant", "linear" or "none".
    mean : numpy.ndarray, shape (m,), or None
        The known mean of simple kriging.
    offsets : numpy.ndarray, shape (q, d)
        Of the points that a value is averaged over, metres.
    is_block : bool
        Whether values are means over blocks, without the nugget's variance.
    single : bool
        Variances in single precision.
    use_compiled : bool, optional
        See `kernels.Kernel`.
    """

    variogram: object
    drift: str
    mean: Optional[np.ndarray]
    offsets: np.ndarray
    is_block: bool = False
    single: bool = False
    use_compiled: Optional[bool] = None

    @property
    def compiled(self):
        """The compiled loops, or None."""
        return None if self.use_compiled is False else kernels.compiled

    @cached_property
    def prior(self):
        """Variance of a value before any sample is known."""
        if not self.is_block:
            return self.variogram.sill
        return self.variogram.at(self.offsets[:, None, :] - self.offsets[None, :, :]).mean()

    @cached_property
    def gradient_prior(self):
        """Variance of the gradient's components before any sample is known, shape (d,)."""
        lags = self.offsets[:, None, :] - self.offsets[None, :, :]
        if not self.variogram.differentiable:
            return np.full(lags.shape[-1], np.inf)
        return np.diag(self.variogram.gradient_covariance_at(lags).mean(axis=(0, 1)))


@dataclass
class Local:
    """Kriged quantities at p points, points last; what was not asked for is None.

    Attributes
    ----------
    estimate : numpy.ndarray, shape (m, p)
    gradient : numpy.ndarray, shape (d, m, p)
    variance : numpy.ndarray, shape (p,)
    gradient_variance : numpy.ndarray, shape (d, p)
    """

    estimate: np.ndarray
    gradient: Optional[np.ndarray] = None
    variance: Optional[np.ndarray] = None
    gradient_variance: Optional[np.ndarray] = None


class Neighbourhood:
    """Factorised kriging system of a few samples.

    Parameters
    ----------
    setting : Setting
    coordinates : numpy.ndarray, shape (k, d)
    values : numpy.ndarray, shape (k, m)
    noise : numpy.ndarray, shape (k,)

    Raises
    ------
    InputError
        The covariances cannot be factored.
    """

    def __init__(self, setting, coordinates, values, noise):
        self.setting = setting
        self.trend = Drift(setting.drift, coordinates)
        self.centre = coordinates.mean(axis=0)
        self.structures = [Reduced(s, coordinates - self.centre) for s in setting.variogram.structures]
        self.factor = self._factorise(noise)
        self._solve(self.trend.columns(coordinates), values)
        self._inverse = self._moments = None

    def _factorise(self, noise):
        """Cholesky factor of the samples' covariance."""
        covariance = np.empty((noise.size, noise.size))
        for number, reduced in enumerate(self.structures):
            reduced.fill(reduced.samples, reduced.samples, covariance, None, number > 0, self.setting.compiled)
        covariance[np.diag_indices_from(covariance)] += noise
        return factorised(covariance.T)

    def _solve(self, columns, values):
        """Trend by generalised least squares, then the dual weights of what it leaves."""
        self.offset = values.mean(axis=0) if self.setting.mean is None else self.setting.mean
        self.residual = values - self.offset
        self.white = self.factor.solve(columns.copy())
        self.root = _pseudo_root(self.white.T @ self.white)
        self.beta = np.zeros((columns.shape[1], values.shape[1]))
        # The second turn takes out what rounding left of a trend much larger than the residuals.
        for _ in range(min(columns.shape[1], 2)):
            step = self.root.T @ (self.root @ (self.white.T @ self.factor.solve(self.residual.copy())))
            self.beta += step
            self.residual -= columns @ step
        self.weights = self.factor.solve_transposed(self.factor.solve(self.residual.copy()))

    def scale(self):
        """Restricted likelihood estimate of the factor on the variogram, per field, shape (m,)."""
        freedom = max(self.residual.shape[0] - self.root.shape[0], 1)
        return np.einsum("km,km->m", self.residual, self.weights) / freedom

    @property
    def moments(self):
        """Per structure, weights and weights times the samples' places, shape (k, (1 + d) m)."""
        if self._moments is None:
            self._moments = [
                np.concatenate([self.weights] + [self.weights * place[:, None] for place in _places(r, r.samples)], 1)
                for r in self.structures
            ]
        return self._moments

    def inverse(self, dtype):
        """Inverse of the Cholesky factor: one product with it is quicker than a triangular solve."""
        if self._inverse is None or self._inverse.dtype != dtype:
            self._inverse = self.factor.inverse().astype(dtype, copy=False)
        return self._inverse

    def evaluate(self, points, gradient=False, variance=False, gradient_variance=False):
        """Krige at points.

        Parameters
        ----------
        points : numpy.ndarray, shape (p, d)
            Metres.
        gradient, variance, gradient_variance : bool
            What to give besides the estimate.

        Returns
        -------
        Local
        """
        parts = [self._chunk(points[start:start + CHUNK], gradient, variance, gradient_variance)
                 for start in range(0, len(points), CHUNK)]
        return Local(*(_joined(part) for part in zip(*parts)))

    def _chunk(self, points, gradient, variance, gradient_variance):
        """Quantities in the order of `Local` at a few points."""
        offsets = self.setting.offsets
        sums = [self._sums(points - self.centre + offset, gradient, gradient_variance) for offset in offsets]
        covariance, pulls, derivatives = (_mean(part) for part in zip(*sums))
        columns, slopes = self.trend.columns(points + offsets.mean(axis=0)).T, self.trend.slopes()
        estimate = self.weights.T @ covariance.T + self.beta.T @ columns + self.offset[:, None]
        if gradient:
            pulls += (slopes @ self.beta)[:, :, None]
        dtype = np.float32 if self.setting.single else np.float64
        if variance:
            variance = self._posterior(self.setting.prior, covariance, columns, dtype)
        if gradient_variance:
            gradient_variance = np.stack([
                self._posterior(p, c, np.repeat(s[:, None], len(points), axis=1), dtype)
                for p, c, s in zip(self.setting.gradient_prior, derivatives, slopes)
            ])
        return estimate, pulls, variance, gradient_variance

    def _sums(self, local, gradient, gradient_variance):
        """Covariance (p, k), gradient without trend (d, m, p) and derivatives of the covariance (d, p, k)."""
        shape, d = (len(local), len(self.weights)), local.shape[1]
        covariance = np.empty(shape)
        pulls = np.zeros((d, self.weights.shape[1], len(local))) if gradient else None
        derivatives = np.zeros((d,) + shape) if gradient_variance else None
        slopes = np.empty(shape) if gradient or gradient_variance else None
        for number, reduced in enumerate(self.structures):
            targets = reduced.points(local)
            reduced.fill(targets, reduced.samples, covariance, slopes, number > 0, self.setting.compiled)
            places = _places(reduced, targets)
            if gradient:
                moments = (self.moments[number].T @ slopes.T).reshape(1 + d, -1, len(local))
                pulls += places[:, None, :] * moments[0] - moments[1:]
            if gradient_variance:
                _add_derivatives(places, _places(reduced, reduced.samples), slopes, derivatives)
        return covariance, pulls, derivatives

    def _posterior(self, prior, covariance, columns, dtype):
        """Variance of a linear functional with covariances (p, k) and trend columns (size, p), shape (p,)."""
        if not np.isfinite(prior):
            return np.full(len(covariance), np.inf)
        solved = covariance.astype(dtype, copy=False) @ self.inverse(dtype).T
        variance = prior - np.einsum("pk,pk->p", solved, solved).astype(float, copy=False)
        if columns.shape[0]:
            lack = self.root @ (columns - self.white.T.astype(dtype, copy=False) @ solved.T)
            variance += np.einsum("qp,qp->p", lack, lack)
        return np.maximum(variance, 0.0)


def _places(reduced, points):
    """``A' A h`` of reduced points (3, p): what a slope is multiplied with to give a gradient, shape (d, p)."""
    return reduced.matrix.T @ points[:reduced.dimensions]


def _add_derivatives(targets, samples, slopes, derivatives):
    """Add one structure's derivatives of the covariance, from its slopes (p, k), to ``derivatives`` (d, p, k)."""
    lag = np.empty_like(slopes)
    for target, sample, derivative in zip(targets, samples, derivatives):
        np.subtract.outer(target, sample, out=lag)
        lag *= slopes
        derivative += lag


def _mean(parts):
    """Mean over the points of a block; None where there are none."""
    if parts[0] is None or len(parts) == 1:
        return parts[0]
    return sum(parts) / len(parts)


def _joined(parts):
    """Chunks put together along their last axis; None where there are none."""
    if parts[0] is None or parts[0] is False:
        return None
    return parts[0] if len(parts) == 1 else np.concatenate(parts, axis=-1)


def _pseudo_root(information):
    """``R`` with ``R' R`` the inverse of a positive semi-definite matrix on its range."""
    values, vectors = np.linalg.eigh(information)
    seen = values > IDENTIFIED * values.max(initial=0.0)
    return (vectors[:, seen] / np.sqrt(values[seen])).T
