"""How well parsers of logs do on holes that they never saw."""
from collections import Counter

import numpy as np
from sklearn.metrics import accuracy_score, f1_score
from sklearn.model_selection import GroupKFold

from .training import Examples
from .vocabulary import SINGLE

LEAST = 10


def scores(truth, found):
    """Accuracy and macro-F1 over the classes of the truth and the answers.

    Parameters
    ----------
    truth, found : sequence of str or int

    Returns
    -------
    dict
        ``accuracy`` and ``macro_f1``.
    """
    truth, found = np.asarray(truth).astype(str), np.asarray(found).astype(str)
    return {"accuracy": float(accuracy_score(truth, found)),
            "macro_f1": float(f1_score(truth, found, average="macro", zero_division=0))}


def grouped_folds(groups, folds=5):
    """Training and test rows of folds that never share a group; ``[(train, test), ...]``."""
    return list(GroupKFold(folds).split(np.zeros(len(groups)), groups=np.asarray(groups)))


def split_holes(groups, share, rng):
    """Rows of some groups, about ``share`` of all rows, and the others: ``(others, some)``.

    Whole groups are drawn until the share is reached; at least one is drawn and one is left where there are two.
    """
    names, inverse, counts = np.unique(np.asarray(groups), return_inverse=True, return_counts=True)
    order = rng.permutation(len(names))
    before = np.cumsum(counts[order]) - counts[order]
    chosen = order[:max(1, int((before < share * counts.sum() * 0.999).sum()))]
    some = np.isin(inverse, chosen[:max(1, len(names) - 1)])
    return np.flatnonzero(~some), np.flatnonzero(some)


def frequent(labels, least=LEAST):
    """Rows whose label is given and occurs at least ``least`` times."""
    counts = Counter(labels)
    return np.array([row for row, label in enumerate(labels) if label and counts[label] >= least], int)


def unseen(texts, train, test):
    """Which test rows have a text that no training row has, spaces and capitals apart."""
    known = {" ".join(texts[row].lower().split()) for row in train}
    return np.array([" ".join(texts[row].lower().split()) not in known for row in test], bool)


def examples_of(texts, labels, weight=1.0, codes=None):
    """Training examples from texts and their `parsed.Labels`."""
    return Examples(
        list(texts), {name: np.asarray(getattr(labels, name), np.int64) for name in SINGLE},
        {name: np.asarray(getattr(labels, name), np.int8) for name in ("alteration", "mineral", "structure")},
        np.asarray(labels.mineral_percent, float), np.full(len(texts), float(weight)), codes)


def joined(*parts):
    """Several `training.Examples` with the same attributes, one after the other."""
    def all_of(name):
        return np.concatenate([getattr(part, name) for part in parts])

    first = parts[0]
    return Examples(
        [text for part in parts for text in part.texts],
        {name: np.concatenate([part.choices[name] for part in parts]) for name in first.choices},
        {name: np.concatenate([part.labels[name] for part in parts]) for name in first.labels},
        all_of("percent"), all_of("weights"))


def attribute_scores(truth, found):
    """How well all attributes are read, against exact `parsed.Labels`.

    Returns
    -------
    dict
        Single-choice attributes: accuracy and macro-F1. Attributes with intensities: F1 of presence over all labels
        and texts, and the share of exact intensities where the label is truly there. ``percent``: share of stated
        shares read within a tenth.
    """
    out = {name: scores(getattr(truth, name), getattr(found, name)) for name in SINGLE}
    for name in ("alteration", "mineral", "structure"):
        right, given = np.asarray(getattr(truth, name)), np.asarray(getattr(found, name))
        hits, there, said = ((right > 0) & (given > 0)).sum(), (right > 0).sum(), (given > 0).sum()
        out[name] = {"f1": float(2 * hits / max(there + said, 1))}
        if name != "structure":
            out[name]["intensity"] = float((given == right)[right > 0].mean()) if there else 1.0
    stated = np.isfinite(truth.mineral_percent)
    close = np.abs(found.mineral_percent - truth.mineral_percent) <= 0.1 * truth.mineral_percent + 1e-6
    out["percent"] = {"accuracy": float(close[stated].mean()) if stated.any() else 1.0}
    return out
