"""The worker as a process: events, exit codes, cancel, resume, and the probe."""
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from lodescope.algorithms import jobs, runner
from lodescope.algorithms.errors import Cancelled, InputError

ROOT = Path(__file__).resolve().parents[2]
WORKER = ROOT / "algorithms" / "worker.py"


@pytest.fixture
def make_job(tmp_path):
    """Write a job folder of the self-test, or of another job."""

    def make(name="selftest", protocol=1, **settings):
        folder = tmp_path / "job"
        (folder / "inputs").mkdir(parents=True, exist_ok=True)
        np.save(folder / "inputs" / "values.npy", np.arange(1000.0))
        content = {"protocol": protocol, "job": name, "needs": "base", "settings": {"steps": 10, **settings},
                   "arrays": {"values": "inputs/values.npy"}}
        (folder / "job.json").write_text(json.dumps(content), encoding="utf-8")
        return folder

    return make


@pytest.fixture
def start(tmp_path):
    """Start the worker with pipes; it is ended after the test."""
    started = []

    def make(*arguments, worker=WORKER, environment=None):
        process = subprocess.Popen([sys.executable, "-I", "-u", str(worker), *map(str, arguments)],
                                   stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                                   env={**os.environ, "HOME": str(tmp_path), **(environment or {})})
        started.append(process)
        return process

    yield make
    for process in started:
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout, process.stderr):
            pipe.close()


def finish(process):
    """Events and standard error of a worker that is left to end; stdin stays open."""
    events = [json.loads(line) for line in process.stdout]
    errors = process.stderr.read()
    process.wait(30)
    return events, errors


def kinds(events):
    return [event["event"] for event in events]


def run_here(folder, function=None, monkeypatch=None):
    """Run a job folder in this process, with ``function`` as its job; give the code and the events."""
    import threading

    events, stop = [], threading.Event()
    if function is not None:
        monkeypatch.setattr(runner, "job_function", lambda name: function)
    code = runner.run_folder(folder, lambda event, **fields: events.append({"event": event, **fields}), stop)
    return code, events


def test_result(make_job, start):
    process = start(make_job())
    events, _ = finish(process)
    assert process.returncode == 0
    assert events[0]["event"] == "hello"
    assert events[0]["protocol"] == 1
    assert events[0]["versions"]["numpy"] == np.__version__
    assert {"lodescope", "python", "scipy"} <= events[0]["versions"].keys()
    assert events[-1]["outputs"]["sum"] == 499500.0
    bar = [event["value"] for event in events if event["event"] == "progress"]
    assert bar == sorted(bar)
    assert (bar[0], bar[-1]) == (0.0, 100.0)


