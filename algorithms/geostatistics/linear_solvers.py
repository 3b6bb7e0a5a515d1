"""Solvers of the symmetric positive definite systems of the finite elements.

References
----------
Ruge, J. W. & Stuben, K. (1987). Algebraic multigrid. In: Multigrid Methods,
73-130. https://doi.org/10.1137/1.9781611971057.ch4
"""
import inspect
from dataclasses import dataclass

import numpy as np
from scipy.sparse.linalg import LinearOperator, cg, splu

# SciPy before 1.12 calls the relative tolerance "tol".
TOLERANCE = "rtol" if "rtol" in inspect.signature(cg).parameters else "tol"
# Up to here a sparse factorisation is at least as fast as multigrid.
DIRECT_LIMIT = {2: 30_000, 3: 4_000}


@dataclass(frozen=True)
class Solution:
    """Outcome of an iterative solve.

    Attributes
    ----------
    solution : numpy.ndarray, shape (n,)
    iterations : int
    converged : bool
    """

    solution: np.ndarray
    iterations: int
    converged: bool


def conjugate_gradient(multiply, right, precondition, *, start=None, tolerance=1e-8, limit=500, check=None):
    """Preconditioned conjugate gradients.

    Parameters
    ----------
    multiply : sparse matrix or callable
        Symmetric positive definite; a function gives its product with a vector.
    right : numpy.ndarray, shape (n,)
    precondition : callable
        Approximate solve, symmetric positive definite.
    start : numpy.ndarray, shape (n,), optional
    tolerance : float
        Residual norm over the norm of ``right`` at which to stop.
    limit : int
        Most iterations.
    check : callable, optional
        Called without arguments at each iteration; may raise to stop.

    Returns
    -------
    Solution
    """
    shape = (right.size, right.size)
    operator = LinearOperator(shape, matvec=multiply, dtype=float) if callable(multiply) else multiply
    count = [0]

    def count_and_check(_):
        count[0] += 1
        if check is not None:
            check()

    solution, failed = cg(
        operator, right, x0=start, maxiter=limit, atol=0.0, callback=count_and_check,
        M=LinearOperator(shape, matvec=precondition, dtype=float), **{TOLERANCE: tolerance},
    )
    return Solution(solution, count[0], failed == 0)


def multigrid(matrix):
    """One V-cycle of Ruge-Stuben algebraic multigrid as a function of the right-hand side.

    It runs in single precision, which is enough for a preconditioner and takes
    a third of the time off. Forward sweeps before and backward sweeps after
    the coarse correction make it symmetric.

    Parameters
    ----------
    matrix : scipy.sparse.csr_matrix
        Symmetric positive definite, with a positive diagonal.
    """
    import pyamg

    hierarchy = pyamg.ruge_stuben_solver(
        matrix.astype(np.float32), max_coarse=200,
        presmoother=("gauss_seidel", {"sweep": "forward"}), postsmoother=("gauss_seidel", {"sweep": "backward"}),
    )

    def cycle(depth, right):
        level = hierarchy.levels[depth]
        if depth == len(hierarchy.levels) - 1:
            return np.asarray(hierarchy.coarse_solver(level.A, right), dtype=np.float32)
        solution = np.zeros_like(right)
        level.presmoother(level.A, solution, right)
        solution += level.P @ cycle(depth + 1, level.R @ (right - level.A @ solution))
        level.postsmoother(level.A, solution, right)
        return solution

    def solve(right):
        scale = float(np.abs(right).max())
        if scale == 0.0:
            return np.zeros_like(right)
        return scale * cycle(0, (right / scale).astype(np.float32)).astype(float)

    return solve


def factorised(matrix):
    """Sparse factorisation as a function of the right-hand side."""
    return splu(matrix.tocsc(), permc_spec="MMD_AT_PLUS_A", diag_pivot_thresh=0.0,
                options={"SymmetricMode": True}).solve
