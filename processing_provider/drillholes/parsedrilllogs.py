"""Free-text drill logs as fields that other algorithms can use."""
import json

import numpy as np
from qgis.core import (
    QgsFeatureRequest,
    QgsProcessing,
    QgsProcessingException,
    QgsProcessingOutputNumber,
    QgsProcessingOutputString,
    QgsProcessingParameterFeatureSink,
    QgsProcessingParameterFeatureSource,
    QgsProcessingParameterField,
    QgsProcessingParameterFile,
    QgsProcessingParameterFileDestination,
)

from ...algorithms.texts import pack_texts
from .. import parameters as shared
from ..base import LodescopeAlgorithm
from ..data.fields import attribute_rows, destination_path, find_field, is_null, kind_of, write_layer
from ..data.files import publish
from ..data.modelfiles import model_problem
from ..data.rasters import destination_problem
from ..data.tables import read_table, table_problem
from ..steps import Part
from ..styles import style_on_load
from ..translation import tr
from .logstyle import log_style

ROLE, TABLE_ROLE, KIND = "Logs", "Code table", "logparser"
PARSER_VALUES = ["auto", "transformer", "dictionary"]
DETAIL_VALUES = ["main", "present", "all"]
ANY = QgsProcessingParameterField.DataType.Any
BLOCK = 20_000
NUMBERS = (
    ("ROWS", "Rows"), ("UNIQUE", "Different logs"), ("EMPTY", "Rows without text"),
    ("UNKNOWN_SHARE", "Share of the logs whose rock is not known"),
)


