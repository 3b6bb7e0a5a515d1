"""The report of prepared assays."""
import numpy as np
from scipy.special import ndtri

from ..reports.page import Page, show
from ..reports.svg import PALETTE, Plot
from ..versions import lodescope_version, versions
from .assayreading import ABOVE, CENSORED, IMPUTED, MEASURED
from .assayunits import LABELS

MOST_FIGURES, MOST_POINTS = 24, 1500
POLICIES = {"half": "half the limit", "sqrt2": "limit / √2", "ros": "regression on order statistics",
            "logratio": "expected logarithm below the limit", "missing": "left missing"}
SHOWN = ((MEASURED, "measured", PALETTE[0]), (CENSORED, "below detection", PALETTE[1]),
         (ABOVE, "above range", PALETTE[4]), (IMPUTED, "imputed", PALETTE[2]))


def preparation_report(settings, preparation, prepared, rows, warnings):
    """The report as HTML.

    Parameters
    ----------
    settings : dict
        Of the job.
    preparation : lodescope.algorithms.geochemistry.assaypreparation.AssayPreparation
    prepared : lodescope.algorithms.geochemistry.assaypreparation.Prepared
    rows : list of dict
        From `assaypreparation.summary`.
    warnings : list of str

    Returns
    -------
    str
    """
    page = Page("Prepared assays", settings.get("layer", ""))
    for text in warnings:
        page.warning(text)
    page.number("Rows", len(prepared.values))
    page.number("Fields", len(rows))
    for key, label in (("below", "Below detection"), ("above", "Above range"), ("imputed", "Imputed"),
                       ("missing", "Still missing")):
        page.number(label, sum(row[key] for row in rows))
    _fields(page, rows)
    _reading(page, preparation, prepared)
    _imputation(page, preparation)
    _transform(page, preparation)
    _figures(page, rows, prepared)
    page.parameters({key: value for key, value in settings.items() if not isinstance(value, dict) and key != "taken"})
    page.versions({"lodescope": lodescope_version(), **versions(["numpy", "scipy", "scikit-learn"])})
    return page.render()


def _fields(page, rows):
    page.section("Fields")
    page.table(
        ("Field", "Unit", "Measured", "Below", "Above", "Imputed", "Missing", "Limits", "In place of values below"),
        [(row["field"], LABELS[row["unit"]] if row["unit"] else "unknown", row["measured"], row["below"], row["above"],
          row["imputed"], row["missing"], _limits(row), _policy(row)) for row in rows])
    page.table(
        ("Field", "Least", "Median", "Greatest", "Least, clean", "Median, clean", "Greatest, clean"),
        [(row["field"], *(row["before"] or [None] * 3), *(row["after"] or [None] * 3)) for row in rows],
        "Measured values before, and all values after cleaning, in the unit of the field.")


def _limits(row):
    more = f" and {row['more_limits']} more" if row["more_limits"] else ""
    return ", ".join(f"{limit:g}" for limit in row["limits"]) + more


def _policy(row):
    if not row["below"]:
        return ""
    policy = row["policy"]
    text = POLICIES[policy["policy"]]
    return f"{text}: {policy['factor']:g} of it ({policy['reason']})" if "reason" in policy else text


def _reading(page, preparation, prepared):
    page.section("How the fields were read")
    lines = [(name, note) for name, notes in prepared.notes.items() for note in notes]
    if lines:
        page.table(("Field", "Decision"), lines)
    else:
        page.text("All values are plain numbers.")
    limits = [(name, reading.limit, reading.limit_source) for name, reading in preparation.readings.items()
              if reading.limit is not None]
    page.table(("Field", "Limit", "Where from"), limits,
               "Limits for values below detection whose row names none.")


def _imputation(page, preparation):
    page.section("Imputation")
    if preparation.imputation == "median":
        page.text("Missing values were replaced by the median of their field.")
        return
    imputer = preparation.imputer
    if imputer is None:
        page.text("Missing values were left missing.")
        return
    kind = {"value": "logarithms", "ratio": "centred log-ratios"}[imputer.choice["embedding"]]
    page.text(
        f"Missing values come from the nearest of {len(imputer.reference):,} samples by {kind}, with a weight of "
        f"{imputer.choice['space']:g} for the distance in space. Values below detection are never imputed.")
    if imputer.error is None:
        page.text("There were too few values to hide some and to measure the error.")
        return
    _errors(page, preparation, imputer)


