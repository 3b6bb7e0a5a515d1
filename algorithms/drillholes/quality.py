"""Checks of drill-hole tables: what has to be left out, and what the geologist has to know."""
import numpy as np

# Depths closer than this are one depth (in their unit).
SAME_DEPTH = 1e-3
# Collars closer than this are at one place (map units).
SAME_PLACE = 0.01
# Metres below the last station from which on a straight path is doubtful.
FAR = 100.0
# Metres above the first station from which on it is doubtful too, unless the collar has a direction.
LATE = 50.0


def check_collars(holes, xyz, names, issues):
    """Note collars without a name, without a place, and given again.

    Parameters
    ----------
    holes : Holes
    xyz : array, shape (n, 3)
        Of all collars; NaN where unknown.
    names : list of str
        Hole of each collar, as written.
    issues : Issues

    Returns
    -------
    placed : array of bool, shape (h,)
        Whether the hole has a place.
    chosen : array of int, shape (h,)
        The first collar of each hole that has a place, or its first one.
    """
    unnamed = np.flatnonzero(holes.of_collar < 0)
    issues.add("unnamed_collar", [""] * len(unnamed), None, None, [f"row {row + 1}" for row in unnamed])
    whole = np.isfinite(xyz).all(axis=1)
    chosen = holes.collar.copy()
    for row in np.flatnonzero(whole & (holes.of_collar >= 0))[::-1]:
        chosen[holes.of_collar[row]] = row
    placed = whole[chosen]
    missing = np.flatnonzero(~placed)
    issues.add("unplaced_collar", [holes.names[number] for number in missing])
    again = np.setdiff1d(np.flatnonzero(holes.of_collar >= 0), chosen)
    again = again[placed[holes.of_collar[again]]]
    away = np.linalg.norm(xyz[again] - xyz[chosen[holes.of_collar[again]]], axis=1)
    for kind, some in (("duplicate_collar", ~(away > SAME_PLACE)), ("moved_collar", away > SAME_PLACE)):
        rows = again[some]
        details = [f"row {row + 1}, written '{names[row]}'" for row in rows]
        if kind == "moved_collar":
            details = [f"{text}, {far:.6g} map units away" for text, far in zip(details, away[some])]
        issues.add(kind, [holes.names[holes.of_collar[row]] for row in rows], None, None, details)
    return placed, chosen


def check_rows(kind, holes, spellings, codes, matched, issues):
    """Note rows of a table whose hole has no collar, once for each hole, and holes written differently.

    Parameters
    ----------
    kind : str
        ``"survey_orphan"`` or ``"interval_orphan"``.
    holes : Holes
    spellings : list of str
        Every spelling in the table.
    codes : array of int, shape (n,)
        Spelling of each row.
    matched : array of int
        Hole of each spelling, -1 without a collar.
    issues : Issues
    """
    counts = np.bincount(codes, minlength=len(spellings))
    lost = [number for number in np.flatnonzero(matched < 0) if spellings[number] and counts[number]]
    issues.add(kind, [spellings[number] for number in lost], None, None,
               [_lost(holes, spellings[number], counts[number]) for number in lost])


def _lost(holes, spelling, count):
    """How many rows have no collar, and which collar may be meant."""
    similar = holes.similar(spelling)
    return f"{count:,} row{'' if count == 1 else 's'}" + (f"; is '{similar}' meant?" if similar else "")


def usable_intervals(names, hole, start, end, has_name, issues):
    """Which intervals have a hole and a length below the collar.

    Parameters
    ----------
    names : list of str
        Of the holes.
    hole : array of int, shape (n,)
        -1 without a collar.
    start, end : arrays, shape (n,)
        Depths; NaN where missing.
    has_name : array of bool, shape (n,)
    issues : Issues

    Returns
    -------
    keep : array of bool, shape (n,)
    """
    unnamed = np.flatnonzero(~has_name)
    issues.add("interval_unnamed", [""] * len(unnamed), start[unnamed], end[unnamed],
               [f"row {row + 1}" for row in unnamed])
    keep = hole >= 0
    for kind, bad in (
        ("interval_missing", np.isnan(start) | np.isnan(end)),
        ("interval_reversed", start >= end),
        ("interval_negative", start < 0.0),
    ):
        rows = np.flatnonzero(keep & bad)
        issues.add(kind, [names[number] for number in hole[rows]], start[rows], end[rows])
        keep &= ~bad
    return keep


