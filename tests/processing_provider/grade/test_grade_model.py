"""The bundled model from evidence to a grade map gives what its steps give."""
import shutil
from pathlib import Path

import numpy as np
import pytest
from osgeo import ogr

ROOT = Path(__file__).resolve().parents[3]
MODEL = ROOT / "resources" / "models" / "grade_map_from_evidence.model3"
HOLES = "\"hole_id\" IN ('LS008', 'LS009', 'LS010', 'LS011')"
GRID = {"CELL_SIZE": 30, "LEVELS": "320, 360"}
TRAINING = {"HOLE_ID": "hole_id", "EPOCHS": 2}
TONNAGE = {"CUTOFFS": "20, 60", "UNIT": "ppm"}


@pytest.fixture(scope="module")
def evidence(folder):
    """Samples of some holes of the sample deposit, its magnetics and its geology."""
    package, magnetics = folder / "evidence.gpkg", folder / "magnetics.tif"
    shutil.copy(ROOT / "resources" / "sample" / "sample.gpkg", package)
    shutil.copy(ROOT / "resources" / "sample" / "magnetics.tif", magnetics)
    return {"SAMPLES": f"{package}|layername=samples|subset={HOLES}", "RASTERS": [str(magnetics)],
            "GEOLOGY": f"{package}|layername=geology", "GEOLOGY_FIELD": "unit"}


@pytest.fixture(scope="module")
def by_hand(toolbox, evidence, folder):
    """Files of the steps, run one by one."""
    files = {name: str(folder / name) for name in (
        "features.gpkg", "features.tif", "recipe.safetensors", "model.safetensors", "grades.tif", "score.tif",
        "tonnage.gpkg")}
    toolbox("fusefeatures", **evidence, TARGETS=["Nd_ppm"], HOLE_ID="hole_id", **GRID, COMPONENTS=0,
            OUTPUT_SAMPLES=files["features.gpkg"], OUTPUT=files["features.tif"], RECIPE=files["recipe.safetensors"])
    toolbox("trainbnn", SAMPLES=files["features.gpkg"], TARGETS=["Nd_ppm"], RECIPE=files["recipe.safetensors"],
            **TRAINING, CUTOFFS=TONNAGE["CUTOFFS"], MODEL=files["model.safetensors"])
    toolbox("predictbnn", MODEL=files["model.safetensors"], RASTER=files["features.tif"], OUTPUT=files["grades.tif"])
    toolbox("valuescore", INPUT=files["grades.tif"], TARGET="Nd_ppm", OUTPUT=files["score.tif"])
    toolbox("gradetonnage", INPUT=files["grades.tif"], TARGET="Nd_ppm", **TONNAGE, OUTPUT=files["tonnage.gpkg"])
    return files


def rows_of(path):
    """All values of a table."""
    store = ogr.Open(str(path))
    layer = store.GetLayer(0)
    return [[feature[at] for at in range(feature.GetFieldCount())] for feature in layer]


def test_model_gives_what_its_steps_give(program, evidence, by_hand, read, folder):
    made = {"predict:GRADES": folder / "m_grades.tif", "score:SCORE": folder / "m_score.tif",
            "tonnage:TONNAGE": folder / "m_tonnage.gpkg", "train:MODEL": folder / "m_model.safetensors"}
    code, output = program(str(MODEL), **evidence, TARGET="Nd_ppm", **GRID, **TRAINING, **TONNAGE, **made)
    assert code == 0, output
    for name, file in (("predict:GRADES", "grades.tif"), ("score:SCORE", "score.tif")):
        expected, found = read(by_hand[file]), read(made[name])
        assert list(found.bands) == list(expected.bands)
        for band in expected.bands:
            np.testing.assert_allclose(found[band], expected[band], rtol=1e-4, atol=1e-4)
    assert np.ptp(read(by_hand["grades.tif"])["Nd_ppm:mean@z=320"]) > 1.0
    assert rows_of(made["tonnage:TONNAGE"]) == rows_of(by_hand["tonnage.gpkg"])
