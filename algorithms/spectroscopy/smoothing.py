"""Savitzky-Golay smoothing of spectra whose bands are unequally spaced."""
import numpy as np

from ..errors import InputError

GAP = 2.5  # times the usual spacing: spectra are not smoothed across wider gaps


def smoothing_matrix(micrometres, window=7, order=2):
    """The linear map that smooths a spectrum.

    At every band a polynomial is fitted to the bands around it by least
    squares, with their true wavelengths, and taken at the band (Savitzky and
    Golay 1964, doi:10.1021/ac60214a047). At ends and at gaps the window lies
    to one side.

    Parameters
    ----------
    micrometres : numpy.ndarray, shape (bands,)
        Rising.
    window : int
        Bands per fit, odd.
    order : int
        Of the polynomial, below ``window``.

    Returns
    -------
    numpy.ndarray, shape (bands, bands)
        One row per smoothed band; see `smooth`.

    Raises
    ------
    InputError
        The window is even, or not longer than the order.
    """
    if window % 2 == 0 or window <= order or order < 0:
        raise InputError(f"Savitzky-Golay smoothing needs an odd window above the order, not {window} bands and order "
                         f"{order}: choose for example 7 and 2.")
    matrix = np.zeros((len(micrometres), len(micrometres)))
    for first, last in stretches(micrometres):
        for band in range(first, last):
            start = min(max(band - window // 2, first), max(last - window, first))
            chosen = np.arange(start, min(start + window, last))
            x = (micrometres[chosen] - micrometres[band]) / max(np.ptp(micrometres[chosen]), 1e-12)
            powers = np.vander(x, min(order, len(chosen) - 1) + 1, increasing=True)
            matrix[band, chosen] = np.linalg.pinv(powers)[0]
    return matrix


def smooth(spectra, matrix):
    """Smoothed spectra; a missing value spoils only the bands whose window holds it.

    Parameters
    ----------
    spectra : numpy.ndarray, shape (pixels, bands)
    matrix : numpy.ndarray, shape (bands, bands)
        Of `smoothing_matrix`.

    Returns
    -------
    numpy.ndarray, shape (pixels, bands)
    """
    matrix = matrix.astype(spectra.dtype)
    missing = np.isnan(spectra)
    rows = np.flatnonzero(missing.any(axis=1))
    if not len(rows):
        return spectra @ matrix.T
    out = np.where(missing, 0, spectra) @ matrix.T
    spoilt = missing[rows].astype(np.float32) @ (matrix.T != 0.0).astype(np.float32) > 0.0
    out[rows] = np.where(spoilt, np.nan, out[rows])
    return out


def stretches(micrometres):
    """First and one past the last band of each stretch without a gap."""
    steps = np.diff(micrometres)
    if not len(steps):
        return [(0, len(micrometres))]
    usual = np.array([np.median(steps[max(k - 5, 0):k + 6]) for k in range(len(steps))])
    cuts = [0, *(np.flatnonzero(steps > GAP * usual) + 1), len(micrometres)]
    return list(zip(cuts[:-1], cuts[1:]))
