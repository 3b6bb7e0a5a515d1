"""Point layers as arrays of coordinates and values, with a record of what was left out."""
import math
from collections import Counter
from dataclasses import dataclass, field
from itertools import compress

import numpy as np
from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsFeatureRequest,
    QgsProcessingException,
    QgsUnitTypes,
    QgsWkbTypes,
)

from ..engine.errors import raise_if_cancelled
from ..translation import tr
from .columns import hole_indices, numbers
from .fields import find_field, kind_of

ROLE = "Samples"
EVERY = 20_000
NOWHERE = (math.nan, math.nan, math.nan)


@dataclass(frozen=True)
class Samples:
    """Samples of a layer, one row each, in the order of the layer.

    Attributes
    ----------
    coordinates : array of float64, shape (n, 2) or (n, 3)
        Easting, northing and, in 3-D, elevation, in ``crs``.
    values : dict
        Field names to float64 arrays of shape (n,), NaN where there is no value.
    holes : array of int64, shape (n,)
        Index into ``hole_names``; -1 where a sample has no hole.
    hole_names : list of str
    ids : array of int64, shape (n,)
        Feature ids.
    crs : QgsCoordinateReferenceSystem
    report : Report
    """

    coordinates: np.ndarray
    values: dict
    holes: np.ndarray
    hole_names: list
    ids: np.ndarray
    crs: QgsCoordinateReferenceSystem
    report: "Report"

    def __len__(self):
        return len(self.coordinates)

    @property
    def dimensions(self):
        """2 or 3."""
        return self.coordinates.shape[1]

    def matrix(self):
        """All values, shape (n, fields), in the order of ``values``."""
        return np.column_stack(list(self.values.values()))

    def complete(self, names=None):
        """Which samples have a value in every one of the fields; shape (n,)."""
        return np.all([np.isfinite(self.values[name]) for name in names or self.values], axis=0)

    def take(self, keep):
        """The samples that a mask or an index array selects."""
        values = {name: column[keep] for name, column in self.values.items()}
        return Samples(
            self.coordinates[keep], values, self.holes[keep], self.hole_names, self.ids[keep], self.crs, self.report
        )


@dataclass
class Report:
    """What was read, what was left out and why.

    Attributes
    ----------
    read, used : int
        Features read and samples kept.
    dropped : collections.Counter
        Reasons to numbers of features left out.
    fields : dict
        Field names to counters of ``"used"``, ``"missing"``, ``"infinite"`` and ``"read from text"``.
    coincident : int
        Samples at the place of an earlier one.
    notes, warnings : list of str
        Sentences for the log.
    """

    read: int = 0
    used: int = 0
    dropped: Counter = field(default_factory=Counter)
    fields: dict = field(default_factory=dict)
    coincident: int = 0
    notes: list = field(default_factory=list)
    warnings: list = field(default_factory=list)

    def lines(self):
        """The record as sentences, without the warnings."""
        out = [tr("Samples: {:,} of {:,} features are used.").format(self.used, self.read)]
        out += [f"Left out: {count:,} {reason}." for reason, count in self.dropped.items()]
        for name, counts in self.fields.items():
            odd = ", ".join(f"{count:,} {what}" for what, count in counts.items() if what != "used" and count)
            out.append(f"{name}: {counts['used']:,} values" + (f" ({odd})." if odd else "."))
        if self.coincident:
            out.append(tr("{:,} samples lie exactly at the place of another one.").format(self.coincident))
        return out + self.notes

    def push(self, feedback):
        """Write the record and the warnings to a Processing log."""
        for line in self.lines():
            feedback.pushInfo(line)
        for line in self.warnings:
            feedback.pushWarning(line)

    def to_dict(self):
        """The record as JSON values."""
        return {
            "read": self.read, "used": self.used, "dropped": dict(self.dropped), "coincident": self.coincident,
            "fields": {name: dict(counts) for name, counts in self.fields.items()},
            "notes": list(self.notes), "warnings": list(self.warnings),
        }


