"""Conformation of kriged fields to the law of diffusion."""
import threading

import numpy as np
import pytest

from lodescope.algorithms.errors import Cancelled, InputError
from lodescope.algorithms.geostatistics import conformation
from lodescope.algorithms.geostatistics.conformation import Conformation, choose_strength, conform
from lodescope.algorithms.geostatistics.covariance import Structure, Variogram
from lodescope.algorithms.geostatistics.dual import DualKriging
from lodescope.algorithms.geostatistics.flux import flux
from lodescope.algorithms.geostatistics.grid_operators import boundary_flux, flux_matrix, gradient, mass
from lodescope.algorithms.geostatistics.node_grid import NodeGrid, nodal_diffusivity
from lodescope.algorithms.geostatistics.unit_kriging import UnitKriging
from lodescope.algorithms.progress import Progress

CONTACT = 500.0
HIGH, LOW = 1.0, 0.1


def small_grid(dimensions=2, active=None):
    z = np.array([0.0, 10.0, 25.0, 40.0]) if dimensions == 3 else None
    return NodeGrid(np.arange(0.0, 90.0, 10.0), np.arange(70.0, -1.0, -10.0), z, active)


def random_field(grid, seed=0):
    rng = np.random.default_rng(seed)
    return rng.normal(size=grid.size), rng.uniform(0.05, 1.0, grid.size), rng.uniform(0.1, 1.0, grid.size)


class TwoLayers:
    """A steady field in two layers, kriged per layer from noisy drill holes; the truth is known."""

    def __init__(self, steady=True, seed=1):
        rng = np.random.default_rng(seed)
        self.steady = steady
        self.modes = [(2.0 * np.pi / rng.uniform(500.0, 1200.0), rng.uniform(0.0, 6.3), *rng.normal(size=2))
                      for _ in range(8)]
        axis = np.arange(12.5, 1000.0, 25.0)
        self.grid = NodeGrid(axis, axis[::-1])
        self.points = self.grid.points()
        self.layer = (self.points[:, 1] > CONTACT).astype(int)
        self.diffusivity = np.where(self.layer == 1, HIGH, LOW)
        collars = np.arange(25.0, 1000.0, 50.0) + rng.uniform(-15.0, 15.0, 20)
        depths = np.arange(5.0, 1000.0, 30.0)
        self.samples = np.stack([np.repeat(collars, len(depths)), np.tile(depths, len(collars))], axis=1)
        self.holes = np.repeat(np.arange(len(collars)), len(depths))
        self.sample_layer = (self.samples[:, 1] > CONTACT).astype(int)
        exact = self.truth(self.samples)[0]
        self.values = exact + 0.1 * exact.std() * rng.normal(size=len(exact))
        self.variogram = Variogram(0.01 * exact.var(), (Structure("matern15", exact.var(), (300.0,)),))

    def truth(self, points):
        """Field and gradient; without `steady`, waves that ignore the contact and the diffusivity."""
        depth = points[:, 1] - CONTACT
        relative = np.where(depth > 0.0, 1.0, HIGH / LOW)
        field, slopes = np.zeros(len(points)), np.zeros((len(points), 2))
        for k, phase, a, b in self.modes:
            wave, turned = np.cos(k * points[:, 0] + phase), -k * np.sin(k * points[:, 0] + phase)
            if self.steady:
                scale = 1.0 / np.cosh(CONTACT * k)
                shape = scale * (a * np.cosh(k * depth) + b * relative * np.sinh(k * depth))
                slope = scale * k * (a * np.sinh(k * depth) + b * relative * np.cosh(k * depth))
            else:
                shape, slope = np.cos(1.7 * k * depth + a), -1.7 * k * np.sin(1.7 * k * depth + a)
            field += wave * shape
            slopes += np.stack([turned * shape, wave * slope], axis=1)
        return field, slopes

    def krige(self, held=None, gradient=False):
        known = np.ones(len(self.values), bool) if held is None else ~held
        model = UnitKriging(lambda: DualKriging(self.variogram, exact=False))
        model.fit(self.samples[known], self.values[known, None], self.sample_layer[known])
        return model.predict(self.points, self.layer, variance=True, gradient=gradient)

    def krige_without(self, held):
        kriged = self.krige(held)
        return kriged.estimate, kriged.variance - self.variogram.nugget

    def errors(self, slopes):
        """Relative flux error, and mismatch of the flux normal to the contact."""
        wanted = flux(self.truth(self.points)[1], self.diffusivity)
        error = flux(slopes, self.diffusivity) - wanted
        contact = np.diff(self.layer.reshape(self.grid.shape), axis=0) != 0
        jump = np.diff(error[:, 1].reshape(self.grid.shape), axis=0)[contact]
        return np.sqrt(np.mean(error**2) / np.mean(wanted**2)), np.sqrt(np.mean(jump**2))


