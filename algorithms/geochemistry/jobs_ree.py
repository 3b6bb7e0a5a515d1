"""Job: rare-earth chemistry of a table of assays."""
from dataclasses import replace

import numpy as np

from .ree_checks import blank_rows, check_absent, check_gaps, check_pattern, check_sums
from .ree_columns import Recipe, compute, contents
from .ree_report import middle, ree_report

ROWS = 50_000
COLUMNS, REPORT = "columns", "report.html"


def run(job, progress):
    """Compute all columns and the report.

    Reads ``values`` (n, m), assays as they stand, and perhaps ``groups`` (n,),
    numbers of the setting ``groups`` (-1 for none); writes ``columns.npy``
    (columns, n) and ``report.html``.

    Returns
    -------
    dict
        ``names`` of the columns, ``samples``, ``found`` (elements) and
        ``medians`` by column.
    """
    recipe = Recipe(**{**job.settings["recipe"], "columns": tuple(job.settings["recipe"]["columns"])})
    recipe, values = _with_values(recipe, job.array("values"), progress)
    blank = blank_rows(values)
    if blank.any():
        progress.warn(f"{int(blank.sum()):,} samples have nothing but zeros and count as not analysed.")
        values = np.where(blank[:, None], np.nan, values)
    elements = contents(values, recipe)
    _warn(recipe, values, elements, job.settings.get("notes", ()), progress)
    names = recipe.names()
    result = job.create(COLUMNS, (len(names), len(values)), np.float64)
    for start in range(0, len(values), ROWS):
        result[:, start:start + ROWS] = compute(elements[start:start + ROWS], recipe)
        progress(0.6 * min(1.0, (start + ROWS) / len(values)))
    result.flush()
    columns, medians = dict(zip(names, result)), {}
    for name, column in columns.items():
        medians[name] = middle(column)
        progress(0.6 + 0.2 * len(medians) / len(names))
    report = ree_report(recipe, elements, columns, _groups(job), progress.span(0.8, 1.0), job.settings.get("title", ""))
    job.write_text(REPORT, report)
    return {"names": names, "samples": len(values), "found": list(recipe.measured), "medians": medians}


def _with_values(recipe, values, progress):
    """The recipe and the assays without fields that hold nothing: such an element is not missing, but absent."""
    full = (values >= 0.0).any(axis=0)
    for column, known in zip(recipe.columns, full):
        if not known:
            progress.warn(f"The field '{column['field']}' holds no value and is left aside.")
    columns = tuple(column for column, known in zip(recipe.columns, full) if known)
    return replace(recipe, columns=columns), values[:, full]


def _warn(recipe, values, elements, notes, progress):
    """Say what is wrong with the assays; raises when the unit cannot be right."""
    fields = {column["element"]: column["field"] for column in recipe.columns}
    progress.warnings.extend(notes)
    for warning in (*check_sums(elements), *check_absent(recipe), *check_gaps(values, recipe.columns),
                    *check_pattern(elements, recipe.reference, fields)):
        progress.warn(warning)


def _groups(job):
    """Rows of each group by name, the largest first."""
    numbers, names = job.array("groups"), job.settings.get("groups") or []
    if numbers is None or not names:
        return {}
    order = np.argsort(numbers, kind="stable")
    ends = np.searchsorted(numbers[order], np.arange(len(names) + 1))
    found = {name: order[ends[place]:ends[place + 1]] for place, name in enumerate(names)}
    return dict(sorted(((name, rows) for name, rows in found.items() if rows.size), key=lambda pair: -pair[1].size))
