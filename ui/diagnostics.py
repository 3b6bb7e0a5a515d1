"""A report on the worker's Python that a user can send to somebody who helps."""
import os
import platform
import sys

from qgis.core import Qgis
from qgis.PyQt.QtCore import QT_VERSION_STR

from ..processing_provider.engine import settings
from ..processing_provider.engine.jobs import jobs_folder
from .environmentplan import environments_folder

TOLD = ("LODESCOPE", "PYTHON", "PIP_", "UV_", "VIRTUAL_ENV", "CONDA_PREFIX")
LAST_LINES = 60


def diagnostics(answers, log=""):
    """The report as plain text.

    Parameters
    ----------
    answers : dict
        What `resolver.survey` gave for each set of packages.
    log : str
        Of the last installation.
    """
    lines = [
        f"QGIS {Qgis.QGIS_VERSION}, Qt {QT_VERSION_STR}, Python {platform.python_version()} ({sys.executable})",
        f"{platform.platform()}, {platform.machine()}, {os.cpu_count()} processors",
        f"Environments: {environments_folder()}", f"Jobs: {jobs_folder()}",
        f"Settings: python={settings.python()!r}, threads={settings.threads()}, device={settings.device()}, "
        f"dask={settings.dask()!r}, seed={settings.seed()}",
        *(f"{name}={value}" for name, value in sorted(os.environ.items()) if name.startswith(TOLD)),
    ]
    for needs, found in answers.items():
        lines += ["", f"Set {needs}:", *(f"  {_words(answer)}" for answer in found)]
    tail = log.splitlines()[-LAST_LINES:]
    return "\n".join([*lines, *(["", "Log:", *tail] if tail else []), ""])


def _words(answer):
    """One Python in one line."""
    state = answer.failure or (f"lacks {', '.join(answer.lacking)}" if answer.lacking else "complete")
    newer = f"; newer than tested: {', '.join(answer.untested)}" if answer.untested else ""
    return f"{answer.candidate.path} ({answer.candidate.origin}): {state}{newer}"
