"""Made-up logs whose content is known: sentences from a grammar of geological terms, written as loggers write.

Conventions, the same as those of the dictionary parser: trace and weak are
intensity 1, moderate 2, strong 3, intense 4; a process without a word for its
intensity is 2, a mineral that is only named is 1; per cent give intensity by
`amounts.level_of`, a trace is 0.1 %, "<1 %" is 0.5 %, a range its middle.
"""
from .amounts import TRACE_PERCENT, level_of
from .noise import Dice, Scribe
from .parsed import Labels
from .phrases import (
    AND_MINOR,
    CONTACTS,
    DISTRACTORS,
    FILLINGS,
    HABITS,
    JOINED,
    LEVEL_WORDS,
    NEGATIONS,
    NOTHING,
    OF_WORDS,
    PARTS_WORDS,
    STRENGTHS,
    TRACES,
    WEATHER_WORDS,
)
from .properties import OF_ROCK
from .surfaces import Surfaces
from .vocabulary import load_vocabulary

CODES, SILENT, REPEATED = 0.07, 0.03, 0.02


def generate(rng, count, vocabulary=None):
    """Texts and what they say.

    Parameters
    ----------
    rng : numpy.random.Generator
    count : int
    vocabulary : Vocabulary, optional

    Returns
    -------
    texts : list of str
    labels : Labels
        The truth, known because the texts were made from it.
    """
    vocabulary = vocabulary or load_vocabulary()
    writer = Writer(Dice(rng), vocabulary)
    labels = Labels.empty(count, vocabulary)
    return [writer.write(labels, row) for row in range(count)], labels


