"""Depth, position, width, area and asymmetry of absorptions whose truth is known."""
import numpy as np
import numpy.testing as npt
import pytest

from lodescope.algorithms.spectroscopy.absorption import QUANTITIES, join, measure, window_of
from lodescope.algorithms.spectroscopy.catalogue import Feature

DEPTH, POSITION, WIDTH, AREA, ASYMMETRY = range(len(QUANTITIES))
CLAY = Feature("AlOH_2200", 2.17, 2.24, 2.08, 2.32)
NEODYMIUM = Feature("Nd_0800", 0.788, 0.814, 0.755, 0.850)
AVIRIS = np.arange(0.40, 2.50, 0.0096)
EMIT = np.arange(0.3815, 2.4935, 0.0074)
TO_WIDTH = 2.0 * np.sqrt(2.0 * np.log(2.0))
BOTH = pytest.mark.parametrize("compiled", [True, False], ids=["numba", "numpy"])
SENSORS = pytest.mark.parametrize("waves", [AVIRIS, EMIT], ids=["AVIRIS", "EMIT"])


def sloped(waves, centres, widths, depths, slope=0.08):
    """Gaussian absorptions (pixels,) on a rising continuum."""
    lines = np.exp(-0.5 * ((waves - np.asarray(centres)[:, None]) / np.asarray(widths)[:, None]) ** 2)
    return (0.3 + slope * waves) * (1.0 - np.asarray(depths)[:, None] * lines)


def measured(spectra, waves, feature, method="window", compiled=True, shallow=0.01):
    first, last = feature.window(waves)
    removed = window_of(spectra, waves, feature, method, use_compiled=compiled)
    return measure(removed, waves[first:last], feature, shallow, use_compiled=compiled)


@BOTH
@SENSORS
@pytest.mark.parametrize("method", ["window", "spectrum", "shoulders"])
def test_gaussians_on_a_sloped_continuum_are_recovered(waves, compiled, method):
    rng = np.random.default_rng(0)
    ranges = ((2.185, 2.225), (0.016, 0.024), (0.05, 0.5))
    centres, widths, depths = (rng.uniform(low, high, 300) for low, high in ranges)
    found = measured(sloped(waves, centres, widths, depths), waves, CLAY, method, compiled)
    npt.assert_allclose(found[:, DEPTH], depths, rtol=0.02)
    npt.assert_allclose(found[:, POSITION], centres, atol=0.0006)
    npt.assert_allclose(found[:, WIDTH], widths * TO_WIDTH, rtol=0.04)
    npt.assert_allclose(found[:, AREA], depths * widths * np.sqrt(2.0 * np.pi), rtol=0.02)
    npt.assert_allclose(found[:, ASYMMETRY], 0.0, atol=0.06)


@BOTH
@SENSORS
def test_narrow_neodymium_lines_are_recovered(waves, compiled):
    rng = np.random.default_rng(1)
    centres, depths = rng.uniform(0.793, 0.809, 300), rng.uniform(0.05, 0.6, 300)
    found = measured(sloped(waves, centres, np.full(300, 0.010), depths), waves, NEODYMIUM, compiled=compiled)
    npt.assert_allclose(found[:, DEPTH], depths, rtol=0.05)
    npt.assert_allclose(found[:, POSITION], centres, atol=0.0008)
    npt.assert_allclose(found[:, AREA], depths * 0.010 * np.sqrt(2.0 * np.pi), rtol=0.03)


@BOTH
def test_asymmetry_says_to_which_side_the_long_flank_lies(compiled):
    waves, centre = np.arange(2.0, 2.4, 0.001), 2.2
    sigma = np.where(waves < centre, 0.012, 0.030)
    spectrum = 0.4 * (1.0 - 0.3 * np.exp(-0.5 * ((waves - centre) / sigma) ** 2))
    right = measured(spectrum[None], waves, CLAY, compiled=compiled)[0]
    mirrored = np.interp(2.0 * centre - waves, waves, spectrum, left=0.4, right=0.4)
    left = measured(mirrored[None], waves, CLAY, compiled=compiled)[0]
    assert right[ASYMMETRY] == pytest.approx((0.030 - 0.012) / 0.042, abs=0.05)
    assert left[ASYMMETRY] == pytest.approx(-right[ASYMMETRY], abs=0.05)


