"""How well a map ranks the area against deposits: areas above a value, and the curves made of them.

Cells are ranked from the highest value down. Cells of one value are a tie: nothing ranks them, so a
curve goes through them in a straight line, and what it says does not depend on their order.

References
----------
Chung, C. F. & Fabbri, A. G. (2003). Validation of spatial prediction models for landslide hazard
mapping. Natural Hazards 30, 451-472. https://doi.org/10.1023/B:NHAZ.0000007172.62651.2b
Yousefi, M. & Carranza, E. J. M. (2015). Prediction-area (P-A) plot and C-A fractal analysis to
classify and evaluate evidential maps. Computers & Geosciences 79, 69-81.
https://doi.org/10.1016/j.cageo.2015.03.007
"""
from dataclasses import dataclass

import numpy as np

from ..errors import InputError

STRIP = 256  # rows
CHUNK = 2_000_000  # cells


class RankedArea:
    """The cells of a map by value, with their areas.

    Parameters
    ----------
    values : numpy.ndarray of float32, shape (rows, columns)
        NaN where there is none; a memory map is read strip by strip.
    areas : numpy.ndarray, shape (rows,)
        Area of a cell of each row, in any unit.
    progress : Progress, optional

    Attributes
    ----------
    values : numpy.ndarray of float32, shape (n,)
        Ascending.
    total : float
        Area of all cells with a value.

    Raises
    ------
    InputError
        No cell has a value, or all have the same.
    """

    def __init__(self, values, areas, progress=None):
        areas = np.asarray(areas, dtype=float)
        uniform = np.ptp(areas) <= 1e-9 * areas.max()
        found = list(_known(values, not uniform, progress))
        self.values = np.concatenate([value for value, _ in found])
        if not self.values.size:
            raise InputError("No cell of the raster has a value inside the study area: choose another band, raster or "
                             "mask.")
        self._cell, self._sums = float(areas[0]), None
        if uniform:
            self.values.sort()
        else:
            rows = np.concatenate([row for _, row in found])
            order = np.argsort(self.values)
            self.values = self.values[order]
            self._sums = np.concatenate([[0.0], np.cumsum(areas[rows[order]])])
        self.total = float(self._area(self.values.size))
        if self.values[0] == self.values[-1]:
            raise InputError(f"All {self.values.size:,} cells of the raster have the same value ({self.values[0]:g}), "
                             "so it ranks nothing: choose another band or raster.")

    def _area(self, count):
        """Area of the lowest ``count`` cells."""
        return count * self._cell if self._sums is None else self._sums[count]

    def below(self, thresholds):
        """Area of the cells with values below thresholds (k,), shape (k,)."""
        return self._area(np.searchsorted(self.values, np.asarray(thresholds, np.float32), "left"))

    def share_from(self, thresholds):
        """Share of the area with values at or above thresholds (k,), shape (k,)."""
        return 1.0 - self.below(thresholds) / self.total

    def share_above(self, thresholds):
        """Share of the area with values above thresholds (k,), shape (k,)."""
        places = np.searchsorted(self.values, np.asarray(thresholds, np.float32), "right")
        return 1.0 - self._area(places) / self.total

    def value_at(self, shares):
        """The largest values whose `share_from` is at least shares (k,) of the area, shape (k,)."""
        wanted = (1.0 - np.asarray(shares, dtype=float)) * self.total * (1.0 + 1e-12)
        if self._sums is None:
            places = np.floor(wanted / self._cell).astype(np.int64)
        else:
            places = np.searchsorted(self._sums, wanted, "right") - 1
        return self.values[np.clip(places, 0, self.values.size - 1)]

    def mean_of(self, function, progress=None):
        """Mean of ``function(values)`` over the area."""
        total = 0.0
        for start in range(0, self.values.size, CHUNK):
            end = min(start + CHUNK, self.values.size)
            made = function(self.values[start:end].astype(float))
            total += float(made.sum() * self._cell if self._sums is None else made @ np.diff(self._sums[start:end + 1]))
            if progress is not None:
                progress(end / self.values.size)
        return total / self.total


