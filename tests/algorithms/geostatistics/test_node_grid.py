"""Nodes, diffusivity of elements, interpolation."""
import numpy as np
import pytest

from lodescope.algorithms.errors import InputError
from lodescope.algorithms.geostatistics.node_grid import (
    NodeGrid,
    element_diffusivity,
    interpolate,
    nodal_diffusivity,
)

SETTINGS = {"west": 1000.0, "north": 5000.0, "cell": 10.0, "columns": 4, "rows": 3, "levels": []}


def test_row_0_is_the_north_row_and_nodes_are_cell_centres():
    grid = NodeGrid.from_settings(SETTINGS)
    points = grid.points()
    assert grid.shape == (3, 4)
    assert points[0].tolist() == [1005.0, 4995.0]
    assert points[-1].tolist() == [1035.0, 4975.0]


def test_levels_run_slowest():
    grid = NodeGrid.from_settings(dict(SETTINGS, levels=[100.0, 110.0, 150.0]))
    assert grid.shape == (3, 3, 4)
    assert grid.points()[[0, 12, 24], 2].tolist() == [100.0, 110.0, 150.0]


def test_measures_add_up_to_the_box_between_the_outer_nodes():
    grid = NodeGrid.from_settings(dict(SETTINGS, levels=[150.0, 110.0, 100.0]))
    assert grid.measure().sum() == pytest.approx(30.0 * 20.0 * 50.0)


def test_an_element_needs_all_its_nodes():
    active = np.ones((3, 4), bool)
    active[0, 0] = False
    grid = NodeGrid.from_settings(SETTINGS, active)
    assert grid.elements.sum() == 5
    assert not grid.used[0]
    assert grid.used[1:].all()


@pytest.mark.parametrize("change", [{"rows": 1}, {"levels": [5.0]}, {"levels": [1.0, 3.0, 2.0]}])
def test_grids_without_elements_are_refused(change):
    with pytest.raises(InputError):
        NodeGrid.from_settings(dict(SETTINGS, **change))


def test_a_mask_that_leaves_no_element_is_refused():
    with pytest.raises(InputError, match="block of neighbouring cells"):
        NodeGrid.from_settings(SETTINGS, np.eye(3, 4, dtype=bool))


def test_contact_in_series_across_and_parallel_along():
    grid = NodeGrid([0.0, 1.0], [0.0, 1.0])
    diffusivity = element_diffusivity(grid, nodal_diffusivity(grid, [1.0, 0.1, 1.0, 0.1]))
    assert diffusivity.shape == (1, 1, 2)
    assert diffusivity[0, 0, 0] == pytest.approx(2.0 / 11.0)
    assert diffusivity[0, 0, 1] == pytest.approx(0.55)


def test_tensors_are_averaged():
    grid = NodeGrid([0.0, 1.0], [0.0, 1.0])
    tensors = np.array([[[2.0, 0.5], [0.5, 1.0]]] * 2 + [[[4.0, 0.1], [0.1, 3.0]]] * 2)
    mean = element_diffusivity(grid, nodal_diffusivity(grid, tensors))[0, 0]
    np.testing.assert_allclose(mean, [[3.0, 0.3], [0.3, 2.0]])


@pytest.mark.parametrize("bad", [0.0, -1.0, np.nan, np.array([[[1.0, 2.0], [2.0, 1.0]]] * 4)])
def test_diffusivity_must_be_positive(bad):
    with pytest.raises(InputError, match="diffusivity"):
        nodal_diffusivity(NodeGrid([0.0, 1.0], [0.0, 1.0]), bad)


def test_diffusivity_of_unused_nodes_does_not_matter():
    active = np.ones((3, 4), bool)
    active[0, 0] = False
    values = np.full(12, 2.0)
    values[0] = np.nan
    nodal = nodal_diffusivity(NodeGrid.from_settings(SETTINGS, active), values)
    assert nodal[0].tolist() == [1.0, 1.0]
    assert (nodal[1:] == 2.0).all()


def test_interpolation_is_exact_for_a_linear_field_and_nan_outside():
    grid = NodeGrid.from_settings(dict(SETTINGS, levels=[150.0, 110.0, 100.0]))
    field = grid.points() @ np.array([[1.0, 2.0], [-0.5, 0.1], [0.3, 0.7]])
    rng = np.random.default_rng(3)
    points = rng.uniform([1005.0, 4975.0, 100.0], [1035.0, 4995.0, 150.0], (50, 3))
    expected = points @ np.array([[1.0, 2.0], [-0.5, 0.1], [0.3, 0.7]])
    np.testing.assert_allclose(interpolate(grid, field, points), expected, rtol=1e-12)
    assert np.isnan(interpolate(grid, field, points + np.array([0.0, 0.0, 60.0]))).all()


def test_interpolation_keeps_to_the_unit_of_the_point():
    grid = NodeGrid([0.0, 1.0], [0.0, 1.0])
    field = np.array([[1.0], [9.0], [1.0], [9.0]])
    node_units = np.array([1, 2, 1, 2])
    points = np.array([[0.9, 0.5], [0.9, 0.5], [0.5, 0.5]])
    result = interpolate(grid, field, points, np.array([1, 2, 3]), node_units)
    np.testing.assert_allclose(result[:, 0], [1.0, 9.0, 5.0])
