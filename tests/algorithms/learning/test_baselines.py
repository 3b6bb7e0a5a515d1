"""Opponents of the grade models on fields whose answer is known."""
import numpy as np
import pytest

from lodescope.algorithms.errors import InputError
from lodescope.algorithms.geostatistics.covariance import Structure, Variogram
from lodescope.algorithms.geostatistics.dual import DualKriging
from lodescope.algorithms.learning.baselines.contract import Case
from lodescope.algorithms.learning.baselines.indicator import NearbyKriging
from lodescope.algorithms.learning.baselines.registry import MODELS
from lodescope.algorithms.learning.gradesamples import GradeSamples
from lodescope.algorithms.learning.training import Checkpoints
from lodescope.algorithms.progress import Progress


def make_case(places, features, target, test, groups=None, **settings):
    groups = np.arange(len(places)) if groups is None else groups
    samples = GradeSamples(places, groups, features, target[:, None], [f"f{k}" for k in range(features.shape[1])],
                           ["y"], np.arange(len(places)), True)
    return Case(samples, np.flatnonzero(~test), np.flatnonzero(test), "case", 7, True, Checkpoints(), settings,
                Progress())


def r2(case, fitted):
    observed = case.target[case.test]
    return 1.0 - np.mean((fitted.forecast.mean - observed) ** 2) / observed.var()


@pytest.fixture(scope="module")
def scattered():
    """400 places on a map with three features of white noise."""
    rng = np.random.default_rng(2)
    return rng.uniform(0, 1000, (400, 2)), rng.normal(size=(400, 3)), np.arange(400) % 4 == 0, rng


@pytest.mark.parametrize("name", ["ok", "pykrige", "mik"])
def test_kriging_knows_a_smooth_field(scattered, name):
    places, features, test, _ = scattered
    target = 10.0 + 3.0 * np.sin(places[:, 0] / 160.0) + 2.0 * np.cos(places[:, 1] / 120.0)
    case = make_case(places, features, target, test)
    fitted = MODELS[name].fit(case)
    assert r2(case, fitted) > (0.9 if name == "mik" else 0.98)
    assert fitted.predict is None
    assert np.corrcoef(fitted.forecast.mean, target[test])[0, 1] > 0.97  # axes are not exchanged


def test_regression_kriging_is_exact_for_a_linear_grade(scattered):
    places, features, test, _ = scattered
    target = 20.0 + features @ [2.0, -1.0, 0.5]
    case = make_case(places, features, target, test)
    fitted = MODELS["rk"].fit(case)
    assert r2(case, fitted) > 0.9999
    assert fitted.note.startswith("raw")
    assert fitted.predict(features[test]) == pytest.approx(fitted.forecast.mean, rel=1e-6)


def test_regression_kriging_adds_what_places_tell(scattered):
    places, features, test, _ = scattered
    target = 20.0 + features[:, 0] + 2.0 * np.sin(places[:, 0] / 160.0)
    case = make_case(places, features, target, test)
    both = r2(case, MODELS["rk"].fit(case))
    assert both > 0.97
    assert both > max(r2(case, MODELS["ok"].fit(case)), 1.0 / 3.0) + 0.1  # the regression alone explains a third


@pytest.mark.parametrize("name", ["rf", "gb"])
def test_trees_know_steps_that_no_plane_has(scattered, name):
    places, features, test, _ = scattered
    target = 1.0 + 4.0 * ((features[:, 0] > 0) & (features[:, 1] > 0))
    case = make_case(places, features, target, test)
    assert r2(case, MODELS[name].fit(case)) > 0.85
    assert r2(case, MODELS["rk"].fit(case)) < 0.75


@pytest.mark.parametrize("name", ["ok", "rk", "gb", "mik"])
def test_intervals_hold_what_they_say(scattered, name):
    places, features, test, _ = scattered
    noise = np.random.default_rng(4).normal(size=400)
    target = np.exp(0.5 * features[:, 0] + 0.5 * np.sin(places[:, 0] / 160.0) + 0.3 * noise)
    case = make_case(places, features, target, test)
    forecast, observed = MODELS[name].fit(case).forecast, target[test]
    inside = np.mean((observed > forecast.quantile(0.1)) & (observed < forecast.quantile(0.9)))
    assert inside == pytest.approx(0.8, abs=0.12)  # 100 samples: three standard errors


@pytest.mark.parametrize("name", ["fnn", "bnn"])
def test_networks_bend_and_krige(scattered, name):
    places, features, test, _ = scattered
    target = np.exp(np.sin(2.0 * features[:, 0]) + 0.6 * np.sin(places[:, 0] / 160.0))
    case = make_case(places, features, target, test, epochs=60)
    fitted = MODELS[name].fit(case)
    assert r2(case, fitted) > 0.75
    assert r2(case, fitted) > r2(case, MODELS["rk"].fit(case)) + 0.05
    assert fitted.predict(features[test]) == pytest.approx(fitted.forecast.mean, rel=1e-5)


def test_the_recurrent_network_reads_holes():
    """The grade is a feature of the interval above: only a model with memory can know it."""
    rng = np.random.default_rng(0)
    holes, each = 60, 12
    groups = np.repeat(np.arange(holes), each)
    places = np.column_stack([rng.uniform(0, 1000, (holes, 2))[groups], -np.tile(np.arange(each), holes)])
    features = rng.normal(size=(groups.size, 2))
    above = np.where(np.tile(np.arange(each), holes) > 0, np.roll(features[:, 0], 1), 0.0)
    target = np.exp(0.8 * above)
    case = make_case(places, features, target, groups % 4 == 0, groups, epochs=60)
    assert r2(case, MODELS["lstm"].fit(case)) > 0.3
    assert r2(case, MODELS["rk"].fit(case)) < 0.1


def test_nearby_indicators_are_kriged_exactly():
    """With fewer samples than neighbours nothing is left out, so that plain kriging is the answer."""
    rng = np.random.default_rng(1)
    places, points = rng.uniform(0, 500, (40, 2)), rng.uniform(0, 500, (30, 2))
    values = rng.normal(size=(40, 2))
    variogram = Variogram(0.1, [Structure("spherical", 0.9, (200.0,))])
    found = NearbyKriging(variogram, np.arange(40)).fit(places, values).predict(points)
    for column in (0, 1):
        exact = DualKriging(variogram).fit(places, values[:, column]).predict(points)
        assert found.estimate[:, column] == pytest.approx(np.ravel(exact.estimate), abs=1e-6)


@pytest.mark.parametrize("name", ["pykrige", "mik", "rk", "rf"])
def test_too_few_samples_are_a_sentence(name):
    rng = np.random.default_rng(0)
    case = make_case(rng.uniform(0, 100, (6, 2)), rng.normal(size=(6, 2)), rng.normal(size=6) + 5.0, np.arange(6) > 2)
    with pytest.raises(InputError, match="fewer folds"):
        MODELS[name].fit(case)
