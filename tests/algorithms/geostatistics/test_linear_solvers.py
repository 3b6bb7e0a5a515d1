"""Conjugate gradients, multigrid and factorisation on a diffusion matrix."""
import numpy as np
import pytest
from scipy import sparse

from lodescope.algorithms.geostatistics import linear_solvers as solvers
from lodescope.algorithms.geostatistics.grid_operators import flux_matrix, mass
from lodescope.algorithms.geostatistics.node_grid import NodeGrid, nodal_diffusivity


@pytest.fixture(scope="module")
def system():
    grid = NodeGrid(np.arange(40.0), np.arange(30.0), np.arange(4.0))
    rng = np.random.default_rng(0)
    matrix = flux_matrix(grid, nodal_diffusivity(grid, rng.uniform(0.01, 1.0, grid.size)))
    matrix = (matrix + sparse.diags(0.01 * mass(grid, lumped=True))).tocsr()
    solution = rng.normal(size=grid.size)
    return matrix, solution, matrix @ solution


def test_factorisation_solves(system):
    matrix, solution, right = system
    np.testing.assert_allclose(solvers.factorised(matrix)(right), solution, rtol=1e-8, atol=1e-8)


def test_multigrid_makes_conjugate_gradients_quick(system):
    matrix, solution, right = system
    solved = solvers.conjugate_gradient(matrix, right, solvers.multigrid(matrix), tolerance=1e-10)
    assert solved.converged
    assert solved.iterations <= 20
    np.testing.assert_allclose(solved.solution, solution, atol=1e-6)


def test_multigrid_is_symmetric_and_keeps_zero(system):
    matrix, _, _ = system
    cycle, rng = solvers.multigrid(matrix), np.random.default_rng(1)
    first, second = rng.normal(size=(2, matrix.shape[0]))
    assert first @ cycle(second) == pytest.approx(second @ cycle(first), rel=1e-4)
    assert not cycle(np.zeros(matrix.shape[0])).any()


def test_size_of_the_right_hand_side_does_not_matter(system):
    matrix, _, right = system
    cycle = solvers.multigrid(matrix)
    np.testing.assert_allclose(cycle(1e-60 * right), 1e-60 * cycle(right), rtol=1e-4)


def test_a_product_can_stand_for_the_matrix(system):
    matrix, solution, right = system
    diagonal = matrix.diagonal()
    solved = solvers.conjugate_gradient(lambda v: matrix @ v, right, lambda r: r / diagonal, tolerance=1e-10)
    np.testing.assert_allclose(solved.solution, solution, atol=1e-5)


def test_no_convergence_is_told(system):
    matrix, _, right = system
    solved = solvers.conjugate_gradient(matrix, right, lambda r: r, limit=2)
    assert not solved.converged
    assert solved.iterations == 2


def test_a_check_may_stop_the_iterations(system):
    matrix, _, right = system

    def stop():
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        solvers.conjugate_gradient(matrix, right, lambda r: r, check=stop)
