"""Long short-term memory down the hole: grades from the features of an interval and of those around it.

References
----------
Hochreiter, S. & Schmidhuber, J. (1997). Long short-term memory. Neural
Computation 9. https://doi.org/10.1162/neco.1997.9.8.1735
Schuster, M. & Paliwal, K. K. (1997). Bidirectional recurrent neural networks.
IEEE Transactions on Signal Processing 45. https://doi.org/10.1109/78.650093
"""
from dataclasses import asdict, dataclass

import numpy as np
import torch

from .bnn import BayesianNetwork, splits
from .features import InputPreparation
from .predictive import Predictive
from .recurrent import RecurrentStack
from .residuals import ResidualField
from .sequences import HoleReader, reader_from
from .sequencetask import BASE_SHARE, SequenceTask
from .sequencetraining import DescentTrainer, SequenceTrainer, joined
from .targets import scale_from_dict
from .training import Schedule

HELD_SHARE = 0.2  # of the holes stop the training
STEPS_AT_ONCE = 4096  # so that activations stay small
TRAINERS = {"adam": SequenceTrainer, "sgd": DescentTrainer}


@dataclass(frozen=True)
class SequenceDesign:
    """What a recurrent network of grades is made of.

    Attributes
    ----------
    members : int
        Networks, each stopped by other holes.
    memory, layers : int
        Units and layers of the memory, in each direction.
    both : bool
        Whether sequences are read from their ends as well.
    dense, own : tuple of int
        See `recurrent.RecurrentStack`.
    activation : str
    heteroscedastic : bool
    scale : str
        Of the targets: "power", "log" or "none".
    power : float
    prior : float
    optimizer : str
        "adam" or "sgd".
    residuals : bool
        Whether errors at samples that the members held out are kriged and added.
    base : float
        Above 0, the networks learn the errors of a Bayesian network of the
        features of each interval alone, at holes that it held out; the number
        is the part of its usual epochs.
    """

    members: int = 5
    memory: int = 64
    layers: int = 1
    both: bool = True
    dense: tuple = (32,)
    own: tuple = ()
    activation: str = "silu"
    heteroscedastic: bool = True
    scale: str = "power"
    power: float = 0.25
    prior: float = 1.0
    optimizer: str = "adam"
    residuals: bool = True
    base: float = 1.0


PRESETS = {
    "default": (SequenceDesign(), Schedule(epochs=15, batch=16)),
    "joint": (SequenceDesign(memory=64, layers=2, dense=(64, 32), own=(64, 64, 64), base=0.0),
              Schedule(epochs=40, batch=16)),
    "afg-pms": (SequenceDesign(members=3, memory=128, layers=2, both=False, dense=(64, 32), activation="relu",
                               heteroscedastic=False, scale="log", residuals=False, base=0.0),
                Schedule(epochs=60, batch=16, rate=1e-3, patience=15, prior_weight=0.0)),
}


