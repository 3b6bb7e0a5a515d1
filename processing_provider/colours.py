"""Which colours and which unit a quantity has, by its name in the band description."""
import re
from dataclasses import dataclass

from qgis.core import QgsGradientColorRamp, QgsGradientStop, QgsStyle
from qgis.PyQt.QtGui import QColor

SEQUENTIAL = ("Viridis", ["#440154", "#3b528b", "#21918c", "#5ec962", "#fde725"])
STRENGTH = ("Magma", ["#000004", "#51127c", "#b73779", "#fc8961", "#fcfdbf"])
SPREAD = ("Purples", ["#fcfbfd", "#bcbddc", "#3f007d"])
CHANCE = ("Cividis", ["#00224e", "#7c7b78", "#fee838"])
DIVERGING = (None, ["#2166ac", "#92c5de", "#f7f7f7", "#f4a582", "#b2182b"])  # blue below zero, red above
CYCLIC = (None, ["#3b0f70", "#2f7fb8", "#e8e4d8", "#c2503c", "#3b0f70"])  # ends in the colour it starts with

DIVERGING_NAMES = {"dx", "dy", "dz", "divergence", "change", "residual", "skewness"}
FIXED = {"azimuth": (0.0, 360.0), "plunge": (-90.0, 90.0)}
PER_METRE = {"dx", "dy", "dz", "magnitude"}


@dataclass(frozen=True)
class Family:
    """The look of a kind of quantity.

    Attributes
    ----------
    ramp : tuple
        Name of a colour ramp of QGIS (or None) and the colours to take without it.
    symmetric : bool
        Whether zero is in the middle of the colours.
    limits : tuple of float or None
        Fixed ends of the colours.
    """

    ramp: tuple
    symmetric: bool = False
    limits: tuple = None


def family(quantity):
    """The look of a quantity, by its name in the band description.

    Parameters
    ----------
    quantity : str
        ``"estimate"``, ``"variance"``, ``"dx"``, ``"dx_sd"``, ``"P>5"`` and so on.
    """
    name = quantity.lower()
    if name.endswith(("sd", "variance", "iqr")) or name in ("uncertainty", "epistemic", "aleatoric"):
        return Family(SPREAD)
    if name.startswith("prob") or re.match(r"p\s*\(?.*[<>]", name):
        return Family(CHANCE, limits=(0.0, 1.0))
    if name in FIXED:
        return Family(CYCLIC if name == "azimuth" else DIVERGING, limits=FIXED[name])
    if name.endswith("magnitude"):
        return Family(STRENGTH)
    if name in DIVERGING_NAMES or name.startswith(("flux", "change")) or name.split("_")[-1] in ("dx", "dy", "dz"):
        return Family(DIVERGING, symmetric=True)
    return Family(SEQUENTIAL)


def unit_of(quantity, unit):
    """Unit of a quantity of a field whose values are in ``unit``, for the legend."""
    name = quantity.lower()
    base = re.sub(r"_(sd|variance)$", "", name)
    if base in FIXED:
        return "°"
    if not unit or family(name).limits or name.startswith(("flux", "divergence", "significance")):
        return ""  # a share, a ratio, or a quantity that also has the unit of the diffusivity, which nobody stated
    unit = f"{unit}/m" if base in PER_METRE else unit
    return f"({unit})²" if name.endswith("variance") else unit


def ramp_of(look):
    """The colour ramp of a `Family`; built from its colours when QGIS has none of that name."""
    name, colours = look.ramp
    ramp = QgsStyle.defaultStyle().colorRamp(name) if name else None
    if ramp is not None:
        return ramp
    inner = len(colours) - 1
    stops = [QgsGradientStop(k / inner, QColor(colours[k])) for k in range(1, inner)]
    return QgsGradientColorRamp(QColor(colours[0]), QColor(colours[-1]), False, stops)
