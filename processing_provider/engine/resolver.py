"""Finds a Python that has the packages of the worker.

In this order: the environment variable ``LODESCOPE_PYTHON``, the setting
``lodescope/python``, a managed environment, and QGIS's own Python as a child
process. Nothing is installed.
"""
import json
import os
import shutil
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

from qgis.core import QgsApplication, QgsProcessingException
from qgis.PyQt.QtCore import QStandardPaths

from ..translation import tr
from . import settings
from .environment import clean_environment
from .processes import end, start

VARIABLE = "LODESCOPE_PYTHON"
SETTING = settings.PYTHON
ROOT = Path(__file__).resolve().parents[2]
WORKER = ROOT / "algorithms" / "worker.py"
PROBE_SECONDS = 60  # a virus scanner can hold up the first start of a Python
ASK_AGAIN = 20.0  # seconds until a Python that did not serve is asked again

_answers = {}


@dataclass(frozen=True)
class Candidate:
    """A Python that may serve.

    Parameters
    ----------
    path : str
    origin : str
        Where it was named, as it stands in a sentence.
    chosen : bool
        The user named it, so a mistake in it has to be told.
    own : bool
        It is that of QGIS.
    """

    path: str
    origin: str
    chosen: bool = False
    own: bool = False


@dataclass(frozen=True)
class Answer:
    """What a probe of a candidate found.

    Parameters
    ----------
    candidate : Candidate
    failure : str
        Why it does not run; empty when it does.
    lacking, untested : tuple of str
        Packages that are missing or too old, and those that are newer than
        the tested ones, in words.
    """

    candidate: Candidate
    failure: str = ""
    lacking: tuple = ()
    untested: tuple = ()
    time: float = field(default_factory=time.monotonic, compare=False)

    @property
    def serves(self):
        """Whether jobs can run in it."""
        return not self.failure and not self.lacking


def find_python(needs, title=""):
    """The first Python that has the packages of a set.

    Parameters
    ----------
    needs : str
        ``"base"`` or ``"deep"``.
    title : str
        Of the algorithm, for the message.

    Returns
    -------
    Answer

    Raises
    ------
    QgsProcessingException
        No Python serves; one sentence says what is missing and what to do.
    """
    answer, message = _search(needs, title)
    if message:
        raise QgsProcessingException(message)
    return answer


def problem(needs, title=""):
    """Why no Python serves a set of packages, in one sentence, or an empty string."""
    return _search(needs, title)[1]


def candidates():
    """Every Python that may serve, best first."""
    found = []
    if os.environ.get(VARIABLE):
        found.append(Candidate(executable(os.environ[VARIABLE]), VARIABLE, chosen=True))
    setting = settings.python()
    if setting:
        found.append(Candidate(executable(setting), tr("the setting {}").format(SETTING), chosen=True))
    found += [Candidate(path, tr("the managed environment")) for path in managed_pythons()]
    own = own_python()
    return found + ([Candidate(own, tr("QGIS's own Python"), own=True)] if own else [])


def survey(needs):
    """What a probe of every Python that may serve found, best first.

    Returns
    -------
    list of Answer
    """
    return [_ask(candidate, needs) for candidate in candidates()]


def ask(path, needs):
    """What a probe of the Python at a path finds now, whatever an earlier one found."""
    return _probe(Candidate(path, path), needs)


def forget():
    """Ask every Python anew the next time."""
    _answers.clear()


def executable(named):
    """The full path of a Python that is named by its path, its environment's folder, or its command."""
    named = Path(named.strip()).expanduser()
    path = named.absolute()  # links stay: an environment is known by where its Python is called
    if path.is_dir():
        return _first_file(path / "bin" / "python3", path / "bin" / "python", path / "Scripts" / "python.exe",
                           path / "python.exe") or str(path)
    if not path.exists() and named.name == str(named):
        return shutil.which(named.name) or named.name
    return str(path)


