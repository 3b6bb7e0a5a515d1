"""Training of stacks of networks: steps, early stopping on held-out holes, and a state to go on from."""
import math
from dataclasses import dataclass

import numpy as np
import torch

from ..modelfile import load_model, save_model
from .networks import losses

WARM_UP = 0.05
LAST_RATE = 0.02
LEAST_STEPS, SMALLEST_BATCH = 25, 8  # of an epoch; few samples are taken in smaller batches
CHECKPOINT_KIND = "checkpoint"


@dataclass(frozen=True)
class Schedule:
    """How to train.

    Attributes
    ----------
    epochs : int
    batch : int
        Most samples per step and member.
    rate : float
        Highest learning rate of Adam.
    decay : float
        Decoupled weight decay.
    patience : int
        Epochs without a better member after which training ends; 0 for never.
    prior_weight : float
        Of the prior (anchored members) or the Kullback-Leibler divergence.
    warm_up : float
        Part of the epochs over which that weight rises from 0.
    seed : int
    """

    epochs: int = 40
    batch: int = 128
    rate: float = 1.5e-3
    decay: float = 0.0
    patience: int = 0
    prior_weight: float = 1.0
    warm_up: float = 0.3
    seed: int = 1


class Checkpoints:
    """States of training runs in a job folder, each whole or not there.

    Parameters
    ----------
    job : JobFolder or None
        Without one nothing is kept.
    every : int
        Epochs between two states.
    """

    def __init__(self, job=None, every=1):
        self.job, self.every = job, max(int(every), 1)

    def load(self, name):
        """Arrays and plain values of a state, or None."""
        path = self._path(name)
        if path is None or not path.exists():
            return None
        arrays, card = load_model(path, CHECKPOINT_KIND)
        return arrays, card["plain"]

    def save(self, name, arrays, plain):
        """Keep a state in place of the earlier one of this name."""
        path = self._path(name)
        if path is not None:
            save_model(path, arrays, {"schema": 1, "kind": CHECKPOINT_KIND, "plain": plain})

    def _path(self, name):
        return None if self.job is None else self.job.path(f"{name}.safetensors")


