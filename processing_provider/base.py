"""What every algorithm of Lodescope shares."""
import json
import re
import traceback
from functools import cache
from html import unescape
from pathlib import Path

from qgis.core import Qgis, QgsMessageLog, QgsProcessingAlgorithm, QgsProcessingException
from qgis.PyQt.QtGui import QIcon

from ..algorithms.failures import describe
from ..algorithms.versions import HOMEPAGE, lodescope_version
from .engine import JobCancelled, guidance, prepare_job, settings
from .engine.resolver import problem as python_problem
from .translation import tr

RESOURCES = Path(__file__).resolve().parents[1] / "resources"


class LodescopeAlgorithm(QgsProcessingAlgorithm):
    """Base class of the algorithms: a subclass names itself, its parameters and its work.

    A subclass sets the class attributes, adds its parameters in
    ``initAlgorithm``, says in `problem` what is wrong with their values, and
    does its work in `execute`. Help and icon are the files
    ``resources/help/<NAME>.html`` and ``resources/icons/<NAME>.svg``.

    Attributes
    ----------
    NAME, TITLE, GROUP, GROUP_ID : str
        The permanent id; what the Toolbox shows; the group and its id.
    TAGS : tuple of str
        Words by which a geologist would look for the algorithm.
    NEEDS : str
        The packages the worker needs, ``"base"`` or ``"deep"``.
    SEED : str
        Name of the parameter that holds the random seed.
    """

    NAME = TITLE = GROUP = GROUP_ID = ""
    TAGS = ()
    NEEDS = "base"
    SEED = "SEED"

    def createInstance(self):
        return type(self)()

    def name(self):
        return self.NAME

    def displayName(self):
        return tr(self.TITLE)

    def group(self):
        return tr(self.GROUP)

    def groupId(self):
        return self.GROUP_ID

    def tags(self):
        return list(dict.fromkeys([*self.TAGS, *map(tr, self.TAGS)]))  # English terms are looked for everywhere

    def tr(self, text):
        """``text`` in the user's language."""
        return tr(text)

    def shortHelpString(self):
        return help_page(self.NAME)

    def shortDescription(self):
        return first_sentence(help_page(self.NAME))

    def helpUrl(self):
        return f"{HOMEPAGE}#{self.NAME}"

    def icon(self):
        return QIcon(self.svgIconPath())

    def svgIconPath(self):
        return icon_path(self.NAME)

    def problem(self, parameters, context):
        """Why these parameters cannot run, in one sentence, or an empty string.

        Called from the dialog and again before every run, so it has to be
        quick: it looks at values and layers, not into big data.
        """
        return ""

    def execute(self, parameters, context, feedback):
        """Do the work and return the outputs as a dict."""
        raise NotImplementedError

    def addParameter(self, definition, createOutput=True):
        if definition.name() == self.SEED:
            definition.setDefaultValue(settings.seed())
        return super().addParameter(definition, createOutput)

    def canExecute(self):
        message = python_problem(self.NEEDS, self.displayName())
        return not message, guidance.with_link(message)

    def checkParameterValues(self, parameters, context):
        message = python_problem(self.NEEDS, self.displayName())
        if message:
            return False, message
        ok, message = super().checkParameterValues(parameters, context)
        if ok:
            message = self._gate(parameters, context)
        return not message, message

    def prepareAlgorithm(self, parameters, context, feedback):
        message = python_problem(self.NEEDS, self.displayName()) or self._gate(parameters, context)
        if message:
            raise QgsProcessingException(message)
        return True

    def processAlgorithm(self, parameters, context, feedback):
        try:
            self._log_start(parameters, context, feedback)
            return self.execute(parameters, context, feedback)
        except JobCancelled:
            feedback.pushInfo(tr("The run was cancelled; nothing was written."))
            return {}
        except QgsProcessingException as error:
            raise QgsProcessingException(str(error)) from error  # of a subclass QGIS would show the traceback
        except Exception as error:
            feedback.pushDebugInfo(traceback.format_exc())
            raise QgsProcessingException(describe(error)) from error

    def prepare_job(self, settings, arrays, feedback, name=None):
        """A prepared job of this algorithm, for ``with``; see `engine.prepare_job`.

        ``name`` is that of the job when it differs from the algorithm's.
        """
        return prepare_job(name or self.NAME, settings, arrays, self.NEEDS, feedback)

    def _gate(self, parameters, context):
        """`problem`, with anything it raises turned into a sentence as well."""
        try:
            return self.problem(parameters, context)
        except QgsProcessingException as error:
            return str(error)
        except Exception as error:
            QgsMessageLog.logMessage(traceback.format_exc(), "Lodescope", Qgis.MessageLevel.Warning)
            return describe(error)

    def _log_start(self, parameters, context, feedback):
        """Write down what is needed to repeat this run."""
        feedback.pushDebugInfo(f"Lodescope {lodescope_version()}, QGIS {Qgis.QGIS_VERSION}, lodescope:{self.NAME}")
        feedback.pushDebugInfo(json.dumps(parameters, default=_written, sort_keys=True))
        if self.parameterDefinition(self.SEED) is not None:
            feedback.pushInfo(tr("Random seed: {}").format(self.parameterAsInt(parameters, self.SEED, context)))


def icon_path(name):
    """The file of an icon, that of the plugin when there is none of this name; empty when there is neither."""
    paths = (RESOURCES / "icons" / f"{name}.svg", RESOURCES / "icons" / "lodescope.svg")
    return next((str(path) for path in paths if path.exists()), "")


@cache
def help_page(name):
    """The help of an algorithm as simple HTML; empty when it has none."""
    path = RESOURCES / "help" / f"{name}.html"
    return path.read_text(encoding="utf-8") if path.exists() else ""


def first_sentence(html):
    """The first sentence of the first paragraph, without markup."""
    paragraph = re.search(r"<p[^>]*>(.*?)</p>", html, re.DOTALL)
    text = unescape(re.sub(r"<[^>]+>", "", paragraph.group(1))) if paragraph else ""
    return re.split(r"(?<=[.!?])\s", " ".join(text.split()), maxsplit=1)[0]


def _written(value):
    """A parameter value as the log shows it: a layer by its source, all else as text."""
    return value.source() if hasattr(value, "source") and callable(value.source) else str(value)
