"""The sample deposit: it is what its functions say, small, and comes out the same each time."""
import sys
from pathlib import Path

import numpy as np
import pytest
from osgeo import gdal, ogr

SAMPLE = Path(__file__).resolve().parents[1] / "resources" / "sample"
sys.path.insert(0, str(SAMPLE))

import deposit
import drilling
import image
import make_sample

RASTERS = ("elevation.tif", "magnetics.tif", "hyperspectral.dat")


def rows(path, layer):
    store = ogr.Open(str(path))
    return [
        (feature.items(), np.array(feature.GetGeometryRef().GetPoints()[0]) if with_points(layer) else None)
        for feature in store.GetLayerByName(layer)
    ]


def with_points(layer):
    return layer in ("samples", "collars", "soil", "deposits")


@pytest.fixture(scope="module")
def samples():
    table = rows(SAMPLE / "sample.gpkg", "samples")
    return [attributes for attributes, _ in table], np.array([place for _, place in table])


def test_at_most_two_megabytes():
    assert sum(path.stat().st_size for path in SAMPLE.rglob("*") if path.is_file()) <= 2_000_000


def test_made_again_it_is_the_same(tmp_path):
    make_sample.main(tmp_path)
    for layer in ("samples", "collars", "surveys", "assays", "drill_logs", "soil", "deposits"):
        old, new = rows(SAMPLE / "sample.gpkg", layer), rows(tmp_path / "sample.gpkg", layer)
        assert [attributes for attributes, _ in old] == [attributes for attributes, _ in new]
        if with_points(layer):
            np.testing.assert_array_equal([place for _, place in old], [place for _, place in new])
    for name in RASTERS:
        old, new = (gdal.Open(str(folder / name)).ReadAsArray() for folder in (SAMPLE, tmp_path))
        np.testing.assert_allclose(old, new, atol=0.02)


def test_samples_are_the_truth_with_the_error_of_the_laboratory(samples):
    attributes, places = samples
    for key, truth in deposit.truth(*places.T).items():
        measured = np.array([row[key] for row in attributes])
        error = np.log(measured / truth)
        precision = drilling.PRECISION[key.rsplit("_", 1)[-1]]
        assert np.isfinite(measured).all()
        assert abs(error.mean()) < 4.0 * precision / np.sqrt(len(error)), key
        assert error.std() == pytest.approx(precision, rel=0.1), key


def test_samples_hold_fifteen_rare_earths_and_no_gaps(samples):
    attributes, places = samples
    assert sum(key.endswith("_ppm") for key in attributes[0]) == 15
    assert all(value is not None for row in attributes for value in row.values())
    assert places.shape == (len(attributes), 3)
    assert len({row["hole_id"] for row in attributes}) in range(30, 46)


def test_raw_assays_hold_what_laboratories_send():
    cells = [value for row, _ in rows(SAMPLE / "sample.gpkg", "assays") for value in list(row.values())[3:]]
    assert any(cell.startswith("<") for cell in cells)
    assert 0.01 < np.mean([cell == "" for cell in cells]) < 0.03


def test_grades_are_skewed_and_highest_in_the_altered_bodies(samples):
    attributes, places = samples
    grade = np.array([row["La_ppm"] for row in attributes])
    altered = deposit.alteration(*places.T)
    assert grade.max() > 500.0 and np.mean(grade) > 1.3 * np.median(grade)
    assert np.median(grade[altered > 1.5]) > 4.0 * np.median(grade[altered < 0.1])


def test_random_field_has_the_variance_and_range_that_it_promises():
    rng = np.random.default_rng(1)
    here = [deposit.WEST + rng.uniform(0, 1200, 400), deposit.SOUTH + rng.uniform(0, 900, 400), np.full(400, 350.0)]
    there = [here[0] + deposit.RANGES[0], *here[1:]]
    pairs = [(field(*here), field(*there)) for field in map(deposit.RandomField, range(100, 140))]
    first, second = (np.concatenate(part) for part in zip(*pairs))
    assert first.std() == pytest.approx(1.0, abs=0.08)
    assert np.mean(first * second) == pytest.approx(0.05, abs=0.06)


def test_desurvey_follows_a_circle():
    length = 100.0 * np.pi / 2.0
    depths, dips = np.array([0.0, length]), np.array([-90.0, 0.0])
    places = drilling.desurvey((0, 0, 0), depths, np.zeros(2), dips, [0.0, length / 2, length])
    np.testing.assert_allclose(places[2], [0.0, 100.0, -100.0], atol=1e-9)
    np.testing.assert_allclose(places[1], [0.0, 100.0 - 70.710678, -70.710678], atol=1e-5)


def test_north_is_the_first_row():
    x, y = make_sample.cell_centres(make_sample.CELL)
    raster = gdal.Open(str(SAMPLE / "elevation.tif"))
    assert raster.GetGeoTransform() == (deposit.WEST, 15.0, 0.0, deposit.SOUTH + deposit.HEIGHT, 0.0, -15.0)
    np.testing.assert_allclose(raster.ReadAsArray(), deposit.surface(x, y), atol=0.006)
    assert y[0, 0] > y[-1, 0]


def test_geology_covers_the_area_once_and_agrees_with_the_truth():
    store = ogr.Open(str(SAMPLE / "sample.gpkg"))
    units = [(row["unit"], row["diffusivity"], row.GetGeometryRef().Clone()) for row in store.GetLayerByName("geology")]
    assert sum(shape.GetArea() for _, _, shape in units) == pytest.approx(deposit.WIDTH * deposit.HEIGHT, rel=1e-4)
    rng = np.random.default_rng(2)
    x, y = deposit.WEST + rng.uniform(0, 1200, 300), deposit.SOUTH + rng.uniform(0, 900, 300)
    codes = deposit.lithology(x, y, deposit.surface(x, y))
    hits = [
        shape.Contains(make_sample.point(a, b)) and unit == deposit.LITHOLOGIES[code]
        for a, b, code in zip(x, y, codes) for unit, _, shape in units if shape.Contains(make_sample.point(a, b))
    ]
    assert np.mean(hits) > 0.97 and len(hits) == 300
    assert {unit: value for unit, value, _ in units} == deposit.DIFFUSIVITY


def test_neodymium_shows_in_the_image():
    cube = gdal.Open(str(SAMPLE / "hyperspectral.dat"))
    wave = image.wavelengths()
    assert cube.GetRasterBand(1).GetMetadataItem("wavelength") == "0.450" and cube.RasterCount == wave.size
    numbers = [int(np.argmin(abs(wave - centre))) + 1 for centre in (0.77, 0.80, 0.83)]
    before, middle, behind = (cube.GetRasterBand(number).ReadAsArray() for number in numbers)
    depth = 1.0 - 2.0 * middle / (before + behind)
    x, y = make_sample.cell_centres(30.0)
    grade = np.log(deposit.rare_earths(x, y, deposit.surface(x, y))["Nd_ppm"])
    assert np.corrcoef(depth.ravel(), grade.ravel())[0, 1] > 0.85


def test_image_lies_on_the_map():
    cube = gdal.Open(str(SAMPLE / "hyperspectral.dat"))
    assert cube.GetGeoTransform() == (deposit.WEST, 30.0, 0.0, deposit.SOUTH + deposit.HEIGHT, 0.0, -30.0)
    assert cube.GetSpatialRef().GetAuthorityCode(None) == str(deposit.EPSG)
