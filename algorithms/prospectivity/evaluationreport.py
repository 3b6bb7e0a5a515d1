"""Report on a prospectivity map against deposits."""
import numpy as np

from ..reports.page import Page
from ..reports.svg import PALETTE, Plot
from ..versions import versions

PACKAGES = ("numpy", "scipy")
MAP_CELLS = 150
SIDE = (460, 400)
SHOWN = ("raster", "band", "cut", "seed", "deposits_read", "held_out", "model")


def evaluation_report(job, scoring, numbers, warnings):
    """HTML report of a scored map.

    Parameters
    ----------
    job : JobFolder
    scoring : jobs_evaluate.Scoring
    numbers : dict
        As `jobs_evaluate.run` returns them.
    warnings : list of str
    """
    settings = job.settings
    page = Page(f"Prospectivity of {settings['raster']}",
                f"{settings['band']}: {numbers['deposits']:,} {settings['kind']}, {numbers['cells']:,} cells")
    for warning in dict.fromkeys([*settings["warnings"], *warnings]):
        page.warning(warning)
    page.number("AUC", numbers["auc"])
    page.number("of the deposits in the best 20 % of the area", 100.0 * numbers["found_20"], "%")
    page.number("Normalised density at the crossing", numbers["pa_density"])
    page.number("Deposits", numbers["deposits"])
    page.section("Which deposits were used")
    page.text(*settings["notes"])
    _add_scores(page, numbers)
    _add_figures(page, scoring, numbers, settings)
    page.section("How to read this")
    page.text(*_method(numbers, settings))
    page.parameters({name: settings.get(name) for name in SHOWN})
    page.versions(versions(PACKAGES))
    return page.render()


def _add_scores(page, numbers):
    """Tables of all scores."""
    page.section("Scores")
    page.table(("Best part of the area", "Deposits in it (%)", "95 % interval (%)", "By chance (%)"),
               [(f"{share} %", 100.0 * numbers[f"found_{share}"], _range(numbers, f"found_{share}", 100.0), share)
                for share in (5, 10, 20)], "Deposits found, by area of the cells")
    rows = [("Area under the ROC curve", numbers["auc"], _range(numbers, "auc"), 0.5),
            ("Area under the success-rate curve", numbers["success_area"], "", 0.5),
            ("Average precision", numbers["average_precision"], "", numbers["chance_precision"]),
            ("Log-loss", _given(numbers["log_loss"]), "", _given(numbers["chance_log_loss"])),
            ("Log-loss, deposits and background weighing the same", _given(numbers["balanced_log_loss"]), "",
             float(np.log(2.0)))]
    page.table(("Against the area", "Score", "95 % interval", "By chance"), rows)
    rows = [("Value of the cut", numbers["cut"], ""), ("Area at or above it (%)", 100.0 * numbers["cut_area"], ""),
            ("Deposits at or above it (%)", 100.0 * numbers["cut_found"], _range(numbers, "cut_found", 100.0)),
            ("Normalised density (deposits over area)", _given(numbers["cut_density"]), ""),
            ("Accuracy over all cells", numbers["accuracy"], ""),
            ("Accuracy, deposits and background weighing the same", numbers["balanced_accuracy"], "")]
    page.table(("At the cut", "Value", "95 % interval"), rows)
    if "barren" in numbers:
        rows = [("Barren points", numbers["barren"], ""),
                ("Area under the ROC curve", numbers["barren_auc"], _range(numbers, "barren_auc")),
                ("Average precision", numbers["barren_average_precision"], ""),
                ("Log-loss", _given(numbers["barren_log_loss"]), ""),
                ("Accuracy at the cut", numbers["barren_accuracy"], "")]
        page.table(("Against known-barren points", "Score", "95 % interval"), rows)
    page.text(f"Random points: {100.0 * numbers['null_chance']:.3g} % of 999 draws of {numbers['deposits']:,} random "
              f"points reach the success-rate area of the deposits; 97.5 % of them stay below "
              f"{numbers['null_auc_high']:.3f}.")


def _given(value):
    """A number, or that there is none."""
    return "values are no probabilities" if value is None else value


def _range(numbers, name, factor=1.0):
    """An interval as text."""
    low, high = numbers[f"{name}_low"], numbers[f"{name}_high"]
    return "too few deposits" if low is None else f"{factor * low:.3g} to {factor * high:.3g}"


def _add_figures(page, scoring, numbers, settings):
    """The curves."""
    page.section("Curves")
    page.figures(_success_figure(scoring, settings), _prediction_area_figure(scoring),
                 _roc_figure(scoring), _precision_figure(scoring), _map(scoring, settings))


