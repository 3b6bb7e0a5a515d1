"""Vecchia's likelihood against the dense one."""
import numpy as np
import pytest

from lodescope.algorithms.geostatistics import vecchia
from lodescope.algorithms.geostatistics.covariance import MODELS, Structure, Variogram
from lodescope.algorithms.geostatistics.vecchia import LEVELS, NEIGHBOURS, Correlogram, Vecchia, find_neighbours


def correlogram_of(variogram, dimensions):
    """The correlogram of a variogram."""
    matrices = np.stack([s.matrix(dimensions) for s in variogram.structures])
    shares = np.array([s.sill for s in variogram.structures]) / variogram.sill
    return Correlogram(variogram.nugget / variogram.sill, [s.model for s in variogram.structures], shares, matrices)


def dense_restricted(coordinates, values, drift, variogram, noise):
    """Restricted log-likelihood with the sill profiled out, by dense algebra."""
    matrix = variogram.covariance(coordinates, coordinates) + variogram.nugget * np.diag(noise)
    inverse = np.linalg.inv(matrix / variogram.sill)
    normal = drift.T @ inverse @ drift
    residual = values - drift @ np.linalg.solve(normal, drift.T @ inverse @ values)
    freedom = len(values) - drift.shape[1]
    sill = residual @ inverse @ residual / freedom
    logs = -np.linalg.slogdet(inverse)[1] + np.linalg.slogdet(normal)[1]
    return -0.5 * (freedom * (np.log(2.0 * np.pi * sill) + 1.0) + logs), sill


@pytest.mark.parametrize("model", MODELS)
def test_with_all_neighbours_it_is_the_dense_likelihood(model):
    rng = np.random.default_rng(0)
    coordinates, values = rng.uniform(0.0, 100.0, (20, 3)), rng.standard_normal(20)
    drift = np.column_stack([np.ones(20), coordinates[:, 0]])
    noise = rng.choice([1.0, 0.5], 20)
    variogram = Variogram(0.6, (Structure(model, 1.0, (80.0, 40.0, 20.0), 30.0, -20.0, 10.0),
                                Structure("spherical", 0.4, (200.0,))))
    likelihood = Vecchia(coordinates, values[:, None], drift, rng, noise)
    found = likelihood.evaluate(correlogram_of(variogram, 3))
    truth, sill = dense_restricted(coordinates, values, drift, variogram, noise)
    assert found.log_likelihood == pytest.approx(truth, abs=1e-6)
    assert found.sills[0] == pytest.approx(sill, rel=1e-6)


def test_it_stays_close_to_the_dense_likelihood_on_drill_holes():
    rng = np.random.default_rng(1)
    collars = np.repeat(rng.uniform(0.0, 300.0, (15, 2)), 20, axis=0)
    coordinates = np.column_stack([collars, np.tile(np.arange(20) * -3.0, 15)])
    variogram = Variogram(0.15, (Structure("exponential", 0.85, (150.0,)),))
    matrix = variogram.covariance(coordinates, coordinates) + 0.15 * np.eye(300)
    values = np.linalg.cholesky(matrix) @ rng.standard_normal(300)
    drift = np.ones((300, 1))
    likelihood = Vecchia(coordinates, values[:, None], drift, rng)

    def differences(test):
        near = likelihood.evaluate(correlogram_of(test, 3)).log_likelihood
        return near - dense_restricted(coordinates, values, drift, test, np.ones(300))[0]

    shorter = Variogram(0.15, (Structure("exponential", 0.85, (75.0,)),))
    assert abs(differences(variogram) - differences(shorter)) < 1.0
    assert abs(differences(variogram)) < 4.0


def test_columns_share_a_correlogram_and_keep_their_sills():
    rng = np.random.default_rng(2)
    coordinates, values = rng.uniform(0, 50, (200, 2)), rng.standard_normal((200, 1))
    correlogram = correlogram_of(Variogram(0.3, (Structure("matern15", 0.7, (20.0,)),)), 2)
    one = Vecchia(coordinates, values, np.ones((200, 1)), np.random.default_rng(0)).evaluate(correlogram)
    both = Vecchia(coordinates, np.hstack([values, 10.0 * values]), np.ones((200, 1)), np.random.default_rng(0),
                   weight=0.5).evaluate(correlogram)
    assert both.sills[1] == pytest.approx(100.0 * one.sills[0])
    assert both.log_likelihood == pytest.approx(one.log_likelihood - 0.5 * 199.0 * np.log(10.0))


