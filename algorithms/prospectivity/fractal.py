"""Concentration-area fractal model: where the area above a value starts to follow another power law.

References
----------
Cheng, Q., Agterberg, F. P. & Ballantyne, S. B. (1994). The separation of geochemical anomalies from
background by fractal methods. Journal of Geochemical Exploration 51, 109-130.
https://doi.org/10.1016/0375-6742(94)90013-2
Muggeo, V. M. R. (2003). Estimating regression models with unknown break-points. Statistics in
Medicine 22, 3055-3071. https://doi.org/10.1002/sim.1545
"""
from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize

from ..errors import InputError

POINTS = 120
LEAST_CELLS = 30  # fewer cells above a value make its area a matter of chance
MOST_SHARE = 0.95  # of the area above zero: the very lowest values are far away on a logarithmic axis
LEAST_POINTS = 4  # of the curve, per segment
MOST_SEGMENTS = 4
ENOUGH = 0.02  # decades: a root mean square misfit of 5 % of the area asks for no further segment
GAIN = 0.5  # another segment has to bring the squared misfit below this part


@dataclass(frozen=True)
class FractalModel:
    """Straight lines through the logarithms of values and of areas above them.

    Attributes
    ----------
    values, areas : numpy.ndarray, shape (k,)
        Of the curve: values ascending, and the area at or above each.
    breaks : numpy.ndarray, shape (segments - 1,)
        Values between segments, descending.
    slopes : numpy.ndarray, shape (segments,)
        Fractal exponents with their sign, from low values to high ones.
    fitted : numpy.ndarray, shape (k,)
        Areas of the lines.
    """

    values: np.ndarray
    areas: np.ndarray
    breaks: np.ndarray
    slopes: np.ndarray
    fitted: np.ndarray

    @property
    def misfit(self):
        """Root mean square misfit, in decades of area."""
        return float(np.sqrt(np.mean(np.log10(self.fitted / self.areas) ** 2)))


def fractal_model(area, segments=None):
    """Fit the concentration-area model.

    Parameters
    ----------
    area : RankedArea
        Values above zero take part only.
    segments : int, optional
        Number of straight lines, 2 to 4; by default as few as fit to
        5 % of the area, each further one bringing the squared misfit below
        half.

    Returns
    -------
    FractalModel

    Raises
    ------
    InputError
        There are too few different values above zero.
    """
    values, areas = concentration_area(area)
    most = min(MOST_SEGMENTS, values.size // LEAST_POINTS)
    if most < 2:
        raise InputError(
            f"The concentration-area cut needs many different values above zero, and the raster has {values.size} "
            "steps of them: type the threshold or take the prediction-area cut.")
    x, y = np.log10(values), np.log10(areas)
    if segments is not None:
        return _model(values, areas, _fit(x, y, min(segments, most)))
    best = _fit(x, y, 2)
    for count in range(3, most + 1):
        if best[0] <= ENOUGH ** 2 * x.size:
            break
        other = _fit(x, y, count)
        if other[0] > GAIN * best[0]:
            break
        best = other
    return _model(values, areas, best)


def concentration_area(area):
    """Points of the curve, evenly spaced in the logarithm of the area.

    Returns
    -------
    values, areas : numpy.ndarray, shape (k,)
        Values ascending and above zero, and the area at or above each.
    """
    positive = float(area.share_above(0.0))
    least = LEAST_CELLS / area.values.size
    if MOST_SHARE * positive <= least:
        return np.empty(0), np.empty(0)
    values = np.unique(area.value_at(np.geomspace(least, MOST_SHARE * positive, POINTS)).astype(float))
    values = values[values > 0.0]
    return values, area.share_from(values) * area.total


def _fit(x, y, segments):
    """Squared misfit, breaks (ascending), coefficients of the best continuous broken line."""
    start = _start(x, y, segments)
    gap = 1e-6 * (x[-1] - x[0])

    def misfit(breaks):
        ordered = np.sort(breaks)
        inside = np.clip(ordered, x[LEAST_POINTS - 1] + gap, x[-LEAST_POINTS] - gap)
        return _broken(x, y, inside)[0] + np.sum((ordered - inside) ** 2)

    simplex = np.vstack([start, start + 0.02 * (x[-1] - x[0]) * np.eye(start.size)])
    found = minimize(misfit, start, method="Nelder-Mead",
                     options={"initial_simplex": simplex, "xatol": 1e-5, "fatol": 1e-12, "maxiter": 2000})
    breaks = np.clip(np.sort(found.x), x[LEAST_POINTS - 1] + gap, x[-LEAST_POINTS] - gap)
    squares, coefficients = _broken(x, y, breaks)
    return squares, breaks, coefficients


def _broken(x, y, breaks):
    """Squared misfit and coefficients of a line whose slope changes at breaks."""
    columns = np.column_stack([np.ones_like(x), x, *(np.maximum(x - at, 0.0) for at in breaks)])
    coefficients, *_ = np.linalg.lstsq(columns, y, rcond=None)
    return float(np.sum((columns @ coefficients - y) ** 2)), coefficients


def _start(x, y, segments):
    """Breaks between the best separate lines, by dynamic programming."""
    costs = _line_costs(x, y)
    count = x.size
    best, choice = costs[0].copy(), []
    for _ in range(segments - 1):
        total = best[:, None] + np.vstack([costs[1:], np.full(count, np.inf)])  # one segment ends at i, the next at j
        choice.append(np.argmin(total, axis=0))
        best = np.min(total, axis=0)
    ends, last = [], count - 1
    for step in reversed(choice):
        last = int(step[last])
        ends.append(last)
    return np.array([0.5 * (x[end] + x[min(end + 1, count - 1)]) for end in reversed(ends)])


def _line_costs(x, y):
    """Squared misfit of one line through the points i to j, infinite for too few, shape (k, k)."""
    x, y = x - x.mean(), y - y.mean()
    sums = [np.concatenate([[0.0], np.cumsum(part)]) for part in (np.ones_like(x), x, y, x * x, x * y, y * y)]
    n, sx, sy, sxx, sxy, syy = (part[None, 1:] - part[:-1, None] for part in sums)
    counted = n >= LEAST_POINTS
    with np.errstate(divide="ignore", invalid="ignore"):
        vx, vy, vxy = sxx - sx * sx / n, syy - sy * sy / n, sxy - sx * sy / n
        cost = np.maximum(vy - np.where(vx > 0.0, vxy * vxy / vx, 0.0), 0.0)
    return np.where(counted, cost, np.inf)


def _model(values, areas, fit):
    """The fitted lines."""
    _, breaks, coefficients = fit
    x = np.log10(values)
    fitted = coefficients[0] + coefficients[1] * x
    for at, change in zip(breaks, coefficients[2:]):
        fitted = fitted + change * np.maximum(x - at, 0.0)
    return FractalModel(values, areas, 10.0 ** breaks[::-1], np.cumsum(coefficients[1:]), 10.0 ** fitted)
