"""Kriging of the fields of a job onto its grid, with scores."""
from dataclasses import replace

import numpy as np

from .crossvalidation import cross_validate, score_summary
from .dual import DualKriging
from .engines import EXACT_VARIANCES, LocalVariance, choose_engine, grid_parts, krige_grid, make_engine
from .inputs import choose_variograms, drift_kind, field_solves, read_fields
from .tiles import grid_shape, memory_estimate
from .unitengine import UnitEngine

# Number of operations of all variances above which single precision is used.
SINGLE_FROM = 2e11


def fit_engine(job, solve, progress, exact=True, units=None, systems=1):
    """The fitted engine of a solve, chosen by its size, with a line in the log.

    ``units`` is a `UnitMap` with the units of all samples, when each unit is
    to be kriged from its own samples; ``systems`` the variances wanted per
    cell.

    Returns
    -------
    name : str
    engine : DualKriging, MultilevelKriging or PyKrigeKriging
    """
    settings, samples = job.settings, solve.places.counts.size
    name, reason = choose_engine(samples, settings.get("engine") or "auto", settings.get("neighbours"))
    progress.log(f"Engine {name} ({reason}) for {', '.join(field.name for field in solve.fields)}.")
    engine = unfitted(job, solve, name, exact, units)
    work = float(samples) ** 2 * np.prod(grid_shape(settings["grid"])) * systems
    if isinstance(engine, DualKriging) and settings.get("engine") != name and work > EXACT_VARIANCES:
        progress.log("Exact variances of so many cells would take very long: those of local neighbourhoods are used, "
                     "which are about 1 % larger.")
        engine = LocalVariance(engine, unfitted(job, solve, "multilevel", exact))
    engine.fit(solve.places.coordinates, solve.values, solve.places.counts)
    note = getattr(engine, "note", "")
    if note:
        progress.warn(note)
    return name, engine


def unfitted(job, solve, name, exact=True, units=None, kept=None):
    """The engine ``name`` for the places of a solve, or for the ``kept`` ones, not yet fitted."""
    settings = job.settings
    drift, mean = drift_kind(settings), None
    if drift == "none":
        mean = np.array([float(field.transform.forward(np.array(settings["mean"]))) for field in solve.fields])
    single = solve.places.counts.size**2 * np.prod(grid_shape(settings["grid"])) > SINGLE_FROM

    def engine():
        return make_engine(name, solve.variogram, drift, settings.get("neighbours"), exact, mean, single)

    if units is None:
        return engine()
    unit_map, sample_units = units
    at_places = place_units(solve.places, sample_units)
    return UnitEngine(engine, unit_map, at_places if kept is None else at_places[kept])


def place_units(places, sample_units):
    """Unit of each place: that of its first sample."""
    first = np.unique(places.place, return_index=True)[1]
    return np.asarray(sample_units)[places.rows[first]]


