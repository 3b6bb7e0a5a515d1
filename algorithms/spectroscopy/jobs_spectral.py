"""Job: features of the spectra of a hyperspectral image."""
from .reporting import spectral_report
from .study import Study


def run(job, progress):
    """Measure the spectra of an image.

    Reads the tiles (see `cube.Cube`), ``micrometres`` and ``widths`` (bands,),
    for matching ``library`` (spectra, samples) and ``library_micrometres``,
    for the correction ``measured`` and ``reference`` (targets, bands and
    samples, the latter at ``reference_micrometres``) or ``flat`` (bands,).
    Writes ``part_00000`` and so on (bands, rows, columns), one for each tile,
    and ``report.html``.

    Returns
    -------
    dict
        ``bands`` (descriptions), ``features``, ``indices``, ``components``,
        ``used`` (bands), ``pixels`` with data and ``scale``.
    """
    study = Study(job, progress)
    study.prepare(progress.span(0.0, 0.05))
    study.gather(progress.span(0.05, 0.35 if study.needs_moments else 0.05))
    study.measure(progress.span(0.35 if study.needs_moments else 0.05, 0.98))
    job.write_text("report.html", spectral_report(job, study, progress.warnings))
    progress(1.0)
    return study.summary()
