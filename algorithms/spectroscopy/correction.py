"""From stored numbers to reflectance: scale, radiance, dark object, empirical line, flat field."""
import re

import numpy as np

from ..errors import InputError

SCALES = ((1.6, 1.0), (160.0, 100.0), (1600.0, 1000.0), (16500.0, 10000.0))
DARK_SHARE = 0.001
OXYGEN = ((0.740, 0.755), (0.7575, 0.7665), (0.770, 0.785))
OXYGEN_DEPTH = 0.20
SUN = (((0.45, 0.70), (2.0, 2.35), 5.0), ((0.45, 0.70), (1.55, 1.75), 2.5))  # of sunlight itself: 20 and 8
ADVICE = ("Convert it to surface reflectance first (an atmospheric correction such as ATCOR, FLAASH or ISOFIT, or the "
          "provider's level 2 product), or choose the empirical line or the flat field as correction.")


def guess_scale(sample):
    """The number by which stored values have to be divided to be reflectances.

    Parameters
    ----------
    sample : numpy.ndarray, shape (pixels, bands)
        NaN where there is no data.

    Returns
    -------
    float
        1, 100, 1000 or 10000, by the value that 98 % of the numbers do not
        exceed; None when they are larger than any of these explains.
    """
    high = float(np.nanpercentile(sample, 98.0))
    return next((scale for most, scale in SCALES if high <= most), None)


def radiance_signs(spectrum, micrometres):
    """Why a mean spectrum looks like light at the sensor and not like reflectance, or an empty string.

    Two signs are looked for: the fall of sunlight from the visible to the
    infrared, both to 1.65 and to 2.2 micrometres where the image reaches
    there (of all ground only snow and clear water show that), and the narrow
    line of oxygen in the air at 0.761 micrometres.

    Parameters
    ----------
    spectrum : numpy.ndarray, shape (bands,)
    micrometres : numpy.ndarray, shape (bands,)
        Rising.
    """
    pairs = [(_mean(spectrum, micrometres, near), _mean(spectrum, micrometres, far), far, most)
             for near, far, most in SUN]
    known = [pair for pair in pairs if None not in pair[:2]]
    if known and all(bright > most * max(dim, 0.0) for bright, dim, _, most in known):
        bright, dim, far, _ = known[0]
        return (f"the values fall from {bright:.4g} in visible light to {dim:.4g} around {np.mean(far):.2f} "
                "micrometres as sunlight does")
    before, line, after = (_mean(spectrum, micrometres, part) for part in OXYGEN)
    if None not in (before, line, after) and before + after > 0.0:
        depth = 1.0 - 2.0 * line / (before + after)
        if depth > OXYGEN_DEPTH:
            return f"the oxygen of the air shows at 0.761 micrometres with a depth of {depth:.2f}"
    return ""


def _mean(spectrum, micrometres, part):
    """Mean over a stretch of wavelengths; None without bands there."""
    inside = (micrometres >= part[0]) & (micrometres <= part[1]) & np.isfinite(spectrum)
    return float(spectrum[inside].mean()) if inside.any() else None


def check_reflectance(spectrum, micrometres, stated=""):
    """Refuse values that are radiances.

    Parameters
    ----------
    spectrum : numpy.ndarray
        Mean spectrum.
    micrometres : numpy.ndarray
    stated : str
        What the file says its values are.

    Raises
    ------
    InputError
    """
    signs = f"the file says '{stated}'" if _is_radiance(stated) else radiance_signs(spectrum, micrometres)
    if signs:
        raise InputError(f"The image looks like radiance, not reflectance: {signs}. {ADVICE} If it is reflectance all "
                         "the same, set 'Values' to reflectance.")


def _is_radiance(stated):
    return re.search(r"radiance|\b[um\u00b5\u03bc]?w\s*[/ ]\s*\(?\s*(m|cm|nm|um|sr)", stated, re.IGNORECASE) is not None


def dark_object(sample):
    """Light from the haze: in each band the value that only one pixel in a thousand falls below.

    Parameters
    ----------
    sample : numpy.ndarray, shape (pixels, bands)

    Returns
    -------
    numpy.ndarray, shape (bands,)
        To be subtracted (Chavez 1988, doi:10.1016/0034-4257(88)90019-3).
    """
    return np.nanquantile(sample, DARK_SHARE, axis=0)


def empirical_line(measured, reference):
    """Gain and offset of each band from targets whose reflectance is known.

    Parameters
    ----------
    measured : numpy.ndarray, shape (targets, bands)
        Values of the image.
    reference : numpy.ndarray, shape (targets, bands)
        Reflectance.

    Returns
    -------
    gain, offset : numpy.ndarray, shape (bands,)
        Reflectance is ``gain * value + offset`` (Smith and Milton 1999,
        doi:10.1080/014311699211994); with one target the offset is 0. NaN
        where no target can serve or the line falls.
    """
    known = np.isfinite(measured) & np.isfinite(reference)
    gain, offset = np.full((2, measured.shape[1]), np.nan)
    for band in range(measured.shape[1]):
        x, y = measured[known[:, band], band], reference[known[:, band], band]
        if len(x) == 1 and x[0] > 0.0:
            gain[band], offset[band] = y[0] / x[0], 0.0
        elif len(x) > 1 and np.ptp(x) > 0.0:
            gain[band], offset[band] = np.polyfit(x, y, 1)
    falls = ~(gain > 0.0)
    gain[falls] = offset[falls] = np.nan
    return gain, offset


def flat_field(spectrum):
    """Gain of each band from the mean spectrum of an area without absorptions.

    Parameters
    ----------
    spectrum : numpy.ndarray, shape (bands,)

    Returns
    -------
    numpy.ndarray, shape (bands,)
        Values times this are relative reflectances, 1 for the area (Roberts et
        al. 1986); NaN where the area is dark.
    """
    with np.errstate(divide="ignore"):
        return np.where(spectrum > 0.0, 1.0 / spectrum, np.nan)