def _success_figure(scoring, settings):
    plot = Plot(settings["curve"], "Share of the area (%)", "Share of the deposits (%)", *SIDE,
                x_limits=(0, 100), y_limits=(0, 102))
    null = scoring.null
    plot.band(100.0 * null.area, 100.0 * null.low, 100.0 * null.high, "Random points, 95 %", "#8a8f98")
    plot.line(*(100.0 * axis for axis in _thinned(*scoring.curves.success_rate())), "Deposits", PALETTE[0])
    plot.line([0, 100], [0, 100], "Chance", "#888888", dashed=True, width=1.2)
    shares = np.array([5.0, 10.0, 20.0])
    plot.points(shares, [100.0 * scoring.curves.found_within(share / 100.0) for share in shares],
                "5, 10 and 20 % of the area", PALETTE[1], 4.0)
    return plot.render(), "Cells of equal value are gone through in a straight line."


def _prediction_area_figure(scoring):
    plot = Plot("Prediction-area plot", "Value of the map", "Deposits; area from above (%)", *SIDE, y_limits=(0, 102))
    table = scoring.table()
    plot.line(table[:, 0], 100.0 * table[:, 2], "Deposits at or above the value", PALETTE[0])
    plot.line(table[:, 0], 100.0 * table[:, 5], "100 % - area at or above the value", PALETTE[1])
    crossing = scoring.crossing
    plot.points([crossing.value], [100.0 * crossing.rate], "Crossing", "currentColor", 5.0)
    return plot.render(), (f"They cross at {crossing.value:.4g}: {100.0 * crossing.rate:.3g} % of the deposits on "
                           f"{100.0 * crossing.area:.3g} % of the area.")


def _roc_figure(scoring):
    plot = Plot("ROC", "Background at or above the value (%)", "Deposits at or above the value (%)", *SIDE,
                x_limits=(0, 100), y_limits=(0, 102))
    plot.line(*(100.0 * axis for axis in _thinned(scoring.roc.false, scoring.roc.true)), "Against the area",
              PALETTE[0])
    if scoring.barren is not None:
        plot.line(100.0 * scoring.barren.false, 100.0 * scoring.barren.true, "Against barren points", PALETTE[1])
    plot.line([0, 100], [0, 100], "Chance", "#888888", dashed=True, width=1.2)
    return plot.render()


def _precision_figure(scoring):
    plot = Plot("Precision and recall", "Deposits found (%)", "Deposits per cell at or above the value", *SIDE,
                x_limits=(0, 100), y_log=True)
    table = scoring.table()
    keep = table[:, 4] > 0.0
    plot.line(100.0 * table[keep, 2], table[keep, 4], "Map", PALETTE[0])
    plot.line([0, 100], [scoring.roc.chance_precision] * 2, "Chance", "#888888", dashed=True, width=1.2)
    return plot.render(), "Deposits per cell depend on the size of cells."


def _map(scoring, settings):
    """The map with its deposits."""
    grid, values = settings["grid"], scoring.values
    step = max(1, int(np.ceil(max(values.shape) / MAP_CELLS)))
    shown = np.asarray(values[::step, ::step], dtype=float)
    x = grid["west"] + grid["wide"] * step * np.arange(shown.shape[1] + 1)
    y = grid["north"] - grid["high"] * step * np.arange(shown.shape[0] + 1)
    plot = Plot("Map and deposits", settings["axes"][0], settings["axes"][1], 560, 440, equal=True)
    plot.heat(x, y, shown, settings["band"])
    rows, columns = scoring.cells.T
    plot.points(grid["west"] + (columns + 0.5) * grid["wide"], grid["north"] - (rows + 0.5) * grid["high"],
                "Deposits used", PALETTE[1], 3.5)
    return plot.render()


def _thinned(x, y, most=2000):
    """At most so many corners of a curve, the last one with them."""
    step = max(1, len(x) // most)
    return (np.append(x[:-1:step], x[-1]), np.append(y[:-1:step], y[-1])) if step > 1 else (x, y)


def _method(numbers, settings):
    """Paragraphs on what the numbers mean."""
    yield ("AUC is the chance that a deposit stands on a higher value than a random piece of the area without "
           "deposits; 0.5 is chance. Its interval counts the deposits as a sample (DeLong et al. 1988, on the logit "
           "scale); deposits that lie close together carry less information than it assumes.")
    yield ("The area counts as background although it may hold deposits that nobody has found: a perfect map would not "
           "reach 1, and precision and log-loss look worse than they are.")
    yield ("The prediction-area plot shows the share of the deposits at or above a value, and the area from above. "
           "Where the curves cross, their heights add up to 100 %; the normalised density there, deposits over area, "
           f"is {numbers['pa_density']:.3g}. Above 1 the map is better than chance.")
    if settings["held_out_known"]:
        return
    yield ("Whether the deposits were used to make the map is not known here. On deposits that were, these figures "
           "show how well the map fits them, not how well it predicts; name the model file or say which deposits were "
           "held out.")
