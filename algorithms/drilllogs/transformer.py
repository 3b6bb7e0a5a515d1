"""The trained transformer as a parser of log texts, and its model file."""
from dataclasses import fields

import numpy as np
import torch
from torch.nn import functional

from ..modelfile import load_model, make_card, save_model
from ..progress import Progress
from ..versions import ROOT
from .amounts import level_of
from .network import LogNetwork, make_batch, mixed
from .parsed import Parsed
from .tokens import Hasher
from .vocabulary import load_vocabulary

KIND = "logparser"
SHIPPED = ROOT / "resources" / "logs" / "logparser.safetensors"
SINGLE = ("lithology", "weathering", "grain_size", "colour")
SEVERAL = ("alteration", "mineral", "structure")
OWN = "own"
TOKENS_AT_ONCE = 8192
ROWS_AT_ONCE = 256


class TransformerParser:
    """Reads log texts with a trained network.

    Parameters
    ----------
    network : network.LogNetwork
    card : dict
        As `load_model` gives it; ``temperature`` holds one number per attribute.

    A network with own classes reads nothing else; the other attributes are then read by the weights that Lodescope
    ships.

    Attributes
    ----------
    lithologies : tuple of str
        The classes of ``Parsed.lithology``: those of the vocabulary, or those of the user's own logs after ``""``.
    """

    def __init__(self, network, card):
        self.network, self.card = network.eval(), card
        self.hasher = Hasher(network.settings["buckets"])
        own = network.settings["choices"].get(OWN)
        self.rest = TransformerParser.load() if own is not None and SHIPPED.exists() else None
        self.lithologies = load_vocabulary().classes("lithology") if own is None else ("", *own)

    @classmethod
    def load(cls, path=SHIPPED):
        """The parser in a model file; without a path the one that Lodescope ships.

        Raises
        ------
        InputError
            The file is no model of this kind.
        """
        tensors, card = load_model(path, KIND)
        return cls(network_of(tensors, card), card)

    def parse(self, texts, codes=None, progress=None):
        """The content of log texts; equal texts are read once.

        Parameters
        ----------
        texts : list of str
        codes : list of str, optional
            Company codes of the same rows.
        progress : lodescope.algorithms.progress.Progress, optional

        Returns
        -------
        Parsed
            ``lithology`` has one column per class of ``lithologies``.
        """
        if not len(texts):
            return Parsed.empty(0, load_vocabulary())
        pairs = list(zip(texts, codes if codes is not None else [""] * len(texts)))
        order = {pair: row for row, pair in enumerate(dict.fromkeys(pairs))}
        rows, (texts, codes) = np.array([order[pair] for pair in pairs]), zip(*order)
        out = self.outputs(texts, codes if self.rest is None else None, progress)
        found = Parsed.empty(len(texts), load_vocabulary()) if self.rest is None else self.rest.parse(texts, codes)
        for name in (field.name for field in fields(Parsed)):
            if name in out:
                setattr(found, name, out[name])
        if OWN in out:
            found.lithology = np.pad(out[OWN], ((0, 0), (1, 0)))
        return found.take(rows)

    def outputs(self, texts, codes=None, progress=None):
        """Probabilities of all attributes of the network, as arrays by name, for n texts."""
        progress, out = progress or Progress(), {}
        encoded = self.hasher.encode(texts, codes)
        order, done = np.argsort(encoded.lengths(), kind="stable"), 0
        for rows in by_tokens(order, encoded.lengths()):
            for name, values in self._batch(encoded, rows).items():
                if name not in out:
                    out[name] = np.zeros((len(encoded), *values.shape[1:]), np.float32)
                out[name][rows] = values
            done += len(rows)
            progress(done / len(encoded))
        return out

    def _batch(self, encoded, rows):
        """Probabilities of some rows."""
        settings = self.network.settings
        with torch.inference_mode():
            batch = make_batch(self.hasher, encoded, rows, wide=settings["wide"])
            logits = self.network(batch)
            out = {name: torch.softmax(mixed(self.network, logits, name) / self._temperature(name), 1).numpy()
                   for name in settings["choices"]}
            for name in settings["labels"]:
                out[name] = torch.softmax(logits[name] / self._temperature(name), 2).numpy()
        if "structure" in out:
            out["structure"] = out["structure"][:, :, 1]
        if settings["percent"]:
            out["mineral_percent"] = self._percent(logits["percent"], out[settings["percent"]], encoded, rows)
        return out

    def _percent(self, pointer, levels, encoded, rows):
        """Shares of labels that are present, read from the numbers that the pointers choose; else NaN.

        A share also says which intensity it is, so ``levels`` follows it.
        """
        chosen = pointer.argmax(dim=2).numpy()
        share = np.full(chosen.shape, np.nan, np.float32)
        for row, label in zip(*np.nonzero((chosen < pointer.shape[2] - 1) & (levels.argmax(axis=2) > 0))):
            value = encoded.values[encoded.starts[rows[row]] + chosen[row, label]]
            if 0.0 <= value <= 100.0:
                share[row, label] = value
                there = levels[row, label, 1:].sum()
                levels[row, label, 1:] = 0.0
                levels[row, label, max(1, level_of(value))] = there
        return share

    def _temperature(self, name):
        return float(self.card.get("temperature", {}).get(name, 1.0))


def by_tokens(order, lengths):
    """Rows in batches of a bounded number of tokens and rows; ``order`` is by length."""
    start = 0
    while start < len(order):
        stop = start + 1
        while (stop < len(order) and stop - start < ROWS_AT_ONCE
               and (stop - start + 1) * max(lengths[order[stop]], 1) <= TOKENS_AT_ONCE):
            stop += 1
        yield order[start:stop]
        start = stop


def make_network(vocabulary, **settings):
    """A new network for the classes of the vocabulary."""
    return LogNetwork({name: vocabulary.classes(name) for name in SINGLE},
                      {name: vocabulary.labels(name) for name in SEVERAL}, ("structure",), "mineral", **settings)


def network_of(tensors, card):
    """The network of a model file."""
    network = LogNetwork(**card["network"])
    network.load_state_dict({name: torch.from_numpy(np.asarray(array, np.float32)) for name, array in tensors.items()})
    return network


def save_parser(path, network, title, half=True, **content):
    """Write a network and its card; ``half`` stores numbers in 16 bits.

    Parameters
    ----------
    path : path-like
    network : network.LogNetwork
    title : str
    half : bool
    **content
        For the card: ``temperature``, ``scores``, ``seed``, ``sources`` and the like.
    """
    kind = np.float16 if half else np.float32
    tensors = {name: value.detach().numpy().astype(kind) for name, value in network.state_dict().items()
               if not name.startswith("guess")}
    return save_model(path, tensors, make_card(KIND, title, network=network.settings, **content))


def fit_temperature(logits, target):
    """The number by which logits (n, classes) are divided so that their probabilities hold (Guo et al. 2017).

    References
    ----------
    Guo, C., Pleiss, G., Sun, Y., Weinberger, K. (2017). On calibration of modern neural networks. arXiv:1706.04599
    """
    target = torch.as_tensor(target)
    known = target >= 0
    if not known.any():
        return 1.0
    tried = np.exp(np.linspace(np.log(0.3), np.log(4.0), 60))
    cost = [float(functional.cross_entropy(logits[known] / float(t), target[known])) for t in tried]
    return float(tried[int(np.argmin(cost))])
