"""Parameters that several algorithms share, in groups, and their values as plain Python.

A group is added with ``add_...(algorithm)`` in ``initAlgorithm``, checked with
``..._problem`` in ``problem`` and read with ``read_...`` in ``execute``.
Defaults stand in the definitions only; a value that was left empty reads as
None.
"""
import json
from pathlib import Path

from qgis.core import (
    QgsCoordinateTransform,
    QgsCsException,
    QgsProcessing,
    QgsProcessingException,
    QgsProcessingParameterBoolean,
    QgsProcessingParameterCrs,
    QgsProcessingParameterDefinition,
    QgsProcessingParameterEnum,
    QgsProcessingParameterExtent,
    QgsProcessingParameterFeatureSource,
    QgsProcessingParameterField,
    QgsProcessingParameterFile,
    QgsProcessingParameterNumber,
    QgsProcessingParameterRasterLayer,
    QgsProcessingParameterString,
)

from .data.fields import is_null
from .data.grid import GridSpec, cell_problem, make_grid, parse_levels, size_problem
from .data.samples import check_samples, crs_problem, read_samples, source_problem
from .engine.jobs import jobs_folder
from .translation import tr

INPUT, FIELD, FIELDS, Z_FIELD, HOLE_ID = "INPUT", "FIELD", "FIELDS", "Z_FIELD", "HOLE_ID"
DIMENSIONS, CRS = "DIMENSIONS", "CRS"
EXTENT, CELL_SIZE, LEVELS, GRID_RASTER = "EXTENT", "CELL_SIZE", "LEVELS", "GRID_RASTER"
VARIOGRAM, TRANSFORM, DRIFT, NEIGHBOURS, ENGINE = "VARIOGRAM", "TRANSFORM", "DRIFT", "NEIGHBOURS", "ENGINE"
SEED, THREADS = "SEED", "THREADS"

DIMENSION_VALUES = ["auto", "2", "3"]
TRANSFORM_VALUES = ["auto", "none", "log", "boxcox", "normalscore"]
DRIFT_VALUES = ["none", "linear"]
ENGINE_VALUES = ["auto", "exact", "multilevel", "pykrige"]

NUMBER = QgsProcessingParameterNumber.Type
ADVANCED = QgsProcessingParameterDefinition.Flag.FlagAdvanced


def add(algorithm, parameter, explanation, advanced=False):
    """Add one parameter with its explanation, under the advanced ones when asked."""
    parameter.setHelp(tr(explanation))
    if advanced:
        parameter.setFlags(parameter.flags() | ADVANCED)
    algorithm.addParameter(parameter)


def choice(name, label, values, default):
    """A choice among permanent words, which models and scripts store."""
    return QgsProcessingParameterEnum(name, tr(label), options=values, defaultValue=default, usesStaticStrings=True)


def flag(name, label, default=False):
    """A tick box."""
    return QgsProcessingParameterBoolean(name, tr(label), default)


def number(name, label, kind=NUMBER.Double, default=None, least=None, most=None):
    """A number; optional when it has no default."""
    limits = {key: value for key, value in (("minValue", least), ("maxValue", most)) if value is not None}
    return QgsProcessingParameterNumber(name, tr(label), kind, default, default is None, **limits)


def add_samples(algorithm, several=True):
    """INPUT, FIELDS (FIELD for one only), Z_FIELD, HOLE_ID, CRS and, advanced, DIMENSIONS."""
    add(algorithm, QgsProcessingParameterFeatureSource(
        INPUT, tr("Samples"), [QgsProcessing.SourceType.TypeVectorPoint]),
        "Points with measured values: drill-hole intervals as points with elevation, or surface samples.")
    _add_values(algorithm, several)
    add(algorithm, QgsProcessingParameterField(
        Z_FIELD, tr("Elevation field"), None, INPUT, QgsProcessingParameterField.DataType.Any, False, True),
        "Field with the elevation of each sample. Leave it empty when the points have elevations themselves or when "
        "the samples are on a map only.")
    add(algorithm, QgsProcessingParameterField(
        HOLE_ID, tr("Drill hole field"), None, INPUT, QgsProcessingParameterField.DataType.Any, False, True),
        "Field with the name of the drill hole. Samples of one hole are kept together when results are checked, so "
        "that the scores are honest.")
    add(algorithm, QgsProcessingParameterCrs(CRS, tr("CRS"), None, True),
        "Projected coordinate reference system to work in. Leave it empty to use that of the samples; it is needed "
        "when they are in degrees.")
    add(algorithm, choice(DIMENSIONS, "Dimensions", DIMENSION_VALUES, "auto"),
        "2 works on the map and ignores elevations, 3 works in space, auto works in space when the samples have "
        "different elevations.", advanced=True)


