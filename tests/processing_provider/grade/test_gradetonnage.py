"""Tonnage, grade and metal read back from the table: volumes, units, densities, polygons, kriged rasters, bad input."""
import math

import numpy as np
import numpy.testing as npt
import pytest
from prediction_files import CELL, NORTH, WEST, write_prediction
from qgis.core import (
    QgsFeature,
    QgsField,
    QgsGeometry,
    QgsProcessingContext,
    QgsProcessingException,
    QgsProject,
    QgsVectorLayer,
)
from qgis.PyQt.QtCore import QVariant

ROWS, COLUMNS = 20, 30
AREA = CELL ** 2


def above(mean, sd, cutoff):
    """Chance of a normal grade above a cut-off."""
    return 0.5 * np.vectorize(math.erfc)((cutoff - mean) / sd / math.sqrt(2.0))


@pytest.fixture(scope="module")
def grades():
    """Mean and standard deviation, rich in the north-west only."""
    rng = np.random.default_rng(12)
    mean = 1.0 + np.linspace(2.0, 0.0, ROWS)[:, None] * np.linspace(1.0, 0.2, COLUMNS)
    return mean, rng.uniform(0.1, 0.3, (ROWS, COLUMNS))


@pytest.fixture(scope="module")
def flat(folder, grades):
    mean, sd = grades
    return write_prediction(folder / "flat.tif", {"TREO_pct:mean": mean, "TREO_pct:sd": sd})


def polygons(wkts, names=None, crs="EPSG:32650"):
    layer = QgsVectorLayer(f"Polygon?crs={crs}", "pits", "memory")
    layer.dataProvider().addAttributes([QgsField("pit", QVariant.String)])
    layer.updateFields()
    for wkt, name in zip(wkts, names or [None] * len(wkts)):
        feature = QgsFeature(layer.fields())
        feature.setGeometry(QgsGeometry.fromWkt(wkt))
        feature.setAttributes([name])
        layer.dataProvider().addFeatures([feature])
    layer.updateExtents()
    return layer


def box(left, top, right, bottom):
    """A rectangle in cells from the north-western corner, as WKT."""
    x, y = [WEST + CELL * value for value in (left, right)], [NORTH - CELL * value for value in (top, bottom)]
    return f"POLYGON(({x[0]} {y[0]},{x[1]} {y[0]},{x[1]} {y[1]},{x[0]} {y[1]},{x[0]} {y[0]}))"


def rows_of(path):
    """Rows of the table as dicts by part, name and cut-off."""
    layer = QgsVectorLayer(str(path))
    assert layer.isValid()
    names = layer.fields().names()
    return {(row["part"], row["name"], row["cutoff"]): dict(zip(names, row.attributes())) for row in
            layer.getFeatures()}


def run(toolbox, path, feedback=None, **parameters):
    outputs = toolbox("gradetonnage", feedback, OUTPUT=str(path), **parameters)
    return rows_of(path), outputs


def test_table_of_a_map(toolbox, flat, grades, tmp_path, feedback):
    mean, sd = grades
    found, outputs = run(toolbox, tmp_path / "t.gpkg", feedback, INPUT=flat, CUTOFFS="1.5, 2.5", DENSITY=3.0,
                         BENCH=4.0, CORRELATION=0.0, REPORT=str(tmp_path / "r.html"))
    tonnes = AREA * 4.0 * 3.0
    for cutoff in (1.5, 2.5):
        row, chance = found["total", "all", cutoff], above(mean, sd, cutoff)
        z = (cutoff - mean) / sd
        metal = mean * chance + sd * np.exp(-0.5 * z ** 2) / math.sqrt(2.0 * math.pi)
        assert row["tonnage"] == pytest.approx(tonnes * chance.sum(), rel=1e-5)
        assert row["metal"] == pytest.approx(tonnes * metal.sum() / 100.0, rel=1e-5)
        assert row["grade"] == pytest.approx(metal.sum() / chance.sum(), rel=1e-5)
        assert row["tonnage_plugin"] == pytest.approx(tonnes * (mean > cutoff).sum())
        assert row["tonnage_p5"] <= row["tonnage_p10"] < row["tonnage_p50"] < row["tonnage_p90"] <= row["tonnage_p95"]
        spread = tonnes * math.sqrt((chance * (1.0 - chance)).sum())
        assert row["tonnage_p90"] - row["tonnage_p10"] == pytest.approx(2.563 * spread, rel=0.25)
    assert outputs["TONNAGE"] == pytest.approx(found["total", "all", 1.5]["tonnage"])
    assert outputs["GRADE_P90"] == pytest.approx(found["total", "all", 1.5]["grade_p90"])
    assert outputs["VOLUME"] == pytest.approx(ROWS * COLUMNS * AREA * 4.0)
    assert outputs["TOTAL_TONNAGE"] == pytest.approx(ROWS * COLUMNS * tonnes)
    assert found["total", "all", 0.0]["grade"] == pytest.approx(mean.mean(), rel=1e-6)
    classes = ("measured", "indicated", "inferred", "unclassified")
    assert sum(found["class", name, 1.5]["tonnage"] for name in classes) == pytest.approx(outputs["TONNAGE"])
    assert found["class", "measured", 0.0]["cells"] == (sd / mean <= 0.25).sum()
    assert any("by its name" in line for line in feedback.info)
    assert "smoother than the rock" in (tmp_path / "r.html").read_text(encoding="utf-8")


