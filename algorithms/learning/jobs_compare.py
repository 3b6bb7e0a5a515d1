"""Job: train several models in the same folds and say which predicts best, by how much, and how surely."""
import numpy as np

from ..errors import InputError
from ..validation.comparison import CONFIDENCE, Comparison
from ..validation.folds import make_folds
from ..validation.forecast import Forecast
from ..validation.measures import measure
from .baselines.registry import KRIGING, MODELS
from .comparisonreport import Findings, comparison_report
from .contest import Contest, importance_of
from .featuregroups import feature_groups
from .foldfeatures import FoldFeatures
from .gradefile import read_recipe
from .gradesamples import read_grade_samples
from .jobs_trainbnn import advise, advise_neighbours
from .training import Checkpoints, bound_threads

REPORT_FILE = "report.html"
QUANTITIES = ("mean", "sd", "p10", "p90")
SCORES = ("rmse", "mae", "r2", "correlation", "log_rmse", "crps", "coverage_50", "coverage_80", "coverage_90",
          "coverage_95", "own_80", "own_90", "width_50", "width_80", "width_90", "width_95", "classes")
AT_CUTOFF = ("accuracy", "auc", "success", "above")
PARTS = {"main": 0.7, "random": 0.15, "ablation": 0.13}  # of the progress


def run(job, progress):
    """Train, compare, and write the report.

    Reads what `gradesamples.read_grade_samples` reads (one target), and the
    settings ``models``, ``validation``, ``folds``, ``block``, ``cutoffs``
    (one list in a list), ``random`` and ``ablation`` (whether to do these) and
    those of `baselines.contract.Case`. Writes ``report.html``, ``held_out``
    (n, 1 + 4 m: number of the fold from 1, then mean, standard deviation, P10
    and P90 of each model, NaN where nothing was held out) and ``table``
    (m, columns: the scores of each model).

    Returns
    -------
    dict
        ``models``, ``columns`` (of the table), ``quantities``, ``best``,
        ``scores`` (of each model), ``samples``.
    """
    settings = job.settings
    bound_threads(1)  # whole trainings share the processor cores instead
    samples = read_grade_samples(job, progress)
    recipe = read_recipe(settings["recipe_file"], samples.feature_names) if settings.get("recipe_file") else None
    features = FoldFeatures(recipe, samples)
    advise(samples, settings, progress)
    advise_neighbours(samples, features, progress)
    apart, rng = settings["validation"] in ("hole", "block"), job.rng()
    contest = Contest(samples, features, settings, int(settings.get("seed") or 0), Checkpoints(job), apart)
    folds, split = _folds(samples, settings, apart, rng)
    trials = _entrants(contest.run(list(settings["models"]), folds, progress.span(0.0, PARTS["main"]),
                                   importance=True), progress)
    found = _compared(samples, settings, folds, trials, rng)
    done = PARTS["main"]
    if split:
        found.random = _random_scores(contest, split, list(trials), samples,
                                      progress.span(done, done + PARTS["random"]))
    groups = feature_groups(samples.feature_names, recipe) if settings.get("ablation", True) else {}
    done += PARTS["random"]
    _ablate(found, contest, groups, progress.span(done, done + PARTS["ablation"]))
    return _written(job, progress, samples, found)


def _folds(samples, settings, apart, rng):
    """Folds of the comparison, and one random split to show the gap to it."""
    def folds_of(kind):
        return make_folds(kind, settings["folds"], samples.groups, samples.coordinates, samples.first, rng,
                          settings.get("block"))

    folds = folds_of(settings["validation"])
    return folds, folds_of("random")[:1] if apart and settings.get("random", True) else []


def _entrants(results, progress):
    """Models that could be trained; a warning for each of the others."""
    for name, trials in results.items():
        if isinstance(trials, str):
            progress.warn(f"{MODELS[name].label} is left out of the comparison: {trials}")
    found = {name: trials for name, trials in results.items() if not isinstance(trials, str)}
    if not found:
        raise InputError("None of the models could be trained: " + next(iter(results.values())))
    return found


