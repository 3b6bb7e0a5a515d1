"""Covariances between samples and many targets, tile by tile.

Compiled loops do the work where numba is present and array operations do it
elsewhere; both give the same numbers to rounding. Coordinates are centred on
the samples and distances come from direct differences, so that projected
coordinates of a million metres lose nothing.
"""
import numpy as np
from threadpoolctl import threadpool_limits

from .covariance import COMPACT, FACTOR

try:
    from . import kernels_numba as compiled
except ImportError:
    compiled = None

# As the compiled loops number them.
CODE = {"spherical": 0, "exponential": 1, "gaussian": 2, "matern15": 3, "matern25": 4, "cubic": 5}
TARGETS, SAMPLES = 512, 256


def single_blas():
    """Context in which linear algebra runs on one thread.

    Threads go over blocks of cells; several threads within one matrix product
    only wait for each other when the machine is busy.
    """
    return threadpool_limits(limits=1, user_api="blas")


def _values(model, squares):
    """Correlation at squared plain distances, which are overwritten."""
    if model == "gaussian":
        return np.exp(np.negative(squares, out=squares), out=squares)
    s = np.sqrt(squares, out=squares)
    if model in COMPACT:
        np.minimum(s, 1.0, out=s)
        if model == "spherical":
            return 1.0 - s * (1.5 - 0.5 * s * s)
        return 1.0 - s * s * (7.0 - s * (8.75 - s * s * (3.5 - 0.75 * s * s)))
    if model == "exponential":
        return np.exp(np.negative(s, out=s), out=s)
    decay = np.exp(-s)
    if model == "matern15":
        return np.multiply(s + 1.0, decay, out=decay)
    return np.multiply(s * s / 3.0 + s + 1.0, decay, out=decay)


def _slopes(model, squares):
    """Correlation and its derivative over the distance; 0 at the origin of the linear models."""
    if model == "gaussian":
        decay = np.exp(-squares)
        return decay, -2.0 * decay
    s = np.sqrt(squares)
    if model in COMPACT:
        s = np.minimum(s, 1.0)
        if model == "cubic":
            return _values(model, squares), -14.0 + s * (26.25 - s * s * (17.5 - 5.25 * s * s))
        inverse = np.divide(1.0, s, out=np.zeros_like(s), where=s > 0.0)
        return _values(model, squares), -1.5 * (1.0 - s * s) * inverse
    decay = np.exp(-s)
    if model == "exponential":
        return decay, np.divide(-decay, s, out=np.zeros_like(s), where=s > 0.0)
    if model == "matern15":
        return (1.0 + s) * decay, -decay
    return (1.0 + s + squares / 3.0) * decay, (1.0 + s) * decay / -3.0


class Reduced:
    """One structure with the samples in its reduced coordinates.

    Parameters
    ----------
    structure : Structure
    coordinates : numpy.ndarray, shape (n, d)
        Centred, metres.
    """

    def __init__(self, structure, coordinates):
        self.model, self.sill = structure.model, structure.sill
        self.dimensions = coordinates.shape[1]
        self.matrix = structure.matrix(self.dimensions) * FACTOR[self.model]
        self.samples = self.points(coordinates)

    def points(self, coordinates):
        """Reduced coordinates, shape (3, p), the missing third one 0."""
        reduced = np.zeros((3, len(coordinates)))
        np.matmul(self.matrix, coordinates.T, out=reduced[:self.dimensions])
        return reduced

    def near(self, low, high):
        """Which samples lie within the range of the box of centred points (boolean (n,))."""
        corners = np.stack(np.meshgrid(*zip(low, high), indexing="ij"), axis=-1).reshape(-1, self.dimensions)
        box = self.points(corners)
        gap = np.maximum(box.min(axis=1)[:, None] - self.samples, self.samples - box.max(axis=1)[:, None])
        np.maximum(gap, 0.0, out=gap)
        return np.einsum("ij,ij->j", gap, gap) < 1.0

    def _squares(self, points, samples):
        """Squared plain distances, shape (p, n)."""
        total, step = None, None
        for axis in range(self.dimensions):
            step = np.subtract.outer(points[axis], samples[axis], out=step)
            if total is None:
                total = step * step
            else:
                total += np.multiply(step, step, out=step)
        return total

    def fill(self, points, samples, values, slopes, add, fast):
        """Write (or ``add``) this structure's covariances, and replace its slopes unless they are None."""
        if fast and slopes is None:
            fast.fill_values(CODE[self.model], points, samples, self.sill, add, values)
        elif fast:
            fast.fill_slopes(CODE[self.model], points, samples, self.sill, add, values, slopes)
        else:
            self._fill(points, samples, values, slopes, add)

    def _fill(self, points, samples, values, slopes, add):
        squares = self._squares(points, samples)
        if slopes is None:
            rho = _values(self.model, squares)
        else:
            rho, slope = _slopes(self.model, squares)
            np.multiply(slope, self.sill, out=slopes)
        rho *= self.sill
        if add:
            values += rho
        else:
            values[...] = rho


