"""Field names: what is a rare earth, in which form and unit, and what only looks like one."""
import pytest

from lodescope.algorithms.errors import InputError
from lodescope.algorithms.geochemistry.ree_names import (
    ELEMENTS,
    Reading,
    choose_fields,
    find_fields,
    read_assignments,
    read_name,
    settle,
)


@pytest.mark.parametrize(("name", "element", "oxide", "unit"), [
    ("La_ppm", "La", "", "ppm"), ("La2O3_pct", "La", "La2O3", "pct"), ("CeO2", "Ce", "CeO2", ""),
    ("La (ppm)", "La", "", "ppm"), ("LA", "La", "", ""), ("Ce_ICPMS_ppm", "Ce", "", "ppm"),
    ("la203", "La", "La2O3", ""), ("PR6011", "Pr", "Pr6O11", ""), ("Ce02", "Ce", "CeO2", ""),
    ("Ho203", "Ho", "Ho2O3", ""), ("HO2O3", "Ho", "Ho2O3", ""), ("Tb4O7", "Tb", "Tb4O7", ""),
    ("La_ME_MS81_ppm", "La", "", "ppm"), ("ME-MS81_La_ppm", "La", "", "ppm"), ("Y2O3_%", "Y", "Y2O3", "pct"),
    ("Y2O3 (wt%)", "Y", "Y2O3", "pct"), ("Nd wt. %", "Nd", "", "pct"), ("La_ppb", "La", "", "ppb"),
    ("La mg/kg", "La", "", "ppm"), ("La_mg_kg", "La", "", "ppm"), ("La \u00b5g/g", "La", "", "ppm"),
    ("La [g/t]", "La", "", "ppm"), ("La ng/g", "La", "", "ppb"), ("Lappm", "La", "", "ppm"),
    ("Ce2O3pct", "Ce", "Ce2O3", "pct"), ("Lanthanum", "La", "", ""), ("La139_ppm", "La", "", "ppm"),
    ("89Y", "Y", "", ""), ("La_LA_ICPMS_ppm", "La", "", "ppm"), ("Pr_REO_ppm", "Pr", "Pr6O11", "ppm"),
    ("Tm per cent", "Tm", "", "pct"), ("Yb_ppm_1", "Yb", "", "ppm"), ("Er", "Er", "", ""),
    ("Ce O2 %", "Ce", "CeO2", "pct"), ("Pr6 O11 ppm", "Pr", "Pr6O11", "ppm"), ("La as La2O3 %", "La", "La2O3", "pct"),
    ("Lanthanum (La2O3) pct", "La", "La2O3", "pct"), ("Lanthanum (La) ppm", "La", "", "ppm"),
    ("LA-ICPMS_La_ppm", "La", "", "ppm"), ("La_ICPMS_ppm", "La", "", "ppm"), ("Dy_GE_IMS91A50", "Dy", "", ""),
    ("LA_PPM_FUS_MS", "La", "", "ppm"), ("LF200_La_PPM", "La", "", "ppm"), ("La/ppm FB6/MS", "La", "", "ppm"),
])
def test_names_of_assays(name, element, oxide, unit):
    reading = read_name(name)
    assert (reading.element, reading.oxide, reading.unit) == (element, oxide, unit)


@pytest.mark.parametrize("name", [
    "Lat", "Label", "Year", "Era", "Ndate", "Smpl", "Date", "Dyke", "Luse", "Holes", "Ceramic", "Error", "Europe",
    "Y_coord", "Y_UTM", "Tm_zone", "La_Yb", "La_Yb_N", "Ce/Ce*", "Eu_anomaly", "La_N", "La_ppm_dx", "La_ppm_variance",
    "La_ppm_flag", "Nd143_Nd144", "Y_Ho", "TREO_ppm", "La_lod_ppm", "Er_code", "", "ppm", "Nd_Pr_ppm", "Prov",
    "143Nd/144Nd", "176Lu/177Hf", "Eu_Eu", "La_ppm +/-", "La \u00b1", "Er_Er2O3_ratio", "La_Ce2O3_ppm", "Y_GDA94",
    "Y_MGA50",
])
def test_names_that_only_look_like_assays(name):
    assert read_name(name) is None


def test_one_field_is_taken_for_each_element_by_the_documented_order():
    names = ["La2O3_pct", "La", "La_ICP_ppm", "La_ppm", "Ce2O3_ppm", "CeO2_ppm"]
    taken, notes = find_fields(names)
    assert {element: field.field for element, field in taken.items()} == {"La": "La_ppm", "Ce": "Ce2O3_ppm"}
    assert any("'La_ppm' (not 'La_ICP_ppm', 'La2O3_pct', 'La')" in note for note in notes)


