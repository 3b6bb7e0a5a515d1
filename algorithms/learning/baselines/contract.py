"""What every model of a comparison is given, and what it gives back."""
from dataclasses import dataclass, replace

import numpy as np

from ...validation.forecast import Forecast


@dataclass(frozen=True)
class Case:
    """One training of one model.

    Attributes
    ----------
    samples : GradeSamples
        With the features as the training samples tell them, and one target.
    train, test : numpy.ndarray of int
        Rows, ascending.
    name : str
        For checkpoints and metrics.
    seed : int
        Its own for each model and fold.
    apart : bool
        Whether whole drill holes or blocks are held out.
    checkpoints : Checkpoints
    settings : dict
    progress : Progress
    """

    samples: object
    train: np.ndarray
    test: np.ndarray
    name: str
    seed: int
    apart: bool
    checkpoints: object
    settings: dict
    progress: object

    @property
    def target(self):
        """Grades of all samples, shape (n,)."""
        return self.samples.targets[:, 0]

    @property
    def known(self):
        """Training rows whose grade is known."""
        return self.train[np.isfinite(self.target[self.train])]

    @property
    def rng(self):
        """A generator of its own."""
        return np.random.default_rng(self.seed)

    def span(self, start, end):
        """The same with a part of the progress."""
        return replace(self, progress=self.progress.span(start, end))


@dataclass(frozen=True)
class Fitted:
    """A trained model.

    Attributes
    ----------
    forecast : Forecast
        At the test rows.
    predict : callable or None
        ``predict(features)`` gives the mean grade (m,) for other features
        (m, f) of the test rows; None for models that use none.
    note : str
        What the training chose, in a few words.
    """

    forecast: object
    predict: object = None
    note: str = ""


def forecast_of(predictive):
    """`Forecast` of a `Predictive` of one target."""
    found = predictive.summary(("mean", "sd"))[0]
    return Forecast.of(found["mean"], found["sd"], lambda p: predictive.quantile(p)[:, 0])
