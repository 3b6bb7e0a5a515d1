"""Comparison of grade models in the same folds as a Processing algorithm."""
import numpy as np
from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsFields,
    QgsProcessing,
    QgsProcessingOutputNumber,
    QgsProcessingOutputString,
    QgsProcessingParameterEnum,
    QgsProcessingParameterFeatureSink,
    QgsProcessingParameterFileDestination,
    QgsWkbTypes,
)

from .. import parameters as shared
from ..data.fields import attribute_rows, write_features, write_layer
from ..data.files import publish
from ..steps import Part
from ..translation import tr
from .gradeinputs import GradeSamplesAlgorithm

MODEL_VALUES = ["ok", "pykrige", "mik", "rk", "rf", "gb", "fnn", "bnn", "lstm"]
DEFAULT_MODELS = ["ok", "mik", "rk", "rf", "gb", "fnn", "bnn"]
NUMBERS = (
    ("RMSE", "RMSE of the best model", "rmse"), ("R2", "R² of the best model", "r2"),
    ("CRPS", "CRPS of the best model", "crps"),
    ("COVERAGE_80", "Inside the 80 % interval of the best model (0 to 1)", "coverage_80"),
    ("R2_RANDOM", "R² of the best model in a random split", "r2_random"),
    ("CHANGE", "RMSE of the best model against kriging (%)", "change"),
)


