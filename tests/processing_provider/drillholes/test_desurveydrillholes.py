"""Drill-hole tables through Processing: places, composites and findings read back from the written layers."""
import csv
import shutil
import time
from pathlib import Path

import numpy as np
import numpy.testing as npt
import pytest
from osgeo import gdal, osr
from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsCoordinateTransform,
    QgsMapRendererSequentialJob,
    QgsMapSettings,
    QgsPointXY,
    QgsProcessingException,
    QgsProject,
    QgsVectorLayer,
)
from qgis.PyQt.QtCore import QSize

ROOT = Path(__file__).resolve().parents[3]
BABBITT = ROOT.parent / "shared" / "data" / "babbitt_cu_ni"
FIELDS = {
    "COLLAR_HOLE_ID": "hole_id", "SURVEY_HOLE_ID": "hole_id", "SURVEY_DEPTH": "depth", "SURVEY_AZIMUTH": "azimuth",
    "SURVEY_DIP": "dip", "INTERVAL_HOLE_ID": "hole_id", "FROM": "from_m", "TO": "to_m",
}
DOWN = {"hole_id": ["A", "B"], "depth": [0.0, 0.0], "azimuth": [0.0, 90.0], "dip": [-90.0, -30.0]}


@pytest.fixture
def desurvey(toolbox, folder, points, table, feedback, request):
    """Run with tables as columns: ``desurvey(**changes)`` gives outputs, samples as a dict of lists, and feedback."""

    def run(collars=None, surveys=None, intervals=None, **more):
        if collars is None:
            collars = points([[500_000.0, 6_700_000.0, 300.0], [500_100.0, 6_700_000.0, 310.0]], hole_id=["A", "B"])
        surveys = table("surveys", **(DOWN if surveys is None else surveys))
        if not isinstance(intervals, QgsVectorLayer):
            intervals = table("assays", **(intervals or {
                "hole_id": ["A", "A", "B"], "from_m": [0.0, 2.0, 10.0], "to_m": [2.0, 6.0, 30.0],
                "La": [1.0, 4.0, None]}))
        path = str(folder / f"{request.node.name[:40]}.gpkg")
        results = toolbox("desurveydrillholes", feedback=feedback, **{
            **FIELDS, "COLLARS": collars, "SURVEYS": surveys, "INTERVALS": intervals, "OUTPUT": path, **more})
        return results, columns(path), feedback

    return run


def columns(path):
    """Attributes and places of a layer as lists, None for NULL."""
    layer = QgsVectorLayer(str(path))
    assert layer.isValid()
    features = list(layer.getFeatures())
    found = {name: [None if feature[name] is None or str(feature[name]) == "NULL" else feature[name]
                    for feature in features] for name in layer.fields().names()}
    if layer.isSpatial():
        found["place"] = [[point.x(), point.y(), point.z()] for feature in features
                          for point in [next(feature.geometry().vertices())]]
        found["crs"] = layer.crs().authid()
    return found


def test_intervals_keep_their_attributes_and_gain_places(desurvey):
    results, samples, _ = desurvey()
    expected = [[500_000, 6_700_000, 299], [500_000, 6_700_000, 296], [500_100 + 20 * 0.75**0.5, 6_700_000, 300]]
    npt.assert_allclose(samples["place"], expected, atol=1e-6)
    npt.assert_allclose(np.column_stack([samples[name] for name in "xyz"]), expected, atol=1e-6)
    assert samples["La"] == [1.0, 4.0, None]
    assert samples["hole_id"] == samples["hole"] == ["A", "A", "B"]
    assert samples["depth_mid"] == [1.0, 4.0, 20.0]
    assert samples["length"] == [2.0, 4.0, 20.0]
    npt.assert_allclose(samples["dip"], [-90, -90, -30])
    npt.assert_allclose(samples["azimuth"], [0, 0, 90])
    assert samples["crs"] == "EPSG:32650"
    assert (results["HOLES"], results["SAMPLES"], results["DROPPED"]) == (2, 3, 0)


