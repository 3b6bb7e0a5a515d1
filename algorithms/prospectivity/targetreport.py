"""Report on ranked targets; it needs numpy only."""
import numpy as np

from ..reports.page import Page
from ..reports.svg import PALETTE, Plot

SIDE = (450, 420)
MOST_LISTED = 40
SHOWN = ("raster", "band", "method", "threshold", "connectivity", "minimum_area", "smooth", "rank_by", "risk", "count")
DOTS, MOST_RINGS = 500, 1500
LARGE = 1000.0  # numbers from here on are shown without decimals
WORDS = {"threshold": "typed threshold", "prediction_area": "crossing of the prediction-area plot",
         "concentration_area": "break of the concentration-area curve"}


def target_report(outputs, columns, settings, outlines, notes):
    """HTML report of targets.

    Parameters
    ----------
    outputs : dict
        Of the job `jobs_delineate`.
    columns : dict
        Attributes of the targets, best first, as the layer has them.
    settings : dict
        Those of the run, with ``raster``, ``band``, ``unit`` of the axes.
    outlines : list of numpy.ndarray
        Rings (n, 2) in coordinates, for the map.
    notes : list of str
        Warnings.
    """
    count, cut = len(columns["rank"]), outputs["cut"]
    page = Page(f"Targets on {settings['raster']}", f"{settings['band']}, cut at {cut['value']:.4g}")
    for note in dict.fromkeys(notes):
        page.warning(note)
    shares = outputs["shares"]
    page.number("Targets", count)
    page.number("of the area", 100.0 * shares["area"], "%")
    if shares["deposits"] is not None:
        page.number("of the known deposits", 100.0 * shares["deposits"], "%")
    page.number("Cut", cut["value"])
    page.section("The cut")
    page.text(*_cut_text(cut, outputs, settings))
    page.figures(_cut_figure(cut), _map(outlines, settings))
    page.section("Targets")
    _add_tables(page, columns, count)
    page.section("How they are ranked")
    page.text(*_rank_text(settings), settings["spread"])
    page.parameters({name: settings[name] for name in SHOWN})
    page.versions(outputs["versions"])
    return page.render()


def _add_tables(page, columns, count):
    """The best targets, and why they stand out."""
    wanted = [("rank", "Rank"), ("area_ha", "Area (ha)"), ("mean", "Mean"), ("max", "Highest"), ("p10", "P10"),
              ("p90", "P90"), ("uncertainty", "Uncertainty"), ("deposit_distance", "Nearest deposit (m)"),
              ("deposits", "Deposits inside")]
    shown = [(name, label) for name, label in wanted if name in columns]
    rows = [[_cell(columns[name][row]) for name, _ in shown] for row in range(min(count, MOST_LISTED))]
    rest = f"The best {MOST_LISTED} of {count:,}" if count > MOST_LISTED else ""
    page.table([label for _, label in shown], rows, rest)
    reasons = [(row + 1, text) for row, text in enumerate(columns["reasons"][:MOST_LISTED]) if text]
    if reasons:
        page.table(("Rank", "Reasons"), reasons)


def _cell(value):
    """An attribute as the table shows it."""
    if isinstance(value, str) or value is None:
        return value
    return None if not np.isfinite(value) else float(round(value) if abs(value) >= LARGE else value)


