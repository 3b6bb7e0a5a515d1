"""Spectral features from end to end: the sample deposit, a Gamsberg scene, made images, the program, bad input."""
import json
import sys
import time
from pathlib import Path

import numpy as np
import numpy.testing as npt
import pytest
from osgeo import gdal, osr
from qgis.core import (
    QgsFeature,
    QgsGeometry,
    QgsProcessingException,
    QgsRasterLayer,
    QgsVectorLayer,
)

ROOT = Path(__file__).resolve().parents[3]
SAMPLE = ROOT / "resources" / "sample"
GAMSBERG = ROOT.parent / "shared" / "data" / "gamsberg_hsi"
WAVES = np.arange(0.45, 2.45, 0.01)
CORNER, CELL = (500000.0, 7000000.0), 10.0


def clay_of(rows, columns):
    """Depth of Al-OH, different in every pixel."""
    y, x = np.mgrid[0:rows, 0:columns]
    return 0.05 + 0.2 * y / rows + 0.1 * x / columns


def spectra(rows, columns, seed=0):
    """Reflectances (bands, rows, columns) with Al-OH and neodymium."""
    rng = np.random.default_rng(seed)
    y, _ = np.mgrid[0:rows, 0:columns]
    image = (0.3 + 0.2 * rng.uniform(size=(rows, columns))) * (0.8 + 0.1 * WAVES)[:, None, None]
    for centre, width, depth in ((2.2, 0.02, clay_of(rows, columns)), (0.74, 0.012, 0.3 * (1.0 - y / rows)),
                                 (0.80, 0.012, 0.3 * (1.0 - y / rows))):
        image = image * (1.0 - depth * np.exp(-0.5 * ((WAVES - centre) / width) ** 2)[:, None, None])
    return image


def write_image(path, values, name=lambda k: f"{1000 * WAVES[k]:.1f} nm", nodata=None):
    """A GeoTIFF with the wavelengths in the names of its bands."""
    kind = gdal.GDT_Int16 if values.dtype.kind == "i" else gdal.GDT_Float32
    dataset = gdal.GetDriverByName("GTiff").Create(str(path), *values.shape[:0:-1], len(values), kind,
                                                   ["INTERLEAVE=PIXEL"])
    dataset.SetGeoTransform((CORNER[0], CELL, 0.0, CORNER[1], 0.0, -CELL))
    system = osr.SpatialReference()
    system.ImportFromEPSG(32650)
    dataset.SetProjection(system.ExportToWkt())
    for number, band in enumerate(values):
        dataset.GetRasterBand(number + 1).WriteArray(band)
        dataset.GetRasterBand(number + 1).SetDescription(name(number))
        if nodata is not None:
            dataset.GetRasterBand(number + 1).SetNoDataValue(nodata)
    del dataset
    return str(path)


@pytest.fixture
def picture(tmp_path):
    return write_image(tmp_path / "image.tif", np.round(10000 * spectra(30, 20)).astype(np.int16))


def test_depths_stand_where_they_are_in_the_image(toolbox, picture, read, tmp_path, feedback):
    out = str(tmp_path / "out.tif")
    found = toolbox("spectralfeatures", feedback, INPUT=picture, FEATURES="AlOH_2200, Nd", COMPONENTS=2, OUTPUT=out,
                    REPORT=str(tmp_path / "out.html"))
    result = read(out)
    npt.assert_allclose(result["AlOH_2200:depth"], clay_of(30, 20), rtol=0.03)
    npt.assert_allclose(result["AlOH_2200:position"], 2.2, atol=0.0015)
    npt.assert_allclose(result["Nd:index"][:, 0], 0.3 * (1.0 - np.arange(30) / 30), atol=0.02)
    assert result.transform == (CORNER[0], CELL, 0.0, CORNER[1], 0.0, -CELL)
    assert (result.nodata, result.kind) == (-9999.0, gdal.GDT_Float32)
    assert {"AlOH_2200:width", "AlOH_2200:area", "AlOH_2200:asymmetry", "PC2:score"} <= set(result.bands)
    assert (found["SCALE"], found["PIXELS"], found["COMPONENTS_USED"]) == (10000.0, 600, 2)
    assert "AlOH_2200" in found["FEATURES_USED"]
    assert "<svg" in (tmp_path / "out.html").read_text(encoding="utf-8")
    assert any("judged by its values" in text for text in feedback.info)
    assert any("nanometres" in text for text in feedback.info)
    assert gdal.Open(out).GetMetadataItem("LODESCOPE_ALGORITHM") == "lodescope:spectralfeatures"
    assert json.loads(gdal.Open(out).GetMetadataItem("LODESCOPE_PARAMETERS"))["continuum"] == "window"


