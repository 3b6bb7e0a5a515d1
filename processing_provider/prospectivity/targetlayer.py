"""Targets as polygons: geometries from rings, distances to deposits, and how they look in the project."""
import math
import struct
from itertools import groupby
from operator import itemgetter

import numpy as np
from qgis.core import (
    QgsDistanceArea,
    QgsFillSymbol,
    QgsGeometry,
    QgsGraduatedSymbolRenderer,
    QgsPointXY,
    QgsRendererRange,
    QgsUnitTypes,
    QgsVectorLayerSimpleLabeling,
)
from qgis.PyQt.QtGui import QColor, QTransform

from ..data.geology import points_inside
from ..engine.errors import raise_if_cancelled
from ..styles import describe
from ..translation import tr
from .sitelayer import rank_label

POLYGON, MULTI_POLYGON = 3, 6  # codes of well-known binary
LAST = 1e9
CLASSES = ((1, 5, "#d9541a"), (6, 20, "#f2a53a"), (21, None, "#f6d98b"))  # ranks from and to, colour


def polygons_of(job, frame, count):
    """A multi-polygon for each target, in the order of the ranks.

    Parameters
    ----------
    job : Job
        With the results of `jobs_delineate`.
    frame : Frame
    count : int
        Number of targets.

    Returns
    -------
    list of QgsGeometry
    """
    parts = [[] for _ in range(count)]
    for (target, _), rings in groupby(rings_of(job, frame), key=itemgetter(0, 1)):
        parts[target - 1].append(polygon_bytes([ring for _, _, ring in rings]))
    return [_geometry(polygons) for polygons in parts]


def polygon_bytes(rings):
    """A polygon as well-known binary, from rings (n, 2) that are not closed yet, the outer one first."""
    lines = [np.vstack([ring, ring[:1]]).astype("<f8") for ring in rings]
    return struct.pack("<BII", 1, POLYGON, len(lines)) + b"".join(
        struct.pack("<I", len(line)) + line.tobytes() for line in lines)


def _geometry(polygons):
    """A multi-polygon from polygons in well-known binary."""
    shape = QgsGeometry()
    shape.fromWkb(struct.pack("<BII", 1, MULTI_POLYGON, len(polygons)) + b"".join(polygons))
    return shape


def rings_of(job, frame):
    """Rings of the job as target, part and coordinates (n, 2), outer rings of a part first."""
    points, ends = np.asarray(job.array("points")), np.asarray(job.array("ring_ends"))
    places = np.column_stack([frame.west + points[:, 0] * frame.wide, frame.north - points[:, 1] * frame.high])
    parts, targets = job.array("ring_part").tolist(), job.array("ring_target").tolist()
    return zip(targets, parts, np.split(places, ends[:-1]))


def deposit_distances(shapes, deposits, frame, context, feedback):
    """Metres from each target to the nearest deposit, 0 inside; and how many deposits each holds.

    Parameters
    ----------
    shapes : list of QgsGeometry
    deposits : numpy.ndarray, shape (n, 2)
    frame : Frame
    context : QgsProcessingContext
    feedback : QgsProcessingFeedback

    Returns
    -------
    distances : numpy.ndarray of float64, shape (targets,)
        NaN without deposits.
    counts : numpy.ndarray of int64, shape (targets,)
    """
    distances, counts = np.full(len(shapes), np.nan), np.zeros(len(shapes), np.int64)
    if not len(deposits):
        return distances, counts
    every = QgsGeometry.fromMultiPointXY([QgsPointXY(*place) for place in deposits.tolist()])
    measure = geodesic(frame, context)
    for number, shape in enumerate(shapes):
        raise_if_cancelled(feedback)
        counts[number] = len(points_inside(shape, deposits))
        distances[number] = 0.0 if counts[number] else _distance(shape, every, frame, measure)
    return distances, counts


def geodesic(frame, context):
    """Measures distances on the ellipsoid of a map in degrees."""
    measure = QgsDistanceArea()
    measure.setSourceCrs(frame.crs, context.transformContext())
    measure.setEllipsoid(frame.crs.ellipsoidAcronym())
    return measure


def _distance(shape, points, frame, measure):
    """Metres from a polygon to the nearest of some points outside."""
    if not frame.is_geographic:
        return shape.distance(points) * frame.metres
    # Degrees of longitude are shrunk to the length of those of latitude while the nearest place is looked for.
    shrink = max(math.cos(math.radians(shape.centroid().asPoint().y())), 1e-6)
    near, far = _scaled(shape, shrink), _scaled(points, shrink)
    ends = [QgsPointXY(place.x() / shrink, place.y())
            for place in (near.nearestPoint(far).asPoint(), far.nearestPoint(near).asPoint())]
    return measure.convertLengthMeasurement(measure.measureLine(*ends), QgsUnitTypes.DistanceUnit.DistanceMeters)


def _scaled(geometry, factor):
    """A copy with its x coordinates multiplied."""
    copy = QgsGeometry(geometry)
    copy.transform(QTransform.fromScale(factor, 1.0))
    return copy


def target_style(names, title, abstract):
    """A style function for targets: colour by rank, labelled with the rank.

    Parameters
    ----------
    names : dict
        Attribute names to those in the file.
    title, abstract : str
        For the metadata of the layer.
    """
    rank = names.get("rank", "rank")

    def style(layer):
        describe(layer, title, abstract)
        layer.setRenderer(_renderer(rank))
        layer.setLabeling(QgsVectorLayerSimpleLabeling(rank_label(rank)))
        layer.setLabelsEnabled(True)

    return style


def _renderer(rank):
    """Colours by classes of rank."""
    ranges = []
    for first, last, colour in CLASSES:
        fill = QColor(colour)
        fill.setAlpha(150)
        symbol = QgsFillSymbol.createSimple({"outline_color": "#7a2e0e", "outline_width": "0.4"})
        symbol.setColor(fill)
        label = tr("Rank {} and lower").format(first) if last is None else tr("Rank {} to {}").format(first, last)
        ranges.append(QgsRendererRange(first - 0.5, LAST if last is None else last + 0.5, symbol, label))
    return QgsGraduatedSymbolRenderer(rank, ranges)
