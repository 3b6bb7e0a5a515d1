"""Multiple-indicator kriging, each place from its nearest samples."""
import numpy as np

from ...errors import InputError
from ...fusion.localkriging import krige_locally
from ...fusion.nearest import NearestSamples
from ...fusion.neighbours import metric_of
from ...geostatistics.dual import Prediction
from ...geostatistics.indicator import IndicatorKriging, default_cutoffs
from ...validation.forecast import Forecast
from ..kriged import NEIGHBOURS, PER_HOLE, fit_sampled_variogram
from .contract import Fitted

FITTED = 5  # cut-offs whose indicators get a variogram of their own; the others take that of the nearest
FEWEST = 20


class NearbyKriging:
    """Ordinary kriging of columns that share a variogram, from the nearest samples.

    Parameters
    ----------
    variogram : Variogram
    groups : numpy.ndarray of int, shape (n,)
        Drill holes of the samples.
    """

    def __init__(self, variogram, groups):
        self.variogram, self.groups = variogram, groups

    def fit(self, coordinates, values, counts=None):
        """Keep the samples; ``values`` (n, k)."""
        self.coordinates, self.values = coordinates, values
        self.nearest = NearestSamples(coordinates, self.groups, metric_of(self.variogram, coordinates.shape[1]),
                                      PER_HOLE)
        return self

    def predict(self, points, check=None, **unused):
        """`Prediction` with the estimates, shape (p, k)."""
        near = self.nearest.find(points, min(NEIGHBOURS, len(self.values)), None, check)
        columns = [krige_locally(self.variogram, self.coordinates, column, points, near, check)[0]
                   for column in self.values.T]
        return Prediction(np.stack(columns, axis=1))


def krige_indicators(case):
    """Distribution of the grade from kriged indicators at deciles and higher quantiles of the training samples."""
    rows = case.known
    if rows.size < FEWEST:
        raise InputError("There are too few training samples in a fold for indicator kriging; choose fewer folds.")
    places, values, groups = case.samples.coordinates[rows], case.target[rows], case.samples.groups[rows]
    cutoffs = default_cutoffs(values)
    if not cutoffs.size:
        raise InputError("The training samples of a fold have too few different grades for indicator kriging.")
    variograms = _variograms(case.span(0.0, 0.7), places, groups, values, cutoffs)
    kriging = IndicatorKriging(cutoffs, variograms, factory=lambda variogram: NearbyKriging(variogram, groups),
                               upper_tail="hyperbolic")
    kriging.fit(places, values)
    below = kriging.predict(case.samples.coordinates[case.test], check=case.progress.check)
    found = kriging.postprocess(below)
    forecast = Forecast.of(found["mean"], np.sqrt(found["variance"]),
                           lambda p: kriging.postprocess(below, (p,))["quantiles"][:, 0])
    return Fitted(forecast, note=f"{cutoffs.size} cut-offs")


def _variograms(case, places, groups, values, cutoffs):
    """A variogram for each cut-off; some are fitted, the others are those of the nearest of these."""
    fitted = np.unique(np.linspace(0, cutoffs.size - 1, min(FITTED, cutoffs.size)).round().astype(int))
    rng, found = case.rng, {}
    for number, k in enumerate(fitted):
        part = case.progress.span(number / fitted.size, (number + 1) / fitted.size)
        found[k] = fit_sampled_variogram(places, groups, (values <= cutoffs[k]).astype(float), rng, part)
    return [found[fitted[np.argmin(np.abs(fitted - k))]] for k in range(cutoffs.size)]