def test_order_and_unit_of_the_wavelengths_change_nothing(toolbox, picture, read, tmp_path):
    values = np.round(10000 * spectra(30, 20)).astype(np.int16)
    turned = write_image(tmp_path / "turned.tif", values[::-1], lambda k: f"Band {k + 1} ({WAVES[::-1][k]:.4f})")
    outs = []
    for number, path in enumerate((picture, turned)):
        toolbox("spectralfeatures", INPUT=path, FEATURES="AlOH_2200, Nd", COMPONENTS=2,
                OUTPUT=str(tmp_path / f"{number}.tif"))
        outs.append(read(tmp_path / f"{number}.tif"))
    assert list(outs[0].bands) == list(outs[1].bands)
    for name in outs[0].bands:
        npt.assert_allclose(outs[1][name], outs[0][name], atol=1e-6)


def test_sample_deposit_shows_its_neodymium_and_iron(toolbox, read, tmp_path):
    sys.path.insert(0, str(SAMPLE))
    import deposit

    out = str(tmp_path / "out.tif")
    found = toolbox("spectralfeatures", INPUT=str(SAMPLE / "hyperspectral.dat"), FEATURES="Nd, AlOH, Fe3_0900",
                    COMPONENTS=3, OUTPUT=out)
    result = read(out)
    height = deposit.surface(result.x, result.y)
    iron = deposit.iron_share(result.x, result.y, height)
    neodymium = 0.28 * (1.0 - np.exp(-deposit.truth(result.x, result.y, height)["Nd_ppm"] / 260.0))
    assert found["BANDS_USED"] == 104
    assert np.corrcoef(result["Nd:index"].ravel(), neodymium.ravel())[0, 1] > 0.9
    assert np.corrcoef(result["Nd:index"][::-1].ravel(), neodymium.ravel())[0, 1] < 0.5
    assert np.corrcoef(result["Fe3_0900:depth"].ravel(), iron.ravel())[0, 1] > 0.9
    strong = neodymium > 0.06
    npt.assert_allclose(np.median(result["Nd_0740:position"][strong & np.isfinite(result["Nd_0740:position"])]), 0.74,
                        atol=0.002)


@pytest.mark.skipif(not GAMSBERG.exists(), reason="the reference data is not here")
def test_gamsberg_scene_with_its_field_library(toolbox, read, tmp_path, feedback):
    out = str(tmp_path / "out.tif")
    found = toolbox("spectralfeatures", feedback, INPUT=str(GAMSBERG / "cubus_gamsberg_subset"), FEATURES="all",
                    LIBRARY=str(GAMSBERG / "gamsberg_field_library.hdr"), COMPONENTS=5, OUTPUT=out)
    result = read(out)
    assert found["SCALE"] == 10000.0
    assert found["PIXELS"] == 250
    assert 140 < found["BANDS_USED"] < 189
    assert result["AlOH_2200:depth"].shape == (25, 10)
    assert np.nanmedian(result["AlOH_2200:position"]) == pytest.approx(2.205, abs=0.01)
    assert np.nanmedian(result["AlOH_2200:depth"]) > 5 * np.nanmedian(result["Nd:index"])
    angles = {name: np.nanmedian(band) for name, band in result.bands.items() if name.endswith(":angle")}
    assert len(angles) == 27
    assert "green_vegetation" not in min(angles, key=angles.get)
    assert min(angles.values()) < 0.1 < max(angles.values())
    fits = np.stack([band for name, band in result.bands.items() if name.endswith(":fit")])
    assert ((fits >= 0.0) & (fits <= 1.0)).all()
    assert any("judged by the values" in text for text in feedback.info)
    assert {"Nd_0580", "AlOH_2200", "Kaolinite_2160"} <= set(found["FEATURES_USED"].split(", "))


