"""Which engine serves, and that all fill a grid alike."""
import numpy as np
import numpy.testing as npt
import pytest

from lodescope.algorithms.errors import InputError
from lodescope.algorithms.geostatistics.covariance import variogram_from_dict
from lodescope.algorithms.geostatistics.engines import (
    EXACT_LIMIT,
    LocalVariance,
    choose_engine,
    grid_parts,
    krige_grid,
    make_engine,
)
from lodescope.algorithms.geostatistics.tiles import grid_points
from lodescope.algorithms.progress import Progress


@pytest.mark.parametrize(
    ("samples", "engine", "neighbours", "name"),
    [
        (EXACT_LIMIT, "auto", None, "exact"), (EXACT_LIMIT + 1, "auto", None, "multilevel"),
        (100, "auto", 32, "multilevel"), (100, "pykrige", None, "pykrige"), (100_000, "exact", None, "exact"),
    ],
)
def test_the_number_of_samples_chooses(samples, engine, neighbours, name):
    assert choose_engine(samples, engine, neighbours)[0] == name


def test_pykrige_refuses_a_known_mean(smooth_variogram):
    with pytest.raises(InputError, match="simple kriging"):
        make_engine("pykrige", variogram_from_dict(smooth_variogram), "none", mean=1.0)


@pytest.fixture
def fitted(drilling, smooth_variogram):
    """Function that fits an engine to a sloping field."""
    coordinates, _ = drilling
    values = (coordinates - coordinates.mean(axis=0)) @ [0.01, 0.02, 0.05]

    def fit(name, **options):
        return make_engine(name, variogram_from_dict(smooth_variogram), **options).fit(coordinates, values)

    return fit


def filled(engine, grid, names=("estimate", "variance")):
    out = np.full((len(names) * 2, 10, 10), np.nan)
    done = np.zeros(len(grid_parts(engine, grid)), np.uint8)
    krige_grid(engine, grid, [(name, 0) for name in names], out, Progress(), 2, done)
    assert done.all()
    return out


def test_exact_and_pykrige_fill_the_same_grid(fitted, grid):
    exact = filled(fitted("exact"), grid)
    npt.assert_allclose(filled(fitted("pykrige"), grid), exact, rtol=1e-6)
    points = grid_points(grid).reshape(2, 10, 10, 3)
    assert points[0, 0, 0].tolist() == [500_020.0, 7_000_380.0, 120.0]


def test_multilevel_with_all_samples_is_exact(fitted, grid):
    exact = filled(fitted("exact"), grid)
    npt.assert_allclose(filled(fitted("multilevel", neighbours=500), grid), exact, rtol=1e-4, atol=1e-4)


def test_local_variances_leave_the_estimate_exact(fitted, grid, drilling):
    names = ("estimate", "variance", "dx", "dx_variance")
    engine = LocalVariance(fitted("exact"), fitted("multilevel", neighbours=500))
    found, exact = filled(engine, grid, names), filled(fitted("exact"), grid, names)
    npt.assert_allclose(found[[0, 1, 4, 5]], exact[[0, 1, 4, 5]], rtol=1e-9)
    npt.assert_allclose(found, exact, rtol=1e-3, atol=1e-6)
