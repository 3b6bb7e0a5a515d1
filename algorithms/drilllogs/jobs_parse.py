"""Job: free-text logs read into classes, intensities, percentages and their probabilities."""
import json
from importlib.util import find_spec
from pathlib import Path

import numpy as np

from ..errors import InputError
from ..texts import unpack_texts
from ..versions import ROOT
from .columns import columns_of, row_counts
from .combined import CombinedParser
from .dictionary import DictionaryParser, map_label
from .report import parse_report
from .summary import Summary
from .vocabulary import load_vocabulary

WEIGHTS = ROOT / "resources" / "logs" / "logparser.safetensors"
CHUNKS = {"dictionary": 1000, "transformer": 256, "transformer and dictionary": 256}
PIECE = 50_000


def run(job, progress):
    """Read the logs of a layer.

    Reads the texts ``text`` and, optionally, ``code`` of m rows; writes
    ``numbers`` (k, m) and ``choices`` (j, m), ``columns.json`` with their names
    and words, and ``report.html``.

    Returns
    -------
    dict
        ``parser``, ``rows``, ``unique``, ``empty``, ``unknown_share`` (rows with text whose rock is not known).
    """
    settings, vocabulary = job.settings, load_vocabulary()
    texts, codes, rows = unique_logs(_texts(job, "text"), _texts(job, "code"), progress.span(0.0, 0.02))
    if not texts:
        raise InputError("Logs: no row has a text or a code to read; choose the field that holds the descriptions.")
    table = dict(zip(settings.get("table_codes") or (), settings.get("table_words") or ()))
    parser, kind = choose_parser(settings, table, progress)
    progress.log(f"Reading {len(texts):,} different logs of {len(rows):,} rows with the {kind}.")
    lithologies = getattr(parser, "lithologies", None)
    summary = Summary(vocabulary, lithologies, _place)
    read_all(parser, texts, codes, summary, CHUNKS[kind], progress.span(0.05, 0.85))
    numbers, words, order = columns_of(
        summary, rows, settings.get("detail", "present"), int(settings.get("most") or 12),
        int(settings.get("least_rows") or 1), progress.span(0.85, 0.93))
    _write_columns(job, numbers, words, order, len(rows), progress.span(0.93, 0.95))
    counts = row_counts(summary, rows)
    outputs = {"parser": kind, "rows": len(rows), "unique": len(texts), "empty": int((rows < 0).sum()),
               "unknown_share": float(counts[~summary.said("lithology")].sum() / max(1.0, counts.sum()))}
    unknown = unknown_words(parser, texts, counts, progress.span(0.95, 0.99))
    job.write_text("report.html", parse_report(job, summary, counts, texts, unknown, outputs, progress.span(0.99, 1.0)))
    progress(1.0)
    return outputs


def _texts(job, name):
    """A column of texts, or None when the job has none."""
    data = job.array(name)
    return None if data is None else unpack_texts(data, job.array(f"{name}_ends"))


def _place(name):
    """Group and subgroup of a class of the user's own, by the rock that its name tells."""
    known = {term.name: (term.group, term.subgroup) for term in load_vocabulary().lithologies}
    return known.get(map_label(name), ("", ""))


def unique_logs(texts, codes=None, progress=None):
    """The different logs.

    Parameters
    ----------
    texts, codes : list of str or None
        Of m rows.
    progress : Progress, optional

    Returns
    -------
    texts : list of str
        Of n different pairs of text and code.
    codes : list of str or None
    rows : array of int64, shape (m,)
        The pair of each row; -1 where both are empty.
    """
    places, rows = {}, np.empty(len(texts), np.int64)
    for row, text in enumerate(texts):
        if progress is not None and row % PIECE == 0:
            progress(row / len(texts))
        pair = (text, codes[row] if codes is not None else "")
        rows[row] = places.setdefault(pair, len(places)) if pair[0].strip() or pair[1].strip() else -1
    unique = list(places)
    return [pair[0] for pair in unique], None if codes is None else [pair[1] for pair in unique], rows


