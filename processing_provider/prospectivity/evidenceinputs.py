"""Evidence rasters of any grid and CRS on the cells of one grid: chosen, read whole, by tile and by window."""
import math
from dataclasses import dataclass, replace

import numpy as np
from qgis.core import QgsCoordinateTransform, QgsCsException, QgsProcessingException, QgsRectangle

from ...algorithms.prospectivity.windows import default_cell, default_window, variogram_range, window_cells
from ..data.alignment import align, has_classes
from ..data.grid import GridSpec, nice, size_problem, space_problem
from ..engine.errors import raise_if_cancelled
from ..translation import tr

LOOK = 160  # cells across the area when ranges are looked for
MOST_WINDOW = 63  # cells
STRIP = 256
MANY_BANDS = 200
MOST_CELLS = 20_000_000  # of a training, which keeps a few numbers for each in memory


@dataclass(frozen=True)
class EvidenceBand:
    """One band on the cells of a grid.

    Attributes
    ----------
    name, unit : str
    source : AlignedBand
    classes : bool
    labels : list of str
        Names of the classes 0, 1, 2 ..., when the raster tells them.
    """

    name: str
    unit: str
    source: object
    classes: bool

    @property
    def labels(self):
        """Names of the classes, where the raster has them."""
        return self.source.class_names if self.classes else []


class EvidenceStack:
    """All bands of rasters on one grid.

    Parameters
    ----------
    layers, class_layers : list of QgsRasterLayer
        Of numbers (those with a colour table or names of whole numbers count as classes), and of classes.
    grid : GridSpec
    margin : int
        Cells beyond the sides of the grid that may be read.
    feedback : QgsProcessingFeedback, optional
        Is told how each raster is brought onto the grid.

    Attributes
    ----------
    grid : GridSpec
    bands : list of EvidenceBand
    """

    def __init__(self, layers, class_layers, grid, margin=0, feedback=None):
        self.grid, self.margin = grid, margin
        larger = replace(grid, west=grid.west - margin * grid.cell, north=grid.north + margin * grid.cell,
                         columns=grid.columns + 2 * margin, rows=grid.rows + 2 * margin, levels=())
        kinds = split_classes(layers, class_layers)
        columns = []
        for classes, chosen in ((False, kinds[0]), (True, kinds[1])):
            columns += align(chosen, larger, classes, feedback)
        self.bands = list(_bands(columns))

    @property
    def names(self):
        """Names of the bands, each different from the others."""
        return [band.name for band in self.bands]

    def entries(self):
        """The bands as settings of a job."""
        return [{"name": band.name, "unit": band.unit, "classes": band.classes} for band in self.bands]

    def ordered(self, names):
        """The same stack with only these bands, in this order."""
        at = {band.name: band for band in self.bands}
        self.bands = [at[name] for name in names]
        return self

    def read(self, column, row, columns, rows):
        """Evidence of a window of the grid, which may reach over its sides by the margin; (bands, rows, columns)."""
        return np.stack([band.source.read(column + self.margin, row + self.margin, columns, rows)
                         for band in self.bands])

    def windows(self, points, size):
        """Windows around points (n, 2) in the CRS of the grid, float32 (n, bands, size, size).

        The margin has to be at least half of a window, and points on the grid.
        """
        out = np.full((len(points), len(self.bands), size, size), np.nan, np.float32)
        reach = size // 2
        columns = np.floor((points[:, 0] - self.grid.west) / self.grid.cell).astype(int)
        rows = np.floor((self.grid.north - points[:, 1]) / self.grid.cell).astype(int)
        inside = (columns >= 0) & (columns < self.grid.columns) & (rows >= 0) & (rows < self.grid.rows)
        for number in np.flatnonzero(inside):
            out[number] = self.read(int(columns[number]) - reach, int(rows[number]) - reach, size, size)
        return out

    def save(self, path, feedback):
        """Write all bands into a file of numpy, band by band, and return its path."""
        grid = self.grid
        shape = (len(self.bands), grid.rows, grid.columns)
        problem = space_problem(path.parent, 4 * int(np.prod(shape)))
        if problem:
            raise QgsProcessingException(problem)
        feedback.pushInfo(tr("Evidence: {} bands, {:.0f} MB on the disk, read from there while it is needed.").format(
            len(self.bands), 4e-6 * np.prod(shape)))
        out = np.lib.format.open_memmap(path, mode="w+", dtype=np.float32, shape=shape)
        for number, band in enumerate(self.bands):
            for top in range(0, grid.rows, STRIP):
                raise_if_cancelled(feedback)
                rows = min(STRIP, grid.rows - top)
                out[number, top:top + rows] = band.source.read(self.margin, top + self.margin, grid.columns, rows)
            feedback.setProgress(100.0 * (number + 1) / len(self.bands))
        out.flush()
        return path


