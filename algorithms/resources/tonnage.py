"""Tonnage, grade and metal above cut-offs, expected and in realisations.

The expected tonnage above a cut-off is the sum over the cells of their tonnes
times the chance that their grade lies above it. The tonnes of the cells whose
*mean* lies above it (plug-in) are also kept: they are biased, as a map of means
is smoother than the rock.

References
----------
Isaaks, E. H. & Srivastava, R. M. (1989). An Introduction to Applied
Geostatistics, ch. 19.
Rossi, M. E. & Deutsch, C. V. (2014). Mineral Resource Estimation, ch. 12-14.
https://doi.org/10.1007/978-1-4020-5717-5
"""
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr, ndtri

from .gradeshape import Z90

QUANTILES = (0.05, 0.10, 0.50, 0.90, 0.95)
AT_ONCE = 500_000  # random numbers at once: they stay in the cache and a cancel is quick
LEAST_CHANCE = 1e-12


@dataclass(frozen=True)
class Blocks:
    """Some cells with all that their tonnage needs.

    Attributes
    ----------
    tonnes : numpy.ndarray, shape (n,)
    mean : numpy.ndarray, shape (n,)
    shape : GradeShape or PowerShape
        Of the grade at the chosen support.
    scores : numpy.ndarray, shape (k, n)
        Standard normal scores of the cut-offs, rising along the first axis.
    share : numpy.ndarray, shape (n,)
        Part of the variance that neighbours may share.
    group : numpy.ndarray of int, shape (n,)
    coarse : numpy.ndarray of int, shape (n,)
        Coarse cell of the shared error.
    stated : bool
        Whether bands state the chances above cut-offs.
    """

    tonnes: np.ndarray
    mean: np.ndarray
    shape: object
    scores: np.ndarray
    share: np.ndarray
    group: np.ndarray
    coarse: np.ndarray
    stated: bool = False


def cutoff_scores(shape, cutoffs, stated, size):
    """Standard normal scores of the cut-offs, (k, n).

    Parameters
    ----------
    shape : GradeShape or PowerShape
    cutoffs : sequence of float
        Rising.
    stated : list
        For each cut-off the chances (n,) that a band states, NaN where it has
        none, or None.
    size : int
        Number of cells.
    """
    scores = np.empty((len(cutoffs), size))
    for k, (cutoff, chance) in enumerate(zip(cutoffs, stated)):
        own = shape.scores(cutoff)
        if chance is not None:
            inner = np.clip(chance, LEAST_CHANCE, 1.0 - LEAST_CHANCE)
            edge = np.where(chance <= 0.0, np.inf, np.where(chance >= 1.0, -np.inf, -ndtri(inner)))
            own = np.where(np.isfinite(chance), edge, own)
        scores[k] = own
    return np.maximum.accumulate(scores, axis=0)


@dataclass(frozen=True)
class Totals:
    """Sums above every cut-off, by group; the first cut-off stands for all material.

    Attributes
    ----------
    tonnage, metal : numpy.ndarray, shape (groups, k + 1) or (realisations, groups, k + 1)
        Metal in tonnes times the unit of the grade.
    """

    tonnage: np.ndarray
    metal: np.ndarray

    def of(self, groups):
        """Sums over some groups: arrays (..., k + 1)."""
        return Totals(self.tonnage[..., groups, :].sum(axis=-2), self.metal[..., groups, :].sum(axis=-2))

    @property
    def grade(self):
        """Metal over tonnage, NaN without tonnage."""
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.where(self.tonnage > 0.0, self.metal / self.tonnage, np.nan)

    def quantiles(self):
        """Quantiles over realisations by name: arrays (quantiles, k + 1), NaN where there never is any tonnage."""
        found = {name: getattr(self, name) for name in ("tonnage", "grade", "metal")}
        return {name: _quantiles(values) for name, values in found.items()}


def _quantiles(values):
    """`QUANTILES` along the first axis, of what is not NaN."""
    out = np.full((len(QUANTILES), values.shape[1]), np.nan)
    for k, column in enumerate(values.T):
        known = column[np.isfinite(column)]
        if known.size:
            out[:, k] = np.quantile(known, QUANTILES)
    return out


