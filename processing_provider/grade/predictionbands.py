"""Bands of predicted or kriged grades, found by their descriptions and handed to a job."""
import json
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
from osgeo import gdal
from qgis.core import QgsProcessingException

from ...algorithms.errors import InputError
from ...algorithms.resources.quantities import MEANS, is_known
from ..data.grid import GridSpec
from ..data.rasters import gdal_errors, open_raster, true_values, valid_cells
from ..data.scratch import scratch_folder
from ..engine.errors import raise_if_cancelled
from ..styles import DESCRIPTION
from ..translation import tr

ROWS = 256
MOST_NAMED = 8


@dataclass(frozen=True)
class Prediction:
    """The bands of one field of a raster.

    Attributes
    ----------
    layer : QgsRasterLayer
    field : str
    bands : dict
        Quantities to band numbers, level by level as in ``grid``.
    grid : GridSpec
    metadata : dict
        Items of the file.
    """

    layer: object
    field: str
    bands: dict
    grid: GridSpec
    metadata: dict

    @property
    def quantities(self):
        """Names of the quantities."""
        return list(self.bands)

    @property
    def transform(self):
        """The transform with which the grades were kriged; empty when it is not known."""
        return str(self._item("LODESCOPE_PARAMETERS").get("transform") or "")

    @property
    def stated_unit(self):
        """Unit of the field as the metadata of the file name it; empty when they do not.

        Units stand by field in ``LODESCOPE_UNITS``, with the targets of a
        model, or in the variogram with which the grades were kriged.
        """
        units = [self._item("LODESCOPE_UNITS").get(self.field)]
        targets = self._item("LODESCOPE_MODEL").get("targets")
        units += [target.get("unit") for target in targets if isinstance(target, dict)
                  and target.get("name") == self.field] if isinstance(targets, list) else []
        variogram = self._item("LODESCOPE_PARAMETERS").get("variogram")
        if isinstance(variogram, dict) and variogram.get("field") == self.field:
            units.append(variogram.get("unit"))
        return next((unit.strip() for unit in units if isinstance(unit, str) and unit.strip()), "")

    def _item(self, name):
        """An item of the metadata that is a dict, written as JSON; an empty one when it is not."""
        try:
            found = json.loads(self.metadata.get(name) or "{}")
        except ValueError:
            return {}
        return found if isinstance(found, dict) else {}


def read_prediction(layer, field=""):
    """The bands of a field of a raster of predicted or kriged grades.

    Parameters
    ----------
    layer : QgsRasterLayer
    field : str
        May be empty when the raster holds one field only.

    Returns
    -------
    Prediction

    Raises
    ------
    QgsProcessingException
        The raster holds no such bands, no such field, or several and none was named.
    """
    dataset = open_raster(layer)
    descriptions = [dataset.GetRasterBand(band).GetDescription() for band in range(1, dataset.RasterCount + 1)]
    found = _by_field(descriptions)
    if not found:
        named = ", ".join(text or tr("no name") for text in descriptions[:MOST_NAMED])
        raise QgsProcessingException(tr(
            "The raster '{}' has no bands such as FIELD:mean or FIELD:estimate, by which predictions and kriged grades "
            "are known (its bands: {}); choose a raster that Lodescope made.").format(layer.name(), named))
    name = _chosen(layer, list(found), field)
    bands, levels = _levels_of(layer, name, found[name])
    return Prediction(layer, name, bands, _grid(layer, dataset, levels), dataset.GetMetadata())


def _by_field(descriptions):
    """Fields with a mean to quantities to levels (None on a map) to band numbers."""
    found = {}
    for number, description in enumerate(descriptions, start=1):
        match = DESCRIPTION.match(description)
        if match and is_known(match.group("quantity")):
            level = None if match.group("level") is None else float(match.group("level"))
            found.setdefault(match.group("field"), {}).setdefault(match.group("quantity"), {}).setdefault(level, number)
    return {name: bands for name, bands in found.items() if any(mean in bands for mean in MEANS)}


