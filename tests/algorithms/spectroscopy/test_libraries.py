"""Spectral libraries as ENVI and CSV files, and what the bands of an image see of them."""
import numpy as np
import numpy.testing as npt
import pytest

from lodescope.algorithms.errors import InputError
from lodescope.algorithms.spectroscopy.envi import numbers, read_header
from lodescope.algorithms.spectroscopy.libraries import read_library, resample, select

WAVES = np.arange(0.5, 2.4, 0.1)
NAMES = ["Calcite WS272", "Kaolinite: KGa-1", "Calcite WS272"]
SPECTRA = np.random.default_rng(0).uniform(0.1, 0.9, (3, len(WAVES)))


def envi(folder, kind="<f4", number=4, order=0, name="minerals.sli"):
    path = folder / name
    SPECTRA.astype(kind).tofile(path)
    path.with_suffix(".hdr").write_text(
        f"ENVI\ndescription = {{\n a library, with = signs}}\nsamples = {len(WAVES)}\nlines = 3\nbands = 1\n"
        f"header offset = 0\nfile type = ENVI Spectral Library\ndata type = {number}\nbyte order = {order}\n"
        f"wavelength units = Nanometers\nspectra names = {{\n {', '.join(NAMES)}}}\n"
        f"wavelength = {{\n {', '.join(str(1000 * w) for w in WAVES)}}}\n")
    return path


@pytest.mark.parametrize(("kind", "number", "order"), [("<f4", 4, 0), (">f4", 4, 1), ("<f8", 5, 0)])
def test_envi_library_by_its_data_or_by_its_header(tmp_path, kind, number, order):
    path = envi(tmp_path, kind, number, order)
    for given in (path, path.with_suffix(".hdr")):
        library = read_library(given)
        assert library.names == ["Calcite_WS272", "Kaolinite_KGa-1", "Calcite_WS272_2"]
        npt.assert_allclose(library.micrometres, WAVES)
        npt.assert_allclose(library.spectra, SPECTRA, rtol=1e-6)


@pytest.mark.parametrize("turned", [False, True], ids=["rows", "columns"])
@pytest.mark.parametrize("delimiter", [",", ";"])
def test_csv_library_with_spectra_in_rows_or_columns(tmp_path, turned, delimiter):
    table = [["name", *map(str, 1000 * WAVES)], *([name, *map(str, row)] for name, row in zip(NAMES, SPECTRA))]
    table = [list(column) for column in zip(*table)] if turned else table
    path = tmp_path / "minerals.csv"
    path.write_text("\n".join(delimiter.join(row) for row in table))
    library = read_library(path)
    npt.assert_allclose(library.micrometres, WAVES)
    npt.assert_allclose(library.spectra, SPECTRA)


def test_csv_library_with_decimal_commas(tmp_path):
    path = tmp_path / "minerals.csv"
    path.write_text("nm;A;B\n450,5;0,31;0,42\n460,5;0,32;0,43\n")
    library = read_library(path)
    npt.assert_allclose(library.micrometres, [0.4505, 0.4605])
    npt.assert_allclose(library.spectra, [[0.31, 0.32], [0.42, 0.43]])


def test_repeated_names_stay_apart_from_numbered_ones(tmp_path):
    path = tmp_path / "minerals.csv"
    path.write_text("nm,A,A_2,a,A\n450,1,2,3,4\n460,1,2,3,4\n")
    names = read_library(path).names
    assert names[:2] == ["A", "A_2"]
    assert len({name.lower() for name in names}) == 4


def test_deleted_values_and_falling_wavelengths(tmp_path):
    path = tmp_path / "minerals.csv"
    path.write_text("name,2.3,2.2,2.1,2.0,1.9\nA,0.5,-1.23e34,0.3,0.2,\n")
    library = read_library(path)
    npt.assert_allclose(library.micrometres, [1.9, 2.0, 2.1, 2.2, 2.3])
    npt.assert_allclose(library.spectra[0], [np.nan, 0.2, 0.3, np.nan, 0.5])


@pytest.mark.parametrize(("name", "content", "words"), [
    ("a.csv", "", "no spectral library"),
    ("a.csv", "name,a,b\nx,1,2\n", "no spectral library|holds"),
    ("a.sli", "ENVI", "no spectral library"),
    ("missing.csv", None, "cannot be read"),
])
def test_other_files_are_one_sentence(tmp_path, name, content, words):
    path = tmp_path / name
    if content is not None:
        path.write_text(content)
        path.with_suffix(".hdr").write_text("ENVI\nsamples = 3\n")
    with pytest.raises(InputError, match=words):
        read_library(path)


def test_spectra_are_chosen_by_words_in_their_names(tmp_path):
    library = read_library(envi(tmp_path))
    assert select(library, "kaolinite, ws999").names == ["Kaolinite_KGa-1"]
    assert select(library, "").names == library.names
    with pytest.raises(InputError, match="holds Calcite_WS272"):
        select(library, "gold")


def test_wide_bands_see_a_line_as_their_gaussian_does():
    fine, bands = np.arange(0.7, 0.9, 0.001), np.array([0.78, 0.80, 0.85])
    line = 1.0 - 0.5 * np.exp(-0.5 * ((fine - 0.8) / 0.004) ** 2)
    found = resample(fine, line[None], bands, np.full(3, 0.010))[0]
    sigma = 0.010 / (2.0 * np.sqrt(2.0 * np.log(2.0)))
    wide = np.hypot(0.004, sigma)
    expected = 1.0 - 0.5 * 0.004 / wide * np.exp(-0.5 * ((bands - 0.8) / wide) ** 2)
    npt.assert_allclose(found, expected, atol=1e-4)


def test_without_widths_values_lie_on_lines_and_nothing_is_made_up_outside():
    found = resample(WAVES, SPECTRA, np.array([0.4, 0.55, 2.39]))
    npt.assert_allclose(found[:, 1], SPECTRA[:, :2].mean(axis=1))
    assert np.isnan(found[:, [0, 2]]).all()


def test_headers_are_read_with_braces_over_several_lines():
    header = read_header("ENVI\nbands = 3\nmap info = {UTM, 1, 1}\nWavelength = {\n 0.4,\n 0.5, 6e-1}\n")
    assert header["bands"] == "3"
    npt.assert_allclose(numbers(header["wavelength"]), [0.4, 0.5, 0.6])
    assert read_header("bands = 3") == {}
