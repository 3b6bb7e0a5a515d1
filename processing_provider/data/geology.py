"""Geological maps on a grid and at samples: classes as integers, or a number for each unit."""
from dataclasses import dataclass, field

import numpy as np
from osgeo import gdal, ogr, osr
from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsFeatureRequest,
    QgsGeometry,
    QgsPoint,
    QgsProcessingException,
    QgsProcessingFeatureSource,
    QgsWkbTypes,
)

from ..engine.errors import raise_if_cancelled
from ..translation import tr
from .columns import numbers, text_number
from .fields import find_field, is_null
from .rasters import read_aligned, sample_raster

ROLE = "Geology"
OUTSIDE = -1


@dataclass(frozen=True)
class Geology:
    """Polygons of a geological map, each with a unit.

    Where polygons overlap, the later one counts, on the grid and at points alike.

    Attributes
    ----------
    geometries : list of QgsGeometry
        In ``crs``.
    units : array of int32, shape (polygons,)
        Index into ``names`` (and ``values``).
    names : list of str
        The classes, sorted.
    values : array of float64, shape (len(names),)
        The number of each unit; NaN where the class is no number.
    crs : QgsCoordinateReferenceSystem
    notes : list of str
        What was left out, as sentences.
    """

    geometries: list
    units: np.ndarray
    names: list
    values: np.ndarray
    crs: QgsCoordinateReferenceSystem
    notes: list = field(default_factory=list)

    def units_on(self, grid):
        """Unit of each cell by its centre; int32, shape (rows, columns), -1 outside all polygons."""
        return burn(self.geometries, self.units, grid)

    def units_at(self, points, feedback=None):
        """Unit at each point of shape (n, 2 or more); int32, shape (n,), -1 outside all polygons."""
        found = np.full(len(points), OUTSIDE, np.int32)
        for geometry, unit in zip(self.geometries, self.units):
            raise_if_cancelled(feedback)
            found[points_inside(geometry, points)] = unit
        return found

    def values_on(self, grid):
        """Number of each cell; float32, shape (rows, columns), NaN outside all polygons."""
        return self._numbers(self.units_on(grid)).astype(np.float32)

    def values_at(self, points, feedback=None):
        """Number at each point; float64, shape (n,), NaN outside all polygons."""
        return self._numbers(self.units_at(points, feedback))

    def _numbers(self, units):
        return np.append(self.values, np.nan)[units]  # unit -1 takes the appended NaN


def geology_problem(source, name):
    """Why a layer cannot be used as a geological map, or an empty string."""
    if QgsWkbTypes.geometryType(source.wkbType()) != QgsWkbTypes.GeometryType.PolygonGeometry:
        return tr("{}: '{}' is not a layer of polygons; choose a polygon layer.").format(tr(ROLE), source.sourceName())
    if source.featureCount() == 0:
        return tr("{}: '{}' has no polygons to read; choose another layer.").format(tr(ROLE), source.sourceName())
    if not name:
        return tr("{}: choose the field with the unit of each polygon.").format(tr(ROLE))
    if source.fields().lookupField(name) < 0:
        names = ", ".join(source.fields().names()) or "none"
        return tr("{}: there is no field '{}' in '{}'; its fields are: {}.").format(
            tr(ROLE), name, source.sourceName(), names)
    return ""


def read_geology(source, name, crs, context, numeric=False, feedback=None):
    """Read a geological map.

    Parameters
    ----------
    source : QgsFeatureSource
        Polygons.
    name : str
        Field with the class of each polygon, or with its number.
    crs : QgsCoordinateReferenceSystem
        To read the polygons in.
    context : QgsProcessingContext
    numeric : bool
        Whether the field has to hold numbers.
    feedback : QgsProcessingFeedback, optional

    Returns
    -------
    geology : Geology

    Raises
    ------
    QgsProcessingException
        In one sentence.
    """
    problem = geology_problem(source, name)
    if problem:
        raise QgsProcessingException(problem)
    index = find_field(source, name, ROLE)
    geometries, raw, without, repaired = _polygons(source, index, crs, context, feedback)
    if not geometries:
        raise QgsProcessingException(
            tr("{}: no polygon of '{}' has both a shape and a value in '{}'.").format(
                tr(ROLE), source.sourceName(), name)
        )
    values = numbers(raw, name, ROLE, _Ignored()) if numeric else None
    names, units = np.unique([_class_name(value) for value in raw], return_inverse=True)
    notes = [tr("{}: {:,} polygons without a shape or without a value are left out.").format(
        tr(ROLE), without)] if without else []
    notes += [tr("{}: {:,} polygons were not valid and were repaired.").format(tr(ROLE), repaired)] if repaired else []
    values = _unit_values(names, units, values)
    return Geology(geometries, units.astype(np.int32), [str(name) for name in names], values, crs, notes)


