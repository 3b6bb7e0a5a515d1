"""What the algorithms that predict with grade models have in common: a feature raster or samples in, grades out."""
import numpy as np
from qgis.core import (
    QgsProcessing,
    QgsProcessingException,
    QgsProcessingOutputNumber,
    QgsProcessingParameterFeatureSink,
    QgsProcessingParameterFeatureSource,
    QgsProcessingParameterFile,
    QgsProcessingParameterRasterDestination,
    QgsProcessingParameterRasterLayer,
    QgsProcessingParameterString,
)

from ...algorithms.versions import lodescope_version
from .. import parameters as shared
from ..base import LodescopeAlgorithm
from ..data.fields import destination_path, write_features
from ..data.grid import space_problem
from ..data.modelfiles import card_of
from ..data.rasters import destination_problem, raster_problem
from ..data.strips import RasterWriter
from ..data.tables import read_table, table_problem
from ..engine.jobs import jobs_folder
from ..fusion.exchange import TileExchange, windows_of
from ..steps import Part
from ..styles import raster_style, style_on_load
from ..translation import tr
from .featureraster import FeatureRaster
from .grademodel import file_setting, parse_cutoffs

CARD_ITEMS = ("kind", "targets", "seed", "folds", "scores", "crs")
QUANTITIES = 8  # of each target, besides probabilities


