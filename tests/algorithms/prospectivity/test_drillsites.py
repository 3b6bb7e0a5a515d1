"""Drill sites: expected improvement against Monte Carlo, covariances and greedy choice against brute force."""
import numpy as np
import numpy.testing as npt
import pytest

from lodescope.algorithms.errors import InputError
from lodescope.algorithms.geostatistics.covariance import Structure, Variogram
from lodescope.algorithms.progress import Progress
from lodescope.algorithms.prospectivity.drillsites import (
    Places,
    Uncertainty,
    distance_to,
    expected_improvement,
    far_enough,
)
from lodescope.algorithms.prospectivity.jobs_suggest import run

VARIOGRAM = Variogram(0.2, (Structure("exponential", 0.8, (400.0, 250.0), 30.0),))
CELL = 50.0


class Job:
    """A job folder in memory."""

    def __init__(self, settings, **arrays):
        self.settings, self.arrays, self.texts = settings, arrays, {}

    def array(self, name):
        return self.arrays.get(name)

    def rng(self):
        return np.random.default_rng(1)

    def write_text(self, name, text):
        self.texts[name] = text


def job(mean, sd=None, holes=None, allowed=None, depths=None, **settings):
    """A job on a map whose north-western corner is at 0, 0."""
    rows, columns = mean.shape
    made = {
        "grid": {"west": 0.0, "north": 0.0, "wide": CELL, "high": CELL, "columns": columns, "rows": rows},
        "method": "expected_improvement", "count": 4, "min_distance": 0.0, "variogram": VARIOGRAM.to_dict(),
        "variogram_source": "the given variogram", "range": None, "best": None, "depth": 100.0, "holes_known": True,
        "seed": 1, "raster": "map", "band": "a:mean", "warnings": [], **settings}
    arrays = {"mean": mean, "sd": sd, "holes": holes, "depths": depths,
              "allowed": np.ones(mean.shape, np.uint8) if allowed is None else allowed}
    return Job(made, **{name: array for name, array in arrays.items() if array is not None})


def maps(seed=0, shape=(9, 11)):
    rng = np.random.default_rng(seed)
    return rng.uniform(0.0, 1.0, shape), rng.uniform(0.1, 0.4, shape)


def coordinates(shape):
    rows, columns = np.indices(shape)
    return np.column_stack([(columns.ravel() + 0.5) * CELL, -(rows.ravel() + 0.5) * CELL])


def covariance(points, sd):
    """Covariance of a map without nugget, and the nugget, written out."""
    lags = points[:, None] - points
    correlation = VARIOGRAM.at(lags) / 0.8
    return 0.8 * correlation * np.outer(sd, sd), 0.2 * sd ** 2


def test_expected_improvement_is_that_of_monte_carlo():
    rng = np.random.default_rng(0)
    mean, sd = np.array([0.2, 0.9, 1.4, 1.0]), np.array([0.5, 0.3, 0.2, 0.0])
    drawn = mean + sd * rng.standard_normal((400_000, 4))
    improvement, chance = expected_improvement(mean, sd, 1.0)
    npt.assert_allclose(improvement, np.maximum(drawn - 1.0, 0.0).mean(axis=0), atol=2e-3)
    npt.assert_allclose(chance[:3], (drawn > 1.0).mean(axis=0)[:3], atol=3e-3)
    npt.assert_allclose(expected_improvement([3.0, -3.0], [0.0, 0.0], 1.0)[0], [2.0, 0.0])
    limited, same = expected_improvement(mean, sd, 1.0, 1.2)
    npt.assert_allclose(limited, np.maximum(np.minimum(drawn, 1.2) - 1.0, 0.0).mean(axis=0), atol=2e-3)
    npt.assert_array_equal(same, chance)


