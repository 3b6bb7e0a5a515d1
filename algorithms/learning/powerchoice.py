"""The power of the scale on which grades are learned, chosen by networks that hold out some of their drill holes."""
from dataclasses import replace

import numpy as np
import torch

from ..validation.folds import lone_groups
from .bnn import BayesianNetwork, splits
from .features import InputPreparation
from .networks import NetworkStack
from .targets import POWER, TargetScale
from .training import Trainer

POWERS = (0.0, POWER, 0.5)
TRIALS, EPOCHS = 2, 0.6  # networks for each power, and their part of the epochs
LEAST_GAIN = 0.01  # of the error, for another power than 1/4


def choose_power(features, targets, groups, design, schedule, progress, checkpoints=None, name="power"):
    """The design with the power that predicts held-out samples best.

    A few networks for each power are trained at once, those of one power
    on the same holes as those of the others. Their errors at the holes they
    hold out are compared on the scale of the grades.

    Parameters
    ----------
    features, targets, groups, design, schedule, progress, checkpoints, name
        As for `bnn.BayesianNetwork.fit`; only training samples belong here.

    Returns
    -------
    design : bnn.Design
    errors : dict
        Powers to root mean square errors relative to the spread of the grades; empty where nothing could be held out.
    """
    groups = lone_groups(groups)
    useful = np.flatnonzero(np.isfinite(targets).any(axis=1))
    rng = np.random.default_rng([schedule.seed, 78])
    rows, held = splits(groups, useful, 2 * TRIALS, rng)
    if design.scale != "power" or not held[0].size:
        return design, {}
    preparation = InputPreparation.fit(features, design.components, groups=groups)
    scales = [[TargetScale.fit(column, "power", power) for column in targets.T] for power in POWERS]
    scaled = np.stack([_scaled(own, targets) for own in scales for _ in range(TRIALS)]).astype(np.float32)
    network = _networks(design, preparation.size, targets.shape[1], int(rng.integers(2**62)))
    schedule = replace(schedule, epochs=max(5, int(EPOCHS * schedule.epochs)))
    inputs = preparation.apply(features)
    trainer = Trainer(network, inputs, scaled, rows[:TRIALS] * len(POWERS), held[:TRIALS] * len(POWERS), schedule,
                      progress)
    trainer.run(checkpoints, name)
    means = BayesianNetwork(design, preparation, network, scales[0]).predict_inputs(inputs, progress.check).means
    spread = np.nanstd(targets, axis=0)
    spread[~(spread > 0.0)] = 1.0
    errors = {power: _error(own, means[number * TRIALS:(number + 1) * TRIALS], held[:TRIALS], targets, spread)
              for number, (power, own) in enumerate(zip(POWERS, scales))}
    best = min(POWERS, key=lambda power: errors[power])
    power = best if errors[best] < (1.0 - LEAST_GAIN) * errors[POWER] else POWER
    return replace(design, power=power), errors


def _networks(design, inputs, targets, seed):
    """Anchored networks that differ between the trials of a power, and not between powers."""
    generator = torch.Generator().manual_seed(seed)
    stack = NetworkStack(TRIALS * len(POWERS), inputs, targets, design.hidden, design.activation, False, design.prior,
                         generator)
    with torch.no_grad():
        for parameter in stack.parameters():
            parameter.copy_(parameter[:TRIALS].repeat(len(POWERS), 1, 1))
    stack.anchors = [anchor[:TRIALS].repeat(len(POWERS), 1, 1) for anchor in stack.anchors]
    return stack


def _scaled(scales, targets):
    return np.column_stack([scale.forward(column) for scale, column in zip(scales, targets.T)])


def _error(scales, means, held, targets, spread):
    """Relative error of the networks of one power at the samples they hold out, unbiased on the way back."""
    wrong = []
    for target, scale in enumerate(scales):
        known = targets[:, target]
        scaled = scale.forward(known)
        variance = np.nanmean(np.concatenate([np.square(scaled[rows] - mean[rows, target])
                                              for mean, rows in zip(means, held)]))
        wrong += [(scale.moments(mean[rows, target].astype(float), variance)[0] - known[rows]) / spread[target]
                  for mean, rows in zip(means, held)]
    return float(np.sqrt(np.nanmean(np.square(np.concatenate(wrong)))))
