#!/usr/bin/env bash
# The QGIS side alone, as on a machine where nobody installed a scientific package: modules that refuse to be
# imported stand first on the path, and neither a worker's Python nor a user's settings can be found.
set -euo pipefail
cd "$(dirname "$0")/.."
root=$PWD
home=$root/build/bare/home
mkdir -p "$home"
unset LODESCOPE_PYTHON VIRTUAL_ENV
export HOME=$home XDG_DATA_HOME=$home/.local/share XDG_CONFIG_HOME=$home/.config
export LODESCOPE_JOBS=$root/build/bare/jobs QGIS_PLUGINPATH=$root/build/plugins
export PYTHONPATH=$root/tests/bare/shadow QT_QPA_PLATFORM=offscreen
trap 'rm -rf .qgis-settings' EXIT
.venv/qgis/bin/python -m pytest tests/bare "$@"
