"""Tiles that QGIS hands over one by one while a job runs, so that no whole raster ever stands in the job folder.

The tile with the number k arrives as ``inputs/in_k.npy`` and its result leaves
as ``out_k.npy``; both are renamed into place when they are complete, and
removed by who has read them.
"""
import time

import numpy as np

from ..folder import INPUTS

AHEAD = 2  # results that may wait to be fetched
PAUSE = 0.005


def tile_name(kind, number):
    """File of the stream below the job folder; ``kind`` is "in" or "out"."""
    return f"{INPUTS}/in_{number:06d}.npy" if kind == "in" else f"out_{number:06d}.npy"


def tiles(job, count, progress):
    """The tiles as they arrive, as pairs of number and array.

    Parameters
    ----------
    job : JobFolder
    count : int
    progress : Progress
        Checked while waiting, so that a cancel ends it.
    """
    for number in range(count):
        progress(number / count)
        path = job.root / tile_name("in", number)
        while not path.exists():
            progress.check()
            time.sleep(PAUSE)
        yield number, np.load(path, allow_pickle=False)
        path.unlink()


def hand_back(job, number, array, progress):
    """Leave the result of a tile for QGIS, once it has fetched earlier ones."""
    earlier = job.root / tile_name("out", number - AHEAD) if number >= AHEAD else None
    while earlier is not None and earlier.exists():
        progress.check()
        time.sleep(PAUSE)
    job.save(tile_name("out", number)[:-4], array)
