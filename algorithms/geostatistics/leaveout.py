"""Cross-validation of kriging without solving the system again.

Removing a drill hole changes the estimate at its samples by a block of the
inverse of the kriging system. With ``P = K^-1 - K^-1 F (F' K^-1 F)^-1 F' K^-1``
the errors at the samples of a hole are ``P_hh^-1 (P z)_h`` and their
covariance is ``P_hh^-1``; any other estimate, such as a gradient, moves by its
weights on the hole times those errors.

References
----------
Dubrule, O. (1983). Cross validation of kriging in a unique neighborhood.
Mathematical Geology 15, 687-699. https://doi.org/10.1007/BF01033232
Ginsbourger, D. & Schaerer, C. (2025). Fast calculation of Gaussian process
multiple-fold cross-validation residuals and their covariances. Journal of
Computational and Graphical Statistics 34.
https://doi.org/10.1080/10618600.2024.2353633
"""
from dataclasses import dataclass
from typing import Optional

import numpy as np
from scipy.linalg import cho_factor, cho_solve

from ..errors import InputError
from ..progress import Progress
from .drift import FLAT
from .dual import DualKriging
from .kernels import single_blas

COLUMNS = 256
# A group larger than this part of the samples is kriged anew, from the few that are left.
LARGE = 1.0 / 3.0


@dataclass
class LeaveOut:
    """Predictions at n samples of m fields, each made without the sample's own group.

    Attributes
    ----------
    estimate : numpy.ndarray, shape (n, m)
    variance : numpy.ndarray, shape (n,)
        Nugget included, for the given variogram.
    gradient : numpy.ndarray, shape (n, m, d), or None
    gradient_variance : numpy.ndarray, shape (n, d), or None
    """

    estimate: np.ndarray
    variance: np.ndarray
    gradient: Optional[np.ndarray] = None
    gradient_variance: Optional[np.ndarray] = None


def leave_one_out(model, gradient=False, gradient_variance=False, progress=None):
    """Predict each sample from all the others, see `leave_groups_out`."""
    return leave_groups_out(model, np.full(len(model.values), -1), gradient, gradient_variance, progress)


def leave_groups_out(model, groups, gradient=False, gradient_variance=False, progress=None):
    """Predict the samples of each group from all the others.

    Parameters
    ----------
    model : DualKriging
        Fitted.
    groups : numpy.ndarray of int, shape (n,)
        For example the drill hole; samples with -1 are groups of their own.
    gradient, gradient_variance : bool
        Whether the gradients at the samples are wanted, and their variance.
    progress : Progress, optional

    Returns
    -------
    LeaveOut

    Raises
    ------
    InputError
        All samples belong to one group.
    """
    progress = progress or Progress()
    members = _members(np.asarray(groups))
    if len(members) < 2:
        raise InputError("All samples belong to one hole, so none can be left out: give samples of at least two holes.")
    result = LeaveOut(np.empty_like(model.values), np.empty(len(model.values)))
    if gradient or gradient_variance:
        result.gradient = np.empty((*model.values.shape, model.coordinates.shape[1]))
    if gradient_variance:
        result.gradient_variance = np.empty(model.coordinates.shape)
    with single_blas():
        anew = _losing_trend(model, members) | (np.array([len(rows) for rows in members]) > LARGE * len(model.values))
        batches = _batches([rows for rows, refit in zip(members, anew) if not refit])
        trend = _trend_weights(model)
        for k, batch in enumerate(batches):
            progress(k / len(batches))
            _predict_batch(model, batch, trend, result, progress)
        for rows in (rows for rows, refit in zip(members, anew) if refit):
            progress.check()
            _refit(model, rows, result)
    progress(1.0)
    return result


def _members(groups):
    """Sample indices of each group."""
    alone = np.flatnonzero(groups < 0)
    named = np.flatnonzero(groups >= 0)
    named = named[np.argsort(groups[named], kind="stable")]
    cuts = np.flatnonzero(np.diff(groups[named])) + 1
    return [part for part in np.split(named, cuts) if len(part)] + [alone[i:i + 1] for i in range(len(alone))]


