"""Conformation of a kriged field to the law of diffusion.

A steady field obeys ``div (D grad E) = 0``: the flux ``-D grad E`` crosses the
contact of two units unbroken. Kriging does not know this. Conformation moves
the kriged field towards it, the more so where the kriging variance is large:

- first order: minimum of ``w (E - E_kriged)^2 + l^2 D |grad E|^2``,
- second order: minimum of ``w (E - E_kriged)^2 + l^4 (div D grad E)^2``,

with ``w`` the reference variance over the kriging variance, ``D`` relative to
its largest value and ``l`` a length in metres. Through the boundary of the
grid the kriged field keeps its flux, so that a steady field, such as a linear
one where D is constant, is left as it is.

It is a physical assumption. It makes fields that do not obey it worse, which
is why `choose_strength` compares it with plain kriging on samples that were
left out.

References
----------
Lindgren, F., Rue, H. & Lindstrom, J. (2011). An explicit link between Gaussian
fields and Gaussian Markov random fields. Journal of the Royal Statistical
Society B 73, 423-498. https://doi.org/10.1111/j.1467-9868.2011.00777.x
Hastie, T., Tibshirani, R. & Friedman, J. (2009). The Elements of Statistical
Learning, 2nd ed., section 7.10 (one-standard-error rule).
https://doi.org/10.1007/978-0-387-84858-7
"""
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from ..errors import InputError
from ..progress import Progress
from .grid_operators import boundary_flux, flux_matrix, mass
from .linear_solvers import DIRECT_LIMIT, conjugate_gradient, factorised, multigrid
from .node_grid import interpolate, nodal_diffusivity

# A node at a sample has no kriging variance; its weight must stay finite.
LEAST_VARIANCE = 1e-3
# Relative residuals that leave errors near 1e-6 of the field's standard deviation.
TOLERANCE = {1: 1e-6, 2: 1e-5}
BYTES_PER_NODE = {2: 700, 3: 1800}


class Conformation:
    """The system for one diffusivity, variance and strength, ready for many fields.

    Parameters
    ----------
    grid : NodeGrid
    diffusivity : float or array_like
        Of the nodes, see `nodal_diffusivity`; only its ratios count.
    variance : array_like, shape (size,)
        Kriging variance, best without the nugget; only its ratios count.
    strength : float
        Length ``l`` in metres, above 0.
    order : int
        1 or 2.
    reference : float, optional
        Variance of weight 1; by default the largest one of the grid.
    tolerance : float, optional
        Relative residual at which the solver stops.
    progress : Progress, optional

    Attributes
    ----------
    iterations : list of int
        Of each solve so far, empty where the system was factorised.

    Raises
    ------
    InputError
        A variance is missing or negative, or the strength or order is no good.
    """

    def __init__(self, grid, diffusivity, variance, strength, order=1, *, reference=None, tolerance=None,
                 progress=None):
        if order not in (1, 2):
            raise InputError("The order of the conformation must be 1 or 2.")
        if not (np.isfinite(strength) and strength > 0.0):
            raise InputError("The strength of the conformation must be a length above zero, in metres.")
        self.grid, self.order, self.strength = grid, order, float(strength)
        self.tolerance = TOLERANCE[order] if tolerance is None else tolerance
        self.progress = progress or Progress()
        self.iterations = []
        nodal = nodal_diffusivity(grid, diffusivity)
        self._diffusivity = nodal / np.abs(nodal[grid.used]).max()
        self._weight = relative_weight(np.asarray(variance, dtype=float).ravel()[grid.used], reference)
        self._lumped = mass(grid, lumped=True)
        self._prepare()

    def _prepare(self):
        """Matrix and solver; of second order, the matrix of one of its two first-order factors."""
        matrix = flux_matrix(self.grid, self._diffusivity)
        self.progress.check()
        if self.order == 1:
            matrix = _add_diagonal(matrix, self.strength**2, self._weight * self._lumped)
        else:
            matrix = _scale_both(matrix, 1.0 / np.sqrt(self._lumped))
            matrix = _add_diagonal(matrix, self.strength**2, np.sqrt(self._weight))
        self._matrix = matrix
        self._direct = matrix.shape[0] <= DIRECT_LIMIT[self.grid.dimensions]
        if self._direct:
            self._solver = factorised(matrix if self.order == 1 else self._normal_matrix())
        else:
            self._solver = multigrid(matrix)
        self.progress.check()

    def _normal_matrix(self):
        """Second-order matrix in the mass-scaled unknown."""
        root = sparse.diags(np.sqrt(self._weight))
        laplace = (self._matrix - root).tocsr()
        return laplace @ laplace + sparse.diags(self._weight)

    def _laplace(self, scaled):
        """``l^2 M^-1/2 G M^-1/2`` times a vector."""
        return self._matrix @ scaled - np.sqrt(self._weight) * scaled

    def apply(self, estimate):
        """Conformed field.

        Parameters
        ----------
        estimate : array_like, shape (size,) or (size, m)
            Kriged fields that share the variance up to a factor.

        Returns
        -------
        numpy.ndarray
            As ``estimate``, which is kept at nodes without an element.

        Raises
        ------
        InputError
            The estimate is missing at a used node.
        """
        estimate = np.asarray(estimate, dtype=float)
        result = estimate.reshape(self.grid.size, -1).copy()
        if not np.isfinite(result[self.grid.used]).all():
            raise InputError("The kriged field has gaps inside the grid, so it cannot be conformed: mask them.")
        solve = self._first if self.order == 1 else self._second
        for column in range(result.shape[1]):
            boundary = boundary_flux(self.grid, result[:, column], self._diffusivity)[self.grid.used]
            result[self.grid.used, column] = solve(result[self.grid.used, column], boundary)
            self.progress((column + 1.0) / result.shape[1])
        return result.reshape(estimate.shape)

    def _first(self, kriged, boundary):
        right = self._weight * self._lumped * kriged + self.strength**2 * boundary
        return self._solve(self._matrix, right, self._solver, kriged)

    def _second(self, kriged, boundary):
        root = np.sqrt(self._lumped)
        start = root * kriged
        right = self._weight * start + self._laplace(self.strength**2 * boundary / root)
        return self._solve(self._multiply, right, lambda r: self._solver(self._solver(r)), start) / root

    def _multiply(self, scaled):
        return self._weight * scaled + self._laplace(self._laplace(scaled))

    def _solve(self, matrix, right, precondition, start):
        if self._direct:
            return self._solver(right)
        solved = conjugate_gradient(matrix, right, precondition, start=start, tolerance=self.tolerance,
                                    check=self.progress.check)
        self.iterations.append(solved.iterations)
        if not solved.converged:
            self.progress.warn("The conformation did not reach its accuracy: use a smaller strength or larger cells.")
        return solved.solution


