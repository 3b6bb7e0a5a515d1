"""Places of drill-hole collars: coordinates, elevations and their units."""
import math
from dataclasses import dataclass

import numpy as np
from osgeo import gdal, osr
from qgis.core import (
    QgsCoordinateTransform,
    QgsCsException,
    QgsFeatureRequest,
    QgsPointXY,
    QgsProcessingException,
    QgsWkbTypes,
)

from ..data.fields import find_field
from ..data.rasters import open_raster
from ..engine.errors import raise_if_cancelled
from ..translation import tr
from .reading import as_numbers

METRES = {"metres": 1.0, "feet": 0.3048}
ROLE = "Collars"
FOOT_NAMES = ("ft", "foot", "feet")


def unit_metres(crs, unit="auto"):
    """Metres in one unit of a coordinate reference system.

    Parameters
    ----------
    crs : QgsCoordinateReferenceSystem
    unit : str
        What a layer without CRS is in: ``"auto"`` (metres), ``"metres"`` or ``"feet"``.
    """
    if not crs.isValid() or crs.isGeographic():
        return METRES.get(unit, 1.0)
    system = osr.SpatialReference()
    try:
        system.ImportFromWkt(crs.toWkt())
        return system.GetLinearUnits() or 1.0
    except RuntimeError:
        return 1.0


def scale_between(metres, other):
    """How many of the second unit are in one of the first, both given in metres.

    The international and the US survey foot count as one: they differ by 2 in
    a million, and few tables say which is meant.
    """
    both_feet = abs(metres - 0.3048) < 1e-5 and abs(other - 0.3048) < 1e-5
    return 1.0 if both_feet else metres / other


def unit_name(metres):
    """The name of a unit of length."""
    if abs(metres - 1.0) < 1e-9:
        return tr("metres")
    if abs(metres - 0.3048) < 1e-5:
        return tr("feet") if abs(metres - 0.3048) < 1e-8 else tr("US survey feet")
    return tr("units of {:g} m").format(metres)


@dataclass
class CollarTable:
    """Collars as the worker takes them.

    Attributes
    ----------
    xyz : array, shape (n, 3)
        In the unit of the working CRS; NaN where unknown.
    notes : list
        Pairs of row and source, for collars whose elevation is not of the first source.
    source : str
        Where elevations come from, for the log.
    """

    xyz: np.ndarray
    notes: list
    source: str


def read_places(source, crs, context, feedback):
    """Easting, northing and Z of point features, NaN where there is none.

    Parameters
    ----------
    source : QgsFeatureSource
    crs : QgsCoordinateReferenceSystem
        To work in; only easting and northing are transformed.

    Returns
    -------
    xyz : array, shape (n, 3)
    """
    move = None
    if crs.isValid() and source.sourceCrs().isValid() and crs != source.sourceCrs():
        move = QgsCoordinateTransform(source.sourceCrs(), crs, context.transformContext())
    places = []
    for number, feature in enumerate(source.getFeatures(QgsFeatureRequest().setSubsetOfAttributes([]))):
        if number % 1_000 == 0:
            raise_if_cancelled(feedback)
        places.append(_moved(_place(feature.geometry()), move))
    return np.array(places, float).reshape(-1, 3)


def _place(geometry):
    """The coordinates of a point, NaN when it is empty or has several parts."""
    point = geometry.constGet()
    if point is None or point.isEmpty():
        return (math.nan,) * 3
    if hasattr(point, "numGeometries"):
        if point.numGeometries() != 1:
            return (math.nan,) * 3
        point = point.geometryN(0)
    return point.x(), point.y(), point.z()


def _moved(place, move):
    """A place in another CRS, its Z as it is."""
    x, y, z = place
    if move is None or not math.isfinite(x + y):
        return place
    try:
        moved = move.transform(QgsPointXY(x, y))
    except QgsCsException:
        return (math.nan,) * 3
    return moved.x(), moved.y(), z


def collar_table(source, columns, choices, crs, context, feedback):
    """Places of the collars with elevations from a field, a raster or Z.

    Elevations come from the field when one is chosen, else from the raster,
    else from Z; a collar for which that source has nothing takes the next.

    Parameters
    ----------
    source : QgsFeatureSource
    columns : dict
        Of the collar table, see `reading.read_columns`.
    choices : dict
        ``elevation`` (field or empty), ``dem`` (QgsRasterLayer or None),
        ``elevation_unit`` and ``coordinate_unit``.
    crs : QgsCoordinateReferenceSystem
        To work in.

    Returns
    -------
    CollarTable
    """
    xyz = read_places(source, crs, context, feedback)
    unit = choices["coordinate_unit"]
    metres, own = unit_metres(crs, unit), unit_metres(source.sourceCrs(), unit)
    asked = METRES.get(choices["elevation_unit"])
    found = []
    if choices["elevation"]:
        name = choices["elevation"]
        found.append((f"field {name}", as_numbers(columns[name], name, ROLE), asked or own))
    if choices["dem"] is not None:
        values, band_metres = sample_elevation(choices["dem"], xyz, crs, context)
        found.append((tr("raster {}").format(choices['dem'].name()), values, asked or band_metres or own))
    found.append((tr("Z of the points"), xyz[:, 2].copy(), asked or own))
    xyz[:, 2] = math.nan
    notes = []
    for number, (label, values, unit) in enumerate(found):
        rows = np.flatnonzero(np.isnan(xyz[:, 2]) & np.isfinite(values))
        xyz[rows, 2] = values[rows] * scale_between(unit, metres)
        notes += [(int(row), label) for row in rows] if number else []
    return CollarTable(xyz, notes, tr("{}, in {}").format(found[0][0], unit_name(found[0][2])))


