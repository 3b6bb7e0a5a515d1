"""Given to ``qgis --code``; the environment says where the story leaves its files."""
import os
import sys
from importlib import import_module

from qgis.PyQt.QtCore import QTimer

sys.path.insert(0, os.environ["LODESCOPE_DESKTOP_CODE"])


def start():
    """Play the story once QGIS has its event loop."""
    from desktop.stage import Stage

    story = import_module(f"desktop.{os.environ['LODESCOPE_DESKTOP_STORY']}").story
    stage = Stage(os.environ["LODESCOPE_DESKTOP"], os.environ["LODESCOPE_SCREENSHOTS"])
    stage.play(story)


QTimer.singleShot(500, start)
