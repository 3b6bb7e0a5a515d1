"""Parameters of a fitted correlogram: how they make a model, and where they may lie.

Anisotropy is the symmetric matrix whose eigenvalues are the logarithms of the
ranges and whose eigenvectors are their axes. Unlike angles it has no singular
point, so an isotropic field is a good start for an anisotropic fit.
"""
import math

import numpy as np

from .covariance import Structure, Variogram, rotation
from .vecchia import Correlogram

ANISOTROPIES = ("none", "horizontal", "full")
# Below this share of the sill a fitted nugget cannot be told from none.
SMALLEST_NUGGET = 1e-4
GAUSSIAN_NUGGET = 1e-6
LARGEST_NUGGET = 0.999
# How many times the range of the first structure the second one has.
MULTIPLIERS = (1.5, 50.0)
# Standard deviations of the weak priors on log range, log ratio of ranges and log odds of the nugget.
PRIOR_RANGE, PRIOR_RATIO, PRIOR_NUGGET = 2.0, 1.5, 3.0


class Parametrisation:
    """Vector of free parameters for given models and anisotropy.

    The vector holds the log-range matrix by its basis, the log odds of the
    nugget share and, for two structures, the log of the second one's range
    multiplier and the log odds of its part of the structured sill.

    Parameters
    ----------
    models : tuple of str
        One or two models.
    anisotropy : str
        One of `ANISOTROPIES`.
    dimensions : int
        2 or 3.
    limits : tuple of float
        Shortest and longest range, metres.
    """

    def __init__(self, models, anisotropy, dimensions, limits):
        self.models, self.anisotropy, self.dimensions = tuple(models), anisotropy, dimensions
        self.limits = tuple(limits)
        self.basis = _basis(anisotropy, dimensions)
        self.size = len(self.basis) + 1 + 2 * (len(self.models) - 1)

    def vector(self, log_ranges, nugget, multiplier=4.0, second=0.5):
        """Parameters of a log-range matrix (d, d), a nugget share and, where there are two, the second structure."""
        nugget = min(max(nugget, SMALLEST_NUGGET), LARGEST_NUGGET)
        tail = [_logit(nugget)] + [math.log(multiplier), _logit(second)] * (len(self.models) - 1)
        return self.clipped(np.r_[self._components(log_ranges), tail])

    def clipped(self, theta):
        """The nearest admissible parameters."""
        theta = np.array(theta, dtype=float)
        k = len(self.basis)
        values, axes = np.linalg.eigh(self.log_ranges(theta))
        low, high = np.log(self.limits)
        if len(self.models) > 1:
            least, most = np.log(MULTIPLIERS)
            theta[k + 1] = min(max(theta[k + 1], least), max(min(most, high - values[-1]), least))
            theta[k + 2] = min(max(theta[k + 2], -5.0), 5.0)
            # The second range stays below the limit as well.
            high -= theta[k + 1]
        if values[0] < low or values[-1] > high:
            matrix = (axes * np.clip(values, low, high)) @ axes.T
            theta[:k] = self._components(matrix)
        theta[k] = min(max(theta[k], _logit(SMALLEST_NUGGET)), _logit(LARGEST_NUGGET))
        return theta

    def _components(self, log_ranges):
        """Parameters of the admissible matrix nearest to a log-range matrix."""
        sizes = np.einsum("kij,kij->k", self.basis, self.basis)
        return np.einsum("kij,ij->k", self.basis, log_ranges) / sizes

    def log_ranges(self, theta):
        """Log-range matrix of the first structure, (d, d)."""
        return np.tensordot(theta[: len(self.basis)], self.basis, axes=1)

    def nugget(self, theta):
        """Nugget as a share of the sill."""
        return _share(theta[len(self.basis)])

    def correlogram(self, theta):
        """Correlogram for the likelihood."""
        values, axes = np.linalg.eigh(self.log_ranges(theta))
        matrix = (axes * np.exp(-values)) @ axes.T
        nugget = self.nugget(theta)
        if len(self.models) == 1:
            return Correlogram(nugget, self.models, [1.0 - nugget], matrix[None])
        multiplier, second = math.exp(theta[-2]), _share(theta[-1])
        shares = (1.0 - nugget) * np.array([1.0 - second, second])
        return Correlogram(nugget, self.models, shares, np.stack([matrix, matrix / multiplier]))

    def prior(self, centre):
        """Mean and precision of the weak normal prior, for a typical range in metres."""
        k = len(self.basis)
        mean, precision = np.zeros(self.size), np.zeros((self.size, self.size))
        trace = np.trace(self.basis, axis1=1, axis2=2) / self.dimensions
        mean[:k] = self._components(math.log(centre) * np.eye(self.dimensions))
        deviation = self.basis - trace[:, None, None] * np.eye(self.dimensions)
        precision[:k, :k] = np.einsum("aij,bij->ab", deviation, deviation) / PRIOR_RATIO**2
        precision[:k, :k] += np.outer(trace, trace) / PRIOR_RANGE**2
        mean[k], precision[k, k] = _logit(0.2), PRIOR_NUGGET**-2
        if len(self.models) > 1:
            mean[k + 1], precision[k + 1, k + 1] = math.log(4.0), 1.0
            precision[k + 2, k + 2] = 0.25
        return mean, precision

    def variogram(self, theta, sill):
        """Variogram with this whole sill, axes ordered and angles normalised."""
        correlogram = self.correlogram(theta)
        nugget = correlogram.nugget
        if nugget < 2.0 * SMALLEST_NUGGET:
            nugget = GAUSSIAN_NUGGET if "gaussian" in self.models else 0.0
        ranges, angles = self._axes(theta)
        factors = [1.0] + [math.exp(theta[-2])] * (len(self.models) - 1)
        total = correlogram.shares.sum()
        structures = tuple(
            Structure(model, float(sill * (1.0 - nugget) * share / total), tuple(float(a * factor) for a in ranges),
                      *angles)
            for model, share, factor in zip(self.models, correlogram.shares, factors)
        )
        return Variogram(float(sill * nugget), structures)

    def _axes(self, theta):
        """Ranges from major to minor, and azimuth, dip and rake."""
        matrix = self.log_ranges(theta)
        diagonal = np.exp(np.diag(matrix))
        if self.anisotropy == "none" or (self.anisotropy == "horizontal" and self.dimensions == 2):
            return diagonal[:1], (0.0, 0.0, 0.0)
        if self.anisotropy == "horizontal":
            horizontal, vertical = diagonal[0], diagonal[2]
            if abs(vertical - horizontal) < 1e-6 * horizontal:
                return diagonal[:1], (0.0, 0.0, 0.0)
            if vertical > horizontal:
                return (vertical, horizontal, horizontal), (0.0, -90.0, 0.0)
            return (horizontal, horizontal, vertical), (0.0, 0.0, 0.0)
        values, axes = np.linalg.eigh(matrix)
        return np.exp(values[::-1]), angles_of(axes.T[::-1])


