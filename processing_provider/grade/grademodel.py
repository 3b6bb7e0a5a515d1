"""What the algorithms that train grade models have in common."""
import numpy as np
from qgis.core import (
    QgsProcessing,
    QgsProcessingOutputNumber,
    QgsProcessingParameterFeatureSink,
    QgsProcessingParameterFile,
    QgsProcessingParameterFileDestination,
)

from .. import parameters as shared
from ..data.fields import write_features
from ..data.files import publish
from ..data.modelfiles import model_problem
from ..steps import Part
from ..translation import tr
from .gradeinputs import GradeSamplesAlgorithm, file_setting

FREEZE_VALUES = ["none", "first_layers", "all_but_last"]
NUMBERS = (
    ("RMSE", "RMSE on held-out samples", "rmse"), ("R2", "R² on held-out samples", "r2"),
    ("CRPS", "CRPS on held-out samples", "crps"), ("COVERAGE_80", "Inside the 80 % interval (0 to 1)", "coverage_80"),
    ("COVERAGE_90", "Inside the 90 % interval (0 to 1)", "coverage_90"),
)
KRIGING_NUMBERS = (
    ("KRIGING_RMSE", "RMSE of ordinary kriging", "rmse"), ("KRIGING_CRPS", "CRPS of ordinary kriging", "crps"),
)
HELD_OUT = ("mean", "sd", "p10", "p90")


class GradeTraining(GradeSamplesAlgorithm):
    """Base of the algorithms that train a model of grades and write it.

    A subclass adds its own parameters in `add_model` and reads them in
    `model_settings`. One that can start from another model calls `add_start`
    there and takes in what `start_settings` gives.

    Attributes
    ----------
    KIND : str
        Of the model files, for models to start from.
    """

    COMPARE, MODEL, REPORT, OUTPUT = "COMPARE", "MODEL", "REPORT", "OUTPUT"
    START_FROM, FREEZE, KIND = "START_FROM", "FREEZE", ""

    def initAlgorithm(self, config=None):
        self.add_samples()
        self.add_model()
        self.add_validation()
        shared.add(self, shared.flag(self.COMPARE, "Compare with ordinary kriging and a random split", True),
                   "Kriging in the same folds and a random split stand beside the scores of the model. Switch it off "
                   "to save time.", advanced=True)
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

    def more_numbers(self, outputs, targets):
        """Numbers of the outputs besides scores."""
        return {}

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

    def destinations(self):
        return self.MODEL, self.REPORT, self.OUTPUT

    def execute(self, parameters, context, feedback):
        source, samples, arrays, settings = self.read_inputs(parameters, context, Part(feedback, 0.0, 3.0))
        compare, targets = self.parameterAsBool(parameters, self.COMPARE, context), settings["targets"]
        settings = {**settings, "kriging": compare, "random": compare, **self.model_settings(parameters, context)}
        with self.prepare_job(settings, arrays, feedback) as job:
            outputs = job.run(Part(feedback, 3.0, 96.0))
            results = self._results(parameters, context, job, source, samples, targets, Part(feedback, 96.0, 100.0))
        feedback.setProgress(100.0)
        return {**results, **scores_of(outputs["targets"][targets[0]]), **self.more_numbers(outputs, targets),
                "SAMPLE_COUNT": outputs["samples"]}


def scores_of(scores):
    """The numbers of an output from the scores of a target; those that are not known are left out."""
    found = {name: scores.get(key) for name, _, key in NUMBERS}
    found.update({name: scores.get("kriging", {}).get(key) for name, _, key in KRIGING_NUMBERS})
    found["R2_RANDOM"] = scores.get("random", {}).get("r2")
    found["COVERAGE_80_BEFORE"] = scores["before"].get("coverage_80")
    return {name: value for name, value in found.items() if value is not None}
