"""Training of a convolutional network of prospectivity as a Processing algorithm."""
from qgis.core import QgsProcessingParameterFile

from ...algorithms.prospectivity.kinds import KIND, PRETRAINED
from .. import parameters as shared
from ..data.modelfiles import card_of
from ..grade.grademodel import file_setting
from ..translation import tr
from .prospectivitytraining import ProspectivityTraining

UNCERTAINTY_VALUES = ["ensemble", "dropout"]


class TrainCnn(ProspectivityTraining):
    """Learns from few deposits what the evidence around a deposit looks like."""

    NAME, TITLE, NEEDS = "traincnn", "Train CNN", "deep"
    TAGS = ("CNN", "prospectivity", "deep learning", "convolutional", "neural network", "mineral potential",
            "deposits", "transfer learning", "positive-unlabelled", "ensemble", "train")
    PRETRAINED, UNCERTAINTY, MEMBERS, EPOCHS = "PRETRAINED", "UNCERTAINTY", "MEMBERS", "EPOCHS"
    WIDTH, DROPOUT, SMOOTHING, NOISE = "WIDTH", "DROPOUT", "SMOOTHING", "NOISE"
    SHIFT, TURN, RATE, PATIENCE, BASELINES = "SHIFT", "TURN", "RATE", "PATIENCE", "BASELINES"

    def add_model(self):
        add, whole = shared.add, shared.NUMBER.Integer
        add(self, QgsProcessingParameterFile(
            self.PRETRAINED, tr("Start from a model"), QgsProcessingParameterFile.Behavior.File, "safetensors", None,
            True),
            "Model of 'Pre-train CNN', or of another area by this algorithm. Bands are matched by name; new ones are "
            "learned. Training from scratch is scored beside it.")
        add(self, shared.choice(self.UNCERTAINTY, "Uncertainty", UNCERTAINTY_VALUES, "ensemble"),
            "ensemble: several networks that start, draw background and stop differently. dropout: one network with "
            "draws of dropout; faster and less reliable.", advanced=True)
        add(self, shared.number(self.MEMBERS, "Members", whole, 5, 1, 50),
            "Networks of the ensemble; each fold is judged by three of them.", advanced=True)
        add(self, shared.number(self.EPOCHS, "Epochs", whole, 40, 1, 10_000),
            "Passes through the windows. With 30 groups of deposits or more the best one on held-out windows is "
            "kept.", advanced=True)
        add(self, shared.number(self.WIDTH, "Channels", whole, 16, 4, 256),
            "Width of the network. More need more deposits.", advanced=True)
        add(self, shared.number(self.DROPOUT, "Dropout", default=0.2, least=0.0, most=0.9),
            "Share of the channels that is dropped in training.", advanced=True)
        add(self, shared.number(self.SMOOTHING, "Label smoothing", default=0.05, least=0.0, most=0.9),
            "How far the targets 0 and 1 are drawn together, so that few deposits are not learned by heart.",
            advanced=True)
        add(self, shared.number(self.NOISE, "Noise", default=0.1, least=0.0, most=5.0),
            "Of the augmentation, in standard deviations of the bands.", advanced=True)
        add(self, shared.number(self.SHIFT, "Shift", whole, 1, 0, 10),
            "Cells by which windows are shifted at most in training, as places of deposits are not exact.",
            advanced=True)
        add(self, shared.flag(self.TURN, "Turn and mirror windows", True),
            "Switch it off where direction matters, such as for shadows or a glacial transport.", advanced=True)
        add(self, shared.number(self.RATE, "Learning rate", default=0.002, least=1e-6, most=1.0),
            "Highest rate of AdamW.", advanced=True)
        add(self, shared.number(self.PATIENCE, "Patience", whole, 20, 0),
            "Epochs without a better one on held-out windows after which a training ends; 0 for never.", advanced=True)

        add(self, shared.flag(self.BASELINES, "Compare with baselines", True),
            "Weights of evidence, logistic regression, random forest and gradient boosting are scored in the same "
            "folds. Switch it off to save time.", advanced=True)

    def problem(self, parameters, context):
        if shared.given(parameters, self.PRETRAINED):
            path = self.parameterAsFile(parameters, self.PRETRAINED, context)
            card = card_of(path, (KIND, PRETRAINED))
            if card["kind"] == KIND and card.get("method") != "cnn":
                return tr("The model file '{}' holds no network ({}); choose one of 'Pre-train CNN' or 'Train "
                          "CNN'.").format(path, card.get("title"))
        return super().problem(parameters, context)

    def model_settings(self, parameters, context):
        def number(name):
            return self.parameterAsDouble(parameters, name, context)

        def whole(name):
            return self.parameterAsInt(parameters, name, context)

        start = file_setting(self, parameters, context, self.PRETRAINED, "start")
        if start:
            start["start_title"] = card_of(start["start_file"], (KIND, PRETRAINED)).get("title") or ""
        return {
            "uncertainty": self.parameterAsEnumString(parameters, self.UNCERTAINTY, context),
            "members": whole(self.MEMBERS), "epochs": whole(self.EPOCHS), "width": whole(self.WIDTH),
            "dropout": number(self.DROPOUT), "smoothing": number(self.SMOOTHING), "noise": number(self.NOISE),
            "shift": whole(self.SHIFT), "turn": self.parameterAsBool(parameters, self.TURN, context),
            "rate": number(self.RATE), "patience": whole(self.PATIENCE), **start,
            "baselines": self.parameterAsBool(parameters, self.BASELINES, context),
        }
