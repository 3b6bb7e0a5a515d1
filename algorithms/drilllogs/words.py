"""Log texts as words: spelling variants made equal, abbreviations written out, numbers told apart."""
import re
import unicodedata
from bisect import bisect_left
from functools import lru_cache
from typing import NamedTuple

from rapidfuzz import process
from rapidfuzz.distance import OSA

WORD, PERCENT, STOP, COMMA, SLASH, OPEN, CLOSE, QUERY, AND, NUMBER = (
    "word", "percent", "stop", "comma", "slash", "open", "close", "query", "and", "number")
NUMERAL = r"\d+(?:[.,]\d+)?|\.\d+"
PATTERN = re.compile(
    rf"(?P<percent>(?P<bound>[<>~]|up to|less than)?\s*(?P<low>{NUMERAL})(?:\s*(?:-|to|/)\s*(?P<high>{NUMERAL}))?\s*"
    r"(?:%|pct\b|per\s?cent\b|vol\s?%))"
    rf"|(?P<measure>[@<>~]*\s*(?:{NUMERAL})(?:\s*(?:-|to|x|&)\s*(?:{NUMERAL}))*\s*"
    r"(?:mm|cm|metres?|meters?|ft|deg(?:rees)?|m)\b)"
    rf"|(?P<number>[@<>~]*\s*(?:{NUMERAL})(?:\s*-\s*(?:{NUMERAL}))*)"
    r"|(?P<word>[a-z]+(?:'[a-z]+)?|\$)"
    r"|(?P<comma>,|\s-+\s|\s--)|(?P<stop>[.;:\n|])|(?P<slash>/)|(?P<open>\()|(?P<close>\))|(?P<query>\?)|(?P<and>[&+])"
)
READINGS = re.compile(r"\bmag(?:netic)?\s?susc?\w*\.?|\brqd\b|\bph\s?\d+")
SPACES = re.compile(r"[^\S\n]{2,}")
CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
LETTERS = str.maketrans({"ß": "ss", "ø": "o", "æ": "ae", "œ": "oe", "’": "'", "–": "-", "—": "-", "\xad": ""})
SPELLINGS = (("haem", "hem"), ("ae", "e"), ("sulf", "sulph"), ("isation", "ization"), ("ised", "ized"),
             ("ising", "izing"), ("gray", "grey"), ("colour", "color"), ("mould", "mold"), ("palaeo", "paleo"))
VOWELS = re.compile(r"[aeiou]")
PREFIXES = ("meta", "micro", "leuco", "mela", "ferro", "proto", "chloro", "alkali", "melano", "meso", "macro", "inter")
SHORTEST_FUZZY = 5
EXACT, ABBREVIATED, DERIVED, TRUNCATED, FUZZY = 1.0, 0.98, 0.93, 0.88, 0.85


class Token(NamedTuple):
    """A piece of a text: its kind, a word in its normal form, or the number of a percentage."""

    kind: str
    text: str = ""
    value: float = 0.0
    plural: bool = False


def plain(text):
    """A text without accents, in lower case, compound codes such as ``QtzVn`` taken apart."""
    if text.isascii():
        return CAMEL.sub(" ", text).lower() if not text.isupper() else text.lower()
    text = unicodedata.normalize("NFKD", CAMEL.sub(" ", text).lower().translate(LETTERS))
    return "".join(letter for letter in text if not unicodedata.combining(letter))


@lru_cache(maxsize=100_000)
def normal(word):
    """The normal form of a word in lower case: singular, in one spelling."""
    word = word.replace("'", "")
    if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")):
        word = word[:-3] + "y" if word.endswith("ies") else word[:-1]
    for variant, one in SPELLINGS:
        if variant in word:
            word = word.replace(variant, one)
    return word


def tokens(text, abbreviations):
    """The tokens of a text.

    Parameters
    ----------
    text : str
    abbreviations : dict
        Abbreviated to full words; a full stop after one does not end a clause.

    Returns
    -------
    list of Token
        Depths and lengths are left out.
    """
    found = []
    text = SPACES.sub(" ", READINGS.sub(" ", plain(text)))
    text = text.replace("w/o ", "without ").replace("w/", "with ").replace("+/-", ",")
    for match in PATTERN.finditer(text):
        kind = match.lastgroup
        if kind == WORD:
            _add_word(found, match.group(), abbreviations)
        elif match.group("percent"):
            found.append(Token(PERCENT, value=_percent(match)))
        elif kind == STOP:
            if not _after_abbreviation(match, found, text, abbreviations):
                found.append(Token(STOP))
        elif kind != "measure":
            whole = match.group().strip()
            found.append(Token(kind, value=float(whole) if kind == NUMBER and whole.isdigit() else 0.0))
    return found


