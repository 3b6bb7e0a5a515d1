"""Errors of near holes are kriged where that helps, as far as they reach, alike at points and on grids."""
import numpy as np
import pytest

from lodescope.algorithms.geostatistics.covariance import Structure, Variogram
from lodescope.algorithms.learning.residuals import ResidualField
from lodescope.algorithms.progress import Progress

GRID = {"west": 0.0, "north": 2000.0, "cell": 10.0}


def field_of(rng, places, length):
    """A smooth random field at places (n, 2): a sum of waves of about this length."""
    waves = rng.normal(size=(60, 2)) * 2.2 / length
    phases = rng.uniform(0.0, 2.0 * np.pi, 60)
    return np.cos(places @ waves.T + phases).sum(axis=1) * np.sqrt(2.0 / 60.0)


@pytest.fixture(scope="module")
def errors():
    rng = np.random.default_rng(4)
    groups = np.repeat(np.arange(150), 4)
    places = rng.uniform(0.0, 2000.0, (150, 2))[groups] + rng.normal(size=(600, 2))
    return places, groups, field_of(rng, places, 500.0)


@pytest.fixture(scope="module")
def fitted(errors):
    places, groups, smooth = errors
    noise = 0.5 * np.random.default_rng(1).normal(size=(600, 2))
    values = np.column_stack([smooth + noise[:, 0], noise[:, 1]])
    return ResidualField.fit(places, groups, values, np.random.default_rng(2), Progress())


def test_only_errors_that_neighbours_share_are_kriged(fitted):
    assert fitted.shares[0] > 0.7
    assert fitted.shares[1] == 0.0
    assert fitted.variograms[1] is None


def test_noise_alone_gives_no_field(errors, quiet):
    places, groups, *_ = errors
    values = np.random.default_rng(3).normal(size=(600, 1))
    assert ResidualField.fit(places, groups, values, np.random.default_rng(2), quiet) is None


def test_kriged_errors_are_near_the_truth_and_say_what_is_left(errors, fitted):
    places, groups, smooth = errors
    shifts, ratios = fitted.at(places, groups)
    wrong = smooth - shifts[:, 0]
    assert np.mean(np.square(wrong)) < 0.35 * np.mean(np.square(smooth))
    sill = fitted.variograms[0].sill
    assert np.mean(ratios[:, 0]) * sill == pytest.approx(np.mean(np.square(wrong)) + 0.25, rel=0.35)
    assert (shifts[:, 1] == 0.0).all()
    assert (ratios[:, 1] == 1.0).all()


def test_far_places_and_places_that_are_not_known_get_nothing(fitted):
    shifts, ratios = fitted.at(np.array([[90_000.0, 0.0], [np.nan, np.nan]]))
    assert (shifts == 0.0).all()
    assert (ratios == 1.0).all()


def kriged_from_all(variogram, places, values, points):
    """Simple kriging from every sample, and the part of the variance that it tells."""
    between = variogram.at(places[:, None] - places)
    between[np.diag_indices(len(places))] = variogram.sill
    towards = variogram.at(points[:, None] - places)
    return towards @ np.linalg.solve(between, values), np.einsum(
        "ij,ji->i", towards, np.linalg.solve(between, towards.T)) / variogram.sill


@pytest.mark.parametrize("holes", [8, 60], ids=["few holes", "many holes"])
@pytest.mark.parametrize(("model", "length"), [("exponential", 400.0), ("spherical", 1000.0), ("exponential", 4000.0)])
def test_cells_are_as_near_to_kriging_from_all_samples_as_points_are(model, length, holes):
    rng = np.random.default_rng(holes)
    groups = np.repeat(np.arange(holes), 6)
    places = rng.uniform(0.0, 2000.0, (holes, 2))[groups] + rng.normal(size=(groups.size, 2))
    values = field_of(rng, places, length) + 0.5 * rng.normal(size=groups.size)
    variogram = Variogram(0.25, (Structure(model, 1.0, (length,)),))
    field, x = ResidualField(places, groups, values[:, None], [variogram]), GRID["cell"] * (np.arange(100) + 0.5)
    points = np.column_stack([np.tile(x, 100), np.repeat(GRID["north"] - x, 100)])
    truth, told = kriged_from_all(variogram, places, values, points)
    (shifts, ratios), (at, left) = field.on_grid(GRID, (0, 0, 100, 100, None)), field.at(points)
    for on_grid, at_points, true in ((shifts, at, truth), (1.0 - ratios, 1.0 - left, told)):
        on_grid, at_points = (np.abs(found[:, 0] - true) for found in (on_grid, at_points))
        assert np.sqrt(np.mean(np.square(on_grid))) < max(0.02, 1.05 * np.sqrt(np.mean(np.square(at_points))))
        assert on_grid.max() < max(0.1, 1.2 * at_points.max())


