"""Tonnage, grade and metal above cut-offs as a Processing algorithm."""
import math

import numpy as np
from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsFields,
    QgsProcessing,
    QgsProcessingException,
    QgsProcessingOutputNumber,
    QgsProcessingParameterBand,
    QgsProcessingParameterFeatureSink,
    QgsProcessingParameterFeatureSource,
    QgsProcessingParameterField,
    QgsProcessingParameterFileDestination,
    QgsProcessingParameterRasterLayer,
    QgsProcessingParameterString,
    QgsWkbTypes,
)

from ...algorithms.resources.classes import METHODS, class_limits, class_method
from ...algorithms.resources.quantities import DISTRIBUTIONS, check_distribution
from .. import parameters as shared
from ..base import LodescopeAlgorithm
from ..data.fields import attribute_rows, destination_path, write_layer
from ..data.files import publish
from ..data.rasters import destination_problem
from ..geostatistics.indicatorkriging import parse_numbers
from ..steps import Part
from ..translation import tr
from .predictionbands import as_sentence, read_prediction, stored_bands
from .tonnageinputs import (
    density_problem,
    grade_unit,
    metres_per_unit,
    polygons_problem,
    read_density,
    read_polygons,
    stretch_note,
    thicknesses,
)

UNIT_VALUES = ["auto", "pct", "permil", "ppm", "gpt", "ppb", "opt"]
SUPPORT_VALUES = ["sample", "block"]
NUMBERS = ("tonnage", "grade", "metal")
ENDS = ("", "_p10", "_p90")


