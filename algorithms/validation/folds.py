"""Splits of samples into what a model learns from and what it is tested on.

Samples of one drill hole, or of one place, never stand on both sides of a
split by holes or by blocks. Random splits do not care; they are there because
others report them, and to show how much they flatter.

References
----------
Roberts, D. R. et al. (2017). Cross-validation strategies for data with
temporal, spatial, hierarchical, or phylogenetic structure. Ecography 40.
https://doi.org/10.1111/ecog.02881
"""
import numpy as np

from ..errors import InputError
from ..geostatistics.crossvalidation import spatial_blocks

KINDS = ("hole", "block", "random", "80_20", "70_15_15")
BLOCK_SHARE = 0.2  # of the longer side of the area, when no side of a block is given


def make_folds(kind, count, groups, coordinates, target, rng, side=None):
    """Training and test rows of each fold.

    Parameters
    ----------
    kind : str
        "hole": whole drill holes, those without one each on its own; "block":
        whole squares on the map; "random": single samples, stratified by the
        target; "80_20" and "70_15_15": one random split (of the latter, the
        last 15 % are the test, the 15 % before them are left out).
    count : int
        Number of folds, for the first three.
    groups : numpy.ndarray of int, shape (n,)
        Drill hole of each sample, negative for none.
    coordinates : numpy.ndarray, shape (n, d)
        Metres.
    target : numpy.ndarray, shape (n,)
        What random folds are stratified by; may have gaps.
    rng : numpy.random.Generator
    side : float, optional
        Of the blocks, metres.

    Returns
    -------
    list of (numpy.ndarray, numpy.ndarray)
        Row numbers in ascending order.

    Raises
    ------
    InputError
        There are fewer than two groups.
    """
    if kind in ("80_20", "70_15_15"):
        return [_single(kind, target, rng)]
    numbers = fold_numbers(kind, count, groups, coordinates, target, rng, side)
    return [(np.flatnonzero(numbers != fold), np.flatnonzero(numbers == fold)) for fold in range(numbers.max() + 1)]


def fold_numbers(kind, count, groups, coordinates, target, rng, side=None):
    """Fold of each sample, shape (n,); arguments as for `make_folds`."""
    if kind == "random":
        return stratified(target, count, rng)
    if kind == "hole":
        labels, what = lone_groups(groups, coordinates), "drill hole"
    elif kind == "block":
        labels, what = blocks(coordinates, side), "spatial block"
    else:
        raise InputError(f"There is no kind of folds '{kind}': use one of {', '.join(KINDS)}.")
    if labels.max() == 0:
        raise InputError(
            f"All samples belong to one {what}, so nothing is left to test a model on: choose "
            + ("the field of the drill holes, or validation by blocks." if kind == "hole" else "smaller blocks."))
    return balanced(labels, count, rng)


def lone_groups(groups, coordinates=None):
    """Groups from 0 without gaps; each sample without a drill hole is one of its own.

    Samples without a hole at one place stay together where coordinates are given.
    """
    groups = np.asarray(groups)
    labels = np.unique(groups, return_inverse=True)[1].reshape(-1)
    alone = np.flatnonzero(groups < 0)
    if coordinates is None:
        places = np.arange(alone.size)
    else:
        places = np.unique(np.asarray(coordinates)[alone], axis=0, return_inverse=True)[1].reshape(-1)
    labels[alone] = groups.size + places
    return np.unique(labels, return_inverse=True)[1].reshape(-1)


def blocks(coordinates, side=None):
    """Square on the map that each sample lies in, numbered from 0."""
    span = float(np.ptp(np.asarray(coordinates)[:, :2], axis=0).max())
    if span == 0.0:
        return np.zeros(len(coordinates), dtype=np.int64)
    return spatial_blocks(coordinates, side or BLOCK_SHARE * span)


def balanced(labels, count, rng):
    """Folds of about equal size made of whole groups, shape (n,).

    Groups are dealt out in random order, each to the fold that is smallest so far.
    """
    sizes = np.bincount(labels)
    count = min(int(count), sizes.size)
    filled, fold_of = np.zeros(count), np.empty(sizes.size, dtype=np.int64)
    for group in rng.permutation(sizes.size):
        fold = int(np.argmin(filled))
        fold_of[group] = fold
        filled[fold] += sizes[group]
    return fold_of[labels]


def stratified(target, count, rng):
    """Random folds in each of which the target is spread alike, shape (n,)."""
    target = np.asarray(target, dtype=float)
    shuffled = rng.permutation(target.size)
    order = shuffled[np.argsort(target[shuffled], kind="stable")]  # gaps come last
    count, numbers = min(int(count), target.size), np.empty(target.size, dtype=np.int64)
    for start in range(0, target.size, count):
        rows = order[start:start + count]
        numbers[rows] = rng.permutation(count)[:rows.size]
    return numbers


def hold_out(groups, share, rng):
    """Mask (n,) of about this share of the samples, in whole groups, at least one of them and never all."""
    sizes = np.bincount(groups)
    order = rng.permutation(sizes.size)
    taken = int(np.searchsorted(np.cumsum(sizes[order]), share * groups.size)) + 1
    return np.isin(groups, order[: min(max(taken, 1), max(sizes.size - 1, 1))])


def _single(kind, target, rng):
    """One random split into training and test."""
    numbers = stratified(target, 20, rng)  # twentieths
    train, test = (16, 16) if kind == "80_20" else (14, 17)
    return np.flatnonzero(numbers < train), np.flatnonzero(numbers >= test)
