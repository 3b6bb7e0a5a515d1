"""Shared errors of cells: their covariance against sums over all pairs of cells."""
import numpy as np
import numpy.testing as npt
import pytest

from lodescope.algorithms.geostatistics.covariance import correlation, variogram_from_dict
from lodescope.algorithms.resources.simulation import (
    MOST_COARSE,
    coarse_steps,
    isotropic,
    none_shared,
    of_variogram,
    one_for_all,
    shared_errors,
)


def centres(shape, sizes):
    """Easting, northing and elevation of all cells, rows southwards."""
    level, row, column = (place.ravel() for place in np.indices(shape))
    return np.column_stack([column * sizes[2], -row * sizes[1], level * sizes[0]])


@pytest.mark.parametrize("length", [30.0, 120.0, 2000.0])
def test_variance_of_the_mean_of_a_map(length):
    """Coarse cells: the mean over all cells must vary as the sum over all pairs says."""
    shape, sizes = (1, 60, 80), (1.0, 10.0, 10.0)
    errors = shared_errors(shape, sizes, isotropic(length), length)
    assert np.prod(errors.counts) <= MOST_COARSE < 60 * 80
    weights = np.bincount(errors.index(*np.indices(shape).reshape(3, -1)), minlength=len(errors.factor)) / 4800
    variance = np.square(weights @ errors.factor).sum()
    places = centres(shape, sizes)
    truth = np.mean([correlation("spherical", np.linalg.norm(places - place, axis=1) / length).mean()
                     for place in places[::7]])
    assert variance == pytest.approx(truth, rel=0.03)
    assert variance <= variance + (1.0 - errors.share) / 4800 < 1.1 * truth


def test_anisotropy_points_to_where_it_says():
    """Errors that reach far to the north-east and not to the north-west."""
    variogram = variogram_from_dict({"schema": 1, "nugget": 0.3, "structures": [
        {"model": "spherical", "sill": 0.7, "ranges": [400.0, 40.0], "azimuth": 45.0}]})
    errors = shared_errors((1, 20, 20), (1.0, 10.0, 10.0), of_variogram(variogram), 40.0)
    covariance = errors.factor @ errors.factor.T
    middle, east, south = (errors.index(0, row, column) for row, column in ((10, 10), (7, 13), (13, 13)))
    assert covariance[middle, middle] == pytest.approx(1.0, abs=1e-6)
    assert covariance[middle, east] == pytest.approx(correlation("spherical", np.hypot(30, 30) / 400.0), abs=1e-6)
    assert covariance[middle, south] == pytest.approx(0.0, abs=1e-6)


def test_levels_count_upwards_and_share_by_their_distance():
    errors = shared_errors((3, 4, 5), (20.0, 10.0, 10.0), isotropic(50.0), 50.0)
    covariance = errors.factor @ errors.factor.T
    assert errors.steps == (1, 1, 1)
    low, high = errors.index(0, 1, 1), errors.index(2, 1, 1)
    assert covariance[low, high] == pytest.approx(correlation("spherical", 40.0 / 50.0), abs=1e-6)
    draws = errors.draw(np.random.default_rng(1), 4000)
    assert draws.shape == (4000, 60)
    assert np.cov(draws[:, low], draws[:, high])[0, 1] == pytest.approx(covariance[low, high], abs=0.05)


def test_ends():
    assert one_for_all().share == 1.0
    assert one_for_all().index(3, 100, 7) == 0
    npt.assert_array_equal(none_shared().draw(np.random.default_rng(0), 3), np.zeros((3, 1)))
    assert coarse_steps((1, 4000, 5000), (5.0, 10.0, 10.0), 100.0)[0] == 1
    steps = coarse_steps((40, 500, 500), (5.0, 10.0, 10.0), 1.0)
    assert np.prod([-(-cells // step) for cells, step in zip((40, 500, 500), steps)]) <= MOST_COARSE
