"""Transforms of skewed grades towards the normal, and the unbiased way back.

Kriging gives a normal distribution on the transformed scale. A mean there is
not a mean of the grade, so every transform takes the whole distribution back:
in closed form for the logarithm, by Gauss-Hermite quadrature for powers, and
by exact means over slices for tables of normal scores.

References
----------
Box, G. E. P. & Cox, D. R. (1964). An analysis of transformations. Journal of
the Royal Statistical Society B 26. https://doi.org/10.1111/j.2517-6161.1964.tb00553.x
Goovaerts, P. (1997). Geostatistics for Natural Resources Evaluation, section
7.2.3 (normal scores), Oxford University Press.
"""
import numpy as np
from scipy.optimize import minimize_scalar
from scipy.special import log1p, ndtri
from scipy.stats import rankdata

from ..errors import InputError
from .tableintegrals import TableIntegrals

NAMES = ("none", "log", "boxcox", "normalscore")
# A power below 0 has no finite mean on the way back, so powers start at the logarithm.
POWERS = (0.0, 3.0)
# exp() of more than this, squared, is no longer a finite number.
EXPONENT_LIMIT = 340.0
KNOTS = 1000
CHUNK = 32768
# Below this standard deviation, relative to y, the slope is taken over a step of this size instead.
SMALL_DEVIATION = 1e-5
NODES, WEIGHTS = np.polynomial.hermite_e.hermegauss(14)
WEIGHTS = WEIGHTS / WEIGHTS.sum()
# Below this standard deviation a slice is no wider than a cell, and nodes serve as well.
NARROW = 0.02


class Transform:
    """A monotone change of scale ``y = T(z)``; this one leaves values as they are.

    ``y`` and ``variance`` describe a normal distribution on the transformed
    scale, in its units and squared units. They broadcast against each other,
    and results have their common shape.
    """

    name = "none"

    def forward(self, z):
        """Transformed values, same shape as ``z``."""
        return np.array(z, dtype=float)

    def inverse(self, y):
        """Original values: the median of Z, not its mean."""
        return np.array(y, dtype=float)

    def mean(self, y, variance):
        """``E[Z]`` for ``T(Z)`` normal with mean ``y`` and this variance."""
        return np.array(np.broadcast_arrays(np.asarray(y, dtype=float), variance)[0])

    def variance(self, y, variance):
        """``Var[Z]`` in squared units of Z."""
        return np.array(np.broadcast_arrays(np.asarray(variance, dtype=float), y)[0])

    def derivative(self, y, variance):
        """Derivative of `mean` over ``y`` at a fixed variance."""
        return np.ones(np.broadcast_shapes(np.shape(y), np.shape(variance)))

    def quantile(self, y, variance, p):
        """Quantiles of Z.

        Parameters
        ----------
        y, variance : array_like
            On the transformed scale.
        p : float or array_like, shape (q,)
            Probabilities in (0, 1).

        Returns
        -------
        numpy.ndarray
            Common shape of ``y`` and ``variance``, with a leading axis of
            length q when ``p`` is a sequence.
        """
        score = ndtri(np.asarray(p, dtype=float))
        shape = np.broadcast_shapes(np.shape(y), np.shape(variance))
        score = score.reshape(score.shape + (1,) * (len(shape) if score.ndim else 0))
        return self.inverse(y + np.sqrt(np.maximum(variance, 0.0)) * score)

    def to_dict(self):
        """JSON content from which `transform_from_dict` makes the same transform."""
        return {"name": self.name}


class LogTransform(Transform):
    """Natural logarithm of ``z + shift``."""

    name = "log"

    def __init__(self, shift=0.0):
        self.shift = float(shift)

    def forward(self, z):
        return np.log(_positive(z, self.shift))

    def inverse(self, y):
        return np.exp(np.minimum(y, EXPONENT_LIMIT)) - self.shift

    def mean(self, y, variance):
        return self.derivative(y, variance) - self.shift

    def variance(self, y, variance):
        variance = np.asarray(variance, dtype=float)
        spread = np.expm1(np.minimum(variance, EXPONENT_LIMIT / 2.0))
        return np.square(np.exp(np.minimum(y + 0.5 * variance, EXPONENT_LIMIT / 2.0))) * spread

    def derivative(self, y, variance):
        return np.exp(np.minimum(np.asarray(y, dtype=float) + 0.5 * np.asarray(variance, dtype=float), EXPONENT_LIMIT))

    def to_dict(self):
        return {"name": self.name, "shift": self.shift}


