"""A text as a row of items: phrases with their negation, intensities, percentages and the words that link them."""
from dataclasses import dataclass, field

from .lexicon import AFTER, BEFORE, BEHIND, ENDS_NEGATION, INTENSITY, PARTS, SOFT_INTENSITY, TRACE, VERY, WITH
from .words import AND, COMMA, NUMBER, OPEN, PERCENT, QUERY, STOP, WORD, normal

TERM, LEVEL, LINK, OTHER = "term", "level", "link", "other"
BEFORE, BEHIND = frozenset(map(normal, BEFORE)), frozenset(map(normal, BEHIND))
ENDS_NEGATION = frozenset(map(normal, ENDS_NEGATION))
AND_WORDS = frozenset(("and", "or", "nor", "e", "und", "y", "et", "oder", "ou"))
OBSERVED = frozenset(("observed", "seen", "present", "noted", "visible", "detected", "found", "identified", "logged"))
OR_WORDS = frozenset(("or", "nor", "oder", "ou"))
WITH_WORDS, AFTER_WORDS = frozenset(map(normal, WITH)), frozenset(map(normal, AFTER))
VERY_WORDS = frozenset(map(normal, VERY))
DOUBTS = frozenset(("possible", "possibly", "probable", "probably", "maybe", "poss", "prob", "perhaps"))
SECONDARY = frozenset(("minor", "trace", "rare", "occasional", "few", "scattered", "some", "thin", "little", "locally",
                       "occasionally", "sparse", "minimal", "lesser", "isolated", "small", "narrow", "weak", "several"))
ADVERBS = frozenset(normal(word) for words in INTENSITY.values() for word in words.split() if word.endswith("ly"))


@dataclass
class Item:
    """A piece of a text that matters.

    Attributes
    ----------
    kind : str
        A kind of token, or ``TERM``, ``LEVEL`` (an intensity), ``LINK`` (a word of `WITH_WORDS` and the like) or
        ``OTHER`` (an unknown word).
    text : str
        The words.
    match : Match or None
        For a term.
    value : float
        Percentage or intensity.
    clause, sentence : int
        Counted by commas, and by stops.
    negated : bool
    soft : bool
        For an intensity that gives way to another one.
    """

    kind: str
    text: str = ""
    match: object = None
    value: float = 0.0
    clause: int = 0
    sentence: int = 0
    negated: bool = False
    soft: bool = False
    senses: dict = field(default_factory=dict)


def items_of(row, lexicon):
    """The items of a text.

    Parameters
    ----------
    row : list of Token
        As `Lexicon.spell` returns them.
    lexicon : Lexicon

    Returns
    -------
    list of Item
        With `Item.negated` set.
    """
    items, at, clause, sentence = [], 0, 0, 0
    while at < len(row):
        token = row[at]
        clause += token.kind in (COMMA, STOP)
        sentence += token.kind == STOP
        item, used = (_word_item(row, at, lexicon) if token.kind == WORD
                      else (Item(token.kind, value=token.value), 1))
        at += used
        if item is not None:
            item.clause, item.sentence = clause, sentence
            items.append(item)
    _raise_levels(items)
    _negate_ahead(items)
    _negate_behind(items)
    return items


def _word_item(row, at, lexicon):
    """The item that starts with a word, and how many tokens it takes."""
    word = row[at].text
    match = lexicon.match(row, at)
    if match is not None and (len(match.words) > 1 or word not in lexicon.levels):
        senses = {}
        for sense in match.senses:
            senses.setdefault(sense.attribute, sense.index)
        return Item(TERM, " ".join(match.words), match, match.quality, senses=senses), len(match.words)
    if word in lexicon.levels:
        return Item(LEVEL, word, value=float(lexicon.levels[word])), 1
    if word in SOFT_INTENSITY:
        return Item(LEVEL, word, value=float(SOFT_INTENSITY[word]), soft=True), 1
    if word in AND_WORDS:
        return Item(AND, word), 1
    linking = (word in BEFORE or word in BEHIND or word in WITH_WORDS or word in AFTER_WORDS or word in PARTS
               or word in VERY_WORDS or word in SECONDARY)
    return Item(LINK if linking else OTHER, word), 1


def _raise_levels(items):
    """Let *very* make weak weaker and strong stronger."""
    for before, after in zip(items, items[1:]):
        if before.text in VERY_WORDS and after.kind == LEVEL:
            after.value = {1.0: 1.0, 2.0: 3.0}.get(after.value, 4.0)


def _negate_ahead(items):
    """*No*, *without* and the like negate what follows them in their clause, and a list that ends with *or*."""
    for at, item in enumerate(items):
        if item.text not in BEFORE or item.kind not in (LINK, OTHER):
            continue
        only_next = item.text == "non"
        for other in _scope(items, at, only_next):
            other.negated = True


def _scope(items, at, only_next):
    """Items that a word at a place negates."""
    for place in range(at + 1, len(items)):
        other = items[place]
        if other.kind == STOP or other.text in ENDS_NEGATION or other.text in BEFORE:
            return
        if other.kind == COMMA and not _list_with_or(items, place):
            return
        if other.kind in (PERCENT, OPEN):
            return
        if other.kind == TERM:
            yield other
        if only_next:
            return


def _list_with_or(items, comma):
    """Whether a comma stands in a list of terms whose last one is joined with *or*."""
    for other in items[comma + 1:]:
        if other.text in OR_WORDS:
            return True
        if other.kind not in (TERM, COMMA) or ("mineral" not in other.senses and "alteration" not in other.senses and (
                other.kind == TERM)):
            return False
    return False


def _negate_behind(items):
    """*Absent*, *nil* and *-free* negate what stands before them in the clause."""
    for at, item in enumerate(items):
        denied = item.text == "not" and at + 1 < len(items) and items[at + 1].text in OBSERVED
        if not denied and (item.text not in BEHIND or item.kind not in (LINK, OTHER) or item.negated):
            continue
        if item.text in ("nil", "free") and _follows_term(items, at + 1) and item.text == "nil":
            continue
        before = at - 1 if _answers(items, at) else at
        for other in reversed(items[:before]):
            if other.kind in (COMMA, STOP) or other.text in WITH_WORDS:
                break
            if other.kind == TERM:
                other.negated = True
                if item.text == "free":
                    break


def _answers(items, at):
    """Whether a word answers the term before a colon: *pyrite: none*."""
    if at < 2 or items[at - 1].kind != STOP or not {"alteration", "mineral", "structure"} & set(items[at - 2].senses):
        return False
    return at + 1 == len(items) or items[at + 1].kind in (COMMA, STOP)


def _follows_term(items, at):
    """Whether a term comes directly at a place."""
    return at < len(items) and items[at].kind == TERM


def doubtful(items, at):
    """Whether the writer was not sure of the item at a place."""
    around = [items[place] for place in (at - 1, at + 1) if 0 <= place < len(items)]
    return any(item.kind == QUERY for item in around) or (at > 0 and items[at - 1].text in DOUBTS)


def consumes_level(item):
    """Whether an item takes the intensity before it: *strongly foliated*, *weakly magnetic*."""
    if item.kind in (STOP, NUMBER):
        return True
    if item.kind == TERM:
        return not ({"alteration", "mineral"} & set(item.senses))
    return False


def is_trace(item):
    """Whether an intensity says *trace*."""
    return item.text in TRACE
