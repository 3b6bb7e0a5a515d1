"""The main rock of a text: which of the rocks that are named stands for the interval."""
from .clauses import AFTER_WORDS, DOUBTS, LEVEL, SECONDARY, TERM, WITH_WORDS, doubtful
from .lexicon import PARTS
from .words import AND, COMMA, OPEN, PERCENT, SLASH, STOP

# Words that name a rock but more often something else, with the trust they deserve.
WEAK_WORDS = {
    "quartz": 0.35, "silica": 0.3, "carbonate": 0.3, "calc": 0.4, "ore": 0.5, "rock": 0.35, "stone": 0.35, "flow": 0.3,
    "drift": 0.4, "cover": 0.4, "water": 0.15, "salt": 0.5, "vein": 0.35, "veining": 0.3, "veinlet": 0.15,
    "stringer zone": 0.4, "fault": 0.35, "shear": 0.3, "gouge": 0.35, "mineralization": 0.3, "cave": 0.3,
    "working": 0.2, "formation": 0.25, "basement": 0.4, "bedrock": 0.4, "breccia": 0.7, "felsic": 0.45, "mafic": 0.5,
    "volcanic": 0.5, "sediment": 0.5, "gossanou": 0.4, "lag": 0.3, "channel sediment": 0.6, "transported": 0.5,
    "mottled": 0.3, "unknown": 0.4, "undifferentiated": 0.3, "dyke": 0.5, "sill": 0.4, "intrusive": 0.5,
    "intrusion": 0.5, "lapilli": 0.5, "void": 0.6, "cement": 0.2, "rubble": 0.3, "casing": 0.4, "dust": 0.3,
    "crust": 0.4, "phosphate": 0.3, "pebble": 0.5, "boulder": 0.6, "cobble": 0.5, "grit": 0.6, "block": 0.4,
    "ns": 0.4, "nr": 0.4, "lc": 0.4, "core loss": 0.55, "lost core": 0.55, "no core": 0.55, "formation water": 0.1,
    "sd": 0.5, "gang": 0.3, "carbon": 0.3, "sill dyke": 0.5, "barro": 0.5, "stockwork": 0.3, "igneou": 0.4,
    "metamorphic": 0.4, "transition zone": 0.3, "ash": 0.4, "wash": 0.4, "gypsum": 0.6, "jasper": 0.6, "lode": 0.5,
    "magnesite": 0.6, "slime": 0.4, "mafic unit": 0.5, "fill": 0.3, "serp": 0.5, "sable": 0.4, "sol": 0.5, "ton": 0.3,
    "lava": 0.6, "stope": 0.5, "loam": 0.7, "hardpan": 0.6, "moraine": 0.8, "mud": 0.7, "clay": 0.85, "kaolin": 0.6,
    "porphyry": 0.7, "concrete": 0.4, "waste rock": 0.6, "chalcedony": 0.5, "feuerstein": 0.8, "shale": 0.95,
}
HARD_LINKS = frozenset(("in", "within", "hosted", "hosting", "cut", "crosscut", "intruded"))
NEVER_HEAD = frozenset(("vein", "veining", "rock", "stone", "formation", "quartz", "unknown", "undifferentiated",
                        "undiff",
                        "undetermined", "unidentified", "unclassified", "unk", "water", "cover", "carbonate", "silica",
                        "dyke", "dike", "sill", "intrusion", "intrusive", "flow", "lava", "ore"))
VEINS = frozenset(("vein", "veinlet", "stringer", "veining"))
BODIES = VEINS | {"dyke", "dike"}
ADJECTIVE = 0.3
LATER = 0.62
CERTAIN, LEAST_GUESS = 0.93, 0.15


def main_rock(items, classes, others=()):
    """Probabilities of the lithology classes.

    The rule is that of the head noun: the last of adjoining rock names
    (*basaltic sandstone*, *granite gneiss*), the first of those joined by
    *and*, *with*, *after* or a comma; parts of a rock (*granite fragments*)
    and what is called minor stand back.

    Parameters
    ----------
    items : list of Item
    classes : int
        Number of classes.
    others : container of int
        Places of items that name no rock, such as *carbonate* in *carbonate altered*.

    Returns
    -------
    dict
        Class index to probability; index 0 is "not said". They sum to 1; ``{}`` when no rock is named.
    """
    weights, quality, order = {}, 0.0, 0
    for at, item in enumerate(items):
        if item.kind != TERM or "lithology" not in item.senses or item.negated or at in others:
            continue
        weight = _weight(items, at)
        if not _followed_by_rock(items, at) and not item.match.adjective:
            weight *= LATER ** order
            order += 1
        rocks = [sense.index for sense in item.match.senses if sense.attribute == "lithology"]
        for rock in rocks:  # a word such as "dol" may stand for two
            weights[rock] = max(weights.get(rock, 0.0), weight / len(rocks))
        quality = max(quality, item.match.quality * min(1.0, weight * 1.6))
    total = sum(weights.values())
    if total <= 0.0:
        return {}
    sharp = {rock: (weight / total) ** 1.5 for rock, weight in weights.items()}
    scale = CERTAIN * min(1.0, quality) / sum(sharp.values())
    found = {rock: value * scale for rock, value in sharp.items()}
    found[0] = 1.0 - sum(found.values())
    best = max(value for rock, value in found.items() if rock)
    return _guess(found, best, classes) if best >= LEAST_GUESS and found[0] > best else found


