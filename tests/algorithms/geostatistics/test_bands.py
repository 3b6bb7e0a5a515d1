"""Order and names of bands, and writing to some of them."""
import numpy as np
import numpy.testing as npt

from lodescope.algorithms.geostatistics.bands import Bands

GRID = {"west": 0.0, "north": 40.0, "cell": 10.0, "columns": 3, "rows": 4, "levels": [100.0, 112.5]}


def test_bands_run_by_field_then_quantity_then_level():
    bands = Bands.same(GRID, ["La_ppm", "Ce_ppm"], ["estimate", "variance"])
    assert bands.descriptions == [
        f"{field}:{quantity}@z={level}" for field in ("La_ppm", "Ce_ppm") for quantity in ("estimate", "variance")
        for level in ("100", "112.5")
    ]
    assert bands.shape == (8, 4, 3)


def test_a_map_has_no_levels_in_its_names():
    flat = Bands.same({**GRID, "levels": []}, ["La_ppm"], ["dx"])
    assert flat.descriptions == ["La_ppm:dx"]
    assert flat.shape == (1, 4, 3)


def test_fields_may_have_different_quantities():
    bands = Bands(GRID, ("a", "b"), (("mean",), ("mean", "p90")))
    assert bands.count == 3
    assert bands.starts(1) == {"mean": 2, "p90": 4}


def test_a_selection_writes_to_its_own_bands_only():
    bands = Bands.same(GRID, ["a", "b", "c"], ["estimate", "variance"])
    out = np.zeros(bands.shape)
    part = bands.part(out, [2, 0])
    assert part.shape == (8, 4, 3)
    part[2:4, slice(1, 3), slice(0, 2)] = np.full((2, 2, 2), 5.0)  # variance of c
    part[5:6, slice(0, 4), slice(0, 3)] = np.full((1, 4, 3), 7.0)  # estimate of a on its second level
    npt.assert_allclose(out[10:12, 1:3, 0:2], 5.0)
    npt.assert_allclose(out[1], 7.0)
    assert np.count_nonzero(out) == 8 + 12
