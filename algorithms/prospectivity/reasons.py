"""Why a target stands out: how its evidence differs from the ground around it.

This module needs numpy only, so that evidence is read strip by strip where the rasters are.
"""
from dataclasses import dataclass

import numpy as np

FEWEST_AROUND = 5  # cells with data; with fewer the whole map is compared with
WORTH = 0.2  # standard deviations: less is no reason


class ZoneSums:
    """Sums of one evidence band inside targets, around them and over the whole map.

    Parameters
    ----------
    count : int
        Number of targets; zone k from 1 on is target k, ``count`` + k its
        surroundings, and 0 the rest of the map.
    """

    def __init__(self, count):
        self.count = count
        self.cells, self.sums = np.zeros(2 * count + 1), np.zeros(2 * count + 1)
        self.all_cells, self.shift, self.total, self.squares = 0, None, 0.0, 0.0

    def add(self, zones, values):
        """Take in a strip: zones (rows, columns) and values of the same shape, NaN where there is none."""
        known = np.isfinite(values)
        found = values[known].astype(float)
        if not found.size:
            return
        if self.shift is None:
            self.shift = float(found.mean())
        found = found - self.shift
        zone = zones[known]
        self.cells += np.bincount(zone, minlength=self.cells.size)
        self.sums += np.bincount(zone, found, self.sums.size)
        self.all_cells += found.size
        self.total += float(found.sum())
        self.squares += float(found @ found)

    def contrast(self):
        """How targets differ from their surroundings in this band.

        Returns
        -------
        Contrast
        """
        shift = self.shift or 0.0
        with np.errstate(divide="ignore", invalid="ignore"):
            means = np.where(self.cells > 0, self.sums / self.cells, np.nan)
        whole = self.total / self.all_cells if self.all_cells else np.nan
        sd = np.sqrt(max(self.squares / self.all_cells - whole ** 2, 0.0)) if self.all_cells else np.nan
        inside, around = means[1:self.count + 1], means[self.count + 1:]
        around = np.where(self.cells[self.count + 1:] >= FEWEST_AROUND, around, whole)
        flat = not sd > 1e-9 * max(abs(shift), 1e-300)
        return Contrast(np.full(self.count, np.nan) if flat else (inside - around) / sd, inside + shift,
                        around + shift)


@dataclass(frozen=True)
class Contrast:
    """One band in and around each target.

    Attributes
    ----------
    score : numpy.ndarray, shape (targets,)
        Mean inside less mean around, over the standard deviation of the whole
        map; NaN without data or for a band of one value.
    inside, around : numpy.ndarray, shape (targets,)
        Means; of classes the shares of the class that is named.
    names : list of str or None
        Class of each target.
    """

    score: np.ndarray
    inside: np.ndarray
    around: np.ndarray
    names: list = None


class ClassCounts:
    """Cells of each class of an evidence band inside targets, around them and over the whole map.

    Parameters
    ----------
    count : int
        Number of targets; zones as for `ZoneSums`.
    labels : sequence of str
        Names of the classes 0, 1, 2 ..., where they have any.
    """

    def __init__(self, count, labels=()):
        self.count, self.labels = count, list(labels)
        self.codes, self.cells, self.whole = {}, np.zeros((2 * count + 1, 0)), np.zeros(0)

    @property
    def all_cells(self):
        """Cells with a class."""
        return int(self.whole.sum())

    def add(self, zones, values):
        """Take in a strip: zones (rows, columns) and codes of the same shape, NaN where there is none."""
        known = np.isfinite(values)
        found, inverse = np.unique(values[known], return_inverse=True)
        columns = np.array([self._column(float(code)) for code in found], dtype=int)
        if not found.size:
            return
        columns = columns[inverse.reshape(-1)]
        width = self.whole.size
        self.whole += np.bincount(columns, minlength=width)
        self.cells += np.bincount(zones[known] * width + columns, minlength=self.cells.size).reshape(self.cells.shape)

    def _column(self, code):
        """Column of a class, a new one when it was not seen before."""
        if code not in self.codes:
            self.codes[code] = len(self.codes)
            self.cells = np.pad(self.cells, ((0, 0), (0, 1)))
            self.whole = np.append(self.whole, 0.0)
        return self.codes[code]

    def contrast(self):
        """The class of each target that is more frequent inside than around.

        Returns
        -------
        Contrast
            Of the share of this class, with its name for each target.
        """
        whole = self.whole / self.whole.sum()
        with np.errstate(divide="ignore", invalid="ignore"):
            shares = self.cells / self.cells.sum(axis=1, keepdims=True)
        inside, around = shares[1:self.count + 1], shares[self.count + 1:]
        fewest = self.cells[self.count + 1:].sum(axis=1) < FEWEST_AROUND
        around = np.where(fewest[:, None], whole, around)
        scores = (inside - around) / np.sqrt(np.maximum(whole * (1.0 - whole), 1e-12))
        best = np.argmax(np.nan_to_num(scores, nan=-np.inf), axis=1)
        row = np.arange(self.count)
        codes = list(self.codes)
        return Contrast(scores[row, best], inside[row, best], around[row, best],
                        [self._name(codes[k]) for k in best])

    def _name(self, code):
        """Name of a class, or its number."""
        whole = int(code)
        return self.labels[whole] if 0 <= whole < len(self.labels) and self.labels[whole] else f"class {code:g}"


def reason_texts(contrasts, influence=None, most=3):
    """Sentences that name the bands by which each target stands out.

    Parameters
    ----------
    contrasts : dict
        Names of bands to `Contrast`.
    influence : numpy.ndarray, shape (targets, bands), optional
        Drop of the probability without each band, in the order of
        ``contrasts``; it then decides which bands are named.
    most : int
        Bands per target.

    Returns
    -------
    list of str
        Empty where no band stands out.
    """
    names = list(contrasts)
    if not names:
        return []
    scores = np.column_stack([contrast.score for contrast in contrasts.values()])
    weights = np.abs(scores) if influence is None else np.where(np.isfinite(influence), influence, 0.0)
    least = WORTH if influence is None else 0.0
    texts = []
    for row in range(len(scores)):
        order = np.argsort(-np.nan_to_num(weights[row]), kind="stable")[:most]
        parts = [_reason(names[k], contrasts[names[k]], row, None if influence is None else influence[row, k])
                 for k in order if np.nan_to_num(weights[row, k]) > least]
        texts.append("; ".join(parts))
    return texts


def _reason(name, contrast, row, influence):
    """One band as a phrase."""
    score, inside, around = (float(values[row]) for values in (contrast.score, contrast.inside, contrast.around))
    drop = "" if influence is None else f" ({influence:+.2f} probability)"
    if not np.isfinite(score):
        return f"{name}{drop}"
    if contrast.names is not None:
        return f"{name} {contrast.names[row]}: {100.0 * inside:.0f} % against {100.0 * around:.0f} % around{drop}"
    side = "high" if score > 0.0 else "low"
    return f"{name} {side}: {score:+.1f} sd, {inside:.4g} against {around:.4g} around{drop}"
