"""Finding the worker's Python, and saying what is wrong when there is none."""
import json
import os
import sys
import time
from pathlib import Path

import pytest
from qgis.core import QgsProcessingException, QgsSettings


@pytest.fixture
def setting():
    """Set ``lodescope/python`` for one test."""
    yield lambda value: QgsSettings().setValue("lodescope/python", value)
    QgsSettings().remove("lodescope/python")


@pytest.fixture
def bare(resolver, monkeypatch):
    """No Python is named, and QGIS has none of its own."""
    monkeypatch.delenv("LODESCOPE_PYTHON", raising=False)
    monkeypatch.setattr(resolver, "own_python", str)
    return resolver


@pytest.fixture
def answering(fake_python, tmp_path):
    """Make a Python that answers a probe with these words, and counts how often it is asked."""

    def make(lacking=(), untested=(), name="python-answering"):
        report = json.dumps({"lacking": list(lacking), "untested": list(untested)})
        count = tmp_path / f"{name}.count"
        return fake_python(f"open({str(count)!r}, 'a').write('x')\nprint({report!r})", name), count

    return make


def test_variable_wins_over_setting(bare, answering, setting, monkeypatch):
    first, second = answering(name="first")[0], answering(name="second")[0]
    monkeypatch.setenv("LODESCOPE_PYTHON", first)
    setting(second)
    assert bare.find_python("base").candidate.path == first
    monkeypatch.delenv("LODESCOPE_PYTHON")
    assert bare.find_python("base").candidate.path == second


def test_setting_wins_over_managed_environment_and_own_python(bare, answering, setting, monkeypatch):
    managed, own, chosen = (answering(name=name)[0] for name in ("managed", "own", "chosen"))
    monkeypatch.setattr(bare, "own_python", lambda: own)
    assert bare.find_python("base").candidate.path == own
    monkeypatch.setattr(bare, "managed_pythons", lambda: [managed])
    assert bare.find_python("base").candidate.path == managed
    setting(chosen)
    assert bare.find_python("base").candidate.path == chosen


def test_python_that_lacks_packages_is_passed_over(bare, answering, setting, monkeypatch):
    setting(answering(["torch"], name="lacking")[0])
    own = answering(name="own")[0]
    monkeypatch.setattr(bare, "own_python", lambda: own)
    assert bare.find_python("deep").candidate.path == own


def test_missing_packages_are_named_in_one_sentence(bare, answering, monkeypatch):
    path = answering(["numpy 1.24 or newer (1.20 found)", "PyKrige", "pyamg"])[0]
    monkeypatch.setenv("LODESCOPE_PYTHON", path)
    message = bare.problem("base", "Kriging")
    assert message.startswith("Kriging needs numpy 1.24 or newer (1.20 found), PyKrige and pyamg, which "
                              f"LODESCOPE_PYTHON ({path}) does not have: ")
    assert "README" in message
    assert "lodescope/python" in message
    assert "\n" not in message
    with pytest.raises(QgsProcessingException, match="needs numpy"):
        bare.find_python("base", "Kriging")


def test_real_python_without_the_packages_is_told(bare, fake_python, monkeypatch):
    """A real probe in a Python that sees no installed package at all."""
    path = fake_python(f"import os; os.execv({sys.executable!r}, [{sys.executable!r}, '-S', *sys.argv[1:]])")
    monkeypatch.setenv("LODESCOPE_PYTHON", path)
    message = bare.problem("deep", "Train")
    assert message.startswith("Train needs numpy, scipy, scikit-learn, PyKrige, scikit-fem, pyamg, threadpoolctl")
    assert "numba" not in message


def test_no_python_at_all_is_told(bare):
    assert bare.problem("base", "Kriging").startswith("Kriging needs a Python with the packages of the set “base”")


@pytest.mark.parametrize(("make", "words"), [
    (lambda folder: str(folder / "nowhere" / "python3"), "LODESCOPE_PYTHON"),
    (str, "LODESCOPE_PYTHON"),
    (lambda folder: "no-such-python", "no-such-python"),
    (lambda folder: "/bin/true", "it is no Python"),
    (lambda folder: "/bin/ls", "/bin/ls"),
])
def test_broken_variable_is_told_even_when_another_would_serve(bare, answering, monkeypatch, tmp_path, make, words):
    own = answering()[0]
    monkeypatch.setattr(bare, "own_python", lambda: own)
    monkeypatch.setenv("LODESCOPE_PYTHON", make(tmp_path))
    message = bare.problem("base", "Kriging")
    assert message.startswith("The Python named in LODESCOPE_PYTHON does not run")
    assert words in message


