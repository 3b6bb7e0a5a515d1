"""Tiles of hyperspectral images, and the GeoTIFF made of their results."""
import errno
import resource
import shutil
import signal
from types import SimpleNamespace

import numpy as np
import numpy.testing as npt
import pytest
from osgeo import gdal
from qgis.core import QgsProcessingException

from lodescope.processing_provider.data import cubes
from lodescope.processing_provider.data.cubes import Image, stored_tiles, write_parts
from lodescope.processing_provider.data.hyperspectral import read_bands
from lodescope.processing_provider.engine import JobCancelled

NANO = np.linspace(2400.0, 450.0, 12)
ROTATED = (500000.0, 8.0, 3.0, 7000000.0, 2.0, -9.0)


def image_file(path, values, options=(), transform=ROTATED, nodata=None):
    """A GeoTIFF of values (bands, rows, columns) whose wavelengths fall."""
    kind = gdal.GDT_Int16 if values.dtype.kind == "i" else gdal.GDT_Float32
    dataset = gdal.GetDriverByName("GTiff").Create(str(path), *values.shape[:0:-1], len(values), kind, list(options))
    if transform:
        dataset.SetGeoTransform(transform)
    for number, band in enumerate(values):
        dataset.GetRasterBand(number + 1).WriteArray(band)
        dataset.GetRasterBand(number + 1).SetDescription(f"{NANO[number]:.2f} nm")
        if nodata is not None:
            dataset.GetRasterBand(number + 1).SetNoDataValue(nodata)
    del dataset
    return str(path)


@pytest.fixture
def values():
    return np.random.default_rng(0).integers(100, 5000, (12, 70, 50)).astype(np.int16)


@pytest.mark.parametrize("options", [(), ("TILED=YES", "BLOCKXSIZE=16", "BLOCKYSIZE=16"), ("INTERLEAVE=PIXEL",)])
@pytest.mark.parametrize("size", [2 ** 24, 20_000])
def test_tiles_hold_every_pixel_once_with_bands_by_rising_wavelength(tmp_path, values, options, size, monkeypatch):
    monkeypatch.setattr(cubes, "TILE_BYTES", size)
    path = image_file(tmp_path / "a.tif", values, options)
    image = Image(path, read_bands(path, without_water=False))
    whole = np.zeros((70, 50, 12), np.int16)
    seen = np.zeros((70, 50), int)
    for row, column, rows, columns in image.tiles:
        whole[row:row + rows, column:column + columns] = image.read(row, column, rows, columns)
        seen[row:row + rows, column:column + columns] += 1
    npt.assert_array_equal(seen, 1)
    npt.assert_array_equal(whole, np.moveaxis(values[::-1], 0, 2))
    assert image.dtype == np.int16
    assert (len(image.tiles) > 1) == (size < 2 ** 24)


def test_pixels_hidden_by_the_mask_of_the_file_have_no_data(tmp_path, values):
    path = image_file(tmp_path / "a.tif", values)
    dataset, mask = gdal.Open(path), np.full((70, 50), 255, np.uint8)
    dataset.CreateMaskBand(gdal.GMF_PER_DATASET)
    mask[4, 9] = 0
    dataset.GetRasterBand(1).GetMaskBand().WriteArray(mask)
    del dataset
    image = Image(path, read_bands(path, without_water=False))
    stored = image.read(0, 0, 70, 50)
    assert stored.dtype == np.float32
    npt.assert_array_equal(np.isnan(stored).all(axis=2), mask == 0)


def test_means_around_points_and_in_polygons_of_a_rotated_image(tmp_path, values, feedback):
    path = image_file(tmp_path / "a.tif", values, nodata=-1)
    image = Image(path, read_bands(path, without_water=False))
    place = gdal.ApplyGeoTransform(ROTATED, 20.5, 30.5)
    found = image.at_points(np.array([place, (0.0, 0.0)]))
    npt.assert_allclose(found[0], values[::-1, 29:32, 19:22].mean(axis=(1, 2)))
    assert np.isnan(found[1]).all()
    corners = [gdal.ApplyGeoTransform(ROTATED, x, y) for x, y in ((10, 5), (14, 5), (14, 11), (10, 11), (10, 5))]
    text = "POLYGON((" + ", ".join(f"{x} {y}" for x, y in corners) + "))"
    npt.assert_allclose(image.in_polygons([text], feedback), values[::-1, 5:11, 10:14].mean(axis=(1, 2)))


def finished(tmp_path, image, bands):
    """A job whose parts hold, for each band, 1000 times its number, plus ten times the row, plus the column."""
    for number, (row, column, rows, columns) in enumerate(image.tiles):
        y, x = np.mgrid[row:row + rows, column:column + columns]
        part = np.stack([1000.0 * band + 10.0 * y + x for band in range(bands)]).astype(np.float32)
        part[1, (y == 2) & (x == 3)] = np.nan
        np.save(tmp_path / f"part_{number:05d}.npy", part)
    return SimpleNamespace(array=lambda name: np.load(tmp_path / f"{name}.npy", mmap_mode="r"))


