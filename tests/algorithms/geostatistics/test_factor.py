import numpy as np
import pytest
from scipy.linalg import solve_triangular

from lodescope.algorithms.geostatistics.factor import PANEL, Factor


@pytest.mark.parametrize("size", [1, PANEL - 1, PANEL, 2 * PANEL + 7])
def test_solutions_are_those_of_the_triangular_system(size):
    generator = np.random.default_rng(size)
    square = generator.normal(size=(size, 2 * size + 3))
    lower = np.asfortranarray(np.linalg.cholesky(square @ square.T))
    right = generator.normal(size=(size, 5))
    factor = Factor(lower)
    np.testing.assert_allclose(factor.solve(right.copy()), solve_triangular(lower, right, lower=True), rtol=1e-10)
    np.testing.assert_allclose(factor.solve_transposed(right.copy()),
                               solve_triangular(lower, right, lower=True, trans=1), rtol=1e-10)
    np.testing.assert_allclose(factor.inverse() @ lower, np.eye(size), atol=1e-10)
    assert not np.triu(factor.inverse(), 1).any()


def test_squared_norms_are_those_of_the_columns():
    columns = np.random.default_rng(0).normal(size=(2 * PANEL + 5, 4))
    factor = Factor(np.asfortranarray(np.eye(len(columns))))
    np.testing.assert_allclose(factor.squared_norms(columns), np.linalg.norm(columns, axis=0) ** 2, rtol=1e-12)
    assert factor.squared_norms(columns.astype(np.float32)).dtype == np.float64


def test_single_precision_stays_single():
    factor = Factor(np.asfortranarray(np.diag(np.arange(1.0, 200.0)))).single()
    solved = factor.solve(np.ones((199, 2), dtype=np.float32))
    assert solved.dtype == np.float32
    np.testing.assert_allclose(solved[:, 0], 1.0 / np.arange(1.0, 200.0), rtol=1e-6)
