"""Targets: areas, ranks and attributes read back, cuts, reasons, outlines, degrees, bad input."""
import numpy as np
import numpy.testing as npt
import pytest
from map_files import CELL, NORTH, WEST, areas_layer, box, centres, refused, write_map
from qgis.core import QgsCoordinateReferenceSystem, QgsDistanceArea, QgsProject, QgsVectorLayer

ROWS, COLUMNS = 40, 50


def background(seed=3):
    return np.random.default_rng(seed).uniform(0.05, 0.3, (ROWS, COLUMNS))


@pytest.fixture(scope="module")
def values():
    """Three blocks: a large one with a hole, a small high one, and two cells that meet at a corner."""
    made = background()
    made[5:15, 5:17] = 0.7
    made[8:10, 9:12] = 0.2
    made[30:33, 40:44] = 0.9
    made[30, 40] = 0.97
    made[25, 10] = made[26, 11] = 0.8
    made[0, :] = np.nan
    return made


@pytest.fixture(scope="module")
def spread(values):
    made = np.full(values.shape, 0.05)
    made[5:15, 5:17] = 0.5
    return made


@pytest.fixture(scope="module")
def raster(folder, values, spread):
    return write_map(folder / "map.tif", {
        "prospectivity:probability": values, "prospectivity:uncertainty": spread,
        "prospectivity:p10": values - 0.05, "prospectivity:p90": values + 0.04})


def features(path):
    layer = QgsVectorLayer(str(path), "targets", "ogr")
    assert layer.isValid()
    return sorted(layer.getFeatures(), key=lambda feature: feature["rank"])


def test_targets_read_back(toolbox, raster, values, spread, points, tmp_path, feedback):
    deposits = points(centres([[6, 6], [20, 30]]))
    outputs = toolbox("delineatetargets", feedback, RASTER=raster, THRESHOLD=0.5, DEPOSITS=deposits, RISK=0.0,
                      OUTPUT=str(tmp_path / "t.gpkg"), REPORT=str(tmp_path / "r.html"))
    large, high, corner = features(tmp_path / "t.gpkg")
    assert outputs["TARGETS"] == 3
    assert [feature["cells"] for feature in (large, high, corner)] == [114, 12, 2]
    for feature, cells in ((large, 114), (high, 12), (corner, 2)):
        assert feature["area_m2"] == pytest.approx(cells * CELL ** 2)
        assert feature.geometry().area() == pytest.approx(cells * CELL ** 2, rel=1e-12)
        assert feature.geometry().isGeosValid()
        assert feature["area_ha"] == pytest.approx(feature["area_m2"] / 1e4)
        assert feature["expected_value"] == pytest.approx(feature["mean"] * feature["area_m2"], rel=1e-6)
        assert feature["discounted_value"] == pytest.approx(feature["expected_value"])
    block = values[30:33, 40:44].astype(np.float32)
    assert high["mean"] == pytest.approx(block.mean(), rel=1e-6)
    assert high["max"] == pytest.approx(0.97, rel=1e-6)
    assert (high["best_x"], high["best_y"]) == tuple(centres([[30, 40]])[0])
    assert high["uncertainty"] == pytest.approx(0.05, rel=1e-6)
    assert large["uncertainty"] == pytest.approx(0.5)
    assert high["model_p10"] == pytest.approx(block.mean() - 0.05, rel=1e-6)
    assert high["model_p90"] == pytest.approx(block.mean() + 0.04, rel=1e-6)
    assert large["p10"] == pytest.approx(0.7) and large["p90"] == pytest.approx(0.7)
    assert large["deposits"] == 1 and large["deposit_distance"] == 0.0
    assert high["deposit_distance"] == pytest.approx(np.hypot(9.5, 9.5) * CELL)  # to its north-western corner
    assert outputs["DEPOSIT_SHARE"] == 0.5
    assert outputs["AREA_SHARE"] == pytest.approx(128 / (39 * 50))
    text = (tmp_path / "r.html").read_text(encoding="utf-8")
    assert "typed threshold" in text and "Nearest deposit" in text


