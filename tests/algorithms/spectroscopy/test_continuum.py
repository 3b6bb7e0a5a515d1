"""Continuum removal: exact upper hull, against scipy and the spectral package."""
import numpy as np
import numpy.testing as npt
import pytest
from scipy.spatial import ConvexHull

from lodescope.algorithms.spectroscopy import continuum

spectral = pytest.importorskip("spectral")
BOTH = pytest.mark.parametrize("compiled", [True, False], ids=["numba", "numpy"])


@pytest.fixture(scope="module")
def spectra():
    rng = np.random.default_rng(3)
    waves = np.sort(rng.uniform(0.4, 2.5, 60))
    smooth = 0.4 + 0.1 * np.sin(waves * rng.uniform(1.0, 6.0, (40, 1)))
    return waves, np.vstack([smooth, smooth + rng.normal(0.0, 0.02, smooth.shape), rng.uniform(0.1, 0.9, smooth.shape)])


def scipy_hull(waves, spectrum):
    """Upper hull by scipy: the points of the convex hull, with two far below that close it."""
    points = np.column_stack([waves, spectrum])
    below = np.array([[waves[0], -10.0], [waves[-1], -10.0]])
    corners = ConvexHull(np.vstack([points, below])).vertices
    corners = np.sort(corners[corners < len(waves)])
    return np.interp(waves, waves[corners], spectrum[corners])


@BOTH
def test_hull_is_that_of_scipy(spectra, compiled):
    waves, values = spectra
    removed = continuum.remove_continuum(values, waves, use_compiled=compiled)
    expected = np.array([value / scipy_hull(waves, value) for value in values])
    npt.assert_allclose(removed, expected, rtol=0.0, atol=3e-7)


@BOTH
def test_hull_is_that_of_the_spectral_package(spectra, compiled):
    waves, values = spectra
    removed = continuum.remove_continuum(values, waves, use_compiled=compiled)
    npt.assert_allclose(removed, spectral.remove_continuum(values, waves), rtol=0.0, atol=3e-7)


@BOTH
def test_straight_and_falling_spectra_are_their_own_continuum(compiled):
    waves = np.array([0.4, 0.41, 0.5, 0.9, 1.0])
    values = np.array([0.2 + 0.1 * waves, 0.6 - 0.3 * waves, np.full(5, 0.3)])
    npt.assert_allclose(continuum.remove_continuum(values, waves, use_compiled=compiled), 1.0, atol=2e-7)


@BOTH
def test_spectra_that_cannot_be_divided_are_nan_and_others_are_not(compiled):
    waves = np.linspace(0.4, 0.8, 5)
    values = np.array([[0.1, np.nan, 0.2, 0.3, 0.1], [0.0, 0.1, 0.2, 0.1, 0.1], [-0.1, 0.1, 0.1, 0.1, -0.2],
                       [0.3, -0.1, 0.3, 0.2, 0.3]])
    removed = continuum.remove_continuum(values, waves, use_compiled=compiled)
    npt.assert_array_equal(np.isnan(removed).all(axis=1), [True, True, True, False])
    npt.assert_allclose(removed[3], [1.0, -1.0 / 3.0, 1.0, 2.0 / 3.0, 1.0], rtol=1e-6)


def test_shoulders_are_joined_by_a_line_through_the_means_of_two_bands():
    waves = np.linspace(1.0, 2.0, 11)
    values = np.full((1, 11), 0.5)
    values[0, [0, 1, 9, 10]] = [0.3, 0.5, 0.9, 0.7]
    removed = continuum.remove_continuum(values, waves, straight=True)
    npt.assert_allclose(0.5 / removed[0, 5], 0.6, rtol=1e-6)
    npt.assert_allclose(0.3 / removed[0, 0], 0.4 - 0.4 * 0.05 / 0.9, rtol=1e-6)