def read_samples(source, fields, context, crs=None, z_field="", hole_field="", dimensions="auto", feedback=None):
    """Read points with their values.

    Points with elevations (in the geometry, or in ``z_field``) are 3-D
    samples, unless all elevations are equal.  Samples without a place or
    without any value are left out and counted.

    Parameters
    ----------
    source : QgsFeatureSource
        Points or multi-points of one part.
    fields : list of str
        Fields with the values, at least one; numbers, or text that holds numbers.
    context : QgsProcessingContext
    crs : QgsCoordinateReferenceSystem, optional
        Projected system to work in; by default that of the layer.
    z_field : str
        Numeric field with elevations, which replaces those of the geometry.
    hole_field : str
        Field with the name of the drill hole.
    dimensions : str
        ``"auto"``, ``"2"`` or ``"3"``.
    feedback : QgsProcessingFeedback, optional

    Returns
    -------
    samples : Samples

    Raises
    ------
    QgsProcessingException
        When the layer cannot be used, in one sentence.
    """
    problem = source_problem(source, fields, crs, z_field, hole_field)
    if problem:
        raise QgsProcessingException(problem)
    report = Report()
    crs = crs if crs is not None and crs.isValid() else source.sourceCrs()
    unit_warning = crs_warning(crs)
    if unit_warning:
        report.warnings.append(unit_warning)
    names = list(dict.fromkeys([*fields, *filter(None, (z_field, hole_field))]))
    indices = [find_field(source, name, ROLE) for name in names]
    ids, xyz, columns = scan(source, indices, crs, context, report, feedback)
    columns = dict(zip(names, columns))
    if z_field:
        xyz[:, 2] = numbers(columns[z_field], z_field, ROLE, Counter())
    xyz, placed = choose_dimensions(xyz, dimensions, bool(z_field), report)
    report.fields = {name: Counter(used=0) for name in fields}
    values = {name: numbers(columns[name], name, ROLE, report.fields[name]) for name in fields}
    keep = _keep(placed, values, report)
    holes, hole_names = _read_holes(columns.get(hole_field), keep, report)
    values = {name: column[keep] for name, column in values.items()}
    report.used = int(keep.sum())
    report.coincident = report.used - count_places(xyz[keep])
    return Samples(xyz[keep], values, holes, hole_names, ids[keep], crs, report)


def _read_holes(raw, keep, report):
    """Holes of the kept samples; all -1 without a field."""
    if raw is None:
        return np.full(int(keep.sum()), -1, np.int64), []
    return hole_indices(compress(raw, keep), report)


def source_problem(source, fields, crs=None, z_field="", hole_field=""):
    """Why a layer cannot be read as samples, as far as can be told quickly, or an empty string."""
    if QgsWkbTypes.geometryType(source.wkbType()) != QgsWkbTypes.GeometryType.PointGeometry:
        return tr("{}: '{}' is not a layer of points; choose a point layer.").format(tr(ROLE), source.sourceName())
    if source.featureCount() == 0:
        return (
            tr("{}: '{}' has no features to read; choose another layer, or switch off 'Selected features only' when "
               "nothing is selected.").format(tr(ROLE), source.sourceName())
        )
    if not fields:
        return tr("{}: no field with values was chosen; choose at least one.").format(tr(ROLE))
    problem = crs_problem(crs if crs is not None and crs.isValid() else source.sourceCrs())
    return problem or _fields_problem(source, fields, z_field, hole_field)


def _fields_problem(source, fields, z_field, hole_field):
    """Why a field cannot be used, or an empty string."""
    for name in [*fields, *filter(None, (z_field, hole_field))]:
        if source.fields().lookupField(name) < 0:
            return (
                tr("{}: there is no field '{}' in '{}'; its fields are: {}.").format(
                    tr(ROLE), name, source.sourceName(), ', '.join(source.fields().names()) or 'none')
            )
        kind = kind_of(source.fields().at(source.fields().lookupField(name)))
        if name != hole_field and kind not in ("number", "text"):
            return tr("{}: the field '{}' holds {}, not numbers; choose a field with numbers.").format(
                tr(ROLE), name, _plural(kind))
    return ""


def _count(values):
    """So many values, in words."""
    return tr("1 value") if values == 1 else tr("{} values").format(values)


def _plural(kind):
    return {"boolean": tr("yes/no values"), "date": tr("dates or times")}.get(kind, tr("values of another kind"))


def crs_problem(crs):
    """Why distances cannot be measured in a coordinate reference system, or an empty string."""
    if crs.isValid() and crs.isGeographic():
        return (
            tr("{}: coordinates are in degrees ({} {}), in which distances cannot be measured; choose a projected "
               "CRS, such as the UTM zone of the area, in 'CRS'.").format(tr(ROLE), crs.authid(), crs.description())
        )
    return ""


def crs_warning(crs):
    """What the user should know about the unit of a coordinate reference system, or an empty string."""
    if not crs.isValid():
        return tr("{}: the layer has no coordinate reference system; its coordinates are taken as metres.").format(
            tr(ROLE))
    unit = QgsUnitTypes.encodeUnit(crs.mapUnits())
    if unit == "meters":
        return ""
    if unit == "<unknown>":
        return tr("{}: the unit of the coordinate reference system is not known; its coordinates are taken as "
                  "metres.").format(tr(ROLE))
    return (
        tr("{}: the unit of {} is {}; cell size, levels, elevations and variogram ranges are all read in that unit, "
           "and gradients are per that unit.").format(tr(ROLE), crs.authid(), unit)
    )


def scan(source, indices, crs, context, report, feedback):
    """Ids (n,), coordinates (n, 3; NaN where there are none) and raw attributes of every feature."""
    request = QgsFeatureRequest().setSubsetOfAttributes(indices)
    if crs.isValid() and source.sourceCrs().isValid() and crs != source.sourceCrs():
        request.setDestinationCrs(crs, context.transformContext())
    ids, places, columns = [], [], [[] for _ in indices]
    appenders = [(column.append, index) for column, index in zip(columns, indices)]
    total = max(1, source.featureCount())
    for feature in source.getFeatures(request):
        geometry = feature.geometry()
        places.append(_place(geometry, report))
        ids.append(feature.id())
        attributes = feature.attributes()
        for append, index in appenders:
            append(attributes[index])
        if len(ids) % EVERY == 0 and feedback is not None:
            raise_if_cancelled(feedback)
            feedback.setProgress(100 * len(ids) / total)
    report.read = len(ids)
    return np.array(ids, np.int64), np.array(places, float).reshape(-1, 3), columns


