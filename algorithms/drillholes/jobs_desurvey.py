"""Job: drill holes desurveyed, intervals placed and composited, tables checked."""
import numpy as np

from ..errors import InputError
from ..texts import pack_texts
from .breaks import cut_at
from .compositing import fill_density, make_composites
from .desurvey import angles
from .issues import KINDS, Issues
from .quality import check_ends, check_paths
from .reporting import drillhole_report
from .tables import read_collars, read_intervals, read_log, read_paths

# Warned of in the log and at the top of the report: what, and what is done.
ALARMS = {
    "no_survey": "Holes without survey; taken as vertical",
    "moved_collar": "Collars that give a hole another place than an earlier one; the first place is used",
    "unplaced_collar": "Holes left out because their collar has no coordinates or elevation",
    "collar_elevation": "Collars without elevation in the chosen source; another source is used for them",
    "interval_orphan": "Holes with intervals but no collar; those intervals are left out",
    "survey_orphan": "Holes with surveys but no collar; those surveys are left out",
    "interval_missing": "Intervals without FROM or TO; left out",
    "interval_reversed": "Intervals whose FROM is not above their TO; left out",
    "interval_negative": "Intervals that begin above the collar; left out",
    "survey_incomplete": "Survey stations without depth, azimuth or dip; left out",
    "azimuth_wrapped": "Azimuths below 0 or above 360; brought into that range",
    "azimuth_range": "Survey stations with an impossible azimuth; left out",
    "dip_range": "Survey stations with an impossible dip; left out",
    "collar_angle": "Collars with an impossible azimuth or dip; not used",
    "survey_conflict": "Survey stations that contradict another one at the same depth; the first is used",
    "late_survey": "Holes whose survey begins far below the collar; the path above it is straight",
    "past_end": "Intervals that go past the end of their hole; kept",
    "overlap": "Intervals that overlap one before them; kept",
    "interval_duplicate": "Intervals given more than once; kept",
    "dogleg": "Bends sharper than the limit",
    "up_hole": "Holes that point upwards",
    "spelling": "Hole names matched although they differ by case, spaces or decimals",
}


def run(job, progress):
    """Desurvey the holes and place or composite the intervals.

    Reads the collars (``collar_names``, ``collar_xyz``, ``collar_angles``,
    ``collar_length``, ``collar_notes``), ``survey_*`` and ``interval_*``
    (``_names`` with the spellings of holes, ``_codes`` of each row,
    ``survey_values`` as depth, azimuth and dip, ``interval_depths``),
    optionally ``log_*``, and for composites ``number_N`` and ``text_N``.
    Writes ``row`` (of each interval), ``hole``, ``depths``, ``xyz`` and
    ``angles`` of samples, composited columns, traces, issues and the report.

    Returns
    -------
    dict
        Counts, ``holes`` (names) and ``convention``.
    """
    issues = Issues()
    collars = read_collars(job, issues)
    _note_elevations(job, issues)
    progress(0.05)
    stations, paths, convention = read_paths(job, collars, issues, progress)
    progress(0.15)
    intervals = read_intervals(job, collars, issues)
    deepest = _deepest(collars, intervals)
    order = intervals.order
    check_ends(collars.names, intervals.hole[order], intervals.start[order], intervals.end[order], collars.length,
               issues)
    severity = check_paths(collars.names, paths, stations, deepest, collars.length, job.settings["dogleg_limit"],
                           job.settings["metres_per_depth"], issues)
    issues.add("no_intervals", [collars.names[number] for number in np.flatnonzero(deepest == 0.0)])
    progress(0.3)
    samples = place(job, collars, paths, intervals, issues, progress.span(0.3, 0.85))
    traces = save_traces(job, collars, stations, paths, deepest, severity)
    _warn(issues, progress)
    kinds, depths, names, details = issues.table()
    job.save("issue_kinds", kinds)
    job.save("issue_depths", depths)
    _save_texts(job, "issue_holes", names)
    _save_texts(job, "issue_details", details)
    progress(0.95)
    numbers = {
        "HOLES": len(collars.names), "INTERVALS": intervals.read, "SAMPLES": samples,
        "DROPPED": intervals.read - len(intervals.row), "STATIONS": int(stations.measured.sum()),
        "VERTICAL": issues["no_survey"], "OVERLAPS": issues["overlap"] + issues["interval_duplicate"],
        "GAPS": issues["gap"], "PAST_END": issues["past_end"],
        "DUPLICATE_COLLARS": issues["duplicate_collar"] + issues["moved_collar"],
        "ORPHANS": issues["interval_orphan"] + issues["survey_orphan"] + issues["no_intervals"],
        "BAD_ANGLES": issues["azimuth_wrapped"] + issues["azimuth_range"] + issues["dip_range"]
        + issues["collar_angle"],
        "ISSUES_FOUND": sum(issues.totals.values()),
    }
    job.write_text("report.html", drillhole_report(
        job, numbers, issues, paths, collars, intervals, traces, severity, convention, progress.warnings))
    progress(1.0)
    return {"numbers": numbers, "holes": collars.names, "convention": convention,
            "kinds": [[title, done] for title, done in KINDS.values()]}


def _note_elevations(job, issues):
    """Collars whose elevation did not come from the source that was chosen."""
    notes = job.settings.get("elevation_notes") or []
    issues.add("collar_elevation", [name for name, _ in notes], None, None, [source for _, source in notes])


