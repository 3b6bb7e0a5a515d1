"""Outlines of cells: areas, holes, corners that touch; smooth ones stay apart and keep their area."""
import numpy as np
import numpy.testing as npt
import pytest

from lodescope.algorithms.progress import Progress
from lodescope.algorithms.prospectivity.outlines import ring_areas, trace


def rings_of(traced):
    return np.split(traced.points, traced.ends[:-1])


def filled(traced, shape, target):
    """Cells whose centres lie inside the rings of a target, by the even-odd rule."""
    x, y = np.meshgrid(np.arange(shape[1]) + 0.5, np.arange(shape[0]) + 0.5)
    inside = np.zeros(shape, bool)
    for ring, owner in zip(rings_of(traced), traced.target):
        if owner != target:
            continue
        for (x0, y0), (x1, y1) in zip(ring, np.roll(ring, -1, axis=0)):
            if y0 != y1:
                crossed = ((y0 <= y) != (y1 <= y)) & (x < x0 + (y - y0) * (x1 - x0) / (y1 - y0))
                inside ^= crossed
    return inside


def crossings(traced):
    """Pairs of pieces of all rings that cross or touch, but for neighbours of a ring."""
    starts = traced.points
    ends, owner, place = np.empty_like(starts), np.empty(len(starts), int), np.empty(len(starts), int)
    for number, (first, last) in enumerate(zip([0, *traced.ends[:-1]], traced.ends)):
        ends[first:last] = np.roll(starts[first:last], -1, axis=0)
        owner[first:last], place[first:last] = number, np.arange(last - first)
    lengths = np.diff(traced.ends, prepend=0)
    a, b = np.triu_indices(len(starts), 1)
    apart = np.abs(place[a] - place[b])
    neighbours = (owner[a] == owner[b]) & ((apart == 1) | (apart == lengths[owner[a]] - 1))
    a, b = a[~neighbours], b[~neighbours]

    def side(p, q, r):
        return (q[:, 0] - p[:, 0]) * (r[:, 1] - p[:, 1]) - (q[:, 1] - p[:, 1]) * (r[:, 0] - p[:, 0])

    one = side(starts[a], ends[a], starts[b]) * side(starts[a], ends[a], ends[b])
    two = side(starts[b], ends[b], starts[a]) * side(starts[b], ends[b], ends[a])
    low, high = np.minimum(starts, ends), np.maximum(starts, ends)
    near = ((low[a] <= high[b]) & (low[b] <= high[a])).all(axis=1)
    return int((near & (one <= 0.0) & (two <= 0.0)).sum())


def labelled(mask, structure=None):
    from scipy import ndimage

    return ndimage.label(mask, structure)[0]


def test_square_has_four_corners():
    labels = np.zeros((6, 8), int)
    labels[2:4, 3:7] = 1
    traced = trace(labels, Progress())
    assert sorted(map(tuple, traced.points)) == [(3.0, 2.0), (3.0, 4.0), (7.0, 2.0), (7.0, 4.0)]
    assert ring_areas(traced.points, traced.ends).tolist() == [8.0]


def test_hole_belongs_to_its_part():
    labels = np.zeros((7, 7), int)
    labels[1:6, 1:6] = 3
    labels[2:4, 2:5] = 0
    traced = trace(labels, Progress())
    assert ring_areas(traced.points, traced.ends).tolist() == [25.0, -6.0]
    assert traced.part[0] == traced.part[1]
    assert traced.target.tolist() == [3, 3]


def test_hole_that_touches_the_outline_at_a_corner():
    """Cells around a hole whose corner meets the outside: two rings that touch, not one that meets itself."""
    mask = np.ones((3, 3), bool)
    mask[1, 1] = mask[0, 0] = False
    traced = trace(mask.astype(int), Progress())
    assert sorted(ring_areas(traced.points, traced.ends).tolist()) == [-1.0, 8.0]
    for ring in rings_of(traced):
        assert len(np.unique(ring, axis=0)) == len(ring)


def test_cells_that_touch_at_a_corner_are_two_parts_of_one_target():
    traced = trace(np.array([[1, 0], [0, 1]]), Progress())
    assert ring_areas(traced.points, traced.ends).tolist() == [1.0, 1.0]
    assert len(set(traced.part)) == 2
    assert traced.target.tolist() == [1, 1]


@pytest.mark.parametrize("density", [0.3, 0.5, 0.7])
@pytest.mark.parametrize("corners", [False, True])
def test_random_cells_are_outlined_exactly(density, corners):
    mask = np.random.default_rng(int(10 * density)).uniform(size=(25, 31)) < density
    labels = labelled(mask, np.ones((3, 3)) if corners else None)
    traced = trace(labels, Progress())
    areas = np.bincount(traced.target, ring_areas(traced.points, traced.ends))
    npt.assert_array_equal(areas[1:], np.bincount(labels.ravel())[1:])
    for target in range(1, labels.max() + 1):
        npt.assert_array_equal(filled(traced, mask.shape, target), labels == target)
    for ring in rings_of(traced):  # no ring meets itself
        assert len(np.unique(ring, axis=0)) == len(ring)


@pytest.mark.parametrize("density", [0.2, 0.5, 0.65])
def test_smooth_outlines_neither_cross_nor_touch(density):
    mask = np.random.default_rng(int(10 * density)).uniform(size=(18, 20)) < density
    traced = trace(labelled(mask, np.ones((3, 3))), Progress(), smooth=True)
    assert crossings(traced) == 0
    assert (traced.points >= 0.0).all() and (traced.points <= [20.0, 18.0]).all()


def test_smooth_outline_keeps_its_area_and_is_shorter():
    y, x = np.mgrid[:80, :90]
    distance = np.hypot(x - 40.3, y - 41.7)
    labels = ((distance < 30.0) & (distance > 9.0)).astype(int)
    labels[:6, 80:] = 2
    rough, smooth = trace(labels, Progress()), trace(labels, Progress(), smooth=True)
    for traced in (rough, smooth):
        areas = np.bincount(traced.target, ring_areas(traced.points, traced.ends))
        npt.assert_allclose(areas[1:], np.bincount(labels.ravel())[1:], rtol=1e-3)
    outer = rings_of(smooth)[0]
    centre = np.hypot(outer[:, 0] - 40.8, outer[:, 1] - 42.2)
    assert np.abs(centre - 30.0).max() < 0.6
    length = np.hypot(*(np.roll(outer, -1, axis=0) - outer).T).sum()
    assert length == pytest.approx(2.0 * np.pi * 30.0, rel=0.03)


def test_smooth_parts_match_rough_ones():
    mask = np.random.default_rng(8).uniform(size=(30, 30)) < 0.55
    labels = labelled(mask)
    rough, smooth = trace(labels, Progress()), trace(labels, Progress(), smooth=True)
    npt.assert_array_equal(rough.part, smooth.part)
    npt.assert_array_equal(rough.target, smooth.target)
    npt.assert_array_equal(np.sign(ring_areas(rough.points, rough.ends)),
                           np.sign(ring_areas(smooth.points, smooth.ends)))