def angles_of(axes):
    """Azimuth, dip and rake of orthogonal axes, whatever their signs.

    Parameters
    ----------
    axes : numpy.ndarray, shape (d, d)
        Rows are the unit vectors of the major, semi-major and minor axis.

    Returns
    -------
    azimuth, dip, rake : float
        Degrees: azimuth in [0, 360) and below 180 for a horizontal axis, dip
        in [-90, 0], rake in (-90, 90].
    """
    azimuth, dip = azimuth_and_dip(axes[0])
    if len(axes) == 2:
        return azimuth, 0.0, 0.0
    frame = rotation(azimuth, dip, 0.0)
    rake = math.degrees(math.atan2(axes[1] @ frame[2], axes[1] @ frame[1]))
    rake = rake - 180.0 if rake > 90.0 else rake + 180.0 if rake <= -90.0 else rake
    return azimuth, dip, rake


def azimuth_and_dip(axis):
    """Azimuth and dip, degrees, of the downward end of an axis of unit length (x, y) or (x, y, z).

    A horizontal axis has its azimuth in [0, 180), a vertical one 0.
    """
    axis = np.r_[axis, 0.0] if len(axis) == 2 else np.asarray(axis, dtype=float)
    axis = -axis if axis[2] > 0.0 else axis
    dip = -math.degrees(math.asin(min(1.0, -axis[2])))
    azimuth = math.degrees(math.atan2(axis[0], axis[1])) % 360.0 if dip > -89.99 else 0.0
    return (azimuth % 180.0, 0.0) if dip > -1e-6 else (azimuth, dip)


def main_directions(variogram, dimensions):
    """Label, azimuth and dip of the directions worth showing for a variogram."""
    structure = variogram.structures[0]
    if len(structure.ranges) > 1:
        axes = structure.matrix(dimensions)
        axes = axes / np.linalg.norm(axes, axis=1)[:, None]
        names = ("Major axis", "Semi-major axis", "Minor axis") if dimensions == 3 else ("Major axis", "Minor axis")
        if len(set(structure.ranges)) == 2 and structure.dip in (0.0, -90.0) and dimensions == 3:
            # The same in all directions of the plan.
            return [("Azimuth 0°", 0.0, 0.0), ("Azimuth 90°", 90.0, 0.0), ("Vertical", 0.0, -90.0)]
        return [(name, *azimuth_and_dip(axis)) for name, axis in zip(names, axes)]
    compass = [(f"Azimuth {a}°", float(a), 0.0) for a in (0, 45, 90, 135)]
    return compass + [("Vertical", 0.0, -90.0)] * (dimensions == 3)


def _basis(anisotropy, dimensions):
    """Symmetric matrices that span the admissible log-range matrices, (k, d, d)."""
    eye = np.eye(dimensions)
    if anisotropy == "none" or (anisotropy == "horizontal" and dimensions == 2):
        return eye[None]
    if anisotropy == "horizontal":
        return np.stack([np.diag([1.0, 1.0, 0.0]), np.diag([0.0, 0.0, 1.0])])
    pairs = [(i, j) for i in range(dimensions) for j in range(i, dimensions)]
    return np.stack([0.5 * (np.outer(eye[i], eye[j]) + np.outer(eye[j], eye[i])) * (1 + (i != j)) for i, j in pairs])


def _logit(share):
    """Log odds."""
    return math.log(share / (1.0 - share))


def _share(odds):
    """Inverse of the log odds."""
    return 1.0 / (1.0 + math.exp(-odds))
