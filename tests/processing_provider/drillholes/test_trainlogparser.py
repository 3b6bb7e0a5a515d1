"""Train log parser as users run it: the model is read back and reads logs, and bad input ends in a sentence."""
import json

import numpy as np
import pytest
from qgis.core import NULL, QgsProcessingException, QgsVectorFileWriter, QgsVectorLayer

from lodescope.algorithms.modelfile import read_card

ROCKS = {"GRT": ("granite", "granitoid", "leucogranite"), "BST": ("basalt", "metabasalt", "mafic lava"),
         "SST": ("sandstone", "sandy sediment", "arenite")}


@pytest.fixture(scope="module")
def logs(table):
    """180 logged intervals of 18 holes, whose names differ by case and spaces, with a code for each."""
    rng, texts, labels = np.random.default_rng(5), [], []
    for _ in range(180):
        label = str(rng.choice(list(ROCKS)))
        texts.append(f"{rng.choice(['red', 'grey', 'fresh', 'wk foliated'])} {rng.choice(ROCKS[label])}, "
                     f"{rng.choice(['massive', 'minor qtz veins', 'tr py'])}")
        labels.append(label)
    labels[3] = None
    holes = [f"{'dh' if k % 2 else 'DH '}{k // 10}".replace(" ", "") for k in range(180)]
    return table("logs", Description=texts, Code=labels, Hole=holes, From=[float(k) for k in range(180)],
                 One=["GRT"] * 180)


@pytest.fixture(scope="module")
def trained(toolbox, logs, folder):
    """Outputs of a short training run."""
    return toolbox("trainlogparser", INPUT=logs, TEXT_FIELD="Description", LITHOLOGY_FIELD="Code", HOLE_ID="Hole",
                   EPOCHS=3, START_FROM="none", MODEL=str(folder / "own.safetensors"), REPORT=str(folder / "own.html"))


def test_the_model_names_its_classes_and_scores(trained, folder):
    assert trained["ROWS"] == 179 and trained["CLASSES"] == 3
    assert trained["ACCURACY"] > 0.9 and trained["MACRO_F1"] > 0.9
    assert 0.3 < trained["DICTIONARY_ACCURACY"] <= 1.0 and 0.3 < trained["TFIDF_MACRO_F1"] <= 1.0
    card = read_card(folder / "own.safetensors", "logparser")
    assert card["network"]["choices"] == {"own": ["BST", "GRT", "SST"]}
    assert card["scores"]["transformer"]["accuracy"] == trained["ACCURACY"]
    assert "leucogranite" not in json.dumps(card)
    report = (folder / "own.html").read_text(encoding="utf-8")
    assert "TF-IDF" in report and "<svg" in report and "<script" not in report


def test_parse_drill_logs_answers_with_own_classes(trained, toolbox, table, folder):
    layer = table("new", Text=["fresh leucogranite, massive", "grey metabasalt", ""])
    found = toolbox("parsedrilllogs", INPUT=layer, TEXT_FIELD="Text", MODEL=trained["MODEL"], DETAIL="main",
                    OUTPUT=str(folder / "parsed.gpkg"))
    read = QgsVectorLayer(str(folder / "parsed.gpkg"), "parsed", "ogr")
    assert found["PARSER_USED"] == "transformer"
    rocks = [feature["lith"] for feature in read.getFeatures()]
    assert rocks[:2] == ["GRT", "BST"]
    assert rocks[2] in (None, NULL, "unknown")


def test_the_same_seed_gives_the_same_model(trained, toolbox, logs, folder):
    again = toolbox("trainlogparser", INPUT=logs, TEXT_FIELD="Description", LITHOLOGY_FIELD="Code", HOLE_ID="Hole",
                    EPOCHS=3, START_FROM="none", MODEL=str(folder / "again.safetensors"))
    assert again["ACCURACY"] == trained["ACCURACY"]
    assert (folder / "again.safetensors").read_bytes() == (folder / "own.safetensors").read_bytes()


@pytest.mark.parametrize(("changed", "words"), [
    ({"LITHOLOGY_FIELD": "One"}, "all labelled rows have the class 'GRT'"),
    ({"LITHOLOGY_FIELD": "Description"}, "choose two fields"),
    ({"LITHOLOGY_FIELD": "From"}, "holds measured numbers"),
    ({"TEXT_FIELD": "From"}, "holds no text"),
    ({"TEXT_FIELD": "nowhere"}, "there is no field 'nowhere'"),
    ({"START_FROM": "model"}, "choose the model to start from"),
    ({"START_FROM": "none", "START_MODEL": "x.safetensors"}, "set 'Start from' to model"),
])
def test_bad_input_is_one_sentence(toolbox, logs, folder, changed, words):
    given = {"INPUT": logs, "TEXT_FIELD": "Description", "LITHOLOGY_FIELD": "Code", "HOLE_ID": "Hole",
             "START_FROM": "none", **changed}
    with pytest.raises(QgsProcessingException, match=words):
        toolbox("trainlogparser", MODEL=str(folder / "bad.safetensors"), **given)
    assert not (folder / "bad.safetensors").exists()


def test_a_cancel_is_obeyed_and_leaves_nothing(toolbox, logs, folder, make_feedback):
    feedback = make_feedback(cancel_at=8.0)
    toolbox("trainlogparser", feedback, INPUT=logs, TEXT_FIELD="Description", LITHOLOGY_FIELD="Code", HOLE_ID="Hole",
            EPOCHS=100, START_FROM="none", MODEL=str(folder / "cancelled.safetensors"))
    assert feedback.isCanceled()
    assert not (folder / "cancelled.safetensors").exists()


def test_the_program_refuses_without_a_traceback(program, logs, folder):
    path = folder / "logs.gpkg"
    options = QgsVectorFileWriter.SaveVectorOptions()
    QgsVectorFileWriter.writeAsVectorFormatV3(logs, str(path), logs.transformContext(), options)
    code, output = program("trainlogparser", INPUT=path, TEXT_FIELD="Description", LITHOLOGY_FIELD="One",
                           START_FROM="none", MODEL=folder / "p.safetensors")
    assert code != 0
    assert "all labelled rows have the class 'GRT'" in output and "Traceback" not in output
