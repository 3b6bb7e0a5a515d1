#!/usr/bin/env bash
# The QGIS side alone, as on a machine where nobody installed a scientific package: modules that refuse to be
# imported stand first on the path, QGIS's own Python is an empty one, and neither a worker's Python nor a user's
# settings can be found.
set -euo pipefail
cd "$(dirname "$0")/.."
root=$PWD
bare=$root/build/bare
mkdir -p "$bare/home" "$bare/jobs"
"$bare/python/bin/python3" -c "" 2>/dev/null || /usr/bin/python3 -m venv --clear --without-pip "$bare/python"
# The program qgis_process takes the first python3 of PATH for its own; PyQGIS then has to be named.
pyqgis=$(/usr/bin/python3 -c "import os, qgis; print(os.path.dirname(os.path.dirname(qgis.__file__)))")
unset LODESCOPE_PYTHON VIRTUAL_ENV
export HOME=$bare/home XDG_DATA_HOME=$bare/home/.local/share XDG_CONFIG_HOME=$bare/home/.config
export LODESCOPE_JOBS=$bare/jobs QGIS_PLUGINPATH=$root/build/plugins BARE_PYTHON=$bare/python/bin/python3
export PATH=$bare/python/bin:$PATH PYTHONPATH=$root/tests/bare/shadow:$pyqgis QT_QPA_PLATFORM=offscreen
trap 'rm -rf .qgis-settings' EXIT
.venv/qgis/bin/python -m pytest tests/bare "$@"
