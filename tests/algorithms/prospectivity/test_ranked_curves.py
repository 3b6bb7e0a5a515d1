"""Curves over ranked area: perfect, random and analytic maps, ties, unequal cells; scikit-learn as an oracle."""
import numpy as np
import numpy.testing as npt
import pytest
from sklearn.metrics import average_precision_score, roc_auc_score, roc_curve

from lodescope.algorithms.errors import InputError
from lodescope.algorithms.progress import Progress
from lodescope.algorithms.prospectivity.curves import Curves, RankedArea
from lodescope.algorithms.prospectivity.evaluation import (
    area_background,
    auc_interval,
    binomial_interval,
    null_model,
    point_background,
    roc,
    share_interval,
)

ROWS, COLUMNS = 60, 80


def make(values, cells, areas=None):
    """Curves, and the background of all other cells."""
    areas = np.ones(len(values)) if areas is None else areas
    area = RankedArea(values.astype(np.float32), areas)
    found = values[tuple(cells.T)].astype(np.float32)
    places, first = np.unique(cells, axis=0, return_index=True)
    return Curves.of(area, found), area_background(area, found[first], areas[places[:, 0]])


def field(seed=0, ties=False):
    """A map, and deposits that prefer its high cells, each in a cell of its own."""
    rng = np.random.default_rng(seed)
    values = rng.uniform(0.0, 1.0, (ROWS, COLUMNS)).astype(np.float32)
    values[:3] = np.nan
    chance = np.where(np.isfinite(values), np.nan_to_num(values) ** 2, 0.0).ravel()
    picked = rng.choice(values.size, 25, False, chance / chance.sum())
    if ties:
        values = np.round(values, 1)
    return values, np.column_stack(np.unravel_index(picked, values.shape))


def on_cells(values, cells):
    """Labels and scores of all known cells."""
    labels = np.zeros(values.shape, int)
    labels[tuple(cells.T)] = 1
    known = np.isfinite(values)
    return labels[known], values[known]


@pytest.mark.parametrize("ties", [False, True])
def test_auc_and_average_precision_are_those_of_scikit_learn_on_cells(ties):
    values, cells = field(ties=ties)
    curves, background = make(values, cells)
    made, (labels, scores) = roc(curves, background), on_cells(values, cells)
    assert made.auc == pytest.approx(roc_auc_score(labels, scores), abs=1e-9)
    assert made.average_precision == pytest.approx(average_precision_score(labels, scores), abs=1e-9)
    assert made.chance_precision == pytest.approx(labels.mean())
    false, true, _ = roc_curve(labels, scores, drop_intermediate=False)
    npt.assert_allclose(np.interp(false, made.false[:-1], made.true[:-1])[-1], 1.0)
    for x, y in zip(made.false, made.true):  # each corner is a point of the curve
        assert np.min(np.hypot(false - x, true - y)) < 1e-9
    assert made.low < made.auc < made.high


def test_two_deposits_in_one_cell_count_twice():
    values, cells = field()
    doubled = np.vstack([cells, cells[:5]])
    curves, background = make(values, doubled)
    labels, scores = on_cells(values, cells)
    weights = np.ones(labels.size)
    twice = np.isin(scores, values[tuple(cells[:5].T)]) & (labels == 1)
    weights[twice] = 2.0
    assert roc(curves, background).auc == pytest.approx(roc_auc_score(labels, scores, sample_weight=weights), abs=1e-9)


def test_cells_count_by_their_area():
    values, cells = field(3)
    areas = np.linspace(1.0, 4.0, ROWS)
    curves, background = make(values, cells, areas)
    labels, scores = on_cells(values, cells)
    weights = np.broadcast_to(areas[:, None], values.shape)[np.isfinite(values)]
    expected = roc_auc_score(labels, scores, sample_weight=np.where(labels == 1, 1.0, weights))
    assert roc(curves, background).auc == pytest.approx(expected, abs=1e-9)
    cut = np.float32(0.7)
    assert float(curves.area.share_from(cut)) == pytest.approx(weights[scores >= cut].sum() / weights.sum())
    assert curves.area.total == pytest.approx(weights.sum())


def test_perfect_map():
    values, cells = field()
    values[tuple(cells.T)] = 2.0 + np.arange(len(cells))
    curves, background = make(values, cells)
    count, area = len(cells), np.isfinite(values).sum()
    made = roc(curves, background)
    assert made.auc == 1.0
    assert made.average_precision == 1.0
    assert (made.low, made.high) == binomial_interval(count, count)
    assert curves.success_area() == pytest.approx(1.0 - 0.5 * count / area)
    assert curves.found_within(0.05) == 1.0


def test_random_map_scores_by_chance():
    areas, found = [], []
    for seed in range(200):
        rng = np.random.default_rng(seed)
        values = rng.uniform(size=(30, 30))
        cells = np.column_stack(np.unravel_index(rng.choice(900, 20, False), (30, 30)))
        curves, _ = make(values, cells)
        areas.append(curves.success_area())
        found.append(curves.found_within(0.2))
    assert np.mean(areas) == pytest.approx(0.5, abs=3 * np.std(areas) / np.sqrt(200))
    assert np.mean(found) == pytest.approx(0.2, abs=3 * np.std(found) / np.sqrt(200))


