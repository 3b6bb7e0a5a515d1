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
        Such as ``"numpy>=1.24,<2.5"``; the optional ones only make jobs faster.
    """
    needed, optional = [], []
    for line in (ROOT / "requirements" / f"{needs}.txt").read_text(encoding="utf-8").splitlines():
        package, _, remark = (part.strip() for part in line.partition("#"))
        if package.startswith("-r "):
            more = package_lines(package[3:].strip()[:-len(".txt")])
            needed, optional = needed + more[0], optional + more[1]
        elif package:
            (optional if remark.startswith("optional") else needed).append(package)
    return needed, optional


def modules(packages):
    """The names under which packages are imported."""
    names = [re.match(r"[A-Za-z0-9._-]+", package).group() for package in packages]
    return [IMPORTED_AS.get(name, name) for name in names]