class Kernel:
    """Covariance, without the nugget, between fixed samples and moving targets.

    Parameters
    ----------
    variogram : Variogram
    coordinates : numpy.ndarray, shape (n, d)
        Of the samples, metres.
    use_compiled : bool, optional
        Whether the compiled loops run; by default, whenever they are there.
    """

    def __init__(self, variogram, coordinates, use_compiled=None):
        self.variogram = variogram
        self.origin = coordinates.mean(axis=0)
        self.size, self.dimensions = coordinates.shape
        self.compact = all(s.model in COMPACT for s in variogram.structures)
        self._fast = compiled if use_compiled in (None, True) else None
        self._structures = [Reduced(s, coordinates - self.origin) for s in variogram.structures]

    def matrix(self):
        """Covariance of the samples, shape (n, n) in Fortran order; only its lower triangle is filled."""
        matrix = np.zeros((self.size, self.size))
        for start in range(0, self.size, TARGETS):
            stop = min(start + TARGETS, self.size)
            tile = np.empty((stop - start, self.size - start))
            for k, reduced in enumerate(self._structures):
                samples = np.ascontiguousarray(reduced.samples[:, start:])
                points = np.ascontiguousarray(samples[:, :stop - start])
                reduced.fill(points, samples, tile, None, k > 0, self._fast)
            matrix[start:stop, start:] = tile
        return matrix.T

    def covariance(self, points):
        """Covariance between the samples and ``points`` (p, d), shape (n, p)."""
        values = np.empty((self.size, len(points)))
        for k, reduced in enumerate(self._structures):
            reduced.fill(reduced.samples, reduced.points(points - self.origin), values, None, k > 0, self._fast)
        return values

    def derivatives(self, points):
        """Covariance between the samples and the gradient at ``points``, shape (d, n, p)."""
        out = np.zeros((self.dimensions, self.size, len(points)))
        values, slopes = np.empty(out.shape[1:]), np.empty(out.shape[1:])
        for reduced in self._structures:
            targets = reduced.points(points - self.origin)
            reduced.fill(reduced.samples, targets, values, slopes, False, self._fast)
            for axis in range(self.dimensions):
                pull = np.subtract.outer(-reduced.samples[axis], -targets[axis], out=values)
                pull *= slopes
                for direction in range(self.dimensions):
                    out[direction] += reduced.matrix[axis, direction] * pull
        return out

    def near(self, low, high):
        """Samples that can reach the box ``low``..``high`` (d,), as indices; None when all can."""
        if not self.compact:
            return None
        boxes = (reduced.near(low - self.origin, high - self.origin) for reduced in self._structures)
        return np.flatnonzero(np.logical_or.reduce(list(boxes)))

    def sums(self, points, weights, gradient=False, select=None):
        """Weighted sums of the covariances over the samples, and their gradients.

        Parameters
        ----------
        points : numpy.ndarray, shape (p, d)
        weights : numpy.ndarray, shape (n, m)
        gradient : bool
        select : numpy.ndarray of int, optional
            The samples to use; the others must be out of range of all points.

        Returns
        -------
        values : numpy.ndarray, shape (p, m)
        gradients : numpy.ndarray, shape (p, m, d), or None
            Per metre.
        """
        values = np.zeros((len(points), weights.shape[1]))
        gradients = np.zeros((*values.shape, self.dimensions)) if gradient else None
        if select is not None:
            weights = weights[select]
        for reduced in self._structures:
            targets = reduced.points(points - self.origin)
            samples = reduced.samples if select is None else np.ascontiguousarray(reduced.samples[:, select])
            if self._fast and weights.shape[1] == 1:
                self._fused(reduced, targets, samples, weights, values, gradients)
            else:
                self._tiled(reduced, targets, samples, weights, values, gradients)
        return values, gradients

    def _fused(self, reduced, targets, samples, weights, values, gradients):
        """Sums of one column in one pass."""
        scaled = reduced.sill * weights[:, 0]
        column = np.zeros(len(values))
        if gradients is None:
            self._fast.value_sums(CODE[reduced.model], targets, samples, scaled, column)
        else:
            pulls = np.zeros((3, len(values)))
            self._fast.gradient_sums(CODE[reduced.model], targets, samples, scaled, column, pulls)
            gradients[:, 0, :] += pulls[:self.dimensions].T @ reduced.matrix
        values[:, 0] += column

    def _tiled(self, reduced, targets, samples, weights, values, gradients):
        """Sums of many columns: the weights times tiles of covariances.

        With ``u`` for reduced coordinates, ``sum w slope (u_i - u_j)`` is
        ``u_i sum w slope - sum (w u_j) slope``. All coordinates are taken
        from the middle of the targets so that the difference loses no digits.
        """
        middle = targets.mean(axis=1, keepdims=True)
        targets, samples = targets - middle, samples - middle
        columns, moments = weights.T.copy(), None
        if gradients is not None:
            moments = np.concatenate([columns] + [columns * samples[a] for a in range(self.dimensions)])
        for first in range(0, targets.shape[1], TARGETS):
            block = np.ascontiguousarray(targets[:, first:first + TARGETS])
            rows = slice(first, first + block.shape[1])
            sums, pulls = self._tile_sums(reduced, block, samples, columns, moments)
            values[rows] += sums.T
            if gradients is not None:
                pulls = pulls.reshape(1 + self.dimensions, len(columns), -1)
                local = block[:self.dimensions, None] * pulls[0] - pulls[1:]
                gradients[rows] += np.einsum("acp,ad->pcd", local, reduced.matrix)

    def _tile_sums(self, reduced, block, samples, columns, moments):
        """``columns`` (m, n) times the covariances with a block of targets, and ``moments`` times the slopes.

        Samples run down a tile and targets along it: the order in which thin
        matrix products are quickest.
        """
        width = block.shape[1]
        room = np.empty((2, SAMPLES * width))
        sums = np.zeros((len(columns), width))
        pulls = None if moments is None else np.zeros((len(moments), width))
        for start in range(0, samples.shape[1], SAMPLES):
            piece = np.ascontiguousarray(samples[:, start:start + SAMPLES])
            part = slice(start, start + piece.shape[1])
            tile, slopes = (r[:piece.shape[1] * width].reshape(-1, width) for r in room)
            reduced.fill(piece, block, tile, None if moments is None else slopes, False, self._fast)
            sums += columns[:, part] @ tile
            if moments is not None:
                pulls += moments[:, part] @ slopes
        return sums, pulls
