"""A Dask scheduler with two workers on the loopback: the same bits as here, and nothing lost with a worker."""
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np
import pytest

from lodescope.algorithms import cluster
from lodescope.algorithms.errors import InputError
from lodescope.algorithms.execution import at_once, executor
from lodescope.algorithms.folder import JobFolder
from lodescope.algorithms.geostatistics.tiles import run_blocks
from lodescope.algorithms.jobs import job_function
from lodescope.algorithms.learning.together import run_together
from lodescope.algorithms.modelfile import load_model
from lodescope.algorithms.progress import Progress

pytest.importorskip("distributed", reason="requirements/cluster.txt is not installed")

WORKER = Path(__file__).resolve().parents[2] / "algorithms" / "worker.py"
ENVIRONMENT = {**{key: value for key, value in os.environ.items() if key != "LODESCOPE_DASK"}, "OMP_NUM_THREADS": "1"}
TRAINING = {"features": ["a", "b", "c"], "targets": ["TREO"], "validation": "hole", "folds": 3, "seed": 1, "epochs": 6,
            "members": 2, "choose_power": False, "cutoffs": [[1.0]], "kriging": False, "random": False,
            "residuals": False, "threads": 1}
GRID = {"west": 500_000.0, "north": 7_000_400.0, "cell": 20.0, "columns": 24, "rows": 20, "levels": [100.0, 130.0]}
VARIOGRAM = {"schema": 1, "field": "g", "unit": "", "transform": "none", "nugget": 0.1, "structures": [
    {"model": "spherical", "sill": 0.9, "ranges": [200.0, 120.0, 60.0], "azimuth": 30.0, "dip": -10.0, "rake": 0.0}]}


class Cluster:
    """A scheduler and its workers as processes."""

    def __init__(self, folder):
        self.folder, self.file, self.workers = folder, folder / "scheduler.json", []
        self.scheduler = self._start("dask_scheduler", "--host", "127.0.0.1", "--port", "0", "--no-show",
                                     "--scheduler-file", str(self.file))
        end = time.monotonic() + 30.0
        while not self.file.exists() and time.monotonic() < end:
            time.sleep(0.05)
        self.address = json.loads(self.file.read_text())["address"]

    def add_worker(self):
        self.workers.append(self._start("dask_worker", "--scheduler-file", str(self.file), "--nthreads", "1",
                                        "--no-nanny", "--local-directory", str(self.folder)))
        return self.workers[-1]

    def _start(self, program, *options):
        return subprocess.Popen([sys.executable, "-m", f"distributed.cli.{program}", "--no-dashboard", *options],
                                env=ENVIRONMENT, cwd=self.folder, stdout=subprocess.DEVNULL,
                                stderr=(self.folder / f"{program}.log").open("ab"))

    def executing(self):
        """Keys of the tasks that the workers compute now."""
        from distributed import Client

        with Client(self.address, timeout=10, set_as_default=False) as client:
            return [key for keys in client.run(lambda dask_worker: [
                str(task.key) for task in dask_worker.state.executing]).values() for key in keys]

    def stop(self):
        for process in [*self.workers, self.scheduler]:
            process.kill()
            process.wait()


@pytest.fixture(scope="module")
def running(tmp_path_factory):
    found = Cluster(tmp_path_factory.mktemp("dask"))
    for _ in range(2):
        found.add_worker()
    yield found
    found.stop()


@pytest.fixture
def address(running, monkeypatch):
    """The address of the cluster, in the environment as QGIS sets it."""
    monkeypatch.setenv("LODESCOPE_DASK", running.address)
    yield running.address
    cluster.disconnect(running.address)


@pytest.fixture(scope="module")
def scene():
    """Twenty holes of eight samples."""
    rng = np.random.default_rng(3)
    groups = np.repeat(np.arange(20), 8)
    places = np.column_stack([rng.uniform(0.0, 400.0, (20, 2))[groups] + [500_000.0, 7_000_000.0],
                              150.0 - np.tile(np.arange(8) * 10.0, 20)])
    features = rng.normal(size=(160, 3))
    return {"coordinates": places, "groups": groups, "features": features,
            "targets": np.exp(features[:, :1] + 0.3 * rng.normal(size=(160, 1)))}


