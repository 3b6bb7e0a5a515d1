"""What a Bayesian model says about grades: mixtures of normal distributions on the scale of the target.

Each member (a network of an ensemble, or a draw from a posterior) gives a mean
and a noise variance. Between the members lies what the model does not know
(epistemic), within them what no model of these features can know (aleatoric);
the law of total variance adds them up on the scale of the grade.
"""
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import torch
from scipy.special import ndtri

from ..geostatistics.scores import crps_quantiles

CHUNK = 32_768  # values of all members at once, so that they stay in the cache
ROUNDS, HALVED = 40, 4
CLOSE = 1e-4  # in probability
TINY = 1e-12  # density, below which no slope is followed
BEND = 0.5  # most that a step differs from Newton's, which alone leads away from where hardly anything is
SURE = 0.1  # of the least standard deviation of a member; so small a step of Halley's method ends within CLOSE
LEAST_VARIANCE = 1e-8


@dataclass(frozen=True)
class Predictive:
    """Mixtures of normal distributions at n places for t targets.

    Attributes
    ----------
    means, noise : numpy.ndarray, shape (members, n, t)
        Of the scaled targets; ``noise`` is a variance and may have length 1 along any axis.
    scales : list of TargetScale, length t
    """

    means: np.ndarray
    noise: np.ndarray
    scales: list

    def __len__(self):
        return self.means.shape[1]

    def take(self, rows):
        """The places that a mask, a slice or an index array selects."""
        noise = self.noise if self.noise.shape[1] == 1 else np.ascontiguousarray(self.noise[:, rows])
        return replace(self, means=np.ascontiguousarray(self.means[:, rows]), noise=noise)  # sums depend on the order

    def widened(self, factors):
        """The same with all variances of each target, between and within members, times a factor (t,)."""
        factors = np.asarray(factors, dtype=self.means.dtype)
        middle = self.means.mean(axis=0)
        return replace(self, means=middle + np.sqrt(factors) * (self.means - middle), noise=self.noise * factors)

    def shifted(self, shifts, ratios):
        """The same with all members moved by ``shifts`` (n, t) and the noise times ``ratios`` (n, t)."""
        kind = self.means.dtype
        return replace(self, means=self.means + np.asarray(shifts, kind), noise=self.noise * np.asarray(ratios, kind))

    def moved(self, offsets, weights, spreads, ratios):
        """The same about another middle; all arguments are of shape (n, t).

        Parameters
        ----------
        offsets, weights : numpy.ndarray
            The mean over members becomes the weight times what it was, plus the offset.
        spreads : numpy.ndarray
            How far members are from their mean is multiplied by it.
        ratios : numpy.ndarray
            The noise is multiplied by it.
        """
        kind, middle = self.means.dtype, self.means.mean(axis=0)
        offsets, weights, spreads, ratios = (np.asarray(part, kind) for part in (offsets, weights, spreads, ratios))
        means = self.means * spreads
        means += offsets + (weights - spreads) * middle
        return replace(self, means=means, noise=self.noise * ratios)

    def summary(self, wanted=("mean", "sd", "epistemic", "aleatoric"), quantiles=(), cutoffs=()):
        """Numbers of each place, a bounded number of places at a time.

        Parameters
        ----------
        wanted : iterable of str
            Among "mean", "sd", "epistemic" and "aleatoric" (standard deviations), in units of the grade.
        quantiles : iterable of float
            Probabilities.
        cutoffs : sequence of sequences of float
            For each target, grades whose exceedance is wanted.

        Returns
        -------
        list of dict
            One for each target: arrays (n,) by ``"mean"`` and so on, ``p`` for
            a quantile of probability p, and ``("above", cutoff)``.
        """
        return [self._summary(target, tuple(wanted), tuple(quantiles), tuple(cutoffs[target]) if len(cutoffs) else ())
                for target in range(len(self.scales))]

    def _summary(self, target, wanted, quantiles, cutoffs):
        size, members = len(self), self.means.shape[0]
        out = {name: np.empty(size, self.means.dtype) for name in
               (*wanted, *quantiles, *(("above", cutoff) for cutoff in cutoffs))}
        step = max(CHUNK // members, 256)
        for start in range(0, size, step):
            rows = slice(start, start + step)
            part = _Chunk(self, rows, target)
            for name, values in part.moments().items() if wanted else ():
                if name in out:
                    out[name][rows] = values
            for p in quantiles:
                out[p][rows] = part.quantile(p)
            for cutoff in cutoffs:
                out["above", cutoff][rows] = part.above(cutoff)
        return out

    def mean(self):
        """Expected grade, shape (n, t)."""
        return np.stack([found["mean"] for found in self.summary(("mean",))], axis=1)

    def sd(self):
        """Standard deviation of the grade, shape (n, t)."""
        return np.stack([found["sd"] for found in self.summary(("sd",))], axis=1)

    def quantile(self, p):
        """Quantile of the grade, shape (n, t)."""
        return np.stack([found[p] for found in self.summary((), (p,))], axis=1)

    def exceedance(self, cutoff):
        """Probability of a grade above a cut-off, shape (n, t)."""
        cutoffs = [(cutoff,)] * len(self.scales)
        return np.stack([found["above", cutoff] for found in self.summary((), (), cutoffs)], axis=1)

    def distribution(self, scaled, target):
        """Probability of a scaled target below a value (n,), shape (n,)."""
        scaled = np.asarray(scaled, dtype=float)
        deviation = np.sqrt(np.maximum(self.noise[:, :, target].astype(float), LEAST_VARIANCE))
        return normal_below((scaled - self.means[:, :, target]) / deviation).mean(axis=0)

    def crps(self, observed):
        """Continuous ranked probability score, shape (n, t), NaN where nothing was observed."""
        observed = np.asarray(observed, dtype=float)
        out = np.full(observed.shape, np.nan)
        for target in range(len(self.scales)):
            rows = np.flatnonzero(np.isfinite(observed[:, target]))
            if rows.size:
                part = self.take(rows).only(target)
                out[rows, target] = crps_quantiles(observed[rows, target], lambda p, part=part: part.quantile(p)[:, 0])
        return out

    def only(self, target):
        """The same for one target, by its number."""
        noise = self.noise if self.noise.shape[2] == 1 else self.noise[:, :, target:target + 1]
        return Predictive(self.means[:, :, target:target + 1], noise, [self.scales[target]])


def normal_below(z):
    """Standard normal probability below z, in its precision; torch computes it ten times as fast as scipy."""
    return torch.special.ndtr(torch.from_numpy(np.ascontiguousarray(z))).numpy()


class _Chunk:
    """A few places of one target."""

    def __init__(self, predictive, rows, target):
        self.scale = predictive.scales[target]
        self.means = np.ascontiguousarray(predictive.means[:, rows, target])
        noise = predictive.noise[..., target if predictive.noise.shape[2] > 1 else 0]
        noise = noise if noise.shape[1] == 1 else noise[:, rows]
        self.noise = np.maximum(noise, self.means.dtype.type(LEAST_VARIANCE))
        self.deviation = np.sqrt(self.noise)

    @cached_property
    def normal(self):
        """Mean and standard deviation of the scaled target."""
        return self.means.mean(axis=0), np.sqrt(self.means.var(axis=0) + self.noise.mean(axis=0))

    @cached_property
    def extremes(self):
        """Least and largest mean and standard deviation of the members."""
        return tuple(of(part, axis=0) for part in (self.means, self.deviation) for of in (np.min, np.max))

    def _bounds(self, score):
        """Values that no member's quantile is below or above, given the standard score of the quantile."""
        lowest, highest, least, most = self.extremes
        ends = score * least, score * most
        return lowest + np.minimum(*ends), highest + np.maximum(*ends)

    def moments(self):
        """Mean and standard deviations of the grade."""
        means, variances = self.scale.moments(self.means, self.noise)
        mean = means.mean(axis=0)
        between, within = np.square(means - mean).mean(axis=0), variances.mean(axis=0)
        return {"mean": mean, "sd": np.sqrt(between + within), "epistemic": np.sqrt(between),
                "aleatoric": np.sqrt(within)}

    def above(self, cutoff):
        """Probability of a grade above a cut-off."""
        place = self.scale.place(cutoff)
        if place == -np.inf:
            return np.ones(self.means.shape[1])
        return normal_below((self.means - self.means.dtype.type(place)) / self.deviation).mean(axis=0)

    def quantile(self, p):
        """Quantile of the grade: Halley's method between bounds of what the members say."""
        kind = self.means.dtype.type
        score = kind(ndtri(p))
        low, high = self._bounds(score)
        middle, spread = self.normal
        x = np.clip(middle + score * spread, low, high)
        found, left, sure = np.empty_like(x), np.arange(x.size), np.broadcast_to(SURE * self.extremes[2], x.shape)
        means, sharpness = self.means, np.broadcast_to(kind(1.0) / self.deviation, self.means.shape)
        for number in range(ROUNDS):
            z = (x - means) * sharpness
            miss = normal_below(z).mean(axis=0) - kind(p)
            low, high = np.where(miss < 0.0, x, low), np.where(miss > 0.0, x, high)
            step = _halley(x, z, sharpness, miss)
            # Every few rounds the bounds are halved, as steps may jump across the quantile for ever.
            inside, there = (step > low) & (step < high) & (number % HALVED < HALVED - 1), np.abs(miss) < CLOSE
            step = np.where(there, x, np.where(inside, step, kind(0.5) * (low + high)))
            found[left] = step
            wrong = np.flatnonzero(~(there | inside & (np.abs(step - x) <= sure[left])))
            if not wrong.size:
                break
            left, x, low, high = left[wrong], step[wrong], low[wrong], high[wrong]
            means, sharpness = means[:, wrong], sharpness[:, wrong]
        return self.scale.inverse(found)


def _halley(x, z, sharpness, miss):
    """Places (n,) nearer to the quantile of mixtures.

    Parameters
    ----------
    x : numpy.ndarray, shape (n,)
    z : numpy.ndarray, shape (members, n)
        Standardised distances to the members.
    sharpness : numpy.ndarray, shape (members, n)
        One over the standard deviation of each.
    miss : numpy.ndarray, shape (n,)
        Probability below x, less the one that is asked for.
    """
    kind = z.dtype.type
    density = z * z
    density *= kind(-0.5)
    np.exp(density, out=density)
    density *= sharpness
    slope = density * sharpness
    slope *= z
    density = density.mean(axis=0) * kind(1.0 / np.sqrt(2.0 * np.pi))
    slope = slope.mean(axis=0) * kind(-1.0 / np.sqrt(2.0 * np.pi))
    newton = miss / np.maximum(density, kind(TINY))
    bend = kind(0.5) * newton * slope / np.maximum(density, kind(TINY))
    return x - newton / (kind(1.0) - np.clip(bend, kind(-BEND), kind(BEND)))


class Pooled:
    """Predictions of several models, each for rows of its own, as one.

    Parameters
    ----------
    size : int
        Number of rows of the whole.
    parts : list of (numpy.ndarray, Predictive)
        Rows, and what is predicted there; rows must not overlap.
    """

    def __init__(self, size, parts):
        self.size, self.parts = size, list(parts)
        self.targets = len(self.parts[0][1].scales)

    @property
    def rows(self):
        """Rows that have a prediction, in ascending order."""
        return np.sort(np.concatenate([rows for rows, _ in self.parts]))

    def _gathered(self, function):
        out = np.full((self.size, self.targets), np.nan)
        for rows, part in self.parts:
            out[rows] = function(rows, part)
        return out

    def mean(self):
        """Expected grade, shape (size, t), NaN where there is no prediction."""
        return self._gathered(lambda rows, part: part.mean())

    def sd(self):
        """Standard deviation, shape (size, t)."""
        return self._gathered(lambda rows, part: part.sd())

    def quantile(self, p):
        """Quantile, shape (size, t)."""
        return self._gathered(lambda rows, part: part.quantile(p))

    def exceedance(self, cutoff):
        """Probability of a grade above a cut-off, shape (size, t)."""
        return self._gathered(lambda rows, part: part.exceedance(cutoff))

    def crps(self, observed):
        """Continuous ranked probability score, shape (size, t)."""
        return self._gathered(lambda rows, part: part.crps(observed[rows]))

    def widened(self, factors):
        """The same with variances times factors: (t,) for all, or one such array for each part."""
        factors = np.asarray(factors, dtype=float)
        each = factors if factors.ndim == 2 else [factors] * len(self.parts)
        return Pooled(self.size, [(rows, part.widened(factor)) for (rows, part), factor in zip(self.parts, each)])
