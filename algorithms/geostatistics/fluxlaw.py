"""Flux through the units of a map: after kriging, and with the flux law imposed."""
import numpy as np

from ..errors import InputError
from .conformation import choose_strength, conform, memory_estimate
from .flux import change, flux, vector_quantities
from .gradients import FLUX
from .grid_operators import divergence, flux_divergence, gradient
from .node_grid import NodeGrid
from .tiles import COMPONENTS, grid_points, grid_shape

FOLDS = 5
STEPS = 2.0 ** np.arange(0, 6)  # strengths tried, in cells
LEAST = 1e-6  # of a variance, what is left of it at a sample
VALIDATION_NODES = 40_000
MEMORY_LIMIT = 12 * 2**30  # bytes


def nodes_of(grid, diffusivity, ratios=None):
    """`NodeGrid` of grid settings, and the diffusivity of its nodes.

    Parameters
    ----------
    grid : dict
    diffusivity : numpy.ndarray, shape (rows, columns)
        The same on every level; nodes where it is NaN take no part.
    ratios : sequence of float, optional
        For the components east, north and up; all 1 when absent.

    Returns
    -------
    nodes : NodeGrid
    nodal : numpy.ndarray, shape (size,), or (size, dimensions) where the ratios differ
    """
    levels = grid_shape(grid)[0]
    nodal = np.broadcast_to(diffusivity, (levels,) + np.shape(diffusivity)).ravel().astype(float)
    nodes = NodeGrid.from_settings(grid, np.isfinite(nodal))
    ratios = np.asarray(ratios or (1.0, 1.0, 1.0), dtype=float)[:nodes.dimensions]
    return nodes, nodal if np.all(ratios == 1.0) else nodal[:, None] * ratios


class FluxField:
    """Bands of one field that depend on the diffusivity.

    Parameters
    ----------
    grid : dict
        Grid settings.
    out : numpy.ndarray, shape (bands, rows, columns)
        All bands of the result.
    first : dict
        First band of each quantity of this field.
    diffusivity : numpy.ndarray, shape (rows, columns)
        NaN where it is not known.
    ratios : sequence of float, optional
        Diffusivity to the east, north and up over ``diffusivity``.
    """

    def __init__(self, grid, out, first, diffusivity, ratios=None):
        self.levels = grid_shape(grid)[0]
        self.out, self.first = out, first
        self.nodes, self.nodal = nodes_of(grid, diffusivity, ratios)
        if memory_estimate(self.nodes) > MEMORY_LIMIT:
            raise InputError(
                f"Flux on {self.nodes.size} cells needs about {memory_estimate(self.nodes) / 2**30:.0f} GiB of memory: "
                "choose larger cells, fewer levels, or leave flux, divergence and finite elements out."
            )

    def read(self, name):
        """Values of a quantity at the nodes, (size,)."""
        start = self.first[name]
        return np.asarray(self.out[start:start + self.levels], dtype=float).ravel()

    def write(self, name, values):
        """Put values (size,) into the bands of a quantity, when it has any."""
        if name in self.first:
            start = self.first[name]
            self.out[start:start + self.levels] = values.reshape((self.levels,) + self.out.shape[1:])

    def from_kriging(self):
        """Flux and divergence of the kriged gradient; there is no change."""
        axes = COMPONENTS[:self.nodes.dimensions]
        vector = np.stack([self.read(axis) for axis in axes], axis=1)
        current = flux(vector, self.nodal)
        self._write_flux(current, divergence(self.nodes, np.where(np.isfinite(current), current, 0.0)))
        self.write("change", np.where(np.isfinite(self.read("estimate")), 0.0, np.nan) if "estimate" in self.first
                   else np.zeros(self.nodes.size))

    def conformed(self, variance, strength, order, progress):
        """Impose the flux law on the kriged estimate and rewrite what follows from it.

        Parameters
        ----------
        variance : numpy.ndarray, shape (size,)
            Kriging variance without the nugget.
        strength : float
            Metres.
        order : int
        progress : Progress

        Returns
        -------
        Change
            Conformed less kriged grade.
        """
        kriged = self.read("estimate")
        found = conform(kriged, variance, self.nodal, self.nodes, strength, order, progress=progress)
        difference = change(found, kriged)
        vector = gradient(self.nodes, found, diffusivity=self.nodal)
        self.write("estimate", found)
        for axis, component in zip(COMPONENTS, vector.T):
            self.write(axis, component)
        for name, values in vector_quantities(vector).items():
            self.write(name, values)
        self._write_flux(flux(vector, self.nodal), flux_divergence(self.nodes, found, self.nodal))
        self.write("change", difference.difference)
        return difference

    def _write_flux(self, current, sources):
        for name, component in zip(FLUX, current.T):
            self.write(name, component)
        self.write("divergence", sources)


def without_nugget(variance, solve, column):
    """Kriging variance of a field of a solve less its nugget; on a transformed field it is left whole."""
    if solve.fields[column].transform.name != "none":
        return variance
    return np.maximum(variance - solve.variogram.nugget * solve.factors[column], LEAST * variance)


def coarse(grid, nodes=VALIDATION_NODES):
    """Grid settings with cells so large that there are at most about ``nodes`` of them."""
    levels, rows, columns = grid_shape(grid)
    step = int(np.ceil(np.sqrt(max(levels * rows * columns / nodes, 1.0))))
    step = min(step, max(min(rows, columns) // 2, 1))
    return {**grid, "cell": grid["cell"] * step, "columns": max(columns // step, 2), "rows": max(rows // step, 2)}, step


def hole_folds(groups, rng, folds=FOLDS):
    """Fold of each place, whole groups together, as even as their number allows."""
    order = rng.permutation(groups.max() + 1)
    return order[groups] % min(folds, order.size)


def validated_strength(solve, column, fit, grid, diffusivity, settings, rng, progress, units=None):
    """Strength chosen on held-out groups, on a coarse grid.

    Parameters
    ----------
    solve : Solve
    column : int
        Field of the solve.
    fit : callable
        ``fit(kept)`` gives an engine fitted on the places where ``kept`` (n,)
        is True.
    grid : dict
        Grid settings.
    diffusivity : numpy.ndarray, shape (rows, columns)
    settings : dict
        With ``order`` and ``diffusivity_ratios``.
    rng : numpy.random.Generator
    progress : Progress
    units : tuple of numpy.ndarray, optional
        Units of the places (n,) and of the cells (rows, columns).

    Returns
    -------
    StrengthChoice
    """
    small, step = coarse(grid)

    def thin(cells):
        return np.asarray(cells)[step // 2::step, step // 2::step][:small["rows"], :small["columns"]]

    nodes, nodal = nodes_of(small, thin(diffusivity), settings.get("diffusivity_ratios"))
    points = grid_points(small)
    field, factor = solve.fields[column], solve.factors[column]

    def krige_without(held):
        found = fit(~held).predict(points, variance=True, check=progress.check)
        estimate, variance = found.estimate[:, column], found.variance * factor
        spread = field.transform.variance(estimate, variance)
        return field.transform.mean(estimate, variance), without_nugget(spread, solve, column)

    place = {}
    if units is not None:
        place = {"units": units[0], "node_units": np.tile(thin(units[1]).ravel(), grid_shape(small)[0])}
    return choose_strength(
        STEPS * small["cell"], hole_folds(solve.places.groups, rng), krige_without, solve.places.coordinates,
        field.observed, nodes, nodal, int(settings.get("order") or 2), progress=progress, **place)
