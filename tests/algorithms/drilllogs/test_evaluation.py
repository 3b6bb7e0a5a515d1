"""Scores, folds and what is kept apart."""
import numpy as np
import pytest

from lodescope.algorithms.drilllogs import evaluation
from lodescope.algorithms.drilllogs.baselines import tfidf_predict
from lodescope.algorithms.drilllogs.parsed import Labels
from lodescope.algorithms.drilllogs.vocabulary import load_vocabulary


def test_scores_of_known_answers():
    found = evaluation.scores(["a", "a", "a", "b"], ["a", "a", "b", "b"])
    assert found["accuracy"] == 0.75
    assert found["macro_f1"] == pytest.approx((0.8 + 2 / 3) / 2)


def test_holes_are_never_split():
    groups = np.repeat([f"H{k}" for k in range(12)], 5)
    for train, test in evaluation.grouped_folds(groups):
        assert not set(groups[train]) & set(groups[test])
    others, some = evaluation.split_holes(groups, 0.25, np.random.default_rng(1))
    assert not set(groups[others]) & set(groups[some])
    assert len(some) == 15 and len(others) == 45


def test_two_holes_are_split_into_one_and_one():
    others, some = evaluation.split_holes(["A"] * 9 + ["B"], 0.5, np.random.default_rng(0))
    assert {len(others), len(some)} == {1, 9}


def test_texts_seen_before_are_told_apart():
    texts = ["Granite", "granite ", "basalt"]
    assert evaluation.unseen(texts, [0], [1, 2]).tolist() == [False, True]


def test_rare_and_missing_labels_are_left_out():
    assert evaluation.frequent(["a", "", "a", "b"], least=2).tolist() == [0, 2]


def test_attribute_scores_of_truth_are_perfect_and_of_nothing_are_not():
    vocabulary = load_vocabulary()
    truth = Labels.empty(4, vocabulary)
    truth.alteration[0, 1], truth.mineral[1, 2], truth.mineral_percent[1, 2], truth.structure[2, 0] = 3, 2, 5.0, True
    perfect = evaluation.attribute_scores(truth, truth)
    assert perfect["alteration"] == {"f1": 1.0, "intensity": 1.0} and perfect["percent"]["accuracy"] == 1.0
    nothing = evaluation.attribute_scores(truth, Labels.empty(4, vocabulary))
    assert nothing["alteration"] == {"f1": 0.0, "intensity": 0.0} and nothing["percent"]["accuracy"] == 0.0


def test_tfidf_learns_words_and_bears_one_class():
    texts, classes = ["red granite", "pink granite", "black basalt", "grey basalt"] * 3, ["g", "g", "b", "b"] * 3
    assert tfidf_predict(texts, classes, ["granit", "basaltic"]).tolist() == ["g", "b"]
    assert tfidf_predict(["x", "y"], ["a", "a"], ["z"]).tolist() == ["a"]
