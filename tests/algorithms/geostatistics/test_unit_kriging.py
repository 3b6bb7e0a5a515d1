"""Kriging of each unit from its own samples."""
import numpy as np
import pytest

from lodescope.algorithms.geostatistics.covariance import Structure, Variogram
from lodescope.algorithms.geostatistics.dual import DualKriging
from lodescope.algorithms.geostatistics.unit_kriging import UnitKriging

VARIOGRAM = Variogram(0.05, (Structure("matern15", 1.0, (300.0,)),))


def factory():
    return DualKriging(VARIOGRAM)


@pytest.fixture
def samples():
    rng = np.random.default_rng(0)
    points = rng.uniform(0.0, 100.0, (40, 2))
    units = (points[:, 0] > 50.0).astype(int)
    units[:2] = 7
    return points, rng.normal(size=(40, 2)) + 10.0 * units[:, None], units


def test_each_unit_sees_only_its_own_samples(samples):
    points, values, units = samples
    targets = np.array([[20.0, 20.0], [80.0, 30.0], [25.0, 70.0]])
    model = UnitKriging(factory).fit(points, values, units)
    result = model.predict(targets, [0, 1, 0], variance=True, gradient=True)
    own = factory().fit(points[units == 0], values[units == 0]).predict(targets[[0, 2]], variance=True, gradient=True)
    np.testing.assert_allclose(result.estimate[[0, 2]], own.estimate)
    np.testing.assert_allclose(result.variance[[0, 2]], own.variance)
    np.testing.assert_allclose(result.gradient[[0, 2]], own.gradient)
    assert result.gradient_variance is None
    assert result.estimate[1].mean() == pytest.approx(10.0, abs=2.0)
    assert set(model.members) == {0, 1}


def test_small_unknown_and_missing_units_use_all_samples_and_are_listed(samples):
    points, values, units = samples
    model = UnitKriging(factory).fit(points, values, units)
    assert model.pooled == [7]
    assert None not in model.models
    targets = np.array([[20.0, 20.0], [80.0, 30.0], [25.0, 70.0]])
    result = model.predict(targets, [7, 9, -1])
    np.testing.assert_allclose(result.estimate, factory().fit(points, values).predict(targets).estimate)
    assert model.warning() == "Units with fewer than 3 samples were kriged from all samples: 7, 9."


def test_nothing_to_warn_of(samples):
    points, values, units = samples
    assert UnitKriging(factory, minimum=2).fit(points, values, units).warning() == ""


def test_merged_duplicates_are_passed_on(samples):
    points, values, units = samples
    counts = np.where(units == 0, 4.0, 1.0)
    model = UnitKriging(factory).fit(points, values, units, counts)
    assert model.models[0].counts.tolist() == [4.0] * int((units == 0).sum())
    assert model.models[1].counts.max() == 1.0
