"""The baselines against hand calculation and against scikit-learn called directly."""
import numpy as np
import pytest
from scipy.special import expit, logit
from sklearn.ensemble import GradientBoostingClassifier, RandomForestClassifier
from sklearn.linear_model import LogisticRegression

from lodescope.algorithms.prospectivity.baselines import (
    BOOSTING,
    FOREST,
    PENALTIES,
    Evidence,
    box_mean,
    fit_logistic,
    packed_boosting,
    packed_forest,
)
from lodescope.algorithms.prospectivity.weights import best_pattern, choose_patterns, weights_of_evidence


@pytest.fixture(scope="module")
def data():
    rng = np.random.default_rng(0)
    x = rng.normal(size=(400, 6)).astype(np.float32)
    truth = rng.random(400) < expit(2.0 * x[:, 0] - x[:, 1] - 1.5)
    weights = np.where(truth, 0.5 / truth.sum(), 0.5 / (~truth).sum()) * truth.size
    return x, truth, weights


def test_weights_of_a_table_by_hand():
    """8 of 10 deposits and 200 of 990 empty cells inside the pattern."""
    found = weights_of_evidence(8, 10, 200, 990)
    assert found.plus == pytest.approx(np.log((8 / 10) / (200 / 990)))
    assert found.minus == pytest.approx(np.log((2 / 10) / (790 / 990)))
    assert found.contrast == pytest.approx(np.log((8 / 10) / (200 / 990)) - np.log((2 / 10) / (790 / 990)))
    assert found.plus_sd == pytest.approx(np.sqrt(1 / 8 + 1 / 200))
    assert found.minus_sd == pytest.approx(np.sqrt(1 / 2 + 1 / 790))
    assert found.studentised == pytest.approx(found.contrast / np.sqrt(1 / 8 + 1 / 200 + 1 / 2 + 1 / 790))


def test_a_zero_in_the_table_adds_half_to_each_count():
    found = weights_of_evidence(10, 10, 200, 990)
    assert found.plus == pytest.approx(np.log((10.5 / 11) / (200.5 / 991)))
    assert found.minus == pytest.approx(np.log((0.5 / 11) / (790.5 / 991)))


def test_pattern_without_meaning_weighs_nothing():
    found = weights_of_evidence(2, 10, 200, 1000)
    assert found.plus == pytest.approx(0.0, abs=1e-12)
    assert found.minus == pytest.approx(0.0, abs=1e-12)


def test_pattern_is_cut_where_deposits_begin():
    rng = np.random.default_rng(0)
    x = rng.uniform(0.0, 1.0, (2000, 1))
    truth = np.zeros(2000, bool)
    truth[rng.choice(np.flatnonzero(x[:, 0] > 0.8), 40, replace=False)] = True
    high = best_pattern(x, 0, truth, np.ones(2000))
    assert high.above
    assert 0.78 <= high.threshold <= 0.88
    low = best_pattern(-x, 0, truth, np.ones(2000))
    assert not low.above
    assert low.weights.plus == pytest.approx(high.weights.plus, abs=0.5)


def test_dependent_patterns_count_once():
    rng = np.random.default_rng(0)
    first, other = rng.normal(size=(2, 3000))
    x = np.column_stack([first, first + 0.05 * rng.normal(size=3000), other])
    truth = rng.random(3000) < expit(3.0 * (first + other) - 8.0)
    assert sorted({pattern.column // 2 for pattern in choose_patterns(x, truth)}) == [0, 1]
    assert len(choose_patterns(x, truth)) == 2


def test_weights_add_up_to_the_score():
    rng = np.random.default_rng(0)
    x = rng.normal(size=(500, 2))
    patterns = choose_patterns(x, x[:, 0] > 1.0)
    rows = rng.normal(size=(20, 2))
    expected = [sum(p.weights.plus if (row[p.column] > p.threshold) == p.above else p.weights.minus for p in patterns)
                for row in rows]
    np.testing.assert_allclose(logit(Evidence(patterns)(rows)), expected, atol=1e-9)


def test_forest_is_that_of_scikit_learn(data):
    x, truth, weights = data
    model = RandomForestClassifier(random_state=3, **FOREST).fit(x, truth, weights)
    new = np.random.default_rng(1).normal(size=(1000, 6)).astype(np.float32)
    np.testing.assert_allclose(packed_forest(model)(new), model.predict_proba(new)[:, 1], atol=1e-12)


def test_trees_are_the_same_without_compiled_loops(data, monkeypatch):
    from lodescope.algorithms.prospectivity import trees

    x, truth, weights = data
    forest = packed_forest(RandomForestClassifier(random_state=3, **FOREST).fit(x, truth, weights))
    found = forest(x)
    monkeypatch.setattr(trees, "compiled", None)
    np.testing.assert_allclose(forest(x), found, atol=1e-12)


def test_boosting_is_that_of_scikit_learn(data):
    x, truth, weights = data
    model = GradientBoostingClassifier(random_state=3, **BOOSTING).fit(x, truth, weights)
    new = np.random.default_rng(1).normal(size=(1000, 6)).astype(np.float32)
    np.testing.assert_allclose(packed_boosting(model, x)(new), model.predict_proba(new)[:, 1], atol=1e-9)


def test_logistic_regression_is_that_of_scikit_learn(data, monkeypatch):
    from lodescope.algorithms.prospectivity import baselines

    x, truth, weights = data
    monkeypatch.setattr(baselines, "PENALTIES", (0.1,))
    scaled = (x.astype(float) - x.astype(float).mean(axis=0)) / x.astype(float).std(axis=0)
    model = LogisticRegression(C=0.1, max_iter=500).fit(scaled, truth, weights)
    found = fit_logistic(x, truth, weights, np.arange(400) // 10)
    np.testing.assert_allclose(found(x), model.predict_proba(scaled)[:, 1], atol=1e-9)
    assert 0.1 in PENALTIES


def test_penalty_is_strong_where_columns_say_nothing():
    rng = np.random.default_rng(0)
    x = rng.normal(size=(120, 60)).astype(np.float32)
    truth = np.arange(120) < 20
    found = fit_logistic(x, truth, np.where(truth, 3.0, 0.6), np.arange(120))
    loose = LogisticRegression(C=1.0, max_iter=500).fit(x, truth, np.where(truth, 3.0, 0.6))
    assert np.abs(found.weights).mean() < 0.5 * np.abs(loose.coef_).mean()


def test_box_mean_is_the_mean_of_the_window():
    values = np.random.default_rng(0).normal(size=(2, 3, 11, 12)).astype(np.float32)
    found = box_mean(values, 5)
    assert found.shape == (2, 3, 7, 8)
    assert found[1, 2, 3, 4] == pytest.approx(values[1, 2, 3:8, 4:9].mean(), abs=1e-6)
