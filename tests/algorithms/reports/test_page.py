"""The page is whole, escaped and needs nothing from elsewhere."""
from html.parser import HTMLParser

import numpy as np
import pytest

from lodescope.algorithms.reports.page import Page, show
from lodescope.algorithms.reports.svg import Plot

VOID = {"meta", "br", "path", "rect", "line", "circle"}


class Checker(HTMLParser):
    """Collects tags and sees that they close in order."""

    def __init__(self, text):
        super().__init__()
        self.open, self.seen, self.text = [], [], ""
        self.feed(text)
        assert not self.open

    def handle_starttag(self, tag, attrs):
        self.seen.append(tag)
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.seen.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text += data


def full_page(word="La"):
    """A page with everything on it."""
    plot = Plot(word, "x", "y")
    plot.line([0, 1], [0, 1])
    page = Page(word, word)
    page.number(word, 12.34567, word)
    page.warning(word)
    page.section(word)
    page.text(word, word)
    page.table((word, "n"), [(word, 1), (None, np.float32(2.5))], word)
    page.figures((plot.render(), word), plot.render())
    page.parameters({word: [1, word]})
    page.versions({"numpy": word})
    return page


def test_page_is_well_formed_and_holds_its_parts():
    found = Checker(full_page().render())
    assert {"h1", "h2", "table", "svg", "figcaption", "caption"} <= set(found.seen)
    assert "12.35 La" in found.text
    assert "Versions" in found.text


def test_everything_is_escaped():
    evil = '<script>alert("x")</script>&<img src=x>'
    text = full_page(evil).render()
    found = Checker(text)
    assert "script" not in found.seen
    assert "img" not in found.seen
    assert found.text.count(evil) >= 10


def test_nothing_is_fetched_and_nothing_runs():
    text = full_page().render().replace("http://www.w3.org/2000/svg", "")
    for word in ("http", "<script", "@import", "url(http", "<link", "src="):
        assert word not in text
    assert "prefers-color-scheme: dark" in text


def test_columns_of_numbers_are_aligned_right():
    page = Page("t")
    page.table(("name", "value"), [("a", 1.5), ("b", None)])
    text = page.render()
    assert '<th class="right">value</th>' in text
    assert "<td>a</td>" in text
    assert '<td class="right">1.5</td>' in text


def test_empty_page_and_file(tmp_path):
    Page("t").write(tmp_path / "report.html")
    assert Checker((tmp_path / "report.html").read_text(encoding="utf-8")).text.count("t") >= 2


@pytest.mark.parametrize(("value", "text"), [(None, ""), (True, "yes"), (1500, "1,500"),
                                             (3.0, "3"), (0.123456, "0.1235"),
                                         (np.int64(7), "7"), (float("nan"), "nan"), ([1, 2.5], "1, 2.5"), ("a", "a"),
                                         (np.bool_(False), "no"), (1e20, "1e+20")])
def test_values_are_shown_briefly(value, text):
    assert show(value) == text


def test_empty_figures_are_left_out():
    page = Page("Title")
    page.figures("<svg></svg>", "", ("", "Caption"))
    assert page.render().count("<figure>") == 1
