"""Layers that a run owns, values as JSON keeps them, and a run as a command."""
import json
import shlex

import pytest
from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsFeature,
    QgsGeometry,
    QgsPointXY,
    QgsProcessingAlgorithm,
    QgsProcessingFeatureSourceDefinition,
    QgsProcessingFeedback,
    QgsProcessingOutputLayerDefinition,
    QgsProcessingParameterBoolean,
    QgsProcessingParameterFeatureSource,
    QgsProcessingParameterField,
    QgsProcessingParameterFileDestination,
    QgsProcessingParameterMultipleLayers,
    QgsProcessingParameterNumber,
    QgsProject,
    QgsVectorLayer,
)

from lodescope.ui.commands import as_python, as_qgis_process
from lodescope.ui.ownlayers import context_of, is_temporary, own_layers, written


class Trained(QgsProcessingAlgorithm):
    """An algorithm with a parameter of each kind."""

    def initAlgorithm(self, config=None):
        self.addParameter(QgsProcessingParameterFeatureSource("INPUT", "Samples"))
        self.addParameter(QgsProcessingParameterMultipleLayers("RASTERS", "More", optional=True))
        self.addParameter(QgsProcessingParameterField("FIELDS", "Fields", None, "INPUT", allowMultiple=True))
        self.addParameter(QgsProcessingParameterNumber("EPOCHS", "Epochs", defaultValue=10))
        self.addParameter(QgsProcessingParameterBoolean("COMPARE", "Compare", True))
        self.addParameter(QgsProcessingParameterFileDestination("MODEL", "Model", "Models (*.safetensors)"))

    def name(self):
        return "trained"

    def displayName(self):
        return "Trained"

    def createInstance(self):
        return Trained()


@pytest.fixture
def algorithm(qgis_app):
    found = Trained()
    found.initAlgorithm()
    return found


@pytest.fixture
def points(qgis_new_project):
    """Three points in the shown project."""
    found = QgsVectorLayer("Point?crs=EPSG:32650&field=grade:double", "points", "memory")
    for number in range(3):
        feature = QgsFeature(found.fields())
        feature.setGeometry(QgsGeometry.fromPointXY(QgsPointXY(number, number)))
        feature.setAttributes([float(number)])
        found.dataProvider().addFeatures([feature])
    QgsProject.instance().addMapLayer(found)
    return found


def source_of(algorithm, parameters, project):
    """What the algorithm would read."""
    context = context_of(project, QgsProcessingFeedback(False))
    found = algorithm.parameterAsSource(parameters, "INPUT", context)
    return sorted(feature["grade"] for feature in found.getFeatures())


@pytest.mark.parametrize("give", [lambda layer: layer.id(), lambda layer: layer,
                                  lambda layer: QgsProcessingFeatureSourceDefinition(layer.id())])
def test_run_reads_its_layer_after_the_project_has_gone(algorithm, points, give):
    parameters, project = own_layers(algorithm, {"INPUT": give(points), "EPOCHS": 3})
    QgsProject.instance().clear()
    assert source_of(algorithm, parameters, project) == [0.0, 1.0, 2.0]
    assert parameters["EPOCHS"] == 3


def test_selection_and_edits_that_are_not_saved_go_with_the_run(algorithm, points):
    points.selectByIds([1, 3])
    chosen, project = own_layers(algorithm, {"INPUT": QgsProcessingFeatureSourceDefinition(points.id(), True)})
    points.startEditing()
    points.changeAttributeValue(1, 0, 99.0)
    edited, other = own_layers(algorithm, {"INPUT": points.id()})
    QgsProject.instance().clear()
    assert source_of(algorithm, chosen, project) == [0.0, 2.0]
    assert source_of(algorithm, edited, other) == [1.0, 2.0, 99.0]


def test_several_layers_are_owned_one_by_one(algorithm, points):
    parameters, project = own_layers(algorithm, {"INPUT": points.id(), "RASTERS": [points.id(), "/data/a.tif"]})
    assert parameters["RASTERS"][1] == "/data/a.tif"
    assert parameters["RASTERS"][0] != points.id()
    assert set(project.mapLayers()) == {parameters["INPUT"], parameters["RASTERS"][0]}


def test_every_value_can_be_kept_as_json(points):
    values = [points.id(), points, QgsProcessingFeatureSourceDefinition(points.id(), True),
              QgsProcessingOutputLayerDefinition("/tmp/out.gpkg"), QgsCoordinateReferenceSystem("EPSG:4326"), 3, 2.5,
              True, None, "text", ["a", points.id()]]
    kept = json.loads(json.dumps([written(value) for value in values]))
    assert kept[:3] == [points.source()] * 3
    assert kept[3:] == ["/tmp/out.gpkg", "EPSG:4326", 3, 2.5, True, None, "text", ["a", points.source()]]
    assert [is_temporary(value) for value in (points.id(), points, "/data/a.gpkg", 3, None)] == [
        True, True, False, False, False]


def test_run_as_a_command_tells_what_is_not_by_default(algorithm, points):
    values = {"INPUT": "/data/my samples.gpkg|layername=holes", "FIELDS": ["La ppm", "Ce"], "EPOCHS": 10,
              "COMPARE": False, "MODEL": "/data/m.safetensors", "RASTERS": []}
    words = shlex.split(as_qgis_process(algorithm, values))
    assert words == ["qgis_process", "run", "trained", "--", "INPUT=/data/my samples.gpkg|layername=holes",
                     "FIELDS=La ppm", "FIELDS=Ce", "COMPARE=false", "MODEL=/data/m.safetensors"]
    line = as_python(algorithm, values)
    assert line.startswith("processing.run('trained', {'INPUT': '/data/my samples.gpkg|layername=holes', ")
    assert "EPOCHS" not in line
