#!/usr/bin/env bash
# The science in the worker's Python and, beside it, everything that needs QGIS. Arguments go to both runs of pytest.
set -euo pipefail
cd "$(dirname "$0")/.."
root=$PWD
export LODESCOPE_PYTHON=${LODESCOPE_PYTHON:-$root/.venv/worker/bin/python}
export LODESCOPE_JOBS=${LODESCOPE_JOBS:-$root/build/jobs}

export OMP_NUM_THREADS=1

log=build/tests_of_qgis.log
mkdir -p build
QT_QPA_PLATFORM=offscreen .venv/qgis/bin/python -m pytest \
  --ignore=tests/algorithms --ignore=tests/bare tests "$@" >"$log" 2>&1 &
qgis=$!
# pytest-qgis leaves a folder of settings in the root folder.
trap 'kill "$qgis" 2>/dev/null || true; rm -rf .qgis-settings' EXIT

science=0
.venv/worker/bin/python -m pytest tests/algorithms "$@" || science=$?
tail -n +1 -f --pid="$qgis" "$log"
wait "$qgis" || science=$?
exit "$science"
