"""Indicator kriging: the distribution of the grade from kriged indicators.

For each cut-off the indicator of "grade at or below it" is kriged. The
estimates of a cell are corrected to a distribution function, from which come
the probability of exceeding each cut-off, the mean (E-type estimate), the
conditional variance and quantiles.

References
----------
Journel, A. G. (1983). Nonparametric estimation of spatial distributions.
Mathematical Geology 15, 445-468. https://doi.org/10.1007/BF01031292
Deutsch, C. V. & Journel, A. G. (1998). GSLIB, 2nd ed., sections IV.1.9 and
V.1 (order relations, tails) and VI.2.1 (cell declustering).
"""
import numpy as np

from ..errors import InputError
from .covariance import Variogram
from .dual import DualKriging

TAILS = ("linear", "hyperbolic")
# Exponent of the hyperbolic tail that GSLIB recommends.
OMEGA = 1.5
UPPER = (0.95, 0.975, 0.99)
CLASS = 15
CHUNK = 65_536


def default_cutoffs(values):
    """Deciles of the values and, with enough of them, higher quantiles, ascending and without the maximum.

    The highest class of skewed grades holds most of the metal, so it is cut
    finer as long as a class keeps about `CLASS` samples.
    """
    upper = [share for share in UPPER if (1.0 - share) * len(values) >= CLASS]
    cutoffs = np.unique(np.quantile(values, np.append(np.arange(1, 10) / 10.0, upper)))
    return cutoffs[cutoffs < np.max(values)]


def cell_weights(coordinates, cell=None):
    """Declustering weights: samples that share a cell share its weight.

    Parameters
    ----------
    coordinates : numpy.ndarray, shape (n, d)
    cell : float, optional
        Edge in metres. By default the cells would hold two samples per axis
        if the samples filled their box evenly.

    Returns
    -------
    numpy.ndarray, shape (n,)
        Mean 1; the mean over shifted cell origins.
    """
    coordinates = np.asarray(coordinates, dtype=float)
    extent = np.ptp(coordinates, axis=0)
    spread = extent[extent > 0.0]
    if not len(spread):
        return np.ones(len(coordinates))
    size = cell or 2.0 * (np.prod(spread) / len(coordinates)) ** (1.0 / len(spread))
    total = np.zeros(len(coordinates))
    for shift in np.arange(4) / 4.0:
        cells = np.floor((coordinates - coordinates.min(axis=0)) / size + shift).astype(np.int64)
        _, label, count = np.unique(cells, axis=0, return_inverse=True, return_counts=True)
        share = 1.0 / count[label.reshape(-1)]
        total += share / share.sum()
    return total * (len(coordinates) / total.sum())


def order_correction(estimates):
    """Distribution functions nearest to kriged indicators.

    The mean of an upward correction (never falling from the lowest cut-off)
    and a downward one (never rising from the highest), within [0, 1].

    Parameters
    ----------
    estimates : numpy.ndarray, shape (p, k)
        Of "grade at or below" ascending cut-offs.

    Returns
    -------
    numpy.ndarray, shape (p, k)
    """
    bounded = np.clip(estimates, 0.0, 1.0)
    upward = np.maximum.accumulate(bounded, axis=1)
    downward = np.minimum.accumulate(bounded[:, ::-1], axis=1)[:, ::-1]
    return 0.5 * (upward + downward)


