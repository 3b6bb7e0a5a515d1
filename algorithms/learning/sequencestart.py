"""A recurrent network of another deposit as the start of a new one, with features matched by name."""
from dataclasses import dataclass, replace

import numpy as np
import torch

from ..errors import InputError
from .transfer import UNKNOWN, Start

SHAPE = ("memory", "layers", "both", "dense", "own", "activation", "heteroscedastic", "scale", "power", "prior")


@dataclass(frozen=True)
class SequenceStart:
    """What a new training takes from an old model.

    Attributes
    ----------
    start : transfer.Start
        The old `sequencenetwork.SequenceNetwork`, and the numbers of features and targets in it.
    """

    start: Start

    @classmethod
    def load(cls, path, features, targets, freeze, progress, by_hole):
        """Read a model and match it with the names of new features and targets.

        Raises
        ------
        InputError
            It is no recurrent network, knows none of the features, or reads
            holes where there are none, or the other way round.
        """
        start = Start.load(path, features, targets, freeze, progress, "lstm")
        if start.network.by_hole != by_hole:
            what = ("drill holes, and these samples stand on none" if start.network.by_hole else
                    "samples near a place, and these samples stand on drill holes")
            raise InputError(f"The model '{path}' to start from reads {what}; choose another, or train without a "
                             "start.")
        return cls(start)

    def of_base(self):
        """The same for the Bayesian network that the old model stands on."""
        return replace(self.start, network=self.start.network.base)

    def design(self, design):
        """The design with the layers and the scale of the old model."""
        old = self.start.network.design
        base = (design.base or 1.0) if self.start.network.base is not None else 0.0
        return replace(design, base=base, **{name: getattr(old, name) for name in SHAPE})

    def preparation(self, features, groups):
        """As `transfer.Start.preparation`."""
        return self.start.preparation(features, groups)

    def scales(self, targets, design):
        """As `transfer.Start.scales`."""
        return self.start.scales(targets, design)

    def apply(self, network, task):
        """Put the old weights into new networks, and hold those that are frozen.

        Parameters
        ----------
        network : recurrent.RecurrentStack
        task : sequencetask.SequenceTask
        """
        old, theirs = self.start.network.stack, torch.from_numpy(self.start.targets)
        chosen = torch.arange(network.settings["members"]) % old.settings["members"]
        matched, inputs = theirs != UNKNOWN, torch.from_numpy(self._columns(task))
        firsts = network.first_layers()
        with torch.no_grad():
            for name, parameter in network.named_parameters():
                weight = dict(old.named_parameters())[name][chosen] if name != "gains" else None
                if name in firsts:
                    _take(parameter, weight, inputs, firsts[name])
                elif name in network.last_layers():
                    parameter[:, :, matched] = weight[:, :, theirs[matched]]
                elif weight is not None:
                    parameter.copy_(weight)
            network.centre(inputs != UNKNOWN, matched)
        self._hold(network, inputs != UNKNOWN)

    def _columns(self, task):
        """For each number that is read at a step, that of the old networks which it is, or -1."""
        old = self.start.network
        inputs = self.start.rows_of(task.preparation)
        if task.base is not None:
            guesses = np.where(self.start.targets == UNKNOWN, UNKNOWN, old.preparation.size + self.start.targets)
            inputs = np.r_[inputs, guesses]
        same = old.reader.channels == task.reader.channels
        told = old.width + np.arange(task.reader.channels) if same else np.full(task.reader.channels, UNKNOWN)
        return np.r_[inputs, told]

    def _hold(self, network, known):
        """Keep frozen layers from learning, but for the weights of new features."""
        if self.start.freeze == "none":
            return
        firsts, lasts = network.first_layers(), network.last_layers()
        for name, parameter in network.named_parameters():
            dense = name.startswith(("weights", "biases"))
            if name in lasts or (dense and self.start.freeze == "first_layers"):
                continue
            new = ~known[:parameter.shape[firsts[name]]] if name in firsts else torch.zeros(0, dtype=torch.bool)
            if new.any():
                shape = [1, 1, 1]
                shape[firsts[name]] = -1
                mask = new.to(torch.float32).reshape(shape)
                parameter.register_hook(lambda gradient, mask=mask: gradient * mask)
            else:
                parameter.requires_grad_(False)


def _take(parameter, weight, columns, axis):
    """Fill a first layer with the old weights of what it knows, and zeros."""
    columns = columns[:parameter.shape[axis]]
    known = columns != UNKNOWN
    parameter.zero_()
    if axis == 2:
        parameter[:, :, known] = weight[:, :, columns[known]]
    else:
        parameter[:, known] = weight[:, columns[known]]
