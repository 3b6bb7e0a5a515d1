"""What a geologist does with menu, options, dialog and training dock, on any screen and in any theme."""
import time

from desktop import dialogs
from desktop.stage import pause, soon, until
from desktop.story import SAMPLE, workers
from qgis import utils
from qgis.core import QgsApplication, QgsProject, QgsSettings
from qgis.gui import QgsOptionsPageWidget
from qgis.PyQt.QtWidgets import QAbstractButton, QDialogButtonBox, QDockWidget, QToolBar, QWidget
from qgis.utils import iface

PARAMETERS = {
    "FEATURES": ["Fe_pct", "Si_pct", "Al_pct", "Ti_pct"], "TARGETS": ["La_ppm"],
    "HOLE_ID": "hole_id", "FOLDS": 2, "COMPARE": False, "MEMBERS": 2, "LAMBDA": 0.25, "HIDDEN": "16, 16",
}


def story(stage):
    """Everything, in order."""
    yield from told(stage, set_the_scene, furniture, options, environment, form, running, pausing, queueing, library,
                    stopping, surviving, reloading)


def told(stage, *parts):
    """These parts, each with the time at which it ended."""
    for part in parts:
        yield from part(stage)
        stage.mark(part.__name__)


def desktop():
    """The desktop part of the plugin."""
    return utils.plugins["lodescope"].desktop


def set_the_scene(stage):
    """A main window of the size of the screen, with the samples."""
    yield until(lambda: iface.mainWindow().isVisible() and "lodescope" in utils.active_plugins, "the main window")
    iface.mainWindow().showNormal()
    iface.mainWindow().setGeometry(iface.mainWindow().screen().geometry())
    for name in ("Browser", "ProcessingToolbox"):
        dock = iface.mainWindow().findChild(QDockWidget, name)
        if dock is not None:
            dock.hide()
    iface.addVectorLayer(f"{copied(stage)}|layername=samples", "samples", "ogr")
    iface.mapCanvas().zoomToFullExtent()
    yield pause(1.0)


def copied(stage):
    """The samples in a copy, because QGIS writes into the head of a GeoPackage that it opens."""
    target = stage.folder / "sample.gpkg"
    target.write_bytes(SAMPLE.read_bytes())
    return target


def furniture(stage):
    """Menu and toolbar."""
    bar = iface.mainWindow().findChild(QToolBar, "LodescopeToolbar")
    menu = own_menus()[0]
    stage.found["toolbar"] = [action.text() for action in bar.actions()]
    stage.found["menu"] = [action.text() for action in menu.actions()]
    stage.found["pictures"] = [not action.icon().isNull() for action in menu.actions()]
    stage.shot("01_toolbar")
    yield pause(0.2)


def own_menus():
    """The menus of the plugin below QGIS's menu of plugins."""
    menus = [action.menu() for action in iface.pluginMenu().actions()]
    return [menu for menu in menus if menu is not None and menu.title().replace("&", "") == "Lodescope"]


def tool_button(title):
    """The button of an action on the toolbar."""
    bar = iface.mainWindow().findChild(QToolBar, "LodescopeToolbar")
    return next(bar.widgetForAction(action) for action in bar.actions() if action.text() == title)


def options(stage):
    """The page of the options, filled and agreed to."""
    soon(next(action for action in desktop().actions if action.text() == "Options…").trigger)
    yield until(lambda: dialogs.dialog_of("QgsOptions") or page(), "the options")
    yield pause(1.0)
    found = page()
    stage.shot("02_options")
    stage.found["options_cut"] = cut_off(found)
    found.threads.setValue(1)
    found.seed.setValue(7)
    found.device.setCurrentIndex(1)
    found.dask.setText("tcp://localhost:8786")
    found.new_folder.setFilePath(str(stage.folder))
    found.add_folder()
    yield pause(0.3)
    stage.shot("03_options_filled")
    window = found.window()
    stage.click(window.findChild(QDialogButtonBox).button(QDialogButtonBox.StandardButton.Ok))
    yield until(lambda: page() is None, "the end of the options")
    stage.found["stored"] = {name: QgsSettings().value(f"lodescope/{name}")
                             for name in ("threads", "seed", "device", "dask", "modelFolders")}
    QgsSettings().remove("lodescope/dask")
    algorithm = QgsApplication.processingRegistry().createAlgorithmById("lodescope:trainbnn")
    stage.found["seed_of_form"] = algorithm.parameterDefinition("SEED").defaultValue()


def page():
    """The page of Lodescope in the open options, or None; newer versions give its name to the area around it."""
    for part in iface.mainWindow().findChildren(QgsOptionsPageWidget):
        if hasattr(part, "dask") and part.isVisible():
            return part
    return None