class IndicatorKriging:
    """Kriging of the indicators of one field.

    Parameters
    ----------
    cutoffs : array_like, shape (c,), optional
        In units of the field; the deciles of the data by default.
    variograms : Variogram or sequence of Variogram
        One variogram of the median indicator, which all cut-offs share (one
        factorisation), or one per cut-off, in the order of the sorted cut-offs.
    drift : str
        See `dual.DualKriging`.
    factory : callable, optional
        ``factory(variogram)`` gives an unfitted model with ``fit`` and
        ``predict``; `dual.DualKriging` by default.
    upper_tail : str
        Shape of the distribution between the last cut-off and the largest
        sample: "linear", or "hyperbolic" for long tails of positive grades.

    Attributes
    ----------
    kriged : numpy.ndarray, shape (k,)
        Cut-offs that split the data, whose indicators are kriged.
    models : list
        One fitted model with k columns, or one per kriged cut-off.
    warnings : list of str
    """

    def __init__(self, cutoffs=None, variograms=None, drift="constant", factory=None, upper_tail="linear"):
        if upper_tail not in TAILS:
            raise InputError(f"The upper tail '{upper_tail}' is not known: use one of {', '.join(TAILS)}.")
        if variograms is None:
            raise InputError("Indicator kriging needs a variogram of the indicators: give one or fit one.")
        self.cutoffs = None if cutoffs is None else _checked_cutoffs(cutoffs)
        self.variograms, self.upper_tail = variograms, upper_tail
        self._factory = factory or (lambda variogram: DualKriging(variogram, drift))

    def fit(self, coordinates, values, counts=None, weights=None):
        """Factorise for the samples.

        Parameters
        ----------
        coordinates : numpy.ndarray, shape (n, d)
        values : numpy.ndarray, shape (n,)
        counts : numpy.ndarray, shape (n,), optional
            Merged duplicates per sample.
        weights : numpy.ndarray, shape (n,), optional
            Declustering weights for the class means, `cell_weights` by default.

        Returns
        -------
        IndicatorKriging

        Raises
        ------
        InputError
            No cut-off splits the data, or the variograms do not match the cut-offs.
        """
        values = np.asarray(values, dtype=float).ravel()
        self.warnings = []
        if self.cutoffs is None:
            self.cutoffs = default_cutoffs(values)
        self._splitting = (self.cutoffs >= values.min()) & (self.cutoffs < values.max())
        self.kriged = self.cutoffs[self._splitting]
        self._warn_outside(values)
        weights = cell_weights(coordinates) if weights is None else np.asarray(weights, dtype=float)
        self._describe_classes(values, weights)
        indicators = (values[:, None] <= self.kriged).astype(float)
        self.models = [self._factory(variogram).fit(coordinates, indicators[:, columns], counts)
                       for variogram, columns in self._systems()]
        return self

    def _warn_outside(self, values):
        if not len(self.kriged):
            raise InputError(f"No cut-off lies between the lowest ({values.min():g}) and the highest value "
                             f"({values.max():g}) of the samples: choose cut-offs between them.")
        for cutoff in self.cutoffs[~self._splitting]:
            known = 0 if cutoff >= values.max() else 1
            self.warnings.append(f"The cut-off {cutoff:g} lies outside the values of the samples "
                                 f"({values.min():g} to {values.max():g}): the probability of exceeding it is {known}.")

    def _systems(self):
        """Variogram and columns of each factorisation."""
        if isinstance(self.variograms, Variogram):
            return [(self.variograms, slice(None))]
        variograms = list(self.variograms)
        if len(variograms) == 1:
            return [(variograms[0], slice(None))]
        if len(variograms) != len(self.cutoffs):
            raise InputError(f"There are {len(variograms)} indicator variograms for {len(self.cutoffs)} cut-offs: "
                             "give one for all or one for each.")
        kept = [variogram for variogram, split in zip(variograms, self._splitting) if split]
        return [(variogram, slice(column, column + 1)) for column, variogram in enumerate(kept)]

    def _describe_classes(self, values, weights):
        """Mean and variance of the data within each class, and the ends of the tails."""
        self.minimum = float(values.min())
        self.maximum = float(values.max())
        self._knots = np.concatenate([[self.minimum], self.kriged, [self.maximum]])
        label = np.searchsorted(self.kriged, values, side="left")
        total = np.bincount(label, weights, len(self.kriged) + 1)
        safe = np.where(total > 0.0, total, 1.0)
        middle = 0.5 * (self._knots[:-1] + self._knots[1:])
        mean = np.bincount(label, weights * values, len(total)) / safe
        self.class_means = np.where(total > 0.0, mean, middle)
        spread = np.bincount(label, weights * (values - self.class_means[label]) ** 2, len(total)) / safe
        self.class_variances = np.where(total > 0.0, spread, np.diff(self._knots) ** 2 / 12.0)

    def predict(self, points, chunk=CHUNK, check=None):
        """Probabilities that the grade is at or below the kriged cut-offs.

        Parameters
        ----------
        points : numpy.ndarray, shape (p, d)
        chunk : int
            Points handled at once.
        check : callable, optional
            Called between chunks; may raise to stop.

        Returns
        -------
        numpy.ndarray, shape (p, k)
            Corrected; pass them to `postprocess`.
        """
        result = np.empty((len(points), len(self.kriged)))
        for start in range(0, len(points), chunk):
            if check is not None:
                check()
            part = points[start:start + chunk]
            kriged = np.hstack([model.predict(part).estimate for model in self.models])
            result[start:start + chunk] = order_correction(kriged)
        return result

    def postprocess(self, indicator_estimates, probabilities=()):
        """Quantities of cells from their kriged indicators.

        Parameters
        ----------
        indicator_estimates : numpy.ndarray, shape (p, k)
            At or below the kriged cut-offs, corrected or not; rows with NaN
            give NaN.
        probabilities : sequence of float
            Of the quantiles, from 0 to 1.

        Returns
        -------
        dict
            ``exceedance`` (p, c), probability above each of the cut-offs;
            ``mean`` and ``variance`` (p,) of the distribution;
            ``quantiles`` (p, q); ``correction`` (p,), the largest change that
            the order relations asked for.
        """
        raw = np.asarray(indicator_estimates, dtype=float)
        below = order_correction(raw)
        ends = np.zeros((len(below), 1))
        shares = np.diff(np.hstack([ends, below, ends + 1.0]), axis=1)
        mean = shares @ self.class_means
        centred = self.class_means - mean[:, None]
        variance = (shares * (centred**2 + self.class_variances)).sum(axis=1)
        exceedance = np.where(self.cutoffs < self.minimum, 1.0, np.zeros((len(below), len(self.cutoffs))))
        exceedance[:, self._splitting] = 1.0 - below
        exceedance[np.isnan(mean)] = np.nan
        quantiles = [self._quantile(below, p) for p in probabilities]
        return {
            "exceedance": exceedance, "mean": mean, "variance": variance,
            "quantiles": np.stack(quantiles, axis=1) if quantiles else np.empty((len(below), 0)),
            "correction": np.abs(below - raw).max(axis=1),
        }

    def _quantile(self, below, p):
        """Quantile of each distribution: linear between cut-offs and in the lower tail."""
        if not 0.0 <= p <= 1.0:
            raise InputError("The probabilities of quantiles must lie between 0 and 1.")
        rows = np.arange(len(below))
        ends = np.zeros((len(below), 1))
        steps = np.hstack([ends, below, ends + 1.0])
        upper = np.clip((steps < p).sum(axis=1), 1, steps.shape[1] - 1)
        low, high = steps[rows, upper - 1], steps[rows, upper]
        with np.errstate(invalid="ignore", divide="ignore"):
            part = np.where(high > low, np.clip((p - low) / (high - low), 0.0, 1.0), 0.0)
        start, stop = self._knots[upper - 1], self._knots[upper]
        value = start + part * (stop - start)
        last = upper == steps.shape[1] - 1
        if self.upper_tail == "hyperbolic" and self.kriged[-1] > 0.0:
            cut = 1.0 - (self.kriged[-1] / self.maximum) ** OMEGA
            value = np.where(last, self.kriged[-1] * (1.0 - part * cut) ** (-1.0 / OMEGA), value)
        return np.where(np.isnan(below).any(axis=1), np.nan, value)

    def etype_mean(self, points):
        """Mean of the grade at points (p, d), shape (p,)."""
        return self.postprocess(self.predict(points))["mean"]

    def conditional_variance(self, points):
        """Variance of the grade at points (p, d) given the samples, shape (p,)."""
        return self.postprocess(self.predict(points))["variance"]

    def quantiles(self, points, probabilities):
        """Quantiles of the grade at points (p, d), shape (p, q)."""
        return self.postprocess(self.predict(points), probabilities)["quantiles"]


def _checked_cutoffs(cutoffs):
    cutoffs = np.unique(np.asarray(cutoffs, dtype=float))
    if not len(cutoffs) or not np.isfinite(cutoffs).all():
        raise InputError("The cut-offs must be numbers, at least one.")
    return cutoffs
