"""From samples with gaps and duplicates to what kriging can solve.

A field is brought to its transformed scale, its gaps are left out and samples
that stand at one place become one sample, the mean of them, whose nugget is
divided by their number. Fields with the same gaps share one set of places and
so one factorisation.
"""
from dataclasses import dataclass

import numpy as np
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from ..errors import InputError
from .transforms import fit_transform, transform_from_dict

COINCIDENT = 1e-8  # of the diagonal of the samples' box
SKEWED = 1.0
FEWEST = 30  # values that a skewness can be read from


@dataclass(frozen=True)
class Places:
    """Distinct places of some samples.

    Attributes
    ----------
    rows : numpy.ndarray, shape (k,)
        Samples used, as rows of the input.
    coordinates : numpy.ndarray, shape (n, d)
        Distinct places, metres.
    counts : numpy.ndarray, shape (n,)
        Samples merged at each place.
    groups : numpy.ndarray, shape (n,)
        Drill hole of each place; holes that share a place are one group.
    place : numpy.ndarray, shape (k,)
        Place of each used sample.
    """

    rows: np.ndarray
    coordinates: np.ndarray
    counts: np.ndarray
    groups: np.ndarray
    place: np.ndarray

    @property
    def merged(self):
        """How many samples stood at the place of another one."""
        return self.rows.size - self.counts.size

    def mean(self, values):
        """Mean of ``values`` (k,) at each place, shape (n,)."""
        return np.bincount(self.place, weights=values, minlength=self.counts.size) / self.counts


@dataclass(frozen=True)
class Field:
    """One field at its places, on its transformed scale.

    Attributes
    ----------
    name : str
    places : Places
    transform : Transform
    values : numpy.ndarray, shape (n,)
        Transformed values at the places.
    observed : numpy.ndarray, shape (n,)
        The same on the original scale.
    """

    name: str
    places: Places
    transform: object
    values: np.ndarray
    observed: np.ndarray


def find_places(coordinates, rows, groups=None):
    """Distinct places among the samples ``rows``; see `Places`."""
    points = np.asarray(coordinates, dtype=float)[rows]
    span = max(float(np.linalg.norm(np.ptp(points, axis=0))), 1e-300)
    keys = np.round((points - points.min(axis=0)) / (COINCIDENT * span)).astype(np.int64)
    _, first, place = np.unique(keys, axis=0, return_index=True, return_inverse=True)
    order = np.argsort(first, kind="stable")
    rank = np.empty_like(order)
    rank[order] = np.arange(order.size)
    place = rank[place.reshape(-1)]
    counts = np.bincount(place).astype(float)
    centres = np.stack([np.bincount(place, weights=axis) / counts for axis in points.T], axis=1)
    return Places(np.asarray(rows), centres, counts, _joined_groups(groups, rows, place, counts.size), place)


def _joined_groups(groups, rows, place, size):
    """Hole of each place, uniting holes that share one; a sample without a hole is its own group."""
    if groups is None:
        return np.arange(size)
    holes = np.asarray(groups)[rows].astype(np.int64)
    alone = holes < 0
    holes[alone] = holes.max(initial=-1) + 1 + place[alone]
    _, holes = np.unique(holes, return_inverse=True)
    shape = (size + holes.max() + 1,) * 2
    links = coo_matrix((np.ones(place.size), (place, size + holes.reshape(-1))), shape=shape)
    labels = connected_components(links, directed=False)[1][:size]
    return np.unique(labels, return_inverse=True)[1].reshape(-1)


def prepare_fields(coordinates, values, names, groups=None, transform="none", known=None):
    """Fields ready for kriging.

    Parameters
    ----------
    coordinates : array_like, shape (n, d)
        Metres.
    values : array_like, shape (n, m)
        NaN where there is no assay.
    names : sequence of str
    groups : array_like of int, shape (n,), optional
        Drill holes, negative where there is none.
    transform : str
        Name of the transform, see `transforms`; "auto" chooses one for each
        field, see `choose_transform`.
    known : dict, optional
        Parameters of a transform by field name, used instead of fitting one.

    Returns
    -------
    list of Field
        Fields with the same gaps share one `Places` object.

    Raises
    ------
    InputError
        A field has fewer than two places or one value only.
    """
    values = np.asarray(values, dtype=float)
    shared, fields = {}, []
    for name, column in zip(names, values.T):
        present = np.isfinite(column)
        key = present.tobytes()
        if not present.any():
            raise InputError(f"The field '{name}' has no value at any sample: choose another field.")
        if key not in shared:
            shared[key] = find_places(coordinates, np.flatnonzero(present), groups)
        fields.append(_field(name, column[present], shared[key], transform, (known or {}).get(name)))
    return fields


def skewness(values):
    """Third standardised moment."""
    deviation = values - values.mean()
    return float(np.mean(deviation**3) / np.mean(deviation**2) ** 1.5)


def choose_transform(values):
    """Transform that suits the skewness of the values.

    Nearly symmetric values, and fewer than `FEWEST` of them, stay as they
    are. Skewed ones take normal scores, which also hold for values at zero.
    """
    if values.size < FEWEST or abs(skewness(values)) <= SKEWED:
        return "none"
    return "normalscore"


def _field(label, values, places, transform, known):
    """One `Field` of the values at the used samples."""
    if places.counts.size < 2:
        raise InputError(
            f"The field '{label}' has values at {places.counts.size} place only: kriging needs at least two places."
        )
    if np.ptp(values) == 0.0:
        raise InputError(f"All values of the field '{label}' are {values[0]:g}: there is nothing to interpolate.")
    name = choose_transform(values) if transform == "auto" else transform
    fitted = transform_from_dict(known) if known else fit_transform(name, values)
    transformed = places.mean(fitted.forward(values))
    return Field(label, places, fitted, transformed, places.mean(values))
