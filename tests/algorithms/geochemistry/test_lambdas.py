"""Shape coefficients: known shapes come back, and pyrolite agrees."""
import numpy as np
import pytest

from lodescope.algorithms.geochemistry.lambdas import BASES, LANTHANIDES, lambdas, orthogonal_polynomials
from lodescope.algorithms.geochemistry.rare_earths import RADII, reference_values
from lodescope.algorithms.geochemistry.ree_names import ELEMENTS

CHONDRITE = np.nan_to_num(reference_values("chondrite_on16"), nan=1.5)


def random_patterns(count, seed=1):
    """Contents with noise about the chondrite."""
    rng = np.random.default_rng(seed)
    return CHONDRITE * 50.0 * np.exp(rng.normal(0.0, 0.4, (count, len(ELEMENTS))))


def test_polynomials_are_orthogonal_and_monic():
    radii = np.array([RADII[element] for element in BASES["oneill"]])
    values = orthogonal_polynomials(radii, radii)
    products = values.T @ values
    assert np.abs(products - np.diag(np.diag(products))).max() < 1e-12
    assert np.polyfit(radii, values[:, 3], 3)[0] == pytest.approx(1.0)


@pytest.mark.parametrize("basis", ["oneill", "full"])
def test_a_flat_pattern_has_its_level_only(basis):
    result = lambdas(np.vstack([CHONDRITE, 100.0 * CHONDRITE]), basis=basis)
    assert result[:, 0] == pytest.approx([0.0, np.log(100.0)], abs=1e-12)
    assert np.abs(result[:, 1:]).max() < 1e-7


def test_a_known_shape_comes_back_with_gaps_and_anomalies():
    radii = [RADII[element] for element in BASES["oneill"]]
    truth = np.array([3.0, 8.0, -60.0, 300.0])
    logs = orthogonal_polynomials(radii, [RADII[element] for element in ELEMENTS]) @ truth
    row = CHONDRITE * np.exp(logs)
    gaps = row.copy()
    gaps[[ELEMENTS.index("Tm"), ELEMENTS.index("Pr")]] = np.nan
    gaps[ELEMENTS.index("Eu")] *= 0.3
    oxidised = gaps.copy()
    oxidised[ELEMENTS.index("Ce")] *= 5.0
    assert lambdas(np.vstack([row, gaps])) == pytest.approx(np.vstack([truth, truth]), rel=1e-6)
    assert lambdas(oxidised[None], exclude="ce_eu")[0] == pytest.approx(truth, rel=1e-6)
    assert abs(lambdas(oxidised[None])[0, 0] - truth[0]) > 0.05


def test_too_few_elements_give_nothing():
    few = np.full((2, len(ELEMENTS)), np.nan)
    known = [ELEMENTS.index(element) for element in ("La", "Ce", "Pr", "Nd", "Sm", "Eu", "Gd", "Y")]
    few[0, known] = CHONDRITE[known]
    few[1, [*known, ELEMENTS.index("Yb")]] = CHONDRITE[[*known, ELEMENTS.index("Yb")]]
    found = np.isfinite(lambdas(few)).all(axis=1)
    assert found.tolist() == [False, True]


@pytest.mark.parametrize(("exclude", "basis", "left_out", "params"), [
    ("eu", "oneill", ["Eu"], "ONeill2016"), ("eu", "full", ["Eu"], "full"),
    ("ce_eu", "oneill", ["Ce", "Eu"], "ONeill2016"),
])
def test_pyrolite_agrees(exclude, basis, left_out, params, pyrolite):
    pyrolite("geochem")
    pandas = pytest.importorskip("pandas")
    patterns = random_patterns(40)
    patterns[:10, ELEMENTS.index("Tm")] = np.nan
    patterns[5:15, ELEMENTS.index("Pr")] = np.nan
    columns = [ELEMENTS.index(element) for element in LANTHANIDES]
    table = pandas.DataFrame(patterns[:, columns], columns=list(LANTHANIDES))
    theirs = table.pyrochem.lambda_lnREE(
        norm_to="ChondriteREE_ON", exclude=left_out, params=params, degree=4, algorithm="ONeill").to_numpy()
    assert lambdas(patterns, exclude, basis) == pytest.approx(theirs, rel=1e-6, abs=1e-5)


def test_many_patterns_with_gaps_are_those_of_single_rows():
    patterns = random_patterns(60_000)
    patterns[np.random.default_rng(2).random(patterns.shape) < 0.02] = np.nan
    result = lambdas(patterns)
    some = [3, 59_999, 50_000, 49_999]
    assert result[some] == pytest.approx(lambdas(patterns[some]), nan_ok=True)