def test_sample_deposit_comes_back(toolbox, folder, feedback):
    """Collars, surveys and assays of the sample give the places of its clean samples, which are rounded to 1 cm."""
    copy = folder / "deposit.gpkg"
    shutil.copy(ROOT / "resources" / "sample" / "sample.gpkg", copy)
    results = toolbox(
        "desurveydrillholes", feedback=feedback, COLLARS=f"{copy}|layername=collars",
        SURVEYS=f"{copy}|layername=surveys", INTERVALS=f"{copy}|layername=assays", COLLAR_DEPTH="length_m",
        OUTPUT=str(folder / "placed.gpkg"), TRACES=str(folder / "traces.gpkg"), REPORT=str(folder / "report.html"),
        **{**FIELDS, "SURVEY_DEPTH": "depth_m"})
    placed, truth = columns(folder / "placed.gpkg"), columns(f"{copy}|layername=samples")
    assert placed["hole_id"] == truth["hole_id"]
    assert placed["from_m"] == truth["from_m"]
    npt.assert_allclose(placed["place"], truth["place"], atol=0.0051)
    assert (results["HOLES"], results["SAMPLES"], results["ISSUES_FOUND"]) == (36, 1728, 0)
    traces = columns(folder / "traces.gpkg")
    collars = columns(f"{copy}|layername=collars")
    npt.assert_allclose(traces["place"], collars["place"], atol=1e-6)
    assert traces["length"] == collars["length_m"]
    assert set(traces["survey"]) == {"survey"}
    assert "Nothing was found" in (folder / "report.html").read_text(encoding="utf-8")
    assert feedback.warnings == []


def test_feet_become_metres_of_the_map(desurvey):
    _, samples, feedback = desurvey(DEPTH_UNIT="feet")
    npt.assert_allclose([place[2] for place in samples["place"]], [300 - 0.3048, 300 - 4 * 0.3048, 310 - 10 * 0.3048],
                        atol=1e-6)
    assert samples["depth_mid"] == [1.0, 4.0, 20.0]  # as in the table
    assert any("Depths are in feet; x, y and z of the result are in metres" in text for text in feedback.info)


def test_elevations_in_feet_on_a_map_in_metres(desurvey):
    _, samples, _ = desurvey(ELEVATION_UNIT="feet")
    npt.assert_allclose(samples["z"][0], 300 * 0.3048 - 1.0, atol=1e-6)


@pytest.mark.parametrize(("unit", "depth"), [("feet", 1.0), ("metres", 1.0 / 0.3048006096)])
def test_maps_in_survey_feet(desurvey, points, unit, depth):
    collars = points([[2_296_000.0, 414_000.0, 1590.0]], crs="EPSG:26791", hole_id=["A"])
    _, samples, _ = desurvey(collars, DEPTH_UNIT=unit)
    npt.assert_allclose(samples["z"], [1590.0 - depth, 1590.0 - 4.0 * depth], atol=1e-5)


def test_coordinates_without_crs_take_the_unit_that_is_given(desurvey, points):
    collars = points([[0.0, 0.0, 1000.0]], crs="", hole_id=["A"])
    _, samples, feedback = desurvey(collars, COORDINATE_UNIT="feet")
    npt.assert_allclose(samples["z"], [1000 - 1 / 0.3048, 1000 - 4 / 0.3048], atol=1e-6)
    assert any("no CRS" in text and "feet" in text for text in feedback.warnings)


def test_collars_in_degrees_are_reprojected_but_not_their_z(desurvey, points):
    to_degrees = QgsCoordinateTransform(QgsCoordinateReferenceSystem("EPSG:32650"),
                                        QgsCoordinateReferenceSystem("EPSG:4326"), QgsProject.instance())
    place = to_degrees.transform(QgsPointXY(500_000.0, 6_700_000.0))
    collars = points([[place.x(), place.y(), 300.0]], crs="EPSG:4326", hole_id=["A"])
    with pytest.raises(QgsProcessingException, match=r"Collars: coordinates are in degrees.*projected CRS"):
        desurvey(collars)
    _, samples, _ = desurvey(collars, CRS=QgsCoordinateReferenceSystem("EPSG:32650"))
    npt.assert_allclose(samples["place"][0], [500_000.0, 6_700_000.0, 299.0], atol=1e-3)
    assert samples["crs"] == "EPSG:32650"


