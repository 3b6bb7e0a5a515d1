"""Log texts as numbers: words, numbers and signs, each one a bag of hashed letter groups.

No list of words is kept. A word is known by its letter groups (n-grams, as in
Bojanowski et al. 2017, doi:10.1162/tacl_a_00051), so that typing errors,
abbreviations and company codes land near the words they stand for.
"""
import re
import unicodedata
import zlib
from dataclasses import dataclass

import numpy as np

TOKEN = re.compile(r"(?<!\w)\.\d+|\d+(?:[.,]\d+)?|[^\W\d_]+(?:'[^\W\d_]+)*|[^\w\s]")
GRAMS = (3, 4, 5)
LONGEST_WORD = 24
LONGEST_TEXT, LONGEST_CODE = 96, 12
SIZES = (0.0, 0.1, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 35.0, 50.0, 75.0, 95.0, 100.0)
JOINTS, TRACES, TRACE = ("-", "to"), ("trace", "traces", "tr"), 0.1
BELOW = ("<",)
PAD, MASK = 0, 1
LONGEST_MEMORY = 400_000


@dataclass(frozen=True)
class Encoded:
    """Texts as rows of tokens, one row after the other.

    Attributes
    ----------
    words : array of int64, shape (t,)
        Numbers of words in the hasher that made them.
    code : array of bool, shape (t,)
        Whether a token comes from the column of codes.
    values : array of float64, shape (t,)
        The share that a number of the text states, as `shares` reads it; NaN for words and signs.
    starts : array of int64, shape (n + 1,)
        Where each row starts; the last one is the end.
    """

    words: np.ndarray
    code: np.ndarray
    values: np.ndarray
    starts: np.ndarray

    def __len__(self):
        return len(self.starts) - 1

    def lengths(self):
        """Tokens of each row, shape (n,)."""
        return np.diff(self.starts)


class Hasher:
    """Words and their bags of hashed letter groups, remembered as they come.

    Parameters
    ----------
    buckets : int
        Number of different hashes.
    """

    def __init__(self, buckets):
        self.buckets = int(buckets)
        self.clear()

    def clear(self):
        """Forget all words; rows that were encoded before lose their meaning."""
        self._numbers, self._bags, self._wholes, self._fine = {}, [], [], []
        self.number_of("#pad")
        self.number_of("#mask")

    def number_of(self, word):
        """The number of a word, new or known."""
        found = self._numbers.get(word)
        if found is None:
            found = self._numbers[word] = len(self._bags)
            self._wholes.append(self.bucket(f"={word}"))
            self._bags.append(self._groups(word))
            self._fine.append(fine_hashes(word))
        return found

    def bucket(self, text):
        """The hash of a text, the same on every machine."""
        return zlib.crc32(text.encode("utf-8")) % self.buckets

    def bags(self, words):
        """Letter groups of words.

        Parameters
        ----------
        words : array of int, shape (w,)

        Returns
        -------
        wholes : array of int64, shape (w,)
            The bucket of each word as a whole.
        groups : array of int64
            The buckets of the letter groups of all words, one word after the other.
        offsets : array of int64, shape (w,)
            Where the groups of each word start.
        """
        bags = [self._bags[word] for word in words]
        offsets = np.cumsum([0] + [len(bag) for bag in bags])[:-1]
        return (np.array([self._wholes[word] for word in words], np.int64),
                np.concatenate(bags) if bags else np.zeros(0, np.int64), offsets.astype(np.int64))

    def fine(self, words):
        """Hashes of 32 bits of words, shape (w,), and of each with its letter groups, a list of arrays."""
        bags = [self._fine[word] for word in words]
        return np.array([bag[0] for bag in bags], np.int64), bags

    def encode(self, texts, codes=None):
        """Rows of tokens of texts, with their codes behind them.

        Parameters
        ----------
        texts, codes : sequence of str

        Returns
        -------
        Encoded
        """
        if len(self._bags) > LONGEST_MEMORY:
            self.clear()
        words, code, values, starts = [], [], [], [0]
        for row, text in enumerate(texts):
            parts = split(text)[:LONGEST_TEXT]
            extra = split(codes[row])[:LONGEST_CODE] if codes is not None else []
            values += shares(parts) + [np.nan] * len(extra)
            for token in parts + extra:
                words.append(self.number_of(size_name(number_value(token)) if token[-1].isdecimal() else token))
            code += [False] * len(parts) + [True] * len(extra)
            if not parts and not extra:  # an empty row still needs a token to look at
                words, code, values = words + [self.number_of("#empty")], code + [False], values + [np.nan]
            starts.append(len(words))
        return Encoded(np.array(words, np.int64), np.array(code, bool), np.array(values, float),
                       np.array(starts, np.int64))

    def _groups(self, word):
        """Buckets of the letter groups of a word; a name that starts with # has its whole only."""
        if word.startswith("#") and len(word) > 1:
            return np.array([self.bucket(f"={word}")], np.int64)
        framed = f"<{word[:LONGEST_WORD]}>"
        groups = [framed[start:start + n] for n in GRAMS for start in range(len(framed) - n + 1)]
        return np.array([self.bucket(group) for group in groups or [framed]], np.int64)


def fine_hashes(word):
    """Hashes of 32 bits of a word and of its letter groups of two to five, for the wide part."""
    framed = f"<{word[:LONGEST_WORD]}>"
    groups = {framed[start:start + n] for n in (2, *GRAMS) for start in range(len(framed) - n + 1)}
    return np.array([zlib.crc32(part.encode("utf-8")) for part in [f"={word}", *sorted(groups)]], np.int64)


def split(text):
    """The words, numbers and signs of a text in small letters without accents.

    >>> split("Med gr, 5% qtz")
    ['med', 'gr', ',', '5', '%', 'qtz']
    """
    if not text.isascii():
        text = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return TOKEN.findall(text.lower())


def shares(tokens):
    """The shares that tokens state, NaN for those that state none.

    A number is itself, half of it after "<", the middle of a range at both of its ends; a trace is 0.1.

    >>> shares(["5", "-", "10", "%"])[:3]
    [7.5, nan, 7.5]
    """
    values = [number_value(token) for token in tokens]
    for at in range(len(tokens) - 2):
        ends = values[at], values[at + 2]
        if tokens[at + 1] in JOINTS and ends[0] < ends[1] <= 100.0:
            values[at] = values[at + 2] = 0.5 * (ends[0] + ends[1])
    for at, token in enumerate(tokens):
        if token in TRACES:
            values[at] = TRACE
        elif token in BELOW and at + 1 < len(tokens):
            values[at + 1] *= 0.5
    return values


def number_value(token):
    """The value of a number token, NaN for anything else."""
    return float(token.replace(",", ".")) if token[-1].isdecimal() else np.nan


def size_name(value):
    """The name under which a number is known: its order of size."""
    return f"#{int(np.searchsorted(SIZES, value))}"
