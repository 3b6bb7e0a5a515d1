"""Sliders, wheel and plot of the variogram dock."""
import copy

import pytest
from qgis.PyQt.QtCore import QEvent, QPoint, QPointF, QRectF, Qt
from qgis.PyQt.QtGui import QImage, QKeyEvent, QMouseEvent, QPainter

from lodescope.ui.curves import Curve
from lodescope.ui.directionwheel import DirectionWheel
from lodescope.ui.variogramcontrols import STEPS, VariogramControls
from lodescope.ui.variogramdock import direction_title, score_text
from lodescope.ui.variogramplot import VariogramPlot

CONTENT = {
    "schema": 1, "field": "g", "unit": "", "transform": "none", "nugget": 0.123456789,
    "structures": [
        {"model": "spherical", "sill": 0.5, "ranges": [321.987654321, 80.0, 20.0], "azimuth": 35.0, "dip": -10.0,
         "rake": 5.0},
        {"model": "cubic", "sill": 0.25, "ranges": [900.0], "azimuth": 0.0, "dip": 0.0, "rake": 0.0}],
}


@pytest.fixture
def controls(qgis_app):
    found = VariogramControls()
    found.show_content(CONTENT, 3, 1.0, 1000.0)
    return found


def test_showing_changes_nothing(controls):
    """Numbers on the screen have four digits; the content keeps all of them."""
    assert controls.content == CONTENT
    controls.structure.setCurrentIndex(1)
    controls.structure.setCurrentIndex(0)
    assert controls.content == CONTENT


def test_another_variogram_takes_nothing_from_the_one_before(controls):
    """Other limits have other decimals, which must not round the number of before into the new content."""
    told = []
    controls.changed.connect(lambda: told.append(True))
    other = {**CONTENT, "nugget": 1234.5678, "structures": [{**CONTENT["structures"][0], "sill": 98765.4321,
                                                            "ranges": [7.654321, 7.0, 0.1]}]}
    for content, variance, extent in ((other, 1e5, 20.0), (CONTENT, 1.0, 1000.0), (other, 1e5, 1e6)):
        controls.show_content(content, 3, variance, extent)
        assert controls.content == content
    assert told == []


def test_each_knob_changes_its_value_only(controls):
    told = []
    controls.changed.connect(lambda: told.append(copy.deepcopy(controls.content)))
    for name, value, path in (("nugget", 0.4, ("nugget",)), ("sill", 0.7, ("structures", 0, "sill")),
                              ("azimuth", 120.0, ("structures", 0, "azimuth")),
                              ("dip", -45.0, ("structures", 0, "dip")), ("rake", 20.0, ("structures", 0, "rake"))):
        truth = copy.deepcopy(told[-1] if told else CONTENT)
        place = truth
        for key in path[:-1]:
            place = place[key]
        place[path[-1]] = value
        controls.knobs[name].number.setValue(value)
        assert told[-1] == truth
    controls.knobs["range"].number.setValue(200.0)
    scale = 200.0 / 321.987654321
    assert told[-1]["structures"][0]["ranges"] == pytest.approx([200.0, 80.0 * scale, 20.0 * scale])
    controls.knobs["semi"].number.setValue(0.5)
    controls.knobs["minor"].number.setValue(0.1)
    assert told[-1]["structures"][0]["ranges"] == pytest.approx([200.0, 100.0, 20.0])
    assert told[-1]["structures"][1] == CONTENT["structures"][1]


def test_second_structure_and_its_model(controls):
    controls.structure.setCurrentIndex(1)
    controls.model.setCurrentIndex(controls.model.findData("gaussian"))
    controls.knobs["sill"].number.setValue(0.6)
    first, second = controls.content["structures"]
    assert first == CONTENT["structures"][0]
    assert (second["model"], second["sill"]) == ("gaussian", 0.6)


def test_slider_and_number_go_together(controls):
    knob = controls.knobs["range"]
    knob.slider.setValue(STEPS)
    assert knob.number.value() == pytest.approx(knob.high, rel=1e-3)
    knob.number.setValue((knob.low * knob.high) ** 0.5)
    assert knob.slider.value() == pytest.approx(STEPS / 2, abs=1)
    assert controls.knobs["semi"].low <= 80.0 / 321.987654321


