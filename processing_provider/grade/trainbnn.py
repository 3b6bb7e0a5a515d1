"""Training of a Bayesian neural network of grades as a Processing algorithm."""
from qgis.core import QgsProcessingParameterString

from .. import parameters as shared
from ..translation import tr
from .grademodel import GradeTraining

PRESET_VALUES = ["default", "variational", "paper"]
SCALE_VALUES = ["preset", "power", "log", "none"]
RESIDUAL_VALUES = ["preset", "yes", "no"]
NOISE_VALUES = ["preset", "constant", "heteroscedastic"]


class TrainBnn(GradeTraining):
    """Learns grades and their uncertainty from samples with features."""

    NAME, TITLE, KIND = "trainbnn", "Train Bayesian neural network", "bnn"
    TAGS = ("BNN", "grade", "neural network", "Bayesian", "uncertainty", "deep learning", "ensemble", "variational",
            "XRF", "REE", "calibration", "machine learning", "train")
    PRESET, MEMBERS, EPOCHS, SCALE, LAMBDA, NOISE = "PRESET", "MEMBERS", "EPOCHS", "SCALE", "LAMBDA", "NOISE"
    RESIDUALS = "RESIDUALS"
    COMPONENTS, HIDDEN, RATE, BATCH, PRIOR = "COMPONENTS", "HIDDEN", "RATE", "BATCH", "PRIOR"

    def add_model(self):
        add, whole = shared.add, shared.NUMBER.Integer
        add(self, shared.choice(self.PRESET, "Preset", PRESET_VALUES, "default"),
            "default: ensemble of anchored networks on the grade to the power 1/4, the most accurate on real drill "
            "holes. variational: mean-field posterior on the same scale. paper: up to 100 principal components, ReLU, "
            "mean-field posterior, log-normal grades.")
        add(self, shared.number(self.MEMBERS, "Members", whole, least=2, most=200),
            "Networks of the ensemble, or draws from the posterior. Empty: 10 and 24.", advanced=True)
        add(self, shared.number(self.EPOCHS, "Epochs", whole, least=1, most=10_000),
            "Passes through the samples. Empty: 40. The best epoch on held-out holes is kept.", advanced=True)
        add(self, shared.choice(self.SCALE, "Scale of the targets", SCALE_VALUES, "preset"),
            "power: Box-Cox with the power below. log: log-normal grades. none: grades as they are.", advanced=True)
        add(self, shared.number(self.LAMBDA, "Power (lambda)", least=0.0, most=1.0),
            "Of the Box-Cox scale. Empty: 0.25, or 0 or 0.5 where they are better by 1 % on held-out holes inside the "
            "training samples; log-normal for the preset 'paper'.", advanced=True)
        add(self, shared.choice(self.RESIDUALS, "Krige the errors", RESIDUAL_VALUES, "preset"),
            "Errors of the networks at drill holes they did not learn from, and the grades themselves, are kriged and "
            "joined with the networks, as far as that helps. preset: yes for 'default'. It needs an ensemble.",
            advanced=True)
        add(self, shared.choice(self.NOISE, "Noise", NOISE_VALUES, "preset"),
            "constant: the same everywhere on the scale of the target, so larger where grades are high. "
            "heteroscedastic: learned for each place.", advanced=True)
        add(self, shared.number(self.COMPONENTS, "Principal components at most", whole, least=0),
            "Of the features, made inside each fold; 0 for the features themselves. Empty: that of the preset.",
            advanced=True)
        add(self, QgsProcessingParameterString(self.HIDDEN, tr("Hidden layers"), None, False, True),
            "Numbers of units such as 64, 64, 64, which is what an empty field means.", advanced=True)
        add(self, shared.number(self.RATE, "Learning rate", least=1e-6, most=1.0),
            "Highest rate of Adam. Empty: 0.0015.", advanced=True)
        add(self, shared.number(self.BATCH, "Batch", whole, least=1, most=100_000),
            "Samples per step. Empty: 128.", advanced=True)
        add(self, shared.number(self.PRIOR, "Weight of the prior", least=0.0, most=100.0),
            "Of the priors of weights and biases against the samples. Empty: 1, as Bayes' rule has it.", advanced=True)

        self.add_start()

    def problem(self, parameters, context):
        return (super().problem(parameters, context) or self._hidden_problem(parameters, context)
                or self.start_problem(parameters, context))

    def _hidden_problem(self, parameters, context):
        layers = self._hidden(parameters, context)
        if layers is None or (layers and not all(1 <= units <= 4096 for units in layers)):
            return tr("Hidden layers: write numbers of units from 1 to 4096, such as 64, 64, 64.")
        return ""

    def _hidden(self, parameters, context):
        """Units of the hidden layers; None when the text cannot be read."""
        parts = self.parameterAsString(parameters, self.HIDDEN, context).replace(",", " ").replace(";", " ").split()
        return [int(part) for part in parts] if all(part.isdigit() for part in parts) else None

    def model_settings(self, parameters, context):
        def number(name):
            return shared.optional_number(self, parameters, name, context)

        def whole(name):
            return shared.optional_integer(self, parameters, name, context)

        def word(name):
            chosen = self.parameterAsEnumString(parameters, name, context)
            return None if chosen == "preset" else chosen

        preset, power = self.parameterAsEnumString(parameters, self.PRESET, context), number(self.LAMBDA)
        return {
            "preset": preset, "members": whole(self.MEMBERS), "epochs": whole(self.EPOCHS), "scale": word(self.SCALE),
            "power": power, "choose_power": power is None and preset != "paper", "noise": word(self.NOISE),
            "components": whole(self.COMPONENTS), "hidden": self._hidden(parameters, context) or None,
            "residuals": {"yes": True, "no": False}.get(word(self.RESIDUALS)),
            "rate": number(self.RATE), "batch": whole(self.BATCH), "prior_weight": number(self.PRIOR),
            **self.start_settings(parameters, context),
        }