def test_polygons_split_the_whole_and_north_is_up(toolbox, flat, grades, tmp_path, feedback):
    mean, _ = grades
    layer = polygons([box(0, 0, 10, 5), box(20, 15, 30, 20), box(10, 0, 12, 5), box(100, 0, 110, 5)],
                     ["rich", "poor", "rich", "far"])
    found, _ = run(toolbox, tmp_path / "t.gpkg", feedback, INPUT=flat, CUTOFFS="1.5", BENCH=5.0, POLYGONS=layer,
                   POLYGON_NAME="pit", CLASSES="none")
    names = ("rich", "poor", "far", "outside the polygons")
    for cutoff in (0.0, 1.5):
        for column in ("tonnage", "metal", "tonnage_plugin", "cells"):
            assert sum(found["polygon", name, cutoff][column] for name in names) == pytest.approx(
                found["total", "all", cutoff][column])
    assert found["polygon", "rich", 0.0]["cells"] == 60
    assert found["polygon", "rich", 0.0]["grade"] == pytest.approx(mean[:5, :12].mean(), rel=1e-6)
    assert found["polygon", "poor", 0.0]["grade"] == pytest.approx(mean[15:, 20:].mean(), rel=1e-6)
    assert found["polygon", "far", 0.0]["tonnage"] == 0.0
    assert any("whose tonnage is zero: far" in line for line in feedback.warnings)
    assert ("class", "measured", 0.0) not in found


def test_polygons_of_another_crs_and_without_names(toolbox, flat, grades, tmp_path):
    from qgis.core import QgsCoordinateReferenceSystem, QgsCoordinateTransform

    shape = QgsGeometry.fromWkt(box(0, 0, 10, 5))
    shape.transform(QgsCoordinateTransform(
        QgsCoordinateReferenceSystem("EPSG:32650"), QgsCoordinateReferenceSystem("EPSG:4326"), QgsProject.instance()))
    layer = polygons([shape.asWkt(12)], crs="EPSG:4326")
    found, _ = run(toolbox, tmp_path / "t.gpkg", INPUT=flat, CUTOFFS="1.5", BENCH=5.0, POLYGONS=layer)
    name = next(name for part, name, _ in found if part == "polygon" and name.startswith("polygon"))
    assert found["polygon", name, 0.0]["cells"] == 50
    assert found["polygon", name, 0.0]["grade"] == pytest.approx(grades[0][:5, :10].mean(), rel=1e-5)


@pytest.fixture(scope="module")
def levels(folder):
    """Levels out of order and of unequal distance, the field with its unit in the metadata."""
    bands = {f"Nd:{name}@z={level:g}": np.full((4, 5), value * (1.0 if name == "mean" else 0.01))
             for name in ("mean", "sd") for level, value in ((160.0, 300.0), (100.0, 100.0), (120.0, 200.0))}
    return write_prediction(folder / "levels.tif", bands, metadata={"LODESCOPE_UNITS": '{"Nd": "ppm"}'})


