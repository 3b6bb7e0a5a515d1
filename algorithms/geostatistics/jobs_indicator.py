"""Job: probabilities above cut-offs, mean, variance and quantiles from kriged indicators."""
from dataclasses import replace

import numpy as np

from .bands import Bands
from .covariance import variogram_from_dict
from .crossvalidation import CLOSED_FORM, HeldOut, predict_left_out, validation_groups, whole_groups
from .data import prepare_fields
from .dual import DualKriging, Prediction
from .engines import choose_engine, grid_parts, krige_grid, make_engine
from .indicator import IndicatorKriging, default_cutoffs
from .inputs import describe, drift_kind, fit_values
from .leaveout import leave_groups_out
from .reporting import indicator_report
from .solves import Solve


def run(job, progress):
    """Krige the indicators of each field.

    Reads ``coordinates`` (n, d), ``values`` (n, m) and ``groups`` (n,); writes
    ``grid`` (bands, rows, columns) and ``report.html``.

    Returns
    -------
    dict
        ``bands``, ``samples``, ``engine`` and ``fields``, see `jobs_kriging.run`.
    """
    settings = job.settings
    fields = prepare_fields(job.array("coordinates"), job.array("values"), settings["fields"], job.array("groups"))
    runs = [IndicatorRun(job, field, number, progress) for number, field in enumerate(fields)]
    bands = Bands(settings["grid"], tuple(settings["fields"]), tuple(run.quantities for run in runs))
    out = job.create("grid", bands.shape)
    for number, part in enumerate(runs):
        part.run(bands, out, progress.span(0.98 * number / len(runs), 0.98 * (number + 1) / len(runs)))
    out.flush()
    job.write_text("report.html", indicator_report(job, runs, bands, progress.warnings))
    progress(1.0)
    return {
        "bands": bands.descriptions, "samples": int(max(field.places.rows.size for field in fields)),
        "engine": ", ".join(dict.fromkeys(part.engine for part in runs)), "units": {},
        "fields": {part.field.name: part.scores for part in runs},
    }


def rounded(values, digits=3):
    """Distinct values with so many significant digits that they differ, at least ``digits``."""
    for kept in range(digits, 17):
        short = sorted({float(f"{value:.{kept}g}") for value in values})
        if len(short) == len(values):
            return short
    return list(values)


class StackedModels:
    """Models of single indicators that predict as one model with a column for each."""

    def __init__(self, models):
        self.models = models

    def predict(self, points, check=None, **unused):
        """`Prediction` with the estimates of all models side by side."""
        return Prediction(np.hstack([model.predict(points, check=check).estimate for model in self.models]))


