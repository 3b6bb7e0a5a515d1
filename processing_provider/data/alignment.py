"""Rasters of any CRS and grid on the cells of one grid, window by window and at points."""
import re
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from itertools import zip_longest

import numpy as np
from osgeo import gdal
from qgis.core import QgsCoordinateReferenceSystem, QgsProcessingException

from ..engine.errors import raise_if_cancelled
from ..translation import tr
from .rasters import band_of, crs_wkt, gdal_errors, layer_name, open_raster, true_values, valid_cells

LEVEL = re.compile(r"^(?P<name>.*)@z=(?P<level>[-+.\deE]+)$")
ABSURD = 1e20  # values this large are nodata values that nobody declared
COARSER = 1.5  # a grid this many times as coarse as a raster takes means of its cells
SAME = 1e-4  # part of a cell by which grids may be apart and still be the same
BLOCK = 512
READERS = 4  # rasters that are read at a time
CACHE = 200_000_000  # bytes that GDAL may keep of rasters that are read once
WHOLE = (gdal.GDT_Byte, gdal.GDT_UInt16, gdal.GDT_Int16, gdal.GDT_UInt32, gdal.GDT_Int32)
# In a virtual warp GDAL 3.10 takes a turned raster for a finer one and blurs it.
UNBLURRED = {"bilinear": ["XSCALE=1", "YSCALE=1"]}
WORDS = {"near": "nearest cell", "bilinear": "bilinear", "average": "mean of the cells within", "same": "cell by cell"}


class AlignedBand:
    """One band of a raster on the cells of a grid, and of the same cells beyond its sides.

    Parameters
    ----------
    source : QgsRasterLayer or str or pathlib.Path
    band : int
        From 1.
    grid : GridSpec
        As `extended` makes it; its levels play no part.
    classes : bool
        Whether the values are classes, which are never mixed.

    Attributes
    ----------
    how : str
        "same", "near", "bilinear" or "average".
    unit : str
        Of the values, empty when the raster does not tell.
    class_names : list of str
        Names of the classes 0, 1, 2 ..., when the raster tells them.

    Raises
    ------
    QgsProcessingException
        GDAL cannot read the raster, or it has no position.
    """

    def __init__(self, source, band, grid, classes=False):
        self.name, self.grid = layer_name(source), grid
        self._dataset = open_raster(source)
        self._band = band_of(self._dataset, band, source)
        self.unit, self.class_names = self._band.GetUnitType() or "", list(self._band.GetCategoryNames() or [])
        self._offset = _shift(self._dataset, crs_wkt(source, self._dataset, grid.crs), grid)
        with gdal_errors(tr("The raster '{}' could not be brought onto the grid").format(self.name)):
            if self._offset is None:
                self.how = _choose(source, self._dataset, grid, classes)
                self._warped = _warp(source, self._dataset, band, grid, self.how)
            else:
                self.how = "same"

    def read(self, column, row, columns, rows):
        """Values of a window of cells, float32 of shape (rows, columns), NaN where there are none."""
        with gdal_errors(tr("The raster '{}' could not be read").format(self.name)):
            if self._offset is None:
                values = self._warped.GetRasterBand(1).ReadAsArray(column, row, columns, rows)
            else:
                values = self._read_same(column + self._offset[0], row + self._offset[1], columns, rows)
        if self._band.GetScale() not in (None, 1.0) or self._band.GetOffset():
            values = true_values(values.astype(float), self._band).astype(np.float32)
        if not (values.max() < ABSURD and values.min() > -ABSURD):  # so too when there are gaps
            values[~(np.abs(values) < ABSURD)] = np.nan
        return values

    def _read_same(self, column, row, columns, rows):
        """The window, in cells of the raster itself."""
        left, top = max(column, 0), max(row, 0)
        right = min(column + columns, self._dataset.RasterXSize)
        bottom = min(row + rows, self._dataset.RasterYSize)
        if left == column and top == row and right - left == columns and bottom - top == rows:
            return self._masked(left, top, columns, rows)
        out = np.full((rows, columns), np.nan, np.float32)
        if right > left and bottom > top:
            part = self._masked(left, top, right - left, bottom - top)
            out[top - row:bottom - row, left - column:right - column] = part
        return out

    def _masked(self, *window):
        """A window of the raster with NaN for nodata."""
        raw = self._band.ReadAsArray(*window)
        values = raw.astype(np.float32, copy=False)
        flags = self._band.GetMaskFlags()
        if flags & gdal.GMF_NODATA and not flags & (gdal.GMF_ALPHA | gdal.GMF_PER_DATASET):
            nodata = self._band.GetNoDataValue()
            hidden = raw == (np.float32(nodata) if raw.dtype == np.float32 else nodata)  # NaN is a gap as it is
            if hidden.any():
                values[hidden] = np.nan
        elif not flags & gdal.GMF_ALL_VALID:
            values[~valid_cells(self._band, window, values)] = np.nan
        return values


