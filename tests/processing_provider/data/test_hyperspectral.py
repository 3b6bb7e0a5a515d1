"""Wavelengths, bad bands and scales of rasters as sensors and programs write them."""
import numpy as np
import numpy.testing as npt
import pytest
from osgeo import gdal
from qgis.core import QgsProcessingException

from lodescope.processing_provider.data.hyperspectral import read_bands

NANO = np.round(np.linspace(423.0, 2450.0, 60), 2)
TRUE = NANO / 1000.0


def raster(path, driver="GTiff", bands=60, items=None, each=None, descriptions=None, kind=gdal.GDT_Float32):
    """A small raster with metadata of the file, and of each band by ``each(number)`` as (domain, items)."""
    options = ["INTERLEAVE=BIL"] if driver == "ENVI" else []
    dataset = gdal.GetDriverByName(driver).Create(str(path), 3, 2, bands, kind, options)
    for domain, values in (items or {}).items():
        dataset.SetMetadata(values, domain)
    for number in range(bands):
        band = dataset.GetRasterBand(number + 1)
        band.Fill(0.3)
        if each:
            band.SetMetadata(each(number)[1], each(number)[0])
        if descriptions:
            band.SetDescription(descriptions(number))
    del dataset
    return str(path)


def envi(path, **items):
    """An ENVI image whose header has these items and nothing else about wavelengths."""
    np.full((60, 2, 3), 3000, "<i2").tofile(path)
    lines = ["ENVI", "samples = 3", "lines = 2", "bands = 60", "header offset = 0", "data type = 2",
             "interleave = bsq", "byte order = 0"]
    lines += [f"{name.replace('_', ' ')} = {value}" for name, value in items.items()]
    path.with_suffix(".hdr").write_text("\n".join(lines) + "\n")
    return str(path)


def braces(values):
    return "{" + ", ".join(str(value) for value in values) + "}"


@pytest.mark.parametrize(("values", "unit", "words"), [
    (NANO, "Nanometers", "nanometres (as stated)"),
    (TRUE, "Micrometers", "micrometres (as stated)"),
    (NANO, "Unknown", "nanometres (judged by the values)"),
    (TRUE, None, "micrometres (judged by the values)"),
])
def test_envi_header(tmp_path, values, unit, words):
    items = {"wavelength_units": unit} if unit else {}
    bands = read_bands(envi(tmp_path / "a.dat", wavelength=braces(values), fwhm=braces([values[1] - values[0]] * 60),
                            **items))
    npt.assert_allclose(bands.micrometres, TRUE, rtol=1e-6)
    npt.assert_allclose(bands.widths, TRUE[1] - TRUE[0], rtol=1e-3)
    assert any(words in note for note in bands.notes)


def test_bad_bands_water_and_scale_of_an_envi_header(tmp_path):
    bbl = np.ones(60, int)
    bbl[[5, 40]] = 0
    path = envi(tmp_path / "a.dat", wavelength=braces(NANO), bbl=braces(bbl), reflectance_scale_factor=10000)
    bands, all_bands = read_bands(path), read_bands(path, without_water=False)
    assert not {5, 40} & set(bands.order)
    assert ((TRUE[bands.order] < 1.34) | (TRUE[bands.order] > 1.46)).all()
    assert len(all_bands.order) == 58
    npt.assert_allclose(bands.scale, 1e-4)
    assert [len(found) for _, found in all_bands.left_out] == [2, 0, 0]
    assert any("times 10000" in note for note in bands.notes)


