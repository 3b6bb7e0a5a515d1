"""How loggers write: abbreviations, dropped vowels, typing errors, upper case, all sorts of punctuation."""
from .phrases import LEVEL_ADVERBS, LEVEL_WORDS

POOL = 65_536
KEYS = {"q": "wa", "w": "qes", "e": "wrd", "r": "etf", "t": "ryg", "y": "tuh", "u": "yij", "i": "uok",
    "o": "ipl", "p": "ol", "a": "qsz", "s": "adw", "d": "sfe", "f": "dgr", "g": "fht", "h": "gjy",
    "j": "hku", "k": "jli", "l": "ko", "z": "xa", "x": "zc", "c": "xv", "v": "cb", "b": "vn",
    "n": "bm", "m": "n"}
NOT_SHORTENED = frozenset(("with", "without", "no", "and", "minor", "slightly"))
SEPARATORS = (", ", ", ", ", ", "; ", ". ", " ", " - ", ",", ".  ")
LONGEST_DROP = 5


class Dice:
    """Random choices from one seeded generator, drawn in bulk because single draws are slow.

    Parameters
    ----------
    rng : numpy.random.Generator
    """

    def __init__(self, rng):
        self._rng, self._pool = rng, iter(())

    def roll(self):
        """A number from 0 to 1."""
        for number in self._pool:
            return number
        self._pool = iter(self._rng.random(POOL).tolist())
        return next(self._pool)

    def chance(self, probability):
        """Whether something of this probability happens."""
        return self.roll() < probability

    def pick(self, choices):
        """One of several things."""
        return choices[int(self.roll() * len(choices))]

    def count(self, probabilities):
        """0, 1, 2 ... with these probabilities."""
        left = self.roll()
        for number, probability in enumerate(probabilities):
            left -= probability
            if left < 0.0:
                return number
        return len(probabilities) - 1

    def shuffle(self, items):
        """Put a list into any order."""
        for place in range(len(items) - 1, 0, -1):
            other = int(self.roll() * (place + 1))
            items[place], items[other] = items[other], items[place]


class Scribe:
    """Turns the parts of a log into text as it is typed.

    Parameters
    ----------
    vocabulary : Vocabulary
        Its abbreviations are used the other way round.
    dice : Dice
    """

    def __init__(self, vocabulary, dice):
        self.dice, self._short = dice, {}
        for short, full in vocabulary.abbreviations.items():
            if short.isalpha() and full not in NOT_SHORTENED and " " not in full:
                self._short.setdefault(full, []).append(short)

    def level(self, level, adverb):
        """A word for an intensity."""
        return self.dice.pick((LEVEL_ADVERBS if adverb else LEVEL_WORDS)[level])

    def finish(self, parts):
        """Join the parts, shorten and spoil some words, and choose the case."""
        style = self.dice.roll()
        short = 0.0 if style < 0.35 else 0.75 if style > 0.75 else 0.3
        wrong = 0.0 if self.dice.chance(0.6) else 0.08
        separator = self.dice.pick(SEPARATORS)
        parts = [" ".join(self._word(word, short, wrong) for word in part.split(" ")) for part in parts]
        text = separator.join(parts) + ("." if self.dice.chance(0.2) else "")
        case = self.dice.roll()
        if case < 0.3:
            return text.upper()
        return text[:1].upper() + text[1:] if case < 0.55 else text

    def _word(self, word, short, wrong):
        """One word, perhaps abbreviated or mistyped; what is joined by hyphens is taken apart."""
        if "-" in word and word[0].isalpha():
            return "-".join(self._word(part, short, wrong) for part in word.split("-"))
        bare = word.rstrip(",.:;")
        tail = word[len(bare):]
        if not bare.isalpha():
            return word
        if bare in self._short and self.dice.chance(short):
            return self.dice.pick(self._short[bare]) + ("." if self.dice.chance(0.12) else "") + tail
        if len(bare) >= LONGEST_DROP and self.dice.chance(wrong):
            return self._spoil(bare) + tail
        return word

    def _spoil(self, word):
        """A word with one typing error, or without its vowels."""
        kind, place = self.dice.roll(), 1 + int(self.dice.roll() * (len(word) - 2))
        if kind < 0.25:
            return word[:place] + word[place + 1] + word[place] + word[place + 2:]
        if kind < 0.5:
            return word[:place] + word[place + 1:]
        if kind < 0.65:
            return word[:place] + word[place] + word[place:]
        if kind < 0.85:
            return word[:place] + self.dice.pick(KEYS.get(word[place], "e")) + word[place + 1:]
        kept = word[0] + "".join(letter for letter in word[1:] if letter not in "aeiou")
        return kept if len(kept) > 3 else word