def check_sequence(names, hole, start, end, issues):
    """Note overlaps, repeated intervals and gaps.

    Parameters
    ----------
    names : list of str
    hole, start, end : arrays, shape (n,)
        Sorted by hole, start and end.
    issues : Issues
    """
    if not len(hole):
        return
    reach = deepest_before(hole, start, end)
    follows = np.r_[False, hole[1:] == hole[:-1]]
    again = follows & np.r_[False, (start[1:] == start[:-1]) & (end[1:] == end[:-1])]
    _note("interval_duplicate", again, names, hole, start, end, issues)
    over = follows & ~again & (start < reach - SAME_DEPTH)
    _note("overlap", over, names, hole, start, np.minimum(end, reach), issues)
    _note("gap", follows & (start > reach + SAME_DEPTH), names, hole, reach, start, issues)


def deepest_before(group, start, end):
    """Deepest end among the earlier members of the same group; the own start for the first one.

    Parameters
    ----------
    group, start, end : arrays, shape (n,)
        Sorted by group and start.
    """
    span = max(float(end.max(initial=0.0)), 0.0) + 1.0
    reach = np.maximum.accumulate(end + group * span)
    before = np.r_[start[:1], reach[:-1] - group[1:] * span]
    follows = np.r_[False, group[1:] == group[:-1]]
    return np.where(follows, before, start)


def _note(kind, chosen, names, hole, start, end, issues):
    rows = np.flatnonzero(chosen)
    issues.add(kind, [names[number] for number in hole[rows]], start[rows], end[rows])


def check_ends(names, hole, start, end, length, issues):
    """Note intervals that go past the end of their hole.

    ``length`` (h,) is the depth of the hole as drilled, NaN where unknown.
    """
    past = end > length[hole] + SAME_DEPTH
    rows = np.flatnonzero(past)
    issues.add("past_end", [names[number] for number in hole[rows]], start[rows], end[rows],
               [f"hole ends at {depth:g}" for depth in length[hole[rows]]])


def check_paths(names, paths, stations, deepest, length, limit, metres, issues):
    """Note sharp bends, holes that point upwards, stations past the end and long straight ends.

    Parameters
    ----------
    names : list of str
    paths : Paths
    stations : Stations
    deepest : array, shape (h,)
        End of the deepest interval of each hole, 0 without intervals.
    length : array, shape (h,)
        Depth of the hole as drilled, NaN where unknown.
    limit : float
        Degrees per 30 m.
    metres : float
        Metres in one unit of depth.
    issues : Issues

    Returns
    -------
    severity : array, shape (k,)
        Degrees per 30 m from each station to the next.
    """
    severity = np.degrees(paths.severity()) * 30.0 / metres
    rows = np.flatnonzero(severity > limit)
    issues.add("dogleg", [names[number] for number in paths.hole[rows]], paths.depth[rows],
               paths.depth[rows] + paths.length[rows],
               [f"{bend:.3g} degrees per 30 m" for bend in severity[rows]])
    last = paths.first[1:] - 1
    rows = np.flatnonzero(paths.depth > length[paths.hole] + SAME_DEPTH)
    issues.add("survey_past_end", [names[number] for number in paths.hole[rows]], paths.depth[rows])
    rising = np.flatnonzero(paths.direction[paths.first[:-1], 2] > 1e-9)
    issues.add("up_hole", [names[number] for number in rising])
    late = np.flatnonzero((stations.measured > 0) & (paths.first[1:] - paths.first[:-1] > stations.measured))
    second = paths.first[late] + 1
    chosen = (paths.depth[second] * metres > LATE) & (paths.turn[second - 1] == 0.0)
    issues.add("late_survey", [names[number] for number in late[chosen]], np.zeros(chosen.sum()),
               paths.depth[second[chosen]])
    bottom = paths.depth[last]
    low = np.flatnonzero((stations.measured > 1) & ((deepest - bottom) * metres > FAR))
    issues.add("below_survey", [names[number] for number in low], bottom[low], deepest[low])
    return severity
