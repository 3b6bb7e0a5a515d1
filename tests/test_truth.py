"""The demonstration's errors are those against the truth of the sample deposit."""
import sys
from pathlib import Path

import numpy as np
import pytest
from osgeo import gdal

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "scripts"), str(ROOT / "resources" / "sample")]
import deposit
import truth

LEVELS, CELL, WEST, NORTH = (330.0, 350.0), 10.0, deposit.WEST + 300.0, deposit.SOUTH + 400.0
SHAPE = (len(LEVELS), 6, 8)


def write_bands(path, bands):
    """Write arrays of `SHAPE` as a raster of the demonstration's kind."""
    raster = gdal.GetDriverByName("GTiff").Create(
        str(path), SHAPE[2], SHAPE[1], len(bands) * SHAPE[0], gdal.GDT_Float64)
    raster.SetGeoTransform((WEST, CELL, 0.0, NORTH, 0.0, -CELL))
    for k, (name, values) in enumerate(bands.items()):
        for i, level in enumerate(LEVELS):
            band = raster.GetRasterBand(k * SHAPE[0] + i + 1)
            band.SetDescription(f"{name}@z={level:g}")
            band.WriteArray(values[i])


@pytest.mark.parametrize("scale", [1.0, -1.0])
def test_error_is_that_against_the_truth(tmp_path, scale):
    z, y, x = np.meshgrid(LEVELS, NORTH - CELL * (np.arange(SHAPE[1]) + 0.5), WEST + CELL * (np.arange(SHAPE[2]) + 0.5),
                          indexing="ij")
    true, bands = deposit.truth(x, y, z), {}
    for field in truth.FIELDS:
        bands[f"{field}:estimate"], bands[f"{field}:variance"] = true[field] + 2.0 * scale, np.full(SHAPE, 9.0)
    write_bands(tmp_path / "kriging.tif", bands)
    bands, field = {}, truth.FIELDS[0]
    for axis, name in enumerate(("dx", "dy", "dz")):
        bands[f"{field}:{name}"] = scale * truth.true_slope(field, (x, y, z), axis)
        bands[f"{field}:{name}_sd"] = np.full(SHAPE, 1e-9)
    write_bands(tmp_path / "fluxgradient.tif", bands)
    told = truth.compare(tmp_path, ROOT / "resources" / "sample" / "sample.gpkg")
    assert all("root mean square error 2," in line and "100 % of cells" in line for line in told[1:4])
    inside = "100 %" if scale > 0.0 else "0 %"
    assert all(line.endswith(f"{scale:.3f}") and f", {inside} of cells inside" in line for line in told[-3:])


def test_distance_is_that_to_the_nearest_sample():
    cells = [np.array([[0.0, 3.0], [10.0, 0.0]]), np.zeros((2, 2)), np.array([[0.0, 0.0], [0.0, 7.0]])]
    found = truth.distance(cells, np.array([[0.0, 4.0, 0.0], [10.0, 0.0, 1.0]]))
    np.testing.assert_allclose(found, [[4.0, 5.0], [1.0, np.hypot(4.0, 7.0)]])
