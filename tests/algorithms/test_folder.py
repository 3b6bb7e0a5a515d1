"""The job folder: inputs, checkpoints, results."""
import errno
import json
import os
import shutil

import numpy as np
import pytest

from lodescope.algorithms import folder as folder_module
from lodescope.algorithms.errors import InputError
from lodescope.algorithms.folder import JobFolder


@pytest.fixture
def folder(tmp_path):
    """A folder with one input array and a seed."""
    (tmp_path / "inputs").mkdir()
    np.save(tmp_path / "inputs" / "values.npy", np.arange(6.0).reshape(2, 3))
    content = {"protocol": 1, "job": "selftest", "needs": "deep", "settings": {"seed": 5},
               "arrays": {"values": "inputs/values.npy"}}
    (tmp_path / "job.json").write_text(json.dumps(content), encoding="utf-8")
    return tmp_path


def test_inputs(folder):
    job = JobFolder(folder)
    assert (job.name, job.needs, job.settings, job.protocol) == ("selftest", "deep", {"seed": 5}, 1)
    values = job.array("values")
    np.testing.assert_array_equal(values, np.arange(6.0).reshape(2, 3))
    assert isinstance(values, np.memmap)
    with pytest.raises(ValueError, match="read-only"):
        values[0] = 1.0
    assert job.array("groups") is None


def test_same_seed_gives_the_same_numbers(folder):
    job = JobFolder(folder)
    assert job.rng().normal() == job.rng().normal() == np.random.default_rng(5).normal()
    job.settings.clear()
    assert job.rng().normal() == np.random.default_rng(0).normal()


def test_created_array_starts_at_zero_and_is_kept(folder):
    first = JobFolder(folder).create("grid", (2, 3, 4), np.float32)
    assert (first.shape, first.dtype, first.max()) == ((2, 3, 4), np.float32, 0.0)
    first[1, 2, 3] = 7.0
    del first
    again = JobFolder(folder).create("grid", (2, 3, 4), np.float32)
    assert again[1, 2, 3] == 7.0
    np.testing.assert_array_equal(JobFolder(folder).load("grid"), again)


@pytest.mark.parametrize(("shape", "dtype"), [((2, 3), "f8"), ((3, 2), "f4"), (6, "f4")])
def test_created_array_of_another_shape_or_type_starts_anew(folder, shape, dtype):
    JobFolder(folder).create("grid", (2, 3), "f4")[:] = 1.0
    other = JobFolder(folder).create("grid", shape, dtype)
    assert other.max() == 0.0
    assert other.shape == (shape if isinstance(shape, tuple) else (shape,))


@pytest.mark.parametrize("length", [0, 5, 100, 150])
def test_created_array_that_was_cut_short_starts_anew(folder, length):
    JobFolder(folder).create("grid", (20, 30), "f4")[:] = 1.0
    os.truncate(folder / "grid.npy", length)
    assert JobFolder(folder).create("grid", (20, 30), "f4").max() == 0.0


def test_empty_array(folder):
    assert JobFolder(folder).create("none", (0, 3)).shape == (0, 3)


def test_space_is_taken_before_anything_is_written(folder):
    """A sparse file would kill the process when the disk fills up."""
    JobFolder(folder).create("grid", (1000, 1000), "f4")
    assert (folder / "grid.npy").stat().st_blocks * 512 >= 4_000_000


def test_more_than_the_disk_holds_is_an_error_and_leaves_nothing(folder, monkeypatch):
    with pytest.raises(OSError, match="No space") as failure:
        JobFolder(folder).create("grid", (10 ** 6, 10 ** 6, 10 ** 6), "f4")
    assert failure.value.errno == errno.ENOSPC
    assert not (folder / "grid.npy").exists()

    def full(*arguments):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(folder_module.os, "posix_fallocate", full, raising=False)
    with pytest.raises(OSError, match="No space"):
        JobFolder(folder).create("grid", (10, 10), "f4")
    assert not (folder / "grid.npy").exists()


def test_saved_array_and_text(folder):
    job = JobFolder(folder)
    assert job.load("weights") is None
    assert job.read_text("report.html") is None
    assert job.save("weights", [[1, 2]]) == folder / "weights.npy"
    job.write_text("report.html", "<p>Brøgger\n中</p>")
    np.testing.assert_array_equal(job.load("weights"), [[1, 2]])
    assert job.read_text("report.html") == "<p>Brøgger\n中</p>"
    assert list(folder.glob("*.partial")) == []


def test_interrupted_save_keeps_what_was_there(folder, monkeypatch):
    job = JobFolder(folder)
    job.save("weights", [1.0])

    def interrupted(file, array, **options):
        file.write(b"half")
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(folder_module.np, "save", interrupted)
    with pytest.raises(OSError, match="No space"):
        job.save("weights", [2.0])
    np.testing.assert_array_equal(job.load("weights"), [1.0])
    assert list(folder.glob("*.partial")) == []


def test_objects_are_refused(folder):
    with pytest.raises(ValueError, match="allow_pickle"):
        JobFolder(folder).save("bad", np.array([{}], dtype=object))


@pytest.mark.parametrize("name", ["../x", "a/b", "", "..", "job.json", "inputs", "/etc/x"])
def test_names_stay_in_the_folder_and_off_the_inputs(folder, name):
    with pytest.raises(ValueError, match="no name for a file"):
        JobFolder(folder).path(name)


def test_clear_leaves_the_inputs(folder):
    job = JobFolder(folder)
    assert job.clear() is False
    job.create("grid", (2,))
    job.path("numba").mkdir()
    assert job.clear() is True
    assert sorted(path.name for path in folder.iterdir()) == ["inputs", "job.json"]
    assert job.array("values") is not None


@pytest.mark.parametrize(("content", "words"), [
    (None, "cannot be read"), ("{half", "is damaged"), ("[]", "does not say which job"),
    ("{}", "does not say which job"),
])
def test_folder_without_a_job_is_told(tmp_path, content, words):
    if content is not None:
        (tmp_path / "job.json").write_text(content)
    with pytest.raises(InputError, match=words):
        JobFolder(tmp_path)
    shutil.rmtree(tmp_path)
