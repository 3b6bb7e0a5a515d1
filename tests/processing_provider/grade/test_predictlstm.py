"""Prediction down the hole through Processing: columns of cells and holes agree, other features are refused."""
import numpy as np
import pytest
from osgeo import gdal, osr
from qgis.core import QgsProcessingException, QgsVectorLayer

WEST, NORTH, CELL, COLUMNS, ROWS, LEVELS = 500_000.0, 4_000_000.0, 50.0, 12, 9, (88, 91, 94, 97, 100)
QUICK = {"PRESET": "afg-pms", "EPOCHS": 60, "MEMBERS": 2, "MEMORY": 16, "LAYERS": 1, "FOLDS": 2, "RATE": 1e-2,
         "BATCH": 8, "COMPARE": False, "THREADS": 1}


@pytest.fixture(scope="module")
def remembered(points):
    """Make a layer of holes whose grade is that of the feature of the interval above."""

    def make(count=40, each=10, seed=0):
        rng = np.random.default_rng(seed)
        groups, depths = np.repeat(np.arange(count), each), np.tile(np.arange(each) * 3.0, count)
        collars = rng.uniform(0.0, 600.0, (count, 2)) + [WEST, NORTH - 500.0]
        places = np.column_stack([collars[groups], 100.0 - depths])
        a, b = rng.normal(size=(2, groups.size))
        above = np.where(depths > 0.0, np.roll(a, 1), 0.0)
        return points(places, a=a, b=b, TREO=np.exp(above + 0.05 * rng.normal(size=groups.size)), depth=depths,
                      hole=[f"H{k}" for k in groups])

    return make


@pytest.fixture(scope="module")
def model(toolbox, folder, remembered):
    outputs = toolbox("trainlstm", SAMPLES=remembered(), FEATURES=["a", "b"], TARGETS=["TREO"], HOLE_ID="hole",
                      DEPTH_FIELD="depth", CUTOFFS="1", MODEL=str(folder / "lstm.safetensors"), **QUICK)
    assert outputs["R2"] > 0.6
    return outputs["MODEL"]


@pytest.fixture(scope="module")
def fields():
    rng = np.random.default_rng(3)
    return {f"{name}@z={level}": rng.normal(size=(ROWS, COLUMNS)) for name in "ab" for level in LEVELS}


def write_features(path, arrays):
    """A GeoTIFF with a band for each name."""
    dataset = gdal.GetDriverByName("GTiff").Create(str(path), COLUMNS, ROWS, len(arrays), gdal.GDT_Float32)
    dataset.SetGeoTransform((WEST, CELL, 0.0, NORTH, 0.0, -CELL))
    reference = osr.SpatialReference()
    reference.ImportFromEPSG(32650)
    dataset.SetProjection(reference.ExportToWkt())
    for number, (name, values) in enumerate(arrays.items(), start=1):
        band = dataset.GetRasterBand(number)
        band.SetDescription(name)
        band.SetNoDataValue(-9999.0)
        band.WriteArray(np.where(np.isnan(values), -9999.0, values).astype(np.float32))
    del dataset
    return str(path)


@pytest.fixture(scope="module")
def mapped(toolbox, folder, model, fields, read):
    raster = write_features(folder / "columns.tif", fields)
    outputs = toolbox("predictlstm", MODEL=model, RASTER=raster, OUTPUT=str(folder / "lstm_grades.tif"))
    return outputs, read(outputs["OUTPUT"])


def test_cells_know_what_stands_above_them(mapped, fields):
    outputs, raster = mapped
    assert list(raster.bands)[:6] == [f"TREO:mean@z={level}" for level in LEVELS] + ["TREO:sd@z=88"]
    assert outputs["PLACES"] == ROWS * COLUMNS * len(LEVELS)
    for level, above in zip(LEVELS[:-1], LEVELS[1:]):
        found = np.log(raster[f"TREO:p50@z={level}"]).ravel()
        assert np.corrcoef(found, fields[f"a@z={above}"].ravel())[0, 1] > 0.85
        assert abs(np.corrcoef(found, fields[f"a@z={level}"].ravel())[0, 1]) < 0.4


def column_layer(points, fields, row, column):
    """The cells of a column as a hole."""
    places = [[WEST + (column + 0.5) * CELL, NORTH - (row + 0.5) * CELL, level] for level in LEVELS]
    values = {name: [float(np.float32(fields[f"{name}@z={level}"][row, column])) for level in LEVELS] for name in "ab"}
    return points(np.array(places, float), **{name: np.array(v) for name, v in values.items()},
                  depth=np.array([100.0 - level for level in LEVELS]), hole=["H"] * len(LEVELS))


@pytest.mark.parametrize("order", [{"DEPTH_FIELD": "depth"}, {}], ids=["depths", "places"])
def test_a_hole_gets_what_its_column_of_cells_gets(toolbox, folder, mapped, model, fields, points, order):
    layer = column_layer(points, fields, 4, 7)
    outputs = toolbox("predictlstm", MODEL=model, SAMPLES=layer, HOLE_ID="hole",
                      OUTPUT_SAMPLES=str(folder / f"hole{len(order)}.gpkg"), **order)
    found = QgsVectorLayer(outputs["OUTPUT_SAMPLES"], "x", "ogr")
    assert "TREO_probability_above_1" in found.fields().names()
    for name in ("mean", "p90", "epistemic"):
        values = [feature[f"TREO_{name}"] for feature in found.getFeatures()]
        assert np.allclose(values, [mapped[1][f"TREO:{name}@z={level}"][4, 7] for level in LEVELS], rtol=1e-3)


