"""One band of any map, with the area of its cells, for algorithms that rank or outline it."""
import json
import math
import re
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
from osgeo import gdal
from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsDistanceArea,
    QgsEllipsoidUtils,
    QgsGeometry,
    QgsProcessingException,
    QgsProcessingParameterBand,
    QgsProcessingParameterRasterLayer,
    QgsRectangle,
    QgsUnitTypes,
)

from .. import parameters as shared
from ..data.rasters import gdal_errors, open_raster, true_values, valid_cells
from ..data.scratch import scratch_folder
from ..engine.errors import raise_if_cancelled
from ..styles import DESCRIPTION
from ..translation import tr

RASTER, BAND = "RASTER", "BAND"
ROWS = 256
MEANS = ("probability", "mean", "estimate")  # of the default band, the first that there is
SPREADS = ("uncertainty", "sd", "variance")
METRES = QgsUnitTypes.DistanceUnit.DistanceMeters
STRETCHED = 0.02
CHANCE = re.compile(r"^(prob|p\s*\(?.*[<>])")


@dataclass(frozen=True)
class Frame:
    """The cells of a map, north up, as a grid of `data` that may have cells of two sides.

    Attributes
    ----------
    crs : QgsCoordinateReferenceSystem
    west, north, wide, high : float
        Outer corner of the north-western cell, and sides of a cell.
    columns, rows : int
    """

    crs: QgsCoordinateReferenceSystem
    west: float
    north: float
    wide: float
    high: float
    columns: int
    rows: int
    levels: tuple = ()

    @property
    def cell(self):
        """Side of a cell from west to east."""
        return self.wide

    @property
    def east(self):
        """Eastern side."""
        return self.west + self.columns * self.wide

    @property
    def south(self):
        """Southern side."""
        return self.north - self.rows * self.high

    @property
    def extent(self):
        """The outline as a `QgsRectangle`."""
        return QgsRectangle(self.west, self.south, self.east, self.north)

    @property
    def geotransform(self):
        """GDAL's six numbers."""
        return (self.west, self.wide, 0.0, self.north, 0.0, -self.high)

    @property
    def is_geographic(self):
        """Whether coordinates are degrees."""
        return self.crs.isValid() and self.crs.isGeographic()

    @property
    def metres(self):
        """Metres per unit of a projected CRS; 1 when it is not known."""
        if not self.crs.isValid() or self.is_geographic:
            return 1.0
        factor = QgsUnitTypes.fromUnitToUnitFactor(self.crs.mapUnits(), METRES)
        return factor if math.isfinite(factor) and factor > 0.0 else 1.0

    def to_settings(self):
        """The cells as the worker's settings hold them."""
        return {"west": self.west, "north": self.north, "wide": self.wide, "high": self.high,
                "columns": self.columns, "rows": self.rows}

    def cells_of(self, points):
        """Columns and rows of points (n, 2), which may be beyond the map."""
        columns = np.floor((points[:, 0] - self.west) / self.wide)
        return columns.astype(np.int64), np.floor((self.north - points[:, 1]) / self.high).astype(np.int64)

    def areas(self):
        """Square metres of a cell of each row, float64, shape (rows,); on the ellipsoid for degrees."""
        if not self.is_geographic:
            return np.full(self.rows, self.wide * self.high * self.metres ** 2)
        ellipsoid = QgsEllipsoidUtils.ellipsoidParameters(self.crs.ellipsoidAcronym())
        to_radians = QgsUnitTypes.fromUnitToUnitFactor(
            self.crs.mapUnits(), QgsUnitTypes.DistanceUnit.DistanceDegrees) * math.pi / 180.0
        edges = np.clip((self.north - self.high * np.arange(self.rows + 1)) * to_radians, -math.pi / 2, math.pi / 2)
        return zone_areas(edges, self.wide * to_radians, ellipsoid.semiMajor, ellipsoid.semiMinor)


