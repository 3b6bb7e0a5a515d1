"""How suggested drill sites look in the project."""
from qgis.core import (
    QgsMarkerSymbol,
    QgsPalLayerSettings,
    QgsSingleSymbolRenderer,
    QgsTextBufferSettings,
    QgsTextFormat,
    QgsVectorLayerSimpleLabeling,
)
from qgis.PyQt.QtGui import QColor

from ..styles import describe


def site_style(names, title, abstract):
    """A style function for drill sites: a mark, labelled with the rank.

    Parameters
    ----------
    names : dict
        Attribute names to those in the file.
    title, abstract : str
        For the metadata of the layer.
    """

    def style(layer):
        describe(layer, title, abstract)
        layer.setRenderer(QgsSingleSymbolRenderer(QgsMarkerSymbol.createSimple(
            {"name": "cross_fill", "size": "4", "color": "#d9541a", "outline_color": "#ffffff",
             "outline_width": "0.3"})))
        layer.setLabeling(QgsVectorLayerSimpleLabeling(rank_label(names.get("rank", "rank"))))
        layer.setLabelsEnabled(True)

    return style


def rank_label(rank):
    """The rank as a label that can be read on any map."""
    settings, text, halo = QgsPalLayerSettings(), QgsTextFormat(), QgsTextBufferSettings()
    halo.setEnabled(True)
    halo.setSize(0.8)
    halo.setColor(QColor("#ffffff"))
    text.setSize(9)
    text.setColor(QColor("#3a1505"))
    text.setBuffer(halo)
    settings.setFormat(text)
    settings.fieldName = rank
    return settings
