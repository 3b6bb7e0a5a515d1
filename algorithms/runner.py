"""Runs the job of one folder and speaks JSON lines with QGIS.

Events on stdout: hello, progress, log, metric, then one of result, error and
cancelled. Commands on stdin: ``{"command": "finish", "epoch": 12}`` lets trainings end
after that epoch with the best they have, and ``{"command": "cancel"}`` stops
the job; the end of stdin means that QGIS is gone, and stops it as well.
"""
import faulthandler
import json
import os
import sys
import threading
import traceback
from pathlib import Path

from .cluster import JOB_VARIABLE, VARIABLE, connect
from .errors import Cancelled, InputError
from .failures import describe
from .jobs import JOBS, PROTOCOL, job_function
from .progress import Progress
from .requirements import read_requirements
from .usage import device_name, memory_bytes
from .versions import code_stamp, versions

RESULT, ERROR, CANCELLED = 0, 1, 3
SMALLEST_STEP = 0.1  # per cent of the progress bar
GRACE = 1.0  # seconds that a job has to obey a cancel
STATE_FILE, RESULT_FILE = "state.json", "result.json"


class Channel:
    """The way events leave the worker; threads may share it.

    Parameters
    ----------
    file : binary file
        Where the JSON lines go.
    stop : threading.Event
        Set when nobody reads any more.
    """

    def __init__(self, file, stop):
        self._file, self._stop, self._lock = file, stop, threading.Lock()
        self._bar = None

    def emit(self, event, **fields):
        """Send one event as one line; a progress that moves the bar by less than 0.1 per cent is left out."""
        if event == "progress" and not self._moves(fields["value"]):
            return
        if event == "metric":
            fields.update(memory=memory_bytes(), device=device_name())
        line = json.dumps({"event": event, **fields}, default=_plain).encode("ascii") + b"\n"
        # Only a reader that is gone can hold the lock for long.
        if self._lock.acquire(timeout=GRACE):
            try:
                self._file.write(line)
                self._file.flush()
            except OSError:
                self._stop.set()
            finally:
                self._lock.release()


    def _moves(self, value):
        """Whether a progress can be seen on the bar."""
        if self._bar is not None and abs(value - self._bar) < SMALLEST_STEP and value not in (0.0, 100.0):
            return False
        self._bar = value
        return True


def main(path, alone=False):
    """Run the job folder ``path`` with the protocol on stdin and stdout; return the exit code.

    ``alone`` leaves stdin unread, so that its end does not stop the job.
    """
    stop, finished = threading.Event(), threading.Event()
    channel = Channel(_take_stdout(), stop)
    faulthandler.enable()  # a crash in a library leaves its place in the log
    if not alone:
        threading.Thread(target=listen, args=(channel, stop, finished), daemon=True).start()
    try:
        return run_folder(path, channel.emit, stop)
    finally:
        finished.set()


def run_folder(path, emit, stop):
    """Run a job and report how it ends.

    Parameters
    ----------
    path : path-like
        The job folder.
    emit : callable
        ``emit(event, **fields)``.
    stop : threading.Event
        Set when the job has to end.

    Returns
    -------
    int
        0 result, 1 error, 3 cancelled.
    """
    try:
        outputs = _outputs(path, emit, stop)
    except (Cancelled, KeyboardInterrupt):
        emit("cancelled")
        return CANCELLED
    except InputError as error:
        emit("error", message=str(error), kind="InputError")
        return ERROR
    except Exception as error:
        if stop.is_set():  # what a job stumbles over while it is being stopped is no news
            emit("cancelled")
            return CANCELLED
        traceback.print_exc()
        emit("error", message=describe(error), kind=type(error).__name__)
        return ERROR
    emit("result", outputs=outputs)
    return RESULT


def listen(channel, stop, finished):
    """Wait for a cancel or the end of stdin, and end the process when the job does not obey in time."""
    for command in _commands():
        if command.get("command") == "cancel":
            break
        if command.get("command") == "finish":
            stop.last_epoch = int(command["epoch"])
    stop.set()
    if not finished.wait(GRACE):
        channel.emit("cancelled")
        os._exit(CANCELLED)


def _outputs(path, emit, stop):
    """The outputs of a job: computed, or those that an earlier run left."""
    from .folder import JobFolder  # needs numpy, whose absence has to end in a sentence

    _choose_numba_cache(Path(path))
    job = JobFolder(path)
    emit("hello", protocol=PROTOCOL, versions=versions(_packages(job.needs)))
    if job.protocol != PROTOCOL:
        raise InputError(f"The job speaks protocol {job.protocol} and the worker {PROTOCOL}: "
                         "install Lodescope again and restart QGIS.")
    if job.name not in JOBS:
        raise InputError(f"The worker does not know the job '{job.name}': install Lodescope again and restart QGIS.")
    os.environ[JOB_VARIABLE] = str(Path(path).absolute())
    progress = Progress(emit, stop)
    _resume(job, progress)
    outputs = json.loads(job.read_text(RESULT_FILE) or "null")
    if outputs is None:
        progress(0.0)
        if os.environ.get(VARIABLE):
            connect(os.environ[VARIABLE])  # before anything that takes time: it may not answer
        outputs = job_function(job.name)(job, progress) or {}
        job.write_text(RESULT_FILE, json.dumps(outputs, default=_plain))
    progress(1.0)
    return outputs


def _resume(job, progress):
    """Keep what an earlier run of this job left, unless other code or packages made it."""
    state = json.dumps({"code": code_stamp(), "versions": versions(_packages(job.needs))}, sort_keys=True)
    if job.read_text(STATE_FILE) == state:
        progress.log("An earlier run of the same job was stopped; this run goes on from there.")
        return
    if job.clear():
        progress.log("An earlier run of the same job was stopped; other versions made it, so this run starts anew.")
    job.write_text(STATE_FILE, state)


def _packages(needs):
    """Names of the packages in a set."""
    return [requirement.name for requirement in read_requirements(needs)]


def _take_stdout():
    """The real stdout, for events only; whatever else is printed goes to stderr."""
    events = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    sys.stdout = sys.stderr
    return events


def _commands():
    """Commands from stdin as they come; ends with stdin."""
    pending = b""
    while True:
        received = os.read(0, 4096)  # a buffered reader would hold a lock when the process ends
        if not received:
            return
        *lines, pending = (pending + received).split(b"\n")
        yield from map(_command, lines)


def _command(line):
    """The command of one line as a dict; empty when it is none."""
    try:
        return dict(json.loads(line.decode("utf-8", "replace")))
    except (ValueError, TypeError):
        return {}


def _choose_numba_cache(folder):
    """Keep compiled kernels in the user's cache, or in the job folder where that cannot be written."""
    if "NUMBA_CACHE_DIR" in os.environ:
        return
    chosen = _cache_folder() / "lodescope" / "numba"
    try:
        chosen.mkdir(parents=True, exist_ok=True)
        writable = os.access(chosen, os.W_OK)
    except OSError:
        writable = False
    os.environ["NUMBA_CACHE_DIR"] = str(chosen if writable else folder / "numba")


def _cache_folder():
    """The user's cache folder of this system."""
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches"
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")


def _plain(value):
    """A numpy number or array, or a path, as JSON knows it."""
    return value.tolist() if hasattr(value, "tolist") else str(value)
