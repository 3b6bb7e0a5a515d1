"""A small image as a job, with known spectra."""
import json

import numpy as np
import pytest

from lodescope.algorithms.folder import JobFolder
from lodescope.algorithms.spectroscopy.absorption import QUANTITIES
from lodescope.algorithms.spectroscopy.catalogue import FILE

WAVES = np.arange(0.45, 2.45, 0.01)


class Scene:
    """Reflectances (rows, columns, bands) that differ from pixel to pixel, and the depths in them."""

    def __init__(self, rows=24, columns=17, noise=0.0):
        rng = np.random.default_rng(5)
        y, x = np.mgrid[0:rows, 0:columns]
        self.neodymium, self.clay = 0.02 + 0.3 * x / columns, 0.05 + 0.2 * y / rows
        albedo = 0.3 + 0.2 * rng.uniform(size=(rows, columns, 1))
        lines = [(0.74, 0.011, self.neodymium), (0.80, 0.012, self.neodymium), (2.2, 0.02, self.clay)]
        self.image = albedo * (0.8 + 0.1 * WAVES)
        for centre, width, depth in lines:
            self.image = self.image * (1 - depth[..., None] * np.exp(-0.5 * ((WAVES - centre) / width) ** 2))
        self.image = self.image + rng.normal(0.0, 1.0, self.image.shape) * noise


@pytest.fixture
def scene():
    return Scene


@pytest.fixture
def spectral_job(tmp_path):
    """Function that makes a job folder of an image (rows, columns, bands) of `WAVES`; a tile has ``high`` rows."""

    def make(image, high=10, nodata=-9999.0, arrays=None, folder="job", **settings):
        root = tmp_path / folder
        (root / "inputs").mkdir(parents=True)
        rows, columns, bands = image.shape
        tiles = [(row, 0, min(high, rows - row), columns) for row in range(0, rows, high)]
        every = {"micrometres": WAVES, "widths": np.full(bands, np.nan), "scale": np.ones(bands),
                 "offset": np.zeros(bands), "nodata": np.full(bands, nodata), **(arrays or {})}
        every.update((f"tile_{k:05d}", image[row:row + count]) for k, (row, _, count, _) in enumerate(tiles))
        for name, array in every.items():
            np.save(root / "inputs" / f"{name}.npy", array)
        chosen = {"tiles": tiles, "features": "Nd_0740, Nd_0800, AlOH_2200", "components": 2, "continuum": "window",
                  "catalogue": FILE.read_text(encoding="utf-8"), "quantities": list(QUANTITIES), "shallow": 0.01,
                  "correction": "none", "smoothing": "none", "window": 5, "order": 2, "values": "auto", "seed": 1,
                  "threads": 2, **settings}
        content = {"protocol": 1, "job": "spectralfeatures", "needs": "base", "settings": chosen,
                   "arrays": {name: f"inputs/{name}.npy" for name in every}}
        (root / "job.json").write_text(json.dumps(content))
        return JobFolder(root)

    return make
