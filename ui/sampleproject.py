"""The sample project: a copy of the sample deposit and its results in a folder of the user."""
import shutil
from pathlib import Path

from qgis.core import Qgis, QgsProject
from qgis.PyQt.QtCore import QStandardPaths
from qgis.PyQt.QtWidgets import QFileDialog

from ..processing_provider.base import RESOURCES
from ..processing_provider.translation import tr

SAMPLE, PROJECT, NAME = RESOURCES / "sample", "sample.qgz", "Lodescope sample"
LEFT_OUT = ("*.py", "__pycache__", "*.aux.xml")
MESSAGE_SECONDS = 10


def place_sample(folder):
    """Copy the sample into its own folder below another one; one that is there already stays as it is.

    Returns
    -------
    pathlib.Path
        The project.

    Raises
    ------
    OSError
        The folder cannot be written.
    """
    target = Path(folder) / NAME
    if not (target / PROJECT).exists():
        partial = target.with_name(f"{NAME}.partial")
        shutil.rmtree(partial, ignore_errors=True)
        shutil.copytree(SAMPLE, partial, ignore=shutil.ignore_patterns(*LEFT_OUT))
        partial.rename(target)
    return target / PROJECT


def open_sample(iface, folder=""):
    """Ask for a folder unless one is given, put the sample there, and open it."""
    home = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
    folder = folder or QFileDialog.getExistingDirectory(
        iface.mainWindow(), tr("Folder for the sample project"), QgsProject.instance().homePath() or home)
    if not folder:
        return
    try:
        path = place_sample(folder)
    except OSError as error:
        text = tr("The sample project cannot be written into {} ({}): choose another folder.")
        iface.messageBar().pushMessage(
            "Lodescope", text.format(folder, error.strerror or error), Qgis.MessageLevel.Warning, MESSAGE_SECONDS)
        return
    iface.addProject(str(path))
