"""Folders for large arrays on their way to a job."""
import errno
import os
import shutil
import tempfile
from contextlib import contextmanager
from pathlib import Path

from qgis.core import QgsProcessingException

from ..engine.jobs import jobs_folder
from ..translation import tr


@contextmanager
def scratch_folder(needed, fill):
    """A folder among the job folders, taken away at the end.

    Parameters
    ----------
    needed : int
        Bytes that the run takes there.
    fill : callable
        Gets the folder and writes into it.

    Yields
    ------
    object
        What ``fill`` gave.

    Raises
    ------
    QgsProcessingException
        The disk has no room.
    """
    root, folder = jobs_folder(), None
    try:
        with _explained(root, needed):
            root.mkdir(parents=True, exist_ok=True)
            if shutil.disk_usage(root).free < needed:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(root))
            folder = Path(tempfile.mkdtemp(prefix=".arrays-", dir=root))
            filled = fill(folder)
        yield filled
    finally:
        if folder is not None:
            shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _explained(root, needed):
    """Turn an error of the file system into one sentence."""
    try:
        yield
    except OSError as error:
        raise QgsProcessingException(tr(
            "The working folder {} cannot hold the {:.2f} GB of this run ({}): free some space, or name a folder on "
            "another disk in the environment variable LODESCOPE_JOBS.").format(
                root, needed / 1e9, error.strerror or error)) from error
