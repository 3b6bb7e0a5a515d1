"""What the algorithms that learn grades from samples with features have in common: their inputs and their folds."""
import math
import re
from pathlib import Path

import numpy as np
from qgis.core import (
    QgsProcessing,
    QgsProcessingException,
    QgsProcessingParameterCrs,
    QgsProcessingParameterFeatureSource,
    QgsProcessingParameterField,
    QgsProcessingParameterFile,
    QgsProcessingParameterString,
)

from .. import parameters as shared
from ..base import LodescopeAlgorithm
from ..data.fields import destination_path
from ..data.modelfiles import card_of, model_problem
from ..data.rasters import destination_problem
from ..data.samples import read_samples, source_problem
from ..translation import tr

FOLD_VALUES = ["hole", "block", "random", "80_20", "70_15_15"]
ANY = QgsProcessingParameterField.DataType.Any
MOST_TARGETS = 15


class GradeSamplesAlgorithm(LodescopeAlgorithm):
    """Base of the algorithms that learn grades from samples with features.

    Attributes
    ----------
    TARGETS, FOLD_KIND, FOLD_COUNT : str
        Names of the parameters for the grades, for what is held out, and for
        the number of folds.
    SEVERAL : bool
        Whether there may be several targets.
    FINDS_TARGETS : bool
        Whether targets may stay empty.
    """

    GROUP, GROUP_ID, NEEDS = "Grade", "grade", "deep"
    SAMPLES, FEATURES, TARGETS, HOLE_ID, Z_FIELD = "SAMPLES", "FEATURES", "TARGETS", "HOLE_ID", "Z_FIELD"
    RECIPE, CUTOFFS, FOLD_KIND, FOLD_COUNT, BLOCK_SIZE = "RECIPE", "CUTOFFS", "VALIDATION", "FOLDS", "BLOCK_SIZE"
    SEVERAL, FINDS_TARGETS = True, False
    TARGETS_HELP = "Grades to be predicted, one to fifteen. Samples without a grade teach the other targets."
    CUTOFFS_HELP = ("Grades whose chance of being exceeded is predicted, such as 0.5, 1. With several targets "
                    "TREO: 0.5, 1; La: 0.1.")

    def more_fields(self, parameters, context):
        """Fields that the job needs besides features and targets, by the names of their arrays."""
        return {}

    def destinations(self):
        """Names of the parameters that say where results are written."""
        raise NotImplementedError

    def _field(self, name, label, several, optional):
        return QgsProcessingParameterField(name, tr(label), None, self.SAMPLES, ANY, several, optional)

    def add_samples(self):
        shared.add(self, QgsProcessingParameterFeatureSource(
            self.SAMPLES, tr("Samples with features"), [QgsProcessing.SourceType.TypeVectorPoint]),
            "Points with grades and features, as 'Fuse features' makes them.")
        shared.add(self, self._field(self.FEATURES, "Features", True, True),
                   "Numbers that are known where grades are to be predicted: the features of 'Fuse features', cheap "
                   "assays of the same interval, and the like. Never the target in another unit. Leave it empty to "
                   "take all features of the recipe.")
        shared.add(self, self._field(
            self.TARGETS, "Targets" if self.SEVERAL else "Target", self.SEVERAL, self.FINDS_TARGETS), self.TARGETS_HELP)
        shared.add(self, self._field(self.HOLE_ID, "Drill hole field", False, True),
                   "Field with the name of the drill hole; samples of one hole never stand on both sides of a test.")
        shared.add(self, self._field(self.Z_FIELD, "Elevation field", False, True),
                   "Field with the elevation of each sample. Leave it empty when the points have elevations themselves "
                   "or when the samples are on a map only.", advanced=True)
        shared.add(self, QgsProcessingParameterCrs(shared.CRS, tr("CRS"), None, True),
                   "Projected coordinate reference system to work in. Leave it empty to use that of the samples.",
                   advanced=True)
        shared.add(self, shared.choice(shared.DIMENSIONS, "Dimensions", shared.DIMENSION_VALUES, "auto"),
                   "2 works on the map and ignores elevations, 3 works in space, auto works in space when the samples "
                   "have different elevations.", advanced=True)
        shared.add(self, QgsProcessingParameterFile(
            self.RECIPE, tr("Recipe of the features"), QgsProcessingParameterFile.Behavior.File, "safetensors", None,
            True),
            "The recipe that 'Fuse features' wrote with these samples; it is kept inside the model. Leave it empty "
            "when the features come from elsewhere.")

    def add_validation(self):
        shared.add(self, QgsProcessingParameterString(self.CUTOFFS, tr("Cut-off grades"), None, False, True),
                   self.CUTOFFS_HELP)
        shared.add(self, shared.choice(self.FOLD_KIND, "Validation", FOLD_VALUES, "hole"),
                   "hole: whole drill holes are held out, the honest way. block: whole blocks of the map. random, "
                   "80_20 and 70_15_15: single samples, as many papers do; they flatter.")
        shared.add(self, shared.number(self.FOLD_COUNT, "Folds", shared.NUMBER.Integer, 5, 2, 20),
                   "Number of parts of which each is held out once.", advanced=True)
        shared.add(self, shared.number(self.BLOCK_SIZE, "Side of a block", least=1e-9),
                   "For validation by blocks, in the unit of the CRS. Leave it empty for a fifth of the longer side of "
                   "the area.", advanced=True)

    def problem(self, parameters, context):
        source = shared.read_source(self, parameters, context, self.SAMPLES)
        features, targets = self._names(parameters, context)
        fields = [*targets, *features, *self.more_fields(parameters, context).values()]
        message = source_problem(source, fields, self._crs(parameters, context, source),
                                 self.parameterAsString(parameters, self.Z_FIELD, context),
                                 self.parameterAsString(parameters, self.HOLE_ID, context))
        if message:
            return message
        self.cutoffs(parameters, context, targets)
        return (self._names_problem(features, targets) or self._recipe_problem(parameters, context)
                or next(filter(None, (destination_problem(destination_path(parameters.get(name), context))
                                      for name in self.destinations())), ""))

    def _names(self, parameters, context):
        """Names of the features and of the targets."""
        features, targets = (shared.field_list(self, parameters, name, context)
                             for name in (self.FEATURES, self.TARGETS))
        if not features and shared.given(parameters, self.RECIPE):
            card = card_of(self.parameterAsFile(parameters, self.RECIPE, context), "recipe")
            features = [entry["name"] for entry in card["features"]]
        return features, targets

    def _names_problem(self, features, targets):
        """Why features and targets do not go together, or an empty string."""
        if not features:
            return tr("Features: choose at least one field that is known where grades are to be predicted, or give the "
                      "recipe of the features.")
        if not targets:
            return tr("Targets: choose at least one field with grades.")
        if len(targets) > MOST_TARGETS:
            return tr("{} targets were chosen, and at most {} are possible; train several models.").format(
                len(targets), MOST_TARGETS)
        both = [name for name in features if name in targets]
        if both:
            return tr("{}: a target cannot be a feature of itself; take it out of the features.").format(
                ", ".join(both))
        return ""

    def _recipe_problem(self, parameters, context):
        if not shared.given(parameters, self.RECIPE):
            return ""
        return model_problem(self.parameterAsFile(parameters, self.RECIPE, context), "recipe")

    def _crs(self, parameters, context, source):
        """The CRS to work in."""
        if shared.given(parameters, shared.CRS):
            return shared.read_crs(self, parameters, context)
        return source.sourceCrs()

    def cutoffs(self, parameters, context, targets):
        """Cut-offs of each target as lists of numbers."""
        return parse_cutoffs(self.parameterAsString(parameters, self.CUTOFFS, context), targets)

    def read_inputs(self, parameters, context, feedback):
        """The source, its samples, and the arrays and settings of a job."""
        source = shared.read_source(self, parameters, context, self.SAMPLES)
        features, targets = self._names(parameters, context)
        more = self.more_fields(parameters, context)
        samples = read_samples(
            source, list(dict.fromkeys([*targets, *features, *more.values()])), context,
            self._crs(parameters, context, source),
            self.parameterAsString(parameters, self.Z_FIELD, context),
            self.parameterAsString(parameters, self.HOLE_ID, context),
            self.parameterAsEnumString(parameters, shared.DIMENSIONS, context), feedback)
        samples.report.push(feedback)
        arrays = {**{array: samples.values[name] for array, name in more.items()},
                  "coordinates": samples.coordinates, "groups": samples.holes,
                  "features": np.column_stack([samples.values[name] for name in features]),
                  "targets": np.column_stack([samples.values[name] for name in targets])}
        settings = {
            "features": features, "targets": targets, "crs": samples.crs.authid(),
            "cutoffs": self.cutoffs(parameters, context, targets),
            "z_field": self.parameterAsString(parameters, self.Z_FIELD, context),
            "validation": self.parameterAsEnumString(parameters, self.FOLD_KIND, context),
            "folds": self.parameterAsInt(parameters, self.FOLD_COUNT, context),
            "block": shared.optional_number(self, parameters, self.BLOCK_SIZE, context),
            **file_setting(self, parameters, context, self.RECIPE, "recipe"),
            **shared.read_run(self, parameters, context),
        }
        return source, samples, arrays, settings


