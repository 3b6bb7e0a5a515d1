"""The scale on which a grade is learned, and the unbiased way back.

References
----------
Box, G. E. P. & Cox, D. R. (1964). An analysis of transformations. Journal of
the Royal Statistical Society B 26. https://doi.org/10.1111/j.2517-6161.1964.tb00553.x
"""
import numpy as np
from scipy.special import ndtr, ndtri

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
HEADROOM = 1.0  # standard deviations of the scaled grades; no grade is so far above the highest one that was seen
# Nodes enough for the moments of the power 1/4, whose way back is a polynomial of the fourth degree.
NODES, WEIGHTS = np.polynomial.hermite_e.hermegauss(7)
WEIGHTS = WEIGHTS / WEIGHTS.sum()


class TargetScale:
    """A grade on a scale where its errors are close to normal, with mean 0 and variance 1.

    The tail of a normal distribution on that scale has no end, and that of a
    logarithm or a small power may hold most of the mean where the variance is
    large. Grades are therefore bounded on the way back: the mean is that of
    the same distribution as the quantiles, and no higher than the bound.

    Attributes
    ----------
    transform : Transform
        Of the grade.
    centre, spread : float
        Mean and standard deviation of the transformed grades.
    low, high : float
        No grade is below or above; what lies beyond counts as these.
    """

    def __init__(self, transform, centre, spread, low, high=np.inf):
        self.transform, self.centre, self.spread = transform, float(centre), float(spread)
        self.low, self.high = float(low), float(high)

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
        spread = scaled.std() or 1.0
        found = cls(transform, scaled.mean(), spread, min(0.0, known.min()))
        found.high = found.above(known.max())
        return found

    def above(self, highest):
        """The bound that a highest grade gives."""
        place = self.transform.forward(np.array([highest])) if np.isfinite(highest) else np.full(1, -np.inf)
        return float(self._back(place + HEADROOM * self.spread)[0])

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
        return self._bounded(self._back(np.asarray(scaled) * self.spread + self.centre))

    def moments(self, mean, variance):
        """Mean and variance of the grade where the scaled grade is normal; any shapes that go together."""
        y, v = mean * self.spread + self.centre, variance * self.spread**2
        if self.transform.name == "none":  # what is cut off at one end is no reason to raise the mean
            return np.clip(y, self.low, self.high), v + np.zeros_like(y)
        if self.transform.name == "log":
            return self._log_moments(y, v)
        deviation = np.sqrt(v)
        first, second = 0.0, 0.0
        highest = self._back((y + NODES[-1] * deviation).max(initial=0.0))
        bounded = highest > self.high or self.low > -self.transform.shift
        for node, weight in zip(NODES.astype(y.dtype), WEIGHTS.astype(y.dtype)):
            value = self._back(y + node * deviation)
            if bounded:  # which many places are not, and the way back is most of the work
                value = self._bounded(value)
            first = first + weight * value
            second = second + weight * value * value
        return first, np.maximum(second - np.square(first), 0.0)

    def _log_moments(self, y, v):
        """The same in closed form where the scale is logarithmic."""
        kind, shift = y.dtype, self.transform.shift
        y, v = np.asarray(y, dtype=float), np.asarray(v, dtype=float)
        deviation, low, high = np.sqrt(v), self.low + shift, self.high + shift
        with np.errstate(divide="ignore"):
            below, above = (np.log(low) - y) / deviation, (np.log(high) - y) / deviation
        ends = ndtr(below), ndtr(-above)

        def moment(order):
            # where hardly anything lies between the bounds, its share is 0 sooner than the power is infinite
            inner = np.exp(np.minimum(order * y + 0.5 * order**2 * v, EXPONENT_LIMIT))
            inner *= ndtr(above - order * deviation) - ndtr(below - order * deviation)
            return (low**order * ends[0] if low > 0.0 else 0.0) + inner + (
                high**order * ends[1] if np.isfinite(high) else 0.0)

        first = moment(1)
        return (first - shift).astype(kind), np.maximum(moment(2) - np.square(first), 0.0).astype(kind)

    def quantile(self, mean, variance, p):
        """Quantile of the grade at the probability p, for one normal distribution."""
        return self.inverse(mean + np.sqrt(variance) * ndtri(p))

    def place(self, cutoff):
        """Where a cut-off lies on the scale; minus infinity below all grades it knows, infinity above them."""
        if cutoff <= -getattr(self.transform, "shift", np.inf):
            return -np.inf
        if cutoff >= self.high:
            return np.inf
        return float((self.transform.forward(np.array([float(cutoff)]))[0] - self.centre) / self.spread)

    def _bounded(self, grades):
        """Grades within the bounds, in the same array where it can be."""
        return np.clip(grades, self.low, self.high, out=grades if isinstance(grades, np.ndarray) else None)

    def _back(self, y):
        """The inverse transform, in the precision of its argument."""
        if self.transform.name == "boxcox" and self.transform.power == POWER:
            root = np.maximum(1.0 + POWER * y, 0.0)
            root = root * root
            return root * root - self.transform.shift
        if self.transform.name == "boxcox":
            power = self.transform.power
            return np.maximum(1.0 + power * y, 0.0) ** (1.0 / power) - self.transform.shift
        if self.transform.name == "none":
            return y
        return self.transform.inverse(y)

    def to_dict(self):
        """JSON content from which `scale_from_dict` makes the same."""
        return {"transform": self.transform.to_dict(), "centre": self.centre, "spread": self.spread, "low": self.low,
                "high": self.high}


def scale_from_dict(content):
    """`TargetScale` of the content written by ``to_dict``."""
    return TargetScale(transform_from_dict(content["transform"]), content["centre"], content["spread"], content["low"],
                       content["high"])


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
