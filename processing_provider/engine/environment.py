"""The environment variables of the worker: those of the user, without what QGIS needs for itself."""
import os
import sys
from pathlib import Path

from qgis.core import QgsApplication
from qgis.PyQt.QtCore import QProcessEnvironment

from . import settings

# Set by the launchers of QGIS; each one sends another Python to the wrong libraries.
DROPPED = ("PYTHON", "GDAL_", "PROJ_", "LD_", "DYLD_", "VIRTUAL_ENV", "CONDA_", "PIP_", "SSL_CERT", "QT_PLUGIN")
# Threads work on tiles of the grid; linear algebra that starts its own fights with them.
THREAD_LIMITS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS")


def clean_environment(own=False):
    """The environment to start a Python in.

    Parameters
    ----------
    own : bool
        The Python is QGIS's own, which finds its libraries through ``PATH``.

    Returns
    -------
    QProcessEnvironment
    """
    environment = QProcessEnvironment.systemEnvironment()
    for name in environment.keys():  # noqa: SIM118 - no dict
        if name.upper().startswith(DROPPED):
            environment.remove(name)
    if sys.platform == "win32" and not own:
        environment.insert("PATH", without_qgis(environment.value("PATH"), QgsApplication.prefixPath()))
    for name in THREAD_LIMITS:
        environment.insert(name, "1")
    if settings.dask():
        environment.insert("LODESCOPE_DASK", settings.dask())
    if settings.device() == "cpu":
        environment.insert("CUDA_VISIBLE_DEVICES", "-1")
    return environment


def without_qgis(path, prefix):
    """A ``PATH`` without the folders of the QGIS installation that ``prefix`` belongs to.

    ``prefix`` is ``<installation>/apps/qgis`` on Windows.
    """
    root = os.path.normcase(str(Path(prefix).parent.parent)) + os.sep
    kept = [folder for folder in path.split(os.pathsep)
            if not (os.path.normcase(os.path.normpath(folder)) + os.sep).startswith(root)]
    return os.pathsep.join(kept)
