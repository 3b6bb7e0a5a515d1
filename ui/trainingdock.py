"""The training dock: a form for a new run, and the runs with their curves."""
from qgis.core import QgsApplication, QgsProject
from qgis.gui import QgsDockWidget, QgsScrollArea
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QMenu,
    QPushButton,
    QTabWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from ..processing_provider.translation import tr
from .commands import as_python, as_qgis_process
from .parameterform import ParameterForm
from .runspanel import RunsPanel
from .training import training_algorithms


class TrainingDock(QgsDockWidget):
    """Starts trainings and shows how they go.

    Closing it ends nothing: the runs belong to the plugin.

    Parameters
    ----------
    training : Training
    iface : QgisInterface
    """

    def __init__(self, training, iface):
        super().__init__(tr("Train models"), iface.mainWindow())
        self.setObjectName("LodescopeTraining")
        self.training, self.iface, self.form, self.dialog = training, iface, None, None
        self.tabs, self.runs = QTabWidget(), RunsPanel(training)
        self.tabs.setDocumentMode(True)
        self.tabs.addTab(self._form_page(), tr("New run"))
        self.tabs.addTab(self.runs, tr("Runs"))
        self.setWidget(self.tabs)
        self.runs.again.connect(self.fill_from)
        self.choice.currentIndexChanged.connect(self.show_form)
        QgsProject.instance().cleared.connect(self.show_form)
        for algorithm in training_algorithms():
            self.choice.addItem(algorithm.icon(), algorithm.displayName(), algorithm.id())
        if self.choice.count() == 0:
            self.problem.setText(tr("No algorithm that trains models is loaded."))
            self.problem.show()

    def _form_page(self):
        """The choice of the algorithm, its parameters, and what can be done with them."""
        page = QWidget()
        column = QVBoxLayout(page)
        self.choice, self.area, self.name = QComboBox(), QgsScrollArea(), QLineEdit()
        self.area.setWidgetResizable(True)
        self.area.setFrameShape(QgsScrollArea.Shape.NoFrame)
        self.area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.name.setPlaceholderText(tr("Name of the run"))
        self.choice.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.problem = QLabel()
        self.problem.setWordWrap(True)
        self.problem.setTextInteractionFlags(Qt.TextInteractionFlag.TextBrowserInteraction)
        self.problem.setOpenExternalLinks(True)
        self.problem.hide()
        column.addWidget(self.choice)
        column.addWidget(self.area, 1)
        column.addWidget(self.problem)
        column.addLayout(self._buttons())
        return page

    def _buttons(self):
        self.start, self.more = QPushButton(tr("Start")), QToolButton()
        self.start.setIcon(QgsApplication.getThemeIcon("mActionStart.svg"))
        self.start.clicked.connect(self.begin)
        self.more.setText("⋯")
        self.more.setToolTip(tr("The same run elsewhere"))
        self.more.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        menu = QMenu(self.more)
        menu.addAction(tr("Open as Processing dialog"), self.open_dialog)
        menu.addAction(tr("Copy as Python"), self.copy_python)
        menu.addAction(tr("Copy as qgis_process command"), self.copy_command)
        self.more.setMenu(menu)
        row = QHBoxLayout()
        row.addWidget(self.name, 1)
        row.addWidget(self.start)
        row.addWidget(self.more)
        return row

    def show_form(self, *_):
        """Make the form of the chosen algorithm anew, with the layers of the project."""
        algorithm = self.algorithm()
        if algorithm is None:
            return
        self.form = ParameterForm(algorithm, self.iface)
        self.area.setWidget(self.form)
        bar = self.area.verticalScrollBar().sizeHint().width()
        self.area.setMinimumWidth(self.form.minimumSizeHint().width() + bar)
        self.problem.hide()

    def algorithm(self):
        """The chosen algorithm, made anew; None when there is none."""
        registry = QgsApplication.processingRegistry()
        chosen = self.choice.currentData()
        return registry.createAlgorithmById(chosen) if chosen else None

    def begin(self):
        """Queue a run with what the form holds."""
        ok, message = self.form.algorithm.canExecute()
        message = message if not ok else self.form.problem()
        self.problem.setText(message)
        self.problem.setVisible(bool(message))
        if message:
            return
        values = self.form.values()
        name = self.name.text().strip() or self.next_name()
        run = self.training.start(self.form.algorithm.id(), values, name)
        self.name.clear()
        self.tabs.setCurrentWidget(self.runs)
        self.runs.choose(run)

    def next_name(self):
        """A name that no run has yet."""
        taken = {run.name for run in self.training.runs.values()}
        base = self.form.algorithm.displayName()
        return next(name for name in (f"{base} {number}" for number in range(1, len(taken) + 2)) if name not in taken)

    def fill_from(self, run):
        """Show the parameters of a run in the form."""
        row = self.choice.findData(run.algorithm)
        if row < 0:
            return
        self.choice.setCurrentIndex(row)
        self.show_form()
        self.form.fill(run.parameters)
        self.tabs.setCurrentIndex(0)

    def open_dialog(self):
        """Open the dialog of Processing with what the form holds."""
        import processing  # a plugin of QGIS, there once it runs

        self.dialog = processing.createAlgorithmDialog(self.form.algorithm.id(), self.form.values())
        if self.dialog is not None:
            self.dialog.show()

    def copy_python(self):
        """Put the run on the clipboard as Python."""
        self._copy(as_python(self.form.algorithm, self.form.values()))

    def copy_command(self):
        """Put the run on the clipboard as a command for a terminal."""
        self._copy(as_qgis_process(self.form.algorithm, self.form.values()))

    def _copy(self, text):
        QgsApplication.clipboard().setText(text)
        self.problem.setText(tr("It is on the clipboard."))
        self.problem.show()

    def forget(self):
        """Let go of signals of objects that live on."""
        QgsProject.instance().cleared.disconnect(self.show_form)
        self.runs.forget()
