"""Loads the repository root as the package ``lodescope``, whatever the folder is called."""
import importlib.util
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
DATA = ROOT.parent / "shared" / "data"


def load_package():
    """Import the repository root under its installed name."""
    spec = importlib.util.spec_from_file_location(
        "lodescope", ROOT / "__init__.py", submodule_search_locations=[str(ROOT)]
    )
    module = importlib.util.module_from_spec(spec)
    sys.modules["lodescope"] = module
    spec.loader.exec_module(module)


if "lodescope" not in sys.modules:
    load_package()


@pytest.fixture
def threaded_blas():
    """Skip where the linear algebra of numpy knows no threads, as that of some systems."""
    import scipy.linalg  # noqa: F401
    from threadpoolctl import threadpool_info

    if not any(pool["user_api"] == "blas" for pool in threadpool_info()):
        pytest.skip("the linear algebra of this numpy has no threads")
