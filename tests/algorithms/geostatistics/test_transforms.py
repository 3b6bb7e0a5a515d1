"""Transforms against closed forms, Monte Carlo truth and central differences."""
import json
import time

import numpy as np
import pytest
from scipy.stats import boxcox_normmax

from lodescope.algorithms.errors import InputError
from lodescope.algorithms.geostatistics.transforms import (
    NAMES,
    BoxCoxTransform,
    LogTransform,
    fit_transform,
    transform_from_dict,
)

SKEWED = np.random.default_rng(1).gamma(0.8, 50.0, 3000) + 0.1


def draws(transform, y, variance, count=400_000):
    """Values of Z for Y normal: the truth the moments are compared with."""
    scores = np.random.default_rng(7).standard_normal(count // 2)
    return transform.inverse(y + np.sqrt(variance) * np.r_[scores, -scores])


@pytest.mark.parametrize("name", NAMES)
def test_values_come_back_exactly(name):
    transform = fit_transform(name, SKEWED)
    np.testing.assert_allclose(transform.inverse(transform.forward(SKEWED)), SKEWED, rtol=1e-12)
    assert np.all(np.diff(transform.forward(np.sort(SKEWED))) >= 0.0)


@pytest.mark.parametrize("name", NAMES)
def test_json_makes_the_same_transform(name):
    transform = fit_transform(name, SKEWED)
    other = transform_from_dict(json.loads(json.dumps(transform.to_dict())))
    np.testing.assert_array_equal(other.forward(SKEWED), transform.forward(SKEWED))
    np.testing.assert_array_equal(other.mean(SKEWED[:5], 0.3), transform.mean(SKEWED[:5], 0.3))


def test_log_moments_have_their_closed_form():
    transform = LogTransform()
    assert transform.mean(1.0, 0.5) == pytest.approx(np.exp(1.25))
    assert transform.variance(1.0, 0.5) == pytest.approx(np.exp(2.5) * (np.exp(0.5) - 1.0))
    assert transform.quantile(1.0, 0.5, 0.5) == pytest.approx(np.e)


def test_square_root_moments_have_their_closed_form():
    # With power 1/2, z = (1 + y/2)^2, whose moments are those of a squared normal.
    transform, y, v = BoxCoxTransform(0.5), 8.0, 2.0
    m, s = 1.0 + y / 2.0, v / 4.0
    assert transform.mean(y, v) == pytest.approx(m * m + s, rel=1e-10)
    assert transform.variance(y, v) == pytest.approx(4.0 * m * m * s + 2.0 * s * s, rel=1e-9)
    assert transform.derivative(y, v) == pytest.approx(m, rel=1e-10)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("share", [-1.0, 0.0, 1.2])
@pytest.mark.parametrize("relative_variance", [0.05, 0.8])
def test_moments_agree_with_monte_carlo(name, share, relative_variance):
    transform = fit_transform(name, SKEWED)
    scores = transform.forward(SKEWED)
    y, variance = scores.mean() + share * scores.std(), relative_variance * scores.var()
    truth = draws(transform, y, variance)
    assert transform.mean(y, variance) == pytest.approx(truth.mean(), abs=0.01 * truth.std() + 1e-3 * truth.mean())
    # The far tail of the log-normal makes the sampled variance rough.
    assert np.sqrt(transform.variance(y, variance)) == pytest.approx(truth.std(), rel=0.06)


@pytest.mark.parametrize("name", NAMES)
def test_derivative_is_that_of_the_mean(name):
    transform = fit_transform(name, SKEWED)
    scores = transform.forward(SKEWED)
    y, variance, step = np.quantile(scores, [0.1, 0.5, 0.9]), 0.4 * scores.var(), 0.02 * scores.std()
    difference = (transform.mean(y + step, variance) - transform.mean(y - step, variance)) / (2.0 * step)
    np.testing.assert_allclose(transform.derivative(y, variance), difference, rtol=0.03)


@pytest.mark.parametrize("name", NAMES)
def test_without_variance_the_mean_is_the_inverse(name):
    transform = fit_transform(name, SKEWED)
    y = transform.forward(SKEWED[:50])
    np.testing.assert_allclose(transform.mean(y, 0.0), SKEWED[:50], rtol=1e-9)
    np.testing.assert_allclose(transform.variance(y, np.zeros(50)), 0.0, atol=1e-12)


@pytest.mark.parametrize("name", NAMES)
def test_quantiles_keep_their_share_below(name):
    transform = fit_transform(name, SKEWED)
    scores = transform.forward(SKEWED)
    y, variance = scores.mean(), 0.5 * scores.var()
    truth = draws(transform, y, variance)
    quantiles = transform.quantile(np.full((2, 3), y), variance, [0.1, 0.5, 0.9])
    assert quantiles.shape == (3, 2, 3)
    np.testing.assert_allclose([np.mean(truth <= q) for q in quantiles[:, 0, 0]], [0.1, 0.5, 0.9], atol=0.01)


def test_boxcox_power_is_that_of_maximum_likelihood():
    assert fit_transform("boxcox", SKEWED).power == pytest.approx(boxcox_normmax(SKEWED, method="mle"), abs=1e-3)


def test_boxcox_of_lognormal_values_is_near_the_logarithm():
    values = np.exp(np.random.default_rng(3).normal(2.0, 1.0, 20_000))
    transform = fit_transform("boxcox", values)
    assert isinstance(transform, LogTransform) or transform.power < 0.03


def test_ties_share_one_normal_score_and_scores_are_standard_normal():
    values = np.r_[np.zeros(400), np.arange(1.0, 601.0)]
    scores = fit_transform("normalscore", values).forward(values)
    assert np.ptp(scores[:400]) == 0.0
    assert scores[0] == pytest.approx(-0.8416, abs=0.01)  # the normal quantile of 0.2
    continuous = fit_transform("normalscore", SKEWED).forward(SKEWED)
    assert continuous.mean() == pytest.approx(0.0, abs=1e-3)
    assert continuous.std() == pytest.approx(1.0, abs=5e-3)


def test_normal_score_tails_stay_within_reach_of_the_data():
    transform = fit_transform("normalscore", SKEWED)
    far = transform.inverse([-50.0, 50.0])
    assert 0.0 <= far[0] <= SKEWED.min()
    assert SKEWED.max() <= far[1] < 3.0 * SKEWED.max()


@pytest.mark.parametrize("name", ["log", "boxcox"])
def test_values_of_zero_and_below_are_shifted(name):
    values = np.r_[-1.0, 0.0, SKEWED]
    transform = fit_transform(name, values)
    assert transform.shift == pytest.approx(0.5 * SKEWED.min() + 1.0)
    np.testing.assert_allclose(transform.inverse(transform.forward(values)), values, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("name", NAMES)
def test_extreme_distributions_give_finite_numbers(name):
    transform = fit_transform(name, SKEWED)
    for y, variance in ((-1e4, 1.0), (1e4, 1.0), (0.0, 1e5)):
        found = [transform.mean(y, variance), transform.variance(y, variance), transform.derivative(y, variance)]
        assert np.all(np.isfinite(found))


@pytest.mark.parametrize("name", NAMES)
def test_equal_values_pass_through(name):
    transform = fit_transform(name, np.full(20, 3.0))
    np.testing.assert_allclose(transform.inverse(transform.forward(np.full(4, 3.0))), 3.0)


@pytest.mark.parametrize("name", NAMES)
def test_a_million_cells_take_at_most_two_seconds_of_work(name):
    transform = fit_transform(name, SKEWED)
    y = np.random.default_rng(2).normal(transform.forward(SKEWED).mean(), 1.0, 250_000)
    begun = time.process_time()
    transform.mean(y, 0.3)
    assert time.process_time() - begun < 1.0


def test_wrong_input_is_named():
    with pytest.raises(InputError, match="no transform 'cube'"):
        fit_transform("cube", SKEWED)
    with pytest.raises(InputError, match="no value above zero"):
        fit_transform("log", [-3.0, 0.0, -1.0])
    with pytest.raises(InputError, match="no values"):
        fit_transform("log", [])
    with pytest.raises(InputError, match="fit it again"):
        transform_from_dict({"name": "boxcox", "shift": 0.0})
    with pytest.raises(InputError, match="fit the transform to all samples"):
        LogTransform(0.0).forward([1.0, 0.0])
