"""Shared parts of the tests of prospectivity: evidence in which deposits follow a known pattern, and job folders."""
import json

import numpy as np
import pytest
from scipy.ndimage import gaussian_filter

from lodescope.algorithms.folder import JobFolder

NAMES = ["La_ppm", "Th_ppm", "K2O", "magnetics", "noise"]


def smooth(rng, shape, length):
    """A smooth field of mean 0 and deviation 1."""
    field = gaussian_filter(rng.normal(size=shape), length, mode="wrap")
    return (field - field.mean()) / field.std()


@pytest.fixture(scope="session")
def scene():
    """Make evidence and deposits: ``scene(seed, shape, count, visible)`` gives evidence (5, rows, columns) and cells.

    Deposits lie where the first and the second band are high together, or anywhere when they are not visible.
    """

    def make(seed=0, shape=(60, 70), count=40, visible=True):
        rng = np.random.default_rng(seed)
        evidence = np.stack([smooth(rng, shape, 2.0) for _ in NAMES]).astype(np.float32)
        favour = evidence[0] + evidence[1] if visible else np.zeros(shape)
        best = np.flatnonzero(favour >= np.quantile(favour, 0.97 if visible else 0.0))
        rows, columns = np.unravel_index(np.sort(rng.choice(best, count, replace=False)), shape)
        evidence[0] = np.exp(evidence[0])  # skewed and positive, as elements are
        return evidence, rows, columns

    return make


@pytest.fixture(scope="session")
def job_of(tmp_path_factory):
    """Make a job: ``job_of(evidence, rows, columns, path=None, arrays={}, **settings)``."""

    def make(evidence, rows, columns, path=None, arrays=None, names=None, **settings):
        path = path or tmp_path_factory.mktemp("job")
        grid = {"west": 500_000.0, "north": 7_000_000.0, "cell": 100.0, "columns": evidence.shape[2],
                "rows": evidence.shape[1], "levels": []}
        places = np.column_stack([grid["west"] + 100.0 * (np.asarray(columns) + 0.5),
                                  grid["north"] - 100.0 * (np.asarray(rows) + 0.5)])
        names = names or NAMES[:len(evidence)]
        content = {"grid": grid, "crs": "EPSG:32650", "bands": [{"name": name} for name in names], "window_cells": 7,
                   "negatives": "unlabelled", "buffer": 700.0, "validation": "block", "folds": 4, "seed": 1,
                   "members": 2, "epochs": 12, "width": 8, "random": False, "threads": 2, **settings}
        return write_job(path, content, {"evidence": evidence, "deposits": places, **(arrays or {})})

    return make


def write_job(path, settings, arrays):
    """A job folder with these settings and arrays."""
    (path / "inputs").mkdir(parents=True, exist_ok=True)
    for key, array in arrays.items():
        np.save(path / "inputs" / f"{key}.npy", array)
    content = {"protocol": 1, "job": "prospectivity", "needs": "deep", "settings": settings,
               "arrays": {key: f"inputs/{key}.npy" for key in arrays}}
    (path / "job.json").write_text(json.dumps(content), encoding="utf-8")
    return JobFolder(path)
