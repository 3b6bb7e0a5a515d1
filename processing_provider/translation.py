"""The one way to translate a text of Lodescope."""
from qgis.PyQt.QtCore import QCoreApplication


def tr(text):
    """``text`` in the user's language; fill in values afterwards with ``format``."""
    return QCoreApplication.translate("Lodescope", text)
