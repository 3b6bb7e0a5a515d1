"""Mixtures: closed forms, draws, and the two parts of the uncertainty."""
import numpy as np
import pytest
from scipy.special import ndtr, ndtri

from lodescope.algorithms.geostatistics.transforms import Transform
from lodescope.algorithms.learning.predictive import Pooled, Predictive
from lodescope.algorithms.learning.targets import TargetScale

PLAIN = TargetScale(Transform(), 0.0, 1.0, -np.inf)
POWER = TargetScale.fit(np.random.default_rng(0).lognormal(size=500))


def mixture(scale, members=5, places=40, seed=0):
    rng = np.random.default_rng(seed)
    return Predictive(rng.normal(0.0, 0.7, (members, places, 1)), rng.uniform(0.05, 0.5, (members, places, 1)), [scale])


def draws_of(predictive, count=60_000):
    """Draws of the grade at each place, shape (count, n)."""
    rng = np.random.default_rng(9)
    member = rng.integers(0, predictive.means.shape[0], (count, len(predictive)))
    at = np.arange(len(predictive))
    noise = rng.normal(size=member.shape) * np.sqrt(predictive.noise[member, at, 0])
    return predictive.scales[0].inverse(predictive.means[member, at, 0] + noise)


@pytest.mark.parametrize("scale", [PLAIN, POWER], ids=["none", "power"])
def test_everything_is_that_of_draws(scale):
    predictive = mixture(scale)
    draws, (found,) = draws_of(predictive), predictive.summary(
        ("mean", "sd", "epistemic", "aleatoric"), (0.1, 0.5, 0.9), [(0.8,)])
    assert np.allclose(found["mean"], draws.mean(axis=0), rtol=0.03, atol=0.02)
    assert np.allclose(found["sd"], draws.std(axis=0), rtol=0.06)
    for p in (0.1, 0.5, 0.9):
        assert np.allclose((draws < found[p]).mean(axis=0), p, atol=0.01)
    assert np.allclose(found["above", 0.8], (draws > 0.8).mean(axis=0), atol=0.01)
    assert np.allclose(np.square(found["sd"]), np.square(found["epistemic"]) + np.square(found["aleatoric"]))


def test_quantiles_are_exact():
    predictive = mixture(PLAIN)
    for p in (0.005, 0.1, 0.5, 0.95):
        assert np.allclose(predictive.distribution(predictive.quantile(p)[:, 0], 0), p, atol=1.1e-4)


@pytest.mark.parametrize("apart", [0.05, 0.5, 2.0, 20.0])
def test_quantiles_are_exact_however_far_apart_members_are(apart):
    rng = np.random.default_rng(int(10 * apart))
    means, noise = apart * rng.standard_t(3, (10, 3000, 1)), 0.5 * np.exp(0.7 * rng.normal(size=(10, 3000, 1)))
    scale = TargetScale.fit(np.array([-1.0, 1.0]), "none")
    scale.low, scale.high = -np.inf, np.inf
    for kind in (np.float32, float):
        predictive = Predictive(means.astype(kind), noise.astype(kind), [scale])
        for p in (0.01, 0.1, 0.5, 0.975):
            below = predictive.distribution(scale.forward(predictive.quantile(p)[:, 0].astype(float)), 0)
            assert np.allclose(below, p, atol=1.1e-4)


def test_steps_that_jump_across_a_quantile_end():
    means = np.array([-3.3556, 4.8439, -3.6578, 5.2229, -4.1769, -3.1224, -3.7126, 1.4763, -4.1034, 1.7159])
    spreads = np.array([0.0291, 0.2423, 0.5146, 1.406, 0.0199, 1.2615, 0.1591, 1.7492, 0.6209, 0.0312])
    scale = TargetScale.fit(np.array([-1.0, 1.0]), "none")
    scale.low, scale.high = -np.inf, np.inf
    predictive = Predictive(means[:, None, None], np.square(spreads)[:, None, None], [scale])
    assert scale.forward(predictive.quantile(0.9)[:, 0])[0] == pytest.approx(4.9126, abs=1e-3)


def test_members_that_agree_know_all_there_is_to_know():
    same = Predictive(np.full((4, 10, 1), 0.3), np.full((4, 10, 1), 0.2), [POWER])
    (found,) = same.summary()
    assert np.allclose(found["epistemic"], 0.0)
    assert np.allclose(found["sd"], found["aleatoric"])
    sure = Predictive(np.linspace(-1.0, 1.0, 4)[:, None, None] * np.ones((4, 10, 1)), np.zeros((1, 1, 1)), [POWER])
    (found,) = sure.summary()
    assert (found["epistemic"] > 100.0 * found["aleatoric"]).all()


def test_one_normal_member_has_the_closed_forms():
    single = Predictive(np.full((1, 3, 1), 1.0), np.full((1, 1, 1), 4.0), [PLAIN])
    assert np.allclose(single.quantile(0.9), 1.0 + 2.0 * ndtri(0.9), atol=1e-4)
    assert np.allclose(single.exceedance(2.0), 1.0 - ndtr(0.5))
    observed = np.array([[1.0], [3.0], [np.nan]])
    crps = single.crps(observed)
    assert crps[0, 0] == pytest.approx(2.0 * (np.sqrt(2.0) - 1.0) / np.sqrt(np.pi), rel=0.01)
    assert np.isnan(crps[2, 0])


def test_many_places_are_done_in_parts_and_all_the_same():
    rng = np.random.default_rng(2)
    whole = Predictive(rng.normal(size=(8, 9_000, 1)).astype(np.float32), np.full((8, 1, 1), 0.3, np.float32), [POWER])
    (found,) = whole.summary(quantiles=(0.5,), cutoffs=[(1.0,)])
    (few,) = whole.take(slice(8_990, None)).summary(quantiles=(0.5,), cutoffs=[(1.0,)])
    for key, values in few.items():
        assert np.allclose(found[key][-10:], values, rtol=1e-4)
    assert found["mean"].dtype == np.float32


def test_widening_scales_both_parts_and_keeps_the_middle():
    predictive = mixture(PLAIN)
    (before,), (after,) = predictive.summary(), predictive.widened([4.0]).summary()
    for part in ("sd", "epistemic", "aleatoric"):
        assert np.allclose(after[part], 2.0 * before[part])
    assert np.allclose(after["mean"], before["mean"])


def test_two_targets_stay_apart():
    rng = np.random.default_rng(4)
    both = Predictive(rng.normal(size=(3, 20, 2)), rng.uniform(0.1, 1.0, (3, 20, 2)), [PLAIN, POWER])
    assert np.allclose(both.mean()[:, 1], both.only(1).mean()[:, 0])
    assert np.allclose(both.quantile(0.2)[:, 0], both.only(0).quantile(0.2)[:, 0])


def test_folds_are_pooled_in_their_rows():
    first, second = mixture(PLAIN, places=3), mixture(POWER, places=2, seed=5)
    pooled = Pooled(6, [(np.array([0, 2, 4]), first), (np.array([1, 3]), second)])
    mean = pooled.mean()
    assert np.allclose(mean[[0, 2, 4]], first.mean())
    assert np.allclose(mean[[1, 3]], second.mean())
    assert np.isnan(mean[5]).all()
    assert pooled.rows.tolist() == [0, 1, 2, 3, 4]
    wide = pooled.widened(np.array([[1.0], [4.0]]))
    assert np.allclose(wide.quantile(0.9)[[0, 2, 4]], first.quantile(0.9))
    assert (wide.quantile(0.9)[[1, 3]] > second.quantile(0.9)).all()