def choose_parser(settings, table, progress):
    """The parser that the settings ask for.

    Returns
    -------
    parser : object with ``parse(texts, codes)``
    kind : {"dictionary", "transformer", "transformer and dictionary"}
        Without a model of the user's own, auto takes both together.

    Raises
    ------
    InputError
        The transformer is asked for and cannot be used.
    """
    wanted, model = settings.get("parser", "auto"), settings.get("model") or ""
    lacking = "" if wanted == "dictionary" else _lacking(model)
    if wanted == "dictionary" or (lacking and wanted == "auto" and not model):
        if lacking:
            progress.warn(f"The logs are read with the dictionary, because {lacking}.")
        return DictionaryParser(code_table=table), "dictionary"
    if lacking:
        raise InputError(f"The transformer cannot be used, because {lacking}; install it, or set the parser to "
                         "dictionary and leave the model empty.")
    from .transformer import TransformerParser

    parser = TransformerParser.load(model or WEIGHTS)
    parser = WithTable(parser, table) if table else parser
    if wanted == "auto" and not model:
        return CombinedParser(parser, table), "transformer and dictionary"
    return parser, "transformer"


def _lacking(model):
    """Why the transformer cannot be used, or an empty string."""
    if find_spec("torch") is None:
        return "the worker's Python has no PyTorch"
    if not model and not Path(WEIGHTS).exists():
        return "the trained weights are not there"
    return ""


class WithTable:
    """A parser that reads the words of a code table in place of the codes.

    Parameters
    ----------
    parser : object with ``parse(texts, codes)``
    table : dict
        Codes to words.
    """

    def __init__(self, parser, table):
        self.parser = parser
        self.lithologies = getattr(parser, "lithologies", None)
        self._table = {code.strip().upper(): words for code, words in table.items()}

    def parse(self, texts, codes=None):
        """As the parser itself; codes of the table become words before the text."""
        if codes is None:
            return self.parser.parse([self._table.get(text.strip().upper(), text) for text in texts])
        words = [self._table.get(code.strip().upper(), "") for code in codes]
        full = [". ".join(filter(None, pair)) for pair in zip(words, texts)]
        return self.parser.parse(full, ["" if word else code for word, code in zip(words, codes)])


def read_all(parser, texts, codes, summary, chunk, progress):
    """Read all texts, some at a time, into a summary."""
    for start in range(0, len(texts), chunk):
        stop = min(start + chunk, len(texts))
        some = None if codes is None else codes[start:stop]
        summary.add(parser.parse(texts[start:stop], some))
        progress(stop / len(texts))


def unknown_words(parser, texts, counts, progress):
    """Words that the dictionary does not know: a list of (word, rows, example), the commonest first."""
    lexicon, found, examples = getattr(parser, "lexicon", None) or DictionaryParser().lexicon, {}, {}
    from .words import tokens

    for row, text in enumerate(texts[:PIECE]):
        if row % 1000 == 0:
            progress(row / min(PIECE, len(texts)))
        for word in set(lexicon.spell(tokens(text, lexicon.abbreviations))[1]):
            found[word] = found.get(word, 0) + int(counts[row])
            examples.setdefault(word, text)
    common = sorted(found, key=lambda word: (-found[word], word))
    return [(word, found[word], examples[word]) for word in common]


def _write_columns(job, numbers, words, order, rows, progress):
    """Put all columns into the job folder."""
    table = job.create("numbers", (max(1, len(numbers)), rows))
    for place, column in enumerate(numbers.values()):
        progress(place / max(1, len(numbers)))
        table[place] = column
    choices = job.create("choices", (max(1, len(words)), rows), np.int32)
    for place, (column, _) in enumerate(words.values()):
        choices[place] = column
    job.write_text("columns.json", json.dumps({
        "order": order, "numbers": list(numbers), "texts": {name: found for name, (_, found) in words.items()}}))
