"""Model files as parameters: checked before a run, handed to the job, published after it."""
from qgis.core import QgsProcessingException

from ...algorithms.errors import InputError
from ...algorithms.modelfile import read_card


def card_of(path, kind):
    """The card of a model file, by the standard library alone.

    Parameters
    ----------
    path : str
    kind : str or tuple of str
        What the model has to be.

    Raises
    ------
    QgsProcessingException
        It is no model file of this kind.
    """
    try:
        return read_card(path, kind)
    except InputError as error:
        raise QgsProcessingException(str(error)) from error


def model_problem(path, kind):
    """Why a model file cannot be used, or an empty string."""
    try:
        read_card(path, kind)
    except InputError as error:
        return str(error)
    return ""
