"""How good a grade model is at samples it was not shown, and how far its intervals can be trusted.

Works for any model that is fitted to rows of samples and predicts others, so
that all models are judged alike.
"""
from dataclasses import dataclass, field

import numpy as np

from ..validation.folds import make_folds
from ..validation.measures import coverage_table, measure
from .calibration import cross_fitted_factors, variance_factor
from .kriged import best_kriging
from .predictive import Pooled, Predictive
from .targets import scale_from_dict


@dataclass
class Assessment:
    """Out-of-fold predictions with their scores.

    Attributes
    ----------
    kind : str
        Of the folds, see `validation.folds.make_folds`.
    folds : list of (numpy.ndarray, numpy.ndarray)
    raw, calibrated : Pooled
        Predictions at the test samples before the calibration, and with
        intervals widened by factors that were fitted to the other folds.
    factors : numpy.ndarray, shape (t,)
        Fitted to all folds: for the final model.
    scores : list of dict
        For each target, of the calibrated predictions.
    before : list of dict
        For each target, levels to coverage before the calibration.
    random : list of dict
        Scores in a random split.
    kriging : list
        `KrigedFolds` or None, for each target.
    kriging_scores : list of dict or None
    """

    kind: str
    folds: list
    raw: Pooled
    calibrated: Pooled
    factors: np.ndarray
    scores: list
    before: list
    random: list = field(default_factory=list)
    kriging: list = field(default_factory=list)
    kriging_scores: list = field(default_factory=list)

    def fold_errors(self, observed, target=0):
        """Root mean square error of each fold against the observations (n,) of a target."""
        mean = self.raw.mean()[:, target]
        wrong = [np.square(mean[test] - observed[test]) for _, test in self.folds]
        return [float(np.sqrt(np.nanmean(part))) if np.isfinite(part).any() else None for part in wrong]


def assess(samples, fit, settings, checkpoints, progress, rng):
    """Fit a model to the training samples of each fold and score it at the others.

    Parameters
    ----------
    samples : GradeSamples
    fit : callable
        ``fit(train, test, name, progress)`` gives the `Predictive` at the test rows.
    settings : dict
        ``validation``, ``folds``, ``block`` (side, may be None), ``cutoffs`` (one list for each target),
        ``random`` (whether to show the gap to a random split) and ``kriging`` (whether to krige as well).
    checkpoints : Checkpoints
        Finished folds are kept there.
    progress : Progress
    rng : numpy.random.Generator

    Returns
    -------
    Assessment
    """
    def folds_of(kind):
        return make_folds(kind, settings["folds"], samples.groups, samples.coordinates, samples.first, rng,
                          settings.get("block"))

    folds = folds_of(settings["validation"])
    honest = settings["validation"] in ("hole", "block")
    split = folds_of("random")[:1] if honest and settings.get("random", True) else []
    kriges = bool(settings.get("kriging", True))
    share = (0.85 if kriges else 1.0) / (len(folds) + len(split))
    parts = [_fold(fit, fold, f"fold{number + 1}", checkpoints, progress.span(number * share, (number + 1) * share))
             for number, fold in enumerate(folds)]
    found = _assessment(samples, settings, folds, parts)
    if split:
        start = len(folds) * share
        part = _fold(fit, split[0], "random", checkpoints, progress.span(start, start + share))
        pooled = Pooled(len(samples), [part])
        found.random = [_scores(samples, pooled, target, ()) for target in range(samples.targets.shape[1])]
    if kriges:
        _add_kriging(found, samples, settings, rng, progress.span(0.85, 1.0))
    progress(1.0)
    return found


def _fold(fit, fold, name, checkpoints, progress):
    """Test rows and what is predicted there, from an earlier run when it finished the fold."""
    done = checkpoints.load(f"{name}_done")
    if done is not None:
        arrays, plain = done
        return fold[1], Predictive(arrays["means"], arrays["noise"], [scale_from_dict(c) for c in plain["scales"]])
    predictive = fit(fold[0], fold[1], name, progress)
    checkpoints.save(f"{name}_done", {"means": predictive.means, "noise": predictive.noise},
                     {"scales": [scale.to_dict() for scale in predictive.scales]})
    return fold[1], predictive


def _assessment(samples, settings, folds, parts):
    """Calibration and scores of predictions in folds."""
    raw, count = Pooled(len(samples), parts), samples.targets.shape[1]
    each, factors = np.ones((len(parts), count)), np.ones(count)
    for target in range(count):
        single = [(rows, part.only(target)) for rows, part in parts]
        factors[target] = variance_factor(single, samples.targets[:, target])
        each[:, target] = cross_fitted_factors(single, samples.targets[:, target])
    calibrated = raw.widened(each)
    cutoffs = settings.get("cutoffs") or [()] * count
    return Assessment(
        settings["validation"], folds, raw, calibrated, factors,
        [_scores(samples, calibrated, target, cutoffs[target]) for target in range(count)],
        [coverage_table(samples.targets[:, target], lambda p, k=target: raw.quantile(p)[:, k])
         for target in range(count)])


def _scores(samples, pooled, target, cutoffs):
    """Scores of one target."""
    rows = pooled.rows
    return measure(
        samples.targets[rows, target], pooled.mean()[rows, target], lambda p: pooled.quantile(p)[rows, target],
        pooled.sd()[rows, target], cutoffs, lambda cutoff: pooled.exceedance(cutoff)[rows, target])


def _add_kriging(found, samples, settings, rng, progress):
    """Ordinary kriging in the same folds."""
    count = samples.targets.shape[1]
    cutoffs = settings.get("cutoffs") or [()] * count
    for target in range(count):
        part = progress.span(target / count, (target + 1) / count)
        kriged = best_kriging(samples.coordinates, samples.groups, samples.targets[:, target], found.folds, rng, part,
                              ("none", "log") if count > 1 else ("none", "log", "normalscore"))
        found.kriging.append(kriged)
        found.kriging_scores.append(None if kriged is None else measure(
            samples.targets[:, target], kriged.mean, kriged.quantile, cutoffs=cutoffs[target]))