def cut_off(widget):
    """Visible buttons and labels of one line whose text does not fit, and what sticks out of its window."""
    found = []
    for part in widget.findChildren(QWidget):
        if not part.isVisible() or part.visibleRegion().isEmpty():
            continue
        text = getattr(part, "text", str)()
        wraps = getattr(part, "wordWrap", bool)()
        if isinstance(part, QAbstractButton) and text and part.width() + 1 < part.minimumSizeHint().width():
            found.append([type(part).__name__, text])
        elif type(part).__name__ == "QLabel" and text and not wraps and part.width() + 1 < part.sizeHint().width():
            found.append(["QLabel", text])
    return found


def fits_the_screen():
    """Whether the main window is no larger than the screen."""
    window = iface.mainWindow()
    return window.screen().geometry().contains(window.geometry())


def environment(stage):
    """The dialog of the worker's Python."""
    stage.click(tool_button("Worker's Python…"))
    yield until(lambda: desktop().dialog is not None and desktop().dialog.isVisible(), "the dialog")
    dialog = desktop().dialog
    yield until(lambda: dialog.answers and dialog.task is None, "what the Pythons say")
    yield pause(0.5)
    stage.shot("04_environment")
    table = dialog.table
    stage.found["pythons"] = [[table.item(row, column).text() for column in range(table.columnCount())]
                              for row in range(table.rowCount())]
    stage.found["environment_cut"] = cut_off(dialog)
    stage.found["plan"] = [dialog.facts.text(), dialog.commands.toPlainText()]
    stage.click(dialog.copy)
    yield pause(0.3)
    stage.found["diagnostics"] = QgsApplication.clipboard().text()
    inside = dialog.geometry().intersected(dialog.screen().geometry())
    stage.found["environment_inside"] = inside == dialog.geometry()
    dialog.close()
    yield pause(0.3)


