"""Savitzky-Golay smoothing of bands that are unequally spaced."""
import numpy as np
import numpy.testing as npt
import pytest
from scipy.signal import savgol_filter

from lodescope.algorithms.errors import InputError
from lodescope.algorithms.spectroscopy.smoothing import smooth, smoothing_matrix, stretches


def test_equal_spacing_is_that_of_scipy():
    waves, values = np.arange(0.4, 2.4, 0.01), np.random.default_rng(0).uniform(0.1, 0.5, (5, 200))
    smooth = values @ smoothing_matrix(waves, 7, 2).T
    npt.assert_allclose(smooth, savgol_filter(values, 7, 2, axis=1), atol=1e-10)


def test_polynomials_stay_what_they_are_at_any_spacing():
    waves = np.cumsum(np.random.default_rng(1).uniform(0.005, 0.012, 80)) + 0.4
    values = 0.2 + 0.3 * waves - 0.1 * waves ** 2
    npt.assert_allclose(smoothing_matrix(waves, 9, 2) @ values, values, atol=1e-10)
    index_based = savgol_filter(values + 0.01 * waves ** 2, 9, 2)
    assert np.abs(index_based - values - 0.01 * waves ** 2).max() > 1e-6


def test_nothing_is_smoothed_across_a_gap():
    waves = np.r_[np.arange(1.2, 1.34, 0.01), np.arange(1.46, 1.6, 0.01)]
    values = np.where(waves < 1.4, 0.2, 0.6)
    npt.assert_allclose(smoothing_matrix(waves, 7, 2) @ values, values, atol=1e-12)
    assert len(stretches(waves)) == 2


def test_a_change_of_spacing_between_detectors_is_no_gap():
    assert stretches(np.r_[np.arange(0.4, 1.0, 0.005), np.arange(1.0, 2.4, 0.010)]) == [(0, 260)]


def test_stretches_shorter_than_the_window_are_kept():
    waves = np.array([1.0, 1.01, 1.02, 2.0, 2.01])
    values = np.array([0.1, 0.2, 0.1, 0.4, 0.5])
    smooth = smoothing_matrix(waves, 7, 1) @ values
    assert np.isfinite(smooth).all()
    npt.assert_allclose(smooth[:3], np.polyval(np.polyfit(waves[:3], values[:3], 1), waves[:3]))


def test_noise_is_less_and_lines_stay():
    rng, waves = np.random.default_rng(2), np.arange(0.4, 1.0, 0.01)
    line = 0.4 * (1.0 - 0.3 * np.exp(-0.5 * ((waves - 0.8) / 0.02) ** 2))
    noisy = line + rng.normal(0.0, 0.01, (500, len(waves)))
    smooth = noisy @ smoothing_matrix(waves, 5, 2).T
    assert (smooth - line).std() < 0.75 * (noisy - line).std()
    assert np.abs(smooth.mean(axis=0) - line).max() < 0.006


def test_a_missing_value_spoils_only_its_window():
    waves, values = np.arange(0.4, 1.0, 0.01), np.random.default_rng(3).uniform(0.1, 0.5, (3, 60)).astype(np.float32)
    matrix = smoothing_matrix(waves, 5, 2)
    whole, values[1, 20] = smooth(values, matrix), np.nan
    found = smooth(values, matrix)
    npt.assert_array_equal(np.flatnonzero(np.isnan(found[1])), [18, 19, 20, 21, 22])
    npt.assert_array_equal(np.isnan(found).sum(axis=1), [0, 5, 0])
    npt.assert_allclose(found[~np.isnan(found)], whole[~np.isnan(found)], rtol=1e-6)


@pytest.mark.parametrize(("window", "order"), [(6, 2), (3, 3), (5, -1)])
def test_windows_without_sense_are_refused(window, order):
    with pytest.raises(InputError, match="odd window"):
        smoothing_matrix(np.arange(0.4, 1.0, 0.01), window, order)
