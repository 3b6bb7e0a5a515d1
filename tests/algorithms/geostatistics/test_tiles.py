import threading
import time

import numpy as np
import pytest
from threadpoolctl import threadpool_info

from lodescope.algorithms.errors import Cancelled, InputError
from lodescope.algorithms.geostatistics import tiles
from lodescope.algorithms.geostatistics.covariance import Structure, Variogram
from lodescope.algorithms.geostatistics.dual import DualKriging
from lodescope.algorithms.geostatistics.tiles import (
    evaluate,
    grid_blocks,
    grid_points,
    memory_bytes,
    memory_estimate,
    run_blocks,
)
from lodescope.algorithms.progress import Progress

FLAT = {"west": 500_000.0, "north": 7_001_000.0, "cell": 10.0, "columns": 90, "rows": 70, "levels": []}
SOLID = {"west": 500_000.0, "north": 7_001_000.0, "cell": 40.0, "columns": 25, "rows": 22,
         "levels": [100.0, 120.0, 160.0]}


def fitted(grid, model="matern15", drift="constant", count=120, columns=2, reach=300.0):
    dimensions = 3 if grid["levels"] else 2
    size = np.array([grid["columns"] * grid["cell"], grid["rows"] * grid["cell"], 100.0])
    corner = np.array([grid["west"], grid["north"] - size[1], 80.0])
    generator = np.random.default_rng(0)
    coordinates = (corner + generator.random((count, 3)) * size)[:, :dimensions]
    variogram = Variogram(0.1, (Structure(model, 0.9, (reach,)),))
    return DualKriging(variogram, drift).fit(coordinates, generator.normal(size=(count, columns)))


@pytest.mark.parametrize("grid", [FLAT, SOLID])
def test_blocks_cover_each_cell_once(grid):
    seen = np.zeros((max(len(grid["levels"]), 1), grid["rows"], grid["columns"]), dtype=int)
    for block in grid_blocks(grid, cells=300):
        seen[slice(*block.levels), slice(*block.rows), slice(*block.columns)] += 1
        assert np.prod(block.shape) <= 330
        assert len(grid_points(grid, block)) == np.prod(block.shape)
    np.testing.assert_array_equal(seen, 1)


def test_first_cell_is_the_north_western_centre():
    points = grid_points(FLAT)
    np.testing.assert_allclose(points[0], [500_005.0, 7_000_995.0])
    np.testing.assert_allclose(points[1] - points[0], [10.0, 0.0])
    np.testing.assert_allclose(points[90] - points[0], [0.0, -10.0])
    solid = grid_points(SOLID)
    np.testing.assert_allclose(solid[25 * 22] - solid[0], [0.0, 0.0, 20.0])


def test_northing_comes_back_north_up():
    model = fitted(FLAT, drift="linear")
    model = DualKriging(model.variogram, "linear").fit(model.coordinates, model.coordinates[:, [1]] - 7_000_000.0)
    out = np.full((3, 70, 90), np.nan, dtype=np.float32)
    evaluate(model, FLAT, [("estimate", 0), ("dx", 0), ("dy", 0)], out, Progress())
    expected = 7_001_000.0 - (np.arange(70) + 0.5) * 10.0 - 7_000_000.0
    np.testing.assert_allclose(out[0], np.tile(expected[:, None], 90), atol=1e-6 * 700.0)
    np.testing.assert_allclose(out[1], 0.0, atol=1e-6)
    np.testing.assert_allclose(out[2], 1.0, atol=1e-6)


@pytest.mark.parametrize("threads", [1, 3])
@pytest.mark.parametrize("model", ["matern15", "cubic"])
def test_bands_are_quantity_major_and_equal_a_plain_prediction(model, threads):
    kriging = fitted(SOLID, model, reach=180.0)
    names = [("estimate", 1), ("variance", 0), ("dx", 0), ("dz", 1), ("dy_variance", 0), ("estimate", 0)]
    out = np.full((len(names) * 3, 22, 25), np.nan, dtype=np.float32)
    evaluate(kriging, SOLID, names, out, Progress(), threads=threads)
    plain = kriging.predict(grid_points(SOLID), True, True, True)
    expected = [plain.estimate[:, 1], plain.variance, plain.gradient[:, 0, 0], plain.gradient[:, 1, 2],
                plain.gradient_variance[:, 1], plain.estimate[:, 0]]
    for band, values in enumerate(expected):
        np.testing.assert_allclose(out[3 * band:3 * band + 3].ravel(), values, rtol=2e-6, atol=1e-6)


