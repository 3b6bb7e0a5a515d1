"""What a geologist does with the plugin on the desktop, from the Toolbox to the Results Viewer."""
import json
import os
import time
from pathlib import Path

import processing
from desktop import dialogs, looks
from desktop.stage import pause, soon, until
from qgis import utils
from qgis.core import QgsApplication, QgsFeature, QgsField, QgsProject, QgsRasterLayer, QgsVectorLayer
from qgis.PyQt.QtCore import QVariant
from qgis.PyQt.QtWidgets import QProgressBar
from qgis.utils import iface

SAMPLE = Path(os.environ["LODESCOPE_DESKTOP_CODE"]).parents[1] / "resources" / "sample" / "sample.gpkg"
VARIOGRAM = {
    "schema": 1, "field": "La_ppm", "unit": "ppm", "transform": "log", "nugget": 0.02,
    "structures": [{"model": "matern15", "sill": 1.2, "ranges": [250.0, 250.0, 120.0]}],
}
TITLES = {"kriging": "Krige grades", "flux": "Map flux gradients"}


def story(stage):
    """Everything, in order."""
    yield from set_the_scene(stage)
    for part in (toolbox, all_dialogs, kriging, northing, arrows, batch, results_viewer, cancelling, reloading):
        yield from part(stage)
        stage.mark(part.__name__)


def set_the_scene(stage):
    """A main window of the size of the screen, with the sample layers."""
    yield until(lambda: iface.mainWindow().isVisible() and "lodescope" in utils.active_plugins,
                "the main window with the plugin")
    stage.found["plugins"] = list(utils.active_plugins)
    iface.mainWindow().showNormal()
    iface.mainWindow().setGeometry(0, 0, 1680, 1050)
    for name in ("soil", "samples"):
        layer = iface.addVectorLayer(f"{SAMPLE}|layername={name}", name, "ogr")
        stage.found[f"{name}_fields"] = [field.name() for field in layer.fields()]
    iface.mapCanvas().zoomToFullExtent()
    variogram_file(stage).write_text(json.dumps(VARIOGRAM), encoding="utf-8")
    yield pause(1.0)
    stage.mark("scene")


def variogram_file(stage):
    """A variogram, so that the large runs need not fit one."""
    return stage.folder / "variogram.json"


def toolbox(stage):
    """The group in the Toolbox."""
    dialogs.toolbox().show()
    yield pause(0.5)
    tree = dialogs.toolbox().algorithmTree
    group = dialogs.algorithm_index("Lodescope", "Geostatistics")
    rows = [tree.model().index(row, 0, group) for row in range(tree.model().rowCount(group))]
    stage.found["toolbox"] = dialogs.rows_below(tree.model(), group)
    stage.found["icons"] = len({dialogs.picture(row) for row in rows})
    yield pause(0.5)
    stage.shot("01_toolbox")


def project_layer(name):
    return QgsProject.instance().mapLayersByName(name)[0]


def all_dialogs(stage):
    """The dialog of each algorithm, as it opens and with the advanced parameters unfolded."""
    stage.found["dialogs"] = {}
    for number, title in enumerate(stage.found["toolbox"]):
        dialog = yield from dialogs.open_dialog(stage, title)
        box = dialogs.advanced_box(dialog)
        look = {"title": dialog.windowTitle(), "help": dialogs.help_text(dialog), "folded": box.isCollapsed()}
        stage.shot(f"02_dialog_{number}")
        box.setCollapsed(False)
        yield pause(0.5)
        look["too_wide"] = dialogs.too_wide(dialog)
        dialogs.scroll_to(dialog, box)
        yield pause(0.2)
        stage.shot(f"02_dialog_{number}_advanced")
        stage.found["dialogs"][title] = look
        box.setCollapsed(True)  # QGIS remembers it for the next dialog
        yield from dialogs.close(dialog)


def kriging(stage):
    """Krige a grade in space from the Toolbox; look at the dialog and at the layer."""
    dialog = yield from dialogs.open_dialog(stage, TITLES["kriging"])
    stage.found["offered"] = {}
    for name in ("soil", "samples"):
        dialogs.fill(dialog, {"INPUT": project_layer(name).id()})
        stage.found["offered"][name] = dialogs.field_names(dialog, "HOLE_ID")
    stage.found["results"] = yield from dialogs.run(stage, dialog, {
        "FIELDS": ["La_ppm"], "HOLE_ID": "hole_id", "VARIOGRAM": str(variogram_file(stage)), "CELL_SIZE": 15.0,
        "LEVELS": "300, 350, 400", "OUTPUT": str(stage.folder / "kriged.tif"),
        "REPORT": str(stage.folder / "kriged.html"),
    })
    stage.found["log_of_run"] = dialogs.log_text(dialog)
    stage.shot("03_kriging_log")
    yield from dialogs.close(dialog)
    layer = looks.newest(QgsRasterLayer)
    stage.found["kriged"] = looks.raster_look(layer)
    iface.setActiveLayer(layer)
    iface.zoomToActiveLayer()
    yield pause(1.5)
    stage.shot("04_kriged")
    layer.styleManager().setCurrentStyle("La_ppm variance")
    yield pause(1.0)
    stage.shot("05_variance")


