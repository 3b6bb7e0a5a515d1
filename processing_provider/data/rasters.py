"""GeoTIFFs from result arrays, and rasters read onto a grid or at points."""
import json
import tempfile
import uuid
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from osgeo import gdal
from qgis.core import QgsCoordinateTransform, QgsCsException, QgsPointXY, QgsProcessingException, QgsRasterLayer

from ..engine.errors import raise_if_cancelled
from ..translation import tr

NODATA = -9999.0
TILE = 256
OPTIONS = ["TILED=YES", "COMPRESS=DEFLATE", "PREDICTOR=3", "BIGTIFF=IF_SAFER", "INTERLEAVE=BAND"]
ENDINGS = (".tif", ".tiff")
SIDECARS = (".aux.xml", ".ovr", ".msk")
LOW, HIGH = "LODESCOPE_P2", "LODESCOPE_P98"  # percentiles kept with each band, for its style
SAMPLED = 20_000
RESAMPLING = ("nearest", "bilinear", "cubic", "average", "mode")


def destination_problem(path):
    """Why a file cannot be written, or an empty string.

    The folder is really tried, with a temporary file, since permissions tell
    the truth neither on network drives nor for administrators.

    Parameters
    ----------
    path : str or pathlib.Path or None
        The file; nothing is checked when it is empty or None.
    """
    if not path or not str(path):
        return ""
    path = Path(path)
    if path.is_dir():
        return tr("'{}' is a folder; give the result a file name.").format(path)
    folder = path.absolute().parent
    if not folder.is_dir():
        return tr("The folder '{}' does not exist; make it first or choose another one for the result.").format(folder)
    try:
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        return tr("Nothing can be written into the folder '{}' ({}); choose another one.").format(
            folder, error.strerror)
    return _file_problem(path)


def _file_problem(path):
    """Why an existing file cannot be replaced, or an empty string."""
    if not path.exists():
        return ""
    try:
        with path.open("r+b"):
            return ""
    except OSError as error:
        return (
            tr("The file '{}' cannot be replaced ({}); close what uses it or give the result another name.").format(
                path, error.strerror)
        )


def raster_problem(path):
    """As `destination_problem`, for a raster, which has to be a GeoTIFF."""
    if path and Path(path).suffix.lower() not in ENDINGS:
        return tr("'{}' is no GeoTIFF; end the name of the result with .tif.").format(path)
    return destination_problem(path)


def write_raster(path, array, grid, descriptions, metadata, feedback=None):
    """Write a result as a tiled GeoTIFF, band by band and block by block.

    It is written beside the final name and renamed when complete, so neither
    a failure nor a cancel leaves a half-written file, nor harms the one there
    was before.

    Parameters
    ----------
    path : str or pathlib.Path
        Ends with .tif.
    array : array of float32, shape (bands, rows, columns)
        NaN where there is no value; a memory map is read block by block.
    grid : GridSpec
    descriptions : list of str
        One for each band, as ``FIELD:quantity@z=LEVEL``.
    metadata : dict
        Items of the file; values that are no text are written as JSON.
    feedback : QgsProcessingFeedback, optional

    Raises
    ------
    QgsProcessingException
        In one sentence, such as for a full disk.
    JobCancelled
        After a cancel.
    """
    path = Path(path).absolute()
    problem = raster_problem(path)
    if problem:
        raise QgsProcessingException(problem)
    if array.shape != (len(descriptions), grid.rows, grid.columns):
        raise ValueError(f"array {array.shape} does not fit {len(descriptions)} bands of {grid.rows} x {grid.columns}")
    partial = path.with_name(f".{path.stem}-{uuid.uuid4().hex[:8]}.partial.tif")
    try:
        with gdal_errors(tr("The result could not be written to '{}'").format(path)):
            _write(partial, array, grid, descriptions, metadata, feedback)
        rename_file(partial, path)
    finally:
        for ending in ("", *SIDECARS):
            Path(f"{partial}{ending}").unlink(missing_ok=True)


def rename_file(partial, path):
    """Put a finished file in its place."""
    try:
        partial.replace(path)
        for ending in SIDECARS:  # those of a replaced file do not belong to the new one
            Path(f"{path}{ending}").unlink(missing_ok=True)
    except OSError as error:
        raise QgsProcessingException(_file_problem(path) or tr("'{}' could not be written ({}).").format(
            path, error)) from error


@contextmanager
def gdal_errors(what):
    """Turn errors of GDAL, raised or only noted, into one sentence; both ways exist between QGIS versions."""
    gdal.ErrorReset()
    gdal.PushErrorHandler("CPLQuietErrorHandler")
    try:
        yield
    except RuntimeError as error:
        raise QgsProcessingException(_gdal_sentence(what, str(error))) from error
    finally:
        noted, message = gdal.GetLastErrorType(), gdal.GetLastErrorMsg()
        gdal.PopErrorHandler()
    if noted >= gdal.CE_Failure:
        raise QgsProcessingException(_gdal_sentence(what, message))


