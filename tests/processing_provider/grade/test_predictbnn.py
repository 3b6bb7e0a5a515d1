"""Prediction through Processing: rasters and samples agree, bands are found by name, other features are refused."""
from pathlib import Path

import numpy as np
import pytest
from osgeo import gdal, osr
from qgis.core import QgsProcessingException, QgsVectorLayer

WEST, NORTH, CELL, COLUMNS, ROWS = 500_000.0, 4_000_000.0, 50.0, 40, 30
QUANTITIES = ["mean", "sd", "epistemic", "aleatoric", "p10", "p50", "p90", "probability>1", "outside"]


def write_features(path, arrays, nodata=-9999.0):
    """A GeoTIFF with a band for each name."""
    dataset = gdal.GetDriverByName("GTiff").Create(str(path), COLUMNS, ROWS, len(arrays), gdal.GDT_Float32)
    dataset.SetGeoTransform((WEST, CELL, 0.0, NORTH, 0.0, -CELL))
    reference = osr.SpatialReference()
    reference.ImportFromEPSG(32650)
    dataset.SetProjection(reference.ExportToWkt())
    for number, (name, values) in enumerate(arrays.items(), start=1):
        band = dataset.GetRasterBand(number)
        band.SetDescription(name)
        band.SetNoDataValue(nodata)
        band.WriteArray(np.where(np.isnan(values), nodata, values).astype(np.float32))
    del dataset
    return str(path)


@pytest.fixture(scope="module")
def model(train):
    return train("model", EPOCHS=12)["MODEL"]


@pytest.fixture(scope="module")
def fields():
    rng = np.random.default_rng(3)
    arrays = {name: rng.normal(size=(ROWS, COLUMNS)) for name in "abcd"}
    arrays["a"][0, :5] = np.nan
    for name in "abc":
        arrays[name][1, :4] = np.nan
    arrays["b"][2, 2] = 40.0
    return arrays


@pytest.fixture(scope="module")
def mapped(toolbox, folder, model, fields, read):
    shuffled = {name: fields[name] for name in "dbca"}
    raster = write_features(folder / "features.tif", {"other": fields["a"], **shuffled})
    outputs = toolbox("predictbnn", MODEL=model, RASTER=raster, OUTPUT=str(folder / "grades.tif"))
    return outputs, read(outputs["OUTPUT"])


def test_the_map_has_every_quantity_on_the_cells_of_the_features(mapped):
    outputs, raster = mapped
    assert list(raster.bands) == [f"TREO:{name}" for name in QUANTITIES]
    assert raster.transform == (WEST, CELL, 0.0, NORTH, 0.0, -CELL)
    assert outputs["PLACES"] == ROWS * COLUMNS - 4
    assert outputs["OUTSIDE"] == int(np.nansum(raster["TREO:outside"]))


def test_grades_follow_the_features_wherever_their_bands_stand(mapped, fields):
    truth = np.exp(0.7 * fields["a"] + 0.5 * np.sin(2.0 * fields["b"]))
    found, inside = mapped[1]["TREO:p50"], mapped[1]["TREO:outside"] == 0.0
    assert np.corrcoef(np.log(truth[inside]), np.log(found[inside]))[0, 1] > 0.85
    variance = mapped[1]["TREO:epistemic"] ** 2 + mapped[1]["TREO:aleatoric"] ** 2
    assert np.nanmax(np.abs(variance / mapped[1]["TREO:sd"] ** 2 - 1.0)) < 1e-3


def test_gaps_and_odd_values_are_empty_or_outside(mapped):
    outside = mapped[1]["TREO:outside"]
    assert (outside[0, :5] == 1.0).all()
    assert np.isnan(mapped[1]["TREO:mean"][1, :4]).all()
    assert np.isnan(outside[1, :4]).all()
    assert outside[2, 2] == 1.0
    assert np.nanmean(outside) < 0.1


def test_samples_get_what_their_cells_get(toolbox, folder, mapped, model, fields, points):
    row, column = np.array([3, 10, 25]), np.array([7, 0, 39])
    places = np.column_stack([WEST + (column + 0.5) * CELL, NORTH - (row + 0.5) * CELL])
    layer = points(places, **{name: np.float32(fields[name][row, column]).astype(float) for name in "abcd"})
    outputs = toolbox("predictbnn", MODEL=model, SAMPLES=layer, OUTPUT_SAMPLES=str(folder / "samples.gpkg"))
    found = QgsVectorLayer(outputs["OUTPUT_SAMPLES"], "x", "ogr")
    assert "TREO_probability_above_1" in found.fields().names()
    for name, band in (("TREO_mean", "TREO:mean"), ("TREO_p90", "TREO:p90"), ("TREO_outside", "TREO:outside")):
        values = [feature[name] for feature in found.getFeatures()]
        assert np.allclose(values, mapped[1][band][row, column], rtol=1e-4)
    assert outputs["PLACES"] == 3


