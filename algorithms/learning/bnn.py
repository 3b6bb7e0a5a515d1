"""Bayesian neural networks of grades: an ensemble of anchored networks, or a variational posterior.

References
----------
Lakshminarayanan, B., Pritzel, A. & Blundell, C. (2017). Simple and scalable
predictive uncertainty estimation using deep ensembles. NIPS.
https://arxiv.org/abs/1612.01474
"""
from dataclasses import asdict, dataclass, replace

import numpy as np
import torch

from ..validation.folds import balanced, hold_out, lone_groups
from .features import InputPreparation
from .nearsamples import NearSamples
from .networks import NetworkStack
from .predictive import Predictive
from .targets import TargetScale, scale_from_dict
from .training import Schedule, Trainer
from .variational import VariationalNetwork

CHUNK = 512  # samples at once, so that activations of ten networks stay in the cache
HELD_SHARE = 0.15
FEWEST_HELD = 20


@dataclass(frozen=True)
class Design:
    """What a Bayesian neural network is made of.

    Attributes
    ----------
    method : str
        "ensemble" or "variational".
    members : int
        Networks of the ensemble, or draws from the posterior.
    hidden : tuple of int
    activation : str
    heteroscedastic : bool
    components : int or None
        Most principal components of the features; None for the features themselves.
    scale : str
        Of the target: "power", "log" or "none".
    power : float
    prior : float
        See `networks.NetworkStack`.
    samples : int
        Monte-Carlo samples per step of the variational fit.
    residuals : bool
        Whether what near samples tell is kriged and joined with the networks, see `nearsamples`.
    """

    method: str = "ensemble"
    members: int = 10
    hidden: tuple = (64, 64, 64)
    activation: str = "silu"
    heteroscedastic: bool = True
    components: int = None
    scale: str = "power"
    power: float = 0.25
    prior: float = 1.0
    samples: int = 1
    residuals: bool = True


PRESETS = {
    "default": (Design(), Schedule()),
    "variational": (Design(method="variational", members=24, residuals=False), Schedule()),
    "paper": (Design(method="variational", members=24, activation="relu", components=100, scale="log",
                     residuals=False),
              Schedule()),
}


class BayesianNetwork:
    """A fitted model: preparation of the features, networks, scales of the targets and widths of the intervals.

    Attributes
    ----------
    design : Design
    preparation : InputPreparation
    stack : NetworkStack
    scales : list of TargetScale
    factors : numpy.ndarray, shape (t,)
        By which variances are multiplied.
    field : NearSamples or None
        What near samples tell.
    history : list of dict
        Of the training.
    errors : numpy.ndarray, shape (n, t), or None
        After the training of an ensemble: those of the scaled targets, see `held_out_errors`.
    """

    def __init__(self, design, preparation, stack, scales, factors=None, history=(), field=None):
        self.design, self.preparation, self.stack, self.scales = design, preparation, stack.eval(), scales
        self.factors = np.ones(len(scales)) if factors is None else np.asarray(factors, dtype=float)
        self.history, self.field, self.errors = list(history), field, None

    @property
    def width(self):
        """Number of inputs of the networks."""
        return self.preparation.size

    @classmethod
    def fit(cls, features, targets, groups, design, schedule, progress, checkpoints=None, name="network", watch=None,
            start=None, coordinates=None):
        """Train on samples.

        Parameters
        ----------
        features : numpy.ndarray, shape (n, f)
            May have gaps.
        targets : numpy.ndarray, shape (n, t)
            Grades, NaN where not known.
        groups : numpy.ndarray of int, shape (n,)
            Drill holes; whole ones are held out to stop the training.
        design : Design
        schedule : Schedule
        progress : Progress
        checkpoints : Checkpoints, optional
        name : str
            Of the state that is kept there.
        watch : callable, optional
            ``watch(epoch, loss, error)``.
        start : transfer.Start, optional
            Another model to begin with; the design is then that of ``start.design``.
        coordinates : numpy.ndarray, shape (n, d), optional
            Of the samples; without them nothing is kriged.

        Returns
        -------
        BayesianNetwork
        """
        groups = lone_groups(groups)
        if start is None:
            preparation = InputPreparation.fit(features, design.components, groups=groups)
            scales = [TargetScale.fit(column, design.scale, design.power) for column in targets.T]
        else:
            preparation, scales = start.preparation(features, groups), start.scales(targets, design)
        scaled = np.column_stack([scale.forward(column) for scale, column in zip(scales, targets.T)])
        rng = np.random.default_rng([schedule.seed, 77])
        network = make_network(design, preparation.size, len(scales), int(rng.integers(2**62)))
        if start is not None:
            start.apply(network, preparation)
        useful = np.flatnonzero(np.isfinite(scaled).any(axis=1))
        rows, held = splits(groups, useful, network.settings["members"], rng)
        inputs = preparation.apply(features)
        trainer = Trainer(network, inputs, scaled.astype(np.float32), rows, held, schedule, progress.span(0.0, 0.9),
                          watch)
        trainer.run(checkpoints, name)
        with torch.no_grad():
            stack = network.draws(design.members, torch.Generator().manual_seed(int(rng.integers(2**62))))
        model = cls(design, preparation, stack, scales, history=trainer.history)
        if design.method == "ensemble":
            model.errors, spreads = held_out_errors(model, inputs, scaled, held, progress.check)
            if design.residuals and coordinates is not None:
                model.field = NearSamples.fit(coordinates, groups, scaled, model.errors, spreads, rng,
                                              progress.span(0.9, 1.0))
        return model

    def predict(self, features, check=None, points=None):
        """`Predictive` of features (n, f); with their points (n, d) what near samples tell is in it."""
        found = self.predict_inputs(self.preparation.apply(features), check)
        if points is None or self.field is None:
            return found
        return found.moved(*self.field.at(points, check=check))

    def predict_inputs(self, inputs, check=None):
        """`Predictive` of inputs (n, size), as the preparation makes them."""
        members, targets = self.stack.settings["members"], len(self.scales)
        means = np.empty((members, len(inputs), targets), np.float32)
        places = len(inputs) if self.stack.settings["heteroscedastic"] else 1
        noise = np.empty((members, places, targets), np.float32)
        with torch.inference_mode():
            evaluate = self.stack.evaluator()
            for begin in range(0, len(inputs), CHUNK):
                if check:
                    check()
                rows = slice(begin, begin + CHUNK)
                part = torch.from_numpy(inputs[rows]).clone().expand(members, -1, -1)  # sums depend on the alignment
                mean, log = evaluate(part)
                means[:, rows] = mean.numpy()
                noise[:, rows if places > 1 else slice(1)] = torch.exp(log if places > 1 else log[:, :1]).numpy()
        found = Predictive(means, noise, self.scales)
        return found if (self.factors == 1.0).all() else found.widened(self.factors)

    def to_tensors(self):
        """Arrays by name, and the JSON values that go with them."""
        arrays, info = self.preparation.state()
        tensors = {f"preparation.{name}": value for name, value in arrays.items()}
        tensors.update((f"network.{name}", value.detach().numpy()) for name, value in self.stack.named_parameters())
        content = {"design": asdict(self.design), "network": self.stack.settings, "preparation": info,
                   "scales": [scale.to_dict() for scale in self.scales], "factors": self.factors.tolist()}
        if self.field is not None:
            kept, content["field"] = self.field.state()
            tensors.update({f"field.{name}": value for name, value in kept.items()})
        return tensors, content

    @classmethod
    def from_tensors(cls, tensors, content):
        """The model from what `to_tensors` gave."""
        def below(prefix):
            return {name[len(prefix) + 1:]: value for name, value in tensors.items() if name.startswith(f"{prefix}.")}

        stack = NetworkStack(**content["network"])
        stack.load_state_dict({name: torch.from_numpy(value) for name, value in below("network").items()})
        design = Design(**{**content["design"], "hidden": tuple(content["design"]["hidden"])})
        return cls(design, InputPreparation.restore(below("preparation"), content["preparation"]), stack,
                   [scale_from_dict(scale) for scale in content["scales"]], content["factors"],
                   field=NearSamples.restore(below("field"), content["field"]) if content.get("field") else None)


