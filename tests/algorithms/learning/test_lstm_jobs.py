"""Training and prediction down the hole as jobs: scores, files, bad input, kill and resume."""
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
from lodescope.algorithms.geostatistics.covariance import Structure, Variogram
from lodescope.algorithms.jobs import job_function
from lodescope.algorithms.learning.jobs_predictlstm import Columns
from lodescope.algorithms.learning.residuals import ResidualField
from lodescope.algorithms.modelfile import load_model, read_card, save_model
from lodescope.algorithms.progress import Progress


@pytest.fixture(scope="module")
def lstm_settings(settings):
    """Of a quick training."""
    return {**settings, "epochs": 4, "members": 2, "memory": 8, "dense": [8], "base": 0.2, "compare": False}


@pytest.fixture(scope="module")
def memory_settings(lstm_settings):
    """Of a training that needs its memory."""
    return {**lstm_settings, "base": 0.0, "memory": 16, "dense": [16], "epochs": 60, "rate": 1e-2, "prior_weight": 0.1,
            "residuals": False}


@pytest.fixture(scope="module")
def remembering():
    """Holes whose grade follows the interval above."""
    def make(seed=0, count=40, each=10):
        rng = np.random.default_rng(seed)
        groups, depths = np.repeat(np.arange(count), each), np.tile(np.arange(each) * 2.0, count)
        places = np.column_stack([rng.uniform(0.0, 2000.0, (count, 2))[groups], -depths])
        features = rng.normal(size=(groups.size, 4))
        above = np.where(depths > 0.0, np.roll(features[:, 0], 1), 0.0)
        return {"coordinates": places, "groups": groups, "features": features, "depths": depths,
                "targets": np.exp(above + 0.1 * rng.normal(size=groups.size))[:, None]}
    return make


def train(make_job, scene, settings, told=None, **more):
    job = make_job("trainlstm", {**settings, **more}, scene)
    return job, job_function("trainlstm")(job, Progress(told))


def predict(make_job, job, arrays, **more):
    found = make_job("predictlstm", {"model_file": str(job.path("model.safetensors")), **more}, arrays)
    outputs = job_function("predictlstm")(found, Progress())
    return dict(zip(outputs["quantities"], found.load("predictions").T)), outputs


@pytest.fixture(scope="module")
def trained(make_job, remembering, memory_settings):
    scene = remembering()
    return scene, *train(make_job, scene, memory_settings, compare=True, kriging=True, random=True)


def test_scores_are_those_of_held_out_holes(trained):
    scene, job, outputs = trained
    scores, held_out = outputs["targets"]["TREO"], job.load("held_out")
    observed = scene["targets"][:, 0]
    assert scores["rmse"] == pytest.approx(np.sqrt(np.mean(np.square(held_out[:, 0] - observed))), rel=1e-6)
    inside = np.mean((observed >= held_out[:, 2]) & (observed <= held_out[:, 3]))
    assert scores["coverage_80"] == pytest.approx(inside, abs=1e-9)
    assert inside == pytest.approx(0.8, abs=0.06)
    assert scores["r2"] > 0.6
    assert scores["rmse"] < 0.7 * scores["kriging"]["rmse"]


def test_what_memory_adds_stands_in_the_report(trained):
    _, job, outputs = trained
    compared = outputs["memory"]["TREO"]
    assert compared["rmse"] < 0.7 * compared["fnn_rmse"]
    assert compared["low"] < compared["change"] < compared["high"] < 0.0
    assert compared["change"] == pytest.approx(compared["rmse"] / compared["fnn_rmse"] - 1.0)
    report = job.read_text("report.html")
    for words in ("What memory adds", "more than chance explains", "Recurrent network", "Ordinary kriging",
                  "Coverage before", "long short-term memory"):
        assert words in report
    card = read_card(job.path("model.safetensors"), "lstm")
    assert [entry["name"] for entry in card["features"]] == ["a", "b", "c", "d"]
    assert card["model"]["reader"]["kind"] == "hole"


