"""How results look in the project: styles built from the data, for rasters and for samples with gradients.

Processing loads a result and then runs its post-processor, once, in the main
thread.  `style_on_load` registers one; the style functions are plain
functions of a layer.
"""
import re
from collections import OrderedDict
from dataclasses import dataclass

import numpy as np
from qgis.core import (
    Qgis,
    QgsArrowSymbolLayer,
    QgsColorRampLegendNodeSettings,
    QgsColorRampShader,
    QgsDoubleRange,
    QgsFeatureRequest,
    QgsGradientColorRamp,
    QgsGradientStop,
    QgsLineSymbol,
    QgsMarkerSymbol,
    QgsProcessingLayerPostProcessorInterface,
    QgsRasterShader,
    QgsSingleBandPseudoColorRenderer,
    QgsSingleSymbolRenderer,
    QgsStyle,
    QgsVectorFieldSymbolLayer,
)
from qgis.PyQt.QtGui import QColor

from .data.fields import is_null
from .data.rasters import HIGH, LOW, open_raster

DESCRIPTION = re.compile(r"^(?P<field>.*?):(?P<quantity>[^@]*)(@z=(?P<level>[-+.\deE]+))?$")
STOPS = 32
ARROW_MM = 6.0
SAMPLED = 5_000

SEQUENTIAL = ("Viridis", ["#440154", "#3b528b", "#21918c", "#5ec962", "#fde725"])
STRENGTH = ("Magma", ["#000004", "#51127c", "#b73779", "#fc8961", "#fcfdbf"])
SPREAD = ("Purples", ["#fcfbfd", "#bcbddc", "#3f007d"])
CHANCE = ("Cividis", ["#00224e", "#7c7b78", "#fee838"])
DIVERGING = (None, ["#2166ac", "#92c5de", "#f7f7f7", "#f4a582", "#b2182b"])  # blue below zero, red above
CYCLIC = (None, ["#3b0f70", "#2f7fb8", "#e8e4d8", "#c2503c", "#3b0f70"])  # ends in the colour it starts with

DIVERGING_NAMES = {"dx", "dy", "dz", "divergence", "change", "residual", "skewness"}
FIXED = {"azimuth": (0.0, 360.0), "plunge": (-90.0, 90.0)}
PER_METRE = {"dx", "dy", "dz", "magnitude"}

_waiting = {}  # Processing does not own post-processors; one that is collected is skipped without a word


class LayerStyler(QgsProcessingLayerPostProcessorInterface):
    """Runs a style function once Processing has loaded a layer."""

    def __init__(self, destination, style):
        super().__init__()
        self.destination, self.style = destination, style

    def postProcessLayer(self, layer, context, feedback):  # noqa: N802 - the name QGIS calls
        """Style the layer; called by Processing."""
        self.style(layer)
        layer.triggerRepaint()
        _waiting.pop(self.destination, None)


def style_on_load(context, destination, style, name="", group=""):
    """Have ``style(layer)`` run when a result is added to the project.

    Parameters
    ----------
    context : QgsProcessingContext
    destination : str
        Path or id of the layer, as the algorithm returns it.
    style : callable
        Such as one made by `raster_style` or `arrow_style`.
    name, group : str
        Name of the layer, and of the group it goes into (QGIS 3.32 and later).
    """
    if not context.willLoadLayerOnCompletion(destination):
        return
    details = context.layerToLoadOnCompletionDetails(destination)
    if name:
        details.name = name
    if group and hasattr(details, "groupName"):
        details.groupName = group
    _waiting[destination] = LayerStyler(destination, style)
    details.setPostProcessor(_waiting[destination])


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
    if not unit or family(name).limits:
        return ""
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


def band_groups(descriptions):
    """Bands that show one quantity of one field, on one or more levels.

    Parameters
    ----------
    descriptions : list of str
        Of all bands, in order.

    Returns
    -------
    groups : OrderedDict
        ``"FIELD quantity"`` to a list of (band, field, quantity, level or None).
    """
    groups = OrderedDict()
    for band, description in enumerate(descriptions, start=1):
        match = DESCRIPTION.match(description)
        name, quantity, level = match.group("field", "quantity", "level") if match else ("", description, None)
        key = f"{name} {quantity}".strip() or f"band {band}"
        groups.setdefault(key, []).append((band, name, quantity, None if level is None else float(level)))
    return groups


