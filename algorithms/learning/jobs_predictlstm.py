"""Job: grades and their uncertainty along drill holes or at the cells of a raster, from a recurrent network."""
import numpy as np

from ..execution import executor
from ..fusion.tilestream import hand_back, tiles
from .gradefile import GradeModel
from .jobs_predictbnn import MOST_MISSING, Predictor, counts_of
from .sequences import positions_along
from .training import bound_threads

ROWS, CHUNK = 262_144, 8192  # samples of whole holes at once, of all threads and of one


def run(job, progress):
    """Predict.

    Reads ``features`` (n, f), ``groups`` (n,; drill hole, negative for none)
    and, where they are known, ``coordinates`` (n, d) and ``depths`` (n,), or
    the tiles of a raster as they come (see `fusion.tilestream`): all levels of
    a window, (levels x features, cells). Writes ``predictions`` (n, k), or the
    results of the tiles (k x levels, cells). The settings ``tiles`` (column,
    row, columns, rows and, in space, levels) and ``grid`` place the cells, and
    ``residuals`` says whether kriged errors are added.

    Returns
    -------
    dict
        ``quantities`` (k names such as ``TREO:mean``), ``places`` and, of those, ``outside``.
    """
    settings = job.settings
    bound_threads(1)  # sequences are shared among threads instead
    model = GradeModel.load(settings["model_file"], "lstm")
    if not settings.get("residuals", True):
        model.network.field = None
    predictor = SequencePredictor(model, settings.get("cutoffs"), settings.get("threads"))
    if settings.get("tiles"):
        counts = _predict_tiles(job, predictor, progress)
    else:
        counts = _predict_table(job, predictor, progress)
    progress(1.0)
    return {"quantities": predictor.names, "places": int(counts[0]), "outside": int(counts[1])}


def _predict_tiles(job, predictor, progress):
    """Predict the columns of cells of each tile."""
    settings, counts = job.settings, np.zeros(2, dtype=np.int64)
    for number, tile in tiles(job, len(settings["tiles"]), progress):
        *window, levels = settings["tiles"][number]
        columns = Columns(tile, levels or [None], window, settings.get("grid"))
        result = predictor(*columns.arrays(), columns.errors(predictor.model.network.field, progress.check),
                           progress.check)
        counts += counts_of(result)
        hand_back(job, number, columns.bands(result), progress)
    return counts


def _predict_table(job, predictor, progress):
    """Predict samples, whole holes at a time."""
    features, groups, coordinates, depths = (job.array(name) for name in
                                             ("features", "groups", "coordinates", "depths"))
    out = job.create("predictions", (len(features), len(predictor.names)), np.float32)
    groups = np.array(groups) if groups is not None else np.full(len(features), -1)
    alone = groups < 0
    groups[alone] = groups.max(initial=-1) + 1 + np.arange(alone.sum())
    counts, done = np.zeros(2, dtype=np.int64), 0
    for rows in parts_of(groups, ROWS):
        progress(done / max(len(features), 1))
        places = None if coordinates is None else np.array(coordinates[rows])
        deep = None if depths is None else np.array(depths[rows])
        positions, _ = positions_along(groups[rows], np.zeros((rows.size, 2)) if places is None else places, deep)
        result = predictor(np.array(features[rows]), groups[rows], positions, places, check=progress.check)
        counts, done = counts + counts_of(result), done + rows.size
        out[rows] = result.T
    out.flush()
    return counts


def parts_of(groups, most):
    """Rows of whole groups, about so many at a time."""
    order = np.argsort(groups, kind="stable")
    ends = np.r_[np.flatnonzero(np.diff(np.asarray(groups)[order])) + 1, order.size]
    start = 0
    while start < order.size:
        last = np.searchsorted(ends, [start, start + most], side="right")
        end = ends[max(last[0], last[1] - 1)]
        yield order[start:end]
        start = end


