"""Fusion through Processing: samples and raster agree, nothing leaks, and bad input gives one sentence."""
import json
import time
from pathlib import Path

import numpy as np
import pytest
from osgeo import gdal, osr
from qgis.core import QgsFeature, QgsGeometry, QgsProcessingException, QgsVectorLayer

DATA = Path(__file__).resolve().parents[4] / "shared" / "data"
UTM = "EPSG:32650"
WEST, NORTH, CELL = 500_000.0, 4_000_000.0, 100.0
COLUMNS, ROWS = 30, 20
EXTENT = f"{WEST},{WEST + COLUMNS * CELL},{NORTH - ROWS * CELL},{NORTH} [{UTM}]"
RASTER = {"EXTENT": EXTENT, "CELL_SIZE": CELL}


def write_raster(path, bands, west=WEST, north=NORTH, cell=CELL, crs=UTM, nodata=None, names=None, items=None):
    """A GeoTIFF of arrays (bands, rows, columns)."""
    bands = np.asarray(bands, np.float32)
    dataset = gdal.GetDriverByName("GTiff").Create(
        str(path), bands.shape[2], bands.shape[1], len(bands), gdal.GDT_Float32)
    dataset.SetGeoTransform((west, cell, 0.0, north, 0.0, -cell))
    reference = osr.SpatialReference()
    reference.ImportFromEPSG(int(crs.split(":")[1]))
    dataset.SetProjection(reference.ExportToWkt())
    for key, value in (items or {}).items():
        dataset.SetMetadataItem(key, value)
    for number, band in enumerate(bands):
        if nodata is not None:
            dataset.GetRasterBand(number + 1).SetNoDataValue(nodata)
        if names:
            dataset.GetRasterBand(number + 1).SetDescription(names[number])
        dataset.GetRasterBand(number + 1).WriteArray(band)
    del dataset
    return str(path)


def centres(columns, rows):
    return np.column_stack([WEST + (np.asarray(columns) + 0.5) * CELL, NORTH - (np.asarray(rows) + 0.5) * CELL])


@pytest.fixture(scope="module")
def scene(folder, points):
    """Samples at cell centres in holes of their own or none, two rasters, a map and a fault."""
    rng = np.random.default_rng(5)
    y, x = np.mgrid[:ROWS, :COLUMNS]
    smooth = np.sin(x / 4.0) + np.cos(y / 5.0) + 3.0
    skewed = np.exp(rng.normal(0.0, 1.0, (ROWS, COLUMNS)))
    skewed[:, 25:] = -1.0
    rasters = [write_raster(folder / "smooth.tif", [smooth]),
               write_raster(folder / "skewed.tif", [skewed], nodata=-1.0)]
    columns, rows = rng.integers(0, 24, 120), rng.integers(0, ROWS, 120)
    places = np.unique(np.column_stack([columns, rows]), axis=0)
    grade = np.exp(smooth[places[:, 1], places[:, 0]] - 3.0 + rng.normal(0.0, 0.2, len(places)))
    unknown = np.arange(len(places)) % 5 == 0
    holes = [None if alone else f"H{k // 3}" for k, alone in enumerate(unknown)]
    lime = (100.0 - 20.0 * np.log(grade) + rng.normal(0.0, 2.0, len(places)))
    layer = points(centres(*places.T), grade=[None if a else g for a, g in zip(unknown, grade)], hole=holes, lime=lime,
                   rock=["granite" if k % 2 else "schist" for k in range(len(places))])
    geology = QgsVectorLayer(f"Polygon?crs={UTM}&field=unit:string", "geology", "memory")
    for name, left, right in (("granite", 0, 12), ("schist", 12, 30)):
        feature = QgsFeature(geology.fields())
        box = (WEST + left * CELL, NORTH - ROWS * CELL, WEST + right * CELL, NORTH)
        feature.setGeometry(QgsGeometry.fromWkt("POLYGON(({0} {1},{2} {1},{2} {3},{0} {3},{0} {1}))".format(*box)))
        feature.setAttributes([name])
        geology.dataProvider().addFeatures([feature])
    geology.updateExtents()
    fault = QgsVectorLayer(f"LineString?crs={UTM}", "fault", "memory")
    line = QgsFeature()
    line.setGeometry(QgsGeometry.fromWkt(f"LINESTRING({WEST} {NORTH},{WEST + 3000} {NORTH - 2000})"))
    fault.dataProvider().addFeatures([line])
    fault.updateExtents()
    variogram = folder / "known.json"
    variogram.write_text(json.dumps({"schema": 1, "field": "grade", "transform": "none", "nugget": 0.1, "structures": [
        {"model": "matern15", "sill": 1.0, "ranges": [600.0]}]}))
    return {"layer": layer, "variogram": str(variogram), "places": places,
            "unknown": unknown, "smooth": smooth, "skewed": skewed,
            "inputs": {"SAMPLES": layer, "TARGETS": ["grade"], "HOLE_ID": "hole", "RASTERS": rasters,
                       "GEOLOGY": geology, "GEOLOGY_FIELD": "unit", "LINES": [fault], **RASTER}}


