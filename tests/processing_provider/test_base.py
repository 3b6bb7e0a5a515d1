"""The base class of the algorithms, through a small algorithm that runs the self-test job."""
import json
from pathlib import Path

import numpy as np
import pytest
from qgis.core import (
    QgsApplication,
    QgsProcessingAlgRunnerTask,
    QgsProcessingContext,
    QgsProcessingException,
    QgsProcessingModelAlgorithm,
    QgsProcessingModelChildAlgorithm,
    QgsProcessingModelChildParameterSource,
    QgsProcessingOutputNumber,
    QgsProcessingParameterNumber,
    QgsProcessingParameterString,
    QgsProcessingProvider,
)
from qgis.PyQt.QtCore import QEventLoop, QTimer

from lodescope.processing_provider import base
from lodescope.processing_provider.base import LodescopeAlgorithm, first_sentence, help_page, icon_path

pytestmark = pytest.mark.usefixtures("worker_python", "jobs_root")


class SelfTest(LodescopeAlgorithm):
    """Sums an array in the worker."""

    NAME, TITLE, GROUP, GROUP_ID = "selftest", "Test the worker", "Tests", "tests"
    TAGS = ("sum", "check")

    def initAlgorithm(self, config=None):
        number = QgsProcessingParameterNumber
        self.addParameter(number("STEPS", "Steps", number.Type.Integer, 5))
        self.addParameter(number("SECONDS", "Seconds per step", number.Type.Double, 0.0))
        self.addParameter(number("SEED", "Seed", number.Type.Integer, 42))
        self.addParameter(QgsProcessingParameterString("FAIL", "How to fail", "", optional=True))
        self.addOutput(QgsProcessingOutputNumber("SUM", "Sum"))

    def problem(self, parameters, context):
        steps = self.parameterAsInt(parameters, "STEPS", context)
        if steps == 13:
            raise QgsProcessingException("The layer cannot be read.")
        if steps == 14:
            raise KeyError("a mistake")
        return "Steps must be 1 or more." if steps < 1 else ""

    def execute(self, parameters, context, feedback):
        fail = self.parameterAsString(parameters, "FAIL", context)
        settings = {"steps": self.parameterAsInt(parameters, "STEPS", context), "fail": fail,
                    "seconds": self.parameterAsDouble(parameters, "SECONDS", context)}
        with self.prepare_job(settings, {"values": np.arange(1000.0)}, feedback) as job:
            outputs = job.run(feedback)
        if fail == "here":
            raise ZeroDivisionError("division by zero")
        if fail == "disk":
            raise OSError(28, "No space left on device", "/out/grid.tif")
        return {"SUM": outputs["sum"]}


class Provider(QgsProcessingProvider):
    def id(self):
        return "lodescopetest"

    def name(self):
        return "Lodescope tests"

    def loadAlgorithms(self):
        self.addAlgorithm(SelfTest())


@pytest.fixture(scope="module")
def algorithm():
    """The registered algorithm."""
    provider = Provider()
    registry = QgsApplication.processingRegistry()
    registry.addProvider(provider)
    yield registry.algorithmById("lodescopetest:selftest")
    registry.removeProvider(provider)


@pytest.fixture
def run(algorithm, feedback):
    """Run the algorithm with parameters; gives results and whether it succeeded."""
    return lambda **parameters: algorithm.create().run(parameters, QgsProcessingContext(), feedback)


def test_identity_comes_from_the_class(algorithm):
    assert algorithm.id() == "lodescopetest:selftest"
    assert (algorithm.displayName(), algorithm.group(), algorithm.groupId()) == ("Test the worker", "Tests", "tests")
    assert algorithm.tags() == ["sum", "check"]
    assert algorithm.helpUrl().startswith("https://")
    assert isinstance(algorithm.create(), SelfTest)


def test_run_returns_the_outputs_of_the_job(run, feedback):
    assert run() == ({"SUM": 499500.0}, True)
    assert feedback.bar[-1] == 100.0


def test_log_tells_versions_parameters_and_seed(run, feedback):
    run(STEPS=3, SEED=7)
    assert any(line.startswith("Lodescope 0.") and "QGIS 3." in line for line in feedback.debug)
    assert {"STEPS": 3, "SEED": 7} in [json.loads(line) for line in feedback.debug if line.startswith("{")]
    assert "Random seed: 7" in feedback.info


def test_gate_is_the_same_in_dialog_and_run(algorithm, feedback):
    for steps, words in ((0, "Steps must be 1 or more."), (13, "The layer cannot be read."), (14, "internal error")):
        ok, message = algorithm.checkParameterValues({"STEPS": steps}, QgsProcessingContext())
        assert not ok
        assert words in message
        instance = algorithm.create()
        with pytest.raises(QgsProcessingException, match=words.split("(")[0]):
            instance.prepareAlgorithm({"STEPS": steps}, QgsProcessingContext(), feedback)


