"""Variograms changed by hand: drawn as they are kriged, saved as they are read, checked on the samples."""
import json
import math

import numpy as np
import numpy.testing as npt
import pytest
from qgis.core import QgsProcessingException

from lodescope.processing_provider.geostatistics.variogrammodel import (
    load_variogram,
    mean_semivariances,
    plan_ellipse,
    save_variogram,
    semivariances,
)

BY_HAND = {
    "schema": 1, "field": "g", "unit": "ppm", "transform": "none", "nugget": 0.3,
    "structures": [{"model": "spherical", "sill": 0.8, "ranges": [400.0, 100.0], "azimuth": 30.0, "dip": 0.0,
                    "rake": 0.0}],
}


@pytest.fixture(scope="module")
def samples(points):
    """Ninety samples of a smooth field."""
    rng = np.random.default_rng(4)
    local = rng.uniform(0.0, 1.0, (90, 2)) * [900.0, 700.0]
    values = np.sin(local[:, 0] / 150.0) + np.cos(local[:, 1] / 120.0) + 0.2 * rng.normal(size=90)
    return points(local + [500_000.0, 6_700_000.0], g=values)


@pytest.fixture(scope="module")
def file(folder):
    """The variogram made by hand, as a file."""
    save_variogram(BY_HAND, folder / "by_hand.json")
    return str(folder / "by_hand.json")


def spherical(r):
    return 1.5 * min(r, 1.0) - 0.5 * min(r, 1.0) ** 3


@pytest.mark.parametrize(("azimuth", "length"), [(30.0, 400.0), (210.0, 400.0), (120.0, 100.0)])
def test_curve_is_the_formula_along_each_axis(azimuth, length):
    lags = [0.0, 10.0, 100.0, 399.0, 500.0]
    truth = [0.0] + [0.3 + 0.8 * spherical(lag / length) for lag in lags[1:]]
    npt.assert_allclose(semivariances(BY_HAND, lags, azimuth, 0.0, 2), truth, rtol=1e-12)


def test_mean_over_vectors():
    """Half of the pairs lie along the long axis and half across."""
    along = np.array([np.sin(np.radians(30.0)), np.cos(np.radians(30.0))])
    across = np.array([along[1], -along[0]])
    truth = 0.3 + 0.8 * 0.5 * (spherical(80.0 / 400.0) + spherical(80.0 / 100.0))
    npt.assert_allclose(mean_semivariances(BY_HAND, [[80.0 * along, -80.0 * across], [80.0 * along]]),
                        [truth, 0.3 + 0.8 * spherical(0.2)], rtol=1e-12)


def test_dipping_axis_in_space():
    """A structure that dips 30 degrees to the east has its long range there, and its shortest across."""
    content = {**BY_HAND, "structures": [{**BY_HAND["structures"][0], "ranges": [400.0, 200.0, 50.0], "azimuth": 90.0,
                                          "dip": -30.0}]}
    npt.assert_allclose(semivariances(content, [200.0], 90.0, -30.0, 3), [0.3 + 0.8 * spherical(0.5)])
    npt.assert_allclose(semivariances(content, [25.0], 90.0, 60.0, 3), [0.3 + 0.8 * spherical(0.5)])


def test_ellipse_of_the_plan():
    npt.assert_allclose(plan_ellipse(BY_HAND, 2), [400.0, 100.0, 30.0])
    flat = {**BY_HAND, "structures": [{**BY_HAND["structures"][0], "ranges": [400.0, 200.0, 50.0], "dip": -90.0}]}
    longest, shortest, azimuth = plan_ellipse(flat, 3)  # the longest axis stands upright
    npt.assert_allclose([longest, shortest], [200.0, 50.0])
    assert azimuth == pytest.approx(120.0)
    tilted = {**BY_HAND, "structures": [{**BY_HAND["structures"][0], "ranges": [400.0, 200.0, 50.0], "dip": -30.0}]}
    across = 1.0 / math.hypot(math.cos(math.radians(30.0)) / 400.0, math.sin(math.radians(30.0)) / 50.0)
    npt.assert_allclose(plan_ellipse(tilted, 3), [200.0, across, 120.0], rtol=1e-9)


