"""Compiled loops over targets and samples; imported only where numba is present.

Distances come in the plain form ``s`` of each model (the reduced distance
times its factor), squared. The loops work through short stretches of samples
that stay in the first-level cache: one pass for the distances, one for the
model, one for the sums, each of which the compiler turns into vector code.
"""
import math

import numpy as np
from llvmlite import ir
from numba import njit, types
from numba.extending import intrinsic

STRETCH = 512
SPHERICAL, EXPONENTIAL, GAUSSIAN, MATERN15, MATERN25, CUBIC = range(6)
LOG2E = 1.4426950408889634
LN2_HIGH, LN2_LOW = 6.93145751953125e-1, 1.42860682030941723212e-6
ROUND = 6755399441055744.0
FREE = {"reassoc", "contract", "nsz", "nnan", "ninf", "arcp"}
STRICT = {"contract", "nsz", "nnan", "ninf"}


@intrinsic
def _bits(typingctx, value):
    """The 64 bits of a float as an integer."""
    def generate(context, builder, signature, args):
        return builder.bitcast(args[0], ir.IntType(64))
    return types.int64(types.float64), generate


@intrinsic
def _float(typingctx, value):
    """The float made of the 64 bits of an integer."""
    def generate(context, builder, signature, args):
        return builder.bitcast(args[0], ir.DoubleType())
    return types.float64(types.int64), generate


@njit(nogil=True, cache=True, error_model="numpy", fastmath=STRICT)
def vexp(x):
    """Exponential of a number at or below zero, to one unit in the last place.

    ``x = k ln 2 + r``; the power of two goes into the exponent bits and a
    polynomial gives ``exp(r)``. Unlike the library's exponential it has no
    branch, so that the compiler computes several at once.
    """
    x = max(x, -708.0)
    rounded = x * LOG2E + ROUND
    k = rounded - ROUND
    r = x - k * LN2_HIGH - k * LN2_LOW
    p = 1.0 / 479001600.0
    p = p * r + 1.0 / 39916800.0
    p = p * r + 1.0 / 3628800.0
    p = p * r + 1.0 / 362880.0
    p = p * r + 1.0 / 40320.0
    p = p * r + 1.0 / 5040.0
    p = p * r + 1.0 / 720.0
    p = p * r + 1.0 / 120.0
    p = p * r + 1.0 / 24.0
    p = p * r + 1.0 / 6.0
    p = p * r + 0.5
    p = p * r + 1.0
    p = p * r + 1.0
    return _float(_bits(p) + (_bits(rounded) << 52))


@njit(nogil=True, cache=True, error_model="numpy", fastmath=FREE)
def _squares(x, y, z, east, north, up, out):
    """Squared distances from one target to a stretch of samples."""
    for j in range(out.size):
        dx = x - east[j]
        dy = y - north[j]
        dz = z - up[j]
        out[j] = dx * dx + dy * dy + dz * dz


@njit(nogil=True, cache=True, error_model="numpy", fastmath=FREE)
def _values(model, squares, rho):
    """Correlation at the squared distances of one stretch."""
    if model == EXPONENTIAL:
        for j in range(squares.size):
            rho[j] = vexp(-math.sqrt(squares[j]))
    elif model == GAUSSIAN:
        for j in range(squares.size):
            rho[j] = vexp(-squares[j])
    elif model == MATERN15:
        for j in range(squares.size):
            s = math.sqrt(squares[j])
            rho[j] = (1.0 + s) * vexp(-s)
    elif model == MATERN25:
        for j in range(squares.size):
            s = math.sqrt(squares[j])
            rho[j] = (1.0 + s + squares[j] * (1.0 / 3.0)) * vexp(-s)
    elif model == SPHERICAL:
        for j in range(squares.size):
            s = min(math.sqrt(squares[j]), 1.0)
            rho[j] = 1.0 - s * (1.5 - 0.5 * s * s)
    else:
        for j in range(squares.size):
            s = min(math.sqrt(squares[j]), 1.0)
            rho[j] = 1.0 - s * s * (7.0 - s * (8.75 - s * s * (3.5 - 0.75 * s * s)))


@njit(nogil=True, cache=True, error_model="numpy", fastmath=FREE)
def _slopes(model, squares, rho, slope):
    """Correlation and its derivative over the distance, at the distances of one stretch."""
    if model == EXPONENTIAL:
        for j in range(squares.size):
            s = math.sqrt(squares[j])
            rho[j] = vexp(-s)
            slope[j] = -rho[j] / s if s > 0.0 else 0.0
    elif model == GAUSSIAN:
        for j in range(squares.size):
            rho[j] = vexp(-squares[j])
            slope[j] = -2.0 * rho[j]
    elif model == MATERN15:
        for j in range(squares.size):
            s = math.sqrt(squares[j])
            e = vexp(-s)
            rho[j] = (1.0 + s) * e
            slope[j] = -e
    elif model == MATERN25:
        for j in range(squares.size):
            s = math.sqrt(squares[j])
            e = vexp(-s)
            rho[j] = (1.0 + s + squares[j] * (1.0 / 3.0)) * e
            slope[j] = (1.0 + s) * e * (-1.0 / 3.0)
    elif model == SPHERICAL:
        for j in range(squares.size):
            s = min(math.sqrt(squares[j]), 1.0)
            rho[j] = 1.0 - s * (1.5 - 0.5 * s * s)
            slope[j] = -1.5 * (1.0 - s * s) / s if s > 0.0 else 0.0
    else:
        for j in range(squares.size):
            s = min(math.sqrt(squares[j]), 1.0)
            rho[j] = 1.0 - s * s * (7.0 - s * (8.75 - s * s * (3.5 - 0.75 * s * s)))
            slope[j] = -14.0 + s * (26.25 - s * s * (17.5 - 5.25 * s * s))


