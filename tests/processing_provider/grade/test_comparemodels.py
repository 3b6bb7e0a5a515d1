"""Comparison of models on layers: tables and predictions read back from what was written."""
import sqlite3
from pathlib import Path

import numpy as np
import pytest
from qgis.core import QgsProcessingException, QgsVectorLayer

MODELS = ["ok", "rk", "gb"]
QUICK = {"MODELS": MODELS, "FOLD_COUNT": 3, "THREADS": 1, "EPOCHS": 3, "RANDOM_SPLIT": False, "ABLATION": False}


@pytest.fixture(scope="module")
def compare(toolbox, folder, drilled):
    """Compare on a layer: ``compare(name, layer=None, **parameters)`` gives the outputs."""

    def run(name, layer=None, feedback=None, **more):
        inputs = {"SAMPLES": layer if layer is not None else drilled(), "FEATURES": list("abcd"), "TARGET": "TREO",
                  "HOLE_ID": "hole", "CUTOFFS": "1, 2", **QUICK}
        outputs = {"REPORT": str(folder / f"{name}.html"), "TABLE": str(folder / f"{name}_table.gpkg"),
                   "OUTPUT": str(folder / f"{name}.gpkg")}
        return toolbox("comparemodels", feedback=feedback, **{**inputs, **outputs, **more})

    return run


@pytest.fixture(scope="module")
def done(compare):
    return compare("done")


def rows_of(path):
    layer = QgsVectorLayer(str(path), "", "ogr")
    assert layer.isValid()
    return [dict(zip(layer.fields().names(), feature.attributes())) for feature in layer.getFeatures()]


def test_the_table_holds_what_the_predictions_say(done):
    samples, table = rows_of(done["OUTPUT"]), {row["model"]: row for row in rows_of(done["TABLE"])}
    assert list(table) == MODELS
    assert len(samples) == 300
    grade = np.array([row["TREO"] for row in samples])
    for model, scores in table.items():
        mean, low, high = (np.array([row[f"TREO_{model}_{quantity}"] for row in samples])
                           for quantity in ("mean", "p10", "p90"))
        assert scores["rmse"] == pytest.approx(np.sqrt(np.mean((mean - grade) ** 2)), rel=1e-5)
        assert scores["coverage_80"] == pytest.approx(np.mean((grade >= low) & (grade <= high)), abs=7e-3)
        assert scores["auc_1"] > 0.3
        assert (scores["cutoff_1"], scores["cutoff_2"]) == (1.0, 2.0)
    assert table["rk"]["rmse"] < 0.8 * table["ok"]["rmse"]
    assert done["BEST"] == min(table, key=lambda name: table[name]["rmse"])
    assert done["RMSE"] == pytest.approx(table[done["BEST"]]["rmse"])
    assert done["KRIGING_RMSE"] == pytest.approx(table["ok"]["rmse"])
    assert done["CHANGE"] == pytest.approx(100 * (done["RMSE"] / done["KRIGING_RMSE"] - 1))
    assert done["SAMPLE_COUNT"] == 300


def test_a_hole_is_in_one_fold(done):
    folds = {}
    for row in rows_of(done["OUTPUT"]):
        folds.setdefault(row["hole"], set()).add(row["fold"])
    assert len(folds) == 30
    assert all(len(found) == 1 for found in folds.values())
    assert set.union(*folds.values()) == {1, 2, 3}


def test_the_report_has_every_model(done):
    text = Path(done["REPORT"]).read_text(encoding="utf-8")
    for words in ("Ordinary kriging", "Regression kriging (ridge)", "Gradient boosting", "Resource confidence", "<svg"):
        assert words in text


BAD = [
    ({"MODELS": []}, "MODELS"),
    ({"FEATURES": ["a", "TREO"]}, "cannot be a feature"),
    ({"TARGET": "note"}, "text that is not a number"),
    ({"CUTOFFS": "rich"}, "'rich' is not a number"),
    ({"REPORT": "/nowhere/report.html"}, "does not exist"),
]


@pytest.mark.parametrize(("more", "words"), BAD, ids=[case[1] for case in BAD])
def test_bad_input_gives_one_sentence(compare, more, words):
    with pytest.raises(QgsProcessingException, match=words) as error:
        compare("bad", **more)
    assert "Traceback" not in str(error.value)


def test_one_hole_is_refused(compare, drilled, folder):
    with pytest.raises(QgsProcessingException, match="one drill hole"):
        compare("one", drilled(count=1, each=30))
    assert not (folder / "one.gpkg").exists()


def test_qgis_process_compares_and_refuses(program, folder, drilled):
    from qgis.core import QgsCoordinateTransformContext, QgsVectorFileWriter

    path, options = folder / "compared.gpkg", QgsVectorFileWriter.SaveVectorOptions()
    QgsVectorFileWriter.writeAsVectorFormatV3(drilled(), str(path), QgsCoordinateTransformContext(), options)
    inputs = {"SAMPLES": path, "FEATURES": "a", "TARGET": "TREO", "HOLE_ID": "hole", "MODELS": "ok,rk",
              "FOLDS": "hole", "RANDOM_SPLIT": "false", "ABLATION": "false", "TABLE": folder / "scores.gpkg"}
    code, text = program("comparemodels", **inputs)
    assert code == 0, text
    with sqlite3.connect(folder / "scores.gpkg") as table:
        found = dict(table.execute("select model, rmse from scores").fetchall())
    assert set(found) == {"ok", "rk"}
    assert found["rk"] < found["ok"]
    code, text = program("comparemodels", **{**inputs, "HOLE_ID": "note", "TABLE": folder / "none.gpkg"})
    assert code != 0
    assert "one drill hole" in text
    assert "Traceback" not in text
    assert not (folder / "none.gpkg").exists()
