"""Geological maps and diffusivities on grids and at samples."""
import numpy as np
import numpy.testing as npt
import pytest
from osgeo import gdal
from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsFeature,
    QgsGeometry,
    QgsProcessingContext,
    QgsProcessingException,
    QgsRasterLayer,
    QgsRectangle,
    QgsVectorLayer,
)

from lodescope.processing_provider.data.geology import (
    diffusivity_from_polygons,
    diffusivity_from_raster,
    geology_problem,
    read_geology,
)
from lodescope.processing_provider.data.grid import GridSpec

UTM = QgsCoordinateReferenceSystem("EPSG:32650")
GRID = GridSpec(UTM, 500_000.0, 7_000_000.0, 10.0, 20, 10)
WEST, EAST = (500_000, 6_999_900, 500_100, 7_000_000), (500_100, 6_999_900, 500_200, 7_000_000)
POINTS = np.array([[500_005.0, 6_999_995, 3], [500_150, 6_999_950, 4], [499_000, 6_999_950, 5]])


def make_map(boxes, rows, fields="unit:string d:double", crs="EPSG:32650", kind="Polygon"):
    """A layer of rectangles; None is a feature without a shape."""
    layer = QgsVectorLayer(f"{kind}?crs={crs}" + "".join(f"&field={name}" for name in fields.split()), "map", "memory")
    features = []
    for box, row in zip(boxes, rows):
        feature = QgsFeature(layer.fields())
        if box is not None:
            feature.setGeometry(QgsGeometry.fromRect(QgsRectangle(*box)))
        feature.setAttributes(list(row))
        features.append(feature)
    layer.dataProvider().addFeatures(features)
    return layer


@pytest.fixture
def context():
    return QgsProcessingContext()


def test_units_on_the_grid_and_at_points(context):
    layer = make_map([WEST, EAST], [["shale", 2.0], ["dolerite", 8.0]])
    geology = read_geology(layer, "unit", UTM, context)
    assert geology.names == ["dolerite", "shale"]
    units = geology.units_on(GRID)
    assert units.shape == (10, 20)
    npt.assert_array_equal(units, np.repeat([[1] * 10 + [0] * 10], 10, axis=0))
    npt.assert_array_equal(geology.units_at(POINTS), [1, 0, -1])


def test_polygons_that_cross_themselves_are_repaired(context):
    """Also where Processing would stop at them; a sliver that is left as a line counts for nothing."""
    from qgis.core import QgsFeatureRequest, QgsProcessingFeatureSource

    layer = make_map([EAST, None, None], [["shale", 2.0], ["dolerite", 8.0], ["vein", 1.0]])
    shapes = {2: "POLYGON((500000 6999900,500100 7000000,500100 6999900,500000 7000000,500000 6999900))",
              3: "POLYGON((500150 6999950,500160 6999950,500150 6999950,500150 6999950))"}
    layer.dataProvider().changeGeometryValues({key: QgsGeometry.fromWkt(shape) for key, shape in shapes.items()})
    context.setInvalidGeometryCheck(QgsFeatureRequest.InvalidGeometryCheck.GeometryAbortOnInvalid)
    geology = read_geology(QgsProcessingFeatureSource(layer, context), "unit", UTM, context)
    places = np.array([[500_010.0, 6_999_950], [500_090, 6_999_950], [500_050, 6_999_990], [500_150, 6_999_950]])
    npt.assert_array_equal([geology.names[unit] if unit >= 0 else "" for unit in geology.units_at(places)],
                           ["dolerite", "dolerite", "", "shale"])
    cells = geology.units_on(GRID)
    assert geology.names[cells[5, 0]] == "dolerite"
    assert cells[0, 5] == -1
    assert "2 polygons were not valid and were repaired" in " ".join(geology.notes)


def test_north_is_up(context):
    layer = make_map([(500_000, 6_999_950, 500_200, 7_000_000)], [["cover", 1.0]])
    units = read_geology(layer, "unit", UTM, context).units_on(GRID)
    npt.assert_array_equal(units[:, 0], [0] * 5 + [-1] * 5)


def test_numbers_on_the_grid_and_at_points(context):
    layer = make_map([WEST, EAST], [["shale", 2.0], ["dolerite", 8.0]])
    geology = read_geology(layer, "d", UTM, context, numeric=True)
    npt.assert_array_equal(geology.values_on(GRID)[0], [2] * 10 + [8] * 10)
    npt.assert_array_equal(geology.values_at(POINTS), [2, 8, np.nan])


def test_later_polygon_covers_an_earlier_one_on_both(context):
    layer = make_map([WEST, EAST, WEST], [["a", 1.0], ["b", 2.0], ["c", 3.0]])
    geology = read_geology(layer, "unit", UTM, context)
    assert geology.units_on(GRID)[0, 0] == 2
    assert geology.units_at(POINTS)[0] == 2


