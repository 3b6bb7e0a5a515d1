"""Rare-earth chemistry of assays: oxides, sums, patterns and their shape."""
import json
from collections import Counter

import numpy as np
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
    QgsWkbTypes,
)

from ...algorithms.errors import InputError
from ...algorithms.geochemistry.ree_names import choose_fields, settle
from .. import parameters as shared
from ..base import LodescopeAlgorithm
from ..data.fields import destination_path, kind_of, write_layer
from ..data.files import publish
from ..data.rasters import destination_problem
from ..data.tables import read_table, table_problem
from ..steps import Part
from ..styles import style_on_load
from ..translation import tr
from .ree_layer import class_breaks, empty_columns, joined_rows, total_style

UNIT_VALUES = ["auto", "ppm", "pct", "ppb"]
FORM_VALUES = ["auto", "element", "oxide"]
REFERENCE_VALUES = [
    "chondrite_ms95", "chondrite_sm89", "chondrite_po14", "chondrite_on16", "mantle_ms95", "mantle_sm89", "mantle_po14",
    "paas_tm85", "paas_m89", "paas_p12", "nasc_g84", "crust_rg03", "crust_tm85",
]
OUTPUT_UNIT_VALUES = ["ppm", "pct"]
DEFINITION_VALUES = ["la_sm", "la_eu", "la_gd", "la_nd"]
MAGNET_VALUES = ["pr_nd_tb_dy", "pr_nd_sm_tb_dy"]
OXIDES_VALUES = ["stable", "trivalent"]
MISSING_VALUES = ["sum", "null", "interpolate"]
CERIUM_VALUES = ["la_pr", "pr_nd", "la_nd"]
EXCLUDE_VALUES = ["eu", "ce_eu"]
BASIS_VALUES = ["oneill", "full"]
# Outputs that are medians of columns, as (output, label, column); {} is the unit.
MEDIANS = (
    ("TREO_MEDIAN", "Median of TREO", "TREO_{}"), ("LREO_MEDIAN", "Median of LREO", "LREO_{}"),
    ("HREO_MEDIAN", "Median of HREO", "HREO_{}"), ("MREO_MEDIAN", "Median of MREO", "MREO_{}"),
    ("NDPR_MEDIAN", "Median of NdPr", "NdPr_{}"), ("CREO_MEDIAN", "Median of CREO", "CREO_{}"),
    ("HREE_LREE_MEDIAN", "Median of HREE/LREE", "HREE_LREE"), ("LA_YB_MEDIAN", "Median of (La/Yb)N", "La_Yb_N"),
    ("CE_ANOMALY_MEDIAN", "Median of Ce/Ce*", "Ce_anomaly"), ("EU_ANOMALY_MEDIAN", "Median of Eu/Eu*", "Eu_anomaly"),
)
MOST_GROUPS = 200
NO_GROUP, OTHER_GROUPS = "(no group)", "(other groups)"


