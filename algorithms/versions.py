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
    """A mark that changes when a file of `algorithms` does: no checkpoint outlives its code."""
    total = hashlib.sha256()
    for path in sorted((ROOT / "algorithms").rglob("*.py")):
        state = path.stat()
        total.update(f"{path.relative_to(ROOT)}:{state.st_size}:{state.st_mtime_ns}".encode())
    return total.hexdigest()[:16]