def add_northing():
    """A layer with the positions of the soil samples whose value is their northing less an offset."""
    soil = project_layer("soil")
    layer = QgsVectorLayer(f"Point?crs={soil.crs().authid()}", "northing", "memory")
    layer.dataProvider().addAttributes([QgsField("north", QVariant.Double)])
    layer.updateFields()
    features = []
    for sample in soil.getFeatures():
        feature = QgsFeature(layer.fields())
        feature.setGeometry(sample.geometry())
        feature.setAttributes([sample.geometry().asPoint().y() - 7_240_000.0])
        features.append(feature)
    layer.dataProvider().addFeatures(features)
    QgsProject.instance().addMapLayer(layer)
    return layer


def northing(stage):
    """Krige a northing: the top of the screen has to be the north of the file."""
    source = add_northing()
    dialog = yield from dialogs.open_dialog(stage, TITLES["kriging"])
    yield from dialogs.run(stage, dialog, {
        "INPUT": source.id(), "FIELDS": ["north"], "DRIFT": "linear", "TRANSFORM": "none", "CELL_SIZE": 20.0,
        "OUTPUT": str(stage.folder / "north.tif"), "REPORT": None,
    })
    yield from dialogs.close(dialog)
    layer = looks.newest(QgsRasterLayer)
    iface.setActiveLayer(layer)
    iface.zoomToActiveLayer()
    iface.messageBar().clearWidgets()
    for name in ("northing", "soil", "samples"):
        QgsProject.instance().layerTreeRoot().findLayer(project_layer(name).id()).setItemVisibilityChecked(False)
    yield pause(1.5)
    stage.shot("07_northing")
    stage.found["north"] = looks.up_and_down(layer)


def arrows(stage):
    """Flux gradients of soil samples, with arrows at the samples."""
    dialog = yield from dialogs.open_dialog(stage, TITLES["flux"])
    stage.found["flux_too_wide"] = dialogs.too_wide(dialog)
    stage.shot("08_flux_dialog")
    yield from dialogs.run(stage, dialog, {
        "INPUT": project_layer("soil").id(), "FIELDS": ["La_ppm"], "CELL_SIZE": 20.0,
        "VARIOGRAM": str(variogram_file(stage)), "OUTPUT": "TEMPORARY_OUTPUT", "OUTPUT_SAMPLES": "TEMPORARY_OUTPUT",
        "REPORT": str(stage.folder / "flux.html"),
    })
    yield from dialogs.close(dialog)
    raster, points = looks.newest(QgsRasterLayer), looks.newest(QgsVectorLayer)
    stage.found["flux"], stage.found["arrows"] = looks.raster_look(raster), looks.symbol_look(points)
    iface.setActiveLayer(raster)
    iface.zoomToActiveLayer()
    yield pause(1.5)
    stage.shot("09_flux_arrows")
    for number, name in enumerate(("La_ppm dx", "La_ppm magnitude", "La_ppm azimuth", "La_ppm magnitude_sd")):
        if name in raster.styleManager().styles():
            raster.styleManager().setCurrentStyle(name)
            yield pause(1.0)
            stage.shot(f"10_flux_{number}")


