"""Alterations with their intensity, and minerals with their intensity and per cent, from the items of a text."""
from .clauses import LEVEL, OTHER, TERM, consumes_level, is_trace
from .words import AND, CLOSE, COMMA, NUMBER, OPEN, PERCENT, SLASH, STOP

SAID, UNSAID, HINTED = 0.9, 0.7, 0.55
PROCESS, NAMED = 2, 1
TRACE_PERCENT, FARTHEST = 0.1, 4
PERCENT_LEVELS = (1.0, 5.0, 20.0)
ALTERATION_WORDS = frozenset(("alteration", "altered", "alterd", "altd", "alteriert", "umgewandelt", "alterado",
                              "alteracao", "alteracion", "metasomatized", "metasomatism", "alt"))
CLOSING = ALTERATION_WORDS | {"stained", "staining", "stain"}
PROCESS_ENDS = ("ed", "tion", "ing", "cao", "ung", "cion", "alt", "ado", "ic", "iert")
RICH, POOR = frozenset(("rich", "dominated")), frozenset(("poor",))
# Minerals that name an alteration when "alteration" or "altered" follows.
ALTERS = {
    "quartz": "silica", "biotite": "biotite", "phlogopite": "biotite", "muscovite": "sericite", "pyrite": "pyrite",
    "hematite": "hematite", "goethite": "limonite", "magnetite": "magnetite", "feldspar": "potassic",
    "calcite": "carbonate", "dolomite": "carbonate", "ankerite": "carbonate", "siderite": "carbonate",
    "aegirine": "fenite", "arfvedsonite": "fenite", "amphibole": "amphibole", "tourmaline": "tourmaline",
    "fluorite": "fluorite", "apatite": "apatite", "garnet": "garnet", "graphite": "graphite", "barite": "sulphate",
    "gypsum": "sulphate", "manganese_oxide": "manganese", "talc": "talc", "sulphide": "pyrite",
}
# Lithologies whose name is read as an alteration before "alteration" or "altered".
ROCK_ALTERS = {"fenite": "fenite", "quartz_vein": "silica", "carbonate_rock": "carbonate", "skarn": "calcsilicate",
               "clay": "argillic", "altered_rock": "silica", "calc_silicate": "calcsilicate",
               "serpentinite": "serpentine", "dolostone": "carbonate"}