def _guess(found, best, classes):
    """The best rock before "not said", and what is left to all other rocks: it is likely one that is not named."""
    found = {**found, 0: 0.98 * best}
    left, others = 1.0 - sum(found.values()), [rock for rock in range(classes) if rock not in found]
    return {**found, **dict.fromkeys(others, left / len(others))}


def _weight(items, at):
    """How much one rock name speaks for being the main one."""
    item = items[at]
    weight = WEAK_WORDS.get(item.text, 1.0)
    if item.match.adjective:
        weight = 0.9 if _describes_generic(items, at) else ADJECTIVE
    if _followed_by_rock(items, at):  # a carbonatite breccia is still some carbonatite
        weight *= 0.6 if items[at + 1].text == "breccia" else 0.12
    if _part(items, at):
        weight *= 0.25
    if item.match.plural and item.match.words[-1] in BODIES:
        weight *= 0.3
    weight *= _role(items, at)
    return weight * (0.75 if doubtful(items, at) else 1.0)


def _followed_by_rock(items, at):
    """Whether a rock name only describes the next one: adjoining, nothing between them."""
    for other in items[at + 1:at + 3]:
        if other.kind == TERM and "lithology" in other.senses and not other.match.adjective:
            return other.text not in NEVER_HEAD
        if other.kind != TERM or "lithology" in other.senses:
            return False
    return False


def _describes_generic(items, at):
    """Whether an adjective stands before a word that says no more than that there is a rock: *granitic dyke*."""
    return at + 1 < len(items) and items[at + 1].text in NEVER_HEAD and items[at + 1].text not in VEINS


def _part(items, at):
    """Whether only pieces of the rock are meant: *granite fragments*, *clay bands*."""
    after = items[at + 1] if at + 1 < len(items) else None
    if after is not None and after.text in PARTS:
        return after.match is None or after.match.plural or after.text != "dyke"
    before = [item.text for item in items[max(0, at - 3):at]]
    return "of" in before and any(word in PARTS for word in before)


def _role(items, at):
    """The weight that the words before a rock name leave it."""
    weight, taken = 1.0, False
    for place in range(at - 1, -1, -1):
        item = items[place]
        if item.kind == STOP:
            break
        if item.text in DOUBTS:
            weight *= 0.9
        elif item.kind == COMMA or item.text in HARD_LINKS or _leads_aside(items, place):
            return weight * _link_weight(items, place)
        elif not taken and (item.text in SECONDARY or (item.kind == LEVEL and item.value == 1.0 and place == at - 1)):
            return weight * 0.25
        elif item.kind == PERCENT:
            return weight * (0.3 + 0.9 * item.value / 100.0)
        elif item.kind in (AND, SLASH, OPEN):
            return weight * 0.7
        elif item.kind == TERM and "lithology" in item.senses and place < at - 1:
            break
        elif item.kind == TERM and "colour" not in item.senses and "grain_size" not in item.senses:
            taken = True
    return weight


def _link_weight(items, at):
    """The weight of a rock behind a comma, behind *in* and the like, or behind a word that leads aside."""
    if items[at].kind == COMMA:
        return 0.8
    if items[at].text in HARD_LINKS:
        return 0.95 if _veins_before(items, at) else 0.4
    return 0.3


def _leads_aside(items, at):
    """Whether a word says that what follows is not the main rock: *with*, *after*, or *and* at the start."""
    item = items[at]
    if item.kind in (AND, SLASH) or item.text == "to":  # "brown and white clay", "pale to dark granite" stay
        named = "lithology" in items[at + 1].senses and "mineral" not in items[at + 1].senses
        return named and (item.text == "to" or not _named_before(items, at))
    return item.text in AFTER_WORDS or item.text in WITH_WORDS


def _named_before(items, at):
    """Whether a rock is named before a place; else the text goes on from one that is not there."""
    return any("lithology" in item.senses for item in items[:at])


def _veins_before(items, link):
    """Whether the rock after a link holds the veins that are named before it."""
    for item in items[max(0, link - 2):link]:
        last = item.text.split()[-1:]
        single = last and last[0] in ("vein", "dyke", "dike") and not (item.match is not None and item.match.plural)
        if last and last[0] in BODIES and not single:
            return True
    return False
