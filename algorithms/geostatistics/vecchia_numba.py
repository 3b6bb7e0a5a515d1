"""Compiled kernel of Vecchia's approximation; importing it needs numba.

`vecchia` holds the same computation in numpy and the meaning of the
arguments. Models are numbered by their place in `covariance.MODELS`. Eight
terms are worked on side by side, so that the processor's vector units take
one step of all of them at once.
"""
import math

import numpy as np
from numba import njit

OPTIONS = {"nogil": True, "cache": True, "fastmath": True, "error_model": "numpy"}
LANES = 8
# Absent neighbours stand this many ranges apart, where every correlation is 0.
FAR = 1e6
POWERS = np.ldexp(1.0, -np.arange(1024))


@njit(inline="always", **OPTIONS)
def _decay(s):
    """``exp(-s)`` for s >= 0 to within rounding, in steps that vectorise."""
    s = min(s, 700.0)
    n = int(s * 1.4426950408889634 + 0.5)
    x = n * 0.6931471805599453 - s
    p = 1.0 / 479001600.0
    p = p * x + 1.0 / 39916800.0
    p = p * x + 1.0 / 3628800.0
    p = p * x + 1.0 / 362880.0
    p = p * x + 1.0 / 40320.0
    p = p * x + 1.0 / 5040.0
    p = p * x + 1.0 / 720.0
    p = p * x + 1.0 / 120.0
    p = p * x + 1.0 / 24.0
    p = p * x + 1.0 / 6.0
    p = p * x + 0.5
    return ((p * x + 1.0) * x + 1.0) * POWERS[n]


@njit(**OPTIONS)
def _correlate(model, factor, share, squares, total):
    """Add ``share * rho(sqrt(squares))`` to ``total``."""
    if model == 0:
        for k in range(squares.size):
            s = min(math.sqrt(squares[k]), 1.0)
            total[k] += share * (1.0 - s * (1.5 - 0.5 * s * s))
    elif model == 1:
        for k in range(squares.size):
            total[k] += share * _decay(factor * math.sqrt(squares[k]))
    elif model == 2:
        for k in range(squares.size):
            total[k] += share * _decay(factor * factor * squares[k])
    elif model == 3:
        for k in range(squares.size):
            s = factor * math.sqrt(squares[k])
            total[k] += share * (1.0 + s) * _decay(s)
    elif model == 4:
        for k in range(squares.size):
            s = factor * math.sqrt(squares[k])
            total[k] += share * (1.0 + s + s * s / 3.0) * _decay(s)
    else:
        for k in range(squares.size):
            s = min(math.sqrt(squares[k]), 1.0)
            total[k] += share * (1.0 - s * s * (7.0 - s * (8.75 - s * s * (3.5 - 0.75 * s * s))))


@njit(**OPTIONS)
def _squared_distances(points, squares):
    """Of all pairs of members, row by row of the lower triangle, per lane."""
    place = 0
    for i in range(points.shape[1]):
        for j in range(i):
            for v in range(LANES):
                squares[place, v] = 0.0
            for a in range(points.shape[0]):
                for v in range(LANES):
                    lag = points[a, i, v] - points[a, j, v]
                    squares[place, v] += lag * lag
            place += 1


@njit(**OPTIONS)
def _factorise(lower, width, smallest):
    """Cholesky factors of packed lower triangles, in place, with reciprocal diagonals."""
    value = np.empty(LANES)
    for i in range(width):
        row = i * (i + 1) // 2
        for j in range(i + 1):
            other = j * (j + 1) // 2
            for v in range(LANES):
                value[v] = lower[row + j, v]
            for k in range(j):
                for v in range(LANES):
                    value[v] -= lower[row + k, v] * lower[other + k, v]
            if i == j:
                for v in range(LANES):
                    lower[row + j, v] = 1.0 / math.sqrt(max(value[v], smallest))
            else:
                for v in range(LANES):
                    lower[row + j, v] = value[v] * lower[other + j, v]


@njit(**OPTIONS)
def _solve(lower, width, work):
    """Forward substitution of one column, in place."""
    for i in range(width):
        row = i * (i + 1) // 2
        for k in range(i):
            for v in range(LANES):
                work[i, v] -= lower[row + k, v] * work[k, v]
        for v in range(LANES):
            work[i, v] *= lower[row + i, v]


@njit(**OPTIONS)
def _gather(scaled, members, points):
    """Places of the members; absent ones stand where every correlation is 0."""
    for i in range(members.shape[0]):
        for v in range(LANES):
            for a in range(points.shape[0]):
                points[a, i, v] = scaled[members[i, v], a] if members[i, v] >= 0 else FAR * (i + 1)


@njit(**OPTIONS)
def _fill(lower, total, members, nugget, noise, smallest):
    """Packed lower triangles with their diagonal; absent members stand alone."""
    place = 0
    for i in range(members.shape[0]):
        row = i * (i + 1) // 2
        for j in range(i):
            for v in range(LANES):
                lower[row + j, v] = total[place, v]
            place += 1
        for v in range(LANES):
            present = members[i, v] >= 0
            lower[row + i, v] = 1.0 - nugget + nugget * noise[members[i, v]] + smallest if present else 1.0


@njit(**OPTIONS)
def _predict(lower, members, column, work):
    """Standardised error of the last member predicted from the others, in the last row of ``work``."""
    width = members.shape[0]
    for i in range(width):
        for v in range(LANES):
            work[i, v] = column[members[i, v]] if members[i, v] >= 0 else 0.0
    _solve(lower, width, work)


@njit(**OPTIONS)
def conditionals(scaled, models, factors, shares, nugget, noise, data, terms, neighbours, smallest):
    """Standardised prediction errors (t, q) and log conditional variances (t,)."""
    width = neighbours.shape[1] + 1
    pairs = width * (width - 1) // 2
    members = np.empty((width, LANES), dtype=np.int64)
    points = np.empty((scaled.shape[2], width, LANES))
    squares, total = np.empty((pairs, LANES)), np.empty((pairs, LANES))
    lower, work = np.empty((pairs + width, LANES)), np.empty((width, LANES))
    errors, log_variances = np.empty((terms.size, data.shape[1])), np.empty(terms.size)
    for start in range(0, terms.size, LANES):
        lanes = min(LANES, terms.size - start)
        for v in range(LANES):
            # Lanes left over repeat the last term.
            t = start + min(v, lanes - 1)
            members[: width - 1, v] = neighbours[t]
            members[width - 1, v] = terms[t]
        total[:] = 0.0
        for s in range(models.size):
            _gather(scaled[s], members, points)
            _squared_distances(points, squares)
            _correlate(models[s], factors[s], shares[s], squares.ravel(), total.ravel())
        _fill(lower, total, members, nugget, noise, smallest)
        _factorise(lower, width, smallest)
        for c in range(data.shape[1]):
            _predict(lower, members, data[:, c], work)
            errors[start : start + lanes, c] = work[width - 1, :lanes]
        log_variances[start : start + lanes] = -2.0 * np.log(lower[pairs + width - 1, :lanes])
    return errors, log_variances
