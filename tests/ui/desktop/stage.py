"""What a story about the desktop needs: time, mouse, screenshots and a record.

A story is a generator.  It yields `until(...)` to let QGIS work until
something has happened, and goes on from a timer, which also fires while a
dialog is open.  Calls that return only when a dialog closes are given to
`soon`.
"""
import json
import os
import subprocess
import time
import traceback
from pathlib import Path

from qgis.core import QgsApplication
from qgis.PyQt.QtCore import QObject, QTimer
from qgis.PyQt.QtWidgets import QApplication, QMessageBox
from qgis.utils import iface

TICK_MS = 40

_playing = []  # nothing else keeps a stage alive


class Until:
    """A condition to wait for, the most seconds to wait, and what it means."""

    def __init__(self, condition, seconds, meaning):
        self.condition, self.meaning, self.seconds = condition, meaning, seconds
        self.end = time.monotonic() + seconds

    def overdue(self):
        return time.monotonic() > self.end


def until(condition, meaning, seconds=30.0):
    """Wait for a condition; the story fails with ``meaning`` when it does not come true."""
    return Until(condition, seconds, meaning)


def pause(seconds):
    """Let QGIS draw for a moment."""
    end = time.monotonic() + seconds
    return Until(lambda: time.monotonic() > end, seconds + 30.0, "a pause")


def soon(function):
    """Call a function that opens a dialog, from the event loop."""
    QTimer.singleShot(0, function)


class Stage(QObject):
    """Plays a story and keeps what it finds out.

    Attributes
    ----------
    folder : pathlib.Path
        For files the story makes; ``result.json`` is written there.
    found : dict
        JSON values for the test.
    """

    def __init__(self, folder, screenshots):
        super().__init__()
        self.folder, self.screenshots = Path(folder), screenshots
        self.found = {"error": "", "messages": [], "seconds": {}}
        self.waiting, self.story, self.playing = None, None, False
        self.started = time.monotonic()
        self.timer = QTimer(self)
        self.timer.timeout.connect(self._tick)
        QgsApplication.messageLog().messageReceived.connect(self._note)

    def play(self, story):
        """Start a story."""
        _playing.append(self)
        self.story = story(self)
        self.timer.start(TICK_MS)

    def shot(self, name):
        """A picture of the whole screen."""
        QApplication.processEvents()
        subprocess.run(["import", "-window", "root", f"{self.screenshots}_{name}.png"], check=True)

    def click(self, widget, point=None, times=1):
        """Click with the mouse of the X server."""
        spot = widget.mapToGlobal(point or widget.rect().center())
        self.click_at(spot.x(), spot.y(), times)

    def click_at(self, x, y, times=1):
        """Click at a place of the screen in points."""
        scale = QApplication.primaryScreen().devicePixelRatio()
        subprocess.run(["xdotool", "mousemove", str(round(x * scale)), str(round(y * scale)), "click", "--repeat",
                        str(times), "--delay", "80", "1"], check=True)

    def mark(self, name):
        """Note the time at which a part of the story ended."""
        self.found["seconds"][name] = round(time.monotonic() - self.started, 1)
        print(f"{name} done after {self.found['seconds'][name]} s", flush=True)

    def _note(self, text, tag, level):
        self.found["messages"].append({"text": text, "tag": tag, "level": int(level)})

    def _tick(self):
        """Go on with the story when what it waits for has come."""
        if self.playing:
            return
        self.playing = True
        try:
            if self.waiting is None or self.waiting.condition():
                self.waiting = next(self.story)
            elif self.waiting.overdue():
                raise TimeoutError(f"Waited {self.waiting.seconds} s in vain for: {self.waiting.meaning}")
        except StopIteration:
            self._end()
        except Exception:
            self._fail()
        finally:
            self.playing = False

    def _write(self):
        partial = self.folder / "result.json.partial"
        partial.write_text(json.dumps(self.found, indent=1), encoding="utf-8")
        partial.replace(self.folder / "result.json")

    def _end(self):
        """Leave QGIS as a user does."""
        self.timer.stop()
        self.mark("end")
        self._write()
        iface.newProject(False)
        soon(iface.actionExit().trigger)

    def _fail(self):
        """Keep the reason, what is on the screen and what boxes say; then end at once."""
        self.timer.stop()
        self.found["error"] = traceback.format_exc()
        print(self.found["error"], flush=True)
        try:
            self._keep_screen()
        finally:
            os._exit(3)

    def _keep_screen(self):
        boxes = [widget.text() for widget in QApplication.topLevelWidgets()
                 if isinstance(widget, QMessageBox) and widget.isVisible()]
        self.found["error"] += "".join(f"\nOn the screen: {text}" for text in boxes)
        self._write()
        self.shot("failure")
