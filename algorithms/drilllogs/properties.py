"""Weathering, grain size, colour and structures of a text, from its items."""
from .clauses import LEVEL, TERM
from .lexicon import PARTS
from .words import AND, COMMA, SLASH, STOP

SAID, GUESSED, OF_NAME = 0.92, 0.6, 0.85
WEATHERED = frozenset(("weathered", "oxidized", "decomposed", "weathering", "wthg", "oxide", "oxidation"))
LEVEL_STEP = {1.0: 1, 2.0: 2, 3.0: 3, 4.0: 4}
SIZE_WORDS = frozenset(("fine", "medium", "coarse", "very fine", "very coarse"))
VEIN_WORDS = frozenset(("quartz", "calcite", "vein", "veinlet", "veining", "quartz vein", "feldspar", "carbonate",
                        "carbonate vein", "calcite vein", "stringer", "sulphide", "pyrite", "mica", "phenocryst",
                        "kspar"))
# What the name of a rock says about structure.
OF_ROCK = {"quartz_vein": "veined", "carbonate_vein": "veined", "vein": "veined", "breccia": "brecciated",
           "volcanic_breccia": "brecciated", "sedimentary_breccia": "brecciated", "fault_zone": "faulted",
           "shear_zone": "sheared", "mylonite": "mylonitic", "felsic_porphyry": "porphyritic"}
NOT_MASSIVE = frozenset(("sulphide", "pyrite", "pyrrhotite", "magnetite", "chalcopyrite", "hematite", "sphalerite",
                         "galena", "chromite"))


def weathering(items, names):
    """Probabilities of the degrees of weathering, ``{}`` when none is named.

    Parameters
    ----------
    items : list of Item
    names : tuple of str
        Classes; the first is "not said".
    """
    found = {}
    for at, item in enumerate(items):
        degree = item.senses.get("weathering") if item.kind == TERM else None
        if degree is None or (item.negated and not item.text.startswith(("un", "non", "not"))):
            if degree is not None and item.text in WEATHERED:
                found.setdefault(names.index("fresh"), 0.8)
            continue
        certainty = SAID
        if item.text in WEATHERED:
            level = _level_before(items, at)
            degree = names.index("moderately_weathered") if level is None else degree_of(level, names)
            certainty = GUESSED if level is None else SAID
        found[degree] = max(found.get(degree, 0.0), certainty * item.match.quality * (0.8 if found else 1.0))
    return _alone(found)


def degree_of(level, names):
    """Index of the degree of weathering for an intensity of 1 to 4."""
    return names.index(("slightly_weathered", "moderately_weathered", "highly_weathered",
                        "completely_weathered")[LEVEL_STEP[level] - 1])


def _level_before(items, at):
    """The intensity that stands shortly before an item, or None."""
    for item in reversed(items[max(0, at - 2):at]):
        if item.kind in (STOP, COMMA, TERM):
            return None
        if item.kind == LEVEL:
            return item.value
    return None


def _alone(found):
    """One certain answer, the others with what it leaves; ``{}`` for none."""
    if not found:
        return {}
    total = sum(found.values())
    top = max(found.values())
    shares = {index: value * top / total for index, value in found.items()}
    shares[0] = 1.0 - sum(shares.values())
    return shares


def grain_size(items):
    """Probabilities of the grain sizes, ``{}`` when none is named; the first one named counts most."""
    found = {}
    for at, item in enumerate(items):
        if item.kind != TERM or "grain_size" not in item.senses or item.negated:
            continue
        if item.text in SIZE_WORDS and _no_grain(items, at):
            continue
        size = item.senses["grain_size"]
        found.setdefault(size, SAID * item.match.quality * 0.5 ** len(found))
    return _alone(found)


def _no_grain(items, at):
    """Whether *medium* and the like stand before a colour or another word of degree."""
    after = items[at + 1] if at + 1 < len(items) else None
    if after is None:
        return False
    return "colour" in after.senses or after.text in ("hard", "soft", "bedded", "dense", "banded", "spaced", "vein")


def colours(items):
    """Probabilities of the colours, ``{}`` when none is named.

    The first colour that does not belong to veins counts most; in a compound
    (*reddish brown*, *grey-green*) the last word is the colour.
    """
    found, veins = {}, {}
    for at, item in enumerate(items):
        if item.kind != TERM or "colour" not in item.senses or item.negated or _shades(items, at):
            continue
        into = veins if _belongs_to_part(items, at) else found
        into.setdefault(item.senses["colour"], SAID * item.match.quality * 0.45 ** len(into))
    return _alone(found or {colour: value * 0.6 for colour, value in veins.items()})


def _shades(items, at):
    """Whether the next item is a colour too, so that this one only shades it."""
    return at + 1 < len(items) and "colour" in items[at + 1].senses


def _belongs_to_part(items, at):
    """Whether the colour is that of veins, grains or fragments."""
    for place, item in enumerate(items[at + 1:at + 3], start=at + 2):
        if item.kind in (STOP, COMMA, AND, SLASH):
            return False
        if item.text in VEIN_WORDS or item.text in PARTS:
            after = items[place] if place < len(items) else None
            return after is None or "lithology" not in after.senses or after.text in VEIN_WORDS
        if item.kind == TERM and "colour" not in item.senses:
            return False
    return False


def structures(items, of_rock):
    """Probability of each structure that is named, by its index.

    ``of_rock`` maps lithology classes to structures that their names speak of.
    """
    found = {}
    for at, item in enumerate(items):
        if item.kind != TERM or item.negated:
            continue
        if "structure" in item.senses and not _massive_ore(items, at):
            index = item.senses["structure"]
            found[index] = max(found.get(index, 0.0), SAID * item.match.quality)
        index = of_rock.get(item.senses.get("lithology")) if _names_rock(item) else None
        if index is not None:
            found[index] = max(found.get(index, 0.0), OF_NAME * item.match.quality)
    return found


def _names_rock(item):
    """Whether a word stands for a body of rock; *quartz* by itself is a mineral more often than a vein."""
    return not item.match.adjective and item.text != "quartz"


def _massive_ore(items, at):
    """Whether *massive* describes a mineral: *massive pyrite*."""
    if not items[at].text.startswith("mass"):
        return False
    after = items[at + 1] if at + 1 < len(items) else None
    return after is not None and after.text.split()[0:1] != [] and after.text.split()[0] in NOT_MASSIVE
