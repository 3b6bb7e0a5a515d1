"""Experimental variograms all around the compass, beside a variogram that is looked at or changed by hand."""
import numpy as np

from .experimental import DOWN_THE_HOLE, Pairs, experimental_variogram, lag_edges
from .outliers import capped
from .parametrisation import main_directions

STEP, TOLERANCE = 10, 22.5  # degrees
VECTORS = 24  # of each lag, which stand for its pairs


def experimental_directions(field, variogram, rng):
    """Experimental variograms of a field in many directions, on the scale of its variogram.

    Parameters
    ----------
    field : Field
        Merged and transformed.
    variogram : Variogram
        Its axes are among the directions.
    rng : numpy.random.Generator
        Chooses pairs where they are too many.

    Returns
    -------
    list of (str, ExperimentalVariogram)
        The first is "all", "azimuth" (every ten degrees in the plan),
        "vertical", "axis" or "hole". Directions without pairs are left out.
    """
    coordinates, values = field.places.coordinates, field.values
    inside = capped(values)
    standard, variance = (inside - inside.mean()) / inside.std(), float(np.var(values))
    pairs, edges = Pairs(coordinates, rng), lag_edges(coordinates)
    found = []
    for kind, label, where in _places(field, variogram):
        one = experimental_variogram(coordinates, standard, edges, pairs=pairs, label=label, **where).scaled(variance)
        if len(one.lags):
            found.append((kind, one))
    return found


def lag_vectors(field, one, rng):
    """Lag vectors that stand for the pairs of a variogram of all directions or down the hole.

    Along them the mean of a model can be compared with the experimental values, whatever its anisotropy.

    Parameters
    ----------
    field : Field
    one : ExperimentalVariogram
        Of `experimental_directions`.
    rng : numpy.random.Generator
        Chooses pairs where they are too many.

    Returns
    -------
    list of numpy.ndarray, shape (v, d)
        One for each lag, metres.
    """
    pairs, groups = Pairs(field.places.coordinates, rng), field.places.groups
    edges = lag_edges(field.places.coordinates)
    bins = np.searchsorted(edges, pairs.distances, side="left") - 1
    if one.label == DOWN_THE_HOLE:
        bins[(groups[pairs.first] != groups[pairs.second]) | (groups[pairs.first] < 0)] = -1
    order = np.argsort(bins, kind="stable")
    found = []
    for number in np.unique(bins[(bins >= 0) & (bins < len(edges) - 1)]):
        own = order[slice(*np.searchsorted(bins[order], [number, number + 1]))]
        found.append(pairs.lags[own[np.linspace(0, own.size - 1, min(own.size, VECTORS)).astype(int)]])
    return found


def _places(field, variogram):
    """Kind, label and arguments of each direction."""
    dimensions = field.places.coordinates.shape[1]
    yield "all", None, {}
    for azimuth in range(0, 180, STEP):
        yield "azimuth", None, {"azimuth": float(azimuth), "tolerance": TOLERANCE}
    if dimensions == 3:
        yield "vertical", None, {"azimuth": 0.0, "dip": -90.0, "tolerance": TOLERANCE}
    if any(len(set(structure.ranges)) > 1 for structure in variogram.structures):
        for label, azimuth, dip in main_directions(variogram, dimensions):
            if "axis" in label:
                yield "axis", label, {"azimuth": azimuth, "dip": dip, "tolerance": TOLERANCE}
    if field.places.groups is not None and (field.places.groups >= 0).any():
        yield "hole", None, {"groups": field.places.groups}
