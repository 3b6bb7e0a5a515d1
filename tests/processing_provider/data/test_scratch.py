"""Folders for large arrays are told when they do not fit, and taken away whatever happens."""
import errno

import pytest
from qgis.core import QgsProcessingException

from lodescope.processing_provider.data.scratch import scratch_folder


def write(folder):
    path = folder / "array"
    path.write_bytes(b"1234")
    return path


def test_what_was_written_is_there_until_the_end(jobs_root):
    with scratch_folder(4, write) as path:
        assert path.read_bytes() == b"1234"
        assert path.parent.parent == jobs_root
    assert list(jobs_root.iterdir()) == []


def test_more_than_the_disk_has_is_refused_before_anything_is_written(jobs_root):
    with pytest.raises(QgsProcessingException, match=r"cannot hold the 1000000000\.00 GB .*LODESCOPE_JOBS"), \
            scratch_folder(10**18, lambda folder: pytest.fail("written")):
        pass
    assert list(jobs_root.iterdir()) == []


def test_disk_that_fills_is_told_and_nothing_stays(jobs_root):
    def full(folder):
        write(folder)
        raise OSError(errno.ENOSPC, "No space left on device")

    with pytest.raises(QgsProcessingException, match="No space left on device"), scratch_folder(4, full):
        pass
    assert list(jobs_root.iterdir()) == []


def test_other_errors_pass_as_they_are_and_nothing_stays(jobs_root):
    with pytest.raises(ZeroDivisionError), scratch_folder(4, write):
        raise ZeroDivisionError
    assert list(jobs_root.iterdir()) == []
