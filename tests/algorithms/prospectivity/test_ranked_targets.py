"""Connected cells, what is in them and their rank, against plain arithmetic; surroundings; bad input."""
import numpy as np
import numpy.testing as npt
import pytest
from scipy import ndimage

from lodescope.algorithms.errors import InputError
from lodescope.algorithms.progress import Progress
from lodescope.algorithms.prospectivity import targets
from lodescope.algorithms.prospectivity.targets import (
    add_surroundings,
    connected,
    describe,
    ranked,
    renumber,
    weighted_quantile,
)


def field(seed=0, shape=(70, 90)):
    made = ndimage.gaussian_filter(np.random.default_rng(seed).normal(size=shape), 2.0)
    made = ((made - made.min()) / np.ptp(made)).astype(np.float32)
    made[10:14, 20:40] = np.nan
    return made


@pytest.fixture(params=[256, 16])
def strip(request, monkeypatch):
    """Large and small strips, which may not matter."""
    monkeypatch.setattr(targets, "STRIP", request.param)


@pytest.mark.usefixtures("strip")
@pytest.mark.parametrize("connectivity", [4, 8])
def test_connected_cells(connectivity):
    values, areas = field(), np.linspace(1.0, 2.0, 70)
    structure = np.ones((3, 3)) if connectivity == 8 else None
    expected, count = ndimage.label(np.nan_to_num(values, nan=-1.0) >= np.float32(0.6), structure)
    labels, dropped = connected(values, areas, 0.6, connectivity, 0.0, Progress())
    npt.assert_array_equal(labels, expected)
    assert dropped == 0
    weights = np.broadcast_to(areas[:, None], values.shape)
    sizes = ndimage.sum_labels(weights, expected, np.arange(1, count + 1))
    least = float(np.median(sizes))
    labels, dropped = connected(values, areas, 0.6, connectivity, least, Progress())
    kept = np.flatnonzero(sizes >= least) + 1
    assert dropped == count - kept.size
    npt.assert_array_equal(labels > 0, np.isin(expected, kept))
    npt.assert_array_equal(np.unique(labels), np.arange(kept.size + 1))


def test_numbers_of_targets():
    values, areas = field(1), np.linspace(1.0, 2.0, 70)
    sd = np.random.default_rng(2).uniform(0.05, 0.4, values.shape)
    sd[::7] = np.nan
    labels, _ = connected(values, areas, 0.6, 8, 0.0, Progress())
    weights = np.broadcast_to(areas[:, None], values.shape)
    found = describe(labels, values, areas, {"sd": sd, "p10": values - 0.1}, 0.7, Progress())
    assert len(found) == labels.max()
    for target in found:
        inside = labels == target.label
        held, weight = values[inside].astype(float), weights[inside]
        assert target.cells == inside.sum()
        assert target.area == pytest.approx(weight.sum())
        assert target.mean == pytest.approx(np.average(held, weights=weight))
        assert target.maximum == held.max() == values[target.best]
        assert inside[target.best]
        assert held.min() <= target.p10 <= target.p90 <= held.max()
        assert target.low == pytest.approx(target.mean - 0.1)
        assert np.isnan(target.high)
        assert target.expected == pytest.approx(held @ weight)
        lowered = np.maximum(held - 0.7 * np.nan_to_num(sd[inside]), 0.0)
        assert target.discounted == pytest.approx(lowered @ weight)
        known = np.isfinite(sd[inside])
        if known.any():
            assert target.uncertainty == pytest.approx(np.average(sd[inside][known], weights=weight[known]))


def test_quantile_of_equal_weights_is_that_of_hazen():
    values = np.random.default_rng(0).normal(size=37)
    for share in (0.1, 0.5, 0.9):
        assert weighted_quantile(values, np.full(37, 3.0), share) == pytest.approx(
            np.quantile(values, share, method="hazen"))
    assert weighted_quantile(np.array([4.0]), np.ones(1), 0.1) == 4.0


def test_rank_and_new_numbers():
    values, areas = field(1), np.ones(70)
    labels, _ = connected(values, areas, 0.6, 8, 0.0, Progress())
    before = labels.copy()
    found = describe(labels, values, areas, {}, 0.0, Progress())
    for by, key in (("expected", "discounted"), ("mean", "mean"), ("maximum", "maximum"), ("area", "area")):
        order = [getattr(target, key) for target in ranked(found, by)]
        assert order == sorted(order, reverse=True)
    best = ranked(found, "expected", 3)
    assert len(best) == 3
    renumber(labels, best, len(found))
    for rank, target in enumerate(best, start=1):
        npt.assert_array_equal(labels == rank, before == target.label)
    assert labels.max() == 3


@pytest.mark.usefixtures("strip")
def test_surroundings_are_the_nearest_cells_with_data():
    values = field(4)
    labels = np.zeros(values.shape, np.int32)
    labels[30:34, 15:20], labels[36:40, 60:66], labels[12, 50] = 1, 2, 3
    made = add_surroundings(labels.copy(), values, 3, Progress(), 6)
    npt.assert_array_equal(made[labels > 0], labels[labels > 0])
    distance = ndimage.distance_transform_cdt(labels == 0, "taxicab")
    expected = (distance > 0) & (distance <= 6) & np.isfinite(values)
    npt.assert_array_equal(made > 3, expected)
    for target in (1, 2, 3):
        own = ndimage.distance_transform_cdt(labels != target, "taxicab")
        assert (own[made == 3 + target] == distance[made == 3 + target]).all()


@pytest.mark.parametrize(("values", "cut", "minimum", "message"), [
    (field(), 5.0, 0.0, "No cell reaches"),
    (field(), 0.6, 1e9, "as large as"),
    (np.full((5, 5), np.nan), 0.5, 0.0, "No cell of the raster"),
])
def test_bad_input(values, cut, minimum, message):
    with pytest.raises(InputError, match=message):
        connected(values, np.ones(len(values)), cut, 8, minimum, Progress())


def test_too_many_targets(monkeypatch):
    monkeypatch.setattr(targets, "MOST_TARGETS", 3)
    with pytest.raises(InputError, match="targets"):
        connected(field(1), np.ones(70), 0.6, 8, 0.0, Progress())
