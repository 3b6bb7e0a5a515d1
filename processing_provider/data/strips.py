"""A large GeoTIFF written window by window, whole or not at all."""
import json
import uuid
from pathlib import Path

import numpy as np
from osgeo import gdal
from qgis.core import QgsProcessingException

from ..translation import tr
from .rasters import HIGH, LOW, NODATA, OPTIONS, SAMPLED, SIDECARS, Totals, gdal_errors, raster_problem, rename_file

FAST = "ZLEVEL=1"  # noise in features hardly packs, so more effort would be lost on it


class RasterWriter:
    """The bands of a result, from windows that arrive one after the other.

    For ``with``: the file is written beside its final name; `finish` gives it
    that name, and without it nothing is left.

    Parameters
    ----------
    path : str or pathlib.Path
        Ends with .tif.
    grid : GridSpec
    """

    def __init__(self, path, grid):
        self.path, self.grid = Path(path).absolute(), grid
        problem = raster_problem(self.path)
        if problem:
            raise QgsProcessingException(problem)
        self._partial = self.path.with_name(f".{self.path.stem}-{uuid.uuid4().hex[:8]}.partial.tif")
        self._dataset, self._totals, self._seen = None, [], []
        self._step = max(1, int(np.sqrt(grid.rows * grid.columns / SAMPLED)))

    def __enter__(self):
        return self

    def __exit__(self, kind, error, trace):
        self._dataset = None
        for ending in ("", *SIDECARS):
            Path(f"{self._partial}{ending}").unlink(missing_ok=True)

    def write(self, column, row, first, values, bands):
        """Write one window.

        Parameters
        ----------
        column, row : int
            Where the window begins.
        first : slice
            Bands of the file that ``values`` belong to.
        values : array, shape (k, rows, columns)
            NaN where there is no value.
        bands : int
            Number of bands of the whole file.
        """
        with gdal_errors(tr("The result could not be written to '{}'").format(self.path)):
            if self._dataset is None:
                self._create(bands)
            for number, part in zip(range(bands)[first], values):
                self._write(number, column, row, np.array(part, np.float32))

    def _create(self, bands):
        self._dataset = gdal.GetDriverByName("GTiff").Create(
            str(self._partial), self.grid.columns, self.grid.rows, bands, gdal.GDT_Float32, [*OPTIONS, FAST])
        if self._dataset is None:
            raise RuntimeError(gdal.GetLastErrorMsg())
        self._dataset.SetGeoTransform(self.grid.geotransform)
        if self.grid.crs.isValid():
            self._dataset.SetProjection(self.grid.crs.toWkt())
        for number in range(bands):
            self._dataset.GetRasterBand(number + 1).SetNoDataValue(NODATA)
        self._totals, self._seen = [Totals() for _ in range(bands)], [[] for _ in range(bands)]

    def _write(self, number, column, row, part):
        valid = np.isfinite(part)
        complete = valid.all()
        self._totals[number].add(part if complete else part[valid])
        sampled = part[::self._step, ::self._step]
        self._seen[number].append(sampled[np.isfinite(sampled)])
        if not complete:
            part[~valid] = NODATA
        if self._dataset.GetRasterBand(number + 1).WriteArray(part, column, row) != gdal.CE_None:
            raise RuntimeError(gdal.GetLastErrorMsg())

    def finish(self, descriptions, metadata):
        """Name the bands, close the file and put it in its place.

        Parameters
        ----------
        descriptions : list of str
        metadata : dict
            Items of the file; values that are no text are written as JSON.
        """
        with gdal_errors(tr("The result could not be written to '{}'").format(self.path)):
            for name, value in metadata.items():
                self._dataset.SetMetadataItem(
                    name, value if isinstance(value, str) else json.dumps(value, sort_keys=True))
            for number, description in enumerate(descriptions):
                self._describe(self._dataset.GetRasterBand(number + 1), description, number)
            self._dataset.FlushCache()
            self._dataset = None
        rename_file(self._partial, self.path)

    def _describe(self, band, description, number):
        """Name and statistics of one band."""
        band.SetDescription(description)
        totals = self._totals[number]
        if not totals.count:
            return
        band.SetStatistics(totals.low, totals.high, totals.mean, totals.deviation)
        sampled = np.concatenate(self._seen[number])
        low, high = np.percentile(sampled, [2, 98]) if sampled.size else (totals.low, totals.high)
        band.SetMetadataItem(LOW, repr(float(low)))
        band.SetMetadataItem(HIGH, repr(float(high)))
