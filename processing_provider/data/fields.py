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
            f"{role}: there is no field '{name}' in '{source.sourceName()}'; its fields are: {names}."
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
    """Write the features of a layer with new numeric attributes.

    Call it when all results exist: the layer is made here and filled at once.
    When that fails or is cancelled, what was written is removed and a file
    that was there before comes back.

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
        New field names to arrays of shape (n,); NaN becomes NULL.
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
    if is_null(parameters.get(output)) or parameters.get(output) == "":
        return None, {}
    path = destination_path(parameters[output], context)
    longest = SHAPEFILE_NAME if path is not None and path.suffix.lower() == ".shp" else None
    names, changed = new_names(source.fields().names(), list(columns), longest)
    if changed:
        renamed = ", ".join(f"{old} is {new}" for old, new in changed.items())
        feedback.pushWarning(f"New fields got other names in the file: {renamed}.")
    fields = QgsFields(source.fields())
    for name in names:
        fields.append(field(name, "real"))
    crs = crs if crs is not None and crs.isValid() else source.sourceCrs()
    with _Restorer(path):
        sink, destination = algorithm.parameterAsSink(parameters, output, context, fields, source.wkbType(), crs)
        if sink is None:
            raise QgsProcessingException(algorithm.invalidSinkError(parameters, output))
        try:
            failure = _fill(sink, fields, _request(source, crs, context), source, ids, list(columns.values()), feedback)
        finally:
            del sink  # closes the file
        if failure:
            raise QgsProcessingException(
                f"The samples could not be written to '{path or destination}' ({failure}); is the disk full, or does "
                "another program use the file?"
            )
    return destination, dict(zip(columns, names))


def _request(source, crs, context):
    request = QgsFeatureRequest()
    if crs.isValid() and crs != source.sourceCrs():
        request.setDestinationCrs(crs, context.transformContext())
    return request


def _fill(sink, fields, request, source, ids, columns, feedback):
    """Copy every feature with its new attributes into the sink; returns why that failed, or an empty string."""
    values = np.column_stack(columns) if columns else np.empty((len(ids), 0))
    rows = np.where(np.isfinite(values), values, None).tolist()
    row_of = dict(zip(np.asarray(ids).tolist(), rows))
    empty = [None] * len(columns)
    total = max(1, source.featureCount())
    for number, old in enumerate(source.getFeatures(request)):
        if number % PLAIN == 0:
            raise_if_cancelled(feedback)
            feedback.setProgress(100 * number / total)
        new = QgsFeature(fields)
        new.setGeometry(old.geometry())
        new.setAttributes(old.attributes() + row_of.get(old.id(), empty))
        if not sink.addFeature(new, QgsFeatureSink.Flag.FastInsert):
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
