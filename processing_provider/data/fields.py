"""Attribute fields on every QGIS version, and features that gain attributes."""
import re
import shutil
from pathlib import Path
from traceback import clear_frames

import numpy as np
from qgis.core import (
    NULL,
    Qgis,
    QgsFeature,
    QgsFeatureRequest,
    QgsFeatureSink,
    QgsField,
    QgsFields,
    QgsProcessingException,
    QgsProcessingOutputLayerDefinition,
)
from qgis.PyQt.QtCore import QMetaType, QVariant

from ..engine.errors import raise_if_cancelled
from ..translation import tr

NEW_TYPES = Qgis.QGIS_VERSION_INT >= 33800  # fields are described by QMetaType from 3.38 on, by QVariant before
TYPES = QMetaType.Type if NEW_TYPES else QVariant.Type
PREFIX = "Q" if NEW_TYPES else ""
KINDS = {
    "text": ("String",),
    "boolean": ("Bool",),
    "date": ("Date", "Time", "DateTime"),
}
CREATED = {"real": "Double", "integer": "LongLong", "text": f"{PREFIX}String"}
SHAPEFILE_PARTS = (".shp", ".shx", ".dbf", ".prj", ".cpg", ".qpj", ".qix", ".sbn", ".sbx", ".shp.xml")
SHAPEFILE_NAME = 10
PLAIN = 4_000


def field(name, kind):
    """A new attribute field; ``kind`` is ``"real"``, ``"integer"`` or ``"text"``."""
    return QgsField(name, getattr(TYPES, CREATED[kind]))


def is_null(value):
    """Whether an attribute value is missing (``NULL`` is a `QVariant` on Qt 5 and None on Qt 6)."""
    return value is None or value == NULL


def kind_of(definition):
    """What a `QgsField` holds: ``"number"``, ``"text"``, ``"boolean"``, ``"date"`` or ``"other"``."""
    if definition.isNumeric():
        return "number"
    for kind, names in KINDS.items():
        prefix = "" if kind == "boolean" else PREFIX
        if definition.type() in [getattr(TYPES, prefix + name) for name in names]:
            return kind
    return "other"


def find_field(source, name, role):
    """Index of a field of a layer, upper and lower case apart only where needed.

    Parameters
    ----------
    source : QgsFeatureSource
    name : str
    role : str
        The input as the user knows it, such as ``"Samples"``, for the message.

    Raises
    ------
    QgsProcessingException
        When there is no such field; the message lists those there are.
    """
    index = source.fields().lookupField(name)
    if index < 0:
        names = ", ".join(source.fields().names()) or "none"
        raise QgsProcessingException(
            tr("{}: there is no field '{}' in '{}'; its fields are: {}.").format(role, name, source.sourceName(), names)
        )
    return index


def new_names(existing, wanted, longest=None):
    """Names for new fields that no other field has.

    Parameters
    ----------
    existing, wanted : list of str
    longest : int, optional
        The longest name the file format can hold (10 for shapefiles).

    Returns
    -------
    names : list of str
        One for each of ``wanted``.
    changed : dict
        Wanted to given name, for those that had to change.
    """
    taken = {name.lower() for name in existing}
    names = [_free_name(name, taken, longest) for name in wanted]
    return names, {old: new for old, new in zip(wanted, names) if old != new}


def _free_name(name, taken, longest):
    """``name``, shortened and numbered until it is free; adds it to ``taken``."""
    free, number = name[:longest], 1
    while free.lower() in taken:
        number += 1
        suffix = f"_{number}"
        free = (name[:longest - len(suffix)] if longest else name) + suffix
    taken.add(free.lower())
    return free


def write_features(algorithm, parameters, output, context, source, ids, columns, feedback, crs=None):
    """Write the features of a layer with new attributes.

    Parameters
    ----------
    algorithm : QgsProcessingAlgorithm
    parameters : dict
    output : str
        Name of the feature sink parameter.
    context : QgsProcessingContext
    source : QgsFeatureSource
        All of its features are written, with all their attributes.
    ids : array of int, shape (n,)
        Feature ids of the rows of ``columns``; other features get NULL.
    columns : dict
        New field names to columns of length n, as `column_kind` knows them.
    feedback : QgsProcessingFeedback
    crs : QgsCoordinateReferenceSystem, optional
        Of the result; by default that of the layer.

    Returns
    -------
    destination : str or None
        Id of the new layer; None when the output was not asked for.
    names : dict
        New field names as given to those in the file (a shapefile shortens them).
    """
    crs = crs if crs is not None and crs.isValid() else source.sourceCrs()
    rows = _rows(source.getFeatures(_request(source, crs, context)), ids, columns)
    return write_layer(
        algorithm, parameters, output, context, source.fields(), columns, (source.wkbType(), crs),
        rows, max(1, source.featureCount()), feedback)


