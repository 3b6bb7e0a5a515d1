"""Training of the methods that a network of prospectivity is compared with as a Processing algorithm."""
from .. import parameters as shared
from .prospectivitytraining import ProspectivityTraining

METHOD_VALUES = ["woe", "logistic", "forest", "boosting"]


class TrainBaseline(ProspectivityTraining):
    """Weights of evidence, logistic regression, random forest and gradient boosting on the terms of the network."""

    NAME, TITLE, NEEDS = "trainbaseline", "Train prospectivity baseline", "base"
    TAGS = ("weights of evidence", "WofE", "logistic regression", "random forest", "gradient boosting", "prospectivity",
            "mineral potential", "deposits", "machine learning", "train", "baseline")
    METHOD, MEMBERS, SURROUNDINGS = "METHOD", "MEMBERS", "SURROUNDINGS"

    def add_model(self):
        shared.add(self, shared.choice(self.METHOD, "Method", METHOD_VALUES, "forest"),
                   "woe: weights of evidence. logistic: logistic regression. forest: random forest. boosting: gradient "
                   "boosting.")
        shared.add(self, shared.number(self.MEMBERS, "Members", shared.NUMBER.Integer, 10, 2, 100),
                   "Models from deposits drawn with replacement and from background of their own; their spread is the "
                   "uncertainty.", advanced=True)
        shared.add(self, shared.flag(self.SURROUNDINGS, "Means over the window", True),
                   "The mean of each band over the window counts besides its value in the cell. Weights of evidence "
                   "take the cell only.", advanced=True)

    def model_settings(self, parameters, context):
        return {"method": self.parameterAsEnumString(parameters, self.METHOD, context),
                "members": self.parameterAsInt(parameters, self.MEMBERS, context),
                "surroundings": self.parameterAsBool(parameters, self.SURROUNDINGS, context)}
