"""Continuum removal by the upper hull of a spectrum, or by a straight line between its ends."""
import numpy as np

try:
    from . import continuum_numba as compiled
except ImportError:  # numba is optional; numpy takes its place
    compiled = None

METHODS = ("window", "spectrum", "shoulders")


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

    From each corner of the hull the next one is the band that is seen at the
    steepest angle; all spectra walk together.

    Parameters
    ----------
    spectra : array_like, shape (pixels, bands)
    micrometres : numpy.ndarray, shape (bands,)

    Returns
    -------
    numpy.ndarray of float64, shape (pixels, bands)
    """
    spectra = np.asarray(spectra, dtype=float)
    pixels, bands = spectra.shape
    out, corner, number = spectra.copy(), np.zeros(pixels, dtype=int), np.arange(bands)
    active = np.flatnonzero(np.isfinite(spectra).all(axis=1))
    out[~np.isfinite(spectra).all(axis=1)] = np.nan
    while active.size and bands > 1:
        at, values = corner[active, None], spectra[active]
        height = np.take_along_axis(values, at, axis=1)
        run = np.where(number > at, micrometres - micrometres[at], np.nan)
        slopes = np.where(number > at, (values - height) / run, -np.inf)
        following = bands - 1 - np.argmax(slopes[:, ::-1], axis=1)  # the last of equal ones
        steepest = np.take_along_axis(slopes, following[:, None], axis=1)
        between = (number > at) & (number < following[:, None])
        chord = height + steepest * (micrometres - micrometres[at])
        out[active] = np.where(between, chord, out[active])
        corner[active] = following
        active = active[following < bands - 1]
    return out
