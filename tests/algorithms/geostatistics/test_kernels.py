import numpy as np
import pytest

from lodescope.algorithms.geostatistics import kernels
from lodescope.algorithms.geostatistics.covariance import MODELS, Structure, Variogram, slope
from lodescope.algorithms.geostatistics.kernels import Kernel

BOTH = [False, pytest.param(True, marks=pytest.mark.skipif(kernels.compiled is None, reason="numba is absent"))]
UTM = np.array([512_345.0, 7_456_789.0, 350.0])


def nested(model):
    return Variogram(0.3, (Structure(model, 0.7, (320.0, 180.0, 60.0), 35.0, -20.0, 15.0),
                           Structure("matern25", 0.4, (140.0, 90.0), 110.0)))


@pytest.fixture
def places():
    generator = np.random.default_rng(1)
    size = np.array([1000.0, 1000.0, 300.0])
    return UTM + generator.random((700, 3)) * size, UTM + generator.random((300, 3)) * size


@pytest.mark.parametrize("use_compiled", BOTH)
@pytest.mark.parametrize("dimensions", [2, 3])
@pytest.mark.parametrize("model", MODELS)
def test_covariances_are_those_of_the_variogram(places, model, dimensions, use_compiled):
    samples, points = (p[:, :dimensions] for p in places)
    points = np.vstack([points, samples[:5]])
    variogram = nested(model)
    kernel = Kernel(variogram, samples, use_compiled)
    local = samples - samples.mean(axis=0)
    np.testing.assert_allclose(kernel.covariance(points),
                               variogram.covariance(local, points - samples.mean(axis=0)), atol=1e-12)
    lower = np.tril(kernel.matrix())
    np.testing.assert_allclose(lower, np.tril(variogram.covariance(local, local)), atol=1e-12)


@pytest.mark.parametrize("use_compiled", BOTH)
@pytest.mark.parametrize("dimensions", [2, 3])
@pytest.mark.parametrize("model", MODELS)
def test_derivatives_follow_the_slope(places, model, dimensions, use_compiled):
    samples, points = (p[:, :dimensions] for p in places)
    points = np.vstack([points, samples[:5]])
    variogram = nested(model)
    expected = np.zeros((dimensions, len(samples), len(points)))
    lags = points[None] - samples[:, None]
    for structure in variogram.structures:
        matrix = structure.matrix(dimensions)
        r = np.linalg.norm(lags @ matrix.T, axis=-1)
        pull = structure.sill * slope(structure.model, r)[..., None] * (lags @ matrix.T @ matrix)
        expected += np.moveaxis(pull, -1, 0)
    found = Kernel(variogram, samples, use_compiled).derivatives(points)
    np.testing.assert_allclose(found, expected, atol=1e-11)


@pytest.mark.parametrize("use_compiled", BOTH)
@pytest.mark.parametrize("columns", [1, 4])
@pytest.mark.parametrize("dimensions", [2, 3])
@pytest.mark.parametrize("model", MODELS)
def test_sums_are_the_covariances_times_the_weights(places, model, dimensions, columns, use_compiled):
    samples, points = (p[:, :dimensions] for p in places)
    weights = np.random.default_rng(2).normal(size=(len(samples), columns))
    kernel = Kernel(nested(model), samples, use_compiled)
    values, gradients = kernel.sums(points, weights, gradient=True)
    np.testing.assert_allclose(values, kernel.covariance(points).T @ weights, atol=1e-11)
    np.testing.assert_allclose(gradients, np.einsum("dnp,nm->pmd", kernel.derivatives(points), weights), atol=1e-11)
    alone, nothing = kernel.sums(points, weights)
    np.testing.assert_allclose(alone, values, atol=1e-12)
    assert nothing is None


@pytest.mark.parametrize("use_compiled", BOTH)
@pytest.mark.parametrize("model", ["spherical", "cubic"])
def test_samples_out_of_range_can_be_left_out(places, model, use_compiled):
    samples, _ = places
    variogram = Variogram(0.1, (Structure(model, 1.0, (150.0, 100.0, 50.0), 30.0, -40.0),))
    kernel = Kernel(variogram, samples, use_compiled)
    points = samples[0] + np.random.default_rng(3).random((200, 3)) * 40.0
    near = kernel.near(points.min(axis=0), points.max(axis=0))
    assert 0 < len(near) < len(samples) / 2
    weights = np.random.default_rng(4).normal(size=(len(samples), 1))
    for got, expected in zip(kernel.sums(points, weights, True, near), kernel.sums(points, weights, True)):
        np.testing.assert_allclose(got, expected, atol=1e-12)


def test_models_that_never_end_keep_all_samples(places):
    kernel = Kernel(nested("spherical"), places[0])
    assert kernel.near(UTM, UTM + 1.0) is None


def test_linear_algebra_runs_on_one_thread(threaded_blas):
    from threadpoolctl import threadpool_info

    with kernels.single_blas():
        assert {pool["num_threads"] for pool in threadpool_info() if pool["user_api"] == "blas"} == {1}


@pytest.mark.skipif(kernels.compiled is None, reason="numba is absent")
def test_exponential_is_exact_to_the_last_place():
    from numba import njit

    vexp = kernels.compiled.vexp

    @njit
    def every(numbers, out):
        for i in range(numbers.size):
            out[i] = vexp(numbers[i])

    numbers = -np.concatenate([[0.0, 1e-300, 1e-9], np.linspace(0.0, 700.0, 50_001)])
    out = np.empty_like(numbers)
    every(numbers, out)
    np.testing.assert_allclose(out, np.exp(numbers), rtol=5e-16)
