"""Automatic variogram: least squares as the start, restricted likelihood as the judge.

A variogram fitted to binned pairs leaves the nugget and the short ranges to
chance, and intervals made from it cover far less than they say. Restricted
maximum likelihood uses every sample; Vecchia's approximation makes it quick.
"""
from dataclasses import dataclass, field

import numpy as np

from ..errors import InputError
from ..progress import Progress
from .candidates import Candidate, distinct, preferred
from .covariance import MODELS
from .experimental import Pairs, experimental_variogram, extent, lag_edges, sample_spacing
from .fisher import maximise
from .leastsquares import rough_fit
from .outliers import capped, fewest_differing, value_warnings
from .parametrisation import ANISOTROPIES, LARGEST_NUGGET, Parametrisation, main_directions
from .starts import apart, nested_starts, standard_starts
from .vecchia import Vecchia

# Fewer samples than this leave the correlogram to the default.
FEWEST = 11
# Fewer samples than this cannot tell the axes of an ellipsoid.
FEWEST_FULL = 50
SCREENING_TERMS = 1500
# Maxima of the likelihood looked for.
MAXIMA = 3
# Models that are fitted again when the anisotropy or the number of terms changes.
RIVALS = 3
MOST_TERMS = 20000
# Averages of many samples still carry some noise of their own.
SMALLEST_NOISE = 1e-3
DEFAULT_NUGGET = 0.1
# Fewer values than this, or a smaller share, beside a common one have no continuity that could be seen.
FEWEST_DIFFERING, SMALLEST_DIFFERING = 5, 0.05
# Residuals of a trend below this share of the standard deviation are rounding.
ROUNDING = 1e-9
# Longest over shortest range above which an anisotropy is doubtful.
LARGEST_RATIO = 20.0
# Sill in units of the variance of the samples above which the fit extrapolates.
INFLATED_SILL = 2.5
# Squares of smaller differences are no numbers any more, and neither are those of the inverse.
SMALLEST_SPREAD = 1e-100
REFERENCE = ("exponential", "matern15", "spherical", "cubic", "matern25", "gaussian")
DRIFTS = ("none", "constant", "linear")


@dataclass
class FitResult:
    """A fitted variogram and how it was come by.

    Parameters
    ----------
    variogram : Variogram
        Scaled to the first column.
    log_likelihood : float
        Restricted, of standardised values; comparable within one fit only.
    candidates : list of dict
        Each model tried: models, anisotropy, log_likelihood, aic, parameters
        (their number), terms, nugget (share of the sill), ranges, chosen.
    experimental : list of ExperimentalVariogram
        All directions, then the axes of the fitted model or the compass and
        the vertical, then down the hole when groups were given.
    warnings : list of str
    samples_used : int
        Samples whose conditional distribution entered the likelihood.
    sills : numpy.ndarray, shape (m,)
        Whole sill of each column.
    """

    variogram: object
    log_likelihood: float
    candidates: list
    experimental: list
    warnings: list = field(default_factory=list)
    samples_used: int = 0
    sills: np.ndarray = None

    def variogram_of(self, column):
        """The variogram scaled to another column."""
        return self.variogram.scaled(self.sills[column] / self.sills[0])


def fit_variogram(coordinates, values, models=MODELS, anisotropy="auto", structures=1, drift="constant", counts=None,
                  groups=None, rng=None, progress=None):
    """Fit nugget, model, ranges and anisotropy to samples.

    Parameters
    ----------
    coordinates : array_like, shape (n, d)
        Two or three dimensions, metres.
    values : array_like, shape (n,) or (n, m)
        Columns share one correlogram, each with its own sill.
    models : sequence of str
        Models to choose from.
    anisotropy : str
        "none"; "horizontal" (the vertical range differs); "full" or
        "geometric" (an ellipsoid turned freely); "auto" lets the criterion of
        Hannan and Quinn choose (https://doi.org/10.1111/j.2517-6161.1979.tb01072.x).
    structures : int
        1, or 2 to try nested sums as well; Akaike's criterion decides.
    drift : str
        "none", "constant" or "linear".
    counts : array_like, shape (n,), optional
        Number of merged duplicates behind each sample.
    groups : array_like of int, shape (n,), optional
        Hole of each sample, -1 for none.
    rng : numpy.random.Generator, optional
        Orders and subsamples; seeded with 0 when absent.
    progress : Progress, optional

    Returns
    -------
    FitResult

    Raises
    ------
    InputError
        All values are equal, there is no sample, or a choice is unknown.
    """
    coordinates, values = np.asarray(coordinates, dtype=float), np.asarray(values, dtype=float)
    values = values.reshape(len(values), -1)
    anisotropy = "full" if anisotropy == "geometric" else anisotropy
    _check(coordinates, values, models, anisotropy, structures, drift)
    fit = _Fit(coordinates, values, tuple(models), drift, counts, groups, rng or np.random.default_rng(0),
               progress or Progress())
    return fit.run(anisotropy, structures)


