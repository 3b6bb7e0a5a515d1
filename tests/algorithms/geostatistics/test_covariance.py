import math

import numpy as np
import pytest

from lodescope.algorithms.errors import InputError
from lodescope.algorithms.geostatistics.covariance import (
    COMPACT,
    DIFFERENTIABLE,
    MODELS,
    Structure,
    Variogram,
    bend,
    correlation,
    curvature,
    read_variogram,
    rotation,
    slope,
    variogram_from_dict,
)

LAGS = np.array([0.05, 0.2, 0.5, 0.8, 1.3])
STEP = 1e-5


@pytest.mark.parametrize("model", MODELS)
def test_correlation_starts_at_one_and_falls_to_nearly_nothing_at_the_range(model):
    assert correlation(model, 0.0) == 1.0
    at_range = {"spherical": 0.0, "cubic": 0.0, "exponential": math.exp(-3.0), "gaussian": math.exp(-49.0 / 16.0)}
    assert correlation(model, 1.0) == pytest.approx(at_range.get(model, 0.05), abs=1e-12)
    if model in COMPACT:
        assert correlation(model, 1.7) == 0.0


@pytest.mark.parametrize("model", MODELS)
def test_slope_is_the_derivative_over_the_distance(model):
    numeric = (correlation(model, LAGS + STEP) - correlation(model, LAGS - STEP)) / (2.0 * STEP) / LAGS
    np.testing.assert_allclose(slope(model, LAGS), numeric, rtol=1e-7, atol=1e-9)


@pytest.mark.parametrize("model", DIFFERENTIABLE)
def test_bend_is_the_derivative_of_the_slope_over_the_distance(model):
    numeric = (slope(model, LAGS + STEP) - slope(model, LAGS - STEP)) / (2.0 * STEP) / LAGS
    np.testing.assert_allclose(bend(model, LAGS), numeric, rtol=1e-6, atol=1e-7)


@pytest.mark.parametrize("model", DIFFERENTIABLE)
def test_curvature_is_the_second_difference_at_the_origin(model):
    step = 1e-4
    assert curvature(model) == pytest.approx(2.0 * (1.0 - correlation(model, step)) / step ** 2, rel=2e-3)


def test_models_without_derivative_have_no_finite_gradient_variance():
    for model in set(MODELS) - set(DIFFERENTIABLE):
        variogram = Variogram(0.0, (Structure(model, 1.0, (10.0,)),))
        assert not variogram.differentiable
        assert np.isinf(variogram.gradient_covariance(3)).all()


def test_gradient_covariance_at_a_lag_is_minus_the_second_difference_of_the_covariance():
    variogram = Variogram(0.1, (Structure("matern25", 2.0, (300.0, 150.0, 60.0), 40.0, -25.0, 10.0),
                                Structure("cubic", 0.5, (90.0,))))
    lag, step = np.array([40.0, -25.0, 12.0]), 0.02
    numeric = np.empty((3, 3))
    for i in range(3):
        for j in range(3):
            a, b = step * np.eye(3)[i], step * np.eye(3)[j]
            numeric[i, j] = -(variogram.at(lag + a + b) - variogram.at(lag + a - b)
                              - variogram.at(lag - a + b) + variogram.at(lag - a - b)) / (4.0 * step ** 2)
    exact = variogram.gradient_covariance_at(lag)
    np.testing.assert_allclose(exact, numeric, atol=1e-5 * np.abs(exact).max(), rtol=1e-4)


@pytest.mark.parametrize(("azimuth", "dip", "major"), [
    (0.0, 0.0, (0.0, 1.0, 0.0)), (90.0, 0.0, (1.0, 0.0, 0.0)), (0.0, -90.0, (0.0, 0.0, -1.0)),
    (90.0, -30.0, (math.cos(math.radians(30.0)), 0.0, -0.5)),
])
def test_major_axis_points_along_azimuth_and_dips_downwards_when_negative(azimuth, dip, major):
    axes = rotation(azimuth, dip, 25.0)
    np.testing.assert_allclose(axes[0], major, atol=1e-12)
    np.testing.assert_allclose(axes @ axes.T, np.eye(3), atol=1e-12)
    assert np.linalg.det(axes) == pytest.approx(1.0)


def test_range_is_reached_along_each_axis():
    structure = Structure("spherical", 1.0, (400.0, 250.0, 40.0), 35.0, -10.0, 20.0)
    for axis, reach in zip(rotation(35.0, -10.0, 20.0), (400.0, 250.0, 40.0)):
        assert np.linalg.norm(structure.matrix(3) @ (reach * axis)) == pytest.approx(1.0)


def test_file_keeps_the_variogram(tmp_path):
    variogram = Variogram(0.2, (Structure("matern15", 0.8, (100.0, 50.0, 20.0), 10.0, -5.0, 3.0),), "La_ppm", "ppm")
    variogram.write(tmp_path / "v.json")
    assert read_variogram(tmp_path / "v.json") == variogram


@pytest.mark.parametrize(("change", "word"), [
    ({"nugget": -1.0}, "nugget"), ({"structures": []}, "structure"), ({"schema": 2}, "schema"),
    ({"structures": [{"model": "linear", "sill": 1.0, "ranges": [1.0]}]}, "model"),
    ({"structures": [{"model": "cubic", "sill": 0.0, "ranges": [1.0]}]}, "sill"),
    ({"structures": [{"model": "cubic", "sill": 1.0, "ranges": [0.0]}]}, "ranges"),
    ({"structures": [{"model": "cubic", "sill": 1.0}]}, "ranges"),
])
def test_unusable_content_is_named(change, word):
    content = {"nugget": 0.1, "structures": [{"model": "cubic", "sill": 1.0, "ranges": [10.0]}]}
    with pytest.raises(InputError, match=word):
        variogram_from_dict({**content, **change})
