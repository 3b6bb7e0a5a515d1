"""Texts as tokens: words, numbers and signs, hashed the same everywhere."""
import numpy as np
import numpy.testing as npt
import pytest

from lodescope.algorithms.drilllogs.tokens import LONGEST_TEXT, Hasher, shares, size_name, split


def test_split_keeps_words_numbers_and_signs():
    assert split("Med gr. CARBONATITE, wk chl alt'n 2.5% Ba<1%") == [
        "med", "gr", ".", "carbonatite", ",", "wk", "chl", "alt'n", "2.5", "%", "ba", "<", "1", "%"]
    assert split("CY80 GO15 .5% hématite") == ["cy", "80", "go", "15", ".5", "%", "hematite"]
    assert split("") == []


@pytest.mark.parametrize(("text", "expected"), [
    ("5% py", [5.0]), ("2,5 % py", [2.5]), (".5% py", [0.5]), ("2-4% py", [3.0, 3.0]), ("2 to 4% py", [3.0, 3.0]),
    ("<1% py", [0.5]), ("trace py", [0.1]), ("10-5 m", [10.0, 5.0]),
])
def test_shares_read_ranges_limits_and_traces(text, expected):
    values = np.array(shares(split(text)))
    npt.assert_allclose(values[np.isfinite(values)], expected)


def test_numbers_of_one_size_are_one_word():
    assert size_name(62.0) == size_name(71.0) != size_name(3.0)


def test_hashes_are_the_same_on_every_machine():
    hasher = Hasher(4096)
    assert hasher.bucket("=granite") == 35
    assert Hasher(4096).bags([Hasher(4096).number_of("#mask")])[0] == hasher.bags([1])[0]


def test_a_typing_error_shares_most_letter_groups():
    hasher = Hasher(1 << 20)
    bags = [set(hasher.bags([hasher.number_of(word)])[1]) for word in ("carbonatite", "carbonatitte", "sandstone")]
    assert len(bags[0] & bags[1]) > 0.5 * len(bags[0]) > len(bags[0] & bags[2])


def test_rows_are_cut_marked_and_never_empty():
    encoded = Hasher(4096).encode(["a " * 500, "", "granite"], ["", "", "GR1"])
    npt.assert_array_equal(encoded.lengths(), [LONGEST_TEXT, 1, 3])
    npt.assert_array_equal(encoded.code[-3:], [False, True, True])
    assert np.isnan(encoded.values[-1])  # a digit of a code is no share
