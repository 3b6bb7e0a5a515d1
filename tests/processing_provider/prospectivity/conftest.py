"""Evidence with deposits on a visible pattern, and a quick model of it."""
import numpy as np
import pytest
from evidence_files import write_evidence

ROWS, COLUMNS, CELL, WEST, NORTH = 60, 70, 100.0, 500_000.0, 7_000_000.0


def smooth(rng, shape, width=7):
    """Means of noise over squares, mean 0 and deviation 1."""
    noise = rng.normal(size=(shape[0] + width - 1, shape[1] + width - 1))
    sums = np.cumsum(np.cumsum(np.pad(noise, ((1, 0), (1, 0))), axis=0), axis=1)
    field = sums[width:, width:] - sums[:-width, width:] - sums[width:, :-width] + sums[:-width, :-width]
    return ((field - field.mean()) / field.std()).astype(np.float32)


class Scene:
    """Evidence on two grids, and deposits where the first two bands are high.

    Attributes
    ----------
    elements, magnetics, units : str
        Files: two bands of elements, magnetics on cells half as large, rock units with a colour table.
    places : numpy.ndarray, shape (n, 2)
    """

    def __init__(self, folder):
        rng = np.random.default_rng(0)
        first, second, third = (smooth(rng, (ROWS, COLUMNS)) for _ in range(3))
        self.bands = np.stack([np.exp(first), second])
        self.elements = write_evidence(folder / "elements.tif", self.bands, names=["La_ppm", "Th_ppm"],
                                       units=["ppm", "ppm"])
        fine = np.repeat(np.repeat(third, 2, axis=0), 2, axis=1)
        self.magnetics = write_evidence(folder / "magnetics.tif", fine[None], cell=50.0)
        rocks = np.ones((1, ROWS, COLUMNS), np.uint8)
        rocks[:, :, 35:] = 2
        self.units = write_evidence(folder / "rocks.tif", rocks, kind=1, table=True)
        favour = first + second
        best = np.argwhere(favour >= np.quantile(favour, 0.97))
        chosen = best[np.sort(rng.choice(len(best), 40, replace=False))]
        self.places = np.column_stack([WEST + CELL * (chosen[:, 1] + 0.5), NORTH - CELL * (chosen[:, 0] + 0.5)])
        self.rasters = [self.elements, self.magnetics]


@pytest.fixture(scope="module")
def scene(folder):
    """A `Scene`."""
    return Scene(folder)


@pytest.fixture(scope="module")
def forest(scene, toolbox, points, folder):
    """A quick random forest: its outputs."""
    return toolbox("trainbaseline", RASTERS=scene.rasters, DEPOSITS=points(scene.places), METHOD="forest", MEMBERS=3,
                   FOLDS=3, WINDOW=700.0, CELL_SIZE=100.0, MODEL=str(folder / "forest.safetensors"),
                   HELD_OUT_MAP=str(folder / "forest_held.tif"), HELD_OUT=str(folder / "forest_held.gpkg"),
                   REPORT=str(folder / "forest.html"))
