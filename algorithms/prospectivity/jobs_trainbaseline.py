"""Job: train weights of evidence, a logistic regression, a random forest or a gradient boosting on the same terms."""
import numpy as np

from .baselines import BaselineEngine, columns_at, fit_member
from .kinds import METHODS
from .labels import background_count, clusters, draw
from .modelstore import ProspectivityModel
from .outcome import finish
from .study import read_study, regions_of, rng_of, run_trainings, whole
from .weights import choose_patterns
from .windows import cut_windows

BARREN_WEIGHT = 3.0
MEMBERS = 10
BATCH = 128


def run(job, progress):
    """Train, validate and write the model.

    Reads what `study.read_study` reads, and the settings ``method``,
    ``members`` and ``surroundings``; writes what `outcome.finish` writes.

    Returns
    -------
    dict
        As `outcome.finish`.
    """
    settings, rng = job.settings, job.rng()
    study = read_study(job, progress.span(0.0, 0.05), 0)
    regions = regions_of(study, settings, settings["validation"], 0, rng)
    splits = {"": regions}
    if settings.get("random", True) and settings["validation"] != "random":
        splits["random"] = regions_of(study, settings, "random", 0, rng)
    learner = BaselineLearner(study, settings)
    trained = run_trainings(learner.plans(splits), progress.span(0.05, 0.7), settings.get("threads"))
    models = {name: learner.joined(members) for name, members in trained.items()}
    return finish(job, progress.span(0.7, 1.0), study, splits, models, learner, rng)


