"""The job: samples, tiles in and out, the recipe and the report."""
import json
import threading
import time

import numpy as np
import pytest

from lodescope.algorithms.errors import Cancelled, InputError
from lodescope.algorithms.folder import JobFolder
from lodescope.algorithms.fusion.jobs_fusion import centres, run
from lodescope.algorithms.fusion.recipe import Recipe
from lodescope.algorithms.fusion.table import cell_table
from lodescope.algorithms.fusion.tilestream import hand_back, tile_name, tiles
from lodescope.algorithms.progress import Progress

GRID = {"west": 0.0, "north": 100.0, "cell": 10.0, "columns": 10, "rows": 10, "levels": []}


@pytest.fixture
def fusion_job(tmp_path):
    """Make a job of 60 samples with two rasters, a class and one target."""
    rng = np.random.default_rng(1)
    places = rng.uniform(0.0, 100.0, (60, 2))
    k = np.exp(places[:, 0] / 40.0)
    arrays = {"coordinates": places, "groups": np.arange(60) // 3, "numbers": np.column_stack([k, places[:, 1]]),
              "classes": (places[:, :1] > 50.0).astype(np.int64),
              "targets": (np.log(k) + rng.normal(0.0, 0.1, 60))[:, None]}

    def make(tiles=(), **more):
        settings = {"numbers": ["k", "dem"], "targets": ["grade"], "everywhere": ["k", "dem", "unit"],
                    "classes": [{"name": "unit", "labels": ["schist", "granite"]}], "lines": [], "grid": GRID,
                    "tiles": list(tiles), "steps": {"components": 0}, "seed": 1, "crs": "EPSG:32650", **more}
        (tmp_path / "inputs").mkdir(exist_ok=True)
        for name, array in arrays.items():
            np.save(tmp_path / "inputs" / f"{name}.npy", array)
        content = {"protocol": 1, "job": "fusefeatures", "settings": settings,
                   "arrays": {name: f"inputs/{name}.npy" for name in arrays}}
        (tmp_path / "job.json").write_text(json.dumps(content))
        return JobFolder(tmp_path)

    return make


def test_tiles_get_what_the_recipe_says(fusion_job):
    windows = [[0, 0, 10, 4, None], [0, 4, 10, 6, None]]
    job = fusion_job(windows)
    cells = [centres(GRID, window) for window in windows]
    inputs = [np.stack([np.exp(p[:, 0] / 40.0), p[:, 1], np.where(p[:, 0] > 50.0, 1.0, 2.0)]).astype(np.float32)
              for p in cells]
    for number, tile in enumerate(inputs):
        np.save(job.root / tile_name("in", number), tile)
    outputs = run(job, Progress())
    recipe = Recipe.load(job.path("recipe.safetensors"))
    assert outputs["bands"] == outputs["features"] == [entry["name"] for entry in recipe.names]
    assert outputs["unseen"] == {"unit=not at the samples": 50}
    for number, (places, tile) in enumerate(zip(cells, inputs)):
        table = cell_table(places, numbers={"k": tile[0].astype(float), "dem": tile[1].astype(float)},
                          classes={"unit": (tile[2].astype(int), ["schist", "granite", "x"])},
                          everywhere=frozenset({"k", "dem", "unit"}))
        assert np.array_equal(job.load(f"out_{number:06d}"), recipe.transform(table, cells=True).T.astype(np.float32))
        assert not (job.root / tile_name("in", number)).exists()
    report = job.read_text("report.html")
    assert [word in report for word in ("Samples and map", "not at the samples", "Spearman", "schist")] == [True] * 4


def test_a_cell_that_no_raster_covers_is_empty(fusion_job):
    job = fusion_job([[0, 0, 10, 1, None]])
    tile = np.ones((3, 10), np.float32)
    tile[:2, 3], tile[0, 5] = np.nan, np.nan
    np.save(job.root / tile_name("in", 0), tile)
    run(job, Progress())
    empty = np.isnan(job.load("out_000000"))
    assert empty.all(axis=0).tolist() == [k == 3 for k in range(10)]
    assert empty.any(axis=0).tolist() == [k == 3 for k in range(10)]


def test_a_target_without_values_is_refused(fusion_job):
    job = fusion_job()
    np.save(job.root / "inputs" / "targets.npy", np.full((60, 1), np.nan))
    with pytest.raises(InputError, match="'grade' has no value"):
        run(job, Progress())


def test_waiting_for_a_tile_can_be_cancelled(fusion_job):
    stop = threading.Event()
    threading.Timer(0.2, stop.set).start()
    start = time.monotonic()
    with pytest.raises(Cancelled):
        list(tiles(fusion_job(), 1, Progress(stop=stop)))
    assert time.monotonic() - start < 2.0


def test_results_wait_until_earlier_ones_are_fetched(fusion_job):
    job, stop = fusion_job(), threading.Event()
    for number in range(2):
        hand_back(job, number, np.zeros(1), Progress())
    threading.Timer(0.2, stop.set).start()
    with pytest.raises(Cancelled):
        hand_back(job, 2, np.zeros(1), Progress(stop=stop))
    assert not job.path("out_000002.npy").exists()