class ParseDrillLogs(LodescopeAlgorithm):
    """Logs to lithology, alteration, mineralisation, weathering, grain size, colour and structure."""

    NAME, TITLE = "parsedrilllogs", "Parse drill logs"
    GROUP, GROUP_ID = "Drill holes", "drillholes"
    TAGS = ("drill log", "lithology", "alteration", "mineralisation", "text", "description", "geology log", "code",
            "natural language", "transformer", "weathering")
    INPUT, TEXT_FIELD, CODE_FIELD, MODEL, PARSER = "INPUT", "TEXT_FIELD", "CODE_FIELD", "MODEL", "PARSER"
    EXTRA_FIELDS, DETAIL, MOST, LEAST_ROWS = "EXTRA_FIELDS", "DETAIL", "MOST_LABELS", "LEAST_ROWS"
    CODE_TABLE, TABLE_CODE, TABLE_WORDS = "CODE_TABLE", "CODE_TABLE_CODE", "CODE_TABLE_TEXT"
    OUTPUT, REPORT = "OUTPUT", "REPORT"

    def initAlgorithm(self, config=None):
        shared.add(self, QgsProcessingParameterFeatureSource(
            self.INPUT, tr("Logs"), [QgsProcessing.SourceType.TypeVector]),
            "Table or layer with one row for each logged interval.")
        shared.add(self, QgsProcessingParameterField(self.TEXT_FIELD, tr("Text"), None, self.INPUT, ANY),
                   "Field with the logger's description; it may hold codes only.")
        shared.add(self, QgsProcessingParameterField(
            self.CODE_FIELD, tr("Rock code"), None, self.INPUT, ANY, False, True),
            "Field with the company's code of the rock. It is weighed with the text.")
        shared.add(self, QgsProcessingParameterFile(
            self.MODEL, tr("Model"), extension="safetensors", optional=True),
            "A model made by 'Train log parser'. Leave it empty for the one that comes with Lodescope.")
        shared.add(self, shared.choice(self.PARSER, "Parser", PARSER_VALUES, "auto"),
                   "auto takes the transformer where PyTorch is there, else the dictionary, and says so.")
        shared.add(self, shared.choice(self.DETAIL, "Fields", DETAIL_VALUES, "present"),
                   "main: rock and the main alteration and mineral. present: also one group of fields for each "
                   "alteration, mineral and structure that occurs. all: for each one that is known.")
        self._add_extras()
        self.addParameter(QgsProcessingParameterFeatureSink(
            self.OUTPUT, tr("Parsed logs"), QgsProcessing.SourceType.TypeVector))
        self.addParameter(QgsProcessingParameterFileDestination(
            self.REPORT, tr("Report on the reading"), tr("HTML files (*.html)"), None, True))
        for name, label in NUMBERS:
            self.addOutput(QgsProcessingOutputNumber(name, tr(label)))
        self.addOutput(QgsProcessingOutputString("PARSER_USED", tr("Parser used")))

    def _add_extras(self):
        """The advanced parameters."""
        shared.add(self, QgsProcessingParameterField(
            self.EXTRA_FIELDS, tr("More fields with text"), None, self.INPUT, ANY, True, True),
            "Read after the text as if they stood in it, such as comments.", advanced=True)
        shared.add(self, shared.number(self.MOST, "Most fields of a kind", shared.NUMBER.Integer, 12, 1, 100),
                   "The commonest alterations, minerals and structures get fields, up to this many of each.",
                   advanced=True)
        shared.add(self, shared.number(self.LEAST_ROWS, "Least rows for a field", shared.NUMBER.Integer, 1, 1),
                   "What occurs in fewer rows gets no fields of its own.", advanced=True)
        shared.add(self, QgsProcessingParameterFeatureSource(
            self.CODE_TABLE, tr("Code table"), [QgsProcessing.SourceType.TypeVector], None, True),
            "Table with the company's codes and what they stand for; it goes before the common codes.", advanced=True)
        for name, label in ((self.TABLE_CODE, "Code (code table)"), (self.TABLE_WORDS, "Meaning (code table)")):
            shared.add(self, QgsProcessingParameterField(name, tr(label), None, self.CODE_TABLE, ANY, False, True),
                       "Field of the code table.", advanced=True)

    def problem(self, parameters, context):
        source = self.parameterAsSource(parameters, self.INPUT, context)
        if source is None:
            return tr("Logs: the layer cannot be read; choose another one.")
        model = self.parameterAsFile(parameters, self.MODEL, context)
        return (
            table_problem(source, self._fields(parameters, context), ROLE)
            or self._text_problem(parameters, context, source) or self._table_problem(parameters, context)
            or (model_problem(model, KIND) if model else "")
            or self._same_problem(parameters, context, model)
            or destination_problem(destination_path(parameters.get(self.OUTPUT), context))
            or destination_problem(destination_path(parameters.get(self.REPORT), context))
        )

    def _fields(self, parameters, context):
        """Names of all fields that are read."""
        extra = parameters.get(self.EXTRA_FIELDS)
        several = [] if is_null(extra) else self.parameterAsFields(parameters, self.EXTRA_FIELDS, context)
        return [self.parameterAsString(parameters, self.TEXT_FIELD, context),
                self.parameterAsString(parameters, self.CODE_FIELD, context), *several]

    def _text_problem(self, parameters, context, source):
        """Why the field of texts cannot hold logs, or an empty string."""
        name = self.parameterAsString(parameters, self.TEXT_FIELD, context)
        if not name:
            return tr("Logs: choose the field that holds the descriptions.")
        kind = kind_of(source.fields().at(find_field(source, name, ROLE)))
        if kind in ("number", "boolean", "date"):
            return tr("Logs: the field '{}' holds no text ({}); choose the field with the logger's "
                      "descriptions.").format(name, kind)
        return ""

    def _table_problem(self, parameters, context):
        """Why the code table cannot be read, or an empty string."""
        source = self.parameterAsSource(parameters, self.CODE_TABLE, context)
        if source is None:
            return ""
        names = [self.parameterAsString(parameters, name, context) for name in (self.TABLE_CODE, self.TABLE_WORDS)]
        if not all(names):
            return tr("Code table: choose its field with the codes and its field with what they stand for.")
        return table_problem(source, names, TABLE_ROLE)

    def _same_problem(self, parameters, context, model):
        """Why the model and the parser do not go together, or an empty string."""
        if model and self.parameterAsEnumString(parameters, self.PARSER, context) == "dictionary":
            return tr("A model is given, but the parser is the dictionary, which uses none; leave the model empty or "
                      "set the parser to auto.")
        return ""

    def execute(self, parameters, context, feedback):
        source = self.parameterAsSource(parameters, self.INPUT, context)
        ids, arrays = self._read(parameters, context, source, Part(feedback, 0.0, 5.0))
        settings = self._settings(parameters, context, source)
        with self.prepare_job(settings, arrays, feedback) as job:
            outputs = job.run(Part(feedback, 5.0, 85.0))
            columns = Columns(job)
            destination, names = write_layer(
                self, parameters, self.OUTPUT, context, source.fields(), columns.kinds(),
                (source.wkbType(), source.sourceCrs()), columns.features(source, ids),
                max(1, source.featureCount()), Part(feedback, 85.0, 99.0))
            results = {"PARSER_USED": outputs["parser"], **{name: outputs[name.lower()] for name, _ in NUMBERS}}
            report = self.parameterAsFileOutput(parameters, self.REPORT, context)
            if report:
                publish(job.path("report.html"), report)
                results[self.REPORT] = report
        feedback.pushInfo(tr("{:,} different logs read with the {}; the rock is not known in {:.1%} of the rows with "
                             "text.").format(outputs["unique"], outputs["parser"], outputs["unknown_share"]))
        if destination is not None:
            results[self.OUTPUT] = destination
            style_on_load(context, destination, log_style(names["lith_group"], tr("Read from the logs by Lodescope.")))
        return results

    def _read(self, parameters, context, source, feedback):
        """Feature ids, and the texts and codes as arrays."""
        text, code, *extra = self._fields(parameters, context)
        table = read_table(source, [text, code, *extra], ROLE, feedback)
        texts = table.texts(text)
        for name in (name for name in extra if name != text):
            texts = [", ".join(filter(None, pair)) for pair in zip(texts, table.texts(name))]
        arrays = dict(zip(("text", "text_ends"), pack_texts(texts)))
        if code:
            arrays.update(zip(("code", "code_ends"), pack_texts(table.texts(code))))
        return table.ids, arrays

    def _settings(self, parameters, context, source):
        settings = {
            "parser": self.parameterAsEnumString(parameters, self.PARSER, context),
            "model": self.parameterAsFile(parameters, self.MODEL, context),
            "detail": self.parameterAsEnumString(parameters, self.DETAIL, context),
            "most": self.parameterAsInt(parameters, self.MOST, context),
            "least_rows": self.parameterAsInt(parameters, self.LEAST_ROWS, context),
            "layer": source.sourceName(),
        }
        table = self.parameterAsSource(parameters, self.CODE_TABLE, context)
        if table is not None:
            names = [self.parameterAsString(parameters, name, context) for name in (self.TABLE_CODE, self.TABLE_WORDS)]
            read = read_table(table, names, TABLE_ROLE)
            settings.update(zip(("table_codes", "table_words"), map(read.texts, names)))
        return settings


