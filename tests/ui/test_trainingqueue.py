"""The queue of trainings without windows: refused, unknown and removed runs do not hold up the others."""
import time

import pytest
from qgis.core import NULL, QgsApplication, QgsProject, QgsVectorLayer
from qgis.PyQt.QtCore import QCoreApplication

from lodescope.processing_provider.provider import LodescopeProvider
from lodescope.ui.ownlayers import written
from lodescope.ui.training import Training, training_algorithms
from lodescope.ui.trainingrun import DONE, FAILED, PAUSED
from lodescope.ui.trainingstore import TrainingStore


@pytest.fixture
def training(qgis_processing, qgis_new_project, tmp_path):
    """Trainings in a folder of their own."""
    registry = QgsApplication.processingRegistry()
    earlier = registry.providerById("lodescope")
    provider = None
    if earlier is None:
        provider = LodescopeProvider()
        registry.addProvider(provider)
    found = Training(store=TrainingStore(tmp_path / "trainings"))
    yield found
    found.unload()
    if provider is not None:
        registry.removeProvider(provider)


def wait(condition):
    """Let QGIS work until something has happened."""
    end = time.monotonic() + 20.0
    while not condition() and time.monotonic() < end:
        QCoreApplication.processEvents()
        time.sleep(0.01)
    assert condition()


@pytest.fixture
def points():
    found = QgsVectorLayer("Point?crs=EPSG:32650&field=grade:double", "points", "memory")
    QgsProject.instance().addMapLayer(found)
    return found


def test_refused_run_says_why_and_lets_the_next_one_begin(training, points, tmp_path):
    bad = training.start("lodescope:trainbnn", {"SAMPLES": "/no/such.gpkg", "FEATURES": ["a"], "TARGETS": ["b"],
                                                "MODEL": str(tmp_path / "m.safetensors")}, "bad")
    good = training.start("native:centroids", {"INPUT": points.id(), "OUTPUT": "TEMPORARY_OUTPUT"}, "good")
    wait(lambda: good.state == DONE)
    assert bad.state == FAILED
    assert bad.error
    assert "Traceback" not in bad.error


def test_run_of_an_algorithm_that_is_gone_says_so(training, tmp_path):
    store = training.store
    run = training.start("native:centroids", {"INPUT": "/no/such.gpkg", "OUTPUT": "TEMPORARY_OUTPUT"}, "one")
    wait(lambda: run.state == FAILED)
    run.algorithm = "lodescope:nosuchthing"
    training.given.clear()
    training.resume(run)
    assert run.error == "The algorithm lodescope:nosuchthing is not there any more."
    assert (store.folder / f"{run.id}.json").exists()


def test_run_whose_temporary_layer_is_gone_says_so(training, points):
    run = training.start("native:centroids", {"INPUT": points.id(), "OUTPUT": "TEMPORARY_OUTPUT"}, "one")
    wait(lambda: run.state == DONE)
    assert run.temporary
    run.state = PAUSED
    training.resume(run)
    assert run.state == FAILED
    assert "temporary layer that is gone" in run.error


def test_removed_run_leaves_nothing(training, points):
    run = training.start("native:centroids", {"INPUT": points.id(), "OUTPUT": "TEMPORARY_OUTPUT"}, "one")
    training.remove(run)
    wait(lambda: not training.work)
    assert training.runs == {}
    assert training.given == {}
    assert list(training.store.folder.glob("*.json")) == []


def test_empty_values_stay_empty(training):
    assert written(NULL) is None
    assert written([NULL, 1]) == [None, 1]


def test_training_algorithms_are_those_whose_names_say_so(training):
    names = [algorithm.name() for algorithm in training_algorithms()]
    assert {"trainbnn", "trainlogparser"} <= set(names)
    assert all(name.startswith(("train", "pretrain")) for name in names)
