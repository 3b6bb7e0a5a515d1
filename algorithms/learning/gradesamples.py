"""The samples that a grade model learns from, checked."""
from dataclasses import dataclass
from typing import Optional

import numpy as np

from ..errors import InputError
from ..validation.folds import lone_groups
from .features import varying

FEW = 5  # samples for each feature; below it a warning is due
SAME = 0.999  # correlation with a target that no honest feature has
LEAST = 5


@dataclass(frozen=True)
class GradeSamples:
    """Samples with features and at least one target.

    Attributes
    ----------
    coordinates : numpy.ndarray, shape (n, d)
    groups : numpy.ndarray of int, shape (n,)
        From 0: drill holes, and each sample (or place) without a hole on its own.
    features : numpy.ndarray, shape (n, f)
        May have gaps.
    targets : numpy.ndarray, shape (n, t)
        NaN where not known.
    feature_names, target_names : list of str
    rows : numpy.ndarray of int, shape (n,)
        Rows of the job's arrays.
    has_holes : bool
    depths : numpy.ndarray, shape (n,), optional
        Along the holes.
    """

    coordinates: np.ndarray
    groups: np.ndarray
    features: np.ndarray
    targets: np.ndarray
    feature_names: list
    target_names: list
    rows: np.ndarray
    has_holes: bool
    depths: Optional[np.ndarray] = None

    def __len__(self):
        return len(self.coordinates)

    @property
    def first(self):
        """The first target, shape (n,)."""
        return self.targets[:, 0]


def read_grade_samples(job, progress):
    """`GradeSamples` of a job, with a sentence for whatever had to be left out.

    Reads ``coordinates`` (n, d), ``groups`` (n,), ``features`` (n, f),
    ``targets`` (n, t) and, where the job has them, ``depths`` (n,), and the
    settings ``features`` and ``targets`` (names).

    Raises
    ------
    InputError
        There is nothing to learn from.
    """
    names, targets = list(job.settings["features"]), np.array(job.array("targets"), dtype=float)
    features = np.array(job.array("features"), dtype=float)
    features[~(np.abs(features) < 1e20)] = np.nan
    coordinates, groups = np.array(job.array("coordinates"), dtype=float), np.array(job.array("groups"))
    depths = job.array("depths")
    _check_targets(targets, job.settings["targets"])
    useful = np.isfinite(targets).any(axis=1) & np.isfinite(features).any(axis=1)
    if not useful.all():
        progress.warn(f"{int((~useful).sum()):,} of {useful.size:,} samples have no target or no feature, so they are "
                      "left out.")
    rows = np.flatnonzero(useful)
    features, names = _chosen_features(features[rows], names, progress)
    has_holes = bool((groups[rows] >= 0).any())
    samples = GradeSamples(coordinates[rows], lone_groups(groups[rows], coordinates[rows]), features, targets[rows],
                           names, list(job.settings["targets"]), rows, has_holes,
                           None if depths is None else np.array(depths, dtype=float)[rows])
    _check(samples, progress)
    return samples


def _check_targets(targets, names):
    for column, name in zip(targets.T, names):
        known = column[np.isfinite(column)]
        if known.size < LEAST:
            raise InputError(f"The target '{name}' has {known.size} values, and at least {LEAST} are needed; choose "
                             "another target or more samples.")
        if known.max() <= 0.0:
            raise InputError(f"The target '{name}' has no value above zero, that is above detection; choose another "
                             "target.")
        if np.ptp(known) == 0.0:
            raise InputError(f"All values of the target '{name}' are equal ({known[0]:g}), so there is nothing to "
                             "learn; choose another target.")


def _chosen_features(features, names, progress):
    """Features that can tell something."""
    kept = varying(features)
    if not kept.all():
        left = ", ".join(f"'{name}'" for name, good in zip(names, kept) if not good)
        progress.warn(f"These features have one value, or none, at all samples, so they are left out: {left}.")
    if not kept.any():
        raise InputError("No feature differs between the samples, so there is nothing to learn from; choose other "
                         "features.")
    return features[:, kept], [name for name, good in zip(names, kept) if good]


def _check(samples, progress):
    """Warnings that the user needs before believing anything."""
    size, count = len(samples), samples.features.shape[1]
    if size < LEAST:
        raise InputError(f"Only {size} samples have a target and a feature, and at least {LEAST} are needed.")
    if size < FEW * count:
        progress.warn(f"{size:,} samples for {count} features are few: the model can learn them by heart, so trust "
                      "only the scores on held-out holes, or choose fewer features or principal components.")
    gaps = np.isnan(samples.features)
    if gaps.any():
        holed = [f"'{name}' ({int(found)})" for name, found in zip(samples.feature_names, gaps.sum(axis=0)) if found]
        progress.warn("Features with gaps are filled with their median and get a flag that tells the model: "
                      f"{', '.join(holed[:12])}{' and others' if len(holed) > 12 else ''}.")
    for column, name in zip(samples.targets.T, samples.target_names):
        low = int((column <= 0.0).sum())
        if low:
            progress.warn(f"'{name}' has {low:,} values of zero or below; they are kept and shifted to just above "
                          "zero where the scale needs it. Set values below detection with 'Prepare assays' first.")
        _check_copies(samples, column, name, progress)


def _check_copies(samples, column, name, progress):
    """Warn of features that are the target itself."""
    for feature, called in zip(samples.features.T, samples.feature_names):
        both = np.isfinite(feature) & np.isfinite(column)
        if both.sum() > LEAST and np.ptp(feature[both]) > 0.0 and np.ptp(column[both]) > 0.0 \
                and abs(np.corrcoef(feature[both], column[both])[0, 1]) > SAME:
            progress.warn(f"The feature '{called}' follows the target '{name}' almost exactly; is it the target in "
                          "another unit? Then the scores mean nothing: leave it out.")
