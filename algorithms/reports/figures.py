"""Figures of the reports, as SVG texts."""
from dataclasses import replace

import numpy as np

from .svg import PALETTE, Plot

CURVE_POINTS = 120
# Two figures of these widths stand side by side on a page.
SMALL, WIDE = 460, 540
# Cells across a map of residuals; samples of one cell are shown by their mean.
RESIDUAL_CELLS = 150
# Short distances end at this many times the minor range, and are shown where the others go on as many times farther.
SHORT_REACH = 2.5
# Bins with fewer pairs are not drawn, unless there are no better ones.
FEWEST_PAIRS = 30


def variogram_figure(experimental, variogram=None, unit="", title="Variogram"):
    """Experimental variograms with the fitted model along the same directions.

    Dots grow with the number of pairs; lines are the model, nugget included.

    Parameters
    ----------
    experimental : sequence of ExperimentalVariogram
    variogram : Variogram, optional
    unit : str
        Of the field.
    title : str

    Returns
    -------
    str
    """
    experimental = [_well_known(item) for item in experimental if len(item.lags)]
    return _variogram_plot(experimental, variogram, unit, title, _longest(experimental, variogram))


def short_variogram_figure(experimental, variogram, unit="", title="Variogram at short distances"):
    """The beginning of `variogram_figure`, where samples down the hole crowd it; empty where nothing is hidden there.

    Parameters are those of `variogram_figure`.

    Returns
    -------
    str
    """
    experimental = [_well_known(item) for item in experimental if len(item.lags)]
    longest = _longest(experimental, variogram)
    reach = SHORT_REACH * variogram.structures[-1].ranges[-1]
    if SHORT_REACH * reach > longest:
        return ""
    return _variogram_plot(experimental, variogram, unit, title, reach, SMALL)


def _variogram_plot(experimental, variogram, unit, title, longest, width=WIDE):
    """Variograms up to a distance, as SVG text."""
    squared = f"Semivariance ({unit}²)" if unit else "Semivariance"
    plot = Plot(title, "Distance (m)", squared, width, 420, x_limits=(0.0, 1.04 * longest))
    most = max((e.pairs.max() for e in experimental), default=1)
    # Closer together where the curve bends.
    lags = 1.04 * longest * np.linspace(0.0, 1.0, CURVE_POINTS)[1:] ** 2
    for k, item in enumerate(experimental):
        colour = PALETTE[(k - 1) % len(PALETTE)]
        sizes = 2.0 + 4.5 * np.sqrt(item.pairs / most)
        near = item.lags <= 1.04 * longest
        if near.any():
            plot.points(item.lags[near], item.semivariance[near], item.label, colour, sizes[near], opacity=0.75)
        if variogram is not None and item.direction is not None and not _isotropic(variogram):
            plot.line(lags, model_semivariance(variogram, lags, item.direction), None, colour)
    if variogram is not None:
        if _isotropic(variogram):
            plot.line(lags, model_semivariance(variogram, lags, (1.0, 0.0, 0.0)), "Model", "currentColor")
        plot.line([0.0, longest], [variogram.sill] * 2, "Sill", "#888888", dashed=True, width=1.2)
    # Zero belongs on a variogram's axis.
    plot.limits[1] = (0.0, _highest(experimental, variogram))
    return plot.render()


def model_semivariance(variogram, lags, direction):
    """Semivariance of a model at distances along a unit vector (x, y, z), nugget included."""
    lags = np.asarray(lags, dtype=float)
    covariance = variogram.at(lags[:, None] * np.asarray(direction, dtype=float))
    return np.where(lags > 0.0, variogram.sill - covariance, 0.0)


def predicted_observed_figure(observed, predicted, unit="", log=False, title="Predicted and observed"):
    """Cross-validated predictions against measurements, with the 1:1 line."""
    name = f" ({unit})" if unit else ""
    observed, predicted = np.asarray(observed, dtype=float), np.asarray(predicted, dtype=float)
    shown = (observed > 0.0) & (predicted > 0.0) if log else np.isfinite(observed + predicted)
    both = np.r_[observed[shown], predicted[shown]]
    ends = (both.min(), both.max()) if both.size else (1.0, 10.0)
    limits = _padded(ends, log)
    plot = Plot(title, "Observed" + name, "Predicted" + name, SMALL, 420, log, log, limits, limits)
    opacity = float(np.clip(200.0 / max(shown.sum(), 1), 0.15, 0.8))
    plot.points(observed[shown], predicted[shown], None, PALETTE[0], 2.6, opacity)
    plot.line(limits, limits, "1 : 1", "#888888", dashed=True)
    return plot.render()


def calibration_figure(levels, actual, label="Cross-validation", title="Calibration of the intervals"):
    """Nominal against actual coverage, in per cent."""
    plot = Plot(title, "Nominal coverage (%)", "Actual coverage (%)", SMALL, 420, x_limits=(0, 100), y_limits=(0, 100))
    plot.line([0, 100], [0, 100], "Exact", "#888888", dashed=True)
    plot.line(100.0 * np.asarray(levels), 100.0 * np.asarray(actual), label, PALETTE[0])
    plot.points(100.0 * np.asarray(levels), 100.0 * np.asarray(actual), None, PALETTE[0])
    return plot.render()


def histogram_figure(values, label, log=False, bins=30, title="Histogram"):
    """Distribution of values; ``label`` names the axis with its unit."""
    values = np.asarray(values, dtype=float)
    values = values[np.isfinite(values) & ((values > 0.0) | (not log))]
    plot = Plot(title, label, "Count", SMALL, 320, x_log=log)
    if values.size:
        low, high = values.min(), values.max()
        high = high if high > low else low + (abs(low) or 1.0)
        edges = np.geomspace(low, high, bins + 1) if log else np.linspace(low, high, bins + 1)
        edges[-1] = max(edges[-1], values.max())
        plot.bars(edges, np.histogram(values, edges)[0])
    return plot.render()


