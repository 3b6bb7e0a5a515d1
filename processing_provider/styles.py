"""How results look in the project: styles built from the data, for rasters and for samples with gradients.

Processing loads a result and then runs its post-processor, once, in the main
thread.  `style_on_load` registers one; the style functions are plain
functions of a layer.
"""
import re
from collections import OrderedDict

import numpy as np
from qgis.core import (
    Qgis,
    QgsArrowSymbolLayer,
    QgsBasicNumericFormat,
    QgsColorRampLegendNodeSettings,
    QgsColorRampShader,
    QgsDoubleRange,
    QgsFeatureRequest,
    QgsLineSymbol,
    QgsMarkerSymbol,
    QgsProcessingLayerPostProcessorInterface,
    QgsRasterShader,
    QgsSingleBandPseudoColorRenderer,
    QgsSingleSymbolRenderer,
    QgsVectorFieldSymbolLayer,
)
from qgis.PyQt.QtGui import QColor

from .colours import family, ramp_of, unit_of
from .data.fields import is_null
from .data.rasters import HIGH, LOW, open_raster

DESCRIPTION = re.compile(  # FIELD:quantity, FIELD:quantity@z=LEVEL, or FEATURE@z=LEVEL with an empty quantity
    r"^(?P<field>.*?)(?=:|@z=):?(?P<quantity>(?<=:)[^:@]*|)(@z=(?P<level>[-+.\deE]+))?$")
STOPS = 32
ARROW_MM = 6.0
SAMPLED = 5_000

_waiting = {}  # Processing does not own post-processors; one that is collected is skipped without a word


class LayerStyler(QgsProcessingLayerPostProcessorInterface):
    """Runs a style function once Processing has loaded a layer."""

    def __init__(self, destination, style):
        super().__init__()
        self.destination, self.style = destination, style

    def postProcessLayer(self, layer, context, feedback):
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
    groups = band_groups(descriptions)
    for name in name_styles(layer, list(groups)):
        bands = groups[name]
        _, field, quantity, _ = bands[0]
        look = family(quantity)
        limits = look.limits or data_limits(dataset, [band for band, *_ in bands], look.symmetric)
        shown = bands[len(bands) // 2][0]
        unit = unit_of(quantity, units.get(field) or "")
        layer.setRenderer(colour_renderer(layer, shown, limits, ramp_of(look), unit))
        _set_elevations(layer, {band: level for band, _, _, level in bands if level is not None})


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
    legend.setNumericFormat(short_numbers())
    legend.setSuffix(f" {unit}" if unit else "")
    colours.setLegendSettings(legend)
    shader = QgsRasterShader(low, high)
    shader.setRasterShaderFunction(colours)
    renderer = QgsSingleBandPseudoColorRenderer(layer.dataProvider(), band, shader)
    renderer.setClassificationMin(low)
    renderer.setClassificationMax(high)
    return renderer


def short_numbers():
    """A number format with three significant figures."""
    numbers = QgsBasicNumericFormat()
    numbers.setRoundingType(QgsBasicNumericFormat.RoundingType.SignificantFigures)
    numbers.setNumberDecimalPlaces(3)
    return numbers


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


def arrow_style(fields, abstract="", title="", names=None):
    """A style function for samples: a dot, and an arrow along the gradient of a field.

    With several fields each has a named style of the layer; that of the first
    one is shown.

    Parameters
    ----------
    fields : str or list of str
        The attributes ``FIELD_dx`` and ``FIELD_dy`` are drawn.
    abstract, title : str
        For the metadata of the layer.
    names : dict, optional
        Attribute names to those in the file, as `write_features` returns.

    Returns
    -------
    style : callable
        ``style(layer)`` for a `QgsVectorLayer` of points.
    """
    fields = [fields] if isinstance(fields, str) else list(fields)
    names = names or {}
    pairs = {
        f"{field} gradient": [names.get(f"{field}_{part}", f"{field}_{part}") for part in ("dx", "dy")]
        for field in fields
    }

    def style(layer):
        describe(layer, title, abstract)
        known = layer.fields()
        drawn = {name: pair for name, pair in pairs.items() if all(known.lookupField(end) >= 0 for end in pair)}
        for name in name_styles(layer, list(drawn)):
            east, north = drawn[name]
            layer.setRenderer(QgsSingleSymbolRenderer(arrow_symbol(east, north, arrow_scale(layer, east, north))))

    return style


def name_styles(layer, names):
    """Make one style of a layer after the other current, under new names; in the end the first one.

    Parameters
    ----------
    layer : QgsMapLayer
    names : list of str

    Yields
    ------
    name : str
        Of the style that is current and waits for its renderer.
    """
    manager = layer.styleManager()
    for number, name in enumerate(names):
        if number == 0:
            manager.renameStyle(manager.currentStyle(), name)
        else:
            manager.addStyleFromLayer(name)
            manager.setCurrentStyle(name)
        yield name
    if names:
        manager.setCurrentStyle(names[0])


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
        {"arrow_width": "0.5", "arrow_start_width": "0.5", "head_length": "1.7", "head_thickness": "1.0",
         "is_curved": "0", "is_repeated": "0"}
    )
    arrow.setColor(QColor("#222222"))
    edge = arrow.subSymbol().symbolLayer(0)
    edge.setStrokeColor(QColor("#ffffff"))  # readable on dark colours
    edge.setStrokeWidth(0.1)
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
