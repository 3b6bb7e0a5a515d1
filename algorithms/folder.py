"""The job folder: what a computation reads, keeps while it runs, and leaves.

Inputs stand in ``job.json`` and ``inputs/``. Everything else in the folder is
made by the job: checkpoints and results under plain names.
"""
import errno
import json
import os
import shutil
from pathlib import Path

import numpy as np

from .errors import InputError

JOB_FILE = "job.json"
INPUTS = "inputs"


class JobFolder:
    """Inputs, checkpoints and results of one job.

    A job that was stopped is started again on the same folder, so whatever it
    made earlier is still there: `create` hands a finished part back and `load`
    returns a checkpoint.

    Parameters
    ----------
    path : path-like
        The folder; it holds ``job.json``.

    Attributes
    ----------
    name : str
        Of the job, a key of `lodescope.algorithms.jobs.JOBS`.
    needs : str
        The set of packages the job needs, ``"base"`` or ``"deep"``.
    settings : dict
        What the user chose, as JSON.

    Raises
    ------
    InputError
        The folder has no readable ``job.json``.
    """

    def __init__(self, path):
        self.root = Path(path)
        content = _read_job(self.root / JOB_FILE)
        self.protocol = content.get("protocol")
        self.name = content["job"]
        self.needs = content.get("needs", "base")
        self.settings = content.get("settings", {})
        self._inputs = content.get("arrays", {})

    def array(self, name):
        """An input array, memory-mapped and read-only; None when the job has none of this name."""
        if name not in self._inputs:
            return None
        return np.load(self.root / self._inputs[name], mmap_mode="r", allow_pickle=False)

    def rng(self):
        """A random generator started from the setting ``seed`` (0 when there is none)."""
        return np.random.default_rng(int(self.settings.get("seed") or 0))

    def path(self, name):
        """Where the job keeps the file ``name``.

        Raises
        ------
        ValueError
            The name is no plain file name or belongs to the inputs.
        """
        if Path(name).name != name or name in (JOB_FILE, INPUTS, "..", ""):
            raise ValueError(f"'{name}' is no name for a file of a job")
        return self.root / name

    def create(self, name, shape, dtype=np.float32):
        """A writable memory-mapped array ``name.npy``, zero where nothing was written.

        An array of this shape and type that a stopped run left is opened again
        with its content, so a loop that keeps a flag per finished part goes on
        from there.

        Parameters
        ----------
        name : str
            Without the ending.
        shape : tuple of int
        dtype : numpy dtype

        Raises
        ------
        OSError
            The disk has no room for the whole array.
        """
        path, shape, dtype = self.path(f"{name}.npy"), _as_shape(shape), np.dtype(dtype)
        earlier = self._reopen(path, shape, dtype)
        if earlier is not None:
            return earlier
        _reserve(path, shape, dtype)
        return np.lib.format.open_memmap(path, mode="r+")

    def load(self, name):
        """The array ``name.npy`` that this job saved or created; None when it is not there."""
        path = self.path(f"{name}.npy")
        return np.load(path, allow_pickle=False) if path.exists() else None

    def save(self, name, array):
        """Write ``name.npy`` whole or not at all, and return its path."""
        return self._replace(f"{name}.npy", lambda file: np.save(file, np.asarray(array), allow_pickle=False))

    def write_text(self, name, text):
        """Write the text file ``name`` (with its ending) whole or not at all, and return its path."""
        return self._replace(name, lambda file: file.write(text.encode("utf-8")))

    def read_text(self, name):
        """The text file ``name`` that this job wrote; None when it is not there."""
        path = self.path(name)
        return path.read_text(encoding="utf-8") if path.exists() else None

    def clear(self):
        """Remove everything but the inputs; return whether there was anything."""
        made = [path for path in self.root.iterdir() if path.name not in (JOB_FILE, INPUTS)]
        for path in made:
            shutil.rmtree(path) if path.is_dir() else path.unlink()
        return bool(made)

    def _reopen(self, path, shape, dtype):
        """The memory-mapped array a stopped run left at ``path``, or None when it cannot be used."""
        if not path.exists():
            return None
        try:
            array = np.lib.format.open_memmap(path, mode="r")  # for writing, numpy would lengthen a short file
        except ValueError:  # cut short by the end of that run
            return None
        usable = array.shape == shape and array.dtype == dtype
        return np.lib.format.open_memmap(path, mode="r+") if usable else None

    def _replace(self, name, write):
        """Write a file beside its final name and move it there."""
        path = self.path(name)
        partial = path.with_name(path.name + ".partial")
        try:
            with partial.open("wb") as file:
                write(file)
            partial.replace(path)
        finally:
            partial.unlink(missing_ok=True)
        return path


def _read_job(path):
    """The content of ``job.json``."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError(f"The job folder {path.parent} cannot be read ({error.strerror}).") from error
    except ValueError as error:
        raise InputError(f"The file {path} is damaged: delete its folder and run again.") from error
    if not isinstance(content, dict) or "job" not in content:
        raise InputError(f"The file {path} does not say which job to run: delete its folder and run again.")
    return content


def _as_shape(shape):
    """A tuple of whole numbers."""
    return (int(shape),) if np.isscalar(shape) else tuple(int(length) for length in shape)


def _reserve(path, shape, dtype):
    """Write the header of an array and take the disk space of its content.

    A memory-mapped file whose disk fills up kills the process that writes to
    it; taking the space first turns that into an ordinary error.
    """
    size = int(np.prod(shape, dtype=object)) * dtype.itemsize
    if size > shutil.disk_usage(path.parent).free:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path))
    try:
        with path.open("wb") as file:
            header = {"descr": np.lib.format.dtype_to_descr(dtype), "fortran_order": False, "shape": shape}
            np.lib.format.write_array_header_2_0(file, header)
            start = file.tell()
            file.truncate(start + size)
            if size and hasattr(os, "posix_fallocate"):
                os.posix_fallocate(file.fileno(), start, size)
    except OSError:
        path.unlink(missing_ok=True)  # its length would pass for a reserved one
        raise
