"""Rasters of other grids and CRS on one grid: against a plane, against GDAL itself, and on real rasters."""
from pathlib import Path

import numpy as np
import pytest
from osgeo import gdal, osr
from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsCoordinateTransform,
    QgsPointXY,
    QgsProcessingException,
    QgsProject,
    QgsRasterLayer,
)

from lodescope.processing_provider.data.alignment import AlignedBand, align, extended, pick
from lodescope.processing_provider.data.grid import GridSpec

DATA = Path(__file__).resolve().parents[4] / "shared" / "data"
UTM = QgsCoordinateReferenceSystem("EPSG:32650")
GRID = GridSpec(UTM, 500_000.0, 4_000_000.0, 50.0, 40, 30)


def made(path, array, transform, epsg=32650, nodata=None, scale=None):
    """A GeoTIFF of one band."""
    array = np.asarray(array)
    kind = gdal.GDT_Float32 if array.dtype.kind == "f" else gdal.GDT_Int16
    dataset = gdal.GetDriverByName("GTiff").Create(str(path), array.shape[1], array.shape[0], 1, kind)
    dataset.SetGeoTransform(transform)
    reference = osr.SpatialReference()
    reference.ImportFromEPSG(epsg)
    dataset.SetProjection(reference.ExportToWkt())
    band = dataset.GetRasterBand(1)
    if nodata is not None:
        band.SetNoDataValue(nodata)
    if scale:
        band.SetScale(scale[0])
        band.SetOffset(scale[1])
    band.WriteArray(array)
    del band, dataset
    return str(path)


def plane(transform, columns, rows):
    """Easting plus twice the northing of the centres of the cells of a raster."""
    column, row = np.meshgrid(np.arange(columns) + 0.5, np.arange(rows) + 0.5)
    x = transform[0] + transform[1] * column + transform[2] * row
    y = transform[3] + transform[4] * column + transform[5] * row
    return ((x - 500_000.0) + 2.0 * (y - 4_000_000.0)).astype(float)


TRUTH = (GRID.x[None, :] - 500_000.0) + 2.0 * (GRID.y[:, None] - 4_000_000.0)


@pytest.mark.parametrize(("transform", "size", "how", "tolerance"), [
    ((500_000.0, 50.0, 0.0, 4_000_000.0, 0.0, -50.0), (40, 30), "same", 1e-3),
    ((499_900.0, 50.0, 0.0, 4_000_100.0, 0.0, -50.0), (44, 34), "same", 1e-3),
    ((499_900.0, 13.0, 0.0, 4_000_100.0, 0.0, -13.0), (180, 140), "average", 20.0),
    ((499_000.0, 130.0, 0.0, 4_001_000.0, 0.0, -170.0), (40, 30), "bilinear", 0.01),
    ((499_000.0, 60.0, 20.0, 4_001_000.0, 15.0, -60.0), (90, 90), "bilinear", 0.01),
], ids=["same", "shifted", "finer", "not square", "rotated"])
def test_a_plane_stays_a_plane(tmp_path, transform, size, how, tolerance):
    path = made(tmp_path / "plane.tif", plane(transform, *size).astype(np.float32), transform)
    band = AlignedBand(path, 1, GRID)
    assert band.how == how
    assert np.abs(band.read(0, 0, 40, 30) - TRUTH).max() < tolerance
    part = band.read(7, 11, 5, 6)
    assert np.abs(part - TRUTH[11:17, 7:12]).max() < tolerance


def test_a_finer_raster_is_averaged(tmp_path):
    values = np.random.default_rng(1).normal(0.0, 1.0, (150, 200)).astype(np.float32)
    path = made(tmp_path / "fine.tif", values, (500_000.0, 10.0, 0.0, 4_000_000.0, 0.0, -10.0))
    means = values.reshape(30, 5, 40, 5).mean(axis=(1, 3))
    assert np.abs(AlignedBand(path, 1, GRID).read(0, 0, 40, 30) - means).max() < 1e-5
    centres = values[2::5, 2::5]
    assert np.array_equal(AlignedBand(path, 1, GRID, classes=True).read(0, 0, 40, 30), centres)


def test_another_crs_is_brought_over(tmp_path):
    """A raster in degrees whose values are its latitude."""
    transform = (116.9, 0.0005, 0.0, 36.2, 0.0, -0.0005)
    latitude = np.repeat(36.2 - 0.0005 * (np.arange(200) + 0.5), 400).reshape(200, 400)
    path = made(tmp_path / "degrees.tif", latitude.astype(np.float32), transform, 4326)
    found = AlignedBand(path, 1, GRID).read(0, 0, 40, 30)
    back = QgsCoordinateTransform(UTM, QgsCoordinateReferenceSystem("EPSG:4326"), QgsProject.instance())
    truth = back.transform(QgsPointXY(GRID.x[20], GRID.y[10])).y()
    assert found[10, 20] == pytest.approx(truth, abs=2e-5)


