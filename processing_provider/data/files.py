"""Result files that a job made, put where the user wants them."""
import os
import shutil
import uuid
from pathlib import Path

from qgis.core import QgsProcessingException

from ..translation import tr


def publish(made, destination):
    """Copy a finished file to its destination, whole or not at all.

    Parameters
    ----------
    made : path-like
    destination : path-like
        A file of that name is replaced only once the copy is complete.

    Raises
    ------
    QgsProcessingException
        The destination cannot be written.
    """
    destination = Path(destination)
    partial = destination.with_name(f".{destination.name}-{uuid.uuid4().hex[:8]}.partial")
    try:
        shutil.copyfile(made, partial)
        os.replace(partial, destination)
    except OSError as error:
        raise QgsProcessingException(
            tr("The file {} cannot be written ({}): choose another place for it.").format(destination, error.strerror)
        ) from error
    finally:
        if partial.exists():
            partial.unlink()
