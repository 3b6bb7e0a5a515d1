"""Square blocks of cells of a grid, quartered where it is needed, and interpolated between their corners.

Blocks have a power of two of cells along each side and are numbered from the
corner of the grid, so that windows of one grid agree about them.

References
----------
Samet, H. (1984). The quadtree and related hierarchical data structures. ACM
Computing Surveys 16. https://doi.org/10.1145/356924.356930
"""
import numpy as np

LARGEST = 64  # cells along the sides of the first blocks


class Canvas:
    """Two values at each cell of a window, painted block by block; 0 elsewhere."""

    def __init__(self, column, row, columns, rows):
        self.low, self.high = np.array([column, row]), np.array([column + columns, row + rows])
        self.origin = self.low // LARGEST * LARGEST
        across, down = -(-(self.high - self.origin) // LARGEST) * LARGEST
        self.values = np.zeros((2, down, across))

    def blocks(self, step):
        """Blocks (b, 2), by column and row, with so many cells along a side, that cover the window."""
        first, last = self.low // step, (self.high - 1) // step
        return np.stack(np.meshgrid(*(np.arange(f, s + 1) for f, s in zip(first, last))), axis=2).reshape(-1, 2)

    def within(self, blocks, step):
        """Those of some blocks that have cells in the window."""
        return blocks[((blocks + 1) * step > self.low).all(axis=1) & (blocks * step < self.high).all(axis=1)]

    def fill(self, blocks, values, step):
        """Paint blocks (b, 2), bilinear between the values (2, 4, b) at their corners, see `corners_of`."""
        part = np.arange(step) / step
        along = np.array([1.0 - part, part])
        x, y = ((blocks * step - self.origin)[:, axis, None] + np.arange(step) for axis in (0, 1))
        across = np.einsum("kvhb,hx->kvbx", values.reshape(2, 2, 2, -1), along)
        self.values[:, y[:, :, None], x[:, None, :]] = np.einsum("kvbx,vy->kbyx", across, along)

    def cells(self):
        """Values of the cells of the window, row by row, shape (2, cells)."""
        (left, top), (right, bottom) = self.low - self.origin, self.high - self.origin
        return self.values[:, top:bottom, left:right].reshape(2, -1)


def corners_of(blocks, step):
    """Cells at the corners of blocks.

    Parameters
    ----------
    blocks : numpy.ndarray of int, shape (b, 2)
    step : int
        Cells along a side. A block of one cell has itself at all corners.

    Returns
    -------
    nodes : numpy.ndarray of int, shape (n, 2)
        Column and row of different cells.
    corners : numpy.ndarray of int, shape (4, b)
        Their numbers: the first of the block, those one step to the right and down, and both.
    """
    first = blocks.min(axis=0)
    across, down = blocks.max(axis=0) - first + 2
    at = (blocks - first) @ np.array([1, across]) + (np.array([0, 1, across, across + 1]) * (step > 1))[:, None]
    there = np.zeros(across * down, dtype=bool)
    there[at] = True
    kept, numbers = np.flatnonzero(there), np.cumsum(there) - 1
    return (np.column_stack([kept % across, kept // across]) + first) * step, numbers[at]


def quarters(blocks):
    """The four blocks of half the size in each of some blocks (b, 2), shape (4 b, 2)."""
    return (2 * blocks[:, None, :] + np.array([[0, 0], [1, 0], [0, 1], [1, 1]])).reshape(-1, 2)
