"""Samples read from real layers: the numbers, what is left out, and every refusal."""
import math
import time

import numpy as np
import numpy.testing as npt
import pytest
from qgis.core import (
    NULL,
    QgsCoordinateReferenceSystem,
    QgsFeature,
    QgsGeometry,
    QgsPoint,
    QgsProcessingContext,
    QgsProcessingException,
    QgsProcessingFeatureSource,
    QgsProcessingFeatureSourceDefinition,
    QgsProcessingParameterFeatureSource,
    QgsProcessingParameters,
    QgsProject,
    QgsVectorLayer,
)

from lodescope.processing_provider.data.columns import text_number
from lodescope.processing_provider.data.samples import check_samples, read_samples, shape_rank, source_problem


@pytest.fixture
def context():
    context = QgsProcessingContext()
    context.setProject(QgsProject.instance())
    return context


def make_layer(places, rows, fields="La:double", kind="PointZ", crs="EPSG:32650"):
    """A point layer; a place is coordinates, WKT or None."""
    columns = "".join(f"&field={name}" for name in fields.split())
    layer = QgsVectorLayer(f"{kind}?crs={crs}{columns}", "holes", "memory")
    features = []
    for place, row in zip(places, rows):
        feature = QgsFeature(layer.fields())
        if isinstance(place, str):
            feature.setGeometry(QgsGeometry.fromWkt(place))
        elif place is not None:
            feature.setGeometry(QgsGeometry(QgsPoint(*[float(number) for number in place])))
        feature.setAttributes(list(row))
        features.append(feature)
    layer.dataProvider().addFeatures(features)
    return layer


def read(layer, context, fields=("La",), **options):
    return read_samples(QgsProcessingFeatureSource(layer, context), list(fields), context, **options)


SPACE = [(0, 0, 10), (100, 0, 20), (0, 100, 30), (100, 100, 45)]


def test_points_with_elevation_are_in_space(context):
    layer = make_layer(SPACE, [[1.5], [2.0], [4.0], [8.0]])
    samples = read(layer, context)
    assert samples.dimensions == 3
    npt.assert_array_equal(samples.coordinates, SPACE)
    npt.assert_array_equal(samples.values["La"], [1.5, 2, 4, 8])
    npt.assert_array_equal(samples.holes, [-1] * 4)
    assert list(samples.ids) == [feature.id() for feature in layer.getFeatures()]
    assert samples.crs.authid() == "EPSG:32650"
    assert samples.report.lines()[0] == "Samples: 4 of 4 features are used."


@pytest.mark.parametrize("height", [0.0, 7.0, math.nan])
def test_equal_elevations_are_a_map(height, context):
    places = [(x, y, height) for x, y, _ in SPACE]
    samples = read(make_layer(places, [[1], [2], [3], [4]]), context)
    assert samples.dimensions == 2
    assert any("all equal" in note for note in samples.report.notes) == math.isfinite(height)


def test_map_on_request(context):
    samples = read(make_layer(SPACE, [[1], [2], [3], [4]]), context, dimensions="2")
    npt.assert_array_equal(samples.coordinates, np.array(SPACE)[:, :2])
    assert "as asked for" in samples.report.notes[0]


def test_space_on_request_needs_elevations(context):
    layer = make_layer([place[:2] for place in SPACE], [[1], [2], [3], [4]], kind="Point")
    with pytest.raises(QgsProcessingException, match="the points have no elevation"):
        read(layer, context, dimensions="3")


def test_space_on_request_with_equal_elevations(context):
    places = [(x, y, 5) for x, y, _ in SPACE]
    assert read(make_layer(places, [[1], [2], [3], [4]]), context, dimensions="3").dimensions == 3


def test_elevation_field_replaces_that_of_the_points(context):
    layer = make_layer(SPACE, [[1, "-5"], [2, "-6,5"], [3, None], [4, "-8"]], "La:double rl:string")
    samples = read(layer, context, z_field="rl")
    npt.assert_array_equal(samples.coordinates[:, 2], [-5, -6.5, -8])
    assert samples.report.dropped == {"without an elevation in the elevation field": 1}


def test_multipoints_of_one_part(context):
    places = ["MultiPointZ((1 2 3))", "MultiPointZ((4 5 6))", "MultiPointZ((1 2 3),(4 5 6))"]
    samples = read(make_layer(places, [[1], [2], [3]], kind="MultiPointZ"), context)
    npt.assert_array_equal(samples.coordinates, [[1, 2, 3], [4, 5, 6]])
    assert samples.report.dropped == {"with several points in one feature": 1}


def test_places_that_are_missing_or_infinite_are_left_out(context):
    layer = make_layer([(0, 0), None, (math.inf, 0), (5, 5)], [[1], [2], [3], [4]], kind="Point")
    samples = read(layer, context)
    npt.assert_array_equal(samples.values["La"], [1, 4])
    assert sum(samples.report.dropped.values()) == 2
    assert samples.report.read == 4
    assert samples.report.used == 2


