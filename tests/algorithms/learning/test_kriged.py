"""Kriging as the opponent: its transform is chosen without the test samples, its chances are its own."""
import numpy as np
import pytest
from scipy.stats import norm

from lodescope.algorithms.geostatistics.transforms import LogTransform, Transform
from lodescope.algorithms.learning.kriged import KrigedFolds, best_kriging, krige_fold
from lodescope.algorithms.validation.folds import make_folds


def scene(seed=0, count=60, each=5):
    rng = np.random.default_rng(seed)
    groups = np.repeat(np.arange(count), each)
    places = np.column_stack([rng.uniform(0.0, 1000.0, (count, 2))[groups], -np.tile(np.arange(each) * 4.0, count)])
    smooth = np.sin(places[:, 0] / 150.0) + np.cos(places[:, 1] / 170.0)
    return places, groups, np.exp(smooth + 0.2 * rng.normal(size=groups.size))


def test_the_test_samples_have_no_say(quiet):
    places, groups, values = scene()
    folds = make_folds("hole", 3, groups, places, values, np.random.default_rng(0))
    train, test = folds[0]
    found = krige_fold(places, groups, values, train, test, [1, 0], quiet)
    changed = values.copy()
    changed[test] = 1e3 * changed[test][::-1]
    again = krige_fold(places, groups, changed, train, test, [1, 0], quiet)
    assert found[0] == again[0]
    assert np.array_equal(found[3], again[3])
    assert np.array_equal(found[4], again[4])


def test_each_fold_has_a_generator_of_its_own(quiet):
    places, groups, values = scene(count=40)
    folds = make_folds("hole", 3, groups, places, values, np.random.default_rng(0))
    both, first = (best_kriging(places, groups, values, some, np.random.default_rng(7), quiet, ("none", "log"))
                   for some in (folds, folds[:1]))
    assert np.array_equal(both.mean[folds[0][1]], first.mean[folds[0][1]])


def test_kriging_predicts_and_covers(quiet):
    places, groups, values = scene()
    folds = make_folds("hole", 4, groups, places, values, np.random.default_rng(0))
    found = best_kriging(places, groups, values, folds, np.random.default_rng(0), quiet)
    assert np.corrcoef(found.mean, values)[0, 1] > 0.85
    inside = (values >= found.quantile(0.1)) & (values <= found.quantile(0.9))
    assert inside.mean() == pytest.approx(0.8, abs=0.1)
    assert set(found.transform.split(", ")) <= {"none", "log", "normalscore"}


@pytest.mark.parametrize(("transform", "place"), [(Transform(), 2.0), (LogTransform(0.5), np.log(2.5))])
def test_chances_are_those_of_the_kriged_distribution(transform, place):
    rows, estimate, variance = np.array([0, 2]), np.array([1.0, 3.0]), np.array([0.25, 4.0])
    folds = KrigedFolds("x", np.array([1.0, np.nan, 3.0]), [(rows, transform, estimate, variance)])
    chance = folds.exceedance(2.0)
    assert chance[[0, 2]] == pytest.approx(norm.sf(place, estimate, np.sqrt(variance)))
    assert np.isnan(chance[1])
    low = folds.exceedance(-1.0)[[0, 2]]
    assert low == pytest.approx([1.0, 1.0] if transform.name == "log" else norm.sf(-1.0, estimate, np.sqrt(variance)))
    assert folds.sd()[[0, 2]] == pytest.approx(np.sqrt(transform.variance(estimate, variance)))


def test_nothing_to_krige_from(quiet):
    places, groups, values = scene(count=10)
    values[groups < 9] = 1.0
    folds = [(np.flatnonzero(groups < 9), np.flatnonzero(groups == 9))]
    assert best_kriging(places, groups, values, folds, np.random.default_rng(0), quiet) is None
