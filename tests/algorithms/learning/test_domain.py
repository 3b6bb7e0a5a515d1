"""The domain holds what training held, and not what is unlike it."""
import numpy as np
import pytest

from lodescope.algorithms.learning.domain import Domain, cluster

RNG = np.random.default_rng(0)
NONE = np.zeros((1, 6), bool)


@pytest.fixture(scope="module")
def domain():
    values = np.concatenate([RNG.normal(-3.0, 0.5, (600, 6)), RNG.normal(3.0, 0.5, (600, 6))])
    return Domain.fit(values, np.repeat(np.arange(120), 10), np.random.default_rng(1)), values


def test_about_one_per_cent_of_new_samples_like_those_of_training_are_outside(domain):
    fresh = np.concatenate([RNG.normal(-3.0, 0.5, (5000, 6)), RNG.normal(3.0, 0.5, (5000, 6))])
    share = domain[0].outside(fresh, np.zeros(fresh.shape, bool)).mean()
    assert 0.003 < share < 0.03


def test_between_two_clouds_is_outside_though_in_the_range_of_all_features(domain):
    assert domain[0].outside(np.zeros((1, 6)), NONE).all()
    assert not domain[0].outside(np.full((1, 6), 3.0), NONE).any()
    beyond = NONE.copy()
    beyond[0, 2] = True
    assert domain[0].outside(np.full((1, 6), 3.0), beyond).all()


def test_the_distance_is_that_to_the_nearest_centre(domain):
    found, values = domain
    by_hand = np.sqrt(np.square(values[:50, None] - found.centres[None]).mean(axis=2)).min(axis=1)
    assert np.allclose(found.distance(values[:50]), by_hand, atol=1e-3)
    again = Domain.restore(*found.state())
    assert again.limit == found.limit


def test_clusters_of_clouds_are_their_means():
    values = np.concatenate([np.full((50, 2), -1.0), np.full((50, 2), 1.0)])
    centres = cluster(values, 2, np.random.default_rng(0))
    assert set(centres[:, 0].tolist()) <= {-1.0, 1.0}
    one = Domain.fit(values[:3], np.zeros(3, int), np.random.default_rng(0))
    assert np.isfinite(one.limit)
