"""What all trainings of a prospectivity job share: evidence, deposits, folds, and the way through them."""
import zlib
from dataclasses import dataclass

import numpy as np

from ..errors import InputError
from ..learning.together import run_together
from .evidence import fit_preparation, known_cells, like_coordinates
from .folding import MOST_CELLS, Held, area_ranks, fold_table, predict_area, predict_places, scores_of
from .labels import candidates, check_deposits, place
from .regions import Fold, make_regions

RANDOM_CELLS = 3000  # of the background that a random split is judged by


@dataclass(frozen=True)
class Study:
    """Evidence with known deposits.

    Attributes
    ----------
    values : numpy.ndarray, shape (bands, rows, columns)
        Raw evidence.
    preparation : Preparation
    grid : dict
    window : int
        Cells across a window.
    usable : numpy.ndarray of bool, shape (rows, columns)
        Cells with evidence inside the mask.
    deposits, barren : Sites
    strata : numpy.ndarray of int, shape (rows, columns), or None
    background : numpy.ndarray of bool, shape (rows, columns)
        Cells that background may be drawn from.
    type_names : list of str
    """

    values: np.ndarray
    preparation: object
    grid: dict
    window: int
    usable: np.ndarray
    deposits: object
    barren: object
    strata: object
    background: np.ndarray
    type_names: list

    @property
    def reach(self):
        """Cells from the middle of a window to its side."""
        return self.window // 2


def read_study(job, progress, shift):
    """The study of a training job.

    Reads ``evidence`` (bands, rows, columns), ``deposits`` (n, 2) and, where
    they are given, ``weights`` and ``types`` (n,), ``barren`` (m, 2), ``mask``
    and ``strata`` (rows, columns); settings ``grid``, ``bands`` (dicts with
    ``name``, ``unit``, ``classes``), ``window_cells``, ``buffer`` (metres),
    ``negatives``, ``type_names``.

    Raises
    ------
    InputError
        There is nothing to learn from.
    """
    settings, values = job.settings, job.array("evidence")
    grid, bands = settings["grid"], settings["bands"]
    preparation, kept = fit_preparation(
        values, [band["name"] for band in bands], [band.get("unit", "") for band in bands],
        [bool(band.get("classes")) for band in bands], job.rng(), progress)
    if len(kept) < len(bands):
        values = picked(job, values, kept, progress)
    _warn_of_coordinates(values, preparation, progress)
    usable, mask = known_cells(values), job.array("mask")
    usable = usable if mask is None else usable & (np.asarray(mask) > 0)
    if not usable.any():
        raise InputError("No cell has data in at least half of the bands inside the study area; choose rasters that "
                         "overlap, or another mask.")
    deposits, counts = place(np.asarray(job.array("deposits")), grid, usable, job.array("weights"), job.array("types"))
    check_deposits(deposits, counts, len(job.array("deposits")), progress)
    barren = _read_barren(job, grid, usable, deposits, progress)
    background = candidates(usable, deposits, settings["negatives"], settings["buffer"] / grid["cell"], shift)
    return Study(values, preparation, grid, int(settings["window_cells"]), usable, deposits, barren,
                 _strata(job), background, settings.get("type_names") or [])


def picked(job, values, kept, progress):
    """Some of the bands, in a file of their own."""
    out = job.create("evidence_kept", (len(kept), *values.shape[1:]), np.float32)
    for number, band in enumerate(kept):
        progress.check()
        out[number] = values[band]
    return out


def _warn_of_coordinates(values, preparation, progress):
    """Warn of bands by which a model would learn places by heart."""
    found = like_coordinates(values, preparation.names)
    if found:
        progress.warn(f"These bands rise steadily across the area, as coordinates do: {', '.join(found)}. A model can "
                      "learn places by heart from them; leave them out unless they mean something.")


