"""Report of value scores."""
import math

import numpy as np

from ..reports.figures import map_figure
from ..reports.page import Page
from ..reports.svg import PALETTE, Plot
from ..versions import versions

PACKAGES = ("numpy", "scipy")
MAP_CELLS = 300  # along the longer side, of which the figure draws a part
MOST_LOW = 0.5  # share of cells of hardly any value beyond which they would hide the others in the histogram
SHOWN = ("field", "cutoff", "gain", "beta", "gamma", "kappa", "weights", "confidence", "confidence_ends",
         "distribution", "keep_outside")


def value_report(job, scoring, chosen, grid, warnings):
    """HTML report of value scores.

    Parameters
    ----------
    job : JobFolder
    scoring : Scoring
    chosen : dict
        The cell to explain.
    grid : numpy.ndarray, shape (bands, rows, columns)
        The result.
    warnings : list of str
    """
    best = scoring.top[0]
    page = Page(f"HyperScore of {scoring.field}", f"Cut-off {scoring.cutoff:g}, {scoring.count:,} cells")
    for warning in dict.fromkeys(warnings):
        page.warning(warning)
    page.number("Highest score", best["hyperscore"])
    page.number("Mean score", scoring.total / scoring.count)
    page.number("Cells with a score", scoring.count)
    page.section("How a score comes about")
    page.text(*_method(scoring))
    place = "The best cell" if chosen == best else "The chosen cell"
    page.table(("Factor", "Value", "Weight", "Factor to its weight", "What it is"),
               explanation(scoring, chosen), f"{place}: {', '.join(_place(scoring.grid, chosen))}")
    page.table(("Step", "Value", "Formula"), steps(scoring.formula, chosen), "From the factors to the score")
    page.section("Best cells")
    _add_top(page, scoring)
    page.section("Where and how often")
    page.figures(_histogram(scoring), _map(scoring, grid, best["level"]))
    page.parameters({name: job.settings[name] for name in SHOWN})
    page.versions(versions(PACKAGES))
    return page.render()


def _method(scoring):
    """Paragraphs on the formula and on where its factors come from."""
    low, high = scoring.formula.limits
    return (
        f"The score is 100 x [1 + G x sigma(beta ln V + gamma)^kappa] and lies between {low:g} (no value) and "
        f"{high:g}. V is the product of the chance of a grade above the cut-off, of the mean grade over the cut-off, "
        "and of the confidence.",
        f"The chance comes from {scoring.chance}. {CONFIDENCE[scoring.source]}",
        "A score ranks cells; it is neither a probability nor money. It holds for the support of the prediction and "
        "for this cut-off only.",
    )


CONFIDENCE = {
    "epistemic": "The confidence is 1 - epistemic sd / total sd: it is low where the model lacks data, and says "
                 "nothing of the noise that no data would remove.",
    "variation": "The confidence is 1 / (1 + sd / mean), as it was chosen or as the raster does not tell which part of "
                 "the uncertainty more data would remove.",
    "none": "Confidence is left out: every cell counts as equally well known.",
}


def explanation(scoring, cell):
    """Rows that explain each factor of a cell."""
    mean, sd, share = cell["mean"], cell["sd"], cell["epistemic_share"]
    spread = "" if math.isnan(sd) else f", standard deviation {sd:.4g}"
    known = {
        "epistemic": f"1 - epistemic sd {math.sqrt(max(share, 0.0)) * sd:.4g} / total sd {sd:.4g}",
        "variation": f"1 / (1 + sd {sd:.4g} / mean {mean:.4g})", "none": "not used",
    }[scoring.source]
    texts = (f"chance of a grade above {scoring.cutoff:g}", f"mean {mean:.4g} over cut-off {scoring.cutoff:g}{spread}",
             known)
    names = (("Chance", "exceedance"), ("Grade", "grade_factor"), ("Confidence", "confidence"))
    return [(label, cell[key], weight, cell[key] ** weight, text)
            for (label, key), weight, text in zip(names, scoring.formula.weights, texts)]


def steps(formula, cell):
    """Rows from the value of a cell to its score."""
    value, sigma = cell["value"], float(formula.sigma(cell["value"]))
    inner = formula.beta * math.log(value) + formula.gamma if value > 0.0 else -math.inf
    return [
        ("V", value, "product of the factors"),
        ("beta ln V + gamma", inner if math.isfinite(inner) else "minus infinity",
         f"beta = {formula.beta:g}, gamma = {formula.gamma:.4g}"),
        ("sigma", sigma, "1 / (1 + exp(-x))"),
        ("sigma ^ kappa", sigma ** formula.kappa, f"kappa = {formula.kappa:g}"),
        ("Score", cell["hyperscore"], f"100 x (1 + {formula.gain:g} x {sigma ** formula.kappa:.4g})"),
    ]


def centre(grid, cell):
    """Easting, northing and elevation (None on a map) of the centre of a cell."""
    levels = grid["levels"]
    return (grid["west"] + (cell["column"] + 0.5) * grid["cell"], grid["north"] - (cell["row"] + 0.5) * grid["cell"],
            levels[cell["level"]] if levels else None)


def _place(grid, cell):
    """Place of a cell as texts."""
    east, north, level = centre(grid, cell)
    return [f"easting {east:.10g}", f"northing {north:.10g}"] + ([] if level is None else [f"elevation {level:g}"])


def _add_top(page, scoring):
    """Table of the best cells."""
    headers = ("Rank", "Easting", "Northing", "Elevation", "Score", "V", "Chance", "Mean / cut-off", "Confidence",
               "Mean")
    rows = []
    for rank, cell in enumerate(scoring.top, start=1):
        east, north, level = centre(scoring.grid, cell)
        rows.append((rank, f"{east:.10g}", f"{north:.10g}", level, cell["hyperscore"], cell["value"],
                     cell["exceedance"], cell["grade_factor"], cell["confidence"], cell["mean"]))
    page.table(headers, rows)


def _histogram(scoring):
    """Number of cells by score."""
    plot, counts = Plot("Scores", "HyperScore", "Cells", 460, 320), scoring.histogram
    last = int(np.flatnonzero(counts).max()) + 1
    first = int(last > 1 and counts[0] > MOST_LOW * counts.sum())
    plot.bars(scoring.edges[first:last + 1], counts[first:last], None, PALETTE[0])
    hidden = f"{counts[0]:,} cells with scores below {scoring.edges[1]:.4g} are not drawn." if first else ""
    return plot.render(), hidden


def _map(scoring, grid, level):
    """The level of the best cell from above."""
    step = max(1, max(grid.shape[1:]) // MAP_CELLS)
    return map_figure(grid[level, ::step, ::step], scoring.grid["west"], scoring.grid["north"],
                      step * scoring.grid["cell"], "HyperScore", title=scoring.descriptions[level])
