"""A laptop that sleeps and a QGIS that is killed: results are right, and no worker is left."""
import os
import signal
import time
from pathlib import Path

import numpy as np
import pytest
from qgis.core import QgsProject, QgsVectorFileWriter

NAP = 3.0  # seconds; longer than any of the waits of client and worker


@pytest.fixture(scope="module")
def samples(points, folder):
    """Six hundred samples in a file that several processes may read."""
    rng = np.random.default_rng(8)
    local = rng.uniform(0.0, 1.0, (600, 2)) * [3000.0, 2000.0]
    layer = points(local + [500_000.0, 6_700_000.0], g=np.sin(local[:, 0] / 300.0) + 0.1 * rng.normal(size=600))
    options = QgsVectorFileWriter.SaveVectorOptions()
    path = str(folder / "samples.gpkg")
    QgsVectorFileWriter.writeAsVectorFormatV3(layer, path, QgsProject.instance().transformContext(), options)
    return path


@pytest.fixture(scope="module")
def start(program, samples, folder):
    """Start an algorithm that takes some seconds: ``start(name)`` writes ``name.tif``."""

    def run(name):
        return program.start("kriging", INPUT=samples, FIELDS="g", CELL_SIZE=20, THREADS=1, TRANSFORM="none",
                             OUTPUT=str(folder / f"{name}.tif"))

    return run


@pytest.fixture(scope="module")
def truth(start, read, folder):
    """What a run that nothing disturbs gives."""
    process = start("truth")
    output, _ = process.communicate(timeout=120)
    assert process.returncode == 0, output
    return read(folder / "truth.tif")


def workers_of(process):
    """Processes of the worker below another process."""
    found = []
    for entry in Path("/proc").iterdir():
        try:
            parent = int((entry / "stat").read_text().rsplit(")", 1)[1].split()[1]) if entry.name.isdigit() else 0
            command = (entry / "cmdline").read_bytes() if parent == process.pid else b""
        except (OSError, IndexError, ValueError):
            continue
        if b"worker.py" in command and b"--probe" not in command:
            found.append(int(entry.name))
    return found


def worker_of(process):
    """The worker of a running algorithm, once it is at work."""
    end = time.monotonic() + 60.0
    while time.monotonic() < end and process.poll() is None:
        found = workers_of(process)
        if found:
            time.sleep(0.5)
            return found[0]
        time.sleep(0.02)
    raise TimeoutError("no worker was started")


def alive(pid):
    try:
        return "Z" not in Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except OSError:
        return False


def ended(pid, seconds):
    """Whether a process ends within some seconds."""
    end = time.monotonic() + seconds
    while alive(pid) and time.monotonic() < end:
        time.sleep(0.05)
    return not alive(pid)


def assert_same(read, path, truth):
    for name, values in read(path).bands.items():
        np.testing.assert_array_equal(values, truth[name])


def job_folders(folder):
    return [path for path in (folder / "program-jobs").iterdir() if path.is_dir()]


@pytest.mark.parametrize("whom", ["worker", "both"])
def test_sleep_in_the_middle_changes_nothing(start, truth, read, folder, whom):
    process = start(f"slept_{whom}")
    worker = worker_of(process)
    asleep = [worker] if whom == "worker" else [process.pid, worker]
    for pid in asleep:
        os.kill(pid, signal.SIGSTOP)
    time.sleep(NAP)
    for pid in asleep:
        os.kill(pid, signal.SIGCONT)
    output, _ = process.communicate(timeout=120)
    assert process.returncode == 0, output
    assert_same(read, folder / f"slept_{whom}.tif", truth)
    assert ended(worker, 5.0)
    assert job_folders(folder) == []


def test_worker_ends_with_qgis_and_the_next_run_is_right(start, truth, read, folder):
    process = start("died")
    worker = worker_of(process)
    process.kill()
    process.communicate(timeout=30)
    assert ended(worker, 5.0)
    assert not (folder / "died.tif").exists()
    again = start("died")
    output, _ = again.communicate(timeout=120)
    assert again.returncode == 0, output
    assert_same(read, folder / "died.tif", truth)
    assert job_folders(folder) == []
