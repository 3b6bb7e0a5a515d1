"""What the algorithms that train grade models and predict with them have in common."""
import math
import re
from pathlib import Path

import numpy as np
from qgis.core import (
    QgsProcessing,
    QgsProcessingException,
    QgsProcessingOutputNumber,
    QgsProcessingParameterCrs,
    QgsProcessingParameterFeatureSink,
    QgsProcessingParameterFeatureSource,
    QgsProcessingParameterField,
    QgsProcessingParameterFile,
    QgsProcessingParameterFileDestination,
    QgsProcessingParameterString,
)

from .. import parameters as shared
from ..base import LodescopeAlgorithm
from ..data.fields import destination_path, write_features
from ..data.files import publish
from ..data.modelfiles import card_of, model_problem
from ..data.rasters import destination_problem
from ..data.samples import read_samples, source_problem
from ..steps import Part
from ..translation import tr

VALIDATION_VALUES = ["hole", "block", "random", "80_20", "70_15_15"]
ANY = QgsProcessingParameterField.DataType.Any
FREEZE_VALUES = ["none", "first_layers", "all_but_last"]
MOST_TARGETS = 15
NUMBERS = (
    ("RMSE", "RMSE on held-out samples", "rmse"), ("R2", "R² on held-out samples", "r2"),
    ("CRPS", "CRPS on held-out samples", "crps"), ("COVERAGE_80", "Inside the 80 % interval (0 to 1)", "coverage_80"),
    ("COVERAGE_90", "Inside the 90 % interval (0 to 1)", "coverage_90"),
)
KRIGING_NUMBERS = (
    ("KRIGING_RMSE", "RMSE of ordinary kriging", "rmse"), ("KRIGING_CRPS", "CRPS of ordinary kriging", "crps"),
)
HELD_OUT = ("mean", "sd", "p10", "p90")


