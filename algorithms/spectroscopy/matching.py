"""How well pixels match library spectra: spectral angle, and fit of the absorptions."""
import numpy as np

CLEAR = 0.02


def angles(spectra, library):
    """Angle between each pixel and each library spectrum, which does not depend on brightness.

    Parameters
    ----------
    spectra : numpy.ndarray, shape (pixels, bands)
    library : numpy.ndarray, shape (minerals, bands)
        NaN where a spectrum has no value; such bands do not count.

    Returns
    -------
    numpy.ndarray of float32, shape (pixels, minerals)
        Radians, 0 for the same shape (Kruse et al. 1993,
        doi:10.1016/0034-4257(93)90013-N).
    """
    known = np.isfinite(library)
    filled = np.where(known, library, 0.0).astype(float)
    spectra = np.asarray(spectra, dtype=float)
    with np.errstate(invalid="ignore", divide="ignore"):
        lengths = np.sqrt(np.square(spectra) @ known.T.astype(float)) * np.linalg.norm(filled, axis=1)
        cosine = spectra @ filled.T / lengths
    return np.arccos(np.clip(cosine, -1.0, 1.0)).astype(np.float32)


class FeatureFit:
    """Least-squares fit of the absorptions of library spectra to those of pixels.

    For each absorption that a library spectrum shows clearly, the spectrum
    without its continuum is stretched to fit that of the pixel; the share of
    variance it explains (0 when it would have to be turned over), weighted by
    the area of the absorption in the library, is the fit (Clark et al. 2003,
    doi:10.1029/2002JE001847).

    Parameters
    ----------
    windows : list of numpy.ndarray, shape (minerals, bands of the window)
        Library spectra without their continuum, for each feature.
    clear : float
        Smallest depth of an absorption that counts.
    """

    def __init__(self, windows, clear=CLEAR):
        minerals = len(windows[0]) if windows else 0
        self.shapes, weights = [], np.zeros((minerals, len(windows)))
        for number, removed in enumerate(windows):
            depths = 1.0 - removed
            used = np.isfinite(removed).all(axis=1) & (np.max(np.where(np.isfinite(depths), depths, 0.0), axis=1)
                                                       >= clear)
            centred = np.where(used[:, None], removed - removed.mean(axis=1, keepdims=True), 0.0)
            lengths = np.linalg.norm(centred, axis=1, keepdims=True)
            self.shapes.append((centred / np.where(lengths > 0.0, lengths, 1.0)).astype(np.float32))
            weights[used, number] = depths[used].sum(axis=1)
        total = weights.sum(axis=1, keepdims=True)
        self.without = np.flatnonzero(total[:, 0] <= 0.0)
        self.weights = np.divide(weights, total, out=np.full_like(weights, np.nan), where=total > 0.0)

    def add(self, out, number, removed):
        """Add the share of one feature to the fits.

        Parameters
        ----------
        out : numpy.ndarray, shape (pixels, minerals)
            Starts as zeros.
        number : int
            Of the feature.
        removed : numpy.ndarray, shape (pixels, bands of the window)
        """
        weights = self.weights[:, number]
        if not np.nansum(weights):
            out += np.where(np.isnan(weights), np.nan, 0.0)
            return
        centred = removed - removed.mean(axis=1, keepdims=True)
        lengths = np.linalg.norm(centred, axis=1, keepdims=True)
        correlation = centred @ self.shapes[number].T / np.where(lengths > 0.0, lengths, 1.0)
        share = weights * np.square(np.maximum(correlation, 0.0))
        out += np.where(weights == 0.0, 0.0, share)  # a window without data counts only where it is needed
