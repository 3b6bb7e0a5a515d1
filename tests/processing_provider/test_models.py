"""The bundled models: they load, and give what their steps give when run by hand."""
import importlib.util
import json
import shutil
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import numpy as np
import pytest
from osgeo import gdal
from qgis.core import QgsApplication, QgsProcessingModelAlgorithm

from lodescope.processing_provider.provider import LodescopeProvider

ROOT = Path(__file__).resolve().parents[2]
MODELS = sorted((ROOT / "resources" / "models").glob("*.model3"))
NAME = "lodescope:Map grades and gradients"
HOLES = ["LS007", "LS008", "LS010", "LS011", "LS013", "LS014"]
STEPS = {"variogram": "fitvariogram", "kriging": "kriging", "gradient": "fluxgradient"}


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
def package(tmp_path_factory):
    """A copy of the sample deposit, since opening a GeoPackage changes the file."""
    path = tmp_path_factory.mktemp("samples") / "sample.gpkg"
    shutil.copy(ROOT / "resources" / "sample" / "sample.gpkg", path)
    return path


@pytest.fixture(scope="module")
def samples(package):
    """Six neighbouring holes."""
    names = ", ".join(f"'{name}'" for name in HOLES)
    return f"{package}|layername=samples|subset=\"hole_id\" IN ({names})"


@pytest.fixture(scope="module")
def settings(samples):
    """Values of the inputs of the model."""
    return {"INPUT": samples, "FIELD": "La_ppm", "HOLE_ID": "hole_id", "CELL_SIZE": 25, "LEVELS": "340, 380"}


@pytest.fixture(scope="module")
def by_hand(provider, settings, tmp_path_factory):
    """Files of the three steps, run one by one."""
    import processing

    folder = tmp_path_factory.mktemp("hand")
    files = {"variogram": folder / "hand.json", "kriging": folder / "grades.tif", "gradient": folder / "gradients.tif"}
    inputs = {"INPUT": settings["INPUT"], "HOLE_ID": "hole_id"}
    processing.run("lodescope:fitvariogram", {
        **inputs, "FIELD": "La_ppm", "MODEL_TYPES": ["matern15", "matern25", "cubic"],
        "VARIOGRAM": str(files["variogram"])})
    for step in ("kriging", "gradient"):
        processing.run(f"lodescope:{STEPS[step]}", {
            **inputs, "FIELDS": ["La_ppm"], "VARIOGRAM": str(files["variogram"]), "CELL_SIZE": 25,
            "LEVELS": "340, 380", "OUTPUT": str(files[step])})
    return files


def outputs(folder):
    """Values of the outputs of the model."""
    names = {"variogram:FILE": "model.json", "kriging:GRADES": "grades.tif", "gradient:GRADIENTS": "gradients.tif"}
    return {name: str(folder / file) for name, file in names.items()}


def assert_same(files, paths):
    """The variogram and both rasters of the model are those made by hand."""
    assert json.loads(files["variogram"].read_text()) == json.loads(Path(paths["variogram:FILE"]).read_text())
    for step, name in (("kriging", "kriging:GRADES"), ("gradient", "gradient:GRADIENTS")):
        expected, found = gdal.Open(str(files[step])), gdal.Open(paths[name])
        assert found.GetGeoTransform() == expected.GetGeoTransform()
        assert descriptions(found) == descriptions(expected)
        values = expected.ReadAsArray()
        assert np.ptp(values[values != -9999.0]) > 0.0
        np.testing.assert_allclose(found.ReadAsArray(), values, rtol=1e-6)


def descriptions(dataset):
    """Band names of a raster."""
    return [dataset.GetRasterBand(band).GetDescription() for band in range(1, dataset.RasterCount + 1)]


@pytest.mark.parametrize("path", MODELS, ids=lambda path: path.stem)
def test_model_is_complete(provider, path):
    model = QgsProcessingModelAlgorithm()
    assert model.fromFile(str(path))
    assert model.canExecute() == (True, "")
    registry = QgsApplication.processingRegistry()
    for child in model.childAlgorithms().values():
        assert registry.algorithmById(child.algorithmId()) is not None
    assert model.shortHelpString()
    assert model.shortDescription().endswith(".")
    for parameter in model.parameterDefinitions():
        assert model.helpContent().get(parameter.name()), parameter.name()
    assert model.name() in [algorithm.name() for algorithm in provider.algorithms()]


@pytest.mark.parametrize("path", MODELS, ids=lambda path: path.stem)
def test_model_names_no_place_on_a_disk(path):
    values = [option.get("value", "") for option in ElementTree.parse(path).iter("Option")]
    assert len(values) > 50
    assert [value for value in values if value.startswith(("/", "file:", "C:"))] == []


def test_model_shows_its_outputs(provider):
    model = QgsApplication.processingRegistry().algorithmById(NAME)
    names = [output.name() for output in model.outputDefinitions()]
    assert set(names) == {*outputs(ROOT), "variogram:REPORT", "gradient:SAMPLES"}


def test_model_gives_what_its_steps_give(provider, settings, by_hand, tmp_path):
    import processing

    results = processing.run(NAME, {**settings, **outputs(tmp_path)})
    assert_same(by_hand, {name: results[name] for name in outputs(tmp_path)})
    bands = descriptions(gdal.Open(results["gradient:GRADIENTS"]))
    assert bands[:4] == ["La_ppm:estimate@z=340", "La_ppm:estimate@z=380", "La_ppm:dx@z=340", "La_ppm:dx@z=380"]


def test_model_without_options_takes_defaults(provider, package, tmp_path):
    """Samples on a map without holes, no cell size; gradients at samples and the report are asked for."""
    import processing

    paths = {**outputs(tmp_path), "gradient:SAMPLES": "TEMPORARY_OUTPUT", "variogram:REPORT": str(tmp_path / "r.html")}
    results = processing.run(NAME, {"INPUT": f"{package}|layername=soil", "FIELD": "La_ppm", **paths})
    assert "La_ppm_dx" in results["gradient:SAMPLES"].fields().names()
    assert results["gradient:SAMPLES"].featureCount() > 50
    assert "<html" in Path(results["variogram:REPORT"]).read_text(encoding="utf-8")
    assert descriptions(gdal.Open(results["kriging:GRADES"])) == ["La_ppm:estimate", "La_ppm:variance"]


def test_model_runs_headless(settings, by_hand, tmp_path, worker_python):
    spec = importlib.util.spec_from_file_location("headless", ROOT / "scripts" / "headless.py")
    headless = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(headless)
    if headless.qgis_process() is None:
        pytest.skip("qgis_process is not installed")
    (tmp_path / "plugins").mkdir()
    (tmp_path / "plugins" / "lodescope").symlink_to(ROOT)
    variables = headless.environment(tmp_path / "plugins", tmp_path / "profile")
    headless.enable(variables)
    results = headless.run(NAME, {**settings, **outputs(tmp_path)}, variables, show=lambda line: None)
    assert_same(by_hand, results)
