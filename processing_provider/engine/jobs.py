"""Job folders on the QGIS side: made from arrays and settings, run, read and removed.

A folder is named after its content, so a run that was cancelled or killed is
found again by the next run with the same inputs and goes on from its
checkpoint.
"""
import errno
import hashlib
import json
import os
import shutil
import time
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from qgis.core import QgsProcessingException
from qgis.PyQt.QtCore import QLockFile, QStandardPaths

from ...algorithms.failures import disk_is_full
from ...algorithms.jobs import PROTOCOL
from ..translation import tr
from . import settings as preferences
from .client import run_worker
from .errors import JobFailed, raise_if_cancelled
from .resolver import find_python

KEEP_DAYS = 7
MOST_AT_ONCE = 64


class Job:
    """One prepared job folder; get it from `prepare_job`.

    Attributes
    ----------
    name, needs : str
        The job and the set of packages it needs.
    folder : pathlib.Path
    """

    def __init__(self, name, needs, folder):
        self.name, self.needs, self.folder = name, needs, folder

    def run(self, feedback):
        """Run the job in the worker and return its outputs (a dict).

        Raises
        ------
        JobCancelled
            The user cancelled.
        QgsProcessingException
            No Python has the packages, the job reported an error, or the
            worker was stopped.
        """
        raise_if_cancelled(feedback)
        return run_worker(find_python(self.needs), self.folder, feedback)

    def array(self, name):
        """A result array, memory-mapped and read-only."""
        return np.load(self.path(f"{name}.npy"), mmap_mode="r", allow_pickle=False)

    def text(self, name):
        """A result text file, by its name with the ending."""
        return self.path(name).read_text(encoding="utf-8")

    def path(self, name):
        """Where the result file ``name`` is."""
        return self.folder / name


@contextmanager
def prepare_job(name, settings, arrays=None, needs="base", feedback=None):
    """Make the folder of a job, or find the one an earlier, stopped run left.

    The folder is removed at the end of the ``with`` block, except when the run
    was cancelled or stopped, or its results could not be used: then the next
    run with the same inputs goes on from there.

    Parameters
    ----------
    name : str
        Of the job.
    settings : dict
        JSON values (numpy numbers and arrays are turned into them).
    arrays : dict
        Names to numpy arrays, or to paths of ``.npy`` files, which are linked
        or copied.
    needs : str
        ``"base"`` or ``"deep"``.
    feedback : QgsProcessingFeedback, optional

    Yields
    ------
    Job

    Raises
    ------
    QgsProcessingException
        The folder cannot be written or the disk is full.
    """
    raise_if_cancelled(feedback)
    arrays, root = arrays or {}, jobs_folder()
    if "threads" in settings and not settings["threads"]:
        settings = {**settings, "threads": preferences.threads() or None}
    content = {"protocol": PROTOCOL, "job": name, "needs": needs, "settings": settings}
    digest = _digest(content, arrays, feedback)
    with _explained(root):
        root.mkdir(parents=True, exist_ok=True)
        _prune(root)
        folder, lock = _claim(root, f"{name}-{digest}")
    remove = True
    try:
        with _explained(root):
            _fill(folder, content, arrays, feedback)
        remove = False
        yield Job(name, needs, folder)
        remove = True
    except JobFailed:
        remove = True
        raise
    finally:
        _release(folder, lock, remove)


def jobs_folder():
    """Where job folders are kept: ``LODESCOPE_JOBS``, or the user's cache folder."""
    chosen = os.environ.get("LODESCOPE_JOBS")
    if chosen:
        return Path(chosen).absolute()
    cache = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.GenericCacheLocation)
    return Path(cache) / "lodescope" / "jobs"


def _digest(content, arrays, feedback=None):
    """A name for this content: the same inputs, and nothing else, give the same."""
    total = hashlib.sha256(_to_json(content).encode("utf-8"))
    for name in sorted(arrays):
        raise_if_cancelled(feedback)
        total.update(name.encode("utf-8"))
        _hash_array(total, arrays[name])
    return total.hexdigest()[:32]


