"""Runs trainings one after the other as Processing algorithms, and keeps what they say."""
import time
from collections import deque

from qgis.core import QgsApplication, QgsProcessingAlgRunnerTask
from qgis.PyQt.QtCore import QCoreApplication, QObject, pyqtSignal

from ..processing_provider.translation import tr
from .ownlayers import context_of, is_temporary, own_layers, written
from .trainingfeedback import TrainingFeedback
from .trainingrun import DONE, FAILED, PAUSED, RUNNING, WAITING, TrainingRun
from .trainingstore import TrainingStore

SAVE_SECONDS = 5.0
TRAINS = ("train", "pretrain")
UNLOAD_SECONDS = 4.0
PACE_POINTS, PACE_SECONDS = 240, 0.5  # the last two minutes


class Work:
    """What a run needs while it is at work: nothing else keeps these objects alive."""

    def __init__(self, algorithm, parameters, project):
        self.algorithm, self.parameters, self.project = algorithm, parameters, project
        self.feedback = TrainingFeedback()
        self.context = context_of(project, self.feedback)
        self.task, self.started, self.pace = None, None, deque(maxlen=PACE_POINTS)

    def again(self):
        """The same work, to be begun once more."""
        return Work(self.algorithm.create(), self.parameters, self.project)

    def seconds_left(self):
        """Time to the end at the pace of the last minutes; None while that is unknown."""
        if len(self.pace) < 2 or self.pace[-1][1] - self.pace[0][1] < 0.5:
            return None
        (first, before), (last, percent) = self.pace[0], self.pace[-1]
        return (last - first) * (100.0 - percent) / (percent - before)