class _Ignored(dict):
    """Counts that nobody asks for."""

    def __missing__(self, key):
        return 0


def _polygons(source, index, crs, context, feedback):
    """Geometries and attribute values of the usable polygons, and how many others there are and how many are mended."""
    request = QgsFeatureRequest().setSubsetOfAttributes([index])
    if crs.isValid() and source.sourceCrs().isValid() and crs != source.sourceCrs():
        request.setDestinationCrs(crs, context.transformContext())
    geometries, raw, without, repaired = [], [], 0, 0
    unchecked = QgsProcessingFeatureSource.Flag.FlagSkipGeometryValidityChecks  # they are repaired here
    checks = [unchecked] if isinstance(source, QgsProcessingFeatureSource) else []
    for feature in source.getFeatures(request, *checks):
        raise_if_cancelled(feedback)
        value, shape = feature.attributes()[index], QgsGeometry(feature.geometry())
        if not shape.isEmpty() and not shape.isGeosValid():
            shape, repaired = _polygon_parts(shape.makeValid()), repaired + 1
        if is_null(value) or shape.isEmpty():
            without += 1
            continue
        geometries.append(shape)
        raw.append(value)
    return geometries, raw, without, repaired


def _polygon_parts(shape):
    """A repaired shape without the lines and points that the repair may have added."""
    if shape.type() == QgsWkbTypes.GeometryType.PolygonGeometry:
        return shape
    parts = [part for part in shape.asGeometryCollection() if part.type() == QgsWkbTypes.GeometryType.PolygonGeometry]
    return QgsGeometry.collectGeometry(parts)


def _class_name(value):
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value).strip()


def _unit_values(names, units, values):
    """The number of each class."""
    if values is None:
        found = [text_number(str(name)) for name in names]
        return np.array([np.nan if number is None else number for number in found])
    out = np.full(len(names), np.nan)
    out[units] = values
    return out


def burn(geometries, codes, grid):
    """Integer codes of polygons on the cells of a grid, by the cell centres.

    Parameters
    ----------
    geometries : list of QgsGeometry
        In the CRS of the grid.
    codes : sequence of int
        One for each geometry; later ones cover earlier ones.
    grid : GridSpec

    Returns
    -------
    codes : array of int32, shape (rows, columns)
        -1 outside all polygons.
    """
    target = gdal.GetDriverByName("MEM").Create("", grid.columns, grid.rows, 1, gdal.GDT_Int32)
    target.SetGeoTransform(grid.geotransform)
    target.GetRasterBand(1).Fill(OUTSIDE)
    vectors = ogr.GetDriverByName("Memory").CreateDataSource("polygons")
    reference = osr.SpatialReference()
    if grid.crs.isValid():
        reference.ImportFromWkt(grid.crs.toWkt())
        target.SetProjection(grid.crs.toWkt())
    layer = vectors.CreateLayer("polygons", reference, ogr.wkbUnknown)
    layer.CreateField(ogr.FieldDefn("code", ogr.OFTInteger))
    for geometry, code in zip(geometries, codes):
        feature = ogr.Feature(layer.GetLayerDefn())
        feature.SetGeometry(ogr.CreateGeometryFromWkb(bytes(geometry.asWkb())))
        feature.SetField("code", int(code))
        layer.CreateFeature(feature)
    gdal.RasterizeLayer(target, [1], layer, options=["ATTRIBUTE=code"])
    return target.GetRasterBand(1).ReadAsArray()


