"""How parsed drill logs look in the project: one colour for each group of rocks."""
from qgis.core import QgsCategorizedSymbolRenderer, QgsRendererCategory, QgsSymbol
from qgis.PyQt.QtGui import QColor

from ..styles import describe
from ..translation import tr

GROUPS = (
    ("igneous", "Igneous", "#d1495b"), ("metamorphic", "Metamorphic", "#8d5ba6"),
    ("sedimentary", "Sedimentary", "#e9b44c"), ("regolith", "Regolith", "#a9744f"),
    ("vein_mineralisation", "Veins and ore", "#1b998b"), ("structural", "Faults and breccias", "#2f4858"),
    ("other", "Other", "#9aa0a6"), ("unknown", "Not known", "#d9dde1"),
)


def log_style(field, abstract=""):
    """A style function for a layer of parsed logs.

    Parameters
    ----------
    field : str
        The attribute with the group of the rock.
    abstract : str
        For the metadata of the layer.

    Returns
    -------
    style : callable
        ``style(layer)`` for a `QgsVectorLayer`; a table without geometry gets the metadata only.
    """

    def style(layer):
        describe(layer, tr("Drill logs as fields"), abstract)
        if not layer.isSpatial():
            return
        categories = []
        for value, label, colour in GROUPS:
            symbol = QgsSymbol.defaultSymbol(layer.geometryType())
            symbol.setColor(QColor(colour))
            categories.append(QgsRendererCategory(value, symbol, tr(label)))
        layer.setRenderer(QgsCategorizedSymbolRenderer(field, categories))

    return style