def test_levels_stay_levels(toolbox, folder, model, fields, read, mapped):
    levels = {f"{name}@z={level}": fields[name] + shift for name in "abc" for level, shift in ((120, 0.0), (100, 0.3))}
    raster = write_features(folder / "levels.tif", {**levels, "d": fields["d"]})
    outputs = toolbox("predictbnn", MODEL=model, RASTER=raster, OUTPUT=str(folder / "grades3.tif"), CUTOFFS="2")
    found = read(outputs["OUTPUT"])
    assert list(found.bands)[:2] == ["TREO:mean@z=100", "TREO:mean@z=120"]
    assert "TREO:probability>2@z=120" in found.bands
    assert np.allclose(found["TREO:mean@z=120"], mapped[1]["TREO:mean"], rtol=1e-5, equal_nan=True)
    assert not np.allclose(found["TREO:mean@z=100"], mapped[1]["TREO:mean"], equal_nan=True)


def test_large_rasters_go_tile_by_tile(toolbox, folder, model, fields, read, mapped, monkeypatch):
    from lodescope.processing_provider.fusion import exchange

    monkeypatch.setattr(exchange, "TILE", 16)
    monkeypatch.setattr(exchange, "VALUES", 16 * 16 * 4)
    raster = write_features(folder / "tiled.tif", fields)
    outputs = toolbox("predictbnn", MODEL=model, RASTER=raster, OUTPUT=str(folder / "tiled_grades.tif"))
    found = read(outputs["OUTPUT"])
    for name, values in found.bands.items():
        assert np.allclose(values, mapped[1][name], rtol=1e-4, atol=1e-6, equal_nan=True)


def test_other_features_and_files_are_refused(toolbox, folder, model, fields, drilled):
    few = write_features(folder / "few.tif", {"a": fields["a"], "x": fields["b"]})
    junk = folder / "junk.safetensors"
    junk.write_text("nothing", encoding="utf-8")
    cases = [
        ({"RASTER": few}, r"does not have: b, c, d; it has: a, x"),
        ({"MODEL": str(junk)}, "not a model file"),
        ({}, "Nothing to predict"),
        ({"RASTER": few, "CUTOFFS": "x"}, "'x' is not a number"),
    ]
    for more, words in cases:
        with pytest.raises(QgsProcessingException, match=words):
            toolbox("predictbnn", **{"MODEL": model, "OUTPUT": str(folder / "none.tif"), **more})
    layer = drilled(count=3)
    layer.dataProvider().deleteAttributes([layer.fields().lookupField("c")])
    layer.updateFields()
    with pytest.raises(QgsProcessingException, match=r"does not have: c;"):
        toolbox("predictbnn", MODEL=model, SAMPLES=layer, OUTPUT_SAMPLES="TEMPORARY_OUTPUT")
    cut = folder / "cut.safetensors"
    cut.write_bytes(Path(model).read_bytes()[:-2000])
    with pytest.raises(QgsProcessingException, match="damaged"):
        toolbox("predictbnn", MODEL=str(cut), SAMPLES=drilled(count=3), OUTPUT_SAMPLES="TEMPORARY_OUTPUT")
    assert not (folder / "none.tif").exists()


def test_the_layer_of_grades_is_styled(mapped):
    from qgis.core import QgsRasterLayer

    from lodescope.processing_provider.styles import raster_style

    layer = QgsRasterLayer(mapped[0]["OUTPUT"], "grades")
    raster_style({"TREO": "%"})(layer)
    assert "TREO epistemic" in layer.styleManager().styles()


def test_qgis_process_predicts_and_refuses(program, folder, model, fields):
    raster = write_features(folder / "program.tif", fields)
    code, text = program("predictbnn", MODEL=model, RASTER=raster, OUTPUT=folder / "program_grades.tif")
    assert code == 0, text
    assert "PLACES" in text
    few = write_features(folder / "program_few.tif", {"a": fields["a"]})
    code, text = program("predictbnn", MODEL=model, RASTER=few, OUTPUT=folder / "refused.tif")
    assert code != 0
    assert "does not have: b, c, d" in text
    assert "Traceback" not in text
    assert not (folder / "refused.tif").exists()
