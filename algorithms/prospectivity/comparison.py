"""Baselines in the folds of a network, so that its report can set them side by side."""
import numpy as np

from .baselines import METHODS
from .jobs_trainbaseline import BaselineLearner
from .study import assessed, held_out, run_trainings

MEMBERS = 5


def compare_baselines(study, regions, settings, progress):
    """Held-out scores of all baselines.

    Parameters
    ----------
    study : Study
    regions : Regions
        The folds of the network.
    settings : dict
        ``seed``, ``threads``.
    progress : Progress

    Returns
    -------
    dict
        Methods to scores, as `study.assessed` gives them.
    """
    out, threads, seed = {}, settings.get("threads"), int(settings.get("seed") or 0)
    for number, method in enumerate(METHODS):
        part = progress.span(number / len(METHODS), (number + 1) / len(METHODS))
        learner = BaselineLearner(study, {"method": method, "members": MEMBERS, "seed": seed})
        plans = learner.plans({"": regions})
        plans.pop("final")
        trained = run_trainings(plans, part.span(0.0, 0.6), threads)
        models = [learner.joined(members) for members in trained.values()]
        held = held_out(study, regions, models, part.span(0.6, 1.0), threads, np.random.default_rng(seed))
        out[method] = assessed(held, np.random.default_rng(seed))
    return out