def test_predictions_read_whole_holes_in_any_order_of_rows(trained, make_job):
    scene, job, _ = trained
    order = np.random.default_rng(3).permutation(400)
    arrays = {name: scene[name] for name in ("features", "groups", "depths")}
    found, outputs = predict(make_job, job, arrays)
    mixed, _ = predict(make_job, job, {name: values[order] for name, values in arrays.items()}, threads=2)
    places, _ = predict(make_job, job, {"features": scene["features"], "groups": scene["groups"],
                                        "coordinates": scene["coordinates"]})
    assert list(found) == ["TREO:mean", "TREO:sd", "TREO:epistemic", "TREO:aleatoric", "TREO:p10", "TREO:p50",
                           "TREO:p90", "TREO:probability>1", "TREO:outside"]
    for name, values in found.items():
        assert np.allclose(values[order], mixed[name], rtol=1e-4)
        assert np.allclose(values, places[name], rtol=1e-4)
    assert np.corrcoef(np.log(found["TREO:p50"]), np.log(scene["targets"][:, 0]))[0, 1] > 0.9
    assert (found["TREO:p10"] < found["TREO:p90"]).all()
    assert outputs["places"] == 400
    alone, _ = predict(make_job, job, {"features": scene["features"]})
    assert np.corrcoef(np.log(alone["TREO:p50"]), np.log(scene["targets"][:, 0]))[0, 1] < 0.5


def test_gaps_and_odd_values_are_empty_or_outside(trained, make_job):
    scene, job, _ = trained
    features = scene["features"][:10].copy()
    features[2, :3] = np.nan
    features[5, 0] = 40.0
    features[7, 1] = np.nan
    arrays = {"features": features, "groups": scene["groups"][:10], "depths": scene["depths"][:10]}
    found, outputs = predict(make_job, job, arrays, cutoffs=[[]])
    assert np.isnan(found["TREO:mean"]).nonzero()[0].tolist() == [2]
    assert found["TREO:outside"][[5, 7]].tolist() == [1.0, 1.0]
    assert outputs["places"] == 9


def test_columns_of_cells_are_read_from_the_top():
    tile = np.arange(2 * 3 * 4, dtype=np.float32).reshape(6, 4)  # two levels of three features at four cells
    columns = Columns(tile, [100.0, 120.0], [1, 2, 2, 2], {"west": 0.0, "north": 0.0, "cell": 10.0})
    features, groups, positions, places = columns.arrays()
    assert features[1].tolist() == tile[3:, 0].tolist()  # the upper level of the first cell
    assert groups.tolist() == [0, 0, 1, 1, 2, 2, 3, 3]
    assert positions[1] < positions[0]
    assert places[:3].tolist() == [[15.0, -25.0, 100.0], [15.0, -25.0, 120.0], [25.0, -25.0, 100.0]]
    bands = columns.bands(np.stack([features[:, 0], features[:, 2]]))
    assert bands.tolist() == [tile[0].tolist(), tile[3].tolist(), tile[2].tolist(), tile[5].tolist()]


def test_kriged_errors_of_columns_of_cells_are_those_of_their_places():
    rng = np.random.default_rng(5)
    places = rng.uniform(0.0, 300.0, (60, 3))
    variogram = Variogram(0.1, (Structure("exponential", 0.9, (200.0, 200.0, 60.0)),))
    field = ResidualField(places, np.arange(60), rng.normal(size=(60, 1)), [variogram])
    columns = Columns(np.zeros((4, 12), np.float32), [250.0, 40.0], [3, 1, 4, 3],
                      {"west": 0.0, "north": 300.0, "cell": 30.0})
    *_, where = columns.arrays()
    for found, expected in zip(columns.errors(field), field.at(where)):
        assert np.allclose(found, expected, atol=1e-6)
    assert columns.errors(None) is None


