"""Curves of losses and metrics, drawn with the colours of the window."""
import math

from qgis.PyQt.QtCore import QPointF, QRectF, QSize, Qt
from qgis.PyQt.QtGui import QColor, QFontMetricsF, QPainter, QPalette, QPen, QPolygonF
from qgis.PyQt.QtWidgets import QSizePolicy, QWidget

# Told apart by people who see colours differently (Okabe and Ito 2008); the last ones serve dark and light alike.
COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#8c6bb1", "#7f7f7f")
STYLES = (Qt.PenStyle.SolidLine, Qt.PenStyle.DashLine, Qt.PenStyle.DotLine, Qt.PenStyle.DashDotLine)
TICKS = 4
LEAST_CONTRAST = 90  # in lightness, of 255


class Curve:
    """One line of a plot.

    Parameters
    ----------
    title : str
        For the legend; lines of one title share a colour.
    points : list of (float, float)
        Epoch and value, by epoch.
    thin : bool
        One of several trainings, such as a fold, behind the one that counts.
    """

    def __init__(self, title, points, thin=False):
        self.title, self.points, self.thin = title, points, thin


class Curves(QWidget):
    """A plot of one metric over the epochs.

    Parameters
    ----------
    title : str
        The metric.
    """

    def __init__(self, title="", parent=None):
        super().__init__(parent)
        self.title, self.curves, self.hint, self.mouse = title, [], "", None
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def sizeHint(self):
        line = self.fontMetrics().lineSpacing()
        return QSize(22 * line, 11 * line)

    def minimumSizeHint(self):
        line = self.fontMetrics().lineSpacing()
        return QSize(10 * line, 7 * line)

    def show_curves(self, curves, hint=""):
        """Draw these curves, or a hint when there is nothing to draw."""
        self.curves, self.hint = [curve for curve in curves if curve.points], hint
        self.update()

    def titles(self):
        """What the legend names, in its order."""
        return list(dict.fromkeys(curve.title for curve in self.curves))

    def limits(self):
        """First and last epoch, lowest and highest value."""
        x = [point[0] for curve in self.curves for point in curve.points]
        y = [point[1] for curve in self.curves for point in curve.points]
        low, high = min(y), max(y)
        room = 0.05 * (high - low) or 0.05 * abs(high) or 1.0
        return min(x), max(*x, min(x) + 1), low - room, high + room

    def mouseMoveEvent(self, event):
        self.mouse = QPointF(event.pos())
        self.update()

    def leaveEvent(self, event):
        self.mouse = None
        self.update()

    def paintEvent(self, event):
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(self.rect(), self.ground())
        if not self.curves:
            painter.setPen(self.ink())
            painter.drawText(QRectF(self.rect()), Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, self.hint)
            return
        frame = self._frame(painter)
        self._grid(painter, frame)
        self._under(painter, frame)
        for curve in sorted(self.curves, key=lambda curve: not curve.thin):
            self._line(painter, frame, curve)
        self._readout(painter, frame)

    def place(self, frame, point):
        """Where a point is on the widget."""
        left, right, low, high = self.limits()
        return QPointF(frame.left() + frame.width() * (point[0] - left) / (right - left),
                       frame.bottom() - frame.height() * (point[1] - low) / (high - low))

    def colour(self, title):
        """Colour of a legend entry, lighter on a dark ground."""
        found = QColor(COLOURS[self.titles().index(title) % len(COLOURS)])
        return found.lighter(150) if self.ground().lightness() < 128 else found

    def ground(self):
        """Colour behind the curves."""
        return self.palette().color(QPalette.ColorRole.Base)

    def ink(self):
        """Colour of words and lines; style sheets of themes leave palettes whose text cannot be read on its ground."""
        return plain_ink(self.palette(), self.ground())

    def _frame(self, painter):
        """The rectangle of the curves, inside title, legend and labels; draws title and legend."""
        metrics = QFontMetricsF(self.font())
        line, text = metrics.height(), self.ink()
        _, _, low, high = self.limits()
        labels = max(metrics.horizontalAdvance(label) for _, label in ticks(low, high, self._rows()))
        painter.setPen(text)
        bold = self.font()
        bold.setBold(True)
        painter.setFont(bold)
        painter.drawText(QRectF(labels + 10, 3, self.width(), line), Qt.AlignmentFlag.AlignLeft, self.title)
        start = labels + 10 + QFontMetricsF(bold).horizontalAdvance(self.title) + 1.5 * line
        painter.setFont(self.font())
        top = 6 + self._legend(painter, start, labels + 10, metrics)
        return QRectF(labels + 10, top, self.width() - labels - 22, self.height() - top - 1.4 * line - 4)

    def _rows(self):
        """How many numbers the vertical axis has room for."""
        return max(2, min(TICKS, int(self.height() / (3.0 * self.fontMetrics().lineSpacing()))))

    def _legend(self, painter, x, left, metrics):
        """Draw the legend behind the title, in as many lines as it takes; gives its height."""
        line, y = metrics.height(), 3.0
        titles = self.titles()
        for title in titles if titles != [""] else []:
            wide = metrics.horizontalAdvance(title) + 2.2 * line
            if x + wide > self.width() and x > left:
                x, y = left, y + line
            painter.setPen(self._pen(title, 2.2))
            painter.drawLine(QPointF(x, y + line / 2), QPointF(x + 1.2 * line, y + line / 2))
            painter.setPen(self.ink())
            painter.drawText(QPointF(x + 1.5 * line, y + metrics.ascent()), title)
            x += wide + 0.6 * line
        return y + line

    def _pen(self, title, width):
        """A pen whose colour, and beyond eight whose dashes, stand for a legend entry."""
        number = self.titles().index(title)
        return QPen(self.colour(title), width, STYLES[number // len(COLOURS) % len(STYLES)])

    def _grid(self, painter, frame):
        """Lines and numbers of both axes."""
        left, right, low, high = self.limits()
        faint = self.ink()
        faint.setAlphaF(0.15)
        quiet = QColor(faint)
        quiet.setAlphaF(0.75)
        line = QFontMetricsF(self.font()).height()
        for value, label in ticks(low, high, self._rows()):
            y = self.place(frame, (left, value)).y()
            painter.setPen(faint)
            painter.drawLine(QPointF(frame.left(), y), QPointF(frame.right(), y))
            painter.setPen(quiet)
            painter.drawText(QRectF(0, y - line / 2, frame.left() - 5, line), Qt.AlignmentFlag.AlignRight, label)
        for value, label in ticks(left, right, TICKS, whole=True):
            x = self.place(frame, (value, low)).x()
            painter.drawText(QRectF(x - 40, frame.bottom() + 2, 80, line), Qt.AlignmentFlag.AlignHCenter, label)

    def _under(self, painter, frame):
        """Whatever a plot shows below its curves."""

    def _line(self, painter, frame, curve):
        """One curve; a single point is a dot."""
        pen = self._pen(curve.title, 1.0 if curve.thin else 2.2)
        if curve.thin:
            colour = QColor(pen.color())
            colour.setAlphaF(0.6)
            pen.setColor(colour)
        painter.setPen(pen)
        places = [self.place(frame, point) for point in curve.points]
        if len(places) == 1:
            painter.setBrush(pen.color())
            painter.drawEllipse(places[0], 2.5, 2.5)
            painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPolyline(QPolygonF(places))

    def _readout(self, painter, frame):
        """Epoch and value of the point next to the mouse."""
        found = self.nearest(frame, self.mouse)
        if found is None:
            return
        curve, point = found
        spot = self.place(frame, point)
        metrics = QFontMetricsF(self.font())
        text = self.readout(curve, point)
        wide, high = metrics.horizontalAdvance(text) + 8, metrics.height() + 4
        x = min(max(spot.x() - wide / 2, 0.0), self.width() - wide)
        y = spot.y() - high - 6 if spot.y() - high - 6 > frame.top() else spot.y() + 8
        box = QRectF(x, y, wide, high)
        painter.setPen(self.ink())
        painter.drawEllipse(spot, 3.5, 3.5)
        painter.fillRect(box, self.palette().color(QPalette.ColorRole.ToolTipBase))
        painter.setPen(self.palette().color(QPalette.ColorRole.ToolTipText))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)

    def readout(self, curve, point):
        """What is written about the point next to the mouse."""
        return f"{curve.title + ': ' if curve.title else ''}{point[0]:g} → {point[1]:.4g}"

    def nearest(self, frame, mouse):
        """Curve and point next to a place on the widget; None when there is none near."""
        if mouse is None or not frame.contains(mouse):
            return None
        found = [((self.place(frame, point) - mouse).manhattanLength(), curve, point)
                 for curve in self.curves for point in curve.points]
        nearest = min(found, key=lambda entry: entry[0])
        return nearest[1:] if nearest[0] < 40 else None


def plain_ink(palette, ground):
    """The text colour of a palette that can be read on a ground, or a plain one where none can."""
    found = (palette.color(role) for role in (QPalette.ColorRole.Text, QPalette.ColorRole.WindowText))
    plain = QColor("#e0e0e0" if ground.lightness() < 128 else "#202020")
    return next((colour for colour in found if abs(colour.lightness() - ground.lightness()) >= LEAST_CONTRAST), plain)


def ticks(low, high, count=TICKS, whole=False):
    """Round values between two limits, about so many, and how they are written.

    Returns
    -------
    list of (float, str)
    """
    step = 10.0 ** math.floor(math.log10(max(high - low, 1e-300) / count))
    step *= next(factor for factor in (1, 2, 5, 10, 20) if (high - low) / (step * factor) <= count + 0.5)
    if whole:
        step = max(1.0, round(step))
    first = math.ceil(low / step - 1e-9)
    values = [k * step for k in range(first, math.floor(high / step + 1e-9) + 1)]
    digits = max(0, -math.floor(math.log10(step))) if 1e-4 < step < 1e5 else None
    return [(value, f"{value:.{digits}f}" if digits is not None else f"{value:.3g}") for value in values]
