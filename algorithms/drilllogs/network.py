"""The transformer that reads log texts (Vaswani et al. 2017, arXiv:1706.03762), small enough to ship."""
import math
from dataclasses import dataclass

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from .tokens import MASK, Hasher

LEVELS = 5
BASE = 10_000.0
SPREAD = 2_654_435_761  # Knuth's multiplier, which mixes hashes
GUESSES = 4096
NARROW = 48  # width of the label heads, whose tensors are the largest


@dataclass(frozen=True)
class Batch:
    """Texts of one step, padded to the longest.

    Attributes
    ----------
    tokens : tensor of int64, shape (n, t)
        Positions in the words of this batch; 0 is padding.
    code, numbers : tensor of bool, shape (n, t)
        Tokens of the column of codes; tokens that are numbers.
    wholes, groups, offsets : tensor of int64
        The bags of the words of this batch, as `tokens.Hasher.bags` gives them.
    wide, wide_offsets : tensor of int64
        Buckets of all words, pairs of words and letter groups of each text, and where those of a text start.
    secret : tensor of int64, shape (n, t)
        Hashes of the hidden words below `GUESSES`, -1 where nothing is hidden.
    """

    tokens: torch.Tensor
    code: torch.Tensor
    numbers: torch.Tensor
    wholes: torch.Tensor
    groups: torch.Tensor
    offsets: torch.Tensor
    wide: torch.Tensor
    wide_offsets: torch.Tensor
    secret: torch.Tensor


def make_batch(hasher, encoded, rows, rng=None, hidden=0.0, wide=0):
    """Pad some rows of encoded texts into a `Batch`.

    Parameters
    ----------
    hasher : tokens.Hasher
        The one that encoded the texts.
    encoded : tokens.Encoded
    rows : array of int, shape (n,)
    rng : numpy.random.Generator, optional
    hidden : float
        Share of tokens that are hidden, drawn with ``rng``.
    wide : int
        Number of buckets of the wide part; 0 leaves it out.
    """
    lengths = encoded.lengths()[rows]
    inside = np.arange(lengths.max(initial=1))[None, :] < lengths[:, None]
    source = (encoded.starts[rows][:, None] + np.arange(inside.shape[1])[None, :])[inside]
    words, secret = encoded.words[source], np.full(inside.shape, -1, np.int64)
    if hidden > 0.0:
        veiled = rng.random(len(words)) < hidden
        secret[inside] = np.where(veiled, hasher.fine(words)[0] % GUESSES, -1)
        words = np.where(veiled, MASK, words)
    known, places = np.unique(words, return_inverse=True)
    tokens = np.zeros(inside.shape, np.int64)
    tokens[inside] = places + 1
    code, numbers = np.zeros(inside.shape, bool), np.zeros(inside.shape, bool)
    code[inside], numbers[inside] = encoded.code[source], np.isfinite(encoded.values[source])
    arrays = (tokens, code, numbers, *hasher.bags(known), *_wide(hasher, known, places, lengths, wide), secret)
    return Batch(*(torch.from_numpy(array) for array in arrays))


def _wide(hasher, known, places, lengths, buckets):
    """Buckets of words, pairs of neighbouring words and letter groups of each text."""
    if not buckets:
        return np.zeros(0, np.int64), np.zeros(len(lengths), np.int64)
    wholes, fine = hasher.fine(known)
    ends, bags, half = np.cumsum(lengths), [], buckets // 2
    for start, end in zip(ends - lengths, ends):
        row = places[start:end]
        words = np.append(wholes[row], wholes[row[:-1]] * 31 + wholes[row[1:]] * 17)
        letters = np.concatenate([fine[k][1:] for k in np.unique(row)])
        bags.append(np.append(np.unique(_mixed(words, half)), half + np.unique(_mixed(letters, half))))
    counts = np.array([len(bag) for bag in bags])
    return np.concatenate(bags).astype(np.int64), (np.cumsum(counts) - counts).astype(np.int64)


def _mixed(hashes, buckets):
    """Hashes spread evenly over buckets."""
    return hashes * SPREAD % 2**32 % buckets


