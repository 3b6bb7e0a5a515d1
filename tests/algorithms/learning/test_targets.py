"""Scales of targets: there and back, and means without bias."""
import numpy as np
import pytest

from lodescope.algorithms.errors import InputError
from lodescope.algorithms.learning.targets import TargetScale, scale_from_dict

GRADES = np.random.default_rng(0).lognormal(0.0, 1.0, 3000)
CHOICES = [("power", 0.25), ("power", 0.4), ("log", 0.0), ("none", 0.0), ("power", 0.0)]


@pytest.mark.parametrize(("scale", "power"), CHOICES)
def test_there_and_back_with_gaps(scale, power):
    fitted = TargetScale.fit(np.r_[GRADES, np.nan], scale, power)
    scaled = fitted.forward(GRADES)
    assert scaled.mean() == pytest.approx(0.0, abs=1e-9)
    assert scaled.std() == pytest.approx(1.0)
    assert np.allclose(fitted.inverse(scaled), GRADES)
    assert np.isnan(fitted.forward(np.array([np.nan]))).all()
    again = scale_from_dict(fitted.to_dict())
    assert np.array_equal(again.forward(GRADES), scaled)


@pytest.mark.parametrize(("scale", "power"), CHOICES)
@pytest.mark.parametrize("kind", [np.float32, np.float64])
def test_the_mean_and_the_variance_are_those_of_many_draws(scale, power, kind):
    fitted = TargetScale.fit(GRADES, scale, power)
    draws = np.random.default_rng(1).normal(0.8, 0.5, 400_000)
    mean, variance = fitted.moments(np.array([0.8], kind), np.array([0.25], kind))
    values = fitted.inverse(draws)
    assert mean[0] == pytest.approx(values.mean(), rel=0.01)
    assert variance[0] == pytest.approx(values.var(), rel=0.03)
    assert mean[0] > fitted.inverse(0.8) or scale == "none"


def test_zeros_and_negatives_are_shifted_and_come_back():
    grades = np.array([0.0, 0.0, 0.02, 0.5, 1.0, 3.0])
    fitted = TargetScale.fit(grades)
    assert np.isfinite(fitted.forward(grades)).all()
    assert np.allclose(fitted.inverse(fitted.forward(grades)), grades, atol=1e-12)
    assert fitted.inverse(-50.0) == 0.0
    assert np.isfinite(fitted.forward(np.array([-7.0]))).all()


def test_a_cut_off_has_a_place():
    fitted = TargetScale.fit(GRADES)
    assert fitted.inverse(fitted.place(1.5)) == pytest.approx(1.5)
    assert fitted.place(-1.0) == -np.inf


@pytest.mark.parametrize(("grades", "words"), [
    ([1.0, 1.0, 1.0], "two different values"), ([0.0, -1.0, 0.0], "above zero.*above detection"), ([np.nan], "nothing"),
])
def test_grades_that_cannot_be_learned_are_refused(grades, words):
    with pytest.raises(InputError, match=words):
        TargetScale.fit(np.array(grades))


@pytest.mark.parametrize(("scale", "power"), CHOICES)
def test_no_noise_and_no_place_lead_to_grades_that_nothing_speaks_for(scale, power):
    fitted = TargetScale.fit(GRADES, scale, power)
    top = fitted.forward(np.array([GRADES.max()]))[0]
    assert GRADES.max() < fitted.high < 4.0 * GRADES.max()
    assert fitted.forward(np.array([fitted.high]))[0] == pytest.approx(top + 1.0)
    mean, variance = fitted.moments(np.array([0.0, 3.0, 40.0, -40.0]), np.array([50.0, 50.0, 2.0, 2.0]))
    assert (mean >= fitted.low).all()
    assert (mean <= fitted.high * (1.0 + 1e-12)).all()
    assert (np.sqrt(variance[:2]) < fitted.high).all() or scale == "none"
    assert fitted.inverse(40.0) == fitted.high
    assert fitted.place(2.0 * fitted.high) == np.inf
    assert scale_from_dict(fitted.to_dict()).high == fitted.high


def test_the_mean_is_that_of_the_quantiles_where_the_logarithm_has_a_wide_tail():
    fitted, p = TargetScale.fit(GRADES, "log"), (np.arange(20_000) + 0.5) / 20_000
    for middle, noise in ((0.0, 0.5), (2.0, 4.0), (6.0, 1.0), (-3.0, 4.0)):
        quantiles = fitted.quantile(middle, noise, p)
        mean, variance = fitted.moments(np.array([middle]), np.array([noise]))
        assert mean[0] == pytest.approx(quantiles.mean(), rel=2e-3)
        assert np.sqrt(variance[0]) == pytest.approx(quantiles.std(), rel=5e-3)


@pytest.mark.parametrize(("scale", "power"), [("log", 0.0), ("power", 0.25), ("power", 0.5)])
def test_the_bound_takes_nothing_from_a_log_normal_truth(scale, power):
    rng = np.random.default_rng(3)
    known = rng.normal(0.0, 0.8, 4000)
    fitted = TargetScale.fit(np.exp(known + 0.6 * rng.normal(size=4000)), scale, power)
    middle = fitted.forward(np.exp(rng.normal(0.0, 0.8, 4000)))
    noise = np.full(4000, np.square(0.6 / fitted.spread) if scale == "log" else 0.25)
    free = TargetScale(fitted.transform, fitted.centre, fitted.spread, fitted.low)
    mean, endless = (own.moments(middle, noise)[0] for own in (fitted, free))
    assert mean.mean() == pytest.approx(endless.mean(), rel=2e-3)
    if scale == "log":
        assert mean.mean() == pytest.approx(np.exp(0.5 * (0.64 + 0.36)), rel=0.06)
