"""The packages that the worker's Python needs, as ``requirements/*.txt`` declare them."""
import json
import re
import sys
from dataclasses import dataclass

from .versions import ROOT, package_version

FOLDER = ROOT / "requirements"
OLDEST_PYTHON = (3, 9)
LINE = re.compile(r"^([A-Za-z0-9._-]+)\s*([^#;]*)(#\s*optional)?")
BOUND = re.compile(r"(>=|==|<)\s*([0-9][0-9.]*)")


@dataclass(frozen=True)
class Requirement:
    """One package with its tested bounds.

    Parameters
    ----------
    name : str
    lowest : str
        The oldest tested version.
    below : str
        The first version that is not tested any more; empty when any newer
        one than ``lowest`` is.
    optional : bool
        The jobs run without it, only slower.
    """

    name: str
    lowest: str
    below: str = ""
    optional: bool = False


def read_requirements(needs):
    """The packages of the set ``"base"`` or ``"deep"``.

    Raises
    ------
    FileNotFoundError
        There is no such set.
    """
    requirements = []
    for line in (FOLDER / f"{needs}.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("-r "):
            requirements += read_requirements(line[3:].strip()[:-len(".txt")])
        elif line.strip() and not line.startswith("#"):
            requirements.append(_requirement(line))
    return requirements


def check(needs):
    """Which packages of a set this Python has, without importing any of them.

    Returns
    -------
    dict
        ``python`` and ``executable``; ``versions`` by package; ``lacking``,
        what is missing or too old, in words; ``untested``, what is newer than
        the tested bounds, in words. The set is usable when ``lacking`` is empty.
    """
    lacking, untested, found = [], [], {}
    python = sys.version_info[:3]
    if python < OLDEST_PYTHON:
        lacking.append(f"Python {_text(OLDEST_PYTHON)} or newer ({_text(python)} found)")
    for requirement in read_requirements(needs):
        version = package_version(requirement.name)
        if version is not None:
            found[requirement.name] = version
            lacking += _too_old(requirement, version)
            untested += _too_new(requirement, version)
        elif not requirement.optional:
            lacking.append(requirement.name)
    return {"python": _text(python), "executable": sys.executable, "needs": needs, "versions": found,
            "lacking": lacking, "untested": untested}


def _requirement(line):
    """One line of a requirements file."""
    name, bounds, optional = LINE.match(line.strip()).groups()
    bounds = dict(BOUND.findall(bounds))
    return Requirement(name, bounds.get(">=") or bounds["=="], bounds.get("<", ""), optional is not None)


def _too_old(requirement, version):
    """A list with the words for a version below the bounds, empty when it is not."""
    if release(version) >= release(requirement.lowest):
        return []
    return [f"{requirement.name} {requirement.lowest} or newer ({version} found)"]


def _too_new(requirement, version):
    """A list with the words for a version above the bounds, empty when it is not."""
    newest = requirement.below
    if not newest or release(version) < release(newest):
        return []
    return [f"{requirement.name} {version} (tested below {newest})"]


def release(version):
    """The numbers of a version: ``"2.13.0+cpu"`` is (2, 13, 0)."""
    numbers = re.match(r"[0-9]+(\.[0-9]+)*", version)
    numbers = [int(part) for part in numbers.group().split(".")] if numbers else []
    while numbers and numbers[-1] == 0:
        numbers.pop()
    return tuple(numbers)


def _text(version):
    """A version tuple as text."""
    return ".".join(str(part) for part in version)


def main(needs):
    """Print `check` as JSON; the exit code is 0 when nothing is lacking."""
    try:
        report = check(needs)
    except FileNotFoundError:
        sys.stderr.write(f"There is no set of packages called '{needs}'.\n")
        return 1
    sys.stdout.write(json.dumps(report) + "\n")
    sys.stdout.flush()
    return 1 if report["lacking"] else 0
