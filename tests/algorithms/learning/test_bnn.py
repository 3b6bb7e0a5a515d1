"""Bayesian networks learn what is there, know what they do not know, and go on where they were stopped."""
from dataclasses import replace

import numpy as np
import pytest

from lodescope.algorithms.errors import Cancelled
from lodescope.algorithms.learning.bnn import PRESETS, BayesianNetwork, splits, with_seed
from lodescope.algorithms.learning.calibration import variance_factor
from lodescope.algorithms.learning.training import Checkpoints, padded, slope

SMALL = {"hidden": (32, 32)}


def fitted(scene, quiet, preset="default", rows=slice(None), epochs=15, **more):
    design, schedule = PRESETS[preset]
    return BayesianNetwork.fit(scene["features"][rows], scene["targets"][rows], scene["groups"][rows],
                               replace(design, **{**SMALL, "members": 4, **more}),
                               replace(schedule, epochs=epochs), quiet)


def error(model, scene, rows):
    found = model.predict(scene["features"][rows])
    return np.sqrt(np.mean(np.square(np.log(found.quantile(0.5)) - np.log(scene["targets"][rows]))))


@pytest.mark.parametrize("preset", ["default", "variational", "paper"])
def test_grades_of_other_holes_are_predicted(holes, quiet, preset):
    scene = holes()
    train, test = scene["groups"] < 30, scene["groups"] >= 30
    model = fitted(scene, quiet, preset, train, 30)
    spread = np.log(scene["targets"][test]).std()
    assert error(model, scene, test) < (0.65 if preset == "paper" else 0.6) * spread
    assert model.stack.settings["members"] == 4


def test_the_unknown_is_wider_where_nothing_was_seen(holes, quiet):
    scene = holes()
    model = fitted(scene, quiet, members=8)
    model.preparation.low[:], model.preparation.high[:] = -100.0, 100.0
    near, far = (model.predict(x * np.ones((50, 4))).means.std(axis=0) for x in (0.1, 6.0))
    assert np.median(far) > 3.0 * np.median(near)


def test_noise_of_each_place_is_learned(quiet):
    rng = np.random.default_rng(0)
    x = rng.uniform(-1.0, 1.0, (2000, 1))
    y = np.exp(0.5 * x[:, 0] + np.where(x[:, 0] > 0.0, 0.4, 0.05) * rng.normal(size=2000))[:, None]
    scene = {"features": x, "targets": y, "groups": np.repeat(np.arange(200), 10)}
    model = fitted(scene, quiet, epochs=30, scale="log", heteroscedastic=True)
    noise = model.predict(np.array([[-0.6], [0.6]])).noise.mean(axis=0)[:, 0] * model.scales[0].spread ** 2
    assert np.sqrt(noise[1]) == pytest.approx(0.4, rel=0.25)
    assert np.sqrt(noise[0]) < 0.15


def test_targets_with_gaps_share_one_network(holes, quiet):
    scene = holes()
    second = 3.0 * scene["targets"][:, 0]
    second[scene["groups"] % 2 == 0] = np.nan
    both = {**scene, "targets": np.column_stack([scene["targets"][:, 0], second])}
    model = fitted(both, quiet, epochs=20)
    mean = model.predict(scene["features"]).mean()
    assert np.corrcoef(mean[:, 0], mean[:, 1])[0, 1] > 0.95
    assert np.median(mean[:, 1] / mean[:, 0]) == pytest.approx(3.0, rel=0.15)


def test_a_file_predicts_the_same(holes, quiet):
    scene = holes()
    model = fitted(scene, quiet, epochs=3)
    model.factors = np.array([1.7])
    again = BayesianNetwork.from_tensors(*model.to_tensors())
    before, after = model.predict(scene["features"]), again.predict(scene["features"])
    assert np.array_equal(before.means, after.means)
    assert np.array_equal(before.noise, after.noise)


@pytest.mark.parametrize("preset", ["default", "variational"])
def test_a_stopped_training_ends_bit_for_bit_like_an_undisturbed_one(holes, quiet, make_job, preset):
    scene, (design, schedule) = holes(count=12), PRESETS[preset]
    design, schedule = replace(design, members=3, hidden=(16,)), replace(schedule, epochs=6)
    arguments = scene["features"], scene["targets"], scene["groups"], design, schedule, quiet
    whole = BayesianNetwork.fit(*arguments)
    checkpoints = Checkpoints(make_job("trainbnn", {}, {}))

    def stop(epoch, loss, error):
        if epoch == 3:
            raise Cancelled

    with pytest.raises(Cancelled):
        BayesianNetwork.fit(*arguments, checkpoints, "network", stop)
    assert len(checkpoints.load("network")[1]["history"]) == 3
    resumed = BayesianNetwork.fit(*arguments, checkpoints, "network")
    assert resumed.history == whole.history
    first, second = whole.to_tensors()[0], resumed.to_tensors()[0]
    assert all(np.array_equal(first[name], second[name], equal_nan=True) for name in first)


