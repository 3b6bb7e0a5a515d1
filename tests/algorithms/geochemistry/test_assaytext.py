"""Laboratory text read as numbers; what each spelling means is the truth."""
import time

import numpy as np
import pytest

from lodescope.algorithms.errors import InputError
from lodescope.algorithms.geochemistry.assayreading import (
    ABOVE,
    ABSENT,
    CENSORED,
    MEASURED,
    RawColumn,
    plan_readings,
    read_column,
    refuse_unreadable,
)
from lodescope.algorithms.geochemistry.assaytext import decimal_mark, take_apart
from lodescope.algorithms.geochemistry.assayunits import label_of_name, unit_of_name


def column(texts):
    different = list(dict.fromkeys(texts))
    return RawColumn(texts=different, codes=np.array([different.index(text) for text in texts]))


def read(texts, name="La_ppm", **settings):
    raw = RawColumn(numbers=np.array(texts)) if isinstance(texts, np.ndarray) else column(texts)
    return read_column(raw, plan_readings({name: raw}, settings)[name])


SPELLINGS = [
    ("12.5", 12.5, MEASURED), (" 12.5 ", 12.5, MEASURED), ("+3", 3.0, MEASURED), (".5", 0.5, MEASURED),
    ("1.2e-3", 0.0012, MEASURED), ("1.2E+3", 1200.0, MEASURED), ("1.5 x 10^3", 1500.0, MEASURED),
    ("<0.5", 0.5, CENSORED), ("< 0.5", 0.5, CENSORED), ("≤0.5", 0.5, CENSORED), ("‹0.5", 0.5, CENSORED),
    ("＜0.5", 0.5, CENSORED), ("<=0.5", 0.5, CENSORED), ("<-0.5", 0.5, CENSORED), ("-0.5", 0.5, CENSORED),
    ("\u22120.5", 0.5, CENSORED), ("<\u00a00.5", 0.5, CENSORED), ("<0.5 ppm", 0.5, CENSORED),
    (">10000", 10000.0, ABOVE), (">10,000", 10000.0, ABOVE), ("≥100", 100.0, ABOVE),
    ("1,234.5", 1234.5, MEASURED), ("1 234.5", 1234.5, MEASURED), ("1\u00a0234.5", 1234.5, MEASURED),
    ("1\u202f234", 1234.0, MEASURED), ("1'234.5", 1234.5, MEASURED), ("1,234,567.0", 1234567.0, MEASURED),
    ("12 ppm", 12.0, MEASURED), ("12ppm", 12.0, MEASURED), ("0.5%", 5000.0, MEASURED), ("0.5 %", 5000.0, MEASURED),
    ("500 ppb", 0.5, MEASURED), ("2 g/t", 2.0, MEASURED), ("3 mg/kg", 3.0, MEASURED), ("4 µg/g", 4.0, MEASURED),
    ("n.d.", 0.1, CENSORED), ("ND", 0.1, CENSORED), ("BDL", 0.1, CENSORED), ("b.d.l.", 0.1, CENSORED),
    ("tr", 0.1, CENSORED), ("Trace", 0.1, CENSORED), ("LOD", 0.1, CENSORED), ("<LOD", 0.1, CENSORED),
    ("< DL", 0.1, CENSORED), ("Below Detection", 0.1, CENSORED),
    ("", np.nan, ABSENT), ("-", np.nan, ABSENT), ("\u2014", np.nan, ABSENT), ("N/A", np.nan, ABSENT),
    ("n.a.", np.nan, ABSENT), ("NULL", np.nan, ABSENT), ("ins", np.nan, ABSENT), ("I.S.", np.nan, ABSENT),
    ("LNR", np.nan, ABSENT), ("*", np.nan, ABSENT), ("#N/A", np.nan, ABSENT), ("nan", np.nan, ABSENT),
    ("-99", np.nan, ABSENT), ("-999", np.nan, ABSENT), ("-9999.0", np.nan, ABSENT), ("not assayed", np.nan, ABSENT),
]


@pytest.mark.parametrize(("text", "value", "mark"), SPELLINGS)
def test_spellings(text, value, mark):
    result = read([text, "7.25"], limits={"La_ppm": 0.1})
    assert result.values[0] == pytest.approx(value, nan_ok=True)
    assert result.marks[0] == mark


@pytest.mark.parametrize("text", ["abc", "5-10", "1,23,456", "12..5", "1_000", "inf", "<", "Jan-05", "0x10", "1.2.3"])
def test_other_text_is_not_guessed(text):
    result = read([text, "7.25"], limits={"La_ppm": 0.1})
    assert result.marks[0] in ((CENSORED,) if text == "<" else (ABSENT,))
    if text != "<":
        assert result.unreadable == {text: 1}
        with pytest.raises(InputError, match=r"'La_ppm' in 1 of 2 rows"):
            refuse_unreadable({"La_ppm": result})


@pytest.mark.parametrize(("texts", "values"), [
    (["1,5", "2,25", "1.234,5"], [1.5, 2.25, 1234.5]),
    (["0,125", "1,234"], [0.125, 1.234]),
    (["1,5", "1.234"], [1.5, 1234.0]),
    (["1,234", "950", "12"], [1234.0, 950.0, 12.0]),
    (["1,234", "950.5"], [1234.0, 950.5]),
    (["1.234", "2.345"], [1.234, 2.345]),
    (["1,5", "2.5"], [1.5, 2.5]),
    (["<0,5", "3"], [0.5, 3.0]),
])
def test_decimal_mark_is_that_of_the_whole_column(texts, values):
    np.testing.assert_allclose(read(texts).values, values)


