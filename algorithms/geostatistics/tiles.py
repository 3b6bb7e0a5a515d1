"""Grids in blocks: several threads, bounded memory, progress, stop and resume.

Blocks are compact (cubes in three dimensions) so that samples out of range of
a compact model can be left out, and small enough that a stop is obeyed at
once. Row 0 of every grid is the northern one.
"""
import math
import os
from concurrent.futures import FIRST_COMPLETED, wait
from dataclasses import dataclass

import numpy as np

from ..execution import at_once, executor
from .dual import CELLS
from .kernels import SAMPLES, TARGETS, single_blas

DEPTH = 16
POLL_SECONDS = 0.1
COMPONENTS = ("dx", "dy", "dz")
QUANTITIES = ("estimate", "variance", *COMPONENTS, *(f"{c}_variance" for c in COMPONENTS))


@dataclass(frozen=True)
class Block:
    """Part of a grid: ``[start, stop)`` of its levels, rows and columns."""

    levels: tuple
    rows: tuple
    columns: tuple

    @property
    def shape(self):
        """Levels, rows, columns; one level in two dimensions."""
        return tuple(stop - start for start, stop in (self.levels, self.rows, self.columns))


def grid_shape(grid):
    """Levels (1 in two dimensions), rows and columns of grid settings."""
    return max(len(grid["levels"]), 1), int(grid["rows"]), int(grid["columns"])


def grid_axes(grid):
    """Cell centres along the columns (east), rows (north) and levels (up), metres."""
    east = grid["west"] + (np.arange(grid["columns"]) + 0.5) * grid["cell"]
    north = grid["north"] - (np.arange(grid["rows"]) + 0.5) * grid["cell"]
    return east, north, np.asarray(grid["levels"], dtype=float)


def grid_blocks(grid, cells=CELLS):
    """Blocks of about ``cells`` cells that together cover the grid.

    Returns
    -------
    list of Block
    """
    levels, rows, columns = grid_shape(grid)
    depth = min(levels, DEPTH)
    side = max(round(math.sqrt(cells / depth)), 1)
    return [
        Block(z, y, x)
        for z in _cuts(levels, depth) for y in _cuts(rows, side) for x in _cuts(columns, side)
    ]


def _cuts(size, step):
    return [(start, min(start + step, size)) for start in range(0, size, step)]


def grid_points(grid, block=None):
    """Centres of a block's cells, or of all cells, level by level and row by row.

    Returns
    -------
    numpy.ndarray, shape (cells, 2) or (cells, 3)
    """
    east, north, up = grid_axes(grid)
    if block is not None:
        east, north, up = (axis[slice(*part)] for axis, part in
                           ((east, block.columns), (north, block.rows), (up, block.levels)))
    if not len(grid["levels"]):
        y, x = np.meshgrid(north, east, indexing="ij")
        return np.column_stack([x.ravel(), y.ravel()])
    z, y, x = np.meshgrid(up, north, east, indexing="ij")
    return np.column_stack([x.ravel(), y.ravel(), z.ravel()])


def run_blocks(blocks, function, progress, threads=None, done=None, keep=None):
    """Call ``function(block)`` for every block, several at a time.

    On a Dask cluster, where one is set, when the results are given to ``keep``.

    Parameters
    ----------
    blocks : sequence
    function : callable
        Must call ``progress.check()`` at least every half second.
    progress : Progress
    threads : int, optional
        All processors by default.
    done : numpy.ndarray of uint8, shape (len(blocks),), optional
        Blocks with 1 are skipped, and finished ones are set to 1; a memory
        map makes an interrupted run go on where it stopped.
    keep : callable, optional
        ``keep(block, result)`` takes each result, in the calling thread.

    Raises
    ------
    Cancelled
        As soon as the running blocks have noticed.
    """
    left = [k for k in reversed(range(len(blocks))) if done is None or not done[k]]
    running, finished = {}, len(blocks) - len(left)
    with single_blas(), executor(threads, None if keep and left else "") as pool:
        try:
            while left or running:
                while left and len(running) < 2 * at_once(pool, threads):
                    number = left.pop()
                    running[pool.submit(function, blocks[number])] = number
                progress(finished / len(blocks))
                for future in wait(running, POLL_SECONDS, FIRST_COMPLETED).done:
                    result, number = future.result(), running.pop(future)
                    if keep:
                        keep(blocks[number], result)
                    finished += 1
                    if done is not None:
                        done[number] = 1
        finally:
            for future in running:
                future.cancel()
    progress(1.0)


