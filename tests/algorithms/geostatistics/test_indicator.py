"""Indicator kriging: order relations, moments, quantiles, and truths in closed form."""
import numpy as np
import pytest
from scipy.stats import norm

from lodescope.algorithms.errors import InputError
from lodescope.algorithms.geostatistics.covariance import Structure, Variogram
from lodescope.algorithms.geostatistics.dual import DualKriging
from lodescope.algorithms.geostatistics.indicator import (
    IndicatorKriging,
    cell_weights,
    default_cutoffs,
    order_correction,
)

VARIOGRAM = Variogram(0.02, (Structure("exponential", 0.2, (200.0,)),))


class Fixed:
    """A stand-in for an engine: the mean of the values everywhere."""

    def __init__(self, variogram):
        self.variogram = variogram

    def fit(self, coordinates, values, counts=None):
        self.values, self.counts = values, counts
        return self

    def predict(self, points):
        estimate = np.repeat(self.values.mean(axis=0)[None], len(points), axis=0)
        return type("Answer", (), {"estimate": estimate})


def by_hand(upper_tail="linear"):
    """Values 0..10 with cut-offs 2 and 6 and equal weights."""
    model = IndicatorKriging([6.0, 2.0], VARIOGRAM, factory=Fixed, upper_tail=upper_tail)
    return model.fit(np.zeros((11, 2)), np.arange(11.0), weights=np.ones(11))


def test_order_relations_hold_for_any_estimates():
    rng = np.random.default_rng(0)
    for _ in range(200):
        raw = rng.normal(0.5, rng.uniform(0.01, 3.0), (20, rng.integers(1, 12)))
        fixed = order_correction(raw)
        assert (np.diff(fixed, axis=1) >= 0.0).all()
        assert fixed.min() >= 0.0
        assert fixed.max() <= 1.0
        np.testing.assert_array_equal(order_correction(fixed), fixed)


def test_order_correction_is_the_mean_of_upward_and_downward():
    np.testing.assert_allclose(order_correction(np.array([[0.2, 0.5, 0.3, 1.2]])), [[0.2, 0.4, 0.4, 1.0]])


def test_results_are_consistent_for_any_estimates():
    rng = np.random.default_rng(1)
    for tail in ("linear", "hyperbolic"):
        values = rng.lognormal(size=100)
        model = IndicatorKriging(None, VARIOGRAM, factory=Fixed, upper_tail=tail)
        model.fit(rng.normal(size=(100, 3)), values)
        raw = rng.normal(0.5, 0.6, (500, len(model.kriged)))
        result = model.postprocess(raw, np.linspace(0.0, 1.0, 21))
        assert (np.diff(result["exceedance"], axis=1) <= 0.0).all()
        assert (np.diff(result["quantiles"], axis=1) >= 0.0).all()
        assert result["quantiles"].min() == values.min()
        assert result["quantiles"].max() == pytest.approx(values.max())
        assert (result["mean"] >= values.min()).all()
        assert (result["mean"] <= values.max()).all()
        assert (result["variance"] >= 0.0).all()
        assert (result["variance"] <= np.ptp(values) ** 2 / 4.0).all()
        np.testing.assert_allclose(result["correction"], np.abs(order_correction(raw) - raw).max(axis=1))


def test_moments_and_quantiles_by_hand():
    model = by_hand()
    np.testing.assert_allclose(model.class_means, [1.0, 4.5, 8.5])
    np.testing.assert_allclose(model.class_variances, [2.0 / 3.0, 1.25, 1.25])
    result = model.postprocess(np.array([[0.2, 0.7]]), [0.0, 0.1, 0.2, 0.45, 0.7, 0.85, 1.0])
    mean = 0.2 * 1.0 + 0.5 * 4.5 + 0.3 * 8.5
    second = 0.2 * (1.0 + 2.0 / 3.0) + 0.5 * (4.5**2 + 1.25) + 0.3 * (8.5**2 + 1.25)
    assert result["mean"][0] == pytest.approx(mean)
    assert result["variance"][0] == pytest.approx(second - mean**2)
    np.testing.assert_allclose(result["exceedance"], [[0.8, 0.3]])
    np.testing.assert_allclose(result["quantiles"][0], [0.0, 1.0, 2.0, 4.0, 6.0, 8.0, 10.0])


def test_hyperbolic_tail_by_hand():
    result = by_hand("hyperbolic").postprocess(np.array([[0.2, 0.7]]), [0.45, 0.85, 1.0])
    middle = 6.0 * (1.0 - 0.5 * (1.0 - 0.6**1.5)) ** (-1.0 / 1.5)
    np.testing.assert_allclose(result["quantiles"][0], [4.0, middle, 10.0])