def _chosen(layer, names, wanted):
    """The field to use."""
    wanted = wanted.strip()
    if not wanted and len(names) == 1:
        return names[0]
    listed = ", ".join(names)
    if not wanted:
        raise QgsProcessingException(tr("The raster '{}' holds several fields ({}); name one of them as field.").format(
            layer.name(), listed))
    exact = [name for name in names if name == wanted] or [name for name in names if name.lower() == wanted.lower()]
    if not exact:
        raise QgsProcessingException(tr("The raster '{}' has no field '{}'; its fields are: {}.").format(
            layer.name(), wanted, listed))
    return exact[0]


def _levels_of(layer, name, quantities):
    """Quantities that stand on all levels of the mean, as lists of bands; and these levels."""
    levels = list(quantities[next(mean for mean in MEANS if mean in quantities)])
    if None in levels and len(levels) > 1:
        raise QgsProcessingException(tr(
            "The raster '{}' holds bands of '{}' both with and without an elevation; keep one kind only.").format(
                layer.name(), name))
    bands = {quantity: [numbers[level] for level in levels] for quantity, numbers in quantities.items()
             if all(level in numbers for level in levels)}
    return bands, () if levels == [None] else tuple(levels)


def _grid(layer, dataset, levels):
    """The cells of the raster, which have to be square and north up."""
    west, wide, turned, north, sheared, high = dataset.GetGeoTransform()
    if turned or sheared or wide <= 0.0 or high >= 0.0:
        raise QgsProcessingException(tr(
            "The raster '{}' is not north up; warp it (Raster, Projections) before.").format(layer.name()))
    if abs(wide + high) > 1e-4 * wide:
        raise QgsProcessingException(tr(
            "The cells of the raster '{}' are not square ({:g} by {:g}); warp it (Raster, Projections) to square cells "
            "before.").format(layer.name(), wide, -high))
    return GridSpec(layer.crs(), west, north, wide, dataset.RasterXSize, dataset.RasterYSize, levels)


@contextmanager
def stored_bands(prediction, feedback):
    """The bands of a prediction as one ``.npy`` file for a job, taken away at the end.

    Read strip by strip, so that memory does not grow with the raster.

    Parameters
    ----------
    prediction : Prediction
    feedback : QgsProcessingFeedback

    Yields
    ------
    pathlib.Path
        Of an array of float32, shape (quantities, levels, rows, columns), NaN
        where there is no data.

    Raises
    ------
    QgsProcessingException
        The disk has no room.
    """
    grid = prediction.grid
    shape = (len(prediction.bands), max(1, len(grid.levels)), grid.rows, grid.columns)

    def fill(folder):
        _store(folder / "bands.npy", shape, prediction, feedback)
        return folder / "bands.npy"

    with scratch_folder(4 * int(np.prod(shape, dtype=object)), fill) as path:
        yield path


def _store(path, shape, prediction, feedback):
    """Write all bands into one file."""
    out = np.lib.format.open_memmap(path, "w+", np.float32, shape)
    dataset = open_raster(prediction.layer)
    done, total = 0, shape[0] * shape[1]
    with gdal_errors(tr("The raster '{}' could not be read").format(prediction.layer.name())):
        for quantity, numbers in enumerate(prediction.bands.values()):
            for level, number in enumerate(numbers):
                _store_band(out[quantity, level], dataset.GetRasterBand(number), feedback)
                done += 1
                feedback.setProgress(100.0 * done / total)
    out.flush()


def _store_band(out, band, feedback):
    """One band with its scale and offset, NaN where it has no data."""
    rows, columns = out.shape
    for top in range(0, rows, ROWS):
        raise_if_cancelled(feedback)
        window = (0, top, columns, min(ROWS, rows - top))
        block = band.ReadAsArray(*window)
        if block is None:
            raise RuntimeError(gdal.GetLastErrorMsg())
        block = block.astype(float)
        block[~valid_cells(band, window, block)] = np.nan
        out[top:top + window[3]] = true_values(block, band)


def as_sentence(function, *values):
    """The result of a function of `lodescope.algorithms`, its `InputError` as an error of Processing."""
    try:
        return function(*values)
    except InputError as error:
        raise QgsProcessingException(str(error)) from error
