"""Grids: cells, levels, automatic sizes and every refusal."""
import math

import numpy as np
import numpy.testing as npt
import pytest
from qgis.core import QgsCoordinateReferenceSystem, QgsProcessingException, QgsRectangle

from lodescope.processing_provider.data import grid as module
from lodescope.processing_provider.data.grid import (
    GridSpec,
    default_cell,
    default_extent,
    default_levels,
    make_grid,
    nice,
    parse_levels,
    size_problem,
    space_problem,
)


@pytest.fixture
def utm():
    return QgsCoordinateReferenceSystem("EPSG:32650")


@pytest.fixture
def scattered():
    return np.random.default_rng(3).uniform([1000, 5000], [3000, 6000], (200, 2))


def test_extent_grows_to_the_east_and_to_the_south(utm):
    grid = GridSpec.from_extent(utm, QgsRectangle(100, 200, 195, 260), 20)
    assert (grid.west, grid.north, grid.columns, grid.rows) == (100, 260, 5, 3)
    assert (grid.east, grid.south) == (200, 200)
    assert grid.geotransform == (100, 20, 0, 260, 0, -20)


def test_extent_of_whole_cells_gets_no_extra_cell(utm):
    grid = GridSpec.from_extent(utm, QgsRectangle(0.1, 0.2, 0.1 + 3 * 0.1, 0.2 + 7 * 0.1), 0.1)
    assert (grid.columns, grid.rows) == (3, 7)


def test_centres_and_settings(utm):
    grid = GridSpec(utm, 10.0, 50.0, 4.0, 3, 2, (5.0, 7.0))
    npt.assert_allclose(grid.x, [12, 16, 20])
    npt.assert_allclose(grid.y, [48, 44])
    assert grid.cells == 12
    assert grid.dimensions == 3
    assert grid.size(2) == 96
    assert grid.to_settings() == {
        "west": 10.0, "north": 50.0, "cell": 4.0, "columns": 3, "rows": 2, "levels": [5.0, 7.0]
    }


@pytest.mark.parametrize(("text", "levels"), [
    ("120", (120,)),
    ("140, 100, 120", (140, 100, 120)),
    ("100;120", (100, 120)),
    ("100:200:20", (100, 120, 140, 160, 180, 200)),
    ("200 : 100 : 50", (100, 150, 200)),
    ("0:1:0.1", tuple(np.round(np.arange(11) * 0.1, 9))),
    ("10, 100:120:10", (10, 100, 110, 120)),
    ([3, 1.5], (3, 1.5)),
    ("-1e2", (-100,)),
    ("", ()),
    (None, ()),
])
def test_levels_as_written(text, levels):
    assert parse_levels(text) == pytest.approx(levels)


@pytest.mark.parametrize(("text", "message"), [
    ("deep", "'deep' is not an elevation"),
    ("100:200", "'100:200' is not an elevation"),
    ("nan", "'nan' is not an elevation"),
    ("100:200:0", "the step in '100:200:0' is zero"),
    ("0:1e12:1", "makes 1,000,000,000,001 levels"),
    ("5, 7, 5", "5 is given twice"),
])
def test_wrong_levels_are_named(text, message):
    with pytest.raises(QgsProcessingException, match=message):
        parse_levels(text)


@pytest.mark.parametrize(("low", "high"), [(0, 100), (312.4, 1090.7), (-3.2, 4.1), (100, 100.7)])
def test_automatic_levels_are_round_and_ten_to_twenty_one(low, high):
    levels = default_levels(np.linspace(low, high, 1000))
    step = levels[1] - levels[0]
    assert 8 <= len(levels) <= 21
    assert nice(step) == pytest.approx(step)
    assert levels[0] >= low
    assert levels[-1] <= high
    npt.assert_allclose(np.diff(levels), step)


def test_one_wrong_collar_does_not_stretch_the_levels():
    levels = default_levels(np.append(np.linspace(300, 400, 999), -9999))
    assert min(levels) >= 300


