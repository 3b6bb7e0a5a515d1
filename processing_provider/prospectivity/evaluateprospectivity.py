"""Scores of a prospectivity map as a Processing algorithm."""
import numpy as np
from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsFields,
    QgsProcessing,
    QgsProcessingException,
    QgsProcessingOutputNumber,
    QgsProcessingOutputString,
    QgsProcessingParameterExpression,
    QgsProcessingParameterFeatureSink,
    QgsProcessingParameterFeatureSource,
    QgsProcessingParameterFile,
    QgsProcessingParameterFileDestination,
    QgsWkbTypes,
)

from .. import parameters as shared
from ..base import LodescopeAlgorithm
from ..data.fields import attribute_rows, destination_path, write_layer
from ..data.files import publish
from ..data.modelfiles import card_of
from ..data.rasters import destination_problem
from ..steps import Part
from ..translation import tr
from .mapinputs import add_map, area_note, band_strips, masked, read_map, stored_maps
from .occurrences import (
    expression_problem,
    ids_where,
    near_any,
    on_cells,
    optional_source,
    points_problem,
    polygons_problem,
    read_mask,
    read_points,
    trained_places,
)

FEW = 10
OWN_FOLD = "LODESCOPE_HELD_OUT"  # item of maps that training writes
# Output name, label, key of the job's numbers.
NUMBERS = (
    ("AUC", "Area under the ROC curve", "auc"),
    ("AUC_LOW", "Lower end of its 95 % interval", "auc_low"),
    ("AUC_HIGH", "Upper end of its 95 % interval", "auc_high"),
    ("AVERAGE_PRECISION", "Average precision", "average_precision"),
    ("SUCCESS_AREA", "Area under the success-rate curve", "success_area"),
    ("FOUND_5", "Share of the deposits in the best 5 % of the area", "found_5"),
    ("FOUND_10", "Share of the deposits in the best 10 % of the area", "found_10"),
    ("FOUND_20", "Share of the deposits in the best 20 % of the area", "found_20"),
    ("PA_VALUE", "Value at the crossing of the prediction-area plot", "pa_value"),
    ("PA_RATE", "Prediction rate at the crossing", "pa_rate"),
    ("PA_AREA", "Share of the area at the crossing", "pa_area"),
    ("NORMALISED_DENSITY", "Normalised density at the crossing", "pa_density"),
    ("LOG_LOSS", "Log-loss over all cells", "log_loss"),
    ("BALANCED_LOG_LOSS", "Log-loss, deposits and background weighing the same", "balanced_log_loss"),
    ("CUT_USED", "Cut", "cut"),
    ("CUT_FOUND", "Share of the deposits at or above the cut", "cut_found"),
    ("CUT_AREA", "Share of the area at or above the cut", "cut_area"),
    ("ACCURACY", "Accuracy at the cut over all cells", "accuracy"),
    ("BALANCED_ACCURACY", "Accuracy at the cut, deposits and background weighing the same", "balanced_accuracy"),
    ("NULL_CHANCE", "Chance that random points score as well", "null_chance"),
    ("BARREN_AUC", "Area under the ROC curve against barren points", "barren_auc"),
    ("BARREN_ACCURACY", "Accuracy at the cut against barren points", "barren_accuracy"),
    ("BARREN_LOG_LOSS", "Log-loss against barren points", "barren_log_loss"),
    ("DEPOSITS_USED", "Deposits used", "deposits"),
)


