"""Pre-training without deposits: a trunk learns to fill what is hidden in windows of evidence.

Squares of cells are hidden in all bands and single bands are hidden in all
cells; from what is left the trunk has to tell the hidden values of the middle
cells. What it learns of the ways in which elements go together and of the
shapes of their halos is what a training from few deposits starts from.

References
----------
He, K. et al. (2022). Masked autoencoders are scalable vision learners. CVPR.
https://doi.org/10.1109/CVPR52688.2022.01553
"""
from dataclasses import dataclass

import numpy as np
import torch
from torch import nn

from ..learning.training import slope
from .network import Dropping, Trunk
from .resumable import ResumableTrainer


@dataclass(frozen=True)
class MaskPlan:
    """How to pre-train.

    Attributes
    ----------
    epochs, steps, batch : int
        Passes, steps of each, and patches of a step.
    rate, decay : float
        Of AdamW.
    hidden_bands : float
        Share of the bands that is hidden in a whole patch.
    hidden_cells : float
        Share of a patch that is hidden in all bands.
    square : int
        Side of a hidden square, cells.
    patience : int
    dropout : float
    seed : int
    """

    epochs: int = 40
    steps: int = 40
    batch: int = 32
    rate: float = 3e-3
    decay: float = 0.01
    hidden_bands: float = 0.3
    hidden_cells: float = 0.3
    square: int = 2
    patience: int = 12
    dropout: float = 0.1
    seed: int = 1


class Reconstructor(nn.Module):
    """A trunk and a layer that tells the bands of each cell."""

    def __init__(self, shape):
        super().__init__()
        self.trunk = Trunk(shape)
        self.told = nn.Conv2d(shape.width, shape.channels - 1, 1)

    def forward(self, x, drop):
        """Channels without the last one at the cells inside the border that the trunk takes off."""
        return self.told(self.trunk(x, drop))


class PatchTrainer(ResumableTrainer):
    """One pre-training from patches.

    Parameters
    ----------
    network : Reconstructor
    patches : callable
        ``patches(rng, count, held)`` gives channels (count, c, size, size), from held-out ground or from the rest.
    plan : MaskPlan
    progress : Progress
    watch : callable, optional
        ``watch(epoch, entry)``.

    Attributes
    ----------
    history : list of dict
        ``loss`` and ``held`` (mean squared error of hidden values, in spreads of the bands), and ``explained``, the
        share of the variance of hidden held-out values that is told.
    """

    def __init__(self, network, patches, plan, progress, watch=None):
        super().__init__(network, plan, progress, watch)
        self.patches = patches
        self.judged = patches(np.random.default_rng([plan.seed, 10 ** 6]), 4 * plan.batch, True)

    def epoch(self, number):
        """One pass."""
        plan, total = self.plan, 0.0
        rng = np.random.default_rng([plan.seed, number])
        generator = torch.Generator().manual_seed(int(rng.integers(2**62)))
        for step in range(plan.steps):
            done = (number + step / plan.steps) / plan.epochs
            self.progress(done)
            for group in self.optimizer.param_groups:
                group["lr"] = plan.rate * slope(done)
            patches = turned(self.patches(rng, plan.batch, False), rng)
            loss, _ = self._loss(patches, rng, Dropping(plan.dropout, generator))
            self.optimizer.zero_grad(set_to_none=True)
            loss.backward()
            torch.nn.utils.clip_grad_norm_(self.named.values(), 5.0)
            self.optimizer.step()
            total += float(loss.detach())
        self._end_epoch(number, {"loss": total / plan.steps, **self.judge()})

    def judge(self):
        """Error at held-out ground, the same patches with the same cells hidden each time."""
        with torch.no_grad():
            loss, variance = self._loss(self.judged, np.random.default_rng(self.plan.seed), Dropping(0.0, None))
        return {"held": float(loss), "explained": 1.0 - float(loss) / max(variance, 1e-12)}

    def _loss(self, patches, rng, drop):
        """Mean squared error of hidden known values, and their variance."""
        truth = torch.from_numpy(patches)
        hidden = hide(patches.shape, self.plan, rng)
        shown = truth.clone()
        shown[:, :-1][torch.from_numpy(hidden)] = 0.0
        shown[:, -1] *= torch.from_numpy(1.0 - hidden.mean(axis=1, dtype=np.float32))
        found = self.network(shown, drop)
        inside = self.network.trunk.shape.blocks
        part = (slice(None), slice(None), slice(inside, -inside), slice(inside, -inside))
        weight = torch.from_numpy(hidden[part]) * (truth[:, -1:][part] > 0.0)
        target = truth[:, :-1][part]
        count = weight.sum().clamp(min=1)
        mean = (target * weight).sum() / count
        return ((found - target).square() * weight).sum() / count, float(
            ((target - mean).square() * weight).sum() / count)

    def _settled(self):
        done = len(self.history)
        return self.progress.is_last(done) or bool(0 < self.plan.patience < done - self.best_epoch)


def hide(shape, plan, rng):
    """Mask (n, channels - 1, size, size) of what is hidden: squares in all bands, and whole bands."""
    count, channels, size = shape[0], shape[1] - 1, shape[2]
    across = -(-size // plan.square)
    squares = rng.random((count, 1, across, across)) < plan.hidden_cells
    cells = squares.repeat(plan.square, axis=2).repeat(plan.square, axis=3)[:, :, :size, :size]
    bands = rng.random((count, channels, 1, 1)) < plan.hidden_bands
    return cells | bands


def turned(patches, rng):
    """Patches turned by a random quarter and perhaps mirrored."""
    patches = np.rot90(patches, int(rng.integers(4)), (2, 3))
    return np.ascontiguousarray(patches[..., ::-1] if rng.integers(2) else patches)
