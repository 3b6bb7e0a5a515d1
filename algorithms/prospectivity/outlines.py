"""Outlines of labelled cells as rings, and smooth ones that keep their topology and their area.

Outlines follow the sides of cells. Smooth outlines are constrained surface nets: the middle of each
side is a node that may move across its side by less than half a cell. The lines between nodes then
stay in the squares around the corners of cells; in such a square there is one line, or two that cut
off opposite corners, so that outlines can neither cross themselves nor others.

References
----------
Gibson, S. F. F. (1998). Constrained elastic surface nets. MICCAI'98, LNCS 1496, 888-898.
https://doi.org/10.1007/BFb0056277
"""
from dataclasses import dataclass

import numpy as np
from scipy import ndimage

PASSES = 20
CORRECTIONS = 8
REACH = 0.49  # of a cell: how far a node may move
STEPS = np.array([[1, 0], [0, 1], [-1, 0], [0, -1]])  # east, south, west, north as columns and rows
OFTEN = 200_000


@dataclass(frozen=True)
class Rings:
    """Closed lines around parts of targets.

    Attributes
    ----------
    points : numpy.ndarray, shape (n, 2)
        Columns and rows, from the north-western corner; the first point of a ring is not repeated.
    ends : numpy.ndarray of int64, shape (rings,)
        Where each ring ends in ``points``.
    part : numpy.ndarray of int64, shape (rings,)
        Connected part of a ring; a part is one polygon, its outer ring first.
    target : numpy.ndarray of int64, shape (rings,)
        Label of a ring.
    """

    points: np.ndarray
    ends: np.ndarray
    part: np.ndarray
    target: np.ndarray


def trace(labels, progress, smooth=False):
    """Outlines of all labels above 0.

    Parameters
    ----------
    labels : numpy.ndarray of int, shape (rows, columns)
        Cells of one label whose corners touch only become separate parts.
    progress : Progress
    smooth : bool

    Returns
    -------
    Rings
        Outer rings run clockwise on a map with north up, inner ones counter-clockwise.
    """
    parts, owners = _parts(labels)
    progress(0.2)
    edges = _edges(parts, progress.span(0.2, 0.4))
    del parts
    following = _following(edges)
    order, ends = _walk(following, progress.span(0.4, 0.8))
    edges = edges.take(order)
    if smooth:
        points = _smooth(edges, ends, owners, labels.shape, progress.span(0.8, 1.0))
    else:
        corners = edges.direction != edges.direction[_before(ends)]
        kept = np.concatenate([[0], np.cumsum(corners)])
        points, edges, ends = edges.start[corners].astype(float), edges.take(corners), kept[ends]
    progress(1.0)
    return _sorted(points, ends, edges.part, owners)


def ring_areas(points, ends):
    """Signed areas of rings in cells: above 0 for outer rings, shape (rings,)."""
    following = _after(ends)
    cross = points[:, 0] * points[following, 1] - points[following, 0] * points[:, 1]
    return 0.5 * np.add.reduceat(cross, np.concatenate([[0], ends[:-1]]))


@dataclass(frozen=True)
class _Edges:
    """Sides of cells between a part, on the right, and anything else."""

    start: np.ndarray  # (n, 2) column and row of the corner where a side starts
    direction: np.ndarray  # (n,) index into STEPS
    part: np.ndarray  # (n,)

    def take(self, keep):
        return _Edges(self.start[keep], self.direction[keep], self.part[keep])


def _parts(labels):
    """Parts whose cells share sides, from 1 on; and the label of each part, shape (parts + 1,)."""
    parts, count = ndimage.label(labels > 0)  # different labels never share a side
    owners = np.zeros(count + 1, np.int64)
    for top in range(0, len(labels), 512):
        owners[parts[top:top + 512].ravel()] = labels[top:top + 512].ravel()
    owners[0] = 0
    return parts, owners


def _edges(parts, progress):
    """All sides of cells between a part and anything else."""
    rows, columns = parts.shape
    found = []
    beyond = np.zeros((1, columns), parts.dtype)
    for top in range(0, rows, 512):
        bottom = min(top + 512, rows)
        strip = parts[top:bottom]
        above = np.concatenate([parts[top - 1:top] if top else beyond, strip[:-1]])
        below = np.concatenate([strip[1:], parts[bottom:bottom + 1] if bottom < rows else beyond])
        west = np.pad(strip, ((0, 0), (1, 0)))[:, :-1]
        east = np.pad(strip, ((0, 0), (0, 1)))[:, 1:]
        corners = ((above, 0, 0), (east, 1, 0), (below, 1, 1), (west, 0, 1))
        for direction, (other, right, down) in enumerate(corners):
            row, column = np.nonzero((strip > 0) & (other != strip))
            found.append((np.column_stack([column + right, row + down + top]),
                          np.full(row.size, direction, np.int8), strip[row, column]))
        progress(bottom / rows)
    return _Edges(*(np.concatenate(part) for part in zip(*found)))


