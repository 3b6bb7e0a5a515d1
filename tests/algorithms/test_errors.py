"""Sentences for failures."""
import errno

import pytest

from lodescope.algorithms.errors import Cancelled, InputError
from lodescope.algorithms.failures import describe, disk_is_full


def test_input_error_is_a_value_error_and_cancel_is_not():
    assert issubclass(InputError, ValueError)
    assert not issubclass(Cancelled, (ValueError, InputError))


@pytest.mark.parametrize(("error", "start"), [
    (MemoryError("x"), "The computation ran out of memory"),
    (OSError(errno.ENOSPC, "full"), "The disk is full:"),
    (OSError(errno.EDQUOT, "quota", "/a/b.tif"), "The disk is full (/a/b.tif):"),
    (PermissionError(errno.EACCES, "denied", "/a"), "Access is denied (/a):"),
    (ImportError("DLL load failed"), "The worker's Python cannot load a package (DLL load failed):"),
    (OSError(errno.EIO, "I/O error"), "The computation stopped with an internal error (OSError: "),
    (ValueError("bad."), "The computation stopped with an internal error (ValueError: bad):"),
    (RuntimeError(), "The computation stopped with an internal error (RuntimeError):"),
])
def test_every_failure_is_one_sentence_with_advice(error, start):
    sentence = describe(error)
    assert sentence.startswith(start)
    assert sentence.endswith(".")
    assert "\n" not in sentence
    assert ": " in sentence


@pytest.mark.parametrize(("error", "full"), [
    (OSError(errno.ENOSPC, "x"), True), (OSError("8 requested and 0 written"), True),
    (OSError(errno.EACCES, "x"), False), (ValueError("8 requested and 0 written"), False),
])
def test_full_disk_is_known_by_number_or_by_words_of_numpy(error, full):
    assert disk_is_full(error) == full
