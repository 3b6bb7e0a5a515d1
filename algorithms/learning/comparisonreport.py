"""Report of a comparison of models: which is best, by how much, how surely, and what it lives on."""
from dataclasses import dataclass, field
from typing import Optional

import numpy as np

from ..geostatistics.scores import calibration
from ..reports.figures import predicted_observed_figure, residual_map_figure
from ..reports.page import Page
from ..reports.svg import PALETTE, Plot
from ..validation.bootstrap import interval
from ..validation.comparison import CONFIDENCE
from ..versions import versions
from .baselines.registry import MODELS
from .featuregroups import LABELS
from .gradereport import FOLD_NAMES, GAP, PACKAGES

MOST_FEATURES = 20
SMALL = 420


@dataclass
class Findings:
    """A comparison with what belongs to it.

    Attributes
    ----------
    kind : str
        Of the folds.
    folds : list of (numpy.ndarray, numpy.ndarray)
    comparison : Comparison
    trials : dict
        Models to their trials.
    best : str
    best_kriging, best_featured : str or None
        Of the models without and with features.
    importance : dict
        Models to the growth of their error (f,), or None.
    random : dict
        Models to their scores in a random split.
    ablation : dict
        Kinds of features to their number and the errors (k,) of the best model without them.
    """

    kind: str
    folds: list
    comparison: object
    trials: dict
    best: str
    best_kriging: Optional[str]
    best_featured: Optional[str]
    importance: dict
    random: dict = field(default_factory=dict)
    ablation: dict = field(default_factory=dict)


def comparison_report(job, samples, found, warnings):
    """HTML report of a comparison.

    Parameters
    ----------
    job : JobFolder
    samples : GradeSamples
    found : Findings
    warnings : list of str
    """
    page, comparison = Page("Comparison of grade models", samples.target_names[0]), found.comparison
    for message in warnings:
        page.warning(message)
    scores = comparison.scores(found.best)
    page.number("Samples", comparison.rows.size)
    page.number("Drill holes" if samples.has_holes else "Places", np.unique(comparison.groups).size)
    page.number("Least error", MODELS[found.best].label)
    page.number("RMSE", scores["rmse"])
    page.number("R²", scores["r2"])
    page.section("What was tested")
    page.text(f"Each model was trained anew in each of {len(found.folds)} "
              f"fold{'s' if len(found.folds) > 1 else ''} and predicted {FOLD_NAMES[found.kind]} that it had not seen: "
              "the same folds, samples and features for all. Scaling, variograms, the choice of transforms and "
              "penalties and everything else that is fitted saw the training samples only. Intervals in brackets hold "
              f"95 % of {len(comparison.bootstrap.weights):,} draws of whole "
              f"{'drill holes' if samples.has_holes else 'places'}.")
    page.section("Verdict")
    page.text(*verdicts(found))
    _add_errors(page, found)
    _add_intervals(page, found)
    _add_cutoffs(page, found)
    _add_folds(page, samples, found)
    _add_features(page, samples, found)
    _add_trainings(page, found)
    page.parameters({key: value for key, value in job.settings.items() if key not in ("features", "units")})
    page.versions(versions((*PACKAGES, "scikit-learn", "pykrige")))
    return page.render()


def verdicts(found):
    """Sentences that say what the figures mean."""
    out = []
    if found.best_featured and found.best_kriging:
        out.append(_against(found, found.best_featured, found.best_kriging)
                   + " Kriging needs places only: what a model gains beyond it, it gains from the features.")
    if "rk" in found.trials and found.best_featured not in (None, "rk"):
        out.append(_against(found, found.best_featured, "rk"))
    if "lstm" in found.trials and "fnn" in found.trials:
        out.append(_against(found, "lstm", "fnn")
                   + " Both krige their errors: the difference is what memory down the hole adds to the same features.")
    scores = found.comparison.scores(found.best)
    if scores["r2"] is not None and scores["r2"] <= 0.0:
        out.append("No model predicts held-out samples better than their mean does. Do not rank targets with any of "
                   "them.")
    return [*out, *_gap(found)]


