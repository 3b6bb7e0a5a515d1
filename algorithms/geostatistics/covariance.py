"""Covariance models, geometric anisotropy and nested sums.

Distances are reduced by the practical range, so that ``r = 1`` is the range
along each axis of the anisotropy ellipsoid. Spherical, exponential and
Gaussian models are scaled as in PyKrige; the Matern models reach 95 % of
their sill at ``r = 1`` and the cubic model all of it.

References
----------
Chiles, J.-P. & Delfiner, P. (2012). Geostatistics: Modeling Spatial
Uncertainty, 2nd ed., section 2.5. https://doi.org/10.1002/9781118136188
Deutsch, C. V. & Journel, A. G. (1998). GSLIB, 2nd ed., section II.3
(rotation angles).
"""
import dataclasses
import json
import math
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from ..errors import InputError

MODELS = ("spherical", "exponential", "gaussian", "matern15", "matern25", "cubic")
DIFFERENTIABLE = ("gaussian", "matern15", "matern25", "cubic")
COMPACT = ("spherical", "cubic")
# Reduced distance s = factor * r at which each model is written in its plain form.
FACTOR = {
    "spherical": 1.0,
    "exponential": 3.0,
    "gaussian": 7.0 / 4.0,
    "matern15": 4.743864518390578,
    "matern25": 5.918649346310187,
    "cubic": 1.0,
}


def correlation(model, r):
    """Correlation at the reduced distance ``r`` (1 at 0; any shape)."""
    s = FACTOR[model] * np.asarray(r, dtype=float)
    if model == "spherical":
        s = np.minimum(s, 1.0)
        return 1.0 - s * (1.5 - 0.5 * s * s)
    if model == "exponential":
        return np.exp(-s)
    if model == "gaussian":
        return np.exp(-s * s)
    if model == "matern15":
        return (1.0 + s) * np.exp(-s)
    if model == "matern25":
        return (1.0 + s + s * s / 3.0) * np.exp(-s)
    s = np.minimum(s, 1.0)
    return 1.0 - s * s * (7.0 - s * (8.75 - s * s * (3.5 - 0.75 * s * s)))


def slope(model, r):
    """First derivative of the correlation over ``r``: ``rho'(r) / r``.

    The gradient of ``rho(|A h|)`` is ``slope * A.T A h``. It is finite at the
    origin for the models in `DIFFERENTIABLE`; for the others it is set to 0
    there, where their field has no derivative.
    """
    r = np.asarray(r, dtype=float)
    a = FACTOR[model]
    s = a * r
    if model == "gaussian":
        return -2.0 * a * a * np.exp(-s * s)
    if model == "matern15":
        return -a * a * np.exp(-s)
    if model == "matern25":
        return -a * a / 3.0 * (1.0 + s) * np.exp(-s)
    if model == "cubic":
        t = np.minimum(s, 1.0)
        return np.where(s < 1.0, -14.0 + t * (26.25 - t * t * (17.5 - 5.25 * t * t)), 0.0)
    safe = np.where(r > 0.0, r, 1.0)
    if model == "exponential":
        return np.where(r > 0.0, -a * np.exp(-s) / safe, 0.0)
    return np.where((r > 0.0) & (r < 1.0), -1.5 * (1.0 - r * r) / safe, 0.0)


def bend(model, r):
    """First derivative of `slope` over ``r``: ``slope'(r) / r``, for the models in `DIFFERENTIABLE`.

    The covariance of the gradients of two points is
    ``-(slope * A.T A + bend * A.T u u.T A)`` with ``u = A h``; at the origin,
    where ``u`` vanishes, 0 stands for the last factor.
    """
    r = np.asarray(r, dtype=float)
    a = FACTOR[model]
    s = a * r
    safe = np.where(r > 0.0, s, 1.0)
    if model == "gaussian":
        value = 4.0 * np.exp(-s * s)
    elif model == "matern15":
        value = np.exp(-s) / safe
    elif model == "matern25":
        value = np.exp(-s) / 3.0
    else:
        value = np.where(s < 1.0, 26.25 / safe - 52.5 * s + 26.25 * s ** 3, 0.0)
    return np.where(r > 0.0, a ** 4 * value, 0.0)


