"""The whole preparation: counts, flags, models and the national survey."""
import csv
import json
from pathlib import Path

import numpy as np
import pytest

from lodescope.algorithms.errors import InputError
from lodescope.algorithms.folder import JobFolder
from lodescope.algorithms.geochemistry import jobs_assays
from lodescope.algorithms.geochemistry.assaypreparation import AssayPreparation
from lodescope.algorithms.geochemistry.assayreading import RawColumn
from lodescope.algorithms.modelfile import read_card
from lodescope.algorithms.progress import Progress
from lodescope.algorithms.texts import pack_texts

NGSA = Path(__file__).resolve().parents[4] / "shared" / "data" / "ngsa"


def make_job(folder, settings, **arrays):
    (folder / "inputs").mkdir(parents=True)
    for name, array in arrays.items():
        np.save(folder / "inputs" / f"{name}.npy", array)
    content = {"protocol": 1, "job": "x", "settings": settings, "arrays": {n: f"inputs/{n}.npy" for n in arrays}}
    (folder / "job.json").write_text(json.dumps(content))
    return JobFolder(folder)


def raw_columns(rng, count=400):
    base = rng.normal(0.0, 1.0, count)
    columns = {}
    for k, name in enumerate(("La_ppm", "Ce_ppm", "Nd_ppm", "Y_ppm", "Fe_pct", "Al_pct", "Zr_ppm", "U_ppm", "Au_ppb")):
        numbers = np.exp(base * (k - 4) / 4.0 + rng.normal(0.0, 0.2, count))
        numbers[rng.random(count) < 0.03] = np.nan
        limits = np.nanquantile(numbers, [0.1, 0.2])[rng.integers(0, 2, count)]
        columns[name] = RawColumn(numbers=np.where(numbers < limits, -limits, numbers))
    return columns


@pytest.mark.parametrize("policy", ["half", "ros", "logratio"])
@pytest.mark.parametrize("imputation", ["none", "median", "knn"])
def test_a_saved_model_prepares_the_same_layer_alike(tmp_path, policy, imputation):
    rng = np.random.default_rng(1)
    columns, places = raw_columns(rng), rng.uniform(0.0, 100.0, (400, 2))
    settings = {"policy": policy, "imputation": imputation, "transform": "boxcox", "seed": 5}
    preparation = AssayPreparation()
    prepared = preparation.fit(columns, settings, places)
    preparation.save(tmp_path / "m.safetensors")
    loaded, card = AssayPreparation.load(tmp_path / "m.safetensors")
    again = loaded.apply(dict(reversed(columns.items())), places)
    for part in ("raw", "values", "flags", "coordinates"):
        np.testing.assert_array_equal(getattr(again, part), getattr(prepared, part))
    assert [feature["name"] for feature in card["features"]] == list(columns)
    gaps = np.column_stack([np.isnan(column.numbers) for column in columns.values()])
    assert ((prepared.flags == (4 if imputation == "none" else 3)) == gaps).all()


def test_values_left_missing_are_not_imputed():
    rng = np.random.default_rng(2)
    columns = raw_columns(rng)
    prepared = AssayPreparation().fit(columns, {"policy": "missing", "imputation": "knn"})
    below = np.column_stack([column.numbers < 0.0 for column in columns.values()])
    assert np.isnan(prepared.values[below]).all() and (prepared.flags[below] == 1).all()
    assert np.isfinite(prepared.values[~below]).all()


def test_ratios_of_measured_parts_do_not_change():
    rng = np.random.default_rng(3)
    columns = raw_columns(rng)
    prepared = AssayPreparation().fit(columns, {"policy": "logratio", "transform": "clr", "imputation": "knn"})
    raw = np.column_stack([column.numbers for column in columns.values()])
    both = (raw[:, 0] > 0.0) & (raw[:, 1] > 0.0)
    ratio = prepared.coordinates[both, 0] - prepared.coordinates[both, 1]
    np.testing.assert_allclose(ratio, np.log(raw[both, 0] / raw[both, 1]), atol=1e-12)
    np.testing.assert_allclose(prepared.coordinates[:, :-1].sum(axis=1), 0.0, atol=1e-9)


