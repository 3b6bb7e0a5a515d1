"""Job: fit the variogram of one field, or take a given one; check it, and report."""
import json
import math

from .crossvalidation import cross_validate, score_summary
from .directions import experimental_directions, lag_vectors
from .engines import choose_engine, make_engine
from .experimental import extent
from .fitting import FitResult
from .inputs import describe, drift_kind, fit_field, given_variogram, read_fields
from .reporting import variogram_report
from .solves import group_fields

VARIOGRAM_FILE = "variogram.json"
REPORT_FILE = "report.html"
POINTS_FILE = "points.json"


def run(job, progress):
    """Fit and cross-validate.

    Reads ``coordinates`` (n, d), ``values`` (n, 1) and ``groups`` (n,), and
    the setting ``variogram``, which is then checked instead of fitting one;
    writes ``variogram.json``, ``report.html`` and, with the setting
    ``points``, ``points.json``: the experimental variograms of many
    directions.

    Returns
    -------
    dict
        ``variogram`` (content of the file), ``scores`` and ``scores_single``
        (see `scores.scores`), ``validation`` (what was left out together) and
        ``samples``.
    """
    (field,) = read_fields(job, progress)
    if job.settings.get("variogram"):
        fit = _given(job, field, progress.span(0.0, 0.6))
    else:
        fit = fit_field(job, field, progress.span(0.0, 0.6))
    (solve,) = group_fields([field], [fit.variogram])
    validation = validate(job, solve, progress.span(0.6, 0.95))
    job.write_text(VARIOGRAM_FILE, json.dumps(fit.variogram.to_dict(), indent=1) + "\n")
    job.write_text(REPORT_FILE, variogram_report(job, field, fit, validation, progress.warnings))
    if job.settings.get("points"):
        job.write_text(POINTS_FILE, _points(job, field, fit.variogram))
    return {
        "variogram": fit.variogram.to_dict(), "log_likelihood": fit.log_likelihood,
        "samples": int(field.places.rows.size), **score_summary([validation])[field.name],
    }


def _given(job, field, progress):
    """A given variogram in the place of a fitted one."""
    variogram = given_variogram(job, field)
    progress.log(f"Variogram of {field.name}, as given: {describe(variogram)}.")
    around = experimental_directions(field, variogram, job.rng())
    progress(1.0)
    return FitResult(variogram, math.nan, [], [one for kind, one in around if kind != "azimuth"])


def _points(job, field, variogram):
    """Experimental variograms of many directions, as JSON text."""
    around = [{"kind": kind, **one.to_dict(), **_vectors(job, field, one)}
              for kind, one in experimental_directions(field, variogram, job.rng())]
    return json.dumps({
        "field": field.name, "dimensions": field.places.coordinates.shape[1], "samples": int(field.places.rows.size),
        "variance": float(field.values.var()), "extent": extent(field.places.coordinates),
        "directions": around,
    })


def _vectors(job, field, one):
    """The lag vectors behind a variogram without a direction, under ``vectors``."""
    if one.azimuth is not None:
        return {}
    return {"vectors": [vectors.round(2).tolist() for vectors in lag_vectors(field, one, job.rng())]}


def validate(job, solve, progress):
    """Cross-validation of a solve with the engine its size asks for."""
    name, _ = choose_engine(solve.places.counts.size)
    engine = make_engine(name, solve.variogram, drift_kind(job.settings), exact=False)
    engine.fit(solve.places.coordinates, solve.values, solve.places.counts)
    progress(0.2)
    has_holes = job.array("groups") is not None
    return cross_validate(solve, engine, has_holes, job.rng(), progress.span(0.2, 1.0))
