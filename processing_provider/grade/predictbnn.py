"""Prediction with a Bayesian neural network of grades as a Processing algorithm."""
from .gradeprediction import GradePrediction


class PredictBnn(GradePrediction):
    """Grades with epistemic and aleatoric uncertainty, and where not to trust them."""

    NAME, TITLE, KIND = "predictbnn", "Predict with Bayesian neural network", "bnn"
    TAGS = ("BNN", "grade", "predict", "map", "uncertainty", "epistemic", "aleatoric", "P10", "P90", "probability",
            "cut-off", "out of domain", "neural network")