def managed_pythons():
    """Pythons of the environments that Lodescope made, newest first."""
    data = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.GenericDataLocation)
    folders = [path for path in Path(data).glob("lodescope/env-*") if path.suffix != ".partial"]
    folders.sort(key=lambda path: path.stat().st_mtime, reverse=True)
    pythons = [_first_file(path / "bin" / "python", path / "Scripts" / "python.exe") for path in folders]
    return [python for python in pythons if python]


def own_python():
    """The Python that QGIS itself runs on; empty when there is no program of its own for it.

    ``sys.executable`` is QGIS on Windows and macOS: starting it would open
    another QGIS window.
    """
    home = Path(sys.exec_prefix)
    if sys.platform == "win32":
        return _first_file(home / "python3.exe", home / "python.exe")
    if sys.platform == "darwin":
        return _first_file(Path(QgsApplication.prefixPath()) / "bin" / "python3", home / "bin" / "python3")
    if Path(sys.executable or "").name.startswith("python"):
        return sys.executable
    return _first_file(home / "bin" / "python3")


def _first_file(*paths):
    """The first of these files that exists, or an empty string."""
    return next((str(path) for path in paths if path.is_file()), "")


def _search(needs, title):
    """The answer of the Python that serves, or of the one to name, and a message when none does."""
    answers = []
    for candidate in candidates():
        answer = _ask(candidate, needs)
        if answer.serves:
            return answer, ""
        if answer.failure and candidate.chosen:
            return answer, _broken(answer)
        answers.append(answer)
    told = next((answer for answer in answers if answer.lacking), None)
    return told, _lacking(told, needs, title)


def _ask(candidate, needs):
    """Probe a candidate, or remember what an earlier probe found."""
    key = (candidate.path, _changed(candidate.path), _changed(ROOT / "requirements" / f"{needs}.txt"), needs)
    known = _answers.get(key)
    if known is None or not (known.serves or time.monotonic() - known.time < ASK_AGAIN):
        known = _answers[key] = _probe(candidate, needs)
    return known


def _changed(path):
    """When a file was changed last; 0 when there is none."""
    path = Path(path)
    return path.stat().st_mtime_ns if path.exists() else 0


def _probe(candidate, needs):
    """Start a candidate and ask which packages it has."""
    process, problem = start(candidate.path, ["-I", str(WORKER), "--probe", needs], clean_environment(candidate.own))
    if problem:
        return Answer(candidate, failure=problem)
    if not process.waitForFinished(PROBE_SECONDS * 1000):
        end(process)
        return Answer(candidate, failure=tr("it does not answer"))
    try:
        report = json.loads(bytes(process.readAllStandardOutput()).decode("utf-8", "replace"))
        return Answer(candidate, lacking=tuple(report["lacking"]), untested=tuple(report["untested"]))
    except (ValueError, KeyError, TypeError):
        return Answer(candidate, failure=_last_line(bytes(process.readAllStandardError())))


def _last_line(output):
    """The last line that a program wrote, or words for silence."""
    lines = output.decode("utf-8", "replace").strip().splitlines()
    return lines[-1].strip() if lines else tr("it is no Python")


def _broken(answer):
    """One sentence on a Python that the user named and that does not run."""
    text = tr("The Python named in {} does not run ({}: {}): correct the path, or clear it.")
    return text.format(answer.candidate.origin, answer.candidate.path, answer.failure.rstrip("."))


def _lacking(answer, needs, title):
    """One sentence on what is missing and where to get it."""
    fix = tr("make the worker's environment as the README shows under “The worker's Python”, and name its Python "
             "in the setting {} or in the environment variable {}.").format(SETTING, VARIABLE)
    title = title or tr("This computation")
    if answer is None:
        text = tr("{} needs a Python with the packages of the set “{}”, and none was found: {}")
        return text.format(title, needs, fix)
    text = tr("{} needs {}, which {} ({}) does not have: {}")
    return text.format(title, _and(answer.lacking), answer.candidate.origin, answer.candidate.path, fix)


def _and(words):
    """Words joined as in a sentence."""
    *most, last = words
    return tr("{} and {}").format(", ".join(most), last) if most else last
