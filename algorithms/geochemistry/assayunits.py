"""Units of concentrations: how people write them, and parts per million in each."""
import re

PPM = {"pct": 1e4, "permil": 1e3, "ppm": 1.0, "ppb": 1e-3, "opt": 31.1034768 / 0.90718474}
SPELLINGS = {
    "pct": ("%", "pct", "wt%", "wtpct", "wt.%", "wt", "percent", "perc"),
    "permil": ("‰", "permil"),
    "ppm": ("ppm", "g/t", "gpt", "g_t", "mg/kg", "mgkg", "mg_kg", "ug/g", "µg/g", "μg/g", "ug_g", "ppmw"),
    "ppb": ("ppb", "ug/kg", "µg/kg", "μg/kg", "ug_kg", "ng/g", "mg/t", "ppbw"),
    "opt": ("opt", "oz/t", "oz_t"),
}
UNITS = {spelling: unit for unit, spellings in SPELLINGS.items() for spelling in spellings}
LABELS = {"pct": "%", "permil": "‰", "ppm": "ppm", "ppb": "ppb", "opt": "oz/t", "": "its unit"}
PATTERN = "|".join(re.escape(spelling) for spelling in sorted(UNITS, key=len, reverse=True) if spelling != "wt")
IN_NAME = re.compile(rf"(?:^|[^a-z])({PATTERN}|wt)(?![a-z])", re.IGNORECASE)


def unit_of_name(name):
    """Unit that the name of a field ends with or holds: ``"ppm"`` for ``"La_ppm"``; empty when it says none."""
    found = IN_NAME.findall(name)
    return UNITS[found[-1].lower()] if found else ""


def unit_of_text(text):
    """Unit of a spelling such as ``"g/t"``; empty when it is not known."""
    return UNITS.get(text.strip().lower(), "")


def label_of_name(name):
    """A field name without its unit: ``"La"`` for ``"La_ppm"`` and ``"La (ppm)"``."""
    found = list(IN_NAME.finditer(name))
    if not found:
        return name
    label = (name[:found[-1].start()] + name[found[-1].end():]).strip(" _()[]-.")
    return label or name
