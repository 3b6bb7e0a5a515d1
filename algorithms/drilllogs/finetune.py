"""Fitting the transformer to somebody's own classes, from weights that know the language of logs."""
from dataclasses import replace

import numpy as np
import torch
from scipy import sparse
from scipy.optimize import minimize
from scipy.special import logsumexp

from .evaluation import scores, split_holes
from .network import LogNetwork, make_batch, mixed, set_rarity
from .tokens import Hasher
from .training import Examples, Settings, Trainer, class_weights
from .transformer import OWN, by_tokens

WIDE = 65_536
PENALTY, ROUNDS = 0.1, 120
ASIDE = 0.1
BLENDS = np.round(np.arange(0.1, 1.51, 0.1), 1)
SIZES = ("buckets", "width", "layers", "heads", "hidden")


def own_network(classes, start=None, seed=1, sizes=None):
    """A network with one head for own classes.

    Parameters
    ----------
    classes : list of str
    start : network.LogNetwork, optional
        Its words and layers are taken over.
    seed : int
    sizes : dict, optional
        Of a network that starts from nothing.
    """
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        sizes = {name: start.settings[name] for name in SIZES} if start is not None else sizes or {}
        network = LogNetwork({OWN: list(classes)}, wide=WIDE, **sizes)
    if start is not None:
        body = {name: value for name, value in start.state_dict().items()
                if not name.startswith(("choices", "labels", "guess", "rarity"))}
        network.load_state_dict(body, strict=False)
    return network


def fit_own(network, texts, target, groups, settings, progress, state=None, save=None):
    """Fit a network to own classes, with some holes kept aside to end at the best epoch.

    The wide part is fitted first. After training, the blend of both parts is chosen on the holes kept aside, and the
    wide part, whose penalty is fixed, is fitted once more to all rows.

    Parameters
    ----------
    network : network.LogNetwork
        From `own_network`.
    texts : list of str, length n
    target : array of int, shape (n,)
        Indices of classes.
    groups : sequence, length n
        Holes.
    settings : training.Settings
    progress : lodescope.algorithms.progress.Progress
    state : tuple, optional
        The arrays and plain values that an earlier run saved last.
    save : callable, optional
        See `training.Trainer.run`.

    Returns
    -------
    history : list of dict
    """
    hasher, target = Hasher(network.settings["buckets"]), np.asarray(target)
    train, aside = split_holes(groups, ASIDE, np.random.default_rng(settings.seed))
    examples = Examples([texts[row] for row in train], {OWN: target[train]})
    others = [texts[row] for row in aside]
    if state is None:
        fit_wide(network, hasher, examples, settings.balance, progress.span(0.0, 0.1))
    trainer = Trainer(network, hasher, examples, settings, progress.span(0.1, 0.9))
    if state is not None:
        trainer.restore(*state)

    def score(trained):
        found = scores(target[aside], own_parts(trained, others)["encoder alone"].argmax(axis=1))
        return {**found, "score": found["accuracy"] + found["macro_f1"]}

    history = trainer.run(score, save)
    fit_blend(network, own_parts(network, others), target[aside])
    fit_wide(network, hasher, Examples(list(texts), {OWN: target}), settings.balance, progress.span(0.9, 1.0))
    return history


def fit_blend(network, parts, target):
    """Weights of the two parts' log-probabilities by which answers on the holes kept aside are likeliest.

    Only classes that were in the training rows can be told; rows of others are left out.
    """
    encoder, wide = (torch.from_numpy(parts[name]) for name in ("encoder alone", "wide part alone"))
    target, best = torch.as_tensor(target), (np.inf, BLENDS[0], BLENDS[0])
    for first in BLENDS:
        for second in BLENDS:
            cost = float(torch.nn.functional.cross_entropy(first * encoder + second * wide, target))
            best = min(best, (cost, first, second))
    network.choices[OWN].blend.copy_(torch.tensor(best[1:], dtype=torch.float32))