class GradeTonnage(LodescopeAlgorithm):
    """What lies above each cut-off, with intervals."""

    NAME, TITLE = "gradetonnage", "Grade and tonnage"
    GROUP, GROUP_ID = "Grade", "grade"
    TAGS = ("tonnage", "grade", "metal", "resource", "reserve", "cut-off", "cutoff", "curve", "measured", "indicated",
            "inferred", "classification", "density", "bench")
    INPUT, TARGET, CUTOFFS, UNIT = "INPUT", "TARGET", "CUTOFFS", "UNIT"
    DENSITY, DENSITY_RASTER, DENSITY_BAND, BENCH = "DENSITY", "DENSITY_RASTER", "DENSITY_BAND", "BENCH"
    POLYGONS, POLYGON_NAME, CLASSES, LIMITS = "POLYGONS", "POLYGON_NAME", "CLASSES", "CLASS_LIMITS"
    CORRELATION, REALISATIONS, SUPPORT, NOISE_LEFT = "CORRELATION", "REALISATIONS", "SUPPORT", "NOISE_LEFT"
    DISTRIBUTION, OUTSIDE, OUTPUT, REPORT = "DISTRIBUTION", "KEEP_OUTSIDE", "OUTPUT", "REPORT"

    def initAlgorithm(self, config=None):
        shared.add(self, QgsProcessingParameterRasterLayer(self.INPUT, tr("Predicted grades")),
                   "Raster of predicted grades, of 'Krige grades' or of 'Krige probabilities'; its bands are known by "
                   "their names, such as Nd_ppm:mean.")
        shared.add(self, QgsProcessingParameterString(self.TARGET, tr("Field"), None, False, True),
                   "Name of the grade, such as Nd_ppm. Leave it empty when the raster holds one only.")
        shared.add(self, QgsProcessingParameterString(self.CUTOFFS, tr("Cut-offs"), None, False, True),
                   "Grades such as 0.5, 1, 2 in the unit of the field. Leave it empty for round numbers that suit the "
                   "grades.")
        shared.add(self, shared.choice(self.UNIT, "Unit of the grades", UNIT_VALUES, "auto"),
                   "pct: per cent. permil: per mil. gpt: grams per tonne, the same as ppm. opt: ounces per short ton. "
                   "auto takes the unit that the raster or the name of the field states.")
        self._add_volume()
        self._add_parts()
        self._add_intervals()
        self._add_outputs()

    def _add_volume(self):
        shared.add(self, shared.number(self.DENSITY, "Density (t/m³)", default=2.7),
                   "Tonnes per cubic metre of dry rock; where a density raster has no value, this one is taken.")
        shared.add(self, shared.number(self.BENCH, "Bench height (m)"),
                   "Height of a cell; needed for a raster with one level. Leave it empty in space for the distance "
                   "between levels, half of it to each side.")
        shared.add(self, QgsProcessingParameterRasterLayer(self.DENSITY_RASTER, tr("Density raster"), None, True),
                   "Densities in tonnes per cubic metre.", advanced=True)
        shared.add(self, QgsProcessingParameterBand(
            self.DENSITY_BAND, tr("Band of the densities"), 1, self.DENSITY_RASTER, True),
            "A band whose name ends in @z=LEVEL stands for those of all levels.", advanced=True)

    def _add_parts(self):
        shared.add(self, QgsProcessingParameterFeatureSource(
            self.POLYGONS, tr("Polygons"), [QgsProcessing.SourceType.TypeVectorPolygon], None, True),
            "Licences, pits or domains for which to report as well. A cell belongs to the polygon that holds its "
            "centre.")
        shared.add(self, QgsProcessingParameterField(
            self.POLYGON_NAME, tr("Field with the names of the polygons"), None, self.POLYGONS,
            QgsProcessingParameterField.DataType.Any, False, True),
            "Polygons of one name count together.")
        shared.add(self, shared.choice(self.CLASSES, "Classes", list(METHODS), "auto"),
                   "Measured, indicated and inferred by: relative, standard deviation over mean; epistemic, its "
                   "epistemic part over mean; efficiency, kriging efficiency. auto takes epistemic where there is such "
                   "a band, and relative otherwise.", advanced=True)
        shared.add(self, QgsProcessingParameterString(self.LIMITS, tr("Class limits"), None, False, True),
                   "Limits of measured, indicated and inferred. Leave it empty for 0.25, 0.5, 1, and for 0.7, 0.4, 0.1 "
                   "of the efficiency.", advanced=True)
        shared.add(self, shared.flag(self.OUTSIDE, "Keep cells outside what the model knows"),
                   "Such cells, marked in the band FIELD:outside, do not count otherwise.", advanced=True)

    def _add_intervals(self):
        shared.add(self, shared.number(self.CORRELATION, "Correlation range of the errors (m)"),
                   "How far neighbouring cells err alike: 0 for not at all. Leave it empty for the variogram file, or "
                   "without one for a fifth of the longer side of the raster. The longer, the wider the intervals.")
        shared.add_variogram(self)
        parameter = self.parameterDefinition(shared.VARIOGRAM)
        parameter.setHelp(tr("File made by 'Fit variogram', which tells how the errors are correlated and how much of "
                             "them is noise."))
        parameter.setFlags(parameter.flags() | shared.ADVANCED)
        shared.add(self, shared.number(self.REALISATIONS, "Realisations", shared.NUMBER.Integer, 200, 20, 10_000),
                   "Joint draws of the grades of all cells; more make steadier intervals and take longer.",
                   advanced=True)
        shared.add(self, shared.choice(self.SUPPORT, "Support", SUPPORT_VALUES, "sample"),
                   "sample: a cell counts by the chance of a single sample in it. block: by that of its mean, in which "
                   "noise averages out.", advanced=True)
        shared.add(self, shared.number(self.NOISE_LEFT, "Noise left in a block", default=0.1, least=0.0, most=1.0),
                   "Share of the noise variance of a sample that is left in the mean of a block.", advanced=True)
        shared.add(self, shared.choice(self.DISTRIBUTION, "Distribution", list(DISTRIBUTIONS), "auto"),
                   "Of the grade of a cell. quantiles: a power of the grade is normal, as p10, p50 and p90 tell. auto "
                   "chooses and says so.", advanced=True)
        shared.add(self, shared.number(shared.SEED, "Random seed", shared.NUMBER.Integer, 1, least=0),
                   "Start of the random numbers; the same seed gives the same result.", advanced=True)

    def _add_outputs(self):
        self.addParameter(QgsProcessingParameterFeatureSink(
            self.OUTPUT, tr("Grade and tonnage table"), QgsProcessing.SourceType.TypeVector))
        self.addParameter(QgsProcessingParameterFileDestination(
            self.REPORT, tr("Grade and tonnage report"), tr("HTML files (*.html)"), None, True))
        for name in NUMBERS:
            for end in ENDS:
                label = tr("{} above the lowest cut-off{}").format(
                    tr(name.capitalize()), tr(", {}").format(end[1:].upper()) if end else "")
                self.addOutput(QgsProcessingOutputNumber(f"{name}{end}".upper(), label))
        for name, label in (("LOWEST_CUTOFF", "Lowest cut-off"), ("CELLS", "Cells that count"),
                            ("OUTSIDE_CELLS", "Cells outside what the model knows"), ("VOLUME", "Volume (m³)"),
                            ("TOTAL_TONNAGE", "Tonnage of all cells")):
            self.addOutput(QgsProcessingOutputNumber(name, tr(label)))

    def problem(self, parameters, context):
        prediction = self.prediction(parameters, context)
        density = self.parameterAsDouble(parameters, self.DENSITY, context)
        message = density_problem(density) or shared.variogram_problem(self, parameters, context)
        if message:
            return message
        self._settings(parameters, context, prediction)
        self._density_layer(parameters, context)
        polygons = self._polygons(parameters, context)
        name = self.parameterAsString(parameters, self.POLYGON_NAME, context)
        return (polygons_problem(polygons, name) if polygons is not None else "") or destination_problem(
            destination_path(parameters.get(self.REPORT), context))

    def prediction(self, parameters, context):
        """The bands to sum up."""
        layer = self.parameterAsRasterLayer(parameters, self.INPUT, context)
        if layer is None or not layer.isValid():
            raise QgsProcessingException(self.invalidRasterError(parameters, self.INPUT))
        return read_prediction(layer, self.parameterAsString(parameters, self.TARGET, context))

    def _numbers(self, parameters, context, name, what):
        """A list of numbers, which scripts may give as a list."""
        value = parameters.get(name)
        if isinstance(value, (list, tuple)):
            return parse_numbers(", ".join(map(str, value)), what)
        return parse_numbers(self.parameterAsString(parameters, name, context), what)

    def _cutoffs(self, parameters, context):
        """Checked cut-offs; empty for automatic ones."""
        cutoffs = self._numbers(parameters, context, self.CUTOFFS, tr("Cut-offs"))
        if cutoffs and cutoffs[0] <= 0.0:
            raise QgsProcessingException(tr(
                "Cut-offs: {:g} is not above zero; all material is in the table anyway, so give grades above "
                "zero.").format(cutoffs[0]))
        if len(cutoffs) > 100:
            raise QgsProcessingException(tr("Cut-offs: {} were given, at most 100 are possible.").format(len(cutoffs)))
        return cutoffs

    def _settings(self, parameters, context, prediction):
        """Settings of the job, checked."""
        names, grid = prediction.quantities, prediction.grid
        side = metres_per_unit(grid.crs) * grid.cell
        distribution, classes, support, unit = (self.parameterAsEnumString(parameters, name, context) for name in (
            self.DISTRIBUTION, self.CLASSES, self.SUPPORT, self.UNIT))
        as_sentence(check_distribution, names, distribution)
        method = as_sentence(class_method, names, classes)
        limits = self._limits(parameters, context, method)
        bench = shared.optional_number(self, parameters, self.BENCH, context)
        return {
            "field": prediction.field, "quantities": names, "grid": grid.to_settings(),
            "cutoffs": self._cutoffs(parameters, context), "unit": grade_unit(unit, prediction)[0],
            "density": self.parameterAsDouble(parameters, self.DENSITY, context), "cell_metres": side,
            "cell_area": side ** 2, "thickness": thicknesses(grid, bench, prediction.layer.name()),
            "classes": classes, "limits": limits, "distribution": distribution, "support": support,
            "noise_left": self.parameterAsDouble(parameters, self.NOISE_LEFT, context),
            "correlation": self._correlation(parameters, context),
            "variogram": shared.read_variogram(self, parameters, context), "transform": prediction.transform,
            "realisations": self.parameterAsInt(parameters, self.REALISATIONS, context),
            "keep_outside": self.parameterAsBool(parameters, self.OUTSIDE, context),
            "seed": self.parameterAsInt(parameters, shared.SEED, context), "polygon_names": [],
        }

    def _limits(self, parameters, context, method):
        """Class limits in the order of the classes."""
        given = self._numbers(parameters, context, self.LIMITS, tr("Class limits"))
        limits = sorted(given, reverse=method == "efficiency")
        as_sentence(class_limits, method, limits)
        return limits

    def _correlation(self, parameters, context):
        """Range of the errors in metres, or None."""
        length = shared.optional_number(self, parameters, self.CORRELATION, context)
        if length is not None and not (math.isfinite(length) and length >= 0.0):
            raise QgsProcessingException(tr(
                "The correlation range is {:g}; give metres, or 0 for errors that are independent.").format(length))
        return length

    def _density_layer(self, parameters, context):
        """The density raster, or None."""
        if not shared.given(parameters, self.DENSITY_RASTER):
            return None
        layer = self.parameterAsRasterLayer(parameters, self.DENSITY_RASTER, context)
        if layer is None or not layer.isValid():
            raise QgsProcessingException(self.invalidRasterError(parameters, self.DENSITY_RASTER))
        return layer

    def _polygons(self, parameters, context):
        """The polygons, or None."""
        if not shared.given(parameters, self.POLYGONS):
            return None
        return shared.read_source(self, parameters, context, self.POLYGONS)

    def execute(self, parameters, context, feedback):
        prediction = self.prediction(parameters, context)
        settings = self._settings(parameters, context, prediction)
        self._log(parameters, context, prediction, settings, feedback)
        arrays = self._arrays(parameters, context, prediction, settings, feedback)
        with stored_bands(prediction, Part(feedback, 0.0, 15.0)) as bands, \
                self.prepare_job(settings, {**arrays, "bands": bands}, feedback) as job:
            outputs = job.run(Part(feedback, 15.0, 97.0))
            table = job.array("table")
            columns = {"part": outputs["groups"], "name": outputs["names"],
                       "cells": np.array(outputs["counts"], np.int64),
                       **{name: np.array(column) for name, column in zip(outputs["columns"], table.T)}}
            rows = ((None, list(row)) for row in attribute_rows(columns))
            destination, _ = write_layer(
                self, parameters, self.OUTPUT, context, QgsFields(), columns,
                (QgsWkbTypes.Type.NoGeometry, QgsCoordinateReferenceSystem()), rows, len(table),
                Part(feedback, 97.0, 100.0))
            report = self._report(parameters, context, job)
        return {self.OUTPUT: destination, **report, **_numbers_of(outputs, columns)}

    def _log(self, parameters, context, prediction, settings, feedback):
        """Say what cells are and which unit grades have."""
        feedback.pushInfo(prediction.grid.describe())
        reason = grade_unit(self.parameterAsEnumString(parameters, self.UNIT, context), prediction)[1]
        if reason:
            feedback.pushInfo(reason)
        low, high = min(settings["thickness"]), max(settings["thickness"])
        height = f"{low:g}" if math.isclose(low, high) else f"{low:g} to {high:g}"
        feedback.pushInfo(tr("A cell is {:g} x {:g} x {} m.").format(
            settings["cell_metres"], settings["cell_metres"], height))
        note = stretch_note(prediction.grid, context)
        if note:
            feedback.pushWarning(note)

    def _arrays(self, parameters, context, prediction, settings, feedback):
        """Densities and polygons on the cells."""
        arrays, layer = {}, self._density_layer(parameters, context)
        if layer is not None:
            band = self.parameterAsInt(parameters, self.DENSITY_BAND, context)
            arrays["density"] = read_density(layer, band, prediction.grid, feedback)
        polygons = self._polygons(parameters, context)
        if polygons is not None:
            name = self.parameterAsString(parameters, self.POLYGON_NAME, context)
            settings["polygon_names"], arrays["polygons"] = read_polygons(
                polygons, name, prediction.grid, context, feedback)
        return arrays

    def _report(self, parameters, context, job):
        """Publish the report when it was asked for."""
        path = self.parameterAsFileOutput(parameters, self.REPORT, context)
        if not path:
            return {}
        publish(job.path("report.html"), path)
        return {self.REPORT: path}


def _numbers_of(outputs, columns):
    """Number outputs; the first rows are those of the whole, the second one of the lowest cut-off."""
    found = {f"{name}{end}".upper(): float(columns[f"{name}{end}"][1]) for name in NUMBERS for end in ENDS}
    known = {name: value for name, value in found.items() if math.isfinite(value)}
    return {**known, "LOWEST_CUTOFF": outputs["cutoffs"][0], "CELLS": outputs["cells"], "VOLUME": outputs["volume"],
            "OUTSIDE_CELLS": outputs["outside"], "TOTAL_TONNAGE": float(columns["tonnage"][0])}