def table_of(path, names):
    layer = QgsVectorLayer(str(path), "x", "ogr") if not isinstance(path, QgsVectorLayer) else path
    rows = [[f[name] for name in names] for f in layer.getFeatures()]
    return np.array([[v if isinstance(v, (int, float)) else np.nan for v in row] for row in rows], float)


def test_a_map_of_coordinates_and_neighbours_needs_no_raster(toolbox, folder, scene, read):
    inputs = {name: scene["inputs"][name] for name in ("SAMPLES", "TARGETS", "HOLE_ID", *RASTER)}
    toolbox("fusefeatures", **inputs, VARIOGRAM=scene["variogram"], STEPS=["neighbours", "coordinates"], NEIGHBOURS=2,
            OUTPUT=str(folder / "bare.tif"))
    found = read(folder / "bare.tif")
    assert found["X"][7, 3] == pytest.approx(WEST + 3.5 * CELL)
    assert found["Y"][7, 3] == pytest.approx(NORTH - 7.5 * CELL)
    known = scene["places"][~scene["unknown"]]
    nearest = np.sort(np.hypot(known[:, 0] - 3, known[:, 1] - 7))[0] * CELL
    assert found["grade_distance1"][7, 3] == pytest.approx(nearest, rel=1e-6)


def run_all(toolbox, folder, scene, name, feedback=None, **more):
    outputs = {"OUTPUT_SAMPLES": str(folder / f"{name}.gpkg"), "OUTPUT": str(folder / f"{name}.tif"),
               "RECIPE": str(folder / f"{name}.safetensors"), "REPORT": str(folder / f"{name}.html")}
    known = {"VARIOGRAM": scene["variogram"]}
    return toolbox("fusefeatures", feedback=feedback, **{**scene["inputs"], **known, **outputs, **more})


STEPS = ["boxcox", "impute", "flags", "onehot", "coordinates", "embedding", "neighbours", "scale"]


@pytest.mark.parametrize("more", [{"STEPS": STEPS}, {"COMPONENTS": 6, "VARIOGRAM": None}], ids=["plain", "components"])
def test_samples_at_cell_centres_have_what_the_raster_has(toolbox, folder, read, scene, make_feedback, more):
    feedback = make_feedback()
    name = "components" if "COMPONENTS" in more else "plain"
    outputs = run_all(toolbox, folder, scene, name, feedback, **more)
    names = outputs["FEATURES"].split(", ")
    raster = read(outputs["OUTPUT"])
    assert list(raster.bands) == names
    assert outputs["BAND_COUNT"] == len(names) == outputs["FEATURE_COUNT"]
    assert len(names) == 6 or len(names) > 30
    values = table_of(outputs["OUTPUT_SAMPLES"], names)
    columns, rows = scene["places"].T
    chosen = np.flatnonzero(scene["unknown"])
    for number, feature in enumerate(names):
        cells = raster[feature][rows[chosen], columns[chosen]]
        assert np.allclose(values[chosen, number], cells, rtol=1e-5, atol=1e-6, equal_nan=True), feature
    assert np.isfinite(values).all()
    assert feedback.bar[-1] == pytest.approx(100.0, abs=2.0)
    assert any("cell by cell" in line for line in feedback.info)


def test_the_raster_is_the_truth(toolbox, folder, read, scene):
    outputs = run_all(toolbox, folder, scene, "truth", STEPS=["onehot"])
    raster = read(outputs["OUTPUT"])
    assert list(raster.bands) == ["smooth", "skewed", "distance_fault", "unit=schist", "unit=granite"] or \
        list(raster.bands) == ["smooth", "skewed", "distance_fault", "unit=granite", "unit=schist"]
    assert np.abs(raster["smooth"] - scene["smooth"]).max() < 1e-6
    assert np.isnan(raster["skewed"][:, 25:]).all()
    away = np.abs(2.0 * (raster.x - WEST) - 3.0 * (NORTH - raster.y)) / np.sqrt(13.0)
    inside = (raster.x - WEST > 400) & (raster.x - WEST < 2600)
    assert np.abs(raster["distance_fault"] - away)[inside].max() < 0.01 or inside.sum() == 0
    assert np.array_equal(raster["unit=granite"] == 1.0, raster.x < WEST + 12 * CELL)


