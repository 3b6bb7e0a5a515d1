"""From fused features over training to a grade map: recipe, held-out scores, intervals, mask and kriged errors."""
import numpy as np
import pytest
from osgeo import gdal, osr
from qgis.core import QgsFeature, QgsProcessingException, QgsVectorLayer

from lodescope.algorithms.modelfile import read_card

WEST, NORTH, CELL, COLUMNS, ROWS = 500_000.0, 4_000_000.0, 25.0, 60, 50


def raster_of(path, values, name):
    dataset = gdal.GetDriverByName("GTiff").Create(str(path), COLUMNS, ROWS, 1, gdal.GDT_Float32)
    dataset.SetGeoTransform((WEST, CELL, 0.0, NORTH, 0.0, -CELL))
    reference = osr.SpatialReference()
    reference.ImportFromEPSG(32650)
    dataset.SetProjection(reference.ExportToWkt())
    band = dataset.GetRasterBand(1)
    band.SetDescription(name)
    band.SetNoDataValue(-9999.0)
    band.WriteArray(np.where(np.isnan(values), -9999.0, values).astype(np.float32))
    del dataset
    return str(path)


def smooth(rng, length):
    y, x = np.mgrid[:ROWS, :COLUMNS] * CELL
    waves, phases = rng.normal(size=(2, 40)) * 2.0 / length, rng.uniform(0.0, 2.0 * np.pi, 40)
    return np.cos(x[..., None] * waves[0] + y[..., None] * waves[1] + phases).sum(axis=2) * np.sqrt(2.0 / 40.0)


@pytest.fixture(scope="module")
def chain(toolbox, folder, points):
    """Soil samples on a map with a geophysical raster that tells half of the grade; the rest is smooth and unseen."""
    rng = np.random.default_rng(8)
    geophysics, unseen = smooth(rng, 250.0), smooth(rng, 350.0)
    geophysics[:, 55:] = np.nan
    column, row = rng.integers(0, 54, 320), rng.integers(0, ROWS, 320)
    column, row = np.unique(np.column_stack([column, row]), axis=0).T
    log = (geophysics + unseen)[row, column] + 0.1 * rng.normal(size=row.size)
    places = np.column_stack([WEST + (column + 0.5) * CELL, NORTH - (row + 0.5) * CELL])
    layer = points(places, TREO=np.exp(0.6 * log))
    raster = raster_of(folder / "geophysics.tif", geophysics, "geophysics")
    fused = toolbox("fusefeatures", SAMPLES=layer, TARGETS=["TREO"], RASTERS=[raster], STEPS=["boxcox"],
                    COMPONENTS=0, EXTENT=raster, CELL_SIZE=CELL, OUTPUT_SAMPLES=str(folder / "fused.gpkg"),
                    OUTPUT=str(folder / "fused.tif"), RECIPE=str(folder / "recipe.safetensors"))
    names = read_card(fused["RECIPE"], "recipe")["features"]
    features = [entry["name"] for entry in names]
    inputs = {"SAMPLES": fused["OUTPUT_SAMPLES"], "FEATURES": features, "TARGETS": ["TREO"], "RECIPE": fused["RECIPE"],
              "CUTOFFS": "1", "EPOCHS": 15, "MEMBERS": 8, "FOLDS": 3, "LAMBDA": 0.25, "COMPARE": False}
    trained = toolbox("trainbnn", **inputs, MODEL=str(folder / "chain.safetensors"), REPORT=str(folder / "chain.html"))
    return {"layer": layer, "fused": fused, "inputs": inputs, "trained": trained, "geophysics": geophysics,
            "truth": np.exp(0.6 * (geophysics + unseen)), "row": row, "column": column}


@pytest.fixture(scope="module")
def maps(toolbox, folder, chain, read):
    found = {}
    for wanted in (True, False):
        path = str(folder / f"grades_{wanted}.tif")
        toolbox("predictbnn", MODEL=chain["trained"]["MODEL"], RASTER=chain["fused"]["OUTPUT"], OUTPUT=path,
                RESIDUALS=wanted)
        found[wanted] = read(path)
    return found


def test_the_model_keeps_the_errors_near_samples_know_of(chain):
    card = read_card(chain["trained"]["MODEL"], "bnn")
    assert card["model"]["field"]["shares"][0] > 0.5
    assert card["dimensions"] == 2
    assert card["recipe"]