def _bands(columns):
    """Bands of aligned columns, with names that differ; each level of a raster in space is a band of its own."""
    taken = set()
    for column in columns:
        name, number = column.name, 1
        while name.lower() in taken:  # a raster of classes may have the name of one of numbers
            number += 1
            name = f"{column.name}_{number}"
        taken.add(name.lower())
        for level, band in zip(column.levels if column.levels is not None else (None,), column.bands):
            yield EvidenceBand(name if level is None else f"{name}@z={level:g}", column.unit, band, column.classes)


def split_classes(layers, class_layers):
    """Rasters of numbers and rasters of classes; a raster that stands in both lists is one of classes."""
    ids = {layer.id() for layer in class_layers}
    own = [layer for layer in layers if layer.id() not in ids]
    classes = [layer for layer in own if has_classes(layer)]
    return [layer for layer in own if layer not in classes], [*classes, *class_layers]


def layers_problem(layers):
    """Why rasters cannot be used, or an empty string."""
    if not layers:
        return tr("Rasters: choose at least one evidence raster.")
    for layer in layers:
        if layer is None or not layer.isValid():
            return tr("A raster cannot be opened; remove it from the list or choose another one.")
    return ""


def evidence_crs(layers, chosen):
    """The CRS to work in: the chosen one, or that of the first raster whose CRS is projected.

    Raises
    ------
    QgsProcessingException
        Distances could not be measured in it.
    """
    if chosen is not None and chosen.isValid():
        crs = chosen
    else:
        known = [layer.crs() for layer in layers]
        crs = next((crs for crs in known if crs.isValid() and not crs.isGeographic()), known[0])
    if crs.isValid() and crs.isGeographic():
        raise QgsProcessingException(tr(
            "The rasters are in degrees ({}), in which windows cannot be measured; choose a projected CRS, such as the "
            "UTM zone of the area, in 'CRS'.").format(crs.authid()))
    return crs


def extent_in(layer, crs, context):
    """The extent of a raster in a CRS."""
    if not (layer.crs().isValid() and crs.isValid()) or layer.crs() == crs:
        return layer.extent()
    transform = QgsCoordinateTransform(layer.crs(), crs, context.transformContext())
    try:
        return transform.transformBoundingBox(layer.extent())
    except QgsCsException as error:
        raise QgsProcessingException(tr(
            "The raster '{}' has no place in {}; choose another CRS or remove it.").format(
                layer.name(), crs.authid())) from error


def cell_in(layer, crs, context):
    """Side of a cell of a raster in a CRS, about."""
    extent = extent_in(layer, crs, context)
    return float(np.sqrt(extent.width() / layer.width() * extent.height() / layer.height()))