def _cut_text(cut, outputs, settings):
    """Paragraphs on where the cut comes from."""
    yield f"Cells at or above {cut['value']:.6g} count: {WORDS[cut['method']]}."
    if cut["method"] == "prediction_area":
        yield (f"At the crossing the prediction rate is {100.0 * cut['rate']:.3g} % on {100.0 * cut['area']:.3g} % of "
               f"the area, a normalised density of {cut['density']:.3g}; {100.0 * cut['found']:.3g} % of the deposits "
               "lie at or above it. The deposits that set the cut are no proof of it.")
    if cut["method"] == "concentration_area":
        breaks = ", ".join(f"{value:.4g} ({100.0 * share:.3g} % of the area above)"
                           for value, share in zip(cut["breaks"], cut["break_shares"]))
        slopes = ", ".join(f"{slope:.3g}" for slope in cut["slopes"])
        yield ("Straight lines were fitted to the logarithms of values and of the areas above them. Breaks from "
               f"above: {breaks}; number {cut['place']} is the cut. Exponents from low to high values: {slopes}; "
               f"misfit {cut['misfit']:.2g} decades.")
    if outputs["dropped"]:
        yield (f"{outputs['dropped']:,} further pieces are left out, as they are smaller than "
               f"{settings['minimum_area']:,.6g} square metres or beyond the number of targets asked for.")


def _cut_figure(cut):
    """The curve that gave the cut."""
    if cut["method"] == "prediction_area":
        plot = Plot("Prediction-area plot", "Value of the map", "Deposits; area from above (%)", *SIDE,
                    y_limits=(0, 102))
        plot.line(cut["steps"], 100.0 * np.array(cut["deposits"]), "Deposits at or above the value", PALETTE[0])
        plot.line(cut["steps"], 100.0 * np.array(cut["above"]), "100 % - area at or above it", PALETTE[1])
        plot.points([cut["value"]], [100.0 * cut["rate"]], "Crossing", "currentColor", 5.0)
        return plot.render()
    if cut["method"] == "concentration_area":
        plot = Plot("Concentration-area plot", "Value of the map", "Area at or above it (square metres)", *SIDE,
                    x_log=True, y_log=True)
        plot.points(cut["values"], cut["areas"], "Map", PALETTE[0], 2.2)
        plot.line(cut["values"], cut["fitted"], "Straight lines", PALETTE[1])
        plot.line([cut["value"]] * 2, [min(cut["areas"]), max(cut["areas"])], "Cut", "#888888", dashed=True)
        return plot.render()
    return ""


def _map(outlines, settings):
    """Outlines of the targets, the best ones in colour."""
    plot = Plot("Targets", *settings["axes"], 540, 440, equal=True)
    extent = settings["extent"]
    plot.line([extent[0], extent[2], extent[2], extent[0], extent[0]],
              [extent[1], extent[1], extent[3], extent[3], extent[1]], None, "#8a8f98", width=1.0)
    dot = max(extent[2] - extent[0], extent[3] - extent[1]) / DOTS
    for rank, ring in sorted(_shown(outlines, dot), key=lambda item: -item[0]):
        plot.line(*ring.T, None, PALETTE[1] if rank <= 5 else PALETTE[0], width=1.4)
    return plot.render(), "The five best targets in orange."


def _shown(outlines, dot):
    """Closed lines no finer than a dot of the map, the largest ones where there are very many."""
    kept, seen = [], set()
    for rank, ring in outlines:
        coarse = np.round(ring / dot)
        moved = np.any(coarse != np.roll(coarse, 1, axis=0), axis=1)
        if moved.sum() > 2 or rank not in seen:
            ring = ring[moved] if moved.sum() > 2 else ring
            kept.append((rank, np.vstack([ring, ring[:1]])))
        seen.add(rank)
    return sorted(kept, key=lambda item: -len(item[1]))[:MOST_RINGS]


def _rank_text(settings):
    """Paragraphs on the rank."""
    words = {
        "expected": ("by expected value: the value of each cell less "
                     f"{settings['risk']:g} standard deviations (nothing below zero counts), times its area, summed. "
                     "On probabilities it is the area in which deposits are expected, with a discount for what the "
                     "model does not know."),
        "mean": "by the mean value of their cells.", "maximum": "by the highest value of their cells.",
        "area": "by their area.",
    }
    yield f"Targets are ranked {words[settings['rank_by']]}"
    yield ("P10 and P90 are those of the values of the cells in the target. Reasons name the evidence that differs "
           "most between the target and the ground up to ten cells around it, in standard deviations of the whole map.")
