"""Automatic variograms, as a file that the kriging algorithms read."""
from qgis.core import (
    QgsProcessingOutputNumber,
    QgsProcessingOutputString,
    QgsProcessingParameterEnum,
    QgsProcessingParameterFile,
    QgsProcessingParameterFileDestination,
    QgsProcessingParameterString,
)

from .. import parameters as shared
from ..base import LodescopeAlgorithm
from ..data.fields import destination_path
from ..data.files import publish
from ..data.rasters import destination_problem
from ..steps import Part
from ..translation import tr
from .scores import add_scores, log_scores, score_results

MODEL_VALUES = ["spherical", "exponential", "gaussian", "matern15", "matern25", "cubic"]
DEFAULT_MODELS = ["spherical", "exponential", "matern15", "matern25", "cubic"]
ANISOTROPY_VALUES = ["auto", "none", "horizontal", "full"]
NUMBERS = (
    ("NUGGET", "Nugget"), ("SILL", "Sill with nugget"), ("RANGE_MAJOR", "Range along the major axis (m)"),
    ("RANGE_SEMI", "Range along the semi-major axis (m)"), ("RANGE_MINOR", "Range along the minor axis (m)"),
    ("AZIMUTH", "Azimuth of the major axis"), ("DIP", "Dip of the major axis"), ("RAKE", "Rake"),
    ("LOG_LIKELIHOOD", "Restricted log-likelihood"), ("SAMPLES", "Samples used"),
)


