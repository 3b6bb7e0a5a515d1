"""Intervals cut at the boundaries of another log, such as lithology."""
import numpy as np


def cut_at(hole, start, end, log):
    """Cut intervals wherever an interval of a log begins or ends, and find what the log says of each piece.

    Parameters
    ----------
    hole : array of int, shape (n,)
    start, end : arrays, shape (n,)
        Depths.
    log : tuple of arrays
        Hole, start, end and code (int) of the intervals of the log.

    Returns
    -------
    row : array of int, shape (p,)
        Interval of each piece; pieces are sorted by hole and depth.
    start, end : arrays, shape (p,)
    code : array of int, shape (p,)
        -1 where the log has nothing.
    """
    span = max(end.max(initial=0.0), log[2].max(initial=0.0)) + 1.0
    tiny = 1e-6
    cuts = np.unique(np.r_[log[0] * span + log[1], log[0] * span + log[2]])
    low = np.searchsorted(cuts, hole * span + start + tiny)
    high = np.maximum(np.searchsorted(cuts, hole * span + end - tiny), low)
    pieces = high - low + 1
    row = np.repeat(np.arange(len(hole)), pieces)
    number = np.arange(len(row)) - np.repeat(np.cumsum(pieces) - pieces, pieces)
    edges = np.r_[cuts, np.nan]
    at = low[row] + number
    top = np.where(number == 0, start[row], edges[at - 1] - hole[row] * span)
    bottom = np.where(number == pieces[row] - 1, end[row], edges[np.minimum(at, len(cuts))] - hole[row] * span)
    order = np.lexsort((bottom, top, hole[row]))
    row, top, bottom = row[order], top[order], bottom[order]
    return row, top, bottom, code_at(hole[row], 0.5 * (top + bottom), log, span)


def code_at(hole, depth, log, span):
    """Code of a log at depths; of overlapping intervals the one that begins last, -1 where there is none.

    ``span`` is greater than every depth.
    """
    if not len(log[0]):
        return np.full(len(hole), -1, np.int64)
    order = np.lexsort((log[1], log[0]))
    log_hole, top, bottom, code = (part[order] for part in log)
    found = np.maximum(np.searchsorted(log_hole * span + top, hole * span + depth, side="right") - 1, 0)
    inside = (log_hole[found] == hole) & (top[found] <= depth) & (depth <= bottom[found])
    return np.where(inside, code[found], -1)