def test_what_is_not_defined_has_no_value():
    kriging = fitted(FLAT, "exponential")
    out = np.zeros((2, 70, 90), dtype=np.float32)
    evaluate(kriging, FLAT, [("estimate", 0), ("dx_variance", 0)], out, Progress())
    assert np.isfinite(out[0]).all()
    assert np.isnan(out[1]).all()


def test_block_support_reaches_beyond_the_cells():
    kriging = fitted(FLAT, "cubic", reach=60.0, count=200)
    offsets = np.array([[-20.0, 0.0], [20.0, 0.0], [0.0, 20.0], [0.0, -20.0]])
    out = np.zeros((1, 70, 90), dtype=np.float32)
    evaluate(kriging, FLAT, [("estimate", 0)], out, Progress(), block=offsets)
    expected = kriging.predict(grid_points(FLAT), block=offsets).estimate[:, 0]
    np.testing.assert_allclose(out.ravel(), expected, atol=1e-6)


def test_conversion_gives_the_caller_his_own_quantities():
    kriging = fitted(FLAT)
    out = np.zeros((1, 70, 90), dtype=np.float32)
    evaluate(kriging, FLAT, [("magnitude", 1)], out, Progress(), needs={"gradient": True},
             convert=lambda prediction: {"magnitude": np.linalg.norm(prediction.gradient, axis=2)})
    gradient = kriging.predict(grid_points(FLAT), gradient=True).gradient[:, 1]
    np.testing.assert_allclose(out.ravel(), np.linalg.norm(gradient, axis=1), rtol=1e-6)


def test_linear_algebra_has_one_thread_and_blocks_have_several(threaded_blas):
    seen, together = set(), threading.Barrier(2, timeout=5.0)

    def look(block):
        seen.update(pool["num_threads"] for pool in threadpool_info() if pool["user_api"] == "blas")
        together.wait()

    run_blocks([0, 1], look, Progress(), threads=2)
    assert seen == {1}


def test_progress_moves_and_finished_blocks_are_not_repeated():
    values, calls, done = [], [], np.zeros(9, dtype=np.uint8)
    done[[2, 5]] = 1
    progress = Progress(lambda event, **fields: values.append(fields["value"]))
    run_blocks(list("abcdefghi"), calls.append, progress, threads=2, done=done)
    assert sorted(calls) == list("abdeghi")
    assert done.all()
    assert values == sorted(values)
    assert values[-1] == 100.0


def test_a_stopped_run_goes_on_where_it_ended():
    kriging, stop, calls = fitted(SOLID), threading.Event(), []
    whole, out = (np.full((3, 22, 25), np.nan, dtype=np.float32) for _ in range(2))
    names, done = [("estimate", 0)], np.zeros(len(grid_blocks(SOLID)), dtype=np.uint8)
    evaluate(kriging, SOLID, names, whole, Progress())

    def count(prediction):
        calls.append(1)
        if len(calls) == 1:
            stop.set()
        return tiles.quantity_arrays(prediction)

    with pytest.raises(Cancelled):
        evaluate(kriging, SOLID, names, out, Progress(stop=stop), threads=1, done=done, convert=count, needs={})
    evaluate(kriging, SOLID, names, out, Progress(), done=done, convert=count, needs={})
    np.testing.assert_array_equal(out, whole)


def test_a_stop_is_obeyed_within_half_a_second():
    kriging = fitted(FLAT, count=1500)
    grid = dict(FLAT, columns=900, rows=900)
    out, stop = np.zeros((1, 900, 900), dtype=np.float32), threading.Event()
    asked = []

    def ask():
        asked.append(time.monotonic())
        stop.set()

    timer = threading.Timer(0.3, ask)
    timer.start()
    with pytest.raises(Cancelled):
        evaluate(kriging, grid, [("variance", 0)], out, Progress(stop=stop))
    assert time.monotonic() - asked[0] < 0.5


def test_an_error_in_a_block_ends_the_run():
    def fail(block):
        raise InputError("no")

    with pytest.raises(InputError, match="no"):
        run_blocks([1, 2, 3], fail, Progress(), threads=2)


def test_memory_is_told_beforehand():
    grid = dict(FLAT, columns=1000, rows=1000)
    memory, raster = memory_bytes(5000, 19, grid, bands=76)
    assert 2e8 < memory < 6e8
    assert raster == 4 * 76 * 1_000_000
    assert "1000000 cells from 5000 samples" in memory_estimate(5000, 19, grid, 76)