def test_uncertainty_lowers_the_rank(toolbox, raster, values, spread, tmp_path):
    toolbox("delineatetargets", RASTER=raster, THRESHOLD=0.5, RISK=1.3, OUTPUT=str(tmp_path / "t.gpkg"))
    first, second, _ = features(tmp_path / "t.gpkg")
    assert (first["cells"], second["cells"]) == (12, 114)
    assert second["discounted_value"] == pytest.approx(114 * 0.05 * CELL ** 2, rel=1e-4)
    expected = (values - 1.3 * spread)[30:33, 40:44].sum() * CELL ** 2
    assert first["discounted_value"] == pytest.approx(expected, rel=1e-5)


@pytest.mark.parametrize(("by", "cells"), [("mean", [12, 2, 114]), ("area", [114, 12, 2])])
def test_rank_by_choice(toolbox, raster, tmp_path, by, cells):
    toolbox("delineatetargets", RASTER=raster, THRESHOLD=0.5, RANK_BY=by, OUTPUT=str(tmp_path / "t.gpkg"))
    assert [feature["cells"] for feature in features(tmp_path / "t.gpkg")] == cells


def test_connectivity_minimum_area_and_count(toolbox, raster, tmp_path):
    four = toolbox("delineatetargets", RASTER=raster, THRESHOLD=0.5, CONNECTIVITY="4",
                   OUTPUT=str(tmp_path / "four.gpkg"))
    assert four["TARGETS"] == 4
    least = toolbox("delineatetargets", RASTER=raster, THRESHOLD=0.5, MINIMUM_AREA=12 * CELL ** 2,
                    OUTPUT=str(tmp_path / "large.gpkg"))
    assert least["TARGETS"] == 2
    best = toolbox("delineatetargets", RASTER=raster, THRESHOLD=0.5, COUNT=1, RANK_BY="maximum",
                   OUTPUT=str(tmp_path / "one.gpkg"))
    (only,) = features(tmp_path / "one.gpkg")
    assert best["TARGETS"] == 1 and only["max"] == pytest.approx(0.97, rel=1e-6)


def test_smooth_outlines_keep_area_and_do_not_overlap(toolbox, raster, tmp_path):
    toolbox("delineatetargets", RASTER=raster, THRESHOLD=0.5, SMOOTH=True, CONNECTIVITY="4",
            OUTPUT=str(tmp_path / "t.gpkg"))
    found = features(tmp_path / "t.gpkg")
    for feature in found:
        assert feature.geometry().isGeosValid()
        assert feature.geometry().area() == pytest.approx(feature["area_m2"], rel=2e-3)
    for one in found:
        for other in found:
            if one["rank"] < other["rank"]:
                assert not one.geometry().intersects(other.geometry())


def test_cut_at_the_crossing(toolbox, folder, points, tmp_path):
    """Value u covers 1 - u of the area; deposits up to u are u squared, so that both cross at 0.618."""
    ramp = np.linspace(0.0, 1.0, 40_000).reshape(200, 200)
    path = write_map(folder / "ramp.tif", {"a": ramp})
    cells = np.column_stack(np.unravel_index((np.sqrt((np.arange(400) + 0.5) / 400) * 39_999).astype(int), (200, 200)))
    outputs = toolbox("delineatetargets", RASTER=path, METHOD="prediction_area", DEPOSITS=points(centres(cells)),
                      OUTPUT=str(tmp_path / "t.gpkg"), REPORT=str(tmp_path / "r.html"))
    assert outputs["CUT_USED"] == pytest.approx(0.618, abs=3e-3)
    assert outputs["AREA_SHARE"] == pytest.approx(0.382, abs=3e-3)
    assert "Prediction-area plot" in (tmp_path / "r.html").read_text(encoding="utf-8")
    auto = toolbox("delineatetargets", RASTER=path, DEPOSITS=points(centres(cells)), OUTPUT="TEMPORARY_OUTPUT")
    assert auto["CUT_USED"] == outputs["CUT_USED"]


def test_fractal_cut_finds_the_break(toolbox, folder, tmp_path):
    """Area above c falls as c^-0.5 up to 10 and as c^-3 from there."""
    share = (np.arange(40_000) + 0.5) / 40_000
    value = np.where(share > 10 ** -0.5, share ** -2.0, 10.0 * (share / 10 ** -0.5) ** (-1.0 / 3.0))
    field = np.random.default_rng(0).permutation(value).reshape(200, 200)
    path = write_map(folder / "fractal.tif", {"a": field})
    outputs = toolbox("delineatetargets", RASTER=path, METHOD="concentration_area", MINIMUM_AREA=50 * CELL ** 2,
                      OUTPUT=str(tmp_path / "t.gpkg"), REPORT=str(tmp_path / "r.html"))
    assert outputs["CUT_USED"] == pytest.approx(10.0, rel=0.02)
    assert "Concentration-area plot" in (tmp_path / "r.html").read_text(encoding="utf-8")


