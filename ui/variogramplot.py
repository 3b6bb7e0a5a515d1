"""Experimental variograms as dots and a model as a line."""
import math

from qgis.PyQt.QtCore import QPointF
from qgis.PyQt.QtGui import QPen

from .curves import Curve, Curves

SMALLEST_DOT, LARGEST_DOT = 2.0, 6.0
FEWEST_PAIRS = 30  # dots with fewer pairs are hollow: they are little more than chance
ROOM = 1.06


class VariogramPlot(Curves):
    """Semivariance over distance; the dots grow with the number of pairs."""

    def __init__(self, title="", parent=None):
        super().__init__(title, parent)
        self.dots, self.sill = [], 0.0

    def show_variogram(self, dots, curves, sill, hint=""):
        """Draw dots (distance, semivariance, pairs), curves of the model, and its whole sill."""
        self.dots, self.sill = dots, sill
        self.show_curves(curves or [Curve("", [(lag, value) for lag, value, _ in dots], thin=True)] * bool(dots), hint)

    def reach(self):
        """The longest distance of a dot or of a curve."""
        return max([dot[0] for dot in self.dots] or [point[0] for curve in self.curves for point in curve.points])

    def limits(self):
        values = [dot[1] for dot in self.dots] + [point[1] for curve in self.curves for point in curve.points]
        return 0.0, max(ROOM * self.reach(), 1e-9), 0.0, max(ROOM * max([*values, self.sill]), 1e-300)

    def _under(self, painter, frame):
        """The sill and the dots, below the curves."""
        ink = self.ink()
        faint = QPen(ink, 1.0)
        faint.setDashPattern([4.0, 4.0])
        painter.setPen(faint)
        left, right, _, _ = self.limits()
        painter.drawLine(self.place(frame, (left, self.sill)), self.place(frame, (right, self.sill)))
        most = max((dot[2] for dot in self.dots), default=1)
        for lag, value, pairs in self.dots:
            size = SMALLEST_DOT + (LARGEST_DOT - SMALLEST_DOT) * math.sqrt(pairs / most)
            painter.setPen(QPen(ink, 1.2))
            painter.setBrush(self.ground() if pairs < FEWEST_PAIRS else ink)
            painter.drawEllipse(self.place(frame, (lag, value)), size, size)
        painter.setBrush(self.ground())

    def readout(self, curve, point):
        """Distance, semivariance and, of a dot, the number of pairs."""
        pairs = next((dot[2] for dot in self.dots if dot[:2] == point), None)
        text = f"{point[0]:.4g} m → {point[1]:.4g}"
        return text if pairs is None else f"{text} ({pairs:,})"

    def nearest(self, frame, mouse):
        if mouse is None or not frame.contains(mouse) or not self.dots:
            return super().nearest(frame, mouse)
        dot = min(self.dots, key=lambda dot: self._apart(frame, dot, mouse))
        return (self.curves[0], dot[:2]) if self._apart(frame, dot, mouse) < 14.0 else super().nearest(frame, mouse)

    def _apart(self, frame, dot, mouse):
        """How far a dot is from a place on the widget."""
        return (self.place(frame, dot[:2]) - QPointF(mouse)).manhattanLength()
