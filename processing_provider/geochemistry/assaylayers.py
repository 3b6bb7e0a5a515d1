"""Layers with assays as arrays for the jobs, and clean assays as layers."""
import math
import re
from dataclasses import dataclass

import numpy as np
from qgis.core import QgsFeatureRequest, QgsFields, QgsProcessingException, QgsWkbTypes

from ...algorithms.texts import pack_texts
from ..data.columns import hole_indices
from ..data.fields import find_field, is_null, kind_of
from ..data.samples import Report
from ..engine.errors import raise_if_cancelled
from ..translation import tr

ROLE = "Assays"
EVERY = 20_000
EARTH = 6_371_000.0
NOWHERE = (math.nan, math.nan, math.nan)


@dataclass
class AssayLayer:
    """The assays of a layer.

    Attributes
    ----------
    source : QgsFeatureSource
    ids : array of int64, shape (n,)
    columns : dict
        Field names to lists of attribute values.
    places : array of float64, shape (n, 3), or None
        Metres; NaN where a feature has no place.
    holes : array of int64, shape (n,), or None
    """

    source: object
    ids: np.ndarray
    columns: dict
    places: np.ndarray
    holes: np.ndarray


def layer_problem(source, fields, hole=""):
    """Why assays cannot be read from a layer, as far as can be told quickly, or an empty string."""
    if not fields:
        return tr("{}: choose at least one field with assays.").format(tr(ROLE))
    if source.featureCount() == 0:
        return (tr("{}: '{}' has no features to read; choose another layer, or switch off 'Selected features only' "
                   "when nothing is selected.").format(tr(ROLE), source.sourceName()))
    for name in filter(None, [*fields, hole]):
        if source.fields().lookupField(name) < 0:
            return (tr("{}: there is no field '{}' in '{}'; its fields are: {}.").format(
                tr(ROLE), name, source.sourceName(), ', '.join(source.fields().names()) or 'none'))
    for name in fields:
        kind = kind_of(source.fields().field(source.fields().lookupField(name)))
        if kind not in ("number", "text"):
            return tr("{}: the field '{}' holds {} values and no assays; choose fields with numbers or text.").format(
                tr(ROLE), name, kind)
    return ""


def read_layer(source, fields, hole, feedback, crs=None, context=None):
    """Read the fields, places and holes of a layer.

    Parameters
    ----------
    source : QgsFeatureSource
        With points, other shapes (their centroids count) or no geometry.
    fields : list of str
    hole : str
        Field of the drill hole, or empty.
    feedback : QgsProcessingFeedback
    crs : QgsCoordinateReferenceSystem, optional
        Of the places; by default that of the layer.
    context : QgsProcessingContext, optional
        Needed with ``crs``.

    Returns
    -------
    AssayLayer
    """
    crs = crs if crs is not None and crs.isValid() else source.sourceCrs()
    names = [*fields, *([hole] if hole else [])]
    indices = [find_field(source, name, ROLE) for name in names]
    request = QgsFeatureRequest().setSubsetOfAttributes(indices)
    spatial = source.wkbType() not in (QgsWkbTypes.Type.NoGeometry, QgsWkbTypes.Type.Unknown)
    if not spatial:
        request.setFlags(QgsFeatureRequest.Flag.NoGeometry)
    elif crs != source.sourceCrs():
        request.setDestinationCrs(crs, context.transformContext())
    ids, places, columns = [], [], [[] for _ in names]
    total = max(1, source.featureCount())
    for feature in source.getFeatures(request):
        ids.append(feature.id())
        if spatial:
            places.append(_place(feature.geometry()))
        attributes = feature.attributes()
        for column, index in zip(columns, indices):
            column.append(attributes[index])
        if len(ids) % EVERY == 0:
            raise_if_cancelled(feedback)
            feedback.setProgress(100 * len(ids) / total)
    holes = None
    if hole:
        report = Report()
        holes, _ = hole_indices(columns[-1], report)
        for line in report.notes:
            feedback.pushInfo(line)
        for line in report.warnings:
            feedback.pushWarning(line)
    return AssayLayer(source, np.array(ids, np.int64), dict(zip(fields, columns)),
                      _metres(places, crs) if spatial else None, holes)


