"""HyperScore of predicted grades as a Processing algorithm."""
import math

import numpy as np
from qgis.core import (
    QgsFields,
    QgsGeometry,
    QgsPoint,
    QgsProcessing,
    QgsProcessingException,
    QgsProcessingOutputNumber,
    QgsProcessingOutputString,
    QgsProcessingParameterFeatureSink,
    QgsProcessingParameterFileDestination,
    QgsProcessingParameterPoint,
    QgsProcessingParameterRasterDestination,
    QgsProcessingParameterRasterLayer,
    QgsProcessingParameterString,
    QgsWkbTypes,
)

from ...algorithms.resources.quantities import (
    CONFIDENCES,
    DISTRIBUTIONS,
    check_distribution,
    confidence_source,
    cutoffs_of,
    probability_name,
)
from ...algorithms.versions import lodescope_version
from .. import parameters as shared
from ..base import LodescopeAlgorithm
from ..data.fields import attribute_rows, destination_path, write_layer
from ..data.files import publish
from ..data.rasters import destination_problem, raster_problem, write_raster
from ..steps import Part
from ..styles import raster_style, style_on_load
from ..translation import tr
from .predictionbands import as_sentence, read_prediction, stored_bands

CONFIDENCE_VALUES, DISTRIBUTION_VALUES = list(CONFIDENCES), list(DISTRIBUTIONS)
FACTORS = ("value", "exceedance", "grade_factor", "confidence")
# Output name, label, key of the explained cell.
CELL_NUMBERS = (
    ("CELL_SCORE", "Score of the explained cell", "hyperscore"),
    ("CELL_VALUE", "Value V of the explained cell", "value"),
    ("CELL_CHANCE", "Chance above the cut-off of the explained cell", "exceedance"),
    ("CELL_GRADE_FACTOR", "Mean over cut-off of the explained cell", "grade_factor"),
    ("CELL_CONFIDENCE", "Confidence of the explained cell", "confidence"),
)