def test_missing_and_infinite_values_are_counted_for_each_field(context):
    rows = [[1.0, None], [None, None], [math.inf, 3.0], [math.nan, 4.0], [5.0, 5.0]]
    layer = make_layer([(k, k * k) for k in range(5)], rows, "La:double Ce:double", "Point")
    samples = read(layer, context, ["La", "Ce"])
    npt.assert_array_equal(samples.values["La"], [1, math.nan, math.nan, 5])
    npt.assert_array_equal(samples.values["Ce"], [math.nan, 3, 4, 5])
    assert samples.report.fields["La"]["infinite"] == 1
    assert samples.report.fields["La"]["missing"] == 2
    assert samples.report.fields["La"]["used"] == 2
    assert samples.report.dropped == {"without a value in any of the fields": 1}
    npt.assert_array_equal(samples.complete(), [False, False, False, True])
    npt.assert_array_equal(samples.take(samples.complete()).matrix(), [[5, 5]])


@pytest.mark.parametrize(("text", "number"), [
    ("12.5", 12.5), (" 1e3 ", 1000), ("-.5", -0.5), ("7.", 7), ("+3", 3), ("3,5", 3.5), ("0,125", 0.125),
    ("12,3456", 12.3456), ("", math.nan), ("NaN", math.nan), ("null", math.nan), ("inf", math.inf),
    ("1,234", None), ("1,234.5", None), ("<0.5", None), ("n.d.", None), ("BDL", None), ("1_000", None), ("-", None),
    ("12 ppm", None), ("0x10", None),
])
def test_numbers_in_text(text, number):
    assert text_number(text) == (number if number is None else pytest.approx(number, nan_ok=True))


def test_numbers_are_read_from_text_fields(context):
    layer = make_layer(SPACE, [["1.5"], [" 1e3 "], ["3,5"], [""]], "La:string")
    samples = read(layer, context)
    npt.assert_array_equal(samples.values["La"], [1.5, 1000, 3.5])
    assert samples.report.fields["La"]["read from text"] == 3


def test_detection_limits_are_refused_with_an_example_and_advice(context):
    layer = make_layer(SPACE, [["1.5"], ["<0.5"], ["<0.5"], ["BDL"]], "La:string")
    message = "'La' holds text that is not a number in 3 of 4 features, for example '<0.5'; put numbers"
    with pytest.raises(QgsProcessingException, match=message):
        read(layer, context)


@pytest.mark.parametrize(("kind", "words"), [("boolean", "yes/no values"), ("date", "dates or times")])
def test_fields_without_numbers_are_refused(kind, words, context):
    layer = make_layer(SPACE, [[None]] * 4, f"La:{kind}")
    with pytest.raises(QgsProcessingException, match=f"the field 'La' holds {words}"):
        read(layer, context)


def test_unknown_field(context):
    with pytest.raises(QgsProcessingException, match="no field 'Nd' in 'holes'; its fields are: La"):
        read(make_layer(SPACE, [[1]] * 4), context, ["Nd"])


def test_no_field(context):
    with pytest.raises(QgsProcessingException, match="choose at least one"):
        read(make_layer(SPACE, [[1]] * 4), context, [])


def test_empty_layer(context):
    with pytest.raises(QgsProcessingException, match="'holes' has no features to read"):
        read(make_layer([], []), context)


def test_empty_selection(context):
    layer = make_layer(SPACE, [[1]] * 4)
    QgsProject.instance().addMapLayer(layer)
    context.setProject(QgsProject.instance())
    definition = QgsProcessingParameterFeatureSource("INPUT")
    values = {"INPUT": QgsProcessingFeatureSourceDefinition(layer.id(), True)}
    source = QgsProcessingParameters.parameterAsSource(definition, values, context)
    assert "'Selected features only'" in source_problem(source, ["La"])
    layer.select([feature.id() for feature in layer.getFeatures()][:3])
    source = QgsProcessingParameters.parameterAsSource(definition, values, context)
    assert len(read_samples(source, ["La"], context)) == 3
    QgsProject.instance().removeMapLayer(layer.id())


def test_layer_that_is_no_points(context):
    layer = QgsVectorLayer("Polygon?crs=EPSG:32650&field=La:double", "map", "memory")
    with pytest.raises(QgsProcessingException, match="'map' is not a layer of points"):
        read(layer, context)


def test_nothing_but_missing_values(context):
    with pytest.raises(QgsProcessingException, match="none of the 4 features has both a place and a value in 'La'"):
        read(make_layer(SPACE, [[None]] * 4), context)


def test_degrees_are_refused_with_advice(context):
    layer = make_layer([(117, -30, 5)], [[1]], crs="EPSG:4326")
    with pytest.raises(QgsProcessingException, match=r"coordinates are in degrees .* choose a projected CRS.*in 'CRS'"):
        read(layer, context)