class ReeGeochemistry(LodescopeAlgorithm):
    """Computes what a geologist wants to know of rare-earth assays."""

    NAME, TITLE = "reegeochemistry", "Rare-earth geochemistry"
    GROUP, GROUP_ID = "Geochemistry", "geochemistry"
    TAGS = ("rare earths", "REE", "TREO", "oxides", "NdPr", "chondrite", "PAAS", "spider plot", "anomaly", "lambda")
    INPUT, FIELDS, ASSIGN, UNIT, FORM = "INPUT", "FIELDS", "ASSIGN", "UNIT", "FORM"
    REFERENCE, GROUP_FIELD, OUTPUT_UNIT = "REFERENCE", "GROUP", "OUTPUT_UNIT"
    DEFINITION, MAGNET, OXIDES, MISSING = "DEFINITION", "MAGNET", "OXIDES", "MISSING"
    CERIUM, EXCLUDE, BASIS, PATTERN = "CERIUM", "LAMBDA_EXCLUDE", "LAMBDA_BASIS", "PATTERN"
    OUTPUT, REPORT = "OUTPUT", "REPORT"

    def initAlgorithm(self, config=None):
        self._add_inputs()
        self._add_definitions()
        self._add_methods()
        self.addParameter(QgsProcessingParameterFeatureSink(
            self.OUTPUT, tr("Samples with rare-earth chemistry"), QgsProcessing.SourceType.TypeVector))
        self.addParameter(QgsProcessingParameterFileDestination(
            self.REPORT, tr("Rare-earth report"), tr("HTML files (*.html)"), None, True))
        self.addOutput(QgsProcessingOutputNumber("SAMPLES", tr("Samples")))
        self.addOutput(QgsProcessingOutputNumber("FOUND", tr("Rare earths with a field")))
        for name, label, _ in MEDIANS:
            self.addOutput(QgsProcessingOutputNumber(name, tr(label)))
        self.addOutput(QgsProcessingOutputString("FIELDS_USED", tr("Fields by element (JSON)")))

    def _add_inputs(self):
        shared.add(self, QgsProcessingParameterFeatureSource(
            self.INPUT, tr("Samples"), [QgsProcessing.SourceType.TypeVector]),
            "Points with assays, or a table of assays.")
        shared.add(self, QgsProcessingParameterField(
            self.FIELDS, tr("REE fields"), None, self.INPUT, QgsProcessingParameterField.DataType.Any, True, True),
            "Fields among which La to Lu and Y are looked for by name. Leave it empty to look among all fields.")
        shared.add(self, shared.choice(self.UNIT, "Unit", UNIT_VALUES, "auto"),
                   "Unit of the assays by weight. auto takes it from the field names and asks when they do not tell.")
        shared.add(self, shared.choice(self.FORM, "Form", FORM_VALUES, "auto"),
                   "Whether the assays are those of elements or of oxides. auto takes it from the field names: La is "
                   "the element, La2O3 the oxide.")
        shared.add(self, shared.choice(self.REFERENCE, "Reference", REFERENCE_VALUES, "chondrite_ms95"),
                   "Composition by which patterns, ratios and anomalies are normalised; the help lists the sources.")
        shared.add(self, QgsProcessingParameterField(
            self.GROUP_FIELD, tr("Group field"), None, self.INPUT, QgsProcessingParameterField.DataType.Any, False,
            True), "Field by which the report splits the samples, such as lithology.")
        shared.add(self, shared.choice(self.OUTPUT_UNIT, "Unit of the result", OUTPUT_UNIT_VALUES, "ppm"),
                   "Unit of oxides and sums in the result.")

    def _add_definitions(self):
        shared.add(self, QgsProcessingParameterString(self.ASSIGN, tr("Fields by hand"), None, True, True),
                   "Corrections such as: La = LA1; CeO2_pct = CER; Tm = (an empty right side leaves the element "
                   "out). They overrule what is found by name.", advanced=True)
        shared.add(self, shared.choice(self.DEFINITION, "Light rare earths", DEFINITION_VALUES, "la_sm"),
                   "Which elements count as light; the others and Y are heavy.", advanced=True)
        shared.add(self, shared.choice(self.MAGNET, "Magnet rare earths", MAGNET_VALUES, "pr_nd_tb_dy"),
                   "Which elements make up MREO.", advanced=True)
        shared.add(self, shared.choice(self.OXIDES, "Oxides", OXIDES_VALUES, "stable"),
                   "stable writes CeO2, Pr6O11 and Tb4O7, trivalent Ce2O3, Pr2O3 and Tb2O3.", advanced=True)
        shared.add(self, shared.choice(self.MISSING, "Samples with gaps", MISSING_VALUES, "sum"),
                   "sum adds the elements that are known, null leaves sums with a missing part empty, interpolate "
                   "reads missing elements off the pattern for sums and patterns.", advanced=True)

    def _add_methods(self):
        shared.add(self, shared.choice(self.CERIUM, "Cerium anomaly", CERIUM_VALUES, "la_pr"),
                   "Neighbours from which the expected cerium is taken: between La and Pr, beyond Pr and Nd, or "
                   "between La and Nd.", advanced=True)
        shared.add(self, shared.choice(self.EXCLUDE, "Left out of the lambda fit", EXCLUDE_VALUES, "eu"),
                   "eu is O'Neill's choice; ce_eu suits weathered rocks, whose cerium moves by itself.", advanced=True)
        shared.add(self, shared.choice(self.BASIS, "Basis of the lambda fit", BASIS_VALUES, "oneill"),
                   "Elements over which the polynomials are orthogonal: all but Eu as by O'Neill, or all.",
                   advanced=True)
        shared.add(self, shared.flag(self.PATTERN, "Write the normalised pattern", True),
                   "Adds a field such as La_N for each element.", advanced=True)

    def problem(self, parameters, context):
        source = shared.read_source(self, parameters, context)
        group = self.parameterAsString(parameters, self.GROUP_FIELD, context)
        problem = (table_problem(source, [*self._fields(parameters, context), group], self.INPUT)
                   or destination_problem(destination_path(parameters.get(self.OUTPUT), context))
                   or destination_problem(destination_path(parameters.get(self.REPORT), context)))
        if problem:
            return problem
        try:
            self._assays(parameters, context, source)
        except InputError as error:
            return str(error)
        return ""

    def _fields(self, parameters, context):
        return shared.field_list(self, parameters, self.FIELDS, context)

    def _assays(self, parameters, context, source):
        """Columns to read, as `ree_names.settle` gives them, and what to tell of them."""
        usable = [definition.name() for definition in source.fields() if kind_of(definition) in ("number", "text")]
        chosen = self._fields(parameters, context)
        by_hand = self.parameterAsString(parameters, self.ASSIGN, context) or ""
        taken, notes = choose_fields(usable, by_hand, chosen)
        _require_some(taken, usable, source, bool(by_hand.strip()))
        unit = self.parameterAsEnumString(parameters, self.UNIT, context)
        columns, warnings = settle(taken, unit, self.parameterAsEnumString(parameters, self.FORM, context))
        unread = [name for name in chosen if name not in {column["field"] for column in columns}]
        if unread:
            notes.append(tr("The chosen fields {} are not used.").format(', '.join(unread)))
        return columns, [*notes, *warnings]

    def execute(self, parameters, context, feedback):
        source = shared.read_source(self, parameters, context)
        columns, notes = self._assays(parameters, context, source)
        _tell(columns, notes, feedback)
        group = self.parameterAsString(parameters, self.GROUP_FIELD, context)
        table = read_table(
            source, [*(column["field"] for column in columns), group], self.INPUT, Part(feedback, 0.0, 20.0))
        arrays = {"values": assay_matrix(table, [column["field"] for column in columns])}
        settings = {"recipe": self._recipe(parameters, context, columns), "notes": notes, "title": source.sourceName()}
        if group:
            arrays["groups"], settings["groups"] = group_numbers(table.texts(group))
        with self.prepare_job(settings, arrays, feedback) as job:
            outputs = job.run(Part(feedback, 20.0, 50.0))
            results = self._write(parameters, context, source, table.ids, columns, job, outputs, feedback)
        unit = settings["recipe"]["unit"]
        medians = {name: outputs["medians"].get(column.format(unit)) for name, _, column in MEDIANS}
        return {
            **results, **{name: value for name, value in medians.items() if value is not None},
            "SAMPLES": outputs["samples"], "FOUND": len(outputs["found"]),
            "FIELDS_USED": json.dumps({column["element"]: column["field"] for column in columns}),
        }

    def _recipe(self, parameters, context, columns):
        """Settings of the job, as `ree_columns.Recipe` takes them."""
        choices = (("reference", self.REFERENCE), ("definition", self.DEFINITION), ("magnet", self.MAGNET),
                   ("oxides", self.OXIDES), ("cerium", self.CERIUM), ("unit", self.OUTPUT_UNIT),
                   ("missing", self.MISSING), ("exclude", self.EXCLUDE), ("basis", self.BASIS))
        recipe = {key: self.parameterAsEnumString(parameters, name, context) for key, name in choices}
        return {**recipe, "columns": columns, "pattern": self.parameterAsBool(parameters, self.PATTERN, context)}

    def _write(self, parameters, context, source, ids, columns, job, outputs, feedback):
        """The layer and the report; a column that would repeat an assay is not written again."""
        unit = self.parameterAsEnumString(parameters, self.OUTPUT_UNIT, context)
        same = self._repeated(parameters, context, source, columns, unit)
        matrix, total = job.array("columns"), f"TREO_{unit}"
        places = {name: place for place, name in enumerate(outputs["names"]) if name.lower() not in same}
        breaks = class_breaks(matrix[places[total]])
        destination, given = write_layer(
            self, parameters, self.OUTPUT, context, source.fields(), empty_columns(places),
            (source.wkbType(), source.sourceCrs()), joined_rows(source, ids, places, matrix), max(1, len(ids)),
            Part(feedback, 50.0, 99.0))
        results = {} if destination is None else {self.OUTPUT: destination}
        if destination is not None and source.wkbType() != QgsWkbTypes.Type.NoGeometry:
            style_on_load(context, destination, total_style(given.get(total, total), unit, breaks, self.displayName()))
        path = self.parameterAsFileOutput(parameters, self.REPORT, context)
        if path:
            publish(job.path("report.html"), path)
            results[self.REPORT] = path
        return results

    def _repeated(self, parameters, context, source, columns, unit):
        """Lower-case names of fields that hold an oxide just as the result would: as numbers, without filled gaps."""
        if self.parameterAsEnumString(parameters, self.MISSING, context) == "interpolate":
            return set()
        fields = source.fields()
        return {
            column["field"].lower() for column in columns if column["oxide"] and column["unit"] == unit
            and kind_of(fields.at(fields.lookupField(column["field"]))) == "number"}