@pytest.mark.parametrize("order", [1, 2])
def test_flux_across_two_layers_is_nearer_to_the_truth_than_kriging_per_layer(order):
    case = TwoLayers()
    kriged = case.krige(gradient=True)
    plain = case.errors(kriged.gradient[:, 0])
    conformed = conform(kriged.estimate[:, 0], kriged.variance - case.variogram.nugget, case.diffusivity, case.grid,
                        50.0, order=order)
    better = case.errors(gradient(case.grid, conformed, diffusivity=case.diffusivity))
    assert better[0] <= 0.85 * plain[0]
    assert better[1] <= 0.5 * plain[1]


@pytest.mark.parametrize("order", [1, 2])
@pytest.mark.parametrize("dimensions", [2, 3])
@pytest.mark.parametrize("masked", [False, True])
def test_linear_field_stays_where_diffusivity_is_constant(order, dimensions, masked):
    grid = small_grid(dimensions)
    if masked:
        active = np.ones(grid.size, bool)
        active[[0, 20, 21]] = False
        grid = small_grid(dimensions, active)
    field = grid.points() @ [0.3, -0.2, 0.7][:dimensions]
    _, variance, _ = random_field(grid)
    result = Conformation(grid, 0.4, variance, 40.0, order).apply(field)
    np.testing.assert_allclose(result, field, atol=1e-9)


@pytest.mark.parametrize("order", [1, 2])
def test_steady_field_across_a_contact_stays(order):
    grid = small_grid()
    depth = grid.points()[:, 1] - 35.0
    diffusivity = np.where(depth > 0.0, 1.0, 0.1)
    field = depth / diffusivity
    _, variance, _ = random_field(grid)
    np.testing.assert_allclose(Conformation(grid, diffusivity, variance, 30.0, order).apply(field), field, atol=1e-8)


@pytest.mark.parametrize("dimensions", [2, 3])
@pytest.mark.parametrize("order", [1, 2])
def test_result_solves_the_normal_equations(dimensions, order):
    grid = small_grid(dimensions)
    field, variance, diffusivity = random_field(grid)
    diffusivity[0] = 1.0
    nodal = nodal_diffusivity(grid, diffusivity)
    laplace, lumped = flux_matrix(grid, nodal).toarray(), mass(grid, lumped=True)
    boundary, weight = boundary_flux(grid, field, nodal), lumped * variance.max() / variance
    if order == 1:
        expected = np.linalg.solve(np.diag(weight) + 400.0 * laplace, weight * field + 400.0 * boundary)
    else:
        square = laplace @ (laplace / lumped[:, None])
        expected = np.linalg.solve(np.diag(weight) + 160000.0 * square,
                                   weight * field + 160000.0 * laplace @ (boundary / lumped))
    np.testing.assert_allclose(conform(field, variance, diffusivity, grid, 20.0, order=order), expected, atol=1e-8)


@pytest.mark.parametrize("order", [1, 2])
@pytest.mark.parametrize("tensor", [False, True])
def test_multigrid_gives_the_same_as_the_factorisation(monkeypatch, order, tensor):
    grid = small_grid(3)
    field, variance, diffusivity = random_field(grid)
    if tensor:
        diffusivity = diffusivity[:, None, None] * np.array([[1.0, 0.2, 0.0], [0.2, 0.5, 0.1], [0.0, 0.1, 0.3]])
    direct = conform(field, variance, diffusivity, grid, 15.0, order=order)
    monkeypatch.setattr(conformation, "DIRECT_LIMIT", {2: 0, 3: 0})
    system = Conformation(grid, diffusivity, variance, 15.0, order)
    result = system.apply(field)
    assert 0 < system.iterations[0] <= 25
    np.testing.assert_allclose(result, direct, atol=1e-4 * field.std())


def test_only_ratios_of_variance_and_diffusivity_count_and_units_scale():
    grid = small_grid()
    field, variance, diffusivity = random_field(grid)
    result = conform(field, variance, diffusivity, grid, 20.0)
    np.testing.assert_allclose(conform(1e4 * field, 1e8 * variance, 3.0 * diffusivity, grid, 20.0), 1e4 * result)


def test_an_offset_stays():
    grid = small_grid()
    field, variance, diffusivity = random_field(grid)
    result = conform(field, variance, diffusivity, grid, 20.0, order=2)
    moved = conform(field + 1e3, variance, diffusivity, grid, 20.0, order=2)
    np.testing.assert_allclose(moved, result + 1e3, atol=1e-7)


def test_known_places_hardly_move():
    grid = small_grid()
    field, _, diffusivity = random_field(grid)
    variance = np.ones(grid.size)
    variance[30] = 0.0
    moved = np.abs(conform(field, variance, diffusivity, grid, 20.0) - field)
    assert moved[30] < 0.02 * np.median(moved)


