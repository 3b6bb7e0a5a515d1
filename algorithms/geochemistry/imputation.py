"""Missing assays from the nearest samples in space and composition together.

Distances are between logarithms scaled by their spread, or between centred
log-ratios, and between places; donors are adjusted to the sample they give to.
What works best for a layer is found by hiding known values
(`imputationtuning`).

References
----------
Hron, K., Templ, M. & Filzmoser, P. (2010). Imputation of missing values for compositional data using classical and
robust methods. Computational Statistics & Data Analysis 54. https://doi.org/10.1016/j.csda.2009.11.023
Troyanskaya, O. et al. (2001). Missing value estimation methods for DNA microarrays. Bioinformatics 17.
https://doi.org/10.1093/bioinformatics/17.6.520
"""
import numpy as np

from ..errors import InputError
from ..progress import Progress
from .neighbours import NeighbourSearch

LEAST_SHARE, LEAST_VALUES, MOST_POSITIVE = 0.2, 10, 0.8
MOST_REFERENCE = 50_000
CANDIDATES, CHUNK = 60, 2048
SHRINKAGE, SWEEPS, WINSOR = 0.1, 12, 4.0
ADJUSTMENTS = ("none", "ratio", "regression")
DEFAULTS = {"embedding": "value", "space": 1.0, "neighbours": 8, "adjustment": "regression"}


class Scale:
    """Robust scaling of fields, logarithmic where values are above zero, and their correlation.

    Attributes
    ----------
    logs : array of bool, shape (m,)
    centre, spread : array, shape (m,)
        Median, and median absolute deviation times 1.4826, on that scale.
    precision : array, shape (m, m)
        Inverse of the correlation, shrunk towards independence.
    """

    def __init__(self, logs, centre, spread, precision):
        self.logs, self.centre, self.spread, self.precision = logs, centre, spread, precision

    @classmethod
    def fit(cls, values):
        """Scale of values (n, m), NaN where missing; each column needs some values."""
        logs = np.array([_is_positive(column[np.isfinite(column)]) for column in values.T])
        scaled = _logged(values, logs)
        centre = np.nanmedian(scaled, axis=0)
        spread = 1.4826 * np.nanmedian(np.abs(scaled - centre), axis=0)
        spread = np.where(spread > 0.0, spread, np.nanstd(scaled, axis=0))
        spread = np.where(spread > 0.0, spread, 1.0)
        return cls(logs, centre, spread, _precision((scaled - centre) / spread))

    def forward(self, values):
        """Scaled values (n, m), NaN where missing or where a logarithm does not exist."""
        return (_logged(values, self.logs) - self.centre) / self.spread

    def inverse(self, scaled, column):
        """Values of one column."""
        values = scaled * self.spread[column] + self.centre[column]
        return np.exp(values) if self.logs[column] else values

    def predict(self, scaled):
        """Each value from all others of its row by linear regression; no value may be missing."""
        diagonal = np.diag(self.precision)
        return scaled - scaled @ self.precision / diagonal

    def fill(self, scaled):
        """Scaled values with the missing ones as expected from the others of their row.

        Sweeps over the columns solve the regression of all missing values on
        all known ones, for every pattern at once.
        """
        filled, missing = np.nan_to_num(scaled), ~np.isfinite(scaled)
        rows = [np.flatnonzero(column) for column in missing.T]
        for _ in range(SWEEPS):
            for j, index in enumerate(rows):
                if index.size:
                    part = filled[index]
                    weights = self.precision[:, j] / self.precision[j, j]
                    filled[index, j] = part[:, j] - part @ weights
        return np.clip(filled, -2.0 * WINSOR, 2.0 * WINSOR, where=missing, out=filled)


