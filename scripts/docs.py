"""Writes docs/algorithms/GROUP.md from the algorithms: help, parameters with their defaults, outputs.

Run it with ``make docs``; a test fails when a page is not what this makes.
"""
import importlib.util
import re
import sys
from html import unescape
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PAGES = ROOT / "docs" / "algorithms"
TAGS = (
    (r"\s*<h3>(.*?)</h3>\s*", r"\n\n#### \1\n\n"), (r"<li>(.*?)</li>\s*", r"- \1\n"), (r"</?ul>\s*", ""),
    (r"<p>(.*?)</p>\s*", r"\1\n\n"), (r"</?b>", "**"), (r"</?i>", "*"), (r"</?tt>", "`"),
    (r"doi:(10\.\S+?)(?=[.,]?\s|[.,]?$)", r"[doi:\1](https://doi.org/\1)"),
)


def load_package():
    """Import the repository root as ``lodescope``, unless something has done so."""
    if "lodescope" not in sys.modules:
        spec = importlib.util.spec_from_file_location(
            "lodescope", ROOT / "__init__.py", submodule_search_locations=[str(ROOT)])
        module = importlib.util.module_from_spec(spec)
        sys.modules["lodescope"] = module
        spec.loader.exec_module(module)


def markdown(html):
    """Help of an algorithm as Markdown."""
    text = re.sub(r"\n(?!<)", " ", html)  # a paragraph or an item of a list on one line each
    for pattern, replacement in TAGS:
        text = re.sub(pattern, replacement, text, flags=re.DOTALL)
    return re.sub(r"\n{3,}", "\n\n", re.sub(r"(?=\n#)", "\n", unescape(text))).strip()


def cell(text):
    """``text`` fit for a cell of a table."""
    return " ".join(str(text).split()).replace("|", "\\|")


def table(heads, rows):
    """A Markdown table."""
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join("| " + " | ".join(cell(part) for part in line) + " |" for line in lines)


def default(parameter):
    """The default of a parameter in words."""
    value = parameter.defaultValue()
    if value is None or value == "":
        return "" if parameter.isDestination() or is_optional(parameter) else "required"
    return ", ".join(value) if isinstance(value, list) else str(value)


def is_optional(parameter):
    """Whether a parameter may stay empty."""
    return bool(parameter.flags() & type(parameter).Flag.FlagOptional)


def parameter_rows(algorithm):
    """Name, label, default and explanation of every input."""
    from qgis.core import QgsProcessingParameterEnum

    for parameter in algorithm.parameterDefinitions():
        if parameter.isDestination():
            continue
        label = parameter.description()
        if parameter.flags() & type(parameter).Flag.FlagAdvanced:
            label += " (advanced)"
        explanation = parameter.help()
        if isinstance(parameter, QgsProcessingParameterEnum):
            explanation += f" One of: {', '.join(parameter.options())}."
            if parameter.allowMultiple():
                explanation = explanation.replace(" One of:", " Any of:")
        yield f"`{parameter.name()}`", label, default(parameter), explanation


def output_rows(algorithm):
    """Name, kind and label of every output."""
    optional = {p.name() for p in algorithm.parameterDefinitions() if p.isDestination() and is_optional(p)}
    for output in algorithm.outputDefinitions():
        label = output.description() + (" (optional)" if output.name() in optional else "")
        yield f"`{output.name()}`", output.type().replace("output", "").lower(), label


def section(algorithm):
    """The part of the page about one algorithm."""
    return "\n\n".join((
        f'<a id="{algorithm.name()}"></a>', f"## {algorithm.displayName()}", f"`{algorithm.id()}`",
        markdown(algorithm.shortHelpString()),
        "#### Parameters", table(("Name", "Label", "Default", "Meaning"), parameter_rows(algorithm)),
        "#### Results", table(("Name", "Kind", "Meaning"), output_rows(algorithm)),
    ))


def pages():
    """File names of the pages and their text, from the algorithms of a registered or new provider.

    Returns
    -------
    dict
    """
    from lodescope.processing_provider.base import LodescopeAlgorithm
    from lodescope.processing_provider.provider import ALGORITHMS, LodescopeProvider

    provider = LodescopeProvider()
    provider.refreshAlgorithms()
    order = [module.rpartition(".")[2] for module, _ in ALGORITHMS]
    groups = {}
    for algorithm in sorted((a for a in provider.algorithms() if isinstance(a, LodescopeAlgorithm)),
                            key=lambda a: order.index(a.name())):
        groups.setdefault((algorithm.groupId(), algorithm.group()), []).append(algorithm)
    note = "<!-- Made by `make docs` from the algorithms and resources/help; edit those. -->"
    return {
        f"{name}.md": "\n\n".join([note, f"# {title}", *(section(algorithm) for algorithm in algorithms)]) + "\n"
        for (name, title), algorithms in groups.items()
    }


def main():
    """Write the pages that changed."""
    from qgis.core import QgsApplication

    application = QgsApplication([], False)
    application.initQgis()
    load_package()
    PAGES.mkdir(parents=True, exist_ok=True)
    for name, text in pages().items():
        (PAGES / name).write_text(text, encoding="utf-8")
        print(f"docs/algorithms/{name}")
    application.exitQgis()


if __name__ == "__main__":
    main()
