import threading
import time

import numpy as np
import pytest

from lodescope.algorithms.errors import Cancelled, InputError
from lodescope.algorithms.geostatistics.blending import BlendedGrid
from lodescope.algorithms.geostatistics.covariance import Structure, Variogram
from lodescope.algorithms.geostatistics.dual import DualKriging
from lodescope.algorithms.geostatistics.leaveout import leave_groups_out
from lodescope.algorithms.geostatistics.multilevel import MultilevelKriging
from lodescope.algorithms.geostatistics.tiles import evaluate, grid_points
from lodescope.algorithms.progress import Progress

MATERN = Variogram(0.1, (Structure("matern15", 0.9, (200.0, 200.0, 120.0), 30.0, -20.0),))
NESTED = Variogram(0.05, (
    Structure("matern25", 0.5, (80.0, 60.0, 20.0), 40.0, -10.0, 5.0), Structure("cubic", 0.6, (400.0, 200.0, 90.0)),
))
SPHERICAL = Variogram(0.2, (Structure("spherical", 0.8, (150.0,)),))
EVERYTHING = {"variance": True, "gradient": True, "gradient_variance": True}
GRID = {"west": 499_000.0, "north": 7_000_500.0, "cell": 20.0, "columns": 17, "rows": 15,
        "levels": [200.0 + 10.0 * k for k in range(11)]}
MAP = dict(GRID, levels=[])


def drill(rng, holes=12, samples=30, columns=2):
    """Samples down steep holes within the grid, smooth values, hole numbers."""
    collars = np.array([499_000.0, 7_000_200.0]) + rng.uniform(0.0, 340.0, (holes, 2))
    depth = 4.0 * np.arange(samples)
    lean = rng.normal(0.0, 0.3, (holes, 2))
    plan = collars[:, None, :] + lean[:, None, :] * depth[None, :, None]
    up = np.broadcast_to(310.0 - depth, (holes, samples))
    coordinates = np.concatenate([plan, up[..., None]], axis=2).reshape(-1, 3)
    local = (coordinates - coordinates.mean(axis=0)) / 100.0
    waves = [np.sin(local @ rng.normal(0.0, 1.0, 3) + phase) for phase in range(columns)]
    values = np.stack(waves, axis=1) + rng.normal(0.0, 0.3, (len(local), columns))
    return coordinates, values, np.repeat(np.arange(holes), samples)


def simulate(rng, variogram, coordinates, columns=1):
    """Noisy values of fields that have the variogram, by Cholesky."""
    covariance = variogram.covariance(coordinates, coordinates) + variogram.nugget * np.eye(len(coordinates))
    return np.linalg.cholesky(covariance) @ rng.normal(size=(len(coordinates), columns))


def krige(model, grid, quantities, **options):
    """All bands of a grid, shape (quantities, levels, rows, columns)."""
    levels = max(len(grid["levels"]), 1)
    out = np.full((len(quantities) * levels, grid["rows"], grid["columns"]), -1.0)
    model.evaluate(grid, quantities, out, Progress(), **options)
    return out.reshape(len(quantities), levels, grid["rows"], grid["columns"])


@pytest.mark.parametrize("variogram", [MATERN, NESTED, SPHERICAL])
@pytest.mark.parametrize("drift", ["constant", "linear", "none"])
@pytest.mark.parametrize("block", [None, np.array([[-5.0, 0.0, 2.0], [5.0, 0.0, -2.0]])])
def test_equals_exact_kriging_when_every_sample_is_a_neighbour(variogram, drift, block):
    rng = np.random.default_rng(1)
    coordinates, values, _ = drill(rng)
    counts = rng.integers(1, 4, len(values))
    points = np.vstack([coordinates[::40], coordinates[::25] + 7.0])
    options = {"mean": [0.1, -0.2], "use_compiled": None}
    exact = DualKriging(variogram, drift, **options).fit(coordinates, values, counts)
    local = MultilevelKriging(variogram, drift, neighbours=len(values), **options).fit(coordinates, values, counts)
    expected = exact.predict(points, block=block, **EVERYTHING)
    found = local.predict(points, block=block, **EVERYTHING)
    for name in ("estimate", "variance", "gradient", "gradient_variance"):
        np.testing.assert_allclose(getattr(found, name), getattr(expected, name), rtol=1e-8, atol=1e-9, err_msg=name)


