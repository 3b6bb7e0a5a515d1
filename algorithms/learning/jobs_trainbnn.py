"""Job: train a Bayesian neural network of grades, and say how far it can be trusted."""
from dataclasses import replace

import numpy as np

from .assessment import assess
from .bnn import PRESETS, BayesianNetwork, with_seed
from .domain import Domain
from .foldfeatures import FoldFeatures
from .gradefile import read_recipe, save_grade_model
from .gradereport import Chapter, training_report
from .gradesamples import read_grade_samples
from .nearsamples import HALF, weight_of_kriging
from .powerchoice import choose_power
from .training import Checkpoints, bound_threads
from .transfer import FREEZE, Start

MODEL_FILE, REPORT_FILE = "model.safetensors", "report.html"
CUTOFF_KEYS = ("auc_", "accuracy_")
TOLD = ("near", "distance", "estimate", "variance", "magnitude", "dx", "dy", "dz")  # endings of neighbours' features
TRIAL = 0.25  # of the progress of a training that chooses a power first
KEYS = ("rmse", "mae", "r2", "correlation", "log_rmse", "crps", "coverage_50", "coverage_80", "coverage_90",
        "coverage_95", "width_80", "width_90")


def run(job, progress):
    """Train, validate, calibrate and write the model.

    Reads what `gradesamples.read_grade_samples` reads; writes
    ``model.safetensors``, ``report.html`` and ``held_out`` (n, 4 t: for each
    target the mean, standard deviation, P10 and P90 at every sample when its
    fold was held out, NaN for samples that were left out).

    Returns
    -------
    dict
        ``targets`` (scores by target), ``samples``, ``features``, ``fold_kind``, ``quantities``.
    """
    settings = job.settings
    bound_threads(1)  # whole trainings share the processor cores instead
    samples = read_grade_samples(job, progress)
    recipe = read_recipe(settings["recipe_file"], samples.feature_names) if settings.get("recipe_file") else None
    design, schedule = chosen_design(settings)
    checkpoints, rng = Checkpoints(job, settings.get("checkpoint_every") or 1), job.rng()
    advise(samples, settings, progress)
    start, choose = None, bool(settings.get("choose_power"))
    if settings.get("start_file"):
        start = Start.load(settings["start_file"], samples.feature_names, samples.target_names,
                           settings.get("freeze") or FREEZE[0], progress)
        design, choose = start.design(design), False
    features = FoldFeatures(recipe, samples)
    advise_neighbours(samples, features, progress)
    trainings = Trainings(samples, features, design, schedule, checkpoints, choose, start)
    return finish(job, progress, trainings, rng, recipe)


def finish(job, progress, trainings, rng, recipe=None):
    """Assess the trainings of a job, train on all samples, and write everything; returns what `run` does."""
    settings, samples, checkpoints = job.settings, trainings.samples, trainings.checkpoints
    found = assess(samples, trainings.held_out, settings, checkpoints, progress.span(0.0, 0.78), rng)
    model = trainings.final(progress.span(0.78, 0.96))
    notes = trainings.kept(len(found.folds))
    trainings.tell(notes, progress)
    model.factors = found.factors
    values, _, _ = model.preparation.scaled(samples.features)
    domain = Domain.fit(values, samples.groups, rng)
    save_grade_model(job.path(MODEL_FILE), model, domain, samples, about(settings, samples, found, model.design),
                     recipe, trainings.kind)
    job.save("held_out", held_out_columns(job, samples, found))
    job.write_text(REPORT_FILE, training_report(job, samples, model, found, domain, notes, progress.warnings,
                                                trainings.chapter(found)))
    progress(1.0)
    design = model.design
    return {"targets": target_scores(samples, found), "samples": len(samples), "features": samples.feature_names,
            "fold_kind": found.kind, "power": design.power if design.scale == "power" else design.scale}


