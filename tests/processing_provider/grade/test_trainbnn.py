"""Training through Processing: honest numbers, files, and one sentence for bad input."""
from pathlib import Path

import numpy as np
import pytest
from qgis.core import QgsProcessingException, QgsVectorLayer

from lodescope.algorithms.modelfile import read_card


def column(path, name):
    layer = QgsVectorLayer(str(path), "x", "ogr")
    return np.array([feature[name] for feature in layer.getFeatures()], float)


def test_numbers_are_those_of_the_held_out_layer(train, folder, make_feedback):
    feedback, metrics = make_feedback(), []
    feedback.metric = type("Metric", (), {"emit": lambda self, event: metrics.append(event)})()
    outputs = train("plain", feedback=feedback, OUTPUT=str(folder / "held_out.gpkg"))
    assert outputs["SAMPLE_COUNT"] == 300
    observed, mean = (column(outputs["OUTPUT"], name) for name in ("TREO", "TREO_mean"))
    assert outputs["RMSE"] == pytest.approx(np.sqrt(np.mean(np.square(mean - observed))), rel=1e-6)
    assert outputs["R2"] > 0.5
    low, high = (column(outputs["OUTPUT"], f"TREO_{name}") for name in ("p10", "p90"))
    assert outputs["COVERAGE_80"] == pytest.approx(np.mean((observed >= low) & (observed <= high)))
    assert outputs["COVERAGE_80"] == pytest.approx(0.8, abs=0.08)
    assert 0.0 < outputs["COVERAGE_80_BEFORE"] <= 1.0
    card = read_card(outputs["MODEL"], "bnn")
    assert [entry["name"] for entry in card["features"]] == list("abcd")
    assert card["crs"] == "EPSG:32650"
    assert "held-out" in Path(outputs["REPORT"]).read_text(encoding="utf-8")
    assert feedback.bar[-1] == pytest.approx(100.0, abs=2.0)
    assert {"loss", "rmse"} <= {event["name"] for event in metrics}
    assert list(folder.glob("jobs/trainbnn-*/job.json")) == []


def test_two_targets_and_cut_offs_of_their_own(train):
    outputs = train("two", TARGETS=["TREO", "La"], CUTOFFS="La: 0.1, 0.3; TREO: 1", EPOCHS=3)
    card = read_card(outputs["MODEL"], "bnn")
    assert card["cutoffs"] == [[1.0], [0.1, 0.3]]
    assert set(card["scores"]) == {"TREO", "La"}


def test_presets_differ_and_kriging_stands_beside(train):
    outputs = train("paper", PRESET="paper", EPOCHS=5, COMPARE=True, LAMBDA=None)
    card = read_card(outputs["MODEL"], "bnn")
    design = card["model"]["design"]
    assert (design["method"], design["activation"], design["components"], design["scale"]) == (
        "variational", "relu", 100, "log")
    assert outputs["KRIGING_RMSE"] > 0.0
    assert -1.0 < outputs["R2_RANDOM"] <= 1.0


def test_the_same_seed_gives_the_same_file(train):
    first, again, other = (Path(train(f"seed{k}", EPOCHS=2, SEED=seed)["MODEL"]).read_bytes()
                           for k, seed in enumerate((1, 1, 2)))
    assert first == again != other


BAD = [
    ({"FEATURES": ["a", "TREO"]}, "TREO: a target cannot be a feature"),
    ({"FEATURES": ["a", "nothing"]}, "no field 'nothing'"),
    ({"CUTOFFS": "much"}, "'much' is not a number"),
    ({"CUTOFFS": "Au: 1"}, "'Au' is no target"),
    ({"HIDDEN": "64, many"}, "Hidden layers"),
    ({"RECIPE": "junk"}, "not a model file"),
    ({"MODEL": "/nowhere/model.safetensors"}, "does not exist"),
    ({"FEATURES": ["a", "note"]}, "text that is not a number"),
]


@pytest.mark.parametrize(("more", "words"), BAD, ids=[case[1] for case in BAD])
def test_bad_input_gives_one_sentence(train, folder, more, words):
    if "RECIPE" in more:
        more = {"RECIPE": str(folder / "junk.safetensors")}
        Path(more["RECIPE"]).write_text("nothing", encoding="utf-8")
    with pytest.raises(QgsProcessingException, match=words) as error:
        train("bad", **more)
    assert "Traceback" not in str(error.value)


def test_one_hole_is_refused_and_blocks_are_the_way_out(train, drilled):
    layer = drilled(count=1, each=60)
    with pytest.raises(QgsProcessingException, match="one drill hole"):
        train("one", layer)


def test_a_cancel_is_obeyed_in_time(train, make_feedback):
    import time

    feedback = make_feedback(cancel_at=20.0)
    outputs = train("cancelled", feedback=feedback, EPOCHS=300)
    assert time.monotonic() - feedback.cancelled_time < 4.0
    assert "MODEL" not in outputs
    assert any("cancelled" in text for text in feedback.info)


def test_qgis_process_trains_and_says_what_is_wrong(program, folder, drilled):
    from qgis.core import QgsCoordinateTransformContext, QgsVectorFileWriter

    path, model = folder / "drilled.gpkg", folder / "program.safetensors"
    QgsVectorFileWriter.writeAsVectorFormatV3(drilled(), str(path), QgsCoordinateTransformContext(),
                                              QgsVectorFileWriter.SaveVectorOptions())
    inputs = {"SAMPLES": path, "FEATURES": "a", "TARGETS": "TREO", "HOLE_ID": "hole", "EPOCHS": 2, "MEMBERS": 2,
              "LAMBDA": 0.25, "COMPARE": "false", "MODEL": model}
    code, text = program("trainbnn", **inputs)
    assert code == 0, text
    assert read_card(model, "bnn")["samples"] == 300
    assert "RMSE" in text
    code, text = program("trainbnn", **{**inputs, "HOLE_ID": "note", "MODEL": folder / "none.safetensors"})
    assert code != 0
    assert "one drill hole" in text
    assert "Traceback" not in text
    assert not (folder / "none.safetensors").exists()
