"""What the algorithms that predict with grade models have in common: a feature raster or samples in, grades out."""
import math

import numpy as np
from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsFeatureRequest,
    QgsProcessing,
    QgsProcessingException,
    QgsProcessingOutputNumber,
    QgsProcessingParameterFeatureSink,
    QgsProcessingParameterFeatureSource,
    QgsProcessingParameterFile,
    QgsProcessingParameterRasterDestination,
    QgsProcessingParameterRasterLayer,
    QgsProcessingParameterString,
    QgsWkbTypes,
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
from .gradeinputs import file_setting, parse_cutoffs

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
    MODEL, RASTER, SAMPLES, CUTOFFS, RESIDUALS = "MODEL", "RASTER", "SAMPLES", "CUTOFFS", "RESIDUALS"
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
        shared.add(self, shared.flag(self.RESIDUALS, "Add kriged residuals", True),
                   "What near samples tell (errors of the model, and grades) is kriged and added, where the model "
                   "keeps it. Without it the network alone predicts.", advanced=True)
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
                    **file_setting(self, parameters, context, self.MODEL, "model"),
                    **self.job_settings(parameters, context)}
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
        tiles = self.tiles_of(raster, levels)
        path = self.parameterAsOutputLayer(parameters, self.OUTPUT, context)
        feedback.pushInfo(tr("{:,} cells in {:,} tiles; memory does not grow with the raster.").format(
            raster.grid.columns * raster.grid.rows * len(levels), len(tiles)))
        if self.wants_places(parameters, context, card) and self._is_placed(card, raster, feedback):
            settings = {**settings, "grid": raster.grid.to_settings()}
        with RasterWriter(path, raster.grid) as writer, self.prepare_job(
                {**settings, "tiles": tiles}, {}, feedback) as job:
            def read(number, check):
                return self.read_tile(raster, tiles[number], check)

            def write(number, result):
                column, row, columns, rows, _ = tiles[number]
                bands, count = self.bands_of(number, len(result), len(levels))
                writer.write(column, row, bands, result.reshape(len(result), rows, columns), count)

            outputs = TileExchange(job, len(tiles), read, write).run(feedback)
            writer.finish(raster.descriptions(outputs["quantities"]), self._metadata(settings, card))
        results[self.OUTPUT] = path
        units = {entry["name"]: entry.get("unit", "") for entry in card["targets"]}
        title = tr("Predicted grades: {}").format(", ".join(units))
        style_on_load(context, path, raster_style(units, self._abstract(card), title), title)
        return np.array([outputs["places"], outputs["outside"]])

    def job_settings(self, parameters, context):
        """Settings of the job besides those of all models."""
        return {}

    def tiles_of(self, raster, levels):
        """Column, row, columns, rows and level of each tile, in the order in which they are predicted."""
        return [[*window, level] for window in windows_of(raster.grid, len(raster.names)) for level in levels]

    def read_tile(self, raster, tile, check):
        """Features of a tile, shape (features, cells)."""
        return raster.read(tile[:4], tile[4], check)

    def bands_of(self, number, quantities, levels):
        """Bands that the result of a tile belongs to, and the number of all bands."""
        return slice(number % levels, None, levels), quantities * levels

    def wants_places(self, parameters, context, card):
        """Whether places are needed besides features."""
        return self._residuals(parameters, context, card)

    def more_columns(self, parameters, context):
        """Fields of the samples that the job needs besides features."""
        return []

    def more_arrays(self, parameters, context, table):
        """Arrays of the job from these fields."""
        return {}

    def _residuals(self, parameters, context, card):
        """Whether the model keeps residuals and they are wanted."""
        model = card.get("model")
        return bool(isinstance(model, dict) and model.get("field")
                    and self.parameterAsBool(parameters, self.RESIDUALS, context))

    def _is_placed(self, card, raster, feedback):
        """Whether the residuals of a model lie in the space of a raster; a warning where they do not."""
        known = card.get("crs") or ""
        if known == raster.grid.crs.authid() and card.get("dimensions") == raster.grid.dimensions:
            return True
        feedback.pushWarning(tr("The model keeps errors of samples in {} dimensions and {}, which cannot be kriged on "
                                "this raster, so the network alone predicts.").format(card.get("dimensions"), known))
        return False

    def _points(self, parameters, context, card, source, ids, feedback):
        """Places of samples in the CRS of the model as an array of the job; empty where they are not wanted."""
        if not self.wants_places(parameters, context, card):
            return {}
        crs = QgsCoordinateReferenceSystem(card.get("crs") or "")
        z_field = card.get("z_field") or ""
        elevations = read_table(source, [z_field], tr("Samples")).numbers(z_field) \
            if z_field and source.fields().lookupField(z_field) >= 0 else None
        points = read_points(source, ids, card.get("dimensions"), crs, context, elevations)
        if points is None:
            feedback.pushWarning(tr("The model keeps errors of samples in {} dimensions, and '{}' has no such points, "
                                    "so the network alone predicts.").format(
                                        card.get("dimensions"), source.sourceName()))
            return {}
        return {"coordinates": points}

    def _check_crs(self, card, raster, feedback):
        known, crs = card.get("crs") or "", raster.grid.crs.authid()
        if known and crs and known != crs:
            feedback.pushWarning(tr("The model was trained in {} and the raster is in {}; features that hold "
                                    "coordinates or distances would be wrong.").format(known, crs))

    def _table(self, parameters, context, card, settings, results, feedback):
        """Predict the features of a layer; returns the numbers of samples predicted and out of domain."""
        source = shared.read_source(self, parameters, context, self.SAMPLES)
        names = [entry["name"] for entry in card["features"]]
        more = [name for name in self.more_columns(parameters, context) if name not in names]
        table = read_table(source, [*names, *more], tr("Samples"), Part(feedback, 0.0, 20.0))
        features = np.column_stack([table.numbers(name) for name in names]).astype(np.float32)
        arrays = {"features": features, **self.more_arrays(parameters, context, table),
                  **self._points(parameters, context, card, source, table.ids, feedback)}
        with self.prepare_job(settings, arrays, feedback) as job:
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


