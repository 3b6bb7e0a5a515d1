"""Transforms of assays: parameters against scipy, inverses to rounding."""
import numpy as np
import pytest
from scipy import stats

from lodescope.algorithms.errors import InputError
from lodescope.algorithms.geochemistry.assaytransform import KINDS, AssayTransform, boxcox_power

FIELDS, UNITS = ["La_ppm", "Ce_ppm", "Fe_pct"], ["ppm", "ppm", "pct"]


@pytest.fixture
def values():
    rng = np.random.default_rng(2)
    found = np.column_stack([rng.lognormal(3.0, 1.0, 400), rng.gamma(2.0, 40.0, 400) + 1e-3, rng.uniform(1, 60, 400)])
    found[7, 1] = np.nan
    return found


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "none"])
@pytest.mark.parametrize("rest", ["yes", "no"])
def test_inverse_restores_also_from_the_saved_parameters(values, kind, rest):
    transform = AssayTransform(kind).fit(values, FIELDS, UNITS, rest)
    coordinates = transform.forward(values)
    assert coordinates.shape[1] == len(transform.names)
    again = AssayTransform.from_tensors(*transform.to_tensors())
    np.testing.assert_array_equal(again.forward(values), coordinates)
    known = np.isfinite(values) & (np.isfinite(values).all(axis=1, keepdims=True) | (kind not in ("clr", "ilr")))
    np.testing.assert_allclose(again.inverse(coordinates)[known], values[known], rtol=1e-9)


@pytest.mark.parametrize("power", [-0.7, 0.0, 0.4, 1.6])
def test_boxcox_power_is_that_of_scipy(power):
    normal = np.random.default_rng(0).normal(0.0, 0.12, 2000)
    values = 40.0 * (np.exp(normal) if power == 0.0 else (1.0 + power * normal) ** (1.0 / power))
    transformed, expected = stats.boxcox(values)
    assert boxcox_power(values) == pytest.approx(expected, abs=1e-5)
    transform = AssayTransform("boxcox").fit(values[:, None], ["La"])
    np.testing.assert_allclose(transform.forward(values[:, None])[:, 0], transformed, rtol=1e-3)


@pytest.mark.parametrize("power", [-3.0, -1.0, 1.0, 3.0])
@pytest.mark.parametrize("unit", [1e-7, 1.0, 1e5])
def test_powers_are_such_that_the_inverse_is_exact(power, unit):
    normal = np.random.default_rng(1).normal(0.0, 0.05, (500, 1))
    values = unit * (1.0 + power * normal) ** (1.0 / power)
    transform = AssayTransform("boxcox").fit(values, ["La"])
    np.testing.assert_allclose(transform.inverse(transform.forward(values)), values, rtol=1e-9)


def test_log_is_natural_and_zscore_is_robust(values):
    np.testing.assert_allclose(AssayTransform("log").fit(values, FIELDS).forward(values), np.log(values))
    scores = AssayTransform("zscore").fit(values, FIELDS).forward(values)
    np.testing.assert_allclose(np.nanmedian(scores, axis=0), 0.0, atol=1e-12)
    np.testing.assert_allclose(1.4826 * np.nanmedian(np.abs(scores), axis=0), 1.0)


def test_log_ratios_know_units_and_the_rest(values):
    transform = AssayTransform("clr").fit(values, FIELDS, UNITS)
    assert transform.names == ["La_ppm_clr", "Ce_ppm_clr", "Fe_pct_clr", "rest_clr", "logratio_size"]
    row = values[0] * [1.0, 1.0, 1e4]
    row = np.append(row, 1e6 - row.sum())
    np.testing.assert_allclose(transform.forward(values)[0, :4], np.log(row / stats.gmean(row)))
    assert np.isnan(transform.forward(values)[7]).all()


def test_log_ratios_without_their_size_close_to_the_whole(values):
    transform = AssayTransform("ilr").fit(values, FIELDS, UNITS)
    coordinates = transform.forward(values)
    coordinates[:, -1] = np.nan
    known = np.isfinite(values).all(axis=1)
    np.testing.assert_allclose(transform.inverse(coordinates)[known], values[known], rtol=1e-9)


def test_rows_above_the_whole_have_no_rest():
    values = np.array([[60.0, 50.0], [10.0, 20.0]])
    transform = AssayTransform("clr").fit(values, ["SiO2_pct", "Si_pct"], ["pct", "pct"])
    assert not transform.parameters["rest"]
    assert "100 %" in transform.notes[0]
    with pytest.raises(InputError, match="100 % or more"):
        AssayTransform("clr").fit(values, ["a", "b"], ["pct", "pct"], "yes").forward(values)


@pytest.mark.parametrize(("kind", "values", "words"), [
    ("log", [[0.0], [1.0]], "above zero"), ("boxcox", [[-1.0], [1.0]], "above zero"), ("clr", [[1.0], [2.0]], "two or"),
    ("zscore", [[1.0], [1.0]], "robust"), ("sqrt", [[1.0]], "no transform"),
])
def test_values_that_do_not_suit_are_refused(kind, values, words):
    with pytest.raises(InputError, match=words):
        AssayTransform(kind).fit(np.array(values), ["La_ppm"])


def test_names_avoid_those_in_use(values):
    assert AssayTransform("log").fit(values, FIELDS, taken=["la_PPM_log"]).names[0] == "La_ppm_log_2"
