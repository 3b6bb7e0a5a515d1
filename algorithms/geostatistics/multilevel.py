"""Kriging of many samples with multilevel thinned neighbourhoods.

Each block of cells is kriged from the nearest samples of every level of a
nested thinning, so it sees its own hole as well as holes far away and the
trend behind them. Blocks overlap by a halo and are blended by a partition of
unity; the gradient is that of the blended map, exactly, and has no seams.
"""
from itertools import groupby

import numpy as np

from ..errors import InputError
from .blending import BlendedGrid
from .drift import Drift
from .dual import COINCIDENT, Prediction
from .leaveout import LeaveOut
from .neighbourhood import SINGLE_NUGGET, Neighbourhood, Setting
from .system import check_drift, check_samples, sample_noise
from .thinning import ThinnedLevels, clusters, reduced_metric
from .tiles import fill, needed

SIDE = 1.0  # side of a block over the reach of its nearest samples
SCALES = 64  # neighbourhoods that a variance factor is taken from


class MultilevelKriging:
    """Simple, ordinary or universal kriging of many samples.

    Parameters
    ----------
    variogram : Variogram
    drift : str
        "constant" (ordinary kriging), "linear" (universal) or "none" (simple).
    neighbours : int
        Samples taken from each level of thinning.
    halo : float
        Cells by which a block reaches into its neighbours, at most half a
        block; 0 makes blocks with seams between them.
    mean : float or numpy.ndarray, shape (m,), optional
        The known mean of simple kriging.
    exact : bool
        Whether a target on a sample gets the sample's value and no variance.
    depth : int, optional
        Most levels of thinning; 1 takes the nearest samples only.
    use_compiled : bool, optional
        See `kernels.Kernel`.
    """

    def __init__(self, variogram, drift="constant", neighbours=48, halo=4, mean=None, exact=True, depth=None,
                 use_compiled=None):
        check_drift(drift, mean)
        if neighbours < 1:
            raise InputError(f"{neighbours} neighbours were asked for: at least one is needed.")
        self.variogram, self.drift, self.mean, self.exact = variogram, drift, mean, exact
        self.neighbours, self.halo, self.depth, self.use_compiled = int(neighbours), halo, depth, use_compiled

    def fit(self, coordinates, values, counts=None):
        """Thin the samples.

        Parameters
        ----------
        coordinates : numpy.ndarray, shape (n, d)
            Metres.
        values : numpy.ndarray, shape (n, m) or (n,)
        counts : numpy.ndarray, shape (n,), optional
            How many coincident samples each one is the mean of; the nugget is
            divided by it.

        Returns
        -------
        MultilevelKriging

        Raises
        ------
        InputError
            No samples, values that are not numbers, or coincident samples
            without a nugget.
        """
        self.coordinates = np.array(coordinates, dtype=float, ndmin=2)
        values = np.asarray(values, dtype=float)
        self.values = values[:, None] if values.ndim == 1 else values
        check_samples(self.coordinates, self.values, self.variogram)
        dimensions = self.coordinates.shape[1]
        counts = np.ones(len(self.coordinates)) if counts is None else np.asarray(counts, dtype=float)
        self.counts, self.noise = counts, sample_noise(self.variogram, counts)
        self.note = Drift(self.drift, self.coordinates).note
        metric = reduced_metric(self.variogram, dimensions)
        self.levels = ThinnedLevels(self.coordinates, metric, self.neighbours, self.depth)
        self.side = SIDE * self.levels.reach or 1.0
        return self

    def _setting(self, block, single=False):
        """What the neighbourhoods share, for points or for blocks given by offsets (q, d)."""
        d, m = self.coordinates.shape[1], self.values.shape[1]
        mean = None if self.drift != "none" else np.broadcast_to(np.asarray(self.mean, dtype=float), (m,))
        offsets = np.zeros((1, d)) if block is None else np.asarray(block, dtype=float)
        return Setting(self.variogram, self.drift, mean, offsets, block is not None, single, self.use_compiled)

    def neighbourhood(self, setting, rows):
        """Kriging system of some samples."""
        return Neighbourhood(setting, self.coordinates[rows], self.values[rows], self.noise[rows])

    def log_likelihood_scale(self):
        """Factors by which the variogram's sills fit each field best, shape (m,).

        The mean of the restricted likelihood estimates in some neighbourhoods
        spread over the samples.
        """
        chosen = np.unique(np.linspace(0, len(self.values) - 1, SCALES).astype(int))
        rows = self.levels.neighbourhoods(self.coordinates[chosen])
        return np.mean([self.neighbourhood(self._setting(None), near).scale() for near in rows], axis=0)

    def predict(self, points, variance=False, gradient=False, gradient_variance=False, block=None,
                exclude_groups=None, groups=None, check=None):
        """Estimates at scattered points, or over blocks around them.

        Points that lie close together share a neighbourhood, without blending.

        Parameters
        ----------
        points : numpy.ndarray, shape (p, d)
            Metres.
        variance, gradient, gradient_variance : bool
            What to compute beside the estimate.
        block : numpy.ndarray, shape (q, d), optional
            Offsets in metres of the points whose mean stands for a block. The
            nugget averages out over a block, so its variance is left out.
        exclude_groups : numpy.ndarray of int, shape (p,), optional
            Group whose samples a point must not see, such as its own drill
            hole; a negative number leaves nothing out. Estimates at samples
            of other groups are then not forced to the samples' values.
        groups : numpy.ndarray of int, shape (n,)
            Group of each sample, with ``exclude_groups``.
        check : callable, optional
            Called now and then; may raise to stop.

        Returns
        -------
        Prediction

        Raises
        ------
        InputError
            A point's excluded group holds all the samples.
        """
        points = np.atleast_2d(np.asarray(points, dtype=float))
        result = self._empty(len(points), variance, gradient, gradient_variance)
        setting = self._setting(block)
        for rows, near in self._near_points(points, exclude_groups, groups):
            if check:
                check()
            local = self.neighbourhood(setting, near).evaluate(points[rows], gradient, variance, gradient_variance)
            _place(result, rows, local)
        if self.exact and block is None and exclude_groups is None:
            self._reproduce(points, result)
        return result

    def _empty(self, size, variance, gradient, gradient_variance):
        d, m = self.coordinates.shape[1], self.values.shape[1]
        return Prediction(
            np.empty((size, m)),
            np.empty(size) if variance else None,
            np.empty((size, m, d)) if gradient else None,
            np.empty((size, d)) if gradient_variance else None,
        )

    def _near_points(self, points, exclude_groups, groups):
        """Rows of points that share a neighbourhood, and the rows of its samples."""
        without = np.full(len(points), -1) if exclude_groups is None else np.asarray(exclude_groups)
        places = clusters(self.levels.reduce(points), self.side, without)
        for group, members in groupby(places, key=lambda rows: without[rows[0]]):
            members = list(members)
            centres = np.stack([points[rows].mean(axis=0) for rows in members])
            if group < 0:
                near = self.levels.neighbourhoods(centres)
            else:
                near = self.levels.neighbourhoods_without(centres, np.asarray(groups), group)
            if not near[0].size:
                raise InputError("All samples belong to one hole, so none can be left out: "
                                 "give samples of at least two holes.")
            yield from zip(members, near)

    def _reproduce(self, points, result):
        """Give targets that coincide with a sample its value, and no variance."""
        sample = self.levels.levels[0].tree.query(self.levels.reduce(points))[1]
        hit = np.abs(self.coordinates[sample] - points).max(axis=1) <= COINCIDENT
        result.estimate[hit] = self.values[sample[hit]]
        if result.variance is not None:
            result.variance[hit] = 0.0

    def leave_groups_out(self, groups, gradient=False, gradient_variance=False, progress=None):
        """Predict the samples of each group from all the others.

        Parameters
        ----------
        groups : numpy.ndarray of int, shape (n,)
            For example the drill hole; samples with -1 are groups of their own.
        gradient, gradient_variance : bool
            Whether the gradients at the samples are wanted, and their variance.
        progress : Progress, optional

        Returns
        -------
        LeaveOut

        Raises
        ------
        InputError
            All samples belong to one group.
        """
        groups = np.array(groups)
        alone = groups < 0
        groups[alone] = max(groups.max(), -1) + 1 + np.arange(np.count_nonzero(alone))
        check = progress.check if progress else None
        result = self.predict(self.coordinates, True, gradient, gradient_variance, None, groups, groups, check)
        return LeaveOut(result.estimate, result.variance, result.gradient, result.gradient_variance)

    def blocks(self, grid):
        """Parts of a grid that are worked through one at a time; see ``done`` of `evaluate`."""
        return self.blend(grid).parts()

    def evaluate(self, grid, quantities, out, progress, threads=None, done=None, block=None, convert=None,
                 needs=None):
        """Krige a grid block by block into a raster array; as `tiles.evaluate`, with blended blocks.

        Parameters
        ----------
        grid, quantities, out, progress, threads, block, convert, needs
            See `tiles.evaluate`.
        done : numpy.ndarray, optional
            See `tiles.run_blocks`; its length is that of ``blocks(grid)``.
        """
        needs = needed(name for name, _ in quantities) if needs is None else needs
        blend = self.blend(grid, block)
        fill(blend.parts(), lambda part: blend.predict(part, progress.check, **needs), grid, quantities, out, progress,
             threads, done, convert)

    def blend(self, grid, block=None):
        """The grid as blended blocks, with variances in single precision where the nugget allows it."""
        single = self.variogram.nugget >= SINGLE_NUGGET * self.variogram.sill
        return BlendedGrid(self, self._setting(block, single), grid)


def _place(result, rows, local):
    """Write the quantities of a neighbourhood into the rows of a prediction."""
    result.estimate[rows] = local.estimate.T
    if result.variance is not None:
        result.variance[rows] = local.variance
    if result.gradient is not None:
        result.gradient[rows] = local.gradient.transpose(2, 1, 0)
    if result.gradient_variance is not None:
        result.gradient_variance[rows] = local.gradient_variance.T
