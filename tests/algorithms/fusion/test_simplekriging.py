"""Simple kriging of single points is that of the textbook, compiled or not."""
import numpy as np
import pytest

from lodescope.algorithms.fusion.localkriging import krige_simply
from lodescope.algorithms.geostatistics import vecchia
from lodescope.algorithms.geostatistics.covariance import Structure, Variogram

VARIOGRAM = Variogram(0.3, (Structure("exponential", 0.9, (80.0, 40.0, 15.0), 30.0, 20.0, 10.0),
                            Structure("matern15", 0.8, (200.0, 200.0, 60.0))))


@pytest.fixture(params=["compiled", "numpy"])
def kernel(request, monkeypatch):
    if request.param == "numpy":
        monkeypatch.setattr(vecchia, "compiled", None)
    elif vecchia.compiled is None:
        pytest.skip("numba is not installed")


@pytest.fixture
def scene():
    rng = np.random.default_rng(0)
    places = rng.uniform(0.0, 100.0, (15, 3)) + [500_000.0, 7_000_000.0, 300.0]
    points = np.concatenate([rng.uniform(0.0, 100.0, (30, 3)) + [500_000.0, 7_000_000.0, 300.0], places[:1]])
    return places, rng.normal(size=15), points


def textbook(places, values, points):
    """Estimate and told part of the sill from all samples, by dense matrices."""
    among = VARIOGRAM.covariance(places, places) + VARIOGRAM.nugget * np.eye(len(places))
    weights = np.linalg.solve(among, VARIOGRAM.covariance(places, points))
    return weights.T @ values, (weights * VARIOGRAM.covariance(places, points)).sum(axis=0) / VARIOGRAM.sill


def test_estimate_and_what_is_told_are_those_of_the_textbook(kernel, scene):
    places, values, points = scene
    near = np.tile(np.arange(15), (len(points), 1))
    for found, expected in zip(krige_simply(VARIOGRAM, places, values, points, near), textbook(*scene)):
        assert np.allclose(found, expected, rtol=1e-6, atol=1e-6)


def test_samples_that_are_not_there_tell_nothing(kernel, scene):
    places, values, points = scene
    near = np.full((len(points), 6), -1)
    near[1:, :4] = [2, 5, 7, 11]
    estimate, told = krige_simply(VARIOGRAM, places, values, points, near)
    some = textbook(places[[2, 5, 7, 11]], values[[2, 5, 7, 11]], points)
    assert (estimate[0], told[0]) == pytest.approx((0.0, 0.0), abs=1e-8)
    assert np.allclose([estimate[1:], told[1:]], np.stack(some)[:, 1:], rtol=1e-6, atol=1e-6)


def test_sample_without_a_nugget_is_met(kernel, scene):
    places, values, _ = scene
    smooth = Variogram(0.0, (Structure("matern15", 2.0, (90.0,)),))
    estimate, told = krige_simply(smooth, places, values, places, np.tile(np.arange(15), (15, 1)))
    assert np.allclose(estimate, values, atol=1e-3)
    assert np.allclose(told, 1.0, atol=1e-5)


def test_a_stop_is_obeyed(scene):
    places, values, points = scene

    def stop():
        raise InterruptedError

    with pytest.raises(InterruptedError):
        krige_simply(VARIOGRAM, places, values, points, np.zeros((len(points), 1), int), stop)
