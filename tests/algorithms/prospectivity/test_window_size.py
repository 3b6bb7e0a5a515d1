import numpy as np
import pytest
from scipy.ndimage import uniform_filter

from lodescope.algorithms.prospectivity.windows import (
    cut_windows,
    default_cell,
    default_window,
    edge_cells,
    variogram_range,
    window_cells,
)


def test_range_of_a_moving_mean_is_its_width():
    """Means over squares of 12 cells have nothing in common from 12 cells on; 95 % of the sill come before that."""
    noise = np.random.default_rng(0).normal(size=(400, 400))
    found = variogram_range(uniform_filter(noise, 12), 50.0)
    assert 0.8 * 12 * 50.0 < found < 1.15 * 12 * 50.0


def test_range_of_noise_is_a_cell_and_of_a_constant_is_not_known():
    noise = np.random.default_rng(0).normal(size=(60, 60))
    assert variogram_range(noise, 50.0) == pytest.approx(50.0)
    assert np.isnan(variogram_range(np.ones((60, 60)), 50.0))
    assert np.isnan(variogram_range(np.full((60, 60), np.nan), 50.0))


def test_gaps_do_not_move_the_range():
    rng = np.random.default_rng(0)
    field = uniform_filter(rng.normal(size=(300, 300)), 10)
    holes = np.where(rng.random(field.shape) < 0.3, np.nan, field)
    assert variogram_range(holes, 1.0) == pytest.approx(variogram_range(field, 1.0), rel=0.1)


def test_window_is_a_third_of_a_range_within_a_twelfth_of_the_area():
    assert default_window([6000.0] * 4, 1e6, 1e6, 10.0) == 2000.0
    assert default_window([6000.0] * 4, 6000.0, 9000.0, 10.0) == 500.0
    assert default_window([float("nan")], 1e6, 1e6, 100.0) == 500.0


def test_cells_grow_where_windows_would_be_wide():
    assert default_cell(1100.0, 100.0) == 100.0
    assert default_cell(4400.0, 100.0) == 400.0
    assert window_cells(4400.0, 400.0) == 11
    assert window_cells(1000.0, 100.0) % 2 == 1
    assert window_cells(10.0, 100.0) == 5


def test_windows_beyond_the_border_are_gaps():
    values = np.arange(24.0).reshape(1, 4, 6)
    cut = cut_windows(values, [0, 2], [0, 3], 3)
    assert np.isnan(cut[0, 0, 0]).all()
    assert np.isnan(cut[0, 0, :, 0]).all()
    np.testing.assert_array_equal(cut[0, 0, 1:, 1:], values[0, :2, :2])
    np.testing.assert_array_equal(cut[1, 0], values[0, 1:4, 2:5])


def test_edges_are_cells_whose_window_meets_a_gap():
    known = np.ones((9, 11), bool)
    known[:2] = False
    known[5, 7] = False
    found = edge_cells(known, 2)
    expected = np.array([[not known[r:r + 5, c:c + 5].all() for c in range(7)] for r in range(5)])
    np.testing.assert_array_equal(found, expected)