def test_windows_of_one_grid_meet(fitted):
    whole, _ = fitted.on_grid(GRID, (0, 0, 40, 30, None))
    assert fitted.variograms[0].structures[0].ranges[0] > 120.0  # so that cells are interpolated
    for column, row, columns, rows in ((17, 11, 9, 8), (37, 21, 3, 1), (30, 20, 1, 1)):
        part, _ = fitted.on_grid(GRID, (column, row, columns, rows, None))
        assert np.allclose(part[:, 0].reshape(rows, columns),
                           whole[:, 0].reshape(30, 40)[row:row + rows, column:column + columns], atol=1e-6)


def test_dense_samples_are_not_lost_among_their_neighbours():
    rng = np.random.default_rng(6)
    places = np.stack(np.meshgrid(np.arange(25) * 10.0, np.arange(25) * 10.0), axis=2).reshape(-1, 2) + 4.0
    variogram = Variogram(0.05, (Structure("exponential", 0.95, (400.0,)),))
    field = ResidualField(places, np.arange(625), rng.normal(size=(625, 1)), [variogram])
    grid = {"west": 0.0, "north": 250.0, "cell": 5.0}
    x = 2.5 + 5.0 * np.arange(50)
    points = np.column_stack([np.tile(x, 50), np.repeat(250.0 - x, 50)])
    for on_grid, at in zip(field.on_grid(grid, (0, 0, 50, 50, None)), field.at(points)):
        assert np.allclose(on_grid, at, atol=1e-6)


def test_coarse_cells_and_levels_are_kriged_one_by_one():
    rng = np.random.default_rng(0)
    places = rng.uniform(0.0, 300.0, (80, 3))
    variogram = Variogram(0.1, (Structure("spherical", 0.9, (80.0, 80.0, 30.0)),))
    field = ResidualField(places, np.arange(80), rng.normal(size=(80, 1)), [variogram], [0.5])
    grid = {"west": 0.0, "north": 300.0, "cell": 30.0}
    shifts, ratios = field.on_grid(grid, (0, 0, 10, 10, 120.0))
    x = 15.0 + 30.0 * np.arange(10)
    points = np.column_stack([np.tile(x, 10), np.repeat(300.0 - x, 10), np.full(100, 120.0)])
    expected = field.at(points)
    assert np.allclose(shifts, expected[0])
    assert np.allclose(ratios, expected[1])
    assert ratios.min() >= 0.25


def test_one_sample_is_kriged_as_the_textbook_has_it():
    variogram = Variogram(0.2, (Structure("exponential", 0.8, (100.0,)),))
    field = ResidualField(np.zeros((1, 2)), np.array([0]), np.array([[2.0]]), [variogram], [1.0])
    shifts, ratios = field.at(np.array([[50.0, 0.0]]))
    covariance = 0.8 * np.exp(-1.5)
    assert shifts[0, 0] == pytest.approx(2.0 * covariance, rel=1e-5)
    assert ratios[0, 0] == pytest.approx(1.0 - covariance**2, rel=1e-5)


def test_a_field_is_restored(fitted):
    again = ResidualField.restore(*fitted.state())
    points = np.random.default_rng(5).uniform(0.0, 2000.0, (50, 2))
    for mine, theirs in zip(fitted.at(points), again.at(points)):
        assert (mine == theirs).all()
