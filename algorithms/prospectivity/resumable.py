"""Trainings that can be stopped after any epoch and go on as if they had not been."""
import math

import numpy as np
import torch

from ..learning.training import Checkpoints

MOMENTS = ("step", "exp_avg", "exp_avg_sq")


class ResumableTrainer:
    """One training run. What is learned from, ``epoch(number)`` and ``_settled()`` come with its kinds.

    Parameters
    ----------
    network : torch.nn.Module
    plan : object
        With ``epochs``, ``rate`` and ``decay``.
    progress : Progress
    watch : callable, optional
        ``watch(epoch, entry)`` after each epoch, ``entry`` as in `history`.

    Attributes
    ----------
    history : list of dict
        One entry for each epoch, with the score ``held``.
    """

    def __init__(self, network, plan, progress, watch=None):
        self.network, self.plan, self.progress, self.watch = network, plan, progress, watch
        self.named = dict(network.named_parameters())
        self.optimizer = torch.optim.AdamW(self.named.values(), lr=plan.rate, weight_decay=plan.decay, fused=True)
        self.best = {name: p.detach().clone() for name, p in self.named.items()}
        self.history, self.best_score, self.best_epoch = [], math.inf, 0

    def run(self, checkpoints=None, name="checkpoint", every=10):
        """Train what is left; the network ends with its best weights."""
        checkpoints = checkpoints or Checkpoints()
        state = checkpoints.load(name)
        if state is not None:
            self.restore(*state)
        while len(self.history) < self.plan.epochs and not self._settled():
            self.epoch(len(self.history))
            if len(self.history) % every == 0 or self._settled() or len(self.history) == self.plan.epochs:
                checkpoints.save(name, *self.state())
        with torch.no_grad():
            for key, parameter in self.named.items():
                parameter.copy_(self.best[key])
        return self.network

    def _end_epoch(self, number, entry, always=False):
        """Note an epoch, and keep its weights when they are the best so far, or always."""
        if always or entry["held"] < self.best_score:
            self.best_score, self.best_epoch = entry["held"], number
            with torch.no_grad():
                for name, parameter in self.named.items():
                    self.best[name].copy_(parameter)
        self.history.append(entry)
        if self.watch:
            self.watch(number, entry)

    def state(self):
        """All that is needed to go on after this epoch: arrays by name, and plain values."""
        tensors = {f"network/{name}": value for name, value in self.named.items()}
        tensors.update((f"best/{name}", value) for name, value in self.best.items())
        for name, parameter in self.named.items():  # a parameter that has not learned yet has no moments
            moments = self.optimizer.state.get(parameter, {})
            tensors.update((f"{key}/{name}", moments[key]) for key in MOMENTS if key in moments)
        return ({name: value.detach().numpy().copy() for name, value in tensors.items()},
                {"history": self.history, "best_score": self.best_score if self.history else None,
                 "best_epoch": self.best_epoch})

    def restore(self, arrays, plain):
        """Go on from what `state` gave."""
        found = {key: torch.from_numpy(np.array(value)) for key, value in arrays.items()}
        with torch.no_grad():
            for name, parameter in self.named.items():
                parameter.copy_(found[f"network/{name}"])
                self.best[name].copy_(found[f"best/{name}"])
                if f"step/{name}" in found:
                    self.optimizer.state[parameter] = {key: found[f"{key}/{name}"] for key in MOMENTS}
        self.history, self.best_epoch = plain["history"], plain["best_epoch"]
        self.best_score = math.inf if plain["best_score"] is None else plain["best_score"]
