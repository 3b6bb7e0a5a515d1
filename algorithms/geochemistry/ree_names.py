"""Which fields hold rare earths, read from their names alone: element, oxide and unit.

A name is cut into words. It belongs to an element only when one of the words
is the element itself (its symbol, its English name, one of its oxides or one
of its isotopes) and the other words are known or come with a unit, so that
``Lat``, ``Era``, ``La_Yb`` or ``La_ppm_dx`` are no rare earths.
"""
import re
from collections import Counter
from dataclasses import dataclass

from ..errors import InputError

# In the order of a pattern plot: by atomic number, with Y beside Ho, which has its radius.
ELEMENTS = ("La", "Ce", "Pr", "Nd", "Sm", "Eu", "Gd", "Tb", "Dy", "Y", "Ho", "Er", "Tm", "Yb", "Lu")
UNITS = ("ppm", "pct", "ppb")
ENGLISH = ("lanthanum", "cerium", "praseodymium", "neodymium", "samarium", "europium", "gadolinium", "terbium",
           "dysprosium", "yttrium", "holmium", "erbium", "thulium", "ytterbium", "lutetium")
# Oxides that laboratories and mines write; the first one is meant where a name says only that it is an oxide.
OXIDES = {**{symbol: (f"{symbol}2O3",) for symbol in ELEMENTS},
          "Ce": ("CeO2", "Ce2O3"), "Pr": ("Pr6O11", "Pr2O3"), "Tb": ("Tb4O7", "Tb2O3")}

UNIT_WORDS = {
    **dict.fromkeys(("ppm", "gpt", "mgkg"), "ppm"), **dict.fromkeys(("ppb", "ugkg"), "ppb"),
    **dict.fromkeys(("pct", "percent", "perc", "pc", "wtpct", "masspct"), "pct"),
}
# Units written with signs.
QUOTIENT = re.compile(r"(?<![a-z])(mg|ug|ng|g)[\s/_]*(kg|g|t)(?![a-z])")
QUOTIENTS = {"mgkg": " ppm ", "ugg": " ppm ", "gt": " ppm ", "ugkg": " ppb ", "ngg": " ppb ", "mgt": " ppb "}
PER_CENT = re.compile(r"(wt|mass)?[\s._]*(%|per[\s_]?cent|pct)")
# Words that say how or of what a value was measured, not what was made of it.
NEUTRAL = {"icp", "icpms", "icpoes", "icpaes", "ms", "oes", "aes", "xrf", "pxrf", "inaa", "naa", "fus", "fusion", "me",
           "ge", "ar", "ad", "td", "assay", "assays", "grade", "value", "val", "conc", "concentration", "content", "wt",
           "mass", "weight", "ree", "reo", "oxide", "element", "best", "final", "result", "clean", "tot", "total",
           "lab", "als", "sgs", "actlabs", "intertek", "bv"}
OXIDE_WORDS = {"reo", "oxide"}
# Words of values that were made of an assay; a field with one of them is none.
MADE = {"n", "cn", "norm", "normalised", "normalized", "dx", "dy", "dz", "sd", "std", "stdev", "var", "variance",
        "mean", "median", "min", "max", "p10", "p50", "p90", "estimate", "estimated", "predicted", "pred", "residual",
        "magnitude", "azimuth", "plunge", "significance", "anomaly", "star", "ratio", "log", "log10", "ln", "clr",
        "ilr", "alr", "boxcox", "zscore", "z", "flag", "flags", "qualifier", "qual", "imputed", "censored", "lod",
        "lld", "dl", "mdl", "loq", "detection", "limit", "err", "error", "unc", "uncertainty", "sigma", "rsd", "rank",
        "treo", "tree", "sum", "share", "method", "unit", "units", "id", "code", "date", "dup", "duplicate", "blank",
        "standard", "score", "cutoff", "probability", "hf176", "176hf", "hf177", "177hf"}
