"""Another library to compare with."""
from importlib import import_module

import pytest


@pytest.fixture
def pyrolite():
    """Import a module of pyrolite: ``pyrolite("geochem.norm")``; skips the test where it is absent or does not load."""

    def load(module):
        try:
            return import_module(f"pyrolite.{module}")
        except (ImportError, AttributeError) as failure:  # the latter with a matplotlib that it does not know yet
            pytest.skip(f"pyrolite does not load: {failure}")

    return load
