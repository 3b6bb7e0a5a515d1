"""How good a grade model is at samples it was not shown, and how far its intervals can be trusted.

Works for any model that is fitted to rows of samples and predicts others, so
that all models are judged alike.
"""
from dataclasses import dataclass, field

import numpy as np

from ..validation.folds import make_folds
from ..validation.measures import coverage_table, measure
from .calibration import cross_fitted_factors, variance_factor
from .kriged import TRANSFORMS, gathered_folds, krige_fold
from .predictive import Pooled, Predictive
from .targets import scale_from_dict
from .together import run_together


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
        ``random`` (whether to show the gap to a random split), ``kriging`` (whether to krige as well)
        and ``threads`` (most trainings at once, may be None).
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
    named = [(f"fold{number + 1}", fold) for number, fold in enumerate(folds)] + [("random", fold) for fold in split]
    tasks = [lambda part, name=name, fold=fold: _fold(fit, fold, name, checkpoints, part) for name, fold in named]
    krigings = _krigings(samples, folds, honest, int(rng.integers(2**62))) if settings.get("kriging", True) else []
    results = run_together(tasks + krigings, progress, settings.get("threads"))
    parts, kriged = results[:len(tasks)], results[len(tasks):]
    found = _assessment(samples, settings, folds, parts[:len(folds)])
    if split:
        pooled = Pooled(len(samples), parts[len(folds):]).widened(found.factors)
        found.random = [_scores(samples, pooled, target, ()) for target in range(samples.targets.shape[1])]
    for target in range(samples.targets.shape[1] if kriged else 0):
        _add_kriging(found, samples, settings, target, kriged[target * len(folds):(target + 1) * len(folds)])
    progress(1.0)
    return found


def _krigings(samples, folds, apart, seed):
    """Tasks that krige each target in each fold, target by target."""
    count = samples.targets.shape[1]
    transforms = ("none", "log") if count > 1 else TRANSFORMS

    def task(target, number):
        train, test = folds[number]
        return lambda progress: krige_fold(
            samples.coordinates, samples.groups, samples.targets[:, target], train, test, [seed, target, number],
            progress, transforms, apart)

    return [task(target, number) for target in range(count) for number in range(len(folds))]


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


def _add_kriging(found, samples, settings, target, parts):
    """Scores of ordinary kriging of a target in the same folds."""
    kriged = None if any(part is None for part in parts) else gathered_folds(
        [part[0] for part in parts], [part[1:] for part in parts], len(samples))
    cutoffs = (settings.get("cutoffs") or [()] * samples.targets.shape[1])[target]
    found.kriging.append(kriged)
    found.kriging_scores.append(None if kriged is None else measure(
        samples.targets[:, target], kriged.mean, kriged.quantile, kriged.sd(), cutoffs, kriged.exceedance))
