"""Cross-validation scores as outputs of an algorithm."""
import json

from qgis.core import QgsProcessingOutputNumber, QgsProcessingOutputString

from ..translation import tr

# Output name, label, part of the summary of a field, key in it.
SCORES = (
    ("RMSE", "Root mean square error, groups left out", "scores", "rmse"),
    ("MAE", "Mean absolute error, groups left out", "scores", "mae"),
    ("R2", "R2, groups left out", "scores", "r2"),
    ("R2_RANDOM", "R2, single samples left out", "scores_single", "r2"),
    ("CRPS", "Continuous ranked probability score", "scores", "crps"),
    ("COVERAGE_50", "Share of samples inside the 50 % interval", "scores", "coverage_50"),
    ("COVERAGE_80", "Share of samples inside the 80 % interval", "scores", "coverage_80"),
    ("COVERAGE_90", "Share of samples inside the 90 % interval", "scores", "coverage_90"),
    ("COVERAGE_95", "Share of samples inside the 95 % interval", "scores", "coverage_95"),
)
ALL_SCORES = "SCORES"
KEPT = ("scores", "scores_single", "validation")


def add_scores(algorithm):
    """Number outputs for the first field and one text output with the scores of every field."""
    for name, label, _, _ in SCORES:
        algorithm.addOutput(QgsProcessingOutputNumber(name, tr(label)))
    algorithm.addOutput(QgsProcessingOutputString(ALL_SCORES, tr("Scores of all fields (JSON)")))


def score_results(summary, fields):
    """Values of the outputs of `add_scores`; unknown scores are left out.

    Parameters
    ----------
    summary : dict
        By field name, as a job returns it.
    fields : list of str
    """
    first = summary[fields[0]]
    results = {name: first[part][key] for name, _, part, key in SCORES if first[part].get(key) is not None}
    kept = {name: {key: entry[key] for key in KEPT} for name, entry in summary.items()}
    return {**results, ALL_SCORES: json.dumps(kept)}


def log_scores(summary, feedback):
    """Write the scores of every field to the log, with the gap to a random split."""
    for name, result in summary.items():
        grouped, single = result["scores"], result["scores_single"]
        if grouped.get("rmse") is None:
            continue
        text = tr("{}: RMSE {}, R2 {}, {} % of the samples inside the 95 % interval (each {} left out).")
        feedback.pushInfo(text.format(
            name, _text(grouped["rmse"]), _text(grouped["r2"]), _percent(grouped["coverage_95"]), result["validation"]))
        text = tr("{}: with single samples left out R2 would read {}; do not trust that for new places.")
        feedback.pushInfo(text.format(name, _text(single["r2"])))


def _percent(share):
    """A share as whole per cent."""
    return "-" if share is None else f"{100.0 * share:.0f}"


def _text(value):
    """A score to three digits."""
    return "-" if value is None else f"{value:.3g}"
