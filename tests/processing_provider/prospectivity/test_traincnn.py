"""Trainings of prospectivity as users run them."""
import time
from pathlib import Path

import numpy as np
import pytest
from evidence_files import write_evidence
from qgis.core import QgsFeature, QgsGeometry, QgsProcessingException, QgsRectangle, QgsVectorLayer

from lodescope.algorithms.modelfile import read_card

QUICK = {"EPOCHS": 8, "MEMBERS": 2, "WIDTH": 8, "FOLDS": 3, "WINDOW": 700.0, "CELL_SIZE": 100.0, "COMPARE": False,
         "BASELINES": False}


@pytest.fixture(scope="module")
def trained(scene, toolbox, points, folder):
    """A quick network: its outputs."""
    return toolbox("traincnn", RASTERS=scene.rasters, CLASS_RASTERS=[scene.units], DEPOSITS=points(scene.places),
                   MODEL=str(folder / "cnn.safetensors"), REPORT=str(folder / "cnn.html"),
                   HELD_OUT_MAP=str(folder / "cnn_held.tif"), HELD_OUT=str(folder / "cnn_held.gpkg"), **QUICK)


def rectangle(*ends, crs="EPSG:32650"):
    """A layer with one rectangle."""
    layer = QgsVectorLayer(f"Polygon?crs={crs}", "area", "memory")
    feature = QgsFeature()
    feature.setGeometry(QgsGeometry.fromRect(QgsRectangle(*ends)))
    layer.dataProvider().addFeatures([feature])
    layer.updateExtents()
    return layer


def test_scores_are_outputs(trained, forest):
    for outputs in (trained, forest):
        assert outputs["DEPOSIT_COUNT"] == 40
        assert 0.8 < outputs["AUC"] <= 1.0
        assert outputs["TOP_5"] <= outputs["TOP_10"] <= outputs["TOP_20"] <= 1.0
        assert 0.5 < outputs["TRAINING_ACCURACY"] <= 1.0
    assert trained["BAND_COUNT"] == 4
    assert forest["BAND_COUNT"] == 3


def test_card_holds_bands_units_grid_and_scores(trained):
    card = read_card(trained["MODEL"], "prospectivity")
    assert [(entry["name"], entry["unit"], entry["kind"]) for entry in card["features"]] == [
        ("La_ppm", "ppm", "number"), ("Th_ppm", "ppm", "number"), ("magnetics", "", "number"), ("rocks", "", "class")]
    assert card["features"][3]["classes"] == [1, 2]
    assert card["grid"]["cell"] == 100.0
    assert card["extent"] == [500_000.0, 6_994_000.0, 507_000.0, 7_000_000.0]
    assert card["crs"] == "EPSG:32650"
    assert card["window"]["cells"] == 7
    assert card["scores"]["prospectivity"]["auc"] == trained["AUC"]


def test_held_out_layers_agree(forest, read, scene):
    raster = read(forest["HELD_OUT_MAP"])
    area = raster["prospectivity:probability"]
    assert raster.transform == (500_000.0, 100.0, 0.0, 7_000_000.0, 0.0, -100.0)
    layer = QgsVectorLayer(forest["HELD_OUT"])
    rows = {feature["deposit"]: feature for feature in layer.getFeatures()}
    assert sorted(rows) == list(range(1, 41))
    known = area[np.isfinite(area)]
    for number, place in enumerate(scene.places.tolist(), start=1):
        point = rows[number].geometry().asPoint()
        assert [point.x(), point.y()] == place
        rank = (known > rows[number]["probability"]).mean()
        assert rows[number]["area_rank"] == pytest.approx(rank, abs=0.02)


def test_report_is_a_page_with_curves(trained):
    text = Path(trained["REPORT"]).read_text(encoding="utf-8")
    for words in ("Held out", "ROC of held-out deposits", "Training loss", "AUC of held-out deposits", "La_ppm",
                  "AUC within the fold"):
        assert words in text


def test_study_area_bounds_the_deposits(scene, toolbox, points, folder):
    mask = rectangle(500_000.0, 6_990_000.0, 503_500.0, 7_010_000.0)
    outputs = toolbox("trainbaseline", RASTERS=scene.rasters, DEPOSITS=points(scene.places), MASK=mask,
                      METHOD="logistic", MEMBERS=2, FOLDS=2, WINDOW=700.0, COMPARE=False,
                      MODEL=str(folder / "west.safetensors"))
    assert outputs["DEPOSIT_COUNT"] == (scene.places[:, 0] < 503_500.0).sum()


def test_background_by_rock_units_and_types(scene, toolbox, points, folder):
    kinds = ["vein" if k % 4 else "placer" for k in range(40)]
    layer = points(scene.places, kind=kinds, tonnes=np.arange(40) + 1.0)
    outputs = toolbox("trainbaseline", RASTERS=scene.rasters, CLASS_RASTERS=[scene.units], DEPOSITS=layer, TYPE="kind",
                      TYPES="vein", WEIGHT="tonnes", NEGATIVES="stratified", METHOD="woe", MEMBERS=2, FOLDS=2,
                      WINDOW=700.0, COMPARE=False, MODEL=str(folder / "vein.safetensors"))
    assert outputs["DEPOSIT_COUNT"] == 30
    with pytest.raises(QgsProcessingException, match="no deposit has the type 'skarn'"):
        toolbox("trainbaseline", RASTERS=scene.rasters, DEPOSITS=layer, TYPE="kind", TYPES="skarn", METHOD="woe",
                MODEL=str(folder / "none.safetensors"))


