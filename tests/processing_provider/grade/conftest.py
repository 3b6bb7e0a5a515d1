"""Drill holes with features, and a quick model of them."""
import numpy as np
import pytest

QUICK = {"EPOCHS": 10, "MEMBERS": 3, "FOLDS": 3, "LAMBDA": 0.25, "COMPARE": False, "RESIDUALS": "no",
         "THREADS": 1}


@pytest.fixture(scope="session")
def drilled(points):
    """Make a layer of 30 holes of 10 samples in space, with four features, two grades and a text field."""

    def make(count=30, each=10, seed=0):
        rng = np.random.default_rng(seed)
        groups = np.repeat(np.arange(count), each)
        places = np.column_stack([(rng.uniform(0.0, 2000.0, (count, 2)) + [500_000.0, 4_000_000.0])[groups],
                                  100.0 - np.tile(np.arange(each) * 3.0, count)])
        features = rng.normal(size=(groups.size, 4))
        grade = np.exp(0.7 * features[:, 0] + 0.5 * np.sin(2.0 * features[:, 1]) + 0.2 * rng.normal(size=groups.size))
        columns = {name: features[:, k] for k, name in enumerate("abcd")}
        return points(places, **columns, TREO=grade, La=0.3 * grade, hole=[f"H{k}" for k in groups],
                      note=["x"] * groups.size)

    return make


@pytest.fixture(scope="module")
def train(toolbox, folder, drilled):
    """Train on a layer: ``train(name, layer=None, feedback=None, **parameters)`` gives the outputs."""

    def run(name, layer=None, feedback=None, **more):
        inputs = {"SAMPLES": layer if layer is not None else drilled(), "FEATURES": list("abcd"), "TARGETS": ["TREO"],
                  "HOLE_ID": "hole", "CUTOFFS": "1", **QUICK}
        outputs = {"MODEL": str(folder / f"{name}.safetensors"), "REPORT": str(folder / f"{name}.html")}
        return toolbox("trainbnn", feedback=feedback, **{**inputs, **outputs, **more})

    return run
