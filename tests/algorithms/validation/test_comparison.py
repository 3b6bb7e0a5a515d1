"""Comparisons of models whose scores are known."""
import numpy as np
import pytest
from scipy.stats import norm

from lodescope.algorithms.validation.comparison import Comparison
from lodescope.algorithms.validation.forecast import Forecast


def normal(mean, sd):
    mean, sd = np.asarray(mean, float), np.broadcast_to(np.asarray(sd, float), np.shape(mean))
    return Forecast.of(mean, sd, lambda p: mean + sd * norm.ppf(p))


@pytest.fixture(scope="module")
def case():
    """Grades 5 + N(0, 1): one model knows half of the variance, the other nothing; 100 holes of 10."""
    rng = np.random.default_rng(3)
    known, rest = rng.normal(size=1000) * np.sqrt(0.75), rng.normal(size=1000) * 0.5
    observed, groups = 5.0 + known + rest, np.repeat(np.arange(100), 10)
    folds = [np.flatnonzero(groups % 4 == k) for k in range(4)]
    forecasts = {"flat": normal(np.full(1000, 5.0), 1.0), "good": normal(5.0 + known, 0.5),
                 "narrow": normal(5.0 + known, 0.25)}
    return observed, groups, folds, forecasts, Comparison(observed, groups, folds, forecasts, rng, (5.0, 6.0))


def test_scores_are_those_of_the_errors(case):
    observed, _, _, forecasts, comparison = case
    for name in ("flat", "good"):
        errors = forecasts[name].mean - observed
        assert comparison.scores(name)["rmse"] == pytest.approx(np.sqrt(np.mean(errors ** 2)), rel=1e-12)
        assert comparison.scores(name)["mae"] == pytest.approx(np.mean(np.abs(errors)), rel=1e-12)
    assert comparison.best(["flat", "good"]) == "good"
    assert comparison.scores("good")["r2"] == pytest.approx(0.75, abs=0.03)


def test_resource_confidence_is_the_ratio_of_widths_at_equal_coverage(case):
    comparison = case[-1]
    # Half the standard deviation: intervals half as wide; stating them too narrow does not help.
    for level in (0.8, 0.9):
        assert comparison.confidence("good", "flat", level) == pytest.approx(0.5, abs=0.03)
        assert comparison.confidence("narrow", "flat", level) == pytest.approx(
            comparison.confidence("good", "flat", level), abs=1e-3)
        assert comparison.confidence("flat", "flat", level) == 0.0


def test_calibration_mends_intervals_that_are_too_narrow(case):
    found = case[-1].scores("narrow")
    assert found["own_80"] == pytest.approx(2 * norm.cdf(0.5 * norm.ppf(0.9)) - 1, abs=0.04)  # 48 %
    assert found["coverage_80"] == pytest.approx(0.8, abs=0.03)
    assert found["coverage_90"] == pytest.approx(0.9, abs=0.03)


def test_paired_differences_hold_the_truth(case):
    change, ends = case[-1].difference("good", "flat")
    assert ends[0] < 100.0 * (0.5 - 1.0) < ends[1] and ends[0] < change < ends[1]
    assert case[-1].difference("flat", "flat") == (0.0, [0.0, 0.0])


def test_all_models_are_scored_on_the_samples_they_share(case):
    observed, groups, folds, forecasts, _ = case
    gap = Forecast(forecasts["good"].mean.copy(), forecasts["good"].sd, forecasts["good"].table)
    gap.mean[:100] = np.nan
    found = Comparison(observed, groups, folds, {"flat": forecasts["flat"], "gap": gap}, np.random.default_rng(0))
    assert found.rows.size == 900
    assert found.scores("flat")["count"] == 900


def test_classes_and_cutoffs(case):
    observed, _, _, forecasts, comparison = case
    found, mean = comparison.scores("good"), forecasts["good"].mean
    assert found["classes"] == pytest.approx(np.mean(np.digitize(mean, [5, 6]) == np.digitize(observed, [5, 6])))
    assert found["accuracy_5"] == pytest.approx(np.mean((mean > 5) == (observed > 5)))
    assert found["above_6"] == pytest.approx(np.mean(observed > 6))
    plain = Comparison(observed, case[1], case[2], forecasts, np.random.default_rng(0))
    assert plain.cutoffs == pytest.approx([np.quantile(observed, 0.75)])
    assert len(plain.edges) == 3


def test_drilling_the_best_holes(case):
    _, groups, folds, _, _ = case
    grade = np.where(groups < 10, 2.0, 1.0)  # ten of a hundred holes are rich
    right, wrong = normal(grade, 0.1), normal(3.0 - grade, 0.1)
    found = Comparison(grade, groups, folds, {"right": right, "wrong": wrong}, np.random.default_rng(0), (1.5,))
    assert found.scores("right")["success_1.5"] == 1.0
    assert found.scores("wrong")["success_1.5"] == 0.0
    assert found.scores("wrong")["above_1.5"] == 0.1