def _against(found, name, other):
    """One sentence on two models."""
    change, ends = found.comparison.difference(name, other)
    if change is None or ends is None:
        return f"{MODELS[name].label} cannot be compared with {MODELS[other].label}: there are too few samples."
    sure = "" if ends[0] > 0.0 or ends[1] < 0.0 else " The interval holds zero: these samples do not tell them apart."
    return (f"{MODELS[name].label}: RMSE {abs(change):.1f} % {'below' if change < 0 else 'above'} that of "
            f"{MODELS[other].label} (95 % of draws from {ends[0]:+.1f} to {ends[1]:+.1f} %)." + sure)


def _gap(found):
    """A sentence on the random split, where there is one."""
    random, own = found.random.get(found.best, {}).get("r2"), found.comparison.scores(found.best)["r2"]
    if random is None or own is None:
        return []
    what = FOLD_NAMES[found.kind]
    if random > own + GAP:
        return [f"A random split would show R² {random:.2f} for {MODELS[found.best].label} instead of {own:.2f} with "
                f"{what} held out: samples next to those that are predicted are then known, which they will not be in "
                "new ground."]
    return [f"A random split shows R² {random:.2f} for {MODELS[found.best].label}, {own:.2f} with {what} held out: "
            "these models tell as much in new ground."]


def _bracketed(value, ends):
    """A number with its interval."""
    if value is None:
        return ""
    return f"{value:.4g}" + (f" [{ends[0]:.3g}, {ends[1]:.3g}]" if ends else "")


def _add_errors(page, found):
    """Errors of the means."""
    comparison, rows = found.comparison, []
    for name in found.trials:
        scores, ends = comparison.scores(name), comparison.intervals(name)
        row = [MODELS[name].label, _bracketed(scores["rmse"], ends["rmse"]), scores["mae"],
               _bracketed(scores["r2"], ends["r2"]), scores["correlation"], scores["log_rmse"],
               _bracketed(scores["crps"], ends["crps"])]
        for other in (found.best_kriging, found.best):
            row.append("" if other in (None, name) else _percent(*comparison.difference(name, other)))
        row.append(found.random.get(name, {}).get("r2"))
        rows.append(row)
    kriging = MODELS[found.best_kriging].label if found.best_kriging else "kriging"
    page.section("Errors")
    page.table(("Model", "RMSE", "MAE", "R²", "Correlation", "RMSE of log10", "CRPS", f"RMSE against {kriging}",
                f"RMSE against {MODELS[found.best].label}", "R², random split"), rows,
               "Differences are paired: both models in the same draws of drill holes.")
    observed = comparison.observed
    plots = []
    for name in found.trials:
        mean = observed + comparison.errors(name)
        log = observed.min() > 0.0 and mean.min() > 0.0
        plots.append((predicted_observed_figure(observed, mean, "", log, MODELS[name].label), ""))
    page.figures(*plots)


def _percent(change, ends):
    if change is None:
        return ""
    return f"{change:+.1f} %" + (f" [{ends[0]:+.1f}, {ends[1]:+.1f}]" if ends else "")


def _add_intervals(page, found):
    """Coverage, width and resource confidence."""
    comparison, rows = found.comparison, []
    for name in found.trials:
        scores = comparison.scores(name)
        gains = [comparison.confidence(name, found.best_kriging, level) if found.best_kriging else None
                 for level in CONFIDENCE]
        rows.append((MODELS[name].label, scores["own_80"], scores["own_90"],
                     *(scores[f"coverage_{level}"] for level in (50, 80, 90, 95)),
                     *(scores[f"width_{level}"] for level in (50, 80, 90, 95)), *gains))
    page.section("Uncertainty")
    page.table(("Model", "Own 80 %", "Own 90 %", "50 %", "80 %", "90 %", "95 %", "Width 50 %", "Width 80 %",
                "Width 90 %", "Width 95 %", "Resource confidence 80 %", "Resource confidence 90 %"), rows,
               "Share of samples inside their intervals: as the model states them ('own'), then stretched by a factor "
               "from the other folds. Resource confidence: 1 - width / width of kriging, when the intervals of both "
               "are stretched to hold just 80 or 90 % of the samples.")
    plot = Plot("Calibration of the intervals", "Nominal coverage (%)", "Actual coverage (%)", SMALL + 120, SMALL + 60,
                x_limits=(0, 100), y_limits=(0, 100))
    plot.line([0, 100], [0, 100], "Exact", "#888888", dashed=True)
    for number, name in enumerate(found.trials):
        part = comparison.calibrated[name].take(comparison.rows)
        levels, actual = calibration(comparison.observed, part.quantile)
        plot.line(100.0 * levels, 100.0 * actual, MODELS[name].label, PALETTE[number % len(PALETTE)],
                  dashed=number >= len(PALETTE))
    page.figures((plot.render(), "On the dashed line, intervals cover what they say."))


