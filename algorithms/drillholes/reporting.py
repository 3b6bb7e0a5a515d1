"""The quality report of drill holes."""
import numpy as np

from ..reports.figures import histogram_figure
from ..reports.page import Page
from ..reports.svg import PALETTE, Plot
from ..versions import versions
from .issues import KINDS

SHOWN = 100
# More traces than these are drawn as dots of their collars.
MOST_TRACES = 600
LABELS = (
    ("HOLES", "Holes"), ("INTERVALS", "Intervals read"), ("SAMPLES", "Samples written"),
    ("DROPPED", "Intervals left out"), ("STATIONS", "Survey stations"), ("VERTICAL", "Holes taken as vertical"),
    ("OVERLAPS", "Overlaps"), ("GAPS", "Gaps"), ("PAST_END", "Intervals past the end"),
)


def drillhole_report(job, numbers, issues, paths, collars, intervals, traces, severity, convention, warnings):
    """HTML report of the tables and of what was made of them."""
    settings = job.settings
    page = Page("Drill holes: quality of the tables", settings.get("source", ""))
    for warning in dict.fromkeys(warnings):
        page.warning(warning)
    for key, label in LABELS:
        page.number(label, numbers[key])
    unit = settings["depth_unit"]
    page.section("Findings")
    found = [(title, issues[kind], done) for kind, (title, done) in KINDS.items() if issues[kind]]
    if found:
        page.table(("Finding", "Number", "What was done"), found)
    else:
        page.text("Nothing was found.")
    if np.isnan(collars.length).all():
        page.text("The depth of the holes as drilled was not given: intervals past the end of a hole cannot be found.")
    page.section("Drill holes")
    bends = severity[~paths.is_last]
    page.figures(
        _plan(collars, traces),
        histogram_figure(intervals.end - intervals.start, f"Length ({unit})", title="Lengths of intervals"),
        histogram_figure(bends, "Degrees per 30 m", title="Bends between stations") if bends.size else "",
    )
    _add_lists(page, issues, unit)
    page.parameters({
        "Unit of depths": unit, "Unit of the result's x, y and z": settings["map_unit"], "Dips": convention,
        "Added to azimuths (degrees)": settings["azimuth_correction"],
        "Limit for bends (degrees per 30 m)": settings["dogleg_limit"],
        "Elevation": settings.get("elevation", ""), "Composites": _composites(settings),
    })
    page.versions(versions(("numpy",)))
    return page.render()


def _add_lists(page, issues, unit):
    """Every kind of finding with hole and depth."""
    for kind, (title, done) in KINDS.items():
        if not issues[kind]:
            continue
        page.section(title)
        rows = issues.rows(kind, SHOWN)
        total = issues[kind]
        shown = f"{total:,} in total" if total <= SHOWN else f"the first {SHOWN} of {total:,}"
        columns = [("Hole", 0), (f"From ({unit})", 1), (f"To ({unit})", 2), ("Detail", 3)]
        columns = [(name, k) for name, k in columns if k == 0 or any(row[k] not in (None, "") for row in rows)]
        page.table([name for name, _ in columns], [[row[k] for _, k in columns] for row in rows],
                   f"{shown}; {done}")


def _plan(collars, traces):
    """Holes from above."""
    plot = Plot("Holes from above", "Easting", "Northing", 560, 440, equal=True)
    hole, xyz = traces
    if len(collars.names) <= MOST_TRACES:
        ends = np.flatnonzero(np.r_[hole[1:] != hole[:-1], True]) + 1
        starts = np.r_[0, ends[:-1]]
        breaks = [np.vstack([xyz[a:b, :2], [[np.nan, np.nan]]]) for a, b in zip(starts, ends)]
        path = np.vstack(breaks)
        plot.line(path[:, 0], path[:, 1], None, PALETTE[0], width=1.2)
    plot.points(collars.xyz[:, 0], collars.xyz[:, 1], "Collars", PALETTE[1], 2.2)
    return plot.render()


def _composites(settings):
    """The choices for composites in one line."""
    chosen = settings.get("composite")
    if not chosen:
        return "none"
    parts = [f"{chosen['length']:g} {settings['depth_unit']}", f"residuals: {chosen['residuals']}",
             f"least coverage {chosen['min_coverage']:g}"]
    parts += [f"breaks: {chosen['break_name']}"] if chosen.get("break_name") else []
    parts += [f"weighted by length and {chosen['density_name']}" if chosen.get("density_name") else
              "weighted by length"]
    return ", ".join(parts)
