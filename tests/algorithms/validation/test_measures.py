"""Scores of grade models against values worked out by hand or known by theory."""
import numpy as np
import pytest
from scipy.special import ndtri
from sklearn.metrics import roc_auc_score

from lodescope.algorithms.validation.measures import (
    accuracy_at,
    auc,
    class_accuracy,
    coverage_table,
    measure,
    success_share,
)


def test_auc_is_that_of_scikit_learn_with_ties():
    rng = np.random.default_rng(0)
    truth, score = rng.random(200) < 0.3, np.round(rng.normal(size=200), 1)
    assert auc(truth, score) == pytest.approx(roc_auc_score(truth, score), abs=1e-12)
    assert auc(np.ones(5, bool), np.arange(5)) is None


def test_a_right_distribution_covers_and_has_the_known_crps():
    rng = np.random.default_rng(1)
    observed = rng.normal(2.0, 3.0, 20_000)
    found = measure(observed, np.full(observed.size, 2.0), lambda p: np.full(observed.size, 2.0 + 3.0 * ndtri(p)),
                    np.full(observed.size, 3.0), (2.0,), lambda cutoff: np.full(observed.size, 0.5))
    assert found["coverage_80"] == pytest.approx(0.8, abs=0.01)
    assert found["coverage_95"] == pytest.approx(0.95, abs=0.01)
    assert found["crps"] == pytest.approx(3.0 / np.sqrt(np.pi), rel=0.02)
    assert found["width_80"] == pytest.approx(2.0 * 3.0 * ndtri(0.9), rel=1e-6)
    assert found["r2"] == pytest.approx(0.0, abs=0.01)
    assert found["auc_2"] == pytest.approx(0.5)


def test_rows_without_observation_or_prediction_do_not_count():
    observed, mean = np.array([1.0, np.nan, 3.0, 5.0]), np.array([1.0, 2.0, np.nan, 7.0])
    found = measure(observed, mean, lambda p: mean)
    assert found["count"] == 2
    assert found["rmse"] == pytest.approx(np.sqrt(2.0))
    table = coverage_table(observed, lambda p: mean - 1.0 if p < 0.5 else mean + 1.0)
    assert table[80] == pytest.approx(0.5)


def test_classes_and_cut_offs():
    observed, predicted = np.array([0.1, 0.6, 1.5, 2.5]), np.array([0.2, 1.1, 1.2, 0.4])
    assert class_accuracy(observed, predicted, [0.5, 1.0, 2.0]) == pytest.approx(0.5)
    assert accuracy_at(observed, predicted, 1.0) == pytest.approx(0.5)


def test_drilling_success_looks_at_the_best_predicted_holes():
    groups = np.repeat(np.arange(10), 4)
    observed = np.where(groups == 3, 2.0, 0.0)
    chosen, overall = success_share(observed, np.where(groups == 3, 1.0, 0.0), groups, 1.0)
    assert (chosen, overall) == (1.0, 0.1)
    assert success_share(observed, np.where(groups == 4, 1.0, 0.0), groups, 1.0)[0] == 0.0
