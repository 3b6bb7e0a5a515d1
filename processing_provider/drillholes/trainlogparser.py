"""The log parser fitted to somebody's own labelled logs."""
from qgis.core import (
    QgsProcessing,
    QgsProcessingOutputNumber,
    QgsProcessingParameterFeatureSource,
    QgsProcessingParameterField,
    QgsProcessingParameterFile,
    QgsProcessingParameterFileDestination,
)

from ...algorithms.texts import pack_texts
from .. import parameters as shared
from ..base import LodescopeAlgorithm
from ..data.fields import destination_path, find_field, kind_of
from ..data.files import publish
from ..data.modelfiles import model_problem
from ..data.rasters import destination_problem
from ..data.tables import read_table, table_problem
from ..steps import Part
from ..translation import tr

ROLE, KIND = "Labelled logs", "logparser"
START_VALUES = ["shipped", "model", "none"]
ANY = QgsProcessingParameterField.DataType.Any
NUMBERS = (
    ("ACCURACY", "Accuracy on holes not trained on", lambda found: found["accuracy"]),
    ("MACRO_F1", "Macro-F1 on holes not trained on", lambda found: found["macro_f1"]),
    ("TFIDF_ACCURACY", "Accuracy of TF-IDF", lambda found: found["tfidf"]["accuracy"]),
    ("TFIDF_MACRO_F1", "Macro-F1 of TF-IDF", lambda found: found["tfidf"]["macro_f1"]),
    ("DICTIONARY_ACCURACY", "Accuracy of the dictionary", lambda found: found["dictionary"]["accuracy"]),
    ("DICTIONARY_MACRO_F1", "Macro-F1 of the dictionary", lambda found: found["dictionary"]["macro_f1"]),
    ("ROWS", "Rows used", lambda found: found["rows"]),
    ("CLASSES", "Classes", lambda found: found["classes"]),
)