def file_setting(algorithm, parameters, context, name, key):
    """A model file as settings of a job: its path, and what tells whether it has changed; empty when not given."""
    if not shared.given(parameters, name):
        return {}
    path = Path(algorithm.parameterAsFile(parameters, name, context)).absolute()
    return {f"{key}_file": str(path), f"{key}_stamp": [path.stat().st_size, path.stat().st_mtime]}


def parse_cutoffs(text, targets):
    """Cut-offs of each target.

    Parameters
    ----------
    text : str
        ``"0.5, 1"`` for all targets, or ``"TREO: 0.5, 1; La: 0.1"``.
    targets : list of str

    Returns
    -------
    list of list of float

    Raises
    ------
    QgsProcessingException
        A cut-off is no number, or a name no target.
    """
    if ":" not in text and "=" not in text:
        return [_cutoff_list(text)] * len(targets)
    found = {}
    for part in filter(None, (part.strip() for part in text.split(";"))):
        name, _, values = (piece.strip() for piece in re.split(r"([:=])", part, maxsplit=1)) \
            if re.search(r"[:=]", part) else (part, "", "")
        if name not in targets:
            raise QgsProcessingException(tr("Cut-off grades: '{}' is no target; write TARGET: 0.5, 1 with one of: "
                                            "{}.").format(name, ", ".join(targets)))
        found[name] = _cutoff_list(values)
    return [found.get(name, []) for name in targets]


def _cutoff_list(text):
    """Ascending numbers of a text such as ``0.5, 1``."""
    out = []
    for part in filter(None, re.split(r"[,;\s]+", text.strip())):
        try:
            value = float(part)
        except ValueError:
            value = math.nan
        if not math.isfinite(value):
            raise QgsProcessingException(tr(
                "Cut-off grades: '{}' is not a number; write grades such as 0.5, 1.").format(part))
        out.append(value)
    return sorted(set(out))
