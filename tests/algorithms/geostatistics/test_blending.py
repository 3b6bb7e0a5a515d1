from dataclasses import replace

import numpy as np
import pytest

from lodescope.algorithms.geostatistics.blending import BlendedGrid
from lodescope.algorithms.geostatistics.covariance import Structure, Variogram
from lodescope.algorithms.geostatistics.multilevel import MultilevelKriging
from lodescope.algorithms.geostatistics.tiles import grid_points

MATERN = Variogram(0.1, (Structure("matern15", 0.9, (150.0, 150.0, 60.0), 30.0),))
NEEDS = {"gradient": True}
GRIDS = [
    {"west": 2e5, "north": 5e6 + 400.0, "cell": 20.0, "columns": 24, "rows": 18,
     "levels": [300.0, 296.0, 280.0, 270.0, 262.0, 250.0, 240.0, 221.0, 210.0, 205.0, 190.0]},
    {"west": 2e5, "north": 5e6 + 400.0, "cell": 20.0, "columns": 24, "rows": 18, "levels": []},
]


def blended(grid, **options):
    """A blend of many small blocks of random samples over a grid."""
    rng = np.random.default_rng(1)
    d = 3 if grid["levels"] else 2
    points = grid_points(grid)
    coordinates = rng.uniform(points.min(axis=0) - 50.0, points.max(axis=0) + 50.0, (700, d))
    values = np.sin(rng.normal(size=(2, d)) @ (coordinates - coordinates.mean(axis=0)).T / 60.0).T + 1.0
    values += rng.normal(0.0, 0.2, values.shape)
    model = MultilevelKriging(MATERN, neighbours=8, **options).fit(coordinates, values)
    return BlendedGrid(model, model._setting(None), grid)


def everywhere(blend, needs):
    """Prediction of the whole grid in one part, and the shape of the grid."""
    shape = [axis.centres.size for axis in blend.axes]
    part = blend.parts()[0]
    whole = type(part)(*(((0, 1),) + tuple((0, n) for n in shape))[-3:])
    return blend.predict(whole, lambda: None, **needs), shape


def moved(blend, number, step):
    """Estimates with all cell centres moved along one axis of the grid, the blocks staying where they are."""
    axis = blend.axes[number]
    centres, pieces = axis.centres, axis.pieces
    axis.centres = centres + step
    # A cell at the very end of a halo, where the weight is 0, may move into it.
    axis.pieces = [replace(p, first=max(p.first - 1, 0), last=min(p.last + 1, centres.size)) for p in pieces]
    estimate = everywhere(blend, NEEDS)[0].estimate
    axis.centres, axis.pieces = centres, pieces
    return estimate


@pytest.mark.parametrize("grid", GRIDS)
@pytest.mark.parametrize("drift", ["constant", "linear"])
def test_gradient_is_that_of_the_blended_map(grid, drift):
    blend = blended(grid, drift=drift)
    assert all(len(axis.pieces) > 1 for axis in blend.axes)
    gradient = everywhere(blend, NEEDS)[0].gradient
    size = np.sqrt(np.mean(gradient**2))
    for number in range(len(blend.axes)):
        wide, narrow = ((moved(blend, number, h) - moved(blend, number, -h)) / (2.0 * h) for h in (0.008, 0.004))
        # The curvature jumps where a halo ends; the error of a difference across it is proportional to the step.
        difference = 2.0 * narrow - wide
        np.testing.assert_allclose(gradient[:, :, -1 - number], difference, rtol=0.0, atol=1e-5 * size)


@pytest.mark.parametrize("grid", GRIDS)
def test_parts_cover_the_grid_once_and_agree_with_the_whole(grid):
    blend = blended(grid)
    needs = dict(NEEDS, variance=True, gradient_variance=True)
    whole, shape = everywhere(blend, needs)
    seen = np.zeros(shape, dtype=int)
    for part in blend.parts():
        place = tuple(slice(*span) for span in (part.levels, part.rows, part.columns))[-len(shape):]
        seen[place] += 1
        rows = np.arange(seen.size).reshape(shape)[place].ravel()
        piece = blend.predict(part, lambda: None, **needs)
        np.testing.assert_allclose(piece.estimate, whole.estimate[rows], atol=1e-11)
        np.testing.assert_allclose(piece.gradient, whole.gradient[rows], atol=1e-11)
        np.testing.assert_allclose(piece.variance, whole.variance[rows], atol=1e-11)
        np.testing.assert_allclose(piece.gradient_variance, whole.gradient_variance[rows], atol=1e-11)
    assert len(blend.parts()) > 1 and (seen == 1).all()


@pytest.mark.parametrize("grid", GRIDS)
def test_cells_on_samples_take_their_values_only_when_asked(grid):
    points = grid_points(grid)
    rng = np.random.default_rng(2)
    chosen = rng.choice(len(points), 40, replace=False)
    values = rng.normal(size=(40, 2))
    needs = dict(NEEDS, variance=True)
    for exact in (True, False):
        model = MultilevelKriging(MATERN, neighbours=5, exact=exact).fit(points[chosen], values)
        result, _ = everywhere(BlendedGrid(model, model._setting(None), grid), needs)
        assert np.array_equal(result.estimate[chosen], values) == exact
        assert np.all(result.variance[chosen] == 0.0) == exact
        assert np.all(np.delete(result.variance, chosen) > 0.0)


def test_blocks_are_shorter_where_the_correlation_is():
    blend = blended(dict(GRIDS[0], levels=[300.0 - 20.0 * k for k in range(24)], columns=24, rows=24))
    deep, north, east = (axis.pieces[0].stop for axis in blend.axes)
    assert deep <= north == east
