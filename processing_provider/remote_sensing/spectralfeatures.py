"""Absorption features, library matches and components of a hyperspectral image."""
import numpy as np
from qgis.core import (
    QgsProcessing,
    QgsProcessingException,
    QgsProcessingOutputNumber,
    QgsProcessingOutputString,
    QgsProcessingParameterEnum,
    QgsProcessingParameterFeatureSource,
    QgsProcessingParameterField,
    QgsProcessingParameterFile,
    QgsProcessingParameterFileDestination,
    QgsProcessingParameterRasterDestination,
    QgsProcessingParameterRasterLayer,
    QgsProcessingParameterString,
    QgsRasterLayer,
)

from ...algorithms.spectroscopy.catalogue import choose, indices
from ...algorithms.versions import lodescope_version
from .. import parameters as shared
from ..base import LodescopeAlgorithm
from ..data.cubes import Image, stored_tiles, write_parts
from ..data.fields import destination_path
from ..data.files import publish
from ..data.hyperspectral import read_bands
from ..data.rasters import destination_problem, raster_problem
from ..data.scenes import cube_name, cube_of
from ..steps import Part
from ..styles import style_on_load
from ..translation import tr
from .spectralinputs import as_sentence, as_text, flat_array, library_arrays, read_features, target_arrays
from .spectralstyles import spectral_style

QUANTITY_VALUES = ["depth", "position", "width", "area", "asymmetry"]
CORRECTION_VALUES = ["none", "darkobject", "empiricalline", "flatfield"]
SMOOTHING_VALUES = ["none", "savitzkygolay", "mnf"]
CONTINUUM_VALUES = ["window", "spectrum", "shoulders"]
VALUES_VALUES = ["auto", "reflectance"]
COMPONENTS_ABOUT = 20


