"""Training of the log transformer: losses, steps, early stopping and checkpoints."""
import math
from dataclasses import dataclass, field

import numpy as np
import torch
from torch.nn import functional

from .network import make_batch
from .tokens import split

SMOOTHING = 0.05
AVERAGE = 0.99
LETTERS = np.array(list("abcdefghijklmnopqrstuvwxyz"))
WARM_UP = 0.1
MOMENTS = ("step", "exp_avg", "exp_avg_sq")
POOL = 40


@dataclass(frozen=True)
class Examples:
    """Texts with what is known about them.

    Attributes
    ----------
    texts : list of str, length n
    choices : dict
        Attributes to class indices (n,), -1 where it is not known.
    labels : dict
        Attributes to levels (n, labels), -1 where it is not known.
    percent : array of float64, shape (n, labels), optional
        Shares in per cent of the labels of the attribute with shares, NaN where none is stated.
    weights : array of float64, shape (n,), optional
        How much an example counts; all alike when absent.
    codes : list of str, optional
    """

    texts: list
    choices: dict
    labels: dict = field(default_factory=dict)
    percent: np.ndarray = None
    weights: np.ndarray = None
    codes: list = None

    def __len__(self):
        return len(self.texts)


@dataclass(frozen=True)
class Settings:
    """How to train.

    Attributes
    ----------
    epochs : int
    rate : float
        Highest learning rate.
    batch : int
        Texts per step.
    seed : int
    hidden : float
        Share of hidden tokens.
    errors : float
        Share of words that get a typing error or are cut short.
    balance : float
        Power of the inverse class frequency by which classes are weighted: 0 for none, 1 for full balance.
    frozen : bool
        Whether all but the heads stay as they are.
    patience : int
        Epochs without a better score after which training ends; 0 for never.
    decay : float
        Weight decay.
    stress : float
        How much labels with intensities count beside the choices.
    """

    epochs: int = 12
    rate: float = 1e-3
    batch: int = 64
    seed: int = 1
    hidden: float = 0.1
    errors: float = 0.05
    balance: float = 0.3
    frozen: bool = False
    patience: int = 0
    decay: float = 0.02
    stress: float = 1.0