def _add_values(algorithm, several):
    name, label = (FIELDS, tr("Fields to estimate")) if several else (FIELD, tr("Field"))
    add(algorithm, QgsProcessingParameterField(
        name, label, None, INPUT, QgsProcessingParameterField.DataType.Any, several),
        "Measured values, such as grades. Text is accepted when it holds nothing but numbers.")


def add_grid(algorithm):
    """EXTENT, CELL_SIZE, LEVELS and, advanced, GRID_RASTER."""
    add(algorithm, QgsProcessingParameterExtent(EXTENT, tr("Extent"), None, True),
        "Area of the result; its eastern and southern sides grow to whole cells. Leave it empty for the area of the "
        "samples and 5 % around.")
    add(algorithm, number(CELL_SIZE, "Cell size"),
        "Side of a cell, in the unit of the CRS. Leave it empty for a round number that suits the spacing of the "
        "samples.")
    add(algorithm, QgsProcessingParameterString(LEVELS, tr("Levels (elevations)"), None, False, True),
        "Elevations of the levels of a result in space: numbers such as 100, 120, 140, or start:stop:step such as "
        "100:200:20. Leave it empty for ten to twenty round elevations.")
    add(algorithm, QgsProcessingParameterRasterLayer(GRID_RASTER, tr("Take the grid from this raster"), None, True),
        "The result gets exactly the cells of this raster; extent and cell size are then not used.", advanced=True)


def add_variogram(algorithm):
    """VARIOGRAM, the optional file."""
    add(algorithm, QgsProcessingParameterFile(
        VARIOGRAM, tr("Variogram file"), QgsProcessingParameterFile.Behavior.File, "json", None, True),
        "File made by 'Fit variogram'. Leave it empty to fit a variogram to the samples now.")


def add_transform(algorithm):
    """TRANSFORM of the values."""
    add(algorithm, choice(TRANSFORM, "Transform", TRANSFORM_VALUES, "auto"),
        "How skewed grades are made more symmetric before the estimate; results are turned back without bias. auto "
        "takes the transform of the variogram file, or chooses by their skewness (none with a linear drift).")


def add_drift(algorithm):
    """DRIFT of the mean."""
    add(algorithm, choice(DRIFT, "Drift", DRIFT_VALUES, "none"),
        "linear lets the mean rise or fall steadily across the area (universal kriging); none keeps it constant "
        "(ordinary kriging).")


def add_kriging(algorithm):
    """DRIFT, TRANSFORM and, advanced, NEIGHBOURS and ENGINE."""
    add_drift(algorithm)
    add_transform(algorithm)
    add(algorithm, number(NEIGHBOURS, "Neighbours", NUMBER.Integer, least=8),
        "Number of samples per level of detail in the multilevel engine. Leave it empty for a good number; more is "
        "slower and a little more precise.", advanced=True)
    add(algorithm, choice(ENGINE, "Engine", ENGINE_VALUES, "auto"),
        "exact uses all samples at once, multilevel suits very many samples, pykrige runs the PyKrige library for "
        "comparison (slow). auto takes exact up to about 15,000 samples.", advanced=True)


def add_run(algorithm):
    """SEED and THREADS, both advanced."""
    add(algorithm, number(SEED, "Random seed", NUMBER.Integer, 1, least=0),
        "Start of the random numbers; the same seed gives the same result.", advanced=True)
    add(algorithm, number(THREADS, "Threads", NUMBER.Integer, least=1),
        "Number of processor cores to use. Leave it empty to use all.", advanced=True)


def given(parameters, name):
    """Whether the user gave a value for a parameter that may stay empty."""
    value = parameters.get(name)
    return not is_null(value) and value != ""


def field_list(algorithm, parameters, name, context):
    """Names of the chosen fields, each once (`parameterAsFields` became `parameterAsStrings` in later versions)."""
    read = getattr(algorithm, "parameterAsStrings", None) or algorithm.parameterAsFields
    return list(dict.fromkeys(name for name in read(parameters, name, context) if name))


