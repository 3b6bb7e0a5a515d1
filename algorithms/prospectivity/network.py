"""A small residual network for windows of evidence that is as well a filter of whole rasters.

Convolutions look at shapes; beside them the middle cell and the mean of the
window go straight to the last layers, as these alone often tell most.

All convolutions are valid, and channels are normalised cell by cell, so the
network gives each window of a raster exactly what it gives the window on its
own: a whole tile costs one pass, and no window is computed twice.
"""
from dataclasses import asdict, dataclass

import torch
from torch import nn
from torch.nn import functional

BLOCKS = 3
PASSES = 24  # draws of dropout masks


@dataclass(frozen=True)
class Shape:
    """Of a network.

    Attributes
    ----------
    channels : int
        Of the input.
    window : int
        Cells across a window, odd.
    width : int
        Channels inside.
    dropout : float
    plain : bool
        Whether the trunk is given the channels as they are, as a pre-trained one expects them, and not weighed by
        `ProspectivityNetwork.gain`.
    """

    channels: int
    window: int
    width: int = 16
    dropout: float = 0.2
    plain: bool = False

    @property
    def blocks(self):
        """Residual blocks, each of which takes one cell off every side."""
        return min(BLOCKS, (self.window - 1) // 2)

    @property
    def pool(self):
        """Cells across the mean at the end."""
        return self.window - 2 * self.blocks

    def to_card(self):
        """The shape as a card holds it."""
        return asdict(self)


class CellNorm(nn.Module):
    """Channels of each cell brought to mean 0 and deviation 1: the same whatever lies around the cell."""

    def __init__(self, width):
        super().__init__()
        self.gain = nn.Parameter(torch.ones(1, width, 1, 1))
        self.shift = nn.Parameter(torch.zeros(1, width, 1, 1))

    def forward(self, x):
        x = x - x.mean(dim=1, keepdim=True)
        return x * torch.rsqrt(x.square().mean(dim=1, keepdim=True) + 1e-5) * self.gain + self.shift


class Trunk(nn.Module):
    """From channels of evidence to features of a cell and its surroundings: what a pre-training teaches."""

    def __init__(self, shape):
        super().__init__()
        self.shape = shape
        self.entry = nn.Conv2d(shape.channels, shape.width, 1)
        self.entry_norm = CellNorm(shape.width)
        self.blocks = nn.ModuleList(nn.Conv2d(shape.width, shape.width, 3) for _ in range(shape.blocks))
        self.norms = nn.ModuleList(CellNorm(shape.width) for _ in range(shape.blocks))

    def forward(self, x, drop):
        """Features (n, width, h - 2 blocks, w - 2 blocks); ``drop(x)`` drops channels."""
        x = drop(functional.silu(self.entry_norm(self.entry(x))))
        for convolution, norm in zip(self.blocks, self.norms):
            x = drop(x[:, :, 1:-1, 1:-1] + functional.silu(norm(convolution(x))))
        return x


class ProspectivityNetwork(nn.Module):
    """Score (logit) of each window.

    Parameters
    ----------
    shape : Shape

    Attributes
    ----------
    gain : torch.Tensor, shape (1, channels, 1, 1)
        What channels are multiplied with, see `cnntraining.relevance`.
    trust : torch.Tensor, shape (1, width, 1, 1)
        The same for what the trunk makes of them.
    """

    def __init__(self, shape):
        super().__init__()
        self.shape = shape
        self.trunk = Trunk(shape)
        self.hidden = nn.Conv2d(2 * (shape.width + shape.channels - 1), shape.width, 1)
        self.score = nn.Conv2d(shape.width, 1, 1)
        self.register_buffer("gain", torch.ones(1, shape.channels, 1, 1))
        self.register_buffer("trust", torch.ones(1, shape.width, 1, 1))

    def forward(self, x, drop=None):
        """Scores (n, h - window + 1, w - window + 1) of channels (n, channels, h, w)."""
        drop, weighed = drop or _keep, x * self.gain
        features = self.trunk(x if self.shape.plain else weighed, drop) * self.trust
        parts = [*middle_and_mean(features, self.shape.pool),
                 *middle_and_mean(weighed[:, :-1], self.shape.window)]
        return self.score(drop(functional.silu(self.hidden(torch.cat(parts, dim=1)))))[:, 0]


def middle_and_mean(x, size):
    """The middle cell and the mean of windows of channels (n, c, h, w), twice (n, c, h - size + 1, w - size + 1)."""
    inside = size // 2
    middle = x[:, :, inside:x.shape[2] - inside, inside:x.shape[3] - inside]
    return middle, functional.avg_pool2d(functional.avg_pool2d(x, (size, 1), 1), (1, size), 1)


def _keep(x):
    return x


class Dropping:
    """Whole channels dropped at random: for each window anew in training, one draw for all places in a pass.

    Parameters
    ----------
    share : float
    generator : torch.Generator
    fixed : bool
        Whether all windows share the draws, as the passes of Monte-Carlo dropout need it on a map.
    """

    def __init__(self, share, generator, fixed=False):
        self.share, self.generator, self.fixed = share, generator, fixed

    def __call__(self, x):
        if not self.share:
            return x
        size = (1 if self.fixed else x.shape[0], x.shape[1], 1, 1)
        kept = torch.rand(size, generator=self.generator) >= self.share
        return x * (kept / (1.0 - self.share))


def initialise(network, generator):
    """Random weights: He for convolutions, nought for the last layer's bias."""
    with torch.no_grad():
        for module in network.modules():
            if isinstance(module, nn.Conv2d):
                inputs = module.weight[0].numel()
                module.weight.copy_(torch.randn(module.weight.shape, generator=generator) * (2.0 / inputs) ** 0.5)
                module.bias.zero_()
        if isinstance(network, ProspectivityNetwork):
            network.score.weight.mul_(0.3)
    return network


class Ensemble:
    """Networks whose scores are compared, or one network with draws of dropout.

    Parameters
    ----------
    networks : list of ProspectivityNetwork
    passes : int
        Draws of dropout for each network; 0 for none.
    seed : int
        Of the draws.
    """

    def __init__(self, networks, passes=0, seed=0):
        self.networks, self.passes, self.seed = networks, passes, seed

    @property
    def window(self):
        """Cells across a window."""
        return self.networks[0].shape.window

    def scores(self, channels, check=None):
        """Scores of every member at every window of channels (n, c, h, w), numpy (members, n, ...)."""
        x, out = torch.from_numpy(channels), []
        with torch.inference_mode():
            for network in self.networks:
                for number in range(max(self.passes, 1)):
                    if check:
                        check()
                    out.append(network(x, self._dropping(network, number)))
        return torch.stack(out).numpy()

    def probabilities(self, channels, check=None):
        """`scores` as probabilities."""
        return _sigmoid(self.scores(channels, check))

    def _dropping(self, network, number):
        """The draws of one pass, the same for every tile."""
        if not self.passes:
            return None
        generator = torch.Generator().manual_seed(self.seed * 1009 + number)
        return Dropping(network.shape.dropout, generator, fixed=True)


def _sigmoid(scores):
    return torch.sigmoid(torch.from_numpy(scores)).numpy()
