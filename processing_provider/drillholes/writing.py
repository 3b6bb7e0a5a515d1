"""Samples, traces and findings of drill holes as layers."""
import numpy as np
from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsFeatureRequest,
    QgsFields,
    QgsGeometry,
    QgsLineString,
    QgsPoint,
    QgsProcessingException,
    QgsWkbTypes,
)

from ...algorithms.texts import unpack_texts
from ..data.fields import attribute_rows, write_layer
from ..translation import tr

PART = 20_000
SURVEYED = ("vertical", "collar", "survey")


def sample_columns(job, names):
    """What every sample gains: hole, depths, direction and place.

    Parameters
    ----------
    job : lodescope.processing_provider.engine.jobs.Job
        Finished.
    names : list of str
        Of the holes.

    Returns
    -------
    columns : dict
        Hole indices (int) under ``"hole"``, arrays of floats otherwise.
    """
    depths, angles, xyz = job.array("depths"), job.array("angles"), job.array("xyz")
    return {
        "hole": Names(job.array("hole"), names),
        "depth_from": depths[:, 0], "depth_to": depths[:, 1], "depth_mid": depths.mean(axis=1),
        "length": depths[:, 1] - depths[:, 0], "azimuth": angles[:, 0], "dip": angles[:, 1],
        "x": xyz[:, 0], "y": xyz[:, 1], "z": xyz[:, 2],
    }


class Names:
    """A column of texts that are few, kept as codes.

    Parameters
    ----------
    codes : array of int, shape (n,)
        -1 for no text.
    texts : list of str
    """

    def __init__(self, codes, texts):
        self._codes, self._texts = np.asarray(codes), [*texts, None]

    def __len__(self):
        return len(self._codes)

    def __getitem__(self, part):
        return [self._texts[code] for code in self._codes[part].tolist()]


def _column_parts(columns, count):
    """Rows of new attributes, made some thousands at a time."""
    for start in range(0, count, PART):
        yield from attribute_rows({name: column[start:start + PART] for name, column in columns.items()})


def _points(columns, count):
    """The places of samples."""
    for start in range(0, count, PART):
        part = [columns[name][start:start + PART].tolist() for name in ("x", "y", "z")]
        for x, y, z in zip(*part):
            yield QgsGeometry(QgsPoint(x, y, z))


def _kinds(columns):
    """Columns that tell `write_layer` the types of the fields."""
    return {name: [] if isinstance(column, Names) else column[:0] for name, column in columns.items()}


def write_intervals(algorithm, parameters, output, context, source, ids, rows, columns, crs, feedback):
    """Write intervals as points with all their attributes.

    Parameters
    ----------
    algorithm, parameters, output, context, feedback
        As for `write_layer`.
    source : QgsFeatureSource
        The table of intervals.
    ids : array of int
        Feature ids of all its rows.
    rows : array of int, shape (n,)
        Those to write.
    columns : dict
        Of `sample_columns`.
    crs : QgsCoordinateReferenceSystem

    Returns
    -------
    destination, names
        As for `write_layer`.
    """
    features = _chosen(source, ids, rows)
    made = zip(features, _points(columns, len(rows)), _column_parts(columns, len(rows)))
    made = ((point, [*feature.attributes(), *added]) for feature, point, added in made)
    return write_layer(algorithm, parameters, output, context, source.fields(), _kinds(columns),
                       (QgsWkbTypes.Type.PointZ, crs), made, max(1, len(rows)), feedback)


def _chosen(source, ids, rows):
    """The features at positions of a table, in its order."""
    wanted = np.zeros(len(ids) + 1, bool)
    wanted[rows] = True
    request = QgsFeatureRequest().setFlags(QgsFeatureRequest.Flag.NoGeometry)
    features = source.getFeatures(request)
    for feature, identity, is_wanted in zip(features, ids.tolist(), wanted.tolist()):
        if is_wanted:
            if feature.id() != identity:
                raise QgsProcessingException(tr("Intervals: the table was changed during the run; run again."))
            yield feature


def write_composites(algorithm, parameters, output, context, columns, crs, feedback):
    """Write composites as points; arguments as for `write_intervals`."""
    count = len(columns["x"])
    made = zip(_points(columns, count), _column_parts(columns, count))
    made = ((point, list(added)) for point, added in made)
    return write_layer(algorithm, parameters, output, context, QgsFields(), _kinds(columns),
                       (QgsWkbTypes.Type.PointZ, crs), made, max(1, count), feedback)


def write_traces(algorithm, parameters, output, context, job, names, crs, feedback):
    """Write the paths of the holes as lines with Z; holes without any length have none."""
    hole, xyz = job.array("trace_hole"), job.array("trace_xyz")
    first = np.searchsorted(hole, np.arange(len(names) + 1))
    drawn = np.flatnonzero(np.diff(first) > 1)
    numbers, counts = job.array("trace_numbers")[drawn], job.array("trace_counts")[drawn]
    columns = {
        "hole": [names[number] for number in drawn], "length": numbers[:, 0], "stations": counts[:, 0],
        "survey": [SURVEYED[code] for code in counts[:, 1]], "azimuth": numbers[:, 2], "dip": numbers[:, 3],
        "max_bend": numbers[:, 1],
    }
    lines = (QgsGeometry(QgsLineString(*xyz[first[number]:first[number + 1]].T.tolist())) for number in drawn)
    rows = ((line, list(added)) for line, added in zip(lines, attribute_rows(columns)))
    return write_layer(algorithm, parameters, output, context, QgsFields(), columns,
                       (QgsWkbTypes.Type.LineStringZ, crs), rows, max(1, len(drawn)), feedback)


def write_issues(algorithm, parameters, output, context, job, kinds, feedback):
    """Write the findings as a table; ``kinds`` are pairs of title and what was done."""
    codes, depths = job.array("issue_kinds"), job.array("issue_depths")
    holes, details = (unpack_texts(job.array(name), job.array(f"{name}_ends"))
                      for name in ("issue_holes", "issue_details"))
    columns = {
        "finding": [kinds[code][0] for code in codes], "hole": holes, "depth_from": depths[:, 0],
        "depth_to": depths[:, 1], "detail": details, "done": [kinds[code][1] for code in codes],
    }
    rows = ((None, list(row)) for row in attribute_rows(columns))
    return write_layer(algorithm, parameters, output, context, QgsFields(), columns,
                       (QgsWkbTypes.Type.NoGeometry, QgsCoordinateReferenceSystem()), rows, max(1, len(codes)),
                       feedback)
