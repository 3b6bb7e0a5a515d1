"""The bundled model from drill holes to fused features gives what its steps give."""
import shutil
from pathlib import Path

import numpy as np
import pytest
from osgeo import gdal, ogr
from qgis.core import QgsApplication

from lodescope.processing_provider.provider import LodescopeProvider

ROOT = Path(__file__).resolve().parents[3]
SAMPLE = ROOT / "resources" / "sample"
NAME = "lodescope:Fused features from drill holes"
HOLES = "\"hole_id\" IN ('LS007', 'LS008', 'LS010', 'LS011')"
GRID = {"EXTENT": "548300,549000,7240200,7240800 [EPSG:32750]", "CELL_SIZE": 50, "LEVELS": "360"}
TABLES = {
    "COLLAR_HOLE_ID": "hole_id", "COLLAR_DEPTH": "length_m", "SURVEY_HOLE_ID": "hole_id", "SURVEY_DEPTH": "depth_m",
    "SURVEY_AZIMUTH": "azimuth", "SURVEY_DIP": "dip", "INTERVAL_HOLE_ID": "hole_id", "FROM": "from_m", "TO": "to_m",
}
ELEMENTS, TARGET, FEATURES = ["La_ppm", "Nd_ppm", "Fe_pct"], "Nd_ppm", "Nd_0740, AlOH_2200"
MAGNETICS = "magnetics reduced to the pole"
SMOOTH = ["matern15", "matern25", "cubic"]
OUTPUTS = {
    "variogram:FILE": "v.json", "kriging:GRADES": "grades.tif", "gradient:GRADIENTS": "gradient.tif",
    "spectra:SPECTRA": "spectra.tif", "fusion:FUSED_SAMPLES": "fused.gpkg", "fusion:FUSED": "fused.tif",
    "fusion:RECIPE": "recipe.safetensors",
}


@pytest.fixture(scope="module")
def provider(qgis_processing):
    """Lodescope in the Processing registry, with its models: their steps are known once it is registered."""
    registry = QgsApplication.processingRegistry()
    found = LodescopeProvider()
    assert registry.addProvider(found)
    found.refreshAlgorithms()
    yield found
    registry.removeProvider(found)


@pytest.fixture(scope="module")
def inputs(tmp_path_factory):
    """Six holes of the sample deposit with its image, map and faults, as inputs of the model."""
    folder = tmp_path_factory.mktemp("deposit")
    for name in ("sample.gpkg", "hyperspectral.dat", "hyperspectral.hdr", "magnetics.tif"):
        shutil.copy(SAMPLE / name, folder / name)
    tables = folder / "sample.gpkg"
    layers = {"COLLARS": "collars", "SURVEYS": "surveys", "INTERVALS": "assays"}
    return {**TABLES, **{name: f"{tables}|layername={layer}|subset={HOLES}" for name, layer in layers.items()},
            "FIELDS": ELEMENTS, "TARGET": TARGET, "HYPERSPECTRAL": str(folder / "hyperspectral.dat"),
            "FEATURES": FEATURES, "RASTERS": [str(folder / "magnetics.tif")], "GEOLOGY": f"{tables}|layername=geology",
            "GEOLOGY_FIELD": "unit", "LINES": [f"{tables}|layername=faults"], **GRID}