@pytest.mark.parametrize("each", [
    lambda k: ("", {"wavelength": str(TRUE[k]), "wavelength_units": "Micrometers"}),
    lambda k: ("", {"WAVELENGTH": f"{NANO[k]} nm"}),
    lambda k: ("", {"wavelength_nm": str(NANO[k]), "fwhm_nm": "34"}),
    lambda k: ("", {"CENTER_WAVELENGTH": str(NANO[k]), "FWHM": "34"}),
    lambda k: ("IMAGERY", {"CENTRAL_WAVELENGTH_UM": str(TRUE[k]), "FWHM_UM": "0.034"}),
    lambda k: ("", {"Wavelength (nm)": str(NANO[k]), "Wavelength Units": "Nanometers"}),
    lambda k: ("", {"min_wavelength": str(NANO[k] - 17), "max_wavelength": str(NANO[k] + 17),
                    "central_wavelength": str(NANO[k])}),
    lambda k: ("", {"wavelength": str(NANO[k])} if k < 58 else {}),
], ids=["wavelength", "with unit", "nm in the name", "centre", "IMAGERY", "brackets", "limits", "masks behind"])
def test_metadata_of_the_bands(tmp_path, each):
    bands = read_bands(raster(tmp_path / "a.tif", each=each))
    known = np.isfinite(bands.micrometres)
    assert known.sum() >= 58
    assert set(bands.order) <= set(np.flatnonzero(known))
    npt.assert_allclose(bands.micrometres[known], TRUE[known], rtol=1e-6)
    if "FWHM" in str(each(0)).upper():
        npt.assert_allclose(bands.widths, 0.034)


@pytest.mark.parametrize("items", [
    {"wavelengths": braces(NANO), "fwhm": braces([34] * 60)},
    {"sensor_band_parameters#wavelengths": braces(NANO), "sensor_band_parameters#good_wavelengths": braces([1.0] * 60)},
])
def test_metadata_of_the_file(tmp_path, items):
    npt.assert_allclose(read_bands(raster(tmp_path / "a.tif", items={"": items})).micrometres, TRUE, rtol=1e-6)


def test_good_wavelengths_of_emit_are_bad_bands(tmp_path):
    good = np.ones(60)
    good[10] = 0.0
    items = {"wavelengths": braces(NANO), "good_wavelengths": braces(good)}
    assert 10 not in read_bands(raster(tmp_path / "a.tif", items={"": items})).order


@pytest.mark.parametrize("write", [
    lambda k: f"Band {k + 1} ({TRUE[k]:.4f})",
    lambda k: f"wavelength {NANO[k]} nm",
    lambda k: f"band {k + 1}: {NANO[k]} Nanometers",
    lambda k: f"{TRUE[k]:.5f} Micrometers",
    lambda k: f"{NANO[k]:.2f}",
    lambda k: f"b{k + 1}_{NANO[k]:.2f}",
    lambda k: f"Resize (Band {k + 1}:clipped) ({NANO[k]:.6f})",
])
def test_descriptions_of_the_bands(tmp_path, write):
    npt.assert_allclose(read_bands(raster(tmp_path / "a.tif", descriptions=write)).micrometres, TRUE, atol=6e-5)


def test_metadata_file_of_enmap_beside_the_image(tmp_path):
    image = tmp_path / "ENMAP01-____L2A-DT0001_20220810-SPECTRAL_IMAGE.TIF"
    rows = "".join(f'<bandID number="{k + 1}"><wavelengthCenterOfBand>{w}</wavelengthCenterOfBand>'
                   f"<FWHMOfBand>8.1</FWHMOfBand></bandID>" for k, w in enumerate(NANO))
    (tmp_path / "ENMAP01-____L2A-DT0001_20220810-METADATA.XML").write_text(f"<level_X>{rows}</level_X>")
    bands = read_bands(raster(image))
    npt.assert_allclose(bands.micrometres, TRUE, rtol=1e-6)
    npt.assert_allclose(bands.widths, 0.0081)


def test_header_beside_a_geotiff(tmp_path):
    path = raster(tmp_path / "a.tif")
    (tmp_path / "a.hdr").write_text(f"ENVI\nbands = 60\nwavelength units = nm\nwavelength = {braces(NANO)}\n")
    npt.assert_allclose(read_bands(path).micrometres, TRUE, rtol=1e-6)


@pytest.mark.parametrize("beside", [True, False])
def test_bad_bands_and_scale_of_a_header_beside_the_image_or_given(tmp_path, beside):
    path, bbl = raster(tmp_path / "a.tif", kind=gdal.GDT_Int16), np.ones(60, int)
    bbl[10] = 0
    header = tmp_path / ("a.hdr" if beside else "other.hdr")
    header.write_text(f"ENVI\nwavelength = {braces(NANO)}\nbbl = {braces(bbl)}\nreflectance scale factor = 10000\n")
    bands = read_bands(path, "" if beside else str(header))
    assert 10 not in bands.order
    npt.assert_allclose(bands.scale, 1e-4)


