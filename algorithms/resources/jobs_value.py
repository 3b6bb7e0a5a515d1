"""Job: HyperScore of every cell of a prediction, with its factors."""
import numpy as np

from ..errors import InputError
from .cells import Cells, choose_distribution, no_data
from .quantities import confidence_source, has_spread, probability_name
from .valuereport import value_report
from .valuescore import QUANTITIES, HyperScore, confidence, exceedance_of

TOP = 10
BINS = 60
# Order of the columns kept of a cell: place, factors and what they are made of.
KEPT = ("level", "row", "column", *QUANTITIES, "mean", "sd", "epistemic_share")


def run(job, progress):
    """Score all cells.

    Reads ``bands`` (quantities, levels, rows, columns); writes ``grid``
    (bands, rows, columns) and ``report.html``.

    Returns
    -------
    dict
        ``bands`` (descriptions), ``best`` and ``cell`` (dicts of numbers),
        ``top`` (list of them), ``cells``, ``outside``, ``mean_score``,
        ``confidence`` and ``chance`` (sentences on their sources).
    """
    scoring = Scoring(job, progress)
    out = job.create("grid", scoring.shape)
    for chunk in scoring.cells.chunks(progress.span(0.0, 0.95)):
        scoring.add(chunk, out)
    out.flush()
    if not scoring.count:
        raise no_data(job.settings["field"])
    if scoring.cells.outside:
        progress.warn(f"{scoring.cells.outside:,} cells outside what the model knows have no score; tick 'Keep cells "
                      "outside' to score them all the same.")
    chosen = scoring.chosen()
    job.write_text("report.html", value_report(job, scoring, chosen, out, progress.warnings))
    progress(1.0)
    return {
        "bands": scoring.descriptions, "top": scoring.top, "best": scoring.top[0], "cell": chosen,
        "cells": scoring.count, "outside": scoring.cells.outside, "mean_score": scoring.total / scoring.count,
        "confidence": scoring.source, "chance": scoring.chance,
    }


class Scoring:
    """The scores of one run and what is kept of them for the report.

    Attributes
    ----------
    formula : HyperScore
    source : str
        Of the confidence.
    chance : str
        Where the chance above the cut-off comes from.
    top : list of dict
        The best cells, best first; keys are those of `KEPT`.
    histogram : numpy.ndarray, shape (BINS,)
    """

    def __init__(self, job, progress):
        settings = self.settings = job.settings
        self.grid, self.cutoff, self.field = settings["grid"], float(settings["cutoff"]), settings["field"]
        self.formula = HyperScore(*(float(settings[name]) for name in ("gain", "beta", "gamma", "kappa")),
                                  tuple(float(weight) for weight in settings["weights"]))
        self.formula.check()
        names = settings["quantities"]
        self.source = confidence_source(names, settings["confidence"])
        band = probability_name(names, self.cutoff)
        extra = [] if has_spread(names) or band is None else [band]
        self.cells = Cells(job.array("bands"), names, settings["keep_outside"], extra)
        self.distribution, self.chance = self._chance(band, progress)
        self.top, self.count, self.total = [], 0, 0.0
        self.edges = np.linspace(*self.formula.limits, BINS + 1)
        self.histogram = np.zeros(BINS, np.int64)
        progress.log(f"{self.field}: confidence from {EXPLAINED[self.source]}.")

    def _chance(self, band, progress):
        """Distribution for cells without a stated chance, and a sentence on where chances come from."""
        if band is not None:
            progress.log(f"{self.field}: chances above {self.cutoff:g} are those of the band '{band}'.")
            names = self.cells.names
            distribution = choose_distribution(self.cells, "auto")[0] if has_spread(names) else None
            return distribution, f"the band {band}"
        distribution, reason = choose_distribution(
            self.cells, self.settings["distribution"], self.settings.get("transform") or "")
        kind = {"quantiles": "power-normal"}.get(distribution, distribution)
        progress.log(f"{self.field}: no band holds the chance above {self.cutoff:g}; it is computed from a {kind} "
                     f"distribution ({reason}).")
        return distribution, f"a {kind} distribution: {reason}"

    @property
    def shape(self):
        """Bands, rows and columns of the result."""
        return len(QUANTITIES) * self.cells.levels, self.cells.rows, self.cells.columns

    @property
    def descriptions(self):
        """Names of the bands."""
        ends = [f"@z={level:.10g}" for level in self.grid["levels"]] or [""]
        return [f"{self.field}:{quantity}{end}" for quantity in QUANTITIES for end in ends]

    def add(self, chunk, out):
        """Score a chunk and write it into its bands."""
        columns = self.columns(chunk)
        for number, name in enumerate(QUANTITIES):
            out[number * self.cells.levels + chunk.level, chunk.rows] = chunk.spread(columns[name])
        scores = columns["hyperscore"]
        self.count += scores.size
        self.total += float(scores.sum())
        self.histogram += np.histogram(scores, self.edges)[0]
        best = np.argsort(-scores, kind="stable")[:TOP]
        self.top = sorted(self.top + [_one(columns, k) for k in best], key=lambda cell: -cell["hyperscore"])[:TOP]

    def columns(self, chunk):
        """All that is kept of the known cells of a chunk, as arrays (n,)."""
        mean = self.cells.mean(chunk)
        sd = self.cells.sd(chunk) if has_spread(self.cells.names) else np.full(mean.shape, np.nan)
        share = self.cells.epistemic_share(chunk) if self.source == "epistemic" else None
        row, column = chunk.places()
        factors = (exceedance_of(self.cells, chunk, self.cutoff, self.distribution),
                   np.maximum(mean, 0.0) / self.cutoff,
                   confidence(self.source, mean, sd, share, tuple(self.settings["confidence_ends"])))
        value = self.formula.value(*factors)
        return {
            "level": np.full(mean.shape, chunk.level), "row": row, "column": column,
            "hyperscore": self.formula.score(value), "value": value,
            **dict(zip(QUANTITIES[2:], factors)), "mean": mean, "sd": sd,
            "epistemic_share": np.full(mean.shape, np.nan) if share is None else share,
        }

    def chosen(self):
        """The cell that the user chose, or the best one.

        Raises
        ------
        InputError
            There is no score at the chosen place.
        """
        place = self.settings.get("cell")
        if place is None:
            return self.top[0]
        row, column, level = place["row"], place["column"], place.get("level")
        levels = range(self.cells.levels) if level is None else [level]
        found = [cell for cell in (self._cell(row, column, level) for level in levels) if cell is not None]
        if not found:
            raise InputError("There is no prediction at the cell to explain: choose a place with data, or leave it "
                             "empty for the best cell.")
        return max(found, key=lambda cell: cell["hyperscore"])

    def _cell(self, row, column, level):
        """One cell as a dict, or None when it has no score."""
        one = Cells(self.cells.array[:, level:level + 1, row:row + 1, column:column + 1], self.cells.names,
                    self.cells.keep_outside, self.cells.needed)
        chunk = next(one.chunks())
        if not chunk.known.any():
            return None
        return {**_one(self.columns(chunk), 0), "level": level, "row": row, "column": column}


EXPLAINED = {
    "epistemic": "the epistemic share of the standard deviation",
    "variation": "the relative standard deviation (1 / (1 + sd / mean)), as no band tells what the model does not know",
    "none": "nothing: all cells count as equally well known",
}


def _one(columns, k):
    """One cell of columns, as plain numbers."""
    whole = ("level", "row", "column")
    return {name: int(columns[name][k]) if name in whole else float(columns[name][k]) for name in KEPT}
