"""A Bayesian network is trained in five minutes and predicts a million cells for little more than its bare networks.

Training: 17,000 samples of 40 features on drill holes, five folds, a random
split, the choice of the power and the final model, with the job as users run
it (without kriging beside it, whose time is that of kriging). Prediction: one
million cells of 60 features, all quantities and two cut-offs, against the
bare evaluation of the same networks, both on one core; also with what 500
drill holes on 25 km know kriged besides.

Run: OMP_NUM_THREADS=1 python bench/bench_bnn.py
"""
import json
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
from common import as_line, show

SAMPLES, FEATURES, PER_HOLE, BANDS = 17_000, 40, 30, 60
EPOCHS = 4
SIDE, ROWS, CELL, RANGE = 1000, 256, 25.0, 400.0  # of a map: cells, cells of a tile, and metres

import torch

from lodescope.algorithms.folder import JobFolder
from lodescope.algorithms.geostatistics.covariance import Structure, Variogram
from lodescope.algorithms.jobs import job_function
from lodescope.algorithms.learning.bnn import CHUNK, PRESETS, BayesianNetwork
from lodescope.algorithms.learning.domain import Domain
from lodescope.algorithms.learning.gradefile import GradeModel
from lodescope.algorithms.learning.jobs_predictbnn import Predictor
from lodescope.algorithms.learning.nearsamples import NearSamples
from lodescope.algorithms.learning.residuals import ResidualField
from lodescope.algorithms.learning.training import bound_threads
from lodescope.algorithms.progress import Progress


def scene(rng, samples, features):
    """Features of drill holes, a third of each column common to its hole, and a skewed grade."""
    groups = np.arange(samples) // PER_HOLE
    values = rng.normal(size=(samples, features)) + 0.7 * rng.normal(size=(groups[-1] + 1, features))[groups]
    log = values[:, 0] + 0.5 * np.sin(values[:, 1]) * values[:, 2] + 0.4 * rng.normal(size=samples)
    return groups, values, np.exp(0.6 * log)


def training_seconds(folder):
    """Wall seconds of a whole training, and its R2 on held-out holes."""
    rng = np.random.default_rng(0)
    groups, features, target = scene(rng, SAMPLES, FEATURES)
    places = np.column_stack([rng.uniform(0.0, 4000.0, (groups[-1] + 1, 2))[groups], -(np.arange(SAMPLES) % PER_HOLE)])
    arrays = {"coordinates": places, "groups": groups, "features": features, "targets": target[:, None]}
    settings = {"features": [f"f{k}" for k in range(FEATURES)], "targets": ["grade"], "validation": "hole", "folds": 5,
                "seed": 1, "choose_power": True, "kriging": False, "random": True, "cutoffs": [[1.0]]}
    (folder / "inputs").mkdir(parents=True)
    for name, array in arrays.items():
        np.save(folder / "inputs" / f"{name}.npy", array)
    content = {"protocol": 1, "job": "trainbnn", "needs": "deep", "settings": settings,
               "arrays": {name: f"inputs/{name}.npy" for name in arrays}}
    (folder / "job.json").write_text(json.dumps(content), encoding="utf-8")
    start = time.monotonic()
    outputs = job_function("trainbnn")(JobFolder(folder), Progress())
    return time.monotonic() - start, outputs["targets"]["grade"]["r2"]


def quick_model(rng, method):
    """A model of `BANDS` features, trained for a moment."""
    groups, features, target = scene(rng, 5000, BANDS)
    design, schedule = PRESETS[method]
    model = BayesianNetwork.fit(features, target[:, None], groups, design, replace(schedule, epochs=EPOCHS), Progress())
    model.factors = np.array([0.9])
    domain = Domain.fit(model.preparation.scaled(features)[0], groups, rng)
    card = {"features": [{"name": f"f{k}"} for k in range(BANDS)], "targets": [{"name": "grade"}],
            "cutoffs": [[1.0, 2.0]]}
    return GradeModel(model, domain, card)


def forward_seconds(stack, inputs):
    """Processor seconds of the bare evaluation of all networks."""
    members, start = stack.settings["members"], time.process_time()
    with torch.inference_mode():
        for begin in range(0, len(inputs), CHUNK):
            stack(torch.from_numpy(inputs[begin:begin + CHUNK]).expand(members, -1, -1))
    return time.process_time() - start


def near_samples():
    """Errors and grades of 500 drill holes, ready to be kriged on the map."""
    rng = np.random.default_rng(2)
    holes = rng.uniform(0.0, SIDE * CELL, (500, 2))
    groups = np.repeat(np.arange(500), PER_HOLE)
    variogram = Variogram(0.4, (Structure("exponential", 0.6, (RANGE,)),))
    places = holes[groups] + rng.normal(size=(groups.size, 2))
    errors, grades = (ResidualField(places, groups, rng.normal(size=(groups.size, 1)), [variogram]) for _ in range(2))
    return NearSamples(errors, grades, [0.3], [0.3])


def prediction_seconds(method, field=None):
    """Processor seconds of the prediction of all cells of a map, tile by tile, and of the bare networks, in turns."""
    model, grid = quick_model(np.random.default_rng(1), method), {"west": 0.0, "north": SIDE * CELL, "cell": CELL}
    predictor, total, bare = Predictor(model, threads=1), 0.0, 0.0
    if field is not None:
        field.on_grid(grid, (0, 0, 20, 20, None))  # loads compiled kernels, as importing torch is not counted either
    for row in range(0, SIDE, ROWS):
        rows = min(ROWS, SIDE - row)
        tile = np.random.default_rng(row).normal(size=(BANDS, rows * SIDE)).astype(np.float32)
        start = time.process_time()
        near = None if field is None else field.on_grid(grid, (0, row, SIDE, rows, None))
        predictor(tile.T, near=near)
        total += time.process_time() - start
        bare += forward_seconds(model.network.stack, model.network.preparation.apply(tile.T))
    return total, bare


def peak_memory():
    """Most memory this process held, MB."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.split("VmHWM:")[1].split()[0]) / 1024.0


def rows():
    """The bars as (name, measured, bar, met, memory MB, note)."""
    bound_threads()
    lines = []
    cases = {"BNN default: 1e6 cells x 60 over its bare networks": ("default", None),
             "BNN default: the same, and near samples kriged": ("default", near_samples()),
             "BNN variational: 1e6 cells x 60 over its bare networks": ("variational", None)}
    for name, case in cases.items():
        total, bare = prediction_seconds(*case)
        ratio, memory = total / bare, peak_memory()
        lines += [(name, ratio, "<= 1.5", ratio <= 1.5, memory, f"{total:.1f} s cpu, bare {bare:.1f} s"),
                  ("   peak memory, MB", memory, "<= 1500", memory <= 1500.0, memory, "")]
    with tempfile.TemporaryDirectory() as folder:
        seconds, r2 = training_seconds(Path(folder) / "job")
    lines.append(("BNN: training on 17,000 x 40 with five folds, s", seconds, "<= 300", seconds <= 300.0, peak_memory(),
                  f"R2 on held-out holes {r2:.2f}"))
    return lines


def main():
    """Print the table; 0 when all bars are met."""
    return min(show([as_line(row) for row in rows()]), 1)


if __name__ == "__main__":
    sys.exit(main())