def test_a_recipe_applied_again_gives_the_same(toolbox, folder, read, scene):
    first = run_all(toolbox, folder, scene, "first")
    again = run_all(toolbox, folder, scene, "again", USE_RECIPE=first["RECIPE"])
    names = first["FEATURES"].split(", ")
    assert again["FEATURES"] == first["FEATURES"]
    one, two = (table_of(outputs["OUTPUT_SAMPLES"], names) for outputs in (first, again))
    assert np.abs(one - two).max() <= 1e-12
    one, two = read(first["OUTPUT"]), read(again["OUTPUT"])
    assert all(np.array_equal(one[name], two[name], equal_nan=True) for name in names)
    from lodescope.algorithms.modelfile import read_card

    card = read_card(first["RECIPE"], "recipe")
    assert [entry["name"] for entry in card["features"]] == names
    assert card["crs"] == UTM


def test_xrf_first_keeps_fields_of_the_samples_off_the_map(toolbox, folder, read, scene):
    outputs = run_all(toolbox, folder, scene, "xrf", USE="xrf_first", SAMPLE_FIELDS=["lime", "rock"])
    names = outputs["FEATURES"].split(", ")
    assert {"lime_feature", "rock=granite", "rock=schist"} < set(names)
    assert not {"lime_feature", "rock=granite"} & set(read(outputs["OUTPUT"]).bands)
    assert outputs["BAND_COUNT"] == outputs["FEATURE_COUNT"] - 3


def test_kriged_fields_exist_everywhere(toolbox, folder, read, scene):
    outputs = run_all(toolbox, folder, scene, "kriged", KRIGE_FIELDS=["lime"])
    bands = read(outputs["OUTPUT"]).bands
    assert {"lime_estimate", "lime_variance", "lime_dx", "lime_dy", "lime_magnitude"} < set(bands)


def test_a_hole_does_not_see_itself(toolbox, folder, points, scene):
    """With a given variogram and no fitted scale, a hole's features stay when its own grades change."""
    changed = QgsVectorLayer(f"Point?crs={UTM}", "changed", "memory")
    changed.dataProvider().addAttributes(scene["layer"].fields().toList())
    changed.updateFields()
    for feature in scene["layer"].getFeatures():
        if feature["hole"] == "H2":
            feature["grade"] = 50.0 + 0.0 * feature["grade"]
        changed.dataProvider().addFeatures([feature])
    found = []
    for name, layer in (("before", scene["layer"]), ("after", changed)):
        outputs = toolbox("fusefeatures", SAMPLES=layer, TARGETS=["grade"], HOLE_ID="hole", STEPS=["neighbours"],
                          VARIOGRAM=scene["variogram"], OUTPUT_SAMPLES=str(folder / f"{name}_leak.gpkg"))
        found.append(table_of(outputs["OUTPUT_SAMPLES"], outputs["FEATURES"].split(", ")))
    own = np.array([feature["hole"] == "H2" for feature in scene["layer"].getFeatures()])
    assert own.sum() >= 2
    assert np.array_equal(found[0][own], found[1][own])
    assert np.abs(found[0][~own] - found[1][~own]).max() > 1.0


def test_levels_become_bands(toolbox, folder, points, read):
    rng = np.random.default_rng(2)
    places = np.column_stack([centres(rng.integers(0, 30, 60), rng.integers(0, 20, 60)), rng.uniform(0, 100, 60)])
    raster = write_raster(folder / "levels.tif", np.stack([np.full((ROWS, COLUMNS), v) for v in (0.0, 10.0)]),
                          names=["density@z=0", "density@z=100"])
    outputs = toolbox("fusefeatures", SAMPLES=points(places, grade=rng.uniform(1, 2, 60)), TARGETS=["grade"],
                      RASTERS=[raster], LEVELS="0, 25, 100", STEPS=["coordinates"], **RASTER,
                      OUTPUT=str(folder / "space.tif"), OUTPUT_SAMPLES=str(folder / "space.gpkg"))
    bands = read(outputs["OUTPUT"]).bands
    assert list(bands) == [f"{name}@z={z}" for name in ("X", "Y", "Z", "density") for z in (0, 25, 100)]
    assert [bands[f"density@z={z}"][3, 3] for z in (0, 25, 100)] == [0.0, 2.5, 10.0]
    assert (bands["Z@z=25"] == 25.0).all()
    values = table_of(outputs["OUTPUT_SAMPLES"], ["density"])[:, 0]
    assert np.abs(values - places[:, 2] / 10.0).max() < 1e-5


