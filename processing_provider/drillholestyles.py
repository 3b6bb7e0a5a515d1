"""How drill holes look in the project: traces by how they were surveyed, samples as small dots."""
from qgis.core import (
    QgsCategorizedSymbolRenderer,
    QgsLineSymbol,
    QgsMarkerSymbol,
    QgsPalLayerSettings,
    QgsRendererCategory,
    QgsSingleSymbolRenderer,
    QgsVectorLayerSimpleLabeling,
    QgsWkbTypes,
)

from .styles import describe
from .translation import tr

TRACES = (
    ("survey", "surveyed", "#2f4858", "solid"), ("collar", "straight from the collar", "#2b7bba", "dash"),
    ("vertical", "no survey: vertical", "#d1495b", "dot"),
)


def trace_style(layer):
    """Style traces: colour and dash by survey, labelled with the hole at its collar.

    Parameters
    ----------
    layer : QgsVectorLayer
        Lines with the attributes ``survey`` and ``hole``.
    """
    describe(layer, tr("Drill-hole traces"), tr("Paths of drill holes by minimum curvature."))
    categories = []
    for value, label, colour, dash in TRACES:
        symbol = QgsLineSymbol.createSimple({"line_color": colour, "line_width": "0.5", "line_style": dash})
        categories.append(QgsRendererCategory(value, symbol, tr(label)))
    layer.setRenderer(QgsCategorizedSymbolRenderer("survey", categories))
    settings = QgsPalLayerSettings()
    settings.fieldName = "hole"
    # At the collar, so that vertical holes have a label too.
    settings.geometryGenerator, settings.geometryGeneratorEnabled = "start_point($geometry)", True
    settings.geometryGeneratorType = QgsWkbTypes.GeometryType.PointGeometry
    layer.setLabeling(QgsVectorLayerSimpleLabeling(settings))
    layer.setLabelsEnabled(True)


def sample_style(layer):
    """Style samples along drill holes: small dots.

    Parameters
    ----------
    layer : QgsVectorLayer
        Points.
    """
    describe(layer, tr("Drill-hole samples"), tr("Centres of intervals or composites, placed by minimum curvature."))
    layer.setRenderer(QgsSingleSymbolRenderer(QgsMarkerSymbol.createSimple(
        {"name": "circle", "size": "1.4", "color": "#d9741a", "outline_color": "#5f5f5f", "outline_width": "0.1"})))