def plane(path, epsg, west, north, cell, values, unit=""):
    """An elevation raster."""
    dataset = gdal.GetDriverByName("GTiff").Create(str(path), values.shape[1], values.shape[0], 1, gdal.GDT_Float32)
    dataset.SetGeoTransform((west, cell, 0, north, 0, -cell))
    system = osr.SpatialReference()
    system.ImportFromEPSG(epsg)
    dataset.SetProjection(system.ExportToWkt())
    band = dataset.GetRasterBand(1)
    band.SetNoDataValue(-9999.0)
    band.SetUnitType(unit)
    band.WriteArray(np.where(np.isfinite(values), values, -9999.0))
    del band, dataset
    return str(path)


def test_elevation_from_a_raster_is_bilinear(desurvey, points, folder):
    """A plane is given back exactly between cell centres, and at the rim by the nearest cell."""
    east, north = 499_955.0 + 10.0 * np.arange(30), 6_700_095.0 - 10.0 * np.arange(20)
    values = 100.0 + 0.1 * (east[None, :] - 500_000.0) + 0.2 * (north[:, None] - 6_700_000.0)
    dem = plane(folder / "plane.tif", 32650, 499_950.0, 6_700_100.0, 10.0, values)
    collars = points([[500_003.0, 6_700_004.0], [500_100.0, 6_700_000.0]], hole_id=["A", "B"])
    _, samples, feedback = desurvey(collars, DEM=dem)
    npt.assert_allclose(samples["z"], [101.1 - 1, 101.1 - 4, 110.0 - 10.0], atol=1e-4)
    assert any("raster plane" in text for text in feedback.info)


def test_elevation_raster_in_another_crs_and_in_feet(desurvey, points, folder):
    dem = plane(folder / "degrees.tif", 4326, 116.9, 60.55, 0.005, np.full((60, 60), 1000.0), "ft")
    collars = points([[500_003.0, 6_700_004.0]], hole_id=["A"])
    _, samples, _ = desurvey(collars, DEM=dem)
    npt.assert_allclose(samples["z"][0], 304.8 - 1.0, atol=1e-4)


def test_collars_beside_the_raster_take_the_next_source_and_are_reported(desurvey, folder):
    values = np.full((10, 10), 77.0)
    values[:, :4] = np.nan
    dem = plane(folder / "holes.tif", 32650, 500_000.0, 6_700_050.0, 10.0, values)
    _, samples, _ = desurvey(DEM=dem, ISSUES=str(folder / "elevations.gpkg"))
    npt.assert_allclose(samples["z"], [299.0, 296.0, 67.0], atol=1e-4)
    issues = columns(folder / "elevations.gpkg")
    assert (issues["hole"], issues["detail"]) == (["A"], ["Z of the points"])


def test_collars_beside_the_raster_without_another_elevation(program, folder):
    dem = plane(folder / "far.tif", 32650, 600_000.0, 6_700_050.0, 10.0, np.full((5, 5), 77.0))
    (folder / "flat.csv").write_text("hole_id,east,north\nA,500005,6700000\n")
    (folder / "flat_assays.csv").write_text("hole_id,from_m,to_m\nA,0,1\n")
    uri = f"delimitedtext://file://{folder / 'flat.csv'}?xField=east&yField=north&crs=EPSG:32650"
    code, output = program("desurveydrillholes", COLLARS=uri, COLLAR_HOLE_ID="hole_id", DEM=dem, FROM="from_m",
                           INTERVALS=folder / "flat_assays.csv", INTERVAL_HOLE_ID="hole_id", TO="to_m",
                           OUTPUT=folder / "flat.gpkg")
    assert code != 0
    assert "elevation raster that covers them" in output
    assert not (folder / "flat.gpkg").exists()


def test_elevation_field_as_text_with_decimal_commas(desurvey, points):
    collars = points([[0.0, 0.0], [100.0, 0.0]], hole_id=["A", "B"], level=["12,5", "1,5"])
    _, samples, _ = desurvey(collars, ELEVATION="level", intervals={
        "hole_id": [" a", "A"], "from_m": ["0,5", "2"], "to_m": ["1,5", "4,0"]})
    npt.assert_allclose(samples["z"], [11.5, 9.5])
    assert samples["hole"] == ["A", "A"]


