"""Wild values: found, brought inside the fence, and kept from deciding the variogram."""
import numpy as np
import pytest

from lodescope.algorithms.geostatistics.covariance import Structure, Variogram
from lodescope.algorithms.geostatistics.fitting import fit_variogram
from lodescope.algorithms.geostatistics.outliers import FENCE, capped, fewest_differing, value_warnings

QUICK = ("spherical", "exponential", "matern15", "cubic")


def field(seed=0, samples=300):
    """Places and values of a field of range 200 m with a nugget of a tenth."""
    rng = np.random.default_rng(seed)
    coordinates = rng.uniform(0.0, 1000.0, (samples, 2))
    truth = Variogram(0.1, (Structure("exponential", 0.9, (200.0,)),))
    matrix = truth.covariance(coordinates, coordinates) + truth.nugget * np.eye(samples)
    return coordinates, np.linalg.cholesky(matrix) @ rng.standard_normal(samples)


def test_normal_values_are_left_alone():
    values = np.random.default_rng(0).standard_normal(100_000)
    np.testing.assert_array_equal(capped(values), values)


def test_wild_values_are_brought_to_the_fence_and_others_are_not():
    values = np.r_[np.linspace(0.0, 1.0, 101), 1e6, -1e6]
    found = capped(values)
    np.testing.assert_array_equal(found[:101], values[:101])
    np.testing.assert_allclose(found[101:], 0.5 + FENCE * np.array([0.51, -0.51]), rtol=0.02)


def test_many_equal_values_widen_the_fence_and_constant_ones_have_none():
    values = np.r_[np.zeros(80), np.linspace(1.0, 2.0, 20), 1e6]
    assert 2.0 < capped(values).max() < 20.0
    spike = np.r_[1.0, np.zeros(50)]
    np.testing.assert_array_equal(capped(spike), spike)


def test_fewest_differing_counts_the_poorest_column():
    assert fewest_differing(np.column_stack([np.arange(10.0), np.r_[1.0, 2.0, np.zeros(8)]])) == 2


def test_warnings_name_skewness_and_capped_values():
    values = np.r_[np.random.default_rng(1).standard_normal(200), 500.0][:, None]
    skewed, wild = value_warnings(values, np.column_stack([capped(values[:, 0])]))
    assert "skewness" in skewed
    assert "1 of 201" in wild
    assert value_warnings(values[:200], values[:200]) == []


def test_outliers_do_not_decide_the_variogram():
    coordinates, values = field()
    plain = fit_variogram(coordinates, values, models=QUICK).variogram
    wild = values.copy()
    wild[[10, 100, 200]] += 1000.0
    found = fit_variogram(coordinates, wild, models=QUICK)
    structure = found.variogram.structures[0]
    # Capped outliers still add to the nugget, but leave the ranges of the field.
    assert 0.3 < max(structure.ranges) / max(plain.structures[0].ranges) < 3.0
    assert max(structure.ranges) < 6.0 * min(structure.ranges)
    assert found.variogram.nugget > plain.nugget
    assert found.variogram.sill == pytest.approx(wild.var(), rel=0.5)
    assert any("capped" in text for text in found.warnings)


def test_nearly_constant_values_get_the_default():
    coordinates, _ = field()
    found = fit_variogram(coordinates, np.where(np.arange(300) % 30, 0.0, 5.0), models=QUICK)
    assert found.variogram.structures[0].model == "matern15"
    assert any("All but 10 of the 300 samples" in text for text in found.warnings)


def test_values_that_the_trend_explains_get_the_default_with_a_tiny_sill():
    coordinates, _ = field()
    coordinates = coordinates + np.array([500_000.0, 7_000_000.0])
    found = fit_variogram(coordinates, coordinates[:, 1], models=QUICK, drift="linear")
    assert found.variogram.sill < 1e-12 * coordinates[:, 1].var()
    assert any("trend explains" in text for text in found.warnings)
