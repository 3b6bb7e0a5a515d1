"""A grid as overlapping blocks, each kriged from its own neighbourhood, and their blend."""
from itertools import product

import numpy as np

from .dual import COINCIDENT, Prediction
from .partition import Axis, outer, overlapping
from .tiles import Block, grid_axes

SMALLEST, LARGEST = 4, 16  # cells along the side of a block
TILE = 65536  # cells that one thread blends at a time, at most
TILES = 8  # wanted at least, for threads and progress
DEPTH = 48  # levels of a tile, at most


class BlendedGrid:
    """Blended kriging of the cells of a grid.

    Parameters
    ----------
    model : MultilevelKriging
        Fitted.
    setting : Setting
    grid : dict
        See `tiles.evaluate`.
    """

    def __init__(self, model, setting, grid):
        self.model, self.setting = model, setting
        centres = [axis for axis in grid_axes(grid)[::-1] if axis.size]
        self.axes = [Axis(c, size, model.halo) for c, size in zip(centres, self._sizes(centres))]
        self.cells, self.samples = self._coincidences()

    def parts(self):
        """Parts of the grid that one thread works on at a time, several blocks each (list of `tiles.Block`)."""
        shape = [axis.centres.size for axis in self.axes]
        cells = min(TILE, max(int(np.prod(shape)) // TILES, 1))
        depth = min(shape[0], DEPTH) if len(shape) == 3 else 1
        side = np.sqrt(cells / depth)
        cuts = [_cuts(axis, step) for axis, step in zip(self.axes, [depth, side, side][-len(shape):])]
        return [Block(*(((0, 1),) + spans)[-3:]) for spans in product(*cuts)]

    def _sizes(self, centres):
        """Cells along each side of a block that is about as long in every reduced direction."""
        steps = [np.ptp(c) / max(c.size - 1, 1) for c in centres]
        lengths = np.linalg.norm(self.model.levels.metric[:, ::-1] * steps, axis=0)
        with np.errstate(divide="ignore"):
            return np.clip(np.round(self.model.side / lengths), SMALLEST, LARGEST).astype(int)

    def _coincidences(self):
        """Cells (c, d) whose centre lies on a sample that is to be honoured, and those samples."""
        coordinates = self.model.coordinates[:, ::-1]
        near = np.column_stack([_nearest(axis.centres, x) for axis, x in zip(self.axes, coordinates.T)])
        lag = np.column_stack([axis.centres[n] for axis, n in zip(self.axes, near.T)]) - coordinates
        honoured = self.model.exact and not self.setting.is_block
        hit = np.flatnonzero(np.abs(lag).max(axis=1) <= COINCIDENT) if honoured else np.empty(0, dtype=int)
        return near[hit], hit

    def predict(self, part, check, variance=False, gradient=False, gradient_variance=False):
        """Blended quantities of the cells of one part of the grid.

        Parameters
        ----------
        part : Block
        check : callable
            Called before each block; may raise to stop.
        variance, gradient, gradient_variance : bool
            What to compute beside the estimate. Variances are weighted means
            of those of the blocks: never below that of the blended estimate,
            and for the gradient without what the change of weights adds.

        Returns
        -------
        Prediction
            Cells level by level and row by row.
        """
        needs = {"variance": variance, "gradient": gradient, "gradient_variance": gradient_variance}
        spans = (part.levels, part.rows, part.columns)[-len(self.axes):]
        sums = _Sums([stop - start for start, stop in spans], self.model.values.shape[1], **needs)
        numbers = list(product(*(overlapping(axis, *span) for axis, span in zip(self.axes, spans))))
        centres = np.array([[a.pieces[b].middle for a, b in zip(self.axes, number)] for number in numbers])
        for number, near in zip(numbers, self.model.levels.neighbourhoods(centres[:, ::-1])):
            check()
            self._add(number, near, spans, sums, needs)
        self._reproduce(spans, sums)
        return sums.prediction()

    def _add(self, number, near, spans, sums, needs):
        """Add what one block contributes to the cells of a part."""
        pieces = [axis.pieces[b] for axis, b in zip(self.axes, number)]
        ranges = [(max(p.first, start), min(p.last, stop)) for p, (start, stop) in zip(pieces, spans)]
        centres = [axis.centres[slice(*cells)] for axis, cells in zip(self.axes, ranges)]
        weights, slopes = zip(*(axis.weights(b, c) for axis, b, c in zip(self.axes, number, centres)))
        points = np.stack(np.meshgrid(*centres, indexing="ij")[::-1], axis=-1).reshape(-1, len(centres))
        local = self.model.neighbourhood(self.setting, near).evaluate(points, **needs)
        box = tuple(slice(start - first, stop - first) for (start, stop), (first, _) in zip(ranges, spans))
        sums.add(box, local, weights, slopes)

    def _reproduce(self, spans, sums):
        """Give cells that lie on a sample its value, and no variance."""
        low, high = np.array(spans).T
        inside = np.flatnonzero(((self.cells >= low) & (self.cells < high)).all(axis=1))
        cells = tuple((self.cells[inside] - low).T)
        sums.estimate[(slice(None),) + cells] = self.model.values[self.samples[inside]].T
        if sums.variance is not None:
            sums.variance[cells] = 0.0


class _Sums:
    """Weighted sums over blocks, one array dimension for each axis of the grid."""

    def __init__(self, shape, fields, variance, gradient, gradient_variance):
        d, shape = len(shape), tuple(shape)
        self.estimate = np.zeros((fields,) + shape)
        self.gradient = np.zeros((d, fields) + shape) if gradient else None
        self.variance = np.zeros(shape) if variance else None
        self.gradient_variance = np.zeros((d,) + shape) if gradient_variance else None

    def add(self, box, local, weights, slopes):
        """Add the quantities of one block, times its weights, to a box of cells."""
        weight = outer(weights)
        inside, d = (Ellipsis,) + box, len(box)
        estimate = local.estimate.reshape((-1,) + weight.shape)
        self.estimate[inside] += weight * estimate
        if self.gradient is not None:
            for axis in range(d):
                # Axes of the grid run against those of the coordinates.
                number = d - 1 - axis
                slope = outer([s if k == number else w for k, (w, s) in enumerate(zip(weights, slopes))])
                part = local.gradient[axis].reshape(estimate.shape)
                self.gradient[axis][inside] += weight * part + slope * estimate
        if self.variance is not None:
            self.variance[inside] += weight * local.variance.reshape(weight.shape)
        if self.gradient_variance is not None:
            self.gradient_variance[inside] += weight * local.gradient_variance.reshape((d,) + weight.shape)

    def prediction(self):
        """The sums as a `Prediction`."""
        m, d = len(self.estimate), self.estimate.ndim - 1
        return Prediction(
            self.estimate.reshape(m, -1).T,
            None if self.variance is None else self.variance.ravel(),
            None if self.gradient is None else self.gradient.reshape(d, m, -1).transpose(2, 1, 0),
            None if self.gradient_variance is None else self.gradient_variance.reshape(d, -1).T,
        )


def _cuts(axis, step):
    """Stretches of an axis of about ``step`` cells, each of whole blocks."""
    size = np.mean([piece.stop - piece.start for piece in axis.pieces])
    count = max(1, round(step / size))
    runs = [axis.pieces[k:k + count] for k in range(0, len(axis.pieces), count)]
    return [(run[0].start, run[-1].stop) for run in runs]


def _nearest(centres, x):
    """Index of the cell centre nearest to each ``x``."""
    order = np.argsort(centres)
    sorted_centres = centres[order]
    middles = 0.5 * (sorted_centres[1:] + sorted_centres[:-1])
    return order[np.searchsorted(middles, x)]
