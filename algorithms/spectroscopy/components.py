"""Principal components: covariances from streamed pixels, and how many components to keep."""
import numpy as np

FOLDS, GROUPS, MOST = 5, 7, 20


class Moments:
    """Count, mean and covariance of pixels that come in parts.

    Sums are taken of differences from ``shift``, a typical spectrum, so that
    little is lost to rounding.

    Parameters
    ----------
    shift : numpy.ndarray, shape (bands,)
    """

    def __init__(self, shift):
        self.shift = np.asarray(shift, dtype=float)
        self.count, self.sums = 0, np.zeros(len(self.shift))
        self.products = np.zeros((len(self.shift), len(self.shift)))

    def add(self, pixels):
        """Take in pixels (n, bands), all finite."""
        moved = np.asarray(pixels, dtype=float) - self.shift
        self.count += len(moved)
        self.sums += moved.sum(axis=0)
        self.products += moved.T @ moved

    def packed(self):
        """Everything but the shift as one array (bands + 2, bands); `unpack` adds it up again."""
        counts = np.zeros((1, len(self.sums)))
        counts[0, 0] = self.count
        return np.vstack([self.products, self.sums[None], counts])

    def unpack(self, array):
        """Add what `packed` gave for another part."""
        self.products += array[:-2]
        self.sums += array[-2]
        self.count += int(array[-1, 0])

    @property
    def mean(self):
        """Mean spectrum (bands,)."""
        return self.shift + self.sums / self.count

    @property
    def covariance(self):
        """Covariance (bands, bands), with one degree of freedom for the mean."""
        offset = self.sums / self.count
        return (self.products - self.count * np.outer(offset, offset)) / max(self.count - 1, 1)


def principal(covariance):
    """Variances and loadings of the principal components.

    Parameters
    ----------
    covariance : numpy.ndarray, shape (bands, bands)

    Returns
    -------
    variances : numpy.ndarray, shape (bands,)
        Falling, none below zero.
    loadings : numpy.ndarray, shape (bands, bands)
        One component per column; its largest loading is positive.
    """
    variances, loadings = np.linalg.eigh(covariance)
    variances, loadings = np.maximum(variances[::-1], 0.0), loadings[:, ::-1]
    largest = np.take_along_axis(loadings, np.argmax(np.abs(loadings), axis=0)[None], axis=0)[0]
    return variances, loadings * np.where(largest < 0.0, -1.0, 1.0)


def validated(pixels, rng, check, most=MOST):
    """How many components predict bands that they have not seen.

    Pixels are held out in folds; of each held-out pixel every seventh band is
    predicted from its other bands by the components of the other pixels (Bro
    et al. 2008, doi:10.1007/s00216-007-1790-1). The fewest components within
    one per cent of the smallest error are taken.

    Parameters
    ----------
    pixels : numpy.ndarray, shape (n, bands)
    rng : numpy.random.Generator
    check : callable
        Called often; raises when the job has to end.
    most : int

    Returns
    -------
    count : int
    errors : numpy.ndarray, shape (most,)
        Root-mean-square error with 1, 2, ... components.
    """
    count, bands = pixels.shape
    most = max(min(most, bands - 1 - bands // GROUPS, count // 2), 1)
    squares, fold = np.zeros(most), rng.permutation(count) % FOLDS
    for number in range(FOLDS):
        train, test = pixels[fold != number], pixels[fold == number]
        mean = train.mean(axis=0)
        loadings = principal(np.cov(train, rowvar=False))[1][:, :most]
        for group in range(GROUPS):
            hidden = np.arange(bands) % GROUPS == group
            check()
            for kept in range(1, most + 1):
                seen = np.linalg.lstsq(loadings[~hidden, :kept], (test - mean)[:, ~hidden].T, rcond=None)[0]
                squares[kept - 1] += np.square((test - mean)[:, hidden] - (loadings[hidden, :kept] @ seen).T).sum()
    errors = np.sqrt(squares / pixels.size)
    return int(np.argmax(errors <= 1.01 * errors.min())) + 1, errors
