"""Job: train a recurrent network of grades down the hole, and say how far it can be trusted."""
from dataclasses import replace

import numpy as np

from .bnn import PRESETS as NETWORKS
from .bnn import with_seed
from .foldfeatures import FoldFeatures
from .gradefile import read_recipe
from .gradereport import Chapter
from .gradesamples import read_grade_samples
from .jobs_trainbnn import TRIAL, Trainings, advise, finish, notes_of
from .lstm import chosen_evaluation, chosen_sequence_design, predict_rows
from .powerchoice import choose_power
from .sequencenetwork import SequenceNetwork
from .sequencereport import add_comparison, add_evaluation, described, difference_by_hole, switched_off
from .sequencestart import SequenceStart
from .sequencetask import fit_base, has_sequences, packed, sample_positions
from .training import Checkpoints, bound_threads
from .transfer import FREEZE

OPPONENT = "fnn"  # begins the names of the trainings of the network without memory


def run(job, progress):
    """Train, validate, calibrate and write the model.

    As `jobs_trainbnn.run`; reads ``depths`` (n,) as well where samples have
    depths along their holes.
    """
    settings = job.settings
    bound_threads(1)  # whole trainings share the processor cores instead
    samples = read_grade_samples(job, progress)
    recipe = read_recipe(settings["recipe_file"], samples.feature_names) if settings.get("recipe_file") else None
    advise(samples, settings, progress)
    advise_order(samples, progress)
    features = FoldFeatures(recipe, samples)
    checkpoints = Checkpoints(job, settings.get("checkpoint_every") or 1)
    start = None
    if settings.get("start_file"):
        start = SequenceStart.load(settings["start_file"], samples.feature_names, samples.target_names,
                                   settings.get("freeze") or FREEZE[0], progress, has_sequences(samples))
    trainings = SequenceTrainings(samples, features, settings, checkpoints, int(job.rng().integers(2**62)), start)
    outputs = finish(job, progress, trainings, job.rng(), recipe)
    return {**outputs, "memory": trainings.compared, "switched_off": trainings.off}


def advise_order(samples, progress):
    """Say in which order samples are read, and warn where nothing tells it."""
    if not has_sequences(samples):
        progress.warn("The samples do not stand on drill holes with several intervals, so the nearest samples of each "
                      "place are read, from far to near, with their grades.")
        return
    _, unknown = sample_positions(samples)
    if unknown:
        progress.warn(f"All samples of {unknown:,} drill holes lie at one position, so they are read in the order of "
                      "the layer; give the field with their depths.")


class SequenceTrainings(Trainings):
    """The trainings of one job: those of the folds, of the random split and of all samples.

    Parameters
    ----------
    samples : GradeSamples
    features : FoldFeatures
    settings : dict
        Of the job.
    checkpoints : Checkpoints
    seed : int
        Of the intervals of differences.
    start : SequenceStart, optional
        Another model to begin with.

    Attributes
    ----------
    compared : dict
        For each target what memory adds, once there is a report.
    off : list of str
        Features that the self-evaluation switched off.
    """

    kind = "lstm"

    def __init__(self, samples, features, settings, checkpoints, seed, start=None):
        design, schedule = chosen_sequence_design(settings)
        design = design if start is None else start.design(design)
        super().__init__(samples, features, design, schedule, checkpoints,
                         bool(settings.get("choose_power")) and start is None, start)
        self.settings, self.evaluation, self.seed = settings, chosen_evaluation(settings), seed
        self.compared, self.off = {}, []

    def held_out(self, train, test, name, progress):
        """`Predictive` at the test rows of a model of the training rows."""
        number, features = 1 + sum(map(ord, name)), self.features.of(train, progress.check)
        samples, schedule = replace(self.samples, features=features), with_seed(self.schedule, number)
        compares = bool(self.settings.get("compare", True)) and name != "random"
        model = self._fit(features, train, name, schedule, progress.span(0.0, 0.8 if compares else 1.0))
        if compares:
            self._rival(model, samples, train, test, name, schedule, progress.span(0.8, 1.0))
        return predict_rows(model, samples, test, progress.check)

    def _rival(self, model, samples, train, test, name, schedule, progress):
        """Keep what is predicted without memory, and with it, at the test rows; neither with kriged errors."""
        rival = model.base
        if rival is None:
            rival = fit_base(samples, train, packed(samples.groups[train]), replace(model.design, base=1.0), schedule,
                             progress, self.checkpoints, f"{name}_{OPPONENT}")
        alone = predict_rows(model, samples, test, progress.check, False)
        self.checkpoints.save(f"{name}_{OPPONENT}_done", {
            "rows": test, "without": rival.predict(samples.features[test], progress.check).mean(),
            "with": alone.mean()}, {})

    def chapter(self, found):
        """What the report says besides: the difference to no memory, and the weights of the features."""
        names, notes = self.samples.feature_names, self.kept(len(found.folds))
        self.compared = self._compared(len(found.folds))
        self.off = switched_off(notes["final"]["history"], names) if self.evaluation else []

        def more(page):
            if self.compared:
                add_comparison(page, self.compared)
            if self.evaluation:
                add_evaluation(page, notes, names)

        return Chapter("Recurrent network of grades", "Recurrent network", described, more)

    def _compared(self, folds):
        """For each target the errors with and without memory, and their difference."""
        states = [self.checkpoints.load(f"fold{number + 1}_{OPPONENT}_done") for number in range(folds)]
        if any(state is None for state in states):
            return {}
        rows, without, own = (np.concatenate([state[0][key] for state in states])
                              for key in ("rows", "without", "with"))
        out, rng = {}, np.random.default_rng(self.seed)
        for number, name in enumerate(self.samples.target_names):
            observed = self.samples.targets[rows, number]
            known = np.isfinite(observed)
            squares, others = (np.square(part[known, number] - observed[known]) for part in (own, without))
            change, low, high = difference_by_hole(squares, others, self.samples.groups[rows[known]], rng)
            out[name] = {"rmse": float(np.sqrt(squares.mean())), "fnn_rmse": float(np.sqrt(others.mean())),
                         "change": change, "low": low, "high": high}
        return out

    def _fit(self, features, rows, name, schedule, progress):
        samples, design, errors = replace(self.samples, features=features), self.design, {}

        def watch(epoch, loss, error):
            prefix = "" if name == "final" else f"{name}: "
            progress.metric(f"{prefix}loss", loss, epoch + 1)
            progress.metric(f"{prefix}rmse", error, epoch + 1)

        share = TRIAL if self.choose else 0.0
        if self.choose:
            found, errors = choose_power(
                features[rows], samples.targets[rows], samples.groups[rows], NETWORKS["default"][0],
                replace(NETWORKS["default"][1], seed=schedule.seed), progress.span(0.0, share), self.checkpoints,
                f"{name}_power")
            design = replace(design, power=found.power)
        model = SequenceNetwork.fit(samples, rows, design, schedule, progress.span(share, 1.0), self.checkpoints, name,
                                    watch, self.start, self.evaluation)
        self._notes[name] = notes_of(model, errors)
        self.checkpoints.save(f"{name}_notes", {}, self._notes[name])
        return model
