"""Runs a job folder in the worker's Python and relays what it says."""
import json
import time
from collections import deque

from qgis.core import QgsProcessingException
from qgis.PyQt.QtCore import QProcess, QThread

from ...algorithms.jobs import PROTOCOL
from ..translation import tr
from .environment import clean_environment
from .errors import JobCancelled, JobFailed
from .processes import end, is_running, start
from .resolver import WORKER

# The worker ends itself 1 s after a cancel. One that cannot, because it is
# deep in a library, is killed, and the user has waited less than 2 s.
KILL_AFTER = 1.4
KEPT_LINES = 50


def run_worker(python, folder, feedback):
    """Run a job folder to its end.

    Works on the main thread and in a worker thread, and needs no event loop.

    Parameters
    ----------
    python : resolver.Answer
        The Python to use.
    folder : path-like
        The job folder.
    feedback : QgsProcessingFeedback

    Returns
    -------
    dict
        The outputs of the job.

    Raises
    ------
    JobCancelled
        The user cancelled.
    JobFailed
        The job reported an error.
    QgsProcessingException
        The worker did not start or was stopped.
    """
    for package in python.untested:
        feedback.pushWarning(tr("{} is newer than the versions Lodescope is tested with.").format(package))
    return Run(python.candidate, folder, feedback).outputs()


class Run:
    """One worker process and what it said so far."""

    def __init__(self, candidate, folder, feedback):
        self.candidate, self.folder, self.feedback = candidate, folder, feedback
        self.process = None
        self.last_lines = deque(maxlen=KEPT_LINES)
        self.pending, self.result, self.error, self.cancelled_at = b"", None, "", None
        self.last_epoch = None

    def outputs(self):
        """Start the worker, follow it to its end and return its outputs."""
        self._start()
        try:
            self._follow()
        finally:
            end(self.process)
        return self._conclude()

    def _start(self):
        self.process, problem = start(self.candidate.path, ["-I", "-u", str(WORKER), str(self.folder)],
                                      clean_environment(self.candidate.own))
        if problem:
            text = tr("The worker's Python {} does not start ({}): check the setting lodescope/python.")
            raise QgsProcessingException(text.format(self.candidate.path, problem))

    def _follow(self):
        """Relay what the worker says until it ends or has to be given up."""
        running = True
        while running:
            running = is_running(self.process)
            if running and not self.process.waitForReadyRead(50):
                QThread.msleep(5)  # waiting returns at once while the process is ending
            self._read()
            self._finish_early()
            if self._overdue():
                return

    def _read(self):
        """Handle the whole lines that have arrived, and those without end once there is no more to come."""
        self.pending += bytes(self.process.readAllStandardOutput())
        *lines, self.pending = self.pending.split(b"\n")
        for line in lines:
            self._line(line.decode("utf-8", "replace").strip())
        for line in bytes(self.process.readAllStandardError()).decode("utf-8", "replace").splitlines():
            self.last_lines.append(line)

    def _line(self, line):
        """Relay one line; what is no event of the protocol is shown as it is."""
        try:
            event = json.loads(line)
            HANDLERS[event["event"]](self, event)
        except (ValueError, KeyError, TypeError, AttributeError):
            if line:
                self.feedback.pushConsoleInfo(line)

    def _on_hello(self, event):
        if event["protocol"] != PROTOCOL:
            self.error = tr("The worker speaks protocol {} and this plugin {}: install Lodescope again and restart "
                            "QGIS.").format(event["protocol"], PROTOCOL)
            self.process.kill()
            return
        versions = ", ".join(f"{name} {version}" for name, version in event["versions"].items())
        self.feedback.pushDebugInfo(tr("Worker {}: {}").format(self.candidate.path, versions))

    def _on_progress(self, event):
        self.feedback.setProgress(float(event["value"]))

    def _on_log(self, event):
        push = {"warning": self.feedback.pushWarning, "debug": self.feedback.pushDebugInfo}
        push.get(event["level"], self.feedback.pushInfo)(event["message"])

    def _on_metric(self, event):
        if hasattr(self.feedback, "metric"):
            self.feedback.metric.emit({name: event[name] for name in ("name", "value", "step")})
        if hasattr(self.feedback, "usage"):
            self.feedback.usage.emit({name: event.get(name) for name in ("memory", "device")})

    def _on_result(self, event):
        self.result = dict(event["outputs"])

    def _on_error(self, event):
        self.error = str(event["message"])

    def _finish_early(self):
        """Pass on, once, after which epoch trainings shall end and keep their best."""
        epoch = getattr(self.feedback, "last_epoch", None)
        if epoch is not None and self.last_epoch is None:
            self.last_epoch = int(epoch)
            self.process.write(json.dumps({"command": "finish", "epoch": self.last_epoch}).encode("ascii") + b"\n")
            self.process.waitForBytesWritten(100)

    def _overdue(self):
        """Pass a cancel on; True when the worker did not obey it in time."""
        if not self.feedback.isCanceled():
            return False
        if self.cancelled_at is None:
            self.cancelled_at = time.monotonic()
            self.process.write(b'{"command": "cancel"}\n')
            self.process.waitForBytesWritten(100)
        return time.monotonic() - self.cancelled_at > KILL_AFTER

    def _conclude(self):
        """The outputs, or the reason why there are none."""
        if self.result is not None and not self.feedback.isCanceled():
            return self.result
        if self.feedback.isCanceled():
            raise JobCancelled(tr("The run was cancelled."))
        for line in self.last_lines:
            self.feedback.pushDebugInfo(line)
        if self.error:
            raise JobFailed(self.error)
        if self.process.exitStatus() == QProcess.ExitStatus.CrashExit:
            raise QgsProcessingException(tr(
                "The computation was stopped by the system, often for lack of memory: use larger cells or fewer "
                "samples, or close other programs; the same run goes on from where it stopped."))
        raise QgsProcessingException(tr("The worker ended without a result (exit code {}): the log of this run says "
                                        "more.").format(self.process.exitCode()))


HANDLERS = {
    "hello": Run._on_hello,
    "progress": Run._on_progress,
    "log": Run._on_log,
    "metric": Run._on_metric,
    "result": Run._on_result,
    "error": Run._on_error,
    "cancelled": lambda run, event: None,  # what counts is that the user asked for it
}
