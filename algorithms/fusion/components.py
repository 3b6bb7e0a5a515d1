"""Scaling, and principal components of scaled features.

References
----------
Jolliffe, I. T. (2002). Principal Component Analysis, 2nd ed.
https://doi.org/10.1007/b98835
"""
import numpy as np

MOST = 100
ENOUGH = 0.99
SMALLEST = 1e-12  # of the largest variance; below it a component is rounding


class Scaler:
    """Mean and standard deviation of each column.

    Attributes
    ----------
    mean, deviation : numpy.ndarray, shape (m,)
    """

    def __init__(self, mean, deviation):
        self.mean, self.deviation = np.asarray(mean, dtype=float), np.asarray(deviation, dtype=float)

    @classmethod
    def fit(cls, values, plain=None):
        """Fit to columns (n, m) with gaps; columns in the mask ``plain`` (m,) are left as they are."""
        known = np.isfinite(values)
        counts = np.maximum(known.sum(axis=0), 1)
        filled = np.where(known, values, 0.0)
        mean = filled.sum(axis=0) / counts
        spread = np.sqrt(np.where(known, np.square(values - mean), 0.0).sum(axis=0) / counts)
        spread[~(spread > SMALLEST * np.maximum(np.abs(mean), 1.0))] = 1.0
        if plain is not None:
            mean[plain], spread[plain] = 0.0, 1.0
        return cls(mean, spread)

    def apply(self, values):
        """Scaled columns; gaps stay gaps."""
        return (values - self.mean) / self.deviation

    def state(self):
        """Arrays and JSON values from which `restore` makes the same."""
        return {"mean": self.mean, "deviation": self.deviation}, {}

    @classmethod
    def restore(cls, arrays, info):
        """The same from what `state` gave."""
        return cls(arrays["mean"], arrays["deviation"])


class Components:
    """Principal components of blocks of columns that do not mix.

    Columns that are known everywhere make components of their own, and so do
    those that are known at samples only, so that a map can have the former.

    Attributes
    ----------
    centre : numpy.ndarray, shape (m,)
    loadings : numpy.ndarray, shape (m, components)
    shares : numpy.ndarray, shape (components,)
        Part of the variance of all columns that each one holds.
    blocks : numpy.ndarray of int, shape (components,)
        Block of each component.
    """

    def __init__(self, centre, loadings, shares, blocks):
        self.centre, self.loadings = np.asarray(centre, dtype=float), np.asarray(loadings, dtype=float)
        self.shares, self.blocks = np.asarray(shares, dtype=float), np.asarray(blocks, dtype=np.int64)

    @classmethod
    def fit(cls, values, blocks, count=None, enough=ENOUGH):
        """Fit to complete columns.

        Parameters
        ----------
        values : numpy.ndarray, shape (n, m)
            Rows with a gap are left out.
        blocks : numpy.ndarray of int, shape (m,)
            Columns of one number make components together.
        count : int, optional
            How many components; by default at most 100, and in each block as
            few as hold the part ``enough`` of its variance.
        enough : float
        """
        rows = values[np.isfinite(values).all(axis=1)]
        centre = rows.mean(axis=0) if len(rows) else np.zeros(values.shape[1])
        found = [_block(rows - centre, np.flatnonzero(blocks == block), None if count else enough)
                 for block in np.unique(blocks)]
        owner = np.repeat(np.unique(blocks), [len(variances) for variances, _ in found])
        variances = np.concatenate([variances for variances, _ in found])
        loadings = np.concatenate([vectors for _, vectors in found], axis=1)
        total = (rows - centre).var(axis=0).sum() if len(rows) else 1.0
        kept = np.sort(np.argsort(-variances, kind="stable")[: count or MOST])
        return cls(centre, loadings[:, kept], variances[kept] / (total or 1.0), owner[kept])

    def apply(self, values):
        """Scores, shape (n, components)."""
        return (values - self.centre) @ self.loadings

    def state(self):
        """Arrays and JSON values from which `restore` makes the same."""
        return {"centre": self.centre, "loadings": self.loadings, "shares": self.shares, "blocks": self.blocks}, {}

    @classmethod
    def restore(cls, arrays, info):
        """The same from what `state` gave."""
        return cls(arrays["centre"], arrays["loadings"], arrays["shares"], arrays["blocks"])


def _block(values, columns, enough):
    """Variances, largest first, and loadings (m, components) of some columns."""
    covariance = values[:, columns].T @ values[:, columns] / max(len(values), 1)
    variances, vectors = np.linalg.eigh(covariance)
    variances, vectors = variances[::-1], vectors[:, ::-1]
    size = int((variances > SMALLEST * max(variances[0], SMALLEST)).sum()) if len(variances) else 0
    if enough is not None and size:
        held = np.cumsum(variances[:size]) / variances[:size].sum()
        size = int(np.searchsorted(held, enough - 1e-12)) + 1
    loadings = np.zeros((values.shape[1], size))
    vectors = vectors[:, :size]
    # The sign of a component is free: its largest loading is made positive.
    largest = np.abs(vectors).argmax(axis=0)
    loadings[columns] = vectors * np.where(vectors[largest, np.arange(size)] < 0.0, -1.0, 1.0)
    return variances[:size], loadings