def choose_grid(layers, class_layers, crs, context, extent, cell, window, feedback):
    """The grid of a training and the cells across a window.

    Parameters
    ----------
    layers, class_layers : list of QgsRasterLayer
    crs : QgsCoordinateReferenceSystem
        Projected.
    context : QgsProcessingContext
    extent : QgsRectangle or None
        By default that of all rasters together.
    cell, window : float or None
        Metres; by default from the rasters and from the ranges of their variograms.
    feedback : QgsProcessingFeedback

    Returns
    -------
    grid : GridSpec
    cells : int
        Across a window.
    """
    every = [*layers, *class_layers]
    finest_layer = min(every, key=lambda layer: cell_in(layer, crs, context))
    finest = cell_in(finest_layer, crs, context)
    if extent is None:
        extent = QgsRectangle(extent_in(every[0], crs, context))
        for layer in every[1:]:
            extent.combineExtentWith(extent_in(layer, crs, context))
        extent = _snapped(extent, extent_in(finest_layer, crs, context), cell or finest)
    given = window is not None
    if not given:
        window = default_window(_ranges(layers, class_layers, crs, extent, feedback), extent.width(), extent.height(),
                                cell or finest)
    cell = cell or _coarse_enough(default_cell(window, finest), extent)
    cells = window_cells(window, cell)
    grid = GridSpec.from_extent(crs, extent, cell)
    problem = _training_problem(grid, window, cells, len(every))
    if problem:
        raise QgsProcessingException(problem)
    _tell_grid(grid, finest, finest_layer, window, given, cells, feedback)
    return grid, cells


def _coarse_enough(cell, extent):
    """A whole multiple of a cell with which a training can hold the whole area."""
    return cell * max(1, math.ceil(math.sqrt(extent.width() * extent.height() / MOST_CELLS) / cell))


def _training_problem(grid, window, cells, layers):
    """Why a training cannot work on a grid, or an empty string."""
    if cells > MOST_WINDOW:
        return tr("A window of {:g} would be {} cells of {:g} wide, and at most {} are possible; choose a smaller "
                  "window or larger cells.").format(window, cells, grid.cell, MOST_WINDOW)
    if grid.cells > 1.1 * MOST_CELLS:
        return tr("{:,} cells of {:g} are too many for a training, which takes {:,}; leave the cell size empty, or "
                  "choose larger cells or a smaller extent.").format(grid.cells, grid.cell, MOST_CELLS)
    return size_problem(grid.columns * grid.cell, grid.rows * grid.cell, grid.cell, 0, layers)


def _snapped(extent, like, cell):
    """An extent on whole cells of a raster, so that its cells are taken as they are where the sizes agree."""
    left = np.ceil((like.xMinimum() - extent.xMinimum()) / cell - 1e-6)
    top = np.ceil((extent.yMaximum() - like.yMaximum()) / cell - 1e-6)
    return QgsRectangle(like.xMinimum() - left * cell, extent.yMinimum(), extent.xMaximum(),
                        like.yMaximum() + top * cell)


def _ranges(layers, class_layers, crs, extent, feedback):
    """Ranges of the variograms of all bands of numbers, from a coarse look at them."""
    cell = nice(max(extent.width(), extent.height()) / LOOK)
    look = GridSpec.from_extent(crs, extent, cell)
    numbers, _ = split_classes(layers, class_layers)
    stack = EvidenceStack(numbers, [], look)
    found = []
    for band in stack.bands:
        raise_if_cancelled(feedback)
        found.append(variogram_range(band.source.read(0, 0, look.columns, look.rows), cell))
    return found


def _tell_grid(grid, finest, finest_layer, window, given, cells, feedback):
    """Log the choices."""
    text = tr("as asked for") if given else tr("a third of the lower quartile of the variogram ranges of the bands, "
                                               "as far as the area allows")
    feedback.pushInfo(tr("Window: {:g} ({}), {} x {} cells of {:g}.").format(window, text, cells, cells, grid.cell))
    if grid.cell > 1.5 * finest:
        feedback.pushInfo(tr("The finest raster ('{}') has cells of {:g}; they are averaged to {:g}, so that a window "
                             "is about {} cells wide.").format(finest_layer.name(), finest, grid.cell, cells))
    feedback.pushInfo(grid.describe())


def tell_bands(count, feedback):
    """Warn of very many bands."""
    if count > MANY_BANDS:
        feedback.pushWarning(tr("{} bands are many for a few deposits; a choice of those that have to do with the "
                                "deposit type usually finds more, and is faster.").format(count))
