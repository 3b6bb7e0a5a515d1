"""Gates over the whole source: who may import whom, grammar, enums, size, and that nothing lacks help or icon."""
import ast
import enum
import importlib
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
QGIS_SIDE = ("plugin.py", "processing_provider", "ui")
SCIENCE = {"numpy", "scipy", "sklearn", "pykrige", "skfem", "pyamg", "numba", "llvmlite", "threadpoolctl", "torch",
           "safetensors", "rapidfuzz", "distributed"}
QGIS_ONLY = {"qgis", "osgeo", "numpy"}
MOST_LINES, MOST_FUNCTION_LINES = 400, 60


def sources(*places):
    """Python files of these files and folders, relative to the root."""
    found = []
    for place in places:
        path = ROOT / place
        found += [path] if path.is_file() else sorted(path.rglob("*.py"))
    return [path.relative_to(ROOT) for path in found]


SHIPPED = sources("__init__.py", "algorithms", *QGIS_SIDE)
ALL = SHIPPED + sources("tests", "bench", "scripts", "resources")


def tree(path):
    return ast.parse((ROOT / path).read_text(encoding="utf-8"), str(path))


def imports(path):
    """Absolute module names that a file imports; relative ones as ``lodescope.…``."""
    package = ("lodescope", *path.parent.parts)
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = ".".join(package[:len(package) - node.level + 1]) if node.level else ""
            base = ".".join(part for part in (base, node.module) if part)
            yield base
            yield from (f"{base}.{alias.name}" for alias in node.names)


def foreign(path, allowed):
    """Modules from outside that a file imports and may not."""
    return sorted({name for name in (module.split(".")[0] for module in imports(path))
                   if name not in allowed | {"lodescope"} and name not in sys.stdlib_module_names})


def reaches(path, *layers):
    """Modules of these layers that a file imports."""
    return sorted({name for name in imports(path) for layer in layers if f"{name}.".startswith(f"lodescope.{layer}.")})


@pytest.mark.parametrize("path", sources("algorithms"), ids=str)
def test_science_knows_no_qgis_and_nothing_above_it(path):
    assert foreign(path, SCIENCE) == []
    assert reaches(path, "processing_provider", "ui", "plugin") == []


@pytest.mark.parametrize("path", sources(*QGIS_SIDE), ids=str)
def test_qgis_side_imports_qgis_gdal_and_numpy_only(path):
    docks = {"processing"} if path.parts[0] == "ui" else set()  # QGIS's own plugin, which runs the algorithms
    assert foreign(path, QGIS_ONLY | docks) == []


@pytest.mark.parametrize("path", sources("processing_provider"), ids=str)
def test_processing_knows_no_dock(path):
    assert reaches(path, "ui", "plugin") == []


@pytest.mark.parametrize("path", sources("ui"), ids=str)
def test_docks_reach_the_science_through_processing_only(path):
    assert reaches(path, "algorithms") == []


@pytest.mark.parametrize("path", SHIPPED, ids=str)
def test_imports_within_the_package_are_relative(path):
    absolute = [node.module for node in ast.walk(tree(path)) if isinstance(node, ast.ImportFrom) and not node.level]
    assert [name for name in absolute if name and name.split(".")[0] == "lodescope"] == []


def test_no_heavy_library_is_loaded_into_qgis():
    """Import everything of the QGIS side in a fresh process and look at what came with it."""
    modules = [".".join(("lodescope", *path.with_suffix("").parts)).replace(".__init__", "")
               for path in sources(*QGIS_SIDE)]
    heavy = sorted(SCIENCE - {"numpy"})
    code = (f"import sys, importlib\nsys.path.insert(0, {str(ROOT / 'tests')!r})\nimport conftest\n"
            f"for name in {modules!r}: importlib.import_module(name)\n"
            f"print([name for name in {heavy!r} if name in sys.modules])")
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert found.stdout.strip().endswith("[]"), found.stdout + found.stderr


@pytest.mark.parametrize("path", ALL, ids=str)
def test_grammar_is_that_of_python_3_9(path):
    text = (ROOT / path).read_text(encoding="utf-8")
    ast.parse(text, str(path), feature_version=(3, 9))
    unions = [node.lineno for node in ast.walk(tree(path)) for hint in hints(node)
              if isinstance(hint, ast.BinOp) and isinstance(hint.op, ast.BitOr)]
    assert unions == []


def hints(node):
    """Type hints of a function or a variable."""
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
        return [node.returns, *(argument.annotation for argument in node.args.args + node.args.kwonlyargs)]
    return [node.annotation] if isinstance(node, ast.AnnAssign) else []


def forbidden(node):
    """Why a node may not be in shipped code, or an empty string."""
    if isinstance(node, ast.Assert):
        return "assert"
    if isinstance(node, ast.ExceptHandler):
        if node.type is None:
            return "bare except"
        if all(isinstance(line, ast.Pass) for line in node.body):
            return "except: pass"
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("eval", "exec", "print"):
        return node.func.id
    return ""


@pytest.mark.parametrize("path", SHIPPED, ids=str)
def test_shipped_code_has_none_of_what_the_plugin_site_refuses(path):
    found = [(node.lineno, forbidden(node)) for node in ast.walk(tree(path)) if forbidden(node)]
    assert found == []
    assert {"pickle", "joblib", "subprocess", "random", "requests", "urllib"} & set(imports(path)) == set()


