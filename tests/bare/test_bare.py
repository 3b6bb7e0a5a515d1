"""Without the worker's packages the plugin loads and lists everything, and each algorithm says what it lacks."""
import importlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from qgis.core import (
    QgsProcessingContext,
    QgsProcessingException,
    QgsProcessingFeedback,
    QgsProcessingParameterDefinition,
)

from lodescope.algorithms.requirements import read_requirements
from lodescope.processing_provider.engine import resolver
from lodescope.processing_provider.provider import ALGORITHMS, LodescopeProvider

ROOT = Path(__file__).resolve().parents[2]
MAGNETICS = ROOT / "resources" / "sample" / "magnetics.tif"
SHADOWS = sorted(path.stem for path in (Path(__file__).parent / "shadow").glob("*.py"))
NAMES = [module.rsplit(".", 1)[-1] for module, _ in ALGORITHMS]

pytestmark = pytest.mark.skipif("BARE_PYTHON" not in os.environ, reason="needs what `make test-bare` sets up")


@pytest.fixture(autouse=True)
def own_python(monkeypatch):
    """QGIS's own Python is the one without packages."""
    monkeypatch.setattr(sys, "executable", os.environ["BARE_PYTHON"])


@pytest.fixture(scope="module")
def algorithms():
    provider = LodescopeProvider()
    provider.refreshAlgorithms()
    found = {algorithm.name(): algorithm.create() for algorithm in provider.algorithms()}
    yield {name: found[name] for name in NAMES}
    provider.deleteLater()


@pytest.fixture(scope="module")
def qgis_process():
    """Run the program with the plugin switched on; returns code and output."""
    program = shutil.which("qgis_process.bin") or shutil.which("qgis_process")

    def run(*arguments):
        done = subprocess.run([program, *arguments], capture_output=True, text=True, check=False, timeout=120)
        return done.returncode, done.stdout + done.stderr

    run("plugins", "enable", "lodescope")
    return run


@pytest.fixture(scope="module")
def samples(tmp_path_factory):
    """The samples in a copy, because QGIS writes into the head of a GeoPackage that it opens."""
    copied = tmp_path_factory.mktemp("samples") / "sample.gpkg"
    shutil.copyfile(ROOT / "resources" / "sample" / "sample.gpkg", copied)
    return f"{copied}|layername=samples"


def is_one_sentence(text):
    return text.endswith(".") and ". " not in text and "\n" not in text


@pytest.mark.parametrize("name", SHADOWS)
def test_package_is_hidden(name):
    with pytest.raises(ModuleNotFoundError):
        importlib.import_module(name)


def test_only_the_empty_python_is_left():
    assert [candidate.path for candidate in resolver.candidates()] == [os.environ["BARE_PYTHON"]]


def test_qgis_side_imports_no_optional_package(algorithms):
    assert algorithms
    assert not set(SHADOWS) & set(sys.modules)


@pytest.mark.parametrize("name", NAMES)
def test_algorithm_says_what_it_lacks(algorithms, name):
    possible, message = algorithms[name].canExecute()
    assert not possible
    assert is_one_sentence(message)
    needed = [package.name for package in read_requirements(algorithms[name].NEEDS) if not package.optional]
    assert [package for package in needed if package not in message] == []
    assert "README" in message
    assert resolver.SETTING in message
    assert resolver.VARIABLE in message


@pytest.mark.parametrize("name", NAMES)
def test_run_is_refused_before_it_starts(algorithms, samples, name):
    message = algorithms[name].canExecute()[1]
    with pytest.raises(QgsProcessingException) as refused:
        algorithms[name].prepareAlgorithm({"INPUT": samples}, QgsProcessingContext(), QgsProcessingFeedback(False))
    assert str(refused.value) == message


def test_wrong_python_is_named_in_one_sentence(algorithms, monkeypatch):
    monkeypatch.setenv(resolver.VARIABLE, str(ROOT / "no" / "python"))
    possible, message = algorithms["kriging"].canExecute()
    assert not possible
    assert is_one_sentence(message)
    assert "no/python" in message


def test_qgis_process_lists_every_algorithm(qgis_process):
    code, output = qgis_process("list")
    assert code == 0
    assert [name for name in NAMES if f"lodescope:{name}\t" not in output] == []
    assert "Traceback" not in output


def needed(algorithm, samples):
    """A value for every input that has to be given."""
    values = {"source": samples, "vector": samples, "field": "La_ppm", "file": __file__, "multilayer": MAGNETICS,
              "raster": MAGNETICS, "number": "1", "string": "1"}
    return [f"{parameter.name()}={values[parameter.type()]}" for parameter in algorithm.parameterDefinitions()
            if not parameter.isDestination() and parameter.defaultValue() is None
            and not parameter.flags() & QgsProcessingParameterDefinition.Flag.FlagOptional]


@pytest.mark.parametrize("name", NAMES)
def test_qgis_process_refuses_to_run(algorithms, qgis_process, samples, tmp_path, name):
    wanted = [parameter for parameter in algorithms[name].destinationParameterDefinitions()
              if not parameter.flags() & QgsProcessingParameterDefinition.Flag.FlagOptional]
    outputs = [f"{parameter.name()}={tmp_path / parameter.name()}.{parameter.defaultFileExtension()}"
               for parameter in wanted]
    code, output = qgis_process("run", f"lodescope:{name}", "--", *needed(algorithms[name], samples), *outputs)
    assert code != 0
    told = {line.split("ERROR:\t")[-1] for line in output.splitlines() if "scipy" in line}
    assert len(told) == 1, output
    assert resolver.VARIABLE in told.pop()
    assert "Traceback" not in output
    assert list(tmp_path.iterdir()) == []
