"""What layers look like, in words and numbers a test can compare."""
import hashlib

from osgeo import gdal
from qgis.core import QgsPointXY
from qgis.PyQt.QtCore import QPoint
from qgis.PyQt.QtWidgets import QApplication
from qgis.utils import iface


def newest(kind):
    """The uppermost layer of a class, which is the one that was added last."""
    tree = iface.layerTreeView().layerTreeModel().rootGroup().findLayers()
    return next(node.layer() for node in tree if isinstance(node.layer(), kind))


def raster_look(layer):
    """Name, styles, renderer and legend of a raster layer, for each of its styles."""
    manager = layer.styleManager()
    current = manager.currentStyle()
    styles = {}
    for name in manager.styles():
        manager.setCurrentStyle(name)
        styles[name] = renderer_look(layer)
    manager.setCurrentStyle(current)
    return {
        "name": layer.name(), "title": layer.metadata().title(), "abstract": layer.metadata().abstract(),
        "current": current, "styles": styles,
        "bands": [layer.bandName(band) for band in range(1, layer.bandCount() + 1)],
    }


def renderer_look(layer):
    """Kind, band, limits, end colours and unit of the renderer of a raster layer."""
    renderer = layer.renderer()
    shader = renderer.shader().rasterShaderFunction()
    items = shader.colorRampItemList()
    return {
        "kind": type(renderer).__name__, "band": renderer.band(), "limits": [items[0].value, items[-1].value],
        "colours": [items[0].color.name(), items[-1].color.name()], "unit": shader.legendSettings().suffix(),
    }


def digest(path):
    """A fingerprint of all values of a raster, and its shape."""
    dataset = gdal.Open(path)
    values = dataset.ReadAsArray()
    return [hashlib.sha256(values.tobytes()).hexdigest(), list(values.shape), str(values.dtype)]


def shown_colour(point):
    """Colour of the screen at a map position."""
    canvas = iface.mapCanvas()
    place = canvas.getCoordinateTransform().transform(point)
    spot = canvas.mapToGlobal(QPoint(round(place.x()), round(place.y())))
    image = QApplication.primaryScreen().grabWindow(0).toImage()
    return image.pixelColor(spot)


def shown_value(layer, point):
    """The value whose colour in the legend is nearest to what the screen shows at a map position."""
    seen = shown_colour(point)
    items = layer.renderer().shader().rasterShaderFunction().colorRampItemList()

    def difference(item):
        return sum((one - other) ** 2 for one, other in zip(item.color.getRgb()[:3], seen.getRgb()[:3]))

    nearest = min(items, key=difference)
    return {"value": nearest.value, "difference": difference(nearest)}


def up_and_down(layer):
    """Northing, value in the file and value on the screen at a place near the top and one near the bottom."""
    extent = layer.extent()
    found = []
    for part in (0.85, 0.15):
        point = QgsPointXY(extent.center().x(), extent.yMinimum() + part * extent.height())
        value, _ = layer.dataProvider().sample(point, 1)
        found.append({"y": point.y(), "file": value, "screen": shown_value(layer, point)})
    return found


def symbol_look(layer):
    """Kinds and attributes of the parts of the symbol of a point layer."""
    symbol = layer.renderer().symbol()
    parts = [symbol.symbolLayer(number) for number in range(symbol.symbolLayerCount())]
    field = next((part for part in parts if part.layerType() == "VectorField"), None)
    return {
        "name": layer.name(), "title": layer.metadata().title(), "parts": [part.layerType() for part in parts],
        "attributes": [field.xAttribute(), field.yAttribute()] if field else [],
        "scale": field.scale() if field else 0.0,
        "arrow": field.subSymbol().symbolLayer(0).layerType() if field else "",
        "fields": [one.name() for one in layer.fields()], "features": layer.featureCount(),
    }
