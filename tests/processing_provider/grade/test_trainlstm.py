"""Training down the hole through Processing: honest numbers, files, and one sentence for bad input."""
from pathlib import Path

import numpy as np
import pytest
from qgis.core import QgsCoordinateTransformContext, QgsProcessingException, QgsVectorFileWriter, QgsVectorLayer

from lodescope.algorithms.modelfile import read_card

QUICK = {"PRESET": "joint", "EPOCHS": 3, "MEMBERS": 2, "MEMORY": 8, "LAYERS": 1, "FOLDS": 3, "LAMBDA": 0.25,
         "RESIDUALS": "no", "COMPARE": False, "THREADS": 1}


@pytest.fixture(scope="module")
def learn(toolbox, folder, drilled):
    """Train on a layer: ``learn(name, layer=None, feedback=None, **parameters)`` gives the outputs."""

    def run(name, layer=None, feedback=None, **more):
        inputs = {"SAMPLES": layer if layer is not None else drilled(), "FEATURES": list("abcd"), "TARGETS": ["TREO"],
                  "HOLE_ID": "hole", "CUTOFFS": "1", **QUICK}
        outputs = {"MODEL": str(folder / f"{name}.safetensors"), "REPORT": str(folder / f"{name}.html")}
        return toolbox("trainlstm", feedback=feedback, **{**inputs, **outputs, **more})

    return run


def column(path, name):
    layer = QgsVectorLayer(str(path), "x", "ogr")
    return np.array([feature[name] for feature in layer.getFeatures()], float)


def test_numbers_are_those_of_the_held_out_layer(learn, folder, make_feedback):
    feedback, metrics = make_feedback(), []
    feedback.metric = type("Metric", (), {"emit": lambda self, event: metrics.append(event)})()
    outputs = learn("plain_lstm", feedback=feedback, PRESET="default", EPOCHS=4, COMPARE=True,
                    OUTPUT=str(folder / "held_out_lstm.gpkg"))
    assert outputs["SAMPLE_COUNT"] == 300
    observed, mean = (column(outputs["OUTPUT"], name) for name in ("TREO", "TREO_mean"))
    assert outputs["RMSE"] == pytest.approx(np.sqrt(np.mean(np.square(mean - observed))), rel=1e-6)
    assert outputs["R2"] > 0.5
    assert outputs["KRIGING_RMSE"] > outputs["RMSE"]
    assert outputs["MEMORY_CHANGE_LOW"] <= outputs["MEMORY_CHANGE"] <= outputs["MEMORY_CHANGE_HIGH"]
    low, high = (column(outputs["OUTPUT"], f"TREO_{name}") for name in ("p10", "p90"))
    assert outputs["COVERAGE_80"] == pytest.approx(np.mean((observed >= low) & (observed <= high)))
    card = read_card(outputs["MODEL"], "lstm")
    assert [entry["name"] for entry in card["features"]] == list("abcd")
    assert card["crs"] == "EPSG:32650"
    assert "What memory adds" in Path(outputs["REPORT"]).read_text(encoding="utf-8")
    assert {"loss", "rmse"} <= {event["name"] for event in metrics}
    assert feedback.bar[-1] == pytest.approx(100.0, abs=2.0)


def test_the_paper_s_rare_earths_are_found_by_name(learn, points):
    rng = np.random.default_rng(0)
    places = np.column_stack([np.repeat(rng.uniform(0.0, 900.0, 12), 8) + 500_000.0, np.full(96, 4_000_000.0),
                              np.tile(-np.arange(8.0), 12)])
    elements = ["La", "Ce", "Pr", "Nd", "Sm", "Eu", "Gd", "Tb", "Dy", "Ho", "Er", "Tm", "Yb", "Lu", "Y"]
    grades = {f"{name}_ppm": rng.lognormal(size=96) for name in elements}
    layer = points(places, a=rng.normal(size=96), **grades, hole=[f"H{k // 8}" for k in range(96)],
                   depth=np.tile(np.arange(8.0), 12))
    outputs = learn("paper_lstm", layer, PRESET="afg-pms", FEATURES=["a"], TARGETS=[], CUTOFFS="", EPOCHS=1,
                    DEPTH_FIELD="depth", LAMBDA=None, OPTIMIZER="sgd")
    card = read_card(outputs["MODEL"], "lstm")
    assert {entry["name"] for entry in card["targets"]} == set(grades)
    design = card["model"]["design"]
    assert (design["dense"], design["scale"], design["optimizer"], design["both"]) == ([64, 32], "log", "sgd", False)
    outputs = learn("some_lstm", layer, FEATURES=["a", *list(grades)[3:]], TARGETS=[], CUTOFFS="", EPOCHS=1)
    assert [entry["name"] for entry in read_card(outputs["MODEL"], "lstm")["targets"]] == ["La_ppm", "Ce_ppm", "Pr_ppm"]


