"""The report of a reading: what was found, how sure it is, and which words were not understood."""
import numpy as np

from ..reports.page import Page
from .summary import NOT_SAID

MOST_ROWS, MOST_WORDS, EXAMPLES, LONGEST = 30, 40, 15, 160


def parse_report(job, summary, counts, texts, unknown, outputs, progress):
    """The report as HTML.

    Parameters
    ----------
    job : JobFolder
    summary : Summary
    counts : array, shape (n,)
        Rows of the layer for each text.
    texts : list of str
    unknown : list of (word, rows, example)
    outputs : dict
        As `jobs_parse.run` returns them.
    progress : Progress
    """
    page = Page("Drill logs as fields", job.settings.get("layer", ""))
    page.number("rows", outputs["rows"])
    page.number("different logs", outputs["unique"])
    page.number("rows without text", outputs["empty"])
    page.number("rock not known", 100.0 * outputs["unknown_share"], "%")
    page.number("read with the", outputs["parser"])
    for warning in progress.warnings:
        page.warning(warning)
    _rocks(page, summary, counts)
    progress(0.3)
    _labels(page, summary, counts)
    progress(0.6)
    _examples(page, summary, counts, texts)
    _unknown(page, unknown)
    return page.render()


def _rocks(page, summary, counts):
    """Tables of the rock classes and of the other single classes."""
    page.section("Rocks")
    rock, sure = summary.array("lithology"), summary.array("lithology p")
    rows = []
    for index, name in enumerate(summary.classes["lithology"]):
        chosen = rock == index
        total = counts[chosen].sum()
        if total:
            mean = float(np.average(sure[chosen], weights=counts[chosen]))
            rows.append((name or NOT_SAID, summary.groups[index] or NOT_SAID, int(total), round(mean, 2)))
    rows.sort(key=lambda row: -row[2])
    page.table(("Class", "Group", "Rows", "Mean probability"), rows[:MOST_ROWS])
    page.section("Weathering, grain size, colour")
    rows = []
    for name in ("weathering", "grain_size", "colour"):
        best = summary.array(name)
        rows += [(name.replace("_", " "), word.replace("_", " ") or "not said", int(counts[best == index].sum()))
                 for index, word in enumerate(summary.classes[name]) if counts[best == index].sum()]
    page.table(("Property", "Class", "Rows"), rows)


def _labels(page, summary, counts):
    """Tables of alterations, minerals and structures."""
    page.section("Alterations, minerals, structures")
    for name in ("alteration", "mineral", "structure"):
        found = summary.counts(name, counts)
        order = [index for index in np.argsort(-found, kind="stable") if found[index] > 0][:MOST_ROWS]
        labels = summary.vocabulary.labels(name)
        if order:
            page.table((name.capitalize(), "Rows"), [(labels[index].replace("_", " "), int(found[index]))
                                                     for index in order])


def _examples(page, summary, counts, texts):
    """Some logs beside what was read: the commonest, and the least certain."""
    rock, sure = summary.array("lithology"), summary.array("lithology p")
    names = summary.classes["lithology"]
    page.section("Examples")
    common = np.argsort(-counts, kind="stable")[:EXAMPLES]
    doubtful = [row for row in np.argsort(sure, kind="stable") if rock[row] > 0][:EXAMPLES]
    for title, rows in (("The commonest logs", common), ("The least certain readings", doubtful)):
        page.table(("Log", "Rock", "Probability", "Rows"),
                   [(texts[row][:LONGEST], names[rock[row]] or NOT_SAID, round(float(sure[row]), 2), int(counts[row]))
                    for row in rows], title)


def _unknown(page, unknown):
    """Words that nothing was made of."""
    page.section("Words that were not understood")
    if not unknown:
        page.text("None.")
        return
    page.table(("Word", "Rows", "Example"), [(word, rows, example[:LONGEST]) for word, rows, example in
                                             unknown[:MOST_WORDS]],
               "A company's own codes can be explained with a code table.")
