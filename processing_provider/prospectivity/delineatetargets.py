"""Ranked targets from a map as a Processing algorithm."""
import math

import numpy as np
from qgis.core import (
    QgsFields,
    QgsProcessing,
    QgsProcessingException,
    QgsProcessingOutputNumber,
    QgsProcessingParameterBand,
    QgsProcessingParameterFeatureSink,
    QgsProcessingParameterFeatureSource,
    QgsProcessingParameterFile,
    QgsProcessingParameterFileDestination,
    QgsProcessingParameterMultipleLayers,
    QgsProcessingParameterRasterLayer,
    QgsWkbTypes,
)

from ...algorithms.prospectivity.targetreport import WORDS, target_report
from ...algorithms.versions import lodescope_version
from .. import parameters as shared
from ..base import LodescopeAlgorithm
from ..data.fields import attribute_rows, destination_path, write_layer
from ..data.files import publish
from ..data.rasters import destination_problem
from ..steps import Part
from ..styles import style_on_load
from ..translation import tr
from .mapinputs import add_map, area_note, band_strips, masked, read_map, stored_maps
from .occurrences import on_cells, optional_source, points_problem, polygons_problem, read_mask, read_points
from .spreads import spread_strips, spread_words
from .targetlayer import deposit_distances, polygons_of, rings_of, target_style
from .targetreasons import target_reasons

METHOD_VALUES = ["auto", "threshold", "prediction_area", "concentration_area"]
CONNECTIVITY_VALUES = ["4", "8"]
RANK_VALUES = ["expected", "mean", "maximum", "area"]
MOST_DRAWN = 300
REPORT_FILE = "report.html"


