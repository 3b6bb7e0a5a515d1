"""Tiles of a grid through a running job: read here, computed in the worker, written here, a few at a time."""
import threading
import time
from pathlib import Path

import numpy as np

from ...algorithms.folder import INPUTS
from ..engine.errors import JobCancelled

AHEAD = 2  # tiles that wait for the worker
PAUSE = 0.005
VALUES = 16_000_000  # of one tile, all columns together
TILE = 256


def windows_of(grid, columns):
    """Windows (column, row, columns, rows) that cover a grid in whole tiles of the file, row by row.

    Parameters
    ----------
    grid : GridSpec
    columns : int
        Values per cell, which decide how wide a window may be.
    """
    wide = max(TILE, VALUES // (TILE * max(columns, 1)) // TILE * TILE)
    return [(left, top, min(wide, grid.columns - left), min(TILE, grid.rows - top))
            for top in range(0, grid.rows, TILE) for left in range(0, grid.columns, wide)]


class TileExchange:
    """Feeds tiles to a job and takes their results while it runs.

    Parameters
    ----------
    job : Job
        Not yet run.
    count : int
        Number of tiles.
    read : callable
        ``read(number, check)`` gives the tile as its columns, each an array
        of all its cells, or as the path of a file of them on the disk of the
        job folders; calls ``check()`` now and then.
    write : callable
        ``write(number, result)`` takes its result, shape (features, cells).
    """

    def __init__(self, job, count, read, write):
        self.job, self.count, self.read, self.write = job, count, read, write
        self.error, self._stop = None, threading.Event()
        self._clear()

    def run(self, feedback):
        """Run the job with its tiles and return its outputs.

        Raises
        ------
        JobCancelled, QgsProcessingException
            As `Job.run`, and what reading and writing raise.
        """
        self._feedback, written = feedback, []
        threads = [threading.Thread(target=self._guarded, args=(work, written)) for work in (self._feed, self._fetch)]
        for thread in threads:
            thread.start()
        try:
            outputs = self.job.run(self)
            threads[1].join()
        except JobCancelled:
            if self.error is None:
                raise
        finally:
            self._stop.set()
            for thread in threads:
                thread.join()
        if self.error is not None:
            raise self.error
        return outputs

    def __getattr__(self, name):
        return getattr(self._feedback, name)

    def isCanceled(self):  # stands in for QgsFeedback.isCanceled
        """Whether the user cancelled, or a tile could not be read or written."""
        return self._feedback.isCanceled() or self.error is not None

    def _clear(self):
        """Remove what a stopped run left, so that all tiles are asked for again."""
        for pattern in ("result.json", "out_*.npy", f"{INPUTS}/in_*"):
            for path in self.job.folder.glob(pattern):
                path.unlink()

    def _guarded(self, work, written):
        """Run the work of a thread; what it raises ends the whole run."""
        try:
            work(written)
        except JobCancelled:
            self._stop.set()
        except Exception as error:
            self.error = self.error or error

    def _check(self):
        if self._stop.is_set() or self.isCanceled():
            raise JobCancelled

    def _feed(self, written):
        """Read tile after tile, while not too many wait."""
        for number in range(self.count):
            tile = self.read(number, self._check)
            while number - self._first_waiting(number) > AHEAD:
                self._check()
                time.sleep(PAUSE)
            path = self._path("in", number)
            if not isinstance(tile, Path):
                tile = _save(path.with_suffix(".partial"), tile)
            tile.replace(path)

    def _first_waiting(self, number):
        """The first tile before ``number`` that the worker has not taken, or ``number``."""
        return next((k for k in range(max(0, number - AHEAD - 2), number) if self._path("in", k).exists()), number)

    def _fetch(self, written):
        """Take and write the results in their order."""
        for number in range(self.count):
            path = self._path("out", number)
            while not path.exists():
                self._check()
                time.sleep(PAUSE)
            result = np.load(path, allow_pickle=False)
            path.unlink()
            self.write(number, result)
            written.append(number)

    def _path(self, kind, number):
        """File of a tile; see `lodescope.algorithms.fusion.tilestream`."""
        return self.job.path(f"{INPUTS}/in_{number:06d}.npy" if kind == "in" else f"out_{number:06d}.npy")


def _save(path, columns):
    """Write equally large columns into a file; returns its path."""
    with path.open("wb") as file:
        write_head(file, len(columns), columns[0].size if len(columns) else 0)
        write_columns(file, columns)
    return path


def write_head(file, columns, cells):
    """Begin a file of columns of float32, in the format of numpy."""
    np.lib.format.write_array_header_1_0(file, {"descr": "<f4", "fortran_order": False, "shape": (columns, cells)})


def write_columns(file, columns):
    """Write columns one after the other, without joining them in memory."""
    for column in columns:
        file.write(np.ascontiguousarray(column, "<f4"))