def test_classes_are_stripped_and_whole_numbers_plain(context):
    layer = make_map([WEST, EAST, WEST], [["a ", 1.0], ["a", 2.0], [" b", 3.0]])
    assert read_geology(layer, "unit", UTM, context).names == ["a", "b"]
    assert read_geology(layer, "d", UTM, context).names == ["1", "2", "3"]


def test_polygons_without_shape_or_value_are_told(context):
    layer = make_map([WEST, None, EAST], [["a", 1.0], ["b", 2.0], [None, 3.0]])
    geology = read_geology(layer, "unit", UTM, context)
    assert geology.names == ["a"]
    assert "2 polygons without a shape or without a value" in geology.notes[0]


def test_map_in_another_crs(context):
    layer = make_map([(116.99, -0.001, 117.0, 0.01)], [["west", 1.0]], crs="EPSG:4326")
    grid = GridSpec(UTM, 499_900.0, 100.0, 10.0, 20, 10)
    units = read_geology(layer, "unit", UTM, context).units_on(grid)
    npt.assert_array_equal(units[5], [0] * 10 + [-1] * 10)


@pytest.mark.parametrize(("layer", "name", "message"), [
    (lambda: make_map([], [], kind="Point"), "unit", "not a layer of polygons"),
    (lambda: make_map([], []), "unit", "no polygons to read"),
    (lambda: make_map([WEST], [["a", 1.0]]), "", "choose the field"),
    (lambda: make_map([WEST], [["a", 1.0]]), "rock", "no field 'rock' in 'map'; its fields are: unit, d"),
])
def test_maps_that_cannot_be_used(layer, name, message, context):
    layer = layer()
    assert message in geology_problem(layer, name)
    with pytest.raises(QgsProcessingException, match=message):
        read_geology(layer, name, UTM, context)


def test_text_where_numbers_are_needed(context):
    with pytest.raises(QgsProcessingException, match=r"Geology: the field 'unit' holds text .* for example 'shale'"):
        read_geology(make_map([WEST], [["shale", 1.0]]), "unit", UTM, context, numeric=True)


def test_map_of_nothing_but_missing_values(context):
    with pytest.raises(QgsProcessingException, match="no polygon of 'map' has both"):
        read_geology(make_map([WEST], [[None, 1.0]]), "unit", UTM, context)


def test_diffusivity_of_polygons_with_their_units(context):
    layer = make_map([WEST, EAST], [["shale", 2.0], ["dolerite", 2.0]])
    found = diffusivity_from_polygons(layer, "d", GRID, POINTS[:2], context, "unit")
    npt.assert_array_equal(found.on_grid, np.full((10, 20), 2.0))
    npt.assert_array_equal(found.at_samples, [2, 2])
    npt.assert_array_equal(found.units_at_samples, [1, 0])
    assert found.names == ["dolerite", "shale"]
    assert found.notes == []
    same = diffusivity_from_polygons(layer, "d", GRID, POINTS[:2], context)
    npt.assert_array_equal(same.units_on_grid, np.zeros((10, 20)))


def test_diffusivity_that_covers_a_part(context):
    found = diffusivity_from_polygons(make_map([WEST], [["a", 2.0]]), "d", GRID, POINTS, context)
    assert "leaves 50.0% of the cells without a value" in found.notes[0]
    assert np.isnan(found.on_grid[:, 10:]).all()


@pytest.mark.parametrize("value", [0.0, -1.0])
def test_diffusivity_has_to_be_positive(value, context):
    with pytest.raises(QgsProcessingException, match=f"values down to {value:g}, but a diffusivity is greater"):
        diffusivity_from_polygons(make_map([WEST], [["a", value]]), "d", GRID, POINTS, context)


def test_diffusivity_of_another_area(context):
    with pytest.raises(QgsProcessingException, match="'map' does not meet the grid"):
        diffusivity_from_polygons(make_map([(0, 0, 10, 10)], [["a", 1.0]]), "d", GRID, POINTS, context)


def test_diffusivity_of_a_raster(context, tmp_path):
    path = str(tmp_path / "d.tif")
    dataset = gdal.GetDriverByName("GTiff").Create(path, 20, 10, 1, gdal.GDT_Float32)
    dataset.SetGeoTransform(GRID.geotransform)
    dataset.SetProjection(UTM.toWkt())
    dataset.GetRasterBand(1).WriteArray(np.arange(1.0, 201).reshape(10, 20))
    dataset = None
    found = diffusivity_from_raster(QgsRasterLayer(path, "d"), 1, GRID, POINTS, context)
    npt.assert_array_equal(found.on_grid, np.arange(1.0, 201).reshape(10, 20))
    npt.assert_array_equal(found.at_samples, [1, 116, np.nan])
    assert found.units_on_grid is None