def test_aqua_regia_comes_last_and_is_told():
    names = ["La_AR_ppm", "La_FUS_ppm", "Ce_ME-MS41_ppm", "Ce2O3_ME-MS81_ppm", "Nd_AQ250_ppm"]
    taken, notes = find_fields(names)
    assert [field.field for field in taken.values()] == ["La_FUS_ppm", "Ce2O3_ME-MS81_ppm", "Nd_AQ250_ppm"]
    assert "'Nd_AQ250_ppm' are named after aqua regia" in notes[-1]
    assert not any("aqua regia" in note for note in find_fields(["La_ME-MS81_ppm", "Ce_AR_ppm", "Ce_ppm"])[1])


def test_a_coordinate_is_no_yttrium():
    names = ["X", "Y", "La", "Ce"]
    taken, notes = find_fields(names)
    assert list(taken) == ["La", "Ce"]
    assert "coordinate" in notes[0]
    assert list(find_fields(["Y", "La", "Ce"])[0]) == ["La", "Ce", "Y"]
    assert list(find_fields(["X", "Y", "Y_ppm", "La_ppm"])[0]) == ["La", "Y"]


def test_bare_symbols_among_names_with_units_are_left_aside():
    taken, notes = find_fields(["La_ppm", "Ce_ppm", "Nd_ppm", "TM"])
    assert list(taken) == ["La", "Ce", "Nd"]
    assert "'TM' names no unit while the others do" in notes[0]


def test_corrections_by_hand():
    names = ["LA1", "Ce_ppm", "cer", "Tm_ppm"]
    taken, _ = choose_fields(names, "La_ppm=la1; Ce2O3_pct = cer\nTm =")
    assert {element: field.field for element, field in taken.items()} == {"La": "LA1", "Ce": "cer"}
    assert taken["Ce"].reading == Reading("Ce", "Ce2O3", "pct")
    taken, _ = choose_fields(["La_ppm", "Ce_ppm", "Nd_ppm"], "Pr_ppm = Nd_ppm", ["La_ppm"])
    assert list(taken) == ["La", "Pr"]
    assert read_assignments("Nd = CeO2_pct", ["CeO2_pct"])["Nd"].reading.unit == ""
    assert read_assignments("Ce = CeO2_pct", ["CeO2_pct"])["Ce"].reading == Reading("Ce", "CeO2", "pct", 0, True)


@pytest.mark.parametrize("text", ["La", "La: LA1", "Au = LA1", "La = LA1; La = LA2", "La = LA1; Ce = LA1", "La = no"])
def test_corrections_that_cannot_be_meant(text):
    with pytest.raises(InputError, match=r"^Fields by hand: .*\.$"):
        read_assignments(text, ["LA1", "LA2"])


def test_units_and_forms_are_settled():
    taken, _ = find_fields(["La_ppb", "CeO2_pct", "Nd_ppm"])
    columns, warnings = settle(taken)
    assert [(c["element"], c["oxide"], c["unit"]) for c in columns] == [
        ("La", "", "ppb"), ("Ce", "CeO2", "pct"), ("Nd", "", "ppm")]
    assert warnings == []
    columns, warnings = settle(taken, "ppm", "element")
    assert [(c["oxide"], c["unit"]) for c in columns] == [("", "ppm")] * 3
    assert "La_ppb, CeO2_pct say otherwise" in warnings[0]
    assert "CeO2_pct are named as oxides" in warnings[1]
    taken, _ = find_fields(["Pr", "Nd"])
    with pytest.raises(InputError, match="the fields Pr, Nd do not tell their unit"):
        settle(taken)
    columns, warnings = settle(taken, "pct", "oxide")
    assert [(c["oxide"], c["unit"]) for c in columns] == [("Pr6O11", "pct"), ("Nd2O3", "pct")]
    assert warnings == []


def test_every_element_is_known():
    assert len(ELEMENTS) == 15
    for element in ELEMENTS:
        assert read_name(f"{element}_ppm") == Reading(element, "", "ppm")
        assert read_name(f"{element.upper()}2O3").oxide == f"{element}2O3"


def test_fields_of_a_layer_of_prepared_assays_are_no_puzzle():
    taken, notes = find_fields(["x", "y", "La_ppm", "La_ppm_raw", "La_ppm_flag", "Y_ppm", "Y_ppm_raw"])
    assert {symbol: field.field for symbol, field in taken.items()} == {"La": "La_ppm", "Y": "Y_ppm"}
    assert notes == []
    assert find_fields(["La_ppm_raw"])[0]["La"].field == "La_ppm_raw"