def _add_cutoffs(page, found):
    """Classes of grade, cut-offs and the success of drilling."""
    comparison, rows = found.comparison, []
    for name in found.trials:
        scores = comparison.scores(name)
        for cutoff in comparison.cutoffs:
            rows.append((MODELS[name].label, f"{cutoff:g}", *(scores[f"{key}_{cutoff:g}"] for key in
                                                              ("accuracy", "auc", "success", "above"))))
    page.section("Cut-offs and classes")
    page.table(("Model", "Cut-off", "Right side of the cut-off", "Area under the ROC curve",
                "Above the cut-off in the best 10 % of holes", "Above it in all holes"), rows,
               "The best holes are those with the highest predicted mean: what drilling them would have met.")
    edges = ", ".join(f"{edge:.4g}" for edge in comparison.edges)
    page.table(("Model", "In the right class of grade"),
               [(MODELS[name].label, comparison.scores(name)["classes"]) for name in found.trials],
               f"Classes are parted at {edges}.")


def _add_folds(page, samples, found):
    """Errors by fold, and on the map."""
    comparison, held = found.comparison, [test for _, test in found.folds]
    errors = {name: comparison.fold_errors(name, held) for name in found.trials}
    page.section("Folds")
    page.table(("Fold", "Samples", *(MODELS[name].label for name in found.trials)),
               [(number + 1, len(test), *(errors[name][number] for name in found.trials))
                for number, test in enumerate(held)], "Root mean square error in each fold.")
    places = samples.coordinates[comparison.rows]
    plot = Plot(f"Error by fold, {MODELS[found.best].label}", "Easting (m)", "Northing (m)", SMALL + 60, SMALL,
                equal=True)
    by_fold = np.full(len(samples), np.nan)
    for test, error in zip(held, errors[found.best]):
        by_fold[test] = np.nan if error is None else error
    plot.values(places[:, 0], places[:, 1], by_fold[comparison.rows], "RMSE of the fold")
    page.figures(plot.render(), residual_map_figure(places, comparison.errors(found.best), "",
                                                    f"Predicted - observed, {MODELS[found.best].label}"))


def _add_features(page, samples, found):
    """What the features are worth: shuffled, and left out."""
    told = [name for name in found.importance if found.importance[name] is not None]
    if not told:
        return
    page.section("What the features are worth")
    first = found.best_featured if found.best_featured in told else told[0]
    order = np.argsort(-found.importance[first], kind="stable")[:MOST_FEATURES]
    page.table(("Feature", *(MODELS[name].label for name in told)),
               [(samples.feature_names[k], *(f"{found.importance[name][k]:+.1f} %" for name in told)) for k in order],
               "Growth of the RMSE when a feature is shuffled among held-out samples. Features that tell the same "
               "share their worth.")
    if found.ablation:
        page.table(("Without", "Features", f"RMSE of {MODELS[found.best_featured].label}", "Change"),
                   [(LABELS[kind], count, float(np.sqrt(np.mean(np.square(errors)))), _percent(*_loss(found, errors)))
                    for kind, (count, errors) in found.ablation.items()],
                   "Trained anew in the same folds without a kind of features; a rise is what that kind is worth.")


def _loss(found, errors):
    """Change of the RMSE of the best model with other errors (k,), in per cent, with its interval."""
    comparison = found.comparison
    before = comparison.bootstrap.rmse(comparison.errors(found.best_featured))
    ratio = comparison.bootstrap.rmse(errors) / np.where(before > 0.0, before, np.nan)
    own = comparison.scores(found.best_featured)["rmse"]
    change = 100.0 * (float(np.sqrt(np.mean(np.square(errors)))) / own - 1.0) if own else None
    return change, interval(100.0 * (ratio - 1.0))


def _add_trainings(page, found):
    """What each training chose."""
    page.section("Trainings")
    page.table(("Model", "Fold", "Chosen on its training samples"),
               [(MODELS[name].label, number + 1, trial.note) for name, trials in found.trials.items()
                for number, trial in enumerate(trials)])
