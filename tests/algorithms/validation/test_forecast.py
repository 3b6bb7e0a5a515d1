"""Tables of quantiles against the distributions they are of."""
import numpy as np
import pytest
from scipy.stats import lognorm, norm

from lodescope.algorithms.validation.forecast import Forecast, calibrated, stretch

MEAN, SD = np.array([0.0, 3.0, -2.0]), np.array([1.0, 0.5, 2.0])


@pytest.fixture
def normal():
    return Forecast.of(MEAN, SD, lambda p: MEAN + SD * norm.ppf(p))


def test_quantiles_and_chances_are_those_of_the_distribution(normal):
    for p in (0.03, 0.25, 0.5, 0.9, 0.975):
        assert normal.quantile(p) == pytest.approx(MEAN + SD * norm.ppf(p), abs=1e-5)
    for cutoff in (-1.0, 0.3, 3.2):
        assert normal.exceedance(cutoff) == pytest.approx(1 - norm.cdf((cutoff - MEAN) / SD), abs=1e-5)


def test_beyond_the_table_chances_are_none_or_all(normal):
    assert normal.exceedance(1e9) == pytest.approx(0.0)
    assert normal.exceedance(-1e9) == pytest.approx(1.0)


def test_stretch_finds_how_much_too_narrow_intervals_are():
    rng = np.random.default_rng(0)
    observed = rng.normal(size=4000)
    narrow = Forecast.of(np.zeros(4000), np.full(4000, 0.5), lambda p: np.full(4000, 0.5 * norm.ppf(p)))
    assert stretch(narrow, observed) == pytest.approx(2.0, rel=0.05)
    assert stretch(narrow.take(slice(0, 20)), observed[:20]) == 1.0


def test_a_fold_is_stretched_by_the_others_only():
    rng = np.random.default_rng(0)
    first, second = np.arange(500), np.arange(500, 1000)
    observed = np.r_[10.0 * rng.normal(size=500), rng.normal(size=500)]
    flat = Forecast.of(np.zeros(1000), np.ones(1000), lambda p: np.full(1000, norm.ppf(p)))
    found = calibrated(flat, observed, [first, second])
    assert found.quantile(0.9)[first].mean() == pytest.approx(norm.ppf(0.9), rel=0.1)
    assert found.quantile(0.9)[second].mean() == pytest.approx(10.0 * norm.ppf(0.9), rel=0.1)
    assert calibrated(flat, observed, [np.arange(1000)]) is flat


def test_grades_are_not_stretched_below_zero():
    found = Forecast.of(np.ones(2), np.ones(2), lambda p: np.full(2, lognorm.ppf(p, 0.5))).stretched(5.0)
    assert found.quantile(0.01).min() >= 0.0
    assert found.quantile(0.5) == pytest.approx([1.0, 1.0], rel=1e-4)


def test_parts_join_into_a_whole(normal):
    whole = Forecast.joined(5, [(np.array([4, 1]), normal.take([0, 2]))])
    assert whole.mean[[4, 1]].tolist() == [0.0, -2.0]
    assert np.isnan(whole.mean[[0, 2, 3]]).all() and np.isnan(whole.exceedance(0.0)[[0, 2, 3]]).all()
