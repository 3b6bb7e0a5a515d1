"""Sums, ratios, anomalies and normalised patterns of rare earths.

Contents are arrays of shape (n, 15) in ppm of the element, in the order of
`ree_names.ELEMENTS`, with NaN where nothing is known.
"""
import numpy as np

from .rare_earths import CRITICAL, LIGHT, MAGNET, NEODYMIUM_PRASEODYMIUM, RADII, oxide_factor, oxide_of
from .ree_names import ELEMENTS

PLACE = {element: place for place, element in enumerate(ELEMENTS)}
# Two elements whose charge can differ from that of their neighbours, and the two ends, are not read off the pattern.
FILLABLE = tuple(element for element in ELEMENTS if element not in ("La", "Ce", "Eu", "Y", "Lu"))
STEADY = tuple(element for element in ELEMENTS if element not in ("Ce", "Eu", "Y"))
# Ratios to the neighbours that no rock has; Ce, Eu and Y may move by themselves.
STEADY_FACTOR, MOVING_FACTOR = 3.0, 10.0
# Numerators and denominators of slopes of the normalised pattern.
SLOPES = {"La_Yb_N": ("La", "Yb"), "La_Sm_N": ("La", "Sm"), "Gd_Yb_N": ("Gd", "Yb")}
# Elements and exponents whose product is the expected value of Ce: interpolation between La and Pr, extrapolation
# from Pr and Nd (Lawrence et al. 2006, doi:10.1007/s10498-005-4471-8), interpolation between La and Nd.
CERIUM = {
    "la_pr": {"La": 1 / 2, "Pr": 1 / 2}, "pr_nd": {"Pr": 2.0, "Nd": -1.0}, "la_nd": {"La": 2 / 3, "Nd": 1 / 3},
}
EUROPIUM = {"Sm": 1 / 2, "Gd": 1 / 2}
PRASEODYMIUM = {"Ce": 1 / 2, "Nd": 1 / 2}


def groups_of(definition="la_sm", magnet="pr_nd_tb_dy"):
    """Elements of each group of oxides.

    Parameters
    ----------
    definition : str
        A key of `rare_earths.LIGHT`.
    magnet : str
        A key of `rare_earths.MAGNET`.

    Returns
    -------
    dict
        TREO, LREO, HREO, MREO, NdPr and CREO to tuples of symbols; TREO and
        HREO count Y.
    """
    light = LIGHT[definition]
    return {
        "TREO": ELEMENTS, "LREO": light, "HREO": tuple(element for element in ELEMENTS if element not in light),
        "MREO": MAGNET[magnet], "NdPr": NEODYMIUM_PRASEODYMIUM, "CREO": CRITICAL,
    }


def oxides(elements, kind="stable"):
    """Contents as oxides, in ppm; see `rare_earths.oxide_of` for ``kind``."""
    return elements * np.array([oxide_factor(oxide_of(element, kind)) for element in ELEMENTS])


def total(contents, symbols, needed=()):
    """Sum over some elements, of those that are known.

    Parameters
    ----------
    contents : array, shape (n, 15)
    symbols : sequence of str
    needed : sequence of str
        Where one of these is not known there is no sum.

    Returns
    -------
    array, shape (n,)
        NaN where none of the elements is known.
    """
    part = contents[:, [PLACE[symbol] for symbol in symbols]]
    known = np.isfinite(part)
    sums = np.where(known, part, 0.0).sum(axis=1)
    complete = np.isfinite(contents[:, [PLACE[symbol] for symbol in needed if symbol in symbols]]).all(axis=1)
    return np.where(known.any(axis=1) & complete, sums, np.nan)


def share(part, whole):
    """Per cent that a part is of a whole; NaN where the whole is zero."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(whole > 0.0, 100.0 * part / whole, np.nan)


def quotient(upper, lower):
    """A ratio; NaN where one of the two is not above zero."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where((upper > 0.0) & (lower > 0.0), upper / lower, np.nan)


def normalise(elements, reference):
    """Contents over those of a reference (15,); NaN where they are not above zero."""
    with np.errstate(invalid="ignore"):
        return np.where(elements > 0.0, elements / reference, np.nan)