class LogNetwork(nn.Module):
    """Word bags, encoder layers, and one head per attribute of a log.

    Parameters
    ----------
    choices : dict
        Attributes with one class per text, such as ``{"lithology": [...]}``: names to lists of classes.
    labels : dict
        Attributes of which a text may have several, names to lists of labels, each with an intensity 0 to 4
        or, when named in ``plain``, present or not.
    plain : tuple of str
    percent : str
        The attribute whose labels have a share in per cent; empty for none.
    buckets, width, layers, heads, hidden : int
        Sizes.
    dropout : float
    wide : int
        Buckets of a linear part beside the encoder (Cheng et al. 2016, arXiv:1606.07792); 0 for none.
    guess : bool
        Whether hidden words are guessed, for training without labels (Devlin et al. 2019, doi:10.18653/v1/N19-1423).
    """

    def __init__(self, choices, labels=None, plain=(), percent="", buckets=12_288, width=128, layers=2, heads=4,
                 hidden=256, dropout=0.1, wide=0, guess=False):
        super().__init__()
        labels = labels or {}
        self.settings = {"choices": {k: list(v) for k, v in choices.items()}, "percent": percent,
                         "labels": {k: list(v) for k, v in labels.items()}, "plain": list(plain), "buckets": buckets,
                         "width": width, "layers": layers, "heads": heads, "hidden": hidden, "dropout": dropout,
                         "wide": wide}
        self.embedding = nn.Parameter(torch.randn(buckets, width) * 0.5)
        self.segment = nn.Parameter(torch.zeros(width))
        self.entry = nn.LayerNorm(width)
        self.layers = nn.ModuleList(Layer(width, heads, hidden, dropout) for _ in range(layers))
        self.norm = nn.LayerNorm(width)
        self.guess = nn.Linear(width, GUESSES) if guess else None
        self.dropout = nn.Dropout(dropout)
        self.register_buffer("rarity", torch.ones(wide) if wide else None)
        self.choices = nn.ModuleDict({name: Choice(width, len(classes), wide, dropout)
                                      for name, classes in choices.items()})
        self.labels = nn.ModuleDict({name: LabelHead(width, classes, 2 if name in plain else LEVELS, buckets,
                                                     name == percent) for name, classes in labels.items()})

    def words(self, batch):
        """Vectors of the words of a batch, shape (w + 1, d), with zeros for padding first."""
        groups = functional.embedding_bag(batch.groups, self.embedding, batch.offsets, mode="mean")
        vectors = self.embedding[batch.wholes] + 2.0 * groups
        return torch.cat([torch.zeros_like(vectors[:1]), vectors])

    def states(self, batch):
        """Token vectors before and after the encoder, shape (n, t, d), and which tokens are there, shape (n, t)."""
        there = batch.tokens > 0
        entered = self.dropout(self.entry(functional.embedding(batch.tokens, self.words(batch))))
        x = entered + positions(*entered.shape[1:]) + batch.code[..., None] * self.segment
        for layer in self.layers:
            x = layer(x, there)
        return entered, self.norm(x), there

    def forward(self, batch):
        """Logits by attribute.

        Choices give (n, classes), with the wide part also ``"... wide"`` when not training. Labels give
        (n, labels, levels), and the attribute with shares also ``"percent"``, (n, labels, t + 1): which number token
        holds the share, the last for none.
        """
        entered, states, there = self.states(batch)
        out = {}
        if self.guess is not None and self.training:
            out["guess"] = self.guess(states[batch.secret >= 0])
        for name, head in self.choices.items():
            out[name], linear = head(entered, states, there, batch, self.rarity)
            if linear is not None:
                out[f"{name} wide"] = linear
        for name, head in self.labels.items():
            out[name], pointer = head(states, there, batch.numbers, self.embedding)
            if pointer is not None:
                out["percent"] = pointer
        return out


