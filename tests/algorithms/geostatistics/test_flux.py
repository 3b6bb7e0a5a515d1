"""Vector quantities, flux, and agreement of finite elements with the analytic gradient."""
import numpy as np
import pytest

from lodescope.algorithms.geostatistics import flux as fluxes
from lodescope.algorithms.geostatistics.conformation import conform
from lodescope.algorithms.geostatistics.covariance import Structure, Variogram
from lodescope.algorithms.geostatistics.dual import DualKriging
from lodescope.algorithms.geostatistics.grid_operators import gradient
from lodescope.algorithms.geostatistics.node_grid import NodeGrid


@pytest.mark.parametrize(("vector", "degrees"), [
    ((0.0, 1.0), 0.0), ((1.0, 1.0), 45.0), ((1.0, 0.0), 90.0), ((0.0, -2.0), 180.0), ((-1.0, 0.0), 270.0),
])
def test_azimuth_is_clockwise_from_north_towards_rising_grade(vector, degrees):
    assert fluxes.azimuth(np.array(vector)) == pytest.approx(degrees)


def test_azimuth_stays_below_360_in_single_precision():
    angle = fluxes.azimuth(np.array([[-1e-20, 1.0], [-1e-7, 1.0], [-1e-3, 1.0]]))
    assert (angle.astype(np.float32) < 360.0).all()
    assert (angle >= 0.0).all()
    assert angle[2] > 359.9


def test_plunge_is_negative_downwards():
    vectors = np.array([[0.0, 0.0, -3.0], [1.0, 0.0, 0.0], [0.0, 2.0, 2.0], [0.0, 0.0, 1.0]])
    np.testing.assert_allclose(fluxes.plunge(vectors), [-90.0, 0.0, 45.0, 90.0])


def test_directions_of_nothing_are_unknown():
    assert np.isnan(fluxes.azimuth(np.array([0.0, 0.0, 1.0])))
    assert np.isnan(fluxes.plunge(np.zeros(3)))


def test_places_without_a_gradient_stay_so():
    vectors = np.array([[np.nan] * 3, [1.0, 2.0, 2.0]])
    result = fluxes.vector_quantities(vectors, np.full((2, 3), 0.1))
    assert set(result) == {"magnitude", "azimuth", "plunge", "magnitude_sd", "significance"}
    for values in result.values():
        assert np.isnan(values[0])
        assert np.isfinite(values[1])
    assert result["magnitude"][1] == 3.0


def test_2d_has_no_plunge_and_fields_keep_their_axis():
    result = fluxes.vector_quantities(np.ones((5, 2, 2)))
    assert "plunge" not in result
    assert result["magnitude"].shape == (5, 2)


@pytest.mark.parametrize("dimensions", [2, 3])
@pytest.mark.parametrize("ratio", [0.0, 0.5, 1.0, 3.0, 10.0, 50.0])
def test_magnitude_sd_equals_simulation(dimensions, ratio):
    rng = np.random.default_rng(8)
    mean = 0.7 * ratio * np.eye(dimensions)[0]
    drawn = np.linalg.norm(mean + 0.7 * rng.normal(size=(200_000, dimensions)), axis=1).std()
    assert fluxes.magnitude_sd(mean, np.full(dimensions, 0.7)) == pytest.approx(drawn, rel=0.02)


def test_magnitude_sd_of_unequal_components_tends_to_the_one_along_the_gradient():
    sd = np.array([0.5, 0.1, 0.2])
    assert fluxes.magnitude_sd(np.array([0.0, 20.0, 0.0]), sd) == pytest.approx(0.1, rel=1e-2)
    assert fluxes.magnitude_sd(np.array([30.0, 40.0, 0.0]), sd) == pytest.approx(np.hypot(0.3, 0.08), rel=1e-2)


def test_magnitude_sd_of_certain_and_of_undefined_gradients():
    vectors = np.array([[3.0, 4.0], [0.0, 0.0], [1.0, 1.0]])
    sd = np.array([[0.0, 0.0], [0.0, 0.0], [np.inf, np.inf]])
    np.testing.assert_array_equal(fluxes.magnitude_sd(vectors, sd), [0.0, 0.0, np.inf])
    np.testing.assert_array_equal(fluxes.significance(vectors, sd), [np.inf, 0.0, 0.0])