def _losing_trend(model, members):
    """For each group, whether the trend cannot be told from the other samples alone."""
    if model.trend.size <= 1:
        return np.zeros(len(members), dtype=bool)
    columns = model.trend.columns(model.coordinates)
    whole = columns.T @ columns
    rest = np.stack([whole - columns[rows].T @ columns[rows] for rows in members])
    return np.linalg.eigvalsh(rest)[:, 0] <= FLAT ** 2 * len(columns)


def _batches(members):
    """Groups put together so that each solve has enough columns to run at full speed."""
    batches, size = [], COLUMNS
    for rows in members:
        if size + len(rows) > COLUMNS:
            batches.append([])
            size = 0
        batches[-1].append(rows)
        size += len(rows)
    return batches


def _refit(model, rows, result):
    """Krige one group from the others by a new system, with the trend they allow."""
    rest = np.setdiff1d(np.arange(len(model.values)), rows)
    other = DualKriging(model.variogram, model.drift, model.mean, exact=False, use_compiled=model.use_compiled)
    other.fit(model.coordinates[rest], model.values[rest], model.counts[rest])
    prediction = other.predict(model.coordinates[rows], True, result.gradient is not None,
                               result.gradient_variance is not None)
    for name in ("estimate", "variance", "gradient", "gradient_variance"):
        if getattr(result, name) is not None:
            getattr(result, name)[rows] = getattr(prediction, name)


def _inverse_columns(model, rows):
    """Columns ``rows`` of ``K^-1`` and of ``P``, each of shape (n, len(rows))."""
    unit = np.zeros((len(model.values), len(rows)))
    unit[rows, np.arange(len(rows))] = 1.0
    half = model.factor.solve(unit)
    if model.trend.size:
        half -= model.whitened @ cho_solve(model.normal, model.whitened.T @ half)
    return model.factor.solve_transposed(half)


def _trend_weights(model):
    """Weights of the trend's gradient on all samples, shape (d, n)."""
    unit = cho_solve(model.normal, model.trend.slopes().T) if model.trend.size else model.trend.slopes().T
    return model.factor.solve_transposed(model.whitened @ unit).T


def _predict_batch(model, batch, trend, result, progress):
    """Leave out each of several groups in turn."""
    rows = np.concatenate(batch)
    projected = _inverse_columns(model, rows)
    removed, start = [], 0
    for members in batch:
        own = slice(start, start + len(members))
        start = own.stop
        block = cho_factor(projected[members, own], lower=True)
        error, covariance = cho_solve(block, model.weights[members]), cho_solve(block, np.eye(len(members)))
        result.estimate[members] = model.values[members] - error
        result.variance[members] = np.diag(covariance) - model.noise[members] + model.variogram.nugget
        removed.append((own, error, covariance))
    if result.gradient is not None:
        for start in range(0, len(rows), COLUMNS):
            progress.check()
            _predict_gradients(model, rows, slice(start, start + COLUMNS), projected, trend, removed, result)


def _predict_gradients(model, rows, piece, projected, trend, removed, result):
    """Gradients at some samples of a batch without their own group.

    ``weights`` (axis, target, sample) are those of the gradient on the
    samples of the batch when none is left out.
    """
    targets = rows[piece]
    places = model.coordinates[targets]
    spread = result.gradient_variance is not None
    prediction = model.predict(places, gradient=True, gradient_variance=spread)
    weights = model.kernel.derivatives(places).transpose(0, 2, 1) @ projected + trend[:, None, rows]
    for own, error, covariance in removed:
        first, last = max(own.start, piece.start), min(own.stop, piece.start + len(targets))
        if first >= last:
            continue
        here = slice(first - piece.start, last - piece.start)
        part = weights[:, here, own]
        result.gradient[rows[first:last]] = prediction.gradient[here] - np.einsum("atj,jm->tma", part, error)
        if spread:
            added = np.einsum("atj,atj->ta", part @ covariance, part)
            result.gradient_variance[rows[first:last]] = prediction.gradient_variance[here] + added
