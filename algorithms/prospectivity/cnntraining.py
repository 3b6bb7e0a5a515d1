"""Training of one network on windows: augmentation, class weights, early stopping, and a state to go on from."""
import math
from dataclasses import dataclass

import numpy as np
import torch
from torch.nn import functional

from ..learning.training import slope
from ..validation.measures import auc
from .resumable import ResumableTrainer

NEGATIVES_PER_POSITIVE = 3
LEAST_POSITIVES = 64  # windows of deposits in an epoch; few deposits are shown several times
CLIP = 5.0
FIRST_FREE, ALL_FREE = 0.2, 0.4  # of the epochs, after which the last block and then all of a trunk learn


@dataclass(frozen=True)
class Plan:
    """How to train.

    Attributes
    ----------
    epochs, batch : int
    rate, decay : float
        Highest learning rate of AdamW, and its weight decay.
    patience : int
        Epochs without a better score on held-out windows after which training ends; 0 for never.
    smoothing : float
        Label smoothing: 0.05 takes the targets 0 and 1 to 0.025 and 0.975.
    noise : float
        Of the augmentation, in spreads of the bands.
    shift : int
        Cells by which windows of deposits are shifted at most.
    turn : bool
        Whether windows are turned and mirrored.
    seed : int
    """

    epochs: int = 40
    batch: int = 32
    rate: float = 2e-3
    decay: float = 0.05
    patience: int = 20
    smoothing: float = 0.05
    noise: float = 0.1
    shift: int = 1
    turn: bool = True
    seed: int = 1


@dataclass(frozen=True)
class Windows:
    """Windows to learn from, larger than those of the network by the shift on each side.

    Attributes
    ----------
    channels : torch.Tensor, shape (n, channels, size, size)
    labels, weights : torch.Tensor, shape (n,)
        1 for a deposit and 0 for background.
    """

    channels: torch.Tensor
    labels: torch.Tensor
    weights: torch.Tensor


@dataclass(frozen=True)
class Inherited:
    """What a network takes over from another one.

    Attributes
    ----------
    tensors : dict
        Weights of the trunk by name, already in the order of the new channels.
    matched : numpy.ndarray of bool, shape (channels,)
        Channels that the other one knew.
    """

    tensors: dict
    matched: np.ndarray


