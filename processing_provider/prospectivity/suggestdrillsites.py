"""Drill sites that teach most as a Processing algorithm."""
import math

import numpy as np
from qgis.core import (
    QgsFields,
    QgsGeometry,
    QgsPointXY,
    QgsProcessing,
    QgsProcessingException,
    QgsProcessingOutputNumber,
    QgsProcessingOutputString,
    QgsProcessingParameterBand,
    QgsProcessingParameterFeatureSink,
    QgsProcessingParameterFeatureSource,
    QgsProcessingParameterFileDestination,
    QgsProcessingParameterRasterLayer,
    QgsWkbTypes,
)

from ...algorithms.versions import lodescope_version
from .. import parameters as shared
from ..base import LodescopeAlgorithm
from ..data.alignment import AlignedBand
from ..data.fields import attribute_rows, destination_path, write_layer
from ..data.files import publish
from ..data.rasters import destination_problem
from ..steps import Part
from ..styles import style_on_load
from ..translation import tr
from .mapinputs import ROWS, add_map, band_strips, quantity_of, read_map, stored_maps
from .occurrences import areas_on, optional_source, points_problem, polygons_problem, read_mask, read_points
from .sitelayer import site_style
from .spreads import spread_strips, spread_words

METHOD_VALUES = ["auto", "expected_improvement", "variance_per_metre"]
TOLD = 10


