"""Figures of the rare-earth report."""
import numpy as np

from ..reports.figures import SMALL, WIDE
from ..reports.svg import PALETTE, Plot
from .ree_names import ELEMENTS
from .ree_patterns import PLACE

# Colours that can be told apart end here; further groups stand in the table only.
MOST_GROUPS = len(PALETTE)


def shown_elements(pattern):
    """Elements of which any sample has a normalised value, in plotting order."""
    return [element for element in ELEMENTS if np.isfinite(pattern[:, PLACE[element]]).any()]


def percentiles(pattern, elements):
    """10, 50 and 90 per cent quantiles (3, elements) of the known values; NaN where there are none."""
    result = np.full((3, len(elements)), np.nan)
    for column, element in enumerate(elements):
        values = pattern[:, PLACE[element]]
        values = values[np.isfinite(values)]
        if values.size:
            result[:, column] = np.percentile(values, [10, 50, 90])
    return result


def common_limits(curves):
    """Ends of a logarithmic axis (low, high) that hold every quantile of the curves, so that plots compare."""
    values = np.concatenate([quantiles.ravel() for quantiles, _ in curves.values()])
    values = values[np.isfinite(values) & (values > 0.0)]
    return values.min() / 1.3, values.max() * 1.3


def spider_figure(curves, elements, label, title, limits, bands=True):
    """Normalised patterns on a logarithmic axis, elements by atomic number with Y beside Ho.

    Parameters
    ----------
    curves : dict
        Names to pairs of quantiles (3, elements), as `percentiles` gives them, and a colour.
    elements : list of str
    label : str
        Of the vertical axis.
    title : str
    limits : tuple of float
        Ends of the vertical axis.
    bands : bool
        Whether the area between the outer quantiles is drawn.

    Returns
    -------
    str
    """
    ends = (-0.5, len(elements) - 0.5)
    plot = Plot(title, "", label, SMALL if bands else WIDE, 360, y_log=True, x_limits=ends, y_limits=limits,
                x_names=elements)
    places = np.arange(len(elements))
    for name, (quantiles, colour) in curves.items():
        known = np.isfinite(quantiles[1]) & (quantiles[1] > 0.0)
        if bands:
            plot.band(places[known], quantiles[0, known], quantiles[2, known], "10 to 90 %", colour)
        plot.line(places[known], quantiles[1, known], name, colour)
        plot.points(places[known], quantiles[1, known], None, colour)
    return plot.render()


def histograms(values, label, title, bins=30):
    """Distribution of each group on a logarithmic axis.

    Parameters
    ----------
    values : dict
        Names to pairs of values (n,) and a colour.
    label, title : str

    Returns
    -------
    str
    """
    plot = Plot(title, label, "Samples", SMALL, 320, x_log=True)
    positive = {name: (known[known > 0.0], colour) for name, (known, colour) in values.items()}
    every = np.concatenate([known for known, _ in positive.values()] or [np.empty(0)])
    if every.size:
        low, high = every.min(), every.max()
        edges = np.geomspace(low, high if high > low else 1.1 * low, bins + 1)
        edges[0], edges[-1] = low, max(edges[-1], high)
        for name, (known, colour) in positive.items():
            heights = np.histogram(known, edges)[0]
            if len(positive) == 1:
                plot.bars(edges, heights, None, colour)
            else:  # outlines, since bars would hide each other
                plot.line(np.repeat(edges, 2), np.r_[0.0, np.repeat(heights, 2), 0.0], name, colour, width=1.6)
    return plot.render()


def scatter_figure(groups, x_label, y_label, title, x_log=False):
    """One ratio against another; the axes leave out the outermost half per cent at each end.

    Parameters
    ----------
    groups : dict
        Names to triples of x (n,), y (n,) and a colour.
    x_label, y_label, title : str
    x_log : bool
        Whether the horizontal axis is logarithmic.

    Returns
    -------
    str
        Empty when there is nothing to show.
    """
    known = {name: np.isfinite(x + y) for name, (x, y, _) in groups.items()}
    every = [np.concatenate([groups[name][axis][known[name]] for name in groups]) for axis in (0, 1)]
    if not every[0].size:
        return ""
    plot = Plot(title, x_label, y_label, SMALL, 380, x_log, False, _inner(every[0], x_log), _inner(every[1], False))
    opacity = float(np.clip(400.0 / every[0].size, 0.2, 0.8))
    for name, (x, y, colour) in groups.items():
        plot.points(x[known[name]], y[known[name]], name if len(groups) > 1 else None, colour, 2.6, opacity)
    return plot.render()


def _inner(values, log):
    """Ends of an axis that hold all but the outermost values."""
    values = np.log(values) if log else values
    low, high = np.percentile(values, [0.5, 99.5])
    pad = 0.08 * (high - low) or 0.1 * (abs(high) or 1.0)
    ends = (low - pad, high + pad)
    return tuple(float(end) for end in (np.exp(ends) if log else ends))