class Trainer:
    """One training run that can be stopped after any epoch and go on as if it had not been.

    Parameters
    ----------
    network : NetworkStack or VariationalNetwork
    inputs : numpy.ndarray of float32, shape (n, inputs)
    targets : numpy.ndarray of float32, shape (n, t) or (members, n, t)
        Scaled, NaN where not known; the latter gives each member scales of its own.
    rows, held : list of numpy.ndarray
        For each member, the samples it learns from and those it is stopped by; the latter may be empty.
    schedule : Schedule
    progress : Progress
    watch : callable, optional
        ``watch(epoch, loss, error)`` after each epoch.

    Attributes
    ----------
    history : list of dict
        ``loss`` and ``error`` (root mean square of the held-out scaled targets, mean over members) per epoch.
    """

    MOMENTS = ("step", "exp_avg", "exp_avg_sq")

    def __init__(self, network, inputs, targets, rows, held, schedule, progress, watch=None):
        self.network, self.schedule, self.progress, self.watch = network, schedule, progress, watch
        self.inputs, self.targets = torch.from_numpy(inputs), torch.from_numpy(targets)
        self.rows, self.held, self.each = rows, padded(held), torch.arange(len(rows))[:, None]
        longest = max(map(len, rows))
        self.batch = min(schedule.batch, max(longest // LEAST_STEPS, SMALLEST_BATCH))
        self.steps_per_epoch = max(1, math.ceil(longest / self.batch))
        self.total = self.steps_per_epoch * schedule.epochs
        self.trained = {name: p for name, p in network.named_parameters() if p.requires_grad}
        self.optimizer = self.make_optimizer()
        self.best = {name: p.detach().clone() for name, p in network.named_parameters()}
        self.best_errors = np.full(len(rows), np.inf)
        self.best_epochs = np.zeros(len(rows), dtype=int)
        self.history, self.sizes = [], torch.tensor([float(len(part)) for part in rows])

    def make_optimizer(self):
        """What takes the steps; `MOMENTS` names its state."""
        return torch.optim.AdamW(self.trained.values(), lr=self.schedule.rate, weight_decay=self.schedule.decay,
                                 fused=True)

    def run(self, checkpoints=None, name="checkpoint"):
        """Train what is left; the network ends with the best weights of each member.

        Parameters
        ----------
        checkpoints : Checkpoints, optional
            Where the state is looked for and kept.
        name : str
            Of the state.
        """
        checkpoints = checkpoints or Checkpoints()
        state = checkpoints.load(name)
        if state is not None:
            self.restore(*state)
        while len(self.history) < self.schedule.epochs and not self._settled():
            self.epoch(len(self.history))
            if len(self.history) % checkpoints.every == 0 or len(self.history) == self.schedule.epochs:
                checkpoints.save(name, *self.state())
        with torch.no_grad():
            for key, parameter in self.network.named_parameters():
                parameter.copy_(self.best[key])
        return self.history

    def epoch(self, number):
        """One pass through the samples of each member, and what the held-out ones say about it."""
        rng = np.random.default_rng([self.schedule.seed, number])
        generator = torch.Generator().manual_seed(int(rng.integers(2**62)))
        length = self.steps_per_epoch * self.batch
        order = torch.from_numpy(np.stack([np.resize(rng.permutation(part), length) for part in self.rows]))
        part = self.progress.span(number / self.schedule.epochs, (number + 1) / self.schedule.epochs)
        total = 0.0
        for step in range(self.steps_per_epoch):
            part(step / self.steps_per_epoch)
            total += self._step(number * self.steps_per_epoch + step,
                                order[:, step * self.batch:(step + 1) * self.batch], generator)
        errors = self.errors()
        self._keep(errors, number)
        self.history.append({"loss": total / self.steps_per_epoch, "error": float(np.mean(errors))})
        if self.watch:
            self.watch(number, **self.history[-1])

    def _step(self, number, chosen, generator):
        """One step of all members; their mean loss."""
        done = number / max(self.total, 1)
        for group in self.optimizer.param_groups:
            group["lr"] = self.schedule.rate * slope(done)
        loss = self._loss(chosen, generator)
        weight = self.schedule.prior_weight * min(1.0, done / max(self.schedule.warm_up, 1e-9))
        total = loss.mean() * len(self.rows) + (weight * self.network.penalty() / self.sizes).sum()
        self.optimizer.zero_grad(set_to_none=True)
        total.backward()
        torch.nn.utils.clip_grad_norm_(self.trained.values(), 5.0 * math.sqrt(len(self.rows)))
        self.optimizer.step()
        return float(loss.detach().mean())

    def _loss(self, chosen, generator):
        """Loss of each member at what is chosen for it, shape (members,)."""
        mean, log_noise = self.network(self.inputs[chosen], generator)
        y = self._targets_at(chosen).expand(mean.shape[0], -1, -1)
        return losses(mean, log_noise, self.network.log_noise, y)

    def _targets_at(self, chosen):
        """Scaled targets of samples chosen for each member (members, batch), shape (members, batch, t)."""
        return self.targets[chosen] if self.targets.ndim == 2 else self.targets[self.each, chosen]

    def errors(self):
        """Root mean square error of each member at its held-out samples, shape (members,)."""
        rows, known = self.held
        if not rows.size:
            return np.zeros(len(self.rows))
        total, count = np.zeros(len(self.rows)), np.zeros(len(self.rows))
        with torch.no_grad():
            for start in range(0, rows.shape[1], 4096):
                self.progress.check()
                chosen = torch.from_numpy(rows[:, start:start + 4096])
                mean, _ = self.network(self.inputs[chosen])
                wrong = (mean - self._targets_at(chosen)).numpy().astype(float)
                wrong[~known[:, start:start + 4096]] = np.nan
                total += np.nansum(np.square(wrong), axis=(1, 2))
                count += np.isfinite(wrong).sum(axis=(1, 2))
        return np.sqrt(total / np.maximum(count, 1))

    def _keep(self, errors, number):
        """Keep the weights of members that are better than before; without held-out samples always the last."""
        better = errors < self.best_errors if self.held[0].size else np.ones(errors.size, dtype=bool)
        self.best_errors[better], self.best_epochs[better] = errors[better], number
        chosen = torch.from_numpy(better)
        with torch.no_grad():
            for name, parameter in self.network.named_parameters():
                self.best[name][chosen] = parameter.detach()[chosen]

    def _settled(self):
        """Whether no member has become better for some epochs, or the user has had enough."""
        if self.progress.is_last(len(self.history)):
            return True
        patience = self.schedule.patience
        return 0 < patience <= len(self.history) - 1 - self.best_epochs.max() and bool(self.held[0].size)

    def state(self):
        """All that is needed to go on after this epoch: arrays by name, and plain values."""
        tensors = {f"network/{name}": value for name, value in self.network.named_parameters()}
        tensors.update((f"best/{name}", value) for name, value in self.best.items())
        tensors.update((f"constant/{name}", value) for name, value in self.network.constants().items())
        for name, parameter in self.trained.items():
            moments = self.optimizer.state[parameter]
            tensors.update((f"{moment}/{name}", moments[moment]) for moment in self.MOMENTS)
        plain = {"history": self.history, "best_errors": self.best_errors.tolist(),
                 "best_epochs": self.best_epochs.tolist()}
        return {name: value.detach().numpy().copy() for name, value in tensors.items()}, plain

    def restore(self, arrays, plain):
        """Go on from what `state` gave."""
        def part(name):
            return {key.split("/", 1)[1]: torch.from_numpy(np.array(value)) for key, value in arrays.items()
                    if key.startswith(f"{name}/")}

        self.network.load_state_dict(part("network"))
        self.network.restore_constants(part("constant"))
        self.best, self.history = part("best"), plain["history"]
        self.best_errors, self.best_epochs = np.array(plain["best_errors"]), np.array(plain["best_epochs"])
        moments = {moment: part(moment) for moment in self.MOMENTS}
        for name, parameter in self.trained.items():
            self.optimizer.state[parameter] = {moment: moments[moment][name] for moment in self.MOMENTS}


def padded(lists):
    """Lists of rows as one array (lists, longest), filled up with row 0, and which entries are real."""
    longest = max(map(len, lists), default=0)
    rows, known = np.zeros((len(lists), longest), dtype=np.int64), np.zeros((len(lists), longest), dtype=bool)
    for number, part in enumerate(lists):
        rows[number, :len(part)], known[number, :len(part)] = part, True
    return rows, known


def slope(done):
    """The learning rate's share of its highest value: up, then down along a cosine."""
    if done < WARM_UP:
        return max(done / WARM_UP, LAST_RATE)
    return LAST_RATE + (1.0 - LAST_RATE) * 0.5 * (1.0 + math.cos(math.pi * (done - WARM_UP) / (1.0 - WARM_UP)))


def bound_threads(threads=1):
    """Let torch use so many threads; small networks lose time with more than one."""
    torch.set_num_threads(int(threads))
