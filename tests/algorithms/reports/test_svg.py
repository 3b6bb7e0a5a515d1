"""Plots are well-formed, place data where they belong and survive odd data."""
import xml.etree.ElementTree as ElementTree

import numpy as np
import pytest

from lodescope.algorithms.reports.svg import Plot, blend, number, ticks_of

SVG = "{http://www.w3.org/2000/svg}"


def parse(plot):
    """The elements of a plot."""
    return ElementTree.fromstring(plot.render())


@pytest.mark.parametrize(("low", "high", "expected"), [
    (0.0, 10.0, [0, 2, 4, 6, 8, 10]),
    (-0.3, 0.3, [-0.2, -0.1, 0.0, 0.1, 0.2]),
    (6_800_010.0, 6_800_950.0, [6_800_200, 6_800_400, 6_800_600, 6_800_800]),
])
def test_ticks_are_round_and_inside(low, high, expected):
    ticks, texts = ticks_of(low, high)
    assert set(np.round(expected, 9)) <= set(np.round(ticks, 9))
    assert np.all((ticks >= low - 1e-9) & (ticks <= high + 1e-9))
    assert len(ticks) <= 8
    assert len(set(texts)) == len(texts)


@pytest.mark.parametrize("size", [1e-12, 1e-5, 0.003, 1.0, 77.0, 1e6, 1e15])
def test_every_scale_has_three_to_eight_distinct_ticks(size):
    for low, high in ((0.0, size), (-size, 0.37 * size), (5.0 * size, 6.0 * size)):
        ticks, texts = ticks_of(low, high)
        assert 3 <= len(ticks) <= 8
        assert len(set(texts)) == len(texts)


def test_logarithmic_ticks():
    assert ticks_of(0.0, 3.0, log=True)[1] == ["1", "10", "100", "1000"]
    assert ticks_of(np.log10(2.0), np.log10(30.0), log=True)[1] == ["2", "5", "10", "20"]


def test_numbers_are_short():
    assert number(1234567.0, 1000.0) == "1,234,567"
    assert number(-0.25, 0.25) == "\u22120.25"
    assert number(2.5e9, 5e8) == "2.5e9"


def test_points_land_on_their_pixels():
    plot = Plot("t", "x", "y", 600, 400, x_limits=(0.0, 10.0), y_limits=(0.0, 1.0))
    plot.points([0.0, 10.0], [0.0, 1.0])
    root = parse(plot)
    frame = next(e for e in root.iter(SVG + "rect") if e.get("fill") == "none")
    left, top = float(frame.get("x")), float(frame.get("y"))
    right, bottom = left + float(frame.get("width")), top + float(frame.get("height"))
    found = [(float(e.get("cx")), float(e.get("cy"))) for e in root.iter(SVG + "circle")]
    np.testing.assert_allclose(found, [(left, bottom), (right, top)], atol=0.1)


def test_first_row_of_a_heat_map_is_at_the_first_edge():
    plot = Plot("t", "x", "y", equal=True)
    plot.heat([0.0, 1.0, 2.0], [2.0, 1.0, 0.0], [[1.0, np.nan], [3.0, 4.0]], "v")
    cells = [e for e in parse(plot).iter(SVG + "rect") if e.get("fill", "").startswith("#")][:3]
    assert float(cells[0].get("y")) < float(cells[1].get("y"))
    assert float(cells[0].get("x")) == float(cells[1].get("x")) < float(cells[2].get("x"))


def test_equal_axes_have_equal_units():
    plot = Plot("t", "x", "y", equal=True)
    plot.points([0.0, 100.0], [0.0, 10.0])
    plot.render()
    (x0, x1), (y0, y1) = plot._place([0.0, 10.0], 0), plot._place([0.0, 10.0], 1)
    assert x1 - x0 == pytest.approx(y0 - y1)


@pytest.mark.parametrize("log", [False, True])
@pytest.mark.parametrize(("x", "y"), [([], []), ([1.0], [1.0]), ([0.0, 0.0], [0.0, 0.0]),
                                  ([np.nan, 1.0], [1.0, np.inf]),
                                  ([-1.0, -2.0], [-5.0, -5.0]), ([1e-300, 1e300], [1e-9, 1e9])])
def test_odd_data_still_make_a_drawing(x, y, log):
    plot = Plot("t", "x", "y", x_log=log, y_log=log)
    plot.points(x, y, "points")
    plot.line(x, y, "line")
    plot.bars(np.arange(len(x) + 1.0), x)
    if x:
        plot.band(x, y, y)
        plot.values(x, y, y, "v", centred=True)
    text = plot.render()
    ElementTree.fromstring(text)
    assert "nan" not in text
    assert "inf" not in text.replace("info", "")


def test_text_is_escaped_and_nothing_is_fetched():
    plot = Plot("<b>&", "x<", 'y"')
    plot.line([0, 1], [0, 1], "<script>")
    text = plot.render()
    assert "<script>" not in text
    assert "<b>" not in text
    ElementTree.fromstring(text)
    assert "href" not in text
    assert text.count("http") == 1


def test_same_plot_gives_the_same_text():
    texts = set()
    for _ in range(2):
        plot = Plot("t", "x", "y")
        plot.line([0, 1], [0, 1])
        texts.add(plot.render())
    assert len(texts) == 1


def test_many_points_are_thinned():
    plot = Plot("t", "x", "y")
    plot.points(np.arange(100_000.0), np.arange(100_000.0))
    assert plot.render().count("<circle") <= 4001


def test_blend_runs_from_first_to_last():
    assert blend(("#000000", "#ffffff"), 0.0) == "#000000"
    assert blend(("#000000", "#ffffff"), 1.0) == "#ffffff"
    assert blend(("#000000", "#ff0000", "#ffffff"), 0.5) == "#ff0000"
