"""Samples that cannot be kriged, and the factorisation of those that can."""
import numpy as np
import numpy.testing as npt
import pytest

from lodescope.algorithms.errors import InputError
from lodescope.algorithms.geostatistics.covariance import Structure, Variogram
from lodescope.algorithms.geostatistics.system import (
    check_drift,
    check_samples,
    factorised,
    least_noise,
    sample_noise,
)

POINTS = np.array([[0.0, 0.0], [1.0, 0.0], [0.0, 0.0]])
VALUES = np.array([[1.0], [2.0], [3.0]])


def variogram(nugget, model="matern15"):
    return Variogram(nugget, (Structure(model, 4.0, (10.0,)),))


@pytest.mark.parametrize(("drift", "mean", "text"), [("cubic", None, "not known"), ("none", None, "known mean")])
def test_drifts_that_cannot_be(drift, mean, text):
    with pytest.raises(InputError, match=text):
        check_drift(drift, mean)
    check_drift("none", 1.0)


def test_samples_that_cannot_be():
    with pytest.raises(InputError, match="no samples"):
        check_samples(POINTS[:0], VALUES[:0], variogram(1.0))
    with pytest.raises(InputError, match="no value or no coordinates"):
        check_samples(POINTS, np.array([[1.0], [np.nan], [2.0]]), variogram(1.0))
    with pytest.raises(InputError, match="1 samples lie on top"):
        check_samples(POINTS, VALUES, variogram(0.0))
    check_samples(POINTS, VALUES, variogram(0.1))


def test_merged_samples_share_the_nugget():
    npt.assert_allclose(sample_noise(variogram(6.0), np.array([1.0, 3.0])), [6.0, 2.0])
    npt.assert_allclose(sample_noise(variogram(0.0), np.ones(2)), least_noise(variogram(0.0)))
    assert least_noise(variogram(0.0, "gaussian")) > least_noise(variogram(0.0))


def test_a_factor_solves_and_a_singular_matrix_is_refused():
    matrix = np.array([[4.0, 1.0], [1.0, 3.0]], order="F")
    npt.assert_allclose(factorised(matrix.copy(order="F")).lower, np.linalg.cholesky(matrix))
    with pytest.raises(InputError, match="cannot be solved"):
        factorised(np.array([[1.0, 2.0], [2.0, 1.0]], order="F"))
