"""Moments of a tabled function of a normal variable."""
import numpy as np
from scipy.special import ndtr

# Slices of the normal distribution for tables, and the cells of the table's integrals.
SLICES, REACH, CELLS = 24, 4.5, 8192


class TableIntegrals:
    """Expectations of a table of values, exact over slices of the normal distribution.

    The table is rough, so that a few quadrature nodes would hit or miss its
    steps. Here each slice of the distribution takes the true mean of the
    table over its width.

    Parameters
    ----------
    values, scores : numpy.ndarray, shape (k,)
        Increasing knots, two or more; straight between them and constant
        beyond.
    """

    edges = np.linspace(-REACH, REACH, SLICES + 1)
    masses = np.diff(ndtr(edges)) / np.diff(ndtr(edges)).sum()
    # Even spread over a slice widens the distribution a little: this narrows it to variance 1.
    edges = edges / np.sqrt(masses @ (np.diff(edges**3) / (3.0 * np.diff(edges))))

    def __init__(self, values, scores):
        self.low, self.high = scores[0], scores[-1]
        self.step = (self.high - self.low) / CELLS
        self.centre = 0.5 * (values[0] + values[-1])
        heights = np.interp(np.linspace(self.low, self.high, CELLS + 1), scores, values) - self.centre
        inner = 0.5 * (heights[1:] + heights[:-1])
        squares = (heights[1:] ** 2 + heights[1:] * heights[:-1] + heights[:-1] ** 2) / 3.0
        self.heights = heights
        self.first = np.r_[0.0, np.cumsum(inner)] * self.step
        self.second = np.r_[0.0, np.cumsum(squares)] * self.step

    def mean(self, y, deviation):
        """``E[h(Y)]``."""
        return self.centre + self._expect(y, deviation, self.first, self.heights)

    def variance(self, y, deviation):
        """``Var[h(Y)]``."""
        square = self._expect(y, deviation, self.second, self.heights**2)
        return np.maximum(square - self._expect(y, deviation, self.first, self.heights) ** 2, 0.0)

    def derivative(self, y, deviation):
        """Derivative of `mean` over ``y``."""
        return self._expect(y, deviation, self.heights, np.zeros(CELLS + 1))

    def _expect(self, y, deviation, integral, ends):
        """Mean of the slope of a tabled integral, which has the slopes ``ends`` beyond the table."""
        total, before = np.zeros(y.size), self._at(y + self.edges[0] * deviation, integral, ends)
        for mass, low, high in zip(self.masses, self.edges[:-1], self.edges[1:]):
            after = self._at(y + high * deviation, integral, ends)
            total += mass / (high - low) * (after - before)
            before = after
        return total / deviation

    def _at(self, y, integral, ends):
        """A tabled integral at ``y``."""
        inside = np.clip(y, self.low, self.high)
        place = (inside - self.low) / self.step
        cell = np.minimum(place.astype(np.intp), CELLS - 1)
        beyond = (y - inside) * np.where(y < self.low, ends[0], ends[-1])
        return integral[cell] + (place - cell) * (integral[cell + 1] - integral[cell]) + beyond