@pytest.mark.skipif(vecchia.compiled is None, reason="numba is not installed")
@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("dimensions", [2, 3])
def test_compiled_and_plain_kernels_agree(model, dimensions):
    rng = np.random.default_rng(3)
    coordinates = rng.uniform(0, 1000, (333, dimensions))
    likelihood = Vecchia(coordinates, rng.standard_normal((333, 2)), np.ones((333, 1)), rng, rng.uniform(0.2, 1.0, 333))
    variogram = Variogram(0.1, (Structure(model, 0.5, (300.0, 100.0), 40.0), Structure("exponential", 0.4, (50.0,))))
    quick = likelihood.whiten(correlogram_of(variogram, dimensions))
    plain = likelihood.whiten(correlogram_of(variogram, dimensions), compiled_kernel=False)
    np.testing.assert_allclose(quick[0], plain[0], atol=1e-10)
    np.testing.assert_allclose(quick[1], plain[1], atol=1e-11)


def test_neighbours_are_earlier_unique_and_not_all_near():
    rng = np.random.default_rng(4)
    holes = np.repeat(np.arange(40), 50)
    coordinates = np.column_stack([np.repeat(rng.uniform(0, 1000, (40, 2)), 50, axis=0), np.tile(np.arange(50.0), 40)])
    order = rng.permutation(2000)
    coordinates, holes = coordinates[order], holes[order]
    found = find_neighbours(coordinates, np.arange(2000))
    assert np.all(found < np.arange(2000)[:, None])
    for row in found[[1, 30, 500, 1999]]:
        known = row[row >= 0]
        assert np.unique(known).size == known.size
    late = found[1500:]
    assert np.all(late >= 0)
    assert late.shape[1] == NEIGHBOURS
    others = (holes[late] != holes[1500:, None]).sum(axis=1)
    assert np.median(others) >= LEVELS[2][1]
    # The nearest earlier sample is always among them.
    distances = np.linalg.norm(coordinates[:1999] - coordinates[1999], axis=1)
    assert distances.argmin() in found[1999]


def test_first_samples_see_all_before_them():
    coordinates = np.random.default_rng(5).uniform(0, 1, (400, 3))
    found = find_neighbours(coordinates, np.arange(400))
    for k in (1, 5, 12):
        np.testing.assert_array_equal(np.sort(found[k][found[k] >= 0]), np.arange(k))


def test_fewer_terms_keep_their_conditional_distributions():
    rng = np.random.default_rng(6)
    coordinates, values = rng.uniform(0, 100, (900, 2)), rng.standard_normal((900, 1))
    whole = Vecchia(coordinates, values, np.ones((900, 1)), np.random.default_rng(0))
    part = whole.subset(200, np.random.default_rng(1))
    correlogram = correlogram_of(Variogram(0.2, (Structure("cubic", 0.8, (30.0,)),)), 2)
    assert len(part.terms) == 200
    assert np.all(np.diff(part.terms) > 0)
    np.testing.assert_allclose(part.whiten(correlogram)[1], whole.whiten(correlogram)[1][part.terms])


def test_coincident_samples_do_not_break_it():
    coordinates = np.repeat(np.random.default_rng(7).uniform(0, 10, (30, 2)), 4, axis=0)
    values = np.random.default_rng(8).standard_normal((120, 1))
    likelihood = Vecchia(coordinates, values, np.ones((120, 1)), np.random.default_rng(0))
    for nugget in (1e-4, 0.5):
        variogram = Variogram(nugget, (Structure("gaussian", 1.0 - nugget, (5.0,)),))
        assert np.isfinite(likelihood.evaluate(correlogram_of(variogram, 2)).log_likelihood)