def test_unequal_levels_reach_half_way(toolbox, levels, tmp_path):
    found, outputs = run(toolbox, tmp_path / "t.gpkg", INPUT=levels, CUTOFFS="150, 250", DENSITY=2.0)
    cell = AREA * 2.0 * 20
    tonnes = [found["total", "all", cutoff]["tonnage"] for cutoff in (0.0, 150.0, 250.0)]
    npt.assert_allclose(tonnes, [cell * 90.0, cell * 70.0, cell * 40.0], rtol=1e-6)
    assert outputs["VOLUME"] == pytest.approx(AREA * 20 * 90.0)
    metal = cell * (20.0 * 100.0 + 30.0 * 200.0 + 40.0 * 300.0) * 1e-6
    assert found["total", "all", 0.0]["metal"] == pytest.approx(metal, rel=1e-6)
    found, _ = run(toolbox, tmp_path / "b.gpkg", INPUT=levels, CUTOFFS="150", DENSITY=2.0, BENCH=10.0)
    assert found["total", "all", 0.0]["tonnage"] == pytest.approx(cell * 30.0)


@pytest.mark.parametrize(("unit", "factor"), [("gpt", 1e-6), ("ppb", 1e-9), ("permil", 1e-3), ("opt", 34.2857e-6)])
def test_units(toolbox, flat, grades, tmp_path, unit, factor):
    _, outputs = run(toolbox, tmp_path / "t.csv", INPUT=flat, CUTOFFS="0.1", BENCH=1.0, UNIT=unit, DENSITY=1.0,
                     REALISATIONS=20)
    assert outputs["METAL"] == pytest.approx(AREA * grades[0].sum() * factor, rel=1e-4)


@pytest.mark.parametrize(("item", "text"), [
    ("LODESCOPE_MODEL", '{"targets": [{"name": "Cu", "unit": "pct"}, {"name": "Nd", "unit": "ppm"}]}'),
    ("LODESCOPE_PARAMETERS", '{"variogram": {"field": "Nd", "unit": "g/t"}, "transform": "none"}'),
])
def test_unit_that_the_raster_states(toolbox, folder, grades, tmp_path, item, text):
    mean, sd = grades
    path = write_prediction(folder / f"{item}.tif", {"Nd:mean": mean, "Nd:sd": sd}, metadata={item: text})
    _, outputs = run(toolbox, tmp_path / "t.gpkg", INPUT=path, CUTOFFS="0.1", BENCH=1.0, DENSITY=1.0, REALISATIONS=20)
    assert outputs["METAL"] == pytest.approx(AREA * mean.sum() * 1e-6, rel=1e-4)
    path = write_prediction(folder / f"bad_{item}.tif", {"Nd:mean": mean, "Nd:sd": sd}, metadata={item: "{broken"})
    assert "The unit of 'Nd' is not known" in refusal(toolbox, INPUT=path, BENCH=1.0, OUTPUT=str(tmp_path / "u.gpkg"))


def test_density_of_each_level(toolbox, levels, folder, tmp_path):
    bands = {f"rock:density@z={level:g}": np.full((4, 5), value) for level, value in
             ((100.0, 2.0), (120.0, 3.0), (160.0, 4.0))}
    path = write_prediction(folder / "rock.tif", bands)
    found, _ = run(toolbox, tmp_path / "t.gpkg", INPUT=levels, CUTOFFS="150", DENSITY_RASTER=path, DENSITY_BAND=1)
    assert found["total", "all", 0.0]["tonnage"] == pytest.approx(AREA * 20 * (20 * 2.0 + 30 * 3.0 + 40 * 4.0))
    path = write_prediction(folder / "less.tif", {name: bands[name] for name in list(bands)[:2]})
    assert "at the level 160" in refusal(toolbox, INPUT=levels, CUTOFFS="150", DENSITY_RASTER=path, DENSITY_BAND=1,
                                         OUTPUT=str(tmp_path / "u.gpkg"))


