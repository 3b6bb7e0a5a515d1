"""Compiled loops over pixels; imported only where numba is present."""
import math

import numpy as np
from numba import njit

NAN = float("nan")
TOUCH = 1.0 - 1e-6


@njit(nogil=True, cache=True, error_model="numpy")
def hull_into(spectrum, micrometres, corners, out):
    """Spectrum over its upper hull for one pixel; False when it cannot be done.

    The corners are found in one pass from the left: a corner is dropped when
    the line past it runs above it (Andrew 1979,
    doi:10.1016/0020-0190(79)90072-3).
    """
    bands, top = spectrum.size, 0
    for band in range(bands):
        if not math.isfinite(spectrum[band]):
            return False
    for band in range(bands):
        while top > 1:
            a, b = corners[top - 2], corners[top - 1]
            rise = (float(spectrum[b]) - spectrum[a]) * (micrometres[band] - micrometres[a])
            if rise > (float(spectrum[band]) - spectrum[a]) * (micrometres[b] - micrometres[a]):
                break
            top -= 1
        corners[top] = band
        top += 1
    if spectrum[0] <= 0.0 or spectrum[bands - 1] <= 0.0:
        return False
    for corner in range(top - 1):
        a, b = corners[corner], corners[corner + 1]
        start = float(spectrum[a])
        slope = (spectrum[b] - start) / (micrometres[b] - micrometres[a])
        out[a] = 1.0
        for band in range(a + 1, b):
            out[band] = spectrum[band] / (start + slope * (micrometres[band] - micrometres[a]))
    out[bands - 1] = 1.0
    return True


@njit(nogil=True, cache=True, error_model="numpy")
def remove(spectra, micrometres, out):
    """See `continuum.remove_continuum`."""
    corners = np.empty(spectra.shape[1], np.int64)
    for pixel in range(spectra.shape[0]):
        if not hull_into(spectra[pixel], micrometres, corners, out[pixel]):
            out[pixel, :] = NAN


@njit(nogil=True, cache=True, error_model="numpy")
def deepest(removed, micrometres, first, last, low, high):
    """Band of the deepest point in the search range and the vertex there; band -1 when it belongs to a neighbour."""
    bands, band = removed.size, first
    for k in range(first + 1, last):
        if removed[k] < removed[band]:
            band = k
    outside = 0
    if band > 0 and band == first and removed[band - 1] < removed[band]:
        outside = -1
    elif band < bands - 1 and band == last - 1 and removed[band + 1] < removed[band]:
        outside = 1
    band += outside
    if outside != 0 and (band == 0 or band == bands - 1):
        return -1, NAN, NAN
    if band == 0 or band == bands - 1:
        return band, micrometres[band], 1.0 - removed[band]
    if removed[band - 1] < removed[band] or removed[band + 1] < removed[band]:
        return -1, NAN, NAN
    position, value = vertex(removed, micrometres, band)
    if outside != 0 and not low <= position <= high:
        return -1, NAN, NAN
    return band, position, 1.0 - value


@njit(nogil=True, cache=True, error_model="numpy")
def vertex(removed, micrometres, band):
    """Lowest point of the parabola through a band and its neighbours: where, and its value."""
    x0, x1, x2 = micrometres[band - 1], micrometres[band], micrometres[band + 1]
    y0, y1, y2 = float(removed[band - 1]), float(removed[band]), float(removed[band + 1])
    left, right = (y1 - y0) / (x1 - x0), (y2 - y1) / (x2 - x1)
    bend = (right - left) / (x2 - x0)
    if bend <= 0.0:
        return x1, y1
    position = 0.5 * (x0 + x1) - 0.5 * left / bend
    return position, y1 + (position - x1) * (left + bend * (position - x0))


@njit(nogil=True, cache=True, error_model="numpy")
def measure(removed, micrometres, first, last, low, high, shallow, out):
    """See `absorption.measure`; one pixel at a time into ``out`` (pixels, 5)."""
    bands = removed.shape[1]
    for pixel in range(removed.shape[0]):
        spectrum = removed[pixel]
        if not math.isfinite(spectrum[0]):
            out[pixel, :] = NAN
            continue
        band, position, depth = deepest(spectrum, micrometres, first, last, low, high)
        if band < 0 or depth <= 0.0:
            out[pixel, 0], out[pixel, 3] = 0.0, 0.0
            out[pixel, 1] = out[pixel, 2] = out[pixel, 4] = NAN
            continue
        if depth >= 1.0:
            out[pixel, :] = NAN
            continue
        before = band if position > micrometres[band] or band == 0 else band - 1
        if before == bands - 1:
            before -= 1
        half, start, area_left = 1.0 - 0.5 * depth, NAN, 0.0
        near_x, near_y = position, 1.0 - depth
        for k in range(before, -1, -1):
            x, y = micrometres[k], float(spectrum[k])
            area_left += 0.5 * (near_x - x) * (2.0 - near_y - min(y, 1.0))
            if math.isnan(start) and y >= half:
                start = x + (near_x - x) * (y - half) / (y - near_y)
            near_x, near_y = x, y
            if y >= TOUCH:
                break
        end, area_right = NAN, 0.0
        near_x, near_y = position, 1.0 - depth
        for k in range(before + 1, bands):
            x, y = micrometres[k], float(spectrum[k])
            area_right += 0.5 * (x - near_x) * (2.0 - near_y - min(y, 1.0))
            if math.isnan(end) and y >= half:
                end = x - (x - near_x) * (y - half) / (y - near_y)
            near_x, near_y = x, y
            if y >= TOUCH:
                break
        area = area_left + area_right
        out[pixel, 0], out[pixel, 3] = depth, area
        clear = depth >= shallow
        out[pixel, 1] = position if clear else NAN
        out[pixel, 2] = end - start if clear else NAN
        out[pixel, 4] = (area_right - area_left) / area if clear and area > 0.0 else NAN



