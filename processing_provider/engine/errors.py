"""How a run ends early on the QGIS side."""
from qgis.core import QgsProcessingException

from ..translation import tr


class JobCancelled(QgsProcessingException):
    """The user cancelled the run."""


class JobFailed(QgsProcessingException):
    """The job itself reported why it cannot finish; running it again would end the same way."""


def raise_if_cancelled(feedback):
    """Raise `JobCancelled` once the user has cancelled; call it in every loop outside the worker."""
    if feedback is not None and feedback.isCanceled():
        raise JobCancelled(tr("The run was cancelled."))