class Gridding:
    """The steps of a kriging job, solve by solve.

    Parameters
    ----------
    job : JobFolder
    progress : Progress
    exact : bool
        Whether cells that coincide with a sample take its value.
    units : tuple of (UnitMap, numpy.ndarray), optional
        Map and units of the samples (n,), to krige each unit by itself.

    Attributes
    ----------
    fields : list of Field
    variograms : list of Variogram
    fits : dict
        `FitResult` by field name, of the variograms fitted here.
    validations : list of CrossValidation
    engines : dict
        Engine name by field name.
    """

    def __init__(self, job, progress, exact=True, units=None):
        self.job, self.exact, self.units = job, exact, units
        self.fields = read_fields(job, progress)
        self.variograms, self.fits = choose_variograms(job, self._within_units(), progress.span(0.0, 0.25))
        self.solves = field_solves(self.fields, self.variograms)
        self.validations, self.engines = [], {}
        self.progress = progress.span(0.25, 1.0)

    def _within_units(self):
        """The fields as variograms are fitted to them: less the mean of their unit, where there are units."""
        if self.units is None:
            return self.fields
        return [replace(field, values=_centred(field.values, place_units(field.places, self.units[1])))
                for field in self.fields]

    def run(self, bands, convert, after=None, block=None):
        """Krige every solve into the array ``grid`` of the job.

        Parameters
        ----------
        bands : Bands
        convert : callable
            ``convert(solve, prediction)`` gives, for each field of the solve,
            a dict of arrays (p,) by the quantities of ``bands``. Its attribute
            ``needs`` names what the prediction has to hold.
        after : callable, optional
            ``after(solve, numbers, engine, progress)`` is called with each
            fitted engine.
        block : numpy.ndarray, optional
            Offsets for block support.

        Returns
        -------
        numpy.ndarray, shape ``bands.shape``
            The written array.
        """
        out = self.job.create("grid", bands.shape)
        dimensions = self.job.array("coordinates").shape[1]
        systems = int(convert.needs.get("variance", False)) + dimensions * convert.needs.get("gradient_variance", False)
        for k, (solve, numbers) in enumerate(self.solves):
            part = self.progress.span(k / len(self.solves), (k + 1) / len(self.solves))
            name, engine = fit_engine(self.job, solve, part, self.exact, self.units, systems)
            self.engines.update({field.name: name for field in solve.fields})
            part(0.1)
            whole = getattr(engine, "dual", engine)
            has_holes = self.job.array("groups") is not None
            self.validations.append(cross_validate(solve, whole, has_holes, self.job.rng(), part.span(0.1, 0.25)))
            if after:
                after(solve, numbers, whole, part.span(0.25, 0.35))
            if name == "exact":
                part.log(memory_estimate(solve.places.counts.size, len(numbers), self.job.settings["grid"],
                                         len(bands.numbered(numbers)), variance=True))
            self._evaluate(solve, numbers, engine, bands, out, (convert, block), part.span(0.35, 1.0), k)
        out.flush()
        return out

    def _evaluate(self, solve, numbers, engine, bands, out, how, progress, k):
        """Fill the bands of one solve, going on where a stopped run left off."""
        convert, block = how
        grid = self.job.settings["grid"]
        done = self.job.create(f"done_{k}", (len(grid_parts(engine, grid)),), np.uint8)

        def named(prediction):
            columns = convert(solve, prediction)
            return {(number, name): values
                    for number, column in zip(numbers, columns) for name, values in column.items()}

        wanted = [(band, 0) for band in bands.numbered(numbers)]
        krige_grid(engine, grid, wanted, bands.part(out, numbers), progress, self.job.settings.get("threads"), done,
                   block, named, convert.needs)

    def summary(self):
        """Counts, engines, units, variograms and scores for the outputs of the job."""
        return {
            "samples": int(max(field.places.rows.size for field in self.fields)),
            "engine": ", ".join(dict.fromkeys(self.engines.values())),
            "fields": score_summary(self.validations),
            "units": {field.name: v.unit for field, v in zip(self.fields, self.variograms) if v.unit},
            "variograms": {field.name: v.to_dict() for field, v in zip(self.fields, self.variograms)},
        }


def _centred(values, units):
    """Values less the mean of their unit, plus the mean of all."""
    _, label = np.unique(units, return_inverse=True)
    means = np.bincount(label, weights=values) / np.bincount(label)
    return values - means[label] + values.mean()


def cell_offsets(grid, points):
    """Offsets in metres of ``points`` per side that discretise a cell, shape (q, d).

    Levels are as thick as the distance between them; a single level has no
    thickness.
    """
    steps = (np.arange(points) + 0.5) / points - 0.5
    axes = [steps * grid["cell"]] * 2
    levels = np.sort(np.asarray(grid["levels"], dtype=float))
    if levels.size:
        axes.append(steps * np.diff(levels).min() if levels.size > 1 else np.zeros(1))
    return np.stack([axis.ravel() for axis in np.meshgrid(*axes, indexing="ij")], axis=1)
