"""The bundled model from evidence and deposits to targets, on the sample deposit."""
import shutil
from pathlib import Path

import numpy as np
from osgeo import ogr

ROOT = Path(__file__).resolve().parents[3]
MODEL, SAMPLE = ROOT / "resources" / "models" / "targets_from_evidence.model3", ROOT / "resources" / "sample"


def test_model_goes_from_rasters_to_targets_and_sites(toolbox, program, read, folder):
    for name in ("sample.gpkg", "magnetics.tif", "elevation.tif"):
        shutil.copy(SAMPLE / name, folder / name)
    rasters, package = [str(folder / "magnetics.tif"), str(folder / "elevation.tif")], folder / "sample.gpkg"
    made = {"train:MODEL": folder / "m_cnn.safetensors", "predict:PROSPECTIVITY": folder / "m_cnn.tif",
            "targets:TARGETS": folder / "m_targets.gpkg", "sites:SITES": folder / "m_sites.gpkg",
            "evaluate:EVALUATION": folder / "m_evaluation.html"}
    code, output = program(str(MODEL), RASTERS=rasters, DEPOSITS=f"{package}|layername=deposits",
                           HOLES=f"{package}|layername=collars", WINDOW=75, COUNT=3, EPOCHS=2, **made)
    assert code == 0, output
    toolbox("predictcnn", RASTERS=rasters, MODEL=str(made["train:MODEL"]), OUTPUT=str(folder / "step_cnn.tif"))
    expected, found = read(folder / "step_cnn.tif"), read(made["predict:PROSPECTIVITY"])
    assert list(found.bands) == list(expected.bands)
    for band in expected.bands:
        np.testing.assert_allclose(found[band], expected[band], rtol=1e-5, atol=1e-5)
    targets, sites = (ogr.Open(str(made[name])) for name in ("targets:TARGETS", "sites:SITES"))
    cells = sum(feature.GetGeometryRef().GetArea() for feature in targets.GetLayer(0)) / 15.0**2
    probability = found["prospectivity:probability"]
    assert 0 < cells < probability.size
    assert abs(cells - round(cells)) < 1e-6  # outlines follow the cells
    assert sites.GetLayer(0).GetFeatureCount() == 3
    assert "ROC" in made["evaluate:EVALUATION"].read_text(encoding="utf-8")
