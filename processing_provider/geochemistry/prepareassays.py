"""Laboratory tables made into clean numbers, with flags, imputation and a transform."""
import json

from qgis.core import (
    QgsProcessing,
    QgsProcessingException,
    QgsProcessingOutputNumber,
    QgsProcessingOutputString,
    QgsProcessingParameterFeatureSink,
    QgsProcessingParameterFeatureSource,
    QgsProcessingParameterField,
    QgsProcessingParameterFileDestination,
    QgsProcessingParameterString,
)

from ...algorithms.geochemistry.assayunits import unit_of_text
from .. import parameters as shared
from ..base import LodescopeAlgorithm
from ..data.fields import attribute_rows, destination_path, kind_of, write_layer
from ..data.files import publish
from ..data.rasters import destination_problem
from ..data.tables import as_text
from ..steps import Part
from ..styles import style_on_load
from ..translation import tr
from . import assaylayers
from .ree_layer import class_breaks, total_style

POLICY_VALUES = ["half", "sqrt2", "ros", "logratio", "missing"]
IMPUTATION_VALUES = ["none", "knn", "median"]
TRANSFORM_VALUES = ["none", "log", "boxcox", "clr", "ilr", "zscore"]
MEANING_VALUES = ["auto", "below", "real", "missing"]
DECIMAL_VALUES = ["auto", "point", "comma"]
OVER_VALUES = ["limit", "multiply", "missing"]
UNREADABLE_VALUES = ["refuse", "missing"]
REST_VALUES = ["auto", "yes", "no"]
SENTINELS = "-99, -999, -9999, -99999, -999999, -999.25, -9999.25, -32768"
COUNTS = (
    ("MEASURED", "Measured values", "measured"), ("BELOW_DETECTION", "Values below detection", "below"),
    ("ABOVE_RANGE", "Values above range", "above"), ("IMPUTED", "Imputed values", "imputed"),
    ("MISSING", "Values that stay missing", "missing"),
)
SCORES = (
    ("RMSE", "Mean RMSE of the imputation", "rmse"), ("RMSE_MEDIAN", "The same of the median", "rmse_median"),
    ("R2", "Mean R2 of the imputation", "r2"), ("RMSE_GROUPED", "Mean RMSE, own hole unused", "rmse_grouped"),
    ("R2_GROUPED", "Mean R2, own hole unused", "r2_grouped"),
)


