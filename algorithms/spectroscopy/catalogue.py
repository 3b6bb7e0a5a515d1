"""The catalogue of absorption features, and which of them an image can show."""
import csv
import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ..errors import InputError

FILE = Path(__file__).resolve().parents[2] / "resources" / "spectroscopy" / "catalogue.csv"
NEEDED = ("name", "search_from", "search_to", "left", "right")
JOINED = ("mean", "all")
ALL, NONE = "all", "none"
LEAST_BANDS = 5
MOST_MISSING = 0.25  # of the width of a window, at either end
MISSING_STEP = 1.7  # times the usual spacing: a band is missing
WIDEST_GAP = 0.34  # of the width of a window, between neighbouring bands


@dataclass(frozen=True)
class Feature:
    """An absorption feature.

    Attributes
    ----------
    name : str
    search_from, search_to : float
        Between these wavelengths its deepest point lies, micrometres.
    left, right : float
        Outer ends of its continuum, micrometres.
    index : str
        Features of the same index are joined; may be empty.
    joined : str
        ``"mean"`` of the depths, or ``"all"``: their geometric mean, for which
        every one has to be there.
    minerals, source : str
    """

    name: str
    search_from: float
    search_to: float
    left: float
    right: float
    index: str = ""
    joined: str = "mean"
    minerals: str = ""
    source: str = ""

    def window(self, micrometres):
        """First and one past the last of the rising wavelengths that lie in the window."""
        first, last = np.searchsorted(micrometres, [self.left - 1e-9, self.right + 1e-9])
        return int(first), int(last)

    def search(self, micrometres):
        """First and one past the last of the rising wavelengths in the search range, at least one of them."""
        first, last = np.searchsorted(micrometres, [self.search_from - 1e-9, self.search_to + 1e-9])
        if last > first:
            return int(first), int(last)
        nearest = int(np.argmin(np.abs(micrometres - 0.5 * (self.search_from + self.search_to))))
        return nearest, nearest + 1


def read_catalogue(text, source="the catalogue"):
    """The features of a CSV text.

    Parameters
    ----------
    text : str
        Columns as in ``resources/spectroscopy/catalogue.csv``; ``index``,
        ``joined``, ``minerals`` and ``source`` may be left out.
    source : str
        What to call the text in a message.

    Returns
    -------
    list of Feature

    Raises
    ------
    InputError
        A column is missing, or a row has no sense.
    """
    lines = [line for line in text.lstrip("\ufeff").splitlines() if line.strip() and not line.lstrip().startswith("#")]
    delimiter = ";" if lines and lines[0].count(";") > lines[0].count(",") else ","
    reader = csv.DictReader(lines, delimiter=delimiter)
    missing = [name for name in NEEDED if name not in [(field or "").strip() for field in reader.fieldnames or ()]]
    if missing:
        raise InputError(f"{source[:1].upper()}{source[1:]} lacks the column {missing[0]}: it needs the columns "
                         f"{', '.join(NEEDED)} and may have index, joined, minerals and source.")
    return [_feature(row, source) for row in reader]


def _feature(row, source):
    """One row as a feature."""
    row = {(key or "").strip(): (value or "").strip() if isinstance(value, str) else "" for key, value in row.items()}
    name = row["name"]
    if not re.fullmatch(r"[^\s:@,;]+", name):
        raise InputError(f"In {source} the name '{name}' cannot be used: give each feature a name without blanks, "
                         "commas and colons.")
    try:
        search_from, search_to, left, right = (float(row[key]) for key in NEEDED[1:])
    except ValueError:
        raise InputError(f"In {source} a wavelength of '{name}' is no number: give search_from, search_to, left and "
                         "right in micrometres.") from None
    if not 0.2 < left < search_from < search_to < right < 20.0:
        raise InputError(f"In {source} the wavelengths of '{name}' are not in order: left < search_from < search_to < "
                         "right is needed, in micrometres.")
    if row.get("joined", "") not in ("", *JOINED):
        raise InputError(f"In {source} 'joined' of '{name}' is '{row['joined']}': write mean, all or nothing.")
    return Feature(name, search_from, search_to, left, right, row.get("index", ""), row.get("joined") or JOINED[0],
                   row.get("minerals", ""), row.get("source", ""))


