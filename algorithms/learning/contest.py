"""All models of a comparison, each trained in each fold on the same samples and features."""
from dataclasses import dataclass, replace

import numpy as np

from ..errors import InputError
from ..validation.forecast import Forecast
from .baselines.contract import Case
from .baselines.registry import MODELS
from .together import run_together

SHUFFLES = 2  # of each feature, for its importance
NUMBERS = {name: number for number, name in enumerate(MODELS)}


@dataclass(frozen=True)
class Trial:
    """What one model of one fold predicts at the samples it was not shown.

    Attributes
    ----------
    rows : numpy.ndarray of int
    forecast : Forecast
    note : str
    shuffled : numpy.ndarray, shape (f,)
        Mean square error when a feature is shuffled among these samples;
        empty for models that cannot tell.
    """

    rows: np.ndarray
    forecast: Forecast
    note: str
    shuffled: np.ndarray

    def to_state(self):
        """Arrays and plain values that a checkpoint can keep."""
        return ({"mean": self.forecast.mean, "sd": self.forecast.sd, "table": self.forecast.table,
                 "shuffled": self.shuffled}, {"note": self.note})

    @classmethod
    def of_state(cls, rows, arrays, plain):
        """The trial from what `to_state` gave."""
        return cls(rows, Forecast(arrays["mean"], arrays["sd"], arrays["table"]), plain["note"], arrays["shuffled"])


class Contest:
    """Trains models in folds, side by side; finished ones are kept and not trained again.

    Parameters
    ----------
    samples : GradeSamples
        With one target.
    features : FoldFeatures
    settings : dict
        What models read, see `baselines.contract.Case`.
    seed : int
    checkpoints : Checkpoints
    apart : bool
        Whether whole drill holes or blocks are held out.
    """

    def __init__(self, samples, features, settings, seed, checkpoints, apart):
        self.samples, self.features, self.settings = samples, features, settings
        self.seed, self.checkpoints, self.apart = seed, checkpoints, apart
        self._known = {}

    def run(self, names, folds, progress, label="fold", without=None, importance=False):
        """Trials of models in folds.

        Parameters
        ----------
        names : list of str
            Of `MODELS`.
        folds : list of (numpy.ndarray, numpy.ndarray)
            Training and test rows.
        progress : Progress
        label : str
            Of the folds, for checkpoints.
        without : dict, optional
            Names of kinds of features to their columns: the models are
            trained once without each of them.
        importance : bool
            Whether features are shuffled one by one.

        Returns
        -------
        dict
            Model (and kind, when ``without`` is given: a tuple) to its trials
            in the order of the folds, or to the sentence why it cannot be
            trained.
        """
        # Features of a fold are made here, once for all models.
        prepared = [self._samples_of(f"{label}{number + 1}", train, progress)
                    for number, (train, _) in enumerate(folds)]
        keys = [(name, kind) for name in names for kind in (without or {None: ()})]
        tasks = [self._task(name, kind, (without or {}).get(kind, ()), f"{label}{number + 1}", fold, samples,
                            importance)
                 for name, kind in keys for number, (fold, samples) in enumerate(zip(folds, prepared))]
        done = run_together(tasks, progress, self.settings.get("threads"))
        found = {}
        for number, (name, kind) in enumerate(keys):
            trials = done[number * len(folds):(number + 1) * len(folds)]
            failed = [trial for trial in trials if isinstance(trial, str)]
            found[name if without is None else (name, kind)] = failed[0] if failed else trials
        return found

    def _samples_of(self, name, train, progress):
        """Samples with the features that a fold may know."""
        if name not in self._known:
            self._known[name] = replace(self.samples, features=self.features.of(train, progress.check))
        return self._known[name]

    def _task(self, model, kind, dropped, fold_name, fold, samples, importance):
        """The training of one model in one fold, to be called with its progress."""
        name = f"{model}_{fold_name}" + (f"_without_{kind}" if kind else "")
        chosen = _without(samples, dropped)

        def train(progress):
            kept = self.checkpoints.load(f"{name}_done")
            if kept is not None:
                return Trial.of_state(fold[1], *kept)
            numbers = [self.seed, NUMBERS[model], sum(map(ord, fold_name)), sum(map(ord, kind or ""))]
            seed = int(np.random.default_rng(numbers).integers(2**62))
            case = Case(chosen, *fold, name, seed, self.apart, self.checkpoints, self.settings, progress.span(0.0, 0.9))
            try:
                trial = _trial(MODELS[model], case, importance, progress)
            except InputError as failure:
                return str(failure)
            self.checkpoints.save(f"{name}_done", *trial.to_state())
            return trial

        return train


def _without(samples, dropped):
    """The samples without some columns of their features."""
    kept = [column for column in range(samples.features.shape[1]) if column not in set(dropped)]
    return replace(samples, features=samples.features[:, kept],
                   feature_names=[samples.feature_names[column] for column in kept])


def _trial(model, case, importance, progress):
    """Train, predict, and shuffle the features."""
    fitted = model.fit(case)
    shuffled = np.zeros(0)
    if importance and fitted.predict is not None:
        shuffled = shuffled_errors(fitted.predict, case.samples.features[case.test], case.target[case.test], case.rng,
                                   progress.check)
    progress(1.0)
    return Trial(case.test, fitted.forecast, fitted.note, shuffled)


def shuffled_errors(predict, features, observed, rng, check=None):
    """Mean square error when each feature in turn is shuffled among the samples.

    Parameters
    ----------
    predict : callable
        ``predict(features)`` gives means (n,).
    features : numpy.ndarray, shape (n, f)
    observed : numpy.ndarray, shape (n,)
        NaN where not known.
    rng : numpy.random.Generator
    check : callable, optional

    Returns
    -------
    numpy.ndarray, shape (f,)

    References
    ----------
    Breiman, L. (2001). Random forests. Machine Learning 45.
    https://doi.org/10.1023/A:1010933404324
    """
    out = np.zeros(features.shape[1])
    for column in range(out.size):
        for _ in range(SHUFFLES):
            if check:
                check()
            changed = features.copy()
            changed[:, column] = features[rng.permutation(len(features)), column]
            out[column] += np.nanmean(np.square(predict(changed) - observed)) / SHUFFLES
    return out


def importance_of(trials, observed):
    """How much the error grows, in per cent, when a feature is shuffled; shape (f,), None for models that cannot tell.

    Pools the mean square errors of all folds by their numbers of samples.
    """
    if any(not trial.shuffled.size for trial in trials):
        return None
    sizes = np.array([np.isfinite(observed[trial.rows]).sum() for trial in trials], dtype=float)
    base = sum(np.nansum(np.square(trial.forecast.mean - observed[trial.rows])) for trial in trials) / sizes.sum()
    mixed = sizes @ np.stack([trial.shuffled for trial in trials]) / sizes.sum()
    return 100.0 * (np.sqrt(mixed / base) - 1.0) if base > 0.0 else None
