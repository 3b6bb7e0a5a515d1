"""The user's settings of Lodescope: one typed reader and writer for each key below ``lodescope/``."""
from qgis.core import QgsSettings

PYTHON, THREADS, DEVICE = "lodescope/python", "lodescope/threads", "lodescope/device"
DASK, SEED, MODEL_FOLDERS = "lodescope/dask", "lodescope/seed", "lodescope/modelFolders"
DEVICES = ("auto", "cpu")
FIRST_SEED = 1


def python():
    """The worker's Python that the user chose; empty for none."""
    return QgsSettings().value(PYTHON, "", type=str).strip()


def threads():
    """Processor cores that a computation may use; 0 for all."""
    return max(_whole(THREADS, 0), 0)


def device():
    """``"auto"``, a GPU where a computation can use one, or ``"cpu"``."""
    found = QgsSettings().value(DEVICE, "auto", type=str)
    return found if found in DEVICES else "auto"


def dask():
    """Address of a Dask scheduler; empty for none."""
    return QgsSettings().value(DASK, "", type=str).strip()


def seed():
    """The random seed that forms start with."""
    return max(_whole(SEED, FIRST_SEED), 0)


def model_folders():
    """Folders with models, each once."""
    found = QgsSettings().value(MODEL_FOLDERS, [])
    found = [found] if isinstance(found, str) else found or []
    return list(dict.fromkeys(folder for folder in found if folder))


def store(key, value):
    """Keep a value; one that is empty is taken away."""
    if value in ("", None) or value == []:
        QgsSettings().remove(key)
    else:
        QgsSettings().setValue(key, value)


def _whole(key, default):
    """A whole number, or the default where the settings file holds something else."""
    try:
        return int(QgsSettings().value(key, default))
    except (TypeError, ValueError):
        return default