def residual_map_figure(coordinates, residuals, unit="", title="Cross-validation residuals"):
    """Where predictions are too high (red) and too low (blue), from above.

    ``residuals`` are predicted less observed. Samples above each other are
    shown by their mean, as one of them would hide the others.
    """
    plan, residuals = _plan_means(np.asarray(coordinates, dtype=float)[:, :2], np.asarray(residuals, dtype=float))
    plot = Plot(title, "Easting (m)", "Northing (m)", SMALL + 60, 420, equal=True)
    order = np.argsort(np.abs(residuals), kind="stable")
    plot.values(plan[order, 0], plan[order, 1], residuals[order],
                f"Predicted \u2212 observed{f' ({unit})' if unit else ''}", centred=True)
    return plot.render()


def grade_tonnage_figure(cutoffs, tonnage, grade, unit="", lower=None, upper=None, tonnage_unit="t"):
    """Tonnage and mean grade above each cut-off, as two plots.

    Parameters
    ----------
    cutoffs, tonnage, grade : array_like, shape (k,)
    unit, tonnage_unit : str
    lower, upper : pairs of array_like, optional
        Intervals of tonnage and grade.

    Returns
    -------
    tuple of str
    """
    name = f" ({unit})" if unit else ""
    plots = []
    for k, (curve, label) in enumerate(((tonnage, f"Tonnage ({tonnage_unit})"), (grade, "Mean grade" + name))):
        plot = Plot(f"{label.split(' (')[0]} above cut-off", "Cut-off" + name, label, SMALL, 340)
        if lower is not None and upper is not None:
            plot.band(cutoffs, lower[k], upper[k], "Interval", PALETTE[k])
        plot.line(cutoffs, curve, None, PALETTE[k])
        plots.append(plot.render())
    return tuple(plots)


def swath_figure(position, curves, axis="Northing (m)", label="Mean", title="Swath"):
    """Means of slices along an axis; ``curves`` maps labels to values (k,)."""
    plot = Plot(title, axis, label, WIDE, 340)
    for name, values in curves.items():
        plot.line(position, values, name)
    return plot.render()


def change_figure(change, label, bins=40, title="Change"):
    """Histogram of differences, symmetric about zero."""
    change = np.asarray(change, dtype=float)
    change = change[np.isfinite(change)]
    reach = float(np.percentile(np.abs(change), 99.5)) if change.size else 1.0
    reach = reach or 1.0
    plot = Plot(title, label, "Count", SMALL, 320, x_limits=(-reach, reach))
    edges = np.linspace(-reach, reach, bins + 1)
    plot.bars(edges, np.histogram(change, edges)[0])
    return plot.render()


def map_figure(values, west, north, cell, label, centred=False, title="Map"):
    """A grid (rows, columns) from above, its first row in the north; thinned when large."""
    values = np.asarray(values, dtype=float)
    step = int(np.ceil(max(values.shape) / 150))
    shown = values[::step, ::step]
    x = west + cell * step * np.arange(shown.shape[1] + 1)
    y = north - cell * step * np.arange(shown.shape[0] + 1)
    plot = Plot(title, "Easting (m)", "Northing (m)", SMALL + 100, 440, equal=True)
    plot.heat(x, y, shown, label, centred)
    return plot.render()


def _well_known(item):
    """The bins of an experimental variogram whose mean is more than chance."""
    keep = item.pairs >= min(FEWEST_PAIRS, item.pairs.max())
    return replace(item, lags=item.lags[keep], semivariance=item.semivariance[keep], pairs=item.pairs[keep])


def _longest(experimental, variogram):
    """Distance up to which a variogram is worth looking at."""
    longest = max((e.lags.max() for e in experimental), default=1.0)
    if variogram is None:
        return longest
    reach = max(max(s.ranges) for s in variogram.structures)
    return min(longest, max(2.0 * reach, 0.3 * longest))


def _plan_means(plan, values):
    """Mean places (k, 2) and mean values (k,) of the samples in each cell of a map."""
    if not len(plan):
        return plan, values
    size = max(np.ptp(plan, axis=0).max(), 1e-300) / RESIDUAL_CELLS
    cells = np.floor((plan - plan.min(axis=0)) / size)
    _, cell, counts = np.unique(cells, axis=0, return_inverse=True, return_counts=True)
    means = [np.bincount(cell.reshape(-1), column) / counts for column in (*plan.T, values)]
    return np.column_stack(means[:2]), means[2]


def _isotropic(variogram):
    """Whether the model is the same in all directions."""
    return all(len(s.ranges) == 1 for s in variogram.structures)


def _highest(experimental, variogram):
    """Upper end of the semivariance axis; single wild bins do not set it."""
    typical = [np.average(e.semivariance, weights=e.pairs) for e in experimental]
    top = max([e.semivariance[e.pairs >= 0.05 * e.pairs.max()].max() for e in experimental] + [0.0])
    sill = variogram.sill if variogram is not None else max(typical, default=1.0)
    return 1.06 * min(max(top, 1.1 * sill), 4.0 * max(sill, max(typical, default=sill))) or 1.0


def _padded(ends, log):
    """Limits a little beyond the data."""
    if log:
        return ends[0] / 1.2, ends[1] * 1.2
    pad = 0.04 * (ends[1] - ends[0]) or 1.0
    return ends[0] - pad, ends[1] + pad
