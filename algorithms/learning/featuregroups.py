"""Kinds of features by what they tell of, so that a model can be trained without one of them."""
import re

from ..fusion.columns import COORDINATES, EMBEDDING, NEIGHBOURS

GRADIENT = re.compile(r"_(dx|dy|dz|magnitude|azimuth|plunge)(_sd)?(@z=.*)?$", re.IGNORECASE)
SPECTRUM = re.compile(r"(_|:)(depth|position|width|area|asymmetry|fit|angle|index|score)$", re.IGNORECASE)
BORE = re.compile(r"^(hole_|from_|to_|mid_|end_)?depth$|^(from|to)_?depth$", re.IGNORECASE)
NEAR = re.compile(r"_(near\d*(_distance)?|distance\d*|estimate|variance)(@z=.*)?$", re.IGNORECASE)
PLACE = re.compile(r"^([xyz]|easting|northing|elevation)$")
UNIT = re.compile(r"[ _]*(\(?(ppm|ppb|ppt|pct|perc|percent|wt|wt_?pct|%|g_?t|mg_?kg)\)?)$", re.IGNORECASE)
SYMBOL = (
    "(Ag|Al|As|Au|Ba|Be|Bi|Br|Ca|Cd|Ce|Cl|Co|Cr|Cs|Cu|Dy|Er|Eu|Fe|Ga|Gd|Ge|Hf|Hg|Ho|In|Ir|La|Li|Lu|Mg|Mn|Mo|Na|Nb|Nd|"
    "Ni|Os|Pb|Pd|Pr|Pt|Rb|Re|Rh|Ru|Sb|Sc|Se|Si|Sm|Sn|Sr|Ta|Tb|Te|Th|Ti|Tl|Tm|Yb|Zn|Zr|B|C|F|H|I|K|N|O|P|S|U|V|W|Y)")
ELEMENT = re.compile(f"^{SYMBOL}$")
OXIDE = re.compile(rf"^{SYMBOL}\d*O\d*$", re.IGNORECASE)
RENAMED = re.compile(r"_feature(_\d+)?$")  # where the samples had a field of that name
FORMULA = re.compile(rf"^({SYMBOL}\d*)+$", re.IGNORECASE)
LABELS = {
    "gradients": "gradients", "spectra": "spectra", "neighbours": "what other holes say", "place": "the place",
    "geology": "geology", "assays": "assays",
}


def feature_groups(names, recipe=None):
    """Columns of the features of each kind.

    Parameters
    ----------
    names : list of str
        Of the features.
    recipe : Recipe, optional
        That made them; it knows where they come from. Names tell otherwise.

    Returns
    -------
    dict
        Keys of `LABELS` to columns (list of int); a feature has one kind at
        most, and kinds without features, or with all of them, are left out.
    """
    known = {entry["name"]: entry for entry in recipe.names} if recipe else {}
    found = {key: [] for key in LABELS}
    for column, name in enumerate(names):
        key = _group_of(name, known.get(name))
        if key:
            found[key].append(column)
    return {key: columns for key, columns in found.items() if 0 < len(columns) < len(names)}


def _group_of(name, entry):
    """Kind of a feature; None for those that are of none."""
    source, name = entry["source"] if entry else None, RENAMED.sub("", name)
    if GRADIENT.search(name):
        return "gradients"
    if source == NEIGHBOURS or NEAR.search(name):
        return "neighbours"
    if source in (COORDINATES, EMBEDDING) or (not entry and PLACE.match(name)):
        return "place"
    if SPECTRUM.search(name) and not BORE.search(name):
        return "spectra"
    if "=" in name:
        return "geology"
    return "assays" if is_assay(name) and not (entry and entry["everywhere"]) else None


def is_assay(name):
    """Whether a name is that of an element or oxide, such as Fe2O3, NI_PPM or s_pct."""
    formula, units = UNIT.subn("", name.strip())
    formula = formula.rstrip("_ ")
    return bool(FORMULA.match(formula) if units else ELEMENT.match(formula) or OXIDE.match(formula))