def _known(values, with_rows, progress):
    """Values of the known cells and, where asked for, their row numbers, strip by strip."""
    for top in range(0, values.shape[0], STRIP):
        strip = np.asarray(values[top:top + STRIP], np.float32)
        known = np.isfinite(strip)
        yield strip[known], (top + np.nonzero(known)[0]).astype(np.int32) if with_rows else None
        if progress is not None:
            progress(min(1.0, (top + STRIP) / values.shape[0]))


@dataclass(frozen=True)
class Curves:
    """The curves of deposits on a map; each share is of 1.

    Attributes
    ----------
    area : RankedArea
    deposits : numpy.ndarray, shape (n,)
        Values at the deposits, descending.
    """

    area: RankedArea
    deposits: np.ndarray

    @classmethod
    def of(cls, area, deposits):
        """Curves of the values at deposits (n,) in any order."""
        return cls(area, np.sort(np.asarray(deposits, np.float32))[::-1])

    @property
    def levels(self):
        """Different values at deposits, descending, shape (k,)."""
        return np.unique(self.deposits)[::-1]

    def deposits_from(self, thresholds):
        """Share of the deposits with values at or above thresholds (k,), shape (k,)."""
        ascending = self.deposits[::-1]
        places = np.searchsorted(ascending, np.asarray(thresholds, np.float32), "left")
        return 1.0 - places / ascending.size

    def success_rate(self):
        """Corners of the curve of deposits over area.

        Returns
        -------
        area, deposits : numpy.ndarray, shape (2 k + 2,)
            Shares from 0 to 1; straight lines between them are exact.
        """
        levels = self.levels
        found = self.deposits_from(levels)
        before = np.concatenate([[0.0], found[:-1]])
        x = np.column_stack([self.area.share_above(levels), self.area.share_from(levels)]).ravel()
        y = np.column_stack([before, found]).ravel()
        return np.concatenate([[0.0], x, [1.0]]), np.concatenate([[0.0], y, [1.0]])

    def success_area(self):
        """Area under the success-rate curve: 0.5 for chance, nearly 1 for a perfect map."""
        return trapezoid(*self.success_rate())

    def found_within(self, share):
        """Share of the deposits within the best ``share`` of the area; a tie across its end counts in part."""
        x, y = self.success_rate()
        after = int(np.searchsorted(x, share, "right"))
        if after >= x.size:
            return 1.0
        low, high = x[after - 1], x[after]
        return float(y[after - 1] + (y[after] - y[after - 1]) * (share - low) / (high - low))

    def intersection(self):
        """Where the prediction rate and the area of the prediction-area plot cross.

        With D(t) the share of the deposits and A(t) that of the area at or
        above t, it is the largest t with D(t) + A(t) >= 1.

        Returns
        -------
        Intersection
        """
        levels = self.levels
        found, share = self.deposits_from(levels), self.area.share_from(levels)
        first = int(np.argmax(found + share >= 1.0 - 1e-12))
        cut = float(levels[first])
        if first:  # between two deposits only the area changes
            between = float(self.area.value_at(1.0 - found[first - 1]))
            cut = max(cut, min(between, float(levels[first - 1])))
        area = float(self.area.share_from(cut))
        return Intersection(cut, 1.0 - area, area, float(self.deposits_from(cut)))


@dataclass(frozen=True)
class Intersection:
    """The crossing of a prediction-area plot.

    Attributes
    ----------
    value : float
        Of the map.
    rate, area : float
        Height of the crossing on both axes, which add up to 1.
    found : float
        Share of the deposits at or above the value.
    """

    value: float
    rate: float
    area: float
    found: float

    @property
    def density(self):
        """Normalised density: prediction rate over area; 1 for chance."""
        return self.rate / self.area if self.area > 0.0 else float("inf")


def trapezoid(x, y):
    """Area under straight lines through points (k,)."""
    return float(np.sum(np.diff(x) * (y[1:] + y[:-1])) / 2.0)