def merge(features, added):
    """The features of two catalogues; one of the second replaces its namesake of the first."""
    found = {feature.name: feature for feature in features}
    found.update((feature.name, feature) for feature in added)
    return list(found.values())


def covered(feature, micrometres):
    """Whether an image with these rising wavelengths can show a feature.

    It has a band in the search range and one on either side of it, at least
    five bands in all, and neither gaps of a third of the window nor a quarter
    of it missing at an end. Where bands are missing within the search range,
    such as bad ones, less than half of it lies between neighbours; else the
    bottom of the absorption could lie there, and its depth would be that of
    its flank.

    Parameters
    ----------
    feature : Feature
    micrometres : numpy.ndarray, shape (bands,)
    """
    first, last = feature.window(micrometres)
    found = micrometres[first:last]
    width = feature.right - feature.left
    if len(found) < LEAST_BANDS or np.diff(found).max() > WIDEST_GAP * width:
        return False
    if found[0] > feature.left + MOST_MISSING * width or found[-1] < feature.right - MOST_MISSING * width:
        return False
    steps, search = np.diff(found), (feature.search_from, feature.search_to)
    within = (found[1:] > search[0]) & (found[:-1] < search[1])
    if (steps[within] > max(MISSING_STEP * np.median(steps), 0.5 * (search[1] - search[0]))).any():
        return False
    low, high = feature.search(micrometres)
    inside = feature.search_from - 1e-9 <= micrometres[low] <= feature.search_to + 1e-9
    return inside and low > first and high < last


def choose(features, wanted, micrometres):
    """The features that were asked for and that the wavelengths cover.

    Parameters
    ----------
    features : list of Feature
    wanted : str
        ``"all"``, ``"none"``, or names of features, of kinds or of indices,
        separated by commas or blanks.
    micrometres : numpy.ndarray, shape (bands,)
        Rising.

    Returns
    -------
    chosen, left_out : list of Feature

    Raises
    ------
    InputError
        A name is unknown, or nothing that was asked for is covered.
    """
    names = [name for name in re.split(r"[,;\s]+", wanted or "") if name]
    if [name.lower() for name in names] == [NONE]:
        return [], []
    asked = features if not names or [name.lower() for name in names] == [ALL] else _named(features, names)
    chosen = [feature for feature in asked if covered(feature, micrometres)]
    left_out = [feature for feature in asked if feature not in chosen]
    if asked and not chosen:
        listed = "; ".join(f"{feature.name} needs {feature.left:g} to {feature.right:g}" for feature in asked[:6])
        raise InputError(f"None of the features asked for lies in the usable bands, which reach from "
                         f"{micrometres[0]:.3f} to {micrometres[-1]:.3f} micrometres ({listed}): choose other features "
                         "or an image that covers them.")
    return chosen, left_out


def _named(features, names):
    """The features of these names, in the order of the catalogue."""
    wanted = {name.lower() for name in names}
    known = set().union(*(_words(feature) for feature in features))
    unknown = [name for name in names if name.lower() not in known]
    if unknown:
        listed = ", ".join(feature.name for feature in features)
        raise InputError(f"The catalogue has no feature '{unknown[0]}': choose among {listed}, give the part before "
                         "the _ for all of a kind, or write all.")
    return [feature for feature in features if _words(feature) & wanted]


def _words(feature):
    """What a feature may be called: its name, what stands before the _ in it, its index."""
    return {word.lower() for word in (feature.name, feature.name.split("_")[0], feature.index) if word}


def indices(features):
    """Names of the indices and the numbers of their features; only those of two features and more."""
    found = {}
    for number, feature in enumerate(features):
        if feature.index:
            found.setdefault(feature.index, []).append(number)
    return {name: numbers for name, numbers in found.items() if len(numbers) > 1}
