"""Draws result layers side by side into one PNG, with their styles, titles, colour bars and a scale bar."""
import sys
from dataclasses import dataclass, field
from pathlib import Path

from qgis.core import QgsApplication, QgsMapRendererParallelJob, QgsMapSettings, QgsRasterLayer, QgsRectangle
from qgis.PyQt.QtCore import QPointF, QRectF, QSize, Qt
from qgis.PyQt.QtGui import QColor, QFont, QImage, QLinearGradient, QPainter, QPen

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests"))
from conftest import load_package

MARGIN, TITLE, BAR = 14, 30, 58
COLUMNS = 2
NICE = (1, 2, 5)


@dataclass
class Panel:
    """One map.

    Attributes
    ----------
    title : str
    raster : QgsRasterLayer
    band : int
    overlays : list of QgsMapLayer
        Drawn above the raster, the first on top.
    unit : str
        Of the colour bar.
    """

    title: str
    raster: QgsRasterLayer
    band: int
    overlays: list = field(default_factory=list)
    unit: str = ""


def open_qgis():
    """Start QGIS without windows; keep what is returned until the end."""
    if "lodescope" not in sys.modules:
        load_package()
    application = QgsApplication([], False)
    application.initQgis()
    return application


def styled_raster(path, description, units):
    """The raster with the plugin's style for the band of a description, and the number of that band."""
    from lodescope.processing_provider.styles import raster_style

    layer = QgsRasterLayer(str(path), description)
    if not layer.isValid():
        raise SystemExit(f"QGIS cannot open {path}.")
    raster_style(units)(layer)
    named = layer.dataProvider().generateBandName
    band = {named(k).split(": ", 1)[-1]: k for k in range(1, layer.bandCount() + 1)}[description]
    style = description.split("@", 1)[0].replace(":", " ")
    layer.styleManager().setCurrentStyle(style)
    layer.renderer().setBand(band)
    return layer, band


def draw_map(panel, size):
    """Image of the layers of a panel and the extent that it shows."""
    settings = QgsMapSettings()
    settings.setLayers([*panel.overlays, panel.raster])
    settings.setDestinationCrs(panel.raster.crs())
    settings.setBackgroundColor(QColor("white"))
    settings.setOutputSize(size)
    settings.setOutputDpi(110)
    extent = QgsRectangle(panel.raster.extent())
    extent.scale(1.04)
    settings.setExtent(extent)
    job = QgsMapRendererParallelJob(settings)
    job.start()
    job.waitForFinished()
    return job.renderedImage(), settings.visibleExtent()


def draw(panels, path, heading, width=1200):
    """Write the panels as one PNG."""
    shape = panels[0].raster.extent()
    inner = (width - (COLUMNS + 1) * MARGIN) // COLUMNS
    height = int(min(max(inner * shape.height() / shape.width(), 260), inner * 1.3))
    step = TITLE + height + BAR
    rows = -(-len(panels) // COLUMNS)
    image = QImage(width, 46 + rows * step + MARGIN, QImage.Format.Format_RGB32)
    image.fill(QColor("white"))
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    write(painter, QRectF(MARGIN, 8, width - 2 * MARGIN, 32), heading, 19, bold=True)
    for i, panel in enumerate(panels):
        place = QPointF(MARGIN + (i % COLUMNS) * (inner + MARGIN), 46 + (i // COLUMNS) * step)
        draw_panel(painter, panel, place, QSize(inner, height))
    painter.end()
    if not image.save(str(path)):
        raise SystemExit(f"{path} cannot be written.")


def draw_panel(painter, panel, place, size):
    """Title, map, scale bar and colour bar of one panel."""
    x, y = place.x(), place.y()
    write(painter, QRectF(x, y, size.width(), TITLE), panel.title, 14)
    image, extent = draw_map(panel, size)
    painter.drawImage(QPointF(x, y + TITLE), image)
    painter.setPen(QPen(QColor("#999999"), 1))
    painter.drawRect(QRectF(x, y + TITLE, size.width() - 1, size.height() - 1))
    draw_scale(painter, x + 10, y + TITLE + size.height() - 12, size.width() / extent.width(), size.width() / 4)
    draw_bar(painter, panel, QRectF(x, y + TITLE + size.height() + 8, size.width(), 12))


def draw_scale(painter, x, y, pixels_per_metre, longest):
    """A line of a round length; on maps north is up."""
    lengths = [nice * 10**power for power in range(7) for nice in NICE]
    metres = max(length for length in lengths if length * pixels_per_metre <= longest)
    painter.setPen(QPen(QColor("white"), 5))
    painter.drawLine(QPointF(x, y), QPointF(x + metres * pixels_per_metre, y))
    painter.setPen(QPen(QColor("#222222"), 2))
    painter.drawLine(QPointF(x, y), QPointF(x + metres * pixels_per_metre, y))
    text = f"{metres} m" if metres < 1000 else f"{metres // 1000} km"
    write(painter, QRectF(x, y - 20, 90, 16), text, 11, halo=True)


def draw_bar(painter, panel, box):
    """The colours of a raster with their values."""
    items = panel.raster.renderer().shader().rasterShaderFunction().colorRampItemList()
    low, high = items[0].value, items[-1].value
    gradient = QLinearGradient(box.left(), 0, box.right(), 0)
    for item in items:
        gradient.setColorAt(min(max((item.value - low) / (high - low), 0.0), 1.0), item.color)
    painter.fillRect(box, gradient)
    below = QRectF(box.left(), box.bottom() + 3, box.width(), 20)
    write(painter, below, f"{0.0 if abs(low) < 1e-4 * high else low:.3g}", 11)
    write(painter, below, f"{(low + high) / 2:.3g} {panel.unit}".strip(), 11, Qt.AlignmentFlag.AlignHCenter)
    write(painter, below, f"{high:.3g}", 11, Qt.AlignmentFlag.AlignRight)


def write(painter, box, text, points, align=Qt.AlignmentFlag.AlignLeft, bold=False, halo=False):
    """Write text into a box, on white when the map is below it."""
    font = QFont("DejaVu Sans")
    font.setPixelSize(points)
    font.setBold(bold)
    painter.setFont(font)
    if halo:
        painter.fillRect(painter.boundingRect(box, align, text), QColor(255, 255, 255, 190))
    painter.setPen(QColor("#222222"))
    painter.drawText(box, align | Qt.AlignmentFlag.AlignVCenter, text)