class TrainLogParser(LodescopeAlgorithm):
    """Own labelled logs to a model for 'Parse drill logs'."""

    NAME, TITLE = "trainlogparser", "Train log parser"
    GROUP, GROUP_ID = "Drill holes", "drillholes"
    TAGS = ("drill log", "lithology", "text", "train", "fine-tune", "transformer", "classification", "code")
    NEEDS = "deep"
    INPUT, TEXT_FIELD, LITHOLOGY_FIELD, HOLE_ID = "INPUT", "TEXT_FIELD", "LITHOLOGY_FIELD", "HOLE_ID"
    START_FROM, START_MODEL, FREEZE = "START_FROM", "START_MODEL", "FREEZE"
    EPOCHS, LEARNING_RATE = "EPOCHS", "LEARNING_RATE"
    MODEL, REPORT = "MODEL", "REPORT"

    def initAlgorithm(self, config=None):
        shared.add(self, QgsProcessingParameterFeatureSource(
            self.INPUT, tr("Labelled logs"), [QgsProcessing.SourceType.TypeVector]),
            "Table or layer with one row for each logged interval.")
        shared.add(self, QgsProcessingParameterField(self.TEXT_FIELD, tr("Text"), None, self.INPUT, ANY),
                   "Field with the logger's description.")
        shared.add(self, QgsProcessingParameterField(self.LITHOLOGY_FIELD, tr("Class"), None, self.INPUT, ANY),
                   "Field with your own class of the rock, by any names or codes. Rows without one are left out.")
        shared.add(self, QgsProcessingParameterField(
            self.HOLE_ID, tr("Drill hole field"), None, self.INPUT, ANY, False, True),
            "Field with the name of the drill hole. The model is checked on whole holes that training never saw; "
            "without it the scores flatter.")
        self._add_training()
        self.addParameter(QgsProcessingParameterFileDestination(
            self.MODEL, tr("Model"), tr("Lodescope models (*.safetensors)")))
        self.addParameter(QgsProcessingParameterFileDestination(
            self.REPORT, tr("Report on the training"), tr("HTML files (*.html)"), None, True))
        for name, label, _ in NUMBERS:
            self.addOutput(QgsProcessingOutputNumber(name, tr(label)))

    def _add_training(self):
        """How to train."""
        shared.add(self, shared.number(self.EPOCHS, "Epochs", shared.NUMBER.Integer, 8, 1, 200),
                   "Passes through all rows. The best one, on holes kept aside for that, is what the model keeps.")
        shared.add(self, shared.choice(self.START_FROM, "Start from", START_VALUES, "shipped"),
                   "shipped: the weights that come with Lodescope, which know the language of logs. model: a model "
                   "trained before. none: nothing.", advanced=True)
        shared.add(self, QgsProcessingParameterFile(
            self.START_MODEL, tr("Model to start from"), extension="safetensors", optional=True),
            "Used when 'Start from' is model.", advanced=True)
        shared.add(self, shared.flag(self.FREEZE, "Train the last layer only"),
                   "Faster, and safer with very few rows; words that the weights do not know stay unknown to them.",
                   advanced=True)
        shared.add(self, shared.number(self.LEARNING_RATE, "Learning rate", shared.NUMBER.Double, 0.001, 1e-6, 0.1),
                   "Size of the steps at their largest.", advanced=True)
        shared.add(self, shared.number(shared.SEED, "Random seed", shared.NUMBER.Integer, 1, 0),
                   "Start of the random numbers; the same seed gives the same result.", advanced=True)

    def problem(self, parameters, context):
        source = self.parameterAsSource(parameters, self.INPUT, context)
        if source is None:
            return tr("Labelled logs: the layer cannot be read; choose another one.")
        return (
            table_problem(source, self._fields(parameters, context), ROLE)
            or self._field_problem(parameters, context, source) or self._start_problem(parameters, context)
            or destination_problem(destination_path(parameters.get(self.MODEL), context))
            or destination_problem(destination_path(parameters.get(self.REPORT), context))
        )

    def _fields(self, parameters, context):
        """Fields of the texts, the classes and the holes; empty where none is chosen."""
        return [self.parameterAsString(parameters, name, context)
                for name in (self.TEXT_FIELD, self.LITHOLOGY_FIELD, self.HOLE_ID)]

    def _field_problem(self, parameters, context, source):
        """Why the fields cannot be learnt from, or an empty string."""
        text, label, _ = self._fields(parameters, context)
        if not text or not label:
            return tr("Labelled logs: choose the field with the descriptions and the field with the classes.")
        if text == label:
            return tr("Labelled logs: '{}' is chosen for the descriptions and for the classes; choose two "
                      "fields.").format(text)
        kind = kind_of(source.fields().at(find_field(source, text, ROLE)))
        if kind in ("number", "boolean", "date"):
            return tr("Labelled logs: the field '{}' holds no text ({}); choose the field with the logger's "
                      "descriptions.").format(text, kind)
        definition = source.fields().at(find_field(source, label, ROLE))
        if definition.typeName().lower() in ("real", "double", "double precision"):
            return tr("Labelled logs: the field '{}' holds measured numbers; choose a field with classes.").format(
                label)
        return ""

    def _start_problem(self, parameters, context):
        """Why training cannot start from the chosen weights, or an empty string."""
        model = self.parameterAsFile(parameters, self.START_MODEL, context)
        start = self.parameterAsEnumString(parameters, self.START_FROM, context)
        if start == "model":
            return model_problem(model, KIND) if model else tr("Start from: choose the model to start from.")
        return tr("Start from: a model is given; set 'Start from' to model, or leave it empty.") if model else ""

    def execute(self, parameters, context, feedback):
        source = self.parameterAsSource(parameters, self.INPUT, context)
        text, label, hole = self._fields(parameters, context)
        table = read_table(source, [text, label, hole], ROLE, Part(feedback, 0.0, 3.0))
        arrays = {}
        for name, column in (("text", text), ("label", label), ("hole", hole)):
            if column:
                arrays.update(zip((name, f"{name}_ends"), pack_texts(table.texts(column))))
        results = {}
        with self.prepare_job(self._settings(parameters, context, source, label), arrays, feedback) as job:
            found = job.run(Part(feedback, 3.0, 99.0))
            for name, made in ((self.MODEL, "model.safetensors"), (self.REPORT, "report.html")):
                path = self.parameterAsFileOutput(parameters, name, context)
                if path:
                    publish(job.path(made), path)
                    results[name] = path
        feedback.pushInfo(tr("On {:,} rows of holes not trained on: accuracy {:.2f}, macro-F1 {:.2f}; TF-IDF {:.2f} "
                             "and {:.2f}.").format(found["validation_rows"], found["accuracy"], found["macro_f1"],
                                               found["tfidf"]["accuracy"], found["tfidf"]["macro_f1"]))
        return {**results, **{name: take(found) for name, _, take in NUMBERS}}

    def _settings(self, parameters, context, source, label):
        start = self.parameterAsEnumString(parameters, self.START_FROM, context)
        return {
            "epochs": self.parameterAsInt(parameters, self.EPOCHS, context),
            "rate": self.parameterAsDouble(parameters, self.LEARNING_RATE, context),
            "frozen": self.parameterAsBoolean(parameters, self.FREEZE, context),
            "start": {"shipped": "shipped", "none": ""}.get(
                start, self.parameterAsFile(parameters, self.START_MODEL, context)),
            "seed": self.parameterAsInt(parameters, shared.SEED, context),
            "label_field": label,
            "subtitle": tr("Field {} of {}").format(label, source.sourceName()),
        }