class SuggestDrillSites(LodescopeAlgorithm):
    """Points where a hole would teach most."""

    NAME, TITLE = "suggestdrillsites", "Suggest drill sites"
    GROUP, GROUP_ID = "Prospectivity", "prospectivity"
    TAGS = ("drilling", "borehole", "drill hole", "expected improvement", "infill", "variance", "kriging variance",
            "Bayesian optimisation", "sampling design", "collar", "next hole")
    UNCERTAINTY, UNCERTAINTY_BAND = "UNCERTAINTY", "UNCERTAINTY_BAND"
    METHOD, HOLES, COUNT, MIN_DISTANCE = "METHOD", "HOLES", "COUNT", "MIN_DISTANCE"
    EXCLUSION, MASK = "EXCLUSION", "MASK"
    DEPTH, DEPTH_RASTER, DEPTH_BAND = "DEPTH", "DEPTH_RASTER", "DEPTH_BAND"
    RANGE, BEST, HOLES_KNOWN = "RANGE", "BEST", "HOLES_KNOWN"
    OUTPUT, REPORT = "OUTPUT", "REPORT"

    def initAlgorithm(self, config=None):
        polygon = [QgsProcessing.SourceType.TypeVectorPolygon]
        add_map(self, "Prediction", "Raster of predicted grades or probabilities, best with a band of their "
                                    "uncertainty.")
        shared.add(self, shared.choice(self.METHOD, "Choose sites by", METHOD_VALUES, "auto"),
                   "expected_improvement: where a hole may well find better than the best so far. variance_per_metre: "
                   "where a hole removes most uncertainty of the map for its length. auto takes the first when the "
                   "uncertainty is known, else the second.")
        shared.add(self, shared.number(self.COUNT, "Number of sites", shared.NUMBER.Integer, 5),
                   "How many sites to suggest, best first.")
        shared.add(self, shared.number(self.MIN_DISTANCE, "Minimum distance"),
                   "Smallest distance between sites, and from existing holes, in the unit of the CRS. Leave it empty "
                   "for a tenth of the range of the variogram; 0 keeps no distance.")
        shared.add(self, QgsProcessingParameterFeatureSource(
            self.HOLES, tr("Existing holes"), [QgsProcessing.SourceType.TypeVectorPoint], None, True),
            "Points of holes that are drilled already, such as collars.")
        shared.add(self, QgsProcessingParameterFeatureSource(self.EXCLUSION, tr("Excluded areas"), polygon, None, True),
                   "Polygons in which no site may lie: water, villages, protected ground.")
        shared.add(self, QgsProcessingParameterFeatureSource(self.MASK, tr("Area to drill"), polygon, None, True),
                   "Polygons outside of which no site may lie, such as targets or the tenement. Leave it empty for the "
                   "whole map.")
        shared.add_variogram(self)
        self.parameterDefinition(shared.VARIOGRAM).setHelp(tr(
            "How places are related: a file made by 'Fit variogram'. Leave it empty to take the range typed below, the "
            "variogram with which the map was kriged, or else one fitted to the map."))
        self._add_details()
        self._add_outputs()

    def _add_details(self):
        shared.add(self, QgsProcessingParameterRasterLayer(self.UNCERTAINTY, tr("Uncertainty"), None, True),
                   "Raster with the standard deviation. Leave it empty when the prediction has a band for it, named "
                   "uncertainty, sd or variance.", advanced=True)
        shared.add(self, QgsProcessingParameterBand(
            self.UNCERTAINTY_BAND, tr("Band of the uncertainty"), None, self.UNCERTAINTY, True),
            "Leave it empty for the first band.", advanced=True)
        shared.add(self, shared.number(self.RANGE, "Range"),
                   "Distance beyond which places tell nothing about each other, in the unit of the CRS; used without a "
                   "variogram file, with a spherical model.", advanced=True)
        shared.add(self, shared.number(self.DEPTH, "Metres per hole", default=100.0),
                   "Length of a hole, for the variance removed per metre.", advanced=True)
        shared.add(self, QgsProcessingParameterRasterLayer(self.DEPTH_RASTER, tr("Metres per hole (raster)"), None,
                                                           True),
                   "Length of a hole at each place, such as the thickness of the cover; where it has no data the "
                   "number above counts.", advanced=True)
        shared.add(self, QgsProcessingParameterBand(
            self.DEPTH_BAND, tr("Band of the metres"), None, self.DEPTH_RASTER, True),
            "Leave it empty for the first band.", advanced=True)
        shared.add(self, shared.number(self.BEST, "Best so far"),
                   "Value that a new hole has to beat. Leave it empty for the highest prediction at an existing hole, "
                   "or of the map when there is none.", advanced=True)
        shared.add(self, shared.flag(self.HOLES_KNOWN, "The prediction knows the existing holes", True),
                   "Whether their results went into the map. If not, what they tell is taken off the uncertainty "
                   "first; so it is whenever no uncertainty is known.", advanced=True)
        shared.add(self, shared.number(self.SEED, "Random seed", shared.NUMBER.Integer, 1, least=0),
                   "Start of the random numbers of the fit of a variogram.", advanced=True)

    def _add_outputs(self):
        self.addParameter(QgsProcessingParameterFeatureSink(
            self.OUTPUT, tr("Drill sites"), QgsProcessing.SourceType.TypeVectorPoint))
        self.addParameter(QgsProcessingParameterFileDestination(
            self.REPORT, tr("Drill site report"), tr("HTML files (*.html)"), None, True))
        for name, label in (("SITES", "Number of sites"), ("IMPROVEMENT", "Expected improvement of the best site"),
                            ("SHARE_REMOVED", "Share of the uncertainty of the map removed by all sites"),
                            ("METRES", "Metres of drilling")):
            self.addOutput(QgsProcessingOutputNumber(name, tr(label)))
        self.addOutput(QgsProcessingOutputString("NOTE", tr("Why there are fewer sites than asked for")))

    def problem(self, parameters, context):
        chosen = read_map(self, parameters, context)
        if chosen.frame.is_geographic:
            return tr("The raster '{}' is in degrees ({}), in which distances between holes cannot be measured; warp "
                      "it to a projected CRS, such as the UTM zone.").format(
                          chosen.layer.name(), chosen.frame.crs.authid())
        problem = self._numbers_problem(parameters, context)
        for name, role, check in ((self.HOLES, tr("Existing holes"), points_problem),
                                  (self.EXCLUSION, tr("Excluded areas"), polygons_problem),
                                  (self.MASK, tr("Area to drill"), polygons_problem)):
            source = optional_source(self, parameters, name, context)
            problem = problem or (check(source, role) if source is not None else "")
        problem = problem or shared.variogram_problem(self, parameters, context)
        return problem or destination_problem(destination_path(parameters.get(self.REPORT), context))

    def _numbers_problem(self, parameters, context):
        """Why a number cannot be meant, or an empty string."""
        count = self.parameterAsInt(parameters, self.COUNT, context)
        if count < 1:
            return tr("The number of sites is {}; ask for at least one.").format(count)
        if count > 1000:
            return tr("The number of sites is {:,}; ask for at most 1,000.").format(count)
        least = shared.optional_number(self, parameters, self.MIN_DISTANCE, context)
        if least is not None and not (math.isfinite(least) and least >= 0.0):
            return tr("The minimum distance is {:g}; give a distance from 0 on.").format(least)
        for name in (self.DEPTH, self.RANGE):
            value = shared.optional_number(self, parameters, name, context)
            value = self.parameterAsDouble(parameters, name, context) if name == self.DEPTH else value
            if value is not None and not (math.isfinite(value) and value > 0.0):
                return tr("'{}' is {:g}; give a number above zero.").format(
                    self.parameterDefinition(name).description(), value)
        return ""

    def execute(self, parameters, context, feedback):
        chosen = read_map(self, parameters, context)
        frame = chosen.frame
        feedback.pushInfo(chosen.describe())
        spreads = spread_strips(self, parameters, context, chosen, Part(feedback, 8.0, 16.0))
        strips = {"mean": band_strips(chosen.layer, chosen.band, Part(feedback, 0.0, 8.0)),
                  **{name: spreads[name] for name in ("sd",) if name in spreads},
                  **self._depth_strips(parameters, context, frame, Part(feedback, 16.0, 20.0))}
        told = spread_words(self, parameters, context, chosen)
        feedback.pushInfo(told)
        settings = self._settings(parameters, context, chosen, "sd" in spreads)
        arrays = {"allowed": self._allowed(parameters, context, frame, feedback),
                  **self._holes(parameters, context, frame, feedback)}
        with stored_maps(strips, frame) as maps, \
                self.prepare_job(settings, {**maps, **arrays}, feedback) as job:
            outputs = job.run(Part(feedback, 20.0, 95.0))
            layer = self._write(parameters, context, chosen, outputs["sites"], Part(feedback, 95.0, 100.0))
            report = self._report(parameters, context, job)
        sites = outputs["sites"]
        for rank, text in enumerate(sites["teaches"][:TOLD], start=1):
            feedback.pushInfo(f"{rank}. {text}")
        return {**layer, **report, "SITES": len(sites["mean"]), "IMPROVEMENT": sites["improvement"][0],
                "SHARE_REMOVED": outputs["share"], "METRES": sum(sites["metres"]), "NOTE": outputs["note"]}

    def _settings(self, parameters, context, chosen, has_spread):
        """Settings of the job."""
        method = self.parameterAsEnumString(parameters, self.METHOD, context)
        if method == "auto":
            method = "expected_improvement" if has_spread else "variance_per_metre"
        if method == "expected_improvement" and not has_spread:
            raise QgsProcessingException(tr(
                "Expected improvement needs to know how uncertain the raster '{}' is; choose a raster of standard "
                "deviations under 'Uncertainty', or variance_per_metre.").format(chosen.layer.name()))
        variogram, source = self._variogram(parameters, context, chosen)
        return {
            "raster": chosen.layer.name(), "band": chosen.name, "grid": chosen.frame.to_settings(), "method": method,
            "count": self.parameterAsInt(parameters, self.COUNT, context),
            "min_distance": shared.optional_number(self, parameters, self.MIN_DISTANCE, context),
            "variogram": variogram, "variogram_source": source,
            "range": shared.optional_number(self, parameters, self.RANGE, context),
            "best": shared.optional_number(self, parameters, self.BEST, context),
            "depth": self.parameterAsDouble(parameters, self.DEPTH, context),
            "holes_known": self.parameterAsBool(parameters, self.HOLES_KNOWN, context),
            "seed": self.parameterAsInt(parameters, self.SEED, context), "warnings": [],
            "limit": 1.0 if chosen.is_chance else None,
        }

    def _variogram(self, parameters, context, chosen):
        """The variogram that was given, or with which the map was kriged, and where it comes from."""
        given = shared.read_variogram(self, parameters, context)
        if given is not None:
            return given, tr("the given variogram")
        if shared.given(parameters, self.RANGE):
            return None, ""
        found = chosen.item("LODESCOPE_VARIOGRAMS").get(quantity_of(chosen.name)[0])
        if isinstance(found, dict) and found.get("structures"):
            return found, tr("the variogram with which the map was kriged")
        return None, ""

    def _depth_strips(self, parameters, context, frame, feedback):
        """Strips of the metres per hole, when there is a raster of them."""
        if not shared.given(parameters, self.DEPTH_RASTER):
            return {}
        layer = self.parameterAsRasterLayer(parameters, self.DEPTH_RASTER, context)
        if layer is None or not layer.isValid():
            raise QgsProcessingException(self.invalidRasterError(parameters, self.DEPTH_RASTER))
        chosen = shared.given(parameters, self.DEPTH_BAND)
        band = AlignedBand(layer, self.parameterAsInt(parameters, self.DEPTH_BAND, context) if chosen else 1, frame)
        return {"depths": ((top, band.read(0, top, frame.columns, min(ROWS, frame.rows - top)))
                           for top in range(0, frame.rows, ROWS))}

    def _allowed(self, parameters, context, frame, feedback):
        """Cells in which a hole may go, uint8 of shape (rows, columns)."""
        area = optional_source(self, parameters, self.MASK, context)
        allowed = read_mask(area, tr("Area to drill"), frame, context, feedback)
        allowed = np.ones((frame.rows, frame.columns), bool) if allowed is None else allowed
        source = optional_source(self, parameters, self.EXCLUSION, context)
        if source is not None:
            allowed &= ~areas_on(source, tr("Excluded areas"), frame, context, feedback)
        if not allowed.any():
            raise QgsProcessingException(tr(
                "The excluded areas and the area to drill leave no cell of the raster; change one of them."))
        return allowed.astype(np.uint8)

    def _holes(self, parameters, context, frame, feedback):
        """Places of existing holes as an array of the job; none without them."""
        source = optional_source(self, parameters, self.HOLES, context)
        if source is None:
            return {}
        points = read_points(source, tr("Existing holes"), frame.crs, context, feedback)
        for note in points.notes:
            feedback.pushWarning(note)
        return {"holes": points.places}

    def _write(self, parameters, context, chosen, sites, feedback):
        """The sites as points."""
        frame, count = chosen.frame, len(sites["mean"])
        x = frame.west + (np.array(sites["column"]) + 0.5) * frame.wide
        y = frame.north - (np.array(sites["row"]) + 0.5) * frame.high
        numbers = {name: np.array([np.nan if value is None else value for value in sites[key]], float)
                   for name, key in COLUMNS}
        columns = {"rank": np.arange(1, count + 1), "x": x, "y": y, **numbers, "teaches": sites["teaches"]}
        points = [QgsGeometry.fromPointXY(QgsPointXY(*place)) for place in zip(x.tolist(), y.tolist())]
        rows = ((point, list(row)) for point, row in zip(points, attribute_rows(columns)))
        destination, names = write_layer(self, parameters, self.OUTPUT, context, QgsFields(), columns,
                                         (QgsWkbTypes.Type.Point, frame.crs), rows, count, feedback)
        if destination is None:
            return {}
        title = tr("Drill sites: {}").format(chosen.layer.name())
        abstract = tr("{} sites suggested on '{}' by Lodescope {}.").format(count, chosen.name, lodescope_version())
        style_on_load(context, destination, site_style(names, title, abstract), title)
        return {self.OUTPUT: destination}

    def _report(self, parameters, context, job):
        """Publish the report when it was asked for."""
        path = self.parameterAsFileOutput(parameters, self.REPORT, context)
        if not path:
            return {}
        publish(job.path("report.html"), path)
        return {self.REPORT: path}


# Attribute, key of the job's columns.
COLUMNS = (("mean", "mean"), ("sd", "sd"), ("expected_improvement", "improvement"), ("chance", "chance"),
           ("best_so_far", "best"), ("share_removed", "share"), ("share_near", "near"),
           ("variance_removed", "removed"), ("removed_per_metre", "per_metre"), ("metres", "metres"),
           ("hole_distance", "hole_distance"), ("site_distance", "site_distance"))