def test_feet_are_turned_into_metres(toolbox, folder, grades, tmp_path):
    path = write_prediction(folder / "feet.tif", {"TREO_pct:mean": grades[0], "TREO_pct:sd": grades[1]}, epsg=2227)
    _, outputs = run(toolbox, tmp_path / "t.gpkg", INPUT=path, CUTOFFS="0.1", BENCH=2.0)
    foot = 1200.0 / 3937.0
    assert outputs["VOLUME"] == pytest.approx(ROWS * COLUMNS * (CELL * foot) ** 2 * 2.0, rel=1e-5)


def test_density_raster(toolbox, flat, folder, grades, tmp_path, feedback):
    density = 2.0 + np.indices((ROWS, COLUMNS))[0] / 10.0
    density[0, 0] = np.nan
    path = write_prediction(folder / "density.tif", {"rock": 0.0 * density, "dry density": density})
    found, _ = run(toolbox, tmp_path / "t.gpkg", feedback, INPUT=flat, CUTOFFS="0.1", BENCH=1.0, DENSITY=5.0,
                   DENSITY_RASTER=path, DENSITY_BAND=2)
    truth = AREA * np.where(np.isnan(density), 5.0, density).sum()
    assert found["total", "all", 0.0]["tonnage"] == pytest.approx(truth)
    assert any("1 cells have no value in the density raster" in line for line in feedback.warnings)


def test_kriged_and_indicator_rasters(toolbox, points, read, tmp_path, feedback):
    rng = np.random.default_rng(9)
    place = rng.uniform(0.0, 500.0, (80, 2)) + [WEST, NORTH]
    layer = points(place, Nd_ppm=rng.lognormal(1.0, 0.8, 80))
    toolbox("kriging", INPUT=layer, FIELDS=["Nd_ppm"], CELL_SIZE=50, TRANSFORM="log", OUTPUT=str(tmp_path / "k.tif"))
    found, _ = run(toolbox, tmp_path / "t.gpkg", feedback, INPUT=str(tmp_path / "k.tif"), CUTOFFS="2, 5", BENCH=1.0)
    kriged = read(tmp_path / "k.tif")
    mean, variance = kriged["Nd_ppm:estimate"], kriged["Nd_ppm:variance"]
    sigma = np.sqrt(np.log1p(variance / mean ** 2))
    chance = above(np.log(mean) - 0.5 * sigma ** 2, sigma, math.log(2.0))
    assert found["total", "all", 2.0]["tonnage"] == pytest.approx(2500.0 * 2.7 * chance.sum(), rel=1e-5)
    assert any("lognormal" in line for line in feedback.info)
    assert any("No correlation range was given" in line for line in feedback.warnings)
    toolbox("indicatorkriging", INPUT=layer, FIELDS=["Nd_ppm"], CUTOFFS="2, 5", CELL_SIZE=50,
            OUTPUT=str(tmp_path / "i.tif"))
    found, _ = run(toolbox, tmp_path / "u.gpkg", INPUT=str(tmp_path / "i.tif"), CUTOFFS="2, 5", BENCH=1.0)
    chance = read(tmp_path / "i.tif")["Nd_ppm:probability>5"]
    assert found["total", "all", 5.0]["tonnage"] == pytest.approx(2500.0 * 2.7 * chance.sum(), rel=1e-4)


