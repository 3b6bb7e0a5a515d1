"""Shows which Python does the work and what it lacks, and makes or chooses another one."""
import time
from pathlib import Path

from qgis.core import QgsApplication, QgsTask
from qgis.gui import QgsCollapsibleGroupBox, QgsFileWidget, QgsScrollArea
from qgis.PyQt.QtCore import QCoreApplication, Qt
from qgis.PyQt.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QPlainTextEdit,
    QProgressBar,
    QPushButton,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from ..processing_provider.engine import resolver, settings
from ..processing_provider.translation import tr
from . import environmentplan as planning
from .diagnostics import diagnostics
from .installer import Installer, remove

SETS = (("base", "Kriging and the like"), ("deep", "Neural networks"))
MOST_LOG_LINES = 5000
UNLOAD_SECONDS = 5.0


class EnvironmentDialog(QDialog):
    """The worker's Python: what there is, and how to get what is missing."""

    def __init__(self, parent=None):
        super().__init__(parent)
        self.setWindowTitle(tr("Lodescope: the worker's Python"))
        self.setObjectName("LodescopeEnvironment")
        self.installer = self.task = None
        self.answers = {}
        body = QWidget()
        column = QVBoxLayout(body)
        column.addWidget(self._intro())
        column.addWidget(self._table())
        column.addWidget(self._new_group())
        column.addWidget(self._existing_group())
        column.addWidget(self._log_group())
        column.addStretch()
        area = QgsScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QgsScrollArea.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(body)
        whole = QVBoxLayout(self)
        whole.addWidget(area)
        whole.addLayout(self._bottom())
        letter = self.fontMetrics().averageCharWidth()
        room = (parent or self).screen().availableGeometry() if hasattr(self, "screen") else self.geometry()
        self.resize(min(110 * letter, room.width()), min(95 * letter, room.height() - 40))
        self._show_plan()

    def showEvent(self, event):
        super().showEvent(event)
        self.refresh()

    # The parts of the window.

    def _intro(self):
        text = QLabel(tr("Lodescope computes in a Python of its own, outside QGIS. The first one below that has all "
                         "packages of a set is used."))
        text.setWordWrap(True)
        return text

    def _table(self):
        self.table = QTableWidget(0, 2 + len(SETS))
        self.table.setHorizontalHeaderLabels([tr("Python"), *(tr(title) for _, title in SETS), tr("Place")])
        self.table.verticalHeader().hide()
        self.table.setEditTriggers(QTableWidget.EditTrigger.NoEditTriggers)
        self.table.setSelectionBehavior(QTableWidget.SelectionBehavior.SelectRows)
        self.table.setSelectionMode(QTableWidget.SelectionMode.SingleSelection)
        self.table.setWordWrap(True)
        self.table.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        self.table.horizontalHeader().setStretchLastSection(True)
        self.table.itemSelectionChanged.connect(self._selection_changed)
        return self.table

    def _new_group(self):
        """What decides how a new environment is made, and the commands that follow from it."""
        group = QgsCollapsibleGroupBox(tr("Make an environment"))
        self.needs, self.maker, self.gpu = QComboBox(), QComboBox(), QCheckBox(tr("PyTorch for NVIDIA graphics cards"))
        self.needs.addItem(tr("Everything: with neural networks (PyTorch)"), "deep")
        self.needs.addItem(tr("Kriging, geochemistry and the like, without neural networks"), "base")
        self._fill_makers()
        self.wheels = _folder(tr("Only without a network: a folder with wheels"))
        self.facts, self.commands = QLabel(), QPlainTextEdit()
        self.facts.setWordWrap(True)
        self.facts.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.commands.setReadOnly(True)
        self.commands.setMaximumHeight(7 * self.fontMetrics().lineSpacing())
        self.bar, self.doing = QProgressBar(), QLabel()
        self.doing.setWordWrap(True)
        self.create, self.stop = QPushButton(tr("Make the environment")), QPushButton(tr("Cancel"))
        form = QFormLayout(group)
        form.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapLongRows)
        for label, widget in ((tr("Packages"), self.needs), ("", self.gpu), (tr("Made with"), self.maker),
                              (tr("Folder of wheels"), self.wheels), (tr("Place and size"), self.facts),
                              (tr("Commands"), self.commands)):
            form.addRow(label, widget)
        buttons = QHBoxLayout()
        buttons.addWidget(self.create)
        buttons.addWidget(self.stop)
        buttons.addWidget(self.bar, 1)
        form.addRow(buttons)
        form.addRow(self.doing)
        self.needs.currentIndexChanged.connect(self._show_plan)
        self.maker.currentIndexChanged.connect(self._show_plan)
        self.gpu.toggled.connect(self._show_plan)
        self.wheels.fileChanged.connect(self._show_plan)
        self.create.clicked.connect(self.start)
        self.stop.clicked.connect(self.cancel)
        self._set_running(False)
        return group

    def _fill_makers(self):
        """The ways to make an environment that this machine has."""
        pythons = {candidate.path: candidate.origin for candidate in resolver.candidates()
                   if candidate.own or candidate.chosen}
        uv = planning.find_uv()
        if uv:
            self.maker.addItem(tr("uv ({})").format(uv), (uv, resolver.own_python() or "3.11"))
        own = resolver.own_python()
        for path, origin in sorted(pythons.items(), key=lambda item: item[0] != own):
            self.maker.addItem(tr("venv and pip of {} ({})").format(origin, path), ("", path))

    def _existing_group(self):
        group = QgsCollapsibleGroupBox(tr("Use a Python that is there"))
        self.existing = QgsFileWidget()
        self.existing.setFilePath(settings.python())
        self.existing.lineEdit().setPlaceholderText(tr("Python, or the folder of its environment"))
        self.use = QPushButton(tr("Use it"))
        self.use.clicked.connect(self.choose)
        self.verdict = QLabel()
        self.verdict.setWordWrap(True)
        column, row = QVBoxLayout(group), QHBoxLayout()
        row.addWidget(self.existing, 1)
        row.addWidget(self.use)
        column.addLayout(row)
        column.addWidget(self.verdict)
        self.verdict.hide()
        return group

    def _log_group(self):
        self.log_group = QgsCollapsibleGroupBox(tr("Log"))
        self.log = QPlainTextEdit()
        self.log.setReadOnly(True)
        self.log.setMaximumBlockCount(MOST_LOG_LINES)
        self.log.setMinimumHeight(9 * self.fontMetrics().lineSpacing())
        QVBoxLayout(self.log_group).addWidget(self.log)
        self.log_group.setCollapsed(True)
        return self.log_group

    def _bottom(self):
        self.copy, self.again = QPushButton(tr("Copy diagnostics")), QPushButton(tr("Look again"))
        self.discard = QPushButton(tr("Remove"))
        self.discard.setToolTip(tr("Removes the chosen environment that Lodescope has made"))
        self.discard.setEnabled(False)
        self.copy.clicked.connect(self.copy_diagnostics)
        self.again.clicked.connect(self.refresh)
        self.discard.clicked.connect(self.remove_chosen)
        close = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        close.rejected.connect(self.close)
        row = QHBoxLayout()
        for button in (self.copy, self.again, self.discard):
            button.setAutoDefault(False)
            row.addWidget(button)
        row.addStretch()
        row.addWidget(close)
        for button in (self.create, self.stop, self.use):
            button.setAutoDefault(False)
        return row

    # What there is.

    def refresh(self):
        """Ask every Python anew, in the background."""
        if self.task is not None:
            return
        resolver.forget()
        self.again.setEnabled(False)
        self.task = QgsTask.fromFunction(tr("Look for Pythons"), _survey, on_finished=self._surveyed)
        QgsApplication.taskManager().addTask(self.task)

    def _surveyed(self, error, answers=None):
        """Show what the Pythons answered."""
        self.task = None
        self.again.setEnabled(True)
        if error is not None:
            self.doing.setText(str(error))
            return
        self.answers = answers
        self.table.setRowCount(0)
        used = {needs: next((number for number, answer in enumerate(found) if answer.serves), None)
                for needs, found in answers.items()}
        for number, answer in enumerate(answers["base"]):
            self.table.insertRow(number)
            states = [_state(answers[needs][number], used[needs] == number) for needs, _ in SETS]
            for column, text in enumerate([answer.candidate.origin, *states, answer.candidate.path]):
                item = QTableWidgetItem(text)
                item.setToolTip(text)
                self.table.setItem(number, column, item)
        self._fit_table()

    def _fit_table(self):
        """Give the table the height of its rows, and columns that leave room for the place."""
        for column in range(1, 1 + len(SETS)):
            self.table.horizontalHeader().setSectionResizeMode(column, QHeaderView.ResizeMode.Interactive)
            self.table.setColumnWidth(column, 26 * self.fontMetrics().averageCharWidth())
        self.table.resizeRowsToContents()
        height = self.table.horizontalHeader().height() + 2 * self.table.frameWidth()
        rows = sum(self.table.rowHeight(row) for row in range(self.table.rowCount()))
        self.table.setFixedHeight(min(height + max(rows, 30), 14 * self.fontMetrics().lineSpacing()))

    def chosen_folder(self):
        """Folder of the chosen managed environment, or None."""
        rows = {item.row() for item in self.table.selectedItems()}
        candidate = self.answers["base"][rows.pop()].candidate if rows and self.answers else None
        if candidate is None or candidate.path not in resolver.managed_pythons():
            return None
        return Path(candidate.path).parents[1]

    def _selection_changed(self):
        self.discard.setEnabled(self.chosen_folder() is not None and not self.running())

    # A new environment.

    def wish(self):
        """What the user has chosen."""
        uv, python = self.maker.currentData() or ("", "")
        return planning.Wish(self.needs.currentData(), python, uv, self.wheels.filePath(), self.gpu.isChecked(),
                             cluster=bool(settings.dask()))

    def _show_plan(self):
        """Say place, size and commands before anything is done."""
        self.gpu.setEnabled(self.needs.currentData() == "deep")
        if self.maker.currentData() is None:
            self.facts.setText(tr("QGIS's own Python cannot be found: choose one that is there, below."))
            self.create.setEnabled(False)
            return
        plan = planning.make_plan(self.wish())
        source = tr("from the folder of wheels") if self.wheels.filePath() else tr("from the package index of pip")
        self.facts.setText(tr("{}, about {} MB, {}").format(plan.target, plan.megabytes, source))
        self.commands.setPlainText("\n".join(step.command() for step in plan.steps))

    def start(self):
        """Make the environment of the plan."""
        plan = planning.make_plan(self.wish())
        message = planning.wheels_problem(self.wheels.filePath()) or planning.disk_problem(plan)
        if message:
            self.doing.setText(message)
            return
        self.log.clear()
        self._set_running(True)
        self.installer = Installer(plan, self)
        self.installer.said.connect(self.log.appendPlainText)
        self.installer.moved.connect(self._moved)
        self.installer.ended.connect(self._ended)
        self.installer.start()

    def cancel(self):
        """Stop making the environment."""
        if self.running():
            self.installer.cancel()

    def running(self):
        """Whether an environment is being made."""
        return self.installer is not None and self.installer.running()

    def _moved(self, percent, doing):
        self.bar.setValue(round(percent))
        self.doing.setText(doing)

    def _ended(self, whole, message):
        """Show the outcome; the next click on the button tries again."""
        self._set_running(False)
        self.doing.setText(message or tr("The environment is ready."))
        self.bar.setValue(100 if whole else 0)
        self.create.setText(tr("Make the environment") if whole else tr("Try again"))
        if not whole:
            self.log_group.setCollapsed(False)
        self.installer.deleteLater()
        self.installer = None
        self.refresh()

    def _set_running(self, running):
        self.stop.setEnabled(running)
        for widget in (self.create, self.needs, self.maker, self.gpu, self.wheels):
            widget.setEnabled(not running)
        if not running:
            self.gpu.setEnabled(self.needs.currentData() == "deep")

    # What else can be done.

    def choose(self):
        """Take a Python that is there, if it runs."""
        named = self.existing.filePath().strip()
        message = ""
        if named:
            answer = resolver.ask(resolver.executable(named), "base")
            message = tr("{} does not run: {}.").format(answer.candidate.path, answer.failure.rstrip(".")) \
                if answer.failure else ""
            lacking = ", ".join(answer.lacking)
        if not message:
            settings.store(settings.PYTHON, named)
            message = tr("No Python is set any more.") if not named else (
                tr("It is set, but lacks {}.").format(lacking) if lacking else tr("It is set and has what kriging "
                                                                                  "and the like need."))
        self.verdict.setText(message)
        self.verdict.show()
        self.refresh()

    def remove_chosen(self):
        """Remove the chosen managed environment."""
        folder = self.chosen_folder()
        if folder is not None:
            remove(folder)
            self.refresh()

    def copy_diagnostics(self):
        """Put all that helps to find a fault on the clipboard."""
        QgsApplication.clipboard().setText(diagnostics(self.answers, self.log.toPlainText()))
        self.doing.setText(tr("The diagnostics are on the clipboard."))

    def give_up(self):
        """Leave nothing behind when the plugin goes."""
        self.cancel()
        end = time.monotonic() + UNLOAD_SECONDS
        while self.task is not None and time.monotonic() < end:
            QCoreApplication.processEvents()
            time.sleep(0.02)
        self.close()


def _survey(task):
    """What every Python says of every set; runs in the background."""
    return {needs: resolver.survey(needs) for needs, _ in SETS}


def _state(answer, used):
    """What a Python has of a set, in words."""
    if answer.failure:
        return tr("does not run: {}").format(answer.failure.rstrip("."))
    if answer.lacking:
        return tr("lacks {}").format(", ".join(answer.lacking))
    return tr("✔ in use") if used else tr("✔ complete")


def _folder(hint):
    """A widget for a folder."""
    widget = QgsFileWidget()
    widget.setStorageMode(QgsFileWidget.StorageMode.GetDirectory)
    widget.lineEdit().setPlaceholderText(hint)
    return widget
