"""Copies of layers that a run owns, so that it outlives the project they came from."""
from qgis.core import (
    QgsFeatureRequest,
    QgsMapLayer,
    QgsProcessingContext,
    QgsProcessingFeatureSourceDefinition,
    QgsProcessingUtils,
    QgsProject,
    QgsProperty,
    QgsVectorLayer,
)

from ..processing_provider.data.fields import is_null

LAYER_TYPES = ("source", "vector", "raster", "layer", "multilayer", "mesh", "maplayer")


def own_layers(algorithm, parameters):
    """Parameters whose layers belong to the run alone.

    Parameters
    ----------
    algorithm : QgsProcessingAlgorithm
    parameters : dict

    Returns
    -------
    parameters : dict
        With the ids of the copies.
    project : QgsProject
        Holds the copies; keep it as long as the run.
    """
    shown, project = QgsProject.instance(), QgsProject()
    project.setCrs(shown.crs())
    project.setEllipsoid(shown.ellipsoid())
    project.setTransformContext(shown.transformContext())
    own = dict(parameters)
    for definition in algorithm.parameterDefinitions():
        if definition.type() in LAYER_TYPES and parameters.get(definition.name()) is not None:
            own[definition.name()] = _own(parameters[definition.name()], project)
    return own, project


def context_of(project, feedback):
    """A context in which an algorithm finds the layers of a project."""
    context = QgsProcessingContext()
    context.setProject(project)
    context.setFeedback(feedback)
    return context


def written(value):
    """A parameter value as JSON can keep it and another session can read it."""
    if isinstance(value, QgsProperty):
        value = value.staticValue()
    if is_null(value):
        return None
    if isinstance(value, (list, tuple)):
        return [written(item) for item in value]
    for inside in ("source", "sink"):  # of a definition, which stands for a layer with more about it
        if isinstance(getattr(value, inside, None), QgsProperty):
            return written(getattr(value, inside))
    layer = _layer(value)
    if layer is not None:
        return QgsProcessingUtils.normalizeLayerSource(layer.source())
    if hasattr(value, "authid"):
        return value.authid()
    return value if isinstance(value, (str, int, float, bool, type(None))) else str(value)


def is_temporary(value):
    """Whether a value names a layer that lives in memory only."""
    found = value if isinstance(value, QgsMapLayer) else QgsProject.instance().mapLayer(str(written_id(value)))
    return isinstance(found, QgsVectorLayer) and found.dataProvider().name() == "memory"


def written_id(value):
    """The text by which a value names its layer."""
    if isinstance(value, QgsProcessingFeatureSourceDefinition):
        value = value.source
    return value.staticValue() if isinstance(value, QgsProperty) else value


def _own(value, project):
    """A value that names copies of the layers it named."""
    if isinstance(value, (list, tuple)):
        return [_own(item, project) for item in value]
    if isinstance(value, QgsProcessingFeatureSourceDefinition):
        layer = _layer(written_id(value))
        if layer is None:
            return value
        own = QgsProcessingFeatureSourceDefinition(value)
        own.source = QgsProperty.fromValue(_copied(layer, project, value.selectedFeaturesOnly))
        own.selectedFeaturesOnly = False
        return own
    layer = _layer(value)
    return value if layer is None else _copied(layer, project)


def _layer(value):
    """The layer of the shown project that a value names, or None."""
    if isinstance(value, QgsMapLayer):
        return value
    value = written_id(value)
    if not isinstance(value, str):
        return None
    return QgsProject.instance().mapLayer(value)


def _copied(layer, project, selected=False):
    """Id of a copy of a layer; edits that are not saved yet, and a selection, are copied feature by feature."""
    if isinstance(layer, QgsVectorLayer) and (selected or layer.isModified()):
        request = QgsFeatureRequest()
        if selected:
            request.setFilterFids(layer.selectedFeatureIds())
        copy = layer.materialize(request)
        copy.setName(layer.name())
    else:
        copy = layer.clone()
    project.addMapLayer(copy)
    return copy.id()
