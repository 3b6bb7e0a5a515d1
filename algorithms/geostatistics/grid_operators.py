"""Finite-element operators on the nodes of a raster.

Since every element is a box, its matrix is a sum of Kronecker products of
2 x 2 matrices and the global matrix a stencil of 9 or 27 diagonals, which is
filled without any list of elements.

References
----------
Zienkiewicz, O. C. & Zhu, J. Z. (1992). The superconvergent patch recovery and
a posteriori error estimates. Part 1. International Journal for Numerical
Methods in Engineering 33, 1331-1364. https://doi.org/10.1002/nme.1620330702
"""
from functools import reduce
from itertools import product

import numpy as np
from scipy import sparse

from .linear_solvers import conjugate_gradient
from .node_grid import element_diffusivity, nodal_diffusivity, series_mean

MASS = np.array([[2.0, 1.0], [1.0, 2.0]]) / 6.0
STIFFNESS = np.array([[1.0, -1.0], [-1.0, 1.0]])
MIXED = np.array([[-0.5, 0.5], [-0.5, 0.5]])


def _component(diffusivity, dimensions, a, b):
    """Coefficient D_ab of the elements, or None where it is zero."""
    diffusivity = np.asarray(diffusivity, dtype=float)
    if diffusivity.ndim == dimensions + 2:
        return diffusivity[..., a, b]
    if a != b:
        return None
    return diffusivity[..., a] if diffusivity.ndim == dimensions + 1 else diffusivity


def mass(grid, lumped=False):
    """Mass matrix of the used nodes.

    Parameters
    ----------
    grid : NodeGrid
    lumped : bool
        Give the row sums (used,) instead of the matrix.

    Returns
    -------
    scipy.sparse.csr_matrix, shape (used, used), or numpy.ndarray, shape (used,)
    """
    measure = grid.measure()
    if lumped:
        return grid.scatter(measure / 2**grid.dimensions)[grid.used]
    local = reduce(np.kron, [MASS] * grid.dimensions)
    return _assemble(grid, lambda i, j: measure * local[i, j])


def stiffness(grid, diffusivity=1.0):
    """Stiffness matrix of the used nodes: integral of ``grad phi_i . D grad phi_j``.

    Parameters
    ----------
    grid : NodeGrid
    diffusivity : float or numpy.ndarray
        Of the elements: one number, elements, elements + (dimensions,) or
        elements + (dimensions, dimensions); see `element_diffusivity`.

    Returns
    -------
    scipy.sparse.csr_matrix, shape (used, used)
    """
    measure = grid.measure()
    terms = []
    for a, b in product(range(grid.dimensions), repeat=2):
        coefficient = _component(diffusivity, grid.dimensions, a, b)
        if coefficient is not None:
            weight = coefficient * (measure / (grid.width(a) * grid.width(b)))
            terms.append((weight, _reference(grid.dimensions, a, b)))

    def entry(i, j):
        total = terms[0][0] * terms[0][1][i, j]
        for weight, local in terms[1:]:
            total += weight * local[i, j]
        return total

    return _assemble(grid, entry)


def flux_matrix(grid, nodal):
    """Stiffness matrix of the used nodes from the diffusivity of the nodes.

    Scalars and diagonals are integrated at the corners of the elements, which
    leaves 5 or 7 diagonals, each edge between two nodes with the harmonic mean
    of its ends: no over- or undershoot, and contacts stay sharp. Full tensors
    are integrated exactly.

    Parameters
    ----------
    grid : NodeGrid
    nodal : numpy.ndarray
        From `nodal_diffusivity`.

    Returns
    -------
    scipy.sparse.csr_matrix, shape (used, used)
    """
    if nodal.ndim == 3:
        return stiffness(grid, element_diffusivity(grid, nodal))
    steps = _axis_steps(grid.dimensions)
    diagonals = np.zeros((len(steps), *grid.shape))
    centre = len(steps) // 2
    for axis in range(grid.dimensions):
        low = (slice(None),) * axis + (slice(None, -1),)
        high = (slice(None),) * axis + (slice(1, None),)
        edge = _edge_conductance(grid, nodal, axis)
        diagonals[centre][low] += edge
        diagonals[centre][high] += edge
        diagonals[steps.index(_unit(grid.dimensions, axis, 1))][low] -= edge
        diagonals[steps.index(_unit(grid.dimensions, axis, -1))][high] -= edge
    return _compress(grid, diagonals.reshape(len(steps), -1), steps)


def _unit(dimensions, axis, sign):
    return tuple(sign if other == axis else 0 for other in range(dimensions))


