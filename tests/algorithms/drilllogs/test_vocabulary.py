"""The vocabulary: whole, without doubles, and the same as its documented page."""
from pathlib import Path

import pytest

from lodescope.algorithms.drilllogs.dictionary import DictionaryParser
from lodescope.algorithms.drilllogs.vocabulary import MULTIPLE, SINGLE, hierarchy_page, load_vocabulary

ROOT = Path(__file__).resolve().parents[3]
GROUPS = {"igneous", "metamorphic", "sedimentary", "regolith", "vein_mineralisation", "structural", "other"}


@pytest.fixture(scope="module")
def vocabulary():
    return load_vocabulary()


def test_rocks_form_three_levels(vocabulary):
    assert {term.group for term in vocabulary.lithologies} == GROUPS
    assert all(term.subgroup for term in vocabulary.lithologies)
    subgroups = {}
    for term in vocabulary.lithologies:
        assert subgroups.setdefault(term.subgroup, term.group) == term.group
    assert len(vocabulary.lithologies) >= 100


@pytest.mark.parametrize("attribute", [*SINGLE, *MULTIPLE])
def test_names_and_terms_are_there_once(vocabulary, attribute):
    terms = vocabulary.terms(attribute)
    names = [term.name for term in terms]
    assert len(set(names)) == len(names)
    for term in terms:
        assert term.terms
        assert len(set(term.terms)) == len(term.terms)
        assert all(word == word.strip().lower() for word in term.terms)


def test_not_said_is_the_first_class(vocabulary):
    for attribute in SINGLE:
        assert vocabulary.classes(attribute)[0] == ""
    of_class, groups = vocabulary.groups()
    assert of_class[vocabulary.classes("lithology").index("fenite")] == "igneous"
    assert set(groups) == {"", *GROUPS}


def test_every_rock_is_read_from_its_own_name(vocabulary):
    parser = DictionaryParser(vocabulary)
    names = vocabulary.classes("lithology")
    parsed = parser.parse([name.replace("_", " ") for name in names[1:]])
    assert [names[index] for index in parsed.lithology.argmax(axis=1)] == list(names[1:])


def test_scales_rise(vocabulary):
    for attribute in ("weathering", "grain_size"):
        assert all(0.0 <= float(term.group) <= 5.0 for term in vocabulary.terms(attribute))
    assert [float(term.group) for term in vocabulary.weathering] == [0, 1, 2, 3, 4, 5]


def test_page_of_classes_is_current(vocabulary):
    page = (ROOT / "docs" / "drill_log_classes.md").read_text(encoding="utf-8")
    assert page == hierarchy_page(vocabulary), "write docs/drill_log_classes.md anew with hierarchy_page"