class Columns:
    """The columns that a job made, read from its folder some rows at a time.

    Parameters
    ----------
    job : engine.jobs.Job
    """

    def __init__(self, job):
        content = json.loads(job.text("columns.json"))
        self._numbers, self._choices = job.array("numbers"), job.array("choices")
        self._order, self._words = content["order"], content["texts"]
        self._number_rows = {name: row for row, name in enumerate(content["numbers"])}
        self._text_rows = {name: row for row, name in enumerate(self._words)}

    def kinds(self):
        """Empty columns that say which fields there are, and of what kind."""
        return {name: np.zeros(0, np.float32) if name in self._number_rows else [] for name in self._order}

    def _block(self, rows):
        """All columns of some rows, (k,) of int."""
        columns = {}
        for name in self._order:
            if name in self._number_rows:
                columns[name] = np.asarray(self._numbers[self._number_rows[name], rows], np.float64).round(4)
            else:
                words = [*self._words[name], None]  # -1 takes the last one
                columns[name] = [words[index] for index in self._choices[self._text_rows[name], rows].tolist()]
        return columns

    def features(self, source, ids):
        """Geometry and attributes of every feature of the layer with its new attributes."""
        place, block = {key: row for row, key in enumerate(ids.tolist())}, []
        for feature in source.getFeatures(QgsFeatureRequest()):
            block.append(feature)
            if len(block) == BLOCK:
                yield from self._complete(block, place)
                block = []
        yield from self._complete(block, place)

    def _complete(self, block, place):
        """Some features with their new attributes."""
        if not block:
            return
        try:
            rows = np.array([place[feature.id()] for feature in block])
        except KeyError as error:
            raise QgsProcessingException(
                tr("Logs: the layer changed while it was read; run the algorithm again.")) from error
        for feature, new in zip(block, attribute_rows(self._block(rows))):
            yield feature.geometry() if feature.hasGeometry() else None, feature.attributes() + list(new)
