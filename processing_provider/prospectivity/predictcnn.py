"""Prediction with any model of prospectivity as a Processing algorithm."""
from dataclasses import replace

import numpy as np
from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsProcessing,
    QgsProcessingException,
    QgsProcessingOutputNumber,
    QgsProcessingParameterExtent,
    QgsProcessingParameterFeatureSource,
    QgsProcessingParameterFile,
    QgsProcessingParameterRasterDestination,
    QgsRectangle,
)

from ...algorithms.prospectivity.kinds import KIND
from ...algorithms.versions import lodescope_version
from .. import parameters as shared
from ..base import LodescopeAlgorithm
from ..data.alignment import small_cache
from ..data.fields import destination_path
from ..data.grid import GridSpec, size_problem, space_problem
from ..data.modelfiles import card_of
from ..data.rasters import raster_problem
from ..data.strips import RasterWriter
from ..engine import prepare_job
from ..engine.jobs import jobs_folder
from ..engine.resolver import problem as python_problem
from ..fusion.exchange import TileExchange, windows_of
from ..grade.grademodel import file_setting
from ..steps import Part
from ..styles import raster_style, style_on_load
from ..translation import tr
from .evidenceinputs import EvidenceStack, evidence_crs, extent_in, layers_problem
from .evidenceparameters import CLASS_RASTERS, MASK, RASTERS, add_rasters, cells_inside, polygons_problem, read_polygons

CARD_ITEMS = ("title", "method", "lodescope", "scores", "crs", "grid", "seed", "folds", "samples", "window", "deposits")
BANDS = 5
MOST_NAMED = 30
UNLIKE = 0.5  # share of the cells beyond what the model knows that is worth a warning