@BOTH
def test_absorption_of_a_neighbour_has_no_depth_here(compiled):
    found = measured(sloped(AVIRIS, [2.26, 2.15], [0.02, 0.02], [0.3, 0.3]), AVIRIS, CLAY, compiled=compiled)
    npt.assert_array_equal(found[:, DEPTH], 0.0)
    assert np.isnan(found[:, [POSITION, WIDTH, ASYMMETRY]]).all()


@BOTH
def test_lowest_point_just_within_the_search_range_counts_though_its_band_lies_outside(compiled):
    waves = np.arange(2.0, 2.4, 0.01)
    feature = Feature("A", 2.196, 2.24, 2.08, 2.32)
    found = measured(sloped(waves, [2.197, 2.193], [0.02, 0.02], [0.3, 0.3]), waves, feature, compiled=compiled)
    assert found[0, POSITION] == pytest.approx(2.197, abs=0.0006)
    assert found[1, DEPTH] == 0.0


@BOTH
def test_shallow_absorptions_keep_their_depth_and_lose_their_shape(compiled):
    spectra = sloped(EMIT, [2.2, 2.2], [0.02, 0.02], [0.008, 0.012])
    found = measured(spectra, EMIT, CLAY, compiled=compiled)
    npt.assert_allclose(found[:, DEPTH], [0.008, 0.012], rtol=0.02)
    npt.assert_array_equal(np.isnan(found[:, POSITION]), [True, False])
    found = measured(spectra, EMIT, CLAY, compiled=compiled, shallow=0.0)
    npt.assert_allclose(found[:, POSITION], 2.2, atol=0.0006)


@BOTH
def test_pixels_without_data_are_nan_and_others_are_not(compiled):
    spectra = sloped(EMIT, [2.2, 2.2], [0.02, 0.02], [0.2, 0.2])
    spectra[0, np.argmin(np.abs(EMIT - 2.1))] = np.nan
    found = measured(spectra, EMIT, CLAY, compiled=compiled)
    assert np.isnan(found[0]).all()
    assert np.isfinite(found[1]).all()


@BOTH
def test_pixels_that_are_not_above_zero_in_the_feature_have_no_measures(compiled):
    spectra = sloped(EMIT, [2.2, 2.2, 2.2], [0.02, 0.02, 0.02], [0.2, 0.2, 0.2])
    spectra[0, np.argmin(np.abs(EMIT - 2.2))] = -0.01
    spectra[1, np.argmin(np.abs(EMIT - 2.2))] = 0.0
    spectra[2, 0] = -0.01
    found = measured(spectra, EMIT, CLAY, compiled=compiled)
    assert np.isnan(found[:2]).all()
    assert found[2, DEPTH] == pytest.approx(0.2, abs=0.005)


def test_noise_moves_depths_by_what_the_help_says():
    rng = np.random.default_rng(2)
    spectra = sloped(EMIT, np.full(4000, 2.2), np.full(4000, 0.02), np.full(4000, 0.2))
    noisy = spectra * (1.0 + rng.normal(0.0, 0.02, spectra.shape))
    found = measured(noisy, EMIT, CLAY)
    assert 0.0 < np.median(found[:, DEPTH]) - 0.2 < 2.0 * 0.02
    assert np.median(found[:, POSITION]) == pytest.approx(2.2, abs=0.001)
    flat = measured(noisy / spectra, EMIT, CLAY)
    assert 2.0 * 0.02 < np.median(flat[:, DEPTH]) < 4.0 * 0.02


def test_compiled_loop_and_numpy_agree_on_anything():
    spectra = np.random.default_rng(4).uniform(0.05, 0.9, (500, len(AVIRIS)))
    for feature in (CLAY, NEODYMIUM):
        fast, slow = (measured(spectra, AVIRIS, feature, compiled=compiled) for compiled in (True, False))
        npt.assert_array_equal(np.isnan(fast), np.isnan(slow))
        npt.assert_allclose(fast, slow, rtol=0.0, atol=2e-6)


def test_mean_and_geometric_mean_of_an_index():
    depths = np.array([[0.1, 0.4], [0.0, 0.4], [np.nan, 0.4]])
    npt.assert_allclose(join(depths), [0.25, 0.2, np.nan], rtol=1e-6)
    npt.assert_allclose(join(depths, geometric=True), [0.2, 0.0, np.nan], rtol=1e-6)