def test_nice_numbers():
    assert [nice(v) for v in (0.9, 1, 1.1, 2.2, 26, 600)] == [1, 1, 2, 2.5, 50, 1000]
    assert nice(26, up=False) == 25


@pytest.mark.parametrize("cell", [0.0, -5.0, math.nan, math.inf])
def test_impossible_cell_sizes(cell, utm, scattered):
    with pytest.raises(QgsProcessingException, match="give a number greater than zero"):
        make_grid(utm, scattered, None, cell)


def test_a_million_million_cells_are_refused_at_once_with_advice():
    problem = size_problem(1e6, 1e6, 1.0)
    assert "1,000,000,000,000 cells" in problem
    assert "4,000 GB" in problem
    assert "a cell size of 1000 would give about a million cells" in problem


def test_advised_cell_size_is_accepted_and_gives_about_a_million_cells(utm):
    extent = QgsRectangle(0, 0, 80_000, 70_000)
    with pytest.raises(QgsProcessingException, match="a cell size of 250 would"):
        GridSpec.from_extent(utm, extent, 0.01, range(10))
    assert 2e5 < GridSpec.from_extent(utm, extent, 250, range(10)).cells < 2e6


def test_empty_extent_is_refused(utm):
    with pytest.raises(QgsProcessingException, match="has no area"):
        GridSpec.from_extent(utm, QgsRectangle(0, 0, 0, 10), 1)


def test_extent_apart_from_the_samples_is_refused(utm, scattered):
    with pytest.raises(QgsProcessingException, match="does not meet the samples"):
        make_grid(utm, scattered, QgsRectangle(0, 0, 900, 900), 10)


def test_levels_of_flat_samples_are_refused(utm, scattered):
    with pytest.raises(QgsProcessingException, match="the samples are 2-D"):
        make_grid(utm, scattered, levels=(100.0,))


def test_automatic_grid_covers_the_samples(utm, scattered):
    grid = make_grid(utm, scattered)
    assert nice(grid.cell) == grid.cell
    assert 10_000 <= grid.cells <= 250_000
    assert grid.west < scattered[:, 0].min()
    assert grid.east > scattered[:, 0].max()
    assert grid.south < scattered[:, 1].min()
    assert grid.north > scattered[:, 1].max()
    assert grid.west % grid.cell == pytest.approx(0)


@pytest.mark.parametrize("count", [5, 500, 200_000])
def test_automatic_cells_are_not_too_many(count, utm):
    space = np.random.default_rng(1).uniform([0, 0, 0], [5000, 4000, 600], (count, 3))
    grid = make_grid(utm, space)
    assert 5_000 < grid.cells <= 1_000_000
    assert len(grid.levels) >= 8


@pytest.mark.parametrize("coordinates", [
    np.column_stack([np.zeros(9), np.arange(9.0)]),
    np.column_stack([np.full(9, 5.0), np.full(9, 7.0), np.arange(9.0)]),
])
def test_samples_along_a_line_still_get_a_grid(coordinates, utm):
    grid = make_grid(utm, coordinates)
    assert grid.columns >= 2
    assert grid.rows >= 2


def test_one_vertical_hole_counts_as_one_place():
    hole = np.column_stack([np.repeat([0.0, 1000], 500), np.repeat([0.0, 800], 500), np.tile(np.arange(500.0), 2)])
    assert default_cell(hole) == default_cell(hole[[0, -1]])


def test_margin_is_one_cell_at_least():
    extent = default_extent(np.array([[0.0, 0.0], [10.0, 10.0]]), 5.0)
    assert (extent.xMinimum(), extent.xMaximum()) == (-5, 15)


def test_too_little_room_on_the_disk(tmp_path, monkeypatch):
    monkeypatch.setattr(module.shutil, "disk_usage", lambda folder: type("Usage", (), {"free": 10 ** 9})())
    assert space_problem(tmp_path / "not" / "yet" / "there.tif", 10 ** 9) == ""
    problem = space_problem(tmp_path, 5 * 10 ** 9)
    assert "needs about 5.0 GB" in problem
    assert "only 1.0 GB" in problem
