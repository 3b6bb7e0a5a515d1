"""Drill sites: attributes read back, distances, excluded areas, kriged maps, bad input."""
import json

import numpy as np
import pytest
from map_files import CELL, NORTH, WEST, areas_layer, box, centres, refused, write_map
from qgis.core import QgsVectorLayer

ROWS, COLUMNS = 30, 40
VARIOGRAM = {"schema": 1, "field": "Nd_ppm", "unit": "ppm", "transform": "none", "nugget": 20.0,
             "structures": [{"model": "spherical", "sill": 100.0, "ranges": [900.0, 900.0], "azimuth": 0.0, "dip": 0.0,
                             "rake": 0.0}]}


@pytest.fixture(scope="module")
def mean():
    rows, columns = np.indices((ROWS, COLUMNS))
    made = 100.0 * np.exp(-((rows - 8.0) ** 2 + (columns - 30.0) ** 2) / 60.0)
    made[:, 0] = np.nan
    return made


@pytest.fixture(scope="module")
def sd(mean):
    return np.full(mean.shape, 8.0)


@pytest.fixture(scope="module")
def raster(folder, mean, sd):
    """A kriged map that tells its variogram."""
    return write_map(folder / "kriged.tif", {"Nd_ppm:estimate": mean, "Nd_ppm:variance": sd ** 2},
                     metadata={"LODESCOPE_VARIOGRAMS": json.dumps({"Nd_ppm": VARIOGRAM})})


@pytest.fixture(scope="module")
def file(folder):
    path = folder / "variogram.json"
    path.write_text(json.dumps(VARIOGRAM))
    return str(path)


def sites_of(path):
    layer = QgsVectorLayer(str(path), "sites", "ogr")
    assert layer.isValid()
    found = sorted(layer.getFeatures(), key=lambda feature: feature["rank"])
    return found, np.array([[feature.geometry().asPoint().x(), feature.geometry().asPoint().y()] for feature in found])


def test_sites_read_back(toolbox, raster, mean, points, tmp_path, feedback):
    outputs = toolbox("suggestdrillsites", feedback, RASTER=raster, COUNT=3, BEST=60.0,
                      HOLES=points(centres([[20, 5]])), OUTPUT=str(tmp_path / "s.gpkg"),
                      REPORT=str(tmp_path / "r.html"))
    sites, places = sites_of(tmp_path / "s.gpkg")
    assert [site["rank"] for site in sites] == [1, 2, 3]
    assert tuple(places[0]) == tuple(centres([[8, 30]])[0]) == (sites[0]["x"], sites[0]["y"])
    assert sites[0]["mean"] == pytest.approx(100.0, rel=1e-6)
    assert sites[0]["sd"] == pytest.approx(8.0, rel=1e-6)
    assert sites[0]["best_so_far"] == 60.0
    assert sites[0]["expected_improvement"] == pytest.approx(40.0, rel=1e-4) == outputs["IMPROVEMENT"]
    assert sites[0]["hole_distance"] == pytest.approx(np.hypot(12, 25) * CELL)
    apart = np.hypot(*(places[1:] - places[0]).T).min()
    assert sites[0]["site_distance"] == pytest.approx(apart)
    assert sites[0]["metres"] == 100.0 and outputs["METRES"] == 300.0
    assert sites[0]["removed_per_metre"] == pytest.approx(sites[0]["variance_removed"] / 100.0)
    assert 0.0 < sites[0]["share_removed"] < sites[0]["share_near"] < 1.0
    assert outputs["SHARE_REMOVED"] == pytest.approx(sum(site["share_removed"] for site in sites))
    assert sites[0]["teaches"].startswith("Shows whether the best ground holds: 100 ")
    text = (tmp_path / "r.html").read_text(encoding="utf-8")
    assert "with which the map was kriged" in text and "kriging believer" in text
    assert any("'variance'" in line for line in feedback.info)


def test_distance_and_excluded_areas(toolbox, raster, mean, file, points, tmp_path):
    holes = centres([[8, 28], [20, 20]])
    excluded = areas_layer(box(0, 12, 25, 40), box(20, 30, 0, 10))
    inside = areas_layer(box(0, ROWS, 3, COLUMNS))
    for method in ("expected_improvement", "variance_per_metre"):
        path = tmp_path / f"{method}.gpkg"
        toolbox("suggestdrillsites", RASTER=raster, COUNT=12, MIN_DISTANCE=450.0, HOLES=points(holes),
                EXCLUSION=excluded, MASK=inside, METHOD=method, VARIOGRAM=file, OUTPUT=str(path))
        _, places = sites_of(path)
        every = np.vstack([places, holes])
        gaps = np.hypot(*(places[:, None] - every).T).T
        gaps[np.arange(len(places)), np.arange(len(places))] = np.inf
        assert len(places) == 12 and gaps.min() >= 450.0
        rows, columns = np.floor((NORTH - places[:, 1]) / CELL), np.floor((places[:, 0] - WEST) / CELL)
        assert not ((rows < 12) & (columns >= 25)).any()
        assert not ((rows >= 20) & (columns < 10)).any()
        assert (columns >= 3).all()