def test_members_hold_out_other_holes_and_learn_from_all_together():
    groups = np.repeat(np.arange(30), 10)
    rows, held = splits(groups, np.arange(300), 6, np.random.default_rng(0))
    for learned, kept in zip(rows, held):
        assert not set(groups[learned]) & set(groups[kept])
        assert learned.size + kept.size == 300
    assert len(np.unique(np.concatenate(held))) == sum(map(len, held))
    assert set(np.concatenate(rows).tolist()) == set(range(300))
    few, none = splits(np.arange(5), np.arange(5), 3, np.random.default_rng(0))
    assert all(part.size == 5 for part in few)
    assert all(part.size == 0 for part in none)


def test_training_keeps_the_best_epoch_of_each_member(holes, quiet):
    scene, (design, schedule) = holes(count=12), PRESETS["default"]
    found = {}

    def watch(epoch, loss, error):
        found[epoch] = error

    model = BayesianNetwork.fit(scene["features"], scene["targets"], scene["groups"],
                                replace(design, members=2, hidden=(8,)), replace(schedule, epochs=5), quiet,
                                watch=watch)
    assert [entry["error"] for entry in model.history] == list(found.values())
    rows, known = padded([np.array([3, 4]), np.array([5])])
    assert rows.tolist() == [[3, 4], [5, 0]]
    assert known.tolist() == [[True, True], [True, False]]


def test_patience_ends_a_training_that_no_longer_gets_better(quiet):
    rng = np.random.default_rng(0)
    scene = {"features": rng.normal(size=(300, 3)), "targets": rng.lognormal(size=(300, 1)),
             "groups": np.repeat(np.arange(30), 10)}
    design, schedule = PRESETS["default"]
    model = BayesianNetwork.fit(scene["features"], scene["targets"], scene["groups"],
                                replace(design, members=2, hidden=(16,)), replace(schedule, epochs=60, patience=4),
                                quiet)
    assert len(model.history) < 60


def test_the_rate_rises_and_falls():
    rates = [slope(done) for done in np.linspace(0.0, 1.0, 21)]
    assert max(rates) == pytest.approx(1.0)
    assert rates[0] == rates[-1] == pytest.approx(0.02)
    seeds = {with_seed(PRESETS["default"][1], k).seed for k in range(5)}
    assert len(seeds) == 5


@pytest.mark.parametrize(("scale", "power"), [("power", 0.25), ("log", 0.0)])
def test_the_mean_of_a_heavy_tailed_grade_has_no_bias_and_a_bound(quiet, scale, power):
    rng = np.random.default_rng(2)
    features = rng.normal(size=(4000, 2))
    noise = np.where(features[:, 1] > 1.0, 1.0, 0.5) * rng.normal(size=4000)
    grades = np.exp(1.1 * features[:, 0] + noise)[:, None]
    scene = {"features": features[:2000], "targets": grades[:2000], "groups": np.repeat(np.arange(200), 10)}
    model = fitted(scene, quiet, epochs=25, scale=scale, power=power)
    held = np.arange(2000, 3000)
    model.factors = np.array([variance_factor([(held, model.predict(features[held]))], grades[:, 0])])
    mean = model.predict(features[3000:]).mean()
    expected = np.exp(1.1 * features[3000:, 0] + 0.5 * np.square(np.where(features[3000:, 1] > 1.0, 1.0, 0.5)))
    assert mean.mean() == pytest.approx(expected.mean(), rel=0.1)
    assert np.corrcoef(mean[:, 0], expected)[0, 1] > 0.9
    far = model.predict(np.array([[40.0, 40.0], [40.0, -40.0], [-40.0, 40.0]]))
    assert (far.mean()[:, 0] <= model.scales[0].high * 1.000001).all()
    assert (far.mean() <= far.quantile(0.999)).all()
    assert model.scales[0].high < 4.0 * scene["targets"].max()
