"""Report of a training: how good, how sure, against what, and how it was learned."""
from dataclasses import dataclass

import numpy as np

from ..geostatistics.scores import calibration
from ..reports.figures import calibration_figure, predicted_observed_figure, residual_map_figure
from ..reports.page import Page
from ..reports.svg import PALETTE, Plot
from ..versions import versions
from .nearsamples import HALF, NearSamples, weight_of_kriging

TRAININGS = {"random": "a random split", "final": "all samples"}
GAP = 0.02  # of R², from which on a random split flatters
PACKAGES = ("numpy", "scipy", "torch", "safetensors")
FOLD_NAMES = {
    "hole": "whole drill holes", "block": "whole blocks of the map", "random": "single samples at random",
    "80_20": "20 % of the samples at random", "70_15_15": "15 % of the samples at random",
}
ROWS = (("rmse", "RMSE"), ("mae", "Mean absolute error"), ("r2", "R²"), ("correlation", "Correlation"),
        ("log_rmse", "RMSE of log10 values"), ("crps", "CRPS"), ("coverage_50", "Inside the 50 % interval"),
        ("coverage_80", "Inside the 80 % interval"), ("coverage_90", "Inside the 90 % interval"),
        ("coverage_95", "Inside the 95 % interval"), ("width_80", "Width of the 80 % interval"),
        ("width_90", "Width of the 90 % interval"))
METHODS = {
    "ensemble": "an ensemble of {members} networks, each with a normal prior on its weights around an anchor drawn "
                "from that prior, and each stopped by other drill holes",
    "variational": "a mean-field normal posterior of all weights, fitted by the evidence lower bound with the local "
                   "reparameterisation; {members} draws from it predict",
}


@dataclass(frozen=True)
class Chapter:
    """What differs between the reports of different kinds of models.

    Attributes
    ----------
    title : str
    label : str
        Of the model, in tables.
    describe : callable or None
        ``describe(model)`` gives a sentence on how it is made.
    more : callable or None
        ``more(page)`` adds sections before that of the training.
    """

    title: str = "Bayesian neural network of grades"
    label: str = "Bayesian network"
    describe: object = None
    more: object = None


def training_report(job, samples, model, found, domain, notes, warnings, chapter=None):
    """HTML report of a training.

    Parameters
    ----------
    job : JobFolder
    samples : GradeSamples
    model : BayesianNetwork
    found : Assessment
    domain : Domain
    notes : dict
        Of the trainings: ``history``, ``power``, ``power_errors``, ``shares`` and ``weights`` by name.
    warnings : list of str
    chapter : Chapter, optional
    """
    chapter = chapter or Chapter()
    page = Page(chapter.title, ", ".join(samples.target_names))
    for message in warnings:
        page.warning(message)
    page.number("Samples", len(samples))
    page.number("Drill holes" if samples.has_holes else "Places", int(samples.groups.max()) + 1)
    page.number("Features", samples.features.shape[1])
    page.number("R² on held-out samples", found.scores[0].get("r2"))
    page.number("RMSE on held-out samples", found.scores[0].get("rmse"))
    page.section("What was tested")
    page.text(f"The scores are of {FOLD_NAMES[found.kind]}, which the model had not seen, in {len(found.folds)} "
              f"fold{'s' if len(found.folds) > 1 else ''}; scaling, the scale of the target and the training are done "
              "anew inside each fold. The model in the file was then trained on all samples in the same way.")
    for number, name in enumerate(samples.target_names):
        _add_target(page, samples, found, number, name, chapter.label)
    _add_model(page, samples, model, domain, (chapter.describe or described)(model))
    if chapter.more:
        chapter.more(page)
    _add_trainings(page, model, notes)
    page.parameters({key: value for key, value in job.settings.items() if key not in ("features", "units")})
    page.versions(versions(PACKAGES))
    return page.render()