COMPOSITES = {
    "hole_id": ["A"] * 5, "from_m": [0.0, 1.0, 4.0, 6.0, 10.0], "to_m": [1.0, 4.0, 6.0, 10.0, 12.0],
    "La": [10.0, 2.0, None, 4.0, 6.0], "Ce": ["1", "3,5", "", "2", "2"], "Tm": ["<0.1", "0.2", "<0.1", "0.3", ""],
    "rock": ["bif", "bif", "bif", "shale", "shale"], "sg": [4.0, 2.0, 3.0, 3.0, 3.0],
}


def test_composites_honour_breaks_and_density(desurvey):
    _, samples, feedback = desurvey(intervals=COMPOSITES, COMPOSITE_LENGTH=4.0, COMPOSITE_BREAK="rock",
                                    DENSITY_FIELD="sg", RESIDUALS="keep")
    assert samples["depth_from"] == [0.0, 6.0, 10.0] or samples["depth_from"] == [0.0, 4.0, 6.0, 10.0]
    rows = dict(zip(samples["depth_from"], zip(samples["La"], samples["La_coverage"], samples["rock"], samples["z"])))
    npt.assert_allclose(rows[0.0][:2], [(10 * 4 + 2 * 6) / 10, 1.0])
    npt.assert_allclose(rows[6.0][:2], [4.0, 1.0])
    assert (rows[0.0][2], rows[6.0][2]) == ("bif", "shale")
    npt.assert_allclose([rows[0.0][3], rows[10.0][3]], [298.0, 289.0])
    npt.assert_allclose(samples["Ce"][0], (4 + 3.5 * 6) / 10)
    assert "Tm" not in samples
    told = [text for text in feedback.warnings if "Tm" in text]
    assert len(told) == 1
    assert "'<0.1'" in told[0]
    assert "Prepare assays" in told[0]


def test_composites_break_at_a_log_of_its_own(desurvey, table):
    log = table("litho", hole_id=["a", "A"], top=[0.0, 3.0], base=[3.0, 9.0], unit=["clay", "rock"])
    _, samples, _ = desurvey(
        intervals={"hole_id": ["A", "A"], "from_m": [0.0, 2.0], "to_m": [2.0, 6.0], "La": [1.0, 4.0]},
        COMPOSITE_LENGTH=3.0, LOG=log, LOG_HOLE_ID="hole_id", LOG_FROM="top", LOG_TO="base", LOG_FIELD="unit")
    assert samples["unit"] == ["clay", "rock"]
    npt.assert_allclose(samples["La"], [2.0, 4.0])
    assert samples["depth_to"] == [3.0, 6.0]


def test_chosen_fields_only(desurvey):
    _, samples, feedback = desurvey(intervals=COMPOSITES, COMPOSITE_LENGTH=12.0, COMPOSITE_FIELDS=["La"])
    assert "Ce" not in samples
    npt.assert_allclose(samples["La"], [(10 + 6 + 16 + 12) / 10])
    npt.assert_allclose(samples["La_coverage"], [10 / 12])
    assert feedback.warnings == []


def test_fields_that_are_called_like_those_of_the_result_keep_both(desurvey):
    """And fields are found whatever their case."""
    _, samples, feedback = desurvey(intervals={
        "hole_id": ["A", "A"], "from_m": [0.0, 2.0], "to_m": [2.0, 4.0], "x": [5.0, 7.0], "Rock": ["a", "a"]},
        COMPOSITE_LENGTH=4.0, COMPOSITE_BREAK="ROCK", FROM="From_M")
    npt.assert_allclose([samples["x"], samples["x_2"]], [[500_000.0], [6.0]])
    assert samples["Rock"] == ["a"]
    assert "From_M" not in samples
    assert any("x is x_2" in text for text in feedback.warnings)


def test_whole_numbers_as_hole_names(desurvey, points, table):
    collars = points([[0.0, 0.0, 10.0]], hole_id=[7.0])
    results, samples, _ = desurvey(collars, surveys={**DOWN, "hole_id": ["7", "8"]}, intervals={
        "hole_id": ["7.0", "7"], "from_m": [0.0, 2.0], "to_m": [2.0, 3.0]})
    assert samples["hole"] == ["7", "7"]
    assert results["ORPHANS"] == 1


