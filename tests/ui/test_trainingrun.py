"""Runs of trainings: curves, their files, and two open QGIS windows."""
import json
import math

import pytest

from lodescope.ui.runspanel import curves_of, duration
from lodescope.ui.trainingrun import DONE, PAUSED, RUNNING, WAITING, TrainingRun, read_run
from lodescope.ui.trainingstore import TrainingStore


@pytest.fixture
def run():
    found = TrainingRun("lodescope:trainbnn", "first", {"EPOCHS": 3, "FEATURES": ["a", "b"]})
    for epoch in (1, 2, 3):
        found.add_metric("fold1: loss", epoch, 4.0 - epoch)
        found.add_metric("loss", epoch, 3.0 / epoch)
        found.add_metric("fold1: rmse", epoch, 1.0 / epoch)
    return found


def test_metrics_of_folds_and_of_the_final_training_are_told_apart(run):
    assert run.metrics() == ["loss", "rmse"]
    assert run.series("loss") == {"fold1": [(1, 3.0), (2, 2.0), (3, 1.0)], "": [(1, 3.0), (2, 1.5), (3, 1.0)]}
    assert run.latest("loss") == 1.0
    assert run.latest("rmse") == pytest.approx(1.0 / 3.0)
    assert run.latest("auc") is None
    assert run.reached() == 3


def test_point_that_is_said_again_counts_once_and_nan_is_left_out(run):
    run.add_metric("loss", 3, 0.9)
    run.add_metric("loss", 4, math.nan)
    assert run.series("loss")[""][-1] == (3, 0.9)


def test_one_run_shows_its_trainings_and_several_runs_share_the_plot(run):
    assert [(curve.title, curve.thin) for curve in curves_of([run], "loss")] == [("fold1", True), ("final", False)]
    other = TrainingRun("lodescope:trainbnn", "second", {})
    other.add_metric("loss", 1, 1.0)
    assert [curve.title for curve in curves_of([run, other], "loss")] == ["first", "first", "second"]


def test_run_comes_back_from_its_file(run, tmp_path):
    path = tmp_path / "run.json"
    path.write_text(run.to_json())
    back = read_run(path)
    assert back == run
    assert back.series("loss") == run.series("loss")


@pytest.mark.parametrize("text", ["", "[]", "{}", "{\"algorithm\": 1}", "no json", json.dumps({"curves": []})])
def test_file_that_is_no_run_is_passed_over(text, tmp_path):
    path = tmp_path / "run.json"
    path.write_text(text)
    assert read_run(path) is None
    assert TrainingStore(tmp_path).load() == []


@pytest.mark.parametrize(("state", "later"), [(RUNNING, PAUSED), (WAITING, PAUSED), (DONE, DONE)])
def test_interrupted_run_can_be_resumed_in_a_later_session(run, tmp_path, state, later):
    run.state = state
    store = TrainingStore(tmp_path)
    store.save(run)
    store.release()
    assert [found.state for found in TrainingStore(tmp_path).load()] == [later]


def test_run_of_another_open_window_stays_with_it(run, tmp_path):
    first, second = TrainingStore(tmp_path), TrainingStore(tmp_path)
    first.save(run)
    assert second.load() == []
    first.release()
    assert [found.id for found in second.load()] == [run.id]
    second.remove(run)
    assert TrainingStore(tmp_path).load() == []


@pytest.mark.parametrize(("seconds", "text"), [(5.2, "5 s"), (65, "1 min 5 s"), (3725, "1 h 2 min")])
def test_times_are_written_as_people_do(seconds, text):
    assert duration(seconds) == text
