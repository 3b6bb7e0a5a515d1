"""The four geostatistical jobs on small drilling with known answers."""
import json

import numpy as np
import numpy.testing as npt
import pytest

from lodescope.algorithms.errors import Cancelled
from lodescope.algorithms.geostatistics import jobs_flux, jobs_indicator, jobs_kriging, jobs_variogram
from lodescope.algorithms.geostatistics.gridding import Gridding, cell_offsets
from lodescope.algorithms.geostatistics.tiles import grid_points
from lodescope.algorithms.progress import Progress

SLOPE = np.array([0.01, 0.02, 0.05])
QUANTITIES = ["estimate", "dx", "dy", "dz", "magnitude", "sd"]


@pytest.fixture
def sloping(drilling):
    """Coordinates, values (n, 2) on a slope and on twice that slope, and holes."""
    coordinates, holes = drilling
    value = (coordinates - [500_000.0, 7_000_000.0, 0.0]) @ SLOPE
    return {"coordinates": coordinates, "values": np.column_stack([value, 2.0 * value]), "groups": holes}


@pytest.fixture
def settings(grid, smooth_variogram):
    return {"fields": ["a", "b"], "grid": grid, "drift": "linear", "variogram": smooth_variogram, "seed": 1,
            "threads": 2}


def values_of(job, outputs, name):
    """Bands of one quantity, levels first."""
    out = job.load("grid")
    return np.stack([out[k] for k, text in enumerate(outputs["bands"]) if text.split("@")[0] == name])


def truth(grid):
    return ((grid_points(grid) - [500_000.0, 7_000_000.0, 0.0]) @ SLOPE).reshape(2, 10, 10)


def test_kriging_gives_a_slope_back(make_job, settings, sloping, grid):
    job = make_job(settings, **sloping)
    found = jobs_kriging.run(job, Progress())
    npt.assert_allclose(values_of(job, found, "a:estimate"), truth(grid), rtol=1e-6)
    npt.assert_allclose(values_of(job, found, "b:estimate"), 2.0 * truth(grid), rtol=1e-6)
    assert found["fields"]["a"]["scores"]["r2"] == pytest.approx(1.0)
    assert found["fields"]["a"]["validation"] == "drill hole"
    assert "<svg" in (job.root / "report.html").read_text()


def test_simple_kriging_returns_to_the_known_mean(make_job, settings, sloping):
    far = {"west": 600_000.0, "north": 7_000_400.0, "cell": 40.0, "columns": 2, "rows": 2, "levels": [120.0]}
    job = make_job({**settings, "grid": far, "drift": "none", "mean": 33.0}, **sloping)
    found = jobs_kriging.run(job, Progress())
    npt.assert_allclose(values_of(job, found, "a:estimate"), 33.0, rtol=1e-6)
    npt.assert_allclose(values_of(job, found, "a:variance"), 10.5, rtol=1e-6)


def test_blocks_vary_less_than_points(make_job, settings, sloping):
    points = jobs_kriging.run(job := make_job(settings, **sloping), Progress())
    wide = values_of(job, points, "a:variance")
    job.clear()
    job = make_job({**settings, "block_points": 3}, **sloping)
    assert (values_of(job, jobs_kriging.run(job, Progress()), "a:variance") < wide).all()


def test_a_cell_is_discretised_about_its_centre(grid):
    offsets = cell_offsets(grid, 2)
    npt.assert_allclose(offsets.mean(axis=0), 0.0, atol=1e-12)
    npt.assert_allclose(np.unique(np.abs(offsets[:, 0])), 10.0)
    npt.assert_allclose(np.unique(np.abs(offsets[:, 2])), 10.0)


def test_flux_of_a_slope(make_job, settings, sloping):
    job = make_job({**settings, "quantities": QUANTITIES, "samples": True}, **sloping)
    found = jobs_flux.run(job, Progress())
    for name, slope in zip(("dx", "dy", "dz"), SLOPE):
        npt.assert_allclose(values_of(job, found, f"a:{name}"), slope, rtol=1e-6)
    table = dict(zip(found["sample_columns"], job.load("samples").T))
    npt.assert_allclose(table["b_dz"], 2.0 * SLOPE[2], rtol=1e-6)