class SpectralFeatures(LodescopeAlgorithm):
    """Continuum removal and everything measured on what it leaves."""

    NAME, TITLE = "spectralfeatures", "Spectral features"
    GROUP, GROUP_ID = "Remote sensing", "remotesensing"
    TAGS = ("hyperspectral", "spectra", "absorption", "continuum", "rare earth", "neodymium", "clay", "carbonate",
            "AVIRIS", "EMIT", "EnMAP", "PRISMA", "spectral angle", "MNF", "principal components")
    INPUT, FEATURES, QUANTITIES, COMPONENTS = "INPUT", "FEATURES", "QUANTITIES", "COMPONENTS"
    LIBRARY, SPECTRA, CATALOGUE, WAVELENGTHS = "LIBRARY", "SPECTRA", "CATALOGUE", "WAVELENGTHS"
    WATER, VALUES, DIVIDE, CONTINUUM, SHALLOW = "WATER_VAPOUR", "VALUES", "DIVIDE_BY", "CONTINUUM", "SHALLOW"
    CORRECTION, TARGETS, TARGET_FIELD, REFERENCE = "CORRECTION", "TARGETS", "TARGET_FIELD", "REFERENCE"
    FLAT_FIELD, SMOOTHING, WINDOW, ORDER, KEPT = "FLAT_FIELD", "SMOOTHING", "WINDOW", "ORDER", "MNF_COMPONENTS"
    OUTPUT, REPORT = "OUTPUT", "REPORT"

    def initAlgorithm(self, config=None):
        shared.add(self, QgsProcessingParameterRasterLayer(self.INPUT, tr("Hyperspectral image")),
                   "Reflectances with many bands whose wavelengths are known, from any sensor.")
        shared.add(self, QgsProcessingParameterString(self.FEATURES, tr("Features"), "all"),
                   "Names from the catalogue, separated by commas, such as Nd_0740, Nd_0800, AlOH_2200; Nd alone means "
                   "all of neodymium. all takes every feature that the bands cover, none leaves them out.")
        self._add_measures()
        self._add_library()
        self._add_bands()
        self._add_correction()
        self._add_smoothing()
        shared.add_run(self)
        self.addParameter(QgsProcessingParameterRasterDestination(self.OUTPUT, tr("Spectral features")))
        self.addParameter(QgsProcessingParameterFileDestination(
            self.REPORT, tr("Spectral report"), tr("HTML files (*.html)"), None, True))
        for name, label in (("FEATURE_COUNT", "Features"), ("BANDS_USED", "Bands used"), ("PIXELS", "Pixels with data"),
                            ("COMPONENTS_USED", "Principal components"), ("SCALE", "Values were divided by")):
            self.addOutput(QgsProcessingOutputNumber(name, tr(label)))
        self.addOutput(QgsProcessingOutputString("FEATURES_USED", tr("Features used")))

    def _add_measures(self):
        shared.add(self, QgsProcessingParameterEnum(
            self.QUANTITIES, tr("Measures"), QUANTITY_VALUES, True, QUANTITY_VALUES, usesStaticStrings=True),
            "What is measured of each feature: depth as a share of the continuum, position and width in micrometres, "
            "area in micrometres, asymmetry from -1 to 1.")
        shared.add(self, shared.number(self.COMPONENTS, "Principal components", shared.NUMBER.Integer, least=0),
                   "How many principal components to add; 0 for none. Leave it empty to let cross-validation choose.")
        shared.add(self, QgsProcessingParameterFile(
            self.CATALOGUE, tr("More features (CSV)"), QgsProcessingParameterFile.Behavior.File, "csv", None, True),
            "Own rows for the catalogue, with the columns name, search_from, search_to, left and right in micrometres "
            "and, if you like, index, joined, minerals and source.", advanced=True)
        shared.add(self, shared.choice(self.CONTINUUM, "Continuum", CONTINUUM_VALUES, "window"),
                   "window: upper hull of the window of each feature. spectrum: upper hull of the whole spectrum. "
                   "shoulders: straight line between the ends of the window.", advanced=True)
        shared.add(self, shared.number(self.SHALLOW, "Least clear depth", shared.NUMBER.Double, 0.01, 0.0, 1.0),
                   "Below this depth, position, width and asymmetry are left empty, as they would be those of noise.",
                   advanced=True)

    def _add_library(self):
        shared.add(self, QgsProcessingParameterFile(
            self.LIBRARY, tr("Spectral library"), QgsProcessingParameterFile.Behavior.File, "", None, True),
            "ENVI .sli file with its header, or CSV file, whose spectra are compared with each pixel: spectral angle "
            "and fit of the features.")
        shared.add(self, QgsProcessingParameterString(self.SPECTRA, tr("Spectra of the library"), None, False, True),
                   "Words, separated by commas; spectra with one of them in their name are taken. Leave it empty for "
                   "all.", advanced=True)

    def _add_bands(self):
        shared.add(self, QgsProcessingParameterFile(
            self.WAVELENGTHS, tr("Wavelengths"), QgsProcessingParameterFile.Behavior.File, "", None, True),
            "Text file with one wavelength per line (or an ENVI header), for images that carry none.", advanced=True)
        shared.add(self, shared.flag(self.WATER, "Leave out bands of water vapour", True),
                   "Leaves out 1.34 to 1.46 and 1.79 to 1.97 micrometres and the noisy ends. Untick it for drill core "
                   "and laboratory images.", advanced=True)
        shared.add(self, shared.choice(self.VALUES, "Values", VALUES_VALUES, "auto"),
                   "auto refuses images that look like radiance. reflectance takes the values as reflectances whatever "
                   "they look like.", advanced=True)
        shared.add(self, shared.number(self.DIVIDE, "Divide values by", least=1e-9),
                   "What reflectances are stored times, such as 10000. Leave it empty to judge by the values.",
                   advanced=True)

    def _add_correction(self):
        shared.add(self, shared.choice(self.CORRECTION, "Correction", CORRECTION_VALUES, "none"),
                   "darkobject subtracts the haze, empiricalline fits the image to targets of known reflectance, "
                   "flatfield divides by an area without absorptions.", advanced=True)
        shared.add(self, QgsProcessingParameterFeatureSource(
            self.TARGETS, tr("Targets"), [QgsProcessing.SourceType.TypeVectorPoint], None, True),
            "For the empirical line: points on targets of known reflectance.", advanced=True)
        shared.add(self, QgsProcessingParameterField(
            self.TARGET_FIELD, tr("Name of the reference spectrum"), None, self.TARGETS,
            QgsProcessingParameterField.DataType.Any, False, True),
            "For the empirical line: field with the name of the spectrum of each target.", advanced=True)
        shared.add(self, QgsProcessingParameterFile(
            self.REFERENCE, tr("Reference spectra"), QgsProcessingParameterFile.Behavior.File, "", None, True),
            "For the empirical line: ENVI .sli or CSV file with the reflectance of the targets.", advanced=True)
        shared.add(self, QgsProcessingParameterFeatureSource(
            self.FLAT_FIELD, tr("Flat field"), [QgsProcessing.SourceType.TypeVectorPolygon], None, True),
            "For the flat field: polygons on bright, even ground.", advanced=True)

    def _add_smoothing(self):
        shared.add(self, shared.choice(self.SMOOTHING, "Noise", SMOOTHING_VALUES, "none"),
                   "savitzkygolay smooths along each spectrum, mnf keeps the components in which neighbouring pixels "
                   "agree; it can remove minerals that only single pixels hold.", advanced=True)
        shared.add(self, shared.number(self.WINDOW, "Savitzky-Golay window", shared.NUMBER.Integer, 5, 3, 51),
                   "Bands per fit, an odd number. Narrow rare-earth lines want 5.", advanced=True)
        shared.add(self, shared.number(self.ORDER, "Savitzky-Golay order", shared.NUMBER.Integer, 2, 0, 6),
                   "Of the polynomial.", advanced=True)
        shared.add(self, shared.number(self.KEPT, "MNF components to keep", shared.NUMBER.Integer, least=1),
                   "Leave it empty to keep those with at least half as much signal as noise.", advanced=True)

    def problem(self, parameters, context):
        layer = self.image_layer(parameters, context)
        path = destination_path(parameters.get(self.OUTPUT), context)
        bands = self.bands(parameters, context, layer)
        self.chosen(parameters, context, bands)
        if self.given(parameters, self.LIBRARY):
            self.library(parameters, context)
        return (self._correction_problem(parameters, context) or self._smoothing_problem(parameters, context)
                or raster_problem(path) or _same_problem(path, layer)
                or destination_problem(destination_path(parameters.get(self.REPORT), context)))

    def checkParameterValues(self, parameters, context):
        return super().checkParameterValues(self.named(parameters), context)

    def named(self, parameters):
        """The parameters with the image cube of an HDF5 or netCDF file as a layer in place of its name."""
        value = parameters.get(self.INPUT)
        cube = cube_of(value) if isinstance(value, str) else ""
        return {**parameters, self.INPUT: QgsRasterLayer(cube, cube_name(cube))} if cube else parameters

    def given(self, parameters, name):
        """Whether a value was given."""
        return shared.given(parameters, name)

    def image_layer(self, parameters, context):
        """The image (`QgsRasterLayer`)."""
        layer = self.parameterAsRasterLayer(self.named(parameters), self.INPUT, context)
        if layer is None or not layer.isValid():
            raise QgsProcessingException(self.invalidRasterError(parameters, self.INPUT))
        return layer

    def bands(self, parameters, context, layer):
        """What the image says about its bands."""
        path = self.parameterAsFile(parameters, self.WAVELENGTHS, context)
        return read_bands(layer, path or "", self.parameterAsBool(parameters, self.WATER, context))

    def chosen(self, parameters, context, bands):
        """The features of the catalogues that were asked for and that the bands cover."""
        features = read_features(self.parameterAsFile(parameters, self.CATALOGUE, context) or "")
        words = self.parameterAsString(parameters, self.FEATURES, context)
        return features, as_sentence(choose, features, words, bands.micrometres[bands.order])[0]

    def library(self, parameters, context):
        """Names of the library spectra, and their arrays."""
        return library_arrays(self.parameterAsFile(parameters, self.LIBRARY, context),
                              self.parameterAsString(parameters, self.SPECTRA, context))

    def _correction_problem(self, parameters, context):
        chosen = self.parameterAsEnumString(parameters, self.CORRECTION, context)
        needed = {"empiricalline": (self.TARGETS, self.TARGET_FIELD, self.REFERENCE),
                  "flatfield": (self.FLAT_FIELD,)}.get(chosen, ())
        missing = [self.parameterDefinition(name).description() for name in needed if not self.given(parameters, name)]
        return tr("The correction {} needs '{}'; give it or choose another correction.").format(
            chosen, missing[0]) if missing else ""

    def _smoothing_problem(self, parameters, context):
        window, order = (self.parameterAsInt(parameters, name, context) for name in (self.WINDOW, self.ORDER))
        smooths = self.parameterAsEnumString(parameters, self.SMOOTHING, context) == "savitzkygolay"
        if smooths and (window % 2 == 0 or window <= order):
            return tr("Savitzky-Golay smoothing needs an odd window above the order, not {} bands and order {}; "
                      "choose for example 5 and 2.").format(window, order)
        return ""

    def execute(self, parameters, context, feedback):
        layer = self.image_layer(parameters, context)
        bands = self.bands(parameters, context, layer)
        for note in bands.notes:
            feedback.pushInfo(note)
        settings, arrays, results = self._settings(parameters, context, bands, layer)
        image = Image(layer, bands, results)
        arrays.update(self._correction(parameters, context, image, settings, feedback))
        settings["tiles"] = image.tiles
        self._log_size(image, results, feedback)
        path = self.parameterAsOutputLayer(parameters, self.OUTPUT, context)
        with stored_tiles(image, results, Part(feedback, 0.0, 15.0)) as tiles, \
                self.prepare_job(settings, {**arrays, **tiles}, feedback) as job:
            outputs = job.run(Part(feedback, 15.0, 90.0))
            metadata = self._metadata(settings, outputs)
            write_parts(path, job, image, outputs["bands"], metadata, Part(feedback, 90.0, 100.0))
            report = self._report(parameters, context, job)
        self._style(context, path, layer, outputs)
        return {self.OUTPUT: path, **report, "FEATURE_COUNT": len(outputs["features"]), "PIXELS": outputs["pixels"],
                "BANDS_USED": outputs["used"], "COMPONENTS_USED": outputs["components"], "SCALE": outputs["scale"],
                "FEATURES_USED": ", ".join(outputs["features"])}

    def _settings(self, parameters, context, bands, layer):
        """Settings and arrays of the job, and about how many bands its result has."""
        features, chosen = self.chosen(parameters, context, bands)
        order = bands.order
        arrays = {"micrometres": bands.micrometres[order], "widths": bands.widths[order], "scale": bands.scale[order],
                  "offset": bands.offset[order], "nodata": bands.nodata[order]}
        if self.given(parameters, self.DIVIDE):  # what the user says goes before what the file says
            arrays["scale"], arrays["offset"] = np.ones(len(order)), np.zeros(len(order))
        minerals, library = self.library(parameters, context) if self.given(parameters, self.LIBRARY) else ([], {})
        quantities = self.parameterAsEnumStrings(parameters, self.QUANTITIES, context) or QUANTITY_VALUES
        components = shared.optional_integer(self, parameters, self.COMPONENTS, context)
        settings = {
            "features": self.parameterAsString(parameters, self.FEATURES, context), "catalogue": as_text(features),
            "quantities": [name for name in QUANTITY_VALUES if name in quantities], "components": components,
            "continuum": self.parameterAsEnumString(parameters, self.CONTINUUM, context),
            "shallow": self.parameterAsDouble(parameters, self.SHALLOW, context),
            "correction": self.parameterAsEnumString(parameters, self.CORRECTION, context),
            "smoothing": self.parameterAsEnumString(parameters, self.SMOOTHING, context),
            "window": self.parameterAsInt(parameters, self.WINDOW, context),
            "order": self.parameterAsInt(parameters, self.ORDER, context),
            "mnf_components": shared.optional_integer(self, parameters, self.KEPT, context),
            "values": self.parameterAsEnumString(parameters, self.VALUES, context),
            "divide_by": shared.optional_number(self, parameters, self.DIVIDE, context),
            "minerals": minerals, "stated": bands.stated, "left_out": bands.left_out, "notes": bands.notes,
            "title": layer.name(), **shared.read_run(self, parameters, context),
        }
        results = len(chosen) * len(settings["quantities"]) + len(indices(chosen)) + 2 * len(minerals)
        return settings, {**arrays, **library}, results + (COMPONENTS_ABOUT if components is None else components)

    def _correction(self, parameters, context, image, settings, feedback):
        """Arrays that the chosen correction needs."""
        if settings["correction"] == "empiricalline":
            return target_arrays(
                shared.read_source(self, parameters, context, self.TARGETS),
                self.parameterAsString(parameters, self.TARGET_FIELD, context),
                self.parameterAsFile(parameters, self.REFERENCE, context), image, context)
        if settings["correction"] == "flatfield":
            source = shared.read_source(self, parameters, context, self.FLAT_FIELD)
            return {"flat": flat_array(source, image, context, feedback)}
        return {}

    def _log_size(self, image, results, feedback):
        feedback.pushInfo(tr("{} x {} pixels, {} of {} bands, in {} tiles; {:.2f} GB are put into the working folder "
                             "and about {:.2f} GB come back. Memory does not grow with the image.").format(
            image.columns, image.rows, len(image.numbers), image.dataset.RasterCount, len(image.tiles),
            image.bytes / 1e9, 4e-9 * results * image.rows * image.columns))

    def _metadata(self, settings, outputs):
        """Items that name algorithm, version and parameters in the file."""
        hidden = ("threads", "tiles", "catalogue", "left_out", "notes", "title")
        return {"LODESCOPE_ALGORITHM": self.id(), "LODESCOPE_VERSION": lodescope_version(),
                "LODESCOPE_PARAMETERS": {name: value for name, value in settings.items() if name not in hidden},
                "LODESCOPE_FEATURES": ", ".join(outputs["features"])}

    def _report(self, parameters, context, job):
        """Publish the report when it was asked for."""
        path = self.parameterAsFileOutput(parameters, self.REPORT, context)
        if not path:
            return {}
        publish(job.path("report.html"), path)
        return {self.REPORT: path}

    def _style(self, context, path, layer, outputs):
        title = tr("Spectral features: {}").format(layer.name())
        abstract = tr("{} features of {} by Lodescope {} from {} bands.").format(
            len(outputs["features"]), layer.name(), lodescope_version(), outputs["used"])
        style_on_load(context, path, spectral_style(title, abstract), title)


def _same_problem(path, layer):
    """Why the result cannot take the place of the image, or an empty string."""
    if path and str(path) == layer.source():
        return tr("The result would overwrite the image '{}'; choose another file.").format(layer.name())
    return ""