def _add_target(page, samples, found, number, name, label):
    """Scores and figures of one target."""
    scores, kriged = found.scores[number], found.kriging_scores[number] if found.kriging_scores else None
    unit = ""
    page.section(name)
    headers, columns = ["", label], [scores]
    if kriged:
        headers.append(f"Ordinary kriging ({found.kriging[number].transform})")
        columns.append(kriged)
    if found.random:
        headers.append(f"{label}, random split")
        columns.append(found.random[number])
    page.table(headers, [(label, *(column.get(key) for column in columns)) for key, label in ROWS])
    cutoffs = [key[4:] for key in scores if key.startswith("auc_")]
    if cutoffs:
        beside = [("", scores)] + ([(", kriging", kriged)] if kriged else [])
        page.table(("Cut-off", *(what + whose for whose, _ in beside for what in ("Area under the ROC curve",
                                                                                  "Right side of the cut-off"))),
                   [(cutoff, *(own.get(f"{key}_{cutoff}") for _, own in beside for key in ("auc", "accuracy")))
                    for cutoff in cutoffs])
    page.text(*_verdicts(found, number, scores, kriged))
    before = found.before[number]
    page.table(("Interval (%)", "Coverage before", "Coverage after", *(["Kriging"] if kriged else [])),
               [(level, before[level], scores.get(f"coverage_{level}"),
                 *([kriged.get(f"coverage_{level}")] if kriged else [])) for level in before],
               f"Calibration by one factor on all variances ({found.factors[number]:.3g} in the model). 'After' uses "
               "for each fold the factor of the other folds.")
    _add_figures(page, samples, found, number, unit)
    errors = found.fold_errors(samples.targets[:, number], number)
    page.table(("Fold", "Samples", "RMSE"),
               [(k + 1, len(test), error) for k, ((_, test), error) in enumerate(zip(found.folds, errors))])


def _verdicts(found, number, scores, kriged):
    """Sentences that say what the figures mean."""
    out = []
    if kriged and scores.get("rmse") and kriged.get("rmse"):
        gain = 100.0 * (1.0 - scores["rmse"] / kriged["rmse"])
        out.append(f"The error is {abs(gain):.1f} % {'below' if gain > 0 else 'above'} that of ordinary kriging in the "
                   f"same folds, the CRPS {_change(scores, kriged, 'crps')}."
                   + ("" if gain > 2.0 else " These features tell no more than the places of the samples do; use the "
                      "model for its uncertainty and speed, not for skill."))
    if found.random and found.random[number].get("r2") is not None and scores.get("r2") is not None:
        random = found.random[number]
        figures = f"R² {random['r2']:.2f} instead of {scores['r2']:.2f}"
        out.append(f"A random split would show {figures}, because neighbours of a sample then help to predict it; new "
                   "drill holes will not have them." if random["r2"] > scores["r2"] + GAP else
                   f"A random split shows {figures}: these features tell as much in new drill holes.")
    if scores.get("r2") is not None and scores["r2"] <= 0.0:
        out.append("R² is not above zero: the model predicts held-out samples no better than their mean does. Do not "
                   "use it to rank targets.")
    return out


def _change(scores, kriged, key):
    change = 100.0 * (1.0 - scores[key] / kriged[key])
    return f"{abs(change):.1f} % {'below' if change > 0 else 'above'}"


def _add_figures(page, samples, found, number, unit):
    """Predicted against observed, calibration, and a map of the errors."""
    rows = found.raw.rows
    observed = samples.targets[rows, number]
    known = np.isfinite(observed)
    rows, observed = rows[known], observed[known]
    mean = found.calibrated.mean()[rows, number]
    positive = observed.min() > 0.0 and mean.min() > 0.0
    page.figures(
        (predicted_observed_figure(observed, mean, unit, positive), "Each sample predicted from the other folds."),
        (calibration_figure(*calibration(observed, lambda p: found.calibrated.quantile(p)[rows, number])),
         "On the diagonal, intervals cover what they say."),
        (residual_map_figure(samples.coordinates[rows], mean - observed, unit, "Predicted - observed"),
         "Errors on the map."))


def described(model):
    """How a Bayesian network is made."""
    design = model.design
    return (f"The model is {METHODS[design.method].format(members=design.members)}. Hidden layers: "
            f"{', '.join(map(str, design.hidden))} ({design.activation}); noise: {noise_name(design)}.")


