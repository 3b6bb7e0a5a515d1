"""Headers of ENVI files: their text as a dict, and the lists in it."""
import re

import numpy as np

from .wavelengths import NUMBER

TYPES = {1: "u1", 2: "i2", 3: "i4", 4: "f4", 5: "f8", 12: "u2", 13: "u4", 14: "i8", 15: "u8"}


def read_header(text):
    """The items of an ENVI header.

    Parameters
    ----------
    text : str

    Returns
    -------
    dict
        Names in lower case to texts; braces and line ends within them are
        taken away. Empty when the text is no ENVI header.
    """
    if not text.lstrip("\ufeff \t\r\n").upper().startswith("ENVI"):
        return {}
    items = re.findall(r"^[ \t]*([^=\n{}]+?)[ \t]*=[ \t]*(\{[^}]*\}|[^\n]*)", text, re.MULTILINE)
    return {name.strip().lower(): " ".join(value.strip().strip("{}").split()) for name, value in items}


def numbers(text):
    """All numbers of a list such as ``{0.4, 0.5}`` as an array."""
    return np.array([float(found) for found in NUMBER.findall(text or "")])


def names(text):
    """The entries of a list of names."""
    return [entry.strip() for entry in text.strip("{} ").split(",") if entry.strip()]
