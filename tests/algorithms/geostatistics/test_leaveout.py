import threading

import numpy as np
import pytest

from lodescope.algorithms.errors import Cancelled, InputError
from lodescope.algorithms.geostatistics.covariance import MODELS, Structure, Variogram
from lodescope.algorithms.geostatistics.dual import DualKriging
from lodescope.algorithms.geostatistics.leaveout import leave_groups_out, leave_one_out
from lodescope.algorithms.progress import Progress

QUANTITIES = ("estimate", "variance", "gradient", "gradient_variance")


def drilled(count, seed=0):
    generator = np.random.default_rng(seed)
    coordinates = np.array([5e5, 7e6, 0.0]) + generator.random((count, 3)) * [1000.0, 1000.0, 300.0]
    return coordinates, generator.normal(size=(count, 2)) + 5.0, generator.integers(-1, 9, count)


def variogram(model="matern15"):
    return Variogram(0.2, (Structure(model, 0.8, (250.0, 150.0, 60.0), 30.0, -10.0),))


def refitted(model, groups, **settings):
    """Each group kriged by a new system without it."""
    parts = {name: np.zeros(shape) for name, shape in zip(QUANTITIES, (
        model.values.shape, len(groups), (*model.values.shape, 3), (len(groups), 3)))}
    labels = np.where(groups < 0, 1000 + np.arange(len(groups)), groups)
    for label in np.unique(labels):
        out = labels == label
        other = DualKriging(model.variogram, model.drift, exact=False, **settings)
        other.fit(model.coordinates[~out], model.values[~out], model.counts[~out])
        prediction = other.predict(model.coordinates[out], True, True, True)
        for name in QUANTITIES:
            parts[name][out] = getattr(prediction, name)
    return parts


@pytest.mark.parametrize(("drift", "settings"), [
    ("constant", {}), ("linear", {}), ("none", {"mean": 5.0})])
@pytest.mark.parametrize("model", MODELS)
def test_leaving_holes_out_equals_a_new_system_without_them(model, drift, settings):
    coordinates, values, groups = drilled(160)
    counts = np.random.default_rng(2).integers(1, 4, 160)
    kriging = DualKriging(variogram(model), drift, **settings).fit(coordinates, values, counts)
    got, expected = leave_groups_out(kriging, groups, True, True), refitted(kriging, groups, **settings)
    for name in QUANTITIES:
        np.testing.assert_allclose(getattr(got, name), expected[name], atol=1e-8, rtol=1e-8)


def test_leaving_single_samples_out_equals_a_new_system():
    coordinates, values, _ = drilled(70)
    kriging = DualKriging(variogram(), "linear").fit(coordinates, values)
    got, expected = leave_one_out(kriging, True, True), refitted(kriging, np.full(70, -1))
    for name in QUANTITIES:
        np.testing.assert_allclose(getattr(got, name), expected[name], atol=1e-8, rtol=1e-8)


def test_many_samples_in_several_batches_and_one_long_hole():
    coordinates, values, _ = drilled(900)
    groups = np.repeat([0, 1, 2, -1], [280, 30, 40, 550])
    kriging = DualKriging(variogram()).fit(coordinates, values)
    got = leave_groups_out(kriging, groups, gradient=True)
    assert got.gradient_variance is None
    for label in range(3):
        out = groups == label
        other = DualKriging(variogram()).fit(coordinates[~out], values[~out]).predict(coordinates[out], True, True)
        np.testing.assert_allclose(got.estimate[out], other.estimate, atol=1e-8)
        np.testing.assert_allclose(got.variance[out], other.variance, atol=1e-8)
        np.testing.assert_allclose(got.gradient[out], other.gradient, atol=1e-8)


def test_a_hole_that_alone_carries_the_trend_is_predicted_without_it():
    generator = np.random.default_rng(4)
    line = np.column_stack([np.linspace(0.0, 1000.0, 40), np.zeros((40, 2))])
    aside = np.column_stack([generator.random((10, 3)) * 200.0 + [100.0, 300.0, 10.0]])
    coordinates = np.vstack([line, aside])
    groups = np.repeat([0, 1, 2], [20, 20, 10])
    kriging = DualKriging(variogram(), "linear").fit(coordinates, coordinates[:, :2])
    got = leave_groups_out(kriging, groups, True, True)
    other = DualKriging(variogram(), "linear").fit(line, line[:, :2]).predict(aside, True, True, True)
    for name in QUANTITIES:
        np.testing.assert_allclose(getattr(got, name)[40:], getattr(other, name), atol=1e-8)


def test_one_hole_cannot_be_left_out():
    coordinates, values, _ = drilled(20)
    kriging = DualKriging(variogram()).fit(coordinates, values)
    with pytest.raises(InputError, match="one hole"):
        leave_groups_out(kriging, np.zeros(20, dtype=int))


def test_progress_moves_and_a_stop_is_obeyed():
    coordinates, values, groups = drilled(600)
    kriging = DualKriging(variogram()).fit(coordinates, values)
    seen, stop = [], threading.Event()
    leave_one_out(kriging, progress=Progress(lambda event, **fields: seen.append(fields["value"]), stop))
    assert seen[-1] == 100.0
    assert len(seen) > 2
    assert seen == sorted(seen)
    stop.set()
    with pytest.raises(Cancelled):
        leave_groups_out(kriging, groups, progress=Progress(stop=stop))
