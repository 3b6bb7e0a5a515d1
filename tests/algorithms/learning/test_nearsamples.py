"""Kriging of grades takes over where it knows more than networks, and only there."""
from dataclasses import replace

import numpy as np
import pytest
from test_residuals import GRID, field_of

from lodescope.algorithms.learning.bnn import PRESETS, BayesianNetwork
from lodescope.algorithms.learning.kriged import FoldKriging
from lodescope.algorithms.learning.nearsamples import NearSamples, weight_of_kriging
from lodescope.algorithms.learning.predictive import Predictive
from lodescope.algorithms.learning.targets import TargetScale
from lodescope.algorithms.progress import Progress

NOTHING = np.zeros(1)


@pytest.fixture(scope="module")
def drilled():
    """Places of 150 holes of four samples, and a smooth scaled grade at them."""
    rng = np.random.default_rng(4)
    groups = np.repeat(np.arange(150), 4)
    places = rng.uniform(0.0, 2000.0, (150, 2))[groups] + rng.normal(size=(600, 2))
    return places, groups, field_of(rng, places, 500.0) + 0.1 * rng.normal(size=600)


def fitted(drilled, errors, spreads=NOTHING):
    places, groups, grade = drilled
    return NearSamples.fit(places, groups, grade[:, None], errors[:, None], spreads, np.random.default_rng(2),
                           Progress())


def joint_error(near, drilled, guesses):
    """Root mean square error at the samples, each without its own hole."""
    places, groups, grade = drilled
    offsets, weights, _, _ = near.at(places, groups)
    return np.sqrt(np.mean(np.square(offsets[:, 0] + weights[:, 0] * guesses - grade)))


def test_the_weight_is_that_of_the_least_joint_variance():
    for miss, told in ((0.3, 0.4), (0.7, 0.8), (0.1, 0.2)):
        weights = np.linspace(0.0, 1.0, 10_001)
        of_kriging, shared = 1.0 - told, miss * (1.0 - told)
        joint = weights**2 * of_kriging + (1 - weights) ** 2 * miss + 2 * weights * (1 - weights) * shared
        assert weight_of_kriging(miss, told) == pytest.approx(weights[joint.argmin()], abs=2e-4)
    assert weight_of_kriging(0.2, np.array([1.0, 0.0])).tolist() == [1.0, 0.0]
    assert (weight_of_kriging(0.0, np.array([0.0, 0.5])) == 0.0).all()


def test_a_network_that_knows_nothing_is_left_for_kriging(drilled):
    noise = np.random.default_rng(0).normal(size=600)
    near = fitted(drilled, drilled[2] - 0.5 * noise)
    kriged, _ = near.grades.at(drilled[0], drilled[1])
    alone = np.sqrt(np.mean(np.square(kriged[:, 0] - drilled[2])))
    assert alone < 0.7 * drilled[2].std()
    assert joint_error(near, drilled, 0.5 * noise) < 1.05 * alone
    assert near.at(*drilled[:2])[1].mean() < 0.5


def test_a_network_that_knows_all_is_kept_between_holes(drilled):
    wrong = 0.05 * np.random.default_rng(0).normal(size=600)
    near = fitted(drilled, wrong)
    if near is not None:
        assert joint_error(near, drilled, drilled[2] - wrong) < 1.03 * 0.05
        assert near.at(drilled[0], drilled[1])[1].mean() > 0.75


def test_close_to_samples_kriging_speaks_and_far_from_all_the_network(drilled):
    rng = np.random.default_rng(1)
    near = fitted(drilled, 0.6 * rng.normal(size=600))
    places = drilled[0]
    offsets, weights, spreads, ratios = near.at(places[:50] + 1.0)
    assert weights.mean() < 0.35
    assert ratios.mean() < 0.5
    assert spreads.mean() < 0.8
    offsets, weights, spreads, ratios = near.at(np.array([[90_000.0, 0.0], [np.nan, np.nan]]))
    assert (offsets == 0.0).all()
    for part in (weights, spreads, ratios):
        assert np.allclose(part, 1.0)


