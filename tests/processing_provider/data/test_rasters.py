"""GeoTIFFs written and read back, rasters on a grid and at points, and what happens when writing fails."""
import json
import resource
import signal
import sys

import numpy as np
import numpy.testing as npt
import pytest
from osgeo import gdal, osr
from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsProcessingContext,
    QgsProcessingException,
    QgsProcessingFeedback,
    QgsRasterLayer,
)

from lodescope.processing_provider.data import rasters as module
from lodescope.processing_provider.data.grid import GridSpec
from lodescope.processing_provider.data.rasters import (
    destination_problem,
    open_raster,
    raster_problem,
    read_aligned,
    sample_raster,
    write_raster,
)
from lodescope.processing_provider.engine.errors import JobCancelled

UTM = QgsCoordinateReferenceSystem("EPSG:32650")


@pytest.fixture(params=[False, True], ids=["gdal-quiet", "gdal-raises"])
def gdal_exceptions(request):
    """Both ways in which GDAL tells of errors; QGIS changed from one to the other."""
    before = gdal.GetUseExceptions()
    (gdal.UseExceptions if request.param else gdal.DontUseExceptions)()
    yield
    (gdal.UseExceptions if before else gdal.DontUseExceptions)()


@pytest.fixture
def grid():
    return GridSpec(UTM, 500_000.0, 7_000_000.0, 10.0, 300, 270)


@pytest.fixture
def northing(grid):
    """Two bands: northing and easting of the cell centres, less an offset."""
    north = np.broadcast_to((grid.y - 6_990_000)[:, None], (grid.rows, grid.columns))
    east = np.broadcast_to((grid.x - 500_000)[None, :], (grid.rows, grid.columns))
    return np.stack([north, east]).astype(np.float32)


def make_raster(path, values, west, north, cell, crs="EPSG:32650", nodata=None, kind=gdal.GDT_Float32):
    """A small GeoTIFF made with plain GDAL; values (rows, columns) or (bands, rows, columns)."""
    values = np.atleast_3d(values.T).T
    bands, rows, columns = values.shape
    dataset = gdal.GetDriverByName("GTiff").Create(str(path), columns, rows, bands, kind)
    dataset.SetGeoTransform((west, cell, 0, north, 0, -cell))
    reference = osr.SpatialReference()
    reference.SetFromUserInput(crs)
    dataset.SetProjection(reference.ExportToWkt())
    for band in range(bands):
        dataset.GetRasterBand(band + 1).WriteArray(values[band])
        if nodata is not None:
            dataset.GetRasterBand(band + 1).SetNoDataValue(nodata)
    return str(path)


def test_northing_comes_back_as_northing(grid, northing, tmp_path, gdal_exceptions):
    path = tmp_path / "northing.tif"
    write_raster(path, northing, grid, ["y:estimate", "x:estimate"], {})
    dataset = gdal.Open(str(path))
    west, wide, _, north, _, high = dataset.GetGeoTransform()
    assert (west, wide, north, high) == (500_000, 10, 7_000_000, -10)
    found = dataset.GetRasterBand(1).ReadAsArray()
    npt.assert_array_equal(found[:, 0] + 6_990_000, north + (np.arange(270) + 0.5) * high)
    npt.assert_array_equal(dataset.GetRasterBand(2).ReadAsArray()[0], (np.arange(300) + 0.5) * wide)
    layer = QgsRasterLayer(str(path), "northing")
    value, there = layer.dataProvider().sample(module.QgsPointXY(500_123, 6_999_456), 1)
    assert there
    assert value == 9455


