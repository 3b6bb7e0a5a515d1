"""What is done to make the worker's environment: place, size and commands, before anything happens."""
import hashlib
import os
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

from qgis.PyQt.QtCore import QStandardPaths

from ..processing_provider.engine.packages import modules, package_lines
from ..processing_provider.engine.resolver import WORKER
from ..processing_provider.translation import tr

MEGABYTES = {"base": 600, "deep": 1500}
GPU_MEGABYTES = 5000  # the libraries of CUDA
CPU_INDEX = "https://download.pytorch.org/whl/cpu"
IMPORT_ALL = "import importlib, sys; [importlib.import_module(name) for name in sys.argv[1:]]"


@dataclass(frozen=True)
class Step:
    """One command.

    Parameters
    ----------
    title : str
    program : str
    arguments : tuple of str
    share : float
        Of the whole time, in [0, 1].
    optional : bool
        The rest goes on when it fails.
    """

    title: str
    program: str
    arguments: tuple
    share: float
    optional: bool = False

    def command(self):
        """The command as a line for a terminal."""
        return " ".join(quoted(part) for part in (self.program, *self.arguments))


@dataclass(frozen=True)
class Wish:
    """What the user wants.

    Parameters
    ----------
    needs : str
        ``"base"`` or ``"deep"``.
    python : str
        The Python to start from.
    uv : str
        The program uv; empty for venv and pip.
    wheels : str
        A folder of wheels to install from, without a network; empty for the package index.
    gpu : bool
        PyTorch with CUDA.
    cluster : bool
        What a Dask scheduler needs on top.
    """

    needs: str
    python: str
    uv: str = ""
    wheels: str = ""
    gpu: bool = False
    cluster: bool = False


@dataclass(frozen=True)
class Plan:
    """Where an environment is made, and how.

    Parameters
    ----------
    needs : str
    target, partial : pathlib.Path
        Its folder, and the one in which it is made.
    megabytes : int
        What it takes on the disk, about.
    steps : tuple of Step
    """

    needs: str
    target: Path
    partial: Path
    megabytes: int
    steps: tuple


def make_plan(wish, root=None):
    """The plan for a wish.

    Parameters
    ----------
    wish : Wish
    root : path-like, optional
        The folder of all environments.

    Returns
    -------
    Plan
    """
    needed, optional = package_lines(wish.needs)
    needed += package_lines("cluster")[0] if wish.cluster else []
    content = "\n".join([wish.python, str(wish.gpu), *needed, *optional])
    name = f"env-{wish.needs}-{hashlib.sha256(content.encode('utf-8')).hexdigest()[:8]}"
    target = Path(root or environments_folder()) / name
    partial = target.with_name(f"{name}.partial")
    python = environment_python(partial)
    steps = [
        Step(tr("Make an empty environment"), *_venv(wish, partial), 0.06),
        *_torch_steps(wish, python, needed),
        Step(tr("Install the packages"), *_install(wish, python, needed), 0.54),
        *([Step(tr("Install what makes it faster"), *_install(wish, python, optional), 0.1, True)] if optional else []),
        Step(tr("Import every package"), python, ("-I", "-c", IMPORT_ALL, *modules(needed)), 0.09),
        Step(tr("Ask the worker"), python, ("-I", str(WORKER), "--probe", wish.needs), 0.01),
    ]
    megabytes = MEGABYTES[wish.needs] + (GPU_MEGABYTES if wish.gpu and wish.needs == "deep" else 0)
    return Plan(wish.needs, target, partial, megabytes, tuple(steps))


def environments_folder():
    """The folder of the managed environments: outside every profile, and not among roaming files."""
    data = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.GenericDataLocation)
    return Path(data) / "lodescope"


def environment_python(folder):
    """Where the Python of an environment is."""
    return str(folder / "Scripts" / "python.exe" if sys.platform == "win32" else folder / "bin" / "python")


def find_uv():
    """The program uv of the user, or an empty string."""
    home = Path.home()
    places = os.pathsep.join([os.environ.get("PATH", ""), str(home / ".local" / "bin"), str(home / ".cargo" / "bin")])
    return shutil.which("uv", path=places) or ""


def disk_problem(plan):
    """Why there is no room for an environment, in one sentence, or an empty string."""
    place = next(folder for folder in plan.target.parents if folder.exists())
    free = shutil.disk_usage(place).free // 10**6
    if free >= plan.megabytes:
        return ""
    return tr("The disk that holds {} has {} MB free and the environment needs about {} MB: free some space.").format(
        place, free, plan.megabytes)


def wheels_problem(folder):
    """Why a folder of wheels cannot be used, in one sentence, or an empty string."""
    if not folder or any(Path(folder).glob("*.whl")):
        return ""
    return tr("The folder {} holds no wheels (files that end with .whl): choose another one, or leave the field empty "
              "to install from the package index.").format(folder)


def folder_megabytes(folder):
    """Size of a folder."""
    return sum(path.lstat().st_size for path in Path(folder).rglob("*") if not path.is_dir()) // 10**6


def quoted(word):
    """A word as a terminal needs it."""
    plain = word and all(letter.isalnum() or letter in "-_./:=+,@\\" for letter in word)
    return word if plain else '"' + word.replace('"', '\\"') + '"'


def _venv(wish, partial):
    """Program and arguments that make an empty environment."""
    if wish.uv:
        return wish.uv, ("venv", "--python", wish.python, str(partial))
    return wish.python, ("-I", "-m", "venv", str(partial))


def _torch_steps(wish, python, packages):
    """The small PyTorch, without CUDA, from its own index; where that cannot be reached, the usual one follows.

    It comes alone, so that no other package is looked for in that index.
    """
    torch = [package for package in packages if modules([package]) == ["torch"]]
    if not torch or wish.gpu or wish.wheels:
        return []
    strategy = ("--index-strategy", "unsafe-best-match") if wish.uv else ("--retries", "1", "--timeout", "15")
    options = ("--no-deps", "--extra-index-url", CPU_INDEX, *strategy)
    return [Step(tr("Install PyTorch without CUDA"), *_install(wish, python, torch, options), 0.2, True)]


def _install(wish, python, packages, options=()):
    """Program and arguments that install packages."""
    offline = ("--no-index", "--find-links", wish.wheels) if wish.wheels else ()
    if wish.uv:
        return wish.uv, ("pip", "install", "--python", python, *offline, *options, *packages)
    return python, ("-I", "-m", "pip", "install", "--disable-pip-version-check", "--no-input", "--progress-bar", "off",
                    "--prefer-binary", *offline, *options, *packages)
