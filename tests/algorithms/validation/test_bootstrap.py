"""Draws of whole drill holes."""
import numpy as np
import pytest

from lodescope.algorithms.validation.bootstrap import Bootstrap, interval


def test_intervals_hold_the_truth_as_often_as_they_say():
    """Means of samples that share the value of their hole: draws of single samples would be far too narrow."""
    rng, hits, naive, trials = np.random.default_rng(5), 0, 0, 200
    groups = np.repeat(np.arange(60), 8)
    for _ in range(trials):
        values = rng.normal(size=60)[groups] + 0.1 * rng.normal(size=groups.size)
        low, high = interval(Bootstrap(groups, rng, 400).mean(values))
        hits += low < 0.0 < high
        low, high = interval(Bootstrap(np.arange(groups.size), rng, 400).mean(values))
        naive += low < 0.0 < high
    assert hits / trials > 0.9
    assert naive / trials < 0.7


def test_scores_of_draws_are_those_of_the_drawn_samples():
    rng = np.random.default_rng(1)
    groups, errors, observed = rng.integers(0, 9, 80), rng.normal(size=80), rng.normal(size=80)
    draws = Bootstrap(groups, rng, 5)
    names = np.unique(groups)
    for k, weights in enumerate(draws.weights.astype(int)):
        rows = np.concatenate([np.flatnonzero(groups == name) for name, times in zip(names, weights)
                               for _ in range(times)])
        assert draws.rmse(errors)[k] == pytest.approx(np.sqrt(np.mean(errors[rows] ** 2)))
        assert draws.r2(errors, observed)[k] == pytest.approx(1 - np.mean(errors[rows] ** 2) / observed[rows].var())


def test_one_hole_has_no_spread():
    low, high = interval(Bootstrap(np.zeros(5, int), np.random.default_rng(0), 50).mean(np.arange(5.0)))
    assert low == high == 2.0
    assert interval([np.nan, np.nan]) is None
