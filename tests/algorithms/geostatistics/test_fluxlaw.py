"""Flux and divergence after kriging, and the flux law on a field with a known answer."""
import numpy as np
import numpy.testing as npt
import pytest

from lodescope.algorithms.errors import InputError
from lodescope.algorithms.geostatistics.bands import Bands
from lodescope.algorithms.geostatistics.fluxlaw import FluxField, coarse, hole_folds
from lodescope.algorithms.progress import Progress

GRID = {"west": 0.0, "north": 200.0, "cell": 10.0, "columns": 20, "rows": 20, "levels": []}
NAMES = ("estimate", "variance", "dx", "dy", "magnitude", "azimuth", "flux_x", "flux_y", "divergence", "change")
X = GRID["west"] + (np.arange(20) + 0.5) * 10.0 + np.zeros((20, 1))


def field(diffusivity, estimate, dx=0.0, dy=0.0):
    bands = Bands.same(GRID, ["a"], NAMES)
    out = np.zeros(bands.shape)
    found = FluxField(GRID, out, bands.starts(0), diffusivity)
    for name, values in (("estimate", estimate), ("variance", np.ones((20, 20))), ("dx", dx), ("dy", dy)):
        found.write(name, np.broadcast_to(values, (20, 20)).ravel().astype(float))
    return found


def test_flux_is_minus_diffusivity_times_gradient():
    found = field(np.full((20, 20), 2.5), 0.3 * X, dx=0.3, dy=-0.1)
    found.from_kriging()
    npt.assert_allclose(found.read("flux_x"), -0.75)
    npt.assert_allclose(found.read("flux_y"), 0.25)
    npt.assert_allclose(found.read("divergence"), 0.0, atol=1e-12)
    npt.assert_allclose(found.read("change"), 0.0)


def test_a_steady_field_is_left_as_it_is():
    found = field(np.ones((20, 20)), 0.3 * X, dx=0.3)
    moved = found.conformed(np.ones(400), 50.0, 2, Progress())
    npt.assert_allclose(found.read("estimate"), 0.3 * X.ravel(), rtol=1e-6)
    npt.assert_allclose(found.read("dx"), 0.3, rtol=1e-6)
    assert moved.relative < 1e-6


def test_the_law_breaks_the_slope_at_a_contact():
    """A straight ramp over a contact of 1 : 0.1 must steepen where diffusivity is low."""
    diffusivity = np.where(X < 100.0, 1.0, 0.1)
    found = field(diffusivity, 0.3 * X, dx=0.3)
    found.conformed(np.ones(400), 200.0, 2, Progress())
    dx = found.read("dx").reshape(20, 20)[10]
    assert dx[14] > 1.5 * dx[5]
    flux = found.read("flux_x").reshape(20, 20)[10]
    npt.assert_allclose(flux[9], flux[10], rtol=0.2)


def test_too_many_cells_are_refused_in_a_sentence():
    huge = {**GRID, "columns": 3000, "rows": 3000, "levels": [0.0, 10.0]}
    with pytest.raises(InputError, match="choose larger cells"):
        FluxField(huge, np.zeros((1, 1, 1)), {}, np.broadcast_to(np.ones(1), (3000, 3000)))


def test_validation_uses_a_coarser_grid_of_the_same_corner():
    small, step = coarse({**GRID, "columns": 1000, "rows": 500})
    assert small["rows"] * small["columns"] <= 40_000
    assert (small["west"], small["north"], small["cell"]) == (0.0, 200.0, 10.0 * step)


def test_folds_keep_holes_whole():
    groups = np.repeat(np.arange(11), 7)
    folds = hole_folds(groups, np.random.default_rng(0))
    assert all(len(np.unique(folds[groups == hole])) == 1 for hole in range(11))
    assert len(np.unique(folds)) == 5


def test_diffusivity_may_differ_by_direction():
    bands = Bands.same(GRID, ["a"], NAMES)
    found = FluxField(GRID, np.zeros(bands.shape), bands.starts(0), np.full((20, 20), 2.0), [1.0, 0.25, 1.0])
    found.write("dx", np.full(400, 0.3))
    found.write("dy", np.full(400, -0.4))
    found.from_kriging()
    npt.assert_allclose(found.read("flux_x"), -0.6, rtol=1e-6)
    npt.assert_allclose(found.read("flux_y"), 0.2, rtol=1e-6)
