"""Scores of maps: bands by name, held-out deposits, study areas, degrees, bad input."""
import json

import numpy as np
import pytest
from map_files import CELL, NORTH, WEST, areas_layer, box, centres, refused, write_map
from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsCoordinateTransform,
    QgsDistanceArea,
    QgsGeometry,
    QgsProcessingException,
    QgsProject,
    QgsVectorLayer,
)

from lodescope.algorithms.versions import lodescope_version

ROWS, COLUMNS = 50, 60


@pytest.fixture(scope="module")
def values():
    made = np.random.default_rng(1).uniform(0.01, 0.99, (ROWS, COLUMNS)).astype(np.float32)
    made[:2] = np.nan
    return made


@pytest.fixture(scope="module")
def raster(folder, values):
    """A map whose probability is not its first band."""
    return write_map(folder / "map.tif", {
        "prospectivity:uncertainty": 1.0 - values, "prospectivity:probability": values})


@pytest.fixture(scope="module")
def cells():
    """Thirty cells; the first ten of them low, the others among the best of the map."""
    rng = np.random.default_rng(2)
    return np.column_stack([rng.choice(np.arange(2, ROWS), 30), rng.choice(COLUMNS, 30, False)])


@pytest.fixture(scope="module")
def deposits(points, cells):
    return points(centres(cells), fold=np.arange(30) % 5, held=["yes" if k < 12 else "no" for k in range(30)])


def auc(values, cells):
    """Area under the ROC curve, pair by pair."""
    known = np.isfinite(values)
    known[tuple(cells.T)] = False
    found, background = values[tuple(cells.T)], values[known]
    above = (found[:, None] > background).mean() + 0.5 * (found[:, None] == background).mean()
    return float(above)


def test_scores_of_the_band_that_holds_probabilities(toolbox, raster, deposits, values, cells, tmp_path, feedback):
    outputs = toolbox("evaluateprospectivity", feedback, RASTER=raster, DEPOSITS=deposits,
                      REPORT=str(tmp_path / "r.html"), TABLE=str(tmp_path / "curves.csv"))
    assert outputs["AUC"] == pytest.approx(auc(values, cells), abs=1e-7)
    assert outputs["AUC_LOW"] < outputs["AUC"] < outputs["AUC_HIGH"]
    assert outputs["DEPOSITS_USED"] == 30
    known = values[np.isfinite(values)]
    found = values[tuple(cells.T)]
    truth = np.zeros(values.shape, bool)
    truth[tuple(cells.T)] = True
    truth = truth[np.isfinite(values)]
    loss = -np.mean(np.log(np.where(truth, known, 1.0 - known).astype(float)))
    assert outputs["LOG_LOSS"] == pytest.approx(loss, rel=1e-6)
    cut = outputs["CUT_USED"]
    assert outputs["ACCURACY"] == pytest.approx(((known >= np.float32(cut)) == truth).mean())
    assert outputs["CUT_FOUND"] == pytest.approx((found >= np.float32(cut)).mean())
    assert outputs["CUT_AREA"] == pytest.approx((known >= np.float32(cut)).mean())
    assert outputs["PA_RATE"] + outputs["PA_AREA"] == pytest.approx(1.0)
    assert outputs["FOUND_20"] == pytest.approx((found >= np.sort(known)[-int(0.2 * known.size)]).mean())
    assert "All 30 deposits" in outputs["USED"] and "fits" in outputs["USED"]
    text = (tmp_path / "r.html").read_text(encoding="utf-8")
    assert "Success-rate curve" in text and "prospectivity:probability" in text and "All 30 deposits" in text
    table = QgsVectorLayer(str(tmp_path / "curves.csv"), "curves", "ogr")
    rows = [[float(value) for value in feature.attributes()] for feature in table.getFeatures()]
    names = [field.name() for field in table.fields()]
    curve = dict(zip(names, np.array(rows).T))
    place = int(np.argmin(np.abs(curve["value"] - cut)))
    assert curve["area_share"][place] == pytest.approx(outputs["CUT_AREA"], abs=1e-3)
    assert curve["deposit_share"][-1] == 1.0 and curve["area_share"][-1] == 1.0
    assert np.all(np.diff(curve["value"]) < 0.0) and np.all(np.diff(curve["area_share"]) >= 0.0)


def test_chosen_band_and_cut(toolbox, raster, deposits, values, cells):
    outputs = toolbox("evaluateprospectivity", RASTER=raster, BAND=1, DEPOSITS=deposits, CUT=0.9)
    assert outputs["AUC"] == pytest.approx(1.0 - auc(values, cells), abs=1e-6)
    known = np.isfinite(values)
    assert outputs["CUT_USED"] == 0.9
    assert outputs["CUT_AREA"] == pytest.approx((1.0 - values[known] >= np.float32(0.9)).mean())


