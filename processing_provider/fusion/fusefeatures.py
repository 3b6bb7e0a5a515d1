"""Fusion: samples, rasters, geology, lines and logs as one table and one raster of features."""
from qgis.core import (
    QgsProcessing,
    QgsProcessingException,
    QgsProcessingOutputNumber,
    QgsProcessingOutputString,
    QgsProcessingParameterCrs,
    QgsProcessingParameterEnum,
    QgsProcessingParameterFeatureSink,
    QgsProcessingParameterFeatureSource,
    QgsProcessingParameterField,
    QgsProcessingParameterFile,
    QgsProcessingParameterFileDestination,
    QgsProcessingParameterMultipleLayers,
    QgsProcessingParameterRasterDestination,
    QgsWkbTypes,
)

from .. import parameters as shared
from ..base import LodescopeAlgorithm
from ..data.alignment import small_cache
from ..data.distances import lines_problem
from ..data.fields import destination_path
from ..data.geology import geology_problem
from ..data.grid import cell_problem
from ..data.modelfiles import model_problem
from ..data.rasters import destination_problem, raster_problem
from ..data.samples import crs_problem
from ..steps import Part
from ..translation import tr
from .run import FusionRun
from .tilespool import spool_folder

USE_VALUES = ["map", "xrf_first"]
STEP_VALUES = ["boxcox", "impute", "flags", "onehot", "coordinates", "embedding", "neighbours", "scale", "pca"]
DEFAULT_STEPS = ["boxcox", "impute", "onehot", "coordinates", "neighbours", "scale"]
EMBEDDING_VALUES = ["fourier", "rbf"]
ANY = QgsProcessingParameterField.DataType.Any