def test_good_values_pass_the_gate(algorithm, feedback):
    assert algorithm.checkParameterValues({"STEPS": 2}, QgsProcessingContext())[0]
    assert algorithm.create().prepareAlgorithm({"STEPS": 2}, QgsProcessingContext(), feedback)


def test_gate_of_a_model_child_is_prepare(algorithm, feedback):
    """Models skip the check of parameter values; a wrong one has to end the model all the same."""
    model = QgsProcessingModelAlgorithm("m", "m")
    child = QgsProcessingModelChildAlgorithm("lodescopetest:selftest")
    child.addParameterSources("STEPS", [QgsProcessingModelChildParameterSource.fromStaticValue(0)])
    model.addChildAlgorithm(child)
    _, ok = model.create().run({}, QgsProcessingContext(), feedback)
    assert not ok


def test_missing_python_stops_dialog_and_run(algorithm, resolver, monkeypatch, feedback):
    monkeypatch.setenv("LODESCOPE_PYTHON", "/nowhere/python")
    ok, message = algorithm.canExecute()
    assert not ok
    assert "LODESCOPE_PYTHON" in message
    with pytest.raises(QgsProcessingException, match="LODESCOPE_PYTHON"):
        algorithm.create().prepareAlgorithm({}, QgsProcessingContext(), feedback)


def test_with_a_python_the_algorithm_can_execute(algorithm):
    assert algorithm.canExecute() == (True, "")


@pytest.mark.parametrize(("fail", "words"), [
    ("input", "The self-test was asked to fail: ask for nothing, and it will not."),
    ("internal", "internal error (RuntimeError: asked for)"),
    ("here", "internal error (ZeroDivisionError: division by zero)"),
    ("disk", "The disk is full (/out/grid.tif): free some space and run again."),
])
def test_every_failure_is_one_sentence(algorithm, feedback, fail, words):
    with pytest.raises(QgsProcessingException) as failure:
        SelfTest().create().processAlgorithm({"FAIL": fail}, QgsProcessingContext(), feedback)
    assert words in str(failure.value)
    assert "\n" not in str(failure.value)
    assert ("Traceback" in "\n".join(feedback.debug)) == (fail != "input")


def test_failed_run_is_a_failed_run(run):
    assert run(FAIL="input")[1] is False


def test_cancelled_run_ends_clean(algorithm, make_feedback):
    feedback = make_feedback(cancel_at=10.0)
    results, _ = algorithm.create().run({"STEPS": 400, "SECONDS": 0.02}, QgsProcessingContext(), feedback)
    assert results == {}
    assert any("cancelled" in line for line in feedback.info)


def test_cancel_in_a_background_task(algorithm, make_feedback):
    """As the Toolbox runs it: in another thread, with cancel from the main one."""
    context, feedback, done = QgsProcessingContext(), make_feedback(), []
    task = QgsProcessingAlgRunnerTask(algorithm.create(), {"STEPS": 400, "SECONDS": 0.02}, context, feedback)
    loop = QEventLoop()
    task.executed.connect(lambda ok, results: (done.append(results), loop.quit()))
    QTimer.singleShot(800, task.cancel)
    QTimer.singleShot(15000, loop.quit)
    QgsApplication.taskManager().addTask(task)
    loop.exec_()
    assert done == [{}]


def test_run_in_a_background_task(algorithm, feedback):
    context, done = QgsProcessingContext(), []
    task = QgsProcessingAlgRunnerTask(algorithm.create(), {"STEPS": 3}, context, feedback)
    loop = QEventLoop()
    task.executed.connect(lambda ok, results: (done.append((ok, results)), loop.quit()))
    QTimer.singleShot(15000, loop.quit)
    QgsApplication.taskManager().addTask(task)
    loop.exec_()
    assert done == [(True, {"SUM": 499500.0})]


def test_help_and_icon_are_files_named_after_the_algorithm(monkeypatch, tmp_path):
    for folder, name, text in (("help", "selftest.html", "<p>Sums <b>numbers</b>\nslowly. And more.</p><p>x</p>"),
                               ("icons", "selftest.svg", '<svg xmlns="http://www.w3.org/2000/svg"/>')):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / name).write_text(text)
    monkeypatch.setattr(base, "RESOURCES", Path(tmp_path))
    help_page.cache_clear()
    algorithm = SelfTest()
    assert algorithm.shortHelpString().startswith("<p>Sums <b>")
    assert algorithm.shortDescription() == "Sums numbers slowly."
    assert algorithm.svgIconPath() == str(tmp_path / "icons" / "selftest.svg")
    assert icon_path("other") == ""
    assert help_page("other") == ""
    help_page.cache_clear()


@pytest.mark.parametrize(("html", "sentence"), [
    ("", ""),
    ("<h3>Title</h3><p class='a'>One  thing.\nTwo.</p>", "One thing."),
    ("<p>About 2.5 m and D&gt;1? Yes.</p>", "About 2.5 m and D>1?"),
])
def test_first_sentence(html, sentence):
    assert first_sentence(html) == sentence