@pytest.mark.parametrize("expression", ['"held"', '"fold" IN (0, 1) AND held = \'yes\''])
def test_only_held_out_deposits_are_used(toolbox, raster, deposits, values, cells, expression, tmp_path):
    keep = np.arange(30) < 12
    if "fold" in expression:
        keep &= np.isin(np.arange(30) % 5, (0, 1))
    outputs = toolbox("evaluateprospectivity", RASTER=raster, DEPOSITS=deposits, HELD_OUT=expression,
                      REPORT=str(tmp_path / "r.html"))
    assert outputs["DEPOSITS_USED"] == keep.sum()
    assert outputs["AUC"] == pytest.approx(auc(values, cells[keep]), abs=1e-7)
    assert "Prediction-rate curve" in (tmp_path / "r.html").read_text(encoding="utf-8")
    everything = toolbox("evaluateprospectivity", RASTER=raster, DEPOSITS=deposits, HELD_OUT=expression,
                         ALL_DEPOSITS=True)
    assert everything["DEPOSITS_USED"] == 30


def card_file(path, deposits, crs="EPSG:32650"):
    """A model file with a card and no tensors."""
    card = {"schema": 1, "kind": "prospectivity", "title": "Prospectivity", "lodescope": lodescope_version(),
            "versions": {}, "crs": crs, "deposits": deposits}
    header = json.dumps({"__metadata__": {"lodescope": json.dumps(card)}}).encode()
    path.write_bytes(len(header).to_bytes(8, "little") + header)
    return str(path)


def test_deposits_of_the_training_are_left_out(toolbox, raster, deposits, values, cells, tmp_path):
    trained = [[*place, 0] for place in (centres(cells[:20]) + 20.0).tolist()]
    outputs = toolbox("evaluateprospectivity", RASTER=raster, DEPOSITS=deposits,
                      MODEL=card_file(tmp_path / "m.safetensors", trained))
    assert outputs["DEPOSITS_USED"] == 10
    assert outputs["AUC"] == pytest.approx(auc(values, cells[20:]), abs=1e-7)
    assert "20 on which it was trained are left out" in outputs["USED"]
    fit = toolbox("evaluateprospectivity", RASTER=raster, DEPOSITS=deposits, ALL_DEPOSITS=True,
                  MODEL=card_file(tmp_path / "m.safetensors", trained))
    assert fit["DEPOSITS_USED"] == 30 and "20 of them were used to train" in fit["USED"]
    with pytest.raises(QgsProcessingException, match="none is held out"):
        toolbox("evaluateprospectivity", RASTER=raster, DEPOSITS=deposits,
                MODEL=card_file(tmp_path / "all.safetensors", [[*place, 0] for place in centres(cells).tolist()]))
    unknown = toolbox("evaluateprospectivity", RASTER=raster, DEPOSITS=deposits,
                      MODEL=card_file(tmp_path / "none.safetensors", []))
    assert unknown["DEPOSITS_USED"] == 30


def test_map_tells_what_its_model_saw(toolbox, folder, deposits, values, cells):
    trained = (centres(cells[:20]) + 20.0).tolist()
    bands, model = {"prospectivity:probability": values}, {"crs": "EPSG:32650", "deposits": trained}
    path = write_map(folder / "model.tif", bands, metadata={"LODESCOPE_MODEL": json.dumps(model)})
    outputs = toolbox("evaluateprospectivity", RASTER=path, DEPOSITS=deposits)
    assert outputs["DEPOSITS_USED"] == 10
    held_out = write_map(folder / "held_out.tif", bands, metadata={"LODESCOPE_HELD_OUT": "yes"})
    outputs = toolbox("evaluateprospectivity", RASTER=held_out, DEPOSITS=deposits,
                      MODEL=card_file(folder / "seen.safetensors", trained))
    assert outputs["DEPOSITS_USED"] == 30 and "count as held out" in outputs["USED"]


def test_study_area_and_barren_points(toolbox, raster, deposits, values, cells, points):
    mask = areas_layer(box(0, ROWS, 0, 30))
    outside = values.copy()
    outside[:, 30:] = np.nan
    inside = cells[cells[:, 1] < 30]
    barren = np.column_stack([np.arange(10, 22), np.arange(12)])
    outputs = toolbox("evaluateprospectivity", RASTER=raster, DEPOSITS=deposits, MASK=mask,
                      BARREN=points(centres(barren)))
    assert outputs["DEPOSITS_USED"] == len(inside)
    assert outputs["AUC"] == pytest.approx(auc(outside, inside), abs=1e-7)
    found, none = values[tuple(inside.T)], values[tuple(barren.T)]
    assert outputs["BARREN_AUC"] == pytest.approx((found[:, None] > none).mean())