def raster_style(units=None, abstract="", title=""):
    """A style function for a result raster.

    Each quantity of each field becomes a named style of the layer, to be
    chosen under *Styles* in its menu; that of the first band is shown.  Of
    several levels the middle one is shown; from QGIS 3.38 on each level also
    has its range of elevations, for the elevation controller.

    Parameters
    ----------
    units : dict, optional
        Fields to the unit of their values, for the legend.
    abstract, title : str
        For the metadata of the layer.

    Returns
    -------
    style : callable
        ``style(layer)`` for a `QgsRasterLayer`.
    """

    def style(layer):
        describe(layer, title, abstract)
        style_bands(layer, units or {})

    return style


def style_bands(layer, units):
    """Give a raster layer one named style for each group of bands."""
    dataset = open_raster(layer)
    descriptions = [dataset.GetRasterBand(band).GetDescription() for band in range(1, dataset.RasterCount + 1)]
    manager = layer.styleManager()
    first = None
    for name, bands in band_groups(descriptions).items():
        if first is None:
            first = name
            manager.renameStyle(manager.currentStyle(), name)
        else:
            manager.addStyleFromLayer(name)
            manager.setCurrentStyle(name)
        _, field, quantity, _ = bands[0]
        look = family(quantity)
        limits = look.limits or data_limits(dataset, [band for band, *_ in bands], look.symmetric)
        shown = bands[len(bands) // 2][0]
        layer.setRenderer(colour_renderer(layer, shown, limits, ramp_of(look), unit_of(quantity, units.get(field, ""))))
        _set_elevations(layer, {band: level for band, _, _, level in bands if level is not None})
    if first is not None:
        manager.setCurrentStyle(first)


def data_limits(dataset, bands, symmetric=False):
    """The range of colours for bands that are compared: their 2 % and 98 % quantiles.

    Those the writer kept are used; else the bands are read coarsely.

    Parameters
    ----------
    dataset : gdal.Dataset
    bands : list of int
    symmetric : bool
        Whether zero has to be in the middle.
    """
    pairs = [pair for pair in (_band_limits(dataset.GetRasterBand(band)) for band in bands) if pair is not None]
    if not pairs:
        return 0.0, 1.0
    low, high = min(pair[0] for pair in pairs), max(pair[1] for pair in pairs)
    if symmetric:
        high = max(abs(low), abs(high)) or 1.0
        return -high, high
    return (low, high) if high > low else (low, low + (abs(low) * 1e-6 or 1.0))


def _band_limits(band):
    """Quantiles of one band, or None when it has no data."""
    low, high = band.GetMetadataItem(LOW), band.GetMetadataItem(HIGH)
    if low is not None and high is not None:
        return float(low), float(high)
    shape = {"buf_xsize": min(200, band.XSize), "buf_ysize": min(200, band.YSize)}
    values = band.ReadAsArray(**shape).astype(float)
    values = values[(band.GetMaskBand().ReadAsArray(**shape) > 0) & np.isfinite(values)]
    return tuple(np.percentile(values, [2, 98])) if values.size else None


def colour_renderer(layer, band, limits, ramp, unit=""):
    """A continuous colour scale between two values.

    Parameters
    ----------
    layer : QgsRasterLayer
    band : int
    limits : tuple of float
    ramp : QgsColorRamp
    unit : str
        Shown behind the numbers of the legend.

    Returns
    -------
    renderer : QgsSingleBandPseudoColorRenderer
    """
    low, high = (float(limit) for limit in limits)
    colours = QgsColorRampShader(low, high, ramp)  # linear and continuous unless told otherwise
    items = []
    for part in np.linspace(0.0, 1.0, STOPS + 1):
        value = low + part * (high - low)
        items.append(QgsColorRampShader.ColorRampItem(value, ramp.color(float(part)), f"{value:.4g} {unit}".strip()))
    colours.setColorRampItemList(items)
    legend = QgsColorRampLegendNodeSettings()
    legend.setSuffix(f" {unit}" if unit else "")
    colours.setLegendSettings(legend)
    shader = QgsRasterShader(low, high)
    shader.setRasterShaderFunction(colours)
    renderer = QgsSingleBandPseudoColorRenderer(layer.dataProvider(), band, shader)
    renderer.setClassificationMin(low)
    renderer.setClassificationMax(high)
    return renderer


def level_ranges(levels):
    """The elevations for which each level stands: half way to its neighbours.

    Parameters
    ----------
    levels : dict
        Bands to elevations.

    Returns
    -------
    ranges : dict
        Bands to (lower, upper).
    """
    bands = sorted(levels, key=levels.get)
    heights = np.array([levels[band] for band in bands], float)
    if len(heights) == 1:
        return {bands[0]: (heights[0] - 0.5, heights[0] + 0.5)}
    middles = (heights[1:] + heights[:-1]) / 2
    lower = np.concatenate([[2 * heights[0] - middles[0]], middles])
    upper = np.concatenate([middles, [2 * heights[-1] - middles[-1]]])
    return {band: (float(low), float(high)) for band, low, high in zip(bands, lower, upper)}


def _set_elevations(layer, levels):
    """Tell QGIS (3.38 and later) at which elevations each band lies."""
    properties = layer.elevationProperties() if levels else None
    if properties is None or not hasattr(properties, "setFixedRangePerBand"):
        return
    ranges = {band: QgsDoubleRange(low, high) for band, (low, high) in level_ranges(levels).items()}
    properties.setMode(Qgis.RasterElevationMode.FixedRangePerBand)
    properties.setFixedRangePerBand(ranges)
    properties.setEnabled(True)


def describe(layer, title="", abstract=""):
    """Put a title and an abstract into the metadata of a layer."""
    metadata = layer.metadata()
    if title:
        metadata.setTitle(title)
    if abstract:
        metadata.setAbstract(abstract)
    layer.setMetadata(metadata)


def arrow_style(field, abstract="", title="", names=None):
    """A style function for samples: a dot, and an arrow along the gradient of a field.

    Parameters
    ----------
    field : str
        The attributes ``field_dx`` and ``field_dy`` are drawn.
    abstract, title : str
        For the metadata of the layer.
    names : dict, optional
        Attribute names to those in the file, as `write_features` returns.

    Returns
    -------
    style : callable
        ``style(layer)`` for a `QgsVectorLayer` of points.
    """
    names = names or {}
    east, north = (names.get(f"{field}_{part}", f"{field}_{part}") for part in ("dx", "dy"))

    def style(layer):
        describe(layer, title, abstract)
        if layer.fields().lookupField(east) >= 0 and layer.fields().lookupField(north) >= 0:
            layer.setRenderer(QgsSingleSymbolRenderer(arrow_symbol(east, north, arrow_scale(layer, east, north))))

    return style


def arrow_scale(layer, east, north):
    """Millimetres per unit of gradient at which a long (90 % quantile) arrow is readable."""
    columns = [layer.fields().lookupField(name) for name in (east, north)]
    request = QgsFeatureRequest().setSubsetOfAttributes(columns).setLimit(SAMPLED)
    pairs = [[feature.attributes()[column] for column in columns] for feature in layer.getFeatures(request)]
    lengths = [np.hypot(*pair) for pair in pairs if not any(is_null(value) for value in pair)]
    longest = np.quantile(lengths, 0.9) if lengths else 0.0
    return float(ARROW_MM / longest) if longest > 0 else 1.0


def arrow_symbol(east, north, scale):
    """A small dot with an arrow whose components are two attributes.

    Parameters
    ----------
    east, north : str
        Attributes.
    scale : float
        Millimetres per unit.

    Returns
    -------
    symbol : QgsMarkerSymbol
    """
    arrow = QgsArrowSymbolLayer.create(
        {"arrow_width": "0.35", "arrow_start_width": "0.35", "head_length": "1.6", "head_thickness": "0.9",
         "is_curved": "0", "is_repeated": "0"}
    )
    arrow.setColor(QColor("#222222"))
    field = QgsVectorFieldSymbolLayer()
    field.setVectorFieldType(QgsVectorFieldSymbolLayer.VectorFieldType.Cartesian)
    field.setXAttribute(east)
    field.setYAttribute(north)
    field.setScale(scale)
    line = QgsLineSymbol()
    line.changeSymbolLayer(0, arrow)  # takes it over, which a list of layers given to the constructor does not
    field.setSubSymbol(line)
    symbol = QgsMarkerSymbol.createSimple(
        {"name": "circle", "size": "1.2", "color": "#ffffff", "outline_color": "#222222", "outline_width": "0.2"}
    )
    symbol.appendSymbolLayer(field)
    return symbol