def test_findings_are_a_table(desurvey, folder):
    results, _, _ = desurvey(
        intervals={"hole_id": ["A", "A", "Q", "A"], "from_m": [0.0, 1.0, 0.0, 9.0], "to_m": [2.0, 4.0, 5.0, 8.0]},
        ISSUES=str(folder / "findings.gpkg"), REPORT=str(folder / "findings.html"))
    issues = columns(folder / "findings.gpkg")
    rows = list(zip(issues["finding"], issues["hole"], issues["depth_from"], issues["depth_to"], issues["done"]))
    assert ("Overlap with an interval before it", "A", 1.0, 2.0, "kept") in rows
    assert ("FROM not above TO", "A", 9.0, 8.0, "left out") in rows
    assert ("Intervals of a hole without collar", "Q", None, None, "left out") in rows
    assert results["ISSUES_FOUND"] == len(rows) == 4  # and B, which has no intervals
    report = (folder / "findings.html").read_text(encoding="utf-8")
    assert "Overlap with an interval before it" in report
    assert "<script" not in report


def test_without_surveys_all_holes_are_vertical(desurvey, folder):
    results, samples, feedback = desurvey(SURVEYS=None, TRACES=str(folder / "vertical.gpkg"))
    npt.assert_allclose(samples["place"][2], [500_100.0, 6_700_000.0, 290.0])
    assert results["VERTICAL"] == 2
    assert any("taken as vertical" in text for text in feedback.warnings)
    assert columns(folder / "vertical.gpkg")["survey"] == ["vertical", "vertical"]


@pytest.mark.parametrize(("changes", "sentence"), [
    ({"FROM": "start"}, "Intervals: there is no field 'start'.*hole_id, from_m"),
    ({"SURVEY_DIP": None}, "Surveys: choose the field 'Dip"),
    ({"ELEVATION": "none"}, "Collars: there is no field 'none'"),
    ({"intervals": {"hole_id": ["A"], "from_m": ["top"], "to_m": ["5"]}}, "Intervals: the field 'from_m'.*'top'"),
    ({"intervals": {"hole_id": ["X9", "X8"], "from_m": [0.0, 1.0], "to_m": [1.0, 2.0]}}, "'X9', 'X8'.*'A', 'B'"),
    ({"intervals": {"hole_id": ["A"], "from_m": [5.0], "to_m": [1.0]}}, "Intervals: none of the 1 rows"),
    ({"intervals": {"hole_id": [], "from_m": [], "to_m": []}}, "Intervals: .*no features"),
    ({"surveys": {**DOWN, "dip": ["steep", "-60"]}}, "Surveys: the field 'dip'.*'steep'"),
    ({"DENSITY_FIELD": "La"}, "composite length"),
])
def test_bad_input_is_one_sentence(desurvey, folder, changes, sentence, request):
    with pytest.raises(QgsProcessingException, match=sentence) as error:
        desurvey(**changes)
    assert "Traceback" not in str(error.value)
    assert not (folder / f"{request.node.name[:40]}.gpkg").exists()


def test_a_cancelled_run_leaves_nothing(toolbox, folder, points, table, make_feedback):
    count = 30_000
    collars = points([[0.0, 0.0, 10.0]], hole_id=["A"])
    assays = table("assays", hole_id=["A"] * count, from_m=np.arange(count) * 0.1, to_m=np.arange(count) * 0.1 + 0.1)
    feedback = make_feedback(cancel_at=50.0)
    results = toolbox("desurveydrillholes", feedback=feedback, COLLARS=collars, INTERVALS=assays,
                      OUTPUT=str(folder / "cancelled.gpkg"), **{key: value for key, value in FIELDS.items()
                                                               if "SURVEY" not in key})
    assert results == {}
    assert time.monotonic() - feedback.cancelled_time < 2.0
    assert not (folder / "cancelled.gpkg").exists()


def test_points_without_any_elevation(desurvey, points):
    with pytest.raises(QgsProcessingException, match="have no Z"):
        desurvey(points([[0.0, 0.0]], hole_id=["A"]))