def test_values_beyond_the_limits_are_shown(controls):
    content = copy.deepcopy(CONTENT)
    content["structures"][0]["ranges"] = [100.0, 250.0, 0.5]
    controls.show_content(content, 3, 1.0, 1000.0)
    assert controls.knobs["semi"].number.value() == pytest.approx(2.5)
    assert controls.knobs["minor"].number.value() == pytest.approx(0.005)
    assert controls.content == content


def test_plan_has_no_third_axis(controls):
    flat = {**CONTENT, "structures": [{**CONTENT["structures"][0], "ranges": [300.0]}]}
    controls.show_content(flat, 2, 1.0, 1000.0)
    assert [controls.knobs[name].isVisibleTo(controls) for name in ("semi", "minor", "dip", "rake")] == [
        True, False, False, False]
    controls.knobs["semi"].number.setValue(0.5)
    assert controls.content["structures"][0]["ranges"] == [300.0, 150.0]


@pytest.fixture
def wheel(qgis_app):
    found = DirectionWheel()
    found.resize(found.sizeHint())
    found.told = []
    found.chosen.connect(found.told.append)
    return found


def press(wheel, azimuth, part=0.8):
    spot = wheel._spot(azimuth, part * wheel._radius())
    wheel.mousePressEvent(QMouseEvent(
        QEvent.Type.MouseButtonPress, QPointF(spot), Qt.MouseButton.LeftButton, Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier))


@pytest.mark.parametrize(("azimuth", "chosen"), [(0, 0), (44, 40), (90, 90), (176, 0), (230, 50), (359, 0), (318, 140)])
def test_wheel_rounds_to_ten_degrees_of_half_a_circle(wheel, azimuth, chosen):
    press(wheel, azimuth)
    assert wheel.told == [chosen]


def test_middle_of_the_wheel_and_keys(wheel):
    press(wheel, 90)
    press(wheel, 90, part=0.05)
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Left, Qt.Key.Key_Left, Qt.Key.Key_Home):
        wheel.keyPressEvent(QKeyEvent(QEvent.Type.KeyPress, key, Qt.KeyboardModifier.NoModifier))
    assert wheel.told == [90, None, 0, 10, 0, 170, None]


def test_ellipse_is_drawn_along_its_azimuth(wheel):
    """North is up: an ellipse of azimuth 90 is wider than high."""
    wheel.show_azimuth(0)
    wheel.show_ranges(100.0, 20.0, 90.0)
    image = QImage(wheel.size(), QImage.Format.Format_ARGB32)
    image.fill(Qt.GlobalColor.white)
    wheel.render(QPainter(image), QPoint())
    accent, middle = wheel._accent(), wheel._middle().toPoint()
    row = [image.pixelColor(x, middle.y()) for x in range(image.width())]
    column = [image.pixelColor(middle.x(), y) for y in range(image.height())]

    def spread(line):
        found = [place for place, colour in enumerate(line) if abs(colour.red() - accent.red()) < 40
                 and abs(colour.green() - accent.green()) < 40 and abs(colour.blue() - accent.blue()) < 60]
        return max(found) - min(found)

    assert spread(row) > 3 * spread(column)


def test_plot_starts_at_zero_and_holds_everything(qgis_app):
    plot = VariogramPlot("g")
    plot.show_variogram([(10.0, 0.2, 40), (100.0, 1.4, 3)], [Curve("", [(5.0, 0.1), (106.0, 0.9)])], 1.2)
    left, right, low, high = plot.limits()
    assert (left, low) == (0.0, 0.0)
    assert right >= 100.0
    assert high >= 1.4
    frame = QRectF(0.0, 0.0, 200.0, 100.0)
    curve, point = plot.nearest(frame, plot.place(frame, (100.0, 1.4)))
    assert plot.readout(curve, point) == "100 m → 1.4 (3)"
    assert "(" not in plot.readout(curve, (5.0, 0.1))


def test_words():
    assert direction_title({"kind": "azimuth", "azimuth": 40.0, "label": "Azimuth 40°"}) == "Azimuth 40°"
    assert direction_title({"kind": "axis", "azimuth": 40.0, "label": "Minor axis"}) == "Minor axis"
    assert direction_title({"kind": "hole", "azimuth": None, "label": "Down the hole"}) == "Down the hole"
    assert score_text({}) == "Too few samples for a cross-validation."
    text = score_text({"RMSE": 12.3456, "R2": 0.5, "COVERAGE_95": 0.931,
                       "SCORES": '{"g": {"validation": "drill hole"}}'})
    assert text == "RMSE 12.35, R² 0.500; 93 % of the samples inside the 95 % interval (each drill hole left out)."
