"""Job: a transformer fitted to the user's own labelled logs."""
from collections import Counter

import numpy as np

from ..errors import InputError
from ..modelfile import load_model, save_model
from ..reports.page import Page
from ..reports.svg import Plot
from ..texts import unpack_texts
from ..versions import versions
from .baselines import tfidf_predict
from .dictionary import DictionaryParser, map_label
from .evaluation import scores, split_holes, unseen
from .finetune import fit_own, own_network, own_parts, own_settings
from .transformer import SHIPPED, TransformerParser, save_parser

CHECKPOINT, CHECKPOINT_KIND = "checkpoint.safetensors", "logparser checkpoint"
VALIDATION, LEAST_ROWS, LEAST_OF_CLASS, SHOWN = 0.2, 20, 3, 15


def run(job, progress):
    """Fine-tune the log parser.

    Reads the texts ``text``, ``label`` and, optionally, ``hole``; writes
    ``model.safetensors`` and ``report.html``.

    Returns
    -------
    dict
        ``accuracy`` and ``macro_f1`` on holes that training never saw, those of ``tfidf`` and ``dictionary``, and
        counts of rows, classes and holes.
    """
    texts, labels, holes = labelled_rows(job, progress)
    classes = sorted(set(labels))
    target = np.array([classes.index(label) for label in labels])
    rng = np.random.default_rng([int(job.settings.get("seed") or 0), 1])
    train, test = split_holes(holes, VALIDATION, rng)
    check_split(target, train, classes, progress)
    progress.log(f"Training on {len(train):,} rows of {distinct(holes, train):,} holes, checking on {len(test):,} rows "
                 f"of {distinct(holes, test):,} others.")
    network, history = fitted(job, texts, target, holes, train, classes, progress.span(0.02, 0.85))
    progress(0.85)
    answers = answers_of(network, texts, target, train, test, progress)
    found = {name: scores(target[test], given) for name, given in answers.items()}
    new = unseen(texts, train, test)
    found_new = {name: scores(target[test][new], given[new]) for name, given in answers.items()} if new.any() else {}
    card = {"own_classes": {name: map_label(name) for name in classes}, "scores": found, "scores_new_texts": found_new,
            "seed": job.settings.get("seed"), "samples": len(texts), "label_field": job.settings.get("label_field")}
    save_parser(job.path("model.safetensors"), network, "Log parser for own classes", **card)
    job.write_text("report.html", report(job, classes, target[test], answers, found, found_new, history, progress))
    progress(1.0)
    return {**found["transformer"], "tfidf": found["TF-IDF"], "dictionary": found["dictionary"], "rows": len(texts),
            "classes": len(classes), "validation_rows": len(test), "epochs": len(history)}


def labelled_rows(job, progress):
    """Texts, labels and holes of the rows that can be learnt from.

    Raises
    ------
    InputError
        There are too few rows or classes.
    """
    columns = [texts_of(job, name) for name in ("text", "label", "hole")]
    texts, labels, holes = columns
    grouped = holes is not None and len(set(holes)) > 1
    if grouped:
        holes = ["".join(hole.lower().split()) for hole in holes]
    else:
        progress.warn("Without several drill holes, rows with the same text are kept together instead of rows of one "
                      "hole; the scores flatter, because neighbours in a hole are alike.")
        holes = [" ".join(text.lower().split()) for text in texts]
    counts = Counter(label for text, label in zip(texts, labels) if text and label)
    keep = [row for row in range(len(texts)) if texts[row] and counts[labels[row]] >= LEAST_OF_CLASS and labels[row]]
    rare = sorted(label for label, count in counts.items() if count < LEAST_OF_CLASS)
    if rare:
        progress.warn(f"Left out, because they have fewer than {LEAST_OF_CLASS} rows: {', '.join(rare[:SHOWN])}"
                      f"{' and others' if len(rare) > SHOWN else ''}.")
    if len(keep) < LEAST_ROWS:
        raise InputError(f"Logs: {len(keep):,} rows have a text and a class with at least {LEAST_OF_CLASS} rows, and "
                         f"{LEAST_ROWS} are needed; label more rows, or choose other fields.")
    if len({labels[row] for row in keep}) < 2:
        raise InputError(f"Logs: all labelled rows have the class '{labels[keep[0]]}', and two are needed; choose "
                         "another field of classes.")
    if len(keep) < len(texts):
        progress.log(f"{len(texts) - len(keep):,} of {len(texts):,} rows have no text, no class or a rare one.")
    return [texts[row] for row in keep], [labels[row] for row in keep], [holes[row] for row in keep]


def texts_of(job, name):
    """A stripped column of texts, or None when the job has none."""
    data = job.array(name)
    return None if data is None else [text.strip() for text in unpack_texts(data, job.array(f"{name}_ends"))]


def check_split(target, train, classes, progress):
    """Warn about classes that no training hole has.

    Raises
    ------
    InputError
        The training holes hold one class only.
    """
    there = set(target[train])
    if len(there) < 2:
        raise InputError("Logs: the holes left for training hold one class only; add holes with other classes, or "
                         "leave the drill hole field empty.")
    lacking = [name for number, name in enumerate(classes) if number not in there]
    if lacking:
        progress.warn(f"Only in the holes kept for checking, so never learnt: {', '.join(lacking[:SHOWN])}.")


