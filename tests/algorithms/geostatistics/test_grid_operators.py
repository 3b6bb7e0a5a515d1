"""Finite-element operators against scikit-fem and against fields with known derivatives."""
import numpy as np
import pytest
import skfem
from skfem.helpers import dot, grad, mul

from lodescope.algorithms.geostatistics import grid_operators as operators
from lodescope.algorithms.geostatistics.node_grid import NodeGrid, nodal_diffusivity

X = np.array([0.0, 10.0, 25.0, 31.0, 50.0])
Y = np.array([90.0, 75.0, 70.0, 55.0])  # north first, as in a raster
Z = np.array([5.0, 8.0, 20.0])


def make_grid(dimensions, active=None):
    return NodeGrid(X, Y, Z if dimensions == 3 else None, active)


def element_centres(grid):
    """Centres of the elements, shape elements + (dimensions,)."""
    points = grid.points()
    corners = [grid.corners(points[:, a]).mean(axis=tuple(range(grid.dimensions))) for a in range(grid.dimensions)]
    return np.stack(corners, axis=-1)


class Reference:
    """The same grid in scikit-fem, its matrices reordered to the nodes of the grid."""

    def __init__(self, grid):
        points = grid.points()
        if grid.dimensions == 2:
            mesh, element = skfem.MeshQuad.init_tensor(X, Y[::-1]), skfem.ElementQuad1()
        else:
            mesh, element = skfem.MeshHex.init_tensor(X, Y[::-1], Z), skfem.ElementHex1()
        self.basis = skfem.Basis(mesh, element, intorder=4)
        where = {tuple(p): k for k, p in enumerate(self.basis.doflocs.T)}
        self.order = np.array([where[tuple(p)] for p in points])
        centres = {tuple(np.round(c, 9)): k for k, c in enumerate(mesh.p[:, mesh.t].mean(axis=1).T)}
        own = element_centres(grid).reshape(-1, grid.dimensions)
        self.elements = np.array([centres[tuple(np.round(c, 9))] for c in own])

    def matrix(self, form, **fields):
        return form.assemble(self.basis, **fields).toarray()[np.ix_(self.order, self.order)]

    def stiffness(self, tensors):
        """Of element tensors (elements, d, d) in the order of the grid."""
        shaped = np.empty_like(tensors)
        shaped[self.elements] = tensors
        points = self.basis.dx.shape[1]
        field = np.repeat(np.moveaxis(shaped, 0, -1)[..., None], points, axis=-1)

        @skfem.BilinearForm
        def form(u, v, w):
            return dot(mul(field, grad(u)), grad(v))

        return self.matrix(form)


def random_tensors(rng, count, dimensions):
    root = rng.normal(size=(count, dimensions, dimensions))
    return root @ np.swapaxes(root, 1, 2) + np.eye(dimensions)


@skfem.BilinearForm
def mass_form(u, v, w):
    return u * v


def assert_close(actual, expected):
    assert np.abs(actual - expected).max() <= 1e-10 * np.abs(expected).max()


@pytest.mark.parametrize("dimensions", [2, 3])
def test_mass_equals_scikit_fem(dimensions):
    grid = make_grid(dimensions)
    expected = Reference(grid).matrix(mass_form)
    assert_close(operators.mass(grid).toarray(), expected)
    assert_close(operators.mass(grid, lumped=True), expected.sum(axis=1))


@pytest.mark.parametrize("dimensions", [2, 3])
@pytest.mark.parametrize("kind", ["scalar", "diagonal", "tensor"])
def test_stiffness_equals_scikit_fem(dimensions, kind):
    grid, rng = make_grid(dimensions), np.random.default_rng(1)
    tensors = random_tensors(rng, grid.elements.size, dimensions)
    diagonals = np.einsum("eaa->ea", tensors)
    given = {"scalar": diagonals[:, 0], "diagonal": diagonals, "tensor": tensors}[kind]
    if kind == "scalar":
        tensors = given[:, None, None] * np.eye(dimensions)
    elif kind == "diagonal":
        tensors = given[:, :, None] * np.eye(dimensions)
    matrix = operators.stiffness(grid, given.reshape(grid.elements.shape + given.shape[1:]))
    assert_close(matrix.toarray(), Reference(grid).stiffness(tensors))
    assert matrix.has_sorted_indices


@pytest.mark.parametrize("dimensions", [2, 3])
def test_recovered_gradient_equals_the_projection_of_scikit_fem(dimensions):
    grid, rng = make_grid(dimensions), np.random.default_rng(2)
    reference, field = Reference(grid), rng.normal(size=grid.size)
    matrix = reference.matrix(mass_form)
    for component in range(dimensions):
        form = skfem.BilinearForm(lambda u, v, w, a=component: grad(u)[a] * v)
        load = reference.matrix(form) @ field
        consistent = operators.gradient(grid, field, lumped=False)[:, component]
        assert_close(consistent, np.linalg.solve(matrix, load))
        assert_close(operators.gradient(grid, field)[:, component], load / matrix.sum(axis=1))


def masked_grid(dimensions):
    active = np.ones(len(X) * len(Y) * (len(Z) if dimensions == 3 else 1), bool)
    active[[0, 7]] = False
    return make_grid(dimensions, active)


