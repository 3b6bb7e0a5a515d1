"""Report on suggested drill sites."""
import numpy as np

from ..geostatistics.inputs import describe
from ..reports.page import Page
from ..reports.svg import PALETTE, Plot
from ..versions import versions

MAP_CELLS = 150
SHOWN = ("raster", "band", "method", "count", "min_distance", "depth", "holes_known", "best", "seed")


def site_report(job, search, columns, share, warnings):
    """HTML report of drill sites.

    Parameters
    ----------
    job : JobFolder
    search : jobs_suggest.Search
    columns : dict
        Attributes of the sites, best first.
    share : float
        Of the variance of the map that all of them remove.
    warnings : list of str
    """
    settings, count = job.settings, len(columns["mean"])
    page = Page(f"Drill sites on {settings['raster']}", f"{settings['band']}, {count} of {settings['count']} sites")
    for warning in dict.fromkeys([*settings["warnings"], *warnings]):
        page.warning(warning)
    page.number("Sites", count)
    page.number("of the uncertainty of the map removed by all", 100.0 * share, "%")
    page.number("Metres of drilling", sum(columns["metres"]))
    page.section("Sites")
    rows = [(k + 1, columns["mean"][k], columns["sd"][k], columns["improvement"][k], 100.0 * columns["chance"][k],
             100.0 * columns["share"][k], 100.0 * columns["near"][k], columns["per_metre"][k],
             _rounded(columns["hole_distance"][k])) for k in range(count)]
    page.table(("Rank", "Mean", "Standard deviation", "Expected improvement", "Chance to be better (%)",
                "Uncertainty removed (%)", "Within the range (%)", "Variance x area per metre", "Nearest hole"), rows)
    page.table(("Rank", "What it teaches"), [(k + 1, text) for k, text in enumerate(columns["teaches"])])
    page.figures(_map(search, columns, settings), _removed(columns))
    page.section("How they were chosen")
    page.text(*_method(search, settings))
    page.parameters({name: settings.get(name) for name in SHOWN})
    page.versions(versions(("numpy", "scipy")))
    return page.render()


def _rounded(distance):
    """A distance without needless decimals; None without one."""
    return distance if distance is None or distance < 100.0 else round(distance)


def _map(search, columns, settings):
    """What was looked at, holes and sites."""
    grid = search.grid
    values = search.mean if settings["method"] == "expected_improvement" or search.sd is None else search.sd
    step = max(1, int(np.ceil(max(values.shape) / MAP_CELLS)))
    shown = np.asarray(values[::step, ::step], dtype=float)
    x = grid["west"] + grid["wide"] * step * np.arange(shown.shape[1] + 1)
    y = grid["north"] - grid["high"] * step * np.arange(shown.shape[0] + 1)
    label = settings["band"] if values is search.mean else "Standard deviation"
    plot = Plot("Holes and sites", "Easting", "Northing", 540, 440, equal=True)
    plot.heat(x, y, shown, label)
    if len(search.holes):
        plot.points(*search.holes.T, "Existing holes", "#111111", 2.2)
    places = (grid["west"] + (np.array(columns["column"]) + 0.5) * grid["wide"],
              grid["north"] - (np.array(columns["row"]) + 0.5) * grid["high"])
    plot.points(*places, "Suggested sites", PALETTE[1], 5.0, opacity=1.0)
    return plot.render()


def _removed(columns):
    """Uncertainty that is left after each site."""
    left = 100.0 * (1.0 - np.cumsum([0.0, *columns["share"]]))
    plot = Plot("Uncertainty of the map", "Sites drilled", "Left (%)", 440, 340)
    plot.line(np.arange(left.size), left, None, PALETTE[0])
    plot.points(np.arange(left.size), left, None, PALETTE[0])
    return plot.render()


def _method(search, settings):
    """Paragraphs on the choice."""
    yield (f"Places are related by {search.source}: {describe(search.variogram)}. The covariance of two places is the "
           "product of their standard deviations and of the correlation at their distance.")
    if settings["method"] == "expected_improvement":
        yield (f"Each site has the highest expected improvement: what its value is expected to lie above the best so "
               f"far, which starts at {_start(search, settings)}. After each choice the predicted mean counts as found "
               "there (kriging believer), and the uncertainty around it shrinks.")
    else:
        yield ("Each site removes most variance times area of the map per metre of drilling, given the sites before it "
               "(greedy); that is never far from the best set of sites, of which it has at least 63 %, where what one "
               "hole removes shrinks with the others.")
    yield f"Sites keep {_rounded(search.least):,.4g} from each other and from existing holes." if search.least else (
        "No distance is kept between sites.")
    if search.known:
        yield "The existing holes are taken as known to the map; they keep new sites away, and nothing else."
    elif len(search.holes):
        yield "The existing holes are taken as not known to the map: what they tell was taken off first."
    if search.blocks > 1:
        yield (f"The map has many cells; the uncertainty removed is summed over blocks of {search.blocks} x "
               f"{search.blocks} cells.")
    if search.steps > 1:
        yield f"Of each block of {search.steps} x {search.steps} cells one can become a site: {_stands(settings)}."


def _stands(settings):
    """Which cell of a block can become a site."""
    best = "the one with the highest expected improvement before the first hole"
    return best if settings["method"] == "expected_improvement" else "the one nearest to its middle"


def _start(search, settings):
    """The mean to beat at the start."""
    return f"{settings['best']:.4g}, as typed" if settings.get("best") is not None else search.best_source