class EvaluateProspectivity(LodescopeAlgorithm):
    """How well a map finds deposits."""

    NAME, TITLE = "evaluateprospectivity", "Evaluate prospectivity"
    GROUP, GROUP_ID = "Prospectivity", "prospectivity"
    TAGS = ("ROC", "AUC", "success rate", "prediction rate", "prediction-area", "P-A plot", "precision", "validation",
            "capture efficiency", "score", "log-loss", "deposits", "occurrences")
    DEPOSITS, HELD_OUT, MODEL, ALL = "DEPOSITS", "HELD_OUT", "MODEL", "ALL_DEPOSITS"
    BARREN, MASK, CUT = "BARREN", "MASK", "CUT"
    REPORT, TABLE = "REPORT", "TABLE"

    def initAlgorithm(self, config=None):
        add_map(self, "Map to evaluate", "Raster whose high values stand for prospective ground, of any origin.")
        point = [QgsProcessing.SourceType.TypeVectorPoint]
        shared.add(self, QgsProcessingParameterFeatureSource(self.DEPOSITS, tr("Deposits"), point),
                   "Points of known deposits or occurrences.")
        shared.add(self, QgsProcessingParameterExpression(
            self.HELD_OUT, tr("Deposits that were held out"), None, self.DEPOSITS, True),
            "A field or an expression that is true for deposits which the map was made without, such as \"fold\" = 3. "
            "Only these are used.")
        shared.add(self, QgsProcessingParameterFile(
            self.MODEL, tr("Model file"), QgsProcessingParameterFile.Behavior.File, "safetensors", None, True),
            "The model that made the map. It names the deposits it was trained on, which are then left out.")
        shared.add(self, QgsProcessingParameterFeatureSource(self.BARREN, tr("Barren points"), point, None, True),
                   "Points known to hold no deposit; the scores against them are given as well.")
        shared.add(self, QgsProcessingParameterFeatureSource(
            self.MASK, tr("Study area"), [QgsProcessing.SourceType.TypeVectorPolygon], None, True),
            "Polygons; cells with their centre outside do not count. Leave it empty for all cells with data.")
        shared.add(self, shared.number(self.CUT, "Cut"),
                   "Value from which a cell counts as prospective. Leave it empty for the crossing of the "
                   "prediction-area plot.")
        shared.add(self, shared.flag(self.ALL, "Use deposits of the training as well"),
                   "The scores then tell how well the map fits, not how well it predicts.", advanced=True)
        shared.add(self, shared.number(self.SEED, "Random seed", shared.NUMBER.Integer, 1, least=0),
                   "Start of the random points to compare with.", advanced=True)
        self._add_outputs()

    def _add_outputs(self):
        self.addParameter(QgsProcessingParameterFileDestination(
            self.REPORT, tr("Evaluation report"), tr("HTML files (*.html)"), None, True))
        self.addParameter(QgsProcessingParameterFeatureSink(
            self.TABLE, tr("Curves"), QgsProcessing.SourceType.TypeVector, None, True, False))
        for name, label, _ in NUMBERS:
            self.addOutput(QgsProcessingOutputNumber(name, tr(label)))
        self.addOutput(QgsProcessingOutputString("USED", tr("Which deposits were used")))

    def problem(self, parameters, context):
        read_map(self, parameters, context)
        deposits = shared.read_source(self, parameters, context, self.DEPOSITS)
        expression = self.parameterAsString(parameters, self.HELD_OUT, context)
        problem = points_problem(deposits, tr("Deposits"))
        if expression:
            problem = problem or expression_problem(deposits, expression, tr("Deposits"))
        barren = optional_source(self, parameters, self.BARREN, context)
        mask = optional_source(self, parameters, self.MASK, context)
        problem = problem or (points_problem(barren, tr("Barren points")) if barren is not None else "")
        problem = problem or (polygons_problem(mask, tr("Study area")) if mask is not None else "")
        self._given_card(parameters, context)
        return problem or destination_problem(destination_path(parameters.get(self.REPORT), context))

    def _given_card(self, parameters, context):
        """The card of the model file, or None without one."""
        if not shared.given(parameters, self.MODEL):
            return None
        return card_of(self.parameterAsFile(parameters, self.MODEL, context), "prospectivity")

    def _card(self, parameters, context, chosen):
        """The card of the model behind the map: that of the file, or what the map itself tells; None without one."""
        given = self._given_card(parameters, context)
        if given is not None:
            return given
        told = chosen.item("LODESCOPE_MODEL")
        return told if told.get("deposits") else None

    def execute(self, parameters, context, feedback):
        chosen = read_map(self, parameters, context)
        feedback.pushInfo(chosen.describe())
        note = area_note(chosen.frame, context)
        if note:
            feedback.pushWarning(note)
        choice = self._chosen_deposits(parameters, context, chosen, feedback)
        area = optional_source(self, parameters, self.MASK, context)
        mask = read_mask(area, tr("Study area"), chosen.frame, context, feedback)
        strips = {"values": masked(band_strips(chosen.layer, chosen.band, Part(feedback, 2.0, 20.0)), mask)}
        with stored_maps(strips, chosen.frame) as maps:
            values = np.load(maps["values"], mmap_mode="r")
            arrays, notes = self._on_map(parameters, context, chosen, choice, values, feedback)
            del values
            warnings = [*choice["warnings"], *([note] if note else [])]
            if len(arrays["cells"]) < FEW:
                warnings.append(tr("Only {:,} deposits: the scores are rough, as their intervals tell.").format(
                    len(arrays["cells"])))
            settings = self._settings(parameters, context, chosen, choice, warnings, notes)
            for line in choice["notes"]:
                feedback.pushInfo(line)
            for line in choice["warnings"]:
                feedback.pushWarning(line)
            with self.prepare_job(settings, {**maps, **arrays}, feedback) as job:
                numbers = job.run(Part(feedback, 20.0, 95.0))
                table = self._write_table(parameters, context, job, numbers, feedback)
                report = self._report(parameters, context, job)
        feedback.pushInfo(tr("AUC {:.3f}; {:.1%} of the deposits in the best 20 % of the area; normalised density "
                             "{:.3g} at {:.4g}, where the prediction-area curves cross.").format(
                                 numbers["auc"], numbers["found_20"], numbers["pa_density"], numbers["pa_value"]))
        found = {name: numbers[key] for name, _, key in NUMBERS if numbers.get(key) is not None}
        return {**report, **table, **found, "USED": " ".join(settings["notes"])}

    def _chosen_deposits(self, parameters, context, chosen, feedback):
        """The deposits to use, with sentences on the choice."""
        frame = chosen.frame
        source = shared.read_source(self, parameters, context, self.DEPOSITS)
        points = read_points(source, tr("Deposits"), frame.crs, context, feedback)
        everything = self.parameterAsBool(parameters, self.ALL, context)
        choice = {"points": points, "read": len(points), "warnings": [], "notes": [], "known": False}
        # Read as an expression, one that is wrong would come back empty.
        expression = self.parameterAsString(parameters, self.HELD_OUT, context)
        card = self._card(parameters, context, chosen)
        if chosen.metadata.get(OWN_FOLD):
            choice["known"] = True
            choice["notes"].append(tr(
                "Each cell of this map was predicted by a model that did not see the deposits of its fold, so that all "
                "{:,} deposits count as held out.").format(len(points)))
        elif card is not None:
            self._leave_out_trained(choice, card, frame, everything, context)
        if expression and not everything:
            held = ids_where(self, source, expression, tr("Deposits"), parameters, context, feedback)
            self._keep_held_out(choice, held, expression)
        if not choice["notes"]:
            choice["notes"].append(tr(
                "All {:,} deposits of '{}' are used. Nothing here tells whether the map was made with them; if it was, "
                "the scores tell how well it fits, not how well it predicts.").format(len(points), points.name))
        return choice

    def _leave_out_trained(self, choice, card, frame, everything, context):
        """Leave out what a model was trained on, or say that it cannot be known."""
        points = choice["points"]
        places, reach = trained_places(card, frame, context)
        if places is None:
            choice["warnings"].append(tr("The model file does not name the deposits it was trained on, so that they "
                                         "cannot be told from others."))
            return
        trained = near_any(points.places, places, reach)
        count, choice["known"] = int(trained.sum()), True
        if everything:
            choice["notes"].append(tr(
                "All {:,} deposits are used, as asked for; {:,} of them were used to train the model: the scores tell "
                "how well it fits.").format(len(points), count))
            return
        if trained.all():
            raise QgsProcessingException(tr(
                "Deposits: all {:,} were used to train the model, so that none is held out; choose deposits it did not "
                "see, evaluate the held-out map that training writes, or tick 'Use deposits of the training as "
                "well'.").format(len(points)))
        choice["points"] = points.take(~trained)
        choice["notes"].append(tr(
            "{:,} deposits are used that the model did not see; {:,} on which it was trained are left out.").format(
                len(points) - count, count))

    def _keep_held_out(self, choice, held, expression):
        """Keep the deposits that the user says were held out."""
        points = choice["points"]
        keep = np.isin(points.ids, held)
        if not keep.any():
            raise QgsProcessingException(tr(
                "Deposits: '{}' is true for none of the {:,} deposits that are left; change it, or leave it "
                "empty.").format(expression, len(points)))
        choice["points"], choice["known"] = points.take(keep), True
        choice["notes"].append(tr("{:,} of {:,} deposits are used: those for which {} is true.").format(
            int(keep.sum()), len(points), expression))

    def _on_map(self, parameters, context, chosen, choice, values, feedback):
        """Arrays of the job besides the map, and sentences on points that are left out."""
        frame = chosen.frame
        _, cells, notes = on_cells(choice["points"], values, frame, feedback)
        arrays = {"areas": frame.areas(), "cells": cells}
        source = optional_source(self, parameters, self.BARREN, context)
        if source is not None:
            barren = read_points(source, tr("Barren points"), frame.crs, context, feedback)
            _, arrays["barren"], more = on_cells(barren, values, frame, feedback)
            notes += more
        return arrays, notes

    def _settings(self, parameters, context, chosen, choice, warnings, notes):
        """Settings of the job."""
        held_out = choice["known"] and not self.parameterAsBool(parameters, self.ALL, context)
        geographic = chosen.frame.is_geographic
        return {
            "raster": chosen.layer.name(), "band": chosen.name, "grid": chosen.frame.to_settings(),
            "cut": shared.optional_number(self, parameters, self.CUT, context),
            "seed": self.parameterAsInt(parameters, self.SEED, context), "deposits_read": choice["read"],
            "kind": tr("held-out deposits") if held_out else tr("deposits"),
            "curve": tr("Prediction-rate curve") if held_out else tr("Success-rate curve"),
            "held_out_known": held_out, "notes": [*choice["notes"], *notes], "warnings": warnings,
            "held_out": self.parameterAsString(parameters, self.HELD_OUT, context),
            "model": self.parameterAsString(parameters, self.MODEL, context),
            "axes": [tr("Longitude"), tr("Latitude")] if geographic else [tr("Easting"), tr("Northing")],
        }

    def _write_table(self, parameters, context, job, numbers, feedback):
        """The curves as a table."""
        curves = np.array(job.array("curves"))
        columns = {name: curves[:, number] for number, name in enumerate(numbers["columns"])}
        rows = ((None, list(row)) for row in attribute_rows(columns))
        shape = (QgsWkbTypes.Type.NoGeometry, QgsCoordinateReferenceSystem())
        destination, _ = write_layer(self, parameters, self.TABLE, context, QgsFields(), columns, shape, rows,
                                     len(curves), Part(feedback, 95.0, 100.0))
        return {} if destination is None else {self.TABLE: destination}

    def _report(self, parameters, context, job):
        """Publish the report when it was asked for."""
        path = self.parameterAsFileOutput(parameters, self.REPORT, context)
        if not path:
            return {}
        publish(job.path("report.html"), path)
        return {self.REPORT: path}
