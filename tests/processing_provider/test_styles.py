"""Styles read back from real layers: colours, ranges, named styles, arrows, and the registry that keeps them."""
import gc

import numpy as np
import pytest
from osgeo import gdal
from qgis.core import (
    Qgis,
    QgsCoordinateReferenceSystem,
    QgsFeature,
    QgsGeometry,
    QgsMapRendererParallelJob,
    QgsMapSettings,
    QgsPointXY,
    QgsProcessingContext,
    QgsProcessingFeedback,
    QgsProcessingUtils,
    QgsProject,
    QgsRasterLayer,
    QgsVectorFieldSymbolLayer,
    QgsVectorLayer,
)
from qgis.PyQt.QtCore import QSize
from qgis.PyQt.QtGui import QColor

from lodescope.processing_provider import colours
from lodescope.processing_provider import styles as module
from lodescope.processing_provider.colours import (
    CHANCE,
    CYCLIC,
    DIVERGING,
    SEQUENTIAL,
    SPREAD,
    STRENGTH,
    family,
    ramp_of,
    unit_of,
)
from lodescope.processing_provider.data.grid import GridSpec
from lodescope.processing_provider.data.rasters import write_raster
from lodescope.processing_provider.styles import arrow_style, band_groups, level_ranges, raster_style, style_on_load

UTM = QgsCoordinateReferenceSystem("EPSG:32650")


@pytest.fixture
def make_layer(tmp_path):
    """A result raster written by the plugin; quantities to arrays (rows, columns)."""

    def make(bands, name="result.tif", levels=()):
        arrays = np.stack(list(bands.values())).astype(np.float32)
        grid = GridSpec(UTM, 500_000.0, 7_000_000.0, 10.0, arrays.shape[2], arrays.shape[1], levels)
        write_raster(tmp_path / name, arrays, grid, list(bands), {})
        return QgsRasterLayer(str(tmp_path / name), "result")

    return make


@pytest.fixture
def ramped():
    """101 x 101 numbers from 0 to 100 along the columns."""
    return np.tile(np.linspace(0, 100, 101), (101, 1))


def shader_of(layer):
    return layer.renderer().shader().rasterShaderFunction()


def draw(layer, size=100):
    """The layer as it looks on the map."""
    settings = QgsMapSettings()
    settings.setLayers([layer])
    settings.setDestinationCrs(layer.crs())
    settings.setExtent(layer.extent())
    settings.setOutputSize(QSize(size, size))
    settings.setBackgroundColor(QColor(255, 0, 255))
    job = QgsMapRendererParallelJob(settings)
    job.start()
    job.waitForFinished()
    return job.renderedImage()


@pytest.mark.parametrize(("quantity", "ramp"), [
    ("estimate", SEQUENTIAL), ("mean", SEQUENTIAL), ("P50", SEQUENTIAL), ("variance", SPREAD), ("sd", SPREAD),
    ("dx_sd", SPREAD), ("conditional_variance", SPREAD), ("dx", DIVERGING), ("dz", DIVERGING),
    ("divergence", DIVERGING), ("flux_x", DIVERGING), ("change", DIVERGING), ("flux_magnitude", STRENGTH),
    ("magnitude", STRENGTH), ("azimuth", CYCLIC), ("plunge", DIVERGING), ("P>5", CHANCE), ("P(>5.5)", CHANCE),
    ("probability", CHANCE), ("probability>2.5", CHANCE), ("p10", SEQUENTIAL), ("magnitude_sd", SPREAD),
    ("significance", SEQUENTIAL),
])
def test_each_quantity_has_its_colours(quantity, ramp):
    assert family(quantity).ramp is ramp


@pytest.mark.parametrize(("quantity", "unit"), [
    ("estimate", "ppm"), ("variance", "(ppm)²"), ("dx", "ppm/m"), ("dx_sd", "ppm/m"), ("magnitude", "ppm/m"),
    ("azimuth", "°"), ("azimuth_sd", "°"), ("P>5", ""),
    ("flux_x", ""), ("divergence", ""), ("significance", ""), ("p90", "ppm"), ("change", "ppm"),
])
def test_units_of_the_legend(quantity, unit):
    assert unit_of(quantity, "ppm") == unit


def test_bands_of_one_quantity_belong_together():
    groups = band_groups(["La:dx@z=120", "La:dx@z=-40.5", "La:dy@z=120", "Fe2+:3+:dy", "plain", ""])
    assert list(groups) == ["La dx", "La dy", "Fe2+:3+ dy", "plain", "band 6"]
    assert groups["La dx"] == [(1, "La", "dx", 120.0), (2, "La", "dx", -40.5)]


def test_features_without_a_quantity_have_levels():
    groups = band_groups(["wave_1_0.5_sin@z=120", "wave_1_0.5_sin@z=140", "unit=a:b@z=120", "unit=a b@z=1e2", "a@b"])
    assert groups["wave_1_0.5_sin"] == [(1, "wave_1_0.5_sin", "", 120.0), (2, "wave_1_0.5_sin", "", 140.0)]
    assert groups["unit=a b"] == [(3, "unit=a", "b", 120.0), (4, "unit=a b", "", 100.0)]
    assert groups["a@b"] == [(5, "", "a@b", None)]


