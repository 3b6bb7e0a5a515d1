"""Programs are started, tried again when a start hangs, and never left behind."""
import sys

import pytest
from qgis.PyQt.QtCore import QProcess, QProcessEnvironment

from lodescope.processing_provider.engine import processes

HELLO, FOREVER = ["-c", "print('hello')"], ["-c", "import time; time.sleep(600)"]


@pytest.fixture
def hang(monkeypatch):
    """Let some starts not come to an end; gives the processes that were made."""
    def make(times):
        made = []

        class Hanging(QProcess):
            def __init__(self):
                super().__init__()
                self.hangs = len(made) < times
                made.append(self)

            def start(self, program, arguments):
                super().start(program, FOREVER if self.hangs else arguments)

            def waitForStarted(self, milliseconds):
                return super().waitForStarted(milliseconds) and not self.hangs

        monkeypatch.setattr(processes, "QProcess", Hanging)
        return made

    return make


def started(arguments=HELLO, program=sys.executable):
    return processes.start(program, arguments, QProcessEnvironment.systemEnvironment())


def test_program_that_starts_runs_at_once():
    process, problem = started()
    assert problem == ""
    assert process.waitForFinished(20_000)
    assert bytes(process.readAllStandardOutput()) == b"hello" + (b"\r\n" if sys.platform == "win32" else b"\n")


def test_start_that_hangs_is_tried_again_and_ended(hang):
    made = hang(1)
    process, problem = started()
    assert problem == ""
    assert process.waitForFinished(20_000)
    assert bytes(process.readAllStandardOutput()).startswith(b"hello")
    assert [processes.is_running(one) for one in made] == [False, False]


def test_program_that_never_starts_is_given_up_and_ended(hang):
    made = hang(9)
    assert started()[1] != ""
    assert [processes.is_running(one) for one in made] == [False] * len(processes.START_SECONDS)


def test_program_that_is_not_there_is_not_tried_again(tmp_path):
    process, problem = started(program=str(tmp_path / "nowhere"))
    assert problem != ""
    assert not processes.is_running(process)


def test_running_program_is_ended():
    process, _ = started(FOREVER)
    assert processes.is_running(process)
    processes.end(process)
    assert not processes.is_running(process)
