"""Spectral angle and fit of features."""
import numpy as np
import numpy.testing as npt
import pytest

from lodescope.algorithms.spectroscopy.continuum import remove_continuum
from lodescope.algorithms.spectroscopy.matching import FeatureFit, angles

spectral = pytest.importorskip("spectral")


def line(waves, centre, depth, width=0.02):
    return 0.4 * (1.0 - depth * np.exp(-0.5 * ((waves - centre) / width) ** 2))


def test_angles_are_those_of_the_spectral_package():
    rng = np.random.default_rng(0)
    pixels, library = rng.uniform(0.1, 0.8, (30, 20)), rng.uniform(0.1, 0.8, (4, 20))
    expected = spectral.spectral_angles(pixels.reshape(5, 6, 20), library).reshape(30, 4)
    npt.assert_allclose(angles(pixels, library), expected, atol=1e-6)


def test_angle_does_not_depend_on_brightness_nor_on_bands_the_library_lacks():
    library = np.array([[0.2, 0.4, np.nan, 0.3]])
    pixels = np.array([[0.1, 0.2, 0.9, 0.15], [0.4, 0.8, 0.1, 0.6], [0.4, 0.2, 0.1, 0.6]])
    found = angles(pixels, library)[:, 0]
    npt.assert_allclose(found[:2], 0.0, atol=1e-3)
    assert found[2] > 0.3


def test_fit_is_one_for_the_same_shape_and_falls_with_noise_and_shift():
    waves = np.arange(2.0, 2.4, 0.01)
    windows = [remove_continuum(line(waves, 2.2, np.array([[0.3]])), waves)]
    fit = FeatureFit(windows)
    noisy = line(waves, 2.2, 0.1) + np.random.default_rng(1).normal(0.0, 0.01, len(waves))
    pixels = np.vstack([line(waves, 2.2, 0.1), noisy, line(waves, 2.24, 0.1), np.full(len(waves), 0.4)])
    out = np.zeros((4, 1), np.float32)
    fit.add(out, 0, remove_continuum(pixels, waves))
    assert out[0, 0] == pytest.approx(1.0, abs=0.01)
    assert 0.3 < out[1, 0] < 0.99
    assert out[2, 0] < 0.3
    assert out[3, 0] == 0.0


def test_features_weigh_by_their_area_and_unused_ones_need_no_data():
    waves = np.arange(2.0, 2.4, 0.01)
    deep, none = line(waves, 2.2, np.array([[0.3], [0.3]])), np.full((2, len(waves)), 0.4)
    shallow = line(waves, 2.2, np.array([[0.1], [0.0]]))
    fit = FeatureFit([remove_continuum(part, waves) for part in (deep, shallow, none)])
    npt.assert_allclose(fit.weights[1], [1.0, 0.0, 0.0])
    assert fit.weights[0, 0] == pytest.approx(0.75, abs=0.02)
    out = np.zeros((1, 2), np.float32)
    fit.add(out, 0, remove_continuum(line(waves, 2.2, np.array([[0.2]])), waves))
    fit.add(out, 1, np.full((1, len(waves)), np.nan, np.float32))
    fit.add(out, 2, np.full((1, len(waves)), np.nan, np.float32))
    assert np.isnan(out[0, 0])
    assert out[0, 1] == pytest.approx(1.0, abs=0.01)


def test_spectrum_without_absorptions_has_no_fit():
    waves = np.arange(2.0, 2.4, 0.01)
    fit = FeatureFit([remove_continuum(np.full((1, len(waves)), 0.4), waves)])
    out = np.zeros((1, 1), np.float32)
    fit.add(out, 0, remove_continuum(line(waves, 2.2, np.array([[0.2]])), waves))
    assert np.isnan(out).all()
    npt.assert_array_equal(fit.without, [0])