@pytest.mark.parametrize("dimensions", [2, 3])
def test_masked_stiffness_is_the_sum_over_the_elements_that_are_left(dimensions):
    grid, full = masked_grid(dimensions), make_grid(dimensions)
    reference = Reference(full)
    tensors = grid.elements.ravel()[:, None, None] * np.eye(dimensions)
    expected = reference.stiffness(tensors)[np.ix_(grid.used, grid.used)]
    assert_close(operators.stiffness(grid).toarray(), expected)
    outside = reference.stiffness(tensors)[~grid.used]
    assert not outside.any()


@pytest.mark.parametrize("make", [make_grid, masked_grid])
@pytest.mark.parametrize("dimensions", [2, 3])
@pytest.mark.parametrize("lumped", [True, False])
def test_linear_field_has_its_exact_gradient_and_no_source(make, dimensions, lumped):
    grid = make(dimensions)
    slopes = np.array([0.3, -2.0, 5.0])[:dimensions]
    field = np.where(grid.used, 7.0 + grid.points() @ slopes, np.nan)
    result = operators.gradient(grid, field, lumped)
    np.testing.assert_allclose(result[grid.used], np.tile(slopes, (grid.used.sum(), 1)), rtol=1e-9)
    assert np.isnan(result[~grid.used]).all()
    source = operators.flux_divergence(grid, field, np.arange(1, dimensions + 1) * np.ones((grid.size, 1)))
    assert np.abs(source[grid.used]).max() < 1e-10


def test_linear_field_has_no_source_under_a_tensor():
    grid = masked_grid(3)
    tensor = random_tensors(np.random.default_rng(4), 1, 3)
    field = grid.points() @ [0.3, -2.0, 5.0]
    source = operators.flux_divergence(grid, field, np.repeat(tensor, grid.size, axis=0))
    assert np.abs(source[grid.used]).max() < 1e-9


def quadratic_error(count, dimensions):
    """Largest errors of gradient and source of a quadratic field, inside the grid and anywhere."""
    axes = [np.linspace(0.0, 1.0, count) ** 1.2 for _ in range(dimensions)]
    grid = NodeGrid(axes[0], axes[1][::-1], axes[2] if dimensions == 3 else None)
    points = grid.points()
    field = (points**2).sum(axis=1) + points[:, 0] * points[:, 1]
    exact = 2.0 * points
    exact[:, :2] += points[:, 1::-1]
    error = np.abs(operators.gradient(grid, field) - exact).max()
    source = operators.flux_divergence(grid, field, 0.5)
    inside = np.pad(np.ones([n - 2 for n in grid.shape], bool), 1).ravel()
    return error, np.abs(source[inside] + dimensions).max()


@pytest.mark.parametrize("dimensions", [2, 3])
def test_quadratic_field_converges(dimensions):
    coarse, fine = quadratic_error(9, dimensions), quadratic_error(17, dimensions)
    assert fine[0] < 0.6 * coarse[0]
    assert fine[1] < 1e-10


def test_flux_matrix_equals_the_exact_one_for_a_field_along_one_axis():
    grid = make_grid(3)
    nodal = nodal_diffusivity(grid, np.where(grid.points()[:, 2] > 7.0, 1.0, 0.1))
    field = np.sin(grid.points()[:, 2])
    exact = operators.stiffness(grid, operators.element_diffusivity(grid, nodal)) @ field
    np.testing.assert_allclose(operators.flux_matrix(grid, nodal) @ field, exact, rtol=1e-10)


def test_flux_matrix_is_symmetric_without_positive_neighbours():
    grid = masked_grid(3)
    nodal = nodal_diffusivity(grid, np.random.default_rng(5).uniform(0.1, 1.0, (grid.size, 3)))
    matrix = operators.flux_matrix(grid, nodal).toarray()
    np.testing.assert_allclose(matrix, matrix.T)
    np.testing.assert_allclose(matrix.sum(axis=1), 0.0, atol=1e-9)
    assert (matrix - np.diag(np.diag(matrix)) <= 0.0).all()


def test_flux_through_a_contact_is_recovered_on_both_sides():
    z = np.arange(0.0, 100.0, 10.0)
    grid = NodeGrid([0.0, 5.0, 10.0], [10.0, 5.0, 0.0], z)
    depth = grid.points()[:, 2]
    diffusivity = np.where(depth > 45.0, 1.0, 0.1)
    field = np.where(depth > 45.0, depth - 45.0, 10.0 * (depth - 45.0)) + 2.0 * grid.points()[:, 0]
    gradient = operators.gradient(grid, field, diffusivity=diffusivity)
    np.testing.assert_allclose(gradient[:, 2] * diffusivity, 1.0)
    np.testing.assert_allclose(gradient[:, 0], 2.0)
    source = operators.flux_divergence(grid, field, diffusivity)
    assert np.abs(source).max() < 1e-12


def test_several_fields_at_once():
    grid, rng = make_grid(2), np.random.default_rng(6)
    fields = rng.normal(size=(grid.size, 2))
    together = operators.gradient(grid, fields)
    assert together.shape == (grid.size, 2, 2)
    np.testing.assert_array_equal(together[:, 1], operators.gradient(grid, fields[:, 1]))
    sources = operators.flux_divergence(grid, fields, 1.0)
    np.testing.assert_array_equal(sources[:, 1], operators.flux_divergence(grid, fields[:, 1], 1.0))


def test_divergence_of_a_field_that_spreads():
    grid = make_grid(3)
    centre = np.array([10.0, 70.0, 8.0])
    np.testing.assert_allclose(operators.divergence(grid, 2.0 * (grid.points() - centre)), 6.0)