def test_samples_without_a_hole_are_read_alone_with_a_warning(toolbox, folder, model, fields, points, make_feedback):
    feedback = make_feedback()
    toolbox("predictlstm", MODEL=model, SAMPLES=column_layer(points, fields, 4, 7), feedback=feedback,
            OUTPUT_SAMPLES=str(folder / "alone.gpkg"))
    assert any("read alone" in text for text in feedback.warnings)


def test_large_rasters_go_tile_by_tile(toolbox, folder, model, fields, read, mapped, monkeypatch):
    from lodescope.processing_provider.fusion import exchange

    monkeypatch.setattr(exchange, "TILE", 8)
    monkeypatch.setattr(exchange, "VALUES", 8 * 8 * 10)
    raster = write_features(folder / "tiled_columns.tif", fields)
    outputs = toolbox("predictlstm", MODEL=model, RASTER=raster, OUTPUT=str(folder / "tiled_lstm.tif"))
    found = read(outputs["OUTPUT"])
    for name, values in found.bands.items():
        assert np.allclose(values, mapped[1][name], rtol=1e-3, atol=1e-5, equal_nan=True)


def test_a_map_is_predicted_cell_by_cell(toolbox, folder, model, fields, read):
    raster = write_features(folder / "flat.tif", {name: fields[f"{name}@z=100"] for name in "ab"})
    outputs = toolbox("predictlstm", MODEL=model, RASTER=raster, OUTPUT=str(folder / "flat_lstm.tif"))
    found = read(outputs["OUTPUT"])
    assert next(iter(found.bands)) == "TREO:mean"
    assert outputs["PLACES"] == ROWS * COLUMNS


def test_a_model_of_a_map_reads_the_samples_near_each_cell(toolbox, folder, points, read):
    rng = np.random.default_rng(1)
    places = np.column_stack([rng.uniform(WEST, WEST + COLUMNS * CELL, 300),
                              rng.uniform(NORTH - ROWS * CELL, NORTH, 300)])

    def truth(x, y):
        return np.exp(np.sin((x - WEST) / 90.0) + np.cos((y - NORTH) / 90.0))

    layer = points(places, a=rng.normal(size=300), Cu=truth(*places.T))
    trained = toolbox("trainlstm", SAMPLES=layer, FEATURES=["a"], TARGETS=["Cu"],
                      MODEL=str(folder / "near.safetensors"), **{**QUICK, "VALIDATION": "block", "BATCH": 64})
    raster = write_features(folder / "near.tif", {"a": rng.normal(size=(ROWS, COLUMNS))})
    outputs = toolbox("predictlstm", MODEL=trained["MODEL"], RASTER=raster, OUTPUT=str(folder / "near_lstm.tif"))
    found = read(outputs["OUTPUT"])["Cu:p50"]
    x, y = WEST + (np.arange(COLUMNS) + 0.5) * CELL, NORTH - (np.arange(ROWS) + 0.5) * CELL
    assert np.corrcoef(np.log(found).ravel(), np.log(truth(*np.meshgrid(x, y))).ravel())[0, 1] > 0.8
    levels = write_features(folder / "near_levels.tif", {f"a@z={k}": np.ones((ROWS, COLUMNS)) for k in (1, 2)})
    with pytest.raises(QgsProcessingException, match="reads samples near each cell"):
        toolbox("predictlstm", MODEL=trained["MODEL"], RASTER=levels, OUTPUT=str(folder / "none_lstm.tif"))


def test_other_features_and_files_are_refused(toolbox, folder, model, fields, train, points):
    few = write_features(folder / "few_columns.tif", {"a@z=88": fields["a@z=88"]})
    layer = column_layer(points, fields, 1, 1)
    other = train("other_kind", EPOCHS=1)["MODEL"]
    cases = [
        ({"RASTER": few}, r"does not have: b; it has: a"),
        ({"MODEL": other, "SAMPLES": layer}, "another kind of model"),
        ({}, "Nothing to predict"),
        ({"SAMPLES": layer, "HOLE_ID": "borehole"}, "no field 'borehole'"),
        ({"SAMPLES": layer, "HOLE_ID": "hole", "DEPTH_FIELD": "hole"}, "text that is not a number"),
    ]
    for more, words in cases:
        with pytest.raises(QgsProcessingException, match=words):
            toolbox("predictlstm", **{"MODEL": model, "OUTPUT": str(folder / "no_lstm.tif"),
                                      "OUTPUT_SAMPLES": str(folder / "no_lstm.gpkg"), **more})
    assert not (folder / "no_lstm.tif").exists()


def test_qgis_process_predicts_and_refuses(program, folder, model, fields):
    raster = write_features(folder / "program_columns.tif", fields)
    code, text = program("predictlstm", MODEL=model, RASTER=raster, OUTPUT=folder / "program_lstm.tif")
    assert code == 0, text
    assert "PLACES" in text
    few = write_features(folder / "program_few_columns.tif", {"a@z=88": fields["a@z=88"]})
    code, text = program("predictlstm", MODEL=model, RASTER=few, OUTPUT=folder / "refused_lstm.tif")
    assert code != 0
    assert "does not have: b" in text
    assert "Traceback" not in text
    assert not (folder / "refused_lstm.tif").exists()
