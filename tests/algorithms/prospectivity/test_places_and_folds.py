import numpy as np
import pytest

from lodescope.algorithms.errors import InputError
from lodescope.algorithms.progress import Progress
from lodescope.algorithms.prospectivity.labels import candidates, check_deposits, clusters, draw, place
from lodescope.algorithms.prospectivity.regions import make_regions

GRID = {"west": 0.0, "north": 100.0, "cell": 10.0, "columns": 10, "rows": 10}


def sites_at(rows, columns, shape=(100, 100)):
    grid = {"west": 0.0, "north": float(shape[0]), "cell": 1.0, "columns": shape[1], "rows": shape[0]}
    places = np.column_stack([np.asarray(columns) + 0.5, shape[0] - np.asarray(rows) - 0.5])
    return place(places, grid, np.ones(shape, bool))[0]


def test_points_fall_into_the_cells_that_hold_them():
    sites, counts = place(np.array([[5.0, 95.0], [99.0, 1.0]]), GRID, np.ones((10, 10), bool))
    assert sites.rows.tolist() == [0, 9]
    assert sites.columns.tolist() == [0, 9]
    assert sum(counts.values()) == 0


def test_points_that_cannot_be_used_are_counted():
    usable = np.ones((10, 10), bool)
    usable[9, 9] = False
    places = np.array([[5.0, 95.0], [6.0, 96.0], [99.0, 1.0], [-3.0, 50.0], [np.nan, 1.0], [55.0, 55.0]])
    sites, counts = place(places, GRID, usable, np.array([1.0, 2.0, 1.0, 1.0, 1.0, 0.0]))
    assert sites.index.tolist() == [1]
    assert counts == {"outside": 2, "nodata": 1, "weightless": 1, "same_cell": 1}


@pytest.mark.parametrize(("total", "words"), [(0, "no point"), (1, "at least 3"), (9, r"nodata|no data")])
def test_too_few_deposits_are_refused_in_a_sentence(total, words):
    places = np.column_stack([np.full(total, 5.0), np.full(total, 95.0)])
    usable = np.zeros((10, 10), bool) if total == 9 else np.ones((10, 10), bool)
    sites, counts = place(places, GRID, usable)
    with pytest.raises(InputError, match=words):
        check_deposits(sites, counts, total, Progress())


def test_deposits_closer_than_a_window_go_together():
    assert clusters(np.array([0, 3, 6, 30]), np.array([0, 3, 6, 30]), 4).tolist() == [0, 0, 0, 1]
    assert clusters(np.array([0, 4]), np.array([0, 0]), 4).tolist() == [0, 1]


@pytest.mark.parametrize("kind", ["block", "deposit"])
def test_windows_of_learned_and_tested_places_never_overlap(kind):
    rng, size = np.random.default_rng(3), 9
    sites = sites_at(rng.integers(0, 100, 25), rng.integers(0, 100, 25))
    regions = make_regions(kind, 4, sites, (100, 100), 1.0, size, rng)
    places, tested = np.column_stack([sites.rows, sites.columns]), 0
    for number in range(regions.count):
        fold = regions.fold(number)
        learn = np.concatenate([np.argwhere(fold.learn), places[fold.train]])
        judged = np.argwhere(fold.judge)
        some = judged[rng.choice(len(judged), min(60, len(judged)), replace=False)] if len(judged) else judged
        for tested_place in np.concatenate([some, places[fold.test]]):
            assert np.abs(learn - tested_place).max(axis=1).min() >= size
        tested += len(fold.test)
    assert tested == len(sites)


def test_every_group_of_deposits_is_left_out_alone():
    sites = sites_at([5, 6, 50, 90], [5, 7, 50, 90])
    regions = make_regions("deposit", 5, sites, (100, 100), 1.0, 9, np.random.default_rng(0))
    assert regions.count == 3
    assert regions.fold_of[0] == regions.fold_of[1]


def test_deposits_of_one_group_cannot_be_held_out():
    sites = sites_at([5, 6, 7], [5, 7, 9])
    with pytest.raises(InputError, match="smaller window"):
        make_regions("block", 5, sites, (100, 100), 1.0, 9, np.random.default_rng(0))


def test_buffer_keeps_background_away():
    sites = sites_at([50], [50])
    usable = np.ones((100, 100), bool)
    away = candidates(usable, sites, "random", 10.0, 1)
    rows, columns = np.nonzero(~away)
    assert np.hypot(rows - 50, columns - 50).max() == 10.0
    assert candidates(usable, sites, "unlabelled", 10.0, 1).sum() == 10_000 - 5


def test_stratified_background_is_equally_much_of_each_unit():
    strata = np.zeros((40, 50), int)
    strata[:, 48:] = 1  # 80 cells
    strata[0, :10] = 2
    rows, columns = draw(np.ones((40, 50), bool), 100, np.random.default_rng(0), strata)
    assert np.bincount(strata[rows, columns]).tolist() == [45, 45, 10]
    rows, columns = draw(np.ones((40, 50), bool), 100, np.random.default_rng(0))
    assert len(set(zip(rows.tolist(), columns.tolist()))) == 100


def test_no_ground_for_background_is_told():
    with pytest.raises(InputError, match="smaller buffer"):
        draw(np.zeros((4, 4), bool), 10, np.random.default_rng(0))