@pytest.mark.parametrize("grid", [GRID, MAP])
@pytest.mark.parametrize("halo", [0, 3, 4])
def test_blended_grid_equals_exact_kriging_when_every_sample_is_a_neighbour(grid, halo):
    coordinates, values, _ = drill(np.random.default_rng(2))
    d = 3 if grid["levels"] else 2
    coordinates = np.unique(coordinates[:, :d].round(1), axis=0)
    values = values[:len(coordinates)]
    coordinates[7] = grid_points(grid)[40]
    names = ["estimate", "variance", "dx", "dy", "dz"][:2 + d]
    quantities = [(name, 1) for name in names + [f"{name}_variance" for name in names[2:]]]
    levels = max(len(grid["levels"]), 1)
    expected = np.empty((len(quantities) * levels, grid["rows"], grid["columns"]))
    evaluate(DualKriging(MATERN).fit(coordinates, values), grid, quantities, expected, Progress())
    model = MultilevelKriging(MATERN, neighbours=len(values), halo=halo).fit(coordinates, values)
    model.side = 0.2
    assert len(BlendedGrid(model, model._setting(None), grid).axes[-1].pieces) > 1
    found = krige(model, grid, quantities)
    tolerance = {"variance": 2e-6}
    for band, (name, _) in enumerate(quantities):
        np.testing.assert_allclose(found[band].ravel(), expected.reshape(len(quantities), -1)[band], rtol=0.0,
                                   atol=tolerance.get(name, 1e-8), err_msg=name)
    assert found[1].reshape(-1)[40] == 0.0
    assert found[0].reshape(-1)[40] == values[7, 1]


def test_leaving_a_hole_out_equals_kriging_without_it_when_every_sample_is_a_neighbour():
    coordinates, values, hole = drill(np.random.default_rng(3))
    model = MultilevelKriging(MATERN, neighbours=len(values)).fit(coordinates, values)
    found = model.leave_groups_out(hole, gradient=True, gradient_variance=True)
    expected = leave_groups_out(DualKriging(MATERN).fit(coordinates, values), hole, True, True)
    for name in ("estimate", "variance", "gradient", "gradient_variance"):
        np.testing.assert_allclose(getattr(found, name), getattr(expected, name), rtol=1e-6, atol=1e-9, err_msg=name)


@pytest.mark.parametrize("neighbours", [8, 500])
def test_excluded_group_has_no_say(neighbours):
    coordinates, values, hole = drill(np.random.default_rng(4))
    spoilt = values + 1e3 * (hole == 5)[:, None]
    points = coordinates[hole == 5] + 0.5
    options = {"exclude_groups": np.full(len(points), 5), "groups": hole, **EVERYTHING}
    clean, dirty = (MultilevelKriging(MATERN, neighbours=neighbours).fit(coordinates, v).predict(points, **options)
                    for v in (values, spoilt))
    np.testing.assert_array_equal(clean.estimate, dirty.estimate)
    np.testing.assert_array_equal(clean.gradient, dirty.gradient)


def test_negative_excluded_group_leaves_nothing_out():
    coordinates, values, hole = drill(np.random.default_rng(5))
    hole[:5] = -1
    model = MultilevelKriging(MATERN, neighbours=8).fit(coordinates, values)
    points = coordinates[:5] + 1.0
    np.testing.assert_array_equal(
        model.predict(points, exclude_groups=np.full(5, -1), groups=hole).estimate, model.predict(points).estimate
    )


def test_single_samples_of_no_hole_are_left_out_one_by_one():
    rng = np.random.default_rng(6)
    coordinates, values = rng.uniform(0.0, 300.0, (60, 2)), rng.normal(size=(60, 1))
    model = MultilevelKriging(MATERN, neighbours=60).fit(coordinates, values)
    found = model.leave_groups_out(np.full(60, -1)).estimate
    others = np.arange(60) != 11
    expected = DualKriging(MATERN).fit(coordinates[others], values[others]).predict(coordinates[[11]]).estimate
    np.testing.assert_allclose(found[[11]], expected, rtol=1e-8)


def test_one_hole_cannot_be_left_out():
    coordinates, values, _ = drill(np.random.default_rng(7))
    with pytest.raises(InputError, match="hole"):
        MultilevelKriging(MATERN).fit(coordinates, values).leave_groups_out(np.zeros(len(values), dtype=int))