def _place(geometry, report):
    """The coordinates of a point, or NaN with the reason counted."""
    point = geometry.constGet()
    if point is None or point.isEmpty():
        report.dropped[tr("without a place (empty geometry or outside the area of the CRS)")] += 1
        return NOWHERE
    if hasattr(point, "numGeometries"):
        if point.numGeometries() != 1:
            report.dropped[tr("with several points in one feature")] += 1
            return NOWHERE
        point = point.geometryN(0)
    place = point.x(), point.y(), point.z()
    if not (math.isfinite(place[0]) and math.isfinite(place[1])):
        report.dropped[tr("with coordinates that are not finite")] += 1
        return NOWHERE
    return place


def choose_dimensions(xyz, dimensions, from_field, report):
    """Coordinates in the number of dimensions they have, and which samples have a place."""
    flat = np.isfinite(xyz[:, 0])
    elevations = xyz[flat, 2][np.isfinite(xyz[flat, 2])]
    varied = elevations.size > 0 and np.ptp(elevations) > 0
    if dimensions == "3" and not elevations.size:
        raise QgsProcessingException(
            tr("{}: three dimensions were asked for, but the points have no elevation; choose an elevation field, or "
               "set the dimensions to 2 or auto.").format(tr(ROLE))
        )
    if dimensions == "2" or not (varied or dimensions == "3"):
        if elevations.size:
            reason = tr("as asked for") if dimensions == "2" else tr("because they are all equal")
            report.notes.append(tr("Elevations are not used, {}: the samples are 2-D.").format(reason))
        return xyz[:, :2], flat
    placed = flat & np.isfinite(xyz[:, 2])
    if (flat & ~placed).any():
        reason = tr("without an elevation in the elevation field") if from_field else tr("without an elevation")
        report.dropped[reason] += int((flat & ~placed).sum())
    return xyz, placed


def _keep(placed, values, report):
    """Which samples have a place and at least one value."""
    valued = np.any([np.isfinite(column) for column in values.values()], axis=0)
    if (placed & ~valued).any():
        reason = tr("without a value in any of the fields") if len(values) > 1 else tr("without a value")
        report.dropped[reason] += int((placed & ~valued).sum())
    keep = placed & valued
    if not keep.any():
        raise QgsProcessingException(
            tr("{}: none of the {:,} features has both a place and a value in {}; choose other fields or another "
               "layer.").format(tr(ROLE), len(keep), ', '.join(repr(name) for name in values))
        )
    for name, column in values.items():
        report.fields[name]["used"] = int(np.isfinite(column[keep]).sum())
    return keep


def count_places(coordinates):
    """Number of different places."""
    if len(coordinates) < 2:
        return len(coordinates)
    order = coordinates[np.lexsort(coordinates.T)]
    return 1 + int((order[1:] != order[:-1]).any(axis=1).sum())


def check_samples(samples, least=3):
    """Refuse samples from which nothing can be interpolated; note those along a line or a plane.

    Parameters
    ----------
    samples : Samples
    least : int
        The smallest number of values that is enough.

    Raises
    ------
    QgsProcessingException
        Too few values, all values equal, or all samples at one place.
    """
    if count_places(samples.coordinates) < 2 and len(samples) >= least:
        raise QgsProcessingException(
            tr("{}: all {:,} samples lie at the same place; check the coordinates of the layer.").format(
                tr(ROLE), len(samples))
        )
    for name, column in samples.values.items():
        found = column[np.isfinite(column)]
        if found.size < least:
            raise QgsProcessingException(
                tr("{}: the field '{}' has {} at a place, and at least {} are needed; choose another field or more "
                   "samples.").format(tr(ROLE), name, _count(found.size), least)
            )
        if np.ptp(found) == 0:
            raise QgsProcessingException(
                tr("{}: all {:,} values of the field '{}' are equal ({:g}), so there is nothing to interpolate; "
                   "choose another field.").format(tr(ROLE), found.size, name, found[0])
            )
    _note_shape(samples)


def _note_shape(samples):
    """Warn when the samples do not fill the space they are in."""
    rank = shape_rank(samples.coordinates)
    if rank < samples.dimensions:
        shape = tr("one straight line") if rank == 1 else tr("one plane")
        samples.report.warnings.append(
            tr("{}: all samples lie along {}; estimates away from it are uncertain and a linear drift cannot be "
               "fitted.").format(tr(ROLE), shape)
        )


def shape_rank(coordinates):
    """0 for samples at one place, 1 along a line, 2 in a plane, 3 in space (to a millionth of their span)."""
    centred = coordinates - coordinates.mean(axis=0)
    spread = np.linalg.svd(centred.T @ centred, compute_uv=False) ** 0.5
    return int((spread > 1e-6 * spread[0]).sum()) if spread[0] > 0 else 0
