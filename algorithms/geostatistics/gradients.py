"""Gradients of kriged fields: on the grid, and at the samples without their own hole."""
import numpy as np

from .crossvalidation import CLOSED_FORM, local_engine, predict_left_out
from .dual import DualKriging
from .leaveout import leave_groups_out
from .results import gradient_results, kriging_results
from .tiles import COMPONENTS

SD = ("dx_sd", "dy_sd", "dz_sd", "magnitude_sd", "significance")
FLUX = ("flux_x", "flux_y", "flux_z")
PLAIN = ("estimate", "variance")


def band_names(quantities, dimensions):
    """Band quantities for what the user chose, in their fixed order.

    ``sd`` stands for the standard deviations of the components and of the
    magnitude with their ratio, ``flux`` for its components. A
    divergence, a flux or a change brings the components of the gradient with
    it.

    Parameters
    ----------
    quantities : sequence of str
    dimensions : int
    """
    chosen = set(quantities)
    if chosen & {"flux", "divergence", "change"}:
        chosen |= set(COMPONENTS)
    if "sd" in chosen:
        chosen |= set(SD)
    if "flux" in chosen:
        chosen |= set(FLUX)
    order = PLAIN + COMPONENTS + ("magnitude", "azimuth", "plunge") + SD + FLUX + ("divergence", "change")
    upright = {"dz", "plunge", "dz_sd", "flux_z"}
    return tuple(name for name in order if name in chosen and (dimensions == 3 or name not in upright))


class GradientBands:
    """Turns predictions into gradient quantities; see `gridding.Gridding.run`.

    Parameters
    ----------
    fields : sequence of Field
    names : sequence of str
        Band quantities.
    mask : float
        Gradients below this many standard deviations become NaN.
    """

    def __init__(self, fields, names, mask=0.0):
        self.mask = mask
        self.doubtful = tuple(name for name in names if name not in PLAIN)
        straight = all(field.transform.name == "none" for field in fields)
        self.needs = {
            "gradient": True,
            "variance": "variance" in names or not straight,
            "gradient_variance": mask > 0.0 or bool(set(names) & set(SD)),
        }

    def __call__(self, solve, prediction):
        return [self.of_field(solve, prediction, column) for column in range(len(solve.fields))]

    def of_field(self, solve, prediction, column):
        """Quantities of one field of a prediction, each (p,)."""
        field, factor = solve.fields[column], solve.factors[column]
        estimate = prediction.estimate[:, column]
        variance = None if prediction.variance is None else prediction.variance * factor
        spread = None if prediction.gradient_variance is None else prediction.gradient_variance * factor
        results = dict.fromkeys(FLUX + ("divergence", "change"), np.full(estimate.shape, np.nan))
        results.update(kriging_results(field, estimate, 0.0 if variance is None else variance))
        results.update(gradient_results(field, estimate, variance, prediction.gradient[:, column], spread))
        if self.mask > 0.0:
            self.hide(results)
        return results

    def hide(self, results):
        """Blank the gradient where it does not stand out from its uncertainty."""
        hidden = ~(results["significance"] >= self.mask)
        for name in self.doubtful:
            if name in results:
                results[name] = np.where(hidden, np.nan, results[name])


def sample_names(dimensions):
    """Quantities at samples, in their order."""
    axes = COMPONENTS[:dimensions]
    direction = ("magnitude", "azimuth") + (("plunge",) if dimensions == 3 else ())
    return ("estimate", "sd") + axes + direction + tuple(f"{axis}_sd" for axis in axes) + ("magnitude_sd",)


def gradients_at_samples(solve, engine, progress):
    """Estimates and gradients at all places of a solve, each without its own hole.

    Parameters
    ----------
    solve : Solve
        The groups of its places are left out; a place without a hole is left
        out alone.
    engine : DualKriging, MultilevelKriging or PyKrigeKriging
    progress : Progress

    Returns
    -------
    list of dict
        For each field, arrays (n,) by the names of `sample_names`; NaN
        everywhere when there is a single group, whose own samples are all
        there is to predict from.
    """
    places = solve.places
    dimensions = places.coordinates.shape[1]
    names = sample_names(dimensions)
    if places.groups.max() == 0:
        return [{name: np.full(places.counts.size, np.nan) for name in names} for _ in solve.fields]
    if hasattr(engine, "leave_out"):
        left = engine.leave_out(places.groups, gradient=True, progress=progress)
    elif isinstance(engine, DualKriging) and places.counts.size <= CLOSED_FORM:
        left = leave_groups_out(engine, places.groups, gradient=True, gradient_variance=True, progress=progress)
    else:
        left = predict_left_out(solve, engine, places.groups, np.arange(places.counts.size), gradient=True)
    return _with_sd(solve, left, names)


def _with_sd(solve, prediction, names):
    """Quantities of each field of a prediction, its standard deviation among them."""
    results = GradientBands(solve.fields, names)(solve, prediction)
    for column in results:
        column["sd"] = np.sqrt(column["variance"])
    return results


def gradients_without_value(solve, engine, coordinates, holes, rows):
    """The same at samples that have no value of their own, still without their hole.

    Parameters
    ----------
    solve : Solve
    engine : DualKriging, MultilevelKriging, PyKrigeKriging or UnitEngine
    coordinates : numpy.ndarray, shape (n, d)
    holes : numpy.ndarray of int, shape (n,), or None
        Negative where a sample has no hole.
    rows : numpy.ndarray of int, shape (k,)
        The samples.

    Returns
    -------
    list of dict
        For each field, arrays (k,) by the names of `sample_names`.
    """
    names = sample_names(coordinates.shape[1])
    if not rows.size or solve.places.groups.max() == 0:
        return [{name: np.full(rows.size, np.nan) for name in names} for _ in solve.fields]
    places = solve.places
    excluded = np.full(rows.size, -1)
    if holes is not None:
        holes = np.asarray(holes)
        group_of = dict(zip(holes[places.rows].tolist(), places.groups[places.place].tolist()))
        excluded = np.array([group_of.get(hole, -1) if hole >= 0 else -1 for hole in holes[rows].tolist()])
    local = local_engine(solve, engine)
    left = local.predict(np.asarray(coordinates)[rows], variance=True, gradient=True, gradient_variance=True,
                         exclude_groups=excluded, groups=places.groups)
    return _with_sd(solve, left, names)


def spread_to_samples(results, places, samples, names):
    """Table (samples, names) with the results of each sample's place; NaN where a sample was not used."""
    table = np.full((samples, len(names)), np.nan)
    for column, name in enumerate(names):
        table[places.rows, column] = results[name][places.place]
    return table
