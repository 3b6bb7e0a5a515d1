"""Layers with rare-earth columns: written block by block, and coloured by their total oxides."""
import numpy as np
from qgis.core import (
    QgsFeatureRequest,
    QgsGraduatedSymbolRenderer,
    QgsRendererRange,
    QgsSymbol,
)

from ..colours import family, ramp_of
from ..styles import describe

BLOCK = 4_000
WHOLE = ("REE_n", "REE_filled")
CLASSES = (0.0, 20.0, 40.0, 60.0, 80.0, 90.0, 95.0, 100.0)


def empty_columns(names):
    """Columns without rows, whose kinds give the types of new fields."""
    return {name: np.empty(0, np.int64 if name in WHOLE else float) for name in names}


def joined_rows(source, ids, places, matrix):
    """Geometry and attributes of every feature with its new attributes.

    Parameters
    ----------
    source : QgsFeatureSource
    ids : array of int64, shape (n,)
        Feature ids of the columns of ``matrix``.
    places : dict
        Names of new fields to rows of ``matrix``.
    matrix : array, shape (columns, n)
        NaN becomes NULL.

    Yields
    ------
    geometry, attributes
    """
    row_of = {feature: row for row, feature in enumerate(ids.tolist())}
    block = []
    for feature in source.getFeatures():
        block.append((feature.geometry(), feature.attributes(), row_of.get(feature.id(), -1)))
        if len(block) == BLOCK:
            yield from _joined(block, places, matrix)
            block = []
    yield from _joined(block, places, matrix)


def _joined(block, places, matrix):
    """The features of a block with their new attributes."""
    rows = [row for _, _, row in block]
    part = matrix[:, rows]
    columns = []
    for name, place in places.items():
        column = part[place]
        known = column.astype(np.int64) if name in WHOLE else column
        columns.append(np.where(np.isfinite(column), known.astype(object), None).tolist())
    for (geometry, attributes, row), added in zip(block, zip(*columns)):
        yield geometry, attributes + (list(added) if row >= 0 else [None] * len(places))


def class_breaks(values):
    """Ends of classes (k,) that hold like numbers of samples; empty when there are no values above zero."""
    values = values[np.isfinite(values) & (values > 0.0)]
    return np.unique(np.percentile(values, CLASSES)) if values.size else np.empty(0)


def total_style(field, unit, breaks, title=""):
    """A style function: features coloured by a field in classes.

    Parameters
    ----------
    field : str
        As it is called in the layer.
    unit : str
    breaks : array, shape (k,)
        Ends of the classes, as `class_breaks` gives them.
    title : str
        For the metadata of the layer.

    Returns
    -------
    style : callable
        ``style(layer)`` for a `QgsVectorLayer`.
    """

    def style(layer):
        describe(layer, title)
        if len(breaks) < 2 or layer.fields().lookupField(field) < 0:
            return
        ramp, last = ramp_of(family("estimate")), len(breaks) - 2
        ranges = []
        for place, (low, high) in enumerate(zip(breaks[:-1], breaks[1:])):
            symbol = QgsSymbol.defaultSymbol(layer.geometryType())
            symbol.setColor(ramp.color(place / max(last, 1)))
            ranges.append(QgsRendererRange(low, high, symbol, f"{low:.4g} to {high:.4g} {unit}"))
        renderer = QgsGraduatedSymbolRenderer(f'"{field}"', ranges)
        renderer.setOrderBy(QgsFeatureRequest.OrderBy([QgsFeatureRequest.OrderByClause(f'"{field}"')]))
        renderer.setOrderByEnabled(True)  # the richest on top
        layer.setRenderer(renderer)

    return style
