import numpy as np
import pytest

from lodescope.algorithms.errors import Cancelled, InputError
from lodescope.algorithms.geostatistics import kernels
from lodescope.algorithms.geostatistics.covariance import DIFFERENTIABLE, MODELS, Structure, Variogram
from lodescope.algorithms.geostatistics.dual import DualKriging

BOTH = [False, pytest.param(True, marks=pytest.mark.skipif(kernels.compiled is None, reason="numba is absent"))]
UTM = np.array([512_345.0, 7_456_789.0, 350.0])
SIZE = np.array([1000.0, 1000.0, 300.0])


def variogram(model="matern15", nugget=0.2):
    return Variogram(nugget, (Structure(model, 0.7, (320.0, 180.0, 60.0), 35.0, -20.0, 15.0),
                              Structure("matern25", 0.4, (140.0, 90.0), 110.0)))


def scattered(count, dimensions=3, seed=0):
    return (UTM + np.random.default_rng(seed).random((count, 3)) * SIZE)[:, :dimensions]


def textbook(model, coordinates, values, points, drift):
    """Estimates and variances by the full system of Chiles & Delfiner, section 3.4."""
    centre = coordinates.mean(axis=0)
    a, b = coordinates - centre, points - centre
    if drift == "none":
        columns, targets = np.zeros((len(a), 0)), np.zeros((len(b), 0))
    else:
        extra = 1 if drift == "constant" else 1 + a.shape[1]
        columns = np.hstack([np.ones((len(a), 1)), a / 1000.0])[:, :extra]
        targets = np.hstack([np.ones((len(b), 1)), b / 1000.0])[:, :extra]
    covariance = model.covariance(a, a) + model.nugget * np.eye(len(a))
    system = np.block([[covariance, columns], [columns.T, np.zeros((columns.shape[1],) * 2)]])
    right = np.vstack([model.covariance(a, b), targets.T])
    weights = np.linalg.solve(system, right)
    return weights[:len(a)].T @ values, model.sill - np.einsum("np,np->p", weights, right)


@pytest.mark.parametrize("use_compiled", BOTH)
@pytest.mark.parametrize("dimensions", [2, 3])
@pytest.mark.parametrize("drift", ["constant", "linear", "none"])
def test_estimates_and_variances_are_those_of_the_full_system(drift, dimensions, use_compiled):
    coordinates, points = scattered(180, dimensions), scattered(100, dimensions, 1)
    values = np.random.default_rng(2).normal(size=(180, 3))
    model = DualKriging(variogram(), drift, mean=0.0, use_compiled=use_compiled).fit(coordinates, values)
    got = model.predict(points, variance=True)
    estimate, variance = textbook(variogram(), coordinates, values, points, drift)
    np.testing.assert_allclose(got.estimate, estimate, atol=1e-10)
    np.testing.assert_allclose(got.variance, variance, atol=1e-10)


@pytest.mark.parametrize("use_compiled", BOTH)
@pytest.mark.parametrize("columns", [1, 2])
@pytest.mark.parametrize("drift", ["constant", "linear"])
@pytest.mark.parametrize("model", MODELS)
def test_gradient_is_the_central_difference_of_the_estimate(model, drift, columns, use_compiled):
    coordinates, points = scattered(150) - UTM, scattered(80, seed=1) - UTM
    values = np.random.default_rng(2).normal(size=(150, columns))
    kriging = DualKriging(variogram(model), drift, use_compiled=use_compiled).fit(coordinates, values)
    gradient = kriging.predict(points, gradient=True).gradient
    step = 1e-3
    for axis, offset in enumerate(step * np.eye(3)):
        ahead, behind = (kriging.predict(points + sign * offset).estimate for sign in (1, -1))
        difference = (ahead - behind) / (2.0 * step)
        assert np.abs(gradient[..., axis] - difference).max() < 1e-5 * np.abs(gradient).max()


@pytest.mark.parametrize("dimensions", [2, 3])
def test_a_field_equal_to_its_northing_comes_back(dimensions):
    coordinates, points = scattered(300, dimensions), scattered(200, dimensions, 1)
    model = DualKriging(variogram(), "linear").fit(coordinates, coordinates[:, [1, 0]])
    got = model.predict(points, gradient=True)
    extent = np.ptp(coordinates[:, 1])
    assert np.abs(got.estimate - points[:, [1, 0]]).max() < 1e-6 * extent
    north, east = np.eye(dimensions)[1], np.eye(dimensions)[0]
    np.testing.assert_allclose(got.gradient[:, 0], np.tile(north, (200, 1)), atol=1e-6)
    np.testing.assert_allclose(got.gradient[:, 1], np.tile(east, (200, 1)), atol=1e-6)