class Amounts:
    """Reads alterations and minerals.

    Parameters
    ----------
    vocabulary : Vocabulary
    """

    def __init__(self, vocabulary):
        self.alterations, self.minerals = vocabulary.labels("alteration"), vocabulary.labels("mineral")
        rocks = vocabulary.classes("lithology")
        self.whole = self.alterations.index("undifferentiated")
        self.from_mineral = {self.minerals.index(name): self.alterations.index(other) for name, other in ALTERS.items()}
        self.from_rock = {rocks.index(name): self.alterations.index(other) for name, other in ROCK_ALTERS.items()}

    def read(self, items):
        """Alterations and minerals of a text.

        Parameters
        ----------
        items : list of Item

        Returns
        -------
        alterations : dict
            Label index to (intensity, probability); intensity 0 when negated.
        minerals : dict
            Label index to (intensity, probability, per cent or None).
        """
        altered = self.altered(items)
        levels = _levels(items)
        for at, closing in self.closing(items, altered).items():
            levels[at] = levels[at] or levels[closing]
        percents = _percents(items, self._is_mineral(items, altered))
        alterations, minerals = {}, {}
        for at, item in enumerate(items):
            if item.kind != TERM:
                continue
            if at in altered:
                self._note(alterations, altered[at], item, levels[at], PROCESS)
            elif "alteration" in item.senses and not self._mineral_wins(items, at, percents):
                if not (item.senses["alteration"] == self.whole and _explains(items, at, altered)):
                    self._note(alterations, item.senses["alteration"], item, levels[at], _unsaid(item))
            elif "mineral" in item.senses and not _inside_rock(item):
                self._note_mineral(minerals, items, at, levels[at], percents.get(at))
        return alterations, minerals

    def altered(self, items):
        """Terms before "alteration" or "altered", however many, as alterations: place to label index."""
        found = {}
        for at, item in enumerate(items):
            if not _closes_list(item):
                continue
            for place in range(at - 1, -1, -1):
                other = items[place]
                if other.kind in (AND, SLASH) or (other.kind == LEVEL and other.soft):
                    continue
                label = self._as_alteration(other) if other.kind == TERM else None
                if label is None:
                    break
                found[place] = label
        return found

    @staticmethod
    def closing(items, altered):
        """The word "alteration" that closes the list to which each altered term belongs."""
        found, last = {}, None
        for at in range(len(items) - 1, -1, -1):
            if _closes_list(items[at]):
                last = at
            elif at in altered and last is not None:
                found[at] = last
        return found

    def _as_alteration(self, item):
        """The alteration that a term names before "alteration", or None."""
        if "alteration" in item.senses:
            return item.senses["alteration"] if item.senses["alteration"] != self.whole else None
        if "mineral" in item.senses:
            return self.from_mineral.get(item.senses["mineral"])
        return self.from_rock.get(item.senses.get("lithology"))

    def _is_mineral(self, items, altered):
        """Places of terms that may carry a per cent."""
        return [at for at, item in enumerate(items)
                if item.kind == TERM and "mineral" in item.senses and at not in altered and not _inside_rock(item)]

    def _mineral_wins(self, items, at, percents):
        """Whether a word for both an alteration and a mineral means the mineral."""
        return "mineral" in items[at].senses and (at in percents or not items[at].text.endswith(PROCESS_ENDS))

    def _note(self, alterations, label, item, level, unsaid):
        """Enter one alteration; the strongest mention stands."""
        quality = item.match.quality
        if item.negated:
            alterations.setdefault(label, (0, SAID * quality))
            return
        rock = "lithology" in item.senses and not item.text.endswith(PROCESS_ENDS)
        if rock and level is None:
            return
        entry = (int(level.value), SAID * quality) if level else (unsaid, UNSAID * quality)
        known = alterations.get(label)
        if known is None or known[0] == 0 or (entry[1], entry[0]) > (known[1], known[0]):
            alterations[label] = entry

    def _note_mineral(self, minerals, items, at, level, percent):
        """Enter one mineral."""
        item = items[at]
        label, quality = item.senses["mineral"], item.match.quality
        if item.negated:
            minerals.setdefault(label, (0, SAID * quality, None))
            return
        after = items[at + 1].text if at + 1 < len(items) else ""
        if percent is not None:
            entry = (level_of(percent), SAID * quality, percent)
        elif after in RICH or after in POOR:
            entry = (3 if after in RICH else 1, UNSAID * quality, None)
        elif level is not None:
            entry = (int(level.value), SAID * quality, TRACE_PERCENT if is_trace(level) else None)
        elif "lithology" in item.senses:
            entry = (NAMED, HINTED * quality, None)
        else:
            entry = (NAMED, UNSAID * quality, None)
        known = minerals.get(label)
        if known is None or known[0] == 0 or (entry[2] is not None and known[2] is None) or entry[1] > known[1]:
            minerals[label] = entry


def _closes_list(item):
    """Whether a term is, or ends with, the word "alteration" or the like: *Chl+Ep+Cb alt*."""
    return item.kind == TERM and item.text.split()[-1] in CLOSING


def level_of(percent):
    """Intensity 0 to 4 of a mineral's share: below 1 %, 5 %, 20 % and above."""
    if percent <= 0.0:
        return 0
    return 1 + sum(percent >= limit for limit in PERCENT_LEVELS)


def _unsaid(item):
    """Intensity of an alteration without a word for it: that of a process, or of a mineral that is only named."""
    return PROCESS if item.text.split()[-1].endswith(PROCESS_ENDS) else NAMED