class SequenceNetwork:
    """A fitted model: preparation of the features, what is read in which order, networks and scales of the targets.

    Attributes
    ----------
    design : SequenceDesign
    preparation : InputPreparation
    base : BayesianNetwork or None
        What the networks add to.
    reader : HoleReader or NearReader
    stack : RecurrentStack
    scales : list of TargetScale
    factors : numpy.ndarray, shape (t,)
        By which variances are multiplied.
    field : ResidualField or None
        Errors that near samples know of.
    spread : numpy.ndarray of float32, shape (t,)
        What the networks say is multiplied by it; 1 without a base.
    pool : numpy.ndarray of float32, shape (n, inputs)
        Inputs of the samples that `NearReader` reads; empty for holes.
    history : list of dict
        Of the training.
    """

    def __init__(self, design, preparation, base, reader, stack, scales, factors=None, field=None, pool=None,
                 spread=None, history=()):
        self.design, self.preparation, self.base, self.reader = design, preparation, base, reader
        self.spread = np.ones(len(scales), np.float32) if spread is None else np.asarray(spread, np.float32)
        self.stack, self.scales, self.field, self.history = stack.eval(), scales, field, list(history)
        self.factors = np.ones(len(scales)) if factors is None else np.asarray(factors, dtype=float)
        self.pool = np.zeros((0, self.width), np.float32) if pool is None else pool

    @property
    def width(self):
        """Number of inputs: prepared features, and what the base says."""
        return self.preparation.size + (0 if self.base is None else len(self.scales))

    @property
    def by_hole(self):
        """Whether holes are read, and not the nearest samples."""
        return isinstance(self.reader, HoleReader)

    @classmethod
    def fit(cls, samples, train, design, schedule, progress, checkpoints=None, name="lstm", watch=None, start=None,
            evaluation=None):
        """Train on some samples.

        Features of all intervals of a hole are read, also where the grade is
        not among those to learn from.

        Parameters
        ----------
        samples : GradeSamples
        train : numpy.ndarray of int
            Rows whose grades are learned from.
        design : SequenceDesign
        schedule : Schedule
            ``batch`` counts sequences.
        progress : Progress
        checkpoints : Checkpoints, optional
        name : str
        watch : callable, optional
            ``watch(epoch, loss, error)``.
        start : SequenceStart, optional
            Another model to begin with; the design is then that of ``start.design``.
        evaluation : SelfEvaluation, optional

        Returns
        -------
        SequenceNetwork
        """
        share = BASE_SHARE if design.base else 0.0
        task = SequenceTask(samples, train, design, schedule, progress, checkpoints, name, start)
        rng = np.random.default_rng([schedule.seed, 79])
        network = make_network(design, task, int(rng.integers(2**62)))
        if start is not None:
            start.apply(network, task)
        rows, held = sequence_splits(task, design.members, rng)
        trainer = TRAINERS[design.optimizer](
            network, task.sequences, task.inputs, task.scaled, rows, held, schedule, progress.span(share, 0.9), watch,
            evaluation and evaluation.of(task.preparation))
        trainer.run(checkpoints, name)
        if not design.heteroscedastic:
            settle_noise(network, task, held, progress.check)
        model = cls(design, task.preparation, task.base, task.reader, network, task.scales,
                    pool=None if task.by_hole else task.inputs, spread=task.spread, history=trainer.history)
        if design.residuals:
            means, _ = along(network, task.sequences, task.inputs, progress.check)
            errors = task.held_out_errors(means, held) * task.spread
            model.field = ResidualField.fit(task.coordinates, task.groups, errors, rng, progress.span(0.9, 1.0))
        progress(1.0)
        return model

    def predict(self, features, groups, positions, points, check=None):
        """`Predictive` of samples.

        Parameters
        ----------
        features : numpy.ndarray, shape (n, f)
        groups : numpy.ndarray of int, shape (n,)
            From 0, one for each hole.
        positions : numpy.ndarray, shape (n,)
            Along the hole.
        points : numpy.ndarray, shape (n, d)
            Metres; None where the model needs none.
        check : callable, optional
        """
        found = self.predict_inputs(self.preparation.apply(features), groups, positions, points, check)
        return found if self.field is None or points is None else found.shifted(*self.field.at(points, check=check))

    def predict_inputs(self, inputs, groups, positions, points, check=None):
        """The same of inputs (n, size), as the preparation makes them, without the kriged errors."""
        guess = self.base.predict_inputs(inputs, check).means if self.base is not None else None
        if guess is not None:
            inputs = np.hstack([inputs, guess.mean(axis=0)])
        if self.by_hole:
            means, noise = along(self.stack, self.reader.read(groups, positions), inputs, check)
        else:
            read = np.concatenate([self.pool, inputs])
            means, noise = along(self.stack, self.reader.read(points), read, check, len(inputs))
        if guess is not None:
            each = np.arange(len(guess)) % len(means)
            means, noise = guess + self.spread * means[each], np.square(self.spread) * noise[each]
        found = Predictive(means, noise, self.scales)
        return found if (self.factors == 1.0).all() else found.widened(self.factors)

    def to_tensors(self):
        """Arrays by name, and the JSON values that go with them."""
        arrays, info = self.preparation.state()
        kept, read = self.reader.state()
        tensors = {f"preparation.{name}": value for name, value in arrays.items()}
        tensors.update({f"reader.{name}": value for name, value in kept.items()})
        tensors.update((f"network.{name}", value.detach().numpy()) for name, value in self.stack.named_parameters())
        content = {"design": asdict(self.design), "network": self.stack.settings, "preparation": info, "reader": read,
                   "scales": [scale.to_dict() for scale in self.scales], "factors": self.factors.tolist()}
        if self.base is not None:
            kept, content["base"] = self.base.to_tensors()
            tensors.update({f"base.{name}": value for name, value in kept.items()})
            tensors["spread"] = self.spread
        if len(self.pool):
            tensors["pool"] = self.pool
        if self.field is not None:
            kept, content["field"] = self.field.state()
            tensors.update({f"field.{name}": value for name, value in kept.items()})
        return tensors, content

    @classmethod
    def from_tensors(cls, tensors, content):
        """The model from what `to_tensors` gave."""
        def below(prefix):
            return {name[len(prefix) + 1:]: value for name, value in tensors.items() if name.startswith(f"{prefix}.")}

        stack = RecurrentStack(**content["network"])
        stack.load_state_dict({name: torch.from_numpy(value) for name, value in below("network").items()})
        design = content["design"]
        design = SequenceDesign(**{**design, "dense": tuple(design["dense"]), "own": tuple(design["own"])})
        return cls(design, InputPreparation.restore(below("preparation"), content["preparation"]),
                   BayesianNetwork.from_tensors(below("base"), content["base"]) if content.get("base") else None,
                   reader_from(below("reader"), content["reader"]), stack,
                   [scale_from_dict(scale) for scale in content["scales"]], content["factors"],
                   ResidualField.restore(below("field"), content["field"]) if content.get("field") else None,
                   tensors.get("pool"), tensors.get("spread"))