def test_intervals_are_in_order_and_cells_without_features_stay_empty(maps, chain):
    for grades in maps.values():
        low, middle, high = (grades[f"TREO:{name}"] for name in ("p10", "p50", "p90"))
        empty = np.isnan(chain["geophysics"])
        assert np.isnan(low[empty]).all()
        assert np.isnan(grades["TREO:outside"][empty]).all()
        assert (low[~empty] <= middle[~empty]).all()
        assert (middle[~empty] <= high[~empty]).all()
        assert (low[~empty] >= 0.0).all()
        assert set(np.unique(grades["TREO:outside"][~empty])) <= {0.0, 1.0}


def test_kriged_errors_bring_the_map_nearer_to_the_truth(maps, chain):
    known = ~np.isnan(chain["truth"])
    wrong = {wanted: np.sqrt(np.mean(np.square(np.log(grades["TREO:p50"][known]) - np.log(chain["truth"][known]))))
             for wanted, grades in maps.items()}
    assert wrong[True] < 0.7 * wrong[False]
    width = {wanted: np.log(grades["TREO:p90"] / grades["TREO:p10"])[known].mean() for wanted, grades in maps.items()}
    assert width[True] < width[False]


def test_held_out_scores_have_them_in(chain, toolbox, folder):
    without = toolbox("trainbnn", **chain["inputs"], RESIDUALS="no", MODEL=str(folder / "plain.safetensors"))
    assert chain["trained"]["RMSE"] < 0.9 * without["RMSE"]
    assert "field" not in read_card(without["MODEL"], "bnn")["model"]


def test_samples_get_what_their_cells_get(chain, maps, toolbox, folder):
    found = toolbox("predictbnn", MODEL=chain["trained"]["MODEL"], SAMPLES=chain["fused"]["OUTPUT_SAMPLES"],
                    OUTPUT_SAMPLES=str(folder / "at_samples.gpkg"))
    layer = QgsVectorLayer(found["OUTPUT_SAMPLES"], "x", "ogr")
    mean = np.array([feature["TREO_mean"] for feature in layer.getFeatures()])
    of_cells = maps[True]["TREO:mean"][chain["row"], chain["column"]]
    assert np.abs(np.log(mean / of_cells)).max() < 0.1
    assert np.median(np.abs(np.log(mean / of_cells))) < 0.02


def test_places_that_do_not_go_with_the_model_are_told(chain, toolbox, folder, make_feedback):
    other = folder / "other_crs.tif"
    gdal.Translate(str(other), chain["fused"]["OUTPUT"], outputSRS="EPSG:32651")
    feedback = make_feedback()
    toolbox("predictbnn", feedback=feedback, MODEL=chain["trained"]["MODEL"], RASTER=str(other),
            OUTPUT=str(folder / "other.tif"))
    assert any("the network alone predicts" in text for text in feedback.warnings)
    features = chain["inputs"]["FEATURES"]
    table = QgsVectorLayer("NoGeometry?" + "&".join(f"field={name}:double" for name in features), "table", "memory")
    feature = QgsFeature(table.fields())
    feature.setAttributes([0.1] * len(features))
    table.dataProvider().addFeatures([feature])
    feedback = make_feedback()
    found = toolbox("predictbnn", feedback=feedback, MODEL=chain["trained"]["MODEL"], SAMPLES=table,
                    OUTPUT_SAMPLES=str(folder / "table.gpkg"))
    assert found["PLACES"] == 1
    assert any("no such points" in text for text in feedback.warnings)


def test_a_recipe_of_other_features_is_refused(chain, toolbox, folder, drilled):
    with pytest.raises(QgsProcessingException, match="does not make these features: a, b"):
        toolbox("trainbnn", SAMPLES=drilled(), FEATURES=["a", "b"], TARGETS=["TREO"], HOLE_ID="hole",
                RECIPE=chain["fused"]["RECIPE"], MODEL=str(folder / "refused.safetensors"), EPOCHS=1)
    assert not (folder / "refused.safetensors").exists()


def test_a_start_from_another_deposit(chain, toolbox, folder, drilled, train, make_feedback):
    first = train("first", EPOCHS=8)
    feedback = make_feedback()
    again = train("again", drilled(count=12, seed=3), feedback, START_FROM=first["MODEL"], FREEZE="first_layers",
                  FEATURES=["a", "b", "d"], EPOCHS=5)
    assert any("3 of 3 features are known" in text and "lack its features c" in text for text in feedback.info)
    plain = train("plain_few", drilled(count=12, seed=3), FEATURES=["a", "b", "d"], EPOCHS=5)
    assert again["RMSE"] < plain["RMSE"]
    with pytest.raises(QgsProcessingException, match="another kind of model"):
        train("refused", START_FROM=chain["fused"]["RECIPE"])
