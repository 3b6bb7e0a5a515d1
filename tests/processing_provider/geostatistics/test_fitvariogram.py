"""Variograms fitted through Processing: a simulated field gives its own back, and the file serves the kriging."""
import json

import numpy as np
import numpy.testing as npt
import pytest

WEST, SOUTH = 500_000.0, 6_700_000.0
NUGGET, SILL, RANGES, AZIMUTH = 0.2, 1.0, (500.0, 200.0), 40.0


def field(local, rng):
    """A spherical field with nugget and anisotropy, simulated by Cholesky; azimuth clockwise from north."""
    a = np.radians(AZIMUTH)
    along, across = local @ [np.sin(a), np.cos(a)], local @ [np.cos(a), -np.sin(a)]
    r = np.hypot(np.subtract.outer(along, along) / RANGES[0], np.subtract.outer(across, across) / RANGES[1])
    correlation = np.where(r < 1.0, 1.0 - 1.5 * r + 0.5 * r**3, 0.0)
    covariance = SILL * correlation + NUGGET * np.eye(len(local))
    return np.linalg.cholesky(covariance) @ rng.normal(size=len(local))


@pytest.fixture(scope="module")
def samples(points):
    """Seven hundred samples with a simulated field, and its exponential."""
    rng = np.random.default_rng(21)
    local = rng.uniform(0.0, 1.0, (700, 2)) * [2500.0, 2000.0]
    values = field(local, rng)
    return points(local + [WEST, SOUTH], g=5.0 + values, skewed=np.exp(1.2 * values))


@pytest.fixture(scope="module")
def fitted(toolbox, samples, folder):
    """Outputs and file of a fit with anisotropy."""
    results = toolbox("fitvariogram", INPUT=samples, FIELD="g", TRANSFORM="none", MODEL_TYPES=["spherical"], UNIT="ppm",
                      ANISOTROPY="full", VARIOGRAM=str(folder / "g.json"), REPORT=str(folder / "g.html"))
    return results, json.loads((folder / "g.json").read_text())


def test_simulated_variogram_comes_back(fitted):
    results, _ = fitted
    assert results["MODEL"] == "spherical"
    npt.assert_allclose(results["NUGGET"], NUGGET, atol=0.12)
    npt.assert_allclose(results["SILL"], NUGGET + SILL, rtol=0.3)
    npt.assert_allclose([results["RANGE_MAJOR"], results["RANGE_SEMI"]], RANGES, rtol=0.35)
    assert abs((results["AZIMUTH"] - AZIMUTH + 90.0) % 180.0 - 90.0) < 12.0


def test_file_follows_the_schema_and_the_outputs(fitted, folder):
    results, content = fitted
    assert {key: content[key] for key in ("schema", "field", "unit", "transform")} == {
        "schema": 1, "field": "g", "unit": "ppm", "transform": "none"}
    (structure,) = content["structures"]
    assert set(structure) == {"model", "sill", "ranges", "azimuth", "dip", "rake"}
    assert content["nugget"] == results["NUGGET"]
    assert content["nugget"] + structure["sill"] == pytest.approx(results["SILL"])
    assert structure["ranges"][:2] == [results["RANGE_MAJOR"], results["RANGE_SEMI"]]
    assert results["SAMPLES"] == 700
    assert results["TRANSFORM_USED"] == "none"
    assert np.isfinite(results["LOG_LIKELIHOOD"])
    assert results["VARIOGRAM"] == str(folder / "g.json")
    report = (folder / "g.html").read_text(encoding="utf-8")
    assert "<svg" in report
    assert "<script" not in report


def test_scores_are_honest(fitted):
    """The intervals hold about the share they name, and the scores of single samples are not the first ones."""
    results, _ = fitted
    assert 0.91 <= results["COVERAGE_95"] <= 0.985
    assert 0.4 <= results["COVERAGE_50"] <= 0.6
    assert results["RMSE"] > NUGGET**0.5
    scores = json.loads(results["SCORES"])["g"]
    assert scores["validation"] == "spatial block"
    assert scores["scores"]["rmse"] == results["RMSE"]
    assert results["R2_RANDOM"] > results["R2"]


def test_skewed_values_are_transformed_and_the_file_keeps_how(toolbox, samples, read, folder):
    """Kriging takes over the scale of the file, and gives grades on their own."""
    made = toolbox("fitvariogram", INPUT=samples, FIELD="skewed", ANISOTROPY="none",
                   VARIOGRAM=str(folder / "skewed.json"))
    content = json.loads((folder / "skewed.json").read_text())
    assert made["TRANSFORM_USED"] == content["transform"] != "none"
    assert content["transform_parameters"]["name"] == content["transform"]
    assert made["RANGE_MAJOR"] == made["RANGE_SEMI"] == made["RANGE_MINOR"]
    toolbox("kriging", INPUT=samples, FIELDS=["skewed"], CELL_SIZE=100, VARIOGRAM=str(folder / "skewed.json"),
            OUTPUT=str(folder / "skewed.tif"))
    raster = read(folder / "skewed.tif")
    found = [feature["skewed"] for feature in samples.getFeatures()]
    assert (raster["skewed:estimate"] > 0.0).all()
    assert raster["skewed:estimate"].mean() == pytest.approx(np.mean(found), rel=0.2)
    assert np.median(raster["skewed:variance"]) < np.var(found)


def test_chain_gives_what_kriging_fits_by_itself(toolbox, points, read, folder):
    rng = np.random.default_rng(22)
    local = rng.uniform(0.0, 1.0, (120, 2)) * [1000.0, 800.0]
    layer = points(local + [WEST, SOUTH], g=np.exp(field(local, rng)))
    toolbox("fitvariogram", INPUT=layer, FIELD="g", VARIOGRAM=str(folder / "chain.json"))
    common = {"INPUT": layer, "FIELDS": ["g"], "CELL_SIZE": 50}
    toolbox("kriging", VARIOGRAM=str(folder / "chain.json"), OUTPUT=str(folder / "chain.tif"), **common)
    toolbox("kriging", OUTPUT=str(folder / "alone.tif"), **common)
    for name, values in read(folder / "chain.tif").bands.items():
        npt.assert_allclose(read(folder / "alone.tif")[name], values, rtol=1e-6)


def test_vertical_range_of_holes_is_found(toolbox, points, folder):
    """In space, with values that change quickly downwards, the vertical range is the short one."""
    rng = np.random.default_rng(23)
    collars = rng.uniform(0.0, 1.0, (20, 2)) * [800.0, 800.0]
    local = np.column_stack([np.repeat(collars, 15, axis=0), np.tile(np.arange(15) * 4.0, 20)])
    stretched = local * [1.0, 1.0, 10.0]
    apart = np.linalg.norm(stretched[:, None] - stretched[None], axis=2)
    values = np.linalg.cholesky(np.exp(-3.0 * apart / 300.0) + 1e-6 * np.eye(300)) @ rng.normal(size=300)
    holes = [f"DH{k:02d}" for k in np.repeat(np.arange(20), 15)]
    results = toolbox("fitvariogram", INPUT=points(local + [WEST, SOUTH, 300.0], g=values, hole=holes), FIELD="g",
                      HOLE_ID="hole", ANISOTROPY="horizontal", MODEL_TYPES=["exponential"], TRANSFORM="none",
                      VARIOGRAM=str(folder / "holes.json"))
    assert 15.0 < results["RANGE_MINOR"] < 60.0
    assert 150.0 < results["RANGE_MAJOR"] < 600.0
    assert json.loads(results["SCORES"])["g"]["validation"] == "drill hole"
