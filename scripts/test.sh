#!/usr/bin/env bash
# The science in the worker's Python, then everything that needs QGIS. Arguments go to both runs of pytest.
set -euo pipefail
cd "$(dirname "$0")/.."
root=$PWD
export LODESCOPE_PYTHON=${LODESCOPE_PYTHON:-$root/.venv/worker/bin/python}
export LODESCOPE_JOBS=${LODESCOPE_JOBS:-$root/build/jobs}

export OMP_NUM_THREADS=1

.venv/worker/bin/python -m pytest tests/algorithms "$@"

# pytest-qgis leaves a folder of settings in the root folder.
trap 'rm -rf .qgis-settings' EXIT
QT_QPA_PLATFORM=offscreen .venv/qgis/bin/python -m pytest \
  --ignore=tests/algorithms --ignore=tests/bare tests "$@"