def collars_problem(source, elevation, dem):
    """Why a layer cannot serve as collars, as far as can be told quickly, or an empty string."""
    if QgsWkbTypes.geometryType(source.wkbType()) != QgsWkbTypes.GeometryType.PointGeometry:
        return tr("{}: '{}' is not a layer of points; choose a point layer.").format(tr(ROLE), source.sourceName())
    if elevation:
        find_field(source, elevation, ROLE)
    if not (elevation or dem or QgsWkbTypes.hasZ(source.wkbType())):
        return (
            tr("{}: the points of '{}' have no Z; choose a field with elevations or an elevation raster.").format(
                tr(ROLE), source.sourceName())
        )
    return ""


def degrees_problem(crs):
    """Why depths cannot be laid out in a coordinate reference system, or an empty string."""
    if not crs.isGeographic():
        return ""
    return (
        tr("{}: coordinates are in degrees ({} {}), in which depths cannot be laid out; choose a projected CRS, such "
           "as the UTM zone of the area, in 'CRS'.").format(tr(ROLE), crs.authid(), crs.description())
    )


def sample_elevation(layer, xyz, crs, context):
    """Elevations of a raster at points, bilinear between cell centres.

    Beside cells without data the others decide; a point in such a cell has no
    elevation.

    Parameters
    ----------
    layer : QgsRasterLayer
        In any CRS; its first band is read.
    xyz : array, shape (n, 2 or more)
    crs : QgsCoordinateReferenceSystem
        Of the points.

    Returns
    -------
    values : array, shape (n,)
        NaN outside the raster and where it has no data.
    metres : float or None
        Metres in the unit of the band, None when it names none.
    """
    dataset = open_raster(layer)
    band = dataset.GetRasterBand(1)
    inverse = gdal.InvGeoTransform(dataset.GetGeoTransform())
    if inverse is None:
        raise QgsProcessingException(tr("The raster '{}' has no position on the map; georeference it first.").format(
            layer.name()))
    move = None
    if crs.isValid() and layer.crs().isValid() and layer.crs() != crs:
        move = QgsCoordinateTransform(crs, layer.crs(), context.transformContext())
    values = np.full(len(xyz), math.nan)
    for row, (x, y) in enumerate(xyz[:, :2].tolist()):
        x, y, _ = _moved((x, y, math.nan), move)
        if math.isfinite(x + y):
            column = inverse[0] + inverse[1] * x + inverse[2] * y
            line = inverse[3] + inverse[4] * x + inverse[5] * y
            values[row] = _bilinear(band, column, line, dataset.RasterXSize, dataset.RasterYSize)
    scale, offset = band.GetScale(), band.GetOffset()
    values = values * (1.0 if scale is None else scale) + (offset or 0.0)
    return values, _band_metres(band.GetUnitType())


def _bilinear(band, column, line, columns, lines):
    """The value at a place given in cells."""
    if not (0.0 <= column <= columns and 0.0 <= line <= lines):
        return math.nan
    left, top = math.floor(column - 0.5), math.floor(line - 0.5)
    first, above = min(max(left, 0), columns - 1), min(max(top, 0), lines - 1)
    wide, high = min(max(left + 1, 0), columns - 1) - first + 1, min(max(top + 1, 0), lines - 1) - above + 1
    block = band.ReadAsArray(first, above, wide, high).astype(float)
    valid = (band.GetMaskBand().ReadAsArray(first, above, wide, high) > 0) & np.isfinite(block)
    own = min(int(column), columns - 1) - first, min(int(line), lines - 1) - above
    if not valid[own[1], own[0]]:
        return math.nan
    x = np.array([1.0]) if wide == 1 else np.array([left + 1.5 - column, column - 0.5 - left])
    y = np.array([1.0]) if high == 1 else np.array([top + 1.5 - line, line - 0.5 - top])
    weights = np.outer(y, x) * valid
    return float((weights * np.where(valid, block, 0.0)).sum() / weights.sum())


def _band_metres(unit):
    """Metres in the unit that a band names, or None."""
    unit = (unit or "").strip().lower()
    if unit in ("m", "metre", "meter", "metres", "meters"):
        return 1.0
    if "us" in unit.split() or unit in ("us-ft", "ftus"):
        return 1200.0 / 3937.0
    return 0.3048 if unit.split(" ")[-1] in FOOT_NAMES else None
