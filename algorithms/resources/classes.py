"""Classes of confidence of the cells: measured, indicated and inferred by limits on their uncertainty."""
import math

import numpy as np

from ..errors import InputError

NAMES = ("measured", "indicated", "inferred", "unclassified")
# Upper limits of the relative uncertainty, and lower ones of the kriging efficiency.
DEFAULTS = {"relative": (0.25, 0.5, 1.0), "epistemic": (0.25, 0.5, 1.0), "efficiency": (0.7, 0.4, 0.1)}
METHODS = ("auto", "relative", "epistemic", "efficiency", "none")
MEANING = {
    "relative": "standard deviation over mean at most",
    "epistemic": "epistemic standard deviation over mean at most",
    "efficiency": "kriging efficiency (1 - variance / variance without samples) at least",
}


def class_method(names, chosen="auto"):
    """How cells are put into classes: ``"relative"``, ``"epistemic"``, ``"efficiency"`` or ``"none"``.

    auto takes the epistemic part where a band holds it, since noise says
    nothing of how well a cell is known.

    Parameters
    ----------
    names : iterable of str
        Quantities.
    chosen : str
        One of `METHODS`.

    Raises
    ------
    InputError
        A band is missing.
    """
    if chosen == "auto":
        return "epistemic" if "epistemic" in names else "relative"
    if chosen == "epistemic" and "epistemic" not in names:
        raise InputError("Classes by the epistemic part need a band FIELD:epistemic, which kriged grades do not have: "
                         "choose relative or efficiency.")
    return chosen


def class_limits(method, limits=None):
    """The three checked limits of a method.

    Parameters
    ----------
    method : str
    limits : sequence of float, optional
        For measured, indicated and inferred; those of `DEFAULTS` when empty.

    Raises
    ------
    InputError
        They are not three numbers in the order of the classes.
    """
    if method == "none":
        return ()
    limits = tuple(float(limit) for limit in limits or DEFAULTS[method])
    falling = method == "efficiency"
    ordered = sorted(limits, reverse=falling)
    usable = len(limits) == 3 and all(map(math.isfinite, limits)) and (falling or min(limits) > 0.0)
    if not usable or list(limits) != ordered or len(set(limits)) < 3:
        example = ", ".join(f"{limit:g}" for limit in DEFAULTS[method])
        raise InputError(f"The class limits must be three numbers that {'fall' if falling else 'rise'} from measured "
                         f"to inferred, such as {example}.")
    return limits


def classify(method, limits, mean, sd, epistemic=None, sill=None):
    """Class of each cell as an index into `NAMES`, shape (n,).

    Parameters
    ----------
    method : str
    limits : tuple of float
    mean, sd, epistemic : numpy.ndarray, shape (n,)
    sill : float, optional
        Variance where there is no sample near, for the efficiency.
    """
    if method == "efficiency":
        measure, limits = np.square(sd) / sill - 1.0, [-limit for limit in limits]
    else:
        spread = epistemic if method == "epistemic" else sd
        positive = mean > 0.0
        measure = np.where(positive, spread / np.where(positive, mean, 1.0), np.inf)
    measure = np.where(np.isfinite(measure), measure, np.inf)
    return np.searchsorted(limits, measure, side="left")
