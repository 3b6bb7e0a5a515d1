"""Box-Cox transforms of many columns, each with a power of its own.

References
----------
Box, G. E. P. & Cox, D. R. (1964). An analysis of transformations. Journal of
the Royal Statistical Society B 26, 211-252.
https://doi.org/10.1111/j.2517-6161.1964.tb00553.x
"""
import numpy as np

from ..geostatistics.data import skewness
from ..geostatistics.transforms import fit_transform

SKEWED = 0.5  # columns closer to symmetric than this are left as they are
FEWEST = 10
NONE, LOG = np.nan, 0.0  # powers that stand for no transform and for the logarithm


class PowerTransforms:
    """A power and a shift for each column; NaN as a power leaves the column alone.

    Values below those that were seen at the fit are taken as half the least
    one (after the shift), so that every cell of a map has an answer.

    Attributes
    ----------
    powers, shifts, floors : numpy.ndarray, shape (m,)
    """

    def __init__(self, powers, shifts, floors):
        self.powers, self.shifts, self.floors = (np.asarray(v, dtype=float) for v in (powers, shifts, floors))

    @classmethod
    def fit(cls, values, wanted=True):
        """Fit to columns (n, m) with gaps.

        Parameters
        ----------
        values : numpy.ndarray, shape (n, m)
        wanted : bool
            Without it no column is transformed.
        """
        rows = [_fit_column(column[np.isfinite(column)], wanted) for column in values.T]
        return cls(*np.array(rows, dtype=float).reshape(-1, 3).T)

    def apply(self, values):
        """Transformed columns, shape (n, m); gaps stay gaps."""
        out = np.array(values, dtype=float)
        for column in range(out.shape[1]):
            self.apply_column(out[:, column], column)
        return out

    def apply_column(self, values, column):
        """Transform the values (n,) of one column in place."""
        power = self.powers[column]
        if np.isnan(power):
            return
        values += self.shifts[column]
        np.maximum(values, self.floors[column], out=values)
        np.log(values, out=values)
        if power != LOG:
            values *= power
            np.exp(values, out=values)
            values -= 1.0
            values /= power

    def state(self):
        """Arrays and JSON values from which `restore` makes the same."""
        return {"powers": self.powers, "shifts": self.shifts, "floors": self.floors}, {}

    @classmethod
    def restore(cls, arrays, info):
        """The same from what `state` gave."""
        return cls(arrays["powers"], arrays["shifts"], arrays["floors"])


def _fit_column(values, wanted):
    """Power, shift and floor of one column."""
    plain = (NONE, 0.0, 0.0)
    if not wanted or values.size < FEWEST or np.ptp(values) == 0.0 or values.max() <= 0.0:
        return plain
    before = abs(skewness(values))
    if not before > SKEWED:
        return plain
    transform = fit_transform("boxcox", values)
    if not abs(skewness(transform.forward(values))) < before:
        return plain
    return getattr(transform, "power", LOG), transform.shift, 0.5 * (values.min() + transform.shift)
