"""Job folders of predictions."""
import json
import math

import numpy as np
import pytest

from lodescope.algorithms.folder import JobFolder

VALUE = {"field": "La_ppm", "gain": 10.0, "beta": 5.0, "gamma": -math.log(2.0), "kappa": 2.0, "weights": [1, 1, 1],
         "confidence": "auto", "confidence_ends": [0.0, 1.0], "distribution": "auto", "keep_outside": False,
         "transform": "", "cell": None}
TONNAGE = {"field": "La_ppm", "cutoffs": [], "unit": "ppm", "density": 2.0, "classes": "none", "limits": [],
           "distribution": "auto", "support": "sample", "noise_left": 0.1, "correlation": 0.0, "variogram": None,
           "transform": "", "realisations": 200, "keep_outside": False, "seed": 1, "polygon_names": []}


class Folder:
    """Makes job folders below a path."""

    def __init__(self, path):
        self.path, self.count = path, 0

    def __call__(self, name, defaults, bands, arrays=None, levels=(), size=10.0, thickness=5.0, **settings):
        """A job; ``bands`` maps quantities to arrays (levels, rows, columns) or (rows, columns)."""
        self.count += 1
        root = self.path / f"job{self.count}"
        (root / "inputs").mkdir(parents=True)
        stack = np.stack([np.asarray(band, np.float32) for band in bands.values()])
        stack = stack if stack.ndim == 4 else stack[:, None]
        arrays = {"bands": stack, **(arrays or {})}
        for key, array in arrays.items():
            np.save(root / "inputs" / f"{key}.npy", array)
        grid = {"west": 1000.0, "north": 5000.0, "cell": size, "columns": stack.shape[3], "rows": stack.shape[2],
                "levels": list(levels)}
        thick = [thickness] * stack.shape[1] if np.isscalar(thickness) else list(thickness)
        more = {"grid": grid, "quantities": list(bands), "cell_metres": size, "cell_area": size ** 2,
                "thickness": thick}
        content = {"job": name, "arrays": {key: f"inputs/{key}.npy" for key in arrays},
                   "settings": {**defaults, **more, **settings}}
        (root / "job.json").write_text(json.dumps(content), encoding="utf-8")
        return JobFolder(root)


@pytest.fixture
def value_job(tmp_path):
    """A job of value scores: ``value_job(bands, cutoff=..., ...)``."""
    folder = Folder(tmp_path)
    return lambda bands, **settings: folder("valuescore", VALUE, bands, **settings)


@pytest.fixture
def tonnage_job(tmp_path):
    """A job of tonnages: ``tonnage_job(bands, arrays=None, ...)``."""
    folder = Folder(tmp_path)
    return lambda bands, arrays=None, **settings: folder("gradetonnage", TONNAGE, bands, arrays, **settings)