class FitVariogram(LodescopeAlgorithm):
    """Fits the variogram of one field by restricted maximum likelihood."""

    NAME, TITLE = "fitvariogram", "Fit variogram"
    GROUP, GROUP_ID = "Geostatistics", "geostatistics"
    TAGS = ("variogram", "semivariogram", "covariance", "nugget", "sill", "range", "anisotropy", "geostatistics")
    MODEL_TYPES, ANISOTROPY, STRUCTURES, UNIT = "MODEL_TYPES", "ANISOTROPY", "STRUCTURES", "UNIT"
    GIVEN, VARIOGRAM, REPORT, POINTS = "GIVEN", "VARIOGRAM", "REPORT", "POINTS"

    def initAlgorithm(self, config=None):
        shared.add_samples(self, several=False)
        shared.add_transform(self)
        self._add_models()
        shared.add_drift(self)
        shared.add_run(self)
        self.addParameter(QgsProcessingParameterFileDestination(
            self.VARIOGRAM, tr("Variogram file"), tr("Variogram files (*.json)")))
        self.addParameter(QgsProcessingParameterFileDestination(
            self.REPORT, tr("Variogram report"), tr("HTML files (*.html)"), None, True))
        self.addParameter(QgsProcessingParameterFileDestination(
            self.POINTS, tr("Experimental variograms"), tr("JSON files (*.json)"), None, True, False))
        for name, label in NUMBERS:
            self.addOutput(QgsProcessingOutputNumber(name, tr(label)))
        self.addOutput(QgsProcessingOutputString("MODEL", tr("Model")))
        self.addOutput(QgsProcessingOutputString("TRANSFORM_USED", tr("Transform")))
        add_scores(self)

    def _add_models(self):
        shared.add(self, QgsProcessingParameterEnum(
            self.MODEL_TYPES, tr("Models to choose from"), options=MODEL_VALUES, allowMultiple=True,
            defaultValue=DEFAULT_MODELS, usesStaticStrings=True),
            "The model with the highest likelihood is taken. matern15, matern25 and cubic describe fields with a "
            "gradient; gaussian is so smooth that its intervals are often too narrow.")
        shared.add(self, shared.choice(self.ANISOTROPY, "Anisotropy", ANISOTROPY_VALUES, "auto"),
                   "none: one range. horizontal: the vertical range differs. full: an ellipsoid with azimuth, dip and "
                   "rake. auto takes the simplest that the samples support.")
        shared.add(self, shared.number(self.STRUCTURES, "Nested structures", shared.NUMBER.Integer, 2, 1, 2),
                   "2 also tries sums of two models with a short and a long range.", advanced=True)
        shared.add(self, QgsProcessingParameterString(self.UNIT, tr("Unit of the field"), None, False, True),
                   "Written into the file and the report, for example ppm.", advanced=True)
        shared.add(self, QgsProcessingParameterFile(
            self.GIVEN, tr("Variogram to check"), QgsProcessingParameterFile.Behavior.File, "json", None, True),
            "A variogram file to check on the samples instead of fitting one, for example one changed by hand.",
            advanced=True)

    def problem(self, parameters, context):
        if not self.parameterAsEnumStrings(parameters, self.MODEL_TYPES, context):
            return self.tr("Choose at least one model for the variogram.")
        return (
            shared.samples_problem(self, parameters, context)
            or shared.variogram_problem(self, parameters, context, self.GIVEN)
            or destination_problem(destination_path(parameters.get(self.VARIOGRAM), context))
            or destination_problem(destination_path(parameters.get(self.REPORT), context))
            or destination_problem(destination_path(parameters.get(self.POINTS), context))
        )

    def execute(self, parameters, context, feedback):
        samples = shared.read_input(self, parameters, context, Part(feedback, 0.0, 2.0), least=2)
        arrays = {"coordinates": samples.coordinates, "values": samples.matrix()}
        if (samples.holes >= 0).any():
            arrays["groups"] = samples.holes
        (field,) = samples.values
        with self.prepare_job(self._settings(parameters, context, field), arrays, feedback) as job:
            outputs = job.run(Part(feedback, 2.0, 99.0))
            results = self._publish(job, parameters, context)
        log_scores({field: outputs}, feedback)
        return {**results, **variogram_numbers(outputs), **score_results({field: outputs}, [field])}

    def _settings(self, parameters, context, field):
        return {
            "fields": [field],
            "units": {field: self.parameterAsString(parameters, self.UNIT, context)},
            "transform": self.parameterAsEnumString(parameters, shared.TRANSFORM, context),
            "models": self.parameterAsEnumStrings(parameters, self.MODEL_TYPES, context),
            "anisotropy": self.parameterAsEnumString(parameters, self.ANISOTROPY, context),
            "structures": self.parameterAsInt(parameters, self.STRUCTURES, context),
            "drift": self.parameterAsEnumString(parameters, shared.DRIFT, context),
            "variogram": shared.read_variogram(self, parameters, context, self.GIVEN),
            "points": bool(self.parameterAsFileOutput(parameters, self.POINTS, context)),
            **shared.read_run(self, parameters, context),
        }

    def _publish(self, job, parameters, context):
        """Put the files where the user wants them."""
        results = {}
        for name, made in ((self.VARIOGRAM, "variogram.json"), (self.REPORT, "report.html"),
                           (self.POINTS, "points.json")):
            path = self.parameterAsFileOutput(parameters, name, context)
            if path:
                publish(job.path(made), path)
                results[name] = path
        return results


def variogram_numbers(outputs):
    """The first structure of the fitted variogram, and what belongs to it, as outputs."""
    variogram = outputs["variogram"]
    first = variogram["structures"][0]
    major, semi, minor = (first["ranges"] + [first["ranges"][-1]] * 2)[:3]
    return {
        "NUGGET": variogram["nugget"], "SILL": variogram["nugget"] + sum(s["sill"] for s in variogram["structures"]),
        "RANGE_MAJOR": major, "RANGE_SEMI": semi, "RANGE_MINOR": minor,
        "AZIMUTH": first["azimuth"], "DIP": first["dip"], "RAKE": first["rake"],
        "LOG_LIKELIHOOD": outputs["log_likelihood"], "SAMPLES": outputs["samples"],
        "MODEL": " + ".join(s["model"] for s in variogram["structures"]), "TRANSFORM_USED": variogram["transform"],
    }
