"""Columns for a layer from what was read: numbers and short texts, in a bounded number.

Always: ``lith``, its probability ``lith_p``, ``lith_sub`` and ``lith_group`` with ``lith_group_p``; ``weathering``,
``grain`` and ``colour`` with ``_p``, and ``weathering_n`` (0 fresh to 5 residual soil) and ``grain_n`` (1 very fine
to 5 very coarse); ``structure``, a list; the main alteration and mineral, ``alt_1``, ``alt_1_int`` (1 to 4),
``alt_1_p`` and ``min_1``, ``min_1_int``, ``min_1_pct``, ``min_1_p``.

With the detail "present" or "all", for each alteration ``alt_NAME`` (0 to 4) and ``alt_NAME_p`` (probability that it
is there), for each mineral ``min_NAME``, ``min_NAME_p`` and ``min_NAME_pct``, for each structure ``str_NAME_p``.
"""
import numpy as np

from ..progress import Progress
from .summary import NOT_SAID

DETAILS = ("main", "present", "all")
ROCK_FORMING = ("gangue", "mica", "alkali_silicate")
SEPARATOR = ", "
STRUCTURE_SAID = 0.5


def columns_of(summary, rows, detail="present", most=12, least_rows=1, progress=None):
    """All columns.

    Parameters
    ----------
    summary : Summary
        Of n different texts.
    rows : array of int, shape (m,)
        The text of each row of the layer; -1 for none.
    detail : {"main", "present", "all"}
        Whether alterations, minerals and structures have columns of their own: none, those that are there, all.
    most, least_rows : int
        With "present": the most columns for each kind, the commonest first; and in how many rows a label has to be.
    progress : Progress, optional

    Returns
    -------
    numbers : dict
        Names to arrays of float32 (m,), NaN for none.
    texts : dict
        Names to pairs of an int32 array (m,), -1 for none, and the list of texts it points into.
    order : list of str
        All names in the order of the layer.
    """
    build, progress = Builder(summary, rows), progress or Progress()
    steps = [build.rocks, lambda: build.single("weathering", "weathering", True),
             lambda: build.single("grain_size", "grain", True), lambda: build.single("colour", "colour", False),
             build.structure_list, lambda: build.main("alteration", "alt"), lambda: build.main("mineral", "min")]
    for step in steps:
        progress(0.0)
        step()
    if detail != "main":
        for name in ("alteration", "mineral", "structure"):
            for label in chosen_labels(summary, rows, name, detail, most, least_rows):
                progress(0.5)
                build.label(name, label)
    return build.numbers, build.texts, build.order


def chosen_labels(summary, rows, name, detail, most, least_rows):
    """Indices of the labels that get columns, the commonest first; all in their order with the detail "all"."""
    if detail == "all":
        return list(range(len(summary.vocabulary.labels(name))))
    counts = summary.counts(name, row_counts(summary, rows))
    order = np.argsort(-counts, kind="stable")
    return [int(label) for label in order[:most] if counts[label] >= max(1, least_rows)]


def row_counts(summary, rows):
    """Number of rows of the layer for each text."""
    return np.bincount(rows[rows >= 0], minlength=len(summary)).astype(float)


class Builder:
    """Makes columns one after the other.

    Parameters
    ----------
    summary : Summary
    rows : array of int, shape (m,)
    """

    def __init__(self, summary, rows):
        self.summary, self.rows = summary, np.asarray(rows)
        self.numbers, self.texts, self.order = {}, {}, []

    def number(self, name, values):
        """A column of numbers from values of the texts (n,)."""
        column = np.full(len(self.rows), np.nan, np.float32)
        there = self.rows >= 0
        column[there] = values[self.rows[there]]
        self.numbers[name] = column
        self.order.append(name)

    def text(self, name, indices, words):
        """A column of texts from indices (n,) into ``words``; -1 for none."""
        column = np.full(len(self.rows), -1, np.int32)
        there = self.rows >= 0
        column[there] = indices[self.rows[there]]
        self.texts[name] = (column, list(words))
        self.order.append(name)

    def rocks(self):
        """The lithology, its subgroup and group."""
        rock, names = self.summary.array("lithology"), self.summary.classes["lithology"]
        self.text("lith", rock, [name or NOT_SAID for name in names])
        self.number("lith_p", self.summary.array("lithology p"))
        for name, places in (("lith_sub", self.summary.subgroups), ("lith_group", self.summary.groups)):
            words = list(dict.fromkeys(place or NOT_SAID for place in places))
            self.text(name, np.array([words.index(place or NOT_SAID) for place in places])[rock], words)
        self.number("lith_group_p", self.summary.array("group p"))

    def single(self, name, short, scale):
        """An attribute with one class: its text, its place on a scale, its probability; NULL when not said."""
        best, said = self.summary.array(name), self.summary.said(name)
        self.text(short, np.where(said, best, -1), self.summary.classes[name])
        if scale:
            steps = np.array([np.nan] + [float(term.group) for term in self.summary.vocabulary.terms(name)])
            self.number(f"{short}_n", steps[best])
        self.number(f"{short}_p", np.where(said, self.summary.array(f"{name} p"), np.nan))

    def structure_list(self):
        """The structures of each text, as one short text."""
        labels = self.summary.vocabulary.labels("structure")
        entries, likely = self.summary.array("structure"), self.summary.array("structure p") >= STRUCTURE_SAID
        found = {}
        for row, label in entries[likely].tolist():
            found.setdefault(row, []).append(labels[label])
        words, places = {}, np.full(len(self.summary), -1)
        for row, names in found.items():
            places[row] = words.setdefault(SEPARATOR.join(names), len(words))
        self.text("structure", places, words)

    def main(self, name, short):
        """The main alteration or mineral; of the minerals an ore goes before those of every rock."""
        terms = self.summary.vocabulary.terms(name)
        rank = np.array([-10.0 if name == "mineral" and term.group in ROCK_FORMING else 0.0 for term in terms])
        label, level, probability, percent = self.summary.main(name, rank)
        self.text(f"{short}_1", label, [term.name for term in terms])
        self.number(f"{short}_1_int", level)
        if name == "mineral":
            self.number(f"{short}_1_pct", percent)
        self.number(f"{short}_1_p", probability)

    def label(self, name, label):
        """The columns of one alteration, mineral or structure."""
        word = self.summary.vocabulary.labels(name)[label]
        if name == "structure":
            self.number(f"str_{word}_p", self.summary.structures(label))
            return
        short = name[:3]
        level, probability, percent = self.summary.dense(name, label)
        self.number(f"{short}_{word}", level)
        self.number(f"{short}_{word}_p", probability)
        if percent is not None:
            self.number(f"{short}_{word}_pct", percent)