class Trainings:
    """The trainings of one job: those of the folds, of the random split and of all samples.

    Parameters
    ----------
    samples : GradeSamples
    features : FoldFeatures
    design : Design
    schedule : Schedule
    checkpoints : Checkpoints
    choose : bool
        Whether each training first chooses the power of its targets, on its own samples.
    start : Start, optional
        Another model to begin with.
    """

    def __init__(self, samples, features, design, schedule, checkpoints, choose, start=None):
        self.samples, self.features, self.design, self.schedule = samples, features, design, schedule
        self.checkpoints, self.choose, self.start = checkpoints, choose, start
        self._notes = {}

    kind = "bnn"  # of the model file

    def chapter(self, found):
        """What the report says besides; see `gradereport.Chapter`."""
        return Chapter()

    def held_out(self, train, test, name, progress):
        """`Predictive` at the test rows of a model of the training rows."""
        number, features = 1 + sum(map(ord, name)), self.features.of(train, progress.check)
        model = self._fit(features, train, name, with_seed(self.schedule, number), progress)
        return model.predict(features[test], progress.check, self.samples.coordinates[test])

    def final(self, progress):
        """The model of all samples."""
        samples = self.samples
        return self._fit(samples.features, np.arange(len(samples)), "final", self.schedule, progress)

    def kept(self, folds):
        """Notes of the trainings by name, as `notes_of` makes them: so many folds, the random split, all samples."""
        out = {}
        for name in (*(f"fold{k + 1}" for k in range(folds)), "random", "final"):
            state = self.checkpoints.load(f"{name}_notes") if name not in self._notes else None
            note = self._notes.get(name) or (state[1] if state else None)
            if note:
                out[name] = note
        return out

    def tell(self, notes, progress):
        """Say what the trainings chose."""
        if self.choose and self.design.scale == "power":
            errors = ", ".join(f"{power:g}: {error:.3f}" for power, error in notes["final"]["power_errors"])
            progress.log("Power of the target, chosen by each training on its own samples: "
                         + ", ".join(f"{name} {note['power']:g}" for name, note in notes.items())
                         + (f" (relative errors of the final training {errors})." if errors else "."))
        if self.design.residuals:
            progress.log("Share of the kriged errors that is added: " + ", ".join(
                f"{name} {'/'.join(f'{share:.2f}' for share in note['shares'])}" for name, note in notes.items()) + ".")
            weights = {name: "/".join(f"{weight:.2f}" for weight in note["weights"])
                       for name, note in notes.items() if "weights" in note}
            if weights:
                progress.log("Weight of kriged grades beside the networks where near samples tell half of their "
                             f"variance: {', '.join(f'{name} {text}' for name, text in weights.items())}.")

    def _fit(self, features, rows, name, schedule, progress):
        samples, design, errors = self.samples, self.design, {}

        def watch(epoch, loss, error):
            prefix = "" if name == "final" else f"{name}: "
            progress.metric(f"{prefix}loss", loss, epoch + 1)
            progress.metric(f"{prefix}rmse", error, epoch + 1)

        data = features[rows], samples.targets[rows], samples.groups[rows]
        share = TRIAL if self.choose else 0.0
        if self.choose:
            design, errors = choose_power(*data, design, schedule, progress.span(0.0, share), self.checkpoints,
                                          f"{name}_power")
        model = BayesianNetwork.fit(*data, design, schedule, progress.span(share, 1.0), self.checkpoints, name, watch,
                                    self.start, samples.coordinates[rows])
        self._notes[name] = notes_of(model, errors)
        self.checkpoints.save(f"{name}_notes", {}, self._notes[name])
        return model


def notes_of(model, errors):
    """What the report says of a training: its history, the power with the errors of others, what is kriged."""
    nothing = [0.0] * len(model.scales)
    out = {"history": model.history, "power": model.design.power, "power_errors": sorted(errors.items()),
           "shares": list(model.field.shares if model.field else nothing)}
    if isinstance(model, BayesianNetwork):
        balances = model.field.balances if model.field else nothing
        out["weights"] = [float(weight_of_kriging(balance, HALF)) for balance in balances]
    return out


