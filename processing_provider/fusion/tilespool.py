"""Tiles of the map that are filled while rasters are read for the samples, so that each raster is read only once."""
import shutil
import tempfile
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from qgis.core import QgsProcessingException

from ..data.alignment import cells_of, pick
from ..engine.errors import raise_if_cancelled
from ..engine.jobs import jobs_folder
from ..translation import tr
from .exchange import write_columns, write_head

SHARE = 0.25  # of the free disk that tiles may fill; otherwise rasters are read a second time for the map


@contextmanager
def spool_folder():
    """A folder on the disk of the job folders, for ``with``; it is removed in the end."""
    root = jobs_folder()
    try:
        root.mkdir(parents=True, exist_ok=True)
        folder = tempfile.TemporaryDirectory(prefix="tiles-", dir=root)
    except OSError as error:
        raise QgsProcessingException(tr("Nothing can be written into the folder '{}' ({}); make room there or choose "
                                        "another one in the settings.").format(root, error.strerror)) from error
    with folder as name:
        yield Path(name)


def has_room(folder, windows, columns):
    """Whether the columns of all windows fit on the disk and leave most of its free part alone."""
    size = 4 * columns * sum(window[2] * window[3] for window in windows)
    return size <= SHARE * shutil.disk_usage(folder).free


class TileSpool:
    """Files of tiles, whose first columns come one after the other, each for all tiles.

    Parameters
    ----------
    folder : pathlib.Path
        Empty.
    windows : list of (column, row, columns, rows)
        Of the tiles, in cells of the grid of the bands.
    columns : int
        Values per cell of a complete tile.
    grid : GridSpec
        Of the bands.
    points : numpy.ndarray, shape (n, 2 or 3)
        The samples.
    """

    def __init__(self, folder, windows, columns, grid, points):
        self.folder, self.windows, self.points = folder, windows, points
        self.columns, self.rows = cells_of(grid, points)
        self.members = [self._inside(*window) for window in windows]
        self.away = np.setdiff1d(np.arange(len(points)), np.concatenate(self.members))
        self.starts = [self._begin(number, columns) for number in range(len(windows))]

    def _inside(self, left, top, columns, rows):
        """The samples in a window."""
        return np.flatnonzero((self.columns >= left) & (self.columns < left + columns)
                              & (self.rows >= top) & (self.rows < top + rows))

    def _begin(self, number, columns):
        """Make the file of a tile; returns where its columns begin."""
        with self._path(number).open("wb") as file:
            write_head(file, columns, self._size(number))
            return file.tell()

    def _path(self, number):
        return self.folder / f"{number}.npy"

    def _size(self, number):
        return self.windows[number][2] * self.windows[number][3]

    def take(self, place, band, feedback=None):
        """Read a band for all tiles, as their column of the number ``place``.

        Returns
        -------
        numpy.ndarray of float32, shape (n,)
            Its values at the samples, as `pick` gives them.
        """
        out = np.full(len(self.points), np.nan, np.float32)
        for number, window in enumerate(self.windows):
            raise_if_cancelled(feedback)
            values = band.read(*window)
            self._put(number, place, [values])
            here = self.members[number]
            out[here] = values[self.rows[here] - window[1], self.columns[here] - window[0]]
        out[self.away] = pick(band, self.points[self.away], feedback)
        return out

    def complete(self, number, first, columns):
        """Add the columns from the number ``first`` on to a tile; returns its file."""
        self._put(number, first, columns)
        return self._path(number)

    def _put(self, number, place, columns):
        try:
            with self._path(number).open("r+b") as file:
                file.seek(self.starts[number] + 4 * place * self._size(number))
                write_columns(file, columns)
        except OSError as error:
            raise QgsProcessingException(tr("The tiles of the map could not be kept in '{}' ({}); make room on that "
                                            "disk.").format(self.folder, error.strerror)) from error
