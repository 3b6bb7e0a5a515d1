"""The Processing provider: the algorithms, then the bundled models."""
from importlib import import_module

from qgis.core import Qgis, QgsMessageLog, QgsProcessingModelAlgorithm, QgsProcessingProvider
from qgis.PyQt.QtGui import QIcon

from ..algorithms.versions import lodescope_version
from .base import RESOURCES, icon_path
from .engine.resolver import problem
from .translation import tr

# Module below this folder, and class; the Toolbox shows them by group and title.
ALGORITHMS = (
    ("drillholes.desurveydrillholes", "DesurveyDrillholes"),
    ("drillholes.parsedrilllogs", "ParseDrillLogs"),
    ("drillholes.trainlogparser", "TrainLogParser"),
    ("geostatistics.fitvariogram", "FitVariogram"),
    ("geostatistics.kriging", "Kriging"),
    ("geostatistics.indicatorkriging", "IndicatorKriging"),
    ("geostatistics.fluxgradient", "FluxGradient"),
    ("fusion.fusefeatures", "FuseFeatures"),
    ("remote_sensing.spectralfeatures", "SpectralFeatures"),
    ("geochemistry.prepareassays", "PrepareAssays"),
    ("geochemistry.applyassaytransform", "ApplyAssayTransform"),
    ("geochemistry.reegeochemistry", "ReeGeochemistry"),
    ("grade.trainbnn", "TrainBnn"),
    ("grade.predictbnn", "PredictBnn"),
    ("grade.trainlstm", "TrainLstm"),
    ("grade.predictlstm", "PredictLstm"),
    ("grade.comparemodels", "CompareModels"),
    ("grade.valuescore", "ValueScore"),
    ("grade.gradetonnage", "GradeTonnage"),
    ("prospectivity.evaluateprospectivity", "EvaluateProspectivity"),
    ("prospectivity.delineatetargets", "DelineateTargets"),
    ("prospectivity.suggestdrillsites", "SuggestDrillSites"),
    ("prospectivity.pretraincnn", "PretrainCnn"),
    ("prospectivity.traincnn", "TrainCnn"),
    ("prospectivity.trainbaseline", "TrainBaseline"),
    ("prospectivity.predictcnn", "PredictCnn"),
)


class LodescopeProvider(QgsProcessingProvider):
    """Everything that Lodescope adds to the Toolbox."""

    def id(self):
        return "lodescope"

    def name(self):
        return "Lodescope"

    def longName(self):
        return tr("Lodescope: mineral exploration")

    def versionInfo(self):
        return lodescope_version()

    def icon(self):
        return QIcon(self.svgIconPath())

    def svgIconPath(self):
        return icon_path("lodescope")

    def warningMessage(self):
        return problem("base", self.name())

    def loadAlgorithms(self):
        for module, name in ALGORITHMS:
            try:
                self.addAlgorithm(getattr(import_module(f".{module}", __package__), name)())
            except (ImportError, AttributeError) as error:  # one broken file must not take the others away
                text = tr("The algorithm {} could not be loaded: {}").format(name, error)
                QgsMessageLog.logMessage(text, self.name(), Qgis.MessageLevel.Warning)
        self._load_models()

    def _load_models(self):
        """Add the bundled models, whose steps are known by now."""
        for path in sorted((RESOURCES / "models").glob("*.model3")):
            model = QgsProcessingModelAlgorithm()
            if model.fromFile(str(path)):
                model.setSourceFilePath(str(path))
                model.setGroup(tr("Workflows"))
                self.addAlgorithm(model)