@njit(nogil=True, cache=True, error_model="numpy", fastmath=FREE)
def _weighted(weights, rho):
    """Sum of products over one stretch."""
    total = 0.0
    for j in range(rho.size):
        total += weights[j] * rho[j]
    return total


@njit(nogil=True, cache=True, error_model="numpy", fastmath=FREE)
def _pulled(x, y, z, east, north, up, weights, slope):
    """Gradient in reduced coordinates that one stretch of samples adds."""
    gx, gy, gz = 0.0, 0.0, 0.0
    for j in range(slope.size):
        pull = weights[j] * slope[j]
        gx += pull * (x - east[j])
        gy += pull * (y - north[j])
        gz += pull * (z - up[j])
    return gx, gy, gz


@njit(nogil=True, cache=True, error_model="numpy", fastmath=FREE)
def _store(sill, rho, add, out):
    """Put or add one stretch into a row of a tile."""
    if add:
        for j in range(rho.size):
            out[j] += sill * rho[j]
    else:
        for j in range(rho.size):
            out[j] = sill * rho[j]


@njit(nogil=True, cache=True, error_model="numpy", fastmath=FREE)
def value_sums(model, points, samples, weights, values):
    """Add ``sum_j weights[j] rho(|point - sample_j|)`` to ``values``."""
    squares, rho = np.empty(STRETCH), np.empty(STRETCH)
    size = samples.shape[1]
    for i in range(points.shape[1]):
        total = 0.0
        for a in range(0, size, STRETCH):
            b = min(a + STRETCH, size)
            s, r = squares[:b - a], rho[:b - a]
            _squares(points[0, i], points[1, i], points[2, i], samples[0, a:b], samples[1, a:b], samples[2, a:b], s)
            _values(model, s, r)
            total += _weighted(weights[a:b], r)
        values[i] += total


@njit(nogil=True, cache=True, error_model="numpy", fastmath=FREE)
def gradient_sums(model, points, samples, weights, values, gradients):
    """The same with the gradient in reduced coordinates, added to ``gradients`` (3, p)."""
    squares, rho, slope = np.empty(STRETCH), np.empty(STRETCH), np.empty(STRETCH)
    size = samples.shape[1]
    for i in range(points.shape[1]):
        x, y, z = points[0, i], points[1, i], points[2, i]
        for a in range(0, size, STRETCH):
            b = min(a + STRETCH, size)
            s, r, g = squares[:b - a], rho[:b - a], slope[:b - a]
            east, north, up, w = samples[0, a:b], samples[1, a:b], samples[2, a:b], weights[a:b]
            _squares(x, y, z, east, north, up, s)
            _slopes(model, s, r, g)
            values[i] += _weighted(w, r)
            gx, gy, gz = _pulled(x, y, z, east, north, up, w, g)
            gradients[0, i] += gx
            gradients[1, i] += gy
            gradients[2, i] += gz


@njit(nogil=True, cache=True, error_model="numpy", fastmath=FREE)
def fill_values(model, points, samples, sill, add, values):
    """Covariance tile (p, n) of one structure, added to ``values`` or replacing it."""
    squares, rho = np.empty(STRETCH), np.empty(STRETCH)
    for i in range(points.shape[1]):
        for a in range(0, samples.shape[1], STRETCH):
            b = min(a + STRETCH, samples.shape[1])
            s, r = squares[:b - a], rho[:b - a]
            _squares(points[0, i], points[1, i], points[2, i], samples[0, a:b], samples[1, a:b], samples[2, a:b], s)
            _values(model, s, r)
            _store(sill, r, add, values[i, a:b])


@njit(nogil=True, cache=True, error_model="numpy", fastmath=FREE)
def fill_slopes(model, points, samples, sill, add, values, slopes):
    """The same with the tile of slopes, which is replaced."""
    squares, rho, slope = np.empty(STRETCH), np.empty(STRETCH), np.empty(STRETCH)
    for i in range(points.shape[1]):
        for a in range(0, samples.shape[1], STRETCH):
            b = min(a + STRETCH, samples.shape[1])
            s, r, g = squares[:b - a], rho[:b - a], slope[:b - a]
            _squares(points[0, i], points[1, i], points[2, i], samples[0, a:b], samples[1, a:b], samples[2, a:b], s)
            _slopes(model, s, r, g)
            _store(sill, r, add, values[i, a:b])
            _store(sill, g, False, slopes[i, a:b])