def test_the_same_seed_gives_the_same_file(make_job, holes, lstm_settings):
    scene = holes(count=12)
    jobs = [train(make_job, scene, lstm_settings, seed=seed)[0] for seed in (1, 1, 2)]
    files = [job.path("model.safetensors").read_bytes() for job in jobs]
    assert files[0] == files[1] != files[2]


def test_a_permuted_target_has_no_skill(make_job, holes, lstm_settings):
    scene = holes()
    scene["targets"] = np.random.default_rng(5).permutation(scene["targets"])
    _, outputs = train(make_job, scene, lstm_settings)
    assert outputs["targets"]["TREO"]["r2"] <= 0.0


def test_every_epoch_is_reported(make_job, holes, lstm_settings, told):
    train(make_job, holes(count=12), lstm_settings, told)
    assert told.metrics("loss") == told.metrics("rmse") == told.metrics("fold1: loss") == 4


@pytest.mark.parametrize("preset", ["afg-pms", "joint"])
def test_fifteen_targets_with_gaps_are_learned_together(make_job, holes, told, settings, preset):
    scene, rng = holes(count=12), np.random.default_rng(0)
    grades = scene["targets"] * np.exp(0.1 * rng.normal(size=(144, 15)))
    scene["targets"] = np.where(rng.random(grades.shape) < 0.3, np.nan, grades)
    names = ["La", "Ce", "Pr", "Nd", "Sm", "Eu", "Gd", "Tb", "Dy", "Ho", "Er", "Tm", "Yb", "Lu", "Y"]
    _, outputs = train(make_job, scene, settings, told, preset=preset, targets=names, epochs=2, members=2,
                       cutoffs=[[]] * 15, optimizer="sgd" if preset == "afg-pms" else "adam", compare=False, folds=2)
    assert list(outputs["targets"]) == names
    assert outputs["memory"] == {}


BAD = [
    ("one hole", {"groups": 0}, "one drill hole"),
    ("nothing above detection", {"targets": 0.0}, "above detection"),
    ("equal grades", {"targets": 2.0}, "nothing to learn"),
    ("no feature differs", {"features": 1.0}, "No feature differs"),
    ("no grades", {"targets": np.nan}, "has 0 values"),
]


@pytest.mark.parametrize(("changes", "words"), [case[1:] for case in BAD], ids=[case[0] for case in BAD])
def test_bad_input_gives_one_sentence(make_job, holes, lstm_settings, changes, words):
    scene = holes(count=12)
    for name, value in changes.items():
        scene[name] = np.full_like(scene[name], value)
    with pytest.raises(InputError, match=words) as error:
        train(make_job, scene, lstm_settings)
    assert str(error.value).endswith(".")


def test_odd_input_is_used_with_a_warning(make_job, holes, lstm_settings, told):
    scene = holes(count=12)
    scene["features"][::5, 2] = np.nan
    scene["features"][:, 3] = 7.0
    scene["targets"][:3] = [[0.0], [-0.5], [np.nan]]
    scene["coordinates"][:12] = 5.0
    _, outputs = train(make_job, scene, lstm_settings, told)
    assert outputs["features"] == ["a", "b", "c"]
    assert outputs["samples"] == 143
    text = " ".join(told.texts())
    for words in ("left out: 'd'", "filled with their median", "2 values of zero or below", "1 drill holes lie at one"):
        assert words in text


def test_five_samples_and_a_hundred_features_end_in_a_warning(make_job, lstm_settings, told):
    rng = np.random.default_rng(0)
    scene = {"coordinates": rng.uniform(0.0, 100.0, (5, 2)), "groups": np.full(5, -1),
             "features": rng.normal(size=(5, 100)), "targets": rng.lognormal(size=(5, 1))}
    names = [f"f{k}" for k in range(100)]
    job, outputs = train(make_job, scene, lstm_settings, told, features=names, compare=True)
    assert outputs["samples"] == 5
    assert any("5 samples for 100 features are few" in text for text in told.texts())
    assert any("nearest samples of each place are read" in text for text in told.texts())
    found, _ = predict(make_job, job, {"features": scene["features"][:2], "coordinates": scene["coordinates"][:2]})
    assert np.isfinite(found["TREO:mean"]).all()