def _read_barren(job, grid, usable, deposits, progress):
    """Known barren places, without those in a cell with a deposit."""
    coordinates = job.array("barren")
    coordinates = np.empty((0, 2)) if coordinates is None else np.asarray(coordinates)
    sites, counts = place(coordinates, grid, usable)
    taken = np.isin(sites.rows * grid["columns"] + sites.columns, deposits.rows * grid["columns"] + deposits.columns)
    lost = counts["outside"] + counts["nodata"]
    if lost:
        progress.warn(f"{lost:,} barren points lie outside the evidence, the mask or its data, and are left out.")
    if taken.any():
        progress.warn(f"{int(taken.sum()):,} barren points lie in the cell of a deposit, and are left out.")
    return sites.take(~taken)


def _strata(job):
    """Geological units of the cells, or None."""
    strata = job.array("strata")
    return None if strata is None or job.settings["negatives"] != "stratified" else np.asarray(strata)


def rng_of(seed, name, member):
    """The random numbers of one training: those of another one, or of another seed, are not like them."""
    return np.random.default_rng([int(seed or 0), zlib.crc32(name.encode("utf-8")), member])


def run_trainings(plans, progress, threads):
    """Train everything side by side.

    Parameters
    ----------
    plans : dict
        Names to lists of callables, one for each member, each taking a `Progress`.

    Returns
    -------
    dict
        Names to lists of what the callables return.
    """
    tasks = [task for own in plans.values() for task in own]
    found, out, at = run_together(tasks, progress, threads), {}, 0
    for name, own in plans.items():
        out[name] = found[at:at + len(own)]
        at += len(own)
    return out


def regions_of(study, settings, kind, shift, rng):
    """The folds of a study."""
    return make_regions(kind, int(settings["folds"]), study.deposits, study.usable.shape, study.grid["cell"],
                        study.window + 2 * shift, rng, settings.get("block"))


def whole(study):
    """The fold that learns from everything."""
    every = np.ones(study.usable.shape, bool)
    return Fold(np.arange(len(study.deposits)), np.empty(0, np.int64), every, ~every)


def held_out(study, regions, models, progress, threads, rng):
    """What the models of the folds say about what they have not seen.

    Parameters
    ----------
    study : Study
    regions : Regions
    models : list of ProspectivityModel
        One for each fold.
    progress : Progress
    threads : int or None
    rng : numpy.random.Generator

    Returns
    -------
    Held
    """
    area = np.full(study.usable.shape, np.nan, np.float32)
    deposits = np.full(len(study.deposits), np.nan)
    for number, model in enumerate(models):
        part, fold = progress.span(number / len(models), (number + 1) / len(models)), regions.fold(number)
        judged = fold.judge & study.usable
        if regions.kind == "random":
            _judge_some(model, study, judged, area, len(models), rng, part)
        elif judged.any():
            found = predict_area(model, study.values, judged, part, threads, MOST_CELLS // len(models), rng)
            area[judged] = found[judged]
        rows, columns = study.deposits.rows[fold.test], study.deposits.columns[fold.test]
        deposits[fold.test] = predict_places(model, study.values, rows, columns, part.check).mean(axis=0)
    known = area[np.isfinite(area)]
    if not known.size:
        raise InputError("No background is left to test on: the windows of the deposits cover the whole area; choose "
                         "a smaller window.")
    return Held(deposits, area, area_ranks(deposits, known), regions.fold_of, regions.groups, regions.cells)


def _judge_some(model, study, judged, area, folds, rng, progress):
    """Probabilities at some single cells."""
    cells = np.flatnonzero(judged & study.background)
    cells = np.sort(rng.choice(cells, min(cells.size, RANDOM_CELLS // folds), replace=False))
    rows, columns = np.unravel_index(cells, judged.shape)
    area[rows, columns] = predict_places(model, study.values, rows, columns, progress.check).mean(axis=0)


def assessed(held, rng):
    """Scores of a `Held` with its folds."""
    return {**scores_of(held, rng), "per_fold": fold_table(held)}
