import numpy as np
import pytest

from lodescope.algorithms.geostatistics.covariance import Structure, Variogram
from lodescope.algorithms.geostatistics.thinning import ThinnedLevels, clusters, reduced_metric, spacing, thin

SPHERE = Variogram(0.0, (Structure("matern15", 1.0, (100.0,)),))


def holes(rng, count=9, samples=60):
    """Vertical holes with 2 m samples on a rough 80 m grid, and their numbers."""
    side = int(np.sqrt(count))
    collars = 80.0 * np.indices((side, side)).reshape(2, -1).T + rng.uniform(-15.0, 15.0, (count, 2))
    up = -2.0 * np.arange(samples)
    plan = np.repeat(collars, samples, axis=0)
    return np.column_stack([plan, np.tile(up, count)]), np.repeat(np.arange(count), samples)


def test_metric_makes_one_structure_round():
    structure = Structure("cubic", 2.0, (300.0, 100.0, 20.0), 35.0, -15.0, 10.0)
    metric = reduced_metric(Variogram(0.0, (structure,)), 3)
    reduced = structure.matrix(3)
    rng = np.random.default_rng(1)
    lags = rng.normal(size=(50, 3))
    ratio = np.linalg.norm(lags @ metric.T, axis=1) / np.linalg.norm(lags @ reduced.T, axis=1)
    np.testing.assert_allclose(ratio, 1.0, rtol=1e-12)


def test_metric_of_nested_structures_lies_between_their_shapes():
    long, wide = Structure("cubic", 1.0, (400.0, 100.0)), Structure("cubic", 1.0, (100.0, 400.0))
    metric = reduced_metric(Variogram(0.0, (long, wide)), 2)
    np.testing.assert_allclose(metric.T @ metric, np.eye(2) / 200.0**2, atol=1e-18)


def test_thin_keeps_one_point_of_each_voxel_the_one_nearest_its_middle():
    points = np.array([[0.0, 0.0], [0.6, 0.5], [0.9, 0.9], [1.2, 0.5], [3.4, 2.5], [1.9, 0.9]])
    np.testing.assert_array_equal(thin(points, 1.0), [1, 3, 4])


def test_spacing_ignores_coincident_points():
    line = np.column_stack([np.arange(20) * 3.0, np.zeros(20)])
    assert spacing(np.vstack([line, line])) == pytest.approx(3.0)
    assert spacing(np.zeros((10, 3))) == 0.0
    assert spacing(np.zeros((1, 3))) == 0.0


def test_levels_are_nested_and_each_is_much_thinner():
    coordinates, _ = holes(np.random.default_rng(2))
    levels = ThinnedLevels(coordinates, reduced_metric(SPHERE, 3), 20).levels
    assert len(levels) >= 3
    for fine, coarse in zip(levels, levels[1:]):
        assert np.isin(coarse.rows, fine.rows).all()
        assert coarse.rows.size <= 0.7 * fine.rows.size


def test_neighbourhood_sees_many_holes_where_the_nearest_samples_see_one():
    coordinates, hole = holes(np.random.default_rng(3))
    metric = reduced_metric(SPHERE, 3)
    centre = coordinates[4 * 60 + 30] + 5.0
    nearest = ThinnedLevels(coordinates, metric, 40, depth=1).neighbourhoods(centre)[0]
    multilevel = ThinnedLevels(coordinates, metric, 24).neighbourhoods(centre)[0]
    assert np.unique(hole[nearest]).size == 1
    assert np.unique(hole[multilevel]).size == 9


def test_first_level_gives_the_nearest_samples():
    coordinates, _ = holes(np.random.default_rng(4))
    metric = reduced_metric(SPHERE, 3)
    centres = np.random.default_rng(5).uniform([0.0, 0.0, -120.0], [160.0, 160.0, 0.0], (5, 3))
    found = ThinnedLevels(coordinates, metric, 15, depth=1).neighbourhoods(centres)
    for centre, rows in zip(centres, found):
        expected = np.argsort(np.linalg.norm(coordinates - centre, axis=1))[:15]
        np.testing.assert_array_equal(rows, np.sort(expected))


@pytest.mark.parametrize("large", [0, 4096])
def test_a_group_left_out_gives_way_to_as_many_other_samples(monkeypatch, large):
    monkeypatch.setattr("lodescope.algorithms.geostatistics.thinning.LARGE_GROUP", large)
    coordinates, hole = holes(np.random.default_rng(6))
    levels = ThinnedLevels(coordinates, reduced_metric(SPHERE, 3), 15, depth=1)
    centre = coordinates[4 * 60 + 30]
    rows = levels.neighbourhoods_without(centre, hole, 4)[0]
    others = np.flatnonzero(hole != 4)
    expected = others[np.argsort(np.linalg.norm(coordinates[others] - centre, axis=1))[:15]]
    np.testing.assert_array_equal(rows, np.sort(expected))


def test_clusters_part_points_by_voxel_and_label():
    points = np.array([[0.1], [0.2], [1.5], [0.3], [1.6]])
    labels = np.array([1, 0, 0, 1, 0])
    found = {tuple(sorted(rows)) for rows in clusters(points, 1.0, labels)}
    assert found == {(0, 3), (1,), (2, 4)}
    assert {tuple(sorted(rows)) for rows in clusters(points, 1.0)} == {(0, 1, 3), (2, 4)}


@pytest.mark.parametrize("coordinates", [
    np.zeros((200, 3)),
    np.column_stack([np.zeros((200, 2)), np.arange(200) * 1.0]),
    np.vstack([np.random.default_rng(7).uniform(0.0, 50.0, (199, 3)), [[1e7, -1e7, 0.0]]]),
])
def test_odd_layouts_still_give_neighbourhoods(coordinates):
    levels = ThinnedLevels(coordinates, reduced_metric(SPHERE, 3), 16)
    rows = levels.neighbourhoods(coordinates[[0, -1]])
    assert all(16 <= near.size <= 16 * len(levels.levels) for near in rows)
    assert len(levels.levels) < 12
