"""Job: train an ensemble of networks on windows around deposits, and say how far it can be trusted."""
from dataclasses import replace

import numpy as np
import torch

from ..learning.training import Checkpoints, bound_threads
from ..validation.folds import hold_out
from .cnntraining import Inherited, Plan, Windows, WindowTrainer
from .comparison import compare_baselines
from .ensemble import NetworkEngine
from .labels import background_count, draw
from .modelstore import ProspectivityModel, load_start
from .network import PASSES, ProspectivityNetwork, Shape, initialise
from .outcome import finish
from .study import read_study, regions_of, rng_of, run_trainings, whole
from .windows import cut_windows

HELD_SHARE = 0.2  # of the groups of deposits, that stop a member
LEAST_GROUPS = 30  # with fewer, too much would be lost: members learn from all and stop at the last epoch
BARREN_WEIGHT = 3.0
MOST_BYTES = 300_000_000  # of the windows of one member
FOLD_MEMBERS = 3
WATCHED = 150  # cells of held-out ground
KEPT_EVERY = 10  # epochs between states to go on from
PLAN_KEYS = ("epochs", "batch", "rate", "decay", "patience", "smoothing", "noise", "shift", "turn")


def run(job, progress):
    """Train, validate and write the model.

    Reads what `study.read_study` reads; writes what `outcome.finish` writes.

    Returns
    -------
    dict
        As `outcome.finish`.
    """
    bound_threads(1)  # whole trainings share the processor cores instead
    settings = job.settings
    plan = plan_of(settings)
    study = read_study(job, progress.span(0.0, 0.03), plan.shift)
    start = load_start(settings["start_file"]) if settings.get("start_file") else None
    learner = CnnLearner(study, settings, plan, Checkpoints(job), start, progress)
    rng = job.rng()
    regions = regions_of(study, settings, settings["validation"], plan.shift, rng)
    splits = {"": regions}
    if settings.get("random", True) and settings["validation"] != "random":
        splits["random"] = regions_of(study, settings, "random", plan.shift, rng)
    trained = run_trainings(learner.plans(splits), progress.span(0.03, 0.8), settings.get("threads"))
    models = {name: learner.joined(members) for name, members in trained.items()}
    baselines = compare_baselines(study, regions, settings, progress.span(0.8, 0.88)) \
        if settings.get("baselines") else {}
    return finish(job, progress.span(0.88, 1.0), study, splits, models, learner, rng, baselines)


def plan_of(settings):
    """The plan of the settings."""
    chosen = {key: settings[key] for key in PLAN_KEYS if settings.get(key) is not None}
    return Plan(**{**chosen, "seed": int(settings.get("seed") or 0)})