def test_saved_file_is_read_back_and_kriged_with(toolbox, samples, read, folder, file):
    """The kriging with the saved file gives the samples' weights of that variogram: PyKrige's own gives the same."""
    assert load_variogram(file) == BY_HAND
    common = {"INPUT": samples, "FIELDS": ["g"], "CELL_SIZE": 50, "TRANSFORM": "none", "VARIOGRAM": file}
    toolbox("kriging", OUTPUT=str(folder / "ours.tif"), **common)
    toolbox("kriging", OUTPUT=str(folder / "pykrige.tif"), ENGINE="pykrige", **common)
    for name, values in read(folder / "ours.tif").bands.items():
        npt.assert_allclose(read(folder / "pykrige.tif")[name], values, rtol=2e-3, atol=2e-3)
    toolbox("kriging", OUTPUT=str(folder / "fitted.tif"), **{**common, "VARIOGRAM": None})
    assert np.abs(read(folder / "fitted.tif")["g:estimate"] - read(folder / "ours.tif")["g:estimate"]).max() > 0.02


def test_given_variogram_is_checked_and_not_changed(toolbox, samples, folder, file):
    made = toolbox("fitvariogram", INPUT=samples, FIELD="g", GIVEN=file, VARIOGRAM=str(folder / "checked.json"),
                   POINTS=str(folder / "points.json"), REPORT=str(folder / "checked.html"))
    assert load_variogram(folder / "checked.json") == BY_HAND
    assert made["NUGGET"] == 0.3
    scores = json.loads(made["SCORES"])["g"]
    assert scores["validation"] == "spatial block"
    worse = {**BY_HAND, "nugget": 30.0}
    save_variogram(worse, folder / "worse.json")
    worse = toolbox("fitvariogram", INPUT=samples, FIELD="g", GIVEN=str(folder / "worse.json"),
                    VARIOGRAM=str(folder / "checked.json"))
    assert worse["CRPS"] > 1.5 * made["CRPS"]
    assert "Models tried" not in (folder / "checked.html").read_text(encoding="utf-8")


def test_points_are_those_of_all_pairs(toolbox, samples, folder):
    """In the plan: every pair once in all directions; eighteen azimuths whose sectors cover the circle."""
    content = json.loads((folder / "points.json").read_text(encoding="utf-8"))
    assert (content["dimensions"], content["samples"]) == (2, 90)
    entries = content["directions"]
    azimuths = {entry["azimuth"]: entry for entry in entries if entry["kind"] == "azimuth"}
    assert list(azimuths) == list(range(0, 180, 10))
    assert [entry["label"] for entry in entries if entry["kind"] == "axis"] == ["Major axis", "Minor axis"]
    assert entries[0]["kind"] == "all"
    places = np.array([[f.geometry().asPoint().x(), f.geometry().asPoint().y()] for f in samples.getFeatures()])
    first, second = np.triu_indices(90, 1)
    east, north = (places[first] - places[second]).T
    for azimuth, entry in [(None, entries[0]), (40.0, azimuths[40.0]), (130.0, azimuths[130.0])]:
        turned = np.degrees(np.arctan2(east, north)) - (azimuth or 0.0)
        inside = (np.abs((turned + 90.0) % 180.0 - 90.0) <= 22.5) | (azimuth is None)
        near = inside & (np.hypot(east, north) <= entry["lags"][-1])
        assert 0 <= sum(entry["pairs"]) - near.sum() <= entry["pairs"][-1]
    for lag, pairs, vectors in zip(entries[0]["lags"], entries[0]["pairs"], entries[0]["vectors"]):
        assert len(vectors) == min(pairs, 24)
        assert np.linalg.norm(vectors, axis=1).mean() == pytest.approx(lag, rel=0.15)
    assert len(entries[0]["vectors"]) == len(entries[0]["lags"])
    assert "vectors" not in azimuths[40.0]
    values = np.array([feature["g"] for feature in samples.getFeatures()])
    assert content["variance"] == pytest.approx(values.var(), rel=1e-9)
    assert entries[0]["semivariance"][0] < 0.5 * values.var() < entries[0]["semivariance"][-1]


def test_bad_content_is_one_sentence(folder, program, samples):
    with pytest.raises(QgsProcessingException, match="sill"):
        save_variogram({**BY_HAND, "structures": [{**BY_HAND["structures"][0], "sill": 0.0}]}, folder / "bad.json")
    assert not (folder / "bad.json").exists()
    (folder / "bad.json").write_text("[]")
    with pytest.raises(QgsProcessingException, match="Fit variogram"):
        load_variogram(folder / "bad.json")
    code, output = program("fitvariogram", INPUT=str(folder / "none.gpkg"), FIELD="g", GIVEN=str(folder / "bad.json"),
                           VARIOGRAM=str(folder / "never.json"))
    assert code != 0
    assert "Traceback" not in output
    assert not (folder / "never.json").exists()