def curvature(model):
    """Minus the second derivative of the correlation at 0 (infinite where there is none)."""
    if model not in DIFFERENTIABLE:
        return math.inf
    return -float(slope(model, 0.0))


def rotation(azimuth, dip=0.0, rake=0.0, dimensions=3):
    """Rows are the unit vectors of the major, semi-major and minor axis.

    Parameters
    ----------
    azimuth : float
        Of the major axis, degrees clockwise from north.
    dip : float
        Of the major axis, degrees, negative downwards.
    rake : float
        Turn about the major axis, degrees, as the third angle of GSLIB.
    dimensions : int
        2 or 3; in two dimensions only the azimuth counts.

    Returns
    -------
    numpy.ndarray, shape (dimensions, dimensions)
    """
    alpha, beta, theta = np.radians([90.0 - azimuth, -dip, rake])
    if dimensions == 2:
        return np.array([[math.cos(alpha), math.sin(alpha)], [-math.sin(alpha), math.cos(alpha)]])
    ca, sa, cb, sb, ct, st = (f(v) for v in (alpha, beta, theta) for f in (math.cos, math.sin))
    return np.array([
        [cb * ca, cb * sa, -sb],
        [-ct * sa + st * sb * ca, ct * ca + st * sb * sa, st * cb],
        [st * sa + ct * sb * ca, -st * ca + ct * sb * sa, ct * cb],
    ])


@dataclass(frozen=True)
class Structure:
    """One nested structure of a variogram.

    Parameters
    ----------
    model : str
        One of `MODELS`.
    sill : float
        Contribution to the variance, in squared units of the field.
    ranges : tuple of float
        Practical ranges in metres along major, semi-major and minor axis; a
        missing one equals the one before it.
    azimuth, dip, rake : float
        Degrees, see `rotation`.
    """

    model: str
    sill: float
    ranges: tuple
    azimuth: float = 0.0
    dip: float = 0.0
    rake: float = 0.0

    def matrix(self, dimensions):
        """``A`` with ``r = |A h|``, shape (dimensions, dimensions), per metre."""
        ranges = (list(self.ranges) + [self.ranges[-1]] * 3)[:dimensions]
        axes = rotation(self.azimuth, self.dip, self.rake, dimensions)
        return axes / np.asarray(ranges, dtype=float)[:, None]


@dataclass(frozen=True)
class Variogram:
    """Nugget plus nested structures, as in the variogram file.

    Parameters
    ----------
    nugget : float
        Squared units of the field.
    structures : tuple of Structure
    field, unit, transform : str
        What the variogram describes, and on which scale.
    transform_parameters : dict
        Parameters of the transform, empty when it has none.
    """

    nugget: float
    structures: tuple
    field: str = ""
    unit: str = ""
    transform: str = "none"
    transform_parameters: dict = dataclasses.field(default_factory=dict, compare=False)

    @property
    def partial_sill(self):
        """Variance without the nugget."""
        return sum(s.sill for s in self.structures)

    @property
    def sill(self):
        """Whole variance, nugget included."""
        return self.nugget + self.partial_sill

    @property
    def differentiable(self):
        """Whether the field without its nugget has a gradient."""
        return all(s.model in DIFFERENTIABLE for s in self.structures)

    def covariance(self, a, b):
        """Covariance without the nugget between points ``a`` (n, d) and ``b`` (m, d), shape (n, m)."""
        lags = np.asarray(a, dtype=float)[:, None, :] - np.asarray(b, dtype=float)[None, :, :]
        return self.at(lags)

    def at(self, lags):
        """Covariance without the nugget at lag vectors (..., d) in metres."""
        total = np.zeros(lags.shape[:-1])
        for structure in self.structures:
            reduced = lags @ structure.matrix(lags.shape[-1]).T
            r = np.sqrt(np.einsum("...i,...i->...", reduced, reduced))
            total += structure.sill * correlation(structure.model, r)
        return total

    def gradient_covariance(self, dimensions):
        """Prior covariance of the gradient of the field without its nugget, (d, d).

        Infinite where the field has no derivative.
        """
        if not self.differentiable:
            return np.full((dimensions, dimensions), math.inf)
        return self.gradient_covariance_at(np.zeros(dimensions))

    def gradient_covariance_at(self, lags):
        """Covariance of the gradients of two points at lag vectors (..., d), shape (..., d, d).

        For variograms whose field has a derivative.
        """
        dimensions = lags.shape[-1]
        total = np.zeros((*lags.shape, dimensions))
        for structure in self.structures:
            matrix = structure.matrix(dimensions)
            reduced = lags @ matrix.T
            r = np.sqrt(np.einsum("...i,...i->...", reduced, reduced))[..., None, None]
            pull = reduced @ matrix
            total -= structure.sill * (slope(structure.model, r) * (matrix.T @ matrix)
                                       + bend(structure.model, r) * pull[..., :, None] * pull[..., None, :])
        return total

    def scaled(self, factor):
        """The same correlogram with every variance multiplied by ``factor``."""
        structures = tuple(replace(s, sill=s.sill * factor) for s in self.structures)
        return replace(self, nugget=self.nugget * factor, structures=structures)

    def to_dict(self):
        """The content of a variogram file."""
        content = {
            "schema": 1, "field": self.field, "unit": self.unit, "transform": self.transform, "nugget": self.nugget,
            "structures": [
                {"model": s.model, "sill": s.sill, "ranges": list(s.ranges),
                 "azimuth": s.azimuth, "dip": s.dip, "rake": s.rake}
                for s in self.structures
            ],
        }
        if self.transform_parameters:
            content["transform_parameters"] = self.transform_parameters
        return content

    def write(self, path):
        """Write the variogram file."""
        Path(path).write_text(json.dumps(self.to_dict(), indent=1) + "\n", encoding="utf-8")


