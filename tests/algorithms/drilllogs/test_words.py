"""Words of logs: spelling, abbreviations, numbers, near misses."""
import pytest

from lodescope.algorithms.drilllogs.dictionary import map_label
from lodescope.algorithms.drilllogs.lexicon import Lexicon
from lodescope.algorithms.drilllogs.vocabulary import load_vocabulary
from lodescope.algorithms.drilllogs.words import PERCENT, WORD, adjectives, normal, plain, skeleton, tokens


@pytest.fixture(scope="module")
def lexicon():
    return Lexicon(load_vocabulary())


def words(text, lexicon):
    return [token.text for token in tokens(text, lexicon.abbreviations) if token.kind == WORD]


@pytest.mark.parametrize(("one", "other"), [
    ("sulphides", "sulfide"), ("haematite", "hematite"), ("silicification", "silicification"),
    ("fenitised", "fenitized"), ("grey", "gray"), ("bastnaesite", "bastnesite"), ("cavities", "cavity"),
])
def test_variants_have_one_form(one, other):
    assert normal(one) == normal(other)


@pytest.mark.parametrize("word", ["gneiss", "diss", "talus", "massif"])
def test_not_every_s_is_a_plural(word):
    assert normal(word) == word


def test_accents_and_compound_codes_are_taken_apart():
    assert plain("Grès à biotite, QtzVn") == "gres a biotite, qtz vn"
    assert plain("GRANITE") == "granite"


def test_abbreviations_are_written_out(lexicon):
    assert words("wk silicif., med gr", lexicon) == ["weak", "silicified", "medium", "gr"]


@pytest.mark.parametrize(("text", "percent"), [
    ("5% py", 5.0), ("2-3 % py", 2.5), ("<1% py", 0.5), ("py 0.5 pct", 0.5), (".5% py", 0.5), ("10 to 20 % po", 15.0),
    ("~5% cpy", 5.0), ("0,5 % py", 0.5), ("up to 4% py", 2.0), ("400% py", 100.0),
])
def test_percentages(lexicon, text, percent):
    found = [token.value for token in tokens(text, lexicon.abbreviations) if token.kind == PERCENT]
    assert found == [pytest.approx(percent)]


def test_depths_and_lengths_are_left_out(lexicon):
    assert words("216.65-222.0m granite @ 62.4m, core loss .3m", lexicon) == ["granite", "core", "loss"]


@pytest.mark.parametrize(("typed", "rock"), [
    ("granidiorite", "granodiorite"), ("siltsone", "siltstone"), ("carbonatiet", "carbonatite"), ("gnesis", "gneiss"),
    ("basallt", "basalt"), ("sndstn", "sandstone"), ("amphibolte", "amphibolite"),
    ("metabasalt", "basalt"), ("leucogabbro", "gabbro"), ("granodior", "granodiorite"), ("limstone", "limestone"),
    ("conglomorate", "conglomerate"), ("peridotiet", "peridotite"), ("fenitte", "fenite"),
])
def test_near_words_are_found(typed, rock):
    assert map_label(typed) == rock


@pytest.mark.parametrize("word", ["basal", "marked", "state", "shape", "sample", "common", "charts", "class"])
def test_false_friends_are_left_alone(lexicon, word):
    assert lexicon.speller.find(normal(word))[0] in ("", word)


def test_forms_that_only_describe():
    assert "granitic" in adjectives("granite")
    assert "sandy" in adjectives("sand")
    assert "clayey" in adjectives("clay")
    assert skeleton("sandstone") == skeleton("sndstn")