@pytest.mark.parametrize("texts", [["1,234", "2,345"], ["1,234", "2"], ["1,5", "2.5", "1,234"]])
def test_commas_that_could_be_either_are_refused(texts):
    with pytest.raises(InputError, match="decimal mark"):
        read(texts)


def test_a_column_that_does_not_tell_follows_the_others_and_the_user():
    columns = {"La": column(["1,234", "2,345"]), "Ce": column(["0,5", "1,25"])}
    readings = plan_readings(columns, {})
    np.testing.assert_allclose(read_column(columns["La"], readings["La"]).values, [1.234, 2.345])
    np.testing.assert_allclose(read(["1,234", "2,345"], decimal="point").values, [1234.0, 2345.0])
    assert decimal_mark([take_apart(text) for text in ("1,234", "2,345")])[0] == "open"


def test_units_of_the_text_are_turned_into_that_of_the_column():
    np.testing.assert_allclose(read(["0.5 %", "200 ppm", "3"], "Fe_pct").values, [0.5, 0.02, 3.0])
    np.testing.assert_allclose(read(["12 ppb", "1 ppm", "<2 ppb"], "Au_ppb").values, [12.0, 1000.0, 2.0])
    np.testing.assert_allclose(read(["12 ppm", "13"], "La").values, [12.0, 13.0])
    with pytest.raises(InputError, match="mixes units"):
        read(["12 ppm", "1 %"], "La")
    np.testing.assert_allclose(read(["12 ppm", "1 %"], "La", units={"La": "ppm"}).values, [12.0, 10000.0])


@pytest.mark.parametrize(("name", "unit", "label"), [
    ("La_ppm", "ppm", "La"), ("La (ppm)", "ppm", "La"), ("Fe2O3_pct", "pct", "Fe2O3"), ("SiO2 %", "pct", "SiO2"),
    ("Au_ppb", "ppb", "Au"), ("Au g/t", "ppm", "Au"), ("Au_g_t", "ppm", "Au"), ("La", "", "La"),
    ("Cu_ppm_ICP", "ppm", "Cu_ICP"), ("wtloss", "", "wtloss"), ("TiO2 wt%", "pct", "TiO2"),
])
def test_units_in_names(name, unit, label):
    assert unit_of_name(name) == unit
    assert label_of_name(name) == label


def test_negative_numbers_are_limits_or_real():
    few = np.array([-0.5] * 20 + [1.0, 2.0, 3.0])
    assert (read(few, "x").marks == CENSORED).sum() == 20
    many = np.linspace(-3.0, 3.0, 101)
    assert (read(many, "residual").values < 0.0).sum() == 50
    assert (read(many, "La_ppm").marks == CENSORED).sum() == 50
    assert len(read(many, "La_ppm").warnings) == 1
    assert (read(few, "x", negative="missing").marks == ABSENT).sum() == 20


def test_sentinels_are_chosen_by_the_user():
    values = np.array([-9.0, -999.0, 4.0, np.inf, 1e31])
    assert read(values).marks.tolist() == [CENSORED, ABSENT, MEASURED, ABSENT, ABSENT]
    assert read(values, sentinels=[-9.0]).marks.tolist()[:2] == [ABSENT, CENSORED]


@pytest.mark.parametrize(("settings", "mark"), [
    ({}, MEASURED), ({"positive": True}, CENSORED), ({"zero": "missing"}, ABSENT), ({"zero": "below"}, CENSORED),
    ({"positive": True, "zero": "real"}, MEASURED),
])
def test_zeros(settings, mark):
    result = read(np.array([0.0, 0.4, 5.0]), **settings)
    assert result.marks[0] == mark
    assert mark != CENSORED or result.values[0] == 0.4


def test_limits_of_words_are_given_or_inferred():
    assert read(["bdl", "<0.2", "<0.5", "3"]).values[0] == 0.2
    assert read(["bdl", "0.3", "0.3", "0.3", "3"]).values[0] == 0.3
    assert read(["bdl", "0.3", "3"], limits={"La_ppm": 1.5}).values[0] == 1.5
    assert any("smallest value" in text for text in read(["bdl", "0.3", "3"]).warnings)
    with pytest.raises(InputError, match="shows no limit"):
        read(["bdl", "nd"])


def test_values_above_range():
    assert read([">100", "5"], over="multiply", over_factor=1.5).values[0] == 150.0
    assert read([">100", "5"], over="missing").marks[0] == ABSENT
    assert read(["over range", "5", ">80"]).values[0] == 80.0


def test_own_words():
    result = read(["pend.", "weak", "4"], missing_words=["PEND"], below_words=["weak"], limits={"La_ppm": 2.0})
    assert result.marks.tolist() == [ABSENT, CENSORED, MEASURED]


def test_a_million_different_texts_are_read_in_seconds():
    texts = [f"{k / 7:.5f}" for k in range(200_000)]
    raw = RawColumn(texts=texts, codes=np.tile(np.arange(200_000), 5))
    start = time.process_time()
    result = read_column(raw, plan_readings({"La": raw}, {})["La"])
    assert time.process_time() - start < 10.0
    np.testing.assert_allclose(result.values[200_000:200_010], [round(k / 7, 5) for k in range(10)])
