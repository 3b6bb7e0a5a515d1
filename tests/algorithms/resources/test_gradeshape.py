"""The distribution of a grade against closed forms of scipy and against known skewed truths."""
import numpy as np
import numpy.testing as npt
import pytest
from scipy.stats import lognorm, norm

from lodescope.algorithms.resources.gradeshape import (
    GradeShape,
    PowerShape,
    lognormal_skew,
)

MEAN, SD = np.array([1.0, 2.0, 5.0]), np.array([0.5, 0.3, 6.0])


def lognormal(mean, sd):
    sigma = np.sqrt(np.log1p((sd / mean) ** 2))
    return lognorm(sigma, scale=mean * np.exp(-0.5 * sigma ** 2))


@pytest.mark.parametrize("cutoff", [0.2, 1.0, 2.5])
def test_normal_grades_are_those_of_the_normal_distribution(cutoff):
    shape = GradeShape.from_moments(MEAN, SD, 0.0)
    z = shape.scores(cutoff)
    npt.assert_allclose(norm.sf(z), norm.sf((cutoff - MEAN) / SD), rtol=1e-9)
    truth = MEAN * norm.sf(z) + SD * norm.pdf(z)
    npt.assert_allclose(shape.partial(z), truth, rtol=1e-6)
    npt.assert_allclose(shape.at(z), cutoff)


@pytest.mark.parametrize("cutoff", [0.2, 1.0, 2.5])
def test_lognormal_grades_are_those_of_the_lognormal_distribution(cutoff):
    shape = GradeShape.from_moments(MEAN, SD, lognormal_skew(MEAN, SD))
    z = shape.scores(cutoff)
    truth = lognormal(MEAN, SD)
    npt.assert_allclose(norm.sf(z), truth.sf(cutoff), rtol=1e-9)
    sigma = np.sqrt(np.log1p((SD / MEAN) ** 2))
    npt.assert_allclose(shape.partial(z), MEAN * norm.cdf(sigma - z), rtol=1e-9)
    npt.assert_allclose(shape.at(z), cutoff, rtol=1e-9)


@pytest.mark.parametrize("skew", [-1.0, -1e-4, 0.0, 1e-5, 2e-3, 0.7, 2.0])
def test_mean_and_standard_deviation_are_kept_for_every_skew(skew):
    shape = GradeShape.from_moments(np.array([3.0]), np.array([0.8]), skew)
    z = np.linspace(-12.0, 12.0, 200_001)
    density, grade = norm.pdf(z) * (z[1] - z[0]), shape.at(z[:, None])[:, 0]
    assert grade @ density == pytest.approx(3.0, rel=1e-6)
    assert np.sqrt((grade - 3.0) ** 2 @ density) == pytest.approx(0.8, rel=1e-5)
    assert shape.partial(np.array([-np.inf]))[0] == pytest.approx(3.0)
    above = z > 0.5
    assert shape.partial(np.array([0.5]))[0] == pytest.approx(grade[above] @ density[above], rel=1e-3)


@pytest.mark.parametrize(("power", "spread"), [(0.25, 0.1), (0.25, 0.4), (0.125, 0.2), (0.5, 0.3), (1.0, 0.2)])
def test_grades_that_are_normal_after_a_power(power, spread):
    """The scale on which the Bayesian model works."""
    grades = np.maximum(np.random.default_rng(3).normal(1.0, spread, 1_000_000), 0.0) ** (1.0 / power)
    quantiles = np.quantile(grades, [[0.1], [0.5], [0.9]])
    shape = PowerShape.from_quantiles(np.array([grades.mean()]), *quantiles)
    assert shape.sd[0] == pytest.approx(grades.std(), rel=0.03)
    for p in (0.05, 0.3, 0.7, 0.95):
        cutoff = np.quantile(grades, p)
        z = shape.scores(cutoff)
        assert norm.sf(z)[0] == pytest.approx(1.0 - p, abs=0.003)
        assert shape.partial(z)[0] / grades.mean() == pytest.approx(
            grades[grades > cutoff].sum() / grades.sum(), abs=0.004)
        assert shape.at(z)[0] == pytest.approx(cutoff)


def test_power_shapes_hold_normal_and_lognormal_grades():
    for truth in (norm(5.0, 1.0), lognormal(2.0, 1.5)):
        quantiles = [np.array([truth.ppf(p)]) for p in (0.1, 0.5, 0.9)]
        shape = PowerShape.from_quantiles(np.array([truth.mean()]), *quantiles)
        for cutoff in truth.ppf([0.1, 0.4, 0.8, 0.97]):
            assert norm.sf(shape.scores(cutoff))[0] == pytest.approx(truth.sf(cutoff), abs=2e-3)


def test_a_power_shape_keeps_its_mean_when_it_shrinks():
    arrays = np.array([2.3]), np.array([0.5]), np.array([1.6]), np.array([4.9])
    whole, half = PowerShape.from_quantiles(*arrays), PowerShape.from_quantiles(*arrays, 0.5)
    everything = np.array([-np.inf])
    assert whole.partial(everything)[0] == pytest.approx(2.3, rel=1e-9)
    assert half.partial(everything)[0] == pytest.approx(2.3, rel=1e-9)
    assert half.sd[0] == pytest.approx(0.5 * whole.sd[0], rel=0.15)


def test_quantiles_that_tell_no_shape_leave_the_mean():
    shape = PowerShape.from_quantiles(*np.array([[3.0, 3.0], [3.0, -1.0], [3.0, -0.5], [3.0, 7.0]]))
    npt.assert_array_equal(shape.scores(2.0), [-np.inf, -np.inf])
    npt.assert_allclose(shape.partial(shape.scores(2.0)), [3.0, 3.0])
    npt.assert_allclose(shape.at(np.array([0.7, -0.3])), [3.0, 3.0])
    low = PowerShape.from_quantiles(*np.array([[2.0], [0.0], [1.0], [5.0]]))  # a tenth of the grades is 0
    assert low.partial(np.array([-np.inf]))[0] == pytest.approx(2.0)


def test_a_grade_without_uncertainty_is_above_or_not():
    shape = GradeShape.from_moments(np.array([1.0, 3.0]), np.zeros(2), 0.0)
    npt.assert_array_equal(shape.scores(2.0), [np.inf, -np.inf])
    npt.assert_allclose(shape.partial(shape.scores(2.0)), [0.0, 3.0])
    shape = GradeShape.from_moments(np.array([3.0, 3.0]), np.array([1.0, 1.0]), np.array([1.0, -1.0]))
    npt.assert_array_equal(shape.scores(-50.0), [-np.inf, shape.scores(-50.0)[1]])
    assert shape.scores(50.0)[1] == np.inf
