"""Attribute values as arrays: numbers, numbers written as text, and drill-hole names."""
import math
import re

import numpy as np
from qgis.core import QgsProcessingException

from ..translation import tr
from .fields import is_null

NUMBER = re.compile(r"^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$")
DECIMAL_COMMA = re.compile(r"^[+-]?(\d*,(\d{1,2}|\d{4,})|0,\d+)$")
MISSING_TEXT = {"", "null", "nan", "none"}
INFINITE_TEXT = {"inf", "+inf", "-inf", "infinity", "-infinity"}


def numbers(raw, name, role, counts):
    """Attribute values as floats; text is read where it is a number.

    Parameters
    ----------
    raw : list
        Attribute values as QGIS gives them.
    name, role : str
        The field and the input it belongs to, for the message.
    counts : collections.Counter
        Gains ``"infinite"``, ``"missing"`` and ``"read from text"``.

    Returns
    -------
    column : array of float64, shape (len(raw),)
        NaN for missing and infinite values.

    Raises
    ------
    QgsProcessingException
        When a text is not a number.
    """
    column = np.full(len(raw), math.nan)
    plain = [type(value) in (float, int) for value in raw]
    column[plain] = [value for value, is_plain in zip(raw, plain) if is_plain]
    refused = []
    for row, is_plain in enumerate(plain):
        if not is_plain and not is_null(raw[row]):
            column[row] = _from_text(str(raw[row]), counts, refused)
    if refused:
        raise QgsProcessingException(
            tr("{}: the field '{}' holds text that is not a number in {:,} of {:,} features, for example '{}'; put "
               "numbers in their place first, such as half the detection limit, or leave them empty.").format(
                role, name, len(refused), len(raw), refused[0])
        )
    infinite = np.isinf(column)
    counts["infinite"] += int(infinite.sum())
    column[infinite] = math.nan
    counts["missing"] += int(np.isnan(column).sum()) - int(infinite.sum())
    return column


def _from_text(text, counts, refused):
    """The number that a text holds; a text that holds none goes to ``refused``."""
    number = text_number(text)
    if number is None:
        refused.append(text)
        return math.nan
    if not math.isnan(number):
        counts["read from text"] += 1
    return number


def text_number(text):
    """The number that a text holds, NaN for a missing value, None for any other text.

    A comma is a decimal comma unless three digits follow it (``"1,234"`` could
    be a thousand; ``"0,125"`` could not).

    Parameters
    ----------
    text : str
    """
    text = text.strip()
    if NUMBER.match(text):
        return float(text)
    if text.lower() in MISSING_TEXT:
        return math.nan
    if text.lower() in INFINITE_TEXT:
        return math.inf
    return float(text.replace(",", ".")) if DECIMAL_COMMA.match(text) else None


def hole_indices(raw, report):
    """Hole of each sample as an index (-1 for none) and the names of the holes.

    Names that differ only by spaces or by case are one hole, under the first
    spelling; the report says so.

    Parameters
    ----------
    raw : iterable
        Attribute values as QGIS gives them.
    report : lodescope.processing_provider.data.samples.Report

    Returns
    -------
    holes : array of int64
    names : list of str
    """
    indices, names, spellings, holes = {}, [], {}, []
    for value in raw:
        written = "" if is_null(value) else _hole_name(value)
        name = " ".join(written.split())
        if not name:
            holes.append(-1)
            continue
        index = indices.setdefault(name.casefold(), len(names))
        if index == len(names):
            names.append(name)
        spellings.setdefault(index, set()).add(written)
        holes.append(index)
    _report_holes(holes, names, spellings, report)
    return np.array(holes, np.int64), names


def _hole_name(value):
    """A hole name as text; whole numbers without a decimal point."""
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def _report_holes(holes, names, spellings, report):
    report.notes.append(f"{len(names):,} drill holes.")
    without = holes.count(-1)
    if without:
        report.notes.append(tr("{:,} samples have no hole name; each of them counts as a hole of its own.").format(
            without))
    several = [sorted(spelling) for spelling in spellings.values() if len(spelling) > 1]
    if several:
        example = ", ".join(repr(spelling) for spelling in several[0])
        report.warnings.append(
            tr("{:,} holes are written in several ways that differ by case or spaces only (for example {}); each of "
               "them is treated as one hole.").format(len(several), example)
        )
