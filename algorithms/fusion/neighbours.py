"""What the samples of other holes say about a place: their values and distances, and kriging from them."""
from dataclasses import dataclass, replace
from typing import Optional

import numpy as np

from ..geostatistics.covariance import variogram_from_dict
from ..geostatistics.data import SKEWED, find_places, skewness
from ..geostatistics.fitting import fit_variogram
from ..geostatistics.transforms import fit_transform, transform_from_dict
from .localkriging import krige_locally
from .nearest import NearestSamples

MODELS = ("matern15", "matern25", "cubic")  # their fields have a gradient
MOST_FITTED = 3000  # samples that a variogram is fitted to
AXES = ("dx", "dy", "dz")
KRIGED = 4  # samples kriged from for each neighbour that is a feature
FEWEST_KRIGED = 24
NEAREST = 0.01  # share of the samples whose neighbours of other holes are nearer than a place may seem to be


@dataclass(frozen=True)
class NeighbourField:
    """One field at the samples that know it.

    Attributes
    ----------
    name : str
    variogram : Variogram
        Of the transformed values.
    transform : Transform
    coordinates : numpy.ndarray, shape (n, d)
    values : numpy.ndarray, shape (n,)
        Transformed.
    groups : numpy.ndarray of int, shape (n,)
        Drill hole, negative for none.
    neighbours : int
        How many values and distances are features; 0 for kriging only.
    per_hole : int
        Most samples taken from one hole.
    least : numpy.ndarray, shape (features,), optional
        Lower bounds of the features. Samples see only other holes, so what
        learns from them never saw a place right beside a sample; distances
        and variances there count as the smallest that samples have.
    """

    name: str
    variogram: object
    transform: object
    coordinates: np.ndarray
    values: np.ndarray
    groups: np.ndarray
    neighbours: int
    per_hole: int
    least: Optional[np.ndarray] = None

    def __post_init__(self):
        looked_up = NearestSamples(self.coordinates, self.groups, metric_of(self.variogram, self.dimensions),
                                   self.per_hole)
        object.__setattr__(self, "nearest", looked_up)

    @property
    def dimensions(self):
        """2 or 3."""
        return self.coordinates.shape[1]

    @property
    def features(self):
        """Names of the columns."""
        near = [f"{self.name}_near{k + 1}" for k in range(self.neighbours)]
        distances = [f"{self.name}_distance{k + 1}" for k in range(self.neighbours)]
        kriged = ["estimate", "variance", *AXES[: self.dimensions]] + ([] if self.neighbours else ["magnitude"])
        return near + distances + [f"{self.name}_{quantity}" for quantity in kriged]

    @property
    def units(self):
        """Units of the columns, empty for values, which are transformed."""
        start = len(self.name) + 1
        return ["m" if feature[start:].startswith("distance") else "" for feature in self.features]

    def apply(self, points, groups=None, check=None):
        """Features of points (p, d), shape (p, features).

        Parameters
        ----------
        points : numpy.ndarray, shape (p, d)
        groups : numpy.ndarray of int, shape (p,), optional
            Drill hole of each point: its samples, and those at the very place
            of the point, are not used. Without it all samples are.
        check : callable, optional
            Called now and then; may raise to stop.
        """
        near = self.nearest.find(points, max(KRIGED * self.neighbours, FEWEST_KRIGED), groups, check)
        estimate, variance, gradient = krige_locally(
            self.variogram, self.coordinates, self.values, points, near, check)
        columns = [estimate[:, None], variance[:, None], gradient]
        if self.neighbours:
            first = near[:, : self.neighbours]
            away = np.linalg.norm(points[:, None, :] - self.coordinates[first], axis=2)
            known = first >= 0
            columns = [np.where(known, self.values[first], np.nan), np.where(known, away, np.nan), *columns]
        else:
            columns.append(np.linalg.norm(gradient, axis=1)[:, None])
        found = np.hstack(columns)
        return found if self.least is None else np.maximum(found, self.least)

    def bounded(self, chosen, check=None):
        """The same with the lower bounds that some of its samples, by their numbers, give."""
        seen = self.apply(self.coordinates[chosen], self.groups[chosen], check)
        bounds = np.full(len(self.features), -np.inf)
        for number, name in enumerate(self.features):
            quantity, known = name[len(self.name) + 1:], np.isfinite(seen[:, number])
            if known.any() and (quantity.startswith("distance") or quantity == "variance"):
                bounds[number] = np.quantile(seen[known, number], NEAREST)
        return replace(self, least=bounds)

    def state(self):
        """Arrays and JSON values from which `restore` makes the same."""
        info = {"name": self.name, "neighbours": self.neighbours, "per_hole": self.per_hole,
                "transform": self.transform.to_dict(), "variogram": self.variogram.to_dict()}
        arrays = {"coordinates": self.coordinates, "values": self.values, "groups": self.groups}
        return (arrays if self.least is None else {**arrays, "least": self.least}), info

    @classmethod
    def restore(cls, arrays, info):
        """The same from what `state` gave."""
        return cls(info["name"], variogram_from_dict(info["variogram"]), transform_from_dict(info["transform"]),
                   arrays["coordinates"], arrays["values"], arrays["groups"], info["neighbours"], info["per_hole"],
                   arrays.get("least"))


