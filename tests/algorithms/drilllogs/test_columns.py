"""Columns for a layer, from readings whose content is known."""
import numpy as np
import numpy.testing as npt
import pytest

from lodescope.algorithms.drilllogs.columns import columns_of
from lodescope.algorithms.drilllogs.dictionary import DictionaryParser
from lodescope.algorithms.drilllogs.parsed import Parsed
from lodescope.algorithms.drilllogs.summary import Summary
from lodescope.algorithms.drilllogs.vocabulary import load_vocabulary

TEXTS = ["fresh granite, 3% pyrite, 40% quartz, tr gold", "strong silica alt, wk chlorite alt", "clay", "tr galena"]


@pytest.fixture(scope="module")
def summary():
    summary, parser = Summary(load_vocabulary()), DictionaryParser()
    for text in TEXTS:  # one at a time: parts join
        summary.add(parser.parse([text]))
    return summary


def words(texts, name):
    column, names = texts[name]
    return [None if index < 0 else names[index] for index in column]


def test_rows_point_at_texts_and_missing_ones_stay_empty(summary):
    numbers, texts, order = columns_of(summary, np.array([2, -1, 0, 2]))
    assert words(texts, "lith") == ["clay", None, "granite", "clay"]
    assert words(texts, "lith_group") == ["sedimentary", None, "igneous", "sedimentary"]
    assert words(texts, "weathering") == [None, None, "fresh", None]
    assert np.isnan(numbers["lith_p"]).tolist() == [False, True, False, False]
    assert numbers["weathering_n"][2] == 0.0
    assert np.isnan(numbers["min_pyrite"][1])
    assert set(order) == set(numbers) | set(texts)
    assert order[:2] == ["lith", "lith_p"]


def test_main_ones_are_the_strongest_and_ores_go_first(summary):
    numbers, texts, _ = columns_of(summary, np.arange(4))
    assert words(texts, "alt_1") == [None, "silica", None, None]
    npt.assert_array_equal(numbers["alt_1_int"], [np.nan, 3.0, np.nan, np.nan])
    assert words(texts, "min_1") == ["pyrite", None, None, "galena"]
    npt.assert_allclose(numbers["min_1_pct"], [3.0, np.nan, np.nan, 0.1])
    npt.assert_allclose(numbers["min_quartz_pct"], [40.0, np.nan, np.nan, np.nan])
    npt.assert_array_equal(numbers["alt_chlorite"], [0.0, 1.0, 0.0, 0.0])


def test_the_number_of_columns_is_bounded(summary):
    main = columns_of(summary, np.arange(4), "main")[2]
    assert not [name for name in main if name.startswith(("alt_s", "min_p", "str_"))]
    few = columns_of(summary, np.array([0, 1, 3, 3]), "present", most=1)[2]
    assert [name for name in few if name.startswith("min_") and name.endswith("_pct")] == ["min_1_pct",
                                                                                         "min_galena_pct"]
    often = columns_of(summary, np.array([0, 1, 3, 3]), "present", least_rows=2)[2]
    assert "min_galena" in often
    assert "min_pyrite" not in often
    everything = columns_of(summary, np.arange(4), "all")[2]
    vocabulary = load_vocabulary()
    assert len([name for name in everything if name.startswith("alt_")]) == 3 + 2 * len(vocabulary.alterations)


def test_group_probability_is_the_sum_over_its_classes():
    vocabulary = load_vocabulary()
    parsed, names = Parsed.empty(1, vocabulary), vocabulary.classes("lithology")
    parsed.lithology[0] = 0.0
    for name, value in (("granite", 0.4), ("basalt", 0.3), ("sand", 0.2)):
        parsed.lithology[0, names.index(name)] = value
    parsed.lithology[0, 0] = 0.1
    summary = Summary(vocabulary)
    summary.add(parsed)
    numbers, _, _ = columns_of(summary, np.array([0]), "main")
    assert numbers["lith_p"][0] == pytest.approx(0.4)
    assert numbers["lith_group_p"][0] == pytest.approx(0.7)


def test_classes_of_a_users_own():
    vocabulary = load_vocabulary()
    summary = Summary(vocabulary, ("", "Unit A", "granite"), lambda name: ("igneous", "mafic"))
    parsed = Parsed.empty(1, vocabulary)
    parsed.lithology = np.array([[0.1, 0.6, 0.3]], np.float32)
    summary.add(parsed)
    numbers, texts, _ = columns_of(summary, np.array([0]), "main")
    assert words(texts, "lith") == ["Unit A"]
    assert words(texts, "lith_sub") == ["mafic"]
    assert numbers["lith_group_p"][0] == pytest.approx(0.9)
