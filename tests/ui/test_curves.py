"""The plot of losses and metrics: places, numbers on the axes, colours of the window."""
import pytest
from qgis.PyQt.QtCore import QPointF, QRectF
from qgis.PyQt.QtGui import QColor, QPalette
from qgis.PyQt.QtWidgets import QWidget

from lodescope.ui.curves import Curve, Curves, ticks


@pytest.fixture
def plot(qgis_app):
    found = Curves("loss")
    found.resize(400, 240)
    found.show_curves([Curve("one", [(1, 3.0), (2, 2.0), (3, 1.0)]), Curve("two", [(1, 2.0), (2, 1.5)], thin=True)])
    return found


def picture(plot):
    """The widget as an image."""
    return plot.grab().toImage()


def colours(image):
    """How often each colour occurs."""
    found = {}
    for x in range(image.width()):
        for y in range(image.height()):
            name = image.pixelColor(x, y).name()
            found[name] = found.get(name, 0) + 1
    return found


@pytest.mark.parametrize(("low", "high", "whole", "labels"), [
    (0.0, 1.0, False, ["0.0", "0.5", "1.0"]), (1, 16, True, ["5", "10", "15"]), (1, 2, True, ["1", "2"]),
    (-0.003, 0.001, False, ["-0.003", "-0.002", "-0.001", "0.000", "0.001"]), (2e6, 8e6, False, None),
])
def test_numbers_on_an_axis_are_round_and_inside(low, high, whole, labels):
    found = ticks(low, high, whole=whole)
    assert 2 <= len(found) <= 6
    assert all(low - 1e-9 <= value <= high + 1e-9 for value, _ in found)
    assert labels is None or [label.replace("-0.000", "0.000") for _, label in found] == labels


def test_higher_values_are_higher_up_and_later_epochs_further_right(plot):
    frame = QRectF(50.0, 20.0, 300.0, 180.0)
    first, last = plot.place(frame, (1, 3.0)), plot.place(frame, (3, 1.0))
    assert first.y() < last.y()
    assert first.x() == frame.left()
    assert last.x() == frame.right()
    assert frame.contains(first)
    assert frame.contains(last)


def test_point_under_the_mouse_is_found(plot):
    frame = QRectF(50.0, 20.0, 300.0, 180.0)
    curve, point = plot.nearest(frame, plot.place(frame, (2, 1.5)) + QPointF(3.0, 3.0))
    assert (curve.title, point) == ("two", (2, 1.5))
    assert plot.nearest(frame, QPointF(10.0, 10.0)) is None


def test_every_legend_entry_has_its_colour_on_the_picture(plot):
    seen = colours(picture(plot))
    for title in ("one", "two"):
        assert seen.get(plot.colour(title).name(), 0) > 10
    assert plot.colour("one") != plot.colour("two")


def test_ground_and_lines_follow_the_palette(plot):
    bright = plot.colour("one")
    dark = QPalette()
    dark.setColor(QPalette.ColorRole.Base, QColor("#202020"))
    dark.setColor(QPalette.ColorRole.Text, QColor("#eeeeee"))
    plot.setPalette(dark)
    seen = colours(picture(plot))
    assert max(seen, key=seen.get) == "#202020"
    assert plot.colour("one").lightness() > bright.lightness()


@pytest.mark.parametrize(("ground", "text", "readable"), [
    ("#323232", "#101010", False), ("#323232", "#dddddd", True), ("#ffffff", "#f0f0f0", False),
    ("#ffffff", "#303030", True)])
def test_words_can_be_read_whatever_the_theme_says(plot, ground, text, readable):
    palette = QPalette()
    for role in (QPalette.ColorRole.Text, QPalette.ColorRole.WindowText):
        palette.setColor(role, QColor(text))
    palette.setColor(QPalette.ColorRole.Base, QColor(ground))
    plot.setPalette(palette)
    assert abs(plot.ink().lightness() - plot.ground().lightness()) >= 90
    assert (plot.ink().name() == text) == readable


def test_plot_without_points_shows_its_hint_and_one_point_is_a_dot(plot):
    plot.show_curves([Curve("one", [])], "nothing yet")
    assert plot.titles() == []
    assert isinstance(plot, QWidget)
    empty = colours(picture(plot))
    plot.show_curves([Curve("one", [(1, 0.5)])])
    assert colours(picture(plot)).get(plot.colour("one").name(), 0) > 8
    assert len(empty) > 1  # the words
