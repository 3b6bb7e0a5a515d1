"""What fusion reads: the samples with all their columns, rasters, geology and lines."""
from collections import Counter
from dataclasses import dataclass, field

import numpy as np
from qgis.core import QgsProcessingException

from ..data.columns import hole_indices, numbers, text_number
from ..data.fields import find_field, is_null, kind_of
from ..data.grid import GridSpec, make_grid
from ..data.samples import (
    ROLE,
    Report,
    Samples,
    choose_dimensions,
    count_places,
    crs_problem,
    crs_warning,
    scan,
)
from ..data.tables import as_text
from ..translation import tr

MOST_TEXT_CLASSES = 1000
LEAST = 3


@dataclass
class Columns:
    """Columns at the samples.

    Attributes
    ----------
    numbers : dict
        Names to float64 arrays (n,).
    classes : dict
        Names to pairs of codes (n,) and labels.
    everywhere : list of str
        Names of columns that a map can have.
    sources, units : dict
        Names to what they come from, and to their unit where it is known.
    """

    numbers: dict = field(default_factory=dict)
    classes: dict = field(default_factory=dict)
    everywhere: list = field(default_factory=list)
    sources: dict = field(default_factory=dict)
    units: dict = field(default_factory=dict)

    def add_number(self, name, values, source, everywhere, unit=""):
        """Add a column of numbers under a name that is free."""
        name = self._free(name)
        self.units.update({name: unit} if unit else {})
        self.numbers[name], self.sources[name] = np.asarray(values, float), source
        self.everywhere += [name] if everywhere else []
        return name

    def add_class(self, name, codes, labels, source, everywhere):
        """Add a column of classes under a name that is free."""
        name = self._free(name)
        self.classes[name], self.sources[name] = (np.asarray(codes, np.int64), list(labels)), source
        self.everywhere += [name] if everywhere else []
        return name

    def _free(self, name):
        taken = {key.lower() for key in [*self.numbers, *self.classes]}
        number, base = 1, name
        while name.lower() in taken:
            number += 1
            name = f"{base}_{number}"
        return name


def read_places(source, names, context, crs, z_field="", hole_field="", dimensions="auto", feedback=None):
    """All samples that have a place, and the raw attributes of some fields.

    Parameters
    ----------
    source : QgsFeatureSource
    names : list of str
        Fields.
    context : QgsProcessingContext
    crs : QgsCoordinateReferenceSystem
        To work in.
    z_field, hole_field, dimensions
        As for `data.samples.read_samples`.
    feedback : QgsProcessingFeedback, optional

    Returns
    -------
    samples : Samples
        Without values.
    raw : dict
        Field names to lists of attribute values of these samples.
    """
    problem = crs_problem(crs)
    if problem:
        raise QgsProcessingException(problem)
    report = Report()
    report.warnings += [crs_warning(crs)] if crs_warning(crs) else []
    wanted = list(dict.fromkeys([*names, *filter(None, (z_field, hole_field))]))
    ids, xyz, columns = scan(source, [find_field(source, name, ROLE) for name in wanted], crs, context, report,
                             feedback)
    columns = dict(zip(wanted, columns))
    if z_field:
        xyz[:, 2] = numbers(columns[z_field], z_field, ROLE, Counter())
    xyz, placed = choose_dimensions(xyz, dimensions, bool(z_field), report)
    rows = np.flatnonzero(placed)
    if rows.size < LEAST:
        raise QgsProcessingException(tr("Samples: {} samples of '{}' have a place, and at least {} are needed; choose "
                                        "another layer.").format(rows.size, source.sourceName(), LEAST))
    raw = {name: [column[row] for row in rows] for name, column in columns.items()}
    holes, hole_names = (hole_indices(raw[hole_field], report) if hole_field
                         else (np.full(rows.size, -1, np.int64), []))
    report.used, report.coincident = rows.size, rows.size - count_places(xyz[rows])
    return Samples(xyz[rows], {}, holes, hole_names, ids[rows], crs, report), raw


def read_target(name, raw):
    """A target or a field to be kriged as numbers."""
    values = numbers(raw, name, ROLE, Counter())
    if not np.isfinite(values).any():
        raise QgsProcessingException(tr("Samples: the field '{}' has no value in any sample; choose another "
                                        "target.").format(name))
    return values


def read_field(columns, name, raw, definition):
    """Add a field of the samples: numbers, or classes when it holds words."""
    source = tr("samples")
    if kind_of(definition) == "number" or not _wordy(raw):
        columns.add_number(name, numbers(raw, name, ROLE, Counter()), source, False)
        return
    labels, codes = np.unique([as_text(value) for value in raw], return_inverse=True)
    labels, codes = [str(label) for label in labels], codes.reshape(-1)
    if len(labels) > MOST_TEXT_CLASSES:
        raise QgsProcessingException(tr("Samples: the field '{}' holds {:,} different texts, so it is no log of rock "
                                        "types; parse it first with 'Parse drill logs', or leave it out.").format(
                                            name, len(labels)))
    if labels[0] == "":
        labels, codes = labels[1:], codes - 1
    columns.add_class(name, codes, labels, source, False)


def _wordy(raw):
    """Whether at least half of the known values are words instead of numbers."""
    known = [as_text(value) for value in raw if not is_null(value) and as_text(value)]
    return sum(text_number(text) is None for text in known) > 0.5 * len(known)


def add_class_raster(columns, column, values):
    """Add an aligned raster of classes, whose values at the samples are given; returns its name and its classes."""
    codes, index = np.unique(values[np.isfinite(values)], return_inverse=True)
    found = np.full(len(values), -1)
    found[np.isfinite(values)] = index.reshape(-1)
    labels = [column.label(code) for code in codes.tolist()]
    return columns.add_class(column.name, found, labels, column.layer, True), codes


def codes_of(values, known):
    """Codes of class values: their place among the known ones, one beyond for others, -1 for none."""
    if not len(known):
        return np.where(np.isfinite(values), 0, -1)
    place = np.clip(np.searchsorted(known, values), 0, len(known) - 1)
    return np.where(np.isnan(values), -1, np.where(known[place] == values, place, len(known)))


def grid_of(samples, extent, cell, levels, raster):
    """The grid of the run, from what the user gave and the samples."""
    if raster is not None:
        like = GridSpec.from_raster(raster)
        extent, cell = like.extent, like.cell
    return make_grid(samples.crs, samples.coordinates, extent, cell, levels)
