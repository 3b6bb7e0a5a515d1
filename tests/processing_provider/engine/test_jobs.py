"""Job folders: named after their content, locked, kept while they are of use, explained when they cannot be made."""
import errno
import json
import os
import shutil
import subprocess
import sys
import time

import numpy as np
import pytest
from qgis.core import QgsProcessingException
from qgis.PyQt.QtCore import QStandardPaths

from lodescope.processing_provider.engine import JobCancelled, jobs
from lodescope.processing_provider.engine.errors import JobFailed
from lodescope.processing_provider.engine.jobs import jobs_folder, prepare_job

ARRAYS = {"values": np.arange(6.0).reshape(2, 3)}
pytestmark = pytest.mark.usefixtures("jobs_root")


def folder_name(settings=None, arrays=None, needs="base", name="selftest"):
    with prepare_job(name, settings or {"a": 1}, ARRAYS if arrays is None else arrays, needs) as job:
        return job.folder.name


def test_folder_holds_the_job_and_its_arrays():
    settings = {"cell": np.float64(2.5), "levels": np.array([1, 2]), "name": "Brøgger"}
    with prepare_job("selftest", settings, ARRAYS, "deep") as job:
        content = json.loads((job.folder / "job.json").read_text(encoding="utf-8"))
        stored = np.load(job.folder / content["arrays"]["values"], allow_pickle=False)
    assert content["settings"] == {"cell": 2.5, "levels": [1, 2], "name": "Brøgger"}
    assert (content["protocol"], content["job"], content["needs"]) == (1, "selftest", "deep")
    np.testing.assert_array_equal(stored, ARRAYS["values"])


def test_same_inputs_give_the_same_folder_and_any_change_another():
    names = [
        folder_name(), folder_name({"a": 2}), folder_name(needs="deep"), folder_name(arrays={}),
        folder_name(arrays={"other": ARRAYS["values"]}), folder_name(arrays={"values": ARRAYS["values"] + 1e-12}),
        folder_name(arrays={"values": ARRAYS["values"].reshape(3, 2)}),
        folder_name(arrays={"values": ARRAYS["values"].astype("f4")}),
    ]
    assert len(set(names)) == len(names)
    assert folder_name(arrays={"values": np.asfortranarray(ARRAYS["values"])}) == names[0]


def test_array_given_as_a_file_is_the_same_job(tmp_path):
    np.save(tmp_path / "big.npy", ARRAYS["values"])
    with prepare_job("selftest", {"a": 1}, {"values": tmp_path / "big.npy"}) as job:
        np.testing.assert_array_equal(np.load(job.folder / "inputs" / "values.npy"), ARRAYS["values"])
        name = job.folder.name
    assert name == folder_name()
    assert (tmp_path / "big.npy").exists()


def test_folder_goes_after_success_and_after_a_reported_error(jobs_root):
    folder_name()
    with pytest.raises(JobFailed), prepare_job("selftest", {}, ARRAYS):
        raise JobFailed("no")
    assert list(jobs_root.iterdir()) == []


@pytest.mark.parametrize("ending", [JobCancelled("c"), QgsProcessingException("killed"), OSError("output")])
def test_folder_stays_for_the_next_run_when_this_one_was_stopped(ending):
    def stopped_run():
        with prepare_job("selftest", {}, ARRAYS) as job:
            (job.folder / "done.npy").write_bytes(b"checkpoint")
            raise ending

    with pytest.raises(type(ending)):
        stopped_run()
    with prepare_job("selftest", {}, ARRAYS) as again:
        assert (again.folder / "done.npy").read_bytes() == b"checkpoint"


def test_folder_that_was_not_filled_to_the_end_is_made_anew():
    with pytest.raises(JobCancelled), prepare_job("selftest", {}, ARRAYS) as job:
        raise JobCancelled("c")
    (job.folder / "job.json").unlink()
    (job.folder / "inputs" / "values.npy").write_bytes(b"half")
    with prepare_job("selftest", {}, ARRAYS) as job:
        np.testing.assert_array_equal(np.load(job.folder / "inputs" / "values.npy"), ARRAYS["values"])


def test_two_at_once_get_separate_folders():
    with prepare_job("selftest", {}, ARRAYS) as first, prepare_job("selftest", {}, ARRAYS) as second:
        assert first.folder != second.folder
        assert (second.folder / "job.json").exists()


