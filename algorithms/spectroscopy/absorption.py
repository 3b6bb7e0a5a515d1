"""Depth, position, width, area and asymmetry of absorptions."""
import numpy as np

from .continuum import compiled, remove_continuum

QUANTITIES = ("depth", "position", "width", "area", "asymmetry")
SHALLOW = 0.01
TOUCH = 1.0 - 1e-6


def window_of(spectra, micrometres, feature, method="window", removed=None, use_compiled=None):
    """Spectra without their continuum in the window of a feature.

    Parameters
    ----------
    spectra : numpy.ndarray, shape (pixels, bands)
    micrometres : numpy.ndarray, shape (bands,)
        Strictly rising.
    feature : catalogue.Feature
    method : str
        ``"window"``: hull of the window; ``"spectrum"``: hull of the whole
        spectrum; ``"shoulders"``: line between the ends of the window.
    removed : numpy.ndarray, optional
        Whole spectra without their hull, for ``"spectrum"``.

    Returns
    -------
    numpy.ndarray of float32, shape (pixels, bands of the window)
    """
    first, last = feature.window(micrometres)
    if method == "spectrum":
        removed = remove_continuum(spectra, micrometres, use_compiled=use_compiled) if removed is None else removed
        return removed[:, first:last]
    return remove_continuum(spectra[:, first:last], micrometres[first:last], method == "shoulders", use_compiled)


def measure(removed, micrometres, feature, shallow=SHALLOW, use_compiled=None):
    """Measures of an absorption in spectra whose continuum was removed.

    The deepest band of the search range and its neighbours give a parabola,
    whose lowest point is position and depth. When the spectrum goes on falling
    beyond the search range, the absorption belongs to another feature and the
    depth is 0. Where the deepest band is not above zero there is no
    reflectance to measure, and all measures are NaN. The width is the full width at half the depth. Area and
    asymmetry belong to the absorption between the nearest points on its
    continuum (Clark and Roush 1984, doi:10.1029/JB089iB07p06329).

    Parameters
    ----------
    removed : numpy.ndarray, shape (pixels, bands of the window)
    micrometres : numpy.ndarray, shape (bands of the window,)
    feature : catalogue.Feature
    shallow : float
        Below this depth, position, width and asymmetry mean nothing and are
        NaN.
    use_compiled : bool, optional

    Returns
    -------
    numpy.ndarray of float32, shape (pixels, 5)
        Depth (0 to 1); position and width in micrometres; area in micrometres;
        asymmetry, the area right of the position less that left of it over
        both, -1 to 1.
    """
    micrometres = np.ascontiguousarray(micrometres, dtype=float)
    first, last = feature.search(micrometres)
    out = np.empty((len(removed), len(QUANTITIES)), dtype=np.float32)
    ends = feature.search_from, feature.search_to
    if compiled is not None and use_compiled is not False:
        removed = np.ascontiguousarray(removed, dtype=np.float32)
        compiled.measure(removed, micrometres, first, last, *ends, float(shallow), out)
        return out
    out[:] = np.nan
    usable = np.isfinite(removed).all(axis=1)
    out[usable] = _measured(np.asarray(removed[usable], dtype=float), micrometres, (first, last), ends, shallow)
    return out


def _measured(removed, x, search, ends, shallow):
    """`measure` for finite spectra, in numpy."""
    band, position, depth = _deepest(removed, x, search, ends)
    here = np.arange(len(removed))
    found = (band >= 0) & (depth > 0.0)
    safe = np.where(found, band, 0)
    before = np.where((position > x[safe]) | (safe == 0), safe, safe - 1)
    before = np.clip(np.where(found, before, 0), 0, len(x) - 2)
    left, start = _side(removed, x, before, position, depth, -1)
    right, end = _side(removed, x, before + 1, position, depth, 1)
    with np.errstate(invalid="ignore", divide="ignore"):
        values = np.column_stack([depth, position, end - start, left + right, (right - left) / (left + right)])
    values[here[~found]] = [0.0, np.nan, np.nan, 0.0, np.nan]
    values[values[:, 0] >= 1.0] = np.nan
    values[:, [1, 2, 4]] = np.where((values[:, 0] >= shallow)[:, None], values[:, [1, 2, 4]], np.nan)
    return values


def _deepest(removed, x, search, ends):
    """Band (-1 for none of its own), position and depth of the deepest point."""
    first, last = search
    bands, here = len(x), np.arange(len(removed))
    band = first + np.argmin(removed[:, first:last], axis=1)
    value = removed[here, band]
    below, above = removed[here, np.maximum(band - 1, 0)], removed[here, np.minimum(band + 1, bands - 1)]
    outside = np.where((band == first) & (below < value), -1, np.where((band == last - 1) & (above < value), 1, 0))
    band = band + outside
    edge = (band == 0) | (band == bands - 1)
    middle = np.clip(band, 1, bands - 2)
    y0, y1, y2 = (removed[here, middle + step] for step in (-1, 0, 1))
    x0, x1, x2 = (x[middle + step] for step in (-1, 0, 1))
    left, right = (y1 - y0) / (x1 - x0), (y2 - y1) / (x2 - x1)
    bend = (right - left) / (x2 - x0)
    curved = bend > 0.0
    position = np.where(curved, 0.5 * (x0 + x1) - 0.5 * left / np.where(curved, bend, 1.0), x1)
    value = y1 + (position - x1) * (left + bend * (position - x0))
    lost = ((outside != 0) & (edge | (position < ends[0]) | (position > ends[1]))) | (~edge & ((y0 < y1) | (y2 < y1)))
    position, value = np.where(edge, x[band], position), np.where(edge, removed[here, band], value)
    return np.where(lost, -1, band), position, 1.0 - value


def _side(removed, x, start, position, depth, step):
    """Area of an absorption on one side of its position, and where it crosses half its depth."""
    pixels = len(removed)
    area, cross, open_ = np.zeros(pixels), np.full(pixels, np.nan), np.ones(pixels, dtype=bool)
    near_x, near_y, half, here = position.copy(), 1.0 - depth, 1.0 - 0.5 * depth, np.arange(pixels)
    for move in range(len(x)):
        band = start + step * move
        open_ &= (band >= 0) & (band < len(x))
        if not open_.any():
            break
        band = np.clip(band, 0, len(x) - 1)
        far_x, far_y = x[band], removed[here, band]
        area += np.where(open_, 0.5 * np.abs(near_x - far_x) * (2.0 - near_y - np.minimum(far_y, 1.0)), 0.0)
        crossing = open_ & np.isnan(cross) & (far_y >= half)
        with np.errstate(invalid="ignore", divide="ignore"):
            cross = np.where(crossing, far_x + (near_x - far_x) * (far_y - half) / (far_y - near_y), cross)
        near_x, near_y = far_x, far_y
        open_ &= far_y < TOUCH
    return area, cross


def join(depths, geometric=False):
    """One number for the depths of the features of an index.

    Parameters
    ----------
    depths : numpy.ndarray, shape (pixels, features)
    geometric : bool
        Whether the geometric mean is taken, which is 0 when one of the
        features is not there, instead of the mean.

    Returns
    -------
    numpy.ndarray of float32, shape (pixels,)
    """
    if not geometric:
        return np.asarray(depths, dtype=np.float32).mean(axis=1)
    with np.errstate(divide="ignore"):
        return np.exp(np.log(np.maximum(depths, 0.0)).mean(axis=1)).astype(np.float32)
