"""The grid of a result: its cells, its levels and the checks on its size."""
import math
import re
import shutil
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from qgis.core import QgsCoordinateReferenceSystem, QgsProcessingException, QgsRectangle

from ..translation import tr

MAX_CELLS = 1_000_000_000
MAX_LEVELS = 2_000
COMFORTABLE_CELLS = 1_000_000
DEFAULT_CELLS = {2: 250_000, 3: 400_000}
NICE = np.array([1.0, 2.0, 2.5, 5.0, 10.0])
SNAP = 1e-6  # a part of a cell this small is rounding in the numbers of an extent, not an extra cell
RANGE = re.compile(r"^([^:]+):([^:]+):([^:]+)$")


@dataclass(frozen=True)
class GridSpec:
    """Square cells, north up, with the same columns and rows on every level.

    Parameters
    ----------
    crs : QgsCoordinateReferenceSystem
        The projected system of the coordinates.
    west, north : float
        The outer corner of the first cell, which is the north-western one.
    cell : float
        Side of a cell.
    columns, rows : int
        Number of cells from west to east and from north to south.
    levels : tuple of float
        Elevations of the levels; empty for a 2-D grid.
    """

    crs: QgsCoordinateReferenceSystem
    west: float
    north: float
    cell: float
    columns: int
    rows: int
    levels: tuple = ()

    @classmethod
    def from_extent(cls, crs, extent, cell, levels=()):
        """Grid that covers an extent.

        The north-western corner stays where it is given; the eastern and
        southern sides move outwards to whole cells.  The extent of a raster
        with the cell size of that raster therefore gives its very cells.

        Parameters
        ----------
        crs : QgsCoordinateReferenceSystem
        extent : QgsRectangle
        cell : float
        levels : sequence of float

        Raises
        ------
        QgsProcessingException
            When `size_problem` finds a problem.
        """
        problem = size_problem(extent.width(), extent.height(), cell, len(levels))
        if problem:
            raise QgsProcessingException(problem)
        columns, rows = _cells(extent.width(), cell), _cells(extent.height(), cell)
        return cls(crs, extent.xMinimum(), extent.yMaximum(), float(cell), columns, rows, tuple(levels))

    @classmethod
    def from_raster(cls, layer, levels=()):
        """Grid with the cells of a raster layer (`QgsRasterLayer`, north up)."""
        extent, columns, rows = layer.extent(), layer.width(), layer.height()
        if columns < 1 or rows < 1:
            raise QgsProcessingException(tr("The raster '{}' has no cells to take the grid from.").format(layer.name()))
        wide, high = extent.width() / columns, extent.height() / rows
        if abs(wide - high) > 1e-4 * wide:
            raise QgsProcessingException(
                tr("The cells of the raster '{}' are not square ({:g} by {:g}); give an extent and a cell size "
                   "instead.").format(layer.name(), wide, high)
            )
        return cls(layer.crs(), extent.xMinimum(), extent.yMaximum(), wide, columns, rows, tuple(levels))

    @property
    def east(self):
        """Eastern side of the grid."""
        return self.west + self.columns * self.cell

    @property
    def south(self):
        """Southern side of the grid."""
        return self.north - self.rows * self.cell

    @property
    def extent(self):
        """The outline of the grid as a `QgsRectangle`."""
        return QgsRectangle(self.west, self.south, self.east, self.north)

    @property
    def dimensions(self):
        """3 with levels, 2 without."""
        return 3 if self.levels else 2

    @property
    def cells(self):
        """Number of cells, all levels together."""
        return self.columns * self.rows * max(1, len(self.levels))

    @property
    def geotransform(self):
        """GDAL's six numbers."""
        return (self.west, self.cell, 0.0, self.north, 0.0, -self.cell)

    @property
    def x(self):
        """Eastings of the cell centres, from west to east; shape (columns,)."""
        return self.west + (np.arange(self.columns) + 0.5) * self.cell

    @property
    def y(self):
        """Northings of the cell centres, from north to south; shape (rows,)."""
        return self.north - (np.arange(self.rows) + 0.5) * self.cell

    def size(self, quantities=1):
        """Bytes of a result with so many float32 quantities per cell."""
        return 4 * self.cells * quantities

    def to_settings(self):
        """The grid as the worker's settings hold it."""
        return {
            "west": self.west, "north": self.north, "cell": self.cell,
            "columns": self.columns, "rows": self.rows, "levels": list(self.levels),
        }

    def describe(self):
        """One line for the log."""
        text = tr("Grid: {:,} columns x {:,} rows").format(self.columns, self.rows)
        if self.levels:
            text += tr(" x {} levels from {:g} to {:g}").format(len(self.levels), min(self.levels), max(self.levels))
        text += tr(", cell size {:g}, {:,} cells").format(self.cell, self.cells)
        return f"{text}, {self.crs.authid() or tr('no coordinate reference system')}."