def test_reasons_name_the_evidence_that_differs(toolbox, raster, values, folder, tmp_path):
    rng = np.random.default_rng(5)
    lithium, depth, noise = (rng.normal(10.0, 1.0, values.shape) for _ in range(3))
    lithium[30:33, 40:44] += 30.0
    depth[5:15, 5:17] -= 12.0
    evidence = [write_map(folder / f"{name}.tif", {name: band}) for name, band in
                (("Li", lithium), ("depth", depth), ("noise", noise))]
    toolbox("delineatetargets", RASTER=raster, THRESHOLD=0.5, RANK_BY="area", EVIDENCE=evidence, REASONS=2,
            OUTPUT=str(tmp_path / "t.gpkg"), REPORT=str(tmp_path / "r.html"))
    large, high, _ = features(tmp_path / "t.gpkg")
    assert high["reasons"].startswith("Li high: +")
    assert large["reasons"].startswith("depth low: -")
    inside, around = (float(part) for part in high["reasons"].split(" sd, ")[1].split(" around")[0].split(" against "))
    assert inside == pytest.approx(lithium[30:33, 40:44].mean(), rel=1e-3)
    assert around == pytest.approx(10.0, abs=0.3)
    score = float(high["reasons"].split(": ")[1].split(" sd")[0])
    assert score == pytest.approx((inside - around) / lithium.std(), abs=0.1)
    assert "Li high" in (tmp_path / "r.html").read_text(encoding="utf-8")


def test_separate_raster_of_variances(toolbox, folder, values, spread, tmp_path):
    plain = write_map(folder / "plain.tif", {"a": values})
    variance = write_map(folder / "variance.tif", {"x": spread, "a:variance": spread ** 2})
    toolbox("delineatetargets", RASTER=plain, THRESHOLD=0.5, UNCERTAINTY=variance, UNCERTAINTY_BAND=2, RISK=0.0,
            OUTPUT=str(tmp_path / "t.gpkg"))
    assert [feature["uncertainty"] for feature in features(tmp_path / "t.gpkg")] == pytest.approx([0.5, 0.05, 0.05])


def test_study_area(toolbox, raster, tmp_path):
    outputs = toolbox("delineatetargets", RASTER=raster, THRESHOLD=0.5, MASK=areas_layer(box(0, ROWS, 20, COLUMNS)),
                      OUTPUT=str(tmp_path / "t.gpkg"))
    (only,) = features(tmp_path / "t.gpkg")
    assert only["cells"] == 12
    assert outputs["AREA_SHARE"] == pytest.approx(12 / (39 * 30))


def test_degrees_give_areas_and_distances_on_the_ellipsoid(toolbox, folder, points, tmp_path):
    values = np.zeros((20, 20))
    values[4:8, 5:11] = 1.0
    path = write_map(folder / "degrees.tif", {"a": values}, 4326, (100.0, 0.01, 0.0, 40.0, 0.0, -0.01))
    toolbox("delineatetargets", RASTER=path, THRESHOLD=0.5, DEPOSITS=points([[100.15, 39.95]], crs="EPSG:4326"),
            OUTPUT=str(tmp_path / "t.gpkg"))
    (only,) = features(tmp_path / "t.gpkg")
    measure = QgsDistanceArea()
    measure.setSourceCrs(QgsCoordinateReferenceSystem("EPSG:4326"), QgsProject.instance().transformContext())
    measure.setEllipsoid("EPSG:7030")
    assert only["area_m2"] == pytest.approx(measure.measureArea(only.geometry()), rel=1e-4)
    assert only["deposit_distance"] == pytest.approx(0.04 * 111_320 * np.cos(np.radians(39.95)), rel=5e-3)


