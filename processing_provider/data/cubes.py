"""Hyperspectral images to the tiles of a job, and the tiles of its result to one GeoTIFF."""
import json
import uuid
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from osgeo import gdal, gdal_array
from qgis.core import QgsCoordinateReferenceSystem, QgsProcessingException, QgsRasterLayer

from ...algorithms.spectroscopy.cube import part_name, tile_name
from ..engine.errors import raise_if_cancelled
from ..translation import tr
from .hyperspectral import union_type
from .rasters import (
    HIGH,
    LOW,
    NODATA,
    OPTIONS,
    SAMPLED,
    SIDECARS,
    TILE,
    Totals,
    gdal_errors,
    raster_problem,
    rename_file,
)
from .scenes import open_image
from .scratch import scratch_folder

TILE_BYTES = 24 * 2 ** 20
CACHE_BYTES = 128 * 2 ** 20
UNITS = {"position": "µm", "width": "µm", "area": "µm", "angle": "rad"}
WINDOW = 3  # pixels: side of the square that is averaged around a target


class Image:
    """A raster with its usable bands, read tile by tile.

    Parameters
    ----------
    source : QgsRasterLayer or str or pathlib.Path
    bands : hyperspectral.Bands
    results : int
        About how many bands the result has; tiles are small enough for both.

    Attributes
    ----------
    tiles : list of tuple
        Row, column, rows, columns of each tile.
    """

    def __init__(self, source, bands, results=1):
        self.source, self.bands = source, bands
        self.dataset, self.reader = open_image(source)
        self.numbers = [int(number) + 1 for number in bands.order]
        self.rows, self.columns = self.dataset.RasterYSize, self.dataset.RasterXSize
        kind = union_type(self.dataset, self.numbers)
        self.nodata = np.asarray(bands.nodata)[bands.order]
        self.masked = bool(self.dataset.GetRasterBand(1).GetMaskFlags() & gdal.GMF_PER_DATASET)
        if gdal.DataTypeIsComplex(kind):
            raise QgsProcessingException(tr("The image holds complex numbers; choose one of reflectances."))
        if self.masked and np.isnan(self.nodata).any():
            kind = gdal.DataTypeUnion(kind, gdal.GDT_Float32)
        self.kind, self.dtype = kind, np.dtype(gdal_array.GDALTypeCodeToNumericTypeCode(kind))
        self.tiles = self._tiles(max(len(self.numbers) * self.dtype.itemsize, 4 * results))

    @property
    def crs(self):
        """CRS (`QgsCoordinateReferenceSystem`): that of the layer, which the user may have set, or of the file."""
        layer = self.source if isinstance(self.source, QgsRasterLayer) and self.reader is None else None
        if layer is not None and layer.crs().isValid():
            return layer.crs()
        return QgsCoordinateReferenceSystem.fromWkt(self.dataset.GetProjection() or "")

    @property
    def bytes(self):
        """Size of all tiles."""
        return self.rows * self.columns * len(self.numbers) * self.dtype.itemsize

    def _tiles(self, pixel):
        """Tiles that follow the blocks of the file and hold at most 24 MiB, of ``pixel`` bytes each."""
        wide, high = self.dataset.GetRasterBand(1).GetBlockSize()
        pixels = max(TILE_BYTES // pixel, 1)
        columns = self.columns if wide >= self.columns else min(wide * max(TILE // wide, 1), self.columns)
        columns = min(columns, pixels)
        rows = max(pixels // columns, 1)
        step = next((step for step in (high, TILE, 64, 16) if 1 < step <= rows), 1)
        rows = min(rows // step * step, self.rows)
        tiles = [(row, column, min(rows, self.rows - row), min(columns, self.columns - column))
                 for row in range(0, self.rows, rows) for column in range(0, self.columns, columns)]
        return sorted(tiles, key=lambda tile: (tile[0] // high, tile[1], tile[0]))  # each block is read once

    def read(self, row, column, rows, columns):
        """Stored numbers (rows, columns, bands), bands by rising wavelength."""
        size, count = self.dtype.itemsize, len(self.numbers)
        with gdal_errors(tr("The image could not be read")):
            if self.reader is not None:
                return self.reader(row, column, rows, columns, self.numbers).astype(self.dtype, copy=False)
            raw = self.dataset.ReadRaster(
                column, row, columns, rows, columns, rows, self.kind, self.numbers, buf_pixel_space=size * count,
                buf_line_space=size * count * columns, buf_band_space=size)
            if raw is None:
                raise RuntimeError(gdal.GetLastErrorMsg())
            values = np.frombuffer(raw, self.dtype).reshape(rows, columns, count)
            if self.masked:
                values = self._masked(values, (column, row, columns, rows))
        return values

    def _masked(self, values, window):
        """Values with nodata where the mask of the file hides a pixel."""
        hidden = self.dataset.GetRasterBand(1).GetMaskBand().ReadAsArray(*window) == 0
        values = values.copy()
        values[hidden] = np.nan if np.isnan(self.nodata).any() else self.nodata.astype(self.dtype)
        return values

    def spectrum(self, chosen, window):
        """Mean of the stored numbers of chosen pixels (rows, columns) of a window, NaN without data."""
        stored = self.read(*window)[chosen].astype(float)
        return np.where(np.isfinite(stored) & (stored != self.nodata), stored, np.nan)

    def at_points(self, points):
        """Mean stored numbers of the 3 x 3 pixels around points.

        Parameters
        ----------
        points : numpy.ndarray, shape (n, 2)
            In the CRS of the image.

        Returns
        -------
        numpy.ndarray, shape (n, bands)
            NaN for points outside the image.
        """
        inverse = gdal.InvGeoTransform(self.dataset.GetGeoTransform())
        out = np.full((len(points), len(self.numbers)), np.nan)
        for number, (x, y) in enumerate(points):
            column = int(np.floor(inverse[0] + inverse[1] * x + inverse[2] * y))
            row = int(np.floor(inverse[3] + inverse[4] * x + inverse[5] * y))
            if not (0 <= column < self.columns and 0 <= row < self.rows):
                continue
            top, left = max(row - WINDOW // 2, 0), max(column - WINDOW // 2, 0)
            window = (top, left, min(WINDOW, self.rows - top), min(WINDOW, self.columns - left))
            out[number] = _mean(self.spectrum(np.ones(window[2:], bool), window))
        return out

    def in_polygons(self, polygons, feedback):
        """Mean stored numbers (bands,) of the pixels whose centre lies in polygons.

        Parameters
        ----------
        polygons : list of str
            Well-known texts, in the CRS of the image.
        """
        mask = _burn(self.dataset, polygons)
        sums, counts = np.zeros(len(self.numbers)), np.zeros(len(self.numbers))
        for row, column, rows, columns in self.tiles:
            chosen = mask[row:row + rows, column:column + columns] > 0
            if not chosen.any():
                continue
            raise_if_cancelled(feedback)
            spectra = self.spectrum(chosen, (row, column, rows, columns))
            sums, counts = sums + np.nansum(spectra, axis=0), counts + np.isfinite(spectra).sum(axis=0)
        with np.errstate(invalid="ignore"):
            return sums / counts


def _mean(spectra):
    """Mean over spectra of what is there; NaN where nothing is."""
    counts = np.isfinite(spectra).sum(axis=0)
    with np.errstate(invalid="ignore"):
        return np.nansum(spectra, axis=0) / counts


def _burn(dataset, polygons):
    """Which pixels of a raster lie in polygons, as uint8 (rows, columns)."""
    from osgeo import ogr

    layer_of = ogr.GetDriverByName("Memory").CreateDataSource("")
    layer = layer_of.CreateLayer("areas", None, ogr.wkbUnknown)
    for text in polygons:
        feature = ogr.Feature(layer.GetLayerDefn())
        feature.SetGeometry(ogr.CreateGeometryFromWkt(text))
        layer.CreateFeature(feature)
    mask = gdal.GetDriverByName("MEM").Create("", dataset.RasterXSize, dataset.RasterYSize, 1, gdal.GDT_Byte)
    mask.SetGeoTransform(dataset.GetGeoTransform())
    gdal.RasterizeLayer(mask, [1], layer, burn_values=[1])
    return mask.ReadAsArray()


@contextmanager
def modest_cache():
    """Keep GDAL from filling memory with blocks of an image that is read once."""
    before = gdal.GetCacheMax()
    gdal.SetCacheMax(min(before, CACHE_BYTES))
    try:
        yield
    finally:
        gdal.SetCacheMax(before)


@contextmanager
def stored_tiles(image, result_bands, feedback):
    """Write the tiles of an image as ``.npy`` files and take them away at the end.

    Parameters
    ----------
    image : Image
    result_bands : int
        About how many bands the result has, for the check of the disk.
    feedback : QgsProcessingFeedback

    Yields
    ------
    dict
        Names of arrays to the paths of their files.

    Raises
    ------
    QgsProcessingException
        The disk has no room for the tiles and the result.
    """
    def fill(folder):
        with modest_cache():
            return _store(image, folder, feedback)

    with scratch_folder(image.bytes + 4 * result_bands * image.rows * image.columns, fill) as paths:
        yield paths


def _store(image, folder, feedback):
    """All tiles as files, by the names of their arrays."""
    paths = {}
    for number, tile in enumerate(image.tiles):
        raise_if_cancelled(feedback)
        feedback.setProgress(100.0 * number / len(image.tiles))
        paths[tile_name(number)] = folder / f"{tile_name(number)}.npy"
        np.save(paths[tile_name(number)], image.read(*tile), allow_pickle=False)
    return paths


def write_parts(path, job, image, descriptions, metadata, feedback):
    """Write the results of all tiles as one tiled GeoTIFF on the pixels of the image.

    Georeference, rotation and ground control points are those of the image.
    The file gets its name when it is whole.

    Parameters
    ----------
    path : str or pathlib.Path
    job : Job
        Its parts have the shape (bands, rows, columns).
    image : Image
    descriptions : list of str
    metadata : dict
    feedback : QgsProcessingFeedback
    """
    path = Path(path).absolute()
    problem = raster_problem(path)
    if problem:
        raise QgsProcessingException(problem)
    partial = path.with_name(f".{path.stem}-{uuid.uuid4().hex[:8]}.partial.tif")
    try:
        with gdal_errors(tr("The result could not be written to '{}'").format(path)), modest_cache():
            _write(partial, job, image, descriptions, metadata, feedback)
        rename_file(partial, path)
    finally:
        for ending in ("", *SIDECARS):
            Path(f"{partial}{ending}").unlink(missing_ok=True)


def _write(path, job, image, descriptions, metadata, feedback):
    dataset = gdal.GetDriverByName("GTiff").Create(
        str(path), image.columns, image.rows, len(descriptions), gdal.GDT_Float32, OPTIONS)
    if dataset is None:
        raise RuntimeError(gdal.GetLastErrorMsg())
    try:
        _place(dataset, image)
        for name, value in metadata.items():
            dataset.SetMetadataItem(name, value if isinstance(value, str) else json.dumps(value, sort_keys=True))
        totals = [BandTotals(image.rows * image.columns) for _ in descriptions]
        for number, description in enumerate(descriptions, start=1):
            dataset.GetRasterBand(number).SetNoDataValue(NODATA)
            dataset.GetRasterBand(number).SetDescription(description)
            dataset.GetRasterBand(number).SetUnitType(UNITS.get(description.rpartition(":")[2], ""))
        for top in range(0, image.rows, TILE):
            _write_strip(dataset, job, image, top, totals, feedback)
            feedback.setProgress(100.0 * min(top + TILE, image.rows) / image.rows)
        for number, total in enumerate(totals, start=1):
            total.write(dataset.GetRasterBand(number))
        dataset.FlushCache()
    finally:
        del dataset  # closes the file, so that it can be renamed or removed


def _write_strip(dataset, job, image, top, totals, feedback):
    """One strip of tiles of all bands, put together from the parts that reach into it."""
    height = min(TILE, image.rows - top)
    parts = [(number, *tile) for number, tile in enumerate(image.tiles) if tile[0] < top + height
             and tile[0] + tile[2] > top]
    for band, total in enumerate(totals):
        raise_if_cancelled(feedback)
        strip = np.empty((height, image.columns), np.float32)
        for number, row, column, rows, columns in parts:
            array = job.array(part_name(number))  # mapped for one band only, or memory would fill with all of them
            first, last = max(row, top), min(row + rows, top + height)
            strip[first - top:last - top, column:column + columns] = array[band, first - row:last - row]
        valid = np.isfinite(strip)
        total.take(strip[valid])
        strip[~valid] = NODATA
        if dataset.GetRasterBand(band + 1).WriteArray(strip, 0, top) != gdal.CE_None:
            raise RuntimeError(gdal.GetLastErrorMsg())
    dataset.FlushCache()
    if gdal.GetLastErrorType() >= gdal.CE_Failure:  # a full disk shows when tiles are flushed
        raise RuntimeError(gdal.GetLastErrorMsg())


class BandTotals(Totals):
    """Statistics of a band that comes in strips, with a thinned copy for its quantiles.

    Parameters
    ----------
    cells : int
        Of the band.
    """

    def __init__(self, cells):
        super().__init__()
        self.step, self.kept = max(cells // SAMPLED, 1), []

    def take(self, values):
        """Take in the values (n,) of a strip."""
        self.add(values)
        self.kept.append(values[::self.step].copy())

    def write(self, band):
        """Keep the statistics and the quantiles for the style with the band."""
        if not self.count:
            return
        band.SetStatistics(self.low, self.high, self.mean, self.deviation)
        for item, limit in zip((LOW, HIGH), np.percentile(np.concatenate(self.kept), [2, 98])):
            band.SetMetadataItem(item, repr(float(limit)))


def _place(dataset, image):
    """Put the result where the image lies, whatever way that is told."""
    transform = image.dataset.GetGeoTransform(can_return_null=True)
    projection = image.crs.toWkt() if image.crs.isValid() else image.dataset.GetProjection()
    if transform is not None:
        dataset.SetGeoTransform(transform)
    elif image.dataset.GetGCPCount():
        dataset.SetGCPs(image.dataset.GetGCPs(), image.dataset.GetGCPProjection())
        return
    if projection:
        dataset.SetProjection(projection)