def test_window_and_cells_are_chosen_and_told(scene, toolbox, points, folder, make_feedback):
    feedback = make_feedback()
    toolbox("trainbaseline", feedback, RASTERS=scene.rasters, DEPOSITS=points(scene.places), METHOD="woe", MEMBERS=2,
            FOLDS=2, COMPARE=False, MODEL=str(folder / "own.safetensors"))
    card = read_card(folder / "own.safetensors", "prospectivity")
    assert any("variogram ranges" in text for text in feedback.info)
    assert card["grid"]["cell"] == 50.0
    assert 250.0 <= card["window"]["metres"] <= 650.0


def test_pretrained_model_is_a_start(scene, toolbox, points, folder):
    first = toolbox("pretraincnn", RASTERS=scene.rasters, WINDOW=700.0, CELL_SIZE=100.0, EPOCHS=3, MEMBERS=2, WIDTH=8,
                    MODEL=str(folder / "pre.safetensors"), REPORT=str(folder / "pre.html"))
    assert first["BAND_COUNT"] == 3
    assert "Hidden values" in Path(first["REPORT"]).read_text(encoding="utf-8")
    outputs = toolbox("traincnn", RASTERS=scene.rasters, DEPOSITS=points(scene.places), PRETRAINED=first["MODEL"],
                      MODEL=str(folder / "transfer.safetensors"), REPORT=str(folder / "transfer.html"),
                      **{**QUICK, "EPOCHS": 3, "FOLDS": 2})
    assert 0.0 < outputs["AUC_SCRATCH"] < 1.0
    assert "Transfer, held out" in Path(outputs["REPORT"]).read_text(encoding="utf-8")


def test_dropout_is_an_ensemble_too(scene, toolbox, points, folder, read):
    outputs = toolbox("traincnn", RASTERS=[scene.elements], DEPOSITS=points(scene.places), UNCERTAINTY="dropout",
                      MODEL=str(folder / "dropout.safetensors"), **{**QUICK, "EPOCHS": 3, "FOLDS": 2})
    found = toolbox("predictcnn", MODEL=outputs["MODEL"], RASTERS=[scene.elements], OUTPUT=str(folder / "dropout.tif"))
    raster = read(found["OUTPUT"])
    assert np.nanmean(raster["prospectivity:uncertainty"]) > 0.001


def test_cancel_is_obeyed(scene, toolbox, points, folder, make_feedback):
    feedback = make_feedback(cancel_at=8)
    outputs = toolbox("traincnn", feedback, RASTERS=scene.rasters, DEPOSITS=points(scene.places),
                      MODEL=str(folder / "cancelled.safetensors"), **{**QUICK, "EPOCHS": 500})
    assert time.monotonic() - feedback.cancelled_time < 4.0
    assert "MODEL" not in outputs
    assert not (folder / "cancelled.safetensors").exists()


@pytest.mark.parametrize(("places", "words"), [
    (np.empty((0, 2)), "no points to read"), ([[500_500.0, 6_999_000.0]], "at least 3"),
    (np.full((5, 2), 100.0), "outside the evidence"), ("gap", "no data")])
def test_deposits_that_teach_nothing_are_refused(places, words, scene, toolbox, points, folder):
    bands = scene.bands.copy()
    bands[:, :10, :10] = np.nan
    raster = write_evidence(folder / "gap.tif", bands, names=["La_ppm", "Th_ppm"])
    if isinstance(places, str):
        places = [[500_050.0 + 100.0 * k, 6_999_550.0] for k in range(6)]
    with pytest.raises(QgsProcessingException, match=words):
        toolbox("traincnn", RASTERS=[raster], DEPOSITS=points(places), MODEL=str(folder / "x.safetensors"), **QUICK)
    assert not (folder / "x.safetensors").exists()


def test_constant_band_is_left_out_with_a_warning(scene, toolbox, points, folder, make_feedback):
    feedback = make_feedback()
    flat = write_evidence(folder / "flat.tif", np.full((1, 60, 70), 5.0, np.float32))
    toolbox("trainbaseline", feedback, RASTERS=[*scene.rasters, flat], DEPOSITS=points(scene.places), METHOD="woe",
            MEMBERS=2, FOLDS=2, WINDOW=700.0, CELL_SIZE=100.0, COMPARE=False, MODEL=str(folder / "flat.safetensors"))
    assert any("flat" in text and "left out" in text for text in feedback.warnings)


def test_model_of_a_baseline_is_nothing_to_start_from(scene, toolbox, points, folder, forest):
    with pytest.raises(QgsProcessingException, match="no network"):
        toolbox("traincnn", RASTERS=scene.rasters, DEPOSITS=points(scene.places), PRETRAINED=forest["MODEL"],
                MODEL=str(folder / "x.safetensors"), **QUICK)


def test_rasters_in_degrees_are_refused(scene, toolbox, points, folder):
    raster = write_evidence(folder / "degrees.tif", scene.bands, cell=0.001, west=110.0, north=30.0, epsg=4326)
    with pytest.raises(QgsProcessingException, match="projected CRS"):
        toolbox("trainbaseline", RASTERS=[raster], DEPOSITS=points(scene.places), MODEL=str(folder / "x.safetensors"))


def test_program_ends_with_an_error_and_one_sentence(scene, folder, program):
    places = folder / "one.geojson"
    places.write_text('{"type": "FeatureCollection", "crs": {"type": "name", "properties": {"name": "EPSG:32650"}}, '
                      '"features": [{"type": "Feature", "properties": {}, "geometry": {"type": "Point", '
                      '"coordinates": [500500.0, 6999000.0]}}]}', encoding="utf-8")
    code, output = program("traincnn", RASTERS=scene.rasters, DEPOSITS=str(places), MODEL=str(folder / "x.safetensors"))
    assert code != 0
    assert "at least 3" in output
    assert "Traceback" not in output
