"""Prediction with a recurrent network of grades as a Processing algorithm."""
from collections import Counter

import numpy as np
from qgis.core import QgsCoordinateReferenceSystem, QgsProcessingException, QgsProcessingParameterField

from .. import parameters as shared
from ..data.columns import hole_indices, numbers
from ..data.samples import Report
from ..data.tables import read_table
from ..fusion.exchange import windows_of
from ..translation import tr
from .featureraster import FeatureRaster
from .gradeprediction import GradePrediction, read_points

ANY = QgsProcessingParameterField.DataType.Any
ROLE = "Samples"


class PredictLstm(GradePrediction):
    """Grades along drill holes, or columns of cells, with epistemic and aleatoric uncertainty."""

    NAME, TITLE, KIND = "predictlstm", "Predict with recurrent network", "lstm"
    TAGS = ("LSTM", "grade", "predict", "map", "sequence", "drill hole", "down-hole", "uncertainty", "epistemic",
            "aleatoric", "P10", "P90", "probability", "cut-off", "out of domain", "neural network", "REE")
    HOLE_ID, DEPTH_FIELD, Z_FIELD = "HOLE_ID", "DEPTH_FIELD", "Z_FIELD"

    def initAlgorithm(self, config=None):
        super().initAlgorithm(config)
        for name, label, text in (
                (self.HOLE_ID, "Drill hole field", "Field of the samples with the name of the drill hole. Without it "
                 "each sample is read alone, and nothing is known of the intervals around it."),
                (self.DEPTH_FIELD, "Depth field", "Field of the samples with the depth along the hole, as in the "
                 "training. Leave it empty to order samples by their distance from the top of the hole."),
                (self.Z_FIELD, "Elevation field", "Field of the samples with elevations. Leave it empty when the "
                 "points have elevations themselves, or for the field of the training.")):
            shared.add(self, QgsProcessingParameterField(name, tr(label), None, self.SAMPLES, ANY, False, True), text,
                       advanced=name == self.Z_FIELD)

    def problem(self, parameters, context):
        message = super().problem(parameters, context)
        if message or not shared.given(parameters, self.SAMPLES):
            return message or self._raster_problem(parameters, context)
        fields = shared.read_source(self, parameters, context, self.SAMPLES).fields()
        for name in (self.HOLE_ID, self.DEPTH_FIELD, self.Z_FIELD):
            chosen = self.parameterAsString(parameters, name, context)
            if chosen and fields.lookupField(chosen) < 0:
                return tr("{}: the samples have no field '{}'; choose one of: {}.").format(
                    name, chosen, ", ".join(fields.names()))
        return self._raster_problem(parameters, context)

    def _raster_problem(self, parameters, context):
        """Why a raster cannot be predicted by a model that reads near samples, or an empty string."""
        card = self.card(parameters, context)
        if not shared.given(parameters, self.RASTER) or reads_holes(card):
            return ""
        raster = FeatureRaster(self.raster_layer(parameters, context), [entry["name"] for entry in card["features"]])
        if (card.get("crs") or "") == raster.grid.crs.authid() and card.get("dimensions") == raster.grid.dimensions:
            return ""
        return tr("The model reads samples near each cell, in {} dimensions and {}, and the raster has {} dimensions "
                  "and {}; make the raster again in the space of the model.").format(
                      card.get("dimensions"), card.get("crs"), raster.grid.dimensions, raster.grid.crs.authid())

    def execute(self, parameters, context, feedback):
        if shared.given(parameters, self.SAMPLES) and reads_holes(self.card(parameters, context)) \
                and not self.parameterAsString(parameters, self.HOLE_ID, context):
            feedback.pushWarning(tr("No drill hole field was given, so each sample is read alone."))
        return super().execute(parameters, context, feedback)

    def job_settings(self, parameters, context):
        """Whether kriged errors are added, which the places alone do not tell."""
        return {"residuals": self.parameterAsBool(parameters, self.RESIDUALS, context)}

    def tiles_of(self, raster, levels):
        """Windows with all their levels, because columns of cells are read."""
        if levels == (None,):
            return super().tiles_of(raster, levels)
        return [[*window, list(levels)] for window in windows_of(raster.grid, len(raster.names) * len(levels))]

    def read_tile(self, raster, tile, check):
        """Features of a tile level by level, shape (levels x features, cells)."""
        if not isinstance(tile[4], list):
            return super().read_tile(raster, tile, check)
        return np.concatenate([raster.read(tile[:4], level, check) for level in tile[4]])

    def bands_of(self, number, quantities, levels):
        """All bands: each tile has them all."""
        return slice(None), quantities

    def wants_places(self, parameters, context, card):
        """Whether places are needed besides features: to read near samples, to order holes, or for kriged errors."""
        return not reads_holes(card) or self._residuals(parameters, context, card) or (
            shared.given(parameters, self.HOLE_ID) and not shared.given(parameters, self.DEPTH_FIELD))

    def _points(self, parameters, context, card, source, ids, feedback):
        """Places of samples in the CRS of the model as an array of the job; empty where they are not needed."""
        if not self.wants_places(parameters, context, card):
            return {}
        z_field = self.parameterAsString(parameters, self.Z_FIELD, context) or card.get("z_field") or ""
        elevations = read_table(source, [z_field], tr(ROLE)).numbers(z_field) \
            if z_field and source.fields().lookupField(z_field) >= 0 else None
        crs = QgsCoordinateReferenceSystem(card.get("crs") or "")
        points = read_points(source, ids, card.get("dimensions"), crs, context, elevations)
        if points is not None:
            return {"coordinates": points}
        if not reads_holes(card):
            raise QgsProcessingException(tr(
                "The model reads samples near each place, and '{}' has no points in {} dimensions; give "
                "points.").format(source.sourceName(), card.get("dimensions")))
        lost = tr("kriged errors are left out")
        if shared.given(parameters, self.HOLE_ID) and not shared.given(parameters, self.DEPTH_FIELD):
            lost = tr("samples of a hole are read in the order of the layer; give the depth field")
        feedback.pushWarning(tr("'{}' has no points in {} dimensions, so {}.").format(
            source.sourceName(), card.get("dimensions"), lost))
        return {}

    def more_columns(self, parameters, context):
        """The drill holes and the depths."""
        chosen = [self.parameterAsString(parameters, name, context) for name in (self.HOLE_ID, self.DEPTH_FIELD)]
        return list(dict.fromkeys(filter(None, chosen)))

    def more_arrays(self, parameters, context, table):
        """Drill hole of each sample, and its depth."""
        hole, depth = (self.parameterAsString(parameters, name, context) for name in (self.HOLE_ID, self.DEPTH_FIELD))
        found = {}
        if hole:
            found["groups"] = hole_indices(table.columns[hole], Report())[0]
        if depth:
            found["depths"] = numbers(table.columns[depth], depth, tr(ROLE), Counter())
        return found


def reads_holes(card):
    """Whether the model of a card reads drill holes, and not the samples near a place."""
    model = card.get("model")
    reader = model.get("reader") if isinstance(model, dict) else None
    return not isinstance(reader, dict) or reader.get("kind") != "near"
