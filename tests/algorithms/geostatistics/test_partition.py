import numpy as np
import pytest

from lodescope.algorithms.errors import InputError
from lodescope.algorithms.geostatistics.partition import Axis, outer, overlapping

CENTRES = [
    np.arange(41) * 10.0 + 5.0,
    7e6 - np.arange(41) * 10.0,
    np.cumsum(np.random.default_rng(1).uniform(2.0, 20.0, 30)),
    np.array([120.0]),
]


@pytest.mark.parametrize("centres", CENTRES)
@pytest.mark.parametrize(("size", "halo"), [(8, 4), (8, 1.5), (4, 4), (16, 0), (100, 4)])
def test_weights_add_up_to_one_and_their_slopes_to_nothing(centres, size, halo):
    axis = Axis(centres, size, halo)
    x = np.linspace(centres.min() - 30.0, centres.max() + 30.0, 997)
    weights, slopes = (np.sum(part, axis=0) for part in zip(*(axis.weights(b, x) for b in range(len(axis.pieces)))))
    np.testing.assert_allclose(weights, 1.0, atol=1e-14)
    np.testing.assert_allclose(slopes, 0.0, atol=1e-14)


@pytest.mark.parametrize("centres", CENTRES[:3])
def test_slope_is_the_derivative_of_the_weight(centres):
    axis = Axis(centres, 8, 4)
    x = np.linspace(centres.min(), centres.max(), 400)
    step = 1e-3
    for block in range(len(axis.pieces)):
        ahead, behind = axis.weights(block, x + step)[0], axis.weights(block, x - step)[0]
        np.testing.assert_allclose(axis.weights(block, x)[1], (ahead - behind) / (2.0 * step), atol=1e-5)


@pytest.mark.parametrize("centres", CENTRES)
def test_blocks_cover_the_axis_and_reach_no_further_than_their_weights(centres):
    axis = Axis(centres, 8, 3)
    assert [piece.start for piece in axis.pieces[1:]] == [piece.stop for piece in axis.pieces[:-1]]
    assert axis.pieces[0].start == 0 and axis.pieces[-1].stop == centres.size
    for number, piece in enumerate(axis.pieces):
        outside = np.delete(np.arange(centres.size), np.arange(piece.first, piece.last))
        assert np.all(axis.weights(number, centres[outside])[0] == 0.0)


def test_overlapping_names_the_blocks_that_touch_some_cells():
    axis = Axis(np.arange(32.0), 8, 2)
    assert overlapping(axis, 8, 16) == [0, 1, 2]
    assert overlapping(axis, 11, 13) == [1]
    assert overlapping(Axis(np.arange(32.0), 8, 0), 8, 16) == [1]


def test_levels_in_disorder_are_refused():
    with pytest.raises(InputError, match="levels"):
        Axis(np.array([1.0, 3.0, 2.0]), 8, 4)


def test_outer_product_has_one_dimension_for_each_factor():
    a, b, c = np.arange(2.0), np.arange(3.0), np.arange(4.0)
    np.testing.assert_array_equal(outer([a, b, c]), np.einsum("i,j,k->ijk", a, b, c))