class KnnImputer:
    """Fill missing values from the nearest samples in space and composition.

    Parameters
    ----------
    seed : int
        Chooses the reference samples of very large layers.

    Attributes
    ----------
    usable : array of bool, shape (m,)
        Fields with enough values to be filled and to find neighbours by.
    choice : dict
        ``embedding`` (``"value"`` or ``"ratio"``) and ``space`` (weight of the
        distance, 0 for composition only).
    per_field : list of dict
        ``neighbours`` and ``adjustment`` of each field.
    reference, places : array, shape (r, m) and (r, d)
        Samples to take values from; no places is None.
    """

    def __init__(self, seed=0):
        self.seed = seed

    def fit(self, values, places=None, groups=None, measured=None, tune=True, progress=None):
        """Learn from values (n, m), NaN where missing, at places (n, d) in metres.

        Parameters
        ----------
        values : array of float64, shape (n, m)
        places : array of float64, shape (n, d), optional
            NaN where a sample has no place.
        groups : array of int, shape (n,), optional
            Drill hole of each sample, -1 for none; they make the error honest.
        measured : array of bool, shape (n, m), optional
            Values that count when errors are measured; those put in place of values below detection should not.
        tune : bool
            Whether to choose neighbours and weights by hiding known values.
        progress : Progress, optional

        Returns
        -------
        KnnImputer
            Itself; ``error`` holds what hiding showed (see `imputationtuning.tune`).
        """
        from .imputationtuning import tune as tune_imputer

        values = np.asarray(values, np.float64)
        known = np.isfinite(values)
        self.usable = (known.sum(axis=0) >= LEAST_VALUES) & (known.mean(axis=0) >= LEAST_SHARE)
        if not self.usable.any():
            raise InputError("No field has enough values to fill the others from: at least "
                             f"{LEAST_VALUES} values and {100 * LEAST_SHARE:.0f} % of the rows are needed.")
        rng = np.random.default_rng(self.seed)
        rows = np.flatnonzero(known[:, self.usable].any(axis=1))
        if len(rows) > MOST_REFERENCE:
            rows = np.sort(rng.choice(rows, MOST_REFERENCE, replace=False))
        self.reference = values[rows]
        self.places = None if places is None or not np.isfinite(places).any() else np.asarray(places, float)[rows]
        self.choice = {"embedding": DEFAULTS["embedding"], "space": DEFAULTS["space"]}
        self.per_field = [{key: DEFAULTS[key] for key in ("neighbours", "adjustment")} for _ in range(values.shape[1])]
        self.error = None
        if tune:
            counting = known if measured is None else known & measured
            self.error = tune_imputer(self, None if groups is None else np.asarray(groups)[rows], counting[rows], rng,
                                      progress)
        self.prepare()
        return self

    def prepare(self):
        """Scale the reference and make its search ready."""
        usable = self.reference[:, self.usable]
        self.scale = Scale.fit(usable)
        self._scaled = self.scale.forward(usable)
        self._filled = self.scale.fill(self._scaled)
        self._predicted = self.scale.predict(self._filled)
        return self.set_search()

    def set_search(self):
        """Make the search ready for the present choice."""
        self.search = NeighbourSearch(self.scale, self._filled, self.places, **self.choice)
        return self

    def transform(self, values, places=None, progress=None):
        """Values with the missing ones filled.

        Parameters
        ----------
        values : array of float64, shape (n, m)
        places : array of float64, shape (n, d), optional
        progress : Progress, optional

        Returns
        -------
        array of float64, shape (n, m)
            Fields with too few values, and rows with neither a value nor a
            place, keep their gaps.
        """
        progress = progress or Progress()
        filled = np.array(values, np.float64)
        columns = np.flatnonzero(self.usable)
        gaps = ~np.isfinite(filled[:, columns])
        has_place = np.zeros(len(filled), bool)
        if self.places is not None and places is not None and self.choice["space"] > 0.0:
            has_place = np.isfinite(places).all(axis=1)
        rows = np.flatnonzero(gaps.any(axis=1) & (~gaps.all(axis=1) | has_place))
        for start in range(0, len(rows), CHUNK):
            progress(start / len(rows))
            part = rows[start:start + CHUNK]
            estimates = self.estimate(filled[part][:, columns], None if places is None else places[part])
            for k, j in enumerate(columns):
                empty = gaps[part, k]
                filled[part[empty], j] = self.scale.inverse(estimates[empty, k], k)
        return filled

    def estimate(self, values, places):
        """Scaled estimates (n, u) of the missing values of some rows, for the usable fields; else NaN."""
        scaled = self.scale.forward(values)
        filled = self.scale.fill(scaled)
        index, distance = self.search.query(filled, places, CANDIDATES, np.isfinite(scaled).any(axis=1))
        donors = Donors(self, scaled, filled, index, distance)
        fields = [self.per_field[j] for j in np.flatnonzero(self.usable)]
        result = np.full(scaled.shape, np.nan)
        for k, settings in enumerate(fields):
            rows = np.flatnonzero(~np.isfinite(scaled[:, k]))
            if rows.size:
                result[rows, k] = donors.estimate(rows, k, **settings)
        return result

    def to_tensors(self):
        """Arrays and JSON content from which `from_tensors` makes the same imputer."""
        tensors = {"reference": self.reference, "usable": self.usable.astype(np.uint8)}
        if self.places is not None:
            tensors["places"] = self.places
        return tensors, {"choice": self.choice, "per_field": self.per_field, "seed": self.seed}

    @classmethod
    def from_tensors(cls, tensors, content):
        """The imputer of what `to_tensors` gave."""
        imputer = cls(content["seed"])
        imputer.reference, imputer.places = tensors["reference"], tensors.get("places")
        imputer.usable = tensors["usable"].astype(bool)
        imputer.choice, imputer.per_field, imputer.error = content["choice"], content["per_field"], None
        return imputer.prepare()


