"""Report of a training: how good, how sure, against what, and how it was learned."""
import numpy as np

from ..geostatistics.scores import calibration
from ..reports.figures import calibration_figure, predicted_observed_figure, residual_map_figure
from ..reports.page import Page
from ..reports.svg import PALETTE, Plot
from ..versions import versions

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


def training_report(job, samples, model, found, domain, histories, warnings):
    """HTML report of a training.

    Parameters
    ----------
    job : JobFolder
    samples : GradeSamples
    model : BayesianNetwork
    found : Assessment
    domain : Domain
    histories : dict
    warnings : list of str
    """
    page = Page("Bayesian neural network of grades", ", ".join(samples.target_names))
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
        _add_target(page, samples, found, number, name)
    _add_model(page, samples, model, domain)
    _add_curves(page, histories)
    page.parameters({key: value for key, value in job.settings.items() if key not in ("features", "units")})
    page.versions(versions(PACKAGES))
    return page.render()


def _add_target(page, samples, found, number, name):
    """Scores and figures of one target."""
    scores, kriged = found.scores[number], found.kriging_scores[number] if found.kriging_scores else None
    unit = ""
    page.section(name)
    headers, columns = ["", "Bayesian network"], [scores]
    if kriged:
        headers.append(f"Ordinary kriging ({found.kriging[number].transform})")
        columns.append(kriged)
    if found.random:
        headers.append("Bayesian network, random split")
        columns.append(found.random[number])
    page.table(headers, [(label, *(column.get(key) for column in columns)) for key, label in ROWS])
    cutoffs = [key[4:] for key in scores if key.startswith("auc_")]
    if cutoffs:
        page.table(("Cut-off", "Area under the ROC curve", "Right side of the cut-off"),
                   [(cutoff, scores[f"auc_{cutoff}"], scores[f"accuracy_{cutoff}"]) for cutoff in cutoffs])
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
        out.append(f"A random split would show R² {random['r2']:.2f} instead of {scores['r2']:.2f}, because "
                   "neighbours of a sample then help to predict it; new drill holes will not have them.")
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


def _add_model(page, samples, model, domain):
    """How the model is made."""
    design = model.design
    page.section("Model")
    page.text(f"The model is {METHODS[design.method].format(members=design.members)}. Hidden layers: "
              f"{', '.join(map(str, design.hidden))} ({design.activation}); noise: "
              f"{'of each place' if design.heteroscedastic else 'constant on the scale of the target'}.")
    flags = [samples.feature_names[model.preparation.kept[k]] for k in model.preparation.flagged]
    page.table(("", ""), [
        ("Inputs of the networks", model.preparation.size), ("Flags for gaps in", ", ".join(flags) or "none"),
        ("Scale of the targets", ", ".join(scale_name(scale) for scale in model.scales)),
        ("Out of domain beyond", f"{domain.limit:.3g} standard deviations (root mean square over features) from the "
         "nearest of the centres of the training samples, or a feature beyond its training range"),
    ])


def scale_name(scale):
    """The scale of a target in a few words."""
    content = scale.transform.to_dict()
    shift = f", shifted by {content['shift']:.3g}" if content.get("shift") else ""
    name = f"power {content['power']:g}" if content["name"] == "boxcox" else content["name"]
    return name + shift


def _add_curves(page, histories):
    """Loss and held-out error of the trainings."""
    plots = []
    for key, label in (("loss", "Minus log likelihood"), ("error", "Held-out RMSE of the scaled target")):
        plot = Plot(label, "Epoch", label, 520, 340)
        for number, (name, history) in enumerate(histories.items()):
            if name == "final" or len(histories) <= 8:
                plot.line([k + 1 for k in range(len(history))], [entry[key] for entry in history],
                          "all samples" if name == "final" else name, PALETTE[number % len(PALETTE)],
                          width=2.4 if name == "final" else 1.2)
        plots.append(plot.render())
    page.section("Training")
    page.figures(*[(plot, "") for plot in plots])
