"""Places, merged samples and the groups that are left out together."""
import numpy as np
import numpy.testing as npt
import pytest

from lodescope.algorithms.errors import InputError
from lodescope.algorithms.geostatistics.data import choose_transform, find_places, prepare_fields

POINTS = np.array([[0.0, 0.0], [10.0, 0.0], [10.0, 0.0], [20.0, 5.0], [30.0, 0.0]]) + [500_000.0, 7_000_000.0]


def test_coincident_samples_become_their_mean():
    values = np.array([[1.0], [2.0], [4.0], [5.0], [9.0]])
    (field,) = prepare_fields(POINTS, values, ["Fe_pct"])
    npt.assert_allclose(field.places.coordinates, POINTS[[0, 1, 3, 4]])
    npt.assert_allclose(field.places.counts, [1, 2, 1, 1])
    npt.assert_allclose(field.values, [1.0, 3.0, 5.0, 9.0])
    npt.assert_array_equal(field.places.place, [0, 1, 1, 2, 3])
    assert field.places.merged == 1


def test_gaps_are_left_out_per_field_and_places_are_shared():
    values = np.array([[1.0, 1.0, np.nan], [2.0, 3.0, 2.0], [4.0, 4.0, 4.0], [5.0, 6.0, 5.0], [9.0, 9.0, np.inf]])
    a, b, c = prepare_fields(POINTS, values, ["a", "b", "c"])
    assert a.places is b.places
    npt.assert_array_equal(c.places.rows, [1, 2, 3])
    npt.assert_allclose(c.values, [3.0, 5.0])


def test_holes_that_share_a_place_are_left_out_together():
    places = find_places(POINTS, np.arange(5), np.array([7, 7, 3, 3, 1]))
    npt.assert_array_equal(places.groups == places.groups[0], [True, True, True, False])


def test_samples_without_a_hole_are_groups_of_their_own():
    places = find_places(POINTS, np.arange(5), np.array([-1, -1, -1, 4, 4]))
    npt.assert_array_equal(np.bincount(places.groups), [1, 1, 2])


def test_merging_happens_on_the_transformed_scale():
    values = np.array([[1.0], [1.0], [np.e**2], [5.0], [9.0]])
    (field,) = prepare_fields(POINTS, values, ["a"], transform="log")
    npt.assert_allclose(field.values[1], 1.0)


@pytest.mark.parametrize(
    ("column", "sentence"),
    [
        (np.full(5, np.nan), "no value at any sample"),
        (np.full(5, 3.0), "nothing to interpolate"),
        (np.array([np.nan, 1.0, 2.0, np.nan, np.nan]), "at least two places"),
    ],
)
def test_fields_that_cannot_be_kriged_are_named(column, sentence):
    with pytest.raises(InputError, match=sentence) as error:
        prepare_fields(POINTS, column[:, None], ["Ce_ppm"])
    assert "Ce_ppm" in str(error.value)


def test_the_transform_follows_the_skewness():
    normal = np.random.default_rng(3).normal(size=2000)
    assert choose_transform(normal) == "none"
    assert choose_transform(np.exp(normal)) == "normalscore"
    assert choose_transform(-np.exp(normal)) == "normalscore"
    assert choose_transform(np.maximum(np.exp(normal) - 1.0, 0.0)) == "normalscore"
    assert choose_transform(np.exp(normal)[:20]) == "none"
