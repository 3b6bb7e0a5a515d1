"""Windows of evidence: how large they should be, and how they are cut out.

This module needs nothing but numpy, so that QGIS can choose a grid with it.
"""
import numpy as np

NEAR_SILL = 0.95
MOST_CELLS, USUAL_CELLS, LEAST_CELLS = 15, 11, 5  # across a window
RANGE_SHARE = 1.0 / 3.0  # of a variogram range; places that far apart still share about half of their variance
AREA_SHARE = 12.0  # windows of the default size across the shorter side of the area, at least
STEPS = 24


def variogram_range(values, cell):
    """Distance at which a raster stops resembling itself: where its semivariance reaches 95 % of the sill.

    The experimental variogram is taken along rows and columns; its sill is
    the variance of the raster.

    Parameters
    ----------
    values : numpy.ndarray, shape (rows, columns)
        NaN for gaps.
    cell : float
        Side of a cell, metres.

    Returns
    -------
    float
        Metres; NaN when it cannot be told.
    """
    values = np.asarray(values, dtype=float)
    finite = values[np.isfinite(values)]
    if finite.size < 30 or finite.std() == 0.0:
        return float("nan")
    low, high = np.quantile(finite, [0.01, 0.99])
    values = np.clip(values, low, high)  # single wild cells would make everything look random
    sill = np.nanvar(values)
    if not sill > 0.0:
        return float("nan")
    longest = min(max(values.shape) // 2, max(values.shape) - 1)
    lags = np.unique(np.geomspace(1, max(longest, 1), STEPS).astype(int))
    gammas = np.array([_semivariance(values, lag) for lag in lags]) / sill
    above = np.flatnonzero(gammas >= NEAR_SILL)
    if not above.size:
        return float(lags[-1] * cell)
    first = above[0]
    if first == 0:
        return float(lags[0] * cell)
    part = (NEAR_SILL - gammas[first - 1]) / (gammas[first] - gammas[first - 1])
    return float(cell * (lags[first - 1] + part * (lags[first] - lags[first - 1])))


def _semivariance(values, lag):
    """Mean semivariance of cells so many rows or columns apart; NaN without any."""
    total, count = 0.0, 0
    for first, second in ((values[lag:], values[:-lag]), (values[:, lag:], values[:, :-lag])):
        squares = np.square(first - second)
        known = np.isfinite(squares)
        total, count = total + squares[known].sum(), count + int(known.sum())
    return 0.5 * total / count if count else float("nan")


def default_window(ranges, width, height, cell):
    """Side of a window that suits evidence: a third of a typical variogram range, as much as the area allows.

    Parameters
    ----------
    ranges : iterable of float
        Of the bands, metres; NaN where not known.
    width, height : float
        Of the area, metres.
    cell : float
        Side of the finest cells, metres.

    Returns
    -------
    float
        Metres, of two figures.
    """
    ranges = np.array([value for value in ranges if np.isfinite(value)])
    typical = float(np.quantile(ranges, 0.25)) if ranges.size else LEAST_CELLS * cell
    side = min(max(RANGE_SHARE * typical, LEAST_CELLS * cell), max(min(width, height) / AREA_SHARE, LEAST_CELLS * cell))
    power = 10.0 ** (np.floor(np.log10(side)) - 1.0)
    return float(np.round(side / power) * power)


def default_cell(window, finest):
    """Side of a cell: the finest one, made coarser by a whole number where a window would have more than 15 cells."""
    if window / finest <= MOST_CELLS:
        return float(finest)
    return float(finest * max(1, round(window / USUAL_CELLS / finest)))


def window_cells(window, cell):
    """Cells across a window: an odd number, so that it has a middle, at least 5."""
    return max(LEAST_CELLS, 2 * round((window / cell - 1.0) / 2.0) + 1)


def cut_windows(values, rows, columns, size):
    """Windows around cells; NaN beyond the sides of the raster.

    Parameters
    ----------
    values : numpy.ndarray, shape (bands, height, width)
    rows, columns : array of int, shape (n,)
        Middle cells.
    size : int
        Odd.

    Returns
    -------
    numpy.ndarray of float32, shape (n, bands, size, size)
    """
    reach, (bands, height, width) = size // 2, values.shape
    out = np.full((len(rows), bands, size, size), np.nan, np.float32)
    for number, (row, column) in enumerate(zip(np.asarray(rows).tolist(), np.asarray(columns).tolist())):
        top, left = max(row - reach, 0), max(column - reach, 0)
        bottom, right = min(row + reach + 1, height), min(column + reach + 1, width)
        if bottom > top and right > left:
            to_row, to_column = top - row + reach, left - column + reach
            out[number, :, to_row:to_row + bottom - top, to_column:to_column + right - left] = values[
                :, top:bottom, left:right]
    return out


def edge_cells(known, reach):
    """Which cells have a window that reaches over the border of the raster or over cells without data.

    Parameters
    ----------
    known : numpy.ndarray of bool, shape (rows, columns)
        With ``reach`` cells more on each side than is asked for.
    reach : int

    Returns
    -------
    numpy.ndarray of bool, shape (rows - 2 reach, columns - 2 reach)
    """
    sums = np.pad(np.cumsum(np.cumsum(~known, axis=0, dtype=np.int64), axis=1), ((1, 0), (1, 0)))
    size = 2 * reach + 1
    return (sums[size:, size:] - sums[:-size, size:] - sums[size:, :-size] + sums[:-size, :-size]) > 0
