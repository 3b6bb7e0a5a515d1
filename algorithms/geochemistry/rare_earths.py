"""Rare earths as chemistry: atomic weights, oxides, groups of elements and reference compositions."""
import json
import re
from functools import cache
from pathlib import Path

import numpy as np

from .ree_names import ELEMENTS, OXIDES

REFERENCE_FILE = Path(__file__).resolve().parents[2] / "resources" / "geochemistry" / "reference_compositions.json"
# Standard atomic weights 2021, abridged to the digits that matter; Prohaska et al. (2022), doi:10.1515/pac-2019-0603.
ATOMIC_WEIGHTS = {
    "La": 138.90547, "Ce": 140.116, "Pr": 140.90766, "Nd": 144.242, "Sm": 150.36, "Eu": 151.964, "Gd": 157.25,
    "Tb": 158.925354, "Dy": 162.500, "Y": 88.905838, "Ho": 164.930329, "Er": 167.259, "Tm": 168.934219, "Yb": 173.045,
    "Lu": 174.9668, "O": 15.999,
}
# Radii of the ions with charge 3 and coordination 8 in angstroms; Shannon (1976), doi:10.1107/S0567739476001551.
RADII = {
    "La": 1.160, "Ce": 1.143, "Pr": 1.126, "Nd": 1.109, "Sm": 1.079, "Eu": 1.066, "Gd": 1.053, "Tb": 1.040,
    "Dy": 1.027, "Y": 1.019, "Ho": 1.015, "Er": 1.004, "Tm": 0.994, "Yb": 0.985, "Lu": 0.977,
}
# What is light; the other elements, and Y, are heavy. The name says where the light ones end.
# la_sm: European Commission (2014). la_eu: Chakhmouradian and Wall (2012), doi:10.2113/gselements.8.5.333.
# la_gd: Van Gosen et al. (2017), doi:10.3133/pp1802O. la_nd: frequent in company reports.
LIGHT = {
    "la_sm": ("La", "Ce", "Pr", "Nd", "Sm"),
    "la_eu": ("La", "Ce", "Pr", "Nd", "Sm", "Eu"),
    "la_gd": ("La", "Ce", "Pr", "Nd", "Sm", "Eu", "Gd"),
    "la_nd": ("La", "Ce", "Pr", "Nd"),
}
MAGNET = {"pr_nd_tb_dy": ("Pr", "Nd", "Tb", "Dy"), "pr_nd_sm_tb_dy": ("Pr", "Nd", "Sm", "Tb", "Dy")}
NEODYMIUM_PRASEODYMIUM = ("Pr", "Nd")
# Critical in the short and medium term: U.S. Department of Energy (2011), Critical Materials Strategy.
CRITICAL = ("Nd", "Eu", "Tb", "Dy", "Y")
PPM = {"ppm": 1.0, "pct": 1e4, "ppb": 1e-3}


def oxide_of(element, kind="stable"):
    """The oxide in which an element is reported.

    Parameters
    ----------
    element : str
    kind : str
        ``"stable"`` (CeO2, Pr6O11, Tb4O7, else sesquioxides) or
        ``"trivalent"`` (sesquioxides only).
    """
    return f"{element}2O3" if kind == "trivalent" else OXIDES[element][0]


@cache
def oxide_factor(formula):
    """Mass of an oxide per mass of its metal, from the atomic weights.

    Parameters
    ----------
    formula : str
        Such as ``"Pr6O11"``.
    """
    metal, metals, oxygens = re.match(r"^([A-Z][a-z]?)(\d*)O(\d*)$", formula).groups()
    metals, oxygens = int(metals or 1), int(oxygens or 1)
    return 1.0 + oxygens * ATOMIC_WEIGHTS["O"] / (metals * ATOMIC_WEIGHTS[metal])


def to_element(values, unit, oxide=""):
    """Contents of the element in ppm.

    Parameters
    ----------
    values : array of float
    unit : str
        ``"ppm"``, ``"pct"`` or ``"ppb"``, by weight.
    oxide : str
        Formula when the values are those of an oxide.

    Returns
    -------
    array of float64
    """
    return np.asarray(values, float) * (PPM[unit] / (oxide_factor(oxide) if oxide else 1.0))


@cache
def references():
    """All reference compositions.

    Returns
    -------
    dict
        Keys to dicts with ``title``, ``source``, ``doi``, ``values`` (ppm by
        element) and perhaps ``note``.
    """
    return json.loads(REFERENCE_FILE.read_text(encoding="utf-8"))["references"]


def reference_values(name):
    """A reference composition in ppm, in the order of `ELEMENTS`; NaN where it has no value.

    Parameters
    ----------
    name : str
        A key of `references`.

    Returns
    -------
    array of float64, shape (15,)
    """
    values = references()[name]["values"]
    return np.array([values.get(element, np.nan) for element in ELEMENTS])