def test_large_coordinates_lose_nothing():
    local, values = scattered(200) - UTM, np.random.default_rng(1).normal(size=200)
    local = np.round(local * 1024.0) / 1024.0
    origin = np.array([524_288.0, 8_388_608.0, 1024.0])
    points = np.round((scattered(100, seed=3) - UTM) * 1024.0) / 1024.0
    near = DualKriging(variogram()).fit(local, values).predict(points, gradient=True)
    far = DualKriging(variogram()).fit(local + origin, values).predict(points + origin, gradient=True)
    np.testing.assert_allclose(far.estimate, near.estimate, atol=1e-9)
    np.testing.assert_allclose(far.gradient, near.gradient, atol=1e-9)


def test_samples_come_back_only_when_exact():
    coordinates, values = scattered(100), np.random.default_rng(1).normal(size=100)
    points = np.vstack([coordinates[[7, 42]], scattered(5, seed=2)])
    exact = DualKriging(variogram()).fit(coordinates, values).predict(points, variance=True)
    smooth = DualKriging(variogram(), exact=False).fit(coordinates, values).predict(points, variance=True)
    np.testing.assert_array_equal(exact.estimate[:2, 0], values[[7, 42]])
    np.testing.assert_array_equal(exact.variance[:2], 0.0)
    assert np.abs(smooth.estimate[:2, 0] - values[[7, 42]]).min() > 1e-3
    assert smooth.variance[:2].min() > variogram().nugget
    beside = DualKriging(variogram()).fit(coordinates, values).predict(points[:2] + 1e-4, variance=True)
    np.testing.assert_allclose(smooth.estimate[:2], beside.estimate, atol=1e-4)
    np.testing.assert_allclose(smooth.variance[:2], beside.variance, atol=1e-4)
    np.testing.assert_allclose(exact.estimate[2:], smooth.estimate[2:], atol=1e-12)


def test_coincidences_are_found_beyond_the_last_and_the_first_sample():
    coordinates = scattered(50)
    model = DualKriging(variogram()).fit(coordinates, coordinates[:, 0])
    points = np.vstack([coordinates, coordinates + np.array([0.0, 0.5, 0.0]), coordinates.min(axis=0)[None] - 1.0,
                        coordinates.max(axis=0)[None] + 1.0])
    target, sample = model.coincidences(points)
    np.testing.assert_array_equal(target, np.arange(50))
    np.testing.assert_array_equal(sample, np.arange(50))


def test_merged_samples_equal_repeated_ones():
    coordinates, generator = scattered(60), np.random.default_rng(1)
    values = generator.normal(size=(120, 2))
    repeated = DualKriging(variogram(), exact=False).fit(np.vstack([coordinates] * 2), values)
    merged = DualKriging(variogram(), exact=False).fit(
        coordinates, 0.5 * (values[:60] + values[60:]), counts=np.full(60, 2))
    points = scattered(50, seed=3)
    a, b = (m.predict(points, variance=True, gradient=True) for m in (repeated, merged))
    np.testing.assert_allclose(a.estimate, b.estimate, atol=1e-10)
    np.testing.assert_allclose(a.variance, b.variance, atol=1e-10)
    np.testing.assert_allclose(a.gradient, b.gradient, atol=1e-12)


@pytest.mark.parametrize("drift", ["constant", "linear"])
@pytest.mark.parametrize("model", DIFFERENTIABLE)
def test_gradient_variance_is_that_of_a_small_difference(model, drift):
    """Var((E(x + h) - E(x - h)) / 2h) from the joint posterior of two points, for small h."""
    field = Variogram(0.2, (Structure(model, 0.8, (320.0, 180.0, 90.0), 35.0, -20.0, 15.0),))
    coordinates, points = scattered(80) - UTM, scattered(4, seed=1) - UTM
    kriging = DualKriging(field, drift).fit(coordinates, coordinates[:, 0])
    got = kriging.predict(points, gradient_variance=True).gradient_variance
    columns = np.hstack([np.ones((80, 1)), coordinates / 1000.0])[:, :1 if drift == "constant" else 4]
    inverse = np.linalg.inv(field.covariance(coordinates, coordinates) + 0.2 * np.eye(80))
    middle = np.linalg.inv(columns.T @ inverse @ columns)
    step = 0.05
    for axis, offset in enumerate(step * np.eye(3)):
        ahead, behind = points + offset, points - offset
        right = (field.covariance(ahead, coordinates) - field.covariance(behind, coordinates)) / (2.0 * step)
        trend = np.zeros((4, columns.shape[1]))
        if drift == "linear":
            trend[:, 1 + axis] = 1e-3
        left = trend - right @ inverse @ columns
        prior = (field.at(np.zeros((1, 3))) - field.at(2.0 * offset[None])) / (2.0 * step ** 2)
        expected = (prior - np.einsum("pn,nk,pk->p", right, inverse, right)
                    + np.einsum("pn,nk,pk->p", left, middle, left))
        np.testing.assert_allclose(got[:, axis], expected, rtol=5e-3)


