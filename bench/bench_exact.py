"""Bars 1 to 8: exact dual kriging against PyKrige, in time and in peak memory.

Both run in this process on one thread of linear algebra, in turn, and the
median of three process times counts. PyKrige's constructor statistics, which
kriging does not need, are left out of its times except for bar 7. Where a full
run of PyKrige takes minutes it is measured on fewer cells or samples, and the
row says how it was scaled. A large part of PyKrige's time goes into the
system's handling of its fresh memory and varies from run to run, so the first
ratio is given without system time as well. Memory is the peak of the process during our part;
bars 2 and 8 have a process of their own.

Run: OMP_NUM_THREADS=1 python bench/bench_exact.py
"""
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from common import as_line, show

SIZE = np.array([1000.0, 1000.0, 300.0])
SILL, RANGE, NUGGET = 0.95, 200.0, 0.05
CELLS, FIELDS, REPEATS = 40_000, 19, 3
MEBI = 2.0 ** 20


from pykrige.ok3d import OrdinaryKriging3D

from lodescope.algorithms.geostatistics import kernels, pykrige_bridge
from lodescope.algorithms.geostatistics.covariance import Structure, Variogram
from lodescope.algorithms.geostatistics.dual import DualKriging
from lodescope.algorithms.geostatistics.kernels import single_blas
from lodescope.algorithms.geostatistics.pykrige_bridge import PyKrigeKriging
from lodescope.algorithms.geostatistics.tiles import evaluate, grid_points
from lodescope.algorithms.progress import Progress

EXPONENTIAL = Variogram(NUGGET, (Structure("exponential", SILL, (RANGE,)),))
SPHERICAL = Variogram(NUGGET, (Structure("spherical", SILL, (240.0,)),))


