"""The declared packages and their bounds."""
import re

import pytest

from lodescope.algorithms import requirements
from lodescope.algorithms.requirements import check, read_requirements, release


def test_sets_hold_what_the_science_imports():
    base = {requirement.name for requirement in read_requirements("base")}
    deep = {requirement.name for requirement in read_requirements("deep")}
    assert base >= {"numpy", "scipy", "scikit-learn", "PyKrige", "scikit-fem", "pyamg", "numba"}
    assert deep - base == {"torch"}


def test_only_numba_is_optional():
    assert [requirement.name for requirement in read_requirements("deep") if requirement.optional] == ["numba"]


def test_every_package_has_both_bounds():
    for requirement in read_requirements("deep"):
        assert release(requirement.lowest)
        assert requirement.name == "torch" or release(requirement.below) > release(requirement.lowest)


def test_python_of_the_tests_is_within_the_bounds():
    report = check("base")
    assert (report["lacking"], report["untested"]) == ([], [])


@pytest.mark.parametrize(("installed", "lacking", "untested"), [
    ({"numpy": "1.24.0", "numba": "0.57"}, [], []),
    ({"numpy": "1.23.5"}, ["numpy 1.24 or newer (1.23.5 found)"], []),
    ({"numpy": "3.0rc1", "numba": "0.99"}, [], ["numpy 3.0rc1 (tested below 2.5)", "numba 0.99 (tested below 0.69)"]),
    ({"numpy": "2.1", "numba": "0.50"}, ["numba 0.57 or newer (0.50 found)"], []),
    ({}, ["numpy"], []),
])
def test_bounds_are_told_in_words(monkeypatch, tmp_path, installed, lacking, untested):
    (tmp_path / "small.txt").write_text("# words\nnumpy>=1.24,<2.5\n\nnumba>=0.57,<0.69  # optional: faster\n")
    monkeypatch.setattr(requirements, "FOLDER", tmp_path)
    monkeypatch.setattr(requirements, "package_version", installed.get)
    report = check("small")
    assert (report["lacking"], report["untested"]) == (lacking, untested)


def test_old_python_is_told(monkeypatch):
    monkeypatch.setattr(requirements.sys, "version_info", (3, 7, 2, "final", 0))
    assert check("base")["lacking"][0] == "Python 3.9 or newer (3.7.2 found)"


@pytest.mark.parametrize(("version", "numbers"), [
    ("2.13.0+cpu", (2, 13)), ("1.24", (1, 24)), ("1.24.0", (1, 24)), ("3.0rc1", (3,)), ("odd", ()),
])
def test_release(version, numbers):
    assert release(version) == numbers


def test_pip_reads_the_same_files():
    """Names, bounds and comments are in pip's own format."""
    for name in ("base", "deep"):
        for line in (requirements.FOLDER / f"{name}.txt").read_text(encoding="utf-8").splitlines():
            assert re.fullmatch(r"#.*|-r \w+\.txt|[\w-]+(>=[\d.]+,<[\d.]+|==[\d.]+)(  # .+)?", line), line
