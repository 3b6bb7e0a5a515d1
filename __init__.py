"""Lodescope: grades with honest uncertainty, gradients and targets for QGIS.

Nothing is imported here: the worker process imports this package without QGIS.
"""


def classFactory(iface):  # the name QGIS looks for
    """Make the plugin; called by QGIS with its interface."""
    from .plugin import LodescopePlugin

    return LodescopePlugin(iface)
