"""Values in place of those below detection, against large lognormal samples and closed forms."""
import numpy as np
import pytest
from scipy.integrate import quad
from scipy.stats import norm

from lodescope.algorithms.geochemistry.censoring import (
    expected_below,
    fit_censored_lognormal,
    fit_policy,
    fit_ros,
    plotting_positions,
    replace_below,
)


def censored(rng, count=20_000, quantiles=(0.3,), mean=1.0, deviation=0.8):
    """A lognormal sample with one or several limits: truth, values and marks."""
    truth = np.exp(rng.normal(mean, deviation, count))
    limits = np.exp(mean + deviation * norm.ppf(np.array(quantiles)))[rng.integers(0, len(quantiles), count)]
    below = truth < limits
    return truth, np.where(below, limits, truth), below


@pytest.mark.parametrize(("policy", "factor"), [("half", 0.5), ("sqrt2", 0.5**0.5)])
def test_shares_of_the_limit(policy, factor):
    values, below = np.array([2.0, 5.0, 4.0]), np.array([True, False, True])
    result = replace_below(values, below, fit_policy(policy, values, below), np.random.default_rng(0))
    np.testing.assert_allclose(result, [2.0 * factor, 5.0, 4.0 * factor])


def test_left_missing():
    values, below = np.array([2.0, 5.0]), np.array([True, False])
    result = replace_below(values, below, fit_policy("missing", values, below), np.random.default_rng(0))
    assert np.isnan(result[0]) and result[1] == 5.0


def test_plotting_positions_of_one_limit_by_hand():
    # 4 of 10 below 1; probability of exceeding it 0.6, by Helsel and Cohn (1988).
    values = np.array([1.0] * 4 + [2.0, 3.0, 4.0, 5.0, 6.0, 7.0])
    limits, measured, below = plotting_positions(values, values == 1.0)
    np.testing.assert_allclose(limits, [1.0])
    np.testing.assert_allclose(measured, 0.4 + 0.6 * np.arange(1, 7) / 7.0)
    np.testing.assert_allclose(below, 0.4 * np.arange(1, 5) / 5.0)


def test_plotting_positions_of_two_limits_by_hand():
    # Below 1: two; 1 to 5: two measured; below 5: three; above 5: three.
    values = np.array([1.0, 1.0, 2.0, 3.0, 5.0, 5.0, 5.0, 6.0, 7.0, 8.0])
    below = np.array([True, True, False, False, True, True, True, False, False, False])
    limits, measured, censored_at = plotting_positions(values, below)
    high = 3.0 / (3.0 + 7.0)
    low = high + 2.0 / (2.0 + 2.0) * (1.0 - high)
    np.testing.assert_allclose(limits, [1.0, 5.0])
    np.testing.assert_allclose(measured, np.r_[
        1.0 - low + np.array([1, 2]) / 3.0 * (low - high), 1.0 - high + np.array([1, 2, 3]) / 4.0 * high])
    np.testing.assert_allclose(censored_at, np.r_[
        (1.0 - low) * np.array([1, 2]) / 3.0, (1.0 - high) * np.array([1, 2, 3]) / 4.0])


@pytest.mark.parametrize("quantiles", [(0.3,), (0.6,), (0.1, 0.35, 0.6)])
@pytest.mark.parametrize("policy", ["ros", "logratio"])
def test_fitted_distribution_and_mean_are_those_of_the_sample(policy, quantiles):
    rng = np.random.default_rng(3)
    truth, values, below = censored(rng, quantiles=quantiles)
    fitted = fit_policy(policy, values, below)
    assert fitted["mean"] == pytest.approx(1.0, abs=0.03)
    assert fitted["deviation"] == pytest.approx(0.8, abs=0.03)
    result = replace_below(values, below, fitted, rng)
    assert np.log(result).mean() == pytest.approx(np.log(truth).mean(), abs=0.02)
    assert (result[below] <= values[below]).all()
    np.testing.assert_array_equal(result[~below], values[~below])
    if policy == "ros":
        assert result.mean() == pytest.approx(truth.mean(), rel=0.01)
        assert np.log(result).std() == pytest.approx(np.log(truth).std(), abs=0.02)


def test_expected_value_below_a_limit_is_the_integral():
    limit, mean, deviation = 1.5, 0.9, 0.7
    density = norm(mean, deviation).pdf
    top = np.log(limit)
    truth = quad(lambda y: y * density(y), -8.0, top)[0] / quad(density, -8.0, top)[0]
    assert np.log(expected_below(np.array([limit]), mean, deviation))[0] == pytest.approx(truth, abs=1e-8)
    far = expected_below(np.array([1e-9]), 5.0, 0.2)
    assert 0.0 < far[0] <= 1e-9


def test_likelihood_is_highest_at_the_fit():
    rng = np.random.default_rng(5)
    _, values, below = censored(rng, 300, (0.2, 0.4))
    mean, deviation = fit_censored_lognormal(values, below)

    def likelihood(mean, deviation):
        logs = np.log(values)
        return (norm.logpdf(logs[~below], mean, deviation).sum() + norm.logcdf(logs[below], mean, deviation).sum())

    best = likelihood(mean, deviation)
    for step in (0.01, -0.01):
        assert likelihood(mean + step, deviation) < best
        assert likelihood(mean, deviation + step) < best


def test_too_little_to_fit_falls_back_and_says_why():
    values, below = np.array([1.0] * 9 + [2.0]), np.array([True] * 9 + [False])
    assert fit_policy("logratio", values, below)["factor"] == 0.65
    assert "different" in fit_policy("ros", values, below)["reason"]
    values = np.r_[np.ones(90), np.linspace(2.0, 3.0, 10)]
    assert "90 %" in fit_policy("ros", values, values == 1.0)["reason"]


def test_same_seed_deals_the_same_values_and_order_is_no_trend():
    rng = np.random.default_rng(1)
    _, values, below = censored(rng, 2000)
    fitted = fit_ros(values, below) | {"policy": "ros"}
    first = replace_below(values, below, fitted, np.random.default_rng(7))
    np.testing.assert_array_equal(first, replace_below(values, below, fitted, np.random.default_rng(7)))
    assert abs(np.corrcoef(np.arange(below.sum()), first[below])[0, 1]) < 0.15
    other = replace_below(np.array([0.77 * values[below][0]]), np.array([True]), fitted, rng)
    assert 0.0 < other[0] <= 0.77 * values[below][0]