def make_network(design, task, seed):
    """The untrained networks of a design."""
    return RecurrentStack(
        design.members, task.inputs.shape[1], task.reader.channels, len(task.scales), design.memory, design.layers,
        design.both, design.dense, design.own, design.activation, design.heteroscedastic, design.prior,
        torch.Generator().manual_seed(seed))


def along(network, sequences, inputs, check=None, size=None):
    """What each member says of the samples that sequences answer for.

    Parameters
    ----------
    network : RecurrentStack
    sequences : Sequences
    inputs : numpy.ndarray of float32, shape (n, inputs)
    check : callable, optional
    size : int, optional
        Number of samples; that of the inputs when not given.

    Returns
    -------
    means, noise : numpy.ndarray of float32, shape (members, size, t)
    """
    members, size = network.settings["members"], len(inputs) if size is None else size
    means = np.zeros((members, size, network.settings["targets"]), np.float32)
    noise = np.ones_like(means)
    inputs = torch.from_numpy(np.ascontiguousarray(inputs, np.float32))
    network.eval()
    with torch.inference_mode():
        for numbers in batches(sequences.lengths, STEPS_AT_ONCE):
            if check:
                check()
            rows, steps, answers, lengths = sequences.padded(numbers)
            x = joined(inputs, rows, steps).expand(members, -1, -1, -1)
            mean, log = network(x, torch.from_numpy(lengths).expand(members, -1))
            asked = answers >= 0
            means[:, answers[asked]] = mean.numpy()[:, asked]
            noise[:, answers[asked]] = np.exp(log.numpy()[:, asked])
    return means, noise


def settle_noise(network, task, held, check=None):
    """Set the constant noise of each member to what it misses at the sequences it held out."""
    means, _ = along(network, task.sequences, task.inputs, check)
    with torch.no_grad():
        for member, numbers in enumerate(held):
            rows = task.sequences.answered(numbers)
            wrong = task.scaled[rows] - means[member, rows]
            known = np.isfinite(wrong)
            missed = np.square(np.where(known, wrong, 0.0)).sum(axis=0) / np.maximum(known.sum(axis=0), 1)
            told = torch.from_numpy((known.any(axis=0)) & (missed > 0.0))
            noise = torch.from_numpy(np.log(np.where(missed > 0.0, missed, 1.0))).to(torch.float32)
            network.log_noise[member, 0] = torch.where(told, noise, network.log_noise[member, 0])


def batches(lengths, most):
    """Numbers of sequences of about equal length, with at most so many steps together once they are padded."""
    order, out, start = np.argsort(lengths, kind="stable"), [], 0
    ordered = lengths[order].tolist()
    while start < order.size:
        end = start + 1
        while end < order.size and ordered[end] * (end + 1 - start) <= most:
            end += 1
        out.append(order[start:end])
        start = end
    return out


def sequence_splits(task, members, rng):
    """As `bnn.splits`, of sequences: no part of a hole is learned from where another is held out."""
    if task.useful.size * HELD_SHARE < 1.0:
        return [task.useful] * members, [task.useful[:0]] * members
    sizes = task.sequences.counts(np.isfinite(task.scaled).any(axis=1))[task.useful]
    samples = np.repeat(task.useful, sizes)
    rows, held = splits(task.owners[samples], np.arange(samples.size), members, rng, HELD_SHARE)
    return [np.unique(samples[part]) for part in rows], [np.unique(samples[part]) for part in held]