class CnnLearner:
    """Trainings of networks.

    Parameters
    ----------
    study : Study
    settings : dict
        ``members``, ``uncertainty``, ``width``, ``dropout``, ``negatives``, ``seed``.
    plan : Plan
    checkpoints : Checkpoints
    start : tuple, optional
        As `modelstore.load_start` gives it.
    progress : Progress
        For the log.
    """

    method, title = "cnn", "convolutional network"

    def __init__(self, study, settings, plan, checkpoints, start, progress):
        self.study, self.settings, self.plan, self.checkpoints = study, settings, plan, checkpoints
        self.shape = Shape(study.preparation.channels, study.window, int(settings.get("width") or Shape.width),
                           float(settings.get("dropout") if settings.get("dropout") is not None else Shape.dropout))
        self.passes = PASSES if settings.get("uncertainty") == "dropout" else 0
        self.members = 1 if self.passes else int(settings.get("members") or 5)
        self.histories, self.start = {}, None
        if start is not None:
            self.start = inherited(start, study, self.shape, progress)

    @property
    def kinds(self):
        """Ways of training that are compared, the one of the final model last."""
        return ["scratch"] if self.start is None else ["scratch", "transfer"]

    def plans(self, splits):
        """All trainings by name: each fold of each split in each way, and that of all deposits."""
        out, folds = {}, min(FOLD_MEMBERS, self.members)
        for split, regions in splits.items():
            for number in range(regions.count):
                fold = regions.fold(number)
                for kind in self.kinds if not split else self.kinds[-1:]:
                    name = f"{split}fold{number + 1}_{kind}"
                    out[name] = self.tasks(name, fold, folds, kind)
        out["final"] = self.tasks("final", whole(self.study), self.members, self.kinds[-1])
        return out

    def tasks(self, name, fold, members, kind):
        """One callable for each member of an ensemble."""
        return [lambda progress, k=k: self.train(name, k, fold, kind, progress) for k in range(members)]

    def train(self, name, member, fold, kind, progress):
        """Train one member."""
        rng = rng_of(self.plan.seed, name.replace("transfer", "scratch"), member)  # ways differ in nothing else
        windows, rows, held = self.windows(fold.learn, fold.train, rng, progress)
        tested = self.tested(fold, progress) if member == 0 else None
        generator = torch.Generator().manual_seed(int(rng.integers(2**62)))
        network = initialise(ProspectivityNetwork(replace(self.shape, plain=kind == "transfer")), generator)
        plan = replace(self.plan, seed=int(rng.integers(2**31)))
        taken = self.start[member % len(self.start)] if kind == "transfer" else None

        def watch(epoch, entry):
            for key in ("loss", "accuracy", "auc"):
                if entry[key] is not None:
                    progress.metric(f"{label_of(name, member)}{key}", entry[key], epoch + 1)

        trainer = WindowTrainer(network, windows, rows, held, plan, progress, watch, taken, tested)
        trainer.run(self.checkpoints, f"{name}_{member + 1}", KEPT_EVERY)
        self.histories.setdefault(name, {})[member] = trainer.history
        return network.eval()

    def windows(self, learn, deposits, rng, progress):
        """Windows of deposits and of drawn background, and which of them are learned from and which are held out."""
        study = self.study
        sites, barren = study.deposits.take(deposits), _inside(study.barren, learn)
        rows, columns = draw(study.background & learn, self._count(len(sites)), rng, study.strata)
        places = np.concatenate([[sites.rows, sites.columns], [rows, columns], [barren.rows, barren.columns]], axis=1)
        labels = np.zeros(places.shape[1], np.float32)
        labels[:len(sites)] = 1.0
        weights = np.ones_like(labels)
        weights[:len(sites)] = sites.weights / sites.weights.mean()
        weights[len(sites) + rows.size:] = BARREN_WEIGHT
        held = self._held(deposits, places.shape[1], rng)
        windows = Windows(self._channels(places, progress), torch.from_numpy(labels), torch.from_numpy(weights))
        return windows, np.flatnonzero(~held), np.flatnonzero(held)

    def tested(self, fold, progress):
        """Windows of the deposits that a fold holds out and of some of its ground, to watch; None without any."""
        judged = fold.judge & self.study.background
        if not fold.test.size or not judged.any():
            return None
        sites = self.study.deposits.take(fold.test)
        rows, columns = draw(judged, WATCHED, np.random.default_rng(0))
        labels = torch.from_numpy((np.arange(len(sites) + rows.size) < len(sites)).astype(np.float32))
        places = np.concatenate([[sites.rows, sites.columns], [rows, columns]], axis=1)
        return Windows(self._channels(places, progress), labels, torch.ones_like(labels))

    def _count(self, deposits):
        """Cells of background for so many deposits."""
        size = (self.study.window + 2 * self.plan.shift) ** 2 * self.study.preparation.channels * 4
        return max(1, min(background_count(deposits), MOST_BYTES // size))

    def _held(self, deposits, count, rng):
        """Mask (count,) of windows that stop the training: some groups of deposits and as large a share of the rest."""
        from .labels import clusters

        sites = self.study.deposits.take(deposits)
        groups = clusters(sites.rows, sites.columns, self.study.window + 2 * self.plan.shift)
        held = np.zeros(count, bool)
        if groups.max() + 1 >= LEAST_GROUPS:
            held[:len(sites)] = hold_out(groups, HELD_SHARE, rng)
            held[len(sites):] = rng.random(count - len(sites)) < HELD_SHARE
        return held

    def _channels(self, places, progress, batch=64):
        """Channels of windows with their shifts."""
        size = self.study.window + 2 * self.plan.shift
        out = np.empty((places.shape[1], self.study.preparation.channels, size, size), np.float32)
        for start in range(0, len(out), batch):
            progress.check()
            part = slice(start, start + batch)
            cut = cut_windows(self.study.values, places[0, part], places[1, part], size)
            out[part] = np.moveaxis(self.study.preparation.apply(np.moveaxis(cut, 1, 0)), 0, 1)
        return torch.from_numpy(out)

    def joined(self, members):
        """The model of trained members."""
        engine = NetworkEngine(members, self.passes, int(self.plan.seed))
        return ProspectivityModel(self.study.preparation, engine, self.study.reach)

    def tables(self):
        """Tables of the report that only this method has."""
        return []

    def about(self):
        """What the card says about the training."""
        return {"training": {key: getattr(self.plan, key) for key in PLAN_KEYS}, "width": self.shape.width,
                "dropout": self.shape.dropout, "start": self.settings.get("start_title") or ""}


def label_of(name, member):
    """Beginning of the names of metrics of a training."""
    return ("" if name == "final" else f"{name.replace('_scratch', '').replace('_', ' ')}: ") if member == 0 \
        else f"{name.replace('_scratch', '').replace('_', ' ')} {member + 1}: "


def _inside(sites, allowed):
    """The sites on cells that are allowed."""
    return sites.take(allowed[sites.rows, sites.columns])


def inherited(start, study, shape, progress):
    """Trunks of another model for the channels of this study, a list of `Inherited`; says what matches."""
    trunks, labels, card = start
    own, at = study.preparation.labels(), {name: k for k, name in enumerate(labels)}
    matched = np.array([name in at for name in own])
    bands = [band.name for band, part in zip(study.preparation.bands, study.preparation.parts) if matched[part].any()]
    new = [band.name for band in study.preparation.bands if band.name not in bands]
    progress.log(f"Of the {len(study.preparation.bands)} bands {len(bands)} are known to the model to start from"
                 + (f"; new are {', '.join(new[:20])}{' and others' if len(new) > 20 else ''}." if new else "."))
    if not bands:
        progress.warn("No band has the name of a band of the model to start from, so only its deeper layers are "
                      "taken over; name the bands alike to use more of it.")
    cell = card["grid"]["cell"]
    if not 0.5 <= study.grid["cell"] / cell <= 2.0:
        progress.warn(f"The model to start from knows cells of {cell:g} m and these are {study.grid['cell']:g} m, so "
                      "what it learned about shapes may not hold here.")
    columns = np.array([at.get(name, 0) for name in own])
    found = []
    for trunk in trunks:
        if trunk["entry.weight"].shape[0] != shape.width:
            progress.warn(f"The model to start from is {trunk['entry.weight'].shape[0]} channels wide and this one "
                          f"{shape.width}, so nothing of it can be taken over; set the width to that of the other.")
            return None
        tensors = {name: value for name, value in trunk.items() if _fits(name, shape)}
        found.append(Inherited({**tensors, "entry.weight": trunk["entry.weight"][:, columns]}, matched))
    return found


def _fits(name, shape):
    """Whether a layer of the other trunk exists here."""
    parts = name.split(".")
    return parts[0] not in ("blocks", "norms") or int(parts[1]) < shape.blocks
