"""Whole trainings on evidence whose truth is known."""
import threading

import numpy as np
import pytest

from lodescope.algorithms.errors import Cancelled, InputError
from lodescope.algorithms.progress import Progress
from lodescope.algorithms.prospectivity import jobs_pretraincnn, jobs_trainbaseline, jobs_traincnn
from lodescope.algorithms.prospectivity.jobs_predictcnn import predict_tile
from lodescope.algorithms.prospectivity.modelstore import load_prospectivity
from lodescope.algorithms.prospectivity.occlusion import band_influence
from lodescope.algorithms.prospectivity.windows import cut_windows


class Told:
    """Keeps events; sets the stop flag once so many metrics were told."""

    def __init__(self, stop=None, at=None):
        self.events, self.stop, self.at = [], stop, at

    def __call__(self, event, **fields):
        self.events.append((event, fields))
        if self.at is not None and sum(name == "metric" for name, _ in self.events) >= self.at:
            self.stop.set()


@pytest.fixture(scope="module")
def trained(scene, job_of):
    """A network of deposits on a visible pattern: the job, its outputs, its events, and the evidence."""
    evidence, rows, columns = scene(0)
    job, told = job_of(evidence, rows, columns, random=True, epochs=20, folds=3,
                               baselines=True), Told()
    return job, jobs_traincnn.run(job, Progress(told)), told.events, evidence


def test_visible_pattern_is_found_by_held_out_networks(trained):
    _, outputs, _, _ = trained
    assert outputs["scores"]["auc"] > 0.9
    assert outputs["scores"]["top_20"] > 0.8
    low, high = outputs["scores"]["auc_interval"]
    assert low < outputs["scores"]["auc"] < high
    assert outputs["deposits"] == 40
    assert outputs["random"]["auc"] > 0.9
    assert list(outputs["baselines"]) == ["woe", "logistic", "forest", "boosting"]
    assert all(0.8 < scores["auc"] < 1.0 for scores in outputs["baselines"].values())


@pytest.mark.parametrize("method", ["woe", "logistic", "forest", "boosting"])
def test_visible_pattern_is_found_by_baselines(method, scene, job_of):
    outputs = jobs_trainbaseline.run(job_of(*scene(0), method=method, members=3), Progress())
    assert outputs["scores"]["auc"] > 0.85


def test_deposits_anywhere_are_not_found(scene, job_of):
    """Mean of four draws, as 40 deposits leave a standard error of 0.05 each."""
    found = [jobs_traincnn.run(job_of(*scene(seed, visible=False), epochs=5, folds=2), Progress())["scores"]["auc"]
             for seed in range(4)]
    assert abs(np.mean(found) - 0.5) < 0.09
    found = [jobs_trainbaseline.run(job_of(*scene(seed, visible=False), method="forest", members=2,
                                        folds=2), Progress())[
        "scores"]["auc"] for seed in range(4)]
    assert abs(np.mean(found) - 0.5) < 0.09


def test_metrics_are_told_for_each_epoch(trained):
    _, _, events, _ = trained
    steps = {}
    for event, fields in events:
        if event == "metric":
            steps.setdefault(fields["name"], []).append(fields["step"])
    for name in ("loss", "accuracy", "auc"):
        assert steps[name] == list(range(1, 21))
    assert any(name.startswith("fold1: ") for name in steps)


def test_card_says_what_the_model_is(trained):
    card = load_prospectivity(trained[0].path("model.safetensors")).card
    assert [entry["name"] for entry in card["features"]] == ["La_ppm", "Th_ppm", "K2O", "magnetics", "noise"]
    assert [entry["transform"] for entry in card["features"]] == ["log", "none", "none", "none", "none"]
    assert card["window"] == {"cells": 7, "metres": 700.0}
    assert card["folds"] == {"kind": "block", "count": 3}
    assert card["crs"] == "EPSG:32650"
    assert card["grid"]["cell"] == 100.0
    assert card["seed"] == 1
    assert card["scores"]["prospectivity"]["auc"] == trained[1]["scores"]["auc"]
    assert len(card["deposits"]) == 40


def test_held_out_map_is_honest_and_complete(trained):
    job, outputs, _, _ = trained
    area, table = job.load("held_out_map"), job.load("held_out")
    known = area[np.isfinite(area)]
    assert table.shape == (40, 5)
    assert set(table[:, 1]) == {1.0, 2.0, 3.0}
    ranks = [(known > value).mean() + 0.5 * (known == value).mean() for value in table[:, 2].astype(np.float32)]
    np.testing.assert_allclose(table[:, 3], ranks, atol=1e-3)
    assert outputs["scores"]["auc"] == pytest.approx(1.0 - np.mean(ranks), abs=1e-3)