def test_a_map_near_holes_is_as_good_as_kriging_whatever_the_features_tell():
    rng = np.random.default_rng(11)
    groups = np.repeat(np.arange(70), 6)
    holes = rng.uniform(0.0, 1500.0, (70, 2))
    places = holes[groups] + 2.0 * rng.normal(size=(420, 2))
    near = holes[rng.integers(0, 70, 300)] + rng.uniform(-14.0, 14.0, (300, 2))
    truth = field_of(rng, np.concatenate([places, near]), 300.0)
    told = truth[:, None] + np.column_stack([0.8 * rng.normal(size=720), 9.0 * rng.normal(size=720)])
    grades = np.exp(0.7 * truth + 0.07 * rng.normal(size=720))
    design, schedule = PRESETS["default"]
    model = BayesianNetwork.fit(told[:420], grades[:420, None], groups, replace(design, members=7, hidden=(24,)),
                                replace(schedule, epochs=12), Progress(), coordinates=places)
    kriging = FoldKriging(places, groups, grades[:420], "log", np.random.default_rng(0), Progress())
    kriged = kriging.transform.mean(*kriging.at(near))
    found, alone = model.predict(told[420:], points=near), model.predict(told[420:])

    def wrong(mean):
        return np.sqrt(np.mean(np.square(mean - grades[420:])))

    assert wrong(found.mean()[:, 0]) < 1.15 * wrong(kriged)  # which is told the scale
    assert wrong(found.mean()[:, 0]) < 0.5 * wrong(alone.mean()[:, 0])
    inside = (grades[420:] > found.quantile(0.1)[:, 0]) & (grades[420:] < found.quantile(0.9)[:, 0])
    assert inside.mean() > 0.7


def test_the_noise_that_is_left_is_that_of_the_errors(drilled):
    rng = np.random.default_rng(6)
    guesses = drilled[2] + 0.6 * rng.normal(size=600)
    near = fitted(drilled, drilled[2] - guesses)
    _, _, _, ratios = near.at(drilled[0], drilled[1])
    assert np.sqrt(ratios.mean() * 0.36) == pytest.approx(joint_error(near, drilled, guesses), rel=0.3)


def test_what_single_networks_scatter_is_not_held_against_their_mean(drilled):
    scatter = np.random.default_rng(3).normal(size=600)
    errors = 0.3 * np.random.default_rng(5).normal(size=600) + 0.5 * scatter
    assert fitted(drilled, errors, np.array([0.25])).misses[0] < 0.4 * fitted(drilled, errors).misses[0]


def test_neither_helps_where_nothing_is_shared(drilled):
    places, groups, _ = drilled
    noise = np.random.default_rng(3).normal(size=(600, 2))
    found = NearSamples.fit(places, groups, noise[:, :1], 0.3 * noise[:, 1:], NOTHING, np.random.default_rng(2),
                            Progress())
    assert found is None or found.at(places, groups)[1].min() > 0.9


def test_cells_get_what_points_get_and_a_file_keeps_it(drilled):
    near = fitted(drilled, 0.5 * np.random.default_rng(1).normal(size=600))
    again = NearSamples.restore(*near.state())
    x, y = 10.0 * (30.5 + np.arange(20)), 2000.0 - 10.0 * (40.5 + np.arange(15))
    points = np.column_stack([np.tile(x, 15), np.repeat(y, 20)])
    for on_grid, at, restored in zip(near.on_grid(GRID, (30, 40, 20, 15, None)), near.at(points), again.at(points)):
        assert np.sqrt(np.mean(np.square(on_grid - at))) < 0.03
        assert np.array_equal(at, restored)
    assert again.is_whole(2, 1)
    assert not again.is_whole(3, 1)


def test_a_predictive_moves_with_its_members():
    scale = TargetScale.fit(np.random.default_rng(0).lognormal(size=500))
    rng = np.random.default_rng(1)
    found = Predictive(rng.normal(size=(6, 9, 1)), rng.uniform(0.1, 0.2, (6, 9, 1)), [scale])
    offsets, weights, spreads, ratios = rng.uniform(0.2, 1.0, (4, 9, 1))
    moved = found.moved(offsets, weights, spreads, ratios)
    assert np.allclose(moved.means.mean(axis=0), weights * found.means.mean(axis=0) + offsets)
    assert np.allclose(moved.means.std(axis=0), spreads * found.means.std(axis=0))
    assert np.allclose(moved.noise, found.noise * ratios)
