"""Recurrent networks of 545 drill holes are trained in ten minutes and predict columns of cells at their bare cost.

Training: 545 holes of 31 intervals on average, 14 features, with the job as
users run it: the choice of the power, five folds, a random split and the final
model (without kriging beside it, whose time is that of kriging). Prediction:
columns of ten cells of 60 features, all quantities and two cut-offs, against
the bare evaluation of the same networks, both on one core.

Run: OMP_NUM_THREADS=1 python bench/bench_lstm.py
"""
import json
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from bench_bnn import peak_memory
from common import as_line, show

from lodescope.algorithms.folder import JobFolder
from lodescope.algorithms.jobs import job_function
from lodescope.algorithms.learning.bnn import CHUNK
from lodescope.algorithms.learning.domain import Domain
from lodescope.algorithms.learning.gradefile import GradeModel
from lodescope.algorithms.learning.gradesamples import GradeSamples
from lodescope.algorithms.learning.jobs_predictlstm import SequencePredictor
from lodescope.algorithms.learning.sequencenetwork import PRESETS, STEPS_AT_ONCE, SequenceNetwork
from lodescope.algorithms.learning.training import bound_threads
from lodescope.algorithms.progress import Progress

HOLES, SHORTEST, LONGEST, FEATURES = 545, 2, 60, 14
CELLS, BANDS, LEVELS, TILE, EPOCHS = 200_000, 60, 10, 40_000, 2


def scene(rng, holes, features):
    """Features of holes of many lengths, and a grade that follows the interval and the one above."""
    lengths = rng.integers(SHORTEST, LONGEST + 1, holes)
    groups = np.repeat(np.arange(holes), lengths)
    depths = np.concatenate([5.0 * np.arange(length) for length in lengths])
    places = np.column_stack([rng.uniform(0.0, 4000.0, (holes, 2))[groups], -depths])
    values = rng.normal(size=(groups.size, features))
    above = np.where(depths > 0.0, np.roll(values[:, 0], 1), 0.0)
    log = values[:, 0] + 0.5 * np.sin(values[:, 1]) * values[:, 2] + 0.5 * above + 0.4 * rng.normal(size=groups.size)
    return GradeSamples(places, groups, values, np.exp(0.6 * log)[:, None], [f"f{k}" for k in range(features)],
                        ["grade"], np.arange(groups.size), True, depths)


def training_seconds(folder):
    """Wall seconds of a whole training, its number of samples, R2 on held-out holes, and what memory adds (%)."""
    samples = scene(np.random.default_rng(0), HOLES, FEATURES)
    arrays = {name: getattr(samples, name) for name in ("coordinates", "groups", "features", "targets", "depths")}
    settings = {"features": samples.feature_names, "targets": samples.target_names, "validation": "hole", "folds": 5,
                "seed": 1, "choose_power": True, "kriging": False, "random": True, "compare": True, "cutoffs": [[1.0]]}
    (folder / "inputs").mkdir(parents=True)
    for name, array in arrays.items():
        np.save(folder / "inputs" / f"{name}.npy", array)
    content = {"protocol": 1, "job": "trainlstm", "needs": "deep", "settings": settings,
               "arrays": {name: f"inputs/{name}.npy" for name in arrays}}
    (folder / "job.json").write_text(json.dumps(content), encoding="utf-8")
    start, used = time.monotonic(), time.process_time()
    outputs = job_function("trainlstm")(JobFolder(folder), Progress())
    return (time.monotonic() - start, time.process_time() - used, len(samples), outputs["targets"]["grade"]["r2"],
            100.0 * outputs["memory"]["grade"]["change"])


def quick_model(rng):
    """A model of `BANDS` features, trained for a moment."""
    samples = scene(rng, 150, BANDS)
    design, schedule = PRESETS["default"]
    model = SequenceNetwork.fit(samples, np.arange(len(samples)), replace(design, base=0.1, residuals=False),
                                replace(schedule, epochs=EPOCHS), Progress())
    model.factors = np.array([0.9])
    domain = Domain.fit(model.preparation.scaled(samples.features)[0], samples.groups, rng)
    card = {"features": [{"name": name} for name in samples.feature_names], "targets": [{"name": "grade"}],
            "cutoffs": [[1.0, 2.0]]}
    return GradeModel(model, domain, card)


def forward_seconds(model, features):
    """Processor seconds of the bare evaluation of all networks."""
    inputs = model.preparation.apply(features)
    base, stack = model.base.stack, model.stack
    columns = max(1, STEPS_AT_ONCE // LEVELS)
    x = torch.zeros(len(inputs), stack.settings["inputs"] + stack.settings["channels"])
    x[:, :inputs.shape[1]] = torch.from_numpy(inputs)
    x, members = x.reshape(-1, LEVELS, x.shape[1]), stack.settings["members"]
    start = time.process_time()
    with torch.inference_mode():
        for begin in range(0, len(inputs), CHUNK):
            base(torch.from_numpy(inputs[begin:begin + CHUNK]).expand(base.settings["members"], -1, -1))
        for begin in range(0, len(x), columns):
            part = x[begin:begin + columns]
            stack(part.expand(members, -1, -1, -1), torch.full((members, len(part)), LEVELS))
    return time.process_time() - start


def prediction_seconds():
    """Processor seconds of the prediction of all cells, and of the bare networks, in turns."""
    model = quick_model(np.random.default_rng(1))
    predictor, total, bare = SequencePredictor(model, threads=1), 0.0, 0.0
    for begin in range(0, CELLS, TILE):
        features = np.random.default_rng(begin).normal(size=(TILE, BANDS)).astype(np.float32)
        groups, positions = np.arange(TILE) // LEVELS, np.tile(5.0 * np.arange(LEVELS), TILE // LEVELS)
        start = time.process_time()
        predictor(features, groups, positions, None)
        total += time.process_time() - start
        bare += forward_seconds(model.network, features)
    return total, bare


def rows():
    """The bars as (name, measured, bar, met, memory MB, note)."""
    bound_threads(1)
    total, bare = prediction_seconds()
    ratio, memory = total / bare, peak_memory()
    lines = [(f"LSTM: {CELLS:,} cells x {BANDS} in columns of {LEVELS} over its bare networks", ratio, "<= 1.5",
              ratio <= 1.5, memory, f"{total:.1f} s cpu, bare {bare:.1f} s"),
             ("   peak memory, MB", memory, "<= 1500", memory <= 1500.0, memory, "")]
    with tempfile.TemporaryDirectory() as folder:
        seconds, used, size, r2, change = training_seconds(Path(folder) / "job")
    lines.append((f"LSTM: training on {HOLES} holes, {size:,} x {FEATURES}, with five folds, s", seconds, "<= 600",
                  seconds <= 600.0, peak_memory(),
                  f"{used:.0f} s cpu; R2 on held-out holes {r2:.2f}; error with memory {change:+.0f} %"))
    return lines


def main():
    """Print the table; 0 when all bars are met."""
    return min(show([as_line(row) for row in rows()]), 1)


if __name__ == "__main__":
    sys.exit(main())
