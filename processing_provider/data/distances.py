"""Line layers, such as faults and contacts, as plain segments."""
from pathlib import Path

import numpy as np
from qgis.core import QgsFeatureRequest, QgsProcessingException, QgsProviderRegistry, QgsWkbTypes

from ..engine.errors import raise_if_cancelled
from ..translation import tr

ROLE = "Lines"


def lines_problem(source):
    """Why a layer cannot be used as lines, or an empty string."""
    kind = QgsWkbTypes.geometryType(source.wkbType())
    if kind not in (QgsWkbTypes.GeometryType.LineGeometry, QgsWkbTypes.GeometryType.PolygonGeometry):
        return tr("{}: '{}' is not a layer of lines; choose lines, or polygons for contacts.").format(
            tr(ROLE), source.sourceName())
    if source.featureCount() == 0:
        return tr("{}: '{}' has no features to read; choose another layer.").format(tr(ROLE), source.sourceName())
    return ""


def title_of(layer):
    """Name of a layer for its feature; of a layer of a larger file that was given by its path, the layer's own."""
    parts = QgsProviderRegistry.instance().decodeUri(layer.providerType(), layer.source())
    inner = parts.get("layerName")
    return inner if inner and layer.name() == Path(str(parts.get("path", ""))).stem else layer.name()


def read_segments(source, crs, context, feedback=None):
    """Straight pieces of all lines, or of the boundaries of polygons.

    Parameters
    ----------
    source : QgsFeatureSource
    crs : QgsCoordinateReferenceSystem
        To read the lines in.
    context : QgsProcessingContext
    feedback : QgsProcessingFeedback, optional

    Returns
    -------
    segments : array of float64, shape (k, 4)
        x, y of the start and of the end.

    Raises
    ------
    QgsProcessingException
        The layer holds no lines.
    """
    problem = lines_problem(source)
    if problem:
        raise QgsProcessingException(problem)
    request = QgsFeatureRequest().setSubsetOfAttributes([])
    if crs.isValid() and source.sourceCrs().isValid() and crs != source.sourceCrs():
        request.setDestinationCrs(crs, context.transformContext())
    found = []
    for feature in source.getFeatures(request):
        raise_if_cancelled(feedback)
        found += _segments(feature.geometry())
    segments = np.concatenate(found) if found else np.empty((0, 4))
    segments = segments[np.isfinite(segments).all(axis=1)]
    if not len(segments):
        raise QgsProcessingException(
            tr("{}: no feature of '{}' has a shape; choose another layer.").format(tr(ROLE), source.sourceName()))
    return segments


def _segments(geometry):
    """Segments of the parts of a geometry, each of shape (k, 4); curves as polylines."""
    if geometry.isEmpty():
        return []
    if geometry.type() == QgsWkbTypes.GeometryType.PolygonGeometry:
        geometry = geometry.coerceToType(QgsWkbTypes.Type.MultiLineString)[0]
    parts = []
    geometry.convertToMultiType()
    for part in geometry.asMultiPolyline():
        path = np.array([(point.x(), point.y()) for point in part])
        if len(path) > 1:
            parts.append(np.hstack([path[:-1], path[1:]]))
    return parts

