"""Report on the rare earths of a table."""
import numpy as np

from ..reports.page import Page
from ..reports.svg import PALETTE
from ..versions import versions
from .rare_earths import oxide_of, reference_values, references
from .ree_figures import (
    MOST_GROUPS,
    common_limits,
    histograms,
    percentiles,
    scatter_figure,
    shown_elements,
    spider_figure,
)
from .ree_names import ELEMENTS
from .ree_patterns import normalise

ALL = "All samples"
MOST_ROWS = 40
STATISTICS = ("La_Yb_N", "La_Sm_N", "Gd_Yb_N", "Ce_anomaly", "Eu_anomaly", "Y_Ho")
GAPS = {"sum": "what is known is added", "null": "sums with a missing part are empty",
        "interpolate": "missing elements are read off the pattern for sums and patterns"}
LIGHT_WORDS = {"la_sm": "La to Sm", "la_eu": "La to Eu", "la_gd": "La to Gd", "la_nd": "La to Nd"}


def ree_report(recipe, elements, columns, groups, progress, title=""):
    """The HTML page.

    Parameters
    ----------
    recipe : Recipe
    elements : array, shape (n, 15)
        Contents in ppm of the element.
    columns : dict
        Names to columns of the result (n,).
    groups : dict
        Names to row numbers; empty when there is no grouping.
    progress : Progress
        Its warnings stand at the top.
    title : str
        Name of the layer.

    Returns
    -------
    str
    """
    page = Page("Rare-earth geochemistry", title)
    for warning in progress.warnings:
        page.warning(warning)
    _add_numbers(page, recipe, elements, columns)
    parts = groups or {ALL: np.arange(len(elements))}
    coloured = dict(list(parts.items())[:MOST_GROUPS])
    _add_patterns(page, recipe, elements, coloured, len(parts) - len(coloured))
    progress(0.4)
    _add_distributions(page, recipe, columns, coloured)
    progress(0.7)
    _add_statistics(page, recipe, columns, parts)
    progress(1.0)
    _add_constants(page, recipe)
    page.versions(versions(("numpy",)))
    return page.render()


def _add_numbers(page, recipe, elements, columns):
    page.number("Samples", len(elements))
    page.number("Rare earths with a field", len(recipe.measured))
    page.number("Median TREO", middle(columns[f"TREO_{recipe.unit}"]), recipe.unit)
    page.number("Median share of NdPr", middle(columns["NdPr_share"]), "%")
    page.number("Median share of heavy oxides", middle(columns["HREO_share"]), "%")


def _add_patterns(page, recipe, elements, groups, hidden):
    """Spider plots: the medians of all groups, then each group with its band."""
    reference = references()[recipe.reference]
    pattern = normalise(elements, reference_values(recipe.reference))
    shown = shown_elements(pattern)
    if not shown:
        return
    label = f"Sample / {reference['title'].partition(' (')[0]}"
    curves = {name: (percentiles(pattern[rows], shown), PALETTE[place])
              for place, (name, rows) in enumerate(groups.items())}
    page.section("Normalised patterns")
    page.text(
        f"Medians and the range from 10 to 90 per cent of the samples, divided by {reference['title']}, "
        f"{reference['source']}, doi:{reference['doi']}. {reference.get('note', '')}")
    if hidden > 0:
        page.text(f"The {len(groups)} largest groups are drawn; the others ({hidden}) stand in the table only.")
    limits = common_limits(curves)
    figures = [spider_figure({"Median": curve}, shown, label, name, limits) for name, curve in curves.items()]
    if len(curves) > 1:
        figures.insert(0, spider_figure(curves, shown, label, "Medians of the groups", limits, bands=False))
    page.figures(*figures)


