"""A link from messages about missing packages to the place where they can be had.

The desktop names that place; without one, as in ``qgis_process``, messages
stay plain sentences.
"""
_links = []


def show_link(html):
    """Put a link behind every such message; an empty text takes it away."""
    _links[:] = [html] if html else []


def with_link(message):
    """A message for a window of QGIS, with the link when there is one."""
    return " ".join([message, *_links]) if message else ""
