"""Local kriging: exact kriging of the same samples, and differences of the estimate."""
import numpy as np
import pytest

from lodescope.algorithms.fusion.localkriging import krige_locally
from lodescope.algorithms.geostatistics.covariance import Structure, Variogram
from lodescope.algorithms.geostatistics.dual import DualKriging

VARIOGRAM = Variogram(0.2, (
    Structure("matern15", 1.0, (80.0, 40.0, 20.0), 30.0, -10.0), Structure("cubic", 0.5, (30.0,))))


@pytest.mark.parametrize("dimensions", [2, 3])
def test_the_same_as_exact_kriging_of_those_samples(dimensions):
    rng = np.random.default_rng(3)
    places, values = rng.uniform(0.0, 100.0, (30, dimensions)), rng.normal(5.0, 1.0, 30)
    points = rng.uniform(0.0, 100.0, (7, dimensions))
    near = np.stack([rng.permutation(30)[:12] for _ in points])
    near[2, 9:] = -1
    estimate, variance, gradient = krige_locally(VARIOGRAM, places, values, points, near)
    for row, point in enumerate(points):
        rows = near[row][near[row] >= 0]
        truth = DualKriging(VARIOGRAM, exact=False).fit(places[rows], values[rows]).predict(
            point[None], variance=True, gradient=True)
        assert estimate[row] == pytest.approx(truth.estimate[0, 0], abs=1e-6)
        assert variance[row] == pytest.approx(truth.variance[0], abs=1e-6)
        assert np.allclose(gradient[row], truth.gradient[0, 0], atol=1e-7)


def test_the_gradient_is_the_slope_of_the_estimate():
    rng = np.random.default_rng(5)
    places, values, step = rng.uniform(0.0, 100.0, (20, 2)), rng.normal(0.0, 1.0, 20), 1e-4
    points, near = rng.uniform(10.0, 90.0, (5, 2)), np.tile(np.arange(20), (5, 1))
    gradient = krige_locally(VARIOGRAM, places, values, points, near)[2]
    for axis in range(2):
        ahead, behind = points.copy(), points.copy()
        ahead[:, axis] += step
        behind[:, axis] -= step
        slope = (krige_locally(VARIOGRAM, places, values, ahead, near)[0]
                 - krige_locally(VARIOGRAM, places, values, behind, near)[0]) / (2.0 * step)
        assert np.allclose(gradient[:, axis], slope, atol=1e-6)


def test_no_sample_gives_no_estimate():
    estimate, variance, _ = krige_locally(VARIOGRAM, np.zeros((1, 2)), np.ones(1), np.ones((1, 2)), np.full((1, 4), -1))
    assert np.isnan(estimate).all()
    assert np.isnan(variance).all()