def zone_areas(edges, width, major, minor):
    """Areas between parallels on an ellipsoid.

    Parameters
    ----------
    edges : numpy.ndarray, shape (k + 1,)
        Latitudes in radians, from north to south.
    width : float
        Difference of longitudes in radians.
    major, minor : float
        Half axes in metres.

    Returns
    -------
    numpy.ndarray, shape (k,)
        Square metres. Snyder (1987), equation 3-12, doi:10.3133/pp1395.
    """
    eccentricity = math.sqrt(max(0.0, 1.0 - (minor / major) ** 2))
    sine = np.sin(edges)
    if eccentricity < 1e-9:
        return -np.diff(sine) * width * major ** 2
    bent = sine / (1.0 - (eccentricity * sine) ** 2) + np.arctanh(eccentricity * sine) / eccentricity
    return -np.diff(bent) * width * minor ** 2 / 2.0


def area_note(frame, context):
    """A sentence when areas of a map are not those on the ground, or an empty string."""
    if not frame.crs.isValid():
        return tr("The raster has no coordinate reference system; its coordinates are taken as metres.")
    if frame.is_geographic:
        return ""
    measure = QgsDistanceArea()
    measure.setSourceCrs(frame.crs, context.transformContext())
    measure.setEllipsoid(frame.crs.ellipsoidAcronym())
    true = measure.convertAreaMeasurement(
        measure.measureArea(QgsGeometry.fromRect(frame.extent)), QgsUnitTypes.AreaUnit.AreaSquareMeters)
    flat = frame.extent.width() * frame.extent.height() * frame.metres ** 2
    if not (math.isfinite(true) and true > 0.0) or abs(flat / true - 1.0) < STRETCHED:
        return ""
    return tr("The projection {} shows areas {:.3g} times as large as they are; warp the raster to a projection of "
              "this area, such as the UTM zone, for true areas.").format(frame.crs.authid(), flat / true)


@dataclass(frozen=True)
class MapBand:
    """The band of a raster that is ranked, outlined or drilled.

    Attributes
    ----------
    layer : QgsRasterLayer
    band : int
    name : str
        Of the band.
    frame : Frame
    partners : dict
        Quantities of the same field and level to band numbers.
    metadata : dict
        Items of the file.
    """

    layer: object
    band: int
    name: str
    frame: Frame
    partners: dict
    metadata: dict

    @property
    def is_chance(self):
        """Whether the name of the band says that it holds probabilities."""
        return bool(CHANCE.match(quantity_of(self.name)[1].lower()))

    def describe(self):
        """One line for the log."""
        frame = self.frame
        return tr("Map: band {} ({}) of '{}', {:,} columns x {:,} rows, {}.").format(
            self.band, self.name, self.layer.name(), frame.columns, frame.rows,
            frame.crs.authid() or tr("no coordinate reference system"))

    def item(self, name):
        """An item of the metadata that is a dict, written as JSON; an empty one when it is not."""
        try:
            found = json.loads(self.metadata.get(name) or "{}")
        except ValueError:
            return {}
        return found if isinstance(found, dict) else {}


def add_map(algorithm, label, explanation):
    """RASTER and BAND."""
    shared.add(algorithm, QgsProcessingParameterRasterLayer(RASTER, tr(label)), explanation)
    shared.add(algorithm, QgsProcessingParameterBand(BAND, tr("Band"), None, RASTER, True),
               "Band with the values. Leave it empty for the probability, else the mean or the estimate, as the bands "
               "are named, else the first band.")