@contextmanager
def small_cache():
    """Keep GDAL from filling memory with blocks of many rasters, each of which is needed once."""
    before = gdal.GetCacheMax()
    gdal.SetCacheMax(min(before, CACHE))
    try:
        yield
    finally:
        gdal.SetCacheMax(before)


def _shift(dataset, wkt, grid):
    """Columns and rows by which the grid begins later than the raster, when both have the same cells; else None."""
    west, wide, turned, north, leaning, high = dataset.GetGeoTransform()
    apart = max(abs(wide - grid.cell), abs(high + grid.cell)) * max(grid.columns, grid.rows)
    if turned or leaning or apart > SAME * grid.cell:
        return None
    crs = QgsCoordinateReferenceSystem.fromWkt(wkt)
    if grid.crs.isValid() and crs.isValid() and crs != grid.crs:
        return None
    columns, rows = (grid.west - west) / grid.cell, (north - grid.north) / grid.cell
    if abs(columns - round(columns)) > SAME or abs(rows - round(rows)) > SAME:
        return None
    return round(columns), round(rows)


def _choose(source, dataset, grid, classes):
    """How values get from the cells of a raster to those of the grid."""
    if dataset.GetGeoTransform(can_return_null=True) is None and not dataset.GetGCPCount():
        raise RuntimeError(tr("it has no position on the map; georeference it first"))
    if classes:
        return "near"
    suggested = gdal.AutoCreateWarpedVRT(
        dataset, crs_wkt(source, dataset, grid.crs) or None, grid.crs.toWkt() or None, gdal.GRA_NearestNeighbour)
    if suggested is None:
        raise RuntimeError(gdal.GetLastErrorMsg())
    return "average" if grid.cell > COARSER * suggested.GetGeoTransform()[1] else "bilinear"


def _warp(source, dataset, band, grid, how):
    """A virtual raster of one band on the cells of the grid."""
    single = gdal.Translate("", dataset, format="VRT", bandList=[band])
    warped = gdal.Warp(
        "", single, format="VRT", srcSRS=crs_wkt(source, dataset, grid.crs) or None, dstSRS=grid.crs.toWkt() or None,
        outputBounds=(grid.west, grid.south, grid.east, grid.north), width=grid.columns, height=grid.rows,
        resampleAlg=how, dstNodata=float("nan"), outputType=gdal.GDT_Float32, warpOptions=UNBLURRED.get(how),
    )
    if warped is None:
        raise RuntimeError(gdal.GetLastErrorMsg())
    return warped