def test_estimate_spans_the_middle_96_percent(make_layer, ramped):
    layer = make_layer({"La:estimate": ramped})
    raster_style({"La": "ppm"}, "made by kriging", "Lanthanum")(layer)
    shader = shader_of(layer)
    assert shader.minimumValue() == pytest.approx(2, abs=0.5)
    assert shader.maximumValue() == pytest.approx(98, abs=0.5)
    assert layer.renderer().band() == 1
    assert shader.legendSettings().suffix() == " ppm"
    assert shader.colorRampItemList()[0].label.endswith("ppm")
    assert layer.metadata().abstract() == "made by kriging"
    assert layer.metadata().title() == "Lanthanum"


def test_components_are_symmetric_with_white_at_zero(make_layer, ramped):
    layer = make_layer({"La:dx": ramped / 100 - 0.2})
    raster_style()(layer)
    shader = shader_of(layer)
    assert shader.minimumValue() == -shader.maximumValue()
    assert shader.maximumValue() == pytest.approx(0.78, abs=0.01)
    middle = shader.colorRampItemList()[module.STOPS // 2]
    assert middle.value == pytest.approx(0)
    assert middle.color.name() == "#f7f7f7"
    first, last = shader.colorRampItemList()[0].color, shader.colorRampItemList()[-1].color
    assert first.blue() > first.red()
    assert last.red() > last.blue()


def test_fixed_ranges(make_layer, ramped):
    layer = make_layer({"La:azimuth": ramped, "La:P>5": ramped / 300})
    raster_style()(layer)
    assert (shader_of(layer).minimumValue(), shader_of(layer).maximumValue()) == (0, 360)
    layer.styleManager().setCurrentStyle("La P>5")
    assert (shader_of(layer).minimumValue(), shader_of(layer).maximumValue()) == (0, 1)


def test_cyclic_colours_meet():
    ramp = ramp_of(family("azimuth"))
    assert ramp.color(0.0) == ramp.color(1.0)
    assert ramp.color(0.25) != ramp.color(0.75)


def test_ramps_without_a_style_database(monkeypatch):
    known = ramp_of(family("estimate")).color(0.5)
    monkeypatch.setattr(colours.QgsStyle, "colorRamp", lambda self, name: None)
    built = ramp_of(family("estimate"))
    assert abs(built.color(0.5).green() - known.green()) < 12
    assert built.color(1.0).name() == "#fde725"


def test_every_quantity_is_a_style_of_the_layer(make_layer, ramped):
    layer = make_layer({"La:estimate": ramped, "La:variance": ramped * 2, "Ce:estimate": ramped + 500})
    raster_style()(layer)
    manager = layer.styleManager()
    assert sorted(manager.styles()) == ["Ce estimate", "La estimate", "La variance"]
    assert manager.currentStyle() == "La estimate"
    for number, name in enumerate(["La estimate", "La variance", "Ce estimate"], start=1):
        manager.setCurrentStyle(name)
        assert layer.renderer().band() == number
    assert shader_of(layer).minimumValue() == pytest.approx(502, abs=0.5)


def test_levels_share_one_range_and_the_middle_one_is_shown(make_layer, ramped):
    bands = {f"La:{quantity}@z={level}": ramped + level for quantity in ("estimate", "sd") for level in (100, 120, 140)}
    layer = make_layer(bands, levels=(100.0, 120.0, 140.0))
    raster_style()(layer)
    assert layer.renderer().band() == 2
    assert shader_of(layer).minimumValue() == pytest.approx(102, abs=0.5)
    assert shader_of(layer).maximumValue() == pytest.approx(238, abs=0.5)
    layer.styleManager().setCurrentStyle("La sd")
    assert layer.renderer().band() == 5
    if hasattr(layer.elevationProperties(), "fixedRangePerBand"):
        assert layer.elevationProperties().mode() == Qgis.RasterElevationMode.FixedRangePerBand
        ranges = layer.elevationProperties().fixedRangePerBand()
        assert {band: (r.lower(), r.upper()) for band, r in ranges.items()} == {
            4: (90, 110), 5: (110, 130), 6: (130, 150)
        }


def test_elevations_half_way_between_levels():
    assert level_ranges({7: 100.0, 8: 60.0, 9: 200.0}) == {8: (40, 80), 7: (80, 150), 9: (150, 250)}
    assert level_ranges({1: 5.0}) == {1: (4.5, 5.5)}


def test_band_without_data_and_constant_band(make_layer, ramped):
    layer = make_layer({"La:estimate": ramped * np.nan, "La:variance": ramped * 0 + 3})
    raster_style()(layer)
    layer.styleManager().setCurrentStyle("La variance")
    assert shader_of(layer).minimumValue() == 3
    assert shader_of(layer).maximumValue() > 3


def test_raster_of_another_program_is_styled_from_its_cells(tmp_path, ramped):
    dataset = gdal.GetDriverByName("GTiff").Create(str(tmp_path / "a.tif"), 101, 101, 1, gdal.GDT_Float32)
    dataset.GetRasterBand(1).WriteArray(ramped)
    dataset = None
    layer = QgsRasterLayer(str(tmp_path / "a.tif"), "other")
    raster_style()(layer)
    assert shader_of(layer).minimumValue() == pytest.approx(2, abs=0.5)


def test_north_is_up_on_screen_and_missing_cells_are_clear(make_layer):
    values = np.tile(np.linspace(100, 0, 100)[:, None], (1, 100))
    values[:, 60:] = np.nan
    layer = make_layer({"y:estimate": values})
    raster_style()(layer)
    image = draw(layer)
    ramp = ramp_of(family("estimate"))
    top, bottom, right = image.pixelColor(20, 1), image.pixelColor(20, 98), image.pixelColor(80, 50)
    assert abs(top.red() - ramp.color(1.0).red()) < 12
    assert abs(top.blue() - ramp.color(1.0).blue()) < 12
    assert abs(bottom.blue() - ramp.color(0.0).blue()) < 12
    assert right == QColor(255, 0, 255)


@pytest.fixture
def gradients():
    """Points with gradients of 2 units per metre to the east, one of them unknown."""
    layer = QgsVectorLayer("Point?crs=EPSG:32650&field=La_dx:double&field=La_dy:double", "samples", "memory")
    features = []
    for number in range(10):
        feature = QgsFeature(layer.fields())
        feature.setGeometry(QgsGeometry.fromPointXY(QgsPointXY(500_000 + 100 * number, 7_000_000 + 100 * number)))
        feature.setAttributes([None, None] if number == 4 else [2.0, 0.0])
        features.append(feature)
    layer.dataProvider().addFeatures(features)
    return layer


def test_arrows_along_the_gradient(gradients):
    arrow_style("La", "gradients")(gradients)
    arrows = gradients.renderer().symbol().symbolLayer(1)
    assert isinstance(arrows, QgsVectorFieldSymbolLayer)
    assert (arrows.xAttribute(), arrows.yAttribute()) == ("La_dx", "La_dy")
    assert arrows.scale() == pytest.approx(module.ARROW_MM / 2)
    image = draw(gradients, 400)
    dark = np.array([[image.pixelColor(x, y).lightness() < 90 and image.pixelColor(x, y).blue() < 90
                      for x in range(400)] for y in range(400)])
    middle = dark[350:395, :]  # the south-western samples: their arrows go to the right of the dots
    assert middle.sum() > 20


def test_names_that_a_shapefile_shortened(gradients):
    style = arrow_style("Lanthanum", names={"Lanthanum_dx": "La_dx", "Lanthanum_dy": "La_dy"})
    style(gradients)
    assert gradients.renderer().symbol().symbolLayer(1).xAttribute() == "La_dx"


def test_each_field_with_gradients_is_a_style_of_the_samples(gradients):
    arrow_style(["La", "Ce", "Nd"], names={"Nd_dx": "La_dy", "Nd_dy": "La_dx"})(gradients)
    manager = gradients.styleManager()
    assert sorted(manager.styles()) == ["La gradient", "Nd gradient"]
    assert gradients.renderer().symbol().symbolLayer(1).xAttribute() == "La_dx"
    manager.setCurrentStyle("Nd gradient")
    assert gradients.renderer().symbol().symbolLayer(1).xAttribute() == "La_dy"


def test_samples_without_gradients_keep_their_style(gradients):
    before = gradients.renderer().dump()
    arrow_style("Ce")(gradients)
    assert gradients.renderer().dump() == before


def test_styles_wait_until_processing_has_loaded_the_layers(make_layer, ramped):
    context = QgsProcessingContext()
    context.setProject(QgsProject.instance())
    done = []
    paths = [make_layer({"La:estimate": ramped}, name).source() for name in ("a.tif", "b.tif")]
    for path in paths:
        details = QgsProcessingContext.LayerDetails("old name", QgsProject.instance(), "OUTPUT")
        context.addLayerToLoadOnCompletion(path, details)
        style_on_load(context, path, lambda layer: done.append(layer.name()), f"Estimate of {path[-5]}", "Kriging")
    gc.collect()
    for path in paths:
        details = context.layerToLoadOnCompletionDetails(path)
        layer = QgsProcessingUtils.mapLayerFromString(path, context)
        details.setOutputLayerName(layer)
        details.postProcessor().postProcessLayer(layer, context, QgsProcessingFeedback())
    assert done == ["Estimate of a", "Estimate of b"]
    assert not any(path in module._waiting for path in paths)


def test_layers_that_are_not_loaded_need_no_style():
    style_on_load(QgsProcessingContext(), "nowhere.tif", lambda layer: None)
    assert "nowhere.tif" not in module._waiting
