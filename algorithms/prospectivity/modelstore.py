"""Prospectivity models in model files: networks and the methods they are compared with behind one face."""
import numpy as np

from ..errors import InputError
from ..modelfile import load_model, make_card, read_card, save_model
from .evidence import Preparation
from .kinds import KIND, METHODS, PRETRAINED


class ProspectivityModel:
    """Members that each give a probability to every window of evidence.

    Parameters
    ----------
    preparation : Preparation
    engine : object
        With ``on(channels, check)`` for tiles (c, h + 2 reach, w + 2 reach), which gives (members, h, w), and
        ``at(channels, check)`` for windows (n, c, size, size), which gives (members, n).
    reach : int
        Cells from the middle of a window to its side.
    card : dict
    """

    def __init__(self, preparation, engine, reach, card=None):
        self.preparation, self.engine, self.reach, self.card = preparation, engine, reach, card or {}

    @property
    def bands(self):
        """Names of the bands, in order."""
        return self.preparation.names

    def members_on(self, channels, check=None):
        """Probabilities of all members at the cells of a tile of channels, shape (members, rows, columns)."""
        return self.engine.on(channels, check)

    def members_at(self, channels, check=None):
        """Probabilities of all members at windows of channels (n, c, size, size), shape (members, n)."""
        return self.engine.at(channels, check)


def save_prospectivity(path, method, model, content):
    """Write a model file.

    Parameters
    ----------
    path : path-like
    method : str
        A key of `kinds.METHODS`.
    model : ProspectivityModel
    content : dict
        Of the card: grid, window, folds, scores and the like.
    """
    tensors, own = model.engine.state()
    card = make_card(KIND, METHODS[method], method=method, features=model.preparation.to_card(), engine=own,
                     targets=[{"name": "prospectivity", "unit": ""}], **content)
    save_model(path, tensors, card)
    return card


def load_prospectivity(path):
    """The model of a file.

    Returns
    -------
    ProspectivityModel

    Raises
    ------
    InputError
        The file is no such model, is damaged, or was made by a newer Lodescope.
    """
    tensors, card = load_model(path, KIND)
    try:
        engine = _engine(card["method"], tensors, card["engine"])
        return ProspectivityModel(Preparation.from_card(card), engine, int(card["window"]["cells"]) // 2, card)
    except (KeyError, TypeError, ValueError, IndexError, RuntimeError) as error:
        raise InputError(f"The model file '{path}' is damaged; take another copy of it.") from error


def _engine(method, tensors, own):
    """What gives probabilities; torch is loaded only for networks."""
    if method == "cnn":
        from .ensemble import NetworkEngine

        return NetworkEngine.restored(tensors, own)
    from .baselines import BaselineEngine

    return BaselineEngine.restored(method, tensors, own)


def load_start(path):
    """Tensors of trunks by member, labels of channels and the card of a model to start from.

    Returns
    -------
    trunks : list of dict
    labels : list of str
    card : dict

    Raises
    ------
    InputError
        It holds no network.
    """
    card = read_card(path, (KIND, PRETRAINED))
    if card["kind"] == KIND and card.get("method") != "cnn":
        raise InputError(f"The model file '{path}' holds no network ({card.get('title')}) that could be learned "
                         "further; choose one of 'Train CNN' or 'Pre-train CNN'.")
    tensors, card = load_model(path, (KIND, PRETRAINED))
    try:
        members = int(card["engine"]["members"])
        trunks = [{name.split("/trunk.", 1)[1]: value for name, value in tensors.items()
                   if name.startswith(f"member{k}/trunk.")} for k in range(members)]
        labels = Preparation.from_card(card).labels()
        if not trunks or any(trunk["entry.weight"].shape[1] != len(labels) for trunk in trunks):
            raise KeyError("entry.weight")
    except (KeyError, TypeError, ValueError) as error:
        raise InputError(f"The model file '{path}' is damaged; take another copy of it.") from error
    return trunks, labels, card


def summary(members):
    """Mean, standard deviation, P10 and P90 of the members (m, ...), float32 of shape (4, ...).

    P10 and P90 are quantiles of the members, widened to hold the mean where it lies beyond them.
    """
    mean = members.mean(axis=0)
    low, high = np.quantile(members, [0.1, 0.9], axis=0)
    spread = members.std(axis=0, ddof=1) if len(members) > 1 else np.zeros_like(mean)
    return np.stack([mean, spread, np.minimum(low, mean), np.maximum(high, mean)]).astype(np.float32)
