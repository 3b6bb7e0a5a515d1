"""Blocks cover a window once, whatever their sizes, and a plane between their corners stays a plane."""
import numpy as np

from lodescope.algorithms.learning.quadtree import LARGEST, Canvas, corners_of, quarters


def test_a_plane_painted_with_blocks_of_many_sizes_is_a_plane():
    canvas, rng, step = Canvas(37, 101, 90, 55), np.random.default_rng(0), LARGEST
    blocks, painted = canvas.blocks(step), 0
    while len(blocks):
        nodes, corners = corners_of(blocks, step)
        again = rng.uniform(size=len(blocks)) < (0.6 if step > 1 else 0.0)
        planes = np.stack([2.0 * nodes[:, 0] - 3.0 * nodes[:, 1], np.ones(len(nodes))])
        canvas.fill(blocks[~again], planes[:, corners[:, ~again]], step)
        painted, step = painted + (~again).sum(), step // 2
        blocks = canvas.within(quarters(blocks[again]), step)
    assert painted > 50
    plane, ones = canvas.cells().reshape(2, 55, 90)
    assert (ones == 1.0).all()
    assert np.allclose(plane, 2.0 * (37 + np.arange(90)) - 3.0 * (101 + np.arange(55))[:, None])


def test_corners_stand_a_step_apart_and_a_cell_is_its_own():
    nodes, corners = corners_of(np.array([[3, 5], [4, 5]]), 8)
    assert len(nodes) == 6
    assert nodes[corners[:, 0]].tolist() == [[24, 40], [32, 40], [24, 48], [32, 48]]
    nodes, corners = corners_of(np.array([[3, 5], [9, 2]]), 1)
    assert len(nodes) == 2
    assert nodes[corners[:, 1]].tolist() == [[9, 2]] * 4
