"""Experimental variograms of data whose semivariance is known."""
import numpy as np
import pytest

from lodescope.algorithms.errors import InputError
from lodescope.algorithms.geostatistics.experimental import (
    ESTIMATORS,
    Pairs,
    experimental_variogram,
    lag_edges,
    sample_spacing,
    unit_vector,
)


def holes(rng, count, per_hole=40, step=2.0, extent=1000.0):
    """Vertical drill holes and the number of each sample's hole."""
    collars = np.repeat(rng.uniform(0.0, extent, (count, 2)), per_hole, axis=0)
    depth = np.tile(np.arange(per_hole) * step, count)
    return np.column_stack([collars, -depth]), np.repeat(np.arange(count), per_hole)


def test_semivariance_of_a_line_is_computed_by_hand():
    found = experimental_variogram([[0, 0], [1, 0], [2, 0], [3, 0]], [0.0, 1.0, 3.0, 6.0], [0.5, 1.5, 2.5],
                                   estimator="matheron")
    np.testing.assert_allclose(found.lags, [1.0, 2.0])
    np.testing.assert_allclose(found.semivariance, [(1 + 4 + 9) / 6.0, (9 + 25) / 4.0])
    np.testing.assert_array_equal(found.pairs, [3, 2])


@pytest.mark.parametrize("estimator", ESTIMATORS)
def test_noise_has_its_variance_at_all_lags(estimator):
    rng = np.random.default_rng(0)
    found = experimental_variogram(rng.uniform(0, 100, (1200, 2)), rng.normal(0.0, 3.0, 1200), estimator=estimator)
    np.testing.assert_allclose(found.semivariance[found.pairs > 5000], 9.0, rtol=0.1)


def test_robust_estimators_bear_outliers():
    rng = np.random.default_rng(0)
    coordinates, values = rng.uniform(0, 100, (700, 2)), rng.standard_normal(700)
    values[:7] = 500.0
    found = {name: np.median(experimental_variogram(coordinates, values, estimator=name).semivariance)
             for name in ESTIMATORS}
    assert found["dowd"] < 1.5
    assert found["cressie"] < found["matheron"] / 100.0


@pytest.mark.parametrize(("azimuth", "dip", "axis"), [(90.0, 0.0, 0), (0.0, 0.0, 1), (0.0, -90.0, 2)])
def test_direction_sees_only_its_own_axis(azimuth, dip, axis):
    rng = np.random.default_rng(2)
    coordinates = rng.integers(0, 12, (600, 3)).astype(float)
    coordinates = np.unique(coordinates, axis=0)
    values = coordinates[:, axis]
    along = experimental_variogram(coordinates, values, np.arange(0.5, 6.0), azimuth, dip, tolerance=5.0)
    robust = 0.457 + 0.494 / along.pairs
    np.testing.assert_allclose(along.semivariance, 0.5 * np.round(along.lags) ** 2 / robust, rtol=0.02)
    across = experimental_variogram(coordinates, coordinates[:, (axis + 1) % 3], np.arange(0.5, 6.0), azimuth, dip,
                                    tolerance=5.0)
    np.testing.assert_allclose(across.semivariance, 0.0, atol=1e-12)


def test_bandwidth_and_tolerance_leave_pairs_out():
    coordinates = np.random.default_rng(1).uniform(0.0, 100.0, (300, 2))
    pairs = Pairs(coordinates, np.random.default_rng(0))
    wide, narrow = pairs.towards(30.0, 0.0, 45.0), pairs.towards(30.0, 0.0, 10.0)
    thin = pairs.towards(30.0, 0.0, 45.0, bandwidth=5.0)
    assert narrow.sum() < wide.sum()
    assert thin.sum() < wide.sum()
    assert not np.any(narrow & ~wide)
    assert not np.any(thin & ~wide)
    across = pairs.lags - np.outer(pairs.lags @ unit_vector(30.0)[:2], unit_vector(30.0)[:2])
    assert np.linalg.norm(across[thin], axis=1).max() <= 5.0


def test_lags_of_drill_holes_reach_from_sample_to_hole_spacing():
    coordinates, _ = holes(np.random.default_rng(0), 30)
    edges = lag_edges(coordinates)
    assert sample_spacing(coordinates) == pytest.approx(2.0)
    assert edges[1] <= 3.5
    assert edges[-1] > 400.0
    assert len(edges) < 25
    found = experimental_variogram(coordinates, coordinates[:, 2], edges)
    assert np.all(found.pairs[:3] > 200)


def test_lags_of_a_grid_fall_on_its_spacing():
    grid = np.stack(np.meshgrid(np.arange(15.0), np.arange(15.0)), axis=-1).reshape(-1, 2) * 50.0
    found = experimental_variogram(grid, grid[:, 0], estimator="matheron", azimuth=90.0, tolerance=5.0)
    np.testing.assert_allclose(found.lags, 50.0 * np.arange(1, len(found.lags) + 1))
    np.testing.assert_allclose(found.semivariance, 0.5 * found.lags**2)


def test_down_hole_pairs_stay_in_their_hole():
    coordinates, groups = holes(np.random.default_rng(0), 10)
    # The level differs by hole only, so within a hole nothing varies.
    found = experimental_variogram(coordinates, groups * 5.0, groups=groups)
    assert found.label == "Down the hole"
    np.testing.assert_array_equal(found.semivariance, 0.0)
    assert found.pairs.sum() <= 10 * 40 * 39 // 2
    alone = experimental_variogram(coordinates, groups * 5.0, groups=np.full(400, -1))
    assert alone.lags.size == 0


def test_subsampled_pairs_are_bounded_and_without_bias():
    rng = np.random.default_rng(3)
    coordinates, _ = holes(rng, 65)
    values = np.sin(coordinates[:, 0] / 100.0) + 0.1 * coordinates[:, 2] + rng.standard_normal(2600)
    few = Pairs(coordinates, np.random.default_rng(0), maximum=150_000)
    again = Pairs(coordinates, np.random.default_rng(0), maximum=150_000)
    assert len(few.first) <= 150_000
    np.testing.assert_array_equal(few.first, again.first)
    assert np.unique(few.first * 2600 + few.second).size == len(few.first)
    edges = lag_edges(coordinates)
    sampled = experimental_variogram(coordinates, values, edges, pairs=few, estimator="matheron")
    everything = experimental_variogram(coordinates, values, edges, estimator="matheron",
                                        pairs=Pairs(coordinates, rng, maximum=10_000_000))
    known = sampled.pairs > 1000
    np.testing.assert_allclose(sampled.semivariance[known], everything.semivariance[known], rtol=0.12)
    assert known.sum() > 8


def test_columns_count_in_shares_of_their_variance():
    rng = np.random.default_rng(0)
    coordinates = rng.uniform(0, 10, (500, 2))
    values = rng.standard_normal((500, 2)) * [1.0, 1000.0]
    found = experimental_variogram(coordinates, values, [0.0, 5.0])
    assert found.semivariance[0] == pytest.approx(1.0, rel=0.1)


def test_wrong_input_is_named():
    with pytest.raises(InputError, match="estimator 'madogram'"):
        experimental_variogram([[0, 0], [1, 1]], [1.0, 2.0], estimator="madogram")
    with pytest.raises(InputError, match="only one usable sample"):
        experimental_variogram([[0, 0]], [1.0])


def test_coincident_points_do_not_stop_it():
    found = experimental_variogram(np.zeros((5, 3)), np.arange(5.0))
    assert found.lags.size == 0
