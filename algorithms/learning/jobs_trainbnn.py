"""Job: train a Bayesian neural network of grades, and say how far it can be trusted."""
from dataclasses import replace

import numpy as np

from ..validation.folds import make_folds
from .assessment import assess
from .bnn import PRESETS, BayesianNetwork, with_seed
from .domain import Domain
from .gradefile import read_recipe, save_grade_model
from .gradereport import training_report
from .gradesamples import read_grade_samples
from .targets import POWER
from .training import Checkpoints, bound_threads

MODEL_FILE, REPORT_FILE = "model.safetensors", "report.html"
POWERS = (0.0, POWER, 0.5)
TRIAL_MEMBERS, TRIAL_EPOCHS = 2, 0.6  # of the quick trainings that choose a power
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
    bound_threads(settings.get("threads"))
    samples = read_grade_samples(job, progress)
    recipe = read_recipe(settings["recipe_file"], samples.feature_names) if settings.get("recipe_file") else None
    design, schedule = chosen_design(settings)
    checkpoints, rng = Checkpoints(job, settings.get("checkpoint_every") or 1), job.rng()
    _advise(samples, settings, progress)
    design = with_power(samples, design, schedule, settings, checkpoints, progress.span(0.0, 0.08), rng)
    trainings = Trainings(samples, design, schedule, checkpoints)
    found = assess(samples, trainings.held_out, settings, checkpoints, progress.span(0.08, 0.78), rng)
    model = trainings.final(progress.span(0.78, 0.96))
    model.factors = found.factors
    values, _, _ = model.preparation.scaled(samples.features)
    domain = Domain.fit(values, samples.groups, rng)
    save_grade_model(job.path(MODEL_FILE), model, domain, samples, about(settings, samples, found, design), recipe)
    job.save("held_out", held_out_columns(job, samples, found))
    histories = trainings.histories(len(found.folds))
    job.write_text(REPORT_FILE, training_report(job, samples, model, found, domain, histories, progress.warnings))
    progress(1.0)
    return {"targets": target_scores(samples, found), "samples": len(samples), "features": samples.feature_names,
            "fold_kind": found.kind, "power": design.power if design.scale == "power" else design.scale}


class Trainings:
    """The trainings of one job: those of the folds and the one on all samples.

    The histories of trainings that an earlier run finished are taken from its checkpoints.
    """

    def __init__(self, samples, design, schedule, checkpoints):
        self.samples, self.design, self.schedule, self.checkpoints = samples, design, schedule, checkpoints
        self._histories = {}

    def held_out(self, train, test, name, progress):
        """`Predictive` at the test rows of a model of the training rows."""
        number = 1 + sum(map(ord, name))
        model = self._fit(train, name, with_seed(self.schedule, number), progress)
        return model.predict(self.samples.features[test], progress.check)

    def final(self, progress):
        """The model of all samples."""
        return self._fit(np.arange(len(self.samples)), "final", self.schedule, progress)

    def histories(self, folds):
        """Histories of the folds (a number of them), of the random split if there was one, and of the final model."""
        out = {}
        for name in (*(f"fold{k + 1}" for k in range(folds)), "random", "final"):
            state = self.checkpoints.load(name) if name not in self._histories else None
            history = self._histories.get(name) or (state[1]["history"] if state else None)
            if history:
                out[name] = history
        return out

    def _fit(self, rows, name, schedule, progress):
        samples = self.samples

        def watch(epoch, loss, error):
            prefix = "" if name == "final" else f"{name}: "
            progress.metric(f"{prefix}loss", loss, epoch + 1)
            progress.metric(f"{prefix}rmse", error, epoch + 1)

        model = BayesianNetwork.fit(samples.features[rows], samples.targets[rows], samples.groups[rows], self.design,
                                    schedule, progress, self.checkpoints, name, watch)
        self._histories[name] = model.history
        return model


