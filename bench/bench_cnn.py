"""A network of prospectivity maps a raster twenty times as fast as window by window, and learns in ten minutes.

Prediction: 2000 x 2000 cells of 10 bands, every quantity, with the ensemble
and the code that users run, all cores; window by window at stride 1 is
measured on part of the cells with the same networks, in batches, on the same
cores. Training: 100 deposits and 40 bands at defaults, with training from
scratch beside a transfer, all folds and the random split.

Run: OMP_NUM_THREADS=1 python bench/bench_cnn.py
"""
import json
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
from common import as_line, show

SIDE, BANDS, WINDOW, MEMBERS, TILE = 2000, 10, 11, 5, 256
SINGLE, BATCH = 20_000, 500  # windows that are computed one by one, and of those at a time
DEPOSITS, MAPS, MAP_SIDE = 100, 40, 300

import torch

from lodescope.algorithms.execution import thread_count
from lodescope.algorithms.folder import JobFolder
from lodescope.algorithms.jobs import job_function
from lodescope.algorithms.learning.training import bound_threads
from lodescope.algorithms.progress import Progress
from lodescope.algorithms.prospectivity.ensemble import NetworkEngine
from lodescope.algorithms.prospectivity.evidence import Preparation, fit_band
from lodescope.algorithms.prospectivity.folding import read_tile
from lodescope.algorithms.prospectivity.jobs_predictcnn import predict_tile
from lodescope.algorithms.prospectivity.modelstore import ProspectivityModel, summary
from lodescope.algorithms.prospectivity.network import ProspectivityNetwork, Shape, initialise
from lodescope.algorithms.prospectivity.windows import cut_windows


def untrained(rng):
    """A model with random weights, which is as fast as any other."""
    bands = tuple(fit_band(rng.normal(size=1000), f"band{k}") for k in range(BANDS))
    shape = Shape(BANDS + 1, WINDOW)
    networks = [initialise(ProspectivityNetwork(shape), torch.Generator().manual_seed(k)) for k in range(MEMBERS)]
    return ProspectivityModel(Preparation(bands), NetworkEngine(networks), WINDOW // 2)


def tiled(model, values, pool):
    """The map, and the seconds it takes."""
    out, start = np.empty((5, SIDE, SIDE), np.float32), time.monotonic()
    for top in range(0, SIDE, TILE):
        tile = (0, top, SIDE, min(TILE, SIDE - top))
        out[:, top:top + tile[3]] = predict_tile(model, read_tile(values, tile, model.reach), pool)
    return out, time.monotonic() - start


def single(model, values, pool, rng):
    """Probabilities at some cells, each from a window of its own, those cells, and the seconds for all cells."""
    cells = np.sort(rng.choice(SIDE * SIDE, SINGLE, replace=False))
    rows, columns = np.unravel_index(cells, (SIDE, SIDE))

    def part(start):
        chosen = slice(start, start + BATCH)
        windows = cut_windows(values, rows[chosen], columns[chosen], WINDOW)
        channels = model.preparation.apply(np.moveaxis(windows, 1, 0))
        return summary(model.members_at(np.ascontiguousarray(np.moveaxis(channels, 0, 1))))

    start = time.monotonic()
    found = np.concatenate(list(pool.map(part, range(0, SINGLE, BATCH))), axis=1)
    return found, rows, columns, (time.monotonic() - start) * SIDE * SIDE / SINGLE


def training_job(folder, name, settings, arrays):
    """A job folder."""
    (folder / "inputs").mkdir(parents=True)
    for key, array in arrays.items():
        np.save(folder / "inputs" / f"{key}.npy", array)
    content = {"protocol": 1, "job": name, "needs": "deep", "settings": settings,
               "arrays": {key: f"inputs/{key}.npy" for key in arrays}}
    (folder / "job.json").write_text(json.dumps(content), encoding="utf-8")
    return JobFolder(folder)


def training_seconds(folder):
    """Seconds of a pre-training and of a training that starts from it, and the held-out AUC."""
    rng = np.random.default_rng(0)
    evidence = rng.normal(size=(MAPS, MAP_SIDE, MAP_SIDE)).astype(np.float32)
    rows, columns = rng.integers(0, MAP_SIDE, (2, DEPOSITS))
    for shift in (-1, 0, 1):
        evidence[:2, np.clip(rows + shift, 0, MAP_SIDE - 1), columns] += 3.0
    settings = {"grid": {"west": 0.0, "north": 0.0, "cell": 100.0, "columns": MAP_SIDE, "rows": MAP_SIDE, "levels": []},
                "bands": [{"name": f"band{k}"} for k in range(MAPS)], "window_cells": WINDOW, "seed": 1,
                "negatives": "unlabelled", "buffer": 1000.0, "validation": "block", "folds": 5, "random": True}
    places = np.column_stack([100.0 * (columns + 0.5), -100.0 * (rows + 0.5)])
    first = training_job(folder / "first", "pretraincnn", settings, {"evidence": evidence})
    begun = time.monotonic()
    job_function("pretraincnn")(first, Progress())
    middle = time.monotonic()
    second = training_job(folder / "second", "traincnn",
                          {**settings, "start_file": str(first.path("model.safetensors"))},
                          {"evidence": evidence, "deposits": places})
    outputs = job_function("traincnn")(second, Progress())
    return middle - begun, time.monotonic() - middle, outputs["scores"]["auc"]


def peak_memory():
    """Most memory this process held, MB."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.split("VmHWM:")[1].split()[0]) / 1024.0


def rows():
    """The bars as (name, measured, bar, met, memory MB, note)."""
    bound_threads()
    rng = np.random.default_rng(0)
    model, values = untrained(rng), rng.normal(size=(BANDS, SIDE, SIDE)).astype(np.float32)
    cores = thread_count()
    with ThreadPoolExecutor(cores) as pool:
        whole, seconds = tiled(model, values, pool)
        memory = peak_memory()
        found, at, to, slow = single(model, values, pool, rng)
    apart = float(np.abs(whole[:4, at, to] - found).max())
    lines = [
        (f"CNN {SIDE} x {SIDE} x {BANDS}: by tile over window by window", slow / seconds, ">= 20",
         slow / seconds >= 20.0, memory, f"{seconds:.0f} s against {slow:.0f} s, {MEMBERS} members, {cores} cores"),
        ("   largest difference of the two", apart, "<= 1e-4", apart <= 1e-4, memory, f"at {SINGLE:,} cells"),
        ("   peak memory, MB", memory, "<= 1500", memory <= 1500.0, memory, "of which 160 MB evidence, 80 MB result"),
    ]
    with tempfile.TemporaryDirectory() as folder:
        before, during, auc = training_seconds(Path(folder))
    lines += [
        (f"CNN: training, {DEPOSITS} deposits x {MAPS} bands, s", during, "<= 600", during <= 600.0, peak_memory(),
         f"scratch and transfer, held-out AUC {auc:.2f}"),
        (f"CNN: pre-training on {MAPS} bands, s", before, None, None, peak_memory(), ""),
    ]
    return lines


def main():
    """Print the table; 0 when all bars are met."""
    return min(show([as_line(row) for row in rows()]), 1)


if __name__ == "__main__":
    sys.exit(main())