def read_points(source, ids, dimensions, crs, context, elevations=None):
    """Places of features in a CRS.

    Parameters
    ----------
    source : QgsFeatureSource
    ids : array of int64, shape (n,)
        Of the features, in the order of the result.
    dimensions : int
    crs : QgsCoordinateReferenceSystem
    context : QgsProcessingContext
    elevations : array of float64, shape (n,), optional
        They replace those of the points.

    Returns
    -------
    array of float64, shape (n, dimensions), or None
        NaN where a feature has no place. None where the layer has no points in so many dimensions.
    """
    if QgsWkbTypes.geometryType(source.wkbType()) != QgsWkbTypes.GeometryType.PointGeometry or (
            dimensions == 3 and elevations is None and not QgsWkbTypes.hasZ(source.wkbType())):
        return None
    request = QgsFeatureRequest().setSubsetOfAttributes([])
    if crs.isValid() and source.sourceCrs().isValid() and crs != source.sourceCrs():
        request.setDestinationCrs(crs, context.transformContext())
    found, nowhere = {}, (math.nan,) * 3
    for feature in source.getFeatures(request):
        point = next(feature.geometry().vertices(), None) if feature.hasGeometry() else None
        found[feature.id()] = nowhere if point is None else (point.x(), point.y(), point.z())
    points = np.array([found.get(key, nowhere) for key in np.asarray(ids).tolist()], float)
    if elevations is not None:
        points[:, 2] = elevations
    return points[:, :dimensions]


def attribute_name(quantity):
    """``TREO:probability>1`` as the name of an attribute."""
    return quantity.replace("probability>", "probability_above_").replace(":", "_")
