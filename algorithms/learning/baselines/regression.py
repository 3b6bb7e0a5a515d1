"""Regression on features with kriged residuals, for any regression: linear models and trees alike.

References
----------
Hengl, T., Heuvelink, G. B. M. & Rossiter, D. G. (2007). About
regression-kriging: from equations to case studies. Computers & Geosciences 33.
https://doi.org/10.1016/j.cageo.2007.05.001
"""
from dataclasses import dataclass

import numpy as np
from sklearn.linear_model import Ridge

from ...errors import InputError
from ...validation.folds import balanced, lone_groups
from ..features import InputPreparation
from ..predictive import Predictive
from ..residuals import ResidualField
from ..targets import POWER, TargetScale
from .contract import Fitted, forecast_of

INNER = 4  # parts of the training samples of which each is held out once
POWERS = (0.0, POWER, 0.5, 1.0)  # of the grade; 0 is the logarithm
ALPHAS = (0.1, 1.0, 10.0, 100.0, 1000.0)
FEWEST = 10


@dataclass(frozen=True)
class Choice:
    """A power of the grade and a regression with its held-out errors.

    Attributes
    ----------
    scale : TargetScale
    make : callable
        ``make()`` gives an unfitted regression with ``fit`` and ``predict``.
    errors : numpy.ndarray, shape (k,)
        Of the scaled grade at the training samples, each without its own hole.
    score : float
        Root mean square error of the grade there.
    note : str
    """

    scale: TargetScale
    make: object
    errors: np.ndarray
    score: float
    note: str


def fit_ridge(case):
    """Ridge regression; power of the grade and penalty are those with the least held-out error."""
    candidates = [(power, f"penalty {alpha:g}", lambda alpha=alpha: Ridge(alpha=alpha))
                  for power in POWERS for alpha in ALPHAS]
    return fit_with_residuals(case, candidates, twice=True)


def fit_with_residuals(case, candidates, twice=False):
    """Choose among regressions, fit the best to all training samples, and krige what it leaves.

    Parameters
    ----------
    case : Case
    candidates : list of (float, str, callable)
        Power of the grade, words for the note, and what makes a regression.
    twice : bool
        Whether skewed features are used as they are besides their power.

    Returns
    -------
    Fitted
    """
    rows = case.known
    if rows.size < FEWEST:
        raise InputError("There are too few training samples in a fold for a regression; choose fewer folds.")
    groups = lone_groups(case.samples.groups[rows])
    preparation = InputPreparation.fit(case.samples.features[rows], groups=groups, twice=twice)
    inputs = preparation.apply(case.samples.features[rows])
    folds = balanced(groups, INNER, case.rng)
    chosen = _chosen(case, candidates, inputs, case.target[rows], folds)
    field = ResidualField.fit(case.samples.coordinates[rows], groups, chosen.errors[:, None], case.rng,
                              case.progress.span(0.7, 0.9))
    model = chosen.make().fit(inputs, chosen.scale.forward(case.target[rows]))
    places = case.samples.coordinates[case.test]
    shifts, ratios = (np.zeros((len(places), 1)), np.ones((len(places), 1))) if field is None \
        else field.at(places, check=case.progress.check)
    noise = np.full((1, len(places), 1), np.square(chosen.errors).mean()) * ratios

    def predictive(features):
        means = model.predict(preparation.apply(features)).reshape(1, -1, 1) + shifts
        return Predictive(means, noise, [chosen.scale])

    forecast = forecast_of(predictive(case.samples.features[case.test]))
    share = field.shares[0] if field is not None else 0.0
    return Fitted(forecast, lambda features: predictive(features).mean()[:, 0],
                  f"{chosen.note}, share of kriged residuals {share:.2f}")


def _chosen(case, candidates, inputs, grades, folds):
    """The candidate with the least error of the grade at samples of the other folds."""
    found = []
    for number, (power, words, make) in enumerate(candidates):
        case.progress(0.7 * number / len(candidates))
        if power == 0.0 and grades.max() <= 0.0:
            continue
        scale = TargetScale.fit(grades, "none") if power == 1.0 else TargetScale.fit(grades, "power", power)
        errors = _held_out(make, inputs, scale.forward(grades), folds, case.progress)
        guess = scale.moments(scale.forward(grades) - errors, np.square(errors).mean())[0]
        score = float(np.sqrt(np.mean(np.square(guess - grades))))
        found.append(Choice(scale, make, errors, score, f"{_power_name(power)}, {words}"))
    return min(found, key=lambda choice: choice.score)


def _held_out(make, inputs, scaled, folds, progress):
    """Errors (n,) of the scaled grade, each fold predicted from the others."""
    errors = np.zeros(scaled.size)
    for fold in range(folds.max() + 1):
        progress.check()
        own = folds == fold
        if own.all():
            return scaled - scaled.mean()
        errors[own] = scaled[own] - np.ravel(make().fit(inputs[~own], scaled[~own]).predict(inputs[own]))
    return errors


def _power_name(power):
    return {0.0: "log", 1.0: "raw"}.get(power, f"power {power:g}")