def sunlit(image):
    """Radiances of an image (bands, rows, columns) with haze."""
    light = WAVES ** -5.0 / (np.exp(14388.0 / (WAVES * 5800.0)) - 1.0)
    gain, haze = 80.0 * light / light.max(), 3.0 * np.exp(-WAVES)
    return (image * gain[:, None, None] + haze[:, None, None]).astype(np.float32)


@pytest.fixture
def radiance(tmp_path):
    """A radiance image whose first three columns are two grey targets, 9 x 3 pixels each, on rows 0 to 17."""
    image = spectra(30, 20)
    image[:, :9, :3], image[:, 9:18, :3] = 0.05, 0.6
    return write_image(tmp_path / "radiance.tif", sunlit(image))


def centre(row, column):
    return CORNER[0] + (column + 0.5) * CELL, CORNER[1] - (row + 0.5) * CELL


def test_empirical_line_from_points_and_a_csv(toolbox, radiance, points, read, tmp_path):
    layer = points(np.array([centre(4, 1), centre(13, 1)]), target=["dark tarp", "white tarp"])
    (tmp_path / "targets.csv").write_text("nm,dark tarp,white tarp\n400,0.05,0.6\n2500,0.05,0.6\n")
    out = str(tmp_path / "out.tif")
    toolbox("spectralfeatures", INPUT=radiance, FEATURES="AlOH_2200", COMPONENTS=0, CORRECTION="empiricalline",
            TARGETS=layer, TARGET_FIELD="target", REFERENCE=str(tmp_path / "targets.csv"), OUTPUT=out)
    npt.assert_allclose(read(out)["AlOH_2200:depth"][:, 3:], clay_of(30, 20)[:, 3:], rtol=0.05)


def test_flat_field_from_a_polygon(toolbox, radiance, read, tmp_path):
    layer = QgsVectorLayer("Polygon?crs=EPSG:32650", "flat", "memory")
    (west, north), (east, south) = centre(9, 0), centre(17, 2)
    feature = QgsFeature()
    feature.setGeometry(QgsGeometry.fromWkt(
        f"POLYGON(({west} {north}, {east} {north}, {east} {south}, {west} {south}, {west} {north}))").buffer(1.0, 4))
    layer.dataProvider().addFeatures([feature])
    out = str(tmp_path / "out.tif")
    toolbox("spectralfeatures", INPUT=radiance, FEATURES="AlOH_2200", COMPONENTS=0, CORRECTION="flatfield",
            FLAT_FIELD=layer, OUTPUT=out)
    result = read(out)["AlOH_2200:depth"]
    npt.assert_allclose(result[9:18, :3], 0.0, atol=1e-4)
    npt.assert_allclose(np.corrcoef(result[:, 3:].ravel(), clay_of(30, 20)[:, 3:].ravel())[0, 1], 1.0, atol=0.01)


def test_rows_of_a_catalogue_and_chosen_measures(toolbox, picture, read, tmp_path):
    (tmp_path / "own.csv").write_text("name,search_from,search_to,left,right\nMine_2200,2.17,2.23,2.1,2.3\n")
    out = str(tmp_path / "out.tif")
    toolbox("spectralfeatures", INPUT=picture, FEATURES="Mine_2200", CATALOGUE=str(tmp_path / "own.csv"),
            QUANTITIES=["position", "depth"], COMPONENTS=0, OUTPUT=out)
    assert list(read(out).bands) == ["Mine_2200:depth", "Mine_2200:position"]
    npt.assert_allclose(read(out)["Mine_2200:depth"], clay_of(30, 20), rtol=0.03)


def test_number_to_divide_by_goes_before_what_the_file_says(toolbox, read, tmp_path):
    values = np.round(10000 * spectra(30, 20)).astype(np.int16)
    path = write_image(tmp_path / "image.tif", values)
    dataset = gdal.Open(path, gdal.GA_Update)
    for number in range(1, len(values) + 1):
        dataset.GetRasterBand(number).SetScale(1e-4)
    del dataset
    outs = []
    for name, given in (("stated", {}), ("given", {"DIVIDE_BY": 10000})):
        toolbox("spectralfeatures", INPUT=path, FEATURES="none", COMPONENTS=1, OUTPUT=str(tmp_path / f"{name}.tif"),
                **given)
        outs.append(read(tmp_path / f"{name}.tif")["PC1:score"])
    npt.assert_allclose(outs[1], outs[0], atol=1e-6)