class _QuadratureTransform(Transform):
    """A transform whose way back is integrated by Gauss-Hermite quadrature."""

    def mean(self, y, variance):
        return _in_chunks(lambda y, s: _moments(self.inverse, y, s)[0], y, variance)

    def variance(self, y, variance):
        return _in_chunks(lambda y, s: _moments(self.inverse, y, s)[1], y, variance)

    def derivative(self, y, variance):
        return _in_chunks(lambda y, s: _slope(self.inverse, y, s), y, variance)


class BoxCoxTransform(_QuadratureTransform):
    """Power transform ``((z + shift)^power - 1) / power`` with a power above 0."""

    name = "boxcox"

    def __init__(self, power, shift=0.0):
        self.power, self.shift = float(power), float(shift)

    def forward(self, z):
        return np.expm1(self.power * np.log(_positive(z, self.shift))) / self.power

    def inverse(self, y):
        # Below -1/power lies no value at all: those belong to the lower end.
        root = np.maximum(self.power * np.asarray(y, dtype=float), -1.0)
        with np.errstate(divide="ignore"):
            exponent = log1p(root) / self.power
        return np.exp(np.minimum(exponent, EXPONENT_LIMIT)) - self.shift

    def to_dict(self):
        return {"name": self.name, "power": self.power, "shift": self.shift}


class NormalScoreTransform(Transform):
    """Monotone table between values and normal scores, straight between its knots.

    Parameters
    ----------
    values, scores : array_like, shape (k,)
        Increasing knots. Beyond the last ones the scale is constant, so
        results stay within the table.
    """

    name = "normalscore"

    def __init__(self, values, scores):
        self.values, self.scores = np.asarray(values, dtype=float), np.asarray(scores, dtype=float)
        self._integrals = None

    def mean(self, y, variance):
        return self._integrate(lambda y, s: _moments(self.inverse, y, s)[0], TableIntegrals.mean, y, variance)

    def variance(self, y, variance):
        return self._integrate(lambda y, s: _moments(self.inverse, y, s)[1], TableIntegrals.variance, y, variance)

    def derivative(self, y, variance):
        return self._integrate(lambda y, s: _slope(self.inverse, y, s), TableIntegrals.derivative, y, variance)

    def _integrate(self, narrow, wide, y, variance):
        """``narrow`` where the distribution is, otherwise ``wide``, which averages the steps of the table."""
        if self._integrals is None and self.values.size > 1:
            self._integrals = TableIntegrals(self.values, self.scores)

        def function(y, deviation):
            chosen = deviation > NARROW if self._integrals is not None else np.zeros(y.size, dtype=bool)
            result = np.empty(y.size)
            if not chosen.all():
                result[~chosen] = narrow(y[~chosen], deviation[~chosen])
            if chosen.any():
                result[chosen] = wide(self._integrals, y[chosen], deviation[chosen])
            return result

        return _in_chunks(function, y, variance)

    def forward(self, z):
        return np.interp(z, self.values, self.scores)

    def inverse(self, y):
        return np.interp(y, self.scores, self.values)

    def to_dict(self):
        return {"name": self.name, "values": self.values.tolist(), "scores": self.scores.tolist()}


def fit_transform(name, values):
    """Transform of this name whose parameters suit the values.

    Where the logarithm or a power meets values that are not above zero, all
    values are first shifted by half the smallest positive value less the
    minimum, so that the least becomes that half.

    Parameters
    ----------
    name : str
        One of `NAMES`.
    values : array_like, shape (n,)
        Finite values.

    Returns
    -------
    Transform

    Raises
    ------
    InputError
        The name is unknown, or no value is above zero where that is needed.
    """
    values = np.asarray(values, dtype=float).ravel()
    if name not in NAMES:
        raise InputError(f"There is no transform '{name}': use one of {', '.join(NAMES)}.")
    if values.size == 0:
        raise InputError("The field holds no values: a transform needs at least one.")
    if name == "none":
        return Transform()
    if name == "normalscore":
        return _normal_scores(values)
    shift = _shift(values)
    power = _power(values + shift) if name == "boxcox" else 0.0
    # Powers this small are the logarithm to within rounding of the quadrature.
    return BoxCoxTransform(power, shift) if power > 0.01 else LogTransform(shift)


