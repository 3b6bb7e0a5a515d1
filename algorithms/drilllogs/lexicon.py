"""Phrases of the vocabulary, found in a row of words by the longest match."""
from typing import NamedTuple

from .vocabulary import MULTIPLE, SINGLE
from .words import WORD, Speller, adjectives, normal, tokens

SHORTEST_CODE, CODED = 3, 0.75

# Words that steer how others are read.
INTENSITY = {
    1: "trace weak weakly slight slightly minor rare rarely faint faintly incipient scattered few sparse little spotty "
       "fraco fraca leve debil schwach subtle negligible wispy minimal traza traco sporadic",
    2: "moderate moderately common mod medium-strong moderado moderada partial partially partly fairly massig mittel "
       "noticeable medio",
    3: "strong strongly heavy heavily high highly abundant rich well considerable forte fuerte stark significant "
       "marked markedly major significantly substantial",
    4: "intense intensely extreme extremely complete completely total totally dominant massively intenso intensa "
       "muito-forte fully entirely severe severely",
}
SOFT_INTENSITY = {"patchy": 1, "local": 1, "locally": 1, "occasional": 1, "occasionally": 1, "pervasive": 3,
                  "pervasively": 3, "selective": 1, "selectively": 1, "patch": 1}
TRACE = ("trace", "traza", "traco")
VERY = ("very", "muito", "muy", "sehr")
BEFORE = ("no", "not", "without", "nil", "non", "lacking", "lack", "devoid", "sem", "sin", "ohne", "kein", "keine",
          "nicht", "never", "zero", "neither", "nor", "nao", "cannot", "sans")
BEHIND = ("absent", "nil", "none", "lacking", "free", "ausente", "negative")
ENDS_NEGATION = ("but", "with", "except", "although", "however", "only", "yet", "though", "mas", "pero", "aber", "com",
                 "con", "mit", "becoming")
WITH = ("with", "containing", "contain", "including", "include", "bearing", "com", "con", "mit", "avec", "having", "in",
        "within", "hosted", "hosting", "between", "host", "em", "plus", "has", "along", "cut", "crosscut", "intruded",
        "filling", "infilling", "towards", "toward", "near", "adjacent", "proximal", "by")
AFTER = ("after", "against", "from", "derived", "over", "overlying", "above", "below", "apos", "nach", "like", "than",
         "former", "ex", "resembling", "to", "into", "contact", "beneath", "previous", "possibly", "possible",
         "probably", "probable", "maybe", "relict", "remnant", "below")
PARTS = frozenset(map(normal, (
    "fragments", "clasts", "chips", "pebbles", "bands", "lenses", "layers", "xenoliths", "inclusions", "interbeds",
    "grains", "matrix", "stringers", "flakes", "laminae", "patches", "pods", "clots", "blebs", "veins", "veinlets",
    "dykes", "nodules", "cement", "pieces", "intercalations", "partings", "stain", "staining", "float", "rafts",
    "zones", "seams", "blocks", "boulders", "cobbles", "crystals", "rich", "bearing", "phenocrysts", "dykelets",
    "contact", "margin", "texture", "groundmass", "partings", "beds", "streaks", "selvage", "infill", "infilling",
    "fill", "lag",
)))
LITTLE = ("and", "or", "the", "of", "a", "is", "are", "as", "at", "on", "an", "it", "its", "this", "that", "for", "be")
FUNCTION = frozenset(map(normal, (*WITH, *AFTER, *BEFORE, *BEHIND, *ENDS_NEGATION, *VERY, *LITTLE)))


class Sense(NamedTuple):
    """What a phrase may mean: an attribute and the index of a class or label in it."""

    attribute: str
    index: int


class Match(NamedTuple):
    """A phrase found in a row of words."""

    words: tuple
    senses: tuple
    quality: float
    adjective: bool = False
    plural: bool = False


