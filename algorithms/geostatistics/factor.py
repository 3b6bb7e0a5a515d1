"""Cholesky factor of the kriging system, solved by panels."""
import numpy as np
from scipy.linalg import lapack

PANEL = 192


class Factor:
    """Lower Cholesky factor that solves by panels.

    The panels make every step a matrix product, which runs at full speed on
    several blocks of cells at once; the triangular solver of scipy lets only
    one thread work.

    Parameters
    ----------
    lower : numpy.ndarray, shape (n, n), Fortran order
    panels : list of numpy.ndarray, optional
        Inverses of the blocks on its diagonal, computed when not given.
    """

    def __init__(self, lower, panels=None):
        self.lower = lower
        self.panels = panels or [
            lapack.dtrtri(lower[start:start + PANEL, start:start + PANEL], lower=1)[0]
            for start in range(0, len(lower), PANEL)
        ]

    def solve(self, right):
        """Overwrite ``right`` (n, b) with the solution of ``lower x = right`` and return it."""
        for k, inverse in enumerate(self.panels):
            start = k * PANEL
            rows = slice(start, start + len(inverse))
            if start:
                right[rows] -= self.lower[rows, :start] @ right[:start]
            right[rows] = inverse @ right[rows]
        return right

    def solve_transposed(self, right):
        """The same for ``lower.T x = right``."""
        for k in range(len(self.panels) - 1, -1, -1):
            start = k * PANEL
            stop = start + len(self.panels[k])
            if stop < len(right):
                right[start:stop] -= self.lower[stop:, start:stop].T @ right[stop:]
            right[start:stop] = self.panels[k].T @ right[start:stop]
        return right

    def inverse(self):
        """Inverse of the factor, lower triangular, shape (n, n); not to be written to."""
        # One panel is the whole factor, and its inverse is there already.
        return self.panels[0] if len(self.panels) == 1 else lapack.dtrtri(self.lower, lower=1)[0]

    def squared_norms(self, columns):
        """Sum of squares of each column of a solution, in double precision, shape (b,)."""
        total = np.zeros(columns.shape[1])
        for start in range(0, len(columns), PANEL):
            part = columns[start:start + PANEL].astype(float, copy=False)
            total += np.einsum("nb,nb->b", part, part)
        return total

    def single(self):
        """Give the same factor in single precision, its blocks inverted in double precision."""
        return Factor(self.lower.astype(np.float32, order="F"), [panel.astype(np.float32) for panel in self.panels])