def test_cells_of_two_sides(toolbox, folder, tmp_path):
    values = np.zeros((10, 12))
    values[2:5, 3:9] = 1.0
    path = write_map(folder / "flat.tif", {"a": values}, transform=(WEST, 40.0, 0.0, NORTH, 0.0, -25.0))
    toolbox("delineatetargets", RASTER=path, THRESHOLD=1.0, OUTPUT=str(tmp_path / "t.gpkg"))
    (only,) = features(tmp_path / "t.gpkg")
    assert only["area_m2"] == 18 * 1000.0
    extent = only.geometry().boundingBox()
    npt.assert_allclose([extent.xMinimum(), extent.yMaximum(), extent.xMaximum(), extent.yMinimum()],
                        [WEST + 120.0, NORTH - 50.0, WEST + 360.0, NORTH - 125.0])


@pytest.mark.parametrize(("bands", "more", "message"), [
    ({"a": background()}, {"THRESHOLD": 2.0}, "No cell reaches the cut 2: the highest value of the map is 0.29"),
    ({"a": background()}, {"THRESHOLD": 0.1, "MINIMUM_AREA": 1e12}, "as large as"),
    ({"a": background()}, {"METHOD": "threshold"}, "none was typed"),
    ({"a": background()}, {"METHOD": "prediction_area"}, "needs known deposits"),
    ({"a": np.full((9, 9), np.nan)}, {"THRESHOLD": 0.1}, "No cell of the raster has a value"),
    ({"a": np.full((9, 9), 2.0)}, {"METHOD": "concentration_area"}, "same value"),
    ({"a": -background()}, {"METHOD": "concentration_area"}, "above zero"),
    ({"a": background()}, {"THRESHOLD": 0.1, "MINIMUM_AREA": -1.0}, "minimum area"),
    ({"a": background()}, {"THRESHOLD": 0.1, "MASK": box(900, 905, 0, 5)}, "no polygon"),
])
def test_bad_input_is_one_sentence(toolbox, tmp_path, bands, more, message):
    more = {key: areas_layer(value) if key == "MASK" else value for key, value in more.items()}
    sentence = refused(toolbox, "delineatetargets", RASTER=write_map(tmp_path / "x.tif", bands),
                       OUTPUT=str(tmp_path / "t.gpkg"), **more)
    assert message in sentence
    assert len(sentence.splitlines()) == 1
    assert not (tmp_path / "t.gpkg").exists()


def test_deposits_outside_stop_the_prediction_area_cut_only(toolbox, raster, points, tmp_path, feedback):
    away = points([[0.0, 0.0]])
    assert "lies on the raster" in refused(toolbox, "delineatetargets", RASTER=raster, DEPOSITS=away,
                                           METHOD="prediction_area", OUTPUT=str(tmp_path / "t.gpkg"))
    toolbox("delineatetargets", feedback, RASTER=raster, DEPOSITS=away, THRESHOLD=0.5,
            OUTPUT=str(tmp_path / "t.gpkg"))
    assert features(tmp_path / "t.gpkg")[0]["deposit_distance"] > 1e6
    assert any("lies on the raster" in line for line in feedback.warnings)


@pytest.mark.parametrize(("connectivity", "cut"), [("4", 0.42), ("8", 0.65)])
@pytest.mark.parametrize("smooth", [False, True])
def test_noise_gives_valid_polygons_that_cover_the_cells(toolbox, folder, tmp_path, connectivity, cut, smooth):
    """Holes that touch outlines, cells that touch at corners, targets within holes of others."""
    values = np.random.default_rng(int(connectivity)).uniform(size=(30, 36))
    path = write_map(folder / f"noise{connectivity}.tif", {"a": values})
    toolbox("delineatetargets", RASTER=path, THRESHOLD=cut, CONNECTIVITY=connectivity, SMOOTH=smooth,
            OUTPUT=str(tmp_path / "t.gpkg"))
    found = features(tmp_path / "t.gpkg")
    assert sum(feature["cells"] for feature in found) == (values.astype(np.float32) >= np.float32(cut)).sum()
    assert len(found) > 3
    everything = found[0].geometry()
    for feature in found:
        shape = feature.geometry()
        assert shape.isGeosValid()
        assert shape.area() == pytest.approx(feature["area_m2"], rel=0.02 if smooth else 1e-12)
        everything = everything.combine(shape)
    assert everything.area() == pytest.approx(sum(feature.geometry().area() for feature in found), rel=1e-9)
