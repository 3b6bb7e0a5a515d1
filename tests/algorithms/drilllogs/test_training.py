"""Training: a tiny network learns a rule, typing errors, losses, and going on after a stop."""
import numpy as np
import numpy.testing as npt
import pytest
import torch

from lodescope.algorithms.drilllogs.network import LogNetwork, make_batch
from lodescope.algorithms.drilllogs.tokens import Hasher
from lodescope.algorithms.drilllogs.training import (
    Examples,
    Settings,
    Trainer,
    class_weights,
    percent_loss,
    shuffled,
    slope,
    with_errors,
)
from lodescope.algorithms.errors import Cancelled
from lodescope.algorithms.progress import Progress

SMALL = {"buckets": 512, "width": 32, "layers": 1, "heads": 2, "hidden": 32, "dropout": 0.0}
MINERALS = ["pyrite", "talc", "magnetite"]


def logs(rng, count):
    """Texts with minerals that are there or not, and the truth (count, 3)."""
    texts, levels = [], np.zeros((count, 3), np.int8)
    for row in range(count):
        parts = []
        for k in rng.permutation(3)[:rng.integers(1, 3)]:
            there = rng.random() < 0.6
            word = rng.choice(["strong", "abundant"] if there else ["no", "without"])
            parts.append(f"{word} {MINERALS[k]}")
            levels[row, k] = 3 if there else 0
        texts.append(", ".join(parts))
    return texts, levels


def make(seed=1, epochs=6, count=400, **more):
    """A trainer on such logs."""
    texts, levels = logs(np.random.default_rng(seed), count)
    torch.manual_seed(seed)
    network = LogNetwork({"lithology": ["a", "b"]}, {"mineral": MINERALS}, **SMALL)
    examples = Examples(texts, {"lithology": np.full(count, -1)}, {"mineral": levels})
    settings = Settings(epochs=epochs, rate=5e-3, batch=32, hidden=0.0, errors=0.0, seed=seed, **more)
    return Trainer(network, Hasher(512), examples, settings, Progress())


def test_a_small_network_learns_negation():
    trainer = make(epochs=10, count=600)
    trainer.run()
    texts, levels = logs(np.random.default_rng(99), 200)
    with torch.inference_mode():
        out = trainer.network(make_batch(trainer.hasher, trainer.hasher.encode(texts), np.arange(200)))
    found = out["mineral"].argmax(dim=2).numpy()
    assert (found == levels).mean() > 0.97
    named = np.array([[mineral in text for mineral in MINERALS] for text in texts])
    assert (found[named & (levels == 0)] == 0).mean() > 0.9


def test_a_stopped_run_ends_as_one_that_was_not():
    whole, saved = make(), []
    whole.run(save=lambda *state: saved.append(state))
    again = make()
    again.restore(*saved[2])
    again.run()
    assert [entry["loss"] for entry in again.history] == [entry["loss"] for entry in whole.history]
    for one, other in zip(again.network.parameters(), whole.network.parameters()):
        npt.assert_array_equal(one.detach(), other.detach())


def test_the_best_epoch_is_kept_and_patience_ends():
    trainer, asked = make(epochs=10, patience=2), []

    def score(network):
        asked.append(network.embedding.detach().clone())
        return {"score": [0.1, 0.5, 0.4, 0.3, 0.9][len(asked) - 1]}

    history = trainer.run(score)
    assert [entry["best"] for entry in history] == [True, True, False, False]
    npt.assert_array_equal(trainer.network.embedding.detach(), asked[1])


def test_frozen_training_moves_the_heads_only():
    trainer = make(epochs=1, frozen=True)
    before = {name: p.detach().clone() for name, p in trainer.network.named_parameters()}
    trainer.run()
    moved = {name.split(".")[0] for name, p in trainer.network.named_parameters() if not torch.equal(p, before[name])}
    assert moved == {"choices", "labels"}


def test_cancel_is_seen_between_steps():
    class Stop(Progress):
        calls = 0

        def __call__(self, fraction):
            Stop.calls += 1
            if Stop.calls == 3:
                raise Cancelled

        def span(self, start, end):
            return self

    trainer = make()
    trainer.progress = Stop()
    with pytest.raises(Cancelled):
        trainer.run()
    assert trainer.steps == 3


def test_percent_loss_wants_the_number_that_states_the_share():
    encoded = Hasher(64).encode(["5% py in 80 m"])
    percent, rows = np.array([[5.0, np.nan]]), np.array([0])
    pointer = torch.full((1, 2, 7), -20.0)
    pointer[0, 0, 0], pointer[0, 1, 6] = 20.0, 20.0
    assert float(percent_loss(pointer, percent, rows, encoded)) == pytest.approx(0.0, abs=1e-6)
    assert float(percent_loss(pointer.flip(1), percent, rows, encoded)) > 10.0


def test_class_weights_have_mean_one():
    target = np.array([0] * 90 + [1] * 10 + [-1] * 5)
    weights = class_weights(target, 3, 0.5).numpy()
    assert weights[1] == pytest.approx(3.0 * weights[0]) and weights[2] == 0.0
    assert (weights[0] * 90 + weights[1] * 10) / 100 == pytest.approx(1.0)


def test_rate_rises_and_falls():
    assert slope(0.0) < slope(0.05) < slope(0.1) == pytest.approx(1.0)
    assert slope(1.0) == pytest.approx(0.02)


def test_batches_hold_every_row_once():
    lengths = np.random.default_rng(0).integers(1, 50, 333)
    batches = shuffled(lengths, 16, np.random.default_rng(1))
    assert sorted(np.concatenate(batches)) == list(range(333))


def test_typing_errors_spare_numbers_and_short_words():
    rng = np.random.default_rng(3)
    text = "5% py in silicified carbonatite"
    changed = [with_errors(text, 1.0, rng) for _ in range(20)]
    assert all(new.startswith("5 % py in ") and new != "5 % py in silicified carbonatite" for new in changed)
    assert with_errors(text, 0.0, rng) == text