def _warn(issues, progress):
    for kind, sentence in ALARMS.items():
        if issues[kind]:
            example = issues.rows(kind, 1)[0]
            where = f" at {example[1]:g}" if example[1] is not None else ""
            what, semicolon, done = sentence.partition(";")
            progress.warn(f"{what}: {issues[kind]:,} (for example {example[0] or '?'}{where}){semicolon}{done}.")


def _deepest(collars, intervals):
    """End of the deepest interval of each hole, 0 without intervals."""
    deepest = np.zeros(len(collars.names))
    np.maximum.at(deepest, intervals.hole, intervals.end)
    return deepest


def place(job, collars, paths, intervals, issues, progress):
    """Samples at the centres of intervals, or of composites; returns how many."""
    if job.settings.get("composite"):
        hole, start, end = composite(job, collars, intervals, issues, progress.span(0.0, 0.6))
        progress = progress.span(0.6, 1.0)
    else:
        hole, start, end = intervals.hole, intervals.start, intervals.end
        job.save("row", intervals.row)
    xyz, direction = paths.at(hole, 0.5 * (start + end), progress)
    job.save("hole", hole)
    job.save("depths", np.column_stack([start, end]))
    job.save("xyz", xyz)
    job.save("angles", np.column_stack(angles(direction)))
    return len(hole)


def composite(job, collars, intervals, issues, progress):
    """Composite all columns; returns hole, start and end of the composites."""
    chosen = job.settings["composite"]
    order = intervals.order
    rows, hole = intervals.row[order], intervals.hole[order]
    start, end = intervals.start[order], intervals.end[order]
    breaks = None if chosen["break"] is None else np.array(job.array(f"text_{chosen['break']}"))[rows]
    log = read_log(job, collars, issues)
    if log is not None:
        piece, start, end, breaks = cut_at(hole, start, end, log)
        rows, hole = rows[piece], hole[piece]
    made = make_composites(hole, start, end, chosen["length"], breaks, chosen["residuals"])
    valued = made.covered(_has_value(job, rows, chosen)) / made.length
    keep = valued >= max(chosen["min_coverage"] - 1e-9, 1e-9)
    if not keep.any():
        raise InputError(
            "No composite has values along enough of its length; choose another composite length, other fields or a "
            "smaller least coverage.")
    made = made.take(keep)
    progress.log(
        f"{len(made):,} composites; {int((~keep).sum()):,} others have values along too little of their length and are "
        "left out.")
    _save_columns(job, made, rows, hole, end - start, chosen, progress)
    job.save("coverage", np.minimum(made.covered() / made.length, 1.0))
    if log is not None:
        job.save("log_code", made.majority(breaks))
    return made.hole, made.start, made.end


def _has_value(job, rows, chosen):
    """Which pieces have any value to composite."""
    if chosen["numbers"] + chosen["texts"] <= (chosen["density"] is not None):
        return np.ones(len(rows), bool)
    found = np.zeros(len(rows), bool)
    for number in range(chosen["numbers"]):
        if number != chosen["density"]:
            found |= np.isfinite(job.array(f"number_{number}"))[rows]
    for number in range(chosen["texts"]):
        found |= (np.asarray(job.array(f"text_{number}")) >= 0)[rows]
    return found


def _save_columns(job, made, rows, hole, length, chosen, progress):
    """The mean of every number and the majority of every text."""
    density = None
    if chosen["density"] is not None:
        raw = np.array(job.array(f"number_{chosen['density']}"))[rows]
        density, missing = fill_density(raw, hole, length)
        if missing:
            progress.warn(f"{missing:,} intervals have no density above zero; the mean of their hole is taken.")
    total = max(1, chosen["numbers"] + chosen["texts"])
    for number in range(chosen["numbers"]):
        values = np.array(job.array(f"number_{number}"))[rows]
        if number == chosen["density"]:
            values[~(values > 0.0)] = np.nan  # as for the weights: no rock weighs nothing
        mean, coverage = made.mean(values, None if number == chosen["density"] else density)
        mean[coverage < chosen["min_coverage"] - 1e-9] = np.nan
        job.save(f"mean_{number}", mean)
        job.save(f"coverage_{number}", coverage)
        progress(number / total)
    for number in range(chosen["texts"]):
        job.save(f"majority_{number}", made.majority(np.array(job.array(f"text_{number}"))[rows]))
        progress((chosen["numbers"] + number) / total)


def save_traces(job, collars, stations, paths, deepest, severity):
    """Vertices and attributes of the traces; returns hole and position of the vertices."""
    last = paths.first[1:] - 1
    end = np.fmax(np.fmax(deepest, collars.length), paths.depth[last])
    hole, depth = paths.trace(end)
    xyz, _ = paths.at(hole, depth)
    worst = np.maximum.reduceat(severity, paths.first[:-1])
    job.save("trace_hole", hole)
    job.save("trace_xyz", xyz)
    job.save("trace_numbers", np.column_stack([end, worst, *angles(paths.direction[paths.first[:-1]])]))
    job.save("trace_counts", np.column_stack([stations.measured, stations.source]))
    return hole, xyz


def _save_texts(job, name, values):
    data, ends = pack_texts(values)
    job.save(name, data)
    job.save(f"{name}_ends", ends)