def write_layer(algorithm, parameters, output, context, fields, columns, shape, rows, total, feedback):
    """Write a vector layer or a table.

    Call it when all results exist: the layer is made here and filled at once.
    When that fails or is cancelled, what was written is removed and a file
    that was there before comes back.

    Parameters
    ----------
    algorithm, parameters, output, context
        As for `write_features`.
    fields : QgsFields
        Fields that the layer keeps from an input.
    columns : dict
        New field names to columns, whose kinds give the types of the fields.
    shape : tuple
        Type of the geometry (`QgsWkbTypes.Type`) and `QgsCoordinateReferenceSystem`.
    rows : iterable
        Pairs of a `QgsGeometry` (or None) and the list of attributes, those of
        ``fields`` and then those of ``columns``.
    total : int
        Number of rows, for the progress.
    feedback : QgsProcessingFeedback

    Returns
    -------
    destination, names
        As for `write_features`.
    """
    if is_null(parameters.get(output)) or parameters.get(output) == "":
        return None, {}
    path = destination_path(parameters[output], context)
    fields, names = _output_fields(fields, columns, path, feedback)
    with _Restorer(path):
        sink, destination = algorithm.parameterAsSink(parameters, output, context, fields, *shape)
        if sink is None:
            raise QgsProcessingException(algorithm.invalidSinkError(parameters, output))
        try:
            failure = _fill(sink, fields, rows, total, feedback)
        finally:
            del sink  # closes the file
        if failure:
            raise QgsProcessingException(
                tr("The layer could not be written to '{}' ({}); is the disk full, or does another program use the "
                   "file?").format(path or destination, failure)
            )
    return destination, names


def column_kind(column):
    """Kind of the field for a column: ``"real"``, ``"integer"`` or ``"text"``.

    Arrays of floats are real (NaN and infinite become NULL), those of integers
    and booleans are integer, and lists hold texts (None becomes NULL).
    """
    if isinstance(column, np.ndarray):
        return "real" if column.dtype.kind == "f" else "integer"
    return "text"


def attribute_rows(columns):
    """The rows of new columns as lists of attribute values, one after the other."""
    return zip(*[_attributes(column) for column in columns.values()])


def _attributes(column):
    """One column as a list of attribute values."""
    if column_kind(column) == "text":
        return column
    column = column.astype(np.int64) if column.dtype.kind == "b" else column
    return np.where(np.isfinite(column), column, None).tolist() if column.dtype.kind == "f" else column.tolist()


def _output_fields(fields, columns, path, feedback):
    """All fields of the result, and the new names by those that were wanted."""
    longest = SHAPEFILE_NAME if path is not None and path.suffix.lower() == ".shp" else None
    names, changed = new_names(fields.names(), list(columns), longest)
    if changed:
        renamed = ", ".join(f"{old} is {new}" for old, new in changed.items())
        feedback.pushWarning(tr("New fields got other names in the file: {}.").format(renamed))
    fields = QgsFields(fields)
    for name, column in zip(names, columns.values()):
        fields.append(field(name, column_kind(column)))
    return fields, dict(zip(columns, names))


def _request(source, crs, context):
    request = QgsFeatureRequest()
    if crs.isValid() and crs != source.sourceCrs():
        request.setDestinationCrs(crs, context.transformContext())
    return request


def _rows(features, ids, columns):
    """Geometry and attributes of every feature, with its new attributes."""
    row_of = dict(zip(np.asarray(ids).tolist(), map(list, attribute_rows(columns))))
    empty = [None] * len(columns)
    for old in features:
        yield old.geometry(), old.attributes() + row_of.get(old.id(), empty)


def _fill(sink, fields, rows, total, feedback):
    """Write every row into the sink; returns why that failed, or an empty string."""
    for number, (geometry, attributes) in enumerate(rows):
        if number % PLAIN == 0:
            raise_if_cancelled(feedback)
            feedback.setProgress(100 * number / total)
        feature = QgsFeature(fields)
        if geometry is not None:
            feature.setGeometry(geometry)
        feature.setAttributes(attributes)
        if not sink.addFeature(feature, QgsFeatureSink.Flag.FastInsert):
            return sink.lastError() or "unknown reason"
    return "" if sink.flushBuffer() else sink.lastError() or "unknown reason"


def destination_path(value, context):
    """The file that a layer destination names, or None for a temporary layer or a database table.

    Parameters
    ----------
    value : str, QgsProperty or QgsProcessingOutputLayerDefinition
        As it stands in the parameters of an algorithm.
    context : QgsProcessingContext
    """
    if isinstance(value, QgsProcessingOutputLayerDefinition):
        value = value.sink
    if hasattr(value, "valueAsString"):
        value = value.valueAsString(context.expressionContext())[0]
    text = str(value or "")
    if text in ("", "TEMPORARY_OUTPUT") or re.match(r"^(memory|postgres|spatialite|mssql|oracle|ogr)\w*:", text):
        return None
    return Path(text.split("|", maxsplit=1)[0])


class _Restorer:
    """Puts a file back, or removes it, when the block that replaces it fails."""

    def __init__(self, path):
        self.path = path

    def _parts(self, suffix=""):
        """The files that make up the layer (a shapefile has several)."""
        if self.path.suffix.lower() == ".shp":
            return [Path(f"{self.path.with_suffix(part)}{suffix}") for part in SHAPEFILE_PARTS]
        return [Path(f"{self.path}{part}{suffix}") for part in ("", "-wal", "-shm", "-journal")]

    def __enter__(self):
        if self.path is not None:
            for part, kept in zip(self._parts(), self._parts(".before")):
                if part.exists():
                    shutil.copy2(part, kept)
        return self

    def __exit__(self, kind, error, trace):
        if self.path is None:
            return
        clear_frames(trace)  # they may hold the file open
        for part, kept in zip(self._parts(), self._parts(".before")):
            if kind is not None:
                part.unlink(missing_ok=True)
            if kept.exists() and kind is not None:
                kept.replace(part)
            kept.unlink(missing_ok=True)