def test_degrees_count_by_area_on_the_ellipsoid(toolbox, folder, points):
    """Northern half high: its cells are smaller, so it is less than half of the area."""
    values = np.ones((60, 4))
    values[:30] = 2.0
    transform = (10.0, 1.0, 0.0, 60.0, 0.0, -1.0)
    path = write_map(folder / "degrees.tif", {"a": values}, 4326, transform)
    places = np.array([[11.5, 45.5], [12.5, 33.5], [12.5, 10.5]])
    outputs = toolbox("evaluateprospectivity", RASTER=path, DEPOSITS=points(places, crs="EPSG:4326"), CUT=2.0)
    measure = QgsDistanceArea()
    measure.setSourceCrs(QgsCoordinateReferenceSystem("EPSG:4326"), QgsProject.instance().transformContext())
    measure.setEllipsoid("EPSG:7030")
    cell = [measure.measureArea(QgsGeometry.fromWkt(box(k, k + 1, 0, 1, 1.0, 1.0, 10.0, 60.0))) for k in range(60)]
    assert outputs["CUT_AREA"] == pytest.approx(sum(cell[:30]) / sum(cell), rel=1e-3)
    assert outputs["CUT_AREA"] < 0.45
    assert outputs["CUT_FOUND"] == pytest.approx(2.0 / 3.0)


def test_cells_of_two_sides_and_deposits_in_another_crs(toolbox, folder, values, cells, points):
    transform = (WEST, CELL, 0.0, NORTH, 0.0, -0.5 * CELL)
    path = write_map(folder / "flat.tif", {"": values}, transform=transform)
    places = centres(cells, high=0.5 * CELL)
    here = toolbox("evaluateprospectivity", RASTER=path, DEPOSITS=points(places))
    assert here["AUC"] == pytest.approx(auc(values, cells), abs=1e-7)
    away = QgsCoordinateTransform(QgsCoordinateReferenceSystem("EPSG:32650"), QgsCoordinateReferenceSystem("EPSG:4326"),
                                  QgsProject.instance().transformContext())
    degrees = [[place.x(), place.y()] for place in (away.transform(*row) for row in places.tolist())]
    there = toolbox("evaluateprospectivity", RASTER=path, DEPOSITS=points(degrees, crs="EPSG:4326"))
    assert there["AUC"] == here["AUC"]


def test_points_off_the_map_are_told(toolbox, raster, points, values, cells, feedback):
    places = np.vstack([centres(cells), [[0.0, 0.0]], centres([[0, 0]])])
    outputs = toolbox("evaluateprospectivity", feedback, RASTER=raster, DEPOSITS=points(places))
    assert outputs["DEPOSITS_USED"] == 30
    assert any("1 left out outside the raster" in line for line in feedback.warnings)
    assert any("1 left out on cells without data" in line for line in feedback.warnings)


def test_one_deposit(toolbox, raster, points, cells, tmp_path):
    outputs = toolbox("evaluateprospectivity", RASTER=raster, DEPOSITS=points(centres(cells[:1])),
                      REPORT=str(tmp_path / "r.html"))
    assert outputs["DEPOSITS_USED"] == 1
    assert "AUC_LOW" not in outputs
    assert "Only 1 deposit" in (tmp_path / "r.html").read_text(encoding="utf-8")


@pytest.mark.parametrize(("bands", "more", "message"), [
    ({"a": np.full((5, 5), 2.0)}, {}, "same value"),
    ({"a": np.full((5, 5), np.nan)}, {}, "none of the 2 points"),
    ({"a": np.arange(25.0).reshape(5, 5)}, {"HELD_OUT": '"fold" = 99'}, "true for none"),
    ({"a": np.arange(25.0).reshape(5, 5)}, {"HELD_OUT": '"nofield"'}, "no field 'nofield'"),
    ({"a": np.arange(25.0).reshape(5, 5)}, {"HELD_OUT": '"fold" = '}, "cannot be read"),
    ({"a": np.arange(25.0).reshape(5, 5)}, {"MASK": box(900, 905, 0, 5)}, "no polygon"),
    ({"a": np.arange(25.0).reshape(5, 5)}, {"BAND": 4}, "no band 4"),
])
def test_bad_input_is_one_sentence(toolbox, tmp_path, points, bands, more, message):
    layer = points(centres([[1, 1], [3, 3]]), fold=[0.0, 1.0])
    more = {key: areas_layer(value) if key == "MASK" else value for key, value in more.items()}
    sentence = refused(toolbox, "evaluateprospectivity", RASTER=write_map(tmp_path / "x.tif", bands), DEPOSITS=layer,
                       REPORT=str(tmp_path / "r.html"), **more)
    assert message in sentence
    assert len(sentence.splitlines()) == 1
    assert not (tmp_path / "r.html").exists()


def test_deposits_outside(toolbox, raster, points):
    with pytest.raises(QgsProcessingException, match="lies on the raster"):
        toolbox("evaluateprospectivity", RASTER=raster, DEPOSITS=points([[0.0, 0.0]]))
