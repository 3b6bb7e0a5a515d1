"""Job: score a prospectivity map against deposits."""
import numpy as np

from ..errors import InputError
from ..validation.measures import auc
from .curves import Curves, RankedArea
from .evaluation import (
    SHARES,
    are_chances,
    area_background,
    binomial_interval,
    log_loss,
    null_model,
    point_background,
    roc,
    share_interval,
)
from .evaluationreport import evaluation_report

MOST_ROWS = 1000
COLUMNS = ("value", "area_share", "deposit_share", "false_positive_rate", "precision", "area_from_above",
           "normalised_density")


def run(job, progress):
    """Score a map.

    Reads ``values`` (rows, columns), ``areas`` (rows,), ``cells`` (n, 2; row
    and column of each deposit) and, where there are any, ``barren`` (m, 2);
    writes ``curves.npy`` (k, columns of `COLUMNS`) and ``report.html``.

    Returns
    -------
    dict
        Numbers by name, None where there is none, and ``columns``.
    """
    scoring = Scoring(job, progress.span(0.0, 0.5))
    numbers = scoring.numbers(job.rng(), progress.span(0.5, 0.9))
    job.save("curves", scoring.table())
    job.write_text("report.html", evaluation_report(job, scoring, numbers, progress.warnings))
    progress(1.0)
    return {**numbers, "columns": list(COLUMNS)}


class Scoring:
    """The curves of one run.

    Attributes
    ----------
    values : numpy.ndarray, shape (rows, columns)
    area : RankedArea
    curves : Curves
    roc : evaluation.Roc
        Against the area.
    barren : evaluation.Roc or None
        Against known-barren points.
    null : evaluation.NullModel
    cut : float
    crossing : curves.Intersection
    """

    def __init__(self, job, progress):
        self.values, areas = job.array("values"), np.asarray(job.array("areas"))
        self.area = RankedArea(self.values, areas, progress)
        self.cells = np.asarray(job.array("cells"))
        found = self._values_at(self.cells, "deposit")
        self.curves = Curves.of(self.area, found)
        places, first = np.unique(self.cells, axis=0, return_index=True)
        self._own = found[first], areas[places[:, 0]]
        self.background = area_background(self.area, *self._own)
        if self.background.total < 0.5:
            raise InputError("Every cell with a value holds a deposit, so there is no background to compare with: "
                             "choose a raster of a larger area.")
        self.roc = roc(self.curves, self.background)
        points = job.array("barren")
        self.barren_values = None if points is None else self._values_at(points, "barren point")
        self.barren = None if points is None else roc(self.curves, point_background(self.barren_values))
        self.crossing = self.curves.intersection()
        given = job.settings.get("cut")
        self.cut = self.crossing.value if given is None else float(given)
        self.null = None

    def _values_at(self, cells, what):
        """Values of cells (n, 2)."""
        found = np.array([self.values[row, column] for row, column in cells], np.float32)
        if not np.isfinite(found).all():
            raise InputError(f"A {what} lies on a cell without a value.")
        return found

    def numbers(self, rng, progress):
        """All scores by name."""
        self.null = null_model(self.curves, rng, progress.span(0.0, 0.5))
        count = self.curves.deposits.size
        made = {
            "auc": self.roc.auc, "auc_low": self.roc.low, "auc_high": self.roc.high,
            "average_precision": self.roc.average_precision, "chance_precision": self.roc.chance_precision,
            "success_area": self.curves.success_area(), "null_chance": self.null.chance,
            "null_auc_high": float(self.null.auc[1]), "pa_value": self.crossing.value, "pa_rate": self.crossing.rate,
            "pa_area": self.crossing.area, "pa_density": self.crossing.density, "pa_found": self.crossing.found,
            "deposits": count, "cells": int(self.area.values.size), "area": self.area.total, "cut": self.cut,
        }
        for share in SHARES:
            found = self.curves.found_within(share)
            name = f"found_{round(100 * share)}"
            made[name] = found
            made[f"{name}_low"], made[f"{name}_high"] = share_interval(found, count)
        return {**made, **self._at_cut(), **self._losses(progress.span(0.5, 1.0)), **self._against_barren()}

    def _at_cut(self):
        """Shares and accuracies at the cut."""
        hits = float(self.curves.deposits_from(self.cut))
        area = float(self.area.share_from(self.cut))
        rejected = float(self.background.below(self.cut)) / self.background.total
        count = self.curves.deposits.size
        accuracy = (count * hits + self.background.total * rejected) / (count + self.background.total)
        low, high = binomial_interval(hits * count, count)
        return {"cut_found": hits, "cut_found_low": low, "cut_found_high": high, "cut_area": area,
                "cut_density": hits / area if area > 0.0 else None, "accuracy": accuracy,
                "balanced_accuracy": 0.5 * (hits + rejected)}

    def _losses(self, progress):
        """Log-losses, where values can be probabilities."""
        low, high = float(self.area.values[0]), float(self.area.values[-1])
        names = ("log_loss", "balanced_log_loss", "chance_log_loss")
        if not are_chances(low, high):
            return dict.fromkeys(names)
        count, total = self.curves.deposits.size, self.background.total
        unit = self.area.total / self.area.values.size
        everything = self.area.mean_of(_costs, progress) * self.area.values.size
        background = max(0.0, everything - float(_costs(self._own[0]) @ self._own[1]) / unit)
        deposits = log_loss(self.curves.deposits, True)
        share = count / (count + total)
        chance = -(share * np.log(share) + (1.0 - share) * np.log(1.0 - share))
        return dict(zip(names, ((deposits + background) / (count + total),
                                0.5 * (deposits / count + background / total), float(chance))))

    def _against_barren(self):
        """Scores against known-barren points."""
        if self.barren is None:
            return {}
        barren, deposits = self.barren_values, self.curves.deposits
        truth = np.r_[np.ones(deposits.size, bool), np.zeros(barren.size, bool)]
        both = np.r_[deposits, barren]
        made = {"barren": int(barren.size), "barren_auc": auc(truth, both), "barren_auc_low": self.barren.low,
                "barren_auc_high": self.barren.high, "barren_average_precision": self.barren.average_precision,
                "barren_accuracy": float(np.mean((both >= np.float32(self.cut)) == truth)), "barren_log_loss": None}
        if are_chances(both.min(), both.max()):
            made["barren_log_loss"] = (log_loss(deposits, True) + log_loss(barren, False)) / both.size
        return made

    def table(self):
        """Rows of the curves from the highest value down, shape (k, columns of `COLUMNS`)."""
        levels = self.curves.levels
        if levels.size > MOST_ROWS // 2:
            levels = levels[np.unique(np.linspace(0, levels.size - 1, MOST_ROWS // 2).astype(int))]
        regular = self.area.value_at(np.linspace(0.0, 1.0, MOST_ROWS // 2 + 1))
        values = np.unique(np.concatenate([levels, regular, [self.crossing.value]]).astype(np.float32))[::-1]
        found, share = self.curves.deposits_from(values), self.area.share_from(values)
        false = 1.0 - self.background.below(values) / self.background.total
        count = self.curves.deposits.size
        precision = count * found / np.maximum(count * found + self.background.total * false, 1e-300)
        density = np.where(share > 0.0, found / np.maximum(share, 1e-300), np.nan)
        return np.column_stack([values, share, found, false, precision, 1.0 - share, density])


def _costs(chances):
    """What chances (n,) cost where there is no deposit, in log-loss."""
    return -np.log1p(-np.clip(np.asarray(chances, dtype=float), 1e-7, 1.0 - 1e-7))