@pytest.fixture(scope="module")
def make(tmp_path_factory):
    """Make a job folder: ``make(name, settings, arrays)``."""

    def folder(name, settings, arrays):
        path = tmp_path_factory.mktemp(name)
        (path / "inputs").mkdir()
        files = {key: f"inputs/{key}.npy" for key in arrays}
        for key, array in arrays.items():
            np.save(path / files[key], array)
        (path / "job.json").write_text(json.dumps(
            {"protocol": 1, "job": name, "needs": "base", "settings": settings, "arrays": files}))
        return JobFolder(path)

    return folder


def run(job, emit=None):
    return job_function(job.name)(job, Progress(emit))


@pytest.fixture(scope="module")
def alone(make, scene):
    """A training on this machine."""
    job, events = make("trainbnn", TRAINING, scene), []
    return job, run(job, lambda event, **fields: events.append((event, fields))), events


def metrics(events):
    return sorted((fields["name"], fields["step"], fields["value"]) for event, fields in events if event == "metric")


def same_training(job, alone):
    """Whether a training gave the same bits as the one on this machine."""
    tensors, card = load_model(job.path("model.safetensors"), "bnn")
    truth, written = load_model(alone[0].path("model.safetensors"), "bnn")
    assert job.load("held_out").tobytes() == alone[0].load("held_out").tobytes()
    assert set(tensors) == set(truth)
    assert all(tensors[name].tobytes() == truth[name].tobytes() for name in truth)
    assert card["scores"] == written["scores"]


def test_folds_and_members_give_the_same_bits(address, make, scene, alone):
    job, events = make("trainbnn", TRAINING, scene), []
    assert run(job, lambda event, **fields: events.append((event, fields))) == alone[1]
    same_training(job, alone)
    assert metrics(events) == metrics(alone[2])
    bar = [fields["value"] for event, fields in events if event == "progress"]
    assert len({round(value) for value in bar if 5.0 < value < 75.0}) > 10


def test_tiles_give_the_same_bits(address, make, scene, alone, monkeypatch):
    arrays = {"coordinates": scene["coordinates"], "values": np.log(scene["targets"]), "groups": scene["groups"]}
    settings = {"fields": ["g"], "grid": GRID, "variogram": VARIOGRAM, "seed": 1, "threads": 2, "transform": "none"}
    model = {"model_file": str(alone[0].path("model.safetensors"))}
    jobs = [("kriging", settings, arrays, "grid"), ("kriging", {**settings, "engine": "multilevel"}, arrays, "grid"),
            ("predictbnn", model, {"features": np.tile(scene["features"], (30, 1))}, "predictions")]
    for name, given, inputs, result in jobs:
        there = make(name, given, inputs)
        run(there)
        with monkeypatch.context() as patch:
            patch.delenv("LODESCOPE_DASK")
            here = make(name, given, inputs)
            run(here)
        assert np.isfinite(here.load(result)).any()
        assert there.load(result).tobytes() == here.load(result).tobytes()


def test_work_is_done_by_the_workers(address):
    with executor(1) as pool:
        assert at_once(pool) == 2
        found = set(pool.map(lambda seconds: (time.sleep(seconds), os.getpid())[1], [0.2] * 4))
    assert len(found) == 2
    assert os.getpid() not in found
    kept = {}
    run_blocks(range(5), lambda number: (number, os.getpid()), Progress(), 1, keep=kept.__setitem__)
    assert [kept[number][0] for number in range(5)] == list(range(5))
    assert os.getpid() not in {process for _, process in kept.values()}


