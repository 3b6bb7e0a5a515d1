"""The maximum that scoring finds is one."""
import numpy as np
import pytest
from scipy.optimize import minimize

from lodescope.algorithms.errors import Cancelled
from lodescope.algorithms.geostatistics.covariance import Structure, Variogram
from lodescope.algorithms.geostatistics.fisher import maximise
from lodescope.algorithms.geostatistics.parametrisation import Parametrisation
from lodescope.algorithms.geostatistics.vecchia import Vecchia


@pytest.fixture(scope="module")
def problem():
    """A likelihood of 300 samples and its parametrisation."""
    rng = np.random.default_rng(0)
    coordinates = rng.uniform(0.0, 500.0, (300, 2))
    truth = Variogram(0.2, (Structure("exponential", 0.8, (150.0, 60.0), 30.0),))
    matrix = truth.covariance(coordinates, coordinates) + 0.2 * np.eye(300)
    values = np.linalg.cholesky(matrix) @ rng.standard_normal((300, 1))
    likelihood = Vecchia(coordinates, values, np.ones((300, 1)), rng)
    return likelihood, Parametrisation(("exponential",), "full", 2, (1.0, 1000.0))


def test_it_is_the_maximum_that_a_general_search_finds(problem):
    likelihood, shape = problem
    prior = shape.prior(100.0)
    theta, evaluation = maximise(likelihood, shape, shape.vector(np.log(30.0) * np.eye(2), 0.5), prior)

    def loss(vector):
        offset = vector - prior[0]
        value = likelihood.evaluate(shape.correlogram(shape.clipped(vector))).log_likelihood
        return 0.5 * offset @ prior[1] @ offset - value

    search = minimize(loss, theta + 0.1, method="Nelder-Mead", options={"maxiter": 600, "xatol": 1e-3, "fatol": 1e-4})
    assert loss(theta) <= search.fun + 0.02
    assert evaluation.log_likelihood == pytest.approx(
        likelihood.evaluate(shape.correlogram(theta)).log_likelihood)


def test_far_starts_lead_to_the_same_maximum(problem):
    likelihood, shape = problem
    prior = shape.prior(100.0)
    found = [maximise(likelihood, shape, shape.vector(np.log(a) * np.eye(2), nugget), prior)[1].log_likelihood
             for a, nugget in ((5.0, 0.9), (800.0, 0.01), (80.0, 0.3))]
    assert np.ptp(found) < 0.05


def test_it_stops_when_asked(problem):
    likelihood, shape = problem

    def check():
        raise Cancelled

    with pytest.raises(Cancelled):
        maximise(likelihood, shape, shape.vector(np.log(50.0) * np.eye(2), 0.5), shape.prior(50.0), check)