# Signs of ratios to an expected value and of errors.
MADE_SIGNS = ("*", "+/-", "\u00b1")
METHOD = re.compile(r"^([a-z]{1,5}\d{1,4}([a-z]{1,3}\d{0,3})?|\d{1,3}[a-z]{0,3})$")
# Methods by aqua regia, which leaves most monazite, xenotime and zircon in the residue.
PARTIAL = re.compile(r"^(ar|aqr|ar\d+[a-z]{0,3}|aq\d+|(ms|icp)41[a-z]?)$")
# Words of coordinates.
DATUM = re.compile(r"^(gda|mga|wgs|utm|nad|etrs|agd|amg|epsg)\d*$")
ISOTOPE = re.compile(r"^(?:(\d{2,3})([a-z]{1,2})|([a-z]{1,2})(\d{2,3}))$")
MASSES = range(89, 177)
GLUED = re.compile(r"^(.+?)(ppm|ppb|pct|percent)$")


@dataclass(frozen=True)
class Reading:
    """What the name of a field says.

    Attributes
    ----------
    element : str
        Symbol.
    oxide : str
        Formula, empty for the element itself.
    unit : str
        One of `UNITS`, empty when the name does not tell.
    extra : int
        Number of other words.
    bare : bool
        Whether the name is the symbol and nothing else.
    partial : bool
        Whether the sample was digested in aqua regia.
    """

    element: str
    oxide: str = ""
    unit: str = ""
    extra: int = 0
    bare: bool = False
    partial: bool = False


def read_name(name):
    """What a field name says of a rare earth, or None when it is no assay of one.

    Parameters
    ----------
    name : str

    Returns
    -------
    Reading or None
    """
    if any(sign in name for sign in MADE_SIGNS):
        return None
    words = _words(name)
    species = _named([word for word in words if _species(word)])
    rest = [word for word in words if not _species(word)]
    if species is None or MADE & set(rest) or any(map(DATUM.match, rest)):
        return None
    units = {UNIT_WORDS[word] for word in rest if word in UNIT_WORDS}
    others = [word for word in rest if word not in UNIT_WORDS]
    strange = [word for word in others if word not in NEUTRAL and not METHOD.match(word)]
    if len(units) > 1 or (strange and not units):
        return None
    element, oxide = species
    if not oxide and OXIDE_WORDS & set(others):
        oxide = OXIDES[element][0]
    bare, partial = len(words) == 1 and not oxide, any(map(PARTIAL.match, others))
    return Reading(element, oxide, "".join(units), len(others) + len(strange), bare, partial)


def _named(words):
    """Element and oxide that words name together, or None when they name no element or several things.

    A field may say its element twice, as in ``Lanthanum (La2O3)``, but two
    symbols or two isotopes are a ratio.
    """
    made = [_species(word) for word in words]
    kinds = {("oxide" if oxide else "name" if word in ENGLISH else "symbol") for word, (_, oxide) in zip(words, made)}
    if len({element for element, _ in made}) != 1 or len(kinds) != len(words):
        return None
    if len(words) > 1 and not all(word in SPECIES for word in words):
        return None
    return max(made, key=lambda pair: len(pair[1]))


def _words(name):
    """The lower-case words of a name, with units and oxides written as one word."""
    text = name.strip().lower().replace("\u00b5", "u").replace("\u03bc", "u")
    text = QUOTIENT.sub(lambda match: QUOTIENTS.get(match.group(1) + match.group(2), match.group(0)), text)
    words = [word for word in re.split(r"[^a-z0-9]+", PER_CENT.sub(" pct ", text)) if word]
    split = []
    for word in words:
        glued = GLUED.match(word)
        split += [glued.group(1), glued.group(2)] if glued and _species(glued.group(1)) else [word]
        if "".join(split[-2:]) in SPECIES and split[-1].startswith("o"):
            split[-2:] = ["".join(split[-2:])]
    ablation = [place for place, word in enumerate(split[:-1]) if word == "la" and split[place + 1].startswith("icp")]
    others = [word for place, word in enumerate(split) if place not in ablation]
    return others if any(map(_species, others)) else split  # laser ablation, not lanthanum


def _species(word):
    """Element and oxide that a word names, or None."""
    return SPECIES.get(word) or _isotope(word)