class Columns:
    """The cells of a tile as sequences: the cells above each other, from the top.

    Parameters
    ----------
    tile : numpy.ndarray, shape (levels x features, cells)
        Level by level.
    levels : list of float, or [None] on a map
        Elevations.
    window : list of int
        Column, row, columns and rows.
    grid : dict or None
        ``west``, ``north`` and ``cell``, metres.
    """

    def __init__(self, tile, levels, window, grid):
        self.levels, self.window, self.grid = levels, window, grid
        self.cells = tile.shape[1]
        self.features = tile.reshape(len(levels), -1, self.cells).transpose(2, 0, 1).reshape(
            self.cells * len(levels), -1)

    def arrays(self):
        """Features, groups, positions and places of the cells, column of cells by column of cells."""
        count = len(self.levels)
        heights = np.array([0.0 if level is None else float(level) for level in self.levels])
        groups, positions = np.repeat(np.arange(self.cells), count), np.tile(-heights, self.cells)
        return self.features, groups, positions, self._places(heights)

    def _places(self, heights):
        """Centres of the cells, metres; None where the grid is not known."""
        if not self.grid:
            return None
        column, row, columns, rows = self.window
        x = self.grid["west"] + (column + np.arange(columns) + 0.5) * self.grid["cell"]
        y = self.grid["north"] - (row + np.arange(rows) + 0.5) * self.grid["cell"]
        flat = np.column_stack([np.tile(x, rows), np.repeat(y, columns)])
        if self.levels[0] is None:
            return flat
        return np.column_stack([np.repeat(flat, heights.size, axis=0), np.tile(heights, self.cells)])

    def errors(self, field, check=None):
        """What `residuals.ResidualField.at` gives at the cells; None without a field, or where they have no place."""
        if field is None or not self.grid:
            return None
        found = zip(*(field.on_grid(self.grid, (*self.window, level), check) for level in self.levels))
        return tuple(np.stack(part, axis=1).reshape(self.cells * len(self.levels), -1) for part in found)

    def bands(self, result):
        """Quantities (k, cells x levels) as bands (k x levels, cells)."""
        return np.ascontiguousarray(result.reshape(len(result), self.cells, len(self.levels)).transpose(0, 2, 1)
                                    ).reshape(-1, self.cells)


def errors_at(field, places, targets, check=None):
    """What `residuals.ResidualField.at` gives at places (n, d), and nothing where a place is not known."""
    shifts, ratios = np.zeros((len(places), targets), np.float32), np.ones((len(places), targets), np.float32)
    known = np.isfinite(places).all(axis=1)
    if known.any():
        shifts[known], ratios[known] = field.at(places[known], check=check)
    return shifts, ratios


class SequencePredictor(Predictor):
    """As `Predictor`, of samples on sequences."""

    def __call__(self, features, groups, positions, places, errors=None, check=None):
        """Quantities of features with gaps, float32 of shape (k, n); NaN where too many features lack.

        Such samples are not read either.

        Parameters
        ----------
        features : numpy.ndarray, shape (n, f)
        groups : numpy.ndarray of int, shape (n,)
        positions : numpy.ndarray, shape (n,)
            Along the hole.
        places : numpy.ndarray, shape (n, d), or None
        errors : tuple of numpy.ndarray, shape (n, t), optional
            Kriged errors and what is left of their variance, where they are known already.
        check : callable, optional
        """
        out = np.full((len(self.names), len(features)), np.nan, np.float32)
        network = self.model.network

        def fill(rows):
            values, gaps, beyond = network.preparation.scaled(features[rows])
            useful = gaps.mean(axis=1) <= MOST_MISSING
            if not network.by_hole:
                useful &= np.isfinite(places[rows]).all(axis=1)
            if not useful.any():
                return [], 0.0
            kept = rows[useful]
            own = None if places is None else places[kept]
            inputs = network.preparation.inputs(values[useful], gaps[useful])
            predictive = network.predict_inputs(inputs, groups[kept], positions[kept], own, check)
            if errors is not None:
                predictive = predictive.shifted(*(part[kept] for part in errors))
            elif network.field is not None and own is not None:
                predictive = predictive.shifted(*errors_at(network.field, own, len(self.model.targets), check))
            return kept, self.summary(predictive, values[useful], gaps[useful], beyond[useful])

        with executor(self.threads) as pool:
            for kept, found in pool.map(fill, parts_of(groups, CHUNK)):
                out[:, kept] = found
        return out