def _gdal_sentence(what, message):
    return tr("{} ({}); is the disk full, or does another program use the file?").format(
        what, message.strip() or 'unknown reason')


def _write(path, array, grid, descriptions, metadata, feedback):
    """Make the file and write all bands."""
    bands = len(descriptions)
    dataset = gdal.GetDriverByName("GTiff").Create(
        str(path), grid.columns, grid.rows, bands, gdal.GDT_Float32, OPTIONS
    )
    if dataset is None:
        raise RuntimeError(gdal.GetLastErrorMsg())
    try:
        dataset.SetGeoTransform(grid.geotransform)
        if grid.crs.isValid():
            dataset.SetProjection(grid.crs.toWkt())
        for name, value in metadata.items():
            dataset.SetMetadataItem(name, value if isinstance(value, str) else json.dumps(value, sort_keys=True))
        for number, description in enumerate(descriptions):
            band = dataset.GetRasterBand(number + 1)
            _write_band(band, array[number], description, feedback, number / bands, 1 / bands)
        dataset.FlushCache()
    finally:
        del dataset  # closes the file, so that it can be renamed or removed


def _write_band(band, values, description, feedback, start, share):
    """Write one band in strips of tiles, with its statistics."""
    band.SetNoDataValue(NODATA)
    band.SetDescription(description)
    totals = Totals()
    rows = values.shape[0]
    for top in range(0, rows, TILE):
        strip = np.array(values[top:top + TILE], np.float32)
        valid = np.isfinite(strip)
        totals.add(strip[valid])
        strip[~valid] = NODATA
        if band.WriteArray(strip, 0, top) != gdal.CE_None:
            raise RuntimeError(gdal.GetLastErrorMsg())
        if feedback is not None:
            raise_if_cancelled(feedback)
            feedback.setProgress(100 * (start + share * min(1.0, (top + TILE) / rows)))
    band.FlushCache()
    if gdal.GetLastErrorType() >= gdal.CE_Failure:  # a full disk shows when tiles are flushed, not when they are given
        raise RuntimeError(gdal.GetLastErrorMsg())
    _write_statistics(band, totals, values)


def _write_statistics(band, totals, values):
    if not totals.count:
        return
    band.SetStatistics(totals.low, totals.high, totals.mean, totals.deviation)
    step = max(1, int(np.sqrt(values.size / SAMPLED)))
    sampled = np.asarray(values[::step, ::step])
    sampled = sampled[np.isfinite(sampled)]
    low, high = np.percentile(sampled, [2, 98]) if sampled.size else (totals.low, totals.high)
    band.SetMetadataItem(LOW, repr(float(low)))
    band.SetMetadataItem(HIGH, repr(float(high)))


class Totals:
    """Count, range, mean and standard deviation of values that come in parts.

    Parts are joined as in Chan, Golub and LeVeque (1983),
    doi:10.1080/00031305.1983.10483115.
    """

    def __init__(self):
        self.count, self.mean, self.squares = 0, 0.0, 0.0
        self.low, self.high = np.inf, -np.inf

    def add(self, part):
        """Take in one part, an array of shape (n,)."""
        if not part.size:
            return
        mean = float(part.mean(dtype=float))
        away = np.subtract(part, mean, dtype=float).ravel()
        squares = float(away @ away)
        total = self.count + part.size
        shift = mean - self.mean
        self.mean += shift * part.size / total
        self.squares += squares + shift ** 2 * self.count * part.size / total
        self.count = total
        self.low, self.high = min(self.low, float(part.min())), max(self.high, float(part.max()))

    @property
    def deviation(self):
        """Standard deviation of all parts together."""
        return (self.squares / self.count) ** 0.5


def open_raster(source):
    """A GDAL dataset of a raster layer or a file, read only.

    Parameters
    ----------
    source : QgsRasterLayer or str or pathlib.Path

    Raises
    ------
    QgsProcessingException
        When GDAL cannot read it.
    """
    path = source.source() if isinstance(source, QgsRasterLayer) else str(source)
    name = source.name() if isinstance(source, QgsRasterLayer) else path
    problem = tr("The raster '{}' cannot be read; choose a raster file that QGIS can open.").format(name)
    try:
        dataset = gdal.Open(path)
    except RuntimeError as error:
        raise QgsProcessingException(problem) from error
    if dataset is None or dataset.RasterCount == 0:
        raise QgsProcessingException(problem)
    return dataset


def crs_wkt(source, dataset, fallback):
    """The CRS of a raster: that of the layer (the user may have corrected it), of the file, or the fallback's."""
    if isinstance(source, QgsRasterLayer) and source.crs().isValid():
        return source.crs().toWkt()
    return dataset.GetProjection() or fallback.toWkt()


