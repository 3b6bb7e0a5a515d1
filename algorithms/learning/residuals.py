"""What a model of features misses and near samples know: its errors at held-out samples, kriged.

Each member of an ensemble holds out other drill holes, so every training
sample has an error of networks that never saw its hole. Kriged, these errors
bring the grades of near holes into the prediction: regression kriging with a
network in place of the regression. Far from all samples nothing is added.

References
----------
Hengl, T., Heuvelink, G. B. M. & Rossiter, D. G. (2007). About
regression-kriging: from equations to case studies. Computers & Geosciences 33.
https://doi.org/10.1016/j.cageo.2007.05.001
"""
from dataclasses import dataclass

import numpy as np
from scipy.spatial import cKDTree

from ..fusion.localkriging import krige_simply
from ..fusion.nearest import NearestSamples
from ..fusion.neighbours import metric_of
from ..geostatistics.covariance import variogram_from_dict
from .kriged import fit_sampled_variogram
from .quadtree import LARGEST, Canvas, corners_of, quarters

NEIGHBOURS, PER_HOLE = 24, 6
LEAST_GAIN = 0.005  # of the mean square error; less is not worth its price
MOST_TRIED = 3000  # samples that the share is told by
FEWEST = 30
REACH = 1.25  # ranges from the nearest sample, beyond which nothing is added
WORTH = 0.1  # part of the sill of a structure whose range counts
NODES = 4  # of a grid within the range of a variogram; cells between them are interpolated
WIDEST = 16  # cells between nodes; where blocks of two sizes meet, what is interpolated shows a step
NEAR = 0.75  # sides of a block from one of its corners to a sample, within which the block is quartered


class ResidualField:
    """Errors of scaled targets at samples, and their variograms.

    Attributes
    ----------
    coordinates : numpy.ndarray, shape (n, d)
    groups : numpy.ndarray of int, shape (n,)
    values : numpy.ndarray, shape (n, t)
        NaN where there is none.
    variograms : list of Variogram or None
        None for a target whose errors cannot be kriged, or are not worth it.
    shares : list of float
        Part of the kriged error of each target that is added.
    """

    def __init__(self, coordinates, groups, values, variograms, shares=None):
        self.coordinates, self.groups = np.asarray(coordinates, dtype=float), np.asarray(groups)
        self.values, self.variograms = np.asarray(values, dtype=float), list(variograms)
        self.shares = [1.0] * len(self.variograms) if shares is None else list(shares)
        self._fields = [None if variogram is None else _Kriging(self.coordinates, self.groups, column, variogram)
                        for column, variogram in zip(self.values.T, self.variograms)]

    @classmethod
    def fit(cls, coordinates, groups, values, rng, progress):
        """Fit variograms to errors (n, t) at samples of drill holes.

        How much of a kriged error is added is told by the errors themselves,
        each kriged without its own hole.

        Returns
        -------
        ResidualField or None
            None where no target gains from it.
        """
        count = values.shape[1]
        trials = [Trial.of(coordinates, groups, column, rng, progress.span(k / count, (k + 1) / count))
                  for k, column in enumerate(values.T)]
        progress(1.0)
        found = cls.of_trials(coordinates, groups, trials)
        return found if any(found.shares) else None

    @classmethod
    def of_trials(cls, coordinates, groups, trials):
        """The field of several targets from their trials."""
        return cls(coordinates, groups, np.column_stack([trial.values for trial in trials]),
                   [trial.variogram if trial.share else None for trial in trials], [trial.share for trial in trials])

    def at(self, points, groups=None, check=None):
        """Kriged errors at points, and what is left of their variance.

        Parameters
        ----------
        points : numpy.ndarray, shape (p, d)
        groups : numpy.ndarray of int, shape (p,), optional
            Drill hole of each point, whose samples are then left out.
        check : callable, optional

        Returns
        -------
        shifts, ratios : numpy.ndarray of float32, shape (p, t)
            To be added to scaled targets, 0 where nothing is known; and the
            variance of errors over what it is without kriging, up to 1.
        """
        shifts, ratios = self._nothing(len(points))
        for target, (field, share) in enumerate(zip(self._fields, self.shares)):
            if field is not None:
                near = np.flatnonzero(field.distance(points) <= REACH)
                kriged, told = field.at(points[near], None if groups is None else groups[near], check)
                shifts[near, target], ratios[near, target] = _shared(share, kriged, told)
        return shifts, ratios

    def on_grid(self, grid, window, check=None):
        """As `at`, at the cells of a window, row by row.

        Cells that are small against the range of the variogram, and against
        their distance to the nearest sample, are interpolated between nodes,
        which lie at the same places in every window.

        Parameters
        ----------
        grid : dict
            ``west``, ``north`` and ``cell``, metres.
        window : tuple
            Column, row, columns, rows and elevation (None on a map).
        check : callable, optional
        """
        shifts, ratios = self._nothing(window[2] * window[3])
        for target, (field, share) in enumerate(zip(self._fields, self.shares)):
            if field is not None:
                shifts[:, target], ratios[:, target] = _shared(share, *field.on_grid(grid, window, check))
        return shifts, ratios

    def is_whole(self, dimensions, targets):
        """Whether its parts go together, for so many coordinates and targets."""
        return (self.coordinates.shape == (len(self.groups), dimensions)
                and self.values.shape == (len(self.groups), targets)
                and len(self.shares) == len(self.variograms) == targets)

    def _nothing(self, size):
        """No shift, and all of the variance."""
        count = self.values.shape[1]
        return np.zeros((size, count), np.float32), np.ones((size, count), np.float32)

    def state(self):
        """Arrays and JSON values from which `restore` makes the same."""
        arrays = {"coordinates": self.coordinates, "groups": self.groups, "values": self.values}
        variograms = [None if variogram is None else variogram.to_dict() for variogram in self.variograms]
        return arrays, {"shares": self.shares, "variograms": variograms}

    @classmethod
    def restore(cls, arrays, info):
        """The same from what `state` gave."""
        return cls(arrays["coordinates"], arrays["groups"], arrays["values"],
                   [None if content is None else variogram_from_dict(content) for content in info["variograms"]],
                   info["shares"])