class PredictCnn(LodescopeAlgorithm):
    """Probability of a deposit with its uncertainty, from a model and the evidence it was made for."""

    NAME, TITLE, KIND = "predictcnn", "Predict prospectivity", KIND
    GROUP, GROUP_ID = "Prospectivity", "prospectivity"
    TAGS = ("CNN", "prospectivity", "predict", "map", "mineral potential", "probability", "uncertainty", "P10", "P90",
            "weights of evidence", "random forest", "logistic regression", "gradient boosting")
    MODEL, OUTPUT = "MODEL", "OUTPUT"

    def initAlgorithm(self, config=None):
        shared.add(self, QgsProcessingParameterFile(
            self.MODEL, tr("Model"), QgsProcessingParameterFile.Behavior.File, "safetensors"),
            "Model of 'Train CNN' or 'Train prospectivity baseline'.")
        add_rasters(self)
        shared.add(self, QgsProcessingParameterFeatureSource(
            MASK, tr("Study area"), [QgsProcessing.SourceType.TypeVectorPolygon], None, True),
            "Polygons outside which the map stays empty.")
        shared.add(self, QgsProcessingParameterExtent(shared.EXTENT, tr("Extent"), None, True),
                   "Leave it empty for the area of all rasters together.", advanced=True)
        shared.add(self, shared.number(shared.THREADS, "Threads", shared.NUMBER.Integer, least=1),
                   "Number of processor cores to use. Leave it empty to use all.", advanced=True)
        self.addParameter(QgsProcessingParameterRasterDestination(self.OUTPUT, tr("Prospectivity")))
        self.addOutput(QgsProcessingOutputNumber("CELLS", tr("Cells with a prediction")))
        self.addOutput(QgsProcessingOutputNumber("EDGES", tr("Of these, with a window over a border")))

    def problem(self, parameters, context):
        card = self.card(parameters, context)
        if card.get("method") == "cnn":
            message = python_problem("deep", self.displayName())
            if message:
                return message
        layers, class_layers = self.layers(parameters, context)
        message = layers_problem([*layers, *class_layers])
        if message:
            return message
        grid = self.grid(parameters, context, card)
        check_bands(card, EvidenceStack(layers, class_layers, grid))
        if shared.given(parameters, MASK):
            message = polygons_problem(shared.read_source(self, parameters, context, MASK))
        return message or raster_problem(destination_path(parameters.get(self.OUTPUT), context))

    def card(self, parameters, context):
        """The card of the model."""
        path = self.parameterAsFile(parameters, self.MODEL, context)
        card = card_of(path, KIND)
        try:
            complete = all(entry["name"] for entry in card["features"]) and card["grid"]["cell"] > 0 and \
                card["window"]["cells"] > 0 and bool(card["method"])
        except (KeyError, TypeError):
            complete = False
        if not complete:
            raise QgsProcessingException(tr(
                "The model file '{}' does not say its bands and its window; take another copy of it.").format(path))
        return card

    def layers(self, parameters, context):
        """Rasters of numbers and of classes."""
        return [self.parameterAsLayerList(parameters, name, context) for name in (RASTERS, CLASS_RASTERS)]

    def grid(self, parameters, context, card):
        """The grid of the map: cells as the model knows them, and its very cells where it was trained."""
        layers, class_layers = self.layers(parameters, context)
        every, cell = [*layers, *class_layers], float(card["grid"]["cell"])
        crs, origin = map_crs(every, card, context)
        if shared.given(parameters, shared.EXTENT):
            extent = self.parameterAsExtent(parameters, shared.EXTENT, context, crs)
            if extent.isEmpty():
                raise QgsProcessingException(tr("The extent has no area; draw a rectangle, or leave it empty."))
        else:
            extent = QgsRectangle(extent_in(every[0], crs, context))
            for layer in every[1:]:
                extent.combineExtentWith(extent_in(layer, crs, context))
        if origin is not None:
            extent = on_cells(extent, origin, cell)
        problem = size_problem(extent.width(), extent.height(), cell, 0, BANDS)
        if problem:
            raise QgsProcessingException(problem)
        return GridSpec.from_extent(crs, extent, cell)

    def execute(self, parameters, context, feedback):
        card = self.card(parameters, context)
        grid = self.grid(parameters, context, card)
        layers, class_layers = self.layers(parameters, context)
        reach = int(card["window"]["cells"]) // 2
        with small_cache():
            stack = EvidenceStack(layers, class_layers, grid, reach, feedback)
            check_bands(card, stack, feedback)
            return self._map(parameters, context, card, stack, feedback)

    def _map(self, parameters, context, card, stack, feedback):
        """Predict tile by tile and write the raster."""
        grid, reach = stack.grid, stack.margin
        tiles = windows_of(grid, max(len(stack.bands), 8))
        self._tell(card, grid, tiles, feedback)
        shapes = self._shapes(parameters, context, grid)
        known = Known(card)
        settings = {"tiles": [list(tile) for tile in tiles], "torch": card["method"] == "cnn",
                    "threads": shared.optional_integer(self, parameters, shared.THREADS, context),
                    **file_setting(self, parameters, context, self.MODEL, "model")}
        path = self.parameterAsOutputLayer(parameters, self.OUTPUT, context)
        needs = "deep" if card["method"] == "cnn" else "base"
        with RasterWriter(path, grid) as writer, prepare_job(self.NAME, settings, {}, needs, feedback) as job:
            def read(number, check):
                check()
                column, row, columns, rows = tiles[number]
                values = stack.read(column - reach, row - reach, columns + 2 * reach, rows + 2 * reach)
                known.look(values)
                return values.reshape(len(values), -1)

            def write(number, result):
                column, row, columns, rows = tiles[number]
                values = result.reshape(BANDS, rows, columns)
                if shapes is not None:
                    part = replace(grid, west=grid.west + column * grid.cell, north=grid.north - row * grid.cell,
                                   columns=columns, rows=rows)
                    values = np.where(cells_inside(shapes, part), values, np.nan)
                writer.write(column, row, slice(None), values, BANDS)

            outputs = TileExchange(job, len(tiles), read, write).run(Part(feedback, 0.0, 98.0))
            if not outputs["cells"]:
                raise QgsProcessingException(tr("No cell has data in at least half of the bands, so there is nothing "
                                                "to predict; choose rasters that overlap."))
            writer.finish(outputs["quantities"], self._metadata(settings, card))
        known.warn(feedback)
        title = tr("Prospectivity: {}").format(card.get("title", ""))
        style_on_load(context, path, raster_style({}, self._abstract(card), title), title)
        feedback.setProgress(100.0)
        return {self.OUTPUT: path, "CELLS": outputs["cells"], "EDGES": outputs["edges"]}

    def _shapes(self, parameters, context, grid):
        """Polygons of the study area, or None."""
        if not shared.given(parameters, MASK):
            return None
        source = shared.read_source(self, parameters, context, MASK)
        shapes = read_polygons(source, grid.crs, context)
        if not any(shape.boundingBox().intersects(grid.extent) for shape in shapes):
            raise QgsProcessingException(tr(
                "The study area '{}' does not meet the rasters; choose polygons that do.").format(source.sourceName()))
        return shapes

    def _tell(self, card, grid, tiles, feedback):
        """Log what is done, and what is unlike the training."""
        problem = space_problem(jobs_folder(), grid.size(BANDS))
        if problem:
            raise QgsProcessingException(problem)
        feedback.pushInfo(tr("{} In {} tiles; memory does not grow with the map.").format(grid.describe(), len(tiles)))
        if card.get("crs") and grid.crs.authid() and card["crs"] != grid.crs.authid():
            feedback.pushInfo(tr("The model was trained in {} and the map is made in {}, with cells of the same "
                                 "size.").format(card["crs"], grid.crs.authid()))

    def _metadata(self, settings, card):
        """Items that name algorithm, version, model and parameters in the file."""
        return {"LODESCOPE_ALGORITHM": self.id(), "LODESCOPE_VERSION": lodescope_version(),
                "LODESCOPE_PARAMETERS": {"model_file": settings["model_file"]},
                "LODESCOPE_MODEL": {key: card.get(key) for key in CARD_ITEMS}}

    def _abstract(self, card):
        return tr("Prospectivity by Lodescope {} with a model ({}) of {} deposits. Do not trust cells with edge = 1: "
                  "their windows reach over the border of the evidence or over cells without data.").format(
                      lodescope_version(), card.get("title"), card.get("samples"))