class PrepareAssays(LodescopeAlgorithm):
    """Reads laboratory values, replaces those below detection, fills gaps and transforms."""

    NAME, TITLE = "prepareassays", "Prepare assays"
    GROUP, GROUP_ID = "Geochemistry", "geochemistry"
    TAGS = ("assay", "laboratory", "detection limit", "censored", "impute", "missing", "knn", "boxcox", "clr", "ilr",
            "compositional", "geochemistry")
    INPUT, FIELDS, HOLE_ID = "INPUT", "FIELDS", "HOLE_ID"
    DETECTION_LIMITS, LIMITS, LIMITS_TABLE, NEGATIVE, ZERO = (
        "DETECTION_LIMITS", "LIMITS", "LIMITS_TABLE", "NEGATIVE", "ZERO")
    IMPUTATION, TRANSFORM, REST, BALANCES = "IMPUTATION", "TRANSFORM", "REST", "BALANCES"
    DECIMAL, UNITS, OVER, OVER_FACTOR, UNREADABLE = "DECIMAL", "UNITS", "OVER", "OVER_FACTOR", "UNREADABLE"
    SENTINELS, MISSING_TEXT, BELOW_TEXT, KEEP_RAW = "SENTINELS", "MISSING_TEXT", "BELOW_TEXT", "KEEP_RAW"
    OUTPUT, MODEL, REPORT = "OUTPUT", "MODEL", "REPORT"

    def initAlgorithm(self, config=None):
        self._add_input()
        self._add_choices()
        self._add_reading()
        self._add_transform_details()
        self.addParameter(QgsProcessingParameterFeatureSink(self.OUTPUT, tr("Clean assays")))
        self.addParameter(QgsProcessingParameterFileDestination(
            self.MODEL, tr("Model of the preparation"), tr("Lodescope models (*.safetensors)"), None, True))
        self.addParameter(QgsProcessingParameterFileDestination(
            self.REPORT, tr("Report"), tr("HTML files (*.html)"), None, True))
        for name, label, _ in COUNTS + SCORES:
            self.addOutput(QgsProcessingOutputNumber(name, tr(label)))
        self.addOutput(QgsProcessingOutputString("NAMES", tr("Transformed fields, separated by semicolons")))
        self.addOutput(QgsProcessingOutputString("SUMMARY", tr("Counts of every field (JSON)")))

    def _add_input(self):
        shared.add(self, QgsProcessingParameterFeatureSource(
            self.INPUT, tr("Assays"), [QgsProcessing.SourceType.TypeVector]),
            "Points or a table with laboratory values.")
        shared.add(self, QgsProcessingParameterField(
            self.FIELDS, tr("Fields with assays"), None, self.INPUT, QgsProcessingParameterField.DataType.Any, True),
            "Numbers or text such as <0.5, >10000, n.d., 1 234,5 or 0.5 %.")

    def _add_choices(self):
        shared.add(self, shared.choice(self.DETECTION_LIMITS, "Values below detection", POLICY_VALUES, "half"),
                   "half: half the limit. sqrt2: limit / √2. ros: regression on order statistics. logratio: the value "
                   "expected below the limit, for log-ratios. missing: left empty, never imputed.")
        shared.add(self, shared.choice(self.NEGATIVE, "Negative numbers mean", MEANING_VALUES, "auto"),
                   "below: below detection, -0.5 is <0.5. real: true values. missing. auto: below when they are few "
                   "different numbers or the field is a concentration; the log says so.")
        shared.add(self, QgsProcessingParameterString(
            self.LIMITS, tr("Detection limits of fields"), None, False, True),
            "For words such as n.d. and for zeros: FIELD=VALUE; FIELD=VALUE. Where it is empty the limit is taken from "
            "the field, and the log says which.")
        shared.add(self, shared.choice(self.IMPUTATION, "Missing values", IMPUTATION_VALUES, "none"),
                   "none: left empty. knn: from the nearest samples in space and composition. median: of the field.")
        shared.add(self, QgsProcessingParameterField(
            self.HOLE_ID, tr("Drill hole field"), None, self.INPUT, QgsProcessingParameterField.DataType.Any, False,
            True), "With it the error of the imputation is also measured without samples of the same hole.")
        shared.add(self, shared.choice(self.TRANSFORM, "Transform", TRANSFORM_VALUES, "none"),
                   "log, Box-Cox, centred or isometric log-ratios, or the robust z-score, in new fields.")

    def _add_reading(self):
        for name, label, values, default, explanation in (
            (self.ZERO, "Zeros mean", MEANING_VALUES, "auto",
             "auto: below detection before log, Box-Cox and log-ratios, else real values."),
            (self.DECIMAL, "Decimal mark", DECIMAL_VALUES, "auto",
             "auto decides from all values of a field, and refuses when 1,234 could be either."),
            (self.OVER, "Values above range", OVER_VALUES, "limit",
             "limit: >10000 becomes 10000. multiply: times the factor below. missing."),
            (self.UNREADABLE, "Text that is no assay", UNREADABLE_VALUES, "refuse",
             "refuse stops and shows examples; missing counts it as missing."),
        ):
            shared.add(self, shared.choice(name, label, values, default), explanation, advanced=True)
        shared.add(self, shared.number(self.OVER_FACTOR, "Factor for values above range", default=1.25, least=1.0),
                   "Used with 'multiply'.", advanced=True)
        for name, label, default, explanation in (
            (self.UNITS, "Units", None, "Units of fields whose names have none: FIELD=ppm; FIELD=pct. Known: pct, "
             "permil, ppm, ppb, g/t, oz/t. Text with another unit is converted."),
            (self.SENTINELS, "Numbers that mean missing", SENTINELS, "Separated by commas or spaces."),
            (self.MISSING_TEXT, "Texts that mean missing", None, "Separated by semicolons, besides those known."),
            (self.BELOW_TEXT, "Texts that mean below detection", None, "Separated by semicolons, besides those known."),
        ):
            shared.add(self, QgsProcessingParameterString(name, tr(label), default, False, True), explanation,
                       advanced=True)
        shared.add(self, QgsProcessingParameterFeatureSource(
            self.LIMITS_TABLE, tr("Table of detection limits"), [QgsProcessing.SourceType.TypeVector], None, True),
            "Its first text field names the fields, its first numeric field holds their limits.", advanced=True)

    def _add_transform_details(self):
        shared.add(self, shared.choice(self.REST, "Rest as a part", REST_VALUES, "auto"),
                   "Whether log-ratios count what was not analysed, up to 100 %, as a part. auto: when all units are "
                   "known and no row exceeds 100 %.", advanced=True)
        shared.add(self, QgsProcessingParameterString(self.BALANCES, tr("Balances for ilr"), None, False, True),
                   "A sequential partition such as: La Ce / Yb Lu; La / Ce; Yb / Lu. Empty for pivot coordinates in "
                   "the order of the fields.", advanced=True)
        shared.add(self, shared.flag(self.KEEP_RAW, "Keep the values as they were", True),
                   "In fields FIELD_raw, for text and for numbers that changed.", advanced=True)
        shared.add(self, shared.number(self.SEED, "Random seed", shared.NUMBER.Integer, 1, least=0),
                   "The same seed gives the same result.", advanced=True)

    def problem(self, parameters, context):
        source = shared.read_source(self, parameters, context)
        fields = shared.field_list(self, parameters, self.FIELDS, context)
        message = assaylayers.layer_problem(source, fields, self.parameterAsString(parameters, self.HOLE_ID, context))
        if message:
            return message
        self._settings(parameters, context, fields)
        if len(fields) < 2 and self.parameterAsEnumString(parameters, self.TRANSFORM, context) in ("clr", "ilr"):
            return tr("Log-ratios compare fields with each other: choose two or more fields.")
        for name in (self.OUTPUT, self.MODEL, self.REPORT):
            message = destination_problem(destination_path(parameters.get(name), context))
            if message:
                return message
        return ""

    def execute(self, parameters, context, feedback):
        source = shared.read_source(self, parameters, context)
        fields = shared.field_list(self, parameters, self.FIELDS, context)
        hole = self.parameterAsString(parameters, self.HOLE_ID, context)
        layer = assaylayers.read_layer(source, fields, hole, Part(feedback, 0.0, 10.0))
        arrays, texts = assaylayers.job_arrays(layer)
        settings = self._settings(parameters, context, fields)
        settings["taken"] = taken_names(source, fields)
        settings["layer"] = source.sourceName()
        crs = source.sourceCrs()
        settings["crs"] = (crs.authid() or f"WKT:{crs.toWkt()}") if crs.isValid() else ""
        raw = self.parameterAsBool(parameters, self.KEEP_RAW, context)
        with self.prepare_job(settings, arrays, feedback) as job:
            outputs = job.run(Part(feedback, 10.0, 90.0))
            columns = clean_columns(layer, texts, job, outputs["names"], raw)
            results = write_clean(self, parameters, context, layer, columns, Part(feedback, 90.0, 100.0))
            for name, made in ((self.MODEL, "model.safetensors"), (self.REPORT, "report.html")):
                path = self.parameterAsFileOutput(parameters, name, context)
                if path:
                    publish(job.path(made), path)
                    results[name] = path
        return {**results, **numbers(outputs), "NAMES": ";".join(outputs["names"]),
                "SUMMARY": json.dumps(outputs["fields"])}

    def _settings(self, parameters, context, fields):
        """Everything the job needs to know; raises QgsProcessingException for texts that cannot be used."""
        choices = {
            "policy": self.DETECTION_LIMITS, "negative": self.NEGATIVE, "zero": self.ZERO, "decimal": self.DECIMAL,
            "over": self.OVER, "unreadable": self.UNREADABLE, "imputation": self.IMPUTATION,
            "transform": self.TRANSFORM, "rest": self.REST,
        }
        texts = {name: self.parameterAsString(parameters, name, context)
                 for name in (self.LIMITS, self.UNITS, self.SENTINELS, self.MISSING_TEXT, self.BELOW_TEXT)}
        limits = assaylayers.parse_pairs(
            texts[self.LIMITS], tr("Detection limits of fields"), fields, assaylayers.positive_number)
        return {
            **{key: self.parameterAsEnumString(parameters, name, context) for key, name in choices.items()},
            "fields": fields, "seed": self.parameterAsInt(parameters, self.SEED, context),
            "over_factor": self.parameterAsDouble(parameters, self.OVER_FACTOR, context),
            "limits": {**self._limits_table(parameters, context, fields), **limits},
            "units": assaylayers.parse_pairs(texts[self.UNITS], tr("Units"), fields, _unit),
            "sentinels": _sentinels(texts[self.SENTINELS]),
            "missing_words": _words(texts[self.MISSING_TEXT]), "below_words": _words(texts[self.BELOW_TEXT]),
            "balances": self.parameterAsString(parameters, self.BALANCES, context),
        }

    def _limits_table(self, parameters, context, fields):
        """Limits of the chosen fields in the table of detection limits."""
        if not shared.given(parameters, self.LIMITS_TABLE):
            return {}
        source = shared.read_source(self, parameters, context, self.LIMITS_TABLE)
        kinds = [kind_of(definition) for definition in source.fields()]
        if "text" not in kinds or "number" not in kinds:
            raise QgsProcessingException(
                tr("Table of detection limits: '{}' needs a text field with the names of the fields and a numeric "
                   "field with their limits.").format(source.sourceName()))
        name, limit = kinds.index("text"), kinds.index("number")
        rows = [feature.attributes() for feature in source.getFeatures()]
        lower = {field.lower(): field for field in fields}
        found = [(as_text(row[name]).lower(), row[limit]) for row in rows]
        return {lower[key]: float(value) for key, value in found
                if key in lower and isinstance(value, (int, float)) and value > 0}


