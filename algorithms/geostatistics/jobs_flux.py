"""Job: gradients of kriged grades on a grid and at the samples."""
import numpy as np

from .bands import Bands
from .fluxlaw import FluxField, validated_strength, without_nugget
from .gradients import (
    GradientBands,
    band_names,
    gradients_at_samples,
    gradients_without_value,
    sample_names,
    spread_to_samples,
)
from .gridding import Gridding, place_units, unfitted
from .reporting import flux_report
from .unitengine import UnitMap


def run(job, progress):
    """Map the gradients of the fields.

    Reads ``coordinates`` (n, d), ``values`` (n, m), ``groups`` (n,) and, where
    there is one, ``diffusivity`` (rows, columns) with ``units`` (rows,
    columns) and ``sample_units`` (n,); writes ``grid`` (bands, rows, columns),
    ``samples`` (n, quantities of all fields) and ``report.html``.

    Returns
    -------
    dict
        ``bands``, ``samples``, ``engine``, ``fields`` (see `jobs_kriging.run`)
        and ``sample_columns`` (names of the columns of ``samples``).
    """
    settings = job.settings
    dimensions = job.array("coordinates").shape[1]
    by_law = settings.get("method") == "finite element"
    table = SampleTable(job, dimensions)
    gridding = Gridding(job, progress.span(0.0, 0.6 if by_law else 0.95), exact=False,
                        units=units_of(job) if by_law else None)
    warn_of_kinks(gridding, progress)
    wanted = set(settings["quantities"]) | ({"estimate", "variance"} if by_law else set())
    bands = Bands.same(settings["grid"], settings["fields"], band_names(wanted, dimensions))
    convert = GradientBands(gridding.fields, bands.quantities[0], float(settings.get("mask") or 0.0))
    out = gridding.run(bands, convert, after=table.add if settings.get("samples") else None)
    notes = follow_flux(job, gridding, bands, out, by_law, progress.span(0.6 if by_law else 0.95, 0.98))
    job.write_text("report.html", flux_report(job, gridding, bands, notes, progress.warnings))
    progress(1.0)
    return {"bands": bands.descriptions, "notes": notes, **gridding.summary(), **table.save()}


def units_of(job):
    """Unit map and units of the samples, when units have a diffusivity of their own."""
    if job.array("units") is None:
        return None
    unit_map = UnitMap(job.settings["grid"], job.array("units"), job.settings.get("unit_names") or ())
    return unit_map, job.array("sample_units")


def follow_flux(job, gridding, bands, out, by_law, progress):
    """Fill the bands that depend on the diffusivity, and return what was found in sentences."""
    if not by_law and not set(bands.quantities[0]) & {"flux_x", "divergence", "change"}:
        return []
    grid = job.settings["grid"]
    diffusivity = job.array("diffusivity")
    if diffusivity is None:
        diffusivity = np.ones((grid["rows"], grid["columns"]))
    notes, total = [], len(gridding.fields)
    for solve, numbers in gridding.solves:
        for column, number in enumerate(numbers):
            part = progress.span(number / total, (number + 1) / total)
            field = FluxField(grid, out, bands.starts(number), diffusivity, job.settings.get("diffusivity_ratios"))
            if by_law:
                notes += impose_law(job, gridding, solve, column, field, diffusivity, part)
            else:
                field.from_kriging()
    for note in notes:
        progress.log(note)
    return notes


def impose_law(job, gridding, solve, column, field, diffusivity, progress):
    """Conform one field to the flux law; returns sentences on strength and change."""
    settings = job.settings
    name, strength, notes = solve.fields[column].name, settings.get("strength"), []
    if strength is None:
        choice = choose(job, gridding, solve, column, diffusivity, progress.span(0.0, 0.6))
        strength, notes = choice.strength, [f"{name}: {choice.message}"]
    if strength == 0.0:
        field.from_kriging()
        return notes or [f"{name}: with a strength of 0 m the kriged grade stays as it is."]
    variance = without_nugget(field.read("variance"), solve, column)
    moved = field.conformed(variance, float(strength), int(settings.get("order") or 2), progress.span(0.6, 1.0))
    notes.append(f"{name}: the flux law with a strength of {strength:g} m changed the kriged grade by "
                 f"{100.0 * moved.relative:.2g} % of its standard deviation (root mean square).")
    return notes


def choose(job, gridding, solve, column, diffusivity, progress):
    """`StrengthChoice` of one field on held-out holes."""
    places, units = solve.places, gridding.units

    def fit(kept):
        engine = unfitted(job, solve, gridding.engines[solve.fields[column].name], False, units, kept)
        return engine.fit(places.coordinates[kept], solve.values[kept], places.counts[kept])

    known = None if units is None else (place_units(places, units[1]), units[0].units)
    return validated_strength(solve, column, fit, job.settings["grid"], diffusivity, job.settings, job.rng(), progress,
                              known)


class SampleTable:
    """Collects the quantities at the samples, field by field."""

    def __init__(self, job, dimensions):
        self.job, self.names = job, sample_names(dimensions)
        self.parts = {}

    def add(self, solve, numbers, engine, progress):
        """Predict at the samples of one solve."""
        coordinates, holes = self.job.array("coordinates"), self.job.array("groups")
        known = gradients_at_samples(solve, engine, progress.span(0.0, 0.8))
        missing = np.setdiff1d(np.arange(len(coordinates)), solve.places.rows)
        filled = gradients_without_value(solve, engine, coordinates, holes, missing)
        for number, results, others in zip(numbers, known, filled):
            table = spread_to_samples(results, solve.places, len(coordinates), self.names)
            table[missing] = np.stack([others[name] for name in self.names], axis=1)
            self.parts[number] = table

    def save(self):
        """Write ``samples`` and name its columns."""
        if not self.parts:
            return {}
        fields = self.job.settings["fields"]
        self.job.save("samples", np.hstack([self.parts[number] for number in range(len(fields))]))
        return {"sample_columns": [f"{field}_{name}" for field in fields for name in self.names]}


def warn_of_kinks(gridding, progress):
    """Say which fields have a variogram whose field has no derivative."""
    names = [f.name for f, variogram in zip(gridding.fields, gridding.variograms) if not variogram.differentiable]
    if names:
        progress.warn(
            f"The variogram of {', '.join(names)} has a spherical or exponential structure, whose field has no "
            "derivative: gradients are then steep next to samples and their standard deviation is unknown; "
            "fit it with matern15, matern25 or cubic."
        )
