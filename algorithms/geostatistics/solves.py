"""Which fields can be kriged together, and with which variogram."""
from dataclasses import dataclass

import numpy as np

from .covariance import Variogram


@dataclass(frozen=True)
class Solve:
    """Fields that share their places and their correlogram, so one factorisation.

    Attributes
    ----------
    fields : tuple of Field
    variogram : Variogram
        Of the first field, on the transformed scale.
    factors : numpy.ndarray, shape (m,)
        Variance of each field over that of the first.
    """

    fields: tuple
    variogram: Variogram
    factors: np.ndarray

    @property
    def places(self):
        """Places of all the fields."""
        return self.fields[0].places

    @property
    def values(self):
        """Transformed values, shape (n, m)."""
        return np.stack([field.values for field in self.fields], axis=1)


def correlogram(variogram):
    """What two proportional variograms have in common, as a key."""
    total = variogram.sill
    return tuple(
        [round(variogram.nugget / total, 12)]
        + [(s.model, round(s.sill / total, 12), s.ranges, s.azimuth, s.dip, s.rake) for s in variogram.structures]
    )


def group_fields(fields, variograms):
    """Solves that together cover ``fields``, each with its variogram.

    Parameters
    ----------
    fields : sequence of Field
    variograms : sequence of Variogram

    Returns
    -------
    list of Solve
        In the order of their first field.
    """
    together = {}
    for field, variogram in zip(fields, variograms):
        together.setdefault((id(field.places), correlogram(variogram)), []).append((field, variogram))
    solves = []
    for members in together.values():
        first = members[0][1]
        factors = np.array([variogram.sill / first.sill for _, variogram in members])
        solves.append(Solve(tuple(field for field, _ in members), first, factors))
    return solves


def shared_variograms(fields, variogram, keep_sill=False):
    """One variogram for several fields, its variances brought to each field.

    The field that the variogram names keeps its sill, and so does a single
    field. Any other field takes the correlogram, its variances multiplied by
    the ratio of the sample variances (to the whole sill where the named field
    is not among ``fields``).

    Returns
    -------
    variograms : list of Variogram
    rescaled : list of str
        Names of the fields whose variances were changed.
    """
    own = next((field for field in fields if field.name == variogram.field), None)
    if keep_sill or len(fields) == 1 or not variogram.field:
        return [variogram] * len(fields), []
    base = float(np.var(own.values)) if own else variogram.sill
    factors = [1.0 if field is own else float(np.var(field.values)) / base for field in fields]
    rescaled = [field.name for field in fields if field is not own]
    return [variogram.scaled(factor) for factor in factors], rescaled
