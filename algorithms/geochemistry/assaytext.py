"""Laboratory text read as numbers: "<0.5", ">10000", "n.d.", "1 234,5", "0.5 %".

A column is read from its different texts, as a laboratory repeats few of them.
Whether a comma is a decimal comma is decided from the whole column, because
"1,234" alone could be either.
"""
import re
import unicodedata
from dataclasses import dataclass

import numpy as np

from .assayunits import PATTERN, UNITS

PLAIN, LESS, MORE, BELOW, OVER, MISSING, UNREADABLE = range(7)
MISSING_WORDS = frozenset((
    "", "-", "--", "---", "na", "n/a", "#n/a", "null", "<null>", "nan", "none", "ns", "n/s", "nr", "n/r", "ins", "i/s",
    "lnr", "l/n/r", "nss", "*", "**", "***", "****", "?", "x", "nosample", "insufficient", "insufficientsample",
    "missing", "notanalysed", "notanalyzed", "notassayed", "pending", "lost", "samplelost", "void", "nodata",
    "listednotreceived", "#value!", "#ref!", "#div/0!", "#num!", "n/ss", "notsampled",
))
BELOW_WORDS = frozenset((
    "bdl", "bd", "b/d", "bld", "lod", "<lod", "dl", "<dl", "loq", "<loq", "mdl", "<mdl", "lld", "<lld", "nd", "n/d",
    "tr", "trace", "traces", "notdetected", "belowdetection", "belowdetectionlimit", "belowlod", "belowlimit", "<",
    "udl", "bql", "blq", "nil", "<det", "<d",
))
OVER_WORDS = frozenset((">", "over", "overrange", "overlimit", "ovr", "ovl", "oor", "aul", ">ul", ">uol"))
SIGNS = {"<": LESS, "<=": LESS, "≤": LESS, "⩽": LESS, ">": MORE, ">=": MORE, "≥": MORE, "⩾": MORE}
TRANSLATION = str.maketrans({"‹": "<", "〈": "<", "«": "<", "›": ">", "〉": ">", "»": ">", "−": "-", "–": "-", "—": "-",
                             "‐": "-", "‑": "-", "’": "'", "ʼ": "'", "`": "'", "×": "x", "µ": "u", "μ": "u", "٫": ","})
NUMBER = re.compile(
    r"(?P<sign><=|>=|[<>≤≥⩽⩾])?\s*(?P<minus>[+-]?)\s*(?P<body>\d[\d.,' ]*|[.,]\d+)"
    r"(?:(?:e|\s*x\s*10\s*\^\s*)(?P<exponent>[+-]?\d+))?\s*(?P<unit>" + PATTERN.replace("µ", "u") + ")?",
    re.IGNORECASE)
GROUPS = r"[1-9]\d{{0,2}}(?:[ ']\d{{3}})+|[1-9]\d{{0,2}}(?:{}\d{{3}})+"
POINT = re.compile(rf"(?:\d+|{GROUPS.format(',')})?(?:\.\d*)?")
COMMA = re.compile(rf"(?:\d+|{GROUPS.format('[.]')})?(?:,\d*)?")
SIMPLE = re.compile(r"-?\d+(?:\.\d+)?")


@dataclass(frozen=True)
class Token:
    """One text taken apart: what it says, and the number as it is written."""

    kind: int
    body: str = ""
    factor: float = 1.0
    unit: str = ""


@dataclass(frozen=True)
class Words:
    """Further texts with a meaning, as `word_key` makes them."""

    missing: frozenset = frozenset()
    below: frozenset = frozenset()


def clean_text(text):
    """A text with plain spaces, minus signs and comparison signs."""
    return unicodedata.normalize("NFKC", text).translate(TRANSLATION).strip().strip('"').strip()


def word_key(text):
    """A text as the lists of words hold it: lower case, without spaces and full stops."""
    return re.sub(r"[\s.]", "", clean_text(text).casefold())


