"""Points and areas laid over a map: deposits, barren points, drill holes, study areas, excluded areas."""
from collections import Counter
from dataclasses import dataclass

import numpy as np
from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsCoordinateTransform,
    QgsCsException,
    QgsExpression,
    QgsFeatureRequest,
    QgsGeometry,
    QgsPointXY,
    QgsProcessingException,
    QgsWkbTypes,
)

from .. import parameters as shared
from ..data.fields import is_null
from ..data.geology import OUTSIDE, burn
from ..data.samples import Report, scan
from ..engine.errors import raise_if_cancelled
from ..translation import tr


@dataclass(frozen=True)
class Points:
    """Points of a layer in the CRS of a map.

    Attributes
    ----------
    role, name : str
        The input as the user knows it; the layer.
    ids : numpy.ndarray of int64, shape (n,)
        Feature ids.
    places : numpy.ndarray, shape (n, 2)
    read : int
        Features of the layer.
    notes : list of str
        What was left out, as sentences.
    """

    role: str
    name: str
    ids: np.ndarray
    places: np.ndarray
    read: int
    notes: list

    def __len__(self):
        return len(self.places)

    def take(self, keep):
        """The points that a mask or an index array selects."""
        return Points(self.role, self.name, self.ids[keep], self.places[keep], self.read, self.notes)


def points_problem(source, role):
    """Why a layer cannot be used as points, or an empty string."""
    if QgsWkbTypes.geometryType(source.wkbType()) != QgsWkbTypes.GeometryType.PointGeometry:
        return tr("{}: '{}' is not a layer of points; choose a point layer.").format(role, source.sourceName())
    if source.featureCount() == 0:
        return tr("{}: '{}' has no features to read; choose another layer, or switch off 'Selected features only' when "
                  "nothing is selected.").format(role, source.sourceName())
    return ""


def polygons_problem(source, role):
    """Why a layer cannot be used as areas, or an empty string."""
    if QgsWkbTypes.geometryType(source.wkbType()) != QgsWkbTypes.GeometryType.PolygonGeometry:
        return tr("{}: '{}' is not a layer of polygons; choose a polygon layer.").format(role, source.sourceName())
    if source.featureCount() == 0:
        return tr("{}: '{}' has no polygons to read; choose another layer.").format(role, source.sourceName())
    return ""


def optional_source(algorithm, parameters, name, context):
    """The features of an optional vector input, or None."""
    return shared.read_source(algorithm, parameters, context, name) if shared.given(parameters, name) else None


def read_points(source, role, crs, context, feedback=None):
    """Points of a layer, those without a place left out.

    Parameters
    ----------
    source : QgsFeatureSource
    role : str
        The input as the user knows it, such as ``"Deposits"``.
    crs : QgsCoordinateReferenceSystem
        To read them in.
    context : QgsProcessingContext
    feedback : QgsProcessingFeedback, optional

    Returns
    -------
    Points

    Raises
    ------
    QgsProcessingException
        It is no layer of points, or none has a place.
    """
    problem = points_problem(source, role)
    if problem:
        raise QgsProcessingException(problem)
    report = Report()
    ids, xyz, _ = scan(source, [], crs, context, report, feedback)
    placed = np.isfinite(xyz[:, :2]).all(axis=1)
    if not placed.any():
        raise QgsProcessingException(tr("{}: no feature of '{}' has a place; choose another layer.").format(
            role, source.sourceName()))
    notes = [tr("{}: {:,} left out {}.").format(role, count, reason) for reason, count in report.dropped.items()]
    return Points(role, source.sourceName(), ids[placed], xyz[placed, :2], report.read, notes)


def expression_problem(source, expression, role):
    """Why an expression on features cannot be used, as far as can be told quickly, or an empty string."""
    compiled = QgsExpression(expression)
    if compiled.hasParserError():
        return tr("{}: the expression '{}' cannot be read ({}); correct it.").format(
            role, expression, " ".join(compiled.parserErrorString().split()))
    for name in sorted(compiled.referencedColumns()):
        if name != QgsFeatureRequest.ALL_ATTRIBUTES and source.fields().lookupField(name) < 0:
            return tr("{}: there is no field '{}' in '{}'; its fields are: {}.").format(
                role, name, source.sourceName(), ", ".join(source.fields().names()) or tr("none"))
    return ""


def ids_where(algorithm, source, expression, role, parameters, context, feedback=None):
    """Ids of the features for which an expression is true.

    Raises
    ------
    QgsProcessingException
        The expression is wrong, or true for none.
    """
    problem = expression_problem(source, expression, role)
    if problem:
        raise QgsProcessingException(problem)
    compiled = QgsExpression(expression)
    scope = algorithm.createExpressionContext(parameters, context, source)
    scope.setFields(source.fields())
    compiled.prepare(scope)
    found = []
    for feature in source.getFeatures():
        raise_if_cancelled(feedback)
        scope.setFeature(feature)
        value = compiled.evaluate(scope)
        if compiled.hasEvalError():
            raise QgsProcessingException(tr("{}: the expression '{}' fails ({}); correct it.").format(
                role, expression, " ".join(compiled.evalErrorString().split())))
        if not is_null(value) and is_true(value):
            found.append(feature.id())
    return np.array(found, np.int64)


def is_true(value):
    """Whether an attribute says yes: a number other than zero, or a word such as yes, true, t or held out."""
    if isinstance(value, str):
        try:
            return float(value) != 0.0
        except ValueError:
            return value.strip().lower() in ("true", "t", "yes", "y", "test", "held out", "held-out", "held_out")
    return bool(value)


