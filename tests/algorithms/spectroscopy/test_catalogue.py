"""The catalogue of features: its own rows, those of users, and what an image covers."""
import re

import numpy as np
import pytest

from lodescope.algorithms.errors import InputError
from lodescope.algorithms.spectroscopy.catalogue import FILE, choose, covered, indices, merge, read_catalogue

FEATURES = read_catalogue(FILE.read_text(encoding="utf-8"))
FULL = np.arange(0.40, 2.50, 0.01)
HEAD = "name,search_from,search_to,left,right\n"


def test_bundled_catalogue_holds_what_a_geologist_looks_for():
    names = {feature.name.split("_")[0] for feature in FEATURES}
    assert {"Nd", "Sm", "Dy", "Er", "Pr", "Eu", "Tm", "Ho", "Yb", "Fe3", "Fe2", "AlOH", "MgOH", "Carbonate",
            "Kaolinite", "Bastnaesite", "Monazite", "Fluorite", "Apatite"} <= names
    assert len({feature.name for feature in FEATURES}) == len(FEATURES)


@pytest.mark.parametrize("feature", FEATURES, ids=lambda feature: feature.name)
def test_every_feature_names_a_source_and_minerals_and_lies_where_its_name_says(feature):
    assert re.search(r"(19|20)\d\d, (doi:10\.\d{4,}/\S+|[A-Z][a-zA-Z ]+ \d+, \d+-\d+)", feature.source)
    assert feature.minerals
    assert feature.search_from - 0.006 <= int(feature.name[-4:]) / 1000 <= feature.search_to + 0.006


def test_neodymium_lines_are_where_they_are_in_bastnaesite():
    lines = {feature.name: feature for feature in FEATURES if feature.name.startswith("Nd_")}
    for name, place in (("Nd_0580", 0.579), ("Nd_0740", 0.741), ("Nd_0800", 0.798), ("Nd_0870", 0.866)):
        assert lines[name].search_from < place < lines[name].search_to


def test_all_takes_what_is_covered_and_tells_the_rest():
    chosen, left_out = choose(FEATURES, "all", np.arange(0.40, 1.00, 0.01))
    assert {"Nd_0580", "Nd_0870", "Fe3_0500"} <= {feature.name for feature in chosen}
    assert {"AlOH_2200", "Fe2_1000"} <= {feature.name for feature in left_out}
    assert len(chosen) + len(left_out) == len(FEATURES)


@pytest.mark.parametrize(("words", "names"), [
    ("Nd", ["Nd_0580", "Nd_0740", "Nd_0800", "Nd_0870", "Nd_0520"]),
    ("alOH_2200, nd_0800", ["Nd_0800", "AlOH_2200"]),
    ("Kaolinite", ["Kaolinite_2160", "Kaolinite_2205"]),
])
def test_names_and_kinds_in_any_case(words, names):
    assert [feature.name for feature in choose(FEATURES, words, FULL)[0]] == names


def test_unknown_name_lists_the_names():
    with pytest.raises(InputError, match=r"no feature 'Unobtainium'.*Nd_0580.*Apatite_0807"):
        choose(FEATURES, "Nd_0580, Unobtainium", FULL)


def test_features_outside_the_bands_are_refused():
    with pytest.raises(InputError, match=r"0\.400 to 0\.990.*AlOH_2200 needs 2\.12 to 2\.26"):
        choose(FEATURES, "AlOH_2200", np.arange(0.40, 1.00, 0.01))


def test_gap_in_the_window_is_no_cover():
    feature = next(feature for feature in FEATURES if feature.name == "Fe2_1000")
    assert covered(feature, FULL)
    assert not covered(feature, FULL[(FULL < 0.95) | (FULL > 1.25)])


@pytest.mark.parametrize(("name", "missing", "spacing", "seen"), [
    ("AlOH_2200", (2.185, 2.215), 0.01, False),
    ("AlOH_2200", (2.195, 2.205), 0.01, True),
    ("AlOH_2200", (0.0, 0.0), 0.015, True),
    ("Nd_0740", (0.735, 0.745), 0.01, False),
    ("Nd_0740", (0.0, 0.0), 0.015, True),
    ("Fe3_0900", (0.885, 0.915), 0.01, True),
])
def test_missing_bands_in_the_middle_of_a_feature_are_no_cover(name, missing, spacing, seen):
    waves = np.arange(0.40, 2.50, spacing)
    feature = next(feature for feature in FEATURES if feature.name == name)
    assert covered(feature, waves[(waves < missing[0]) | (waves > missing[1])]) == seen


def test_rows_of_users_are_added_and_replace_namesakes():
    text = HEAD + "Mine_0700,0.69,0.71,0.66,0.74\nNd_0800,0.79,0.81,0.77,0.83\n"
    merged = merge(FEATURES, read_catalogue(text, "own.csv"))
    found = {feature.name: feature for feature in merged}
    assert len(merged) == len(FEATURES) + 1
    assert found["Nd_0800"].right == 0.83
    assert choose(merged, "Mine", FULL)[0] == [found["Mine_0700"]]


def test_semicolons_and_a_byte_order_mark_are_read():
    text = "\ufeff# mine\nname;search_from;search_to;left;right;index;joined\nA;0.69;0.71;0.66;0.74;X;all\n"
    assert read_catalogue(text)[0].joined == "all"


@pytest.mark.parametrize(("text", "words"), [
    ("name,search_from\nA,1\n", "lacks the column search_to"),
    ("", "lacks the column name"),
    (HEAD + "A,x,0.71,0.66,0.74\n", "is no number"),
    (HEAD + "A,0.69,0.71,0.70,0.74\n", "not in order"),
    (HEAD + "A,690,710,660,740\n", "not in order"),
    (HEAD + "A:b,0.69,0.71,0.66,0.74\n", "cannot be used"),
    (HEAD + "A,nan,0.71,0.66,0.74\n", "not in order"),
])
def test_rows_without_sense_are_one_sentence(text, words):
    with pytest.raises(InputError, match=words):
        read_catalogue(text, "own.csv")


def test_indices_join_two_features_and_more():
    assert indices(choose(FEATURES, "Nd, Sm_1090", FULL)[0]) == {"Nd": [1, 2]}