class WindowTrainer(ResumableTrainer):
    """One training run from windows.

    Parameters
    ----------
    network : ProspectivityNetwork
    windows : Windows
    learn, held : numpy.ndarray of int
        Windows it learns from, and those it is stopped by (may be none).
    plan : Plan
    progress : Progress
    watch : callable, optional
        ``watch(epoch, entry)`` after each epoch, ``entry`` as in `history`.
    inherited : Inherited, optional
    tested : Windows, optional
        Of deposits that only the report is told about; they play no part in the training.

    Attributes
    ----------
    history : list of dict
        ``loss`` in training; ``held`` (cross-entropy), ``accuracy`` and ``auc`` of the held-out windows, or of those
        learned from without any; ``tested`` and ``tested_auc`` of the tested windows.
    """

    def __init__(self, network, windows, learn, held, plan, progress, watch=None, inherited=None, tested=None):
        self.windows, self.tested, self.inherited = windows, tested, inherited
        labels = windows.labels.numpy() > 0.5
        self.positive, self.negative = learn[labels[learn]], learn[~labels[learn]]
        self.held = held
        self.count = max(self.positive.size, LEAST_POSITIVES)
        self.steps = max(1, math.ceil(self.count * (1 + NEGATIVES_PER_POSITIVE) / plan.batch))
        found = contrast(windows.channels[learn].mean(dim=(2, 3)), windows.labels[learn])
        if inherited is not None:
            _inherit(network.trunk, inherited)
            features = contrast(trunk_means(network, windows.channels, learn, progress.check), windows.labels[learn])
            network.trust.copy_(relevance(features, max(found[:-1].max(), features.max())))
        network.gain.copy_(relevance(found, found[:-1].max()))
        network.gain[:, -1] = 1.0  # the share of known bands
        super().__init__(network, plan, progress, watch)

    def epoch(self, number):
        """One pass: windows of deposits, as often as needed, and three times as many of background."""
        rng = np.random.default_rng([self.plan.seed, number])
        order = np.concatenate([
            np.resize(rng.permutation(self.positive), self.count),
            np.resize(rng.permutation(self.negative), self.count * NEGATIVES_PER_POSITIVE)])
        order, total = rng.permutation(order), 0.0
        generator = torch.Generator().manual_seed(int(rng.integers(2**62)))
        for step in range(self.steps):
            self.progress((number + step / self.steps) / self.plan.epochs)
            rows = order[step * self.plan.batch:(step + 1) * self.plan.batch]
            total += self._step(number + step / self.steps, rows, rng, generator) * len(rows)
        # Without held-out windows the last weights are as good as any.
        self._end_epoch(number, {"loss": total / len(order), **self.judge()}, always=not self.held.size)

    def _step(self, at, rows, rng, generator):
        """One step on some windows; their loss."""
        from .network import Dropping

        done = at / max(self.plan.epochs, 1)
        for group in self.optimizer.param_groups:
            group["lr"] = self.plan.rate * slope(done)
        batch = self._augmented(rows, rng, generator)
        scores = self.network(batch, Dropping(self.network.shape.dropout, generator))[:, 0, 0]
        labels, weights = self.windows.labels[rows], self.windows.weights[rows]
        targets = labels * (1.0 - self.plan.smoothing) + 0.5 * self.plan.smoothing
        weights = weights * torch.where(labels > 0.5, float(NEGATIVES_PER_POSITIVE), 1.0)
        losses = functional.binary_cross_entropy_with_logits(scores, targets, reduction="none")
        loss = (losses * weights).sum() / weights.sum()
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()
        frozen = self._freeze(done)
        torch.nn.utils.clip_grad_norm_(self.named.values(), CLIP)
        self.optimizer.step()
        self._hold(frozen)
        return float(loss.detach())

    def _augmented(self, rows, rng, generator):
        """Windows (n, channels, window, window), shifted, turned, mirrored and with noise."""
        size, spare = self.network.shape.window, 2 * self.plan.shift
        batch = self.windows.channels[rows]
        down, right = rng.integers(0, spare + 1, 2)
        batch = batch[:, :, down:down + size, right:right + size]
        if self.plan.turn:
            batch = torch.rot90(batch, int(rng.integers(4)), (2, 3))
            batch = batch.flip(3) if rng.integers(2) else batch
        if self.plan.noise:
            noise = torch.randn(batch.shape[:2], generator=generator)[:, :, None, None] * self.plan.noise
            noise[:, -1] = 0.0  # the share of known bands is exact
            batch = batch + noise
        return batch

    def judge(self):
        """Balanced cross-entropy, accuracy and AUC at held-out windows, or at those learned from without any."""
        rows = self.held if self.held.size else np.concatenate([self.positive, self.negative])
        scores = score_windows(self.network, self.windows.channels, rows, self.plan.shift, self.progress.check)
        truth = self.windows.labels[rows].numpy() > 0.5
        found = {"held": balanced_cross_entropy(truth, scores), "accuracy": balanced_accuracy(truth, scores > 0.0),
                 "auc": auc(truth, scores)}
        return found if self.tested is None else {**found, **self._watched()}

    def _watched(self):
        """Cross-entropy and AUC of the tested windows."""
        truth = self.tested.labels.numpy() > 0.5
        scores = score_windows(self.network, self.tested.channels, np.arange(truth.size), self.plan.shift,
                               self.progress.check)
        return {"tested": balanced_cross_entropy(truth, scores), "tested_auc": auc(truth, scores)}

    def _settled(self):
        """Whether it has not become better for some epochs, or the user has had enough."""
        done, patience = len(self.history), self.plan.patience
        if self.progress.is_last(done):
            return True
        free = ALL_FREE * self.plan.epochs if self.inherited is not None else 0.0
        return bool(0 < patience < done - max(self.best_epoch, free)) and bool(self.held.size)

    def _freeze(self, done):
        """Drop the gradients of inherited layers that do not learn yet; the columns of the entry to hold."""
        if self.inherited is None or done >= ALL_FREE:
            return None
        last = f"trunk.blocks.{self.network.shape.blocks - 1}."
        for name, parameter in self.named.items():
            head = not name.startswith("trunk.") or name == "trunk.entry.weight"
            free = name.startswith(last) and done >= FIRST_FREE
            if not head and not free:
                parameter.grad = None
        return self.network.trunk.entry.weight.detach().clone()

    def _hold(self, before):
        """Put the inherited columns of the entry back; columns of new bands have learned."""
        if before is None:
            return
        known = torch.from_numpy(self.inherited.matched)
        with torch.no_grad():
            self.network.trunk.entry.weight[:, known] = before[:, known]


