"""A preparation of assays applied to another layer, and transformed values taken back."""
from pathlib import Path

import numpy as np
from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsProcessing,
    QgsProcessingParameterFeatureSink,
    QgsProcessingParameterFeatureSource,
    QgsProcessingParameterFile,
)

from ...algorithms.errors import InputError
from ...algorithms.modelfile import require_names
from .. import parameters as shared
from ..base import LodescopeAlgorithm
from ..data.fields import destination_path, write_features
from ..data.modelfiles import card_of
from ..data.rasters import destination_problem
from ..data.tables import read_table
from ..steps import Part
from ..translation import tr
from . import assaylayers
from .prepareassays import clean_columns, write_clean

KIND = "assaytransform"
DIRECTION_VALUES = ["forward", "inverse"]


class ApplyAssayTransform(LodescopeAlgorithm):
    """Prepares assays as an earlier run did, or takes transformed values back."""

    NAME, TITLE = "applyassaytransform", "Apply assay transform"
    GROUP, GROUP_ID = "Geochemistry", "geochemistry"
    TAGS = ("assay", "transform", "inverse", "back-transform", "boxcox", "clr", "ilr", "geochemistry")
    INPUT, MODEL, DIRECTION, OUTPUT = "INPUT", "MODEL", "DIRECTION", "OUTPUT"

    def initAlgorithm(self, config=None):
        shared.add(self, QgsProcessingParameterFeatureSource(
            self.INPUT, tr("Layer"), [QgsProcessing.SourceType.TypeVector]),
            "Forward: with the raw assays, under the names of the model. Inverse: with the transformed fields.")
        shared.add(self, QgsProcessingParameterFile(
            self.MODEL, tr("Model of the preparation"), QgsProcessingParameterFile.Behavior.File, "safetensors"),
            "File made by 'Prepare assays'.")
        shared.add(self, shared.choice(self.DIRECTION, "Direction", DIRECTION_VALUES, "forward"),
                   "forward prepares raw assays; inverse turns transformed values into the original units.")
        self.addParameter(QgsProcessingParameterFeatureSink(self.OUTPUT, tr("Result")))

    def problem(self, parameters, context):
        source = shared.read_source(self, parameters, context)
        path = self.parameterAsFile(parameters, self.MODEL, context)
        card = card_of(path, KIND)
        try:
            require_names(self._wanted(parameters, context, card), source.fields().names(), "fields",
                          f"the layer '{source.sourceName()}'")
        except InputError as error:
            return str(error)
        if not card["targets"] and self._inverse(parameters, context):
            return tr("The model '{}' has no transform, so there is nothing to invert.").format(Path(path).name)
        if not self._inverse(parameters, context):
            message = assaylayers.layer_problem(source, self._wanted(parameters, context, card))
            if message:
                return message
        return destination_problem(destination_path(parameters.get(self.OUTPUT), context))

    def execute(self, parameters, context, feedback):
        source = shared.read_source(self, parameters, context)
        path = self.parameterAsFile(parameters, self.MODEL, context)
        card = card_of(path, KIND)
        if self._inverse(parameters, context):
            return self._take_back(parameters, context, source, card, feedback)
        fields = self._wanted(parameters, context, card)
        crs = QgsCoordinateReferenceSystem(card.get("crs") or "")
        layer = assaylayers.read_layer(source, fields, "", Part(feedback, 0.0, 10.0), crs, context)
        arrays, texts = assaylayers.job_arrays(layer)
        with self.prepare_job(self._settings(path, fields, "forward"), arrays, feedback) as job:
            outputs = job.run(Part(feedback, 10.0, 90.0))
            columns = clean_columns(layer, texts, job, outputs["names"], True)
            return write_clean(self, parameters, context, layer, columns, Part(feedback, 90.0, 100.0))

    def _take_back(self, parameters, context, source, card, feedback):
        """Write the layer with values in their original units."""
        names = [target["name"] for target in card["targets"]]
        present = [name for name in names if source.fields().lookupField(name) >= 0]
        table = read_table(source, present, tr("Layer"), Part(feedback, 0.0, 10.0))
        coordinates = np.full((len(table), len(names)), np.nan)
        for name in present:
            coordinates[:, names.index(name)] = table.numbers(name)
        if len(present) < len(names):
            feedback.pushWarning(
                tr("The layer has no field '{}', so the parts are scaled to add up to 100 %.").format(names[-1]))
        path = self.parameterAsFile(parameters, self.MODEL, context)
        with self.prepare_job(self._settings(path, [], "inverse"), {"coordinates": coordinates}, feedback) as job:
            outputs = job.run(Part(feedback, 10.0, 90.0))
            values = np.array(job.array("values"))
        columns = {
            name if source.fields().lookupField(name) < 0 else f"{name}_inverse": values[:, k]
            for k, name in enumerate(outputs["fields"])}
        destination, _ = write_features(self, parameters, self.OUTPUT, context, source, table.ids, columns,
                                        Part(feedback, 90.0, 100.0))
        return {self.OUTPUT: destination}

    def _settings(self, path, fields, direction):
        stamp = Path(path).stat()
        return {"model": str(Path(path).absolute()), "changed": stamp.st_mtime_ns, "size": stamp.st_size,
                "fields": fields, "direction": direction}

    def _inverse(self, parameters, context):
        return self.parameterAsEnumString(parameters, self.DIRECTION, context) == "inverse"

    def _wanted(self, parameters, context, card):
        """Fields that the layer must have."""
        if self._inverse(parameters, context):
            optional = card.get("optional") or []
            return [target["name"] for target in card["targets"] if target["name"] not in optional]
        return [feature["name"] for feature in card["features"]]