def _require_some(taken, names, source, by_hand):
    """Refuse when there are too few rare earths to speak of."""
    if not taken:
        raise InputError(
            tr("INPUT: no field of '{}' is named like a rare earth (La_ppm, CeO2, Y2O3_pct); assign them under "
               "'Fields by hand'; the fields are: {}.").format(source.sourceName(), ', '.join(names) or 'none'))
    if len(taken) == 1 and not by_hand:
        (element, field), = taken.items()
        raise InputError(
            tr("INPUT: only '{}' is named like a rare earth ({}); assign the other elements, or this one alone, under "
               "'Fields by hand'; the fields are: {}.").format(field.field, element, ', '.join(names)))


def _tell(columns, notes, feedback):
    """Log which field is read as what."""
    for column in columns:
        feedback.pushInfo(tr("{}: field '{}', read as {} in {}.").format(
            column["element"], column["field"], column["oxide"] or column["element"], column["unit"]))
    for note in notes:
        feedback.pushWarning(note)


def assay_matrix(table, fields):
    """Assays (n, m) as numbers, NaN for missing ones.

    Parameters
    ----------
    table : lodescope.processing_provider.data.tables.Table
    fields : list of str

    Raises
    ------
    QgsProcessingException
        A field holds text that is not a number.
    """
    try:
        return np.column_stack([table.numbers(name) for name in fields])
    except QgsProcessingException as error:
        raise QgsProcessingException(
            tr("{}; 'Prepare assays' reads detection limits and the like.").format(str(error).rstrip('.'))) from error


def group_numbers(texts):
    """Numbers of groups (n,) and their names, the most frequent first; rare ones beyond 200 count as others."""
    texts = [text or NO_GROUP for text in texts]
    common = [name for name, _ in Counter(texts).most_common(MOST_GROUPS)]
    number = {name: place for place, name in enumerate(common)}
    numbers = np.array([number.get(text, len(common)) for text in texts], np.int64)
    return numbers, [*common, OTHER_GROUPS] if (numbers == len(common)).any() else common