def fitted(job, texts, target, holes, train, classes, progress):
    """The network fitted to the training rows, and its history; goes on from a checkpoint."""
    settings = job.settings
    start = start_network(settings.get("start"), progress)
    network = own_network(classes, start, int(settings.get("seed") or 0))
    chosen = {name: settings[name] for name in ("epochs", "rate", "frozen") if settings.get(name) is not None}
    path = job.path(CHECKPOINT)
    state = checkpoint_of(path) if path.exists() else None

    def save(arrays, plain):
        save_model(path, arrays, {"schema": 1, "kind": CHECKPOINT_KIND, "plain": plain})

    history = fit_own(network, [texts[row] for row in train], target[train], [holes[row] for row in train],
                      own_settings(seed=int(settings.get("seed") or 0), **chosen), progress, state, save)
    return network, history


def checkpoint_of(path):
    """What an earlier run of this job saved last."""
    arrays, card = load_model(path, CHECKPOINT_KIND)
    return arrays, card["plain"]


def start_network(start, progress):
    """The network to start from: of a file, the one that Lodescope ships for ``"shipped"``, None for nothing."""
    if not start:
        return None
    if start == "shipped" and not SHIPPED.exists():
        progress.warn("The weights that Lodescope ships are not there; training starts from nothing.")
        return None
    return TransformerParser.load(SHIPPED if start == "shipped" else start).network


def answers_of(network, texts, target, train, test, progress):
    """Class indices that each method gives the rows of the validation holes."""
    known, others = [texts[row] for row in train], [texts[row] for row in test]
    answers = {"transformer": own_parts(network, others)["transformer"].argmax(axis=1)}
    progress(0.88)
    answers["TF-IDF"] = tfidf_predict(known, target[train], others)
    progress(0.95)
    answers["dictionary"] = dictionary_classes(known, target[train], others)
    return answers


def dictionary_classes(texts, target, others):
    """Own classes by way of the dictionary: the class that goes most often with the rock that it reads."""
    parser = DictionaryParser()
    read, asked = parser.parse(texts).lithology.argmax(axis=1), parser.parse(others).lithology.argmax(axis=1)
    table = {rock: np.bincount(target[read == rock]).argmax() for rock in set(read.tolist())}
    usual = np.bincount(target).argmax()
    return np.array([table.get(rock, usual) for rock in asked.tolist()])


def distinct(values, rows):
    """Number of different values in some rows."""
    return len({values[row] for row in rows})


def report(job, classes, truth, answers, found, found_new, history, progress):
    """The report as HTML."""
    page = Page("Log parser for own classes", job.settings.get("subtitle", ""))
    for message in progress.warnings:
        page.warning(message)
    page.number("Accuracy", found["transformer"]["accuracy"])
    page.number("Macro-F1", found["transformer"]["macro_f1"])
    page.number("Rows checked", len(truth))
    page.section("On holes that training never saw")
    page.text("Macro-F1 counts every class alike, however rare. The dictionary answers with the class that goes most "
              "often with the rock it reads; TF-IDF is logistic regression on words and groups of letters. All learnt "
              "from the same rows.")
    page.table(["Method", "Accuracy", "Macro-F1"],
               [[name, value["accuracy"], value["macro_f1"]] for name, value in found.items()])
    if found_new:
        page.table(["Method", "Accuracy", "Macro-F1"],
                   [[name, value["accuracy"], value["macro_f1"]] for name, value in found_new.items()],
                   "The same for texts that do not occur in the training rows")
    page.section("Training")
    page.figures(*curves(history))
    page.section("Classes")
    page.table(["Class", "Rock of Lodescope", "Rows checked", "Precision", "Recall"],
               [[name, map_label(name), *precision_recall(truth == k, answers["transformer"] == k)]
                for k, name in enumerate(classes)])
    page.section("Confusions")
    page.table(["Class", "Taken for", "Rows"], confusions(classes, truth, answers["transformer"]),
               "The most frequent wrong answers")
    page.versions(versions(["numpy", "scikit-learn", "torch"]))
    return page.render()


def curves(history):
    """Plots of the loss and of the scores on the rows kept aside, by epoch."""
    epochs = np.arange(1, len(history) + 1)
    loss = Plot("Loss of the training rows", "Epoch", "Loss", width=480, height=320)
    loss.line(epochs, [entry["loss"] for entry in history])
    score = Plot("Holes kept aside to choose the epoch", "Epoch", "Score", width=480, height=320, y_limits=(0.0, 1.0))
    score.line(epochs, [entry["accuracy"] for entry in history], "accuracy")
    score.line(epochs, [entry["macro_f1"] for entry in history], "macro-F1")
    return loss.render(), score.render()


def precision_recall(right, given):
    """Rows of a class, precision and recall; None where there is nothing to divide by."""
    hits = int((right & given).sum())
    return [int(right.sum()), hits / given.sum() if given.any() else None, hits / right.sum() if right.any() else None]


def confusions(classes, truth, given):
    """The most frequent pairs of a class and the wrong answer."""
    pairs = Counter((int(a), int(b)) for a, b in zip(truth, given) if a != b)
    return [[classes[a], classes[b], count] for (a, b), count in pairs.most_common(SHOWN)]