def fit_neighbours(name, table, values, neighbours, per_hole, rng, progress, given=None):
    """`NeighbourField` of one field, with a variogram fitted to it unless one is given.

    Parameters
    ----------
    name : str
    table : SampleTable
    values : numpy.ndarray, shape (n,)
        NaN where the field is not known.
    neighbours, per_hole : int
        See `NeighbourField`.
    rng : numpy.random.Generator
    progress : Progress
    given : dict, optional
        Content of a variogram file: its shape is used, with the variance of
        these values.

    Returns
    -------
    NeighbourField or None
        None where all samples belong to one hole, or all values are equal.
    """
    rows = np.flatnonzero(np.isfinite(values))
    places = find_places(table.coordinates, rows, table.groups) if rows.size else None
    if places is None or places.groups.max() == 0 or np.ptp(values[rows]) == 0.0:
        return None
    transform = _transform(values[rows], given, name)
    scaled = transform.forward(values[rows])
    variogram = _variogram(places, scaled, rng, progress, given, name)
    field = NeighbourField(name, variogram, transform, table.coordinates[rows], scaled, table.groups[rows], neighbours,
                           per_hole)
    return field.bounded(_some(rows.size, rng), progress.check)


def _some(count, rng):
    """Sorted numbers of at most so many samples as are fitted to, of a count."""
    if count <= MOST_FITTED:
        return np.arange(count)
    return np.sort(rng.choice(count, MOST_FITTED, replace=False))


def _transform(values, given, name):
    """The transform of the variogram file, or a power where the values are skewed."""
    if given and given.get("transform_parameters") and given.get("field") == name:
        return transform_from_dict(given["transform_parameters"])
    if given and given.get("transform") in (None, "none"):
        return fit_transform("none", values)
    return fit_transform("boxcox" if values.max() > 0.0 and skewness(values) > SKEWED else "none", values)


def _variogram(places, values, rng, progress, given, name):
    """Variogram of transformed values at their places."""
    mean = places.mean(values)
    if given:
        variogram = variogram_from_dict(given)
        same = given.get("field") == name
        return variogram if same else variogram.scaled(float(mean.var()) / variogram.sill)
    chosen = _some(mean.size, rng)
    fit = fit_variogram(places.coordinates[chosen], mean[chosen], models=MODELS, counts=places.counts[chosen],
                        groups=places.groups[chosen], rng=rng, progress=progress)
    return replace(fit.variogram, field=name)


def metric_of(variogram, dimensions):
    """Turns metres into ranges of the structure with the largest sill, shape (d, d)."""
    return max(variogram.structures, key=lambda structure: structure.sill).matrix(dimensions)
