"""One training run on windows: weights of bands, frozen layers, augmentation, early stopping."""
from dataclasses import replace

import numpy as np
import pytest
import torch
from scipy.stats import ttest_ind

from lodescope.algorithms.progress import Progress
from lodescope.algorithms.prospectivity.cnntraining import (
    Inherited,
    Plan,
    Windows,
    WindowTrainer,
    balanced_accuracy,
    balanced_cross_entropy,
    contrast,
    relevance,
)
from lodescope.algorithms.prospectivity.network import ProspectivityNetwork, Shape, initialise

SHAPE, PLAN = Shape(4, 5, 8), Plan(epochs=10, batch=16, shift=1, seed=3)


@pytest.fixture
def windows():
    """20 deposits among 120 windows of 7 x 7 cells; the first of three bands is higher around them."""
    rng = np.random.default_rng(0)
    labels = np.arange(120) < 20
    channels = rng.normal(size=(120, 4, 7, 7)).astype(np.float32)
    channels[:20, 0] += 0.8
    channels[:, 3] = 1.0
    return Windows(torch.from_numpy(channels), torch.from_numpy(labels.astype(np.float32)), torch.ones(120))


def trainer(windows, plan=PLAN, held=(), inherited=None, shape=SHAPE):
    network = initialise(ProspectivityNetwork(shape), torch.Generator().manual_seed(0))
    rows = np.setdiff1d(np.arange(120), held)
    return WindowTrainer(network, windows, rows, np.array(held, int), plan, Progress(), None, inherited)


def test_contrast_is_the_square_of_welchs_t(windows):
    means = windows.channels.mean(dim=(2, 3))
    found = contrast(means, windows.labels)
    expected = ttest_ind(means[:20, :3].numpy(), means[20:, :3].numpy(), equal_var=False).statistic ** 2
    np.testing.assert_allclose(found[:3], expected, rtol=1e-2)
    assert found[3] == 0.0
    assert relevance(found, found.max()).reshape(-1)[:1].tolist() == [1.0]


def test_bands_are_weighed_by_what_they_tell(windows):
    gain = trainer(windows).network.gain.reshape(-1)
    assert gain[0] == 1.0
    assert gain[1:3].max() < 0.2
    assert gain[3] == 1.0


def test_training_learns_the_band_that_matters(windows):
    run = trainer(windows)
    run.run()
    assert run.history[-1]["auc"] > 0.9
    assert run.history[-1]["loss"] < run.history[0]["loss"]


def inherited_from(seed=5):
    trunk = initialise(ProspectivityNetwork(SHAPE), torch.Generator().manual_seed(seed)).trunk
    return Inherited({name: p.detach().numpy().copy() for name, p in trunk.named_parameters()},
                     np.array([True, True, False, True]))


def test_inherited_layers_are_frozen_and_freed_by_schedule(windows):
    """Of ten epochs nothing of the trunk learns in two, the last block from the third on, all from the fifth."""
    start = inherited_from()
    run = trainer(windows, inherited=start, shape=replace(SHAPE, plain=True))
    trunk = dict(run.network.trunk.named_parameters())
    last = f"blocks.{SHAPE.blocks - 1}.weight"

    def changed(name, columns=slice(None)):
        return not np.array_equal(trunk[name].detach().numpy()[:, columns], start.tensors[name][:, columns])

    for number in range(2):
        run.epoch(number)
    assert not changed("blocks.0.weight")
    assert not changed(last)
    assert not changed("entry.weight", [0, 1, 3])
    assert changed("entry.weight", [2])
    run.epoch(2)
    assert changed(last)
    assert not changed("blocks.0.weight")
    run.epoch(3)
    run.epoch(4)
    assert changed("blocks.0.weight")
    assert changed("entry.weight", [0, 1, 3])


def test_best_epoch_is_kept_and_training_stops_early(windows):
    held = [*range(5), *range(20, 45)]
    run = trainer(windows, replace(PLAN, epochs=200, patience=3, rate=0.02), held)
    run.run()
    scores = [entry["held"] for entry in run.history]
    assert len(scores) < 200
    assert run.best_epoch == int(np.argmin(scores))
    assert len(scores) == run.best_epoch + 4
    assert run.judge()["held"] == pytest.approx(min(scores), abs=1e-6)


def test_windows_are_shifted_turned_and_noisy_but_gaps_stay_known(windows):
    run = trainer(windows, replace(PLAN, noise=0.0))
    rng, generator = np.random.default_rng(0), torch.Generator().manual_seed(0)
    rows = np.arange(3)
    whole = windows.channels[rows]
    for _ in range(20):
        batch = run._augmented(rows, rng, generator)
        assert batch.shape == (3, 4, 5, 5)
        assert set(batch[0, 0].flatten().tolist()) <= set(whole[0, 0].flatten().tolist())
    noisy = trainer(windows)._augmented(rows, rng, generator)
    assert not set(noisy[0, 0].flatten().tolist()) <= set(whole[0, 0].flatten().tolist())
    assert (noisy[:, 3] == 1.0).all()


def test_scores_count_both_classes_alike():
    truth = np.array([True, False, False, False])
    assert balanced_accuracy(truth, np.array([True, False, False, True])) == pytest.approx((1.0 + 2 / 3) / 2)
    scores = np.log(np.array([0.8, 0.5, 0.5, 0.5]) / np.array([0.2, 0.5, 0.5, 0.5]))
    assert balanced_cross_entropy(truth, scores) == pytest.approx((-np.log(0.8) - np.log(0.5)) / 2)
