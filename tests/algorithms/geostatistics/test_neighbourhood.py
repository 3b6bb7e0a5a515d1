import numpy as np
import pytest

from lodescope.algorithms.errors import InputError
from lodescope.algorithms.geostatistics.covariance import Structure, Variogram
from lodescope.algorithms.geostatistics.neighbourhood import CHUNK, Neighbourhood, Setting
from lodescope.algorithms.geostatistics.system import sample_noise

NESTED = Variogram(0.1, (
    Structure("exponential", 0.4, (60.0, 40.0, 20.0), 30.0, -10.0), Structure("matern25", 0.5, (200.0,)),
))
SMOOTH = Variogram(0.1, (Structure("gaussian", 0.4, (60.0, 40.0, 20.0), 30.0), Structure("cubic", 0.5, (200.0,))))
EVERYTHING = {"gradient": True, "variance": True, "gradient_variance": True}


def system(variogram, seed=1, samples=80, **options):
    """A neighbourhood of random samples and points within it."""
    rng = np.random.default_rng(seed)
    coordinates, values = rng.uniform(0.0, 150.0, (samples, 3)) + 1e6, rng.normal(size=(samples, 3))
    setting = Setting(variogram, options.pop("drift", "constant"), None, np.zeros((1, 3)), **options)
    points = rng.uniform(0.0, 150.0, (30, 3)) + 1e6
    return Neighbourhood(setting, coordinates, values, sample_noise(setting.variogram, np.ones(samples))), points


@pytest.mark.parametrize("variogram", [NESTED, SMOOTH])
def test_array_operations_give_what_the_compiled_loops_give(variogram):
    compiled, points = system(variogram)
    plain, _ = system(variogram, use_compiled=False)
    expected, found = compiled.evaluate(points, **EVERYTHING), plain.evaluate(points, **EVERYTHING)
    for name in ("estimate", "gradient", "variance", "gradient_variance"):
        np.testing.assert_allclose(getattr(found, name), getattr(expected, name), rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize("drift", ["constant", "linear"])
def test_gradient_is_the_derivative_of_the_estimate(drift):
    model, points = system(SMOOTH, drift=drift)
    gradient = model.evaluate(points, gradient=True).gradient
    for axis, step in enumerate(0.01 * np.eye(3)):
        difference = model.evaluate(points + step).estimate - model.evaluate(points - step).estimate
        np.testing.assert_allclose(gradient[axis], difference / 0.02, atol=1e-6 * np.abs(gradient).max())


def test_single_precision_variance_stays_within_two_millionths_of_the_sill():
    double, points = system(SMOOTH)
    single, _ = system(SMOOTH, single=True)
    difference = single.evaluate(points, variance=True).variance - double.evaluate(points, variance=True).variance
    assert np.abs(difference).max() <= 2e-6


def test_fields_without_derivative_have_infinite_gradient_variance():
    model, points = system(NESTED)
    assert np.isinf(model.evaluate(points, gradient_variance=True).gradient_variance).all()


def test_many_points_give_what_few_at_a_time_give():
    model, _ = system(SMOOTH)
    points = np.random.default_rng(2).uniform(0.0, 150.0, (2 * CHUNK + 3, 3)) + 1e6
    whole = model.evaluate(points, **EVERYTHING)
    tail = model.evaluate(points[-2:], **EVERYTHING)
    np.testing.assert_allclose(whole.estimate[:, -2:], tail.estimate, rtol=1e-12)
    np.testing.assert_allclose(whole.gradient[..., -2:], tail.gradient, rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(whole.gradient_variance[:, -2:], tail.gradient_variance, rtol=1e-9)


def test_scale_of_a_simulated_field_is_one():
    rng = np.random.default_rng(3)
    coordinates = rng.uniform(0.0, 400.0, (300, 2))
    variogram = Variogram(0.2, (Structure("matern15", 0.8, (100.0,)),))
    root = np.linalg.cholesky(variogram.covariance(coordinates, coordinates) + 0.2 * np.eye(300))
    setting = Setting(variogram, "constant", None, np.zeros((1, 2)))
    model = Neighbourhood(setting, coordinates, 3.0 * root @ rng.normal(size=(300, 20)), np.full(300, 0.2))
    assert model.scale().mean() == pytest.approx(9.0, rel=0.06)


def test_samples_too_close_for_their_model_are_refused():
    setting = Setting(SMOOTH, "constant", None, np.zeros((1, 3)))
    with pytest.raises(InputError, match="nugget"):
        Neighbourhood(setting, np.zeros((5, 3)), np.zeros((5, 1)), np.zeros(5))