def areas_on(source, role, frame, context, feedback=None):
    """Which cells have their centre inside the polygons of a layer, bool of shape (rows, columns).

    Raises
    ------
    QgsProcessingException
        It is no layer of polygons.
    """
    return burn_areas(read_areas(source, role, frame.crs, context, feedback), frame)


def read_mask(source, role, frame, context, feedback=None):
    """Cells of a study area as `areas_on`; None without a source.

    Raises
    ------
    QgsProcessingException
        It holds no cell.
    """
    if source is None:
        return None
    inside = areas_on(source, role, frame, context, feedback)
    if not inside.any():
        raise QgsProcessingException(tr(
            "{}: no polygon of '{}' holds the centre of a cell; choose polygons in the area of the raster.").format(
                role, source.sourceName()))
    return inside


def burn_areas(shapes, frame):
    """Which cells have their centre inside polygons, bool of shape (rows, columns)."""
    return burn(shapes, [1] * len(shapes), frame) != OUTSIDE


def read_areas(source, role, crs, context, feedback=None):
    """Polygons of a layer, mended where they are not valid."""
    problem = polygons_problem(source, role)
    if problem:
        raise QgsProcessingException(problem)
    request = QgsFeatureRequest().setSubsetOfAttributes([])
    request.setInvalidGeometryCheck(QgsFeatureRequest.InvalidGeometryCheck.GeometryNoCheck)  # they are mended here
    if crs.isValid() and source.sourceCrs().isValid() and crs != source.sourceCrs():
        request.setDestinationCrs(crs, context.transformContext())
    shapes = []
    for feature in source.getFeatures(request):
        raise_if_cancelled(feedback)
        shape = QgsGeometry(feature.geometry())
        if shape.isEmpty():
            continue
        if not shape.isGeosValid():
            shape = shape.makeValid()
            shape.convertGeometryCollectionToSubclass(QgsWkbTypes.GeometryType.PolygonGeometry)
        if not shape.isEmpty():
            shapes.append(shape)
    return shapes


def on_cells(points, values, frame, feedback=None):
    """The points on cells with a value, with their cells; the others are told.

    Parameters
    ----------
    points : Points
    values : numpy.ndarray, shape (rows, columns)
        NaN where the map has no data or lies outside the study area.
    frame : Frame
    feedback : QgsProcessingFeedback, optional

    Returns
    -------
    points : Points
    cells : numpy.ndarray of int64, shape (n, 2)
        Row and column of each.
    notes : list of str

    Raises
    ------
    QgsProcessingException
        No point lies on the map, or none on a cell with a value.
    """
    columns, rows = frame.cells_of(points.places)
    inside = (columns >= 0) & (columns < frame.columns) & (rows >= 0) & (rows < frame.rows)
    if not inside.any():
        raise QgsProcessingException(tr(
            "{}: none of the {:,} points of '{}' lies on the raster; check the CRS of both, or choose points of its "
            "area.").format(points.role, len(points), points.name))
    known = inside.copy()
    known[inside] = [bool(np.isfinite(values[row, column])) for row, column in zip(rows[inside], columns[inside])]
    if not known.any():
        raise QgsProcessingException(tr(
            "{}: none of the {:,} points of '{}' lies on a cell with data inside the study area; choose another "
            "raster, mask or points.").format(points.role, len(points), points.name))
    counts = Counter({tr("outside the raster"): int((~inside).sum()),
                      tr("on cells without data or outside the study area"): int((inside & ~known).sum())})
    notes = points.notes + [tr("{}: {:,} left out {}.").format(points.role, count, reason)
                            for reason, count in counts.items() if count]
    for note in notes:
        if feedback is not None:
            feedback.pushWarning(note)
    return points.take(known), np.column_stack([rows, columns])[known], notes


def trained_places(card, frame, context):
    """Where the deposits lie that a model was trained on.

    Parameters
    ----------
    card : dict
        Of the model; it names the cells that hold them.
    frame : Frame
        Of the map.
    context : QgsProcessingContext

    Returns
    -------
    places, reach : numpy.ndarray, shape (n, 2), or None
        Middles of these cells in the CRS of the map, and half of their sides
        or of those of the map, whichever is longer; None when the card names
        none.
    """
    listed = card.get("deposits")
    if not isinstance(listed, list) or not listed:
        return None, None
    places, grid = np.array([entry[:2] for entry in listed], float), card.get("grid") or {}
    corners = places + 0.5 * float(grid.get("cell") or 0.0)
    crs = QgsCoordinateReferenceSystem()
    crs.createFromUserInput(str(card.get("crs") or ""))
    places, corners = (moved(points, crs, frame.crs, context) for points in (places, corners))
    least = 0.5 * np.array([frame.wide, frame.high])
    return places, np.maximum(np.abs(corners - places), least) * (1.0 + 1e-6)


def moved(points, crs, target, context):
    """Points (n, 2) in another CRS, NaN where they have no place in it; unchanged when one CRS is not known."""
    if crs == target or not (crs.isValid() and target.isValid()):
        return points
    transform, out = QgsCoordinateTransform(crs, target, context.transformContext()), np.empty(points.shape)
    for row, (x, y) in enumerate(points.tolist()):
        try:
            place = transform.transform(QgsPointXY(x, y))
            out[row] = place.x(), place.y()
        except QgsCsException:
            out[row] = np.nan
    return out


def near_any(points, places, reach):
    """Which points (n, 2) are near any of some places, by their reach to each side (m, 2)."""
    near = np.zeros(len(points), bool)
    for place, side in zip(places, reach):
        near |= (np.abs(points - place) <= side).all(axis=1)
    return near
