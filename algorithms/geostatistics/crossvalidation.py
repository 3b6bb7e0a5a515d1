"""Scores of kriging at samples that it was not shown.

Whole drill holes are left out; where there are none, whole spatial blocks.
The same scores with single samples left out stand beside them, so that the
gap to a random split can be read.
"""
from dataclasses import dataclass

import numpy as np

from .dual import DualKriging
from .leaveout import leave_groups_out, leave_one_out
from .multilevel import MultilevelKriging
from .scores import scores

BLOCKS = 10  # wanted at least, when there are no drill holes
CLOSED_FORM = 5_000  # places; beyond, the inverse of the covariances is too large
SUBSET = 2_000  # places predicted one group at a time instead


@dataclass(frozen=True)
class HeldOut:
    """Predictions of one field at places whose group was left out.

    Attributes
    ----------
    name : str
    observed, mean : numpy.ndarray, shape (k,)
        Original scale.
    quantile : callable
        ``quantile(p)`` gives the predictive quantiles, shape (k,).
    sd : numpy.ndarray, shape (k,)
        Predictive standard deviation.
    coordinates : numpy.ndarray, shape (k, d)
    """

    name: str
    observed: np.ndarray
    mean: np.ndarray
    sd: np.ndarray
    quantile: object
    coordinates: np.ndarray

    def scores(self):
        """Scores as a dict, see `scores.scores`."""
        return scores(self.observed, self.mean, self.sd, self.quantile)


def spatial_blocks(coordinates, size):
    """Block number of each place: squares (2-D plan) with edges of ``size`` metres.

    The edge is halved until there are at least ten blocks, or as many as
    there are places.
    """
    plan = np.asarray(coordinates, dtype=float)[:, :2]
    plan = plan - plan.min(axis=0)
    wanted = min(BLOCKS, len(np.unique(plan, axis=0)))
    while True:
        labels = np.unique(np.floor(plan / size), axis=0, return_inverse=True)[1].reshape(-1)
        if labels.max() + 1 >= wanted:
            return labels
        size /= 2.0


def validation_groups(places, variogram, has_holes):
    """Groups that are left out together, and how to call them.

    Parameters
    ----------
    places : Places
    variogram : Variogram
        Its longest range is the edge of the blocks.
    has_holes : bool
        Whether the groups of the places are drill holes.

    Returns
    -------
    groups : numpy.ndarray, shape (n,)
    kind : str
        "drill hole", "spatial block" or "sample".
    """
    if has_holes and places.groups.max() > 0:
        return places.groups, "drill hole"
    if places.counts.size < 4:
        return np.arange(places.counts.size), "sample"
    longest = max(max(s.ranges) for s in variogram.structures)
    blocks = spatial_blocks(places.coordinates, longest)
    return (blocks, "spatial block") if blocks.max() > 0 else (np.arange(blocks.size), "sample")


def held_out(solve, estimate, variance, rows=slice(None)):
    """`HeldOut` of each field of a solve, from left-out estimates on the transformed scale.

    Parameters
    ----------
    solve : Solve
    estimate : numpy.ndarray, shape (k, m)
    variance : numpy.ndarray, shape (k,)
        Of the first field, nugget included.
    rows : slice or numpy.ndarray
        Places the estimates belong to.
    """
    results = []
    for column, (field, factor) in enumerate(zip(solve.fields, solve.factors)):
        y, v = estimate[:, column], np.maximum(variance * factor, 0.0)
        transform = field.transform
        results.append(HeldOut(
            field.name, field.observed[rows], transform.mean(y, v), np.sqrt(transform.variance(y, v)),
            _quantiles(transform, y, v), field.places.coordinates[rows],
        ))
    return results


def _quantiles(transform, y, variance):
    """Predictive quantiles as a function of their probability."""
    return lambda p: transform.quantile(y, variance, p)


@dataclass(frozen=True)
class CrossValidation:
    """Held-out predictions of the fields of a solve.

    Attributes
    ----------
    grouped : list of HeldOut
        Whole groups left out.
    single : list of HeldOut
        Single samples left out: what a random split would show.
    kind : str
        What a group is: "drill hole", "spatial block" or "sample".
    """

    grouped: list
    single: list
    kind: str


def cross_validate(solve, engine, has_holes, rng, progress):
    """Leave groups and single samples out of a fitted engine.

    With more than `CLOSED_FORM` places, whole groups with about `SUBSET`
    places together are predicted by local neighbourhoods.

    Parameters
    ----------
    solve : Solve
    engine : DualKriging, MultilevelKriging or PyKrigeKriging
        Fitted on the places of the solve.
    has_holes : bool
    rng : numpy.random.Generator
    progress : Progress

    Returns
    -------
    CrossValidation
    """
    groups, kind = validation_groups(solve.places, solve.variogram, has_holes)
    if groups.max() == 0:
        groups, kind = np.arange(groups.size), "sample"
    if hasattr(engine, "leave_out"):
        grouped, single, rows = engine.leave_out(groups), engine.leave_out(np.arange(groups.size)), slice(None)
    elif isinstance(engine, DualKriging) and groups.size <= CLOSED_FORM:
        grouped = leave_groups_out(engine, groups, progress=progress.span(0.0, 0.8))
        single = leave_one_out(engine)
        rows = slice(None)
    else:
        rows = whole_groups(groups, rng)
        grouped = predict_left_out(solve, engine, groups, rows)
        progress(0.5)
        single = predict_left_out(solve, engine, np.arange(groups.size), rows)
    progress(1.0)
    return CrossValidation(
        held_out(solve, grouped.estimate, grouped.variance, rows),
        held_out(solve, single.estimate, single.variance, rows), kind,
    )


def whole_groups(groups, rng):
    """Numbers of the places of randomly drawn groups, about `SUBSET` together, in order."""
    order = rng.permutation(groups.max() + 1)
    sizes = np.bincount(groups)[order]
    taken = order[: max(int(np.searchsorted(np.cumsum(sizes), SUBSET)) + 1, 2)]
    return np.flatnonzero(np.isin(groups, taken))


def local_engine(solve, engine):
    """The engine itself if it can leave groups out anywhere, or local neighbourhoods with its variogram."""
    if isinstance(engine, MultilevelKriging):
        return engine
    local = MultilevelKriging(solve.variogram, getattr(engine, "drift", "constant"), mean=getattr(engine, "mean", None))
    return local.fit(solve.places.coordinates, solve.values, solve.places.counts)


def predict_left_out(solve, engine, groups, rows, gradient=False, variance=True):
    """`Prediction` at the places ``rows``, each from the samples of other groups only."""
    return local_engine(solve, engine).predict(
        solve.places.coordinates[rows], variance=variance, gradient=gradient, gradient_variance=gradient,
        exclude_groups=groups[rows], groups=groups,
    )


def score_summary(validations):
    """Scores by field name: groups left out, single samples left out, and what a group is."""
    return {
        grouped.name: {"scores": grouped.scores(), "scores_single": single.scores(), "validation": validation.kind}
        for validation in validations
        for grouped, single in zip(validation.grouped, validation.single)
    }