def batch(stage):
    """Three rows of a batch, and the same three runs alone."""
    tree = dialogs.toolbox().algorithmTree
    tree.setCurrentIndex(dialogs.algorithm_index("Lodescope", "Geostatistics", TITLES["kriging"]))
    soon(dialogs.toolbox().executeAlgorithmAsBatchProcess)
    yield until(lambda: dialogs.dialog_of("BatchAlgorithmDialog"), "the batch dialog")
    dialog = dialogs.dialog_of("BatchAlgorithmDialog")
    panel = dialog.mainWidget()
    panel.addRow(2)
    fields = ("La_ppm", "Ce_ppm", "Fe_pct")
    common = {"INPUT": project_layer("soil").id(), "VARIOGRAM": str(variogram_file(stage)), "CELL_SIZE": 40.0}
    for row, field in enumerate(fields):
        values = {**common, "FIELDS": [field]}
        for name, value in values.items():
            panel.wrappers[row][panel.parameter_to_column[name]].setParameterValue(value, panel.processing_context)
        output = panel.tblParameters.cellWidget(row + 1, panel.parameter_to_column["OUTPUT"])
        output.setValue(str(stage.folder / f"batch_{field}.tif"))
    yield pause(0.5)
    stage.shot("11_batch")
    summarise, ended = dialog.createSummaryTable, []

    def finished(results, errors):
        summarise(results, errors)
        ended.append((len(results), [str(error) for error in errors]))

    dialog.createSummaryTable = finished
    stage.click(dialogs.run_button(dialog))
    yield until(lambda: ended, "the end of the batch", 60.0)
    stage.found["batch"] = {"done": ended[0][0], "errors": ended[0][1]}
    yield pause(0.5)
    stage.shot("12_batch_log")
    yield from dialogs.close(dialog)
    for field in fields:
        alone = str(stage.folder / f"alone_{field}.tif")
        processing.run("lodescope:kriging", {**common, "FIELDS": [field], "OUTPUT": alone})
        stage.found["batch"][field] = [looks.digest(str(stage.folder / f"batch_{field}.tif")), looks.digest(alone)]


def results_viewer(stage):
    """Reports in the Results Viewer."""
    dock = utils.plugins["processing"].resultsDock
    dock.setUserVisible(True)
    tree = dock.treeResults
    yield pause(1.0)
    items = [tree.topLevelItem(row) for row in range(tree.topLevelItemCount())]
    stage.found["reports"] = [[item.text(0), item.filename, Path(item.filename).stat().st_size] for item in items]
    stage.shot("13_results")
    dock.setUserVisible(False)


def workers():
    """Processes of the worker that this QGIS has started."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                command = (entry / "cmdline").read_bytes().decode("utf-8", "replace").split("\0")
                parent = int((entry / "stat").read_text().rsplit(")", 1)[1].split()[1])
            except (OSError, ValueError):
                continue
            if parent == os.getpid() and any(part.endswith("worker.py") for part in command):
                found.append(entry.name)
    return found


def cancelling(stage):
    """Cancel a long run from its dialog."""
    dialog = yield from dialogs.open_dialog(stage, TITLES["kriging"])
    target = stage.folder / "cancelled.tif"
    dialogs.fill(dialog, {
        "INPUT": project_layer("samples").id(), "FIELDS": ["La_ppm"], "VARIOGRAM": str(variogram_file(stage)),
        "CELL_SIZE": 1.0, "LEVELS": "200:440:10", "OUTPUT": str(target), "REPORT": None,
    })
    ended = []
    dialog.algorithmFinished.connect(lambda ok, results: ended.append((time.monotonic(), ok)))
    stage.click(dialogs.run_button(dialog))
    bar = dialog.findChild(QProgressBar)
    yield until(lambda: workers() and bar.value() >= 3, "progress of a long run", 60.0)
    stage.shot("14_running")
    stage.found["cancel"] = {"workers_before": len(workers()), "progress": bar.value()}
    pressed = time.monotonic()
    stage.click(dialog.cancelButton())
    yield until(lambda: ended, "the end of a cancelled run", 20.0)
    stage.found["cancel"].update(seconds=ended[0][0] - pressed, workers=len(workers()), file=target.exists(),
                                 left=sorted(path.name for path in stage.folder.glob("*cancelled*")),
                                 log=dialogs.log_text(dialog)[-600:])
    yield pause(0.5)
    stage.shot("15_cancelled")
    yield from dialogs.close(dialog)


def reloading(stage):
    """Unload the plugin and load it again, twice."""
    registry = QgsApplication.processingRegistry()
    counts = []
    for _ in range(2):
        stage.found.setdefault("unloaded", []).append(utils.unloadPlugin("lodescope"))
        counts.append(registry.providerById("lodescope") is None)
        yield pause(0.3)
        utils.loadPlugin("lodescope")
        stage.found.setdefault("started", []).append(utils.startPlugin("lodescope"))
        yield pause(0.3)
    stage.found["gone"] = counts
    stage.found["again"] = [algorithm.id() for algorithm in registry.providerById("lodescope").algorithms()]
    index = dialogs.algorithm_index("Lodescope", "Geostatistics")
    stage.found["toolbox_again"] = dialogs.rows_below(dialogs.toolbox().algorithmTree.model(), index)
    stage.shot("16_reloaded")