def noise_name(design):
    """The kind of noise of a design in a few words."""
    return "of each place" if design.heteroscedastic else "constant on the scale of the target"


def _add_model(page, samples, model, domain, text):
    """How the model is made."""
    page.section("Model")
    page.text(text)
    flags = [samples.feature_names[model.preparation.kept[k]] for k in model.preparation.flagged]
    page.table(("", ""), [
        ("Inputs of the networks", model.preparation.size), ("Flags for gaps in", ", ".join(flags) or "none"),
        ("Scale of the targets", ", ".join(scale_name(scale) for scale in model.scales)),
        *_kriged_rows(samples, model),
        ("Out of domain beyond", f"{domain.limit:.3g} standard deviations (root mean square over features) from the "
         "nearest of the centres of the training samples, or with features more than "
         f"{domain.reach:.3g} of them beyond their ranges; each is so for 1 % of training samples without their holes"),
    ])


def _kriged_rows(samples, model):
    """What the model keeps of its errors, as rows of a table."""
    field = getattr(model, "field", None)
    if field is None:
        return []
    joined = isinstance(field, NearSamples)
    errors, rows = field.errors if joined else field, []
    for name, share, variogram, values in zip(samples.target_names, errors.shares, errors.variograms, errors.values.T):
        if variogram is not None:
            known = np.isfinite(values).sum()
            rows.append((f"Kriged errors, {name}", f"{100.0 * share:.0f} % of the error that {known:,} samples of "
                         f"held-out drill holes tell is added near them; {_variogram_text(variogram)}"))
    return rows + (_kriged_grades(samples, field) if joined else [])


def _kriged_grades(samples, field):
    """How grades are kriged besides, as rows of a table."""
    return [(f"Kriged grades, {name}",
             "joined with the networks; their weight is up to 100 % at a sample, "
             f"{100.0 * weight_of_kriging(balance, HALF):.0f} % where near samples tell half of the variance, and 0 "
             f"far from all; {_variogram_text(variogram)}")
            for name, balance, variogram in zip(samples.target_names, field.balances, field.grades.variograms)
            if variogram is not None]


def _variogram_text(variogram):
    structures = ", ".join(f"{structure.model} {structure.sill:.2g} to {max(structure.ranges):,.0f} m"
                           for structure in variogram.structures)
    return f"variogram on the scale of the target: nugget {variogram.nugget:.2g}, {structures}"


def scale_name(scale):
    """The scale of a target in a few words."""
    content = scale.transform.to_dict()
    shift = f", shifted by {content['shift']:.3g}" if content.get("shift") else ""
    name = f"power {content['power']:g}" if content["name"] == "boxcox" else content["name"]
    return name + shift


def _add_trainings(page, model, notes):
    """What each training chose, and its curves."""
    page.section("Training")
    scaled, rows = model.design.scale == "power", []
    joined = any("weights" in note for note in notes.values())
    for name, note in notes.items():
        power = [f"{note['power']:g}" if note["power"] else "log"] if scaled else []
        rows.append((TRAININGS.get(name, f"all but fold {name[4:]}"), len(note["history"]), *power,
                     ", ".join(f"{share:.2f}" for share in note["shares"]),
                     *([", ".join(f"{weight:.2f}" for weight in note["weights"])] if joined else [])))
    page.table(("Training on", "Epochs", *(["Power of the target"] if scaled else []), "Share of kriged errors",
                *(["Weight of kriged grades"] if joined else [])), rows,
               "Each training chooses for itself, from its own samples only." + (
                   " The weight is that where near samples tell half of the variance of the grades." if joined else ""))
    plots = []
    for key, label in (("loss", "Minus log likelihood"), ("error", "Held-out RMSE of the scaled target")):
        plot = Plot(label, "Epoch", label, 520, 340)
        for number, (name, note) in enumerate(notes.items()):
            if name == "final" or len(notes) <= 8:
                history = note["history"]
                plot.line([k + 1 for k in range(len(history))], [entry[key] for entry in history],
                          "all samples" if name == "final" else name, PALETTE[number % len(PALETTE)],
                          width=2.4 if name == "final" else 1.2)
        plots.append(plot.render())
    page.figures(*[(plot, "") for plot in plots])
