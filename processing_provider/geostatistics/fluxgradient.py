"""Flux gradients: which way, how steeply and how surely a grade rises."""
from qgis.core import (
    QgsMapLayerType,
    QgsProcessing,
    QgsProcessingException,
    QgsProcessingParameterBand,
    QgsProcessingParameterEnum,
    QgsProcessingParameterFeatureSink,
    QgsProcessingParameterField,
    QgsProcessingParameterMapLayer,
    QgsVectorLayer,
)

from .. import parameters as shared
from ..data.fields import destination_path, write_features
from ..data.geology import diffusivity_from_polygons, diffusivity_from_raster, geology_problem
from ..data.rasters import destination_problem
from ..steps import Part
from ..styles import arrow_style, style_on_load
from ..translation import tr
from .gridkriging import GridKriging

QUANTITY_VALUES = ["estimate", "variance", "dx", "dy", "dz", "magnitude", "azimuth", "plunge", "sd", "flux",
                   "divergence", "change"]
DEFAULT_QUANTITIES = ["estimate", "dx", "dy", "dz", "magnitude", "azimuth", "plunge", "sd"]
METHOD_VALUES = ["kriging", "finite element"]
ORDER_VALUES = ["1", "2"]
GRADIENT_MODELS = ["matern15", "matern25", "cubic"]  # of the models fitted here: their fields have a gradient


