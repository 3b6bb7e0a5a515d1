"""The shared parameter groups: their permanent names, how they read, and what the gate says."""
import json
import shutil
from types import SimpleNamespace

import numpy as np
import numpy.testing as npt
import pytest
from qgis.core import (
    NULL,
    QgsCoordinateReferenceSystem,
    QgsFeature,
    QgsGeometry,
    QgsPoint,
    QgsProcessingAlgorithm,
    QgsProcessingContext,
    QgsProcessingException,
    QgsProcessingFeedback,
    QgsProcessingParameterDefinition,
    QgsProcessingParameterEnum,
    QgsProject,
    QgsProperty,
    QgsRasterLayer,
    QgsRectangle,
    QgsReferencedRectangle,
    QgsVectorLayer,
)

from lodescope.processing_provider import parameters as shared
from lodescope.processing_provider.data.grid import GridSpec
from lodescope.processing_provider.data.rasters import write_raster

ADVANCED = QgsProcessingParameterDefinition.Flag.FlagAdvanced
ENUMS = {
    "DIMENSIONS": (["auto", "2", "3"], "auto"),
    "TRANSFORM": (["auto", "none", "log", "boxcox", "normalscore"], "auto"),
    "DRIFT": (["none", "linear"], "none"),
    "ENGINE": (["auto", "exact", "multilevel", "pykrige"], "auto"),
}


class Everything(QgsProcessingAlgorithm):
    """An algorithm with all shared groups."""

    several = True

    def name(self):
        return "everything"

    displayName = name

    def createInstance(self):
        return type(self)()

    def initAlgorithm(self, configuration=None):
        shared.add_samples(self, self.several)
        shared.add_variogram(self)
        shared.add_kriging(self)
        shared.add_grid(self)
        shared.add_run(self)


class OneField(Everything):
    """The same with a single field."""

    several = False


@pytest.fixture
def algorithm():
    made = Everything()
    made.initAlgorithm()
    return made


@pytest.fixture
def context():
    context = QgsProcessingContext()
    context.setProject(QgsProject.instance())
    return context