def test_nodata_of_the_image_is_nodata_of_the_result(toolbox, read, tmp_path):
    values = np.round(10000 * spectra(30, 20)).astype(np.int16)
    values[:, 3, 7] = -999
    path = write_image(tmp_path / "image.tif", values, nodata=-999)
    out = str(tmp_path / "out.tif")
    found = toolbox("spectralfeatures", INPUT=path, FEATURES="AlOH_2200", COMPONENTS=1, OUTPUT=out)
    for band in read(out).bands.values():
        assert np.isnan(band[3, 7])
    assert found["PIXELS"] == 599
    assert np.isfinite(read(out)["AlOH_2200:depth"]).sum() == 599


def left(folder):
    """Names of the files of a folder, without statistics that QGIS keeps beside a raster."""
    return [path.name for path in folder.iterdir() if path.suffix != ".xml"]


def bad(tmp_path, **change):
    """Parameters with one thing wrong."""
    return {"INPUT": str(tmp_path / "image.tif"), "OUTPUT": str(tmp_path / "out.tif"), "COMPONENTS": 0, **change}


@pytest.mark.parametrize(("change", "words"), [
    ({"FEATURES": "Nd_0740, Gold"}, "no feature 'Gold'.*Nd_0580"),
    ({"LIBRARY": "{}/missing.csv"}, "cannot be read"),
    ({"CATALOGUE": "{}/missing.csv"}, "cannot be read"),
    ({"WAVELENGTHS": "{}/missing.txt"}, "cannot be read"),
    ({"CORRECTION": "flatfield"}, "flatfield needs 'Flat field'"),
    ({"CORRECTION": "empiricalline"}, "empiricalline needs 'Targets'"),
    ({"SMOOTHING": "savitzkygolay", "WINDOW": 6}, "odd window"),
    ({"OUTPUT": "{}/nowhere/out.tif"}, "does not exist"),
    ({"OUTPUT": "{}/image.tif"}, "overwrite the image"),
    ({"OUTPUT": "{}/out.png"}, "no GeoTIFF"),
])
def test_bad_choices_are_one_sentence(toolbox, picture, tmp_path, change, words):
    change = {name: value.format(tmp_path) if isinstance(value, str) else value for name, value in change.items()}
    with pytest.raises(QgsProcessingException, match=f"(?s){words}"):
        toolbox("spectralfeatures", **bad(tmp_path, **change))


@pytest.mark.parametrize(("values", "name", "words"), [
    (lambda: spectra(9, 8)[:3], None, "3 bands, too few"),
    (lambda: spectra(9, 8), lambda k: f"Band {k + 1}", "carry no wavelengths"),
    (lambda: np.full((200, 9, 8), -9999.0), None, "no data in its usable bands"),
    (lambda: sunlit(spectra(9, 8)), None, "looks like radiance.*Convert it"),
    (lambda: spectra(9, 8)[:60], None, "None of the features asked for lies in the usable bands"),
])
def test_bad_images_are_one_sentence_and_leave_nothing(toolbox, tmp_path, values, name, words):
    path = write_image(tmp_path / "image.tif", np.asarray(values(), np.float32),
                       name or (lambda k: f"{1000 * WAVES[k]:.1f} nm"), -9999.0)
    with pytest.raises(QgsProcessingException, match=words):
        toolbox("spectralfeatures", INPUT=path, FEATURES="AlOH_2200", COMPONENTS=0, OUTPUT=str(tmp_path / "out.tif"))
    assert left(tmp_path) == ["image.tif"]


