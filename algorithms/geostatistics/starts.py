"""Where the search for the largest likelihood of a variogram begins."""
import itertools

import numpy as np

# Ranges as parts of the extent, vertical over horizontal ranges, shares of the nugget.
PARTS, FLATTENINGS, NUGGETS = (0.01, 0.03, 0.1, 0.4), (1.0, 0.3, 0.1), (0.05, 0.5)
# Range of the first structure relative to a single one's, how many times it the second has, and the second's share.
NESTED = tuple(itertools.product((0.5, 0.15, 0.04), (3.0, 12.0, 35.0), (0.3, 0.7)))
# A maximum of the likelihood is about this wide, as a ratio of ranges.
WIDTH = 3.0


def standard_starts(shape, extent):
    """Parameters with ranges from short to long, in three dimensions also flatter and flatter ones.

    Parameters
    ----------
    shape : Parametrisation
        Of one model.
    extent : float
        Diagonal of the samples' box, metres.

    Returns
    -------
    list of numpy.ndarray, each of shape (p,)
    """
    flattenings = FLATTENINGS if shape.dimensions == 3 and shape.anisotropy != "none" else (1.0,)
    starts = []
    for part, flattening, nugget in itertools.product(PARTS, flattenings, NUGGETS):
        ranges = part * extent * np.array([1.0, 1.0, flattening])[: shape.dimensions]
        starts.append(shape.vector(np.diag(np.log(ranges)), nugget))
    return starts


def nested_starts(shape, log_ranges, nugget):
    """Parameters of two structures around the log-range matrix (d, d) and the nugget share of a single one."""
    eye = np.eye(shape.dimensions)
    return [shape.vector(log_ranges + np.log(part) * eye, nugget, multiplier, second)
            for part, multiplier, second in NESTED]


def apart(first, second):
    """Whether two log-range matrices belong to different maxima of the likelihood."""
    return bool(np.abs(first - second).max() > np.log(WIDTH))
