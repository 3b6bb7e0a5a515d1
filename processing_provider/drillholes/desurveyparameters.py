"""The parameters of 'Desurvey drill holes', in groups."""
from qgis.core import (
    QgsProcessing,
    QgsProcessingParameterCrs,
    QgsProcessingParameterFeatureSource,
    QgsProcessingParameterField,
    QgsProcessingParameterRasterLayer,
)

from .. import parameters as shared
from ..translation import tr

COLLARS, COLLAR_HOLE_ID, ELEVATION, DEM = "COLLARS", "COLLAR_HOLE_ID", "ELEVATION", "DEM"
COLLAR_DEPTH, COLLAR_AZIMUTH, COLLAR_DIP = "COLLAR_DEPTH", "COLLAR_AZIMUTH", "COLLAR_DIP"
SURVEYS, SURVEY_HOLE_ID = "SURVEYS", "SURVEY_HOLE_ID"
SURVEY_DEPTH, SURVEY_AZIMUTH, SURVEY_DIP = "SURVEY_DEPTH", "SURVEY_AZIMUTH", "SURVEY_DIP"
INTERVALS, INTERVAL_HOLE_ID, FROM, TO = "INTERVALS", "INTERVAL_HOLE_ID", "FROM", "TO"
DEPTH_UNIT, DIP_CONVENTION, ELEVATION_UNIT = "DEPTH_UNIT", "DIP_CONVENTION", "ELEVATION_UNIT"
COORDINATE_UNIT, AZIMUTH_CORRECTION, DOGLEG_LIMIT = "COORDINATE_UNIT", "AZIMUTH_CORRECTION", "DOGLEG_LIMIT"
COMPOSITE_LENGTH, COMPOSITE_BREAK, DENSITY_FIELD = "COMPOSITE_LENGTH", "COMPOSITE_BREAK", "DENSITY_FIELD"
COMPOSITE_FIELDS, RESIDUALS, MIN_COVERAGE = "COMPOSITE_FIELDS", "RESIDUALS", "MIN_COVERAGE"
LOG, LOG_HOLE_ID, LOG_FROM, LOG_TO, LOG_FIELD = "LOG", "LOG_HOLE_ID", "LOG_FROM", "LOG_TO", "LOG_FIELD"

UNIT_VALUES = ["metres", "feet"]
AUTO_UNIT_VALUES = ["auto", "metres", "feet"]
DIP_VALUES = ["auto", "negative down", "positive down", "from vertical"]
RESIDUAL_VALUES = ["merge", "keep", "discard", "equal"]


def field(name, label, parent, optional=False, several=False):
    """A field of any type: many tables hold their numbers as text."""
    return QgsProcessingParameterField(
        name, tr(label), None, parent, QgsProcessingParameterField.DataType.Any, several, optional)


def add_collars(algorithm):
    """The collar table."""
    add = shared.add
    add(algorithm, QgsProcessingParameterFeatureSource(
        COLLARS, tr("Collars"), [QgsProcessing.SourceType.TypeVectorPoint]),
        "Points where the holes begin, one for each hole.")
    add(algorithm, field(COLLAR_HOLE_ID, "Hole (collars)", COLLARS), "Field with the name of the hole.")
    add(algorithm, field(ELEVATION, "Elevation field (collars)", COLLARS, True),
        "Field with the elevation. Leave it empty to take it from the elevation raster, or from the Z of the points.")
    add(algorithm, QgsProcessingParameterRasterLayer(DEM, tr("Elevation raster"), None, True),
        "Elevation of the ground, in any CRS; taken for collars that have no elevation in the field, and before the Z "
        "of the points.")
    add(algorithm, field(COLLAR_DEPTH, "Depth of the hole (collars)", COLLARS, True),
        "Field with the length of the hole as drilled, in the unit of depths. With it, intervals past the end are "
        "found.")
    add(algorithm, field(COLLAR_AZIMUTH, "Azimuth (collars)", COLLARS, True),
        "Direction at the collar, for holes without survey and for surveys that begin deeper.", advanced=True)
    add(algorithm, field(COLLAR_DIP, "Dip (collars)", COLLARS, True),
        "Dip at the collar, written like those of the surveys.", advanced=True)


def add_surveys(algorithm):
    """The survey table."""
    add = shared.add
    add(algorithm, QgsProcessingParameterFeatureSource(
        SURVEYS, tr("Surveys"), [QgsProcessing.SourceType.TypeVector], None, True),
        "Table with the direction of the holes at some depths. Holes without survey are taken as vertical.")
    for name, label, words in (
        (SURVEY_HOLE_ID, "Hole (surveys)", "Field with the name of the hole."),
        (SURVEY_DEPTH, "Depth (surveys)", "Depth of the station down the hole."),
        (SURVEY_AZIMUTH, "Azimuth (surveys)", "Degrees clockwise from north."),
        (SURVEY_DIP, "Dip (surveys)", "Degrees from the horizontal."),
    ):
        add(algorithm, field(name, label, SURVEYS, True), words)