class AlignedColumn:
    """One quantity of a raster: a band, or in space one band for each of its levels.

    Attributes
    ----------
    name : str
    layer : str
        Name of the raster.
    classes : bool
    levels : numpy.ndarray or None
        Elevations of the bands, ascending.
    bands : list of AlignedBand
    unit : str
        As the raster tells it.
    """

    def __init__(self, name, layer, bands, levels=None, classes=False):
        self.name, self.layer, self.classes = name, layer, classes
        self.unit = bands[0].unit
        order = range(len(bands)) if levels is None else np.argsort(levels)
        self.levels = None if levels is None else np.asarray(levels, float)[list(order)]
        self.bands = [bands[k] for k in order]

    @property
    def how(self):
        """How its values get onto the grid, in words."""
        return tr(WORDS[self.bands[0].how])

    def label(self, code):
        """Name of a class, as the raster tells it, or its number."""
        names = self.bands[0].class_names
        return names[int(code)] if 0 <= code < len(names) and names[int(code)] else f"{code:g}"

    def window(self, window, elevations=(None,)):
        """Values of a window (column, row, columns, rows) at each elevation, arrays (rows, columns)."""
        stack = [band.read(*window) for band in self.bands]
        if self.levels is None:
            return [stack[0]] * len(elevations)
        return [self._between(stack, np.full(stack[0].shape, level)) for level in elevations]

    def at(self, points, feedback=None, take=None):
        """Value of the cell that holds each point (n, 2 or 3), shape (n,).

        Between two levels of a raster in space it is interpolated. Values are
        read by ``take(band, feedback)`` when it is given.
        """
        stack = [take(band, feedback) if take else pick(band, points, feedback) for band in self.bands]
        if self.levels is None:
            return stack[0]
        if points.shape[1] < 3:
            raise QgsProcessingException(tr("The raster '{}' has levels, but the samples have no elevations; "
                                            "choose another raster.").format(self.layer))
        return self._between(stack, points[:, 2])

    def _between(self, stack, elevation):
        """Values at elevations between the levels; NaN more than half a step beyond the last ones."""
        stack, levels = np.stack(stack), self.levels
        if len(levels) == 1:
            return stack[0]
        steps = np.diff(levels)
        low = np.clip(np.searchsorted(levels, elevation, side="right") - 1, 0, len(levels) - 2)
        part = (elevation - levels[low]) / steps[low]
        beyond = (part < -0.5) | (part > 1.5)
        part = np.clip(part, 0.0, 1.0)
        part = np.round(part) if self.classes else part
        below, above = (np.take_along_axis(stack, index[None], axis=0)[0] for index in (low, low + 1))
        value = np.where(part == 0.0, below, np.where(part == 1.0, above, (1.0 - part) * below + part * above))
        return np.where(beyond, np.nan, value).astype(np.float32)


def cells_of(grid, points):
    """Columns and rows of the cells that hold points (n, 2 or 3), which may be beyond the grid."""
    columns = np.floor((points[:, 0] - grid.west) / grid.cell).astype(np.int64)
    return columns, np.floor((grid.north - points[:, 1]) / grid.cell).astype(np.int64)


