"""Jobs and samples that several test modules use."""
import json

import numpy as np
import pytest

from lodescope.algorithms.folder import JobFolder


@pytest.fixture
def make_job(tmp_path):
    """Function that makes a job folder of settings and arrays."""

    def make(settings, **arrays):
        inputs = tmp_path / "inputs"
        inputs.mkdir(exist_ok=True)
        for name, array in arrays.items():
            np.save(inputs / f"{name}.npy", np.asarray(array))
        names = {name: f"inputs/{name}.npy" for name in arrays}
        content = {"protocol": 1, "job": "test", "needs": "base", "settings": settings, "arrays": names}
        (tmp_path / "job.json").write_text(json.dumps(content))
        return JobFolder(tmp_path)

    return make


@pytest.fixture(scope="session")
def drilling():
    """Twelve vertical holes of ten samples: coordinates (120, 3) and hole numbers (120,)."""
    rng = np.random.default_rng(7)
    collars = rng.uniform(0.0, 400.0, (12, 2)) + [500_000.0, 7_000_000.0]
    holes = np.repeat(np.arange(12), 10)
    depths = np.tile(5.0 + 10.0 * np.arange(10), 12)
    return np.column_stack([collars[holes], 200.0 - depths]), holes


@pytest.fixture(scope="session")
def grid():
    """Settings of a small grid over `drilling` with two levels."""
    return {"west": 500_000.0, "north": 7_000_400.0, "cell": 40.0, "columns": 10, "rows": 10, "levels": [120.0, 160.0]}


@pytest.fixture(scope="session")
def smooth_variogram():
    """Content of a variogram file whose field has a gradient."""
    return {"schema": 1, "field": "", "transform": "none", "nugget": 0.5,
            "structures": [{"model": "matern15", "sill": 10.0, "ranges": [300.0]}]}