def test_broken_setting_says_so(bare, setting):
    setting("/nowhere/python")
    assert bare.problem("base").startswith("The Python named in the setting lodescope/python does not run")


def test_answer_is_remembered_until_the_python_changes(bare, answering, monkeypatch):
    path, count = answering()
    monkeypatch.setenv("LODESCOPE_PYTHON", path)
    for _ in range(3):
        assert bare.problem("base") == ""
    assert count.read_text() == "x"
    assert bare.problem("deep") == ""
    assert count.read_text() == "xx"
    os.utime(path, (1, 1))
    assert bare.problem("base") == ""
    assert count.read_text() == "xxx"


def test_python_that_did_not_serve_is_asked_again_later(bare, answering, monkeypatch):
    path, count = answering(["scipy"])
    monkeypatch.setenv("LODESCOPE_PYTHON", path)
    assert bare.problem("base")
    assert bare.problem("base")
    assert count.read_text() == "x"
    monkeypatch.setattr(bare, "ASK_AGAIN", 0.0)
    assert bare.problem("base")
    assert count.read_text() == "xx"


def test_untested_versions_are_kept_for_the_log(bare, answering, monkeypatch):
    monkeypatch.setenv("LODESCOPE_PYTHON", answering(untested=["numpy 9.0 (tested below 2.5)"])[0])
    assert bare.find_python("base").untested == ("numpy 9.0 (tested below 2.5)",)


def test_python_is_named_by_file_folder_command_or_relative_path(resolver, tmp_path, monkeypatch):
    python = tmp_path / "env" / "bin" / "python3"
    python.parent.mkdir(parents=True)
    python.symlink_to(sys.executable)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", str(python.parent))
    for named in (str(python), str(tmp_path / "env"), "env/bin/python3", "python3", f" {python} "):
        assert resolver.executable(named) == str(python)


def test_managed_environments_are_found_newest_first(monkeypatch, tmp_path):
    from lodescope.processing_provider.engine import resolver

    for age, name in enumerate(["env-old", "env-new", "env-half.partial"]):
        python = tmp_path / "lodescope" / name / "bin" / "python"
        python.parent.mkdir(parents=True)
        python.touch()
        os.utime(python.parents[1], (time.time() + age, time.time() + age))
    (tmp_path / "lodescope" / "env-empty").mkdir()
    monkeypatch.setattr(resolver.QStandardPaths, "writableLocation", lambda place: str(tmp_path))
    assert [Path(path).parts[-3] for path in resolver.managed_pythons()] == ["env-new", "env-old"]


@pytest.mark.parametrize(("platform", "files", "expected"), [
    ("linux", ["bin/python3"], "bin/python3"),
    ("win32", ["python.exe", "bin/qgis-bin.exe"], "python.exe"),
    ("win32", ["bin/qgis-bin.exe"], ""),
    ("darwin", ["bin/python3", "QGIS"], "bin/python3"),
    ("darwin", ["QGIS"], ""),
])
def test_qgis_itself_is_never_taken_for_a_python(resolver, monkeypatch, tmp_path, platform, files, expected):
    for name in files:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    monkeypatch.setattr(sys, "platform", platform)
    monkeypatch.setattr(sys, "executable", str(tmp_path / files[-1]) if platform != "linux" else "/usr/bin/qgis")
    monkeypatch.setattr(sys, "exec_prefix", str(tmp_path))
    monkeypatch.setattr(resolver.QgsApplication, "prefixPath", lambda: str(tmp_path))
    assert resolver.own_python() == (str(tmp_path / expected) if expected else "")


def test_own_python_on_linux_is_the_one_that_runs(resolver):
    assert resolver.own_python() == sys.executable


def test_worker_python_of_the_tests_serves(resolver, worker_python):
    answer = resolver.find_python("base")
    assert answer.candidate.path == str(Path(worker_python).absolute())
    assert answer.untested == ()
