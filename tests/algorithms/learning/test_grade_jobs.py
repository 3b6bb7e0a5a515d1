"""Training and prediction as jobs: scores, files, bad input, kill and resume."""
import json
import os
import signal
import subprocess
import sys
import threading
import time

import numpy as np
import pytest

from lodescope.algorithms import worker
from lodescope.algorithms.errors import Cancelled, InputError
from lodescope.algorithms.folder import JobFolder
from lodescope.algorithms.jobs import job_function
from lodescope.algorithms.modelfile import load_model, read_card, save_model
from lodescope.algorithms.progress import Progress


def train(make_job, scene, settings, told=None, **more):
    job = make_job("trainbnn", {**settings, **more}, scene)
    return job, job_function("trainbnn")(job, Progress(told))


def predict(make_job, job, features, **more):
    found = make_job("predictbnn", {"model_file": str(job.path("model.safetensors")), **more}, {"features": features})
    outputs = job_function("predictbnn")(found, Progress())
    return dict(zip(outputs["quantities"], found.load("predictions").T)), outputs


@pytest.fixture(scope="module")
def trained(make_job, holes, settings):
    scene = holes()
    return scene, *train(make_job, scene, {**settings, "epochs": 20, "random": True, "kriging": True})


def test_scores_are_those_of_held_out_holes(trained):
    scene, job, outputs = trained
    scores = outputs["targets"]["TREO"]
    held_out = job.load("held_out")
    assert held_out.shape == (480, 4)
    observed = scene["targets"][:, 0]
    assert scores["rmse"] == pytest.approx(np.sqrt(np.mean(np.square(held_out[:, 0] - observed))), rel=1e-6)
    inside = np.mean((observed >= held_out[:, 2]) & (observed <= held_out[:, 3]))
    assert scores["coverage_80"] == pytest.approx(inside, abs=1e-9)
    assert inside == pytest.approx(0.8, abs=0.06)
    assert scores["r2"] > 0.6
    assert scores["rmse"] < 0.7 * scores["kriging"]["rmse"]
    assert scores["crps"] < scores["kriging"]["crps"]
    assert 0.3 < scores["kriging"]["auc_1"] < scores["auc_1"] <= 1.0
    assert set(scores["before"]) == {"coverage_50", "coverage_80", "coverage_90", "coverage_95"}
    assert scores["random"]["r2"] > 0.5


def test_the_card_says_what_the_model_is(trained):
    _, job, outputs = trained
    card = read_card(job.path("model.safetensors"), "bnn")
    assert [entry["name"] for entry in card["features"]] == ["a", "b", "c", "d"]
    assert [entry["name"] for entry in card["targets"]] == ["TREO"]
    assert card["folds"] == {"kind": "hole", "count": 3}
    assert card["scores"]["TREO"]["rmse"] == outputs["targets"]["TREO"]["rmse"]
    assert card["cutoffs"] == [[1.0]]
    report = job.read_text("report.html")
    for word in ("Ordinary kriging", "random split", "Coverage before", "Fold", "20", "anchor"):
        assert word in report


def test_predictions_follow_the_truth_and_know_their_domain(trained, make_job):
    scene, job, _ = trained
    found, outputs = predict(make_job, job, scene["features"])
    assert list(found) == ["TREO:mean", "TREO:sd", "TREO:epistemic", "TREO:aleatoric", "TREO:p10", "TREO:p50",
                           "TREO:p90", "TREO:probability>1", "TREO:outside"]
    assert np.corrcoef(np.log(found["TREO:p50"]), np.log(scene["targets"][:, 0]))[0, 1] > 0.85
    assert (found["TREO:p10"] < found["TREO:p50"]).all()
    assert (found["TREO:p50"] < found["TREO:p90"]).all()
    assert np.allclose(found["TREO:sd"] ** 2, found["TREO:epistemic"] ** 2 + found["TREO:aleatoric"] ** 2, rtol=1e-3)
    assert ((found["TREO:probability>1"] > 0.5) == (found["TREO:p50"] > 1.0)).all()
    assert found["TREO:outside"].mean() < 0.05
    assert outputs["places"] == 480
    odd = np.array([[50.0, 0, 0, 0], [0, np.nan, 0, 0], [np.nan, np.nan, np.nan, 0.0], [0, 0, 0, 0]])
    found, outputs = predict(make_job, job, odd, cutoffs=[[]])
    assert found["TREO:outside"][[0, 1, 3]].tolist() == [1.0, 1.0, 0.0]
    assert np.isnan(found["TREO:mean"]).tolist() == [False, False, True, False]
    assert (outputs["places"], outputs["outside"]) == (3, 2)


def test_the_same_seed_gives_the_same_file(make_job, holes, settings):
    scene = holes(count=12)
    jobs = [train(make_job, scene, settings, seed=seed)[0] for seed in (1, 1, 2)]
    files = [job.path("model.safetensors").read_bytes() for job in jobs]
    assert files[0] == files[1] != files[2]


