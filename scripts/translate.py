"""Brings resources/i18n/*.ts up to date with the texts of the code, and makes the .qm files that QGIS reads.

Usage: translate.py [TABLE.json]. A new text gets an empty translation, one that the code has no longer goes; nothing
else changes. A table, ``{"text": "translation"}``, fills in translations. The .ts files can be edited with Qt
Linguist too. Run it with ``make i18n``; a test fails while a text lacks its translation.
"""
import ast
import importlib
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "resources" / "i18n"
CONTEXT = "Lodescope"
PLACES = ("plugin.py", "processing_provider", "ui")
TRANSLATORS = ("tr",)
# Constants whose texts are translated where they are used; the parameters of algorithms are found by making them.
TABLES = {
    "processing_provider.data.alignment": lambda module: module.WORDS.values(),
    "processing_provider.drillholestyles": lambda module: [label for _, label, *_ in module.TRACES],
    "processing_provider.drillholes.logstyle": lambda module: [label for _, label, _ in module.GROUPS],
    "ui.environmentdialog": lambda module: [title for _, title in module.SETS],
    "ui.options": lambda module: module.DEVICE_TITLES.values(),
    "ui.runspanel": lambda module: [*module.STATES.values(), *module.COLUMNS],
}
PLACEHOLDER = re.compile(r"\{[^{}]*\}")


def literals(path):
    """Texts that a file gives to ``tr`` as they stand, and the lines where it gives something else."""
    texts, others = [], []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"), str(path))):
        name = getattr(getattr(node, "func", None), "id", getattr(getattr(node, "func", None), "attr", ""))
        if isinstance(node, ast.Call) and name in TRANSLATORS and node.args:
            given = node.args[0]
            if isinstance(given, ast.Constant) and isinstance(given.value, str):
                texts.append(given.value)
            else:
                others.append((node.lineno, ast.unparse(given)))
    return texts, others


def roles(path):
    """Names of inputs in messages: constants called ``ROLE`` or ``..._ROLE``."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"), str(path))):
        if not isinstance(node, ast.Assign):
            continue
        pairs = zip(node.targets[0].elts, node.value.elts) if isinstance(node.targets[0], ast.Tuple) and isinstance(
            node.value, ast.Tuple) else [(node.targets[0], node.value)]
        yield from (value.value for target, value in pairs
                    if getattr(target, "id", "").endswith("ROLE") and isinstance(value, ast.Constant))


def sources():
    """Files whose texts are translated."""
    return [path for place in PLACES for path in ([ROOT / place] if place.endswith(".py")
                                                  else sorted((ROOT / place).rglob("*.py")))]


def recorded():
    """Texts that algorithms translate when they are made and described."""
    from qgis.PyQt.QtCore import QCoreApplication, QTranslator

    class Recorder(QTranslator):
        """A translator that only listens."""

        found = []

        def translate(self, context, text, disambiguation=None, n=-1):
            if context == CONTEXT:
                self.found.append(text)
            return ""

    from lodescope.processing_provider.provider import LodescopeProvider

    listener = Recorder()
    QCoreApplication.installTranslator(listener)
    provider = LodescopeProvider()
    provider.refreshAlgorithms()
    for algorithm in provider.algorithms():
        if hasattr(algorithm, "NAME"):
            fresh = algorithm.create()
            fresh.displayName(), fresh.group(), fresh.tags()
    QCoreApplication.removeTranslator(listener)
    return listener.found


def tabled():
    """Texts of the constants in `TABLES`."""
    return [text for name, choose in TABLES.items() for text in choose(importlib.import_module(f"lodescope.{name}"))]


def texts():
    """Every text of the plugin that is translated, each once, sorted."""
    written = [text for path in sources() for text in [*literals(path)[0], *roles(path)]]
    return sorted({text for text in [*written, *recorded(), *tabled()] if re.search(r"[A-Za-z]", text)})


def read(path):
    """Translations of a .ts file."""
    if not path.exists():
        return {}
    return {message.findtext("source"): message.findtext("translation") or ""
            for message in ElementTree.parse(path).iter("message")}


def write(path, language, translations):
    """Write a .ts file."""
    root = ElementTree.Element("TS", version="2.1", language=language, sourcelanguage="en")
    context = ElementTree.SubElement(root, "context")
    ElementTree.SubElement(context, "name").text = CONTEXT
    for text in sorted(translations):
        message = ElementTree.SubElement(context, "message")
        ElementTree.SubElement(message, "source").text = text
        found = ElementTree.SubElement(message, "translation")
        found.text = translations[text]
        if not translations[text]:
            found.set("type", "unfinished")
    ElementTree.indent(root, " ")
    body = ElementTree.tostring(root, encoding="unicode")
    path.write_text(f'<?xml version="1.0" encoding="utf-8"?>\n<!DOCTYPE TS>\n{body}\n', encoding="utf-8")


def faults(translations, wanted):
    """What is wrong with translations: texts without one, and placeholders that differ."""
    told = [f"without translation: {text!r}" for text in wanted if not translations.get(text, "").strip()]
    for text in wanted:
        found = translations.get(text, "")
        if found.strip() and PLACEHOLDER.findall(text) != PLACEHOLDER.findall(found):
            told.append(f"other placeholders: {text!r} and {found!r}")
    return told


def compile_all():
    """Make the .qm files; Qt's lrelease is needed."""
    program = shutil.which("lrelease") or shutil.which("lrelease-qt5")
    if program is None:
        raise SystemExit("translate: lrelease is not installed (Debian: qttools5-dev-tools).")
    for path in sorted(FOLDER.glob("*.ts")):
        subprocess.run([program, "-silent", str(path), "-qm", str(path.with_suffix(".qm"))], check=True)


def main(table=""):
    """Update and compile; returns the number of faults."""
    given = json.loads(Path(table).read_text(encoding="utf-8")) if table else {}
    wanted, count = texts(), 0
    for path in sorted(FOLDER.glob("*.ts")):
        language = ElementTree.parse(path).getroot().get("language")
        known = {**read(path), **given}
        translations = {text: known.get(text, "") for text in wanted}
        write(path, language, translations)
        told = faults(translations, wanted)
        print(f"{path.name}: {len(wanted)} texts, {len(told)} faults", *told, sep="\n")
        count += len(told)
    compile_all()
    return count


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT / "tests"))
    importlib.import_module("conftest")  # loads the repository root as ``lodescope``
    from qgis.core import QgsApplication

    application = QgsApplication([], False)
    application.initQgis()
    number = main(*sys.argv[1:])
    application.exitQgis()
    sys.exit(number and f"translate: {number} faults")
