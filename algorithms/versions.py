"""Versions of Lodescope and of the packages, for logs and checkpoints."""
import hashlib
import platform
from configparser import ConfigParser
from functools import cache
from importlib import metadata
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
HOMEPAGE = "https://github.com/lodescope/lodescope"


@cache
def lodescope_version():
    """The version that ``metadata.txt`` states."""
    parser = ConfigParser(interpolation=None)
    parser.read(ROOT / "metadata.txt", encoding="utf-8")
    return parser.get("general", "version")


def package_version(name):
    """The installed version of a package, read without importing it; None when it is not there."""
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None


def versions(packages):
    """Versions of Lodescope, of Python and of those packages that are installed."""
    found = {"lodescope": lodescope_version(), "python": platform.python_version()}
    found.update((name, package_version(name)) for name in packages)
    return {name: version for name, version in found.items() if version}


def code_stamp():
    """A mark that changes when a file of `algorithms` does: no checkpoint outlives its code.

    The same code has the same mark on every machine.
    """
    total = hashlib.sha256()
    for path in sorted((ROOT / "algorithms").rglob("*.py")):
        total.update(path.relative_to(ROOT).as_posix().encode())
        total.update(path.read_bytes())
    return total.hexdigest()[:16]
