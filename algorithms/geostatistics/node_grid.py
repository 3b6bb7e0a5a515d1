"""The nodes of a raster as finite-element nodes: their boxes, diffusivity and interpolation.

The cell centres of a raster are the nodes of bilinear quadrilaterals (2-D) or
trilinear hexahedra (3-D). Node arrays are flat in raster order: level, row,
column (row 0 is the north row), so a raster band is
``array.reshape(grid.shape)``. Vector components are ordered east, north, up.
"""
from functools import reduce
from itertools import product

import numpy as np

from ..errors import InputError


class NodeGrid:
    """The nodes of a raster and the elements between them.

    Parameters
    ----------
    x, y : array_like
        Eastings of the columns and northings of the rows, metres, each
        strictly monotone (rows run southwards in a raster).
    z : array_like, optional
        Elevations of the levels, strictly monotone; spacing may vary.
    active : array_like of bool, optional
        Nodes that take part, one per node. An element counts when all its
        nodes do.

    Attributes
    ----------
    shape : tuple
        Of a node array: (rows, columns) or (levels, rows, columns).
    used : numpy.ndarray of bool, shape (size,)
        Nodes of at least one element. Matrices have one row per used node.

    Raises
    ------
    InputError
        An axis has fewer than two nodes or is not monotone, or no element is left.
    """

    def __init__(self, x, y, z=None, active=None):
        axes = (y, x) if z is None else (z, y, x)
        self.axes = [np.asarray(axis, dtype=float).ravel() for axis in axes]
        self.shape = tuple(len(axis) for axis in self.axes)
        self.dimensions = len(self.axes)
        self.size = int(np.prod(self.shape))
        self.steps = [np.diff(axis) for axis in self.axes]
        self._check()
        nodes = np.ones(self.shape, bool) if active is None else np.array(active, bool).reshape(self.shape)
        self.elements = np.logical_and.reduce([nodes[part] for part in self.parts()])
        if not self.elements.any():
            raise InputError("No block of neighbouring cells has values, so finite elements cannot be used: "
                             "enlarge the grid or the area.")
        self.used = self._touched().ravel()

    def _check(self):
        for steps in self.steps:
            if len(steps) < 1:
                raise InputError("Finite elements need at least two rows, two columns and, in 3-D, two levels: "
                                 "enlarge the grid.")
            if not (np.all(steps > 0.0) or np.all(steps < 0.0)):
                raise InputError("The levels of the grid must be different and in order: sort them.")

    @classmethod
    def from_settings(cls, settings, active=None):
        """Grid of the contract's settings: west, north, cell, columns, rows and levels."""
        cell = float(settings["cell"])
        x = settings["west"] + (np.arange(settings["columns"]) + 0.5) * cell
        y = settings["north"] - (np.arange(settings["rows"]) + 0.5) * cell
        return cls(x, y, settings.get("levels") or None, active)

    def masked(self, active):
        """The same nodes with only ``active`` ones (size,) taking part."""
        z = self.axes[0] if self.dimensions == 3 else None
        kept = self.used & np.asarray(active, bool).ravel()
        return NodeGrid(self.axes[-1], self.axes[-2], z, kept)

    def points(self):
        """Coordinates of the nodes, east, north (and up), shape (size, dimensions)."""
        mesh = np.meshgrid(*self.axes, indexing="ij")
        return np.stack([axis.ravel() for axis in mesh[::-1]], axis=1)

    def parts(self):
        """Slices of a node array that give each corner of all elements, first axis slowest."""
        ends = (slice(None, -1), slice(1, None))
        return list(product(ends, repeat=self.dimensions))

    def width(self, component):
        """Signed element widths along a component, broadcastable over the elements."""
        axis = self.dimensions - 1 - component
        form = [1] * self.dimensions
        form[axis] = -1
        return self.steps[axis].reshape(form)

    def measure(self):
        """Area or volume of each element, 0 where it does not count."""
        sizes = [np.abs(self.width(component)) for component in range(self.dimensions)]
        return reduce(np.multiply, sizes) * self.elements

    def corners(self, nodes):
        """Values at the corners of the elements, shape (2,) * dimensions + elements."""
        nodes = nodes.reshape(self.shape)
        stacked = np.stack([nodes[part] for part in self.parts()])
        return stacked.reshape((2,) * self.dimensions + self.elements.shape)

    def scatter(self, corners):
        """Sum of corner values at the nodes, shape (size,)."""
        total = np.zeros(self.shape)
        flat = np.broadcast_to(corners, (2,) * self.dimensions + self.elements.shape)
        for part, values in zip(self.parts(), flat.reshape((-1, *self.elements.shape))):
            total[part] += values
        return total.ravel()

    def _touched(self):
        nodes = np.zeros(self.shape, bool)
        for part in self.parts():
            nodes[part] |= self.elements
        return nodes

    def unpack(self, values):
        """Node array (size, ...) of values at the used nodes; NaN elsewhere."""
        full = np.full((self.size, *values.shape[1:]), np.nan)
        full[self.used] = values
        return full