def test_all_bands_of_a_bayesian_prediction(toolbox, folder, tmp_path, feedback):
    """Grades normal to the power of a quarter, as the model predicts them; half of the area is not known to it."""
    rng, levels, bands = np.random.default_rng(6), (10.0, 20.0), {}
    draws = np.maximum(rng.normal(1.0, 0.12, (4000, 1, 1)) * rng.uniform(0.9, 1.2, (1, 6, 8)), 0.0) ** 4
    outside = np.where(np.arange(8) < 4, 0.0, 1.0) * np.ones((6, 1))
    found = {"mean": draws.mean(axis=0), "sd": draws.std(axis=0), "epistemic": 0.6 * draws.std(axis=0),
             "aleatoric": 0.8 * draws.std(axis=0), **{f"p{p}": np.percentile(draws, p, axis=0) for p in (10, 50, 90)},
             "probability>1": (draws > 1.0).mean(axis=0), "outside": outside}
    for name, values in found.items():
        bands.update((f"TREO_pct:{name}@z={level:g}", values) for level in levels)
    path = write_prediction(folder / "bnn.tif", bands)
    rows, outputs = run(toolbox, tmp_path / "t.gpkg", feedback, INPUT=path, CUTOFFS="1, 1.8", DENSITY=1.0,
                        CORRELATION=30.0)
    cell, inside = AREA * 10.0 * 2, draws[:, :, :4]
    assert outputs["OUTSIDE_CELLS"] == 48
    assert any("48 cells outside what the model knows are left out" in line for line in feedback.warnings)
    for cutoff, tolerance in ((1.0, 1e-5), (1.8, 0.01)):
        row = rows["total", "all", cutoff]
        assert row["tonnage"] == pytest.approx(cell * (inside > cutoff).mean(axis=0).sum(), rel=tolerance)
        assert row["metal"] == pytest.approx(cell * np.where(inside > cutoff, inside, 0.0).mean(axis=0).sum() / 100.0,
                                             rel=0.01)
    _, outputs = run(toolbox, tmp_path / "u.gpkg", INPUT=path, CUTOFFS="1", DENSITY=1.0, KEEP_OUTSIDE=True)
    assert outputs["TONNAGE"] == pytest.approx(cell * (draws > 1.0).mean(axis=0).sum(), rel=1e-5)


def test_automatic_cutoffs_same_seed_and_variogram(toolbox, flat, variogram, tmp_path):
    common = {"INPUT": flat, "BENCH": 5.0, "VARIOGRAM": variogram, "REALISATIONS": 50}
    first, outputs = run(toolbox, tmp_path / "a.gpkg", **common)
    again, _ = run(toolbox, tmp_path / "b.gpkg", **common)
    other, _ = run(toolbox, tmp_path / "c.gpkg", **{**common, "SEED": 2})
    key = ("total", "all", outputs["LOWEST_CUTOFF"])
    assert len({cutoff for part, _, cutoff in first if part == "total"}) >= 6
    for row in (first, again, other):
        row[key].pop("fid", None)
    assert first[key] == again[key]
    assert first[key] != other[key]


@pytest.fixture(scope="module")
def variogram(folder):
    import json

    path = folder / "v.json"
    path.write_text(json.dumps({"schema": 1, "field": "TREO_pct", "unit": "pct", "transform": "none", "nugget": 0.01,
                                "structures": [{"model": "spherical", "sill": 0.05, "ranges": [80.0, 40.0],
                                                "azimuth": 30.0}]}), encoding="utf-8")
    return str(path)


def refusal(toolbox, **parameters):
    with pytest.raises(QgsProcessingException) as failure:
        toolbox("gradetonnage", **parameters)
    text = str(failure.value).split("\n")[-1]
    del failure  # its traceback holds layers, which must not outlive QGIS
    assert "internal error" not in text and "Traceback" not in text
    return text


@pytest.mark.parametrize(("wrong", "words"), [
    ({"DENSITY": -2.7}, "The density is -2.7"), ({"DENSITY": 0.0}, "The density is 0"),
    ({"DENSITY": 2700.0}, "not 2700"), ({"CUTOFFS": "0, 1"}, "Cut-offs: 0 is not above zero"),
    ({"CUTOFFS": "-1"}, "Cut-offs: -1 is not above zero"), ({"CUTOFFS": "rich"}, "is not a list of numbers"),
    ({"BENCH": None}, "give the bench height in metres"), ({"BENCH": -1.0}, "The bench height is -1"),
    ({"CORRELATION": -5.0}, "The correlation range is -5"), ({"TARGET": "Cu"}, "has no field 'Cu'"),
    ({"CLASSES": "epistemic"}, "need a band FIELD:epistemic"), ({"CLASS_LIMITS": "0.1, 0.2"}, "three numbers"),
    ({"SUPPORT": "block"}, "which part of the uncertainty is noise"),
    ({"DISTRIBUTION": "quantiles"}, "needs the bands FIELD:p10"), ({"VARIOGRAM": "nowhere.json"}, "cannot be read"),
    ({"OUTPUT": "/nowhere/t.gpkg"}, "nowhere"),
])
def test_parameters_that_cannot_be_meant(toolbox, flat, tmp_path, wrong, words):
    assert words in refusal(toolbox, **{"INPUT": flat, "BENCH": 5.0, "OUTPUT": str(tmp_path / "t.gpkg"), **wrong})


