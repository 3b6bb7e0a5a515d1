"""The plugin as QGIS loads it: translations, the Processing provider and, on the desktop, menu and docks."""
from pathlib import Path

from qgis.core import QgsApplication
from qgis.PyQt.QtCore import QCoreApplication, QTranslator

from .processing_provider.provider import LodescopeProvider

TRANSLATIONS = Path(__file__).resolve().parent / "resources" / "i18n"


class LodescopePlugin:
    """Registers Lodescope with QGIS and takes it away again.

    Parameters
    ----------
    iface : QgisInterface or None
        None in ``qgis_process``.
    """

    def __init__(self, iface):
        self.iface = iface
        self.provider = self.desktop = None
        self.translator = self._translate()

    def initProcessing(self):
        """Add the provider; all that ``qgis_process`` needs."""
        if self.provider is None:
            self.provider = LodescopeProvider()
            QgsApplication.processingRegistry().addProvider(self.provider)
            # A model finds the outputs of its steps only once their provider is registered.
            self.provider.refreshAlgorithms()

    def initGui(self):
        """Set up what the desktop needs."""
        self.initProcessing()
        if self.iface is not None:
            from .ui.desktop import Desktop  # qgis_process needs no windows

            self.desktop = Desktop(self.iface)

    def unload(self):
        """Take everything away again."""
        if self.desktop is not None:
            self.desktop.unload()
            self.desktop = None
        if self.provider is not None:
            QgsApplication.processingRegistry().removeProvider(self.provider)
            self.provider = None
        if self.translator is not None:
            QCoreApplication.removeTranslator(self.translator)
            self.translator = None

    def _translate(self):
        """Install the translation to the user's language; None when there is none."""
        translator = QTranslator()
        language = QgsApplication.locale()[:2]
        if not translator.load(str(TRANSLATIONS / f"lodescope_{language}.qm")):
            return None
        QCoreApplication.installTranslator(translator)
        return translator
