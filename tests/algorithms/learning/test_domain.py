"""The domain holds what training held, and not what is unlike it."""
import numpy as np
import pytest

from lodescope.algorithms.learning.domain import Domain, cluster
from lodescope.algorithms.learning.features import InputPreparation

RNG = np.random.default_rng(0)
NONE = np.zeros((1, 6))


@pytest.fixture(scope="module")
def domain():
    values = np.concatenate([RNG.normal(-3.0, 0.5, (600, 6)), RNG.normal(3.0, 0.5, (600, 6))])
    return Domain.fit(values, np.repeat(np.arange(120), 10), np.random.default_rng(1)), values


def test_about_one_per_cent_of_new_samples_like_those_of_training_are_outside(domain):
    fresh = np.concatenate([RNG.normal(-3.0, 0.5, (5000, 6)), RNG.normal(3.0, 0.5, (5000, 6))])
    share = domain[0].outside(fresh, np.zeros(fresh.shape)).mean()
    assert 0.003 < share < 0.03


def test_between_two_clouds_is_outside_though_in_the_range_of_all_features(domain):
    assert domain[0].outside(np.zeros((1, 6)), NONE).all()
    assert not domain[0].outside(np.full((1, 6), 3.0), NONE).any()
    for far in (2.0, -2.0):
        beyond = np.zeros((1, 6))
        beyond[0, 2] = far
        assert domain[0].outside(np.full((1, 6), 3.0), beyond).all()


def test_the_distance_is_that_to_the_nearest_centre(domain):
    found, values = domain
    by_hand = np.sqrt(np.square(values[:50, None] - found.centres[None]).mean(axis=2)).min(axis=1)
    assert np.allclose(found.distance(values[:50]), by_hand, atol=1e-3)
    again = Domain.restore(*found.state())
    assert again.limit == found.limit
    assert again.reach == found.reach


def test_many_features_flag_cells_of_other_rocks_and_far_away_but_not_those_between_holes():
    rng = np.random.default_rng(7)
    holes = rng.uniform(0.0, 1000.0, (40, 2))
    groups = np.repeat(np.arange(40), 20)
    waves, phases = rng.normal(size=(2, 60)) / 300.0, rng.uniform(0.0, 6.0, 60)

    def features_at(places, rock=0.0):
        """Sixty features: smooth in space, each with noise of its own, the last one that of the rock."""
        values = np.cos(places @ waves + phases) + 0.3 * rng.standard_t(5, (len(places), 60))
        values[:, -1] += rock
        return values

    known = features_at(holes[groups] + rng.normal(size=(800, 2)))
    preparation = InputPreparation.fit(known, groups=groups)
    domain = Domain.fit(preparation.scaled(known)[0], groups, np.random.default_rng(0))

    def outside(values):
        scaled, _, beyond = preparation.scaled(values)
        return domain.outside(scaled, beyond).mean()

    between = features_at(rng.uniform(200.0, 800.0, (2000, 2)))
    assert (np.abs(preparation.scaled(between)[2]) > 0.0).any(axis=1).mean() > 0.03
    assert outside(between) < 0.08
    assert outside(features_at(rng.uniform(200.0, 800.0, (500, 2)), rock=8.0)) > 0.95
    far = features_at(np.full((200, 2), 500.0))
    far[:, :20] += 4.0
    assert outside(far) > 0.95


def test_clusters_of_clouds_are_their_means():
    values = np.concatenate([np.full((50, 2), -1.0), np.full((50, 2), 1.0)])
    centres = cluster(values, 2, np.random.default_rng(0))
    assert set(centres[:, 0].tolist()) <= {-1.0, 1.0}
    one = Domain.fit(values[:3], np.zeros(3, int), np.random.default_rng(0))
    assert np.isfinite(one.limit)