def _compared(samples, settings, folds, trials, rng):
    """The comparison, and which models matter in it."""
    size, held = len(samples), [test for _, test in folds]
    forecasts = {name: Forecast.joined(size, [(trial.rows, trial.forecast) for trial in own])
                 for name, own in trials.items()}
    comparison = Comparison(samples.first, samples.groups, held, forecasts, rng, (settings.get("cutoffs") or [[]])[0])
    kriged = [name for name in KRIGING if name in trials]
    featured = [name for name in trials if MODELS[name].uses_features]
    return Findings(settings["validation"], folds, comparison, trials, comparison.best(list(trials)),
                    comparison.best(kriged) if kriged else None, comparison.best(featured) if featured else None,
                    {name: importance_of(trials[name], samples.first) for name in featured})


def _random_scores(contest, split, names, samples, progress):
    """Scores of each model in a random split, where neighbours of a sample are known."""
    results = contest.run(names, split, progress, "random")
    return {name: measure(samples.first[own[0].rows], own[0].forecast.mean) for name, own in results.items()
            if not isinstance(own, str)}


def _ablate(found, contest, groups, progress):
    """Train the best model that uses features without each kind of them."""
    if not groups or found.best_featured is None:
        return
    results = contest.run([found.best_featured], found.folds, progress, without=groups)
    rows = found.comparison.rows
    for (_, kind), trials in results.items():
        if not isinstance(trials, str):
            whole = Forecast.joined(len(contest.samples), [(trial.rows, trial.forecast) for trial in trials])
            found.ablation[kind] = (len(groups[kind]), whole.mean[rows] - found.comparison.observed)


def _written(job, progress, samples, found):
    """Write everything; returns what `run` does."""
    names, comparison = list(found.trials), found.comparison
    held_out = np.full((len(job.array("coordinates")), 1 + len(QUANTITIES) * len(names)), np.nan)
    for number, (_, test) in enumerate(found.folds):
        held_out[samples.rows[test], 0] = number + 1
    for number, name in enumerate(names):
        own = comparison.calibrated[name]
        columns = slice(1 + len(QUANTITIES) * number, 1 + len(QUANTITIES) * (number + 1))
        held_out[samples.rows, columns] = np.stack([own.mean, own.sd, own.quantile(0.1), own.quantile(0.9)], axis=1)
    job.save("held_out", held_out)
    rows = {name: table_row(found, name) for name in names}
    job.save("table", np.array([[np.nan if value is None else value for value in row.values()]
                                for row in rows.values()], dtype=float))
    job.write_text(REPORT_FILE, comparison_report(job, samples, found, progress.warnings))
    progress(1.0)
    return {"models": names, "labels": [MODELS[name].label for name in names], "columns": list(rows[names[0]]),
            "quantities": list(QUANTITIES), "best": found.best, "kriging": found.best_kriging,
            "scores": rows, "samples": int(comparison.rows.size)}


def table_row(found, name):
    """All scores of a model by their columns in the table."""
    comparison = found.comparison
    scores, ends = comparison.scores(name), comparison.intervals(name)
    row = {"samples": int(comparison.rows.size), **{key: scores.get(key) for key in SCORES}}
    for key, own in ends.items():
        row[f"{key}_low"], row[f"{key}_high"] = own or (None, None)
    if found.best_kriging:
        row["change"], span = comparison.difference(name, found.best_kriging)
        row["change_low"], row["change_high"] = span or (None, None)
        for level in CONFIDENCE:
            row[f"confidence_{100 * level:.0f}"] = comparison.confidence(name, found.best_kriging, level)
    row["r2_random"] = found.random.get(name, {}).get("r2")
    for number, cutoff in enumerate(comparison.cutoffs, start=1):
        row[f"cutoff_{number}"] = cutoff
        row.update({f"{key}_{number}": scores[f"{key}_{cutoff:g}"] for key in AT_CUTOFF})
    return row
