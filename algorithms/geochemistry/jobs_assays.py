"""Jobs: assays made clean, and a preparation applied to other assays or inverted."""
import numpy as np

from ..modelfile import require_names
from ..texts import unpack_texts
from .assaypreparation import AssayPreparation, summary
from .assayreading import RawColumn
from .assayreport import preparation_report


def run(job, progress):
    """Prepare assays.

    Reads, for each field number ``k``, ``numbers_k`` (n,) or ``texts_k``,
    ``texts_k_ends`` and ``codes_k`` (n,), and ``places`` (n, d) and ``groups``
    (n,) where there are any; writes ``values`` and ``flags`` (n, m),
    ``coordinates`` (n, k), ``model.safetensors`` and ``report.html``.

    Returns
    -------
    dict
        ``fields`` (as `summary`), ``names`` (of the coordinates), ``errors``
        (of the imputation, by field) and ``rule``.
    """
    settings = job.settings
    columns, preparation = _columns(job), AssayPreparation()
    prepared = preparation.fit(columns, settings, job.array("places"), job.array("groups"), progress.span(0.0, 0.9))
    _save(job, prepared)
    rows = summary(preparation, prepared)
    errors, rule = _errors(preparation)
    preparation.save(job.path("model.safetensors"), scores=errors, samples=len(prepared.values),
                     crs=settings.get("crs", ""))
    _tell(prepared, progress)
    job.write_text("report.html", preparation_report(settings, preparation, prepared, rows, progress.warnings))
    progress(1.0)
    return {"fields": rows, "names": preparation.transform.names, "errors": errors, "rule": rule}


def apply(job, progress):
    """Apply a model to other assays, or take transformed values back.

    Reads the inputs of `run` (forward), or ``coordinates`` (n, k); NaN where
    there is none (inverse); writes ``values`` and, forward, ``flags`` and
    ``coordinates``.

    Returns
    -------
    dict
        ``fields``, ``names``, and ``rows`` (as `summary`, forward only).
    """
    preparation, _ = AssayPreparation.load(job.settings["model"])
    names = preparation.transform.names
    if job.settings["direction"] == "inverse":
        coordinates = np.asarray(job.array("coordinates"))
        with np.errstate(all="ignore"):
            values = preparation.transform.inverse(coordinates)
        _warn_beyond(preparation.transform, coordinates, values, progress)
        job.save("values", values)
        return {"fields": list(preparation.readings), "names": names}
    columns = _columns(job)
    require_names(preparation.readings, columns, "fields", "the layer")
    prepared = preparation.apply(columns, job.array("places"), progress)
    _save(job, prepared)
    _tell(prepared, progress)
    return {"fields": list(preparation.readings), "names": names, "rows": summary(preparation, prepared)}


def _warn_beyond(transform, coordinates, values, progress):
    """Warn of transformed values that no value has, such as a Box-Cox value below its lower end."""
    if transform.kind in ("clr", "ilr"):
        return
    lost = (np.isfinite(coordinates) & ~np.isfinite(values)).sum(axis=0)
    for name, count in zip(transform.names, lost):
        if count:
            progress.warn(f"{name}: {int(count):,} values lie beyond what the transform can give, so they have no "
                          "original value and are left empty.")


def _columns(job):
    """The raw columns by field name."""
    columns = {}
    for k, name in enumerate(job.settings["fields"]):
        numbers = job.array(f"numbers_{k}")
        if numbers is not None:
            columns[name] = RawColumn(numbers=numbers)
        else:
            texts = unpack_texts(job.array(f"texts_{k}"), job.array(f"texts_{k}_ends"))
            columns[name] = RawColumn(texts=texts, codes=np.asarray(job.array(f"codes_{k}")))
    return columns


def _save(job, prepared):
    job.save("values", prepared.values)
    job.save("flags", prepared.flags)
    job.save("coordinates", prepared.coordinates)


def _tell(prepared, progress):
    """Write notes and warnings to the log."""
    for name, notes in prepared.notes.items():
        for note in notes:
            progress.log(f"{name}: {note}")
    for text in prepared.warnings:
        progress.warn(text)


def _errors(preparation):
    """Errors of the imputation by field name, and what was left out when its settings were chosen."""
    error = None if preparation.imputer is None else preparation.imputer.error
    if error is None:
        return {}, ""
    names = list(preparation.readings)
    return {names[k]: scores for k, scores in error["fields"].items()}, error["rule"]
