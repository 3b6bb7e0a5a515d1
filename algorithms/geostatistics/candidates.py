"""Fitted models that compete, and the rule that chooses between them.

References
----------
Akaike, H. (1974). A new look at the statistical model identification. IEEE
Transactions on Automatic Control 19. https://doi.org/10.1109/TAC.1974.1100705
Hannan, E. J. & Quinn, B. G. (1979). The determination of the order of an
autoregression. https://doi.org/10.1111/j.2517-6161.1979.tb01072.x
"""
from dataclasses import dataclass

import numpy as np

from .covariance import DIFFERENTIABLE
from .parametrisation import Parametrisation

# Difference in Akaike's criterion below which models are equally supported.
EQUAL_SUPPORT = 2.0
# From the roughest field to the smoothest.
SMOOTHNESS = ("matern15", "cubic", "matern25", "gaussian")


@dataclass
class Candidate:
    """A fitted parametrisation.

    Parameters
    ----------
    parametrisation : Parametrisation
    theta : numpy.ndarray, shape (p,)
    evaluation : vecchia.Evaluation
        At ``theta``.
    terms : int
        Number of conditional distributions behind the likelihood.
    """

    parametrisation: Parametrisation
    theta: np.ndarray
    evaluation: object
    terms: int

    @property
    def log_likelihood(self):
        """Restricted log-likelihood of standardised values."""
        return self.evaluation.log_likelihood

    @property
    def log_ranges(self):
        """Log-range matrix of the first structure, (d, d)."""
        return self.parametrisation.log_ranges(self.theta)

    @property
    def differentiable(self):
        """Whether all its structures have a gradient."""
        return all(name in DIFFERENTIABLE for name in self.parametrisation.models)

    @property
    def aic(self):
        """Akaike's information criterion."""
        return 2.0 * self.parametrisation.size - 2.0 * self.log_likelihood

    @property
    def hannan_quinn(self):
        """The criterion of Hannan and Quinn."""
        # Akaike's criterion takes one isotropic field in twelve for an ellipsoid, that of Bayes overlooks sparse holes.
        return 2.0 * self.parametrisation.size * np.log(np.log(self.terms)) - 2.0 * self.log_likelihood

    def to_dict(self, chosen):
        """JSON content of a row of the table of candidates."""
        variogram = self.parametrisation.variogram(self.theta, 1.0)
        return {"models": list(self.parametrisation.models), "anisotropy": self.parametrisation.anisotropy,
                "log_likelihood": float(self.log_likelihood), "aic": float(self.aic),
                "parameters": self.parametrisation.size, "terms": self.terms, "nugget": variogram.nugget,
                "ranges": [list(s.ranges) for s in variogram.structures], "chosen": chosen}


def distinct(candidates, best):
    """Each model once for each number of terms, the best one first, then those with most terms."""
    found = {}
    for c in sorted(candidates, key=lambda c: (c is not best, -c.terms, c.aic)):
        found.setdefault((c.parametrisation.models, c.parametrisation.anisotropy, c.terms), c)
    return list(found.values())


def preferred(candidates):
    """The best candidate; among equally supported differentiable ones the simplest, then the roughest.

    A field taken for smoother than it is gives gradients whose intervals are
    too narrow; the opposite error does little harm.
    """
    best = min(candidates, key=lambda c: c.aic)
    if not best.differentiable:
        return best
    close = [c for c in candidates if c.differentiable and c.aic <= best.aic + EQUAL_SUPPORT]
    return min(close, key=lambda c: (c.parametrisation.size, *map(SMOOTHNESS.index, c.parametrisation.models)))