def test_strength_0_gives_the_estimate_back():
    grid = small_grid()
    field, variance, diffusivity = random_field(grid)
    np.testing.assert_array_equal(conform(field, variance, diffusivity, grid, 0.0), field)


def test_several_fields_at_once():
    grid = small_grid()
    field, variance, diffusivity = random_field(grid)
    both = np.stack([field, 2.0 * field + 1.0], axis=1)
    result = conform(both, variance, diffusivity, grid, 20.0, order=2)
    np.testing.assert_allclose(result[:, 1], 2.0 * result[:, 0] + 1.0)


def test_gaps_stay_gaps_and_the_rest_is_conformed():
    grid = small_grid()
    field, variance, diffusivity = random_field(grid)
    gaps = np.zeros(grid.size, bool)
    gaps[[0, 1, 40]] = True
    diffusivity[40] = np.nan
    result = conform(np.where(gaps, np.nan, field), np.where(gaps, np.nan, variance), diffusivity, grid, 20.0)
    assert np.isnan(result[gaps]).all()
    assert np.isfinite(result[~gaps]).all()
    assert (result[~gaps] != field[~gaps]).mean() > 0.9


@pytest.mark.parametrize(("change", "message"), [
    ({"strength": -1.0}, "strength"), ({"strength": np.nan}, "strength"), ({"order": 3}, "order"),
    ({"variance": np.full(72, -1.0)}, "variance"), ({"diffusivity": 0.0}, "diffusivity"),
])
def test_bad_input_is_refused(change, message):
    given = {"grid": small_grid(), "diffusivity": 1.0, "variance": np.ones(72), "strength": 10.0, "order": 1}
    with pytest.raises(InputError, match=message):
        Conformation(**dict(given, **change))


def test_gaps_in_the_estimate_of_a_ready_system_are_refused():
    with pytest.raises(InputError, match="gaps"):
        Conformation(small_grid(), 1.0, np.ones(72), 10.0).apply(np.full(72, np.nan))


def test_a_cancel_is_obeyed():
    stop = threading.Event()
    stop.set()
    grid = small_grid()
    field, variance, diffusivity = random_field(grid)
    with pytest.raises(Cancelled):
        conform(field, variance, diffusivity, grid, 10.0, progress=Progress(stop=stop))


def test_no_convergence_is_warned_of(monkeypatch):
    monkeypatch.setattr(conformation, "DIRECT_LIMIT", {2: 0, 3: 0})
    monkeypatch.setattr(conformation, "conjugate_gradient",
                        lambda *given, **named: conformation_solution(given[1]))
    events = []
    progress = Progress(lambda event, **fields: events.append((event, fields)))
    field, variance, diffusivity = random_field(small_grid())
    conform(field, variance, diffusivity, small_grid(), 10.0, progress=progress)
    assert any(event == "log" and fields["level"] == "warning" for event, fields in events)


def conformation_solution(right):
    """What a solver that gave up returns."""
    return type("Unfinished", (), {"solution": right, "iterations": 500, "converged": False})


def chosen(case, order):
    return choose_strength([25.0, 50.0, 100.0], case.holes % 5, case.krige_without, case.samples, case.values,
                           grid=case.grid, diffusivity=case.diffusivity, order=order,
                           units=case.sample_layer, node_units=case.layer)


@pytest.mark.parametrize("order", [1, 2])
def test_strength_is_found_where_the_field_obeys_diffusion(order):
    choice = chosen(TwoLayers(), order)
    assert choice.strength > 0.0
    assert choice.strengths[0] == 0.0
    assert choice.errors[choice.strengths == choice.strength] == choice.errors.min() < choice.errors[0]
    assert f"{choice.strength:g} m" in choice.message


def test_no_strength_is_chosen_where_the_field_does_not_obey_it():
    choice = chosen(TwoLayers(steady=False), 1)
    assert choice.strength == 0.0
    assert "plain kriging" in choice.message
    assert (np.diff(choice.errors) > 0.0).all()


def test_a_gain_within_its_doubt_is_not_taken():
    strengths, counts = np.array([0.0, 50.0]), np.array([10.0, 10.0, 10.0])
    squares = np.array([[10.0, 10.0, 10.0], [4.0, 12.0, 13.0]])
    assert conformation._choose(strengths, squares, counts, 1.0).strength == 0.0
    assert conformation._choose(strengths, squares, counts, 0.0).strength == 50.0


def test_no_sample_on_the_grid_is_refused():
    case = TwoLayers()
    with pytest.raises(InputError, match="No sample lies inside"):
        choose_strength([50.0], case.holes % 2, case.krige_without, case.samples + 5000.0, case.values,
                        grid=case.grid, diffusivity=case.diffusivity)


def test_memory_grows_with_the_grid():
    assert conformation.memory_estimate(small_grid(3)) == 4 * 72 * conformation.BYTES_PER_NODE[3]