def _cells(length, cell):
    """Whole cells that cover a length, at least one."""
    return max(1, math.ceil(length / cell - SNAP))


def make_grid(crs, coordinates, extent=None, cell=None, levels=()):
    """The grid of a run: what the user gave, and the rest from the samples.

    Parameters
    ----------
    crs : QgsCoordinateReferenceSystem
        Of the samples and of the grid.
    coordinates : array of float, shape (n, 2) or (n, 3)
        Of the samples.
    extent : QgsRectangle, optional
        By default that of the samples and 5 % (at least one cell) around.
    cell : float, optional
        By default a round number made by `default_cell`.
    levels : sequence of float
        By default those of `default_levels` for 3-D samples.

    Returns
    -------
    grid : GridSpec

    Raises
    ------
    QgsProcessingException
        When the grid cannot be made, in one sentence.
    """
    if coordinates.shape[1] == 2 and len(levels):
        raise QgsProcessingException(
            tr("Levels were given, but the samples are 2-D; choose samples with elevations (or an elevation field) "
               "or leave the levels empty.")
        )
    if coordinates.shape[1] == 3 and not len(levels):
        levels = default_levels(coordinates[:, 2])
    given = extent is not None and not extent.isNull()
    if given:
        _check_meeting(extent, coordinates)
    if cell is None:
        cell = default_cell(coordinates, len(levels), extent if given else None)
    if not given:
        _check_cell(cell)
        extent = default_extent(coordinates, cell)
    return GridSpec.from_extent(crs, extent, cell, levels)


def _check_cell(cell):
    if not (math.isfinite(cell) and cell > 0):
        raise QgsProcessingException(cell_problem(cell))


def cell_problem(cell):
    """Why a cell size cannot be used, or an empty string."""
    if cell is None or (math.isfinite(cell) and cell > 0):
        return ""
    return tr("The cell size is {:g}; give a number greater than zero, or leave it empty for an automatic one.").format(
        cell)


def size_problem(width, height, cell, levels=0, quantities=1, folder=None):
    """Why a grid of this size cannot be made, or an empty string.

    Parameters
    ----------
    width, height, cell : float
        Of the extent and of a cell, in the same unit.
    levels : int
        Number of levels, 0 in 2-D.
    quantities : int
        Values to be kept per cell.
    folder : path-like, optional
        Where they will be kept, for a look at the room on the disk.
    """
    problem = cell_problem(cell)
    if problem:
        return problem
    if not (math.isfinite(width) and math.isfinite(height) and width > 0 and height > 0):
        return tr("The extent of the grid has no area; draw a rectangle or leave the extent empty.")
    if levels > MAX_LEVELS:
        return tr("{:,} levels were asked for; at most {:,} are possible.").format(levels, MAX_LEVELS)
    cells = math.ceil(width / cell - SNAP) * math.ceil(height / cell - SNAP) * max(1, levels)
    if cells <= MAX_CELLS:
        return space_problem(folder, 4 * cells * quantities) if folder else ""
    better = nice(math.sqrt(width * height * max(1, levels) / COMFORTABLE_CELLS))
    return (
        tr("The grid would have {:,} cells (about {:,.0f} GB), and at most {:,} are possible; a cell size of {:g} "
           "would give about a million cells.").format(cells, 4 * cells * quantities / 1e9, MAX_CELLS, better)
    )


def space_problem(path, size):
    """Why a result of so many bytes does not fit on the disk of a path, or an empty string."""
    folder = Path(path)
    while not folder.is_dir() and folder != folder.parent:
        folder = folder.parent
    free = shutil.disk_usage(folder).free
    if size <= free:
        return ""
    return (
        tr("The grid needs about {:,.1f} GB, but only {:,.1f} GB are free in '{}'; make room there or choose larger "
           "cells.").format(size / 1e9, free / 1e9, folder)
    )


def _check_meeting(extent, coordinates):
    low, high = coordinates[:, :2].min(axis=0), coordinates[:, :2].max(axis=0)
    apart = (
        low[0] > extent.xMaximum() or high[0] < extent.xMinimum()
        or low[1] > extent.yMaximum() or high[1] < extent.yMinimum()
    )
    if apart:
        raise QgsProcessingException(
            tr("The extent (x {:.10g} to {:.10g}, y {:.10g} to {:.10g}) does not meet the samples (x {:.10g} to "
               "{:.10g}, y {:.10g} to {:.10g}); choose an extent around the samples or leave it empty.").format(
                extent.xMinimum(), extent.xMaximum(), extent.yMinimum(), extent.yMaximum(), low[0], high[0], low[1],
                high[1])
        )


