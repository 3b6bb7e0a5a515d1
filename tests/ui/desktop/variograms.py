"""What a geologist does with the variogram dock, and what becomes of it without project and plugin."""
import json
import time

from desktop.docks import cut_off, desktop, fits_the_screen, set_the_scene, told, tool_button
from desktop.stage import pause, until
from desktop.story import workers
from qgis import utils
from qgis.core import QgsProject
from qgis.PyQt.QtCore import QPoint
from qgis.PyQt.QtWidgets import QDockWidget
from qgis.utils import iface

HOLES = "'LS007','LS008','LS010','LS011','LS013','LS014'"


def story(stage):
    """Everything, in order."""
    yield from told(stage, set_the_scene, fitting, turning, sliding, keeping, leaving)


def fitting(stage):
    """The form of the algorithm, filled, and a fit."""
    stage.click(tool_button("Variogram"))
    yield until(lambda: desktop().variogram is not None and desktop().variogram.isVisible(), "the dock")
    dock, samples = desktop().variogram, QgsProject.instance().mapLayersByName("samples")[0]
    yield pause(0.6)
    stage.shot("01_empty")
    samples.setSubsetString(f'"hole_id" IN ({HOLES})')
    dock.form.fill({"INPUT": samples.id(), "FIELD": "La_ppm", "HOLE_ID": "hole_id", "STRUCTURES": 1,
                    "MODEL_TYPES": ["matern15", "matern25"]})
    stage.found["left_out"] = sorted({"GIVEN", "VARIOGRAM", "REPORT", "POINTS"} & set(dock.form.values()))
    stage.found["samples_cut"] = cut_off(dock)
    stage.click(dock.fit_button)
    yield until(lambda: dock.fit_run.busy() or dock.points, "a fit at work", 10.0)
    yield until(lambda: dock.points is not None or dock.problem.text(), "a fitted variogram", 60.0)
    stage.found["problem"] = dock.problem.text()
    yield pause(0.6)
    stage.shot("02_fitted")
    stage.found["fitted"] = {
        "title": dock.title.text(), "scores": dock.scores.text(), "content": dock.controls.content,
        "directions": [dock.direction.itemText(row) for row in range(dock.direction.count())],
        "dots": len(dock.plot.dots), "curves": [curve.title for curve in dock.plot.curves],
        "cut": cut_off(dock), "inside": fits_the_screen(),
    }
    stage.found["variogram_contrast"] = min(abs(ink.lightness() - ground.lightness()) for ink, ground in (
        (dock.plot.ink(), dock.plot.ground()), (dock.wheel.ink(), dock.wheel.palette().window().color())))


def turning(stage):
    """A click on the wheel chooses the direction."""
    dock = desktop().variogram
    east = QPoint(round(0.8 * dock.wheel.width()), round(0.5 * dock.wheel.height()))
    stage.click(dock.wheel, east)
    yield until(lambda: dock.wheel.azimuth == 90, "a direction")
    yield pause(0.4)
    stage.shot("03_direction")
    stage.found["turned"] = [dock.direction.currentText(), len(dock.plot.dots), len(dock.plot.curves)]


def sliding(stage):
    """A slider moves the curve at once and the scores a little later, while the window answers."""
    dock = desktop().variogram
    slider, before = dock.controls.knobs["range"].slider, dock.controls.content["structures"][0]["ranges"][0]
    curve, scores = list(dock.plot.curves[0].points), dock.scores.text()
    stage.click(slider, QPoint(round(0.15 * slider.width()), slider.height() // 2), times=3)
    yield until(lambda: dock.plot.curves[0].points != curve, "a moved curve", 2.0)
    stage.found["told_at_once"] = dock.scores.text()
    yield until(dock.check_run.busy, "a check at work", 10.0)
    slowest = yield from answering(dock)
    stage.found["slowest"] = slowest
    yield until(lambda: not dock.check_run.busy() and "RMSE" in dock.scores.text(), "new scores", 60.0)
    stage.found["slid"] = {
        "before": before, "after": dock.controls.content["structures"][0]["ranges"][0],
        "scores": [scores, dock.scores.text()],
    }
    yield pause(0.4)
    stage.shot("04_slid")


def answering(dock):
    """The longest the window took between two ticks of the story while a check was at work."""
    slowest, last = 0.0, time.monotonic()
    while dock.check_run.busy():
        yield until(lambda: True, "a tick")
        slowest, last = max(slowest, time.monotonic() - last), time.monotonic()
    return slowest


def keeping(stage):
    """The variogram is saved, set back and loaded again."""
    dock, path = desktop().variogram, stage.folder / "by_hand.json"
    dock.save_file(str(path))
    stage.found["saved"] = json.loads(path.read_text(encoding="utf-8"))
    stage.found["shown"] = dock.controls.content
    stage.click(dock.back)
    yield until(lambda: dock.controls.content == dock.fitted, "the fitted variogram")
    dock.load_file(str(path))
    stage.found["loaded"] = dock.controls.content == stage.found["shown"]
    (stage.folder / "none.json").write_text("{}")
    dock.load_file(str(stage.folder / "none.json"))
    stage.found["refused"] = dock.scores.text()
    yield pause(0.3)


def leaving(stage):
    """The sample project is opened during a fit, which goes on; then the plugin is unloaded during another one."""
    from lodescope.ui.sampleproject import open_sample

    dock = desktop().variogram
    dock.points = None
    dock.fit()
    yield until(workers, "a worker", 20.0)
    open_sample(iface, str(stage.folder))
    yield until(lambda: QgsProject.instance().title() == "Lodescope sample deposit", "the sample project", 20.0)
    yield until(lambda: dock.points is not None or dock.problem.text(), "the end of the fit", 60.0)
    yield pause(1.5)
    stage.shot("05_sample_project")
    stage.found["without_project"] = {"samples": dock.points and dock.points["samples"], "problem": dock.problem.text(),
                                      "range": dock.controls.content["structures"][0]["ranges"][0]}
    stage.found["sample"] = [layer.isValid() for layer in QgsProject.instance().mapLayers().values()]
    samples = QgsProject.instance().mapLayersByName("Samples")[0]
    dock.form.fill({"INPUT": samples.id(), "FIELD": "Nd_ppm", "HOLE_ID": "hole_id"})
    dock.fit()
    yield until(workers, "another worker", 20.0)
    started = time.monotonic()
    utils.unloadPlugin("lodescope")
    yield pause(0.5)
    stage.found["unloaded"] = {
        "seconds": time.monotonic() - started, "workers": len(workers()),
        "docks": len(iface.mainWindow().findChildren(QDockWidget, "LodescopeVariogram"))}
    utils.loadPlugin("lodescope")
    utils.startPlugin("lodescope")
    yield pause(0.5)
    desktop().show_variogram()
    yield pause(0.5)
    stage.found["reloaded"] = desktop().variogram.isVisible()