def _following(edges):
    """Index of the side that follows each side around its part."""
    width = int(edges.start[:, 0].max()) + 2
    corner = edges.start[:, 1].astype(np.int64) * width + edges.start[:, 0]
    after = edges.start + STEPS[edges.direction]
    end = after[:, 1].astype(np.int64) * width + after[:, 0]
    largest = int(end.max()) + 1
    keys = edges.part.astype(np.int64) * largest + corner
    order = np.argsort(keys, kind="stable")
    wanted = edges.part.astype(np.int64) * largest + end
    place = np.searchsorted(keys[order], wanted)
    first = order[place]
    second = order[np.minimum(place + 1, order.size - 1)]
    # Where a part meets itself at a corner, turning left keeps the ground between its cells apart.
    left = (edges.direction[second] == (edges.direction - 1) % 4) & (keys[second] == wanted)
    return np.where(left, second, first)


def _walk(following, progress):
    """Order of the sides ring by ring, and where each ring ends."""
    following, seen = following.tolist(), bytearray(following.size)
    order, ends = [], []
    for first in range(len(following)):
        if seen[first]:
            continue
        side = first
        while not seen[side]:
            seen[side] = 1
            order.append(side)
            side = following[side]
        ends.append(len(order))
        if len(order) // OFTEN != (len(order) - 1) // OFTEN:
            progress(len(order) / len(following))
    return np.array(order), np.array(ends)


def _before(ends):
    """Index of the point before each point of its ring."""
    before = np.arange(ends[-1]) - 1
    before[np.concatenate([[0], ends[:-1]])] = ends - 1
    return before


def _after(ends):
    """Index of the point after each point of its ring."""
    after = np.arange(ends[-1]) + 1
    after[ends - 1] = np.concatenate([[0], ends[:-1]])
    return after


def _smooth(edges, ends, owners, shape, progress):
    """Places of the nodes of rings after they were drawn tight within their limits, at their old area."""
    low, high = _boxes(edges, shape)
    before, after = _before(ends), _after(ends)
    points = 0.5 * (low + high)
    for step in range(PASSES):
        points = np.clip(0.5 * points + 0.25 * (points[before] + points[after]), low, high)
        progress(0.7 * step / PASSES)
    target = owners[edges.part]
    first = np.concatenate([[0], ends[:-1]])
    wanted = np.bincount(target[first], ring_areas(edges.start.astype(float), ends))
    for step in range(CORRECTIONS):
        area = np.bincount(target[first], ring_areas(points, ends))
        along = points[after] - points[before]
        length = np.maximum(np.hypot(*along.T), 1e-12)
        outward = np.column_stack([along[:, 1], -along[:, 0]]) / length[:, None]
        border = np.bincount(target, 0.5 * length)
        shift = (wanted - area) / np.maximum(border, 1e-12)
        points = np.clip(points + shift[target][:, None] * outward, low, high)
        progress(0.7 + 0.3 * step / CORRECTIONS)
    return points


def _boxes(edges, shape):
    """Lowest and highest place of the node of each side of a cell, shape (n, 2) each."""
    middle = edges.start + 0.5 * STEPS[edges.direction]
    across = np.abs(STEPS[edges.direction][:, ::-1]) * REACH
    return np.maximum(middle - across, 0.0), np.minimum(middle + across, [shape[1], shape[0]])


def _sorted(points, ends, part, owners):
    """Rings in the order of their parts, outer rings first."""
    first = np.concatenate([[0], ends[:-1]])
    of_ring = part[first]
    is_hole = ring_areas(points, ends) < 0.0
    order = np.lexsort([is_hole, of_ring, owners[of_ring]])
    lengths = (ends - first)[order]
    new_ends = np.cumsum(lengths)
    index = np.repeat(first[order] - (new_ends - lengths), lengths) + np.arange(ends[-1])
    return Rings(points[index], new_ends, of_ring[order].astype(np.int64), owners[of_ring[order]])