def add_intervals(algorithm):
    """The interval table and the units."""
    add = shared.add
    add(algorithm, QgsProcessingParameterFeatureSource(
        INTERVALS, tr("Intervals"), [QgsProcessing.SourceType.TypeVector]),
        "Table with assays or logs from one depth to another.")
    add(algorithm, field(INTERVAL_HOLE_ID, "Hole (intervals)", INTERVALS), "Field with the name of the hole.")
    add(algorithm, field(FROM, "From", INTERVALS), "Depth at which the interval begins.")
    add(algorithm, field(TO, "To", INTERVALS), "Depth at which the interval ends.")
    add(algorithm, shared.choice(DEPTH_UNIT, "Unit of depths", UNIT_VALUES, "metres"),
        "Unit of all depths in the tables. A foot is 0.3048 m; where the CRS is in US survey feet it is one of those.")
    add(algorithm, shared.choice(DIP_CONVENTION, "Dips are written", DIP_VALUES, "auto"),
        "negative down: a vertical hole is -90. positive down: it is 90. from vertical: it is 0. auto takes the sign "
        "that most dips have, and says so.")
    add(algorithm, QgsProcessingParameterCrs(shared.CRS, tr("CRS"), None, True),
        "Projected coordinate reference system of the result. Leave it empty to use that of the collars; it is needed "
        "when they are in degrees.")


def add_composites(algorithm):
    """Composites and their log of breaks."""
    add, number = shared.add, shared.number
    add(algorithm, number(COMPOSITE_LENGTH, "Composite length", least=1e-6),
        "Length of composites in the unit of depths. Leave it empty to keep the intervals as they are.")
    add(algorithm, field(COMPOSITE_BREAK, "Break composites at (field)", INTERVALS, True),
        "Field of the intervals, such as lithology: a new composite begins wherever it changes.")
    add(algorithm, field(DENSITY_FIELD, "Density", INTERVALS, True),
        "Field of the intervals: composites are weighted by length times density.")
    add(algorithm, field(COMPOSITE_FIELDS, "Fields to composite", INTERVALS, True, True),
        "Numbers are averaged, of texts the one with the greatest length is taken. Leave it empty for all.",
        advanced=True)
    add(algorithm, shared.choice(RESIDUALS, "Short ends", RESIDUAL_VALUES, "merge"),
        "What is left below the last composite and is shorter than half of one: merged with it, kept, or discarded. "
        "equal cuts each stretch into equal composites of about the length.", advanced=True)
    add(algorithm, number(MIN_COVERAGE, "Least coverage", default=0.5, least=0.0, most=1.0),
        "Share of a composite's length that must have a value; with less it is empty.", advanced=True)
    add(algorithm, QgsProcessingParameterFeatureSource(
        LOG, tr("Lithology log"), [QgsProcessing.SourceType.TypeVector], None, True),
        "A second table of intervals at whose boundaries composites are broken.", advanced=True)
    for name, label, words in (
        (LOG_HOLE_ID, "Hole (log)", "Field with the name of the hole."), (LOG_FROM, "From (log)", "Depth."),
        (LOG_TO, "To (log)", "Depth."), (LOG_FIELD, "Lithology (log)", "Composites break where it changes."),
    ):
        add(algorithm, field(name, label, LOG, True), words, advanced=True)


def add_corrections(algorithm):
    """Units that are seldom needed, corrections and limits, all advanced."""
    add = shared.add
    add(algorithm, shared.choice(ELEVATION_UNIT, "Unit of elevations", AUTO_UNIT_VALUES, "auto"),
        "auto takes the unit that the raster names, else that of the collars' CRS.", advanced=True)
    add(algorithm, shared.choice(COORDINATE_UNIT, "Unit of coordinates without CRS", AUTO_UNIT_VALUES, "auto"),
        "Unit of eastings and northings when the collars have no CRS; auto is metres.", advanced=True)
    add(algorithm, shared.number(AZIMUTH_CORRECTION, "Add to azimuths", default=0.0, least=-360.0, most=360.0),
        "Degrees added to every azimuth: magnetic declination (east positive) less grid convergence.", advanced=True)
    add(algorithm, shared.number(DOGLEG_LIMIT, "Limit for bends", default=10.0, least=0.0),
        "Bends sharper than this, in degrees per 30 m, are reported.", advanced=True)
