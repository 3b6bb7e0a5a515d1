"""Several long short-term memory networks of one shape, side by side.

References
----------
Hochreiter, S. & Schmidhuber, J. (1997). Long short-term memory. Neural
Computation 9. https://doi.org/10.1162/neco.1997.9.8.1735
"""
import math

import torch
from torch import nn

from .networks import ACTIVATIONS, GAIN, LEAST_LOG, MOST_LOG, OUTPUT_SHRINK

GATES = 4
REMEMBER = 1.0  # first bias of the forget gate


class RecurrentStack(nn.Module):
    """``members`` networks with weights of their own: mean and noise of scaled targets along sequences.

    Layers of long short-term memory read the features step by step, from the
    start of the sequence and, with ``both``, from its end as well; dense layers
    turn what they remember into the targets. With ``own``, a network of the
    features of the step alone gives the targets, and what is remembered is
    added to it. The noise is as in `networks.NetworkStack`.

    Parameters
    ----------
    members, inputs, channels, targets : int
        ``inputs`` features and ``channels`` other numbers are read at each step.
    units, layers : int
        Of the memory, in each direction.
    both : bool
    dense, own : sequence of int
        Units of the dense layers.
    activation : str
        Of the dense layers.
    heteroscedastic : bool
    prior : float
        Standard deviation of the normal prior of weights, in units of the root of 2 over the inputs of their layer.
    generator : torch.Generator
    """

    def __init__(self, members, inputs, channels, targets, units=64, layers=2, both=True, dense=(64, 32), own=(),
                 activation="silu", heteroscedastic=True, prior=1.0, generator=None):
        super().__init__()
        self.settings = {"members": members, "inputs": inputs, "channels": channels, "targets": targets,
                         "units": units, "layers": layers, "both": both, "dense": list(dense), "own": list(own),
                         "activation": activation, "heteroscedastic": heteroscedastic, "prior": prior}
        self.activation, directions = ACTIVATIONS[activation], 2 if both else 1
        self.reading, self.memory, self.starts = nn.ParameterList(), nn.ParameterList(), nn.ParameterList()
        before = inputs + channels
        for _ in range(layers):
            for _ in range(directions):
                self._add_memory(members, before, units, generator)
            before = directions * units
        self.weights, self.biases = nn.ParameterList(), nn.ParameterList()
        self._add_dense(members, [before, *dense], targets, generator)
        if own:
            self._add_dense(members, [inputs, *own], targets, generator)
        if heteroscedastic:
            self._add_layer(members, self._hidden(dense, before) + (own[-1] if own else 0), targets, OUTPUT_SHRINK,
                            generator)
        self.log_noise = nn.Parameter(torch.zeros(members, 1, targets))
        self.gains = nn.Parameter(torch.ones(members, inputs), requires_grad=False)
        self.anchors = {name: torch.randn(weight.shape, generator=generator) * spread * shrink
                        for name, weight, spread, shrink in self._priors()}

    @staticmethod
    def _hidden(layers, before):
        return layers[-1] if layers else before

    def _add_memory(self, members, before, units, generator):
        bound = 1.0 / math.sqrt(units)

        def uniform(*shape):
            return (2.0 * torch.rand(*shape, generator=generator) - 1.0) * bound

        self.reading.append(nn.Parameter(uniform(members, GATES * units, before)))
        self.memory.append(nn.Parameter(uniform(members, GATES * units, units)))
        start = torch.zeros(members, GATES * units)
        start[:, units:2 * units] = REMEMBER
        self.starts.append(nn.Parameter(start))

    def _add_dense(self, members, sizes, targets, generator):
        for before, after in zip(sizes[:-1], sizes[1:]):
            self._add_layer(members, before, after, 1.0, generator)
        self._add_layer(members, sizes[-1], targets, OUTPUT_SHRINK, generator)

    def _add_layer(self, members, before, after, shrink, generator):
        spread = math.sqrt(GAIN / before) * shrink
        self.weights.append(nn.Parameter(torch.randn(members, before, after, generator=generator) * spread))
        self.biases.append(nn.Parameter(torch.zeros(members, 1, after)))

    def forward(self, x, lengths, generator=None):
        """Mean and log of the noise variance along sequences.

        Parameters
        ----------
        x : torch.Tensor, shape (members, sequences, steps, inputs + channels)
        lengths : torch.Tensor of int, shape (members, sequences)
            Steps that are real; what stands beyond them does not matter.

        Returns
        -------
        mean, log_noise : torch.Tensor, shape (members, sequences, steps, targets)
        """
        members, sequences, steps, _ = x.shape
        inputs, depth = self.settings["inputs"], len(self.settings["dense"])
        features = x[..., :inputs] * self.gains[:, None, None, :]
        hidden = self._remembered(torch.cat([features, x[..., inputs:]], dim=-1), lengths)
        hidden = self._through(hidden.reshape(members, sequences * steps, -1), 0, depth)
        mean, last = self._layer(hidden, depth), hidden
        if self.settings["own"]:
            first, depth = depth + 1, len(self.settings["own"])
            own = self._through(features.reshape(members, sequences * steps, -1), first, depth)
            mean, last = mean + self._layer(own, first + depth), torch.cat([hidden, own], dim=-1)
        noise = self._noise(last)
        shape = members, sequences, steps, -1
        return mean.reshape(shape), noise.reshape(shape)

    def _layer(self, x, number):
        return torch.baddbmm(self.biases[number], x, self.weights[number])

    def _through(self, x, first, depth):
        for number in range(first, first + depth):
            x = self.activation(self._layer(x, number))
        return x

    def _noise(self, hidden):
        if not self.settings["heteroscedastic"]:
            return self.log_noise.clamp(LEAST_LOG, MOST_LOG).expand(-1, hidden.shape[1], -1)
        found = self._layer(hidden.detach(), len(self.weights) - 1)
        return (found + self.log_noise.detach()).clamp(LEAST_LOG, MOST_LOG)

    def _remembered(self, x, lengths):
        """What the last layer of memory holds at each step, shape (members, sequences, steps, units)."""
        directions = 2 if self.settings["both"] else 1
        backwards = reversed_order(lengths, x.shape[2])[..., None] if directions == 2 else None
        for layer in range(self.settings["layers"]):
            found = [self._read(x, layer * directions)]
            if directions == 2:
                turned = torch.gather(x, 2, backwards.expand(-1, -1, -1, x.shape[3]))
                found.append(torch.gather(self._read(turned, layer * directions + 1), 2,
                                          backwards.expand(-1, -1, -1, self.settings["units"])))
            x = torch.cat(found, dim=-1)
        return x

    def _read(self, x, number):
        """One layer of memory from the start of each sequence."""
        members, sequences, units = x.shape[0], x.shape[1], self.settings["units"]
        nothing = x.new_zeros(1, sequences, units)
        none = x.new_zeros(GATES * units)
        return torch.stack([
            torch.lstm(x[member], (nothing, nothing),
                       (self.reading[number][member], self.memory[number][member], self.starts[number][member], none),
                       True, 1, 0.0, self.training, False, True)[0] for member in range(members)])

    def _priors(self):
        """Name, weights, standard deviation of the prior, and shrinkage of the anchor, for all weights."""
        heads = {len(self.settings["dense"])}
        if self.settings["own"]:
            heads.add(len(self.settings["dense"]) + 1 + len(self.settings["own"]))
        noise = len(self.weights) - 1 if self.settings["heteroscedastic"] else None
        for kind, parts in (("reading", self.reading), ("memory", self.memory)):
            for number, weight in enumerate(parts):
                yield f"{kind}{number}", weight, self.settings["prior"] / math.sqrt(weight.shape[2]), 1.0
        for number, weight in enumerate(self.weights):
            if number != noise:
                spread = self.settings["prior"] * math.sqrt(GAIN / weight.shape[1])
                yield f"dense{number}", weight, spread, OUTPUT_SHRINK if number in heads else 1.0

    def first_layers(self):
        """Names of the weights that meet what is read at a step, and along which axis."""
        found = {f"reading.{number}": 2 for number in range(2 if self.settings["both"] else 1)}
        if self.settings["own"]:
            found[f"weights.{len(self.settings['dense']) + 1}"] = 1
        return found

    def last_layers(self):
        """Names of the parameters that belong to a target each."""
        numbers = {len(self.settings["dense"]), len(self.weights) - 1}
        if self.settings["own"]:
            numbers.add(len(self.settings["dense"]) + 1 + len(self.settings["own"]))
        return {"log_noise", *(f"{kind}.{number}" for number in numbers for kind in ("weights", "biases"))}

    def centre(self, known, matched):
        """Put the centres of the prior to the weights as they are, where they meet or make something known.

        Parameters
        ----------
        known : torch.Tensor of bool, shape (inputs + channels,)
        matched : torch.Tensor of bool, shape (targets,)
        """
        firsts, lasts = self.first_layers(), self.last_layers()
        for name, weight, _, _ in self._priors():
            called, kept = _as_parameter(name), torch.ones((), dtype=torch.bool)
            if called in firsts:
                shape = [1, 1, 1]
                shape[firsts[called]] = -1
                kept = known[:weight.shape[firsts[called]]].reshape(shape)
            elif called in lasts:
                kept = matched.reshape(1, 1, -1)
            self.anchors[name] = torch.where(kept, weight.detach(), self.anchors[name])

    def penalty(self):
        """Minus the log of the prior around the anchor of each member, up to a constant, shape (members,)."""
        total = torch.zeros(self.settings["members"])
        for name, weight, spread, _ in self._priors():
            total = total + 0.5 * ((weight - self.anchors[name]) / spread).square().sum(dim=(1, 2))
        return total

    def constants(self):
        """What belongs to the state of a training run besides parameters, by name."""
        return {f"anchor_{name}": anchor for name, anchor in self.anchors.items()}

    def restore_constants(self, tensors):
        """Put back what `constants` gave."""
        self.anchors = {name: tensors[f"anchor_{name}"] for name in self.anchors}


def _as_parameter(name):
    """The parameter that an anchor such as ``dense3`` belongs to."""
    kind = name.rstrip("0123456789")
    return f"{'weights' if kind == 'dense' else kind}.{name[len(kind):]}"


def reversed_order(lengths, steps):
    """Steps of each sequence from its end to its start, those beyond its end where they are.

    Parameters
    ----------
    lengths : torch.Tensor of int, shape (members, sequences)
    steps : int

    Returns
    -------
    torch.Tensor of int, shape (members, sequences, steps)
    """
    number, lengths = torch.arange(steps), lengths[..., None]
    return torch.where(number < lengths, lengths - 1 - number, number.expand(*lengths.shape[:-1], -1))