class Layer(nn.Module):
    """One encoder layer: attention and two dense layers, each after a norm and added to its input."""

    def __init__(self, width, heads, hidden, dropout):
        super().__init__()
        self.heads, self.dropout = heads, dropout
        self.first, self.second = nn.LayerNorm(width), nn.LayerNorm(width)
        self.project, self.out = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.up, self.down = nn.Linear(width, hidden), nn.Linear(hidden, width)

    def forward(self, x, there):
        """New token vectors (n, t, d)."""
        n, t, d = x.shape
        q, k, v = self.project(self.first(x)).view(n, t, 3, self.heads, d // self.heads).permute(2, 0, 3, 1, 4)
        seen = functional.scaled_dot_product_attention(q, k, v, attn_mask=there[:, None, None, :])
        x = x + self._drop(self.out(seen.transpose(1, 2).reshape(n, t, d)))
        return x + self._drop(self.down(functional.gelu(self.up(self.second(x)))))

    def _drop(self, x):
        return functional.dropout(x, self.dropout, self.training)


class Choice(nn.Module):
    """One class per text: from its tokens before and after the encoder, and from the wide part.

    Of both, a weighted mean and the maximum are taken; the words before the encoder are what a small set of examples
    teaches first.
    """

    def __init__(self, width, classes, wide, dropout):
        super().__init__()
        self.query = nn.Parameter(torch.zeros(width))
        self.drop, self.out = nn.Dropout(dropout), nn.Linear(4 * width, classes)
        self.register_buffer("wide", torch.zeros(wide, classes) if wide else None)
        self.register_buffer("wide_bias", torch.zeros(classes) if wide else None)
        self.register_buffer("blend", torch.full((2,), 0.5) if wide else None)

    def forward(self, entered, states, there, batch, rarity):
        """Logits (n, classes) of the encoder and, or None, of the wide part."""
        score = (states @ self.query / math.sqrt(states.shape[2])).masked_fill(~there, -torch.inf)
        both = torch.cat([entered, states], dim=2)
        mean = (torch.softmax(score, dim=1)[:, None, :] @ both)[:, 0]
        highest = both.masked_fill(~there[..., None], -torch.inf).amax(dim=1)
        logits = self.out(self.drop(torch.cat([mean, highest], dim=1)))
        return logits, None if self.wide is None or self.training else self._linear(batch, rarity)

    def wide_weights(self, batch, rarity):
        """Weights of the buckets of texts: their rarity, words and letters each scaled to length 1, as TF-IDF is."""
        words = (batch.wide < len(self.wide) // 2).float()
        sides = torch.stack([words, 1.0 - words], dim=1)
        row = torch.bucketize(torch.arange(len(batch.wide)), batch.wide_offsets, right=True) - 1
        squares = torch.zeros(len(batch.wide_offsets), 2).index_add_(0, row, sides * rarity[batch.wide, None] ** 2)
        return rarity[batch.wide] * (squares.clamp(min=1e-6).rsqrt()[row] * sides).sum(dim=1)

    def _linear(self, batch, rarity):
        """Logits of the wide part."""
        return self.wide_bias + functional.embedding_bag(batch.wide, self.wide, batch.wide_offsets, mode="sum",
                                                         per_sample_weights=self.wide_weights(batch, rarity))


class LabelHead(nn.Module):
    """Labels of which a text may have several: each looks for its own words (label-wise attention).

    A label's question starts from the letter groups of its own name, in the same vectors as the texts, so that a
    label knows its word before it has seen one (Mullenbach et al. 2018, doi:10.18653/v1/N18-1100).
    """

    def __init__(self, width, labels, levels, buckets, percent):
        super().__init__()
        self.names(labels, buckets)
        self.own = nn.Parameter(torch.randn(len(labels), width) * 0.1)
        self.query, self.key, self.value = (nn.Linear(width, NARROW) for _ in range(3))
        self.out = nn.Parameter(torch.randn(len(labels), NARROW, levels) / math.sqrt(NARROW))
        self.common, self.bias = nn.Linear(2 * NARROW, levels), nn.Parameter(torch.zeros(len(labels), levels))
        self.pointer = nn.Linear(NARROW, width) if percent else None
        self.nothing = nn.Parameter(torch.zeros(1)) if percent else None

    def names(self, labels, buckets):
        """Remember the letter groups of the labels' names."""
        hasher = Hasher(buckets)
        words = [hasher.number_of(label.split(" ")[0]) for label in labels]
        for name, array in zip(("wholes", "groups", "offsets"), hasher.bags(words)):
            self.register_buffer(name, torch.from_numpy(array), persistent=False)

    def forward(self, states, there, numbers, embedding):
        """Logits (n, labels, levels), and the pointer (n, labels, t + 1) or None."""
        named = functional.embedding_bag(self.groups, embedding, self.offsets, mode="mean")
        named = functional.layer_norm(embedding[self.wholes] + 2.0 * named, named.shape[-1:])
        asked = self.query(named + self.own)
        score = asked @ self.key(states).transpose(1, 2) / math.sqrt(NARROW)
        share = torch.softmax(score.masked_fill(~there[:, None, :], -torch.inf), dim=2)
        found = share @ self.value(states)
        plain, named = self.common.weight.split(NARROW, dim=1)
        match = functional.layer_norm(asked, asked.shape[-1:])[:, :, None] * named.t()
        logits = torch.bmm(found.transpose(0, 1), self.out + plain.t() + match).transpose(0, 1)
        logits = logits + self.common.bias + self.bias
        if self.pointer is None:
            return logits, None
        points = self.pointer(found) @ states.transpose(1, 2) / math.sqrt(NARROW)
        points = points.masked_fill(~numbers[:, None, :], -torch.inf)
        return logits, torch.cat([points, self.nothing.expand(*points.shape[:2], 1)], dim=2)


def mixed(network, logits, name):
    """Logits of a choice: those of the encoder, or their blend with those of the wide part."""
    if f"{name} wide" not in logits:
        return logits[name]
    blend = network.choices[name].blend
    return (blend[0] * functional.log_softmax(logits[name], 1)
            + blend[1] * functional.log_softmax(logits[f"{name} wide"], 1))


def positions(length, width):
    """Sines and cosines of the positions, shape (length, width)."""
    rate = torch.exp(torch.arange(0, width, 2) * (-math.log(BASE) / width))
    angle = torch.arange(length)[:, None] * rate
    return torch.stack([angle.sin(), angle.cos()], dim=2).reshape(length, width)


def set_rarity(network, hasher, encoded):
    """Weigh the buckets of the wide part by how rare they are in the texts (as IDF does)."""
    buckets, step = network.settings["wide"], 1000
    counts = np.zeros(buckets)
    for start in range(0, len(encoded), step):
        rows = np.arange(start, min(start + step, len(encoded)))
        counts += np.bincount(make_batch(hasher, encoded, rows, wide=buckets).wide.numpy(), minlength=buckets)
    rarity = np.log((1.0 + len(encoded)) / (1.0 + counts)) + 1.0
    network.rarity.copy_(torch.from_numpy(rarity.astype(np.float32)))