def test_variance_given_holes_is_that_of_the_whole_matrix():
    """Three sites and two older holes: what is left at each node, from the full covariance matrix."""
    _, sd = maps()
    points, spread = coordinates(sd.shape), sd.ravel()
    places = Places(points, np.zeros(len(points)), spread, np.ones(len(points)))
    whole, noise = covariance(points, spread)
    for with_matrix in (False, True):
        uncertainty = Uncertainty(VARIOGRAM, places, places, with_matrix)
        uncertainty.condition(places.take([5, 60]))
        chosen = [17, 17, 80]
        for number in chosen:
            uncertainty.take(number)
        known = np.array([5, 60, *chosen])
        inner = whole[np.ix_(known, known)] + np.diag(noise[known])
        left = np.diag(whole) - np.einsum("ij,ji->i", whole[:, known], np.linalg.solve(inner, whole[known]))
        npt.assert_allclose(uncertainty.node_variance, left, atol=1e-9)
        npt.assert_allclose(uncertainty.variance, left, atol=1e-9)
        removed = uncertainty.removed_by(33)
        known = np.append(known, 33)
        inner = whole[np.ix_(known, known)] + np.diag(noise[known])
        after = np.diag(whole) - np.einsum("ij,ji->i", whole[:, known], np.linalg.solve(inner, whole[known]))
        npt.assert_allclose(removed, left - after, atol=1e-9)


def brute_force(sd, count, metres=None, free=None):
    """Greedy choice with everything computed anew for every candidate."""
    points, spread = coordinates(sd.shape), sd.ravel()
    whole, noise = covariance(points, spread)
    metres = np.ones(len(points)) if metres is None else metres.ravel()
    free = np.ones(len(points), bool) if free is None else free.ravel()
    chosen, gains = [], []
    before = np.trace(whole)
    for _ in range(count):
        best = None
        for number in np.flatnonzero(free):
            if number in chosen:
                continue
            known = np.array([*chosen, number])
            inner = whole[np.ix_(known, known)] + np.diag(noise[known])
            left = np.trace(whole) - np.trace(whole[:, known] @ np.linalg.solve(inner, whole[known]))
            gain = (before - left) / metres[number]
            if best is None or gain > best[0] + 1e-12:
                best = gain, number, left
        chosen.append(int(best[1]))
        gains.append(best[0])
        before = best[2]
    return [divmod(number, sd.shape[1]) for number in chosen], gains


def places_of(sites):
    return list(zip(sites["row"], sites["column"]))


def test_variance_removed_is_that_of_brute_force():
    mean, sd = maps(3)
    made = job(mean, sd, method="variance_per_metre", depth=50.0)
    outputs = run(made, Progress())
    expected, gains = brute_force(sd, 4)
    assert places_of(outputs["sites"]) == expected
    npt.assert_allclose(outputs["sites"]["removed"], np.array(gains) * CELL ** 2, rtol=1e-9)
    npt.assert_allclose(outputs["sites"]["per_metre"], np.array(gains) * CELL ** 2 / 50.0, rtol=1e-9)
    assert outputs["share"] == pytest.approx(np.sum(gains) / np.sum(sd ** 2))
    assert "Drill sites" in made.texts["report.html"]


def test_metres_and_permission_count():
    mean, sd = maps(4)
    rng = np.random.default_rng(8)
    depths, allowed = rng.uniform(30.0, 300.0, sd.shape), rng.uniform(size=sd.shape) < 0.5
    depths[2, 3] = np.nan
    outputs = run(job(mean, sd, allowed=allowed.astype(np.uint8), depths=depths, method="variance_per_metre"),
                  Progress())
    expected, _ = brute_force(sd, 4, np.where(np.isfinite(depths), depths, 100.0), allowed)
    assert places_of(outputs["sites"]) == expected
    assert all(allowed[place] for place in expected)


