"""Nearest samples of other holes: against a search through all of them."""
import numpy as np
import pytest

from lodescope.algorithms.fusion import nearest
from lodescope.algorithms.fusion.nearest import NearestSamples


def brute(coordinates, groups, metric, per_hole, point, count, group=None):
    """The same by looking at every sample."""
    away = np.linalg.norm((coordinates - point) @ metric.T, axis=1)
    taken, counts = [], {}
    for sample in np.argsort(away, kind="stable"):
        hole = groups[sample] if groups[sample] >= 0 else ("alone", sample)
        counts[hole] = counts.get(hole, 0) + 1
        own = group is not None and ((group >= 0 and groups[sample] == group) or away[sample] < 1e-9)
        if counts[hole] <= per_hole and not own:
            taken.append(int(sample))
    return (taken + [-1] * count)[:count]


@pytest.fixture
def samples():
    rng = np.random.default_rng(4)
    return rng.uniform(0.0, 100.0, (300, 3)), np.repeat(np.arange(-1, 29), 10)


SEARCHES = ["compiled", "all at once", "hole by hole"]


@pytest.fixture(params=SEARCHES)
def search_by(request, monkeypatch):
    """Each way to search, whatever is installed."""
    if request.param == "compiled":
        pytest.importorskip("numba")
        return
    monkeypatch.setattr(nearest, "compiled", None)
    monkeypatch.setattr(nearest, "FEW_HOLES", 400 if request.param == "hole by hole" else 0)


@pytest.mark.parametrize("count", [5, 40, 150])
@pytest.mark.usefixtures("search_by")
def test_the_same_as_looking_at_every_sample(samples, count):
    coordinates, groups = samples
    metric = np.diag([1.0, 0.5, 2.0])
    search = NearestSamples(coordinates, groups, metric, 3)
    found = search.find(coordinates[:40], count, groups[:40])
    for row in range(40):
        assert found[row].tolist() == brute(coordinates, groups, metric, 3, coordinates[row], count, groups[row])
    points = np.random.default_rng(1).uniform(0.0, 100.0, (10, 3))
    free = search.find(points, count)
    assert free[3].tolist() == brute(coordinates, groups, metric, 3, points[3], count)


def test_equal_distances_are_told_apart_by_the_number_of_the_sample():
    pytest.importorskip("numba")
    across, down = np.meshgrid(np.arange(6.0), np.arange(6.0))
    coordinates = np.column_stack([across.ravel(), down.ravel()])
    groups = np.random.default_rng(2).permutation(36) % 5
    points = coordinates + 0.5
    search = NearestSamples(coordinates, groups, np.eye(2), 2)
    found = search.find(points, 8)
    for row, point in enumerate(points):
        assert found[row].tolist() == brute(coordinates, groups, np.eye(2), 2, point, 8)
    turned = np.random.default_rng(3).permutation(36)
    assert (search.find(points[turned], 8) == found[turned]).all()


@pytest.mark.usefixtures("search_by")
def test_samples_at_the_place_of_a_point_are_left_out():
    coordinates = np.array([[0.0, 0.0], [0.0, 0.0], [5.0, 0.0]])
    search = NearestSamples(coordinates, np.full(3, -1), np.eye(2))
    assert search.find(coordinates[:1], 2, np.array([-1])).tolist() == [[2, -1]]
    assert sorted(search.find(coordinates[:1], 2)[0]) == [0, 1]


@pytest.mark.usefixtures("search_by")
def test_points_get_the_same_alone_as_among_others():
    across, down = np.meshgrid(np.arange(20) * 100.0 + 512_300.0, np.arange(20) * 100.0 + 4_876_500.0)
    coordinates, turn = np.column_stack([across.ravel(), down.ravel()]), np.deg2rad(30.0)
    metric = np.diag([1.0 / 733.0, 1.0 / 211.0]) @ [[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]]
    search = NearestSamples(coordinates, np.full(400, -1), metric)
    points = coordinates[:120] + 50.0
    found = search.find(points, 24)
    assert all((search.find(points[k:k + 1], 24) == found[k]).all() for k in range(120))


@pytest.mark.usefixtures("search_by")
def test_cancel_is_asked_for(samples):
    calls = []
    NearestSamples(*samples, np.eye(3)).find(np.zeros((12_500, 3)), 4, check=lambda: calls.append(1))
    assert len(calls) >= 3