def test_the_flux_law_reports_its_change(make_job, settings, sloping, grid):
    diffusivity = np.ones((10, 10))
    diffusivity[:, 5:] = 0.1
    units = (diffusivity < 1.0).astype(int)
    side = (sloping["coordinates"][:, 0] > 500_200.0).astype(int)
    job = make_job({**settings, "drift": "none", "method": "finite element", "strength": 80.0,
                    "quantities": ["dx", "flux", "divergence", "change"]},
                   diffusivity=diffusivity, units=units, sample_units=side, **sloping)
    found = jobs_flux.run(job, Progress())
    npt.assert_allclose(values_of(job, found, "a:flux_x"), -diffusivity * values_of(job, found, "a:dx"), rtol=1e-5)
    assert np.abs(values_of(job, found, "a:change")).max() > 0.0
    assert any("changed the kriged grade by" in note for note in found["notes"])


def test_a_field_that_ignores_the_law_is_left_to_kriging(make_job, settings, sloping):
    """A wave has sources and sinks everywhere; imposing the law can only harm it."""
    x, y = (sloping["coordinates"][:, axis] % 1000.0 for axis in (0, 1))
    wave = 3.0 * np.sin(x / 90.0) * np.cos(y / 110.0)
    known = {**settings["variogram"], "nugget": 0.01}
    job = make_job({**settings, "drift": "none", "method": "finite element", "quantities": ["dx", "change"], "order": 1,
                    "variogram": known, "fields": ["a"]}, **{**sloping, "values": wave[:, None]})
    found = jobs_flux.run(job, Progress())
    assert "strength 0" in found["notes"][0]
    npt.assert_allclose(values_of(job, found, "a:change"), 0.0)


def test_indicators_of_a_slope(make_job, settings, sloping, grid):
    given = {**settings, "drift": "none", "cutoffs": [10.0, 14.0, 18.0], "quantiles": [0.1, 0.5, 0.9]}
    job = make_job({**given, "fields": ["a"]}, coordinates=sloping["coordinates"], values=sloping["values"][:, :1],
                   groups=sloping["groups"])
    found = jobs_indicator.run(job, Progress())
    above = [values_of(job, found, f"a:probability>{cutoff}") for cutoff in (10, 14, 18)]
    assert all((high <= low + 1e-6).all() for low, high in zip(above, above[1:]))
    expected = truth(grid)
    assert np.corrcoef(values_of(job, found, "a:mean").ravel(), expected.ravel())[0, 1] > 0.95
    assert above[1][expected > 17.0].mean() > 0.9 > 0.1 > above[1][expected < 11.0].mean()
    assert (values_of(job, found, "a:p10") <= values_of(job, found, "a:p90")).all()


def test_a_variogram_is_fitted_and_written(make_job, sloping):
    rng = np.random.default_rng(3)
    noisy = np.sin(sloping["coordinates"][:, :1] / 60.0) + rng.normal(0.0, 0.2, (120, 1))
    job = make_job({"fields": ["a"], "units": {"a": "ppm"}, "models": ["matern15"]}, coordinates=sloping["coordinates"],
                   values=noisy, groups=sloping["groups"])
    found = jobs_variogram.run(job, Progress())
    written = json.loads((job.root / "variogram.json").read_text())
    assert written == found["variogram"]
    assert written["structures"][0]["model"] == "matern15"
    assert (written["field"], written["unit"], written["schema"]) == ("a", "ppm", 1)
    assert "Down the hole" in (job.root / "report.html").read_text()


def test_a_stopped_job_goes_on_from_its_finished_blocks(make_job, settings, sloping):
    """The second run leaves the blocks alone that the first one finished."""
    job = make_job(settings, **sloping)
    whole = jobs_kriging.run(job, Progress())
    first = job.load("grid")
    marked = job.create("grid", first.shape)
    marked[0, 0, 0] = -77.0
    assert jobs_kriging.run(job, Progress())["bands"] == whole["bands"]
    again = job.load("grid")
    assert again[0, 0, 0] == -77.0
    npt.assert_array_equal(again.ravel()[1:], first.ravel()[1:])


def test_a_stop_ends_the_job(make_job, settings, sloping):
    progress = Progress()
    progress._stop.set()
    with pytest.raises(Cancelled):
        Gridding(make_job(settings, **sloping), progress)


def test_progress_only_rises(make_job, settings, sloping, grid):
    seen = []
    progress = Progress(lambda event, **fields: seen.append(fields["value"]) if event == "progress" else None)
    sloping["values"] += np.random.default_rng(0).normal(0.0, 1.0, sloping["values"].shape)
    fine = {**grid, "cell": 4.0, "columns": 100, "rows": 100}
    jobs_kriging.run(make_job({**settings, "variogram": None, "grid": fine}, **sloping), progress)
    assert seen == sorted(seen)
    assert seen[-1] == 100.0
    assert np.max(np.diff([0.0, *seen])) < 25.0