def test_file_says_what_it_holds(grid, northing, tmp_path):
    path = tmp_path / "described.tif"
    parameters = {"FIELDS": ["La"], "CELL_SIZE": 10.0, "Ä": None}
    metadata = {"ALGORITHM": "kriging", "PARAMETERS": parameters}
    write_raster(path, northing, grid, ["La:estimate", "La:variance"], metadata)
    dataset = gdal.Open(str(path))
    assert dataset.GetMetadataItem("ALGORITHM") == "kriging"
    assert json.loads(dataset.GetMetadataItem("PARAMETERS")) == parameters
    assert [dataset.GetRasterBand(band).GetDescription() for band in (1, 2)] == ["La:estimate", "La:variance"]
    assert dataset.GetRasterBand(1).DataType == gdal.GDT_Float32
    assert dataset.GetRasterBand(1).GetBlockSize() == [256, 256]
    assert dataset.GetMetadataItem("COMPRESSION", "IMAGE_STRUCTURE") == "DEFLATE"
    assert QgsCoordinateReferenceSystem.fromWkt(dataset.GetProjection()).authid() == "EPSG:32650"
    assert [entry.name for entry in tmp_path.iterdir()] == ["described.tif"]


def test_missing_values_are_nodata_and_statistics_leave_them_out(grid, tmp_path):
    values = np.random.default_rng(0).lognormal(size=(1, 270, 300)).astype(np.float32)
    values[0, 10:90, 20:200] = np.nan
    values[0, 0, 0] = np.inf
    path = tmp_path / "holes.tif"
    write_raster(path, values, grid, ["La:estimate"], {})
    dataset = gdal.Open(str(path))
    band = dataset.GetRasterBand(1)
    found = band.ReadAsArray()
    valid = np.isfinite(values[0])
    assert band.GetNoDataValue() == -9999
    assert (found[~valid] == -9999).all()
    npt.assert_array_equal(found[valid], values[0][valid])
    known = values[0][valid].astype(float)
    expected = [known.min(), known.max(), known.mean(), known.std()]
    npt.assert_allclose(band.GetStatistics(False, False), expected, rtol=1e-6)
    assert float(band.GetMetadataItem(module.LOW)) == pytest.approx(np.percentile(known, 2), rel=0.05)
    assert float(band.GetMetadataItem(module.HIGH)) == pytest.approx(np.percentile(known, 98), rel=0.05)


def test_band_without_any_value(grid, tmp_path):
    path = tmp_path / "empty.tif"
    write_raster(path, np.full((1, 270, 300), np.nan, np.float32), grid, ["La:estimate"], {})
    assert (gdal.Open(str(path)).ReadAsArray() == -9999).all()


def test_memory_map_is_written_and_progress_is_told(grid, northing, tmp_path):
    np.save(tmp_path / "bands.npy", northing)
    feedback, told = QgsProcessingFeedback(), []
    feedback.progressChanged.connect(told.append)
    mapped = np.load(tmp_path / "bands.npy", mmap_mode="r")
    write_raster(tmp_path / "a.tif", mapped, grid, ["a:b", "a:c"], {}, feedback)
    assert told == sorted(told)
    assert told[-1] == 100
    assert len(told) == 4


def test_replaced_file_loses_old_sidecars(grid, northing, tmp_path):
    path = tmp_path / "a.tif"
    path.write_bytes(b"old")
    (tmp_path / "a.tif.aux.xml").write_text("<PAMDataset/>")
    write_raster(path, northing, grid, ["a:b", "a:c"], {})
    assert gdal.Open(str(path)).RasterCount == 2
    assert [entry.name for entry in tmp_path.iterdir()] == ["a.tif"]


def test_cancel_keeps_the_old_file(grid, northing, tmp_path):
    path = tmp_path / "a.tif"
    path.write_bytes(b"old")
    feedback = QgsProcessingFeedback()
    feedback.progressChanged.connect(lambda value: feedback.cancel())
    with pytest.raises(JobCancelled):
        write_raster(path, northing, grid, ["a:b", "a:c"], {}, feedback)
    assert path.read_bytes() == b"old"
    assert len(list(tmp_path.iterdir())) == 1