class Lexicon:
    """All phrases of a vocabulary.

    Parameters
    ----------
    vocabulary : Vocabulary
    """

    def __init__(self, vocabulary):
        self.vocabulary = vocabulary
        self.abbreviations = vocabulary.abbreviations
        self.levels = {normal(word): level for level, words in INTENSITY.items() for word in words.split()}
        self.phrases, self.coded, described = {}, set(), {}
        for attribute in (*SINGLE, *MULTIPLE):
            for index, term in enumerate(vocabulary.terms(attribute), start=attribute in SINGLE):
                for phrase in term.terms:
                    self._add(phrase, Sense(attribute, index))
        for (word, *rest), senses in self.phrases.items():
            rocks = tuple(sense for sense in senses if sense.attribute == "lithology")
            if not rest and rocks and len(word) > 3 and word != "quartz":
                described.update((form, rocks) for form in adjectives(word) if (form,) not in self.phrases)
        self.described = described
        self._add_codes(SHORTEST_CODE)
        self.longest = {}
        for phrase in self.phrases:
            self.longest[phrase[0]] = max(self.longest.get(phrase[0], 0), len(phrase))
        known = {word for phrase in self.phrases for word in phrase} | set(self.levels) | set(SOFT_INTENSITY) | FUNCTION
        self.speller = Speller(known, (*FUNCTION, *vocabulary.neutral), described)

    def _add(self, phrase, sense):
        """Enter a phrase under its normal form; an abbreviation by itself is left to `tokens`."""
        if phrase in self.abbreviations:
            return
        words = tuple(token.text for token in tokens(phrase, self.abbreviations) if token.kind == WORD)
        if len(words) == 1 and words[0] in FUNCTION:
            return
        if words and sense not in self.phrases.get(words, ()):
            self.phrases[words] = (*self.phrases.get(words, ()), sense)

    def _add_codes(self, shortest):
        """Enter codes of rocks, which loggers also use in sentences, unless they are words or stand for several."""
        for index, term in enumerate(self.vocabulary.terms("lithology"), start=1):
            for code in term.codes:
                word = normal(code.lower())
                if len(code) < shortest or not code.isalpha() or word in FUNCTION or word in self.levels:
                    continue
                if (word,) in self.coded:
                    self.phrases[(word,)] = (*self.phrases[(word,)], Sense("lithology", index))
                elif (word,) not in self.phrases and word not in self.abbreviations:
                    self.phrases[(word,)] = (Sense("lithology", index),)
                    self.coded.add((word,))
        for phrase in [phrase for phrase in self.coded if len(self.phrases[phrase]) > 1]:
            del self.phrases[phrase]
            self.coded.remove(phrase)

    def spell(self, row):
        """Tokens with every word as the lexicon spells it, and the words that nobody knows."""
        spelled, unknown = [], []
        for token in row:
            if token.kind != WORD:
                spelled.append(token)
                continue
            word, quality = self.speller.find(token.text)
            if not word and token.text not in self.speller.neutral and len(token.text) > 2:
                unknown.append(token.text)
            spelled.append(token._replace(text=word or token.text, value=token.value * (quality or 1.0)))
        return spelled, unknown

    def match(self, row, start):
        """The longest phrase that starts at a token, or None.

        Parameters
        ----------
        row : list of Token
            As `spell` returns them.
        start : int
        """
        first = row[start].text
        end = start
        limit = min(len(row), start + self.longest.get(first, 1))
        while end < limit and row[end].kind == WORD:
            end += 1
        for stop in range(end, start, -1):
            words = tuple(token.text for token in row[start:stop])
            senses = self.phrases.get(words)
            if senses:
                quality = min(token.value for token in row[start:stop]) * (CODED if words in self.coded else 1.0)
                return Match(words, senses, quality, plural=row[stop - 1].plural)
        if first in self.described:
            return Match((first,), self.described[first], row[start].value, True)
        return None