def test_weights_move_the_class_means():
    weights = np.ones(11)
    weights[0] = 4.0
    model = IndicatorKriging([2.0, 6.0], VARIOGRAM, factory=Fixed)
    model.fit(np.zeros((11, 2)), np.arange(11.0), None, weights)
    assert model.class_means[0] == pytest.approx(0.5)


def test_a_class_without_data_takes_its_middle():
    values = np.array([0.0, 1.0, 9.0, 10.0])
    model = IndicatorKriging([3.0, 7.0], VARIOGRAM, factory=Fixed).fit(np.zeros((4, 2)), values)
    assert model.class_means[1] == 5.0
    assert model.class_variances[1] == pytest.approx(16.0 / 12.0)


def test_certain_cells():
    result = by_hand().postprocess(np.array([[1.0, 1.0], [0.0, 0.0]]), [0.5])
    np.testing.assert_allclose(result["mean"], [1.0, 8.5])
    np.testing.assert_allclose(result["quantiles"][:, 0], [1.0, 8.0])
    np.testing.assert_allclose(result["exceedance"], [[0.0, 0.0], [1.0, 1.0]])


def test_cells_without_estimates_stay_unknown():
    result = by_hand().postprocess(np.array([[np.nan, np.nan], [0.2, np.nan]]), [0.5])
    for values in result.values():
        assert np.isnan(values).all()


def test_default_cutoffs_are_deciles_without_repeats():
    values = np.concatenate([np.zeros(56), np.arange(1.0, 45.0)])
    cutoffs = default_cutoffs(values)
    assert cutoffs[0] == 0.0
    assert (np.diff(cutoffs) > 0.0).all()
    assert len(cutoffs) == 5
    assert len(default_cutoffs(np.array([1.0, 1.0, 1.0, 2.0]))) >= 1


def test_cutoffs_outside_the_data_are_certain_and_listed():
    rng = np.random.default_rng(2)
    points, values = rng.uniform(0.0, 100.0, (50, 2)), rng.uniform(1.0, 2.0, 50)
    model = IndicatorKriging([0.5, 1.5, 7.0], VARIOGRAM).fit(points, values)
    assert model.kriged.tolist() == [1.5]
    result = model.postprocess(model.predict(points[:4] + 1.0))
    np.testing.assert_array_equal(result["exceedance"][:, [0, 2]], np.tile([1.0, 0.0], (4, 1)))
    assert len(model.warnings) == 2
    assert "0.5" in model.warnings[0]
    assert "is 0" in model.warnings[1]


@pytest.mark.parametrize(("cutoffs", "values"), [([50.0], np.arange(5.0)), (None, np.full(5, 3.0))])
def test_no_cutoff_inside_the_data_is_refused(cutoffs, values):
    with pytest.raises(InputError, match="No cut-off"):
        IndicatorKriging(cutoffs, VARIOGRAM).fit(np.arange(10.0).reshape(5, 2), values)


@pytest.mark.parametrize("options", [
    {"cutoffs": [np.nan]}, {"cutoffs": []}, {"variograms": None}, {"upper_tail": "power"},
])
def test_bad_options_are_refused(options):
    with pytest.raises(InputError):
        IndicatorKriging(**dict({"cutoffs": [1.0], "variograms": VARIOGRAM}, **options))


def test_bad_probabilities_and_counts_of_variograms_are_refused():
    with pytest.raises(InputError, match="quantiles"):
        by_hand().postprocess(np.array([[0.2, 0.7]]), [1.5])
    with pytest.raises(InputError, match="indicator variograms"):
        IndicatorKriging([1.0, 2.0, 3.0], [VARIOGRAM] * 2, factory=Fixed).fit(np.zeros((5, 2)), np.arange(5.0))


def test_far_from_all_samples_stands_the_global_distribution():
    rng = np.random.default_rng(3)
    axis = np.arange(0.0, 6000.0, 300.0)
    points = np.stack(np.meshgrid(axis, axis), axis=-1).reshape(-1, 2)
    values = 5.0 + 2.0 * rng.normal(size=len(points))
    cutoffs = 5.0 + 2.0 * norm.ppf([0.1, 0.25, 0.5, 0.75, 0.9])
    model = IndicatorKriging(cutoffs, VARIOGRAM).fit(points, values)
    far = np.array([[1e6, 1e6]])
    result = model.postprocess(model.predict(far), [0.25, 0.5])
    np.testing.assert_allclose(result["exceedance"][0], [0.9, 0.75, 0.5, 0.25, 0.1], atol=0.06)
    assert result["mean"][0] == pytest.approx(values.mean(), abs=0.1)
    assert result["variance"][0] == pytest.approx(4.0, rel=0.15)
    np.testing.assert_allclose(result["quantiles"][0], 5.0 + 2.0 * norm.ppf([0.25, 0.5]), atol=0.3)


