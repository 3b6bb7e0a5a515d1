"""The provider and the plugin: everything is registered, and nothing stays after unloading."""
import importlib

import pytest
from qgis.core import QgsApplication, QgsProcessingModelAlgorithm

from lodescope.algorithms.versions import lodescope_version
from lodescope.plugin import LodescopePlugin
from lodescope.processing_provider import provider as provider_module
from lodescope.processing_provider.provider import ALGORITHMS, LodescopeProvider


@pytest.fixture
def registry():
    """The Processing registry, without Lodescope at the start."""
    found = QgsApplication.processingRegistry()
    if found.providerById("lodescope") is not None:
        pytest.skip("the plugin is loaded already")
    return found


@pytest.fixture
def log():
    """Messages of Lodescope in the message log."""
    messages = []

    def keep(text, tag, level):
        if tag == "Lodescope":
            messages.append(text)

    QgsApplication.messageLog().messageReceived.connect(keep)
    yield messages
    QgsApplication.messageLog().messageReceived.disconnect(keep)


def test_plugin_registers_and_unregisters_without_interface(registry):
    plugin = LodescopePlugin(None)
    plugin.initProcessing()
    plugin.initGui()
    assert registry.providerById("lodescope").name() == "Lodescope"
    plugin.unload()
    assert registry.providerById("lodescope") is None
    plugin.unload()


def test_class_factory_makes_the_plugin():
    assert isinstance(importlib.import_module("lodescope").classFactory(None), LodescopePlugin)


def test_every_algorithm_is_listed(log):
    provider = LodescopeProvider()
    provider.refreshAlgorithms()
    assert log == []
    assert {type(algorithm).__name__ for algorithm in provider.algorithms()} >= {name for _, name in ALGORITHMS}


def test_broken_algorithm_does_not_take_the_others_away(monkeypatch, log):
    monkeypatch.setattr(provider_module, "ALGORITHMS", (("geostatistics.nothing", "Nothing"), *ALGORITHMS))
    provider = LodescopeProvider()
    provider.refreshAlgorithms()
    assert any("Nothing could not be loaded" in text for text in log)
    assert len(provider.algorithms()) >= len(ALGORITHMS)


def test_toolbox_shows_each_group_once(registry):
    """Groups are told apart by their ids: two of one title would be two folders of one name."""
    plugin = LodescopePlugin(None)
    plugin.initProcessing()
    found = {(algorithm.group(), algorithm.groupId()) for algorithm in registry.providerById("lodescope").algorithms()}
    plugin.unload()
    assert len(found) == len({title for title, _ in found}) == len({name for _, name in found})
    assert "Workflows" in {title for title, _ in found}


def test_models_are_loaded_after_the_algorithms(monkeypatch, tmp_path):
    model = QgsProcessingModelAlgorithm("Grades", "Models")
    (tmp_path / "models").mkdir()
    assert model.toFile(str(tmp_path / "models" / "grades.model3"))
    (tmp_path / "models" / "broken.model3").write_text("no model")
    monkeypatch.setattr(provider_module, "RESOURCES", tmp_path)
    provider = LodescopeProvider()
    provider.refreshAlgorithms()
    models = [algorithm for algorithm in provider.algorithms() if isinstance(algorithm, QgsProcessingModelAlgorithm)]
    assert [found.displayName() for found in models] == ["Grades"]


def test_provider_warns_when_no_python_serves(resolver, monkeypatch):
    monkeypatch.setenv("LODESCOPE_PYTHON", "/nowhere/python")
    assert "LODESCOPE_PYTHON does not run" in LodescopeProvider().warningMessage()


def test_provider_does_not_warn_when_one_serves(worker_python):
    assert LodescopeProvider().warningMessage() == ""


def test_loading_starts_no_process(monkeypatch, resolver):
    """Every start of QGIS loads the provider: it has to be quick."""

    def asked(candidate, needs):
        raise RuntimeError("probed")

    monkeypatch.setattr(resolver, "_probe", asked)
    provider = LodescopeProvider()
    provider.refreshAlgorithms()
    assert provider.versionInfo() == lodescope_version()
