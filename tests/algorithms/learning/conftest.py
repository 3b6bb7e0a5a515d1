"""Shared parts of the tests of grade models: synthetic drill holes, and job folders."""
import json

import numpy as np
import pytest

from lodescope.algorithms.folder import JobFolder
from lodescope.algorithms.progress import Progress


@pytest.fixture(scope="session")
def holes():
    """Make 40 holes of 12 samples whose grade follows two of four features: ``holes(seed)`` gives arrays by name."""

    def make(seed=0, count=40, each=12):
        rng = np.random.default_rng(seed)
        groups = np.repeat(np.arange(count), each)
        collars = rng.uniform(0.0, 2000.0, (count, 2))[groups]
        places = np.column_stack([collars, -np.tile(np.arange(each) * 3.0, count)])
        features = rng.normal(size=(groups.size, 4))
        log = 0.7 * features[:, 0] + 0.5 * np.sin(2.0 * features[:, 1]) + 0.25 * rng.normal(size=groups.size)
        return {"coordinates": places, "groups": groups, "features": features, "targets": np.exp(log)[:, None]}

    return make


@pytest.fixture(scope="session")
def settings():
    """Settings of a quick training."""
    return {"features": ["a", "b", "c", "d"], "targets": ["TREO"], "validation": "hole", "folds": 3, "seed": 1,
            "epochs": 8, "members": 3, "choose_power": False, "cutoffs": [[1.0]], "kriging": False, "random": False,
            "residuals": False, "threads": 1}


@pytest.fixture(scope="session")
def make_job(tmp_path_factory):
    """Make a job folder: ``make_job(name, settings, arrays, path=None)``."""

    def make(name, settings, arrays, path=None):
        path = path or tmp_path_factory.mktemp(name)
        (path / "inputs").mkdir(parents=True, exist_ok=True)
        files = {}
        for key, array in arrays.items():
            files[key] = f"inputs/{key}.npy"
            np.save(path / files[key], array)
        content = {"protocol": 1, "job": name, "needs": "deep", "settings": settings, "arrays": files}
        (path / "job.json").write_text(json.dumps(content), encoding="utf-8")
        return JobFolder(path)

    return make


class Told:
    """Keeps events; sets the stop flag at the event of a number."""

    def __init__(self, stop=None, at=None):
        self.events, self.stop, self.at = [], stop, at

    def __call__(self, event, **fields):
        self.events.append((event, fields))
        if event == "metric" and self.at is not None and self.metrics(self.at[0]) == self.at[1]:
            self.stop.set()

    def metrics(self, name):
        return sum(event == "metric" and fields["name"] == name for event, fields in self.events)

    def texts(self):
        return [fields["message"] for event, fields in self.events if event == "log"]


@pytest.fixture
def told():
    return Told()


@pytest.fixture
def make_told():
    return Told


@pytest.fixture
def quiet():
    return Progress()
