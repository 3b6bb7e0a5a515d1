"""Report of tonnage and grade."""
import math

import numpy as np

from ..geochemistry.assayunits import LABELS
from ..reports.figures import grade_tonnage_figure
from ..reports.page import Page
from ..reports.svg import PALETTE, Plot
from ..versions import versions
from .classes import MEANING

PACKAGES = ("numpy", "scipy")
SHOWN = ("field", "unit", "density", "cell_area", "thickness", "support", "noise_left", "distribution", "classes",
         "limits", "correlation", "realisations", "keep_outside", "seed")
SCALES = ((1e9, "Gt"), (1e6, "Mt"), (1e3, "kt"), (1.0, "t"))
SPREAD_Z = 1.2815515655446004


def tonnage_report(job, survey, rows, warnings):
    """HTML report of tonnage, grade and metal above cut-offs.

    Parameters
    ----------
    job : JobFolder
    survey : Survey
    rows : list of dict
        Of the table.
    warnings : list of str
    """
    table = Table(survey, rows)
    page = Page(f"Tonnage and grade of {survey.field}", f"{survey.used:,} cells, {survey.volume:.4g} m3")
    for warning in dict.fromkeys(warnings):
        page.warning(warning)
    _add_numbers(page, survey, table)
    page.section("Above each cut-off")
    page.text(f"Expected values with the interval from the 5 to the 95 per cent quantile of "
              f"{job.settings['realisations']:,} realisations. P10, P50 and P90 in the table of results are quantiles: "
              "in 10, 50 and 90 per cent of the realisations the true value is smaller.")
    page.table(table.headers, table.lines("total", "all"))
    page.figures(*table.figures(), table.plugin_figure())
    page.text(*SMOOTHING)
    _add_parts(page, survey, table)
    _add_reach(page, survey, table)
    page.section("How these numbers were made")
    page.text(*survey.notes, *_support(job.settings), *LIMITS)
    page.parameters({name: job.settings[name] for name in SHOWN})
    page.versions(versions(PACKAGES))
    return page.render()


SMOOTHING = (
    "A map of expected grades is smoother than the rock: it lacks the richest and the poorest places. Counting the "
    "cells whose mean lies above a cut-off (the dashed line, columns ending in _plugin) therefore gives too little "
    "tonnage above a high cut-off, and often too much above a low one. The expected tonnage counts each cell by its "
    "chance to be above the cut-off, which has no such bias when the chances are right.",
)
LIMITS = (
    "Limits: one correlation function stands for all errors that neighbouring cells share, and on the scale of the "
    "distribution above these are normal. Noise counts as independent from cell to cell; where it is not, intervals "
    "are too narrow. Intervals do not cover a wrong density, wrong assays, a wrong outline of the deposit or a wrong "
    "model, and they widen with the range. Mining dilution and recovery are not considered. Classes by uncertainty do "
    "not replace the classification by a Competent or Qualified Person.",
)


class Table:
    """Results as tables and figures, with the unit of mass that suits them.

    Parameters
    ----------
    survey : Survey
    rows : list of dict
    """

    def __init__(self, survey, rows):
        self.rows, self.names = rows, list(survey.columns)
        self.unit = LABELS[survey.settings["unit"]]
        self.mass, self.mass_unit = scale_of(self.column("total", "all", "tonnage").max(initial=0.0))
        self.metal, self.metal_unit = scale_of(self.column("total", "all", "metal").max(initial=0.0))

    @property
    def headers(self):
        """Headers of the table of all cut-offs."""
        return (f"Cut-off ({self.unit})", f"Tonnage ({self.mass_unit})", "90 % interval", f"Grade ({self.unit})",
                "90 % interval", f"Metal ({self.metal_unit})", "90 % interval", "Plug-in tonnage", "Plug-in grade")

    def column(self, group, name, column):
        """Values of a column of the result for one part, by cut-off."""
        place = self.names.index(column)
        return np.array([row["values"][place] for row in self.rows if (row["group"], row["name"]) == (group, name)])

    def lines(self, group, name):
        """Rows with expected values and intervals of one part, by cut-off."""
        parts = [("tonnage", self.mass), ("grade", 1.0), ("metal", self.metal)]
        columns = [[text_of(value) if value else "all" for value in self.column(group, name, "cutoff")]]
        for quantity, scale in parts:
            low, high = (self.column(group, name, f"{quantity}{end}") / scale for end in ("_p5", "_p95"))
            columns.append(self.known(group, name, quantity, scale))
            columns.append([interval(*pair) for pair in zip(low, high)])
        columns += [self.known(group, name, f"{quantity}_plugin", scale) for quantity, scale in parts[:2]]
        return list(zip(*columns))

    def known(self, group, name, column, scale):
        """A scaled column with None where there is no value."""
        values = self.column(group, name, column) / scale
        return [value if math.isfinite(value) else None for value in values.tolist()]

    def figures(self):
        """Curves of tonnage and grade with their intervals."""
        above = slice(1, None)
        cutoffs = self.column("total", "all", "cutoff")[above]
        curves = {end: (self.column("total", "all", f"tonnage{end}")[above] / self.mass,
                        self.column("total", "all", f"grade{end}")[above]) for end in ("", "_p5", "_p95")}
        return grade_tonnage_figure(cutoffs, *curves[""], self.unit, curves["_p5"], curves["_p95"], self.mass_unit)

    def plugin_figure(self):
        """Expected and plug-in tonnage."""
        plot = Plot("Expected and plug-in tonnage", f"Cut-off ({self.unit})", f"Tonnage ({self.mass_unit})", 460, 340)
        cutoffs = self.column("total", "all", "cutoff")[1:]
        for column, label, dashed in (("tonnage", "Expected", False), ("tonnage_plugin", "Plug-in", True)):
            values = self.column("total", "all", column)[1:] / self.mass
            plot.line(cutoffs, values, label, PALETTE[1 if dashed else 0], dashed)
        return plot.render()