def evaluate(model, grid, quantities, out, progress, threads=None, done=None, block=None, convert=None,
             needs=None):
    """Krige a grid block by block into a raster array.

    Parameters
    ----------
    model : DualKriging or PyKrigeKriging
        Fitted.
    grid : dict
        ``{"west", "north", "cell", "columns", "rows", "levels"}``.
    quantities : sequence of (str, int)
        What goes into the bands: name and column (field). The names are those
        of `QUANTITIES`, or those that ``convert`` gives. In three dimensions each
        takes one band per level, in the order of the levels.
    out : numpy.ndarray, shape (len(quantities) * levels, rows, columns)
        Written as it is finished; NaN where a quantity is not defined. A
        `bands.BandSelection` will do.
    progress : Progress
    threads : int, optional
    done : numpy.ndarray, optional
        See `run_blocks`; its length is that of ``grid_blocks(grid)``.
    block : numpy.ndarray, shape (q, d), optional
        Offsets of the discretisation points of block support, metres.
    convert : callable, optional
        ``convert(prediction)`` gives a dict from names to arrays (p,) or (p, m)
        instead of `quantity_arrays`.
    needs : dict, optional
        Arguments of ``predict`` that ``convert`` relies on, see `needed`.
    """
    needs = needed(name for name, _ in quantities) if needs is None else needs

    def predict(part):
        points = grid_points(grid, part)
        low, high = _reach(points, block)
        select = model.kernel.near(low, high) if hasattr(model, "kernel") else None
        return model.predict(points, block=block, select=select, check=progress.check, **needs)

    fill(grid_blocks(grid), predict, grid, quantities, out, progress, threads, done, convert)


def fill(parts, predict, grid, quantities, out, progress, threads=None, done=None, convert=None):
    """Write the predictions for the parts of a grid into a raster array.

    Parameters
    ----------
    parts : sequence of Block
    predict : callable
        ``predict(part)`` gives the `Prediction` at its cells.
    grid, quantities, out, progress, threads, done, convert
        See `evaluate`.
    """
    levels = grid_shape(grid)[0]

    def work(part):
        arrays, found = (convert or quantity_arrays)(predict(part)), []
        for name, column in quantities:
            values = arrays[name]
            values = values if values.ndim == 1 else values[:, column]
            found.append(np.where(np.isfinite(values), values, np.nan).reshape(part.shape))
        return found

    def keep(part, found):
        for band, values in enumerate(found):
            bands = slice(band * levels + part.levels[0], band * levels + part.levels[1])
            out[bands, slice(*part.rows), slice(*part.columns)] = values

    run_blocks(parts, work, progress, threads, done, keep)


def _reach(points, block):
    """Box around the points and their discretisation."""
    low, high = points.min(axis=0), points.max(axis=0)
    if block is None:
        return low, high
    return low + np.min(block, axis=0), high + np.max(block, axis=0)


def needed(names):
    """Arguments of ``predict`` that give the named quantities."""
    names = set(names)
    return {
        "variance": "variance" in names,
        "gradient": bool(names & set(COMPONENTS)),
        "gradient_variance": any(name.endswith("_variance") for name in names),
    }


def quantity_arrays(prediction):
    """Arrays (p,) or (p, m) of a prediction by the names of `QUANTITIES`."""
    arrays = {"estimate": prediction.estimate}
    if prediction.variance is not None:
        arrays["variance"] = prediction.variance
    if prediction.gradient is not None:
        arrays.update((name, prediction.gradient[:, :, axis])
                      for axis, name in enumerate(COMPONENTS[:prediction.gradient.shape[2]]))
    if prediction.gradient_variance is not None:
        arrays.update((f"{name}_variance", prediction.gradient_variance[:, axis])
                      for axis, name in enumerate(COMPONENTS[:prediction.gradient_variance.shape[1]]))
    return arrays


def memory_bytes(samples, fields, grid, bands, variance=False, single=False, threads=None):
    """Bytes of memory and of raster that `evaluate` takes.

    Parameters
    ----------
    samples, fields, bands : int
        ``bands`` counts quantities; each has one band per level.
    grid : dict
    variance, single : bool
        Whether variances are wanted, and in single precision.
    threads : int, optional

    Returns
    -------
    memory, raster : int
    """
    levels, rows, columns = grid_shape(grid)
    threads = threads or os.cpu_count() or 1
    matrix = 8 * samples ** 2 + (4 * samples ** 2 if variance and single else 0)
    tile = 8 * (4 * TARGETS * SAMPLES + 4 * samples * fields * 2 + CELLS * fields * 8)
    columns_at_once = 512 * 3 if variance else 0
    return matrix + threads * (tile + 8 * samples * columns_at_once), 4 * bands * levels * rows * columns


def memory_estimate(samples, fields, grid, bands, variance=False, single=False, threads=None):
    """One sentence for the log about what `evaluate` will take, see `memory_bytes`."""
    memory, raster = memory_bytes(samples, fields, grid, bands, variance, single, threads)
    levels, rows, columns = grid_shape(grid)
    return (f"Kriging {levels * rows * columns} cells from {samples} samples takes about {_size(memory)} of memory "
            f"and {_size(raster)} on disk.")


def _size(count):
    return f"{count / 2 ** 30:.1f} GiB" if count >= 2 ** 30 else f"{math.ceil(count / 2 ** 20)} MiB"
