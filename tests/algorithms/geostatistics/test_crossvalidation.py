"""Groups that are left out together, and scores of what was left out."""
import numpy as np
import numpy.testing as npt
import pytest

from lodescope.algorithms.geostatistics.covariance import variogram_from_dict
from lodescope.algorithms.geostatistics.crossvalidation import (
    cross_validate,
    score_summary,
    spatial_blocks,
    validation_groups,
    whole_groups,
)
from lodescope.algorithms.geostatistics.data import prepare_fields
from lodescope.algorithms.geostatistics.engines import make_engine
from lodescope.algorithms.geostatistics.solves import group_fields
from lodescope.algorithms.progress import Progress


@pytest.fixture
def solve(drilling, smooth_variogram):
    """A field that differs from hole to hole and hardly within a hole."""
    coordinates, holes = drilling
    rng = np.random.default_rng(1)
    values = rng.normal(0.0, 3.0, 12)[holes] + rng.normal(0.0, 0.1, holes.size)
    fields = prepare_fields(coordinates, values[:, None], ["a"], holes)
    (found,) = group_fields(fields, [variogram_from_dict(smooth_variogram)])
    return found


def fitted(solve, name="exact"):
    engine = make_engine(name, solve.variogram, neighbours=200)
    return engine.fit(solve.places.coordinates, solve.values, solve.places.counts)


def test_blocks_are_halved_until_there_are_ten():
    points = np.stack(np.meshgrid(np.arange(20.0), np.arange(20.0)), axis=-1).reshape(-1, 2)
    blocks = spatial_blocks(points, 1000.0)
    assert blocks.max() + 1 >= 10
    assert len(np.unique(blocks[points[:, 0] < 1])) < len(np.unique(blocks))


def test_holes_come_first_then_blocks_then_samples(solve):
    groups, kind = validation_groups(solve.places, solve.variogram, has_holes=True)
    npt.assert_array_equal(groups, solve.places.groups)
    assert kind == "drill hole"
    assert validation_groups(solve.places, solve.variogram, has_holes=False)[1] == "spatial block"


def test_whole_holes_tell_less_than_single_samples(solve):
    found = cross_validate(solve, fitted(solve), True, np.random.default_rng(0), Progress())
    summary = score_summary([found])["a"]
    assert summary["validation"] == "drill hole"
    assert summary["scores_single"]["r2"] > 0.9 > summary["scores"]["r2"] + 0.5
    assert summary["scores"]["count"] == 120


def test_a_left_out_hole_does_not_see_itself(solve):
    """The prediction at a hole stays when its own values change."""
    engine = fitted(solve)
    before = cross_validate(solve, engine, True, np.random.default_rng(0), Progress()).grouped[0].mean
    hole = solve.places.groups == 3
    values = solve.values.copy()
    values[hole] += 50.0
    engine.fit(solve.places.coordinates, values, solve.places.counts)
    after = cross_validate(solve, engine, True, np.random.default_rng(0), Progress()).grouped[0].mean
    npt.assert_allclose(after[hole], before[hole], atol=1e-8)
    assert np.abs(after[~hole] - before[~hole]).max() > 0.1


def test_neighbourhoods_agree_with_the_closed_form(solve):
    exact = cross_validate(solve, fitted(solve), True, np.random.default_rng(0), Progress()).grouped[0]
    local = cross_validate(solve, fitted(solve, "multilevel"), True, np.random.default_rng(0), Progress()).grouped[0]
    npt.assert_allclose(np.sort(local.mean), np.sort(exact.mean), atol=1e-6)
    npt.assert_allclose(np.sort(local.sd), np.sort(exact.sd), rtol=1e-6)


def test_groups_are_drawn_whole():
    groups = np.repeat(np.arange(300), 10)
    rows = whole_groups(groups, np.random.default_rng(0))
    assert 2000 <= rows.size <= 2010
    npt.assert_array_equal(np.isin(groups, groups[rows]), np.isin(np.arange(3000), rows))