def _inside_rock(item):
    """Whether the word is a rock in the first place: *dolomite*, *graphite* as minerals come with other words."""
    return False


def _explains(items, at, altered):
    """Whether "alteration" only closes a list of named alterations, or names what rock parts turned into."""
    if at - 1 in altered:
        return True
    return any(place in altered for place in range(max(0, at - 3), at)) and items[at - 1].kind in (LEVEL, AND, SLASH)


def _levels(items):
    """The intensity that belongs to each item, or None: the nearest before it, else one right behind it."""
    found, pending, last = [None] * len(items), None, None
    for at, item in enumerate(items):
        if item.kind == LEVEL:
            pending = item if pending is None or not item.soft or pending.clause != item.clause else pending
            if last is not None and _closes(items, at) and found[last] is None:
                found[last] = item
                pending = None
        elif item.kind == COMMA:
            pending = pending if at and items[at - 1].kind == LEVEL else None
            last = None
        elif item.kind == STOP:
            pending = last = None
        elif item.kind == NUMBER and _grades(items, at):
            found[at - 1] = found[at - 1] or item
        elif consumes_level(item):
            pending = None
        elif item.kind == TERM:
            if last is not None and pending is not None and _other_kind(items[last], item) and found[last] is pending:
                pending = None
            found[at], last = pending, at
        elif item.kind == OTHER and at and items[at - 1].kind == LEVEL and items[at - 1].text.endswith("ly"):
            pending = None
    return found


def _grades(items, at):
    """Whether a bare number from 1 to 4 is the intensity of the alteration before it: *sil 3, ser 2*."""
    if not 1.0 <= items[at].value <= 4.0 or at == 0 or "alteration" not in items[at - 1].senses:
        return False
    after = items[at + 1] if at + 1 < len(items) else None
    return after is None or after.kind in (COMMA, STOP) or {"alteration", "mineral"} & set(after.senses) != set()


def _other_kind(one, other):
    """Whether one term is an alteration and the other a mineral only."""
    return ("alteration" in one.senses) != ("alteration" in other.senses)


def _closes(items, at):
    """Whether nothing that could take an intensity follows in the clause."""
    return at + 1 == len(items) or items[at + 1].kind in (COMMA, STOP, PERCENT) or items[at + 1].kind == CLOSE


def _ends_share(item):
    """Whether a per cent does not reach beyond an item."""
    return item.kind in (COMMA, STOP, PERCENT) or (
        item.kind == TERM and ("lithology" in item.senses or "alteration" in item.senses))


def _percents(items, minerals):
    """The per cent that belongs to each mineral, by its place."""
    found, backward = {}, {}
    for at, item in enumerate(items):
        if item.kind != PERCENT:
            continue
        before = [place for place in _minerals_before(items, at, minerals) if place not in found]
        after = [place for place in _minerals_after(items, at, minerals) if place not in found]
        behind = backward.setdefault(item.clause, bool(before))
        places = before if before and (behind or not after) else after
        found.update((place, item.value / len(places)) for place in places)
    return found


def _minerals_before(items, at, minerals):
    """The minerals that stand directly before a per cent: the last one, and those that adjoin it."""
    places = []
    for place in range(at - 1, -1, -1):
        item = items[place]
        if place in minerals:
            places.append(place)
        elif item.kind not in ((AND, SLASH) if places else (OPEN, CLOSE, LEVEL)) and not (
                not places and "structure" in item.senses):
            break
    return places


def _minerals_after(items, at, minerals):
    """The minerals that a per cent stands for: the next one, and those that adjoin it."""
    places = []
    for place in range(at + 1, len(items)):
        if place in minerals:
            places.append(place)
        elif _ends_share(items[place]) or place - at > FARTHEST or (places and items[place].kind not in (AND, SLASH)):
            break
    if places and places[-1] + 1 < len(items) and items[places[-1] + 1].text in ("vein", "veining", "veinlet"):
        return places if items[places[-1]].text not in ("quartz", "calcite") else []
    return places
