"""What the report of a recurrent network says besides: how it is made, what memory adds, and what features weigh."""
import numpy as np

from ..reports.svg import PALETTE, Plot
from ..validation.bootstrap import Bootstrap, interval
from .gradereport import noise_name

DRAWS = 2000  # of holes, for the interval of a difference
LEVEL = 95
LEAST = 1e-300  # of a sum of squares
MOST_CURVES = 15


def described(model):
    """How a recurrent network is made."""
    design, settings = model.design, model.stack.settings
    read = "drill holes from their tops" if model.by_hole else "the nearest samples of a place from far to near"
    both = ", and from their ends as well" if design.both else ""
    base = ("They learn the errors that a Bayesian network of the features of each interval alone makes at holes it "
            "held out, and are added to it. ") if model.base is not None else ""
    own = (f"A network of the features of the interval itself ({layer_names(design.own)}) is added. "
           if design.own else "")
    return (f"{settings['members']} networks with long short-term memory ({design.layers} "
            f"layer{'s' if design.layers > 1 else ''} of {design.memory} units) read {read}{both}: at each step the "
            f"features and how far the steps beside it are. Dense layers: {layer_names(design.dense)} "
            f"({design.activation}); noise: {noise_name(design)}. {base}{own}Each network is stopped by a fifth of the "
            "holes of its own.")


def layer_names(layers):
    """Units of layers as a text."""
    return ", ".join(map(str, layers)) or "none"


def difference_by_hole(squares, others, groups, rng):
    """Change of the root mean square error against another model, with its interval when holes are drawn anew.

    Parameters
    ----------
    squares, others : numpy.ndarray, shape (n,)
        Squared errors of both models at the same samples.
    groups : numpy.ndarray of int, shape (n,)
        Drill holes.
    rng : numpy.random.Generator

    Returns
    -------
    change, low, high : float
        Parts of the other's error, negative where it is less; the interval is of 95 %.
    """
    drawn = Bootstrap(groups, rng, DRAWS)
    low, high = interval(np.sqrt(drawn.sums(squares) / np.maximum(drawn.sums(others), LEAST)) - 1.0)
    return float(np.sqrt(squares.sum() / max(others.sum(), LEAST)) - 1.0), low, high


def add_comparison(page, compared):
    """The difference to the network without memory, whichever way it falls.

    Parameters
    ----------
    page : Page
    compared : dict
        For each target ``rmse``, ``fnn_rmse``, ``change``, ``low`` and ``high``.
    """
    page.section("What memory adds")
    page.table(("Target", "RMSE", "RMSE without memory", "Change (%)", f"{LEVEL} % interval from (%)", "to (%)"),
               [(name, entry["rmse"], entry["fnn_rmse"], *(100.0 * entry[key] for key in ("change", "low", "high")))
                for name, entry in compared.items()],
               "The same features and folds, without kriged errors: the recurrent networks against a Bayesian network "
               "of the features of each interval alone. The interval is from drawing holes anew.")
    page.text(*(verdict(name, entry) for name, entry in compared.items()))


def verdict(name, entry):
    """What a comparison means."""
    if entry["high"] < 0.0:
        return (f"{name}: reading the intervals around lowers the error by {-100.0 * entry['change']:.1f} %, more than "
                "chance explains.")
    if entry["low"] > 0.0:
        return (f"{name}: reading the intervals around raises the error by {100.0 * entry['change']:.1f} %; train a "
                "Bayesian network of the same features instead.")
    return (f"{name}: the error changes by {100.0 * entry['change']:+.1f} %, which chance explains; a Bayesian network "
            "of the same features serves as well.")


def add_evaluation(page, notes, names):
    """Weights of the features by period, and what was switched off.

    Parameters
    ----------
    page : Page
    notes : dict
        Of the trainings, with their ``history``.
    names : list of str
        Of the features.
    """
    page.section("Self-evaluation")
    weights = weights_by_period(notes["final"]["history"], len(names))
    if not weights:
        page.text("No period was completed on held-out holes, so all features kept their weight.")
        return
    last = weights[-1][1]
    off = [name for name, weight in zip(names, last) if weight == 0.0]
    page.text(f"Switched off: {', '.join(off)}." if off else "No feature was switched off.")
    page.text("A weight falls only where permuting a feature makes held-out holes easier to predict, so one that says "
              "nothing keeps its weight. Compare the scores with those of a training without self-evaluation before "
              "believing that it helped.")
    plot = Plot("Weights of the features", "Epoch", "Weight", 640, 380)
    lowest = sorted(range(len(names)), key=lambda number: last[number])[:MOST_CURVES]
    for at, number in enumerate(lowest):
        plot.line([epoch for epoch, _ in weights], [values[number] for _, values in weights], names[number],
                  PALETTE[at % len(PALETTE)], width=1.4)
    page.figures((plot.render(), "The features with the least weight, in the training on all samples."))
    page.table(("Feature", "Weight", *(f"in {name}" for name in notes if name != "final")),
               [(name, last[number], *(_last_weight(note, number, len(names)) for key, note in notes.items()
                                       if key != "final")) for number, name in enumerate(names)])


def weights_by_period(history, count):
    """Epochs, from 1, with the weights of all features after them; 1 for those that did not differ in training."""
    return [(epoch + 1, [entry["weights"].get(str(number), 1.0) for number in range(count)])
            for epoch, entry in enumerate(history) if "weights" in entry]


def switched_off(history, names):
    """Names of the features whose weight has fallen to 0."""
    weights = weights_by_period(history, len(names))
    return [name for name, weight in zip(names, weights[-1][1]) if weight == 0.0] if weights else []


def _last_weight(note, number, count):
    weights = weights_by_period(note["history"], count)
    return weights[-1][1][number] if weights else None
