"""Diffusivity from rasters and geological polygons, from the layer to the flux in the GeoTIFF."""
import numpy as np
import numpy.testing as npt
import pytest
from osgeo import gdal, osr
from qgis.core import QgsFeature, QgsGeometry, QgsRasterLayer, QgsRectangle, QgsVectorLayer

WEST, SOUTH, SIDE = 500_000.0, 6_700_000.0, 1000.0
EAST_UNIT, WEST_UNIT = 0.1, 2.0
SMOOTH = {"model": "matern25", "sill": 4.0, "ranges": [500.0]}
WANTED = ["estimate", "dx", "dy", "flux", "divergence", "change"]


@pytest.fixture(scope="module")
def wave(points):
    """Samples of a smooth field on a map."""
    places = np.random.default_rng(8).uniform(0.0, SIDE, (150, 2))
    grade = 3.0 * np.sin(places[:, 0] / 180.0) + np.cos(places[:, 1] / 150.0)
    return points(places + [WEST, SOUTH], grade=grade)


@pytest.fixture(scope="module")
def polygons():
    """Two units that meet in the middle."""
    layer = QgsVectorLayer("Polygon?crs=EPSG:32650&field=unit:string&field=spread:double", "geology", "memory")
    features = []
    for name, spread, start in (("granite", WEST_UNIT, 0.0), ("schist", EAST_UNIT, SIDE / 2.0)):
        feature = QgsFeature(layer.fields())
        low, high = WEST + start - 200.0 * (start == 0.0), WEST + start + SIDE / 2.0 + 200.0 * (start > 0.0)
        feature.setGeometry(QgsGeometry.fromRect(QgsRectangle(low, SOUTH - 200.0, high, SOUTH + SIDE + 200.0)))
        feature.setAttributes([name, spread])
        features.append(feature)
    layer.dataProvider().addFeatures(features)
    return layer


@pytest.fixture(scope="module")
def image(folder):
    """The same diffusivity as a raster of larger cells."""
    path = str(folder / "diffusivity.tif")
    dataset = gdal.GetDriverByName("GTiff").Create(path, 28, 28, 1, gdal.GDT_Float32)
    dataset.SetGeoTransform((WEST - 200.0, 50.0, 0.0, SOUTH + SIDE + 200.0, 0.0, -50.0))
    reference = osr.SpatialReference()
    reference.ImportFromEPSG(32650)
    dataset.SetProjection(reference.ExportToWkt())
    values = np.full((28, 28), WEST_UNIT)
    values[:, 14:] = EAST_UNIT
    dataset.GetRasterBand(1).WriteArray(values)
    dataset = None
    return QgsRasterLayer(path, "diffusivity")


@pytest.fixture
def flux(toolbox, read, wave, variogram_file, tmp_path):
    """Map the flux of `wave` with more parameters."""

    def run(**more):
        file = variogram_file(tmp_path / "v.json", 0.01, SMOOTH)
        toolbox("fluxgradient", INPUT=wave, FIELDS=["grade"], VARIOGRAM=file, CELL_SIZE=25, QUANTITIES=WANTED,
                EXTENT=f"{WEST},{WEST + SIDE},{SOUTH},{SOUTH + SIDE} [EPSG:32650]", OUTPUT=str(tmp_path / "f.tif"),
                **more)
        return read(tmp_path / "f.tif")

    return run


def test_flux_of_a_raster_is_minus_diffusivity_times_gradient(flux, image):
    found = flux(DIFFUSIVITY=image, DIFFUSIVITY_NORTH_RATIO=0.5)
    inner = np.abs(found.x - WEST - SIDE / 2.0) > 60.0  # off the step, which the resampling smooths
    spread = np.where(found.x < WEST + SIDE / 2.0, WEST_UNIT, EAST_UNIT)
    npt.assert_allclose(found["grade:flux_x"][inner], (-spread * found["grade:dx"])[inner], rtol=1e-5, atol=1e-9)
    npt.assert_allclose(found["grade:flux_y"][inner], (-0.5 * spread * found["grade:dy"])[inner], rtol=1e-5, atol=1e-9)
    npt.assert_allclose(found["grade:change"], 0.0)


def test_the_flux_law_follows_the_units_of_a_map(flux, polygons):
    plain = flux(METHOD="finite element", DIFFUSIVITY=polygons, DIFFUSIVITY_FIELD="spread", STRENGTH=0)
    found = flux(METHOD="finite element", DIFFUSIVITY=polygons, DIFFUSIVITY_FIELD="spread", UNIT_FIELD="unit",
                 STRENGTH=100)
    spread = np.where(found.x < WEST + SIDE / 2.0, WEST_UNIT, EAST_UNIT)
    npt.assert_allclose(found["grade:flux_x"], -spread * found["grade:dx"], rtol=1e-5, atol=1e-9)
    change = found["grade:change"]
    npt.assert_allclose(change, found["grade:estimate"] - plain["grade:estimate"], atol=1e-4)
    assert np.abs(change).max() > 0.1
    middle = found.x[0].searchsorted(WEST + SIDE / 2.0)
    across = found["grade:flux_x"]
    jump = np.abs(across[:, middle] - across[:, middle - 1]).mean()
    before = np.abs(plain["grade:flux_x"][:, middle] - plain["grade:flux_x"][:, middle - 1]).mean()
    assert jump < 0.5 * before


def test_polygons_without_their_field_are_refused(flux, polygons):
    with pytest.raises(Exception, match="choose the field"):
        flux(DIFFUSIVITY=polygons)