def test_warnings_and_faults_come_back(address):
    def work(progress):
        progress.warn("mind this")
        return 1

    def faulty(progress):
        raise InputError("this is wrong")

    told = Progress()
    assert run_together([work, work], told) == [1, 1]
    assert told.warnings == ["mind this"] * 2
    with pytest.raises(InputError, match="this is wrong"):
        run_together([work, faulty], told)


def test_killed_worker_loses_nothing(running, address, make, scene, alone):
    """A worker is killed in the middle of the folds; the others do what it had, with the same bits."""
    victim = running.add_worker()
    time.sleep(2.5)
    job, killed = make("trainbnn", TRAINING, scene), threading.Event()

    def watch(event, **fields):
        if event == "metric" and fields["step"] >= 2 and not killed.is_set():
            killed.set()
            os.kill(victim.pid, signal.SIGKILL)

    with executor() as pool:
        assert at_once(pool) == 3
    assert run(job, watch) == alone[1]
    assert killed.is_set()
    assert victim.wait(5) == -signal.SIGKILL
    same_training(job, alone)


def test_trainings_end_early_on_the_cluster(address):
    """What the user asks while they run reaches the workers."""
    stop = threading.Event()

    def work(progress):
        for epoch in range(1, 200):
            time.sleep(0.05)
            progress.metric("loss", 1.0, epoch)
            if progress.is_last(epoch):
                return epoch
        return None

    def emit(event, **fields):
        if event == "metric" and fields["step"] == 4:
            stop.last_epoch = 5

    assert all(5 <= epoch < 100 for epoch in run_together([work, work], Progress(emit, stop)))


def start_worker(job, address):
    return subprocess.Popen([sys.executable, "-I", "-u", str(WORKER), str(job.root)], stdin=subprocess.PIPE,
                            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
                            env={**ENVIRONMENT, "LODESCOPE_DASK": address})


@pytest.mark.parametrize("end", ["cancel", "kill"])
def test_stopped_job_leaves_no_work_behind(running, make, scene, end):
    job = make("trainbnn", {**TRAINING, "epochs": 5000, "kriging": False}, scene)
    process = start_worker(job, running.address)
    assert any('"metric"' in line for line in process.stdout)
    asked = time.monotonic()
    if end == "cancel":
        process.stdin.write('{"command": "cancel"}\n')
        process.stdin.flush()
    else:
        process.kill()
    process.communicate(timeout=10)
    assert time.monotonic() - asked < 2.0
    assert process.returncode == (3 if end == "cancel" else -signal.SIGKILL)
    end = time.monotonic() + 10.0
    while running.executing() and time.monotonic() < end:
        time.sleep(0.2)
    assert running.executing() == []


def silent():
    """A server that never says a word."""
    server = socket.create_server(("127.0.0.1", 0))
    return server, f"tcp://127.0.0.1:{server.getsockname()[1]}"


@pytest.mark.parametrize("kind", ["silent", "closed", "nonsense"])
def test_address_without_a_scheduler_is_one_sentence(kind, make, scene):
    server, given = silent()
    if kind != "silent":
        server.close()
    given = "no address at all" if kind == "nonsense" else given
    started = time.monotonic()
    process = start_worker(make("trainbnn", TRAINING, scene), given)
    events = [json.loads(line) for line in process.stdout]
    process.communicate(timeout=10)
    server.close()
    assert process.returncode == 1
    assert time.monotonic() - started < 10.0
    assert events[-1]["message"] == (
        f"The Dask scheduler at {given} does not answer: start it, or clear the address.")


def test_scheduler_without_workers_and_foreign_folders_are_told(tmp_path, running, monkeypatch):
    empty = Cluster(tmp_path)
    try:
        with pytest.raises(InputError, match="has no workers"), executor(1, empty.address):
            pass
    finally:
        empty.stop()
    monkeypatch.setenv("LODESCOPE_JOB", str(tmp_path / "nowhere"))
    with pytest.raises(InputError, match="does not see the folder"), executor(1, running.address):
        pass
