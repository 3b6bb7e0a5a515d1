"""Wavelengths: unit, text files, water vapour, order of the bands."""
import numpy as np
import numpy.testing as npt
import pytest

from lodescope.algorithms.spectroscopy.wavelengths import (
    band_order,
    text_wavelengths,
    to_micrometres,
    water_vapour,
    wavelengths_problem,
)

MICRO = np.linspace(0.4, 2.5, 22)


@pytest.mark.parametrize(("values", "unit", "found", "stated"), [
    (MICRO, "Micrometers", "micrometres", True),
    (MICRO, "um", "micrometres", True),
    (MICRO, "µm", "micrometres", True),
    (MICRO, "Unknown", "micrometres", False),
    (MICRO, "", "micrometres", False),
    (MICRO, "Nanometers", "micrometres", False),
    (1000 * MICRO, "nm", "nanometres", True),
    (1000 * MICRO, "Nanometers", "nanometres", True),
    (1000 * MICRO, "", "nanometres", False),
    (1000 * MICRO, "Micrometers", "nanometres", False),
])
def test_unit_is_the_stated_one_unless_the_values_contradict_it(values, unit, found, stated):
    micrometres, name, known = to_micrometres(values, unit)
    npt.assert_allclose(micrometres, MICRO)
    assert (name, known) == (found, stated)


@pytest.mark.parametrize(("values", "unit", "name"), [
    (1e4 / MICRO, "Wavenumber", "wavenumbers per centimetre"),
    (1e4 / MICRO, "cm-1", "wavenumbers per centimetre"),
    (1e4 * MICRO, "Angstroms", "angstroms"),
    (1e-6 * MICRO, "m", "metres"),
    (1e-3 * MICRO, "mm", "millimetres"),
    (1e-4 * MICRO, "Centimeters", "centimetres"),
])
def test_rarer_units(values, unit, name):
    micrometres, found, stated = to_micrometres(values, unit)
    npt.assert_allclose(micrometres, MICRO)
    assert (found, stated) == (name, True)


@pytest.mark.parametrize("unit", ["Wavenumber", "Angstroms", "m"])
def test_rarer_units_that_the_values_contradict_do_not_count(unit):
    micrometres, found, stated = to_micrometres(MICRO, unit)
    npt.assert_allclose(micrometres, MICRO)
    assert (found, stated) == ("micrometres", False)


@pytest.mark.parametrize(("text", "values", "widths", "unit"), [
    ("Band;Wavelength (nm);FWHM\nB1;400,5;10,0\nB2;410,5;10,0\n", [400.5, 410.5], [10, 10], "nm"),
    ("fwhm,wavelength\n10,400\n11,410\n12,420\n", [400, 410, 420], [10, 11, 12], ""),
    ("name,centre um\na,0.40\nb,0.41\n", [0.40, 0.41], None, "um"),
    ("0,400\n0,410\n0,420\n", [0.400, 0.410, 0.420], None, ""),
    ("0,400\n1,410\n2,420\n", [400, 410, 420], None, ""),
    ("0,40;0,01\n0,41;0,01\n", [0.40, 0.41], [0.01, 0.01], ""),
    ("400\n410.5\n421\n", [400, 410.5, 421], None, ""),
    ("band,wavelength (nm),fwhm\n1,400,6\n2,410,7\n3,420,8\n", [400, 410, 420], [6, 7, 8], "nm"),
    ("0.40;0.01\n0.41;0.01\n", [0.40, 0.41], [0.01, 0.01], ""),
    ("0.40, 0.41, 0.42, 0.43\n", [0.40, 0.41, 0.42, 0.43], None, ""),
    ("# micrometers\n0 0.40\n1 0.41\n2 0.42\n", [0.40, 0.41, 0.42], None, "um"),
])
def test_text_files_of_many_kinds(text, values, widths, unit):
    found, wide, named = text_wavelengths(text)
    npt.assert_allclose(found, values)
    assert (wide is None) == (widths is None)
    if widths:
        npt.assert_allclose(wide, widths)
    assert named == unit


def test_text_without_numbers_has_no_wavelengths():
    assert len(text_wavelengths("nothing\nhere\n")[0]) == 0


def test_water_vapour_and_ends():
    inside = water_vapour(np.array([0.35, 0.40, 1.33, 1.34, 1.40, 1.46, 1.47, 1.78, 1.80, 1.97, 1.98, 2.49, 2.51]))
    npt.assert_array_equal(inside, [1, 0, 0, 1, 1, 1, 0, 0, 1, 1, 0, 0, 1])


def test_overlapping_detectors_are_cut_and_not_mixed():
    waves = np.array([0.65, 0.66, 0.67, 0.68, 0.664, 0.674, 0.684, 0.694])
    order, dropped = band_order(waves, np.ones(8, bool))
    npt.assert_array_equal(order, [0, 1, 2, 3, 6, 7])
    npt.assert_array_equal(dropped, [4, 5])


def test_falling_wavelengths_and_detectors_in_any_order():
    waves = np.array([1.0, 0.9, 0.8, 0.7, 2.4, 2.0, 1.5, 0.95])
    order, dropped = band_order(waves, np.ones(8, bool))
    npt.assert_array_equal(waves[order], [0.7, 0.8, 0.9, 1.0, 1.5, 2.0, 2.4])
    npt.assert_array_equal(dropped, [7])


def test_unusable_bands_are_not_in_the_order():
    usable = np.array([True, False, True, True])
    npt.assert_array_equal(band_order(np.array([0.4, 0.5, 0.6, 0.7]), usable)[0], [0, 2, 3])


@pytest.mark.parametrize(("waves", "bands", "words"), [
    (MICRO, 20, "22 wavelengths for 20 bands"),
    (MICRO[:3], 3, "too few"),
    (np.r_[np.nan, MICRO[1:]], 22, "missing"),
    (np.r_[0.0, MICRO[1:]], 22, "above zero"),
    (20 * MICRO, 22, "optical"),
])
def test_wavelengths_without_sense_are_told(waves, bands, words):
    assert words in wavelengths_problem(waves, bands)


def test_good_wavelengths_are_no_problem():
    assert wavelengths_problem(MICRO, 22) == ""
