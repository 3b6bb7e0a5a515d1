"""Job: grades and their uncertainty at samples or on the tiles of a raster, from a trained network."""
import numpy as np

from ..execution import executor
from ..fusion.tilestream import hand_back, tiles
from .gradefile import GradeModel
from .training import bound_threads

QUANTITIES = ("mean", "sd", "epistemic", "aleatoric", "p10", "p50", "p90")
PROBABILITIES = {"p10": 0.1, "p50": 0.5, "p90": 0.9}
OUTSIDE = "outside"
MOST_MISSING = 0.5  # of the features; a place with fewer has no prediction
CHUNK, ROWS = 32_768, 262_144


def run(job, progress):
    """Predict.

    Reads ``features`` (n, f) and, where their places are known,
    ``coordinates`` (n, d), or the tiles of a raster as they come (see
    `fusion.tilestream`; (features, cells)), which the settings ``tiles`` and
    ``grid`` place; writes ``predictions`` (n, k), or the results of the tiles
    (k, cells). Errors of near samples are kriged where places are known and
    the model keeps such errors.

    Returns
    -------
    dict
        ``quantities`` (k names such as ``TREO:mean``), ``places`` and, of those, ``outside``.
    """
    settings = job.settings
    bound_threads(1)  # places are shared among threads instead
    predictor = Predictor(GradeModel.load(settings["model_file"]), settings.get("cutoffs"), settings.get("threads"))
    counts, field = np.zeros(2, dtype=np.int64), predictor.model.network.field
    if settings.get("tiles"):
        for number, tile in tiles(job, len(settings["tiles"]), progress):
            placed = field is not None and settings.get("grid")
            near = field.on_grid(settings["grid"], settings["tiles"][number], progress.check) if placed else None
            result = predictor(tile.T, progress.check, near)
            counts += counts_of(result)
            hand_back(job, number, result, progress)
    else:
        features, places = job.array("features"), job.array("coordinates")
        out = job.create("predictions", (len(features), len(predictor.names)), np.float32)
        for start in range(0, len(features), ROWS):
            progress(start / max(len(features), 1))
            rows = slice(start, start + ROWS)
            near = field.at(places[rows], check=progress.check) if field is not None and places is not None else None
            result = predictor(np.asarray(features[rows]), progress.check, near)
            counts += counts_of(result)
            out[rows] = result.T
        out.flush()
    progress(1.0)
    return {"quantities": predictor.names, "places": int(counts[0]), "outside": int(counts[1])}


def counts_of(result):
    """Places with a prediction, and those of them that are out of the domain."""
    return np.array([np.isfinite(result[0]).sum(), np.nansum(result[-1] == 1.0)], dtype=np.int64)


class Predictor:
    """All quantities of a model at places, from their features.

    Parameters
    ----------
    model : GradeModel
    cutoffs : list of list of float, optional
        Of each target; by default those on the card.
    threads : int, optional
        That share the places.

    Attributes
    ----------
    names : list of str
        ``TARGET:quantity`` in the order of the results; ``outside`` is the last of each target.
    """

    def __init__(self, model, cutoffs=None, threads=None):
        self.model, self.threads = model, threads
        self.cutoffs = cutoffs if cutoffs is not None else model.card.get("cutoffs") or [[] for _ in model.targets]
        self.names = quantity_names(model.targets, self.cutoffs)

    def __call__(self, features, check=None, near=None):
        """Quantities of features (n, f) with gaps, float32 of shape (k, n); NaN where too many features lack.

        ``near`` is what near samples know of the places, see `nearsamples.NearSamples.at`.
        """
        out = np.full((len(self.names), len(features)), np.nan, np.float32)

        def fill(start):
            if check:
                check()
            own = slice(start, start + CHUNK)
            values, gaps, beyond = self.model.network.preparation.scaled(features[own])
            known = None if near is None else [part[own] for part in near]
            rows = np.flatnonzero(gaps.mean(axis=1) <= MOST_MISSING) if gaps.any() else None
            if rows is None:
                return own, self._part(values, gaps, beyond, known, check)
            if not rows.size:
                return [], 0.0
            known = known and [part[rows] for part in known]
            return start + rows, self._part(values[rows], gaps[rows], beyond[rows], known, check)

        with executor(self.threads) as pool:
            for places, found in pool.map(fill, range(0, len(features), CHUNK)):
                out[:, places] = found
        return out

    def _part(self, values, gaps, beyond, near, check):
        """Quantities of places from what the preparation made of their features."""
        network = self.model.network
        predictive = network.predict_inputs(network.preparation.inputs(values, gaps), check)
        if near is not None:
            predictive = predictive.moved(*near)
        return self.summary(predictive, values, gaps, beyond)

    def summary(self, predictive, values, gaps, beyond):
        """Quantities (k, n) of a `Predictive` at places with such prepared features, see `InputPreparation.scaled`."""
        outside = self.model.domain.outside(values, beyond)
        if gaps.any():
            unknown = gaps.copy()
            unknown[:, self.model.network.preparation.flagged] = False  # gaps that training knew are no surprise
            outside = outside | unknown.any(axis=1)
        out, at = np.empty((len(self.names), len(values)), np.float32), 0
        for number, found in enumerate(predictive.summary(
                QUANTITIES[:4], tuple(PROBABILITIES.values()), self.cutoffs)):
            columns = [*QUANTITIES[:4], *PROBABILITIES.values(), *(("above", c) for c in self.cutoffs[number])]
            for key in columns:
                out[at] = found[key]
                at += 1
            out[at] = outside
            at += 1
        return out


def quantity_names(targets, cutoffs):
    """Names of the quantities of a prediction, in order."""
    names = []
    for target, own in zip(targets, cutoffs):
        names += [f"{target}:{quantity}" for quantity in QUANTITIES]
        names += [f"{target}:probability>{cutoff:.10g}" for cutoff in own]
        names.append(f"{target}:{OUTSIDE}")
    return names
