"""Result files put where the user wants them: whole, or not at all."""
import subprocess
from pathlib import Path

import pytest
from qgis.core import QgsProcessingException

from lodescope.processing_provider.data.files import publish


@pytest.fixture
def made(tmp_path):
    """A finished file of a job."""
    path = tmp_path / "report.html"
    path.write_text("<p>new</p>" * 1000)
    return path


@pytest.fixture
def small_disk(tmp_path):
    """A disk of 64 KiB, of which nothing is free but a page."""
    place = tmp_path / "disk"
    place.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(place)], check=False,
                             capture_output=True)
    if mounted.returncode:
        pytest.skip("only root may mount a small disk")
    (place / "fill").write_bytes(b"x" * 60 * 1024)
    yield place
    subprocess.run(["umount", str(place)], check=True)


def test_file_is_copied_and_the_old_one_replaced(made, tmp_path):
    target = tmp_path / "out" / "r.html"
    target.parent.mkdir()
    target.write_text("old")
    publish(made, str(target))
    assert target.read_text() == made.read_text()
    assert [path.name for path in target.parent.iterdir()] == ["r.html"]


@pytest.mark.parametrize(("place", "reason"), [
    ("/proc/r.html", ""), ("missing/r.html", "No such file or directory"), ("report.html/r.html", "Not a directory"),
    ("folder", "Is a directory"),
])
def test_place_that_cannot_be_written_is_named(made, tmp_path, place, reason):
    (tmp_path / "folder").mkdir()
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(QgsProcessingException) as failure:
        publish(made, tmp_path / place)
    assert str(tmp_path / place) in str(failure.value)
    assert reason in str(failure.value)
    assert "choose another place" in str(failure.value)
    assert sorted(tmp_path.rglob("*")) == before


def test_full_disk_leaves_the_old_file(tmp_path, small_disk):
    big = tmp_path / "big.html"
    big.write_bytes(b"y" * 32 * 1024)
    (small_disk / "r.html").write_text("old")
    with pytest.raises(QgsProcessingException, match="No space left on device"):
        publish(big, small_disk / "r.html")
    assert (small_disk / "r.html").read_text() == "old"
    assert {path.name for path in Path(small_disk).iterdir()} == {"fill", "r.html"}