def test_a_permuted_target_has_no_skill(make_job, holes, settings):
    scene = holes()
    scene["targets"] = np.random.default_rng(5).permutation(scene["targets"])
    _, outputs = train(make_job, scene, settings)
    assert outputs["targets"]["TREO"]["r2"] <= 0.0


def test_the_power_is_chosen_on_held_out_holes(make_job, holes, settings, told):
    scene = holes()
    scene["targets"] = (2.0 + 0.5 * np.log(scene["targets"]).clip(-3.5, None)) ** 2
    _, outputs = train(make_job, scene, settings, told, choose_power=True)
    assert outputs["power"] == 0.5
    said = next(text for text in told.texts() if "chosen by each training on its own samples" in text)
    assert said.count("fold") == 3
    assert said.count(" 0.5") >= 3  # among them that of all samples


def test_every_epoch_is_reported(make_job, holes, settings, told):
    train(make_job, holes(count=12), settings, told)
    assert told.metrics("loss") == told.metrics("rmse") == told.metrics("fold1: loss") == settings["epochs"]


BAD = [
    ("one hole", {"groups": 0}, {}, "one drill hole"),
    ("nothing above detection", {"targets": 0.0}, {}, "above detection"),
    ("equal grades", {"targets": 2.0}, {}, "nothing to learn"),
    ("no feature differs", {"features": 1.0}, {}, "No feature differs"),
    ("no grades", {"targets": np.nan}, {}, "has 0 values"),
]


@pytest.mark.parametrize(("changes", "more", "words"), [case[1:] for case in BAD], ids=[case[0] for case in BAD])
def test_bad_input_gives_one_sentence(make_job, holes, settings, changes, more, words):
    scene = holes(count=12)
    for name, value in changes.items():
        scene[name] = np.full_like(scene[name], value)
    with pytest.raises(InputError, match=words) as error:
        train(make_job, scene, settings, **more)
    assert str(error.value).endswith(".")


def test_odd_input_is_used_with_a_warning(make_job, holes, settings, told):
    scene = holes(count=12)
    scene["features"][::5, 2] = np.nan
    scene["features"][:, 3] = 7.0
    scene["targets"][:3] = [[0.0], [-0.5], [np.nan]]
    _, outputs = train(make_job, scene, settings, told)
    assert outputs["features"] == ["a", "b", "c"]
    assert outputs["samples"] == 143
    text = " ".join(told.texts())
    for words in ("left out: 'd'", "filled with their median", "2 values of zero or below", "1 of 144 samples"):
        assert words in text


def test_five_samples_and_a_hundred_features_end_in_a_warning(make_job, settings, told):
    rng = np.random.default_rng(0)
    scene = {"coordinates": rng.uniform(0.0, 100.0, (5, 2)), "groups": np.full(5, -1),
             "features": rng.normal(size=(5, 100)), "targets": rng.lognormal(size=(5, 1))}
    names = [f"f{k}" for k in range(100)]
    _, outputs = train(make_job, scene, settings, told, features=names, kriging=True)
    assert outputs["samples"] == 5
    assert any("5 samples for 100 features are few" in text for text in told.texts())
    assert any("No drill holes were given" in text for text in told.texts())


def test_a_copy_of_the_target_is_noticed(make_job, holes, settings, told):
    scene = holes(count=12)
    scene["features"][:, 1] = 1e4 * scene["targets"][:, 0]
    train(make_job, scene, settings, told)
    assert any("'b' follows the target" in text for text in told.texts())


def test_neighbours_without_their_recipe_are_told(make_job, holes, settings, told):
    train(make_job, holes(count=12), settings, told, features=["TREO_near1", "b", "c", "TREO_estimate"])
    assert any("neighbouring samples (TREO_near1, TREO_estimate) cannot be made anew" in text for text in told.texts())


def smooth_errors(scene):
    """The same holes with a part of the grade that no feature tells and near holes share."""
    places = scene["coordinates"]
    unseen = np.sin(places[:, 0] / 300.0) + np.cos(places[:, 1] / 300.0)
    return {**scene, "targets": scene["targets"] * np.exp(0.6 * unseen)[:, None]}