def _axis_steps(dimensions):
    """The node itself and its neighbours along the axes, in raster order."""
    steps = [_unit(dimensions, axis, sign) for axis in range(dimensions) for sign in (-1, 1)]
    return sorted([*steps, (0,) * dimensions])


def _edge_conductance(grid, nodal, axis):
    """Flux through the part of the elements that belongs to each edge, per unit of difference."""
    component = grid.dimensions - 1 - axis
    share = grid.measure() / (grid.width(component) ** 2 * 2 ** (grid.dimensions - 1))
    shape = list(grid.shape)
    shape[axis] -= 1
    total = np.zeros(shape)
    for part in grid.parts():
        if part[axis] == slice(None, -1):
            total[(*part[:axis], slice(None), *part[axis + 1:])] += share
    values = nodal[:, component].reshape(grid.shape)
    low = (slice(None),) * axis + (slice(None, -1),)
    high = (slice(None),) * axis + (slice(1, None),)
    return total * (2.0 / (1.0 / values[low] + 1.0 / values[high]))


def _reference(dimensions, a, b):
    """Integral of ``d_a phi_i d_b phi_j`` over the unit cube, all pairs of corners."""
    factors = [MASS] * dimensions
    if a == b:
        factors[dimensions - 1 - a] = STIFFNESS
    else:
        factors[dimensions - 1 - a] = MIXED.T
        factors[dimensions - 1 - b] = MIXED
    return reduce(np.kron, factors)


def _assemble(grid, entry):
    """Symmetric matrix of the used nodes from the element values ``entry(i, j)`` of each corner pair."""
    steps = list(product((-1, 0, 1), repeat=grid.dimensions))
    where = {step: k for k, step in enumerate(steps)}
    diagonals = np.zeros((len(steps), *grid.shape))
    corners = list(product((0, 1), repeat=grid.dimensions))
    parts = grid.parts()
    for i, first in enumerate(corners):
        for j in range(i, len(corners)):
            step = tuple(np.subtract(corners[j], first))
            values = entry(i, j)
            diagonals[where[step]][parts[i]] += values
            if i != j:
                diagonals[where[tuple(np.negative(step))]][parts[j]] += values
    return _compress(grid, diagonals.reshape(len(steps), -1), steps)


def _compress(grid, diagonals, steps):
    """Rows of a compressed matrix from stencil values (stencil, size)."""
    used = grid.used
    number = np.full(grid.size, -1, np.int32)
    number[used] = np.arange(np.count_nonzero(used), dtype=np.int32)
    padded = np.pad(number.reshape(grid.shape), 1, constant_values=-1)
    columns = np.empty((np.count_nonzero(used), len(steps)), np.int32)
    for k, step in enumerate(steps):
        window = tuple(slice(1 + s, 1 + s + n) for s, n in zip(step, grid.shape))
        columns[:, k] = padded[window].ravel()[used]
    valid = columns >= 0
    values = np.empty(columns.shape)
    for k in range(len(steps)):
        values[:, k] = diagonals[k][used]
    rows = np.concatenate([[0], np.cumsum(valid.sum(axis=1))]).astype(np.int32)
    count = len(columns)
    return sparse.csr_matrix((values[valid], columns[valid], rows), shape=(count, count))


def gradient(grid, field, lumped=True, diffusivity=None):
    """Gradient at the nodes by projection (L2) of the element gradients.

    Parameters
    ----------
    grid : NodeGrid
    field : numpy.ndarray, shape (size,) or (size, m)
    lumped : bool
        Use the lumped mass (an average over the elements around a node);
        otherwise solve with the consistent one.
    diffusivity : numpy.ndarray, optional
        Of the nodes, (size,) or (size, dimensions). When given, the field is
        taken to carry a continuous normal flux, so that its slope between two
        nodes breaks at the contact half-way and each node gets the slope of
        its own side.

    Returns
    -------
    numpy.ndarray, shape (size, dimensions) or (size, m, dimensions)
        Units of the field per metre; NaN at unused nodes.
    """
    field = np.asarray(field, dtype=float)
    columns = field.reshape(grid.size, -1)
    measure = grid.measure()
    solve = _projection(grid, lumped)
    result = np.full((*columns.shape, grid.dimensions), np.nan)
    for component in range(grid.dimensions):
        share = _side_share(grid, diffusivity, component)
        for column in range(columns.shape[1]):
            values = np.where(grid.used, columns[:, column], 0.0)
            right = _slope_load(grid, values, component, share, measure)
            result[grid.used, column, component] = solve(right[grid.used])
    return result.reshape((*field.shape, grid.dimensions))