def optional_number(algorithm, parameters, name, context):
    """A float, or None when it was left empty."""
    return algorithm.parameterAsDouble(parameters, name, context) if given(parameters, name) else None


def optional_integer(algorithm, parameters, name, context):
    """An int, or None when it was left empty."""
    return algorithm.parameterAsInt(parameters, name, context) if given(parameters, name) else None


def read_source(algorithm, parameters, context, name=INPUT):
    """The features of a vector input (`QgsProcessingFeatureSource`)."""
    source = algorithm.parameterAsSource(parameters, name, context)
    if source is None:
        raise QgsProcessingException(algorithm.invalidSourceError(parameters, name))
    return source


def sample_options(algorithm, parameters, context):
    """What `add_samples` asks for besides the layer, as keywords of `read_samples`, without the dimensions."""
    one = algorithm.parameterDefinition(FIELDS) is None
    return {
        "fields": field_list(algorithm, parameters, FIELD if one else FIELDS, context),
        "crs": read_crs(algorithm, parameters, context),
        "z_field": algorithm.parameterAsString(parameters, Z_FIELD, context),
        "hole_field": algorithm.parameterAsString(parameters, HOLE_ID, context),
    }


def read_crs(algorithm, parameters, context):
    """The CRS to work in: the one given, that of the given grid, or else that of the samples."""
    if given(parameters, CRS):
        crs = algorithm.parameterAsCrs(parameters, CRS, context)
        if not crs.isValid():
            raise QgsProcessingException(tr("CRS: QGIS does not know '{}'; choose one from the list.").format(
                parameters[CRS]))
        return crs
    raster = read_grid_raster(algorithm, parameters, context)
    if raster is not None and raster.crs().isValid():
        return raster.crs()
    return read_source(algorithm, parameters, context).sourceCrs()


def read_grid_raster(algorithm, parameters, context):
    """The raster layer that gives the grid, or None."""
    if not given(parameters, GRID_RASTER):
        return None
    layer = algorithm.parameterAsRasterLayer(parameters, GRID_RASTER, context)
    if layer is None or not layer.isValid():
        raise QgsProcessingException(algorithm.invalidRasterError(parameters, GRID_RASTER))
    return layer


def samples_problem(algorithm, parameters, context):
    """Why the samples group cannot be used, as far as can be told quickly, or an empty string."""
    try:
        source = read_source(algorithm, parameters, context)
        return source_problem(source, **sample_options(algorithm, parameters, context))
    except QgsProcessingException as error:
        return str(error)


def read_input(algorithm, parameters, context, feedback, least=3):
    """The samples of the samples group, checked, with the record of what was left out in the log.

    Parameters
    ----------
    algorithm, parameters, context, feedback
        As Processing gives them.
    least : int
        Smallest number of values per field.

    Returns
    -------
    samples : lodescope.processing_provider.data.samples.Samples
    """
    source = read_source(algorithm, parameters, context)
    dimensions = algorithm.parameterAsEnumString(parameters, DIMENSIONS, context)
    options = sample_options(algorithm, parameters, context)
    samples = read_samples(source, context=context, dimensions=dimensions, feedback=feedback, **options)
    check_samples(samples, least)
    samples.report.push(feedback)
    return samples


def grid_problem(algorithm, parameters, context, quantities=1):
    """Why the grid group cannot be used, as far as can be told quickly, or an empty string.

    ``quantities`` is the number of values per cell of the result, for the size in the sentence.
    """
    try:
        levels = read_levels(algorithm, parameters, context)
        cell = optional_number(algorithm, parameters, CELL_SIZE, context)
        crs = read_crs(algorithm, parameters, context)
        if read_grid_raster(algorithm, parameters, context) is not None:
            return crs_problem(crs) or _raster_problem(algorithm, parameters, context, len(levels), quantities)
        extent = read_extent(algorithm, parameters, context, crs)
        extent = extent or _samples_extent(algorithm, parameters, context, crs)
    except QgsProcessingException as error:
        return str(error)
    if extent is None or cell is None:
        return cell_problem(cell)
    return size_problem(extent.width(), extent.height(), cell, len(levels), quantities, jobs_folder())


def read_levels(algorithm, parameters, context):
    """Elevations of the levels, as `parse_levels` gives them."""
    value = parameters.get(LEVELS)
    if not isinstance(value, (list, tuple)):
        value = algorithm.parameterAsString(parameters, LEVELS, context)
    return parse_levels(value)


