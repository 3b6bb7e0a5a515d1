"""Weights of features follow what their permutation costs."""
import numpy as np
import pytest
import torch

from lodescope.algorithms.learning.features import InputPreparation
from lodescope.algorithms.learning.selfevaluation import SelfEvaluation, feature_columns
from lodescope.algorithms.learning.sequencereport import difference_by_hole, switched_off, weights_by_period


class Trainer:
    """Stands in for a training: its error is a known sum over columns of inputs."""

    def __init__(self, costs):
        self.inputs = torch.from_numpy(np.random.default_rng(0).normal(size=(50, len(costs))).astype(np.float32))
        self.known, self.costs = self.inputs.clone(), costs
        self.network = type("Network", (), {"gains": torch.ones(2, len(costs))})()
        self.schedule = type("Schedule", (), {"seed": 1})()
        self.history, self.best_errors = [{}], np.array([0.4, 0.5])

    def errors(self, inputs=None):
        moved = (self.known != (self.inputs if inputs is None else inputs)).any(dim=0).numpy()
        return np.full(2, 1.0 + float(np.dot(moved, self.costs)))


def evaluated(costs, alpha, rounds, columns=None):
    evaluation, trainer = SelfEvaluation(2, alpha), Trainer(costs)
    evaluation.columns = columns or {number: [number] for number in range(len(costs))}
    for number in range(2 * rounds):
        trainer.history.append({})
        evaluation.after(number, trainer)
    return trainer


def test_weights_move_by_alpha_times_the_cost_within_their_limits():
    trainer = evaluated([0.3, 0.0, -0.2], 1.5, 2)
    assert trainer.network.gains[0].tolist() == pytest.approx([1.0, 1.0, 0.4])
    assert torch.equal(trainer.network.gains[0], trainer.network.gains[1])
    kept = weights_by_period(trainer.history, 3)
    assert [values for _, values in kept] == [pytest.approx([1.0, 1.0, 0.7]), pytest.approx([1.0, 1.0, 0.4])]
    assert (trainer.best_errors < 1.0).all()


def test_a_feature_at_zero_stays_off_and_the_best_state_is_sought_anew():
    trainer = evaluated([0.3, -0.9], 1.5, 3)
    assert trainer.network.gains[0].tolist() == [1.0, 0.0]
    assert np.isinf(trainer.best_errors).all()
    assert switched_off(trainer.history, ["good", "bad"]) == ["bad"]


def test_all_columns_of_a_feature_move_together():
    rng = np.random.default_rng(0)
    features = np.column_stack([rng.lognormal(size=60), rng.normal(size=60), np.ones(60)])
    features[:6, 1] = np.nan
    columns = feature_columns(InputPreparation.fit(features))
    assert sorted(columns) == [0, 1]
    assert sorted(np.concatenate(list(columns.values())).tolist()) == list(range(InputPreparation.fit(features).size))
    assert len(columns[0]) == 2  # skewed: with its power and as it is
    assert len(columns[1]) == 2  # itself and the flag for gaps
    trainer = evaluated([-0.1, -0.1, 0.5], 1.0, 1, {0: [0, 1], 1: [2]})
    assert trainer.network.gains[0].tolist() == pytest.approx([0.8, 0.8, 1.0])


def test_the_interval_of_a_difference_draws_whole_holes():
    rng = np.random.default_rng(0)
    groups = np.repeat(np.arange(30), 20)
    others = np.square(rng.normal(size=600))
    change, low, high = difference_by_hole(0.81 * others, others, groups, rng)
    assert (change, low, high) == pytest.approx((-0.1, -0.1, -0.1))
    own = np.square(rng.normal(size=600)) + (rng.normal(size=30) ** 2)[groups]
    _, low, high = difference_by_hole(own, others, groups, rng)
    _, near, far = difference_by_hole(own, others, np.arange(600), rng)
    assert high - low > 1.2 * (far - near)
