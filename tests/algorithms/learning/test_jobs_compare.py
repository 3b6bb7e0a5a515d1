"""Comparisons as jobs: who wins, what features are worth, leaks, bad input, resume."""
import json

import numpy as np
import pytest

from lodescope.algorithms.errors import InputError
from lodescope.algorithms.jobs import job_function
from lodescope.algorithms.progress import Progress

SETTINGS = {"targets": ["TREO"], "validation": "hole", "folds": 3, "seed": 1, "threads": 1, "cutoffs": [[1.0]],
            "models": ["ok", "rk", "gb"], "random": False, "ablation": False}
NAMES = ["Fe_pct", "Nd_depth", "Si_pct", "magnetics"]


def compare(make_job, scene, told=None, **more):
    names = NAMES[: scene["features"].shape[1]]
    job = make_job("comparemodels", {**SETTINGS, "features": names, **more}, scene)
    return job, job_function("comparemodels")(job, Progress(told))


@pytest.fixture(scope="module")
def done(make_job, holes):
    scene = holes()  # the grade follows the first two of four features
    return scene, *compare(make_job, scene, random=True, ablation=True)


def column(job, outputs, model, quantity):
    number = 1 + 4 * outputs["models"].index(model) + outputs["quantities"].index(quantity)
    return job.load("held_out")[:, number]


def test_scores_are_those_of_the_predictions(done):
    scene, job, outputs = done
    observed = scene["targets"][:, 0]
    table = dict(zip(outputs["columns"], job.load("table").T))
    for number, model in enumerate(outputs["models"]):
        mean, low, high = (column(job, outputs, model, quantity) for quantity in ("mean", "p10", "p90"))
        assert table["rmse"][number] == pytest.approx(np.sqrt(np.mean((mean - observed) ** 2)), rel=1e-5)
        assert table["coverage_80"][number] == pytest.approx(np.mean((observed >= low) & (observed <= high)), abs=5e-3)
        assert table["rmse_low"][number] < table["rmse"][number] < table["rmse_high"][number]
        assert table["accuracy_1"][number] == pytest.approx(np.mean((mean > 1) == (observed > 1)))
    assert outputs["best"] == "gb"  # the second feature works by its sine
    assert outputs["kriging"] == "ok"
    assert table["change"][0] == 0.0
    assert table["change_high"][2] < -20.0
    assert table["confidence_80"][2] > 0.3


def test_whole_holes_are_held_out(done):
    scene, job, _ = done
    folds = job.load("held_out")[:, 0]
    assert set(folds) == {1.0, 2.0, 3.0}
    for hole in np.unique(scene["groups"]):
        assert np.unique(folds[scene["groups"] == hole]).size == 1


def test_the_report_tells_what_features_are_worth(done):
    _, job, _ = done
    report = job.read_text("report.html")
    assert "Resource confidence" in report
    assert "Gradient boosting: RMSE" in report
    rows = report[report.index("What the features are worth"):]
    order = [rows.index(f"<td>{name}</td>") for name in NAMES]
    assert max(order[0], order[1]) < min(order[2], order[3])  # sorted by worth: two features tell, two do not
    without = rows[rows.index(">Without<"):]
    assert without.index("spectra") < without.index("assays")
    assert "R² " in report and "andom split" in report


def test_a_permuted_target_cannot_be_predicted(make_job, holes):
    scene = holes(count=24)
    scene["targets"] = np.random.default_rng(0).permutation(scene["targets"])
    _, outputs = compare(make_job, scene, models=["ok", "rk", "rf", "gb", "bnn"], epochs=5, members=3)
    for scores in outputs["scores"].values():
        assert scores["r2"] <= 0.0


def test_holes_do_not_leak_and_the_gap_to_a_random_split_is_told(make_job, holes):
    """The grade belongs to the hole, which features only name: nothing is known of new holes."""
    scene, rng = holes(), np.random.default_rng(0)
    level = rng.normal(size=40)[scene["groups"]]
    scene["targets"] = np.exp(0.5 * level + 0.05 * rng.normal(size=480))[:, None]
    scene["features"] = rng.normal(size=(40, 3))[scene["groups"]]  # a name of the hole
    job, outputs = compare(make_job, scene, models=["rk", "gb"], random=True)
    assert outputs["scores"]["gb"]["r2"] < 0.2
    assert outputs["scores"]["gb"]["r2_random"] > 0.9
    assert "will not be in new ground" in job.read_text("report.html")


def test_the_same_seed_gives_the_same_and_a_stopped_run_goes_on(make_job, holes):
    more = {"models": ["ok", "rk", "fnn"], "random": True, "ablation": True, "epochs": 3}
    scene = holes(count=12)
    (job, outputs), (again, other) = (compare(make_job, scene, **more) for _ in range(2))
    assert json.dumps(other) == json.dumps(outputs)
    assert again.load("held_out").tobytes() == job.load("held_out").tobytes()
    (again.path("fnn_fold2_done.safetensors")).unlink()
    assert json.dumps(job_function("comparemodels")(again, Progress())) == json.dumps(outputs)
    assert again.path("fnn_fold2_done.safetensors").exists()


def test_models_that_cannot_be_trained_are_left_out(make_job, holes, told):
    scene = holes(count=10, each=2)
    _, outputs = compare(make_job, scene, told, models=["mik", "rk"])
    assert outputs["models"] == ["rk"]
    assert any("Multiple-indicator kriging is left out" in text for text in told.texts())
    assert "change" not in outputs["scores"]["rk"]


def test_samples_on_a_map_without_holes(make_job, holes, told):
    scene = holes(count=60, each=1)
    scene["coordinates"] = scene["coordinates"][:, :2]
    scene["groups"] = np.full(60, -1)
    _, outputs = compare(make_job, scene, told, models=["ok", "rk"], validation="block")
    assert outputs["scores"]["rk"]["samples"] == 60
    _, single = compare(make_job, scene, models=["ok", "rk"], validation="70_15_15")
    assert single["scores"]["rk"]["samples"] == 9


def test_one_hole_is_a_sentence(make_job, holes):
    with pytest.raises(InputError, match="one drill hole"):
        compare(make_job, holes(count=1, each=30))