def chosen_design(settings):
    """The preset with the changes the user made."""
    design, schedule = PRESETS[settings.get("preset") or "default"]
    names = ("members", "components", "scale", "power", "activation", "prior", "samples", "residuals")
    changes = {name: settings[name] for name in names if settings.get(name) is not None}
    if settings.get("hidden"):
        changes["hidden"] = tuple(settings["hidden"])
    if settings.get("noise"):
        changes["heteroscedastic"] = settings["noise"] == "heteroscedastic"
    names = ("epochs", "batch", "rate", "decay", "patience", "prior_weight")
    plan = {name: settings[name] for name in names if settings.get(name) is not None}
    return replace(design, **changes), replace(schedule, seed=int(settings.get("seed") or 0), **plan)


def advise(samples, settings, progress):
    """Warn where the validation flatters."""
    if settings["validation"] == "hole" and not samples.has_holes:
        progress.warn("No drill holes were given, so each sample counts as a hole of its own and its neighbours help "
                      "to predict it; give the field of the drill holes, or validate by blocks.")
    if settings["validation"] in ("random", "80_20", "70_15_15"):
        progress.warn("Random splits put neighbouring samples on both sides, so these scores flatter the model; "
                      "validate by drill holes for an honest figure.")


def advise_neighbours(samples, features, progress):
    """Warn where features know drill holes that are held out."""
    told = [name for name in samples.feature_names
            if any(name.startswith(f"{target}_{part}") for target in samples.target_names for part in TOLD)]
    if told and not features.honest:
        some = ", ".join(told[:6]) + (" and others" if len(told) > 6 else "")
        progress.warn(f"Features of neighbouring samples ({some}) cannot be made anew inside each fold without their "
                      "recipe: held-out holes then know each other, which flatters the model beside kriging. Give the "
                      "recipe of the features, without principal components.")


def about(settings, samples, found, design):
    """What the card says besides features and targets."""
    span = [samples.coordinates.min(axis=0).tolist(), samples.coordinates.max(axis=0).tolist()]
    return {
        "units": settings.get("units") or {}, "crs": settings.get("crs") or "", "seed": settings.get("seed"),
        "z_field": settings.get("z_field") or "",
        "extent": [span[0][0], span[0][1], span[1][0], span[1][1]], "dimensions": samples.coordinates.shape[1],
        "folds": {"kind": found.kind, "count": len(found.folds)}, "preset": settings.get("preset") or "default",
        "cutoffs": settings.get("cutoffs") or [[] for _ in samples.target_names],
        "scores": target_scores(samples, found), "scale": design.scale,
    }


def target_scores(samples, found):
    """Scores by target: calibrated, before the calibration, in a random split and of kriging."""
    out = {}
    for number, name in enumerate(samples.target_names):
        scores = found.scores[number]
        entry = {key: scores.get(key) for key in KEYS}
        entry.update({key: value for key, value in scores.items() if key.startswith(CUTOFF_KEYS)})
        entry["factor"] = float(found.factors[number])
        entry["before"] = {f"coverage_{level}": share for level, share in found.before[number].items()}
        if found.random:
            entry["random"] = {key: found.random[number].get(key) for key in ("rmse", "r2")}
        kriged = found.kriging_scores[number] if found.kriging_scores else None
        if kriged:
            entry["kriging"] = {"transform": found.kriging[number].transform,
                                **{key: kriged.get(key) for key in KEYS},
                                **{key: value for key, value in kriged.items() if key.startswith(CUTOFF_KEYS)}}
        out[name] = entry
    return out


def held_out_columns(job, samples, found):
    """Mean, standard deviation, P10 and P90 of each target at every row of the job, when it was held out."""
    parts = [found.calibrated.mean(), found.calibrated.sd(), found.calibrated.quantile(0.1),
             found.calibrated.quantile(0.9)]
    out = np.full((len(job.array("coordinates")), 4 * len(samples.target_names)), np.nan)
    out[samples.rows] = np.stack(parts, axis=2).reshape(len(samples), -1)
    return out
