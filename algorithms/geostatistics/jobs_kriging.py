"""Job: kriged grades and their variance on a grid."""
from .bands import Bands
from .gridding import Gridding, cell_offsets
from .reporting import kriging_report
from .results import kriging_results

QUANTITIES = ("estimate", "variance")


def run(job, progress):
    """Krige the fields onto the grid.

    Reads ``coordinates`` (n, d), ``values`` (n, m) and ``groups`` (n,); writes
    ``grid`` (bands, rows, columns) and ``report.html``.

    Returns
    -------
    dict
        ``bands`` (descriptions), ``samples``, ``engine`` and ``fields``
        (scores by name).
    """
    settings = job.settings
    gridding = Gridding(job, progress.span(0.0, 0.98))
    bands = Bands.same(settings["grid"], settings["fields"], QUANTITIES)
    points = int(settings.get("block_points") or 1)
    block = cell_offsets(settings["grid"], points) if points > 1 else None
    gridding.run(bands, estimates, block=block)
    job.write_text("report.html", kriging_report(job, gridding, bands, progress.warnings))
    progress(1.0)
    return {"bands": bands.descriptions, **gridding.summary()}


def estimates(solve, prediction):
    """Estimate and variance of each field on its own scale; see `Gridding.run`."""
    return [
        kriging_results(field, prediction.estimate[:, column], prediction.variance * factor)
        for column, (field, factor) in enumerate(zip(solve.fields, solve.factors))
    ]


estimates.needs = {"variance": True}