class Trainer:
    """One training run that can be stopped after any epoch and go on.

    Parameters
    ----------
    network : network.LogNetwork
    hasher : tokens.Hasher
    examples : Examples
    settings : Settings
    progress : lodescope.algorithms.progress.Progress

    Attributes
    ----------
    history : list of dict
        ``loss`` and what `score` gave, per epoch.
    """

    def __init__(self, network, hasher, examples, settings, progress):
        self.network, self.hasher, self.examples = network, hasher, examples
        self.settings, self.progress = settings, progress
        for name, parameter in network.named_parameters():
            parameter.requires_grad_(not settings.frozen or name.startswith(("choices", "labels")))
        self.trained = {name: p for name, p in network.named_parameters() if p.requires_grad}
        self.optimizer = torch.optim.AdamW(self.trained.values(), lr=settings.rate, weight_decay=settings.decay,
                                           fused=True)
        self.average = {name: p.detach().clone() for name, p in self.trained.items()}
        self.class_weights = {name: class_weights(target, len(network.settings["choices"][name]), settings.balance)
                              for name, target in examples.choices.items()}
        self.history, self.best, self.steps = [], None, 0
        self.total = settings.epochs * math.ceil(len(examples) / settings.batch)

    def run(self, score=None, save=None):
        """Train all epochs that are left; the network ends with its best weights.

        Parameters
        ----------
        score : callable, optional
            ``score(network)`` gives a dict whose ``"score"`` is to be high, from texts that are not trained on.
            Without it the last epoch is kept.
        save : callable, optional
            Called with the arrays and the plain values of `state` after each epoch.
        """
        while len(self.history) < self.settings.epochs and not self._settled():
            loss = self.epoch(len(self.history))
            live = self._swap(self.average)
            found = score(self.network) if score else {}
            better = score is None or self.best is None or found["score"] > self.best[0]
            if better:
                self.best = (found.get("score", 0.0), {name: p.clone() for name, p in self.average.items()})
            self._swap(live)
            self.history.append({"loss": loss, "best": bool(better), **found})
            self._tell()
            if save:
                save(*self.state())
        if self.best is not None:
            self._swap(self.best[1])
        self.network.eval()
        return self.history

    def epoch(self, number):
        """One pass through all examples; its mean loss."""
        rng = np.random.default_rng([self.settings.seed, number])
        torch.manual_seed(1000 * self.settings.seed + number)
        texts = self.examples.texts
        if self.settings.errors > 0.0:
            texts = [with_errors(text, self.settings.errors, rng) for text in texts]
        encoded = self.hasher.encode(texts, self.examples.codes)
        self.network.train()
        total, part = 0.0, self.progress.span(number / self.settings.epochs, (number + 1) / self.settings.epochs)
        batches = shuffled(encoded.lengths(), self.settings.batch, rng)
        for done, rows in enumerate(batches):
            batch = make_batch(self.hasher, encoded, rows, rng, self.settings.hidden)
            total += self.step(batch, rows, encoded) * len(rows)
            part((done + 1) / len(batches))
        return total / max(len(encoded), 1)

    def step(self, batch, rows, encoded):
        """One step of the optimiser; its loss."""
        for group in self.optimizer.param_groups:
            group["lr"] = self.settings.rate * slope(self.steps / self.total)
        loss = losses(self.network(batch), batch, self.examples, rows, encoded, self.class_weights,
                      self.settings.stress)
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.trained.values(), 1.0)
        self.optimizer.step()
        self.steps += 1
        share = min(AVERAGE, self.steps / (self.steps + 10.0))
        with torch.no_grad():
            torch._foreach_lerp_(list(self.average.values()), list(self.trained.values()), 1.0 - share)
        return float(loss.detach())

    def state(self):
        """All that is needed to go on after this epoch: arrays by name, and plain values."""
        tensors = {f"network/{name}": value for name, value in self.network.state_dict().items()}
        tensors.update((f"average/{name}", value) for name, value in self.average.items())
        if self.best is not None:
            tensors.update((f"best/{name}", value) for name, value in self.best[1].items())
        for name, parameter in self.trained.items():
            moments = self.optimizer.state[parameter]
            tensors.update((f"{moment}/{name}", moments[moment]) for moment in MOMENTS)
        plain = {"history": list(self.history), "steps": self.steps, "best": self.best and self.best[0]}
        return {name: value.detach().numpy().copy() for name, value in tensors.items()}, plain

    def restore(self, arrays, plain):
        """Go on from what `state` gave."""
        def part(name):
            return {key.split("/", 1)[1]: torch.from_numpy(np.array(value)) for key, value in arrays.items()
                    if key.startswith(f"{name}/")}

        self.network.load_state_dict(part("network"))
        average = part("average")
        self.average = {name: average[name] for name in self.trained}
        self.history, self.steps = list(plain["history"]), plain["steps"]
        self.best = None if plain["best"] is None else (plain["best"], part("best"))
        moments = {moment: part(moment) for moment in MOMENTS}
        for name, parameter in self.trained.items():
            self.optimizer.state[parameter] = {moment: moments[moment][name] for moment in MOMENTS}

    def _settled(self):
        """Whether the last epochs brought nothing better, or the user has had enough."""
        if self.progress.is_last(len(self.history)):
            return True
        recent = self.history[-self.settings.patience:] if self.settings.patience else []
        return len(recent) == self.settings.patience > 0 and not any(entry["best"] for entry in recent)

    def _swap(self, weights):
        """Put weights into the network and hand back those that were there."""
        with torch.no_grad():
            before = {name: p.detach().clone() for name, p in self.trained.items()}
            for name, p in self.trained.items():
                p.copy_(weights[name])
        return before

    def _tell(self):
        for name, value in self.history[-1].items():
            if name != "best":
                self.progress.metric(name, value, len(self.history))


def losses(out, batch, examples, rows, encoded, class_weights, stress=1.0):
    """The loss of a batch: the sum over attributes of the mean over what is known."""
    weights = torch.ones(len(rows)) if examples.weights is None else _float(examples.weights[rows])
    total = torch.zeros(())
    for name, target in examples.choices.items():
        total = total + choice_loss(out[name], torch.from_numpy(target[rows]), weights, class_weights[name])
    for name, levels in examples.labels.items():
        total = total + stress * label_loss(out[name], torch.from_numpy(levels[rows]).long(), weights)
    if examples.percent is not None and "percent" in out:
        total = total + 0.3 * percent_loss(out["percent"], examples.percent[rows], rows, encoded)
    if "guess" in out and len(out["guess"]):
        total = total + 0.3 * functional.cross_entropy(out["guess"], batch.secret[batch.secret >= 0])
    return total


