"""Prediction of prospectivity: values read back from the file, bands found by name, other evidence refused."""
from pathlib import Path

import numpy as np
import pytest
from evidence_files import write_evidence
from qgis.core import QgsFeature, QgsGeometry, QgsProcessingException, QgsRectangle, QgsVectorLayer

BANDS = [f"prospectivity:{name}" for name in ("probability", "uncertainty", "p10", "p90", "edge")]
QUICK = {"EPOCHS": 8, "MEMBERS": 2, "WIDTH": 8, "FOLDS": 2, "WINDOW": 500.0, "CELL_SIZE": 100.0, "COMPARE": False,
         "BASELINES": False}


@pytest.fixture(scope="module")
def mapped(scene, toolbox, forest, folder, read):
    """The map of the forest: outputs and raster."""
    outputs = toolbox("predictcnn", MODEL=forest["MODEL"], RASTERS=scene.rasters, OUTPUT=str(folder / "map.tif"))
    return outputs, read(outputs["OUTPUT"])


def test_bands_grid_and_order_of_the_quantities(mapped):
    outputs, raster = mapped
    assert list(raster.bands) == BANDS
    assert raster.transform == (500_000.0, 100.0, 0.0, 7_000_000.0, 0.0, -100.0)
    probability, _, p10, p90, edge = (raster[name] for name in BANDS)
    assert probability.shape == (60, 70)
    assert (p10 <= probability).all()
    assert (probability <= p90).all()
    inner = np.ones((60, 70))
    inner[3:-3, 3:-3] = 0.0
    np.testing.assert_array_equal(edge, inner)
    assert outputs["CELLS"] == 4200
    assert outputs["EDGES"] == inner.sum()