def pick(band, points, feedback=None):
    """Value of the cell of a band's grid that holds each point, read block by block; float32, shape (n,)."""
    grid = band.grid
    columns, rows = cells_of(grid, points)
    out = np.full(len(points), np.nan, np.float32)
    inside = (columns >= 0) & (columns < grid.columns) & (rows >= 0) & (rows < grid.rows)
    keys = np.where(inside, (rows // BLOCK) * (grid.columns // BLOCK + 1) + columns // BLOCK, -1)
    order = np.argsort(keys, kind="stable")
    for chosen in np.split(order, np.flatnonzero(np.diff(keys[order])) + 1):
        if not len(chosen) or keys[chosen[0]] < 0:
            continue
        raise_if_cancelled(feedback)
        left, top = int(columns[chosen].min()), int(rows[chosen].min())
        values = band.read(left, top, int(columns[chosen].max()) - left + 1, int(rows[chosen].max()) - top + 1)
        out[chosen] = values[rows[chosen] - top, columns[chosen] - left]
    return out


def sample(columns, points, feedback, takes=()):
    """Values of aligned columns at points, one array (n,) after the other; several rasters are read at a time.

    Parameters
    ----------
    columns : list of AlignedColumn
    points : numpy.ndarray, shape (n, 2 or 3)
    feedback : QgsProcessingFeedback
    takes : list of callable, optional
        How the first columns are read; see `AlignedColumn.at`.
    """
    pool = ThreadPoolExecutor(READERS)
    try:
        waiting = [pool.submit(column.at, points, feedback, take) for column, take in zip_longest(columns, takes)]
        for number, future in enumerate(waiting):
            yield future.result()
            feedback.setProgress(100 * (number + 1) / len(waiting))
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def extended(grid, points):
    """The grid with whole blocks of the same cells added until it holds all points; and the columns and rows added.

    Returns
    -------
    grid : GridSpec
    columns, rows : int
        By which the old grid begins later than the new one.
    """
    low, high = points[:, :2].min(axis=0), points[:, :2].max(axis=0)
    left = _blocks((grid.west - low[0]) / grid.cell)
    top = _blocks((high[1] - grid.north) / grid.cell)
    right = _blocks((high[0] - grid.east) / grid.cell)
    bottom = _blocks((grid.south - low[1]) / grid.cell)
    larger = replace(grid, west=grid.west - left * grid.cell, north=grid.north + top * grid.cell,
                     columns=grid.columns + left + right, rows=grid.rows + top + bottom)
    return larger, left, top


def _blocks(cells):
    """Cells in the whole blocks that hold so many cells, and at least the one on the edge."""
    return BLOCK * int(np.ceil((cells + 1.0) / BLOCK)) if cells > -1e-9 else 0


def align(layers, grid, classes=False, feedback=None):
    """All bands of rasters as columns on a grid.

    Parameters
    ----------
    layers : list of QgsRasterLayer
    grid : GridSpec
        As `extended` makes it.
    classes : bool
    feedback : QgsProcessingFeedback, optional
        Is told how each raster is resampled.

    Returns
    -------
    list of AlignedColumn
        With names that differ.
    """
    columns = []
    for layer in layers:
        raise_if_cancelled(feedback)
        found = _columns(layer, grid, classes)
        columns += found
        if feedback is not None:
            feedback.pushInfo(_told(layer, found))
            if not layer.crs().isValid() and grid.crs.isValid():
                feedback.pushWarning(tr("The raster '{}' has no CRS; it is taken to be in {}.").format(
                    layer.name(), grid.crs.authid() or tr("that of the samples")))
    return _distinct(columns, feedback)


def has_classes(layer):
    """Whether the numbers of a raster stand for classes: whole numbers with a colour table or with names."""
    dataset = open_raster(layer)
    bands = [dataset.GetRasterBand(number + 1) for number in range(dataset.RasterCount)]
    return all(band.DataType in WHOLE and (band.GetColorTable() is not None or band.GetCategoryNames())
               for band in bands)


def _told(layer, found):
    """How a raster gets onto the grid, as a sentence."""
    return tr("Raster '{}' ({} bands, {}): {}.").format(
        layer.name(), sum(len(column.bands) for column in found), layer.crs().authid() or tr("no CRS"), found[0].how)


def _columns(layer, grid, classes):
    """The quantities of one raster."""
    dataset = open_raster(layer)
    groups = {}
    for number in range(1, dataset.RasterCount + 1):
        described = dataset.GetRasterBand(number).GetDescription()
        match = LEVEL.match(described)
        name = match.group("name") if match else described
        if not name:
            name = layer.name() if dataset.RasterCount == 1 else f"{layer.name()}_{number}"
        key = (name, -1) if match else (name, number)  # bands of one name without levels stay apart
        groups.setdefault(key, []).append((number, float(match.group("level")) if match else None))
    out = []
    for (name, _), members in groups.items():
        bands = [AlignedBand(layer, number, grid, classes) for number, _ in members]
        levels = None if members[0][1] is None else [level for _, level in members]
        out.append(AlignedColumn(name.replace(":", "_"), layer.name(), bands, levels, classes))
    return out


def _distinct(columns, feedback):
    """Columns whose names differ, upper and lower case apart."""
    counts = {}
    for column in columns:
        counts[column.name.lower()] = counts.get(column.name.lower(), 0) + 1
    taken, changed = set(), []
    for column in columns:
        old = column.name
        if counts[old.lower()] > 1 and not old.lower().startswith(column.layer.lower()):
            column.name = f"{column.layer}_{old}"
        base, number = column.name, 1
        while column.name.lower() in taken:
            number += 1
            column.name = f"{base}_{number}"
        taken.add(column.name.lower())
        if column.name != old:
            changed.append(tr("'{}' of '{}' is {}").format(old, column.layer, column.name))
    if changed and feedback is not None:
        feedback.pushWarning(tr("Several bands have the same name: {}.").format(", ".join(changed)))
    return columns