def _slope_load(grid, nodes, component, share, measure):
    """Integral of ``phi_i d field / d component`` for each node."""
    axis = grid.dimensions - 1 - component
    slope = np.diff(grid.corners(nodes), axis=axis) * (0.5 / grid.width(component)) * share
    for other in range(grid.dimensions):
        if other != axis:
            # The 2 x 2 mass matrix is (identity + ones) / 6.
            slope = (slope + slope.sum(axis=other, keepdims=True)) / 6.0
    return grid.scatter(slope * measure)


def _side_share(grid, diffusivity, component):
    """Slope at each corner over the mean slope of its edge: 1 away from contacts."""
    axis = grid.dimensions - 1 - component
    if diffusivity is None:
        form = [1] * (2 * grid.dimensions)
        form[axis] = 2
        return np.ones(form)
    nodal = np.asarray(diffusivity, dtype=float)
    nodal = nodal[:, component] if nodal.ndim == 2 else nodal
    corners = grid.corners(np.where(grid.used, nodal, 1.0))
    return series_mean(corners, axis) / corners


def _projection(grid, lumped):
    """Function that solves with the mass matrix."""
    weights = mass(grid, lumped=True)
    if lumped:
        return lambda right: right / weights
    matrix = mass(grid)
    return lambda right: conjugate_gradient(matrix, right, lambda r: r / weights, start=right / weights,
                                            tolerance=1e-12).solution


def divergence(grid, vectors, lumped=True):
    """Divergence at the nodes of a vector field given there, by projection.

    Parameters
    ----------
    grid : NodeGrid
    vectors : numpy.ndarray, shape (size, dimensions) or (size, m, dimensions)
    lumped : bool
        See `gradient`.

    Returns
    -------
    numpy.ndarray, shape (size,) or (size, m)
        Positive where the field has a source.
    """
    parts = [gradient(grid, vectors[..., a], lumped)[..., a] for a in range(grid.dimensions)]
    return reduce(np.add, parts)


def boundary_flux(grid, field, nodal):
    """Integral of ``phi_i D grad field . n`` over the boundary, for each node.

    Parameters
    ----------
    grid : NodeGrid
    field : numpy.ndarray, shape (size,)
    nodal : numpy.ndarray
        From `nodal_diffusivity`.

    Returns
    -------
    numpy.ndarray, shape (size,)
    """
    d = grid.dimensions
    corners = grid.corners(np.where(grid.used, field, 0.0))
    slopes = [np.diff(corners, axis=d - 1 - b) / grid.width(b) for b in range(d)]
    total = np.zeros(grid.size)
    for a in range(d):
        axis = d - 1 - a
        if nodal.ndim == 3:
            normal = sum(grid.corners(nodal[:, a, b]).mean(axis=tuple(range(d))) * slopes[b] for b in range(d))
        else:
            normal = series_mean(grid.corners(nodal[:, a]), axis) * slopes[a]
        normal = np.broadcast_to(normal, corners.shape)
        outward = np.zeros(corners.shape)
        area = grid.measure() / (grid.width(a) * 2 ** (d - 1))
        for side, sign in ((0, -1.0), (1, 1.0)):
            index = (slice(None),) * axis + (side,)
            outward[index] = sign * normal[index] * (area * _open_side(grid.elements, axis, side))
        total += grid.scatter(outward)
    return total


def _open_side(elements, axis, side):
    """Elements without a neighbour on one side of an array axis."""
    neighbour = np.zeros_like(elements)
    low = (slice(None),) * axis + (slice(None, -1),)
    high = (slice(None),) * axis + (slice(1, None),)
    here, there = (high, low) if side == 0 else (low, high)
    neighbour[here] = elements[there]
    return elements & ~neighbour


def flux_divergence(grid, field, diffusivity):
    """Divergence of the flux ``-D grad field`` at the nodes, from the finite-element balance.

    Sharper than `divergence` of a recovered flux, since the diffusivity may
    jump between nodes.

    Parameters
    ----------
    grid : NodeGrid
    field : numpy.ndarray, shape (size,) or (size, m)
    diffusivity : float or array_like
        Of the nodes, see `nodal_diffusivity`.

    Returns
    -------
    numpy.ndarray
        As ``field``; positive where there is a source, NaN at unused nodes.
    """
    nodal = nodal_diffusivity(grid, diffusivity)
    matrix, weights = flux_matrix(grid, nodal), mass(grid, lumped=True)
    field = np.asarray(field, dtype=float)
    result = np.full((grid.size, field[0].size), np.nan)
    for column, values in enumerate(field.reshape(grid.size, -1).T):
        load = matrix @ values[grid.used] - boundary_flux(grid, values, nodal)[grid.used]
        result[grid.used, column] = load / weights
    return result.reshape(field.shape)