def test_nodata_scale_and_hidden_nodata(tmp_path):
    values = np.full((30, 40), 10, np.int16)
    values[0, 0], values[5] = -99, 20
    path = made(tmp_path / "scaled.tif", values, GRID.geotransform, nodata=-99, scale=(0.5, 1.0))
    found = AlignedBand(path, 1, GRID).read(0, 0, 40, 30)
    assert np.isnan(found[0, 0])
    assert (found[1, 1], found[5, 3]) == (6.0, 11.0)
    beyond = AlignedBand(made(tmp_path / "beyond.tif", values, GRID.geotransform, nodata=-99999), 1, GRID)
    assert beyond.read(0, 0, 40, 30)[0, 0] == -99.0
    wild = np.ones((30, 40), np.float32)
    wild[3, 4] = -3.4e38
    found = AlignedBand(made(tmp_path / "wild.tif", wild, GRID.geotransform), 1, GRID).read(0, 0, 40, 30)
    assert np.isnan(found).sum() == 1


def test_windows_beyond_the_raster_are_empty(tmp_path):
    path = made(tmp_path / "small.tif", np.ones((4, 4), np.float32), GRID.geotransform)
    found = AlignedBand(path, 1, GRID).read(0, 0, 40, 30)
    assert np.isfinite(found).sum() == 16


def test_points_get_the_value_of_their_cell_also_outside_the_grid(tmp_path):
    transform = (498_000.0, 50.0, 0.0, 4_002_000.0, 0.0, -50.0)
    path = made(tmp_path / "large.tif", plane(transform, 200, 150).astype(np.float32), transform)
    points = np.array([[500_025.0, 3_999_975.0], [500_049.0, 3_999_951.0], [498_030.0, 4_001_980.0],
                       [507_990.0, 3_995_010.0], [1.0, 1.0]])
    wide, columns, rows = extended(GRID, points[:4])
    assert (wide.west, wide.north) == (GRID.west - columns * 50.0, GRID.north + rows * 50.0)
    found = pick(AlignedBand(path, 1, wide), points)
    assert np.allclose(found[:2], TRUTH[0, 0])
    assert found[2] == pytest.approx((498_025.0 - 500_000.0) + 2.0 * 1_975.0)
    assert found[3] == pytest.approx(7_975.0 + 2.0 * (3_995_025.0 - 4_000_000.0))
    assert np.isnan(found[4])


def test_bands_of_one_name_are_told_apart(tmp_path):
    for name in ("a", "b"):
        made(tmp_path / f"{name}.tif", np.ones((30, 40), np.float32), GRID.geotransform)
    layers = [QgsRasterLayer(str(tmp_path / f"{name}.tif"), "twin") for name in ("a", "b")]
    assert [column.name for column in align(layers, GRID)] == ["twin", "twin_2"]


def test_a_raster_without_a_place_is_refused(tmp_path):
    path = tmp_path / "bare.tif"
    gdal.GetDriverByName("GTiff").Create(str(path), 5, 5, 1, gdal.GDT_Float32).FlushCache()
    with pytest.raises(QgsProcessingException, match="position"):
        AlignedBand(str(path), 1, GRID)


@pytest.mark.skipif(not (DATA / "li_prospectivity_china").exists(), reason="reference data are not there")
def test_two_resolutions_of_real_rasters():
    """Elements at 4.2 km and faults at 1 km on a grid of 2 km: GDAL's own warp of each is the truth."""
    folder = DATA / "li_prospectivity_china"
    layers = [QgsRasterLayer(str(folder / name), name) for name in ("Idw_La.tif", "Faults.tif")]
    grid = GridSpec(UTM, 50_000.0, 3_200_000.0, 2_000.0, 60, 50)
    found = align(layers, grid)
    assert [column.bands[0].how for column in found] == ["bilinear", "average"]
    for column, layer, how in zip(found, layers, ("bilinear", "average")):
        warped = gdal.Warp("", layer.source(), format="MEM", dstSRS="EPSG:32650", resampleAlg=how, dstNodata=np.nan,
                           outputBounds=(grid.west, grid.south, grid.east, grid.north), width=60, height=50,
                           outputType=gdal.GDT_Float32).ReadAsArray()
        values = column.window((0, 0, 60, 50))[0]
        assert np.isfinite(values).mean() > 0.5
        assert np.nanmax(np.abs(values - warped)) < 1e-3 * np.nanstd(warped)


@pytest.mark.skipif(not (DATA / "meuse").exists(), reason="reference data are not there")
def test_real_points_on_real_rasters():
    """The distance to the river stands in the table of the samples and in the raster."""
    rows = np.genfromtxt(DATA / "meuse" / "meuse.csv", delimiter=",", names=True)
    layer = QgsRasterLayer(str(DATA / "meuse" / "dist.tif"), "dist")
    crs = layer.crs() if layer.crs().isValid() else QgsCoordinateReferenceSystem("EPSG:28992")
    grid = GridSpec(crs, 178_440.0, 333_760.0, 40.0, 78, 104)
    points = np.column_stack([rows["x"], rows["y"]])
    found = align([layer], extended(grid, points)[0])[0].at(points)
    assert np.corrcoef(found[np.isfinite(found)], rows["dist"][np.isfinite(found)])[0, 1] > 0.95
