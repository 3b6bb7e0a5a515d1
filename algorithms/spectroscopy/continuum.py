"""Continuum removal by the upper hull of a spectrum, or by a straight line between its ends."""
import numpy as np

try:
    from . import continuum_numba as compiled
except ImportError:  # numba is optional; numpy takes its place
    compiled = None

METHODS = ("window", "spectrum", "shoulders")
TOGETHER = 2048  # spectra whose hulls are found together


def remove_continuum(spectra, micrometres, straight=False, use_compiled=None):
    """Spectra divided by their continuum.

    The continuum is the exact upper convex hull of each spectrum (Clark and
    Roush 1984, doi:10.1029/JB089iB07p06329).

    Parameters
    ----------
    spectra : numpy.ndarray, shape (pixels, bands)
    micrometres : numpy.ndarray, shape (bands,)
        Strictly rising.
    straight : bool
        Whether the continuum is the line through the means of the first two
        and of the last two bands instead.
    use_compiled : bool, optional
        Whether the compiled loop runs; by default whenever it is there.

    Returns
    -------
    numpy.ndarray of float32, shape (pixels, bands)
        1 on the continuum, less in absorptions; NaN for a spectrum that holds
        NaN or whose continuum is not above zero throughout.
    """
    micrometres = np.ascontiguousarray(micrometres, dtype=float)
    if straight:
        return _divided(spectra, line(spectra, micrometres))
    if compiled is not None and use_compiled is not False:
        out = np.empty(spectra.shape, dtype=np.float32)
        compiled.remove(np.ascontiguousarray(spectra, dtype=np.float32), micrometres, out)
        return out
    return _divided(spectra, hull(spectra, micrometres))


def _divided(spectra, continuum):
    """Spectra over their continuum, see `remove_continuum`."""
    usable = np.isfinite(spectra).all(axis=1) & (continuum > 0.0).all(axis=1)
    out = np.full(spectra.shape, np.nan, dtype=np.float32)
    out[usable] = spectra[usable] / continuum[usable]
    return out


def line(spectra, micrometres):
    """The straight continuum of `remove_continuum`.

    Returns
    -------
    numpy.ndarray, shape (pixels, bands)
    """
    spectra = np.asarray(spectra, dtype=float)
    left, right = spectra[:, :2].mean(axis=1), spectra[:, -2:].mean(axis=1)
    start, end = micrometres[:2].mean(), micrometres[-2:].mean()
    return left[:, None] + (right - left)[:, None] * (micrometres - start) / (end - start)


def hull(spectra, micrometres):
    """Upper convex hull of many spectra at once.

    The scan of Andrew (1979, doi:10.1016/0020-0190(79)90072-3) from the left,
    in which all spectra take each band together.

    Parameters
    ----------
    spectra : array_like, shape (pixels, bands)
    micrometres : numpy.ndarray, shape (bands,)

    Returns
    -------
    numpy.ndarray of float64, shape (pixels, bands)
    """
    spectra, out = np.asarray(spectra), np.empty(np.shape(spectra))
    micrometres = np.asarray(micrometres, dtype=float)
    for first in range(0, len(spectra), TOGETHER):
        chunk = np.ascontiguousarray(spectra[first:first + TOGETHER].T, dtype=float)
        out[first:first + TOGETHER] = _joined(*_corners(chunk, micrometres), micrometres).T if len(chunk) > 1 else (
            chunk.T)
    out[~np.isfinite(spectra).all(axis=1)] = np.nan
    return out


def _corners(values, x):
    """Corners of the hulls of values (bands, pixels).

    Returns
    -------
    bands, where, height : numpy.ndarray, shape (bands, pixels)
        The corners of each pixel, one under the other: number of the band,
        wavelength and value.
    count : numpy.ndarray, shape (pixels,)
    """
    pixels = np.arange(values.shape[1])
    bands, where, height = np.zeros(values.shape, np.intp), np.empty(values.shape), np.empty(values.shape)
    count = np.zeros(len(pixels), dtype=np.intp)
    flat_where, flat_height = where.ravel(), height.ravel()  # one index is faster than two
    for band, (row, at) in enumerate(zip(values, x)):
        active = pixels[count > 1]
        while active.size:
            last = (count[active] - 1) * len(pixels) + active
            before = last - len(pixels)
            rise = (flat_height[last] - flat_height[before]) * (at - flat_where[before])
            below = rise <= (row[active] - flat_height[before]) * (flat_where[last] - flat_where[before])
            active = active[below]
            count[active] -= 1
            active = active[count[active] > 1]
        bands[count, pixels], where[count, pixels], height[count, pixels] = band, at, row
        count += 1
    return bands, where, height, count


def _joined(bands, where, height, count, x):
    """Lines from corner to corner, shape (bands, pixels); see `_corners`."""
    pixels, numbers = np.arange(len(count)), np.arange(len(x))[:, None]
    is_corner = np.zeros(bands.shape, dtype=bool)
    used = numbers < count
    is_corner[bands[used], np.broadcast_to(pixels, bands.shape)[used]] = True
    segment = np.minimum(np.cumsum(is_corner, axis=0) - 1, count - 2)  # the last corner ends the last line
    start = segment * len(pixels) + pixels
    slopes = np.zeros(bands.shape)
    with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
        slopes[:-1] = np.diff(height, axis=0) / np.diff(where, axis=0)  # those behind the last corner are not used
        return height.ravel()[start] + slopes.ravel()[start] * (x[:, None] - where.ravel()[start])