class GradePrediction(LodescopeAlgorithm):
    """Base of the algorithms that predict grades.

    Attributes
    ----------
    KIND : str
        Of the model files.
    """

    GROUP, GROUP_ID, NEEDS, KIND = "Grade", "grade", "deep", ""
    MODEL, RASTER, SAMPLES, CUTOFFS = "MODEL", "RASTER", "SAMPLES", "CUTOFFS"
    OUTPUT, OUTPUT_SAMPLES = "OUTPUT", "OUTPUT_SAMPLES"

    def initAlgorithm(self, config=None):
        shared.add(self, QgsProcessingParameterFile(
            self.MODEL, tr("Model"), QgsProcessingParameterFile.Behavior.File, "safetensors"),
            "File made by the training.")
        shared.add(self, QgsProcessingParameterRasterLayer(self.RASTER, tr("Feature raster"), None, True),
                   "Raster whose bands have the names of the model's features, in any order, as 'Fuse features' makes "
                   "it; in space NAME@z=LEVEL.")
        shared.add(self, QgsProcessingParameterFeatureSource(
            self.SAMPLES, tr("Samples with features"), [QgsProcessing.SourceType.TypeVector], None, True),
            "Points or a table with the model's features as fields, to be predicted besides or instead of the raster.")
        shared.add(self, QgsProcessingParameterString(self.CUTOFFS, tr("Cut-off grades"), None, False, True),
                   "Grades whose chance of being exceeded is wanted, such as 0.5, 1. Leave it empty for those of the "
                   "training.")
        shared.add(self, shared.number(shared.THREADS, "Threads", shared.NUMBER.Integer, least=1),
                   "Number of processor cores to use. Leave it empty to use all.", advanced=True)
        self.addParameter(QgsProcessingParameterRasterDestination(self.OUTPUT, tr("Predicted grades"), None, True))
        self.addParameter(QgsProcessingParameterFeatureSink(
            self.OUTPUT_SAMPLES, tr("Samples with predicted grades"), QgsProcessing.SourceType.TypeVectorAnyGeometry,
            None, True))
        self.addOutput(QgsProcessingOutputNumber("PLACES", tr("Cells and samples with a prediction")))
        self.addOutput(QgsProcessingOutputNumber("OUTSIDE", tr("Of these, out of the model's domain")))

    def problem(self, parameters, context):
        card = self.card(parameters, context)
        names = [entry["name"] for entry in card["features"]]
        self.cutoffs(parameters, context, card)
        raster, table = (shared.given(parameters, name) for name in (self.RASTER, self.SAMPLES))
        if not raster and not table:
            return tr("Nothing to predict: give a feature raster or samples with features.")
        if raster and not shared.given(parameters, self.OUTPUT) and not table:
            return tr("Name a file for the predicted grades.")
        if raster:
            FeatureRaster(self.raster_layer(parameters, context), names)
        if table:
            message = table_problem(shared.read_source(self, parameters, context, self.SAMPLES), [], tr("Samples")) \
                or self._fields_problem(parameters, context, names)
            if message:
                return message
        return (raster_problem(destination_path(parameters.get(self.OUTPUT), context))
                or destination_problem(destination_path(parameters.get(self.OUTPUT_SAMPLES), context)))

    def _fields_problem(self, parameters, context, names):
        """Which features the samples lack, or an empty string."""
        source = shared.read_source(self, parameters, context, self.SAMPLES)
        lacking = [name for name in names if source.fields().lookupField(name) < 0]
        if not lacking:
            return ""
        return tr("The model needs fields that '{}' does not have: {}; it has: {}. Make the features with the recipe "
                  "of the model.").format(source.sourceName(), ", ".join(lacking), ", ".join(source.fields().names()))

    def card(self, parameters, context):
        """The card of the model."""
        card = card_of(self.parameterAsFile(parameters, self.MODEL, context), self.KIND)
        if not all(isinstance(card.get(key), list) and card[key] and all("name" in entry for entry in card[key])
                   for key in ("features", "targets")):
            raise QgsProcessingException(tr(
                "The model file '{}' does not say its features and targets; take another copy of it.").format(
                    self.parameterAsFile(parameters, self.MODEL, context)))
        return card

    def cutoffs(self, parameters, context, card):
        """Cut-offs of each target."""
        text = self.parameterAsString(parameters, self.CUTOFFS, context)
        targets = [entry["name"] for entry in card["targets"]]
        return parse_cutoffs(text, targets) if text.strip() else card.get("cutoffs") or [[] for _ in targets]

    def raster_layer(self, parameters, context):
        """The feature raster (`QgsRasterLayer`)."""
        layer = self.parameterAsRasterLayer(parameters, self.RASTER, context)
        if layer is None or not layer.isValid():
            raise QgsProcessingException(self.invalidRasterError(parameters, self.RASTER))
        return layer

    def execute(self, parameters, context, feedback):
        card = self.card(parameters, context)
        settings = {"cutoffs": self.cutoffs(parameters, context, card),
                    "threads": shared.optional_integer(self, parameters, shared.THREADS, context),
                    **file_setting(self, parameters, context, self.MODEL, "model")}
        results, counts = {}, np.zeros(2, dtype=int)
        both = shared.given(parameters, self.RASTER) and shared.given(parameters, self.SAMPLES)
        split = 70.0 if both else 100.0 if shared.given(parameters, self.RASTER) else 0.0
        if shared.given(parameters, self.RASTER) and shared.given(parameters, self.OUTPUT):
            counts += self._map(parameters, context, card, settings, results, Part(feedback, 0.0, split))
        if shared.given(parameters, self.SAMPLES):
            counts += self._table(parameters, context, card, settings, results, Part(feedback, split, 100.0))
        if counts[1]:
            feedback.pushWarning(tr("{:,} of {:,} places lie out of the model's domain (outside = 1): their features "
                                    "are unlike those of all training samples, so do not trust the grades "
                                    "there.").format(counts[1], counts[0]))
        feedback.setProgress(100.0)
        return {**results, "PLACES": int(counts[0]), "OUTSIDE": int(counts[1])}

    def _map(self, parameters, context, card, settings, results, feedback):
        """Predict the cells of the raster, tile by tile; returns the numbers of cells predicted and out of domain."""
        raster = FeatureRaster(self.raster_layer(parameters, context), [entry["name"] for entry in card["features"]])
        quantities = sum(QUANTITIES + len(own) for own in settings["cutoffs"])
        message = space_problem(jobs_folder(), 16 * raster.grid.columns * 256 * (quantities + len(raster.names)))
        if message:
            raise QgsProcessingException(message)
        self._check_crs(card, raster, feedback)
        levels = raster.levels or (None,)
        tiles = [[*window, level] for window in windows_of(raster.grid, len(raster.names)) for level in levels]
        path = self.parameterAsOutputLayer(parameters, self.OUTPUT, context)
        feedback.pushInfo(tr("{:,} cells in {:,} tiles; memory does not grow with the raster.").format(
            raster.grid.columns * raster.grid.rows * len(levels), len(tiles)))
        with RasterWriter(path, raster.grid) as writer, self.prepare_job(
                {**settings, "tiles": tiles}, {}, feedback) as job:
            def read(number, check):
                return raster.read(tiles[number][:4], tiles[number][4], check)

            def write(number, result):
                column, row, columns, rows, _ = tiles[number]
                writer.write(column, row, slice(number % len(levels), None, len(levels)),
                             result.reshape(len(result), rows, columns), len(result) * len(levels))

            outputs = TileExchange(job, len(tiles), read, write).run(feedback)
            writer.finish(raster.descriptions(outputs["quantities"]), self._metadata(settings, card))
        results[self.OUTPUT] = path
        units = {entry["name"]: entry.get("unit", "") for entry in card["targets"]}
        title = tr("Predicted grades: {}").format(", ".join(units))
        style_on_load(context, path, raster_style(units, self._abstract(card), title), title)
        return np.array([outputs["places"], outputs["outside"]])

    def _check_crs(self, card, raster, feedback):
        known, crs = card.get("crs") or "", raster.grid.crs.authid()
        if known and crs and known != crs:
            feedback.pushWarning(tr("The model was trained in {} and the raster is in {}; features that hold "
                                    "coordinates or distances would be wrong.").format(known, crs))

    def _table(self, parameters, context, card, settings, results, feedback):
        """Predict the features of a layer; returns the numbers of samples predicted and out of domain."""
        source = shared.read_source(self, parameters, context, self.SAMPLES)
        names = [entry["name"] for entry in card["features"]]
        table = read_table(source, names, tr("Samples"), Part(feedback, 0.0, 20.0))
        features = np.column_stack([table.numbers(name) for name in names]).astype(np.float32)
        with self.prepare_job(settings, {"features": features}, feedback) as job:
            outputs = job.run(Part(feedback, 20.0, 85.0))
            found = np.array(job.array("predictions"), dtype=float)
            columns = {attribute_name(name): found[:, k] for k, name in enumerate(outputs["quantities"])}
            destination, _ = write_features(self, parameters, self.OUTPUT_SAMPLES, context, source, table.ids, columns,
                                            Part(feedback, 85.0, 100.0))
        if destination:
            results[self.OUTPUT_SAMPLES] = destination
        return np.array([outputs["places"], outputs["outside"]])

    def _metadata(self, settings, card):
        """Items that name algorithm, version, model and parameters in the file."""
        return {"LODESCOPE_ALGORITHM": self.id(), "LODESCOPE_VERSION": lodescope_version(),
                "LODESCOPE_PARAMETERS": {key: settings[key] for key in ("cutoffs", "model_file")},
                "LODESCOPE_MODEL": {key: card.get(key) for key in CARD_ITEMS}}

    def _abstract(self, card):
        return tr("Grades predicted by Lodescope {} with a model of {} samples. Do not trust cells with outside = "
                  "1.").format(lodescope_version(), card.get("samples"))


def attribute_name(quantity):
    """``TREO:probability>1`` as the name of an attribute."""
    return quantity.replace("probability>", "probability_above_").replace(":", "_")
