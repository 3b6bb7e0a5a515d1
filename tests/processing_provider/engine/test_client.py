"""A worker process followed from QGIS: events, cancel, death, and a poisoned environment."""
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np
import pytest
from qgis.core import QgsProcessingException
from qgis.PyQt.QtCore import QThread, pyqtSignal

from lodescope.processing_provider.engine import JobCancelled, prepare_job
from lodescope.processing_provider.engine.client import run_worker
from lodescope.processing_provider.engine.errors import JobFailed
from lodescope.processing_provider.engine.resolver import Answer, Candidate

pytestmark = pytest.mark.usefixtures("worker_python", "jobs_root")
HELLO = """sys.stdout.write('{"event": "hello", "protocol": 1, "versions": {"numpy": "2"}}\\n'); sys.stdout.flush()\n"""


def run(settings, arrays, feedback):
    with prepare_job("selftest", settings, arrays, "base", feedback) as job:
        return job.run(feedback)


def run_script(path, folder, feedback):
    return run_worker(Answer(Candidate(path, "a test")), folder, feedback)


def test_run_gives_outputs_progress_and_versions(selftest, feedback):
    outputs = run(*selftest(), feedback)
    assert outputs["sum"] == 499500.0
    assert outputs["noise"] == pytest.approx(np.random.default_rng(7).normal())
    assert feedback.bar == sorted(feedback.bar)
    assert feedback.bar[-1] == 100.0
    assert len(set(feedback.bar)) > 5
    assert any("numpy" in line for line in feedback.debug)


def test_metrics_reach_a_feedback_that_wants_them(selftest, make_feedback):
    class Curve(make_feedback):
        metric = pyqtSignal(dict)

    feedback, points = Curve(), []
    feedback.metric.connect(points.append)
    run(*selftest(steps=4), feedback)
    assert [point["step"] for point in points] == [0, 1, 2, 3]
    assert points[-1] == {"name": "sum", "value": 499500.0, "step": 3}


def test_input_error_is_one_sentence_without_traceback(selftest, feedback):
    with pytest.raises(JobFailed, match=r"^The self-test was asked to fail: ask for nothing, and it will not\.$"):
        run(*selftest(fail="input"), feedback)
    assert "Traceback" not in "\n".join(feedback.debug)


def test_internal_error_is_one_sentence_with_traceback_as_debug(selftest, feedback):
    with pytest.raises(JobFailed, match=r"internal error \(RuntimeError: asked for\)"):
        run(*selftest(fail="internal"), feedback)
    assert "Traceback" in "\n".join(feedback.debug)


@pytest.mark.parametrize(("steps", "seconds"), [(400, 0.05), (4, 30.0)], ids=["obeying", "deep in a call"])
def test_cancel_is_obeyed_within_two_seconds(selftest, make_feedback, steps, seconds):
    feedback = make_feedback(cancel_after=0.4)
    with pytest.raises(JobCancelled):
        run(*selftest(steps=steps, seconds=seconds), feedback)
    assert time.monotonic() - feedback.cancelled_time < 2.0


def test_worker_that_does_not_listen_is_killed_within_two_seconds(fake_python, tmp_path, make_feedback):
    progress = 'sys.stdout.write(\'{"event": "progress", "value": 5}\\n\'); sys.stdout.flush()\n'
    note = f"import os; open({str(tmp_path / 'pid')!r}, 'w').write(str(os.getpid()))\n"
    path = fake_python(HELLO + note + progress + "sum(range(10 ** 12))")
    feedback = make_feedback(cancel_at=5.0)
    with pytest.raises(JobCancelled):
        run_script(path, tmp_path, feedback)
    assert time.monotonic() - feedback.cancelled_time < 2.0
    with pytest.raises(ProcessLookupError):
        os.kill(int((tmp_path / "pid").read_text()), 0)


def test_cancelled_before_the_start_runs_nothing(selftest, feedback, jobs_root):
    feedback.cancel()
    with pytest.raises(JobCancelled):
        run(*selftest(), feedback)
    assert not jobs_root.exists()


def test_killed_worker_ends_in_a_sentence(fake_python, tmp_path, feedback):
    path = fake_python(HELLO + "sys.stderr.write('last words\\n'); sys.stderr.flush()\n"
                       "import os, signal; os.kill(os.getpid(), signal.SIGKILL)")
    with pytest.raises(QgsProcessingException, match="stopped by the system, often for lack of memory"):
        run_script(path, tmp_path, feedback)
    assert "last words" in feedback.debug


def test_worker_that_ends_without_result_names_its_exit_code(fake_python, tmp_path, feedback):
    with pytest.raises(QgsProcessingException, match=r"without a result \(exit code 5\)"):
        run_script(fake_python(HELLO + "sys.exit(5)"), tmp_path, feedback)


def test_lines_that_are_no_events_are_shown_as_they_are(fake_python, tmp_path, feedback):
    lines = ["loading...", "[1, 2]", '{"event": "unheard"}', '{"event": "progress", "value": "x"}', '{"event": "log"}']
    code = HELLO + f"print({chr(10).join(lines)!r})\n" + """print('{"event": "result", "outputs": {"a": 1}}')"""
    assert run_script(fake_python(code), tmp_path, feedback) == {"a": 1}
    assert feedback.console == lines


