"""Pre-training of a convolutional network on evidence without deposits as a Processing algorithm."""
from qgis.core import QgsProcessingOutputNumber, QgsProcessingParameterFileDestination

from .. import parameters as shared
from ..data.fields import destination_path
from ..data.files import publish
from ..data.rasters import destination_problem
from ..steps import Part
from ..translation import tr
from .evidenceparameters import EvidenceAlgorithm, evidence_folder


class PretrainCnn(EvidenceAlgorithm):
    """Learns how the bands of an area go together, for trainings from few deposits to start with."""

    NAME, TITLE, NEEDS = "pretraincnn", "Pre-train CNN", "deep"
    TAGS = ("CNN", "prospectivity", "self-supervised", "masked", "reconstruction", "transfer learning", "unlabelled",
            "deep learning", "pre-training")
    MEMBERS, EPOCHS, WIDTH, HIDDEN_BANDS, HIDDEN_CELLS = "MEMBERS", "EPOCHS", "WIDTH", "HIDDEN_BANDS", "HIDDEN_CELLS"
    MODEL, REPORT = "MODEL", "REPORT"

    def initAlgorithm(self, config=None):
        add, whole = shared.add, shared.NUMBER.Integer
        self.add_evidence()
        self.add_window()
        add(self, shared.number(self.MEMBERS, "Members", whole, 3, 1, 20),
            "Networks with different beginnings; the members of a training start from one each.", advanced=True)
        add(self, shared.number(self.EPOCHS, "Epochs", whole, 40, 1, 10_000),
            "Passes of 40 steps. The best one on held-out blocks of the map is kept.", advanced=True)
        add(self, shared.number(self.WIDTH, "Channels", whole, 16, 4, 256),
            "Width of the network; that of the training that starts from it has to be the same.", advanced=True)
        add(self, shared.number(self.HIDDEN_BANDS, "Hidden bands (%)", default=30.0, least=1.0, most=95.0),
            "Share of the bands that is hidden in each patch.", advanced=True)
        add(self, shared.number(self.HIDDEN_CELLS, "Hidden cells (%)", default=30.0, least=1.0, most=95.0),
            "Share of the cells that is hidden in all bands.", advanced=True)
        shared.add_run(self)
        self.addParameter(QgsProcessingParameterFileDestination(
            self.MODEL, tr("Pre-trained model"), tr("Lodescope models (*.safetensors)")))
        self.addParameter(QgsProcessingParameterFileDestination(
            self.REPORT, tr("Pre-training report"), tr("HTML files (*.html)"), None, True))
        self.addOutput(QgsProcessingOutputNumber("EXPLAINED", tr("Variance of hidden values that is told (0 to 1)")))
        self.addOutput(QgsProcessingOutputNumber("BAND_COUNT", tr("Bands used")))

    def problem(self, parameters, context):
        return self.evidence_problem(parameters, context) or next(filter(None, (
            destination_problem(destination_path(parameters.get(name), context))
            for name in (self.MODEL, self.REPORT))), "")

    def execute(self, parameters, context, feedback):
        grid, cells = self.evidence_grid(parameters, context, feedback)
        arrays = self.mask_array(parameters, context, grid, feedback)
        stack = self.evidence_stack(parameters, context, grid, feedback)
        settings = {
            "grid": grid.to_settings(), "crs": grid.crs.authid(), "bands": stack.entries(), "window_cells": cells,
            "members": self.parameterAsInt(parameters, self.MEMBERS, context),
            "epochs": self.parameterAsInt(parameters, self.EPOCHS, context),
            "width": self.parameterAsInt(parameters, self.WIDTH, context),
            "hidden_bands": self.parameterAsDouble(parameters, self.HIDDEN_BANDS, context) / 100.0,
            "hidden_cells": self.parameterAsDouble(parameters, self.HIDDEN_CELLS, context) / 100.0,
            **shared.read_run(self, parameters, context),
        }
        results = {}
        with evidence_folder() as folder:
            arrays["evidence"] = stack.save(folder / "evidence.npy", Part(feedback, 0.0, 5.0))
            with self.prepare_job(settings, arrays, feedback) as job:
                outputs = job.run(Part(feedback, 5.0, 99.0))
                for name, made in ((self.MODEL, "model.safetensors"), (self.REPORT, "report.html")):
                    path = self.parameterAsFileOutput(parameters, name, context)
                    if path:
                        publish(job.path(made), path)
                        results[name] = path
        feedback.setProgress(100.0)
        return {**results, "EXPLAINED": outputs["explained"], "BAND_COUNT": len(outputs["bands"])}