class Writer:
    """Writes one log after the other.

    Parameters
    ----------
    dice : Dice
    vocabulary : Vocabulary
    """

    def __init__(self, dice, vocabulary):
        self.dice, self.vocabulary = dice, vocabulary
        self.surfaces, self.scribe = Surfaces(vocabulary, dice), Scribe(vocabulary, dice)
        self.structure = {name: index for index, name in enumerate(vocabulary.labels("structure"))}

    def write(self, labels, row):
        """One text; its truth goes into a row of ``labels``."""
        kind = self.dice.roll()
        if kind < CODES:
            return self._codes(labels, row)
        if kind < CODES + SILENT:
            return self.scribe.finish([self.dice.pick(NOTHING)])
        parts = [self._rock(labels, row)]
        parts += [self._grain_later(labels, row)] if self.dice.chance(0.12) else []
        rest = self._alterations(labels, row) + self._minerals(labels, row) + self._structures_later(labels, row)
        rest += self._negations(labels, row)
        rest += [self._distractor(labels, row) for _ in range(self.dice.count((0.6, 0.3, 0.1)))]
        self.dice.shuffle(rest)
        if kind < CODES + SILENT + REPEATED:
            parts.insert(0, "as above")
        return self.scribe.finish([part for part in parts + rest if part])

    def _codes(self, labels, row):
        """A text of codes only."""
        rock, code = self.surfaces.code("lithology")
        labels.lithology[row] = rock
        pieces = [code]
        for name, least in (("alteration", 0.6), ("mineral", 0.75)):
            if self.dice.chance(least):
                continue
            label, code = self.surfaces.code(name)
            level = 1 + int(self.dice.roll() * 4)
            digit = self.dice.chance(0.75)
            getattr(labels, name)[row, label] = level if digit else 1
            pieces.append(f"{code}{level}" if digit else code)
        return self.dice.pick((" ", " ", "/", ",", "-")).join(pieces)

    def _rock(self, labels, row):
        """The rock with what stands before it: weathering, grain size, colour, structure."""
        if not self.dice.chance(0.93):
            return " ".join(self._before(labels, row))
        rock, name = self.surfaces.rock()
        labels.lithology[row] = rock
        before, name = self._before(labels, row), self._compose(labels, row, rock, name)
        self._note_structures(labels, row, self.surfaces.rock_names[rock], name)
        if self.dice.chance(0.2) and before:
            return f"{name}{self.dice.pick((': ', ', ', ' - ', '. '))}{', '.join(before)}"
        return " ".join([*before, name])

    def _note_structures(self, labels, row, rock, text):
        """Enter the structures that a rock's name, or the words around it, speak of."""
        spoken = [OF_ROCK[rock]] if rock in OF_ROCK else []
        spoken += [structure for word, structure in OF_WORDS.items() if word in text]
        for structure in spoken:
            labels.structure[row, self.structure[structure]] = True

    def _compose(self, labels, row, rock, name):
        """The rock alone, or with another one that is not the main one."""
        kind, (other, word) = self.dice.roll(), self.surfaces.rock()
        if kind < 0.55 or other == rock:
            return name
        if kind < 0.85:
            return self._beside(kind, name, word)
        if kind < 0.91:
            labels.structure[row, self.structure["veined"]] = True
            return f"{self.dice.pick(FILLINGS)} {self.dice.pick(('veins', 'vns', 'veinlets', 'veining'))} in {name}"
        if kind < 0.95:
            share = 55 + 5 * int(self.dice.roll() * 8)
            return f"{share}% {name} {self.dice.pick(('', 'and ', '/ '))}{100 - share}% {word}"
        return f"{name} {self.dice.pick(CONTACTS)} {word}"

    def _beside(self, kind, name, word):
        """A rock with a minor one, with an equal one that comes second, or described by another one."""
        if kind < 0.70:
            return f"{name} {self.dice.pick(AND_MINOR)} {word}"
        if kind < 0.78:
            return f"{name}{self.dice.pick(JOINED)}{word}"
        return f"{self.surfaces.adjective()} {name}"

    def _before(self, labels, row):
        """Weathering, grain size, colour and structure, each now and then, in some order."""
        parts = []
        if self.dice.chance(0.35):
            parts.append(self._weathering(labels, row))
        if self.dice.chance(0.4):
            labels.grain_size[row], word = self.surfaces.term("grain_size")
            parts.append(word)
        if self.dice.chance(0.5):
            labels.colour[row], word = self.surfaces.colour()
            parts.append(word)
        if self.dice.chance(0.25):
            parts.append(self._structure(labels, row))
        if self.dice.chance(0.35):
            self.dice.shuffle(parts)
        return parts

    def _weathering(self, labels, row):
        """A degree of weathering, by its own term or as a process with an intensity."""
        if self.dice.chance(0.5):
            labels.weathering[row], word = self.surfaces.term("weathering")
            return word
        degree = int(self.dice.roll() * 4)
        labels.weathering[row] = degree + 2
        return f"{self.dice.pick(WEATHER_WORDS[degree])} {self.dice.pick(('weathered', 'weathered', 'oxidised'))}"

    def _structure(self, labels, row):
        """One structure, sometimes with a word of degree that must not go to something else."""
        index, word = self.surfaces.term("structure")
        labels.structure[row, index] = True
        return f"{self.dice.pick(STRENGTHS)} {word}" if self.dice.chance(0.3) and word.endswith("ed") else word

    def _structures_later(self, labels, row):
        return [self._structure(labels, row) for _ in range(self.dice.count((0.7, 0.25, 0.05)))]

    def _grain_later(self, labels, row):
        if labels.grain_size[row]:
            return ""
        labels.grain_size[row], word = self.surfaces.term("grain_size")
        return word

    def _alterations(self, labels, row):
        """None to three alterations, or several that share one intensity."""
        count = self.dice.count((0.45, 0.33, 0.15, 0.07))
        if count > 1 and self.dice.chance(0.3):
            return [self._alteration_chain(labels, row, count)]
        return [self._alteration(labels, row) for _ in range(count)]

    def _alteration(self, labels, row):
        """One alteration with or without its intensity."""
        index, word, process = self.surfaces.alteration()
        if not process:
            word = f"{word} {self.dice.pick(('alteration', 'alt', 'altn', 'altered'))}"
        level = 1 + int(self.dice.roll() * 4)
        if self.dice.chance(0.2):
            labels.alteration[row, index] = max(2, labels.alteration[row, index])
            return word
        labels.alteration[row, index] = level
        if self.dice.chance(0.07):
            return f"{word} ({self.dice.pick(LEVEL_WORDS[level])})"
        adverb = word.endswith(("ed", "ic"))
        return f"{self.scribe.level(level, adverb)} {word}"

    def _alteration_chain(self, labels, row, count):
        """*strong silica-sericite alteration*."""
        level, names = 1 + int(self.dice.roll() * 4), []
        for _ in range(count):
            index, word = self.surfaces.altering_mineral()
            labels.alteration[row, index] = level
            names.append(word)
        joined = self.dice.pick(("-", "-", "/", " + ", "-")).join(names)
        return f"{self.scribe.level(level, False)} {joined} {self.dice.pick(('alteration', 'alt', 'altn'))}"

    def _minerals(self, labels, row):
        return [self._mineral(labels, row) for _ in range(self.dice.count((0.4, 0.35, 0.17, 0.08)))]

    def _mineral(self, labels, row):
        """One mineral with its amount and perhaps its habit."""
        index, word = self.surfaces.term("mineral")
        level, percent, text = self._amount(word)
        labels.mineral[row, index], labels.mineral_percent[row, index] = level, percent
        if self.dice.chance(0.3):
            habit, structure, leads = self.dice.pick(HABITS)
            if leads and not text.startswith(word):
                return text
            if structure:
                labels.structure[row, self.structure[structure]] = True
            text = f"{habit} {text}" if leads else f"{text} {habit}"
        return text

    def _amount(self, word):
        """Intensity, per cent and words for some amount of a mineral."""
        kind, nothing = self.dice.roll(), float("nan")
        if kind < 0.5:
            percent, text = self._percent()
            sign = self.dice.pick(("%", "%", " %", " pct"))
            before = self.dice.chance(0.6)
            return level_of(percent), percent, f"{text}{sign} {word}" if before else f"{word} {text}{sign}"
        if kind < 0.68:
            return 1, TRACE_PERCENT, f"{self.dice.pick(TRACES)} {word}"
        if kind < 0.86:
            level = 1 + int(self.dice.roll() * 3)
            words = ("minor", "rare", "weak"), ("common", "moderate"), ("abundant", "strong")
            return level, nothing, f"{self.dice.pick(words[level - 1])} {word}"
        return 1, nothing, word

    def _percent(self):
        """A share of the rock and how it is written."""
        kind = self.dice.roll()
        if kind < 0.5:
            percent = self.dice.pick((1, 2, 3, 5, 5, 7, 8, 10, 15, 20, 30, 40, 60))
            return float(percent), str(percent)
        if kind < 0.65:
            percent = self.dice.pick((0.5, 0.2, 1.5, 2.5, 0.1, 0.3))
            return percent, f"{percent:g}" if self.dice.chance(0.8) else f"{percent:g}".lstrip("0")
        if kind < 0.82:
            low = self.dice.pick((1, 2, 3, 5, 10, 20))
            high = low + self.dice.pick((1, 2, 5))
            return (low + high) / 2, f"{low}{self.dice.pick(('-', '-', ' - ', ' to '))}{high}"
        if kind < 0.93:
            limit = self.dice.pick((1, 2, 5))
            return limit / 2, f"<{limit}"
        percent = self.dice.pick((5, 10, 15))
        return float(percent), f"~{percent}"

    def _negations(self, labels, row):
        """Something that is said to be absent, unless the text says elsewhere that it is there."""
        if not self.dice.chance(0.18):
            return []
        attribute = self.dice.pick(("mineral", "mineral", "alteration", "structure"))
        index, word = self.surfaces.named(attribute)
        if getattr(labels, attribute)[row, index]:
            return []
        return [self.dice.pick(NEGATIONS).format(word)]

    def _distractor(self, labels, row):
        """Words that say nothing about the main rock."""
        if self.dice.chance(0.2):
            _, word = self.surfaces.rock()
            text = self.dice.pick(PARTS_WORDS).format(word)
            self._note_structures(labels, row, "", text)
            return text
        text, structure = self.dice.pick(DISTRACTORS)
        if structure:
            labels.structure[row, self.structure[structure]] = True
        number, small = 5 + self.dice.roll() * 300, 1 + int(self.dice.roll() * 89)
        return text.format(number=number, small=small)