def make_samples(crs="EPSG:32650", origin=(500_000, 7_000_000), step=100.0):
    layer = QgsVectorLayer(f"PointZ?crs={crs}&field=La:double&field=Ce:double&field=hole:string", "samples", "memory")
    features = []
    for number in range(20):
        feature = QgsFeature(layer.fields())
        x, y = origin[0] + step * (number % 5), origin[1] + step * (number // 5)
        feature.setGeometry(QgsGeometry(QgsPoint(float(x), float(y), 10.0 * number)))
        feature.setAttributes([float(number), 2.0 * number, f"DH{number % 5}"])
        features.append(feature)
    layer.dataProvider().addFeatures(features)
    return layer


@pytest.fixture
def inputs():
    return {"INPUT": make_samples(), "FIELDS": ["La", "Ce"], "HOLE_ID": "hole"}


@pytest.mark.parametrize("name", sorted(ENUMS))
def test_permanent_values_of_choices(name, algorithm):
    definition = algorithm.parameterDefinition(name)
    assert isinstance(definition, QgsProcessingParameterEnum)
    assert definition.usesStaticStrings()
    assert (definition.options(), definition.defaultValue()) == ENUMS[name]


def test_permanent_names_and_first_screen(algorithm):
    simple = [p.name() for p in algorithm.parameterDefinitions() if not p.flags() & ADVANCED]
    advanced = {p.name() for p in algorithm.parameterDefinitions() if p.flags() & ADVANCED}
    assert simple == ["INPUT", "FIELDS", "Z_FIELD", "HOLE_ID", "CRS", "VARIOGRAM", "DRIFT", "TRANSFORM", "EXTENT",
                      "CELL_SIZE", "LEVELS"]
    assert advanced == {"DIMENSIONS", "NEIGHBOURS", "ENGINE", "GRID_RASTER", "SEED", "THREADS"}


def test_every_parameter_is_explained(algorithm):
    assert all(len(definition.help()) > 20 for definition in algorithm.parameterDefinitions())


def test_samples_and_fields_are_enough(algorithm, context, inputs):
    values = {"INPUT": inputs["INPUT"], "FIELDS": ["La"]}
    assert algorithm.checkParameterValues(values, context)[0]
    assert shared.samples_problem(algorithm, values, context) == ""
    assert shared.grid_problem(algorithm, values, context) == ""
    assert shared.variogram_problem(algorithm, values, context) == ""
    assert shared.read_variogram(algorithm, values, context) is None
    assert shared.read_kriging(algorithm, values, context) == {
        "drift": "none", "transform": "auto", "neighbours": None, "engine": "auto"
    }
    assert shared.read_run(algorithm, values, context) == {"seed": 1, "threads": None}


def test_given_values_are_read(algorithm, context, inputs):
    values = {**inputs, "DRIFT": "linear", "TRANSFORM": "log", "NEIGHBOURS": 32, "ENGINE": "exact", "SEED": 0,
              "THREADS": "3"}
    assert shared.read_kriging(algorithm, values, context) == {
        "drift": "linear", "transform": "log", "neighbours": 32, "engine": "exact"
    }
    assert shared.read_run(algorithm, values, context) == {"seed": 0, "threads": 3}


@pytest.mark.parametrize("value", [None, NULL, ""])
def test_numbers_that_are_left_empty_are_none(value, algorithm, context):
    assert shared.optional_number(algorithm, {"CELL_SIZE": value}, "CELL_SIZE", context) is None
    assert shared.optional_number(algorithm, {}, "CELL_SIZE", context) is None


def test_zero_is_a_given_number(algorithm, context):
    assert shared.optional_number(algorithm, {"CELL_SIZE": 0}, "CELL_SIZE", context) == 0.0


@pytest.mark.parametrize("value", [["La", "Ce", "La"], "La;Ce"])
def test_each_field_is_taken_once(value, algorithm, context, inputs):
    assert shared.field_list(algorithm, {**inputs, "FIELDS": value}, "FIELDS", context) == ["La", "Ce"]


def test_samples_are_read_checked_and_told(algorithm, context, inputs, feedback):
    samples = shared.read_input(algorithm, inputs, context, feedback)
    assert list(samples.values) == ["La", "Ce"]
    npt.assert_array_equal(samples.values["Ce"], 2.0 * np.arange(20))
    npt.assert_array_equal(samples.holes, np.arange(20) % 5)
    assert samples.dimensions == 3
    assert feedback.info[0] == "Samples: 20 of 20 features are used."


def test_single_field(context, inputs):
    algorithm = OneField()
    algorithm.initAlgorithm()
    values = {"INPUT": inputs["INPUT"], "FIELD": "Ce", "DIMENSIONS": "2"}
    samples = shared.read_input(algorithm, values, context, QgsProcessingFeedback())
    assert list(samples.values) == ["Ce"]
    assert samples.dimensions == 2


@pytest.mark.parametrize(("changed", "message"), [
    ({"FIELDS": ["Nd"]}, "no field 'Nd'"),
    ({"HOLE_ID": "bore"}, "no field 'bore'"),
    ({"CRS": "EPSG:4326"}, "coordinates are in degrees"),
    ({"CRS": "EPSG:nonsense"}, "QGIS does not know 'EPSG:nonsense'"),
    ({"INPUT": "nowhere.gpkg"}, "nowhere.gpkg"),
])
def test_samples_that_cannot_be_used(changed, message, algorithm, context, inputs):
    assert message in shared.samples_problem(algorithm, {**inputs, **changed}, context)


def test_degrees_are_fine_with_a_projected_crs(algorithm, context):
    values = {"INPUT": make_samples("EPSG:4326", (117, -30), 0.001), "FIELDS": ["La"]}
    assert "in degrees" in shared.samples_problem(algorithm, values, context)
    values["CRS"] = "EPSG:32650"
    assert shared.samples_problem(algorithm, values, context) == ""
    assert shared.grid_problem(algorithm, values, context) == ""
    samples = shared.read_input(algorithm, values, context, QgsProcessingFeedback())
    grid = shared.read_grid(algorithm, values, context, samples)
    assert grid.crs.authid() == "EPSG:32650"
    assert grid.west == pytest.approx(500_000, abs=200)


def test_grid_as_given(algorithm, context, inputs, feedback):
    values = {**inputs, "EXTENT": "500000,500400,7000000,7000300 [EPSG:32650]", "CELL_SIZE": 20, "LEVELS": "0:100:50"}
    samples = shared.read_input(algorithm, values, context, feedback)
    grid = shared.read_grid(algorithm, values, context, samples, feedback)
    assert grid == GridSpec(samples.crs, 500_000, 7_000_300, 20, 20, 15, (0, 50, 100))
    assert feedback.info[-1].startswith("Grid: 20 columns x 15 rows x 3 levels from 0 to 100, cell size 20")


def test_extent_in_another_crs_is_transformed(algorithm, context, inputs):
    rectangle = QgsRectangle(500_000, 7_000_000, 500_400, 7_000_300)
    values = {**inputs, "EXTENT": QgsReferencedRectangle(rectangle, QgsCoordinateReferenceSystem("EPSG:32650")),
              "CRS": "EPSG:32651"}
    samples = shared.read_input(algorithm, values, context, QgsProcessingFeedback())
    extent = shared.read_grid(algorithm, values, context, samples).extent
    low, high = samples.coordinates.min(axis=0), samples.coordinates.max(axis=0)
    assert extent.xMinimum() <= low[0] + 1
    assert extent.xMaximum() >= high[0] - 1


@pytest.mark.parametrize("value", [[100, 50.5], "100, 50.5", QgsProperty.fromValue("100;50.5")])
def test_levels_in_each_form(value, algorithm, context):
    assert shared.read_levels(algorithm, {"LEVELS": value}, context) == (100.0, 50.5)


@pytest.mark.parametrize(("changed", "message"), [
    ({"CELL_SIZE": 0}, "The cell size is 0; give a number greater than zero"),
    ({"CELL_SIZE": -5}, "The cell size is -5"),
    ({"CELL_SIZE": 0.0003}, "a cell size of 0.5 would give about a million cells"),
    ({"LEVELS": "deep"}, "'deep' is not an elevation"),
    ({"LEVELS": "0:1e9:1"}, "choose a larger step"),
    ({"EXTENT": "5,5,5,5 [EPSG:32650]"}, "has no area in EPSG:32650"),
    ({"EXTENT": "0,1000000,0,1000000 [EPSG:32650]", "CELL_SIZE": 1}, "1,000,000,000,000 cells"),
])
def test_grids_that_cannot_be_made(changed, message, algorithm, context, inputs):
    assert message in shared.grid_problem(algorithm, {**inputs, **changed}, context)


def test_size_counts_all_quantities(algorithm, context, inputs):
    values = {**inputs, "EXTENT": "0,1000000,0,1000000 [EPSG:32650]", "CELL_SIZE": 1}
    assert "(about 40,000 GB)" in shared.grid_problem(algorithm, values, context, quantities=10)


def test_disk_without_room_for_the_grid(algorithm, context, inputs, tmp_path, monkeypatch):
    monkeypatch.setenv("LODESCOPE_JOBS", str(tmp_path / "jobs"))
    monkeypatch.setattr(shutil, "disk_usage", lambda folder: SimpleNamespace(free=10 ** 6))
    values = {**inputs, "EXTENT": "0,1000,0,1000 [EPSG:32650]", "CELL_SIZE": 1}
    problem = shared.grid_problem(algorithm, values, context, quantities=5)
    assert f"only 0.0 GB are free in '{tmp_path}'" in problem


@pytest.fixture
def raster(tmp_path):
    """A raster of 30 x 20 cells of 25 m in UTM zone 50."""
    grid = GridSpec(QgsCoordinateReferenceSystem("EPSG:32650"), 499_950.0, 7_000_400.0, 25.0, 30, 20)
    write_raster(tmp_path / "grid.tif", np.ones((1, 20, 30), np.float32), grid, ["a:b"], {})
    return QgsRasterLayer(str(tmp_path / "grid.tif"), "grid"), grid


def test_grid_of_a_raster_with_levels(algorithm, context, inputs, raster):
    values = {**inputs, "GRID_RASTER": raster[0], "LEVELS": "50", "CELL_SIZE": 1}
    assert shared.grid_problem(algorithm, values, context) == ""
    samples = shared.read_input(algorithm, values, context, QgsProcessingFeedback())
    grid = shared.read_grid(algorithm, values, context, samples)
    assert grid.to_settings() == {**raster[1].to_settings(), "levels": [50.0]}


def test_samples_follow_the_crs_of_the_raster(algorithm, context, raster):
    values = {"INPUT": make_samples("EPSG:4326", (117, -27.11), 0.0005), "FIELDS": ["La"], "GRID_RASTER": raster[0]}
    assert shared.samples_problem(algorithm, values, context) == ""
    assert shared.read_input(algorithm, values, context, QgsProcessingFeedback()).crs.authid() == "EPSG:32650"


def test_raster_in_another_crs_than_the_one_chosen(algorithm, context, inputs, raster):
    values = {**inputs, "GRID_RASTER": raster[0], "CRS": "EPSG:32651"}
    assert "is in EPSG:32650, but the chosen CRS is EPSG:32651" in shared.grid_problem(algorithm, values, context)


def test_variogram_file(algorithm, context, tmp_path):
    path = tmp_path / "v.json"
    content = {"schema": 1, "nugget": 1.0, "structures": [{"model": "spherical", "sill": 2.0, "ranges": [3.0]}]}
    path.write_text(json.dumps(content))
    assert shared.read_variogram(algorithm, {"VARIOGRAM": str(path)}, context) == content


@pytest.mark.parametrize("text", ["{", "[]", "{}", '{"schema": 2, "structures": []}', "\x00\xff"])
def test_files_that_are_no_variogram(text, algorithm, context, tmp_path):
    path = tmp_path / "v.json"
    path.write_bytes(text.encode("latin-1"))
    problem = shared.variogram_problem(algorithm, {"VARIOGRAM": str(path)}, context)
    assert "is not a variogram file of Lodescope; choose a file made by 'Fit variogram'" in problem


def test_variogram_file_that_is_not_there(algorithm, context, tmp_path):
    with pytest.raises(QgsProcessingException, match="cannot be read"):
        shared.read_variogram(algorithm, {"VARIOGRAM": str(tmp_path / "none.json")}, context)
