"""The dialog of the worker's Python makes an environment on a QGIS whose own Python has nothing but numpy."""
import os
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
BARE = ROOT / "build" / "bare" / "numpy"
SYSTEM = "/usr/bin/python3"

pytestmark = pytest.mark.desktop


def bare_python():
    """The folder of a Python with nothing but the numpy that QGIS's libraries know."""
    python = BARE / "bin" / "python3"
    if not python.exists():
        version = subprocess.run([SYSTEM, "-c", "import numpy; print(numpy.__version__)"], check=True, text=True,
                                 capture_output=True).stdout.strip()
        subprocess.run([SYSTEM, "-m", "venv", "--clear", str(BARE)], check=True)
        subprocess.run([str(python), "-m", "pip", "install", "--quiet", f"numpy=={version}"], check=True)
    return BARE


def surroundings(bare):
    """Environment variables with which QGIS takes that Python for its own, and finds no other."""
    pyqgis = subprocess.run([SYSTEM, "-c", "import os, qgis; print(os.path.dirname(os.path.dirname(qgis.__file__)))"],
                            check=True, text=True, capture_output=True).stdout.strip()
    return {"LODESCOPE_PYTHON": None, "PATH": f"{bare / 'bin'}{os.pathsep}{os.environ['PATH']}", "PYTHONPATH": pyqgis,
            "XDG_CONFIG_HOME": str(Path.home() / ".config")}


@pytest.fixture(scope="module")
def setup(application):
    """What the story found; ``LODESCOPE_SETUP_NEEDS=deep`` installs PyTorch as well, which takes long."""
    return application("setup", "setup", size="1280x720", seconds=280.0, **surroundings(bare_python())).play()


def test_message_names_what_is_missing_and_leads_to_the_dialog(setup):
    assert setup["own"].startswith(str(BARE))
    assert "scipy" in setup["message"]
    assert 'href="lodescope:environment"' in setup["message"]
    assert len(setup["states"]) == 1
    assert setup["states"][0].startswith("lacks scipy")


def test_failed_installation_says_why_and_keeps_nothing(setup):
    assert "holds no wheels" in setup["empty_folder"]
    failed = setup["failed"]
    assert "No matching distribution found for numpy" in failed["said"]
    assert failed["said"].endswith("nothing was kept.")
    assert (failed["left"], failed["button"]) == ([], "Try again")
    assert failed["said"] in failed["log"]


def test_cancelled_installation_keeps_nothing(setup):
    assert len(setup["partial"]) == 1
    assert setup["partial"][0].endswith(".partial")
    assert setup["cancel"]["seconds"] < 3.0
    assert setup["cancel"]["left"] == []


def test_environment_is_made_and_used(setup):
    assert len(setup["made"]) == 1
    assert not setup["made"][0].endswith(".partial")
    assert setup["states_after"][0][:2] == ["the managed environment", "✔ in use"]
    assert setup["megabytes"] < 600.0  # what the dialog announced
    assert setup["kriged"]
    assert setup["exit_code"] == 0
