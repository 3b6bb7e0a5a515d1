"""The model library: cards, notes, names, copies, and what a model goes with."""
import json

import pytest
from osgeo import gdal, osr
from qgis.core import QgsApplication, QgsProcessingContext, QgsProject, QgsRasterLayer

from lodescope.processing_provider.prospectivity.predictcnn import PredictCnn
from lodescope.processing_provider.provider import LodescopeProvider
from lodescope.ui.modelcard import card_page
from lodescope.ui.models import (
    Match,
    applying_algorithm,
    export,
    find_models,
    matches,
    read_model,
    rename,
    write_note,
)
from lodescope.ui.training import training_algorithms


def write(path, **card):
    """A model file without tensors."""
    card = {"schema": 1, "kind": "bnn", "title": "Bayesian <network>", **card}
    header = json.dumps({"__metadata__": {"lodescope": json.dumps(card)}}).encode()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(len(header).to_bytes(8, "little") + header)
    return path


@pytest.fixture
def model(tmp_path):
    return read_model(write(
        tmp_path / "grade.safetensors", targets=[{"name": "La", "unit": "ppm"}], crs="EPSG:32650", samples=120, seed=1,
        features=[{"name": "Fe"}, {"name": "Al"}], extent=[500000.0, 7000000.0, 501000.0, 7002000.0],
        folds={"kind": "hole", "count": 5}, scores={"La": {"rmse": 1.2345, "r2": 0.5, "coverage_80": 0.81, "x": None}},
        lodescope="0.1.0", versions={"torch": "2.13.0"}))


class Layer:
    """A layer with a name."""

    def __init__(self, name):
        self._name = name

    def name(self):
        return self._name


def test_models_below_the_folders_are_found_once(model, tmp_path):
    write(tmp_path / "deep" / "er" / "other.safetensors")
    (tmp_path / "broken.safetensors").write_text("no model")
    (tmp_path / ".hidden-1.partial.safetensors").write_text("")
    found = find_models([str(tmp_path), str(tmp_path / "deep"), "/no/such/folder"])
    assert sorted(entry.path.name for entry in found) == ["broken.safetensors", "grade.safetensors",
                                                          "other.safetensors"]
    broken = next(entry for entry in found if entry.path.stem == "broken")
    assert "is not a model file of Lodescope" in broken.problem
    assert broken.problem in card_page(broken).replace("&#x27;", "'")


def test_card_says_everything(model):
    page = card_page(model, [Match({"RASTER": Layer("features")}, "")])
    for part in ("Bayesian &lt;network&gt;", "La (ppm)", "Fe, Al", "EPSG:32650", "500,000 to 501,000 east", "120",
                 "hole (5)", "1.23", "0.81", "torch 2.13.0", "Goes with: features"):
        assert part in page


def test_model_that_goes_with_nothing_says_why(model):
    page = card_page(model, [Match({"RASTER": Layer("a<b")}, "It lacks Fe."), Match({"SAMPLES": Layer("soil")}, "No.")])
    assert "No layer of the project goes with this model." in page
    assert "<b>a&lt;b</b>: It lacks Fe." in page
    assert "Goes with" not in page


@pytest.fixture
def toolbox(qgis_processing):
    """The registered algorithms of Lodescope."""
    registry, provider = QgsApplication.processingRegistry(), LodescopeProvider()
    registry.addProvider(provider)
    yield
    registry.removeProvider(provider)


def raster(path, *bands):
    """A raster of 20 x 20 cells with named bands, as a layer of the project."""
    dataset = gdal.GetDriverByName("GTiff").Create(str(path), 20, 20, len(bands), gdal.GDT_Float32)
    dataset.SetGeoTransform([500_000.0, 100.0, 0.0, 7_002_000.0, 0.0, -100.0])
    crs = osr.SpatialReference()
    crs.ImportFromEPSG(32650)
    dataset.SetProjection(crs.ExportToWkt())
    for number, name in enumerate(bands, 1):
        dataset.GetRasterBand(number).SetDescription(name)
        dataset.GetRasterBand(number).Fill(float(number))
    dataset = None
    layer = QgsRasterLayer(str(path), path.stem)
    QgsProject.instance().addMapLayer(layer)
    return layer


