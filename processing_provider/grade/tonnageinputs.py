"""What a tonnage needs besides grades: volumes, densities, polygons and units."""
import math

import numpy as np
from qgis.core import (
    QgsDistanceArea,
    QgsFeatureRequest,
    QgsGeometry,
    QgsProcessingException,
    QgsUnitTypes,
    QgsWkbTypes,
)

from ...algorithms.geochemistry.assayunits import LABELS, unit_of_name, unit_of_text
from ..data.fields import find_field
from ..data.geology import OUTSIDE, burn
from ..data.rasters import open_raster, read_aligned
from ..data.tables import as_text
from ..engine.errors import raise_if_cancelled
from ..styles import DESCRIPTION, level_ranges
from ..translation import tr

MOST_POLYGONS = 500
MOST_DENSE = 25.0
STRETCHED = 0.02  # of the area: more is no longer that of a map projection for work
METRES = QgsUnitTypes.DistanceUnit.DistanceMeters


def metres_per_unit(crs):
    """Metres per unit of a CRS; 1 when there is none.

    Raises
    ------
    QgsProcessingException
        Its unit is an angle.
    """
    if not crs.isValid():
        return 1.0
    if crs.isGeographic():
        raise QgsProcessingException(tr(
            "The raster is in degrees ({}), so that the area of its cells is not known; warp it to a projected CRS "
            "before, such as the UTM zone.").format(crs.authid()))
    return QgsUnitTypes.fromUnitToUnitFactor(crs.mapUnits(), METRES)


def stretch_note(grid, context):
    """A sentence when the map projection shows areas too large or too small, or an empty string."""
    if not grid.crs.isValid():
        return tr("The raster has no coordinate reference system; its coordinates are taken as metres.")
    measure = QgsDistanceArea()
    measure.setSourceCrs(grid.crs, context.transformContext())
    measure.setEllipsoid(grid.crs.ellipsoidAcronym())
    true = measure.convertAreaMeasurement(
        measure.measureArea(QgsGeometry.fromRect(grid.extent)), QgsUnitTypes.AreaUnit.AreaSquareMeters)
    side = metres_per_unit(grid.crs)
    flat = grid.extent.width() * grid.extent.height() * side ** 2
    if not (math.isfinite(true) and true > 0.0) or abs(flat / true - 1.0) < STRETCHED:
        return ""
    return tr("The projection {} shows areas {:.3g} times as large as they are, and tonnages with them; warp the "
              "raster to a projection of this area, such as the UTM zone.").format(grid.crs.authid(), flat / true)


def thicknesses(grid, bench, name):
    """Metres that each level stands for, as a list.

    Parameters
    ----------
    grid : GridSpec
    bench : float or None
        The same for all levels; otherwise half the distances to the
        neighbouring levels, those at the ends as far outwards as inwards.
    name : str
        Of the raster.

    Raises
    ------
    QgsProcessingException
        The thickness cannot be known, or blocks would overlap.
    """
    levels = grid.levels
    if bench is not None and not (math.isfinite(bench) and bench > 0.0):
        raise QgsProcessingException(tr("The bench height is {:g}; give a number of metres above zero.").format(bench))
    if bench is None and len(levels) < 2:
        raise QgsProcessingException(tr(
            "The raster '{}' has one level only, so that the height of its cells is not known; give the bench height "
            "in metres.").format(name))
    if bench is None:
        ranges = level_ranges(dict(enumerate(levels)))
        return [ranges[number][1] - ranges[number][0] for number in range(len(levels))]
    nearest = float(np.diff(np.sort(levels)).min()) if len(levels) > 1 else math.inf
    if bench > nearest * (1.0 + 1e-6):
        raise QgsProcessingException(tr(
            "The bench height of {:g} m is more than the distance between levels of '{}' ({:g} m), so that rock would "
            "count twice; leave it empty or give a smaller one.").format(bench, name, nearest))
    return [float(bench)] * max(1, len(levels))


def density_problem(density):
    """Why a density cannot be meant, or an empty string."""
    if not (math.isfinite(density) and density > 0.0):
        return tr("The density is {:g}; give tonnes per cubic metre above zero, such as 2.7.").format(density)
    if density > MOST_DENSE:
        return tr("The density is {:g}, more than any rock has in tonnes per cubic metre; give for example 2.7, not "
                  "2700.").format(density)
    return ""


def read_density(layer, band, grid, feedback):
    """Densities of a raster on the cells, float32, shape (levels or 1, rows, columns).

    A band that names a level, as ``density:mean@z=120``, stands for the bands
    of the same name on all levels.

    Raises
    ------
    QgsProcessingException
        A level is missing, or the raster does not meet the cells.
    """
    found = []
    for number in _density_bands(layer, band, grid):
        raise_if_cancelled(feedback)
        found.append(read_aligned(layer, number, grid))
    density = np.stack(found)
    if not np.isfinite(density).any():
        raise QgsProcessingException(tr(
            "The density raster '{}' does not meet the predicted cells; choose one of the same area.").format(
                layer.name()))
    return density