def nodal_diffusivity(grid, diffusivity):
    """Checked diffusivity of each node.

    Parameters
    ----------
    grid : NodeGrid
    diffusivity : float or array_like
        One number, one per node (size,), one per node and component
        (size, dimensions) or one tensor per node (size, dimensions, dimensions).

    Returns
    -------
    numpy.ndarray, shape (size, dimensions) or (size, dimensions, dimensions)
        1 at unused nodes.

    Raises
    ------
    InputError
        A diffusivity of a used node is not above zero.
    """
    d = grid.dimensions
    nodal = np.asarray(diffusivity, dtype=float)
    if nodal.ndim < 2:
        nodal = np.repeat(np.broadcast_to(nodal.ravel(), (grid.size,))[:, None], d, axis=1)
    check_diffusivity(nodal[grid.used])
    filler = np.eye(d) if nodal.ndim == 3 else np.ones(d)
    return np.where(grid.used.reshape((-1,) + (1,) * (nodal.ndim - 1)), nodal, filler)


def element_diffusivity(grid, nodal):
    """Diffusivity of the elements from that of the nodes (cells).

    Along each axis neighbouring nodes stand in series (harmonic mean), across
    it they stand in parallel (arithmetic mean): the flux through a contact
    that follows the cells is then exact. Full tensors are averaged.

    Parameters
    ----------
    grid : NodeGrid
    nodal : numpy.ndarray
        From `nodal_diffusivity`.

    Returns
    -------
    numpy.ndarray, shape elements + (dimensions,) or elements + (dimensions, dimensions)
    """
    d = grid.dimensions
    local = tuple(range(d))
    if nodal.ndim == 3:
        means = [[grid.corners(nodal[:, a, b]).mean(axis=local) for b in range(d)] for a in range(d)]
        return np.moveaxis(np.array(means), (0, 1), (-2, -1))
    means = [series_mean(grid.corners(nodal[:, a]), d - 1 - a).mean(axis=local) for a in range(d)]
    return np.stack(means, axis=-1)


def series_mean(corners, axis):
    """Harmonic mean of the corner pairs along one local axis (kept with length 1)."""
    return 2.0 / (1.0 / corners).sum(axis=axis, keepdims=True)


def check_diffusivity(nodal):
    """Raise `InputError` unless scalars, diagonals or tensors (p, ...) are positive (definite)."""
    if not np.isfinite(nodal).all():
        raise InputError("The diffusivity is missing in a part of the grid: cover the whole grid.")
    if nodal.ndim == 3:
        distinct = np.unique(nodal.reshape(len(nodal), -1), axis=0).reshape((-1, *nodal.shape[1:]))
        symmetric = np.allclose(distinct, np.swapaxes(distinct, 1, 2))
        positive = symmetric and bool((np.linalg.eigvalsh(distinct) > 0.0).all())
    else:
        positive = bool((nodal > 0.0).all())
    if not positive:
        raise InputError("Each diffusivity must be above zero (a tensor symmetric and positive definite).")


def interpolate(grid, field, points, units=None, node_units=None):
    """Multilinear interpolation of node values at points.

    Parameters
    ----------
    grid : NodeGrid
    field : numpy.ndarray, shape (size, m)
    points : numpy.ndarray, shape (p, dimensions)
    units, node_units : numpy.ndarray of int, optional
        Geological units of points (p,) and nodes (size,). When given, a point
        takes only nodes of its own unit if its element has one.

    Returns
    -------
    numpy.ndarray, shape (p, m)
        NaN outside the grid or where no corner has a value.
    """
    lower, fractions, inside = _locate(grid, points)
    total = np.zeros((len(points), field.shape[1]))
    weight = np.zeros(len(points))
    own_total, own_weight = np.zeros_like(total), np.zeros_like(weight)
    for corner in product((0, 1), repeat=grid.dimensions):
        index = np.ravel_multi_index([low + c for low, c in zip(lower, corner)], grid.shape)
        shares = [f if c else 1.0 - f for f, c in zip(fractions, corner)]
        share = reduce(np.multiply, shares) * (inside & np.isfinite(field[index]).all(axis=1))
        part = share[:, None] * np.where(np.isfinite(field[index]), field[index], 0.0)
        total, weight = total + part, weight + share
        if units is not None:
            same = node_units[index] == units
            own_total, own_weight = own_total + part * same[:, None], own_weight + share * same
    own = own_weight > 1e-9
    total, weight = np.where(own[:, None], own_total, total), np.where(own, own_weight, weight)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(weight[:, None] > 1e-9, total / weight[:, None], np.nan)


def _locate(grid, points):
    """Lower corner, position in the element (0 to 1) per array axis, and whether points are inside."""
    lower, fractions, inside = [], [], np.ones(len(points), bool)
    for axis, nodes in enumerate(grid.axes):
        position = points[:, grid.dimensions - 1 - axis]
        ordered = nodes if nodes[-1] > nodes[0] else -nodes
        place = position if nodes[-1] > nodes[0] else -position
        low = np.clip(np.searchsorted(ordered, place, side="right") - 1, 0, len(nodes) - 2)
        fraction = (place - ordered[low]) / (ordered[low + 1] - ordered[low])
        inside &= (fraction >= -1e-9) & (fraction <= 1.0 + 1e-9)
        lower.append(low)
        fractions.append(np.clip(fraction, 0.0, 1.0))
    return lower, fractions, inside
