"""The rare-earth job on a job folder: columns, medians, report, and what it refuses."""
import json

import numpy as np
import pytest

from lodescope.algorithms.errors import Cancelled, InputError
from lodescope.algorithms.folder import JobFolder
from lodescope.algorithms.geochemistry.jobs_ree import run
from lodescope.algorithms.geochemistry.rare_earths import references
from lodescope.algorithms.jobs import job_function
from lodescope.algorithms.progress import Progress

CHONDRITE = references()["chondrite_ms95"]["values"]


def job_of(folder, values, columns, groups=None, **recipe):
    """A job folder with assays."""
    folder.mkdir()
    (folder / "inputs").mkdir()
    arrays = {"values": np.asarray(values, float), **({} if groups is None else {"groups": np.asarray(groups[0])})}
    for name, array in arrays.items():
        np.save(folder / "inputs" / f"{name}.npy", array)
    content = {"job": "reegeochemistry", "arrays": {name: f"inputs/{name}.npy" for name in arrays},
               "settings": {"recipe": {"columns": columns, **recipe}, "groups": groups[1] if groups else None}}
    (folder / "job.json").write_text(json.dumps(content), encoding="utf-8")
    return JobFolder(folder)


def columns_of(symbols, unit="ppm"):
    return [{"element": symbol, "field": f"{symbol}_{unit}", "oxide": "", "unit": unit} for symbol in symbols]


def result_of(job, outputs):
    return dict(zip(outputs["names"], job.load("columns")))


def test_columns_are_those_of_multiples_of_the_chondrite(tmp_path):
    factors = np.array([10.0, 20.0, 30.0, 40.0])
    job = job_of(tmp_path / "job", factors[:, None] * list(CHONDRITE.values()), columns_of(CHONDRITE),
                 (np.array([0, 0, 1, -1]), ["shale", "<granite>"]))
    outputs = run(job, Progress())
    columns = result_of(job, outputs)
    assert columns["Dy_N"] == pytest.approx(factors)
    assert columns["TREE_ppm"] == pytest.approx(factors * sum(CHONDRITE.values()))
    heavy = sum(CHONDRITE[symbol] for symbol in CHONDRITE if symbol not in ("La", "Ce", "Pr", "Nd", "Sm"))
    assert columns["HREE_LREE"] == pytest.approx([heavy / (sum(CHONDRITE.values()) - heavy)] * 4)
    assert outputs["medians"]["Dy_N"] == pytest.approx(25.0)
    assert (outputs["samples"], len(outputs["found"])) == (4, 15)
    report = job.read_text("report.html")
    assert "shale" in report
    assert "&lt;granite&gt;" in report
    assert "<granite>" not in report
    assert job_function("reegeochemistry") is run


def test_other_definitions_move_elements(tmp_path):
    values = np.array([list(CHONDRITE.values())]) * 100.0
    first = job_of(tmp_path / "first", values, columns_of(CHONDRITE))
    second = job_of(tmp_path / "second", values, columns_of(CHONDRITE), definition="la_gd", magnet="pr_nd_sm_tb_dy",
                    oxides="trivalent", unit="pct", pattern=False)
    one, two = (result_of(job, run(job, Progress())) for job in (first, second))
    assert two["LREO_pct"][0] > one["LREO_ppm"][0] / 1e4
    assert two["MREO_pct"][0] > one["MREO_ppm"][0] / 1e4
    assert two["Ce2O3_pct"][0] == pytest.approx(one["CeO2_ppm"][0] / 1e4 * 1.17128 / 1.22837, rel=1e-4)
    assert "La_N" not in two
    assert two["La_Yb_N"] == pytest.approx(one["La_Yb_N"])


def test_impossible_sums_are_refused_and_odd_ones_told(tmp_path):
    values = np.array([list(CHONDRITE.values())] * 3) * 500.0
    with pytest.raises(InputError, match=r"of 3 of 3 samples add up to more than 100 per cent"):
        run(job_of(tmp_path / "pct", values, columns_of(CHONDRITE, "pct")), Progress())
    northing = values.copy()
    northing[:, list(CHONDRITE).index("Y")] = 6.1e6  # a coordinate
    with pytest.raises(InputError, match="Y contributes most"):
        run(job_of(tmp_path / "northing", northing, columns_of(CHONDRITE)), Progress())
    with pytest.raises(InputError, match="no rare-earth field holds a value above zero"):
        run(job_of(tmp_path / "zero", values * 0.0, columns_of(CHONDRITE)), Progress())
    values[:, list(CHONDRITE).index("Tb")] *= 1000.0
    progress = Progress()
    run(job_of(tmp_path / "tb", values, columns_of(CHONDRITE)), progress)
    assert any(text.startswith("Tb is 1e+03 times") and "'Tb_ppm'" in text for text in progress.warnings)


def test_few_elements_leave_empty_what_needs_more(tmp_path):
    progress = Progress()
    job = job_of(tmp_path / "job", [[100.0, 200.0], [50.0, -1.0]], columns_of(("La", "Ce")))
    columns = result_of(job, run(job, progress))
    for name in ("HREO_ppm", "MREO_ppm", "La_Yb_N", "Ce_anomaly", "lambda0", "Y_Ho"):
        assert np.isnan(columns[name]).all(), name
    assert columns["REE_n"] == pytest.approx([2, 1])
    told = " ".join(progress.warnings)
    for words in ("No field for Pr, Nd", "HREO is left empty", "MREO lacks Pr6O11", "(Ce_ppm: 1)"):
        assert words in told


def test_samples_of_zeros_only_were_not_analysed(tmp_path):
    values = np.array([list(CHONDRITE.values())] * 3) * 100.0
    values[1] = 0.0
    progress = Progress()
    job = job_of(tmp_path / "job", values, columns_of(CHONDRITE))
    columns = result_of(job, run(job, progress))
    assert np.isnan(columns["TREO_ppm"]).tolist() == [False, True, False]
    assert columns["REE_n"].tolist() == [15, 0, 15]
    assert any("1 samples have nothing but zeros" in text for text in progress.warnings)
    job = job_of(tmp_path / "few", values[:, :4], columns_of(list(CHONDRITE)[:4]))
    assert result_of(job, run(job, Progress()))["TREO_ppm"][1] == 0.0


def test_a_field_without_values_is_absent(tmp_path):
    values = np.array([list(CHONDRITE.values())] * 2) * 100.0
    values[:, list(CHONDRITE).index("Tm")] = [np.nan, -0.1]
    progress = Progress()
    job = job_of(tmp_path / "job", values, columns_of(CHONDRITE), missing="null")
    outputs = run(job, progress)
    assert np.isfinite(result_of(job, outputs)["TREO_ppm"]).all()
    assert "Tm" not in outputs["found"]
    assert any("'Tm_ppm' holds no value" in text for text in progress.warnings)


def test_a_stop_is_obeyed(tmp_path):
    progress = Progress()
    progress._stop.set()
    with pytest.raises(Cancelled):
        run(job_of(tmp_path / "job", [list(CHONDRITE.values())], columns_of(CHONDRITE)), progress)
