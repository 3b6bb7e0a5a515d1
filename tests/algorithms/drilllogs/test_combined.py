import numpy as np
import pytest

from lodescope.algorithms.drilllogs.combined import CombinedParser
from lodescope.algorithms.drilllogs.dictionary import DictionaryParser
from lodescope.algorithms.drilllogs.parsed import Parsed
from lodescope.algorithms.drilllogs.vocabulary import load_vocabulary


class Stub:
    """Says of every text that it is gneiss, fresh, with some pyrite."""

    def parse(self, texts, codes=None):
        vocabulary = load_vocabulary()
        found = Parsed.empty(len(texts), vocabulary)
        for name, said in (("lithology", "gneiss"), ("weathering", "fresh")):
            getattr(found, name)[:, 0] = 0.2
            getattr(found, name)[:, vocabulary.classes(name).index(said)] = 0.8
        found.mineral[:, vocabulary.labels("mineral").index("pyrite")] = [0.5, 0.0, 0.5, 0.0, 0.0]
        return found


@pytest.fixture
def vocabulary():
    return load_vocabulary()


def chance(vocabulary, parsed, name, said):
    return parsed.__dict__[name][:, vocabulary.classes(name).index(said)]


def test_probabilities_are_the_mean_of_both(vocabulary):
    parsed, alone = CombinedParser(Stub()).parse(["granite"]), DictionaryParser().parse(["granite"])
    assert chance(vocabulary, parsed, "lithology", "gneiss")[0] == pytest.approx(
        0.4 + 0.5 * chance(vocabulary, alone, "lithology", "gneiss")[0])
    assert chance(vocabulary, parsed, "lithology", "granite")[0] == pytest.approx(
        0.5 * chance(vocabulary, alone, "lithology", "granite")[0])
    for name in ("lithology", "weathering", "grain_size", "colour"):
        np.testing.assert_allclose(getattr(parsed, name).sum(axis=1), 1.0, rtol=1e-6)


def test_what_the_dictionary_does_not_find_is_left_to_the_transformer(vocabulary):
    parsed = CombinedParser(Stub()).parse(["xqwzk"])
    assert chance(vocabulary, parsed, "lithology", "gneiss")[0] == pytest.approx(0.8)
    assert chance(vocabulary, parsed, "weathering", "fresh")[0] == pytest.approx(0.8)


def test_percent_comes_from_the_dictionary_and_says_the_intensity(vocabulary):
    parsed = CombinedParser(Stub()).parse(["granite with 30% pyrite", "granite"])
    at = vocabulary.labels("mineral").index("pyrite")
    assert parsed.mineral_percent[0, at] == 30.0
    assert parsed.mineral[0, at].argmax() == 4
    assert np.isnan(parsed.mineral_percent[1, at])
    np.testing.assert_allclose(parsed.mineral.sum(axis=2), 1.0, rtol=1e-5)


def test_codes_of_a_table_reach_the_dictionary(vocabulary):
    parsed = CombinedParser(Stub(), {"Q7": "dolerite"}).parse([""], ["Q7"])
    assert chance(vocabulary, parsed, "lithology", "dolerite")[0] > 0.3