def test_too_large_a_distance_gives_fewer_sites_and_a_sentence(toolbox, raster, tmp_path, feedback):
    outputs = toolbox("suggestdrillsites", feedback, RASTER=raster, COUNT=5, MIN_DISTANCE=1e6,
                      OUTPUT=str(tmp_path / "s.gpkg"))
    assert outputs["SITES"] == 1
    assert "1 of 5 sites" in outputs["NOTE"]
    assert any("1 of 5 sites" in line for line in feedback.warnings)


def test_metres_of_a_raster_count(toolbox, raster, mean, folder, tmp_path):
    depths = np.full(mean.shape, 400.0)
    depths[:, 20:] = 50.0
    path = write_map(folder / "depths.tif", {"metres": depths})
    toolbox("suggestdrillsites", RASTER=raster, COUNT=2, METHOD="variance_per_metre", DEPTH_RASTER=path,
            OUTPUT=str(tmp_path / "s.gpkg"))
    sites, _ = sites_of(tmp_path / "s.gpkg")
    assert [site["metres"] for site in sites] == [50.0, 50.0]


def test_map_without_uncertainty(toolbox, mean, folder, points, tmp_path, feedback):
    path = write_map(folder / "plain.tif", {"a": mean})
    toolbox("suggestdrillsites", feedback, RASTER=path, COUNT=1, RANGE=1500.0, HOLES=points(centres([[15, 6]])),
            OUTPUT=str(tmp_path / "s.gpkg"))
    (site,), _ = sites_of(tmp_path / "s.gpkg")
    assert site["x"] > WEST + 20 * CELL  # away from the hole
    assert site["teaches"].startswith("Removes ")
    assert "Expected improvement needs" in refused(
        toolbox, "suggestdrillsites", RASTER=path, METHOD="expected_improvement", OUTPUT=str(tmp_path / "x.gpkg"))


@pytest.mark.parametrize(("more", "message"), [
    ({"COUNT": 0}, "number of sites is 0"),
    ({"COUNT": -3}, "number of sites is -3"),
    ({"MIN_DISTANCE": -1.0}, "minimum distance"),
    ({"DEPTH": 0.0}, "above zero"),
    ({"RANGE": -5.0}, "above zero"),
    ({"EXCLUSION": box(-10, 100, -10, 100)}, "leave no cell"),
    ({"MASK": box(900, 905, 0, 5)}, "no polygon"),
])
def test_bad_input_is_one_sentence(toolbox, raster, tmp_path, more, message):
    more = {key: areas_layer(value) if isinstance(value, str) else value for key, value in more.items()}
    sentence = refused(toolbox, "suggestdrillsites", RASTER=raster, OUTPUT=str(tmp_path / "s.gpkg"), **more)
    assert message in sentence
    assert len(sentence.splitlines()) == 1
    assert not (tmp_path / "s.gpkg").exists()


def test_degrees_are_refused_with_advice(toolbox, folder, tmp_path):
    path = write_map(folder / "degrees.tif", {"a": np.arange(100.0).reshape(10, 10)}, 4326,
                     (100.0, 0.01, 0.0, 40.0, 0.0, -0.01))
    assert "UTM" in refused(toolbox, "suggestdrillsites", RASTER=path, OUTPUT=str(tmp_path / "s.gpkg"))


def test_kriged_map_tells_its_variogram(toolbox, points, tmp_path):
    rng = np.random.default_rng(0)
    places = rng.uniform(0.0, 2000.0, (60, 2)) + [WEST, NORTH]
    grades = np.sin(places[:, 0] / 300.0) + np.cos(places[:, 1] / 250.0) + 0.1 * rng.normal(size=60)
    toolbox("kriging", INPUT=points(places, Nd_ppm=grades), FIELDS=["Nd_ppm"], CELL_SIZE=100.0,
            OUTPUT=str(tmp_path / "k.tif"))
    toolbox("suggestdrillsites", RASTER=str(tmp_path / "k.tif"), COUNT=1, HOLES=points(places),
            OUTPUT=str(tmp_path / "s.gpkg"), REPORT=str(tmp_path / "r.html"))
    assert "the variogram with which the map was kriged" in (tmp_path / "r.html").read_text(encoding="utf-8")
