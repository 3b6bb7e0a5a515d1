"""What the algorithms that learn from known deposits have in common."""
from collections import Counter

import numpy as np
from qgis.core import (
    QgsFields,
    QgsGeometry,
    QgsPointXY,
    QgsProcessing,
    QgsProcessingException,
    QgsProcessingOutputNumber,
    QgsProcessingParameterFeatureSink,
    QgsProcessingParameterFeatureSource,
    QgsProcessingParameterField,
    QgsProcessingParameterFileDestination,
    QgsProcessingParameterRasterDestination,
    QgsProcessingParameterString,
    QgsWkbTypes,
)

from ...algorithms.versions import lodescope_version
from .. import parameters as shared
from ..data.columns import numbers
from ..data.fields import attribute_rows, destination_path, find_field, write_layer
from ..data.files import publish
from ..data.geology import geology_problem, read_geology
from ..data.rasters import destination_problem, raster_problem, write_raster
from ..data.samples import Report, scan
from ..data.tables import as_text
from ..steps import Part
from ..styles import raster_style, style_on_load
from ..translation import tr
from .evidenceparameters import EvidenceAlgorithm, evidence_folder

NEGATIVE_VALUES = ["unlabelled", "random", "stratified"]
VALIDATION_VALUES = ["block", "deposit", "random"]
ANY = QgsProcessingParameterField.DataType.Any
NUMBERS = (
    ("AUC", "AUC of held-out deposits", "auc"), ("TOP_5", "Held-out deposits in 5 % of the area (0 to 1)", "top_5"),
    ("TOP_10", "Held-out deposits in 10 % of the area (0 to 1)", "top_10"),
    ("TOP_20", "Held-out deposits in 20 % of the area (0 to 1)", "top_20"),
)
TRAINING_NUMBERS = (
    ("TRAINING_ACCURACY", "Accuracy on the training data (0 to 1)", "accuracy"),
    ("TRAINING_CROSS_ENTROPY", "Cross-entropy on the training data", "cross_entropy"),
    ("TRAINING_TOP_20", "Training deposits in 20 % of the area (0 to 1)", "top_20"),
)