def test_lock_of_a_dead_process_does_not_count(jobs_root, tmp_path):
    with pytest.raises(JobCancelled), prepare_job("selftest", {}, ARRAYS) as job:
        raise JobCancelled("c")
    code = ("import os, sys\nfrom qgis.PyQt.QtCore import QLockFile\nlock = QLockFile(sys.argv[1])\n"
            "lock.setStaleLockTime(0)\nassert lock.tryLock(0)\nos._exit(9)")
    killed = subprocess.run([sys.executable, "-c", code, f"{job.folder}.lock"], check=False)
    assert killed.returncode == 9
    assert (jobs_root / f"{job.folder.name}.lock").exists()
    with prepare_job("selftest", {}, ARRAYS) as again:
        assert again.folder == job.folder


def test_old_folders_are_pruned_and_those_in_use_are_not(jobs_root):
    with pytest.raises(JobCancelled), prepare_job("selftest", {"old": 1}, ARRAYS) as old:
        raise JobCancelled("c")
    week = time.time() - 7.5 * 86400
    with prepare_job("selftest", {"used": 1}, ARRAYS) as used:
        os.utime(old.folder, (week, week))
        os.utime(used.folder, (week, week))
        folder_name()
        assert not old.folder.exists()
        assert used.folder.exists()


def test_results_are_read_from_the_folder():
    with prepare_job("selftest", {}, ARRAYS) as job:
        np.save(job.folder / "grid.npy", np.ones((2, 2), "f4"))
        (job.folder / "report.html").write_text("<p>æ</p>", encoding="utf-8")
        assert job.array("grid").sum() == 4.0
        assert job.text("report.html") == "<p>æ</p>"
        with pytest.raises(ValueError, match="read-only"):
            job.array("grid")[0] = 2.0


def test_default_place_is_the_cache_of_the_user(monkeypatch):
    monkeypatch.delenv("LODESCOPE_JOBS")
    cache = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.GenericCacheLocation)
    assert str(jobs_folder()).startswith(cache)
    assert jobs_folder().parts[-2:] == ("lodescope", "jobs")


def test_place_that_cannot_be_written_is_told(monkeypatch, tmp_path):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("LODESCOPE_JOBS", str(tmp_path / "file" / "jobs"))
    with pytest.raises(QgsProcessingException, match=r"file/jobs cannot be written .*LODESCOPE_JOBS"):
        folder_name()


def test_read_only_place_is_told(jobs_root, tmp_path):
    """As a user without rights: root may write everywhere."""
    jobs_root.mkdir()
    jobs_root.chmod(0o555)
    if os.geteuid() != 0:
        with pytest.raises(QgsProcessingException, match=r"cannot be written .*LODESCOPE_JOBS"):
            folder_name()
        return
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "ro,size=1m", "tmpfs", str(jobs_root)], check=False)
    if mounted.returncode:
        pytest.skip("no right to mount")
    try:
        with pytest.raises(QgsProcessingException, match=r"cannot be written .*LODESCOPE_JOBS"):
            folder_name()
    finally:
        subprocess.run(["umount", str(jobs_root)], check=True)


@pytest.fixture
def small_disk(jobs_root):
    """The job folders on a disk of 1 MB."""
    jobs_root.mkdir()
    made = shutil.which("mount") and subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(jobs_root)], check=False, capture_output=True)
    if not made or made.returncode:
        pytest.skip("no right to mount a small disk")
    yield jobs_root
    subprocess.run(["umount", str(jobs_root)], check=True)


def test_full_disk_is_told_and_left_clean(small_disk):
    with pytest.raises(QgsProcessingException, match=r"is full: free some space.*LODESCOPE_JOBS"):
        folder_name(arrays={"values": np.zeros(10 ** 6)})
    assert list(small_disk.iterdir()) == []


def test_error_of_a_full_disk_is_told_where_no_disk_can_be_mounted(monkeypatch, jobs_root):
    def full(*arguments, **options):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(jobs.np, "save", full)
    with pytest.raises(QgsProcessingException, match=r"is full: free some space.*LODESCOPE_JOBS"):
        folder_name()
    assert list(jobs_root.iterdir()) == []


def test_full_disk_in_the_worker_is_told(small_disk, worker_python, feedback):
    """The checkpoint does not fit: an error that names the cause instead of a killed process."""
    settings = {"steps": 200000, "seconds": 0.0}
    with pytest.raises(QgsProcessingException, match="disk is full"), \
            prepare_job("selftest", settings, ARRAYS, "base", feedback) as job:
        job.run(feedback)
    assert list(small_disk.iterdir()) == []