def test_deposits_stand_out_in_the_file(mapped, scene):
    _, raster = mapped
    rows = ((7_000_000.0 - scene.places[:, 1]) // 100.0).astype(int)
    columns = ((scene.places[:, 0] - 500_000.0) // 100.0).astype(int)
    probability = raster["prospectivity:probability"]
    assert probability[rows, columns].mean() > 3.0 * probability.mean()


def test_order_of_bands_and_rasters_does_not_matter(mapped, scene, toolbox, forest, folder, read, make_feedback):
    turned = write_evidence(folder / "turned.tif", scene.bands[::-1], names=["Th_ppm", "La_ppm"])
    feedback = make_feedback()
    outputs = toolbox("predictcnn", feedback, MODEL=forest["MODEL"], RASTERS=[scene.magnetics, turned],
                      OUTPUT=str(folder / "turned_map.tif"))
    np.testing.assert_array_equal(read(outputs["OUTPUT"])[BANDS[0]], mapped[1][BANDS[0]])
    assert any("another order" in text for text in feedback.info)


def test_probability_rises_to_the_north_as_the_evidence_does(toolbox, points, folder, read):
    """A band that is its northing, and deposits in the north: the file is not upside down."""
    rng = np.random.default_rng(0)
    rows, _ = np.mgrid[:50, :50]
    evidence = np.stack([7_000_000.0 - 100.0 * rows + 50.0 * rng.normal(size=rows.shape), rng.normal(size=rows.shape)])
    raster = write_evidence(folder / "north.tif", evidence.astype(np.float32), names=["northing", "noise"])
    places = np.column_stack([500_050.0 + 100.0 * rng.permutation(50)[:20], np.full(20, 6_999_750.0)])
    places[:, 1] -= 100.0 * (np.arange(20) % 5)
    model = toolbox("traincnn", RASTERS=[raster], DEPOSITS=points(places), NEGATIVES="random", VALIDATION="random",
                    MODEL=str(folder / "north.safetensors"), **{**QUICK, "EPOCHS": 15})["MODEL"]
    found = read(toolbox("predictcnn", MODEL=model, RASTERS=[raster], OUTPUT=str(folder / "north_map.tif"))["OUTPUT"])
    assert np.corrcoef(found[BANDS[0]].ravel(), found.y.ravel())[0, 1] > 0.6
    assert found[BANDS[0]][found.y > 6_999_000.0].mean() > found[BANDS[0]][found.y < 6_996_000.0].mean() + 0.2


def test_gaps_and_study_area_stay_empty(scene, toolbox, forest, folder, read):
    bands = scene.bands.copy()
    bands[:, 30:34, 20:25] = np.nan
    raster = write_evidence(folder / "gaps.tif", bands, names=["La_ppm", "Th_ppm"])
    area = QgsVectorLayer("Polygon?crs=EPSG:32650", "area", "memory")
    feature = QgsFeature()
    feature.setGeometry(QgsGeometry.fromRect(QgsRectangle(501_000.0, 6_995_000.0, 505_000.0, 6_999_000.0)))
    area.dataProvider().addFeatures([feature])
    found = read(toolbox("predictcnn", MODEL=forest["MODEL"], RASTERS=[raster, scene.magnetics], MASK=area,
                         OUTPUT=str(folder / "gaps_map.tif"))["OUTPUT"])[BANDS[0]]
    expected = np.zeros((60, 70), bool)
    expected[10:50, 10:50] = True
    expected[30:34, 20:25] = False
    np.testing.assert_array_equal(np.isfinite(found), expected)


def test_evidence_on_other_cells_in_another_zone_gives_the_same_map(mapped, scene, toolbox, forest, folder, read):
    """The map keeps to the cells of the training, whatever rasters lie around it."""
    from osgeo import gdal

    (folder / "zone49").mkdir()
    other = str(folder / "zone49" / "magnetics.tif")
    gdal.Warp(other, gdal.Open(scene.magnetics), dstSRS="EPSG:32649", resampleAlg="near")
    found = read(toolbox("predictcnn", MODEL=forest["MODEL"], RASTERS=[scene.elements, other],
                         OUTPUT=str(folder / "zone_map.tif"))["OUTPUT"])
    first, cell, _, last, _, _ = found.transform
    assert cell == 100.0
    assert (500_000.0 - first) % 100.0 == 0.0
    left, top = round((500_000.0 - first) / cell), round((last - 7_000_000.0) / cell)
    inner = found[BANDS[0]][top:top + 60, left:left + 70]
    known = np.isfinite(inner)
    assert np.corrcoef(inner[known], mapped[1][BANDS[0]][known])[0, 1] > 0.97


def test_several_tiles_equal_one(scene, toolbox, points, folder, read, monkeypatch):
    from lodescope.processing_provider.fusion import exchange

    model = toolbox("traincnn", RASTERS=[scene.elements], DEPOSITS=points(scene.places),
                    MODEL=str(folder / "tiles.safetensors"), **{**QUICK, "EPOCHS": 4})["MODEL"]
    inputs = {"MODEL": model, "RASTERS": [scene.elements]}
    whole = read(toolbox("predictcnn", OUTPUT=str(folder / "one.tif"), **inputs)["OUTPUT"])
    monkeypatch.setattr(exchange, "TILE", 16)
    monkeypatch.setattr(exchange, "VALUES", 8 * 16 * 16)
    parts = read(toolbox("predictcnn", OUTPUT=str(folder / "many.tif"), **inputs)["OUTPUT"])
    for name in BANDS:
        np.testing.assert_allclose(parts[name], whole[name], atol=1e-5)


@pytest.mark.parametrize(("names", "units", "words"), [
    (["La_ppm", "thorium"], None, "do not have: Th_ppm"), (["La_ppm", "Th_ppm"], ["%", "ppm"], "convert")])
def test_other_evidence_is_refused_by_name(names, units, words, scene, toolbox, forest, folder):
    raster = write_evidence(folder / "other.tif", scene.bands, names=names, units=units)
    with pytest.raises(QgsProcessingException, match=words):
        toolbox("predictcnn", MODEL=forest["MODEL"], RASTERS=[raster, scene.magnetics], OUTPUT=str(folder / "no.tif"))
    assert not (folder / "no.tif").exists()


def test_numbers_in_place_of_classes_are_refused(scene, toolbox, points, folder):
    model = toolbox("trainbaseline", RASTERS=[scene.elements], CLASS_RASTERS=[scene.units],
                    DEPOSITS=points(scene.places), METHOD="woe", MEMBERS=2, FOLDS=2, WINDOW=500.0, COMPARE=False,
                    MODEL=str(folder / "rocks.safetensors"))["MODEL"]
    (folder / "plain").mkdir()
    plain = write_evidence(folder / "plain" / "rocks.tif", np.ones((1, 60, 70), np.float32))
    with pytest.raises(QgsProcessingException, match="made with classes"):
        toolbox("predictcnn", MODEL=model, RASTERS=[scene.elements, plain], OUTPUT=str(folder / "no.tif"))


def test_values_beyond_the_training_are_told(scene, toolbox, forest, folder, make_feedback):
    feedback = make_feedback()
    raster = write_evidence(folder / "percent.tif", scene.bands * np.array([1e4, 1.0])[:, None, None],
                            names=["La_ppm", "Th_ppm"])
    toolbox("predictcnn", feedback, MODEL=forest["MODEL"], RASTERS=[raster, scene.magnetics],
            OUTPUT=str(folder / "percent_map.tif"))
    assert any("La_ppm" in text and "Th_ppm" not in text for text in feedback.warnings)


def test_model_files_of_other_algorithms_and_cut_ones_are_refused(scene, toolbox, forest, folder):
    first = folder / "first.safetensors"
    toolbox("pretraincnn", RASTERS=[scene.elements], WINDOW=500.0, EPOCHS=1, MEMBERS=1, MODEL=str(first))
    cut = folder / "cut.safetensors"
    cut.write_bytes(Path(forest["MODEL"]).read_bytes()[:-500])
    for path, words in ((first, "another kind of model"), (cut, "damaged"), (folder / "none.safetensors", "none")):
        with pytest.raises(QgsProcessingException, match=words):
            toolbox("predictcnn", MODEL=str(path), RASTERS=scene.rasters, OUTPUT=str(folder / "no.tif"))


def test_program_maps_and_refuses(scene, forest, folder, program, mapped, read):
    code, _ = program("predictcnn", MODEL=forest["MODEL"], RASTERS=scene.rasters, OUTPUT=str(folder / "program.tif"))
    assert code == 0
    np.testing.assert_array_equal(read(folder / "program.tif")[BANDS[0]], mapped[1][BANDS[0]])
    code, output = program("predictcnn", MODEL=forest["MODEL"], RASTERS=scene.magnetics, OUTPUT=str(folder / "no.tif"))
    assert code != 0
    assert "do not have: La_ppm, Th_ppm" in output
    assert "Traceback" not in output
