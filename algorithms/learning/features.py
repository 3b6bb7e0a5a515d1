"""What a network is fed: columns made symmetric, filled, scaled and, when asked, turned into components."""
import numpy as np

from ..errors import InputError
from ..fusion.components import Components, Scaler
from ..fusion.powers import PowerTransforms

BEYOND = 0.1  # of the training range: as far beyond it features are followed
FEWEST_WITHIN = 1.0  # samples of a hole besides its first, on average, for weights to be told
WITHIN = 0.5  # part of the variance within holes from which on a column has its full weight
LEAST_WEIGHT = 0.25


class InputPreparation:
    """Fitted to the features of the training samples; applied to any.

    Attributes
    ----------
    kept : numpy.ndarray of int
        Columns that differ between the training samples; skewed ones may
        stand there twice, first with their power and then as they are.
    powers : PowerTransforms
    medians : numpy.ndarray, shape (kept,)
        Fill gaps, on the scale of the powers.
    flagged : numpy.ndarray of int
        Columns (among the kept) with gaps in training; a flag tells the network.
    scaler : Scaler
    low, high : numpy.ndarray, shape (kept,)
        Scaled values are held within.
    weights : numpy.ndarray, shape (kept,)
        Scaled columns are multiplied by them; see `hole_weights`.
    components : Components or None
    """

    def __init__(self, kept, powers, medians, flagged, scaler, low, high, weights, components):
        self.kept, self.powers, self.medians, self.flagged = kept, powers, medians, flagged
        self.scaler, self.low, self.high, self.weights, self.components = scaler, low, high, weights, components

    @classmethod
    def fit(cls, features, components=None, twice=True, groups=None):
        """Fit to features (n, f) with gaps.

        Parameters
        ----------
        features : numpy.ndarray, shape (n, f)
        components : int, optional
            Most principal components; None feeds the scaled columns themselves.
        twice : bool
            Whether skewed columns are fed as they are besides their Box-Cox
            power; not with components.
        groups : numpy.ndarray of int, shape (n,), optional
            Drill holes from 0. Columns that hardly differ within them get less
            weight.

        Raises
        ------
        InputError
            No column has two different values.
        """
        features = np.asarray(features, dtype=float)
        kept = np.flatnonzero(varying(features))
        if not kept.size:
            raise InputError("No feature has two different values in the training samples; choose other features.")
        powers = PowerTransforms.fit(features[:, kept])
        first = kept.size
        if twice and not components:
            again = np.flatnonzero(np.isfinite(powers.powers))
            plain = np.full(again.size, np.nan), np.zeros(again.size), np.zeros(again.size)
            powers = PowerTransforms(*(np.r_[part, more] for part, more in
                                       zip((powers.powers, powers.shifts, powers.floors), plain)))
            kept = np.r_[kept, kept[again]]
        values = powers.apply(features[:, kept])
        gaps = np.isnan(values)
        medians = np.nanmedian(values, axis=0)
        values = np.where(gaps, medians, values)
        scaler = Scaler.fit(values)
        scaled = scaler.apply(values)
        low, high = scaled.min(axis=0), scaled.max(axis=0)
        margin = BEYOND * (high - low)
        flagged = np.flatnonzero(gaps[:, :first].any(axis=0))
        found = None
        if components:
            found = Components.fit(scaled, np.zeros(kept.size, dtype=np.int64), min(components, kept.size))
        weights = np.ones(kept.size) if groups is None or found is not None else hole_weights(scaled, groups)
        return cls(kept, powers, medians, flagged, scaler, low - margin, high + margin, weights, found)

    @property
    def size(self):
        """Number of inputs of the network."""
        return (self.kept.size if self.components is None else self.components.loadings.shape[1]) + self.flagged.size

    def scaled(self, features):
        """Scaled columns without gaps, and where there was a gap or a value beyond the training range.

        Returns
        -------
        values : numpy.ndarray of float32, shape (n, kept)
        gaps : numpy.ndarray of bool, shape (n, kept)
        beyond : numpy.ndarray of float32, shape (n, kept)
            How far, in standard deviations, a value was above (or, negative, below) what it is held within.
        """
        values = np.asarray(features[:, self.kept], dtype=np.float32)  # a copy
        for column in np.flatnonzero(np.isfinite(self.powers.powers)):
            self.powers.apply_column(values[:, column], column)
        gaps = np.isnan(values)
        values -= self.scaler.mean.astype(np.float32)
        values *= (1.0 / self.scaler.deviation).astype(np.float32)
        if gaps.any():
            middle = ((self.medians - self.scaler.mean) / self.scaler.deviation).astype(np.float32)
            values = np.where(gaps, middle, values)
        held = np.clip(values, self.low.astype(np.float32), self.high.astype(np.float32))
        values -= held
        return held, gaps, values

    def inputs(self, values, gaps):
        """Inputs of the network (n, size), float32, from what `scaled` gave."""
        if self.components is not None:
            values = (values - self.components.centre.astype(np.float32)) @ self.components.loadings.astype(np.float32)
        elif (self.weights != 1.0).any():
            values = values * self.weights.astype(np.float32)
        if not self.flagged.size:
            return np.ascontiguousarray(values)
        return np.hstack([values, gaps[:, self.flagged].astype(np.float32)])

    def apply(self, features):
        """Inputs of the network (n, size), float32."""
        values, gaps, _ = self.scaled(features)
        return self.inputs(values, gaps)

    def state(self):
        """Arrays and JSON values from which `restore` makes the same."""
        arrays = {"kept": self.kept, "medians": self.medians, "flagged": self.flagged, "low": self.low,
                  "high": self.high, "weights": self.weights}
        parts = {"powers": self.powers, "scaler": self.scaler}
        if self.components is not None:
            parts["components"] = self.components
        for name, part in parts.items():
            arrays.update({f"{name}.{key}": value for key, value in part.state()[0].items()})
        return arrays, {"components": self.components is not None}

    @classmethod
    def restore(cls, arrays, info):
        """The same from what `state` gave."""
        def below(prefix):
            return {key[len(prefix) + 1:]: value for key, value in arrays.items() if key.startswith(f"{prefix}.")}

        components = Components.restore(below("components"), {}) if info["components"] else None
        return cls(arrays["kept"], PowerTransforms.restore(below("powers"), {}), arrays["medians"], arrays["flagged"],
                   Scaler.restore(below("scaler"), {}), arrays["low"], arrays["high"], arrays["weights"],
                   components)


