"""Training of a recurrent network of grades down the hole as a Processing algorithm."""
from qgis.core import QgsProcessingOutputNumber, QgsProcessingOutputString

from ...algorithms.geochemistry.ree_names import choose_fields
from .. import parameters as shared
from ..translation import tr
from .grademodel import GradeTraining

PRESET_VALUES = ["default", "joint", "afg-pms"]
SCALE_VALUES = ["preset", "power", "log", "none"]
NOISE_VALUES = ["preset", "constant", "heteroscedastic"]
OPTIMIZER_VALUES = ["preset", "adam", "sgd"]
DIRECTION_VALUES = ["preset", "down", "both"]
YES_VALUES = ["preset", "yes", "no"]
ALONE = {"afg-pms"}  # presets whose scale is not chosen


class TrainLstm(GradeTraining):
    """Learns grades and their uncertainty from features in the order in which a drill hole meets them."""

    NAME, TITLE, KIND = "trainlstm", "Train recurrent network down the hole", "lstm"
    TAGS = ("LSTM", "grade", "recurrent", "neural network", "sequence", "drill hole", "down-hole", "memory", "REE",
            "AFG-PMS", "uncertainty", "self-evaluation", "deep learning", "XRF", "machine learning", "train")
    FINDS_TARGETS = True
    TARGETS_HELP = ("Grades to be predicted, one to fifteen. Samples without a grade teach the other targets. Leave it "
                    "empty to take the fields of La, Ce, Pr, Nd, Sm, Eu, Gd, Tb, Dy, Ho, Er, Tm, Yb, Lu and Y, which "
                    "are found by their names.")
    DEPTH_FIELD, PRESET, MEMBERS, EPOCHS, SCALE, LAMBDA = (
        "DEPTH_FIELD", "PRESET", "MEMBERS", "EPOCHS", "SCALE", "LAMBDA")
    NOISE, RESIDUALS, OPTIMIZER, MEMORY, LAYERS, DIRECTION = (
        "NOISE", "RESIDUALS", "OPTIMIZER", "MEMORY", "LAYERS", "DIRECTION")
    RATE, BATCH, PATIENCE, PRIOR = "RATE", "BATCH", "PATIENCE", "PRIOR"
    SELF_EVALUATION, PERIOD, ALPHA = "SELF_EVALUATION", "PERIOD", "ALPHA"

    def add_model(self):
        add = shared.add
        add(self, self._field(self.DEPTH_FIELD, "Depth field", False, True),
            "Field with the depth along the hole, such as that of the middle of the interval, which orders the samples "
            "of a hole. Leave it empty to order them by their distance from the top of the hole.")
        add(self, shared.choice(self.PRESET, "Preset", PRESET_VALUES, "default"),
            "default: a Bayesian network of each interval, and networks with memory that learn what it misses; the "
            "most accurate on real drill holes. joint: both in one network. afg-pms: as published, two layers of 128 "
            "read from the top, dense 64 and 32.")
        self._add_networks()
        self._add_steps()
        self.add_start()
        add(self, shared.flag(self.SELF_EVALUATION, "Self-evaluation of the features"),
            "After each period the weight of every feature moves by what its permutation costs on held-out holes; "
            "features whose weight falls to 0 are switched off and named in the report. The preset 'default' then "
            "trains as 'joint'.", advanced=True)
        add(self, shared.number(self.PERIOD, "Period", shared.NUMBER.Integer, 5, 1, 1000),
            "Epochs between two self-evaluations.", advanced=True)
        add(self, shared.number(self.ALPHA, "Alpha", default=1.0, least=0.0, most=1000.0),
            "How fast weights follow: w + alpha (RMSE permuted - RMSE intact), in standard deviations of the target.",
            advanced=True)
        for name, label in (("MEMORY_CHANGE", "Error with memory over that without (%)"),
                            ("MEMORY_CHANGE_LOW", "Low end of its 95 % interval"),
                            ("MEMORY_CHANGE_HIGH", "High end of its 95 % interval")):
            self.addOutput(QgsProcessingOutputNumber(name, tr(label)))
        self.addOutput(QgsProcessingOutputString("SWITCHED_OFF", tr("Features that were switched off")))

    def _add_networks(self):
        """Parameters of the shape of the networks."""
        add, whole = shared.add, shared.NUMBER.Integer
        add(self, shared.number(self.MEMBERS, "Members", whole, least=2, most=100),
            "Networks, each stopped by a fifth of the holes of its own. Empty: 5, and 3 for 'afg-pms'.", advanced=True)
        add(self, shared.number(self.MEMORY, "Units of the memory", whole, least=1, most=1024),
            "Of each layer and direction. Empty: 64, and 128 for 'afg-pms'.", advanced=True)
        add(self, shared.number(self.LAYERS, "Layers of the memory", whole, least=1, most=8),
            "Empty: 1 for 'default', 2 otherwise.", advanced=True)
        add(self, shared.choice(self.DIRECTION, "Direction", DIRECTION_VALUES, "preset"),
            "down: holes are read from their tops only. both: from their ends as well. preset: down for 'afg-pms'.",
            advanced=True)
        add(self, shared.choice(self.SCALE, "Scale of the targets", SCALE_VALUES, "preset"),
            "power: Box-Cox with the power below. log: log-normal grades. none: grades as they are.", advanced=True)
        add(self, shared.number(self.LAMBDA, "Power (lambda)", least=0.0, most=1.0),
            "Of the Box-Cox scale. Empty: 0.25, or 0 or 0.5 where they are better by 1 % on held-out holes inside the "
            "training samples; log-normal for the preset 'afg-pms'.", advanced=True)
        add(self, shared.choice(self.NOISE, "Noise", NOISE_VALUES, "preset"),
            "constant: the same everywhere on the scale of the target, so larger where grades are high. "
            "heteroscedastic: learned for each place.", advanced=True)
        add(self, shared.choice(self.RESIDUALS, "Krige the errors", YES_VALUES, "preset"),
            "Errors of the networks at drill holes they did not learn from are kriged and added near those holes, as "
            "much of them as helps. preset: no for 'afg-pms'.", advanced=True)

    def _add_steps(self):
        """Parameters of the training."""
        add, whole = shared.add, shared.NUMBER.Integer
        add(self, shared.number(self.EPOCHS, "Epochs", whole, least=1, most=10_000),
            "Passes through the holes. Empty: 15, 40 or 60, as the preset. The best epoch on held-out holes is kept.",
            advanced=True)
        add(self, shared.number(self.PATIENCE, "Patience", whole, least=0, most=10_000),
            "Epochs without a better network after which training ends; 0 for never. Empty: 15 for 'afg-pms'.",
            advanced=True)
        add(self, shared.choice(self.OPTIMIZER, "Optimizer", OPTIMIZER_VALUES, "preset"),
            "adam, which the presets take, or sgd: stochastic gradient descent with momentum 0.9, which needs many "
            "more epochs.", advanced=True)
        add(self, shared.number(self.RATE, "Learning rate", least=1e-6, most=1.0),
            "Highest rate. Empty: 0.0015, and 0.001 for 'afg-pms'.", advanced=True)
        add(self, shared.number(self.BATCH, "Batch", whole, least=1, most=10_000),
            "Holes per step. Empty: 16.", advanced=True)
        add(self, shared.number(self.PRIOR, "Weight of the prior", least=0.0, most=100.0),
            "Of the priors of weights against the samples. Empty: 1, and 0 for 'afg-pms'.", advanced=True)

    def problem(self, parameters, context):
        if not self._names(parameters, context)[1]:
            return tr("Targets: no field has the name of a rare earth; choose at least one field with grades.")
        return super().problem(parameters, context) or self.start_problem(parameters, context)

    def _names(self, parameters, context):
        """Names of the features and of the targets, which are the rare earths among the fields when none is chosen."""
        features, targets = super()._names(parameters, context)
        if not targets:
            names = shared.read_source(self, parameters, context, self.SAMPLES).fields().names()
            among = [name for name in names if name not in features]
            found, _ = choose_fields(names, "", among) if among else ({}, None)
            targets = [taken.field for taken in found.values()]
        return features, targets

    def more_fields(self, parameters, context):
        """The depths."""
        depth = self.parameterAsString(parameters, self.DEPTH_FIELD, context)
        return {"depths": depth} if depth else {}

    def more_numbers(self, outputs, targets):
        """What memory adds for the first target, and the features that were switched off."""
        entry = outputs["memory"].get(targets[0])
        found = {"SWITCHED_OFF": ", ".join(outputs["switched_off"])}
        if entry:
            found.update({f"MEMORY_CHANGE{end}": 100.0 * entry[key]
                          for end, key in (("", "change"), ("_LOW", "low"), ("_HIGH", "high"))})
        return found

    def model_settings(self, parameters, context):
        def number(name):
            return shared.optional_number(self, parameters, name, context)

        def whole(name):
            return shared.optional_integer(self, parameters, name, context)

        def word(name, values=None):
            chosen = self.parameterAsEnumString(parameters, name, context)
            chosen = None if chosen == "preset" else chosen
            return values.get(chosen) if values else chosen

        preset, power, scale = self.parameterAsEnumString(parameters, self.PRESET, context), number(self.LAMBDA), word(
            self.SCALE)
        return {
            "preset": preset, "members": whole(self.MEMBERS), "epochs": whole(self.EPOCHS), "scale": scale,
            "power": power, "choose_power": power is None and (scale == "power" or (not scale and preset not in ALONE)),
            "heteroscedastic": word(self.NOISE, {"constant": False, "heteroscedastic": True}),
            "residuals": word(self.RESIDUALS, {"yes": True, "no": False}), "optimizer": word(self.OPTIMIZER),
            "memory": whole(self.MEMORY), "layers": whole(self.LAYERS), "rate": number(self.RATE),
            "both": word(self.DIRECTION, {"down": False, "both": True}), "batch": whole(self.BATCH),
            "patience": whole(self.PATIENCE), "prior_weight": number(self.PRIOR),
            "compare": self.parameterAsBool(parameters, self.COMPARE, context),
            "self_evaluation": self.parameterAsBool(parameters, self.SELF_EVALUATION, context),
            "period": self.parameterAsInt(parameters, self.PERIOD, context),
            "alpha": self.parameterAsDouble(parameters, self.ALPHA, context),
            **self.start_settings(parameters, context),
        }