class GradeTraining(LodescopeAlgorithm):
    """Base of the algorithms that learn grades from samples with features.

    A subclass adds its own parameters in `add_model` and reads them in
    `model_settings`. One that can start from another model calls `add_start`
    there and takes in what `start_settings` gives.

    Attributes
    ----------
    KIND : str
        Of the model files, for models to start from.
    """

    GROUP, GROUP_ID, NEEDS = "Grade", "grade", "deep"
    SAMPLES, FEATURES, TARGETS, HOLE_ID, Z_FIELD = "SAMPLES", "FEATURES", "TARGETS", "HOLE_ID", "Z_FIELD"
    RECIPE, CUTOFFS, VALIDATION, FOLDS, BLOCK_SIZE = "RECIPE", "CUTOFFS", "VALIDATION", "FOLDS", "BLOCK_SIZE"
    COMPARE, MODEL, REPORT, OUTPUT = "COMPARE", "MODEL", "REPORT", "OUTPUT"
    FINDS_TARGETS = False
    TARGETS_HELP = "Grades to be predicted, one to fifteen. Samples without a grade teach the other targets."
    START_FROM, FREEZE, KIND = "START_FROM", "FREEZE", ""

    def initAlgorithm(self, config=None):
        self._add_samples()
        self.add_model()
        self._add_validation()
        shared.add_run(self)
        self.addParameter(QgsProcessingParameterFileDestination(
            self.MODEL, tr("Model"), tr("Lodescope models (*.safetensors)")))
        self.addParameter(QgsProcessingParameterFileDestination(
            self.REPORT, tr("Training report"), tr("HTML files (*.html)"), None, True))
        self.addParameter(QgsProcessingParameterFeatureSink(
            self.OUTPUT, tr("Held-out predictions"), QgsProcessing.SourceType.TypeVectorPoint, None, True, False))
        for name, label, _ in NUMBERS + KRIGING_NUMBERS:
            self.addOutput(QgsProcessingOutputNumber(name, tr(label)))
        self.addOutput(QgsProcessingOutputNumber("R2_RANDOM", tr("R² in a random split")))
        self.addOutput(QgsProcessingOutputNumber("COVERAGE_80_BEFORE", tr("Inside the 80 % interval, uncalibrated")))
        self.addOutput(QgsProcessingOutputNumber("SAMPLE_COUNT", tr("Samples used")))

    def add_model(self):
        """Parameters of the model."""
        raise NotImplementedError

    def model_settings(self, parameters, context):
        """Settings of the model, from its parameters."""
        raise NotImplementedError

    def add_start(self):
        """Parameters of a model to start from."""
        shared.add(self, QgsProcessingParameterFile(
            self.START_FROM, tr("Start from a model"), QgsProcessingParameterFile.Behavior.File, "safetensors", None,
            True),
            "Model of another deposit, made by this algorithm. Features are matched by name: new ones are learned, "
            "and those that these samples lack are dropped. It helps where holes are few.", advanced=True)
        shared.add(self, shared.choice(self.FREEZE, "Layers that stay", FREEZE_VALUES, "none"),
                   "Of the model to start from. none: all layers are learned further. first_layers: only the last "
                   "hidden layer and the output are. all_but_last: only the output is. New features are learned in "
                   "any case.", advanced=True)

    def start_settings(self, parameters, context):
        """Settings of a model to start from; empty without one."""
        found = file_setting(self, parameters, context, self.START_FROM, "start")
        return {**found, "freeze": self.parameterAsEnumString(parameters, self.FREEZE, context)} if found else {}

    def start_problem(self, parameters, context):
        """Why a model cannot be started from, or an empty string."""
        if not shared.given(parameters, self.START_FROM):
            return ""
        return model_problem(self.parameterAsFile(parameters, self.START_FROM, context), self.KIND)

    def more_fields(self, parameters, context):
        """Fields that the job needs besides features and targets, by the names of their arrays."""
        return {}

    def more_numbers(self, outputs, targets):
        """Numbers of the outputs besides scores."""
        return {}

    def _field(self, name, label, several, optional):
        return QgsProcessingParameterField(name, tr(label), None, self.SAMPLES, ANY, several, optional)

    def _add_samples(self):
        shared.add(self, QgsProcessingParameterFeatureSource(
            self.SAMPLES, tr("Samples with features"), [QgsProcessing.SourceType.TypeVectorPoint]),
            "Points with grades and features, as 'Fuse features' makes them.")
        shared.add(self, self._field(self.FEATURES, "Features", True, True),
                   "Numbers that are known where grades are to be predicted: the features of 'Fuse features', cheap "
                   "assays of the same interval, and the like. Never the target in another unit. Leave it empty to "
                   "take all features of the recipe.")
        shared.add(self, self._field(self.TARGETS, "Targets", True, self.FINDS_TARGETS), self.TARGETS_HELP)
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

    def _add_validation(self):
        shared.add(self, QgsProcessingParameterString(self.CUTOFFS, tr("Cut-off grades"), None, False, True),
                   "Grades whose chance of being exceeded is predicted, such as 0.5, 1. With several targets "
                   "TREO: 0.5, 1; La: 0.1.")
        shared.add(self, shared.choice(self.VALIDATION, "Validation", VALIDATION_VALUES, "hole"),
                   "hole: whole drill holes are held out, the honest way. block: whole blocks of the map. random, "
                   "80_20 and 70_15_15: single samples, as many papers do; they flatter.")
        shared.add(self, shared.number(self.FOLDS, "Folds", shared.NUMBER.Integer, 5, 2, 20),
                   "Number of parts of which each is held out once.", advanced=True)
        shared.add(self, shared.number(self.BLOCK_SIZE, "Side of a block", least=1e-9),
                   "For validation by blocks, in the unit of the CRS. Leave it empty for a fifth of the longer side of "
                   "the area.", advanced=True)
        shared.add(self, shared.flag(self.COMPARE, "Compare with ordinary kriging and a random split", True),
                   "Kriging in the same folds and a random split stand beside the scores of the model. Switch it off "
                   "to save time.", advanced=True)

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
                                      for name in (self.MODEL, self.REPORT, self.OUTPUT))), ""))

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

    def execute(self, parameters, context, feedback):
        source = shared.read_source(self, parameters, context, self.SAMPLES)
        features, targets = self._names(parameters, context)
        more = self.more_fields(parameters, context)
        samples = read_samples(
            source, list(dict.fromkeys([*targets, *features, *more.values()])), context,
            self._crs(parameters, context, source),
            self.parameterAsString(parameters, self.Z_FIELD, context),
            self.parameterAsString(parameters, self.HOLE_ID, context),
            self.parameterAsEnumString(parameters, shared.DIMENSIONS, context), Part(feedback, 0.0, 3.0))
        samples.report.push(feedback)
        arrays = {**{array: samples.values[name] for array, name in more.items()},
                  "coordinates": samples.coordinates, "groups": samples.holes,
                  "features": np.column_stack([samples.values[name] for name in features]),
                  "targets": np.column_stack([samples.values[name] for name in targets])}
        settings = {**self._settings(parameters, context, samples), "features": features, "targets": targets}
        with self.prepare_job(settings, arrays, feedback) as job:
            outputs = job.run(Part(feedback, 3.0, 96.0))
            results = self._results(parameters, context, job, source, samples, targets, Part(feedback, 96.0, 100.0))
        feedback.setProgress(100.0)
        return {**results, **scores_of(outputs["targets"][targets[0]]), **self.more_numbers(outputs, targets),
                "SAMPLE_COUNT": outputs["samples"]}

    def _settings(self, parameters, context, samples):
        """Everything the job needs besides names."""
        _, targets = self._names(parameters, context)
        compare = self.parameterAsBool(parameters, self.COMPARE, context)
        return {
            "cutoffs": self.cutoffs(parameters, context, targets), "crs": samples.crs.authid(),
            "z_field": self.parameterAsString(parameters, self.Z_FIELD, context),
            "validation": self.parameterAsEnumString(parameters, self.VALIDATION, context),
            "folds": self.parameterAsInt(parameters, self.FOLDS, context), "kriging": compare, "random": compare,
            "block": shared.optional_number(self, parameters, self.BLOCK_SIZE, context),
            **file_setting(self, parameters, context, self.RECIPE, "recipe"),
            **shared.read_run(self, parameters, context), **self.model_settings(parameters, context),
        }

    def _results(self, parameters, context, job, source, samples, targets, feedback):
        """Write the layer of held-out predictions, then the model and the report."""
        results = {}
        held_out = np.array(job.array("held_out"), dtype=float)
        columns = {f"{target}_{quantity}": held_out[:, len(HELD_OUT) * k + q]
                   for k, target in enumerate(targets) for q, quantity in enumerate(HELD_OUT)}
        destination, _ = write_features(self, parameters, self.OUTPUT, context, source, samples.ids, columns, feedback,
                                        samples.crs)
        if destination:
            results[self.OUTPUT] = destination
        for name, made in ((self.MODEL, "model.safetensors"), (self.REPORT, "report.html")):
            path = self.parameterAsFileOutput(parameters, name, context)
            if path:
                publish(job.path(made), path)
                results[name] = path
        return results


def file_setting(algorithm, parameters, context, name, key):
    """A model file as settings of a job: its path, and what tells whether it has changed; empty when not given."""
    if not shared.given(parameters, name):
        return {}
    path = Path(algorithm.parameterAsFile(parameters, name, context)).absolute()
    return {f"{key}_file": str(path), f"{key}_stamp": [path.stat().st_size, path.stat().st_mtime]}


def scores_of(scores):
    """The numbers of an output from the scores of a target; those that are not known are left out."""
    found = {name: scores.get(key) for name, _, key in NUMBERS}
    found.update({name: scores.get("kriging", {}).get(key) for name, _, key in KRIGING_NUMBERS})
    found["R2_RANDOM"] = scores.get("random", {}).get("r2")
    found["COVERAGE_80_BEFORE"] = scores["before"].get("coverage_80")
    return {name: value for name, value in found.items() if value is not None}


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
