"""Moments of tables against closed forms."""
import numpy as np
import pytest
from scipy.special import ndtr

from lodescope.algorithms.geostatistics.tableintegrals import TableIntegrals

WIDE = np.linspace(-12.0, 12.0, 2001)


def test_straight_line_keeps_mean_variance_and_slope():
    table, y, s = TableIntegrals(3.0 + 2.0 * WIDE, WIDE), np.array([-1.0, 0.0, 2.0]), np.array([0.1, 0.5, 1.5])
    np.testing.assert_allclose(table.mean(y, s), 3.0 + 2.0 * y, rtol=1e-7)
    np.testing.assert_allclose(table.variance(y, s), 4.0 * s * s, rtol=1e-3)
    np.testing.assert_allclose(table.derivative(y, s), 2.0, rtol=1e-9)


def test_step_has_the_probability_of_being_above_it():
    table = TableIntegrals(np.array([0.0, 0.0, 1.0, 1.0]), np.array([-6.0, -1e-3, 1e-3, 6.0]))
    y = np.array([-1.0, -0.2, 0.0, 0.7])
    np.testing.assert_allclose(table.mean(y, np.ones(4)), ndtr(y), atol=2e-3)
    density = np.exp(-0.5 * y * y) / np.sqrt(2.0 * np.pi)
    np.testing.assert_allclose(table.derivative(y, np.ones(4)), density, atol=0.05)


def test_exponential_has_the_mean_of_the_lognormal():
    table = TableIntegrals(np.exp(WIDE), WIDE)
    assert table.mean(np.array([0.5]), np.array([0.8]))[0] == pytest.approx(np.exp(0.82), rel=3e-3)


def test_beyond_the_table_it_is_constant():
    table = TableIntegrals(np.array([1.0, 2.0]), np.array([-1.0, 1.0]))
    np.testing.assert_allclose(table.mean(np.array([-50.0, 50.0]), np.ones(2)), [1.0, 2.0])
    np.testing.assert_allclose(table.derivative(np.array([-50.0, 50.0]), np.ones(2)), 0.0, atol=1e-12)


def test_derivative_is_that_of_the_mean_on_a_rough_table():
    rng = np.random.default_rng(0)
    table = TableIntegrals(np.cumsum(rng.exponential(size=300)), np.sort(rng.standard_normal(300)))
    y, s, step = np.linspace(-1.5, 1.5, 9), np.full(9, 0.4), 1e-4
    difference = (table.mean(y + step, s) - table.mean(y - step, s)) / (2.0 * step)
    np.testing.assert_allclose(table.derivative(y, s), difference, rtol=5e-3)
