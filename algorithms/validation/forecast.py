"""What a model of any kind says about grades it was not shown: a mean and a table of quantiles for each sample."""
import numpy as np
from scipy.special import ndtr, ndtri

SCORES = np.linspace(-4.0, 4.0, 81)  # normal scores at which quantiles are kept: close to each other, and far out
PROBABILITIES = ndtr(SCORES)
LEVELS = (0.8, 0.9)
FEWEST = 30
WIDEST = 20.0  # times, at most, that intervals are stretched


class Forecast:
    """Distributions of a grade at some samples.

    Attributes
    ----------
    mean, sd : numpy.ndarray, shape (n,)
        NaN where nothing is predicted.
    table : numpy.ndarray, shape (n, k)
        Quantiles at `PROBABILITIES`, never falling from left to right.
    """

    def __init__(self, mean, sd, table):
        self.mean, self.sd = np.asarray(mean, dtype=float), np.asarray(sd, dtype=float)
        self.table = np.asarray(table, dtype=np.float32)

    @classmethod
    def of(cls, mean, sd, quantile):
        """From ``quantile(p)``, which gives quantiles (n,)."""
        table = np.stack([np.asarray(quantile(float(p)), dtype=np.float32) for p in PROBABILITIES], axis=1)
        return cls(mean, sd, np.maximum.accumulate(table, axis=1))

    @classmethod
    def joined(cls, size, parts):
        """Of several parts, each the rows (m,) it is for and a `Forecast` there; NaN at all other rows."""
        whole = cls(np.full(size, np.nan), np.full(size, np.nan), np.full((size, PROBABILITIES.size), np.nan))
        for rows, part in parts:
            whole.mean[rows], whole.sd[rows], whole.table[rows] = part.mean, part.sd, part.table
        return whole

    def __len__(self):
        return self.mean.size

    def take(self, rows):
        """The samples that a mask or an index array selects."""
        return Forecast(self.mean[rows], self.sd[rows], self.table[rows])

    def quantile(self, p):
        """Quantile of each grade, shape (n,)."""
        place = np.interp(ndtri(p), SCORES, np.arange(SCORES.size))
        low = min(int(place), SCORES.size - 2)
        return self.table[:, low] + (place - low) * (self.table[:, low + 1] - self.table[:, low])

    def exceedance(self, cutoff):
        """Probability of a grade above a cut-off, shape (n,)."""
        return 1.0 - self.below(np.full(len(self), float(cutoff)))

    def below(self, values):
        """Probability of a grade at or below a value of its own (n,), shape (n,)."""
        values, last = np.asarray(values, dtype=float), SCORES.size - 1
        upper = np.clip((self.table <= values[:, None]).sum(axis=1), 1, last)
        rows = np.arange(len(self))
        low, high = self.table[rows, upper - 1].astype(float), self.table[rows, upper].astype(float)
        with np.errstate(invalid="ignore", divide="ignore"):
            part = np.clip(np.where(high > low, (values - low) / (high - low), 1.0), 0.0, 1.0)
        found = ndtr(SCORES[upper - 1] + part * (SCORES[upper] - SCORES[upper - 1]))
        found = np.where(values < self.table[:, 0], 0.0, np.where(values >= self.table[:, -1], 1.0, found))
        return np.where(np.isnan(self.mean), np.nan, found)

    def stretched(self, factor):
        """The same with all quantiles so many times as far from the median, and none below the least of before or 0."""
        middle = self.table[:, [SCORES.size // 2]]
        floor = np.minimum(self.table[:, [0]], 0.0)
        return Forecast(self.mean, self.sd * factor, np.maximum(middle + factor * (self.table - middle), floor))

    def reach(self, observed, level):
        """How many times as wide each central interval of a level would just hold its observation, shape (n,)."""
        low, middle, high = (self.quantile(p) for p in (0.5 - 0.5 * level, 0.5, 0.5 + 0.5 * level))
        above = observed > middle
        side = np.where(above, high - middle, middle - low)
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.where(observed == middle, 0.0, np.abs(observed - middle) / side)


def stretch(forecast, observed, levels=LEVELS):
    """Factor by which intervals are stretched to hold what they say, 1 with too few observations.

    The geometric mean over levels of the quantile of `Forecast.reach`, as in
    split conformal prediction.
    """
    rows = np.flatnonzero(np.isfinite(observed) & np.isfinite(forecast.mean))
    if rows.size < FEWEST:
        return 1.0
    part = forecast.take(rows)
    found = [np.quantile(part.reach(observed[rows], level), level, method="inverted_cdf") for level in levels]
    return float(np.exp(np.mean(np.log(np.clip(found, 1.0 / WIDEST, WIDEST)))))


def calibrated(forecast, observed, folds):
    """Intervals of each fold stretched by the factor of the other folds.

    Parameters
    ----------
    forecast : Forecast
        Of all samples, each predicted when its fold was held out.
    observed : numpy.ndarray, shape (n,)
    folds : list of numpy.ndarray of int
        Held-out rows.

    Returns
    -------
    Forecast
        Unchanged with a single fold.
    """
    if len(folds) < 2:
        return forecast
    parts = []
    for number, rows in enumerate(folds):
        others = np.concatenate([other for k, other in enumerate(folds) if k != number])
        parts.append((rows, forecast.take(rows).stretched(stretch(forecast.take(others), observed[others]))))
    return Forecast.joined(len(forecast), parts)
