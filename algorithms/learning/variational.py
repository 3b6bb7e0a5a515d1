"""Mean-field variational inference of a network, with the local reparameterisation.

References
----------
Blundell, C. et al. (2015). Weight uncertainty in neural networks. ICML.
https://arxiv.org/abs/1505.05424
Kingma, D. P., Salimans, T. & Welling, M. (2015). Variational dropout and the
local reparameterization trick. NIPS. https://arxiv.org/abs/1506.02557
"""
import math

import torch
from torch import nn

from .networks import ACTIVATIONS, GAIN, LEAST_LOG, MOST_LOG, OUTPUT_SHRINK, NetworkStack, layer_shapes

START = -5.0  # log of the standard deviations of the posterior, relative to the prior's, before training
TINY = 1e-10


class VariationalNetwork(nn.Module):
    """Normal posteriors of all weights and biases, independent of each other.

    Parameters
    ----------
    inputs, targets : int
    hidden, activation, heteroscedastic, prior, generator
        As for `networks.NetworkStack`; biases have a standard normal prior.
    samples : int
        Monte-Carlo samples of the evidence bound per step.
    """

    def __init__(self, inputs, targets, hidden=(64, 64, 64), activation="silu", heteroscedastic=True, prior=1.0,
                 samples=1, generator=None):
        super().__init__()
        self.settings = {"members": 1, "inputs": inputs, "targets": targets, "hidden": list(hidden),
                         "activation": activation, "heteroscedastic": heteroscedastic, "prior": prior}
        self.samples = samples
        self.weights, self.weight_logs = nn.ParameterList(), nn.ParameterList()
        self.biases, self.bias_logs = nn.ParameterList(), nn.ParameterList()
        for number, (before, after) in enumerate(layer_shapes(inputs, hidden, targets, heteroscedastic)):
            spread = math.sqrt(GAIN / before)
            shrink = OUTPUT_SHRINK if number >= len(hidden) else 1.0
            self.weights.append(nn.Parameter(torch.randn(1, before, after, generator=generator) * spread * shrink))
            self.weight_logs.append(nn.Parameter(torch.full((1, before, after), START + math.log(prior * spread))))
            self.biases.append(nn.Parameter(torch.zeros(1, 1, after)))
            self.bias_logs.append(nn.Parameter(torch.full((1, 1, after), START)))
        self.log_noise = nn.Parameter(torch.zeros(1, 1, targets))
        self.depth, self.activation = len(hidden), ACTIVATIONS[activation]

    def forward(self, x, generator=None):
        """Mean and log noise variance (samples, n, t) of inputs (1, n, inputs).

        Without a generator they are those of the mean weights.
        """
        if generator is not None and self.samples > 1:
            x = x.expand(self.samples, -1, -1)
        for number in range(self.depth):
            x = self.activation(self._layer(number, x, generator))
        mean = self._layer(self.depth, x, generator)
        if not self.settings["heteroscedastic"]:
            return mean, self.log_noise.clamp(LEAST_LOG, MOST_LOG).expand(mean.shape[0], mean.shape[1], -1)
        found = self._layer(self.depth + 1, x.detach(), generator)
        return mean, (found + self.log_noise.detach()).clamp(LEAST_LOG, MOST_LOG)

    def _layer(self, number, x, generator):
        """Activations of a layer, drawn from their own normal distribution."""
        middle = x @ self.weights[number][0] + self.biases[number][0]
        if generator is None:
            return middle
        of_weights, of_bias = (torch.exp(2.0 * logs[number][0]) for logs in (self.weight_logs, self.bias_logs))
        variance = x.square() @ of_weights + of_bias
        return middle + torch.sqrt(variance + TINY) * torch.randn(middle.shape, generator=generator)

    def penalty(self):
        """Kullback-Leibler divergence of the posterior from the prior, shape (1,)."""
        total = torch.zeros(1)
        for weight, log in zip(self.weights, self.weight_logs):
            total = total + divergence(weight, log, self.settings["prior"] * math.sqrt(GAIN / weight.shape[1]))
        for bias, log in zip(self.biases, self.bias_logs):
            total = total + divergence(bias, log, 1.0)
        return total

    def constants(self):
        """There are none."""
        return {}

    def restore_constants(self, tensors):
        """There is nothing to put back."""

    def draws(self, count, generator):
        """`NetworkStack` of networks drawn from the posterior."""
        stack = NetworkStack(**{**self.settings, "members": count}, generator=generator)
        with torch.no_grad():
            for mine, logs, theirs in ((self.weights, self.weight_logs, stack.weights),
                                       (self.biases, self.bias_logs, stack.biases)):
                for middle, log, target in zip(mine, logs, theirs):
                    noise = torch.randn(target.shape, generator=generator)
                    target.copy_(middle + torch.exp(log) * noise)
            stack.log_noise.copy_(self.log_noise.expand(count, -1, -1))
        return stack


def divergence(mean, log, prior):
    """Kullback-Leibler divergence of normal distributions from the normal prior with mean 0, summed."""
    ratio = torch.exp(2.0 * log) / prior**2
    return (0.5 * (ratio + mean.square() / prior**2 - 1.0) - log + math.log(prior)).sum()