def held_out_errors(model, inputs, scaled, held, check=None):
    """What the members miss at samples that they held out.

    Returns
    -------
    errors : numpy.ndarray, shape (n, t)
        Of the scaled targets, NaN where no member held the sample out.
    spreads : numpy.ndarray, shape (t,)
        Variance of the members around their mean.
    """
    means = model.predict_inputs(inputs, check).means
    total, count = np.zeros(scaled.shape), np.zeros((len(scaled), 1))
    for member, rows in enumerate(held):
        total[rows] += scaled[rows] - means[member, rows]
        count[rows] += 1.0
    return np.where(count > 0.0, total / np.maximum(count, 1.0), np.nan), means.var(axis=0).mean(axis=0)


def make_network(design, inputs, targets, seed):
    """The untrained network of a design."""
    generator = torch.Generator().manual_seed(seed)
    shared = {"hidden": design.hidden, "activation": design.activation, "heteroscedastic": design.heteroscedastic,
              "prior": design.prior, "generator": generator}
    if design.method == "variational":
        return VariationalNetwork(inputs, targets, samples=design.samples, **shared)
    return NetworkStack(design.members, inputs, targets, **shared)


def splits(groups, useful, members, rng, share=HELD_SHARE):
    """For each member, the rows it learns from and the rows of whole groups it is stopped by.

    The members of an ensemble hold out different groups, so that together
    they learn from all samples. Where there is too little to hold out, all
    learn from everything.
    """
    groups = np.unique(groups[useful], return_inverse=True)[1].reshape(-1)
    count = groups.max(initial=-1) + 1
    if count < 4 or useful.size * share < FEWEST_HELD:
        return [useful] * members, [useful[:0]] * members
    if members == 1:
        masks = [hold_out(groups, share, rng)]
    else:
        folds = balanced(groups, max(members, round(1.0 / share)), rng)
        masks = [folds == member for member in range(members)]
    return [useful[~mask] for mask in masks], [useful[mask] for mask in masks]


def with_seed(schedule, *numbers):
    """The schedule with a seed that is its own and differs by these numbers."""
    return replace(schedule, seed=int(np.random.SeedSequence([schedule.seed, *numbers]).generate_state(1)[0]))