def transform_from_dict(content):
    """Transform of the content written by ``to_dict``.

    Raises
    ------
    InputError
        The content names no transform, or lacks one of its parameters.
    """
    name = content.get("name") if isinstance(content, dict) else None
    try:
        if name == "log":
            return LogTransform(content["shift"])
        if name == "boxcox":
            return BoxCoxTransform(content["power"], content["shift"])
        if name == "normalscore":
            return NormalScoreTransform(content["values"], content["scores"])
    except (KeyError, TypeError, ValueError) as error:
        raise InputError(f"The parameters of the transform '{name}' cannot be read ({error}): fit it again.") from error
    if name != "none":
        raise InputError(f"There is no transform '{name}': use one of {', '.join(NAMES)}.")
    return Transform()


def _positive(z, shift):
    """Shifted values, once they are known to be above zero."""
    shifted = np.asarray(z, dtype=float) + shift
    if np.any(shifted <= 0.0):
        raise InputError(f"The field holds values of {-shift:g} or less, which its transform cannot take: "
                         "fit the transform to all samples.")
    return shifted


def _shift(values):
    """What has to be added so that every value is above zero."""
    low = values.min()
    if low > 0.0:
        return 0.0
    positive = values[values > 0.0]
    if positive.size == 0:
        raise InputError("The field holds no value above zero, which log and Box-Cox need: "
                         "use no transform or normal score.")
    return float(0.5 * positive.min() - low)


def _power(positive):
    """Power of the Box-Cox transform by maximum likelihood."""
    logs = np.log(positive)
    logs = logs - logs.mean()
    if np.ptp(logs) == 0.0:
        return 1.0

    def misfit(power):
        scaled = np.expm1(power * logs) / power if power > 1e-8 else logs
        return np.log(scaled.var())

    # With logs centred the Jacobian of the likelihood vanishes.
    return float(minimize_scalar(misfit, bounds=POWERS, method="bounded").x)


def _normal_scores(values):
    """Table of normal scores; equal values share their mean rank."""
    knots, first = np.unique(values, return_index=True)
    scores = ndtri((rankdata(values)[first] - 0.5) / values.size)
    if knots.size > KNOTS:
        wanted = np.searchsorted(scores, np.linspace(scores[0], scores[-1], KNOTS))
        keep = np.unique(np.clip(wanted, 0, knots.size - 1))
        knots, scores = knots[keep], scores[keep]
    return NormalScoreTransform(*_with_tails(knots, scores))


def _with_tails(knots, scores):
    """The table with one knot beyond each end, as far as the last tenth of the scores suggests."""
    if knots.size < 2:
        return knots, scores
    reach = 0.5 * min(1.0, scores[-1] - scores[0])
    lower = knots[0] - (np.interp(scores[0] + reach, scores, knots) - knots[0])
    upper = knots[-1] + (knots[-1] - np.interp(scores[-1] - reach, scores, knots))
    if knots[0] >= 0.0:
        lower = max(lower, 0.0)
    if lower < knots[0]:
        knots, scores = np.r_[lower, knots], np.r_[scores[0] - reach, scores]
    if upper > knots[-1]:
        knots, scores = np.r_[knots, upper], np.r_[scores, scores[-1] + reach]
    return knots, scores


def _in_chunks(function, y, variance):
    """``function(y, deviation)`` over broadcast arrays, a bounded number of cells at a time."""
    y, variance = np.broadcast_arrays(np.asarray(y, dtype=float), np.asarray(variance, dtype=float))
    deviation = np.sqrt(np.maximum(variance, 0.0)).ravel()
    flat, result = y.ravel(), np.empty(y.size)
    for start in range(0, flat.size, CHUNK):
        part = slice(start, start + CHUNK)
        result[part] = function(flat[part], deviation[part])
    return result.reshape(y.shape)


def _moments(inverse, y, deviation):
    """Mean and variance of ``inverse(Y)``."""
    values = inverse(y + NODES[:, None] * deviation)
    mean = WEIGHTS @ values
    return mean, WEIGHTS @ np.square(values - mean)


def _slope(inverse, y, deviation):
    """Derivative of the mean of ``inverse(Y)`` over ``y``, by Stein's identity.

    ``E[h'(Y)] = E[h(Y) (Y - y)] / variance`` needs no derivative of ``h``,
    which a table does not have at its knots.
    """
    step = np.maximum(deviation, SMALL_DEVIATION * np.maximum(np.abs(y), 1.0))
    return (WEIGHTS * NODES) @ inverse(y + NODES[:, None] * step) / step