def choice_loss(logits, target, weights, class_weights):
    """Smoothed cross-entropy of the rows whose class is known."""
    known = target >= 0
    if not known.any():
        return logits.sum() * 0.0
    target, weights = target[known], weights[known]
    each = functional.cross_entropy(logits[known], target, reduction="none", label_smoothing=SMOOTHING)
    weights = weights * class_weights[target]
    return (each * weights).sum() / known.sum()


def label_loss(logits, levels, weights):
    """Cross-entropy of the levels, summed over the labels of a row and averaged over the rows."""
    known = levels >= 0
    each = functional.cross_entropy(logits.flatten(0, 1), levels.clamp(min=0).flatten(), reduction="none")
    each = each.view(levels.shape) * known * weights[:, None]
    return each.sum() / known.any(dim=1).sum().clamp(min=1) / math.sqrt(levels.shape[1])


def percent_loss(pointer, percent, rows, encoded):
    """Minus the log of the probability of the number tokens that state the shares, or of none of them."""
    lengths = encoded.lengths()[rows]
    values = np.full((len(rows), pointer.shape[2] - 1), np.nan)
    inside = np.arange(values.shape[1])[None, :] < lengths[:, None]
    values[inside] = np.concatenate([encoded.values[encoded.starts[row]:encoded.starts[row + 1]] for row in rows])
    right = np.abs(values[:, None, :] - percent[:, :, None]) < 1e-6
    none = ~right.any(axis=2)
    unreadable = none & np.isfinite(percent)  # the stated share is no single number of the text
    right = torch.from_numpy(np.concatenate([right, none[:, :, None]], axis=2))
    chosen = torch.logsumexp(torch.log_softmax(pointer, dim=2).masked_fill(~right, -torch.inf), dim=2)
    return -(chosen * torch.from_numpy(~unreadable)).sum() / len(rows)


def class_weights(target, classes, power):
    """Weights of the classes with mean 1 over the examples, shape (classes,)."""
    counts = np.bincount(target[target >= 0], minlength=classes).astype(float)
    weights = np.where(counts > 0.0, np.maximum(counts, 1.0) ** -power, 0.0)
    mean = (weights * counts).sum() / max(counts.sum(), 1.0)
    return _float(weights / (mean or 1.0))


def slope(done):
    """The learning rate's share of its highest value: up, then down along a cosine."""
    if done < WARM_UP:
        return max(done / WARM_UP, 0.02)
    return 0.02 + 0.98 * 0.5 * (1.0 + math.cos(math.pi * min((done - WARM_UP) / (1.0 - WARM_UP), 1.0)))


def shuffled(lengths, size, rng):
    """Rows in batches of about equal lengths, in random order."""
    order = rng.permutation(len(lengths))
    batches = []
    for start in range(0, len(order), size * POOL):
        pool = order[start:start + size * POOL]
        pool = pool[np.argsort(lengths[pool], kind="stable")]
        batches += [pool[k:k + size] for k in range(0, len(pool), size)]
    return [batches[k] for k in rng.permutation(len(batches))]


def with_errors(text, share, rng):
    """The text with typing errors and words cut short, in about this share of its longer words."""
    words = split(text)
    hit = np.flatnonzero(rng.random(len(words)) < share)
    for k in hit:
        if len(words[k]) > 3 and words[k].isalpha():
            words[k] = misspelt(words[k], rng)
    return " ".join(words) if len(hit) else text


def misspelt(word, rng):
    """A word with one letter lost, doubled, changed or swapped with its neighbour, or cut short."""
    at, kind = int(rng.integers(1, len(word) - 1)), int(rng.integers(5))
    if kind == 0:
        return word[:at] + word[at + 1:]
    if kind == 1:
        return word[:at] + word[at] + word[at:]
    if kind == 2:
        return word[:at] + str(rng.choice(LETTERS)) + word[at + 1:]
    if kind == 3:
        return word[:at] + word[at + 1] + word[at] + word[at + 2:]
    return word[:max(3, at + 1)]


def _float(values):
    return torch.from_numpy(np.asarray(values, np.float32))