def test_reprojection_while_reading(context):
    layer = make_layer([(117, 0, 5), (118, 0, 9)], [[1], [2]], crs="EPSG:4326")
    samples = read(layer, context, crs=QgsCoordinateReferenceSystem("EPSG:32650"))
    npt.assert_allclose(samples.coordinates[0], [500000, 0, 5], atol=1e-3)
    assert samples.coordinates[1, 0] == pytest.approx(611280, abs=200)
    assert samples.coordinates[1, 2] == 9
    assert samples.crs.authid() == "EPSG:32650"


def test_feet_are_kept_with_a_warning(context):
    samples = read(make_layer(SPACE, [[1], [2], [3], [4]], crs="EPSG:2263"), context)
    npt.assert_array_equal(samples.coordinates, SPACE)
    assert "unit of EPSG:2263 is" in samples.report.warnings[0]
    assert "feet" in samples.report.warnings[0]


def test_layer_without_crs_is_taken_as_metres(context):
    layer = make_layer(SPACE, [[1], [2], [3], [4]])
    layer.setCrs(QgsCoordinateReferenceSystem())
    samples = read(layer, context)
    assert "taken as metres" in samples.report.warnings[0]


def test_crs_of_unknown_unit_is_taken_as_metres(context):
    layer = make_layer(SPACE, [[1], [2], [3], [4]])
    layer.setCrs(QgsCoordinateReferenceSystem.fromWkt(
        'ENGCRS["mine grid",EDATUM["mine"],CS[Cartesian,2],AXIS["x",east],AXIS["y",north],LENGTHUNIT["rod",5.0292]]'))
    assert layer.crs().isValid()
    assert "taken as metres" in read(layer, context).report.warnings[0]


def test_holes_are_numbered_and_spellings_joined(context):
    rows = [[1, "DH1"], [2, " dh1 "], [3, "DH2"], [4, None], [5, "  "]]
    layer = make_layer([(k, k * k, k) for k in range(5)], rows, "La:double hole:string")
    samples = read(layer, context, hole_field="hole")
    npt.assert_array_equal(samples.holes, [0, 0, 1, -1, -1])
    assert samples.hole_names == ["DH1", "DH2"]
    assert "1 holes are written in several ways" in samples.report.warnings[0]
    assert any("2 samples have no hole name" in note for note in samples.report.notes)


def test_holes_named_by_numbers(context):
    layer = make_layer(SPACE, [[1, 7.0], [2, 7.0], [3, 8.5], [4, 9.0]], "La:double hole:double")
    assert read(layer, context, hole_field="hole").hole_names == ["7", "8.5", "9"]


def test_coincident_samples_are_counted(context):
    places = [(0, 0, 1), (0, 0, 1), (0, 0, 2), (5, 5, 1), (0, 0, 1)]
    assert read(make_layer(places, [[k] for k in range(5)]), context).report.coincident == 2


@pytest.mark.parametrize(("places", "rows", "message"), [
    ([(0, 0)], [[1]], "has 1 value at a place, and at least 3"),
    ([(0, 0), (1, 1), (2, 3)], [[1], [2], [None]], "has 2 values at a place"),
    ([(0, 0), (1, 1), (2, 3)], [[7], [7], [7]], r"all 3 values of the field 'La' are equal \(7\)"),
    ([(4, 4)] * 3, [[1], [2], [3]], "all 3 samples lie at the same place"),
])
def test_samples_that_cannot_be_interpolated(places, rows, message, context):
    samples = read(make_layer(places, rows, kind="Point"), context)
    with pytest.raises(QgsProcessingException, match=message):
        check_samples(samples)


@pytest.mark.parametrize(("step", "shape"), [((3, 5, 7), "one straight line"), ((0, 0, 7), "one straight line")])
def test_samples_along_a_line_are_reported(step, shape, context):
    places = [(500000 + k * step[0], 7e6 + k * step[1], k * step[2]) for k in range(6)]
    samples = read(make_layer(places, [[k] for k in range(6)]), context)
    check_samples(samples)
    assert shape in samples.report.warnings[0]


def test_ranks_of_shapes():
    space = np.random.default_rng(0).normal(size=(50, 3))
    plane = space @ np.array([[1, 0, 2], [0, 1, 3], [0, 0, 0]])
    assert shape_rank(space) == 3
    assert shape_rank(plane + 1e5) == 2
    assert shape_rank(np.ones((5, 3))) == 0


def test_many_samples_are_read_quickly(context):
    count = 20_000
    space = np.random.default_rng(0).uniform(0, 1000, (count, 3))
    layer = make_layer(space, [[float(k), f"DH{k // 100}"] for k in range(count)], "La:double hole:string")
    start = time.perf_counter()
    samples = read(layer, context, hole_field="hole")
    assert time.perf_counter() - start < 2.0
    npt.assert_allclose(samples.coordinates, space)
    assert len(samples.hole_names) == 200


def test_null_of_qgis_is_a_missing_value(context):
    samples = read(make_layer(SPACE, [[1], [NULL], [3], [4]]), context)
    assert len(samples) == 3
