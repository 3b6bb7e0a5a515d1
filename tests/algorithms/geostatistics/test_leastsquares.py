"""The rough start is near a truth that is known."""
import numpy as np

from lodescope.algorithms.geostatistics.covariance import Structure, Variogram
from lodescope.algorithms.geostatistics.experimental import Pairs
from lodescope.algorithms.geostatistics.leastsquares import rough_fit
from lodescope.algorithms.geostatistics.parametrisation import Parametrisation


def test_it_finds_range_ratio_and_nugget_roughly():
    rng = np.random.default_rng(1)
    coordinates = rng.uniform(0.0, [1000.0, 1000.0, 200.0], (1200, 3))
    truth = Variogram(0.2, (Structure("exponential", 0.8, (300.0, 300.0, 60.0)),))
    matrix = truth.covariance(coordinates, coordinates) + 0.2 * np.eye(1200)
    values = np.linalg.cholesky(matrix) @ rng.standard_normal((1200, 1))
    shape = Parametrisation(("exponential",), "horizontal", 3, (1.0, 5000.0))
    theta = rough_fit(coordinates, values, Pairs(coordinates, rng), shape, 100.0)
    ranges = np.exp(np.diag(shape.log_ranges(theta)))
    assert 120.0 < ranges[0] < 750.0
    assert 20.0 < ranges[2] < 160.0
    assert ranges[0] > 1.5 * ranges[2]


def test_too_few_pairs_leave_the_start():
    coordinates = np.random.default_rng(0).uniform(0, 10, (5, 2))
    shape = Parametrisation(("spherical",), "none", 2, (0.1, 100.0))
    theta = rough_fit(coordinates, np.arange(5.0)[:, None], Pairs(coordinates, np.random.default_rng(0)), shape, 3.0)
    np.testing.assert_allclose(np.exp(np.diag(shape.log_ranges(theta))), 3.0)