def chosen_design(settings):
    """The preset with the changes the user made."""
    design, schedule = PRESETS[settings.get("preset") or "default"]
    names = ("members", "components", "scale", "power", "activation", "prior", "samples")
    changes = {name: settings[name] for name in names if settings.get(name) is not None}
    if settings.get("hidden"):
        changes["hidden"] = tuple(settings["hidden"])
    if settings.get("noise"):
        changes["heteroscedastic"] = settings["noise"] == "heteroscedastic"
    names = ("epochs", "batch", "rate", "decay", "patience", "prior_weight")
    plan = {name: settings[name] for name in names if settings.get(name) is not None}
    return replace(design, **changes), replace(schedule, seed=int(settings.get("seed") or 0), **plan)


def with_power(samples, design, schedule, settings, checkpoints, progress, rng):
    """The design with the power of the target that predicts held-out samples best, where that was asked for."""
    if not settings.get("choose_power") or design.scale != "power":
        progress(1.0)
        return design
    train, test = make_folds(settings["validation"], settings["folds"], samples.groups, samples.coordinates,
                             samples.first, rng, settings.get("block"))[0]
    design_ = replace(design, members=min(design.members, TRIAL_MEMBERS))
    schedule_ = replace(schedule, epochs=max(5, int(TRIAL_EPOCHS * schedule.epochs)))
    spread = np.nanstd(samples.targets, axis=0)
    errors = []
    for number, power in enumerate(POWERS):
        part = progress.span(number / len(POWERS), (number + 1) / len(POWERS))
        model = BayesianNetwork.fit(
            samples.features[train], samples.targets[train], samples.groups[train], replace(design_, power=power),
            schedule_, part, checkpoints, f"power{number}")
        wrong = (model.predict(samples.features[test]).mean() - samples.targets[test]) / np.where(spread > 0, spread, 1)
        errors.append(float(np.sqrt(np.nanmean(np.square(wrong)))))
    best = POWERS[int(np.argmin(errors))]
    told = ", ".join(f"{power:g}: {error:.3f}" for power, error in zip(POWERS, errors))
    progress.log(f"Power of the target chosen on held-out samples: {best:g} (relative errors {told}).")
    return replace(design, power=best)


def _advise(samples, settings, progress):
    """Warn where the validation flatters."""
    if settings["validation"] == "hole" and not samples.has_holes:
        progress.warn("No drill holes were given, so each sample counts as a hole of its own and its neighbours help "
                      "to predict it; give the field of the drill holes, or validate by blocks.")
    if settings["validation"] in ("random", "80_20", "70_15_15"):
        progress.warn("Random splits put neighbouring samples on both sides, so these scores flatter the model; "
                      "validate by drill holes for an honest figure.")


def about(settings, samples, found, design):
    """What the card says besides features and targets."""
    span = [samples.coordinates.min(axis=0).tolist(), samples.coordinates.max(axis=0).tolist()]
    return {
        "units": settings.get("units") or {}, "crs": settings.get("crs") or "", "seed": settings.get("seed"),
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
        entry.update({key: value for key, value in scores.items() if key.startswith(("auc_", "accuracy_"))})
        entry["factor"] = float(found.factors[number])
        entry["before"] = {f"coverage_{level}": share for level, share in found.before[number].items()}
        if found.random:
            entry["random"] = {key: found.random[number].get(key) for key in ("rmse", "r2")}
        kriged = found.kriging_scores[number] if found.kriging_scores else None
        if kriged:
            entry["kriging"] = {"transform": found.kriging[number].transform,
                                **{key: kriged.get(key) for key in KEYS}}
        out[name] = entry
    return out


def held_out_columns(job, samples, found):
    """Mean, standard deviation, P10 and P90 of each target at every row of the job, when it was held out."""
    parts = [found.calibrated.mean(), found.calibrated.sd(), found.calibrated.quantile(0.1),
             found.calibrated.quantile(0.9)]
    out = np.full((len(job.array("coordinates")), 4 * len(samples.target_names)), np.nan)
    out[samples.rows] = np.stack(parts, axis=2).reshape(len(samples), -1)
    return out