def test_same_seed_gives_the_same_bytes(scene, job_of, tmp_path):
    evidence, rows, columns = scene(0, (40, 40), 15)
    jobs = [job_of(evidence, rows, columns, tmp_path / str(k), epochs=3, folds=2, threads=1 + k, seed=seed)
            for k, seed in enumerate((5, 5, 6))]
    for job in jobs:
        jobs_traincnn.run(job, Progress())
    first, second, other = (job.path("model.safetensors").read_bytes() for job in jobs)
    assert first == second
    assert first != other


def test_stopped_training_goes_on_bit_for_bit(scene, job_of, tmp_path, monkeypatch):
    evidence, rows, columns = scene(0, (40, 40), 15)
    whole = job_of(evidence, rows, columns, tmp_path / "whole", epochs=5, folds=2, threads=1)
    jobs_traincnn.run(whole, Progress())
    monkeypatch.setattr(jobs_traincnn, "KEPT_EVERY", 1)
    cut = job_of(evidence, rows, columns, tmp_path / "cut", epochs=5, folds=2, threads=1)
    for at in (4, 30):
        stop = threading.Event()
        with pytest.raises(Cancelled):
            jobs_traincnn.run(cut, Progress(Told(stop, at), stop))
    assert list(cut.root.glob("fold1_scratch_1.safetensors"))
    jobs_traincnn.run(cut, Progress())
    assert cut.path("model.safetensors").read_bytes() == whole.path("model.safetensors").read_bytes()


def test_user_may_end_trainings_early(scene, job_of, tmp_path):
    class Finish(threading.Event):
        last_epoch = 2

    told = Told()
    jobs_traincnn.run(job_of(*scene(0, (40, 40), 15), tmp_path / "job", folds=2, epochs=9), Progress(told, Finish()))
    assert max(fields["step"] for event, fields in told.events if event == "metric") == 2


def test_probability_rises_where_the_evidence_does(job_of, tmp_path):
    """Deposits in the north-west, where a band that rises northwards and westwards is high."""
    rows, columns = np.mgrid[:50, :50]
    rng = np.random.default_rng(0)
    rise = -(rows + columns) / 20.0 + 0.05 * rng.normal(size=rows.shape)
    evidence = np.stack([rise, rng.normal(size=rows.shape)]).astype(np.float32)
    places = np.argwhere(rise > np.quantile(rise, 0.9))
    places = places[rng.choice(len(places), 20, replace=False)]
    job = job_of(evidence, *places.T, tmp_path / "job", negatives="random", buffer=100.0, window_cells=5,
                 validation="random")
    jobs_traincnn.run(job, Progress())
    model = load_prospectivity(job.path("model.safetensors"))
    around = np.pad(evidence, ((0, 0), (2, 2), (2, 2)), constant_values=np.nan)
    found = predict_tile(model, around)[0]
    assert np.corrcoef(found.ravel(), -(rows + columns).ravel())[0, 1] > 0.7
    assert found[:10, :10].mean() > 0.65 > 0.35 > found[-10:, -10:].mean()


def test_bands_that_matter_speak_for_a_place(trained, scene):
    job, _, _, evidence = trained
    _, rows, columns = scene(0)
    model = load_prospectivity(job.path("model.safetensors"))
    found = band_influence(model, cut_windows(evidence, rows, columns, 7))
    assert found.shape == (40, 5)
    mean = found.mean(axis=0)
    assert set(np.argsort(-mean)[:2]) == {0, 1}
    assert mean[:2].min() > 2.0 * np.abs(mean[2:]).max()


def test_weights_and_types_are_told_apart(scene, job_of):
    evidence, rows, columns = scene(0)
    arrays = {"weights": np.r_[np.zeros(5), np.ones(35)], "types": np.arange(40) % 2}
    outputs = jobs_trainbaseline.run(job_of(evidence, rows, columns, arrays=arrays, method="forest", members=2,
                                            type_names=["vein", "placer"]), Progress())
    assert outputs["deposits"] == 35
    assert [entry["type"] for entry in outputs["types"]] == ["vein", "placer"]
    assert sum(entry["deposits"] for entry in outputs["types"]) == 35


