"""Models side by side: their scores on the same samples, and how far the differences are due to chance."""
import numpy as np

from ..geostatistics.scores import crps_quantiles
from .bootstrap import Bootstrap, interval
from .forecast import calibrated
from .measures import class_accuracy, measure, success_share

QUARTERS = (0.25, 0.5, 0.75)
RICH = 0.75  # quantile of the grades that stands for a cut-off when none is given
CONFIDENCE = (0.8, 0.9)
RESAMPLED = ("rmse", "r2", "crps")


class Comparison:
    """Out-of-fold predictions of several models, calibrated alike and scored on the samples that all of them predict.

    Parameters
    ----------
    observed : numpy.ndarray, shape (n,)
        Grades, NaN where not known.
    groups : numpy.ndarray of int, shape (n,)
        Drill holes.
    folds : list of numpy.ndarray of int
        Held-out rows.
    forecasts : dict
        Names of the models to `Forecast` of all samples, each made when its fold was held out.
    rng : numpy.random.Generator
    cutoffs : sequence of float
        Ascending. Without any the upper quartile of the grades is taken.

    Attributes
    ----------
    rows : numpy.ndarray of int
        That are scored.
    edges : list of float
        Between classes of grade: the cut-offs when there are at least two, the quartiles otherwise.
    """

    def __init__(self, observed, groups, folds, forecasts, rng, cutoffs=()):
        self.forecasts = forecasts
        self.calibrated = {name: calibrated(own, observed, folds) for name, own in forecasts.items()}
        known = np.isfinite(observed) & np.all([np.isfinite(own.mean) for own in forecasts.values()], axis=0)
        self.rows = np.flatnonzero(known)
        self.observed, self.groups = observed[self.rows], groups[self.rows]
        self.cutoffs = sorted(cutoffs) or [float(np.quantile(self.observed, RICH))]
        self.edges = list(self.cutoffs) if len(cutoffs) > 1 else np.quantile(self.observed, QUARTERS).tolist()
        self.bootstrap = Bootstrap(self.groups, rng)
        self._kept = {}

    def errors(self, name):
        """Predicted less observed grades, shape (k,)."""
        return self.forecasts[name].mean[self.rows] - self.observed

    def scores(self, name):
        """Scores of a model.

        Returns
        -------
        dict
            As `measures.measure`, of the calibrated predictions; ``own_50`` to
            ``own_95`` (coverage before the calibration), ``classes`` (share of
            samples in the right class of grade), and for each cut-off c
            ``success_c`` and ``above_c``, see `measures.success_share`.
        """
        if name not in self._kept:
            self._kept[name] = self._scores(name)
        return self._kept[name]

    def _scores(self, name):
        part, mean = self.calibrated[name].take(self.rows), self.forecasts[name].mean[self.rows]
        found = measure(self.observed, mean, part.quantile, part.sd, self.cutoffs, part.exceedance)
        before = measure(self.observed, mean, self.forecasts[name].take(self.rows).quantile)
        found.update({f"own_{key[9:]}": value for key, value in before.items() if key.startswith("coverage_")})
        found["classes"] = class_accuracy(self.observed, mean, self.edges)
        for cutoff in self.cutoffs:
            found[f"success_{cutoff:g}"], found[f"above_{cutoff:g}"] = success_share(
                self.observed, mean, self.groups, cutoff)
        return found

    def draws(self, name):
        """RMSE, R² and CRPS of a model in draws of whole drill holes, the same draws for all models."""
        part, errors = self.calibrated[name].take(self.rows), self.errors(name)
        return {"rmse": self.bootstrap.rmse(errors), "r2": self.bootstrap.r2(errors, self.observed),
                "crps": self.bootstrap.mean(crps_quantiles(self.observed, part.quantile))}

    def intervals(self, name):
        """Score to the ends of its 95 % interval, for `RESAMPLED`."""
        return {key: interval(values) for key, values in self.draws(name).items()}

    def difference(self, name, other, key="rmse"):
        """How much larger a score of a model is than that of another, in per cent.

        Returns
        -------
        change : float
        ends : list of float or None
            Of the 95 % interval, from paired draws.
        """
        own, against = self.scores(name)[key], self.scores(other)[key]
        ratio = self.draws(name)[key] / np.where(self.draws(other)[key] > 0.0, self.draws(other)[key], np.nan)
        return 100.0 * (own / against - 1.0) if against else None, interval(100.0 * (ratio - 1.0))

    def width_at(self, name, level):
        """Mean width of intervals that are stretched until they hold just this share (0 to 1) of the observations."""
        part = self.forecasts[name].take(self.rows)
        factor = float(np.quantile(part.reach(self.observed, level), level, method="inverted_cdf"))
        even = part.stretched(factor)
        return float(np.mean(even.quantile(0.5 + 0.5 * level) - even.quantile(0.5 - 0.5 * level)))

    def confidence(self, name, reference, level):
        """Resource confidence: how much narrower intervals are than those of kriging at equal coverage (1 - ratio)."""
        width = self.width_at(reference, level)
        return 1.0 - self.width_at(name, level) / width if width > 0.0 else None

    def best(self, names):
        """The name with the least root mean square error."""
        return min(names, key=lambda name: self.scores(name)["rmse"])

    def fold_errors(self, name, folds):
        """Root mean square error in each fold; None where nothing was predicted."""
        errors = np.full(len(self.forecasts[name]), np.nan)
        errors[self.rows] = self.errors(name)
        wrong = [np.square(errors[rows]) for rows in folds]
        return [float(np.sqrt(np.nanmean(part))) if np.isfinite(part).any() else None for part in wrong]