class ProspectivityTraining(EvidenceAlgorithm):
    """Base of the algorithms that learn where deposits are.

    A subclass adds its own parameters in `add_model` and reads them in
    `model_settings`.
    """

    DEPOSITS, WEIGHT, TYPE, TYPES = "DEPOSITS", "WEIGHT", "TYPE", "TYPES"
    BARREN, NEGATIVES, BUFFER = "BARREN", "NEGATIVES", "BUFFER"
    GEOLOGY, GEOLOGY_FIELD = "GEOLOGY", "GEOLOGY_FIELD"
    VALIDATION, FOLDS, BLOCK_SIZE, COMPARE = "VALIDATION", "FOLDS", "BLOCK_SIZE", "COMPARE"
    MODEL, REPORT, HELD_OUT, HELD_OUT_MAP = "MODEL", "REPORT", "HELD_OUT", "HELD_OUT_MAP"

    def initAlgorithm(self, config=None):
        self.add_evidence()
        self._add_deposits()
        self.add_model()
        self.add_window()
        self._add_background()
        self._add_validation()
        shared.add_run(self)
        self._add_outputs()

    def add_model(self):
        """Parameters of the model."""
        raise NotImplementedError

    def model_settings(self, parameters, context):
        """Settings of the model, from its parameters."""
        raise NotImplementedError

    def _add_deposits(self):
        add = shared.add
        add(self, QgsProcessingParameterFeatureSource(
            self.DEPOSITS, tr("Deposits and occurrences"), [QgsProcessing.SourceType.TypeVectorPoint]),
            "Points of known deposits, at least three in different places.")
        add(self, QgsProcessingParameterField(self.WEIGHT, tr("Weight field"), None, self.DEPOSITS, ANY, False, True),
            "Number that says how much a deposit counts, such as 1 for a mine and 0.3 for a showing. Deposits without "
            "one are left out.", advanced=True)
        add(self, QgsProcessingParameterField(self.TYPE, tr("Type field"), None, self.DEPOSITS, ANY, False, True),
            "Field with the type of each deposit; held-out scores are told for each type.", advanced=True)
        add(self, QgsProcessingParameterString(self.TYPES, tr("Types to learn"), None, False, True),
            "Values of the type field, separated by commas; deposits of other types are left out. Empty: all.",
            advanced=True)
        add(self, QgsProcessingParameterFeatureSource(
            self.BARREN, tr("Barren places"), [QgsProcessing.SourceType.TypeVectorPoint], None, True),
            "Points that are known to hold no deposit, such as barren holes; they count three times as much as "
            "background.")

    def _add_background(self):
        add = shared.add
        add(self, shared.choice(self.NEGATIVES, "Background", NEGATIVE_VALUES, "unlabelled"),
            "What deposits are told from. unlabelled: any ground, drawn anew for each member, as it may hold deposits "
            "that nobody knows (positive-unlabelled learning with bagging). random: ground away from deposits. "
            "stratified: the same, equally much of each geological unit.")
        add(self, shared.number(self.BUFFER, "Buffer around deposits", least=0.0),
            "Distance from deposits within which no background is drawn, for 'random' and 'stratified'. Leave it empty "
            "for a window.", advanced=True)
        add(self, QgsProcessingParameterFeatureSource(
            self.GEOLOGY, tr("Geological map"), [QgsProcessing.SourceType.TypeVectorPolygon], None, True),
            "Polygons whose units 'stratified' goes by. Leave it empty to go by the first raster of classes.",
            advanced=True)
        add(self, QgsProcessingParameterField(
            self.GEOLOGY_FIELD, tr("Unit field of the geological map"), None, self.GEOLOGY, ANY, False, True),
            "Field with the unit of each polygon.", advanced=True)

    def _add_validation(self):
        add = shared.add
        add(self, shared.choice(self.VALIDATION, "Validation", VALIDATION_VALUES, "block"),
            "block: deposits of one part of the map and the ground around them are held out together. deposit: one "
            "group of near deposits after the other. random: single deposits, which flatters. Deposits closer than a "
            "window are never parted, except by 'random'.")
        add(self, shared.number(self.FOLDS, "Folds", shared.NUMBER.Integer, 5, 2, 20),
            "Number of parts of which each is held out once.", advanced=True)
        add(self, shared.number(self.BLOCK_SIZE, "Side of a block", least=1e-9),
            "For validation by blocks, in the unit of the CRS. Leave it empty for a fifth of the longer side of the "
            "area.", advanced=True)
        add(self, shared.flag(self.COMPARE, "Compare with a random split", True),
            "The gap between honest folds and a random split is told. Switch it off to save time.", advanced=True)

    def _add_outputs(self):
        self.addParameter(QgsProcessingParameterFileDestination(
            self.MODEL, tr("Model"), tr("Lodescope models (*.safetensors)")))
        self.addParameter(QgsProcessingParameterFileDestination(
            self.REPORT, tr("Training report"), tr("HTML files (*.html)"), None, True))
        self.addParameter(QgsProcessingParameterFeatureSink(
            self.HELD_OUT, tr("Held-out deposits"), QgsProcessing.SourceType.TypeVectorPoint, None, True, False))
        self.addParameter(QgsProcessingParameterRasterDestination(
            self.HELD_OUT_MAP, tr("Held-out prospectivity"), None, True, False))
        for name, label, _ in (*NUMBERS, *TRAINING_NUMBERS):
            self.addOutput(QgsProcessingOutputNumber(name, tr(label)))
        self.addOutput(QgsProcessingOutputNumber("AUC_RANDOM", tr("AUC in a random split")))
        self.addOutput(QgsProcessingOutputNumber("AUC_SCRATCH", tr("AUC of held-out deposits, from scratch")))
        self.addOutput(QgsProcessingOutputNumber("DEPOSIT_COUNT", tr("Deposits used")))
        self.addOutput(QgsProcessingOutputNumber("BAND_COUNT", tr("Bands used")))

    def problem(self, parameters, context):
        return (self.evidence_problem(parameters, context)
                or self._points_problem(parameters, context)
                or self._background_problem(parameters, context)
                or raster_problem(destination_path(parameters.get(self.HELD_OUT_MAP), context))
                or next(filter(None, (destination_problem(destination_path(parameters.get(name), context))
                                      for name in (self.MODEL, self.REPORT, self.HELD_OUT))), ""))

    def _points_problem(self, parameters, context):
        """Why the points cannot be used, or an empty string."""
        for name, role in ((self.DEPOSITS, tr("Deposits")), (self.BARREN, tr("Barren places"))):
            if name == self.BARREN and not shared.given(parameters, name):
                continue
            source = shared.read_source(self, parameters, context, name)
            if QgsWkbTypes.geometryType(source.wkbType()) != QgsWkbTypes.GeometryType.PointGeometry:
                return tr("{}: '{}' is not a layer of points; choose a point layer.").format(role, source.sourceName())
            if source.featureCount() == 0:
                return tr("{}: '{}' has no points to read; choose another layer, or switch off 'Selected features "
                          "only' when nothing is selected.").format(role, source.sourceName())
        source = shared.read_source(self, parameters, context, self.DEPOSITS)
        for name in self._fields(parameters, context):
            find_field(source, name, tr("Deposits"))
        if self._types(parameters, context) and not self.parameterAsString(parameters, self.TYPE, context):
            return tr("Types to learn were given, but no type field; choose the field of the types.")
        return ""

    def _background_problem(self, parameters, context):
        """Why background cannot be drawn, or an empty string."""
        if shared.given(parameters, self.GEOLOGY):
            return geology_problem(shared.read_source(self, parameters, context, self.GEOLOGY),
                                   self.parameterAsString(parameters, self.GEOLOGY_FIELD, context))
        stratified = self.parameterAsEnumString(parameters, self.NEGATIVES, context) == "stratified"
        if stratified and not self.layers(parameters, context)[1]:
            return tr("Background 'stratified' needs geological units; choose a geological map or a raster of "
                      "classes.")
        return ""

    def _fields(self, parameters, context):
        """Names of the weight field and of the type field, as far as they were chosen."""
        return [name for name in (self.parameterAsString(parameters, key, context) for key in (self.WEIGHT, self.TYPE))
                if name]

    def _types(self, parameters, context):
        """Types to learn."""
        parts = self.parameterAsString(parameters, self.TYPES, context).split(",")
        return [part.strip() for part in parts if part.strip()]

    def execute(self, parameters, context, feedback):
        grid, cells = self.evidence_grid(parameters, context, feedback)
        arrays, settings = self._points(parameters, context, grid, feedback)
        arrays.update(self.mask_array(parameters, context, grid, feedback))
        stack = self.evidence_stack(parameters, context, grid, feedback)
        arrays.update(self._strata(parameters, context, grid, stack, feedback))
        settings.update(self._settings(parameters, context, grid, cells, stack))
        with evidence_folder() as folder:
            arrays["evidence"] = stack.save(folder / "evidence.npy", Part(feedback, 0.0, 5.0))
            with self.prepare_job(settings, arrays, feedback) as job:
                outputs = job.run(Part(feedback, 5.0, 98.0))
                results = self._results(parameters, context, job, grid, arrays["deposits"], Part(feedback, 98.0, 100.0))
        feedback.setProgress(100.0)
        return {**results, **numbers_of(outputs)}

    def _settings(self, parameters, context, grid, cells, stack):
        """Everything the job needs besides arrays."""
        buffer = shared.optional_number(self, parameters, self.BUFFER, context)
        return {
            "grid": grid.to_settings(), "crs": grid.crs.authid(), "bands": stack.entries(), "window_cells": cells,
            "negatives": self.parameterAsEnumString(parameters, self.NEGATIVES, context),
            "buffer": cells * grid.cell if buffer is None else buffer,
            "validation": self.parameterAsEnumString(parameters, self.VALIDATION, context),
            "folds": self.parameterAsInt(parameters, self.FOLDS, context),
            "block": shared.optional_number(self, parameters, self.BLOCK_SIZE, context),
            "random": self.parameterAsBool(parameters, self.COMPARE, context),
            **shared.read_run(self, parameters, context), **self.model_settings(parameters, context),
        }

    def _points(self, parameters, context, grid, feedback):
        """Deposits and barren places as arrays, and the names of types as a setting."""
        source = shared.read_source(self, parameters, context, self.DEPOSITS)
        names = self._fields(parameters, context)
        report = Report()
        indices = [find_field(source, name, tr("Deposits")) for name in names]
        _, places, raw = scan(source, indices, grid.crs, context, report, feedback)
        columns, arrays, settings = dict(zip(names, raw)), {"deposits": places[:, :2]}, {}
        weight, kind = (self.parameterAsString(parameters, key, context) for key in (self.WEIGHT, self.TYPE))
        weights = numbers(columns[weight], weight, tr("Deposits"), Counter()) if weight else None
        if kind:
            texts = [as_text(value) for value in columns[kind]]
            labels = sorted(set(texts))
            arrays["types"] = np.array([labels.index(text) for text in texts], np.int64)
            settings["type_names"] = labels
            weights = self._only(self._types(parameters, context), texts, labels, weights)
        if weights is not None:
            arrays["weights"] = np.asarray(weights, float)
        for reason, count in report.dropped.items():
            feedback.pushWarning(tr("Deposits left out: {:,} {}.").format(count, reason))
        if shared.given(parameters, self.BARREN):
            barren = shared.read_source(self, parameters, context, self.BARREN)
            arrays["barren"] = scan(barren, [], grid.crs, context, Report(), feedback)[1][:, :2]
        return arrays, settings

    def _only(self, wanted, texts, labels, weights):
        """Weights that leave out the types that are not wanted."""
        if not wanted:
            return weights
        lacking = [name for name in wanted if name not in labels]
        if lacking:
            raise QgsProcessingException(tr("Types to learn: no deposit has the type '{}'; there are: {}.").format(
                lacking[0], ", ".join(labels)))
        chosen = np.array([text in wanted for text in texts])
        return np.where(chosen, 1.0 if weights is None else weights, 0.0)

    def _strata(self, parameters, context, grid, stack, feedback):
        """Geological units of the cells as an array of the job; empty where they play no part."""
        if self.parameterAsEnumString(parameters, self.NEGATIVES, context) != "stratified":
            return {}
        if shared.given(parameters, self.GEOLOGY):
            source = shared.read_source(self, parameters, context, self.GEOLOGY)
            geology = read_geology(source, self.parameterAsString(parameters, self.GEOLOGY_FIELD, context), grid.crs,
                                   context, False, feedback)
            return {"strata": geology.units_on(grid)}
        band = next(band for band in stack.bands if band.classes)
        values = band.source.read(0, 0, grid.columns, grid.rows)
        return {"strata": np.where(np.isfinite(values), values, -1).astype(np.int32)}

    def _results(self, parameters, context, job, grid, places, feedback):
        """Write the layers, then the model and the report."""
        results = {}
        self._write_held_out(parameters, context, job, grid, results, places, feedback)
        path = None
        if shared.given(parameters, self.HELD_OUT_MAP):
            path = self.parameterAsOutputLayer(parameters, self.HELD_OUT_MAP, context)
        if path:
            metadata = {"LODESCOPE_ALGORITHM": self.id(), "LODESCOPE_VERSION": lodescope_version(),
                        "LODESCOPE_HELD_OUT": "yes"}
            write_raster(path, job.array("held_out_map")[None], grid, ["prospectivity:probability"], metadata, feedback)
            results[self.HELD_OUT_MAP] = path
            title = tr("Held-out prospectivity")
            style_on_load(context, path, raster_style({}, tr(
                "Each cell is predicted by a model that saw neither its part of the map nor the deposits there."),
                title), title)
        for name, made in ((self.MODEL, "model.safetensors"), (self.REPORT, "report.html")):
            path = self.parameterAsFileOutput(parameters, name, context)
            if path:
                publish(job.path(made), path)
                results[name] = path
        return results

    def _write_held_out(self, parameters, context, job, grid, results, places, feedback):
        """Write the deposits with what was said of them when they were held out."""
        table = np.array(job.array("held_out"), float)
        chosen = table[:, 0].astype(np.int64)
        columns = {"deposit": chosen + 1, "fold": table[:, 1].astype(np.int64), "probability": table[:, 2],
                   "area_rank": table[:, 3], "fitted": table[:, 4]}
        rows = [(QgsGeometry.fromPointXY(QgsPointXY(*places[k].tolist())), list(attributes))
                for k, attributes in zip(chosen, attribute_rows(columns))]
        destination, _ = write_layer(self, parameters, self.HELD_OUT, context, QgsFields(), columns,
                                     (QgsWkbTypes.Type.Point, grid.crs), rows, max(1, len(rows)), feedback)
        if destination:
            results[self.HELD_OUT] = destination


def numbers_of(outputs):
    """The numbers of the outputs of a training."""
    found = {name: outputs["scores"][key] for name, _, key in NUMBERS}
    found.update({name: outputs["training"][key] for name, _, key in TRAINING_NUMBERS})
    if outputs["random"]:
        found["AUC_RANDOM"] = outputs["random"]["auc"]
    found["AUC_SCRATCH"] = outputs["ways"].get("scratch", outputs["scores"])["auc"]
    return {**found, "DEPOSIT_COUNT": outputs["deposits"], "BAND_COUNT": len(outputs["bands"])}