def fit_wide(network, hasher, examples, balance, progress):
    """Logistic regression of the wide part's buckets on the classes, by L-BFGS with a ridge penalty.

    It starts from the coefficients that the wide part has.
    """
    encoded = hasher.encode(examples.texts, examples.codes)
    set_rarity(network, hasher, encoded)
    head, target = network.choices[OWN], examples.choices[OWN]
    known = np.flatnonzero(target >= 0)
    X = wide_matrix(network, hasher, encoded, known, progress)
    used = np.flatnonzero(np.diff(X.tocsc().indptr))
    X, classes = X[:, used], len(head.wide_bias)
    start = np.vstack([head.wide[torch.from_numpy(used)].numpy(), head.wide_bias.numpy()[None]]).astype(float)
    weights = class_weights(target, classes, balance).numpy()[target[known]]
    if examples.weights is not None:
        weights = weights * examples.weights[known]
    found = _minimum(X, target[known], weights, start, progress)
    with torch.no_grad():
        head.wide.zero_()
        head.wide[torch.from_numpy(used)] = torch.from_numpy(found[:-1].astype(np.float32))
        head.wide_bias.copy_(torch.from_numpy(found[-1].astype(np.float32)))


def wide_matrix(network, hasher, encoded, rows, progress):
    """The wide part's features of rows, sparse (n, buckets)."""
    head, parts = network.choices[OWN], []
    for start in range(0, len(rows), 500):
        progress.check()
        batch = make_batch(hasher, encoded, rows[start:start + 500], wide=network.settings["wide"])
        weights = head.wide_weights(batch, network.rarity).numpy()
        ends = np.append(batch.wide_offsets.numpy(), len(batch.wide))
        parts.append(sparse.csr_matrix((weights, batch.wide.numpy(), ends),
                                       shape=(len(ends) - 1, network.settings["wide"])))
    return sparse.vstack(parts, format="csr").astype(np.float64)


def _minimum(X, target, weights, start, progress):
    """Coefficients (features + 1, classes) of the least penalised loss; the last row is the constant."""
    (n, features), classes = X.shape, start.shape[1]
    Xt, step = X.T.tocsr(), [0]

    def loss(flat):
        progress(min(step[0] / ROUNDS, 1.0))
        step[0] += 1
        W = flat.reshape(features + 1, classes)
        logits = X @ W[:-1] + W[-1]
        logp = logits - logsumexp(logits, axis=1, keepdims=True)
        slope = np.exp(logp) * weights[:, None]
        slope[np.arange(n), target] -= weights
        gradient = np.vstack([Xt @ slope + PENALTY * W[:-1], slope.sum(axis=0)])
        value = -(weights * logp[np.arange(n), target]).sum() + 0.5 * PENALTY * (W[:-1] ** 2).sum()
        return value, gradient.ravel()

    return minimize(loss, start.ravel(), jac=True, method="L-BFGS-B",
                    options={"maxiter": ROUNDS, "maxcor": 6}).x.reshape(features + 1, classes)


def own_settings(**chosen):
    """Settings for own logs: `training.Settings` with values that suit some thousand rows."""
    return replace(Settings(epochs=8, rate=1e-3, batch=64, hidden=0.1, errors=0.02, balance=0.3), **chosen)


def own_parts(network, texts):
    """Log-probabilities (n, classes) of own classes: of the encoder, of the wide part and of both together."""
    hasher, out = Hasher(network.settings["buckets"]), {}
    encoded = hasher.encode(texts)
    network.eval()
    with torch.inference_mode():
        for rows in by_tokens(np.argsort(encoded.lengths(), kind="stable"), encoded.lengths()):
            found = network(make_batch(hasher, encoded, rows, wide=network.settings["wide"]))
            parts = {"transformer": mixed(network, found, OWN), "encoder alone": torch.log_softmax(found[OWN], 1),
                     "wide part alone": torch.log_softmax(found[f"{OWN} wide"], 1)}
            for name, values in parts.items():
                out.setdefault(name, np.zeros((len(texts), values.shape[1]), np.float32))[rows] = values.numpy()
    return out
