"""Starts of the search: spread over what is possible, so that the highest maximum is found."""
import numpy as np

from lodescope.algorithms.geostatistics import fitting
from lodescope.algorithms.geostatistics.covariance import Structure, Variogram
from lodescope.algorithms.geostatistics.fitting import fit_variogram
from lodescope.algorithms.geostatistics.parametrisation import Parametrisation
from lodescope.algorithms.geostatistics.starts import apart, nested_starts, standard_starts

LIMITS = (1.0, 1e5)


def test_standard_starts_span_ranges_and_flattenings():
    shape = Parametrisation(("exponential",), "horizontal", 3, LIMITS)
    ranges = np.exp([np.diag(shape.log_ranges(theta)) for theta in standard_starts(shape, 1000.0)])
    np.testing.assert_allclose([ranges[:, 0].min(), ranges[:, 0].max()], [10.0, 400.0])
    np.testing.assert_allclose(np.unique(np.round(ranges[:, 2] / ranges[:, 0], 6)), [0.1, 0.3, 1.0])


def test_isotropic_starts_are_isotropic():
    shape = Parametrisation(("exponential",), "none", 3, LIMITS)
    ranges = np.exp([np.diag(shape.log_ranges(theta)) for theta in standard_starts(shape, 1000.0)])
    np.testing.assert_allclose(ranges[:, 2], ranges[:, 0])


def test_nested_starts_have_a_short_and_a_long_range():
    shape = Parametrisation(("spherical", "exponential"), "none", 2, LIMITS)
    for theta in nested_starts(shape, np.log(100.0) * np.eye(2), 0.2):
        short, long = (s.ranges[0] for s in shape.variogram(theta, 1.0).structures)
        assert short < 100.0
        assert long >= 2.9 * short


def test_apart_needs_a_factor_of_three():
    eye = np.eye(2)
    assert apart(np.log(100.0) * eye, np.log(301.0) * eye)
    assert not apart(np.log(100.0) * eye, np.log(299.0) * eye)


def test_a_misleading_first_start_does_not_decide(monkeypatch):
    """The likelihood of holes may have a maximum that takes every hole for itself: others are looked at as well."""
    rng = np.random.default_rng(0)
    truth = Variogram(0.1, (Structure("exponential", 0.9, (400.0, 400.0, 60.0)),))
    collars = np.repeat(rng.uniform(0.0, 1500.0, (40, 2)), 20, axis=0)
    coordinates = np.column_stack([collars, np.tile(np.arange(20) * -4.0, 40)])
    matrix = truth.covariance(coordinates, coordinates) + truth.nugget * np.eye(len(coordinates))
    values = np.linalg.cholesky(matrix) @ rng.standard_normal(len(coordinates))
    ordered = fitting._Fit._ordered

    def misled(self, vecchia, shape, starts):
        return [shape.vector(np.diag(np.log([3.0, 3.0, 60.0])), 0.1), *ordered(self, vecchia, shape, starts)]

    def stuck(vecchia, shape, start, prior, check):
        return start, vecchia.evaluate(shape.correlogram(start))

    monkeypatch.setattr(fitting._Fit, "_ordered", misled)
    monkeypatch.setattr(fitting, "maximise", stuck)
    found = fit_variogram(coordinates, values, models=("exponential",), anisotropy="horizontal")
    assert 1.0 / np.linalg.norm(found.variogram.structures[0].matrix(3)[:, 0]) > 50.0
