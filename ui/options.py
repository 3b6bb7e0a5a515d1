"""The page of Lodescope in QGIS's options."""
from qgis.core import QgsProject
from qgis.gui import QgsFileWidget, QgsOptionsPageWidget, QgsOptionsWidgetFactory, QgsSpinBox
from qgis.PyQt.QtGui import QIcon
from qgis.PyQt.QtWidgets import (
    QComboBox,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from ..processing_provider.base import icon_path
from ..processing_provider.engine import settings
from ..processing_provider.engine.resolver import VARIABLE, forget
from ..processing_provider.translation import tr

DEVICE_TITLES = {"auto": "A graphics card where there is one", "cpu": "The processor only"}
MOST_THREADS, MOST_SEED = 1024, 2**31 - 1


class OptionsFactory(QgsOptionsWidgetFactory):
    """Makes the page for the options dialog.

    Parameters
    ----------
    show_environment : callable
        Opens the dialog of the worker's Python.
    """

    def __init__(self, show_environment):
        super().__init__()
        self.show_environment = show_environment
        self.setTitle("Lodescope")

    def icon(self):
        return QIcon(icon_path("lodescope"))

    def createWidget(self, parent):
        return OptionsPage(parent, self.show_environment)


class OptionsPage(QgsOptionsPageWidget):
    """Worker's Python, threads, device, Dask scheduler, seed and folders of models."""

    def __init__(self, parent, show_environment=None):
        super().__init__(parent)
        self.setObjectName("LodescopeOptions")
        whole, form = QVBoxLayout(self), QFormLayout()
        whole.addLayout(form)
        whole.addStretch()
        form.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapLongRows)
        form.addRow(tr("Worker's Python"), self._python_row(show_environment))
        form.addRow(_note(tr("Empty: the environment that Lodescope made, or QGIS's own Python when it has the "
                                 "packages. The environment variable {} goes before all of them.").format(VARIABLE)))
        self.threads, self.device, self.seed = QgsSpinBox(), QComboBox(), QgsSpinBox()
        self.threads.setRange(0, MOST_THREADS)
        self.threads.setClearValue(0, tr("All"))
        self.threads.setValue(settings.threads())
        self.threads.setToolTip(tr("Processor cores for runs whose own parameter 'Threads' is empty"))
        for name in settings.DEVICES:
            self.device.addItem(tr(DEVICE_TITLES[name]), name)
        self.device.setCurrentIndex(self.device.findData(settings.device()))
        self.seed.setRange(0, MOST_SEED)
        self.seed.setClearValue(settings.FIRST_SEED)
        self.seed.setValue(settings.seed())
        self.seed.setToolTip(tr("With which forms start; the same seed gives the same result"))
        self.dask = QLineEdit(settings.dask())
        self.dask.setPlaceholderText("tcp://host:8786")
        self.dask.setToolTip(tr("Address of a Dask scheduler; empty to compute on this machine"))
        form.addRow(tr("Processor cores"), self.threads)
        form.addRow(tr("Neural networks compute on"), self.device)
        form.addRow(tr("Random seed"), self.seed)
        form.addRow(tr("Dask scheduler"), self.dask)
        form.addRow(tr("Folders of models"), self._folders_row())

    def _python_row(self, show_environment):
        """A file, and the way to the dialog that makes environments."""
        self.python = QgsFileWidget()
        self.python.setFilePath(settings.python())
        row = QHBoxLayout()
        row.addWidget(self.python, 1)
        if show_environment is not None:
            button = QPushButton(tr("Set up…"))
            button.clicked.connect(show_environment)
            row.addWidget(button)
        return _framed(row)

    def _folders_row(self):
        """A list of folders, with buttons to add and to remove."""
        self.folders = QListWidget()
        self.folders.addItems(settings.model_folders())
        self.folders.setFixedHeight(6 * self.fontMetrics().lineSpacing())
        self.new_folder = QgsFileWidget()
        self.new_folder.setStorageMode(QgsFileWidget.StorageMode.GetDirectory)
        self.new_folder.setDefaultRoot(QgsProject.instance().homePath())
        add, take = QPushButton(tr("Add")), QPushButton(tr("Take away"))
        add.clicked.connect(self.add_folder)
        take.clicked.connect(self.take_folder)
        column, row = QVBoxLayout(), QHBoxLayout()
        row.addWidget(self.new_folder, 1)
        row.addWidget(add)
        row.addWidget(take)
        column.addWidget(self.folders)
        column.addLayout(row)
        return _framed(column)

    def add_folder(self):
        """Put the folder that was chosen on the list."""
        folder = self.new_folder.filePath().strip()
        if folder and folder not in self.listed():
            self.folders.addItem(folder)
        self.new_folder.setFilePath("")

    def take_folder(self):
        """Take the marked folder off the list."""
        self.folders.takeItem(self.folders.currentRow())

    def listed(self):
        """Folders on the list."""
        return [self.folders.item(row).text() for row in range(self.folders.count())]

    def apply(self):
        """Keep everything; QGIS calls this when the user agrees."""
        settings.store(settings.PYTHON, self.python.filePath().strip())
        settings.store(settings.THREADS, self.threads.value() or None)
        settings.store(settings.DEVICE, self.device.currentData())
        settings.store(settings.SEED, self.seed.value())
        settings.store(settings.DASK, self.dask.text().strip())
        settings.store(settings.MODEL_FOLDERS, self.listed())
        forget()


def _framed(layout):
    """A layout as one widget."""
    widget = QWidget()
    layout.setContentsMargins(0, 0, 0, 0)
    widget.setLayout(layout)
    return widget


def _note(text):
    """A remark that wraps."""
    label = QLabel(text)
    label.setWordWrap(True)
    return label
