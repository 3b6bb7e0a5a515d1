"""Log texts read by rules: terms of the vocabulary and near misses, negation, intensity and per cent."""
from collections import Counter
from dataclasses import dataclass, field
from functools import lru_cache

from .amounts import Amounts
from .clauses import TERM, items_of
from .codes import CodeBook
from .lexicon import Lexicon
from .parsed import Parsed
from .properties import OF_ROCK, colours, grain_size, structures, weathering
from .rocks import main_rock
from .vocabulary import SINGLE, load_vocabulary
from .words import tokens

CODE_WEIGHT, TABLE_WEIGHT = 0.5, 0.75
LONGEST = 5_000  # characters; no log says more, and a whole report in one cell must not hold up the others


@dataclass
class Reading:
    """What one text says.

    Attributes
    ----------
    single : dict
        Single-choice attributes to {class index: probability}; those that are not named are left out.
    alterations, minerals : dict
        As `Amounts.read` returns them.
    structures : dict
        Label index to probability.
    unknown : list of str
        Words that were not understood.
    """

    single: dict = field(default_factory=dict)
    alterations: dict = field(default_factory=dict)
    minerals: dict = field(default_factory=dict)
    structures: dict = field(default_factory=dict)
    unknown: list = field(default_factory=list)

    def says_nothing(self):
        """Whether nothing at all was understood."""
        return not (self.single or self.alterations or self.minerals or self.structures)


class DictionaryParser:
    """Reads log texts with a vocabulary, rules and fuzzy matching.

    Parameters
    ----------
    vocabulary : Vocabulary, optional
    code_table : dict, optional
        Codes of a company to what they stand for in words; they go before the common ones.

    Attributes
    ----------
    unknown : collections.Counter
        Words that no text made sense of, with how often they came.
    """

    NAME = "dictionary"

    def __init__(self, vocabulary=None, code_table=None):
        self.vocabulary = vocabulary or load_vocabulary()
        self.lexicon = Lexicon(self.vocabulary)
        self.amounts = Amounts(self.vocabulary)
        self.codes = CodeBook(self.vocabulary, code_table)
        self.unknown = Counter()
        self._names = {name: self.vocabulary.classes(name) for name in SINGLE}
        structure = self.vocabulary.labels("structure").index
        self._of_rock = {self._names["lithology"].index(rock): structure(name) for rock, name in OF_ROCK.items()}

    def parse(self, texts, codes=None):
        """Read texts.

        Parameters
        ----------
        texts : sequence of str
        codes : sequence of str, optional
            A code for each text, such as that of the logged rock.

        Returns
        -------
        Parsed
        """
        parsed = Parsed.empty(len(texts), self.vocabulary)
        for row, text in enumerate(texts):
            reading = self.read(text)
            if codes is not None and codes[row]:
                self._add_code(reading, codes[row])
            self.unknown.update(reading.unknown)
            write(reading, parsed, row)
        return parsed

    def read(self, text):
        """The `Reading` of one text."""
        text = text[:LONGEST]
        if self.codes.has_levels(text):
            reading = Reading()
            self._read_codes(reading, text)
            return reading
        row, unknown = self.lexicon.spell(tokens(text, self.lexicon.abbreviations))
        items = items_of(row, self.lexicon)
        single = {"lithology": main_rock(items, len(self._names["lithology"]), self.amounts.altered(items)),
                  "weathering": weathering(items, self._names["weathering"]),
                  "grain_size": grain_size(items), "colour": colours(items)}
        reading = Reading({name: found for name, found in single.items() if found}, unknown=unknown)
        reading.alterations, reading.minerals = self.amounts.read(items)
        reading.structures = structures(items, self._of_rock)
        if self.codes.looks_like_code(text) and not self._in_words(items, row):
            self._read_codes(reading, text)
        return reading

    def _in_words(self, items, row):
        """Whether a text is prose: some of its words are whole words of the vocabulary, or common ones."""
        return (any(item.kind == TERM and len(item.text) > 4 for item in items)
                or any(token.text in self.lexicon.speller.neutral for token in row))

    def _read_codes(self, reading, text):
        """Add what a text of codes stands for."""
        words = self.codes.words(text)
        if words:
            self._replace(reading, self.read(words))
            return
        rocks, alterations, minerals = self.codes.read(text)
        if rocks or alterations or minerals:
            reading.unknown = []
        if rocks and "lithology" not in reading.single:
            reading.single["lithology"] = rocks
        for known, found in ((reading.alterations, alterations), (reading.minerals, minerals)):
            for index, entry in found.items():
                known.setdefault(index, entry)

    @staticmethod
    def _replace(reading, other):
        reading.single, reading.alterations, reading.minerals = other.single, other.alterations, other.minerals
        reading.structures, reading.unknown = other.structures, []

    def _add_code(self, reading, code):
        """Weigh the rock that a code stands for with the rock of the text."""
        words = self.codes.words(code)
        rocks = (self.read(words) if words else self._coded(code)).single.get("lithology", {})
        weight = TABLE_WEIGHT if words else CODE_WEIGHT
        if not rocks:
            return
        text = reading.single.get("lithology")
        if text is None:
            reading.single["lithology"] = rocks
            return
        reading.single["lithology"] = {
            index: weight * rocks.get(index, 0.0) + (1.0 - weight) * text.get(index, 0.0) for index in {*rocks, *text}}

    def _coded(self, code):
        """The reading of a common code, or of a word that stands in the column of codes."""
        reading = Reading()
        rocks = self.codes.rocks(code)
        if rocks:
            reading.single["lithology"] = rocks
        return reading if rocks else self.read(code)


def write(reading, parsed, row):
    """Put a reading into a row of arrays."""
    for name, found in reading.single.items():
        probabilities = getattr(parsed, name)[row]
        probabilities[0] = 0.0
        for index, value in found.items():
            probabilities[index] = value
    for name, found in (("alteration", reading.alterations), ("mineral", reading.minerals)):
        probabilities = getattr(parsed, name)[row]
        for index, entry in found.items():
            _write_level(probabilities[index], entry[0], entry[1])
            if name == "mineral" and entry[2] is not None:
                parsed.mineral_percent[row, index] = entry[2]
    for index, value in reading.structures.items():
        parsed.structure[row, index] = value


def _write_level(probabilities, level, certainty):
    """Probabilities of the five intensities; what is left goes to the neighbours of the read one."""
    probabilities[:] = 0.0
    probabilities[level] = certainty
    beside = [place for place in (level - 1, level + 1) if 0 <= place < len(probabilities)]
    probabilities[beside] += (1.0 - certainty) / len(beside)


@lru_cache(maxsize=1)
def _parser():
    """The parser of `map_label`."""
    return DictionaryParser()


def map_label(text):
    """The lithology class of a label that somebody else gave, such as ``"acid igneous rock"``.

    Parameters
    ----------
    text : str
        Underscores count as spaces.

    Returns
    -------
    str
        Name of the class; ``""`` when the label is no rock that the vocabulary knows.
    """
    parser = _parser()
    found = parser.read(text.replace("_", " ")).single.get("lithology", {0: 1.0})
    best = max((index for index in found if index), key=found.get, default=0)
    return parser.vocabulary.classes("lithology")[best]
