"""A small job that shows whether the worker runs, reports, stops and resumes as it should."""
import time

import numpy as np

from .errors import InputError


def run(job, progress):
    """Sum an array in slow steps, each of which is kept.

    Settings: ``steps``, how many; ``seconds``, the time each one takes;
    ``fail``, empty, or ``"input"`` or ``"internal"`` to end in that error
    half-way.

    Parameters
    ----------
    job : JobFolder
        With the array ``values``, shape (n,).
    progress : Progress

    Returns
    -------
    dict
        ``sum`` of the values, ``noise`` drawn from the seed, and ``computed``,
        the number of steps this run did itself.
    """
    steps, seconds = int(job.settings["steps"]), float(job.settings.get("seconds", 0.0))
    parts = np.array_split(job.array("values"), steps)
    sums, done = job.create("sums", (steps,), np.float64), job.create("done", (steps,), np.uint8)
    computed = 0
    for step, part in enumerate(parts):
        progress(step / steps)
        if 2 * step >= steps:
            _fail(job.settings.get("fail", ""))
        if not done[step]:
            time.sleep(seconds)
            sums[step] = part.sum()
            done[step] = 1
            computed += 1
            progress.metric("sum", sums[:step + 1].sum(), step)
    return {"sum": float(sums.sum()), "noise": float(job.rng().normal()), "computed": computed}


def _fail(kind):
    """End in the error that was asked for."""
    if kind == "input":
        raise InputError("The self-test was asked to fail: ask for nothing, and it will not.")
    if kind == "internal":
        raise RuntimeError("asked for")