def slope(pattern, name):
    """One of `SLOPES` of a normalised pattern."""
    upper, lower = SLOPES[name]
    return quotient(pattern[:, PLACE[upper]], pattern[:, PLACE[lower]])


def anomaly(pattern, element, neighbours):
    """Normalised content of an element over the value that its neighbours let expect.

    Parameters
    ----------
    pattern : array, shape (n, 15)
        Normalised contents.
    element : str
    neighbours : dict
        Elements to the exponents of the geometric mean, such as `EUROPIUM`.

    Returns
    -------
    array, shape (n,)
    """
    logs = sum(power * np.log(pattern[:, PLACE[symbol]]) for symbol, power in neighbours.items())
    return pattern[:, PLACE[element]] / np.exp(logs)


def fill_gaps(elements, reference):
    """Missing elements read off the pattern between their neighbours.

    The logarithm of the normalised pattern is taken as linear in the ionic
    radius between the nearest known elements, Ce, Eu and Y apart. La, Ce, Eu,
    Y and Lu are never filled.

    Parameters
    ----------
    elements : array, shape (n, 15)
    reference : array, shape (15,)

    Returns
    -------
    filled : array, shape (n, 15)
    counts : array of int64, shape (n,)
        Elements that were filled in each row.
    """
    logs = np.log(normalise(elements, reference))
    filled, counts = elements.copy(), np.zeros(len(elements), np.int64)
    for symbol in FILLABLE:
        value = np.exp(expected(logs, symbol)) * reference[PLACE[symbol]]
        gap = ~(elements[:, PLACE[symbol]] > 0.0) & np.isfinite(value)
        filled[gap, PLACE[symbol]] = value[gap]
        counts += gap
    return filled, counts


def expected(logs, symbol):
    """Logarithm of the pattern at an element, read off its nearest known neighbours on both sides.

    Parameters
    ----------
    logs : array, shape (n, 15)
        Of the normalised pattern, NaN where unknown.
    symbol : str

    Returns
    -------
    array, shape (n,)
        Linear in the ionic radius; NaN where a side has no neighbour. Ce, Eu
        and Y are no neighbours.
    """
    own = PLACE[symbol]
    before = _nearest(logs, [PLACE[other] for other in reversed(ELEMENTS[:own]) if other in STEADY])
    after = _nearest(logs, [PLACE[other] for other in ELEMENTS[own + 1:] if other in STEADY])
    weight = (before[1] - RADII[symbol]) / (before[1] - after[1])
    return before[0] + weight * (after[0] - before[0])


def _nearest(logs, columns):
    """Values and radii of the first known column of each row."""
    values, radii = np.full(len(logs), np.nan), np.full(len(logs), np.nan)
    for column in columns:
        found = np.isnan(values) & np.isfinite(logs[:, column])
        values[found], radii[found] = logs[found, column], RADII[ELEMENTS[column]]
    return values, radii


def spikes(elements, reference):
    """Elements that stand out of the pattern in most samples: their unit or their field may be wrong.

    Parameters
    ----------
    elements : array, shape (n, 15)
    reference : array, shape (15,)

    Returns
    -------
    dict
        Symbols to the median ratio of the element to what its neighbours let
        expect, where it is beyond `STEADY_FACTOR`, or `MOVING_FACTOR` for Ce,
        Eu and Y, or as far below.
    """
    logs = np.log(normalise(elements, reference))
    found = {}
    for symbol in ELEMENTS[1:-1]:
        ratios = logs[:, PLACE[symbol]] - expected(logs, symbol)
        ratios = ratios[np.isfinite(ratios)]
        most = np.log(STEADY_FACTOR if symbol in STEADY else MOVING_FACTOR)
        if ratios.size and abs(np.median(ratios)) > most:
            found[symbol] = float(np.exp(np.median(ratios)))
    worst = max((abs(np.log(ratio)) for ratio in found.values()), default=0.0)
    # Neighbours of a wrong element stand out by a part of its error.
    return {symbol: ratio for symbol, ratio in found.items() if abs(np.log(ratio)) > 0.75 * worst}