class Curves:
    """Expected, plug-in and simulated sums, from blocks that come one after the other.

    Parameters
    ----------
    cutoffs : sequence of float
        Rising, above zero.
    groups : int
    errors : SharedErrors
    realisations : int
    seed : int

    Attributes
    ----------
    expected, plugin, simulated : Totals
    counts : numpy.ndarray of int, shape (groups,)
        Cells.
    all_shared : numpy.ndarray, shape (2, k + 1)
        Tonnage at the 10 and 90 per cent quantiles of an error that all cells share.
    independent : numpy.ndarray, shape (k + 1,)
        Variance of the tonnage if no cells shared their errors.
    """

    def __init__(self, cutoffs, groups, errors, realisations, seed):
        self.cutoffs, self.groups, self.seed = np.asarray(cutoffs, float), groups, seed
        shape = (groups, len(cutoffs) + 1)
        self.expected = Totals(np.zeros(shape), np.zeros(shape))
        self.plugin = Totals(np.zeros(shape), np.zeros(shape))
        self.simulated = Totals(np.zeros((realisations, *shape)), np.zeros((realisations, *shape)))
        self.counts = np.zeros(groups, np.int64)
        self.all_shared, self.independent = np.zeros((2, shape[1])), np.zeros(shape[1])
        self.kind = np.min_scalar_type(len(self.cutoffs) + 1)
        self.errors, self.blocks = errors, 0
        self.shared = errors.draw(np.random.default_rng([seed, 0]), realisations)

    def add(self, blocks, check):
        """Take in some cells; ``check()`` is called often and may raise."""
        if not blocks.tonnes.size:
            return
        self.counts += np.bincount(blocks.group, minlength=self.groups)
        self._add_expected(blocks, check)
        self._add_plugin(blocks)
        self._simulate(blocks, check)

    def finish(self):
        """Turn sums by class of grade into sums above each cut-off."""
        for totals in (self.plugin, self.simulated):
            for sums in (totals.tonnage, totals.metal):
                sums[:] = np.cumsum(sums[..., ::-1], axis=-1)[..., ::-1]
        return self

    def _add_expected(self, blocks, check):
        """Tonnes times chances, and metal above each cut-off."""
        self._add_sums(self.expected, 0, blocks, np.ones(blocks.mean.size), np.maximum(blocks.mean, 0.0))
        grade = np.inf
        for k, (cutoff, scores) in enumerate(zip(self.cutoffs, blocks.scores), start=1):
            check()
            chance = ndtr(-scores)
            # A stated chance may not fit the shape: what lies above a cut-off is never poorer than it.
            grade = np.minimum(np.maximum(blocks.shape.partial(scores), cutoff * chance), grade)
            self._add_sums(self.expected, k, blocks, chance, grade)
            self._add_bounds(k, blocks, scores, chance)

    def _add_sums(self, totals, k, blocks, chance, grade):
        """Add tonnes times chance, and metal, to cut-off ``k``."""
        totals.tonnage[:, k] += self._by_group(blocks.group, blocks.tonnes * chance)
        totals.metal[:, k] += self._by_group(blocks.group, blocks.tonnes * grade)

    def _add_bounds(self, k, blocks, scores, chance):
        """What the tonnage would be if all cells shared their errors, and how it would vary if none did."""
        pull, own = np.sqrt(blocks.share), np.sqrt(np.maximum(1.0 - blocks.share, 1e-12))
        for row, sign in enumerate((-Z90, Z90)):
            self.all_shared[row, k] += blocks.tonnes @ ndtr((sign * pull - scores) / own)
        self.independent[k] += np.square(blocks.tonnes) @ (chance * (1.0 - chance))

    def _by_group(self, group, values):
        return np.bincount(group, values, self.groups)

    def _add_plugin(self, blocks):
        """Tonnes and metal of the cells by the class of their mean."""
        mean = np.maximum(blocks.mean, 0.0)
        code = blocks.group * (len(self.cutoffs) + 1) + np.searchsorted(self.cutoffs, mean, side="left")
        self._add_codes(self.plugin.tonnage, code, blocks.tonnes)
        self._add_codes(self.plugin.metal, code, blocks.tonnes * mean)

    @staticmethod
    def _add_codes(target, code, values):
        target += np.bincount(code, values, target.size).reshape(target.shape)

    def _simulate(self, blocks, check):
        """One grade for every cell and realisation, put into its class between the cut-offs."""
        self.blocks += 1
        rng = np.random.default_rng([self.seed, self.blocks])
        shared = np.sqrt(blocks.share * self.errors.share)
        pull = np.sqrt(blocks.share).astype(np.float32)
        own = np.sqrt(np.maximum(1.0 - shared ** 2, 0.0)).astype(np.float32)
        scores = blocks.scores.astype(np.float32)
        first, width = blocks.group * (len(self.cutoffs) + 1), max(AT_ONCE // blocks.tonnes.size, 1)
        for start in range(0, len(self.shared), width):
            check()
            draws = self.shared[start:start + width]
            z = rng.standard_normal((len(draws), blocks.tonnes.size), dtype=np.float32)
            z *= own
            z += draws[:, blocks.coarse] * pull
            classes = np.zeros(z.shape, self.kind)
            for edge in scores:
                classes += z > edge
            metal = self._grades(blocks, z, classes) * blocks.tonnes
            for number in range(len(draws)):
                code = first + classes[number]
                self._add_codes(self.simulated.tonnage[start + number], code, blocks.tonnes)
                self._add_codes(self.simulated.metal[start + number], code, metal[number])

    def _grades(self, blocks, z, classes):
        """Simulated grades; where bands state the chances, inside the class that these give."""
        grades = blocks.shape.at(z)
        if not blocks.stated:
            return grades
        ends = np.concatenate([[-np.inf], self.cutoffs, [np.inf]]).astype(np.float32)
        return np.clip(grades, ends[classes], ends[classes + self.kind.type(1)])