def _add_numbers(page, survey, table):
    """The lowest cut-off at the top of the page."""
    at = 1
    page.number("Lowest cut-off", survey.cutoffs[0], table.unit)
    for quantity, scale, unit in (("tonnage", table.mass, table.mass_unit), ("grade", 1.0, table.unit),
                                  ("metal", table.metal, table.metal_unit)):
        value = table.column("total", "all", quantity)[at]
        page.number(f"{quantity.capitalize()} above it", value / scale if math.isfinite(value) else None, unit)


def _add_parts(page, survey, table):
    """Classes and polygons, at every cut-off."""
    if survey.method != "none":
        page.section("By class")
        limits = ", ".join(f"{name} {limit:g}" for name, limit in zip(survey.class_names, survey.limits))
        page.text(f"Classes by {MEANING[survey.method]}: {limits}; all else is unclassified.")
        lines = _lines(table, "class", survey.class_names) + _lines(table, "classes", [survey.together])
        page.table(("Class", *table.headers), lines)
    if survey.polygon_names:
        page.section("By polygon")
        page.text("A cell belongs to the polygon that holds its centre, to the later one where polygons overlap.")
        page.table(("Polygon", *table.headers), _lines(table, "polygon", survey.polygon_names))


def _lines(table, group, names):
    """Lines of a table with all parts of a kind that hold any tonnage."""
    return [(name, *line) for name in names for line in table.lines(group, name) if line[1]]


def _add_reach(page, survey, table):
    """How far the interval depends on the range of the errors."""
    page.section("How much the range of the errors matters")
    length = "all cells share one error" if math.isinf(survey.length) else f"a range of {survey.length:.4g} m"
    page.text(f"The 80 per cent interval (P10 to P90) of the tonnage if the errors of all cells were independent, with "
              f"{length} as it was used, and if all cells erred together. The truth of the data decides which holds.")
    total, curves = table.column("total", "all", "tonnage"), survey.curves
    spread = SPREAD_Z * np.sqrt(curves.independent)
    used = [table.column("total", "all", f"tonnage{end}") for end in ("_p10", "_p90")]
    rows = [(text_of(cutoff), *(interval(low / table.mass, high / table.mass) for low, high in (
        (total[k] - spread[k], total[k] + spread[k]), (used[0][k], used[1][k]), curves.all_shared[:, k])))
        for k, cutoff in enumerate(survey.cutoffs, start=1)]
    page.table((f"Cut-off ({table.unit})", "Independent", "As used", "All together"), rows,
               f"Tonnage ({table.mass_unit})")


def _support(settings):
    """What the grades of cells mean."""
    if settings["support"] == "block":
        return (f"Block support: {100.0 * settings['noise_left']:g} % of the noise variance is left in the mean grade "
                "of a cell; the skew shrinks with the standard deviation.",)
    return ("Sample support: a cell counts by the chance of a single assay-sized sample in it. Whole blocks vary less, "
            "so that less tonnage lies above a high cut-off; choose block support for them.",)


def scale_of(largest):
    """Factor and name of the unit of mass that suits a number of tonnes."""
    return next(((factor, name) for factor, name in SCALES if largest >= factor), SCALES[-1])


def interval(low, high):
    """An interval as text; empty when there is none or when nothing varies."""
    if not (math.isfinite(low) and math.isfinite(high)) or low == high:
        return ""
    return f"{text_of(low)} to {text_of(high)}"


def text_of(value):
    """A number to four digits."""
    return f"{value:.4g}"
