"""Scores whose values are known beforehand."""
import json

import numpy as np
import pytest

from lodescope.algorithms.geostatistics.scores import (
    KEYS,
    calibration,
    crps_normal,
    crps_quantiles,
    normal_quantiles,
    score_rows,
    scores,
)


def test_accuracy_of_known_errors():
    found = scores([1.0, 2.0, 3.0, 4.0], [2.0, 2.0, 2.0, 4.0])
    assert found["rmse"] == pytest.approx(np.sqrt(0.5))
    assert found["mae"] == 0.5
    assert found["bias"] == 0.0
    assert found["r2"] == pytest.approx(1.0 - 2.0 / 5.0)
    assert found["coverage_95"] is None
    assert found["crps"] is None


def test_keys_are_stable_and_json_holds_them():
    for arguments in (([], []), ([1.0], [1.0]), ([1.0, 1.0], [2.0, 2.0], [1.0, 1.0]), ([1.0, 2.0], [1.0, np.inf])):
        found = scores(*arguments)
        assert tuple(found) == KEYS
        json.dumps(found, allow_nan=False)


def test_honest_normal_predictions_are_covered_as_stated():
    rng = np.random.default_rng(0)
    mean, sd = rng.normal(0.0, 3.0, 40_000), rng.uniform(0.5, 2.0, 40_000)
    observed = mean + sd * rng.standard_normal(40_000)
    found = scores(observed, mean, sd)
    for level in (50, 80, 90, 95):
        assert found[f"coverage_{level}"] == pytest.approx(level / 100.0, abs=0.01)
    assert found["standardised_variance"] == pytest.approx(1.0, abs=0.03)
    levels, actual = calibration(observed, normal_quantiles(mean, sd))
    np.testing.assert_allclose(actual, levels, atol=0.01)


def test_overconfident_predictions_are_found_out():
    rng = np.random.default_rng(0)
    found = scores(rng.normal(0.0, 2.0, 5000), np.zeros(5000), np.ones(5000))
    assert found["coverage_95"] < 0.72
    assert found["standardised_variance"] > 3.5


def test_crps_is_the_integral_it_stands_for():
    x = np.linspace(-15.0, 15.0, 60_001)
    from scipy.stats import norm
    for observed in (-1.0, 0.3, 4.0):
        integral = np.sum((norm.cdf(x, 0.5, 2.0) - (x >= observed)) ** 2) * (x[1] - x[0])
        assert crps_normal(observed, 0.5, 2.0) == pytest.approx(integral, abs=2e-3)


def test_crps_of_quantiles_agrees_with_the_normal_one():
    rng = np.random.default_rng(4)
    observed, mean, sd = rng.normal(size=300), rng.normal(size=300), np.full(300, 1.3)
    found = crps_quantiles(observed, normal_quantiles(mean, sd))
    assert found.mean() == pytest.approx(crps_normal(observed, mean, sd).mean(), rel=0.01)
    given = scores(observed, mean, sd, normal_quantiles(mean, sd))
    assert given["crps"] == pytest.approx(found.mean())


def test_log_score_needs_values_above_zero():
    assert scores([10.0, 100.0], [100.0, 1000.0])["log_rmse"] == pytest.approx(1.0)
    assert scores([0.0, 100.0], [1.0, 1000.0])["log_rmse"] is None


def test_rows_name_units_and_leave_out_the_unknown():
    rows = dict(score_rows(scores([1.0, 2.0], [1.5, 2.5], [1.0, 1.0]), "ppm"))
    assert rows["Root mean square error"] == "0.5 ppm"
    assert rows["Inside the 95 % interval"] == "100.0 %"
    assert "CRPS" not in dict(score_rows(scores([1.0, 2.0], [1.5, 2.5])))