class BaselineLearner:
    """Trainings of one method.

    Parameters
    ----------
    study : Study
    settings : dict
        ``method``, ``members``, ``surroundings``, ``seed``.
    """

    kinds = ["scratch"]

    def __init__(self, study, settings):
        self.study, self.settings, self.method = study, settings, settings["method"]
        self.title, self.histories = METHODS[self.method].lower(), {}
        self.members = int(settings.get("members") or MEMBERS)
        self.surroundings = bool(settings.get("surroundings", True)) and self.method != "woe"

    def plans(self, splits):
        """All trainings by name: each fold of each split, and that of all deposits."""
        out = {}
        for split, regions in splits.items():
            for number in range(regions.count):
                fold, name = regions.fold(number), f"{split}fold{number + 1}_scratch"
                out[name] = self.tasks(name, fold.learn, fold.train)
        everything = whole(self.study)
        out["final"] = self.tasks("final", everything.learn, everything.train)
        return out

    def tasks(self, name, learn, deposits):
        """One callable for each member."""
        return [lambda progress, k=k: self.train(name, k, learn, deposits, progress) for k in range(self.members)]

    def train(self, name, member, learn, deposits, progress):
        """Train one member on deposits drawn with replacement and on background of its own."""
        progress.check()
        rng = rng_of(self.settings.get("seed"), name, member)
        x, truth, weights, groups = self.rows(learn, deposits, rng, progress)
        drawn = np.bincount(rng.integers(0, truth.sum(), truth.sum()), minlength=truth.sum())
        weights[truth] *= drawn
        kept = weights > 0.0
        found = fit_member(self.method, x[kept], truth[kept], weights[kept], groups[kept], rng)
        progress(1.0)
        return found

    def rows(self, learn, deposits, rng, progress):
        """Columns, truth, weights and groups of deposits, drawn background and barren places."""
        study = self.study
        sites, barren = study.deposits.take(deposits), study.barren
        barren = barren.take(learn[barren.rows, barren.columns])
        rows, columns = draw(study.background & learn, background_count(len(sites)), rng, study.strata)
        at = np.concatenate([[sites.rows, sites.columns], [rows, columns], [barren.rows, barren.columns]], axis=1)
        truth = np.arange(at.shape[1]) < len(sites)
        weights = np.concatenate([sites.weights / sites.weights.mean(), np.ones(rows.size),
                                  np.full(len(barren), BARREN_WEIGHT)])
        groups = np.concatenate([clusters(sites.rows, sites.columns, study.window),
                                 np.full(at.shape[1] - len(sites), -1)])
        return self.columns(at, progress), truth, weights, groups

    def columns(self, at, progress):
        """Columns (n, f) of cells (2, n)."""
        out, size = [], self.study.window
        for start in range(0, at.shape[1], BATCH):
            progress.check()
            part = slice(start, start + BATCH)
            channels = self.study.preparation.apply(np.moveaxis(cut_windows(
                self.study.values, at[0, part], at[1, part], size), 1, 0))
            out.append(columns_at(np.moveaxis(channels, 0, 1), self.surroundings))
        return np.concatenate(out)

    def joined(self, members):
        """The model of trained members."""
        self.final = members  # the last call is that of the final model
        return ProspectivityModel(self.study.preparation, BaselineEngine(
            self.method, members, self.study.reach, self.surroundings), self.study.reach)

    def about(self):
        """What the card says about the training."""
        return {"training": {"members": self.members, "surroundings": self.surroundings}}

    def names(self):
        """Names of the columns."""
        own = self.study.preparation.labels()[:-1]
        return [*own, *(f"{name} (mean of the window)" for name in own)] if self.surroundings else own

    def tables(self):
        """Tables of the report that only this method has."""
        if self.method == "woe":
            return [self._patterns()]
        if self.method == "logistic":
            mean = np.mean([member.weights for member in self.final], axis=0)
            spread = np.std([member.weights for member in self.final], axis=0)
            order = np.argsort(-np.abs(mean))[:25]
            return [("Coefficients", ["column", "coefficient", "spread between members"],
                     [[self.names()[k], mean[k], spread[k]] for k in order],
                     "Of columns in standard deviations, the largest first.")]
        used = np.zeros(len(self.names()))
        for member in self.final:
            asked = member.trees.feature[member.trees.feature >= 0]
            used += np.bincount(asked, minlength=used.size)
        order = np.argsort(-used)[:25]
        return [("Columns that trees ask for", ["column", "share of the questions (%)"],
                 [[self.names()[k], 100.0 * used[k] / max(used.sum(), 1.0)] for k in order], "")]

    def _patterns(self):
        """Weights of the patterns of all deposits, against all background."""
        study, rng = self.study, np.random.default_rng(int(self.settings.get("seed") or 0))
        rows, columns = draw(study.background, 20_000, rng)
        at = np.concatenate([[study.deposits.rows, study.deposits.columns], [rows, columns]], axis=1)
        truth = np.arange(at.shape[1]) < len(study.deposits)
        parts = [self.study.preparation.apply(study.values[:, at[0, k:k + BATCH], at[1, k:k + BATCH]])
                 for k in range(0, at.shape[1], BATCH)]
        x = np.concatenate(parts, axis=1)[:-1].T
        rows = []
        for pattern in choose_patterns(x, truth):
            band = self.names()[pattern.column]
            w = pattern.weights
            rows.append([band, "above" if pattern.above else "not above", self._raw(pattern), w.plus, w.plus_sd,
                         w.minus, w.minus_sd, w.contrast, w.studentised])
        return ("Patterns", ["band", "inside", "threshold", "W+", "s(W+)", "W-", "s(W-)", "contrast C", "C / s(C)"],
                rows, "Of all deposits against all background; members learn their own. Patterns much like a stronger "
                      "one are left out, as weights of evidence take patterns to be independent.")

    def _raw(self, pattern):
        """A threshold in the unit of the band; None for a class."""
        for band, part in zip(self.study.preparation.bands, self.study.preparation.parts):
            if part.start <= pattern.column < part.stop:
                if band.classes is not None:
                    return None
                value = pattern.threshold * band.spread + band.middle
                return float(np.exp(value)) if band.log else float(value)
        return None