@pytest.mark.skipif(not (DATA / "li_prospectivity_china").exists(), reason="reference data are not there")
def test_two_grids_and_two_crs_of_real_rasters(toolbox, folder, points, read, make_feedback):
    """Elements at 4.2 km and faults at 1 km, the latter also in degrees: one grid, and the same faults twice."""
    source, feedback = DATA / "li_prospectivity_china", make_feedback()
    degrees = str(folder / "faults_in_degrees.tif")
    gdal.Warp(degrees, str(source / "Faults.tif"), dstSRS="EPSG:4326", resampleAlg="bilinear", dstNodata=-9999.0)
    places = np.random.default_rng(3).uniform([50_000.0, 2_850_000.0], [400_000.0, 3_150_000.0], (80, 2))
    outputs = toolbox(
        "fusefeatures", feedback=feedback, SAMPLES=points(places, grade=places[:, 0] / 1e5), CELL_SIZE=2000.0,
        RASTERS=[str(source / "Idw_La.tif"), str(source / "Faults.tif"), degrees], STEPS=[],
        OUTPUT=str(folder / "china.tif"), OUTPUT_SAMPLES=str(folder / "china.gpkg"))
    names = outputs["FEATURES"].split(", ")
    assert names == ["Idw_La", "Faults", "faults_in_degrees"]
    told = " ".join(feedback.info)
    assert "'Idw_La' (1 bands, EPSG:32650): bilinear" in told
    assert "'faults_in_degrees' (1 bands, EPSG:4326): mean of the cells within" in told
    raster, values = read(outputs["OUTPUT"]), table_of(outputs["OUTPUT_SAMPLES"], names)
    one, two = raster["Faults"].ravel(), raster["faults_in_degrees"].ravel()
    both = np.isfinite(one) & np.isfinite(two)
    assert both.mean() > 0.5
    assert np.corrcoef(one[both], two[both])[0, 1] > 0.97
    column = ((places[:, 0] - raster.transform[0]) // 2000.0).astype(int)
    row = ((raster.transform[3] - places[:, 1]) // 2000.0).astype(int)
    assert np.allclose(values[:, 0], raster["Idw_La"][row, column], rtol=1e-6, equal_nan=True)


def refused(toolbox, scene, **more):
    with pytest.raises(QgsProcessingException) as caught:
        toolbox("fusefeatures", **{**scene["inputs"], "OUTPUT_SAMPLES": "memory:", **more})
    return str(caught.value)


def test_bad_input_gives_one_sentence(toolbox, folder, points, scene):
    away = write_raster(folder / "away.tif", np.ones((1, 5, 5)), west=WEST + 1e6)
    assert "does not overlap" in refused(toolbox, scene, RASTERS=[away])
    empty = write_raster(folder / "empty.tif", np.full((1, ROWS, COLUMNS), -1.0), nodata=-1.0)
    assert "nodata" in refused(toolbox, scene, RASTERS=[empty])
    message = refused(toolbox, scene, SAMPLE_FIELDS=["lime", "rock"])
    assert "lime, rock" in message
    assert "krige" in message
    assert "target" in refused(toolbox, scene, SAMPLE_FIELDS=["grade"], USE="xrf_first")
    nothing = points(centres(range(10), range(10)), grade=[None] * 10, zinc=np.arange(10.0))
    assert "no value" in refused(toolbox, scene, SAMPLES=nothing, HOLE_ID=None)
    many = np.arange(10_000)
    crowd = points(centres(many % 30 + many / 10_000.0, many % 20), grade=many + 1.0,
                   label=[f"c{k}" for k in many.tolist()])
    assert "10,000 different" in refused(toolbox, scene, SAMPLES=crowd, HOLE_ID=None, SAMPLE_FIELDS=["label"],
                                         USE="xrf_first")
    kriged = write_raster(folder / "kriged_before.tif", [scene["smooth"]], names=["grade:estimate"],
                          items={"LODESCOPE_ALGORITHM": "lodescope:kriging"})
    assert "knows the grades" in refused(toolbox, scene, RASTERS=[kriged])


def test_odd_bands_are_handled_and_told(toolbox, folder, scene, make_feedback):
    feedback = make_feedback()
    bands = [scene["smooth"], 2 * scene["smooth"] ** 2, *(np.full((ROWS, COLUMNS), v) for v in (7.0, -1.0))]
    stack = write_raster(folder / "stack.tif", bands, nodata=-1.0, names=["K", "K", "same", "gone"])
    outputs = toolbox("fusefeatures", feedback=feedback, **{
        **scene["inputs"], "RASTERS": [stack], "STEPS": [], "OUTPUT_SAMPLES": str(folder / "odd.gpkg")})
    assert outputs["FEATURES"].split(", ")[:2] == ["stack_K", "stack_K_2"]
    told = " ".join(feedback.warnings)
    assert "same name" in told
    assert "'same' has the same value (7)" in told
    assert "gone" in told


def test_a_raster_with_a_colour_table_holds_classes(toolbox, folder, read, scene, make_feedback):
    """Their names come from the raster; the unit of another one goes onto the card of the recipe."""
    from lodescope.algorithms.modelfile import read_card

    feedback, path = make_feedback(), str(folder / "cover.tif")
    codes = np.repeat(np.arange(COLUMNS)[None] // 15 + 1, ROWS, axis=0).astype(np.uint8)
    dataset = gdal.GetDriverByName("GTiff").Create(path, COLUMNS, ROWS, 1, gdal.GDT_Byte)
    dataset.SetGeoTransform((WEST, CELL, 0.0, NORTH, 0.0, -CELL))
    table = gdal.ColorTable()
    table.SetColorEntry(1, (255, 0, 0, 255))
    dataset.GetRasterBand(1).SetColorTable(table)
    dataset.GetRasterBand(1).SetCategoryNames(["", "laterite", ""])
    dataset.GetRasterBand(1).WriteArray(codes)
    del dataset
    magnetics = write_raster(folder / "nt.tif", [scene["smooth"]])
    dataset = gdal.Open(magnetics, gdal.GA_Update)
    dataset.GetRasterBand(1).SetUnitType("nT")
    del dataset
    outputs = toolbox("fusefeatures", feedback=feedback, **{
        **scene["inputs"], "RASTERS": [path, magnetics], "GEOLOGY": None, "GEOLOGY_FIELD": None, "LINES": None,
        "STEPS": ["onehot"], "OUTPUT": str(folder / "cover_out.tif"), "RECIPE": str(folder / "cover.safetensors")})
    raster = read(outputs["OUTPUT"])
    assert sorted(raster.bands) == ["cover=2", "cover=laterite", "nt"]
    assert np.array_equal(raster["cover=laterite"] == 1.0, codes == 1)
    assert any("colour table" in line for line in feedback.info)
    features = read_card(outputs["RECIPE"], "recipe")["features"]
    assert {entry["name"]: entry["unit"] for entry in features}["nt"] == "nT"


def test_each_raster_is_read_once_and_the_result_is_that_of_reading_twice(
        toolbox, folder, points, read, scene, monkeypatch):
    """Also with a sample beyond the map and with classes; cells are counted while they are read."""
    from lodescope.processing_provider.data.alignment import AlignedBand
    from lodescope.processing_provider.fusion import run as module

    count, reader = [], AlignedBand.read
    monkeypatch.setattr(AlignedBand, "read", lambda band, *window: count.append(window[2] * window[3])
                        or reader(band, *window))
    fine = write_raster(folder / "fine.tif", [np.random.default_rng(1).normal(size=(200, 300))], cell=10.0)
    classes = write_raster(folder / "ages.tif", [np.repeat(np.arange(COLUMNS)[None] % 3, ROWS, axis=0)])
    places = np.vstack([centres(*scene["places"].T), [[WEST - 3 * CELL, NORTH - CELL]]])
    large = write_raster(folder / "large.tif", [np.arange(40.0 * 20).reshape(20, 40)], west=WEST - 10 * CELL)
    found = []
    for room in (True, False):
        monkeypatch.setattr(module, "has_room", lambda *_, room=room: room)
        count.clear()
        outputs = toolbox(
            "fusefeatures", SAMPLES=points(places, grade=places[:, 0]), RASTERS=[large, fine], CLASS_RASTERS=[classes],
            GEOLOGY=scene["inputs"]["GEOLOGY"], GEOLOGY_FIELD="unit", STEPS=["onehot"], **RASTER,
            OUTPUT=str(folder / f"room{room}.tif"), OUTPUT_SAMPLES=str(folder / f"room{room}.gpkg"))
        names = outputs["FEATURES"].split(", ")
        raster = read(outputs["OUTPUT"])
        found.append((sum(count), names, table_of(outputs["OUTPUT_SAMPLES"], names), raster.bands))
    once, twice = found
    cells = COLUMNS * ROWS
    assert once[0] <= 2 * cells + 2 * cells + 3 < twice[0]
    assert once[1] == twice[1]
    assert np.array_equal(once[2], twice[2], equal_nan=True)
    assert once[2][-1, names.index("large")] == 40.0 + 7.0
    assert all(np.array_equal(once[3][name], twice[3][name], equal_nan=True) for name in names)


def left_behind(folder, before):
    """Files that a run left, job folders and what QGIS writes beside rasters that it opens apart."""
    beside = {f"{path.name}.aux.xml" for path in before}
    return {path.name for path in set(folder.iterdir()) - before if path.name not in {"jobs", *beside}}


def test_a_cancel_is_obeyed_and_leaves_nothing(toolbox, folder, scene, make_feedback):
    feedback, before = make_feedback(cancel_at=50), set(folder.iterdir())
    outputs = run_all(toolbox, folder, scene, "cancelled", feedback, CELL_SIZE=2.0)
    assert time.monotonic() - feedback.cancelled_time < 2.0
    assert "OUTPUT" not in outputs
    assert left_behind(folder, before) == set()


def test_a_raster_that_breaks_while_it_is_read_ends_the_run(toolbox, folder, scene, monkeypatch):
    from lodescope.processing_provider.fusion.run import FusionRun

    def broken(*_):
        raise QgsProcessingException("The raster 'x' could not be read (broken tile).")

    before = set(folder.iterdir())
    monkeypatch.setattr(FusionRun, "_read_window", broken)
    with pytest.raises(QgsProcessingException, match="broken tile"):
        run_all(toolbox, folder, scene, "broken")
    assert left_behind(folder, before) == set()


def test_kriged_rasters_give_way_to_what_the_samples_have(toolbox, folder, points, scene, make_feedback):
    """Gradients of the samples, made without their own holes, stand for the bands of the raster at the samples."""
    feedback = make_feedback()
    raster = write_raster(folder / "gradients.tif", [scene["smooth"], scene["smooth"]],
                          names=["grade:dx", "grade:variance"], items={"LODESCOPE_ALGORITHM": "lodescope:fluxgradient"})
    places = centres(*scene["places"].T)
    own = np.linspace(0.0, 1.0, len(places))
    outputs = toolbox("fusefeatures", feedback=feedback, SAMPLES=points(places, grade=own + 1.0, grade_dx=own),
                      TARGETS=["grade"], RASTERS=[raster], STEPS=[], OUTPUT_SAMPLES=str(folder / "stand.gpkg"),
                      OUTPUT=str(folder / "stand.tif"), **RASTER)
    assert outputs["FEATURES"] == "grade_dx_feature"
    assert np.allclose(table_of(outputs["OUTPUT_SAMPLES"], ["grade_dx_feature"])[:, 0], own)
    assert any("grade_variance" in line for line in feedback.warnings)
    free = toolbox("fusefeatures", SAMPLES=scene["layer"], RASTERS=[raster], STEPS=[], INDEPENDENT=True,
                   OUTPUT_SAMPLES="memory:")
    assert free["FEATURES"] == "grade_dx, grade_variance"


def test_qgis_process(program, folder, scene):
    gpkg = folder / "first.gpkg"
    if not gpkg.exists():
        pytest.skip("made by an earlier test")
    code, text = program("fusefeatures", SAMPLES=gpkg, TARGETS="grade", HOLE_ID="hole", RASTERS=folder / "smooth.tif",
                         EXTENT=EXTENT, CELL_SIZE=CELL, OUTPUT=folder / "program.tif", RECIPE=folder / "p.safetensors")
    assert code == 0, text
    assert (folder / "program.tif").exists()
    assert (folder / "p.safetensors").exists()
    code, text = program("fusefeatures", SAMPLES=gpkg, TARGETS="grade", SAMPLE_FIELDS="lime", OUTPUT=folder / "no.tif")
    assert code != 0
    assert "samples only" in text
    assert "Traceback" not in text
    assert not (folder / "no.tif").exists()