def nice(value, up=True):
    """The next number of 1, 2, 2.5, 5 times a power of ten, upwards or downwards."""
    power = 10.0 ** math.floor(math.log10(value))
    steps = NICE * power
    near = steps[np.isclose(steps, value, rtol=1e-9)]
    if near.size:
        return float(near[0])
    return float(steps[steps > value][0] if up else steps[steps < value][-1])


def default_cell(coordinates, levels=0, extent=None):
    """A round cell size that suits the spacing of the samples.

    A quarter of the mean distance between sampled places (samples of one
    vertical hole are one place), small enough for 100 cells along the longer
    side, large enough for at most 250,000 cells in 2-D and 1,000,000 in 3-D.

    Parameters
    ----------
    coordinates : array of float, shape (n, 2) or (n, 3)
    levels : int
        Number of levels of the grid.
    extent : QgsRectangle, optional
        Of the grid, when it is not that of the samples.
    """
    spans = np.ptp(coordinates, axis=0)
    sides = spans[:2] if spans[:2].max() > 0 else np.full(2, spans.max() or 1.0)
    sides = np.maximum(sides, sides.max() / 20)  # samples along one line still need an area
    grain = sides.max() / 500
    places = len(np.unique(np.floor(coordinates[:, :2] / grain), axis=0))
    cell = min(math.sqrt(sides.prod() / places) / 4, sides.max() / 100)
    area = extent.width() * extent.height() if extent is not None else 1.3 * sides.prod()
    smallest = math.sqrt(area * max(1, levels) / DEFAULT_CELLS[3 if levels else 2])
    return nice(smallest) if smallest > cell else max(nice(cell, up=False), nice(smallest))


def default_extent(coordinates, cell):
    """The samples' bounding box and 5 % (at least a cell) around, on multiples of the cell size."""
    low, high = coordinates[:, :2].min(axis=0), coordinates[:, :2].max(axis=0)
    margin = np.maximum(0.05 * (high - low), cell)
    west, south = np.floor((low - margin) / cell) * cell
    east, north = np.ceil((high + margin) / cell) * cell
    return QgsRectangle(west, south, east, north)


def default_levels(elevations):
    """Ten to twenty-one round elevations that span the samples, ascending.

    They are multiples of a round step between the 1st and the 99th percentile,
    so that one wrong collar does not stretch them.
    """
    low, high = np.percentile(elevations, [1, 99])
    if high <= low:
        return (float(np.median(elevations)),)
    step = nice((high - low) / 20)
    first, last = math.ceil(low / step - SNAP), math.floor(high / step + SNAP)
    return tuple(float(np.round(k * step, 9)) for k in range(first, last + 1))


def parse_levels(levels):
    """Elevations of the levels as the user wrote them.

    Parameters
    ----------
    levels : str, number or sequence of numbers
        ``"120"``, ``"100, 120, 140"`` (order kept), ``"100:200:20"`` (start,
        stop and step, stop included, ascending) or several of these separated by commas or
        semicolons; empty for automatic levels.

    Returns
    -------
    levels : tuple of float

    Raises
    ------
    QgsProcessingException
        When a part is no number, a level is given twice or there are too many.
    """
    if levels is None:
        return ()
    if isinstance(levels, (list, tuple, np.ndarray)):
        parts = [str(level) for level in levels]
    else:
        parts = re.split(r"[,;\s]+", re.sub(r"\s*:\s*", ":", str(levels)))
    found = [level for part in parts if part for level in _part(part)]
    if len(found) > MAX_LEVELS:
        raise QgsProcessingException(tr("Levels: {:,} were given, at most {:,} are possible.").format(
            len(found), MAX_LEVELS))
    if len(set(found)) < len(found):
        twice = next(level for level in found if found.count(level) > 1)
        raise QgsProcessingException(tr("Levels: {:g} is given twice; give each elevation once.").format(twice))
    return tuple(found)


def _part(part):
    """Levels of one number or one start:stop:step."""
    match = RANGE.match(part)
    if not match:
        return [_number(part, part)]
    start, stop, step = (_number(text, part) for text in match.groups())
    if step == 0:
        raise QgsProcessingException(tr("Levels: the step in '{}' is zero; write start:stop:step, as in "
                                        "100:200:20.").format(part))
    low, high, step = min(start, stop), max(start, stop), abs(step)
    count = math.floor((high - low) / step + SNAP) + 1
    if count > MAX_LEVELS:
        raise QgsProcessingException(
            tr("Levels: '{}' makes {:,} levels, at most {:,} are possible; choose a larger step.").format(
                part, count, MAX_LEVELS)
        )
    return [float(np.round(low + k * step, 9)) for k in range(count)]


def _number(text, part):
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise QgsProcessingException(
            tr("Levels: '{}' is not an elevation; write numbers such as 100, 120, 140 or start:stop:step such as "
               "100:200:20, or leave it empty.").format(part)
        )
    return number
