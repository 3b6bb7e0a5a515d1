"""The zip that QGIS installs: what it holds, what it leaves out, and that QGIS loads the plugin from it."""
import os
import re
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "scripts"))
import headless
import package

from lodescope.processing_provider.provider import ALGORITHMS

pytestmark = pytest.mark.skipif(not (ROOT / ".git").exists(), reason="git archive needs the repository")


@pytest.fixture(scope="module")
def archive(tmp_path_factory):
    return package.build(package.working_tree(), tmp_path_factory.mktemp("dist"))


@pytest.fixture(scope="module")
def names(archive):
    with zipfile.ZipFile(archive) as file:
        return {name[len("lodescope/"):] for name in file.namelist()}


def rewritten(archive, path, change):
    """A copy of a zip whose files went through ``change(name, content)``; None leaves one out."""
    with zipfile.ZipFile(archive) as old, zipfile.ZipFile(path, "w") as new:
        for name in old.namelist():
            content = change(name, old.read(name))
            if content is not None:
                new.writestr(name, content)
    return path


def without(name):
    return lambda found, content: None if found == f"lodescope/{name}" else content


def metadata(old, new):
    def change(found, content):
        return re.sub(old, new, content, flags=re.MULTILINE) if found == "lodescope/metadata.txt" else content

    return change


def test_package_obeys_the_rules_of_the_site(archive):
    assert package.problems(archive) == []


@pytest.mark.parametrize(("change", "told"), [
    (without("LICENSE"), "LICENSE"),
    (without("__init__.py"), "__init__.py"),
    (without("metadata.txt"), "metadata.txt"),
    (metadata(rb"^author=.*\n", b""), "author"),
    (metadata(rb"^version=.*$", b"version=one"), "version"),
    (metadata(rb"^author=.*$", b"author=a/b"), "author"),
    (metadata(rb"^about=", b"about=<b>"), "about"),
])
def test_breach_of_the_rules_is_found(archive, tmp_path, change, told):
    found = package.problems(rewritten(archive, tmp_path / "changed.zip", change))
    assert any(told in problem for problem in found), found


@pytest.mark.parametrize("name", ["lodescope/a.pyc", "lodescope/__pycache__/a", "other/a.py", "lodescope/../a"])
def test_forbidden_name_is_found(archive, tmp_path, name):
    path = rewritten(archive, tmp_path / "changed.zip", lambda _, content: content)
    with zipfile.ZipFile(path, "a") as file:
        file.writestr(name, "")
    assert any(name in problem for problem in package.problems(path))


@pytest.mark.parametrize("name", [
    "README.md", "CHANGELOG.md", "plugin.py", "algorithms/worker.py", "requirements/base.txt", "requirements/deep.txt",
    "resources/icons/icon.png", "resources/sample/sample.gpkg", "resources/sample/make_sample.py",
    *(f"resources/{kind[0]}/{module.rsplit('.', 1)[-1]}.{kind[1]}"
      for module, _ in ALGORITHMS for kind in (("help", "html"), ("icons", "svg"))),
])
def test_file_is_in_the_package(names, name):
    assert name in names


@pytest.mark.parametrize("name", ["tests", "docs", "bench", "scripts", "Makefile", "pyproject.toml", ".ci",
                                  ".gitignore", "requirements/tests.txt", "requirements/tools.txt", "build", ".venv"])
def test_what_only_developers_need_is_left_out(names, name):
    assert [found for found in names if found == name or found.startswith(f"{name}/")] == []


def test_version_is_the_newest_of_the_changelog():
    newest = re.search(r"^## \[?(\d+\.\d+\.\d+)", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert newest.group(1) == package.version()


def test_real_qgis_loads_the_plugin_from_the_package(archive, tmp_path):
    plugins = tmp_path / "plugins"
    with zipfile.ZipFile(archive) as file:
        file.extractall(plugins)
    variables = {**headless.environment(plugins, tmp_path / "profile"), "HOME": str(tmp_path)}
    headless.enable(variables)
    listed = headless.start(["list"], variables, capture_output=True)
    for module, _ in ALGORITHMS:
        assert f"lodescope:{module.rsplit('.', 1)[-1]}\t" in listed.stdout
    assert "Traceback" not in listed.stderr
    assert os.access(plugins / "lodescope" / "algorithms" / "worker.py", os.R_OK)
