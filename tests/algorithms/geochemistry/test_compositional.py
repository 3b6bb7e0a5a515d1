"""Log-ratio coordinates against their definitions."""
import numpy as np
import pytest

from lodescope.algorithms.errors import InputError
from lodescope.algorithms.geochemistry.compositional import (
    balance_names,
    basis_of_signs,
    closed,
    clr,
    clr_of_ilr,
    ilr,
    log_size,
    parse_balances,
    pivot_signs,
    sized,
)


@pytest.fixture
def parts():
    return np.exp(np.random.default_rng(1).normal(0.0, 2.0, (50, 5)))


def aitchison(a, b):
    """Distance from all pairs of log-ratios."""
    ratios = [np.log(a[i] / a[j]) - np.log(b[i] / b[j]) for i in range(len(a)) for j in range(len(a))]
    return np.sqrt(np.sum(np.square(ratios)) / (2.0 * len(a)))


def test_clr_sums_to_zero_and_does_not_see_the_total(parts):
    np.testing.assert_allclose(clr(parts).sum(axis=1), 0.0, atol=1e-12)
    np.testing.assert_allclose(clr(parts), clr(parts * 7.0), atol=1e-12)
    np.testing.assert_allclose(closed(clr(parts), 100.0), 100.0 * parts / parts.sum(axis=1, keepdims=True))
    np.testing.assert_allclose(sized(clr(parts), log_size(parts)), parts, rtol=1e-12)


@pytest.mark.parametrize("text", ["", "a b / c d e; a / b; c / d e; d / e"])
def test_ilr_keeps_aitchison_distances_and_inverts(parts, text):
    signs = parse_balances(text, list("abcde")) if text else pivot_signs(5)
    basis = basis_of_signs(signs)
    np.testing.assert_allclose(basis @ basis.T, np.eye(4), atol=1e-12)
    coordinates = ilr(parts, basis)
    for i, j in ((0, 1), (5, 9), (20, 40)):
        assert np.linalg.norm(coordinates[i] - coordinates[j]) == pytest.approx(aitchison(parts[i], parts[j]))
    np.testing.assert_allclose(clr_of_ilr(coordinates, basis), clr(parts), atol=1e-12)


def test_pivot_coordinate_is_the_balance_of_one_part_against_the_rest():
    parts = np.array([[2.0, 3.0, 5.0]])
    coordinates = ilr(parts, basis_of_signs(pivot_signs(3)))
    np.testing.assert_allclose(coordinates[0], [
        np.sqrt(2 / 3) * np.log(2.0 / np.sqrt(15.0)), np.sqrt(1 / 2) * np.log(3.0 / 5.0)])


def test_names_say_what_is_compared():
    assert balance_names(["La", "Ce", "Lu"], pivot_signs(3)) == ["ilr_La_vs_rest", "ilr_Ce_vs_Lu"]
    signs = parse_balances("La Ce / Yb Lu; La / Ce; Yb / Lu", ["La", "Ce", "Yb", "Lu"])
    assert balance_names(["La", "Ce", "Yb", "Lu"], signs) == ["ilr_La_Ce_vs_Yb_Lu", "ilr_La_vs_Ce", "ilr_Yb_vs_Lu"]


@pytest.mark.parametrize(("text", "words"), [
    ("La / Ce", "one by one"), ("La / Ce; La / Lu", "one by one"), ("La Ce; Lu", "one '/'"), ("La / Xx; La / Ce", "Xx"),
])
def test_balances_that_are_no_partition_are_refused(text, words):
    with pytest.raises(InputError, match=words):
        parse_balances(text, ["La", "Ce", "Lu"])