def test_line_cut_in_pieces_is_put_together(fake_python, tmp_path, feedback):
    code = HELLO + """
for piece in ('{"event": "log", "level": "warning", "mess', 'age": "Br\\\\u00f8gger"}\\n{"event": "res',
              'ult", "outputs": {}}\\n'):
    sys.stdout.write(piece); sys.stdout.flush(); time.sleep(0.1)
"""
    assert run_script(fake_python(code), tmp_path, feedback) == {}
    assert feedback.warnings == ["Brøgger"]


def test_other_protocol_is_refused_in_words(fake_python, tmp_path, feedback):
    code = HELLO.replace('"protocol": 1', '"protocol": 9') + "time.sleep(30)"
    started = time.monotonic()
    with pytest.raises(QgsProcessingException, match="speaks protocol 9 and this plugin 1"):
        run_script(fake_python(code), tmp_path, feedback)
    assert time.monotonic() - started < 5.0


def test_python_that_does_not_start_is_named(tmp_path, feedback):
    with pytest.raises(QgsProcessingException, match=r"nowhere/python does not start"):
        run_script(str(tmp_path / "nowhere" / "python"), tmp_path, feedback)


def test_poisoned_environment_does_no_harm(selftest, feedback, monkeypatch):
    for name in ("PYTHONHOME", "PYTHONPATH", "PYTHONEXECUTABLE", "PYTHONSTARTUP", "LD_LIBRARY_PATH", "PROJ_LIB"):
        monkeypatch.setenv(name, "/nowhere/poison")
    assert run(*selftest(), feedback)["sum"] == 499500.0


def test_runs_in_a_thread_without_event_loop(selftest, feedback):
    found = {}

    class Work(QThread):
        def run(self):
            found.update(run(*selftest(), feedback))

    thread = Work()
    thread.start()
    assert thread.wait(30000)
    assert found["sum"] == 499500.0


def test_failing_feedback_leaves_no_process_behind(selftest, make_feedback):
    class Broken(make_feedback):
        def pushDebugInfo(self, text):
            raise OSError("no log")

    with pytest.raises(OSError, match="no log"):
        run(*selftest(steps=400, seconds=0.05), Broken())
    assert _children() == []


def test_end_of_qgis_ends_the_worker(tmp_path, worker_python, selftest, jobs_root):
    """The parent is killed outright: what it had open closes, and the worker stops."""
    settings, arrays = selftest(steps=1000, seconds=0.05)
    with prepare_job("selftest", settings, arrays) as job:
        code = (f"import subprocess, sys\nsubprocess.Popen([{worker_python!r}, '-I', '-u', {_worker()!r}, "
                f"{str(job.folder)!r}], stdin=subprocess.PIPE).wait()")
        parent = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE)
        parent.stdout.readline()
        worker = next(pid for pid, line in _processes() if f"worker.py {job.folder}" in line)
        os.kill(parent.pid, signal.SIGKILL)
        parent.wait()
        assert _gone(worker, 2.0)


def test_kill_in_the_middle_then_resume_gives_the_same(selftest, make_feedback, jobs_root):
    """Steps that were done before ``kill -9`` are not done again, and the sum is that of one run."""
    settings, arrays = selftest(steps=20, seconds=0.1)

    class Killer(make_feedback):
        def _moved(self, value):
            super()._moved(value)
            if value >= 50.0 and _children():
                os.kill(_children()[0], signal.SIGKILL)

    with pytest.raises(QgsProcessingException, match="stopped by the system"):
        run(settings, arrays, Killer())
    assert len(list(jobs_root.glob("selftest-*/job.json"))) == 1
    feedback = make_feedback()
    outputs = run(settings, arrays, feedback)
    assert outputs["sum"] == 499500.0
    assert outputs["noise"] == pytest.approx(np.random.default_rng(7).normal())
    assert 5 <= outputs["computed"] <= 11, feedback.info
    assert any("goes on from there" in line for line in feedback.info)
    assert list(jobs_root.iterdir()) == []


def test_cancel_then_run_again_resumes(selftest, make_feedback):
    settings, arrays = selftest(steps=20, seconds=0.05)
    with pytest.raises(JobCancelled):
        run(settings, arrays, make_feedback(cancel_at=50.0))
    assert run(settings, arrays, make_feedback())["computed"] <= 11


def test_two_runs_at_once_of_the_same_job(selftest, make_feedback, jobs_root):
    settings, arrays = selftest(steps=10, seconds=0.05)
    results = []
    threads = [threading.Thread(target=lambda: results.append(run(settings, arrays, make_feedback())))
               for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert [result["sum"] for result in results] == [499500.0, 499500.0]
    assert [result["computed"] for result in results] == [10, 10]
    assert list(jobs_root.iterdir()) == []


def _worker():
    from lodescope.processing_provider.engine.resolver import WORKER

    return str(WORKER)


def _processes():
    """Numbers and command lines of the running processes."""
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                yield int(entry.name), (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode("utf-8", "replace")
            except (FileNotFoundError, ProcessLookupError):
                continue


def _state(pid):
    """State and parent of a process; None when it is gone."""
    try:
        state, parent = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[:2]
    except (FileNotFoundError, ProcessLookupError):
        return None
    return state, int(parent)


def _children():
    """Workers that this process started and that still run."""
    running = [(pid, _state(pid)) for pid, line in _processes() if "worker.py" in line]
    return [pid for pid, state in running if state and state[1] == os.getpid() and state[0] != "Z"]


def _gone(pid, seconds):
    """Whether a process ends in time."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if (_state(pid) or "Z")[0] == "Z":
            return True
        time.sleep(0.05)
    return False
