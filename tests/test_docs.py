"""Help pages, icons and documents: complete, current, and within what QGIS can show."""
import importlib.util
import re
import xml.etree.ElementTree as ElementTree
from configparser import ConfigParser
from pathlib import Path

import pytest
from qgis.core import QgsProcessingParameterDefinition
from qgis.PyQt.QtGui import QIcon, QImage

from lodescope.processing_provider.base import LodescopeAlgorithm, first_sentence
from lodescope.processing_provider.provider import LodescopeProvider

ROOT = Path(__file__).resolve().parents[1]
RESOURCES = ROOT / "resources"
ICONS = sorted((RESOURCES / "icons").glob("*.svg"))
HELP = sorted((RESOURCES / "help").glob("*.html"))
DOCUMENTS = [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").rglob("*.md"))]
SIMPLE_TAGS = {"p", "h3", "ul", "li", "b", "i", "tt"}
BAND_QUANTITIES = {
    "kriging": ["estimate", "variance"],
    "indicatorkriging": ["probability>", "mean", "variance", "p10", "p50", "p90"],
    "fluxgradient": ["estimate", "variance", "dx", "dy", "dz", "magnitude", "azimuth", "plunge", "dx_sd", "dy_sd",
                     "dz_sd", "magnitude_sd", "significance", "flux_x", "flux_y", "flux_z", "divergence", "change"],
}


@pytest.fixture(scope="module")
def algorithms(qgis_app):
    """The algorithms of Lodescope by name, without the models."""
    provider = LodescopeProvider()
    provider.refreshAlgorithms()
    found = {a.name(): a.create() for a in provider.algorithms() if isinstance(a, LodescopeAlgorithm)}
    yield found
    found.clear()


@pytest.fixture(scope="module")
def docs():
    """The script that writes the pages."""
    spec = importlib.util.spec_from_file_location("docs_script", ROOT / "scripts" / "docs.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def parsed(path):
    """A help page as a tree; fails when a tag is left open."""
    return ElementTree.fromstring(f"<page>{path.read_text(encoding='utf-8')}</page>")


def test_every_algorithm_has_help_and_icon(algorithms):
    assert {path.stem for path in HELP} == set(algorithms)
    assert {path.stem for path in ICONS} == {*algorithms, "lodescope"}


@pytest.mark.parametrize("path", HELP, ids=lambda path: path.stem)
def test_help_is_short_and_simple(path):
    text = path.read_text(encoding="utf-8")
    page = parsed(path)
    assert len(text.splitlines()) <= 40
    assert {element.tag for element in page} <= SIMPLE_TAGS
    assert {element.tag for element in page.iter()} - {"page"} <= SIMPLE_TAGS
    assert [element.text for element in page.iter("h3")] == ["Inputs", "Outputs", "Method", "Pitfalls", "References"]
    sentence = first_sentence(text)
    assert sentence.endswith(".")
    assert 40 < len(sentence) < 160
    assert re.search(r"doi:10\.\d{4,}/\S+", text)


@pytest.mark.parametrize("name", BAND_QUANTITIES)
def test_help_names_the_bands(name):
    words = [element.text for element in parsed(RESOURCES / "help" / f"{name}.html").iter("tt")]
    assert any(re.match(r"[A-Za-z_]+:.+@z=\d+$", word) for word in words)
    for quantity in BAND_QUANTITIES[name]:
        assert any(word.partition(":")[2].startswith(quantity) or word == quantity for word in words), quantity


def test_help_speaks_of_parameters_that_exist(algorithms):
    """Bold words of the inputs are labels, so that they can be found in the dialog."""
    for name in ("kriging", "indicatorkriging", "fluxgradient", "fitvariogram"):
        labels = " ".join(p.description().lower() for p in algorithms[name].parameterDefinitions())
        page = parsed(RESOURCES / "help" / f"{name}.html")
        inputs = next(element for element in page if element.tag == "ul")
        for bold in inputs.iter("b"):
            for word in re.findall(r"[a-z-]{4,}", bold.text.lower()):
                assert word.rstrip("s") in labels, (name, word)


def test_help_names_other_algorithms_as_the_toolbox_does(algorithms):
    titles = {algorithm.displayName() for algorithm in algorithms.values()}
    for path in HELP:
        named = {element.text for element in parsed(path).iter("i") if element.text.startswith(("Krige", "Fit", "Map"))}
        assert named <= titles


def test_every_parameter_is_explained(algorithms):
    for algorithm in algorithms.values():
        for parameter in algorithm.parameterDefinitions():
            hidden = parameter.flags() & QgsProcessingParameterDefinition.Flag.FlagHidden
            assert parameter.isDestination() or hidden or parameter.help().endswith("."), parameter.name()


def test_pages_are_current(docs):
    """Run ``make docs`` when this fails."""
    written = {path.name: path.read_text(encoding="utf-8") for path in docs.PAGES.glob("*.md")}
    assert written == docs.pages()


def test_markdown_of_help(docs):
    html = (
        "<p>One <b>two</b>\nthree.</p>\n<h3>Four</h3>\n<ul>\n<li>a &lt; <tt>b</tt></li>\n<li><i>c</i></li>\n</ul>\n"
        "<h3>Five</h3>\n<p>See doi:10.1000/x.1.</p>\n"
    )
    assert docs.markdown(html) == (
        "One **two** three.\n\n#### Four\n\n- a < `b`\n- *c*\n\n#### Five\n\n"
        "See [doi:10.1000/x.1](https://doi.org/10.1000/x.1).")


@pytest.mark.parametrize("path", ICONS, ids=lambda path: path.stem)
@pytest.mark.parametrize("size", [16, 24, 64])
def test_icon_can_be_seen(qgis_app, path, size):
    image = QIcon(str(path)).pixmap(size).toImage()
    assert (image.width(), image.height()) == (size, size)
    pixels = [image.pixelColor(x, y) for x in range(size) for y in range(size)]
    solid = [pixel for pixel in pixels if pixel.alpha() > 128]
    assert 0.1 < len(solid) / len(pixels) < 0.9
    for background in (255, 40):
        contrast = [abs(pixel.lightness() - background) > 40 for pixel in solid]
        assert sum(contrast) > 0.5 * len(contrast), background


@pytest.mark.parametrize("path", ICONS, ids=lambda path: path.stem)
def test_icon_is_plain(path):
    assert path.stat().st_size < 10_000
    root = ElementTree.parse(path).getroot()
    assert root.get("viewBox") == "0 0 24 24"
    kinds = {element.tag.rpartition("}")[2] for element in root.iter()}
    assert kinds <= {"svg", "g", "path", "circle", "rect", "line", "polygon", "polyline", "ellipse"}


def test_icon_of_the_plugin():
    parser = ConfigParser(interpolation=None)
    parser.read(ROOT / "metadata.txt", encoding="utf-8")
    image = QImage(str(ROOT / parser.get("general", "icon")))
    assert (image.width(), image.height()) == (128, 128)


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_links_lead_somewhere(path):
    text = path.read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if target.startswith("https://"):
            continue
        file, _, anchor = target.partition("#")
        there = (path.parent / file) if file else path
        assert there.exists(), target
        if anchor:
            assert f'id="{anchor}"' in there.read_text(encoding="utf-8"), target


def test_readme_is_where_help_points(algorithms):
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    for name, algorithm in algorithms.items():
        anchor = algorithm.helpUrl().partition("#")[2]
        assert anchor == name
        assert f'<a id="{anchor}"></a>[{algorithm.displayName()}]' in text
    assert "\n## The worker's Python\n" in text


def test_pictures_are_small():
    pictures = list((ROOT / "docs" / "images").glob("*.png"))
    assert pictures
    assert max(path.stat().st_size for path in pictures) <= 300_000


def test_changelog_knows_the_version():
    parser = ConfigParser(interpolation=None)
    parser.read(ROOT / "metadata.txt", encoding="utf-8")
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert text.index("## [Unreleased]") < text.index(f"## [{parser.get('general', 'version')}]")
