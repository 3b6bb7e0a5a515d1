"""Runs Lodescope through ``qgis_process`` with a QGIS profile of its own, so that the user's stays as it is."""
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
NOISE = re.compile(r"^(-+$|Inputs$|QStandardPaths|<string>:1: DeprecationWarning|Warning: QStandardPaths)")
LONGEST = 300  # characters of a line; what is longer is not for reading


def qgis_process():
    """Path of the program; Debian 12's own wrapper passes an option that its program refuses."""
    return shutil.which("qgis_process.bin") or shutil.which("qgis_process")


def environment(plugins=ROOT / "build" / "plugins", profile=ROOT / "build" / "profile"):
    """Environment variables with which QGIS loads the plugins of a folder and keeps its settings in another."""
    profile.mkdir(parents=True, exist_ok=True)
    variables = {
        **os.environ, "QGIS_PLUGINPATH": str(plugins), "QGIS_CUSTOM_CONFIG_PATH": str(profile),
        "QT_QPA_PLATFORM": "offscreen",
    }
    worker = ROOT / ".venv" / "worker" / "bin" / "python"
    if "LODESCOPE_PYTHON" not in variables and worker.exists():
        variables["LODESCOPE_PYTHON"] = str(worker)
    variables.setdefault("LODESCOPE_JOBS", str(ROOT / "build" / "jobs"))
    return variables


def start(arguments, variables, **options):
    """``qgis_process`` with these arguments, as `subprocess.run` does."""
    return subprocess.run([qgis_process(), *arguments], env=variables, check=False, text=True, **options)


def enable(variables):
    """Switch the plugin on; QGIS refuses when it does not load."""
    found = start(["plugins", "enable", "lodescope"], variables, capture_output=True)
    if "Lodescope" not in start(["list"], variables, capture_output=True).stdout:
        raise SystemExit(f"QGIS does not load the plugin:\n{found.stdout}{found.stderr}")


def run(algorithm, parameters, variables, show=print):
    """Run one algorithm, passing its log on line by line.

    Parameters
    ----------
    algorithm : str
        Id such as ``lodescope:kriging``.
    parameters : dict
        Values as text; lists are given item by item.
    variables : dict
        See `environment`.
    show : callable
        Gets each line of the log.

    Returns
    -------
    dict
        Outputs as text.

    Raises
    ------
    SystemExit
        The run failed.
    """
    options = [f"--{name}={item}" for name, value in parameters.items() for item in as_list(value)]
    command = [qgis_process(), "run", algorithm, *options]
    results = None
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
    with subprocess.Popen(command, env=variables, text=True, **pipes) as process:
        for line in map(str.rstrip, process.stdout):
            if line == "Results":
                results = {}
            elif results is not None and ":\t" in line:
                name, value = line.split(":\t", 1)
                results[name] = value
            elif results is None and line and not NOISE.match(line) and (len(line) < LONGEST or "ERROR" in line):
                show(line)
    if process.returncode or results is None:
        raise SystemExit(f"{algorithm} failed with exit code {process.returncode}.")
    return results


def as_list(value):
    """A list as it is, anything else as a list of one."""
    return value if isinstance(value, (list, tuple)) else [value]


if __name__ == "__main__":
    settings = environment()
    enable(settings)
    sys.exit(start(sys.argv[1:], settings).returncode)
