"""Errors of a prediction that neighbouring cells share, as realisations of a standard normal field.

The field stands on coarse cells: averages over them are drawn jointly, with
their exact covariance, and what varies inside a coarse cell joins the
independent part of each cell. So the size of a realisation does not grow with
the raster, and neither the variance of a cell nor that of a sum over coarse
cells is lost.

References
----------
Chiles, J.-P. & Delfiner, P. (2012). Geostatistics, 2nd ed., sections 1.4 and
7.2. https://doi.org/10.1002/9781118136188
"""
import math
from dataclasses import dataclass

import numpy as np

from ..geostatistics.covariance import correlation

MOST_COARSE = 1_200
FINEST = 8  # coarse cells along a correlation range beyond which finer ones change nothing
JITTER = 1e-9
POINTS = {1: 24, 2: 10, 3: 6}  # per side of a coarse cell, for averages, by the number of axes that are divided
BATCH = 200_000  # lags evaluated at once


@dataclass(frozen=True)
class SharedErrors:
    """Averages of the shared error over coarse cells.

    Attributes
    ----------
    steps : tuple of int
        Levels, rows and columns per coarse cell.
    counts : tuple of int
        Coarse cells along levels, rows and columns.
    factor : numpy.ndarray, shape (s, s)
        Lower triangular; its product with its transpose is the covariance.
    share : float
        Variance of such an average, of a field of variance 1.
    """

    steps: tuple
    counts: tuple
    factor: np.ndarray
    share: float

    def draw(self, rng, realisations):
        """Averages of so many realisations, float32, shape (realisations, s)."""
        normals = rng.standard_normal((realisations, self.factor.shape[0]))
        return (normals @ self.factor.T).astype(np.float32)

    def index(self, level, row, column):
        """Number of the coarse cell of cells; ``level`` counts upwards."""
        place = level // self.steps[0], row // self.steps[1], column // self.steps[2]
        return (place[0] * self.counts[1] + place[1]) * self.counts[2] + place[2]


def isotropic(length, model="spherical"):
    """Correlation function of lag vectors (..., 3) with a range in metres."""
    return lambda lags: correlation(model, np.sqrt(np.square(lags).sum(axis=-1)) / length)


def of_variogram(variogram):
    """Correlation function of lag vectors (..., 3) of a `Variogram`, without its nugget."""
    return lambda lags: variogram.at(lags) / variogram.partial_sill


def one_for_all():
    """An error that all cells share wholly."""
    return SharedErrors((1 << 30,) * 3, (1, 1, 1), np.ones((1, 1)), 1.0)


def none_shared():
    """No shared error: all cells err independently."""
    return SharedErrors((1 << 30,) * 3, (1, 1, 1), np.zeros((1, 1)), 0.0)


def shared_errors(shape, sizes, correlation_of, length, check=None):
    """Shared errors on coarse cells that suit a raster and a correlation range.

    Parameters
    ----------
    shape : tuple of int
        Levels, rows and columns.
    sizes : tuple of float
        Metres per level, row and column.
    correlation_of : callable
        Correlation at lag vectors (..., 3) of easting, northing and elevation.
    length : float
        Shortest range in metres; finer than a part of it is not needed.
    check : callable, optional
        Called now and then; may raise.

    Returns
    -------
    SharedErrors
    """
    steps = coarse_steps(shape, sizes, length / FINEST)
    counts = tuple(-(-cells // step) for cells, step in zip(shape, steps))
    table = _averaged(steps, counts, sizes, correlation_of, check)
    places = np.indices(counts).reshape(3, -1)
    lags = places[:, :, None] - places[:, None, :]
    covariance = table[tuple(lags + np.array(counts)[:, None, None] - 1)]
    covariance = 0.5 * (covariance + covariance.T)
    share = float(table[tuple(count - 1 for count in counts)])
    return SharedErrors(steps, counts, _factor(covariance), share)


def coarse_steps(shape, sizes, finest):
    """Cells along each axis per coarse cell: about cubes, of at least ``finest`` metres, at most MOST_COARSE."""
    side = max(finest, min(sizes))
    while True:
        steps = tuple(int(min(max(math.floor(side / size + 1e-9), 1), cells)) for cells, size in zip(shape, sizes))
        if math.prod(-(-cells // step) for cells, step in zip(shape, steps)) <= MOST_COARSE:
            return steps
        side *= 1.1


def _averaged(steps, counts, sizes, correlation_of, check):
    """Covariance of averages over coarse cells by their lag, shape (2 counts - 1), lag 0 in the middle."""
    divided = max(sum(step > 1 for step in steps), 1)
    offsets, weights = zip(*[_differences(step, size, POINTS[divided]) for step, size in zip(steps, sizes)])
    inner = _vectors(offsets)
    mass = (weights[0][:, None, None] * weights[1][None, :, None] * weights[2][None, None, :]).ravel()
    lags = _vectors([np.arange(-count + 1, count) * step * size for count, step, size in zip(counts, steps, sizes)])
    out, batch = np.empty(len(lags)), max(BATCH // len(inner), 1)
    for start in range(0, len(lags), batch):
        if check is not None:
            check()
        part = lags[start:start + batch, None, :] + inner
        out[start:start + batch] = correlation_of(part) @ mass
    return out.reshape([2 * count - 1 for count in counts])


def _differences(step, size, most):
    """Differences between places along one side of a coarse cell, in metres, and their weights."""
    points = min(step, most)
    offsets = np.arange(-points + 1, points)
    return offsets * (step * size / points), (points - np.abs(offsets)) / points ** 2


def _vectors(axes):
    """Lag vectors (n, 3) of easting, northing and elevation; axes are levels upwards, rows southwards, columns."""
    up, south, east = np.meshgrid(*axes, indexing="ij")
    return np.stack([east.ravel(), -south.ravel(), up.ravel()], axis=-1)


def _factor(covariance):
    """Cholesky factor of a covariance, with the least addition to its diagonal that it needs."""
    size, jitter = len(covariance), JITTER
    while True:
        try:
            return np.linalg.cholesky(covariance + jitter * np.eye(size))
        except np.linalg.LinAlgError:
            jitter *= 10.0