def test_gradient_variance_is_infinite_without_a_derivative():
    model = DualKriging(variogram("exponential")).fit(scattered(30), np.arange(30.0))
    assert np.isinf(model.predict(scattered(4, seed=1), gradient_variance=True).gradient_variance).all()


def test_block_is_the_mean_of_its_points():
    field = variogram()
    coordinates, values = scattered(90), np.random.default_rng(1).normal(size=(90, 2))
    points = scattered(6, seed=2)
    offsets = np.array([[-10.0, -10.0, 0.0], [10.0, -10.0, 0.0], [-10.0, 10.0, 0.0], [10.0, 10.0, 5.0]])
    kriging = DualKriging(field, "linear").fit(coordinates, values)
    got = kriging.predict(points, True, True, True, block=offsets)
    every = kriging.predict((points[:, None] + offsets).reshape(-1, 3), gradient=True)
    np.testing.assert_allclose(got.estimate, every.estimate.reshape(6, 4, 2).mean(axis=1), atol=1e-12)
    np.testing.assert_allclose(got.gradient, every.gradient.reshape(6, 4, 2, 3).mean(axis=1), atol=1e-12)
    centre = coordinates.mean(axis=0)
    a, b = coordinates - centre, (points[:, None] + offsets - centre).reshape(-1, 3)
    columns = np.hstack([np.ones((90, 1)), a / 1000.0])
    inverse = np.linalg.inv(field.covariance(a, a) + field.nugget * np.eye(90))
    right = field.covariance(b, a)
    left = np.hstack([np.ones((24, 1)), b / 1000.0]) - right @ inverse @ columns
    joint = (field.covariance(b, b) - right @ inverse @ right.T
             + left @ np.linalg.inv(columns.T @ inverse @ columns) @ left.T)
    expected = [joint[4 * k:4 * k + 4, 4 * k:4 * k + 4].mean() for k in range(6)]
    np.testing.assert_allclose(got.variance, expected, atol=1e-10)
    smaller = kriging.predict(points, gradient_variance=True).gradient_variance
    assert (got.gradient_variance < smaller).all()


def test_block_of_one_point_has_the_gradient_variance_of_the_point():
    kriging = DualKriging(variogram(), "linear").fit(scattered(60), np.arange(60.0))
    points = scattered(5, seed=1)
    alone = kriging.predict(points, gradient_variance=True).gradient_variance
    block = kriging.predict(points, gradient_variance=True, block=np.zeros((1, 3))).gradient_variance
    np.testing.assert_allclose(block, alone, rtol=1e-12)


@pytest.mark.parametrize("nugget", [0.1, 1e-3])
def test_single_precision_variance_stays_within_two_millionths_of_the_sill(nugget):
    coordinates, points = scattered(600), scattered(300, seed=1)
    field = variogram(nugget=nugget)
    double = DualKriging(field).fit(coordinates, coordinates[:, 0]).predict(points, variance=True).variance
    single = DualKriging(field, single=True).fit(coordinates, coordinates[:, 0]).predict(points, variance=True).variance
    assert np.abs(single - double).max() <= 2e-6 * field.sill
    assert np.abs(single - double).max() > 0.0


def test_single_precision_gives_way_where_it_would_be_wrong():
    field = Variogram(0.0, (Structure("gaussian", 1.0, (900.0,)),))
    coordinates, points = scattered(300), scattered(100, seed=1)
    double = DualKriging(field).fit(coordinates, coordinates[:, 0]).predict(points, variance=True).variance
    single = DualKriging(field, single=True).fit(coordinates, coordinates[:, 0]).predict(points, variance=True).variance
    assert np.abs(single - double).max() <= 2e-6