@pytest.mark.parametrize("how", ["cut", "edited", "bnn", "tensors"])
def test_a_model_file_that_is_none_is_refused(trained, make_job, tmp_path, how):
    path = tmp_path / "model.safetensors"
    content = trained[1].path("model.safetensors").read_bytes()
    tensors, card = load_model(trained[1].path("model.safetensors"), "lstm")
    if how == "cut":
        path.write_bytes(content[:len(content) // 2])
    elif how == "edited":
        save_model(path, tensors, {**card, "features": card["features"][:2]})
    elif how == "bnn":
        save_model(path, tensors, {**card, "kind": "bnn"})
    else:
        save_model(path, {key: value for key, value in tensors.items() if "memory.1" not in key}, card)
    job = make_job("predictlstm", {"model_file": str(path)}, {"features": trained[0]["features"]})
    with pytest.raises(InputError) as error:
        job_function("predictlstm")(job, Progress())
    assert str(path) in str(error.value)


def test_a_cancel_is_obeyed_and_keeps_what_was_learned(make_job, make_told, holes, lstm_settings):
    stop = threading.Event()
    told = make_told(stop, ("fold2: loss", 2))
    job = make_job("trainlstm", lstm_settings, holes(count=12))
    with pytest.raises(Cancelled):
        job_function("trainlstm")(job, Progress(told, stop))
    assert job.path("fold1_done.safetensors").exists()
    assert len(load_model(job.path("fold2.safetensors"), "checkpoint")[1]["plain"]["history"]) >= 1
    assert not job.path("model.safetensors").exists()


def start_worker(folder):
    return subprocess.Popen([sys.executable, "-I", "-u", worker.__file__, str(folder)], stdin=subprocess.PIPE,
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE, env={**os.environ, "OMP_NUM_THREADS": "1"})


@pytest.mark.parametrize("more", [{"compare": True}, {"base": 0.0, "optimizer": "sgd", "self_evaluation": True,
                                                      "period": 2, "alpha": 50.0}], ids=["base", "descent"])
def test_a_killed_training_goes_on_to_the_very_same_file(make_job, holes, lstm_settings, more):
    scene, settings = holes(count=12), {**lstm_settings, "epochs": 8, **more}
    whole, expected = train(make_job, scene, settings)
    job = make_job("trainlstm", settings, scene)
    process = start_worker(job.root)
    for line in process.stdout:
        event = json.loads(line)
        if event["event"] == "metric" and event["name"] == "fold2: loss" and event["step"] == 4:
            process.send_signal(signal.SIGKILL)
            break
    process.communicate(timeout=30)
    assert process.returncode == -signal.SIGKILL
    assert not job.path("model.safetensors").exists()
    process = start_worker(job.root)
    lines = [json.loads(line) for line in process.stdout]
    process.wait(timeout=60)
    outputs = next(line["outputs"] for line in lines if line["event"] == "result")
    assert outputs == json.loads(json.dumps(expected))
    assert job.path("model.safetensors").read_bytes() == whole.path("model.safetensors").read_bytes()


def test_time_goes_on_while_a_long_hole_is_learned(make_job, lstm_settings):
    rng = np.random.default_rng(0)
    groups = np.repeat([0, 1, 2], [1200, 5, 1])
    depths = np.concatenate([np.arange(1200.0), np.arange(5.0), [0.0]])
    scene = {"coordinates": np.column_stack([500.0 * groups, 0.0 * groups, -depths]), "groups": groups,
             "features": rng.normal(size=(1206, 4)), "depths": depths, "targets": rng.lognormal(size=(1206, 1))}
    start = time.monotonic()
    _, outputs = train(make_job, scene, lstm_settings, epochs=1)
    assert outputs["samples"] == 1206
    assert time.monotonic() - start < 60.0
