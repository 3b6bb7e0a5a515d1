"""Which evidence speaks for a place: what its probability loses when a band is made like everywhere else.

References
----------
Zeiler, M. D. & Fergus, R. (2014). Visualizing and understanding convolutional
networks. ECCV. https://doi.org/10.1007/978-3-319-10590-1_53
"""
import numpy as np

BATCH = 64


def band_influence(model, windows, check=None):
    """Drop in probability when one band after the other is replaced by its training median.

    Parameters
    ----------
    model : ProspectivityModel
        Such as `modelstore.load_prospectivity` gives.
    windows : numpy.ndarray, shape (n, bands, size, size)
        Raw evidence around the places, NaN for gaps, codes for classes; ``size`` is 2 `model.reach` + 1.
    check : callable, optional
        Called now and then; may raise to cancel.

    Returns
    -------
    numpy.ndarray of float32, shape (n, bands)
        In the order of `model.bands`. Above 0 the band speaks for the place, below 0 against it. Classes are
        replaced by the most common one.
    """
    out = np.empty((len(windows), len(model.bands)), np.float32)
    for start in range(0, len(windows), BATCH):
        part = np.moveaxis(np.asarray(windows[start:start + BATCH], np.float32), 1, 0)
        channels = np.ascontiguousarray(np.moveaxis(model.preparation.apply(part), 0, 1))
        whole = model.members_at(channels, check).mean(axis=0)
        for number, (band, own) in enumerate(zip(model.preparation.bands, model.preparation.parts)):
            kept = channels[:, own].copy()
            channels[:, own] = band.typical()[None, :, None, None]
            out[start:start + BATCH, number] = whole - model.members_at(channels, check).mean(axis=0)
            channels[:, own] = kept
    return out
