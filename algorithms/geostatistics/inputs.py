"""What the kriging jobs have in common: their fields and their variograms."""
from dataclasses import replace

import numpy as np

from ..errors import InputError
from .covariance import MODELS, variogram_from_dict
from .data import FEWEST, prepare_fields, skewness
from .fitting import fit_variogram
from .solves import group_fields, shared_variograms

VERY_SKEWED = 2.0
STRUCTURES = 2  # at most; the second one has to earn its place by Akaike's criterion
# The Gaussian model is so smooth that its intervals are too narrow for grades.
DEFAULT_MODELS = tuple(model for model in MODELS if model != "gaussian")


def read_fields(job, progress):
    """The fields of a job, merged and transformed, with a line in the log for each.

    Reads the arrays ``coordinates`` (n, d), ``values`` (n, m) and, when there
    are drill holes, ``groups`` (n,), and the settings ``fields``,
    ``transform`` and ``variogram``.

    Returns
    -------
    list of Field
    """
    settings = job.settings
    known = _known_transforms(settings)
    fields = prepare_fields(
        job.array("coordinates"), job.array("values"), settings["fields"], job.array("groups"),
        transform_name(settings), known,
    )
    for field in fields:
        merged = field.places.merged
        progress.log(
            f"{field.name}: {field.places.rows.size} samples at {field.places.counts.size} places"
            + (f"; {merged} coincident samples were merged with their neighbour by their mean" if merged else "")
            + f"; transform {field.transform.name}."
        )
        _advise_transform(field, progress)
    return fields


def transform_name(settings):
    """The transform asked for; "auto" is that of the variogram file when there is one.

    With a linear drift "auto" transforms nothing: a trend makes values look
    skewed that are not skewed about it.

    Raises
    ------
    InputError
        The variogram file was fitted on another scale.
    """
    wanted = settings.get("transform") or "auto"
    described = (settings.get("variogram") or {}).get("transform")
    if not described:
        return "none" if wanted == "auto" and settings.get("drift") == "linear" else wanted
    if wanted not in ("auto", described):
        raise InputError(
            f"The variogram describes values with the transform '{described}', but '{wanted}' was chosen: "
            "fit a variogram with the same transform, or leave the transform on 'auto'."
        )
    return described


def drift_kind(settings):
    """The trend of the engine: "linear", "constant", or "none" when the mean is known."""
    if settings.get("drift") == "linear":
        return "linear"
    return "constant" if settings.get("mean") is None else "none"


def _known_transforms(settings):
    """Transform parameters kept in the variogram file, for the field they were fitted on."""
    given = settings.get("variogram") or {}
    known = given.get("transform_parameters")
    return {given.get("field"): known} if known else {}


def _advise_transform(field, progress):
    """Warn when raw values are so skewed that intervals would be wrong."""
    if field.transform.name == "none" and field.observed.size >= FEWEST and skewness(field.observed) > VERY_SKEWED:
        progress.warn(
            f"The values of {field.name} are strongly skewed (skewness {skewness(field.observed):.1f}), so the "
            "intervals of an estimate without a transform will be wrong; consider the log or normal-score transform."
        )


def choose_variograms(job, fields, progress):
    """The variogram of each field: that of the file, or fitted here.

    Returns
    -------
    variograms : list of Variogram
    fits : dict
        `FitResult` by field name, empty when the variogram was given.
    """
    given = job.settings.get("variogram")
    if given:
        variogram = variogram_from_dict(given)
        variograms, rescaled = shared_variograms(fields, variogram, job.settings.get("keep_sill", False))
        if rescaled:
            progress.warn(
                f"The variogram was fitted on '{variogram.field}'; its shape and ranges are used for "
                f"{', '.join(rescaled)} too, its variances in proportion to those of the samples."
            )
        progress(1.0)
        return variograms, {}
    if job.settings.get("shared_correlogram"):
        return _fit_together(job, fields, progress)
    fits = {}
    for number, field in enumerate(fields):
        part = progress.span(number / len(fields), (number + 1) / len(fields))
        fits[field.name] = fit_field(job, field, part)
    return [fits[field.name].variogram for field in fields], fits


def _fit_together(job, fields, progress):
    """One correlogram fitted on all fields at once, its variances brought to each field."""
    first = fields[0]
    if any(field.places is not first.places for field in fields):
        raise InputError(
            "The fields cannot share a correlogram because they have values at different samples: "
            "switch the shared correlogram off, or fill the gaps first."
        )
    fit = fit_values(job, first, np.stack([field.values for field in fields], axis=1), progress)
    variograms = [_named(fit.variogram_of(column), field, job.settings) for column, field in enumerate(fields)]
    progress.log(f"Variogram of all fields, scaled to {first.name}: {describe(variograms[0])}.")
    return variograms, {first.name: fit}


def fit_field(job, field, progress):
    """`FitResult` of one field, with its warnings and its parameters in the log."""
    fit = fit_values(job, field, field.values, progress)
    fit = replace(fit, variogram=_named(fit.variogram, field, job.settings))
    progress.log(f"Variogram of {field.name}: {describe(fit.variogram)}.")
    return fit


def given_variogram(job, field):
    """The variogram of the setting ``variogram`` as it is, for one field."""
    return _named(variogram_from_dict(job.settings["variogram"]), field, job.settings)


def _named(variogram, field, settings):
    """The variogram with what it describes written into it."""
    transform = field.transform.to_dict()
    return replace(
        variogram, field=field.name, unit=(settings.get("units") or {}).get(field.name) or variogram.unit,
        transform=transform["name"], transform_parameters=transform if transform["name"] != "none" else {},
    )


def fit_values(job, field, values, progress):
    """`FitResult` of values (n,) or (n, m) at the places of a field, with the settings of the job."""
    settings = job.settings
    fit = fit_variogram(
        field.places.coordinates, values,
        models=tuple(settings.get("models") or DEFAULT_MODELS),
        anisotropy=settings.get("anisotropy") or "auto", structures=int(settings.get("structures") or STRUCTURES),
        drift="linear" if settings.get("drift") == "linear" else "constant", counts=field.places.counts,
        groups=field.places.groups, rng=job.rng(), progress=progress,
    )
    for warning in fit.warnings:
        progress.warn(f"{field.name}: {warning}")
    return fit


def describe(variogram):
    """A variogram in one line."""
    parts = [f"nugget {variogram.nugget:.4g}"]
    for s in variogram.structures:
        ranges = " x ".join(metres(length) for length in s.ranges)
        turned = ", azimuth {}, dip {}, rake {}".format(*angles(s)) if len(set(s.ranges)) > 1 else ""
        parts.append(f"{s.model} with sill {s.sill:.4g} and ranges {ranges} m{turned}")
    return "; ".join(parts)


def metres(length):
    """A length as text: whole metres from 1,000 m on."""
    return f"{length:,.0f}" if length >= 1000.0 else f"{length:.4g}"


def angles(structure):
    """Azimuth, dip and rake as whole degrees in text."""
    return [str(round(angle)) for angle in (structure.azimuth, structure.dip, structure.rake)]


def field_solves(fields, variograms):
    """Solves of the fields and, for each, the numbers of its fields in the input order."""
    solves = group_fields(fields, variograms)
    order = {id(field): number for number, field in enumerate(fields)}
    return [(solve, [order[id(field)] for field in solve.fields]) for solve in solves]