def taken_names(source, fields):
    """Names that transformed fields must not have: those of the layer and of what is added to it."""
    return source.fields().names() + [f"{name}_{suffix}" for name in fields for suffix in ("flag", "raw")]


def clean_columns(layer, texts, job, names, raw):
    """New columns of a layer: clean values, flags, values as they were, and transformed values.

    Parameters
    ----------
    layer : lodescope.processing_provider.geochemistry.assaylayers.AssayLayer
    texts : list of str
        Fields that hold text.
    job : lodescope.processing_provider.engine.jobs.Job
        Done.
    names : list of str
        Of the transformed fields.
    raw : bool
        Whether to keep the values as they were.
    """
    values, flags, coordinates = job.array("values"), job.array("flags"), job.array("coordinates")
    columns = {name: values[:, k] for k, name in enumerate(layer.columns)}
    columns.update({f"{name}_flag": flags[:, k].astype("int64") for k, name in enumerate(layer.columns)})
    for k, name in enumerate(layer.columns if raw else ()):
        if name in texts:
            columns[f"{name}_raw"] = [as_text(value) or None for value in layer.columns[name]]
        elif (flags[:, k] > 0).any():
            columns[f"{name}_raw"] = assaylayers.float_column(layer.columns[name])
    columns.update({name: coordinates[:, k] for k, name in enumerate(names)})
    return columns


