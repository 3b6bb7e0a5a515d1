"""A raster of features, read window by window in the order of a model."""
import numpy as np
from qgis.core import QgsProcessingException

from ..data.alignment import LEVEL, AlignedBand
from ..data.grid import GridSpec
from ..data.rasters import open_raster
from ..translation import tr

MOST_NAMED = 30


class FeatureRaster:
    """The bands of a raster that a model needs.

    Parameters
    ----------
    layer : QgsRasterLayer
    names : list of str
        Features of the model; bands are found by their description, in space
        ``NAME@z=LEVEL``.

    Attributes
    ----------
    grid : GridSpec
        The cells of the raster.
    levels : tuple of float
        Elevations that all features in space have, ascending; empty for a map.

    Raises
    ------
    QgsProcessingException
        Features lack, or have no level in common.
    """

    def __init__(self, layer, names):
        self.layer, self.names = layer, list(names)
        self._dataset = open_raster(layer)
        found = self._found()
        lacking = [name for name in self.names if name not in found]
        if lacking:
            raise QgsProcessingException(tr(
                "The model needs bands that the raster '{}' does not have: {}; it has: {}.").format(
                    layer.name(), _listed(lacking), _listed(list(found)) or tr("none with a name")))
        self._numbers = {name: found[name] for name in self.names}
        self.levels = self._levels()
        self.grid = GridSpec.from_raster(layer, self.levels)
        self._bands = {}

    def _found(self):
        """Band numbers by level (None on a map) by feature."""
        found = {}
        for number in range(1, self._dataset.RasterCount + 1):
            described = self._dataset.GetRasterBand(number).GetDescription()
            match = LEVEL.match(described)
            name, level = (match.group("name"), float(match.group("level"))) if match else (described, None)
            if name:
                found.setdefault(name, {}).setdefault(level, number)
        return found

    def _levels(self):
        """Levels that all features in space share."""
        sets = [set(levels) for levels in self._numbers.values() if None not in levels]
        if not sets:
            return ()
        common = set.intersection(*sets)
        if not common:
            raise QgsProcessingException(tr(
                "The features of the raster '{}' have no level in common; make it again with 'Fuse features'.").format(
                    self.layer.name()))
        return tuple(sorted(common))

    def read(self, window, level, check=None):
        """Features of a window (column, row, columns, rows) at a level, float32 of shape (features, cells)."""
        out = np.empty((len(self.names), window[2] * window[3]), np.float32)
        for row, name in enumerate(self.names):
            if check:
                check()
            levels = self._numbers[name]
            out[row] = self._band(levels[None] if None in levels else levels[level]).read(*window).ravel()
        return out

    def _band(self, number):
        if number not in self._bands:
            self._bands[number] = AlignedBand(self.layer, number, self.grid)
        return self._bands[number]

    def descriptions(self, quantities):
        """Names of the bands of a result, quantity by quantity and level by level."""
        if not self.levels:
            return list(quantities)
        return [f"{name}@z={level:g}" for name in quantities for level in self.levels]


def _listed(names):
    more = len(names) - MOST_NAMED
    return ", ".join(names[:MOST_NAMED]) + (tr(" and {} more").format(more) if more > 0 else "")
