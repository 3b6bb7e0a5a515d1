"""Job: fit the variogram of one field, check it, and report."""
import json

from .crossvalidation import cross_validate, score_summary
from .engines import choose_engine, make_engine
from .inputs import drift_kind, fit_field, read_fields
from .reporting import variogram_report
from .solves import group_fields

VARIOGRAM_FILE = "variogram.json"
REPORT_FILE = "report.html"


def run(job, progress):
    """Fit and cross-validate.

    Reads ``coordinates`` (n, d), ``values`` (n, 1) and ``groups`` (n,); writes
    ``variogram.json`` and ``report.html``.

    Returns
    -------
    dict
        ``variogram`` (content of the file), ``scores`` and ``scores_single``
        (see `scores.scores`), ``validation`` (what was left out together) and
        ``samples``.
    """
    (field,) = read_fields(job, progress)
    fit = fit_field(job, field, progress.span(0.0, 0.6))
    (solve,) = group_fields([field], [fit.variogram])
    validation = validate(job, solve, progress.span(0.6, 0.95))
    job.write_text(VARIOGRAM_FILE, json.dumps(fit.variogram.to_dict(), indent=1) + "\n")
    job.write_text(REPORT_FILE, variogram_report(job, field, fit, validation, progress.warnings))
    return {
        "variogram": fit.variogram.to_dict(), "log_likelihood": fit.log_likelihood,
        "samples": int(field.places.rows.size), **score_summary([validation])[field.name],
    }


def validate(job, solve, progress):
    """Cross-validation of a solve with the engine its size asks for."""
    name, _ = choose_engine(solve.places.counts.size)
    engine = make_engine(name, solve.variogram, drift_kind(job.settings), exact=False)
    engine.fit(solve.places.coordinates, solve.values, solve.places.counts)
    progress(0.2)
    has_holes = job.array("groups") is not None
    return cross_validate(solve, engine, has_holes, job.rng(), progress.span(0.2, 1.0))
