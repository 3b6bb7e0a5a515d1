"""Everything that Lodescope adds to the main window: menu, toolbar, options page, dialogs and docks."""
from qgis.core import Qgis, QgsApplication
from qgis.PyQt.QtCore import QObject, Qt, QUrl, pyqtSlot
from qgis.PyQt.QtGui import QDesktopServices, QIcon
from qgis.PyQt.QtWidgets import QAction

from ..processing_provider.base import icon_path
from ..processing_provider.engine.guidance import show_link
from ..processing_provider.translation import tr
from .environmentdialog import EnvironmentDialog
from .librarydock import LibraryDock
from .options import OptionsFactory
from .sampleproject import open_sample
from .training import Training
from .trainingdock import TrainingDock
from .trainingrun import DONE, FAILED
from .variogramdock import VariogramDock

MENU, SCHEME = "Lodescope", "lodescope"
MESSAGE_SECONDS = 10
THEMED = {"options": "mActionOptions.svg", "sample": "mActionFileOpen.svg"}  # with a picture of QGIS


class Desktop(QObject):
    """Adds Lodescope to the main window and takes it away again.

    Parameters
    ----------
    iface : QgisInterface
    """

    def __init__(self, iface):
        super().__init__()
        self.iface = iface
        self.actions, self.dialog, self.dock, self.library, self.variogram = [], None, None, None, None
        self.training = Training(self)
        self.training.finished.connect(self.tell_end)
        self.toolbar = iface.addToolBar(MENU)
        self.toolbar.setObjectName("LodescopeToolbar")
        self.train = self._action("training", tr("Train models"), self.show_training)
        self._action("variogram", tr("Variogram"), self.show_variogram)
        self._action("library", tr("Models"), self.show_library)
        self._action("environment", tr("Worker's Python…"), self.show_environment)
        self._action("sample", tr("Open sample project"), self.open_sample, toolbar=False)
        self._action("options", tr("Options…"), self.show_options, toolbar=False)
        self.options = OptionsFactory(self.show_environment)
        iface.registerOptionsWidgetFactory(self.options)
        QDesktopServices.setUrlHandler(SCHEME, self.open_link)
        show_link(f'<a href="{SCHEME}:environment">{tr("Set up the Python…")}</a>')

    def _action(self, icon, title, slot, toolbar=True):
        """An action in the menu of the plugin and, when asked, on its toolbar."""
        picture = QgsApplication.getThemeIcon(THEMED[icon]) if icon in THEMED else QIcon(icon_path(f"ui/{icon}"))
        action = QAction(picture, title, self.iface.mainWindow())
        action.setObjectName(f"Lodescope{icon.capitalize()}")
        action.triggered.connect(slot)
        self.iface.addPluginToMenu(MENU, action)
        if toolbar:
            self.toolbar.addAction(action)
        self.actions.append(action)
        return action

    def show_environment(self):
        """Open the dialog of the worker's Python."""
        if self.dialog is None:
            self.dialog = EnvironmentDialog(self.iface.mainWindow())
        self.dialog.show()
        self.dialog.raise_()
        self.dialog.activateWindow()

    def show_options(self):
        """Open QGIS's options at the page of Lodescope."""
        self.iface.showOptionsDialog(self.iface.mainWindow(), "LodescopeOptions")

    def open_sample(self):
        """Open the sample project in a folder that the user chooses."""
        open_sample(self.iface)

    def show_training(self):
        """Show the training dock; made when it is wanted first."""
        if self.dock is None:
            self.dock = TrainingDock(self.training, self.iface)
            self._add_dock(self.dock)
        self.dock.setUserVisible(True)

    def tell_end(self, run_id):
        """Say in the message bar how a training ended, unless the dock shows it."""
        run = self.training.runs.get(run_id)
        if run is None or run.state not in (DONE, FAILED) or (self.dock is not None and self.dock.isUserVisible()):
            return
        level = Qgis.MessageLevel.Success if run.state == DONE else Qgis.MessageLevel.Warning
        text = tr("The training '{}' is done.").format(run.name) if run.state == DONE else f"{run.name}: {run.error}"
        self.iface.messageBar().pushMessage(MENU, text, level, MESSAGE_SECONDS)

    def show_library(self):
        """Show the model library; made when it is wanted first."""
        if self.library is None:
            self.library = LibraryDock(self.iface)
            self._add_dock(self.library)
        self.library.setUserVisible(True)

    def show_variogram(self):
        """Show the variogram dock; made when it is wanted first."""
        if self.variogram is None:
            self.variogram = VariogramDock(self.iface)
            self._add_dock(self.variogram)
        self.variogram.setUserVisible(True)

    def _docks(self):
        """The docks that have been made."""
        return [dock for dock in (self.dock, self.library, self.variogram) if dock is not None]

    def _add_dock(self, dock):
        """Put a dock on the right, as a tab beside another one that is there."""
        others = [one for one in self._docks() if one is not dock and one.isVisible() and not one.isFloating()]
        if others:
            self.iface.mainWindow().tabifyDockWidget(others[0], dock)  # one above the other they need a high screen
        else:
            self.iface.addDockWidget(Qt.DockWidgetArea.RightDockWidgetArea, dock)

    @pyqtSlot(QUrl)
    def open_link(self, url):
        """Follow a link of a message of Lodescope."""
        if url.path() == "environment":
            self.show_environment()

    def unload(self):
        """Take everything away again."""
        show_link("")
        QDesktopServices.unsetUrlHandler(SCHEME)
        self.iface.unregisterOptionsWidgetFactory(self.options)
        self.training.unload()
        if self.dialog is not None:
            self.dialog.give_up()
            self.dialog.deleteLater()
        for dock in self._docks():
            dock.forget()
            self.iface.removeDockWidget(dock)
            dock.deleteLater()
        for action in self.actions:
            self.iface.removePluginMenu(MENU, action)
            action.deleteLater()
        self.iface.mainWindow().removeToolBar(self.toolbar)
        self.toolbar.deleteLater()
        self.actions, self.dialog, self.dock, self.library, self.variogram = [], None, None, None, None
        self.toolbar = self.options = None
        self.deleteLater()
