"""The runs of the training dock: a table, the curves of the chosen ones, and what can be done with them."""
from qgis.core import QgsApplication
from qgis.gui import QgsCollapsibleGroupBox, QgsScrollArea
from qgis.PyQt.QtCore import Qt, QTimer, QUrl, pyqtSignal
from qgis.PyQt.QtGui import QDesktopServices
from qgis.PyQt.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QPlainTextEdit,
    QProgressBar,
    QSplitter,
    QTableWidget,
    QTableWidgetItem,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from ..processing_provider.translation import tr
from .curves import Curve, Curves
from .trainingrun import DONE, FAILED, OPEN, PAUSED, RUNNING, WAITING

REDRAW_MS, MOST_PLOTS = 200, 4
STATES = {WAITING: "waiting", RUNNING: "running", PAUSED: "paused", DONE: "done", FAILED: "failed"}
COLUMNS = ("Run", "State", "Epoch", "Loss", "Time")


class RunsPanel(QWidget):
    """Watches trainings and steers them.

    Signals
    -------
    again(TrainingRun)
        The user wants the parameters of a run in the form.
    """

    again = pyqtSignal(object)

    def __init__(self, training):
        super().__init__()
        self.training, self.plots, self.dirty = training, {}, True
        self.splitter = QSplitter(Qt.Orientation.Vertical)
        self.splitter.addWidget(self._table())
        self.splitter.addWidget(self._plots())
        self.splitter.setStretchFactor(1, 1)
        self.splitter.setChildrenCollapsible(False)
        line = self.fontMetrics().lineSpacing()
        self.splitter.setSizes([7 * line, 40 * line])
        column = QVBoxLayout(self)
        column.addWidget(self.splitter, 1)
        self.state, self.bar = QLabel(), QProgressBar()
        self.state.setWordWrap(True)
        self.state.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        column.addWidget(self.state)
        column.addWidget(self.bar)
        column.addLayout(self._buttons())
        column.addWidget(self._log())
        self.timer = QTimer(self)
        self.timer.timeout.connect(self._redraw)
        self.timer.start(REDRAW_MS)
        training.listed.connect(self.list_runs)
        training.changed.connect(self._changed)
        self.list_runs()

    # The parts of the panel.

    def _table(self):
        self.table = QTableWidget(0, len(COLUMNS))
        self.table.setHorizontalHeaderLabels([tr(title) for title in COLUMNS])
        self.table.verticalHeader().hide()
        self.table.verticalHeader().setDefaultSectionSize(round(1.6 * self.fontMetrics().lineSpacing()))
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.table.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.table.horizontalHeader().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        for column in range(1, len(COLUMNS)):
            self.table.horizontalHeader().setSectionResizeMode(column, QHeaderView.ResizeMode.ResizeToContents)
        self.table.setMinimumHeight(4 * self.fontMetrics().lineSpacing())
        self.table.setToolTip(tr("Mark several runs to compare their curves"))
        self.table.itemSelectionChanged.connect(self._mark)
        return self.table

    def _plots(self):
        self.canvas = QWidget()
        self.stack = QVBoxLayout(self.canvas)
        self.stack.setContentsMargins(0, 0, 0, 0)
        self.empty = Curves()
        self.stack.addWidget(self.empty)
        area = QgsScrollArea()  # many metrics must not make the window of QGIS higher than the screen
        area.setWidgetResizable(True)
        area.setFrameShape(QgsScrollArea.Shape.NoFrame)
        area.setWidget(self.canvas)
        area.setMinimumHeight(8 * self.fontMetrics().lineSpacing())
        return area

    def _buttons(self):
        self.pause = self._button("temporal_navigation/pause.svg", tr("The run stands still and can be resumed, even "
                                                                      "in another session"), self.pause_run)
        self.resume = self._button("mActionPlay.svg", tr("The run goes on from where it stood"), self.resume_run)
        self.stop = self._button("mActionStop.svg", tr("All trainings of the run end at the epoch that it has "
                                                       "reached, and the model with the best weights is written"),
                                 self.stop_run)
        for button, title in ((self.pause, tr("Pause")), (self.resume, tr("Resume")), (self.stop, tr("Stop"))):
            button.setText(title)
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.report = self._button("mIconHtml.svg", tr("Open the report"), self.open_report)
        self.refill = self._button("mActionEditCopy.svg", tr("Use its parameters for a new run"), self.use_again)
        self.discard = self._button("mActionDeleteSelected.svg", tr("Remove from the list; models stay"),
                                    self.remove_runs)
        row = QHBoxLayout()
        for button in (self.pause, self.resume, self.stop, self.report, self.refill):
            row.addWidget(button)
        row.addStretch()
        row.addWidget(self.discard)
        return row

    def _button(self, icon, hint, slot):
        button = QToolButton()
        button.setIcon(QgsApplication.getThemeIcon(icon))
        button.setToolTip(hint)
        button.setAccessibleName(hint)
        button.clicked.connect(slot)
        return button

    def _log(self):
        group = QgsCollapsibleGroupBox(tr("Log"))
        self.log = QPlainTextEdit()
        self.log.setReadOnly(True)
        self.log.setMaximumHeight(8 * self.fontMetrics().lineSpacing())
        QVBoxLayout(group).addWidget(self.log)
        group.setCollapsed(True)
        return group

    # Which runs are meant.

    def list_runs(self):
        """Show all runs, the newest first, and keep what was chosen."""
        chosen = {run.id for run in self.chosen()}
        self.table.blockSignals(True)
        self.table.setRowCount(0)
        for row, run in enumerate(reversed(list(self.training.runs.values()))):
            self.table.insertRow(row)
            for column in range(len(COLUMNS)):
                self.table.setItem(row, column, QTableWidgetItem())
            self.table.item(row, 0).setData(Qt.ItemDataRole.UserRole, run.id)
            for column in range(len(COLUMNS)):
                self.table.item(row, column).setSelected(run.id in chosen)
        self.table.blockSignals(False)
        self._mark()

    def choose(self, run):
        """Mark one run."""
        for row in range(self.table.rowCount()):
            if self.table.item(row, 0).data(Qt.ItemDataRole.UserRole) == run.id:
                self.table.selectRow(row)

    def chosen(self):
        """The marked runs, uppermost first."""
        rows = sorted({item.row() for item in self.table.selectedItems()})
        ids = [self.table.item(row, 0).data(Qt.ItemDataRole.UserRole) for row in rows]
        return [self.training.runs[run_id] for run_id in ids if run_id in self.training.runs]

    def current(self):
        """The marked run, else the one at work, else the newest; None without any."""
        runs = self.chosen()
        return runs[0] if runs else self.training.active() or next(reversed(list(self.training.runs.values())), None)

    # What can be done with them.

    def pause_run(self):
        self.training.pause(self.current())

    def resume_run(self):
        self.training.resume(self.current())

    def stop_run(self):
        self.training.finish(self.current())

    def use_again(self):
        self.again.emit(self.current())

    def remove_runs(self):
        for run in self.chosen() or [self.current()]:
            self.training.remove(run)

    def open_report(self):
        QDesktopServices.openUrl(QUrl.fromLocalFile(self.current().results["REPORT"]))

    # What is shown.

    def _changed(self, run_id):
        self.dirty = True

    def _mark(self):
        self.dirty = True
        self._redraw()

    def _redraw(self):
        """Bring everything up to date, when there is something new and somebody can see it."""
        if not self.isVisible() or not (self.dirty or self.training.active()):
            return
        self.dirty = False
        self._fill_table()
        self._show_plots()
        self._show_state(self.current())

    def _fill_table(self):
        for row in range(self.table.rowCount()):
            run = self.training.runs.get(self.table.item(row, 0).data(Qt.ItemDataRole.UserRole))
            if run is None:
                continue
            loss = run.latest("loss")
            texts = (run.name, tr(STATES[run.state]), str(run.reached() or ""),
                     "" if loss is None else f"{loss:.4g}", duration(self.training.seconds(run)))
            for column, text in enumerate(texts):
                if self.table.item(row, column).text() != text:
                    self.table.item(row, column).setText(text)
            self.table.item(row, 0).setToolTip(run.name)

    def _show_plots(self):
        """One plot for each metric of the chosen runs."""
        runs = self.chosen() or [run for run in [self.current()] if run is not None]
        metrics = list(dict.fromkeys(metric for run in runs for metric in run.metrics()))[:MOST_PLOTS]
        self.empty.setVisible(not metrics)
        self.empty.show_curves([], tr("Curves of loss and scores appear here while a model is trained."))
        for metric in set(self.plots) - set(metrics):
            self.stack.removeWidget(self.plots[metric])
            self.plots.pop(metric).deleteLater()
        for metric in metrics:
            if metric not in self.plots:
                self.plots[metric] = Curves(metric)
                self.stack.addWidget(self.plots[metric])
            self.plots[metric].show_curves(list(curves_of(runs, metric)))

    def _show_state(self, run):
        """The state of the run in words, and the buttons that make sense."""
        active = run is not None and run.state == RUNNING
        self.pause.setEnabled(run is not None and run.state in OPEN)
        self.resume.setEnabled(run is not None and run.state in (PAUSED, FAILED))
        self.stop.setEnabled(active and run.reached() > 0 and not run.last_epoch)
        self.report.setEnabled(run is not None and run.state == DONE and bool(run.results.get("REPORT")))
        for button in (self.refill, self.discard):
            button.setEnabled(run is not None)
        self.bar.setVisible(active)
        self.state.setVisible(run is not None)
        if run is None:
            self.log.clear()
            return
        self.bar.setValue(round(run.percent))
        self.state.setText(self.words(run))
        text = "\n".join(run.lines)
        if self.log.toPlainText() != text:
            self.log.setPlainText(text)
            self.log.verticalScrollBar().setValue(self.log.verticalScrollBar().maximum())

    def words(self, run):
        """Epoch, time left, device and memory; or why the run stands still."""
        if run.state == FAILED:
            return run.error
        parts = [tr(STATES[run.state])]
        if run.epoch():
            parts.append(tr("epoch {}").format(run.epoch()))
        if run.state == RUNNING:
            left = self.training.seconds_left(run)
            parts.append(tr("time left unknown") if left is None else tr("{} left").format(duration(left)))
            if run.last_epoch:
                parts.append(tr("ends at epoch {}").format(run.last_epoch))
        if run.device:
            parts.append(run.device)
        if run.memory:
            parts.append(f"{run.memory / 1e6:,.0f} MB")
        return " · ".join(parts)

    def forget(self):
        """Stop watching."""
        self.timer.stop()
        self.training.listed.disconnect(self.list_runs)
        self.training.changed.disconnect(self._changed)


def curves_of(runs, metric):
    """Lines of one metric: a colour for each run, or for each training when there is one run only.

    Yields
    ------
    Curve
    """
    for run in runs:
        for part, points in run.series(metric).items():
            title = run.name if len(runs) > 1 else part or (tr("final") if len(run.series(metric)) > 1 else "")
            yield Curve(title, points, thin=bool(part) and (len(runs) > 1 or "" in run.series(metric)))


def duration(seconds):
    """A time as people write it."""
    seconds = round(seconds)
    hours, minutes = seconds // 3600, seconds % 3600 // 60
    if hours:
        return tr("{} h {} min").format(hours, minutes)
    return tr("{} min {} s").format(minutes, seconds % 60) if minutes else tr("{} s").format(seconds)