def _add_word(found, word, abbreviations):
    """Append a word, or the words that it abbreviates."""
    full = abbreviations.get(word.replace("'", ""))
    for part in (full.split() if full else (word,)):
        one = normal(part)
        found.append(Token(WORD, one, ABBREVIATED if full else EXACT, part[-1] == "s" and one[-1] != "s"))


def _after_abbreviation(match, found, text, abbreviations):
    """Whether a full stop only ends a shortened word in the middle of a clause."""
    if match.group() != "." or not found or found[-1].kind != WORD:
        return False
    start = match.start()
    while start and text[start - 1].isalpha():
        start -= 1
    word = text[start:match.start()]
    return (word in abbreviations or len(word) == 1) and bool(text[match.end():].strip())


def _percent(match):
    """The number of a percentage: the middle of a range, half of a bound below which something lies."""
    low = float(match.group("low").replace(",", "."))
    if match.group("high"):
        return min(100.0, (low + float(match.group("high").replace(",", "."))) / 2)
    return min(100.0, low / 2 if match.group("bound") in ("<", "up to", "less than") else low)


class Speller:
    """Finds the known word behind an unknown one.

    Parameters
    ----------
    words : iterable of str
        Known words in normal form.
    neutral : iterable of str
        Words that are no mistakes and mean nothing here, so that *basal* is not read as *basalt*.
    derived : dict
        Forms of known words, such as adjectives, to those words.
    """

    def __init__(self, words, neutral, derived):
        self.words, self.neutral, self.derived = frozenset(words), frozenset(map(normal, neutral)), derived
        self._sorted = sorted(word for word in self.words if len(word) >= SHORTEST_FUZZY)
        self._initial, self._skeletons = {}, {}
        for word in sorted({*self._sorted, *(word for word in derived if len(word) >= 6)}):
            self._initial.setdefault(word[0], []).append(word)
        for word in self._sorted:
            self._skeletons.setdefault(skeleton(word), []).append(word)
        self._cache = {}

    def find(self, word):
        """The known word (or derived form) and how certain that is; ("", 0.0) for none.

        Parameters
        ----------
        word : str
            In normal form.
        """
        if word in self.words or word in self.derived:
            return word, EXACT
        if word not in self._cache:
            if len(self._cache) > 200_000:
                self._cache.clear()
            self._cache[word] = self._search(word)
        return self._cache[word]

    def _search(self, word):
        if word in self.neutral or len(word) < 4:
            return "", 0.0
        for prefix in PREFIXES:
            rest = word[len(prefix):]
            if word.startswith(prefix) and len(rest) > 3 and rest in self.words:
                return rest, DERIVED
        return self._truncated(word) or self._without_vowels(word) or self._mistyped(word) or ("", 0.0)

    def _truncated(self, word):
        """A word whose end was left out, when it can be one word only."""
        if len(word) < SHORTEST_FUZZY:
            return None
        place = bisect_left(self._sorted, word)
        longer = []
        while place < len(self._sorted) and self._sorted[place].startswith(word):
            longer.append(self._sorted[place])
            place += 1
        if not longer or any(other[:len(longer[0]) - 3] != longer[0][:-3] for other in longer):
            return None
        return longer[0], TRUNCATED

    def _without_vowels(self, word):
        """A word whose vowels were left out."""
        if len(VOWELS.findall(word)) > len(word) / 5 or len(word) < 4:
            return None
        candidates = sorted(self._skeletons.get(skeleton(word), ()), key=len)
        related = candidates and all(other[:4] == candidates[0][:4] for other in candidates)
        return (candidates[0], FUZZY) if related else None

    def _mistyped(self, word):
        """A word with one or two letters wrong, missing, doubled or swapped."""
        if len(word) < SHORTEST_FUZZY:
            return None
        most = 1 if len(word) < 8 else 2
        near = process.extract(word, self._initial.get(word[0], ()), scorer=OSA.distance, score_cutoff=most, limit=4)
        if not near:
            return None
        distance = near[0][1]
        equal = [other for other, steps, _ in near if steps == distance]
        if distance > 1 and len(equal) > 1:
            return None
        return max(equal, key=len), FUZZY - 0.05 * (distance - 1)  # letters are left out more often than added


def skeleton(word):
    """A word without its vowels (its first letter is kept) and without double letters."""
    rest = VOWELS.sub("", word[1:])
    return word[0] + "".join(letter for k, letter in enumerate(rest) if k == 0 or letter != rest[k - 1])


def adjectives(word):
    """Forms of a rock name that only describe another rock: *granitic*, *sandy*, *clayey*."""
    if word.endswith(("ite", "yte")):
        return [word[:-1] + "ic"]
    if word.endswith("e"):
        return [word[:-1] + "ic", word[:-1] + "y"]
    if word.endswith("y"):
        return [word + "ey", word[:-1] + "ic"]
    return [word + end for end in ("y", "ic", "ey", "ish", "ose", word[-1] + "y", "iferou", "eou")]
