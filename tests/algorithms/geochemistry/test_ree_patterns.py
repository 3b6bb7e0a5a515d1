"""Sums, ratios, anomalies and gaps of rare-earth patterns against numbers worked out by hand."""
import numpy as np
import pytest

from lodescope.algorithms.geochemistry.rare_earths import RADII, reference_values
from lodescope.algorithms.geochemistry.ree_names import ELEMENTS
from lodescope.algorithms.geochemistry.ree_patterns import (
    CERIUM,
    EUROPIUM,
    PLACE,
    anomaly,
    fill_gaps,
    groups_of,
    normalise,
    oxides,
    quotient,
    share,
    slope,
    spikes,
    total,
)

REFERENCE = reference_values("chondrite_ms95")


def pattern(**values):
    """A normalised pattern of ones but for some elements."""
    row = np.ones((1, len(ELEMENTS)))
    for element, value in values.items():
        row[0, PLACE[element]] = value
    return row


def test_groups_share_out_all_elements():
    for definition in ("la_sm", "la_eu", "la_gd", "la_nd"):
        groups = groups_of(definition)
        assert sorted(groups["LREO"] + groups["HREO"]) == sorted(groups["TREO"])
        assert "Y" in groups["HREO"]
    assert groups_of("la_eu")["LREO"][-1] == "Eu"
    assert groups_of(magnet="pr_nd_sm_tb_dy")["MREO"] == ("Pr", "Nd", "Sm", "Tb", "Dy")
    assert set(groups_of()["CREO"]) == {"Nd", "Eu", "Tb", "Dy", "Y"}


def test_sums_are_of_what_is_known():
    contents = np.full((3, len(ELEMENTS)), np.nan)
    contents[0, :2], contents[1, 0] = [10.0, 5.0], 10.0
    assert total(contents, ("La", "Ce")) == pytest.approx([15.0, 10.0, np.nan], nan_ok=True)
    assert total(contents, ("La", "Ce"), ("La", "Ce", "Yb")) == pytest.approx([15.0, np.nan, np.nan], nan_ok=True)
    assert share(np.array([1.0, 0.0]), np.array([4.0, 0.0])) == pytest.approx([25.0, np.nan], nan_ok=True)
    assert quotient(np.array([6.0, 0.0]), np.array([3.0, 1.0])) == pytest.approx([2.0, np.nan], nan_ok=True)


def test_oxides_of_one_ppm():
    made = oxides(np.ones((1, len(ELEMENTS))))[0]
    assert made[PLACE["Ce"]] == pytest.approx(1.2284, abs=1e-4)
    assert oxides(np.ones((1, len(ELEMENTS))), "trivalent")[0, PLACE["Ce"]] == pytest.approx(1.1713, abs=1e-4)


def test_slopes_and_anomalies():
    row = pattern(La=8.0, Ce=8.0, Pr=2.0, Nd=1.0, Sm=4.0, Eu=1.0, Gd=1.0, Yb=0.5)
    assert slope(row, "La_Yb_N") == pytest.approx([16.0])
    assert slope(row, "La_Sm_N") == pytest.approx([2.0])
    assert slope(row, "Gd_Yb_N") == pytest.approx([2.0])
    assert anomaly(row, "Eu", EUROPIUM) == pytest.approx([0.5])
    assert anomaly(row, "Ce", CERIUM["la_pr"]) == pytest.approx([2.0])
    assert anomaly(row, "Ce", CERIUM["pr_nd"]) == pytest.approx([2.0])
    assert anomaly(row, "Ce", CERIUM["la_nd"]) == pytest.approx([2.0])
    assert np.isnan(anomaly(pattern(Gd=np.nan), "Eu", EUROPIUM)).all()


def test_what_is_not_above_zero_has_no_normalised_value():
    row = np.where(np.arange(15) == 0, 0.0, REFERENCE)[None]
    assert np.isnan(normalise(row, REFERENCE)[0, 0])
    assert normalise(row, REFERENCE)[0, 1:] == pytest.approx(np.ones(14))


def test_gaps_are_read_off_a_straight_pattern_exactly():
    radii = np.array([RADII[element] for element in ELEMENTS])
    truth = REFERENCE * np.exp(5.0 + 12.0 * (radii - 1.0))
    row = np.vstack([truth, truth, truth])
    row[0, PLACE["Tm"]] = np.nan
    row[1, [PLACE["Dy"], PLACE["Tb"], PLACE["Gd"]]] = [0.0, np.nan, np.nan]
    row[2, [PLACE[element] for element in ("La", "Ce", "Eu", "Y", "Lu")]] = np.nan
    filled, counts = fill_gaps(row, REFERENCE)
    assert counts.tolist() == [1, 3, 0]
    assert filled[:2] == pytest.approx(np.vstack([truth, truth]), rel=1e-9)
    assert np.isnan(filled[2]).sum() == 5


def test_an_element_in_another_unit_is_noticed():
    rng = np.random.default_rng(3)
    rows = REFERENCE * 30.0 * np.exp(rng.normal(0.0, 0.2, (200, 15)))
    assert spikes(rows, REFERENCE) == {}
    rows[:, PLACE["Tb"]] *= 1e3
    assert list(spikes(rows, REFERENCE)) == ["Tb"]
    assert spikes(rows, REFERENCE)["Tb"] == pytest.approx(1e3, rel=0.1)
    rows[:, PLACE["Tb"]] /= 1e3
    rows[:, PLACE["Ce"]] *= 5.0
    assert spikes(rows, REFERENCE) == {}  # oxidised cerium
    rows[:, PLACE["Ce"]] *= 2e3
    assert list(spikes(rows, REFERENCE)) == ["Ce"]