@pytest.fixture(scope="module")
def by_hand(provider, inputs, tmp_path_factory):
    """The fused samples and raster of the steps, run one by one."""
    import processing

    folder = tmp_path_factory.mktemp("hand")

    def step(name, **parameters):
        processing.run(f"lodescope:{name}", parameters)

    path = {name: str(folder / name) for name in (
        "intervals.gpkg", "clean.gpkg", "v.json", "gradient.tif", "gradient.gpkg", "spectra.tif", "fused.gpkg",
        "fused.tif")}
    step("desurveydrillholes", OUTPUT=path["intervals.gpkg"],
         **{name: inputs[name] for name in (*TABLES, "COLLARS", "SURVEYS", "INTERVALS")})
    step("prepareassays", INPUT=path["intervals.gpkg"], FIELDS=ELEMENTS, HOLE_ID="hole", DETECTION_LIMITS="logratio",
         IMPUTATION="knn", OUTPUT=path["clean.gpkg"])
    samples = {"INPUT": path["clean.gpkg"], "HOLE_ID": "hole"}
    step("fitvariogram", **samples, FIELD=TARGET, MODEL_TYPES=SMOOTH, VARIOGRAM=path["v.json"])
    step("fluxgradient", **samples, FIELDS=[TARGET], VARIOGRAM=path["v.json"], **GRID, OUTPUT=path["gradient.tif"],
         OUTPUT_SAMPLES=path["gradient.gpkg"])
    step("spectralfeatures", INPUT=inputs["HYPERSPECTRAL"], FEATURES=FEATURES, QUANTITIES=["depth"],
         OUTPUT=path["spectra.tif"])
    step("fusefeatures", SAMPLES=path["gradient.gpkg"], HOLE_ID="hole", TARGETS=[TARGET],
         RASTERS=[path["gradient.tif"], path["spectra.tif"], *inputs["RASTERS"]], GEOLOGY=inputs["GEOLOGY"],
         GEOLOGY_FIELD="unit", LINES=inputs["LINES"], **GRID, OUTPUT_SAMPLES=path["fused.gpkg"],
         OUTPUT=path["fused.tif"])
    return path


def rows(path):
    """Names of fields, and the values of every feature."""
    store = ogr.Open(str(path))
    layer = store.GetLayer(0)
    names = [layer.GetLayerDefn().GetFieldDefn(at).GetName() for at in range(layer.GetLayerDefn().GetFieldCount())]
    return names, [[feature[name] for name in names] for feature in layer]


def bands(path):
    """Band names and values of a raster."""
    dataset = gdal.Open(str(path))
    names = [dataset.GetRasterBand(band).GetDescription() for band in range(1, dataset.RasterCount + 1)]
    return names, dataset.ReadAsArray()


def assert_same(by_hand, found):
    """Samples and raster are those made by hand, and hold features of every source."""
    assert rows(found["fusion:FUSED_SAMPLES"]) == rows(by_hand["fused.gpkg"])
    names, values = bands(found["fusion:FUSED"])
    expected = bands(by_hand["fused.tif"])
    assert names == expected[0]
    np.testing.assert_array_equal(values, expected[1])
    features = {name.split("@")[0] for name in names}
    assert {"Nd_ppm_magnitude_feature", "Nd_0740_depth", MAGNETICS, "distance_faults", "Nd_ppm_near1"} <= features
    assert any(name.startswith("unit=") for name in features)


def test_model_gives_what_its_steps_give(provider, inputs, by_hand, tmp_path):
    import processing

    wanted = {name: str(tmp_path / file) for name, file in OUTPUTS.items()}
    assert_same(by_hand, processing.run(NAME, {**inputs, **wanted}))


def test_model_runs_headless_without_what_is_optional(program, inputs, by_hand, tmp_path):
    """Without other rasters and lines, and with the grids that suit the samples."""
    wanted = {name: tmp_path / file for name, file in OUTPUTS.items()}
    left_out = ("RASTERS", "LINES", *GRID)
    given = {name: value for name, value in inputs.items() if name not in left_out}
    code, text = program(str(ROOT / "resources" / "models" / "fused_features.model3"), **given, CELL_SIZE=100, **wanted)
    assert code == 0, text
    names, values = bands(wanted["fusion:FUSED"])
    assert MAGNETICS not in {name.split("@")[0] for name in names}
    assert len(rows(wanted["fusion:FUSED_SAMPLES"])[1]) == len(rows(by_hand["fused.gpkg"])[1])
    assert np.isfinite(values).all()
    assert wanted["fusion:RECIPE"].exists()
