"""A model of another deposit helps where holes are few, and its features are matched by name."""
from dataclasses import replace

import numpy as np
import pytest

from lodescope.algorithms.errors import InputError
from lodescope.algorithms.jobs import job_function
from lodescope.algorithms.learning.bnn import PRESETS, BayesianNetwork
from lodescope.algorithms.learning.transfer import Start
from lodescope.algorithms.modelfile import load_model, save_model
from lodescope.algorithms.progress import Progress


def deposit(seed, count, shift=0.0):
    """Holes of 12 samples: four features, and a grade that follows them alike everywhere but for a level."""
    rng = np.random.default_rng(seed)
    groups = np.repeat(np.arange(count), 12)
    features = rng.normal(size=(groups.size, 4)) + shift
    log = 0.7 * features[:, 0] + 0.5 * np.sin(2.0 * features[:, 1]) + 0.3 * features[:, 2] * features[:, 0]
    return features, np.exp(log + shift + 0.25 * rng.normal(size=groups.size))[:, None], groups


def fit(scene, start=None, epochs=25):
    design, schedule = PRESETS["default"]
    design = replace(start.design(design) if start else design, members=4)
    return BayesianNetwork.fit(*scene, design, replace(schedule, epochs=epochs), Progress(), start=start)


def error(model, scene):
    wrong = np.log(model.predict(scene[0]).quantile(0.5).clip(1e-6)) - np.log(scene[1])
    return float(np.sqrt(np.mean(np.square(wrong))))


@pytest.fixture(scope="module")
def old():
    return fit(deposit(0, 60))


@pytest.fixture(scope="module")
def start_file(make_job, settings):
    features, targets, groups = deposit(0, 30)
    places = np.column_stack([groups * 50.0, groups * 30.0, -np.arange(groups.size) % 12.0])
    arrays = {"coordinates": places, "groups": groups, "features": features, "targets": targets}
    job = make_job("trainbnn", settings, arrays)
    job_function("trainbnn")(job, Progress())
    return job.path("model.safetensors"), arrays


@pytest.mark.parametrize("freeze", ["none", "first_layers", "all_but_last"])
def test_a_start_helps_where_holes_are_few(old, freeze):
    few, test = deposit(1, 5, 0.3), deposit(99, 60, 0.3)
    plain = error(fit(few), test)
    started = error(fit(few, Start(old, np.arange(4), np.arange(1), freeze)), test)
    assert started < 0.75 * plain
    assert started < error(old, test)


@pytest.mark.parametrize(("freeze", "held"), [("none", 0), ("first_layers", 2), ("all_but_last", 3)])
def test_frozen_layers_stay(old, freeze, held):
    model = fit(deposit(1, 8), Start(old, np.arange(4), np.arange(1), freeze), 3)
    same = [bool((model.stack.weights[k] == old.stack.weights[k]).all()) for k in range(4)]
    assert same == [k < held for k in range(4)]


def test_features_are_matched_by_name_and_new_ones_are_learned(old):
    features, targets, groups = deposit(2, 30)
    features = np.column_stack([np.random.default_rng(0).normal(size=len(groups)), features[:, [1, 0]]])
    targets = targets * np.exp(0.8 * features[:, :1])
    start = Start(old, np.array([-1, 1, 0]), np.arange(1), "all_but_last")
    model = fit((features, targets, groups), start)
    with_gap = features.copy()
    with_gap[:, 0] += 1.0
    assert np.median(model.predict(with_gap).mean() / model.predict(features).mean()) > 1.4
    first = model.stack.weights[0].detach().numpy()
    places = {name: np.flatnonzero(model.preparation.kept == number) for number, name in enumerate("nba")}
    old_first = old.stack.weights[0].detach().numpy()
    old_a = np.flatnonzero(old.preparation.kept == 0)
    assert np.array_equal(first[:, places["a"]], old_first[:, old_a])
    assert np.abs(first[:, places["n"]]).max() > 0.0


def test_before_training_a_start_predicts_as_the_old_model(old):
    features, targets, groups = deposit(3, 20)
    start = Start(old, np.array([2, 0, 3, 1]), np.arange(1))
    shuffled = np.empty_like(features)
    shuffled[:, [0, 1, 2, 3]] = features[:, [2, 0, 3, 1]]
    design, schedule = PRESETS["default"]
    model = BayesianNetwork.fit(shuffled, targets, groups, replace(start.design(design), members=4),
                                replace(schedule, epochs=1, rate=1e-12), Progress(), start=start)
    assert np.allclose(model.predict(shuffled).mean(), old.predict(features).mean(), rtol=1e-3)


def test_gaps_that_the_old_model_knew_keep_their_flags():
    features, targets, groups = deposit(0, 30)
    features[::4, 1] = np.nan
    old = fit((features, targets, groups), epochs=5)
    more = np.column_stack([features, np.where(np.arange(len(groups)) % 3 == 0, np.nan, features[:, 0])])
    start = Start(old, np.array([0, 1, 2, 3, -1]), np.arange(1))
    model = fit((more, targets, groups), start, 2)
    flagged = model.preparation.kept[model.preparation.flagged]
    assert sorted(flagged.tolist()) == [1, 4]
    rows = start.rows_of(model.preparation)
    assert rows.size == model.preparation.size
    assert (rows[model.preparation.kept.size:] >= 0).tolist() == [True, False]


def test_the_log_says_what_was_matched_and_the_card_keeps_the_layers(start_file, make_job, settings, told):
    path, arrays = start_file
    more = {**settings, "features": ["a", "b", "x", "d"], "start_file": str(path), "freeze": "first_layers",
            "hidden": [16], "epochs": 2}
    job = make_job("trainbnn", more, arrays)
    job_function("trainbnn")(job, Progress(told))
    said = next(text for text in told.texts() if text.startswith("Start from another model"))
    assert "3 of 4 features are known to it" in said
    assert "new to it are x" in said
    assert "lack its features c" in said
    assert load_model(job.path("model.safetensors"), "bnn")[1]["model"]["design"]["hidden"] == [64, 64, 64]


def test_models_that_cannot_be_started_from_are_refused(start_file, make_job, settings, tmp_path):
    path, arrays = start_file
    tensors, card = load_model(path, "bnn")
    other = tmp_path / "other.safetensors"
    save_model(other, tensors, {**card, "kind": "lstm", "title": "recurrent network"})
    cases = [(other, ["a", "b", "c", "d"], "another kind of model"), (path, ["p", "q", "r", "s"], "knows none")]
    for file, names, words in cases:
        job = make_job("trainbnn", {**settings, "features": names, "start_file": str(file)}, arrays)
        with pytest.raises(InputError, match=words) as error_:
            job_function("trainbnn")(job, Progress())
        assert str(error_.value).endswith(".")
    paper = make_job("trainbnn", {**settings, "preset": "paper", "epochs": 1}, arrays)
    job_function("trainbnn")(paper, Progress())
    job = make_job("trainbnn", {**settings, "start_file": str(paper.path("model.safetensors"))}, arrays)
    with pytest.raises(InputError, match="principal components"):
        job_function("trainbnn")(job, Progress())