def variogram_from_dict(content):
    """Variogram of the content of a variogram file.

    Raises
    ------
    InputError
        The content is not a usable variogram; the message says what is wrong.
    """
    if not isinstance(content, dict) or "structures" not in content or "nugget" not in content:
        raise InputError("The variogram file has no nugget or no structures: make it with Fit variogram.")
    if content.get("schema", 1) != 1:
        raise InputError(f"The variogram file has schema {content['schema']}; Lodescope reads schema 1.")
    try:
        structures = tuple(_structure(entry) for entry in content["structures"])
        nugget = float(content["nugget"])
    except (TypeError, KeyError, ValueError) as error:
        if isinstance(error, InputError):
            raise
        raise InputError(f"The variogram file cannot be read ({error}): make it with Fit variogram.") from error
    if not (math.isfinite(nugget) and nugget >= 0.0):
        raise InputError("The nugget in the variogram file must be zero or more.")
    if not structures:
        raise InputError("The variogram file names no structure: add at least one.")
    names = {key: str(content.get(key) or default) for key, default in
             (("field", ""), ("unit", ""), ("transform", "none"))}
    return Variogram(nugget, structures, transform_parameters=content.get("transform_parameters") or {}, **names)


def _structure(entry):
    """One checked structure of a variogram file."""
    ranges = entry["ranges"]
    ranges = tuple(float(v) for v in (ranges if isinstance(ranges, (list, tuple)) else [ranges]))
    angles = {key: float(entry.get(key) or 0.0) for key in ("azimuth", "dip", "rake")}
    structure = Structure(str(entry["model"]), float(entry["sill"]), ranges, **angles)
    if structure.model not in MODELS:
        raise InputError(f"The variogram file names the model '{structure.model}'; use one of {', '.join(MODELS)}.")
    if not (math.isfinite(structure.sill) and structure.sill > 0.0):
        raise InputError("Each sill in the variogram file must be above zero.")
    if not 1 <= len(ranges) <= 3 or not all(math.isfinite(v) and v > 0.0 for v in ranges):
        raise InputError("Each structure in the variogram file needs one to three ranges above zero, in metres.")
    return structure


def read_variogram(path):
    """Read a variogram file.

    Raises
    ------
    InputError
        The file does not exist, is no JSON, or is no usable variogram.
    """
    try:
        content = json.loads(Path(path).read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError(f"The variogram file {path} cannot be opened ({error.strerror}).") from error
    except ValueError as error:
        raise InputError(f"The variogram file {path} is not JSON: make it with Fit variogram.") from error
    return variogram_from_dict(content)
