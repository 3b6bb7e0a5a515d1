"""From survey tables to the stations of every hole."""
from dataclasses import dataclass

import numpy as np

from .desurvey import directions

CONVENTIONS = ("auto", "negative down", "positive down", "from vertical")
# Of all signs, the share of the rarer one above which the choice of the convention is doubtful.
MIXED = 0.2
# Two directions at one depth are the same below this angle (degrees).
SAME = 0.01
VERTICAL, COLLAR, SURVEY = 0, 1, 2


@dataclass(frozen=True)
class Stations:
    """Stations sorted by hole and depth, one of each hole at depth 0.

    Attributes
    ----------
    hole : array of int, shape (k,)
    depth : array, shape (k,)
    direction : array, shape (k, 3)
        Unit vectors.
    source : array of int, shape (h,)
        `SURVEY`, `COLLAR` or `VERTICAL`.
    measured : array of int, shape (h,)
        Surveyed stations of each hole.
    """

    hole: np.ndarray
    depth: np.ndarray
    direction: np.ndarray
    source: np.ndarray
    measured: np.ndarray


def choose_convention(dips, asked="auto"):
    """How dips are written, decided by the sign of most of them when not asked for.

    Parameters
    ----------
    dips : array
        In degrees; NaN plays no part.
    asked : str
        One of `CONVENTIONS`.

    Returns
    -------
    convention : str
    rare : float
        Share of the rarer sign.
    """
    down, up = int((dips < 0).sum()), int((dips > 0).sum())
    rare = min(down, up) / max(down + up, 1)
    if asked != "auto":
        return asked, rare
    return ("positive down" if up > down else "negative down"), rare


def negative_down(dips, convention):
    """Dips with the horizontal at 0 and downwards negative."""
    if convention == "from vertical":
        return dips - 90.0
    return -dips if convention == "positive down" else np.array(dips, float)


def make_stations(holes, collar_angles, survey, correction, issues):
    """The stations of all holes from the survey table and the directions of the collars.

    A hole whose first station is deeper than 0 starts in the direction of its
    collar where that is known, else in that of the station. A hole without
    stations is straight: along its collar's direction, or vertical.

    Parameters
    ----------
    holes : list of str
        Names.
    collar_angles : array, shape (h, 2)
        Azimuth and dip (negative downwards) at the collars, NaN where unknown.
    survey : tuple of arrays
        Hole (int, -1 for none), depth, azimuth and dip (negative downwards).
    correction : float
        Degrees added to every azimuth.
    issues : Issues

    Returns
    -------
    Stations
    """
    hole, depth, azimuth, dip = _usable(holes, *survey, issues)
    hole, depth, direction = _sorted(holes, hole, depth, directions(azimuth + correction, dip), issues)
    measured = np.bincount(hole, minlength=len(holes))
    start = _collar_directions(holes, collar_angles, correction, issues)
    known = np.isfinite(start[:, 0])
    source = np.where(measured > 0, SURVEY, np.where(known, COLLAR, VERTICAL))
    _note_straight(holes, source, issues)
    start[~known] = (0.0, 0.0, -1.0)
    first = np.searchsorted(hole, np.arange(len(holes)))
    surveyed = measured > 0
    early = surveyed & ~known
    start[early] = direction[first[early]]
    missing = np.ones(len(holes), bool)
    missing[surveyed] = depth[first[surveyed]] > 0.0
    added = np.flatnonzero(missing)
    hole = np.r_[hole, added]
    depth = np.r_[depth, np.zeros(len(added))]
    direction = np.vstack([direction, start[added]])
    order = np.lexsort((depth, hole))
    return Stations(hole[order], depth[order], direction[order], source, measured)


def _usable(holes, hole, depth, azimuth, dip, issues):
    """The stations that can be used, with azimuths from 0 to 360."""
    azimuth, dip = np.array(azimuth, float), np.array(dip, float)
    keep = hole >= 0
    azimuth[np.isnan(azimuth) & (np.abs(dip) == 90.0)] = 0.0  # of no importance there
    keep = _drop("survey_incomplete", keep, np.isnan(depth) | np.isnan(azimuth) | np.isnan(dip), holes, hole, depth,
                 issues)
    keep = _drop("survey_depth", keep, depth < 0.0, holes, hole, depth, issues)
    keep = _drop("azimuth_range", keep, (azimuth < -360.0) | (azimuth > 720.0), holes, hole, depth, issues, azimuth)
    keep = _drop("dip_range", keep, np.abs(dip) > 90.0, holes, hole, depth, issues, dip)
    wrapped = keep & ((azimuth < 0.0) | (azimuth > 360.0))
    _drop("azimuth_wrapped", keep, wrapped, holes, hole, depth, issues, azimuth)
    return hole[keep], depth[keep], azimuth[keep] % 360.0, dip[keep]


def _drop(kind, keep, bad, holes, hole, depth, issues, values=None):
    """Note what is bad among what is kept, and return what is left."""
    rows = np.flatnonzero(keep & bad)
    details = [""] * len(rows) if values is None else [f"{value:g}" for value in values[rows]]
    issues.add(kind, [holes[number] for number in hole[rows]], depth[rows], None, details)
    return keep & ~bad


def _sorted(holes, hole, depth, direction, issues):
    """Stations by hole and depth, each depth once."""
    order = np.lexsort((depth, hole))
    hole, depth, direction = hole[order], depth[order], direction[order]
    again = np.r_[False, (hole[1:] == hole[:-1]) & (depth[1:] == depth[:-1])] if len(hole) else np.zeros(0, bool)
    kept = np.flatnonzero(~again)
    rows = np.flatnonzero(again)
    like = kept[np.searchsorted(kept, rows) - 1]
    apart = np.degrees(2.0 * np.arcsin(np.minimum(np.linalg.norm(direction[rows] - direction[like], axis=1) / 2.0, 1)))
    for kind, chosen in (("survey_duplicate", apart <= SAME), ("survey_conflict", apart > SAME)):
        these = rows[chosen]
        issues.add(kind, [holes[number] for number in hole[these]], depth[these], None,
                   [f"{angle:.3g} degrees apart" if angle > SAME else "" for angle in apart[chosen]])
    return hole[kept], depth[kept], direction[kept]


def _collar_directions(holes, collar_angles, correction, issues):
    """Unit vectors at the collars, NaN where unknown."""
    azimuth, dip = np.array(collar_angles, float).reshape(-1, 2).T.copy()
    azimuth[np.isnan(azimuth) & (np.abs(dip) == 90.0)] = 0.0
    wrong = (azimuth < -360.0) | (azimuth > 720.0) | (np.abs(dip) > 90.0)
    rows = np.flatnonzero(wrong)
    issues.add("collar_angle", [holes[row] for row in rows], None, None,
               [f"azimuth {azimuth[row]:g}, dip {dip[row]:g}" for row in rows])
    unknown = wrong | np.isnan(azimuth) | np.isnan(dip)
    found = directions(azimuth + correction, dip)
    found[unknown] = np.nan
    return found


def _note_straight(holes, source, issues):
    """Note holes without survey."""
    for kind, code in (("no_survey", VERTICAL), ("collar_direction", COLLAR)):
        issues.add(kind, [holes[number] for number in np.flatnonzero(source == code)])
