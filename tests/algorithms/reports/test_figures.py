"""Figures draw what they are given, whatever it is."""
import xml.etree.ElementTree as ElementTree

import numpy as np
import pytest

from lodescope.algorithms.geostatistics.covariance import Structure, Variogram
from lodescope.algorithms.geostatistics.experimental import experimental_variogram
from lodescope.algorithms.reports import figures

ANISOTROPIC = Variogram(0.2, (Structure("spherical", 0.8, (300.0, 100.0, 20.0), 40.0, -20.0, 10.0),))
RNG = np.random.default_rng(0)
PLACES, VALUES = RNG.uniform(0, 500, (200, 3)), RNG.standard_normal(200)


def tree(text):
    """Parsed drawing without numbers that are none."""
    assert "nan" not in text
    return ElementTree.fromstring(text)


def test_model_curve_rises_from_nugget_to_sill():
    axis = ANISOTROPIC.structures[0].matrix(3)[0] * 300.0
    found = figures.model_semivariance(ANISOTROPIC, [0.0, 1e-9, 150.0, 300.0, 900.0], axis)
    np.testing.assert_allclose(found, [0.0, 0.2, 0.2 + 0.8 * 0.6875, 1.0, 1.0], atol=1e-8)


def test_model_curve_in_the_plane_uses_the_azimuth():
    flat = Variogram(0.0, (Structure("spherical", 1.0, (300.0, 100.0), 90.0),))
    east, north = (figures.model_semivariance(flat, [100.0], d)[0] for d in ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0)))
    assert north == pytest.approx(1.0)
    assert east < 0.6


@pytest.mark.parametrize("variogram", [None, ANISOTROPIC, Variogram(0.1, (Structure("cubic", 0.9, (50.0,)),))])
def test_variogram_figure_names_its_directions(variogram):
    found = [experimental_variogram(PLACES, VALUES), experimental_variogram(PLACES, VALUES, azimuth=30.0)]
    text = figures.variogram_figure(found, variogram, "ppm")
    tree(text)
    for word in ("All directions", "Azimuth 30°", "Distance (m)", "ppm²"):
        assert word in text
    assert ("Sill" in text) == (variogram is not None)


def test_variogram_figure_without_bins():
    tree(figures.variogram_figure([], ANISOTROPIC))
    tree(figures.variogram_figure([experimental_variogram(np.zeros((3, 2)), [1.0, 2.0, 3.0])], None))


@pytest.mark.parametrize("log", [False, True])
@pytest.mark.parametrize("observed", [np.array([]), np.array([0.0, -1.0]), np.array([2.0, 2.0]),
                                      RNG.lognormal(size=50)])
def test_predicted_observed_and_histogram_bear_all_values(observed, log):
    tree(figures.predicted_observed_figure(observed, observed[::-1], "ppm", log))
    tree(figures.histogram_figure(observed, "La (ppm)", log))


def test_histogram_counts_everything():
    text = figures.histogram_figure(np.r_[np.zeros(30), 1.0], "La", bins=2)
    bars = [e for e in tree(text).iter("{http://www.w3.org/2000/svg}rect") if e.get("fill-opacity")]
    heights = np.array([float(b.get("height")) for b in bars])
    assert heights[0] / heights[1] == pytest.approx(30.0, rel=0.05)


def test_calibration_on_the_diagonal_lies_on_the_diagonal():
    root = tree(figures.calibration_figure([0.5, 0.95], [0.5, 0.95]))
    assert len(list(root.iter("{http://www.w3.org/2000/svg}circle"))) == 2


def test_maps_and_curves_draw():
    tree(figures.residual_map_figure(PLACES, VALUES, "ppm"))
    tree(figures.residual_map_figure(PLACES[:0], VALUES[:0]))
    tree(figures.swath_figure(np.arange(5.0), {"Samples": np.r_[1.0, np.nan, 3.0, 4.0, 5.0], "Estimate": np.ones(5)}))
    tree(figures.change_figure(np.zeros(10), "Change"))
    tree(figures.change_figure([], "Change"))
    grid = np.where(np.arange(400 * 300).reshape(400, 300) % 7 == 0, np.nan, 1.0)
    assert figures.map_figure(grid, 0.0, 1000.0, 10.0, "La (ppm)").count("<rect") < 150 * 150 + 100
    tree(figures.map_figure(np.full((3, 3), np.nan), 0.0, 30.0, 10.0, "La"))
    tonnage, grade = figures.grade_tonnage_figure([1.0, 2.0], [10.0, 5.0], [3.0, 4.0], "g/t",
                                                  ([9.0, 4.0], [2.5, 3.5]), ([11.0, 6.0], [3.5, 4.5]))
    assert "Tonnage (t)" in tonnage
    assert "Mean grade (g/t)" in grade
    tree(tonnage), tree(grade)


def test_short_distances_get_their_own_figure_only_where_they_are_crowded():
    flat = Variogram(0.2, (Structure("spherical", 0.8, (300.0, 300.0, 20.0)),))
    groups = np.repeat(np.arange(20), 10)
    places = np.column_stack([np.repeat(RNG.uniform(0, 900, (20, 2)), 10, axis=0), np.tile(np.arange(10) * -4.0, 20)])
    found = [experimental_variogram(places, VALUES), experimental_variogram(places, VALUES, azimuth=0.0, dip=-90.0),
             experimental_variogram(places, VALUES, groups=groups)]
    text = figures.short_variogram_figure(found, flat, "ppm")
    tree(text)
    assert "Down the hole" in text
    assert "short distances" in text
    even = Variogram(0.2, (Structure("spherical", 0.8, (300.0,)),))
    assert figures.short_variogram_figure(found[:1], even) == ""


def test_samples_above_each_other_are_one_residual_of_their_mean():
    places = np.repeat([[0.0, 0.0], [1000.0, 1000.0]], 3, axis=0)
    plan, means = figures._plan_means(places, np.array([1.0, 2.0, 6.0, -1.0, -1.0, -4.0]))
    np.testing.assert_allclose(plan, [[0.0, 0.0], [1000.0, 1000.0]])
    np.testing.assert_allclose(means, [3.0, -2.0])
