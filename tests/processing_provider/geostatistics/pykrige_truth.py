"""PyKrige's own answers, with its own scaling of the axes; runs in the worker's Python.

Called with a folder that holds ``question.npz`` and ``cases.json``, a list of
objects with ``name``, ``drift``, the names of the arrays ``samples``,
``values`` and ``targets``, and either ``variogram`` (``model``, ``sill``,
``range``, ``nugget``, and the arguments of PyKrige's anisotropy) or ``fit``,
the model that PyKrige fits by itself. Writes ``answer.npz`` with
``NAME_estimate`` and ``NAME_variance``.
"""
import json
import sys
from pathlib import Path

import numpy as np
from pykrige.ok import OrdinaryKriging
from pykrige.ok3d import OrdinaryKriging3D
from pykrige.uk import UniversalKriging
from pykrige.uk3d import UniversalKriging3D

CLASSES = {
    ("none", 2): OrdinaryKriging, ("none", 3): OrdinaryKriging3D,
    ("linear", 2): UniversalKriging, ("linear", 3): UniversalKriging3D,
}


def settings(case):
    """Arguments of PyKrige's class for a case."""
    arguments = {"drift_terms": ["regional_linear"]} if case["drift"] == "linear" else {}
    if "fit" in case:
        return {"variogram_model": case["fit"], **arguments}
    variogram = case["variogram"]
    parameters = {"psill": variogram["sill"], "range": variogram["range"], "nugget": variogram["nugget"]}
    return {"variogram_model": variogram["model"], "variogram_parameters": parameters,
            **variogram.get("anisotropy", {}), **arguments}


def answer(case, arrays):
    """Estimate and variance at the targets of a case, each (p,)."""
    samples, values, targets = (arrays[case[key]] for key in ("samples", "values", "targets"))
    kriging = CLASSES[case["drift"], samples.shape[1]](*samples.T, values, **settings(case))
    estimate, variance = kriging.execute("points", *targets.T)
    return np.asarray(estimate), np.asarray(variance)


def main(folder):
    """Answer all cases of a folder."""
    with np.load(folder / "question.npz") as question:
        arrays = dict(question)
    found = {}
    for case in json.loads((folder / "cases.json").read_text()):
        estimate, variance = answer(case, arrays)
        found.update({f"{case['name']}_estimate": estimate, f"{case['name']}_variance": variance})
    np.savez(folder / "answer.npz", **found)


main(Path(sys.argv[1]))
