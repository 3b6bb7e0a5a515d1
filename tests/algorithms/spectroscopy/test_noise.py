"""Minimum noise fraction against the spectral package, and against truth."""
import numpy as np
import numpy.testing as npt
import pytest

from lodescope.algorithms.errors import InputError
from lodescope.algorithms.spectroscopy.noise import denoising, differences, fractions

spectral = pytest.importorskip("spectral")


@pytest.fixture(scope="module")
def scene():
    """A smooth scene of three spectra, and the same with noise that differs between bands."""
    rng, waves = np.random.default_rng(0), np.linspace(0.0, 1.0, 24)
    y, x = np.mgrid[0:60, 0:50] / 60.0
    shares = np.stack([np.sin(3.0 * x) + 1.0, np.cos(2.0 * y) + 1.0, x * y])
    pure = np.stack([0.2 + 0.2 * waves, 0.5 - 0.3 * waves ** 2, 0.3 + 0.1 * np.sin(9.0 * waves)])
    clean = np.tensordot(shares, pure, axes=(0, 0))
    return clean, clean + rng.normal(0.0, 1.0, clean.shape) * np.linspace(0.005, 0.02, 24)


def covariances(image):
    pixels = image.reshape(-1, image.shape[2])
    return np.cov(pixels, rowvar=False), np.cov(differences(image), rowvar=False) / 2.0


def test_fractions_and_clean_spectra_are_those_of_the_spectral_package(scene):
    _, noisy = scene
    signal = spectral.calc_stats(noisy)
    oracle = spectral.mnf(signal, spectral.noise_from_diffs(noisy))
    covariance, noise = covariances(noisy)
    values, forward, backward = fractions(covariance, noise)
    npt.assert_allclose(values, oracle.napc.eigenvalues.real, rtol=1e-6)
    npt.assert_allclose(forward @ backward, np.eye(24), atol=1e-9)
    matrix, _, kept = denoising(covariance, noise, 5)
    mean = noisy.reshape(-1, 24).mean(axis=0)
    npt.assert_allclose(mean + (noisy - mean) @ matrix, oracle.denoise(noisy, num=5), atol=1e-8)
    assert kept == 5


def test_denoising_comes_nearer_to_the_truth_and_finds_how_many(scene):
    clean, noisy = scene
    matrix, values, kept = denoising(*covariances(noisy))
    mean = noisy.reshape(-1, 24).mean(axis=0)
    better = mean + (noisy - mean) @ matrix
    assert kept in (2, 3)
    assert (values[:kept] >= 1.5).all()
    assert (values[kept:] < 1.5).all()
    assert (better - clean).std() < 0.5 * (noisy - clean).std()


def test_pairs_without_data_do_not_count():
    image = np.zeros((3, 3, 2))
    image[1, 1, 0] = np.nan
    assert len(differences(image)) == 2


def test_image_without_differences_is_refused():
    with pytest.raises(InputError, match="do not differ"):
        denoising(np.eye(3), np.zeros((3, 3)))