def test_module_form_and_other_folder_name_work(make_job, tmp_path):
    """The checkout may be called anything; installed, the package can also be run by its name."""
    for name, arguments in (("lodescope", ["-m", "lodescope.algorithms.worker"]), ("main", None)):
        shutil.copytree(ROOT / "algorithms", tmp_path / name / "algorithms",
                        ignore=shutil.ignore_patterns("geostatistics", "__pycache__"))
        shutil.copytree(ROOT / "requirements", tmp_path / name / "requirements")
        for file in ("__init__.py", "metadata.txt"):
            shutil.copy(ROOT / file, tmp_path / name / file)
        command = arguments or [str(tmp_path / name / "algorithms" / "worker.py")]
        process = subprocess.Popen([sys.executable, *command, str(make_job(name_of_copy=name))], cwd=tmp_path,
                                   stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        _, errors = finish(process)
        assert process.returncode == 0, errors
        process.stdin.close()


def test_folder_computed_elsewhere_is_taken_over(make_job, tmp_path, start):
    """A copy of the code, as on another machine, computes the folder without commands; here its result is used."""
    there, folder = tmp_path / "there", make_job()
    for name in ("algorithms", "requirements"):
        shutil.copytree(ROOT / name, there / name, copy_function=shutil.copyfile,
                        ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("__init__.py", "metadata.txt"):
        shutil.copyfile(ROOT / name, there / name)
    found = subprocess.run([sys.executable, there / "algorithms" / "worker.py", "--alone", folder], text=True,
                           stdin=subprocess.DEVNULL, capture_output=True, check=False)
    assert found.returncode == 0, found.stderr
    truth = json.loads(found.stdout.splitlines()[-1])["outputs"]
    made = (folder / "result.json").stat().st_mtime_ns
    events, _ = finish(start(folder))
    assert events[-1]["outputs"] == truth
    assert any("goes on from there" in event.get("message", "") for event in events)
    assert (folder / "result.json").stat().st_mtime_ns == made


def test_input_error_is_told_as_it_is(make_job, start):
    process = start(make_job(fail="input"))
    events, errors = finish(process)
    assert process.returncode == 1
    assert events[-1] == {"event": "error", "kind": "InputError",
                          "message": "The self-test was asked to fail: ask for nothing, and it will not."}
    assert "Traceback" not in errors


def test_internal_error_is_a_sentence_and_its_traceback_goes_to_stderr(make_job, start):
    process = start(make_job(fail="internal"))
    events, errors = finish(process)
    assert process.returncode == 1
    assert events[-1]["kind"] == "RuntimeError"
    assert "internal error (RuntimeError: asked for)" in events[-1]["message"]
    assert "Traceback" in errors


@pytest.mark.parametrize(("error", "words"), [
    (MemoryError(), "ran out of memory"),
    (OSError(28, "No space left on device", "/tmp/x.npy"), "The disk is full (/tmp/x.npy)"),
    (OSError("1000000 requested and 130544 written"), "The disk is full"),
    (PermissionError(13, "Permission denied", "/x"), "Access is denied (/x)"),
    (ModuleNotFoundError("No module named 'skfem'"), "cannot load a package (No module named 'skfem')"),
    (np.linalg.LinAlgError("Singular matrix"), "internal error (LinAlgError: Singular matrix)"),
])
def test_known_failures_are_sentences(make_job, monkeypatch, error, words):
    def fail(job, progress):
        raise error

    code, events = run_here(make_job(), fail, monkeypatch)
    assert code == 1
    assert words in events[-1]["message"]
    assert events[-1]["message"].endswith(".")


@pytest.mark.parametrize(("stop", "seconds"), [("command", 0.02), ("command", 60.0), ("end of input", 0.02),
                                               ("end of input", 60.0)])
def test_cancel_ends_the_process_in_time(make_job, start, stop, seconds):
    """Both a job that looks at its progress and one that is deep in a call."""
    process = start(make_job(steps=1000, seconds=seconds))
    while json.loads(process.stdout.readline())["event"] != "progress":
        pass
    started = time.monotonic()
    if stop == "command":
        process.stdin.write('no json\n{"command": "other"}\n[1]\n{"command": "can')
        process.stdin.flush()
        process.stdin.write('cel"}\n')
        process.stdin.flush()
    else:
        process.stdin.close()
    events, _ = finish(process)
    assert time.monotonic() - started < 1.6
    assert process.returncode == 3
    assert kinds(events)[-1] == "cancelled"


def test_error_while_stopping_is_a_cancel(make_job, monkeypatch):
    def stumble(job, progress):
        progress._stop.set()
        raise RuntimeError("cannot schedule new futures after shutdown")

    code, events = run_here(make_job(), stumble, monkeypatch)
    assert (code, kinds(events)[-1]) == (3, "cancelled")


def test_cancelled_in_the_job_is_a_cancel(make_job, monkeypatch):
    def cancelled(job, progress):
        raise Cancelled

    assert run_here(make_job(), cancelled, monkeypatch)[0] == 3


def test_killed_run_goes_on_where_it_was(make_job, start):
    folder = make_job(steps=20, seconds=0.05, seed=3)
    process = start(folder)
    for line in process.stdout:
        event = json.loads(line)
        if event["event"] == "progress" and event["value"] >= 50:
            break
    process.send_signal(signal.SIGKILL)
    process.wait()
    events, _ = finish(start(folder))
    assert events[-1]["outputs"]["sum"] == 499500.0
    assert events[-1]["outputs"]["noise"] == np.random.default_rng(3).normal()
    assert 1 <= events[-1]["outputs"]["computed"] <= 11
    assert any("goes on from there" in event.get("message", "") for event in events)


def test_finished_run_is_not_computed_again(make_job, monkeypatch):
    folder = make_job()
    assert run_here(folder)[0] == 0

    def again(job, progress):
        raise RuntimeError("computed again")

    code, events = run_here(folder, again, monkeypatch)
    assert code == 0
    assert events[-1]["outputs"]["sum"] == 499500.0


def test_checkpoint_of_other_code_is_not_used(make_job, monkeypatch):
    folder = make_job()
    run_here(folder)
    monkeypatch.setattr(runner, "code_stamp", lambda: "other")
    code, events = run_here(folder)
    assert code == 0
    assert events[-1]["outputs"]["computed"] == 10
    assert any("starts anew" in event.get("message", "") for event in events)


def test_other_protocol_is_refused(make_job):
    code, events = run_here(make_job(protocol=2))
    assert code == 1
    assert "protocol 2 and the worker 1" in events[-1]["message"]


def test_unknown_job_is_refused(make_job):
    code, events = run_here(make_job(name="nothing"))
    assert code == 1
    assert "does not know the job 'nothing'" in events[-1]["message"]


def test_folder_without_job_is_refused(tmp_path, start):
    process = start(tmp_path / "nowhere")
    events, _ = finish(process)
    assert process.returncode == 1
    assert "cannot be read" in events[-1]["message"]


def test_prints_of_a_library_do_not_break_the_protocol(make_job, start, tmp_path):
    """Python's and C's standard output both go to stderr."""
    code = (f"import importlib.util, os, sys\nspec = importlib.util.spec_from_file_location('w', {str(WORKER)!r})\n"
            "worker = importlib.util.module_from_spec(spec); spec.loader.exec_module(worker)\nworker.load_package()\n"
            "from lodescope.algorithms import runner\n"
            "def noisy(job, progress):\n    print('from python')\n    os.write(1, b'from C\\n')\n    return {'a': 1}\n"
            "runner.job_function = lambda name: noisy\nos._exit(runner.main(sys.argv[1]))")
    script = tmp_path / "noisy.py"
    script.write_text(code)
    events, errors = finish(start(make_job(), worker=script))
    assert kinds(events)[-1] == "result"
    assert "from python" in errors
    assert "from C" in errors


def test_numpy_values_and_odd_letters_pass(make_job, monkeypatch):
    def job(job, progress):
        progress.warn("Brøgger – 中")
        return {"a": np.float32(1.5), "b": np.arange(2), "c": np.bool_(True), "path": Path("x")}

    code, events = run_here(make_job(), job, monkeypatch)
    assert code == 0
    lines = []

    class File:
        def write(self, line):
            lines.append(line)

        def flush(self):
            pass

    channel = runner.Channel(File(), None)
    for event in events:
        channel.emit(**event)
    assert json.loads(lines[-1])["outputs"] == {"a": 1.5, "b": [0, 1], "c": True, "path": "x"}
    assert all(line.endswith(b"\n") and line.isascii() and line.count(b"\n") == 1 for line in lines)
    assert any(json.loads(line).get("message") == "Brøgger – 中" for line in lines)


def test_progress_is_not_sent_more_often_than_it_can_be_seen():
    class Lines(list):
        write, flush = list.append, list.copy

    lines = Lines()
    channel = runner.Channel(lines, None)
    for step in range(100_001):
        channel.emit("progress", value=step / 1000)
    assert 900 <= len(lines) <= 1001
    assert json.loads(lines[-1])["value"] == 100.0


def test_reader_that_is_gone_stops_the_job(tmp_path):
    import threading

    class Broken:
        def write(self, line):
            raise BrokenPipeError

    stop = threading.Event()
    runner.Channel(Broken(), stop).emit("progress", value=1)
    assert stop.is_set()


@pytest.mark.parametrize("cache", ["writable", "not writable"])
def test_compiled_kernels_are_kept(make_job, monkeypatch, tmp_path, cache):
    monkeypatch.delenv("NUMBA_CACHE_DIR", raising=False)
    place = tmp_path / "cache"
    if cache == "not writable":
        place.write_text("a file")
    monkeypatch.setenv("XDG_CACHE_HOME", str(place))
    monkeypatch.setattr(runner.sys, "platform", "linux")
    folder = make_job()
    run_here(folder)
    expected = place / "lodescope" / "numba" if cache == "writable" else folder / "numba"
    assert os.environ["NUMBA_CACHE_DIR"] == str(expected)
    monkeypatch.delenv("NUMBA_CACHE_DIR")


def test_linear_algebra_has_one_thread(threaded_blas, make_job, start, tmp_path):
    script = tmp_path / "threads.py"
    script.write_text(
        f"import importlib.util, os, sys\nspec = importlib.util.spec_from_file_location('w', {str(WORKER)!r})\n"
        "worker = importlib.util.module_from_spec(spec); spec.loader.exec_module(worker)\nworker.load_package()\n"
        "from lodescope.algorithms import runner\n"
        "def job(job, progress):\n    import threadpoolctl, numpy, scipy.linalg\n"
        "    return {'threads': [pool['num_threads'] for pool in threadpoolctl.threadpool_info()]}\n"
        "runner.job_function = lambda name: job\nos._exit(worker.main(sys.argv[1:]))")
    events, _ = finish(start(make_job(), worker=script))
    assert set(events[-1]["outputs"]["threads"]) == {1}


def test_probe_names_what_is_there_and_what_is_lacking():
    full = subprocess.run([sys.executable, "-I", str(WORKER), "--probe", "base"], capture_output=True, check=False)
    report = json.loads(full.stdout)
    assert full.returncode == 0
    assert report["lacking"] == report["untested"] == []
    assert report["versions"]["numpy"] == np.__version__
    command = [sys.executable, "-I", "-S", str(WORKER), "--probe", "deep"]
    bare = subprocess.run(command, capture_output=True, check=False)
    assert bare.returncode == 1
    assert {"numpy", "torch"} <= set(json.loads(bare.stdout)["lacking"])


def test_probe_imports_no_package():
    code = (f"import sys; sys.argv = ['worker.py', '--probe', 'base']\nimport importlib.util\n"
            f"spec = importlib.util.spec_from_file_location('w', {str(WORKER)!r})\n"
            "worker = importlib.util.module_from_spec(spec); spec.loader.exec_module(worker)\n"
            "worker.main(sys.argv[1:])\nassert not {'numpy', 'scipy', 'numba'} & set(sys.modules)")
    assert subprocess.run([sys.executable, "-I", "-c", code], capture_output=True, check=False).returncode == 0


@pytest.mark.parametrize("arguments", [[], ["a", "b", "c"], ["--probe", "nothing"]])
def test_wrong_call_says_how(arguments):
    found = subprocess.run([sys.executable, "-I", str(WORKER), *arguments], capture_output=True, text=True, check=False)
    assert found.returncode == 1
    assert found.stderr.startswith(("usage", "There is no set"))


def test_python_without_numpy_is_a_sentence(make_job):
    process = subprocess.Popen([sys.executable, "-I", "-S", "-u", str(WORKER), str(make_job())], stdin=subprocess.PIPE,
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    events, _ = finish(process)
    process.stdin.close()
    assert process.returncode == 1
    assert "cannot load a package (No module named 'numpy')" in events[-1]["message"]


def test_every_job_is_where_it_is_said_to_be():
    for name in jobs.JOBS:
        assert callable(jobs.job_function(name))


def test_input_error_keeps_its_words(make_job, monkeypatch):
    def fail(job, progress):
        raise InputError("The samples hold one value only: choose another field.")

    _, events = run_here(make_job(), fail, monkeypatch)
    assert events[-1]["message"] == "The samples hold one value only: choose another field."
