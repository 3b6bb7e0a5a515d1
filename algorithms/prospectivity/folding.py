"""Held-out probabilities of the whole area, and the scores that follow from them."""
from dataclasses import dataclass

import numpy as np

from ..execution import executor
from ..validation.bootstrap import Bootstrap, interval
from .windows import cut_windows

TILE = 256
TOP_SHARES = (0.05, 0.10, 0.20)
MOST_CELLS = 4_000_000  # that scores are taken from
BATCH = 256


@dataclass(frozen=True)
class Held:
    """What models said about deposits and area that they had not seen.

    Attributes
    ----------
    deposits : numpy.ndarray, shape (deposits,)
        Probability at each deposit.
    area : numpy.ndarray, shape (rows, columns)
        Probability at each cell, NaN where it is not tested.
    ranks : numpy.ndarray, shape (deposits,)
        Share of the area that is ranked above each deposit.
    fold_of : numpy.ndarray of int, shape (deposits,)
    groups : numpy.ndarray of int, shape (deposits,)
    folds : numpy.ndarray of int, shape (rows, columns)
    """

    deposits: np.ndarray
    area: np.ndarray
    ranks: np.ndarray
    fold_of: np.ndarray
    groups: np.ndarray
    folds: np.ndarray


def area_ranks(deposits, area):
    """Share of the cells (n,) with a higher probability than each deposit (d,), equal ones counting half."""
    ordered = np.sort(np.asarray(area, float))
    above = ordered.size - np.searchsorted(ordered, deposits, side="right")
    equal = ordered.size - np.searchsorted(ordered, deposits, side="left") - above
    return (above + 0.5 * equal) / max(ordered.size, 1)


def capture(ranks, weights=None):
    """Shares of deposits in the best 5, 10 and 20 per cent of the area, as a dict ``top_5`` and so on."""
    return {f"top_{100 * share:.0f}": float(np.average(ranks <= share, weights=weights)) for share in TOP_SHARES}


def scores_of(held, rng):
    """Scores of held-out deposits with 95 % intervals by drawing groups of deposits.

    Returns
    -------
    dict
        ``auc``, ``top_5``, ``top_10``, ``top_20``, ``accuracy`` (balanced, at 0.5), ``cross_entropy`` (balanced),
        ``area_50`` and ``found_50`` (shares of area and of deposits above 0.5); and the intervals under
        ``auc_interval`` and so on.
    """
    area = held.area[np.isfinite(held.area)]
    draws = Bootstrap(held.groups, rng)
    out = {"auc": float(1.0 - held.ranks.mean()), "auc_interval": interval(draws.mean(1.0 - held.ranks))}
    for name, value in capture(held.ranks).items():
        found = (held.ranks <= int(name[4:]) / 100.0).astype(float)
        out[name], out[f"{name}_interval"] = value, interval(draws.mean(found))
    return {**out, **cut_scores(held.deposits, area)}


def cut_scores(deposits, area):
    """Scores at the probability 0.5, deposits and area counting alike."""
    entropy = [-np.log(np.clip(part, 1e-7, 1.0)).mean() for part in (deposits, 1.0 - area)]
    found, over = float(np.mean(deposits > 0.5)), float(np.mean(area > 0.5))
    return {"accuracy": 0.5 * (found + 1.0 - over), "cross_entropy": float(np.mean(entropy)), "found_50": found,
            "area_50": over}


def fold_table(held):
    """For each fold its deposits, its area and the AUC within it, as dicts."""
    out = []
    for number in range(held.fold_of.max() + 1):
        own, cells = held.fold_of == number, held.area[(held.folds == number) & np.isfinite(held.area)]
        ranks = area_ranks(held.deposits[own], cells) if cells.size else None
        out.append({"fold": number + 1, "deposits": int(own.sum()), "cells": int(cells.size),
                    "auc": None if ranks is None else float(1.0 - ranks.mean()),
                    "top_20": float(np.mean(held.ranks[own] <= 0.2))})
    return out


def tiles_of(mask, limit=None, rng=None):
    """Windows (column, row, columns, rows) of tiles that hold wanted cells; some of them where there are too many."""
    rows, columns = mask.shape
    found = [(left, top, min(TILE, columns - left), min(TILE, rows - top))
             for top in range(0, rows, TILE) for left in range(0, columns, TILE)
             if mask[top:top + TILE, left:left + TILE].any()]
    most = None if limit is None else max(1, limit // TILE ** 2)
    if most is not None and len(found) > most:
        found = [found[k] for k in np.sort(rng.choice(len(found), most, replace=False))]
    return found


def read_tile(values, tile, reach):
    """Evidence of a tile and ``reach`` cells around, NaN beyond the sides; float32 (bands, rows, columns)."""
    left, top, columns, rows = tile
    bands, height, width = values.shape
    out = np.full((bands, rows + 2 * reach, columns + 2 * reach), np.nan, np.float32)
    first, last = max(top - reach, 0), min(top + rows + reach, height)
    west, east = max(left - reach, 0), min(left + columns + reach, width)
    to_row, to_column = first - top + reach, west - left + reach
    out[:, to_row:to_row + last - first, to_column:to_column + east - west] = values[:, first:last, west:east]
    return out


def predict_area(model, values, mask, progress, threads=None, limit=None, rng=None):
    """Mean probability of a model at wanted cells, tile by tile; NaN elsewhere.

    Parameters
    ----------
    model : ProspectivityModel
    values : numpy.ndarray, shape (bands, rows, columns)
        Raw evidence.
    mask : numpy.ndarray of bool, shape (rows, columns)
    progress : Progress
    threads : int, optional
    limit : int, optional
        Cells; a larger area is predicted in part.
    rng : numpy.random.Generator, optional
        Chooses the part.
    """
    out, done = np.full(mask.shape, np.nan, np.float32), [0]
    tiles = tiles_of(mask, limit, rng)

    def work(tile):
        progress.check()
        left, top, columns, rows = tile
        channels = model.preparation.apply(read_tile(values, tile, model.reach))
        found = model.members_on(channels, progress.check).mean(axis=0)
        part = (slice(top, top + rows), slice(left, left + columns))
        out[part] = np.where(mask[part], found, np.nan)
        done[0] += 1
        progress(done[0] / len(tiles))

    with executor(threads) as pool:
        list(pool.map(work, tiles))
    return out


def predict_places(model, values, rows, columns, check=None):
    """Probabilities of all members at single cells, shape (members, n)."""
    out = []
    for start in range(0, len(rows), BATCH):
        part = slice(start, start + BATCH)
        windows = cut_windows(values, rows[part], columns[part], 2 * model.reach + 1)
        channels = model.preparation.apply(np.moveaxis(windows, 1, 0))
        out.append(model.members_at(np.ascontiguousarray(np.moveaxis(channels, 0, 1)), check))
    return np.concatenate(out, axis=1)
