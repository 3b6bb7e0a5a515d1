"""The compiled kernel by itself; `test_vecchia` compares it with numpy on whole problems."""
import numpy as np
import pytest

kernel = pytest.importorskip("lodescope.algorithms.geostatistics.vecchia_numba", reason="numba is not installed")


def test_decay_is_the_exponential():
    s = np.r_[0.0, np.geomspace(1e-12, 700.0, 400)]
    found = np.array([kernel._decay.py_func(v) for v in s])
    np.testing.assert_allclose(found, np.exp(-s), rtol=1e-13)
    assert kernel._decay.py_func(1e9) < 1e-300


@pytest.mark.parametrize("terms", [1, 7, 8, 9])
def test_any_number_of_terms_fills_the_lanes(terms):
    rng = np.random.default_rng(0)
    scaled = rng.uniform(0, 1, (1, 20, 2))
    neighbours = np.tile(np.array([0, 1, 2, -1]), (terms, 1))
    arguments = (np.array([1]), np.array([3.0]), np.array([0.8]), 0.2, np.ones(20), rng.standard_normal((20, 2)))
    errors, logs = kernel.conditionals(scaled, *arguments, np.arange(3, 3 + terms), neighbours, 1e-12)
    alone = kernel.conditionals(scaled, *arguments, np.array([2 + terms]), neighbours[-1:], 1e-12)
    np.testing.assert_allclose(errors[-1], alone[0][0], rtol=1e-12)
    assert logs[-1] == pytest.approx(alone[1][0])


def test_a_sample_without_neighbours_stands_for_itself():
    errors, logs = kernel.conditionals(np.zeros((1, 1, 3)), np.array([0]), np.array([1.0]), np.array([0.7]), 0.3,
                                       np.ones(1), np.array([[2.5]]), np.array([0]), np.full((1, 3), -1), 0.0)
    assert errors[0, 0] == pytest.approx(2.5)
    assert logs[0] == pytest.approx(0.0, abs=1e-12)