def test_ties_are_shared_by_area():
    values = np.zeros((10, 10))
    values[0, :4] = 1.0  # 4 cells stand out, all others are one tie
    cells = np.array([[0, 0], [5, 5], [6, 6], [7, 7]])
    curves, _ = make(values, cells)
    assert curves.found_within(0.02) == pytest.approx(0.125)  # half of the four cells, so half of their deposit
    assert curves.found_within(0.04) == pytest.approx(0.25)
    assert curves.found_within(0.52) == pytest.approx(0.25 + 0.75 * 0.5)
    x, y = curves.success_rate()
    npt.assert_allclose(np.interp([0.0, 0.04, 1.0], x, y), [0.0, 0.25, 1.0])


def test_crossing_of_an_analytic_ramp():
    """Value u covers 1 - u of the area and 1 - u^2 of the deposits: they cross at the golden section."""
    values = np.linspace(0.0, 1.0, 100_000, dtype=np.float32).reshape(200, 500)
    count = 2000
    deposits = np.sqrt((np.arange(count) + 0.5) / count)
    crossing = Curves.of(RankedArea(values, np.ones(200)), deposits).intersection()
    golden = (np.sqrt(5.0) - 1.0) / 2.0
    assert crossing.value == pytest.approx(golden, abs=1e-3)
    assert crossing.rate == pytest.approx(golden, abs=1e-3)
    assert crossing.found == pytest.approx(golden, abs=2e-3)
    assert crossing.density == pytest.approx(golden / (1.0 - golden), rel=5e-3)


def test_crossing_with_few_deposits_keeps_its_two_sides():
    """The cut is the last value at which deposits and area from it together are at least all."""
    for seed in range(30):
        rng = np.random.default_rng(seed)
        values = np.round(rng.uniform(size=(20, 25)), 2)
        curves = Curves.of(RankedArea(values, np.ones(20)), rng.choice(values.ravel(), 5))
        crossing = curves.intersection()
        every = np.unique(values.astype(np.float32))
        both = curves.deposits_from(every) + curves.area.share_from(every)
        assert crossing.value == pytest.approx(every[both >= 1.0 - 1e-12].max())
        assert crossing.rate + crossing.area == pytest.approx(1.0)


def test_interval_covers_the_truth():
    """Deposits whose values are 1 higher than the normal background: the true AUC is Phi(1 / sqrt 2) = 0.760."""
    rng, inside = np.random.default_rng(5), 0
    values = rng.normal(size=(100, 100))
    for _ in range(300):
        curves = Curves.of(RankedArea(values, np.ones(100)), rng.normal(1.0, 1.0, 20))
        made = roc(curves, area_background(curves.area, np.empty(0, np.float32), np.empty(0)))
        inside += made.low <= 0.7602 <= made.high
    assert 0.90 <= inside / 300 <= 0.985


def test_interval_after_delong():
    """Against the formula for two samples, worked out pair by pair."""
    rng = np.random.default_rng(2)
    deposits, barren = np.round(rng.normal(1.0, 1.0, 12), 1), np.round(rng.normal(0.0, 1.0, 9), 1)
    area = RankedArea(rng.normal(size=(5, 5)), np.ones(5))
    made = roc(Curves.of(area, deposits), point_background(barren))
    above = (deposits[:, None] > barren) + 0.5 * (deposits[:, None] == barren)
    assert made.auc == pytest.approx(above.mean())
    error = np.sqrt(above.mean(axis=1).var(ddof=1) / 12 + above.mean(axis=0).var() / 9)
    scale = 1.959964 * error / (made.auc * (1.0 - made.auc))
    expected = [1.0 / (1.0 + np.exp(-np.log(made.auc / (1.0 - made.auc)) - side * scale)) for side in (-1, 1)]
    npt.assert_allclose([made.low, made.high], expected, rtol=1e-6)


def test_one_deposit_has_no_interval():
    assert auc_interval(np.array([0.8]), 0.1, 100.0) == (None, None)
    low, high = share_interval(1.0, 1)
    assert low == pytest.approx(0.2065, abs=1e-3)
    assert high == 1.0


def test_null_model_tells_good_maps_from_bad_ones():
    values, cells = field()
    curves, _ = make(values, cells)
    null = null_model(curves, np.random.default_rng(1), Progress())
    assert null.chance < 0.05
    assert null.auc[0] < 0.5 < null.auc[1]
    rng = np.random.default_rng(4)
    chances = []
    for _ in range(40):
        places = np.column_stack([rng.integers(3, ROWS, 25), rng.integers(0, COLUMNS, 25)])
        chances.append(null_model(make(values, places)[0], rng, Progress(), 99).chance)
    assert 0.3 < np.mean(chances) < 0.7
    assert null_model(curves, np.random.default_rng(1), Progress()).chance == null.chance


def test_null_band_holds_the_share_of_the_area():
    values, cells = field()
    null = null_model(make(values, cells)[0], np.random.default_rng(1), Progress())
    inside = (null.low <= null.area + 1e-9) & (null.area - 1e-9 <= null.high)
    assert inside.all()


def test_maps_that_rank_nothing_are_refused():
    with pytest.raises(InputError, match="same value"):
        RankedArea(np.full((4, 5), 3.0, np.float32), np.ones(4))
    with pytest.raises(InputError, match="No cell"):
        RankedArea(np.full((4, 5), np.nan, np.float32), np.ones(4))
