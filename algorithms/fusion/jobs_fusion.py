"""Job: features at samples and on a grid, and the recipe that makes them."""
from collections import Counter
from pathlib import Path

import numpy as np

from ..errors import InputError
from .drift import CellSurvey
from .recipe import Recipe
from .reporting import fusion_report
from .table import SampleTable, cell_table
from .tilestream import hand_back, tiles

RECIPE_FILE = "recipe.safetensors"


def run(job, progress):
    """Fit a recipe, or read one, and apply it.

    Reads ``coordinates`` (n, d), ``groups`` (n,), ``numbers`` (n, m),
    ``classes`` (n, c; codes), ``targets`` (n, t), ``lines_K`` (segments), and
    the tiles of the grid as they come (see `tilestream`): the numbers and then
    the codes of the classes that are known everywhere, (m + c, cells). Writes
    ``samples`` (n, features), ``recipe.safetensors`` and ``report.html``, and
    for each tile its features that are known everywhere (features, cells).

    Returns
    -------
    dict
        ``features`` (names of those at the samples), ``bands`` (of those on
        the grid), ``samples`` and ``notes`` (sentences for the log).
    """
    settings = job.settings
    table = read_table(job)
    given = settings.get("recipe_file")
    recipe = load_recipe(settings, table) if given else fit_recipe(job, table, progress.span(0.0, 0.4))
    unseen = Counter()
    features = recipe.transform(table, unseen=unseen, check=progress.check)
    job.save("samples", features)
    keep_recipe(job, recipe, table)
    progress(0.5)
    survey = map_features(job, recipe, table, unseen, progress.span(0.5, 0.98))
    job.write_text("report.html", fusion_report(job, recipe, table, features, survey, unseen, progress.warnings))
    progress(1.0)
    bands = [entry["name"] for entry in recipe.names if entry["everywhere"]]
    return {"features": [entry["name"] for entry in recipe.names], "bands": bands, "samples": len(table),
            "unseen": dict(unseen)}


def read_table(job):
    """The samples of a job as a `SampleTable`."""
    settings, coordinates = job.settings, np.array(job.array("coordinates"))
    groups = job.array("groups")
    classes = job.array("classes")
    return SampleTable(
        coordinates, np.full(len(coordinates), -1) if groups is None else np.array(groups),
        _columns(job.array("numbers"), settings["numbers"]),
        {entry["name"]: (np.array(classes[:, column]), entry["labels"])
         for column, entry in enumerate(settings["classes"])},
        _columns(job.array("targets"), settings["targets"]), frozenset(settings["everywhere"]),
        settings.get("sources") or {}, settings.get("units") or {},
    )


def _columns(array, names):
    return {name: np.array(array[:, column], dtype=float) for column, name in enumerate(names)}


def fit_recipe(job, table, progress):
    """The recipe of the samples of a job."""
    settings = job.settings
    for name, values in table.targets.items():
        if not np.isfinite(values).any():
            raise InputError(f"The target '{name}' has no value in any sample; choose another field.")
    lines = {name: job.array(f"lines_{number}") for number, name in enumerate(settings["lines"])}
    recipe = Recipe.fit(table, settings["steps"], job.rng(), progress, lines)
    recipe.holes = settings.get("holes") or []
    if not recipe.names:
        raise InputError("No feature is left: choose rasters, fields or geology that differ between the samples.")
    return recipe


def keep_recipe(job, recipe, table):
    """Write the recipe that was fitted, or a copy of the one that was given."""
    settings, path = job.settings, job.path(RECIPE_FILE)
    if settings.get("recipe_file"):
        path.write_bytes(Path(settings["recipe_file"]).read_bytes())
        return
    about = {key: settings[key] for key in ("crs", "extent", "grid", "seed") if key in settings}
    targets = [{"name": name, "unit": table.units.get(name, "")} for name in table.targets]
    recipe.save(path, targets=targets, samples=len(table), **about)


def load_recipe(settings, table):
    """The recipe of a file, with the holes of the samples brought to its numbers."""
    recipe = Recipe.load(settings["recipe_file"])
    table.groups[:] = np.append(recipe.hole_numbers(settings.get("holes") or []), -1)[table.groups]
    wanted = recipe.imputer.centre.size
    if wanted != table.dimensions:
        raise InputError(f"The recipe is for samples in {wanted} dimensions, but these have {table.dimensions}: set "
                         "the dimensions, or choose another recipe.")
    return recipe


def map_features(job, recipe, table, unseen, progress):
    """Features of the tiles of the grid; returns the `CellSurvey` of what they were made from, or None."""
    settings = job.settings
    windows = settings.get("tiles") or []
    if not windows:
        return None
    numbers = [name for name in settings["numbers"] if name in table.everywhere]
    classes = [entry for entry in settings["classes"] if entry["name"] in table.everywhere]
    survey = CellSurvey(len(numbers) + len(classes), sum(window[2] * window[3] for window in windows))
    for number, tile in tiles(job, len(windows), progress):
        codes = tile[len(numbers):].astype(np.int64)
        tile[len(numbers):][codes < 0] = np.nan
        survey.add(tile)
        cells = cell_table(
            centres(settings["grid"], windows[number]), numbers=dict(zip(numbers, tile)), everywhere=table.everywhere,
            classes={entry["name"]: (column, [*entry["labels"], "not at the samples"])
                     for entry, column in zip(classes, codes)})
        features = recipe.transform(cells, cells=True, unseen=unseen, check=progress.check)
        hand_back(job, number, features.T.astype(np.float32), progress)
    return survey


def centres(grid, window):
    """Centres of the cells of a window (column, row, columns, rows, elevation), row by row, shape (cells, d)."""
    column, row, columns, rows, elevation = window
    x = grid["west"] + (column + np.arange(columns) + 0.5) * grid["cell"]
    y = grid["north"] - (row + np.arange(rows) + 0.5) * grid["cell"]
    axes = [np.tile(x, rows), np.repeat(y, columns)]
    return np.column_stack(axes if elevation is None else [*axes, np.full(columns * rows, float(elevation))])
