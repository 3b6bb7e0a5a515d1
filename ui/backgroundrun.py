"""One algorithm at a time in the background, whose last request is the one that counts."""
import time

from qgis.core import QgsApplication, QgsProcessingAlgRunnerTask
from qgis.PyQt.QtCore import QCoreApplication, QObject, pyqtSignal

from ..processing_provider.translation import tr
from .training import UNLOAD_SECONDS, Work


class BackgroundRun(QObject):
    """Runs an algorithm as a task; a new request stops the one before.

    Signals
    -------
    done(dict)
        Outputs of the request.
    failed(str)
        Why there are none; a request that was stopped says nothing.
    moved(float)
        Per cent of the request at work.
    changed()
        It began or ended.
    """

    done = pyqtSignal(dict)
    failed = pyqtSignal(str)
    moved = pyqtSignal(float)
    changed = pyqtSignal()

    def __init__(self, parent=None):
        super().__init__(parent)
        self.work, self.next = None, None

    def busy(self):
        """Whether a request is at work."""
        return self.work is not None

    def start(self, algorithm_id, parameters, project):
        """Run an algorithm with the layers of a project, once the request before has stopped."""
        self.next = (algorithm_id, parameters, project)
        if self.work is None:
            self._begin()
        else:
            self.work.feedback.cancel()

    def cancel(self):
        """Stop what is at work and forget what waits."""
        self.next = None
        if self.work is not None:
            self.work.feedback.cancel()

    def finish(self):
        """Stop, and wait for the end for some seconds."""
        self.cancel()
        end = time.monotonic() + UNLOAD_SECONDS
        while self.work is not None and time.monotonic() < end:
            QCoreApplication.processEvents()
            time.sleep(0.02)

    def _begin(self):
        """Hand the request that waits to the task manager."""
        (algorithm_id, parameters, project), self.next = self.next, None
        algorithm = QgsApplication.processingRegistry().createAlgorithmById(algorithm_id)
        self.work = work = Work(algorithm, parameters, project)
        work.feedback.progressChanged.connect(self.moved)
        work.task = QgsProcessingAlgRunnerTask(algorithm, parameters, work.context, work.feedback)
        work.task.executed.connect(lambda done, results: self._executed(work, done, results))
        self.changed.emit()
        if work.task.isCanceled():  # its parameters were refused, and QGIS never runs such a task
            self._executed(work, False, {}, refused=True)
        else:
            QgsApplication.taskManager().addTask(work.task)

    def _executed(self, work, done, results, refused=False):
        """Tell how a request ended and begin the next one."""
        self.work = None
        stopped = work.feedback.isCanceled() and not refused
        self.changed.emit()
        if self.next is not None:
            self._begin()
        elif done and not stopped:
            self.done.emit(results)
        elif not stopped:
            self.failed.emit(" ".join(work.feedback.errors[-1:]) or tr("The log says more."))