@pytest.fixture
def small_disk():
    """Files may not grow beyond 100 kB, as on a disk that gets full."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, before)
    signal.signal(signal.SIGXFSZ, handler)


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # GDAL closes what it could not write
@pytest.mark.skipif(sys.platform == "win32", reason="limits of this kind are POSIX")
def test_full_disk_keeps_the_old_file(grid, tmp_path, gdal_exceptions, small_disk):
    path = tmp_path / "a.tif"
    path.write_bytes(b"old")
    noise = np.random.default_rng(0).normal(size=(1, 270, 300)).astype(np.float32)
    with pytest.raises(QgsProcessingException, match=r"could not be written .* is the disk full"):
        write_raster(path, noise, grid, ["a:b"], {})
    assert path.read_bytes() == b"old"
    assert len(list(tmp_path.iterdir())) == 1


def test_destinations_that_cannot_be_written(tmp_path):
    assert destination_problem(tmp_path / "new.tif") == ""
    assert destination_problem("") == ""
    assert destination_problem(None) == ""
    assert "is a folder" in destination_problem(tmp_path)
    assert "does not exist" in destination_problem(tmp_path / "none" / "a.tif")
    assert "no GeoTIFF; end the name of the result with .tif" in raster_problem(tmp_path / "a.asc")
    assert raster_problem(tmp_path / "a.TIFF") == ""
    assert raster_problem(None) == ""
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="needs a folder that nobody can write to")
def test_read_only_folder_is_found_even_by_an_administrator(grid, northing):
    assert "Nothing can be written into the folder '/proc'" in destination_problem("/proc/a.tif")
    with pytest.raises(QgsProcessingException, match="Nothing can be written"):
        write_raster("/proc/a.tif", northing, grid, ["a:b", "a:c"], {})


def test_file_that_is_locked(tmp_path, monkeypatch):
    path = tmp_path / "a.tif"
    path.write_bytes(b"old")

    def locked(self, *arguments, **options):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(module.Path, "open", locked)
    assert "cannot be replaced (Permission denied); close what uses it" in destination_problem(path)


def test_raster_on_its_own_grid_is_unchanged(tmp_path, gdal_exceptions):
    values = np.arange(20.0).reshape(4, 5)
    values[1, 1] = -1
    path = make_raster(tmp_path / "a.tif", np.stack([values * 0, values]), 500_000, 7_000_000, 50, nodata=-1)
    found = read_aligned(path, 2, GridSpec(UTM, 500_000, 7_000_000, 50, 5, 4))
    values[1, 1] = np.nan
    assert found.dtype == np.float32
    npt.assert_array_equal(found, values)


def test_outside_of_a_raster_is_missing(tmp_path):
    path = make_raster(tmp_path / "a.tif", np.ones((4, 4)), 500_000, 7_000_000, 50)
    found = read_aligned(path, 1, GridSpec(UTM, 499_900, 7_000_100, 50, 8, 8), "nearest")
    npt.assert_array_equal(np.isfinite(found), np.pad(np.ones((4, 4), bool), 2))


def test_northing_survives_another_cell_size(tmp_path):
    y = 7_000_000 - (np.arange(100) + 0.5) * 10
    path = make_raster(tmp_path / "a.tif", np.repeat((y - 6_999_000)[:, None], 100, 1), 500_000, 7_000_000, 10)
    grid = GridSpec(UTM, 500_100, 6_999_900, 4, 200, 150)
    npt.assert_allclose(read_aligned(path, 1, grid), np.repeat((grid.y - 6_999_000)[:, None], 200, 1), atol=1e-3)


def test_turned_raster_keeps_a_plane(tmp_path):
    column, row = np.meshgrid(np.arange(90) + 0.5, np.arange(90) + 0.5)
    east, south = 60 * column + 20 * row, 15 * column - 60 * row
    path = make_raster(tmp_path / "a.tif", east + 2 * south, 500_000, 7_000_000, 60)
    dataset = gdal.Open(path, gdal.GA_Update)
    dataset.SetGeoTransform((500_000, 60, 20, 7_000_000, 15, -60))
    dataset = None
    grid = GridSpec(UTM, 501_000, 6_999_000, 50, 40, 30)
    expected = (grid.x - 500_000)[None, :] + 2 * (grid.y - 7_000_000)[:, None]
    npt.assert_allclose(read_aligned(path, 1, grid), expected, atol=0.01)


def test_raster_in_another_crs(tmp_path):
    longitude = 116.99 + (np.arange(200) + 0.5) * 1e-4
    path = make_raster(tmp_path / "a.tif", np.repeat(longitude[None] - 117, 200, 0), 116.99, 0.01, 1e-4, "EPSG:4326")
    grid = GridSpec(UTM, 499_500, 500, 10, 100, 100)  # 117 degrees east is the easting 500,000
    found = read_aligned(path, 1, grid)
    npt.assert_allclose(found[50], (grid.x - 500_000) / 111_276, atol=3e-5)


def test_scale_and_offset_are_applied(tmp_path):
    path = make_raster(tmp_path / "a.tif", np.full((3, 3), 7), 500_000, 7_000_000, 50, kind=gdal.GDT_Int16)
    dataset = gdal.Open(path, gdal.GA_Update)
    dataset.GetRasterBand(1).SetScale(0.5)
    dataset.GetRasterBand(1).SetOffset(100)
    dataset = None
    npt.assert_array_equal(read_aligned(path, 1, GridSpec(UTM, 500_000, 7_000_000, 50, 3, 3)), np.full((3, 3), 103.5))
    point = np.array([[500_010.0, 6_999_990]])
    assert sample_raster(path, 1, point, UTM, QgsProcessingContext()) == [103.5]


def test_points_take_the_cell_they_are_in(tmp_path):
    values = np.arange(600.0 * 3).reshape(600, 3)
    values[2, 2] = -1
    path = make_raster(tmp_path / "a.tif", values, 500_000, 7_000_000, 10, nodata=-1)
    points = np.array([[500_000.1, 6_999_999.9], [500_029, 6_994_001], [500_025, 6_999_975], [499_999, 7e6], [1, 1]])
    found = sample_raster(path, 1, points, UTM, QgsProcessingContext())
    npt.assert_array_equal(found, [0, 1799, np.nan, np.nan, np.nan])


def test_points_of_another_crs_than_the_layer(tmp_path):
    path = make_raster(tmp_path / "a.tif", np.arange(4.0).reshape(2, 2), 116.99, 0.01, 0.01, "EPSG:4326")
    layer = QgsRasterLayer(path, "degrees")
    points = np.array([[499_900.0, 500], [500_100, 500], [499_900, -500], [500_100, -500]])
    found = sample_raster(layer, 1, points, UTM, QgsProcessingContext())
    npt.assert_array_equal(found, [0, 1, 2, 3])


def test_rasters_that_cannot_be_read(tmp_path, gdal_exceptions):
    (tmp_path / "a.tif").write_text("no raster")
    for path in (tmp_path / "a.tif", tmp_path / "none.tif"):
        with pytest.raises(QgsProcessingException, match="cannot be read"):
            open_raster(path)
    path = make_raster(tmp_path / "b.tif", np.ones((2, 2)), 0, 0, 1)
    with pytest.raises(QgsProcessingException, match="has no band 2, only 1"):
        read_aligned(path, 2, GridSpec(UTM, 0, 0, 1, 2, 2))


def test_grid_of_a_raster(tmp_path):
    layer = QgsRasterLayer(make_raster(tmp_path / "a.tif", np.ones((4, 6)), 500_000, 7_000_000, 50), "grid")
    grid = GridSpec.from_raster(layer, (5.0,))
    assert (grid.west, grid.north, grid.cell, grid.columns, grid.rows) == (500_000, 7_000_000, 50, 6, 4)
    assert grid.crs.authid() == "EPSG:32650"
    assert grid.levels == (5.0,)


def test_grid_of_a_raster_with_oblong_cells_is_refused(tmp_path):
    dataset = gdal.GetDriverByName("GTiff").Create(str(tmp_path / "a.tif"), 4, 4, 1)
    dataset.SetGeoTransform((0, 10, 0, 0, 0, -20))
    dataset = None
    with pytest.raises(QgsProcessingException, match=r"not square \(10 by 20\)"):
        GridSpec.from_raster(QgsRasterLayer(str(tmp_path / "a.tif"), "oblong"))
