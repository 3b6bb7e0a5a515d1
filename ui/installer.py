"""Makes the worker's environment step by step, and publishes it only when it is whole."""
import shutil
import time
from collections import deque
from pathlib import Path

from qgis.core import QgsApplication, QgsProxyProgressTask, QgsSettings
from qgis.PyQt.QtCore import QLockFile, QObject, QProcess, pyqtSignal

from ..processing_provider.engine.environment import clean_environment
from ..processing_provider.engine.resolver import forget
from ..processing_provider.translation import tr

KILL_MS = 5000
SYSTEM_CERTIFICATES = ("UV_SYSTEM_CERTS", "UV_NATIVE_TLS")
KEPT_LINES = 30
PACE = 0.97  # each line of an installer leaves so much of its step


class Installer(QObject):
    """Carries out a plan in child processes.

    Signals
    -------
    said(str)
        A line for the log.
    moved(float, str)
        Per cent of the whole, and the step at work.
    ended(bool, str)
        Whether the environment is there, and why not.
    """

    said = pyqtSignal(str)
    moved = pyqtSignal(float, str)
    ended = pyqtSignal(bool, str)

    def __init__(self, plan, parent=None):
        super().__init__(parent)
        self.plan, self.number, self.cancelled = plan, -1, False
        self.process = self.lock = self.started = self.task = None
        self.pending, self.tail, self.share = b"", deque(maxlen=KEPT_LINES), 1.0

    def start(self):
        """Begin; signals tell the rest."""
        self.started = time.monotonic()
        try:
            self.plan.partial.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            self.ended.emit(False, tr("The folder {} cannot be made ({}).").format(
                self.plan.partial.parent, error.strerror))
            return
        self.lock = QLockFile(f"{self.plan.partial}.lock")
        self.lock.setStaleLockTime(0)
        if not self.lock.tryLock(0):
            self.lock = None
            self.ended.emit(False, tr("Another QGIS is making this environment just now: wait for its end."))
            return
        self.task = QgsProxyProgressTask(tr("Make the worker's Python"))  # so that the task manager shows it
        self.moved.connect(lambda percent, _: self.task.setProxyProgress(percent))
        QgsApplication.taskManager().addTask(self.task)
        remove(self.plan.partial)
        self._next()

    def cancel(self):
        """End what runs and remove what is there of the environment."""
        self.cancelled = True
        if self.process is not None:
            self.process.kill()
            self.process.waitForFinished(KILL_MS)

    def running(self):
        """Whether a step is at work."""
        return self.process is not None

    def _next(self):
        """Start the next step, or publish after the last one."""
        self.number += 1
        if self.number == len(self.plan.steps):
            self._publish()
            return
        step = self.plan.steps[self.number]
        self.said.emit(f"$ {step.command()}")
        self.pending, self.share = b"", 1.0
        self.tail.clear()
        self._move()
        self.process = QProcess(self)
        environment = with_proxy(clean_environment())
        for name in SYSTEM_CERTIFICATES:  # uv knows those of firms only when told to
            environment.insert(name, "1")
        self.process.setProcessEnvironment(environment)
        self.process.setProcessChannelMode(QProcess.ProcessChannelMode.MergedChannels)
        self.process.readyReadStandardOutput.connect(self._read)
        self.process.errorOccurred.connect(self._not_started)
        self.process.finished.connect(self._finished)
        self.process.start(step.program, list(step.arguments))

    def _read(self):
        self.pending += bytes(self.process.readAllStandardOutput())
        *lines, self.pending = self.pending.split(b"\n")
        for line in lines:
            self._line(line)

    def _line(self, line):
        """Pass on one line of output."""
        text = line.decode("utf-8", "replace").rstrip()
        if text:
            self.tail.append(text)
            self.said.emit(text)
            self.share *= PACE
            self._move()

    def _move(self):
        """Tell how far the whole is; an installer says how much it does, not how much is left."""
        step = self.plan.steps[self.number]
        before = sum(earlier.share for earlier in self.plan.steps[:self.number])
        self.moved.emit(100.0 * (before + (1.0 - self.share) * step.share), step.title)

    def _not_started(self, error):
        if error == QProcess.ProcessError.FailedToStart:
            self.tail.append(self.process.errorString())
            self._finished(-1, QProcess.ExitStatus.CrashExit)

    def _finished(self, code, status):
        """Go on after a step that went well, or give up."""
        if self.process is None:
            return
        self._read()
        self._line(self.pending)
        self.process.deleteLater()
        self.process = None
        step = self.plan.steps[self.number]
        if self.cancelled:
            self._give_up(tr("Cancelled; nothing was kept."))
        elif code == 0 and status == QProcess.ExitStatus.NormalExit:
            self._next()
        elif step.optional:
            self.said.emit(tr("This part is not needed; going on without it."))
            self._next()
        else:
            self._give_up(self._reason(step))

    def _reason(self, step):
        """One sentence on why a step failed."""
        if any("ensurepip" in line or "python3-venv" in line for line in self.tail):
            return tr("This Python cannot make environments: install its package python3-venv, or start from another "
                      "Python.")
        told = [line for line in self.tail if line.lower().startswith("error: ")] or list(self.tail)[-1:]
        reason = told[-1].partition("rror: ")[2] or told[-1] if told else tr("it said nothing")
        return tr("“{}” failed ({}): the log says more; nothing was kept.").format(step.title, reason.strip(". "))

    def _give_up(self, message):
        remove(self.plan.partial)
        self._end(False, message)

    def _publish(self):
        """Give the environment its final name; one of that name makes room."""
        old = self.plan.target.with_name(f"{self.plan.target.name}.old.partial")
        try:
            remove(old)
            if self.plan.target.exists():
                self.plan.target.rename(old)
            self.plan.partial.rename(self.plan.target)
        except OSError as error:
            if old.exists() and not self.plan.target.exists():
                old.rename(self.plan.target)
            self._give_up(tr("The folder {} cannot be written ({}): close other QGIS windows and try again.").format(
                self.plan.target, error.strerror))
            return
        remove(old)
        self._end(True, "")

    def _end(self, whole, message):
        self.lock.unlock()
        self.task.finalize(whole)
        forget()
        seconds = time.monotonic() - self.started
        self.said.emit(message or tr("Ready after {} s: {}").format(round(seconds), self.plan.target))
        self.ended.emit(whole, message)


def remove(folder):
    """Remove a folder with all that is in it, if there is one."""
    if Path(folder).exists():
        shutil.rmtree(folder, ignore_errors=True)


def with_proxy(environment):
    """An environment that names the proxy of QGIS, unless the system names one."""
    settings = QgsSettings()
    host = settings.value("proxy/proxyHost", "", type=str)
    used = settings.value("proxy/proxyEnabled", False, type=bool)
    if not (used and host) or settings.value("proxy/proxyType", "", type=str) not in ("HttpProxy", "HttpCachingProxy"):
        return environment
    port = settings.value("proxy/proxyPort", "", type=str)
    for name in ("HTTP_PROXY", "HTTPS_PROXY"):
        if not (environment.contains(name) or environment.contains(name.lower())):
            environment.insert(name, f"http://{host}:{port}" if port else f"http://{host}")
    return environment