def test_self_evaluation_is_reported(learn):
    outputs = learn("self_lstm", SELF_EVALUATION=True, PERIOD=1, ALPHA=5.0)
    report = Path(outputs["REPORT"]).read_text(encoding="utf-8")
    assert "Weights of the features" in report
    assert "switched off" in report
    assert isinstance(outputs["SWITCHED_OFF"], str)


def test_the_same_seed_gives_the_same_file(learn):
    first, again, other = (Path(learn(f"lstm_seed{k}", EPOCHS=1, SEED=seed)["MODEL"]).read_bytes()
                           for k, seed in enumerate((1, 1, 2)))
    assert first == again != other


def test_another_deposit_is_a_start(learn, train, drilled):
    old = learn("old_lstm", EPOCHS=10)["MODEL"]
    outputs = learn("new_lstm", drilled(count=8, seed=3), FEATURES=["b", "a"], START_FROM=old, FREEZE="first_layers",
                    EPOCHS=2)
    assert outputs["R2"] > 0.2
    with pytest.raises(QgsProcessingException, match="another kind of model"):
        learn("wrong_lstm", START_FROM=train("kind", EPOCHS=1)["MODEL"])


BAD = [
    ({"FEATURES": ["a", "TREO"]}, "TREO: a target cannot be a feature"),
    ({"FEATURES": ["a", "nothing"]}, "no field 'nothing'"),
    ({"CUTOFFS": "Au: 1"}, "'Au' is no target"),
    ({"TARGETS": [], "FEATURES": ["a", "La"], "CUTOFFS": ""}, "no field has the name of a rare earth"),
    ({"DEPTH_FIELD": "note"}, "text that is not a number"),
    ({"DEPTH_FIELD": "deep"}, "no field 'deep'"),
    ({"MODEL": "/nowhere/model.safetensors"}, "does not exist"),
]


@pytest.mark.parametrize(("more", "words"), BAD, ids=[case[1] for case in BAD])
def test_bad_input_gives_one_sentence(learn, more, words):
    with pytest.raises(QgsProcessingException, match=words) as error:
        learn("bad_lstm", **more)
    assert "Traceback" not in str(error.value)


def test_a_cancel_is_obeyed_in_time(learn, make_feedback):
    import time

    feedback = make_feedback(cancel_at=20.0)
    outputs = learn("cancelled_lstm", feedback=feedback, EPOCHS=300)
    assert time.monotonic() - feedback.cancelled_time < 4.0
    assert "MODEL" not in outputs


def test_qgis_process_trains_and_says_what_is_wrong(program, folder, drilled):
    path, model = folder / "drilled_lstm.gpkg", folder / "program_lstm.safetensors"
    QgsVectorFileWriter.writeAsVectorFormatV3(drilled(), str(path), QgsCoordinateTransformContext(),
                                              QgsVectorFileWriter.SaveVectorOptions())
    inputs = {"SAMPLES": path, "FEATURES": "a", "TARGETS": "TREO", "HOLE_ID": "hole", **QUICK, "EPOCHS": 1,
              "COMPARE": "false", "MODEL": model}
    code, text = program("trainlstm", **inputs)
    assert code == 0, text
    assert read_card(model, "lstm")["samples"] == 300
    assert "RMSE" in text
    code, text = program("trainlstm", **{**inputs, "HOLE_ID": "note", "MODEL": folder / "none_lstm.safetensors"})
    assert code != 0
    assert "one drill hole" in text
    assert "Traceback" not in text
    assert not (folder / "none_lstm.safetensors").exists()
