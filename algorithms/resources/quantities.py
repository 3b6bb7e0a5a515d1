"""What the bands of a prediction say, by their names: which cut-offs, which spread, which confidence.

Only the standard library is needed here, so that a dialog can ask before a job starts.
"""
import math

from ..errors import InputError

MEANS = ("mean", "estimate")
SPREADS = ("sd", "variance")
QUANTILES = ("p10", "p50", "p90")
PROBABILITY = "probability>"
PARTS = ("epistemic", "aleatoric", "outside")
CLOSE = 1e-6
DISTRIBUTIONS = ("auto", "normal", "lognormal", "quantiles")
CONFIDENCES = ("auto", "epistemic", "variation", "none")


def is_known(quantity):
    """Whether a quantity of a band description is one that these algorithms read."""
    return quantity in (*MEANS, *SPREADS, *QUANTILES, *PARTS) or cutoff_of(quantity) is not None


def cutoff_of(quantity):
    """The cut-off of ``probability>CUTOFF``, or None for other quantities."""
    if not quantity.startswith(PROBABILITY):
        return None
    try:
        cutoff = float(quantity[len(PROBABILITY):])
    except ValueError:
        return None
    return cutoff if math.isfinite(cutoff) else None


def cutoffs_of(names):
    """Sorted cut-offs of the probability bands among quantities."""
    return sorted({cutoff for cutoff in map(cutoff_of, names) if cutoff is not None})


def probability_name(names, cutoff):
    """The quantity that holds the chance of a grade above a cut-off, or None."""
    for name in names:
        found = cutoff_of(name)
        if found is not None and abs(found - cutoff) <= CLOSE * max(abs(cutoff), abs(found)):
            return name
    return None


def mean_name(names):
    """The quantity that holds the expected grade.

    Raises
    ------
    InputError
        There is none.
    """
    for name in MEANS:
        if name in names:
            return name
    raise InputError("The raster has no band of the mean grade (FIELD:mean or FIELD:estimate): choose a raster of "
                     "predicted or kriged grades.")


def has_spread(names):
    """Whether the quantities tell how far a grade may lie from its mean."""
    return any(name in names for name in SPREADS) or has_quantiles(names) or has_parts(names)


def has_quantiles(names):
    """Whether p10, p50 and p90 are there."""
    return all(name in names for name in QUANTILES)


def has_parts(names):
    """Whether epistemic and aleatoric parts are there."""
    return "epistemic" in names and "aleatoric" in names


def confidence_source(names, chosen="auto"):
    """Where the confidence comes from: ``"epistemic"``, ``"variation"`` or ``"none"``.

    Parameters
    ----------
    names : iterable of str
        Quantities.
    chosen : str
        One of `CONFIDENCES`.

    Raises
    ------
    InputError
        The bands that the choice needs are not there.
    """
    spread, epistemic = has_spread(names), "epistemic" in names
    if chosen == "auto":
        return "epistemic" if epistemic and spread else "variation" if spread else "none"
    if chosen == "epistemic" and not (epistemic and spread):
        raise InputError("The confidence from the epistemic share needs bands FIELD:epistemic and FIELD:sd, which "
                         "kriged grades do not have: choose the confidence from the variation, or none.")
    if chosen == "variation" and not spread:
        raise InputError("The confidence from the variation needs a band FIELD:sd or FIELD:variance: predict it as "
                         "well, or choose no confidence.")
    return chosen


def check_distribution(names, chosen):
    """Raise `InputError` when a distribution of the grades cannot be told from the bands."""
    if not has_spread(names):
        raise InputError("The raster has no band that tells how uncertain the grade is (sd, variance, or p10, p50 and "
                         "p90): predict or krige one of them as well.")
    if chosen == "quantiles" and not has_quantiles(names):
        raise InputError("The distribution by quantiles needs the bands FIELD:p10, FIELD:p50 and FIELD:p90: predict "
                         "them as well, or choose another distribution.")