def _inherit(trunk, inherited):
    """Take over the weights of another trunk."""
    with torch.no_grad():
        for name, parameter in trunk.named_parameters():
            found = inherited.tensors.get(name)
            if found is None:
                continue
            if name == "entry.weight":
                known = torch.from_numpy(inherited.matched)
                parameter[:, known] = torch.from_numpy(found)[:, known]
            else:
                parameter.copy_(torch.from_numpy(found))


def contrast(means, labels):
    """Square of Welch's t of each column between deposits and background.

    Parameters
    ----------
    means : torch.Tensor, shape (n, columns)
        Over the windows.
    labels : torch.Tensor, shape (n,)

    Returns
    -------
    numpy.ndarray, shape (columns,)
    """
    means, truth = means.double().numpy(), labels.numpy() > 0.5
    first, second = means[truth], means[~truth]
    spread = first.var(axis=0) / max(len(first) - 1, 1) + second.var(axis=0) / max(len(second) - 1, 1)
    return np.square(first.mean(axis=0) - second.mean(axis=0)) / (spread + 1e-6)


def relevance(contrasts, largest):
    """How well each column tells deposits from background on its own, 0 to 1, shape (1, columns, 1, 1).

    With few deposits and many bands a network would else learn from chance
    differences (Fan & Lv 2008, doi:10.1111/j.1467-9868.2008.00674.x).
    """
    shares = np.minimum(contrasts / max(largest, 1e-12), 1.0)
    return torch.from_numpy(shares.astype(np.float32))[None, :, None, None]


def trunk_means(network, channels, rows, check=None, batch=256):
    """Means over the windows of what a trunk makes of them, shape (n, width)."""
    out = []
    with torch.inference_mode():
        for start in range(0, len(rows), batch):
            if check:
                check()
            out.append(network.trunk(channels[rows[start:start + batch]], lambda x: x).mean(dim=(2, 3)))
    return torch.cat(out)


def score_windows(network, channels, rows, shift, check=None, batch=512):
    """Scores of windows in their middle place, numpy (n,)."""
    size, out = network.shape.window, []
    with torch.inference_mode():
        for start in range(0, len(rows), batch):
            if check:
                check()
            part = channels[rows[start:start + batch], :, shift:shift + size, shift:shift + size]
            out.append(network(part)[:, 0, 0])
    return torch.cat(out).numpy()


def balanced_cross_entropy(truth, scores):
    """Mean cross-entropy of scores (logits), both classes counting alike; one class alone counts fully."""
    losses = np.logaddexp(0.0, np.where(truth, -scores, scores).astype(float))
    return float(np.mean([losses[truth == kind].mean() for kind in (True, False) if (truth == kind).any()]))


def balanced_accuracy(truth, called):
    """Mean of the shares of deposits and of background that are told rightly."""
    return float(np.mean([np.mean(called[truth == kind] == kind) for kind in (True, False) if (truth == kind).any()]))
