"""Training and prediction with recurrent networks of grades in one call each, and what users can choose."""
from dataclasses import replace

import numpy as np

from ..errors import InputError
from .selfevaluation import SelfEvaluation
from .sequencenetwork import PRESETS, TRAINERS, SequenceNetwork
from .sequencetask import packed, sample_positions


def fit_sequences(samples, train, test, settings, checkpoints, name, progress, seed):
    """Train on some samples and predict others.

    Parameters
    ----------
    samples : GradeSamples
    train, test : numpy.ndarray of int
        Rows.
    settings : dict
        ``preset`` and whatever `chosen_sequence_design` reads; may be empty.
    checkpoints : Checkpoints
    name : str
        Of the training, for its checkpoints and metrics.
    progress : Progress
    seed : int

    Returns
    -------
    Predictive
        At the test rows.
    """
    design, schedule = chosen_sequence_design(settings)

    def watch(epoch, loss, error):
        progress.metric(f"{name}: loss", loss, epoch + 1)
        progress.metric(f"{name}: rmse", error, epoch + 1)

    model = SequenceNetwork.fit(samples, train, design, replace(schedule, seed=int(seed)), progress, checkpoints, name,
                                watch, evaluation=chosen_evaluation(settings))
    return predict_rows(model, samples, test, progress.check)


def predict_rows(model, samples, test, check=None, near=True):
    """`Predictive` at rows of samples, reading the features of all intervals of their holes.

    Parameters
    ----------
    model : SequenceNetwork
    samples : GradeSamples
    test : numpy.ndarray of int
        Ascending.
    check : callable, optional
    near : bool
        Whether kriged errors of near samples are added, where the model keeps them.
    """
    if model.by_hole:
        rows = np.flatnonzero(np.isin(samples.groups, samples.groups[test]))
        positions, _ = sample_positions(samples)
        inputs = model.preparation.apply(samples.features[rows])
        found = model.predict_inputs(inputs, packed(samples.groups[rows]), positions[rows], None, check)
        found = found.take(np.searchsorted(rows, test))
    else:
        inputs = model.preparation.apply(samples.features[test])
        found = model.predict_inputs(inputs, None, None, samples.coordinates[test], check)
    if model.field is None or not near:
        return found
    return found.shifted(*model.field.at(samples.coordinates[test], check=check))


def chosen_sequence_design(settings):
    """The preset with the changes the user made: `SequenceDesign` and `Schedule`.

    Raises
    ------
    InputError
        There is no such preset or optimizer.
    """
    preset = settings.get("preset") or "default"
    if preset not in PRESETS:
        raise InputError(f"There is no preset '{preset}': use one of {', '.join(PRESETS)}.")
    design, schedule = PRESETS[preset]
    names = ("members", "memory", "layers", "both", "scale", "power", "activation", "prior", "optimizer", "residuals",
             "heteroscedastic", "base")
    changes = {name: settings[name] for name in names if settings.get(name) is not None}
    for name in ("dense", "own"):
        if settings.get(name) is not None:
            changes[name] = tuple(settings[name])
    names = ("epochs", "batch", "rate", "decay", "patience", "prior_weight")
    plan = {name: settings[name] for name in names if settings.get(name) is not None}
    if settings.get("self_evaluation") and design.base and "base" not in changes:
        design = replace(PRESETS["joint"][0], members=design.members)  # the base would go on reading all features
        schedule = PRESETS["joint"][1]
    design = replace(design, **changes)
    if design.optimizer not in TRAINERS:
        raise InputError(f"There is no optimizer '{design.optimizer}': use one of {', '.join(TRAINERS)}.")
    return design, replace(schedule, seed=int(settings.get("seed") or 0), **plan)


def chosen_evaluation(settings):
    """`SelfEvaluation` where the user asked for it, else None."""
    if not settings.get("self_evaluation"):
        return None
    return SelfEvaluation(int(settings.get("period") or 5), float(settings.get("alpha") or 1.0))
