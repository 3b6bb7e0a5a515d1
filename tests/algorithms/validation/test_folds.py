"""Folds: everything is tested once, holes and blocks stay whole, seeds repeat."""
import numpy as np
import pytest

from lodescope.algorithms.errors import InputError
from lodescope.algorithms.validation.folds import KINDS, balanced, hold_out, lone_groups, make_folds


@pytest.fixture
def scene():
    rng = np.random.default_rng(3)
    groups = np.repeat(np.arange(40), rng.integers(1, 12, 40))
    places = rng.uniform(0.0, 1000.0, (40, 2))[groups] + rng.normal(0.0, 1.0, (groups.size, 2))
    return groups, np.column_stack([places, -rng.uniform(0.0, 100.0, groups.size)]), rng.lognormal(size=groups.size)


def folds_of(kind, scene, seed=1, **more):
    groups, places, target = scene
    return make_folds(kind, 5, groups, places, target, np.random.default_rng(seed), **more)


@pytest.mark.parametrize("kind", ["hole", "block", "random"])
def test_every_sample_is_tested_once_by_a_model_that_did_not_see_it(scene, kind):
    folds = folds_of(kind, scene)
    assert len(folds) == 5
    tested = np.concatenate([test for _, test in folds])
    assert sorted(tested.tolist()) == list(range(len(scene[0])))
    for train, test in folds:
        assert not set(train) & set(test)
        assert len(train) + len(test) == len(scene[0])


def test_a_hole_never_stands_on_both_sides(scene):
    for train, test in folds_of("hole", scene):
        assert not set(scene[0][train]) & set(scene[0][test])
        assert abs(test.size / scene[0].size - 0.2) < 0.05
    crossing = [set(scene[0][train]) & set(scene[0][test]) for train, test in folds_of("random", scene)]
    assert all(crossing)


def test_blocks_are_squares_that_stay_whole(scene):
    squares = np.floor((scene[1][:, :2] - scene[1][:, :2].min(axis=0)) / 200.0)
    for train, test in folds_of("block", scene, side=200.0):
        assert not {tuple(s) for s in squares[train]} & {tuple(s) for s in squares[test]}


def test_random_folds_are_alike_in_the_target(scene):
    medians = [np.median(scene[2][test]) for _, test in folds_of("random", scene)]
    assert np.ptp(medians) < 0.1 * np.median(scene[2])


@pytest.mark.parametrize(("kind", "train", "test"), [("80_20", 0.8, 0.2), ("70_15_15", 0.7, 0.15)])
def test_single_splits_have_their_shares(scene, kind, train, test):
    (rows, held), = folds_of(kind, scene)
    assert rows.size / scene[0].size == pytest.approx(train, abs=0.03)
    assert held.size / scene[0].size == pytest.approx(test, abs=0.03)
    assert not set(rows) & set(held)


@pytest.mark.parametrize("kind", KINDS)
def test_the_seed_decides(scene, kind):
    first, again, other = (folds_of(kind, scene, seed) for seed in (1, 1, 2))
    assert all(np.array_equal(a[1], b[1]) for a, b in zip(first, again))
    assert not all(np.array_equal(a[1], b[1]) for a, b in zip(first, other))


def test_samples_without_a_hole_are_holes_of_their_own():
    labels = lone_groups(np.array([5, -1, 5, -1, -1]))
    assert labels[0] == labels[2]
    assert len(set(labels.tolist())) == 4
    together = lone_groups(np.array([-1, -1, -1]), np.array([[0.0, 0.0], [1.0, 0.0], [0.0, 0.0]]))
    assert together.tolist() == [0, 1, 0]


def test_one_hole_is_refused_with_advice(scene):
    with pytest.raises(InputError, match=r"one drill hole.*blocks"):
        make_folds("hole", 5, np.zeros(20, int), scene[1][:20], scene[2][:20], np.random.default_rng(0))
    with pytest.raises(InputError, match="smaller blocks"):
        make_folds("block", 5, scene[0][:20], np.zeros((20, 2)), scene[2][:20], np.random.default_rng(0))


def test_fewer_groups_than_folds_make_fewer_folds():
    numbers = balanced(np.array([0, 0, 1, 2]), 5, np.random.default_rng(0))
    assert sorted(set(numbers.tolist())) == [0, 1, 2]


def test_what_is_held_out_is_whole_groups_and_never_all():
    groups = np.repeat(np.arange(10), 5)
    mask = hold_out(groups, 0.2, np.random.default_rng(0))
    assert mask.sum() in (10, 15)
    assert all(len(set(mask[groups == group].tolist())) == 1 for group in range(10))
    assert hold_out(np.array([0, 0, 1]), 0.9, np.random.default_rng(0)).sum() < 3