def relative_weight(variance, reference=None):
    """Reference variance over the variance, the latter kept above a thousandth of the former."""
    if not np.isfinite(variance).all() or (variance < 0.0).any():
        raise InputError("The kriging variance is missing or negative in a part of the grid: mask that part.")
    reference = float(variance.max()) if reference is None else float(reference)
    if reference <= 0.0:
        return np.ones_like(variance)
    return reference / np.maximum(variance, LEAST_VARIANCE * reference)


def _add_diagonal(matrix, factor, diagonal):
    """``factor * matrix + diag(diagonal)`` in the place of ``matrix``, whose diagonal is stored."""
    matrix.data *= factor
    matrix.setdiag(matrix.diagonal() + diagonal)
    return matrix


def _scale_both(matrix, scale):
    """``diag(scale) @ matrix @ diag(scale)`` in the place of ``matrix``."""
    matrix.data *= np.repeat(scale, np.diff(matrix.indptr))
    matrix.data *= scale[matrix.indices]
    return matrix


def conform(estimate, variance, diffusivity, grid, strength, order=1, *, reference=None, progress=None):
    """Conform kriged fields to the law of diffusion; nodes with gaps are left out.

    Parameters
    ----------
    estimate : array_like, shape (size,) or (size, m)
        Kriged fields at the nodes; NaN where there is no value.
    variance : array_like, shape (size,)
        Kriging variance they share up to a factor.
    diffusivity : float or array_like
        Of the nodes, see `nodal_diffusivity`.
    grid : NodeGrid
    strength : float
        Length in metres; 0 gives the estimate back.
    order : int
        1 or 2.
    reference, progress
        See `Conformation`.

    Returns
    -------
    numpy.ndarray
        As ``estimate``.
    """
    estimate = np.asarray(estimate, dtype=float)
    if strength == 0.0:
        return estimate.copy()
    known = np.isfinite(estimate.reshape(grid.size, -1)).all(axis=1) & np.isfinite(np.ravel(variance))
    kept = grid if known[grid.used].all() else grid.masked(known)
    return Conformation(kept, diffusivity, variance, strength, order, reference=reference,
                        progress=progress).apply(estimate)


