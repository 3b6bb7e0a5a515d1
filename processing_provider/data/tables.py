"""Attribute tables as columns: texts and numbers of any vector layer or table, with or without geometry."""
from collections import Counter
from dataclasses import dataclass

import numpy as np
from qgis.core import QgsFeatureRequest, QgsProcessingException

from ..engine.errors import raise_if_cancelled
from ..translation import tr
from .columns import numbers
from .fields import find_field, is_null

EVERY = 20_000


@dataclass(frozen=True)
class Table:
    """Some columns of a layer, in the order of its features.

    Attributes
    ----------
    role : str
        The input as the user knows it, such as ``"Surveys"``.
    ids : array of int64, shape (n,)
        Feature ids.
    columns : dict
        Field names to lists of attribute values as QGIS gives them.
    """

    role: str
    ids: np.ndarray
    columns: dict

    def __len__(self):
        return len(self.ids)

    def texts(self, name):
        """A column as a list of str, stripped; empty for NULL, whole numbers without a decimal point."""
        return [as_text(value) for value in self.columns[name]]

    def numbers(self, name):
        """A column as float64, NaN where there is no value; see `columns.numbers` for what is refused."""
        return numbers(self.columns[name], name, self.role, Counter())


def as_text(value):
    """An attribute value as stripped text: ``""`` for NULL, ``"7"`` for 7.0."""
    if is_null(value):
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()


def read_table(source, names, role, feedback=None):
    """Read columns of a layer.

    Parameters
    ----------
    source : QgsFeatureSource
    names : iterable of str
        Fields; empty names are left out.
    role : str
        The input as the user knows it, for messages.
    feedback : QgsProcessingFeedback, optional

    Returns
    -------
    Table

    Raises
    ------
    QgsProcessingException
        The layer has no features or lacks a field.
    """
    problem = table_problem(source, names, role)
    if problem:
        raise QgsProcessingException(problem)
    names = list(dict.fromkeys(filter(None, names)))
    indices = [find_field(source, name, role) for name in names]
    request = QgsFeatureRequest().setFlags(QgsFeatureRequest.Flag.NoGeometry).setSubsetOfAttributes(indices)
    ids, columns = [], [[] for _ in names]
    appenders = [(column.append, index) for column, index in zip(columns, indices)]
    total = max(1, source.featureCount())
    for feature in source.getFeatures(request):
        ids.append(feature.id())
        attributes = feature.attributes()
        for append, index in appenders:
            append(attributes[index])
        if len(ids) % EVERY == 0 and feedback is not None:
            raise_if_cancelled(feedback)
            feedback.setProgress(100 * len(ids) / total)
    return Table(role, np.array(ids, np.int64), dict(zip(names, columns)))


def table_problem(source, names, role):
    """Why columns cannot be read from a layer, as far as can be told quickly, or an empty string."""
    if source.featureCount() == 0:
        return (
            tr("{}: '{}' has no features to read; choose another layer, or switch off 'Selected features only' when "
               "nothing is selected.").format(role, source.sourceName())
        )
    for name in filter(None, names):
        if source.fields().lookupField(name) < 0:
            return (
                tr("{}: there is no field '{}' in '{}'; its fields are: {}.").format(
                    role, name, source.sourceName(), ', '.join(source.fields().names()) or 'none')
            )
    return ""
