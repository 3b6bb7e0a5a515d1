"""Vector quantities of grade gradients and the flux they drive.

Gradients are arrays (..., d) with components east, north (and up) in units of
the field per metre. Places without a gradient (NaN) stay so.

References
----------
Rice, S. O. (1945). Mathematical analysis of random noise. Bell System
Technical Journal 24, 46-156. https://doi.org/10.1002/j.1538-7305.1945.tb00453.x
"""
from dataclasses import dataclass
from functools import cache

import numpy as np
from scipy.special import gammaln, hyp1f1

# Above this ratio of magnitude to standard deviation the first-order formula is used as it is.
FIRST_ORDER = 1000.0


def magnitude(gradient):
    """Length of the gradient, shape (...), units of the field per metre."""
    return np.sqrt(np.einsum("...a,...a->...", gradient, gradient))


def azimuth(gradient):
    """Horizontal direction in which the grade rises.

    Returns
    -------
    numpy.ndarray, shape (...)
        Degrees clockwise from north, from 0 to below 360; NaN where the
        gradient has no horizontal part.
    """
    east, north = np.asarray(gradient[..., 0], dtype=float), np.asarray(gradient[..., 1], dtype=float)
    angle = np.degrees(np.arctan2(east, north)) % 360.0
    # A tiny negative angle rounds up to 360, in single precision sooner.
    angle = np.where(np.asarray(angle, dtype=np.float32) >= 360.0, 0.0, angle)
    return np.where((east == 0.0) & (north == 0.0), np.nan, angle)


def plunge(gradient):
    """Angle of the direction of rising grade to the horizontal.

    Returns
    -------
    numpy.ndarray, shape (...)
        Degrees, negative downwards like the dip of a hole: -90 where the
        grade rises straight down, +90 straight up; NaN where there is no
        gradient.
    """
    gradient = np.asarray(gradient, dtype=float)
    level = np.hypot(gradient[..., 0], gradient[..., 1])
    angle = np.degrees(np.arctan2(gradient[..., 2], level))
    return np.where((level == 0.0) & (gradient[..., 2] == 0.0), np.nan, angle)


def magnitude_sd(gradient, sd):
    """Standard deviation of the magnitude of an uncertain gradient.

    Where the gradient stands out from its uncertainty this is the first-order
    (delta) formula, the uncertainty along the gradient. Near zero the
    magnitude cannot be negative and follows a Rice distribution, whose
    standard deviation is about two thirds of it.

    Parameters
    ----------
    gradient, sd : numpy.ndarray, shape (..., d)
        Mean and standard deviation of the components.

    Returns
    -------
    numpy.ndarray, shape (...)
        Infinite where ``sd`` is.
    """
    gradient, variance = np.asarray(gradient, dtype=float), np.asarray(sd, dtype=float) ** 2
    with np.errstate(invalid="ignore", divide="ignore"):
        squares = gradient**2 + variance
        total = squares.sum(axis=-1)
        # Weighted by the expected squares of the components; tends to the first-order formula.
        along = np.where(total > 0.0, (variance * squares).sum(axis=-1) / total, 0.0)
        ratio = np.where(along > 0.0, magnitude(gradient) / np.sqrt(along), np.inf)
        table = _rice_table(gradient.shape[-1])
        shrunk = np.sqrt(along) * np.interp(ratio, *table)
    shrunk = np.where(np.isinf(variance).any(axis=-1), np.inf, shrunk)
    return np.where(np.isnan(gradient).any(axis=-1) | np.isnan(variance).any(axis=-1), np.nan, shrunk)


@cache
def _rice_table(dimensions):
    """Ratios of length to component sd, and the sd of the length for a unit sd."""
    ratio = np.concatenate([np.linspace(0.0, 20.0, 2000, endpoint=False), np.geomspace(20.0, FIRST_ORDER, 100)])
    half = dimensions / 2.0
    factor = np.sqrt(2.0) * np.exp(gammaln(half + 0.5) - gammaln(half))
    mean = factor * hyp1f1(-0.5, half, -0.5 * ratio**2)
    sd = np.sqrt(dimensions + ratio**2 - mean**2)
    sd[-1] = 1.0
    return ratio, sd


def significance(gradient, sd):
    """Magnitude of the gradient over its standard deviation, shape (...).

    Parameters
    ----------
    gradient, sd : numpy.ndarray, shape (..., d)
    """
    length, doubt = magnitude(gradient), magnitude_sd(gradient, sd)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where((length == 0.0) & (doubt == 0.0), 0.0, length / doubt)


def vector_quantities(gradient, sd=None):
    """The named quantities of a gradient map.

    Parameters
    ----------
    gradient : numpy.ndarray, shape (..., d)
    sd : numpy.ndarray, shape (..., d), optional
        Standard deviations of the components.

    Returns
    -------
    dict
        ``magnitude``, ``azimuth``, ``plunge`` (3-D) and, with ``sd``,
        ``magnitude_sd`` and ``significance``, each (...).
    """
    result = {"magnitude": magnitude(gradient), "azimuth": azimuth(gradient)}
    if gradient.shape[-1] == 3:
        result["plunge"] = plunge(gradient)
    if sd is not None:
        result["magnitude_sd"] = magnitude_sd(gradient, sd)
        result["significance"] = significance(gradient, sd)
    return result


def flux(gradient, diffusivity):
    """Flux ``J = -D grad E``, which points to where the grade falls.

    Parameters
    ----------
    gradient : numpy.ndarray, shape (p, d) or (p, m, d)
    diffusivity : float or array_like
        One number, one per place (p,), one per place and component (p, d) or
        one tensor per place (p, d, d).

    Returns
    -------
    numpy.ndarray
        As ``gradient``.
    """
    gradient, diffusivity = np.asarray(gradient, dtype=float), np.asarray(diffusivity, dtype=float)
    fields = (1,) * (gradient.ndim - 2)
    if diffusivity.ndim == 3:
        shape = diffusivity.shape[:1] + fields + diffusivity.shape[1:]
        return -np.einsum("...ab,...b->...a", diffusivity.reshape(shape), gradient)
    if diffusivity.ndim == 2:
        return -diffusivity.reshape(diffusivity.shape[:1] + fields + diffusivity.shape[1:]) * gradient
    if diffusivity.ndim == 1:
        return -diffusivity.reshape((-1, 1, *fields)) * gradient
    return -diffusivity * gradient


@dataclass(frozen=True)
class Change:
    """What a conformation changed against plain kriging.

    Attributes
    ----------
    difference : numpy.ndarray
        Conformed less plain.
    relative : float
        Root mean square of the difference over that of the plain field, its
        mean taken off for a grade; NaN where nothing can be compared.
    """

    difference: np.ndarray
    relative: float


def change(conformed, plain, vector=False):
    """Change of a grade (p, ...) or, with ``vector``, of a gradient or flux (p, ..., d).

    Returns
    -------
    Change
    """
    difference = np.asarray(conformed, dtype=float) - np.asarray(plain, dtype=float)
    known = np.isfinite(difference)
    if not known.any():
        return Change(difference, np.nan)
    base = np.asarray(plain, dtype=float)[known]
    base = base if vector else base - base.mean()
    size = np.sqrt(np.mean(base**2))
    rms = np.sqrt(np.mean(difference[known] ** 2))
    return Change(difference, float(rms / size) if size > 0.0 else (0.0 if rms == 0.0 else np.inf))
