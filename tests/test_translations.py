"""Simplified Chinese: every text of the plugin has its translation, and QGIS shows it."""
import ast
import importlib.util
import re
import zipfile
from pathlib import Path

import pytest
from qgis.core import QgsApplication, QgsProcessingModelAlgorithm
from qgis.PyQt.QtCore import QCoreApplication, QTranslator

from lodescope import plugin as plugin_module
from lodescope.plugin import LodescopePlugin

ROOT = Path(__file__).resolve().parents[1]
CHINESE = re.compile("[\u4e00-\u9fff]")
# Texts that are the same in every language: names of methods, sensors, files and measures.
SAME = re.compile(r"[A-Za-z0-9 ./+*(){}-]+")
# Not for users: a fault of the program itself, and the first line of the log, which is for reports.
TECHNICAL = ("array {} does not fit", "Lodescope {}, QGIS {}")


def script(name):
    """A script of the repository as a module."""
    spec = importlib.util.spec_from_file_location(name, ROOT / "scripts" / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def translate(qgis_processing):
    return script("translate")


@pytest.fixture(scope="module")
def wanted(translate):
    """Every text of the plugin."""
    return translate.texts()


@pytest.fixture(scope="module")
def chinese(translate):
    """Translations of the file."""
    return translate.read(translate.FOLDER / "lodescope_zh.ts")


def test_every_text_has_its_translation_with_the_same_placeholders(translate, wanted, chinese):
    """Run 'make i18n' after a change of a text, and fill in what it lists."""
    assert len(wanted) > 1500
    assert translate.faults(chinese, wanted) == []
    assert sorted(set(chinese) - set(wanted)) == []


def test_faults_are_found(translate):
    assert translate.faults({"a {} of {:g}": "{:g} 的 {}"}, ["a {} of {:g}"])[0].startswith("other placeholders")
    assert translate.faults({"a": " "}, ["a", "b"]) == ["without translation: 'a'", "without translation: 'b'"]


def test_translations_are_chinese(chinese):
    odd = [text for text, found in chinese.items() if not CHINESE.search(found)
           and not (found == text and SAME.fullmatch(text) and len(text) <= 12)]
    assert odd == []


def test_compiled_file_is_that_of_the_texts(translate, chinese):
    translator = QTranslator()
    assert translator.load(str(translate.FOLDER / "lodescope_zh.qm"))
    QCoreApplication.installTranslator(translator)
    shown = {text: QCoreApplication.translate("Lodescope", text) for text in chinese}
    QCoreApplication.removeTranslator(translator)
    assert [text for text, found in chinese.items() if shown[text] != found] == []


def sentences(path):
    """F-strings of some words, with their lines: what they say cannot be translated."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"), str(path))):
        if isinstance(node, ast.JoinedStr):
            text = "".join(part.value if isinstance(part, ast.Constant) else "{}" for part in node.values)
            if len(re.findall("[A-Za-z]{2,}", text)) >= 4 and not text.startswith(("<", *TECHNICAL)):
                yield f"{path.relative_to(ROOT)}:{node.lineno}: {text}"


def test_no_sentence_goes_round_the_translator():
    found = [told for path in sorted((ROOT / "processing_provider").rglob("*.py")) for told in sentences(path)]
    assert found == []


@pytest.fixture
def in_chinese(qgis_processing, monkeypatch):
    """The plugin in a QGIS whose language is Simplified Chinese."""

    class Application(QgsApplication):
        """QGIS in another language."""

        @staticmethod
        def locale():
            return "zh-Hans"

    monkeypatch.setattr(plugin_module, "QgsApplication", Application)
    plugin = LodescopePlugin(None)
    plugin.initProcessing()
    yield plugin
    plugin.unload()


def test_toolbox_is_chinese(in_chinese):
    algorithms = [one for one in in_chinese.provider.algorithms() if not isinstance(one, QgsProcessingModelAlgorithm)]
    assert len(algorithms) >= 20
    for algorithm in algorithms:
        assert CHINESE.search(algorithm.displayName()), algorithm.name()
        assert CHINESE.search(algorithm.group())
        labels = [definition.description() for definition in algorithm.parameterDefinitions()]
        assert sum(bool(CHINESE.search(label)) for label in labels) >= 0.8 * len(labels), labels
        assert set(type(algorithm).TAGS) <= set(algorithm.tags())  # English terms find it as well
    kriging = next(one for one in algorithms if one.name() == "kriging")
    assert kriging.displayName() == "品位克里金"
    assert kriging.parameterDefinition("VARIOGRAM").description() == "变异函数文件"
    assert kriging.group() == "地质统计"


def test_values_that_models_store_stay_the_same(in_chinese):
    kriging = QgsApplication.processingRegistry().createAlgorithmById("lodescope:kriging")
    assert kriging.parameterDefinition("DRIFT").options() == ["none", "linear"]
    assert kriging.groupId() == "geostatistics"


def test_messages_are_chinese(in_chinese):
    from lodescope.processing_provider.data.grid import cell_problem
    from lodescope.ui.variogramdock import direction_title

    assert cell_problem(-1.0) == "单元大小为 -1；请给出大于零的数，或留空以自动选择。"
    assert direction_title({"kind": "azimuth", "azimuth": 40.0, "label": ""}) == "方位角 40°"


def test_language_goes_with_the_plugin(qgis_processing):
    from lodescope.processing_provider.data.grid import cell_problem

    assert cell_problem(-1.0).startswith("The cell size is -1;")


def test_package_holds_the_compiled_file(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(str(ROOT / "scripts"))
    package = script("package")
    with zipfile.ZipFile(package.build(package.working_tree(), tmp_path)) as archive:
        names = archive.namelist()
    assert "lodescope/resources/i18n/lodescope_zh.qm" in names
    assert not [name for name in names if name.endswith(".ts")]
