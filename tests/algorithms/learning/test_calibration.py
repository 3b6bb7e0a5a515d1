"""A factor that undoes what was put in."""
import numpy as np
import pytest

from lodescope.algorithms.geostatistics.transforms import Transform
from lodescope.algorithms.learning.calibration import cross_fitted_factors, variance_factor
from lodescope.algorithms.learning.predictive import Predictive
from lodescope.algorithms.learning.targets import TargetScale

PLAIN = TargetScale(Transform(), 0.0, 1.0, -np.inf)


def fold(rows, observed, wrong, rng):
    """Predictions whose stated variance is the true one times ``wrong``."""
    mean = rng.normal(size=rows.size)
    observed[rows] = mean + rng.normal(0.0, 0.6, rows.size)
    return rows, Predictive(mean[None, :, None], np.full((1, 1, 1), 0.36 * wrong), [PLAIN])


@pytest.mark.parametrize("wrong", [0.25, 1.0, 4.0])
def test_the_factor_undoes_wrong_variances(wrong):
    rng, observed = np.random.default_rng(1), np.full(4000, np.nan)
    parts = [fold(np.arange(k * 1000, (k + 1) * 1000), observed, wrong, rng) for k in range(4)]
    assert variance_factor(parts, observed) == pytest.approx(1.0 / wrong, rel=0.1)
    assert np.allclose(cross_fitted_factors(parts, observed), 1.0 / wrong, rtol=0.12)


def test_each_fold_gets_the_factor_of_the_others():
    rng, observed = np.random.default_rng(1), np.full(3000, np.nan)
    parts = [fold(np.arange(1000), observed, 4.0, rng), fold(np.arange(1000, 2000), observed, 1.0, rng),
             fold(np.arange(2000, 3000), observed, 1.0, rng)]
    factors = cross_fitted_factors(parts, observed)
    assert factors[0] == pytest.approx(1.0, rel=0.12)
    assert factors[1] < 0.8


def test_too_few_observations_change_nothing():
    rng, observed = np.random.default_rng(1), np.full(10, np.nan)
    assert variance_factor([fold(np.arange(10), observed, 9.0, rng)], observed) == 1.0