class _Fit:
    """One run of `fit_variogram`: the data in standard units and the steps over them."""

    def __init__(self, coordinates, values, models, drift, counts, groups, rng, progress):
        self.coordinates, self.models, self.groups = coordinates, models, groups
        self.rng, self.progress = rng, progress
        self.variances, self.differing = np.square(values.std(axis=0)), fewest_differing(values)
        inside = np.stack([capped(column) for column in values.T], axis=1)
        self.values = (inside - inside.mean(axis=0)) / inside.std(axis=0)
        self.drift = _drift_columns(coordinates, drift)
        self.noise = None if counts is None else np.maximum(1.0 / np.asarray(counts, dtype=float), SMALLEST_NOISE)
        self.spacing, self.extent = sample_spacing(coordinates), extent(coordinates)
        self.limits = (0.5 * self.spacing, 2.0 * self.extent)
        self.pairs = Pairs(coordinates, rng)
        self.warnings, self.candidates = value_warnings(values, inside), []

    def run(self, anisotropy, structures):
        """The whole fit."""
        if len(self.values) < FEWEST or self.extent <= 0.0:
            return self._default(f"{len(self.values)} samples at different places are too few to fit a variogram")
        if self.differing < max(FEWEST_DIFFERING, SMALLEST_DIFFERING * len(self.values)):
            return self._default(f"All but {self.differing} of the {len(self.values):,} samples have the same value")
        if self._explained():
            return self._default("The trend explains the values up to rounding, so that no variogram can be fitted")
        screening, full = self._likelihoods()
        shapes = self._shapes(anisotropy)
        singles = self._singles(screening, shapes[0])
        self.progress(0.4)
        singles = self._with_anisotropy(screening, singles, shapes[1:])
        self.progress(0.6)
        ranked = sorted(singles + (self._nested(screening, singles) if structures > 1 else []), key=lambda c: c.aic)
        self.progress(0.75)
        if full is not screening:
            ranked = [self._maximise(full, c.parametrisation, c.theta) for c in ranked[:RIVALS]]
            self.progress(0.9)
            ranked += self._from_other_maxima(full, preferred(ranked))
        best = preferred(ranked)
        if full is not screening:
            self.progress(0.93)
            best = self._refined(full, best, shapes)
        self.progress(0.95)
        return self._result(best)

    def _likelihoods(self):
        """Likelihoods of a part of the samples, to choose by, and of all, to fit by."""
        n = len(self.values)
        scale, weight = self._rough_scale(), _column_weight(self.values)
        full = Vecchia(self.coordinates, self.values, self.drift, self.rng, self.noise, min(n, MOST_TERMS), scale,
                       weight)
        if n > MOST_TERMS:
            self.warnings.append(f"The likelihood was computed at {MOST_TERMS:,} of the {n:,} samples.")
        return full.subset(SCREENING_TERMS, self.rng), full

    def _rough_scale(self):
        """Ranges along the coordinate axes by least squares, for the search of neighbours."""
        dimensions = self.coordinates.shape[1]
        shape = Parametrisation(self._reference(), "horizontal", dimensions, self.limits)
        self.start = rough_fit(self.coordinates, self.values, self.pairs, shape, self._centre())
        return np.exp(np.diag(shape.log_ranges(self.start)))

    def _reference(self):
        """The model by which anisotropy is chosen."""
        return (next(name for name in REFERENCE if name in self.models),)

    def _centre(self):
        """Typical range before anything is known."""
        return float(np.sqrt(max(self.spacing, 1e-3 * self.extent) * self.extent))

    def _maximise(self, vecchia, parametrisation, start):
        """Candidate of the largest likelihood from one start."""
        prior = parametrisation.prior(self._centre())
        theta, evaluation = maximise(vecchia, parametrisation, start, prior, self.progress.check)
        candidate = Candidate(parametrisation, theta, evaluation, len(vecchia.terms))
        self.candidates.append(candidate)
        return candidate

    def _shapes(self, anisotropy):
        """Anisotropies to try, the one that all models are compared with first."""
        flat = self.coordinates.shape[1] == 2
        wanted = ("horizontal", "none", "full") if anisotropy == "auto" else (anisotropy,)
        if flat:
            wanted = tuple(dict.fromkeys("none" if name == "horizontal" else name for name in wanted))
        if len(self.values) < FEWEST_FULL and "full" in wanted:
            simpler = "none" if flat else "horizontal"
            wanted = tuple(dict.fromkeys(simpler if name == "full" else name for name in wanted))
        return wanted

    def _singles(self, vecchia, anisotropy):
        """All single models with this anisotropy, the likeliest first."""
        dimensions = self.coordinates.shape[1]
        reference = Parametrisation(self._reference(), anisotropy, dimensions, self.limits)
        self.maxima = self._maxima(vecchia, reference)
        found = [self.maxima[0]]
        log_ranges, nugget = found[0].log_ranges, reference.nugget(found[0].theta)
        for name in self.models:
            if (name,) != reference.models:
                shape = Parametrisation((name,), anisotropy, dimensions, self.limits)
                found.append(self._maximise(vecchia, shape, shape.vector(log_ranges, nugget)))
        return sorted(found, key=lambda c: c.aic)

    def _with_anisotropy(self, vecchia, singles, others):
        """The best models again with the anisotropy that the best of them prefers."""
        best = singles[0]
        for name in others:
            found = self._reshaped(vecchia, singles[0], name)
            best = min(best, found, key=lambda c: c.hannan_quinn)
        if best is singles[0]:
            return singles
        rivals = [self._reshaped(vecchia, c, best.parametrisation.anisotropy) for c in singles[1:RIVALS]]
        return sorted([best, *rivals], key=lambda c: c.aic)

    def _refined(self, vecchia, best, shapes):
        """The best candidate with a richer anisotropy where all samples together ask for it."""
        for name in shapes:
            old = best.parametrisation
            if Parametrisation(old.models, name, old.dimensions, self.limits).size > old.size:
                best = min(best, self._reshaped(vecchia, best, name), key=lambda c: c.hannan_quinn)
        return best

    def _reshaped(self, vecchia, candidate, anisotropy):
        """A candidate fitted again with another anisotropy."""
        old = candidate.parametrisation
        new = Parametrisation(old.models, anisotropy, old.dimensions, self.limits)
        return self._maximise(vecchia, new, new.vector(old.log_ranges(candidate.theta), old.nugget(candidate.theta)))

    def _maxima(self, vecchia, shape):
        """Maxima of the likelihood reached from the likeliest starts far apart, the highest first.

        Drill holes often leave two: one with the continuity between holes and
        one that takes every hole for itself.
        """
        chosen = []
        rough = Parametrisation(shape.models, "horizontal", shape.dimensions, self.limits)
        starts = [shape.vector(rough.log_ranges(self.start), rough.nugget(self.start))]
        for theta in self._ordered(vecchia, shape, starts + standard_starts(shape, self.extent)):
            if len(chosen) < MAXIMA and all(apart(shape.log_ranges(theta), shape.log_ranges(o)) for o in chosen):
                chosen.append(theta)
        return sorted((self._maximise(vecchia, shape, theta) for theta in chosen), key=lambda c: c.aic)

    def _from_other_maxima(self, vecchia, best):
        """The best candidate fitted again from the other maxima."""
        shape = best.parametrisation
        return [self._maximise(vecchia, shape, shape.vector(c.log_ranges, shape.nugget(best.theta)))
                for c in self.maxima[1:] if apart(c.log_ranges, best.log_ranges)]

    def _ordered(self, vecchia, shape, starts):
        """Starts by their likelihood of a few terms, the largest first."""
        quick = vecchia.subset(SCREENING_TERMS // 3, np.random.default_rng(0))
        return sorted(starts, key=lambda theta: -quick.evaluate(shape.correlogram(theta)).log_likelihood)

    def _nested(self, vecchia, singles):
        """Sums of two structures made of the best single models."""
        best = singles[0].parametrisation
        log_ranges, nugget = best.log_ranges(singles[0].theta), best.nugget(singles[0].theta)
        names = [c.parametrisation.models[0] for c in singles[:2]]
        found = []
        for pair in dict.fromkeys([(names[0], names[0]), (names[0], names[-1]), (names[-1], names[0])]):
            shape = Parametrisation(pair, best.anisotropy, best.dimensions, self.limits)
            starts = nested_starts(shape, log_ranges, nugget)
            found.append(self._maximise(vecchia, shape, self._ordered(vecchia, shape, starts)[0]))
        return found

    def _residuals(self):
        """What the drift leaves of the standardised values."""
        return self.values - self.drift @ (self.drift.T @ self.values)

    def _explained(self):
        """Whether the drift leaves nothing but rounding in some column."""
        return bool(np.any(np.abs(self._residuals()).max(axis=0) < ROUNDING))

    def _default(self, reason):
        """A variogram that does no harm where samples cannot tell."""
        self.warnings.append(f"{reason}: a default with a range of a third of their extent is used.")
        name = next(name for name in ("matern15", *self.models) if name in self.models)
        shape = Parametrisation((name,), "none", self.coordinates.shape[1], (1e-6, 1e12))
        longest = self.extent / 3.0 if self.extent > 0.0 else 1.0
        theta = shape.vector(np.log(longest) * np.eye(shape.dimensions), DEFAULT_NUGGET)
        freedom = max(len(self.values) - self.drift.shape[1], 1)
        shares = np.maximum(np.square(self._residuals()).sum(axis=0) / freedom, ROUNDING**2)
        sills = self.variances * shares
        variogram = shape.variogram(theta, sills[0])
        return FitResult(variogram, float("nan"), [], self._experimental(variogram), self.warnings,
                         len(self.values), sills)

    def _result(self, best):
        """What the best candidate says, in the units of the values."""
        sills = best.evaluation.sills * self.variances
        variogram = best.parametrisation.variogram(best.theta, sills[0])
        self._warn_of(best)
        table = [c.to_dict(c is best) for c in distinct(self.candidates, best)]
        self.progress(1.0)
        return FitResult(variogram, float(best.log_likelihood), table, self._experimental(variogram), self.warnings,
                         best.terms, sills)

    def _warn_of(self, best):
        """Fits that sit on a limit mean something."""
        ranges = [s.ranges for s in best.parametrisation.variogram(best.theta, 1.0).structures]
        longest, ratio = max(max(r) for r in ranges), max(r[0] / r[-1] for r in ranges)
        advice = ": a linear drift may suit these samples." if self.drift.shape[1] < 2 else "."
        if ratio > LARGEST_RATIO:
            self.warnings.append(f"The longest range is {ratio:.0f} times the shortest one: few samples or wrong "
                                 "positions may have made this anisotropy; compare it with a fit without.")
        if best.evaluation.sills.max() > INFLATED_SILL:
            self.warnings.append("The fitted sill is several times the variance of the samples: close samples vary on "
                                 "another scale than distant ones; two structures or a linear drift may suit them.")
        if best.parametrisation.nugget(best.theta) > 0.95 * LARGEST_NUGGET:
            self.warnings.append("Neighbouring samples hardly resemble each other: nearly all of the variance is "
                                 "nugget.")
        elif longest > self.extent:
            self.warnings.append("The longest range goes beyond the sampled area" + advice)

    def _experimental(self, variogram):
        """Experimental variograms to show beside the fitted one."""
        edges = lag_edges(self.coordinates)
        scale = self.variances[0]

        def along(label=None, **where):
            found = experimental_variogram(self.coordinates, self.values, edges, pairs=self.pairs, label=label, **where)
            return found.scaled(scale)

        found = [along()]
        for label, azimuth, dip in main_directions(variogram, self.coordinates.shape[1]):
            found.append(along(label, azimuth=azimuth, dip=dip))
        if self.groups is not None:
            found.append(along(groups=self.groups))
        return [item for item in found if len(item.lags)]


def _check(coordinates, values, models, anisotropy, structures, drift):
    """Refuse what cannot be fitted."""
    if len(values) == 0 or coordinates.ndim != 2 or coordinates.shape[1] not in (2, 3):
        raise InputError("The sample layer holds no usable samples: check the field and the filter of the layer.")
    if not (np.all(np.isfinite(values)) and np.all(np.isfinite(coordinates))):
        raise InputError("The samples hold missing or infinite values: leave those samples out.")
    if np.any(np.ptp(values, axis=0) == 0.0):
        raise InputError("All samples have the same value: a variogram needs values that differ.")
    spread = np.ptp(values, axis=0)
    if np.any((spread < SMALLEST_SPREAD) | (spread > 1.0 / SMALLEST_SPREAD)):
        raise InputError("The values are too large or too small to compute with: give the field in another unit.")
    unknown = [name for name in models if name not in MODELS]
    if unknown or not len(models):
        raise InputError(f"The list of variogram models must hold one or more of {', '.join(MODELS)}.")
    if anisotropy not in (*ANISOTROPIES, "auto"):
        raise InputError(f"There is no anisotropy '{anisotropy}': use auto, {', '.join(ANISOTROPIES)}.")
    if structures not in (1, 2) or drift not in DRIFTS:
        raise InputError("A variogram has 1 or 2 structures, and its drift is none, constant or linear.")


def _drift_columns(coordinates, drift):
    """Orthogonal columns of the drift; directions that the samples do not span are left out."""
    columns = np.ones((len(coordinates), 1))
    if drift == "linear":
        centred = coordinates - coordinates.mean(axis=0)
        columns = np.column_stack([columns, centred / max(np.abs(centred).max(), 1e-300)])
    axes, sizes, _ = np.linalg.svd(columns, full_matrices=False)
    kept = axes[:, sizes > 1e-8 * sizes[0]]
    # Too few samples for a trend keep a constant.
    return kept if len(coordinates) > 2 * kept.shape[1] else columns[:, :1] / np.sqrt(len(coordinates))


def _column_weight(values):
    """Weight of a column: columns that repeat each other count together as one."""
    correlations = np.atleast_2d(np.corrcoef(values, rowvar=False))
    return values.shape[1] / float(np.square(correlations).sum())
