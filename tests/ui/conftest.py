"""The real QGIS application on a virtual screen: started once for each story that `desktop` tells."""
import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
BUILD = ROOT / "build"
SCREENSHOTS = BUILD / "screenshots"
SETTINGS = """[PythonPlugins]
lodescope=true
processing=true

[app]
askToSaveMemoryLayers=false
checkVersion=false
plugin_installer\\checkOnStart=false

[Qgis]
checkVersion=false
askToSaveProjectChanges=false
showTips=false

[qgis]
checkVersion=false
askToSaveProjectChanges=false
projOpenAtLaunch=1

[UI]
UITheme={theme}
"""


def needed(*programs):
    """Skip without QGIS or a virtual screen; fail without the small programs that come with ``make setup``."""
    for program in programs:
        if shutil.which(program) is None:
            pytest.skip(f"{program} is not installed")
    for program in ("xdotool", "import"):
        if shutil.which(program) is None:
            pytest.fail(f"{program} is not installed; run 'make setup'")


def start_screen(size):
    """Xvfb on a free display; the process and the name of the display."""
    reading, writing = os.pipe()
    command = ["Xvfb", "-displayfd", str(writing), "-screen", "0", f"{size}x24", "-nolisten", "tcp"]
    screen = subprocess.Popen(command, pass_fds=[writing], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    os.close(writing)
    with os.fdopen(reading) as pipe:
        number = pipe.readline().strip()
    if not number:
        screen.wait(10)
        pytest.fail(f"Xvfb ended with exit code {screen.returncode}")
    return screen, f":{number}"


class Application:
    """QGIS with a fresh profile, for one story.

    Parameters
    ----------
    story : str
        Module of the story in ``desktop``.
    name : str
        Of its folder below ``build`` and the start of its screenshots.
    size, scale : str
        Of the screen in pixels, and pixels for each point.
    theme : str
        Of the user interface.
    seconds : float
        The longest it may take.
    more : dict
        Environment variables; those that are None are taken away.
    """

    def __init__(self, story, name, size="1680x1050", scale="1", theme="default", seconds=175.0, **more):
        self.story, self.size, self.scale, self.theme, self.seconds = story, size, scale, theme, seconds
        self.name, self.folder, self.more = name, BUILD / "desktop" / name, more

    def play(self):
        """Start QGIS, wait for its end and return what it found."""
        needed("qgis", "Xvfb")
        self._clean()
        screen, display = start_screen(self.size)
        try:
            return self._run(display)
        finally:
            screen.terminate()
            screen.wait(10)

    def _clean(self):
        """A fresh profile and no old results."""
        shutil.rmtree(self.folder, ignore_errors=True)
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        for path in SCREENSHOTS.glob(f"{self.name}_*.png"):
            path.unlink()
        profile = self.folder / "profiles" / "profiles" / "default" / "QGIS"
        profile.mkdir(parents=True)
        self.folder.chmod(0o700)  # Qt takes it for its sockets only then
        (profile / "QGIS3.ini").write_text(SETTINGS.format(theme=self.theme))
        link = BUILD / "plugins" / "lodescope"
        link.parent.mkdir(parents=True, exist_ok=True)
        if not link.exists():
            link.symlink_to(ROOT)

    def _environment(self, display):
        """The environment of QGIS: a real screen, the plugin, and folders below ``build``."""
        kept = {key: value for key, value in os.environ.items() if not key.startswith(("QT_QPA", "QGIS_"))}
        python = Path(os.environ.get("LODESCOPE_PYTHON", ROOT / ".venv/worker/bin/python")).absolute()
        whole = {
            **kept, "DISPLAY": display, "LANG": "C.UTF-8", "XDG_RUNTIME_DIR": str(self.folder),
            "HOME": str(self.folder), "XDG_DATA_HOME": str(self.folder / "data"), "QT_SCALE_FACTOR": self.scale,
            "QGIS_PLUGINPATH": str(BUILD / "plugins"), "OMP_NUM_THREADS": "1", "LODESCOPE_PYTHON": str(python),
            "LODESCOPE_JOBS": str(self.folder / "jobs"), "LODESCOPE_DESKTOP": str(self.folder),
            "LODESCOPE_DESKTOP_CODE": str(Path(__file__).parent), "LODESCOPE_DESKTOP_STORY": self.story,
            "LODESCOPE_SCREENSHOTS": str(SCREENSHOTS / self.name), **self.more,
        }
        return {key: value for key, value in whole.items() if value is not None}

    def _run(self, display):
        log = self.folder / "qgis.log"
        command = ["qgis", "--nologo", "--noversioncheck", "--profiles-path", str(self.folder / "profiles"),
                   "--code", str(Path(__file__).parent / "desktop" / "start.py")]
        with log.open("wb") as output:
            qgis = subprocess.Popen(command, env=self._environment(display), stdout=output, stderr=output,
                                    stdin=subprocess.DEVNULL, cwd=self.folder, start_new_session=True)
            try:
                code = qgis.wait(self.seconds)
            except subprocess.TimeoutExpired:
                code = f"none after {self.seconds} s"
                subprocess.run(["import", "-display", display, "-window", "root",
                                str(SCREENSHOTS / f"{self.name}_stuck.png")], check=False)
            finally:
                if qgis.poll() is None:
                    os.killpg(qgis.pid, 9)
                    qgis.wait()
        return self._found(code, log.read_text(errors="replace")[-4000:])

    def _found(self, code, tail):
        result = self.folder / "result.json"
        if not result.exists():
            pytest.fail(f"QGIS wrote no result (exit code {code}). Its last words:\n{tail}")
        found = json.loads(result.read_text(encoding="utf-8"))
        if found["error"]:
            pytest.fail(f"{found['error']}\nSee {SCREENSHOTS}/{self.name}_failure.png. Last words:\n{tail}")
        return {**found, "exit_code": code, "log": tail}


@pytest.fixture(scope="session")
def application():
    """`Application`."""
    return Application