def test_targets_off_the_image_or_without_spectrum_are_told(toolbox, radiance, points, tmp_path):
    (tmp_path / "targets.csv").write_text("nm,tarp,other\n400,0.05,0.1\n2500,0.05,0.1\n")
    chosen = {"INPUT": radiance, "CORRECTION": "empiricalline", "TARGET_FIELD": "target",
              "OUTPUT": str(tmp_path / "o.tif"), "REFERENCE": str(tmp_path / "targets.csv")}
    with pytest.raises(QgsProcessingException, match=r"'concrete' has no reference spectrum.*tarp, other"):
        toolbox("spectralfeatures", TARGETS=points(np.array([centre(4, 1)]), target=["concrete"]), **chosen)
    with pytest.raises(QgsProcessingException, match="None of the 1 targets lies on the image"):
        toolbox("spectralfeatures", TARGETS=points(np.array([(0.0, 0.0)]), target=["tarp"]), **chosen)


def test_cancel_is_obeyed_and_leaves_nothing(toolbox, tmp_path, make_feedback):
    path = write_image(tmp_path / "image.tif", np.tile(spectra(60, 50), (1, 8, 8)).astype(np.float32))
    feedback = make_feedback(cancel_at=25)
    toolbox("spectralfeatures", feedback, INPUT=path, OUTPUT=str(tmp_path / "out.tif"), COMPONENTS=3)
    assert feedback.cancelled_time is not None
    assert time.monotonic() - feedback.cancelled_time < 2.0
    assert left(tmp_path) == ["image.tif"]


def test_style_offers_indices_and_depths_first(toolbox, picture, tmp_path):
    from lodescope.processing_provider.remote_sensing.spectralstyles import spectral_style

    out = str(tmp_path / "out.tif")
    toolbox("spectralfeatures", INPUT=picture, FEATURES="AlOH_2200, Nd", COMPONENTS=1, OUTPUT=out)
    layer = QgsRasterLayer(out, "result")
    spectral_style("Title", "How")(layer)
    names = layer.styleManager().styles()
    assert layer.styleManager().currentStyle() == "Nd index"
    assert {"Nd index", "AlOH_2200 depth", "PC1 score"} <= set(names)
    assert "AlOH_2200 width" not in names
    assert layer.metadata().title() == "Title"
    assert layer.bandName(layer.renderer().band()).endswith("Nd:index")


def test_colours_do_not_make_a_find_of_noise(toolbox, tmp_path):
    from lodescope.processing_provider.remote_sensing.spectralstyles import spectral_style

    rng = np.random.default_rng(1)
    noise = 0.4 * (1.0 + rng.normal(0.0, 0.002, (len(WAVES), 20, 20))) * rng.uniform(0.8, 1.2, (20, 20))
    out = str(tmp_path / "out.tif")
    (tmp_path / "grey.csv").write_text("nm,grey,red\n400,0.4,0.1\n1000,0.4,0.3\n2500,0.4,0.8\n")
    toolbox("spectralfeatures", INPUT=write_image(tmp_path / "noise.tif", noise), FEATURES="Nd", COMPONENTS=0,
            LIBRARY=str(tmp_path / "grey.csv"), OUTPUT=out)
    layer = QgsRasterLayer(out, "result")
    spectral_style()(layer)
    for name, ends in (("Nd index", (0.0, 0.05)), ("Nd_0740 depth", (0.0, 0.05))):
        layer.styleManager().setCurrentStyle(name)
        assert (layer.renderer().classificationMin(), layer.renderer().classificationMax()) == ends
    layer.styleManager().setCurrentStyle("grey angle")
    items = layer.renderer().shader().rasterShaderFunction().colorRampItemList()
    assert items[0].color.lightness() > items[-1].color.lightness()


def test_program_runs_it_and_tells_bad_input_in_one_sentence(program, picture, read, tmp_path):
    code, said = program("spectralfeatures", INPUT=picture, FEATURES="AlOH_2200,Nd", COMPONENTS=2,
                         OUTPUT=tmp_path / "out.tif", REPORT=tmp_path / "out.html")
    assert code == 0, said
    npt.assert_allclose(read(tmp_path / "out.tif")["AlOH_2200:depth"], clay_of(30, 20), rtol=0.03)
    assert (tmp_path / "out.html").exists()
    code, said = program("spectralfeatures", INPUT=picture, FEATURES="Gold", OUTPUT=tmp_path / "bad.tif")
    assert code != 0
    assert "no feature 'Gold'" in said
    assert "Traceback" not in said
    assert not (tmp_path / "bad.tif").exists()