class CompareModels(GradeSamplesAlgorithm):
    """Trains several models in the same folds and says which predicts best, by how much and how surely."""

    NAME, TITLE = "comparemodels", "Compare grade models"
    TAGS = ("grade", "comparison", "validation", "cross-validation", "kriging", "indicator kriging",
            "regression kriging", "random forest", "gradient boosting", "neural network", "BNN", "LSTM", "uncertainty",
            "bootstrap", "permutation importance", "ablation", "resource confidence", "drilling success", "benchmark")
    TARGETS, FOLD_KIND, FOLD_COUNT, SEVERAL = "TARGET", "FOLDS", "FOLD_COUNT", False
    TARGETS_HELP = "The grade to be predicted."
    CUTOFFS_HELP = ("Grades such as 0.5, 1 that part poor from productive samples; two or more are the classes of "
                    "grade as well. Leave it empty for the upper quartile of the grades.")
    MODELS, EPOCHS, MEMBERS, RANDOM, ABLATION = "MODELS", "EPOCHS", "MEMBERS", "RANDOM_SPLIT", "ABLATION"
    REPORT, TABLE, OUTPUT = "REPORT", "TABLE", "OUTPUT"

    def initAlgorithm(self, config=None):
        self.add_samples()
        shared.add(self, QgsProcessingParameterEnum(
            self.MODELS, tr("Models"), MODEL_VALUES, True, DEFAULT_MODELS, False, True),
            "ok: ordinary kriging (the best of raw, log and normal scores). pykrige: ordinary kriging by PyKrige. mik: "
            "multiple-indicator kriging. rk: regression kriging (ridge). rf, gb: random forest and gradient boosting "
            "with kriged errors. fnn: feed-forward network. bnn: Bayesian network. lstm: recurrent network down the "
            "hole.")
        self.add_validation()
        whole = shared.NUMBER.Integer
        shared.add(self, shared.number(self.EPOCHS, "Epochs", whole, least=1, most=10_000),
                   "Of the networks. Empty: their own defaults.", advanced=True)
        shared.add(self, shared.number(self.MEMBERS, "Members", whole, least=2, most=200),
                   "Of the ensembles of the Bayesian and the recurrent network. Empty: their own defaults.",
                   advanced=True)
        shared.add(self, shared.flag(self.RANDOM, "Show the gap to a random split", True),
                   "Trains each model once more on a random split, which flatters.", advanced=True)
        shared.add(self, shared.flag(self.ABLATION, "Leave out kinds of features", True),
                   "Trains the best model once more in all folds without gradients, without spectra, without assays "
                   "and so on. It takes the time of that model for each kind.", advanced=True)
        shared.add_run(self)
        self._add_outputs()

    def _add_outputs(self):
        kinds = QgsProcessing.SourceType
        self.addParameter(QgsProcessingParameterFileDestination(
            self.REPORT, tr("Comparison report"), tr("HTML files (*.html)"), None, True))
        self.addParameter(QgsProcessingParameterFeatureSink(
            self.TABLE, tr("Scores of the models"), kinds.TypeVector, None, True, True))
        self.addParameter(QgsProcessingParameterFeatureSink(
            self.OUTPUT, tr("Out-of-fold predictions"), kinds.TypeVectorPoint, None, True, True))
        self.addOutput(QgsProcessingOutputString("BEST", tr("Model with the least error")))
        for name, label, _ in NUMBERS:
            self.addOutput(QgsProcessingOutputNumber(name, tr(label)))
        self.addOutput(QgsProcessingOutputNumber("KRIGING_RMSE", tr("RMSE of the best kriging")))
        self.addOutput(QgsProcessingOutputNumber("SAMPLE_COUNT", tr("Samples compared")))

    def destinations(self):
        return self.REPORT, self.TABLE, self.OUTPUT

    def execute(self, parameters, context, feedback):
        source, samples, arrays, settings = self.read_inputs(parameters, context, Part(feedback, 0.0, 3.0))
        settings.update(
            models=sorted(set(self.parameterAsEnumStrings(parameters, self.MODELS, context)), key=MODEL_VALUES.index),
            epochs=shared.optional_integer(self, parameters, self.EPOCHS, context),
            members=shared.optional_integer(self, parameters, self.MEMBERS, context),
            random=self.parameterAsBool(parameters, self.RANDOM, context),
            ablation=self.parameterAsBool(parameters, self.ABLATION, context))
        with self.prepare_job(settings, arrays, feedback) as job:
            found = job.run(Part(feedback, 3.0, 94.0))
            results = {
                **self._predictions(parameters, context, job, found, source, samples, settings["targets"][0],
                                    Part(feedback, 94.0, 98.0)),
                **self._table(parameters, context, job, found, Part(feedback, 98.0, 99.0)),
                **self._report(parameters, context, job)}
        feedback.setProgress(100.0)
        return {**results, **numbers_of(found)}

    def _predictions(self, parameters, context, job, found, source, samples, target, feedback):
        """The samples with what each model predicted when their fold was held out."""
        held_out = np.array(job.array("held_out"), dtype=float)
        wide = len(found["quantities"])
        columns = {"fold": np.nan_to_num(held_out[:, 0]).astype(np.int64), **{
            f"{target}_{model}_{quantity}": held_out[:, 1 + wide * k + q]
            for k, model in enumerate(found["models"]) for q, quantity in enumerate(found["quantities"])}}
        destination, _ = write_features(self, parameters, self.OUTPUT, context, source, samples.ids, columns, feedback,
                                        samples.crs)
        return {self.OUTPUT: destination} if destination else {}

    def _table(self, parameters, context, job, found, feedback):
        """One row of scores for each model."""
        scores = np.array(job.array("table"), dtype=float)
        columns = {"model": found["models"], "title": found["labels"], **dict(zip(found["columns"], scores.T))}
        rows = ((None, list(row)) for row in attribute_rows(columns))
        destination, _ = write_layer(
            self, parameters, self.TABLE, context, QgsFields(), columns,
            (QgsWkbTypes.Type.NoGeometry, QgsCoordinateReferenceSystem()), rows, len(scores), feedback)
        return {self.TABLE: destination} if destination else {}

    def _report(self, parameters, context, job):
        path = self.parameterAsFileOutput(parameters, self.REPORT, context)
        if not path:
            return {}
        publish(job.path("report.html"), path)
        return {self.REPORT: path}


def numbers_of(found):
    """The numbers of the output; those that are not known are left out."""
    best = found["scores"][found["best"]]
    numbers = {name: best.get(key) for name, _, key in NUMBERS}
    numbers["KRIGING_RMSE"] = found["scores"][found["kriging"]]["rmse"] if found["kriging"] else None
    return {"BEST": found["best"], "SAMPLE_COUNT": found["samples"],
            **{name: value for name, value in numbers.items() if value is not None}}