class Training(QObject):
    """The trainings of this and earlier sessions, and the queue of those that wait.

    Signals
    -------
    changed(str)
        The run with this id has something new.
    listed()
        Runs came or went.
    finished(str)
        The run with this id has ended or stands still.
    """

    changed = pyqtSignal(str)
    listed = pyqtSignal()
    finished = pyqtSignal(str)

    def __init__(self, parent=None, store=None):
        super().__init__(parent)
        self.store = store or TrainingStore()
        self.runs = {run.id: run for run in self.store.load()}
        self.given, self.work, self.saved, self.closing = {}, {}, 0.0, False

    def start(self, algorithm_id, parameters, name):
        """Queue a training; it begins when those before it have ended.

        Returns
        -------
        TrainingRun
        """
        run = TrainingRun(algorithm_id, name, {key: written(value) for key, value in parameters.items()})
        algorithm = QgsApplication.processingRegistry().createAlgorithmById(algorithm_id)
        run.temporary = any(is_temporary(value) for value in parameters.values())
        self.runs[run.id] = run
        self.given[run.id] = Work(algorithm, *own_layers(algorithm, parameters))
        self.store.save(run)
        self.listed.emit()
        self._next()
        return run

    def resume(self, run):
        """Queue a run that stands still; it goes on from its checkpoint."""
        if run.state in (PAUSED, FAILED):
            run.state, run.error = WAITING, ""
            self._tell(run)
            self._next()

    def pause(self, run):
        """End the work on a run; its checkpoints stay."""
        work = self.work.get(run.id)
        if work is not None:
            work.feedback.cancel()
        elif run.state == WAITING:
            run.state = PAUSED
            self._tell(run)

    def finish(self, run):
        """Let no training of a run have more epochs than the most it has reached; the best is kept."""
        work = self.work.get(run.id)
        if work is not None:
            run.last_epoch = max(run.reached(), 1)
            work.feedback.last_epoch = run.last_epoch
            self._tell(run)

    def remove(self, run):
        """Forget a run; one that is at work is stopped first."""
        self.pause(run)
        self.runs.pop(run.id, None)
        self.given.pop(run.id, None)
        self.store.remove(run)
        self.listed.emit()

    def active(self):
        """The run at work, or None."""
        return next((run for run in self.runs.values() if run.state == RUNNING), None)

    def seconds_left(self, run):
        """Time to the end at the pace so far; None while that is unknown."""
        work = self.work.get(run.id)
        return None if work is None else work.seconds_left()

    def seconds(self, run):
        """Time that a run has taken so far."""
        work = self.work.get(run.id)
        return run.seconds + (time.monotonic() - work.started if work is not None else 0.0)

    def unload(self):
        """Stop what runs, so that it can be resumed, and let the runs go."""
        self.closing = True
        for work in list(self.work.values()):
            work.feedback.cancel()
        end = time.monotonic() + UNLOAD_SECONDS
        while self.work and time.monotonic() < end:
            QCoreApplication.processEvents()
            time.sleep(0.02)
        self.work, self.given = {}, {}
        self.store.release()

    def _next(self):
        """Begin the oldest run that waits, when none is at work."""
        waiting = [run for run in self.runs.values() if run.state == WAITING]
        if self.active() is None and waiting and not self.closing:
            self._begin(waiting[0])

    def _begin(self, run):
        """Hand a run to the task manager."""
        work = self.given.pop(run.id, None) or self._work_again(run)
        if work is None:
            return
        self.work[run.id] = work
        feedback = work.feedback
        feedback.last_epoch = run.last_epoch or None
        feedback.metric.connect(lambda event: self._metric(run, event))
        feedback.usage.connect(lambda event: self._usage(run, event))
        feedback.said.connect(lambda text: self._said(run, text))
        feedback.progressChanged.connect(lambda percent: self._progress(run, percent))
        work.task = QgsProcessingAlgRunnerTask(work.algorithm, work.parameters, work.context, feedback)
        work.task.executed.connect(lambda done, results: self._executed(run, done, results))
        work.started = time.monotonic()
        run.state, run.error = RUNNING, ""
        self._tell(run)
        if work.task.isCanceled():  # its parameters were refused, and QGIS never runs such a task
            self._executed(run, False, {}, refused=True)
        else:
            QgsApplication.taskManager().addTask(work.task)

    def _work_again(self, run):
        """What a run of an earlier session, or one that stood still, needs."""
        algorithm = QgsApplication.processingRegistry().createAlgorithmById(run.algorithm)
        if algorithm is None:
            message = tr("The algorithm {} is not there any more.").format(run.algorithm)
        elif run.temporary:
            message = tr("Its input was a temporary layer that is gone: start a new run.")
        else:
            return Work(algorithm, *own_layers(algorithm, run.parameters))
        run.state, run.error = FAILED, message
        self._tell(run)
        return None

    def _metric(self, run, event):
        run.add_metric(event["name"], event["step"], event["value"])
        self.changed.emit(run.id)
        if time.monotonic() - self.saved > SAVE_SECONDS:
            self.saved = time.monotonic()
            self._save(run)

    def _usage(self, run, event):
        run.memory, run.device = event.get("memory") or run.memory, event.get("device") or run.device

    def _said(self, run, text):
        run.add_line(text)
        self.changed.emit(run.id)

    def _progress(self, run, percent):
        work = self.work.get(run.id)
        now = time.monotonic()
        if work is not None and (not work.pace or now - work.pace[-1][0] > PACE_SECONDS):
            work.pace.append((now, percent))
        run.percent = percent
        self.changed.emit(run.id)

    def _executed(self, run, done, results, refused=False):
        """Take down how a run ended, load its results and begin the next one."""
        work = self.work.pop(run.id, None)
        if work is None:
            return
        run.seconds += time.monotonic() - work.started
        if done:
            run.state, run.percent = DONE, 100.0
            run.results = {key: written(value) for key, value in results.items()}
            self._load_results(run, work)
        elif work.feedback.isCanceled() and not refused:
            run.state = PAUSED
            if run.id in self.runs:
                self.given[run.id] = work.again()
        else:
            run.state, run.error = FAILED, " ".join(work.feedback.errors[-1:]) or tr("The log says more.")
        self._tell(run)
        self.finished.emit(run.id)
        self._next()

    def _load_results(self, run, work):
        """Add result layers to the project as Processing does."""
        from processing.gui.Postprocessing import handleAlgorithmResults  # a plugin of QGIS, there once it runs

        handleAlgorithmResults(work.algorithm, work.context, work.feedback, parameters=work.parameters)

    def _tell(self, run):
        self._save(run)
        self.changed.emit(run.id)

    def _save(self, run):
        """Keep a run on the disk, unless it was removed while it was at work."""
        if run.id in self.runs:
            self.store.save(run)


def training_algorithms():
    """The registered algorithms of Lodescope that train models."""
    provider = QgsApplication.processingRegistry().providerById("lodescope")
    found = provider.algorithms() if provider is not None else []
    return sorted((one for one in found if one.name().startswith(TRAINS)), key=lambda one: one.displayName())