@dataclass(frozen=True)
class Trial:
    """Values of one target, and what is known of some of them when each is kriged without its own hole.

    Attributes
    ----------
    values : numpy.ndarray, shape (n,)
    variogram : Variogram or None
    share : float
        Of the kriged values; 0 where they gain nothing.
    rows : numpy.ndarray of int, shape (k,)
        Of the values that were kriged.
    kriged, told : numpy.ndarray, shape (k,)
        Estimate, and the part of the variance that it tells.
    """

    values: np.ndarray
    variogram: object
    share: float
    rows: np.ndarray
    kriged: np.ndarray
    told: np.ndarray

    @classmethod
    def of(cls, coordinates, groups, values, rng, progress):
        """Fit a variogram to values (n,) with gaps, and krige some of them."""
        tried = np.sort(rng.permutation(len(values))[:MOST_TRIED])  # first, so that fitting does not change them
        tried = tried[np.isfinite(values[tried])]
        rows, variogram = np.flatnonzero(np.isfinite(values)), None
        if (rows.size >= FEWEST and np.ptp(values[rows]) > 0.0 and np.unique(groups[rows]).size > 2
                and np.ptp(coordinates[rows], axis=0).max() > 0.0):
            variogram = fit_sampled_variogram(coordinates[rows], groups[rows], values[rows], rng,
                                              progress.span(0.0, 0.8))
        field = ResidualField(coordinates, groups, values[:, None], [variogram])
        kriged, left = (part[:, 0].astype(float) for part in
                        field.at(coordinates[tried], groups[tried], progress.check))
        return cls(values, variogram, _share(kriged, values[tried]), tried, kriged, 1.0 - left)


