"""Minimum noise fraction: noise from neighbouring pixels, components by signal-to-noise ratio, and denoising."""
import numpy as np

from ..errors import InputError

LEAST_SNR = 0.5  # rare minerals of single pixels look much like noise


def differences(image):
    """Differences between each pixel and the one to its lower right.

    Parameters
    ----------
    image : numpy.ndarray, shape (rows, columns, bands)

    Returns
    -------
    numpy.ndarray, shape (pairs, bands)
        Without pairs that lack a value. Their covariance is twice that of the
        noise (Green et al. 1988, doi:10.1109/36.3001).
    """
    pairs = (image[:-1, :-1] - image[1:, 1:]).reshape(-1, image.shape[2])
    return pairs[np.isfinite(pairs).all(axis=1)]


def fractions(signal, noise):
    """Eigenvalues and vectors of the minimum noise fraction.

    Parameters
    ----------
    signal, noise : numpy.ndarray, shape (bands, bands)
        Covariances.

    Returns
    -------
    values : numpy.ndarray, shape (bands,)
        Falling; one plus the signal-to-noise ratio (of variances) of each
        component.
    forward, backward : numpy.ndarray, shape (bands, bands)
        ``(spectra - mean) @ forward`` are the components, and the components
        ``@ backward`` give the spectra back.

    Raises
    ------
    InputError
        The noise cannot be told from neighbouring pixels.
    """
    levels, axes = np.linalg.eigh(noise)
    if not np.isfinite(levels).all() or levels[-1] <= 0.0:
        raise InputError("Neighbouring pixels of the image do not differ, so that its noise cannot be estimated: "
                         "choose another way to smooth the spectra.")
    levels = np.maximum(levels, levels[-1] * 1e-12)
    whiten, colour = axes / np.sqrt(levels), (axes * np.sqrt(levels)).T
    values, vectors = np.linalg.eigh(whiten.T @ signal @ whiten)
    values, vectors = values[::-1], vectors[:, ::-1]
    return values, whiten @ vectors, vectors.T @ colour


def denoising(signal, noise, kept=None):
    """The linear map that keeps the components with some signal.

    Parameters
    ----------
    signal, noise : numpy.ndarray, shape (bands, bands)
    kept : int, optional
        Number of components; by default those with at least half as much
        signal as noise.

    Returns
    -------
    matrix : numpy.ndarray, shape (bands, bands)
        Clean spectra are ``mean + (spectra - mean) @ matrix``.
    values : numpy.ndarray, shape (bands,)
        See `fractions`.
    kept : int
    """
    values, forward, backward = fractions(signal, noise)
    if kept is None:
        kept = max(int((values >= 1.0 + LEAST_SNR).sum()), 1)
    kept = min(int(kept), len(values))
    return forward[:, :kept] @ backward[:kept], values, kept