def _add_distributions(page, recipe, columns, groups):
    """Histograms of sums, and slope against the europium anomaly."""
    unit = recipe.unit
    colour = {name: PALETTE[place] for place, name in enumerate(groups)}

    def split(name):
        return {group: (columns[name][rows], colour[group]) for group, rows in groups.items()}

    page.section("Distributions")
    page.text("The two scatter plots leave out the outermost half per cent at each end of their axes.")
    page.figures(
        histograms(split(f"TREO_{unit}"), f"TREO ({unit})", "Total oxides"),
        histograms(split(f"LREO_{unit}"), f"LREO ({unit})", "Light oxides"),
        histograms(split(f"HREO_{unit}"), f"HREO ({unit})", "Heavy oxides"),
        histograms(split(f"MREO_{unit}"), f"MREO ({unit})", "Magnet oxides"),
        histograms(split("HREE_LREE"), "HREE / LREE", "Heavy over light elements"),
        scatter_figure({group: (columns["La_Yb_N"][rows], columns["Eu_anomaly"][rows], colour[group])
                        for group, rows in groups.items()}, "(La/Yb)N", "Eu/Eu*", "Slope and europium anomaly", True),
        scatter_figure({group: (columns["Pr_anomaly"][rows], columns["Ce_anomaly"][rows], colour[group])
                        for group, rows in groups.items()}, "Pr/Pr*", "Ce/Ce*", "Cerium anomaly"),
    )


def _add_statistics(page, recipe, columns, groups):
    """Quantiles of sums, and medians of ratios, by group."""
    page.section("Statistics")
    sums = [f"{name}_{recipe.unit}" for name in ("TREO", "LREO", "HREO", "MREO", "NdPr", "CREO")]
    shown = list(groups.items())[:MOST_ROWS]
    page.table(
        ["Group", "Samples", "TREO P10", "TREO P50", "TREO P90", "LREO P50", "HREO P50", "MREO P50", "NdPr P50",
         "CREO P50"],
        [[name, len(rows), *quantiles(columns[sums[0]][rows]), *(middle(columns[column][rows]) for column in sums[1:])]
         for name, rows in shown], f"Oxides in {recipe.unit}")
    page.table(
        ["Group", "HREE/LREE", "(La/Yb)N", "(La/Sm)N", "(Gd/Yb)N", "Ce/Ce*", "Eu/Eu*", "Y/Ho",
         *(f"lambda {degree}" for degree in range(4))],
        [[name, *(middle(columns[column][rows]) for column in ("HREE_LREE", *STATISTICS)),
          *(middle(columns[f"lambda{degree}"][rows]) for degree in range(4))] for name, rows in shown], "Medians")
    if len(groups) > MOST_ROWS:
        page.text(f"The {MOST_ROWS} largest of {len(groups)} groups are listed.")


def _add_constants(page, recipe):
    """Which field was taken for which element, and the definitions."""
    taken = {column["element"]: column for column in recipe.columns}
    reference = references()[recipe.reference]["values"]
    page.section("Fields and constants")
    page.table(
        ["Element", "Field", "Read as", "Unit", "Written as", "Reference (ppm)"],
        [[element, taken[element]["field"] if element in taken else "none",
          (taken[element]["oxide"] or element) if element in taken else "", taken[element]["unit"] if element in taken
          else "", oxide_of(element, recipe.oxides), reference.get(element)] for element in ELEMENTS])
    page.text(
        f"Light are {LIGHT_WORDS[recipe.definition]}, heavy the other elements with Y. MREO: "
        f"{', '.join(recipe.groups['MREO'])}. CREO: {', '.join(recipe.groups['CREO'])}. TREO counts Y but not Sc. "
        f"Samples with gaps: {GAPS[recipe.missing]}. Atomic weights of 2021, doi:10.1515/pac-2019-0603; ionic radii of "
        "Shannon (1976), doi:10.1107/S0567739476001551; lambda coefficients of O'Neill (2016), "
        "doi:10.1093/petrology/egw047.")


def quantiles(values):
    """10, 50 and 90 per cent quantiles of the known values, or None."""
    values = values[np.isfinite(values)]
    return [float(value) for value in np.percentile(values, [10, 50, 90])] if values.size else [None] * 3


def middle(values):
    """Median of the known values, or None."""
    return quantiles(values)[1]
