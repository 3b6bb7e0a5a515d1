"""Menu, options, dialog and training dock in the real QGIS: light and dark, 100 % and 200 %, a small screen."""
import shlex

import pytest

pytestmark = pytest.mark.desktop


@pytest.fixture(scope="module")
def docks(application):
    """What the story found on a small screen."""
    return application("docks", "docks", size="1280x720", seconds=280.0).play()


def complaints(found):
    """Warnings and errors that QGIS shows because of the plugin."""
    return [note for note in found["messages"] if "Traceback" in note["text"] or note["tag"] == "Lodescope"
            or ("lodescope" in note["text"].lower() and note["tag"] != "Messages")]


def test_nothing_complains(docks):
    assert complaints(docks) == []
    assert docks["exit_code"] == 0, docks["log"]


def test_menu_and_toolbar_have_pictures(docks):
    assert docks["toolbar"] == ["Train models", "Variogram", "Models", "Worker's Python…"]
    assert docks["menu"] == [*docks["toolbar"], "Open sample project", "Options…"]
    assert all(docks["pictures"])


def test_options_are_kept_and_used(docks):
    stored = docks["stored"]
    assert [int(stored["threads"]), int(stored["seed"]), stored["device"]] == [1, 7, "cpu"]
    assert stored["dask"] == "tcp://localhost:8786"
    assert len(stored["modelFolders"]) == 1
    assert docks["seed_of_form"] == 7


def test_dialog_says_which_python_is_used_and_what_would_be_done(docks):
    assert docks["pythons"][0][:3] == ["LODESCOPE_PYTHON", "✔ in use", "✔ in use"]
    facts, commands = docks["plan"]
    assert "env-deep-" in facts
    assert " MB" in facts
    assert "-m venv" in commands
    assert "torch" in commands
    assert len(commands.splitlines()) == 6
    assert docks["environment_inside"]
    for part in ("QGIS 3", "Set base:", "Set deep:", "LODESCOPE_PYTHON", "complete"):
        assert part in docks["diagnostics"]


def test_nothing_is_cut_off(docks):
    for name in ("options_cut", "environment_cut", "form_cut", "run_cut"):
        assert docks[name] == [], name
    assert docks["form_too_wide"] == 0
    assert docks["advanced_too_wide"] <= 0


def test_form_knows_the_training_algorithms_and_copies_the_run(docks):
    assert {"lodescope:trainbnn", "lodescope:trainlogparser"} <= set(docks["choices"])
    words = shlex.split(docks["command"])
    assert words[:4] == ["qgis_process", "run", "lodescope:trainbnn", "--"]
    assert "FEATURES=Si_pct" in words
    assert "HIDDEN=16, 16" in words
    assert "'TARGETS': ['La_ppm']" in docks["python"]
    compile(docks["python"], "copied", "eval")
    assert docks["dialog_fields"] == ["Fe_pct", "Si_pct", "Al_pct", "Ti_pct"]


def test_map_answers_while_a_model_is_trained(docks):
    assert docks["pan_seconds"] < 2.0
    assert docks["workers"] == 1
    for part in ("running", "epoch", "left", "CPU", "MB"):
        assert part in docks["words"]


def test_paused_run_goes_on_from_where_it_stood(docks):
    assert docks["paused"]["workers"] == 0
    assert docks["paused"]["state"].startswith("paused")
    resumed = docks["resumed"]
    assert (resumed["state"], resumed["error"]) == ("done", "")
    assert resumed["went_on"]
    assert resumed["kept"]
    assert resumed["model"]
    assert len(resumed["layers"]) == 2  # the samples and the held-out predictions


def test_runs_queue_and_are_compared_curve_over_curve(docks):
    assert docks["queue"] == ["running", "waiting"]
    assert [run[:2] for run in docks["queued"]] == [["done", ""]] * 2
    assert set(docks["compared"]) == {"loss", "rmse"}
    assert [len(set(titles)) for titles in docks["compared"].values()] == [3, 3]


def test_library_shows_the_models_and_what_they_go_with(docks):
    assert docks["models"] == ["first", "second", "third"]
    found = docks["library"]
    for part in ("Targets", "La_ppm", "Fe_pct", "RMSE", "EPSG:32750", "Extent", "torch", "Goes with: "):
        assert part in found["card"]
    assert "samples" in found["fits"]
    assert found["band_overlaps"]
    assert found["inside"]
    assert found["cut"] == []
    assert docks["applied"][0].endswith("Predict with Bayesian neural network")
    assert docks["applied"][1].endswith(".safetensors")
    assert "does not have: Fe_pct" in docks["misfit"][0]
    assert docks["band_gone"]


def test_stopped_run_keeps_the_best(docks):
    stopped = docks["stopped"]
    assert (stopped["state"], stopped["error"], stopped["model"]) == ("done", "", True)
    assert stopped["last"] <= stopped["reached"] <= stopped["last"] + 10  # of 4000


def test_run_survives_its_dock_and_its_project(docks):
    assert docks["survived"] == {"state": "done", "error": "", "shown": True, "model": True}
    assert any("is done" in text for text in docks["told"])


def test_unloading_leaves_nothing_and_loading_brings_the_runs_back(docks):
    assert docks["before"] == {"docks": 1, "libraries": 1, "bars": 1, "menus": 1, "dialogs": 1}
    assert docks["after"] == {
        "docks": 0, "libraries": 0, "bars": 0, "menus": 0, "dialogs": 0, "workers": 0}
    assert docks["again"]["states"][-1] == "paused"
    assert docks["again"]["last"] >= 2
    assert [docks["again"][part] for part in ("ended", "error", "went_on", "model")] == ["done", "", True, True]
    assert [docks["again"][part] for part in ("docks", "bars", "menus")] == [1, 1, 1]


@pytest.mark.parametrize(("name", "size", "scale", "theme"), [
    ("dark", "1280x720", "1", "Night Mapping"), ("large", "2560x1440", "2", "default"),
])
def test_windows_are_whole_on_other_screens(application, name, size, scale, theme):
    found = application("glance", name, size, scale, theme, seconds=300.0).play()
    assert complaints(found) == []
    for part in ("options_cut", "environment_cut", "form_cut", "run_cut"):
        assert found[part] == [], part
    assert found["form_too_wide"] == 0
    assert found["environment_inside"]
    assert found["contrast"] >= 90
    assert found["samples_cut"] == found["fitted"]["cut"] == []
    assert found["fitted"]["inside"]
    assert found["variogram_contrast"] >= 90
    assert found["library"]["cut"] == []
    assert found["library"]["inside"]
    assert [run[:2] for run in found["queued"]] == [["done", ""]] * 2
