"""Shared parts of the QGIS-side tests: feedback that remembers, a small job, a Python made of a script."""
import os
import stat
import sys
import threading
import time

import numpy as np
import pytest
from qgis.core import QgsProcessingFeedback


class Feedback(QgsProcessingFeedback):
    """Keeps everything it is told; cancels itself at a progress, or some seconds after the worker's first word."""

    def __init__(self, cancel_at=None, cancel_after=None):
        super().__init__(False)
        self.cancel_at, self.cancel_after = cancel_at, cancel_after
        self.info, self.warnings, self.debug, self.console, self.bar = [], [], [], [], []
        self.cancelled_time = None
        self.progressChanged.connect(self._moved)

    def pushInfo(self, text):
        self.info.append(text)

    def pushWarning(self, text):
        self.warnings.append(text)

    def pushDebugInfo(self, text):
        self.debug.append(text)
        if self.cancel_after is not None and text.startswith("Worker "):
            threading.Timer(self.cancel_after, self._cancel_now).start()

    def pushConsoleInfo(self, text):
        self.console.append(text)

    def _moved(self, value):
        self.bar.append(value)
        if self.cancel_at is not None and value >= self.cancel_at and not self.isCanceled():
            self._cancel_now()

    def _cancel_now(self):
        self.cancelled_time = time.monotonic()
        self.cancel()


@pytest.fixture
def make_feedback():
    """`Feedback` with its arguments."""
    return Feedback


@pytest.fixture
def feedback():
    return Feedback()


@pytest.fixture
def jobs_root(tmp_path, monkeypatch):
    """An own folder for job folders."""
    root = tmp_path / "jobs"
    monkeypatch.setenv("LODESCOPE_JOBS", str(root))
    return root


@pytest.fixture
def resolver(monkeypatch):
    """The resolver without remembered answers, and without managed environments of this machine."""
    from lodescope.processing_provider.engine import resolver

    monkeypatch.setattr(resolver, "_answers", {})
    monkeypatch.setattr(resolver, "managed_pythons", list)
    return resolver


@pytest.fixture
def worker_python():
    """The worker's Python of the tests, from ``LODESCOPE_PYTHON``."""
    path = os.environ.get("LODESCOPE_PYTHON")
    if not path:
        pytest.skip("LODESCOPE_PYTHON is not set")
    return path


@pytest.fixture
def fake_python(tmp_path):
    """Make a program that stands for a Python: a script run with ``sys`` and ``time`` at hand."""

    def make(code, name="python-fake"):
        path = tmp_path / name
        path.write_text(f"#!{sys.executable}\nimport json, sys, time\n{code}\n")
        path.chmod(path.stat().st_mode | stat.S_IXUSR)
        return str(path)

    return make


@pytest.fixture
def selftest():
    """Make the settings and arrays of a self-test job; its sum is 499500."""

    def make(steps=10, seconds=0.0, **more):
        return {"steps": steps, "seconds": seconds, "seed": 7, **more}, {"values": np.arange(1000.0)}

    return make