def drilled(samples, fields=1, seed=0):
    """Holes of 100 samples, 2 m apart, that dip by 60 to 90 degrees."""
    generator = np.random.default_rng(seed)
    holes = -(-samples // 100)
    collars = generator.random((holes, 3)) * [SIZE[0], SIZE[1], 0.0] + [0.0, 0.0, SIZE[2]]
    dip, azimuth = np.radians(generator.uniform(60.0, 90.0, holes)), generator.uniform(0.0, 2.0 * np.pi, holes)
    down = np.column_stack([np.cos(dip) * np.sin(azimuth), np.cos(dip) * np.cos(azimuth), -np.sin(dip)])
    depth = 1.0 + 2.0 * np.arange(100.0)
    coordinates = (collars[:, None] + depth[:, None] * down[:, None, :]).reshape(-1, 3)[:samples]
    return coordinates, generator.normal(size=(samples, fields))


def box(columns, rows, levels):
    """Grid settings that fill the block with cells."""
    height = (np.arange(levels) + 0.5) * SIZE[2] / levels
    return {"west": 0.0, "north": SIZE[1], "cell": SIZE[0] / columns, "columns": columns, "rows": rows,
            "levels": list(height)}


def peak_memory():
    """Most memory this process held since `reset_peak`, MiB."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.split("VmHWM:")[1].split()[0]) / 1024.0


def reset_peak():
    """Forget the peak so far."""
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")


def timed(function):
    """Process time in seconds, peak memory in MiB, result and the part of the time outside the system."""
    reset_peak()
    start, user = time.process_time(), os.times().user
    result = function()
    return time.process_time() - start, peak_memory(), result, os.times().user - user


def interleaved(functions, repeats=REPEATS):
    """Median time, highest memory, last result and median user time of each function, called in turn."""
    runs = {name: [] for name in functions}
    for _ in range(repeats):
        for name, function in functions.items():
            runs[name].append(timed(function))
    return {name: (statistics.median(r[0] for r in found), max(r[1] for r in found), found[-1][2],
                   statistics.median(r[3] for r in found))
            for name, found in runs.items()}


def stock(coordinates, values, cells):
    """PyKrige's estimates and variances in one vectorised call, without its constructor."""
    kriging = PyKrigeKriging(EXPONENTIAL).fit(coordinates, values)
    return lambda: kriging.predict(cells, variance=True)


def exact(coordinates, values, cells, options=None, **wanted):
    """Our estimates, the factorisation included."""
    def run():
        return DualKriging(EXPONENTIAL, **(options or {})).fit(coordinates, values).predict(cells, **wanted)
    return run


def two_thousand():
    """Bars 1, 3, 4, 5 and 6 at 2,000 samples and 40,000 cells."""
    coordinates, values = drilled(2000, FIELDS)
    cells = grid_points(box(50, 40, 20))
    one = values[:, :1]
    runs = interleaved({
        "PyKrige": stock(coordinates, one, cells),
        "value": exact(coordinates, one, cells),
        "gradient": exact(coordinates, one, cells, gradient=True),
        "fields": exact(coordinates, values, cells, gradient=True),
        "variance": exact(coordinates, one, cells, variance=True),
        "single": exact(coordinates, one, cells, {"single": True}, variance=True),
        "numpy": exact(coordinates, one, cells, {"use_compiled": False}),
    })
    seconds, memory, theirs, user = runs["PyKrige"]
    ratio = {name: times * seconds / run[0] for name, run in runs.items() for times in [19 if name == "fields" else 1]}
    difference = np.abs(runs["value"][2].estimate - theirs.estimate).max() / theirs.estimate.std()
    single = np.abs(runs["single"][2].variance - theirs.variance).max() / EXPONENTIAL.sill
    slope = slope_error(coordinates, one)

    def row(name, key, bar):
        return (name, ratio[key], f">= {bar}", ratio[key] >= bar, runs[key][1])

    return seconds, [
        ("   PyKrige, n=2000, 4e4 cells, cpu s", seconds, None, None, memory),
        ("   PyKrige, n=2000, the same without system time", user, None, None, memory),
        row("1 estimate, n=2000, 4e4 cells, times PyKrige", "value", 40),
        ("1 the same without system time on either side", user / runs["value"][3], None, None, runs["value"][1]),
        ("1 largest difference from PyKrige, std", difference, "<= 1e-9", difference <= 1e-9, runs["value"][1]),
        row("3 estimate and gradient, times PyKrige", "gradient", 30),
        ("3 gradient against central differences, of max", slope, "<= 1e-6", slope <= 1e-6, runs["gradient"][1]),
        row("4 19 fields with gradient, times 19 x PyKrige", "fields", 150),
        row("5 estimate and variance f64, times PyKrige", "variance", 2),
        row("5 estimate and variance f32, times PyKrige", "single", 4),
        ("5 largest error of the f32 variance, sill", single, "<= 2e-6", single <= 2e-6, runs["single"][1]),
        row("6 estimate without numba, times PyKrige", "numpy", 10),
    ]


def slope_error(coordinates, values, step=1e-3):
    """Largest error of the gradient against central differences, of the largest gradient.

    At points 5 m and more from the samples, where the exponential model has
    its kinks.
    """
    points = np.random.default_rng(1).random((2000, 3)) * SIZE
    apart = np.linalg.norm(points[:, None] - coordinates[None], axis=2).min(axis=1) > 5.0
    points = points[apart]
    model = DualKriging(EXPONENTIAL).fit(coordinates, values)
    gradient = model.predict(points, gradient=True).gradient[:, 0]
    numeric = np.stack([model.predict(points + step * axis).estimate - model.predict(points - step * axis).estimate
                        for axis in np.eye(3)], axis=2)[:, 0] / (2.0 * step)
    return float(np.abs(gradient - numeric).max() / np.abs(gradient).max())


def five_thousand():
    """Bar 4 at 5,000 samples and 20,000 cells, each side once."""
    coordinates, values = drilled(5000, FIELDS)
    cells = grid_points(box(40, 25, 20))
    found = interleaved({"PyKrige": stock(coordinates, values[:, :1], cells),
                         "fields": exact(coordinates, values, cells, gradient=True)}, repeats=1)
    ratio = FIELDS * found["PyKrige"][0] / found["fields"][0]
    return [
        ("   PyKrige, n=5000, 2e4 cells, cpu s", found["PyKrige"][0], None, None, found["PyKrige"][1]),
        ("4 n=5000, 2e4 cells, 19 fields, gradient, times 19x", ratio, ">= 200", ratio >= 200.0, found["fields"][1]),
    ]


def constructors():
    """Bar 7. PyKrige's constructor is timed at 1,000 samples and counts 8 times at 2,000; it grows faster than that."""
    coordinates, values = drilled(2000)
    parameters = {"psill": SILL, "range": RANGE, "nugget": NUGGET}
    theirs = timed(lambda: OrdinaryKriging3D(*coordinates[:1000].T, values[:1000, 0], variogram_model="exponential",
                                             variogram_parameters=parameters))
    ours = interleaved({"fit": lambda: DualKriging(EXPONENTIAL).fit(coordinates, values)})["fit"]
    ratio = 8.0 * theirs[0] / ours[0]
    return [("7 construction, n=2000, times PyKrige (8 x n=1000)", ratio, ">= 100", ratio >= 100.0, ours[1])]


def measure_map(samples, fields, quantities, variogram):
    """Process time and peak memory of a map of a million cells in this process, its array on disk included."""
    coordinates, values = drilled(samples, fields)
    grid = box(100, 100, 100)
    names = [(name, field) for field in range(fields) for name in quantities]
    warm = dict(grid, rows=4, levels=grid["levels"][:2])
    evaluate(DualKriging(variogram).fit(coordinates[:300], values[:300]), warm, names,
             np.empty((len(names) * 2, 4, 100), dtype=np.float32), Progress(), threads=1)
    with tempfile.TemporaryDirectory() as folder:
        out = np.lib.format.open_memmap(Path(folder) / "map.npy", "w+", np.float32, (len(names) * 100, 100, 100))
        start = time.process_time()
        evaluate(DualKriging(variogram).fit(coordinates, values), grid, names, out, Progress(), threads=1)
        seconds = time.process_time() - start
        return {"seconds": seconds, "memory": peak_memory(), "map": out.nbytes / MEBI,
                "finite": bool(np.isfinite(out).all())}


MAPS = {
    "one": (2000, 1, ("estimate",), EXPONENTIAL),
    "fields": (5000, FIELDS, ("estimate", "dx", "dy", "dz"), EXPONENTIAL),
    "compact": (5000, FIELDS, ("estimate", "dx", "dy", "dz"), SPHERICAL),
}


def in_child(name):
    """Result of one map in a new process."""
    run = subprocess.run([sys.executable, __file__, name], check=True, stdout=subprocess.PIPE,
                         text=True)
    return json.loads(run.stdout.splitlines()[-1])


def million_cells(pykrige_seconds):
    """Bars 2 and 8; PyKrige's time for 40,000 cells counts 25 times."""
    one, fields, compact = (in_child(name) for name in MAPS)
    ratio = 25.0 * pykrige_seconds / one["seconds"]
    room = one["memory"] - one["map"]
    return [
        ("2 estimate, n=2000, 1e6 cells, times PyKrige (25 x 4e4)", ratio, ">= 80", ratio >= 80.0, one["memory"]),
        ("2 the same, peak memory without the map, MiB", room, "<= 512", room <= 512.0, one["memory"]),
        ("8 n=5000, 1e6 cells, 19 fields, gradient, cpu s", fields["seconds"], "<= 60",
         fields["seconds"] <= 60.0 and fields["finite"], fields["memory"]),
        ("8 the same, peak memory with the map, MiB", fields["memory"], "<= 1024", fields["memory"] <= 1024.0,
         fields["memory"]),
        ("   the same, spherical model, cpu s", compact["seconds"], None, None, compact["memory"]),
    ]


def rows():
    """Return the bars as (name, measured, bar, met, memory MiB); bars of None are for comparison only."""
    coordinates, values = drilled(300, 2)
    for columns in (1, 2):
        DualKriging(EXPONENTIAL).fit(coordinates, values[:, :columns]).predict(coordinates + 1.0, True, True)
    pykrige_bridge.CHUNK_BYTES = 2 ** 40
    with single_blas():
        seconds, first = two_thousand()
        return sorted(first + million_cells(seconds) + five_thousand() + constructors(),
                      key=lambda row: row[0].lstrip()[:1])


def main():
    """Print the table; 0 when all bars are met."""
    if kernels.compiled is None:
        print("numba is absent: the bars are for the compiled loops.")
    return min(show([as_line(row) for row in rows()]), 1)


if __name__ == "__main__":
    if len(sys.argv) > 1:
        with single_blas():
            print(json.dumps(measure_map(*MAPS[sys.argv[1]])))
    else:
        sys.exit(main())