def test_program(program, folder):
    """Headless: numbers and layers of a good run; a sentence and an exit code of a bad one."""
    copy = folder / "headless.gpkg"
    shutil.copy(ROOT / "resources" / "sample" / "sample.gpkg", copy)
    inputs = {**FIELDS, "SURVEY_DEPTH": "depth_m", "COLLARS": f"{copy}|layername=collars",
              "SURVEYS": f"{copy}|layername=surveys", "INTERVALS": f"{copy}|layername=assays",
              "OUTPUT": folder / "headless_samples.gpkg"}
    code, output = program("desurveydrillholes", **inputs, COMPOSITE_LENGTH=8)
    assert code == 0, output
    assert "SAMPLES:\t864" in output
    placed = columns(folder / "headless_samples.gpkg")
    npt.assert_allclose(placed["length"], 8.0)
    code, output = program("desurveydrillholes", **{**inputs, "TO": "until", "OUTPUT": folder / "no.gpkg"})
    assert code != 0
    assert "there is no field 'until'" in output
    assert "Traceback" not in output
    assert not (folder / "no.gpkg").exists()


def test_babbitt(toolbox, folder, feedback):
    """Feet, dips positive downwards, all columns text: every assay is placed below its collar."""
    if not BABBITT.exists():
        pytest.skip("the data set is not here")
    collars = QgsVectorLayer(
        f"file://{BABBITT / 'collar_BABBITT.csv'}?delimiter=,&xField=XCOLLAR&yField=YCOLLAR&crs=EPSG:26791", "collars",
        "delimitedtext")
    results = toolbox(
        "desurveydrillholes", feedback=feedback, COLLARS=collars, COLLAR_HOLE_ID="BHID", ELEVATION="ZCOLLAR",
        SURVEYS=str(BABBITT / "survey_BABBITT.csv"), SURVEY_HOLE_ID="BHID", SURVEY_DEPTH="AT", SURVEY_AZIMUTH="AZ",
        SURVEY_DIP="DIP", INTERVALS=str(BABBITT / "assay_BABBITT.csv"), INTERVAL_HOLE_ID="BHID", FROM="FROM", TO="TO",
        DEPTH_UNIT="feet", COMPOSITE_LENGTH=10.0, COMPOSITE_FIELDS=["CU", "NI"], MIN_COVERAGE=0.0,
        OUTPUT=str(folder / "babbitt.gpkg"))
    assert (results["HOLES"], results["INTERVALS"], results["DROPPED"]) == (399, 35616, 0)
    assert (results["STATIONS"], results["VERTICAL"], results["OVERLAPS"], results["ORPHANS"]) == (2628, 0, 0, 0)
    assert any("positive down" in text for text in feedback.info)
    samples = columns(folder / "babbitt.gpkg")
    assert max(samples["dip"]) < 0.0
    with (BABBITT / "assay_BABBITT.csv").open(newline="", encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["CU"]]
    metal = sum(float(row["CU"]) * (float(row["TO"]) - float(row["FROM"])) for row in rows)
    found = [grade * share * length for grade, share, length in
             zip(samples["CU"], samples["CU_coverage"], samples["length"]) if grade is not None]
    npt.assert_allclose(sum(found), metal, rtol=1e-9)


def drawn_labels(layer):
    """Labels on a map of the layer."""
    extent = layer.extent()
    extent.grow(200.0)
    settings = QgsMapSettings()
    settings.setLayers([layer])
    settings.setDestinationCrs(layer.crs())
    settings.setExtent(extent)
    settings.setOutputSize(QSize(400, 400))
    job = QgsMapRendererSequentialJob(settings)
    job.start()
    job.waitForFinished()
    return sorted(label.labelText for label in job.takeLabelingResults().labelsWithinRect(extent))


def test_styles(desurvey, folder):
    from lodescope.processing_provider.drillholestyles import sample_style, trace_style

    desurvey(TRACES=str(folder / "styled.gpkg"))
    lines, dots = QgsVectorLayer(str(folder / "styled.gpkg")), QgsVectorLayer(str(folder / "test_styles.gpkg"))
    trace_style(lines)
    sample_style(dots)
    assert {category.value() for category in lines.renderer().categories()} == {"survey", "collar", "vertical"}
    assert drawn_labels(lines) == ["A", "B"]  # A is vertical, a dot from above
    assert dots.renderer().symbol().color().name() == "#d9741a"
