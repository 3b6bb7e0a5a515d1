"""A compass on which a direction is chosen and the ranges of a variogram are seen from above."""
import math

from qgis.PyQt.QtCore import QPointF, QRectF, QSize, Qt, pyqtSignal
from qgis.PyQt.QtGui import QColor, QPainter, QPen
from qgis.PyQt.QtWidgets import QSizePolicy, QWidget

from ..processing_provider.translation import tr
from .curves import COLOURS, plain_ink

STEP, TOLERANCE = 10, 22.5  # degrees
ALL = 0.22  # of the radius: a click nearer to the middle chooses all directions


class DirectionWheel(QWidget):
    """Chooses an azimuth in steps of ten degrees, or all directions.

    Signals
    -------
    chosen(object)
        Azimuth from 0 to 170 degrees, or None for all directions.
    """

    chosen = pyqtSignal(object)

    def __init__(self, parent=None):
        super().__init__(parent)
        self.azimuth, self.ellipse = None, None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setToolTip(tr("Click on a direction, or in the middle for all; the ellipse shows the ranges from above"))

    def sizeHint(self):
        side = 8 * self.fontMetrics().lineSpacing()
        return QSize(side, side)

    def show_azimuth(self, azimuth):
        """Mark a direction, None for all, without telling anybody."""
        self.azimuth = azimuth
        self.update()

    def show_ranges(self, major, minor, azimuth):
        """Draw the ellipse of two ranges whose longer axis has this azimuth."""
        self.ellipse = (major, minor, azimuth)
        self.update()

    def mousePressEvent(self, event):
        self._point_at(event.pos())

    def mouseMoveEvent(self, event):
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._point_at(event.pos())

    def keyPressEvent(self, event):
        turns = {Qt.Key.Key_Left: -STEP, Qt.Key.Key_Down: -STEP, Qt.Key.Key_Right: STEP, Qt.Key.Key_Up: STEP}
        if event.key() in turns:
            self._choose(0 if self.azimuth is None else (self.azimuth + turns[event.key()]) % 180)
        elif event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Home):
            self._choose(None)
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event):
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ink, middle, radius = self.ink(), self._middle(), self._radius()
        painter.setPen(QPen(ink, 1.0))
        painter.drawEllipse(middle, radius, radius)
        self._sector(painter, middle, radius)
        self._ranges(painter, middle, radius)
        painter.setPen(QPen(ink, 1.0))
        for azimuth in range(0, 360, 30):
            painter.drawLine(self._spot(azimuth, radius), self._spot(azimuth, 0.93 * radius))
        line = self.fontMetrics().height()
        for azimuth, letter in ((0, tr("N")), (90, tr("E")), (180, tr("S")), (270, tr("W"))):
            spot = self._spot(azimuth, radius + 0.55 * line)
            painter.drawText(QRectF(spot.x() - line, spot.y() - line / 2, 2 * line, line),
                             Qt.AlignmentFlag.AlignCenter, letter)
        if self.hasFocus():
            painter.setPen(QPen(self._accent(), 1.0, Qt.PenStyle.DotLine))
            painter.drawRect(self.rect().adjusted(0, 0, -1, -1))

    def ink(self):
        """Colour of lines and letters, which can be read on the window."""
        return plain_ink(self.palette(), self.palette().color(self.backgroundRole()))

    def _accent(self):
        found = QColor(COLOURS[1])
        return found.lighter(130) if self.ink().lightness() > 128 else found

    def _sector(self, painter, middle, radius):
        """The pairs that count: a double sector, or the whole circle."""
        colour = self._accent()
        colour.setAlpha(70)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour)
        frame = QRectF(middle.x() - radius, middle.y() - radius, 2 * radius, 2 * radius)
        if self.azimuth is None:
            painter.drawEllipse(middle, radius, radius)
        for turn in (0, 180) if self.azimuth is not None else ():
            painter.drawPie(frame, round(16 * (90 - self.azimuth - turn - TOLERANCE)), round(16 * 2 * TOLERANCE))
        painter.setBrush(Qt.BrushStyle.NoBrush)

    def _ranges(self, painter, middle, radius):
        """The ellipse of the ranges, its longer axis most of the radius."""
        if self.ellipse is None:
            return
        major, minor, azimuth = self.ellipse
        scale = 0.85 * radius / max(major, minor)
        painter.save()
        painter.translate(middle)
        painter.rotate(azimuth)
        painter.setPen(QPen(self._accent(), 2.0))
        painter.drawEllipse(QPointF(0.0, 0.0), max(minor * scale, 1.0), max(major * scale, 1.0))
        painter.restore()

    def _middle(self):
        return QPointF(self.width() / 2.0, self.height() / 2.0)

    def _radius(self):
        return min(self.width(), self.height()) / 2.0 - self.fontMetrics().height() - 1.0

    def _spot(self, azimuth, radius):
        """The place at an azimuth and a distance from the middle."""
        angle = math.radians(azimuth)
        return self._middle() + QPointF(radius * math.sin(angle), -radius * math.cos(angle))

    def _point_at(self, place):
        """Choose the direction of a place, or all in the middle."""
        offset = QPointF(place) - self._middle()
        if math.hypot(offset.x(), offset.y()) < ALL * self._radius():
            self._choose(None)
            return
        azimuth = math.degrees(math.atan2(offset.x(), -offset.y()))
        self._choose(int(STEP * round(azimuth / STEP)) % 180)

    def _choose(self, azimuth):
        if azimuth != self.azimuth:
            self.show_azimuth(azimuth)
            self.chosen.emit(azimuth)