def form(stage):
    """The training dock with its form."""
    stage.click(tool_button("Train models"))
    yield until(lambda: desktop().dock is not None and desktop().dock.isVisible(), "the training dock")
    yield pause(1.0)
    dock = desktop().dock
    stage.found["choices"] = [dock.choice.itemData(row) for row in range(dock.choice.count())]
    dock.choice.setCurrentIndex(dock.choice.findData("lodescope:trainbnn"))
    yield pause(0.5)
    stage.shot("05_form")
    dock.form.fill(values(stage, "first.safetensors", epochs=16))
    yield pause(0.5)
    stage.shot("06_form_filled")
    stage.found["form_cut"] = cut_off(dock)
    stage.found["form_too_wide"] = dock.area.horizontalScrollBar().maximum()
    dock.form.advanced.setCollapsed(False)
    yield pause(0.5)
    bar = dock.area.verticalScrollBar()
    bar.setValue(bar.maximum() // 2)
    yield pause(0.3)
    stage.shot("07_form_advanced")
    stage.found["advanced_too_wide"] = dock.form.minimumSizeHint().width() - dock.area.viewport().width()
    dock.form.advanced.setCollapsed(True)
    for name, copy in (("python", dock.copy_python), ("command", dock.copy_command)):
        copy()
        stage.found[name] = QgsApplication.clipboard().text()
    soon(dock.open_dialog)
    yield until(lambda: dialogs.dialog_of("AlgorithmDialog"), "the Processing dialog")
    yield pause(0.5)
    stage.found["dialog_fields"] = dialogs.wrapper(dialogs.dialog_of("AlgorithmDialog"), "FEATURES").parameterValue()
    yield from dialogs.close(dialogs.dialog_of("AlgorithmDialog"))


def values(stage, name, epochs):
    """Parameters of a training of some seconds."""
    layer = QgsProject.instance().mapLayersByName("samples")[0]
    return {"SAMPLES": layer.id(), **PARAMETERS, "EPOCHS": epochs, "MODEL": str(stage.folder / name),
            "REPORT": str(stage.folder / f"{name}.html"), "OUTPUT": "TEMPORARY_OUTPUT"}


def runs():
    return list(desktop().training.runs.values())


def begin(stage):
    """Click on Start; gives the new run."""
    count = len(runs())
    stage.click(desktop().dock.start)
    yield until(lambda: len(runs()) > count, "a new run", 10.0)
    return runs()[-1]


def running(stage):
    """A run starts with a click; the map can be moved while it trains."""
    dock = desktop().dock
    yield from begin(stage)
    yield until(lambda: runs() and runs()[0].state == "running", "a run", 20.0)
    yield until(lambda: runs()[0].reached() >= 4, "four epochs", 60.0)
    stage.found["pan_seconds"] = yield from pan()
    yield pause(0.5)
    stage.shot("08_running")
    stage.found["words"] = dock.runs.words(runs()[0])
    stage.found["run_cut"] = cut_off(dock) if fits_the_screen() else ["the main window"]
    stage.found["workers"] = len(workers())


def pan():
    """Move the map some times; gives the slowest answer."""
    canvas, slowest, done = iface.mapCanvas(), 0.0, []
    canvas.mapCanvasRefreshed.connect(lambda: done.append(time.monotonic()))
    for _ in range(4):
        done.clear()
        started = time.monotonic()
        extent = canvas.extent()
        extent.setXMinimum(extent.xMinimum() + 0.05 * extent.width())
        canvas.setExtent(extent)
        canvas.refresh()
        yield until(lambda: done, "a drawn map", 20.0)
        slowest = max(slowest, done[0] - started)
    return slowest


def pausing(stage):
    """A run is paused and goes on from where it stood."""
    dock, run = desktop().dock, runs()[0]
    stage.click(dock.runs.pause)
    yield until(lambda: run.state == "paused", "a paused run", 10.0)
    yield pause(0.4)
    stage.found["paused"] = {"workers": len(workers()), "reached": run.reached(), "state": dock.runs.state.text()}
    stage.shot("09_paused")
    before = {name: dict(points) for name, points in run.curves.items()}
    stage.click(dock.runs.resume)
    yield until(lambda: run.state == "done" or run.error, "the end of a resumed run", 120.0)
    yield pause(1.0)
    stage.found["resumed"] = {
        "state": run.state, "error": run.error, "went_on": any("goes on from there" in line for line in run.lines),
        "kept": all(run.curves[name][step] == value for name, points in before.items()
                    for step, value in points.items()),
        "model": (stage.folder / "first.safetensors").exists(),
        "layers": [layer.name() for layer in QgsProject.instance().mapLayers().values()],
    }
    stage.shot("10_done")


def queueing(stage):
    """Two more runs queue; their curves are compared."""
    dock = desktop().dock
    for name, rate in (("second.safetensors", 0.003), ("third.safetensors", 0.0005)):
        dock.tabs.setCurrentIndex(0)
        dock.form.fill({**values(stage, name, epochs=6), "RATE": rate})
        dock.name.setText(f"rate {rate:g}")
        yield from begin(stage)
    stage.found["queue"] = [run.state for run in runs()[1:]]
    yield until(lambda: all(run.state in ("done", "failed") for run in runs()), "the end of the queue", 120.0)
    stage.found["queued"] = [[run.state, run.error, run.reached()] for run in runs()[1:]]
    table = dock.runs.table
    stage.click(table.viewport(), table.visualItemRect(table.item(0, 0)).center())
    yield pause(0.2)
    for row in (1, 2):
        table.selectionModel().select(table.model().index(row, 0),
                                      table.selectionModel().SelectionFlag.Select
                                      | table.selectionModel().SelectionFlag.Rows)
    yield pause(0.6)
    stage.found["contrast"] = min(abs(plot.ink().lightness() - plot.ground().lightness())
                                  for plot in dock.runs.plots.values())
    stage.found["compared"] = {metric: plot.titles() for metric, plot in dock.runs.plots.items()}
    stage.shot("11_compared")


def library(stage):
    """The models of the runs in the library: cards, extent on the map, and the dialog that applies one."""
    stage.click(tool_button("Models"))
    yield until(lambda: desktop().library is not None and desktop().library.isVisible(), "the library")
    yield pause(0.5)
    dock, samples = desktop().library, QgsProject.instance().mapLayersByName("samples")[0]
    tree = dock.tree
    stage.found["models"] = sorted(tree.topLevelItem(row).text(0) for row in range(tree.topLevelItemCount()))
    item = tree.topLevelItem(0)
    stage.click(tree.viewport(), tree.visualItemRect(item).center())
    yield until(lambda: dock.model() is not None, "a chosen model")
    yield pause(0.5)
    stage.shot("14_library")
    band = dock.band.asGeometry().boundingBox()
    stage.found["library"] = {
        "card": dock.card.toPlainText(), "fits": [match.name() for match in dock.matches if not match.problem],
        "band_overlaps": band.intersects(samples.extent()) and band.width() < 2.0 * samples.extent().width(),
        "cut": cut_off(dock), "inside": fits_the_screen(),
    }
    stage.click(dock.apply)
    yield until(lambda: dialogs.dialog_of("AlgorithmDialog"), "the dialog that applies the model")
    dialog = dialogs.dialog_of("AlgorithmDialog")
    yield pause(0.5)
    stage.found["applied"] = [dialog.windowTitle(), str(dialogs.wrapper(dialog, "MODEL").parameterValue())]
    stage.shot("15_apply")
    yield from dialogs.close(dialog)
    for layer in [layer for layer in QgsProject.instance().mapLayers().values()
                  if layer.fields().lookupField("Fe_pct") >= 0 and layer.id() != samples.id()]:
        QgsProject.instance().removeMapLayer(layer.id())
    other = iface.addVectorLayer(f"{stage.folder / 'sample.gpkg'}|layername=collars", "collars", "ogr")
    dock.refresh()
    stage.found["misfit"] = [match.problem for match in dock.matches if other.id() in match.values().values()]
    QgsProject.instance().removeMapLayer(other.id())
    stage.click(tool_button("Train models"))
    yield pause(0.5)
    dock.close()
    yield pause(0.3)
    stage.found["band_gone"] = dock.band.asGeometry().isEmpty()


def stopping(stage):
    """A long run is stopped early and keeps its best."""
    dock = desktop().dock
    dock.tabs.setCurrentIndex(0)
    dock.form.fill(values(stage, "stopped.safetensors", epochs=4000))
    run = yield from begin(stage)
    yield until(lambda: run.reached() >= 5, "some epochs", 60.0)
    yield pause(0.5)
    stage.click(dock.runs.stop)
    yield until(lambda: run.state in ("done", "failed", "paused"), "the end of a stopped run", 60.0)
    stage.found["stopped"] = {"state": run.state, "error": run.error, "last": run.last_epoch,
                              "reached": run.reached(), "model": (stage.folder / "stopped.safetensors").exists()}
    yield pause(0.5)


def surviving(stage):
    """A run outlives its dock and its project."""
    dock = desktop().dock
    dock.tabs.setCurrentIndex(0)
    dock.form.fill(values(stage, "survivor.safetensors", epochs=8))
    run = yield from begin(stage)
    yield until(lambda: run.reached() >= 1, "an epoch", 60.0)
    dock.close()
    iface.newProject(False)
    yield until(lambda: run.state in ("done", "failed", "paused"), "the end of a run without its project", 120.0)
    yield pause(0.5)
    stage.click(tool_button("Train models"))
    yield pause(0.8)
    stage.found["told"] = [item.text() for item in iface.messageBar().items()]
    stage.found["survived"] = {"state": run.state, "error": run.error, "shown": desktop().dock.isVisible(),
                               "model": (stage.folder / "survivor.safetensors").exists()}
    stage.shot("12_new_project")


def furnishings():
    """What the plugin has put into the main window."""
    window = iface.mainWindow()
    return {
        "docks": len(window.findChildren(QDockWidget, "LodescopeTraining")),
        "libraries": len(window.findChildren(QDockWidget, "LodescopeLibrary")),
        "bars": len(window.findChildren(QToolBar, "LodescopeToolbar")),
        "menus": len(own_menus()),
        "dialogs": len(window.findChildren(QWidget, "LodescopeEnvironment")),
    }


def reloading(stage):
    """Unload in the middle of a run, and load again: nothing is left, and the run can be resumed."""
    iface.addVectorLayer(f"{stage.folder / 'sample.gpkg'}|layername=samples", "samples", "ogr")
    dock = desktop().dock
    dock.tabs.setCurrentIndex(0)
    dock.show_form()
    dock.form.fill(values(stage, "later.safetensors", epochs=400))
    yield pause(0.3)
    run = yield from begin(stage)
    yield until(lambda: run.reached() >= 2, "an epoch", 60.0)
    desktop().show_library()
    yield pause(0.5)
    stage.found["before"] = furnishings()
    utils.unloadPlugin("lodescope")
    yield pause(1.0)
    stage.found["after"] = {**furnishings(), "workers": len(workers())}
    utils.loadPlugin("lodescope")
    utils.startPlugin("lodescope")
    yield pause(0.5)
    desktop().show_training()
    yield pause(0.8)
    stage.found["again"] = {**furnishings(), "states": [run.state for run in runs()], "last": runs()[-1].reached()}
    stage.shot("13_reloaded")
    run, reached = runs()[-1], runs()[-1].reached()
    desktop().training.resume(run)
    yield until(lambda: run.reached() > reached, "another epoch of a run of the earlier session", 60.0)
    desktop().training.finish(run)
    yield until(lambda: run.state in ("done", "failed", "paused"), "the end of that run", 60.0)
    stage.found["again"].update(
        ended=run.state, error=run.error, went_on=any("goes on from there" in line for line in run.lines),
        model=(stage.folder / "later.safetensors").exists())
    desktop().show_library()
    yield pause(0.5)