def map_crs(layers, card, context):
    """The CRS of a map, and the corner of the cells of the training when it lies in its area (else None)."""
    trained = QgsCoordinateReferenceSystem(card.get("crs") or "")
    if trained.isValid() and all(layer.crs().isValid() for layer in layers):
        west, south, east, north = card["extent"]
        area = QgsRectangle(west, south, east, north)
        if all(extent_in(layer, trained, context).intersects(area) for layer in layers):
            return trained, (card["grid"]["west"], card["grid"]["north"])
    projected = any(layer.crs().isValid() and not layer.crs().isGeographic() for layer in layers)
    if trained.isValid() and not projected:
        return trained, None
    crs = evidence_crs(layers, None)
    same = not trained.isValid() and not crs.isValid()
    return crs, (card["grid"]["west"], card["grid"]["north"]) if same else None


def on_cells(extent, origin, cell):
    """An extent widened to whole cells of the training."""
    west, north = origin
    left = np.floor((extent.xMinimum() - west) / cell + 1e-6)
    right = np.ceil((extent.xMaximum() - west) / cell - 1e-6)
    top = np.floor((north - extent.yMaximum()) / cell + 1e-6)
    bottom = np.ceil((north - extent.yMinimum()) / cell - 1e-6)
    return QgsRectangle(west + left * cell, north - bottom * cell, west + right * cell, north - top * cell)


def check_bands(card, stack, feedback=None):
    """Put the bands of a stack into the order of a model.

    Raises
    ------
    QgsProcessingException
        It names the bands that lack, are classes in one and numbers in the other, or are in another unit.
    """
    wanted, given = [entry["name"] for entry in card["features"]], stack.names
    lacking = [name for name in wanted if name not in given]
    if lacking:
        raise QgsProcessingException(tr(
            "The model needs bands that the rasters do not have: {}; they have: {}.").format(
                listed(lacking), listed(given)))
    at = {band.name: band for band in stack.bands}
    for entry in card["features"]:
        band = at[entry["name"]]
        if band.classes != (entry.get("kind") == "class"):
            words = {True: tr("classes"), False: tr("numbers")}
            raise QgsProcessingException(tr(
                "The band '{}' holds {}, and the model was made with {}; put its raster into the other list.").format(
                    band.name, words[band.classes], words[not band.classes]))
        if band.unit and entry.get("unit") and band.unit != entry["unit"]:
            raise QgsProcessingException(tr(
                "The band '{}' is in {}, and the model was made with {}; convert it first.").format(
                    band.name, band.unit, entry["unit"]))
    if feedback is not None and [name for name in given if name in wanted] != wanted:
        feedback.pushInfo(tr("The bands stand in another order than in the model; they are matched by name."))
    left = [name for name in given if name not in wanted]
    if feedback is not None and left:
        feedback.pushInfo(tr("Bands that the model does not use: {}.").format(listed(left)))
    stack.ordered(wanted)


def listed(names):
    """Names as a text, not too long."""
    more = len(names) - MOST_NAMED
    return ", ".join(names[:MOST_NAMED]) + (tr(" and {} more").format(more) if more > 0 else "")


class Known:
    """Counts values that lie beyond those a model knows.

    Parameters
    ----------
    card : dict
    """

    def __init__(self, card):
        self.entries = card["features"]
        self.counts = np.zeros((len(self.entries), 2), np.int64)

    def look(self, values):
        """Count values (bands, rows, columns)."""
        for number, (entry, band) in enumerate(zip(self.entries, values)):
            known = band[np.isfinite(band)]
            if entry.get("kind") == "class":
                beyond = ~np.isin(known, entry["classes"])
            else:
                width = entry["high"] - entry["low"]
                beyond = (known < entry["low"] - 0.1 * width) | (known > entry["high"] + 0.1 * width)
            self.counts[number] += known.size, int(beyond.sum())

    def warn(self, feedback):
        """Warn of bands of which most is beyond."""
        odd = [f"{entry['name']} ({beyond / total:.0%})" for entry, (total, beyond) in zip(self.entries, self.counts)
               if total and beyond > UNLIKE * total]
        if odd:
            feedback.pushWarning(tr("Most values of these bands lie beyond those that the model knows, so do not trust "
                                    "the map before you have compared their units: {}.").format(listed(odd)))
