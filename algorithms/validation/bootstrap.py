"""How far a score is due to chance: whole drill holes drawn again and again.

References
----------
Efron, B. & Tibshirani, R. J. (1993). An Introduction to the Bootstrap,
chapters 8 and 13. https://doi.org/10.1201/9780429246593
"""
import numpy as np

DRAWS = 1000
ENDS = (0.025, 0.975)


class Bootstrap:
    """Draws of whole groups with replacement, the same for every model.

    Parameters
    ----------
    groups : numpy.ndarray of int, shape (n,)
        Drill holes of the samples.
    rng : numpy.random.Generator
    draws : int
    """

    def __init__(self, groups, rng, draws=DRAWS):
        names, self.index = np.unique(groups, return_inverse=True)
        self.index, self.count = self.index.reshape(-1), names.size
        self.weights = rng.multinomial(names.size, np.full(names.size, 1.0 / names.size), draws).astype(float)

    def sums(self, values):
        """Sum of values (n,) in each draw, shape (draws,)."""
        return self.weights @ np.bincount(self.index, values, self.count)

    def mean(self, values):
        """Mean of values (n,) in each draw, shape (draws,)."""
        return self.sums(values) / np.maximum(self.sums(np.ones(self.index.size)), 1.0)

    def rmse(self, errors):
        """Root mean square of errors (n,) in each draw, shape (draws,)."""
        return np.sqrt(self.mean(np.square(errors)))

    def r2(self, errors, observed):
        """Share of the variance of the observations (n,) that is explained, in each draw, shape (draws,)."""
        variance = self.mean(np.square(observed)) - np.square(self.mean(observed))
        return 1.0 - self.mean(np.square(errors)) / np.where(variance > 0.0, variance, np.nan)


def interval(draws, ends=ENDS):
    """Ends of the interval that holds 95 % of the draws (d,); None where there are none."""
    draws = np.asarray(draws)
    draws = draws[np.isfinite(draws)]
    return [float(end) for end in np.quantile(draws, ends)] if draws.size else None
