"""The scale on which a grade is learned, and the unbiased way back.

References
----------
Box, G. E. P. & Cox, D. R. (1964). An analysis of transformations. Journal of
the Royal Statistical Society B 26. https://doi.org/10.1111/j.2517-6161.1964.tb00553.x
"""
import numpy as np
from scipy.special import ndtri

from ..errors import InputError
from ..geostatistics.transforms import (
    EXPONENT_LIMIT,
    BoxCoxTransform,
    LogTransform,
    Transform,
    fit_transform,
    transform_from_dict,
)

SCALES = ("power", "log", "none")
POWER = 0.25
# Nodes enough for the moments of the power 1/4, whose way back is a polynomial of the fourth degree.
NODES, WEIGHTS = np.polynomial.hermite_e.hermegauss(7)
WEIGHTS = WEIGHTS / WEIGHTS.sum()


class TargetScale:
    """A grade on a scale where its errors are close to normal, with mean 0 and variance 1.

    Attributes
    ----------
    transform : Transform
        Of the grade.
    centre, spread : float
        Mean and standard deviation of the transformed grades.
    low : float
        No grade is below it.
    """

    def __init__(self, transform, centre, spread, low):
        self.transform, self.centre, self.spread, self.low = transform, float(centre), float(spread), float(low)

    @classmethod
    def fit(cls, values, scale="power", power=POWER):
        """Fit to grades (n,) with gaps.

        Grades of 0 and below are shifted by half the smallest positive grade
        less the minimum, where the scale needs grades above 0.

        Raises
        ------
        InputError
            No grade is above zero, all are equal, or the scale is unknown.
        """
        known = np.asarray(values, dtype=float)
        known = known[np.isfinite(known)]
        if known.size < 2 or np.ptp(known) == 0.0:
            raise InputError("The target has fewer than two different values in the training samples, so there is "
                             "nothing to learn; choose another target or more samples.")
        transform = _transform(known, scale, power)
        scaled = transform.forward(known)
        return cls(transform, scaled.mean(), scaled.std() or 1.0, min(0.0, known.min()))

    def forward(self, values):
        """Grades (n,) on the scale; gaps stay gaps, and grades below all others count as the least one."""
        values = np.array(values, dtype=float)
        least = -getattr(self.transform, "shift", -np.inf)
        if np.isfinite(least):
            values = np.where(values <= least, least + 1e-3 * max(abs(least), 1e-6), values)
        known = np.isfinite(values)
        values[known] = (self.transform.forward(values[known]) - self.centre) / self.spread
        return values

    def inverse(self, scaled):
        """Grades of places on the scale: the median, not the mean."""
        return np.maximum(self._back(np.asarray(scaled) * self.spread + self.centre), self.low)

    def moments(self, mean, variance):
        """Mean and variance of the grade where the scaled grade is normal; any shapes that go together."""
        y, v = mean * self.spread + self.centre, variance * self.spread**2
        name = self.transform.name
        if name == "none":
            return y, v + np.zeros_like(y)
        if name == "log":
            top = np.exp(np.minimum(y + 0.5 * v, EXPONENT_LIMIT / 4.0))
            return top - self.transform.shift, np.square(top) * np.expm1(np.minimum(v, EXPONENT_LIMIT / 4.0))
        deviation = np.sqrt(v)
        first, second = 0.0, 0.0
        for node, weight in zip(NODES.astype(y.dtype), WEIGHTS.astype(y.dtype)):
            value = self._back(y + node * deviation)
            first = first + weight * value
            second = second + weight * value * value
        return first, np.maximum(second - np.square(first), 0.0)

    def quantile(self, mean, variance, p):
        """Quantile of the grade at the probability p, for one normal distribution."""
        return self.inverse(mean + np.sqrt(variance) * ndtri(p))

    def place(self, cutoff):
        """Where a cut-off lies on the scale; minus infinity below all grades it knows."""
        if cutoff <= -getattr(self.transform, "shift", np.inf):
            return -np.inf
        return float((self.transform.forward(np.array([float(cutoff)]))[0] - self.centre) / self.spread)

    def _back(self, y):
        """The inverse transform, in the precision of its argument."""
        if self.transform.name == "boxcox" and self.transform.power == POWER:
            root = np.maximum(1.0 + POWER * y, 0.0)
            root = root * root
            return root * root - self.transform.shift
        if self.transform.name == "boxcox":
            power = self.transform.power
            return np.maximum(1.0 + power * y, 0.0) ** (1.0 / power) - self.transform.shift
        return self.transform.inverse(y)

    def to_dict(self):
        """JSON content from which `scale_from_dict` makes the same."""
        return {"transform": self.transform.to_dict(), "centre": self.centre, "spread": self.spread, "low": self.low}


def scale_from_dict(content):
    """`TargetScale` of the content written by ``to_dict``."""
    return TargetScale(transform_from_dict(content["transform"]), content["centre"], content["spread"], content["low"])


def _transform(known, scale, power):
    """The transform of a scale, with the shift that the grades need."""
    if scale == "none":
        return Transform()
    if scale not in SCALES:
        raise InputError(f"There is no scale '{scale}' for targets: use one of {', '.join(SCALES)}.")
    if known.max() <= 0.0:
        raise InputError("The target has no value above zero, that is above detection, in the training samples; choose "
                         "another target, or the scale 'none'.")
    shift = fit_transform("log", known).shift
    if scale == "log" or power < 0.01:
        return LogTransform(shift)
    return BoxCoxTransform(power, shift)
