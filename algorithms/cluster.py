"""Work on a Dask cluster: the code travels along, progress comes back, and a stop is obeyed.

A worker that joins or comes back later gets the code too, and what a lost
worker had not finished is done by the others.
"""
import io
import itertools
import os
import platform
import threading
import uuid
import zipfile
from concurrent.futures import CancelledError, Executor, Future
from concurrent.futures import TimeoutError as Unanswered  # the built-in one only from Python 3.11 on
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from .errors import Cancelled, InputError
from .progress import Progress
from .versions import ROOT, package_version

VARIABLE, JOB_VARIABLE = "LODESCOPE_DASK", "LODESCOPE_JOB"
ANSWER_SECONDS, START_SECONDS = 5, 2
PACKAGES = ("numpy", "scipy", "torch")
CODE = ("__init__.py", "metadata.txt", "requirements/*.txt", "algorithms/**/*.py", "resources/*/*.json",
        "resources/*/*.csv")
POLL_SECONDS = 0.25
TOPIC = f"lodescope-{uuid.uuid4().hex}"

_travelling, _numbers, _last_epochs = {}, itertools.count(), {}


@contextmanager
def cluster_executor(address):
    """A `ClusterExecutor` for the Dask scheduler at an address, for ``with``.

    Parameters
    ----------
    address : str
        Such as ``tcp://host:8786``.

    Yields
    ------
    ClusterExecutor

    Raises
    ------
    InputError
        Dask is not installed, the scheduler does not answer, or its workers
        cannot do the work; the message says why.
    """
    client, slots = connect(address)
    try:
        with ClusterExecutor(client, slots) as pool:
            yield pool
    except CancelledError as error:
        raise InputError(f"The Dask scheduler at {address} was lost: start it again, or clear the address; the same "
                         "run goes on from its checkpoints.") from error
    except Exception as error:
        if type(error).__name__ == "KilledWorker":
            raise InputError("One part of the work ended several Dask workers, often for lack of memory: give them "
                             "more memory, or clear the address of the scheduler.") from error
        raise


@cache
def connect(address):
    """The client of a scheduler whose workers have the code, and the number of parts done at a time.

    Both are kept until the process ends; see `cluster_executor` for what is raised.
    """
    client = _client(address)
    try:
        return client, _prepare(client, address)
    except BaseException:
        client.close(timeout=2)
        raise


def disconnect(address):
    """Let go of a scheduler, which otherwise happens when this process ends."""
    if connect.cache_info().currsize:
        connect(address)[0].close(timeout=2)
    connect.cache_clear()


class ClusterExecutor(Executor):
    """A `concurrent.futures.Executor` over a Dask client.

    Parameters
    ----------
    client : distributed.Client
    slots : int
        Parts of the work that are done at the same time.
    """

    def __init__(self, client, slots):
        self.client, self.slots = client, slots
        self._pool = client.get_executor(pure=False)
        self._held, self._closed = {}, threading.Event()
        self._unpack, self._apply = _carriers()
        client.subscribe_topic(TOPIC, _hear)
        threading.Thread(target=self._watch, daemon=True).start()

    def submit(self, function, *arguments):
        """The future of ``function(*arguments)``; a function that is given again is sent only once."""
        from distributed.protocol.pickle import dumps

        if id(function) not in self._held:
            self._held[id(function)] = [function, self.client.submit(self._unpack, dumps(function), pure=False), 0]
        held = self._held[id(function)]
        held[2] += 1
        if held[2] == 2:  # work goes where its function is, so one with many parts has to be everywhere
            self.client.replicate(held[1])
        return self._pool.submit(self._apply, held[1], dumps(arguments))

    def __exit__(self, *error):
        self._closed.set()
        self._pool.shutdown(wait=error[0] is None)  # without waiting it drops what has not ended
        self._held.clear()
        _travelling.clear()
        self.client.unsubscribe_topic(TOPIC)

    def _watch(self):
        """Pass on, once, after which epoch trainings shall end."""
        while not self._closed.wait(POLL_SECONDS):
            asked = [one.last_epoch for one in list(_travelling.values()) if one.last_epoch is not None]
            if asked and TOPIC not in _last_epochs:
                _last_epochs[TOPIC] = asked[0]
                self.client.run(_end_early, TOPIC, asked[0])


def ticket(progress):
    """How a `Progress` travels: what it is told on the cluster, the one that stayed here passes on."""
    token = next(_numbers)
    _travelling[token] = progress
    return _arrive, (TOPIC, token)


# On the workers.


class _Stop:
    """The stop flag of a task: set when the client has dropped the task or is gone."""

    def __init__(self, topic):
        self.topic = topic

    def is_set(self):
        from distributed import get_worker

        worker = get_worker()
        task = worker.state.tasks.get(worker.get_current_task())
        return task is None or task.state == "cancelled"

    @property
    def last_epoch(self):
        """After how many epochs trainings have to end; None for their own number."""
        return _last_epochs.get(self.topic)