def memory_estimate(grid):
    """Bytes that a conformation needs at its peak, about."""
    return BYTES_PER_NODE[grid.dimensions] * grid.size


@dataclass(frozen=True)
class StrengthChoice:
    """Outcome of `choose_strength`.

    Attributes
    ----------
    strength : float
        Chosen length in metres; 0 = plain kriging.
    strengths : numpy.ndarray, shape (s,)
        Candidates, 0 first.
    errors : numpy.ndarray, shape (s,)
        Root mean square error over the held-out samples, each field relative
        to its standard deviation.
    message : str
        The choice in a sentence.
    """

    strength: float
    strengths: np.ndarray
    errors: np.ndarray
    message: str


def choose_strength(strengths, folds, krige_without, coordinates, values, grid, diffusivity, order=1, *,
                    units=None, node_units=None, reference=None, margin=1.0, progress=None):
    """Choose the strength of a conformation on samples that kriging did not see.

    Parameters
    ----------
    strengths : sequence of float
        Candidate lengths in metres; 0 is added when absent.
    folds : array_like of int, shape (n,)
        Fold of each sample; samples of one hole belong to one fold.
    krige_without : callable
        ``krige_without(held) -> estimate (size, m), variance (size,)`` at the
        nodes from the samples where the boolean ``held`` (n,) is False.
    coordinates : array_like, shape (n, d)
    values : array_like, shape (n,) or (n, m)
    grid : NodeGrid
    diffusivity : float or array_like
        Of the nodes.
    order : int
        1 or 2.
    units, node_units : array_like of int, optional
        Geological units of samples and nodes, see `interpolate`.
    reference : float, optional
        See `Conformation`.
    margin : float
        Standard errors, over the folds, by which a strength has to beat plain
        kriging.
    progress : Progress, optional

    Returns
    -------
    StrengthChoice

    Raises
    ------
    InputError
        No held-out sample lies inside the grid.
    """
    progress = progress or Progress()
    strengths = np.unique(np.append(np.asarray(strengths, dtype=float), 0.0))
    values = np.asarray(values, dtype=float).reshape(len(coordinates), -1)
    spread = np.maximum(values.std(axis=0), np.finfo(float).tiny)
    labels = np.unique(folds)
    squares, counts = np.zeros((len(strengths), len(labels))), np.zeros(len(labels))
    for column, label in enumerate(labels):
        held = np.asarray(folds) == label
        estimate, variance = krige_without(held)
        place = (np.asarray(coordinates, dtype=float)[held],) + (
            () if units is None else (np.asarray(units)[held], np.asarray(node_units)))
        for row, strength in enumerate(strengths):
            part = progress.span(*((column + (row + step) / len(strengths)) / len(labels) for step in (0.0, 1.0)))
            field = conform(estimate, variance, diffusivity, grid, strength, order=order, reference=reference,
                            progress=part)
            misfit = (interpolate(grid, field.reshape(grid.size, -1), *place) - values[held]) / spread
            inside = np.isfinite(misfit).all(axis=1)
            squares[row, column] = (misfit[inside] ** 2).sum() / values.shape[1]
            counts[column] = np.count_nonzero(inside)
            part(1.0)
    return _choose(strengths, squares, counts, margin)


def _choose(strengths, squares, counts, margin):
    """The strength with the least error, if it beats 0 by ``margin`` standard errors."""
    total = counts.sum()
    if total == 0:
        raise InputError("No sample lies inside the grid, so the strength of the conformation cannot be chosen: "
                         "enlarge the grid or give the strength.")
    errors = np.sqrt(squares.sum(axis=1) / total)
    best = int(np.argmin(errors))
    gain = squares[0] - squares[best]
    # Folds with different numbers of samples: standard error of a ratio of sums.
    residual = gain - counts * (gain.sum() / total)
    folds = np.count_nonzero(counts)
    doubt = np.sqrt(folds / max(folds - 1.0, 1.0) * (residual**2).sum())
    if best == 0 or gain.sum() <= margin * doubt:
        message = (f"No strength fits the left-out samples clearly better than plain kriging (error {errors[0]:.4g} of "
                   "the standard deviation): the field is not conformed (strength 0).")
        return StrengthChoice(0.0, strengths, errors, message)
    message = (f"Strength {strengths[best]:g} m fits the left-out samples best (error {errors[best]:.4g} of the "
               f"standard deviation; plain kriging {errors[0]:.4g}).")
    return StrengthChoice(float(strengths[best]), strengths, errors, message)
