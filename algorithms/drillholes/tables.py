"""Collars, surveys and intervals of a job, checked and matched."""
from dataclasses import dataclass

import numpy as np

from ..errors import InputError
from ..texts import unpack_texts
from .desurvey import Paths
from .holes import Holes
from .quality import check_collars, check_rows, check_sequence, usable_intervals
from .surveys import MIXED, choose_convention, make_stations, negative_down


@dataclass(frozen=True)
class Collars:
    """The holes that have a place.

    Attributes
    ----------
    index : Holes
        Of all collars.
    number : array of int, shape (len(index) + 1,)
        Position of every hole of the index in the other attributes; -1 without a place, and at the end.
    names : list of str
    xyz : array, shape (h, 3)
    angles : array, shape (h, 2)
        Azimuth and dip as written, NaN where unknown.
    length : array, shape (h,)
        Depth of the hole as drilled, NaN where unknown.
    """

    index: Holes
    number: np.ndarray
    names: list
    xyz: np.ndarray
    angles: np.ndarray
    length: np.ndarray


def texts(job, name):
    """A column of texts of the job."""
    return unpack_texts(job.array(name), job.array(f"{name}_ends"))


def read_collars(job, issues):
    """The collars, each hole once.

    Raises
    ------
    InputError
        No collar has a place, or none has a name.
    """
    written = texts(job, "collar_names")
    index, xyz = Holes(written), np.array(job.array("collar_xyz"))
    placed, chosen = check_collars(index, xyz, written, issues)
    if not len(index):
        raise InputError("Collars: the hole field is empty in every collar; choose the field with the hole names.")
    if not placed.any():
        what = "coordinates" if not np.isfinite(xyz[:, :2]).all(axis=1).any() else "an elevation"
        raise InputError(
            f"Collars: none of the {len(xyz):,} collars has {what}; give points with Z, an elevation field, or an "
            "elevation raster that covers them." if what != "coordinates" else
            f"Collars: none of the {len(xyz):,} collars has coordinates; check the layer and its CRS.")
    number = np.full(len(index) + 1, -1)
    number[:-1][placed] = np.arange(placed.sum())
    rows = chosen[placed]
    names = [name for name, ok in zip(index.names, placed) if ok]
    return Collars(index, number, names, xyz[rows], np.array(job.array("collar_angles"))[rows],
                   np.array(job.array("collar_length"))[rows])


def match(job, name, role, collars, issues):
    """Hole of every row of a table, -1 without a collar; and whether the row names a hole.

    Raises
    ------
    InputError
        No row has a hole that is among the collars.
    """
    spellings, codes = texts(job, f"{name}_names"), np.array(job.array(f"{name}_codes"))
    matched, differing = collars.index.match(spellings)
    named = np.array([bool(text) for text in spellings])
    if len(codes) and not (matched >= 0).any():
        raise InputError(no_match(role, [text for text in spellings if text], collars.index))
    issues.add("spelling", [known for _, known in differing], None, None,
               [f"'{text}' in {role.lower()}" for text, _ in differing])
    if name != "log":
        check_rows(f"{name}_orphan", collars.index, spellings, codes, matched, issues)
    return collars.number[matched[codes]], named[codes] if len(named) else np.zeros(0, bool)


def no_match(role, spellings, holes):
    """Why no row of a table belongs to any collar, with examples of both."""
    if not spellings:
        return f"{role}: the hole field is empty in every row; choose the field with the hole names."
    likely = [(text, holes.similar(text)) for text in spellings if holes.similar(text)]
    advice = (f"'{likely[0][0]}' looks like '{likely[0][1]}': write the names alike in both" if likely else
              "choose the fields with the same hole names in both")
    return (
        f"{role}: no hole of this table is among the collars (for example {_examples(spellings)} against "
        f"{_examples(holes.names)} of the collars); {advice}."
    )


def _examples(names):
    return ", ".join(f"'{name}'" for name in names[:3])


def read_paths(job, collars, issues, progress):
    """Stations and paths of all holes.

    Returns
    -------
    stations : Stations
    paths : Paths
    convention : str
        How dips are written.
    """
    settings = job.settings
    values = np.array(job.array("survey_values"))
    hole = match(job, "survey", "Surveys", collars, issues)[0] if len(values) else np.zeros(0, int)
    every = np.r_[values[:, 2], collars.angles[:, 1]]
    convention, rare = choose_convention(every, settings["dip_convention"])
    if settings["dip_convention"] == "auto":
        progress.log(f"Dip convention: {convention}, as most dips have that sign.")
        if rare > MIXED:
            progress.warn(
                f"{100 * rare:.0f} % of the dips have the other sign, so that '{convention}' may be wrong: set the dip "
                "convention, or check the surveys.")
        elif _against(values[:, 2], collars.angles[:, 1]):
            progress.warn(
                "The dips of the collars have another sign than those of the surveys: write both alike, or leave the "
                "field with the dips of the collars empty.")
    angles = np.column_stack([collars.angles[:, 0], negative_down(collars.angles[:, 1], convention)])
    survey = hole, values[:, 0], values[:, 1], negative_down(values[:, 2], convention)
    stations = make_stations(collars.names, angles, survey, settings["azimuth_correction"], issues)
    paths = Paths(collars.xyz, stations.hole, stations.depth, stations.direction, settings["scale"])
    return stations, paths, convention


def _against(first, second):
    """Whether most dips of two tables differ in sign."""
    signs = [np.sign(np.sign(dips[np.isfinite(dips)]).sum()) for dips in (first, second)]
    return signs[0] * signs[1] < 0.0


@dataclass(frozen=True)
class Intervals:
    """The intervals that can be placed, in the order of their table.

    Attributes
    ----------
    row : array of int, shape (n,)
        In the table.
    hole : array of int, shape (n,)
    start, end : arrays, shape (n,)
    order : array of int, shape (n,)
        Sorts by hole and depth.
    read : int
        Rows of the table.
    """

    row: np.ndarray
    hole: np.ndarray
    start: np.ndarray
    end: np.ndarray
    order: np.ndarray
    read: int


def read_intervals(job, collars, issues):
    """The usable intervals.

    Raises
    ------
    InputError
        There are none.
    """
    hole, named = match(job, "interval", "Intervals", collars, issues)
    start, end = np.array(job.array("interval_depths")).T.copy()
    keep = usable_intervals(collars.names, hole, start, end, named, issues)
    if not keep.any():
        raise InputError(
            f"Intervals: none of the {len(hole):,} rows has a hole with a place and a FROM above its TO; check the "
            "fields chosen for FROM and TO.")
    row = np.flatnonzero(keep)
    hole, start, end = hole[row], start[row], end[row]
    order = np.lexsort((end, start, hole))
    check_sequence(collars.names, hole[order], start[order], end[order], issues)
    return Intervals(row, hole, start, end, order, len(keep))


def read_log(job, collars, issues):
    """Hole, start, end and code of the usable intervals of the log with breaks; None without one."""
    if job.array("log_depths") is None:
        return None
    hole, _ = match(job, "log", "Break log", collars, issues)
    start, end = np.array(job.array("log_depths")).T.copy()
    code = np.array(job.array("log_values"))
    keep = (hole >= 0) & (start < end) & (code >= 0)
    return hole[keep], start[keep], end[keep], code[keep]
