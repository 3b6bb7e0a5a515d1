"""Criteria computed by hand, and the rule between equally supported models."""
from types import SimpleNamespace

import numpy as np
import pytest

from lodescope.algorithms.geostatistics.candidates import Candidate, distinct, preferred
from lodescope.algorithms.geostatistics.parametrisation import Parametrisation


def candidate(models, log_likelihood, anisotropy="none"):
    """A candidate with this likelihood."""
    shape = Parametrisation(models, anisotropy, 3, (1.0, 1000.0))
    theta = shape.vector(np.log(100.0) * np.eye(3), 0.2)
    return Candidate(shape, theta, SimpleNamespace(log_likelihood=log_likelihood), 1000)


def test_criteria_charge_for_parameters():
    found = candidate(("spherical",), -100.0)
    assert found.aic == pytest.approx(204.0)
    assert found.hannan_quinn == pytest.approx(200.0 + 4.0 * np.log(np.log(1000.0)))
    assert candidate(("spherical",), -100.0, "full").aic == pytest.approx(214.0)


def test_the_likelier_model_wins():
    assert preferred([candidate(("spherical",), -10.0), candidate(("matern15",), -5.0)]).parametrisation.models == (
        "matern15",)


def test_rougher_of_two_equally_supported_differentiable_models_wins():
    found = preferred([candidate(("matern25",), -10.0), candidate(("matern15",), -10.9)])
    assert found.parametrisation.models == ("matern15",)
    found = preferred([candidate(("matern25",), -10.0), candidate(("matern15",), -11.1)])
    assert found.parametrisation.models == ("matern25",)


def test_a_model_without_gradient_neither_yields_nor_takes_over():
    assert preferred([candidate(("spherical",), -10.0), candidate(("matern15",), -10.1)]).parametrisation.models == (
        "spherical",)
    assert preferred([candidate(("spherical",), -10.1), candidate(("matern15",), -10.0)]).parametrisation.models == (
        "matern15",)


def test_one_structure_is_preferred_to_two_alike():
    found = preferred([candidate(("matern15", "matern15"), -9.0), candidate(("matern15",), -11.5)])
    assert found.parametrisation.models == ("matern15",)


def test_row_of_the_table():
    row = candidate(("spherical", "cubic"), -3.0).to_dict(True)
    assert row["models"] == ["spherical", "cubic"]
    assert row["chosen"]
    assert row["nugget"] == pytest.approx(0.2)
    np.testing.assert_allclose(row["ranges"], [[100.0], [400.0]])


def test_each_model_is_listed_once_by_its_best_fit_and_the_chosen_one_first():
    poor, good, other = candidate(("spherical",), -12.0), candidate(("spherical",), -10.0), candidate(("cubic",), -5.0)
    assert distinct([poor, good, other], good) == [good, other]
    assert distinct([poor, good, other], other) == [other, good]
