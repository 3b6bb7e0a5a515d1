"""Compiled walk through decision trees; imported only where numba is present."""
from numba import njit

OPTIONS = {"nogil": True, "cache": True}


@njit(**OPTIONS)
def add_trees(x, feature, threshold, left, right, value, starts, out):
    """Add the leaves that rows (n, features) reach in all trees to ``out`` (n,); see `trees.Trees`."""
    for row in range(x.shape[0]):
        total = 0.0
        for start in starts:
            node = start
            while feature[node] >= 0:
                node = left[node] if x[row, feature[node]] <= threshold[node] else right[node]
            total += value[node]
        out[row] += total