def hole_weights(scaled, groups):
    """Weights from `LEAST_WEIGHT` to 1 of scaled columns (n, m), by how much of their variance lies within drill holes.

    A column that is the same all down a hole, such as an easting, tells a
    network which hole a sample belongs to; with as few different values as
    there are holes it is learned by heart sooner than it is understood. A
    smaller input asks for larger weights, which the prior does not favour.

    Parameters
    ----------
    scaled : numpy.ndarray, shape (n, m)
        Variance 1.
    groups : numpy.ndarray of int, shape (n,)
    """
    sizes = np.bincount(groups)
    free = groups.size - np.count_nonzero(sizes)
    if free < FEWEST_WITHIN * np.count_nonzero(sizes):
        return np.ones(scaled.shape[1])
    sums = np.stack([np.bincount(groups, column) for column in scaled.T], axis=1)
    between = np.square(sums) / np.maximum(sizes, 1)[:, None]
    within = np.maximum(np.square(scaled).sum(axis=0) - between.sum(axis=0), 0.0) / free
    weights = np.clip(np.sqrt(within / WITHIN), LEAST_WEIGHT, 1.0)
    return weights / weights.max()


def varying(features):
    """Which columns (n, f) have two different values, shape (f,)."""
    known = np.isfinite(features)
    low = np.where(known, features, np.inf).min(axis=0, initial=np.inf)
    high = np.where(known, features, -np.inf).max(axis=0, initial=-np.inf)
    return high > low
