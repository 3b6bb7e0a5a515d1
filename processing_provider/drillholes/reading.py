"""Columns of large tables, read in parts so that a million rows stay small in memory."""
import math
import re
from dataclasses import dataclass

import numpy as np
from qgis.core import QgsFeatureRequest, QgsProcessingException
from qgis.PyQt.QtCore import Qt

from ..data.columns import text_number
from ..data.fields import find_field, is_null, kind_of
from ..data.tables import as_text, table_problem
from ..engine.errors import raise_if_cancelled
from ..translation import tr

PART = 20_000
CENSORED = re.compile(r"^[<>\u2264\u2265]\s*[\d.,]+")


@dataclass(frozen=True)
class Codes:
    """A column of texts: each different text once, and its number in every row.

    Attributes
    ----------
    texts : list of str
        Stripped; empty for NULL.
    codes : array of int32, shape (n,)
    """

    texts: list
    codes: np.ndarray

    def or_missing(self):
        """Codes with -1 for the empty text."""
        empty = np.array([not text for text in self.texts] + [False])
        return np.where(empty[self.codes], -1, self.codes)


class _Numbers:
    """Gathers a numeric field."""

    def __init__(self):
        self._parts = []

    def add(self, values):
        """Take the next values."""
        try:
            part = np.array(values, float)
        except TypeError:  # NULL is among them
            part = np.array([math.nan if is_null(value) else float(value) for value in values])
        self._parts.append(part)

    def finish(self):
        """The column as an array of float64; infinite values are missing."""
        column = np.concatenate(self._parts) if self._parts else np.zeros(0)
        column[np.isinf(column)] = math.nan
        return column


class _Texts:
    """Gathers any other field."""

    def __init__(self):
        self._index, self._parts = {}, []

    def add(self, values):
        """Take the next values."""
        index = self._index
        words = [value.strip() if type(value) is str else _written(value) for value in values]
        self._parts.append(np.array([index.setdefault(word, len(index)) for word in words], np.int32))

    def finish(self):
        """The column as `Codes`."""
        codes = np.concatenate(self._parts) if self._parts else np.zeros(0, np.int32)
        return Codes(list(self._index), codes)


def _written(value):
    """A value that is no text, as text; dates as in ISO 8601."""
    if not is_null(value) and hasattr(value, "toString"):
        return value.toString(Qt.DateFormat.ISODate)
    return as_text(value)


def read_columns(source, names, role, feedback, texts=()):
    """Read columns of a layer or table.

    Parameters
    ----------
    source : QgsFeatureSource
    names : iterable of str
        Fields; empty names are left out.
    role : str
        The input as the user knows it, for messages.
    feedback : QgsProcessingFeedback
    texts : iterable of str
        Fields to read as text, whatever their type.

    Returns
    -------
    ids : array of int64, shape (n,)
        Feature ids.
    columns : dict
        Field names to arrays of float64 (numeric fields, NaN for NULL) or `Codes`.

    Raises
    ------
    QgsProcessingException
        The table is empty or lacks a field.
    """
    names = list(dict.fromkeys(filter(None, names)))
    problem = table_problem(source, names, role)
    if problem:
        raise QgsProcessingException(problem)
    indices = [find_field(source, name, role) for name in names]
    numeric = [kind_of(source.fields().at(index)) == "number" and name not in texts
               for name, index in zip(names, indices)]
    gathered = [_Numbers() if is_number else _Texts() for is_number in numeric]
    ids, total = [], max(1, source.featureCount())
    request = QgsFeatureRequest().setFlags(QgsFeatureRequest.Flag.NoGeometry).setSubsetOfAttributes(indices)
    read = 0
    for part_ids, rows in _parts(source.getFeatures(request), indices):
        ids.append(np.array(part_ids, np.int64))
        for column, values in zip(gathered, zip(*rows)):
            column.add(values)
        read += len(part_ids)
        raise_if_cancelled(feedback)
        feedback.setProgress(100 * read / total)
    columns = {name: column.finish() for name, column in zip(names, gathered)}
    return np.concatenate(ids) if ids else np.zeros(0, np.int64), columns


def _parts(features, indices):
    """Feature ids and rows of chosen attributes, some thousands at a time."""
    ids, rows = [], []
    for feature in features:
        attributes = feature.attributes()
        ids.append(feature.id())
        rows.append([attributes[index] for index in indices])
        if len(ids) == PART:
            yield ids, rows
            ids, rows = [], []
    if ids:
        yield ids, rows


def parse(texts):
    """Numbers that texts hold: NaN for a missing one; and which texts are no numbers.

    Parameters
    ----------
    texts : list of str

    Returns
    -------
    values : array of float64
    refused : array of bool
    """
    found = [text_number(text) for text in texts]
    refused = np.array([value is None for value in found], bool)
    values = np.array([math.nan if value is None or math.isinf(value) else value for value in found], float)
    return values, refused


def as_numbers(column, name, role):
    """A column as numbers; text is read where it is a number, with a decimal comma too.

    Raises
    ------
    QgsProcessingException
        Some text is not a number.
    """
    if isinstance(column, np.ndarray):
        return column
    values, refused = parse(column.texts)
    rows = refused[column.codes] if len(column.codes) else np.zeros(0, bool)
    if rows.any():
        example = column.texts[column.codes[np.argmax(rows)]]
        raise QgsProcessingException(
            tr("{}: the field '{}' holds text that is not a number in {:,} of {:,} rows, for example '{}'; choose "
               "another field, or correct or empty these cells.").format(
                role, name, int(rows.sum()), len(rows), example)
        )
    return values[column.codes] if len(column.codes) else np.zeros(0)


def column_role(column):
    """What composites can make of a column: ``"number"``, ``"text"`` or ``"censored"``.

    Text that holds numbers only is a number; text most of which is numbers or
    values below detection is censored, as its mean would leave out the low
    (or high) values.
    """
    if isinstance(column, np.ndarray):
        return "number"
    _, refused = parse(column.texts)
    counts = np.bincount(column.codes, minlength=len(column.texts))
    filled = np.array([bool(text) for text in column.texts], bool)
    if not counts[filled].sum():
        return "text"
    if not refused.any():
        return "number"
    below = np.array([bool(CENSORED.match(text)) for text in column.texts], bool)
    measured = counts[filled & (~refused | below)].sum()
    return "censored" if 2 * measured >= counts[filled].sum() else "text"