def job_arrays(layer):
    """Input arrays of the jobs, and the names of fields that hold text."""
    arrays, texts = {}, []
    for k, (name, column) in enumerate(layer.columns.items()):
        if kind_of(layer.source.fields().field(find_field(layer.source, name, ROLE))) == "number":
            arrays[f"numbers_{k}"] = float_column(column)
            continue
        texts.append(name)
        codes, different = _coded(column)
        arrays[f"texts_{k}"], arrays[f"texts_{k}_ends"] = pack_texts(different)
        arrays[f"codes_{k}"] = codes
    if layer.places is not None and np.isfinite(layer.places).any():
        arrays["places"] = layer.places
    if layer.holes is not None:
        arrays["groups"] = layer.holes
    return arrays, texts


def float_column(column):
    """Attribute values of a numeric field as float64, NaN for NULL."""
    return np.array([math.nan if is_null(value) else float(value) for value in column], float)


def _coded(column):
    """A column of texts as indices into its different texts."""
    index = {}
    codes = [index.setdefault("" if is_null(value) else str(value), len(index)) for value in column]
    return np.array(codes, np.int32), list(index)


def _place(geometry):
    """Coordinates of a point, or of the centroid of another shape."""
    shape = geometry.constGet()
    if shape is None or shape.isEmpty():
        return NOWHERE
    if hasattr(shape, "numGeometries") and shape.numGeometries() == 1:
        shape = shape.geometryN(0)
    if not hasattr(shape, "x"):
        centre = geometry.centroid()
        shape = centre.constGet()
        if shape is None:
            return NOWHERE
    return shape.x(), shape.y(), shape.z()


def _metres(places, crs):
    """Places with three coordinates; degrees become places on the globe, so that distances are metres."""
    xyz = np.array(places, float).reshape(-1, 3)
    xyz[:, 2] = np.nan_to_num(xyz[:, 2])
    xyz[~np.isfinite(xyz[:, :2]).all(axis=1)] = np.nan
    if not crs.isGeographic():
        return xyz
    longitude, latitude = np.radians(xyz[:, 0]), np.radians(xyz[:, 1])
    radius = EARTH + xyz[:, 2]
    return np.column_stack([radius * np.cos(latitude) * np.cos(longitude),
                            radius * np.cos(latitude) * np.sin(longitude), radius * np.sin(latitude)])


def kept_fields(source, removed):
    """Fields of a layer without some, and their indices."""
    gone = {find_field(source, name, ROLE) for name in removed}
    kept = [index for index in range(source.fields().count()) if index not in gone]
    fields = QgsFields()
    for index in kept:
        fields.append(source.fields().field(index))
    return fields, kept


def layer_rows(source, kept, ids, attributes):
    """Geometry and attributes of every feature: the kept ones, then the new ones of its row."""
    row_of = dict(zip(ids.tolist(), map(list, attributes)))
    for feature in source.getFeatures():
        new = row_of.get(feature.id())
        if new is not None:
            old = feature.attributes()
            yield feature.geometry(), [old[index] for index in kept] + new


def parse_pairs(text, what, fields, convert):
    """Settings by field, written as ``"La_ppm=0.5; Ce_ppm=1"``.

    Parameters
    ----------
    text, what : str
        The text, and the name of the parameter for messages.
    fields : list of str
    convert : callable
        Of the text behind ``=``; raises ValueError when it is wrong.

    Returns
    -------
    dict
    """
    pairs, lower = {}, {name.lower(): name for name in fields}
    for part in filter(str.strip, re.split(r"[;\n]", text or "")):
        name, equals, value = part.rpartition("=")
        found = lower.get(name.strip().lower())
        try:
            if not equals or found is None:
                raise ValueError
            pairs[found] = convert(value.strip())
        except ValueError as error:
            reason = tr("'{}' is none of the chosen fields").format(name.strip()) if equals and found is None else (
                tr("it must read like FIELD=VALUE; FIELD=VALUE"))
            raise QgsProcessingException(tr("{}: '{}' cannot be used: {}.").format(
                what, part.strip(), reason)) from error
    return pairs


def positive_number(text):
    """A number above zero; a decimal comma is understood."""
    value = float(text.replace(",", "."))
    if not (math.isfinite(value) and value > 0.0):
        raise ValueError
    return value