def many_holes(seed):
    """Samples every 2 m in holes some 140 m apart with a simulated field, a grid, and exact kriging of it."""
    rng = np.random.default_rng(seed)
    collars = 140.0 * (np.indices((5, 5)).reshape(2, -1).T + 0.5) + rng.uniform(-40.0, 40.0, (25, 2))
    depth = 2.0 * np.arange(90)
    lean = rng.normal(0.0, 0.2, (25, 2))
    plan = collars[:, None, :] + lean[:, None, :] * depth[None, :, None]
    up = np.broadcast_to(-depth, (25, 90))
    coordinates = np.concatenate([plan, up[..., None]], axis=2).reshape(-1, 3)
    variogram = Variogram(0.1, (Structure("matern15", 0.9, (300.0,)),))
    values = simulate(rng, variogram, coordinates)
    grid = {"west": 0.0, "north": 700.0, "cell": 28.0, "columns": 25, "rows": 25,
            "levels": [-170.0 + 20.0 * k for k in range(9)]}
    exact = DualKriging(variogram).fit(coordinates, values)
    return coordinates, values, variogram, grid, exact.predict(grid_points(grid), variance=True, gradient=True)


def test_thinned_neighbourhoods_come_closer_to_exact_kriging_than_as_many_nearest_samples():
    coordinates, values, variogram, grid, exact = many_holes(8)
    quantities = [("estimate", 0), ("variance", 0)]
    close, plain = (krige(MultilevelKriging(variogram, **options).fit(coordinates, values), grid, quantities)
                    for options in ({"neighbours": 96}, {"neighbours": 310, "depth": 1}))
    error, plain_error = (np.std(maps[0].ravel() - exact.estimate[:, 0]) / exact.estimate[:, 0].std()
                          for maps in (close, plain))
    assert error < 0.1
    assert error < 0.6 * plain_error
    assert 1.0 - 1e-6 <= np.mean(close[1].ravel() / exact.variance) < 1.02


def test_halo_takes_the_seams_out():
    coordinates, values, variogram, grid, exact = many_holes(9)
    shape = (len(grid["levels"]), grid["rows"], grid["columns"])
    seams = []
    for halo in (0, 4):
        model = MultilevelKriging(variogram, halo=halo).fit(coordinates, values)
        excess = krige(model, grid, [("estimate", 0)])[0] - exact.estimate.reshape(shape)
        cuts = [piece.start for piece in BlendedGrid(model, model._setting(None), grid).axes[2].pieces[1:]]
        jump = (excess[:, :, cuts] - excess[:, :, np.array(cuts) - 1]) / grid["cell"]
        seams.append(np.sqrt(np.mean(jump**2) / np.mean(exact.gradient[:, 0, 0] ** 2)))
    assert seams[1] < 0.25
    assert seams[1] < 0.6 * seams[0]


@pytest.mark.parametrize("nature", ["one hole", "coincident", "far cluster", "one sample", "plane"])
def test_bad_layouts_give_finite_maps(nature):
    rng = np.random.default_rng(10)
    coordinates, values, _ = drill(rng, holes=8)
    if nature == "one hole":
        coordinates[:, :2] = coordinates[0, :2]
        coordinates[:, 2] = 310.0 - np.arange(len(coordinates))
    elif nature == "coincident":
        coordinates[20:] = coordinates[0]
    elif nature == "far cluster":
        coordinates[-20:] += 1e6
    elif nature == "one sample":
        coordinates, values = coordinates[:1], values[:1]
    else:
        coordinates[:, 0] = coordinates[0, 0]
    for drift in ("constant", "linear"):
        model = MultilevelKriging(MATERN, drift, neighbours=12).fit(coordinates, values)
        maps = krige(model, GRID, [(name, 1) for name in ("estimate", "variance", "dx", "dy", "dz", "dx_variance")])
        assert np.isfinite(maps).all()
        assert maps[1].min() >= 0.0
        assert np.abs(maps[0]).max() < 20.0


def test_a_layer_of_its_own_northing_comes_back_with_its_gradient():
    coordinates, _, _ = drill(np.random.default_rng(11), holes=25)
    values = coordinates - [499_000.0, 7_000_000.0, 0.0]
    model = MultilevelKriging(MATERN, "linear", neighbours=10).fit(coordinates, values)
    quantities = [(name, 1) for name in ("estimate", "dx", "dy", "dz")]
    estimate, *gradient = krige(model, GRID, quantities)
    points = grid_points(GRID)
    np.testing.assert_allclose(estimate.ravel(), points[:, 1] - 7_000_000.0, atol=1e-6 * np.ptp(points[:, 1]))
    for part, expected in zip(gradient, (0.0, 1.0, 0.0)):
        np.testing.assert_allclose(part, expected, atol=1e-6)


