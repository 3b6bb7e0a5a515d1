"""From stored numbers to reflectance: scales, radiance, dark object, empirical line, flat field."""
import numpy as np
import numpy.testing as npt
import pytest

from lodescope.algorithms.errors import InputError
from lodescope.algorithms.spectroscopy.correction import (
    check_reflectance,
    dark_object,
    empirical_line,
    flat_field,
    guess_scale,
    radiance_signs,
)

WAVES = np.arange(0.40, 2.45, 0.01)


def sunlight(waves):
    """Light of the sun as a black body of 5,800 K, largest value 1."""
    light = waves ** -5.0 / (np.exp(14388.0 / (waves * 5800.0)) - 1.0)
    return light / light.max()


def soil(waves):
    return 0.08 + 0.3 * (1.0 - np.exp(-(waves - 0.35) / 0.5))


@pytest.mark.parametrize(("factor", "scale"), [(1.0, 1.0), (100.0, 100.0), (1000.0, 1000.0), (10000.0, 10000.0)])
def test_reflectance_times_a_round_number_is_recognised(factor, scale):
    sample = factor * np.tile(soil(WAVES), (50, 1))
    assert guess_scale(sample) == scale


def test_other_numbers_are_no_reflectance():
    assert guess_scale(np.full((50, 20), 40000.0)) is None


@pytest.mark.parametrize("waves", [WAVES, WAVES[WAVES < 1.75]], ids=["2.4", "1.7"])
def test_radiance_falls_as_sunlight_does(waves):
    assert "sunlight" in radiance_signs(60.0 * soil(waves) * sunlight(waves), waves)
    assert "sunlight" in radiance_signs(60.0 * 0.4 * sunlight(waves), waves)
    assert radiance_signs(soil(waves), waves) == ""


def test_oxygen_line_gives_radiance_of_the_visible_away():
    waves = np.arange(0.40, 1.0, 0.005)
    line = 1.0 - 0.5 * np.exp(-0.5 * ((waves - 0.761) / 0.004) ** 2)
    assert "oxygen" in radiance_signs(soil(waves) * line, waves)


def test_neodymium_and_vegetation_are_no_radiance():
    waves = np.arange(0.40, 2.45, 0.005)
    lines = sum(np.exp(-0.5 * ((waves - centre) / 0.012) ** 2) for centre in (0.58, 0.74, 0.80, 0.87))
    assert radiance_signs(soil(waves) * (1.0 - 0.6 * lines), waves) == ""
    leaves = 0.05 + 0.45 / (1.0 + np.exp(-(waves - 0.715) / 0.012)) * np.exp(-np.maximum(waves - 1.3, 0.0))
    assert radiance_signs(leaves, waves) == ""


def test_radiance_is_refused_with_advice():
    with pytest.raises(InputError, match=r"looks like radiance.*Convert it to surface reflectance"):
        check_reflectance(60.0 * soil(WAVES) * sunlight(WAVES), WAVES)


@pytest.mark.parametrize("stated", ["Radiance", "W/m2/um/sr", "uW cm-2 nm-1 sr-1", "mW / (m2 nm sr)", "µW/nm/cm2/sr"])
def test_radiance_that_the_file_states_is_refused(stated):
    with pytest.raises(InputError, match="the file says"):
        check_reflectance(soil(WAVES), WAVES, stated)


@pytest.mark.parametrize("stated", ["", "unitless", "ENVI file of a cow field", "reflectance * 10000"])
def test_other_statements_are_no_radiance(stated):
    check_reflectance(soil(WAVES), WAVES, stated)


def test_dark_object_is_what_one_pixel_in_a_thousand_falls_below():
    rng = np.random.default_rng(0)
    haze = np.linspace(0.08, 0.0, 20)
    ground = rng.uniform(0.0, 0.5, (20000, 20)) * rng.uniform(0.0, 1.0, (20000, 1))
    npt.assert_allclose(dark_object(ground + haze), haze, atol=0.002)


def test_empirical_line_is_found_again():
    rng = np.random.default_rng(1)
    gain, offset, reference = rng.uniform(1e-4, 3e-4, 30), rng.uniform(-0.05, 0.0, 30), rng.uniform(0.05, 0.6, (4, 30))
    found = empirical_line((reference - offset) / gain, reference)
    npt.assert_allclose(found[0], gain, rtol=1e-9)
    npt.assert_allclose(found[1], offset, atol=1e-10)


def test_one_target_gives_a_gain_and_bands_that_cannot_be_fitted_are_left():
    measured, reference = np.array([[2.0, 0.0, 4.0]]), np.array([[0.5, 0.5, np.nan]])
    gain, offset = empirical_line(measured, reference)
    npt.assert_array_equal(gain, [0.25, np.nan, np.nan])
    npt.assert_array_equal(offset, [0.0, np.nan, np.nan])
    falling, _ = empirical_line(np.array([[1.0], [2.0]]), np.array([[0.5], [0.1]]))
    assert np.isnan(falling[0])


def test_flat_field_becomes_one():
    spectrum = np.array([2.0, 4.0, 0.0])
    npt.assert_allclose(flat_field(spectrum)[:2] * spectrum[:2], 1.0)
    assert np.isnan(flat_field(spectrum)[2])