@pytest.fixture
def network(tmp_path):
    """The card of a prospectivity network for two bands."""
    return read_model(write(
        tmp_path / "cnn.safetensors", kind=PredictCnn.KIND, method="forest", targets=[{"name": "deposit"}],
        crs="EPSG:32650", extent=[500_000.0, 7_000_000.0, 502_000.0, 7_002_000.0],
        grid={"cell": 100.0, "west": 500_000.0, "north": 7_002_000.0}, window={"cells": 5},
        features=[{"name": "K_pct", "kind": "number"}, {"name": "gravity", "kind": "number"}]))


def test_rasters_that_have_the_bands_of_a_model_go_with_it_together(network, toolbox, tmp_path, qgis_new_project):
    context = QgsProcessingContext()
    context.setProject(QgsProject.instance())
    algorithm = applying_algorithm(network)
    assert algorithm.name() == "predictcnn"
    radiometrics = raster(tmp_path / "radiometrics.tif", "K_pct", "Th_ppm")
    raster(tmp_path / "other.tif", "Fe")
    (alone,) = matches(network, algorithm, context)
    assert "gravity" in alone.problem
    gravity = raster(tmp_path / "gravity.tif", "")
    (match,) = matches(network, algorithm, context)
    assert match.problem == ""
    assert sorted(match.values()["RASTERS"]) == sorted([radiometrics.id(), gravity.id()])
    assert sorted(match.name().split(", ")) == ["gravity", "radiometrics"]


def test_every_kind_of_model_can_be_trained_and_applied(toolbox):
    names = {algorithm.name() for algorithm in training_algorithms()}
    assert {"trainbnn", "trainlstm", "traincnn", "pretraincnn", "trainlogparser"} <= names


@pytest.mark.parametrize("card", [
    {"targets": None, "features": "x", "extent": [1, 2], "scores": [1], "folds": 3, "versions": None},
    {"targets": ["La"], "features": [3], "extent": ["a", 0, 0, 0], "scores": {"rmse": 0.5}, "crs": 7},
    {"scores": {"La": {"rmse": "bad"}}}, {},
])
def test_strange_cards_are_shown_as_far_as_they_go(tmp_path, card):
    found = read_model(write(tmp_path / "m.safetensors", **card))
    assert "m.safetensors" in card_page(found)
    assert found.extent() is None


def test_note_and_name_travel_together(model, tmp_path):
    write_note(model, "  made for <the north>\n")
    assert model.note() == "made for <the north>\n"
    assert "made for &lt;the north&gt;" in card_page(model)
    moved = read_model(rename(model, "north"))
    assert (moved.path.name, moved.note()) == ("north.safetensors", "made for <the north>\n")
    copy = export(moved, tmp_path / "elsewhere")
    assert read_model(copy).note() == moved.note()
    assert copy.read_bytes() == moved.path.read_bytes()
    write_note(moved, " ")
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "elsewhere.safetensors", "elsewhere.safetensors.note.txt", "north.safetensors"]


@pytest.mark.parametrize("name", ["", "  ", "../up", "a/b", "taken"])
def test_bad_names_change_nothing(model, tmp_path, name):
    write(tmp_path / "taken.safetensors", kind="other")
    with pytest.raises(OSError, match="name"):
        rename(model, name)
    assert model.path.exists()
    assert read_model(tmp_path / "taken.safetensors").kind == "other"


def test_export_onto_itself_keeps_the_file(model):
    before = model.path.read_bytes()
    export(model, model.path)
    assert model.path.read_bytes() == before
