"""A run as a line for the Python console or for a terminal."""
from qgis.core import QgsProcessing, QgsProcessingParameterDefinition

from .environmentplan import quoted
from .ownlayers import written


def as_python(algorithm, parameters):
    """The run as it is written in the Python console."""
    given = {name: written(value) for name, value in _told(algorithm, parameters)}
    return f"processing.run({algorithm.id()!r}, {given!r})"


def as_qgis_process(algorithm, parameters):
    """The run as it is written in a terminal."""
    words = ["qgis_process", "run", algorithm.id(), "--"]
    for name, value in _told(algorithm, parameters):
        for item in value if isinstance(value, (list, tuple)) else [value]:
            words.append(f"{name}={_text(item)}")
    return " ".join(quoted(word) for word in words)


def _told(algorithm, parameters):
    """Names and values that have to be written: all but those that stay empty or as they are by default."""
    for definition in algorithm.parameterDefinitions():
        value = parameters.get(definition.name())
        hidden = definition.flags() & QgsProcessingParameterDefinition.Flag.FlagHidden
        as_usual = not definition.isDestination() and value == definition.defaultValue()
        if not (hidden or as_usual or written(value) in (None, "", [])):
            yield definition.name(), value


def _text(value):
    """A value as a terminal takes it."""
    value = written(value)
    if isinstance(value, bool):
        return str(value).lower()
    return QgsProcessing.TEMPORARY_OUTPUT if value is None else str(value)