class ValueScore(LodescopeAlgorithm):
    """One number per cell from chance, grade and confidence."""

    NAME, TITLE = "valuescore", "Value score"
    GROUP, GROUP_ID = "Grade", "grade"
    TAGS = ("HyperScore", "score", "rank", "value", "cut-off", "cutoff", "probability", "confidence", "risk", "target")
    INPUT, TARGET, CUTOFF, OUTPUT, REPORT = "INPUT", "TARGET", "CUTOFF", "OUTPUT", "REPORT"
    BETA, GAMMA, KAPPA, GAIN = "BETA", "GAMMA", "KAPPA", "GAIN"
    WEIGHTS = ("EXCEEDANCE_WEIGHT", "GRADE_WEIGHT", "CONFIDENCE_WEIGHT")
    CONFIDENCE, LOW, HIGH = "CONFIDENCE", "CONFIDENCE_LOW", "CONFIDENCE_HIGH"
    DISTRIBUTION, OUTSIDE, CELL, CELL_LEVEL = "DISTRIBUTION", "KEEP_OUTSIDE", "CELL", "CELL_LEVEL"
    OUTPUT_CELLS = "OUTPUT_CELLS"

    def initAlgorithm(self, config=None):
        shared.add(self, QgsProcessingParameterRasterLayer(self.INPUT, tr("Predicted grades")),
                   "Raster of predicted grades, of 'Krige grades' or of 'Krige probabilities'; its bands are known by "
                   "their names, such as Nd_ppm:mean.")
        shared.add(self, QgsProcessingParameterString(self.TARGET, tr("Field"), None, False, True),
                   "Name of the grade, such as Nd_ppm. Leave it empty when the raster holds one only.")
        shared.add(self, shared.number(self.CUTOFF, "Cut-off"),
                   "Grade above which a cell is worth something, in the unit of the field. Leave it empty for the "
                   "lowest cut-off whose probability the raster holds.")
        self._add_formula()
        self._add_confidence()
        shared.add(self, QgsProcessingParameterPoint(self.CELL, tr("Cell to explain"), None, True),
                   "A place on the map; the report explains each factor of its cell. Leave it empty for the best "
                   "cell.")
        shared.add(self, shared.number(self.CELL_LEVEL, "Elevation of the cell to explain"),
                   "The nearest level is taken. Leave it empty for the best one at that place.", advanced=True)
        self._add_outputs()

    def _add_formula(self):
        shared.add(self, shared.number(self.GAIN, "Gain G", default=10.0),
                   "Scores lie between 100 and 100 x (1 + G): 1 gives the published 100 to 200, 10 gives 100 to 1100.")
        shared.add(self, shared.number(self.BETA, "Beta", default=5.0), "Steepness of the logistic function.",
                   advanced=True)
        shared.add(self, shared.number(self.GAMMA, "Gamma", default=-math.log(2.0)),
                   "Shift of the logistic function; -ln 2 as published.", advanced=True)
        shared.add(self, shared.number(self.KAPPA, "Kappa", default=2.0), "Power of the logistic function.",
                   advanced=True)
        labels = ("chance", "mean over cut-off", "confidence")
        for name, label in zip(self.WEIGHTS, labels):
            shared.add(self, shared.number(name, f"Weight of the {label}", default=1.0),
                       "Power of this factor in the value; 0 leaves it out.", advanced=True)

    def _add_confidence(self):
        shared.add(self, shared.choice(self.CONFIDENCE, "Confidence", CONFIDENCE_VALUES, "auto"),
                   "epistemic: 1 - epistemic / total standard deviation. variation: 1 / (1 + standard deviation / "
                   "mean). none: every cell counts as equally well known. auto takes the first that the raster allows.",
                   advanced=True)
        shared.add(self, shared.number(self.LOW, "Confidence that becomes 0", default=0.0),
                   "Confidences are stretched from this value and the next to 0 and 1.", advanced=True)
        shared.add(self, shared.number(self.HIGH, "Confidence that becomes 1", default=1.0),
                   "Upper end of the stretch.", advanced=True)
        shared.add(self, shared.choice(self.DISTRIBUTION, "Distribution", DISTRIBUTION_VALUES, "auto"),
                   "Used when no band holds the probability above the cut-off. quantiles: a power of the "
                   "grade is normal, as p10, p50 and p90 tell. auto chooses and says so.", advanced=True)
        shared.add(self, shared.flag(self.OUTSIDE, "Keep cells outside what the model knows"),
                   "Such cells, marked in the band FIELD:outside, get no score otherwise.", advanced=True)

    def _add_outputs(self):
        self.addParameter(QgsProcessingParameterRasterDestination(self.OUTPUT, tr("Value score")))
        self.addParameter(QgsProcessingParameterFileDestination(
            self.REPORT, tr("Value report"), tr("HTML files (*.html)"), None, True))
        cells = QgsProcessingParameterFeatureSink(
            self.OUTPUT_CELLS, tr("Best cells"), QgsProcessing.SourceType.TypeVectorPoint, None, True, False)
        shared.add(self, cells, "The ten best cells as points with their factors.", advanced=True)
        for name, label in (("HIGHEST_SCORE", "Highest score"), ("MEAN_SCORE", "Mean score"),
                            ("CELLS", "Cells with a score"), ("OUTSIDE_CELLS", "Cells outside what the model knows"),
                            ("CUTOFF_USED", "Cut-off"), *((name, label) for name, label, _ in CELL_NUMBERS)):
            self.addOutput(QgsProcessingOutputNumber(name, tr(label)))
        self.addOutput(QgsProcessingOutputString("CONFIDENCE_USED", tr("Source of the confidence")))

    def problem(self, parameters, context):
        prediction = self.prediction(parameters, context)
        path = destination_path(parameters.get(self.OUTPUT), context)
        self._settings(parameters, context, prediction)
        if path and str(path) == prediction.layer.source():
            return tr("The result would overwrite the raster '{}'; choose another file.").format(
                prediction.layer.name())
        return raster_problem(path) or destination_problem(destination_path(parameters.get(self.REPORT), context))

    def prediction(self, parameters, context):
        """The bands to score."""
        layer = self.parameterAsRasterLayer(parameters, self.INPUT, context)
        if layer is None or not layer.isValid():
            raise QgsProcessingException(self.invalidRasterError(parameters, self.INPUT))
        return read_prediction(layer, self.parameterAsString(parameters, self.TARGET, context))

    def cutoff(self, parameters, context, prediction):
        """The checked cut-off."""
        cutoff = shared.optional_number(self, parameters, self.CUTOFF, context)
        if cutoff is None:
            stated = [value for value in cutoffs_of(prediction.quantities) if value > 0.0]
            if not stated:
                raise QgsProcessingException(tr(
                    "The raster '{}' holds no probability above a cut-off; give the cut-off of '{}'.").format(
                        prediction.layer.name(), prediction.field))
            return stated[0]
        if not (math.isfinite(cutoff) and cutoff > 0.0):
            raise QgsProcessingException(tr("The cut-off is {:g}; give a grade above zero.").format(cutoff))
        return cutoff

    def _settings(self, parameters, context, prediction):
        """Settings of the job, checked."""
        names = prediction.quantities
        cutoff = self.cutoff(parameters, context, prediction)
        chosen = self.parameterAsEnumString(parameters, self.CONFIDENCE, context)
        distribution = self.parameterAsEnumString(parameters, self.DISTRIBUTION, context)
        as_sentence(confidence_source, names, chosen)
        if probability_name(names, cutoff) is None:
            as_sentence(check_distribution, names, distribution)
        return {
            "field": prediction.field, "quantities": names, "grid": prediction.grid.to_settings(), "cutoff": cutoff,
            **self._formula(parameters, context), "confidence": chosen, "distribution": distribution,
            "confidence_ends": self._ends(parameters, context), "transform": prediction.transform,
            "keep_outside": self.parameterAsBool(parameters, self.OUTSIDE, context),
            "cell": self._cell(parameters, context, prediction),
        }

    def _formula(self, parameters, context):
        """Constants of the formula."""
        read = {name: self.parameterAsDouble(parameters, name, context)
                for name in (self.GAIN, self.BETA, self.GAMMA, self.KAPPA, *self.WEIGHTS)}
        for name in (self.GAIN, self.BETA, self.KAPPA):
            if not (math.isfinite(read[name]) and read[name] > 0.0):
                raise QgsProcessingException(tr("{} is {:g}; give a number above zero.").format(
                    self.parameterDefinition(name).description(), read[name]))
        weights = [read[name] for name in self.WEIGHTS]
        if min(weights) < 0.0 or not any(weights):
            raise QgsProcessingException(tr("The weights must be zero or more, and one of them above zero."))
        return {"gain": read[self.GAIN], "beta": read[self.BETA], "gamma": read[self.GAMMA], "kappa": read[self.KAPPA],
                "weights": weights}

    def _ends(self, parameters, context):
        """Confidences that become 0 and 1."""
        ends = [self.parameterAsDouble(parameters, name, context) for name in (self.LOW, self.HIGH)]
        if not ends[0] < ends[1]:
            raise QgsProcessingException(tr(
                "The confidence that becomes 1 ({:g}) must be above the one that becomes 0 ({:g}).").format(
                    ends[1], ends[0]))
        return ends

    def _cell(self, parameters, context, prediction):
        """Row, column and level of the cell to explain, or None for the best one."""
        if not shared.given(parameters, self.CELL):
            if shared.given(parameters, self.CELL_LEVEL):
                raise QgsProcessingException(tr(
                    "An elevation of the cell to explain was given without its place on the map; give both or none."))
            return None
        grid = prediction.grid
        place = self.parameterAsPoint(parameters, self.CELL, context, grid.crs)
        column = math.floor((place.x() - grid.west) / grid.cell)
        row = math.floor((grid.north - place.y()) / grid.cell)
        if not (0 <= column < grid.columns and 0 <= row < grid.rows):
            raise QgsProcessingException(tr(
                "The cell to explain ({:.10g}, {:.10g}) lies outside the raster '{}'; choose a place inside.").format(
                    place.x(), place.y(), prediction.layer.name()))
        elevation = shared.optional_number(self, parameters, self.CELL_LEVEL, context)
        level = None
        if elevation is not None and grid.levels:
            level = int(np.argmin(np.abs(np.array(grid.levels) - elevation)))
        return {"row": row, "column": column, "level": level}

    def execute(self, parameters, context, feedback):
        prediction = self.prediction(parameters, context)
        settings = self._settings(parameters, context, prediction)
        feedback.pushInfo(prediction.grid.describe())
        path = self.parameterAsOutputLayer(parameters, self.OUTPUT, context)
        with stored_bands(prediction, Part(feedback, 0.0, 20.0)) as bands, \
                self.prepare_job(settings, {"bands": bands}, feedback) as job:
            outputs = job.run(Part(feedback, 20.0, 80.0))
            cells = self._write_cells(parameters, context, prediction, outputs, Part(feedback, 80.0, 82.0))
            write_raster(path, job.array("grid"), prediction.grid, outputs["bands"], self._metadata(settings),
                         Part(feedback, 82.0, 100.0))
            report = self._report(parameters, context, job)
        self._style(context, path, prediction, settings)
        explained = {name: outputs["cell"][key] for name, _, key in CELL_NUMBERS}
        return {self.OUTPUT: path, **report, **cells, **explained, "HIGHEST_SCORE": outputs["best"]["hyperscore"],
                "MEAN_SCORE": outputs["mean_score"], "CELLS": outputs["cells"], "OUTSIDE_CELLS": outputs["outside"],
                "CUTOFF_USED": settings["cutoff"], "CONFIDENCE_USED": outputs["confidence"]}

    def _write_cells(self, parameters, context, prediction, outputs, feedback):
        """The best cells as points."""
        grid, top = prediction.grid, outputs["top"]
        keys = ("hyperscore", *FACTORS, "mean", "sd")
        columns = {"rank": np.arange(1, len(top) + 1), **{
            key: np.array([np.nan if cell[key] is None else cell[key] for cell in top], float) for key in keys}}
        places = [(grid.x[cell["column"]], grid.y[cell["row"]], *grid.levels[cell["level"]:cell["level"] + 1])
                  for cell in top]
        points = [QgsGeometry(QgsPoint(*map(float, place))) for place in places]
        kind = QgsWkbTypes.Type.PointZ if grid.levels else QgsWkbTypes.Type.Point
        rows = ((point, list(row)) for point, row in zip(points, attribute_rows(columns)))
        destination, _ = write_layer(self, parameters, self.OUTPUT_CELLS, context, QgsFields(), columns,
                                     (kind, grid.crs), rows, len(top), feedback)
        return {} if destination is None else {self.OUTPUT_CELLS: destination}

    def _metadata(self, settings):
        """Items that name algorithm, version and parameters in the file."""
        return {"LODESCOPE_ALGORITHM": self.id(), "LODESCOPE_VERSION": lodescope_version(),
                "LODESCOPE_PARAMETERS": settings}

    def _report(self, parameters, context, job):
        """Publish the report when it was asked for."""
        path = self.parameterAsFileOutput(parameters, self.REPORT, context)
        if not path:
            return {}
        publish(job.path("report.html"), path)
        return {self.REPORT: path}

    def _style(self, context, path, prediction, settings):
        title = tr("Value score: {}").format(prediction.field)
        abstract = tr("HyperScore of {} at the cut-off {:g} by Lodescope {} from {}.").format(
            prediction.field, settings["cutoff"], lodescope_version(), prediction.layer.name())
        style_on_load(context, path, raster_style({}, abstract, title), title)