def take_apart(text, words=None):
    """What one text says, as a `Token`."""
    if SIMPLE.fullmatch(text):
        negative = text.startswith("-")
        return Token(PLAIN, text.lstrip("-"), -1.0 if negative else 1.0)
    text = clean_text(text)
    key = word_key(text)
    words = words or Words()
    for known, kind in ((words.missing, MISSING), (words.below, BELOW), (MISSING_WORDS, MISSING), (BELOW_WORDS, BELOW),
                        (OVER_WORDS, OVER)):
        if key in known:
            return Token(kind)
    found = NUMBER.fullmatch(text)
    if found is None:
        return Token(UNREADABLE)
    kind = SIGNS.get(found["sign"], PLAIN)
    # "<-0.5" is below 0.5: both signs say the same.
    negative = found["minus"] == "-" and kind == PLAIN
    factor = (-1.0 if negative else 1.0) * 10.0 ** max(min(int(found["exponent"] or 0), 300), -300)
    return Token(kind, found["body"].strip(), factor, UNITS.get((found["unit"] or "").lower(), ""))


def decimal_mark(tokens):
    """The decimal mark of a column, from all its texts.

    Parameters
    ----------
    tokens : list of Token

    Returns
    -------
    mark : str
        ``"point"``, ``"comma"``, ``"each"`` (both occur, and every number can
        be read by itself), ``"mixed"`` (both occur, and some number could be
        either) or ``"open"`` (nothing tells).
    examples : list of str
        Numbers that decided, or that could be either.
    """
    bodies = [token.body for token in tokens if token.body]
    marked = [body for body in bodies if "," in body or "." in body]
    fits = [(POINT.fullmatch(body) is not None, COMMA.fullmatch(body) is not None) for body in marked]
    point = [body for body, (as_point, as_comma) in zip(marked, fits) if as_point and not as_comma]
    comma = [body for body, (as_point, as_comma) in zip(marked, fits) if as_comma and not as_point]
    either = [body for body, (as_point, as_comma) in zip(marked, fits) if as_comma and as_point]
    if point and comma:
        return ("mixed" if either else "each"), point[:1] + comma[:1] + either[:1]
    if point or comma:
        return ("point" if point else "comma"), (point or comma)[:2]
    return _from_groups(bodies, either)


def _from_groups(bodies, either):
    """The decimal mark where every mark stands before three digits, as in "1,234"."""
    with_comma = [body for body in either if "," in body]
    if not with_comma:
        return "point", []
    plain = [body for body in bodies if body.isdigit()]
    # Whole hundreds beside "1,234" show that the comma separates thousands.
    if len(with_comma) == len(either) and any(len(body) == 3 for body in plain) and all(len(b) <= 3 for b in plain):
        return "point", with_comma[:2]
    return "open", either[:2]


def read_body(body, mark):
    """The number of digits and separators, or None when it does not fit the decimal mark."""
    if mark == "each":
        mark = "point" if POINT.fullmatch(body) else "comma"
    if (POINT if mark == "point" else COMMA).fullmatch(body) is None:
        return None
    thousands, decimal = (",", ".") if mark == "point" else (".", ",")
    plain = body.replace(" ", "").replace("'", "").replace(thousands, "").replace(decimal, ".")
    return float(plain) if plain != "." else None


def read_tokens(tokens, mark):
    """Numbers and kinds of texts.

    Parameters
    ----------
    tokens : list of Token
    mark : str
        ``"point"``, ``"comma"`` or ``"each"``.

    Returns
    -------
    numbers : array of float64, shape (n,)
        In the unit that the text names, NaN for words.
    kinds : array of int8, shape (n,)
        ``PLAIN``, ``LESS`` (below the number), ``MORE``, ``BELOW`` (a word),
        ``OVER``, ``MISSING`` or ``UNREADABLE``.
    """
    numbers, kinds = np.full(len(tokens), np.nan), np.empty(len(tokens), np.int8)
    for row, token in enumerate(tokens):
        kinds[row] = token.kind
        if token.body:
            number = read_body(token.body, mark)
            if number is None:
                kinds[row] = UNREADABLE
            else:
                numbers[row] = number * token.factor
    return numbers, kinds
