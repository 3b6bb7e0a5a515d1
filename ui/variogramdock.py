"""The variogram dock: experimental points, the fitted model, and sliders that change it."""
import json
from pathlib import Path

from qgis.core import QgsApplication, QgsProcessingException, QgsProject
from qgis.gui import QgsDockWidget, QgsScrollArea
from qgis.PyQt.QtCore import Qt, QTemporaryDir, QTimer
from qgis.PyQt.QtWidgets import (
    QComboBox,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QMenu,
    QProgressBar,
    QPushButton,
    QTabWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from ..processing_provider.geostatistics.variogrammodel import (
    load_variogram,
    mean_semivariances,
    plan_ellipse,
    save_variogram,
    semivariances,
)
from ..processing_provider.translation import tr
from .backgroundrun import BackgroundRun
from .curves import Curve
from .directionwheel import DirectionWheel
from .ownlayers import own_layers
from .parameterform import ParameterForm
from .variogramcontrols import VariogramControls
from .variogramplot import VariogramPlot

ALGORITHM = "lodescope:fitvariogram"
FILES = ("GIVEN", "VARIOGRAM", "REPORT", "POINTS")
CHECK_MS = 700  # without a move until the scores are computed anew
CURVE_POINTS = 120


class VariogramDock(QgsDockWidget):
    """Fits a variogram through Processing and lets it be changed by hand.

    Parameters
    ----------
    iface : QgisInterface
    """

    def __init__(self, iface):
        super().__init__(tr("Variogram"), iface.mainWindow())
        self.setObjectName("LodescopeVariogram")
        self.iface, self.form, self.dialog = iface, None, None
        self.own, self.points, self.fitted = None, None, None
        self.folder = QTemporaryDir()
        self.fit_run, self.check_run = BackgroundRun(self), BackgroundRun(self)
        self.later = QTimer(self)
        self.later.setSingleShot(True)
        self.later.setInterval(CHECK_MS)
        self.later.timeout.connect(self.check)
        self.tabs = QTabWidget()
        self.tabs.setDocumentMode(True)
        self.tabs.addTab(self._samples_page(), tr("Samples"))
        self.tabs.addTab(self._variogram_page(), tr("Variogram"))
        self.setWidget(self.tabs)
        self._connect()
        self.show_form()
        self._show_state()

    def _samples_page(self):
        """The parameters of the algorithm, and the button that fits."""
        page, self.area, self.problem = QWidget(), QgsScrollArea(), QLabel()
        self.area.setWidgetResizable(True)
        self.area.setFrameShape(QgsScrollArea.Shape.NoFrame)
        self.problem.setWordWrap(True)
        self.problem.setOpenExternalLinks(True)
        self.problem.hide()
        self.bar, self.fit_button, self.stop = QProgressBar(), QPushButton(tr("Fit")), QPushButton(tr("Stop"))
        self.fit_button.setIcon(QgsApplication.getThemeIcon("mActionStart.svg"))
        self.bar.setTextVisible(False)
        row, column = QHBoxLayout(), QVBoxLayout(page)
        for widget, stretch in ((self.bar, 1), (self.stop, 0), (self.fit_button, 0)):
            row.addWidget(widget, stretch)
        column.addWidget(self.area, 1)
        column.addWidget(self.problem)
        column.addLayout(row)
        return page

    def _variogram_page(self):
        """Plot, direction, sliders, scores and files."""
        page, self.plot, self.wheel = QWidget(), VariogramPlot(tr("Semivariance over distance (m)")), DirectionWheel()
        self.direction, self.title, self.scores = QComboBox(), QLabel(), QLabel()
        self.controls = VariogramControls()
        for label in (self.title, self.scores):
            label.setWordWrap(True)
        self.direction.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        beside = QVBoxLayout()
        beside.addWidget(QLabel(tr("Direction")))
        beside.addWidget(self.direction)
        beside.addWidget(self.scores, 1)
        around = QHBoxLayout()
        around.addWidget(self.wheel)
        around.addLayout(beside, 1)
        below, scroll = QWidget(), QgsScrollArea()
        lower = QVBoxLayout(below)
        lower.setContentsMargins(0, 0, self.fontMetrics().averageCharWidth(), 0)
        lower.addLayout(around)
        lower.addWidget(self.controls)
        scroll.setWidget(below)
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QgsScrollArea.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setMinimumWidth(below.minimumSizeHint().width() + scroll.verticalScrollBar().sizeHint().width())
        column = QVBoxLayout(page)
        column.addWidget(self.title)
        column.addWidget(self.plot, 2)
        column.addWidget(scroll, 3)
        column.addLayout(self._file_buttons())
        return page

    def _file_buttons(self):
        self.load, self.save, self.more = QPushButton(tr("Load…")), QPushButton(tr("Save…")), QToolButton()
        self.back = QPushButton(tr("As fitted"))
        self.more.setText("⋯")
        self.more.setToolTip(tr("The same run elsewhere"))
        self.more.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        menu = QMenu(self.more)
        menu.addAction(tr("Open as Processing dialog"), self.open_dialog)
        self.more.setMenu(menu)
        row = QHBoxLayout()
        for widget in (self.back, self.load, self.save):
            row.addWidget(widget)
        row.addStretch()
        row.addWidget(self.more)
        return row

    def _connect(self):
        self.fit_button.clicked.connect(self.fit)
        self.stop.clicked.connect(self.fit_run.cancel)
        self.fit_run.moved.connect(lambda percent: self.bar.setValue(round(percent)))
        self.fit_run.done.connect(self._fitted)
        self.fit_run.failed.connect(self._tell)
        self.check_run.done.connect(self._checked)
        self.check_run.failed.connect(self.scores.setText)
        for run in (self.fit_run, self.check_run):
            run.changed.connect(self._show_state)
        self.controls.changed.connect(self._changed)
        self.wheel.chosen.connect(self._turned)
        self.direction.currentIndexChanged.connect(self._direction_chosen)
        self.back.clicked.connect(self.undo)
        self.load.clicked.connect(self.choose_file)
        self.save.clicked.connect(self.choose_target)
        QgsProject.instance().cleared.connect(self.show_form)

    # Fitting and checking, both by the algorithm.

    def show_form(self, *_):
        """Make the form anew, with the layers of the project."""
        algorithm = QgsApplication.processingRegistry().createAlgorithmById(ALGORITHM)
        if algorithm is None:
            self._tell(tr("The algorithm {} is not there any more.").format(ALGORITHM))
            return
        self.form = ParameterForm(algorithm, self.iface, leave_out=FILES)
        self.area.setWidget(self.form)

    def fit(self):
        """Fit a variogram to the samples of the form."""
        values = {**self.form.values(), "VARIOGRAM": self._file("fitted.json"), "POINTS": self._file("points.json")}
        ok, message = self.form.algorithm.canExecute()
        message = message if not ok else self.form.problem(values)
        self._tell(message)
        if message:
            return
        self.later.stop()
        self.check_run.cancel()
        self.own = own_layers(self.form.algorithm, values)
        self.bar.setValue(0)
        self.fit_run.start(ALGORITHM, *self.own)

    def check(self):
        """Compute the scores of the variogram that is shown."""
        if self.controls.content is None or self.own is None:
            return
        save_variogram(self.controls.content, self._file("shown.json"))
        values, project = self.own
        values = {**values, "GIVEN": self._file("shown.json"), "VARIOGRAM": self._file("checked.json")}
        values.pop("POINTS")
        self.check_run.start(ALGORITHM, values, project)

    def _fitted(self, results):
        """Show what was fitted."""
        self.points = json.loads(Path(results["POINTS"]).read_text(encoding="utf-8"))
        self.fitted = load_variogram(results["VARIOGRAM"])
        self.direction.blockSignals(True)
        self.direction.clear()
        for entry in self.points["directions"]:
            self.direction.addItem(direction_title(entry), entry["azimuth"] if entry["kind"] == "azimuth" else None)
        self.direction.blockSignals(False)
        self._show_content(self.fitted)
        self._checked(results)
        self.tabs.setCurrentIndex(1)

    def _checked(self, results):
        self.scores.setText(score_text(results))

    def _changed(self):
        """The model follows the sliders at once, its scores a little later."""
        self._draw()
        self.scores.setText(tr("Checking…"))
        self.later.start()

    # What is shown.

    def _show_content(self, content):
        """Put a variogram on sliders, plot and wheel."""
        self.controls.show_content(
            content, self.points["dimensions"], self.points["variance"], self.points["extent"])
        transform = content.get("transform") or "none"
        text = tr("{}: {} samples, transform {}.").format(content["field"], f"{self.points['samples']:,}", transform)
        self.title.setText(text)
        self._direction_chosen(self.direction.currentIndex())
        self._show_state()

    def _direction_chosen(self, row):
        self.wheel.show_azimuth(self.direction.itemData(row))
        self._draw()

    def _turned(self, azimuth):
        """Choose the direction of the wheel in the list, which draws it."""
        if self.points is None:
            return
        row = 0 if azimuth is None else self.direction.findData(float(azimuth))
        if row < 0:
            self.plot.show_variogram([], [], 0.0, tr("No pairs of samples in this direction."))
        elif row == self.direction.currentIndex():
            self._draw()
        else:
            self.direction.setCurrentIndex(row)

    def _draw(self):
        """Dots of the chosen direction and the model along it."""
        content = self.controls.content
        if content is None or self.direction.currentIndex() < 0:
            self.plot.show_variogram([], [], 0.0, tr("Choose samples and fit a variogram."))
            return
        entry = self.points["directions"][self.direction.currentIndex()]
        dots = list(zip(entry["lags"], entry["semivariance"], entry["pairs"]))
        sill = content["nugget"] + sum(structure["sill"] for structure in content["structures"])
        self.plot.show_variogram(dots, self._curves(content, entry), sill)
        self.wheel.show_ranges(*plan_ellipse(content, self.points["dimensions"]))

    def _curves(self, content, entry):
        """The model along a direction, or its mean over the pairs behind the dots where there is none."""
        if entry["azimuth"] is None:
            return [Curve("", list(zip(entry["lags"], mean_semivariances(content, entry["vectors"]))))]
        reach = 1.06 * max(entry["lags"])
        lags = [reach * (step / CURVE_POINTS) ** 2 for step in range(1, CURVE_POINTS + 1)]
        values = semivariances(content, lags, entry["azimuth"], entry["dip"] or 0.0, self.points["dimensions"])
        return [Curve("", list(zip(lags, values)))]

    def _show_state(self):
        """Enable what can be done now."""
        fitting, there = self.fit_run.busy(), self.controls.content is not None
        self.fit_button.setEnabled(not fitting)
        self.stop.setEnabled(fitting)
        self.bar.setVisible(fitting)
        for widget in (self.controls, self.save, self.load, self.back, self.direction, self.wheel):
            widget.setEnabled(there)
        if not there:
            self._draw()

    def _tell(self, message):
        self.problem.setText(message)
        self.problem.setVisible(bool(message))

    def _file(self, name):
        """A file of this dock alone."""
        return self.folder.filePath(name)

    # Files and the same run elsewhere.

    def undo(self):
        """Show what was fitted again."""
        self._show_content(self.fitted)
        self._changed()

    def choose_file(self):
        """Ask for a variogram file and show it."""
        path, _ = QFileDialog.getOpenFileName(self, tr("Variogram file"), QgsProject.instance().homePath(),
                                              tr("Variogram files (*.json)"))
        if path:
            self.load_file(path)

    def load_file(self, path):
        """Show the variogram of a file; one of another scale does not go with these points."""
        try:
            content = load_variogram(path)
        except QgsProcessingException as error:
            self.scores.setText(str(error))
            return
        wanted = self.fitted.get("transform") or "none"
        if (content.get("transform") or "none") != wanted:
            text = tr("This variogram is for values with the transform '{}', the points have '{}'.")
            self.scores.setText(text.format(content.get("transform"), wanted))
            return
        self._show_content(content)
        self._changed()

    def choose_target(self):
        """Ask for a file and write the variogram into it."""
        path, _ = QFileDialog.getSaveFileName(self, tr("Variogram file"), QgsProject.instance().homePath(),
                                              tr("Variogram files (*.json)"))
        if path:
            self.save_file(path if path.endswith(".json") else f"{path}.json")

    def save_file(self, path):
        """Write the variogram as the kriging algorithms read it."""
        try:
            save_variogram(self.controls.content, path)
        except QgsProcessingException as error:
            self.scores.setText(str(error))

    def open_dialog(self):
        """Open the dialog of Processing with what the form holds."""
        import processing  # a plugin of QGIS, there once it runs

        self.dialog = processing.createAlgorithmDialog(ALGORITHM, self.form.values())
        if self.dialog is not None:
            self.dialog.show()

    def forget(self):
        """Stop what runs and let go of signals of objects that live on."""
        QgsProject.instance().cleared.disconnect(self.show_form)
        self.later.stop()
        self.fit_run.finish()
        self.check_run.finish()


def direction_title(entry):
    """What a direction is called."""
    if entry["kind"] == "azimuth":
        return tr("Azimuth {}°").format(round(entry["azimuth"]))
    titles = {"all": tr("All directions"), "vertical": tr("Vertical"), "hole": tr("Down the hole"),
              "Major axis": tr("Major axis"), "Semi-major axis": tr("Semi-major axis"), "Minor axis": tr("Minor axis")}
    return titles.get(entry["kind"]) or titles.get(entry["label"], entry["label"])


def score_text(results):
    """The scores of a check in words."""
    if results.get("RMSE") is None:
        return tr("Too few samples for a cross-validation.")
    (entry,) = json.loads(results["SCORES"]).values()
    kinds = {"drill hole": tr("each drill hole left out"), "spatial block": tr("each spatial block left out"),
             "sample": tr("each sample left out")}
    text = tr("RMSE {}, R² {}; {} % of the samples inside the 95 % interval ({}).")
    r2, inside = results.get("R2"), results.get("COVERAGE_95")
    return text.format(f"{results['RMSE']:.4g}", "–" if r2 is None else f"{r2:.3f}",
                       "–" if inside is None else f"{100 * inside:.0f}", kinds.get(entry["validation"], ""))
