"""How good an imputation is, and which settings serve best, by hiding known values.

Values are hidden in the patterns in which others are missing. Half of the
hidden rows choose the settings, the other half measure the error.
"""
import numpy as np

from ..progress import Progress

SPACES, EMBEDDINGS, COUNTS = (0.0, 0.3, 1.0, 3.0), ("value", "ratio"), (4, 8, 16)
MOST_HIDDEN, LEAST_HIDDEN, FEW = 4000, 20, 15
GROUPED_CANDIDATES = 400


def tune(imputer, groups, measured, rng, progress=None):
    """Choose the settings of an imputer and measure its error.

    Parameters
    ----------
    imputer : lodescope.algorithms.geochemistry.imputation.KnnImputer
        With its reference; gains ``choice`` and ``per_field``.
    groups : array of int, shape (r,), or None
        Drill holes of the reference, -1 for none.
    measured : array of bool, shape (r, m)
        Values that count as truth.
    rng : numpy.random.Generator
    progress : Progress, optional

    Returns
    -------
    dict or None
        ``fields`` (by column: ``hidden``, ``rmse``, ``r2``, ``rmse_median``
        and, with drill holes, ``rmse_grouped`` and ``r2_grouped``, in natural
        logarithms where the column is positive), ``rule`` (what was left out
        when settings were chosen); None when nothing could be hidden.
    """
    from .imputation import Donors

    progress = progress or Progress()
    complete = imputer.reference
    hidden = hide(complete[:, imputer.usable], rng)
    columns = np.flatnonzero(imputer.usable)
    rows = np.flatnonzero(hidden.any(axis=1))
    if len(rows) < 2:
        return None
    imputer.reference = complete.copy()
    imputer.reference[:, columns] = np.where(hidden, np.nan, complete[:, columns])
    grouped = groups is not None and (groups >= 0).any()
    whole_holes = grouped and _missing_by_hole(complete[:, columns], groups)
    try:
        first, second = _halves(rows, rng)
        scored = hidden & measured[:, columns]
        _choose(imputer, Donors, complete, scored, first, groups if whole_holes else None, progress.span(0.0, 0.8))
        imputer.set_search()
        results = {"rule": "hole" if whole_holes else "sample", "fields": {}}
        progress(0.85)
        single = _estimates(imputer, Donors, second)
        progress(0.9)
        apart = _estimates(imputer, Donors, second, groups) if grouped else None
        progress(0.95)
        truths = imputer.scale.forward(complete[second][:, columns])
        for k, j in enumerate(columns):
            truth = truths[:, k]
            at = scored[second, k] & np.isfinite(truth)
            if at.sum() >= 2:
                results["fields"][int(j)] = _scores(imputer, k, truth[at], single[at, k],
                                                    None if apart is None else apart[at, k])
        progress(1.0)
    finally:
        imputer.reference = complete
    return results


