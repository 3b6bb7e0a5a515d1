"""From the transformed scale to the field's own, values and gradients."""
import numpy as np
import numpy.testing as npt

from lodescope.algorithms.geostatistics.data import prepare_fields
from lodescope.algorithms.geostatistics.results import gradient_results, kriging_results

POINTS = np.array([[0.0, 0.0], [10.0, 0.0], [20.0, 5.0], [30.0, 0.0]])


def field(transform):
    return prepare_fields(POINTS, np.array([[1.0], [2.0], [4.0], [3.0]]), ["a"], transform=transform)[0]


def test_a_log_field_comes_back_as_the_mean_of_a_lognormal():
    y, v = np.array([0.0, 1.0]), np.array([0.5, 0.25])
    found = kriging_results(field("log"), y, v)
    mean = np.exp(y + v / 2)
    npt.assert_allclose(found["estimate"], mean)
    npt.assert_allclose(found["variance"], mean**2 * (np.exp(v) - 1.0))


def test_the_gradient_follows_the_chain_rule_at_a_fixed_variance():
    y, v = np.array([0.3]), np.array([0.5])
    gradient, spread = np.array([[0.02, -0.01]]), np.array([[1e-6, 4e-6]])
    found = gradient_results(field("log"), y, v, gradient, spread)
    mean = np.exp(0.3 + 0.25)
    npt.assert_allclose([found["dx"], found["dy"]], [[0.02 * mean], [-0.01 * mean]])
    npt.assert_allclose([found["dx_sd"], found["dy_sd"]], [[1e-3 * mean], [2e-3 * mean]])
    npt.assert_allclose(found["magnitude"], mean * np.hypot(0.02, 0.01))
    npt.assert_allclose(found["azimuth"], 90.0 + np.degrees(np.arctan(0.5)))
    assert "plunge" not in found


def test_raw_fields_need_no_variance():
    found = gradient_results(field("none"), np.array([1.0]), None, np.array([[0.0, 3.0, 4.0]]))
    plunge = np.degrees(np.arctan2(4.0, 3.0))
    npt.assert_allclose([found["dz"], found["magnitude"], found["plunge"]], [[4.0], [5.0], [plunge]])
    assert "dx_sd" not in found
