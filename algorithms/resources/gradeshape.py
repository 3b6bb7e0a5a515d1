"""The distribution of the grade of a cell: normal or lognormal by its moments, or a power of a normal by quantiles.

All are functions ``g(Z)`` of a standard normal ``Z``, and all keep the mean
that is given, so that metal is kept whatever the shape.

References
----------
Box, G. E. P. & Cox, D. R. (1964). An analysis of transformations.
https://doi.org/10.1111/j.2517-6161.1964.tb00553.x
Isaaks, E. H. & Srivastava, R. M. (1989). An Introduction to Applied
Geostatistics, ch. 19 (global distributions, tonnage and grade).
"""
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr

Z90 = 1.2815515655446004
MOST_SKEW = 2.5
POWERS = (0.002, 3.0)  # from almost lognormal to skewed the other way
HALVINGS = 26
LEAST = 1e-3  # of the median: a tenth percentile below this tells no power
REACH = 6.5
NODES, MASSES = np.polynomial.legendre.leggauss(20)
AT_ONCE = 8192  # cells for which powers are integrated at once
SMALL = 1e-3  # skew below which series are more precise than the closed forms


@dataclass(frozen=True)
class GradeShape:
    """Normal and lognormal distributions of n cells: ``g(Z) = location + scale (exp(skew Z) - 1) / skew``.

    A skew of 0 makes it normal, one whose lower end is 0 lognormal.

    Attributes
    ----------
    location, scale, skew : numpy.ndarray, shape (n,)
        Median, slope at the median and skew.
    """

    location: np.ndarray
    scale: np.ndarray
    skew: np.ndarray

    @classmethod
    def from_moments(cls, mean, sd, skew):
        """The shape with this mean and standard deviation, arrays (n,)."""
        mean, sd = np.asarray(mean, float), np.asarray(sd, float)
        skew = np.broadcast_to(np.asarray(skew, float), mean.shape)
        scale = sd / np.sqrt(_variance(skew))
        return cls(mean - scale * _offset(skew), scale, skew)

    def at(self, z):
        """Grade at standard normal scores ``z``, shape (..., n)."""
        straight, skew = np.abs(self.skew) < SMALL, self.skew.astype(z.dtype)
        location, scale = self.location.astype(z.dtype), self.scale.astype(z.dtype)
        if straight.all():
            return location + scale * (z + z.dtype.type(0.5) * skew * z * z)
        safe = np.where(straight, z.dtype.type(1.0), skew)
        with np.errstate(over="ignore"):
            curved = np.exp(safe * z)
        curved -= z.dtype.type(1.0)
        curved /= safe
        if straight.any():
            curved = np.where(straight, z + z.dtype.type(0.5) * skew * z * z, curved)
        return location + scale * curved

    def scores(self, cutoff):
        """Standard normal score at which the grade reaches a cut-off (a number, or (n,)); infinite beyond its ends."""
        straight = np.abs(self.skew) < 1e-9
        safe = np.where(straight, 1.0, self.skew)
        with np.errstate(divide="ignore", invalid="ignore"):
            reach = (cutoff - self.location) / self.scale
            z = np.where(straight, reach, np.log1p(np.maximum(safe * reach, -1.0)) / safe)
        return np.where(self.scale > 0.0, z, np.where(self.location > cutoff, -np.inf, np.inf))

    def partial(self, z):
        """``E[g; Z > z]``: expected grade times the chance of being above, shape (n,)."""
        s, above = self.skew, ndtr(-z)
        safe = np.where(np.abs(s) < SMALL, 1.0, s)
        closed = (np.exp(0.5 * safe ** 2) * ndtr(safe - z) - above) / safe
        finite = np.where(np.isfinite(z), z, 0.0)
        density = np.where(np.isfinite(z), np.exp(-0.5 * finite ** 2) / np.sqrt(2.0 * np.pi), 0.0)
        series = density + 0.5 * s * (above + finite * density)
        return self.location * above + self.scale * np.where(np.abs(s) < SMALL, series, closed)


def _variance(skew):
    """Variance of ``(exp(skew Z) - 1) / skew``."""
    square = np.square(skew)
    safe = np.where(square < SMALL ** 2, 1.0, square)
    return np.where(square < SMALL ** 2, 1.0 + 1.5 * square, np.exp(safe) * np.expm1(safe) / safe)