def test_barren_places_lower_the_map_where_they_are(scene, job_of):
    evidence, rows, columns = scene(0)
    likely = np.argwhere(np.log(evidence[0]) + evidence[1] > 2.5)
    taken = {(r, c) for r, c in zip(rows.tolist(), columns.tolist())}
    barren = np.array([cell for cell in likely.tolist() if tuple(cell) not in taken])[::2]
    places = np.column_stack([500_000.0 + 100.0 * (barren[:, 1] + 0.5), 7_000_000.0 - 100.0 * (barren[:, 0] + 0.5)])
    found = []
    for arrays in ({}, {"barren": places}):
        job = job_of(evidence, rows, columns, arrays=arrays, method="forest", members=3)
        jobs_trainbaseline.run(job, Progress())
        model = load_prospectivity(job.path("model.safetensors"))
        windows = model.preparation.apply(np.moveaxis(cut_windows(evidence, *barren.T, 7), 1, 0))
        found.append(model.members_at(np.ascontiguousarray(np.moveaxis(windows, 0, 1))).mean())
    assert found[1] < found[0] - 0.1


def test_mask_and_empty_evidence_bound_the_study(scene, job_of):
    evidence, rows, columns = scene(0)
    mask = np.zeros(evidence.shape[1:], np.uint8)
    mask[:, :40] = 1
    outputs = jobs_trainbaseline.run(job_of(evidence, rows, columns, arrays={"mask": mask}, method="logistic",
                                            members=2), Progress())
    assert outputs["deposits"] == (columns < 40).sum()
    with pytest.raises(InputError, match="No cell has data"):
        jobs_traincnn.run(job_of(evidence, rows, columns, arrays={"mask": np.zeros_like(mask)}), Progress())


@pytest.mark.parametrize(("count", "shift", "words"), [(0, 0, "no point"), (1, 0, "at least 3"), (9, 500, "outside")])
def test_deposits_that_teach_nothing_are_refused(count, shift, words, scene, job_of):
    evidence, rows, columns = scene(0)
    with pytest.raises(InputError, match=words):
        jobs_traincnn.run(job_of(evidence, rows[:count], columns[:count] + shift), Progress())


def test_many_bands_and_a_constant_one_work(scene, job_of):
    evidence, rows, columns = scene(0, (40, 40), 15)
    rng = np.random.default_rng(0)
    noise = rng.normal(size=(295, 40, 40)).astype(np.float32)
    noise[7] = 3.0
    names = [f"band{k}" for k in range(300)]
    progress = Progress()
    outputs = jobs_traincnn.run(job_of(np.concatenate([evidence, noise]), rows, columns, names=names, epochs=2,
                                       folds=2), progress)
    assert len(outputs["bands"]) == 299
    assert any("band12" in message for message in progress.warnings)


@pytest.fixture(scope="module")
def pretrained(scene, job_of):
    """A trunk pre-trained on the evidence of another seed, in which three bands are much alike."""
    evidence, rows, columns = scene(9)
    evidence[2:4] = evidence[4] + 0.2 * evidence[2:4]
    job = job_of(evidence, rows, columns, epochs=16, steps=25, members=2)
    return job, jobs_pretraincnn.run(job, Progress())


def test_pretraining_tells_hidden_bands(pretrained):
    _, outputs = pretrained
    assert 0.2 < outputs["explained"] < 1.0


def test_transfer_and_scratch_stand_side_by_side(pretrained, scene, job_of):
    evidence, rows, columns = scene(1)
    names = ["La_ppm", "Th_ppm", "gravity", "magnetics", "noise"]
    job, told = job_of(evidence, rows, columns, names=names, epochs=5, folds=2,
                       start_file=str(pretrained[0].path("model.safetensors"))), Told()
    outputs = jobs_traincnn.run(job, Progress(told))
    assert list(outputs["ways"]) == ["scratch", "transfer"]
    assert outputs["scores"] == outputs["ways"]["transfer"]
    log = " ".join(fields["message"] for event, fields in told.events if event == "log")
    assert "4 are known" in log
    assert "gravity" in log
    report = job.read_text("report.html")
    assert "From scratch, held out" in report
    assert "Transfer, held out" in report


def test_model_of_a_baseline_is_nothing_to_start_from(scene, job_of):
    evidence, rows, columns = scene(0)
    job = job_of(evidence, rows, columns, method="woe", members=2)
    jobs_trainbaseline.run(job, Progress())
    with pytest.raises(InputError, match="no network"):
        jobs_traincnn.run(job_of(evidence, rows, columns, start_file=str(job.path("model.safetensors"))), Progress())


def test_cut_model_file_is_refused(trained, tmp_path):
    content = trained[0].path("model.safetensors").read_bytes()
    (tmp_path / "cut.safetensors").write_bytes(content[:len(content) // 2])
    with pytest.raises(InputError, match=r"damaged|not a model"):
        load_prospectivity(tmp_path / "cut.safetensors")
