"""What a recurrent network learns from: inputs, scaled targets and sequences of some samples."""
from dataclasses import replace

import numpy as np

from .bnn import PRESETS, BayesianNetwork, with_seed
from .features import InputPreparation
from .sequences import LONGEST, HoleReader, NearReader, positions_along
from .targets import TargetScale

BASE_SHARE = 0.3  # of the progress of a training is that of its base


class SequenceTask:
    """Inputs, targets and sequences of the training samples.

    On holes all samples stand in it, so that features of all intervals are
    read, and the grades of those that are not learned from are unknown;
    otherwise only the samples that are learned from.

    Parameters
    ----------
    samples : GradeSamples
    train : numpy.ndarray of int
        Rows whose grades are learned from.
    design : SequenceDesign
    schedule : Schedule
    progress : Progress
    checkpoints : Checkpoints or None
    name : str
    start : SequenceStart, optional

    Attributes
    ----------
    by_hole : bool
    base : BayesianNetwork or None
        Of the features of each interval alone, whose errors are then the targets.
    preparation : InputPreparation
    scales : list of TargetScale
    inputs : numpy.ndarray of float32, shape (n, inputs)
        Prepared features, and what the base says of the scaled targets.
    scaled : numpy.ndarray of float32, shape (n, t)
        Targets, or the errors of the base over their spread, NaN where not known.
    spread : numpy.ndarray, shape (t,)
        Standard deviation of these errors; 1 without a base.
    reader : HoleReader or NearReader
    sequences : Sequences
    useful : numpy.ndarray of int
        Sequences with something to learn from.
    groups : numpy.ndarray of int, shape (n,)
    coordinates : numpy.ndarray, shape (n, d)
    """

    def __init__(self, samples, train, design, schedule, progress, checkpoints=None, name="lstm", start=None):
        train = np.asarray(train)
        self.by_hole, self.base, self.spread = has_sequences(samples), None, np.ones(samples.targets.shape[1])
        rows = np.arange(len(samples)) if self.by_hole else train
        place = np.flatnonzero(np.isin(rows, train))  # of the training samples among the rows
        self.coordinates, self.groups = samples.coordinates[rows], packed(samples.groups[rows])
        owners = packed(samples.groups[train])
        if design.base:
            self.base = fit_base(samples, train, owners, design, schedule, progress, checkpoints, f"{name}_base",
                                 start and start.of_base())
            self.preparation, self.scales = self.base.preparation, self.base.scales
        elif start is not None:
            self.preparation = start.preparation(samples.features[train], owners)
            self.scales = start.scales(samples.targets[train], design)
        else:
            self.preparation = InputPreparation.fit(samples.features[train], None, groups=owners)
            self.scales = [TargetScale.fit(column, design.scale, design.power) for column in samples.targets[train].T]
        inputs = self.preparation.apply(samples.features[rows])
        scaled = np.full((len(rows), len(self.scales)), np.nan, np.float32)
        scaled[place] = np.column_stack([scale.forward(column) for scale, column in
                                         zip(self.scales, samples.targets[train].T)])
        if self.base is not None:
            guess = self.base.predict_inputs(inputs, progress.check).means.mean(axis=0)
            honest = scaled[place] - self.base.errors
            guess[place] = np.where(np.isfinite(honest), honest, guess[place])
            inputs, scaled = np.hstack([inputs, guess.astype(np.float32)]), scaled - guess
            self.spread = spread_of(scaled)
            scaled = scaled / self.spread
        self.inputs, self.scaled = np.ascontiguousarray(inputs, np.float32), scaled.astype(np.float32)
        self._read(samples, train)

    def _read(self, samples, train):
        """Put the samples into sequences."""
        if self.by_hole:
            positions, _ = sample_positions(samples)
            self.reader = HoleReader.fit(packed(samples.groups[train]), positions[train])
            self.sequences = self.reader.read(self.groups, positions, LONGEST)
        else:
            self.reader = NearReader.fit(self.coordinates, self.scaled)
            self.sequences = self.reader.read(self.coordinates, np.arange(len(train)))
        known = np.isfinite(self.scaled).any(axis=1)
        self.useful = np.flatnonzero(self.sequences.counts(known))

    @property
    def owners(self):
        """The hole, or sample, of each sequence."""
        return self.groups[self.sequences.rows[self.sequences.ends - 1]]

    def held_out_errors(self, means, held):
        """Error (n, t) at each sample of the members that held it out, NaN where none did.

        Parameters
        ----------
        means : numpy.ndarray, shape (members, n, t)
        held : list of numpy.ndarray of int
            Sequences that each member held out.
        """
        total, count = np.zeros(self.scaled.shape), np.zeros((len(self.scaled), 1))
        for member, numbers in enumerate(held):
            rows = self.sequences.answered(numbers)
            total[rows] += self.scaled[rows] - means[member, rows]
            count[rows] += 1.0
        return np.where(count > 0.0, total / np.maximum(count, 1.0), np.nan)


def fit_base(samples, train, owners, design, schedule, progress, checkpoints, name, start=None):
    """The Bayesian network that a design stands on, fitted to the training samples."""
    base, plan = PRESETS["default"]
    base = replace(base, scale=design.scale, power=design.power, residuals=False)
    base = base if start is None else start.design(base)
    plan = with_seed(replace(plan, seed=schedule.seed, epochs=max(1, round(plan.epochs * design.base))), 2)
    return BayesianNetwork.fit(samples.features[train], samples.targets[train], owners, base, plan,
                               progress.span(0.0, BASE_SHARE), checkpoints, name, None, start)


def spread_of(errors):
    """Root mean square of each column (n, t), 1 where there is none."""
    known = np.isfinite(errors)
    squares = np.square(np.where(known, errors, 0.0)).sum(axis=0) / np.maximum(known.sum(axis=0), 1)
    return np.sqrt(np.where(squares > 0.0, squares, 1.0))


def has_sequences(samples):
    """Whether samples stand on drill holes with more than one of them."""
    return samples.has_holes and bool((np.bincount(samples.groups) > 1).any())


def sample_positions(samples):
    """As `sequences.positions_along`, of samples with their depths where they have some."""
    return positions_along(samples.groups, samples.coordinates, samples.depths)


def packed(groups):
    """Groups from 0 without gaps."""
    return np.unique(groups, return_inverse=True)[1].reshape(-1)