def _arrive(topic, token):
    """A `Progress` on a worker, for the one with this token at the client."""
    from distributed import get_worker

    def emit(event, **fields):
        get_worker().log_event(topic, {"token": token, "event": event, **fields})

    return Progress(emit, _Stop(topic))


def _carriers():
    """Functions that are sent by value: the scheduler reads what it passes on, and does not have this module."""
    def unpack(packed):
        from distributed.protocol.pickle import loads

        return loads(packed)

    def apply(function, packed):
        from importlib import import_module

        from distributed.protocol.pickle import loads

        return import_module("lodescope.algorithms.cluster").apply_alone(function, *loads(packed))

    return unpack, apply


def apply_alone(function, *arguments):
    """The value of a function, with one thread for linear algebra as in the worker of QGIS."""
    import sys

    from threadpoolctl import threadpool_limits

    if "torch" in sys.modules:
        sys.modules["torch"].set_num_threads(1)
    with threadpool_limits(limits=1):
        return function(*arguments)


def _end_early(topic, epoch):
    """Let the trainings of a client end after an epoch."""
    _last_epochs[topic] = epoch


def _about(job):
    """What a worker is, and whether it sees the folder of the job."""
    found = {name: package_version(name) for name in PACKAGES}
    return {"python": ".".join(platform.python_version_tuple()[:2]), **found, "job": not job or Path(job).is_dir()}


# At the client.


def _client(address):
    """A client of the Dask scheduler at ``address``."""
    try:
        from distributed import Client
    except ImportError as error:
        raise InputError("A Dask scheduler is set, but the worker's Python has no dask.distributed: make a new "
                         "environment in Plugins > Lodescope > Worker's Python while the address is set, or clear "
                         "the address.") from error
    found = Future()

    def ask():
        return Client(address, timeout=ANSWER_SECONDS, set_as_default=False)

    threading.Thread(target=_settle, args=(found, ask), daemon=True).start()
    try:
        return found.result(ANSWER_SECONDS + 0.5)  # a server of another kind can hold a client up for ever
    except (OSError, ValueError, TimeoutError, Unanswered) as error:
        raise InputError(f"The Dask scheduler at {address} does not answer: start it, or clear the address.") from error


def _settle(future, function):
    """Give a future the value of a function, or what it raises."""
    try:
        future.set_result(function())
    except Exception as error:
        future.set_exception(error)


def _prepare(client, address):
    """Bring the code to the workers and see that they can do the work; the number of parts done at a time."""
    try:
        client.wait_for_workers(1, timeout=START_SECONDS)
    except TimeoutError as error:
        raise InputError(
            f"The Dask scheduler at {address} has no workers: start some, or clear the address.") from error
    client.register_plugin(_code_plugin(_archive()), name="lodescope")
    here, job = _about(""), os.environ.get(JOB_VARIABLE, "")
    for worker, there in client.run(_about, job).items():
        other = [f"{name} {there[name]} instead of {version}" for name, version in here.items()
                 if there[name] != version and version and name != "job"]
        if other:
            raise InputError(f"The Dask worker at {worker} has {', '.join(other)}: give all machines the same "
                             "packages, or clear the address.")
        if not there["job"]:
            raise InputError(f"The Dask worker at {worker} does not see the folder {job}: let LODESCOPE_JOBS name a "
                             "folder that all machines share, or clear the address.")
    return sum(client.nthreads().values())


def _archive():
    """The code that computes, as the bytes of a zip."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted({path for pattern in CODE for path in ROOT.glob(pattern)}):
            archive.write(path, Path("lodescope") / path.relative_to(ROOT))
    return packed.getvalue()


def _code_plugin(code):
    """A plugin that lets every worker, also one that joins later, import this code as ``lodescope``."""
    from distributed import WorkerPlugin

    class Code(WorkerPlugin):
        """Sent by value, as the workers do not know this module yet."""

        def setup(self, worker):
            import hashlib
            import io
            import os
            import sys
            import zipfile
            from pathlib import Path

            os.environ.pop("LODESCOPE_DASK", None)  # a part of the work is not split again
            place = Path(worker.local_directory)
            folder = place / f"lodescope-{hashlib.sha256(code).hexdigest()[:12]}"
            if str(folder) in sys.path:
                return
            zipfile.ZipFile(io.BytesIO(code)).extractall(folder)
            for name in [name for name in sys.modules if name.split(".")[0] == "lodescope"]:
                del sys.modules[name]  # of another version
            sys.path[:] = [path for path in sys.path if Path(path).parent != place] + [str(folder)]

    return Code()


def _hear(event):
    """Pass on what a task said to the `Progress` that stayed here."""
    _, told = event
    progress = _travelling.get(told["token"])
    if progress is None:
        return
    try:
        _relay(progress, told)
    except Cancelled:
        _travelling.pop(told["token"], None)  # whoever waits for the task has noticed by itself


def _relay(progress, told):
    """One event of a task."""
    if told["event"] == "progress":
        progress(told["value"] / 100.0)
    elif told["event"] == "metric":
        progress.metric(told["name"], told["value"], told["step"])
    else:
        (progress.warn if told["level"] == "warning" else progress.log)(told["message"])
