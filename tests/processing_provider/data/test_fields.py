"""Attribute fields, and features that gain attributes without leaving a broken file."""
import numpy as np
import numpy.testing as npt
import pytest
from qgis.core import (
    NULL,
    QgsFeature,
    QgsGeometry,
    QgsPointXY,
    QgsProcessing,
    QgsProcessingAlgorithm,
    QgsProcessingContext,
    QgsProcessingException,
    QgsProcessingFeatureSource,
    QgsProcessingFeedback,
    QgsProcessingParameterFeatureSink,
    QgsProject,
    QgsVectorLayer,
)

from lodescope.processing_provider.data import fields as module
from lodescope.processing_provider.data.fields import (
    destination_path,
    field,
    find_field,
    is_null,
    kind_of,
    new_names,
    write_features,
)
from lodescope.processing_provider.engine.errors import JobCancelled


class Writer(QgsProcessingAlgorithm):
    """An algorithm with nothing but an output."""

    def name(self):
        return "writer"

    displayName = name

    def createInstance(self):
        return Writer()

    def initAlgorithm(self, configuration=None):
        self.addParameter(QgsProcessingParameterFeatureSink(
            "OUTPUT", "Result", QgsProcessing.SourceType.TypeVectorPoint, None, True))


@pytest.fixture
def writer():
    algorithm = Writer()
    algorithm.initAlgorithm()
    return algorithm


@pytest.fixture
def context():
    context = QgsProcessingContext()
    context.setProject(QgsProject.instance())
    return context


@pytest.fixture
def points():
    """Five points with an integer name each."""
    layer = QgsVectorLayer("Point?crs=EPSG:32650&field=number:integer&field=La_dx:double", "points", "memory")
    features = []
    for number in range(5):
        feature = QgsFeature(layer.fields())
        feature.setGeometry(QgsGeometry.fromPointXY(QgsPointXY(500000 + number, 100)))
        feature.setAttributes([number, None])
        features.append(feature)
    layer.dataProvider().addFeatures(features)
    return layer


def write(writer, points, context, path, columns, feedback=None, ids=None):
    source = QgsProcessingFeatureSource(points, context)
    ids = [feature.id() for feature in points.getFeatures()][1:4] if ids is None else ids
    return write_features(
        writer, {"OUTPUT": path}, "OUTPUT", context, source, np.array(ids), columns, feedback or QgsProcessingFeedback()
    )


@pytest.mark.parametrize(("kind", "expected"), [("real", "number"), ("integer", "number"), ("text", "text")])
def test_fields_of_each_kind(kind, expected):
    made = field("a", kind)
    assert made.name() == "a"
    assert kind_of(made) == expected


def test_kinds_of_other_fields():
    layer = QgsVectorLayer("None?field=b:boolean&field=d:date&field=t:datetime&field=n:double", "kinds", "memory")
    assert [kind_of(definition) for definition in layer.fields()] == ["boolean", "date", "date", "number"]


def test_missing_values():
    assert is_null(None)
    assert is_null(NULL)
    assert not is_null(0)
    assert not is_null("")
    assert not is_null(float("nan"))


def test_unknown_field_lists_those_there_are(points):
    assert find_field(points, "NUMBER", "Samples") == 0
    with pytest.raises(QgsProcessingException, match="no field 'Ce' in 'points'; its fields are: number, La_dx"):
        find_field(points, "Ce", "Samples")


def test_names_are_unique_whatever_the_case():
    names, changed = new_names(["la_DX", "id"], ["La_dx", "La_dx_sd", "La_dx"])
    assert names == ["La_dx_2", "La_dx_sd", "La_dx_3"]
    assert changed == {"La_dx": "La_dx_3"}


def test_names_fit_a_shapefile():
    names, changed = new_names([], ["Lanthanum_dx", "Lanthanum_dy", "short"], 10)
    assert names == ["Lanthanum_", "Lanthanu_2", "short"]
    assert list(changed) == ["Lanthanum_dx", "Lanthanum_dy"]


@pytest.mark.parametrize(("value", "path"), [
    ("TEMPORARY_OUTPUT", None), ("memory:", None), ("", None), ("postgres://x", None), ("ogr:dbname='a.gpkg'", None),
    ("out/a.gpkg|layername=b", "out/a.gpkg"), ("a.shp", "a.shp"),
])
def test_files_among_destinations(value, path, context):
    found = destination_path(value, context)
    assert (found.as_posix() if found else None) == path


@pytest.mark.parametrize("name", ["out.gpkg", "out.shp", "out.geojson"])
def test_written_features_have_the_new_values(name, writer, points, context, tmp_path):
    path = str(tmp_path / name)
    destination, names = write(writer, points, context, path, {"La_dy": np.array([0.5, np.nan, -2.0])})
    assert destination == path
    assert names == {"La_dy": "La_dy"}
    layer = QgsVectorLayer(path, "result", "ogr")
    rows = {feature["number"]: feature for feature in layer.getFeatures()}
    assert [None if is_null(rows[n]["La_dy"]) else rows[n]["La_dy"] for n in range(5)] == [None, 0.5, None, -2.0, None]
    assert rows[3].geometry().asPoint() == QgsPointXY(500003, 100)
    assert layer.crs().authid() in ("EPSG:32650", "OGC:CRS84", "EPSG:4326")
    assert [found.name for found in tmp_path.iterdir() if "before" in found.name] == []


def test_temporary_layer_and_a_name_that_is_taken(writer, points, context):
    destination, names = write(writer, points, context, "TEMPORARY_OUTPUT", {"La_dx": np.array([1.0, 2.0, 3.0])})
    assert names == {"La_dx": "La_dx_2"}
    layer = context.temporaryLayerStore().mapLayer(destination)
    values = [feature["La_dx_2"] for feature in layer.getFeatures() if not is_null(feature["La_dx_2"])]
    npt.assert_array_equal(values, [1, 2, 3])


def test_output_that_was_not_asked_for(writer, points, context):
    for value in (None, ""):
        assert write(writer, points, context, value, {}) == (None, {})


@pytest.mark.parametrize("name", ["out.gpkg", "out.shp"])
def test_cancel_brings_the_old_file_back(name, writer, points, context, tmp_path, monkeypatch):
    path = str(tmp_path / name)
    write(writer, points, context, path, {"first": np.array([1.0, 2.0, 3.0])})
    before = sorted(tmp_path.iterdir())
    monkeypatch.setattr(module, "PLAIN", 2)
    feedback = QgsProcessingFeedback()
    feedback.progressChanged.connect(lambda value: value > 0 and feedback.cancel())
    with pytest.raises(JobCancelled):
        write(writer, points, context, path, {"second": np.array([1.0, 2.0, 3.0])}, feedback)
    layer = QgsVectorLayer(path, "result", "ogr")
    assert layer.featureCount() == 5
    assert "first" in layer.fields().names()
    assert "second" not in layer.fields().names()
    assert sorted(tmp_path.iterdir()) == before


def test_failure_leaves_no_file(writer, points, context, tmp_path, monkeypatch):
    def fail(*arguments):
        raise QgsProcessingException("A sample could not be written: no room")

    monkeypatch.setattr(module, "_fill", fail)
    with pytest.raises(QgsProcessingException, match="no room"):
        write(writer, points, context, str(tmp_path / "new.gpkg"), {"a": np.zeros(3)})
    assert list(tmp_path.iterdir()) == []


def test_missing_folder_is_an_error(writer, points, context, tmp_path):
    with pytest.raises(QgsProcessingException):
        write(writer, points, context, str(tmp_path / "none" / "a.gpkg"), {"a": np.zeros(3)})