def read_extent(algorithm, parameters, context, crs):
    """The given extent in a CRS as a `QgsRectangle`, or None."""
    if not given(parameters, EXTENT):
        return None
    extent = algorithm.parameterAsExtent(parameters, EXTENT, context, crs)
    if extent.isEmpty() or not extent.isFinite():
        raise QgsProcessingException(
            tr("The extent '{}' has no area in {}; draw a rectangle around the samples, or leave it empty.").format(
                parameters[EXTENT], crs.authid()))
    return extent


def _raster_problem(algorithm, parameters, context, levels, quantities):
    raster = read_grid_raster(algorithm, parameters, context)
    crs = read_crs(algorithm, parameters, context)
    if raster.crs().isValid() and raster.crs() != crs:
        return tr("The grid of '{}' is in {}, but the chosen CRS is {}; leave 'CRS' empty or choose another "
                  "raster.").format(raster.name(), raster.crs().authid(), crs.authid())
    return size_problem(raster.width(), raster.height(), 1.0, levels, quantities, jobs_folder())


def _samples_extent(algorithm, parameters, context, crs):
    """The extent of the samples in the CRS of the run; None when it has no area or cannot be transformed."""
    source = read_source(algorithm, parameters, context)
    transform = QgsCoordinateTransform(source.sourceCrs(), crs, context.transformContext())
    try:
        extent = transform.transformBoundingBox(source.sourceExtent())
    except QgsCsException:
        return None
    return None if extent.isEmpty() else extent


def read_grid(algorithm, parameters, context, samples, feedback=None):
    """The grid of the run: from the grid group, completed from the samples.

    Parameters
    ----------
    algorithm, parameters, context
        As Processing gives them.
    samples : lodescope.processing_provider.data.samples.Samples
    feedback : QgsProcessingFeedback, optional
        Gets a line that describes the grid.

    Returns
    -------
    grid : lodescope.processing_provider.data.grid.GridSpec
    """
    levels = read_levels(algorithm, parameters, context)
    cell = optional_number(algorithm, parameters, CELL_SIZE, context)
    extent = read_extent(algorithm, parameters, context, samples.crs)
    raster = read_grid_raster(algorithm, parameters, context)
    if raster is not None:
        like = GridSpec.from_raster(raster)
        extent, cell = like.extent, like.cell
    grid = make_grid(samples.crs, samples.coordinates, extent, cell, levels)
    if feedback is not None:
        feedback.pushInfo(grid.describe())
    return grid


def read_kriging(algorithm, parameters, context):
    """The kriging group as ``{"drift", "transform", "neighbours", "engine"}``; no neighbours is None."""
    return {
        "drift": algorithm.parameterAsEnumString(parameters, DRIFT, context),
        "transform": algorithm.parameterAsEnumString(parameters, TRANSFORM, context),
        "neighbours": optional_integer(algorithm, parameters, NEIGHBOURS, context),
        "engine": algorithm.parameterAsEnumString(parameters, ENGINE, context),
    }


def read_run(algorithm, parameters, context):
    """Seed and threads as ``{"seed", "threads"}``; no threads is None."""
    return {
        "seed": algorithm.parameterAsInt(parameters, SEED, context),
        "threads": optional_integer(algorithm, parameters, THREADS, context),
    }


def read_variogram(algorithm, parameters, context, name=VARIOGRAM):
    """The content of the variogram file as a dict, or None when none was given.

    Raises
    ------
    QgsProcessingException
        When the file is not one that 'Fit variogram' made.
    """
    if not given(parameters, name):
        return None
    path = Path(algorithm.parameterAsFile(parameters, name, context))
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise QgsProcessingException(
            tr("The variogram file '{}' cannot be read ({}); choose a file made by 'Fit variogram' or leave it "
               "empty.").format(path, error.strerror)) from error
    except ValueError as error:
        raise QgsProcessingException(_not_variogram(path)) from error
    if not isinstance(content, dict) or "structures" not in content or content.get("schema") != 1:
        raise QgsProcessingException(_not_variogram(path))
    return content


def _not_variogram(path):
    return tr("'{}' is not a variogram file of Lodescope; choose a file made by 'Fit variogram' or leave it "
              "empty.").format(path)


def variogram_problem(algorithm, parameters, context, name=VARIOGRAM):
    """Why the variogram file cannot be used, or an empty string."""
    try:
        read_variogram(algorithm, parameters, context, name)
    except QgsProcessingException as error:
        return str(error)
    return ""
