"""HyperScore: the value of a cell from its chance, its grade and how well it is known.

``score = 100 [1 + G sigma(beta ln V + gamma)^kappa]`` with the logistic
function sigma. The form, beta = 5, gamma = -ln 2 and kappa = 2 are those that
were published with G = 1, where scores lie between 100 and 200. ``V`` is the
product of the chance of a grade above the cut-off, of the mean over the
cut-off and of the confidence, each to the power of its weight.
"""
import math
from dataclasses import dataclass

import numpy as np
from scipy.special import expit, ndtr

from ..errors import InputError

BASE = 100.0
QUANTITIES = ("hyperscore", "value", "exceedance", "grade_factor", "confidence")


@dataclass(frozen=True)
class HyperScore:
    """The formula with its constants.

    Attributes
    ----------
    gain, beta, gamma, kappa : float
        ``G`` spreads the score from 100 to 100 (1 + G).
    weights : tuple of float
        Powers of the chance, of the mean over the cut-off and of the confidence.
    """

    gain: float = 10.0
    beta: float = 5.0
    gamma: float = -math.log(2.0)
    kappa: float = 2.0
    weights: tuple = (1.0, 1.0, 1.0)

    def check(self):
        """Raise `InputError` when the score would not rise with the value."""
        for name, value in (("Gain", self.gain), ("Beta", self.beta), ("Kappa", self.kappa)):
            if not (math.isfinite(value) and value > 0.0):
                raise InputError(f"{name} is {value:g}, but the score rises with the value only when it is above zero: "
                                 "choose a positive number.")
        if not math.isfinite(self.gamma):
            raise InputError("Gamma is no finite number: choose one, such as -0.693.")
        if not all(math.isfinite(weight) and weight >= 0.0 for weight in self.weights):
            raise InputError("The weights of chance, grade and confidence must be zero or more: correct them.")
        if not any(self.weights):
            raise InputError("All weights are zero, so that every cell would score the same: give at least one above "
                             "zero.")

    def value(self, exceedance, grade_factor, confidence):
        """``V``: the product of the three factors to the powers of their weights, arrays of one shape."""
        factors = (exceedance, np.maximum(grade_factor, 0.0), confidence)
        return np.prod([np.power(factor, weight) for factor, weight in zip(factors, self.weights)], axis=0)

    def sigma(self, value):
        """The logistic part; 0 where the value is 0."""
        value = np.asarray(value, dtype=float)
        with np.errstate(divide="ignore"):
            return expit(self.beta * np.log(value) + self.gamma)

    def score(self, value):
        """The score; exactly 100 where the value is 0."""
        return BASE * (1.0 + self.gain * self.sigma(value) ** self.kappa)

    @property
    def limits(self):
        """Lowest and highest score there can be."""
        return BASE, BASE * (1.0 + self.gain)


def confidence(source, mean, sd=None, epistemic_share=None, ends=(0.0, 1.0)):
    """How well the grade of a cell is known, in [0, 1].

    Parameters
    ----------
    source : str
        ``"epistemic"``: 1 - epistemic sd / total sd. ``"variation"``:
        1 / (1 + sd / mean). ``"none"``: 1.
    mean, sd : numpy.ndarray, shape (n,)
    epistemic_share : numpy.ndarray, shape (n,), optional
        Of the variance.
    ends : tuple of float
        Raw confidences that become 0 and 1; beyond them it is cut off.
    """
    if source == "none":
        return np.ones(np.shape(mean))
    if source == "epistemic":
        raw = 1.0 - np.sqrt(epistemic_share)
    else:
        positive = mean > 0.0
        raw = np.where(positive, 1.0 / (1.0 + sd / np.where(positive, mean, 1.0)), 0.0)
    low, high = ends
    return np.clip((raw - low) / (high - low), 0.0, 1.0)


def exceedance_of(cells, chunk, cutoff, distribution):
    """Chance of a grade above the cut-off: that of the band, and of the distribution where there is none.

    Parameters
    ----------
    cells : Cells
    chunk : Chunk
    cutoff : float
    distribution : str or None
        None when the band of the cut-off has to serve every cell.

    Returns
    -------
    numpy.ndarray, shape (n,)
    """
    stated = cells.exceedance(chunk, cutoff)
    if distribution is None or (stated is not None and np.isfinite(stated).all()):
        return stated
    own = ndtr(-cells.shape(chunk, distribution).scores(cutoff))
    return own if stated is None else np.where(np.isfinite(stated), stated, own)
