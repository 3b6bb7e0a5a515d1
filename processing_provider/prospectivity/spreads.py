"""The uncertainty that goes with the band of a map: standard deviation and ends of the interval, strip by strip."""
import numpy as np
from qgis.core import QgsProcessingException

from .. import parameters as shared
from ..data.alignment import AlignedBand
from ..data.rasters import open_raster
from ..engine.errors import raise_if_cancelled
from ..translation import tr
from .mapinputs import ROWS, SPREADS, band_strips, quantity_of

UNCERTAINTY, UNCERTAINTY_BAND = "UNCERTAINTY", "UNCERTAINTY_BAND"
ENDS = ("p10", "p90")


def spread_strips(algorithm, parameters, context, chosen, feedback):
    """Strips of the standard deviation and of the ends of the interval, where there are any.

    Parameters
    ----------
    algorithm, parameters, context
        As Processing gives them.
    chosen : MapBand
    feedback : QgsProcessingFeedback

    Returns
    -------
    dict
        ``"sd"``, ``"p10"`` and ``"p90"`` to iterables of strips as `band_strips` gives them.
    """
    found = {}
    given = _given(algorithm, parameters, context)
    if given is not None:
        found["sd"] = _deviations(_aligned_strips(*given, chosen.frame, feedback), _name_of(*given))
    else:
        name = next((name for name in SPREADS if name in chosen.partners), None)
        if name:
            found["sd"] = _deviations(band_strips(chosen.layer, chosen.partners[name], feedback), name)
    for name in ENDS:
        if name in chosen.partners:
            found[name] = band_strips(chosen.layer, chosen.partners[name], feedback)
    return found


def spread_words(algorithm, parameters, context, chosen):
    """Where the uncertainty comes from, as a sentence."""
    given = _given(algorithm, parameters, context)
    if given is not None:
        return tr("Uncertainty: band {} of '{}'.").format(given[1], given[0].name())
    name = next((name for name in SPREADS if name in chosen.partners), None)
    if name is None:
        return tr("Uncertainty: none is known; the map has no band for it and no raster was given.")
    return tr("Uncertainty: the band '{}' of the map.").format(name)


def _given(algorithm, parameters, context):
    """Raster and band of the uncertainty that the user gave, or None."""
    if not shared.given(parameters, UNCERTAINTY):
        return None
    layer = algorithm.parameterAsRasterLayer(parameters, UNCERTAINTY, context)
    if layer is None or not layer.isValid():
        raise QgsProcessingException(algorithm.invalidRasterError(parameters, UNCERTAINTY))
    chosen = shared.given(parameters, UNCERTAINTY_BAND)
    band = algorithm.parameterAsInt(parameters, UNCERTAINTY_BAND, context) if chosen else 1
    if not 1 <= band <= layer.bandCount():
        raise QgsProcessingException(tr("The raster '{}' has no band {}, only {}.").format(
            layer.name(), band, layer.bandCount()))
    return layer, band


def _name_of(layer, band):
    """Quantity in the name of a band."""
    dataset = open_raster(layer)  # a band is gone with its dataset
    return quantity_of(dataset.GetRasterBand(band).GetDescription())[1]


def _aligned_strips(layer, band, frame, feedback):
    """Strips of a raster on the cells of the map."""
    aligned = AlignedBand(layer, band, frame)
    for top in range(0, frame.rows, ROWS):
        raise_if_cancelled(feedback)
        yield top, aligned.read(0, top, frame.columns, min(ROWS, frame.rows - top))
        feedback.setProgress(100.0 * min(1.0, (top + ROWS) / frame.rows))


def _deviations(strips, name):
    """Standard deviations; of variances their roots. What is below zero is not known."""
    for top, values in strips:
        with np.errstate(invalid="ignore"):
            values = np.where(values >= 0.0, np.sqrt(np.maximum(values, 0.0)) if name == "variance" else values, np.nan)
        yield top, values.astype(np.float32)
