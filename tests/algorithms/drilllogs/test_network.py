"""The network: shapes, padding, the wide part."""
import numpy as np
import numpy.testing as npt
import pytest
import torch

from lodescope.algorithms.drilllogs.network import LEVELS, LogNetwork, make_batch, mixed, positions, set_rarity
from lodescope.algorithms.drilllogs.tokens import Hasher

SMALL = {"buckets": 512, "width": 16, "layers": 1, "heads": 2, "hidden": 32}
TEXTS = ["granite", "no pyrite in weathered basalt", "5% py"]


@pytest.fixture
def network():
    torch.manual_seed(0)
    labels = {"mineral": ["pyrite", "talc"], "structure": ["massive"]}
    return LogNetwork({"lithology": ["", "granite", "basalt"]}, labels, ("structure",), "mineral", **SMALL).eval()


def test_every_head_has_its_shape(network):
    hasher = Hasher(SMALL["buckets"])
    out = network(make_batch(hasher, hasher.encode(TEXTS), np.arange(3)))
    assert {name: tuple(value.shape) for name, value in out.items()} == {
        "lithology": (3, 3), "mineral": (3, 2, LEVELS), "structure": (3, 1, 2), "percent": (3, 2, 6)}


def test_padding_changes_nothing(network):
    hasher = Hasher(SMALL["buckets"])
    encoded = hasher.encode(TEXTS)
    together = network(make_batch(hasher, encoded, np.arange(3)))
    alone = network(make_batch(hasher, encoded, np.array([2])))
    for name in ("lithology", "mineral", "structure"):
        npt.assert_allclose(together[name][2].detach(), alone[name][0].detach(), atol=1e-5)


def test_percent_can_only_point_at_numbers(network):
    hasher = Hasher(SMALL["buckets"])
    pointer = network(make_batch(hasher, hasher.encode(TEXTS), np.arange(3)))["percent"].detach().numpy()
    assert np.isfinite(pointer[2, 0]).tolist() == [True, False, False, False, False, True]
    assert np.isfinite(pointer[0, 0]).tolist() == [False] * 5 + [True]


def test_hidden_words_keep_their_secret():
    hasher = Hasher(SMALL["buckets"])
    encoded = hasher.encode(["granite basalt " * 20])
    batch = make_batch(hasher, encoded, np.array([0]), np.random.default_rng(1), hidden=0.5)
    hidden = (batch.secret >= 0).numpy()[0]
    assert 8 < hidden.sum() < 32
    assert len(set(batch.tokens.numpy()[0][hidden])) == 1


def test_the_wide_part_is_linear_in_rare_words():
    network = LogNetwork({"own": ["a", "b"]}, wide=1024, **SMALL).eval()
    hasher = Hasher(SMALL["buckets"])
    encoded = hasher.encode(["granite", "granite", "granite talc"])
    set_rarity(network, hasher, encoded)
    rarity = network.rarity.numpy()
    batch = make_batch(hasher, encoded, np.array([2]), wide=1024)
    assert len(np.unique(rarity[batch.wide.numpy()])) == 2
    weights = network.choices["own"].wide_weights(batch, network.rarity).numpy()
    words = batch.wide.numpy() < 512
    npt.assert_allclose([(weights[words] ** 2).sum(), (weights[~words] ** 2).sum()], 1.0, rtol=1e-5)
    with torch.no_grad():
        network.choices["own"].wide[:, 1] = 1.0
        out = network(batch)
    npt.assert_allclose(out["own wide"].numpy()[0], [0.0, weights.sum()], rtol=1e-5)
    blend = 0.5 * (torch.log_softmax(out["own"], 1) + torch.log_softmax(out["own wide"], 1))
    npt.assert_allclose(mixed(network, out, "own").detach(), blend.detach())


def test_positions_differ():
    assert len(np.unique(positions(50, 16).numpy().round(4), axis=0)) == 50