class FuseFeatures(LodescopeAlgorithm):
    """One leak-free table and one raster of features from everything a geologist has."""

    NAME, TITLE = "fusefeatures", "Fuse features"
    GROUP, GROUP_ID = "Fusion", "fusion"
    TAGS = ("features", "fusion", "stack", "align", "resample", "covariates", "PCA", "one-hot", "imputation", "recipe",
            "leakage", "machine learning")
    SAMPLES, TARGETS, HOLE_ID, Z_FIELD = "SAMPLES", "TARGETS", "HOLE_ID", "Z_FIELD"
    RASTERS, CLASS_RASTERS, GEOLOGY, GEOLOGY_FIELD = "RASTERS", "CLASS_RASTERS", "GEOLOGY", "GEOLOGY_FIELD"
    LINES, SAMPLE_FIELDS, KRIGE_FIELDS, USE = "LINES", "SAMPLE_FIELDS", "KRIGE_FIELDS", "USE"
    STEPS, COMPONENTS, EMBEDDING, NEIGHBOURS = "STEPS", "COMPONENTS", "EMBEDDING", "NEIGHBOURS"
    PER_HOLE, CLASS_SHARE, INDEPENDENT, USE_RECIPE = "PER_HOLE", "CLASS_SHARE", "INDEPENDENT", "USE_RECIPE"
    OUTPUT_SAMPLES, OUTPUT, RECIPE, REPORT = "OUTPUT_SAMPLES", "OUTPUT", "RECIPE", "REPORT"

    def initAlgorithm(self, config=None):
        self._add_samples()
        self._add_layers()
        self._add_steps()
        shared.add_grid(self)
        self._add_advanced()
        shared.add_run(self)
        self._add_outputs()

    def _add_samples(self):
        add = shared.add
        add(self, QgsProcessingParameterFeatureSource(
            self.SAMPLES, tr("Samples"), [QgsProcessing.SourceType.TypeVectorPoint]),
            "Points to learn from: drill-hole intervals as points with elevation, or surface samples.")
        add(self, self._field(self.TARGETS, "Targets", True),
            "Grades that are to be predicted. They are never features themselves; what samples of other holes say "
            "about them is. Samples without a grade are kept.")
        add(self, self._field(self.HOLE_ID, "Drill hole field", False),
            "Field with the name of the drill hole. A feature at a sample never uses samples of its own hole.")
        add(self, self._field(self.Z_FIELD, "Elevation field", False),
            "Field with the elevation of each sample. Leave it empty when the points have elevations themselves or "
            "when the samples are on a map only.", advanced=True)
        add(self, QgsProcessingParameterCrs(shared.CRS, tr("CRS"), None, True),
            "Projected coordinate reference system to work in. Leave it empty to use that of the samples; it is needed "
            "when they are in degrees.", advanced=True)
        add(self, shared.choice(shared.DIMENSIONS, "Dimensions", shared.DIMENSION_VALUES, "auto"),
            "2 works on the map and ignores elevations, 3 works in space, auto works in space when the samples have "
            "different elevations.", advanced=True)

    def _field(self, name, label, several):
        return QgsProcessingParameterField(name, tr(label), None, self.SAMPLES, ANY, several, True)

    def _add_layers(self):
        add = shared.add
        add(self, QgsProcessingParameterMultipleLayers(
            self.RASTERS, tr("Rasters"), QgsProcessing.SourceType.TypeRaster, None, True),
            "Geophysics, spectral features, elevation and the like: all bands, whatever their grids and CRS. Finer "
            "ones are averaged, others interpolated.")
        add(self, QgsProcessingParameterMultipleLayers(
            self.CLASS_RASTERS, tr("Rasters of classes"), QgsProcessing.SourceType.TypeRaster, None, True),
            "Rasters whose numbers are classes, such as land use or a clustering; classes are never mixed.")
        add(self, QgsProcessingParameterFeatureSource(
            self.GEOLOGY, tr("Geological map"), [QgsProcessing.SourceType.TypeVectorPolygon], None, True),
            "Polygons of geological units.")
        add(self, QgsProcessingParameterField(
            self.GEOLOGY_FIELD, tr("Unit field of the geological map"), None, self.GEOLOGY, ANY, False, True),
            "Field with the unit of each polygon.")
        add(self, QgsProcessingParameterMultipleLayers(
            self.LINES, tr("Lines to measure distances to"), QgsProcessing.SourceType.TypeVectorAnyGeometry, None,
            True),
            "Faults, dykes, contacts: each layer makes a feature with the distance on the map to its nearest line. Of "
            "polygons the boundaries count.")
        add(self, self._field(self.SAMPLE_FIELDS, "Fields known at the samples", True),
            "Cheap assays, measurements and logs of the same interval, as numbers or as words such as rock types. They "
            "exist at samples only, so they need the use 'xrf_first'.")
        add(self, self._field(self.KRIGE_FIELDS, "Fields to krige here", True),
            "Their kriged value and gradient become features that exist everywhere; at a sample they are made without "
            "its own hole.")
        add(self, shared.choice(self.USE, "Use", USE_VALUES, "map"),
            "map: only features that exist everywhere, so that a model can be mapped. xrf_first: also fields known at "
            "the samples, to predict costly grades from cheap assays of the same interval.")

    def _add_steps(self):
        add = shared.add
        add(self, QgsProcessingParameterEnum(
            self.STEPS, tr("Steps"), options=STEP_VALUES, allowMultiple=True, defaultValue=DEFAULT_STEPS,
            optional=True, usesStaticStrings=True),
            "boxcox: skewed columns are made symmetric. impute: gaps are filled from samples near in space and in "
            "chemistry (otherwise they stay gaps). flags: a feature tells where there was a gap. onehot: classes as "
            "ones and zeros (otherwise by how common they are). coordinates, embedding: where the place is, plainly "
            "and as waves or bumps. neighbours: what other holes say about the targets. scale: mean 0 and standard "
            "deviation 1. pca: principal components.")
        add(self, shared.number(self.COMPONENTS, "Components", shared.NUMBER.Integer, least=0),
            "Number of principal components; giving one switches 'pca' on, 0 switches it off. Empty: with 'pca' at "
            "most 100, enough for 99 % of the variance. Trees learn better without.")

    def _add_advanced(self):
        def add(parameter, explanation):
            shared.add(self, parameter, explanation, advanced=True)

        add(shared.choice(self.EMBEDDING, "Kind of embedding", EMBEDDING_VALUES, "fourier"),
            "fourier: sines and cosines of the coordinates at half to four times the range of the variogram. rbf: "
            "bumps around centres of the samples.")
        add(shared.number(self.NEIGHBOURS, "Neighbours", shared.NUMBER.Integer, 8, 1, 64),
            "Nearest samples of other holes whose values and distances are features.")
        add(shared.number(self.PER_HOLE, "Neighbours of one hole at most", shared.NUMBER.Integer, 4, 1),
            "So that one close hole does not hide the others.")
        add(shared.number(self.CLASS_SHARE, "Least share of a class (%)", default=1.0, least=0.0, most=50.0),
            "Classes with fewer samples are taken together as 'other'.")
        add(QgsProcessingParameterFile(
            shared.VARIOGRAM, tr("Variogram file"), QgsProcessingParameterFile.Behavior.File, "json", None, True),
            "Shape of the variogram for all neighbour features. Leave it empty to fit one for each field.")
        add(shared.flag(self.INDEPENDENT, "Kriged rasters come from other samples"),
            "Tick it when rasters that Lodescope kriged were made from another survey than these samples. Otherwise "
            "they know the grades of the samples, and are refused.")
        add(QgsProcessingParameterFile(
            self.USE_RECIPE, tr("Apply this recipe"), QgsProcessingParameterFile.Behavior.File, "safetensors", None,
            True),
            "A recipe made earlier, applied to these layers as it is; nothing is fitted and steps are not used.")

    def _add_outputs(self):
        self.addParameter(QgsProcessingParameterFeatureSink(
            self.OUTPUT_SAMPLES, tr("Samples with features"), QgsProcessing.SourceType.TypeVectorPoint, None, True))
        self.addParameter(QgsProcessingParameterRasterDestination(self.OUTPUT, tr("Feature raster"), None, True))
        self.addParameter(QgsProcessingParameterFileDestination(
            self.RECIPE, tr("Recipe"), tr("Lodescope recipes (*.safetensors)"), None, True))
        self.addParameter(QgsProcessingParameterFileDestination(
            self.REPORT, tr("Fusion report"), tr("HTML files (*.html)"), None, True))
        self.addOutput(QgsProcessingOutputNumber("SAMPLE_COUNT", tr("Samples used")))
        self.addOutput(QgsProcessingOutputNumber("FEATURE_COUNT", tr("Features at the samples")))
        self.addOutput(QgsProcessingOutputNumber("BAND_COUNT", tr("Features on the map")))
        self.addOutput(QgsProcessingOutputString("FEATURES", tr("Names of the features")))

    def problem(self, parameters, context):
        source = shared.read_source(self, parameters, context, self.SAMPLES)
        fields = [name for key in (self.TARGETS, self.SAMPLE_FIELDS, self.KRIGE_FIELDS, self.HOLE_ID, self.Z_FIELD)
                  for name in shared.field_list(self, parameters, key, context)]
        return (
            self._samples_problem(source, fields, parameters, context)
            or self._use_problem(parameters, context)
            or self._layers_problem(parameters, context)
            or cell_problem(shared.optional_number(self, parameters, shared.CELL_SIZE, context))
            or shared.variogram_problem(self, parameters, context)
            or self._recipe_problem(parameters, context)
            or raster_problem(destination_path(parameters.get(self.OUTPUT), context))
            or next(filter(None, (destination_problem(destination_path(parameters.get(name), context))
                                  for name in (self.OUTPUT_SAMPLES, self.RECIPE, self.REPORT))), "")
        )

    def _samples_problem(self, source, fields, parameters, context):
        """Why the samples cannot be used, or an empty string."""
        for name in fields:
            if source.fields().lookupField(name) < 0:
                return tr("Samples: there is no field '{}' in '{}'; its fields are: {}.").format(
                    name, source.sourceName(), ", ".join(source.fields().names()) or tr("none"))
        if QgsWkbTypes.geometryType(source.wkbType()) != QgsWkbTypes.GeometryType.PointGeometry:
            return tr("Samples: '{}' is not a layer of points; choose a point layer.").format(source.sourceName())
        if source.featureCount() == 0:
            return tr("Samples: '{}' has no features to read; choose another layer, or switch off 'Selected features "
                      "only' when nothing is selected.").format(source.sourceName())
        return crs_problem(self.crs(parameters, context))

    def _use_problem(self, parameters, context):
        """Why targets, fields and use do not go together, or an empty string."""
        targets = shared.field_list(self, parameters, self.TARGETS, context)
        cheap = shared.field_list(self, parameters, self.SAMPLE_FIELDS, context)
        both = [name for name in cheap if name in targets]
        if both:
            return tr("{}: a target cannot be a feature of itself; take it out of 'Fields known at the "
                      "samples'.").format(", ".join(both))
        kriged = shared.field_list(self, parameters, self.KRIGE_FIELDS, context)
        lacking = [name for name in cheap if name not in kriged]
        if lacking and self.parameterAsEnumString(parameters, self.USE, context) == "map":
            text = tr("These features are known at the samples only, so a map cannot be made from them: {}. Choose "
                      "them in 'Fields to krige here' instead, or set the use to 'xrf_first'.")
            return text.format(", ".join(lacking))
        return ""

    def _layers_problem(self, parameters, context):
        """Why rasters, geology or lines cannot be used, or an empty string."""
        for name in (self.RASTERS, self.CLASS_RASTERS):
            for layer in self.parameterAsLayerList(parameters, name, context):
                if layer is None or not layer.isValid():
                    return tr("A raster cannot be opened; remove it from the list or choose another one.")
        if shared.given(parameters, self.GEOLOGY):
            source = shared.read_source(self, parameters, context, self.GEOLOGY)
            problem = geology_problem(source, self.parameterAsString(parameters, self.GEOLOGY_FIELD, context))
            if problem:
                return problem
        return next(filter(None, (lines_problem(layer) for layer in self.line_layers(parameters, context))), "")

    def _recipe_problem(self, parameters, context):
        if not shared.given(parameters, self.USE_RECIPE):
            return ""
        return model_problem(self.parameterAsFile(parameters, self.USE_RECIPE, context), "recipe")

    def crs(self, parameters, context):
        """The CRS to work in: the one given, that of the given grid, or else that of the samples."""
        if shared.given(parameters, shared.CRS) or shared.given(parameters, shared.GRID_RASTER):
            return shared.read_crs(self, parameters, context)
        return shared.read_source(self, parameters, context, self.SAMPLES).sourceCrs()

    def line_layers(self, parameters, context):
        """The layers of lines, each of them valid."""
        layers = self.parameterAsLayerList(parameters, self.LINES, context)
        if any(layer is None or not layer.isValid() for layer in layers):
            raise QgsProcessingException(tr("A layer of lines cannot be opened; remove it or choose another one."))
        return layers

    def steps(self, parameters, context):
        """The settings of the recipe."""
        none = parameters.get(self.STEPS) in ([], ())  # QGIS would take the default
        steps = set() if none else set(self.parameterAsEnumStrings(parameters, self.STEPS, context))
        components = shared.optional_integer(self, parameters, self.COMPONENTS, context)
        if components is None and "pca" not in steps:
            components = 0
        return {
            "use": self.parameterAsEnumString(parameters, self.USE, context),
            "boxcox": "boxcox" in steps, "impute": "knn" if "impute" in steps else "none", "flags": "flags" in steps,
            "onehot": "onehot" in steps, "coordinates": "coordinates" in steps, "scale": "scale" in steps,
            "embedding": self.parameterAsEnumString(parameters, self.EMBEDDING, context) if "embedding" in steps
            else "none",
            "neighbours": self.parameterAsInt(parameters, self.NEIGHBOURS, context) if "neighbours" in steps else 0,
            "per_hole": self.parameterAsInt(parameters, self.PER_HOLE, context), "components": components,
            "class_share": self.parameterAsDouble(parameters, self.CLASS_SHARE, context) / 100.0,
            "krige": shared.field_list(self, parameters, self.KRIGE_FIELDS, context),
            "variogram": shared.read_variogram(self, parameters, context),
        }

    def execute(self, parameters, context, feedback):
        with small_cache(), spool_folder() as folder:
            run = FusionRun(self, parameters, context, feedback, folder)
            with self.prepare_job(run.settings, run.arrays, feedback) as job:
                return run.finish(job, Part(feedback, 30.0, 100.0))