def _isotope(word):
    match = ISOTOPE.match(word)
    if not match:
        return None
    symbol, mass = (match.group(2), match.group(1)) if match.group(2) else (match.group(3), match.group(4))
    return SPECIES.get(symbol) if int(mass) in MASSES and len(symbol) <= 2 else None


def _all_species():
    """Lower-case words to (element, oxide); a zero often stands for the letter O."""
    known = {}
    for symbol, english in zip(ELEMENTS, ENGLISH):
        known[symbol.lower()] = known[english] = (symbol, "")
        for oxide in OXIDES[symbol]:
            word = oxide.lower()
            known[word] = known[re.sub(r"o(?=\d+$)", "0", word)] = (symbol, oxide)
    return known


SPECIES = _all_species()


@dataclass(frozen=True)
class Taken:
    """A field that was taken for an element."""

    field: str
    reading: Reading


def find_fields(names):
    """The field to take for each element, by the names of all fields.

    Of several fields for one element that is taken which names a unit, then
    that which does not name aqua regia, then that which holds the element
    rather than the oxide, then that with the fewest other words, then the
    first in the table.
    A field ``Y`` beside a field ``X`` is a coordinate, and symbols alone are
    not taken where the names of the other fields have units. ``La_ppm_raw``
    beside ``La_ppm`` is what 'Prepare assays' keeps of the text.

    Parameters
    ----------
    names : sequence of str

    Returns
    -------
    taken : dict
        Symbols, in the order of `ELEMENTS`, to `Taken`.
    notes : list of str
        What the user should know about the choice.
    """
    notes, coordinates, found = [], [], {}
    lower = {name.strip().lower() for name in names}
    for place, name in enumerate(names):
        reading = None if _is_kept_text(name, lower) else read_name(name)
        if reading is None:
            continue
        if reading.element == "Y" and not reading.unit and name.strip().lower().replace("y", "x", 1) in lower:
            coordinates.append(
                f"The field '{name}' is read as a coordinate because there is an X beside it, not as yttrium.")
            continue
        order = (not reading.unit, reading.partial, bool(reading.oxide), reading.extra, place)
        found.setdefault(reading.element, []).append((order, Taken(name, reading)))
    taken, several = {}, []
    for element in (symbol for symbol in ELEMENTS if symbol in found):
        fields = [field for _, field in sorted(found[element], key=lambda pair: pair[0])]
        taken[element] = fields[0]
        if len(fields) > 1:
            others = ", ".join(f"'{field.field}'" for field in fields[1:])
            several.append(f"'{fields[0].field}' (not {others})")
    if "Y" not in taken:
        notes += coordinates
    if several:
        notes.append(f"Several fields fit the same element; {', '.join(several)} used.")
    partial = [f"'{field.field}'" for field in taken.values() if field.reading.partial]
    if partial:
        notes.append(
            f"The fields {', '.join(partial)} are named after aqua regia, which leaves part of the rare earths in the "
            "residue: sums are too small where their minerals resist it.")
    return _without_strays(taken, notes), notes


def _is_kept_text(name, lower):
    """Whether a field is the text that another field was read from."""
    name = name.strip().lower()
    return name.endswith("_raw") and name[:-len("_raw")] in lower


def _without_strays(taken, notes):
    """Leave out bare symbols among names with units: ``ER`` or ``TM`` may mean something else there."""
    strays = [element for element, field in taken.items() if field.reading.bare]
    if len(taken) - len(strays) < max(3, 2 * len(strays)) or any(
            not field.reading.unit for element, field in taken.items() if element not in strays):
        return taken
    for element in strays:
        notes.append(
            f"The field '{taken[element].field}' names no unit while the others do and is left aside; assign it by "
            f"hand if it is {element}.")
    return {element: field for element, field in taken.items() if element not in strays}


