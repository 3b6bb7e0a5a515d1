"""Run one job outside QGIS: ``python -I -u worker.py JOB_FOLDER``.

``python -m lodescope.algorithms.worker JOB_FOLDER`` does the same where the
package can be imported. ``--alone JOB_FOLDER`` runs it without waiting for
commands, as a batch system does. ``--probe base`` (or ``deep``) prints as JSON
which packages of that set this Python has.
"""
import importlib
import importlib.util
import os
import sys
from pathlib import Path

ROOT = Path(__file__).absolute().parents[1]
THREAD_LIMITS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS")


def load_package():
    """Import the folder above this one as ``lodescope``, whatever it is called.

    ``sys.path`` stays as it is, so other plugins cannot shadow packages.
    """
    if "lodescope" not in sys.modules:
        spec = importlib.util.spec_from_file_location(
            "lodescope", ROOT / "__init__.py", submodule_search_locations=[str(ROOT)]
        )
        module = importlib.util.module_from_spec(spec)
        sys.modules["lodescope"] = module
        spec.loader.exec_module(module)


def main(arguments):
    """Run a job folder or a probe and return the exit code: 0 result, 1 error, 3 cancelled."""
    load_package()
    if len(arguments) == 2 and arguments[0] == "--probe":
        return importlib.import_module("lodescope.algorithms.requirements").main(arguments[1])
    alone = arguments[:1] == ["--alone"]
    if len(arguments) != 1 + alone:
        sys.stderr.write("usage: worker.py [--alone] JOB_FOLDER | --probe base|deep\n")
        return 1
    for name in THREAD_LIMITS:  # threads work on tiles; linear algebra that starts its own fights with them
        os.environ.setdefault(name, "1")
    return importlib.import_module("lodescope.algorithms.runner").main(arguments[-1], alone)


if __name__ == "__main__":
    code = main(sys.argv[1:])
    sys.stderr.flush()
    os._exit(code)  # threads of a stopped computation must not keep the process alive
