"""Constants of the rare earths against published factors and against pyrolite's tables."""
import numpy as np
import pytest

from lodescope.algorithms.geochemistry.rare_earths import (
    ATOMIC_WEIGHTS,
    RADII,
    oxide_factor,
    oxide_of,
    reference_values,
    references,
    to_element,
)
from lodescope.algorithms.geochemistry.ree_names import ELEMENTS

# As company reports print them, with four decimals.
PUBLISHED = {
    "La2O3": 1.1728, "CeO2": 1.2284, "Ce2O3": 1.1713, "Pr6O11": 1.2082, "Nd2O3": 1.1664, "Sm2O3": 1.1596,
    "Eu2O3": 1.1579, "Gd2O3": 1.1526, "Tb4O7": 1.1762, "Dy2O3": 1.1477, "Ho2O3": 1.1455, "Er2O3": 1.1435,
    "Tm2O3": 1.1421, "Yb2O3": 1.1387, "Lu2O3": 1.1371, "Y2O3": 1.2699,
}
PYROLITE = {
    "chondrite_ms95": "Chondrite_MS95", "chondrite_sm89": "Chondrite_SM89", "chondrite_po14": "Chondrite_PON",
    "chondrite_on16": "ChondriteREE_ON", "mantle_ms95": "Pyrolite_MS95", "mantle_sm89": "PM_SM89",
    "mantle_po14": "PM_PON", "paas_tm85": "PAAS_TM1985", "paas_p12": "PAAS_Pourmand2012", "nasc_g84": "NASC_Gromet1984",
    "crust_rg03": "UCC_RG2003", "crust_tm85": "UCC_McLennan2001",
}


@pytest.mark.parametrize("formula", PUBLISHED)
def test_oxide_factors_are_the_published_ones(formula):
    assert oxide_factor(formula) == pytest.approx(PUBLISHED[formula], abs=1.01e-4)


def test_contents_of_the_element():
    assert to_element(np.array([1.0]), "pct", "CeO2")[0] == pytest.approx(1e4 / 1.22837, rel=1e-5)
    assert to_element(np.array([5000.0]), "ppb")[0] == pytest.approx(5.0)
    assert [oxide_of("Tb"), oxide_of("Tb", "trivalent"), oxide_of("Y")] == ["Tb4O7", "Tb2O3", "Y2O3"]


@pytest.mark.parametrize("name", PYROLITE)
def test_references_are_those_of_pyrolite(name, pyrolite):
    norm = pyrolite("geochem.norm")
    reference = norm.get_reference_composition(PYROLITE[name])
    reference.set_units("ppm")
    for element, value in references()[name]["values"].items():
        assert value == pytest.approx(float(reference[element]), rel=1e-9), element


def test_references_are_complete_and_sourced():
    for name, reference in references().items():
        values = reference_values(name)
        assert np.isfinite(values).sum() == (14 if name == "chondrite_on16" else 15)
        assert reference["doi"].startswith("10.")
        assert reference["source"]
    shales = reference_values("paas_m89") / reference_values("paas_tm85")
    assert np.abs(shales - 1.0).max() < 0.07  # two printings of the same shales


def test_radii_are_those_of_pyrolite(pyrolite):
    ind = pyrolite("geochem.ind")
    assert list(RADII) == list(ELEMENTS)
    assert list(RADII.values()) == pytest.approx([ind.get_ionic_radii(e, charge=3, coordination=8) for e in ELEMENTS])


def test_atomic_weights_rise_with_the_atomic_number():
    weights = [ATOMIC_WEIGHTS[element] for element in ELEMENTS if element != "Y"]
    assert weights == sorted(weights)
    periodictable = pytest.importorskip("periodictable")
    for element in ELEMENTS:
        assert ATOMIC_WEIGHTS[element] == pytest.approx(getattr(periodictable, element).mass, rel=2e-5)
