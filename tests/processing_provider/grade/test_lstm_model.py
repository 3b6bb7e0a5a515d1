"""The bundled model from flux gradients to grades by a recurrent network gives what its steps give."""
import shutil
from pathlib import Path

import numpy as np
import pytest

ROOT = Path(__file__).resolve().parents[3]
MODEL = ROOT / "resources" / "models" / "grades_down_the_hole.model3"
HOLES = "\"hole_id\" IN ('LS008', 'LS009', 'LS010', 'LS011')"
GRID = {"CELL_SIZE": 40, "LEVELS": "320, 340"}
TARGETS = ["Nd_ppm", "Y_ppm"]


@pytest.fixture(scope="module")
def samples(folder):
    package = folder / "sequence_samples.gpkg"
    shutil.copy(ROOT / "resources" / "sample" / "sample.gpkg", package)
    return f"{package}|layername=samples|subset={HOLES}"


def test_model_gives_what_its_steps_give(toolbox, program, samples, read, folder):
    made = {"predict:GRADES": folder / "m_sequence.tif", "train:MODEL": folder / "m_sequence.safetensors",
            "gradient:GRADIENTS": folder / "m_gradient.tif", "fuse:FUSED": folder / "m_fused.tif"}
    code, output = program(str(MODEL), SAMPLES=samples, ELEMENT="Fe_pct", TARGETS=TARGETS, HOLE_ID="hole_id", **GRID,
                           PRESET="joint", EPOCHS=1, **made)
    assert code == 0, output
    gradients, fused = read(made["gradient:GRADIENTS"]), read(made["fuse:FUSED"])
    assert np.nanmax(np.abs(gradients["Fe_pct:dx@z=340"])) > 0.0
    assert "Fe_pct_dx_feature@z=340" in fused.bands
    again = folder / "again.tif"
    toolbox("predictlstm", MODEL=str(made["train:MODEL"]), RASTER=str(made["fuse:FUSED"]), OUTPUT=str(again))
    expected, found = read(again), read(made["predict:GRADES"])
    assert list(found.bands) == list(expected.bands)
    for band in expected.bands:
        np.testing.assert_allclose(found[band], expected[band], rtol=1e-5, atol=1e-5)
    assert {name.split("@")[0] for name in found.bands} >= {"Nd_ppm:mean", "Y_ppm:mean", "Nd_ppm:outside"}
