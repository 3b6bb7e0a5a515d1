"""What every kriging system asks of its samples, and how it is factorised."""
import numpy as np
from scipy.linalg import lapack

from ..errors import InputError
from .factor import Factor

DRIFTS = ("constant", "linear", "none")
# Shares of the sill without which rounding makes a system unsolvable.
JITTER = 1e-10
GAUSSIAN_NOISE = 1e-8


def check_drift(drift, mean):
    """Raise `InputError` for an unknown drift, and for simple kriging without its mean."""
    if drift not in DRIFTS:
        raise InputError(f"The drift '{drift}' is not known: use one of {', '.join(DRIFTS)}.")
    if drift == "none" and mean is None:
        raise InputError("Simple kriging needs the known mean of each field: give it, or use ordinary kriging.")


def check_samples(coordinates, values, variogram):
    """Raise `InputError` for samples (n, d) with values (n, m) that cannot be kriged with a variogram."""
    if not len(coordinates):
        raise InputError("There are no samples to krige from: check the selection and the fields.")
    if not (np.isfinite(coordinates).all() and np.isfinite(values.sum(axis=0)).all()):
        raise InputError("Some samples have no value or no coordinates: leave them out before kriging.")
    if variogram.nugget == 0.0:
        twice = len(coordinates) - len(np.unique(coordinates, axis=0))
        if twice:
            raise InputError(f"{twice} samples lie on top of another one and the variogram has no nugget: "
                             "merge them or give the variogram a nugget.")


def least_noise(variogram):
    """Smallest variance of a sample that keeps its system solvable."""
    smooth = any(s.model == "gaussian" for s in variogram.structures)
    return (GAUSSIAN_NOISE if smooth else JITTER) * variogram.partial_sill


def sample_noise(variogram, counts):
    """Variance added to that of samples merged from ``counts`` (n,) ones: their share of the nugget."""
    return np.maximum(variogram.nugget / counts, least_noise(variogram))


def factorised(matrix):
    """`Factor` of a covariance matrix, whose lower part is overwritten.

    Parameters
    ----------
    matrix : numpy.ndarray, shape (n, n)
        In Fortran order, or it is copied.

    Raises
    ------
    InputError
        It is not positive definite.
    """
    lower, failed = lapack.dpotrf(matrix, lower=1, clean=1, overwrite_a=1)
    if failed or not np.isfinite(lower[-1, -1]):
        raise InputError("The kriging system cannot be solved with this variogram: the samples lie too close "
                         "together for its model; give it a larger nugget or use an exponential model.")
    return Factor(lower)