def test_first_level_of_enmap_is_radiance(tmp_path):
    path = raster(tmp_path / "ENMAP01-____L1C-DT0001_20220810T000000Z-SPECTRAL_IMAGE.TIF",
                  descriptions=lambda k: f"{NANO[k]} nm")
    assert read_bands(path).stated == "Radiance, EnMAP level L1C"


def test_text_file_goes_before_everything(tmp_path):
    path = raster(tmp_path / "a.tif", descriptions=lambda k: f"{NANO[k] + 5:.2f} nm")
    (tmp_path / "w.txt").write_text("\n".join(str(value) for value in NANO))
    npt.assert_allclose(read_bands(path, str(tmp_path / "w.txt")).micrometres, TRUE, rtol=1e-6)


def test_scales_and_nodata_of_the_bands(tmp_path):
    path = raster(tmp_path / "a.tif", descriptions=lambda k: f"{NANO[k]} nm", kind=gdal.GDT_Int16)
    dataset = gdal.Open(path, gdal.GA_Update)
    for number in range(1, 61):
        dataset.GetRasterBand(number).SetScale(2e-4)
        dataset.GetRasterBand(number).SetOffset(-0.1)
        dataset.GetRasterBand(number).SetNoDataValue(-32768)
    del dataset
    bands = read_bands(path)
    npt.assert_allclose(bands.scale, 2e-4)
    npt.assert_allclose(bands.offset, -0.1)
    npt.assert_array_equal(bands.nodata, -32768)


def test_what_the_file_says_its_values_are(tmp_path):
    items = {"": {"wavelengths": braces(NANO), "long_name": "Radiance at sensor"}}
    assert "Radiance" in read_bands(raster(tmp_path / "a.tif", items=items)).stated
    items[""]["long_name"] = "Surface reflectance"
    assert read_bands(raster(tmp_path / "b.tif", items=items)).stated == ""


@pytest.mark.parametrize(("change", "words"), [
    ({"bands": 3}, "has 3 bands, too few"),
    ({}, "carry no wavelengths; give a text file"),
    ({"descriptions": lambda k: f"Band {k + 1}"}, "carry no wavelengths"),
    ({"descriptions": lambda k: f"PC {k + 1}.5"}, "carry no wavelengths"),
    ({"items": {"": {"wavelengths": braces(NANO[:59])}}}, "carry no wavelengths"),
])
def test_rasters_without_wavelengths_are_refused(tmp_path, change, words):
    with pytest.raises(QgsProcessingException, match=words):
        read_bands(raster(tmp_path / "a.tif", **change))


def test_bands_without_a_wavelength_are_left_out(tmp_path):
    values = NANO.copy()
    values[[0, 59]] = 0.0
    bands = read_bands(raster(tmp_path / "a.tif", items={"": {"wavelengths": braces(values)}}))
    assert not {0, 59} & set(bands.order)
    npt.assert_allclose(bands.micrometres[bands.order], TRUE[bands.order], rtol=1e-6)
    assert any("2 bands without a wavelength" in note for note in bands.notes)


@pytest.mark.parametrize(("text", "words"), [
    ("400\n410\n", "there are 2 wavelengths for 60 bands"),
    ("nothing", "holds no wavelengths"),
    (None, "cannot be read"),
])
def test_text_files_that_do_not_fit_are_refused(tmp_path, text, words):
    path = tmp_path / "w.txt"
    if text is not None:
        path.write_text(text)
    with pytest.raises(QgsProcessingException, match=words):
        read_bands(raster(tmp_path / "a.tif"), str(path))


def test_all_bands_bad_is_refused(tmp_path):
    with pytest.raises(QgsProcessingException, match="Only 0 bands are left"):
        read_bands(envi(tmp_path / "a.dat", wavelength=braces(NANO), bbl=braces([0] * 60)))