def read_assignments(text, names):
    """Fields that the user assigned by hand.

    Parameters
    ----------
    text : str
        Such as ``"La = lant; Ce2O3_pct = cer; Tm ="``: what stands on the left
        is read as a field name would be, and an empty right side leaves the
        element out.
    names : sequence of str
        Fields of the layer.

    Returns
    -------
    assigned : dict
        Symbols to `Taken`, or to None for elements to leave out.

    Raises
    ------
    InputError
        Something is no rare earth, no field, or given twice.
    """
    assigned = {}
    known = {name.lower(): name for name in names}
    for part in filter(None, (part.strip() for part in re.split(r"[;\n]", text))):
        left, equals, right = (piece.strip() for piece in part.partition("="))
        reading = read_name(left)
        if not equals or reading is None:
            raise InputError(f"Fields by hand: '{part}' is not read; write for example 'La = LA1; CeO2_pct = CER'.")
        if reading.element in assigned:
            raise InputError(f"Fields by hand: {reading.element} is given twice; keep one of them.")
        if right and right not in names and right.lower() not in known:
            raise InputError(f"Fields by hand: there is no field '{right}'; the fields are: {', '.join(names)}.")
        field = right if right in names else known.get(right.lower(), "")
        assigned[reading.element] = Taken(field, _with_name(reading, read_name(field))) if right else None
    _require_different(assigned)
    return assigned


def _element(name):
    """The element that a field name tells, or None."""
    reading = read_name(name)
    return reading.element if reading else None


def _with_name(reading, named):
    """What was written by hand, completed by what the field's own name tells of the same element."""
    if named is None or named.element != reading.element:
        return reading
    return Reading(reading.element, reading.oxide or named.oxide, reading.unit or named.unit, 0, reading.bare)


def _require_different(assigned):
    counts = Counter(taken.field for taken in assigned.values() if taken)
    twice = [field for field, count in counts.items() if count > 1]
    if twice:
        raise InputError(f"Fields by hand: the field '{twice[0]}' is given for two elements; keep one of them.")


def choose_fields(names, assignments="", among=()):
    """The fields to take: those found by name, corrected by hand.

    Parameters
    ----------
    names : sequence of str
        All fields.
    assignments : str
        See `read_assignments`.
    among : sequence of str
        Fields to look through by name; all when empty.

    Returns
    -------
    taken, notes
        As from `find_fields`.
    """
    assigned = read_assignments(assignments, names)
    given = {taken.field for taken in assigned.values() if taken}
    places = [name for name in names if name not in given and (not among or name in among)]
    found, notes = find_fields([name for name in places if _element(name) not in assigned])
    chosen = {**found, **assigned}
    return {element: chosen[element] for element in ELEMENTS if chosen.get(element)}, notes


def settle(taken, unit="auto", form="auto"):
    """Unit and oxide of every field, from its name or as the user says.

    Parameters
    ----------
    taken : dict
        Symbols to `Taken`.
    unit : str
        ``"auto"`` (names tell) or one of `UNITS`, for all fields.
    form : str
        ``"auto"`` (names tell), ``"element"`` or ``"oxide"``, for all fields.

    Returns
    -------
    columns : list of dict
        Keys ``element``, ``field``, ``oxide`` (formula or empty), ``unit``.
    warnings : list of str
        Where the choice goes against a name.

    Raises
    ------
    InputError
        The unit is left to the names and they do not tell it.
    """
    silent = [field.field for field in taken.values() if not field.reading.unit]
    if unit == "auto" and silent:
        raise InputError(
            f"INPUT: the names of the fields {', '.join(silent)} do not tell their unit; set 'Unit' to ppm, pct or ppb."
        )
    columns, warnings = [], []
    for element, field in taken.items():
        named = field.reading
        oxide = {"auto": named.oxide, "element": "", "oxide": named.oxide or OXIDES[element][0]}[form]
        columns.append({"element": element, "field": field.field, "oxide": oxide,
                        "unit": named.unit if unit == "auto" else unit})
    against = [field.field for field in taken.values() if unit != "auto" and field.reading.unit not in ("", unit)]
    if against:
        warnings.append(f"'Unit' is {unit} although the names of the fields {', '.join(against)} say otherwise.")
    against = [field.field for field in taken.values() if form == "element" and field.reading.oxide]
    if against:
        warnings.append(f"'Form' is element although the fields {', '.join(against)} are named as oxides.")
    return columns, warnings