def test_significance_has_no_steps():
    ratio = np.linspace(0.0, 1010.0, 101_001)
    vectors = ratio[:, None] * np.array([1.0, 0.0])
    steps = np.diff(fluxes.significance(vectors, np.ones_like(vectors)))
    assert steps.min() > 0.0
    assert steps.max() < 0.017


def test_flux_of_scalar_diagonal_and_tensor_diffusivity():
    rng = np.random.default_rng(2)
    slopes, tensors = rng.normal(size=(6, 4, 3)), rng.normal(size=(6, 3, 3))
    expected = -np.array([[t @ g for g in row] for t, row in zip(tensors, slopes)])
    np.testing.assert_allclose(fluxes.flux(slopes, tensors), expected)
    np.testing.assert_allclose(fluxes.flux(slopes[:, 0], tensors), expected[:, 0])
    diagonal = np.einsum("paa->pa", tensors)
    np.testing.assert_allclose(fluxes.flux(slopes, diagonal), -diagonal[:, None, :] * slopes)
    np.testing.assert_allclose(fluxes.flux(slopes, diagonal[:, 0]), -diagonal[:, :1, None] * slopes)
    np.testing.assert_allclose(fluxes.flux(slopes, 2.0), -2.0 * slopes)


def test_change_against_plain_kriging():
    plain = np.array([101.0, 99.0, np.nan])
    result = fluxes.change(plain + np.array([0.5, -0.5, 1.0]), plain)
    np.testing.assert_allclose(result.difference, [0.5, -0.5, np.nan])
    assert result.relative == pytest.approx(0.5)
    vectors = np.array([[3.0, 4.0], [3.0, 4.0]])
    assert fluxes.change(1.1 * vectors, vectors, vector=True).relative == pytest.approx(0.1)
    assert fluxes.change(vectors, vectors, vector=True).relative == 0.0
    assert np.isnan(fluxes.change(plain * np.nan, plain).relative)


@pytest.fixture(scope="module")
def kriged():
    rng = np.random.default_rng(4)
    samples = rng.uniform(0.0, 400.0, (60, 2))
    values = np.stack([np.sin(samples[:, 0] / 60.0) * np.cos(samples[:, 1] / 80.0), samples[:, 0] / 400.0], axis=1)
    model = DualKriging(Variogram(0.01, (Structure("matern25", 1.0, (300.0,)),)), exact=False)
    return model.fit(samples, values)


def recovery_error(model, cell):
    """Largest difference from the analytic gradient away from the edge, relative to the gradient's size."""
    axis = np.arange(0.0, 401.0, cell)
    grid = NodeGrid(axis, axis[::-1])
    exact = model.predict(grid.points(), gradient=True)
    inside = ((grid.points() > 20.0) & (grid.points() < 380.0)).all(axis=1)
    error = np.abs(gradient(grid, exact.estimate) - exact.gradient)[inside].max(axis=(0, 1))
    return error.max() / np.abs(exact.gradient).max()


def test_recovered_gradient_agrees_with_the_analytic_one(kriged):
    coarse, fine = recovery_error(kriged, 10.0), recovery_error(kriged, 5.0)
    assert fine < 5e-3
    assert fine < 0.35 * coarse


def test_flux_of_a_conformed_field_is_minus_diffusivity_times_its_gradient(kriged):
    axis = np.arange(0.0, 401.0, 10.0)
    grid = NodeGrid(axis, axis[::-1])
    known = kriged.predict(grid.points(), variance=True)
    plain = gradient(grid, conform(known.estimate, known.variance, 0.3, grid, 0.0))
    np.testing.assert_array_equal(plain, gradient(grid, known.estimate))
    conformed = conform(known.estimate, known.variance, 0.3, grid, 40.0)
    slopes = gradient(grid, conformed)
    with_contacts = gradient(grid, conformed, diffusivity=np.full(grid.size, 0.3))
    assert np.abs(fluxes.flux(with_contacts, 0.3) + 0.3 * slopes).max() <= 1e-10
    assert np.abs(slopes - plain).max() > 1e-4
