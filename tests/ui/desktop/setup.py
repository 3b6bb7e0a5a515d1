"""What somebody does whose QGIS has a Python with nothing but numpy: the dialog makes an environment, and it works."""
import os
import time
from pathlib import Path

import processing
from desktop import dialogs
from desktop.docks import copied, desktop, set_the_scene, told
from desktop.stage import pause, soon, until
from qgis.core import QgsApplication
from qgis.PyQt.QtCore import QUrl
from qgis.PyQt.QtWidgets import QTextBrowser
from qgis.utils import iface

NEEDS = os.environ.get("LODESCOPE_SETUP_NEEDS", "base")


def story(stage):
    """Everything, in order."""
    yield from told(stage, set_the_scene, missing, failing, cancelled, made, used)


def missing(stage):
    """The Toolbox says what is missing, with a link to the dialog."""
    dialogs.toolbox().show()
    yield pause(0.5)
    stage.found["own"] = resolver().own_python()
    algorithm = QgsApplication.processingRegistry().createAlgorithmById("lodescope:kriging")
    stage.found["message"] = algorithm.canExecute()[1]
    index = dialogs.algorithm_index("Lodescope", "Geostatistics", algorithm.displayName())
    dialogs.toolbox().algorithmTree.setCurrentIndex(index)
    soon(dialogs.toolbox().executeAlgorithm)
    yield until(lambda: dialogs.dialog_of("MessageDialog"), "the message about what is missing")
    box = dialogs.dialog_of("MessageDialog")
    yield pause(0.5)
    stage.shot("01_missing")
    box.findChild(QTextBrowser).anchorClicked.emit(QUrl("lodescope:environment"))
    yield until(lambda: desktop().dialog is not None and desktop().dialog.isVisible(), "the dialog behind the link")
    box.reject()
    dialogs.toolbox().hide()
    dialog = desktop().dialog
    yield until(lambda: dialog.answers and dialog.task is None, "what the Pythons say")
    stage.found["states"] = [dialog.table.item(row, 1).text() for row in range(dialog.table.rowCount())]
    yield pause(0.4)
    stage.shot("02_nothing_there")


def resolver():
    """The part of the plugin that looks for Pythons."""
    from lodescope.processing_provider.engine import resolver as found

    return found


def left():
    """What is in the folder of the environments."""
    folder = Path(os.environ["XDG_DATA_HOME"]) / "lodescope"
    return sorted(path.name for path in folder.glob("env-*") if path.suffix != ".lock")


def begin(stage):
    """Click on the button that makes the environment."""
    dialog = desktop().dialog
    dialog.needs.setCurrentIndex(dialog.needs.findData(NEEDS))
    stage.click(dialog.create)
    yield until(dialog.running, "the begin of the installation")


def failing(stage):
    """A folder of wheels that lacks most of them ends in a sentence, and nothing is kept."""
    dialog, wheels = desktop().dialog, stage.folder / "wheels"
    wheels.mkdir()
    dialog.wheels.setFilePath(str(wheels))
    stage.click(dialog.create)
    yield pause(0.4)
    stage.found["empty_folder"] = dialog.doing.text()
    (wheels / "none-1.0-py3-none-any.whl").write_bytes(b"")
    yield from begin(stage)
    yield until(lambda: not dialog.running(), "the end of an installation that cannot be", 120.0)
    yield until(lambda: dialog.task is None, "what the Pythons say")
    stage.found["failed"] = {"said": dialog.doing.text(), "button": dialog.create.text(), "left": left(),
                             "log": dialog.log.toPlainText()[-400:]}
    yield pause(0.4)
    stage.shot("03_failed")
    dialog.wheels.setFilePath("")


def cancelled(stage):
    """Cancel in the middle: nothing is kept."""
    dialog = desktop().dialog
    yield from begin(stage)
    yield until(lambda: dialog.installer is not None and dialog.installer.number == 1 and dialog.bar.value() > 6,
                "the installation of packages", 120.0)
    stage.found["partial"] = left()
    yield pause(0.5)
    stage.shot("04_installing")
    pressed = time.monotonic()
    stage.click(dialog.stop)
    yield until(lambda: not dialog.running(), "the end of a cancelled installation")
    stage.found["cancel"] = {"seconds": time.monotonic() - pressed, "left": left(), "said": dialog.doing.text()}
    yield until(lambda: dialog.task is None, "what the Pythons say")


def made(stage):
    """Try again: the environment is made, and it is the one in use."""
    dialog, started = desktop().dialog, time.monotonic()
    yield from begin(stage)
    yield until(lambda: not dialog.running(), "the end of the installation", 560.0)
    stage.found["seconds_to_make"] = round(time.monotonic() - started, 1)
    stage.found["said"], stage.found["made"] = dialog.doing.text(), left()
    stage.found["log"] = dialog.log.toPlainText()[-1500:]
    yield until(lambda: dialog.task is None, "what the Pythons say")
    yield pause(0.5)
    stage.shot("05_made")
    stage.found["states_after"] = [[dialog.table.item(row, column).text() for column in range(3)]
                                   for row in range(dialog.table.rowCount())]
    folder = Path(os.environ["XDG_DATA_HOME"]) / "lodescope"
    stage.found["megabytes"] = sum(path.lstat().st_size for path in folder.rglob("*") if not path.is_dir()) / 1e6
    dialog.close()


def used(stage):
    """Algorithms run in it."""
    layer = f"{copied(stage)}|layername=soil"
    results = processing.run("lodescope:kriging", {
        "INPUT": layer, "FIELDS": ["La_ppm"], "CELL_SIZE": 40.0, "OUTPUT": str(stage.folder / "kriged.tif")})
    stage.found["kriged"] = Path(results["OUTPUT"]).exists()
    if NEEDS == "deep":
        started = time.monotonic()
        results = processing.run("lodescope:trainbnn", {
            "SAMPLES": layer, "FEATURES": ["Fe_pct", "Al_pct"], "TARGETS": ["La_ppm"], "FOLDS": 2, "COMPARE": False,
            "MEMBERS": 2, "EPOCHS": 3, "LAMBDA": 0.25, "VALIDATION": "block",
            "MODEL": str(stage.folder / "bnn.safetensors")})
        stage.found["trained"] = [Path(results["MODEL"]).exists(), time.monotonic() - started]
    iface.messageBar().clearWidgets()
    yield pause(0.2)