def test_fields_without_derivative_have_no_gradient_variance_on_the_map():
    coordinates, values, _ = drill(np.random.default_rng(12))
    model = MultilevelKriging(SPHERICAL, neighbours=12).fit(coordinates, values)
    maps = krige(model, GRID, [("dx", 0), ("dx_variance", 0)])
    assert np.isfinite(maps[0]).all() and np.isnan(maps[1]).all()


def test_variance_factor_is_found_from_neighbourhoods():
    rng = np.random.default_rng(13)
    coordinates = rng.uniform(0.0, 1000.0, (1500, 2))
    values = simulate(rng, MATERN, coordinates, 2) * [1.0, 2.0]
    scale = MultilevelKriging(MATERN).fit(coordinates, values).log_likelihood_scale()
    np.testing.assert_allclose(scale, [1.0, 4.0], rtol=0.15)


@pytest.mark.parametrize(("coordinates", "values", "message"), [
    (np.empty((0, 2)), np.empty((0, 1)), "no samples"),
    (np.zeros((3, 2)), np.array([1.0, np.nan, 2.0]), "no value"),
    (np.zeros((3, 2)), np.ones(3), "on top"),
])
def test_samples_that_cannot_be_used_are_refused(coordinates, values, message):
    variogram = Variogram(0.0, MATERN.structures)
    with pytest.raises(InputError, match=message):
        MultilevelKriging(variogram).fit(coordinates, values)


@pytest.mark.parametrize("options", [{"drift": "cubic"}, {"drift": "none"}, {"neighbours": 0}])
def test_settings_that_cannot_be_used_are_refused(options):
    with pytest.raises(InputError):
        MultilevelKriging(MATERN, **options)


def test_threads_do_not_change_the_map_and_finished_parts_are_not_done_again():
    coordinates, values, _ = drill(np.random.default_rng(14))
    model = MultilevelKriging(MATERN, neighbours=10).fit(coordinates, values)
    model.side = 0.3
    one, two = (krige(model, GRID, [("estimate", 0), ("dy", 1)], threads=threads) for threads in (1, 2))
    np.testing.assert_array_equal(one, two)
    parts = model.blocks(GRID)
    done = np.zeros(len(parts), dtype=np.uint8)
    done[1] = 1
    again = krige(model, GRID, [("estimate", 0), ("dy", 1)], threads=2, done=done)
    finished = np.zeros(again.shape, dtype=bool)
    finished[(slice(None),) + tuple(slice(*span) for span in (parts[1].levels, parts[1].rows, parts[1].columns))] = True
    assert len(parts) > 2 and done.all()
    np.testing.assert_array_equal(again[finished], -1.0)
    np.testing.assert_array_equal(again[~finished], one[~finished])


@pytest.mark.parametrize("engine", [DualKriging, MultilevelKriging])
def test_converted_quantities_are_written_under_their_names(engine):
    coordinates, values, _ = drill(np.random.default_rng(16))
    model = engine(MATERN).fit(coordinates, values)
    out = np.full((2 * len(GRID["levels"]), GRID["rows"], GRID["columns"]), np.nan)
    arguments = (GRID, [(("a", "sum"), 0), ("sd", 0)], out, Progress())
    options = {"convert": lambda p: {("a", "sum"): p.estimate.sum(axis=1), "sd": np.sqrt(p.variance)},
               "needs": {"variance": True}}
    if engine is DualKriging:
        evaluate(model, *arguments, **options)
    else:
        model.evaluate(*arguments, **options)
    total, sd = np.split(out, 2)
    plain = model.predict(grid_points(GRID), variance=True)
    assert np.corrcoef(total.ravel(), plain.estimate.sum(axis=1))[0, 1] > 0.97
    assert np.median(np.abs(sd.ravel() - np.sqrt(plain.variance))) < 0.05


def test_cancel_is_obeyed_at_once():
    coordinates, values, _ = drill(np.random.default_rng(15), holes=40, samples=100)
    model = MultilevelKriging(MATERN).fit(coordinates, values)
    grid = dict(GRID, cell=2.0, columns=400, rows=400)
    out = np.zeros((2 * len(grid["levels"]), 400, 400), dtype=np.float32)
    stop = threading.Event()
    timer = threading.Timer(0.5, stop.set)
    timer.start()
    start = time.monotonic()
    with pytest.raises(Cancelled):
        model.evaluate(grid, [("estimate", 0), ("variance", 0)], out, Progress(stop=stop))
    timer.join()
    assert time.monotonic() - start < 2.5
