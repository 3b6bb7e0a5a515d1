"""Builds the zip that QGIS installs: ``git archive`` of the last commit, less what .gitattributes leaves out.

``--working-tree`` takes the files as they are now instead, committed or not.
"""
import configparser
import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = "lodescope"
# What the plugin site asks for (QGIS-Plugins-Website, plugins/validator.py, July 2026).
LARGEST = 25 * 2**20
KEYS = ("name", "description", "about", "version", "qgisMinimumVersion", "author", "email", "homepage", "tracker",
        "repository")
FORBIDDEN = re.compile(r"\.py[co]$|(^|/)(__pycache__|__MACOSX|\.git|\.\.)(/|$)|\\|^[A-Za-z]:")


def version():
    """Version of the plugin, whose one source is metadata.txt."""
    text = (ROOT / "metadata.txt").read_text(encoding="utf-8")
    return re.search(r"^version=(.+)$", text, re.MULTILINE).group(1).strip()


def git(*arguments, **variables):
    """Output of a git command."""
    done = subprocess.run(
        ["git", *arguments], cwd=ROOT, env={**os.environ, **variables}, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"git {arguments[0]}: {done.stderr.strip()}")
    return done.stdout.strip()


def working_tree():
    """Name of a git tree with the files as they are now; the user's index stays as it is."""
    index = ROOT / "build" / "package.index"
    index.parent.mkdir(exist_ok=True)
    index.unlink(missing_ok=True)
    git("add", "--all", GIT_INDEX_FILE=str(index))
    tree = git("write-tree", GIT_INDEX_FILE=str(index))
    index.unlink()
    return tree


def build(tree="HEAD", folder=ROOT / "build" / "dist"):
    """Write ``lodescope.VERSION.zip`` of a commit or tree into a folder and return its path."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{PACKAGE}.{version()}.zip"
    git("archive", "--format=zip", f"--prefix={PACKAGE}/", "-o", str(path), tree)
    return path


def problems(path):
    """What the plugin site would refuse in a zip, as sentences."""
    with zipfile.ZipFile(path) as archive:
        names = archive.namelist()
        broken = [f"{name} is damaged." for name in [archive.testzip()] if name]
        found = f"{PACKAGE}/metadata.txt"
        text = archive.read(found).decode("utf-8") if found in names else ""
    return broken + name_problems(names, path.stat().st_size) + (metadata_problems(text) if text else [])


def name_problems(names, size):
    """What is wrong with the size of a zip and the names in it."""
    told = [f"{name} is a forbidden name." for name in names if FORBIDDEN.search(name)]
    told += [f"{name} is not in the folder {PACKAGE}." for name in names if not name.startswith(f"{PACKAGE}/")]
    needed = ("__init__.py", "metadata.txt", "LICENSE")
    told += [f"{name} is missing." for name in needed if f"{PACKAGE}/{name}" not in names]
    return told + ([f"{size} bytes are too many."] if size > LARGEST else [])


def metadata_problems(text):
    """What is wrong with metadata.txt."""
    parser = configparser.ConfigParser(interpolation=None)
    parser.optionxform = str
    try:
        parser.read_string(text)
        values = dict(parser["general"])
    except (configparser.Error, KeyError) as error:
        return [f"metadata.txt cannot be read: {error}."]
    told = [f"metadata.txt: {key} is missing." for key in KEYS if not values.get(key, "").strip()]
    told += [f"metadata.txt: {key} holds HTML." for key in ("description", "about") if "<" in values.get(key, "")]
    if not re.fullmatch(r"\d+\.\d+\.\d+", values.get("version", "")):
        told.append("metadata.txt: version is not three numbers.")
    if "/" in values.get("author", ""):
        told.append("metadata.txt: author holds a slash.")
    return told


if __name__ == "__main__":
    now = "--working-tree" in sys.argv[1:]
    if not now and git("status", "--porcelain"):
        print("package: what is not committed is not in the package.", file=sys.stderr)
    made = build(working_tree() if now else "HEAD")
    print(made.relative_to(ROOT))
    sys.exit("\n".join(problems(made)) or 0)
