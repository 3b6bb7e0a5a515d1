"""The models of a comparison by the names that users choose."""
from dataclasses import dataclass

from . import indicator, kriging, networks, regression, trees


@dataclass(frozen=True)
class Model:
    """A kind of model.

    Attributes
    ----------
    label : str
    fit : callable
        ``fit(case)`` gives a `contract.Fitted`.
    uses_features : bool
    """

    label: str
    fit: object
    uses_features: bool = True


MODELS = {
    "ok": Model("Ordinary kriging", kriging.krige, False),
    "pykrige": Model("Ordinary kriging (PyKrige)", kriging.krige_by_pykrige, False),
    "mik": Model("Multiple-indicator kriging", indicator.krige_indicators, False),
    "rk": Model("Regression kriging (ridge)", regression.fit_ridge),
    "rf": Model("Random forest", trees.fit_forest),
    "gb": Model("Gradient boosting", trees.fit_boosting),
    "fnn": Model("Feed-forward network", networks.fit_plain),
    "bnn": Model("Bayesian neural network", networks.fit_bayesian),
    "lstm": Model("LSTM down the hole", networks.fit_recurrent),
}
KRIGING = ("ok", "pykrige", "mik")
