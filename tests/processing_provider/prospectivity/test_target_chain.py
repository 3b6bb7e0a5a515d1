"""From evidence to a model, a map, its scores, targets with their reasons and drill sites."""
import numpy as np
import pytest
from map_files import refused
from qgis.core import QgsVectorLayer


@pytest.fixture(scope="module")
def predicted(scene, toolbox, forest, folder):
    """The map of the random forest."""
    return toolbox("predictcnn", MODEL=forest["MODEL"], RASTERS=scene.rasters,
                   OUTPUT=str(folder / "predicted.tif"))["OUTPUT"]


def test_map_of_training_has_no_deposits_left_and_the_held_out_map_has_all(scene, toolbox, forest, predicted, points):
    deposits = points(scene.places)
    sentence = refused(toolbox, "evaluateprospectivity", RASTER=predicted, DEPOSITS=deposits, MODEL=forest["MODEL"])
    assert "were used to train the model" in sentence
    assert refused(toolbox, "evaluateprospectivity", RASTER=predicted, DEPOSITS=deposits) == sentence  # the map tells
    fit = toolbox("evaluateprospectivity", RASTER=predicted, DEPOSITS=deposits, MODEL=forest["MODEL"],
                  ALL_DEPOSITS=True)
    honest = toolbox("evaluateprospectivity", RASTER=forest["HELD_OUT_MAP"], DEPOSITS=deposits)
    assert honest["DEPOSITS_USED"] == fit["DEPOSITS_USED"] == 40
    assert 0.7 < honest["AUC"] < fit["AUC"]
    assert "count as held out" in honest["USED"]


def test_reasons_by_the_model(scene, toolbox, forest, predicted, points, tmp_path):
    toolbox("delineatetargets", RASTER=predicted, DEPOSITS=points(scene.places), EVIDENCE=scene.rasters,
            MODEL=forest["MODEL"], MINIMUM_AREA=50_000.0, OUTPUT=str(tmp_path / "t.gpkg"))
    found = list(QgsVectorLayer(str(tmp_path / "t.gpkg"), "t", "ogr").getFeatures())
    first = [feature["reasons"].split(" ")[0] for feature in found if feature["reasons"]]
    assert len(first) > 0.8 * len(found)
    assert np.mean([name in ("La_ppm", "Th_ppm") for name in first]) > 0.9  # of which the deposits were made
    assert all("probability)" in feature["reasons"] for feature in found if feature["reasons"])
    assert all(feature["model_p10"] <= feature["mean"] <= feature["model_p90"] for feature in found)


def test_lacking_evidence_is_named(scene, toolbox, forest, predicted, tmp_path):
    sentence = refused(toolbox, "delineatetargets", RASTER=predicted, THRESHOLD=0.5, EVIDENCE=[scene.elements],
                       MODEL=forest["MODEL"], OUTPUT=str(tmp_path / "t.gpkg"))
    assert "magnetics" in sentence
    assert "without the evidence" in refused(toolbox, "delineatetargets", RASTER=predicted, THRESHOLD=0.5,
                                             MODEL=forest["MODEL"], OUTPUT=str(tmp_path / "t.gpkg"))
    assert not (tmp_path / "t.gpkg").exists()


def test_classes_are_reasons_too(scene, toolbox, predicted, tmp_path):
    toolbox("delineatetargets", RASTER=predicted, THRESHOLD=0.4, EVIDENCE=[scene.units], MINIMUM_AREA=50_000.0,
            OUTPUT=str(tmp_path / "t.gpkg"))
    found = list(QgsVectorLayer(str(tmp_path / "t.gpkg"), "t", "ogr").getFeatures())
    told = [feature["reasons"] for feature in found if feature["reasons"]]
    assert all(text.startswith("rocks ") and " % around" in text for text in told)


def test_targets_limit_the_drill_sites(toolbox, predicted, tmp_path):
    targets = toolbox("delineatetargets", RASTER=predicted, THRESHOLD=0.5, COUNT=2, SMOOTH=True,
                      OUTPUT=str(tmp_path / "t.gpkg"))["OUTPUT"]
    toolbox("suggestdrillsites", RASTER=predicted, COUNT=4, MIN_DISTANCE=200.0, MASK=targets, RANGE=800.0,
            OUTPUT=str(tmp_path / "s.gpkg"))
    shapes = [feature.geometry() for feature in QgsVectorLayer(targets, "t", "ogr").getFeatures()]
    sites = [feature.geometry() for feature in QgsVectorLayer(str(tmp_path / "s.gpkg"), "s", "ogr").getFeatures()]
    assert 1 <= len(sites) <= 4
    assert all(any(shape.contains(site) for shape in shapes) for site in sites)