class _Kriging:
    """Simple kriging, with the mean 0, of the errors of one target."""

    def __init__(self, coordinates, groups, values, variogram):
        rows = np.flatnonzero(np.isfinite(values))
        self.coordinates, self.values, self.variogram = coordinates[rows], values[rows], variogram
        self.metric = metric_of(variogram, coordinates.shape[1])
        self.nearest = NearestSamples(self.coordinates, groups[rows], self.metric, PER_HOLE)
        widest = max(variogram.structures, key=lambda structure: max(structure.ranges))
        self._widest = widest.matrix(coordinates.shape[1])
        self._tree = cKDTree(self.coordinates @ self._widest.T)
        steep = [structure.matrix(coordinates.shape[1])[:, :2] for structure in variogram.structures
                 if structure.sill >= WORTH * variogram.sill]
        self.shortest = 1.0 / max(np.linalg.norm(matrix, 2) for matrix in steep or [self.metric[:, :2]])  # on the map

    def distance(self, points, bound=REACH):
        """Distance of points (p, d) to the nearest sample, in ranges; infinite beyond a bound or without a place."""
        out = np.full(len(points), np.inf)
        placed = np.isfinite(points).all(axis=1)
        out[placed] = self._tree.query(points[placed] @ self._widest.T, distance_upper_bound=bound)[0]
        return out

    def on_grid(self, grid, window, check):
        """Estimate and told part of the variance at the cells of a window, see `ResidualField.on_grid`.

        Blocks are interpolated between their corners, and quartered before
        where a sample is nearer to a corner than the other corners are.
        """
        column, row, columns, rows, level = window
        unit = grid["cell"] * np.linalg.norm(self._widest[:, :2], 2)
        coarse = 2**int(np.log2(np.clip(self.shortest / (NODES * grid["cell"]), 1.0, WIDEST)))
        canvas, step = Canvas(column, row, columns, rows), LARGEST
        blocks = canvas.blocks(step)
        while len(blocks):
            if check:
                check()
            nodes, corners = corners_of(blocks, step)
            points = _centres(grid, nodes, level)
            # Beyond it there is nothing, or nothing steep.
            reach = NEAR * step * unit + (REACH if step > coarse else 0.0)
            away = self.distance(points, max(reach, REACH))
            close = (away <= reach)[corners].any(axis=0) & (step > 1)
            if step <= coarse:
                asked = np.zeros(len(nodes), dtype=bool)
                asked[corners[:, ~close]] = True
                asked, found = np.flatnonzero(asked & (away <= REACH)), np.zeros((2, len(nodes)))
                found[:, asked] = self.at(points[asked], None, check)
                canvas.fill(blocks[~close], found[:, corners[:, ~close]], step)
            step //= 2
            blocks = canvas.within(quarters(blocks[close]), step)
        return canvas.cells()

    def at(self, points, groups, check):
        """Estimate at points (p, d), and the part of the variance that it tells, both of shape (p,)."""
        near = self._near(points, groups, check)
        return krige_simply(self.variogram, self.coordinates, self.values, points, near, check)

    def _near(self, points, groups, check):
        return self.nearest.find(points, min(NEIGHBOURS, self.values.size), groups, check)


def _share(kriged, errors):
    """Least squares factor from 0 to 1 of kriged errors (n,); 0 where it gains nothing."""
    power = np.square(kriged).sum()
    share = float(np.clip((kriged * errors).sum() / power, 0.0, 1.0)) if power > 0.0 else 0.0
    gain = 1.0 - np.square(errors - share * kriged).sum() / np.square(errors).sum() if share else 0.0
    return share if gain >= LEAST_GAIN else 0.0


def _shared(share, kriged, told):
    """What is added of a kriged error, and the variance of what is left over that of the error."""
    return share * kriged, 1.0 - share * (2.0 - share) * told


def _centres(grid, cells, level):
    """Centres of cells (p, 2), given by column and row, shape (p, d)."""
    x, y = grid["west"] + (cells[:, 0] + 0.5) * grid["cell"], grid["north"] - (cells[:, 1] + 0.5) * grid["cell"]
    return np.column_stack([x, y] if level is None else [x, y, np.full(len(cells), float(level))])