class IndicatorRun:
    """Indicator kriging of one field.

    Parameters
    ----------
    job : JobFolder
    field : Field
    number : int
        Of the field.
    progress : Progress
        For the log.
    """

    def __init__(self, job, field, number, progress):
        self.job, self.field, self.number = job, field, number
        settings = job.settings
        self.cutoffs = np.asarray(settings.get("cutoffs") or rounded(default_cutoffs(field.observed)), dtype=float)
        self.probabilities = list(settings.get("quantiles") or [])
        self.engine, reason = choose_engine(
            field.places.counts.size, settings.get("engine") or "auto", settings.get("neighbours"))
        self.scores, self.held_out, self.variogram = {}, {}, None
        progress.log(f"{field.name}: {field.places.rows.size} samples at {field.places.counts.size} places, cut-offs "
                     f"{', '.join(f'{cutoff:g}' for cutoff in self.cutoffs)}; engine {self.engine} ({reason}).")

    @property
    def quantities(self):
        """Band quantities of the field."""
        chosen = self.job.settings.get("quantities") or ["probability", "mean", "variance", "quantiles"]
        names = {
            "probability": [f"probability>{cutoff:.10g}" for cutoff in self.cutoffs],
            "mean": ["mean"], "variance": ["variance"],
            "quantiles": [f"p{100.0 * p:.6g}" for p in self.probabilities],
        }
        return tuple(name for key in names if key in chosen for name in names[key])

    def run(self, bands, out, progress):
        """Fit, validate and krige."""
        self.kriging = self._fit(progress.span(0.0, 0.3))
        self._validate(progress.span(0.3, 0.45))
        grid = self.job.settings["grid"]
        models = self.kriging.models
        engine = models[0] if len(models) == 1 else StackedModels(models)
        done = self.job.create(f"done_{self.number}", (len(grid_parts(engine, grid)),), np.uint8)
        krige_grid(
            engine, grid,
            [((self.number, name), 0) for name in self.quantities], bands.part(out, [self.number]),
            progress.span(0.45, 1.0), self.job.settings.get("threads"), done, None, self.convert, {})

    def _fit(self, progress):
        """The fitted `IndicatorKriging`."""
        settings = self.job.settings

        def engine(variogram):
            return make_engine(self.engine, variogram, drift_kind(settings), settings.get("neighbours"))

        kriging = IndicatorKriging(
            self.cutoffs, self._variograms(progress.span(0.0, 0.8)), factory=engine,
            upper_tail=settings.get("upper_tail") or "linear")
        places = self.field.places
        kriging.fit(places.coordinates, self.field.observed, places.counts)
        for warning in kriging.warnings:
            progress.warn(f"{self.field.name}: {warning}")
        progress(1.0)
        return kriging

    def _variograms(self, progress):
        """One correlogram for all cut-offs, or a list with one for each."""
        given = self.job.settings.get("variogram")
        observed = self.field.observed
        if given:
            self.variogram = replace(variogram_from_dict(given), transform="none")
            progress.log(f"{self.field.name}: the correlogram of the given variogram serves all cut-offs.")
            return self.variogram
        if self.job.settings.get("indicator_variograms") != "each":
            middle = np.clip(np.median(observed), observed.min(), np.nextafter(observed.max(), -np.inf))
            self.variogram = self._indicator_variogram(middle, progress)
            return self.variogram
        inside = np.clip(self.cutoffs, observed.min(), np.nextafter(observed.max(), -np.inf))
        fitted = [
            self._indicator_variogram(cutoff, progress.span(k / len(inside), (k + 1) / len(inside)))
            for k, cutoff in enumerate(inside)
        ]
        self.variogram = fitted[len(fitted) // 2]
        return fitted

    def _indicator_variogram(self, cutoff, progress):
        """Fitted to the indicator of grades at or below a cut-off."""
        indicator = (self.field.observed <= cutoff).astype(float)
        variogram = fit_values(self.job, self.field, indicator, progress).variogram
        progress.log(f"{self.field.name}: indicator variogram at {cutoff:g}: {describe(variogram)}.")
        return variogram

    def _left_out(self, groups):
        """Kriged indicators at places whose group was left out, and those places."""
        models = self.kriging.models
        rows = slice(None)
        if groups.size <= CLOSED_FORM and isinstance(models[0], DualKriging):
            return np.hstack([leave_groups_out(model, groups).estimate for model in models]), rows
        rows = whole_groups(groups, self.job.rng())
        parts = [
            predict_left_out(self._solve(model), model, groups, rows, variance=False).estimate for model in models
        ]
        return np.hstack(parts), rows

    def _solve(self, model):
        """What `predict_left_out` has to know of one model."""
        columns = tuple(replace(self.field, values=column) for column in model.values.T)
        return Solve(columns, model.variogram, np.ones(len(columns)))

    def _validate(self, progress):
        """Scores of the mean and the quantiles with groups and with single samples left out."""
        places = self.field.places
        groups, kind = validation_groups(places, self.variogram, self.job.array("groups") is not None)
        for name, labels in (("scores", groups), ("scores_single", np.arange(groups.size))):
            self.held_out[name] = self._held_out(*self._left_out(labels))
            self.scores[name] = self.held_out[name].scores()
            progress(0.5 if name == "scores" else 1.0)
        self.scores["validation"] = kind

    def _held_out(self, indicators, rows):
        """`HeldOut` of the distributions that kriged indicators give."""
        found = self.kriging.postprocess(indicators)
        return HeldOut(
            self.field.name, self.field.observed[rows], found["mean"], np.sqrt(found["variance"]),
            lambda p: self.kriging.postprocess(indicators, (p,))["quantiles"][:, 0],
            self.field.places.coordinates[rows],
        )

    def convert(self, prediction):
        """Band quantities of a prediction; see `tiles.evaluate`."""
        found = self.kriging.postprocess(prediction.estimate, self.probabilities)
        arrays = {"mean": found["mean"], "variance": found["variance"]}
        exceedance = found["exceedance"].T
        arrays.update((f"probability>{cutoff:.10g}", above) for cutoff, above in zip(self.cutoffs, exceedance))
        arrays.update((f"p{100.0 * p:.6g}", found["quantiles"][:, k]) for k, p in enumerate(self.probabilities))
        return {(self.number, name): values for name, values in arrays.items()}