class Donors:
    """Neighbours of some rows, and what they give.

    Parameters
    ----------
    imputer : KnnImputer
    scaled, filled : array, shape (n, u)
        The rows, with and without gaps.
    index, distance : array, shape (n, k)
        Reference samples by increasing distance; infinite where one must not be used.
    """

    def __init__(self, imputer, scaled, filled, index, distance):
        self.scale, self.index, self.distance = imputer.scale, index, distance
        self.reference, self.reference_filled = imputer._scaled, imputer._filled
        self.predicted, self.own = imputer._predicted, imputer.scale.predict(filled)
        self.known = (np.isfinite(scaled) & imputer.scale.logs).astype(float)
        self.logs = (np.nan_to_num(scaled) * imputer.scale.spread + imputer.scale.centre) * self.known

    def estimate(self, rows, k, neighbours, adjustment):
        """Scaled estimates of field ``k`` in some of the rows, those of the regression where no donor has the field."""
        index, distance = self.index[rows], self.distance[rows]
        given = self.reference[index, k]
        usable = np.isfinite(given) & np.isfinite(distance)
        usable &= np.cumsum(usable, axis=1) <= neighbours
        weights = np.where(usable, 1.0 / (distance + 1e-3), 0.0)
        total = weights.sum(axis=1)
        values = np.nan_to_num(given) + self._adjust(rows, index, k, adjustment)
        mean = (weights * np.where(usable, values, 0.0)).sum(axis=1) / np.where(total > 0.0, total, 1.0)
        return np.where(total > 0.0, mean, self.own[rows, k])

    def _adjust(self, rows, index, k, adjustment):
        """What is added to the values of the donors, on the scale of the field."""
        if adjustment == "none" or (adjustment == "ratio" and not self.scale.logs[k]):
            return 0.0
        if adjustment == "regression":
            return self.own[rows, k][:, None] - self.predicted[index, k]
        known = self.known[rows]
        logs = self.reference_filled[index] * self.scale.spread + self.scale.centre
        donors = np.einsum("rdm,rm->rd", logs, known)
        common = np.maximum(known.sum(axis=1), 1.0)
        return (self.logs[rows].sum(axis=1)[:, None] - donors) / common[:, None] / self.scale.spread[k]


def median_impute(values):
    """Values (n, m) with the gaps of each column filled by its median."""
    return np.where(np.isfinite(values), values, np.nanmedian(values, axis=0))


def _is_positive(values):
    """Whether values are taken by their logarithm; a few zeros among them are then gaps."""
    return bool((values >= 0.0).all() and (values > 0.0).mean() > MOST_POSITIVE)


def _logged(values, logs):
    """Logarithms of the columns that have them; NaN where a value is not above zero."""
    result = np.array(values, np.float64)
    with np.errstate(invalid="ignore", divide="ignore"):
        result[:, logs] = np.where(result[:, logs] > 0.0, np.log(result[:, logs]), np.nan)
    return result


def _precision(scaled):
    """Inverse of the correlation of scaled values (n, m) with gaps."""
    known = np.isfinite(scaled)
    clipped = np.clip(np.nan_to_num(scaled), -WINSOR, WINSOR)
    mask = known.astype(float)
    counts = np.maximum(mask.T @ mask, 1.0)
    covariance = clipped.T @ clipped / counts
    size = np.sqrt(np.maximum(np.diag(covariance), 1e-12))
    correlation = covariance / size / size[:, None]
    correlation = (1.0 - SHRINKAGE) * correlation + SHRINKAGE * np.eye(len(correlation))
    values, vectors = np.linalg.eigh(correlation)
    correlation = (vectors * np.maximum(values, 0.5 * SHRINKAGE)) @ vectors.T
    precision = np.linalg.inv(correlation)
    # On the scale of the values, whose spread about the median is not exactly one.
    return precision / size / size[:, None]
