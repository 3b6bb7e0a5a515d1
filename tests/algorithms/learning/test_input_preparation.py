"""What networks are fed: gaps, constants, skewed columns, and what is the same all down a hole."""
import numpy as np
import pytest

from lodescope.algorithms.errors import InputError
from lodescope.algorithms.learning.features import InputPreparation, hole_weights, varying

RNG = np.random.default_rng(0)
PLAIN = RNG.normal(5.0, 2.0, (400, 3))


def test_columns_are_scaled_and_constants_left_out():
    features = np.column_stack([PLAIN[:, 0], np.full(400, 3.0), PLAIN[:, 1], np.full(400, np.nan)])
    fitted = InputPreparation.fit(features)
    made = fitted.apply(features)
    assert made.shape == (400, 2) == (400, fitted.size)
    assert np.allclose(made.mean(axis=0), 0.0, atol=1e-5)
    assert np.allclose(made.std(axis=0), 1.0, atol=1e-4)
    assert varying(features).tolist() == [True, False, True, False]
    with pytest.raises(InputError, match="two different values"):
        InputPreparation.fit(features[:, [1, 3]])


def test_gaps_take_the_median_and_a_flag():
    features = PLAIN.copy()
    features[::7, 1] = np.nan
    fitted = InputPreparation.fit(features)
    made = fitted.apply(features)
    assert np.isfinite(made).all()
    assert made.shape[1] == 4
    assert np.array_equal(made[:, 3] == 1.0, np.isnan(features[:, 1]))
    filled = np.full((1, 3), np.nanmedian(features[:, 1]))
    filled[:, [0, 2]] = features[0, [0, 2]]
    assert np.allclose(made[0, 1], fitted.apply(filled)[0, 1], atol=1e-5)


def test_skewed_columns_are_fed_both_ways():
    skewed = np.exp(PLAIN[:, :1])
    fitted = InputPreparation.fit(np.hstack([skewed, PLAIN[:, 1:]]))
    made = fitted.apply(np.hstack([skewed, PLAIN[:, 1:]]))
    assert made.shape[1] == 4
    assert abs(np.mean(made[:, 0] ** 3)) < 0.5 < np.mean(made[:, 3] ** 3)
    assert InputPreparation.fit(np.hstack([skewed, PLAIN[:, 1:]]), twice=False).size == 3


def test_values_beyond_training_are_held_at_the_edge_and_known():
    fitted = InputPreparation.fit(PLAIN)
    far = PLAIN[:2].copy()
    far[0, 2] = 1e6
    values, _, beyond = fitted.scaled(far)
    assert (beyond > 0.0).tolist() == [[False, False, True], [False, False, False]]
    assert (beyond >= 0.0).all()
    assert values[0, 2] <= fitted.high[2] + 1e-6


def test_components_are_fewer_and_uncorrelated():
    mixed = PLAIN @ RNG.normal(size=(3, 8)) + 0.01 * RNG.normal(size=(400, 8))
    fitted = InputPreparation.fit(mixed, components=5)
    made = fitted.apply(mixed)
    assert made.shape[1] == 5
    assert np.abs(np.corrcoef(made.T) - np.eye(5)).max() < 1e-3


def test_columns_that_tell_the_hole_weigh_less():
    groups = np.repeat(np.arange(40), 10)
    easting, assay = RNG.normal(size=40)[groups], RNG.normal(size=400)
    scaled = np.column_stack([easting / easting.std(), assay / assay.std()])
    weights = hole_weights(scaled, groups)
    assert weights.tolist() == [0.25, 1.0]
    assert hole_weights(scaled, np.arange(400)).tolist() == [1.0, 1.0]
    assert hole_weights(scaled[:, :1], groups).tolist() == [1.0]
    made = InputPreparation.fit(scaled, groups=groups).apply(scaled)
    assert np.allclose(made.std(axis=0), [0.25, 1.0], atol=1e-3)


@pytest.mark.parametrize("components", [None, 2])
def test_a_file_makes_the_same(components):
    features = np.exp(PLAIN)
    features[::9, 0] = np.nan
    fitted = InputPreparation.fit(features, components, groups=np.repeat(np.arange(40), 10))
    again = InputPreparation.restore(*fitted.state())
    assert np.array_equal(again.apply(features), fitted.apply(features))
    assert again.size == fitted.size