def test_expected_improvement_with_the_believer():
    """Chosen sites against the same written out: the mean counts as found, its surroundings get surer."""
    mean, sd = maps(6)
    outputs = run(job(mean, sd, best=0.8), Progress())
    points, spread = coordinates(sd.shape), sd.ravel()
    whole, noise = covariance(points, spread)
    chosen, best = [], 0.8
    for _ in range(4):
        left = np.diag(whole).copy()
        if chosen:
            inner = whole[np.ix_(chosen, chosen)] + np.diag(noise[chosen])
            left -= np.einsum("ij,ji->i", whole[:, chosen], np.linalg.solve(inner, whole[chosen]))
        improvement, chance = expected_improvement(mean.ravel(), np.sqrt(left + noise), best)
        improvement[chosen] = -1.0
        number = int(np.argmax(improvement))
        k = len(chosen)
        assert (outputs["sites"]["row"][k], outputs["sites"]["column"][k]) == divmod(number, sd.shape[1])
        assert outputs["sites"]["improvement"][k] == pytest.approx(improvement[number])
        assert outputs["sites"]["chance"][k] == pytest.approx(chance[number])
        assert outputs["sites"]["best"][k] == pytest.approx(best)
        chosen.append(number)
        best = max(best, mean.ravel()[number])


def test_best_so_far_is_that_of_the_holes():
    mean, sd = maps(2)
    holes = np.array([[2.5 * CELL, -3.5 * CELL], [7.2 * CELL, -1.1 * CELL]])
    outputs = run(job(mean, sd, holes, count=1), Progress())
    assert outputs["sites"]["best"][0] == pytest.approx(max(mean[3, 2], mean[1, 7]))
    assert run(job(mean, sd, count=1), Progress())["sites"]["best"][0] == pytest.approx(mean.max())


def test_sites_on_a_map_that_reaches_its_limit():
    mean, sd = maps(2)
    mean[4, 4] = 1.0
    sites = run(job(mean, sd, limit=1.0, count=3), Progress())["sites"]
    assert sites["best"] == [0.99] * 3
    assert all(0.0 < value <= 0.01 for value in sites["improvement"])
    assert (sites["row"][0], sites["column"][0]) == (4, 4)


def test_minimum_distance_holds_and_fewer_sites_are_told():
    mean, sd = maps(1, (30, 30))
    holes = np.array([[750.0, -750.0], [100.0, -100.0]])
    for method in ("expected_improvement", "variance_per_metre"):
        outputs = run(job(mean, sd, holes, count=40, min_distance=330.0, method=method), Progress())
        sites = outputs["sites"]
        points = np.column_stack([(np.array(sites["column"]) + 0.5) * CELL, -(np.array(sites["row"]) + 0.5) * CELL])
        apart = np.hypot(*(points[:, None] - np.vstack([points, holes])).T).T
        apart[np.arange(len(points)), np.arange(len(points))] = np.inf
        assert apart.min() >= 330.0
        assert len(points) < 40
        assert f"{len(points)} of 40 sites" in outputs["note"]
        npt.assert_allclose(sites["hole_distance"], np.hypot(*(points[:, None] - holes).T).T.min(axis=1))


def test_a_tenth_of_the_range_is_kept_unless_told_otherwise():
    mean = np.random.default_rng(0).uniform(size=(30, 30))
    sd = np.full(mean.shape, 0.3)
    sd[10:12, 10:12] = 3.0  # four cells that promise most, 50 apart
    for given, apart in ((None, 0.1 * np.sqrt(400.0 * 250.0)), (0.0, 1.0), (55.0, 55.0)):
        sites = run(job(mean, sd, min_distance=given, count=2), Progress())["sites"]
        assert sites["site_distance"][0] >= apart
    assert sites["site_distance"][0] > 50.0


def test_unknown_holes_keep_sites_away_by_what_they_tell():
    mean = np.random.default_rng(0).uniform(size=(21, 21))
    holes = np.array([[3.5 * CELL, -10.5 * CELL]])
    known = run(job(mean, holes=holes, method="variance_per_metre", count=1), Progress())
    row, column = known["sites"]["row"][0], known["sites"]["column"][0]
    assert column > 10  # without an uncertainty holes are taken off; the middle would be best without the hole
    sd = np.full(mean.shape, 0.5)
    blind = run(job(mean, sd, holes, method="variance_per_metre", count=1), Progress())
    told = run(job(mean, sd, holes, method="variance_per_metre", count=1, holes_known=False), Progress())
    assert (blind["sites"]["row"][0], blind["sites"]["column"][0]) == (10, 10)
    assert (told["sites"]["row"][0], told["sites"]["column"][0]) == (row, column)


