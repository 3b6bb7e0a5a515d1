"""The feedback of a training: what the worker says, as signals for the main thread."""
from qgis.core import QgsProcessingFeedback
from qgis.PyQt.QtCore import pyqtSignal


class TrainingFeedback(QgsProcessingFeedback):
    """Hands on metrics, the use of the machine and the log.

    Attributes
    ----------
    last_epoch : int or None
        After which epoch trainings shall end with their best; the engine passes it on.
    errors : list of str
    """

    metric = pyqtSignal(dict)
    usage = pyqtSignal(dict)
    said = pyqtSignal(str)

    def __init__(self):
        super().__init__(False)
        self.last_epoch, self.errors = None, []

    def reportError(self, error, fatalError=False):
        self.errors.append(error)
        self.said.emit(error)

    def pushInfo(self, info):
        self.said.emit(info)

    def pushWarning(self, warning):
        self.said.emit(warning)

    def pushConsoleInfo(self, info):
        self.said.emit(info)
