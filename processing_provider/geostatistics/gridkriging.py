"""What the algorithms that krige onto a grid have in common."""
from qgis.core import (
    QgsProcessingOutputNumber,
    QgsProcessingOutputString,
    QgsProcessingParameterFileDestination,
    QgsProcessingParameterRasterDestination,
)

from ...algorithms.versions import lodescope_version
from .. import parameters as shared
from ..base import LodescopeAlgorithm
from ..data.fields import destination_path
from ..data.files import publish
from ..data.rasters import destination_problem, raster_problem, write_raster
from ..steps import Part
from ..styles import raster_style, style_on_load
from ..translation import tr
from .scores import add_scores, log_scores, score_results


class GridKriging(LodescopeAlgorithm):
    """Samples in, a styled raster of estimates out.

    A subclass adds its own parameters in `add_choices`, turns them into
    settings of its job in `choices`, may add arrays in `prepare`, and may write
    more outputs in `finish`.

    Attributes
    ----------
    BANDS_ABOUT : int
        About how many bands per field and level are written; for the check of the size.
    """

    GROUP, GROUP_ID = "Geostatistics", "geostatistics"
    OUTPUT, REPORT = "OUTPUT", "REPORT"
    SHARED, KEEP_SILL = "SHARED_CORRELOGRAM", "KEEP_SILL"
    BANDS_ABOUT = 2

    def initAlgorithm(self, config=None):
        shared.add_samples(self)
        shared.add_variogram(self)
        self.add_choices()
        shared.add_kriging(self)
        shared.add_grid(self)
        self._add_sharing()
        shared.add_run(self)
        self.addParameter(QgsProcessingParameterRasterDestination(self.OUTPUT, tr(self.OUTPUT_LABEL)))
        self.addParameter(QgsProcessingParameterFileDestination(
            self.REPORT, tr("{} report").format(tr(self.LAYER)), tr("HTML files (*.html)"), None, True))
        self.addOutput(QgsProcessingOutputNumber("SAMPLES", tr("Samples used")))
        self.addOutput(QgsProcessingOutputNumber("CELLS", tr("Cells")))
        self.addOutput(QgsProcessingOutputString("ENGINE_USED", tr("Engine")))
        add_scores(self)

    def _add_sharing(self):
        shared.add(self, shared.flag(self.SHARED, "Fit one correlogram for all fields"),
                   "All fields get the same ranges and the same share of nugget, each with its own variance; they are "
                   "then solved at once, which is much quicker for many elements.", advanced=True)
        shared.add(self, shared.flag(self.KEEP_SILL, "Variances from the variogram file"),
                   "Every field takes the variances of the file as they are. Otherwise fields that the file does not "
                   "name get variances in proportion to their samples.", advanced=True)

    def add_choices(self):
        """Add the parameters of the subclass."""

    def choices(self, parameters, context):
        """Settings of the subclass for its job, as JSON values."""
        return {}

    def prepare(self, run):
        """Add arrays and settings to the job that need the grid."""

    def finish(self, run):
        """Write what the subclass gives besides the raster, and return its outputs."""
        return {}

    def problem(self, parameters, context):
        quantities = self.BANDS_ABOUT * max(len(shared.field_list(self, parameters, shared.FIELDS, context)), 1)
        return (
            shared.samples_problem(self, parameters, context)
            or shared.variogram_problem(self, parameters, context)
            or shared.grid_problem(self, parameters, context, quantities)
            or raster_problem(destination_path(parameters.get(self.OUTPUT), context))
            or destination_problem(destination_path(parameters.get(self.REPORT), context))
        )

    def execute(self, parameters, context, feedback):
        run = GridRun(self, parameters, context, feedback)
        self.prepare(run)
        with self.prepare_job(run.settings, run.arrays, feedback) as job:
            run.job, run.outputs = job, job.run(Part(feedback, 2.0, 90.0))
            results = self.finish(run)
            results.update(run.write(Part(feedback, 92.0, 100.0)))
        log_scores(run.outputs["fields"], feedback)
        return results


class GridRun:
    """One run: what was read, what the job gave, and where it goes.

    Attributes
    ----------
    samples : Samples
    grid : GridSpec
    settings, arrays : dict
        Inputs of the job.
    job : Job
    outputs : dict
        What the job returned: ``bands`` (descriptions), ``fields`` (scores by
        name), ``engine`` and ``samples``.
    """

    def __init__(self, algorithm, parameters, context, feedback):
        self.algorithm, self.parameters = algorithm, parameters
        self.context, self.feedback = context, feedback
        self.samples = shared.read_input(algorithm, parameters, context, Part(feedback, 0.0, 2.0), least=2)
        self.grid = shared.read_grid(algorithm, parameters, context, self.samples, feedback)
        self.job = self.outputs = None
        self.arrays = {"coordinates": self.samples.coordinates, "values": self.samples.matrix()}
        if (self.samples.holes >= 0).any():
            self.arrays["groups"] = self.samples.holes
        self.settings = self._settings()

    @property
    def fields(self):
        """Names of the fields."""
        return list(self.samples.values)

    def _settings(self):
        algorithm, parameters, context = self.algorithm, self.parameters, self.context
        return {
            "fields": self.fields,
            "grid": self.grid.to_settings(),
            "variogram": shared.read_variogram(algorithm, parameters, context),
            "shared_correlogram": algorithm.parameterAsBool(parameters, algorithm.SHARED, context),
            "keep_sill": algorithm.parameterAsBool(parameters, algorithm.KEEP_SILL, context),
            **shared.read_kriging(algorithm, parameters, context),
            **shared.read_run(algorithm, parameters, context),
            **algorithm.choices(parameters, context),
        }

    def write(self, feedback):
        """Write raster and report, style the raster, and return the outputs."""
        algorithm = self.algorithm
        path = algorithm.parameterAsOutputLayer(self.parameters, algorithm.OUTPUT, self.context)
        write_raster(path, self.job.array("grid"), self.grid, self.outputs["bands"], self.metadata(), feedback)
        title = tr("{}: {}").format(tr(algorithm.LAYER), ", ".join(self.fields))
        style_on_load(self.context, path, raster_style(self.units, self.abstract(), title), title)
        return {
            algorithm.OUTPUT: path, "SAMPLES": self.outputs["samples"], "CELLS": self.grid.cells,
            "ENGINE_USED": self.outputs["engine"], **self._report(),
            **score_results(self.outputs["fields"], self.fields),
        }

    def _report(self):
        """Publish the report when it was asked for."""
        algorithm = self.algorithm
        path = algorithm.parameterAsFileOutput(self.parameters, algorithm.REPORT, self.context)
        if not path:
            return {}
        publish(self.job.path("report.html"), path)
        return {algorithm.REPORT: path}

    @property
    def units(self):
        """Units by field, for legends."""
        return self.outputs.get("units", {})

    def abstract(self):
        """What the layer is and how it was made, in a few sentences."""
        return tr("{} of {} by Lodescope {} from {} samples, engine {}.").format(
            tr(self.algorithm.LAYER), ", ".join(self.fields), lodescope_version(), self.outputs["samples"],
            self.outputs["engine"])

    def metadata(self):
        """Items that name algorithm, version and parameters in the file."""
        kept = {key: value for key, value in self.settings.items() if key not in ("threads",)}
        return {
            "LODESCOPE_ALGORITHM": self.algorithm.id(), "LODESCOPE_VERSION": lodescope_version(),
            "LODESCOPE_PARAMETERS": kept, "LODESCOPE_ENGINE": self.outputs["engine"],
            "LODESCOPE_VARIOGRAMS": self.outputs.get("variograms", {}),
        }