class FluxGradient(GridKriging):
    """Gradients of kriged fields with their uncertainty, and flux through units of different diffusivity."""

    NAME, TITLE = "fluxgradient", "Map flux gradients"
    TAGS = ("gradient", "flux", "vector", "kriging", "finite element", "diffusivity", "divergence", "halo",
            "vectoring", "geostatistics")
    OUTPUT_LABEL, LAYER, BANDS_ABOUT = "Flux gradients", "Flux gradient", 12
    QUANTITIES, METHOD, DIFFUSIVITY = "QUANTITIES", "METHOD", "DIFFUSIVITY"
    DIFFUSIVITY_FIELD, UNIT_FIELD, DIFFUSIVITY_BAND = "DIFFUSIVITY_FIELD", "UNIT_FIELD", "DIFFUSIVITY_BAND"
    NORTH_RATIO, UP_RATIO = "DIFFUSIVITY_NORTH_RATIO", "DIFFUSIVITY_UP_RATIO"
    STRENGTH, ORDER, MASK, OUTPUT_SAMPLES = "STRENGTH", "ORDER", "MASK", "OUTPUT_SAMPLES"

    def initAlgorithm(self, config=None):
        super().initAlgorithm(config)
        self.addParameter(QgsProcessingParameterFeatureSink(
            self.OUTPUT_SAMPLES, tr("Samples with gradients"), QgsProcessing.SourceType.TypeVectorPoint, None, True))

    def add_choices(self):
        shared.add(self, QgsProcessingParameterEnum(
            self.QUANTITIES, tr("Quantities"), options=QUANTITY_VALUES, allowMultiple=True,
            defaultValue=DEFAULT_QUANTITIES, usesStaticStrings=True),
            "dx, dy, dz: rise of the grade per metre to the east, north and up. magnitude, azimuth, plunge: the same "
            "as length and direction. sd: standard deviations of the components and of the magnitude. flux, "
            "divergence: minus diffusivity times gradient, and its sources. change: what the finite elements changed.")
        shared.add(self, shared.choice(self.METHOD, "Method", METHOD_VALUES, "kriging"),
                   "kriging: the exact gradient of the kriged grade. finite element: the grade is kriged unit by unit "
                   "and then made to obey the law of flux as far as it was uncertain; a physical assumption, so look "
                   "at the change it makes.")
        shared.add(self, QgsProcessingParameterMapLayer(
            self.DIFFUSIVITY, tr("Diffusivity (raster or polygons)"), None, True,
            [QgsProcessing.SourceType.TypeRaster, QgsProcessing.SourceType.TypeVectorPolygon]),
            "How easily the element spreads, in any unit: a raster, or geological polygons with a field. Leave it "
            "empty for 1 everywhere.")
        shared.add(self, QgsProcessingParameterField(
            self.DIFFUSIVITY_FIELD, tr("Diffusivity field of the polygons"), None, self.DIFFUSIVITY,
            QgsProcessingParameterField.DataType.Any, False, True),
            "Needed when the diffusivity comes from polygons.")
        self._add_advanced()

    def _add_advanced(self):
        shared.add(self, QgsProcessingParameterField(
            self.UNIT_FIELD, tr("Unit field of the polygons"), None, self.DIFFUSIVITY,
            QgsProcessingParameterField.DataType.Any, False, True),
            "Each unit is kriged from its own samples. Leave it empty to take polygons of the same diffusivity as one "
            "unit.", advanced=True)
        shared.add(self, QgsProcessingParameterBand(
            self.DIFFUSIVITY_BAND, tr("Band of the diffusivity raster"), 1, self.DIFFUSIVITY, True),
            "Only for a raster.", advanced=True)
        shared.add(self, shared.number(self.NORTH_RATIO, "Diffusivity to the north over that to the east", default=1.0,
                                       least=1e-6),
                   "Other than 1 where the element spreads more easily along the strike than across it.", advanced=True)
        shared.add(self, shared.number(self.UP_RATIO, "Diffusivity upwards over that to the east", default=1.0,
                                       least=1e-6),
                   "Other than 1 where the element spreads more or less easily upwards; only in 3-D.", advanced=True)
        shared.add(self, shared.number(self.STRENGTH, "Strength of the flux law (m)", least=0.0),
                   "Length over which the law of flux smooths; 0 leaves the kriged grade as it is. Leave it empty to "
                   "choose it by leaving drill holes out.", advanced=True)
        shared.add(self, shared.choice(self.ORDER, "Order of the flux law", ORDER_VALUES, "2"),
                   "1 keeps gradients small, 2 keeps sources and sinks small.", advanced=True)
        shared.add(self, shared.number(self.MASK, "Hide gradients below this many standard deviations", default=0.0,
                                       least=0.0),
                   "Between sparse holes the direction of a gradient is often unknown; 1 or 2 leaves such cells "
                   "empty. 0 shows all.", advanced=True)

    def choices(self, parameters, context):
        return {
            "quantities": self.parameterAsEnumStrings(parameters, self.QUANTITIES, context),
            "method": self.parameterAsEnumString(parameters, self.METHOD, context),
            "strength": shared.optional_number(self, parameters, self.STRENGTH, context),
            "order": int(self.parameterAsEnumString(parameters, self.ORDER, context)),
            "models": GRADIENT_MODELS,
            "diffusivity_ratios": [1.0, self.parameterAsDouble(parameters, self.NORTH_RATIO, context),
                                   self.parameterAsDouble(parameters, self.UP_RATIO, context)],
            "mask": self.parameterAsDouble(parameters, self.MASK, context),
            "samples": bool(parameters.get(self.OUTPUT_SAMPLES)),
        }

    def problem(self, parameters, context):
        if not self.parameterAsEnumStrings(parameters, self.QUANTITIES, context):
            return tr("Choose at least one quantity to map.")
        return (
            super().problem(parameters, context)
            or destination_problem(destination_path(parameters.get(self.OUTPUT_SAMPLES), context))
            or self._diffusivity_problem(parameters, context)
        )

    def _diffusivity_problem(self, parameters, context):
        """Why the diffusivity cannot be used, or an empty string."""
        if not shared.given(parameters, self.DIFFUSIVITY):
            return ""
        layer = self.parameterAsLayer(parameters, self.DIFFUSIVITY, context)
        if layer is None or not layer.isValid():
            return tr("The diffusivity layer cannot be opened: choose a raster or a polygon layer.")
        if isinstance(layer, QgsVectorLayer):
            return geology_problem(layer, self.parameterAsString(parameters, self.DIFFUSIVITY_FIELD, context))
        return ""

    def prepare(self, run):
        """Diffusivity and units on the grid and at the samples, as arrays of the job."""
        if not shared.given(run.parameters, self.DIFFUSIVITY):
            return
        found = self._diffusivity(run)
        for note in found.notes:
            run.feedback.pushWarning(note)
        run.arrays["diffusivity"] = found.on_grid
        if found.units_on_grid is not None:
            run.arrays["units"], run.arrays["sample_units"] = found.units_on_grid, found.units_at_samples
            run.settings["unit_names"] = found.names

    def _diffusivity(self, run):
        """`Diffusivity` of the given layer."""
        parameters, context = run.parameters, run.context
        layer = self.parameterAsLayer(parameters, self.DIFFUSIVITY, context)
        if layer is None:
            raise QgsProcessingException(tr("The diffusivity layer cannot be opened: choose another one."))
        points = run.samples.coordinates
        if layer.type() == QgsMapLayerType.RasterLayer:
            band = self.parameterAsInt(parameters, self.DIFFUSIVITY_BAND, context) or 1
            return diffusivity_from_raster(layer, band, run.grid, points, context)
        source = self.parameterAsSource(parameters, self.DIFFUSIVITY, context)
        return diffusivity_from_polygons(
            source, self.parameterAsString(parameters, self.DIFFUSIVITY_FIELD, context), run.grid, points, context,
            self.parameterAsString(parameters, self.UNIT_FIELD, context), run.feedback)

    def finish(self, run):
        names = run.outputs.get("sample_columns")
        if not names:
            return {}
        table = run.job.array("samples")
        columns = dict(zip(names, table.T))
        destination, written = write_features(
            self, run.parameters, self.OUTPUT_SAMPLES, run.context,
            self.parameterAsSource(run.parameters, shared.INPUT, run.context), run.samples.ids, columns,
            Part(run.feedback, 90.0, 92.0), run.samples.crs)
        if destination is None:
            return {}
        title = tr("Gradients at samples: {}").format(", ".join(run.fields))
        style_on_load(run.context, destination, arrow_style(run.fields, run.abstract(), title, written), title)
        return {self.OUTPUT_SAMPLES: destination}