@pytest.mark.parametrize("transform", [ROTATED, None], ids=["rotated", "none"])
def test_result_lies_where_the_image_lies(tmp_path, values, feedback, transform, monkeypatch):
    monkeypatch.setattr(cubes, "TILE_BYTES", 20_000)
    path = image_file(tmp_path / "a.tif", values, ("TILED=YES", "BLOCKXSIZE=16", "BLOCKYSIZE=16"), transform)
    image = Image(path, read_bands(path, without_water=False))
    job = finished(tmp_path, image, 3)
    write_parts(tmp_path / "out.tif", job, image, ["A:depth", "B:depth", "C:position"], {"WHAT": {"a": 1}}, feedback)
    result = gdal.Open(str(tmp_path / "out.tif"))
    assert result.GetGeoTransform(can_return_null=True) == transform
    assert result.GetMetadataItem("WHAT") == '{"a": 1}'
    y, x = np.mgrid[0:70, 0:50]
    npt.assert_array_equal(result.GetRasterBand(3).ReadAsArray(), 2000.0 + 10.0 * y + x)
    assert result.GetRasterBand(2).ReadAsArray()[2, 3] == -9999.0
    assert result.GetRasterBand(2).GetNoDataValue() == -9999.0
    assert result.GetRasterBand(1).GetDescription() == "A:depth"
    assert [result.GetRasterBand(band).GetUnitType() for band in (1, 3)] == ["", "µm"]
    low, high, mean, _ = result.GetRasterBand(3).GetStatistics(0, 0)
    assert (low, high) == (2000.0, 2739.0)
    assert mean == pytest.approx(2369.5)
    assert [name.name for name in tmp_path.iterdir() if "partial" in name.name] == []


def test_cancel_leaves_the_older_result(tmp_path, values, make_feedback):
    path = image_file(tmp_path / "a.tif", values)
    image = Image(path, read_bands(path, without_water=False))
    (tmp_path / "out.tif").write_bytes(b"older")
    feedback = make_feedback()
    feedback.cancel()
    with pytest.raises(JobCancelled):
        write_parts(tmp_path / "out.tif", finished(tmp_path, image, 2), image, ["A:depth", "B:depth"], {}, feedback)
    assert (tmp_path / "out.tif").read_bytes() == b"older"
    assert [name.name for name in tmp_path.iterdir() if "partial" in name.name] == []


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
def test_full_disk_keeps_the_older_result(tmp_path, feedback, request):
    path = image_file(tmp_path / "a.tif", np.ones((12, 300, 200), np.float32))
    image = Image(path, read_bands(path, without_water=False))
    noise = np.random.default_rng(0).normal(size=(2, 300, 200)).astype(np.float32)
    tiles = {f"part_{k:05d}": noise[:, row:row + rows] for k, (row, _, rows, _) in enumerate(image.tiles)}
    (tmp_path / "out.tif").write_bytes(b"older")
    request.getfixturevalue("small_disk")
    with pytest.raises(QgsProcessingException, match=r"could not be written .* is the disk full"):
        write_parts(tmp_path / "out.tif", SimpleNamespace(array=tiles.get), image, ["A:depth", "B:depth"], {}, feedback)
    assert (tmp_path / "out.tif").read_bytes() == b"older"
    assert sorted(found.name for found in tmp_path.iterdir()) == ["a.tif", "out.tif"]


def test_stored_tiles_are_there_within_and_gone_after(tmp_path, values, feedback, jobs_root):
    path = image_file(tmp_path / "a.tif", values)
    image = Image(path, read_bands(path, without_water=False))
    cache = gdal.GetCacheMax()
    with stored_tiles(image, 5, feedback) as paths:
        npt.assert_array_equal(np.load(paths["tile_00000"]), np.moveaxis(values[::-1], 0, 2))
    assert list(jobs_root.iterdir()) == []
    assert gdal.GetCacheMax() == cache


def test_disk_without_room_is_told_before_anything_is_written(tmp_path, values, feedback, jobs_root, monkeypatch):
    path = image_file(tmp_path / "a.tif", values)
    image = Image(path, read_bands(path, without_water=False))
    monkeypatch.setattr(shutil, "disk_usage", lambda root: SimpleNamespace(free=1000))
    with pytest.raises(QgsProcessingException, match=r"cannot hold the 0\.00 GB.*LODESCOPE_JOBS"), \
            stored_tiles(image, 5, feedback):
        pass
    assert list(jobs_root.iterdir()) == []


def test_disk_that_fills_while_tiles_are_written_is_told(tmp_path, values, feedback, jobs_root, monkeypatch):
    path = image_file(tmp_path / "a.tif", values)
    image = Image(path, read_bands(path, without_water=False))

    def full(*arguments, **options):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(np, "save", full)
    with pytest.raises(QgsProcessingException, match="No space left"), stored_tiles(image, 5, feedback):
        pass
    assert list(jobs_root.iterdir()) == []
