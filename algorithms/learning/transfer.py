"""A model of another deposit as the start of a new one.

Features are matched by name. What the old model knows of them is kept: how
they are scaled, its weights, and, as the centre of the prior, its say where
the new samples have none. Features that it does not know begin without a say.
"""
from dataclasses import dataclass, replace

import numpy as np
import torch

from ..errors import InputError
from ..fusion.components import Scaler
from ..fusion.powers import PowerTransforms
from .bnn import BayesianNetwork
from .features import BEYOND, InputPreparation, varying
from .gradefile import GradeModel
from .networks import OUTPUT_SHRINK
from .targets import TargetScale

FREEZE = ("none", "first_layers", "all_but_last")
UNKNOWN = -1


@dataclass(frozen=True)
class Start:
    """What a new training takes from an old model.

    Attributes
    ----------
    network : bnn.BayesianNetwork
        The old one.
    features : numpy.ndarray of int, shape (f,)
        For each feature of the new samples its number in the old model, -1 where it does not know it.
    targets : numpy.ndarray of int, shape (t,)
        The same for targets.
    freeze : str
        "none"; "first_layers" keeps the weights of all hidden layers but the
        last; "all_but_last" those of all hidden layers. New features are
        learned in any case.
    """

    network: BayesianNetwork
    features: np.ndarray
    targets: np.ndarray
    freeze: str = "none"

    @classmethod
    def load(cls, path, features, targets, freeze, progress, kind="bnn"):
        """Read a model and match it with the names of new features and targets.

        Raises
        ------
        InputError
            It is no Bayesian network, knows none of the features, or learned from principal components.
        """
        model = GradeModel.load(path, kind)
        if model.network.preparation.components is not None:
            raise InputError(f"The model '{path}' to start from learned from principal components, which have no names "
                             "to be matched by; choose one that learned from the features themselves.")
        own, theirs = _numbers(features, model.features), _numbers(targets, model.targets)
        if (own == UNKNOWN).all():
            raise InputError(f"The model '{path}' to start from knows none of the features; it knows "
                             f"{', '.join(model.features)}. Name the features alike, or train without a start.")
        start = cls(model.network, own, theirs, freeze)
        start.tell(features, model.features, targets, progress)
        return start

    def tell(self, features, known, targets, progress):
        """Say what was matched."""
        new = [name for name, number in zip(features, self.features) if number == UNKNOWN]
        dropped = [name for number, name in enumerate(known) if number not in self.features]
        fresh = [name for name, number in zip(targets, self.targets) if number == UNKNOWN]
        parts = [f"Start from another model: {len(features) - len(new)} of {len(features)} features are known to it"]
        parts += [f"new to it are {', '.join(new)}"] if new else []
        parts += [f"these samples lack its features {', '.join(dropped)}, which are dropped"] if dropped else []
        parts += [f"the targets {', '.join(fresh)} are new to it, so their last layer is learned anew"] if fresh else []
        progress.log("; ".join(parts) + ".")

    def design(self, design):
        """The design with the layers of the old network."""
        old = self.network.design
        return replace(design, method="ensemble", hidden=old.hidden, activation=old.activation, components=None,
                       heteroscedastic=old.heteroscedastic, scale=old.scale, power=old.power, prior=old.prior)

    def preparation(self, features, groups):
        """`InputPreparation` of features (n, f): that of the old model where it knows them, fitted where not."""
        old, new = self.network.preparation, np.flatnonzero(self.features == UNKNOWN)
        known = np.flatnonzero(self._places() != UNKNOWN)
        kept, flagged = self._places()[known], np.flatnonzero(np.isin(known, old.flagged))
        parts = {"powers": old.powers.powers[known], "shifts": old.powers.shifts[known],
                 "floors": old.powers.floors[known], "medians": old.medians[known], "low": old.low[known],
                 "high": old.high[known], "weights": old.weights[known], "mean": old.scaler.mean[known],
                 "deviation": old.scaler.deviation[known]}
        if new.size and varying(features[:, new]).any():
            fresh = InputPreparation.fit(features[:, new], groups=groups)
            flagged = np.r_[flagged, kept.size + fresh.flagged]
            kept = np.r_[kept, new[fresh.kept]]
            more = {"powers": fresh.powers.powers, "shifts": fresh.powers.shifts, "floors": fresh.powers.floors,
                    "medians": fresh.medians, "low": fresh.low, "high": fresh.high, "weights": fresh.weights,
                    "mean": fresh.scaler.mean, "deviation": fresh.scaler.deviation}
            parts = {name: np.r_[part, more[name]] for name, part in parts.items()}
        made = InputPreparation(
            kept, PowerTransforms(parts["powers"], parts["shifts"], parts["floors"]), parts["medians"], flagged,
            Scaler(parts["mean"], parts["deviation"]), np.full(kept.size, -np.inf), np.full(kept.size, np.inf),
            parts["weights"], None)
        values = made.scaled(features)[0].astype(float)
        margin = BEYOND * np.ptp(values, axis=0)
        made.low = np.minimum(parts["low"], values.min(axis=0) - margin)
        made.high = np.maximum(parts["high"], values.max(axis=0) + margin)
        return made

    def scales(self, targets, design):
        """`TargetScale` of each column of targets (n, t): that of the old model where it knows the target."""
        out = []
        for number, column in zip(self.targets, targets.T):
            if number == UNKNOWN:
                out.append(TargetScale.fit(column, design.scale, design.power))
            else:
                old = self.network.scales[number]
                least, most = np.nanmin(column, initial=np.inf), old.above(np.nanmax(column, initial=-np.inf))
                out.append(TargetScale(old.transform, old.centre, old.spread, min(old.low, least), max(old.high, most)))
        return out

    def apply(self, network, preparation):
        """Put the old weights into a new network, and hold those that are frozen."""
        old, rows = self.network.stack, torch.from_numpy(self.rows_of(preparation))
        chosen = torch.arange(network.settings["members"]) % old.settings["members"]
        known, columns = rows != UNKNOWN, torch.from_numpy(self.targets)
        matched = columns != UNKNOWN
        with torch.no_grad():
            for number in range(len(network.weights)):
                weight, bias = old.weights[number][chosen], old.biases[number][chosen]
                if number >= network.depth:
                    network.weights[number][:, :, matched] = weight[:, :, columns[matched]]
                    network.anchors[number][:, :, matched] = weight[:, :, columns[matched]] / OUTPUT_SHRINK
                    network.biases[number][:, :, matched] = bias[:, :, columns[matched]]
                    continue
                if number == 0:
                    network.weights[0].zero_()
                    network.weights[0][:, known] = network.anchors[0][:, known] = weight[:, rows[known]]
                else:
                    network.weights[number].copy_(weight)
                    network.anchors[number].copy_(weight)
                network.biases[number].copy_(bias)
            network.log_noise[:, :, matched] = old.log_noise[chosen][:, :, columns[matched]]
        self._hold(network, known)

    def _hold(self, network, known):
        """Keep frozen layers from learning, but for the weights of new features."""
        count = {"none": 0, "first_layers": network.depth - 1, "all_but_last": network.depth}[self.freeze]
        new = (~known).to(torch.float32)[None, :, None]
        for number in range(count):
            network.biases[number].requires_grad_(False)
            if number == 0 and new.any():
                network.weights[0].register_hook(lambda gradient: gradient * new)
            else:
                network.weights[number].requires_grad_(False)

    def _places(self):
        """For each column that the old preparation keeps, the number of its feature among the new ones, or -1."""
        place = np.full(max(int(self.network.preparation.kept.max()), int(self.features.max())) + 1, UNKNOWN)
        place[self.features[self.features != UNKNOWN]] = np.flatnonzero(self.features != UNKNOWN)
        return place[self.network.preparation.kept]

    def rows_of(self, preparation):
        """For each input of the new network, the input of the old one that it is, or -1."""
        old, known = self.network.preparation, np.flatnonzero(self._places() != UNKNOWN)
        flags = np.flatnonzero(np.isin(old.flagged, known))
        rows = np.full(preparation.size, UNKNOWN)
        rows[:known.size] = known
        rows[preparation.kept.size:preparation.kept.size + flags.size] = old.kept.size + flags
        return rows


def _numbers(names, known):
    """Numbers of names in a list, -1 for those that it lacks."""
    return np.array([known.index(name) if name in known else UNKNOWN for name in names], dtype=np.int64)