def test_errors_that_near_holes_share_are_kriged_into_the_file(make_job, holes, settings, told):
    scene = smooth_errors(holes(count=60, each=6))
    more = {"members": 7, "epochs": 15, "residuals": True}
    job, outputs = train(make_job, scene, settings, told, **more)
    _, without = train(make_job, scene, settings, **{**more, "residuals": False})
    assert outputs["targets"]["TREO"]["rmse"] < 0.93 * without["targets"]["TREO"]["rmse"]
    assert any(text.startswith("Share of the kriged errors that is added: fold1 ") for text in told.texts())
    model = {"model_file": str(job.path("model.safetensors"))}
    placed = make_job("predictbnn", model, {"features": scene["features"], "coordinates": scene["coordinates"]})
    bare = make_job("predictbnn", model, {"features": scene["features"]})
    found = []
    for predicted in (placed, bare):
        job_function("predictbnn")(predicted, Progress())
        found.append(predicted.load("predictions"))
    wrong = [np.square(np.log(part[:, 5]) - np.log(scene["targets"][:, 0])).mean() for part in found]
    assert wrong[0] < 0.8 * wrong[1]
    assert (found[0][:, 4] >= 0.0).all()
    tensors, card = load_model(model["model_file"], "bnn")
    cut = job.path("edited.safetensors")
    save_model(cut, {**tensors, "field.values": tensors["field.values"][:-1]}, card)
    edited = make_job("predictbnn", {"model_file": str(cut)}, {"features": scene["features"]})
    with pytest.raises(InputError, match="do not go together"):
        job_function("predictbnn")(edited, Progress())


def test_threads_change_nothing(make_job, holes, settings):
    scene = smooth_errors(holes(count=24))
    more = {**settings, "members": 7, "choose_power": True, "random": True, "kriging": True, "residuals": True}
    (one, outputs), (two, again) = (train(make_job, scene, more, threads=threads) for threads in (1, 3))
    assert outputs == again
    assert one.path("model.safetensors").read_bytes() == two.path("model.safetensors").read_bytes()


@pytest.mark.parametrize("how", ["cut", "edited", "recipe", "tensors"])
def test_a_model_file_that_is_none_is_refused(trained, make_job, tmp_path, how):
    path = tmp_path / "model.safetensors"
    content = trained[1].path("model.safetensors").read_bytes()
    tensors, card = load_model(trained[1].path("model.safetensors"), "bnn")
    if how == "cut":
        path.write_bytes(content[:len(content) // 2])
    elif how == "edited":
        save_model(path, tensors, {**card, "features": card["features"][:2]})
    elif how == "recipe":
        save_model(path, tensors, {**card, "kind": "recipe"})
    else:
        save_model(path, {key: value for key, value in tensors.items() if "weights.1" not in key}, card)
    job = make_job("predictbnn", {"model_file": str(path)}, {"features": trained[0]["features"]})
    with pytest.raises(InputError) as error:
        job_function("predictbnn")(job, Progress())
    assert str(path) in str(error.value)


@pytest.mark.parametrize("after", [1.0, 3.0])
def test_a_cancel_is_obeyed_within_two_seconds(make_job, holes, settings, after):
    stop, asked = threading.Event(), []
    scene = holes(count=250)
    job = make_job("trainbnn", {**settings, "epochs": 200, "members": 10, "kriging": True, "choose_power": True,
                                "residuals": True, "threads": 2}, scene)
    threading.Timer(after, lambda: (asked.append(time.monotonic()), stop.set())).start()
    with pytest.raises(Cancelled):
        job_function("trainbnn")(job, Progress(stop=stop))
    assert time.monotonic() - asked[0] < 2.0
    assert not job.path("model.safetensors").exists()


def test_a_cancel_keeps_what_was_learned(make_job, make_told, holes, settings):
    stop = threading.Event()
    told = make_told(stop, ("fold2: loss", 3))
    job = make_job("trainbnn", settings, holes(count=12))
    with pytest.raises(Cancelled):
        job_function("trainbnn")(job, Progress(told, stop))
    assert job.path("fold1_done.safetensors").exists()
    assert len(load_model(job.path("fold2.safetensors"), "checkpoint")[1]["plain"]["history"]) >= 2
    assert not job.path("model.safetensors").exists()


def start_worker(folder):
    return subprocess.Popen([sys.executable, "-I", "-u", worker.__file__, str(folder)], stdin=subprocess.PIPE,
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE, env={**os.environ, "OMP_NUM_THREADS": "1"})


def outputs_of(process):
    lines = [json.loads(line) for line in process.stdout]
    process.wait(timeout=60)
    return next(line["outputs"] for line in lines if line["event"] == "result")


def test_a_killed_training_goes_on_to_the_very_same_file(make_job, holes, settings):
    scene = holes(count=12)
    more = {**settings, "epochs": 12, "choose_power": True, "members": 7, "residuals": True}
    scene = smooth_errors(scene)
    whole, expected = train(make_job, scene, more)
    job = make_job("trainbnn", more, scene)
    process = start_worker(job.root)
    for line in process.stdout:
        event = json.loads(line)
        if event["event"] == "metric" and event["name"] == "fold2: loss" and event["step"] == 5:
            process.send_signal(signal.SIGKILL)
            break
    process.communicate(timeout=30)
    assert process.returncode == -signal.SIGKILL
    assert not job.path("model.safetensors").exists()
    outputs = outputs_of(start_worker(job.root))
    assert outputs == json.loads(json.dumps(expected))
    assert job.path("model.safetensors").read_bytes() == whole.path("model.safetensors").read_bytes()
    assert JobFolder(job.root).path("fold1.safetensors").exists()