def test_gaussian_model_without_nugget_stays_sane():
    coordinates = scattered(500)
    truth = np.sin((coordinates - UTM) @ [0.01, 0.008, 0.01])
    points = UTM + SIZE * (0.2 + 0.6 * np.random.default_rng(5).random((200, 3)))
    model = DualKriging(Variogram(0.0, (Structure("gaussian", 1.0, (800.0,)),))).fit(coordinates, truth)
    got = model.predict(points, variance=True)
    assert np.abs(got.estimate[:, 0] - np.sin((points - UTM) @ [0.01, 0.008, 0.01])).max() < 0.01
    assert (got.variance >= 0.0).all()


def test_scale_of_the_likelihood_is_that_of_the_values():
    coordinates = scattered(400)
    field = variogram()
    root = np.linalg.cholesky(field.covariance(coordinates, coordinates) + field.nugget * np.eye(400))
    values = root @ np.random.default_rng(3).normal(size=(400, 2)) * [1.0, 5.0] + 100.0
    scale = DualKriging(field).fit(coordinates, values).log_likelihood_scale()
    np.testing.assert_allclose(scale, [1.0, 25.0], rtol=0.25)
    times = DualKriging(field).fit(coordinates, 3.0 * values).log_likelihood_scale()
    np.testing.assert_allclose(times, 9.0 * scale, rtol=1e-9)


def test_one_vertical_hole_takes_its_trend_along_itself():
    hole = np.column_stack([np.full(50, UTM[0]), np.full(50, UTM[1]), np.linspace(0.0, -200.0, 50)])
    model = DualKriging(variogram(), "linear").fit(hole, 0.5 * hole[:, 2])
    assert "line" in model.note
    points = hole[::7] + np.array([40.0, -30.0, 1.7])
    got = model.predict(points, True, True)
    np.testing.assert_allclose(got.estimate[:, 0], 0.5 * points[:, 2], atol=1e-6)
    np.testing.assert_allclose(got.gradient[:, 0], np.tile([0.0, 0.0, 0.5], (len(points), 1)), atol=1e-6)


@pytest.mark.parametrize("drift", ["constant", "linear"])
def test_one_sample_is_its_own_map(drift):
    got = DualKriging(variogram(), drift).fit([[1.0, 2.0, 3.0]], [4.0]).predict([[5.0, 6.0, 7.0]], True, True, True)
    assert got.estimate[0, 0] == 4.0
    assert np.isfinite(got.variance).all()
    np.testing.assert_array_equal(got.gradient, 0.0)


@pytest.mark.parametrize(("coordinates", "values", "word"), [
    (np.zeros((0, 3)), np.zeros((0, 1)), "no samples"),
    (np.zeros((1, 3)), [np.nan], "no value"),
    ([[0.0, 0.0], [0.0, 0.0], [1.0, 0.0]], [1.0, 2.0, 3.0], "merge"),
])
def test_unusable_samples_are_named(coordinates, values, word):
    with pytest.raises(InputError, match=word):
        DualKriging(variogram(nugget=0.0)).fit(coordinates, values)


def test_a_variogram_that_cannot_be_factored_is_refused():
    field = Variogram(np.nan, (Structure("spherical", 1.0, (10.0,)),))
    with pytest.raises(InputError, match="cannot be solved"):
        DualKriging(field).fit([[0.0, 0.0], [1.0, 0.0]], [1.0, 2.0])


def test_simple_kriging_needs_its_mean():
    with pytest.raises(InputError, match="mean"):
        DualKriging(variogram(), "none")
    with pytest.raises(InputError, match="drift"):
        DualKriging(variogram(), "quadratic")


def test_simple_kriging_returns_to_the_mean_far_away():
    model = DualKriging(variogram(), "none", mean=[7.0, -2.0]).fit(scattered(30), np.ones((30, 2)))
    got = model.predict(UTM[None] + 1e5, variance=True)
    np.testing.assert_allclose(got.estimate[0], [7.0, -2.0], atol=1e-9)
    assert got.variance[0] == pytest.approx(variogram().sill)


@pytest.mark.parametrize("wanted", [{}, {"variance": True}, {"gradient_variance": True}])
def test_prediction_can_be_stopped(wanted):
    model = DualKriging(variogram()).fit(scattered(30), np.arange(30.0))

    def stop():
        raise Cancelled

    with pytest.raises(Cancelled):
        model.predict(scattered(3), check=stop, **wanted)
