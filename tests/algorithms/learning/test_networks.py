"""Networks side by side are the networks one by one, and the variational bound is what it says."""
import math

import numpy as np
import pytest
import torch

from lodescope.algorithms.learning.networks import NetworkStack, layer_shapes, losses
from lodescope.algorithms.learning.variational import VariationalNetwork, divergence


def generator(seed=0):
    return torch.Generator().manual_seed(seed)


def test_each_member_is_a_network_of_its_own():
    stack = NetworkStack(3, 5, 2, (8, 4), "relu", True, generator=generator())
    x = torch.randn(7, 5, generator=generator(1))
    mean, log = stack(x.expand(3, -1, -1))
    assert mean.shape == log.shape == (3, 7, 2)
    for member in range(3):
        hidden = x
        for layer in range(2):
            hidden = torch.relu(hidden @ stack.weights[layer][member] + stack.biases[layer][member])
        assert torch.allclose(mean[member], hidden @ stack.weights[2][member] + stack.biases[2][member], atol=1e-6)
    assert layer_shapes(5, (8, 4), 2, True) == [(5, 8), (8, 4), (4, 2), (4, 2)]


def test_the_noise_does_not_act_on_the_mean():
    stack = NetworkStack(2, 3, 1, (6,), generator=generator())
    _, log = stack(torch.randn(2, 9, 3, generator=generator(1)))
    log.sum().backward()
    assert stack.weights[0].grad is None
    assert stack.weights[2].grad is not None


def test_unknown_targets_do_not_count():
    mean, log, constant = torch.zeros(1, 4, 2), torch.zeros(1, 4, 2), torch.zeros(1, 1, 2)
    y = torch.tensor([[[1.0, math.nan]] * 4])
    assert float(losses(mean, log, constant, y)[0]) == pytest.approx(1.0)
    mean.requires_grad_()
    losses(mean, log, constant, y).sum().backward()
    assert torch.isfinite(mean.grad).all()
    assert (mean.grad[:, :, 1] == 0.0).all()


def test_the_likelihood_is_least_at_the_true_noise():
    y = torch.from_numpy(np.random.default_rng(0).normal(0.0, 0.5, (1, 20_000, 1)).astype(np.float32))
    zeros = torch.zeros_like(y)
    values = {v: float(losses(zeros, zeros + math.log(v), torch.full((1, 1, 1), math.log(v)), y)) for v in
              (0.1, 0.25, 0.6)}
    assert min(values, key=values.get) == 0.25


def test_the_divergence_is_the_closed_form_and_zero_for_the_prior():
    from torch.distributions import Normal, kl_divergence

    mean, log = torch.tensor([0.3, -1.0]), torch.tensor([-1.0, 0.2])
    expected = kl_divergence(Normal(mean, log.exp()), Normal(0.0, 0.7)).sum()
    assert float(divergence(mean, log, 0.7)) == pytest.approx(float(expected), rel=1e-5)
    assert float(divergence(torch.zeros(3), torch.full((3,), math.log(0.7)), 0.7)) == pytest.approx(0.0, abs=1e-6)


def test_local_draws_have_the_moments_of_drawn_weights():
    network = VariationalNetwork(4, 1, (), "silu", False, generator=generator())
    with torch.no_grad():
        network.weight_logs[0].fill_(-0.5)
        network.bias_logs[0].fill_(-1.0)
    x = torch.randn(1, 1, 4, generator=generator(3))
    local, _ = network(x.expand(1, 40_000, -1), generator(5))
    stack = network.draws(40_000, generator(6))
    drawn, _ = stack(x.expand(40_000, -1, -1))
    assert float(local.detach().mean()) == pytest.approx(float(drawn.detach().mean()), abs=0.03)
    assert float(local.detach().std()) == pytest.approx(float(drawn.detach().std()), rel=0.03)


def test_the_same_seed_makes_the_same_network():
    first, again = (NetworkStack(2, 3, 1, generator=generator(4)) for _ in range(2))
    assert all(torch.equal(a, b) for a, b in zip(first.parameters(), again.parameters()))
    assert all(torch.equal(a, b) for a, b in zip(first.anchors, again.anchors))
