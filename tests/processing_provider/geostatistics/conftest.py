"""Variogram files and the answers of PyKrige."""
import json
import os
import subprocess
from pathlib import Path

import numpy as np
import pytest


@pytest.fixture(scope="session")
def variogram_file():
    """Write a variogram file: ``variogram_file(path, nugget, structures, **more)`` gives the path."""

    def write(path, nugget, *structures, **more):
        content = {"schema": 1, "field": "", "unit": "", "transform": "none", "nugget": nugget,
                   "structures": list(structures), **more}
        Path(path).write_text(json.dumps(content))
        return str(path)

    return write


@pytest.fixture(scope="session")
def truth():
    """PyKrige's own answers, from the worker's Python: ``truth(folder, cases, **arrays)`` gives arrays by name."""

    def ask(folder, cases, **arrays):
        path = os.environ["LODESCOPE_PYTHON"]
        np.savez(Path(folder) / "question.npz", **arrays)
        (Path(folder) / "cases.json").write_text(json.dumps(cases))
        script = Path(__file__).parent / "pykrige_truth.py"
        done = subprocess.run([path, "-I", str(script), str(folder)], check=False, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        with np.load(Path(folder) / "answer.npz") as answer:
            return dict(answer)

    return ask
