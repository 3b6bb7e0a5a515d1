"""Job: a map of prospectivity and its uncertainty, tile by tile, from any model of prospectivity."""
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from ..execution import thread_count
from ..fusion.tilestream import hand_back, tiles
from .evidence import LEAST_KNOWN
from .modelstore import load_prospectivity, summary
from .windows import edge_cells

QUANTITIES = ("probability", "uncertainty", "p10", "p90", "edge")
STRIP = 64  # rows that one thread takes at a time


def run(job, progress):
    """Predict the tiles as they come (see `fusion.tilestream`).

    A tile arrives as (bands, cells) and holds as many cells more on each side
    as a window reaches from its middle; the settings ``tiles`` give the
    columns and rows of each one without them. The results have shape
    (5, cells) in the order of `QUANTITIES`, NaN where less than half of the
    bands are known.

    Returns
    -------
    dict
        ``quantities``, ``cells`` (with a prediction) and ``edges`` (of these, with a window over a border).
    """
    settings = job.settings
    if settings.get("torch", True):
        from ..learning.training import bound_threads

        bound_threads(1)  # strips of a tile share the processor cores instead
    model, counts = load_prospectivity(settings["model_file"]), np.zeros(2, dtype=np.int64)
    sizes = settings["tiles"]
    with ThreadPoolExecutor(thread_count(settings.get("threads"))) as pool:
        for number, tile in tiles(job, len(sizes), progress):
            columns, rows = sizes[number][2:4]
            shape = (len(model.bands), rows + 2 * model.reach, columns + 2 * model.reach)
            result = predict_tile(model, tile.reshape(shape), pool, progress.check)
            counts += [int(np.isfinite(result[0]).sum()), int(np.nansum(result[4]))]
            hand_back(job, number, result.reshape(len(QUANTITIES), -1), progress)
    progress(1.0)
    return {"quantities": [f"prospectivity:{name}" for name in QUANTITIES], "cells": int(counts[0]),
            "edges": int(counts[1])}


def predict_tile(model, values, pool=None, check=None):
    """All quantities of a tile.

    Parameters
    ----------
    model : ProspectivityModel
    values : numpy.ndarray, shape (bands, rows + 2 reach, columns + 2 reach)
        Raw evidence of the tile and of the cells around it, NaN for gaps.
    pool : concurrent.futures.Executor, optional
        Shares strips of the tile among threads.
    check : callable, optional

    Returns
    -------
    numpy.ndarray of float32, shape (5, rows, columns)
        In the order of `QUANTITIES`.
    """
    reach = model.reach
    rows, columns = (length - 2 * reach for length in values.shape[1:])
    out = np.full((len(QUANTITIES), rows, columns), np.nan, np.float32)

    def strip(top):
        height = min(STRIP, rows - top)
        channels = model.preparation.apply(values[:, top:top + height + 2 * reach])
        known = channels[-1] >= LEAST_KNOWN
        inner = known[reach:reach + height, reach:reach + columns]
        if not inner.any():
            return
        part = np.concatenate([summary(model.members_on(channels, check)), edge_cells(known, reach)[None]])
        out[:, top:top + height] = np.where(inner, part, np.nan)

    list((pool.map if pool else map)(strip, range(0, rows, STRIP)))
    return out