def _density_bands(layer, band, grid):
    """The band, or the bands of its name on the levels of the grid."""
    dataset = open_raster(layer)
    if not 1 <= band <= dataset.RasterCount:
        raise QgsProcessingException(tr("The density raster '{}' has no band {}.").format(layer.name(), band))
    matches = [DESCRIPTION.match(dataset.GetRasterBand(number).GetDescription())
               for number in range(1, dataset.RasterCount + 1)]
    chosen = matches[band - 1]
    if chosen is None or chosen.group("level") is None or not grid.levels:
        return [band]
    numbers = {float(match.group("level")): number for number, match in enumerate(matches, start=1) if match
               and match.group("level") and match.group("field", "quantity") == chosen.group("field", "quantity")}
    missing = [level for level in grid.levels if level not in numbers]
    if missing:
        raise QgsProcessingException(tr(
            "The density raster '{}' has no band '{}:{}' at the level {:g}; give a band without a level, or one for "
            "each level.").format(layer.name(), *chosen.group("field", "quantity"), missing[0]))
    return [numbers[level] for level in grid.levels]


def polygons_problem(source, name):
    """Why polygons cannot be used, or an empty string."""
    if QgsWkbTypes.geometryType(source.wkbType()) != QgsWkbTypes.GeometryType.PolygonGeometry:
        return tr("Polygons: '{}' is not a layer of polygons; choose a polygon layer.").format(source.sourceName())
    if source.featureCount() == 0:
        return tr("Polygons: '{}' has no polygons to read; choose another layer.").format(source.sourceName())
    if name:
        find_field(source, name, tr("Polygons"))
    return ""


def read_polygons(source, name, grid, context, feedback):
    """Names of polygons, and which one holds the centre of each cell.

    Parameters
    ----------
    source : QgsFeatureSource
    name : str
        Field with the names; polygons of one name count together. Without it
        each polygon is called by its feature id.
    grid : GridSpec
    context : QgsProcessingContext
    feedback : QgsProcessingFeedback

    Returns
    -------
    names : list of str
    codes : numpy.ndarray of int32, shape (rows, columns)
        -1 outside all polygons; later polygons cover earlier ones.

    Raises
    ------
    QgsProcessingException
        No polygon holds the centre of a cell, or there are too many names.
    """
    request = QgsFeatureRequest()
    if grid.crs.isValid() and source.sourceCrs().isValid() and grid.crs != source.sourceCrs():
        request.setDestinationCrs(grid.crs, context.transformContext())
    index = find_field(source, name, tr("Polygons")) if name else None
    geometries, texts = [], []
    for feature in source.getFeatures(request):
        raise_if_cancelled(feedback)
        if feature.geometry().isEmpty():
            continue
        geometries.append(QgsGeometry(feature.geometry()))
        texts.append(_name_of(feature, index))
    names = list(dict.fromkeys(texts))
    if len(names) > MOST_POLYGONS:
        raise QgsProcessingException(tr(
            "Polygons: '{}' has {:,} names, at most {:,} are possible; choose a field with fewer.").format(
                source.sourceName(), len(names), MOST_POLYGONS))
    place = {text: number for number, text in enumerate(names)}
    codes = burn(geometries, [place[text] for text in texts], grid)
    _check_meeting(source, names, codes, feedback)
    return names, codes


def _name_of(feature, index):
    """Name of a polygon."""
    if index is None:
        return tr("polygon {}").format(feature.id())
    return as_text(feature.attributes()[index]) or tr("without a name")


def _check_meeting(source, names, codes, feedback):
    """Refuse polygons that hold no cell; name those that hold none."""
    held = np.unique(codes[codes != OUTSIDE])
    if not held.size:
        raise QgsProcessingException(tr(
            "Polygons: no polygon of '{}' holds the centre of a cell; choose polygons in the area of the "
            "raster.").format(source.sourceName()))
    empty = [text for number, text in enumerate(names) if number not in held]
    if empty:
        feedback.pushWarning(tr("Polygons without the centre of a cell, whose tonnage is zero: {}.").format(
            ", ".join(empty[:10]) + (tr(" and others") if len(empty) > 10 else "")))


def grade_unit(chosen, prediction):
    """Unit of the grades: the chosen one, that of the metadata or that in the name of the field.

    Returns
    -------
    unit, reason : str
        The reason is empty for a chosen unit.

    Raises
    ------
    QgsProcessingException
        Nothing tells.
    """
    if chosen != "auto":
        return {"gpt": "ppm"}.get(chosen, chosen), ""
    stated = unit_of_text(prediction.stated_unit)
    if stated:
        return stated, tr("Unit of '{}': {}, as the raster says.").format(prediction.field, LABELS[stated])
    named = unit_of_name(prediction.field)
    if not named:
        raise QgsProcessingException(tr(
            "The unit of '{}' is not known, which tonnes of metal need; choose it under 'Unit of the grades'.").format(
                prediction.field))
    return named, tr("Unit of '{}': {}, by its name.").format(prediction.field, LABELS[named])
