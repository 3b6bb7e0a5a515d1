"""The plugin as QGIS loads it, without an interface."""
import pytest
from qgis.core import QgsApplication

from lodescope.plugin import LodescopePlugin


@pytest.fixture
def plugin(qgis_processing):
    """The plugin with its provider registered anew."""
    registry = QgsApplication.processingRegistry()
    earlier = registry.providerById("lodescope")
    if earlier is not None:
        registry.removeProvider(earlier)
    found = LodescopePlugin(None)
    found.initProcessing()
    yield found
    found.unload()


def test_models_know_the_outputs_of_their_steps(plugin):
    model = QgsApplication.processingRegistry().algorithmById("lodescope:Map grades and gradients")
    assert len(model.outputDefinitions()) == 5


def test_unloading_takes_the_provider_away(plugin):
    plugin.unload()
    assert QgsApplication.processingRegistry().providerById("lodescope") is None
