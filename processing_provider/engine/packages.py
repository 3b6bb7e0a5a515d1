"""The packages of a set as an installer and an import know them."""
import re

from .resolver import ROOT

IMPORTED_AS = {"scikit-learn": "sklearn", "PyKrige": "pykrige", "scikit-fem": "skfem"}


def package_lines(needs):
    """What an installer is asked for.

    Parameters
    ----------
    needs : str
        ``"base"`` or ``"deep"``.

    Returns
    -------
    needed, optional : list of str
        Such as ``"numpy>=1.24,<2.5"``; the optional ones only make jobs
        faster. A remark ``installed: 1.2`` asks for that version alone.
    """
    needed, optional = [], []
    for line in (ROOT / "requirements" / f"{needs}.txt").read_text(encoding="utf-8").splitlines():
        package, _, remark = (part.strip() for part in line.partition("#"))
        if package.startswith("-r "):
            more = package_lines(package[3:].strip()[:-len(".txt")])
            needed, optional = needed + more[0], optional + more[1]
        elif package:
            kind, _, version = remark.partition(":")
            (optional if kind == "optional" else needed).append(
                f"{_name(package)}=={version.strip()}" if kind == "installed" else package)
    return needed, optional


def modules(packages):
    """The names under which packages are imported."""
    return [IMPORTED_AS.get(name, name) for name in map(_name, packages)]


def _name(package):
    return re.match(r"[A-Za-z0-9._-]+", package).group()