def hide(values, rng):
    """Which known values to hide (n, m), in the patterns of those that are missing."""
    known = np.isfinite(values)
    incomplete = np.flatnonzero(~known.all(axis=1) & known.any(axis=1))
    hidden = np.zeros(values.shape, bool)
    count = min(MOST_HIDDEN, max(LEAST_HIDDEN, len(values) // 4), len(values) // 2)
    rows = rng.permutation(np.flatnonzero(known.any(axis=1)))[:count]
    if len(incomplete):
        hidden[rows] = ~known[rng.choice(incomplete, len(rows))]
    else:
        hidden[rows, rng.integers(0, values.shape[1], len(rows))] = True
    hidden &= known
    # A row of which nothing would be left says nothing about its composition.
    hidden[hidden.sum(axis=1) == known.sum(axis=1)] = False
    return hidden


def _halves(rows, rng):
    rows = rng.permutation(rows)
    half = (len(rows) + 1) // 2
    return np.sort(rows[:half]), np.sort(rows[half:])


def _missing_by_hole(values, groups):
    """Whether most gaps are in holes that have no value of the field at all."""
    held, index = np.unique(groups, return_inverse=True)
    known = np.isfinite(values)
    have = np.array([np.bincount(index, column, len(held)) for column in known.T]).T > 0
    gaps = ~known & (groups >= 0)[:, None]
    return bool(gaps.any() and (gaps & ~have[index]).sum() > 0.5 * gaps.sum())


def _neighbours(imputer, rows, groups):
    """The hidden rows with their neighbours; those of the same group are put out of reach."""
    from .imputation import CANDIDATES

    scaled = imputer._scaled[rows]
    places = None if imputer.places is None else imputer.places[rows]
    count = GROUPED_CANDIDATES if groups is not None else CANDIDATES
    index, distance = imputer.search.query(imputer._filled[rows], places, count, np.isfinite(scaled).any(axis=1))
    if groups is not None:
        same = (groups[index] == groups[rows][:, None]) & (groups[rows] >= 0)[:, None]
        distance = np.where(same, np.inf, distance)
    return scaled, index, distance


def _estimates(imputer, donors, rows, groups=None):
    """Scaled estimates (n, u) of the missing values of reference rows."""
    scaled, index, distance = _neighbours(imputer, rows, groups)
    found = donors(imputer, scaled, imputer._filled[rows], index, distance)
    result = np.full(scaled.shape, np.nan)
    for k, j in enumerate(np.flatnonzero(imputer.usable)):
        gaps = np.flatnonzero(~np.isfinite(scaled[:, k]))
        if gaps.size:
            result[gaps, k] = found.estimate(gaps, k, **imputer.per_field[j])
    return result


def _choose(imputer, donors, complete, hidden, rows, groups, progress):
    """Set the embedding, the weight of space, and neighbours and adjustment of each field."""
    from .imputation import ADJUSTMENTS

    spaces = SPACES if imputer.places is not None else (0.0,)
    trials = [(embedding, space) for embedding in EMBEDDINGS for space in spaces]
    options = [(count, adjustment) for count in COUNTS for adjustment in ADJUSTMENTS]
    columns = np.flatnonzero(imputer.usable)
    imputer.prepare()
    progress(0.0)
    truth = imputer.scale.forward(complete[rows][:, columns])
    best = None
    for number, (embedding, space) in enumerate(trials):
        progress(number / len(trials))
        imputer.choice = {"embedding": embedding, "space": space}
        imputer.set_search()
        scaled, index, distance = _neighbours(imputer, rows, groups)
        found = donors(imputer, scaled, imputer._filled[rows], index, distance)
        losses = np.array([[_loss(found, hidden[rows, k], truth[:, k], k, option) for option in options]
                           for k in range(len(columns))])
        score, chosen = _best_options(losses, hidden[rows].sum(axis=0))
        if best is None or score < best[0]:
            best = score, dict(imputer.choice), chosen
    imputer.choice = best[1]
    for k, j in enumerate(columns):
        count, adjustment = options[best[2][k]]
        imputer.per_field[j] = {"neighbours": count, "adjustment": adjustment}


def _loss(found, hidden, truth, k, option):
    """Sum of squared scaled errors of one field with one option, large errors limited."""
    at = np.flatnonzero(hidden & np.isfinite(truth))
    if not at.size:
        return 0.0
    errors = truth[at] - found.estimate(at, k, *option)
    return float(np.square(np.clip(errors, -4.0, 4.0)).sum())


def _best_options(losses, counts):
    """Loss of the best options, and the option of each field; fields with few hidden values share one."""
    shared = int(np.argmin(losses.sum(axis=0)))
    chosen = np.where(counts >= FEW, losses.argmin(axis=1), shared)
    return losses[np.arange(len(losses)), chosen].sum(), chosen


def _scores(imputer, k, truth, estimate, apart):
    """Errors of one field in natural logarithms, or in its unit where it is not positive."""
    spread = imputer.scale.spread[k]
    scores = {"hidden": len(truth), "logarithmic": bool(imputer.scale.logs[k]),
              "rmse": spread * _rmse(truth - estimate), "rmse_median": spread * _rmse(truth),
              "r2": _r2(truth, estimate)}
    if apart is not None:
        scores["rmse_grouped"], scores["r2_grouped"] = spread * _rmse(truth - apart), _r2(truth, apart)
    return scores


def _rmse(errors):
    return float(np.sqrt(np.mean(np.square(errors))))


def _r2(truth, estimate):
    """1 less the share of the variance that is left; NaN-free for a constant truth."""
    variance = np.square(truth - truth.mean()).sum()
    return float(1.0 - np.square(truth - estimate).sum() / variance) if variance > 0.0 else 0.0