def points_inside(geometry, points):
    """Indices of the points, shape (n, 2 or more), that lie inside a polygon."""
    box = geometry.boundingBox()
    x, y = points[:, 0], points[:, 1]
    near = np.flatnonzero(
        (x >= box.xMinimum()) & (x <= box.xMaximum()) & (y >= box.yMinimum()) & (y <= box.yMaximum())
    )
    engine = QgsGeometry.createGeometryEngine(geometry.constGet())
    engine.prepareGeometry()
    inside = [engine.intersects(QgsPoint(*points[row, :2].tolist())) for row in near]
    return near[np.array(inside, bool)]


@dataclass(frozen=True)
class Diffusivity:
    """Diffusivity on the cells of a grid and at samples.

    Attributes
    ----------
    on_grid : array of float32, shape (rows, columns)
        NaN where it is not known.
    at_samples : array of float64, shape (n,)
    units_on_grid : array of int32, shape (rows, columns), or None
        Geological unit of each cell, -1 for none; None for a raster.
    units_at_samples : array of int32, shape (n,), or None
    names : list of str
        Of the units.
    notes : list of str
    """

    on_grid: np.ndarray
    at_samples: np.ndarray
    units_on_grid: np.ndarray = None
    units_at_samples: np.ndarray = None
    names: list = field(default_factory=list)
    notes: list = field(default_factory=list)


def diffusivity_from_raster(layer, band, grid, points, context, resampling="bilinear"):
    """Diffusivity of a raster layer; see `Diffusivity`.

    Parameters
    ----------
    layer : QgsRasterLayer
    band : int
    grid : GridSpec
    points : array of float, shape (n, 2 or more)
        Samples in the CRS of the grid.
    context : QgsProcessingContext
    resampling : str

    Raises
    ------
    QgsProcessingException
        When it is not greater than zero everywhere, or does not meet the grid.
    """
    on_grid = read_aligned(layer, band, grid, resampling)
    at_samples = sample_raster(layer, band, points, grid.crs, context)
    return Diffusivity(on_grid, at_samples, notes=_check_diffusivity(on_grid, at_samples, layer.name()))


def diffusivity_from_polygons(source, value_field, grid, points, context, unit_field="", feedback=None):
    """Diffusivity of geological polygons, and their units; see `Diffusivity`.

    Parameters
    ----------
    source : QgsFeatureSource
    value_field : str
        Field with the diffusivity of each polygon.
    grid : GridSpec
    points : array of float, shape (n, 2 or more)
        Samples in the CRS of the grid.
    context : QgsProcessingContext
    unit_field : str
        Field with the class of each polygon; without it, polygons of the same diffusivity are one unit.
    feedback : QgsProcessingFeedback, optional

    Raises
    ------
    QgsProcessingException
    """
    values = read_geology(source, value_field, grid.crs, context, True, feedback)
    units = read_geology(source, unit_field, grid.crs, context, False, feedback) if unit_field else values
    on_grid, at_samples = values.values_on(grid), values.values_at(points, feedback)
    notes = values.notes + _check_diffusivity(on_grid, at_samples, source.sourceName())
    return Diffusivity(on_grid, at_samples, units.units_on(grid), units.units_at(points, feedback), units.names, notes)


def _check_diffusivity(on_grid, at_samples, name):
    """Refuse diffusivities that cannot be; say how much of the grid has none."""
    known = on_grid[np.isfinite(on_grid)]
    if not known.size:
        raise QgsProcessingException(tr("Diffusivity: '{}' does not meet the grid; choose one of the same "
                                        "area.").format(name))
    low = min(known.min(), np.nanmin(at_samples, initial=np.inf))
    if low <= 0:
        raise QgsProcessingException(
            tr("Diffusivity: '{}' has values down to {:g}, but a diffusivity is greater than zero; correct it.").format(
                name, low)
        )
    missing = 1 - known.size / on_grid.size
    return [tr("Diffusivity: '{}' leaves {:.1%} of the cells without a value.").format(
        name, missing)] if missing else []
