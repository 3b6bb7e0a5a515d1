"""The demonstration's tables of real data, and the collecting of benchmarks."""
import sys
from pathlib import Path

import numpy as np
import pytest
from osgeo import ogr

ROOT = Path(__file__).resolve().parents[1]
DATA = ROOT.parent / "shared" / "data"
sys.path.insert(0, str(ROOT / "scripts"))
import datasets
import headless
import truth

import bench

# Longitude and latitude within which each set lies; the local grids are in no known place.
PLACES = {
    "babbitt_cu_ni": (-92.1, -91.7, 47.5, 47.8), "karara_iron_lith_assay": (116.0, 118.0, -30.0, -29.0),
    "ngsa": (112.0, 154.0, -44.0, -10.0), "capricorn_soil": (114.0, 120.0, -28.0, -22.0),
    "wachem_sir_samuel": (120.0, 122.0, -28.5, -26.5), "meuse": (5.5, 6.0, 50.8, 51.1),
}


def layer_of(store):
    layer = store.GetLayerByName("samples")
    return layer, [feature.GetGeometryRef().GetPoints()[0] for feature in layer]


@pytest.mark.parametrize("name", sorted(datasets.DATASETS))
def test_table_becomes_points(name, tmp_path):
    folder, dataset = DATA / name, datasets.DATASETS[name]
    if not folder.is_dir():
        pytest.skip(f"{folder} is not here")
    count = datasets.write_points(folder, dataset, tmp_path / "points.gpkg")
    store = ogr.Open(str(tmp_path / "points.gpkg"))
    layer, points = layer_of(store)
    assert count == layer.GetFeatureCount() >= 100
    assert len(points[0]) == len(dataset.place)
    values = np.array([feature[dataset.fields[0]] for feature in store.GetLayerByName("samples")], dtype=float)
    assert np.isfinite(values).all()
    assert (values >= 0.0).all()
    if name in PLACES:
        west, east, south, north = PLACES[name]
        to_degrees = datasets.osr.CoordinateTransformation(layer.GetSpatialRef(), datasets.system(4326))
        x, y = np.array([to_degrees.TransformPoint(*point[:2])[:2] for point in points]).T
        assert (x > west).all() and (x < east).all() and (y > south).all() and (y < north).all()


def test_unknown_set_is_one_sentence_with_the_known_ones():
    with pytest.raises(SystemExit, match=r"No data set is called 'gold'.*jura, meuse\.$"):
        datasets.find(Path("gold"))


def test_missing_folder_is_named():
    with pytest.raises(SystemExit, match="does not exist"):
        datasets.find(Path("nowhere") / "jura")


@pytest.mark.parametrize(("text", "options", "value"), [
    ("1.5", {}, 1.5), ("", {}, None), ("n.d.", {}, None), ("nan", {}, None), ("inf", {}, None),
    ("-99", {"least": 0.0}, None), ("0", {"least": 1e-9}, None), ("-0.4", {"censored": True}, 0.2), ("-0.4", {}, -0.4),
])
def test_number_of_a_cell(text, options, value):
    dataset = datasets.Dataset("t.csv", ("x", "y"), ("v",), 32750, **options)
    assert datasets.number(text, dataset) == value


@pytest.mark.parametrize("axis", [0, 1, 2])
def test_slope_of_the_truth_adds_up_to_its_rise(axis):
    cells = [np.full(81, value) for value in (548330.0, 7240380.0, 350.0)]
    cells[axis] += np.linspace(0.0, 20.0, 81)
    grade = truth.deposit.truth(*cells)["La_ppm"]
    slope = truth.true_slope("La_ppm", cells, axis)
    assert np.mean((slope[1:] + slope[:-1]) / 2.0) * 20.0 == pytest.approx(grade[-1] - grade[0], rel=0.01)


def test_list_parameters_are_given_item_by_item():
    assert headless.as_list(("a", "b")) == ("a", "b")
    assert headless.as_list("a") == ["a"]


def test_benchmarks_are_collected_whatever_their_form(tmp_path):
    path = tmp_path / "bench_two.py"
    path.write_text("def rows():\n    return [('fast', 3.0, '>= 2', True, 100.0), {'name': 'slow', 'measured': 1.0}]\n")
    lines = bench.run(path)
    assert [line["name"] for line in lines] == ["fast", "slow"]
    assert bench.cells(lines[0]) == ("fast", "3", ">= 2", "yes", "100", "")
    assert "| slow | 1 |" in bench.table({"bench_two": (lines, 1.0)})


def test_broken_benchmark_is_a_bar_not_met(tmp_path):
    path = tmp_path / "bench_broken.py"
    path.write_text("def rows():\n    raise ValueError('no')\n")
    (line,) = bench.run(path)
    assert line["met"] is False
    assert "bench_broken failed" in line["name"]