def read_map(algorithm, parameters, context):
    """The chosen band as `MapBand`.

    Raises
    ------
    QgsProcessingException
        The raster cannot be read, has no such band or is not north up.
    """
    layer = algorithm.parameterAsRasterLayer(parameters, RASTER, context)
    if layer is None or not layer.isValid():
        raise QgsProcessingException(algorithm.invalidRasterError(parameters, RASTER))
    dataset = open_raster(layer)
    names = [dataset.GetRasterBand(number).GetDescription() for number in range(1, dataset.RasterCount + 1)]
    chosen = algorithm.parameterAsInt(parameters, BAND, context) if shared.given(parameters, BAND) else None
    band = default_band(names) if chosen is None else chosen
    if not 1 <= band <= len(names):
        raise QgsProcessingException(tr("The raster '{}' has no band {}, only {}.").format(
            layer.name(), band, len(names)))
    return MapBand(layer, band, names[band - 1] or tr("band {}").format(band), frame_of(layer, dataset),
                   partners_of(names, band), dataset.GetMetadata())


def default_band(names):
    """Number of the first band whose quantity is a probability, a mean or an estimate; else 1."""
    quantities = [quantity_of(name)[1] for name in names]
    for wanted in MEANS:
        if wanted in quantities:
            return quantities.index(wanted) + 1
    return 1


def quantity_of(name):
    """Field, quantity and level of the name of a band; the quantity is empty when the name holds none."""
    match = DESCRIPTION.match(name or "")
    return match.group("field", "quantity", "level") if match else (name, "", None)


def partners_of(names, band):
    """Quantities of the field and level of a band to the numbers of their bands."""
    field, quantity, level = quantity_of(names[band - 1])
    if not quantity:
        return {}
    found = {}
    for number, name in enumerate(names, start=1):
        other = quantity_of(name)
        if other[0] == field and other[2] == level and number != band:
            found.setdefault(other[1], number)
    return found


def frame_of(layer, dataset):
    """The cells of a raster, which have to be north up."""
    west, wide, turned, north, sheared, high = dataset.GetGeoTransform()
    if turned or sheared or wide <= 0.0 or high >= 0.0:
        raise QgsProcessingException(tr(
            "The raster '{}' is not north up; warp it (Raster, Projections) before.").format(layer.name()))
    return Frame(layer.crs(), west, north, wide, -high, dataset.RasterXSize, dataset.RasterYSize)


def band_strips(layer, number, feedback):
    """Strips of one band, each the first row and float32 values (rows, columns), NaN where there is no data."""
    dataset = open_raster(layer)
    band = dataset.GetRasterBand(number)
    rows, columns = dataset.RasterYSize, dataset.RasterXSize
    for top in range(0, rows, ROWS):
        raise_if_cancelled(feedback)
        window = (0, top, columns, min(ROWS, rows - top))
        with gdal_errors(tr("The raster '{}' could not be read").format(layer.name())):
            block = band.ReadAsArray(*window)
            if block is None:
                raise RuntimeError(gdal.GetLastErrorMsg())
            block = block.astype(float)
            block[~valid_cells(band, window, block)] = np.nan
        yield top, true_values(block, band).astype(np.float32)
        feedback.setProgress(100.0 * min(1.0, (top + ROWS) / rows))


def masked(strips, inside):
    """Strips without what lies outside a study area, bool of shape (rows, columns); all of them for None."""
    for top, values in strips:
        if inside is not None:
            values[~inside[top:top + len(values)]] = np.nan
        yield top, values


@contextmanager
def stored_maps(strips, frame):
    """Maps as ``.npy`` files for a job, taken away at the end.

    Parameters
    ----------
    strips : dict
        Names to iterables of strips, as `band_strips` gives them.
    frame : Frame

    Yields
    ------
    dict
        Names to the files of float32 (rows, columns).

    Raises
    ------
    QgsProcessingException
        The disk has no room.
    """
    def fill(folder):
        paths = {name: folder / f"{name}.npy" for name in strips}
        for name, parts in strips.items():
            out = np.lib.format.open_memmap(paths[name], "w+", np.float32, (frame.rows, frame.columns))
            for top, values in parts:
                out[top:top + len(values)] = values
            out.flush()
            del out
        return paths

    with scratch_folder(4 * frame.rows * frame.columns * len(strips), fill) as paths:
        yield paths