def _errors(page, preparation, imputer):
    names, rows = list(preparation.readings), []
    grouped = any("rmse_grouped" in scores for scores in imputer.error["fields"].values())
    for k, scores in imputer.error["fields"].items():
        settings = imputer.per_field[k]
        factor = f"× or ÷ {np.exp(scores['rmse']):.2f}" if scores["logarithmic"] else ""
        rows.append([names[k], scores["hidden"], scores["rmse"], scores["rmse_median"], scores["r2"], factor]
                    + ([scores.get("rmse_grouped"), scores.get("r2_grouped")] if grouped else [])
                    + [f"{settings['neighbours']} neighbours, adjusted by {settings['adjustment']}"])
    heads = ["Field", "Hidden values", "RMSE", "RMSE of the median", "R2", "Typical error"]
    heads += (["RMSE, own hole unused", "R2, own hole unused"] if grouped else []) + ["Settings"]
    page.table(heads, rows, "Measured values were hidden in the pattern of the missing ones and imputed; RMSE in "
               "natural logarithms (in the unit of the field where it has negative values or many zeros). Settings "
               "were chosen on other hidden values.")
    if grouped:
        what = {"hole": "whole holes lack values, so samples of the same hole were not used",
                "sample": "most gaps have values in their own hole, so those were used"}[imputer.error["rule"]]
        page.text(f"When settings were chosen, {what}.")


def _transform(page, preparation):
    transform = preparation.transform
    page.section("Transform")
    if transform.kind == "none":
        page.text("No transform.")
    elif transform.kind == "log":
        page.text("Natural logarithm.")
    elif transform.kind == "boxcox":
        page.table(("Field", "Power (lambda)"), zip(transform.fields, transform.parameters["power"]),
                   "Box-Cox, (value ^ lambda - 1) / lambda; the power has the highest likelihood.")
    elif transform.kind == "zscore":
        page.table(("Field", "Median", "1.4826 × median absolute deviation"),
                   zip(transform.fields, transform.parameters["centre"], transform.parameters["spread"]))
    else:
        rest = " and the rest up to 100 %" if transform.parameters["rest"] else ""
        page.text(f"Log-ratios of {', '.join(transform.fields)}{rest}. The field {transform.names[-1]} holds the mean "
                  "logarithm of the parts, with which the way back is exact.")
        if transform.kind == "ilr":
            page.table(["Coordinate", *transform.labels()],
                       [[name, *row] for name, row in zip(transform.names, transform.basis.tolist())],
                       "Weights of the logarithms of the parts.")


def _figures(page, rows, prepared):
    page.section("Distributions")
    order = sorted(range(len(rows)), key=lambda k: -(rows[k]["below"] + rows[k]["imputed"]))[:MOST_FIGURES]
    if len(rows) > MOST_FIGURES:
        page.text(f"The {MOST_FIGURES} fields with most values below detection or imputed.")
    page.figures(*(probability_figure(rows[k], prepared.values[:, k], prepared.flags[:, k]) for k in sorted(order)))


def probability_figure(row, values, flags):
    """Clean values against normal quantiles, coloured by their flag."""
    known = np.flatnonzero(np.isfinite(values))
    if not known.size:
        return ""
    order = known[np.argsort(values[known], kind="stable")]
    score = ndtri((np.arange(1, len(order) + 1) - 0.375) / (len(order) + 0.25))
    log = bool((values[known] > 0.0).all())
    unit = f" ({LABELS[row['unit']]})" if row["unit"] else ""
    plot = Plot(f"{row['field']}: {show(len(order))} values", "Normal quantile", row["field"] + unit, 460, 340,
                y_log=log)
    for code, label, colour in SHOWN:
        at = np.flatnonzero(flags[order] == code)
        if at.size:
            at = at[::max(1, len(at) // MOST_POINTS)]
            plot.points(score[at], values[order][at], label, colour, 2.2)
    return plot.render()