def test_job_writes_values_model_and_report_and_the_other_inverts(tmp_path):
    texts, ends = pack_texts(["1.5", "<1", "2.5", "", "n.d."])
    settings = {"fields": ["La_ppm", "Ce_ppm"], "transform": "log", "policy": "half", "layer": "assays"}
    job = make_job(tmp_path / "a", settings, texts_0=texts, texts_0_ends=ends, codes_0=np.array([0, 1, 2, 3, 4, 0]),
                   numbers_1=np.array([1.0, 2.0, np.nan, 4.0, 0.0, 5.0]))
    progress = Progress()
    outputs = jobs_assays.run(job, progress)
    np.testing.assert_allclose(job.load("values"), np.array(
        [[1.5, 1.0], [0.5, 2.0], [2.5, np.nan], [np.nan, 4.0], [0.5, 0.5], [1.5, 5.0]]))
    np.testing.assert_array_equal(job.load("flags"), [[0, 0], [1, 0], [0, 4], [4, 0], [1, 1], [0, 0]])
    assert outputs["names"] == ["La_ppm_log", "Ce_ppm_log"]
    assert outputs["fields"][0]["limits"] == [1.0]
    html = job.read_text("report.html")
    assert "below detection" in html and "half the limit" in html and "zeros: below detection" in html
    model = str(job.path("model.safetensors"))
    assert read_card(model, "assaytransform")["features"][0] == {"name": "La_ppm", "unit": "ppm"}
    inverse = make_job(tmp_path / "b", {"model": model, "direction": "inverse", "fields": []},
                       coordinates=job.load("coordinates"))
    jobs_assays.apply(inverse, progress)
    np.testing.assert_allclose(inverse.load("values"), job.load("values"), rtol=1e-12)
    lacking = make_job(tmp_path / "c", {"model": model, "direction": "forward", "fields": ["La_ppm"]},
                       numbers_0=np.ones(3))
    with pytest.raises(InputError, match="Ce_ppm"):
        jobs_assays.apply(lacking, progress)


def test_national_survey_counts_and_imputation():
    if not NGSA.exists():
        pytest.skip("the survey is not at hand")
    with (NGSA / "ngsa_Tc.csv").open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["EAST"]]
    names = [name for name in rows[0] if name.endswith("_ppm") and name != "LOI_ppm"]
    limits = json.loads((NGSA / "columns.json").read_text(encoding="utf-8"))["detection_limit_ppm"]
    values = np.array([[float(row[name] or "nan") for name in names] for row in rows])
    truth = values.copy()
    hide = (np.random.default_rng(1).random(values.shape) < 0.04) & (values > 0.0)
    values[hide] = np.nan
    columns = {name: RawColumn(numbers=column) for name, column in zip(names, values.T)}
    places = np.array([[float(row["EAST"]), float(row["NORTH"])] for row in rows])
    preparation = AssayPreparation()
    prepared = preparation.fit(columns, {"policy": "logratio", "imputation": "knn", "seed": 1}, places)
    assert (prepared.flags == 1).sum() == (values < 0.0).sum()
    for k, name in enumerate(names):
        found = np.unique(prepared.raw[prepared.flags[:, k] == 1, k])
        assert set(found) <= {float(limits[name])}
    common = [k for k in range(len(names)) if (truth[:, k] < 0.0).mean() < 0.2]
    ratio = [np.mean(np.square(np.log(prepared.values[hide[:, k], k] / truth[hide[:, k], k])))
             / np.var(np.log(truth[truth[:, k] > 0.0, k])) for k in common]
    assert np.median(ratio) < 0.25