class DelineateTargets(LodescopeAlgorithm):
    """Polygons around the best ground of a map."""

    NAME, TITLE = "delineatetargets", "Delineate targets"
    GROUP, GROUP_ID = "Prospectivity", "prospectivity"
    TAGS = ("target", "anomaly", "polygon", "threshold", "prediction-area", "P-A", "concentration-area", "fractal",
            "C-A", "rank", "outline", "vectorise", "contour")
    UNCERTAINTY, UNCERTAINTY_BAND = "UNCERTAINTY", "UNCERTAINTY_BAND"
    METHOD, THRESHOLD, DEPOSITS, MASK = "METHOD", "THRESHOLD", "DEPOSITS", "MASK"
    MINIMUM_AREA, SMOOTH, CONNECTIVITY = "MINIMUM_AREA", "SMOOTH", "CONNECTIVITY"
    RANK_BY, RISK, COUNT = "RANK_BY", "RISK", "COUNT"
    SEGMENTS, FRACTAL_BREAK = "SEGMENTS", "FRACTAL_BREAK"
    EVIDENCE, CLASS_RASTERS, MODEL, REASONS = "EVIDENCE", "CLASS_RASTERS", "MODEL", "REASONS"
    OUTPUT, REPORT = "OUTPUT", "REPORT"

    def initAlgorithm(self, config=None):
        add_map(self, "Map", "Raster whose high values stand for prospective ground: probabilities, grades, any score.")
        shared.add(self, shared.choice(self.METHOD, "Cut", METHOD_VALUES, "auto"),
                   "threshold: the number typed below. prediction_area: where deposits and area cross, which needs "
                   "deposits. concentration_area: a break of the fractal curve. auto takes the first of "
                   "these for which the inputs are given.")
        shared.add(self, shared.number(self.THRESHOLD, "Threshold"), "Value from which a cell belongs to a target.")
        shared.add(self, QgsProcessingParameterFeatureSource(
            self.DEPOSITS, tr("Known deposits"), [QgsProcessing.SourceType.TypeVectorPoint], None, True),
            "Points, for the prediction-area cut and for the distance to the nearest one.")
        shared.add(self, shared.number(self.MINIMUM_AREA, "Minimum area (square metres)", default=0.0),
                   "Smaller pieces are left out.")
        shared.add(self, shared.flag(self.SMOOTH, "Smooth outlines"),
                   "Outlines are drawn tight instead of along the sides of cells; each target keeps its area, and none "
                   "crosses another.")
        shared.add(self, QgsProcessingParameterMultipleLayers(
            self.EVIDENCE, tr("Evidence"), QgsProcessing.SourceType.TypeRaster, None, True),
            "Rasters in which to look for the reasons of each target.")
        self._add_uncertainty()
        self._add_rank()
        self._add_details()
        self._add_outputs()

    def _add_uncertainty(self):
        shared.add(self, QgsProcessingParameterRasterLayer(self.UNCERTAINTY, tr("Uncertainty"), None, True),
                   "Raster with the standard deviation. Leave it empty when the map has a band for it, named "
                   "uncertainty, sd or variance.", advanced=True)
        shared.add(self, QgsProcessingParameterBand(
            self.UNCERTAINTY_BAND, tr("Band of the uncertainty"), None, self.UNCERTAINTY, True),
            "Leave it empty for the first band.", advanced=True)
        shared.add(self, shared.number(self.RISK, "Standard deviations to take off", default=1.0, least=0.0),
                   "Before values are summed for the rank they are lowered by so many standard deviations; 0 ranks by "
                   "the plain sum.", advanced=True)

    def _add_rank(self):
        shared.add(self, shared.choice(self.RANK_BY, "Rank by", RANK_VALUES, "expected"),
                   "expected: value, less its uncertainty, times area. mean, maximum or area: by that alone.",
                   advanced=True)
        shared.add(self, shared.number(self.COUNT, "Number of targets", shared.NUMBER.Integer, least=1),
                   "Only so many of the best are drawn. Leave it empty for all.", advanced=True)
        shared.add(self, shared.choice(self.CONNECTIVITY, "Connected cells", CONNECTIVITY_VALUES, "8"),
                   "4: cells that share a side form a target. 8: those that share a corner only do so too.",
                   advanced=True)

    def _add_details(self):
        shared.add(self, QgsProcessingParameterFeatureSource(
            self.MASK, tr("Study area"), [QgsProcessing.SourceType.TypeVectorPolygon], None, True),
            "Polygons; cells with their centre outside do not count.", advanced=True)
        shared.add(self, shared.number(self.SEGMENTS, "Segments of the fractal curve", shared.NUMBER.Integer, least=2,
                                       most=4),
                   "Straight lines fitted to the concentration-area curve. Leave it empty to let the fit decide.",
                   advanced=True)
        shared.add(self, shared.number(self.FRACTAL_BREAK, "Break of the fractal curve", shared.NUMBER.Integer,
                                       least=1, most=3),
                   "Which break is the cut, counted from the highest value. Leave it empty for the highest one with at "
                   "least 1 % of the area above.", advanced=True)
        shared.add(self, QgsProcessingParameterMultipleLayers(
            self.CLASS_RASTERS, tr("Evidence of classes"), QgsProcessing.SourceType.TypeRaster, None, True),
            "Rasters whose numbers are classes, for the model file.", advanced=True)
        shared.add(self, QgsProcessingParameterFile(
            self.MODEL, tr("Model file"), QgsProcessingParameterFile.Behavior.File, "safetensors", None, True),
            "The model that made the map: reasons are then the bands without which its probability drops most.",
            advanced=True)
        shared.add(self, shared.number(self.REASONS, "Reasons per target", shared.NUMBER.Integer, 3, least=1, most=20),
                   "Number of bands that are named.", advanced=True)

    def _add_outputs(self):
        self.addParameter(QgsProcessingParameterFeatureSink(
            self.OUTPUT, tr("Targets"), QgsProcessing.SourceType.TypeVectorPolygon))
        self.addParameter(QgsProcessingParameterFileDestination(
            self.REPORT, tr("Target report"), tr("HTML files (*.html)"), None, True))
        for name, label in (("TARGETS", "Number of targets"), ("CUT_USED", "Cut"),
                            ("AREA", "Area of all targets (square metres)"),
                            ("AREA_SHARE", "Their share of the area with data"),
                            ("DEPOSIT_SHARE", "Share of the known deposits in targets")):
            self.addOutput(QgsProcessingOutputNumber(name, tr(label)))

    def problem(self, parameters, context):
        read_map(self, parameters, context)
        self._method(parameters, context)
        deposits = optional_source(self, parameters, self.DEPOSITS, context)
        mask = optional_source(self, parameters, self.MASK, context)
        problem = points_problem(deposits, tr("Known deposits")) if deposits is not None else ""
        problem = problem or (polygons_problem(mask, tr("Study area")) if mask is not None else "")
        minimum = self.parameterAsDouble(parameters, self.MINIMUM_AREA, context)
        if not problem and not (math.isfinite(minimum) and minimum >= 0.0):
            problem = tr("The minimum area is {:g}; give square metres from 0 on.").format(minimum)
        if not problem and shared.given(parameters, self.MODEL) and not self._evidence(parameters, context)[0]:
            problem = tr("The model file was given without the evidence it looks at; add the evidence rasters.")
        return problem or destination_problem(destination_path(parameters.get(self.REPORT), context))

    def _method(self, parameters, context):
        """How the cut is found, and the typed threshold."""
        method = self.parameterAsEnumString(parameters, self.METHOD, context)
        threshold = shared.optional_number(self, parameters, self.THRESHOLD, context)
        has_deposits = shared.given(parameters, self.DEPOSITS)
        if method == "auto":
            method = "threshold" if threshold is not None else (
                "prediction_area" if has_deposits else "concentration_area")
        if method == "threshold" and (threshold is None or not math.isfinite(threshold)):
            raise QgsProcessingException(tr("The cut is to be a threshold, and none was typed; give a number."))
        if method == "prediction_area" and not has_deposits:
            raise QgsProcessingException(tr("The prediction-area cut needs known deposits; choose a layer of them, or "
                                            "another cut."))
        return method, threshold

    def _evidence(self, parameters, context):
        """Rasters of evidence, and of those that hold classes."""
        return [self.parameterAsLayerList(parameters, name, context) if shared.given(parameters, name) else []
                for name in (self.EVIDENCE, self.CLASS_RASTERS)]

    def execute(self, parameters, context, feedback):
        chosen = read_map(self, parameters, context)
        feedback.pushInfo(chosen.describe())
        notes = [note for note in [area_note(chosen.frame, context)] if note]
        for note in notes:
            feedback.pushWarning(note)
        area = optional_source(self, parameters, self.MASK, context)
        mask = read_mask(area, tr("Study area"), chosen.frame, context, feedback)
        strips = {"values": masked(band_strips(chosen.layer, chosen.band, Part(feedback, 2.0, 12.0)), mask),
                  **spread_strips(self, parameters, context, chosen, Part(feedback, 12.0, 20.0))}
        told = spread_words(self, parameters, context, chosen)
        feedback.pushInfo(told)
        settings = self._settings(parameters, context, chosen)
        layers, class_layers = self._evidence(parameters, context)
        settings["surroundings"] = bool(layers)
        with stored_maps(strips, chosen.frame) as maps:
            deposits, arrays = self._deposits(parameters, context, chosen.frame, maps, settings, feedback)
            with self.prepare_job(settings, {**maps, **arrays}, feedback) as job:
                outputs = job.run(Part(feedback, 20.0, 60.0))
                feedback.pushInfo(tr("Cut: {:.6g} ({}); {:,} targets on {:.3%} of the area.").format(
                    outputs["cut"]["value"], tr(WORDS[settings["method"]]), len(outputs["best"]),
                    outputs["shares"]["area"]))
                shapes = polygons_of(job, chosen.frame, len(outputs["best"]))
                reasons = target_reasons(self, parameters, context, job, chosen.frame, outputs,
                                         (layers, class_layers), Part(feedback, 60.0, 90.0))
                columns = self._columns(outputs, shapes, deposits, reasons, chosen.frame, context, feedback)
                if "sd" in strips and not np.isfinite(columns["uncertainty"]).any():
                    feedback.pushWarning(tr("The uncertainty has no data in any target; they are ranked without it."))
                rings = [(rank, ring) for rank, _, ring in rings_of(job, chosen.frame) if rank <= MOST_DRAWN]
                job.path(REPORT_FILE).write_text(
                    target_report(outputs, columns, {**settings, "spread": told}, rings, notes), encoding="utf-8")
                layer = self._write(parameters, context, chosen, shapes, columns, outputs, Part(feedback, 90.0, 99.0))
                report = self._report(parameters, context, job)
        shares = outputs["shares"]
        known = {} if shares["deposits"] is None else {"DEPOSIT_SHARE": shares["deposits"]}
        return {**layer, **report, "TARGETS": len(shapes), "CUT_USED": outputs["cut"]["value"],
                "AREA": float(columns["area_m2"].sum()), "AREA_SHARE": shares["area"], **known}

    def _settings(self, parameters, context, chosen):
        """Settings of the job."""
        method, threshold = self._method(parameters, context)
        frame = chosen.frame
        axes = [tr("Longitude"), tr("Latitude")] if frame.is_geographic else [tr("Easting"), tr("Northing")]
        return {
            "raster": chosen.layer.name(), "band": chosen.name, "method": method, "threshold": threshold,
            "connectivity": int(self.parameterAsEnumString(parameters, self.CONNECTIVITY, context)),
            "minimum_area": self.parameterAsDouble(parameters, self.MINIMUM_AREA, context),
            "smooth": self.parameterAsBool(parameters, self.SMOOTH, context),
            "rank_by": self.parameterAsEnumString(parameters, self.RANK_BY, context),
            "risk": self.parameterAsDouble(parameters, self.RISK, context),
            "count": shared.optional_integer(self, parameters, self.COUNT, context),
            "segments": shared.optional_integer(self, parameters, self.SEGMENTS, context),
            "fractal_break": shared.optional_integer(self, parameters, self.FRACTAL_BREAK, context), "axes": axes,
            "extent": [frame.west, frame.south, frame.east, frame.north],
        }

    def _deposits(self, parameters, context, frame, maps, settings, feedback):
        """Places of all deposits (n, 2), and arrays of the job besides the maps."""
        source = optional_source(self, parameters, self.DEPOSITS, context)
        if source is None:
            return np.empty((0, 2)), {"areas": frame.areas()}
        points = read_points(source, tr("Known deposits"), frame.crs, context, feedback)
        values = np.load(maps["values"], mmap_mode="r")
        try:
            _, cells, _ = on_cells(points, values, frame, feedback)
        except QgsProcessingException as error:
            if settings["method"] == "prediction_area":
                raise
            feedback.pushWarning(str(error))
            return points.places, {"areas": frame.areas()}
        return points.places, {"areas": frame.areas(), "cells": cells}

    def _columns(self, outputs, shapes, deposits, reasons, frame, context, feedback):
        """Attributes of the targets."""
        found = {name: np.array(values, float) for name, values in outputs["targets"].items()}
        distances, counts = deposit_distances(shapes, deposits, frame, context, feedback)
        rows, columns = np.array(outputs["best"]).T
        count = len(shapes)
        return {
            "rank": np.arange(1, count + 1), "area_m2": found["area"], "area_ha": found["area"] / 1e4,
            "cells": found["cells"].astype(np.int64), "mean": found["mean"], "max": found["maximum"],
            "p10": found["p10"], "p90": found["p90"], "uncertainty": found["uncertainty"],
            "model_p10": found["low"], "model_p90": found["high"], "expected_value": found["expected"],
            "discounted_value": found["discounted"], "deposit_distance": distances, "deposits": counts,
            "best_x": frame.west + (columns + 0.5) * frame.wide, "best_y": frame.north - (rows + 0.5) * frame.high,
            "reasons": [text or None for text in reasons] if reasons else [None] * count,
        }

    def _write(self, parameters, context, chosen, shapes, columns, outputs, feedback):
        """The targets as a layer."""
        rows = ((shape, list(row)) for shape, row in zip(shapes, attribute_rows(columns)))
        shape = (QgsWkbTypes.Type.MultiPolygon, chosen.frame.crs)
        destination, names = write_layer(self, parameters, self.OUTPUT, context, QgsFields(), columns, shape, rows,
                                         len(shapes), feedback)
        title = tr("Targets: {}").format(chosen.layer.name())
        abstract = tr("{:,} targets at or above {:.6g} of '{}' by Lodescope {}.").format(
            len(shapes), outputs["cut"]["value"], chosen.name, lodescope_version())
        if destination is None:
            return {}
        style_on_load(context, destination, target_style(names, title, abstract), title)
        return {self.OUTPUT: destination}

    def _report(self, parameters, context, job):
        """Publish the report when it was asked for."""
        path = self.parameterAsFileOutput(parameters, self.REPORT, context)
        if not path:
            return {}
        publish(job.path(REPORT_FILE), path)
        return {self.REPORT: path}