def write_clean(algorithm, parameters, context, layer, columns, feedback):
    """Write the layer with its new columns in place of the raw ones; returns the results."""
    fields, kept = assaylayers.kept_fields(layer.source, list(layer.columns))
    rows = assaylayers.layer_rows(layer.source, kept, layer.ids, attribute_rows(columns))
    destination, names = write_layer(
        algorithm, parameters, algorithm.OUTPUT, context, fields, columns,
        (layer.source.wkbType(), layer.source.sourceCrs()), rows, max(1, len(layer.ids)), feedback)
    if destination and layer.places is not None:
        first = next(iter(layer.columns))
        style_on_load(context, destination, total_style(
            names[first], "", class_breaks(columns[first]), algorithm.displayName()))
    return {algorithm.OUTPUT: destination}


def numbers(outputs):
    """Counts over all fields, and mean scores of the imputation."""
    results = {name: sum(row[key] for row in outputs["fields"]) for name, _, key in COUNTS}
    for name, _, key in SCORES:
        found = [scores[key] for scores in outputs["errors"].values() if key in scores]
        if found:
            results[name] = sum(found) / len(found)
    return results


def _unit(text):
    unit = unit_of_text(text)
    if not unit:
        raise ValueError
    return unit


def _words(text):
    return [word for word in map(str.strip, (text or "").split(";")) if word]


def _sentinels(text):
    try:
        return [float(part) for part in (text or "").replace(",", " ").replace(";", " ").split()]
    except ValueError as error:
        raise QgsProcessingException(
            tr("Numbers that mean missing: '{}' is no list of numbers.").format(text)) from error