def band_of(dataset, band, source):
    """A band by its number, refused in a sentence where there is none."""
    if not 1 <= band <= dataset.RasterCount:
        raise QgsProcessingException(
            tr("The raster '{}' has no band {}, only {}.").format(layer_name(source), band, dataset.RasterCount))
    return dataset.GetRasterBand(band)


def layer_name(source):
    """Name of a raster for sentences: that of the layer, or of the file."""
    return source.name() if isinstance(source, QgsRasterLayer) else Path(source).name


def true_values(raw, band):
    """Stored numbers times the scale and plus the offset of a band."""
    return raw * (band.GetScale() or 1.0) + (band.GetOffset() or 0.0)


def read_aligned(source, band, grid, resampling="bilinear"):
    """One band of a raster on the cells of a grid.

    Parameters
    ----------
    source : QgsRasterLayer or str or pathlib.Path
    band : int
        From 1.
    grid : GridSpec
        Its levels play no part.
    resampling : str
        One of `RESAMPLING`; ``"nearest"`` for classes.

    Returns
    -------
    values : array of float32, shape (rows, columns)
        NaN outside the raster and where it has no data; scale and offset of
        the band are applied.

    Raises
    ------
    QgsProcessingException
    """
    dataset = open_raster(source)
    definition = band_of(dataset, band, source)
    with gdal_errors(tr("The raster '{}' could not be brought onto the grid").format(layer_name(source))):
        single = gdal.Translate("", dataset, format="VRT", bandList=[band])
        warped = gdal.Warp(
            "", single, format="MEM", srcSRS=crs_wkt(source, dataset, grid.crs) or None,
            dstSRS=grid.crs.toWkt() or None,
            outputBounds=(grid.west, grid.south, grid.east, grid.north), width=grid.columns, height=grid.rows,
            resampleAlg={"nearest": "near"}.get(resampling, resampling), dstNodata=float("nan"),
            outputType=gdal.GDT_Float32,
        )
        if warped is None:
            raise RuntimeError(gdal.GetLastErrorMsg())
        values = warped.GetRasterBand(1).ReadAsArray()
    return true_values(values, definition).astype(np.float32)


def sample_raster(source, band, points, crs, context):
    """Value of the raster cell that holds each point.

    Parameters
    ----------
    source : QgsRasterLayer or str or pathlib.Path
    band : int
        From 1.
    points : array of float, shape (n, 2 or more)
        Easting and northing.
    crs : QgsCoordinateReferenceSystem
        Of the points.
    context : QgsProcessingContext

    Returns
    -------
    values : array of float64, shape (n,)
        NaN outside the raster and where it has no data.
    """
    dataset = open_raster(source)
    definition = band_of(dataset, band, source)
    points = _into_raster(source, points, crs, context)
    inverse = gdal.InvGeoTransform(dataset.GetGeoTransform())
    if inverse is None:
        raise QgsProcessingException(
            tr("The raster '{}' has no position on the map; georeference it first.").format(layer_name(source)))
    x, y = points[:, 0], points[:, 1]
    columns = np.floor(inverse[0] + inverse[1] * x + inverse[2] * y)
    rows = np.floor(inverse[3] + inverse[4] * x + inverse[5] * y)
    inside = (columns >= 0) & (columns < dataset.RasterXSize) & (rows >= 0) & (rows < dataset.RasterYSize)
    values = np.full(len(points), np.nan)
    with gdal_errors(tr("The raster '{}' could not be read").format(layer_name(source))):
        values[inside] = _pick(definition, rows[inside].astype(int), columns[inside].astype(int))
    return values


def _into_raster(source, points, crs, context):
    """Points in the CRS of a raster layer; NaN where they have no place in it."""
    points = np.array(points[:, :2], float)
    if not isinstance(source, QgsRasterLayer) or source.crs() == crs or not (crs.isValid() and source.crs().isValid()):
        return points
    transform = QgsCoordinateTransform(crs, source.crs(), context.transformContext())
    for row, (x, y) in enumerate(points):
        try:
            place = transform.transform(QgsPointXY(x, y))
            points[row] = place.x(), place.y()
        except QgsCsException:
            points[row] = np.nan
    return points


def _pick(band, rows, columns):
    """Values of single cells, read strip by strip."""
    out = np.full(len(rows), np.nan)
    for strip in np.unique(rows // TILE):
        chosen = np.flatnonzero(rows // TILE == strip)
        left, right = columns[chosen].min(), columns[chosen].max()
        top, bottom = rows[chosen].min(), rows[chosen].max()
        window = (int(left), int(top), int(right - left + 1), int(bottom - top + 1))
        block = band.ReadAsArray(*window).astype(float)
        block[~valid_cells(band, window, block)] = np.nan
        out[chosen] = block[rows[chosen] - top, columns[chosen] - left]
    return true_values(out, band)


def valid_cells(band, window, block):
    """Which cells hold data: GDAL's mask covers nodata values, alpha bands and mask files."""
    return (band.GetMaskBand().ReadAsArray(*window) > 0) & np.isfinite(block)
