"""How `grammar` writes a class: one of its terms, the usual ones more often."""
from .amounts import PROCESS_ENDS
from .rocks import WEAK_WORDS
from .words import adjectives, normal

FIRST_TERM, SURE, LONGEST = 0.4, 0.5, 4
STAINS = ("staining", "stained", "rich", "alteration", "altered", "alt")
COLOUR_SHADES = ("light", "dark", "pale", "dk", "lt", "bright", "dull")


class Surfaces:
    """Picks classes and words for them.

    Parameters
    ----------
    vocabulary : Vocabulary
    dice : Dice
    """

    def __init__(self, vocabulary, dice):
        self.vocabulary, self.dice = vocabulary, dice
        self.rock_names = vocabulary.classes("lithology")
        self._terms = {name: self._usable(name) for name in
                       ("lithology", "alteration", "mineral", "structure", "weathering", "grain_size", "colour")}
        self._codes = {name: [(index, code) for index, term in enumerate(vocabulary.terms(name), start=first)
                              for code in term.codes] for name, first in
                       (("lithology", 1), ("alteration", 0), ("mineral", 0))}
        self._adjectives = [form for _, terms in self._terms["lithology"] for word in terms[:1] if " " not in word
                            for form in adjectives(word)[:1]]
        self._altering = [(index, [term for term in terms if _mineral_like(term)])
                          for index, terms in self._terms["alteration"]]
        self._altering = [(index, terms) for index, terms in self._altering if terms]
        self._whole = vocabulary.labels("alteration").index("undifferentiated")

    def _usable(self, name):
        """Classes with the terms that do not mean something else as well."""
        first = 1 if name in ("lithology", "weathering", "grain_size", "colour") else 0
        usable = []
        for index, term in enumerate(self.vocabulary.terms(name), start=first):
            words = [word for word in term.terms if len(word.split()) <= LONGEST and len(word) > 1]
            if name == "lithology":
                words = [word for word in words if WEAK_WORDS.get(normal(word), 1.0) >= SURE and len(word) > 2]
            usable.append((index, words or list(term.terms[:1])))
        return usable

    def _word(self, terms):
        """One of the terms of a class."""
        return terms[0] if self.dice.chance(FIRST_TERM) else self.dice.pick(terms)

    def term(self, name):
        """A class of an attribute and a word for it."""
        index, terms = self.dice.pick(self._terms[name])
        return index, self._word(terms)

    def rock(self):
        """A lithology class and a word for it."""
        return self.term("lithology")

    def adjective(self):
        """An adjective made from a rock, such as *basaltic*."""
        return self.dice.pick(self._adjectives)

    def colour(self):
        """A colour class and its words: alone, shaded, or a compound whose last word counts."""
        index, word = self.term("colour")
        kind, plain = self.dice.roll(), " " not in word and "grey" not in word and "gray" not in word
        if kind < 0.2 and plain:
            return index, f"{self.dice.pick(COLOUR_SHADES)} {word}"
        if kind < 0.4 and plain and len(word) > 2:
            _, other = self.term("colour")
            return index, f"{other}{self.dice.pick(('-', ' ', '-'))}{word}"
        return index, word

    def alteration(self):
        """An alteration label, a word for it, and whether the word names the process itself."""
        index, terms = self.dice.pick(self._terms["alteration"])
        word = self._word(terms)
        return index, word, index == self._whole or not _mineral_like(word)

    def altering_mineral(self):
        """An alteration label and a mineral's name for it."""
        index, terms = self.dice.pick(self._altering)
        return index, self._word(terms)

    def named(self, name):
        """A label and its most usual words."""
        index, terms = self.dice.pick(self._terms[name])
        return index, self.dice.pick(terms[:3])

    def code(self, name):
        """A class and one of its codes."""
        return self.dice.pick(self._codes[name])


def _mineral_like(term):
    """Whether a term for an alteration names a mineral rather than the process."""
    last = term.split()[-1]
    return not last.endswith(PROCESS_ENDS) and last not in STAINS
