"""Kriging per geological unit behind the interface of one engine."""
import numpy as np

from .leaveout import LeaveOut, leave_groups_out
from .unit_kriging import NO_UNIT, UnitKriging


class UnitMap:
    """Geological units of the cells of a grid; the same on every level.

    Parameters
    ----------
    grid : dict
        Grid settings.
    units : numpy.ndarray of int, shape (rows, columns)
        -1 where there is none.
    names : sequence of str
        Of the units.
    """

    def __init__(self, grid, units, names=()):
        self.grid, self.units, self.names = grid, np.asarray(units), list(names)

    def name(self, unit):
        """What a unit is called."""
        return self.names[unit] if 0 <= unit < len(self.names) else str(unit)

    def at(self, points):
        """Units at points (p, d); -1 outside the grid."""
        cell = self.grid["cell"]
        columns = np.floor((points[:, 0] - self.grid["west"]) / cell).astype(int)
        rows = np.floor((self.grid["north"] - points[:, 1]) / cell).astype(int)
        inside = (columns >= 0) & (columns < self.grid["columns"]) & (rows >= 0) & (rows < self.grid["rows"])
        found = np.full(len(points), NO_UNIT)
        found[inside] = self.units[rows[inside], columns[inside]]
        return found


class UnitEngine:
    """Each unit kriged from its own samples, with ``predict`` at points of the map.

    Parameters
    ----------
    engine : callable
        ``engine()`` gives an unfitted model.
    unit_map : UnitMap
    units : numpy.ndarray of int, shape (n,)
        Of the samples.
    """

    def __init__(self, engine, unit_map, units):
        self.kriging, self.unit_map, self.units = UnitKriging(engine), unit_map, np.asarray(units)

    def fit(self, coordinates, values, counts=None):
        """Fit a model per unit; see `unit_kriging.UnitKriging.fit`."""
        self.kriging.fit(coordinates, values, self.units, counts)
        self.coordinates, self.values = np.asarray(coordinates, dtype=float), np.asarray(values, dtype=float)
        for unit in np.unique(self.unit_map.units):
            self.kriging.model(unit.item())
        return self

    @property
    def note(self):
        """A sentence about units that had too few samples, or an empty string."""
        names = [self.unit_map.name(unit) for unit in sorted(self.kriging.pooled)]
        return f"Units with too few samples were kriged from all samples: {', '.join(names)}." if names else ""

    def predict(self, points, select=None, **options):
        """`Prediction` at points from the samples of the unit that the map has there."""
        return self.kriging.predict(points, self.unit_map.at(points), **options)

    def leave_out(self, groups, gradient=False, progress=None):
        """`LeaveOut` of every sample from other groups in its own unit.

        A unit whose samples belong to one group only is predicted from the
        samples of all units.
        """
        shape = self.values.shape
        dimensions = self.coordinates.shape[1]
        found = LeaveOut(np.full(shape, np.nan), np.full(shape[0], np.nan))
        if gradient:
            found.gradient = np.full(shape + (dimensions,), np.nan)
            found.gradient_variance = np.full((shape[0], dimensions), np.nan)
        alone = {unit: rows for unit, rows in self.kriging.members.items() if len(np.unique(groups[rows])) > 1}
        rest = np.setdiff1d(np.arange(shape[0]), np.concatenate([*alone.values(), np.zeros(0, int)]))
        for unit, rows in alone.items():
            part = leave_groups_out(self.kriging.models[unit], groups[rows], gradient, gradient, progress)
            _copy(part, slice(None), found, rows)
        if rest.size:
            part = leave_groups_out(self.kriging.model(NO_UNIT), groups, gradient, gradient, progress)
            _copy(part, rest, found, rest)
        return found


def _copy(source, taken, target, rows):
    """Put rows of one `LeaveOut` into another."""
    for name, array in vars(source).items():
        if array is not None and getattr(target, name) is not None:
            getattr(target, name)[rows] = array[taken]