@pytest.mark.parametrize("path", SHIPPED, ids=str)
def test_files_and_functions_fit_on_a_screen(path):
    assert len((ROOT / path).read_text(encoding="utf-8").splitlines()) <= MOST_LINES
    long = [node.name for node in ast.walk(tree(path))
            if isinstance(node, ast.FunctionDef) and code_lines(node) > MOST_FUNCTION_LINES]
    assert long == []


def code_lines(function):
    """Lines of a function without its docstring."""
    first = function.body[0]
    documented = isinstance(first, ast.Expr) and isinstance(getattr(first.value, "value", None), str)
    return function.end_lineno - function.lineno + 1 - (first.end_lineno - first.lineno + 1 if documented else 0)


def test_names_of_test_files_are_unique():
    names = Counter(path.name for path in sources("tests") if path.name.startswith("test_"))
    assert [name for name, count in names.items() if count > 1] == []
    assert [path for path in sources("tests") if path.name == "__init__.py"] == []


# Enums: the old name with its class is the one spelling that works from QGIS 3.22 to 4.


def qgis_names(module):
    """Classes of QGIS and Qt that a file imports, by the name it uses."""
    found = {}
    for node in ast.walk(module):
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "qgis":
            source = importlib.import_module(node.module)
            found.update((alias.asname or alias.name, getattr(source, alias.name)) for alias in node.names
                         if isinstance(getattr(source, alias.name, None), type))
    return found


def resolve(node, names):
    """The object a dotted name stands for, or None."""
    if isinstance(node, ast.Name):
        return names.get(node.id)
    owner = resolve(node.value, names) if isinstance(node, ast.Attribute) else None
    return getattr(owner, node.attr, None) if isinstance(owner, type) else None


def guarded(module):
    """Nodes of functions that ask with ``hasattr`` what this QGIS has."""
    for function in (node for node in ast.walk(module) if isinstance(node, ast.FunctionDef)):
        inside = list(ast.walk(function))
        if any(isinstance(node, ast.Name) and node.id == "hasattr" for node in inside):
            yield from inside


def enum_faults(module):
    """Enum members without their class, and members that this QGIS does not have and nobody asks for."""
    names, faults, careful = qgis_names(module), [], set(guarded(module))
    for node in ast.walk(module):
        owner = resolve(node.value, names) if isinstance(node, ast.Attribute) else None
        if not isinstance(owner, type):
            continue
        member = getattr(owner, node.attr, None)
        is_enum = isinstance(member, (int, enum.Enum)) and type(member) not in (int, bool)
        if (is_enum and type(member) is not owner) or not (hasattr(owner, node.attr) or node in careful):
            faults.append(f"line {node.lineno}: {ast.unparse(node)}")
    return faults


@pytest.mark.parametrize("path", sources(*QGIS_SIDE), ids=str)
def test_enums_are_named_with_their_class(path):
    assert enum_faults(tree(path)) == []


@pytest.mark.parametrize(("line", "faulty"), [
    ("QgsProcessing.TypeVectorPoint", True),
    ("QgsProcessing.SourceType.TypeVectorPoint", False),
    ("QgsProcessingParameterNumber.Integer", True),
    ("QgsProcessingParameterNumber.Type.Integer", False),
    ("QgsProcessingParameterDefinition.FlagAdvanced", True),
    ("Qgis.Warning", True),
    ("Qgis.MessageLevel.Warning", False),
    ("Qgis.NoSuchThing.Point", True),
    ("Qgis.QGIS_VERSION_INT", False),
    ("QgsWkbTypes.PointZ", True),
    ("QgsWkbTypes.Type.PointZ", False),
    ("QProcess.NotRunning", True),
    ("QProcess.ProcessState.NotRunning", False),
    ("Qt.AlignRight", True),
    ("Qt.AlignmentFlag.AlignRight", False),
    ("QgsProcessing.TEMPORARY_OUTPUT", False),
])
def test_gate_for_enums_finds_planted_faults(line, faulty):
    module = ast.parse(
        "from qgis.core import Qgis, QgsProcessing, QgsProcessingParameterDefinition, QgsProcessingParameterNumber, "
        f"QgsWkbTypes\nfrom qgis.PyQt.QtCore import QProcess, Qt\nx = {line}\n")
    assert bool(enum_faults(module)) == faulty


# Every algorithm has its help page and its icon.


def registered():
    from lodescope.processing_provider.provider import ALGORITHMS

    for module, name in ALGORITHMS:
        yield getattr(importlib.import_module(f"lodescope.processing_provider.{module}"), name)


def test_every_algorithm_has_an_identity_of_its_own():
    algorithms = list(registered())
    assert len({algorithm.NAME for algorithm in algorithms}) == len(algorithms)
    for algorithm in algorithms:
        assert algorithm.NAME.isalnum()
        assert algorithm.NAME.lower() == algorithm.NAME
        assert algorithm.TITLE
        assert algorithm.GROUP
        assert algorithm.GROUP_ID
        assert algorithm.TAGS
        assert algorithm.NEEDS in ("base", "deep")


def test_every_algorithm_has_a_help_page():
    for algorithm in registered():
        page = (ROOT / "resources" / "help" / f"{algorithm.NAME}.html").read_text(encoding="utf-8")
        assert len(page.splitlines()) <= 40
        assert algorithm().shortDescription().endswith(".")


def test_every_algorithm_and_the_plugin_have_an_icon():
    from qgis.PyQt.QtGui import QIcon

    for name in ["lodescope", *(algorithm.NAME for algorithm in registered())]:
        path = ROOT / "resources" / "icons" / f"{name}.svg"
        assert "viewBox" in path.read_text(encoding="utf-8")
        assert path.stat().st_size < 10_000
        assert not QIcon(str(path)).pixmap(16).isNull()
