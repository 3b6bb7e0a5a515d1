#!/usr/bin/env bash
# The science in the worker's Python, then the desktop and some more; beside them, for about as long, the rest.
# Arguments go to all runs of pytest.
set -euo pipefail
cd "$(dirname "$0")/.."
root=$PWD
export LODESCOPE_PYTHON=${LODESCOPE_PYTHON:-$root/.venv/worker/bin/python}
export LODESCOPE_JOBS=${LODESCOPE_JOBS:-$root/build/jobs}

export OMP_NUM_THREADS=1

qgis_tests() {
  QT_QPA_PLATFORM=offscreen .venv/qgis/bin/python -m pytest "$@"
}

in_front=(tests/ui tests/processing_provider/{drillholes,geochemistry,remote_sensing})
log=build/tests_of_qgis.log
mkdir -p build
qgis_tests tests "${in_front[@]/#/--ignore=}" --ignore=tests/algorithms --ignore=tests/bare "$@" >"$log" 2>&1 &
beside=$!
# pytest-qgis leaves a folder of settings in the root folder.
trap 'kill "$beside" 2>/dev/null || true; rm -rf .qgis-settings' EXIT

status=0
.venv/worker/bin/python -m pytest tests/algorithms "$@" || status=$?
qgis_tests "${in_front[@]}" "$@" || status=$?
tail -n +1 -f --pid="$beside" "$log"
wait "$beside" || status=$?
exit "$status"