def test_many_cells_are_taken_in_blocks():
    rng = np.random.default_rng(0)
    rows, columns = np.indices((260, 260))
    mean = np.exp(-((rows - 40.0) ** 2 + (columns - 200.0) ** 2) / 800.0) + 0.01 * rng.uniform(size=(260, 260))
    mean[:, :30] = np.nan
    sd = np.full(mean.shape, 0.1)
    allowed = np.ones(mean.shape, np.uint8)
    allowed[30:50, 190:210] = 0
    for method in ("expected_improvement", "variance_per_metre"):
        outputs = run(job(mean, sd, allowed=allowed, method=method, count=6), Progress())
        places = places_of(outputs["sites"])
        assert all(allowed[place] and np.isfinite(mean[place]) for place in places)
        if method == "expected_improvement":
            row, column = places[0]
            candidates = np.where(allowed > 0, np.nan_to_num(mean), 0.0)
            assert mean[row, column] == pytest.approx(candidates.max(), abs=1e-3)


def test_teaches_says_what_the_numbers_say():
    mean, sd = maps(5)
    holes = np.array([[25.0, -25.0]])
    sites = run(job(mean, sd, holes, best=0.5), Progress())["sites"]
    assert sites["teaches"][0].startswith("Shows whether the best ground holds")
    assert f"{sites['mean'][0]:.4g}" in sites["teaches"][0] and "nearest hole" in sites["teaches"][0]
    sites = run(job(mean, sd, holes, best=1.5), Progress())["sites"]
    assert sites["teaches"][0].startswith("Tests ground that may be better")
    sites = run(job(mean, sd, holes, method="variance_per_metre"), Progress())["sites"]
    assert sites["teaches"][0].startswith("Removes ") and "m of drilling" in sites["teaches"][0]
    assert all(0.0 < near <= 1.0 for near in sites["near"])


def test_variogram_is_fitted_or_made_of_a_range():
    rng = np.random.default_rng(3)
    points = coordinates((25, 25))
    whole, _ = covariance(points, np.ones(len(points)))
    mean = (np.linalg.cholesky(whole + 1e-6 * np.eye(len(points))) @ rng.normal(size=len(points))).reshape(25, 25)
    sd = np.full(mean.shape, 0.3)
    fitted = run(job(mean, sd, variogram=None), Progress())["variogram"]
    assert 50.0 < fitted["structures"][0]["ranges"][0] < 3000.0
    typed = run(job(mean, sd, variogram=None, range=500.0), Progress())["variogram"]
    assert typed["structures"][0]["model"] == "spherical"
    assert typed["structures"][0]["ranges"] == [500.0]


@pytest.mark.parametrize(("change", "message"), [
    ({"sd": None, "method": "expected_improvement"}, "how uncertain"),
    ({"allowed": np.zeros((9, 11), np.uint8)}, "may be drilled"),
    ({"mean": np.full((9, 11), np.nan)}, "No cell of the raster"),
    ({"mean": np.full((9, 11), 3.0), "variogram": None}, "no variogram can be fitted"),
    ({"holes": coordinates((9, 11)), "min_distance": 60.0}, "existing holes"),
    ({"sd": np.zeros((9, 11)), "best": 5.0}, "No site can be suggested"),
])
def test_bad_input(change, message):
    mean, sd = maps()
    with pytest.raises(InputError, match=message):
        run(job(**{"mean": mean, "sd": sd, **change}), Progress())


def test_distances():
    points = np.array([[0.0, 0.0], [10.0, 0.0]])
    assert far_enough(points, np.empty((0, 2)), 5.0).all()
    assert far_enough(points, np.array([[3.0, 4.0]]), 5.0).tolist() == [True, True]
    assert far_enough(points, np.array([[3.0, 4.0]]), 5.1).tolist() == [False, True]
    assert np.isnan(distance_to(points, np.empty((0, 2)))).all()
