"""The user's settings, and what they change."""
import numpy as np
import pytest
from qgis.core import QgsSettings

from lodescope.processing_provider.engine import guidance, packages, prepare_job, settings
from lodescope.processing_provider.engine.environment import clean_environment
from lodescope.processing_provider.geostatistics.kriging import Kriging


@pytest.fixture(autouse=True)
def clean():
    yield
    for key in (settings.PYTHON, settings.THREADS, settings.DEVICE, settings.DASK, settings.SEED,
                settings.MODEL_FOLDERS):
        QgsSettings().remove(key)


def test_without_settings_there_are_defaults():
    assert (settings.python(), settings.threads(), settings.device(), settings.dask()) == ("", 0, "auto", "")
    assert (settings.seed(), settings.model_folders()) == (1, [])


@pytest.mark.parametrize(("key", "read", "value", "expected"), [
    (settings.PYTHON, settings.python, " /opt/python ", "/opt/python"), (settings.THREADS, settings.threads, 3, 3),
    (settings.THREADS, settings.threads, "many", 0), (settings.THREADS, settings.threads, -2, 0),
    (settings.DEVICE, settings.device, "cpu", "cpu"), (settings.DEVICE, settings.device, "moon", "auto"),
    (settings.SEED, settings.seed, 7, 7), (settings.SEED, settings.seed, "x", 1),
    (settings.MODEL_FOLDERS, settings.model_folders, ["/a", "/b", "/a"], ["/a", "/b"]),
    (settings.MODEL_FOLDERS, settings.model_folders, "/a", ["/a"]),
])
def test_settings_are_read_and_nonsense_is_passed_over(key, read, value, expected):
    settings.store(key, value)
    assert read() == expected


def test_empty_setting_is_taken_away():
    settings.store(settings.DASK, "tcp://a:1")
    settings.store(settings.DASK, "")
    assert not QgsSettings().contains(settings.DASK)


def test_forms_start_with_the_seed_of_the_settings():
    settings.store(settings.SEED, 42)
    algorithm = Kriging().create()
    assert algorithm.parameterDefinition("SEED").defaultValue() == 42


def test_threads_fill_in_where_a_run_names_none(jobs_root):
    settings.store(settings.THREADS, 3)
    for given, expected in ((None, 3), (5, 5)):
        with prepare_job("selftest", {"threads": given}, {"a": np.zeros(1)}) as job:
            assert f'"threads": {expected}' in (job.folder / "job.json").read_text()
    with prepare_job("selftest", {"steps": 1}, {"a": np.zeros(1)}) as job:
        assert "threads" not in (job.folder / "job.json").read_text()


def test_processor_only_hides_graphics_cards():
    assert not clean_environment().contains("CUDA_VISIBLE_DEVICES")
    settings.store(settings.DEVICE, "cpu")
    assert clean_environment().value("CUDA_VISIBLE_DEVICES") == "-1"


def test_link_follows_a_message_and_nothing_else():
    assert guidance.with_link("Something is missing.") == "Something is missing."
    guidance.show_link("<a>here</a>")
    try:
        assert guidance.with_link("Something is missing.") == "Something is missing. <a>here</a>"
        assert guidance.with_link("") == ""
    finally:
        guidance.show_link("")


def test_packages_are_those_of_the_requirements():
    needed, optional = packages.package_lines("deep")
    assert "numpy>=1.24,<2.5" in needed
    assert any(line.startswith("torch==") for line in needed)
    assert [line.split(">")[0] for line in optional] == ["numba"]
    assert packages.modules(["scikit-learn>=1.2", "PyKrige==1.7", "numpy"]) == ["sklearn", "pykrige", "numpy"]


def test_every_python_is_asked(resolver, monkeypatch, fake_python):
    serving = fake_python("print(json.dumps({'lacking': [], 'untested': []}))")
    broken = fake_python("sys.exit('no')", "broken")
    monkeypatch.setenv("LODESCOPE_PYTHON", broken)
    monkeypatch.setattr(resolver, "own_python", lambda: serving)
    found = resolver.survey("base")
    assert [answer.serves for answer in found] == [False, True]
    assert found[0].failure == "no"
    assert resolver.ask(serving, "base").serves