def gaussian_field(rng, count):
    """Places and values of a Gaussian field with unit variance, and its variogram."""
    variogram = Variogram(0.0, (Structure("matern15", 1.0, (300.0,)),))
    points = rng.uniform(0.0, 1000.0, (count, 2))
    lower = np.linalg.cholesky(variogram.covariance(points, points) + 1e-10 * np.eye(count))
    return points, lower @ rng.normal(size=count), variogram


def test_probabilities_follow_those_of_a_gaussian_field():
    rng = np.random.default_rng(4)
    points, values, variogram = gaussian_field(rng, 700)
    known, targets = slice(0, 400), points[400:]
    kriged = DualKriging(variogram, "none", mean=0.0).fit(points[known], values[known]).predict(targets, variance=True)
    exact = norm.sf((0.0 - kriged.estimate[:, 0]) / np.sqrt(kriged.variance))
    # The indicator of a Gaussian field at its median has covariance asin(rho) / 2 pi, near an exponential one.
    median = Variogram(0.0, (Structure("exponential", 0.25, (250.0,)),))
    model = IndicatorKriging([-1.0, 0.0, 1.0], median).fit(points[known], values[known])
    result = model.postprocess(model.predict(targets))
    probability = result["exceedance"][:, 1]
    assert np.sqrt(np.mean((probability - exact) ** 2)) < 0.2
    assert np.corrcoef(probability, exact)[0, 1] > 0.88
    truth = values[400:]
    brier = np.mean((probability - (truth > 0.0)) ** 2)
    assert brier < 0.6 * np.mean((np.mean(values[known] > 0.0) - (truth > 0.0)) ** 2)
    assert np.corrcoef(result["mean"], truth)[0, 1] > 0.85


def test_shared_and_separate_variograms_agree_when_equal():
    rng = np.random.default_rng(5)
    points, values = rng.uniform(0.0, 500.0, (80, 3)), rng.normal(size=80)
    targets = rng.uniform(0.0, 500.0, (30, 3))
    shared = IndicatorKriging([-0.5, 0.0, 0.5], VARIOGRAM).fit(points, values)
    separate = IndicatorKriging([-0.5, 0.0, 0.5], [VARIOGRAM] * 3).fit(points, values)
    assert len(shared.models) == 1
    assert len(separate.models) == 3
    np.testing.assert_allclose(shared.predict(targets), separate.predict(targets), atol=1e-10)
    np.testing.assert_allclose(shared.predict(targets), shared.predict(targets, chunk=7), atol=1e-12)


def test_shortcuts_equal_the_postprocessing():
    rng = np.random.default_rng(6)
    points, values = rng.uniform(0.0, 500.0, (60, 2)), rng.lognormal(size=60)
    model = IndicatorKriging(None, VARIOGRAM).fit(points, values)
    whole = model.postprocess(model.predict(points + 3.0), [0.1, 0.9])
    np.testing.assert_array_equal(model.etype_mean(points + 3.0), whole["mean"])
    np.testing.assert_array_equal(model.conditional_variance(points + 3.0), whole["variance"])
    np.testing.assert_array_equal(model.quantiles(points + 3.0, [0.1, 0.9]), whole["quantiles"])


def test_chunks_can_be_stopped():
    def stop():
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        by_hand().predict(np.zeros((3, 2)), check=stop)


def test_counts_reach_the_model():
    model = IndicatorKriging([2.0], VARIOGRAM, factory=Fixed)
    model.fit(np.zeros((5, 2)), np.arange(5.0), counts=np.full(5, 2.0))
    assert model.models[0].counts.tolist() == [2.0] * 5


def test_clustered_samples_weigh_less():
    rng = np.random.default_rng(7)
    points = np.vstack([rng.uniform(0.0, 1000.0, (50, 2)), 500.0 + rng.uniform(0.0, 20.0, (50, 2))])
    weights = cell_weights(points)
    assert weights.mean() == pytest.approx(1.0)
    assert weights[:50].mean() > 3.0 * weights[50:].mean()
    np.testing.assert_array_equal(cell_weights(np.ones((3, 2))), 1.0)
