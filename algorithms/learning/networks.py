"""Several small networks of one shape, computed at once.

References
----------
Pearce, T., Leibfried, F. & Brintrup, A. (2020). Uncertainty in neural networks:
approximately Bayesian ensembling. AISTATS. https://arxiv.org/abs/1810.05546
"""
import math
from functools import partial

import torch
from torch import nn
from torch.nn import functional

ACTIVATIONS = {"relu": functional.relu, "silu": functional.silu, "tanh": torch.tanh}
OVERWRITING = {"relu": torch.relu_, "silu": partial(functional.silu, inplace=True), "tanh": torch.tanh_}
GAIN = 2.0  # of the variance of the first weights, for ReLU and its likes
OUTPUT_SHRINK = 0.1
# Of noise variances. Scaled targets have variance 1; beyond the training samples noise heads run to any end.
LEAST_LOG, MOST_LOG = -8.0, math.log(4.0)


class NetworkStack(nn.Module):
    """``members`` networks with weights of their own: mean and noise of scaled targets from inputs.

    The noise is a constant of each target and, with ``heteroscedastic``, a
    function of the last hidden layer that does not act back on it: squared
    errors alone shape the mean.

    Parameters
    ----------
    members, inputs, targets : int
    hidden : sequence of int
    activation : str
        "silu", "relu" or "tanh".
    heteroscedastic : bool
    prior : float
        Standard deviation of the normal prior of weights, in units of the
        root of 2 over the inputs of their layer.
    generator : torch.Generator
    """

    def __init__(self, members, inputs, targets, hidden=(64, 64, 64), activation="silu", heteroscedastic=True,
                 prior=1.0, generator=None):
        super().__init__()
        self.settings = {"members": members, "inputs": inputs, "targets": targets, "hidden": list(hidden),
                         "activation": activation, "heteroscedastic": heteroscedastic, "prior": prior}
        self.weights, self.biases = nn.ParameterList(), nn.ParameterList()
        for number, (before, after) in enumerate(layer_shapes(inputs, hidden, targets, heteroscedastic)):
            spread = math.sqrt(GAIN / before) * (OUTPUT_SHRINK if number >= len(hidden) else 1.0)
            self.weights.append(nn.Parameter(torch.randn(members, before, after, generator=generator) * spread))
            self.biases.append(nn.Parameter(torch.zeros(members, 1, after)))
        self.log_noise = nn.Parameter(torch.zeros(members, 1, targets))
        self.depth, self.activation = len(hidden), ACTIVATIONS[activation]
        self.anchors = [torch.randn(weight.shape, generator=generator) * self._spread(weight)
                        for weight in self.weights]

    def _spread(self, weight):
        """Standard deviation of the prior of a layer's weights."""
        return self.settings["prior"] * math.sqrt(GAIN / weight.shape[1])

    def forward(self, x, generator=None):
        """Mean and log of the noise variance, both (members, n, t), of inputs (members, n, inputs)."""
        for number in range(self.depth):
            x = self.activation(torch.baddbmm(self.biases[number], x, self.weights[number]))
        mean = torch.baddbmm(self.biases[self.depth], x, self.weights[self.depth])
        return mean, self.noise_head(x, self.depth + 1)

    def evaluator(self):
        """A function like `forward`, faster but without gradients, as the parameters are now.

        Activations overwrite what they are made of, and both heads are one product.
        """
        weights, biases, overwriting = list(self.weights), list(self.biases), OVERWRITING[self.settings["activation"]]
        heads = [torch.cat(part[self.depth:], dim=2) for part in (biases, weights)]

        def evaluate(x):
            for number in range(self.depth):
                x = overwriting(torch.baddbmm(biases[number], x, weights[number]))
            if not self.settings["heteroscedastic"]:
                return torch.baddbmm(heads[0], x, heads[1]), self.noise_head(x, self.depth)
            mean, noise = torch.baddbmm(heads[0], x, heads[1]).chunk(2, dim=2)
            return mean, noise.add_(self.log_noise).clamp_(LEAST_LOG, MOST_LOG)

        return evaluate

    def noise_head(self, hidden, layer):
        """Log of the noise variance from the last hidden layer."""
        if not self.settings["heteroscedastic"]:
            return self.log_noise.clamp(LEAST_LOG, MOST_LOG).expand(-1, hidden.shape[1], -1)
        found = torch.baddbmm(self.biases[layer], hidden.detach(), self.weights[layer])
        return (found + self.log_noise.detach()).clamp(LEAST_LOG, MOST_LOG)

    def penalty(self):
        """Minus the log of the prior around the anchor of each member, up to a constant, shape (members,)."""
        total = torch.zeros(self.settings["members"])
        for number in range(self.depth + 1):
            away = (self.weights[number] - self.anchors[number] * self._shrink(number)) / self._spread(
                self.weights[number])
            total = total + 0.5 * away.square().sum(dim=(1, 2))
        return total

    def _shrink(self, number):
        """Anchors of the last layer are as small as its first weights."""
        return OUTPUT_SHRINK if number == self.depth else 1.0

    def constants(self):
        """What belongs to the state of a training run besides parameters, by name."""
        return {f"anchor{number}": anchor for number, anchor in enumerate(self.anchors)}

    def restore_constants(self, tensors):
        """Put back what `constants` gave."""
        self.anchors = [tensors[f"anchor{number}"] for number in range(len(self.anchors))]

    def draws(self, count, generator):
        """The members themselves."""
        return self


def layer_shapes(inputs, hidden, targets, heteroscedastic):
    """Inputs and outputs of each layer: the hidden ones, that of the mean and, when asked, that of the noise."""
    sizes = [inputs, *hidden]
    last = (sizes[-1], targets)
    return [*zip(sizes[:-1], sizes[1:]), last, *([last] if heteroscedastic else [])]


def losses(mean, log_noise, constant, y):
    """Minus log likelihood of each member, mean over what is known.

    The squared errors are weighted by the constant noise of each target, so
    that places with little noise do not rule the mean; the noise of each place
    is then fitted to the errors as they are.

    Parameters
    ----------
    mean, log_noise : torch.Tensor, shape (members, n, t)
    constant : torch.Tensor, shape (members, 1, t)
        Log of the constant noise variance.
    y : torch.Tensor, shape (members, n, t)
        NaN where it is not known.
    """
    known = ~torch.isnan(y)
    errors = torch.where(known, mean - y, torch.zeros(()))
    squares = errors.square()
    constant = constant.clamp(LEAST_LOG, MOST_LOG)
    fit = 0.5 * (squares * torch.exp(-constant) + constant)
    noise = 0.5 * (squares.detach() * torch.exp(-log_noise) + log_noise)
    each = torch.where(known, fit + noise, torch.zeros(()))
    return each.sum(dim=(1, 2)) / known.sum(dim=(1, 2)).clamp(min=1)