def test_inputs_that_cannot_be_used(toolbox, flat, levels, folder, grades, points, tmp_path):
    mean, sd = grades
    common = {"BENCH": 5.0, "OUTPUT": str(tmp_path / "t.gpkg")}
    path = write_prediction(folder / "dem.tif", {"elevation": mean})
    assert "has no bands such as FIELD:mean" in refusal(toolbox, INPUT=path, **common)
    path = write_prediction(folder / "two.tif", {f"{name}_pct:{quantity}": band for name in "AB"
                                                 for quantity, band in (("mean", mean), ("sd", sd))})
    assert "holds several fields (A_pct, B_pct)" in refusal(toolbox, INPUT=path, **common)
    path = write_prediction(folder / "unit.tif", {"TREO:mean": mean, "TREO:sd": sd})
    assert "The unit of 'TREO' is not known" in refusal(toolbox, INPUT=path, **common)
    path = write_prediction(folder / "nothing.tif", {"A_pct:mean": np.nan * mean, "A_pct:sd": sd})
    assert "no cell with a prediction of 'A_pct'" in refusal(toolbox, INPUT=path, **common)
    path = write_prediction(folder / "degrees.tif", {"A_pct:mean": mean, "A_pct:sd": sd}, epsg=4326,
                            transform=(117.0, 0.001, 0.0, -29.0, 0.0, -0.001))
    assert "is in degrees (EPSG:4326)" in refusal(toolbox, INPUT=path, **common)
    assert "would count twice" in refusal(toolbox, INPUT=levels, BENCH=25.0, OUTPUT=common["OUTPUT"])
    path = write_prediction(folder / "much.tif", {"A_pct:mean": 100.0 * mean, "A_pct:sd": sd})
    assert "more than the whole rock" in refusal(toolbox, INPUT=path, **common)
    far = polygons([box(100, 100, 110, 110)])
    assert "holds the centre of a cell" in refusal(toolbox, INPUT=flat, POLYGONS=far, **common)
    assert "has no polygons to read" in refusal(toolbox, INPUT=flat, POLYGONS=polygons([]), **common)
    density = write_prediction(folder / "bad.tif", {"density": -1.0 * mean})
    assert "densities must be above zero" in refusal(toolbox, INPUT=flat, DENSITY_RASTER=density, **common)
    assert not (tmp_path / "t.gpkg").exists()


def test_web_mercator_is_warned_of(toolbox, folder, grades, tmp_path, feedback):
    path = write_prediction(folder / "web.tif", {"A_pct:mean": grades[0], "A_pct:sd": grades[1]}, epsg=3857,
                            transform=(13_000_000.0, 10.0, 0.0, -3_400_000.0, 0.0, -10.0))
    run(toolbox, tmp_path / "t.gpkg", feedback, INPUT=path, BENCH=5.0, CUTOFFS="1", REALISATIONS=20)
    assert any("1.3" in line and "times as large" in line for line in feedback.warnings)


def test_cancel_leaves_nothing(toolbox, flat, tmp_path, make_feedback):
    context = QgsProcessingContext()
    context.setProject(QgsProject.instance())
    toolbox("gradetonnage", make_feedback(cancel_at=10.0), context, INPUT=flat, BENCH=5.0,
            OUTPUT=str(tmp_path / "t.gpkg"))
    assert list(tmp_path.iterdir()) == []


def test_program(program, flat, levels, tmp_path):
    code, output = program("gradetonnage", INPUT=levels, CUTOFFS="150,250", OUTPUT=tmp_path / "t.gpkg",
                           REPORT=tmp_path / "r.html")
    assert code == 0, output
    assert rows_of(tmp_path / "t.gpkg")["total", "all", 150.0]["tonnage"] == pytest.approx(AREA * 20 * 70.0 * 2.7)
    assert (tmp_path / "r.html").exists()
    code, output = program("gradetonnage", INPUT=flat, OUTPUT=tmp_path / "u.gpkg")
    assert code != 0
    assert "give the bench height in metres" in output
    assert "Traceback" not in output
    assert not (tmp_path / "u.gpkg").exists()
