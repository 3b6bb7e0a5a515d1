import numpy as np
import pytest

from lodescope.algorithms.texts import pack_texts, unpack_texts


@pytest.mark.parametrize("texts", [[], [""], ["granite", "", "grès à biotite", "银 ore", " "]])
def test_texts_come_back_as_they_were(texts):
    data, ends = pack_texts(texts)
    assert data.dtype == np.uint8
    assert len(ends) == len(texts)
    assert unpack_texts(data, ends) == texts


def test_half_a_character_from_a_broken_file_is_replaced():
    assert unpack_texts(*pack_texts(["a\udc80b"])) == ["a?b"]
