"""Weights of evidence: how much more often a pattern is found at deposits than elsewhere.

References
----------
Bonham-Carter, G. F. (1994). Geographic Information Systems for Geoscientists,
chapter 9. https://doi.org/10.1016/C2013-0-03864-9
Agterberg, F. P. & Cheng, Q. (2002). Conditional independence test for
weights-of-evidence modeling. Natural Resources Research 11.
https://doi.org/10.1023/A:1021193827501
"""
from dataclasses import dataclass

import numpy as np

QUANTILES = np.linspace(0.05, 0.95, 19)
LEAST_STUDENTISED = 1.5
MOST_ALIKE = 0.5  # correlation of two patterns
MOST_PATTERNS = 15


@dataclass(frozen=True)
class Weights:
    """Weights of one pattern.

    Attributes
    ----------
    plus, minus : float
        W+ where the pattern is, W- where it is not.
    plus_sd, minus_sd : float
        Their standard deviations.
    """

    plus: float
    minus: float
    plus_sd: float
    minus_sd: float

    @property
    def contrast(self):
        """C = W+ - W-."""
        return self.plus - self.minus

    @property
    def studentised(self):
        """C by its standard deviation."""
        return self.contrast / np.hypot(self.plus_sd, self.minus_sd)


def weights_of_evidence(with_pattern, deposits, cells_with_pattern, cells):
    """W+ and W- of a pattern from the four counts of its table.

    Parameters
    ----------
    with_pattern, deposits : float
        Deposits inside the pattern, and all deposits.
    cells_with_pattern, cells : float
        Cells without a deposit inside the pattern, and all such cells.

    Returns
    -------
    Weights
        Where one of the four counts is 0, half a deposit or cell is added to each of them.
    """
    table = np.array([with_pattern, deposits - with_pattern, cells_with_pattern, cells - cells_with_pattern], float)
    if (table <= 0.0).any():
        table += 0.5
    inside, outside, empty_inside, empty_outside = table
    found, empty = inside + outside, empty_inside + empty_outside
    return Weights(float(np.log(inside / found / (empty_inside / empty))),
                   float(np.log(outside / found / (empty_outside / empty))),
                   float(np.sqrt(1.0 / inside + 1.0 / empty_inside)),
                   float(np.sqrt(1.0 / outside + 1.0 / empty_outside)))


@dataclass(frozen=True)
class Pattern:
    """Where a column is above (or not above) a threshold.

    Attributes
    ----------
    column : int
    threshold : float
    above : bool
    weights : Weights
    """

    column: int
    threshold: float
    above: bool
    weights: Weights

    def __call__(self, x):
        """Whether rows (n, columns) are inside, bool (n,)."""
        over = x[:, self.column] > self.threshold
        return over if self.above else ~over

    def score(self, x):
        """W+ or W- of rows (n, columns), shape (n,)."""
        return np.where(self(x), self.weights.plus, self.weights.minus)


def best_pattern(x, column, truth, counts):
    """The pattern of a column with the largest studentised contrast; None where the column is constant."""
    values, best = x[:, column], None
    for threshold in np.unique(np.quantile(values[~truth], QUANTILES)):
        for above in (True, False):
            inside = (values > threshold) == above
            with_pattern, cells = counts[truth & inside].sum(), counts[~truth & inside].sum()
            if not 0.0 < cells < counts[~truth].sum():
                continue
            found = weights_of_evidence(with_pattern, counts[truth].sum(), cells, counts[~truth].sum())
            if best is None or found.studentised > best.weights.studentised:
                best = Pattern(column, float(threshold), above, found)
    return best


def choose_patterns(x, truth, counts=None):
    """Patterns that count, the strongest first; of two that are much alike only the stronger one.

    Weights of evidence take patterns to be independent, given deposits; forty
    element maps are not, and the sum of their weights would be far too sure.

    Parameters
    ----------
    x : numpy.ndarray, shape (n, columns)
    truth : numpy.ndarray of bool, shape (n,)
        Deposits.
    counts : numpy.ndarray, shape (n,), optional
        How often each row counts.

    Returns
    -------
    list of Pattern
    """
    counts = np.ones(truth.size) if counts is None else counts
    found = [best_pattern(x, column, truth, counts) for column in range(x.shape[1])]
    found = sorted((pattern for pattern in found if pattern is not None),
                   key=lambda pattern: -pattern.weights.studentised)
    chosen, shown = [], []
    for pattern in found:
        if chosen and (pattern.weights.studentised < LEAST_STUDENTISED or len(chosen) == MOST_PATTERNS):
            break
        inside = pattern(x[~truth]).astype(float)
        if all(abs(np.corrcoef(inside, other)[0, 1]) <= MOST_ALIKE for other in shown):
            chosen.append(pattern)
            shown.append(inside)
    return chosen
