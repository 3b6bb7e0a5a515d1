"""Desurveying and compositing a million intervals: 5,000 holes of 200 intervals with five grades and a lithology.

The job as the worker runs it, with its arrays on disk; reading and writing of layers comes on top.

Run: OMP_NUM_THREADS=1 python bench/bench_desurvey.py
"""
import json
import resource
import tempfile
import time
from pathlib import Path

import numpy as np
from common import as_line, show

from lodescope.algorithms.drillholes.jobs_desurvey import run
from lodescope.algorithms.folder import JobFolder
from lodescope.algorithms.progress import Progress
from lodescope.algorithms.texts import pack_texts

HOLES, EACH, STATIONS, GRADES = 5_000, 200, 10, 5
SECONDS, MEGABYTES = 60.0, 2_000.0


def tables(rng):
    """Arrays of the job."""
    names = [f"DH{number:05d}" for number in range(HOLES)]
    data, ends = pack_texts(names)
    arrays = {f"{table}_names{part}": value for table in ("collar", "survey", "interval")
              for part, value in (("", data), ("_ends", ends))}
    station = np.tile(np.arange(STATIONS) * 30.0, HOLES)
    arrays.update(
        collar_xyz=rng.uniform(0.0, 5_000.0, (HOLES, 3)), collar_angles=np.full((HOLES, 2), np.nan),
        collar_length=np.full(HOLES, 1.5 * EACH), survey_codes=np.repeat(np.arange(HOLES), STATIONS),
        survey_values=np.column_stack(
            [station, rng.uniform(0.0, 360.0, HOLES).repeat(STATIONS) + 0.02 * station, -60.0 + 0.02 * station]),
        interval_codes=np.repeat(np.arange(HOLES), EACH))
    start = np.tile(1.5 * np.arange(EACH), HOLES)
    arrays["interval_depths"] = np.column_stack([start, start + 1.5])
    for number in range(GRADES):
        grade = rng.lognormal(size=HOLES * EACH)
        grade[rng.random(grade.size) < 0.02] = np.nan
        arrays[f"number_{number}"] = grade
    arrays["text_0"] = rng.integers(0, 4, HOLES * EACH // 10).repeat(10)
    return arrays


def settings(length):
    """Those of the job; without a length the intervals stay as they are."""
    composite = length and {"length": length, "residuals": "merge", "min_coverage": 0.5, "break": 0, "density": None,
                            "numbers": GRADES, "texts": 1}
    return {"depth_unit": "metres", "metres_per_depth": 1.0, "map_unit": "metres", "scale": 1.0,
            "dip_convention": "auto", "azimuth_correction": 0.0, "dogleg_limit": 10.0, "composite": composite}


def measured(folder, length):
    """Seconds and samples of one job."""
    content = {"protocol": 1, "job": "desurveydrillholes", "settings": settings(length),
               "arrays": {path.stem: f"inputs/{path.name}" for path in (folder / "inputs").iterdir()}}
    (folder / "job.json").write_text(json.dumps(content))
    start = time.perf_counter()
    found = run(JobFolder(folder), Progress())
    return time.perf_counter() - start, found["numbers"]["SAMPLES"]


def rows():
    """Lines of the table."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "inputs").mkdir()
        for key, array in tables(np.random.default_rng(1)).items():
            np.save(folder / "inputs" / f"{key}.npy", array)
        for label, length in (("placed", None), ("composited to 4 m with breaks", 4.0)):
            seconds, samples = measured(folder, length)
            memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024.0
            yield (f"{HOLES * EACH:,} intervals {label} (s)", seconds, f"< {SECONDS:g}",
                   seconds < SECONDS and memory < MEGABYTES, memory, f"{samples:,} samples")


if __name__ == "__main__":
    raise SystemExit(min(show([as_line(line) for line in rows()]), 1))