def _hash_array(total, array):
    """Add one array, or the ``.npy`` file at a path, to a hash."""
    if not isinstance(array, np.ndarray):
        array = np.load(array, mmap_mode="r", allow_pickle=False)
    total.update(f"{array.dtype.str}{array.shape}".encode())
    flat = np.ascontiguousarray(array).reshape(-1)
    for start in range(0, flat.size, 1 << 20):
        total.update(flat[start:start + (1 << 20)].tobytes())


def _to_json(content):
    """JSON text with sorted keys, numpy values included."""
    return json.dumps(content, sort_keys=True, default=lambda value: value.tolist())


def _claim(root, name):
    """A folder of this name, or of the name with a number, that no other run holds; and its lock."""
    for number in range(1, MOST_AT_ONCE + 1):
        folder = root / (name if number == 1 else f"{name}-{number}")
        lock = _lock(folder)
        if lock.tryLock(0):
            return folder, lock
        if lock.error() != QLockFile.LockError.LockFailedError:
            raise OSError(errno.EACCES, os.strerror(errno.EACCES), str(root))
    raise OSError(errno.EBUSY, os.strerror(errno.EBUSY), str(root))


def _lock(folder):
    """The lock of a job folder; one that a dead process left does not count."""
    lock = QLockFile(f"{folder}.lock")
    lock.setStaleLockTime(0)
    return lock


def _fill(folder, content, arrays, feedback):
    """Write inputs and, last of all, ``job.json``; a folder that has it is complete."""
    job_file = folder / "job.json"
    if job_file.exists():
        os.utime(folder)
        return
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "inputs").mkdir(parents=True, exist_ok=True)
    files = {}
    for name, array in arrays.items():
        raise_if_cancelled(feedback)
        files[name] = f"inputs/{name}.npy"
        _store(folder / files[name], array)
    partial = folder / "job.json.partial"
    partial.write_text(_to_json({**content, "arrays": files}), encoding="utf-8")
    partial.replace(job_file)


def _store(target, array):
    """Put one input array, or the ``.npy`` file at a path, into the folder."""
    if isinstance(array, np.ndarray):
        np.save(target, np.ascontiguousarray(array), allow_pickle=False)
        return
    try:
        os.link(array, target)
    except OSError:  # on another disk, or a file system without links
        shutil.copyfile(array, target)


def _release(folder, lock, remove):
    """Let go of a job folder, and remove it when it is of no more use."""
    if remove:
        shutil.rmtree(folder, ignore_errors=True)
    lock.unlock()


def _prune(root):
    """Remove folders that no run has used for some days."""
    oldest = time.time() - KEEP_DAYS * 86400
    for folder in [path for path in root.iterdir() if path.is_dir()]:
        lock = _lock(folder)
        if _last_used(folder) < oldest and lock.tryLock(0):
            _release(folder, lock, remove=True)


def _last_used(folder):
    """When a job folder was used last; now, when another run is just removing it."""
    try:
        return folder.stat().st_mtime
    except FileNotFoundError:
        return time.time()


@contextmanager
def _explained(root):
    """Turn an error of the file system into one sentence."""
    try:
        yield
    except OSError as error:
        raise QgsProcessingException(_folder_problem(root, error)) from error


def _folder_problem(root, error):
    """One sentence on why a job folder cannot be used."""
    if disk_is_full(error):
        text = tr("The disk that holds the working folder {} is full: free some space, "
                  "or name a folder on another disk in the environment variable LODESCOPE_JOBS.")
    else:
        text = tr("The working folder {} cannot be written ({}): mend its permissions, "
                  "or name another folder in the environment variable LODESCOPE_JOBS.")
    return text.format(root, error.strerror or error)