def _offset(skew):
    """Mean of ``(exp(skew Z) - 1) / skew``."""
    safe = np.where(np.abs(skew) < SMALL, 1.0, skew)
    return np.where(np.abs(skew) < SMALL, 0.5 * skew, np.expm1(0.5 * safe ** 2) / safe)


def lognormal_skew(mean, sd):
    """Skew of the lognormal distribution with this mean and standard deviation; 0 where the mean is not positive."""
    usable = mean > 0.0
    return np.where(usable, np.sqrt(np.log1p(np.square(sd / np.where(usable, mean, 1.0)))), 0.0)


@dataclass(frozen=True)
class PowerShape:
    """Grades that are normal after a power: ``g(Z) = factor median max(1 + slope Z, 0)^(1 / power)``.

    A Bayesian model predicts grades on such a scale.

    Attributes
    ----------
    median, slope, power, factor : numpy.ndarray, shape (n,)
        The factor gives the mean its value.
    """

    median: np.ndarray
    slope: np.ndarray
    power: np.ndarray
    factor: np.ndarray

    @classmethod
    def from_quantiles(cls, mean, p10, p50, p90, shrink=1.0):
        """The shape through three quantiles and with this mean, arrays (n,).

        Cells whose quantiles do not tell a shape take their mean as certain.
        ``shrink`` multiplies the spread at an unchanged mean.
        """
        usable = (p50 > 0.0) & (p90 > p50)
        middle = np.where(usable, p50, 1.0)
        upper = np.log(np.where(usable, p90, 1.0) / middle)
        lower = np.log(np.maximum(np.where(usable, p10, 1.0) / middle, LEAST))
        power = _power(upper, lower)
        slope = np.where(usable, shrink * (np.exp(power * upper) - np.exp(power * lower)) / (2.0 * Z90), 0.0)
        plain = cls(np.where(usable, p50, mean), slope, power, np.ones(mean.shape))
        own = plain.partial(np.full(mean.shape, -np.inf))
        factor = np.where(usable & (own > 0.0), mean / np.where(own > 0.0, own, 1.0), 1.0)
        return cls(plain.median, slope, power, factor)

    def at(self, z):
        """Grade at standard normal scores ``z``, shape (..., n)."""
        base = np.maximum(z * self.slope.astype(z.dtype) + z.dtype.type(1.0), z.dtype.type(0.0))
        return (self.factor * self.median).astype(z.dtype) * base ** (1.0 / self.power).astype(z.dtype)

    def scores(self, cutoff):
        """Standard normal score at which the grade reaches a cut-off above zero; infinite without a spread."""
        middle = self.factor * self.median
        with np.errstate(divide="ignore", invalid="ignore"):
            z = ((cutoff / np.where(middle > 0.0, middle, 1.0)) ** self.power - 1.0) / self.slope
        return np.where((self.slope > 0.0) & (middle > 0.0), z, np.where(middle > cutoff, -np.inf, np.inf))

    def partial(self, z):
        """``E[g; Z > z]``: expected grade times the chance of being above, shape (n,)."""
        out = np.empty(z.shape)
        for start in range(0, z.size, AT_ONCE):
            rows = slice(start, start + AT_ONCE)
            part = PowerShape(self.median[rows], self.slope[rows], self.power[rows], self.factor[rows])
            out[rows] = part._integral(np.clip(z[rows], -REACH, REACH))
        return np.where(self.slope > 0.0, out, self.factor * self.median * ndtr(-z))

    def _integral(self, z, moment=1):
        """``E[g^moment; Z > z]`` by Gauss-Legendre quadrature."""
        half = 0.5 * (REACH - z)
        nodes = z + half * (NODES[:, None] + 1.0)
        density = np.exp(-0.5 * nodes ** 2) / np.sqrt(2.0 * np.pi)
        return half * (MASSES @ (self.at(nodes) ** moment * density))

    @property
    def sd(self):
        """Standard deviation, shape (n,)."""
        low = np.full(self.median.shape, -REACH)
        return np.sqrt(np.maximum(self._integral(low, 2) - self._integral(low) ** 2, 0.0))


def _power(upper, lower):
    """Power after which three quantiles are evenly spaced; arrays of logarithms of their ratios to the median."""
    low, high = (np.full(upper.shape, end) for end in POWERS)
    for _ in range(HALVINGS):
        middle = 0.5 * (low + high)
        wide = np.exp(middle * upper) + np.exp(middle * lower) > 2.0
        low, high = np.where(wide, low, middle), np.where(wide, middle, high)
    return 0.5 * (low + high)
